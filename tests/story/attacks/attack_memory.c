/* Laundering: bad news that was proved must not be washed away by whoever it speaks against.
 * security.md 1 and 7, policy.md amendments 1, 2, 6 and 8. */

#include "attack.h"

#include <stdio.h>
#include <stdlib.h>

/* A decision of the human service with another status and date, vouched by the host. */
static void add_decision(scene *s, const char *file, const char *created)
{
    char path[64];
    size_t len;
    snprintf(path, sizeof path, "examples/data/human-%s.json", file);
    uint8_t *text = read_file(project_path(path), &len);
    ck_assert_ptr_nonnull(text);
    char *at = strstr((char *)text, "\"created_at\": \"");
    ck_assert_ptr_nonnull(at);
    memcpy(at + strlen("\"created_at\": \""), created, strlen("2026-11-23T09:00:00"));
    add_item(s, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, text, len);
    free(text);
}

/* The lie: an approval from 2099 is newer than the refusal of today. */
START_TEST(an_approval_from_the_future_buries_no_refusal)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    add_decision(&s, "declined", "2026-11-23T09:00:00");
    scene_assess(&s, &decision);
    int32_t bad = scene_row(decision, "human").points;
    ck_assert_int_gt(bad, 100);
    s.clock.now += MINUTE;
    trust_evidence_clear(s.evidence);
    add_decision(&s, "approved", "2099-11-23T09:00:00");
    scene_assess(&s, &decision);
    ck_assert_int_eq(scene_row(decision, "human").points, bad);
    trust_evidence_clear(s.evidence);
    scene_assess(&s, &decision);
    ck_assert_int_eq(scene_row(decision, "human").points, bad);
    scene_end(&s);
}
END_TEST

/* The lie: while nobody knows the time, an old approval is as new as today's refusal. */
START_TEST(a_clock_that_stops_buries_no_refusal)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    add_decision(&s, "declined", "2026-11-23T09:00:00");
    scene_assess(&s, &decision);
    int32_t bad = scene_row(decision, "human").points;
    trust_evidence_clear(s.evidence);
    add_decision(&s, "approved", "2026-10-01T09:00:00");
    s.clock.now = TRUST_TIME_UNKNOWN;
    scene_assess(&s, &decision);
    ck_assert_int_eq(scene_row(decision, "human").points, bad);
    s.clock.now = SCENE_NOW + MINUTE;
    trust_evidence_clear(s.evidence);
    scene_assess(&s, &decision);
    ck_assert_int_eq(scene_row(decision, "human").points, bad);
    scene_end(&s);
}
END_TEST

/* The lie: a year has passed, for one assessment; then the clock is right again. */
START_TEST(a_leap_of_the_clock_buries_no_listing)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    add_address(&s, ADDRESS_VPN);
    scene_assess(&s, &decision);
    int32_t bad = scene_row(decision, "reputation").points;
    ck_assert_int_gt(bad, 0);
    trust_evidence_clear(s.evidence);
    scene_address(&s);
    s.clock.now = SCENE_NOW + 4000 * DAY;
    scene_assess(&s, &decision);
    s.clock.now = SCENE_NOW + MINUTE;
    trust_evidence_clear(s.evidence);
    scene_assess(&s, &decision);
    ck_assert_int_ge(scene_row(decision, "reputation").points, bad - 1);
    scene_end(&s);
}
END_TEST

/* The lie: the host has already said this. A device that sends the very bytes of the host's own
 * observation must not make that observation a duplicate. */
START_TEST(a_copy_sent_ahead_silences_no_host)
{
    trust_address address;
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    ck_ok(trust_address_parse(ADDRESS_VPN, strlen(ADDRESS_VPN), &address));
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_ADDRESS, address.bytes, sizeof address.bytes);
    add_address(&s, ADDRESS_VPN);
    scene_assess(&s, &decision);
    assert_item(decision, 0, TRUST_STATE_UNBOUND, "ORIGIN");
    assert_item(decision, 1, TRUST_STATE_VALID, "ADDRESS_LISTED");
    ck_assert_int_gt(scene_row(decision, "reputation").points, 0);
    scene_end(&s);
}
END_TEST

