/* The four steps of an assessment, one small world at a time: what is learnt, spent, remembered and
 * held, and what each odd input leads to. */

#include "scene.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/reason.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static void add_all(scene *s)
{
    scene_attest(s, NULL);
    scene_address(s);
    scene_human(s);
}

static void add_bytes(scene *s, uint32_t origin, const char *type, const void *data, size_t len)
{
    trust_error err = {0};
    ck_ok(trust_evidence_add(s->evidence, origin, type, data, len, &err));
}

START_TEST(everything_in_order_is_allowed)
{
    scene s;
    trust_decision *decision;
    trust_decision_info info;
    int32_t sum = 0;
    trust_row row;
    scene_begin(&s, NULL);
    add_all(&s);
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_ALLOW);
    trust_decision_get_info(decision, &info);
    for (size_t i = 0; trust_decision_row(decision, i, &row) == TRUST_OK; i++)
        sum += row.points;
    ck_assert_int_eq(sum, info.summary.risk);
    ck_assert_uint_eq(info.binding, TRUST_BINDING_KEY);
    ck_assert_uint_eq(info.replay_protection, TRUST_REPLAY_PROCESS);
    ck_assert_int_gt(info.valid_until, SCENE_NOW);
    scene_end(&s);
}
END_TEST

START_TEST(nothing_known_is_not_allowed)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    ck_assert_uint_ne(scene_assess(&s, &decision), TRUST_ALLOW);
    ck_assert_uint_eq(scene_row(decision, "identity").state, TRUST_STATE_NOT_REQUESTED);
    scene_end(&s);
}
END_TEST

START_TEST(a_token_counts_once)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    scene_attest(&s, NULL);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_UNBOUND);
    ck_assert_uint_eq(scene_item(decision, 0).reason, TRI_REASON_REPLAYED);
    /* What it proved the first time is remembered all the same. */
    ck_assert_uint_eq(scene_row(decision, "identity").state, TRUST_STATE_VALID);
    scene_end(&s);
}
END_TEST

START_TEST(a_preview_changes_nothing)
{
    scene s;
    trust_decision *decision = NULL;
    trust_decision_info info;
    trust_device_info before;
    trust_device_info after;
    trust_error err = {0};
    scene_begin(&s, NULL);
    scene_attest(&s, NULL);
    ck_ok(trust_device_get_info(s.device, &before));
    ck_ok(trust_preview(s.device, s.evidence, NULL, &decision, &err));
    trust_decision_get_info(decision, &info);
    ck_assert_uint_eq(info.preview, 1);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    trust_decision_free(decision);
    ck_ok(trust_device_get_info(s.device, &after));
    ck_assert_mem_eq(&before, &after, sizeof before);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    scene_end(&s);
}
END_TEST

/* What another policy decided answers nothing: else an older one would go on ruling. */
START_TEST(a_repeated_request_is_the_same_policys)
{
    scene s;
    trust_decision *decision;
    trust_decision_info info;
    trust_policy *other;
    char text[4096];
    const char *open = strchr(scene_policy, '{') + 1;
    scene_begin(&s, NULL);
    add_all(&s);
    ck_ok(trust_evidence_set_request_id(s.evidence, "r1", 2));
    scene_assess(&s, &decision);
    int len = snprintf(text, sizeof text, "{\"base\":460,%s", open);
    ck_ok(trust_policy_load_unsigned(text, (size_t)len, NULL, &other, NULL));
    ck_ok(trust_engine_use_policy(s.engine, other, NULL));
    scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    ck_assert_uint_eq(info.repeated, 0);
    scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    ck_assert_uint_eq(info.repeated, 1);
    trust_policy_free(other);
    scene_end(&s);
}
END_TEST

START_TEST(a_repeated_request_gives_the_first_outcome)
{
    static char first[32768];
    static char second[32768];
    scene s;
    trust_decision *decision;
    trust_decision_info info;
    size_t need;
    scene_begin(&s, NULL);
    add_all(&s);
    ck_ok(trust_evidence_set_request_id(s.evidence, "r1", 2));
    scene_assess(&s, &decision);
    ck_ok(trust_decision_to_json(decision, first, sizeof first, &need));
    s.clock.now += HOUR;
    scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    ck_assert_uint_eq(info.repeated, 1);
    ck_ok(trust_decision_to_json(decision, second, sizeof second, &need));
    char *mark = strstr(second, "\"repeated\":true");
    ck_assert_ptr_nonnull(mark);
    ck_assert_int_eq(strncmp(first, second, (size_t)(mark - second)), 0);
    ck_assert_str_eq(strstr(first, "\"reasons\""), strstr(second, "\"reasons\""));
    trust_device_info device;
    ck_ok(trust_device_get_info(s.device, &device));
    ck_assert_uint_eq(device.decisions, 1);
    /* Eight others later the name is forgotten, and the same evidence is judged anew. */
    for (char name = 'a'; name < 'i'; name++) {
        ck_ok(trust_evidence_set_request_id(s.evidence, &name, 1));
        scene_assess(&s, &decision);
    }
    ck_ok(trust_evidence_set_request_id(s.evidence, "r1", 2));
    scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    ck_assert_uint_eq(info.repeated, 0);
    scene_end(&s);
}
END_TEST

START_TEST(only_the_host_may_say_what_the_host_sees)
{
    static const char address[] = "5.8.1.2";
    static const char metric[] = "{\"name\":\"tx\",\"value\":1}";
    scene s;
    trust_decision *decision;
    size_t len;
    uint8_t *human = read_file(project_path("examples/data/human-approved.json"), &len);
    scene_begin(&s, NULL);
    add_bytes(&s, TRUST_FROM_DEVICE, TRUST_TYPE_ADDRESS, address, sizeof address - 1);
    add_bytes(&s, TRUST_FROM_DEVICE, TRUST_TYPE_METRIC, metric, sizeof metric - 1);
    add_bytes(&s, TRUST_FROM_DEVICE, TRUST_TYPE_DIDIT, human, len);
    add_bytes(&s, TRUST_FROM_SERVICE, TRUST_TYPE_ADDRESS, address, sizeof address - 1);
    add_bytes(&s, TRUST_FROM_HOST, "application/octet-stream", "x", 1);
    scene_assess(&s, &decision);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(scene_item(decision, i).state, TRUST_STATE_UNBOUND);
        ck_assert_uint_eq(scene_item(decision, i).reason, TRI_REASON_ORIGIN);
    }
    ck_assert_uint_eq(scene_item(decision, 4).state, TRUST_STATE_UNSUPPORTED);
    ck_assert_uint_eq(scene_row(decision, "place").state, TRUST_STATE_NOT_REQUESTED);
    ck_assert_uint_eq(scene_row(decision, "human").state, TRUST_STATE_NOT_REQUESTED);
    free(human);
    scene_end(&s);
}
END_TEST

