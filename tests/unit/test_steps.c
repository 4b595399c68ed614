/* What a policy asks for next, and what it asks the host to do. */

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "policy/next.h"
#include "policy/result.h"

#define NOW INT64_C(1795428000000)

/* ---- actions ---- */

typedef struct acting {
    struct trust_policy policy;
    tri_gate gates[2];
    tri_action actions[8];
    uint64_t memory[64];
    trust_policy_result *result; /* in it */
} acting;

static void add_action(acting *a, const char *name, uint32_t cause, uint32_t index)
{
    tri_action *action = &a->actions[a->policy.action_count++];
    strcpy(action->name, name);
    action->cause = cause;
    action->index = index;
}

static void set_up(acting *a)
{
    memset(a, 0, sizeof *a);
    a->result = (trust_policy_result *)a->memory;
    a->policy.gates = a->gates;
    a->policy.actions = a->actions;
    a->policy.gate_count = 2;
    a->gates[0].reason = TRI_REASON_GATE;
    a->gates[1].reason = TRI_REASON_ADDRESS_LISTED;
    add_action(a, "open", TRI_FOR_VERDICT, TRUST_ALLOW);
    add_action(a, "isolate", TRI_FOR_VERDICT, TRUST_QUARANTINE);
    add_action(a, "notify", TRI_FOR_VERDICT, TRUST_QUARANTINE);
    add_action(a, "notify", TRI_FOR_GATE, 1);
    add_action(a, "block", TRI_FOR_GATE, 1);
    add_action(a, "open", TRI_FOR_STAGE, 0);
    add_action(a, "isolate", TRI_FOR_STAGE, 2);
    add_action(a, "label", TRI_FOR_STAGE, 2);
}

