/* An assessment under the whole policy: its profile and stage, what to ask for next and what to do,
 * in the decision, its JSON, a preview, a repeated request and the device's record. */

#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trust/manifest.h>

#include "core/bytes.h"
#include "core/reason.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

static const char whole[] =
    "{\"trust_policy\":1,\"id\":\"whole\",\"revision\":4,"
    "\"signals\":{\"attestation\":{\"weight\":300},\"identity\":{\"weight\":300},"
    "\"place\":{\"weight\":110},\"reputation\":{\"weight\":175},\"human\":{\"weight\":150}},"
    "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650},"
    "\"gates\":[{\"id\":\"listed\",\"if\":{\"signal\":\"reputation\",\"at_least\":50},"
    "\"floor\":\"quarantine\",\"reason\":\"ADDRESS_LISTED\",\"actions\":[\"isolate\",\"note\"]}],"
    "\"profiles\":[{\"id\":\"doors\",\"when\":{\"attr\":\"class\",\"eq\":\"lock-1\"},\"base\":460}]"
    ","
    "\"stages\":[{\"id\":\"bench\",\"needs\":[\"attestation\",\"identity\"],\"timeout\":\"2h\","
    "\"actions\":[\"show_label\"]},"
    "{\"id\":\"site\",\"needs\":[\"human\"],\"timeout\":\"1d\",\"on_timeout\":\"deny\"},"
    "{\"id\":\"field\"}],"
    "\"step_up\":[{\"obtain\":\"attestation\",\"cost\":2},{\"obtain\":\"identity\",\"cost\":1},"
    "{\"obtain\":\"human\",\"cost\":30,\"action\":\"call_installer\"}],"
    "\"actions\":{\"allow\":[\"open\"],\"step_up\":[\"ask\"],\"quarantine\":[\"note\"]},"
    "\"calibration\":{\"knots\":[[0,1000],[500,500000],[1000,990000]]}}";

static trust_decision_info info_of(const trust_decision *decision)
{
    trust_decision_info info;
    trust_decision_get_info(decision, &info);
    return info;
}

static const char *json_of(const trust_decision *decision)
{
    static char text[65536];
    ck_ok(trust_decision_to_json(decision, text, sizeof text, NULL));
    return text;
}

static void has(const trust_decision *decision, const char *part)
{
    const char *text = json_of(decision);
    ck_assert_msg(strstr(text, part) != NULL, "no %s in %s", part, text);
}

START_TEST(a_decision_says_where_a_device_stands)
{
    scene s;
    trust_decision *decision;
    trust_decision_step step;
    trust_policy_action action;
    trust_device_info device;
    scene_begin(&s, whole);
    scene_address(&s);
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_DENY);
    ck_assert_str_eq(trust_decision_profile(decision), "doors");
    ck_assert_str_eq(trust_decision_stage(decision), "bench");
    trust_decision_info info = info_of(decision);
    ck_assert_uint_eq(info.summary.profile, 1);
    ck_assert_uint_eq(info.summary.unsure, 0);
    ck_assert_uint_eq(info.need_count, 2);
    ck_assert_str_eq(trust_decision_need(decision, 1), "identity");
    /* Identity for a better verdict, both proofs for the next stage's, a person beside for the
     * last. */
    ck_assert_uint_ge(info.step_count, 2);
    ck_ok(trust_decision_next(decision, 0, &step));
    ck_assert_uint_eq(step.can_reach, TRUST_ALLOW);
    ck_assert_uint_eq(step.signal_count, 3);
    ck_assert_uint_eq(step.cost, 33);
    ck_assert_str_eq(step.signals[1], "human");
    ck_assert_str_eq(step.actions[1], "call_installer");
    ck_assert_str_eq(step.signals[2], "identity");
    ck_assert_str_eq(step.actions[2], "challenge_device");
    ck_assert_uint_eq(info.action_count, 1);
    ck_ok(trust_decision_action(decision, 0, &action));
    ck_assert_str_eq(action.name, "show_label");
    ck_assert_uint_eq(action.id, tri_hash32(tri_bytes("show_label")));
    ck_assert_uint_eq(action.reason, TRI_REASON_STAGE);
    has(decision, "\"profile\":\"doors\",\"unsure\":false,\"stage\":\"bench\",\"stage_since\":"
                  "\"2026-11-23T10:00:00Z\",\"needs\":[\"attestation\",\"identity\"],");
    has(decision, "{\"obtain\":\"human\",\"action\":\"call_installer\",\"can_reach\":\"allow\","
                  "\"cost\":33,\"with\":[\"attestation\",\"identity\"]}");
    has(decision, "\"semantics\":1,\"signed\":false}");
    ck_ok(trust_device_get_info(s.device, &device));
    ck_assert_str_eq(device.stage, "bench");
    ck_assert_int_eq(device.stage_since, SCENE_NOW);
    scene_end(&s);
}
END_TEST

