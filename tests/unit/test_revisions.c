/* No way back: what a store remembers of signed policies, for every engine on it, whatever the
 * store does; and what decisions say of a policy that is signed. */

#include "scene.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <trust/manifest.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "crypto/crypto.h"
#include "engine/engine.h"
#include "engine/revisions.h"
#include "policy/policy.h"
#include "store/store.h"

static trust_signer *signer;
static uint8_t key[1][32];
#define KEYS (const uint8_t(*)[32]) key

/* ---- policies ---- */

static void setup(void)
{
    uint8_t seed[32] = {0x51};
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_POLICY, &signer));
    trust_signer_public_key(signer, key[0]);
}

static void teardown(void)
{
    trust_signer_free(signer);
}

static void write_policy(const char *id, uint64_t revision, int base, char out[512])
{
    snprintf(out, 512,
             "{\"trust_policy\":1,\"id\":\"%s\",\"revision\":%llu,\"base\":%d,"
             "\"signals\":{\"identity\":{\"weight\":300}},"
             "\"verdicts\":{\"allow\":350,\"step_up\":475,\"quarantine\":650}}",
             id, (unsigned long long)revision, base);
}

static trust_policy *sign_until(const char *text, const char *id, uint64_t revision,
                                trust_time expires)
{
    trust_manifest m = TRUST_MANIFEST_INIT;
    trust_policy *policy = NULL;
    trust_error err = {0};
    char manifest[512];
    size_t need;
    strcpy(m.kind, "policy");
    strcpy(m.id, id);
    m.revision = revision;
    m.expires = expires;
    ck_ok(trust_manifest_sign(&m, text, strlen(text), signer, manifest, sizeof manifest, &need));
    ck_assert_msg(trust_policy_load(text, strlen(text), manifest, need, KEYS, 1, SCENE_NOW, NULL,
                                    &policy, &err) == TRUST_OK,
                  "%s", err.message);
    return policy;
}

static trust_policy *signed_policy(const char *id, uint64_t revision, int base)
{
    char text[512];
    write_policy(id, revision, base, text);
    return sign_until(text, id, revision, TRUST_TIME_NEVER);
}

static trust_policy *unsigned_policy(const char *id, uint64_t revision)
{
    char text[512];
    trust_policy *policy = NULL;
    write_policy(id, revision, 450, text);
    ck_ok(trust_policy_load_unsigned(text, strlen(text), NULL, &policy, NULL));
    return policy;
}

static trust_engine *engine_on(trust_store *store)
{
    trust_engine *engine = NULL;
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.store = store;
    ck_ok(trust_engine_new(&config, &engine, NULL));
    return engine;
}

/* Use a policy and let go of it; on refusal the engine has to weigh with what it had. */
static trust_status use(trust_engine *engine, trust_policy *policy, trust_error *err)
{
    const trust_policy *before = engine->snapshot->policy;
    trust_status status = trust_engine_use_policy(engine, policy, err);
    ck_assert_ptr_eq(engine->snapshot->policy, status == TRUST_OK ? policy : before);
    trust_policy_free(policy);
    return status;
}

/* The lie is told, and the sentence says what it was. */
static void refused(trust_engine *engine, trust_policy *policy, const char *message)
{
    trust_error err = {0};
    ck_status(use(engine, policy, &err), TRUST_E_STATE);
    ck_assert_str_eq(err.message, message);
    ck_assert_uint_eq(err.offset, 0);
}

START_TEST(a_signed_policy_only_goes_forward)
{
    trust_engine *engine = engine_on(NULL);
    setup();
    ck_ok(use(engine, signed_policy("door", 5, 450), NULL));
    ck_ok(use(engine, signed_policy("door", 5, 450), NULL));
    refused(engine, signed_policy("door", 4, 450),
            "revision 5 was used before, so not revision 4 of 'door'");
    refused(engine, signed_policy("door", 0, 450),
            "revision 5 was used before, so not revision 0 of 'door'");
    refused(engine, signed_policy("door", 5, 451),
            "revision 5 was used before with another document of 'door'");
    ck_ok(use(engine, signed_policy("door", 6, 451), NULL));
    refused(engine, signed_policy("door", 5, 450),
            "revision 6 was used before, so not revision 5 of 'door'");
    ck_ok(use(engine, signed_policy("door", 9007199254740991, 450), NULL));
    refused(engine, signed_policy("door", 9007199254740990, 450),
            "revision 9007199254740991 was used before, so not revision 9007199254740990 of "
            "'door'");
    /* Another id has a memory of its own. */
    ck_ok(use(engine, signed_policy("doors", 0, 450), NULL));
    ck_ok(use(engine, signed_policy("doo", 1, 450), NULL));
    trust_engine_free(engine);
    teardown();
}
END_TEST

