/* Many devices at once: numbers by hand, what is refused and how, and the ends of every range. That
 * each device comes to what it comes to alone is a property of its own. */

#include <stdlib.h>
#include <string.h>

#include "core/reason.h"
#include "model.h"

#define DEVICES 6

/* Three columns about six devices: all in order; bad software; nobody asked for it; the behaviour
 * refused; half the quality of the place; software an hour ago. */
typedef struct crowd {
    fixture f;
    int32_t values[3][DEVICES];
    uint8_t present[2]; /* of the attestation: begins with bit 5 */
    uint8_t states[DEVICES];
    uint32_t quality[DEVICES];
    trust_time times[DEVICES];
    trust_column columns[3];
    trust_policy_batch batch;
    trust_verdict verdict[DEVICES];
    int32_t risk[DEVICES];
    uint32_t reason[DEVICES];
    trust_policy_outcomes out;
} crowd;

static void gather(crowd *c)
{
    static const uint32_t kinds[3] = {TRUST_KIND_ATTESTATION, TRUST_KIND_BEHAVIOUR,
                                      TRUST_KIND_PLACE};
    memset(c, 0, sizeof *c);
    begin(&c->f);
    for (size_t k = 0; k < 3; k++) {
        c->columns[k] = (trust_column)TRUST_COLUMN_INIT;
        c->columns[k].kind = kinds[k];
        c->columns[k].values = c->values[k];
    }
    for (size_t i = 0; i < DEVICES; i++) {
        c->values[0][i] = 2;
        c->states[i] = TRUST_STATE_VALID;
        c->quality[i] = TRUST_QUALITY_FULL;
        c->times[i] = NOW;
        c->verdict[i] = TRUST_ALLOW;
    }
    c->values[0][1] = 96;
    c->present[0] = 0x7F; /* of which 5 bits are others' */
    c->present[1] = 0xFF;
    c->states[3] = TRUST_STATE_REFUSED;
    c->quality[4] = TRUST_QUALITY_FULL / 2;
    c->times[5] = NOW - HOUR;
    c->columns[0].present = c->present;
    c->columns[0].present_offset = 5;
    c->columns[0].times = c->times;
    c->columns[1].states = c->states;
    c->columns[2].quality = c->quality;
    c->batch = (trust_policy_batch)TRUST_POLICY_BATCH_INIT;
    c->batch.count = DEVICES;
    c->batch.columns = c->columns;
    c->batch.column_count = 3;
    c->batch.common = &c->f.input;
    c->out = (trust_policy_outcomes)TRUST_POLICY_OUTCOMES_INIT;
    c->out.verdict = c->verdict;
    c->out.risk = c->risk;
    c->out.reason = c->reason;
}

static trust_status weigh(crowd *c, trust_error *err)
{
    return trust_policy_evaluate_many(&c->f.policy, &c->batch, &c->out, err);
}

START_TEST(six_devices_by_hand)
{
    static const int32_t risk[DEVICES] = {155, 655, 655, 440, 180, 405};
    static const trust_verdict verdict[DEVICES] = {TRUST_ALLOW,   TRUST_DENY,  TRUST_DENY,
                                                   TRUST_STEP_UP, TRUST_ALLOW, TRUST_STEP_UP};
    static const uint32_t reason[DEVICES] = {TRI_REASON_HOST_SIGNAL,   TRI_REASON_HOST_SIGNAL,
                                             TRI_REASON_NOT_REQUESTED, TRI_REASON_REFUSED,
                                             TRI_REASON_HOST_SIGNAL,   TRI_REASON_HOST_SIGNAL};
    crowd c;
    gather(&c);
    ck_ok(weigh(&c, NULL));
    for (size_t i = 0; i < DEVICES; i++) {
        ck_assert_int_eq(c.risk[i], risk[i]);
        ck_assert_uint_eq(c.verdict[i], verdict[i]);
        ck_assert_uint_eq(c.reason[i], reason[i]);
    }
}
END_TEST

