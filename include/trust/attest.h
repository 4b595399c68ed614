#ifndef TRUST_ATTEST_H
#define TRUST_ATTEST_H

/* The device's side: make native evidence. A static library of its own (libtrust-attest.a) for
 * vendor SDKs: no heap, no stdio, no clock, no other library; at most 6 KiB of stack beside the
 * signature.
 *
 * The token is an EAT (RFC 9711) as a CWT: deterministic CBOR in COSE_Sign1, EdDSA (RFC 9052/9053),
 * profile TRUST_ATTEST_PROFILE. docs/native-token.md has every byte. */

#include <trust/status.h>

TRUST_BEGIN_DECLS

#define TRUST_ATTEST_PROFILE "tag:github.com,2026:libtrust#native-1"

/** One measured component (RFC 9783 section 4.4.1). */
typedef struct trust_attest_component {
    const char *name;    /**< such as "app"; at most 63 bytes */
    const char *version; /**< such as "2.4.1"; at most 31 bytes, or NULL */
    trust_bytes digest;  /**< 32, 48 or 64 bytes */
    trust_bytes signer;  /**< 32, 48 or 64 bytes, or empty */
} trust_attest_component;

/** What the token is bound to, beside the nonce; the verifier checks each that it knows. The
 * channel is never sent: both ends take it from their own connection. Empty means "none". */
typedef struct trust_attest_binding {
    const char *purpose;     /**< of the challenge, or NULL; texts are at most 63 bytes */
    const char *verifier;    /**< whom the device believes it talks to, or NULL */
    const char *device;      /**< its own id, or NULL */
    const char *attempt;     /**< or NULL */
    trust_bytes channel;     /**< TLS exporter value of RFC 9266, 32 bytes */
    trust_bytes session_key; /**< public key to be proved later, at most 133 bytes */
    trust_bytes sealing_key; /**< X25519 public key that secrets may be sealed to, 32 bytes */
} trust_attest_binding;

#define TRUST_DEBUG_ENABLED             0
#define TRUST_DEBUG_DISABLED            1
#define TRUST_DEBUG_DISABLED_SINCE_BOOT 2
#define TRUST_DEBUG_DISABLED_FOREVER    3
#define TRUST_DEBUG_DISABLED_FULLY      4
#define TRUST_DEBUG_UNSTATED            (-1)
#define TRUST_BOOT_INSECURE             0
#define TRUST_BOOT_SECURE               1
#define TRUST_BOOT_UNSTATED             (-1)

/** What the device says of itself. Begin with TRUST_ATTEST_CLAIMS_INIT. */
typedef struct trust_attest_claims {
    size_t size;       /**< sizeof of this struct */
    trust_bytes nonce; /**< the challenge's, 8 to 64 bytes */
    trust_attest_binding binding;
    const trust_attest_component *components;
    size_t component_count; /**< at most 16 */
    int64_t issued_at;      /**< Unix seconds, or -1 where the device has no clock */
    int64_t boot_count;     /**< or -1 */
    int32_t debug;          /**< TRUST_DEBUG_ */
    int32_t secure_boot;    /**< TRUST_BOOT_ */
} trust_attest_claims;

#define TRUST_ATTEST_CLAIMS_INIT                                                                   \
    {                                                                                              \
        sizeof(trust_attest_claims), {NULL, 0},                                                    \
            {NULL, NULL, NULL, NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}}, NULL, 0, -1, -1,            \
            TRUST_DEBUG_UNSTATED, TRUST_BOOT_UNSTATED                                              \
    }

/** The device's key, wherever it is held. */
typedef struct trust_attest_key {
    uint8_t public_key[32];
    trust_status (*sign)(void *user, const void *data, size_t len, uint8_t signature[64]);
    void *user;
} trust_attest_key;

/** Enough for every token that trust_attest_make() can make, in bytes. */
#define TRUST_ATTEST_MAX_TOKEN 4608u

/** Make a token.
 * @param out   @p cap bytes; untouched unless TRUST_OK
 * @param[out] len  its length
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_LIMIT (@p cap too small) or what sign answered */
TRUST_API TRUST_MUST_CHECK trust_status trust_attest_make(const trust_attest_claims *claims,
                                                          const trust_attest_key *key, uint8_t *out,
                                                          size_t cap, size_t *len);

TRUST_END_DECLS

#endif
