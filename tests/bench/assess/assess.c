/* One assessment of four signals from bytes, against nothing but the signature that it verifies.
 * README.md says what is measured. */

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <trust/attest.h>
#include <trust/trust.h>

#define NOW     INT64_C(1795428000000) /* 2026-11-23T10:00:00Z, when the example data was made */
#define MINUTE  INT64_C(60000)
#define ROUNDS  2001
#define WARM    200 /* rounds before, in which buffers grow and behaviour is learnt */
#define ATTEMPT "installation-0001"
#define HOME    "5.8.1.2"

/* What the C library was asked for, by whomever: these stand before its own. */
static unsigned long c_calls;
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
    c_calls++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    c_calls++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    c_calls++;
    return __libc_realloc(old, size);
}

/* What libtrust asked its allocator for. */
static unsigned long trust_calls;

static void *resize(void *user, void *ptr, size_t old_size, size_t new_size)
{
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    trust_calls++;
    return __libc_realloc(ptr, new_size);
}

static void need(trust_status status, const char *what)
{
    if (status == TRUST_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, trust_status_text(status));
    exit(1);
}

typedef struct file {
    uint8_t data[65536];
    size_t size;
} file;

static trust_bytes read_example(const char *name, file *into)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/examples/%s", SOURCE_ROOT, name);
    FILE *stream = fopen(path, "rb");
    if (stream != NULL) {
        into->size = fread(into->data, 1, sizeof into->data, stream);
        fclose(stream);
        if (into->size < sizeof into->data)
            return (trust_bytes){into->data, into->size};
    }
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
}

static trust_time now = NOW;

static trust_time tell_time(void *user)
{
    (void)user;
    return now;
}

/* A device with its evidence, its decision, and what its last token was signed over. */
typedef struct scene {
    const char *name;
    bool document; /* the human decision comes with every assessment */
    trust_device *device;
    trust_evidence *evidence;
    trust_decision *decision;
    trust_signer *signer;
    uint8_t key[32];
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    size_t token_size;
    uint8_t to_sign[TRUST_ATTEST_MAX_TOKEN];
    size_t to_sign_size;
    uint8_t signature[64];
    double whole[ROUNDS], bare[ROUNDS];
    unsigned long trust_calls, c_calls;
    unsigned verdicts[TRUST_DENY + 1];
} scene;

static trust_engine *engine;
static file human;

static void use_policy(file *room)
{
    trust_policy *policy = NULL;
    trust_reference *reference = NULL;
    trust_bytes text = read_example("policies/front-door-locks.json", room);
    need(trust_policy_load_unsigned(text.data, text.size, NULL, &policy, NULL), "policy");
    need(trust_engine_use_policy(engine, policy, NULL), "policy");
    trust_policy_free(policy);
    text = read_example("data/reference.json", room);
    need(trust_reference_load_unsigned(text.data, text.size, NULL, &reference, NULL), "reference");
    need(trust_engine_use_reference(engine, reference), "reference");
    trust_reference_free(reference);
}

static void use_table(file *geo, file *list)
{
    trust_table *table = NULL;
    const trust_table_source sources[] = {
        {"geo", TRUST_SOURCE_MMDB, 0, read_example("data/geo.mmdb", geo)},
        {"vpn", TRUST_SOURCE_CIDR, TRUST_LIST_VPN, read_example("data/vpn.txt", list)}};
    need(trust_table_build(sources, 2, NULL, &table, NULL), "table");
    need(trust_engine_use_table(engine, table), "table");
    trust_table_free(table);
}

static void begin(void)
{
    static file first, second;
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.allocator.resize = resize;
    config.clock.now = tell_time;
    config.verifier = "gateway-1";
    need(trust_engine_new(&config, &engine, NULL), "engine");
    use_policy(&first);
    use_table(&first, &second);
    (void)read_example("data/human-approved.json", &human);
}

static void open_scene(scene *s)
{
    static const trust_attribute facts[] = {{"class", "lock"}, {"country", "DE"}};
    trust_enrolment enrolment = TRUST_ENROLMENT_INIT;
    need(trust_signer_new_seed((const uint8_t *)"a benchmark's key is no secret..",
                               TRUST_USE_DEVICE, &s->signer),
         "key");
    trust_signer_public_key(s->signer, s->key);
    enrolment.ed25519_keys = (const uint8_t(*)[32])s->key;
    enrolment.ed25519_key_count = 1;
    enrolment.attributes = facts;
    enrolment.attribute_count = 2;
    need(trust_device_enroll(engine, s->name, &enrolment, &s->device, NULL), "device");
    need(trust_evidence_new(s->device, &s->evidence, NULL), "evidence");
}

/* Keep what is signed: the other side of the comparison verifies just that. */
static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    scene *s = user;
    if (len > sizeof s->to_sign)
        return TRUST_E_LIMIT;
    memcpy(s->to_sign, data, len);
    s->to_sign_size = len;
    trust_status status = trust_signer_sign(s->signer, TRUST_USE_DEVICE, data, len, signature);
    memcpy(s->signature, signature, sizeof s->signature);
    return status;
}

