/* How many signals an attacker must control: with all others as bad as can be, so many have to be
 * good before a device is allowed. The evaluator shows a set that is enough; a bound shows that no
 * smaller one is. */

#include "policy/lint/linter.h"

/* Whether a device is allowed when these signals are as good as can be, and all others as bad. */
static bool enough(tri_linter *l, uint32_t stance, uint64_t good)
{
    tri_guess guesses[TRUST_POLICY_MAX_SIGNALS];
    tri_lint_best(l, stance, guesses);
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        if (!tri_lint_bit(good, i))
            guesses[i] = tri_guess_of(TRI_WORST);
    return tri_lint_ask(l, &l->gated, stance, 0, guesses).verdict == TRUST_ALLOW;
}

/* Those without any one of which all others are not enough. */
static uint64_t indispensable(tri_linter *l, uint32_t stance, uint64_t all)
{
    uint64_t needed = 0;
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        if (!enough(l, stance, all & ~((uint64_t)1 << i)))
            needed |= (uint64_t)1 << i;
    return needed;
}

/* A set that is enough and of which none can be left out: the heaviest are taken first. */
static uint64_t sufficient(tri_linter *l, uint32_t stance, uint64_t needed)
{
    uint64_t set = needed;
    while (!enough(l, stance, set)) {
        uint32_t heaviest = TRUST_POLICY_MAX_SIGNALS;
        for (uint32_t i = 0; i < l->policy->signal_count; i++)
            if (!tri_lint_bit(set, i) &&
                (heaviest == TRUST_POLICY_MAX_SIGNALS ||
                 l->most[i] - l->least[i] > l->most[heaviest] - l->least[heaviest]))
                heaviest = i;
        if (heaviest == TRUST_POLICY_MAX_SIGNALS)
            return set; /* all of them: the caller knows that they are enough */
        set |= (uint64_t)1 << heaviest;
    }
    for (uint32_t i = 0; i < l->policy->signal_count; i++) {
        uint64_t without = set & ~((uint64_t)1 << i);
        if (tri_lint_bit(set & ~needed, i) && enough(l, stance, without))
            set = without;
    }
    return set;
}

/* ---- that no smaller set is ---- */

static int32_t against(int32_t mb)
{
    return mb > 0 ? mb : 0;
}

/* The most first. */
static void sort_gains(int64_t *gains, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t k = i; k > 0 && gains[k] > gains[k - 1]; k--) {
            int64_t gain = gains[k];
            gains[k] = gains[k - 1];
            gains[k - 1] = gain;
        }
}

/* So many have to be good until no more speaks against the device than allow bears. */
static uint32_t for_adverse(const tri_linter *l, uint32_t stance, uint64_t needed)
{
    int64_t gains[TRUST_POLICY_MAX_SIGNALS];
    int64_t left = l->worst.adverse - tri_lint_stance_of(l, stance)->max_adverse;
    uint32_t free = 0, count = tri_lint_bits(needed);
    for (uint32_t i = 0; i < l->policy->signal_count; i++) {
        int64_t gain = against(l->most[i]) - against(l->least[i]);
        if (tri_lint_bit(tri_lint_stance_of(l, stance)->exempt, i))
            gain = against(l->most[i]);
        if (tri_lint_bit(needed, i))
            left -= gain;
        else
            gains[free++] = gain;
    }
    sort_gains(gains, free);
    for (uint32_t i = 0; i < free && left > 0; i++, count++)
        left -= gains[i];
    return count;
}

/* The most that so many further good signals of one group can lower the level, for each number. */
static uint32_t group_gains(const tri_linter *l, uint32_t stance, uint32_t group, uint64_t needed,
                            int64_t *lowered)
{
    const tri_group *caps = &l->policy->groups[group];
    int64_t gains[TRUST_POLICY_MAX_SIGNALS], sum = 0;
    uint64_t exempt = tri_lint_stance_of(l, stance)->exempt;
    uint32_t free = 0;
    for (uint32_t i = 0; i < l->policy->signal_count; i++) {
        if (l->policy->signals[i].group != group)
            continue;
        int32_t least = tri_lint_bit(exempt, i) && l->least[i] > 0 ? 0 : l->least[i];
        sum += tri_lint_bit(needed, i) ? least : l->most[i];
        if (!tri_lint_bit(needed, i))
            gains[free++] = (int64_t)l->most[i] - least;
    }
    sort_gains(gains, free);
    for (uint32_t i = 0; i <= free; i++) {
        lowered[i] = sum < caps->floor ? caps->floor : sum > caps->ceiling ? caps->ceiling : sum;
        sum -= i < free ? gains[i] : 0;
    }
    return free;
}

/* So many have to be good until the level is allow's: group by group, the lowest level that each
 * number of them can reach. */
static uint32_t for_level(const tri_linter *l, uint32_t stance, uint64_t needed)
{
    const tri_stance *s = tri_lint_stance_of(l, stance);
    int64_t lowest[TRUST_POLICY_MAX_SIGNALS + 1], next[TRUST_POLICY_MAX_SIGNALS + 1];
    int64_t lowered[TRUST_POLICY_MAX_SIGNALS + 1];
    uint32_t most = 0;
    lowest[0] = s->base;
    for (uint32_t g = 0; g < l->policy->group_count; g++) {
        uint32_t free = group_gains(l, stance, g, needed, lowered);
        for (uint32_t k = 0; k <= most + free; k++)
            next[k] = INT64_MAX;
        for (uint32_t k = 0; k <= most; k++)
            for (uint32_t i = 0; i <= free; i++)
                if (lowest[k] + lowered[i] < next[k + i])
                    next[k + i] = lowest[k] + lowered[i];
        most += free;
        for (uint32_t k = 0; k <= most; k++)
            lowest[k] = next[k];
    }
    uint32_t count = 0;
    while (count < most && lowest[count] > s->limit[0])
        count++;
    return tri_lint_bits(needed) + count;
}

/* ---- the note ---- */

static void lint_stance(tri_linter *l, uint32_t stance)
{
    uint32_t all = l->policy->signal_count;
    uint64_t every = UINT64_MAX >> (64 - all);
    if (!enough(l, stance, every))
        return; /* nothing is, or leaving one out is better than the best of it */
    uint64_t needed = indispensable(l, stance, every);
    uint32_t most = tri_lint_bits(sufficient(l, stance, needed));
    uint32_t least = for_adverse(l, stance, needed), by_level = for_level(l, stance, needed);
    least = by_level > least ? by_level : least;
    tri_lint_begin(l, TRUST_LINT_NOTE, "SIGNALS_TO_CONTROL", tri_lint_stance(l, stance));
    l->number = (int32_t)least;
    tri_lint_say(l, "with all others as bad as can be, ");
    tri_lint_say(l, least < most ? "at least " : "");
    tri_lint_say_number(l, least);
    if (least < most) {
        tri_lint_say(l, " and at most ");
        tri_lint_say_number(l, most);
    }
    tri_lint_say(l, " of ");
    tri_lint_say_number(l, all);
    tri_lint_say(l, " signals must be good before a device is allowed");
    tri_lint_say_stance(l, stance);
    tri_lint_end(l);
}

void tri_lint_control(tri_linter *l)
{
    for (uint32_t s = 0; s < l->stance_count && !l->no_memory; s++)
        if (!tri_lint_as_default(l, s))
            lint_stance(l, s);
}
