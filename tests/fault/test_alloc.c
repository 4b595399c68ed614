/* Every allocation of every public call made to fail, one by one: the host's allocator by its seam,
 * and the C library's, which cJSON and the library's defaults use, by a malloc of this program's
 * own. A call that fails for want of memory leaves nothing behind and nothing half done: made again
 * it succeeds, with the outcome that it would have had. */

#define _GNU_SOURCE /* RTLD_NEXT */

#include "scene.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

/* ---- the C library's malloc ---- */

/* A sanitizer's malloc must stay in its place. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_MALLOC 0
#elif defined(__has_feature)
#define OWN_MALLOC !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define OWN_MALLOC 1
#endif

static struct {
    bool armed;
    uint64_t calls, fail_at, failed;
} libc;

static bool denied(void)
{
    if (!libc.armed)
        return false;
    libc.calls++;
    libc.failed += libc.calls == libc.fail_at;
    return libc.calls == libc.fail_at;
}

#if OWN_MALLOC
static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

void *malloc(size_t size)
{
    static void *(*real)(size_t);
    if (real == NULL)
        *(void **)(&real) = next("malloc");
    return denied() ? NULL : real(size);
}

void *realloc(void *ptr, size_t size)
{
    static void *(*real)(void *, size_t);
    if (real == NULL)
        *(void **)(&real) = next("realloc");
    return denied() ? NULL : real(ptr, size);
}
#endif

/* Check allocates too, so it is only asked while nothing is failed. */
static void check_equal(int64_t a, int64_t b, int line)
{
    bool armed = libc.armed;
    libc.armed = false;
    ck_assert_msg(a == b, "line %d: %lld != %lld", line, (long long)a, (long long)b);
    libc.armed = armed;
}
#define holds_eq(a, b) check_equal((int64_t)(a), (int64_t)(b), __LINE__)
#define holds_ok(call) holds_eq(call, TRUST_OK)

/* ---- one call in its surroundings ---- */

typedef struct place {
    scene s;
    trust_allocator allocator; /* what calls without an engine are given */
    trust_table *table;
    trust_reference *reference;
    trust_decision *decision;
    uint8_t token[4096];
    size_t token_len;
    uint8_t *human;
    size_t human_len;
    uint8_t *geo;
    size_t geo_len;
    char outcome[32768]; /* what the call under test gave, in words */
} place;

typedef trust_status (*call)(place *p);

static const char reference_text[] =
    "{\"trust_reference\":1,\"id\":\"r\",\"revision\":1,\"values\":[{\"class\":\"a\",\"name\":"
    "\"b\","
    "\"digest\":\"sha256:5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\","
    "\"status\":\"ok\"}]}";
static const char list_text[] = "5.8.0.0/16\n2001:db8::/32\n";
static const char bundle_text[] =
    "{\"device\":\"urn:dev:mac:0024befffe804ff1\",\"items\":[{\"type\":"
    "\"application/vnd.trust.address\",\"value\":\"5.8.1.2\"},{\"type\":\"application/x\","
    "\"data\":\"AQID\"}]}";

static void build(place *p)
{
    trust_error err = {0};
    trust_challenge *challenge = NULL;
    trust_table_source source = {"vpn",
                                 TRUST_SOURCE_CIDR,
                                 TRUST_LIST_VPN,
                                 {(const uint8_t *)list_text, sizeof list_text - 1}};
    memset(p, 0, sizeof *p);
    scene_begin(&p->s, NULL);
    p->allocator = counting_allocator(&p->s.memory);
    ck_ok(trust_table_build(&source, 1, NULL, &p->table, &err));
    ck_ok(trust_reference_load_unsigned(reference_text, strlen(reference_text), NULL, &p->reference,
                                        &err));
    p->human = read_file(project_path("examples/data/human-declined.json"), &p->human_len);
    p->geo = read_file(project_path("examples/data/geo.mmdb"), &p->geo_len);
    ck_assert_ptr_nonnull(p->human);
    ck_assert_ptr_nonnull(p->geo);
    ck_ok(trust_challenge_new(p->s.device, NULL, &challenge, &err));
    p->token_len = scene_token(&p->s, trust_challenge_nonce(challenge), NULL, p->token);
    trust_challenge_free(challenge);
}

