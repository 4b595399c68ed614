/* Manifests: what is signed, every byte of the worked example of docs/manifest.md, what is refused
 * and how; and policies that carry one. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trust/attest.h>
#include <trust/manifest.h>

#include "core/bytes.h"
#include "core/number.h"
#include "crypto/crypto.h"
#include "format/cbor.h"
#include "format/cose.h"
#include "policy/policy.h"
#include "support.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define BEGINS       INT64_C(1796083200000) /* 2026-12-01 */
#define ENDS         INT64_C(1827619200000) /* 2027-12-01 */

static const char document[] = "any bytes";
#define DOCUMENT document, sizeof document - 1

/* ---- keys ---- */

static trust_signer *signer; /* of policies, from the seed 00 01 02 ... */
static uint8_t keys[2][32];  /* its key, and another's */
#define KEYS (const uint8_t(*)[32]) keys

static trust_signer *signer_of(uint8_t first, uint32_t use)
{
    uint8_t seed[32];
    trust_signer *out = NULL;
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)(first + i);
    ck_ok(trust_signer_new_seed(seed, use, &out));
    return out;
}

static void setup(void)
{
    signer = signer_of(0, TRUST_USE_POLICY);
    trust_signer *other = signer_of(1, TRUST_USE_POLICY);
    trust_signer_public_key(signer, keys[0]);
    trust_signer_public_key(other, keys[1]);
    trust_signer_free(other);
}

static trust_manifest policy_manifest(void)
{
    trust_manifest m = TRUST_MANIFEST_INIT;
    strcpy(m.kind, "policy");
    strcpy(m.id, "front-door");
    m.revision = 7;
    m.not_before = BEGINS;
    m.expires = ENDS;
    return m;
}

static trust_status verify(const char *text, size_t len, trust_error *err)
{
    return trust_manifest_verify(text, len, KEYS, 1, "policy", DOCUMENT, BEGINS, NULL, err);
}

/* ---- the worked example ---- */

/* What stands in the page's block of that mark (free it). */
static char *fenced(const char *page, const char *mark)
{
    char opening[32];
    snprintf(opening, sizeof opening, "\n```%s\n", mark);
    const char *begin = strstr(page, opening);
    ck_assert_msg(begin != NULL, "docs/manifest.md has no block %s", mark);
    begin += strlen(opening);
    const char *end = strstr(begin, "```");
    ck_assert_ptr_nonnull(end);
    return strndup(begin, (size_t)(end - begin));
}

/* The hexadecimal of a block whose lines end with words, two spaces before them. */
static size_t read_hex_block(const char *block, uint8_t *out, size_t cap)
{
    char digits[1024];
    size_t n = 0, len = 0;
    while (*block != '\0') {
        block += strspn(block, " ");
        for (; *block != '\n' && strncmp(block, "  ", 2) != 0; block++)
            if (*block != ' ')
                digits[n++] = *block;
        block += strcspn(block, "\n") + 1;
        ck_assert_uint_lt(n, sizeof digits - 80);
    }
    digits[n] = '\0';
    ck_assert_msg(tri_unhex(tri_bytes(digits), out, cap, &len), "%s", digits);
    return len;
}

START_TEST(the_worked_example_is_true)
{
    setup();
    size_t len;
    char *page = (char *)read_file(project_path("docs/manifest.md"), &len);
    ck_assert_ptr_nonnull(page);
    char *policy = fenced(page, "json policy");
    char *key = fenced(page, "text key");
    char *block = fenced(page, "text bytes");
    char *text = fenced(page, "text manifest");
    uint8_t raw[32], shown[512], decoded[512];
    char made[512];
    size_t raw_len, shown_len, decoded_len, need;
    trust_error err = {0};
    ck_assert(tri_unhex((trust_bytes){(uint8_t *)key, 64}, raw, sizeof raw, &raw_len));
    ck_assert_mem_eq(raw, keys[0], 32);

    trust_manifest m = policy_manifest();
    ck_ok(trust_manifest_sign(&m, policy, strlen(policy), signer, made, sizeof made, &need));
    ck_assert_str_eq(made, text);
    ck_assert_uint_eq(need, strlen(text));
    shown_len = read_hex_block(block, shown, sizeof shown);
    ck_assert(tri_base64url_decode((trust_bytes){(uint8_t *)text, strlen(text) - 1}, decoded,
                                   sizeof decoded, &decoded_len));
    ck_assert(tri_same((trust_bytes){shown, shown_len}, (trust_bytes){decoded, decoded_len}));

    trust_manifest out = TRUST_MANIFEST_INIT;
    ck_ok(trust_manifest_verify(text, strlen(text), KEYS, 1, "policy", policy, strlen(policy),
                                BEGINS, &out, &err));
    tri_sha256(policy, strlen(policy), m.digest);
    ck_assert_mem_eq(&out, &m, sizeof m);
    trust_policy *loaded = NULL;
    ck_ok(trust_policy_load(policy, strlen(policy), text, strlen(text), KEYS, 1, ENDS - 1, NULL,
                            &loaded, &err));
    ck_assert_int_eq(trust_policy_is_signed(loaded), 1);
    trust_policy_free(loaded);
    free(page);
    free(policy);
    free(key);
    free(block);
    free(text);
    trust_signer_free(signer);
}
END_TEST

/* ---- signing ---- */

