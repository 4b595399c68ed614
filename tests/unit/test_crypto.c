/* SHA-256, Ed25519, base64, randomness and locked memory. Expected values come from Python's
 * hashlib and from OpenSSL, the odd points from arithmetic on the curve. */

#include "crypto/crypto.h"

#include <string.h>

#include "core/bytes.h"
#include "support.h"

static trust_bytes unhex(const char *text, uint8_t *out, size_t cap)
{
    size_t len = 0;
    ck_assert(tri_unhex(tri_bytes(text), out, cap, &len));
    return (trust_bytes){out, len};
}

static void check_hex(const uint8_t *data, size_t len, const char *expected)
{
    uint8_t bytes[256];
    trust_bytes want = unhex(expected, bytes, sizeof bytes);
    ck_assert_uint_eq(len, want.size);
    ck_assert_mem_eq(data, want.data, len);
}

START_TEST(is_ready)
{
    ck_ok(tri_crypto_ready());
    ck_ok(tri_crypto_ready());
}
END_TEST

START_TEST(sha256)
{
    static const struct {
        const char *text;
        const char *digest;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"libtrust", "4df5e94c596574bc9bcc71d784a7088cd067af704ea0f1c692ed4ec14c8f4199"},
    };
    uint8_t digest[32];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tri_sha256(cases[i].text, strlen(cases[i].text), digest);
        check_hex(digest, sizeof digest, cases[i].digest);
    }
    tri_sha256(NULL, 0, digest);
    check_hex(digest, sizeof digest, cases[0].digest);
}
END_TEST

START_TEST(sha256_of_a_million)
{
    tri_sha256_state state;
    uint8_t digest[32];
    char block[1000];
    memset(block, 'a', sizeof block);
    tri_sha256_begin(&state);
    for (int i = 0; i < 1000; i++)
        tri_sha256_add(&state, block, sizeof block);
    tri_sha256_end(&state, digest);
    check_hex(digest, sizeof digest,
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

START_TEST(sha256_in_pieces_is_the_same)
{
    uint8_t data[700], whole[32], pieces[32];
    uint64_t seed = 7;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)next_random(&seed);
    for (int round = 0; round < 2000; round++) {
        size_t len = next_random(&seed) % (sizeof data + 1);
        tri_sha256_state state;
        tri_sha256_begin(&state);
        for (size_t at = 0; at < len;) {
            size_t piece = next_random(&seed) % 130;
            if (piece > len - at)
                piece = len - at;
            tri_sha256_add(&state, data + at, piece);
            at += piece;
        }
        tri_sha256_end(&state, pieces);
        tri_sha256(data, len, whole);
        ck_assert_mem_eq(whole, pieces, 32);
    }
}
END_TEST

/* The key of the seed 00 01 02 .. 1f, and two signatures by it. */
static const char public_hex[] = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
static const char message[] = "one device let in";
static const char message_signature[] =
    "dee3eb2ebdaa092ffa849c462bec8d095d945e6d83e2b9bd31704500f984032a"
    "db1b6151b1bcaaa6f7c6807a64d882737cddd8c3ed7eb36705143fdadde65405";
static const char empty_signature[] =
    "9ca53579530654d5c3df77089ef45eda613e2fedf670e96bedac4639504e5845"
    "ef4b95d5793077233dd16817b2532e9c5525872a73a4ad74b759369a9e05c102";

START_TEST(ed25519_signs)
{
    uint8_t seed[32], key[32], secret[TRI_ED25519_SECRET], signature[64];
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)i;
    tri_ed25519_from_seed(seed, key, secret);
    check_hex(key, sizeof key, public_hex);
    tri_ed25519_sign(secret, message, strlen(message), signature);
    check_hex(signature, sizeof signature, message_signature);
    tri_ed25519_sign(secret, NULL, 0, signature);
    check_hex(signature, sizeof signature, empty_signature);
}
END_TEST

START_TEST(ed25519_verifies)
{
    uint8_t key[32], signature[64];
    unhex(public_hex, key, sizeof key);
    unhex(empty_signature, signature, sizeof signature);
    ck_assert(tri_ed25519_verify(key, NULL, 0, signature));
    ck_assert(!tri_ed25519_verify(key, message, strlen(message), signature));
    unhex(message_signature, signature, sizeof signature);
    ck_assert(tri_ed25519_verify(key, message, strlen(message), signature));
    ck_assert(!tri_ed25519_verify(key, message, strlen(message) - 1, signature));
}
END_TEST