START_TEST(the_same_item_twice_counts_once)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    scene_address(&s);
    scene_address(&s);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    ck_assert_uint_eq(scene_item(decision, 1).reason, TRI_REASON_DUPLICATE);
    scene_end(&s);
}
END_TEST

START_TEST(of_contradictory_items_the_worse_counts)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    scene_begin(&s, NULL);
    scene_address(&s);
    ck_ok(trust_evidence_add_address(s.evidence, "103.20.7.19", &err)); /* abroad, and a VPN exit */
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).reason, TRI_REASON_CONTRADICTION);
    ck_assert_int_gt(scene_row(decision, "reputation").points, 0);
    scene_end(&s);
}
END_TEST

START_TEST(without_a_clock_nobody_is_allowed)
{
    scene s;
    trust_decision *decision;
    trust_decision_info info;
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    add_all(&s);
    s.clock.now = TRUST_TIME_UNKNOWN;
    ck_assert_uint_gt(scene_assess(&s, &decision), TRUST_ALLOW);
    trust_decision_get_info(decision, &info);
    bool told = false;
    for (size_t i = 0; i < 3; i++)
        told |= info.summary.reasons[i] == TRI_REASON_CLOCK_UNKNOWN;
    ck_assert(told);
    ck_status(trust_challenge_new(s.device, NULL, &challenge, &err), TRUST_E_STATE);
    scene_end(&s);
}
END_TEST

START_TEST(time_never_goes_back)
{
    scene s;
    trust_decision *decision;
    trust_decision_info info;
    scene_begin(&s, NULL);
    add_all(&s);
    scene_assess(&s, &decision);
    s.clock.now -= HOUR;
    trust_evidence_clear(s.evidence);
    scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    ck_assert_int_eq(info.decided, SCENE_NOW);
    scene_end(&s);
}
END_TEST

/* A verdict gets no better while a leap of the clock stands alone; bad news must not seem to fade.
 */
START_TEST(a_leap_ahead_is_believed_at_the_second_reading)
{
    scene s;
    trust_decision *decision;
    trust_decision_info info;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_evidence_add_address(s.evidence, "103.20.7.19", &err));
    trust_verdict before = scene_assess(&s, &decision);
    ck_assert_uint_gt(before, TRUST_STEP_UP);
    trust_evidence_clear(s.evidence);
    s.clock.now += 400 * DAY;
    add_all(&s);
    ck_assert_uint_eq(scene_assess(&s, &decision), before);
    trust_decision_get_info(decision, &info);
    bool told = false;
    for (size_t i = 0; i < 3; i++)
        told |= info.summary.reasons[i] == TRI_REASON_CLOCK_JUMP;
    ck_assert(told);
    /* The high-water mark did not move: a clock set right again is no step back. */
    s.clock.now = SCENE_NOW + HOUR;
    trust_evidence_clear(s.evidence);
    scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    ck_assert_int_eq(info.decided, SCENE_NOW + HOUR);
    /* Two readings that agree are believed. */
    s.clock.now = SCENE_NOW + 10 * DAY;
    scene_assess(&s, &decision);
    s.clock.now += 2 * MINUTE;
    trust_evidence_clear(s.evidence);
    add_all(&s);
    ck_assert_uint_lt(scene_assess(&s, &decision), before);
    scene_end(&s);
}
END_TEST

/* A device that slept for days is seen every few seconds: the leap is believed after a minute. */
START_TEST(a_leap_is_confirmed_however_often_the_clock_is_read)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    add_all(&s);
    trust_verdict before = scene_assess(&s, &decision);
    s.clock.now += 3 * DAY;
    bool told = true;
    for (int i = 0; i < 14 && told; i++) {
        trust_decision_info info;
        s.clock.now += MINUTE / 12;
        trust_evidence_clear(s.evidence);
        add_all(&s);
        ck_assert_uint_eq(scene_assess(&s, &decision), before);
        trust_decision_get_info(decision, &info);
        told = false;
        for (size_t k = 0; k < 3; k++)
            told |= info.summary.reasons[k] == TRI_REASON_CLOCK_JUMP;
    }
    ck_assert(!told);
    scene_end(&s);
}
END_TEST

/* Whatever was decided at a wrong time must not outlast it. */
START_TEST(a_leap_that_was_wrong_leaves_nothing_behind)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    trust_challenge *challenge = NULL;
    trust_device_info info;
    uint32_t due = 0;
    scene_begin(&s, NULL);
    add_all(&s);
    scene_assess(&s, &decision);
    ck_ok(trust_challenge_new(s.device, NULL, &challenge, &err));
    ck_ok(trust_challenge_delivered(s.device, trust_challenge_id(challenge), &err));
    s.clock.now += 4000 * DAY;
    trust_metric metric = {"tx_bytes", 1500, TRUST_TIME_UNKNOWN};
    trust_evidence_clear(s.evidence);
    ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
    scene_assess(&s, &decision); /* silence counts against it now ... */
    ck_assert_uint_eq(scene_row(decision, "attestation").reason, TRI_REASON_REFUSED);
    ck_ok(trust_device_get_info(s.device, &info));
    ck_assert_int_eq(info.valid_until, SCENE_NOW);
    s.clock.now = SCENE_NOW + MINUTE;
    trust_evidence_clear(s.evidence);
    ck_ok(trust_observe(s.device, s.evidence, NULL, &due, &err));
    ck_assert_uint_eq(due, 1);
    scene_assess(&s, &decision); /* ... and no longer, once the clock is right */
    ck_assert_uint_ne(scene_row(decision, "attestation").reason, TRI_REASON_REFUSED);
    trust_challenge_free(challenge);
    scene_end(&s);
}
END_TEST