START_TEST(what_was_signed_comes_back)
{
    static const struct {
        const char *kind, *id;
        uint64_t revision;
        trust_time not_before, expires;
    } cases[] = {
        {"policy", "p", 0, TRUST_TIME_UNKNOWN, TRUST_TIME_NEVER},
        {"policy", "a.b_c-9", 23, 0, 1},
        {"policy", "x", 24, BEGINS, TRUST_TIME_NEVER},
        {"policy", "012345678901234567890123456789012345678901234567890123456789012", 256,
         TRUST_TIME_UNKNOWN, ENDS},
        {"reference", "r", 65536, 255, 256},
        {"0123456789012345678901234567890",
         "012345678901234567890123456789012345678901234567890123456789012", 9007199254740991,
         TRI_TIME_LAST - 1, TRI_TIME_LAST},
    };
    setup();
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool policy = strcmp(cases[i].kind, "policy") == 0;
        trust_signer *by = signer_of(0, policy ? TRUST_USE_POLICY : TRUST_USE_DOCUMENT);
        trust_manifest m = TRUST_MANIFEST_INIT, out = TRUST_MANIFEST_INIT;
        char text[512];
        size_t need;
        strcpy(m.kind, cases[i].kind);
        strcpy(m.id, cases[i].id);
        m.revision = cases[i].revision;
        m.not_before = cases[i].not_before;
        m.expires = cases[i].expires;
        memset(m.digest, 9, sizeof m.digest); /* computed, whatever stands there */
        ck_ok(trust_manifest_sign(&m, DOCUMENT, by, text, sizeof text, &need));
        ck_assert_uint_eq(need, strlen(text));
        ck_assert_uint_eq(strcspn(text, "\n"), need - 1);
        trust_time now = m.not_before == TRUST_TIME_UNKNOWN ? 0 : m.not_before;
        ck_ok(trust_manifest_verify(text, need, KEYS, 2, m.kind, DOCUMENT, now, &out, NULL));
        tri_sha256(DOCUMENT, m.digest);
        ck_assert_mem_eq(&out, &m, sizeof m);
        trust_signer_free(by);
        /* 310 bytes: the longest that there is. */
        if (i == COUNT(cases) - 1)
            ck_assert_uint_eq(need, 415);
    }
    trust_signer_free(signer);
}
END_TEST

START_TEST(no_document_is_a_document)
{
    setup();
    trust_manifest m = policy_manifest();
    char text[512];
    size_t need;
    ck_ok(trust_manifest_sign(&m, NULL, 0, signer, text, sizeof text, &need));
    ck_ok(trust_manifest_verify(text, need, KEYS, 1, "policy", "", 0, BEGINS, NULL, NULL));
    ck_ok(trust_manifest_verify(text, need, KEYS, 1, "policy", NULL, 0, BEGINS, NULL, NULL));
    ck_status(trust_manifest_verify(text, need, KEYS, 1, "policy", DOCUMENT, BEGINS, NULL, NULL),
              TRUST_E_INTEGRITY);
    trust_signer_free(signer);
}
END_TEST

static trust_status sign_with(const trust_manifest *m, const trust_signer *by)
{
    char text[512] = "untouched";
    size_t need;
    trust_status status = trust_manifest_sign(m, DOCUMENT, by, text, sizeof text, &need);
    if (status != TRUST_OK)
        ck_assert(strchr(text, '\n') == NULL);
    return status;
}

START_TEST(what_cannot_be_signed)
{
    setup();
    trust_manifest m = policy_manifest();
    char text[512];
    size_t need;
    ck_ok(sign_with(&m, signer));
#define BAD(change)                                                                                \
    do {                                                                                           \
        m = policy_manifest();                                                                     \
        change;                                                                                    \
        ck_status(sign_with(&m, signer), TRUST_E_ARGUMENT);                                        \
    } while (0)
    BAD(m.size--);
    BAD(m.kind[0] = '\0');
    BAD(m.kind[0] = 'P');
    BAD(memset(m.kind, 'k', sizeof m.kind));
    BAD(m.id[0] = '\0');
    BAD(m.id[0] = '/');
    BAD(memset(m.id, 'i', sizeof m.id));
    BAD(m.revision = 9007199254740992);
    BAD(m.revision = UINT64_MAX);
    BAD(m.not_before = -1);
    BAD(m.not_before = TRUST_TIME_NEVER);
    BAD(m.expires = TRUST_TIME_UNKNOWN);
    BAD(m.expires = TRI_TIME_LAST + 1);
    BAD(m.expires = m.not_before);
    BAD((m.not_before = ENDS, m.expires = BEGINS));
    m = policy_manifest();
    ck_status(trust_manifest_sign(NULL, DOCUMENT, signer, text, 512, &need), TRUST_E_ARGUMENT);
    ck_status(trust_manifest_sign(&m, NULL, 1, signer, text, 512, &need), TRUST_E_ARGUMENT);
    ck_status(trust_manifest_sign(&m, DOCUMENT, NULL, text, 512, &need), TRUST_E_ARGUMENT);
    ck_status(trust_manifest_sign(&m, DOCUMENT, signer, NULL, 512, &need), TRUST_E_ARGUMENT);
    ck_status(trust_manifest_sign(&m, DOCUMENT, signer, text, 512, NULL), TRUST_E_ARGUMENT);
    struct {
        trust_manifest given;
        uint64_t later;
    } newer = {m, 0};
    newer.given.size = sizeof newer;
    ck_ok(sign_with(&newer.given, signer));
    newer.later = 1;
    ck_status(sign_with(&newer.given, signer), TRUST_E_UNSUPPORTED);
    trust_signer_free(signer);
}
END_TEST

START_TEST(a_key_has_one_use)
{
    setup();
    for (uint32_t use = TRUST_USE_DEVICE; use <= TRUST_USE_DOCUMENT; use++) {
        trust_signer *by = signer_of(0, use);
        trust_manifest m = policy_manifest();
        ck_status(sign_with(&m, by), use == TRUST_USE_POLICY ? TRUST_OK : TRUST_E_ARGUMENT);
        strcpy(m.kind, "policy2");
        ck_status(sign_with(&m, by), use == TRUST_USE_DOCUMENT ? TRUST_OK : TRUST_E_ARGUMENT);
        strcpy(m.kind, "mud");
        ck_status(sign_with(&m, by), use == TRUST_USE_DOCUMENT ? TRUST_OK : TRUST_E_ARGUMENT);
        trust_signer_free(by);
    }
    trust_signer_free(signer);
}
END_TEST

