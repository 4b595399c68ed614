/* What the headers promise beside verdicts: sizes, lifetimes, threads, bounds. */

#include "scene.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Each struct that begins with its size, followed by what a newer header might add. */
#define LATER(type, begin)                                                                         \
    struct {                                                                                       \
        type given;                                                                                \
        uint64_t later;                                                                            \
    } x = {begin, 0};                                                                              \
    x.given.size = sizeof x.given + sizeof x.later

/* Run @p call on a struct that is larger and empty there, larger and not, and smaller. */
#define CHECK_SIZES(type, call)                                                                    \
    do {                                                                                           \
        ck_ok(call);                                                                               \
        x.later = 1;                                                                               \
        ck_status(call, TRUST_E_UNSUPPORTED);                                                      \
        x.given.size = sizeof(type) - 1;                                                           \
        ck_status(call, TRUST_E_ARGUMENT);                                                         \
    } while (0)

static trust_status engine_of(const trust_engine_config *config)
{
    trust_engine *engine = NULL;
    trust_status status = trust_engine_new(config, &engine, NULL);
    trust_engine_free(engine);
    return status;
}

START_TEST(a_larger_struct_may_ask_for_nothing_new)
{
    scene s;
    scene_begin(&s, NULL);
    {
        LATER(trust_engine_config, TRUST_ENGINE_CONFIG_INIT);
        CHECK_SIZES(trust_engine_config, engine_of(&x.given));
    }
    {
        LATER(trust_enrolment, TRUST_ENROLMENT_INIT);
        char id[] = "urn:dev:a";
        CHECK_SIZES(trust_enrolment,
                    (id[8]++, trust_device_enroll(s.engine, id, &x.given, NULL, NULL)));
    }
    {
        LATER(trust_challenge_request, TRUST_CHALLENGE_REQUEST_INIT);
        trust_challenge *challenge = NULL;
        CHECK_SIZES(trust_challenge_request,
                    trust_challenge_new(s.device, &x.given, &challenge, NULL));
        trust_challenge_free(challenge);
    }
    {
        LATER(trust_appraise_request, TRUST_APPRAISE_INIT);
        trust_result *result = NULL;
        x.given.type = TRUST_TYPE_EAT_CWT;
        CHECK_SIZES(trust_appraise_request, trust_appraise(s.engine, &x.given, &result, NULL));
        trust_result_free(result);
    }
    scene_end(&s);
}
END_TEST

/* The sizes of a request are the caller's: what does not fit is refused, never written or read. */
START_TEST(a_request_is_bounded)
{
    static const uint8_t bytes[4096];
    scene s;
    trust_result *result = NULL;
    scene_begin(&s, NULL);
    uint8_t token[4096];
    size_t len = scene_token(&s, (trust_bytes){bytes, 32}, NULL, token);
    trust_appraise_request good = TRUST_APPRAISE_INIT;
    good.type = TRUST_TYPE_EAT_CWT;
    good.data = (trust_bytes){token, len};
    good.nonce = (trust_bytes){bytes, 32};
    good.ed25519_keys = (const uint8_t(*)[32])s.key;
    good.ed25519_key_count = 1;
    trust_appraise_request r[6];
    for (size_t i = 0; i < 6; i++)
        r[i] = good;
    r[0].channel = (trust_bytes){bytes, 65};
    r[1].channel = (trust_bytes){bytes, sizeof bytes};
    r[2].channel = (trust_bytes){NULL, 32};
    r[3].data = (trust_bytes){NULL, 32};
    r[4].reserved = 1;
    r[5].type = NULL;
    for (size_t i = 0; i < 6; i++)
        ck_status(trust_appraise(s.engine, &r[i], &result, NULL), TRUST_E_ARGUMENT);
    ck_assert_ptr_null(result);
    ck_ok(trust_appraise(s.engine, &good, &result, NULL));
    trust_result_free(result);
    scene_end(&s);
}
END_TEST

/* The host's allocator may go when the engine says that it is gone: nothing is freed afterwards. */
static void gone(void *user)
{
    *(bool *)user = true;
}