static void fill(place *p)
{
    trust_error err = {0};
    trust_metric metric = {"tx", 5.0, TRUST_TIME_UNKNOWN};
    ck_ok(trust_evidence_add(p->s.evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, p->token,
                             p->token_len, &err));
    ck_ok(trust_evidence_add(p->s.evidence, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, p->human,
                             p->human_len, &err));
    ck_ok(trust_evidence_add_address(p->s.evidence, "5.8.1.2", &err));
    ck_ok(trust_evidence_add_metric(p->s.evidence, &metric, &err));
}

static void fill_named(place *p)
{
    fill(p);
    ck_ok(trust_evidence_set_request_id(p->s.evidence, "r", 1));
}

/* The request was decided before; now it is repeated. */
static void fill_repeated(place *p)
{
    fill_named(p);
    scene_assess(&p->s, NULL);
}

static void make_decision(place *p)
{
    trust_error err = {0};
    fill_named(p);
    ck_ok(trust_preview(p->s.device, p->s.evidence, NULL, &p->decision, &err));
}

static void demolish(place *p)
{
    trust_decision_free(p->decision);
    trust_table_free(p->table);
    trust_reference_free(p->reference);
    free(p->human);
    free(p->geo);
    scene_end(&p->s); /* nothing of the host's allocator may be left */
}

static void put_decision(place *p, const trust_decision *decision)
{
    size_t need;
    holds_ok(trust_decision_to_json(decision, p->outcome, sizeof p->outcome, &need));
}

/* ---- the calls ---- */

static trust_status engine_new(place *p)
{
    trust_engine *engine = NULL;
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    trust_error err = {0};
    config.allocator = p->allocator;
    trust_status status = trust_engine_new(&config, &engine, &err);
    holds_eq(engine != NULL, status == TRUST_OK);
    trust_engine_free(engine);
    return status;
}

static trust_status store_new_memory(place *p)
{
    trust_store *store = NULL;
    trust_status status = trust_store_new_memory(&p->allocator, &store);
    holds_eq(store != NULL, status == TRUST_OK);
    trust_store_free(store);
    return status;
}

static trust_status policy_load(place *p)
{
    trust_policy *policy = NULL;
    trust_error err = {0};
    trust_status status = trust_policy_load_unsigned(scene_policy, strlen(scene_policy),
                                                     &p->allocator, &policy, &err);
    holds_eq(policy != NULL, status == TRUST_OK);
    trust_policy_free(policy);
    return status;
}

/* A manifest for the scene's policy, and the key that made it. */
static char manifest[512];
static uint8_t owner[1][32];

static void sign_policy(place *p)
{
    static const uint8_t seed[32] = {3};
    trust_signer *signer = NULL;
    trust_manifest said = TRUST_MANIFEST_INIT;
    size_t need;
    (void)p;
    strcpy(said.kind, "policy");
    strcpy(said.id, "scene");
    said.revision = 3;
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_POLICY, &signer));
    trust_signer_public_key(signer, owner[0]);
    ck_ok(trust_manifest_sign(&said, scene_policy, strlen(scene_policy), signer, manifest,
                              sizeof manifest, &need));
    trust_signer_free(signer);
}

static trust_status load_signed(place *p, trust_policy **out)
{
    trust_error err = {0};
    return trust_policy_load(scene_policy, strlen(scene_policy), manifest, strlen(manifest),
                             (const uint8_t(*)[32])owner, 1, SCENE_NOW, &p->allocator, out, &err);
}

static trust_status policy_load_signed(place *p)
{
    trust_policy *policy = NULL;
    trust_status status = load_signed(p, &policy);
    holds_eq(policy != NULL, status == TRUST_OK);
    trust_policy_free(policy);
    return status;
}

static trust_status use_policy_signed(place *p)
{
    trust_policy *policy = NULL;
    trust_error err = {0};
    trust_status status = load_signed(p, &policy);
    if (status == TRUST_OK)
        status = trust_engine_use_policy(p->s.engine, policy, &err);
    trust_policy_free(policy);
    return status;
}