START_TEST(an_outcome_calls_for_its_actions)
{
    static const struct {
        trust_verdict verdict;
        uint64_t gates;
        uint32_t stage;
        const char *names[5];
        uint32_t reasons[4];
    } cases[] = {
        {TRUST_ALLOW, 0, 1, {"open"}, {TRI_REASON_VERDICT}},
        {TRUST_STEP_UP, 0, 1, {NULL}, {0}},
        {TRUST_STEP_UP, 0, 0, {"open"}, {TRI_REASON_STAGE}},
        {TRUST_DENY, 1, 1, {NULL}, {0}},
        {TRUST_DENY,
         2,
         1,
         {"notify", "block"},
         {TRI_REASON_ADDRESS_LISTED, TRI_REASON_ADDRESS_LISTED}},
        {TRUST_QUARANTINE,
         3,
         2,
         {"isolate", "notify", "block", "label"},
         {TRI_REASON_VERDICT, TRI_REASON_VERDICT, TRI_REASON_ADDRESS_LISTED, TRI_REASON_STAGE}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        acting a;
        trust_policy_action out[8];
        size_t count = 99;
        set_up(&a);
        a.result->verdict = cases[i].verdict;
        a.result->gates = cases[i].gates;
        a.result->stage = cases[i].stage;
        ck_ok(trust_policy_actions(&a.policy, a.result, out, 8, &count));
        size_t expected = 0;
        for (; cases[i].names[expected] != NULL; expected++) {
            ck_assert_uint_lt(expected, count);
            ck_assert_str_eq(out[expected].name, cases[i].names[expected]);
            ck_assert_uint_eq(out[expected].reason, cases[i].reasons[expected]);
            ck_assert_uint_eq(out[expected].id, tri_hash32(tri_bytes(out[expected].name)));
        }
        ck_assert_uint_eq(count, expected);
        ck_ok(trust_policy_actions(&a.policy, a.result, out, expected, &count));
        if (expected > 0)
            ck_status(trust_policy_actions(&a.policy, a.result, out, expected - 1, &count),
                      TRUST_E_LIMIT);
    }
}
END_TEST

START_TEST(an_actions_number_is_the_same_everywhere)
{
    acting a;
    trust_policy_action out[1];
    size_t count;
    set_up(&a);
    strcpy(a.actions[0].name, "a"); /* FNV-1a, of the algorithm's own test suite */
    a.result->verdict = TRUST_ALLOW;
    a.result->stage = 1;
    ck_ok(trust_policy_actions(&a.policy, a.result, out, 1, &count));
    ck_assert_uint_eq(out[0].id, 0xe40c292cu);
    ck_status(trust_policy_actions(NULL, a.result, out, 1, &count), TRUST_E_ARGUMENT);
    ck_status(trust_policy_actions(&a.policy, NULL, out, 1, &count), TRUST_E_ARGUMENT);
    ck_status(trust_policy_actions(&a.policy, a.result, NULL, 1, &count), TRUST_E_ARGUMENT);
    ck_status(trust_policy_actions(&a.policy, a.result, out, 1, NULL), TRUST_E_ARGUMENT);
    a.result->verdict = TRUST_DENY;
    ck_ok(trust_policy_actions(&a.policy, a.result, NULL, 0, &count));
    ck_assert_uint_eq(count, 0);
}
END_TEST

/* ---- next ---- */

/* Signals of permille, each in a group of its own, worth 100 points for or against. */
static trust_policy *lettered(size_t signals, const char *rest)
{
    char text[8192];
    trust_error err = {0};
    trust_policy *policy = NULL;
    size_t len = (size_t)sprintf(text, "{\"trust_policy\":1,\"id\":\"t\",\"revision\":1,"
                                       "\"signals\":{");
    for (size_t i = 0; i < signals; i++)
        len += (size_t)sprintf(text + len,
                               "%s\"x.%c\":{\"scale\":\"permille\",\"weight\":100,"
                               "\"group\":\"g%zu\",\"curve\":[[0,-100],[1000,100]],\"absent\":0}",
                               i > 0 ? "," : "", (char)('a' + i), i % 16);
    sprintf(text + len, "}%s}", rest);
    ck_assert_msg(trust_policy_load_unsigned(text, strlen(text), NULL, &policy, &err) == TRUST_OK,
                  "%s at %s", err.message, err.where);
    for (size_t i = 0; i < signals; i++)
        policy->signals[i].cost = 1;
    return policy;
}

static trust_policy_input input_at(trust_time now, const trust_finding *findings, size_t count)
{
    trust_policy_input input = TRUST_POLICY_INPUT_INIT;
    input.now = now;
    input.findings = findings;
    input.finding_count = count;
    return input;
}

START_TEST(what_is_asked_for_next_is_least_and_in_order)
{
    trust_policy_step steps[10], untouched;
    trust_policy_input input = input_at(NOW, NULL, 0);
    size_t count;
    /* 500 to begin with; each signal takes 100 away, two make step_up, three allow. */
    trust_policy *policy =
        lettered(4, ",\"base\":500,\"verdicts\":{\"allow\":200,\"step_up\":300,\"quarantine\":600},"
                    "\"limits\":{\"uncertainty\":1000}");
    policy->signals[0].cost = 9;
    policy->signals[3].cost = 2;
    memset(&untouched, 0x5a, sizeof untouched);
    steps[8] = steps[9] = untouched;
    ck_ok(trust_policy_next(policy, &input, steps, 10, &count));
    ck_assert_mem_eq(&steps[8], &untouched, sizeof untouched);
    ck_assert_mem_eq(&steps[9], &untouched, sizeof untouched);
    ck_assert_uint_eq(count, 8); /* of 4 triples and 6 pairs */
    static const trust_policy_step expected[] = {{0xE, TRUST_ALLOW, 4},   {0x7, TRUST_ALLOW, 11},
                                                 {0xB, TRUST_ALLOW, 12},  {0xD, TRUST_ALLOW, 12},
                                                 {0x6, TRUST_STEP_UP, 2}, {0xA, TRUST_STEP_UP, 3},
                                                 {0xC, TRUST_STEP_UP, 3}, {0x3, TRUST_STEP_UP, 10}};
    ck_assert_mem_eq(steps, expected, sizeof expected);
    ck_ok(trust_policy_next(policy, &input, steps, 1, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_mem_eq(steps, expected, sizeof expected[0]);
    ck_ok(trust_policy_next(policy, &input, NULL, 0, &count));
    ck_assert_uint_eq(count, 0);
    /* What is never to be had is in none: without b allow is out of the pairs' reach. */
    ck_ok(tri_next_steps(policy, &input, 2, steps, 8, &count));
    ck_assert_uint_eq(count, 4);
    ck_assert_uint_eq(steps[0].signals, 0xD);
    ck_assert_uint_eq(steps[1].signals, 0xC);
    ck_assert_uint_eq(steps[2].signals, 0x5);
    ck_assert_uint_eq(steps[3].signals, 0x9);
    policy->signals[1].cost = 0; /* it cannot be asked for, which is the same */
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 4);
    ck_assert_uint_eq(steps[0].cost, 12);
    trust_policy_free(policy);
}
END_TEST

START_TEST(nothing_is_asked_for_that_cannot_help)
{
    trust_policy_step steps[8];
    size_t count = 9;
    trust_policy *policy =
        lettered(2, ",\"base\":500,\"verdicts\":{\"allow\":250,\"step_up\":300,\"quarantine\":600},"
                    "\"limits\":{\"uncertainty\":1000}");
    trust_policy_input input = input_at(NOW, NULL, 0);
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 1); /* both together reach step_up, nothing reaches allow */
    ck_assert_uint_eq(steps[0].signals, 3);
    ck_assert_uint_eq(steps[0].can_reach, TRUST_STEP_UP);
    input.now = TRUST_TIME_UNKNOWN; /* then nothing can vouch */
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 0);
    input.now = NOW;
    const trust_floor floor = {TRUST_QUARANTINE, TRI_REASON_SUSPENDED};
    input.floors = &floor;
    input.floor_count = 1;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 0);
    input.floor_count = 0;
    /* Bad news of a kind whose latest does not replace it stays; a good answer cannot undo it. */
    trust_finding bad = {.kind = policy->signals[0].kind,
                         .state = TRUST_STATE_VALID,
                         .value = 1000,
                         .quality = TRUST_QUALITY_FULL,
                         .time = NOW};
    input.findings = &bad;
    input.finding_count = 1;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 0);
    /* What is perfect is not asked for again. */
    bad.value = 0;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(steps[0].signals, 2);
    /* Nor what does not apply. */
    bad.state = TRUST_STATE_NOT_APPLICABLE;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 0);
    /* Nor anything once it is allowed. */
    bad.state = TRUST_STATE_VALID;
    bad.time = NOW - 1000000;
    policy->stance.limit[0] = INT32_MAX;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 0);
    trust_policy_free(policy);
}
END_TEST

