/* Every Ed25519 case of Wycheproof (C2SP/wycheproof): the answer must be the file's. All of its
 * cases are valid or invalid; an "acceptable" one would fail the test until somebody decides. */

#include <stdlib.h>
#include <string.h>

#include <trust/key.h>

#include "core/bytes.h"
#include "crypto/crypto.h"
#include "format/json.h"
#include "support.h"

static trust_bytes text_of(const tri_json *object, const char *name)
{
    trust_bytes text = {NULL, 0};
    ck_assert_msg(tri_json_string(tri_json_member(object, name), &text), "no %s", name);
    return text;
}

static trust_bytes hex_of(const tri_json *object, const char *name, uint8_t *out, size_t cap)
{
    size_t len = 0;
    ck_assert(tri_unhex(text_of(object, name), out, cap, &len));
    return (trust_bytes){out, len};
}

/* True for a case that is valid, and was found so. */
static bool check_case(const tri_json *test, trust_bytes key)
{
    uint8_t message[4096], signature[256];
    trust_bytes m = hex_of(test, "msg", message, sizeof message);
    trust_bytes s = hex_of(test, "sig", signature, sizeof signature);
    int64_t id = 0;
    ck_assert(tri_json_integer(tri_json_member(test, "tcId"), &id));
    bool valid = tri_same_text(text_of(test, "result"), "valid");
    ck_assert(valid || tri_same_text(text_of(test, "result"), "invalid"));
    bool found = s.size == 64 && tri_ed25519_verify(key.data, m.data, m.size, s.data);
    ck_assert_msg(found == valid, "case %d", (int)id);
    return valid;
}

/* The group's key in three encodings, which must all be the one. */
static trust_bytes read_key(const tri_json *group, uint8_t key[32])
{
    uint8_t raw[64], der[128], again[32];
    trust_bytes r = hex_of(tri_json_member(group, "publicKey"), "pk", raw, sizeof raw);
    trust_bytes d = hex_of(group, "publicKeyDer", der, sizeof der);
    trust_bytes p = text_of(group, "publicKeyPem");
    trust_error err = {0};
    ck_assert_msg(trust_key_read_public(r.data, r.size, key, &err) == TRUST_OK, "%s", err.message);
    ck_ok(trust_key_read_public(d.data, d.size, again, NULL));
    ck_assert_mem_eq(key, again, 32);
    ck_ok(trust_key_read_public(p.data, p.size, again, NULL));
    ck_assert_mem_eq(key, again, 32);
    return (trust_bytes){key, 32};
}

START_TEST(ed25519)
{
    size_t len = 0, cases = 0, valid = 0;
    uint8_t *text = read_file(
        vectors_path("attestation/C2SP__wycheproof/testvectors_v1/ed25519_test.json"), &len);
    ck_assert_ptr_nonnull(text);
    tri_json_limits limits = {len, 16, 100000};
    tri_json_doc doc;
    trust_error err = {0};
    ck_assert_msg(tri_json_parse((trust_bytes){text, len}, &limits, &doc, &err) == TRUST_OK, "%s",
                  err.message);
    const tri_json *group = tri_json_first(tri_json_member(doc.root, "testGroups"));
    for (; group != NULL; group = tri_json_next(group)) {
        uint8_t key[32];
        trust_bytes k = read_key(group, key);
        const tri_json *test = tri_json_first(tri_json_member(group, "tests"));
        for (; test != NULL; test = tri_json_next(test), cases++)
            valid += check_case(test, k);
    }
    int64_t expected = 0;
    ck_assert(tri_json_integer(tri_json_member(doc.root, "numberOfTests"), &expected));
    ck_assert_int_eq((int64_t)cases, expected);
    ck_assert_uint_gt(valid, 50);
    ck_assert_uint_gt(cases - valid, 50);
    tri_json_free(&doc);
    free(text);
}
END_TEST

int main(void)
{
    if (!have_vectors())
        return skip_vectors();
    return run_tests("wycheproof", TESTS(ed25519));
}