static trust_status policy_lint(place *p)
{
    trust_lint *lint = NULL;
    trust_status status =
        trust_policy_lint(scene_policy, strlen(scene_policy), &p->allocator, &lint);
    holds_eq(lint != NULL, status == TRUST_OK);
    if (lint != NULL)
        snprintf(p->outcome, sizeof p->outcome, "%zu", trust_lint_count(lint));
    trust_lint_free(lint);
    return status;
}

static trust_status policy_expand(place *p)
{
    size_t need;
    return trust_policy_expand(p->s.policy, p->outcome, sizeof p->outcome, &need);
}

static trust_status table_build(place *p)
{
    trust_table *table = NULL;
    trust_error err = {0};
    trust_table_source sources[] = {{"geo", TRUST_SOURCE_MMDB, 0, {p->geo, p->geo_len}},
                                    {"vpn",
                                     TRUST_SOURCE_CIDR,
                                     TRUST_LIST_VPN,
                                     {(const uint8_t *)list_text, sizeof list_text - 1}}};
    trust_status status = trust_table_build(sources, 2, &p->allocator, &table, &err);
    holds_eq(table != NULL, status == TRUST_OK);
    trust_table_free(table);
    return status;
}

static trust_status reference_load(place *p)
{
    trust_reference *reference = NULL;
    trust_error err = {0};
    trust_status status = trust_reference_load_unsigned(reference_text, strlen(reference_text),
                                                        &p->allocator, &reference, &err);
    holds_eq(reference != NULL, status == TRUST_OK);
    trust_reference_free(reference);
    return status;
}

static trust_status use_policy(place *p)
{
    trust_error err = {0};
    return trust_engine_use_policy(p->s.engine, p->s.policy, &err);
}

static trust_status use_table(place *p)
{
    return trust_engine_use_table(p->s.engine, p->table);
}

static trust_status use_reference(place *p)
{
    return trust_engine_use_reference(p->s.engine, p->reference);
}

static trust_status source_down(place *p)
{
    return trust_engine_set_source_down(p->s.engine, TRUST_KIND_HUMAN, 1);
}

static trust_status device_enroll(place *p)
{
    trust_device *device = NULL;
    trust_error err = {0};
    const trust_attribute attribute = {"class", "lock-1"};
    trust_enrolment enrolment = {sizeof enrolment, NULL, 0, &attribute, 1};
    trust_status status = trust_device_enroll(p->s.engine, "urn:new", &enrolment, &device, &err);
    holds_eq(device != NULL, status == TRUST_OK);
    trust_device_free(device);
    return status;
}

static trust_status device_open(place *p)
{
    trust_device *device = NULL;
    trust_error err = {0};
    trust_status status = trust_device_open(p->s.engine, SCENE_DEVICE, &device, &err);
    holds_eq(device != NULL, status == TRUST_OK);
    trust_device_free(device);
    return status;
}

static trust_status device_reload(place *p)
{
    trust_error err = {0};
    return trust_device_reload(p->s.device, &err);
}

static trust_status device_lifecycle(place *p)
{
    trust_error err = {0};
    return trust_device_set_lifecycle(p->s.device, TRUST_LIFECYCLE_SUSPENDED, &err);
}

static void put_challenges(place *p)
{
    trust_device_info info;
    holds_ok(trust_device_get_info(p->s.device, &info));
    snprintf(p->outcome, sizeof p->outcome, "%u open", info.open_challenges);
}

static trust_status challenge_new(place *p)
{
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    trust_status status = trust_challenge_new(p->s.device, NULL, &challenge, &err);
    holds_eq(challenge != NULL, status == TRUST_OK);
    trust_challenge_free(challenge);
    put_challenges(p);
    return status;
}

static trust_status challenge_adopt(place *p)
{
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    trust_status status =
        trust_challenge_adopt(p->s.device, NULL, "elsewhere", 9, &challenge, &err);
    holds_eq(challenge != NULL, status == TRUST_OK);
    trust_challenge_free(challenge);
    put_challenges(p);
    return status;
}