START_TEST(arguments_are_checked)
{
    trust_policy_step steps[1];
    size_t count;
    trust_policy *policy =
        lettered(1, ",\"verdicts\":{\"allow\":200,\"step_up\":300,\"quarantine\":600}");
    trust_policy_input input = input_at(NOW, NULL, 0);
    ck_status(trust_policy_next(NULL, &input, steps, 1, &count), TRUST_E_ARGUMENT);
    ck_status(trust_policy_next(policy, NULL, steps, 1, &count), TRUST_E_ARGUMENT);
    ck_status(trust_policy_next(policy, &input, NULL, 1, &count), TRUST_E_ARGUMENT);
    ck_status(trust_policy_next(policy, &input, steps, 1, NULL), TRUST_E_ARGUMENT);
    input.size = 1;
    ck_status(trust_policy_next(policy, &input, steps, 1, &count), TRUST_E_ARGUMENT);
    trust_policy_free(policy);
}
END_TEST

/* A crowd of findings, and of sources that would be in the way. */
START_TEST(there_is_room_for_supposed_evidence)
{
    static trust_finding findings[256];
    trust_policy_step steps[8];
    size_t count;
    trust_policy *policy =
        lettered(2, ",\"base\":500,\"verdicts\":{\"allow\":400,\"step_up\":450,\"quarantine\":600},"
                    "\"limits\":{\"uncertainty\":1000}");
    for (size_t i = 0; i < 256; i++)
        findings[i] = (trust_finding){.kind = policy->signals[1].kind,
                                      .source = UINT32_MAX - (uint32_t)i,
                                      .state = TRUST_STATE_VALID,
                                      .value = 500,
                                      .quality = TRUST_QUALITY_FULL,
                                      .time = NOW};
    trust_policy_input input = input_at(NOW, findings, 256);
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 0); /* there is no room for a */
    /* What the policy does not name takes none. */
    findings[7].kind = 0x80000001u;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(steps[0].signals, 1);
    /* Nor what cannot be asked for. */
    findings[7].kind = policy->signals[1].kind;
    policy->signals[1].cost = 0;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(steps[0].signals, 1);
    trust_policy_free(policy);
}
END_TEST