/* What is learnt at a wrong time, or of a metric dated ahead, would shut out what comes later. */
START_TEST(what_is_dated_ahead_teaches_nothing)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    trust_device_info info;
    scene_begin(&s, NULL);
    add_all(&s);
    scene_assess(&s, &decision);
    ck_ok(trust_device_get_info(s.device, &info));
    uint64_t before = info.memory_bytes;
    trust_metric ahead = {"rx_bytes", 9, SCENE_NOW + 400 * DAY};
    trust_evidence_clear(s.evidence);
    ck_ok(trust_evidence_add_metric(s.evidence, &ahead, &err));
    ck_ok(trust_observe(s.device, s.evidence, NULL, NULL, &err));
    for (int i = 0; i < 40; i++) {
        s.clock.now += MINUTE;
        trust_metric metric = {"rx_bytes", 1500.0 + i % 7, TRUST_TIME_UNKNOWN};
        trust_evidence_clear(s.evidence);
        ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
        ck_ok(trust_observe(s.device, s.evidence, NULL, NULL, &err));
    }
    ck_ok(trust_device_get_info(s.device, &info));
    ck_assert_uint_gt(info.memory_bytes, before);
    scene_assess(&s, &decision);
    ck_assert_uint_ne(scene_row(decision, "behaviour").reason, TRI_REASON_BEHAVIOUR_LEARNING);
    scene_end(&s);
}
END_TEST

/* Observing takes telemetry in: without a policy it must not use an answer up. */
START_TEST(observing_without_a_policy_spends_nothing)
{
    scene s;
    trust_engine *engine = NULL;
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_challenge *challenge = NULL;
    trust_device_info info;
    uint8_t token[4096];
    scene_begin(&s, NULL);
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.clock = fixed_clock_seam(&s.clock);
    trust_enrolment enrolment = TRUST_ENROLMENT_INIT;
    enrolment.ed25519_keys = (const uint8_t(*)[32])s.key;
    enrolment.ed25519_key_count = 1;
    ck_ok(trust_engine_new(&config, &engine, NULL));
    ck_ok(trust_device_enroll(engine, SCENE_DEVICE, &enrolment, &device, NULL));
    ck_ok(trust_evidence_new(device, &evidence, NULL));
    ck_ok(trust_challenge_new(device, NULL, &challenge, NULL));
    size_t len = scene_token(&s, trust_challenge_nonce(challenge), NULL, token);
    ck_ok(trust_evidence_add(evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, NULL));
    ck_ok(trust_observe(device, evidence, NULL, NULL, NULL));
    ck_ok(trust_device_get_info(device, &info));
    ck_assert_uint_eq(info.open_challenges, 1);
    ck_ok(trust_engine_use_policy(engine, s.policy, NULL));
    ck_ok(trust_observe(device, evidence, NULL, NULL, NULL));
    ck_ok(trust_device_get_info(device, &info));
    ck_assert_uint_eq(info.open_challenges, 0);
    trust_challenge_free(challenge);
    trust_evidence_free(evidence);
    trust_device_free(device);
    trust_engine_free(engine);
    scene_end(&s);
}
END_TEST

/* A policy that has ended, or has yet to begin, opens nothing; the decision says when that changes.
 */
START_TEST(a_policy_opens_nothing_outside_its_time)
{
    scene s;
    trust_decision *decision;
    trust_decision_info info;
    char text[4096];
    const char *open = strchr(scene_policy, '{') + 1;
    int len = snprintf(text, sizeof text,
                       "{\"not_before\":\"2026-11-23T10:01:00Z\",\"expires\":"
                       "\"2026-11-23T10:03:00Z\",%s",
                       open);
    ck_assert(len > 0 && (size_t)len < sizeof text);
    scene_begin(&s, text); /* at 10:00 */
    for (int minute = 0; minute < 4; minute++) {
        trust_evidence_clear(s.evidence);
        add_all(&s);
        trust_verdict verdict = scene_assess(&s, &decision);
        bool in_force = minute == 1 || minute == 2;
        ck_assert_uint_eq(verdict, in_force ? TRUST_ALLOW : TRUST_STEP_UP);
        trust_decision_get_info(decision, &info);
        if (!in_force)
            ck_assert_uint_eq(info.summary.reasons[0], TRI_REASON_POLICY_NOT_IN_FORCE);
        if (minute < 3)
            ck_assert_int_le(info.valid_until, SCENE_NOW + (minute < 1 ? 1 : 3) * MINUTE);
        s.clock.now += MINUTE;
    }
    scene_end(&s);
}
END_TEST

START_TEST(evidence_from_the_future_does_not_exculpate)
{
    static const char bundle[] =
        "{\"items\":[{\"type\":\"application/vnd.trust.address\",\"value\":\"5.8.1.2\","
        "\"collected\":\"2026-12-24T05:00:00Z\"}]}";
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_evidence_add_bundle(s.evidence, TRUST_FROM_HOST, bundle, sizeof bundle - 1, NULL,
                                    &err));
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_row(decision, "place").reason, TRI_REASON_CLOCK_FUTURE);
    ck_assert_int_ge(scene_row(decision, "place").points, 0);
    scene_end(&s);
}
END_TEST

START_TEST(a_device_without_a_key_is_never_allowed)
{
    scene s;
    trust_device *bare = NULL;
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    trust_decision_info info;
    trust_error err = {0};
    static const char policy[] =
        "{\"trust_policy\":1,\"id\":\"lenient\",\"revision\":1,\"base\":100,"
        "\"signals\":{\"place\":{\"weight\":10}},"
        "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650},"
        "\"limits\":{\"uncertainty\":1000}}";
    scene_begin(&s, policy);
    ck_ok(trust_device_enroll(s.engine, "urn:dev:bare", NULL, &bare, &err));
    ck_ok(trust_evidence_new(bare, &evidence, &err));
    ck_ok(trust_assess(bare, evidence, NULL, &decision, &err));
    trust_decision_get_info(decision, &info);
    ck_assert_uint_eq(info.summary.natural, TRUST_ALLOW);
    ck_assert_uint_eq(info.summary.verdict, TRUST_STEP_UP);
    ck_assert_uint_eq(info.summary.reasons[0], TRI_REASON_IDENTITY_UNREGISTERED);
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    trust_device_free(bare);
    scene_end(&s);
}
END_TEST

