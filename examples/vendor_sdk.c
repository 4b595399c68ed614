/* The device's side, for firmware: answer a challenge with a native token.
 *
 *     vendor_sdk KEY              print the public key to register, in hexadecimal
 *     vendor_sdk KEY NONCE        print the token for a nonce in hexadecimal, as base64url
 *
 * KEY is a file of 32 random bytes. A real device keeps its key in a secure element and hands
 * trust_attest_make() a function that signs there; libsodium plays that part here. */

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <trust/attest.h>

static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return crypto_sign_detached(signature, NULL, data, len, user) == 0 ? TRUST_OK : TRUST_E_HOST;
}

static int read_seed(const char *path, uint8_t seed[crypto_sign_SEEDBYTES])
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    size_t n = fread(seed, 1, crypto_sign_SEEDBYTES, file);
    fclose(file);
    return n == crypto_sign_SEEDBYTES;
}

static trust_status make_token(const trust_attest_key *key, trust_bytes nonce, uint8_t *out,
                               size_t cap, size_t *len)
{
    /* What this firmware measured when it booted. */
    static const char firmware[] = "the bytes of the firmware";
    uint8_t digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, (const uint8_t *)firmware, sizeof firmware - 1);
    trust_attest_component app = {"app", "2.4.1", {digest, sizeof digest}, {NULL, 0}};

    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    claims.nonce = nonce;
    claims.components = &app;
    claims.component_count = 1;
    claims.debug = TRUST_DEBUG_DISABLED;
    claims.secure_boot = TRUST_BOOT_SECURE;
    /* On a TLS connection, also: claims.binding.channel = its exporter value (RFC 9266). */
    return trust_attest_make(&claims, key, out, cap, len);
}

int main(int argc, char **argv)
{
    uint8_t seed[crypto_sign_SEEDBYTES], secret[crypto_sign_SECRETKEYBYTES];
    uint8_t nonce[64], token[TRUST_ATTEST_MAX_TOKEN];
    char text[2 * TRUST_ATTEST_MAX_TOKEN];
    size_t nonce_len, len;
    if (argc < 2 || argc > 3 || sodium_init() < 0 || !read_seed(argv[1], seed)) {
        fprintf(stderr, "usage: vendor_sdk KEY [NONCE], where KEY is a file of 32 bytes\n");
        return 2;
    }
    trust_attest_key key = {.sign = sign, .user = secret};
    crypto_sign_seed_keypair(key.public_key, secret, seed);
    if (argc == 2) {
        puts(sodium_bin2hex(text, sizeof text, key.public_key, sizeof key.public_key));
        return 0;
    }
    if (sodium_hex2bin(nonce, sizeof nonce, argv[2], strlen(argv[2]), NULL, &nonce_len, NULL) !=
        0) {
        fprintf(stderr, "the nonce is not hexadecimal\n");
        return 2;
    }
    trust_bytes challenge = {nonce, nonce_len};
    trust_status status = make_token(&key, challenge, token, sizeof token, &len);
    if (status != TRUST_OK) {
        fprintf(stderr, "no token: status %d\n", status);
        return 1;
    }
    puts(
        sodium_bin2base64(text, sizeof text, token, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
    return 0;
}