/* The same document under a new manifest: only its dates have changed. */
START_TEST(a_document_may_be_signed_again)
{
    trust_engine *engine = engine_on(NULL);
    char text[512];
    setup();
    write_policy("door", 5, 450, text);
    ck_ok(use(engine, sign_until(text, "door", 5, SCENE_NOW + 1), NULL));
    ck_ok(use(engine, sign_until(text, "door", 5, SCENE_NOW + 2), NULL));
    /* A space more is another document, though it means the same. */
    strcat(text, " ");
    trust_policy *spaced = sign_until(text, "door", 5, TRUST_TIME_NEVER);
    uint8_t hash[2][32];
    trust_policy_hash(spaced, hash[0]);
    trust_policy_hash(engine->snapshot->policy, hash[1]);
    ck_assert_mem_eq(hash[0], hash[1], 32);
    refused(engine, spaced, "revision 5 was used before with another document of 'door'");
    trust_engine_free(engine);
    teardown();
}
END_TEST

START_TEST(an_unsigned_policy_needs_a_choice)
{
    trust_engine *engine = engine_on(NULL);
    trust_error err = {0};
    setup();
    /* Where nothing is remembered, it neither asks nor leaves a trace. */
    ck_ok(use(engine, unsigned_policy("door", 9), NULL));
    ck_ok(use(engine, unsigned_policy("door", 3), NULL));
    ck_ok(use(engine, signed_policy("door", 5, 450), NULL));
    refused(engine, unsigned_policy("door", 9),
            "signed revision 5 was used before, and this is not signed: 'door'");
    refused(engine, unsigned_policy("doors", 1),
            "signed documents of its kind are used here, and this is not signed: 'doors'");
    /* The choice is for one policy, and forgets nothing. */
    trust_policy *policy = unsigned_policy("door", 3);
    ck_ok(trust_engine_use_policy_unsigned(engine, policy, &err));
    ck_assert_ptr_eq(engine->snapshot->policy, policy);
    trust_policy_free(policy);
    refused(engine, unsigned_policy("door", 9),
            "signed revision 5 was used before, and this is not signed: 'door'");
    refused(engine, signed_policy("door", 4, 450),
            "revision 5 was used before, so not revision 4 of 'door'");
    /* And it does not open the way back for a signed one. */
    policy = signed_policy("door", 4, 450);
    ck_status(trust_engine_use_policy_unsigned(engine, policy, &err), TRUST_E_STATE);
    trust_policy_free(policy);
    policy = signed_policy("door", 6, 450);
    ck_ok(trust_engine_use_policy_unsigned(engine, policy, &err));
    trust_policy_free(policy);
    refused(engine, signed_policy("door", 5, 450),
            "revision 6 was used before, so not revision 5 of 'door'");
    ck_status(trust_engine_use_policy_unsigned(NULL, policy, &err), TRUST_E_ARGUMENT);
    ck_status(trust_engine_use_policy_unsigned(engine, NULL, &err), TRUST_E_ARGUMENT);
    trust_engine_free(engine);
    teardown();
}
END_TEST

