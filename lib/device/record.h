#ifndef TRI_DEVICE_RECORD_H
#define TRI_DEVICE_RECORD_H

/* The two records of a device and their bytes.
 *
 * Both begin with a format number; then sections of tag, length, body, all big-endian. The high bit
 * of a tag means critical: a reader that does not know a critical section refuses the record, and
 * carries an unknown section that is not critical along, byte for byte. */

#include <stdbool.h>

#include <trust/device.h>
#include <trust/finding.h>

#include "core/challenge.h"
#include "crypto/crypto.h"

#define TRI_CONTROL_MAX         2048u
#define TRI_MEMORY_MAX          4096u
#define TRI_MAX_REMEMBERED      16u
#define TRI_MAX_REQUESTS        8u
#define TRI_REQUEST_SIZE        16u
#define TRI_MAX_CHALLENGES_KEPT 8u
#define TRI_MAX_UNKNOWN         8u
#define TRI_ATTRIBUTES_MAX      512u /* bytes of all names and values, each with its NUL */

/** The control record, decoded. Lives on the stack of one call; views point into the record. */
typedef struct tri_control {
    trust_bytes id;
    uint32_t lifecycle;
    uint32_t verdict; /* of the last decision, TRUST_NO_VERDICT before the first */
    int32_t risk;
    uint32_t refused_kinds; /* bit k: built-in kind k was refused, until it is answered well */
    trust_time enrolled;
    trust_time high_water; /* latest time seen */
    trust_time jump;       /* a jump ahead that waits to be confirmed, or UNKNOWN */
    trust_time decided;
    trust_time since; /* when the verdict began */
    uint32_t flaps;   /* how often it got worse again soon after it got better */
    trust_time valid_until;
    char stage[TRI_TEXT_MAX + 1]; /* of onboarding, by the name that the policy gave it; or empty */
    uint64_t stage_policy;        /* trust_policy::key of the policy that has this stage */
    trust_time stage_since;       /* when it was entered, or UNKNOWN */
    uint64_t decisions;
    uint64_t next_challenge;
    size_t anchor_count;
    tri_anchor anchors[TRUST_DEVICE_MAX_ANCHORS];
    trust_bytes attributes; /* name NUL value NUL, repeated */
    size_t challenge_count;
    tri_challenge challenges[TRI_MAX_CHALLENGES_KEPT]; /* oldest first */
    size_t remembered_count;
    trust_finding remembered[TRI_MAX_REMEMBERED];
    size_t request_count;
    uint8_t requests[TRI_MAX_REQUESTS][TRI_REQUEST_SIZE]; /* oldest first */
    size_t unknown_count;
    trust_bytes unknown[TRI_MAX_UNKNOWN]; /* sections carried along */
} tri_control;

/** @return TRUST_OK, TRUST_E_INTEGRITY, or TRUST_E_UNSUPPORTED for a newer format */
trust_status tri_control_decode(trust_bytes record, tri_control *out);

/** Write the record. Over TRI_CONTROL_MAX or @p cap: TRUST_E_LIMIT. */
trust_status tri_control_encode(const tri_control *control, uint8_t *out, size_t cap, size_t *len);

/** Whether the record would still fit with everything that a decision may add to it. */
bool tri_control_fits(const tri_control *control);

/** A memory record is well formed, or empty; damage costs what was learnt, never a decision. */
bool tri_memory_valid(trust_bytes record);

/** The section of a signal in a valid memory record; empty when there is none. */
trust_bytes tri_memory_find(trust_bytes record, uint32_t signal);

/** Copy a valid record to @p out with the signal's section replaced.
 * @return TRUST_OK or TRUST_E_LIMIT */
trust_status tri_memory_replace(trust_bytes record, uint32_t signal, trust_bytes body, uint8_t *out,
                                size_t cap, size_t *len);

/** The section key of a signal. */
uint32_t tri_memory_key(const char *signal_name);

#endif
