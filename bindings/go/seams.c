/* The way into C and, from there, back into the host's Go code. See seams.h. */

#include "seams.h"

#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

/* The call that this thread is in. */
static _Thread_local uintptr_t current;

#define WITHIN(call, expression)                                                                   \
    uintptr_t outer = current;                                                                     \
    current = call;                                                                                \
    trust_status status = (expression);                                                            \
    current = outer;                                                                               \
    return status

/* The seams. A host is the number that the Go side knows its code by. */

static trust_time now(void *user)
{
    return goNow(current, (uintptr_t)user);
}

static trust_status fill(void *user, void *out, size_t len)
{
    return goFill(current, (uintptr_t)user, out, len);
}

static void log_line(void *user, int32_t level, const char *line)
{
    goLog(current, (uintptr_t)user, level, (char *)line);
}

static trust_status fetch(void *user, const trust_request *request, trust_response *response)
{
    return goFetch(current, (uintptr_t)user, (trust_request *)request, response);
}

static void engine_gone(void *user)
{
    goEngineGone((uintptr_t)user);
}

static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return goSign(current, (uintptr_t)user, (void *)data, len, signature);
}

static void signer_gone(void *user)
{
    goSignerGone((uintptr_t)user);
}

static trust_status read_file(void *user, trust_bytes name, void *out, size_t cap, size_t *len)
{
    (void)user;
    return goReadFile(current, name, out, cap, len);
}

typedef struct tg_store {
    uintptr_t host;
    char name[];
} tg_store;

static trust_status store_get(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                              uint64_t *revision)
{
    const tg_store *store = user;
    return goStoreGet(current, store->host, key, value, cap, size, revision);
}

static trust_status store_commit(void *user, const trust_store_operation *operations, size_t count,
                                 const trust_call *call)
{
    (void)call; /* the Go side has the context that it was made of */
    const tg_store *store = user;
    return goStoreCommit(current, store->host, (trust_store_operation *)operations, count);
}

static void store_close(void *user)
{
    tg_store *store = user;
    goStoreGone(store->host);
    free(store);
}

/* The calls. */

trust_status tg_engine_new(uintptr_t host, uint32_t seams, trust_signer *signer, trust_store *store,
                           const char *verifier, trust_engine **out, trust_error *err)
{
    void *user = (void *)host;
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    if ((seams & TG_CLOCK) != 0)
        config.clock = (trust_clock){now, user};
    if ((seams & TG_RANDOM) != 0)
        config.random = (trust_random){fill, user};
    if ((seams & TG_LOGGER) != 0)
        config.logger = (trust_logger){log_line, user};
    if ((seams & TG_TRANSPORT) != 0)
        config.transport = (trust_transport){fetch, user};
    config.signer = signer;
    config.store = store;
    config.verifier = verifier;
    config.user_free = host != 0 ? engine_gone : NULL;
    config.user = user;
    return trust_engine_new(&config, out, err);
}

trust_status tg_engine_use_policy(uintptr_t call, trust_engine *engine, trust_policy *policy,
                                  trust_error *err)
{
    WITHIN(call, trust_engine_use_policy(engine, policy, err));
}

trust_status tg_engine_use_policy_unsigned(uintptr_t call, trust_engine *engine,
                                           trust_policy *policy, trust_error *err)
{
    WITHIN(call, trust_engine_use_policy_unsigned(engine, policy, err));
}

trust_time tg_engine_now(uintptr_t call, const trust_engine *engine)
{
    uintptr_t outer = current;
    current = call;
    trust_time time = trust_engine_now(engine);
    current = outer;
    return time;
}

trust_status tg_store_new(uintptr_t host, const char *name, uint32_t durable, trust_store **out)
{
    size_t size = strlen(name) + 1;
    tg_store *store = malloc(sizeof *store + size);
    if (store == NULL)
        return TRUST_E_NOMEM;
    store->host = host;
    memcpy(store->name, name, size);
    trust_store_ops ops = {sizeof ops, store->name,  durable,     0,
                           store_get,  store_commit, store_close, store};
    trust_status status = trust_store_new(&ops, out);
    if (status != TRUST_OK)
        free(store);
    return status;
}

trust_status tg_signer_new(uintptr_t host, const uint8_t *public_key, uint32_t use,
                           trust_signer **out)
{
    trust_signer_ops ops = {sizeof ops, {0}, sign, signer_gone, (void *)host};
    memcpy(ops.public_key, public_key, sizeof ops.public_key);
    return trust_signer_new(&ops, use, out);
}

trust_status tg_signer_sign(uintptr_t call, const trust_signer *signer, uint32_t use,
                            const void *data, size_t len, uint8_t *signature)
{
    WITHIN(call, trust_signer_sign(signer, use, data, len, signature));
}

trust_status tg_manifest_sign(uintptr_t call, const trust_manifest *manifest, const void *document,
                              size_t len, const trust_signer *signer, char *out, size_t cap,
                              size_t *need)
{
    WITHIN(call, trust_manifest_sign(manifest, document, len, signer, out, cap, need));
}

