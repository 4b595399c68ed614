/* The device's side: what a token looks like, byte by byte, and what is refused. */

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <trust/attest.h>

#include "attest/sha256.h"
#include "core/bytes.h"
#include "crypto/crypto.h"
#include "format/cbor.h"
#include "format/cose.h"
#include "format/eat.h"

static uint8_t secret[TRI_ED25519_SECRET];
static unsigned signings;

static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    (void)user;
    signings++;
    tri_ed25519_sign(secret, data, len, signature);
    return TRUST_OK;
}

static trust_status refuse_to_sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    (void)user;
    (void)data;
    (void)len;
    memset(signature, 0xEE, 64);
    return TRUST_E_HOST;
}

static trust_attest_key device_key(void)
{
    static const uint8_t seed[32] = {7, 7, 7};
    trust_attest_key key = {.sign = sign};
    ck_ok(tri_crypto_ready());
    tri_ed25519_from_seed(seed, key.public_key, secret);
    return key;
}

static const uint8_t nonce[64] = "nonce nonce nonce nonce nonce nonce nonce nonce nonce nonce no";
static const uint8_t digest[64] = "digest";

static trust_attest_claims plain_claims(void)
{
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    claims.nonce = (trust_bytes){nonce, 32};
    return claims;
}

static char *repeat(char *out, char c, size_t n)
{
    memset(out, c, n);
    out[n] = '\0';
    return out;
}

START_TEST(sha256_known_answers)
{
    /* FIPS 180-4 examples, as published by NIST. */
    static const struct {
        const char *text;
        const char *hash;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t expected[32], hash[32];
        size_t len;
        ck_assert(tri_unhex(tri_bytes(cases[i].hash), expected, sizeof expected, &len));
        tri_attest_sha256(tri_bytes(cases[i].text), hash);
        ck_assert_mem_eq(hash, expected, 32);
    }
}
END_TEST

START_TEST(sha256_agrees_with_libsodium)
{
    uint8_t data[700];
    uint64_t state = 42;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)next_random(&state);
    for (size_t len = 0; len <= sizeof data; len++) {
        uint8_t ours[32], theirs[32];
        tri_attest_sha256((trust_bytes){data, len}, ours);
        tri_sha256(data, len, theirs);
        ck_assert_mem_eq(ours, theirs, 32);
    }
}
END_TEST

/* The whole token, written down by hand from docs/native-token.md. */
START_TEST(smallest_token_is_these_bytes)
{
    trust_attest_key key = device_key();
    trust_attest_claims claims = plain_claims();
    uint8_t token[TRUST_ATTEST_MAX_TOKEN], expected[256], hash[32];
    size_t len, at = 0;
    claims.nonce.size = 8;
    ck_ok(trust_attest_make(&claims, &key, token, sizeof token, &len));

    static const uint8_t head[] = {0xD2, 0x84, 0x43, 0xA1, 0x01, 0x27,
                                   0xA0, 0x58, 0x5A, 0xA3, 0x0A, 0x48};
    memcpy(expected, head, sizeof head);
    at = sizeof head;
    memcpy(expected + at, nonce, 8);
    at += 8;
    static const uint8_t ueid[] = {0x19, 0x01, 0x00, 0x58, 0x21, 0x01};
    memcpy(expected + at, ueid, sizeof ueid);
    at += sizeof ueid;
    tri_sha256(key.public_key, 32, hash);
    memcpy(expected + at, hash, 32);
    at += 32;
    static const uint8_t profile[] = {0x19, 0x01, 0x09, 0x78, 0x25};
    memcpy(expected + at, profile, sizeof profile);
    at += sizeof profile;
    memcpy(expected + at, "tag:github.com,2026:libtrust#native-1", 37);
    at += 37;
    expected[8] = (uint8_t)(at - 9);
    static const uint8_t signature[] = {0x58, 0x40};
    memcpy(expected + at, signature, 2);
    at += 2;
    ck_assert_uint_eq(len, at + 64);
    ck_assert_mem_eq(token, expected, at);
}
END_TEST

