/* The hostile onboarding: steps skipped, time gained, facts left out, a flapping verdict forgotten.
 * policy.md amendments 5 and 6. */

#include "attack.h"

#include <stdio.h>
#include <stdlib.h>

#define SIGNALS                                                                                    \
    "\"signals\":{\"attestation\":{\"weight\":300},\"identity\":{\"weight\":300},"                 \
    "\"place\":{\"weight\":110},\"reputation\":{\"weight\":175},\"human\":{\"weight\":150}},"      \
    "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650}"

#define ONBOARDING(first)                                                                          \
    "{\"trust_policy\":1,\"id\":\"onboarding\",\"revision\":1," SIGNALS                            \
    ",\"stages\":[{\"id\":\"" first                                                                \
    "\",\"needs\":[\"identity\",\"attestation\"],\"timeout\":\"1h\"},"                             \
    "{\"id\":\"site\",\"needs\":[\"human\"],\"timeout\":\"2h\",\"on_timeout\":\"deny\"},"          \
    "{\"id\":\"field\"}]}"

static const char onboarding[] = ONBOARDING("bench");

static trust_policy_summary summary_of(const trust_decision *decision)
{
    trust_decision_info info;
    trust_decision_get_info(decision, &info);
    return info.summary;
}

static bool told(const trust_decision *decision, const char *code)
{
    trust_policy_summary summary = summary_of(decision);
    for (int i = 0; i < 3; i++)
        if (summary.reasons[i] == reason(code))
            return true;
    return false;
}

/* Assess and expect to be in a stage, entered at a time. */
static trust_decision *in_stage(scene *s, const char *stage, trust_time since)
{
    trust_decision *decision;
    scene_assess(s, &decision);
    ck_assert_str_eq(trust_decision_stage(decision), stage);
    ck_assert_int_eq(summary_of(decision).stage_since, since);
    return decision;
}

static void known_weakness(trust_attest_claims *claims)
{
    static const uint8_t digest[32] = {1};
    static trust_attest_component app = {"app", "2.4.2", {digest, sizeof digest}, {NULL, 0}};
    claims->components = &app;
}

static void name_another(trust_attest_claims *claims)
{
    claims->binding.device = "urn:dev:other";
}

/* The honest way, to see that the lies below fail for what they are. */
START_TEST(an_honest_device_goes_through)
{
    scene s;
    scene_begin(&s, onboarding);
    trust_decision *decision = in_stage(&s, "bench", SCENE_NOW);
    ck_assert_str_eq(trust_decision_need(decision, 0), "attestation");
    ck_assert_str_eq(trust_decision_need(decision, 1), "identity");
    ck_assert_str_eq(trust_decision_need(decision, 2), "");
    s.clock.now += MINUTE;
    scene_attest(&s, NULL);
    scene_address(&s);
    decision = in_stage(&s, "site", SCENE_NOW + MINUTE);
    ck_assert_uint_eq(trust_decision_verdict(decision), TRUST_STEP_UP);
    ck_assert_uint_eq(summary_of(decision).natural, TRUST_ALLOW);
    ck_assert(told(decision, "STAGE_UNFINISHED"));
    ck_assert_str_eq(trust_decision_need(decision, 0), "human");
    s.clock.now += MINUTE;
    trust_evidence_clear(s.evidence);
    scene_human(&s);
    decision = in_stage(&s, "field", SCENE_NOW + 2 * MINUTE);
    ck_assert_uint_eq(trust_decision_verdict(decision), TRUST_ALLOW);
    ck_assert_str_eq(trust_decision_need(decision, 0), "");
    scene_end(&s);
}
END_TEST

/* The lie: that is my answer. It is somebody else's, or to another question, or was given before.
 */