static trust_status challenge_delivered(place *p)
{
    trust_error err = {0};
    return trust_challenge_delivered(p->s.device, 1, &err);
}

static trust_status evidence_new(place *p)
{
    trust_evidence *evidence = NULL;
    trust_error err = {0};
    trust_status status = trust_evidence_new(p->s.device, &evidence, &err);
    holds_eq(evidence != NULL, status == TRUST_OK);
    trust_evidence_free(evidence);
    return status;
}

/* As many items as the call added, or none. */
static trust_status grown(place *p, trust_status status, size_t by)
{
    size_t count = trust_evidence_count(p->s.evidence);
    holds_eq(count, status == TRUST_OK ? by : 0);
    trust_evidence_clear(p->s.evidence);
    return status;
}

static trust_status evidence_add(place *p)
{
    trust_error err = {0};
    return grown(p,
                 trust_evidence_add(p->s.evidence, TRUST_FROM_HOST, TRUST_TYPE_METRIC,
                                    "{\"name\":\"tx\",\"value\":1}", 23, &err),
                 1);
}

static trust_status evidence_address(place *p)
{
    trust_error err = {0};
    return grown(p, trust_evidence_add_address(p->s.evidence, "5.8.1.2", &err), 1);
}

static trust_status evidence_metric(place *p)
{
    trust_error err = {0};
    trust_metric metric = {"tx", 5.0, TRUST_TIME_UNKNOWN};
    return grown(p, trust_evidence_add_metric(p->s.evidence, &metric, &err), 1);
}

static trust_status evidence_bundle(place *p)
{
    trust_error err = {0};
    return grown(p,
                 trust_evidence_add_bundle(p->s.evidence, TRUST_FROM_HOST, bundle_text,
                                           strlen(bundle_text), NULL, &err),
                 2);
}

static trust_status bundle_device(place *p)
{
    trust_error err = {0};
    return trust_bundle_device(bundle_text, strlen(bundle_text), p->outcome, sizeof p->outcome,
                               &err);
}

static trust_status judge(place *p,
                          trust_status (*how)(trust_device *, const trust_evidence *,
                                              const trust_call *, trust_decision **, trust_error *))
{
    trust_decision *decision = NULL;
    trust_error err = {0};
    trust_status status = how(p->s.device, p->s.evidence, NULL, &decision, &err);
    holds_eq(decision != NULL, status == TRUST_OK);
    if (decision != NULL)
        put_decision(p, decision);
    trust_decision_free(decision);
    return status;
}

static trust_status assess(place *p)
{
    return judge(p, trust_assess);
}

static trust_status preview(place *p)
{
    return judge(p, trust_preview);
}

static trust_status assess_many(place *p)
{
    trust_assess_job job = {.device = p->s.device, .evidence = p->s.evidence};
    trust_status status = trust_assess_many(&job, 1, NULL);
    holds_ok(status);
    holds_eq(job.decision != NULL, job.error.code == TRUST_OK);
    if (job.decision != NULL)
        put_decision(p, job.decision);
    trust_decision_free(job.decision);
    return job.error.code;
}

static trust_status assess_into(place *p)
{
    trust_error err = {0};
    trust_status status = trust_assess_into(p->s.device, p->s.evidence, NULL, p->decision, &err);
    if (status != TRUST_OK)
        holds_eq(trust_decision_verdict(p->decision), TRUST_DENY);
    put_decision(p, p->decision);
    return status;
}

static trust_status observe(place *p)
{
    trust_error err = {0};
    uint32_t due = 7;
    trust_status status = trust_observe(p->s.device, p->s.evidence, NULL, &due, &err);
    holds_eq(due == 7, status != TRUST_OK);
    return status;
}

static trust_status appraise_one(place *p, const char *type, uint32_t origin, const uint8_t *data,
                                 size_t len)
{
    trust_appraise_request request = TRUST_APPRAISE_INIT;
    trust_result *result = NULL;
    trust_error err = {0};
    size_t need;
    request.type = type;
    request.origin = origin;
    request.data = (trust_bytes){data, len};
    request.ed25519_keys = (const uint8_t(*)[32])p->s.key;
    request.ed25519_key_count = 1;
    trust_status status = trust_appraise(p->s.engine, &request, &result, &err);
    holds_eq(result != NULL, status == TRUST_OK);
    if (result != NULL)
        holds_ok(trust_result_to_json(result, 1, p->outcome, sizeof p->outcome, &need));
    trust_result_free(result);
    return status;
}

