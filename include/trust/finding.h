#ifndef TRUST_FINDING_H
#define TRUST_FINDING_H

/* A finding: what appraisal made of evidence, in one frozen plain struct of integers. Findings are
 * the only thing that a policy sees, and the place where replay starts.
 *
 * A finding has a kind. Built-in kinds have small numbers and a row in an append-only table; a
 * host's kind carries a dot in its name and gets its number from that name, the same everywhere. */

#include <trust/status.h>

TRUST_BEGIN_DECLS

/** Built-in kinds. Frozen; new ones are appended. */
#define TRUST_KIND_NONE        0u
#define TRUST_KIND_ATTESTATION 1u /**< does it run what it should? scale: AR4SI tier */
#define TRUST_KIND_IDENTITY    2u /**< is it this device? scale: AR4SI tier */
#define TRUST_KIND_PLACE       3u /**< is it where it belongs? scale: permille of surprise */
#define TRUST_KIND_REPUTATION  4u /**< who else uses this address? scale: percent */
#define TRUST_KIND_BEHAVIOUR   5u /**< does it act as it did? scale: surprise */
#define TRUST_KIND_HUMAN       6u /**< who installed it? scale: AR4SI tier */

/** What a kind's value measures. */
#define TRUST_SCALE_AR4SI    1u /**< 0..127: 2 affirming, 32 warning, 96 contraindicated */
#define TRUST_SCALE_PERMILLE 2u /**< 0..1000: 0 as expected, 1000 as bad as it gets */
#define TRUST_SCALE_PERCENT  3u /**< 0..100, likewise */
#define TRUST_SCALE_SURPRISE 4u /**< 0..120: -10 log10 of how often chance alone does this */

/** Who states an item of evidence; set by the caller, never by the bytes. */
#define TRUST_FROM_DEVICE  1u /**< bytes that came from the device, however they travelled */
#define TRUST_FROM_HOST    2u /**< the caller's own observation, or a file that it vouches for */
#define TRUST_FROM_SERVICE 3u /**< the authenticated answer of a verification service */

/** What is known about a kind. Anything but TRUST_STATE_VALID is a typed absence and says why
 * there is no value. The zero value claims nothing. */
#define TRUST_STATE_NOT_REQUESTED  0u /**< nobody asked for it */
#define TRUST_STATE_VALID          1u /**< verified and appraised: the value counts */
#define TRUST_STATE_PENDING        2u /**< asked, the deadline has not passed */
#define TRUST_STATE_REFUSED        3u /**< asked, delivered, not answered in time */
#define TRUST_STATE_INVALID        4u /**< the device's own, and wrong */
#define TRUST_STATE_EXPIRED        5u /**< was good once, too old to vouch now */
#define TRUST_STATE_SOURCE_DOWN    6u /**< the source fails for everybody */
#define TRUST_STATE_NOT_APPLICABLE 7u /**< the policy does not ask this device for it */
#define TRUST_STATE_UNBOUND        8u /**< not proved to come from this device: nobody's */
#define TRUST_STATE_UNSUPPORTED    9u /**< a format that this build does not read */

/** Full quality: the source is as good as its kind gets. */
#define TRUST_QUALITY_FULL 65536u
/** In trust_finding::item: the finding rests on no single item. */
#define TRUST_NO_ITEM UINT32_MAX

/** One finding. 64 bytes, frozen. */
typedef struct trust_finding {
    uint32_t kind;     /**< TRUST_KIND_ or trust_kind_id() */
    uint32_t source;   /**< which source of this kind, a number that the signal gives */
    uint32_t state;    /**< TRUST_STATE_ */
    uint32_t origin;   /**< TRUST_FROM_ */
    int32_t value;     /**< on the kind's scale; read only when state is VALID */
    uint32_t quality;  /**< 0..TRUST_QUALITY_FULL, how much the source can be relied on */
    trust_time time;   /**< when it was true: the older of claimed and received */
    uint32_t reason;   /**< TRUST_REASON_, the one fact that explains the value */
    uint32_t item;     /**< index of the item of evidence, or TRUST_NO_ITEM */
    int64_t expected;  /**< for the explanation: what was expected, meaning fixed by the reason */
    int64_t seen;      /**< and what was there */
    uint64_t reserved; /**< 0 */
} trust_finding;

/** The number of the kind called @p name: built in, or derived from a name with a dot.
 * TRUST_KIND_NONE for a name that can be no kind (empty, over 63 bytes, a character outside
 * [a-z0-9_.-], no dot and not built in). Any thread. */
TRUST_API uint32_t trust_kind_id(const char *name, size_t len);

/** The name of a built-in kind or NULL. Static text, any thread. */
TRUST_API const char *trust_kind_name(uint32_t kind);

/** The word for a TRUST_STATE_, as it stands in JSON, such as "not_requested"; "?" for none. */
TRUST_API const char *trust_state_name(uint32_t state);

/** The word for a TRUST_FROM_, as it stands in JSON; "?" for none. */
TRUST_API const char *trust_origin_name(uint32_t origin);

TRUST_END_DECLS

#endif
