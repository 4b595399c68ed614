#ifndef TRUST_ASSESS_H
#define TRUST_ASSESS_H

/* The main calls: evidence about a device goes in, an explained decision comes out.
 *
 * An assessment opens the device's records, appraises the evidence into findings, decides, and
 * commits: nonces spent, lessons learnt and the new state are in the store before the decision is
 * handed out. When another gateway was faster it starts over with the same evidence and the same
 * time, at most three times. A device whose verdict is quarantine or deny teaches nothing. */

#include <trust/decision.h>
#include <trust/evidence.h>

TRUST_BEGIN_DECLS

/** Assess a device.
 * @param call      NULL for no deadline
 * @param[out] out  freed with trust_decision_free()
 * @return TRUST_OK whatever the verdict, TRUST_E_ARGUMENT, TRUST_E_STATE (no policy), TRUST_E_BUSY,
 *         TRUST_E_CONFLICT, TRUST_E_TIMEOUT, TRUST_E_CANCELLED, TRUST_E_LIMIT (a signal failed and
 *         no room was left to say so), TRUST_E_NOMEM, or the store's */
TRUST_API TRUST_MUST_CHECK trust_status trust_assess(trust_device *device,
                                                     const trust_evidence *evidence,
                                                     const trust_call *call, trust_decision **out,
                                                     trust_error *err);

/** The same into a decision that exists: nothing is allocated, unless the evidence names a request.
 * Nobody else may be reading it. On failure it denies. */
TRUST_API TRUST_MUST_CHECK trust_status trust_assess_into(trust_device *device,
                                                          const trust_evidence *evidence,
                                                          const trust_call *call,
                                                          trust_decision *decision,
                                                          trust_error *err);

/** One assessment of many. */
typedef struct trust_assess_job {
    trust_device *device;
    const trust_evidence *evidence;
    trust_decision *decision; /**< out: freed with trust_decision_free(); NULL where it failed */
    trust_error error;        /**< out: code is TRUST_OK where there is a decision */
} trust_assess_job;

/** Assess many, one after the other, so that a bound language pays once for the way here. Each is
 * as trust_assess(): one that fails stops no other, and a device may stand there twice.
 * @param call  for all of them together: once it has run out the rest fail with its status
 * @return TRUST_OK when every one was tried, whatever came of it, or TRUST_E_ARGUMENT */
TRUST_API TRUST_MUST_CHECK trust_status trust_assess_many(trust_assess_job *jobs, size_t count,
                                                          const trust_call *call);

/** What trust_assess() would say now. Changes nothing and spends no nonce. */
TRUST_API TRUST_MUST_CHECK trust_status trust_preview(trust_device *device,
                                                      const trust_evidence *evidence,
                                                      const trust_call *call, trust_decision **out,
                                                      trust_error *err);

/** Take telemetry in without deciding. It teaches unless the last verdict, or the one that the
 * device would get now if that is worse, is quarantine or deny. So before its first assessment a
 * device teaches only where the policy bears that nothing else is known of it, or while the engine
 * has no policy.
 * @param[out] due  1 when the device should be assessed again now, since its verdict or stage would
 *                  be another; may be NULL; always 1 before the first assessment
 * @return as trust_assess(); it needs no policy */
TRUST_API TRUST_MUST_CHECK trust_status trust_observe(trust_device *device,
                                                      const trust_evidence *evidence,
                                                      const trust_call *call, uint32_t *due,
                                                      trust_error *err);

/** One item of evidence to appraise by itself, for no device. Begin with TRUST_APPRAISE_INIT. */
typedef struct trust_appraise_request {
    size_t size;      /**< sizeof of this struct */
    const char *type; /**< media type */
    trust_bytes data;
    const uint8_t (*ed25519_keys)[32]; /**< anchors; none means that nothing verifies */
    size_t ed25519_key_count;          /**< at most TRUST_DEVICE_MAX_ANCHORS */
    trust_bytes nonce;                 /**< expected, 8 to 64 bytes; empty: freshness is unproved */
    trust_bytes channel;               /**< as trust_evidence_set_channel(), at most 64 bytes */
    const char *device_class;          /**< whose reference values apply, or NULL */
    uint32_t origin;                   /**< TRUST_FROM_ */
    uint32_t reserved;                 /**< 0 */
} trust_appraise_request;

#define TRUST_APPRAISE_INIT                                                                        \
    {                                                                                              \
        sizeof(trust_appraise_request), NULL, {NULL, 0}, NULL, 0, {NULL, 0}, {NULL, 0}, NULL,      \
            TRUST_FROM_DEVICE, 0                                                                   \
    }

/** An attestation result (RFC 9334) for one item. Shareable. */
typedef struct trust_result trust_result;

/** Verify and appraise one item.
 * @param[out] out  freed with trust_result_free()
 * @return TRUST_OK whatever was found, TRUST_E_ARGUMENT or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_appraise(trust_engine *engine,
                                                       const trust_appraise_request *request,
                                                       trust_result **out, trust_error *err);

/** The eight claims of AR4SI (draft-ietf-rats-ar4si section 2.3), in its order, 0 for none. */
typedef struct trust_vector {
    int8_t claims[8];
} trust_vector;

/** The heads of a result. Plain, frozen. */
typedef struct trust_result_info {
    uint32_t state; /**< TRUST_STATE_ */
    uint32_t reason;
    int32_t tier;     /**< 2 affirming, 32 warning, 96 contraindicated, 99 not verified */
    uint32_t binding; /**< TRUST_BINDING_ */
    uint32_t finding_count;
    uint32_t reserved; /**< 0 */
    trust_vector vector;
} trust_result_info;

/** The heads; of a NULL @p result those of an item that nothing verifies. */
TRUST_API void trust_result_get_info(const trust_result *result, trust_result_info *out);
/** One of its findings.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_result_finding(const trust_result *result,
                                                             size_t index, trust_finding *out);
/** Write it as JSON, with the verified claims when @p claims is not 0. */
TRUST_API TRUST_MUST_CHECK trust_status trust_result_to_json(const trust_result *result,
                                                             uint32_t claims, char *out, size_t cap,
                                                             size_t *need);
/** NULL does nothing. */
TRUST_API void trust_result_free(trust_result *result);

TRUST_END_DECLS

#endif
