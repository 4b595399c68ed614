/* The model by hand: freshness, curves, rows, gates, hysteresis, reasons, ledger, valid_until. */

#include <string.h>

#include "core/reason.h"
#include "model.h"
#include "policy/result.h"

START_TEST(test_table_halves)
{
    ck_assert_uint_eq(tri_halving[0], 65536);
    ck_assert_uint_eq(tri_halving[32], 46341);
    ck_assert_uint_eq(tri_halving[64], 32768);
    for (uint64_t i = 0; i <= 64; i++) {
        /* 2^(-i/64) times 2^(-(64-i)/64) is a half, each factor within half a unit. */
        uint64_t product = (uint64_t)tri_halving[i] * tri_halving[64 - i];
        uint64_t half = UINT64_C(65536) * 32768, slack = (tri_halving[i] + tri_halving[64 - i]) / 2;
        ck_assert_uint_le(product, half + slack + 1);
        ck_assert_uint_ge(product + slack + 1, half);
        if (i > 0)
            ck_assert_uint_lt(tri_halving[i], tri_halving[i - 1]);
    }
}
END_TEST

START_TEST(test_freshness_by_hand)
{
    static const struct {
        int64_t life, age;
        uint32_t left;
    } cases[] = {
        {0, INT64_MAX, 65536},
        {HOUR, 0, 65536},
        {HOUR, HOUR, 32768},
        {HOUR, 2 * HOUR, 16384},
        {HOUR, HOUR / 6, 58387},
        {HOUR, 16 * HOUR, 1},
        {HOUR, 17 * HOUR, 0},
        {HOUR, INT64_MAX, 0},
        {1, 1, 32768},
        {1, 0, 65536},
        {3, 1, 52016},
        {DAY, DAY / 2, 46341},
        {INT64_MAX, INT64_MAX, 0},
        {INT64_MAX, TRI_HALF_LIFE_MAX, 32768},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tri_half_life life = tri_half_life_of(cases[i].life);
        ck_assert_msg(tri_freshness((uint64_t)cases[i].age, &life) == cases[i].left, "case %zu: %u",
                      i, tri_freshness((uint64_t)cases[i].age, &life));
    }
}
END_TEST

/* The age in 65536ths of a half-life is the exact quotient or one more, at whole half-lives the
 * quotient, and never falls: for half-lives from a millisecond to eight years. */
START_TEST(test_reciprocal_is_exact)
{
    uint64_t seed = 1;
    for (unsigned bits = 0; bits < 38; bits++)
        for (int round = 0; round < 200; round++) {
            uint64_t h = (UINT64_C(1) << bits) | (next_random(&seed) >> (63 - bits) >> 1);
            if (round == 0)
                h = UINT64_C(1) << bits;
            tri_half_life life = tri_half_life_of((int64_t)h);
            for (int i = 0; i < 40; i++) {
                uint64_t age = i < 17 ? (uint64_t)i * h : next_random(&seed) % (17 * h);
                uint64_t t = (age * life.recip) >> 43, exact = (age << 16) / h;
                bool near = t == exact || (i >= 17 && t == exact + 1);
                if (!near || tri_freshness(age + 1, &life) > tri_freshness(age, &life))
                    ck_abort_msg("%llu of %llu", (unsigned long long)age, (unsigned long long)h);
            }
        }
}
END_TEST

START_TEST(test_freshness_never_rises)
{
    static const int64_t lives[] = {1, 2, 3, 7, 1000, 4096, 65535, 65536, 99991};
    for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
        tri_half_life life = tri_half_life_of(lives[i]);
        uint32_t before = 65536;
        for (uint64_t age = 0; age < 18 * (uint64_t)lives[i]; age++) {
            uint32_t now = tri_freshness(age, &life);
            if (now > before)
                ck_abort_msg("rises at %llu of %lld", (unsigned long long)age, (long long)lives[i]);
            before = now;
        }
        ck_assert_uint_eq(before, 0);
    }
}
END_TEST

