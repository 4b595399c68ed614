/* Makes disjoint intervals of prefixes that overlap, and finds the one that an address is in.
 * Trust: prefixes were read by the list reader, so no bit is set behind them; that there are many,
 * in any order, nested and repeated, is what must be stood. */

#include "reference/intervals.h"

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/number.h"

static int compare_prefix(const tri_prefix *a, const tri_prefix *b)
{
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    if (a->low != b->low)
        return a->low < b->low ? -1 : 1;
    return (a->bits > b->bits) - (a->bits < b->bits);
}

static void sift_down(tri_prefix *items, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && compare_prefix(&items[child], &items[child + 1]) < 0)
            child++;
        if (compare_prefix(&items[at], &items[child]) >= 0)
            return;
        tri_prefix held = items[at];
        items[at] = items[child];
        items[child] = held;
    }
}

/* By address, the wider first: heapsort, because qsort may take memory of its own. */
static void sort_prefixes(tri_prefix *items, size_t count)
{
    size_t sorted = 1;
    while (sorted < count && compare_prefix(&items[sorted - 1], &items[sorted]) <= 0)
        sorted++;
    if (sorted >= count)
        return;
    for (size_t i = count / 2; i-- > 0;)
        sift_down(items, i, count);
    for (size_t end = count - 1; end > 0; end--) {
        tri_prefix held = items[0];
        items[0] = items[end];
        items[end] = held;
        sift_down(items, 0, end);
    }
}

/* The last address of a prefix. */
static void last_address(const tri_prefix *in, uint64_t *high, uint64_t *low)
{
    *high = in->bits >= 64 ? in->high : in->high | UINT64_MAX >> in->bits;
    *low = in->bits <= 64    ? UINT64_MAX
           : in->bits >= 128 ? in->low
                             : in->low | UINT64_MAX >> (in->bits - 64);
}

static tri_verdict unite(tri_verdict a, tri_verdict b)
{
    return (tri_verdict){(uint16_t)(a.lists | b.lists), a.weight > b.weight ? a.weight : b.weight};
}

/* Begin an interval; one that begins where the last did replaces it. */
static void begin_interval(tri_intervals *to, uint64_t high, uint64_t low, tri_verdict says)
{
    if (to->count > 0 && to->items[to->count - 1].high == high &&
        to->items[to->count - 1].low == low)
        to->count--;
    if (to->count > 0 && to->items[to->count - 1].says.lists == says.lists &&
        to->items[to->count - 1].says.weight == says.weight)
        return;
    to->items[to->count++] = (tri_interval){high, low, says};
}

/* The prefixes around the place that the sweep has reached. A prefix holds another or is apart from
 * it, so they are a stack, each with what it and all around it say; at most 129 differ. */
typedef struct nest {
    tri_prefix open[130];
    size_t depth;
} nest;

/* Close every prefix that ends before @p next, or all for NULL. */
static void close_prefixes(nest *in, const tri_prefix *next, tri_intervals *to)
{
    while (in->depth > 0) {
        uint64_t high, low;
        last_address(&in->open[in->depth - 1], &high, &low);
        if (next != NULL && (high > next->high || (high == next->high && low >= next->low)))
            return;
        in->depth--;
        tri_verdict outer = in->depth > 0 ? in->open[in->depth - 1].says : (tri_verdict){0, 0};
        low++;
        high += low == 0;
        if (high != 0 || low != 0) /* nothing follows the last address of all */
            begin_interval(to, high, low, outer);
    }
}

static void sweep(const tri_prefix *items, size_t count, tri_intervals *to)
{
    nest around;
    around.depth = 0;
    for (size_t i = 0; i < count; i++) {
        tri_prefix next = items[i];
        for (; i + 1 < count && compare_prefix(&next, &items[i + 1]) == 0; i++)
            next.says = unite(next.says, items[i + 1].says);
        close_prefixes(&around, &next, to);
        if (around.depth > 0)
            next.says = unite(next.says, around.open[around.depth - 1].says);
        begin_interval(to, next.high, next.low, next.says);
        around.open[around.depth++] = next;
    }
    close_prefixes(&around, NULL, to);
}

trust_status tri_intervals_build(tri_intervals *out, tri_prefix *prefixes, size_t count,
                                 const trust_allocator *allocator)
{
    tri_intervals made = {NULL, 0, 2 * count};
    size_t size;
    if (count == 0)
        return TRUST_OK;
    if (count > SIZE_MAX / 2 || !tri_mul_size(made.capacity, sizeof(tri_interval), &size))
        return TRUST_E_NOMEM;
    made.items = tri_resize(allocator, NULL, 0, size);
    if (made.items == NULL)
        return TRUST_E_NOMEM;
    sort_prefixes(prefixes, count);
    sweep(prefixes, count, &made);
    /* Shrinking may fail; the larger block serves as well. */
    tri_interval *less = tri_resize(allocator, made.items, size, made.count * sizeof(tri_interval));
    if (less != NULL) {
        made.items = less;
        made.capacity = made.count;
    }
    *out = made;
    return TRUST_OK;
}

void tri_intervals_end(tri_intervals *intervals, const trust_allocator *allocator)
{
    tri_delete(allocator, intervals->items, intervals->capacity * sizeof(tri_interval));
}

tri_verdict tri_intervals_find(const tri_intervals *in, const uint8_t address[16])
{
    uint64_t high = tri_be64(address);
    uint64_t low = tri_be64(address + 8);
    size_t first = 0, last = in->count; /* the answer is the one before the first that is above */
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        const tri_interval *at = &in->items[middle];
        if (at->high < high || (at->high == high && at->low <= low))
            first = middle + 1;
        else
            last = middle;
    }
    return first > 0 ? in->items[first - 1].says : (tri_verdict){0, 0};
}