START_TEST(a_device_goes_through_its_stages)
{
    scene s;
    trust_decision *decision;
    trust_decision_step step;
    scene_begin(&s, whole);
    scene_attest(&s, NULL);
    scene_address(&s);
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_STEP_UP);
    ck_assert_str_eq(trust_decision_stage(decision), "site");
    trust_decision_info info = info_of(decision);
    ck_assert_uint_eq(info.summary.natural, TRUST_ALLOW);
    ck_assert_int_ge(info.summary.probability, 1000);
    ck_assert_uint_eq(info.step_count, 1);
    ck_ok(trust_decision_next(decision, 0, &step));
    ck_assert_uint_eq(step.signal_count, 1);
    ck_assert_str_eq(step.signals[0], "human");
    has(decision, "\"actions\":[{\"action\":\"ask\",\"id\":");
    has(decision, "\"natural\":\"allow\",\"overridden\":false,");
    has(decision, "\"probability\":0.");
    trust_evidence_clear(s.evidence);
    scene_human(&s);
    s.clock.now += MINUTE;
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_ALLOW);
    ck_assert_str_eq(trust_decision_stage(decision), "field");
    ck_assert_uint_eq(info_of(decision).step_count, 0);
    ck_assert_uint_eq(info_of(decision).need_count, 0);
    has(decision, "\"next\":[],\"actions\":[{\"action\":\"open\",\"id\":");
    scene_end(&s);
}
END_TEST

/* @p text with @p from replaced by @p to; both are as long. */
static void use_changed(scene *s, const char *text, const char *from, const char *to)
{
    char changed[4096];
    trust_policy *policy = NULL;
    trust_error err = {0};
    ck_assert_uint_lt(strlen(text), sizeof changed);
    strcpy(changed, text);
    char *at = strstr(changed, from);
    ck_assert_ptr_nonnull(at);
    memcpy(at, to, strlen(to));
    ck_assert_msg(trust_policy_load_unsigned(changed, strlen(changed), NULL, &policy, &err) ==
                      TRUST_OK,
                  "%s", err.message);
    ck_ok(trust_engine_use_policy(s->engine, policy, &err));
    trust_policy_free(policy);
}

/* A stage's name says nothing under another policy, however alike it is: the device begins anew.
 * Another revision of its own policy takes it where it is. */
START_TEST(a_stage_belongs_to_its_policy)
{
    static const char short_way[] =
        "{\"trust_policy\":1,\"id\":\"whole\",\"revision\":5,\"signals\":{"
        "\"identity\":{\"weight\":300},\"human\":{\"weight\":150}},"
        "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650},"
        "\"stages\":[{\"id\":\"bench\",\"needs\":[\"human\"]},"
        "{\"id\":\"site\",\"needs\":[\"human\"]},{\"id\":\"field\"}]}";
    scene s;
    trust_decision *decision;
    scene_begin(&s, whole);
    scene_attest(&s, NULL);
    scene_assess(&s, &decision);
    ck_assert_str_eq(trust_decision_stage(decision), "site");
    trust_evidence_clear(s.evidence);
    s.clock.now += MINUTE;
    use_changed(&s, short_way, "whole", "whole");
    scene_assess(&s, &decision);
    ck_assert_str_eq(trust_decision_stage(decision), "site");
    ck_assert_int_eq(info_of(decision).summary.stage_since, SCENE_NOW);
    use_changed(&s, short_way, "whole", "whale");
    scene_assess(&s, &decision);
    ck_assert_str_eq(trust_decision_stage(decision), "bench");
    ck_assert_int_eq(info_of(decision).summary.stage_since, SCENE_NOW + MINUTE);
    scene_end(&s);
}
END_TEST

