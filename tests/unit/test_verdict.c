/* The verdict by hand, beside the level: profiles, quorums, gates of several conditions, stages,
 * overrides, back-off, probability, and how long all that lasts. */

#include <string.h>

#include "core/reason.h"
#include "model.h"
#include "policy/result.h"

/* ---- profiles ---- */

/* A profile that asks what the policy asks, to be changed. */
static tri_stance *like_default(fixture *f)
{
    tri_stance *stance = &f->profiles[f->policy.profile_count++].stance;
    *stance = f->policy.stance;
    return stance;
}

START_TEST(test_profile_is_chosen)
{
    fixture f;
    healthy(&f);
    like_default(&f)->base = 2000;
    like_default(&f)->limit[0] = -10000;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    ck_assert_int_eq(f.summary.risk, 155);
    ck_assert_uint_eq(f.summary.profile, 0);

    f.input.selection.profile = 1;
    const trust_policy_result *result = evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_int_eq(f.summary.risk, 305);
    ck_assert_int_eq(f.summary.lowest, 305);
    ck_assert_uint_eq(f.summary.profile, 1);
    ck_assert_uint_eq(f.summary.unsure, 0);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_BASE);
    trust_row rows[TRUST_MAX_ROWS];
    size_t count = 0;
    ck_ok(trust_policy_ledger(&f.policy, result, rows, TRUST_MAX_ROWS, &count));
    ck_assert_int_eq(rows[0].points, 600);
    ck_assert_int_eq(rows[0].millibits, 12000);

    f.input.selection.profile = 2;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(f.summary.natural, TRUST_STEP_UP);
    ck_assert_int_eq(f.summary.risk, 155);
    ck_assert_uint_eq(f.summary.profile, 2);
}
END_TEST