/* Open a token as a verifier would and hand out a cursor over its claims. */
static tri_cbor open_claims(trust_bytes token, const uint8_t public_key[32], tri_cbor_item *map)
{
    tri_cose_sign1 cose;
    uint8_t message[TRUST_ATTEST_MAX_TOKEN];
    size_t len;
    ck_ok(tri_cose_read_sign1(token, &cose, NULL));
    ck_assert_int_eq(cose.algorithm, TRI_COSE_EDDSA);
    ck_assert_uint_eq(cose.signature.size, 64);
    ck_ok(
        tri_cose_sig_structure(cose.protected_bytes, cose.payload, message, sizeof message, &len));
    ck_assert(tri_ed25519_verify(public_key, message, len, cose.signature.data));
    tri_cbor cursor = tri_cbor_begin(cose.payload);
    ck_assert(tri_cbor_next(&cursor, map));
    return cursor;
}

/* Keys of a map rise in their encoded form: shorter first, then by bytes (RFC 8949 4.2.1). */
static void check_key_order(const tri_cbor *parent, const tri_cbor_item *map)
{
    tri_cbor inside = tri_cbor_inside(parent, map);
    tri_cbor_item key, value;
    trust_bytes before = {NULL, 0};
    while (inside.at < inside.end) {
        const uint8_t *start = inside.at;
        ck_assert(tri_cbor_next(&inside, &key));
        trust_bytes encoded = {start, (size_t)(inside.at - start)};
        ck_assert(before.size == 0 || tri_compare(before, encoded) < 0);
        before = encoded;
        ck_assert(tri_cbor_next(&inside, &value));
        if (value.type == TRI_CBOR_MAP)
            check_key_order(&inside, &value);
    }
}

/* Every claim at its largest. */
static void largest_claims(trust_attest_claims *claims, trust_attest_component *components,
                           char text[4][80])
{
    static uint8_t session_key[133];
    for (size_t i = 0; i < 16; i++)
        components[i] = (trust_attest_component){
            repeat(text[0], 'n', 63), repeat(text[1], 'v', 31), {digest, 64}, {digest, 64}};
    *claims = plain_claims();
    claims->nonce.size = 64;
    claims->components = components;
    claims->component_count = 16;
    claims->issued_at = INT64_MAX;
    claims->boot_count = INT64_MAX;
    claims->debug = TRUST_DEBUG_DISABLED_FULLY;
    claims->secure_boot = TRUST_BOOT_SECURE;
    const char *most = repeat(text[2], 'b', 63);
    claims->binding = (trust_attest_binding){
        most, most, most, most, {digest, 32}, {session_key, 133}, {digest, 32}};
}

START_TEST(largest_token_fits_and_is_deterministic)
{
    trust_attest_key key = device_key();
    trust_attest_component components[16];
    trust_attest_claims claims;
    char text[4][80];
    uint8_t token[TRUST_ATTEST_MAX_TOKEN], again[TRUST_ATTEST_MAX_TOKEN];
    size_t len, len2;
    largest_claims(&claims, components, text);
    ck_ok(trust_attest_make(&claims, &key, token, sizeof token, &len));
    ck_ok(trust_attest_make(&claims, &key, again, sizeof again, &len2));
    ck_assert_uint_eq(len, len2);
    ck_assert_mem_eq(token, again, len);

    tri_cbor_item map, list, component;
    tri_cbor cursor = open_claims((trust_bytes){token, len}, key.public_key, &map);
    ck_assert_uint_eq(map.argument, 9);
    check_key_order(&cursor, &map);
    ck_assert(tri_cbor_find(&cursor, &map, TRI_EAT_COMPONENTS, &list));
    ck_assert_uint_eq(list.argument, 16);
    tri_cbor inside = tri_cbor_inside(&cursor, &list);
    while (tri_cbor_next(&inside, &component))
        check_key_order(&inside, &component);

    /* One byte too few: refused before anything is signed, and nothing is written. */
    uint8_t untouched[TRUST_ATTEST_MAX_TOKEN];
    memset(again, 0xAA, sizeof again);
    memset(untouched, 0xAA, sizeof untouched);
    signings = 0;
    len2 = 77;
    ck_status(trust_attest_make(&claims, &key, again, len - 1, &len2), TRUST_E_LIMIT);
    ck_assert_uint_eq(signings, 0);
    ck_assert_uint_eq(len2, 77);
    ck_assert_mem_eq(again, untouched, sizeof again);
    ck_ok(trust_attest_make(&claims, &key, again, len, &len2));
}
END_TEST

static void check_text(const tri_cbor *cursor, const tri_cbor_item *map, int64_t key,
                       const char *text)
{
    tri_cbor_item item;
    ck_assert(tri_cbor_find(cursor, map, key, &item));
    ck_assert_int_eq(item.type, TRI_CBOR_TEXT);
    ck_assert(tri_same_text(item.body, text));
}

