/* Which way a change of a policy works: for trustctl policy diff. Trust: the library has loaded
 * both documents, so that curves rise, names are known and numbers are within their limits. */

#include <stdlib.h>
#include <string.h>

#include "policy_effect.h"

const char *const effect_words[] = {"neither", "stricter", "milder", "mixed", "not compared"};

effect effect_of_both(bool never_milder, bool never_stricter)
{
    if (never_milder)
        return never_stricter ? NEITHER : STRICTER;
    return never_stricter ? MILDER : MIXED;
}

effect effect_of_order(int64_t from, int64_t to)
{
    return effect_of_both(to >= from, to <= from);
}

effect effect_opposite(effect e)
{
    return e == STRICTER ? MILDER : e == MILDER ? STRICTER : e;
}

size_t find_signal(const policy_file *file, const char *name)
{
    size_t i = 0;
    while (i < file->signals && strcmp(policy_signal(file, i).name, name) != 0)
        i++;
    return i;
}

size_t find_gate(const policy_file *file, const char *id)
{
    size_t i = 0;
    while (i < file->gates && strcmp(policy_gate(file, i).id, id) != 0)
        i++;
    return i;
}

size_t find_profile(const policy_file *file, const char *id)
{
    size_t i = 0;
    while (i < file->profiles && strcmp(policy_profile(file, i).id, id) != 0)
        i++;
    return i;
}

/* ---- single members ---- */

