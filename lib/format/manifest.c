/* Signs and verifies manifests (docs/manifest.md): COSE_Sign1 (RFC 9052) with EdDSA over CBOR, in
 * base64url (RFC 4648 section 5). Trust: a manifest is hostile until its signature is verified, a
 * document until its digest is.
 *
 * There is one way to write a manifest (RFC 8949 section 4.2.1), so what was read is written again
 * and compared: no header, member or spelling that this file does not know can be smuggled in. */

#include <trust/manifest.h>

#include <stdbool.h>
#include <string.h>

#include "core/bytes.h"
#include "core/error.h"
#include "core/number.h"
#include "core/sized.h"
#include "core/text.h"
#include "crypto/crypto.h"
#include "format/cbor.h"
#include "format/cose.h"

/* It stands in what is signed: a signature over anything else, such as a device's token, is none
 * over a manifest, and the other way round. */
static const char content_type[] = "application/vnd.trust.manifest";

#define MAX_BYTES     (TRUST_MANIFEST_MAX_BYTES / 4 * 3)
#define MAX_PROTECTED 80u
#define MAX_PAYLOAD   192u
#define MAX_MESSAGE   384u /* that this file writes */
#define MAX_REVISION  INT64_C(9007199254740991)
#define KID           32u /* SHA-256 of the public key */
#define SIGNATURE     64u

/* RFC 9052 section 3.1. */
enum { LABEL_ALG = 1, LABEL_CONTENT_TYPE = 3, LABEL_KID = 4 };

enum { KIND = 1, ID, REVISION, NOT_BEFORE, EXPIRES, DIGEST };

/* ---- writing ---- */

/* What is signed. */
typedef struct parts {
    uint8_t protected_bytes[MAX_PROTECTED];
    uint8_t payload[MAX_PAYLOAD];
    size_t protected_size;
    size_t payload_size;
} parts;

static void put_text(tri_cbor_out *out, int64_t key, const char *text)
{
    tri_cbor_put_int(out, key);
    tri_cbor_put_text(out, tri_bytes(text));
}

static void put_bytes(tri_cbor_out *out, int64_t key, const uint8_t *data, size_t len)
{
    tri_cbor_put_int(out, key);
    tri_cbor_put_bytes(out, (trust_bytes){data, len});
}

static void put_number(tri_cbor_out *out, int64_t key, int64_t value)
{
    tri_cbor_put_int(out, key);
    tri_cbor_put_int(out, value);
}

static void put_payload(tri_cbor_out *out, const trust_manifest *m)
{
    bool begins = m->not_before != TRUST_TIME_UNKNOWN;
    bool ends = m->expires != TRUST_TIME_NEVER;
    tri_cbor_put_head(out, TRI_CBOR_MAP, 4u + begins + ends);
    put_text(out, KIND, m->kind);
    put_text(out, ID, m->id);
    put_number(out, REVISION, (int64_t)m->revision);
    if (begins)
        put_number(out, NOT_BEFORE, m->not_before);
    if (ends)
        put_number(out, EXPIRES, m->expires);
    put_bytes(out, DIGEST, m->digest, sizeof m->digest);
}

static trust_bytes make_headers(const uint8_t kid[KID], parts *p)
{
    tri_cbor_out out = {p->protected_bytes, sizeof p->protected_bytes, 0};
    tri_cbor_put_head(&out, TRI_CBOR_MAP, 3);
    put_number(&out, LABEL_ALG, TRI_COSE_EDDSA);
    put_text(&out, LABEL_CONTENT_TYPE, content_type);
    put_bytes(&out, LABEL_KID, kid, KID);
    p->protected_size = out.need;
    return (trust_bytes){p->protected_bytes, p->protected_size};
}

static void make_payload(const trust_manifest *m, parts *p)
{
    tri_cbor_out out = {p->payload, sizeof p->payload, 0};
    put_payload(&out, m);
    p->payload_size = out.need;
}