/* The same with a token: a copy under another device's name comes first. */
START_TEST(a_copy_under_another_name_silences_no_answer)
{
    uint8_t token[4096];
    char text[8192];
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    trust_challenge *challenge = ask(&s);
    size_t len = scene_token(&s, trust_challenge_nonce(challenge), NULL, token);
    trust_challenge_free(challenge);
    size_t n = (size_t)snprintf(
        text, sizeof text, "{\"device\":\"urn:dev:other\",\"items\":[{\"type\":\"%s\",\"data\":\"",
        TRUST_TYPE_EAT_CWT);
    n += put_base64url(text + n, token, len);
    memcpy(text + n, "\"}]}", 5);
    ck_ok(add_bundle(&s, TRUST_FROM_DEVICE, text));
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    scene_assess(&s, &decision);
    assert_item(decision, 0, TRUST_STATE_UNBOUND, "MISBOUND");
    ck_assert_uint_eq(scene_item(decision, 1).state, TRUST_STATE_VALID);
    scene_end(&s);
}
END_TEST

/* The lie: I was allowed once under this name. What an operator decided since then stands. */
START_TEST(an_old_request_revives_no_revoked_device)
{
    scene s;
    trust_error err = {0};
    scene_begin(&s, NULL);
    add_proof(&s);
    ck_ok(trust_evidence_set_request_id(s.evidence, "r1", 2));
    ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_ALLOW);
    ck_ok(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_SUSPENDED, &err));
    ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_QUARANTINE);
    ck_ok(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_REVOKED, &err));
    ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_DENY);
    /* The name is still good for every other caller of the last eight. */
    for (char name = 'a'; name < 'm'; name++) {
        ck_ok(trust_evidence_set_request_id(s.evidence, &name, 1));
        ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_DENY);
        ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_DENY);
        ck_ok(trust_evidence_set_request_id(s.evidence, "r1", 2));
        ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_DENY);
    }
    scene_end(&s);
}
END_TEST

/* The lie: I was allowed, see this request. An outcome answers for as long as it holds. */
START_TEST(an_old_request_outlives_no_verdict)
{
    scene s;
    trust_decision *decision;
    trust_decision_info info;
    scene_begin(&s, NULL);
    add_proof(&s);
    ck_ok(trust_evidence_set_request_id(s.evidence, "r1", 2));
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_ALLOW);
    trust_decision_get_info(decision, &info);
    trust_time until = info.valid_until;
    s.clock.now = until - 1;
    scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    ck_assert_uint_eq(info.repeated, 1);
    s.clock.now = until;
    scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    ck_assert_uint_eq(info.repeated, 0);
    s.clock.now = until + 8 * DAY;
    ck_assert_uint_gt(scene_assess(&s, NULL), TRUST_ALLOW);
    s.clock.now = TRUST_TIME_UNKNOWN;
    ck_assert_uint_gt(scene_assess(&s, NULL), TRUST_ALLOW);
    scene_end(&s);
}
END_TEST

/* The risk some time after the device answered; @p stranger is asked under its name meanwhile. */
static int32_t risk_later(bool stranger, trust_time later, uint32_t *state)
{
    uint8_t token[4096];
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    trust_challenge *mine = ask(&s);
    s.clock.now += 1000;
    trust_challenge *stolen = stranger ? ask(&s) : NULL;
    size_t len = scene_token(&s, trust_challenge_nonce(mine), NULL, token);
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    scene_address(&s);
    scene_human(&s);
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_ALLOW);
    trust_evidence_clear(s.evidence);
    s.clock.now += later;
    scene_assess(&s, &decision);
    int32_t risk = trust_decision_risk(decision);
    *state = scene_row(decision, "attestation").state;
    trust_challenge_free(mine);
    trust_challenge_free(stolen);
    scene_end(&s);
    return risk;
}