START_TEST(test_curve_rounds_toward_risk)
{
    static const tri_signal_rule rule = {.knot_count = 4,
                                         .knots = {{10, -10}, {13, 0}, {16, 0}, {19, 10}}};
    static const int32_t expected[][2] = {{INT32_MIN, -10}, {10, -10}, {11, -6}, {12, -3},
                                          {13, 0},          {15, 0},   {16, 0},  {17, 4},
                                          {18, 7},          {19, 10},  {20, 10}, {INT32_MAX, 10}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        ck_assert_int_eq(tri_curve(&rule, expected[i][0]), expected[i][1]);
    static const tri_signal_rule single = {.knot_count = 1, .knots = {{5, 7}}};
    ck_assert_int_eq(tri_curve(&single, 4), 7);
    ck_assert_int_eq(tri_curve(&single, 6), 7);
    static const tri_signal_rule wide = {.knot_count = 2,
                                         .knots = {{INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MAX}}};
    ck_assert_int_eq(tri_curve(&wide, 0), 0);
    ck_assert_int_eq(tri_curve(&wide, -77), -77);
}
END_TEST

/* One finding of one kind: its row, to the millibit. */
START_TEST(test_rows_by_hand)
{
    static const struct {
        uint32_t kind, state;
        int32_t value;
        int64_t age;
        int32_t mb;
        uint32_t row_state, reason, certainty;
    } cases[] = {
        /* exculpatory: decays back to the absence, not to nothing */
        {TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, 2, 0, -4000, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 65536},
        {TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, 2, HOUR / 6, -2909, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 58387},
        {TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, 2, HOUR, 1000, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 32768},
        {TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, 2, 4 * HOUR, 5375, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 4096},
        {TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, 2, 4 * HOUR + 1, 6000, TRUST_STATE_EXPIRED,
         TRI_REASON_STALE, 0},
        {TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, 2, -1, 6000, TRUST_STATE_EXPIRED,
         TRI_REASON_CLOCK_FUTURE, 0},
        /* as bad as it gets stays although silence costs as much */
        {TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, 96, 365 * DAY, 6000, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 65536},
        {TRUST_KIND_ATTESTATION, TRUST_STATE_INVALID, 2, 365 * DAY, 6000, TRUST_STATE_INVALID,
         TRI_REASON_MALFORMED, 65536},
        /* incriminating: its own half-life and time to live */
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_VALID, 60, 0, 4500, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 65536},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_VALID, 60, DAY, 2450, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 32768},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_VALID, 60, 3 * DAY, 913, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 8192},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_VALID, 60, 30 * DAY, 400, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 0},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_VALID, 60, 30 * DAY + 1, 400, TRUST_STATE_EXPIRED,
         TRI_REASON_STALE, 0},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_VALID, 60, -DAY, 4500, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 65536},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_INVALID, 0, 0, 4500, TRUST_STATE_INVALID,
         TRI_REASON_MALFORMED, 65536},
        {TRUST_KIND_PLACE, TRUST_STATE_VALID, 500, 365 * DAY, 400, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 65536},
        {TRUST_KIND_PLACE, TRUST_STATE_VALID, 51, 0, -697, TRUST_STATE_VALID,
         TRI_REASON_HOST_SIGNAL, 65536},
        /* absence, by what is known of it */
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_NOT_REQUESTED, 0, 0, 400, TRUST_STATE_NOT_REQUESTED,
         TRI_REASON_NOT_REQUESTED, 0},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_PENDING, 0, 0, 400, TRUST_STATE_PENDING,
         TRI_REASON_PENDING, 0},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_REFUSED, 0, 0, 4500, TRUST_STATE_REFUSED,
         TRI_REASON_REFUSED, 0},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_EXPIRED, 0, 0, 400, TRUST_STATE_EXPIRED,
         TRI_REASON_STALE, 0},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_SOURCE_DOWN, 0, 0, 800, TRUST_STATE_SOURCE_DOWN,
         TRI_REASON_SOURCE_DOWN, 0},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_UNBOUND, 60, 0, 400, TRUST_STATE_UNBOUND,
         TRI_REASON_MISBOUND, 0},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_UNSUPPORTED, 0, 0, 400, TRUST_STATE_UNSUPPORTED,
         TRI_REASON_UNSUPPORTED, 0},
        {TRUST_KIND_BEHAVIOUR, TRUST_STATE_NOT_APPLICABLE, 0, 0, 0, TRUST_STATE_NOT_APPLICABLE, 0,
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        begin(&f);
        find(&f, cases[i].kind, cases[i].state, cases[i].value, cases[i].age);
        const tri_result_row *row = &evaluate(&f)->rows[f.policy.builtin_index[cases[i].kind]];
        ck_assert_msg(row->mb == cases[i].mb && row->state == cases[i].row_state &&
                          row->reason == cases[i].reason && row->certainty == cases[i].certainty &&
                          row->finding == 0,
                      "case %zu: %d mb, state %u, reason %u, certainty %u", i, row->mb, row->state,
                      row->reason, row->certainty);
    }
}
END_TEST

START_TEST(test_certainty_multiplies)
{
    fixture f;
    begin(&f);
    f.signals[ATTESTATION].reliability = TRI_Q16 / 2;
    valid(&f, TRUST_KIND_ATTESTATION, 2, HOUR)->quality = TRI_Q16 / 4;
    const trust_policy_result *result = evaluate(&f);
    ck_assert_uint_eq(result->rows[ATTESTATION].certainty, 4096);
    ck_assert_int_eq(result->rows[ATTESTATION].mb, 5375);
}
END_TEST

START_TEST(test_no_findings)
{
    fixture f;
    begin(&f);
    const trust_policy_result *result = evaluate(&f);
    ck_assert_int_eq(result->level, -1000 + 6000 + 400 + 300);
    ck_assert_int_eq(f.summary.risk, 785);
    ck_assert_int_eq(f.summary.verdict, TRUST_DENY);
    ck_assert_int_eq(f.summary.uncertainty, 1000);
    ck_assert_int_eq(f.summary.adverse, 335);
    ck_assert_int_eq(result->rows[PLACE].finding, TRI_NO_FINDING);
    ck_assert_uint_eq(result->rows[PLACE].reason, TRI_REASON_NOT_REQUESTED);
}
END_TEST

START_TEST(test_several_findings_of_a_kind)
{
    fixture f;
    begin(&f);
    valid(&f, TRUST_KIND_BEHAVIOUR, 0, 0);
    valid(&f, TRUST_KIND_BEHAVIOUR, 60, 0);
    valid(&f, TRUST_KIND_BEHAVIOUR, 30, 0);
    const trust_policy_result *result = evaluate(&f);
    ck_assert_int_eq(result->rows[BEHAVIOUR].mb, 4500);
    ck_assert_uint_eq(result->rows[BEHAVIOUR].finding, 1);
    ck_assert_uint_eq(result->rows[BEHAVIOUR].reason, TRI_REASON_SOURCES_DISAGREE);

    /* Both for it: the worse counts, nothing disagrees, the surer one settles the uncertainty. */
    begin(&f);
    valid(&f, TRUST_KIND_PLACE, 0, 0)->quality = TRI_Q16 / 2;
    valid(&f, TRUST_KIND_PLACE, 0, 0)->reason = TRI_REASON_PLACE_OK;
    result = evaluate(&f);
    ck_assert_int_eq(result->rows[PLACE].mb, -200);
    ck_assert_uint_eq(result->rows[PLACE].finding, 0);
    ck_assert_uint_eq(result->rows[PLACE].reason, TRI_REASON_HOST_SIGNAL);
    /* (10000 + 5700) of 18600 open, rounded up */
    ck_assert_uint_eq(result->uncertainty, 55319);

    /* Of the absences the dearest sets what a value decays to. */
    begin(&f);
    find(&f, TRUST_KIND_BEHAVIOUR, TRUST_STATE_PENDING, 0, 0);
    find(&f, TRUST_KIND_BEHAVIOUR, TRUST_STATE_REFUSED, 0, 0);
    find(&f, TRUST_KIND_BEHAVIOUR, TRUST_STATE_SOURCE_DOWN, 0, 0);
    ck_assert_int_eq(evaluate(&f)->rows[BEHAVIOUR].mb, 4500);
    ck_assert_uint_eq(evaluate(&f)->rows[BEHAVIOUR].state, TRUST_STATE_REFUSED);
    valid(&f, TRUST_KIND_BEHAVIOUR, 0, HOUR);
    ck_assert_int_eq(evaluate(&f)->rows[BEHAVIOUR].mb, 1650);
    ck_assert_uint_eq(evaluate(&f)->rows[BEHAVIOUR].state, TRUST_STATE_VALID);
    f.findings[3].time = NOW - 2 * DAY;
    ck_assert_int_eq(evaluate(&f)->rows[BEHAVIOUR].mb, 4500);
    ck_assert_uint_eq(evaluate(&f)->rows[BEHAVIOUR].state, TRUST_STATE_REFUSED);

    /* Equal cost: the absence that says most names the row, wherever it stands. */
    begin(&f);
    find(&f, TRUST_KIND_PLACE, TRUST_STATE_SOURCE_DOWN, 0, 0);
    find(&f, TRUST_KIND_PLACE, TRUST_STATE_UNBOUND, 0, 0);
    ck_assert_uint_eq(evaluate(&f)->rows[PLACE].state, TRUST_STATE_SOURCE_DOWN);
    ck_assert_uint_eq(evaluate(&f)->rows[PLACE].finding, 0);
}
END_TEST

