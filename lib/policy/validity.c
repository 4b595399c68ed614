/* How long verdict and stage last when nothing new is heard: where the first change lies between
 * the events of ahead.c. Where no row falls the verdict changes once, and is closed in on from both
 * sides. Else the level is not monotone, but every row is bounded by its two ends: where the bounds
 * allow one verdict only, nothing changes; where they do not, the stretch is halved. */

#include <string.h>

#include "core/number.h"
#include "policy/ahead.h"

/* Looks taken before an earlier time is given instead. */
#define MAX_LOOKS 512

/* How near to a probable change a stretch is cut, in parts of 65536. */
#define NEAR 512

typedef struct searching {
    tri_ahead ahead;
    tri_moment moments[3];
    uint32_t looks;
    uint32_t turn;     /* of cuts in the span in hand */
    bool beyond;       /* the last cut came too late */
    bool strict_first; /* the stricter bound was the last to tell something */
} searching;

/* The verdict with good news as at one moment and bad news as at another. */
static trust_verdict look(searching *search, const tri_moment *good, const tri_moment *bad,
                          tri_outlook *out)
{
    search->looks++;
    return tri_ahead_judge(&search->ahead, good, bad, out);
}

/* Make @p part (of 65536) less where a straight line from @p low to @p high passes @p limit sooner;
 * not where they are so near to each other that there are steps and no line. */
static void passes(int64_t low, int64_t high, int64_t limit, int64_t *part)
{
    int64_t rise = high - low;
    if ((low > limit) == (high > limit) || (rise < 4 && rise > -4))
        return;
    int64_t here = (limit - low) * TRI_Q16 / rise;
    *part = here < *part ? here : *part;
}

/* Where between two moments the verdict probably changes, in parts of 65536. */
static int64_t probable(const tri_ahead *ahead, const tri_outlook *low, const tri_outlook *high)
{
    const tri_stance *stance = ahead->stance;
    int64_t part = TRI_Q16;
    for (int i = 0; i < 3; i++) {
        passes(low->level, high->level, stance->limit[i], &part);
        passes(low->level, high->level, (int64_t)stance->limit[i] - ahead->policy->margin, &part);
    }
    passes(low->adverse, high->adverse, stance->max_adverse, &part);
    passes(low->uncertainty, high->uncertainty, stance->max_uncertainty, &part);
    return part;
}

/* Where to cut a stretch wider than one: a little to either side of where the verdict probably
 * changes, the side alternating with what came of the last cut, so that both ends close in; and
 * every third time in the middle, for what is no straight line. */
static trust_time cut(const searching *search, const tri_moment *from, const tri_moment *to,
                      const tri_outlook *low, const tri_outlook *high)
{
    int64_t part = probable(&search->ahead, low, high);
    if (part == TRI_Q16 || search->turn % 3 == 0)
        part = TRI_Q16 / 2;
    else
        part += search->beyond ? -NEAR : NEAR;
    uint64_t share = (uint64_t)tri_clamp(part, 0, TRI_Q16);
    uint64_t width = (uint64_t)to->time - (uint64_t)from->time;
    uint64_t into = (width >> 16) * share + (((width & 0xFFFF) * share) >> 16);
    return from->time + (trust_time)(into < 1 ? 1 : into < width ? into : width - 1);
}

/* Whether two moments are neighbours. */
static bool adjoin(const tri_moment *low, const tri_moment *high)
{
    return (uint64_t)high->time - (uint64_t)low->time <= 1;
}

/* A moment with another verdict after the first of @c moments, which keeps it, up to the second;
 * TRUST_TIME_NEVER where the second keeps it too. It is the only change where nothing falls. */
static trust_time close_in(searching *search, const tri_outlook *first)
{
    const tri_ahead *ahead = &search->ahead;
    tri_moment *low = &search->moments[0], *high = &search->moments[1], *next = &search->moments[2];
    tri_outlook low_view = *first, high_view, view;
    if (look(search, high, high, &high_view) == ahead->verdict)
        return TRUST_TIME_NEVER;
    search->beyond = true;
    for (search->turn = 1; !adjoin(low, high); search->turn++) {
        trust_time time = cut(search, low, high, &low_view, &high_view);
        tri_ahead_measure(ahead, time, low, high, next);
        search->beyond = look(search, next, next, &view) != ahead->verdict;
        tri_moment **end = search->beyond ? &high : &low, *spare = *end;
        *(search->beyond ? &high_view : &low_view) = view;
        *end = next;
        next = spare;
    }
    return high->time;
}

/* Whether the verdict is certain to stay between two moments: that of neither bound is another. The
 * bound that told something the last time is asked first. */