/* Of profiles that may apply the strictest of each number counts, and it is said that it does. */
START_TEST(test_unknown_facts_are_strict)
{
    static const struct {
        int32_t base, limit[3], adverse;
        uint32_t uncertainty;
        trust_verdict verdict;
        uint32_t unsure, reason;
    } cases[] = {
        {-1000, {-4000, -500, 3000}, 400, 10042, TRUST_ALLOW, 0, TRI_REASON_HOST_SIGNAL},
        {-2000, {0, 0, 5000}, 9000, 20000, TRUST_ALLOW, 0, TRI_REASON_HOST_SIGNAL}, /* milder */
        {-999, {-4000, -500, 3000}, 400, 10042, TRUST_STEP_UP, 1, TRI_REASON_CONTEXT_UNKNOWN},
        {-1000, {-5801, -500, 3000}, 400, 10042, TRUST_STEP_UP, 1, TRI_REASON_CONTEXT_UNKNOWN},
        {-1000, {-5801, -5801, 3000}, 400, 10042, TRUST_QUARANTINE, 1, TRI_REASON_CONTEXT_UNKNOWN},
        {-1000, {-5801, -5801, -5801}, 400, 10042, TRUST_DENY, 1, TRI_REASON_CONTEXT_UNKNOWN},
        {-1000, {-4000, -500, 3000}, 399, 10042, TRUST_STEP_UP, 1, TRI_REASON_CONTEXT_UNKNOWN},
        {-1000, {-4000, -500, 3000}, 400, 10041, TRUST_STEP_UP, 1, TRI_REASON_CONTEXT_UNKNOWN},
        {-1001, {-4000, -500, 2999}, 400, 10042, TRUST_ALLOW, 1, TRI_REASON_HOST_SIGNAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        healthy(&f);
        f.findings[2].value = 500;       /* -1000 - 4000 - 400 + 400, of which 400 are adverse; */
        f.findings[1].time = NOW - HOUR; /* a half of 5700 of 18600 is open */
        f.policy.stance.base = -1000;
        f.policy.stance.limit[0] = -5000;
        f.policy.stance.max_adverse = 400;
        f.policy.stance.max_uncertainty = 10042;
        tri_stance *stance = like_default(&f);
        stance->base = cases[i].base;
        for (int k = 0; k < 3; k++)
            stance->limit[k] = cases[i].limit[k];
        stance->max_adverse = cases[i].adverse;
        stance->max_uncertainty = cases[i].uncertainty;
        /* Without the other profile nothing of it counts. */
        evaluate(&f);
        ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
        f.input.selection.also = 1u << 1;
        evaluate(&f);
        ck_assert_msg(f.summary.verdict == cases[i].verdict &&
                          f.summary.unsure == cases[i].unsure &&
                          f.summary.reasons[0] == cases[i].reason && f.summary.profile == 0,
                      "case %zu: %u, unsure %u, reason %u", i, f.summary.verdict, f.summary.unsure,
                      f.summary.reasons[0]);
    }
}
END_TEST

/* The default is a profile like the others: it may be the one that applies. */
START_TEST(test_default_may_apply_too)
{
    fixture f;
    healthy(&f);
    like_default(&f)->base = -3000;
    f.input.selection = (trust_policy_selection){1, 0};
    evaluate(&f);
    ck_assert_int_eq(f.summary.risk, 55);
    ck_assert_uint_eq(f.summary.unsure, 0);
    f.input.selection.also = 1u << 0;
    evaluate(&f);
    ck_assert_int_eq(f.summary.risk, 155);
    ck_assert_uint_eq(f.summary.profile, 1);
    ck_assert_uint_eq(f.summary.unsure, 1);
}
END_TEST

/* What a profile does not ask for is left out, unless the device speaks of it, or it is not sure
 * that the profile applies. */
START_TEST(test_profile_exempts)
{
    fixture f;
    healthy(&f);
    f.findings[0].state = TRUST_STATE_UNBOUND;
    f.policy.gate_count = 1;
    one_gate(&f, 0, TRI_ASKS_ABSENT, ATTESTATION, 0, TRUST_DENY, TRI_REASON_GATE);
    like_default(&f)->exempt = 1u << ATTESTATION;
    like_default(&f)->exempt = 1u << ATTESTATION | 1u << PLACE;
    f.input.selection.profile = 1;
    const trust_policy_result *result = evaluate(&f);
    ck_assert_int_eq(result->level, -1000 - 1200 - 700);
    ck_assert_uint_eq(result->uncertainty, 0);
    ck_assert_uint_eq(result->rows[ATTESTATION].state, TRUST_STATE_NOT_APPLICABLE);
    ck_assert_uint_eq(result->rows[ATTESTATION].finding, TRI_NO_FINDING);
    ck_assert_int_eq(result->rows[ATTESTATION].mb, 0);
    ck_assert_uint_eq(result->gates, 0);

    /* what both profiles do not ask for */
    f.input.selection.also = 1u << 2;
    ck_assert_int_eq(evaluate(&f)->level, -1000 - 1200 - 700);
    ck_assert_uint_eq(f.summary.unsure, 0);
    f.input.selection = (trust_policy_selection){2, 1u << 1};
    ck_assert_uint_eq(evaluate(&f)->rows[PLACE].state, TRUST_STATE_VALID);
    ck_assert_uint_eq(f.summary.unsure, 1);
    /* the default may apply: then it is asked for */
    f.input.selection = (trust_policy_selection){1, 1u << 0};
    result = evaluate(&f);
    ck_assert_int_eq(result->level, -1000 + 6000 - 1200 - 700);
    ck_assert_uint_eq(result->gates, 1);

    f.input.selection = (trust_policy_selection){1, 0};
    f.findings[0].state = TRUST_STATE_NOT_APPLICABLE;
    ck_assert_uint_eq(evaluate(&f)->rows[ATTESTATION].finding, 0);
    f.findings[0].state = TRUST_STATE_VALID;
    f.findings[0].value = 96;
    ck_assert_int_eq(evaluate(&f)->level, -1000 + 6000 - 1200 - 700);
    valid(&f, TRUST_KIND_ATTESTATION, 2, 0);
    ck_assert_int_eq(evaluate(&f)->level, -1000 + 6000 - 1200 - 700);
}
END_TEST

START_TEST(test_selection_is_checked)
{
    fixture f;
    tri_profile profiles[TRUST_POLICY_MAX_PROFILES];
    healthy(&f);
    trust_policy_result *result = (trust_policy_result *)f.memory;
    for (uint32_t i = 0; i < TRUST_POLICY_MAX_PROFILES; i++)
        profiles[i].stance = f.policy.stance;
    f.policy.profiles = profiles;
    static const struct {
        uint32_t count, profile, also;
        trust_status status;
    } cases[] = {
        {0, 0, 1, TRUST_OK},
        {0, 1, 0, TRUST_E_ARGUMENT},
        {0, 0, 2, TRUST_E_ARGUMENT},
        {2, 2, 7, TRUST_OK},
        {2, 3, 0, TRUST_E_ARGUMENT},
        {2, 0, 8, TRUST_E_ARGUMENT},
        {2, 0, 0x80000000u, TRUST_E_ARGUMENT},
        {30, 0, 0x80000000u, TRUST_E_ARGUMENT},
        {31, 31, UINT32_MAX, TRUST_OK},
        {31, 32, 0, TRUST_E_ARGUMENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_time until;
        uint32_t exact;
        f.policy.profile_count = cases[i].count;
        f.input.selection = (trust_policy_selection){cases[i].profile, cases[i].also};
        ck_status(trust_policy_evaluate(&f.policy, &f.input, result, sizeof f.memory),
                  cases[i].status);
        ck_status(trust_policy_valid_until(&f.policy, &f.input, &until, &exact), cases[i].status);
    }
}
END_TEST

/* ---- quorums ---- */

typedef struct source {
    uint32_t source;
    int32_t value;
} source;

START_TEST(test_quorum)
{
    static const struct {
        uint32_t quorum, count;
        source said[5];
        int32_t mb;
        uint32_t state, finding, reason;
    } cases[] = {
        /* too few say it: as good as silence, or better where they all do */
        {2, 0, {{0, 0}}, 400, TRUST_STATE_NOT_REQUESTED, TRI_NO_FINDING, TRI_REASON_NOT_REQUESTED},
        {2, 1, {{7, 60}}, 400, TRUST_STATE_NOT_REQUESTED, TRI_NO_FINDING, TRI_REASON_NOT_REQUESTED},
        {2,
         2,
         {{7, 60}, {7, 50}},
         400,
         TRUST_STATE_NOT_REQUESTED,
         TRI_NO_FINDING,
         TRI_REASON_NOT_REQUESTED},
        {2, 1, {{7, 0}}, -1200, TRUST_STATE_VALID, 0, TRI_REASON_HOST_SIGNAL},
        {3, 2, {{7, 60}, {8, 0}}, -1200, TRUST_STATE_VALID, 1, TRI_REASON_SOURCES_DISAGREE},
        /* enough say it: the one in the quorum's place from the worst */
        {2, 2, {{7, 60}, {8, 60}}, 4500, TRUST_STATE_VALID, 1, TRI_REASON_HOST_SIGNAL},
        {2, 2, {{7, 60}, {8, 30}}, 600, TRUST_STATE_VALID, 1, TRI_REASON_HOST_SIGNAL},
        {2, 2, {{7, 30}, {8, 60}}, 600, TRUST_STATE_VALID, 0, TRI_REASON_HOST_SIGNAL},
        {2, 2, {{7, 60}, {8, 0}}, -1200, TRUST_STATE_VALID, 1, TRI_REASON_SOURCES_DISAGREE},
        {2, 3, {{7, 0}, {8, 60}, {9, 30}}, 600, TRUST_STATE_VALID, 2, TRI_REASON_SOURCES_DISAGREE},
        {3, 3, {{7, 60}, {8, 30}, {9, 60}}, 600, TRUST_STATE_VALID, 1, TRI_REASON_HOST_SIGNAL},
        {2,
         4,
         {{7, 60}, {8, 30}, {9, 45}, {6, 40}},
         2550,
         TRUST_STATE_VALID,
         2,
         TRI_REASON_HOST_SIGNAL},
        {1, 3, {{7, 60}, {8, 0}, {9, 30}}, 4500, TRUST_STATE_VALID, 0, TRI_REASON_SOURCES_DISAGREE},
        {0, 2, {{7, 30}, {8, 60}}, 4500, TRUST_STATE_VALID, 1, TRI_REASON_HOST_SIGNAL},
        /* of each source its worst counts, wherever it stands */
        {2, 3, {{7, 0}, {8, 30}, {7, 60}}, 600, TRUST_STATE_VALID, 1, TRI_REASON_SOURCES_DISAGREE},
        {2, 3, {{7, 60}, {8, 30}, {7, 0}}, 600, TRUST_STATE_VALID, 1, TRI_REASON_SOURCES_DISAGREE},
        {2,
         4,
         {{7, 60}, {7, 0}, {8, 0}, {8, 30}},
         600,
         TRUST_STATE_VALID,
         3,
         TRI_REASON_SOURCES_DISAGREE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        begin(&f);
        f.signals[BEHAVIOUR].quorum = cases[i].quorum;
        for (uint32_t k = 0; k < cases[i].count; k++)
            valid(&f, TRUST_KIND_BEHAVIOUR, cases[i].said[k].value, 0)->source =
                cases[i].said[k].source;
        const tri_result_row *row = &evaluate(&f)->rows[BEHAVIOUR];
        ck_assert_msg(row->mb == cases[i].mb && row->state == cases[i].state &&
                          row->finding == cases[i].finding && row->reason == cases[i].reason,
                      "case %zu: %d mb, state %u, finding %u, reason %u", i, row->mb, row->state,
                      row->finding, row->reason);
    }
}
END_TEST

START_TEST(test_quorum_beside_its_row)
{
    fixture f;
    begin(&f);
    f.signals[BEHAVIOUR].quorum = 2;
    /* What is missing costs what the dearest absence costs. */
    valid(&f, TRUST_KIND_BEHAVIOUR, 60, 0);
    find(&f, TRUST_KIND_BEHAVIOUR, TRUST_STATE_REFUSED, 0, 0);
    ck_assert_int_eq(evaluate(&f)->rows[BEHAVIOUR].mb, 4500);
    ck_assert_uint_eq(evaluate(&f)->rows[BEHAVIOUR].state, TRUST_STATE_REFUSED);
    f.findings[1].state = TRUST_STATE_SOURCE_DOWN;
    ck_assert_int_eq(evaluate(&f)->rows[BEHAVIOUR].mb, 800);

    /* Each fades by itself: 400 - 1600/2 and 400 - 1600/4. */
    begin(&f);
    f.signals[BEHAVIOUR].quorum = 2;
    valid(&f, TRUST_KIND_BEHAVIOUR, 0, HOUR)->source = 3;
    const trust_policy_result *result = evaluate(&f);
    ck_assert_int_eq(result->rows[BEHAVIOUR].mb, -400);
    /* one source vouches for as much as several: 10000 + 2900 + 5700/2 of 18600 are open */
    ck_assert_uint_eq(result->uncertainty, 55495);
    valid(&f, TRUST_KIND_BEHAVIOUR, 0, 2 * HOUR)->source = 4;
    result = evaluate(&f);
    ck_assert_int_eq(result->rows[BEHAVIOUR].mb, -400);
    ck_assert_uint_eq(result->uncertainty, 55495);
    ck_assert_int_eq(result->lowest, -1000 - 4000 - 1900);
    ck_assert_int_eq(result->highest, -1000 + 6000 + 1650 + 2200);

    /* Gates go by the value that so many reach, in another order than that of the rows. */
    begin(&f);
    f.policy.stance.limit[0] = f.policy.stance.limit[1] = f.policy.stance.limit[2] = 100000;
    f.signals[BEHAVIOUR].quorum = 2;
    f.policy.gate_count = 1;
    one_gate(&f, 0, TRI_ASKS_AT_LEAST, BEHAVIOUR, 30, TRUST_DENY, TRI_REASON_GATE);
    valid(&f, TRUST_KIND_BEHAVIOUR, 60, 0);
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    valid(&f, TRUST_KIND_BEHAVIOUR, 30, 5 * DAY)->source = 1;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_DENY);
    f.conditions[0].limit = 31;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    find(&f, TRUST_KIND_BEHAVIOUR, TRUST_STATE_INVALID, 0, 0)->source = 2;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_DENY);
}
END_TEST

/* As many as there can be, from more sources than that. */
START_TEST(test_largest_quorum)
{
    fixture f;
    begin(&f);
    f.signals[PLACE].quorum = TRI_MAX_QUORUM;
    for (int32_t i = 0; i < 12; i++) {
        valid(&f, TRUST_KIND_PLACE, 500 + 10 * ((5 * i) % 12), 0)->source = (uint32_t)i;
        const trust_policy_result *result = evaluate(&f);
        /* Until there are so many: as good as the best, or as silence, which is worth 300. */
        if (i < 7)
            ck_assert_int_eq(result->rows[PLACE].mb, 300);
    }
    /* values 500 to 610; the eighth from the worst is 540: 400 + 1800 * 40 / 500 */
    ck_assert_int_eq(evaluate(&f)->rows[PLACE].mb, 544);
}
END_TEST

/* ---- gates ---- */

/* Limits so generous that only gates speak. */
static void only_gates(fixture *f, uint32_t count)
{
    healthy(f);
    f->policy.stance.limit[0] = f->policy.stance.limit[1] = f->policy.stance.limit[2] = 100000;
    f->policy.gate_count = count;
}

START_TEST(test_gate_on_points)
{
    static const struct {
        int32_t limit;
        trust_verdict verdict;
    } cases[] = {{-400, TRUST_DENY}, {-399, TRUST_ALLOW}, {400, TRUST_ALLOW}};
    fixture f;
    only_gates(&f, 1);
    f.findings[1].time = NOW - HOUR;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        one_gate(&f, 0, TRI_ASKS_POINTS, BEHAVIOUR, cases[i].limit, TRUST_DENY, TRI_REASON_GATE);
        evaluate(&f);
        ck_assert_uint_eq(f.summary.verdict, cases[i].verdict);
    }
    f.findings[1].state = TRUST_STATE_PENDING;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_DENY);
    /* a row that is left out reaches nothing */
    f.conditions[0].limit = -1000;
    f.findings[1].state = TRUST_STATE_NOT_APPLICABLE;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
}
END_TEST