/* What has been shown is not asked for again. */
START_TEST(a_stage_needs_what_is_missing)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, whole);
    scene_attest(&s, NULL);
    scene_address(&s);
    scene_assess(&s, NULL);  /* remembered, and on the site */
    s.clock.now += 5 * HOUR; /* an attestation holds for four hours, an identity for a week */
    trust_policy *policy = NULL;
    trust_error err = {0};
    static const char renamed[] =
        "{\"trust_policy\":1,\"id\":\"renamed\",\"revision\":1,\"base\":300,\"signals\":{"
        "\"attestation\":{\"weight\":100},\"human\":{\"weight\":100},"
        "\"identity\":{\"weight\":100}},"
        "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650},"
        "\"stages\":[{\"id\":\"desk\",\"needs\":[\"attestation\",\"human\",\"identity\"]},"
        "{\"id\":\"hall\"}]}";
    ck_ok(trust_policy_load_unsigned(renamed, strlen(renamed), NULL, &policy, &err));
    ck_ok(trust_engine_use_policy(s.engine, policy, &err));
    trust_policy_free(policy);
    trust_evidence_clear(s.evidence);
    scene_assess(&s, &decision);
    ck_assert_str_eq(trust_decision_stage(decision), "desk");
    ck_assert_uint_eq(info_of(decision).need_count, 2);
    ck_assert_str_eq(trust_decision_need(decision, 0), "attestation");
    ck_assert_str_eq(trust_decision_need(decision, 1), "human");
    scene_attest(&s, NULL);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(info_of(decision).need_count, 1);
    ck_assert_str_eq(trust_decision_need(decision, 0), "human");
    scene_end(&s);
}
END_TEST

START_TEST(a_gate_asks_for_its_actions)
{
    scene s;
    trust_decision *decision;
    trust_policy_action action;
    trust_error err = {0};
    scene_begin(&s, whole);
    scene_attest(&s, NULL);
    ck_ok(trust_evidence_add_address(s.evidence, "45.140.8.1", &err)); /* a VPN exit */
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_QUARANTINE);
    ck_assert_uint_eq(info_of(decision).action_count, 3);
    ck_ok(trust_decision_action(decision, 0, &action));
    ck_assert_str_eq(action.name, "note");
    ck_assert_uint_eq(action.reason, TRI_REASON_VERDICT);
    ck_ok(trust_decision_action(decision, 1, &action));
    ck_assert_str_eq(action.name, "isolate");
    ck_assert_uint_eq(action.reason, TRI_REASON_ADDRESS_LISTED);
    ck_ok(trust_decision_action(decision, 2, &action));
    ck_assert_str_eq(action.name, "show_label");
    /* Nothing can be brought against a list; nothing is asked for. */
    ck_assert_uint_eq(info_of(decision).step_count, 0);
    scene_end(&s);
}
END_TEST

START_TEST(a_preview_and_a_repetition_say_the_same)
{
    static char first[65536], second[65536];
    scene s;
    trust_decision *decision, *preview = NULL;
    trust_error err = {0};
    trust_device_info device;
    scene_begin(&s, whole);
    scene_attest(&s, NULL);
    scene_address(&s);
    ck_ok(trust_preview(s.device, s.evidence, NULL, &preview, &err));
    ck_ok(trust_device_get_info(s.device, &device));
    ck_assert_str_eq(device.stage, ""); /* a preview enters none */
    ck_ok(trust_observe(s.device, s.evidence, NULL, NULL, &err));
    ck_ok(trust_device_get_info(s.device, &device));
    ck_assert_str_eq(device.stage,
                     ""); /* nor does telemetry, which spends the answer all the same */
    trust_evidence_clear(s.evidence);
    trust_decision_free(preview);
    scene_attest(&s, NULL);
    scene_address(&s);
    ck_ok(trust_evidence_set_request_id(s.evidence, "r1", 2));
    preview = NULL;
    ck_ok(trust_preview(s.device, s.evidence, NULL, &preview, &err));
    scene_assess(&s, &decision);
    strcpy(first, json_of(decision));
    const char *said = strstr(json_of(preview), "\"reasons\"");
    const char *binding = strstr(said, "\"binding\"");
    ck_assert_int_eq(strncmp(strstr(first, "\"reasons\""), said, (size_t)(binding - said)), 0);
    ck_assert_str_eq(trust_decision_stage(preview), "site");
    trust_decision_free(preview);
    s.clock.now += MINUTE;
    scene_assess(&s, &decision);
    trust_decision_info info = info_of(decision);
    ck_assert_uint_eq(info.repeated, 1);
    ck_assert_int_eq(info.summary.stage_since, SCENE_NOW);
    strcpy(second, json_of(decision));
    char *mark = strstr(second, "\"repeated\":true");
    ck_assert_int_eq(strncmp(first, second, (size_t)(mark - second)), 0);
    ck_assert_str_eq(strstr(first, "\"reasons\""), strstr(second, "\"reasons\""));
    scene_end(&s);
}
END_TEST