START_TEST(foreign_evidence_skips_no_stage)
{
    uint8_t token[4096], spent[4096];
    scene s;
    scene_begin(&s, onboarding);
    in_stage(&s, "bench", SCENE_NOW);
    /* Of a stranger, with a key that is registered nowhere. */
    uint8_t seed[32] = {99};
    scene other = s;
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_DEVICE, &other.signer));
    trust_signer_public_key(other.signer, other.key);
    trust_challenge *challenge = ask(&s);
    size_t len = scene_token(&other, trust_challenge_nonce(challenge), NULL, token);
    trust_signer_free(other.signer);
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    /* For another device, to a question that was never asked, said by the device itself. */
    static const uint8_t nonce[32] = {7};
    len = scene_token(&s, trust_challenge_nonce(challenge), name_another, token);
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    len = scene_token(&s, (trust_bytes){nonce, sizeof nonce}, NULL, token);
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    scene_address(&s);
    in_stage(&s, "bench", SCENE_NOW);
    trust_challenge_free(challenge);
    /* The honest answer; then the same once more, where the device should show a person. */
    trust_evidence_clear(s.evidence);
    challenge = ask(&s);
    len = scene_token(&s, trust_challenge_nonce(challenge), NULL, spent);
    trust_challenge_free(challenge);
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, spent, len);
    scene_address(&s);
    in_stage(&s, "site", SCENE_NOW);
    size_t size;
    uint8_t *human = read_file(project_path("examples/data/human-approved.json"), &size);
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_DIDIT, human, size);
    free(human);
    for (int i = 0; i < 3; i++)
        in_stage(&s, "site", SCENE_NOW);
    scene_end(&s);
}
END_TEST

/* The lie: I showed it once. What has aged vouches for nothing, remembered or not. */
START_TEST(stale_evidence_skips_no_stage)
{
    static const char both[] =
        "{\"trust_policy\":1,\"id\":\"both\",\"revision\":1," SIGNALS
        ",\"stages\":[{\"id\":\"one\",\"needs\":[\"attestation\",\"human\"]},{\"id\":\"two\"}]}";
    scene s;
    scene_begin(&s, both);
    scene_attest(&s, NULL);
    scene_address(&s);
    in_stage(&s, "one", SCENE_NOW);
    trust_evidence_clear(s.evidence);
    s.clock.now += 4 * HOUR + MINUTE; /* an attestation holds for four hours */
    scene_human(&s);
    scene_address(&s);
    trust_decision *decision = in_stage(&s, "one", SCENE_NOW);
    ck_assert_str_eq(trust_decision_need(decision, 0), "attestation");
    ck_assert_str_eq(trust_decision_need(decision, 1), "");
    /* The clock that is set back makes it no younger. */
    s.clock.now = SCENE_NOW;
    in_stage(&s, "one", SCENE_NOW);
    s.clock.now = SCENE_NOW + 4 * HOUR + 2 * MINUTE;
    scene_attest(&s, NULL);
    in_stage(&s, "two", s.clock.now);
    scene_end(&s);
}
END_TEST

/* The lie: it verified. A token that is valid and says that something is amiss is no reason to go
 * on, however good the risk is otherwise. */
START_TEST(merely_valid_evidence_skips_no_stage)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, onboarding);
    scene_attest(&s, known_weakness);
    scene_address(&s);
    scene_human(&s);
    decision = in_stage(&s, "bench", SCENE_NOW);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    ck_assert_uint_eq(scene_row(decision, "attestation").state, TRUST_STATE_VALID);
    ck_assert_uint_le(trust_decision_verdict(decision), TRUST_STEP_UP);
    ck_assert_str_eq(trust_decision_need(decision, 0), "attestation");
    /* While the good one goes all the way at once, since the person was shown as well. */
    trust_evidence_clear(s.evidence);
    scene_attest(&s, NULL);
    in_stage(&s, "field", SCENE_NOW);
    scene_end(&s);
}
END_TEST

/* ---- time gained ---- */

/* At the first stage with a verdict that leaves it to the stage what happens. */
static void begin_on_the_bench(scene *s)
{
    scene_begin(s, onboarding);
    scene_attest(s, known_weakness);
    scene_address(s);
    scene_human(s);
    ck_assert_uint_eq(trust_decision_verdict(in_stage(s, "bench", SCENE_NOW)), TRUST_STEP_UP);
    trust_evidence_clear(s->evidence);
}

