/* Keys: what is read and what is refused, signers of both sorts, new keys that OpenSSL reads. */

#include <trust/key.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bytes.h"
#include "crypto/crypto.h"
#include "crypto/pem.h"
#include "support.h"

/* The outside's two ways to fail, in the place of the real ones. test_crypto has those. */
static bool no_memory, no_randomness;
static int secrets_live;

int getentropy(void *out, size_t len);
int getentropy(void *out, size_t len)
{
    if (no_randomness)
        return -1;
    FILE *file = fopen("/dev/urandom", "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(out, 1, len, file), len);
    return fclose(file);
}

void *sodium_malloc(size_t size);
void *sodium_malloc(size_t size)
{
    if (no_memory)
        return NULL;
    secrets_live++;
    return malloc(size);
}

void sodium_free(void *ptr);
void sodium_free(void *ptr)
{
    secrets_live -= ptr != NULL;
    free(ptr);
}

/* The key of the seed 00 01 02 .. 1f as OpenSSL writes it. */
static const char public_pem[] = "-----BEGIN PUBLIC KEY-----\n"
                                 "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n"
                                 "-----END PUBLIC KEY-----\n";
static const char secret_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
    "-----END PRIVATE KEY-----\n";
static const char public_hex[] =
    "302a300506032b657003210003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
static const char secret_hex[] = "302e020100300506032b657004220420"
                                 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

static uint8_t public_der[44], secret_der[48];
static const uint8_t *const public_raw = public_der + 12, *const seed = secret_der + 16;

static void setup_keys(void)
{
    size_t len;
    ck_assert(tri_unhex(tri_bytes(public_hex), public_der, sizeof public_der, &len));
    ck_assert(tri_unhex(tri_bytes(secret_hex), secret_der, sizeof secret_der, &len));
}

/* Read as either half. The signer is made, compared and freed; the error must say something. */
static trust_status read_public(const void *data, size_t len)
{
    uint8_t key[32], untouched[32];
    trust_error err = {0};
    memset(key, 0xEE, sizeof key);
    memset(untouched, 0xEE, sizeof untouched);
    trust_status status = trust_key_read_public(data, len, key, &err);
    ck_assert_int_eq(err.code, status);
    ck_assert_int_eq(err.message[0] != '\0', status != TRUST_OK);
    if (status == TRUST_OK)
        ck_assert_mem_eq(key, public_raw, 32);
    else
        ck_assert_mem_eq(key, untouched, 32);
    ck_status(trust_key_read_public(data, len, key, NULL), status);
    return status;
}

static trust_status read_secret(const void *data, size_t len)
{
    uint8_t key[32];
    trust_error err = {0};
    trust_signer *signer = NULL;
    trust_status status = trust_signer_read(data, len, TRUST_USE_POLICY, &signer, &err);
    ck_assert_int_eq(err.code, status);
    ck_assert_int_eq(err.message[0] != '\0', status != TRUST_OK);
    ck_assert_int_eq(signer != NULL, status == TRUST_OK);
    trust_signer_public_key(signer, key);
    if (status == TRUST_OK)
        ck_assert_mem_eq(key, public_raw, 32);
    trust_signer_free(signer);
    ck_assert_int_eq(secrets_live, 0);
    return status;
}

typedef trust_status reader(const void *data, size_t len);

static const struct {
    reader *read;
    const char *pem;
    const uint8_t *der;
    size_t der_len;
    size_t prefix;
} halves[] = {{read_public, public_pem, public_der, 44, 12},
              {read_secret, secret_pem, secret_der, 48, 16}};

START_TEST(reads_every_form)
{
    setup_keys();
    for (size_t i = 0; i < 2; i++) {
        ck_ok(halves[i].read(halves[i].der + halves[i].prefix, 32));
        ck_ok(halves[i].read(halves[i].der, halves[i].der_len));
        ck_ok(halves[i].read(halves[i].pem, strlen(halves[i].pem)));
    }
}
END_TEST

START_TEST(der_is_exact)
{
    setup_keys();
    for (size_t i = 0; i < 2; i++) {
        uint8_t der[49] = {0};
        size_t len = halves[i].der_len;
        memcpy(der, halves[i].der, len);
        for (size_t cut = 0; cut < len; cut++)
            if (cut != 32)
                ck_status(halves[i].read(der, cut), TRUST_E_FORMAT);
        ck_status(halves[i].read(der, len + 1), TRUST_E_FORMAT);
        for (size_t bit = 0; bit < 8 * halves[i].prefix; bit++) {
            der[bit / 8] ^= (uint8_t)(1u << bit % 8);
            trust_status status = halves[i].read(der, len);
            ck_assert(status == TRUST_E_FORMAT || status == TRUST_E_UNSUPPORTED);
            der[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        ck_status(halves[1 - i].read(der, len), TRUST_E_FORMAT);
    }
}
END_TEST

/* Frames that OpenSSL gives other algorithms, with made-up keys inside. */
START_TEST(other_algorithms)
{
    static const struct {
        reader *read;
        const char *head;
        size_t len; /* of the whole, filled up with 5A */
        trust_status status;
    } cases[] = {
        {read_public, "302a300506032b656e032100", 44, TRUST_E_UNSUPPORTED}, /* X25519 */
        {read_public, "3043300506032b6571033a00", 69, TRUST_E_UNSUPPORTED}, /* Ed448 */
        {read_public, "3059301306072a8648ce3d020106082a8648ce3d030107034200", 91,
         TRUST_E_UNSUPPORTED}, /* P-256 */
        {read_public, "30819f300d06092a864886f70d010101050003818d00", 162,
         TRUST_E_UNSUPPORTED}, /* RSA of 1024 bits */
        {read_public, "30820122300d06092a864886f70d01010105000382010f00", 294,
         TRUST_E_UNSUPPORTED}, /* RSA of 2048 bits */
        {read_secret, "302e020100300506032b656e04220420", 48, TRUST_E_UNSUPPORTED},
        {read_secret, "308204a3020100300d06092a864886f70d0101010500048204", 1191,
         TRUST_E_UNSUPPORTED},
        {read_secret, "3081a40201010430", 167, TRUST_E_FORMAT}, /* SEC 1, without the frame */
        {read_public, "302c300706032b65700500032100", 46, TRUST_E_FORMAT},     /* with parameters */
        {read_secret, "3050020101300506032b657004220420", 82, TRUST_E_FORMAT}, /* version 2 */
        {read_public, "3080300506032b656e032100", 44, TRUST_E_FORMAT}, /* indefinite length */
        {read_public, "3083000026300506032b656e032100", 44, TRUST_E_FORMAT},
        {read_public, "302b300506032b656e032100", 44, TRUST_E_FORMAT}, /* beyond the end */
        {read_public, "302a300506032b656e032100", 45, TRUST_E_FORMAT}, /* a byte after it */
        {read_public, "302a302906032b656e032100", 44, TRUST_E_FORMAT},
        {read_public, "302a300506802b656e032100", 44, TRUST_E_FORMAT},
        {read_public, "3000", 2, TRUST_E_FORMAT},
        {read_public, "3081", 2, TRUST_E_FORMAT},
        {read_public, "308200", 3, TRUST_E_FORMAT},
        {read_public, "30023000", 4, TRUST_E_FORMAT},
        {read_secret, "3002020100", 5, TRUST_E_FORMAT},
    };
    setup_keys();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *der = malloc(cases[i].len);
        size_t len;
        ck_assert_ptr_nonnull(der);
        memset(der, 0x5A, cases[i].len);
        ck_assert(tri_unhex(tri_bytes(cases[i].head), der, cases[i].len, &len));
        trust_status status = cases[i].read(der, cases[i].len);
        ck_assert_msg(status == cases[i].status, "%s: %s", cases[i].head,
                      trust_status_name(status));
        free(der);
    }
}
END_TEST

#define BODY "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
#define PB   "-----BEGIN PUBLIC KEY-----\n"
#define PE   "-----END PUBLIC KEY-----\n"
#define LINE "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"

START_TEST(pem_public)
{
    static const struct {
        const char *text;
        trust_status status;
    } cases[] = {
        {PB BODY "\n-----END PUBLIC KEY-----", TRUST_OK},
        {"-----BEGIN PUBLIC KEY-----\r\n" BODY "\r\n-----END PUBLIC KEY-----\r\n", TRUST_OK},
        {"0 a key of ours\n- made on a Monday\n\n" PB BODY "\n" PE "\nthe end", TRUST_OK},
        {PB BODY "\n" PE "----\n", TRUST_OK},
        {PB BODY "\n", TRUST_E_FORMAT},
        {PB BODY, TRUST_E_FORMAT},
        {PB, TRUST_E_FORMAT},
        {PB PE, TRUST_E_FORMAT},
        {PE BODY "\n" PB, TRUST_E_FORMAT},
        {BODY "\n" PE, TRUST_E_FORMAT},
        {BODY, TRUST_E_FORMAT},
        {"-----BEGIN -----\n" BODY "\n-----END -----\n", TRUST_E_FORMAT},
        {"-----BEGIN PUBLIC KEY----\n" BODY "\n" PE, TRUST_E_FORMAT},
        {" " PB BODY "\n" PE, TRUST_E_FORMAT},
        {PB BODY "\n-----END PRIVATE KEY-----\n", TRUST_E_FORMAT},
        {PB BODY "\n-----END PUBLIC KEY----- \n", TRUST_E_FORMAT},
        {PB BODY "\n-----BEGIN PUBLIC KEY-----\n", TRUST_E_FORMAT},
        {PB BODY "\n" PE PB BODY "\n" PE, TRUST_E_FORMAT},
        {PB BODY "\n" PE "-----BEGIN CERTIFICATE-----\n", TRUST_E_FORMAT},
        {PB BODY "\n" PE "-----", TRUST_E_FORMAT},
        {"-----\n" PB BODY "\n" PE, TRUST_E_FORMAT},
        {PB "\n" BODY "\n" PE, TRUST_E_FORMAT},
        {PB BODY "\n\n" PE, TRUST_E_FORMAT},
        {PB " " BODY "\n" PE, TRUST_E_FORMAT},
        {PB BODY " \n" PE, TRUST_E_FORMAT},
        {PB BODY "\r\r\n" PE, TRUST_E_FORMAT},
        {PB "Proc-Type: 4,ENCRYPTED\n\n" BODY "\n" PE, TRUST_E_FORMAT},
        {PB "MCow\nBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n" PE, TRUST_E_FORMAT},
        {PB BODY "MCowBQYDK2Vw\n" PE, TRUST_E_FORMAT},
        {PB "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg\n" PE, TRUST_E_FORMAT},
        {PB "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbh=\n" PE, TRUST_E_FORMAT},
        {PB LINE LINE "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4=\nMC4C\n" PE,
         TRUST_E_FORMAT},
        {"-----BEGIN EC PRIVATE KEY-----\n" BODY "\n-----END EC PRIVATE KEY-----\n",
         TRUST_E_UNSUPPORTED},
        {"-----BEGIN PRIVATE KEY-----\n" LINE "-----END PRIVATE KEY-----\n", TRUST_E_UNSUPPORTED},
        {PB "MCowBQYDK2VuAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n" PE,
         TRUST_E_UNSUPPORTED},
        {PB LINE PE, TRUST_E_FORMAT},
    };
    setup_keys();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_status status = read_public(cases[i].text, strlen(cases[i].text));
        ck_assert_msg(status == cases[i].status, "case %zu: %s", i, trust_status_name(status));
    }
}
END_TEST

START_TEST(pem_secret)
{
    static const struct {
        const char *text;
        trust_status status;
    } cases[] = {
        {"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" LINE "-----END ENCRYPTED PRIVATE KEY-----\n",
         TRUST_E_UNSUPPORTED},
        {"-----BEGIN OPENSSH PRIVATE KEY-----\n" LINE "-----END OPENSSH PRIVATE KEY-----\n",
         TRUST_E_UNSUPPORTED},
        {PB BODY "\n" PE, TRUST_E_UNSUPPORTED},
        {"-----BEGIN PRIVATE KEY-----\n" LINE LINE "-----END PRIVATE KEY-----\n", TRUST_E_FORMAT},
        {"-----BEGIN PRIVATE KEY-----\n" BODY "\n-----END PRIVATE KEY-----\n", TRUST_E_FORMAT},
    };
    setup_keys();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_status status = read_secret(cases[i].text, strlen(cases[i].text));
        ck_assert_msg(status == cases[i].status, "case %zu: %s", i, trust_status_name(status));
    }
}
END_TEST