/* Observing moves no device on, but says that it could go. */
START_TEST(a_stage_that_could_be_left_makes_it_due)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    uint32_t due = 9;
    scene_begin(&s, whole);
    scene_attest(&s, NULL);
    scene_address(&s);
    ck_ok(trust_engine_set_source_down(s.engine, TRUST_KIND_HUMAN, 1));
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_STEP_UP);
    trust_evidence_clear(s.evidence);
    ck_ok(trust_observe(s.device, s.evidence, NULL, &due, &err));
    ck_assert_uint_eq(due, 0);
    /* One stage on, and still step_up. */
    static const char longer[] =
        "{\"trust_policy\":1,\"id\":\"longer\",\"revision\":1,\"signals\":{"
        "\"attestation\":{\"weight\":300},\"identity\":{\"weight\":300},\"human\":{\"weight\":50}},"
        "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650},"
        "\"stages\":[{\"id\":\"site\",\"needs\":[\"identity\"]},{\"id\":\"shop\",\"needs\":["
        "\"human\"]},"
        "{\"id\":\"field\"}]}";
    trust_policy *policy = NULL;
    ck_ok(trust_policy_load_unsigned(longer, strlen(longer), NULL, &policy, &err));
    ck_ok(trust_engine_use_policy(s.engine, policy, &err));
    trust_policy_free(policy);
    ck_ok(trust_observe(s.device, s.evidence, NULL, &due, &err));
    ck_assert_uint_eq(due, 1);
    trust_device_info device;
    ck_ok(trust_device_get_info(s.device, &device));
    ck_assert_str_eq(device.stage, "site");
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_STEP_UP);
    ck_assert_str_eq(trust_decision_stage(decision), "shop");
    ck_ok(trust_observe(s.device, s.evidence, NULL, &due, &err));
    ck_assert_uint_eq(due, 0);
    scene_end(&s);
}
END_TEST

START_TEST(what_nobody_can_bring_is_not_asked_for)
{
    scene s;
    trust_decision *decision;
    trust_decision_step step;
    scene_begin(&s, whole);
    scene_attest(&s, NULL);
    scene_address(&s);
    ck_ok(trust_engine_set_source_down(s.engine, TRUST_KIND_HUMAN, 1));
    scene_assess(&s, &decision);
    ck_assert_str_eq(trust_decision_stage(decision), "site");
    ck_assert_uint_eq(info_of(decision).step_count, 0);
    ck_assert_str_eq(trust_decision_need(decision, 0), "human");
    ck_ok(trust_engine_set_source_down(s.engine, TRUST_KIND_HUMAN, 0));
    scene_assess(&s, &decision);
    ck_ok(trust_decision_next(decision, 0, &step));
    ck_assert_str_eq(step.signals[0], "human");
    scene_end(&s);
}
END_TEST