static void reopen(scene *s)
{
    trust_error err = {0};
    trust_evidence_free(s->evidence);
    trust_device_free(s->device);
    ck_ok(trust_device_open(s->engine, SCENE_DEVICE, &s->device, &err));
    ck_ok(trust_evidence_new(s->device, &s->evidence, &err));
}

static void observe(scene *s)
{
    trust_error err = {0};
    trust_decision *decision = NULL;
    ck_ok(trust_observe(s->device, s->evidence, NULL, NULL, &err));
    ck_ok(trust_preview(s->device, s->evidence, NULL, &decision, &err));
    trust_decision_free(decision);
}

static void repeat(scene *s)
{
    ck_ok(trust_evidence_set_request_id(s->evidence, "again", 5));
    scene_assess(s, NULL);
}

static void set_back(scene *s)
{
    trust_time now = s->clock.now;
    s->clock.now = SCENE_NOW - 30 * DAY;
    scene_assess(s, NULL);
    s->clock.now = now;
}

static void leap(scene *s)
{
    trust_time now = s->clock.now;
    s->clock.now = now + 300 * DAY + (now - SCENE_NOW) * 200; /* nor do two of them agree */
    scene_assess(s, NULL);
    s->clock.now = now;
}

static void lose_clock(scene *s)
{
    trust_time now = s->clock.now;
    s->clock.now = TRUST_TIME_UNKNOWN;
    scene_assess(s, NULL);
    s->clock.now = now;
}

/* Another gateway commits first, so this handle's commit fails and it starts over. */
static void lose_race(scene *s)
{
    trust_error err = {0};
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    ck_ok(trust_device_open(s->engine, SCENE_DEVICE, &device, &err));
    ck_ok(trust_evidence_new(device, &evidence, &err));
    ck_ok(trust_assess(device, evidence, NULL, &decision, &err));
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    trust_device_free(device);
    scene_assess(s, NULL);
}

static void swap_policy(scene *s)
{
    trust_error err = {0};
    static const char plain[] = "{\"trust_policy\":1,\"id\":\"plain\",\"revision\":1," SIGNALS "}";
    trust_policy *policy = NULL;
    ck_ok(trust_policy_load_unsigned(plain, strlen(plain), NULL, &policy, &err));
    ck_ok(trust_engine_use_policy(s->engine, policy, &err));
    trust_policy_free(policy);
    scene_assess(s, NULL);
    ck_ok(trust_engine_use_policy(s->engine, s->policy, &err));
}

/* The lie: I have only just begun. */
START_TEST(the_time_of_a_stage_is_gained_by_nothing)
{
    static void (*const tricks[])(scene *) = {reopen, observe,    repeat,    set_back,
                                              leap,   lose_clock, lose_race, swap_policy};
    for (size_t i = 0; i < sizeof tricks / sizeof tricks[0]; i++) {
        scene s;
        begin_on_the_bench(&s);
        for (int turn = 1; turn <= 3; turn++) {
            s.clock.now = SCENE_NOW + turn * 15 * MINUTE;
            tricks[i](&s);
        }
        trust_evidence_clear(s.evidence);
        s.clock.now = SCENE_NOW + HOUR;
        trust_decision *decision = in_stage(&s, "bench", SCENE_NOW);
        ck_assert(!told(decision, "STAGE_TIMEOUT"));
        trust_decision_info info;
        trust_decision_get_info(decision, &info);
        ck_assert_int_eq(info.valid_until, SCENE_NOW + HOUR + 1);
        s.clock.now += 1;
        tricks[i](&s);
        trust_evidence_clear(s.evidence);
        decision = in_stage(&s, "bench", SCENE_NOW);
        ck_assert_msg(told(decision, "STAGE_TIMEOUT"), "trick %zu", i);
        ck_assert_uint_ge(trust_decision_verdict(decision), TRUST_QUARANTINE);
        scene_end(&s);
    }
}
END_TEST

/* The lie: it happened in the future. A stage that is entered while the clock leaps is entered when
 * the record last knew the time. */
