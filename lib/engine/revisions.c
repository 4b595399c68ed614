/* The highest revision that was used of each signed document (docs/manifest.md). Trust: the record
 * is our own; one that is damaged, of a newer version or another document's is refused, since what
 * it forgot cannot be known. */

#include "engine/revisions.h"

#include <string.h>

#include "core/bytes.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/crypto.h"
#include "format/cbor.h"
#include "store/store.h"

#define FORMAT     1
#define MAX_RECORD 160u /* a kind of 31 bytes, an id of 63, and 46 around them */
#define ATTEMPTS   4

/* "floor/KIND/ID"; where that is too long for a key, "floor//" and the SHA-256 of "KIND/ID": no
 * kind is empty, so that the two never meet. */
static trust_bytes key_of(const char *kind, const char *id, uint8_t out[TRUST_STORE_MAX_KEY])
{
    static const char prefix[] = "floor/";
    char name[128];
    size_t len;
    tri_text text = tri_text_begin(name, sizeof name);
    tri_text_str(&text, kind);
    tri_text_char(&text, '/');
    tri_text_str(&text, id);
    (void)tri_text_end(&text, &len);
    size_t at = sizeof prefix - 1;
    memcpy(out, prefix, at);
    if (len <= TRUST_STORE_MAX_KEY - at) {
        memcpy(out + at, name, len);
        return (trust_bytes){out, at + len};
    }
    out[at++] = '/';
    tri_sha256(name, len, out + at);
    return (trust_bytes){out, at + 32};
}

static size_t encode(const tri_document_revision *d, uint8_t record[MAX_RECORD])
{
    tri_cbor_out out = {record, MAX_RECORD, 0};
    tri_cbor_put_head(&out, TRI_CBOR_ARRAY, 5);
    tri_cbor_put_int(&out, FORMAT);
    tri_cbor_put_text(&out, tri_bytes(d->kind));
    tri_cbor_put_text(&out, tri_bytes(d->id));
    tri_cbor_put_head(&out, TRI_CBOR_UINT, d->revision);
    tri_cbor_put_bytes(&out, (trust_bytes){d->digest, sizeof d->digest});
    return out.need;
}

/* Fill in what a record says beside kind and id, which it has to repeat: else it was moved here. */
static trust_status decode(trust_bytes record, tri_document_revision *d)
{
    uint8_t again[MAX_RECORD];
    tri_cbor cursor = tri_cbor_begin(record);
    tri_cbor_item array, format, text, revision, digest;
    int64_t number;
    if (!tri_cbor_next(&cursor, &array) || array.type != TRI_CBOR_ARRAY)
        return TRUST_E_INTEGRITY;
    tri_cbor inside = tri_cbor_inside(&cursor, &array);
    if (!tri_cbor_next(&inside, &format) || !tri_cbor_int(&format, &number))
        return TRUST_E_INTEGRITY;
    if (number != FORMAT)
        return TRUST_E_UNSUPPORTED;
    if (!tri_cbor_next(&inside, &text) || !tri_cbor_next(&inside, &text) ||
        !tri_cbor_next(&inside, &revision) || !tri_cbor_next(&inside, &digest) ||
        digest.body.size != sizeof d->digest)
        return TRUST_E_INTEGRITY;
    d->revision = revision.argument;
    memcpy(d->digest, digest.body.data, sizeof d->digest);
    return tri_same(record, (trust_bytes){again, encode(d, again)}) ? TRUST_OK : TRUST_E_INTEGRITY;
}

/* What is remembered of @p kind and @p id; @p at is the record's own revision, 0 where there is
 * none yet. */