/* A host's key, which counts how often it is asked. */
typedef struct host_key {
    int asked;
    trust_status answer;
} host_key;

static trust_status host_sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    host_key *key = user;
    key->asked++;
    return key->answer == TRUST_OK
               ? trust_signer_sign(signer, TRUST_USE_POLICY, data, len, signature)
               : key->answer;
}

START_TEST(a_key_elsewhere_is_asked_once_and_in_time)
{
    setup();
    host_key key = {0, TRUST_OK};
    trust_signer_ops ops = {.size = sizeof ops, .sign = host_sign, .user = &key};
    trust_signer *host = NULL;
    trust_manifest m = policy_manifest();
    char text[512], small[512];
    size_t need = 0, again = 0;
    memcpy(ops.public_key, keys[0], 32);
    ck_ok(trust_signer_new(&ops, TRUST_USE_POLICY, &host));
    ck_status(trust_manifest_sign(&m, DOCUMENT, host, NULL, 0, &need), TRUST_E_LIMIT);
    ck_status(trust_manifest_sign(&m, DOCUMENT, host, small, need, &again), TRUST_E_LIMIT);
    ck_assert_str_eq(small, "");
    ck_assert_uint_eq(again, need);
    ck_assert_int_eq(key.asked, 0);
    ck_ok(trust_manifest_sign(&m, DOCUMENT, host, text, need + 1, &need));
    ck_assert_uint_eq(strlen(text), need);
    ck_assert_int_eq(key.asked, 1);
    ck_ok(verify(text, need, NULL));
    key.answer = TRUST_E_IO;
    ck_status(trust_manifest_sign(&m, DOCUMENT, host, small, sizeof small, &need), TRUST_E_HOST);
    ck_assert_str_eq(small, "");
    trust_signer_free(host);
    trust_signer_free(signer);
}
END_TEST

/* ---- verifying ---- */

static void refused(const char *text, size_t len, trust_status status, const char *message)
{
    trust_error err = {0};
    ck_status(verify(text, len, &err), status);
    ck_assert_int_eq(err.code, status);
    ck_assert_msg(strstr(err.message, message) != NULL, "'%s', expected '%s'", err.message,
                  message);
    ck_status(verify(text, len, NULL), status);
}

START_TEST(the_text_has_one_form)
{
    static char large[TRUST_MANIFEST_MAX_BYTES + 1];
    static const char line[] = "one line";
    setup();
    trust_manifest m = policy_manifest();
    char text[520];
    size_t need;
    /* 223 bytes: two bits of the last character are none of the message's. */
    strcat(m.id, "s");
    ck_ok(trust_manifest_sign(&m, DOCUMENT, signer, text, 512, &need));
    ck_ok(verify(text, need, NULL));
    for (size_t len = 0; len < need; len++) {
        trust_error err = {0};
        ck_status(verify(text, len, &err), TRUST_E_FORMAT);
        ck_assert(err.message[0] != '\0');
    }
    refused(NULL, 0, TRUST_E_FORMAT, line);
    refused(text, need + 1, TRUST_E_FORMAT, line); /* with its NUL */
    strcpy(text + need, "\n");
    refused(text, need + 1, TRUST_E_FORMAT, line);
    strcpy(text + need - 1, "\r\n");
    refused(text, need + 1, TRUST_E_FORMAT, line);
    strcpy(text + need - 1, "=\n");
    refused(text, need + 1, TRUST_E_FORMAT, line);
    strcpy(text + need - 1, "==\n");
    refused(text, need + 2, TRUST_E_FORMAT, line);
    strcpy(text + need - 1, "A\n");
    refused(text, need + 1, TRUST_E_FORMAT, "bytes after the end");
    trust_error place = {0};
    ck_status(verify(text, need + 1, &place), TRUST_E_FORMAT);
    ck_assert_uint_eq(place.offset, 296); /* the byte after 223, in the text */
    strcpy(text + need - 1, " \n");
    refused(text, need + 1, TRUST_E_FORMAT, line);
    strcpy(text + need - 1, "\n");
    ck_ok(verify(text, need, NULL));
    refused(text + 1, need - 1, TRUST_E_FORMAT, "");
    char last = text[need - 2];
    text[need - 2] = (char)(last + 1); /* the same bytes, spelt with a bit that is lost */
    refused(text, need, TRUST_E_FORMAT, line);
    text[need - 2] = last;
    char *urlsafe = strpbrk(text, "-_");
    while (urlsafe == NULL) { /* another revision has other characters */
        m.revision++;
        ck_ok(trust_manifest_sign(&m, DOCUMENT, signer, text, 512, &need));
        urlsafe = strpbrk(text, "-_");
    }
    *urlsafe = *urlsafe == '-' ? '+' : '/';
    refused(text, need, TRUST_E_FORMAT, line);
    memset(large, 'A', sizeof large);
    large[sizeof large - 1] = '\n';
    refused(large, sizeof large, TRUST_E_LIMIT, "4096");
    large[sizeof large - 2] = '\n';
    refused(large, sizeof large - 1, TRUST_E_FORMAT, "");
    trust_signer_free(signer);
}
END_TEST

static size_t to_text(trust_bytes bytes, char *out)
{
    tri_base64url_encode(bytes.data, bytes.size, out);
    strcat(out, "\n");
    return strlen(out);
}