/* The lie: the device was asked and kept silent. In truth a stranger connected under its name and
 * got the question, while the device answered the one before. */
START_TEST(a_question_to_a_stranger_is_no_refusal)
{
    static const trust_time moments[] = {10 * MINUTE, HOUR, 5 * HOUR, 20 * HOUR};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        uint32_t state;
        int32_t alone = risk_later(false, moments[i], &state);
        ck_assert_int_eq(risk_later(true, moments[i], &state), alone);
        ck_assert_uint_ne(state, TRUST_STATE_REFUSED);
    }
}
END_TEST

/* The lie: this verdict holds until tomorrow. A question that is open will lapse sooner. */
START_TEST(a_verdict_promises_no_more_than_an_open_question_lets_it)
{
    static const char policy[] = "{\"trust_policy\":1,\"id\":\"one\",\"revision\":1,\"base\":300,"
                                 "\"signals\":{\"attestation\":{\"weight\":300}},"
                                 "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650}}";
    scene s;
    trust_decision *decision;
    trust_decision_info info;
    trust_error err = {0};
    scene_begin(&s, policy);
    trust_challenge *challenge = ask(&s);
    ck_ok(trust_challenge_delivered(s.device, trust_challenge_id(challenge), &err));
    trust_verdict before = scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    trust_time deadline = trust_challenge_deadline(challenge);
    s.clock.now = deadline + 1;
    trust_verdict after = scene_assess(&s, &decision);
    ck_assert_uint_gt(after, before);
    ck_assert_int_le(info.valid_until, deadline + 1);
    ck_assert_int_ge(info.valid_until, deadline);
    trust_challenge_free(challenge);
    scene_end(&s);
}
END_TEST

/* ---- a host's sensor that remarks a lot ---- */

static const char *const remark_types[] = {"application/vnd.acme.remark", NULL};
static const trust_kind_info remark_kinds[] = {
    {"acme.remark", TRUST_SCALE_PERMILLE, 1u << TRUST_FROM_DEVICE, 0, 0}};

