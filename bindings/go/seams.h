#ifndef TRUST_GO_SEAMS_H
#define TRUST_GO_SEAMS_H

/* Calls of C during which the host's Go code may run, and what C is given to reach it.
 *
 * Each carries the number that the Go side knows this one call by. As long as it runs, the seams
 * hand that number on, so that what the host's code answers, or panics with, finds its way to the
 * goroutine that called. It is kept for each thread: a call into C stays on its thread. 0 stands
 * for a call that nobody can answer to. Structs are put together here, since no pointer of Go may
 * stand in them. */

#include <trust/attest.h>
#include <trust/trust.h>

#define TG_CLOCK     1u
#define TG_RANDOM    2u
#define TG_LOGGER    4u
#define TG_TRANSPORT 8u

/** An engine with those seams (TG_) of the host that @p host is the number of; 0 for none. */
trust_status tg_engine_new(uintptr_t host, uint32_t seams, trust_signer *signer, trust_store *store,
                           const char *verifier, trust_engine **out, trust_error *err);
trust_status tg_engine_use_policy(uintptr_t call, trust_engine *engine, trust_policy *policy,
                                  trust_error *err);
trust_status tg_engine_use_policy_unsigned(uintptr_t call, trust_engine *engine,
                                           trust_policy *policy, trust_error *err);
trust_time tg_engine_now(uintptr_t call, const trust_engine *engine);

/** A store that the host keeps; @p name is copied. */
trust_status tg_store_new(uintptr_t host, const char *name, uint32_t durable, trust_store **out);

/** A signer whose key the host keeps. */
trust_status tg_signer_new(uintptr_t host, const uint8_t *public_key, uint32_t use,
                           trust_signer **out);
trust_status tg_signer_sign(uintptr_t call, const trust_signer *signer, uint32_t use,
                            const void *data, size_t len, uint8_t *signature);
trust_status tg_manifest_sign(uintptr_t call, const trust_manifest *manifest, const void *document,
                              size_t len, const trust_signer *signer, char *out, size_t cap,
                              size_t *need);
trust_status tg_attest_make(uintptr_t call, const trust_attest_claims *claims, trust_signer *signer,
                            uint8_t *out, size_t cap, size_t *len);
trust_status tg_keygen(uintptr_t call, uintptr_t host, char *secret_pem, size_t secret_cap,
                       char *public_pem, size_t public_cap);

trust_status tg_device_enroll(uintptr_t call, trust_engine *engine, const char *id,
                              const uint8_t *keys, size_t key_count,
                              const trust_attribute *attributes, size_t attribute_count,
                              trust_device **out, trust_error *err);
trust_status tg_device_open(uintptr_t call, trust_engine *engine, const char *id,
                            trust_device **out, trust_error *err);
trust_status tg_device_set_lifecycle(uintptr_t call, trust_device *device, uint32_t lifecycle,
                                     trust_error *err);
trust_status tg_device_reload(uintptr_t call, trust_device *device, trust_error *err);

trust_status tg_challenge_new(uintptr_t call, trust_device *device,
                              const trust_challenge_request *request, trust_challenge **out,
                              trust_error *err);
trust_status tg_challenge_adopt(uintptr_t call, trust_device *device,
                                const trust_challenge_request *request, const void *nonce,
                                size_t len, trust_challenge **out, trust_error *err);
trust_status tg_challenge_delivered(uintptr_t call, trust_device *device, uint64_t id,
                                    trust_error *err);

/** The files that a bundle names are those of the call. */
trust_status tg_evidence_add_bundle(uintptr_t call, trust_evidence *evidence, uint32_t origin,
                                    const void *json, size_t len, uint32_t files, trust_error *err);

trust_status tg_assess(uintptr_t call, trust_device *device, const trust_evidence *evidence,
                       trust_time deadline, trust_cancel *cancel, trust_decision **out,
                       trust_error *err);
trust_status tg_assess_into(uintptr_t call, trust_device *device, const trust_evidence *evidence,
                            trust_time deadline, trust_cancel *cancel, trust_decision *decision,
                            trust_error *err);
trust_status tg_assess_many(uintptr_t call, trust_assess_job *jobs, size_t count,
                            trust_time deadline, trust_cancel *cancel);
trust_status tg_preview(uintptr_t call, trust_device *device, const trust_evidence *evidence,
                        trust_time deadline, trust_cancel *cancel, trust_decision **out,
                        trust_error *err);
trust_status tg_observe(uintptr_t call, trust_device *device, const trust_evidence *evidence,
                        trust_time deadline, trust_cancel *cancel, uint32_t *due, trust_error *err);
trust_status tg_appraise(uintptr_t call, trust_engine *engine,
                         const trust_appraise_request *request, trust_result **out,
                         trust_error *err);

/** Hand a piece of a response's body to the library. */
trust_status tg_response_body(trust_response *response, const void *data, size_t len);

#endif