START_TEST(test_gate_on_age)
{
    static const struct {
        uint32_t state;
        int32_t value;
        int64_t age;
        trust_verdict verdict;
    } cases[] = {
        {TRUST_STATE_VALID, 0, HOUR, TRUST_ALLOW},
        {TRUST_STATE_VALID, 60, HOUR, TRUST_ALLOW}, /* what it says does not matter */
        {TRUST_STATE_VALID, 0, HOUR + 1, TRUST_DENY},
        {TRUST_STATE_VALID, 0, DAY + 1, TRUST_DENY},
        {TRUST_STATE_VALID, 0, -1, TRUST_DENY},
        {TRUST_STATE_INVALID, 0, 0, TRUST_DENY},
        {TRUST_STATE_UNBOUND, 0, 0, TRUST_DENY},
        {TRUST_STATE_NOT_APPLICABLE, 0, 0, TRUST_ALLOW},
    };
    fixture f;
    only_gates(&f, 1);
    one_gate(&f, 0, TRI_ASKS_OLDER, BEHAVIOUR, 0, TRUST_DENY, TRI_REASON_GATE);
    f.conditions[0].age = HOUR;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f.findings[1].state = cases[i].state;
        f.findings[1].value = cases[i].value;
        f.findings[1].time = NOW - cases[i].age;
        evaluate(&f);
        ck_assert_msg(f.summary.verdict == cases[i].verdict, "case %zu: %u", i, f.summary.verdict);
    }
    /* one that is young enough is enough */
    f.findings[1].state = TRUST_STATE_VALID;
    f.findings[1].time = NOW - DAY;
    valid(&f, TRUST_KIND_BEHAVIOUR, 60, HOUR);
    valid(&f, TRUST_KIND_BEHAVIOUR, 60, 2 * HOUR);
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    f.conditions[0].age = HOUR - 1;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_DENY);
}
END_TEST