/* Sixteen sources, each a little suspicious: 200 of 1000. */
static trust_status appraise_remarks(void *user, trust_appraisal *appraisal)
{
    (void)user;
    for (uint32_t i = 0; i < 16 && trust_appraisal_item_count(appraisal) > 0; i++) {
        trust_finding finding = {.kind = trust_kind_id("acme.remark", 11),
                                 .source = i,
                                 .state = TRUST_STATE_VALID,
                                 .origin = TRUST_FROM_DEVICE,
                                 .value = 200,
                                 .quality = TRUST_QUALITY_FULL,
                                 .time = trust_appraisal_now(appraisal),
                                 .item = TRUST_NO_ITEM};
        trust_status status = trust_appraisal_state(appraisal, &finding);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}

static const trust_signal_ops remarks = {.size = sizeof(trust_signal_ops),
                                         .name = "acme.remarks",
                                         .media_types = remark_types,
                                         .kinds = remark_kinds,
                                         .kind_count = 1,
                                         .appraise = appraise_remarks};

static void edit_debug(trust_attest_claims *claims)
{
    claims->debug = TRUST_DEBUG_ENABLED;
}

/* The lie: never mind the open debug port, look at all these small things. What a chatty source
 * remarks, on a scale with larger numbers, pushes no proven failure out of the record. */
START_TEST(many_mild_remarks_push_no_proven_failure_out)
{
    const trust_signal_ops *signals[] = {&remarks};
    scene s;
    trust_decision *decision;
    scene_begin_with(&s, NULL, NULL, signals, 1);
    scene_attest(&s, edit_debug);
    add_address(&s, ADDRESS_VPN);
    add_decision(&s, "declined", "2026-11-23T09:00:00");
    scene_assess(&s, &decision);
    int32_t debug = scene_row(decision, "attestation").points;
    int32_t human = scene_row(decision, "human").points;
    int32_t listed = scene_row(decision, "reputation").points;
    ck_assert_int_eq(debug, 300);
    for (int i = 0; i < 3; i++) {
        s.clock.now += 1000;
        trust_evidence_clear(s.evidence);
        add_item(&s, TRUST_FROM_DEVICE, remark_types[0], &i, sizeof i);
        scene_assess(&s, &decision);
    }
    trust_evidence_clear(s.evidence);
    scene_assess(&s, &decision);
    ck_assert_int_eq(scene_row(decision, "attestation").points, debug);
    ck_assert_int_eq(scene_row(decision, "human").points, human);
    ck_assert_int_eq(scene_row(decision, "reputation").points, listed);
    scene_end(&s);
}
END_TEST

/* ---- alternating ---- */

/* The lie: I have been good for so long. Good reports between the bad ones, previews, observations
 * and a change of policy wash nothing away: the row never falls below what one bad report alone
 * would have left. */
START_TEST(good_reports_in_between_wash_nothing_away)
{
    scene alone, busy;
    trust_decision *decision;
    trust_error err = {0};
    scene_begin(&alone, NULL);
    scene_begin(&busy, NULL);
    add_address(&alone, ADDRESS_FOREIGN_VPN);
    add_address(&busy, ADDRESS_FOREIGN_VPN);
    scene_assess(&alone, NULL);
    scene_assess(&busy, NULL);
    trust_evidence_clear(alone.evidence);
    for (int i = 0; i < 100; i++) {
        alone.clock.now = busy.clock.now += 10 * MINUTE;
        trust_evidence_clear(busy.evidence);
        add_address(&busy, i % 7 == 3 ? ADDRESS_VPN : ADDRESS_CLEAN);
        if (i % 3 == 0) {
            trust_decision *preview = NULL;
            ck_ok(trust_preview(busy.device, busy.evidence, NULL, &preview, &err));
            trust_decision_free(preview);
        }
        if (i % 3 == 1)
            ck_ok(trust_observe(busy.device, busy.evidence, NULL, NULL, &err));
        if (i % 5 == 2) {
            ck_ok(trust_evidence_set_request_id(busy.evidence, &i, sizeof i));
            scene_assess(&busy, NULL);
        }
        if (i % 10 == 9)
            ck_ok(trust_engine_use_policy(busy.engine, busy.policy, &err));
        if (i % 20 != 19)
            continue;
        trust_evidence_clear(busy.evidence);
        scene_assess(&alone, &decision);
        int32_t place = scene_row(decision, "place").points;
        int32_t listed = scene_row(decision, "reputation").points;
        scene_assess(&busy, &decision);
        ck_assert_int_ge(scene_row(decision, "place").points, place);
        ck_assert_int_ge(scene_row(decision, "reputation").points, listed);
    }
    scene_end(&alone);
    scene_end(&busy);
}
END_TEST

/* The lie: under another policy nobody looked. What a policy does not weigh is not forgotten while
 * it is in use. */
START_TEST(a_policy_that_looks_away_washes_nothing_away)
{
    static const char away[] =
        "{\"trust_policy\":1,\"id\":\"away\",\"revision\":1,"
        "\"signals\":{\"attestation\":{\"weight\":300},\"identity\":{\"weight\":300}},"
        "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650}}";
    scene s;
    trust_decision *decision;
    trust_policy *other = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_policy_load_unsigned(away, strlen(away), NULL, &other, &err));
    add_address(&s, ADDRESS_FOREIGN_VPN);
    scene_assess(&s, &decision);
    int32_t place = scene_row(decision, "place").points;
    int32_t listed = scene_row(decision, "reputation").points;
    ck_ok(trust_engine_use_policy(s.engine, other, &err));
    for (int i = 0; i < 5; i++) {
        s.clock.now += 1000;
        trust_evidence_clear(s.evidence);
        scene_address(&s);
        scene_assess(&s, NULL);
    }
    ck_ok(trust_engine_use_policy(s.engine, s.policy, &err));
    trust_evidence_clear(s.evidence);
    scene_assess(&s, &decision);
    ck_assert_int_ge(scene_row(decision, "place").points, place - 1);
    ck_assert_int_ge(scene_row(decision, "reputation").points, listed - 1);
    trust_policy_free(other);
    scene_end(&s);
}
END_TEST

