/* Reads CBOR (RFC 8949). Trust: input is hostile; lengths and counts in it are believed only once
 * they fit what is left. No heap and no recursion: about 17 KiB of stack while an input is checked.
 */

#include "format/cbor.h"

#include <string.h>

#include "core/bytes.h"
#include "core/error.h"

static const char past_end[] = "an item runs past the end";
static const char unassigned[] = "unassigned simple value";

/* The argument that follows a head's first byte in 1, 2, 4 or 8 bytes: 24 to 27 say how many. */
static const char *read_argument(const uint8_t **at, const uint8_t *end, unsigned info,
                                 tri_cbor_item *item)
{
    const uint8_t *p = *at;
    if (info > 27)
        return info == 31 ? "indefinite length" : "reserved additional information";
    size_t width = (size_t)1 << (info - 24);
    if ((size_t)(end - p) < width)
        return past_end;
    item->argument = width == 1   ? p[0]
                     : width == 2 ? tri_be16(p)
                     : width == 4 ? tri_be32(p)
                                  : tri_be64(p);
    *at += width;
    if (item->type != TRI_CBOR_SIMPLE)
        return NULL;
    if (width == 1)
        return unassigned;
    item->type = TRI_CBOR_FLOAT;
    item->body = (trust_bytes){p, width};
    return NULL;
}

/* Read the head at @p at, and the bytes of a string or float; the body of anything else is left
 * empty. NULL when it is well-formed, else why not. */
static inline const char *read_head(const uint8_t **at, const uint8_t *end, tri_cbor_item *item)
{
    const uint8_t *p = *at;
    if (p == end)
        return past_end;
    unsigned info = *p & 0x1Fu;
    item->type = *p++ >> 5;
    item->argument = info;
    item->body = (trust_bytes){NULL, 0};
    if (info >= 24) {
        const char *message = read_argument(&p, end, info, item);
        if (message != NULL)
            return message;
    } else if (item->type == TRI_CBOR_SIMPLE && info < 20) {
        return unassigned;
    }
    if (item->type == TRI_CBOR_BYTES || item->type == TRI_CBOR_TEXT) {
        if (item->argument > (size_t)(end - p))
            return past_end;
        item->body = (trust_bytes){p, (size_t)item->argument};
        p += item->body.size;
    }
    *at = p;
    return NULL;
}

static bool is_container(const tri_cbor_item *item)
{
    return item->type == TRI_CBOR_ARRAY || item->type == TRI_CBOR_MAP || item->type == TRI_CBOR_TAG;
}

/* How many items follow the head as its own. Counts were checked: twice a map's cannot overflow. */
static uint64_t children(const tri_cbor_item *item)
{
    if (item->type == TRI_CBOR_TAG)
        return 1;
    if (item->type == TRI_CBOR_MAP)
        return 2 * item->argument;
    return item->type == TRI_CBOR_ARRAY ? item->argument : 0;
}

/* Orders two checked items by meaning, so that every width of an integer is the same. Maps inside
 * are compared in the order that they came in. */
static int compare_items(const uint8_t *a, const uint8_t *b, const uint8_t *end)
{
    tri_cbor_item x, y;
    for (uint64_t left = 1; left > 0; left += children(&x) - 1) {
        if (read_head(&a, end, &x) != NULL || read_head(&b, end, &y) != NULL)
            return 0;
        if (x.type != y.type)
            return x.type < y.type ? -1 : 1;
        if (x.argument != y.argument)
            return x.argument < y.argument ? -1 : 1;
        int order = tri_compare(x.body, y.body);
        if (order != 0)
            return order;
    }
    return 0;
}

/* An array, map or tag that is not complete yet. */
typedef struct frame {
    uint64_t left;      /* items still to come; even in a map means that a key is next */
    const uint8_t *key; /* the newest one of a map */
    size_t first_key;   /* of this map, in keys */
    bool is_map;
} frame;