START_TEST(what_no_key_can_prove_is_not_asked_for)
{
    scene s;
    char text[8192];
    trust_device *bare = NULL;
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_device_enroll(s.engine, "urn:dev:bare", NULL, &bare, &err));
    ck_ok(trust_evidence_new(bare, &evidence, &err));
    ck_ok(trust_assess(bare, evidence, NULL, &decision, &err));
    ck_ok(trust_decision_to_json(decision, text, sizeof text, NULL));
    ck_assert_ptr_null(strstr(text, "\"obtain\":\"identity\""));
    ck_assert_ptr_null(strstr(text, "\"obtain\":\"attestation\""));
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    trust_device_free(bare);
    scene_end(&s);
}
END_TEST

START_TEST(a_decision_names_the_revision_of_its_references)
{
    scene s;
    char text[8192];
    trust_decision *decision;
    scene_begin(&s, NULL);
    (void)scene_assess(&s, &decision);
    ck_ok(trust_decision_to_json(decision, text, sizeof text, NULL));
    ck_assert_ptr_nonnull(strstr(text, "{\"kind\":\"reference\",\"revision\":7,"));
    scene_end(&s);
}
END_TEST

/* ---- a host's own signals ---- */

static trust_status fails(void *user, trust_appraisal *appraisal)
{
    (void)user;
    (void)appraisal;
    return TRUST_E_IO;
}

static const char *const pin_types[] = {"application/vnd.acme.pins", NULL};
static const char *const metric_types[] = {TRUST_TYPE_METRIC, NULL};
#define KIND(name, scale, origins)                                                                 \
    {                                                                                              \
        name, scale, origins, 0, 0                                                                 \
    }
static const trust_kind_info pin_kinds[] = {KIND("acme.pins", TRUST_SCALE_PERCENT, 4),
                                            KIND("acme.pins", TRUST_SCALE_PERCENT, 4)};
static const trust_kind_info undotted[] = {KIND("pins", TRUST_SCALE_PERCENT, 4)};
static const trust_kind_info unscaled[] = {KIND("acme.pins", 9, 4)};
static const trust_kind_info nobodys[] = {KIND("acme.pins", TRUST_SCALE_PERCENT, 0)};

/* As many findings as a signal may state. */
static trust_status floods(void *user, trust_appraisal *appraisal)
{
    trust_finding finding = {.kind = *(const uint32_t *)user,
                             .state = TRUST_STATE_VALID,
                             .origin = TRUST_FROM_HOST,
                             .quality = TRUST_QUALITY_FULL,
                             .time = trust_appraisal_now(appraisal),
                             .item = TRUST_NO_ITEM};
    for (finding.source = 0; finding.source < 16; finding.source++)
        if (trust_appraisal_state(appraisal, &finding) != TRUST_OK)
            return TRUST_E_LIMIT;
    return TRUST_OK;
}

START_TEST(a_failed_signal_is_not_lost_where_others_left_no_room)
{
    static const char *const names[] = {"acme.a", "acme.b", "acme.c", "acme.d", "acme.e"};
    static const char *const none[] = {NULL};
    trust_kind_info kinds[5];
    uint32_t ids[5];
    trust_signal_ops ops[5];
    const trust_signal_ops *list[5];
    trust_decision *decision = NULL;
    trust_error err = {0};
    scene s;
    for (size_t i = 0; i < 5; i++) {
        kinds[i] = (trust_kind_info)KIND(names[i], TRUST_SCALE_PERCENT, 4);
        ids[i] = trust_kind_id(names[i], strlen(names[i]));
        ops[i] = (trust_signal_ops){.size = sizeof ops[i],
                                    .name = names[i],
                                    .media_types = none,
                                    .kinds = &kinds[i],
                                    .kind_count = 1,
                                    .appraise = i < 4 ? floods : fails,
                                    .user = &ids[i]};
        list[i] = &ops[i];
    }
    scene_begin_with(&s, NULL, NULL, list, 5);
    ck_status(trust_assess(s.device, s.evidence, NULL, &decision, &err), TRUST_E_LIMIT);
    ck_assert_ptr_null(decision);
    scene_end(&s);
}
END_TEST

START_TEST(a_signal_that_breaks_the_contract_is_told_how)
{
    const trust_signal_ops good = {.size = sizeof good,
                                   .name = "acme.pins",
                                   .media_types = pin_types,
                                   .kinds = pin_kinds,
                                   .kind_count = 1,
                                   .appraise = fails};
    trust_signal_ops bad[] = {good, good, good, good, good, good, good, good, good};
    const char *const why[] = {"another size", "a dot",    "media_types and appraise",
                               "1 to 8 kinds", "dot in",   "TRUST_SCALE_",
                               "origins",      "one name", "reads this media type"};
    bad[0].size = 0;
    bad[1].name = "pins";
    bad[2].appraise = NULL;
    bad[3].kind_count = 0;
    bad[4].kinds = undotted;
    bad[5].kinds = unscaled;
    bad[6].kinds = nobodys;
    bad[7].kind_count = 2;
    bad[8].media_types = metric_types;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const trust_signal_ops *const signals[] = {&good, &bad[i]};
        trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
        trust_engine *engine = NULL;
        trust_error err = {0};
        config.signals = &signals[1];
        config.signal_count = 1;
        ck_status(trust_engine_new(&config, &engine, &err), TRUST_E_ARGUMENT);
        ck_assert_msg(strstr(err.message, why[i]) != NULL, "%s, not %s", err.message, why[i]);
    }
    const trust_signal_ops *const twice[] = {&good, &good};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    trust_engine *engine = NULL;
    trust_error err = {0};
    config.signals = twice;
    config.signal_count = 2;
    ck_status(trust_engine_new(&config, &engine, &err), TRUST_E_ARGUMENT);
    ck_assert_str_eq(err.message, "another signal has this name");
}
END_TEST

static void keep_line(void *user, int32_t level, const char *line)
{
    ck_assert_int_eq(level, TRUST_LOG_ERROR);
    snprintf(user, 128, "%s", line);
}