START_TEST(test_gate_of_several_conditions)
{
    fixture f;
    only_gates(&f, 2);
    static const tri_condition conditions[4] = {{TRI_ASKS_AT_LEAST, PLACE, 1000, 0},
                                                {TRI_ASKS_AT_LEAST, ATTESTATION, 96, 0},
                                                {TRI_ASKS_ABSENT, BEHAVIOUR, 0, 0},
                                                {TRI_ASKS_AT_LEAST, PLACE, 600, 0}};
    memcpy(f.conditions, conditions, sizeof conditions);
    f.gates[0] = (tri_gate){.first = 3,
                            .count = 1,
                            .need = 1,
                            .floor = TRUST_STEP_UP,
                            .reason = TRI_REASON_PLACE_UNKNOWN};
    f.gates[1] = (tri_gate){.count = 3, .floor = TRUST_QUARANTINE, .reason = TRI_REASON_GATE};
    static const struct {
        int32_t place, attestation;
        uint32_t behaviour;
        uint32_t held, subject;
    } cases[] = {
        {0, 2, TRUST_STATE_VALID, 0, 0},       {1000, 2, TRUST_STATE_VALID, 1, 3},
        {0, 96, TRUST_STATE_VALID, 1, 1},      {0, 2, TRUST_STATE_PENDING, 1, 2},
        {1000, 96, TRUST_STATE_VALID, 2, 3},   {0, 96, TRUST_STATE_PENDING, 2, 1},
        {1000, 96, TRUST_STATE_PENDING, 3, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (uint32_t need = 1; need <= 3; need++) {
            f.gates[1].need = need;
            f.findings[0].value = cases[i].attestation;
            f.findings[1].state = cases[i].behaviour;
            f.findings[2].value = cases[i].place;
            const trust_policy_result *result = evaluate(&f);
            bool fires = cases[i].held >= need;
            ck_assert_uint_eq(result->gates, (fires ? 2 : 0) | (cases[i].place == 1000 ? 1 : 0));
            if (fires) {
                ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
                ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_GATE);
                ck_assert_uint_eq(f.summary.subjects[0], cases[i].subject);
            } else
                ck_assert_uint_eq(f.summary.verdict,
                                  cases[i].place == 1000 ? TRUST_STEP_UP : TRUST_ALLOW);
        }
    /* the first condition is about a row that is left out */
    f.conditions[0] = f.conditions[2];
    f.gates[1].need = 1;
    f.findings[1].state = TRUST_STATE_NOT_APPLICABLE;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_GATE);
    ck_assert_uint_eq(f.summary.subjects[0], 1);
}
END_TEST

/* ---- stages ---- */

/* The installer's place, then the device, then it operates. */
static void three_stages(fixture *f)
{
    healthy(f);
    f->policy.stage_count = 3;
    f->stages[0] = (tri_stage){
        .needs = 1u << PLACE, .next = 1, .timeout = HOUR, .on_timeout = TRUST_QUARANTINE};
    f->stages[1] = (tri_stage){.needs = 1u << ATTESTATION | 1u << BEHAVIOUR, .next = 2};
    f->stages[2] = (tri_stage){
        .needs = 1u << PLACE, .next = TRI_NO_STAGE, .timeout = 1, .on_timeout = TRUST_DENY};
    f->input.stage_since = NOW - HOUR;
}

START_TEST(test_stage_goes_on)
{
    fixture f;
    three_stages(&f);
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);
    ck_assert_int_eq(f.summary.stage_since, NOW);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_HOST_SIGNAL);

    /* one step, and the second need is missing */
    f.findings[1].state = TRUST_STATE_PENDING;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 1);
    ck_assert_int_eq(f.summary.stage_since, NOW);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(f.summary.natural, TRUST_ALLOW);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_STAGE_UNFINISHED);
    ck_assert_uint_eq(f.summary.subjects[0], NOBODY);
    ck_assert_uint_eq(f.summary.reasons[1], TRI_REASON_PENDING);
    f.findings[1].state = TRUST_STATE_NOT_APPLICABLE;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);

    /* where it is already; the last has no needs that count, and no timeout */
    f.findings[2].state = TRUST_STATE_PENDING;
    f.input.stage = 2;
    f.input.stage_since = NOW - DAY;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);
    ck_assert_int_eq(f.summary.stage_since, NOW - DAY);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);

    /* a next that skips one, and needs that are none */
    three_stages(&f);
    f.findings[1].state = TRUST_STATE_PENDING;
    f.stages[0].needs = 0;
    f.stages[0].next = 2;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);

    /* without stages nothing is asked */
    f.policy.stage_count = 0;
    f.input.stage = 2;
    f.input.stage_since = NOW - HOUR;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
    ck_assert_int_eq(f.summary.stage_since, NOW - HOUR);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
}
END_TEST

/* It is left on what is affirming: fresh, and nothing that counts speaks against the device. */
START_TEST(test_stage_needs_affirming)
{
    static const struct {
        uint32_t state;
        int32_t value;
        int64_t age;
        uint32_t stage;
    } cases[] = {
        {TRUST_STATE_VALID, 23, 0, 1},         {TRUST_STATE_VALID, 24, 0, 0}, /* 34 mb */
        {TRUST_STATE_VALID, 2, 4 * HOUR, 1},   {TRUST_STATE_VALID, 2, 4 * HOUR + 1, 0},
        {TRUST_STATE_VALID, 2, -1, 0},         {TRUST_STATE_INVALID, 2, 0, 0},
        {TRUST_STATE_UNBOUND, 2, 0, 0},        {TRUST_STATE_UNSUPPORTED, 2, 0, 0},
        {TRUST_STATE_REFUSED, 2, 0, 0},        {TRUST_STATE_SOURCE_DOWN, 2, 0, 0},
        {TRUST_STATE_EXPIRED, 2, 0, 0},        {TRUST_STATE_NOT_REQUESTED, 2, 0, 0},
        {TRUST_STATE_NOT_APPLICABLE, 2, 0, 1},
    };
    fixture f;
    three_stages(&f);
    f.policy.stance.limit[1] = 100000;
    f.stages[0].needs = 1u << ATTESTATION;
    f.stages[1].needs = 1u << ATTESTATION;
    f.stages[0].next = f.stages[1].next = 2;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f.findings[0].state = cases[i].state;
        f.findings[0].value = cases[i].value;
        f.findings[0].time = NOW - cases[i].age;
        evaluate(&f);
        ck_assert_msg(f.summary.stage == 2 * cases[i].stage, "case %zu: %u", i, f.summary.stage);
    }
    /* what has no quality is no news, to a stage as to a gate */
    f.findings[0].state = TRUST_STATE_VALID;
    f.findings[0].value = 2;
    f.findings[0].time = NOW;
    f.findings[0].quality = 0;
    f.policy.stance.limit[2] = 100000; /* silence is dear */
    f.policy.gate_count = 1;
    one_gate(&f, 0, TRI_ASKS_ABSENT, ATTESTATION, 0, TRUST_QUARANTINE, TRI_REASON_GATE);
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
    f.policy.gate_count = 0;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
    f.findings[0].quality = 2;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);
    f.findings[0].quality = TRUST_QUALITY_FULL;
    /* beside what is good nothing may count that is not: bad news does until its time to live ends,
     * a mere doubt while it is young */
    static const struct {
        uint32_t state;
        int32_t value;
        int64_t age;
        uint32_t stage;
    } beside[] = {
        {TRUST_STATE_VALID, 40, 30 * DAY, 0},
        {TRUST_STATE_VALID, 40, 30 * DAY + 1, 2},
        {TRUST_STATE_VALID, 24, DAY, 0},
        {TRUST_STATE_VALID, 24, DAY + 1, 2},
        {TRUST_STATE_VALID, 23, 0, 2},
        {TRUST_STATE_INVALID, 0, 30 * DAY, 0},
        {TRUST_STATE_INVALID, 0, 30 * DAY + 1, 2},
        {TRUST_STATE_UNBOUND, 60, 0, 2},
        {TRUST_STATE_REFUSED, 60, 0, 2},
    };
    f.stages[0].needs = 1u << BEHAVIOUR;
    f.findings[0].state = TRUST_STATE_VALID;
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        f.input.finding_count = 3;
        find(&f, TRUST_KIND_BEHAVIOUR, beside[i].state, beside[i].value, beside[i].age)->source = 1;
        evaluate(&f);
        ck_assert_msg(f.summary.stage == beside[i].stage, "case %zu: %u", i, f.summary.stage);
    }
    /* A quorum spares a device no doubt here: one source that speaks against it is enough, and one
     * that speaks alone affirms nothing but good. */
    f.signals[BEHAVIOUR].quorum = 2;
    f.input.finding_count = 3;
    f.findings[1].value = 60;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
    valid(&f, TRUST_KIND_BEHAVIOUR, 0, 0)->source = 1;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
    f.findings[1].value = 0;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);
    /* where nothing costs anything, what is proven invalid still counts */
    f.signals[BEHAVIOUR].quorum = 1;
    f.signals[BEHAVIOUR].hi = f.signals[BEHAVIOUR].knots[1].mb = f.signals[BEHAVIOUR].knots[2].mb =
        0;
    f.signals[BEHAVIOUR].absent[0] = f.signals[BEHAVIOUR].absent[1] =
        f.signals[BEHAVIOUR].absent[2] = 0;
    f.findings[3].value = 60;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);
    f.findings[3].state = TRUST_STATE_INVALID;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
}
END_TEST