START_TEST(an_unregistered_fact_is_told)
{
    scene s;
    trust_device *bare = NULL;
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    trust_error err = {0};
    scene_begin(&s, whole);
    trust_enrolment enrolment = {sizeof enrolment, (const uint8_t(*)[32])s.key, 1, NULL, 0};
    ck_ok(trust_device_enroll(s.engine, "urn:bare", &enrolment, &bare, &err));
    ck_ok(trust_evidence_new(bare, &evidence, &err));
    ck_ok(trust_assess(bare, evidence, NULL, &decision, &err));
    trust_decision_info info = info_of(decision);
    ck_assert_uint_eq(info.summary.profile, 0);
    ck_assert_uint_eq(info.summary.unsure, 1);
    trust_row base;
    ck_ok(trust_decision_row(decision, 0, &base));
    ck_assert_int_eq(base.points, 460); /* the stricter of 450 and the profile's */
    has(decision, "\"profile\":\"default\",\"unsure\":true,");
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    trust_device_free(bare);
    scene_end(&s);
}
END_TEST

/* Whoever loads an unsigned policy answers for it, and each decision says so. */
START_TEST(a_decision_tells_whether_the_policy_is_signed)
{
    uint8_t seed[32] = {1}, key[32];
    char line[2048];
    scene s;
    trust_decision *decision;
    trust_signer *signer = NULL;
    trust_policy *policy = NULL;
    trust_error err = {0};
    size_t need = 0;
    trust_manifest manifest = TRUST_MANIFEST_INIT;
    strcpy(manifest.kind, "policy");
    strcpy(manifest.id, "whole");
    manifest.revision = 4;
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_POLICY, &signer));
    trust_signer_public_key(signer, key);
    ck_ok(trust_manifest_sign(&manifest, whole, strlen(whole), signer, line, sizeof line, &need));
    scene_begin(&s, whole);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(info_of(decision).policy_signed, 0);
    has(decision, "\"signed\":false},\"inputs\"");
    ck_ok(trust_policy_load(whole, strlen(whole), line, need, (const uint8_t(*)[32])key, 1,
                            SCENE_NOW, NULL, &policy, &err));
    ck_ok(trust_engine_use_policy(s.engine, policy, &err));
    scene_assess(&s, &decision);
    ck_assert_uint_eq(info_of(decision).policy_signed, 1);
    has(decision, "\"signed\":true},\"inputs\"");
    trust_policy_free(policy);
    trust_signer_free(signer);
    scene_end(&s);
}
END_TEST

/* A policy of an earlier version says what it said. */
START_TEST(a_plain_policy_has_no_stage)
{
    scene s;
    trust_decision *decision;
    trust_device_info device;
    scene_begin(&s, NULL);
    scene_assess(&s, &decision);
    ck_assert_str_eq(trust_decision_profile(decision), "default");
    ck_assert_str_eq(trust_decision_stage(decision), "");
    ck_assert_int_eq(info_of(decision).summary.probability, -1);
    has(decision, "\"adverse\":");
    has(decision, "\"profile\":\"default\",\"unsure\":false,\"stage\":null,\"needs\":[],");
    has(decision, "\"actions\":[],");
    ck_assert_ptr_null(strstr(json_of(decision), "probability"));
    ck_ok(trust_device_get_info(s.device, &device));
    ck_assert_str_eq(device.stage, "");
    ck_assert_int_eq(device.stage_since, TRUST_TIME_UNKNOWN);
    scene_end(&s);
}
END_TEST

/* Deciding with all of it allocates as little as before. */
START_TEST(a_whole_policy_allocates_nothing)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    scene_begin(&s, whole);
    scene_assess(&s, &decision);
    for (int i = 0; i < 4; i++) {
        uint64_t before = s.memory.calls;
        s.clock.now += MINUTE;
        trust_evidence_clear(s.evidence);
        scene_address(&s);
        ck_ok(trust_assess_into(s.device, s.evidence, NULL, decision, &err));
        ck_assert_uint_gt(info_of(decision).step_count, 0);
        if (i > 1)
            ck_assert_uint_eq(s.memory.calls - before, 0);
    }
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests("workflow",
                     TESTS(a_decision_says_where_a_device_stands, a_device_goes_through_its_stages,
                           a_stage_belongs_to_its_policy, a_stage_needs_what_is_missing,
                           a_gate_asks_for_its_actions, a_preview_and_a_repetition_say_the_same,
                           a_stage_that_could_be_left_makes_it_due,
                           what_nobody_can_bring_is_not_asked_for, an_unregistered_fact_is_told,
                           a_decision_tells_whether_the_policy_is_signed,
                           a_plain_policy_has_no_stage, a_whole_policy_allocates_nothing));
}