static trust_status recall(trust_store *store, const char *kind, const char *id,
                           tri_document_revision *out, uint64_t *at, trust_error *err)
{
    uint8_t key[TRUST_STORE_MAX_KEY], record[MAX_RECORD];
    size_t size = 0;
    *out = (tri_document_revision){.kind = kind, .id = id};
    *at = 0;
    trust_status status =
        tri_store_get(store, key_of(kind, id, key), record, sizeof record, &size, at);
    if (status == TRUST_E_NOT_FOUND) {
        *at = 0;
        return TRUST_OK;
    }
    if (status == TRUST_OK)
        status = decode((trust_bytes){record, size}, out);
    else if (status == TRUST_E_LIMIT) /* larger than any of ours */
        status = TRUST_E_INTEGRITY;
    return status == TRUST_OK
               ? TRUST_OK
               : tri_fail_quote(err, status, 0,
                                "could not read from the store the highest revision of",
                                tri_bytes(id));
}

/* Both revisions in one sentence. */
static trust_status refuse(const tri_document_revision *document, const tri_document_revision *held,
                           trust_error *err)
{
    char message[88];
    tri_text text = tri_text_begin(message, sizeof message);
    tri_text_str(&text, "revision ");
    tri_text_uint(&text, held->revision);
    if (document->revision == held->revision) {
        tri_text_str(&text, " was used before with another document of");
    } else {
        tri_text_str(&text, " was used before, so not revision ");
        tri_text_uint(&text, document->revision);
        tri_text_str(&text, " of");
    }
    (void)tri_text_end(&text, NULL);
    return tri_fail_quote(err, TRUST_E_STATE, 0, message, tri_bytes(document->id));
}

/* Beside the document's own record stands one of its kind, under no id: that any was signed. */
static trust_status remember(trust_store *store, const tri_document_revision *document, uint64_t at)
{
    uint8_t keys[2][TRUST_STORE_MAX_KEY], records[2][MAX_RECORD];
    const tri_document_revision any = {.kind = document->kind, .id = ""};
    trust_store_operation puts[2] = {
        {TRUST_STORE_PUT, 0, at, key_of(document->kind, document->id, keys[0]), {records[0], 0}},
        {TRUST_STORE_PUT,
         0,
         TRUST_REVISION_ANY,
         key_of(any.kind, any.id, keys[1]),
         {records[1], 0}}};
    puts[0].value.size = encode(document, records[0]);
    puts[1].value.size = encode(&any, records[1]);
    return tri_store_commit(store, puts, 2, NULL);
}

trust_status tri_revision_use(trust_store *store, const tri_document_revision *document,
                              trust_error *err)
{
    trust_status status = TRUST_E_CONFLICT;
    for (int attempt = 0; attempt < ATTEMPTS && status == TRUST_E_CONFLICT; attempt++) {
        tri_document_revision held;
        uint64_t at;
        status = recall(store, document->kind, document->id, &held, &at, err);
        if (status != TRUST_OK)
            return status;
        bool same = document->revision == held.revision &&
                    memcmp(document->digest, held.digest, sizeof held.digest) == 0;
        if (at > 0 && same)
            return TRUST_OK;
        if (at > 0 && document->revision <= held.revision)
            return refuse(document, &held, err);
        status = remember(store, document, at);
    }
    if (status == TRUST_OK)
        return TRUST_OK;
    return tri_fail_quote(err, status, 0, "could not keep in the store the highest revision of",
                          tri_bytes(document->id));
}

trust_status tri_revision_none(trust_store *store, const char *kind, const char *id,
                               trust_error *err)
{
    tri_document_revision held;
    uint64_t at;
    trust_status status = recall(store, kind, id, &held, &at, err);
    if (status != TRUST_OK)
        return status;
    if (at == 0) {
        status = recall(store, kind, "", &held, &at, err);
        if (status != TRUST_OK || at == 0)
            return status;
        return tri_fail_quote(
            err, TRUST_E_STATE, 0,
            "signed documents of its kind are used here, and this is not signed:", tri_bytes(id));
    }
    char message[88];
    tri_text text = tri_text_begin(message, sizeof message);
    tri_text_str(&text, "signed revision ");
    tri_text_uint(&text, held.revision);
    tri_text_str(&text, " was used before, and this is not signed:");
    (void)tri_text_end(&text, NULL);
    return tri_fail_quote(err, TRUST_E_STATE, 0, message, tri_bytes(id));
}