static void *resize(void *user, void *ptr, size_t old_size, size_t new_size)
{
    (void)old_size;
    ck_assert(!*(bool *)user);
    if (new_size > 0)
        return realloc(ptr, new_size);
    free(ptr);
    return NULL;
}

START_TEST(the_engine_outlives_what_was_made_of_it)
{
    bool is_gone = false;
    scene s;
    trust_engine *engine = NULL;
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    trust_result *result = NULL;
    scene_begin(&s, NULL);
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.allocator = (trust_allocator){resize, &is_gone};
    config.user_free = gone;
    config.user = &is_gone;
    trust_appraise_request request = TRUST_APPRAISE_INIT;
    request.type = TRUST_TYPE_EAT_CWT;
    ck_ok(trust_engine_new(&config, &engine, NULL));
    ck_ok(trust_engine_use_policy(engine, s.policy, NULL));
    ck_ok(trust_device_enroll(engine, "a", NULL, &device, NULL));
    ck_ok(trust_evidence_new(device, &evidence, NULL));
    ck_ok(trust_assess(device, evidence, NULL, &decision, NULL));
    ck_ok(trust_appraise(engine, &request, &result, NULL));
    trust_evidence_free(evidence);
    trust_device_free(device);
    trust_engine_free(engine);
    ck_assert(!is_gone);
    trust_decision_free(decision);
    ck_assert(!is_gone);
    trust_result_free(result);
    ck_assert(is_gone);
    scene_end(&s);
}
END_TEST

START_TEST(texts_stay_where_they_are)
{
    static const trust_attribute registered[] = {{"class", "lock"}, {"country", "DE"}};
    scene s;
    trust_device *device = NULL;
    trust_attribute before;
    trust_attribute after;
    trust_enrolment enrolment = TRUST_ENROLMENT_INIT;
    enrolment.attributes = registered;
    enrolment.attribute_count = 2;
    scene_begin(&s, NULL);
    ck_ok(trust_device_enroll(s.engine, "b", &enrolment, &device, NULL));
    const char *id = trust_device_id(device);
    ck_ok(trust_device_attribute_at(device, 1, &before));
    ck_ok(trust_device_reload(device, NULL));
    ck_ok(trust_device_attribute_at(device, 1, &after));
    ck_assert_ptr_eq(trust_device_id(device), id);
    ck_assert_ptr_eq(after.value, before.value);
    ck_assert_str_eq(before.value, "DE");
    trust_device_free(device);
    scene_end(&s);
}
END_TEST

/* One thread writes records through the handle while another asks for what they say. */
static void *ask(void *user)
{
    trust_device *device = user;
    for (int i = 0; i < 3000; i++) {
        trust_device_info info;
        uint8_t key[32];
        trust_status status = trust_device_get_info(device, &info);
        ck_assert(status == TRUST_OK || status == TRUST_E_BUSY);
        status = trust_device_key_at(device, 0, key);
        ck_assert(status == TRUST_OK || status == TRUST_E_BUSY);
    }
    return NULL;
}

START_TEST(asking_in_another_thread_is_told_to_wait)
{
    scene s;
    pthread_t thread;
    scene_begin(&s, NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, ask, s.device), 0);
    for (int i = 0; i < 3000; i++) {
        uint32_t to = i % 2 == 0 ? TRUST_LIFECYCLE_SUSPENDED : TRUST_LIFECYCLE_ENROLLED;
        trust_status status = trust_device_set_lifecycle(s.device, to, NULL);
        ck_assert(status == TRUST_OK || status == TRUST_E_BUSY);
        status = trust_device_reload(s.device, NULL);
        ck_assert(status == TRUST_OK || status == TRUST_E_BUSY);
    }
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    scene_end(&s);
}
END_TEST

START_TEST(nothing_reads_as_a_denial)
{
    trust_decision_info decision;
    trust_result_info result;
    memset(&decision, 0xFF, sizeof decision);
    memset(&result, 0xFF, sizeof result);
    trust_decision_get_info(NULL, &decision);
    trust_result_get_info(NULL, &result);
    ck_assert_uint_eq(decision.summary.verdict, TRUST_DENY);
    ck_assert_int_eq(decision.summary.risk, 1000);
    ck_assert_uint_eq(decision.row_count, 0);
    ck_assert_uint_eq(result.state, TRUST_STATE_UNBOUND);
    ck_assert_int_eq(result.tier, 99);
    trust_decision_get_info(NULL, NULL);
    trust_result_get_info(NULL, NULL);
}
END_TEST

