#ifndef TRUST_CHALLENGE_H
#define TRUST_CHALLENGE_H

/* A challenge: a fresh nonce for one device, written down before it is shown. It is what makes an
 * answer fresh, and what tells a refusal from a question that was never asked.
 *
 * A challenge that was answered well is spent. One whose deadline passed counts as refused when it
 * is known to have been delivered, else as never asked. A device has at most 4 open ones. */

#include <trust/device.h>

TRUST_BEGIN_DECLS

#define TRUST_MAX_CHALLENGES 4u
#define TRUST_NONCE_SIZE     32u

/** What is asked. Begin with TRUST_CHALLENGE_REQUEST_INIT. */
typedef struct trust_challenge_request {
    size_t size;           /**< sizeof of this struct */
    const uint32_t *kinds; /**< TRUST_KIND_; NULL for attestation and identity */
    size_t kind_count;     /**< at most 8 */
    int64_t ttl;           /**< milliseconds to answer in; 0 for 120 000; at most 30 days */
    const char *purpose;   /**< such as "onboarding"; at most 63 bytes, or NULL */
    const char *attempt;   /**< the caller's id of this onboarding attempt, or NULL */
} trust_challenge_request;

#define TRUST_CHALLENGE_REQUEST_INIT                                                               \
    {                                                                                              \
        sizeof(trust_challenge_request), NULL, 0, 0, NULL, NULL                                    \
    }

/** A copy of what was written down; freed at any time, the record stays. Shareable. */
typedef struct trust_challenge trust_challenge;

/** Issue a challenge: durable in the store before this returns. With 4 open ones the oldest that
 * has expired gives way; with none expired the call fails. So whoever can make a gateway ask in a
 * device's name can keep the device from being asked for as long as a challenge lives: limit how
 * often one peer is asked, and keep ttl short.
 * @param request  NULL for the defaults
 * @param[out] out freed with trust_challenge_free()
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_LIMIT (4 open), TRUST_E_STATE (no clock, or a revoked
 *         or retired device), TRUST_E_HOST (no randomness), TRUST_E_BUSY, TRUST_E_CONFLICT,
 *         TRUST_E_NOMEM, or the store's */
TRUST_API TRUST_MUST_CHECK trust_status trust_challenge_new(trust_device *device,
                                                            const trust_challenge_request *request,
                                                            trust_challenge **out,
                                                            trust_error *err);

/** Expect a nonce that was issued elsewhere, as trust_challenge_new() does with its own.
 * @param nonce  8 to 64 bytes
 * @return as trust_challenge_new(), or TRUST_E_EXISTS for a nonce that the record still knows */
TRUST_API TRUST_MUST_CHECK trust_status
trust_challenge_adopt(trust_device *device, const trust_challenge_request *request,
                      const void *nonce, size_t len, trust_challenge **out, trust_error *err);

/** The nonce to send. Valid as long as the challenge. */
TRUST_API trust_bytes trust_challenge_nonce(const trust_challenge *challenge);
/** Its number within the device, for the calls below. */
TRUST_API uint64_t trust_challenge_id(const trust_challenge *challenge);
/** When it was issued, by the engine's clock; TRUST_TIME_UNKNOWN for NULL. */
TRUST_API trust_time trust_challenge_issued(const trust_challenge *challenge);
/** Until when it can be answered; TRUST_TIME_UNKNOWN for NULL. */
TRUST_API trust_time trust_challenge_deadline(const trust_challenge *challenge);
/** Free the copy; the record stays. NULL does nothing. */
TRUST_API void trust_challenge_free(trust_challenge *challenge);

/** Note that the device itself has received a challenge: silence is a refusal from now on.
 *
 * Anybody can connect under a device's name, be asked, and say nothing. So this is for a connection
 * that has proved to be the device's, not for every one that a challenge was sent to.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_NOT_FOUND, TRUST_E_BUSY, TRUST_E_CONFLICT, or the
 *         store's */
TRUST_API TRUST_MUST_CHECK trust_status trust_challenge_delivered(trust_device *device, uint64_t id,
                                                                  trust_error *err);

TRUST_END_DECLS

#endif
