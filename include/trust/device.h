#ifndef TRUST_DEVICE_H
#define TRUST_DEVICE_H

/* One device: its identity and anchors, what was registered of it, its lifecycle, and what was
 * learnt of it. The records live in the engine's store; a handle is one view of them.
 *
 * Single: one thread at a time. A second one gets TRUST_E_BUSY, never corruption. Two handles on
 * the same device are fine: whoever commits second starts over from the other's result. */

#include <trust/engine.h>

TRUST_BEGIN_DECLS

#define TRUST_DEVICE_MAX_ID         255u
#define TRUST_DEVICE_MAX_ANCHORS    4u
#define TRUST_DEVICE_MAX_ATTRIBUTES 16u

/** What is registered when a device is enrolled. Only this call registers; no evidence does. */
typedef struct trust_enrolment {
    size_t size;                       /**< sizeof of this struct */
    const uint8_t (*ed25519_keys)[32]; /**< its identity: public keys it may attest with */
    size_t ed25519_key_count;          /**< at most TRUST_DEVICE_MAX_ANCHORS */
    const trust_attribute *attributes;
    size_t
        attribute_count; /**< at most TRUST_DEVICE_MAX_ATTRIBUTES, and 512 bytes with a NUL each */
} trust_enrolment;

#define TRUST_ENROLMENT_INIT                                                                       \
    {                                                                                              \
        sizeof(trust_enrolment), NULL, 0, NULL, 0                                                  \
    }

typedef struct trust_device trust_device;

/** Enrol a device: write its first record.
 *
 * @param id         UTF-8 without control characters, 1 to 255 bytes, such as
 *                   "urn:dev:mac:0024befffe804ff1" (RFC 9039)
 * @param enrolment  NULL for nothing registered: such a device can never be allowed
 * @param[out] out   the open device, or NULL when it is not wanted
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_EXISTS, TRUST_E_LIMIT, TRUST_E_NOMEM, or the store's
 */
TRUST_API TRUST_MUST_CHECK trust_status trust_device_enroll(trust_engine *engine, const char *id,
                                                            const trust_enrolment *enrolment,
                                                            trust_device **out, trust_error *err);

/** Open a device that was enrolled.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_NOT_FOUND, TRUST_E_UNSUPPORTED (a record written by a
 *         newer version), TRUST_E_INTEGRITY, TRUST_E_NOMEM, or the store's */
TRUST_API TRUST_MUST_CHECK trust_status trust_device_open(trust_engine *engine, const char *id,
                                                          trust_device **out, trust_error *err);

/** Close it; its records stay in the store. NULL does nothing. */
TRUST_API void trust_device_free(trust_device *device);

/** Its id, valid as long as the handle. Any thread. */
TRUST_API const char *trust_device_id(const trust_device *device);

/** Where it stands. Frozen values. */
#define TRUST_LIFECYCLE_ENROLLED  1u
#define TRUST_LIFECYCLE_SUSPENDED 2u /**< at best quarantine, until resumed */
#define TRUST_LIFECYCLE_REVOKED   3u /**< always deny; final */
#define TRUST_LIFECYCLE_RETIRED   4u /**< always deny; final */

/** The word for a TRUST_LIFECYCLE_. */
TRUST_API const char *trust_lifecycle_name(uint32_t lifecycle);

/** Move it. Enrolled and suspended change both ways; revoked and retired are for ever.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_STATE (no way from here to there), TRUST_E_BUSY,
 *         TRUST_E_CONFLICT, or the store's */
TRUST_API TRUST_MUST_CHECK trust_status trust_device_set_lifecycle(trust_device *device,
                                                                   uint32_t lifecycle,
                                                                   trust_error *err);

/** What the record says. Plain, frozen. */
typedef struct trust_device_info {
    uint32_t lifecycle; /**< TRUST_LIFECYCLE_ */
    uint32_t verdict;   /**< the last decision's, or TRUST_NO_VERDICT */
    int32_t risk;       /**< the last decision's */
    uint32_t anchor_count;
    uint32_t attribute_count;
    uint32_t open_challenges;
    trust_time enrolled;
    trust_time decided;     /**< when the last decision was made, or TRUST_TIME_UNKNOWN */
    trust_time valid_until; /**< of the last decision */
    uint64_t decisions;     /**< how many were committed */
    uint64_t revision;      /**< of the control record as this handle knows it */
    uint64_t memory_bytes;  /**< what was learnt, in bytes */
    trust_time stage_since; /**< when its stage of onboarding was entered, or TRUST_TIME_UNKNOWN */
    char stage[64];         /**< that stage's name, empty before the first decision with stages */
    uint32_t flaps;         /**< how often its verdict got worse again soon after it got better */
    uint32_t reserved;      /**< 0 */
} trust_device_info;

/** What this handle knows of the record.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_BUSY */
TRUST_API TRUST_MUST_CHECK trust_status trust_device_get_info(const trust_device *device,
                                                              trust_device_info *out);

/** A registered attribute; texts are valid as long as the handle. Any thread.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_device_attribute_at(const trust_device *device,
                                                                  size_t index,
                                                                  trust_attribute *out);

/** A registered key.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_NOT_FOUND or TRUST_E_BUSY */
TRUST_API TRUST_MUST_CHECK trust_status trust_device_key_at(const trust_device *device,
                                                            size_t index, uint8_t out[32]);

/** Read the records again, after somebody else changed them. What was registered stays as it was
 * opened.
 * @return as trust_device_open(), or TRUST_E_BUSY */
TRUST_API TRUST_MUST_CHECK trust_status trust_device_reload(trust_device *device, trust_error *err);

TRUST_END_DECLS

#endif