/* Milliseconds of a span as the library writes it; "never" is longer than all. */
static int64_t span_of(const tree *value)
{
    static const struct {
        const char *letters;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    char *rest = NULL;
    if (value == NULL || value->text == NULL || strcmp(value->text, "never") == 0)
        return INT64_MAX;
    long long count = strtoll(value->text, &rest, 10);
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
        if (strcmp(rest, units[u].letters) == 0)
            return count * units[u].ms;
    return INT64_MAX;
}

static int64_t time_of(const tree *value, trust_time none)
{
    trust_time time = none;
    if (value != NULL && value->text != NULL &&
        trust_time_parse(value->text, strlen(value->text), &time) != TRUST_OK)
        return none;
    return time;
}

static int64_t verdict_of(const tree *value)
{
    trust_verdict v = TRUST_NO_VERDICT;
    while (v < TRUST_DENY && (value == NULL || value->text == NULL ||
                              strcmp(trust_verdict_name(v), value->text) != 0))
        v++;
    return v;
}

/* Every name of one list is in the other. */
static bool within(const tree *inner, const tree *outer)
{
    for (const tree *t = inner != NULL ? inner->first : NULL; t != NULL; t = t->next) {
        const tree *o = outer != NULL ? outer->first : NULL;
        while (o != NULL && !tree_same(o, t))
            o = o->next;
        if (o == NULL)
            return false;
    }
    return true;
}

static effect effect_of_roles(const tree *from, const tree *to)
{
    bool all_from = tree_count(from) == 0, all_to = tree_count(to) == 0;
    return effect_of_both(all_from || (!all_to && within(to, from)),
                          all_to || (!all_from && within(from, to)));
}

static int64_t number_of(const tree *value)
{
    return value != NULL ? value->number : 0;
}

effect effect_of_member(rule r, const tree *from, const tree *to)
{
    if (tree_same(from, to))
        return NEITHER;
    switch (r) {
    case RULE_NONE:
        return NEITHER;
    case RULE_UP:
    case RULE_FLAG:
        return effect_of_order(number_of(from), number_of(to));
    case RULE_DOWN:
        return effect_of_order(number_of(to), number_of(from));
    case RULE_LONG:
        return effect_of_order(span_of(from), span_of(to));
    case RULE_SHORT:
        return effect_of_order(span_of(to), span_of(from));
    case RULE_LATER:
        return effect_of_order(time_of(from, TRUST_TIME_UNKNOWN), time_of(to, TRUST_TIME_UNKNOWN));
    case RULE_SOONER:
        return effect_of_order(time_of(to, TRUST_TIME_NEVER), time_of(from, TRUST_TIME_NEVER));
    case RULE_FLOOR:
        return effect_of_order(verdict_of(from), verdict_of(to));
    case RULE_MORE:
        return effect_of_both(within(from, to), within(to, from));
    case RULE_FEWER:
        return effect_of_both(within(to, from), within(from, to));
    case RULE_GRANT:
        return effect_of_order(from == NULL, to == NULL);
    case RULE_ROLES:
        return effect_of_roles(from, to);
    case RULE_EITHER:
        return MIXED;
    case RULE_CANNOT:
        break;
    }
    return UNCLEAR;
}

/* ---- curves ---- */

/* Every scale ends here or before. */
#define MOST_VALUE 1000

/* Points of a value as a fraction. */
typedef struct fraction {
    int64_t over, under; /* under is positive */
} fraction;

static fraction worth(const policy_file *f, size_t signal, int32_t value)
{
    trust_policy_knot before, after;
    if (trust_policy_knot_at(f->policy, signal, 0, &before) != TRUST_OK)
        return (fraction){0, 1};
    after = before;
    for (size_t k = 1; value > after.value; k++) {
        before = after;
        if (trust_policy_knot_at(f->policy, signal, k, &after) != TRUST_OK)
            return (fraction){before.points, 1};
    }
    if (value >= after.value || after.value == before.value)
        return (fraction){after.points, 1};
    int64_t run = (int64_t)after.value - before.value;
    int64_t rise = (int64_t)after.points - before.points;
    return (fraction){before.points * run + rise * ((int64_t)value - before.value), run};
}

static int64_t difference(fraction a, fraction b)
{
    return a.over * b.under - b.over * a.under;
}

effect effect_of_curve(const policy_file *a, size_t in_a, const policy_file *b, size_t in_b)
{
    bool rises = false, falls = false;
    for (int32_t value = 0; value <= MOST_VALUE; value++) {
        int64_t more = difference(worth(b, in_b, value), worth(a, in_a, value));
        rises |= more > 0;
        falls |= more < 0;
    }
    return effect_of_both(!falls, !rises);
}

/* ---- what gates and stages go by ---- */

/* The spans for which a value counts beside the points: for its time to live, and as bad news,
 * which costs more than silence, until its own end. */
typedef struct counting {
    int64_t good, bad; /* bad is 0 for a value that is no bad news */
} counting;

static int64_t ending(int64_t ms)
{
    return ms == 0 ? INT64_MAX : ms;
}

static counting counting_of(const policy_file *f, size_t signal, int32_t value)
{
    trust_policy_signal s = policy_signal(f, signal);
    fraction w = worth(f, signal, value);
    bool bad =
        difference(w, (fraction){s.absent, 1}) > 0 || difference(w, (fraction){s.most, 1}) >= 0;
    return (counting){ending(s.ttl), bad ? ending(s.ttl_bad) : 0};
}

static int64_t longer(counting c)
{
    return c.good > c.bad ? c.good : c.bad;
}

effect effect_on_counting(const policy_file *a, size_t in_a, const policy_file *b, size_t in_b,
                          int32_t limit)
{
    bool shorter = false, longest = false;
    for (int32_t value = limit; value <= MOST_VALUE; value++) {
        int64_t was = longer(counting_of(a, in_a, value));
        int64_t is = longer(counting_of(b, in_b, value));
        shorter |= is < was;
        longest |= is > was;
    }
    return effect_of_both(!shorter, !longest);
}

int32_t effect_first_cost(const policy_file *file, size_t signal)
{
    int32_t value = 0;
    while (value <= MOST_VALUE && worth(file, signal, value).over <= 0)
        value++;
    return value;
}

/* Where @p a holds, so does @p b. */
static bool implies(const trust_policy_condition *a, const trust_policy_condition *b)
{
    if (a->asks != b->asks || strcmp(a->signal, b->signal) != 0)
        return false;
    return a->asks == TRUST_ASKS_OLDER ? a->age >= b->age : a->limit >= b->limit;
}

/* Whenever the gate of @p a fires, that of @p b does. Each condition of b is paired with one of a
 * that implies it, the first that is free: if a fires, at most count - need of its conditions do
 * not hold, so of the pairs at least so many fewer hold in b. */
static bool fires_with(const policy_file *a, size_t in_a, const policy_file *b, size_t in_b)
{
    trust_policy_gate from = policy_gate(a, in_a), to = policy_gate(b, in_b);
    uint32_t used = 0, pairs = 0;
    for (uint32_t j = 0; j < to.condition_count; j++) {
        trust_policy_condition target = policy_condition(b, in_b, j);
        for (uint32_t i = 0; i < from.condition_count; i++) {
            trust_policy_condition c = policy_condition(a, in_a, i);
            if ((used >> i & 1) != 0 || !implies(&c, &target))
                continue;
            used |= UINT32_C(1) << i;
            pairs++;
            break;
        }
    }
    return to.need + from.condition_count <= from.need + pairs;
}

effect effect_of_gate(const policy_file *a, size_t in_a, const policy_file *b, size_t in_b)
{
    bool more = fires_with(a, in_a, b, in_b), less = fires_with(b, in_b, a, in_a);
    return more || less ? effect_of_both(more, less) : UNCLEAR;
}

/* ---- profiles, signals ---- */

effect effect_of_stance(const trust_policy_stance *from, const trust_policy_stance *to)
{
    const int64_t pairs[][2] = {{from->bands.base, to->bands.base},
                                {-from->bands.allow, -to->bands.allow},
                                {-from->bands.step_up, -to->bands.step_up},
                                {-from->bands.quarantine, -to->bands.quarantine},
                                {-from->adverse, -to->adverse},
                                {-from->uncertainty, -to->uncertainty}};
    bool up = (to->exempt & ~from->exempt) == 0, down = (from->exempt & ~to->exempt) == 0;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        up &= pairs[i][1] >= pairs[i][0];
        down &= pairs[i][1] <= pairs[i][0];
    }
    return effect_of_both(up, down);
}