START_TEST(a_signal_that_fails_is_logged_by_name)
{
    static const char policy_text[] =
        "{\"trust_policy\":1,\"id\":\"pins\",\"revision\":1,"
        "\"signals\":{\"acme.pins\":{\"weight\":10,\"scale\":\"percent\"}},"
        "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650}}";
    const trust_signal_ops ops = {.size = sizeof ops,
                                  .name = "acme.pins",
                                  .media_types = pin_types,
                                  .kinds = pin_kinds,
                                  .kind_count = 1,
                                  .appraise = fails};
    const trust_signal_ops *const signals[] = {&ops};
    char line[128] = "";
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    trust_engine *engine = NULL;
    trust_policy *policy = NULL;
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    trust_error err = {0};
    config.signals = signals;
    config.signal_count = 1;
    config.logger = (trust_logger){keep_line, line};
    ck_ok(trust_engine_new(&config, &engine, &err));
    ck_ok(trust_policy_load_unsigned(policy_text, strlen(policy_text), NULL, &policy, &err));
    ck_ok(trust_engine_use_policy(engine, policy, &err));
    ck_ok(trust_device_enroll(engine, "urn:dev:pins", NULL, &device, &err));
    ck_ok(trust_evidence_new(device, &evidence, &err));
    ck_ok(trust_evidence_add(evidence, TRUST_FROM_HOST, pin_types[0], "1", 1, &err));
    ck_ok(trust_assess(device, evidence, NULL, &decision, &err));
    ck_assert_str_eq(line, "the signal acme.pins failed; taken as refused");
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    trust_device_free(device);
    trust_policy_free(policy);
    trust_engine_free(engine);
}
END_TEST

START_TEST(lifecycle_is_a_floor)
{
    scene s;
    trust_error err = {0};
    trust_challenge *challenge = NULL;
    scene_begin(&s, NULL);
    ck_ok(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_SUSPENDED, &err));
    add_all(&s);
    ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_QUARANTINE);
    ck_ok(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_ENROLLED, &err));
    ck_ok(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_REVOKED, &err));
    ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_DENY);
    ck_status(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_ENROLLED, &err), TRUST_E_STATE);
    ck_status(trust_challenge_new(s.device, NULL, &challenge, &err), TRUST_E_STATE);
    ck_status(trust_device_set_lifecycle(s.device, 9, &err), TRUST_E_ARGUMENT);
    scene_end(&s);
}
END_TEST

START_TEST(silence_is_refusal_only_when_it_was_delivered)
{
    scene s;
    trust_decision *decision;
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_challenge_new(s.device, NULL, &challenge, &err));
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_row(decision, "attestation").reason, TRI_REASON_PENDING);
    s.clock.now += HOUR;
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_row(decision, "attestation").reason, TRI_REASON_UNDELIVERED);
    trust_challenge_free(challenge);
    ck_ok(trust_challenge_new(s.device, NULL, &challenge, &err));
    ck_ok(trust_challenge_delivered(s.device, trust_challenge_id(challenge), &err));
    ck_status(trust_challenge_delivered(s.device, 99, &err), TRUST_E_NOT_FOUND);
    s.clock.now += HOUR;
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_row(decision, "attestation").reason, TRI_REASON_REFUSED);
    ck_assert_int_eq(scene_row(decision, "attestation").points, 300);
    /* A new question does not wash the refusal away; a good answer does. */
    trust_challenge_free(challenge);
    ck_ok(trust_challenge_new(s.device, NULL, &challenge, &err));
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_row(decision, "attestation").reason, TRI_REASON_REFUSED);
    trust_challenge_free(challenge);
    scene_attest(&s, NULL);
    scene_assess(&s, &decision);
    ck_assert_int_lt(scene_row(decision, "attestation").points, 0);
    scene_end(&s);
}
END_TEST

START_TEST(a_source_that_is_down_costs_and_creates_nothing)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    ck_ok(trust_engine_set_source_down(s.engine, TRUST_KIND_HUMAN, 1));
    scene_attest(&s, NULL);
    scene_address(&s);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_row(decision, "human").state, TRUST_STATE_SOURCE_DOWN);
    ck_assert_int_ge(scene_row(decision, "human").points, 75);
    ck_ok(trust_engine_set_source_down(s.engine, TRUST_KIND_HUMAN, 0));
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_row(decision, "human").state, TRUST_STATE_NOT_REQUESTED);
    ck_status(trust_engine_set_source_down(s.engine, 77, 1), TRUST_E_ARGUMENT);
    scene_end(&s);
}
END_TEST

START_TEST(bad_news_is_remembered_and_good_news_does_not_wash_it_away)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_evidence_add_address(s.evidence, "45.140.8.1", &err)); /* a VPN exit */
    scene_assess(&s, &decision);
    int32_t bad = scene_row(decision, "reputation").points;
    ck_assert_int_gt(bad, 0);
    trust_evidence_clear(s.evidence);
    scene_address(&s);
    s.clock.now += MINUTE;
    scene_assess(&s, &decision);
    ck_assert_int_gt(scene_row(decision, "reputation").points, bad - 3);
    s.clock.now += 20 * HOUR;
    trust_evidence_clear(s.evidence);
    scene_assess(&s, &decision);
    ck_assert_int_gt(scene_row(decision, "reputation").points, 0);
    scene_end(&s);
}
END_TEST

START_TEST(good_news_that_has_aged_does_not_hide_newer_good_news)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    uint64_t chance = 7;
    scene_begin(&s, NULL);
    add_all(&s);
    scene_assess(&s, NULL);
    int32_t points = 0;
    for (int i = 0; i < 40; i++) {
        s.clock.now += 3 * HOUR;
        trust_evidence_clear(s.evidence);
        scene_attest(&s, NULL);
        for (int k = 0; k < 40; k++) {
            trust_metric metric = {"tx_bytes", 1500.0 + (double)(next_random(&chance) % 900),
                                   s.clock.now - k * MINUTE};
            ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
        }
        scene_assess(&s, &decision);
        trust_row row = scene_row(decision, "behaviour");
        ck_assert_uint_ne(row.reason, TRI_REASON_STALE);
        points = row.points;
    }
    ck_assert_int_lt(points, -40); /* of -60; silence costs 20 */
    scene_end(&s);
}
END_TEST

/* One listing is no stain for ever: after its half-lives have passed, newer good news counts again.
 */