START_TEST(engines_on_one_store_share_it)
{
    trust_store *store = NULL;
    setup();
    ck_ok(trust_store_new_memory(NULL, &store));
    trust_engine *one = engine_on(store), *two = engine_on(store);
    ck_ok(use(one, signed_policy("door", 5, 450), NULL));
    refused(two, signed_policy("door", 4, 450),
            "revision 5 was used before, so not revision 4 of 'door'");
    refused(two, unsigned_policy("door", 6),
            "signed revision 5 was used before, and this is not signed: 'door'");
    ck_ok(use(two, signed_policy("door", 6, 450), NULL));
    /* What runs goes on, but what is used anew is held against it. */
    ck_assert_uint_eq(trust_policy_revision(one->snapshot->policy), 5);
    refused(one, signed_policy("door", 5, 450),
            "revision 6 was used before, so not revision 5 of 'door'");
    trust_engine_free(one);
    trust_engine_free(two);
    trust_engine *later = engine_on(store);
    refused(later, signed_policy("door", 5, 450),
            "revision 6 was used before, so not revision 5 of 'door'");
    trust_engine_free(later);
    trust_store_free(store);
    teardown();
}
END_TEST

/* ---- the record ---- */

static trust_status get(trust_store *store, trust_bytes name, uint8_t out[256], size_t *size,
                        uint64_t *at)
{
    *size = 0;
    *at = 0;
    return tri_store_get(store, name, out, 256, size, at);
}

static void put(trust_store *store, trust_bytes name, const void *value, size_t size)
{
    trust_store_operation op = {TRUST_STORE_PUT, 0, TRUST_REVISION_ANY, name, {value, size}};
    ck_ok(tri_store_commit(store, &op, 1, NULL));
}

START_TEST(the_record_is_as_written_down)
{
    static const uint8_t expected[] = "\x85\x01\x66policy\x64"
                                      "door\x18\x2a\x58\x20";
    size_t head = sizeof expected - 1;
    trust_store *store = NULL;
    uint8_t record[256], digest[32];
    char text[512];
    size_t size;
    uint64_t at;
    setup();
    ck_ok(trust_store_new_memory(NULL, &store));
    trust_engine *engine = engine_on(store);
    ck_ok(use(engine, unsigned_policy("door", 1), NULL));
    ck_status(get(store, tri_bytes("floor/policy/door"), record, &size, &at), TRUST_E_NOT_FOUND);
    ck_ok(use(engine, signed_policy("door", 42, 450), NULL));
    ck_ok(get(store, tri_bytes("floor/policy/door"), record, &size, &at));
    write_policy("door", 42, 450, text);
    tri_sha256(text, strlen(text), digest);
    ck_assert_uint_eq(size, head + 32);
    ck_assert_mem_eq(record, expected, head);
    ck_assert_mem_eq(record + head, digest, 32);
    /* Nothing is written where nothing changes. */
    ck_assert_uint_eq(at, 1);
    ck_ok(use(engine, signed_policy("door", 42, 450), NULL));
    ck_ok(get(store, tri_bytes("floor/policy/door"), record, &size, &at));
    ck_assert_uint_eq(at, 1);
    ck_ok(use(engine, signed_policy("door", 43, 450), NULL));
    ck_ok(get(store, tri_bytes("floor/policy/door"), record, &size, &at));
    ck_assert_uint_eq(at, 2);
    trust_engine_free(engine);
    trust_store_free(store);
    teardown();
}
END_TEST

/* Of 51 bytes the id still fits into a key, of 52 it does not. */
START_TEST(long_names_are_hashed)
{
    static const char id[] = "012345678901234567890123456789012345678901234567890123456789012";
    for (size_t len = 50; len <= 63; len++) {
        trust_store *store = NULL;
        char name[64], path[80];
        uint8_t hashed[39] = "floor//", record[256];
        size_t size;
        uint64_t at;
        ck_ok(trust_store_new_memory(NULL, &store));
        snprintf(name, sizeof name, "%.*s", (int)len, id);
        snprintf(path, sizeof path, "floor/policy/%s", name);
        tri_sha256(path + 6, strlen(path) - 6, hashed + 7);
        tri_document_revision d = {"policy", name, 7, {1}};
        ck_ok(tri_revision_use(store, &d, NULL));
        trust_bytes readable = {(uint8_t *)path, strlen(path)}, other = {hashed, sizeof hashed};
        bool fits = len <= 51;
        if (fits)
            ck_ok(get(store, readable, record, &size, &at));
        ck_status(get(store, other, record, &size, &at), fits ? TRUST_E_NOT_FOUND : TRUST_OK);
        d.revision--;
        ck_status(tri_revision_use(store, &d, NULL), TRUST_E_STATE);
        /* One letter less is another document: it could begin at any revision. */
        name[len - 1] = '\0';
        tri_document_revision shorter = {"policy", name, 1, {1}};
        ck_ok(tri_revision_use(store, &shorter, NULL));
        ck_ok(tri_revision_none(store, "list", name, NULL));
        trust_store_free(store);
    }
}
END_TEST

