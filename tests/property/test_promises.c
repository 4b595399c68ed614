/* What is asked for next over random policies and evidence: P15 of the model's research, that every
 * promise is kept, and that nothing smaller would do. TRUST_CASES and TRUST_SEED as in
 * test_model.c.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kind.h"
#include "policy/model.h"
#include "policy/next.h"
#include "random_policy.h"
#include "support.h"

#define RESULT_WORDS 256
#define FEW          7 /* signals of which every set is tried */

static uint64_t cases = 4000, first_seed = 1;
static uint64_t current;

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg("%s: TRUST_SEED=%" PRIu64 " TRUST_CASES=1", #condition, current);         \
    } while (0)

static const trust_policy_result *weigh(const trust_policy *policy, const trust_policy_input *input)
{
    static uint64_t memory[RESULT_WORDS];
    trust_policy_result *result = (trust_policy_result *)memory;
    HOLDS(trust_policy_evaluate(policy, input, result, sizeof memory) == TRUST_OK);
    return result;
}

/* The verdict once the best evidence of each signal of @p set has come, as the header says it. */
static trust_verdict taken(const random_case *of, uint64_t set)
{
    static trust_finding findings[CASE_FINDINGS + TRUST_POLICY_MAX_SIGNALS];
    size_t count = 0;
    for (size_t i = 0; i < of->input.finding_count; i++) {
        const trust_finding *f = &of->findings[i];
        uint32_t signal = tri_signal_of(&of->policy, f->kind, 0);
        bool asked = signal != UINT32_MAX && (set >> signal & 1) != 0;
        bool said = f->state == TRUST_STATE_VALID || f->state == TRUST_STATE_INVALID;
        if (!asked || (said && !tri_kind_latest_counts(f->kind)))
            findings[count++] = *f;
    }
    for (uint32_t s = 0; s < of->policy.signal_count; s++)
        if ((set >> s & 1) != 0)
            findings[count++] =
                (trust_finding){.kind = of->signals[s].kind,
                                .source = 4000000000u,
                                .state = TRUST_STATE_VALID,
                                .origin = TRUST_FROM_HOST,
                                .value = of->signals[s].scale == TRUST_SCALE_AR4SI ? 2 : 0,
                                .quality = TRUST_QUALITY_FULL,
                                .time = of->input.now,
                                .item = TRUST_NO_ITEM};
    trust_policy_input input = of->input;
    input.findings = findings;
    input.finding_count = count;
    return weigh(&of->policy, &input)->verdict;
}

static random_case *make_case(uint64_t i, random_scale scale)
{
    static random_case out;
    current = first_seed + i;
    uint64_t seed = current * 0x9E3779B97F4A7C15u;
    random_case_make(&seed, scale, &out);
    for (uint32_t s = 0; s < out.policy.signal_count; s++) {
        out.signals[s].cost = random_below(&seed, 8);
        if (random_below(&seed, 4) == 0)
            out.signals[s].scale = TRUST_SCALE_AR4SI;
    }
    /* Half of the time a verdict that something can still be done about. */
    if (random_below(&seed, 2) == 0) {
        out.input.now = out.input.now == TRUST_TIME_UNKNOWN ? 1 : out.input.now;
        out.input.floor_count = 0;
        out.input.previous = TRUST_NO_VERDICT;
    }
    return &out;
}

static uint32_t cost_of(const random_case *of, uint64_t set)
{
    uint32_t cost = 0;
    for (uint32_t s = 0; s < of->policy.signal_count; s++)
        cost += (set >> s & 1) != 0 ? of->signals[s].cost : 0;
    return cost;
}

static uint64_t askable(const random_case *of, uint64_t never)
{
    uint64_t set = 0;
    const trust_policy_result *now = weigh(&of->policy, &of->input);
    for (uint32_t s = 0; s < of->policy.signal_count; s++)
        if (of->signals[s].cost > 0 && now->rows[s].state != TRUST_STATE_NOT_APPLICABLE)
            set |= (uint64_t)1 << s;
    return set & ~never;
}