START_TEST(test_not_applicable)
{
    fixture f;
    healthy(&f);
    f.findings[0].state = TRUST_STATE_NOT_APPLICABLE;
    f.policy.gate_count = 1;
    one_gate(&f, 0, TRI_ASKS_ABSENT, ATTESTATION, 0, TRUST_DENY, TRI_REASON_GATE);
    const trust_policy_result *result = evaluate(&f);
    ck_assert_int_eq(result->level, -1000 - 1200 - 700);
    ck_assert_uint_eq(result->uncertainty, 0);
    ck_assert_int_eq(result->verdict, TRUST_STEP_UP);
    /* what is nobody's does not undo it, what is the device's own does */
    find(&f, TRUST_KIND_ATTESTATION, TRUST_STATE_UNBOUND, 0, 0);
    ck_assert_int_eq(evaluate(&f)->level, -1000 - 1200 - 700);
    f.findings[3].state = TRUST_STATE_INVALID;
    ck_assert_int_eq(evaluate(&f)->level, -1000 + 6000 - 1200 - 700);
    f.input.finding_count = 1;
    f.policy.signal_count = 1;
    ck_assert_uint_eq(evaluate(&f)->uncertainty, 0);
}
END_TEST

START_TEST(test_groups_cap)
{
    fixture f;
    begin(&f);
    valid(&f, TRUST_KIND_BEHAVIOUR, 60, 0);
    valid(&f, TRUST_KIND_PLACE, 1000, 0);
    const trust_policy_result *result = evaluate(&f);
    ck_assert_int_eq(result->level, -1000 + 6000 + 6000);
    ck_assert_int_eq(result->rows[3].mb, 0);
    ck_assert_int_eq(result->rows[4].mb, 6000 - 6700);
    ck_assert_int_eq(result->adverse, 6000 + 6700);
    healthy(&f);
    f.groups[1].floor = -1500;
    result = evaluate(&f);
    ck_assert_int_eq(result->level, -1000 - 4000 - 1500);
    ck_assert_int_eq(result->rows[4].mb, 400);
}
END_TEST

START_TEST(test_interval)
{
    fixture f;
    begin(&f);
    valid(&f, TRUST_KIND_ATTESTATION, 2, HOUR);
    const trust_policy_result *result = evaluate(&f);
    ck_assert_int_eq(result->lowest, -1000 - 4000 - 1900);
    ck_assert_int_eq(result->highest, -1000 + 1000 + 6000);
    ck_assert_int_eq(f.summary.lowest, 155);
    ck_assert_int_eq(f.summary.highest, 800);
    healthy(&f);
    result = evaluate(&f);
    ck_assert_int_eq(result->lowest, result->level);
    ck_assert_int_eq(result->highest, result->level);
}
END_TEST

START_TEST(test_limits_are_inclusive)
{
    static const struct {
        int32_t level;
        trust_verdict verdict;
        int32_t risk;
    } cases[] = {
        {-4000, TRUST_ALLOW, 300},     {-3999, TRUST_STEP_UP, 301},   {-500, TRUST_STEP_UP, 475},
        {-499, TRUST_QUARANTINE, 476}, {3000, TRUST_QUARANTINE, 650}, {3001, TRUST_DENY, 651},
        {-10000, TRUST_ALLOW, 0},      {-9999, TRUST_ALLOW, 1},       {-10001, TRUST_ALLOW, 0},
        {10000, TRUST_DENY, 1000},     {10001, TRUST_DENY, 1000},     {0, TRUST_QUARANTINE, 500},
        {9980, TRUST_DENY, 999},       {9981, TRUST_DENY, 1000},      {-1, TRUST_QUARANTINE, 500},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        healthy(&f);
        f.policy.stance.base = cases[i].level + 5900;
        evaluate(&f);
        ck_assert_int_eq(f.summary.risk, cases[i].risk);
        ck_assert_uint_eq(f.summary.verdict, cases[i].verdict);
        ck_assert_uint_eq(f.summary.natural, cases[i].verdict);
    }
}
END_TEST

