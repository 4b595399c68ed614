/* Decisions: getters, the two texts, and that one written down is read again as it was. */

#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "core/reason.h"
#include "result/decision.h"

/* A decision with something in every corner. */
static trust_decision *rich(const trust_allocator *allocator)
{
    static const struct {
        const char *name;
        trust_row row;
    } rows[] = {
        {"base", {TRUST_ROW_BASE, 0, 0, TRI_REASON_BASE, 500, 10000, 0, UINT32_MAX}},
        {"identity",
         {TRUST_ROW_SIGNAL, 0, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK, -200, -4000, 65536, 0}},
        {"human",
         {TRUST_ROW_SIGNAL, 1, TRUST_STATE_PENDING, TRI_REASON_PENDING, 75, 1500, 0, UINT32_MAX}},
        {"cap network", {TRUST_ROW_CAP, 0, 0, TRI_REASON_CAP, 5, 100, 0, UINT32_MAX}},
        {"clamp", {TRUST_ROW_CLAMP, 0, 0, TRI_REASON_CLAMP, 0, 0, 0, UINT32_MAX}}};
    trust_decision *d = tri_decision_new(allocator, (tri_keeper){NULL, NULL});
    ck_assert_ptr_nonnull(d);
    trust_policy_summary *s = &d->info.summary;
    s->verdict = TRUST_STEP_UP;
    s->natural = TRUST_ALLOW;
    s->risk = 380;
    s->lowest = 100;
    s->highest = 900;
    s->since = SCENE_NOW - 5;
    s->held = 1;
    s->reasons[0] = TRI_REASON_PENDING;
    s->reasons[1] = TRI_REASON_HELD;
    s->reasons[2] = TRI_REASON_UNCERTAIN;
    s->subjects[0] = 2;
    s->subjects[1] = s->subjects[2] = UINT32_MAX;
    d->info.decided = SCENE_NOW;
    d->info.valid_until = SCENE_NOW + 60000;
    d->info.valid_until_exact = 1;
    d->info.binding = TRUST_BINDING_CHANNEL;
    d->info.replay_protection = TRUST_REPLAY_DURABLE;
    d->info.policy_revision = 12;
    memset(d->info.policy_hash, 0xAB, sizeof d->info.policy_hash);
    strcpy(d->device, "urn:x\x1b[31m");
    d->policy_id = tri_decision_text(d, "scene");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        d->rows[i] = rows[i].row;
        d->row_names[i] = tri_decision_text(d, rows[i].name);
        d->info.row_count++;
    }
    d->findings[0] = (trust_finding){.kind = TRUST_KIND_IDENTITY,
                                     .state = TRUST_STATE_VALID,
                                     .origin = TRUST_FROM_DEVICE,
                                     .value = 2,
                                     .quality = TRUST_QUALITY_FULL,
                                     .time = SCENE_NOW,
                                     .reason = TRI_REASON_IDENTITY_OK,
                                     .expected = INT64_MIN,
                                     .seen = INT64_MAX};
    d->info.finding_count = 1;
    d->items[0].type = tri_decision_text(d, TRUST_TYPE_EAT_CWT);
    d->items[0].origin = TRUST_FROM_DEVICE;
    d->items[0].state = TRUST_STATE_VALID;
    d->items[0].reason = TRI_REASON_IDENTITY_OK;
    d->items[1].type = tri_decision_text(d, "odd\n\"type\"");
    d->items[1].origin = TRUST_FROM_HOST;
    d->items[1].state = TRUST_STATE_UNSUPPORTED;
    d->items[1].reason = TRI_REASON_UNSUPPORTED;
    d->info.item_count = 2;
    d->next[0] = (tri_next){tri_decision_text(d, "human"), TRUST_KIND_HUMAN, TRUST_ALLOW};
    d->next_count = 1;
    d->inputs[0] = (tri_input){tri_decision_text(d, "geo"), 7};
    d->input_count = 1;
    return d;
}

static const char *explain(const trust_decision *d, uint32_t audience)
{
    static char text[32768];
    size_t need;
    ck_ok(trust_decision_explain(d, audience, text, sizeof text, &need));
    ck_assert_uint_eq(need, strlen(text));
    return text;
}