START_TEST(bad_news_that_has_faded_lets_good_news_count)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_evidence_add_address(s.evidence, "45.140.8.1", &err)); /* a VPN exit */
    scene_assess(&s, &decision);
    for (int day = 1; day <= 80; day++) {
        s.clock.now += DAY;
        trust_evidence_clear(s.evidence);
        scene_address(&s);
        scene_assess(&s, &decision);
        if (day == 20)
            ck_assert_int_gt(scene_row(decision, "reputation").points, 0);
    }
    ck_assert_int_lt(scene_row(decision, "reputation").points, -20);
    scene_end(&s);
}
END_TEST

START_TEST(telemetry_is_observed_and_a_takeover_makes_it_due)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    uint32_t due = 9;
    scene_begin(&s, NULL);
    ck_ok(trust_observe(s.device, s.evidence, NULL, &due, &err));
    ck_assert_uint_eq(due, 1); /* nothing was ever decided */
    add_all(&s);
    scene_assess(&s, &decision);
    for (int i = 0; i < 300; i++) {
        s.clock.now += MINUTE / 20;
        trust_metric metric = {"tx_bytes", 1500.0 + (i * 37) % 90, TRUST_TIME_UNKNOWN};
        trust_evidence_clear(s.evidence);
        ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
        ck_ok(trust_observe(s.device, s.evidence, NULL, &due, &err));
    }
    trust_device_info info;
    ck_ok(trust_device_get_info(s.device, &info));
    ck_assert_uint_gt(info.memory_bytes, 0);
    ck_assert_uint_eq(info.decisions, 1);
    ck_assert_uint_eq(due, 0);
    for (int i = 0; i < 40 && due == 0; i++) {
        s.clock.now += MINUTE / 20;
        trust_metric metric = {"tx_bytes", 9.0e6 + i * 1000.0, TRUST_TIME_UNKNOWN};
        trust_evidence_clear(s.evidence);
        ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
        ck_ok(trust_observe(s.device, s.evidence, NULL, &due, &err));
    }
    ck_assert_uint_eq(due, 1);
    scene_end(&s);
}
END_TEST

START_TEST(a_suspect_device_teaches_nothing)
{
    scene s;
    trust_error err = {0};
    trust_device_info before;
    trust_device_info after;
    scene_begin(&s, NULL);
    ck_assert_uint_ge(scene_assess(&s, NULL), TRUST_QUARANTINE);
    for (int i = 0; i < 50; i++) {
        trust_metric metric = {"tx_bytes", 5.0 * i, TRUST_TIME_UNKNOWN};
        trust_evidence_clear(s.evidence);
        ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
        ck_ok(trust_device_get_info(s.device, &before));
        ck_ok(trust_observe(s.device, s.evidence, NULL, NULL, &err));
        ck_ok(trust_device_get_info(s.device, &after));
    }
    trust_decision *decision;
    trust_evidence_clear(s.evidence);
    trust_metric metric = {"tx_bytes", 100.0, TRUST_TIME_UNKNOWN};
    ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_row(decision, "behaviour").reason, TRI_REASON_BEHAVIOUR_LEARNING);
    scene_end(&s);
}
END_TEST

START_TEST(of_two_gateways_one_wins_a_nonce)
{
    scene s;
    trust_device *other = NULL;
    trust_evidence *theirs = NULL;
    trust_decision *first = NULL;
    trust_decision *second = NULL;
    trust_error err = {0};
    uint8_t token[4096];
    trust_challenge *challenge = NULL;
    scene_begin(&s, NULL);
    ck_ok(trust_challenge_new(s.device, NULL, &challenge, &err));
    size_t len = scene_token(&s, trust_challenge_nonce(challenge), NULL, token);
    trust_challenge_free(challenge);
    ck_ok(trust_device_open(s.engine, SCENE_DEVICE, &other, &err));
    ck_ok(trust_evidence_new(other, &theirs, &err));
    add_bytes(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    ck_ok(trust_evidence_add(theirs, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, &err));
    ck_ok(trust_assess(s.device, s.evidence, NULL, &first, &err));
    /* The other handle still shows the challenge open; its commit fails, and it starts over. */
    ck_ok(trust_assess(other, theirs, NULL, &second, &err));
    ck_assert_uint_eq(scene_item(first, 0).state, TRUST_STATE_VALID);
    ck_assert_uint_eq(scene_item(second, 0).reason, TRI_REASON_REPLAYED);
    trust_decision_free(first);
    trust_decision_free(second);
    trust_evidence_free(theirs);
    trust_device_free(other);
    scene_end(&s);
}
END_TEST

START_TEST(a_call_can_be_cancelled_and_run_out)
{
    scene s;
    trust_cancel *cancel = NULL;
    trust_decision *decision = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_cancel_new(&cancel));
    trust_call call = {0, cancel};
    ck_ok(trust_assess(s.device, s.evidence, &call, &decision, &err));
    trust_decision_free(decision);
    decision = NULL;
    trust_cancel_now(cancel);
    ck_status(trust_assess(s.device, s.evidence, &call, &decision, &err), TRUST_E_CANCELLED);
    ck_assert_ptr_null(decision);
    call = (trust_call){SCENE_NOW - 1, NULL};
    ck_status(trust_assess(s.device, s.evidence, &call, &decision, &err), TRUST_E_TIMEOUT);
    call = (trust_call){SCENE_NOW + 1, NULL};
    ck_ok(trust_assess(s.device, s.evidence, &call, &decision, &err));
    trust_decision_free(decision);
    s.clock.now = TRUST_TIME_UNKNOWN;
    ck_status(trust_assess(s.device, s.evidence, &call, &decision, &err), TRUST_E_TIMEOUT);
    trust_cancel_free(cancel);
    scene_end(&s);
}
END_TEST