/* Whatever one bit of the message becomes, it is not this manifest any more. */
START_TEST(every_bit_counts)
{
    setup();
    trust_manifest m = policy_manifest();
    uint8_t bytes[512];
    char text[512];
    size_t need, len;
    int signatures = 0;
    ck_ok(trust_manifest_sign(&m, DOCUMENT, signer, text, sizeof text, &need));
    ck_assert(
        tri_base64url_decode((trust_bytes){(uint8_t *)text, need - 1}, bytes, sizeof bytes, &len));
    for (size_t bit = 0; bit < len * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        trust_error err = {0};
        trust_status status = verify(text, to_text((trust_bytes){bytes, len}, text), &err);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_msg(status == TRUST_E_FORMAT || status == TRUST_E_SIGNATURE ||
                          status == TRUST_E_UNSUPPORTED,
                      "bit %zu: %s", bit, trust_status_name(status));
        ck_assert_uint_le(err.offset, need);
        signatures += status == TRUST_E_SIGNATURE;
    }
    /* kid, digest, signature, and most of the times and names: their forms stay good. */
    ck_assert_int_gt(signatures, (32 + 32 + 64) * 8);
    trust_signer_free(signer);
}
END_TEST

/* A message of any shape, with a good signature over it. */
typedef struct craft {
    tri_cbor_out headers, others, payload;
    uint8_t room[3][512];
    bool tag61;
    bool long_array;
} craft;

static void craft_begin(craft *c)
{
    *c = (craft){.tag61 = false};
    c->headers = (tri_cbor_out){c->room[0], sizeof c->room[0], 0};
    c->others = (tri_cbor_out){c->room[1], sizeof c->room[1], 0};
    c->payload = (tri_cbor_out){c->room[2], sizeof c->room[2], 0};
}

static trust_bytes written(const tri_cbor_out *out)
{
    return (trust_bytes){out->out, out->need};
}

static size_t craft_end(craft *c, char *text)
{
    uint8_t message[2048], signature[64], all[2048];
    size_t len;
    trust_signer *by = signer_of(0, TRUST_USE_POLICY);
    ck_ok(tri_cose_sig_structure(written(&c->headers), written(&c->payload), message,
                                 sizeof message, &len));
    ck_ok(trust_signer_sign(by, TRUST_USE_POLICY, message, len, signature));
    trust_signer_free(by);
    tri_cbor_out out = {all, sizeof all, 0};
    if (c->tag61)
        tri_cbor_put_head(&out, TRI_CBOR_TAG, 61);
    tri_cbor_put_head(&out, TRI_CBOR_TAG, 18);
    if (c->long_array) {
        memcpy(out.out + out.need, "\x98\x04", 2);
        out.need += 2;
    } else {
        tri_cbor_put_head(&out, TRI_CBOR_ARRAY, 4);
    }
    tri_cbor_put_bytes(&out, written(&c->headers));
    if (c->others.need == 0)
        tri_cbor_put_head(&c->others, TRI_CBOR_MAP, 0);
    memcpy(out.out + out.need, c->others.out, c->others.need);
    out.need += c->others.need;
    tri_cbor_put_bytes(&out, written(&c->payload));
    tri_cbor_put_bytes(&out, (trust_bytes){signature, sizeof signature});
    return to_text(written(&out), text);
}

static void put_hex(tri_cbor_out *out, const char *hex)
{
    size_t len;
    ck_assert_msg(tri_unhex(tri_bytes(hex), out->out + out->need, out->cap - out->need, &len), "%s",
                  hex);
    out->need += len;
}

static void put_kid(tri_cbor_out *out)
{
    uint8_t kid[32];
    tri_sha256(keys[0], 32, kid);
    tri_cbor_put_int(out, 4);
    tri_cbor_put_bytes(out, (trust_bytes){kid, sizeof kid});
}

#define TYPE "03781e6170706c69636174696f6e2f766e642e74727573742e6d616e6966657374"

static void good_headers(craft *c)
{
    put_hex(&c->headers, "a30127" TYPE);
    put_kid(&c->headers);
}

static void put_digest(tri_cbor_out *out)
{
    uint8_t digest[32];
    tri_sha256(DOCUMENT, digest);
    tri_cbor_put_int(out, 6);
    tri_cbor_put_bytes(out, (trust_bytes){digest, sizeof digest});
}

#define POLICY_KIND "0166706f6c696379"
#define ID_P        "026170"

/* The payload is hexadecimal; the digest follows, unless it ends with a dot. */
static void put_payload(craft *c, const char *hex)
{
    size_t len = strlen(hex);
    bool whole = hex[len - 1] == '.';
    char digits[512];
    ck_assert_uint_lt(len, sizeof digits);
    memcpy(digits, hex, len);
    digits[len - whole] = '\0';
    put_hex(&c->payload, digits);
    if (!whole)
        put_digest(&c->payload);
}

#define P POLICY_KIND ID_P "0307"

static const char *const good_members[] = {"a4" P, "a5" P "041b000001a22ee6b000",
                                           "a5" P "051b000001a98697dc00",
                                           "a4" POLICY_KIND ID_P "031b001fffffffffffff"};

/* The same, or more, but not as it has to be written. */
static const char *const odd_members[] = {
    "b804" P,
    "a4" POLICY_KIND ID_P "031807",
    "a4" POLICY_KIND ID_P "180307",
    "a4017806706f6c696379" ID_P "0307",
    "a4" POLICY_KIND "02780170"
    "0307",
    "a4" ID_P POLICY_KIND "0307",
    "a5" P "0700",
    "a50000" P,
    "a5" P "617800",
};