/* It is left with a verdict of step_up at the most, whatever the verdict comes from. */
START_TEST(test_stage_waits_for_the_verdict)
{
    fixture f;
    three_stages(&f);
    f.floors[0] = (trust_floor){TRUST_QUARANTINE, TRI_REASON_SUSPENDED};
    f.input.floor_count = 1;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
    ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_SUSPENDED);
    ck_assert_uint_eq(f.summary.reasons[1], 0);
    f.floors[0].verdict = TRUST_STEP_UP;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);

    f.input.floor_count = 0;
    f.input.previous = TRUST_QUARANTINE;
    f.input.since = NOW - HOUR + 1;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
    ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
    ck_assert_uint_eq(f.summary.held, 1);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_HELD);
    f.input.since--;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);

    /* What onboarding asked for before is held like any verdict, and holds no stage. */
    f.input.previous = TRUST_STEP_UP;
    f.input.since = NOW;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 2);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(f.summary.held, 1);
    /* not held where the stage asks for as much */
    f.findings[0].state = TRUST_STATE_PENDING;
    f.policy.stance.limit[0] = f.policy.stance.limit[1] = f.policy.stance.limit[2] = 100000;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 1);
    ck_assert_uint_eq(f.summary.held, 0);
}
END_TEST

START_TEST(test_stage_times_out)
{
    static const struct {
        int64_t age;
        trust_verdict on_timeout, verdict;
        uint32_t reasons[2];
    } cases[] = {
        {HOUR, TRUST_QUARANTINE, TRUST_STEP_UP, {TRI_REASON_STAGE_UNFINISHED, TRI_REASON_PENDING}},
        {HOUR + 1,
         TRUST_QUARANTINE,
         TRUST_QUARANTINE,
         {TRI_REASON_STAGE_TIMEOUT, TRI_REASON_PENDING}},
        {DAY, TRUST_DENY, TRUST_DENY, {TRI_REASON_STAGE_TIMEOUT, TRI_REASON_PENDING}},
        {DAY,
         TRUST_STEP_UP,
         TRUST_STEP_UP,
         {TRI_REASON_STAGE_TIMEOUT, TRI_REASON_STAGE_UNFINISHED}},
        {-1, TRUST_QUARANTINE, TRUST_STEP_UP, {TRI_REASON_STAGE_UNFINISHED, TRI_REASON_PENDING}},
    };
    fixture f;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        three_stages(&f);
        f.findings[2].state = TRUST_STATE_PENDING;
        f.stages[0].on_timeout = cases[i].on_timeout;
        f.input.stage_since = NOW - cases[i].age;
        evaluate(&f);
        ck_assert_uint_eq(f.summary.stage, 0);
        ck_assert_int_eq(f.summary.stage_since, cases[i].age < 0 ? NOW : f.input.stage_since);
        ck_assert_uint_eq(f.summary.verdict, cases[i].verdict);
        ck_assert_mem_eq(f.summary.reasons, cases[i].reasons, sizeof cases[i].reasons);
    }
    /* never, where there is none */
    f.stages[0].timeout = 0;
    f.input.stage_since = 0;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);

    /* It begins anew where it cannot be told where the device is, or since when. */
    three_stages(&f);
    f.findings[2].state = TRUST_STATE_PENDING;
    f.input.stage = 3;
    f.input.stage_since = NOW - DAY;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
    ck_assert_int_eq(f.summary.stage_since, NOW);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    f.input.stage = 0;
    f.input.stage_since = TRUST_TIME_UNKNOWN;
    evaluate(&f);
    ck_assert_int_eq(f.summary.stage_since, NOW);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);

    /* Without a clock nobody knows that there is time left; what begins now has all of it. */
    f.input.now = TRUST_TIME_UNKNOWN;
    f.policy.stance.limit[0] = f.policy.stance.limit[1] = 100000;
    evaluate(&f);
    ck_assert_int_eq(f.summary.stage_since, TRUST_TIME_UNKNOWN);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_CLOCK_UNKNOWN);
    ck_assert_uint_eq(f.summary.reasons[1], TRI_REASON_STAGE_UNFINISHED);
    f.input.stage_since = NOW;
    evaluate(&f);
    ck_assert_int_eq(f.summary.stage_since, NOW);
    ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_STAGE_TIMEOUT);
}
END_TEST

/* ---- overrides ---- */