/* Twelve signals of which eleven are needed: the most looks that there are, and then no more. */
START_TEST(the_search_ends)
{
    trust_policy_step steps[8];
    size_t count;
    trust_policy *policy =
        lettered(12, ",\"base\":900,\"verdicts\":{\"allow\":0,\"step_up\":1,\"quarantine\":600},"
                     "\"limits\":{\"uncertainty\":1000}");
    policy->stance.limit[0] = -700 * TRI_MB_PER_POINT; /* all twelve reach -800 */
    policy->stance.limit[1] = -650 * TRI_MB_PER_POINT;
    policy->stance.limit[2] = 200 * TRI_MB_PER_POINT; /* two reach it */
    trust_policy_input input = input_at(NOW, NULL, 0);
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 8);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_uint_eq(steps[i].signals, 1u | 2u << i);
        ck_assert_uint_eq(steps[i].can_reach, TRUST_QUARANTINE);
    }
    trust_policy_free(policy);
}
END_TEST

/* With more sets than are looked at, what is cheap is looked at first; and what does all by itself
 * takes no room from sets of others. */
START_TEST(the_looks_are_spent_well)
{
    trust_policy_step steps[8];
    size_t count;
    trust_policy_input input = input_at(NOW, NULL, 0);
    trust_policy *policy = lettered(
        20, ",\"base\":500,\"verdicts\":{\"allow\":200,\"step_up\":201,\"quarantine\":600},"
            "\"limits\":{\"uncertainty\":1000}");
    for (size_t i = 0; i < 20; i++)
        policy->signals[i].cost = i == 5 || i == 11 || i == 17 ? 1 : 2;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_ge(count, 1);
    ck_assert_uint_eq(steps[0].signals, 1u << 5 | 1u << 11 | 1u << 17);
    ck_assert_uint_eq(steps[0].cost, 3);
    trust_policy_free(policy);
    /* Seven that suffice, and cost least: of all pairs of 24 there are more than looks. */
    policy = lettered(
        24, ",\"base\":500,\"verdicts\":{\"allow\":200,\"step_up\":201,\"quarantine\":600},"
            "\"limits\":{\"uncertainty\":1000}");
    for (size_t i = 0; i < 24; i++)
        policy->signals[i].cost = i < 7 ? 1 : 2;
    for (size_t i = 0; i < 7; i++)
        policy->signals[i].lo = policy->signals[i].knots[0].mb = -300 * TRI_MB_PER_POINT;
    for (size_t i = 0; i < 16; i++)
        policy->groups[i].floor = -1000 * TRI_MB_PER_POINT;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 8);
    for (size_t i = 0; i < 7; i++)
        ck_assert_uint_eq(steps[i].signals, 1u << i);
    ck_assert_uint_eq(steps[7].signals, 7u << 7);
    trust_policy_free(policy);
}
END_TEST

/* One whose best is worse than silence spoils what all signals together reach, not what others do.
 */
