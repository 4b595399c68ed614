/* Decisions: getters, the two texts, and that one written down is read again as it was. */

#include "scene.h"

#include <stdio.h>
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
    s->profile = 2;
    s->unsure = 1;
    s->stage = 1;
    s->stage_since = SCENE_NOW - 60000;
    s->flaps = 3;
    s->probability = 12345;
    d->info.policy_signed = 1;
    d->profile = tri_decision_text(d, "locks");
    d->stage = tri_decision_text(d, "bench");
    d->needs[0].name = tri_decision_word(d, "human");
    d->needs[0].kind = TRUST_KIND_HUMAN;
    d->info.need_count = 1;
    d->steps[0] = (tri_step){.can_reach = TRUST_ALLOW, .cost = 20, .count = 1};
    d->steps[0].signals[0].obtain = tri_decision_word(d, "human");
    d->steps[0].signals[0].action = tri_decision_word(d, "verify_installer");
    d->steps[0].signals[0].kind = TRUST_KIND_HUMAN;
    d->steps[1] = (tri_step){.can_reach = TRUST_ALLOW, .cost = 21, .count = 3};
    static const char *const names[] = {"attestation", "place", "vpn.list"};
    for (size_t i = 0; i < 3; i++) {
        d->steps[1].signals[i].obtain = tri_decision_word(d, names[i]);
        d->steps[1].signals[i].action = tri_decision_word(d, "obtain");
        d->steps[1].signals[i].kind = i == 0 ? TRUST_KIND_ATTESTATION : TRUST_KIND_PLACE;
    }
    d->info.step_count = 2;
    d->actions[0] = (tri_response){tri_decision_word(d, "notify"), 7, TRI_REASON_VERDICT};
    d->actions[1] = (tri_response){tri_decision_word(d, "isolate"), 4294967295u, TRI_REASON_GATE};
    d->actions[2] = (tri_response){tri_decision_word(d, "show_label"), 9, TRI_REASON_STAGE};
    d->info.action_count = 3;
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

static char json[2][131072];

static const char *write_json(const trust_decision *d, char *text)
{
    size_t need;
    ck_ok(trust_decision_to_json(d, text, sizeof json[0], &need));
    ck_assert_uint_eq(need, strlen(text));
    return text;
}

static const char *to_json(const trust_decision *d)
{
    return write_json(d, json[0]);
}