static trust_status appraise_token(place *p)
{
    return appraise_one(p, TRUST_TYPE_EAT_CWT, TRUST_FROM_DEVICE, p->token, p->token_len);
}

static trust_status appraise_human(place *p)
{
    return appraise_one(p, TRUST_TYPE_DIDIT, TRUST_FROM_SERVICE, p->human, p->human_len);
}

static trust_status signer_new(place *p)
{
    uint8_t seed[32] = {1};
    trust_signer *signer = NULL;
    (void)p;
    trust_status status = trust_signer_new_seed(seed, TRUST_USE_DEVICE, &signer);
    holds_eq(signer != NULL, status == TRUST_OK);
    trust_signer_free(signer);
    return status;
}

static trust_status signer_read(place *p)
{
    char secret[256], shown[256];
    trust_random random = fixed_random_seam(&p->s.random);
    trust_signer *signer = NULL;
    trust_error err = {0};
    trust_status status = trust_keygen(&random, secret, sizeof secret, shown, sizeof shown);
    if (status == TRUST_OK)
        status = trust_signer_read(secret, strlen(secret), TRUST_USE_DEVICE, &signer, &err);
    holds_eq(signer != NULL, status == TRUST_OK);
    trust_signer_free(signer);
    return status;
}

static trust_status cancel_new(place *p)
{
    trust_cancel *cancel = NULL;
    (void)p;
    trust_status status = trust_cancel_new(&cancel);
    holds_eq(cancel != NULL, status == TRUST_OK);
    trust_cancel_free(cancel);
    return status;
}

static trust_status decision_text(place *p)
{
    size_t need;
    trust_status status = trust_decision_explain(p->decision, TRUST_FOR_OPERATOR, p->outcome,
                                                 sizeof p->outcome, &need);
    return status == TRUST_OK
               ? trust_decision_to_json(p->decision, p->outcome, sizeof p->outcome, &need)
               : status;
}

/* allocates: 0 never, 1 by the host's allocator, 2 by the C library's, 3 by both. */
static const struct {
    const char *name;
    call run;
    void (*set_up)(place *p);
    int allocates;
} calls[] = {
    {"engine_new", engine_new, NULL, 3},
    {"store_new_memory", store_new_memory, NULL, 3},
    {"policy_load", policy_load, NULL, 3},
    {"policy_load, signed", policy_load_signed, sign_policy, 3},
    {"policy_lint", policy_lint, NULL, 3},
    {"policy_expand", policy_expand, NULL, 0},
    {"table_build", table_build, NULL, 1},
    {"reference_load", reference_load, NULL, 3},
    {"use_policy", use_policy, NULL, 1},
    {"use_policy, signed", use_policy_signed, sign_policy, 3},
    {"use_table", use_table, NULL, 1},
    {"use_reference", use_reference, NULL, 1},
    {"source_down", source_down, NULL, 1},
    {"device_enroll", device_enroll, NULL, 1},
    {"device_open", device_open, NULL, 1},
    {"device_reload", device_reload, NULL, 0},
    {"device_lifecycle", device_lifecycle, NULL, 0},
    {"challenge_new", challenge_new, NULL, 1},
    {"challenge_adopt", challenge_adopt, NULL, 1},
    {"challenge_delivered", challenge_delivered, NULL, 0},
    {"evidence_new", evidence_new, NULL, 1},
    {"evidence_add", evidence_add, NULL, 3},
    {"evidence_address", evidence_address, NULL, 1},
    {"evidence_metric", evidence_metric, NULL, 1},
    {"evidence_bundle", evidence_bundle, NULL, 3},
    {"bundle_device", bundle_device, NULL, 2},
    {"assess", assess, fill, 3},
    {"assess, named", assess, fill_named, 3},
    {"assess, repeated", assess, fill_repeated, 1},
    {"preview", preview, fill, 3},
    {"preview, repeated", preview, fill_repeated, 1},
    {"assess_many", assess_many, fill, 3},
    {"assess_into", assess_into, make_decision, 3},
    {"observe", observe, fill, 3},
    {"appraise, token", appraise_token, NULL, 1},
    {"appraise, human", appraise_human, NULL, 3},
    {"signer_new", signer_new, NULL, 2},
    {"signer_read", signer_read, NULL, 2},
    {"cancel_new", cancel_new, NULL, 2},
    {"decision_text", decision_text, make_decision, 0},
};