static bool stays(searching *search, const tri_moment *low, const tri_moment *high,
                  tri_outlook bounds[2])
{
    for (int i = 0; i < 2; i++) {
        bool strict = search->strict_first == (i == 0);
        if (look(search, strict ? high : low, strict ? low : high, &bounds[strict]) ==
            search->ahead.verdict)
            continue;
        search->strict_first = strict;
        return false;
    }
    return true;
}

/* Whether the verdict keeps from the first of two moments to the second: by the bounds, or, of
 * neighbours, by a look at the second. All of @p bounds is written then. */
static bool keeps(searching *search, const tri_moment *low, const tri_moment *high,
                  tri_outlook bounds[2])
{
    if (stays(search, low, high, bounds))
        return true;
    if (!adjoin(low, high) || look(search, high, high, &bounds[0]) != search->ahead.verdict)
        return false;
    bounds[1] = bounds[0];
    return true;
}

/* The first moment after the first of @c moments, which keeps the verdict, up to the second with
 * another one; TRUST_TIME_NEVER for none. Stretches are taken from the left, so all up to an
 * undecided one is known to keep it. @p exact is cleared where the search is given up. */
static trust_time halve(searching *search, const tri_outlook *first, uint32_t *exact)
{
    const tri_ahead *ahead = &search->ahead;
    tri_moment *low = &search->moments[0], *high = &search->moments[1], *next = &search->moments[2];
    tri_outlook before[2] = {*first, *first}, bounds[2];
    trust_time ends[MAX_LOOKS]; /* of the stretches after the one in hand */
    uint32_t depth = 0;
    for (search->turn = 1; search->looks < MAX_LOOKS; search->turn++) {
        tri_moment *spare = next;
        search->beyond = !keeps(search, low, high, bounds);
        if (!search->beyond) {
            if (depth == 0)
                return TRUST_TIME_NEVER;
            memcpy(before, bounds, sizeof before);
            next = low;
            low = high;
            high = spare;
            tri_ahead_measure(ahead, ends[--depth], NULL, NULL, high);
        } else if (adjoin(low, high)) {
            return high->time;
        } else {
            bool strict = search->strict_first;
            ends[depth++] = high->time;
            trust_time time = cut(search, low, high, &before[strict], &bounds[strict]);
            tri_ahead_measure(ahead, time, low, high, next);
            next = high;
            high = spare;
        }
    }
    *exact = 0;
    return low->time + 1;
}

/* The first moment from @p from to @p last with another verdict, TRUST_TIME_NEVER for none. Where
 * rows fall, what closing in finds is a change, but there may be one before. */
static trust_time search_span(searching *search, trust_time from, trust_time last, uint32_t *exact)
{
    const tri_ahead *ahead = &search->ahead;
    tri_moment *first = &search->moments[0];
    tri_outlook view, bounds[2];
    tri_ahead_measure(ahead, from, NULL, NULL, first);
    tri_ahead_measure(ahead, last, NULL, NULL, &search->moments[1]);
    if (stays(search, first, &search->moments[1], bounds))
        return TRUST_TIME_NEVER;
    if (look(search, first, first, &view) != ahead->verdict)
        return from;
    trust_time found = close_in(search, &view);
    if (ahead->rises)
        return found;
    tri_ahead_measure(ahead, from, NULL, NULL, first);
    tri_ahead_measure(ahead, found == TRUST_TIME_NEVER ? last : found - 1, NULL, NULL,
                      &search->moments[1]);
    trust_time sooner = halve(search, &view, exact);
    return sooner != TRUST_TIME_NEVER ? sooner : found;
}

/* The first moment with another verdict after now; @p exact is cleared where it may be later. */
static trust_time first_change(searching *search, trust_time now, uint32_t *exact)
{
    trust_time found = TRUST_TIME_NEVER, from = now + 1;
    while (found == TRUST_TIME_NEVER && from < TRUST_TIME_NEVER) {
        if (search->looks >= MAX_LOOKS) {
            *exact = 0;
            return from;
        }
        trust_time next = tri_ahead_enter(&search->ahead, from);
        found = search_span(search, from, next - 1, exact);
        from = next;
    }
    return found;
}

trust_status trust_policy_valid_until(const trust_policy *policy, const trust_policy_input *input,
                                      trust_time *out, uint32_t *exact)
{
    if (policy == NULL || input == NULL || out == NULL || exact == NULL)
        return TRUST_E_ARGUMENT;
    searching search;
    if (!tri_ahead_begin(&search.ahead, policy, input))
        return TRUST_E_ARGUMENT;
    if (input->now == TRUST_TIME_UNKNOWN || input->now == TRUST_TIME_NEVER) {
        *out = input->now;
        *exact = 0;
        return TRUST_OK;
    }
    uint32_t sure = 1;
    search.looks = 0;
    search.strict_first = true;
    *out = first_change(&search, input->now, &sure);
    *exact = sure;
    return TRUST_OK;
}