/* The one pass over the whole input. */
typedef struct walk {
    const uint8_t *at;
    const uint8_t *end;
    const char *message; /* of the error at @c at */
    trust_status status;
    size_t items;
    size_t depth;
    size_t key_count;
    frame frames[TRI_CBOR_MAX_DEPTH];
    /* The keys of every open map, each map's own sorted. Half of all items, and one more for each
     * map whose newest value is not complete. */
    const uint8_t *keys[TRI_CBOR_MAX_ITEMS / 2 + TRI_CBOR_MAX_DEPTH];
} walk;

static bool refuse(walk *w, trust_status status, const char *message)
{
    w->status = status;
    w->message = message;
    return false;
}

/* Sort a key in among those of its map. Keys in the deterministic order cost one comparison. */
static bool add_key(walk *w, const frame *map)
{
    const uint8_t **keys = w->keys;
    size_t low = map->first_key, high = w->key_count;
    if (high > low && compare_items(keys[high - 1], map->key, w->end) < 0)
        low = high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_items(keys[middle], map->key, w->end);
        if (order == 0) {
            w->at = map->key;
            return refuse(w, TRUST_E_FORMAT, "duplicate map key");
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    memmove(keys + low + 1, keys + low, (w->key_count - low) * sizeof keys[0]);
    keys[low] = map->key;
    w->key_count++;
    return true;
}

/* Step into a container whose head was read up to @p body. */
static bool open_container(walk *w, const tri_cbor_item *item, const uint8_t *body)
{
    uint64_t room = (uint64_t)(w->end - body);
    if (item->type == TRI_CBOR_MAP)
        room /= 2;
    if (w->depth == TRI_CBOR_MAX_DEPTH)
        return refuse(w, TRUST_E_LIMIT, "nested too deeply");
    if (item->type != TRI_CBOR_TAG && item->argument > room)
        return refuse(w, TRUST_E_FORMAT, "more elements than bytes are left");
    w->frames[w->depth++] = (frame){children(item), NULL, w->key_count, item->type == TRI_CBOR_MAP};
    return true;
}

/* An item is complete: so may be those around it. */
static bool close_items(walk *w)
{
    while (w->depth > 0) {
        frame *top = &w->frames[w->depth - 1];
        if (top->left > 0) {
            if (top->is_map && top->left % 2 == 0 && !add_key(w, top))
                return false;
            top->left--;
        }
        if (top->left > 0)
            return true;
        w->key_count = top->first_key;
        w->depth--;
    }
    return true;
}

/* Check one head and what it says of its surroundings. */
static bool check_item(walk *w)
{
    tri_cbor_item item;
    const uint8_t *p = w->at;
    if (w->items++ == TRI_CBOR_MAX_ITEMS)
        return refuse(w, TRUST_E_LIMIT, "too many items");
    const char *message = read_head(&p, w->end, &item);
    if (message != NULL)
        return refuse(w, TRUST_E_FORMAT, message);
    if (item.type == TRI_CBOR_TEXT && !tri_utf8(item.body))
        return refuse(w, TRUST_E_FORMAT, "text is not UTF-8");
    if (w->depth > 0 && w->frames[w->depth - 1].left % 2 == 0)
        w->frames[w->depth - 1].key = w->at;
    if (is_container(&item) && !open_container(w, &item, p))
        return false;
    w->at = p;
    return children(&item) > 0 || close_items(w);
}

tri_cbor tri_cbor_begin(trust_bytes input)
{
    walk w;
    w.at = input.data;
    w.end = input.size > 0 ? input.data + input.size : input.data;
    w.status = TRUST_OK;
    w.message = NULL;
    w.items = w.depth = w.key_count = 0;
    while (check_item(&w) && w.depth > 0)
        continue;
    if (w.status == TRUST_OK && w.at != w.end)
        (void)refuse(&w, TRUST_E_FORMAT, "bytes after the end");
    tri_cbor cursor = {input.data, input.data, w.end, w.status, w.message, 0};
    if (w.status != TRUST_OK)
        cursor.offset = (size_t)(w.at - input.data);
    return cursor;
}

static void stop(tri_cbor *cursor, size_t offset, const char *message)
{
    cursor->status = TRUST_E_FORMAT;
    cursor->message = message;
    cursor->offset = offset;
}

tri_cbor tri_cbor_inside(const tri_cbor *parent, const tri_cbor_item *item)
{
    tri_cbor cursor = *parent;
    cursor.at = cursor.end = item->body.data;
    if (cursor.status != TRUST_OK)
        return cursor;
    if (!is_container(item))
        stop(&cursor, item->offset, "not an array, map or tag");
    else
        cursor.end += item->body.size;
    return cursor;
}

/* Step over @p count checked items and all that is in them. */
static const uint8_t *skip(const uint8_t *at, const uint8_t *end, uint64_t count)
{
    tri_cbor_item item;
    for (; count > 0; count += children(&item) - 1)
        if (read_head(&at, end, &item) != NULL)
            return end;
    return at;
}

bool tri_cbor_next(tri_cbor *cursor, tri_cbor_item *out)
{
    if (cursor->status != TRUST_OK || cursor->at == cursor->end)
        return false;
    tri_cbor_item item;
    item.offset = (size_t)(cursor->at - cursor->start);
    const char *message = read_head(&cursor->at, cursor->end, &item);
    if (message != NULL) {
        stop(cursor, item.offset, message);
        return false;
    }
    if (is_container(&item)) {
        item.body.data = cursor->at;
        cursor->at = skip(cursor->at, cursor->end, children(&item));
        item.body.size = (size_t)(cursor->at - item.body.data);
    }
    *out = item;
    return true;
}

/* The key is @p text where that is given, else @p number. */
static bool is_key(const tri_cbor_item *key, int64_t number, const trust_bytes *text)
{
    int64_t value;
    if (text != NULL)
        return key->type == TRI_CBOR_TEXT && tri_same(key->body, *text);
    return tri_cbor_int(key, &value) && value == number;
}

static bool find(const tri_cbor *parent, const tri_cbor_item *map, int64_t number,
                 const trust_bytes *text, tri_cbor_item *out)
{
    tri_cbor cursor = tri_cbor_inside(parent, map);
    tri_cbor_item key;
    if (map->type != TRI_CBOR_MAP)
        return false;
    while (cursor.status == TRUST_OK && read_head(&cursor.at, cursor.end, &key) == NULL) {
        if (is_key(&key, number, text))
            return tri_cbor_next(&cursor, out);
        cursor.at = skip(cursor.at, cursor.end, children(&key) + 1);
    }
    return false;
}

bool tri_cbor_find(const tri_cbor *parent, const tri_cbor_item *map, int64_t key,
                   tri_cbor_item *out)
{
    return find(parent, map, key, NULL, out);
}

bool tri_cbor_find_text(const tri_cbor *parent, const tri_cbor_item *map, const char *key,
                        tri_cbor_item *out)
{
    trust_bytes text = tri_bytes(key);
    return find(parent, map, 0, &text, out);
}

bool tri_cbor_int(const tri_cbor_item *item, int64_t *out)
{
    if (item->type > TRI_CBOR_NINT || item->argument > INT64_MAX)
        return false;
    int64_t value = (int64_t)item->argument;
    *out = item->type == TRI_CBOR_NINT ? -1 - value : value;
    return true;
}

bool tri_cbor_bool(const tri_cbor_item *item, bool *out)
{
    if (item->type != TRI_CBOR_SIMPLE || item->argument > 21)
        return false;
    *out = item->argument == 21;
    return true;
}

bool tri_cbor_null(const tri_cbor_item *item)
{
    return item->type == TRI_CBOR_SIMPLE && item->argument == 22;
}

trust_status tri_cbor_fail(const tri_cbor *cursor, trust_error *err)
{
    return tri_fail_at(err, cursor->status, cursor->offset, cursor->message);
}