/* COSE_Sign1_Tagged (RFC 9052 section 4.2); its length. */
static size_t put_message(const parts *p, const uint8_t signature[SIGNATURE],
                          uint8_t message[MAX_MESSAGE])
{
    tri_cbor_out out = {message, MAX_MESSAGE, 0};
    tri_cbor_put_head(&out, TRI_CBOR_TAG, 18);
    tri_cbor_put_head(&out, TRI_CBOR_ARRAY, 4);
    tri_cbor_put_bytes(&out, (trust_bytes){p->protected_bytes, p->protected_size});
    tri_cbor_put_head(&out, TRI_CBOR_MAP, 0);
    tri_cbor_put_bytes(&out, (trust_bytes){p->payload, p->payload_size});
    tri_cbor_put_bytes(&out, (trust_bytes){signature, SIGNATURE});
    return out.need;
}

/* The bytes that are signed are shorter than the message that carries them. */
static size_t put_signed(const parts *p, uint8_t message[MAX_MESSAGE])
{
    size_t need = 0;
    (void)tri_cose_sig_structure((trust_bytes){p->protected_bytes, p->protected_size},
                                 (trust_bytes){p->payload, p->payload_size}, message, MAX_MESSAGE,
                                 &need);
    return need;
}

/* A name of 1 to @p cap - 1 bytes and its NUL. */
static bool name_good(const char *name, size_t cap)
{
    return memchr(name, '\0', cap) != NULL && tri_name(tri_bytes(name));
}

static bool time_good(trust_time time, trust_time none)
{
    return time == none || (time >= 0 && time <= TRI_TIME_LAST);
}

static bool manifest_good(const trust_manifest *m)
{
    return name_good(m->kind, sizeof m->kind) && name_good(m->id, sizeof m->id) &&
           m->revision <= (uint64_t)MAX_REVISION && time_good(m->not_before, TRUST_TIME_UNKNOWN) &&
           time_good(m->expires, TRUST_TIME_NEVER) && m->not_before < m->expires;
}

static uint32_t use_for(const char *kind)
{
    return strcmp(kind, "policy") == 0 ? TRUST_USE_POLICY : TRUST_USE_DOCUMENT;
}

static trust_status sign_parts(const parts *p, uint32_t use, const trust_signer *signer, char *out)
{
    uint8_t message[MAX_MESSAGE];
    uint8_t signature[SIGNATURE];
    size_t len = put_signed(p, message);
    trust_status status = trust_signer_sign(signer, use, message, len, signature);
    if (status != TRUST_OK)
        return status;
    len = put_message(p, signature, message);
    tri_base64url_encode(message, len, out);
    memcpy(out + TRI_BASE64URL(len) - 1, "\n", 2);
    return TRUST_OK;
}

trust_status trust_manifest_sign(const trust_manifest *manifest, const void *document, size_t len,
                                 const trust_signer *signer, char *out, size_t cap, size_t *need)
{
    static const uint8_t none[SIGNATURE] = {0};
    uint8_t message[MAX_MESSAGE];
    uint8_t key[TRUST_ED25519_PUBLIC];
    uint8_t kid[KID];
    parts p;
    if (manifest == NULL || (document == NULL && len > 0) || signer == NULL || need == NULL ||
        (out == NULL && cap > 0))
        return TRUST_E_ARGUMENT;
    trust_status status = tri_sized(manifest, sizeof *manifest);
    if (status != TRUST_OK)
        return status;
    if (!manifest_good(manifest) || trust_signer_use(signer) != use_for(manifest->kind))
        return TRUST_E_ARGUMENT;
    trust_manifest said = *manifest;
    tri_sha256(document, len, said.digest);
    trust_signer_public_key(signer, key);
    tri_sha256(key, sizeof key, kid);
    (void)make_headers(kid, &p);
    make_payload(&said, &p);
    *need = TRI_BASE64URL(put_message(&p, none, message)); /* a newline in the place of its NUL */
    if (cap > 0)
        out[0] = '\0';
    return *need < cap ? sign_parts(&p, use_for(said.kind), signer, out) : TRUST_E_LIMIT;
}

/* ---- reading ---- */