/* Each of many is as one alone: one that fails stops no other, and what it leaves is its own. */
START_TEST(many_are_assessed_one_by_one)
{
    scene s, alone;
    trust_device *other = NULL;
    trust_evidence *theirs = NULL;
    trust_decision *want = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    scene_begin(&alone, NULL);
    scene_attest(&s, NULL);
    scene_attest(&alone, NULL);
    ck_ok(trust_device_enroll(s.engine, "urn:dev:other", NULL, &other, &err));
    ck_ok(trust_evidence_new(other, &theirs, &err));
    ck_ok(trust_evidence_add_address(theirs, "5.8.1.2", &err));
    trust_assess_job jobs[6];
    memset(jobs, 0xA5, sizeof jobs); /* what is out is not read */
    trust_device *const devices[6] = {s.device, NULL, other, s.device, s.device, other};
    const trust_evidence *const evidence[6] = {s.evidence, theirs,     theirs,
                                               theirs,     s.evidence, NULL};
    static const trust_status status[6] = {TRUST_OK,         TRUST_E_ARGUMENT, TRUST_OK,
                                           TRUST_E_ARGUMENT, TRUST_OK,         TRUST_E_ARGUMENT};
    for (size_t i = 0; i < 6; i++) {
        jobs[i].device = devices[i];
        jobs[i].evidence = evidence[i];
    }
    ck_ok(trust_assess_many(jobs, 6, NULL));
    for (size_t i = 0; i < 6; i++) {
        ck_assert_int_eq(jobs[i].error.code, status[i]);
        ck_assert_int_eq(jobs[i].decision != NULL, status[i] == TRUST_OK);
        ck_assert_int_eq(jobs[i].error.message[0] != '\0', status[i] != TRUST_OK);
    }
    ck_ok(trust_assess(alone.device, alone.evidence, NULL, &want, &err));
    static char a[32768], b[32768];
    size_t need;
    ck_ok(trust_decision_to_json(want, a, sizeof a, &need));
    ck_ok(trust_decision_to_json(jobs[0].decision, b, sizeof b, &need));
    ck_assert_str_eq(a, b);
    /* The token counted once: the second time its nonce was spent. */
    ck_assert_uint_eq(trust_decision_verdict(jobs[0].decision), trust_decision_verdict(want));
    ck_assert_uint_ne(scene_item(jobs[4].decision, 0).state, TRUST_STATE_VALID);
    for (size_t i = 0; i < 6; i++)
        trust_decision_free(jobs[i].decision);
    trust_decision_free(want);
    trust_evidence_free(theirs);
    trust_device_free(other);
    scene_end(&alone);
    scene_end(&s);
}
END_TEST

static trust_time a_second_later(void *user)
{
    fixed_clock *clock = user;
    return clock->now += 1000;
}

/* The deadline is one for all of them, and so is the stop button. */
START_TEST(many_share_one_call)
{
    fixed_clock clock = {SCENE_NOW};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    trust_engine *engine = NULL;
    trust_cancel *cancel = NULL;
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_policy *policy = NULL;
    trust_error err = {0};
    config.clock = (trust_clock){a_second_later, &clock};
    ck_ok(trust_engine_new(&config, &engine, &err));
    ck_ok(trust_policy_load_unsigned(scene_policy, strlen(scene_policy), NULL, &policy, &err));
    ck_ok(trust_engine_use_policy_unsigned(engine, policy, &err));
    ck_ok(trust_device_enroll(engine, "urn:dev:a", NULL, &device, &err));
    ck_ok(trust_evidence_new(device, &evidence, &err));
    trust_assess_job jobs[8];
    for (size_t i = 0; i < 8; i++)
        jobs[i] = (trust_assess_job){.device = device, .evidence = evidence};
    trust_call call = {clock.now + 9000, NULL};
    ck_ok(trust_assess_many(jobs, 8, &call));
    size_t made = 0;
    while (made < 8 && jobs[made].error.code == TRUST_OK)
        made++;
    ck_assert_uint_ge(made, 2);
    ck_assert_uint_lt(made, 8);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_int_eq(jobs[i].error.code, i < made ? TRUST_OK : TRUST_E_TIMEOUT);
        trust_decision_free(jobs[i].decision);
    }
    ck_ok(trust_cancel_new(&cancel));
    trust_cancel_now(cancel);
    call = (trust_call){0, cancel};
    ck_ok(trust_assess_many(jobs, 8, &call));
    for (size_t i = 0; i < 8; i++) {
        ck_assert_int_eq(jobs[i].error.code, TRUST_E_CANCELLED);
        ck_assert_ptr_null(jobs[i].decision);
    }
    ck_ok(trust_assess_many(NULL, 0, NULL));
    ck_status(trust_assess_many(NULL, 1, NULL), TRUST_E_ARGUMENT);
    trust_cancel_free(cancel);
    trust_evidence_free(evidence);
    trust_device_free(device);
    trust_policy_free(policy);
    trust_engine_free(engine);
}
END_TEST

START_TEST(what_breaks_the_contract_is_refused)
{
    scene s;
    trust_decision *decision = NULL;
    trust_device *other = NULL;
    trust_evidence *theirs = NULL;
    trust_engine *bare = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_status(trust_assess(NULL, s.evidence, NULL, &decision, &err), TRUST_E_ARGUMENT);
    ck_status(trust_assess(s.device, NULL, NULL, &decision, &err), TRUST_E_ARGUMENT);
    ck_status(trust_assess(s.device, s.evidence, NULL, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_assess_into(s.device, s.evidence, NULL, NULL, &err), TRUST_E_ARGUMENT);
    ck_ok(trust_device_enroll(s.engine, "urn:dev:other", NULL, &other, &err));
    ck_ok(trust_evidence_new(other, &theirs, &err));
    ck_status(trust_assess(s.device, theirs, NULL, &decision, &err), TRUST_E_ARGUMENT);
    trust_evidence_free(theirs);
    trust_device_free(other);
    ck_ok(trust_engine_new(NULL, &bare, &err));
    ck_ok(trust_device_enroll(bare, "x", NULL, &other, &err));
    ck_ok(trust_evidence_new(other, &theirs, &err));
    ck_status(trust_assess(other, theirs, NULL, &decision, &err), TRUST_E_STATE);
    uint32_t due;
    ck_ok(trust_observe(other, theirs, NULL, &due, &err));
    ck_assert_uint_eq(due, 1);
    trust_engine_free(bare); /* first: the others keep it alive */
    trust_evidence_free(theirs);
    trust_device_free(other);
    ck_assert_uint_eq(trust_decision_verdict(NULL), TRUST_DENY);
    ck_assert_int_eq(trust_decision_risk(NULL), 1000);
    scene_end(&s);
}
END_TEST

/* ---- one handle, several threads ---- */

static void *hammer(void *user)
{
    scene *s = user;
    size_t *busy = calloc(1, sizeof *busy);
    for (int i = 0; i < 200; i++) {
        trust_decision *decision = NULL;
        trust_error err;
        trust_status status = trust_assess(s->device, s->evidence, NULL, &decision, &err);
        ck_assert(status == TRUST_OK || status == TRUST_E_BUSY);
        *busy += status == TRUST_E_BUSY;
        trust_decision_free(decision);
    }
    return busy;
}

START_TEST(a_second_thread_on_one_handle_is_told)
{
    scene s;
    pthread_t threads[4];
    scene_begin(&s, NULL);
    /* The counting allocator is not made for threads; these allocate with the library's own. */
    trust_engine *engine = NULL;
    trust_error err = {0};
    scene shared = s;
    ck_ok(trust_engine_new(NULL, &engine, &err));
    ck_ok(trust_engine_use_policy(engine, s.policy, &err));
    ck_ok(trust_device_enroll(engine, "x", NULL, &shared.device, &err));
    ck_ok(trust_evidence_new(shared.device, &shared.evidence, &err));
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, hammer, &shared), 0);
    for (int i = 0; i < 4; i++) {
        void *busy;
        pthread_join(threads[i], &busy);
        free(busy);
    }
    trust_device_info info;
    ck_ok(trust_device_get_info(shared.device, &info));
    trust_engine_free(engine);
    trust_evidence_free(shared.evidence);
    trust_device_free(shared.device);
    scene_end(&s);
}
END_TEST

