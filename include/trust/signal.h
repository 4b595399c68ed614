#ifndef TRUST_SIGNAL_H
#define TRUST_SIGNAL_H

/* A signal turns items of evidence into findings. The built-in ones (attestation, network,
 * behaviour, human) and a host's own implement this same interface; the engine is told of a host's
 * signals when it is made, never later.
 *
 * A signal judges evidence, never the device: it sees no policy and no store. appraise and learn
 * are pure functions of what the context shows; they may run again with the same input, and from
 * several threads for different devices. */

#include <trust/finding.h>
#include <trust/host.h>
#include <trust/table.h>

TRUST_BEGIN_DECLS

/** What a signal may look at during one assessment. Single thread, gone after the call. */
typedef struct trust_appraisal trust_appraisal;

/** One item of evidence, as the caller gave it. */
typedef struct trust_item {
    const char *type;     /**< media type, lower case, without parameters */
    trust_bytes data;     /**< its bytes; an address is 16 bytes as in trust_address */
    uint32_t origin;      /**< TRUST_FROM_ */
    uint32_t index;       /**< what trust_finding::item names */
    trust_time collected; /**< claimed, where the origin may claim it; else TRUST_TIME_UNKNOWN */
    trust_time received;
} trust_item;

/** The one "now" of this assessment. */
TRUST_API trust_time trust_appraisal_now(const trust_appraisal *appraisal);

/** How many items have a media type of this signal and an origin that may state it. */
TRUST_API size_t trust_appraisal_item_count(const trust_appraisal *appraisal);

/** One of them. Its bytes live as long as the appraisal.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_appraisal_item(const trust_appraisal *appraisal,
                                                             size_t index, trust_item *out);

/** A registered attribute of the device, such as "class"; empty when there is none. */
TRUST_API trust_bytes trust_appraisal_attribute(const trust_appraisal *appraisal, const char *name);

/** What this signal remembers of the device, as learn wrote it; empty the first time. */
TRUST_API trust_bytes trust_appraisal_memory(const trust_appraisal *appraisal);

/** State a finding. Its kind must be one of this signal's; a field outside its range fails. Its
 * reason is one of the catalogue (trust_reason_find()); 0 is shown as "a signal of the host".
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_LIMIT (at most 16 a signal) */
TRUST_API TRUST_MUST_CHECK trust_status trust_appraisal_state(trust_appraisal *appraisal,
                                                              const trust_finding *finding);

/** Say of an item what became of it: state is a TRUST_STATE_. Items that no finding and no such
 * call mentions are shown as unsupported. */
TRUST_API void trust_appraisal_item_state(trust_appraisal *appraisal, uint32_t index,
                                          uint32_t state, uint32_t reason);

/** One kind of finding that a signal states. */
typedef struct trust_kind_info {
    const char *name;      /**< a host's kind carries a dot: "acme.tamper" */
    uint32_t scale;        /**< TRUST_SCALE_ */
    uint32_t origins;      /**< bit 1 << TRUST_FROM_: who may state it */
    uint32_t withholdable; /**< 1 when the device can choose not to answer */
    uint32_t reserved;     /**< 0 */
} trust_kind_info;

/** The device is trusted enough to teach: fold the evidence into what is remembered. */
#define TRUST_LEARN 1u
/** The device is under suspicion: keep aside what may have to be learnt later. */
#define TRUST_LEARN_ASIDE 2u

/** The largest memory that one signal may keep of one device, in bytes. */
#define TRUST_SIGNAL_MAX_MEMORY 2048u

/** What a signal implements. The engine copies the struct; name, media types and kinds live until
 * user_free is called. */
typedef struct trust_signal_ops {
    size_t size;                    /**< sizeof of this struct */
    const char *name;               /**< [a-z0-9_.-], at most 31 bytes; a host's carries a dot */
    const char *const *media_types; /**< NULL ends the list */
    const trust_kind_info *kinds;
    size_t kind_count; /**< 1 to 8 */
    /** State findings. TRUST_E_NOMEM ends the assessment; anything else but TRUST_OK counts as a
     * refusal of every kind of the signal. */
    trust_status (*appraise)(void *user, trust_appraisal *appraisal);
    /** Write what to remember from now on: at most @p cap bytes into @p out, their number into
     * @p len. Leave both alone to keep what is there. NULL for a signal that learns nothing. */
    trust_status (*learn)(void *user, const trust_appraisal *appraisal, uint32_t mode, uint8_t *out,
                          size_t cap, size_t *len);
    void (*user_free)(void *user); /**< called once, when the engine is gone; may be NULL */
    void *user;
} trust_signal_ops;

TRUST_END_DECLS

#endif