START_TEST(a_stage_is_entered_at_no_invented_time)
{
    scene s;
    trust_device_info info;
    begin_on_the_bench(&s);
    s.clock.now = SCENE_NOW + 300 * DAY;
    scene_attest(&s, NULL);
    scene_address(&s);
    scene_assess(&s, NULL);
    ck_ok(trust_device_get_info(s.device, &info));
    ck_assert_str_eq(info.stage, "field");
    ck_assert_int_eq(info.stage_since, SCENE_NOW);
    scene_end(&s);
}
END_TEST

/* By name within one policy, whatever its revision; another policy knows nothing of the device. */
START_TEST(a_changed_policy_goes_on_by_name)
{
#define LONGER                                                                                     \
    "\"revision\":2," SIGNALS ",\"stages\":[{\"id\":\"unbox\",\"needs\":[\"human\"]},"             \
    "{\"id\":\"bench\",\"needs\":[\"identity\"],\"timeout\":\"1h\"},"                              \
    "{\"id\":\"site\",\"needs\":[\"human\"]},{\"id\":\"field\"}]}"
    static const char longer[] = "{\"trust_policy\":1,\"id\":\"onboarding\"," LONGER;
    static const char other[] = "{\"trust_policy\":1,\"id\":\"other\"," LONGER;
#undef LONGER
    static const char renamed[] =
        "{\"trust_policy\":1,\"id\":\"onboarding\",\"revision\":2," SIGNALS
        ",\"stages\":[{\"id\":\"desk\",\"needs\":[\"identity\",\"attestation\"]},"
        "{\"id\":\"hall\",\"needs\":[\"human\"]},{\"id\":\"field\"}]}";
    static const struct {
        const char *text, *stage;
        trust_time since;
    } cases[] = {{longer, "site", SCENE_NOW},
                 {other, "unbox", SCENE_NOW + 5 * HOUR},
                 {renamed, "desk", SCENE_NOW + 5 * HOUR}};
    for (size_t i = 0; i < 3; i++) {
        scene s;
        trust_error err = {0};
        trust_policy *policy = NULL;
        scene_begin(&s, onboarding);
        scene_attest(&s, NULL);
        scene_address(&s);
        in_stage(&s, "site", SCENE_NOW);
        ck_ok(
            trust_policy_load_unsigned(cases[i].text, strlen(cases[i].text), NULL, &policy, &err));
        ck_ok(trust_engine_use_policy(s.engine, policy, &err));
        trust_policy_free(policy);
        trust_evidence_clear(s.evidence);
        s.clock.now += 5 * HOUR;
        in_stage(&s, cases[i].stage, cases[i].since);
        scene_end(&s);
    }
}
END_TEST

/* ---- facts left out ---- */

static const char profiles[] =
    "{\"trust_policy\":1,\"id\":\"profiles\",\"revision\":1," SIGNALS ",\"profiles\":["
    "{\"id\":\"doors\",\"when\":{\"attr\":\"role\",\"in\":[\"lock\",\"gate\"]},\"base\":650,"
    "\"verdicts\":{\"allow\":200}},"
    "{\"id\":\"toys\",\"when\":{\"all\":[{\"attr\":\"class\",\"prefix\":\"toy-\"},"
    "{\"attr\":\"risk\",\"le\":2}]},\"base\":250,\"not_applicable\":[\"human\",\"attestation\"]},"
    "{\"id\":\"rest\",\"when\":{\"not\":{\"attr\":\"class\",\"eq\":\"toy-1\"}},\"base\":500}]}";

typedef struct outcome {
    trust_verdict verdict;
    int32_t risk;
} outcome;

static outcome judged(scene *s, const trust_attribute *attributes, size_t count, const char *id)
{
    trust_error err = {0};
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    trust_enrolment enrolment = {sizeof enrolment, (const uint8_t(*)[32])s->key, 1, attributes,
                                 count};
    ck_ok(trust_device_enroll(s->engine, id, &enrolment, &device, &err));
    ck_ok(trust_evidence_new(device, &evidence, &err));
    ck_ok(trust_evidence_add_address(evidence, ADDRESS_CLEAN, &err));
    ck_ok(trust_assess(device, evidence, NULL, &decision, &err));
    outcome out = {trust_decision_verdict(decision), trust_decision_risk(decision)};
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    trust_device_free(device);
    return out;
}