START_TEST(ed25519_refuses_every_flipped_bit)
{
    uint8_t key[32], signature[64];
    char text[sizeof message];
    unhex(public_hex, key, sizeof key);
    unhex(message_signature, signature, sizeof signature);
    memcpy(text, message, sizeof text);
    const struct {
        uint8_t *data;
        size_t len;
    } parts[] = {{key, 32}, {signature, 64}, {(uint8_t *)text, strlen(message)}};
    for (size_t part = 0; part < 3; part++) {
        for (size_t bit = 0; bit < 8 * parts[part].len; bit++) {
            parts[part].data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            ck_assert(!tri_ed25519_verify(key, text, strlen(message), signature));
            parts[part].data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    ck_assert(tri_ed25519_verify(key, text, strlen(message), signature));
}
END_TEST

/* The good signature with the group order added to its S: malleable, so refused. */
START_TEST(ed25519_refuses_s_beyond_the_order)
{
    uint8_t key[32], signature[64];
    unhex(public_hex, key, sizeof key);
    unhex("dee3eb2ebdaa092ffa849c462bec8d095d945e6d83e2b9bd31704500f984032a"
          "c8ef56aecb1fbdfecd63781d43d261887cddd8c3ed7eb36705143fdadde65415",
          signature, sizeof signature);
    ck_assert(!tri_ed25519_verify(key, message, strlen(message), signature));
}
END_TEST

#define SMALL_ORDER 11 /* of these come first */
static const struct {
    const char *name;
    const char *hex;
} bad_keys[] = {
    {"order 1", "0100000000000000000000000000000000000000000000000000000000000000"},
    {"order 1, sign", "0100000000000000000000000000000000000000000000000000000000000080"},
    {"order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"order 4", "0000000000000000000000000000000000000000000000000000000000000000"},
    {"order 4, other", "0000000000000000000000000000000000000000000000000000000000000080"},
    {"order 8 a", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"},
    {"order 8 b", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"},
    {"order 8 c", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"},
    {"order 8 d", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"},
    {"order 4, y = p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"order 1, y = p + 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"y = p + 3", "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"not on the curve", "0200000000000000000000000000000000000000000000000000000000000000"},
    /* Taken for good by libsodium before 1.0.21 where nobody has patched it. */
    {"a good key plus order 2", "ea5ef8400c31ef41e28f22e718b43f66981b29cf645af2a0e223799bedaace47"},
    {"a good key plus order 8", "b502ff3d92e31d8190b4aa4ea0414005167fad089c4de9dac8a2fc850fed4f58"},
};

START_TEST(ed25519_keys)
{
    uint8_t key[32];
    unhex(public_hex, key, sizeof key);
    ck_assert(tri_ed25519_key_ok(key));
    for (size_t i = 0; i < sizeof bad_keys / sizeof bad_keys[0]; i++) {
        unhex(bad_keys[i].hex, key, sizeof key);
        ck_assert_msg(!tri_ed25519_key_ok(key), "%s", bad_keys[i].name);
    }
}
END_TEST

/* R = a times the base point and S = a fit every message whose hash is a multiple of the key's
 * small order: without a check of the key, at least one in eight. */
START_TEST(ed25519_verify_refuses_small_order)
{
    uint8_t key[32], signature[64];
    unhex(public_hex, signature, 32);
    unhex("aa9c2b77fe059cde7bbc67a4f30410d89c6d1440dede12e6a125f1841fff8e0f", signature + 32, 32);
    for (size_t i = 0; i < SMALL_ORDER; i++) {
        unhex(bad_keys[i].hex, key, sizeof key);
        for (unsigned byte = 0; byte < 256; byte++) {
            uint8_t data = (uint8_t)byte;
            ck_assert_msg(!tri_ed25519_verify(key, &data, 1, signature), "%s", bad_keys[i].name);
        }
    }
}
END_TEST

START_TEST(equal_and_wipe)
{
    uint8_t a[40], b[40];
    memset(a, 0x5A, sizeof a);
    memset(b, 0x5A, sizeof b);
    ck_assert(tri_equal(a, b, sizeof a));
    ck_assert(tri_equal(a, b, 0));
    for (size_t bit = 0; bit < 8 * sizeof b; bit++) {
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert(!tri_equal(a, b, sizeof a));
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    tri_wipe(b, 39);
    for (size_t i = 0; i < 39; i++)
        ck_assert_uint_eq(b[i], 0);
    ck_assert_uint_eq(b[39], 0x5A);
}
END_TEST

START_TEST(random_bytes)
{
    uint8_t a[1000] = {0}, b[1000] = {0};
    ck_ok(tri_system_random(NULL, a, 0));
    ck_assert_mem_eq(a, b, sizeof a);
    ck_ok(tri_system_random(NULL, a, sizeof a - 1));
    ck_ok(tri_system_random(NULL, b, sizeof b - 1));
    ck_assert_uint_eq(a[999], 0);
    /* Every stretch was filled, and not with the same. */
    for (size_t at = 0; at + 32 < sizeof a; at += 32)
        ck_assert_mem_ne(a + at, b + at, 32);
}
END_TEST

START_TEST(secrets)
{
    ck_ok(tri_crypto_ready());
    uint8_t *secret = tri_secret_new(TRI_ED25519_SECRET);
    ck_assert_ptr_nonnull(secret);
    memset(secret, 1, TRI_ED25519_SECRET);
    tri_secret_free(secret);
    tri_secret_free(NULL);
    ck_assert_ptr_null(tri_secret_new(SIZE_MAX));
}
END_TEST

START_TEST(base64_both_ways)
{
    uint8_t data[100], back[100];
    char text[TRI_BASE64(100)];
    uint64_t seed = 3;
    for (size_t len = 0; len <= sizeof data; len++) {
        for (size_t i = 0; i < len; i++)
            data[i] = (uint8_t)next_random(&seed);
        size_t got = 999;
        tri_base64_encode(data, len, text);
        ck_assert_uint_eq(strlen(text), TRI_BASE64(len) - 1);
        ck_assert(tri_base64_decode(tri_bytes(text), back, len, &got));
        ck_assert_uint_eq(got, len);
        ck_assert_mem_eq(data, back, len);
        if (len > 0)
            ck_assert(!tri_base64_decode(tri_bytes(text), back, len - 1, &got));
    }
}
END_TEST

START_TEST(base64_is_strict)
{
    static const struct {
        const char *text;
        const char *standard; /* what it decodes to, or NULL */
        const char *url;
    } cases[] = {
        {"", "", ""},
        {"Zg==", "f", NULL},
        {"Zm8=", "fo", NULL},
        {"Zm9v", "foo", "foo"},
        {"Zg", NULL, "f"},
        {"Zm8", NULL, "fo"},
        {"Pz8/", "???", NULL},
        {"Pz8_", NULL, "???"},
        {"Zh==", NULL, NULL}, /* trailing bits */
        {"Zh", NULL, NULL},
        {"Zm9=", NULL, NULL},
        {"Zm9", NULL, NULL},
        {"Z", NULL, NULL},
        {"Zg=", NULL, NULL},
        {"Zg===", NULL, NULL},
        {"Zm9v====", NULL, NULL},
        {"=", NULL, NULL},
        {"Zg==Zg==", NULL, NULL},
        {" Zm9v", NULL, NULL},
        {"Zm9v\n", NULL, NULL},
        {"Zm 9v", NULL, NULL},
        {"Zm-v.", NULL, NULL},
        {"Zm9\xC3\xB6", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_bytes text = tri_bytes(cases[i].text);
        const char *const want[] = {cases[i].standard, cases[i].url};
        for (size_t url = 0; url < 2; url++) {
            uint8_t out[8];
            size_t len = 77;
            bool good = url == 0 ? tri_base64_decode(text, out, sizeof out, &len)
                                 : tri_base64url_decode(text, out, sizeof out, &len);
            ck_assert_msg(good == (want[url] != NULL), "%s %zu", cases[i].text, url);
            ck_assert_uint_eq(len, good ? strlen(want[url]) : 77);
            if (good)
                ck_assert_mem_eq(out, want[url], len);
        }
    }
    size_t len = 77;
    uint8_t out[3];
    ck_assert(!tri_base64_decode((trust_bytes){(const uint8_t *)"Zm\0v", 4}, out, 3, &len));
    for (unsigned byte = 0x80; byte <= 0xFF; byte++) {
        const uint8_t text[4] = {'Z', (uint8_t)byte, '9', 'v'};
        ck_assert(!tri_base64_decode((trust_bytes){text, 4}, out, 3, &len));
        ck_assert(!tri_base64url_decode((trust_bytes){text, 4}, out, 3, &len));
    }
    ck_assert(tri_base64url_decode((trust_bytes){NULL, 0}, out, 0, &len));
    ck_assert_uint_eq(len, 0);
}
END_TEST

int main(void)
{
    return run_tests("crypto",
                     TESTS(is_ready, sha256, sha256_of_a_million, sha256_in_pieces_is_the_same,
                           ed25519_signs, ed25519_verifies, ed25519_refuses_every_flipped_bit,
                           ed25519_refuses_s_beyond_the_order, ed25519_keys,
                           ed25519_verify_refuses_small_order, equal_and_wipe, random_bytes,
                           secrets, base64_both_ways, base64_is_strict));
}