/* The device's part, which is not measured: a challenge is issued and answered. */
static void answer(scene *s)
{
    uint8_t digest[32];
    trust_challenge *challenge = NULL;
    trust_attest_component app = {"app", NULL, {digest, sizeof digest}, {NULL, 0}};
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    trust_attest_key key = {.sign = sign, .user = s};
    memset(digest, 0x11, sizeof digest);
    need(trust_challenge_new(s->device, NULL, &challenge, NULL), "challenge");
    claims.nonce = trust_challenge_nonce(challenge);
    claims.binding.verifier = "gateway-1";
    claims.components = &app;
    claims.component_count = 1;
    claims.debug = TRUST_DEBUG_DISABLED;
    claims.secure_boot = TRUST_BOOT_SECURE;
    memcpy(key.public_key, s->key, sizeof key.public_key);
    need(trust_attest_make(&claims, &key, s->token, sizeof s->token, &s->token_size), "token");
    trust_challenge_free(challenge);
}

/* What is measured: bytes are collected and assessed. */
static void take_in(scene *s, bool document)
{
    static const char *const names[] = {"tx_bytes", "rx_bytes", "connections", "wakeups"};
    trust_evidence_clear(s->evidence);
    need(trust_evidence_add(s->evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, s->token,
                            s->token_size, NULL),
         "token");
    need(trust_evidence_add_address(s->evidence, HOME, NULL), "address");
    for (int i = 0; i < 4; i++) {
        trust_metric metric = {names[i], 1000.0 + 100 * i + (double)(now / MINUTE % 7), now};
        need(trust_evidence_add_metric(s->evidence, &metric, NULL), "metric");
    }
    if (document)
        need(trust_evidence_add(s->evidence, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, human.data,
                                human.size, NULL),
             "document");
    need(trust_evidence_set_attempt(s->evidence, ATTEMPT), "attempt");
    need(trust_assess_into(s->device, s->evidence, NULL, s->decision, NULL), "assess");
}

static void first_time(scene *s)
{
    open_scene(s);
    answer(s);
    trust_evidence_clear(s->evidence);
    need(trust_evidence_add(s->evidence, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, human.data, human.size,
                            NULL),
         "document");
    need(trust_evidence_set_attempt(s->evidence, ATTEMPT), "attempt");
    need(trust_assess(s->device, s->evidence, NULL, &s->decision, NULL), "assess");
}

static double microseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double time_whole(scene *s)
{
    unsigned long of_trust = trust_calls, of_c = c_calls;
    double start = microseconds();
    take_in(s, s->document);
    double took = microseconds() - start;
    s->trust_calls += trust_calls - of_trust;
    s->c_calls += c_calls - of_c;
    s->verdicts[trust_decision_verdict(s->decision)]++;
    return took;
}

static double time_bare(const scene *s)
{
    double start = microseconds();
    int bad = crypto_sign_verify_detached(s->signature, s->to_sign, s->to_sign_size, s->key);
    double took = microseconds() - start;
    if (bad != 0)
        need(TRUST_E_INTEGRITY, "signature");
    return took;
}

/* What comes second finds libsodium's tables in the cache, so they take turns. */
static void measure(scene *s, int round, double *whole, double *bare)
{
    answer(s);
    if (round % 2 == 0)
        *whole = time_whole(s);
    *bare = time_bare(s);
    if (round % 2 != 0)
        *whole = time_whole(s);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(scene *s)
{
    qsort(s->whole, ROUNDS, sizeof s->whole[0], by_size);
    qsort(s->bare, ROUNDS, sizeof s->bare[0], by_size);
    double median = s->whole[ROUNDS / 2], bare = s->bare[ROUNDS / 2];
    printf("%-20s %8.1f %8.1f %10.1f %8.1f %8.2f %8.2f %9.2f %9.2f\n", s->name, s->whole[0], median,
           s->bare[0], bare, s->whole[0] / s->bare[0], median / bare,
           (double)s->trust_calls / ROUNDS, (double)s->c_calls / ROUNDS);
}

/* Every signal must have counted, or the wrong thing was measured. */
static void check(const scene *s)
{
    trust_row row;
    if (s->verdicts[TRUST_ALLOW] != ROUNDS)
        need(TRUST_E_STATE, "not always allowed");
    for (size_t i = 1; trust_decision_row(s->decision, i, &row) == TRUST_OK; i++)
        if (row.type == TRUST_ROW_SIGNAL && row.state != TRUST_STATE_VALID)
            need(TRUST_E_STATE, trust_decision_row_name(s->decision, i));
}

int main(void)
{
    static scene scenes[] = {{.name = "human remembered"},
                             {.name = "human in the call", .document = true}};
    size_t count = sizeof scenes / sizeof scenes[0];
    double ignored[2];
    if (sodium_init() < 0)
        return 1;
    begin();
    for (size_t i = 0; i < count; i++)
        first_time(&scenes[i]);
    for (int round = -WARM; round < ROUNDS; round++) {
        now += MINUTE;
        for (size_t i = 0; i < count; i++) {
            scene *s = &scenes[i];
            if (round < 0)
                measure(s, round, &ignored[0], &ignored[1]);
            else
                measure(s, round, &s->whole[round], &s->bare[round]);
        }
        if (round == -1)
            for (size_t i = 0; i < count; i++) {
                scenes[i].trust_calls = scenes[i].c_calls = 0;
                memset(scenes[i].verdicts, 0, sizeof scenes[i].verdicts);
            }
    }
    printf("one assessment, in microseconds, against crypto_sign_verify_detached of the same %zu "
           "bytes\n",
           scenes[0].to_sign_size);
    printf("%-20s %8s %8s %10s %8s %8s %8s %9s %9s\n", "", "least", "median", "bare least",
           "median", "ratio", "median", "its", "malloc's");
    for (size_t i = 0; i < count; i++)
        print(&scenes[i]);
    for (size_t i = 0; i < count; i++)
        check(&scenes[i]);
    return 0;
}