/* No bit, and no entry, beyond the last device is read: blocks of their very size. */
START_TEST(arrays_end_with_the_last_device)
{
    for (size_t count = 1; count <= 40; count++)
        for (uint64_t offset = 0; offset < 17; offset += 3) {
            crowd c;
            gather(&c);
            size_t bytes = (size_t)(offset + count + 7) / 8;
            uint8_t *present = malloc(bytes);
            int32_t *values = malloc(count * sizeof *values);
            int32_t *risk = malloc(count * sizeof *risk);
            ck_assert(present != NULL && values != NULL && risk != NULL);
            memset(present, 0, bytes);
            present[(offset + count - 1) / 8] |= (uint8_t)(1u << (offset + count - 1) % 8);
            for (size_t i = 0; i < count; i++)
                values[i] = 2;
            c.columns[0] = (trust_column)TRUST_COLUMN_INIT;
            c.columns[0].kind = TRUST_KIND_ATTESTATION;
            c.columns[0].values = values;
            c.columns[0].present = present;
            c.columns[0].present_offset = offset;
            c.batch.column_count = 1;
            c.batch.count = count;
            c.out = (trust_policy_outcomes)TRUST_POLICY_OUTCOMES_INIT;
            c.out.risk = risk;
            ck_ok(weigh(&c, NULL));
            for (size_t i = 0; i < count; i++) /* the last alone was asked: -1000 - 4000 + 700 */
                ck_assert_int_eq(risk[i], i + 1 == count ? 285 : 785);
            free(present);
            free(values);
            free(risk);
        }
}
END_TEST

/* Each device's own time, profile and earlier verdict take the common one's place. */
START_TEST(what_is_each_devices_own)
{
    crowd c;
    gather(&c);
    c.f.policy.profile_count = 1;
    c.f.profiles[0].stance = c.f.policy.stance;
    c.f.profiles[0].stance.base = 0;
    c.batch.column_count = 3;
    c.values[0][1] = 2;
    c.present[0] = 0xFF;
    c.columns[1].states = NULL;
    c.columns[2].quality = NULL;
    c.times[5] = NOW;
    trust_time now[DEVICES] = {NOW, NOW + HOUR, NOW, NOW, NOW, TRUST_TIME_UNKNOWN};
    trust_policy_selection selections[DEVICES] = {{0, 0}, {0, 0}, {1, 0}, {0, 0}, {0, 0}, {0, 0}};
    trust_verdict previous[DEVICES] = {0, 0, 0, TRUST_DENY, TRUST_DENY, 0};
    trust_time since[DEVICES] = {0, 0, 0, NOW - HOUR / 2, NOW - HOUR, 0};
    trust_policy_summary summary[DEVICES];
    c.batch.now = now;
    c.batch.selections = selections;
    c.batch.previous = previous;
    c.batch.since = since;
    c.out.summary = summary;
    ck_ok(weigh(&c, NULL));
    ck_assert_int_eq(c.risk[0], 155);
    ck_assert_int_eq(c.risk[1], 405); /* the attestation is an hour old, the rest has no time */
    ck_assert_int_eq(c.risk[2], 205); /* the other base */
    ck_assert_uint_eq(summary[2].profile, 1);
    ck_assert_uint_eq(c.verdict[3], TRUST_DENY);
    ck_assert_uint_eq(summary[3].held, 1);
    ck_assert_int_eq(summary[3].since, NOW - HOUR / 2);
    ck_assert_uint_eq(c.verdict[4], TRUST_ALLOW);
    ck_assert_int_eq(summary[4].since, NOW);
    ck_assert_uint_eq(c.reason[5], TRI_REASON_CLOCK_UNKNOWN);
}
END_TEST

/* Two of three sources must say it: the second worst counts. */
START_TEST(sources_of_one_kind_reach_a_quorum)
{
    static const int32_t risk[DEVICES] = {155, 155, 300, 155, 155, 155};
    static const int32_t said[3][DEVICES] = {{0, 1000, 1000}, {0, 0, 1000}, {0, 0, 0}};
    crowd c;
    gather(&c);
    c.f.signals[PLACE].quorum = 2;
    trust_column columns[5];
    memcpy(columns, c.columns, sizeof c.columns);
    columns[0].present = NULL;
    columns[0].times = NULL;
    columns[1].states = NULL;
    columns[2].quality = NULL;
    columns[3] = columns[4] = columns[2];
    for (uint32_t i = 0; i < 3; i++) {
        columns[2 + i].source = i;
        columns[2 + i].values = said[i];
    }
    c.values[0][1] = 2;
    c.batch.columns = columns;
    c.batch.column_count = 5;
    ck_ok(weigh(&c, NULL));
    for (size_t i = 0; i < DEVICES; i++)
        ck_assert_int_eq(c.risk[i], risk[i]);
}
END_TEST

