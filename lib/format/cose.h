#ifndef TRI_FORMAT_COSE_H
#define TRI_FORMAT_COSE_H

/* COSE_Sign1 (RFC 9052 section 4.2): taken apart, never judged. Nothing in it is to be believed
 * before its signature was verified with a key that did not come from it. */

#include <stdbool.h>

#include <trust/status.h>

#define TRI_COSE_EDDSA   (-8)
#define TRI_COSE_ED25519 (-19) /* RFC 9864 */

typedef struct tri_cose_sign1 {
    trust_bytes protected_bytes; /* as received */
    trust_bytes payload;
    trust_bytes signature;
    int64_t algorithm; /* from the protected bucket only */
    trust_bytes kid;   /* a hint; empty without one */
} tri_cose_sign1;

/** Read one COSE_Sign1 with tag 18 (a CWT tag 61 around it is allowed). Refused: alg missing or
 * unprotected, a label in both buckets, crit with a label not understood, a detached payload.
 * @return TRUST_OK, TRUST_E_FORMAT, TRUST_E_LIMIT or TRUST_E_UNSUPPORTED (another COSE message,
 * or an algorithm that is a text) */
trust_status tri_cose_read_sign1(trust_bytes input, tri_cose_sign1 *out, trust_error *err);

/** The bytes that are signed (RFC 9052 section 4.4), external_aad empty. @p need as for text. */
trust_status tri_cose_sig_structure(trust_bytes protected_bytes, trust_bytes payload, uint8_t *out,
                                    size_t cap, size_t *need);

#endif