START_TEST(pem_truncations_and_flips)
{
    setup_keys();
    for (size_t i = 0; i < 2; i++) {
        char text[256];
        size_t len = strlen(halves[i].pem);
        memcpy(text, halves[i].pem, len);
        for (size_t cut = 0; cut < len - 1; cut++)
            if (cut != 32)
                ck_status(halves[i].read(text, cut), TRUST_E_FORMAT);
        ck_ok(halves[i].read(text, len - 1));
        /* Only a flip of case in the label's or body's letters can leave a block. */
        for (size_t bit = 0; bit < 8 * 27; bit++) {
            text[bit / 8] ^= (char)(1 << bit % 8);
            ck_assert_int_ne(halves[i].read(text, len), TRUST_OK);
            text[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
}
END_TEST

START_TEST(pem_limits)
{
    static char text[TRI_PEM_MAX_TEXT + 1];
    setup_keys();
    memset(text, '.', sizeof text);
    text[sizeof text - 1 - strlen(public_pem) - 1] = '\n';
    memcpy(text + sizeof text - 1 - strlen(public_pem), public_pem, strlen(public_pem));
    ck_ok(read_public(text, sizeof text - 1));
    memset(text, '.', sizeof text);
    text[sizeof text - strlen(public_pem) - 1] = '\n';
    memcpy(text + sizeof text - strlen(public_pem), public_pem, strlen(public_pem));
    ck_status(read_public(text, sizeof text), TRUST_E_LIMIT);

    /* A body that is too large for any key. */
    size_t at = strlen(PB);
    memcpy(text, PB, at);
    for (int i = 0; i < 60; i++, at += 65)
        memcpy(text + at, LINE, 65);
    memcpy(text + at, PE, strlen(PE));
    ck_status(read_public(text, at + strlen(PE)), TRUST_E_FORMAT);
}
END_TEST

START_TEST(pem_round_trip)
{
    uint8_t data[200], back[200];
    char out[400];
    uint64_t state = 11;
    for (size_t len = 1; len <= sizeof data; len++) {
        data[len - 1] = (uint8_t)next_random(&state);
        tri_text text = tri_text_begin(out, sizeof out);
        tri_pem_write(&text, "A B", data, len);
        ck_ok(tri_text_end(&text, NULL));
        trust_bytes label;
        size_t got;
        ck_assert(tri_pem_is(tri_bytes(out)));
        ck_ok(tri_pem_read(tri_bytes(out), &label, back, len, &got, NULL));
        ck_assert(tri_same_text(label, "A B"));
        ck_assert_uint_eq(got, len);
        ck_assert_mem_eq(data, back, len);
        ck_status(tri_pem_read(tri_bytes(out), &label, back, len - 1, &got, NULL), TRUST_E_FORMAT);
    }
}
END_TEST

START_TEST(weak_public_keys)
{
    uint8_t key[32] = {1}, out[32];
    trust_error err;
    ck_status(trust_key_read_public(key, 32, out, &err), TRUST_E_FORMAT);
    key[0] = 0;
    ck_status(trust_key_read_public(key, 32, out, &err), TRUST_E_FORMAT);
    key[0] = 2; /* not on the curve */
    ck_status(trust_key_read_public(key, 32, out, &err), TRUST_E_FORMAT);
    setup_keys();
    memset(public_der + 12, 0, 32);
    ck_status(trust_key_read_public(public_der, 44, out, &err), TRUST_E_FORMAT);
}
END_TEST

static trust_status read_keys(const char *text, size_t cap, uint8_t out[3][32], size_t *count,
                              trust_error *err)
{
    *count = 99;
    memset(out, 0xEE, 96);
    trust_status status = trust_keys_read_public(text, strlen(text), out, cap, count, err);
    if (status != TRUST_OK)
        ck_assert(*count == 99 && out[0][0] == 0xEE && out[0][31] == 0xEE);
    return status;
}

START_TEST(several_public_keys)
{
    setup_keys();
    char secret[256], other[256], text[2048];
    uint8_t out[3][32], second[32];
    size_t count;
    trust_error err = {0};
    ck_ok(trust_keygen(NULL, secret, sizeof secret, other, sizeof other));
    ck_ok(trust_key_read_public(other, strlen(other), second, NULL));
    ck_ok(read_keys(public_pem, 1, out, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_assert_mem_eq(out[0], public_raw, 32);
    ck_assert_uint_eq(out[1][0], 0xEE);

    snprintf(text, sizeof text, "the owner\n%s\nthe deputy\r\n%sthe end", public_pem, other);
    ck_ok(read_keys(text, 2, out, &count, &err));
    ck_assert_uint_eq(count, 2);
    ck_assert_mem_eq(out[0], public_raw, 32);
    ck_assert_mem_eq(out[1], second, 32);
    ck_assert_uint_eq(out[2][0], 0xEE);
    ck_status(read_keys(text, 1, out, &count, &err), TRUST_E_LIMIT);
    ck_status(read_keys(text, 0, out, &count, &err), TRUST_E_LIMIT);
    snprintf(text, sizeof text, "%s%s%s", other, public_pem, other);
    ck_ok(read_keys(text, 3, out, &count, &err));
    ck_assert_mem_eq(out[2], second, 32);

    /* What is wrong with one of them is wrong with all, and the place is that in the text. */
    static const char *const bad[] = {"-----BEGIN PUBLIC KEY-----\n",
                                      "-----END PUBLIC KEY-----\n",
                                      "-----\n",
                                      "-----BEGIN 4567890123456789-----",
                                      "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
                                      "-----BEGIN X-----\nAAAA\n-----END X-----\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, "%s%s", public_pem, bad[i]);
        trust_status status = read_keys(text, 3, out, &count, &err);
        ck_assert_msg(status == (i == 5 ? TRUST_E_UNSUPPORTED : TRUST_E_FORMAT), "%s: %s", bad[i],
                      trust_status_name(status));
        ck_assert_uint_ge(err.offset, strlen(public_pem));
        ck_assert_uint_le(err.offset, strlen(text));
    }
    snprintf(text, sizeof text, "%s%s%s", public_pem, bad[0], other);
    ck_status(read_keys(text, 3, out, &count, &err), TRUST_E_FORMAT);

    /* One key in its other forms. */
    ck_ok(trust_keys_read_public(public_raw, 32, out, 1, &count, &err));
    ck_ok(trust_keys_read_public(public_der, 44, out, 1, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_assert_mem_eq(out[0], public_raw, 32);
    ck_status(read_keys("", 3, out, &count, &err), TRUST_E_FORMAT);
    ck_status(read_keys("no key\n", 3, out, &count, &err), TRUST_E_FORMAT);
    ck_status(trust_keys_read_public(NULL, 0, out, 1, &count, &err), TRUST_E_ARGUMENT);
    ck_status(trust_keys_read_public("", 0, NULL, 1, &count, &err), TRUST_E_ARGUMENT);
    ck_status(trust_keys_read_public("", 0, out, 1, NULL, NULL), TRUST_E_ARGUMENT);
}
END_TEST

START_TEST(signer_signs_what_it_may)
{
    setup_keys();
    uint8_t key[32], signature[64], untouched[64];
    for (uint32_t use = TRUST_USE_DEVICE; use <= TRUST_USE_DOCUMENT; use++) {
        trust_signer *signer = NULL;
        ck_ok(trust_signer_new_seed(seed, use, &signer));
        ck_assert_uint_eq(trust_signer_use(signer), use);
        trust_signer_public_key(signer, key);
        ck_assert_mem_eq(key, public_raw, 32);
        memset(signature, 7, sizeof signature);
        memset(untouched, 7, sizeof untouched);
        for (uint32_t other = 0; other < 8; other++)
            if (other != use)
                ck_status(trust_signer_sign(signer, other, "data", 4, signature), TRUST_E_ARGUMENT);
        ck_assert_mem_eq(signature, untouched, 64);
        ck_ok(trust_signer_sign(signer, use, "data", 4, signature));
        ck_assert(tri_ed25519_verify(key, "data", 4, signature));
        ck_ok(trust_signer_sign(signer, use, NULL, 0, signature));
        ck_assert(tri_ed25519_verify(key, "", 0, signature));
        ck_status(trust_signer_sign(signer, use, NULL, 1, signature), TRUST_E_ARGUMENT);
        ck_status(trust_signer_sign(signer, use, "data", 4, NULL), TRUST_E_ARGUMENT);
        trust_signer_free(signer);
    }
    ck_assert_int_eq(secrets_live, 0);
}
END_TEST

START_TEST(signer_arguments)
{
    setup_keys();
    uint8_t bytes[64];
    trust_signer *signer = NULL;
    trust_error err;
    ck_status(trust_signer_new_seed(NULL, TRUST_USE_LOG, &signer), TRUST_E_ARGUMENT);
    ck_status(trust_signer_new_seed(seed, TRUST_USE_LOG, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_signer_new_seed(seed, 0, &signer), TRUST_E_ARGUMENT);
    ck_status(trust_signer_new_seed(seed, 7, &signer), TRUST_E_ARGUMENT);
    ck_status(trust_signer_read(NULL, 32, TRUST_USE_LOG, &signer, &err), TRUST_E_ARGUMENT);
    ck_status(trust_signer_read(seed, 32, TRUST_USE_LOG, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_signer_read(seed, 32, 7, &signer, &err), TRUST_E_ARGUMENT);
    ck_status(trust_key_read_public(NULL, 32, bytes, &err), TRUST_E_ARGUMENT);
    ck_status(trust_key_read_public(public_der, 44, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_signer_sign(NULL, TRUST_USE_LOG, "", 0, bytes), TRUST_E_ARGUMENT);
    ck_assert_ptr_null(signer);
    ck_assert_uint_eq(trust_signer_use(NULL), 0);
    trust_signer_public_key(NULL, bytes);
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_LOG, &signer));
    trust_signer_public_key(signer, NULL);
    trust_signer_free(signer);
    trust_signer_free(NULL);
}
END_TEST

START_TEST(outside_fails)
{
    setup_keys();
    trust_signer *signer = NULL;
    trust_error err = {0};
    char secret[256] = "", public[256] = "";
    no_memory = true;
    ck_status(trust_signer_new_seed(seed, TRUST_USE_LOG, &signer), TRUST_E_NOMEM);
    ck_status(trust_signer_read(seed, 32, TRUST_USE_LOG, &signer, &err), TRUST_E_NOMEM);
    ck_assert_int_eq(err.code, TRUST_E_NOMEM);
    no_memory = false;
    no_randomness = true;
    ck_status(tri_crypto_ready(), TRUST_E_HOST);
    ck_status(tri_system_random(NULL, secret, 1), TRUST_E_HOST);
    ck_status(trust_signer_new_seed(seed, TRUST_USE_LOG, &signer), TRUST_E_HOST);
    ck_status(trust_keygen(NULL, secret, 256, public, 256), TRUST_E_HOST);
    no_randomness = false;
    ck_assert_ptr_null(signer);
    ck_assert_str_eq(secret, "");
    ck_assert_str_eq(public, "");
}
END_TEST

/* A host's key: the same one, kept by the test. */
typedef struct hsm {
    trust_signer *real;
    int freed;
    trust_status answer;
    bool lies;
} hsm;

static trust_status hsm_sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    hsm *self = user;
    ck_ok(trust_signer_sign(self->real, TRUST_USE_GRANT, data, len, signature));
    signature[0] ^= self->lies;
    return self->answer;
}

static void hsm_free(void *user)
{
    ((hsm *)user)->freed++;
}

START_TEST(host_signer)
{
    setup_keys();
    hsm self = {0};
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_GRANT, &self.real));
    trust_signer_ops ops = {.size = sizeof ops, .sign = hsm_sign, .user_free = hsm_free};
    ops.user = &self;
    memcpy(ops.public_key, public_raw, 32);
    trust_signer *signer = NULL;
    ck_ok(trust_signer_new(&ops, TRUST_USE_GRANT, &signer));

    uint8_t key[32], signature[64], untouched[64] = {0};
    trust_signer_public_key(signer, key);
    ck_assert_mem_eq(key, public_raw, 32);
    ck_ok(trust_signer_sign(signer, TRUST_USE_GRANT, "data", 4, signature));
    ck_assert(tri_ed25519_verify(key, "data", 4, signature));
    memset(signature, 0, sizeof signature);
    ck_status(trust_signer_sign(signer, TRUST_USE_LOG, "data", 4, signature), TRUST_E_ARGUMENT);
    self.answer = TRUST_E_IO;
    ck_status(trust_signer_sign(signer, TRUST_USE_GRANT, "data", 4, signature), TRUST_E_HOST);
    self.answer = TRUST_OK;
    self.lies = true;
    ck_status(trust_signer_sign(signer, TRUST_USE_GRANT, "data", 4, signature), TRUST_E_HOST);
    ck_assert_mem_eq(signature, untouched, 64);
    trust_signer_free(signer);
    ck_assert_int_eq(self.freed, 1);

    ops.user_free = NULL;
    ck_ok(trust_signer_new(&ops, TRUST_USE_GRANT, &signer));
    trust_signer_free(signer);
    trust_signer_free(self.real);
    ck_assert_int_eq(self.freed, 1);
}
END_TEST

START_TEST(host_signer_arguments)
{
    setup_keys();
    trust_signer_ops ops = {.size = sizeof ops, .sign = hsm_sign};
    memcpy(ops.public_key, public_raw, 32);
    trust_signer *signer = NULL;
    ck_status(trust_signer_new(NULL, TRUST_USE_LOG, &signer), TRUST_E_ARGUMENT);
    ck_status(trust_signer_new(&ops, TRUST_USE_LOG, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_signer_new(&ops, 0, &signer), TRUST_E_ARGUMENT);
    ops.size--;
    ck_status(trust_signer_new(&ops, TRUST_USE_LOG, &signer), TRUST_E_ARGUMENT);
    ops.size++;
    ops.sign = NULL;
    ck_status(trust_signer_new(&ops, TRUST_USE_LOG, &signer), TRUST_E_ARGUMENT);
    ops.sign = hsm_sign;
    memset(ops.public_key, 0, 32);
    ck_status(trust_signer_new(&ops, TRUST_USE_LOG, &signer), TRUST_E_ARGUMENT);
    ck_assert_ptr_null(signer);
}
END_TEST

static trust_status fill_seed(void *user, void *out, size_t len)
{
    (void)user;
    ck_assert_uint_eq(len, 32);
    memcpy(out, seed, len);
    return TRUST_OK;
}

START_TEST(keygen)
{
    setup_keys();
    char secret[256] = "", public[256] = "", other[256];
    trust_random random = {fill_seed, NULL};
    ck_status(trust_keygen(&random, NULL, 256, public, 256), TRUST_E_ARGUMENT);
    ck_status(trust_keygen(&random, secret, 256, NULL, 256), TRUST_E_ARGUMENT);
    ck_status(trust_keygen(&random, secret, 255, public, 256), TRUST_E_LIMIT);
    ck_status(trust_keygen(&random, secret, 256, public, 255), TRUST_E_LIMIT);
    fixed_random broken = {.fail = true};
    trust_random failing = fixed_random_seam(&broken);
    ck_status(trust_keygen(&failing, secret, 256, public, 256), TRUST_E_HOST);
    ck_assert_str_eq(secret, "");
    ck_assert_str_eq(public, "");
    ck_ok(trust_keygen(&random, secret, 256, public, 256));
    ck_assert_str_eq(secret, secret_pem);
    ck_assert_str_eq(public, public_pem);
    random.fill = NULL; /* empty means the system's, as NULL does */
    ck_ok(trust_keygen(&random, secret, 256, public, 256));
    ck_ok(trust_keygen(NULL, other, 256, public, 256));
    ck_assert_str_ne(secret, other);
}
END_TEST

/* Run a command in a folder of its own; its output, as a text. */
static void run(const char *folder, const char *command, char *out, size_t cap)
{
    char line[1024];
    snprintf(line, sizeof line, "cd '%s' && %s", folder, command);
    FILE *pipe = popen(line, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t len = fread(out, 1, cap - 1, pipe);
    out[len] = '\0';
    ck_assert_msg(pclose(pipe) == 0, "%s", command);
}

static void write_file(const char *folder, const char *name, const void *data, size_t len)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

/* Our keys are read by openssl, its keys by us; each verifies what the other signed. */
static void exchange_with_openssl(const char *folder)
{
    char secret[256], public[256], out[4096];
    uint8_t key[32], signature[64];
    ck_ok(trust_keygen(NULL, secret, sizeof secret, public, sizeof public));
    write_file(folder, "ours.pem", secret, strlen(secret));
    run(folder, "openssl pkey -in ours.pem -pubout", out, sizeof out);
    ck_assert_str_eq(out, public);
    run(folder, "openssl pkey -in ours.pem", out, sizeof out);
    ck_assert_str_eq(out, secret);
    write_file(folder, "text", "one device let in", 17);
    run(folder, "openssl pkeyutl -sign -inkey ours.pem -rawin -in text", out, sizeof out);
    ck_ok(trust_key_read_public(public, strlen(public), key, NULL));
    ck_assert(tri_ed25519_verify(key, "one device let in", 17, (const uint8_t *)out));

    trust_signer *signer = NULL;
    run(folder, "openssl genpkey -algorithm ed25519 | tee theirs.pem", out, sizeof out);
    ck_ok(trust_signer_read(out, strlen(out), TRUST_USE_DEVICE, &signer, NULL));
    ck_ok(trust_signer_sign(signer, TRUST_USE_DEVICE, "one device let in", 17, signature));
    write_file(folder, "signature", signature, sizeof signature);
    run(folder, "openssl pkeyutl -verify -inkey theirs.pem -rawin -in text -sigfile signature", out,
        sizeof out);
    run(folder, "openssl pkey -in theirs.pem -pubout -outform DER", out, sizeof out);
    ck_ok(trust_key_read_public(out, 44, key, NULL));
    trust_signer_public_key(signer, signature);
    ck_assert_mem_eq(key, signature, 32);
    trust_signer_free(signer);
}

/* Keys that openssl makes for other algorithms. */
static void refuse_of_openssl(const char *folder)
{
    static const struct {
        const char *command;
        bool is_public;
    } cases[] = {
        {"openssl genpkey -algorithm x25519", false},
        {"openssl genpkey -algorithm x25519 | openssl pkey -pubout", true},
        {"openssl genpkey -algorithm ed448", false},
        {"openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256", false},
        {"openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-384 | openssl pkey -pubout",
         true},
        {"openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 2>/dev/null", false},
        {"openssl genpkey -algorithm ed25519 -aes256 -pass pass:x", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[8192];
        uint8_t key[32];
        trust_signer *signer = NULL;
        run(folder, cases[i].command, out, sizeof out);
        trust_status status =
            cases[i].is_public
                ? trust_key_read_public(out, strlen(out), key, NULL)
                : trust_signer_read(out, strlen(out), TRUST_USE_DEVICE, &signer, NULL);
        ck_assert_msg(status == TRUST_E_UNSUPPORTED, "%s: %s", cases[i].command,
                      trust_status_name(status));
    }
}

START_TEST(openssl)
{
    if (system("command -v openssl >/dev/null") != 0) {
        puts("no openssl command: not compared");
        return;
    }
    char folder[] = "/tmp/trust-key-XXXXXX", out[8];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    exchange_with_openssl(folder);
    refuse_of_openssl(folder);
    run(folder, "rm -f ours.pem theirs.pem text signature", out, sizeof out);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void)
{
    return run_tests("key",
                     TESTS(reads_every_form, der_is_exact, other_algorithms, pem_public, pem_secret,
                           pem_truncations_and_flips, pem_limits, pem_round_trip, weak_public_keys,
                           several_public_keys, signer_signs_what_it_may, signer_arguments,
                           outside_fails, host_signer, host_signer_arguments, keygen, openssl));
}