START_TEST(kinds_do_not_meet)
{
    trust_store *store = NULL;
    tri_document_revision d = {"policy", "door", 5, {1}};
    ck_ok(trust_store_new_memory(NULL, &store));
    ck_ok(tri_revision_use(store, &d, NULL));
    ck_ok(tri_revision_none(store, "mud", "door", NULL));
    d.kind = "mud";
    d.revision = 2;
    ck_ok(tri_revision_use(store, &d, NULL));
    d.kind = "0123456789012345678901234567890";
    d.id = "012345678901234567890123456789012345678901234567890123456789012";
    d.revision = UINT64_MAX;
    ck_ok(tri_revision_use(store, &d, NULL));
    ck_ok(tri_revision_use(store, &d, NULL));
    d.revision--;
    trust_error err;
    ck_status(tri_revision_use(store, &d, &err), TRUST_E_STATE);
    ck_assert_str_eq(err.message,
                     "revision 18446744073709551615 was used before, so not revision "
                     "18446744073709551614 of '0123456789012345678901234567890123456789'");
    ck_status(tri_revision_none(store, "policy", "door", NULL), TRUST_E_STATE);
    trust_store_free(store);
}
END_TEST

/* What is damaged might have been anything: nothing is taken, but by choice. */
START_TEST(a_damaged_record_refuses)
{
    static const struct {
        const char *bytes;
        size_t size;
        trust_status status;
    } cases[] = {
        {"", 0, TRUST_E_INTEGRITY},
        {"\xff", 1, TRUST_E_INTEGRITY},
        {"\x01", 1, TRUST_E_INTEGRITY},
        {"\x80", 1, TRUST_E_INTEGRITY},
        {"\x81\x60", 2, TRUST_E_INTEGRITY},
        {"\x81\x01", 2, TRUST_E_INTEGRITY},
        {"\x81\x02", 2, TRUST_E_UNSUPPORTED},
        {"\x85\x02\x66policy\x64"
         "door\x05\x40",
         16, TRUST_E_UNSUPPORTED},
        {"\x85\x01\x66policy\x64"
         "door\x05\x40",
         16, TRUST_E_INTEGRITY},
    };
    trust_store *store = NULL;
    trust_error err;
    uint8_t record[256], bad[256] = {0};
    size_t size;
    uint64_t at;
    setup();
    ck_ok(trust_store_new_memory(NULL, &store));
    trust_engine *engine = engine_on(store);
    trust_bytes name = tri_bytes("floor/policy/door");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put(store, name, cases[i].bytes, cases[i].size);
        ck_status(use(engine, signed_policy("door", 9, 450), &err), cases[i].status);
        ck_assert_str_eq(err.message,
                         "could not read from the store the highest revision of 'door'");
        ck_status(use(engine, unsigned_policy("door", 9), &err), cases[i].status);
    }
    put(store, name, bad, sizeof bad);
    ck_status(use(engine, signed_policy("door", 9, 450), &err), TRUST_E_INTEGRITY);
    trust_policy *policy = unsigned_policy("door", 9);
    ck_ok(trust_engine_use_policy_unsigned(engine, policy, &err));
    trust_policy_free(policy);

    /* Every bit of a good one; but another revision or digest is a good record too. */
    ck_ok(use(engine, signed_policy("gate", 5, 450), NULL));
    ck_ok(get(store, tri_bytes("floor/policy/gate"), record, &size, &at));
    for (size_t bit = 0; bit < size * 8; bit++) {
        memcpy(bad, record, size);
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        put(store, tri_bytes("floor/policy/gate"), bad, size);
        trust_status status = use(engine, signed_policy("gate", 4, 450), &err);
        bool readable = bit / 8 == 14 || bit / 8 >= size - 32;
        ck_assert_msg(status == TRUST_E_INTEGRITY || status == TRUST_E_UNSUPPORTED || readable,
                      "bit %zu: %s", bit, trust_status_name(status));
    }
    /* Moved here from another id, or of another kind. */
    put(store, tri_bytes("floor/policy/yard"), record, size);
    ck_status(use(engine, signed_policy("yard", 9, 450), &err), TRUST_E_INTEGRITY);
    put(store, tri_bytes("floor/mud/gate"), record, size);
    ck_status(tri_revision_none(store, "mud", "gate", &err), TRUST_E_INTEGRITY);
    trust_engine_free(engine);
    trust_store_free(store);
    teardown();
}
END_TEST