START_TEST(the_worst_of_the_best_hides_nothing)
{
    trust_policy_step steps[8];
    size_t count;
    trust_policy_input input = input_at(NOW, NULL, 0);
    trust_policy *policy =
        lettered(2, ",\"base\":500,\"verdicts\":{\"allow\":400,\"step_up\":420,\"quarantine\":440},"
                    "\"limits\":{\"uncertainty\":1000}");
    policy->signals[0].lo = policy->signals[0].knots[0].mb = 50 * TRI_MB_PER_POINT;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(steps[0].signals, 2);
    ck_assert_uint_eq(steps[0].can_reach, TRUST_ALLOW);
    /* The same where its value fires a gate, from the very limit on. */
    policy->signals[0].lo = policy->signals[0].knots[0].mb = 0;
    tri_condition conditions[] = {{TRI_ASKS_AT_LEAST, 0, 0, 0}, {TRI_ASKS_ABSENT, 1, 0, 0}};
    tri_gate gates[] = {{.id = "a", .first = 0, .count = 1, .need = 1, .floor = TRUST_DENY},
                        {.id = "b", .first = 1, .count = 1, .need = 1, .floor = TRUST_STEP_UP}};
    policy->conditions = conditions;
    policy->condition_count = 2;
    policy->gates = gates;
    policy->gate_count = 2;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(steps[0].signals, 2);
    trust_policy_free(policy);
}
END_TEST

/* Where two have to say so, one that was heard before is not heard twice. */
START_TEST(supposed_evidence_comes_from_a_source_of_its_own)
{
    trust_policy_step steps[8];
    size_t count;
    trust_policy *policy =
        lettered(2, ",\"base\":500,\"verdicts\":{\"allow\":400,\"step_up\":420,\"quarantine\":440},"
                    "\"limits\":{\"uncertainty\":1000}");
    trust_finding bad[3];
    for (uint32_t i = 0; i < 3; i++)
        bad[i] = (trust_finding){.kind = policy->signals[i == 0].kind,
                                 .source = i == 0 ? 7 : UINT32_MAX - (i - 1),
                                 .state = TRUST_STATE_VALID,
                                 .value = 1000,
                                 .quality = TRUST_QUALITY_FULL,
                                 .time = NOW};
    trust_policy_input input = input_at(NOW, bad, 2);
    policy->signals[0].quorum = 2;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 0); /* b is bad, and stays so */
    bad[0].value = 500;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(steps[0].signals, 1);
    /* Of three, two bad ones keep it bad. */
    input.finding_count = 3;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 0);
    policy->signals[0].quorum = 3;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 1);
    trust_policy_free(policy);
}
END_TEST

/* The best that there is on the scale of attestation results is affirming, which is 2. */
START_TEST(affirming_is_the_best_of_its_scale)
{
    trust_policy_step steps[8];
    size_t count;
    trust_policy_input input = input_at(NOW, NULL, 0);
    trust_policy *policy =
        lettered(1, ",\"base\":500,\"verdicts\":{\"allow\":400,\"step_up\":420,\"quarantine\":440},"
                    "\"limits\":{\"uncertainty\":1000}");
    policy->signals[0].scale = TRUST_SCALE_AR4SI;
    policy->signals[0].knots[0].value = 2;
    policy->signals[0].knots[1].value = 3;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 1);
    policy->signals[0].knots[0].value = 1;
    policy->signals[0].knots[1].value = 2;
    ck_ok(trust_policy_next(policy, &input, steps, 8, &count));
    ck_assert_uint_eq(count, 0);
    trust_policy_free(policy);
}
END_TEST

int main(void)
{
    return run_tests("steps", TESTS(an_outcome_calls_for_its_actions,
                                    an_actions_number_is_the_same_everywhere,
                                    what_is_asked_for_next_is_least_and_in_order,
                                    nothing_is_asked_for_that_cannot_help, arguments_are_checked,
                                    there_is_room_for_supposed_evidence, the_search_ends,
                                    the_looks_are_spent_well, the_worst_of_the_best_hides_nothing,
                                    supposed_evidence_comes_from_a_source_of_its_own,
                                    affirming_is_the_best_of_its_scale));
}
