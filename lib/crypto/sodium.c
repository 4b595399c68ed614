/* All cryptography, done by libsodium: SHA-256 (FIPS 180-4), Ed25519 (RFC 8032), base64 (RFC 4648),
 * locked memory. Trust: data, keys and signatures may be hostile; lengths are the types'.
 *
 * libsodium ends the process where it is misused or finds no randomness, so both are ruled out
 * before it is called. */

#define _DEFAULT_SOURCE 1 /* getentropy */

#include "crypto/crypto.h"

#include <sodium.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define ENTROPY_MAX 256 /* of one getentropy() */

_Static_assert(sizeof(tri_sha256_state) >= sizeof(crypto_hash_sha256_state), "state too small");
_Static_assert(_Alignof(tri_sha256_state) >= _Alignof(crypto_hash_sha256_state), "state unaligned");
_Static_assert(TRI_ED25519_SECRET == crypto_sign_SECRETKEYBYTES, "secret key size");

trust_status tri_system_random(void *user, void *out, size_t len)
{
    (void)user;
    uint8_t *at = out;
    while (len > 0) {
        size_t piece = len < ENTROPY_MAX ? len : ENTROPY_MAX;
        if (getentropy(at, piece) != 0)
            return TRUST_E_HOST;
        at += piece;
        len -= piece;
    }
    return TRUST_OK;
}

trust_status tri_crypto_ready(void)
{
    /* sodium_init() aborts on a system without randomness: ask for some first. */
    uint8_t probe;
    if (tri_system_random(NULL, &probe, sizeof probe) != TRUST_OK || sodium_init() < 0)
        return TRUST_E_HOST;
    return TRUST_OK;
}

void tri_sha256(const void *data, size_t len, uint8_t out[32])
{
    (void)crypto_hash_sha256(out, data, len);
}

void tri_anchor_of(const uint8_t key[32], tri_anchor *anchor)
{
    memcpy(anchor->key, key, sizeof anchor->key);
    tri_sha256(key, sizeof anchor->key, anchor->id);
}

static crypto_hash_sha256_state *sodium_state(tri_sha256_state *state)
{
    return (void *)state->opaque;
}

void tri_sha256_begin(tri_sha256_state *state)
{
    (void)crypto_hash_sha256_init(sodium_state(state));
}

void tri_sha256_add(tri_sha256_state *state, const void *data, size_t len)
{
    (void)crypto_hash_sha256_update(sodium_state(state), data, len);
}

void tri_sha256_end(tri_sha256_state *state, uint8_t out[32])
{
    (void)crypto_hash_sha256_final(sodium_state(state), out);
}

bool tri_ed25519_verify(const uint8_t key[32], const void *data, size_t len,
                        const uint8_t signature[64])
{
    return crypto_sign_verify_detached(signature, data, len, key) == 0;
}

bool tri_ed25519_key_ok(const uint8_t key[32])
{
    return crypto_core_ed25519_is_valid_point(key) == 1;
}

void tri_ed25519_from_seed(const uint8_t seed[32], uint8_t key[32],
                           uint8_t secret[TRI_ED25519_SECRET])
{
    (void)crypto_sign_seed_keypair(key, secret, seed);
}

void tri_ed25519_sign(const uint8_t secret[TRI_ED25519_SECRET], const void *data, size_t len,
                      uint8_t signature[64])
{
    (void)crypto_sign_detached(signature, NULL, data, len, secret);
}

bool tri_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}

void tri_wipe(void *ptr, size_t len)
{
    sodium_memzero(ptr, len);
}

void *tri_secret_new(size_t size)
{
    return sodium_malloc(size);
}

void tri_secret_free(void *ptr)
{
    sodium_free(ptr);
}

/* libsodium refuses foreign characters, missing or surplus padding and non-zero trailing bits. */
static bool decode(trust_bytes text, uint8_t *out, size_t cap, size_t *len, int variant)
{
    size_t written;
    /* libsodium reads a char below zero as the last letter of its alphabet. */
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= 0x80)
            return false;
    if (sodium_base642bin(out, cap, (const char *)text.data, text.size, NULL, &written, NULL,
                          variant) != 0)
        return false;
    *len = written;
    return true;
}

bool tri_base64url_decode(trust_bytes text, uint8_t *out, size_t cap, size_t *len)
{
    return decode(text, out, cap, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool tri_base64_decode(trust_bytes text, uint8_t *out, size_t cap, size_t *len)
{
    return decode(text, out, cap, len, sodium_base64_VARIANT_ORIGINAL);
}

void tri_base64_encode(const void *data, size_t len, char *out)
{
    (void)sodium_bin2base64(out, TRI_BASE64(len), data, len, sodium_base64_VARIANT_ORIGINAL);
}

void tri_base64url_encode(const void *data, size_t len, char *out)
{
    (void)sodium_bin2base64(out, TRI_BASE64URL(len), data, len,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