/* A column that the policy does not name is not read at all. */
START_TEST(columns_of_other_kinds_are_left_out)
{
    crowd c;
    gather(&c);
    trust_column columns[TRI_MAX_FINDINGS];
    uint8_t states[DEVICES];
    uint32_t quality[DEVICES];
    memset(states, 0xFF, sizeof states);
    memset(quality, 0xFF, sizeof quality);
    for (size_t i = 0; i < TRI_MAX_FINDINGS; i++) {
        columns[i] = (trust_column)TRUST_COLUMN_INIT;
        columns[i].kind = TRUST_KIND_HUMAN;
        columns[i].values = c.values[0];
        columns[i].states = states;
        columns[i].quality = quality;
    }
    memcpy(columns + 253, c.columns, sizeof c.columns);
    c.batch.columns = columns;
    c.batch.column_count = TRI_MAX_FINDINGS;
    ck_ok(weigh(&c, NULL));
    ck_assert_int_eq(c.risk[0], 155);
    ck_assert_int_eq(c.risk[3], 440);
}
END_TEST

/* 256 columns that all count: the worst one does. */
START_TEST(as_many_columns_as_there_may_be)
{
    crowd c;
    gather(&c);
    trust_column columns[TRI_MAX_FINDINGS + 1];
    for (size_t i = 0; i < TRI_MAX_FINDINGS + 1; i++) {
        columns[i] = (trust_column)TRUST_COLUMN_INIT;
        columns[i].kind = TRUST_KIND_ATTESTATION;
        columns[i].values = c.values[i == 77 ? 0 : 1]; /* of 2 and, once, 96 */
    }
    c.batch.columns = columns;
    c.batch.column_count = TRI_MAX_FINDINGS;
    ck_ok(weigh(&c, NULL));
    ck_assert_int_eq(c.risk[0], 285);
    ck_assert_int_eq(c.risk[1], 785);
    c.batch.column_count++;
    ck_status(weigh(&c, NULL), TRUST_E_ARGUMENT);
}
END_TEST

START_TEST(no_devices_and_no_columns)
{
    crowd c;
    gather(&c);
    c.batch.count = 0;
    for (size_t k = 0; k < 3; k++)
        c.columns[k].values = NULL; /* an empty array may be nowhere */
    ck_ok(weigh(&c, NULL));
    ck_assert_uint_eq(c.verdict[0], TRUST_ALLOW);
    c.batch.count = DEVICES;
    c.batch.columns = NULL;
    c.batch.column_count = 0;
    ck_ok(weigh(&c, NULL));
    for (size_t i = 0; i < DEVICES; i++) /* -1000 + 6000 + 400 + 300 */
        ck_assert_int_eq(c.risk[i], 785);
    c.out = (trust_policy_outcomes)TRUST_POLICY_OUTCOMES_INIT;
    ck_ok(weigh(&c, NULL));
}
END_TEST

/* Refused with this sentence, about this device; nobody is let in. */
static void refused(crowd *c, trust_status status, uint64_t offset, const char *message)
{
    trust_error err = {0};
    trust_policy_summary summary[DEVICES];
    for (size_t i = 0; i < DEVICES; i++)
        summary[i].verdict = TRUST_ALLOW;
    c->out.summary = summary;
    ck_status(weigh(c, &err), status);
    ck_assert_str_eq(err.message, message);
    ck_assert_uint_eq(err.offset, offset);
    for (size_t i = 0; i < DEVICES; i++) {
        ck_assert_uint_eq(c->verdict[i], TRUST_NO_VERDICT);
        ck_assert_uint_eq(summary[i].verdict, TRUST_NO_VERDICT);
    }
    ck_status(weigh(c, NULL), status);
    gather(c);
}