/* ---- a store that fails ---- */

enum { BEFORE_WRITING, AFTER_WRITING };

typedef struct faulty {
    trust_store *below;
    uint64_t gets, commits;
    uint64_t fail_get, fail_commit; /* so many from now on */
    trust_status status;
    int when;
    trust_engine *rival; /* uses what is below just before the next commit */
    trust_policy *theirs;
    void (*written)(void *); /* called once, when the next commit was made */
    void *context;
} faulty;

static trust_status faulty_get(void *user, trust_bytes name, void *value, size_t cap, size_t *size,
                               uint64_t *revision)
{
    faulty *f = user;
    f->gets++;
    if (f->fail_get > 0) {
        f->fail_get--;
        return f->status;
    }
    return tri_store_get(f->below, name, value, cap, size, revision);
}

static trust_status faulty_commit(void *user, const trust_store_operation *ops, size_t count,
                                  const trust_call *call)
{
    faulty *f = user;
    f->commits++;
    ck_assert(count == 2 && ops->type == TRUST_STORE_PUT && ops->reserved == 0);
    bool fails = f->fail_commit > 0;
    f->fail_commit -= fails;
    if (f->theirs != NULL) {
        trust_policy *theirs = f->theirs;
        f->theirs = NULL;
        ck_ok(use(f->rival, theirs, NULL));
    }
    if (fails && f->when == BEFORE_WRITING)
        return f->status;
    trust_status status = tri_store_commit(f->below, ops, count, call);
    void (*written)(void *) = f->written;
    f->written = NULL;
    if (written != NULL)
        written(f->context);
    return fails ? f->status : status;
}

static trust_engine *engine_on_faulty(faulty *f)
{
    trust_store *store = NULL;
    trust_store_ops ops = {sizeof ops, "faulty", 1, 0, faulty_get, faulty_commit, NULL, f};
    memset(f, 0, sizeof *f);
    f->status = TRUST_E_IO;
    ck_ok(trust_store_new_memory(NULL, &f->below));
    ck_ok(trust_store_new(&ops, &store));
    trust_engine *engine = engine_on(store);
    trust_store_free(store);
    return engine;
}

START_TEST(a_store_that_fails_changes_nothing)
{
    static const trust_status statuses[] = {TRUST_E_IO, TRUST_E_TIMEOUT, TRUST_E_NOMEM};
    faulty f;
    trust_error err;
    setup();
    trust_engine *engine = engine_on_faulty(&f);
    ck_ok(use(engine, signed_policy("door", 5, 450), NULL));
    for (size_t i = 0; i < 3; i++) {
        f.status = statuses[i];
        f.fail_get = 1;
        ck_status(use(engine, signed_policy("door", 6, 450), &err), statuses[i]);
        ck_assert_str_eq(err.message,
                         "could not read from the store the highest revision of 'door'");
        f.fail_get = 1;
        ck_status(use(engine, unsigned_policy("yard", 6), &err), statuses[i]);
        f.fail_commit = 1;
        ck_status(use(engine, signed_policy("door", 6, 450), &err), statuses[i]);
        ck_assert_str_eq(err.message, "could not keep in the store the highest revision of 'door'");
    }
    /* Nothing was raised: what runs may be used again. */
    ck_ok(use(engine, signed_policy("door", 5, 450), NULL));
    /* It was written, and only the answer was lost: there is no way back, but on. */
    f.status = TRUST_E_IO;
    f.when = AFTER_WRITING;
    f.fail_commit = 1;
    ck_status(use(engine, signed_policy("door", 6, 450), &err), TRUST_E_IO);
    refused(engine, signed_policy("door", 5, 450),
            "revision 6 was used before, so not revision 5 of 'door'");
    ck_ok(use(engine, signed_policy("door", 6, 450), NULL));
    trust_engine_free(engine);
    trust_store_free(f.below);
    teardown();
}
END_TEST