static const char *to_json_again(const trust_decision *d)
{
    return write_json(d, json[1]);
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
    ck_assert_str_eq(trust_decision_profile(d), "locks");
    ck_assert_str_eq(trust_decision_profile(NULL), "");
    ck_assert_str_eq(trust_decision_stage(d), "bench");
    ck_assert_str_eq(trust_decision_stage(NULL), "");
    ck_assert_str_eq(trust_decision_need(d, 0), "human");
    ck_assert_str_eq(trust_decision_need(d, 1), "");
    ck_assert_str_eq(trust_decision_need(NULL, 0), "");
    trust_decision_step step;
    ck_ok(trust_decision_next(d, 1, &step));
    ck_assert_uint_eq(step.can_reach, TRUST_ALLOW);
    ck_assert_uint_eq(step.cost, 21);
    ck_assert_uint_eq(step.signal_count, 3);
    ck_assert_str_eq(step.signals[2], "vpn.list");
    ck_assert_str_eq(step.actions[2], "obtain");
    ck_assert_ptr_null(step.signals[3]);
    ck_status(trust_decision_next(d, 2, &step), TRUST_E_NOT_FOUND);
    ck_status(trust_decision_next(NULL, 0, &step), TRUST_E_ARGUMENT);
    ck_status(trust_decision_next(d, 0, NULL), TRUST_E_ARGUMENT);
    trust_policy_action action;
    ck_ok(trust_decision_action(d, 1, &action));
    ck_assert_str_eq(action.name, "isolate");
    ck_assert_uint_eq(action.id, UINT32_MAX);
    ck_assert_uint_eq(action.reason, TRI_REASON_GATE);
    ck_status(trust_decision_action(d, 3, &action), TRUST_E_NOT_FOUND);
    ck_status(trust_decision_action(NULL, 0, &action), TRUST_E_ARGUMENT);
    ck_status(trust_decision_action(d, 0, NULL), TRUST_E_ARGUMENT);
    trust_decision_free(d);
    trust_decision_free(NULL);
    ck_assert_uint_eq(memory.blocks_live, 0);
    ck_assert_str_eq(tri_binding_name(99), "none");
    ck_assert_str_eq(tri_replay_name(99), "none");
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
    ck_assert(has(text, "of 1000 (probability 0.012345); other"));
    ck_assert(
        has(text, "\njudged as locks, and as strictly as the profiles that may apply instead\n"));
    ck_assert(has(text, "\nstage   bench since 2026-11-23T09:59:00Z; it still needs human\n"));
    ck_assert(has(text, "next    good evidence of human could reach allow (cost 20)\n"));
    ck_assert(has(text,
                  "next    good evidence of attestation, place and vpn.list could reach allow "
                  "(cost 21)\n"));
    ck_assert(has(text, "action  notify: the verdict\naction  isolate: a gate of the policy\n"
                        "action  show_label: the stage of onboarding\n"));
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
    /* What it can do, and at which stage; nothing of lists, gates, profiles and what the host does.
     */
    ck_assert(has(text, "\nStill needed: the installer's verification.\nStage: bench\n"
                        "To do: show_label\n"));
    ck_assert(!has(text, "vpn.list") && !has(text, "place") && !has(text, "locks"));
    ck_assert(!has(text, "isolate") && !has(text, "notify") && !has(text, "request"));
    d->info.need_count = 0;
    d->steps[0] = d->steps[1];
    text = explain(d, TRUST_FOR_SUBJECT);
    ck_assert(has(text, "\nStill needed: the device's answer to a new request.\n"));
    ck_assert(!has(text, "vpn.list") && !has(text, "installer's verification.\nStage"));
    d->info.step_count = 0;
    ck_assert(!has(explain(d, TRUST_FOR_SUBJECT), "Still needed"));
    d->stage = 0;
    ck_assert(!has(explain(d, TRUST_FOR_SUBJECT), "Stage") && !has(text, "To do: notify"));
    d->info.summary.reasons[1] = d->info.summary.reasons[2] = TRI_REASON_PENDING;
    text = explain(d, TRUST_FOR_SUBJECT);
    const char *said = strstr(text, trust_reason_subject_text(TRI_REASON_PENDING));
    ck_assert_ptr_nonnull(said);
    ck_assert(!has(said + 1, trust_reason_subject_text(TRI_REASON_PENDING)));
    d->info.summary.verdict = TRUST_ALLOW;
    ck_assert_str_eq(explain(d, TRUST_FOR_SUBJECT), "The device was accepted.\n");
    trust_decision_free(d);
}
END_TEST

/* A subject's text names no list, rule or measure, and cannot be told from its neighbour's where
 * only such a thing is between them. */
