#ifndef TRUST_MANIFEST_H
#define TRUST_MANIFEST_H

/* A manifest vouches for a document: who signed it, which revision it is, when it holds, and the
 * SHA-256 of its bytes. One form for every kind of document (docs/manifest.md): COSE_Sign1
 * (RFC 9052) with EdDSA over deterministic CBOR, in base64url on one line. */

#include <trust/key.h>

TRUST_BEGIN_DECLS

#define TRUST_MANIFEST_MAX_BYTES 4096u

/** What a manifest says. Texts are copied. */
typedef struct trust_manifest {
    size_t size;           /**< sizeof of this struct */
    char kind[32];         /**< "policy", "reference", "table", "mud", ... : [a-z0-9_.-] */
    char id[64];           /**< the document's own id, 1 to 63 of [a-z0-9_.-] */
    uint64_t revision;     /**< rises with every change; at most 2^53 - 1, as in documents */
    trust_time not_before; /**< the first moment; TRUST_TIME_UNKNOWN: always */
    trust_time expires;    /**< the first moment after it; TRUST_TIME_NEVER: never */
    uint8_t digest[32];    /**< SHA-256 of the document's bytes */
} trust_manifest;

#define TRUST_MANIFEST_INIT                                                                        \
    {                                                                                              \
        sizeof(trust_manifest), {0}, {0}, 0, TRUST_TIME_UNKNOWN, TRUST_TIME_NEVER,                 \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/** Sign what @p manifest says about a document; its digest is computed here. Whether the document
 * says the same of itself is for the caller to know: it is bytes here.
 * @param signer  of TRUST_USE_POLICY for the kind "policy", of TRUST_USE_DOCUMENT for others; asked
 *                only when the text fits
 * @param out     one line of text and its newline; text calls are as trust_policy_expand()
 * @return TRUST_OK, TRUST_E_ARGUMENT (also: a signer of another use), TRUST_E_LIMIT or
 *         TRUST_E_HOST */
TRUST_API TRUST_MUST_CHECK trust_status trust_manifest_sign(const trust_manifest *manifest,
                                                            const void *document, size_t len,
                                                            const trust_signer *signer, char *out,
                                                            size_t cap, size_t *need);

/** Verify a manifest and what it says about a document. There is one way to write a manifest:
 * anything else is refused, whatever its signature.
 * @param keys   Ed25519 public keys that may sign this kind
 * @param kind   what the document has to be
 * @param now    TRUST_TIME_UNKNOWN refuses a manifest that begins or ends at a time
 * @param[out] out  what it says; begun with TRUST_MANIFEST_INIT, or NULL when that is not wanted
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_FORMAT, TRUST_E_LIMIT, TRUST_E_UNSUPPORTED (another
 *         algorithm), TRUST_E_SIGNATURE (no key verifies it), TRUST_E_INTEGRITY (another kind, or
 *         other bytes) or TRUST_E_STATE (it does not hold now) */
TRUST_API TRUST_MUST_CHECK trust_status trust_manifest_verify(const void *text, size_t text_len,
                                                              const uint8_t (*keys)[32],
                                                              size_t key_count, const char *kind,
                                                              const void *document, size_t len,
                                                              trust_time now, trust_manifest *out,
                                                              trust_error *err);

TRUST_END_DECLS

#endif