static void check_number(const tri_cbor *cursor, const tri_cbor_item *map, int64_t key,
                         int64_t expected)
{
    tri_cbor_item item;
    int64_t value;
    ck_assert(tri_cbor_find(cursor, map, key, &item));
    ck_assert(tri_cbor_int(&item, &value));
    ck_assert_int_eq(value, expected);
}

START_TEST(claims_are_what_was_said)
{
    trust_attest_key key = device_key();
    trust_attest_component component = {"app", NULL, {digest, 48}, {NULL, 0}};
    trust_attest_claims claims = plain_claims();
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    size_t len;
    claims.components = &component;
    claims.component_count = 1;
    claims.issued_at = 1700000000;
    claims.debug = TRUST_DEBUG_ENABLED;
    claims.secure_boot = TRUST_BOOT_INSECURE;
    claims.boot_count = 0;
    claims.binding.purpose = "onboarding";
    claims.binding.verifier = ""; /* as good as none */
    ck_ok(trust_attest_make(&claims, &key, token, sizeof token, &len));

    tri_cbor_item map, item, inner;
    bool boot;
    tri_cbor cursor = open_claims((trust_bytes){token, len}, key.public_key, &map);
    check_text(&cursor, &map, TRI_EAT_PROFILE, TRUST_ATTEST_PROFILE);
    check_number(&cursor, &map, TRI_EAT_IAT, 1700000000);
    check_number(&cursor, &map, TRI_EAT_DBGSTAT, 0);
    check_number(&cursor, &map, TRI_EAT_BOOTCOUNT, 0);
    ck_assert(tri_cbor_find(&cursor, &map, TRI_EAT_OEMBOOT, &item));
    ck_assert(tri_cbor_bool(&item, &boot) && !boot);
    ck_assert(tri_cbor_find(&cursor, &map, TRI_EAT_BINDING, &item));
    ck_assert_uint_eq(item.argument, 1);
    check_text(&cursor, &item, TRI_BOUND_PURPOSE, "onboarding");
    ck_assert(tri_cbor_find(&cursor, &map, TRI_EAT_COMPONENTS, &item));
    tri_cbor inside = tri_cbor_inside(&cursor, &item);
    ck_assert(tri_cbor_next(&inside, &item));
    ck_assert_uint_eq(item.argument, 2);
    check_text(&inside, &item, TRI_COMPONENT_NAME, "app");
    ck_assert(tri_cbor_find(&inside, &item, TRI_COMPONENT_DIGEST, &inner));
    ck_assert(tri_same(inner.body, (trust_bytes){digest, 48}));
}
END_TEST

/* The slot of a token, made with @p binding. */
static trust_bytes make_slot(const trust_attest_binding *binding, uint8_t *token)
{
    trust_attest_key key = device_key();
    trust_attest_claims claims = plain_claims();
    tri_cbor_item map, slot;
    size_t len;
    claims.binding = *binding;
    ck_ok(trust_attest_make(&claims, &key, token, TRUST_ATTEST_MAX_TOKEN, &len));
    tri_cbor cursor = open_claims((trust_bytes){token, len}, key.public_key, &map);
    ck_assert(tri_cbor_find(&cursor, &map, TRI_EAT_NONCE, &slot));
    return slot.body;
}

START_TEST(slot_binds_each_member_apart)
{
    static const trust_attest_binding cases[] = {
        {NULL, NULL, NULL, NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}},
        {"x", NULL, NULL, NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}},
        {NULL, "x", NULL, NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}},
        {NULL, NULL, "x", NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}},
        {NULL, NULL, NULL, "x", {NULL, 0}, {NULL, 0}, {NULL, 0}},
        {NULL, NULL, NULL, NULL, {digest, 32}, {NULL, 0}, {NULL, 0}},
        {NULL, NULL, NULL, NULL, {NULL, 0}, {digest, 32}, {NULL, 0}},
        {NULL, NULL, NULL, NULL, {NULL, 0}, {NULL, 0}, {digest, 32}},
        {"y", NULL, NULL, NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}},
        {"xx", NULL, NULL, NULL, {NULL, 0}, {NULL, 0}, {NULL, 0}},
    };
    enum { N = sizeof cases / sizeof cases[0] };
    static uint8_t token[N][TRUST_ATTEST_MAX_TOKEN];
    trust_bytes slots[N];
    for (size_t i = 0; i < N; i++) {
        slots[i] = make_slot(&cases[i], token[i]);
        for (size_t j = 0; j < i; j++)
            ck_assert(!tri_same(slots[i], slots[j]));
    }
    ck_assert(tri_same(slots[0], (trust_bytes){nonce, 32}));

    /* {"x"} by hand: the array of nine of docs/native-token.md. */
    uint8_t message[128] = {0x89, 0x72};
    uint8_t hash[32];
    size_t at = 2;
    memcpy(message + at, "libtrust-binding-1", 18);
    at += 18;
    message[at++] = 0x58;
    message[at++] = 0x20;
    memcpy(message + at, nonce, 32);
    at += 32;
    message[at++] = 0x61;
    message[at++] = 'x';
    memset(message + at, 0xF6, 6);
    at += 6;
    tri_sha256(message, at, hash);
    ck_assert(tri_same(slots[1], (trust_bytes){hash, 32}));
}
END_TEST