/* The lie: that was never registered. Whatever is missing, it is judged no milder than with it. */
START_TEST(a_missing_fact_makes_nothing_milder)
{
    static const char *const values[3][3] = {
        {"lock", "lamp", "gate"}, {"toy-1", "toy-2", "tool-1"}, {"1", "3", "many"}};
    static const char *const names[3] = {"role", "class", "risk"};
    scene s;
    scene_begin(&s, profiles);
    size_t stricter = 0;
    for (size_t pick = 0; pick < 27; pick++) {
        const trust_attribute all[3] = {{names[0], values[0][pick % 3]},
                                        {names[1], values[1][pick / 3 % 3]},
                                        {names[2], values[2][pick / 9]}};
        char id[32];
        snprintf(id, sizeof id, "urn:all-%zu", pick);
        outcome full = judged(&s, all, 3, id);
        for (size_t kept = 0; kept < 7; kept++) {
            trust_attribute some[3];
            size_t count = 0;
            for (size_t i = 0; i < 3; i++)
                if ((kept >> i & 1) != 0)
                    some[count++] = all[i];
            snprintf(id, sizeof id, "urn:some-%zu-%zu", pick, kept);
            outcome less = judged(&s, some, count, id);
            ck_assert_uint_ge(less.verdict, full.verdict);
            ck_assert_int_ge(less.risk, full.risk);
            stricter += less.verdict > full.verdict;
        }
    }
    ck_assert_uint_gt(stricter, 10); /* and for some of them it matters */
    scene_end(&s);
}
END_TEST

/* ---- a verdict that flaps ---- */

static const char flapping[] =
    "{\"trust_policy\":1,\"id\":\"flapping\",\"revision\":1,"
    "\"signals\":{\"reputation\":{\"weight\":400,\"half_life_bad\":\"1m\",\"ttl_bad\":\"4m\"}},"
    "\"verdicts\":{\"allow\":500,\"step_up\":520,\"quarantine\":900},"
    "\"limits\":{\"uncertainty\":1000,\"adverse\":1000},"
    "\"hysteresis\":{\"margin\":0,\"dwell\":\"10m\",\"backoff\":3,\"dwell_max\":\"6h\"}}";

/* An engine of its own over a store that was there before. */
static trust_device_info after_restart(scene *s, trust_store *store, trust_verdict *verdict)
{
    trust_engine *engine = NULL;
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    trust_device_info info;
    trust_error err = {0};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.clock = fixed_clock_seam(&s->clock);
    config.store = store;
    ck_ok(trust_engine_new(&config, &engine, &err));
    ck_ok(trust_engine_use_policy(engine, s->policy, &err));
    ck_ok(trust_device_open(engine, SCENE_DEVICE, &device, &err));
    ck_ok(trust_device_get_info(device, &info));
    ck_ok(trust_evidence_new(device, &evidence, &err));
    ck_ok(trust_preview(device, evidence, NULL, &decision, &err));
    *verdict = trust_decision_verdict(decision);
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    trust_device_free(device);
    trust_engine_free(engine);
    return info;
}

/* The lie: it was the first time. Each time that a verdict gets worse soon after it got better it
 * is kept longer, and a restart forgets nothing of it. */
