#ifndef TRI_CRYPTO_CRYPTO_H
#define TRI_CRYPTO_CRYPTO_H

/* Every use of cryptography goes through here; sodium.c is the one file behind it. */

#include <stdbool.h>

#include <trust/host.h>

/** Make libsodium ready. Idempotent, any thread. TRUST_OK or TRUST_E_HOST. */
trust_status tri_crypto_ready(void);

void tri_sha256(const void *data, size_t len, uint8_t out[32]);

/** SHA-256 in pieces. The state is plain memory of the caller. */
typedef struct tri_sha256_state {
    uint64_t opaque[16];
} tri_sha256_state;
void tri_sha256_begin(tri_sha256_state *state);
void tri_sha256_add(tri_sha256_state *state, const void *data, size_t len);
void tri_sha256_end(tri_sha256_state *state, uint8_t out[32]);

/** RFC 8032, strict: no small-order keys, no S that is not canonical. */
bool tri_ed25519_verify(const uint8_t key[32], const void *data, size_t len,
                        const uint8_t signature[64]);

/** The point is one that an honest key pair can have: canonical, on the curve, of the large prime
 * order. */
bool tri_ed25519_key_ok(const uint8_t key[32]);

#define TRI_ED25519_SECRET 64 /* the seed and the public key, as libsodium keeps them */

void tri_ed25519_from_seed(const uint8_t seed[32], uint8_t key[32],
                           uint8_t secret[TRI_ED25519_SECRET]);
void tri_ed25519_sign(const uint8_t secret[TRI_ED25519_SECRET], const void *data, size_t len,
                      uint8_t signature[64]);

/** Locked memory between guard pages, for bytes only (it is not aligned); NULL when there is none.
 * Needs tri_crypto_ready(). Wiped when it is freed; NULL does nothing. */
void *tri_secret_new(size_t size);
void tri_secret_free(void *ptr);

/** Constant-time comparison of secrets and nonces. */
bool tri_equal(const void *a, const void *b, size_t len);

/** Zero memory in a way that stays. */
void tri_wipe(void *ptr, size_t len);

/** The system's random source, in the shape of the host's seam. */
trust_status tri_system_random(void *user, void *out, size_t len);

/** base64url without padding (RFC 4648 section 5), strict; or standard base64 with padding. False
 * for any other character, non-zero trailing bits, or more than @p cap bytes; then @p out may hold
 * anything and @p len is untouched. */
bool tri_base64url_decode(trust_bytes text, uint8_t *out, size_t cap, size_t *len);
bool tri_base64_decode(trust_bytes text, uint8_t *out, size_t cap, size_t *len);

/** Standard base64 with padding; @p out takes TRI_BASE64(len) bytes, a NUL among them. */
#define TRI_BASE64(len) (((len) + 2) / 3 * 4 + 1)
void tri_base64_encode(const void *data, size_t len, char *out);

/** base64url without padding; @p out takes TRI_BASE64URL(len) bytes, a NUL among them. */
#define TRI_BASE64URL(len) (((len)*4 + 2) / 3 + 1)
void tri_base64url_encode(const void *data, size_t len, char *out);

/** A registered key and the SHA-256 of it, which the device's UEID carries: kept beside it, since
 * every token is looked up by it. */
typedef struct tri_anchor {
    uint8_t key[32]; /* Ed25519 */
    uint8_t id[32];
} tri_anchor;

void tri_anchor_of(const uint8_t key[32], tri_anchor *anchor);

#endif
