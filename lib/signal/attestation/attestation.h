#ifndef TRI_SIGNAL_ATTESTATION_H
#define TRI_SIGNAL_ATTESTATION_H

/* Between the attestation signal and its formats: what became of one token. */

#include "signal/signal.h"

/** Signature checks of one assessment, over all its tokens. */
#define TRI_MAX_SIGNATURES 8u

/** What a format made of one token. */
typedef struct tri_attested {
    uint32_t state;     /* TRUST_STATE_ of the identity */
    uint32_t reason;    /* for that state */
    uint32_t challenge; /* index of the one that it answers, when it is VALID, INVALID or EXPIRED */
    uint32_t binding;   /* TRUST_BINDING_ */
    int32_t tier;       /* of the attestation on the AR4SI scale; 0: it states none */
    uint32_t tier_reason;
    bool unmeasured; /* it says nothing of what the device runs */
    trust_vector vector;
} tri_attested;

/** The eight claims of AR4SI, by their place in a vector. */
enum {
    TRI_AR4SI_INSTANCE_IDENTITY,
    TRI_AR4SI_CONFIGURATION,
    TRI_AR4SI_EXECUTABLES,
    TRI_AR4SI_FILE_SYSTEM,
    TRI_AR4SI_HARDWARE,
    TRI_AR4SI_RUNTIME_OPAQUE,
    TRI_AR4SI_STORAGE_OPAQUE,
    TRI_AR4SI_SOURCED_DATA,
    TRI_AR4SI_COUNT
};

/* Values of AR4SI claims (draft-ietf-rats-ar4si section 2.3). */
#define TRI_AR4SI_AFFIRMING       2
#define TRI_AR4SI_ADVISORY        32 /* known, with a known weakness */
#define TRI_AR4SI_UNRECOGNISED    33
#define TRI_AR4SI_UNAVAILABLE     36 /* configuration elements that should be there are not */
#define TRI_AR4SI_CONTRAINDICATED 96
#define TRI_AR4SI_UNVERIFIED      99

/** Appraise an EAT of the native profile (docs/native-token.md).
 * @param checks  signature checks that are left; counted down
 * @param claims  where to write the claims of a valid token as JSON, or NULL */
tri_attested tri_native_appraise(const trust_appraisal *appraisal, const tri_item *item,
                                 uint32_t *checks, tri_text *claims);

#endif