START_TEST(conflicts_are_started_over)
{
    faulty f;
    trust_error err;
    setup();
    trust_engine *engine = engine_on_faulty(&f);
    f.status = TRUST_E_CONFLICT;
    f.fail_commit = 3;
    ck_ok(use(engine, signed_policy("door", 5, 450), NULL));
    ck_assert_uint_eq(f.commits, 4);
    ck_assert_uint_eq(f.gets, 4);
    f.commits = 0;
    f.fail_commit = 99;
    ck_status(use(engine, signed_policy("door", 6, 450), &err), TRUST_E_CONFLICT);
    ck_assert_uint_eq(f.commits, 4);
    ck_assert_str_eq(err.message, "could not keep in the store the highest revision of 'door'");
    f.fail_commit = 0;
    ck_ok(use(engine, signed_policy("door", 5, 450), NULL));
    trust_engine_free(engine);
    trust_store_free(f.below);
    teardown();
}
END_TEST

/* Another engine is faster, between our look and our writing. */
START_TEST(a_race_is_decided_by_the_store)
{
    for (uint64_t start = 0; start <= 5; start += 5) {
        faulty f;
        setup();
        trust_engine *engine = engine_on_faulty(&f);
        if (start > 0)
            ck_ok(use(engine, signed_policy("door", start, 450), NULL));
        f.rival = engine_on(f.below);
        f.theirs = signed_policy("door", 8, 450);
        refused(engine, signed_policy("door", 7, 450),
                "revision 8 was used before, so not revision 7 of 'door'");
        f.theirs = signed_policy("door", 9, 450);
        ck_ok(use(engine, signed_policy("door", 10, 450), NULL));
        f.theirs = signed_policy("door", 11, 450);
        ck_ok(use(engine, signed_policy("door", 11, 450), NULL));
        f.theirs = signed_policy("door", 12, 450);
        refused(engine, signed_policy("door", 12, 451),
                "revision 12 was used before with another document of 'door'");
        trust_engine_free(f.rival);
        trust_engine_free(engine);
        trust_store_free(f.below);
        teardown();
    }
}
END_TEST

/* A second thread with the next revision, let loose while the first one's answer is on its way. */
typedef struct overtaker {
    trust_engine *engine;
    trust_policy *policy;
    pthread_t thread;
} overtaker;

static void *overtake(void *user)
{
    overtaker *o = user;
    ck_assert(trust_engine_use_policy(o->engine, o->policy, NULL) == TRUST_OK);
    return NULL;
}

static void let_loose(void *user)
{
    static const struct timespec long_enough = {0, 50000000};
    overtaker *o = user;
    ck_assert_int_eq(pthread_create(&o->thread, NULL, overtake, o), 0);
    nanosleep(&long_enough, NULL);
}

START_TEST(a_slow_answer_publishes_nothing_old)
{
    faulty f;
    overtaker o;
    setup();
    o.engine = engine_on_faulty(&f);
    o.policy = signed_policy("door", 6, 450);
    f.written = let_loose;
    f.context = &o;
    trust_policy *slow = signed_policy("door", 5, 450);
    ck_ok(trust_engine_use_policy(o.engine, slow, NULL));
    pthread_join(o.thread, NULL);
    ck_assert_ptr_eq(o.engine->snapshot->policy, o.policy);
    trust_policy_free(slow);
    trust_policy_free(o.policy);
    trust_engine_free(o.engine);
    trust_store_free(f.below);
    teardown();
}
END_TEST

#define THREADS 8
#define EACH    40

static void *publish(void *user)
{
    trust_engine *engine = user;
    for (uint64_t i = 0; i < EACH; i++) {
        trust_policy *policy = signed_policy("door", i, 450);
        trust_status status = trust_engine_use_policy(engine, policy, NULL);
        ck_assert(status == TRUST_OK || status == TRUST_E_STATE || status == TRUST_E_CONFLICT);
        trust_policy_free(policy);
    }
    return NULL;
}