/* ---- a policy swapped while others assess ---- */

typedef struct swap {
    trust_engine *engine;
    trust_policy *policies[2];
    trust_device *device;
    trust_evidence *evidence;
} swap;

static void *keep_assessing(void *user)
{
    swap *w = user;
    for (int i = 0; i < 300; i++) {
        trust_decision *decision = NULL;
        trust_error err;
        ck_ok(trust_assess(w->device, w->evidence, NULL, &decision, &err));
        trust_decision_free(decision);
    }
    return NULL;
}

START_TEST(a_policy_is_swapped_under_assessments)
{
    trust_engine *engine = NULL;
    trust_error err = {0};
    swap all[3];
    pthread_t threads[3];
    trust_policy *policies[2];
    ck_ok(trust_engine_new(NULL, &engine, &err));
    for (int i = 0; i < 2; i++)
        ck_ok(trust_policy_load_unsigned(scene_policy, strlen(scene_policy), NULL, &policies[i],
                                         &err));
    ck_ok(trust_engine_use_policy(engine, policies[0], &err));
    for (int i = 0; i < 3; i++) {
        char id[2] = {(char)('a' + i), 0};
        all[i].engine = engine;
        ck_ok(trust_device_enroll(engine, id, NULL, &all[i].device, &err));
        ck_ok(trust_evidence_new(all[i].device, &all[i].evidence, &err));
        ck_assert_int_eq(pthread_create(&threads[i], NULL, keep_assessing, &all[i]), 0);
    }
    for (int i = 0; i < 500; i++) {
        ck_ok(trust_engine_use_policy(engine, policies[i % 2], &err));
        ck_ok(trust_engine_use_table(engine, NULL));
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        trust_evidence_free(all[i].evidence);
        trust_device_free(all[i].device);
    }
    trust_policy_free(policies[0]);
    trust_policy_free(policies[1]);
    trust_engine_free(engine);
}
END_TEST

/* ---- steady state ---- */

START_TEST(a_steady_gateway_allocates_nothing)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    uint8_t tokens[4][4096];
    size_t lens[4];
    scene_begin(&s, NULL);
    add_all(&s);
    scene_assess(&s, &decision);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
            trust_challenge *challenge = NULL;
            ck_ok(trust_challenge_new(s.device, NULL, &challenge, &err));
            lens[i] = scene_token(&s, trust_challenge_nonce(challenge), NULL, tokens[i]);
            trust_challenge_free(challenge);
        }
        for (int i = 0; i < 4; i++) {
            uint64_t before = s.memory.calls;
            s.clock.now += 1000;
            trust_evidence_clear(s.evidence);
            add_bytes(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, tokens[i], lens[i]);
            scene_address(&s);
            trust_metric metric = {"tx_bytes", 1500.0 + i, TRUST_TIME_UNKNOWN};
            ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
            ck_ok(trust_assess_into(s.device, s.evidence, NULL, decision, &err));
            ck_assert_uint_eq(trust_decision_verdict(decision), TRUST_ALLOW);
            if (round > 1)
                ck_assert_uint_eq(s.memory.calls - before, 0);
        }
    }
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests(
        "assess",
        TESTS(everything_in_order_is_allowed, nothing_known_is_not_allowed, a_token_counts_once,
              a_preview_changes_nothing, a_repeated_request_gives_the_first_outcome,
              a_repeated_request_is_the_same_policys, only_the_host_may_say_what_the_host_sees,
              the_same_item_twice_counts_once, of_contradictory_items_the_worse_counts,
              without_a_clock_nobody_is_allowed, time_never_goes_back,
              a_leap_ahead_is_believed_at_the_second_reading,
              evidence_from_the_future_does_not_exculpate, a_policy_opens_nothing_outside_its_time,
              a_leap_is_confirmed_however_often_the_clock_is_read,
              a_leap_that_was_wrong_leaves_nothing_behind, what_is_dated_ahead_teaches_nothing,
              observing_without_a_policy_spends_nothing, a_device_without_a_key_is_never_allowed,
              what_no_key_can_prove_is_not_asked_for,
              a_decision_names_the_revision_of_its_references,
              a_signal_that_breaks_the_contract_is_told_how,
              a_failed_signal_is_not_lost_where_others_left_no_room,
              a_signal_that_fails_is_logged_by_name, lifecycle_is_a_floor,
              silence_is_refusal_only_when_it_was_delivered,
              a_source_that_is_down_costs_and_creates_nothing,
              bad_news_is_remembered_and_good_news_does_not_wash_it_away,
              bad_news_that_has_faded_lets_good_news_count,
              good_news_that_has_aged_does_not_hide_newer_good_news,
              telemetry_is_observed_and_a_takeover_makes_it_due, a_suspect_device_teaches_nothing,
              of_two_gateways_one_wins_a_nonce, a_call_can_be_cancelled_and_run_out,
              many_are_assessed_one_by_one, many_share_one_call,
              what_breaks_the_contract_is_refused, a_second_thread_on_one_handle_is_told,
              a_policy_is_swapped_under_assessments, a_steady_gateway_allocates_nothing));
}