static trust_status attest_sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

trust_status tg_attest_make(uintptr_t call, const trust_attest_claims *claims, trust_signer *signer,
                            uint8_t *out, size_t cap, size_t *len)
{
    trust_attest_key key = {.sign = attest_sign, .user = signer};
    trust_signer_public_key(signer, key.public_key);
    WITHIN(call, trust_attest_make(claims, &key, out, cap, len));
}

trust_status tg_keygen(uintptr_t call, uintptr_t host, char *secret_pem, size_t secret_cap,
                       char *public_pem, size_t public_cap)
{
    trust_random random = {fill, (void *)host};
    WITHIN(call, trust_keygen(host != 0 ? &random : NULL, secret_pem, secret_cap, public_pem,
                              public_cap));
}

trust_status tg_device_enroll(uintptr_t call, trust_engine *engine, const char *id,
                              const uint8_t *keys, size_t key_count,
                              const trust_attribute *attributes, size_t attribute_count,
                              trust_device **out, trust_error *err)
{
    trust_enrolment enrolment = TRUST_ENROLMENT_INIT;
    enrolment.ed25519_keys = (const uint8_t(*)[32])keys;
    enrolment.ed25519_key_count = key_count;
    enrolment.attributes = attributes;
    enrolment.attribute_count = attribute_count;
    WITHIN(call, trust_device_enroll(engine, id, &enrolment, out, err));
}

trust_status tg_device_open(uintptr_t call, trust_engine *engine, const char *id,
                            trust_device **out, trust_error *err)
{
    WITHIN(call, trust_device_open(engine, id, out, err));
}

trust_status tg_device_set_lifecycle(uintptr_t call, trust_device *device, uint32_t lifecycle,
                                     trust_error *err)
{
    WITHIN(call, trust_device_set_lifecycle(device, lifecycle, err));
}

trust_status tg_device_reload(uintptr_t call, trust_device *device, trust_error *err)
{
    WITHIN(call, trust_device_reload(device, err));
}

trust_status tg_challenge_new(uintptr_t call, trust_device *device,
                              const trust_challenge_request *request, trust_challenge **out,
                              trust_error *err)
{
    WITHIN(call, trust_challenge_new(device, request, out, err));
}

trust_status tg_challenge_adopt(uintptr_t call, trust_device *device,
                                const trust_challenge_request *request, const void *nonce,
                                size_t len, trust_challenge **out, trust_error *err)
{
    WITHIN(call, trust_challenge_adopt(device, request, nonce, len, out, err));
}

trust_status tg_challenge_delivered(uintptr_t call, trust_device *device, uint64_t id,
                                    trust_error *err)
{
    WITHIN(call, trust_challenge_delivered(device, id, err));
}

trust_status tg_evidence_add_bundle(uintptr_t call, trust_evidence *evidence, uint32_t origin,
                                    const void *json, size_t len, uint32_t files, trust_error *err)
{
    trust_bundle_files reader = {read_file, NULL};
    WITHIN(call, trust_evidence_add_bundle(evidence, origin, json, len, files != 0 ? &reader : NULL,
                                           err));
}

trust_status tg_assess(uintptr_t call, trust_device *device, const trust_evidence *evidence,
                       trust_time deadline, trust_cancel *cancel, trust_decision **out,
                       trust_error *err)
{
    trust_call limits = {deadline, cancel};
    WITHIN(call, trust_assess(device, evidence, &limits, out, err));
}

trust_status tg_assess_into(uintptr_t call, trust_device *device, const trust_evidence *evidence,
                            trust_time deadline, trust_cancel *cancel, trust_decision *decision,
                            trust_error *err)
{
    trust_call limits = {deadline, cancel};
    WITHIN(call, trust_assess_into(device, evidence, &limits, decision, err));
}

trust_status tg_assess_many(uintptr_t call, trust_assess_job *jobs, size_t count,
                            trust_time deadline, trust_cancel *cancel)
{
    trust_call limits = {deadline, cancel};
    WITHIN(call, trust_assess_many(jobs, count, &limits));
}

trust_status tg_preview(uintptr_t call, trust_device *device, const trust_evidence *evidence,
                        trust_time deadline, trust_cancel *cancel, trust_decision **out,
                        trust_error *err)
{
    trust_call limits = {deadline, cancel};
    WITHIN(call, trust_preview(device, evidence, &limits, out, err));
}

trust_status tg_observe(uintptr_t call, trust_device *device, const trust_evidence *evidence,
                        trust_time deadline, trust_cancel *cancel, uint32_t *due, trust_error *err)
{
    trust_call limits = {deadline, cancel};
    WITHIN(call, trust_observe(device, evidence, &limits, due, err));
}

trust_status tg_appraise(uintptr_t call, trust_engine *engine,
                         const trust_appraise_request *request, trust_result **out,
                         trust_error *err)
{
    WITHIN(call, trust_appraise(engine, request, out, err));
}

trust_status tg_response_body(trust_response *response, const void *data, size_t len)
{
    return response->body(response, data, len);
}