/* However threads are mixed, an engine never weighs with less than what was used before. */
START_TEST(threads_only_go_forward)
{
    pthread_t threads[THREADS];
    setup();
    trust_engine *engine = engine_on(NULL);
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, publish, engine), 0);
    for (uint64_t last = 0; last < EACH - 1;) {
        tri_snapshot *snapshot = tri_engine_snapshot(engine);
        uint64_t now = trust_policy_revision(snapshot->policy);
        tri_snapshot_release(snapshot);
        ck_assert_uint_ge(now, last);
        last = now;
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(trust_policy_revision(engine->snapshot->policy), EACH - 1);
    trust_engine_free(engine);
    teardown();
}
END_TEST

/* ---- what decisions say ---- */

static bool json_says(const trust_decision *decision, const char *what)
{
    static char text[65536];
    size_t need;
    ck_ok(trust_decision_to_json(decision, text, sizeof text, &need));
    return strstr(text, what) != NULL;
}

START_TEST(a_decision_says_whether_its_policy_was_signed)
{
    trust_decision *decision = NULL;
    trust_decision_info info;
    scene s;
    setup();
    scene_begin(&s, NULL);
    scene_assess(&s, &decision);
    trust_decision_get_info(decision, &info);
    ck_assert_uint_eq(info.policy_signed, 0);
    ck_assert(json_says(decision, "\"semantics\":1,\"signed\":false}"));
    trust_policy *policy = sign_until(scene_policy, "scene", 3, TRUST_TIME_NEVER);
    ck_ok(trust_engine_use_policy(s.engine, policy, NULL));
    trust_policy_free(policy);
    ck_ok(trust_evidence_set_request_id(s.evidence, "r", 1));
    for (int i = 0; i < 2; i++) { /* the second time as it was written down */
        scene_assess(&s, &decision);
        trust_decision_get_info(decision, &info);
        ck_assert_uint_eq(info.repeated, (uint32_t)i);
        ck_assert_uint_eq(info.policy_signed, 1);
        ck_assert(json_says(decision, "\"semantics\":1,\"signed\":true}"));
    }
    scene_end(&s);
    teardown();
}
END_TEST

static bool out_of_force(const trust_decision *decision)
{
    trust_decision_info info;
    trust_decision_get_info(decision, &info);
    for (size_t i = 0; i < 3; i++)
        if (info.summary.reasons[i] == TRI_REASON_POLICY_NOT_IN_FORCE)
            return true;
    return false;
}

START_TEST(a_manifest_that_expires_takes_its_policy_along)
{
    trust_decision *decision = NULL;
    trust_decision_info info;
    scene s;
    setup();
    scene_begin(&s, NULL);
    trust_policy *policy = sign_until(scene_policy, "scene", 3, SCENE_NOW + 60000);
    ck_ok(trust_engine_use_policy(s.engine, policy, NULL));
    trust_policy_free(policy);
    scene_attest(&s, NULL);
    scene_address(&s);
    scene_human(&s);
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_ALLOW);
    trust_decision_get_info(decision, &info);
    ck_assert_int_eq(info.valid_until, SCENE_NOW + 60000);
    trust_evidence_clear(s.evidence);
    s.clock.now = SCENE_NOW + 59999;
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_ALLOW);
    s.clock.now = SCENE_NOW + 60000;
    ck_assert_uint_eq(scene_assess(&s, &decision), TRUST_STEP_UP);
    ck_assert(out_of_force(decision));
    scene_end(&s);
    teardown();
}
END_TEST

int main(void)
{
    return run_tests("revisions",
                     TESTS(a_signed_policy_only_goes_forward, a_document_may_be_signed_again,
                           an_unsigned_policy_needs_a_choice, engines_on_one_store_share_it,
                           the_record_is_as_written_down, long_names_are_hashed, kinds_do_not_meet,
                           a_damaged_record_refuses, a_store_that_fails_changes_nothing,
                           conflicts_are_started_over, a_race_is_decided_by_the_store,
                           a_slow_answer_publishes_nothing_old, threads_only_go_forward,
                           a_decision_says_whether_its_policy_was_signed,
                           a_manifest_that_expires_takes_its_policy_along));
}