static trust_status decode_text(trust_bytes text, uint8_t out[MAX_BYTES], trust_bytes *bytes,
                                trust_error *err)
{
    size_t len = 0;
    if (text.size > TRUST_MANIFEST_MAX_BYTES)
        return tri_fail(err, TRUST_E_LIMIT, "a manifest has at most 4096 bytes");
    if (text.size == 0 || text.data[text.size - 1] != '\n' ||
        !tri_base64url_decode((trust_bytes){text.data, text.size - 1}, out, MAX_BYTES, &len))
        return tri_fail(err, TRUST_E_FORMAT, "a manifest is one line of base64url and its newline");
    *bytes = (trust_bytes){out, len};
    return TRUST_OK;
}

static bool read_name(const tri_cbor *cursor, const tri_cbor_item *map, int64_t key, char *out,
                      size_t cap)
{
    tri_cbor_item item;
    if (!tri_cbor_find(cursor, map, key, &item) || item.type != TRI_CBOR_TEXT ||
        item.body.size >= cap || !tri_name(item.body))
        return false;
    memcpy(out, item.body.data, item.body.size);
    out[item.body.size] = '\0';
    return true;
}

/* A number from 0 to @p most; where there is none *out stays as it is. */
static bool read_number(const tri_cbor *cursor, const tri_cbor_item *map, int64_t key, int64_t most,
                        int64_t *out)
{
    tri_cbor_item item;
    return !tri_cbor_find(cursor, map, key, &item) ||
           (tri_cbor_int(&item, out) && *out >= 0 && *out <= most);
}

static bool read_payload(trust_bytes payload, trust_manifest *m)
{
    tri_cbor cursor = tri_cbor_begin(payload);
    tri_cbor_item map, digest;
    int64_t revision = -1;
    if (!tri_cbor_next(&cursor, &map) || !read_name(&cursor, &map, KIND, m->kind, sizeof m->kind) ||
        !read_name(&cursor, &map, ID, m->id, sizeof m->id) ||
        !read_number(&cursor, &map, REVISION, MAX_REVISION, &revision) || revision < 0 ||
        !read_number(&cursor, &map, NOT_BEFORE, TRI_TIME_LAST, &m->not_before) ||
        !read_number(&cursor, &map, EXPIRES, TRI_TIME_LAST, &m->expires) ||
        !tri_cbor_find(&cursor, &map, DIGEST, &digest) || digest.type != TRI_CBOR_BYTES ||
        digest.body.size != sizeof m->digest)
        return false;
    m->revision = (uint64_t)revision;
    memcpy(m->digest, digest.body.data, sizeof m->digest);
    return m->not_before < m->expires;
}

/* What the bytes say, and the parts that are signed; nothing of it is believed yet. */
static trust_status read_message(trust_bytes bytes, tri_cose_sign1 *cose, trust_manifest *m,
                                 parts *p, trust_error *err)
{
    uint8_t again[MAX_MESSAGE];
    trust_status status = tri_cose_read_sign1(bytes, cose, err);
    if (status != TRUST_OK && err != NULL)
        err->offset = err->offset / 3 * 4; /* in the text, where three bytes are four characters */
    if (status != TRUST_OK)
        return status;
    if (cose->algorithm != TRI_COSE_EDDSA)
        return tri_fail(err, TRUST_E_UNSUPPORTED, "manifests are signed with EdDSA (-8)");
    if (cose->kid.size != KID || cose->signature.size != SIGNATURE ||
        !tri_same(cose->protected_bytes, make_headers(cose->kid.data, p)))
        return tri_fail(err, TRUST_E_FORMAT, "signed, but not as a manifest is");
    if (!read_payload(cose->payload, m))
        return tri_fail(err, TRUST_E_FORMAT, "a member of the manifest is missing or wrong");
    make_payload(m, p);
    if (!tri_same(bytes, (trust_bytes){again, put_message(p, cose->signature.data, again)}))
        return tri_fail(err, TRUST_E_FORMAT,
                        "the manifest has more in it, or is written otherwise "
                        "than it has to be");
    return TRUST_OK;
}