static const char *const wrong_members[] = {
    "bf" P,
    "a3" P, /* bytes after the end */
    "a5" P "0308",
    "a3" ID_P "0307",
    "a3" POLICY_KIND "0307",
    "a3" POLICY_KIND ID_P,
    "a3" P ".",
    "a0.",
    "80.",
    "07.",
    "a40146706f6c696379" ID_P "0307",
    "a40160" ID_P "0307",
    "a40166504f4c494359" ID_P "0307",
    "a4017820706f6c696379706f6c696379706f6c696379706f6c696379706f6c6963793132" ID_P "0307",
    "a4" POLICY_KIND "02600307",
    "a4" POLICY_KIND "0241700307",
    "a4" POLICY_KIND "02612f0307",
    "a4" POLICY_KIND "026270000307",
    "a4" POLICY_KIND ID_P "0320",
    "a4" POLICY_KIND ID_P "036137",
    "a4" POLICY_KIND ID_P "03fb401c000000000000",
    "a4" POLICY_KIND ID_P "031b0020000000000000",
    "a4" POLICY_KIND ID_P "031bffffffffffffffff",
    "a5" P "0420",
    "a5" P "04f6",
    "a5" P "051b0000e677d21fdc00", /* the year 10000 */
    "a5" P "051b7fffffffffffffff",
    "a6" P "041b000001a22ee6b000051b000001a22ee6b000", /* it ends when it begins */
    "a4" P "06581f00000000000000000000000000000000000000000000000000000000000000.",
    "a4" P "0678204141414141414141414141414141414141414141414141414141414141414141.",
};

static void try_members(const char *payload, trust_status status, const char *message)
{
    craft c;
    char text[2048];
    trust_error err = {0};
    craft_begin(&c);
    good_headers(&c);
    put_payload(&c, payload);
    trust_status answer = verify(text, craft_end(&c, text), &err);
    ck_assert_msg(answer == status && strcmp(err.message, message) == 0, "%s: %s %s", payload,
                  trust_status_name(answer), err.message);
}

START_TEST(members_have_one_form)
{
    setup();
    for (size_t i = 0; i < COUNT(good_members); i++)
        try_members(good_members[i], TRUST_OK, "");
    for (size_t i = 0; i < COUNT(odd_members); i++)
        try_members(odd_members[i], TRUST_E_FORMAT,
                    "the manifest has more in it, or is written otherwise than it has to be");
    for (size_t i = 0; i < COUNT(wrong_members); i++)
        try_members(wrong_members[i], TRUST_E_FORMAT,
                    "a member of the manifest is missing or wrong");
    trust_signer_free(signer);
}
END_TEST

START_TEST(headers_have_one_form)
{
    /* "K" in the place of the key's id. */
    static const struct {
        const char *headers, *others;
        trust_status status;
    } cases[] = {
        {"a30127" TYPE "K", "", TRUST_OK},
        {"a30127" TYPE "K", "a0", TRUST_OK},
        {"b8030127" TYPE "K", "", TRUST_E_FORMAT},
        {"a3013807" TYPE "K", "", TRUST_E_FORMAT},    /* -8 the long way */
        {"a30132" TYPE "K", "", TRUST_E_UNSUPPORTED}, /* Ed25519 (-19) */
        {"a30126" TYPE "K", "", TRUST_E_UNSUPPORTED}, /* ES256 */
        {"a30105" TYPE "K", "", TRUST_E_UNSUPPORTED}, /* HMAC */
        {"a3016545644453"
         "41" TYPE "K",
         "", TRUST_E_UNSUPPORTED},                 /* "EdDSA" */
        {"a2" TYPE "K", "a10127", TRUST_E_FORMAT}, /* unprotected */
        {"a2" TYPE "K", "", TRUST_E_FORMAT},       /* none */
        {"a10127", "", TRUST_E_FORMAT},            /* as a device's token has it */
        {"a20127" TYPE, "", TRUST_E_FORMAT},       /* no key's id */
        {"a20127K", "", TRUST_E_FORMAT},           /* no content type */
        {"a20127" TYPE, "a1K", TRUST_E_FORMAT},    /* its id unprotected */
        {"a20127K", "a1" TYPE, TRUST_E_FORMAT},    /* likewise the type */
        {"a301270300K", "", TRUST_E_FORMAT},       /* text/plain, as a number */
        {"a301270378"
         "1f6170706c69636174696f6e2f766e642e74727573742e6d616e696665737473K",
         "", TRUST_E_FORMAT}, /* a letter more */
        {"a301270378"
         "1e6170706c69636174696f6e2f766e642e74727573742e4d616e6966657374K",
         "", TRUST_E_FORMAT},                              /* a capital one */
        {"a3" TYPE "0127K", "", TRUST_E_FORMAT},           /* another order */
        {"a40127028101" TYPE "K", "", TRUST_E_FORMAT},     /* crit: 1 */
        {"a4012702810f" TYPE "K0f00", "", TRUST_E_FORMAT}, /* crit, of what is not known */
        {"a40127" TYPE "K0540", "", TRUST_E_FORMAT},       /* iv */
        {"a30127" TYPE "K", "a10540", TRUST_E_FORMAT},
        {"a30127" TYPE "0440", "", TRUST_E_FORMAT},
        {"a30127" TYPE "04"
         "581f56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab10770",
         "", TRUST_E_FORMAT},
        {"a30127" TYPE "04"
         "582056475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708d",
         "", TRUST_E_SIGNATURE}, /* of no key that was given */
    };
    setup();
    for (size_t i = 0; i < COUNT(cases); i++) {
        craft c;
        char text[2048];
        trust_error err = {0};
        craft_begin(&c);
        tri_cbor_out *outs[] = {&c.headers, &c.others};
        for (size_t k = 0; k < 2; k++) {
            char hex[512];
            const char *given = k == 0 ? cases[i].headers : cases[i].others;
            size_t before = strcspn(given, "K");
            snprintf(hex, sizeof hex, "%.*s", (int)before, given);
            put_hex(outs[k], hex);
            if (given[before] != 'K')
                continue;
            put_kid(outs[k]);
            put_hex(outs[k], given + before + 1);
        }
        put_payload(&c, good_members[0]);
        trust_status status = verify(text, craft_end(&c, text), &err);
        ck_assert_msg(status == cases[i].status, "%zu %s: %s %s", i, cases[i].headers,
                      trust_status_name(status), err.message);
    }
    trust_signer_free(signer);
}
END_TEST

