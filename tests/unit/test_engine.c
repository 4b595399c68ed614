/* Engines: what they are made of, what they refuse, what they keep alive; and one item appraised by
 * itself. */

#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "core/reason.h"
#include "engine/engine.h"
#include "result/result.h"

/* ---- configuration ---- */

static trust_status nothing(void *user, trust_appraisal *appraisal)
{
    (void)user;
    (void)appraisal;
    return TRUST_OK;
}

static const char *const types[] = {"application/x-acme", NULL};
static const char *const taken_types[] = {"application/x-acme", TRUST_TYPE_EAT_CWT, NULL};
#define HOST (1u << TRUST_FROM_HOST)
static const trust_kind_info good_kinds[] = {{"acme.a", TRUST_SCALE_PERCENT, HOST, 0, 0},
                                             {"acme.b", TRUST_SCALE_AR4SI, HOST, 0, 0}};
static const trust_kind_info bad_kinds[] = {{"acme", TRUST_SCALE_PERCENT, HOST, 0, 0},
                                            {"identity", TRUST_SCALE_AR4SI, HOST, 0, 0},
                                            {NULL, TRUST_SCALE_AR4SI, HOST, 0, 0},
                                            {"acme.c", 9, HOST, 0, 0},
                                            {"acme.c", TRUST_SCALE_AR4SI, 0, 0, 0}};
static const trust_kind_info same_kinds[] = {{"acme.a", TRUST_SCALE_PERCENT, HOST, 0, 0},
                                             {"acme.a", TRUST_SCALE_PERCENT, HOST, 0, 0}};

static trust_signal_ops good_signal(void)
{
    return (trust_signal_ops){.size = sizeof(trust_signal_ops),
                              .name = "acme.signal",
                              .media_types = types,
                              .kinds = good_kinds,
                              .kind_count = 2,
                              .appraise = nothing};
}

static trust_status make_with(const trust_signal_ops *ops, size_t count)
{
    const trust_signal_ops *list[9];
    trust_engine *engine = NULL;
    trust_error err = {0};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    for (size_t i = 0; i < 9; i++)
        list[i] = ops;
    config.signals = list;
    config.signal_count = count;
    trust_status status = trust_engine_new(&config, &engine, &err);
    ck_assert_int_eq(engine != NULL, status == TRUST_OK);
    trust_engine_free(engine);
    return status;
}

START_TEST(a_signal_of_the_host_is_checked)
{
    trust_signal_ops ops = good_signal();
    ck_ok(make_with(&ops, 1));
    ck_status(make_with(&ops, 2), TRUST_E_ARGUMENT); /* its own names are taken by itself */
    ck_status(make_with(&ops, 9), TRUST_E_ARGUMENT);
    ck_status(make_with(NULL, 1), TRUST_E_ARGUMENT);
#define BAD(change)                                                                                \
    do {                                                                                           \
        ops = good_signal();                                                                       \
        change;                                                                                    \
        ck_status(make_with(&ops, 1), TRUST_E_ARGUMENT);                                           \
    } while (0)
    BAD(ops.size--);
    BAD(ops.name = NULL);
    BAD(ops.name = "acme");
    BAD(ops.name = "Acme.x");
    BAD(ops.name = "acme.abcdefghijklmnopqrstuvwxyz0");
    BAD(ops.media_types = NULL);
    BAD(ops.media_types = taken_types);
    BAD(ops.kinds = NULL);
    BAD(ops.kind_count = 0);
    BAD(ops.kind_count = 9);
    BAD(ops.appraise = NULL);
    BAD(ops.kinds = same_kinds);
    for (size_t i = 0; i < sizeof bad_kinds / sizeof bad_kinds[0]; i++)
        BAD((ops.kinds = &bad_kinds[i], ops.kind_count = 1));
}
END_TEST