static const char *to_json(const trust_decision *d)
{
    static char text[32768];
    size_t need;
    ck_ok(trust_decision_to_json(d, text, sizeof text, &need));
    ck_assert_uint_eq(need, strlen(text));
    return text;
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

START_TEST(getters_are_safe)
{
    trust_allocator allocator;
    counting memory = {0};
    trust_decision_info info;
    trust_row row;
    trust_finding finding;
    trust_item_outcome item;
    allocator = counting_allocator(&memory);
    trust_decision *d = rich(&allocator);
    trust_decision_get_info(d, &info);
    ck_assert_uint_eq(info.row_count, 5);
    trust_decision_get_info(NULL, &info);
    trust_decision_get_info(d, NULL);
    ck_assert_int_eq(trust_decision_risk(d), 380);
    ck_ok(trust_decision_row(d, 4, &row));
    ck_assert_uint_eq(row.type, TRUST_ROW_CLAMP);
    ck_status(trust_decision_row(d, 5, &row), TRUST_E_NOT_FOUND);
    ck_status(trust_decision_row(NULL, 0, &row), TRUST_E_ARGUMENT);
    ck_status(trust_decision_row(d, 0, NULL), TRUST_E_ARGUMENT);
    ck_assert_str_eq(trust_decision_row_name(d, 3), "cap network");
    ck_assert_str_eq(trust_decision_row_name(d, 5), "");
    ck_assert_str_eq(trust_decision_row_name(NULL, 0), "");
    ck_ok(trust_decision_finding(d, 0, &finding));
    ck_assert_int_eq(finding.expected, INT64_MIN);
    ck_status(trust_decision_finding(d, 1, &finding), TRUST_E_NOT_FOUND);
    ck_status(trust_decision_finding(NULL, 0, &finding), TRUST_E_ARGUMENT);
    ck_status(trust_decision_finding(d, 0, NULL), TRUST_E_ARGUMENT);
    ck_ok(trust_decision_item(d, 0, &item));
    ck_assert_str_eq(item.type, TRUST_TYPE_EAT_CWT);
    ck_status(trust_decision_item(d, 2, &item), TRUST_E_NOT_FOUND);
    ck_status(trust_decision_item(NULL, 0, &item), TRUST_E_ARGUMENT);
    ck_status(trust_decision_item(d, 0, NULL), TRUST_E_ARGUMENT);
    trust_decision_free(d);
    trust_decision_free(NULL);
    ck_assert_uint_eq(memory.blocks_live, 0);
    ck_assert_str_eq(tri_binding_name(99), "none");
    ck_assert_str_eq(tri_replay_name(99), "none");
    ck_assert_str_eq(tri_next_action(TRUST_KIND_IDENTITY), "challenge_device");
    ck_assert_str_eq(tri_next_action(TRUST_KIND_ATTESTATION), "challenge_device");
    ck_assert_str_eq(tri_next_action(TRUST_KIND_HUMAN), "verify_installer");
    ck_assert_str_eq(tri_next_action(TRUST_KIND_PLACE), "obtain");
}
END_TEST

START_TEST(the_operator_sees_everything)
{
    counting memory = {0};
    trust_allocator allocator = counting_allocator(&memory);
    trust_decision *d = rich(&allocator);
    const char *text = explain(d, TRUST_FOR_OPERATOR);
    ck_assert(has(text, "urn:x?[31m: step_up (must show more), risk 380 of 1000"));
    ck_assert(has(text, "holds until 2026-11-23T10:01:00Z"));
    ck_assert(has(text, "-200  ------------------------"));
    ck_assert(has(text, "because human: "));
    ck_assert(has(text, "    and "));
    ck_assert(has(text, "human could reach allow"));
    ck_assert(has(text, "odd?\"type\""));
    ck_assert(!has(text, "\x1b"));
    d->info.valid_until_exact = 0;
    d->info.preview = d->info.repeated = 1;
    text = explain(d, TRUST_FOR_OPERATOR);
    ck_assert(has(text, "holds at least until"));
    ck_assert(has(text, "(preview, nothing was changed)"));
    ck_assert(has(text, "(the outcome of an earlier request)"));
    d->info.valid_until = TRUST_TIME_NEVER;
    ck_assert(has(explain(d, TRUST_FOR_OPERATOR), "holds until something new is known"));
    d->info.valid_until = TRUST_TIME_UNKNOWN;
    ck_assert(!has(explain(d, TRUST_FOR_OPERATOR), "holds"));
    /* Rows at the ends of their range still make a table. */
    d->rows[1].points = INT32_MIN;
    d->rows[2].points = INT32_MAX;
    ck_assert(has(explain(d, TRUST_FOR_OPERATOR), "-2147483648  ------------------------"));
    trust_decision_free(d);
}
END_TEST

START_TEST(the_subject_gets_no_clue)
{
    counting memory = {0};
    trust_allocator allocator = counting_allocator(&memory);
    trust_decision *d = rich(&allocator);
    const char *text = explain(d, TRUST_FOR_SUBJECT);
    ck_assert(has(text, "not accepted"));
    ck_assert(has(text, trust_reason_subject_text(TRI_REASON_PENDING)));
    ck_assert(!has(text, "380") && !has(text, "risk") && !has(text, "identity"));
    d->info.summary.reasons[1] = d->info.summary.reasons[2] = TRI_REASON_PENDING;
    text = explain(d, TRUST_FOR_SUBJECT);
    const char *said = strstr(text, trust_reason_subject_text(TRI_REASON_PENDING));
    ck_assert_ptr_nonnull(said);
    ck_assert(!has(said + 1, trust_reason_subject_text(TRI_REASON_PENDING)));
    d->info.summary.verdict = TRUST_ALLOW;
    ck_assert(has(explain(d, TRUST_FOR_SUBJECT), "accepted"));
    trust_decision_free(d);
}
END_TEST

START_TEST(texts_fit_or_are_refused)
{
    counting memory = {0};
    trust_allocator allocator = counting_allocator(&memory);
    trust_decision *d = rich(&allocator);
    size_t need = 0;
    size_t again = 0;
    ck_status(trust_decision_explain(d, TRUST_FOR_OPERATOR, NULL, 0, &need), TRUST_E_LIMIT);
    char *exact = malloc(need + 1);
    ck_status(trust_decision_explain(d, TRUST_FOR_OPERATOR, exact, need, &again), TRUST_E_LIMIT);
    ck_assert_str_eq(exact, "");
    ck_ok(trust_decision_explain(d, TRUST_FOR_OPERATOR, exact, need + 1, &again));
    ck_assert_uint_eq(again, need);
    free(exact);
    ck_status(trust_decision_to_json(d, NULL, 0, &need), TRUST_E_LIMIT);
    exact = malloc(need + 1);
    ck_ok(trust_decision_to_json(d, exact, need + 1, NULL));
    free(exact);
    char small[4];
    ck_status(trust_decision_explain(NULL, 1, small, 4, &need), TRUST_E_ARGUMENT);
    ck_status(trust_decision_explain(d, 1, NULL, 4, &need), TRUST_E_ARGUMENT);
    ck_status(trust_decision_explain(d, 0, small, 4, &need), TRUST_E_ARGUMENT);
    ck_status(trust_decision_explain(d, 3, small, 4, &need), TRUST_E_ARGUMENT);
    ck_status(trust_decision_to_json(NULL, small, 4, &need), TRUST_E_ARGUMENT);
    ck_status(trust_decision_to_json(d, NULL, 4, &need), TRUST_E_ARGUMENT);
    trust_decision_free(d);
}
END_TEST

START_TEST(json_is_escaped_and_typed)
{
    counting memory = {0};
    trust_allocator allocator = counting_allocator(&memory);
    trust_decision *d = rich(&allocator);
    const char *text = to_json(d);
    ck_assert(has(text, "\"device\":\"urn:x\\u001b[31m\""));
    ck_assert(has(text, "\"range\":[100,900]"));
    ck_assert(has(text, "{\"obtain\":\"human\",\"action\":\"verify_installer\","
                        "\"can_reach\":\"allow\"}"));
    ck_assert(has(text, "\"type\":\"odd\\u000a\\\"type\\\"\""));
    ck_assert(has(text, "\"binding\":\"channel\",\"replay_protection\":\"durable\""));
    ck_assert(has(text, "\"hash\":\"abababab"));
    d->info.valid_until = TRUST_TIME_NEVER;
    d->info.decided = TRUST_TIME_UNKNOWN;
    text = to_json(d);
    ck_assert(has(text, "\"decided\":null,\"valid_until\":null"));
    trust_decision_free(d);
}
END_TEST

START_TEST(an_outcome_comes_back_whole)
{
    static char before[32768];
    static uint8_t record[32768];
    counting memory = {0};
    trust_allocator allocator = counting_allocator(&memory);
    trust_decision *d = rich(&allocator);
    trust_decision *back = tri_decision_new(&allocator, (tri_keeper){NULL, NULL});
    size_t len = 0;
    size_t need = 0;
    ck_ok(tri_outcome_encode(d, record, sizeof record, &len));
    ck_status(tri_outcome_encode(d, record, len - 1, &need), TRUST_E_LIMIT);
    ck_assert_uint_eq(need, len);
    ck_ok(tri_outcome_encode(d, record, len, &need));
    ck_ok(tri_outcome_decode((trust_bytes){record, len}, back));
    ck_assert_mem_eq(&d->info, &back->info, sizeof d->info);
    ck_assert_mem_eq(d->findings, back->findings, sizeof d->findings[0]);
    strcpy(before, to_json(d));
    ck_assert_str_eq(to_json(back), before);
    strcpy(before, explain(d, TRUST_FOR_OPERATOR));
    ck_assert_str_eq(explain(back, TRUST_FOR_OPERATOR), before);
    /* Cut anywhere it is refused, and nothing of it is left over. */
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *exact = malloc(cut + 1);
        memcpy(exact, record, cut);
        ck_status(tri_outcome_decode((trust_bytes){exact, cut}, back), TRUST_E_INTEGRITY);
        ck_assert_uint_eq(trust_decision_verdict(back), TRUST_DENY);
        ck_assert_uint_eq(back->info.row_count + back->info.item_count + back->next_count, 0);
        free(exact);
    }
    for (size_t bit = 0; bit < len * 8; bit++) {
        record[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (tri_outcome_decode((trust_bytes){record, len}, back) == TRUST_OK)
            (void)to_json(back);
        record[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    trust_decision_free(d);
    trust_decision_free(back);
    ck_assert_uint_eq(memory.blocks_live, 0);
}
END_TEST

/* The largest decision that there can be is written down in the room that there is. */
START_TEST(the_largest_outcome_fits)
{
    static uint8_t record[32768];
    counting memory = {0};
    trust_allocator allocator = counting_allocator(&memory);
    trust_decision *d = rich(&allocator);
    trust_decision *back = tri_decision_new(&allocator, (tri_keeper){NULL, NULL});
    char name[64];
    size_t len = 0;
    memset(name, 'n', 63);
    name[63] = '\0';
    d->info.row_count = TRUST_MAX_ROWS;
    for (size_t i = 0; i < TRUST_MAX_ROWS; i++) {
        d->rows[i] = (trust_row){TRUST_ROW_SIGNAL, 63, 9, 142, -1000, -20000, 65536, 111};
        d->row_names[i] = tri_decision_text(d, name);
    }
    d->info.finding_count = TRI_DECISION_FINDINGS;
    for (size_t i = 0; i < TRI_DECISION_FINDINGS; i++)
        d->findings[i] =
            (trust_finding){UINT32_MAX, UINT32_MAX, 1,          3,         1000,      65536,
                            INT64_MAX,  142,        UINT32_MAX, INT64_MIN, INT64_MIN, 0};
    d->info.item_count = TRI_DECISION_ITEMS;
    for (size_t i = 0; i < TRI_DECISION_ITEMS; i++)
        d->items[i].type = tri_decision_text(d, TRUST_TYPE_DIDIT);
    ck_ok(tri_outcome_encode(d, record, sizeof record, &len));
    ck_ok(tri_outcome_decode((trust_bytes){record, len}, back));
    ck_assert_uint_eq(back->info.finding_count, TRI_DECISION_FINDINGS);
    /* A pool that is full cuts texts and goes on. */
    for (size_t i = 0; i < 1000; i++)
        (void)tri_decision_text(d, name);
    ck_assert_uint_eq(tri_decision_text(d, name), 0);
    ck_assert_str_eq(tri_decision_shown(d, 0), "");
    ck_assert_uint_eq(tri_decision_text(back, ""), 0);
    trust_decision_free(d);
    trust_decision_free(back);
}
END_TEST

START_TEST(an_outcome_of_another_format_is_refused)
{
    static uint8_t record[32768];
    counting memory = {0};
    trust_allocator allocator = counting_allocator(&memory);
    trust_decision *d = rich(&allocator);
    size_t len = 0;
    d->info.summary.risk = 1001;
    ck_ok(tri_outcome_encode(d, record, sizeof record, &len));
    ck_status(tri_outcome_decode((trust_bytes){record, len}, d), TRUST_E_INTEGRITY);
    trust_decision_free(d);
    d = rich(&allocator);
    d->info.summary.verdict = TRUST_NO_VERDICT;
    ck_ok(tri_outcome_encode(d, record, sizeof record, &len));
    ck_status(tri_outcome_decode((trust_bytes){record, len}, d), TRUST_E_INTEGRITY);
    trust_decision_free(d);
    d = rich(&allocator);
    ck_ok(tri_outcome_encode(d, record, sizeof record, &len));
    ck_assert_uint_eq(record[1], 1);
    record[1] = 2; /* the format */
    ck_status(tri_outcome_decode((trust_bytes){record, len}, d), TRUST_E_INTEGRITY);
    trust_decision_free(d);
}
END_TEST

int main(void)
{
    return run_tests("decision",
                     TESTS(getters_are_safe, the_operator_sees_everything, the_subject_gets_no_clue,
                           texts_fit_or_are_refused, json_is_escaped_and_typed,
                           an_outcome_comes_back_whole, the_largest_outcome_fits,
                           an_outcome_of_another_format_is_refused));
}
