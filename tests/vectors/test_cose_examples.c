/* The COSE working group's examples (cose-wg/Examples), Open DICE certificates and tokens of real
 * devices: Ed25519 is verified, all else is taken apart or refused as the table says. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "crypto/crypto.h"
#include "format/cbor.h"
#include "format/cose.h"
#include "format/json.h"
#include "support.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* What becomes of an example. */
typedef enum outcome {
    VERIFIED, /* with the Ed25519 key in the file, and the signed bytes are the file's */
    SAME,     /* read; the signed bytes are the file's; not an algorithm of ours */
    OTHER,    /* read; what was signed was something else, so that no key could verify it */
    FORMAT,
    UNSUPPORTED
} outcome;

static const struct {
    const char *name;
    outcome outcome;
} examples[] = {
    {"eddsa-examples/eddsa-sig-01", VERIFIED},
    {"eddsa-examples/eddsa-sig-02", SAME}, /* Ed448 under the number of EdDSA */
    {"eddsa-examples/eddsa-01", UNSUPPORTED},
    {"eddsa-examples/eddsa-02", UNSUPPORTED},
    {"sign1-tests/sign-fail-01", FORMAT}, /* tag 998 */
    {"sign1-tests/sign-fail-02", OTHER},  /* the payload was changed */
    {"sign1-tests/sign-fail-03", OTHER},  /* algorithm -999 */
    {"sign1-tests/sign-fail-04", UNSUPPORTED},
    {"sign1-tests/sign-fail-06", OTHER},
    {"sign1-tests/sign-fail-07", OTHER},
    {"sign1-tests/sign-pass-01", FORMAT}, /* the algorithm is not protected: we ask for that */
    {"sign1-tests/sign-pass-02", OTHER},  /* external data */
    {"sign1-tests/sign-pass-03", FORMAT}, /* no tag: we ask for one */
    {"ecdsa-examples/ecdsa-sig-01", SAME},
    {"ecdsa-examples/ecdsa-sig-02", SAME},
    {"ecdsa-examples/ecdsa-sig-03", SAME},
    {"ecdsa-examples/ecdsa-sig-04", SAME},
    {"ecdsa-examples/ecdsa-01", UNSUPPORTED},
    {"ecdsa-examples/ecdsa-02", UNSUPPORTED},
    {"ecdsa-examples/ecdsa-03", UNSUPPORTED},
    {"ecdsa-examples/ecdsa-04", UNSUPPORTED},
    {"CWT/A_3", SAME},
    {"CWT/A_4", UNSUPPORTED},
    {"CWT/A_5", UNSUPPORTED},
    {"CWT/A_6", UNSUPPORTED},
    {"CWT/A_7", UNSUPPORTED},
    {"RFC8152/Appendix_B", UNSUPPORTED},
    {"RFC8152/Appendix_C_1_1", UNSUPPORTED},
    {"RFC8152/Appendix_C_1_2", UNSUPPORTED},
    {"RFC8152/Appendix_C_1_3", UNSUPPORTED},
    {"RFC8152/Appendix_C_1_4", UNSUPPORTED},
    {"RFC8152/Appendix_C_2_1", SAME},
    {"RFC8152/Appendix_C_3_1", UNSUPPORTED},
    {"RFC8152/Appendix_C_3_2", UNSUPPORTED},
    {"RFC8152/Appendix_C_3_3", UNSUPPORTED},
    {"RFC8152/Appendix_C_3_4", UNSUPPORTED},
    {"RFC8152/Appendix_C_4_1", UNSUPPORTED},
    {"RFC8152/Appendix_C_4_2", UNSUPPORTED},
    {"RFC8152/Appendix_C_5_1", UNSUPPORTED},
    {"RFC8152/Appendix_C_5_2", UNSUPPORTED},
    {"RFC8152/Appendix_C_5_3", UNSUPPORTED},
    {"RFC8152/Appendix_C_5_4", UNSUPPORTED},
    {"RFC8152/Appendix_C_6_1", UNSUPPORTED},
    {"hmac-examples/HMac-01", UNSUPPORTED},
    {"hmac-examples/HMac-02", UNSUPPORTED},
    {"hmac-examples/HMac-03", UNSUPPORTED},
    {"hmac-examples/HMac-04", UNSUPPORTED},
    {"hmac-examples/HMac-05", UNSUPPORTED},
    {"hmac-examples/HMac-enc-01", UNSUPPORTED},
    {"hmac-examples/HMac-enc-02", UNSUPPORTED},
    {"hmac-examples/HMac-enc-03", UNSUPPORTED},
    {"hmac-examples/HMac-enc-04", UNSUPPORTED},
    {"hmac-examples/HMac-enc-05", UNSUPPORTED},
    {"mac0-tests/HMac-01", UNSUPPORTED},
    {"mac0-tests/mac-fail-01", FORMAT},
    {"mac0-tests/mac-fail-02", UNSUPPORTED},
    {"mac0-tests/mac-fail-03", UNSUPPORTED},
    {"mac0-tests/mac-fail-04", UNSUPPORTED},
    {"mac0-tests/mac-fail-06", UNSUPPORTED},
    {"mac0-tests/mac-fail-07", UNSUPPORTED},
    {"mac0-tests/mac-pass-01", UNSUPPORTED},
    {"mac0-tests/mac-pass-02", UNSUPPORTED},
    {"mac0-tests/mac-pass-03", FORMAT},
    {"rsa-pss-examples/rsa-pss-01", UNSUPPORTED},
    {"rsa-pss-examples/rsa-pss-02", UNSUPPORTED},
    {"rsa-pss-examples/rsa-pss-03", UNSUPPORTED},
    {"sign-tests/ecdsa-01", UNSUPPORTED},
    {"sign-tests/sign-fail-01", FORMAT},
    {"sign-tests/sign-fail-02", UNSUPPORTED},
    {"sign-tests/sign-fail-03", UNSUPPORTED},
    {"sign-tests/sign-fail-04", UNSUPPORTED},
    {"sign-tests/sign-fail-06", UNSUPPORTED},
    {"sign-tests/sign-fail-07", UNSUPPORTED},
    {"sign-tests/sign-pass-01", UNSUPPORTED},
    {"sign-tests/sign-pass-02", UNSUPPORTED},
    {"sign-tests/sign-pass-03", FORMAT},
    {"x509-examples/signed-01", UNSUPPORTED},
    {"x509-examples/signed-02", UNSUPPORTED},
    {"x509-examples/signed-03", UNSUPPORTED},
    {"x509-examples/signed-04", UNSUPPORTED},
    {"x509-examples/signed-05", UNSUPPORTED},
};