START_TEST(a_configuration_is_checked)
{
    struct {
        trust_engine_config config;
        uint8_t more[8];
    } newer = {TRUST_ENGINE_CONFIG_INIT, {0}};
    trust_engine *engine = NULL;
    trust_error err = {0};
    char name[65];
    trust_engine_config *config = &newer.config;
    ck_status(trust_engine_new(config, NULL, &err), TRUST_E_ARGUMENT);
    config->size--;
    ck_status(trust_engine_new(config, &engine, &err), TRUST_E_ARGUMENT);
    config->size = sizeof newer;
    ck_ok(trust_engine_new(config, &engine, &err));
    trust_engine_free(engine);
    engine = NULL;
    newer.more[7] = 1;
    ck_status(trust_engine_new(config, &engine, &err), TRUST_E_UNSUPPORTED);
    config->size = sizeof *config;
    memset(name, 'v', sizeof name - 1);
    name[64] = '\0';
    config->verifier = name;
    ck_status(trust_engine_new(config, &engine, &err), TRUST_E_ARGUMENT);
    config->verifier = "a\nb";
    ck_status(trust_engine_new(config, &engine, &err), TRUST_E_ARGUMENT);
    config->verifier = name + 1;
    ck_ok(trust_engine_new(config, &engine, &err));
    ck_assert_str_eq(engine->verifier, name + 1);
    trust_engine_free(engine);
    config->verifier = NULL;
    config->signal_count = 1;
    engine = NULL;
    ck_status(trust_engine_new(config, &engine, &err), TRUST_E_ARGUMENT);
    ck_assert_ptr_null(engine);
    trust_engine_free(NULL);
}
END_TEST

static void count_free(void *user)
{
    (*(int *)user)++;
}

START_TEST(the_engine_goes_with_its_last_handle)
{
    int freed = 0;
    int signal_freed = 0;
    trust_signal_ops ops = good_signal();
    const trust_signal_ops *const list[] = {&ops};
    trust_engine *engine = NULL;
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_error err = {0};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    ops.user_free = count_free;
    ops.user = &signal_freed;
    config.user_free = count_free;
    config.user = &freed;
    config.signals = list;
    config.signal_count = 1;
    ck_ok(trust_engine_new(&config, &engine, &err));
    ck_ok(trust_device_enroll(engine, "x", NULL, &device, &err));
    ck_ok(trust_evidence_new(device, &evidence, &err));
    trust_engine_free(engine);
    trust_device_free(device);
    ck_assert_int_eq(freed, 0);
    trust_evidence_free(evidence);
    ck_assert_int_eq(freed, 1);
    ck_assert_int_eq(signal_freed, 1);
}
END_TEST

static trust_time the_time;

static trust_time tell(void *user)
{
    (void)user;
    return the_time;
}

START_TEST(a_clock_that_tells_no_time)
{
    static const struct {
        trust_time said, taken;
    } times[] = {{0, 0},
                 {SCENE_NOW, SCENE_NOW},
                 {INT64_C(253402300799999), INT64_C(253402300799999)},
                 {INT64_C(253402300800000), TRUST_TIME_UNKNOWN},
                 {-1, TRUST_TIME_UNKNOWN},
                 {TRUST_TIME_NEVER, TRUST_TIME_UNKNOWN},
                 {TRUST_TIME_UNKNOWN, TRUST_TIME_UNKNOWN}};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    trust_engine *engine = NULL;
    trust_error err = {0};
    config.clock.now = tell;
    ck_ok(trust_engine_new(&config, &engine, &err));
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        the_time = times[i].said;
        ck_assert_int_eq(trust_engine_now(engine), times[i].taken);
    }
    trust_engine_free(engine);
    ck_assert_int_eq(trust_engine_now(NULL), TRUST_TIME_UNKNOWN);
    ck_ok(trust_engine_new(NULL, &engine, &err));
    ck_assert_int_gt(trust_engine_now(engine), INT64_C(1700000000000)); /* the system's */
    trust_engine_free(engine);
}
END_TEST