#define CALLS (sizeof calls / sizeof calls[0])

static void set_up(place *p, size_t i)
{
    build(p);
    if (calls[i].set_up != NULL)
        calls[i].set_up(p);
    p->outcome[0] = '\0';
}

static const char *undisturbed(size_t i)
{
    static char outcome[32768];
    place p;
    set_up(&p, i);
    ck_status(calls[i].run(&p), TRUST_OK);
    memcpy(outcome, p.outcome, sizeof outcome);
    demolish(&p);
    return outcome;
}

/* Fail allocation @p n of call @p i, then make the call again: whether anything failed. */
static bool disturb(size_t i, uint64_t n, bool of_libc, const char *expected)
{
    place p;
    set_up(&p, i);
    counting *memory = &p.s.memory;
    uint64_t blocks = memory->blocks_live;
    memory->calls = memory->failed = 0;
    memory->fail_at = of_libc ? 0 : n;
    libc.calls = libc.failed = 0;
    libc.fail_at = n;
    libc.armed = of_libc;
    trust_status status = calls[i].run(&p);
    libc.armed = false;
    memory->fail_at = 0;
    bool failed = (of_libc ? libc.failed : memory->failed) > 0;
    ck_assert_msg(status == TRUST_OK || (failed && status == TRUST_E_NOMEM),
                  "%s, allocation %u: %s", calls[i].name, (unsigned)n, trust_status_name(status));
    /* What a failed call took it gave back, but for rooms that a handle keeps for the next. */
    if (status != TRUST_OK)
        ck_assert_msg(memory->blocks_live <= blocks + 2, "%s, allocation %u: %u blocks",
                      calls[i].name, (unsigned)n, (unsigned)(memory->blocks_live - blocks));
    if (status != TRUST_OK)
        ck_assert_msg(calls[i].run(&p) == TRUST_OK, "%s again, after %u", calls[i].name,
                      (unsigned)n);
    ck_assert_msg(strcmp(p.outcome, expected) == 0, "%s, allocation %u:\n%s\n%s", calls[i].name,
                  (unsigned)n, p.outcome, expected);
    demolish(&p);
    return failed;
}

static void every_call(bool of_libc)
{
    for (size_t i = 0; i < CALLS; i++) {
        const char *expected = undisturbed(i);
        uint64_t failures = 0;
        for (uint64_t n = 1; disturb(i, n, of_libc, expected); n++)
            failures++;
        bool allocates = (calls[i].allocates & (of_libc ? 2 : 1)) != 0;
        /* Some C libraries allocate where others do not, as qsort() does. */
        ck_assert_msg(of_libc ? failures > 0 || !allocates : (failures > 0) == allocates,
                      "%s: %u failures", calls[i].name, (unsigned)failures);
    }
}

START_TEST(every_allocation_of_the_host)
{
    every_call(false);
}
END_TEST

/* Whether this program's malloc is the one that is called: not under valgrind. */
static bool malloc_is_ours(void)
{
    libc.calls = libc.fail_at = 0;
    libc.armed = true;
    void *volatile block = malloc(1);
    libc.armed = false;
    free(block);
    return libc.calls > 0;
}

START_TEST(every_allocation_of_the_c_library)
{
    if (!malloc_is_ours()) {
        puts("skipped: malloc belongs to the tool that this runs under");
        return;
    }
    every_call(true);
}
END_TEST

int main(void)
{
    return run_tests("alloc",
                     TESTS(every_allocation_of_the_host, every_allocation_of_the_c_library));
}