START_TEST(test_adverse_and_uncertain)
{
    fixture f;
    healthy(&f);
    f.policy.stance.limit[0] = 0;
    f.findings[2].value = 500; /* +400, so the rows for it still carry */
    f.policy.stance.max_adverse = 400;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    f.policy.stance.max_adverse = 399;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(f.summary.natural, TRUST_ALLOW);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_ADVERSE);
    ck_assert_uint_eq(f.summary.subjects[0], NOBODY);
    ck_assert_uint_eq(f.summary.reasons[1], TRI_REASON_HOST_SIGNAL);
    ck_assert_uint_eq(f.summary.subjects[1], 3);
    ck_assert_uint_eq(f.summary.reasons[2], 0);

    healthy(&f);
    f.policy.stance.limit[0] = 0;
    f.findings[1].time = NOW - HOUR;
    /* half of 5700 of 18600 */
    f.policy.stance.max_uncertainty = 10042;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    ck_assert_int_eq(f.summary.uncertainty, 154);
    f.policy.stance.max_uncertainty = 10041;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_UNCERTAIN);
    /* by certainty alone: worse values leave it as it is */
    f.findings[1].value = 60;
    f.findings[0].value = 96;
    ck_assert_uint_eq(evaluate(&f)->uncertainty, 10042);
}
END_TEST

START_TEST(test_gates)
{
    fixture f;
    healthy(&f);
    f.policy.gate_count = 2;
    one_gate(&f, 0, TRI_ASKS_AT_LEAST, ATTESTATION, 96, TRUST_DENY, TRI_REASON_ATTESTATION_FAILED);
    one_gate(&f, 1, TRI_ASKS_ABSENT, ATTESTATION, 0, TRUST_QUARANTINE, TRI_REASON_GATE);
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    /* limits so generous that only gates speak */
    f.policy.stance.limit[0] = f.policy.stance.limit[1] = f.policy.stance.limit[2] = 100000;
    static const struct {
        uint32_t state;
        int32_t value;
        int64_t age;
        trust_verdict verdict;
    } cases[] = {
        {TRUST_STATE_VALID, 95, 0, TRUST_ALLOW},
        {TRUST_STATE_VALID, 96, 0, TRUST_DENY},
        {TRUST_STATE_VALID, 96, 365 * DAY, TRUST_DENY},
        {TRUST_STATE_VALID, 96, -DAY, TRUST_DENY},
        {TRUST_STATE_VALID, 2, 4 * HOUR, TRUST_ALLOW},
        {TRUST_STATE_VALID, 2, 4 * HOUR + 1, TRUST_QUARANTINE},
        {TRUST_STATE_VALID, 2, -1, TRUST_QUARANTINE},
        {TRUST_STATE_INVALID, 0, 0, TRUST_DENY},
        {TRUST_STATE_UNBOUND, 96, 0, TRUST_QUARANTINE},
        {TRUST_STATE_SOURCE_DOWN, 96, 0, TRUST_QUARANTINE},
        {TRUST_STATE_REFUSED, 96, 0, TRUST_QUARANTINE},
        {TRUST_STATE_EXPIRED, 96, 0, TRUST_QUARANTINE},
        {TRUST_STATE_NOT_APPLICABLE, 96, 0, TRUST_ALLOW},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f.findings[0].state = cases[i].state;
        f.findings[0].value = cases[i].value;
        f.findings[0].time = NOW - cases[i].age;
        evaluate(&f);
        ck_assert_msg(f.summary.verdict == cases[i].verdict, "case %zu: %u", i, f.summary.verdict);
    }
    f.input.finding_count = 0;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
    ck_assert_uint_eq(f.summary.natural, TRUST_ALLOW);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_GATE);
    ck_assert_uint_eq(f.summary.subjects[0], 1);

    /* An exculpating value that a gate names counts while it is fresh; time to live of bad news. */
    begin(&f);
    f.policy.stance.limit[0] = f.policy.stance.limit[1] = f.policy.stance.limit[2] = 100000;
    f.policy.gate_count = 1;
    one_gate(&f, 0, TRI_ASKS_AT_LEAST, BEHAVIOUR, 5, TRUST_DENY, TRI_REASON_GATE);
    static const struct {
        int32_t value;
        int64_t age;
        trust_verdict verdict;
    } times[] = {
        {5, DAY, TRUST_DENY},       {5, -DAY, TRUST_DENY},           {5, DAY + 1, TRUST_ALLOW},
        {60, 30 * DAY, TRUST_DENY}, {60, 30 * DAY + 1, TRUST_ALLOW}, {4, 0, TRUST_ALLOW}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        f.input.finding_count = 0;
        valid(&f, TRUST_KIND_BEHAVIOUR, times[i].value, times[i].age);
        evaluate(&f);
        ck_assert_uint_eq(f.summary.verdict, times[i].verdict);
    }
}
END_TEST

/* A refusal makes silence dear, but bad news no better: a gate that it fired stays fired. */
START_TEST(test_refusal_hides_nothing)
{
    fixture f;
    begin(&f);
    f.policy.stance.limit[0] = f.policy.stance.limit[1] = f.policy.stance.limit[2] = 100000;
    f.policy.gate_count = 1;
    one_gate(&f, 0, TRI_ASKS_AT_LEAST, BEHAVIOUR, 40, TRUST_DENY, TRI_REASON_GATE);
    valid(&f, TRUST_KIND_BEHAVIOUR, 40, 10 * DAY);
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_DENY);
    find(&f, TRUST_KIND_BEHAVIOUR, TRUST_STATE_REFUSED, 0, 0);
    ck_assert_int_eq(evaluate(&f)->rows[BEHAVIOUR].mb, 4500);
    ck_assert_uint_eq(f.summary.verdict, TRUST_DENY);
}
END_TEST