START_TEST(how_a_verdict_flapped_survives_a_restart)
{
    scene s;
    trust_store *store = NULL;
    ck_ok(trust_store_new_memory(NULL, &store));
    scene_begin_with(&s, flapping, store, NULL, 0);
    ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_ALLOW);
    int64_t dwell = 10 * MINUTE;
    for (uint32_t flap = 1; flap <= 3; flap++) {
        trust_device_info info;
        trust_verdict verdict;
        s.clock.now += MINUTE;
        add_address(&s, ADDRESS_VPN);
        ck_assert_uint_gt(scene_assess(&s, NULL), TRUST_ALLOW);
        trust_evidence_clear(s.evidence);
        dwell *= 3;
        s.clock.now += dwell - 1;
        info = after_restart(&s, store, &verdict);
        ck_assert_uint_eq(info.flaps, flap);
        ck_assert_uint_gt(verdict, TRUST_ALLOW);
        ck_assert_uint_gt(scene_assess(&s, NULL), TRUST_ALLOW);
        s.clock.now += 1;
        (void)after_restart(&s, store, &verdict);
        ck_assert_uint_eq(verdict, TRUST_ALLOW);
        ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_ALLOW);
    }
    /* Nor does a clock that leaps make up for it. */
    s.clock.now += 400 * DAY;
    add_address(&s, ADDRESS_VPN);
    scene_assess(&s, NULL);
    trust_device_info info;
    ck_ok(trust_device_get_info(s.device, &info));
    ck_assert_uint_ge(info.flaps, 3);
    scene_end(&s);
    trust_store_free(store);
}
END_TEST

/* ---- what the subject is told ---- */

/* The lie: I only want to know what to do. The text for it has no word of the policy's own but the
 * stage and what the stage asks to be done. */
START_TEST(the_subject_learns_no_name_of_the_policy)
{
    static const char secret[] =
        "{\"trust_policy\":1,\"id\":\"zq-policy\",\"revision\":1,\"signals\":{"
        "\"attestation\":{\"weight\":300},\"identity\":{\"weight\":300,\"group\":\"zq-group\"},"
        "\"reputation\":{\"weight\":175},\"human\":{\"weight\":150}},"
        "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650},"
        "\"gates\":[{\"id\":\"zq-gate\",\"if\":{\"signal\":\"reputation\",\"at_least\":50},"
        "\"floor\":\"quarantine\",\"actions\":[\"zq-isolate\"]}],"
        "\"profiles\":[{\"id\":\"zq-profile\",\"when\":{\"attr\":\"class\",\"eq\":\"lock-1\"},"
        "\"base\":460}],\"actions\":{\"quarantine\":[\"zq-alert\"],\"step_up\":[\"zq-ticket\"]},"
        "\"stages\":[{\"id\":\"bench\",\"needs\":[\"identity\"],\"actions\":[\"show-label\"]},"
        "{\"id\":\"field\"}]}";
    static const char *const addresses[] = {ADDRESS_VPN, ADDRESS_FOREIGN_VPN, ADDRESS_CLEAN};
    for (size_t i = 0; i < 6; i++) {
        char text[8192];
        scene s;
        trust_decision *decision;
        scene_begin(&s, secret);
        add_address(&s, addresses[i % 3]);
        if (i >= 3)
            scene_attest(&s, NULL);
        scene_assess(&s, &decision);
        ck_assert_str_eq(trust_decision_profile(decision), "zq-profile");
        ck_ok(trust_decision_explain(decision, TRUST_FOR_SUBJECT, text, sizeof text, NULL));
        ck_assert_msg(strstr(text, "zq-") == NULL, "%s", text);
        ck_assert_ptr_null(strstr(text, "vpn"));
        ck_assert_ptr_null(strstr(text, "reputation"));
        ck_assert((strstr(text, "To do: show-label") != NULL) ==
                  (strcmp(trust_decision_stage(decision), "bench") == 0));
        ck_ok(trust_decision_explain(decision, TRUST_FOR_OPERATOR, text, sizeof text, NULL));
        ck_assert_ptr_nonnull(strstr(text, "judged as zq-profile"));
        ck_assert((strstr(text, "action  zq-isolate") != NULL) == (i % 3 < 2));
        scene_end(&s);
    }
}
END_TEST

int main(void)
{
    return run_tests(
        "attack_stage",
        TESTS(an_honest_device_goes_through, foreign_evidence_skips_no_stage,
              stale_evidence_skips_no_stage, merely_valid_evidence_skips_no_stage,
              the_time_of_a_stage_is_gained_by_nothing, a_stage_is_entered_at_no_invented_time,
              a_changed_policy_goes_on_by_name, a_missing_fact_makes_nothing_milder,
              how_a_verdict_flapped_survives_a_restart, the_subject_learns_no_name_of_the_policy));
}