effect effect_of_new_profile(const policy_file *file, size_t index)
{
    bool up = true, down = true;
    trust_policy_stance to = policy_profile(file, index).stance;
    for (size_t i = 0; i < file->profiles; i++) {
        trust_policy_stance from = policy_profile(file, i).stance;
        effect e = i == 0 || i > index ? effect_of_stance(&from, &to) : NEITHER;
        up &= e == STRICTER || e == NEITHER;
        down &= e == MILDER || e == NEITHER;
    }
    return effect_of_both(up, down);
}

effect effect_of_new_signal(const policy_file *file, size_t index)
{
    trust_policy_signal s = policy_signal(file, index);
    return s.least < 0 ? MIXED : effect_of_order(0, s.most);
}

/* Whether allow is ever withheld for want of knowledge. */
static bool asks_certainty(const policy_file *file)
{
    bool asks = false;
    for (size_t i = 0; i < file->profiles; i++)
        asks |= policy_profile(file, i).stance.uncertainty < 1000;
    return asks;
}

static int64_t span_at(const policy_file *file, size_t index)
{
    if (index >= file->signals)
        return 0;
    trust_policy_signal s = policy_signal(file, index);
    return (int64_t)s.most - s.least;
}

static int64_t span_of_all(const policy_file *file)
{
    int64_t sum = 0;
    for (size_t i = 0; i < file->signals; i++)
        sum += span_at(file, i);
    return sum;
}

bool uncertainty_moved(const policy_file *a, const policy_file *b)
{
    int64_t in_a = span_of_all(a), in_b = span_of_all(b);
    bool moved = false;
    for (size_t i = 0; i < a->signals; i++) {
        size_t other = find_signal(b, policy_signal(a, i).name);
        moved |= span_at(a, i) * in_b != span_at(b, other) * in_a;
    }
    for (size_t i = 0; i < b->signals; i++)
        moved |= span_at(b, i) > 0 && find_signal(a, policy_signal(b, i).name) == a->signals;
    return moved && asks_certainty(a) && asks_certainty(b);
}