START_TEST(test_most_gates)
{
    fixture f;
    tri_gate gates[TRUST_POLICY_MAX_GATES];
    tri_condition conditions[2] = {{TRI_ASKS_AT_LEAST, PLACE, 1000, 0},
                                   {TRI_ASKS_AT_LEAST, PLACE, 0, 0}};
    healthy(&f);
    f.policy.conditions = conditions;
    for (size_t i = 0; i < TRUST_POLICY_MAX_GATES; i++)
        gates[i] =
            (tri_gate){.count = 1, .need = 1, .floor = TRUST_DENY, .reason = TRI_REASON_GATE};
    gates[TRUST_POLICY_MAX_GATES - 1] = (tri_gate){.first = 1,
                                                   .count = 1,
                                                   .need = 1,
                                                   .floor = TRUST_QUARANTINE,
                                                   .reason = TRI_REASON_PLACE_UNKNOWN};
    f.policy.gates = gates;
    f.policy.gate_count = TRUST_POLICY_MAX_GATES;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_PLACE_UNKNOWN);
    ck_assert_uint_eq(f.summary.subjects[0], 3);
}
END_TEST

/* valid_until by hand: A of the research, whose attestation fades from -2909 to -3999. */
START_TEST(test_valid_until)
{
    fixture f;
    trust_time until = 0;
    uint32_t exact = 9;
    healthy(&f);
    ck_ok(trust_policy_valid_until(&f.policy, &f.input, &until, &exact));
    ck_assert_uint_eq(exact, 1);
    f.input.now = until - 1;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    f.input.now = until;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);

    /* the end of the dwell, to the millisecond */
    healthy(&f);
    for (int i = 0; i < 3; i++)
        f.signals[i].good = tri_half_life_of(0);
    f.input.previous = TRUST_QUARANTINE;
    f.input.since = NOW - HOUR / 2;
    ck_ok(trust_policy_valid_until(&f.policy, &f.input, &until, &exact));
    ck_assert_int_eq(until, NOW + HOUR / 2);
    ck_assert_uint_eq(exact, 1);

    /* a time to live: one millisecond after it, the attestation is gone */
    f.input.previous = TRUST_ALLOW;
    ck_ok(trust_policy_valid_until(&f.policy, &f.input, &until, &exact));
    ck_assert_int_eq(until, NOW + 4 * HOUR + 1);

    /* nothing ever changes */
    f.input.finding_count = 0;
    ck_ok(trust_policy_valid_until(&f.policy, &f.input, &until, &exact));
    ck_assert_int_eq(until, TRUST_TIME_NEVER);
    ck_assert_uint_eq(exact, 1);

    /* no clock, no promise */
    f.input.now = TRUST_TIME_UNKNOWN;
    ck_ok(trust_policy_valid_until(&f.policy, &f.input, &until, &exact));
    ck_assert_int_eq(until, TRUST_TIME_UNKNOWN);
    ck_assert_uint_eq(exact, 0);
    f.input.now = TRUST_TIME_NEVER;
    exact = 9;
    ck_ok(trust_policy_valid_until(&f.policy, &f.input, &until, &exact));
    ck_assert_int_eq(until, TRUST_TIME_NEVER);
    ck_assert_uint_eq(exact, 0);
    until = TRUST_TIME_UNKNOWN;

    ck_status(trust_policy_valid_until(NULL, &f.input, &until, &exact), TRUST_E_ARGUMENT);
    ck_status(trust_policy_valid_until(&f.policy, NULL, &until, &exact), TRUST_E_ARGUMENT);
    ck_status(trust_policy_valid_until(&f.policy, &f.input, NULL, &exact), TRUST_E_ARGUMENT);
    ck_status(trust_policy_valid_until(&f.policy, &f.input, &until, NULL), TRUST_E_ARGUMENT);
    f.input.size = 0;
    ck_status(trust_policy_valid_until(&f.policy, &f.input, &until, &exact), TRUST_E_ARGUMENT);
    ck_assert_int_eq(until, TRUST_TIME_UNKNOWN);
}
END_TEST

/* A risk that rises, falls and rises again: the first change counts, though the last is found
 * sooner. 1000 fade in an hour, 2000 against it in ten, 3000 in a hundred. */
START_TEST(test_valid_until_is_the_first_change)
{
    fixture f;
    begin(&f);
    static const struct {
        int32_t worth;
        int64_t life;
    } fades[] = {{-1000, HOUR}, {2000, 10 * HOUR}, {-3000, 100 * HOUR}};
    for (int i = 0; i < 3; i++) {
        tri_signal_rule *rule = &f.signals[i];
        rule->knot_count = 2;
        rule->knots[0] = (tri_knot){0, -3000};
        rule->knots[1] = (tri_knot){5000, 2000};
        rule->lo = -3000;
        rule->hi = 2000;
        rule->absent[0] = rule->absent[1] = rule->absent[2] = 0;
        rule->good = rule->bad = tri_half_life_of(fades[i].life);
        rule->ttl = rule->ttl_bad = 0;
        valid(&f, rule->kind, fades[i].worth + 3000, 0);
    }
    f.groups[0].floor = f.groups[1].floor = -100000;
    f.policy.stance.base = 0;
    f.policy.stance.limit[0] = -2000 + 550;
    f.policy.stance.limit[1] = f.policy.stance.limit[2] = 100000;
    static const struct {
        int64_t after;
        trust_verdict verdict;
    } course[] = {{0, TRUST_ALLOW},
                  {3 * HOUR, TRUST_STEP_UP},
                  {30 * HOUR, TRUST_ALLOW},
                  {300 * HOUR, TRUST_STEP_UP}};
    for (size_t i = 0; i < sizeof course / sizeof course[0]; i++) {
        f.input.now = NOW + course[i].after;
        evaluate(&f);
        ck_assert_uint_eq(f.summary.verdict, course[i].verdict);
    }
    f.input.now = NOW;
    trust_time until = 0;
    uint32_t exact = 9;
    ck_ok(trust_policy_valid_until(&f.policy, &f.input, &until, &exact));
    ck_assert_uint_eq(exact, 1);
    ck_assert_int_lt(until, NOW + 3 * HOUR);
    for (f.input.now = NOW + 1; f.input.now < until; f.input.now += 997) {
        evaluate(&f);
        ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    }
    f.input.now = until - 1;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    f.input.now = until;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
}
END_TEST