START_TEST(test_override)
{
    static const struct {
        trust_verdict mildest, override, floor, gate;
        bool final;
        trust_verdict verdict;
        uint32_t overridden;
    } cases[] = {
        {TRUST_ALLOW, TRUST_NO_VERDICT, 0, TRUST_DENY, false, TRUST_DENY, 0},
        {TRUST_NO_VERDICT, TRUST_ALLOW, 0, TRUST_DENY, false, TRUST_DENY, 0},
        {TRUST_ALLOW, TRUST_ALLOW, 0, TRUST_DENY, false, TRUST_ALLOW, 1},
        {TRUST_ALLOW, TRUST_QUARANTINE, 0, TRUST_DENY, false, TRUST_QUARANTINE, 1},
        {TRUST_STEP_UP, TRUST_ALLOW, 0, TRUST_DENY, false, TRUST_STEP_UP, 1},
        {TRUST_ALLOW, TRUST_DENY, 0, TRUST_DENY, false, TRUST_DENY, 0},
        {TRUST_ALLOW, TRUST_DENY, 0, TRUST_STEP_UP, false, TRUST_STEP_UP, 0}, /* never stricter */
        {TRUST_ALLOW, TRUST_STEP_UP, 0, TRUST_STEP_UP, false, TRUST_STEP_UP, 0},
        {TRUST_ALLOW, TRUST_ALLOW, 0, TRUST_DENY, true, TRUST_DENY, 0},
        {TRUST_ALLOW, TRUST_ALLOW, TRUST_DENY, TRUST_DENY, false, TRUST_DENY, 0},
        {TRUST_ALLOW, TRUST_ALLOW, TRUST_QUARANTINE, TRUST_DENY, false, TRUST_QUARANTINE, 1},
        {TRUST_ALLOW, TRUST_ALLOW, TRUST_DENY, TRUST_QUARANTINE, true, TRUST_DENY, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        only_gates(&f, 1);
        one_gate(&f, 0, TRI_ASKS_AT_LEAST, PLACE, 0, cases[i].gate, TRI_REASON_GATE);
        f.gates[0].final = cases[i].final;
        f.floors[0] = (trust_floor){cases[i].floor, TRI_REASON_SUSPENDED};
        f.input.floor_count = cases[i].floor != 0;
        f.policy.overrides.mildest = cases[i].mildest;
        f.input.override = cases[i].override;
        evaluate(&f);
        ck_assert_msg(f.summary.verdict == cases[i].verdict &&
                          f.summary.overridden == cases[i].overridden,
                      "case %zu: %u, overridden %u", i, f.summary.verdict, f.summary.overridden);
        ck_assert_uint_eq(f.summary.natural, TRUST_ALLOW);
        ck_assert_uint_eq(f.summary.reasons[0] == TRI_REASON_OVERRIDDEN, cases[i].overridden);
        ck_assert_uint_eq(f.summary.reasons[cases[i].overridden],
                          cases[i].floor >= cases[i].gate ? TRI_REASON_SUSPENDED : TRI_REASON_GATE);
    }
}
END_TEST

/* It passes what is not final: the level, hysteresis, stages; and reasons are those of the verdict
 * that it passed. */
START_TEST(test_what_an_override_passes)
{
    fixture f;
    begin(&f);
    f.policy.overrides.mildest = f.input.override = TRUST_ALLOW;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.natural, TRUST_DENY);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_OVERRIDDEN);
    ck_assert_uint_eq(f.summary.reasons[1], TRI_REASON_NOT_REQUESTED);
    ck_assert_uint_eq(f.summary.subjects[1], 1);
    ck_assert_int_eq(f.summary.since, NOW);

    /* what was overridden before stays so since then */
    f.input.previous = TRUST_ALLOW;
    f.input.since = NOW - HOUR;
    evaluate(&f);
    ck_assert_int_eq(f.summary.since, NOW - HOUR);

    f.input.now = TRUST_TIME_UNKNOWN;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(f.summary.overridden, 1);

    three_stages(&f);
    f.policy.overrides.mildest = f.input.override = TRUST_ALLOW;
    f.findings[2].state = TRUST_STATE_PENDING;
    f.input.stage_since = NOW - DAY;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    ck_assert_uint_eq(f.summary.stage, 0);
    ck_assert_uint_eq(f.summary.reasons[1], TRI_REASON_STAGE_TIMEOUT);

    healthy(&f);
    f.policy.overrides.mildest = f.input.override = TRUST_ALLOW;
    f.input.previous = TRUST_DENY;
    f.input.since = NOW;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    ck_assert_uint_eq(f.summary.held, 0);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_OVERRIDDEN);
    ck_assert_uint_eq(f.summary.reasons[1], 0);
    f.input.previous = TRUST_ALLOW;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.overridden, 0);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_HOST_SIGNAL);
}
END_TEST

/* ---- back-off ---- */