/* Nothing is written there, not even that nobody is let in. */
START_TEST(outcomes_that_lie_askew_are_refused)
{
    void *odd = (void *)(uintptr_t)14;
    const trust_policy_outcomes askew[] = {
        {.size = sizeof askew[0], .verdict = odd},     {.size = sizeof askew[0], .risk = odd},
        {.size = sizeof askew[0], .lowest = odd},      {.size = sizeof askew[0], .highest = odd},
        {.size = sizeof askew[0], .uncertainty = odd}, {.size = sizeof askew[0], .adverse = odd},
        {.size = sizeof askew[0], .reason = odd},      {.size = sizeof askew[0], .summary = odd}};
    crowd c;
    gather(&c);
    for (size_t i = 0; i < sizeof askew / sizeof askew[0]; i++) {
        trust_error err = {0};
        ck_status(trust_policy_evaluate_many(&c.f.policy, &c.batch, &askew[i], &err),
                  TRUST_E_ARGUMENT);
        ck_assert_str_eq(err.message,
                         "the numbers of an array do not lie at multiples of their size");
    }
    c.batch.count = 0; /* what is empty lies nowhere */
    ck_ok(trust_policy_evaluate_many(&c.f.policy, &c.batch, &askew[0], NULL));
}
END_TEST

START_TEST(what_is_not_sound_is_refused)
{
    static const char common[] = "the input that is common to all is not valid";
    static const char range[] = "a state, quality, profile or earlier verdict is out of its range";
    static const char misplaced[] = "the numbers of an array do not lie at multiples of their size";
    static const char foreign[] = "a column is not of this version";
    crowd c;
    gather(&c);
    c.batch.common = NULL;
    refused(&c, TRUST_E_ARGUMENT, 0,
            "the input that is common to all is missing or of another size");
    c.f.input.size--;
    refused(&c, TRUST_E_ARGUMENT, 0,
            "the input that is common to all is missing or of another size");
    c.f.input.finding_count = 1;
    refused(&c, TRUST_E_ARGUMENT, 0, "findings stand in columns, none in the common input");
    c.batch.columns = NULL;
    refused(&c, TRUST_E_ARGUMENT, 0, "there are no columns");
    c.batch.column_count = SIZE_MAX;
    refused(&c, TRUST_E_ARGUMENT, 0, "there are more than 256 columns");
    c.columns[2].size++;
    refused(&c, TRUST_E_ARGUMENT, 0, foreign);
    c.columns[1].reserved = 1;
    refused(&c, TRUST_E_ARGUMENT, 0, foreign);
    c.columns[2].values = NULL;
    refused(&c, TRUST_E_ARGUMENT, 0, "a column has no values");
    c.columns[0].present_offset = UINT64_MAX - DEVICES + 1;
    refused(&c, TRUST_E_ARGUMENT, 0, "a column's bitmap begins beyond every memory");
    /* What would be read there is not: there is no such memory. */
    c.columns[1].values = (const int32_t *)(uintptr_t)14;
    refused(&c, TRUST_E_ARGUMENT, 0, misplaced);
    c.columns[1].times = (const trust_time *)(uintptr_t)12;
    refused(&c, TRUST_E_ARGUMENT, 0, misplaced);
    c.columns[1].quality = (const uint32_t *)(uintptr_t)13;
    refused(&c, TRUST_E_ARGUMENT, 0, misplaced);
    c.batch.now = (const trust_time *)(uintptr_t)12;
    refused(&c, TRUST_E_ARGUMENT, 0, misplaced);
    c.batch.since = (const trust_time *)(uintptr_t)12;
    refused(&c, TRUST_E_ARGUMENT, 0, misplaced);
    c.batch.previous = (const trust_verdict *)(uintptr_t)14;
    refused(&c, TRUST_E_ARGUMENT, 0, misplaced);
    c.batch.selections = (const trust_policy_selection *)(uintptr_t)14;
    refused(&c, TRUST_E_ARGUMENT, 0, misplaced);
    c.f.input.previous = TRUST_DENY + 1;
    refused(&c, TRUST_E_ARGUMENT, 0, common);
    c.f.input.override = TRUST_DENY + 1;
    refused(&c, TRUST_E_ARGUMENT, 0, common);
    c.f.input.floor_count = 17;
    refused(&c, TRUST_E_ARGUMENT, 0, common);
    c.f.input.selection.profile = 1;
    refused(&c, TRUST_E_ARGUMENT, 0, common);

    c.states[4] = TRUST_STATE_UNSUPPORTED + 1;
    refused(&c, TRUST_E_ARGUMENT, 4, range);
    c.quality[5] = TRUST_QUALITY_FULL + 1;
    refused(&c, TRUST_E_ARGUMENT, 5, range);
    c.quality[5] = c.quality[2] = UINT32_MAX; /* the first is named */
    refused(&c, TRUST_E_ARGUMENT, 2, range);
    trust_verdict previous[DEVICES] = {0, 1, 2, 3, 4, 5};
    c.batch.previous = previous;
    refused(&c, TRUST_E_ARGUMENT, 5, range);
    trust_policy_selection selections[DEVICES] = {{0, 0}, {0, 1}, {0, 0}, {1, 0}, {0, 0}, {0, 0}};
    c.batch.selections = selections;
    refused(&c, TRUST_E_ARGUMENT, 3, range);
    selections[2].also = 2;
    c.batch.selections = selections;
    refused(&c, TRUST_E_ARGUMENT, 2, range);
}
END_TEST