typedef struct blob {
    uint8_t data[8192];
    size_t size;
} blob;

static trust_bytes view(const blob *b)
{
    return (trust_bytes){b->data, b->size};
}

static blob unhex(const tri_json *string)
{
    blob b = {.size = 0};
    trust_bytes text;
    ck_assert(tri_json_string(string, &text));
    ck_assert(tri_unhex(text, b.data, sizeof b.data, &b.size));
    return b;
}

static blob to_be_signed(const tri_cose_sign1 *message)
{
    blob b;
    ck_ok(tri_cose_sig_structure(message->protected_bytes, message->payload, b.data, sizeof b.data,
                                 &b.size));
    return b;
}

static bool verifies(const tri_cose_sign1 *message, const uint8_t key[32])
{
    blob b = to_be_signed(message);
    return message->algorithm == TRI_COSE_EDDSA && message->signature.size == 64 &&
           tri_ed25519_verify(key, b.data, b.size, message->signature.data);
}

/* Every single flipped bit of a verified message is noticed, but for those in the unsigned kid. */
static void flip_every_bit(const blob *good, const uint8_t key[32])
{
    blob b = *good;
    tri_cose_sign1 whole;
    ck_ok(tri_cose_read_sign1(view(&b), &whole, NULL));
    const uint8_t *from = whole.protected_bytes.data + whole.protected_bytes.size;
    for (size_t bit = 0; bit < 8 * b.size; bit++) {
        b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const uint8_t *at = b.data + bit / 8;
        tri_cose_sign1 message;
        bool is_signed = at < from || at >= whole.payload.data;
        if (is_signed && tri_cose_read_sign1(view(&b), &message, NULL) == TRUST_OK)
            ck_assert_msg(!verifies(&message, key), "bit %zu", bit);
        b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static outcome outcome_of(const tri_json *root)
{
    blob input = unhex(tri_json_member(tri_json_member(root, "output"), "cbor"));
    tri_cose_sign1 message;
    trust_error err = {0};
    trust_status status = tri_cose_read_sign1(view(&input), &message, &err);
    if (status != TRUST_OK) {
        ck_assert_str_ne(err.message, "");
        ck_assert(status == TRUST_E_FORMAT || status == TRUST_E_UNSUPPORTED);
        return status == TRUST_E_FORMAT ? FORMAT : UNSUPPORTED;
    }
    blob got = to_be_signed(&message);
    blob want = unhex(tri_json_member(tri_json_member(root, "intermediates"), "ToBeSign_hex"));
    const tri_json *key =
        tri_json_member(tri_json_member(tri_json_member(root, "input"), "sign0"), "key");
    trust_bytes curve;
    if (!tri_same(view(&got), view(&want)))
        return OTHER;
    if (!tri_json_string(tri_json_member(key, "crv"), &curve) || !tri_same_text(curve, "Ed25519"))
        return SAME;
    blob x = unhex(tri_json_member(key, "x_hex"));
    ck_assert_uint_eq(x.size, 32);
    ck_assert(verifies(&message, x.data));
    flip_every_bit(&input, x.data);
    return VERIFIED;
}

START_TEST(working_group)
{
    for (size_t i = 0; i < COUNT(examples); i++) {
        char path[256];
        size_t len = 0;
        snprintf(path, sizeof path, "attestation/cose-wg__Examples/%s.json", examples[i].name);
        uint8_t *text = read_file(vectors_path(path), &len);
        ck_assert_msg(text != NULL, "%s", path);
        tri_json_limits limits = {len, 32, 10000};
        tri_json_doc doc;
        trust_error err = {0};
        ck_assert_msg(tri_json_parse((trust_bytes){text, len}, &limits, &doc, &err) == TRUST_OK,
                      "%s: %s", path, err.message);
        outcome got = outcome_of(doc.root);
        ck_assert_msg(got == examples[i].outcome, "%s: %d", path, (int)got);
        tri_json_free(&doc);
        free(text);
    }
}
END_TEST

static blob read_blob(const char *path)
{
    blob b = {.size = 0};
    size_t len = 0;
    uint8_t *data = read_file(vectors_path(path), &len);
    ck_assert_msg(data != NULL && len <= sizeof b.data, "%s", path);
    memcpy(b.data, data, len);
    b.size = len;
    free(data);
    return b;
}

#define DICE "attestation/derived-open-dice/"

/* Certificates of Open DICE: COSE_Sign1 without its tag, each by one of two keys. */
START_TEST(open_dice)
{
    static const struct {
        const char *name;
        size_t key;
    } certificates[] = {
        {DICE "kExpectedCborEd25519Cert_ZeroInput.cbor", 0},
        {DICE "kExpectedCborEd25519Cert_AndroidZeroInput.cbor", 0},
        {DICE "kExpectedCborEd25519Cert_HashOnlyInput.cbor", 1},
        {DICE "kExpectedCborEd25519Cert_AndroidHashOnlyInput.cbor", 1},
        {DICE "kExpectedCborEd25519Cert_AndroidDescriptorInput.cbor", 1},
    };
    blob keys[] = {read_blob(DICE "uds-ed25519-zero.pub.bin"),
                   read_blob(DICE "uds-ed25519-fake.pub.bin")};
    for (size_t i = 0; i < COUNT(certificates); i++) {
        blob bare = read_blob(certificates[i].name), tagged = {.size = bare.size + 1};
        tri_cose_sign1 message;
        ck_status(tri_cose_read_sign1(view(&bare), &message, NULL), TRUST_E_FORMAT);
        tagged.data[0] = 0xD2;
        memcpy(tagged.data + 1, bare.data, bare.size);
        ck_ok(tri_cose_read_sign1(view(&tagged), &message, NULL));
        ck_assert(verifies(&message, keys[certificates[i].key].data));
        ck_assert(!verifies(&message, keys[1 - certificates[i].key].data));
        ck_ok(tri_cbor_begin(message.payload).status);
        flip_every_bit(&tagged, keys[certificates[i].key].data);
    }
}
END_TEST

/* Tokens as devices send them, ES256: the envelope and the claims are read. */
START_TEST(tokens)
{
    static const struct {
        const char *path;
        trust_status status;
        int64_t nonce; /* the claim's key */
    } cases[] = {
        {"attestation/veraison__psatoken/testvectors/tf-m/psa-2_0_0_sign1.bin", TRUST_OK, 10},
        {"attestation/veraison__psatoken/testvectors/tf-m/psa-iot-1_sign1.bin", TRUST_OK, -75008},
        {"attestation/veraison__psatoken/testvectors/tf-m/psa-2_0_0_mac0.bin", TRUST_E_UNSUPPORTED,
         0},
        {"attestation/thomas-fossati__draft-psa-token/cddl/example/psa-sign1.cbor", TRUST_OK, 10},
        {"attestation/thomas-fossati__draft-psa-token/cddl/example/psa-mac0.cbor",
         TRUST_E_UNSUPPORTED, 0},
        {"attestation/veraison__psatoken/testvectors/tf-m/psa-iot-1_mac0.bin", TRUST_E_UNSUPPORTED,
         0},
        {"attestation/veraison__services/scheme/psa-iot/test/token/psa.good.cose", TRUST_OK, 10},
        {"attestation/veraison__ccatoken/realm/testvectors/tf-rmm/cca_token.cbor", TRUST_E_FORMAT,
         0}, /* tag 399, a collection */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        blob b = read_blob(cases[i].path);
        tri_cose_sign1 message;
        ck_status(tri_cose_read_sign1(view(&b), &message, NULL), cases[i].status);
        if (cases[i].status != TRUST_OK)
            continue;
        ck_assert_int_eq(message.algorithm, -7);
        ck_assert_uint_eq(message.signature.size, 64);
        tri_cbor cursor = tri_cbor_begin(message.payload);
        tri_cbor_item claims, nonce;
        ck_assert(tri_cbor_next(&cursor, &claims));
        ck_assert_msg(tri_cbor_find(&cursor, &claims, cases[i].nonce, &nonce), "%s", cases[i].path);
        ck_assert_int_eq(nonce.type, TRI_CBOR_BYTES);
        ck_assert_uint_ge(nonce.body.size, 32);
    }
}
END_TEST

int main(void)
{
    if (!have_vectors())
        return skip_vectors();
    return run_tests("cose examples", TESTS(working_group, open_dice, tokens));
}