START_TEST(a_policy_must_fit_the_engine)
{
    static const struct {
        const char *policy;
        trust_status status;
    } policies[] = {{"{\"acme.a\":{\"scale\":\"percent\",\"weight\":10}}", TRUST_OK},
                    {"{\"acme.a\":{\"scale\":\"permille\",\"weight\":10}}", TRUST_E_UNSUPPORTED},
                    {"{\"acme.z\":{\"scale\":\"percent\",\"weight\":10}}", TRUST_E_UNSUPPORTED}};
    trust_signal_ops ops = good_signal();
    const trust_signal_ops *const list[] = {&ops};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    trust_engine *engine = NULL;
    trust_error err = {0};
    config.signals = list;
    config.signal_count = 1;
    ck_ok(trust_engine_new(&config, &engine, &err));
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        char text[512] = "{\"trust_policy\":1,\"id\":\"p\",\"revision\":1,\"verdicts\":{\"allow\":"
                         "300,\"step_up\":475,\"quarantine\":650},\"signals\":";
        trust_policy *policy = NULL;
        strcat(text, policies[i].policy);
        strcat(text, "}");
        ck_ok(trust_policy_load_unsigned(text, strlen(text), NULL, &policy, &err));
        ck_status(trust_engine_use_policy(engine, policy, &err), policies[i].status);
        ck_status(trust_engine_use_policy(NULL, policy, &err), TRUST_E_ARGUMENT);
        trust_policy_free(policy);
    }
    ck_status(trust_engine_use_policy(engine, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_engine_use_table(NULL, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_engine_use_reference(NULL, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_engine_set_source_down(NULL, 1, 1), TRUST_E_ARGUMENT);
    /* Down is a set: saying it twice is saying it once. */
    uint32_t host_kind = trust_kind_id("acme.a", 6);
    ck_ok(trust_engine_set_source_down(engine, host_kind, 1));
    ck_ok(trust_engine_set_source_down(engine, host_kind, 1));
    ck_assert_uint_eq(engine->snapshot->down_count, 1);
    ck_ok(trust_engine_set_source_down(engine, TRUST_KIND_HUMAN, 0));
    ck_ok(trust_engine_set_source_down(engine, host_kind, 0));
    ck_assert_uint_eq(engine->snapshot->down_count, 0);
    trust_engine_free(engine);
}
END_TEST

START_TEST(at_most_sixteen_sources_are_down)
{
    static trust_kind_info kinds[8][8];
    static char names[64][8];
    static char signals[8][16];
    static char media[8][16];
    static const char *media_lists[8][2];
    trust_signal_ops ops[8];
    const trust_signal_ops *list[8];
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    trust_engine *engine = NULL;
    trust_error err = {0};
    for (size_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < 8; k++) {
            memcpy(names[i * 8 + k], "x.aa", 5);
            names[i * 8 + k][2] = (char)('a' + i);
            names[i * 8 + k][3] = (char)('a' + k);
            kinds[i][k] = (trust_kind_info){names[i * 8 + k], TRUST_SCALE_PERCENT, HOST, 0, 0};
        }
        memcpy(signals[i], "x.signal0", 10);
        signals[i][8] = (char)('0' + i);
        memcpy(media[i], "x/0", 4);
        media[i][2] = (char)('0' + i);
        media_lists[i][0] = media[i];
        ops[i] = good_signal();
        ops[i].name = signals[i];
        ops[i].media_types = media_lists[i];
        ops[i].kinds = kinds[i];
        ops[i].kind_count = 8;
        list[i] = &ops[i];
    }
    config.signals = list;
    config.signal_count = 8;
    ck_ok(trust_engine_new(&config, &engine, &err));
    for (size_t i = 0; i < 16; i++)
        ck_ok(trust_engine_set_source_down(engine, trust_kind_id(names[i], 4), 1));
    ck_status(trust_engine_set_source_down(engine, trust_kind_id(names[16], 4), 1), TRUST_E_LIMIT);
    ck_assert_uint_eq(engine->snapshot->down_count, 16);
    trust_engine_free(engine);
}
END_TEST

typedef struct log_book {
    char last[128];
    int32_t level;
} log_book;

static void write_log(void *user, int32_t level, const char *line)
{
    log_book *book = user;
    strncpy(book->last, line, sizeof book->last - 1);
    book->level = level;
}

START_TEST(the_log_is_optional)
{
    log_book book = {{0}, 0};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    trust_engine *engine = NULL;
    trust_error err = {0};
    config.logger = (trust_logger){write_log, &book};
    ck_ok(trust_engine_new(&config, &engine, &err));
    const trust_signal_ops signal = {.name = "acme.box"};
    tri_engine_log_signal(engine, TRUST_LOG_INFO, &signal, "says hello");
    ck_assert_str_eq(book.last, "the signal acme.box says hello");
    ck_assert_int_eq(book.level, TRUST_LOG_INFO);
    trust_engine_free(engine);
    ck_ok(trust_engine_new(NULL, &engine, &err));
    tri_engine_log_signal(engine, TRUST_LOG_INFO, &signal, "speaks and nobody hears");
    trust_engine_free(engine);
}
END_TEST

/* ---- one item by itself ---- */

static trust_result *appraise(scene *s, const trust_appraise_request *request)
{
    trust_result *result = NULL;
    trust_error err = {0};
    ck_ok(trust_appraise(s->engine, request, &result, &err));
    return result;
}

static trust_appraise_request request_of(scene *s, const char *type, const void *data, size_t len)
{
    trust_appraise_request request = TRUST_APPRAISE_INIT;
    request.type = type;
    request.data = (trust_bytes){data, len};
    request.ed25519_keys = (const uint8_t(*)[32])s->key;
    request.ed25519_key_count = 1;
    return request;
}

static void drop_verifier(trust_attest_claims *claims)
{
    claims->binding.verifier = NULL;
}

START_TEST(a_token_by_itself)
{
    static const uint8_t nonce[16] = {5};
    static const uint8_t other[16] = {6};
    char json[8192];
    size_t need;
    scene s;
    uint8_t token[4096];
    trust_result_info info;
    trust_finding finding;
    scene_begin(&s, NULL);
    size_t len = scene_token(&s, (trust_bytes){nonce, 16}, drop_verifier, token);
    trust_appraise_request request = request_of(&s, TRUST_TYPE_EAT_CWT, token, len);
    request.nonce = (trust_bytes){nonce, 16};
    request.device_class = "lock-1";
    trust_result *result = appraise(&s, &request);
    trust_result_get_info(result, &info);
    ck_assert_uint_eq(info.state, TRUST_STATE_VALID);
    ck_assert_int_eq(info.tier, 2);
    ck_assert_uint_eq(info.finding_count, 2);
    ck_assert_int_eq(info.vector.claims[0], 2);
    ck_ok(trust_result_finding(result, 1, &finding));
    ck_status(trust_result_finding(result, 2, &finding), TRUST_E_NOT_FOUND);
    ck_ok(trust_result_to_json(result, 1, json, sizeof json, &need));
    ck_assert_uint_eq(need, strlen(json));
    ck_assert_ptr_nonnull(strstr(json, "\"tier\":2"));
    ck_assert_ptr_nonnull(strstr(json, "\"claims\":{\"eat_profile\""));
    ck_assert_ptr_nonnull(strstr(json, "\"instance-identity\":2"));
    ck_ok(trust_result_to_json(result, 0, json, sizeof json, &need));
    ck_assert_ptr_null(strstr(json, "\"claims\""));
    ck_status(trust_result_to_json(result, 0, json, need, &need), TRUST_E_LIMIT);
    ck_assert_str_eq(json, "");
    trust_result_free(result);
    /* Without reference values for its class it cannot be affirmed. */
    request.device_class = "another";
    result = appraise(&s, &request);
    trust_result_get_info(result, &info);
    ck_assert_int_gt(info.tier, 2);
    trust_result_free(result);
    request.nonce = (trust_bytes){other, 16};
    result = appraise(&s, &request);
    trust_result_get_info(result, &info);
    ck_assert_int_eq(info.tier, 99);
    ck_assert_uint_eq(info.reason, TRI_REASON_NONCE_FOREIGN);
    ck_ok(trust_result_to_json(result, 1, json, sizeof json, &need));
    ck_assert_ptr_nonnull(strstr(json, "\"claims\":{}"));
    trust_result_free(result);
    scene_end(&s);
}
END_TEST

START_TEST(other_items_by_themselves)
{
    char json[8192];
    size_t need;
    scene s;
    trust_result_info info;
    size_t len;
    scene_begin(&s, NULL);
    static const struct {
        const char *type, *data;
        uint32_t origin, state;
        int32_t tier;
    } items[] = {{TRUST_TYPE_ADDRESS, "103.20.7.19", TRUST_FROM_HOST, TRUST_STATE_VALID, 32},
                 {TRUST_TYPE_ADDRESS, "5.8.1.2", TRUST_FROM_HOST, TRUST_STATE_VALID, 2},
                 {TRUST_TYPE_ADDRESS, "5.8.1.2", TRUST_FROM_DEVICE, TRUST_STATE_UNBOUND, 99},
                 {TRUST_TYPE_ADDRESS, "nowhere", TRUST_FROM_HOST, TRUST_STATE_UNBOUND, 99},
                 {"text/plain", "x", TRUST_FROM_HOST, TRUST_STATE_UNSUPPORTED, 99}};
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        trust_appraise_request request =
            request_of(&s, items[i].type, items[i].data, strlen(items[i].data));
        request.origin = items[i].origin;
        trust_result *result = appraise(&s, &request);
        trust_result_get_info(result, &info);
        ck_assert_uint_eq(info.state, items[i].state);
        ck_assert_msg(info.tier == items[i].tier, "%zu: %d", i, (int)info.tier);
        ck_ok(trust_result_to_json(result, 0, json, sizeof json, &need));
        trust_result_free(result);
    }
    uint8_t *human = read_file(project_path("examples/data/human-declined.json"), &len);
    trust_appraise_request request = request_of(&s, TRUST_TYPE_DIDIT, human, len);
    request.origin = TRUST_FROM_SERVICE;
    trust_result *result = appraise(&s, &request);
    trust_result_get_info(result, &info);
    ck_assert_int_eq(info.tier, 96);
    trust_result_free(result);
    free(human);
    scene_end(&s);
}
END_TEST