START_TEST(a_wild_clock_cannot_tell)
{
    static const trust_time wild[] = {INT64_MIN + 1, -1, INT64_MAX - 1, INT64_MAX};
    scene s;
    trust_challenge *challenge = NULL;
    trust_decision *decision = NULL;
    scene_begin(&s, NULL);
    for (size_t i = 0; i < sizeof wild / sizeof wild[0]; i++) {
        s.clock.now = wild[i];
        ck_assert_int_eq(trust_engine_now(s.engine), TRUST_TIME_UNKNOWN);
        ck_status(trust_challenge_new(s.device, NULL, &challenge, NULL), TRUST_E_STATE);
        trust_metric metric = {"tx_bytes", 1, INT64_MIN + 1};
        ck_ok(trust_evidence_add_metric(s.evidence, &metric, NULL));
        ck_ok(trust_assess(s.device, s.evidence, NULL, &decision, NULL));
        ck_assert_uint_ge(trust_decision_verdict(decision), TRUST_STEP_UP);
        trust_decision_free(decision);
    }
    scene_end(&s);
}
END_TEST

static trust_status say_nothing(void *user, trust_appraisal *appraisal)
{
    (void)user;
    (void)appraisal;
    return TRUST_OK;
}

/* Two names whose hashes are equal (found by trying): they would share what they remember. */
START_TEST(signals_do_not_share_a_memory)
{
    static const char *const one_type[] = {"application/one", NULL};
    static const char *const other_type[] = {"application/other", NULL};
    static const trust_kind_info one_kind[] = {{"acme.one", TRUST_SCALE_PERCENT, 4, 0, 0}};
    static const trust_kind_info other_kind[] = {{"acme.other", TRUST_SCALE_PERCENT, 4, 0, 0}};
    trust_signal_ops one = {.size = sizeof one,
                            .name = "acme.s522789",
                            .media_types = one_type,
                            .kinds = one_kind,
                            .kind_count = 1,
                            .appraise = say_nothing};
    trust_signal_ops other = one;
    const trust_signal_ops *const both[] = {&one, &other};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.signals = both;
    config.signal_count = 2;
    other.media_types = other_type;
    other.kinds = other_kind;
    other.name = "acme.s739192";
    ck_status(engine_of(&config), TRUST_E_ARGUMENT);
    other.name = "acme.s739193";
    ck_ok(engine_of(&config));
}
END_TEST

START_TEST(attributes_have_room_for_so_much)
{
    char value[128];
    trust_attribute attributes[5];
    scene s;
    trust_enrolment enrolment = TRUST_ENROLMENT_INIT;
    scene_begin(&s, NULL);
    memset(value, 'x', 127);
    value[127] = '\0';
    for (size_t i = 0; i < 5; i++)
        attributes[i] = (trust_attribute){(const char *[]){"a", "b", "c", "d", "e"}[i], value};
    enrolment.attributes = attributes;
    enrolment.attribute_count = 4;
    ck_status(trust_device_enroll(s.engine, "x", &enrolment, NULL, NULL), TRUST_E_LIMIT);
    enrolment.attribute_count = 3;
    ck_ok(trust_device_enroll(s.engine, "x", &enrolment, NULL, NULL));
    attributes[0].name = "A";
    ck_status(trust_device_enroll(s.engine, "y", &enrolment, NULL, NULL), TRUST_E_ARGUMENT);
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests("contract",
                     TESTS(a_larger_struct_may_ask_for_nothing_new, a_request_is_bounded,
                           the_engine_outlives_what_was_made_of_it, texts_stay_where_they_are,
                           asking_in_another_thread_is_told_to_wait, nothing_reads_as_a_denial,
                           a_wild_clock_cannot_tell, signals_do_not_share_a_memory,
                           attributes_have_room_for_so_much));
}