/* Two rows that cross again and again exhaust the search: then the time is early, and said so. */
START_TEST(test_valid_until_gives_up_early)
{
    fixture f;
    begin(&f);
    f.policy.signal_count = 2;
    f.groups[0] = (tri_group){"", -100000, 100000};
    f.groups[1] = f.groups[0];
    for (int i = 0; i < 2; i++) {
        f.signals[i].knots[0] = (tri_knot){0, -5000};
        f.signals[i].knots[1] = (tri_knot){100, 5000};
        f.signals[i].knot_count = 2;
        f.signals[i].lo = -5000;
        f.signals[i].hi = 5000;
        f.signals[i].absent[0] = f.signals[i].absent[1] = f.signals[i].absent[2] = 0;
        f.signals[i].good = f.signals[i].bad = tri_half_life_of(365 * DAY);
        f.signals[i].ttl = f.signals[i].ttl_bad = 0;
    }
    /* one falls as fast as the other rises: the sum stays within two millibits of the limit */
    valid(&f, TRUST_KIND_ATTESTATION, 0, 0);
    valid(&f, TRUST_KIND_BEHAVIOUR, 100, 0);
    f.policy.stance.base = 0;
    f.policy.stance.limit[0] = 2;
    f.policy.stance.limit[1] = f.policy.stance.limit[2] = 100000;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_ALLOW);
    trust_time until = 0;
    uint32_t exact = 9;
    ck_ok(trust_policy_valid_until(&f.policy, &f.input, &until, &exact));
    ck_assert_uint_eq(exact, 0);
    ck_assert_int_eq(until, NOW + 943230445); /* so far is it proven */
}
END_TEST

START_TEST(test_floors)
{
    fixture f;
    healthy(&f);
    f.floors[0] = (trust_floor){TRUST_QUARANTINE, TRI_REASON_SUSPENDED};
    f.floors[1] = (trust_floor){TRUST_STEP_UP, TRI_REASON_EVIDENCE_DOWNGRADE};
    f.input.floor_count = 2;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
    ck_assert_uint_eq(f.summary.natural, TRUST_ALLOW);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_SUSPENDED);
    ck_assert_uint_eq(f.summary.reasons[1], 0);
    ck_assert_uint_eq(f.summary.held, 0);
}
END_TEST

START_TEST(test_clock_unknown)
{
    fixture f;
    healthy(&f);
    f.policy.stance.limit[0] = f.policy.stance.limit[1] = f.policy.stance.limit[2] = 100000;
    f.input.now = TRUST_TIME_UNKNOWN;
    const trust_policy_result *result = evaluate(&f);
    ck_assert_int_eq(result->level, -1000 + 6000 + 400 + 300);
    ck_assert_uint_eq(f.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_CLOCK_UNKNOWN);
    ck_assert_uint_eq(result->rows[PLACE].reason, TRI_REASON_CLOCK_UNKNOWN);
    ck_assert_int_eq(f.summary.uncertainty, 1000);
    ck_assert_int_eq(f.summary.since, TRUST_TIME_UNKNOWN);
    f.findings[1].value = 60;
    f.findings[1].time = NOW - 100 * DAY;
    ck_assert_int_eq(evaluate(&f)->rows[BEHAVIOUR].mb, 4500);
    f.input.previous = TRUST_QUARANTINE;
    f.input.since = NOW - 100 * DAY;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_QUARANTINE);
    ck_assert_uint_eq(f.summary.held, 1);
    /* a finding without a time, seen with a clock: bad news counts, good news does not */
    f.input.now = NOW;
    f.findings[0].time = f.findings[1].time = TRUST_TIME_UNKNOWN;
    result = evaluate(&f);
    ck_assert_int_eq(result->rows[ATTESTATION].mb, 6000);
    ck_assert_uint_eq(result->rows[ATTESTATION].reason, TRI_REASON_STALE);
    ck_assert_int_eq(result->rows[BEHAVIOUR].mb, 4500);
}
END_TEST

START_TEST(test_hysteresis)
{
    static const struct {
        trust_verdict previous;
        int64_t age;
        int32_t level;
        trust_verdict verdict;
        uint32_t held;
    } cases[] = {
        {TRUST_NO_VERDICT, 0, -4000, TRUST_ALLOW, 0},
        {TRUST_ALLOW, 0, -4000, TRUST_ALLOW, 0},
        {TRUST_ALLOW, 0, 3001, TRUST_DENY, 0}, /* escalation is immediate */
        {TRUST_STEP_UP, 0, 3001, TRUST_DENY, 0},
        {TRUST_STEP_UP, HOUR - 1, -9000, TRUST_STEP_UP, 1}, /* dwell */
        {TRUST_STEP_UP, HOUR, -9000, TRUST_ALLOW, 0},
        {TRUST_STEP_UP, HOUR, -4500, TRUST_ALLOW, 0}, /* margin */
        {TRUST_STEP_UP, HOUR, -4499, TRUST_STEP_UP, 1},
        {TRUST_DENY, HOUR, -4499, TRUST_STEP_UP, 1}, /* each limit by itself */
        {TRUST_DENY, HOUR, 2501, TRUST_DENY, 1},
        {TRUST_DENY, HOUR, 2500, TRUST_QUARANTINE, 0},
        {TRUST_DENY, 0, -9000, TRUST_DENY, 1},
        {TRUST_QUARANTINE, -1, -9000, TRUST_QUARANTINE, 1}, /* since in the future */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        healthy(&f);
        f.policy.stance.base = cases[i].level + 5900;
        f.input.previous = cases[i].previous;
        f.input.since = NOW - cases[i].age;
        evaluate(&f);
        ck_assert_msg(f.summary.verdict == cases[i].verdict && f.summary.held == cases[i].held,
                      "case %zu: %u held %u", i, f.summary.verdict, f.summary.held);
        ck_assert_int_eq(f.summary.since,
                         cases[i].verdict == cases[i].previous ? f.input.since : NOW);
        if (f.summary.held)
            ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_HELD);
    }
    /* without a start, the dwell starts now */
    fixture f;
    healthy(&f);
    f.input.previous = TRUST_DENY;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.verdict, TRUST_DENY);
    ck_assert_int_eq(f.summary.since, NOW);
}
END_TEST