START_TEST(the_envelope_has_one_form)
{
    setup();
    craft c;
    char text[2048];
    for (int i = 0; i < 3; i++) {
        craft_begin(&c);
        good_headers(&c);
        put_payload(&c, good_members[0]);
        c.tag61 = i == 1;
        c.long_array = i == 2;
        size_t len = craft_end(&c, text);
        if (i == 0)
            ck_ok(verify(text, len, NULL));
        else
            refused(text, len, TRUST_E_FORMAT, "written otherwise");
    }
    trust_signer_free(signer);
}
END_TEST

static trust_status sign_token(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

/* The lie: this key signed it, whatever it is. */
START_TEST(a_token_is_no_manifest)
{
    static const uint8_t nonce[32] = {1};
    setup();
    trust_signer *device = signer_of(0, TRUST_USE_DEVICE); /* the very same key */
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    trust_attest_key key = {{0}, sign_token, device};
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    char text[2048];
    size_t len;
    claims.nonce = (trust_bytes){nonce, sizeof nonce};
    memcpy(key.public_key, keys[0], 32);
    ck_ok(trust_attest_make(&claims, &key, token, sizeof token, &len));
    refused(text, to_text((trust_bytes){token, len}, text), TRUST_E_FORMAT, "not as a manifest is");

    /* The token's signature under a manifest's headers and members. */
    uint8_t bytes[512];
    size_t need, manifest_len;
    trust_manifest m = policy_manifest();
    ck_ok(trust_manifest_sign(&m, DOCUMENT, signer, text, sizeof text, &need));
    ck_assert(tri_base64url_decode((trust_bytes){(uint8_t *)text, need - 1}, bytes, sizeof bytes,
                                   &manifest_len));
    memcpy(bytes + manifest_len - 64, token + len - 64, 64);
    refused(text, to_text((trust_bytes){bytes, manifest_len}, text), TRUST_E_SIGNATURE,
            "does not match");
    trust_signer_free(device);
    trust_signer_free(signer);
}
END_TEST

START_TEST(only_the_keys_that_were_given)
{
    static const uint8_t small_order[32] = {1};
    setup();
    trust_manifest m = policy_manifest();
    trust_error err = {0};
    char text[512];
    size_t need;
    uint8_t many[3][32];
    ck_ok(trust_manifest_sign(&m, DOCUMENT, signer, text, sizeof text, &need));
    memcpy(many[0], keys[1], 32);
    memcpy(many[1], small_order, 32);
    memcpy(many[2], keys[0], 32);
#define WITH(list, count)                                                                          \
    trust_manifest_verify(text, need, (const uint8_t(*)[32])(list), count, "policy", DOCUMENT,     \
                          BEGINS, NULL, &err)
    ck_ok(WITH(many, 3));
    ck_ok(WITH(many + 2, 1));
    ck_status(WITH(many, 2), TRUST_E_SIGNATURE);
    ck_assert_str_eq(err.message, "no key that was given may have signed the manifest");
    ck_status(WITH(many, 0), TRUST_E_ARGUMENT);
    ck_status(WITH(NULL, 1), TRUST_E_ARGUMENT);
    trust_signer_free(signer);
}
END_TEST

START_TEST(it_is_about_one_document)
{
    setup();
    trust_manifest m = policy_manifest();
    trust_error err = {0};
    char text[512];
    size_t need;
    ck_ok(trust_manifest_sign(&m, DOCUMENT, signer, text, sizeof text, &need));
#define ABOUT(kind, bytes, len)                                                                    \
    trust_manifest_verify(text, need, KEYS, 1, kind, bytes, len, BEGINS, NULL, &err)
    ck_ok(ABOUT("policy", document, sizeof document - 1));
    ck_status(ABOUT("polic", document, sizeof document - 1), TRUST_E_INTEGRITY);
    ck_assert_str_eq(err.message, "the manifest is of another kind: 'policy'");
    ck_status(ABOUT("policyx", document, sizeof document - 1), TRUST_E_INTEGRITY);
    ck_status(ABOUT("", document, sizeof document - 1), TRUST_E_INTEGRITY);
    ck_status(ABOUT("policy", document, sizeof document), TRUST_E_INTEGRITY);
    ck_assert_str_eq(err.message, "the document is not the one that was signed");
    ck_status(ABOUT("policy", document, sizeof document - 2), TRUST_E_INTEGRITY);
    ck_status(ABOUT("policy", "any bytez", 9), TRUST_E_INTEGRITY);
    ck_status(ABOUT(NULL, document, sizeof document - 1), TRUST_E_ARGUMENT);
    ck_status(ABOUT("policy", NULL, 9), TRUST_E_ARGUMENT);
    ck_status(trust_manifest_verify(NULL, 1, KEYS, 1, "policy", DOCUMENT, 0, NULL, &err),
              TRUST_E_ARGUMENT);
    trust_signer_free(signer);
}
END_TEST

START_TEST(it_holds_for_a_time)
{
    static const struct {
        trust_time not_before, expires, now;
        const char *message; /* NULL: it holds */
    } cases[] = {
        {BEGINS, ENDS, BEGINS - 1, "the manifest does not hold before 2026-12-01T00:00:00Z"},
        {BEGINS, ENDS, BEGINS, NULL},
        {BEGINS, ENDS, ENDS - 1, NULL},
        {BEGINS, ENDS, ENDS, "the manifest held until 2027-12-01T00:00:00Z"},
        {BEGINS, ENDS, TRUST_TIME_UNKNOWN, "what time it is is not known"},
        {BEGINS, ENDS, TRUST_TIME_NEVER, "what time it is is not known"},
        {BEGINS, TRUST_TIME_NEVER, TRI_TIME_LAST, NULL},
        {BEGINS, TRUST_TIME_NEVER, TRI_TIME_LAST + 1, "what time it is is not known"},
        {BEGINS, TRUST_TIME_NEVER, TRUST_TIME_NEVER, "what time it is is not known"},
        {TRUST_TIME_UNKNOWN, ENDS, 0, NULL},
        {TRUST_TIME_UNKNOWN, ENDS, -1, "what time it is is not known"},
        {TRUST_TIME_UNKNOWN, ENDS, TRUST_TIME_UNKNOWN, "what time it is is not known"},
        {TRUST_TIME_UNKNOWN, TRUST_TIME_NEVER, TRUST_TIME_UNKNOWN, NULL},
        {TRUST_TIME_UNKNOWN, TRUST_TIME_NEVER, -1, NULL},
        {TRUST_TIME_UNKNOWN, TRUST_TIME_NEVER, TRUST_TIME_NEVER, NULL},
    };
    setup();
    for (size_t i = 0; i < COUNT(cases); i++) {
        trust_manifest m = policy_manifest(), out = TRUST_MANIFEST_INIT;
        trust_error err = {0};
        char text[512];
        size_t need;
        m.not_before = cases[i].not_before;
        m.expires = cases[i].expires;
        ck_ok(trust_manifest_sign(&m, DOCUMENT, signer, text, sizeof text, &need));
        trust_status status = trust_manifest_verify(text, need, KEYS, 1, "policy", DOCUMENT,
                                                    cases[i].now, &out, &err);
        ck_status(status, cases[i].message == NULL ? TRUST_OK : TRUST_E_STATE);
        ck_assert_int_eq(out.kind[0] != '\0', status == TRUST_OK);
        if (cases[i].message != NULL)
            ck_assert_msg(strstr(err.message, cases[i].message) != NULL, "%s", err.message);
    }
    trust_signer_free(signer);
}
END_TEST

START_TEST(the_answer_has_a_size)
{
    setup();
    struct {
        trust_manifest out;
        uint64_t later;
    } x = {TRUST_MANIFEST_INIT, 0};
    trust_manifest m = policy_manifest();
    char text[512];
    size_t need;
    ck_ok(trust_manifest_sign(&m, DOCUMENT, signer, text, sizeof text, &need));
#define INTO(place)                                                                                \
    trust_manifest_verify(text, need, KEYS, 1, "policy", DOCUMENT, BEGINS, place, NULL)
    x.out.size = sizeof x;
    ck_ok(INTO(&x.out));
    ck_assert_uint_eq(x.out.size, sizeof x);
    ck_assert_str_eq(x.out.id, "front-door");
    x.later = 1;
    ck_status(INTO(&x.out), TRUST_E_UNSUPPORTED);
    x.out.size = sizeof x.out - 1;
    ck_status(INTO(&x.out), TRUST_E_ARGUMENT);
    trust_signer_free(signer);
}
END_TEST

/* ---- policies ---- */

static const char policy_text[] =
    "{\"trust_policy\":1,\"id\":\"door\",\"revision\":3,\"signals\":{\"identity\":{\"weight\":300}}"
    ","
    "\"verdicts\":{\"allow\":350,\"step_up\":475,\"quarantine\":650}}";

static const char bounded_text[] =
    "{\"trust_policy\":1,\"id\":\"door\",\"revision\":3,\"signals\":{\"identity\":{\"weight\":300}}"
    ","
    "\"not_before\":\"2026-12-01T00:00:00Z\",\"expires\":\"2027-12-01T00:00:00Z\","
    "\"verdicts\":{\"allow\":350,\"step_up\":475,\"quarantine\":650}}";

static trust_manifest door_manifest(void)
{
    trust_manifest m = TRUST_MANIFEST_INIT;
    strcpy(m.kind, "policy");
    strcpy(m.id, "door");
    m.revision = 3;
    return m;
}

/* Sign @p text as @p m says and load it. */
static trust_status load(const char *text, const trust_manifest *m, trust_policy **out,
                         trust_error *err)
{
    char manifest[512];
    size_t need;
    trust_signer *by =
        signer_of(0, strcmp(m->kind, "policy") == 0 ? TRUST_USE_POLICY : TRUST_USE_DOCUMENT);
    ck_ok(trust_manifest_sign(m, text, strlen(text), by, manifest, sizeof manifest, &need));
    trust_signer_free(by);
    return trust_policy_load(text, strlen(text), manifest, need, KEYS, 2, BEGINS, NULL, out, err);
}

START_TEST(a_signed_policy_knows_it)
{
    setup();
    trust_manifest m = door_manifest();
    trust_policy *with = NULL, *without = NULL;
    uint8_t hash[2][32], digest[32];
    ck_ok(load(policy_text, &m, &with, NULL));
    ck_ok(trust_policy_load_unsigned(policy_text, strlen(policy_text), NULL, &without, NULL));
    ck_assert_int_eq(trust_policy_is_signed(with), 1);
    ck_assert_int_eq(trust_policy_is_signed(without), 0);
    ck_assert_int_eq(trust_policy_is_signed(NULL), 0);
    trust_policy_hash(with, hash[0]);
    trust_policy_hash(without, hash[1]);
    ck_assert_mem_eq(hash[0], hash[1], 32);
    tri_sha256(policy_text, strlen(policy_text), digest);
    ck_assert_mem_eq(with->signed_digest, digest, 32);
    ck_assert_str_eq(trust_policy_id(with), "door");
    ck_assert_uint_eq(trust_policy_revision(with), 3);
    trust_policy_free(with);
    trust_policy_free(without);
    trust_signer_free(signer);
}
END_TEST

START_TEST(manifest_and_document_say_the_same)
{
    static const struct {
        const char *kind, *id;
        uint64_t revision;
        const char *message;
    } cases[] = {
        {"policy", "door", 2, "the manifest names another revision"},
        {"policy", "door", 4, "the manifest names another revision"},
        {"policy", "doo", 3, "the manifest names another id: 'doo'"},
        {"policy", "doors", 3, "the manifest names another id: 'doors'"},
        {"reference", "door", 3, "the manifest is of another kind: 'reference'"},
    };
    setup();
    for (size_t i = 0; i < COUNT(cases); i++) {
        trust_manifest m = door_manifest();
        trust_policy *policy = NULL;
        trust_error err = {0};
        strcpy(m.kind, cases[i].kind);
        strcpy(m.id, cases[i].id);
        m.revision = cases[i].revision;
        ck_status(load(policy_text, &m, &policy, &err), TRUST_E_INTEGRITY);
        ck_assert_str_eq(err.message, cases[i].message);
        ck_assert_ptr_null(policy);
    }
    trust_signer_free(signer);
}
END_TEST

START_TEST(a_policy_that_does_not_load)
{
    static char large[TRUST_POLICY_MAX_BYTES + 1];
    setup();
    trust_manifest m = door_manifest();
    trust_policy *policy = NULL;
    trust_error err = {0};
    char manifest[512];
    size_t need;
    ck_status(load("{\"trust_policy\":1}", &m, &policy, &err), TRUST_E_FORMAT);
    ck_assert_str_ne(err.where, "manifest");
    ck_status(load("{\"trust_policy\":9}", &m, &policy, &err), TRUST_E_UNSUPPORTED);
    ck_ok(trust_manifest_sign(&m, policy_text, strlen(policy_text), signer, manifest,
                              sizeof manifest, &need));
#define LOAD(text, len, by, by_len, at, place)                                                     \
    trust_policy_load(text, len, by, by_len, KEYS, 1, at, NULL, place, &err)
    ck_status(LOAD(policy_text, strlen(policy_text), "", 0, BEGINS, &policy), TRUST_E_FORMAT);
    ck_assert_str_eq(err.where, "manifest");
    ck_status(LOAD(policy_text, strlen(policy_text), NULL, 0, BEGINS, &policy), TRUST_E_FORMAT);
    ck_status(LOAD(bounded_text, strlen(bounded_text), manifest, need, BEGINS, &policy),
              TRUST_E_INTEGRITY);
    ck_assert_str_eq(err.where, "manifest");
    ck_status(LOAD(NULL, 1, manifest, need, BEGINS, &policy), TRUST_E_ARGUMENT);
    ck_status(LOAD(policy_text, strlen(policy_text), manifest, need, BEGINS, NULL),
              TRUST_E_ARGUMENT);
    ck_status(LOAD(large, sizeof large, manifest, need, BEGINS, &policy), TRUST_E_LIMIT);
    ck_assert_ptr_null(policy);
    m.expires = ENDS;
    ck_ok(trust_manifest_sign(&m, policy_text, strlen(policy_text), signer, manifest,
                              sizeof manifest, &need));
    ck_status(LOAD(policy_text, strlen(policy_text), manifest, need, ENDS, &policy), TRUST_E_STATE);
    ck_assert_str_eq(err.where, "manifest");
    ck_status(LOAD(policy_text, strlen(policy_text), manifest, need, TRUST_TIME_UNKNOWN, &policy),
              TRUST_E_STATE);
    ck_assert_ptr_null(policy);
    trust_signer_free(signer);
}
END_TEST

START_TEST(a_policy_holds_while_both_do)
{
    static const struct {
        const char *text;
        trust_time not_before, expires, from, until;
    } cases[] = {
        {policy_text, TRUST_TIME_UNKNOWN, TRUST_TIME_NEVER, TRUST_TIME_UNKNOWN, TRUST_TIME_NEVER},
        {policy_text, BEGINS, ENDS, BEGINS, ENDS},
        {bounded_text, TRUST_TIME_UNKNOWN, TRUST_TIME_NEVER, BEGINS, ENDS},
        {bounded_text, BEGINS - 1, ENDS + 1, BEGINS, ENDS},
        {bounded_text, BEGINS, ENDS, BEGINS, ENDS},
        {bounded_text, BEGINS - 1, ENDS - 1, BEGINS, ENDS - 1},
        {bounded_text, 0, BEGINS + 1, BEGINS, BEGINS + 1},
    };
    setup();
    for (size_t i = 0; i < COUNT(cases); i++) {
        trust_manifest m = door_manifest();
        trust_policy *policy = NULL, *plain = NULL;
        char expanded[2][4096];
        size_t need;
        m.not_before = cases[i].not_before;
        m.expires = cases[i].expires;
        ck_ok(load(cases[i].text, &m, &policy, NULL));
        ck_assert_int_eq(tri_policy_from(policy), cases[i].from);
        ck_assert_int_eq(tri_policy_until(policy), cases[i].until);
        /* The document itself stays what it is. */
        ck_ok(trust_policy_load_unsigned(cases[i].text, strlen(cases[i].text), NULL, &plain, NULL));
        ck_assert_int_eq(tri_policy_from(plain), plain->not_before);
        ck_assert_int_eq(tri_policy_until(plain), plain->expires);
        ck_ok(trust_policy_expand(policy, expanded[0], sizeof expanded[0], &need));
        ck_ok(trust_policy_expand(plain, expanded[1], sizeof expanded[1], &need));
        ck_assert_str_eq(expanded[0], expanded[1]);
        trust_policy_free(policy);
        trust_policy_free(plain);
    }
    trust_signer_free(signer);
}
END_TEST

int main(void)
{
    return run_tests(
        "manifest",
        TESTS(the_worked_example_is_true, what_was_signed_comes_back, no_document_is_a_document,
              what_cannot_be_signed, a_key_has_one_use, a_key_elsewhere_is_asked_once_and_in_time,
              the_text_has_one_form, every_bit_counts, members_have_one_form, headers_have_one_form,
              the_envelope_has_one_form, a_token_is_no_manifest, only_the_keys_that_were_given,
              it_is_about_one_document, it_holds_for_a_time, the_answer_has_a_size,
              a_signed_policy_knows_it, manifest_and_document_say_the_same,
              a_policy_that_does_not_load, a_policy_holds_while_both_do));
}