START_TEST(channel_is_never_sent)
{
    static const uint8_t channel[32] = "\x13\x37 exporter value \x13\x37";
    trust_attest_binding binding = {.channel = {channel, 32}};
    uint8_t token[TRUST_ATTEST_MAX_TOKEN] = {0};
    trust_bytes slot = make_slot(&binding, token);
    ck_assert_uint_eq(slot.size, 32);
    for (size_t i = 0; i + 8 <= sizeof token; i++)
        ck_assert(memcmp(token + i, channel, 8) != 0);
}
END_TEST

typedef struct wrong {
    const char *what;
    void (*make)(trust_attest_claims *claims, trust_attest_component *component, char *text);
} wrong;

#define WRONG(name, statement)                                                                     \
    static void name(trust_attest_claims *c, trust_attest_component *p, char *text)                \
    {                                                                                              \
        (void)p;                                                                                   \
        (void)text;                                                                                \
        statement;                                                                                 \
        (void)c;                                                                                   \
    }

WRONG(size_small, c->size--)
WRONG(size_large, c->size++)
WRONG(nonce_none, c->nonce = ((trust_bytes){NULL, 0}))
WRONG(nonce_null, c->nonce = ((trust_bytes){NULL, 32}))
WRONG(nonce_short, c->nonce.size = 7)
WRONG(nonce_long, c->nonce.size = 65)
WRONG(iat_negative, c->issued_at = -2)
WRONG(boot_negative, c->boot_count = -2)
WRONG(debug_low, c->debug = -2)
WRONG(debug_high, c->debug = 5)
WRONG(secure_low, c->secure_boot = -2)
WRONG(secure_high, c->secure_boot = 2)
WRONG(components_many, c->component_count = 17)
WRONG(components_null, c->components = NULL)
WRONG(name_null, p->name = NULL)
WRONG(name_empty, p->name = "")
WRONG(name_long, p->name = repeat(text, 'n', 64))
WRONG(name_broken, p->name = "\xC0\x80")
WRONG(name_control, p->name = "a\tb")
WRONG(version_long, p->version = repeat(text, 'v', 32))
WRONG(version_broken, p->version = "\xED\xA0\x80")
WRONG(digest_empty, p->digest.size = 0)
WRONG(digest_short, p->digest.size = 31)
WRONG(digest_between, p->digest.size = 33)
WRONG(digest_null, p->digest.data = NULL)
WRONG(signer_short, p->signer = ((trust_bytes){digest, 20}))
WRONG(signer_null, p->signer = ((trust_bytes){NULL, 32}))
WRONG(purpose_long, c->binding.purpose = repeat(text, 'p', 64))
WRONG(purpose_broken, c->binding.purpose = "\xFF")
WRONG(verifier_long, c->binding.verifier = repeat(text, 'p', 64))
WRONG(device_long, c->binding.device = repeat(text, 'p', 64))
WRONG(attempt_long, c->binding.attempt = repeat(text, 'p', 64))
WRONG(attempt_broken, c->binding.attempt = "\xF8")
WRONG(channel_short, c->binding.channel = ((trust_bytes){digest, 31}))
WRONG(channel_null, c->binding.channel = ((trust_bytes){NULL, 32}))
WRONG(session_long, c->binding.session_key = ((trust_bytes){digest, 134}))
WRONG(session_null, c->binding.session_key = ((trust_bytes){NULL, 1}))
WRONG(sealing_short, c->binding.sealing_key = ((trust_bytes){digest, 31}))
WRONG(sealing_null, c->binding.sealing_key = ((trust_bytes){NULL, 32}))