START_TEST(test_reasons)
{
    fixture f;
    healthy(&f);
    f.findings[0].reason = TRI_REASON_ATTESTATION_OK;
    f.findings[1].reason = TRI_REASON_BEHAVIOUR_OK;
    f.findings[2].reason = TRI_REASON_PLACE_OK;
    evaluate(&f);
    static const uint32_t good[] = {TRI_REASON_ATTESTATION_OK, TRI_REASON_BEHAVIOUR_OK,
                                    TRI_REASON_PLACE_OK};
    static const uint32_t rows[] = {1, 2, 3};
    ck_assert_mem_eq(f.summary.reasons, good, sizeof good);
    ck_assert_mem_eq(f.summary.subjects, rows, sizeof rows);

    /* against: gates first, then rows by points; the same reason of the same row once */
    f.findings[0].value = 96;
    f.findings[0].reason = TRI_REASON_ATTESTATION_FAILED;
    f.findings[1].value = 30;
    f.findings[2].value = 1000;
    f.findings[2].reason = TRI_REASON_PLACE_UNEXPECTED;
    f.policy.gate_count = 1;
    one_gate(&f, 0, TRI_ASKS_AT_LEAST, ATTESTATION, 96, TRUST_DENY, TRI_REASON_ATTESTATION_FAILED);
    evaluate(&f);
    static const uint32_t bad[] = {TRI_REASON_ATTESTATION_FAILED, TRI_REASON_PLACE_UNEXPECTED,
                                   TRI_REASON_BEHAVIOUR_OK};
    static const uint32_t bad_rows[] = {1, 3, 2};
    ck_assert_mem_eq(f.summary.reasons, bad, sizeof bad);
    ck_assert_mem_eq(f.summary.subjects, bad_rows, sizeof bad_rows);

    /* rows that are left out of the ledger are not counted */
    f.findings[0].state = TRUST_STATE_NOT_APPLICABLE;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_PLACE_UNEXPECTED);
    ck_assert_uint_eq(f.summary.subjects[0], 2);

    /* nothing speaks but the base */
    f.policy.signal_count = 0;
    f.policy.group_count = 0;
    f.policy.gate_count = 0;
    f.input.finding_count = 0;
    evaluate(&f);
    ck_assert_uint_eq(f.summary.reasons[0], TRI_REASON_BASE);
    ck_assert_uint_eq(f.summary.subjects[0], 0);
    ck_assert_uint_eq(f.summary.reasons[1], 0);
}
END_TEST

static size_t ledger(fixture *f, trust_row *rows)
{
    size_t count = 0;
    const trust_policy_result *result = evaluate(f);
    ck_ok(trust_policy_ledger(&f->policy, result, rows, TRUST_MAX_ROWS, &count));
    int32_t points = 0;
    for (size_t i = 0; i < count; i++)
        points += rows[i].points;
    ck_assert_int_eq(points, f->summary.risk);
    return count;
}