START_TEST(no_subjects_text_tells_what_matched)
{
    static const char *const clues[] = {
        "list",  "deny",    "denied",   "gate",    "profile",   "policy",   "rule",    "score",
        "risk",  "points",  "limit",    "weight",  "vpn",       "tor exit", "proxy",   "country",
        "geo",   "address", "known to", "anchor",  "signature", "baseline", "quorum",  "cohort",
        "stage", "nonce",   "hash",     "measure", "threshold", "revision", "database"};
    static const uint32_t alike[][4] = {
        {TRI_REASON_PLACE_UNEXPECTED, TRI_REASON_ADDRESS_LISTED},
        {TRI_REASON_PLACE_UNKNOWN, TRI_REASON_PLACE_UNREGISTERED, TRI_REASON_ADDRESS_NOT_GLOBAL},
        {TRI_REASON_MEASUREMENT_UNKNOWN, TRI_REASON_MEASUREMENT_DENIED,
         TRI_REASON_MEASUREMENT_ADVISORY, TRI_REASON_ATTESTATION_FAILED},
        {TRI_REASON_BEHAVIOUR_NEW, TRI_REASON_BEHAVIOUR_LEVEL},
        {TRI_REASON_NONCE_FOREIGN, TRI_REASON_MISBOUND},
        {TRI_REASON_CONTRADICTION, TRI_REASON_SOURCES_DISAGREE},
        {TRI_REASON_GATE, TRI_REASON_HOST_SIGNAL},
        {TRI_REASON_ADVERSE, TRI_REASON_UNCERTAIN, TRI_REASON_STAGE_UNFINISHED,
         TRI_REASON_EVIDENCE_DOWNGRADE},
        {TRI_REASON_CLOCK_JUMP, TRI_REASON_POLICY_NOT_IN_FORCE, TRI_REASON_SOURCE_DOWN,
         TRI_REASON_SIGNAL_FAILED}};
    for (uint32_t reason = 1; reason < 1000; reason++) {
        char lower[256] = "";
        const char *text = trust_reason_subject_text(reason);
        if (trust_reason_severity(reason) == 0)
            continue;
        for (size_t i = 0; text[i] != '\0' && i < sizeof lower - 1; i++)
            lower[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
        for (size_t i = 0; i < sizeof clues / sizeof clues[0]; i++)
            ck_assert_msg(!has(lower, clues[i]), "%s: \"%s\" tells \"%s\"",
                          trust_reason_code(reason), text, clues[i]);
    }
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++)
        for (size_t k = 1; k < 4 && alike[i][k] != 0; k++)
            ck_assert_str_eq(trust_reason_subject_text(alike[i][0]),
                             trust_reason_subject_text(alike[i][k]));
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
    ck_assert(has(text, "\"next\":[{\"obtain\":\"human\",\"action\":\"verify_installer\","
                        "\"can_reach\":\"allow\",\"cost\":20},"
                        "{\"obtain\":\"attestation\",\"action\":\"obtain\",\"can_reach\":\"allow\","
                        "\"cost\":21,\"with\":[\"place\",\"vpn.list\"]},"
                        "{\"obtain\":\"place\",\"action\":\"obtain\",\"can_reach\":\"allow\","
                        "\"cost\":21,\"with\":[\"attestation\",\"vpn.list\"]},"
                        "{\"obtain\":\"vpn.list\",\"action\":\"obtain\",\"can_reach\":\"allow\","
                        "\"cost\":21,\"with\":[\"attestation\",\"place\"]}]"));
    ck_assert(has(text, "\"actions\":[{\"action\":\"notify\",\"id\":7,\"reason\":\"VERDICT\"},"
                        "{\"action\":\"isolate\",\"id\":4294967295,\"reason\":\"GATE\"},"
                        "{\"action\":\"show_label\",\"id\":9,\"reason\":\"STAGE\"}]"));
    ck_assert(has(text, "\"verdict\":\"step_up\",\"natural\":\"allow\",\"overridden\":false,"));
    ck_assert(has(text, "\"probability\":0.012345,\"profile\":\"locks\",\"unsure\":true,"
                        "\"stage\":\"bench\",\"stage_since\":\"2026-11-23T09:59:00Z\","
                        "\"needs\":[\"human\"],"));
    ck_assert(has(text, "\"semantics\":1,\"signed\":true}"));
    ck_assert(has(text, "\"type\":\"odd\\u000a\\\"type\\\"\""));
    ck_assert(has(text, "\"binding\":\"channel\",\"replay_protection\":\"durable\""));
    ck_assert(has(text, "\"hash\":\"abababab"));
    d->info.valid_until = TRUST_TIME_NEVER;
    d->info.decided = TRUST_TIME_UNKNOWN;
    text = to_json(d);
    ck_assert(has(text, "\"decided\":null,\"valid_until\":null"));
    d->info.summary.probability = 1000000;
    ck_assert(has(to_json(d), "\"probability\":1.000000,"));
    d->info.summary.probability = 0;
    ck_assert(has(to_json(d), "\"probability\":0.000000,"));
    d->info.summary.probability = -1;
    d->info.summary.overridden = 1;
    d->info.policy_signed = 0;
    d->stage = 0;
    d->info.need_count = d->info.step_count = d->info.action_count = 0;
    text = to_json(d);
    ck_assert(!has(text, "probability") && has(text, "\"overridden\":true"));
    ck_assert(has(text, "\"stage\":null,\"needs\":[],"));
    ck_assert(has(text, "\"next\":[],\"actions\":[],"));
    ck_assert(has(text, "\"semantics\":1,\"signed\":false}"));
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
        ck_assert_uint_eq(back->info.row_count + back->info.item_count + back->info.step_count +
                              back->info.action_count + back->info.need_count,
                          0);
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
    static uint8_t record[49152];
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
        sprintf(name, "r%02zu", i);
        name[3] = 'n';
        d->row_names[i] = tri_decision_text(d, name);
    }
    d->info.finding_count = TRI_DECISION_FINDINGS;
    for (size_t i = 0; i < TRI_DECISION_FINDINGS; i++)
        d->findings[i] =
            (trust_finding){UINT32_MAX, UINT32_MAX, 1,          3,         1000,      65536,
                            INT64_MAX,  142,        UINT32_MAX, INT64_MIN, INT64_MIN, 0};
    d->info.step_count = TRI_DECISION_STEPS;
    for (size_t i = 0; i < TRI_DECISION_STEPS; i++) {
        d->steps[i] = (tri_step){TRUST_ALLOW, 8000000, TRUST_STEP_MAX_SIGNALS, {{0, 0, 0}}};
        for (size_t k = 0; k < TRUST_STEP_MAX_SIGNALS; k++) {
            sprintf(name, "%zu-%zu", i, k);
            name[3] = 'n';
            d->steps[i].signals[k].obtain = d->row_names[8 * i + k];
            d->steps[i].signals[k].action = tri_decision_word(d, name);
            d->steps[i].signals[k].kind = UINT32_MAX;
        }
    }
    d->info.action_count = TRUST_POLICY_MAX_ACTIONS;
    for (size_t i = 0; i < TRUST_POLICY_MAX_ACTIONS; i++) {
        sprintf(name, "%02zu", i);
        name[2] = 'n';
        d->actions[i] = (tri_response){tri_decision_word(d, name), UINT32_MAX, 149};
    }
    d->info.need_count = TRUST_POLICY_MAX_SIGNALS;
    for (size_t i = 0; i < TRUST_POLICY_MAX_SIGNALS; i++) {
        d->needs[i].name = d->row_names[i];
        d->needs[i].kind = UINT32_MAX;
    }
    d->info.item_count = TRI_DECISION_ITEMS;
    for (size_t i = 0; i < TRI_DECISION_ITEMS; i++)
        d->items[i].type = tri_decision_text(d, TRUST_TYPE_DIDIT);
    ck_ok(tri_outcome_encode(d, record, sizeof record, &len));
    ck_ok(tri_outcome_decode((trust_bytes){record, len}, back));
    ck_assert_uint_eq(back->info.finding_count, TRI_DECISION_FINDINGS);
    ck_assert_str_eq(to_json(back), to_json_again(d));
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

/* Texts share one room that ends: what the relying party's documents are called goes in before what
 * a device calls its items, so that no item can squeeze it out. */
START_TEST(items_squeeze_nothing_out)
{
    scene s;
    trust_decision *decision = NULL;
    scene_begin(&s, NULL);
    scene_attest(&s, NULL);
    scene_assess(&s, &decision);
    ck_assert_uint_gt(decision->input_count, 0);
    ck_assert_uint_gt(decision->info.item_count, 0);
    for (uint32_t i = 0; i < decision->input_count; i++)
        ck_assert_uint_lt(decision->inputs[i].kind, decision->items[0].type);
    scene_end(&s);
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
                           no_subjects_text_tells_what_matched, texts_fit_or_are_refused,
                           json_is_escaped_and_typed, an_outcome_comes_back_whole,
                           the_largest_outcome_fits, items_squeeze_nothing_out,
                           an_outcome_of_another_format_is_refused));
}