START_TEST(wrong_claims_are_refused)
{
#define ROW(name)                                                                                  \
    {                                                                                              \
#name, name                                                                                \
    }
    static const wrong cases[] = {
        ROW(size_small),      ROW(size_large),      ROW(nonce_none),   ROW(nonce_null),
        ROW(nonce_short),     ROW(nonce_long),      ROW(iat_negative), ROW(boot_negative),
        ROW(debug_low),       ROW(debug_high),      ROW(secure_low),   ROW(secure_high),
        ROW(components_many), ROW(components_null), ROW(name_null),    ROW(name_empty),
        ROW(name_long),       ROW(name_broken),     ROW(version_long), ROW(name_control),
        ROW(version_broken),  ROW(digest_empty),    ROW(digest_short), ROW(digest_between),
        ROW(digest_null),     ROW(signer_short),    ROW(signer_null),  ROW(purpose_long),
        ROW(purpose_broken),  ROW(verifier_long),   ROW(device_long),  ROW(attempt_long),
        ROW(attempt_broken),  ROW(channel_short),   ROW(channel_null), ROW(session_long),
        ROW(session_null),    ROW(sealing_short),   ROW(sealing_null)};
    trust_attest_key key = device_key();
    signings = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[80];
        uint8_t token[TRUST_ATTEST_MAX_TOKEN] = {0};
        size_t len = 5;
        trust_attest_component component = {"app", "1", {digest, 32}, {NULL, 0}};
        trust_attest_claims claims = plain_claims();
        claims.components = &component;
        claims.component_count = 1;
        cases[i].make(&claims, &component, text);
        trust_status status = trust_attest_make(&claims, &key, token, sizeof token, &len);
        ck_assert_msg(status == TRUST_E_ARGUMENT, "%s: %s", cases[i].what,
                      trust_status_name(status));
        ck_assert_uint_eq(len, 5);
        ck_assert_uint_eq(token[0], 0);
    }
    ck_assert_uint_eq(signings, 0);
}
END_TEST

START_TEST(arguments_are_checked)
{
    trust_attest_key key = device_key();
    trust_attest_key mute = key;
    trust_attest_claims claims = plain_claims();
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    size_t len;
    mute.sign = NULL;
    ck_status(trust_attest_make(NULL, &key, token, sizeof token, &len), TRUST_E_ARGUMENT);
    ck_status(trust_attest_make(&claims, NULL, token, sizeof token, &len), TRUST_E_ARGUMENT);
    ck_status(trust_attest_make(&claims, &mute, token, sizeof token, &len), TRUST_E_ARGUMENT);
    ck_status(trust_attest_make(&claims, &key, NULL, sizeof token, &len), TRUST_E_ARGUMENT);
    ck_status(trust_attest_make(&claims, &key, token, sizeof token, NULL), TRUST_E_ARGUMENT);
}
END_TEST

START_TEST(failed_signature_is_passed_on)
{
    trust_attest_key key = device_key();
    trust_attest_claims claims = plain_claims();
    uint8_t token[TRUST_ATTEST_MAX_TOKEN] = {0}, untouched[TRUST_ATTEST_MAX_TOKEN] = {0};
    size_t len = 3;
    key.sign = refuse_to_sign;
    ck_status(trust_attest_make(&claims, &key, token, sizeof token, &len), TRUST_E_HOST);
    ck_assert_uint_eq(len, 3);
    ck_assert_mem_eq(token, untouched, sizeof token);
}
END_TEST

START_TEST(text_of_the_largest_size_needs_no_more_than_its_bytes)
{
    trust_attest_key key = device_key();
    trust_attest_claims claims = plain_claims();
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    size_t len;
    /* Exactly as large as the text, so that a sanitizer sees one byte too far. */
    char *purpose = malloc(64);
    ck_assert_ptr_nonnull(purpose);
    claims.binding.purpose = repeat(purpose, 'p', 63);
    ck_ok(trust_attest_make(&claims, &key, token, sizeof token, &len));
    free(purpose);
}
END_TEST

int main(void)
{
    return run_tests("attest",
                     TESTS(sha256_known_answers, sha256_agrees_with_libsodium,
                           smallest_token_is_these_bytes, largest_token_fits_and_is_deterministic,
                           claims_are_what_was_said, slot_binds_each_member_apart,
                           channel_is_never_sent, wrong_claims_are_refused, arguments_are_checked,
                           failed_signature_is_passed_on,
                           text_of_the_largest_size_needs_no_more_than_its_bytes));
}