START_TEST(a_request_for_appraisal_is_checked)
{
    static const uint8_t nonce[65];
    scene s;
    trust_result *result = NULL;
    trust_finding finding;
    trust_error err = {0};
    char text[8];
    size_t need;
    scene_begin(&s, NULL);
    trust_appraise_request good = request_of(&s, "text/plain", "x", 1);
    trust_appraise_request r = good;
    ck_status(trust_appraise(NULL, &r, &result, &err), TRUST_E_ARGUMENT);
    ck_status(trust_appraise(s.engine, NULL, &result, &err), TRUST_E_ARGUMENT);
    ck_status(trust_appraise(s.engine, &r, NULL, &err), TRUST_E_ARGUMENT);
#define REFUSED(change, status)                                                                    \
    do {                                                                                           \
        r = good;                                                                                  \
        change;                                                                                    \
        ck_status(trust_appraise(s.engine, &r, &result, &err), status);                            \
    } while (0)
    REFUSED(r.type = NULL, TRUST_E_ARGUMENT);
    REFUSED(r.type = "", TRUST_E_ARGUMENT);
    REFUSED(r.size--, TRUST_E_ARGUMENT);
    struct {
        trust_appraise_request request;
        uint64_t more;
    } newer = {good, 1};
    newer.request.size = sizeof newer;
    ck_status(trust_appraise(s.engine, &newer.request, &result, &err), TRUST_E_UNSUPPORTED);
    REFUSED(r.ed25519_key_count = 5, TRUST_E_ARGUMENT);
    REFUSED(r.ed25519_keys = NULL, TRUST_E_ARGUMENT);
    REFUSED((r.nonce = (trust_bytes){nonce, 65}), TRUST_E_ARGUMENT);
    REFUSED((r.nonce = (trust_bytes){nonce, 7}), TRUST_E_ARGUMENT);
    REFUSED((r.nonce = (trust_bytes){NULL, 8}), TRUST_E_ARGUMENT);
    REFUSED(r.origin = 0, TRUST_E_ARGUMENT);
    REFUSED(r.origin = 4, TRUST_E_ARGUMENT);
    REFUSED(r.data.size = TRUST_MAX_ITEM_BYTES + 1, TRUST_E_LIMIT);
    ck_assert_ptr_null(result);
    trust_result_free(NULL);
    trust_result_get_info(NULL, NULL);
    ck_status(trust_result_finding(NULL, 0, &finding), TRUST_E_ARGUMENT);
    ck_status(trust_result_to_json(NULL, 0, text, sizeof text, &need), TRUST_E_ARGUMENT);
    result = appraise(&s, &good);
    ck_status(trust_result_finding(result, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_result_to_json(result, 0, NULL, 5, &need), TRUST_E_ARGUMENT);
    ck_status(trust_result_to_json(result, 0, NULL, 0, &need), TRUST_E_LIMIT);
    trust_result_get_info(result, NULL);
    trust_result_free(result);
    scene_end(&s);
}
END_TEST

/* The worst of an item's findings is its tier. */
START_TEST(tiers_of_many_findings)
{
    static const struct {
        trust_finding finding;
        uint32_t reason;
        int32_t tier;
    } cases[] = {
        {{.kind = TRUST_KIND_HUMAN, .state = TRUST_STATE_VALID, .value = 2}, 0, 2},
        {{.kind = TRUST_KIND_HUMAN, .state = TRUST_STATE_VALID, .value = 33}, 0, 32},
        {{.kind = TRUST_KIND_HUMAN, .state = TRUST_STATE_VALID, .value = 0}, 0, 32},
        {{.kind = TRUST_KIND_HUMAN, .state = TRUST_STATE_VALID, .value = 97}, 0, 96},
        {{.kind = TRUST_KIND_HUMAN, .state = TRUST_STATE_PENDING}, 0, 32},
        {{.kind = TRUST_KIND_HUMAN, .state = TRUST_STATE_VALID, .value = 2},
         TRI_REASON_PROFILE_UNKNOWN,
         32},
        {{.kind = 0x80000001, .state = TRUST_STATE_VALID, .reason = TRI_REASON_ADDRESS_LISTED},
         0,
         32},
        {{.kind = 0x80000001, .state = TRUST_STATE_VALID, .reason = TRI_REASON_ADDRESS_CLEAN},
         0,
         2}};
    trust_allocator allocator = {NULL, NULL};
    counting memory = {0};
    allocator = counting_allocator(&memory);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_result *result = tri_result_new(&allocator, (tri_keeper){NULL, NULL});
        ck_assert_ptr_nonnull(result);
        result->findings[0] = cases[i].finding;
        result->info.finding_count = 1;
        tri_result_conclude(result, "a\x1b/b", TRUST_STATE_VALID, cases[i].reason);
        ck_assert_msg(result->info.tier == cases[i].tier, "%zu: %d", i, (int)result->info.tier);
        ck_assert_str_eq(result->type, "a?/b");
        char json[1024];
        ck_ok(trust_result_to_json(result, 0, json, sizeof json, NULL));
        ck_assert_int_eq(strstr(json, "\"kind\":\"host\"") != NULL,
                         cases[i].finding.kind == 0x80000001);
        trust_result_free(result);
    }
    ck_assert_uint_eq(memory.blocks_live, 0);
}
END_TEST

int main(void)
{
    return run_tests("engine",
                     TESTS(a_signal_of_the_host_is_checked, a_configuration_is_checked,
                           the_engine_goes_with_its_last_handle, a_clock_that_tells_no_time,
                           a_policy_must_fit_the_engine, at_most_sixteen_sources_are_down,
                           the_log_is_optional, a_token_by_itself, other_items_by_themselves,
                           a_request_for_appraisal_is_checked, tiers_of_many_findings));
}