START_TEST(test_ledger)
{
    fixture f;
    trust_row rows[TRUST_MAX_ROWS];
    healthy(&f);
    valid(&f, TRUST_KIND_HUMAN, 2, 0); /* not in the policy */
    f.groups[1].floor = -1500;
    ck_assert_uint_eq(ledger(&f, rows), 5);
    static const struct {
        const char *name;
        int32_t points, millibits;
        uint32_t type, finding;
    } expected[] = {
        {"base", 450, 9000, TRUST_ROW_BASE, UINT32_MAX},
        {"attestation", -200, -4000, TRUST_ROW_SIGNAL, 0},
        {"behaviour", -60, -1200, TRUST_ROW_SIGNAL, 1},
        {"place", -35, -700, TRUST_ROW_SIGNAL, 2},
        {"cap network", 20, 400, TRUST_ROW_CAP, UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        ck_assert_str_eq(trust_policy_row_name(&f.policy, &rows[i]), expected[i].name);
        ck_assert_int_eq(rows[i].points, expected[i].points);
        ck_assert_int_eq(rows[i].millibits, expected[i].millibits);
        ck_assert_uint_eq(rows[i].type, expected[i].type);
        ck_assert_uint_eq(rows[i].finding, expected[i].finding);
    }

    /* Largest remainder: 9000 - 3999 - 1191 - 685 millibits are 156.25 points, so two of the rows
     * that were rounded down get one more: those that lost 15 and 9, not the one that lost 1. */
    healthy(&f);
    f.signals[ATTESTATION].knots[0].mb = -3999;
    f.signals[BEHAVIOUR].knots[0].mb = -1191;
    f.signals[PLACE].knots[0].mb = -685;
    ck_assert_uint_eq(ledger(&f, rows), 4);
    ck_assert_int_eq(f.summary.risk, 157);
    ck_assert_int_eq(rows[1].points, -200);
    ck_assert_int_eq(rows[2].points, -59);
    ck_assert_int_eq(rows[3].points, -34);

    /* The clamp, at either end. */
    begin(&f);
    f.policy.stance.base = 9990;
    ck_assert_uint_eq(ledger(&f, rows), 5);
    ck_assert_uint_eq(rows[4].type, TRUST_ROW_CLAMP);
    ck_assert_uint_eq(rows[4].reason, TRI_REASON_CLAMP);
    ck_assert_int_eq(rows[4].millibits, -6690);
    ck_assert_int_eq(rows[4].points, -335);
    ck_assert_str_eq(trust_policy_row_name(&f.policy, &rows[4]), "clamp");
    healthy(&f);
    f.policy.stance.base = -9990;
    ledger(&f, rows);
    ck_assert_int_eq(rows[4].millibits, 5890);
    ck_assert_int_eq(rows[4].points, 294);

    f.findings[1].state = TRUST_STATE_NOT_APPLICABLE;
    ck_assert_uint_eq(ledger(&f, rows), 4);
    ck_assert_str_eq(trust_policy_row_name(&f.policy, &rows[2]), "place");
}
END_TEST

START_TEST(test_refused_arguments)
{
    fixture f;
    healthy(&f);
    trust_policy_result *result = (trust_policy_result *)f.memory;
    memset(f.memory, 0x5A, sizeof f.memory);
    size_t size = trust_policy_result_size(&f.policy);
    ck_assert_uint_eq(size % 8, 0);
    ck_assert_uint_eq(trust_policy_result_size(NULL), 0);
    const trust_policy_input sound = f.input;
    ck_status(trust_policy_evaluate(NULL, &f.input, result, size), TRUST_E_ARGUMENT);
    ck_status(trust_policy_evaluate(&f.policy, NULL, result, size), TRUST_E_ARGUMENT);
    ck_status(trust_policy_evaluate(&f.policy, &f.input, NULL, size), TRUST_E_ARGUMENT);
    ck_status(trust_policy_evaluate(&f.policy, &f.input, result, size - 1), TRUST_E_ARGUMENT);
#define REFUSED(change)                                                                            \
    do {                                                                                           \
        f.input = sound;                                                                           \
        change;                                                                                    \
        ck_status(trust_policy_evaluate(&f.policy, &f.input, result, size), TRUST_E_ARGUMENT);     \
    } while (0)
    REFUSED(f.input.size = 0);
    REFUSED(f.input.size++);
    REFUSED(f.input.override = 5);
    REFUSED(f.input.previous = TRUST_DENY + 1);
    REFUSED(f.input.finding_count = 257);
    REFUSED(f.input.floor_count = 17);
    REFUSED(f.input.findings = NULL);
    REFUSED((f.input.floors = NULL, f.input.floor_count = 1));
    REFUSED((f.input.floor_count = 1, f.floors[0].verdict = TRUST_DENY + 1));
    REFUSED(f.findings[1].quality = TRUST_QUALITY_FULL + 1);
    f.findings[1].quality = 0;
    REFUSED(f.findings[1].state = TRUST_STATE_UNSUPPORTED + 1);
    for (size_t i = 0; i < sizeof f.memory; i++)
        ck_assert_uint_eq(((const uint8_t *)f.memory)[i], 0x5A);

    f.findings[1].state = TRUST_STATE_VALID;
    f.input = sound;
    ck_ok(trust_policy_evaluate(&f.policy, &f.input, result, size));
    for (size_t i = size; i < sizeof f.memory; i++)
        ck_assert_uint_eq(((const uint8_t *)f.memory)[i], 0x5A);

    trust_row rows[TRUST_MAX_ROWS];
    size_t count = 99;
    ck_status(trust_policy_ledger(NULL, result, rows, TRUST_MAX_ROWS, &count), TRUST_E_ARGUMENT);
    ck_status(trust_policy_ledger(&f.policy, NULL, rows, TRUST_MAX_ROWS, &count), TRUST_E_ARGUMENT);
    ck_status(trust_policy_ledger(&f.policy, result, NULL, TRUST_MAX_ROWS, &count),
              TRUST_E_ARGUMENT);
    ck_status(trust_policy_ledger(&f.policy, result, rows, TRUST_MAX_ROWS, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_ledger(&f.policy, result, rows, 3, &count), TRUST_E_LIMIT);
    f.policy.signal_count = 2;
    ck_status(trust_policy_ledger(&f.policy, result, rows, TRUST_MAX_ROWS, &count),
              TRUST_E_ARGUMENT);
    f.policy.signal_count = 3;
    f.policy.group_count = 1;
    ck_status(trust_policy_ledger(&f.policy, result, rows, TRUST_MAX_ROWS, &count),
              TRUST_E_ARGUMENT);
    ck_assert_uint_eq(count, 99);
    trust_policy_result_summary(NULL, &f.summary);
    trust_policy_result_summary(result, NULL);
    ck_assert_str_eq(trust_policy_row_name(NULL, rows), "?");
    ck_assert_str_eq(trust_policy_row_name(&f.policy, NULL), "?");
    rows[0] = (trust_row){TRUST_ROW_SIGNAL, 3, 0, 0, 0, 0, 0, 0};
    ck_assert_str_eq(trust_policy_row_name(&f.policy, rows), "?");
    rows[0].type = TRUST_ROW_CAP;
    ck_assert_str_eq(trust_policy_row_name(&f.policy, rows), "?");
    rows[0].type = 9;
    ck_assert_str_eq(trust_policy_row_name(&f.policy, rows), "?");
}
END_TEST

/* A host's kinds are found wherever they stand, and unknown ones left out. */
START_TEST(test_kinds_of_a_host)
{
    fixture f;
    begin(&f);
    for (uint32_t s = 0; s < 3; s++)
        f.signals[s].kind = 0x80000000u + s;
    for (uint32_t s = 3; s-- > 0;)
        valid(&f, 0x80000000u + s, 0, 0);
    valid(&f, 0x80000007u, 0, 0);
    valid(&f, 15, 0, 0);
    valid(&f, 16, 0, 0);
    const trust_policy_result *result = evaluate(&f);
    for (uint32_t s = 0; s < 3; s++)
        ck_assert_uint_eq(result->rows[s].finding, 2 - s);
}
END_TEST

int main(void)
{
    return run_tests(
        "evaluate",
        TESTS(test_table_halves, test_freshness_by_hand, test_reciprocal_is_exact,
              test_freshness_never_rises, test_curve_rounds_toward_risk, test_rows_by_hand,
              test_certainty_multiplies, test_no_findings, test_several_findings_of_a_kind,
              test_not_applicable, test_groups_cap, test_interval, test_limits_are_inclusive,
              test_adverse_and_uncertain, test_gates, test_refusal_hides_nothing, test_most_gates,
              test_valid_until, test_valid_until_is_the_first_change,
              test_valid_until_gives_up_early, test_floors, test_clock_unknown, test_hysteresis,
              test_reasons, test_ledger, test_refused_arguments, test_kinds_of_a_host));
}