START_TEST(test_dwell_backs_off)
{
    static const struct {
        int64_t dwell, most;
        uint32_t backoff, flaps;
        int64_t expected;
    } cases[] = {
        {10, 1000, 1, 16, 10},
        {10, 1000, 0, 16, 10},
        {10, 1000, 3, 0, 10},
        {10, 1000, 3, 1, 30},
        {10, 1000, 3, 4, 810},
        {10, 1000, 3, 5, 1000},
        {10, 1000, 3, UINT32_MAX, 1000},
        {10, 30, 3, 1, 30},
        {10, 29, 3, 1, 29},
        {10, 5, 3, 7, 10}, /* never shorter */
        {0, 1000, 8, 16, 0},
        {1, INT64_MAX, 2, 16, 65536},
        {1, INT64_MAX, 2, 17, 65536},
        {INT64_MAX / 7, INT64_MAX, 8, 1, INT64_MAX},
        {INT64_MAX / 8, INT64_MAX, 8, 1, INT64_MAX / 8 * 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        begin(&f);
        f.policy.dwell = cases[i].dwell;
        f.policy.dwell_max = cases[i].most;
        f.policy.backoff = cases[i].backoff;
        int64_t got = tri_dwell(&f.policy, cases[i].flaps);
        ck_assert_msg(got == cases[i].expected, "case %zu: %lld", i, (long long)got);
    }
}
END_TEST

START_TEST(test_flaps)
{
    static const struct {
        trust_verdict previous;
        int64_t lasted;
        uint32_t flaps, backoff;
        uint32_t expected;
    } cases[] = {
        {TRUST_ALLOW, DAY - 1, 0, 2, 1},   {TRUST_ALLOW, DAY - 1, 15, 2, 16},
        {TRUST_ALLOW, DAY - 1, 16, 2, 16}, {TRUST_ALLOW, DAY - 1, 99, 2, 16},
        {TRUST_ALLOW, DAY, 7, 2, 0},       {TRUST_ALLOW, -1, 7, 2, 8}, /* not told how long */
        {TRUST_QUARANTINE, 0, 7, 2, 7},    {TRUST_QUARANTINE, 0, 99, 2, 16},
        {TRUST_DENY, 10 * DAY, 7, 2, 7},   {TRUST_NO_VERDICT, 0, 7, 2, 7},
        {TRUST_ALLOW, DAY - 1, 7, 1, 0},   {TRUST_ALLOW, DAY - 1, 7, 0, 0},
        {TRUST_STEP_UP, DAY - 1, 3, 2, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        only_gates(&f, 1);
        one_gate(&f, 0, TRI_ASKS_AT_LEAST, PLACE, 0, TRUST_QUARANTINE, TRI_REASON_GATE);
        f.policy.backoff = cases[i].backoff;
        f.policy.dwell_max = DAY;
        f.input.previous = cases[i].previous;
        f.input.since = NOW - cases[i].lasted;
        f.input.flaps = cases[i].flaps;
        evaluate(&f);
        ck_assert_msg(f.summary.flaps == cases[i].expected, "case %zu: %u", i, f.summary.flaps);
    }
    fixture f;
    only_gates(&f, 1);
    one_gate(&f, 0, TRI_ASKS_AT_LEAST, PLACE, 0, TRUST_QUARANTINE, TRI_REASON_GATE);
    f.policy.backoff = 2;
    f.input.previous = TRUST_ALLOW;
    f.input.flaps = 7;
    evaluate(&f); /* nobody knows since when */
    ck_assert_uint_eq(f.summary.flaps, 8);
    f.input.since = NOW - 10 * DAY;
    f.input.now = TRUST_TIME_UNKNOWN;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.flaps, 8);
}
END_TEST

START_TEST(test_held_longer_after_flaps)
{
    fixture f;
    healthy(&f);
    f.policy.backoff = 3;
    f.policy.dwell_max = 5 * HOUR;
    f.input.previous = TRUST_QUARANTINE;
    static const int64_t dwells[] = {HOUR, 3 * HOUR, 5 * HOUR, 5 * HOUR};
    for (uint32_t flaps = 0; flaps < 4; flaps++) {
        f.input.flaps = flaps;
        f.input.since = NOW - dwells[flaps] + 1;
        evaluate(&f);
        ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
        ck_assert_uint_eq(f.summary.flaps, flaps);
        f.input.since--;
        evaluate(&f);
        ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
        ck_assert_uint_eq(f.summary.flaps, flaps);
    }
}
END_TEST

/* ---- probability ---- */

START_TEST(test_probability)
{
    static const struct {
        int32_t level, risk, ppm;
    } cases[] = {{-9000, 50, 1000},    {-8000, 100, 1000},  {-7980, 101, 1003}, /* 1000 + 799/200 */
                 {-4020, 299, 1795},   {-4000, 300, 1799},  {-3980, 301, 1799}, {0, 500, 1799},
                 {20, 501, 3781},      {9980, 999, 991017}, /* 1799 + 991200/500 */
                 {10000, 1000, 993000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        healthy(&f);
        evaluate(&f);
        ck_assert_int_eq(f.summary.probability, -1);
        f.policy.calibration = (tri_calibration){
            .count = 4, .knots = {{100, 1000}, {300, 1799}, {500, 1799}, {1000, 993000}}};
        f.policy.stance.base = cases[i].level + 5900;
        evaluate(&f);
        ck_assert_int_eq(f.summary.risk, cases[i].risk);
        ck_assert_msg(f.summary.probability == cases[i].ppm, "case %zu: %d", i,
                      f.summary.probability);
    }
    fixture f;
    healthy(&f);
    f.policy.calibration = (tri_calibration){.count = 2, .knots = {{0, 0}, {150, 999}}};
    evaluate(&f);
    ck_assert_int_eq(f.summary.probability, 999);
}
END_TEST

/* ---- how long it lasts ---- */

static trust_time until(fixture *f)
{
    trust_time out = 0;
    uint32_t exact = 9;
    ck_ok(trust_policy_valid_until(&f->policy, &f->input, &out, &exact));
    ck_assert_uint_eq(exact, 1);
    return out;
}

/* Nothing fades, nothing is held. */
static void lasting(fixture *f)
{
    for (int i = 0; i < 3; i++) {
        f->signals[i].good = f->signals[i].bad = tri_half_life_of(0);
        f->signals[i].ttl = f->signals[i].ttl_bad = 0;
    }
}

START_TEST(test_stages_end)
{
    fixture f;
    three_stages(&f);
    lasting(&f);
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER);
    /* the timeout, one millisecond after the last that is in time */
    f.findings[2].state = TRUST_STATE_PENDING;
    f.input.stage_since = NOW - HOUR / 2;
    ck_assert_int_eq(until(&f), NOW + HOUR / 2 + 1);
    f.input.stage_since = NOW - HOUR;
    ck_assert_int_eq(until(&f), NOW + 1);
    f.input.stage_since = TRUST_TIME_UNKNOWN;
    ck_assert_int_eq(until(&f), NOW + HOUR + 1);
    f.input.stage = 9;
    f.input.stage_since = NOW - DAY;
    ck_assert_int_eq(until(&f), NOW + HOUR + 1);
    f.stages[0].on_timeout = TRUST_STEP_UP; /* which it is already */
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER);
    f.stages[0].on_timeout = TRUST_DENY;
    f.stages[0].timeout = 0;
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER);
    f.stages[0].timeout = INT64_MAX;
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER);
    /* of the stage that it is in by now */
    three_stages(&f);
    lasting(&f);
    f.findings[1].state = TRUST_STATE_PENDING;
    f.stages[1].timeout = 5 * HOUR;
    f.stages[1].on_timeout = TRUST_DENY;
    ck_assert_int_eq(until(&f), NOW + 5 * HOUR + 1);

    /* A stage that is left is a change, although the verdict stays. */
    three_stages(&f);
    lasting(&f);
    f.findings[2].time = NOW + 7; /* vouches from then on */
    f.input.stage_since = NOW;
    f.stages[1].needs = 1u << ATTESTATION | 1u << BEHAVIOUR | 1u << PLACE;
    f.findings[1].state = TRUST_STATE_PENDING;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
    ck_assert_int_eq(until(&f), NOW + 7);
    f.input.now = NOW + 6;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 0);
    f.input.now = NOW + 7;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.stage, 1);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    /* or once a verdict that held it back is over */
    three_stages(&f);
    lasting(&f);
    f.input.previous = TRUST_QUARANTINE;
    f.input.since = NOW - HOUR / 4;
    ck_assert_int_eq(until(&f), NOW + 3 * HOUR / 4);
    f.input.override = f.policy.overrides.mildest = TRUST_ALLOW;
    ck_assert_int_eq(until(&f), NOW + 1); /* nothing holds it any more */
}
END_TEST

