/* COSE_Sign1: what is taken apart, what is refused and where, and the bytes that are signed. */

#include "format/cose.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "crypto/crypto.h"
#include "format/cbor.h"
#include "support.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

typedef struct blob {
    uint8_t data[1024];
    size_t size;
} blob;

static blob unhex(const char *text)
{
    blob b;
    ck_assert_msg(tri_unhex(tri_bytes(text), b.data, sizeof b.data, &b.size), "%s", text);
    return b;
}

static trust_bytes view(const blob *b)
{
    return (trust_bytes){b->data, b->size};
}

static bool is_hex(trust_bytes bytes, const char *expected)
{
    blob want = unhex(expected);
    return tri_same(bytes, view(&want));
}

/* d2 84, protected {1: -8} as a byte string, unprotected {}, payload h'7061', signature h'53'. */
#define HEAD "d284"
#define ALG  "43a10127"
#define REST                                                                                       \
    "a0427061"                                                                                     \
    "4153"

START_TEST(takes_apart)
{
    static const struct {
        const char *hex;
        int64_t algorithm;
        const char *protected;
        const char *payload;
        const char *kid;
    } cases[] = {
        {HEAD ALG REST, TRI_COSE_EDDSA, "a10127", "7061", ""},
        {"d83d" HEAD ALG REST, TRI_COSE_EDDSA, "a10127", "7061", ""},
        {"db000000000000003dd81298045803a10127b800580270615801"
         "53",
         TRI_COSE_EDDSA, "a10127", "7061", ""}, /* every head too long */
        {HEAD "43a10132" REST, TRI_COSE_ED25519, "a10132", "7061", ""},
        {HEAD "43a10126" REST, -7, "a10126", "7061", ""},
        {HEAD "4ba1013b7fffffffffffffff" REST, INT64_MIN, "a1013b7fffffffffffffff", "7061", ""},
        {HEAD "4ba201270446"
              "313233343536" REST,
         TRI_COSE_EDDSA, "a201270446313233343536", "7061", "313233343536"},
        {HEAD ALG "a104423131"
                  "4270614153",
         TRI_COSE_EDDSA, "a10127", "7061", "3131"},
        {HEAD ALG "a10440"
                  "4270614153",
         TRI_COSE_EDDSA, "a10127", "7061", ""},
        {HEAD ALG "a0"
                  "4040",
         TRI_COSE_EDDSA, "a10127", "", ""},
        {HEAD "46a20127028101" REST, TRI_COSE_EDDSA, "a20127028101", "7061", ""},
        {HEAD "4ba4012702820304030004"
              "40" REST,
         TRI_COSE_EDDSA, "a401270282030403000440", "7061", ""},
        {HEAD "46a20127617801" REST, TRI_COSE_EDDSA, "a20127617801", "7061", ""},
        {HEAD ALG "a161784100"
                  "4270614153",
         TRI_COSE_EDDSA, "a10127", "7061", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        blob b = unhex(cases[i].hex);
        tri_cose_sign1 message;
        trust_error err = {0};
        trust_status status = tri_cose_read_sign1(view(&b), &message, &err);
        ck_assert_msg(status == TRUST_OK, "%s: %s", cases[i].hex, err.message);
        ck_assert_int_eq(message.algorithm, cases[i].algorithm);
        ck_assert(is_hex(message.protected_bytes, cases[i].protected));
        ck_assert(is_hex(message.payload, cases[i].payload));
        ck_assert(is_hex(message.kid, cases[i].kid));
        ck_assert_int_eq(is_hex(message.signature, "53"), cases[i].payload[0] != '\0');
        ck_ok(tri_cose_read_sign1(view(&b), &message, NULL));
    }
}
END_TEST

START_TEST(refuses)
{
    static const struct {
        const char *hex;
        trust_status status;
        uint64_t offset;
        const char *message;
    } cases[] = {
        {"", TRUST_E_FORMAT, 0, "an item runs past the end"},
        {HEAD ALG REST "00", TRUST_E_FORMAT, 12, "bytes after the end"},
        {"84" ALG REST, TRUST_E_FORMAT, 0, "not tagged as COSE_Sign1"},
        {"d903e684" ALG REST, TRUST_E_FORMAT, 0, "not tagged as COSE_Sign1"},
        {"d83d84" ALG REST, TRUST_E_FORMAT, 2, "not tagged as COSE_Sign1"},
        {"d83dd83d" HEAD ALG REST, TRUST_E_FORMAT, 2, "not tagged as COSE_Sign1"},
        {"d9d9f7" HEAD ALG REST, TRUST_E_FORMAT, 0, "not tagged as COSE_Sign1"},
        {"d2" HEAD ALG REST, TRUST_E_FORMAT, 1, "not an array of four"},
        {"d2d83d84" ALG REST, TRUST_E_FORMAT, 1, "not an array of four"},
        {"12", TRUST_E_FORMAT, 0, "not tagged as COSE_Sign1"},
        {"a0", TRUST_E_FORMAT, 0, "not tagged as COSE_Sign1"},
        {"d08340a040", TRUST_E_UNSUPPORTED, 0, "a COSE message of another kind than Sign1"},
        {"d18440a04040", TRUST_E_UNSUPPORTED, 0, "a COSE message of another kind than Sign1"},
        {"d83dd18440a04040", TRUST_E_UNSUPPORTED, 2, "a COSE message of another kind than Sign1"},
        {"d8608440a04080", TRUST_E_UNSUPPORTED, 0, "a COSE message of another kind than Sign1"},
        {"d8618540a0404080", TRUST_E_UNSUPPORTED, 0, "a COSE message of another kind than Sign1"},
        {"d8628440a04080", TRUST_E_UNSUPPORTED, 0, "a COSE message of another kind than Sign1"},
        {"d283" ALG "a040", TRUST_E_FORMAT, 1, "not an array of four"},
        {"d285" ALG REST "40", TRUST_E_FORMAT, 1, "not an array of four"},
        {"d2a2" ALG REST, TRUST_E_FORMAT, 1, "not an array of four"},
        {"d244" ALG, TRUST_E_FORMAT, 1, "not an array of four"},
        {HEAD "63a10127" REST, TRUST_E_FORMAT, 2, "text is not UTF-8"},
        {HEAD "6161" REST, TRUST_E_FORMAT, 2, "protected headers are not a byte string"},
        {HEAD "a10127" REST, TRUST_E_FORMAT, 2, "protected headers are not a byte string"},
        {HEAD ALG "80427061"
                  "4153",
         TRUST_E_FORMAT, 6, "unprotected headers are not a map"},
        {HEAD ALG "a0f64153", TRUST_E_FORMAT, 7, "detached payload, or not a byte string"},
        {HEAD ALG "a062"
                  "70614153",
         TRUST_E_FORMAT, 7, "detached payload, or not a byte string"},
        {HEAD ALG "a0427061"
                  "6153",
         TRUST_E_FORMAT, 10, "signature is not a byte string"},
        {HEAD ALG "a0427061"
                  "f6",
         TRUST_E_FORMAT, 10, "signature is not a byte string"},
        {HEAD "40" REST, TRUST_E_FORMAT, 2, "no protected algorithm"},
        {HEAD "41a0" REST, TRUST_E_FORMAT, 3, "no protected algorithm"},
        {HEAD "40a1012742"
              "70614153",
         TRUST_E_FORMAT, 2, "no protected algorithm"},
        {HEAD "41a0a1012742"
              "70614153",
         TRUST_E_FORMAT, 3, "no protected algorithm"},
        {HEAD "45a161312701" REST, TRUST_E_FORMAT, 7, "bytes after the end"},
        {HEAD "45a162303127" REST, TRUST_E_FORMAT, 3, "no protected algorithm"},
        {HEAD "4181" REST, TRUST_E_FORMAT, 3, "more elements than bytes are left"},
        {HEAD "43820127" REST, TRUST_E_FORMAT, 3, "protected headers are not a map"},
        {HEAD "45a201270126" REST, TRUST_E_FORMAT, 6, "duplicate map key"},
        {HEAD "46a20127180126" REST, TRUST_E_FORMAT, 6, "duplicate map key"},
        {HEAD "44a1016178" REST, TRUST_E_UNSUPPORTED, 5, "an algorithm that is named by text"},
        {HEAD "44a1014127" REST, TRUST_E_FORMAT, 5, "the algorithm is not a number"},
        {HEAD "43a101f6" REST, TRUST_E_FORMAT, 5, "the algorithm is not a number"},
        {HEAD "45a101f93c00" REST, TRUST_E_FORMAT, 5, "the algorithm is not a number"},
        {HEAD "4ba1013b8000000000000000" REST, TRUST_E_FORMAT, 5, "the algorithm is not a number"},
        {HEAD ALG "a10126"
                  "4270614153",
         TRUST_E_FORMAT, 4, "a header is both protected and unprotected"},
        {HEAD ALG "a118012642"
                  "70614153",
         TRUST_E_FORMAT, 4, "a header is both protected and unprotected"},
        {HEAD "46a20127044131"
              "a104413142"
              "70614153",
         TRUST_E_FORMAT, 6, "a header is both protected and unprotected"},
        {HEAD "46a20127617800"
              "a161780042"
              "70614153",
         TRUST_E_FORMAT, 6, "a header is both protected and unprotected"},
        {HEAD "45a20127f500" REST, TRUST_E_FORMAT, 6,
         "a header label is neither an integer nor a text"},
        {HEAD ALG "a1410100"
                  "4270614153",
         TRUST_E_FORMAT, 7, "a header label is neither an integer nor a text"},
        {HEAD ALG "a11b800000000000000000"
                  "4270614153",
         TRUST_E_FORMAT, 7, "a header label is neither an integer nor a text"},
        {HEAD ALG "a1028101"
                  "4270614153",
         TRUST_E_FORMAT, 8, "crit is not protected"},
        {HEAD "45a201270280" REST, TRUST_E_FORMAT, 7, "crit is not a list of labels"},
        {HEAD "45a201270201" REST, TRUST_E_FORMAT, 7, "crit is not a list of labels"},
        {HEAD "46a20127028105" REST, TRUST_E_FORMAT, 8, "a critical header is not understood"},
        {HEAD "48a301270281101000" REST, TRUST_E_FORMAT, 8, "a critical header is not understood"},
        {HEAD "47a2012702816131" REST, TRUST_E_FORMAT, 8, "a critical header is not understood"},
        {HEAD "46a201270281f6" REST, TRUST_E_FORMAT, 8, "a critical header is not understood"},
        {HEAD "46a20127028104" REST, TRUST_E_FORMAT, 8, "a critical header is missing"},
        {HEAD "46a20127028104"
              "a104413142"
              "70614153",
         TRUST_E_FORMAT, 8, "a critical header is missing"},
        {HEAD "47a2012702820110" REST, TRUST_E_FORMAT, 9, "a critical header is not understood"},
        {HEAD "46a20127046131" REST, TRUST_E_FORMAT, 7, "kid is not a byte string"},
        {HEAD ALG "a10400"
                  "4270614153",
         TRUST_E_FORMAT, 8, "kid is not a byte string"},
        {HEAD "43a1ff27" REST, TRUST_E_FORMAT, 4, "indefinite length"},
    };
    tri_cose_sign1 untouched;
    memset(&untouched, 0xEE, sizeof untouched);
    for (size_t i = 0; i < COUNT(cases); i++) {
        blob b = unhex(cases[i].hex);
        tri_cose_sign1 message = untouched;
        trust_error err = {0};
        trust_status status = tri_cose_read_sign1(view(&b), &message, &err);
        ck_assert_msg(status == cases[i].status, "%s: %s", cases[i].hex, trust_status_name(status));
        ck_assert_int_eq(err.code, status);
        ck_assert_msg(strcmp(err.message, cases[i].message) == 0, "%s: %s", cases[i].hex,
                      err.message);
        ck_assert_msg(err.offset == cases[i].offset, "%s: %u", cases[i].hex, (unsigned)err.offset);
        ck_assert_mem_eq(&message, &untouched, sizeof message);
        ck_status(tri_cose_read_sign1(view(&b), &message, NULL), cases[i].status);
    }
}
END_TEST

/* Protected and unprotected headers of so many labels, none of them the same. */
static trust_status read_many(size_t protected_count, size_t unprotected_count)
{
    uint8_t headers[256], data[600];
    tri_cbor_out inner = {headers, sizeof headers, 0};
    tri_cbor_put_head(&inner, TRI_CBOR_MAP, protected_count);
    for (size_t i = 0; i < protected_count; i++) {
        tri_cbor_put_int(&inner, i == 0 ? 1 : 100 + (int64_t)i);
        tri_cbor_put_int(&inner, TRI_COSE_EDDSA);
    }
    tri_cbor_out out = {data, sizeof data, 0};
    tri_cbor_put_head(&out, TRI_CBOR_TAG, 18);
    tri_cbor_put_head(&out, TRI_CBOR_ARRAY, 4);
    tri_cbor_put_bytes(&out, (trust_bytes){headers, inner.need});
    tri_cbor_put_head(&out, TRI_CBOR_MAP, unprotected_count);
    for (size_t i = 0; i < unprotected_count; i++) {
        tri_cbor_put_int(&out, 200 + (int64_t)i);
        tri_cbor_put_null(&out);
    }
    tri_cbor_put_bytes(&out, (trust_bytes){NULL, 0});
    tri_cbor_put_bytes(&out, (trust_bytes){NULL, 0});
    tri_cose_sign1 message;
    trust_error err = {0};
    trust_status status = tri_cose_read_sign1((trust_bytes){data, out.need}, &message, &err);
    if (status == TRUST_E_LIMIT) {
        ck_assert_str_eq(err.message, "too many headers");
        /* The map in question: after its string's head, or after the protected ones. */
        ck_assert_uint_eq(err.offset, protected_count > unprotected_count ? 4 : 6);
    }
    return status;
}

START_TEST(label_limit)
{
    ck_ok(read_many(32, 32));
    ck_status(read_many(33, 0), TRUST_E_LIMIT);
    ck_status(read_many(1, 33), TRUST_E_LIMIT);
}
END_TEST

START_TEST(sig_structure)
{
    uint8_t out[64];
    size_t need = 0;
    blob protected = unhex("a10127"), payload = unhex("7061");
    ck_ok(tri_cose_sig_structure(view(&protected), view(&payload), out, sizeof out, &need));
    ck_assert(is_hex((trust_bytes){out, need}, "846a5369676e61747572653143a1012740427061"));
    size_t exactly = need;
    ck_ok(tri_cose_sig_structure(view(&protected), view(&payload), out, exactly, &need));
    for (size_t cap = 0; cap < need; cap++) {
        size_t again = 0;
        out[cap] = 0xEE;
        ck_status(tri_cose_sig_structure(view(&protected), view(&payload), out, cap, &again),
                  TRUST_E_LIMIT);
        ck_assert_uint_eq(again, need);
        ck_assert_uint_eq(out[cap], 0xEE);
    }
    ck_ok(tri_cose_sig_structure((trust_bytes){NULL, 0}, (trust_bytes){NULL, 0}, out, sizeof out,
                                 &need));
    ck_assert(is_hex((trust_bytes){out, need}, "846a5369676e617475726531404040"));
}
END_TEST

/* Signed here, taken apart, and put together again for the check. */
static blob signed_message(const uint8_t secret[TRI_ED25519_SECRET])
{
    blob b, to_sign;
    uint8_t signature[64];
    trust_bytes protected = {(const uint8_t *)"\xA1\x01\x27", 3};
    trust_bytes payload = tri_bytes("one device let in");
    ck_ok(tri_cose_sig_structure(protected, payload, to_sign.data, sizeof to_sign.data,
                                 &to_sign.size));
    tri_ed25519_sign(secret, to_sign.data, to_sign.size, signature);
    tri_cbor_out out = {b.data, sizeof b.data, 0};
    tri_cbor_put_head(&out, TRI_CBOR_TAG, 18);
    tri_cbor_put_head(&out, TRI_CBOR_ARRAY, 4);
    tri_cbor_put_bytes(&out, protected);
    tri_cbor_put_head(&out, TRI_CBOR_MAP, 1);
    tri_cbor_put_int(&out, 4);
    tri_cbor_put_bytes(&out, tri_bytes("kid"));
    tri_cbor_put_bytes(&out, payload);
    tri_cbor_put_bytes(&out, (trust_bytes){signature, sizeof signature});
    b.size = out.need;
    return b;
}

static bool verifies(trust_bytes input, const uint8_t key[32])
{
    blob to_sign;
    tri_cose_sign1 message;
    trust_error err = {0};
    trust_status status = tri_cose_read_sign1(input, &message, &err);
    ck_assert_int_eq(status, err.code);
    if (status != TRUST_OK) {
        ck_assert_str_ne(err.message, "");
        ck_assert_uint_le(err.offset, input.size);
        return false;
    }
    ck_ok(tri_cose_sig_structure(message.protected_bytes, message.payload, to_sign.data,
                                 sizeof to_sign.data, &to_sign.size));
    return message.signature.size == 64 && message.algorithm == TRI_COSE_EDDSA &&
           tri_ed25519_verify(key, to_sign.data, to_sign.size, message.signature.data);
}

START_TEST(signs_and_verifies)
{
    uint8_t seed[32] = {1, 2, 3}, key[32], secret[TRI_ED25519_SECRET];
    tri_ed25519_from_seed(seed, key, secret);
    blob b = signed_message(secret);
    ck_assert(verifies(view(&b), key));
    for (size_t size = 0; size < b.size; size++) {
        uint8_t *cut = malloc(size > 0 ? size : 1);
        ck_assert_ptr_nonnull(cut);
        memcpy(cut, b.data, size);
        ck_assert(!verifies((trust_bytes){cut, size}, key));
        free(cut);
    }
    /* All but the unprotected kid is signed. */
    size_t unsigned_bits = 0;
    for (size_t bit = 0; bit < 8 * b.size; bit++) {
        b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (verifies(view(&b), key)) {
            ck_assert_uint_ge(bit / 8, 6);
            ck_assert_uint_lt(bit / 8, 12);
            unsigned_bits++;
        }
        b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    ck_assert_uint_ge(unsigned_bits, 24);
}
END_TEST

START_TEST(random_damage)
{
    uint8_t seed[32] = {4}, key[32], secret[TRI_ED25519_SECRET];
    uint64_t state = 13;
    tri_ed25519_from_seed(seed, key, secret);
    blob good = signed_message(secret);
    for (int round = 0; round < 20000; round++) {
        blob b = good;
        for (uint64_t n = 1 + next_random(&state) % 4; n > 0; n--)
            b.data[next_random(&state) % 24] = (uint8_t)(next_random(&state) >> 24);
        (void)verifies(view(&b), key);
    }
}
END_TEST

int main(void)
{
    return run_tests("cose", TESTS(takes_apart, refuses, label_limit, sig_structure,
                                   signs_and_verifies, random_damage));
}