/* P15: taken, each step gives exactly what it promises, and no part of it does. */
static void promises_are_kept(const random_case *of, uint64_t never, const trust_policy_step *steps,
                              size_t count)
{
    trust_verdict now = weigh(&of->policy, &of->input)->verdict;
    HOLDS(count <= TRI_MAX_STEPS);
    for (size_t i = 0; i < count; i++) {
        uint64_t set = steps[i].signals;
        HOLDS(set != 0 && (set & ~askable(of, never)) == 0);
        HOLDS(__builtin_popcountll(set) <= (int)TRI_MAX_STEP_SIGNALS);
        HOLDS(steps[i].can_reach < now);
        HOLDS(taken(of, set) == steps[i].can_reach);
        HOLDS(steps[i].cost == cost_of(of, set));
        for (uint64_t part = (set - 1) & set; part != 0; part = (part - 1) & set)
            HOLDS(taken(of, part) > steps[i].can_reach);
        for (size_t k = 0; k < i; k++) {
            HOLDS(steps[k].can_reach < steps[i].can_reach ||
                  (steps[k].can_reach == steps[i].can_reach && steps[k].cost <= steps[i].cost));
            HOLDS((steps[k].signals & ~set) != 0);
        }
    }
}

/* Where there are few signals every set is tried: nothing that helps is left out. */
static void nothing_is_left_out(const random_case *of, uint64_t never,
                                const trust_policy_step *steps, size_t count)
{
    static trust_verdict reach[1u << FEW];
    uint64_t among = askable(of, never);
    uint32_t signals[FEW], n = 0;
    if (__builtin_popcountll(among) > FEW)
        return;
    for (uint32_t s = 0; s < of->policy.signal_count; s++)
        if ((among >> s & 1) != 0)
            signals[n++] = s;
    trust_verdict now = weigh(&of->policy, &of->input)->verdict;
    size_t expected = 0;
    for (uint32_t pick = 1; pick < 1u << n; pick++) {
        uint64_t set = 0;
        for (uint32_t i = 0; i < n; i++)
            set |= (uint64_t)(pick >> i & 1) << signals[i];
        reach[pick] = taken(of, set);
        bool least = reach[pick] < now;
        for (uint32_t part = (pick - 1) & pick; part != 0; part = (part - 1) & pick)
            least &= reach[part] > reach[pick];
        if (!least)
            continue;
        expected++;
        bool given = false;
        for (size_t i = 0; i < count; i++)
            given |= steps[i].signals == set;
        /* Only what is worse than all that is given may be left out, when there are too many. */
        const trust_policy_step *last = &steps[count - 1];
        HOLDS(given || (count == TRI_MAX_STEPS &&
                        (reach[pick] > last->can_reach ||
                         (reach[pick] == last->can_reach && cost_of(of, set) >= last->cost))));
    }
    HOLDS(count == (expected < TRI_MAX_STEPS ? expected : TRI_MAX_STEPS));
}

static void judge(random_scale scale, uint64_t i, uint64_t counts[TRI_MAX_STEP_SIGNALS + 1])
{
    trust_policy_step steps[TRI_MAX_STEPS], fewer[TRI_MAX_STEPS];
    size_t count = 99, less = 99;
    const random_case *of = make_case(i, scale);
    uint64_t never = i % 4 == 0 ? i * 0x9E3779B97F4A7C15u : 0;
    HOLDS(tri_next_steps(&of->policy, &of->input, never, steps, TRI_MAX_STEPS, &count) == TRUST_OK);
    promises_are_kept(of, never, steps, count);
    nothing_is_left_out(of, never, steps, count);
    HOLDS(tri_next_steps(&of->policy, &of->input, never, fewer, 2, &less) == TRUST_OK);
    HOLDS(less == (count < 2 ? count : 2) && memcmp(fewer, steps, less * sizeof *steps) == 0);
    for (size_t k = 0; k < count; k++)
        counts[__builtin_popcountll(steps[k].signals)]++;
    counts[0] += count == 0;
}

START_TEST(every_promise_is_kept)
{
    uint64_t counts[TRI_MAX_STEP_SIGNALS + 1] = {0};
    for (uint64_t i = 0; i < cases; i++)
        judge(i % 2 == 0 ? EVERYDAY_SCALE : (random_scale){6, 36, 34}, i, counts);
    printf("%" PRIu64 " cases from seed %" PRIu64 ": steps of one to eight signals:", cases,
           first_seed);
    for (size_t k = 1; k <= TRI_MAX_STEP_SIGNALS; k++)
        printf(" %" PRIu64, counts[k]);
    printf("; none in %" PRIu64 "\n", counts[0]);
    /* The cases are such that there is something to see. */
    if (cases >= 1000)
        ck_assert(counts[1] > 100 && counts[2] > 100 && counts[3] > 10 && counts[0] > 100);
}
END_TEST

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

int main(void)
{
    cases = number("TRUST_CASES", cases);
    if (cases > 200000) /* each case tries up to a hundred sets several times */
        cases = 200000;
    first_seed = number("TRUST_SEED", first_seed);
    return run_tests("promises", TESTS(every_promise_is_kept));
}