START_TEST(test_gates_end)
{
    fixture f;
    only_gates(&f, 1);
    lasting(&f);
    one_gate(&f, 0, TRI_ASKS_OLDER, BEHAVIOUR, 0, TRUST_DENY, TRI_REASON_GATE);
    f.conditions[0].age = HOUR;
    f.findings[1].time = NOW - HOUR / 4;
    valid(&f, TRUST_KIND_BEHAVIOUR, 0, HOUR / 2);
    ck_assert_int_eq(until(&f), NOW + 3 * HOUR / 4 + 1);
    /* one that is dated ahead is the youngest from then on */
    valid(&f, TRUST_KIND_BEHAVIOUR, 0, -HOUR / 8);
    ck_assert_int_eq(until(&f), NOW + HOUR / 8 + HOUR + 1);
    /* unless it comes too late */
    f.findings[4].time = NOW + HOUR;
    ck_assert_int_eq(until(&f), NOW + 3 * HOUR / 4 + 1);
    f.conditions[0].age = INT64_MAX;
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER);
    f.conditions[0].age = HOUR;
    f.findings[1].time = f.findings[3].time = NOW - HOUR - 1;
    f.input.finding_count = 4;
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER); /* it fires already */

    /* points: the row of the attestation rises through 1000 an hour after it was made */
    only_gates(&f, 1);
    one_gate(&f, 0, TRI_ASKS_POINTS, ATTESTATION, 1000, TRUST_DENY, TRI_REASON_GATE);
    f.input.now = NOW - HOUR / 2;
    for (int i = 0; i < 3; i++)
        f.findings[i].time = NOW - HOUR;
    trust_time end = until(&f);
    f.input.now = end - 1;
    ck_assert_int_eq(evaluate(&f)->rows[ATTESTATION].mb, 999);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    f.input.now = end;
    ck_assert_int_eq(evaluate(&f)->rows[ATTESTATION].mb, 1000);
    ck_assert_uint_eq(f.summary.verdict, TRUST_DENY);
    /* and that of behaviour falls to it, beside another that never moves */
    only_gates(&f, 2);
    one_gate(&f, 0, TRI_ASKS_POINTS, ATTESTATION, 6001, TRUST_DENY, TRI_REASON_GATE);
    one_gate(&f, 1, TRI_ASKS_POINTS, BEHAVIOUR, 2450, TRUST_DENY, TRI_REASON_GATE);
    f.policy.dwell = 0;
    f.findings[1].value = 60;
    f.findings[1].time = NOW - DAY + 10000;
    end = until(&f);
    f.input.now = end - 1;
    ck_assert_int_ge(evaluate(&f)->rows[BEHAVIOUR].mb, 2450);
    f.input.now = end;
    ck_assert_int_lt(evaluate(&f)->rows[BEHAVIOUR].mb, 2450);
}
END_TEST

/* A final gate on points and an override: the end of one, below the other. */
START_TEST(test_overrides_end)
{
    fixture f;
    only_gates(&f, 2);
    one_gate(&f, 0, TRI_ASKS_AT_LEAST, PLACE, 0, TRUST_DENY, TRI_REASON_GATE);
    one_gate(&f, 1, TRI_ASKS_POINTS, ATTESTATION, 1000, TRUST_QUARANTINE, TRI_REASON_GATE);
    f.policy.overrides.mildest = f.input.override = TRUST_ALLOW;
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER);
    f.gates[1].final = true;
    trust_time end = until(&f);
    f.input.now = end - 1;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    f.input.now = end;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
    ck_assert_int_eq(f.summary.overridden, 1);
    f.gates[0].final = true; /* nothing is left to override */
    f.input.now = NOW;
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER);
    f.input.floor_count = 1;
    f.gates[0].final = false;
    f.floors[0] = (trust_floor){TRUST_QUARANTINE, TRI_REASON_SUSPENDED};
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER);
}
END_TEST

START_TEST(test_dwell_quorum_and_profile_end)
{
    fixture f;
    healthy(&f);
    lasting(&f);
    f.policy.backoff = 3;
    f.policy.dwell_max = DAY;
    f.input.previous = TRUST_QUARANTINE;
    f.input.since = NOW;
    f.input.flaps = 2;
    ck_assert_int_eq(until(&f), NOW + 9 * HOUR);
    f.input.since = TRUST_TIME_UNKNOWN;
    ck_assert_int_eq(until(&f), NOW + 9 * HOUR);
    /* after one that is stricter there is a flap more, and the dwell is that much longer */
    f.input.previous = TRUST_ALLOW;
    f.input.since = NOW - 1;
    f.findings[2].value = 1000;
    f.signals[PLACE].ttl = f.signals[PLACE].ttl_bad = HOUR;
    f.policy.stance.limit[0] = -5000; /* -4000 with the place, -5900 with silence of it */
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(f.summary.flaps, 3);
    ck_assert_int_eq(until(&f), NOW + DAY);
    f.policy.dwell_max = 10 * DAY;
    ck_assert_int_eq(until(&f), NOW + 27 * HOUR);

    /* two sources: the second that no longer vouches leaves the row of silence */
    healthy(&f);
    lasting(&f);
    f.signals[ATTESTATION].quorum = 2;
    f.signals[ATTESTATION].ttl = HOUR;
    f.findings[0].source = 1;
    valid(&f, TRUST_KIND_ATTESTATION, 2, HOUR / 2)->source = 2;
    valid(&f, TRUST_KIND_ATTESTATION, 2, HOUR / 4)->source = 2;
    ck_assert_int_eq(until(&f), NOW + HOUR + 1);
    f.signals[ATTESTATION].quorum = 1;
    ck_assert_int_eq(until(&f), NOW + HOUR / 2 + 1);

    /* by the profile's threshold, which is reached sooner */
    healthy(&f);
    like_default(&f)->limit[0] = -6000;
    trust_time default_end = until(&f);
    f.input.selection.also = 1u << 1;
    trust_time sooner = until(&f);
    ck_assert_int_lt(sooner, default_end);
    f.input.now = sooner;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    f.input.now = sooner - 1;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
}
END_TEST

/* So many events that looking at each takes too long: then the time is early, and said so. */
START_TEST(test_too_many_events)
{
    static trust_finding findings[TRI_MAX_FINDINGS];
    fixture f;
    healthy(&f);
    lasting(&f);
    memcpy(findings, f.findings, sizeof f.findings);
    for (size_t i = 3; i < TRI_MAX_FINDINGS; i++) {
        findings[i] = findings[2];
        findings[i].time = NOW + (int64_t)i * 1000;
    }
    f.input.findings = findings;
    f.input.finding_count = 200;
    ck_assert_int_eq(until(&f), TRUST_TIME_NEVER);
    f.input.finding_count = TRI_MAX_FINDINGS;
    f.signals[PLACE].ttl = 400 * 1000;
    f.signals[PLACE].lo = f.signals[PLACE].knots[0].mb = 300; /* as silence, so nothing changes */
    trust_time early = 0;
    uint32_t exact = 9;
    ck_ok(trust_policy_valid_until(&f.policy, &f.input, &early, &exact));
    ck_assert_uint_eq(exact, 0);
    /* after 256 spans: 254 begin before the first time to live ends, each takes two looks */
    ck_assert_int_eq(early, NOW + 4000 + 400 * 1000 + 1);
}
END_TEST

int main(void)
{
    return run_tests(
        "verdict",
        TESTS(test_profile_is_chosen, test_unknown_facts_are_strict, test_default_may_apply_too,
              test_profile_exempts, test_selection_is_checked, test_quorum,
              test_quorum_beside_its_row, test_largest_quorum, test_gate_on_points,
              test_gate_on_age, test_gate_of_several_conditions, test_stage_goes_on,
              test_stage_needs_affirming, test_stage_waits_for_the_verdict, test_stage_times_out,
              test_override, test_what_an_override_passes, test_dwell_backs_off, test_flaps,
              test_held_longer_after_flaps, test_probability, test_stages_end, test_gates_end,
              test_overrides_end, test_dwell_quorum_and_profile_end, test_too_many_events));
}