/* Where nobody asked the arrays may hold anything. */
START_TEST(what_nobody_asked_for_is_not_checked)
{
    crowd c;
    gather(&c);
    c.states[2] = 0xFF;
    c.quality[2] = UINT32_MAX;
    c.columns[0].states = c.states;
    c.columns[0].quality = c.quality;
    c.columns[1].states = NULL;
    c.columns[2].quality = NULL;
    ck_ok(weigh(&c, NULL));
    ck_assert_int_eq(c.risk[2], 655);
    ck_assert_uint_eq(c.reason[2], TRI_REASON_NOT_REQUESTED);
}
END_TEST

/* Without a policy or a place nothing is written, and structs of a newer version may ask for
 * nothing. */
START_TEST(structs_keep_their_size)
{
    crowd c;
    gather(&c);
    ck_status(trust_policy_evaluate_many(NULL, &c.batch, &c.out, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_evaluate_many(&c.f.policy, NULL, &c.out, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_evaluate_many(&c.f.policy, &c.batch, NULL, NULL), TRUST_E_ARGUMENT);
    struct {
        trust_policy_batch given;
        uint64_t later;
    } batch = {c.batch, 0};
    struct {
        trust_policy_outcomes given;
        uint64_t later;
    } out = {c.out, 0};
    batch.given.size = sizeof batch;
    out.given.size = sizeof out;
    ck_ok(trust_policy_evaluate_many(&c.f.policy, &batch.given, &out.given, NULL));
    batch.later = 1;
    ck_status(trust_policy_evaluate_many(&c.f.policy, &batch.given, &out.given, NULL),
              TRUST_E_UNSUPPORTED);
    batch.later = 0;
    out.later = 1;
    ck_status(trust_policy_evaluate_many(&c.f.policy, &batch.given, &out.given, NULL),
              TRUST_E_UNSUPPORTED);
    c.batch.size--;
    ck_status(weigh(&c, NULL), TRUST_E_ARGUMENT);
    c.batch.size++;
    c.out.size--;
    ck_status(weigh(&c, NULL), TRUST_E_ARGUMENT);
}
END_TEST

int main(void)
{
    return run_tests("many",
                     TESTS(six_devices_by_hand, arrays_end_with_the_last_device,
                           what_is_each_devices_own, sources_of_one_kind_reach_a_quorum,
                           columns_of_other_kinds_are_left_out, as_many_columns_as_there_may_be,
                           no_devices_and_no_columns, what_is_not_sound_is_refused,
                           outcomes_that_lie_askew_are_refused,
                           what_nobody_asked_for_is_not_checked, structs_keep_their_size));
}
