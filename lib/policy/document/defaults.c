/* What a document need not say: the defaults of the kinds and of groups. No input from outside. */

#include <string.h>

#include "core/kind.h"
#include "policy/document/document.h"

/* What a signal has that its document does not mention. Points are permille of the weight. */
typedef struct kind_defaults {
    const char *group; /* NULL: a group of its own */
    int16_t curve[3][2];
    int16_t absent[TRI_ABSENT_COUNT];
    uint16_t reliability; /* permille */
    int64_t half_life;    /* ms, 0 never, like the others */
    int64_t half_life_bad;
    int64_t ttl;
} kind_defaults;

#define M(minutes) TRI_MINUTES(minutes)
#define H(hours)   TRI_MINUTES(60 * (hours))
#define D(days)    TRI_MINUTES(1440 * (days))

/* By built-in kind. Proven failures of cryptography and of people never fade; what only looks odd
 * does. */
static const kind_defaults of_kind[TRI_KIND_BUILTIN_COUNT] = {
    {"device", {{2, -667}, {32, 250}, {96, 1000}}, {500, 1000, 500}, 1000, H(1), 0, H(4)},
    {"device", {{2, -429}, {32, 286}, {96, 1000}}, {1000, 1000, 1000}, 1000, H(24), 0, D(7)},
    {"network", {{100, -318}, {400, 182}, {1000, 1000}}, {136, 136, 136}, 800, D(1), D(1), D(2)},
    {"network", {{10, -171}, {50, 229}, {100, 1000}}, {86, 86, 86}, 900, H(12), D(7), D(2)},
    {"behaviour", {{10, -267}, {30, 133}, {60, 1000}}, {89, 89, 89}, 1000, M(15), D(1), H(2)},
    {"human", {{2, -500}, {32, 300}, {96, 1000}}, {500, 1000, 500}, 1000, D(90), 0, D(365)},
};

/* By scale, for a kind of the host: ar4si, permille, percent, surprise. Whether a device can keep
 * such evidence back is not known, so refusing costs the worst. */
static const kind_defaults of_scale[] = {
    {NULL, {{2, -500}, {32, 300}, {96, 1000}}, {500, 1000, 500}, 1000, D(1), 0, D(7)},
    {NULL, {{100, -318}, {400, 182}, {1000, 1000}}, {500, 1000, 500}, 1000, D(1), D(7), D(2)},
    {NULL, {{10, -171}, {50, 229}, {100, 1000}}, {500, 1000, 500}, 1000, H(12), D(7), D(2)},
    {NULL, {{10, -267}, {30, 133}, {60, 1000}}, {500, 1000, 500}, 1000, M(15), D(1), H(2)},
};

/* What troubling a person costs where asking a device costs 1. */
#define PERSON 20

static const kind_defaults *defaults_of(const tri_signal_rule *rule)
{
    return tri_kind_builtin(rule->kind) != NULL ? &of_kind[rule->kind - 1]
                                                : &of_scale[rule->scale - 1];
}

/* Permille of so many points, rounded half away from zero to whole points; all in mb. */
static int32_t share(int64_t permille, int64_t mb)
{
    int64_t product = permille * (mb / TRI_MB_PER_POINT);
    int64_t points = (product + (product < 0 ? -500 : 500)) / 1000;
    return (int32_t)(points * TRI_MB_PER_POINT);
}

void tri_signal_defaults(tri_signal_rule *rule)
{
    const kind_defaults *d = defaults_of(rule);
    rule->knot_count = 3;
    for (size_t i = 0; i < 3; i++)
        rule->knots[i] = (tri_knot){d->curve[i][0], share(d->curve[i][1], rule->hi)};
    for (size_t i = 0; i < TRI_ABSENT_COUNT; i++)
        rule->absent[i] = share(d->absent[i], rule->hi);
    rule->reliability = tri_q16_of_permille(d->reliability);
    rule->good.ms = d->half_life;
    rule->bad.ms = d->half_life_bad;
    rule->ttl = d->ttl;
    rule->ttl_bad = 0;
    rule->cost = rule->kind == TRUST_KIND_HUMAN ? PERSON : 1;
    const char *action = tri_next_action(rule->kind);
    memcpy(rule->action, action, strlen(action) + 1);
}

const char *tri_group_default(const tri_signal_rule *rule)
{
    const char *group = defaults_of(rule)->group;
    return group != NULL ? group : rule->name;
}

void tri_group_defaults(const trust_policy *policy, uint32_t index, tri_group *group)
{
    int64_t low = 0;
    int64_t high = 0;
    unsigned same_address = 0;
    for (uint32_t i = 0; i < policy->signal_count; i++) {
        const tri_signal_rule *rule = &policy->signals[i];
        if (rule->group != index)
            continue;
        low += rule->lo;
        high += rule->hi;
        same_address += rule->kind == TRUST_KIND_PLACE || rule->kind == TRUST_KIND_REPUTATION;
    }
    group->floor = (int32_t)low;
    group->ceiling = share(same_address == 2 ? 790 : 1000, high);
}