/* Which key it says only saves tries: it has to be one of those given. */
static trust_status verify_signature(const tri_cose_sign1 *cose, const parts *p,
                                     const uint8_t (*keys)[32], size_t key_count, trust_error *err)
{
    uint8_t message[MAX_MESSAGE];
    uint8_t kid[KID];
    size_t len = put_signed(p, message);
    for (size_t i = 0; i < key_count; i++) {
        tri_sha256(keys[i], sizeof keys[i], kid);
        if (memcmp(kid, cose->kid.data, KID) != 0)
            continue;
        if (tri_ed25519_verify(keys[i], message, len, cose->signature.data))
            return TRUST_OK;
        return tri_fail(err, TRUST_E_SIGNATURE, "the signature does not match the manifest");
    }
    return tri_fail(err, TRUST_E_SIGNATURE, "no key that was given may have signed the manifest");
}

static trust_status fail_time(trust_error *err, const char *what, trust_time time)
{
    char message[80];
    tri_text text = tri_text_begin(message, sizeof message);
    tri_text_str(&text, what);
    tri_text_time(&text, time);
    (void)tri_text_end(&text, NULL);
    return tri_fail(err, TRUST_E_STATE, message);
}

static trust_status check_time(const trust_manifest *m, trust_time now, trust_error *err)
{
    bool known = now >= 0 && now <= TRI_TIME_LAST;
    bool bounded = m->not_before != TRUST_TIME_UNKNOWN || m->expires != TRUST_TIME_NEVER;
    if (!bounded)
        return TRUST_OK;
    if (!known)
        return tri_fail(err, TRUST_E_STATE,
                        "the manifest begins or ends at a time, and what time it is is not known");
    if (now < m->not_before)
        return fail_time(err, "the manifest does not hold before ", m->not_before);
    if (now >= m->expires)
        return fail_time(err, "the manifest held until ", m->expires);
    return TRUST_OK;
}

static trust_status check_document(const trust_manifest *m, const char *kind, trust_bytes document,
                                   trust_error *err)
{
    uint8_t digest[32];
    if (strcmp(m->kind, kind) != 0)
        return tri_fail_quote(err, TRUST_E_INTEGRITY, 0,
                              "the manifest is of another kind:", tri_bytes(m->kind));
    tri_sha256(document.data, document.size, digest);
    if (memcmp(digest, m->digest, sizeof digest) != 0)
        return tri_fail(err, TRUST_E_INTEGRITY, "the document is not the one that was signed");
    return TRUST_OK;
}

trust_status trust_manifest_verify(const void *text, size_t text_len, const uint8_t (*keys)[32],
                                   size_t key_count, const char *kind, const void *document,
                                   size_t len, trust_time now, trust_manifest *out,
                                   trust_error *err)
{
    uint8_t room[MAX_BYTES];
    trust_bytes bytes;
    trust_manifest said = TRUST_MANIFEST_INIT;
    tri_cose_sign1 cose;
    parts p;
    if ((text == NULL && text_len > 0) || keys == NULL || key_count == 0 || kind == NULL ||
        (document == NULL && len > 0))
        return tri_fail(err, TRUST_E_ARGUMENT,
                        "a manifest, keys, a kind and a document are needed");
    trust_status status = out != NULL ? tri_sized(out, sizeof *out) : TRUST_OK;
    if (status != TRUST_OK)
        return tri_fail(err, status, "manifest.size is not this version's");
    status = decode_text((trust_bytes){text, text_len}, room, &bytes, err);
    if (status == TRUST_OK)
        status = read_message(bytes, &cose, &said, &p, err);
    if (status == TRUST_OK)
        status = verify_signature(&cose, &p, keys, key_count, err);
    if (status == TRUST_OK)
        status = check_document(&said, kind, (trust_bytes){document, len}, err);
    if (status == TRUST_OK)
        status = check_time(&said, now, err);
    if (status == TRUST_OK && out != NULL) {
        said.size = out->size;
        *out = said;
    }
    return status;
}