/* ---- a sensor whose reports differ in worth ---- */

static const trust_kind_info tamper_kinds[] = {
    {"acme.tamper", TRUST_SCALE_PERMILLE, 1u << TRUST_FROM_HOST, 0, 0}};
static const char *const tamper_types[] = {"application/vnd.acme.tamper", NULL};

/* Two bytes: the value in tens, and the quality in sixteenths. */
static trust_status appraise_tamper(void *user, trust_appraisal *appraisal)
{
    (void)user;
    trust_item item;
    for (size_t i = 0; trust_appraisal_item(appraisal, i, &item) == TRUST_OK; i++) {
        trust_finding finding = {.kind = trust_kind_id("acme.tamper", 11),
                                 .state = TRUST_STATE_VALID,
                                 .origin = item.origin,
                                 .value = item.data.data[0] * 10,
                                 .quality = item.data.data[1] * (TRUST_QUALITY_FULL / 16),
                                 .time = trust_appraisal_now(appraisal),
                                 .item = item.index};
        trust_status status = trust_appraisal_state(appraisal, &finding);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}

static const trust_signal_ops tamper = {.size = sizeof(trust_signal_ops),
                                        .name = "acme.tampers",
                                        .media_types = tamper_types,
                                        .kinds = tamper_kinds,
                                        .kind_count = 1,
                                        .appraise = appraise_tamper};

/* The lie: it was only a little. A gate goes by the worst value; milder bad news that weighs more,
 * because its source is better, does not take that value out of the record. */
START_TEST(milder_bad_news_opens_no_gate)
{
    static const char policy[] =
        "{\"trust_policy\":1,\"id\":\"gate\",\"revision\":1,\"base\":100,"
        "\"signals\":{\"acme.tamper\":{\"weight\":100,\"scale\":\"permille\"}},"
        "\"gates\":[{\"id\":\"open\",\"if\":{\"signal\":\"acme.tamper\",\"at_least\":900},"
        "\"floor\":\"deny\"}],"
        "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650},"
        "\"limits\":{\"uncertainty\":1000,\"adverse\":1000}}";
    static const uint8_t reports[][2] = {{100, 1}, {80, 16}, {70, 16}, {80, 16}};
    const trust_signal_ops *signals[] = {&tamper};
    scene s;
    scene_begin_with(&s, policy, NULL, signals, 1);
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        trust_evidence_clear(s.evidence);
        add_item(&s, TRUST_FROM_HOST, tamper_types[0], reports[i], 2);
        s.clock.now += 6 * HOUR;
        ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_DENY);
    }
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests(
        "attack_memory",
        TESTS(
            an_approval_from_the_future_buries_no_refusal, a_clock_that_stops_buries_no_refusal,
            a_leap_of_the_clock_buries_no_listing, a_copy_sent_ahead_silences_no_host,
            a_copy_under_another_name_silences_no_answer, an_old_request_revives_no_revoked_device,
            an_old_request_outlives_no_verdict, a_question_to_a_stranger_is_no_refusal,
            a_verdict_promises_no_more_than_an_open_question_lets_it,
            many_mild_remarks_push_no_proven_failure_out, good_reports_in_between_wash_nothing_away,
            a_policy_that_looks_away_washes_nothing_away, milder_bad_news_opens_no_gate));
}
