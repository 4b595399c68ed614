/* Takes a COSE_Sign1 apart (RFC 9052) and builds what it signs. Trust: input is hostile, and stays
 * so until the caller has verified the signature. */

#include "format/cose.h"

#include "core/bytes.h"
#include "core/error.h"
#include "format/cbor.h"

#define TAG_SIGN1 18
#define TAG_CWT   61

/* RFC 9052 section 3.1. */
#define LABEL_ALG          1
#define LABEL_CRIT         2
#define LABEL_CONTENT_TYPE 3
#define LABEL_KID          4

#define MAX_LABELS 32 /* in one bucket: each is compared with each of the other bucket */

enum { PROTECTED, UNPROTECTED, PAYLOAD, SIGNATURE, PARTS };

/* One of the two buckets of headers. */
typedef struct bucket {
    tri_cbor cursor;
    tri_cbor_item map;
    size_t base; /* of the cursor's start, from that of the message */
} bucket;

static trust_status refuse(const bucket *b, const tri_cbor_item *item, const char *message,
                           trust_error *err)
{
    return tri_fail_at(err, TRUST_E_FORMAT, b->base + item->offset, message);
}

/* Tag 18, or the tag of another COSE message (RFC 9052 section 2). */
static trust_status check_tag(const tri_cbor_item *item, trust_error *err)
{
    static const uint8_t others[] = {16, 17, 96, 97, 98};
    if (item->type == TRI_CBOR_TAG && item->argument == TAG_SIGN1)
        return TRUST_OK;
    for (size_t i = 0; i < sizeof others; i++)
        if (item->type == TRI_CBOR_TAG && item->argument == others[i])
            return tri_fail_at(err, TRUST_E_UNSUPPORTED, item->offset,
                               "a COSE message of another kind than Sign1");
    return tri_fail_at(err, TRUST_E_FORMAT, item->offset, "not tagged as COSE_Sign1");
}

/* Open the envelope down to its four parts; @p cursor stands in the array. */
static trust_status read_parts(tri_cbor *cursor, tri_cbor_item part[PARTS], trust_error *err)
{
    static const struct {
        int type;
        const char *message;
    } expected[PARTS] = {{TRI_CBOR_BYTES, "protected headers are not a byte string"},
                         {TRI_CBOR_MAP, "unprotected headers are not a map"},
                         {TRI_CBOR_BYTES, "detached payload, or not a byte string"},
                         {TRI_CBOR_BYTES, "signature is not a byte string"}};
    tri_cbor_item item;
    if (!tri_cbor_next(cursor, &item))
        return tri_cbor_fail(cursor, err);
    if (item.type == TRI_CBOR_TAG && item.argument == TAG_CWT) {
        *cursor = tri_cbor_inside(cursor, &item);
        (void)tri_cbor_next(cursor, &item);
    }
    trust_status status = check_tag(&item, err);
    if (status != TRUST_OK)
        return status;
    *cursor = tri_cbor_inside(cursor, &item);
    (void)tri_cbor_next(cursor, &item);
    if (item.type != TRI_CBOR_ARRAY || item.argument != PARTS)
        return tri_fail_at(err, TRUST_E_FORMAT, item.offset, "not an array of four");
    *cursor = tri_cbor_inside(cursor, &item);
    for (size_t i = 0; i < PARTS; i++) {
        (void)tri_cbor_next(cursor, &part[i]);
        if (part[i].type != expected[i].type)
            return tri_fail_at(err, TRUST_E_FORMAT, part[i].offset, expected[i].message);
    }
    return TRUST_OK;
}

/* The protected headers are CBOR of their own inside a byte string. */
static trust_status open_protected(bucket *b, trust_bytes bytes, trust_error *err)
{
    b->cursor = tri_cbor_begin(bytes);
    if (!tri_cbor_next(&b->cursor, &b->map))
        return tri_fail_at(err, b->cursor.status, b->base + b->cursor.offset, b->cursor.message);
    if (b->map.type != TRI_CBOR_MAP)
        return refuse(b, &b->map, "protected headers are not a map", err);
    return TRUST_OK;
}

static bool has_label(const bucket *b, const tri_cbor_item *label)
{
    tri_cbor inside = tri_cbor_inside(&b->cursor, &b->map);
    tri_cbor_item key, value;
    while (tri_cbor_next(&inside, &key) && tri_cbor_next(&inside, &value))
        if (key.type == label->type && key.argument == label->argument &&
            tri_same(key.body, label->body))
            return true;
    return false;
}

/* Labels are integers or texts, few, and none is in @p other too. */
static trust_status check_labels(const bucket *b, const bucket *other, trust_error *err)
{
    if (b->map.argument > MAX_LABELS)
        return tri_fail_at(err, TRUST_E_LIMIT, b->base + b->map.offset, "too many headers");
    tri_cbor inside = tri_cbor_inside(&b->cursor, &b->map);
    tri_cbor_item label, value;
    while (tri_cbor_next(&inside, &label) && tri_cbor_next(&inside, &value)) {
        int64_t number;
        if (label.type != TRI_CBOR_TEXT && !tri_cbor_int(&label, &number))
            return refuse(b, &label, "a header label is neither an integer nor a text", err);
        if (has_label(other, &label))
            return refuse(b, &label, "a header is both protected and unprotected", err);
    }
    return TRUST_OK;
}

/* Every label in crit is protected and one that is understood here (RFC 9052 section 3.1). */
static trust_status check_crit(const bucket *protected, const bucket *unprotected, trust_error *err)
{
    tri_cbor_item crit, label;
    if (tri_cbor_find(&unprotected->cursor, &unprotected->map, LABEL_CRIT, &crit))
        return refuse(unprotected, &crit, "crit is not protected", err);
    if (!tri_cbor_find(&protected->cursor, &protected->map, LABEL_CRIT, &crit))
        return TRUST_OK;
    if (crit.type != TRI_CBOR_ARRAY || crit.argument == 0)
        return refuse(protected, &crit, "crit is not a list of labels", err);
    tri_cbor inside = tri_cbor_inside(&protected->cursor, &crit);
    while (tri_cbor_next(&inside, &label)) {
        int64_t number;
        bool known = tri_cbor_int(&label, &number) &&
                     (number == LABEL_ALG || number == LABEL_CONTENT_TYPE || number == LABEL_KID);
        if (!known)
            return refuse(protected, &label, "a critical header is not understood", err);
        if (!has_label(protected, &label))
            return refuse(protected, &label, "a critical header is missing", err);
    }
    return TRUST_OK;
}

static trust_status read_algorithm(const bucket *protected, int64_t *out, trust_error *err)
{
    tri_cbor_item alg;
    if (!tri_cbor_find(&protected->cursor, &protected->map, LABEL_ALG, &alg))
        return refuse(protected, &protected->map, "no protected algorithm", err);
    if (alg.type == TRI_CBOR_TEXT)
        return tri_fail_at(err, TRUST_E_UNSUPPORTED, protected->base + alg.offset,
                           "an algorithm that is named by text");
    if (!tri_cbor_int(&alg, out))
        return refuse(protected, &alg, "the algorithm is not a number", err);
    return TRUST_OK;
}

static trust_status read_kid(const bucket *protected, const bucket *unprotected, trust_bytes *out,
                             trust_error *err)
{
    const bucket *both[] = {protected, unprotected};
    tri_cbor_item kid;
    *out = (trust_bytes){NULL, 0};
    for (size_t i = 0; i < 2; i++) {
        if (!tri_cbor_find(&both[i]->cursor, &both[i]->map, LABEL_KID, &kid))
            continue;
        if (kid.type != TRI_CBOR_BYTES)
            return refuse(both[i], &kid, "kid is not a byte string", err);
        *out = kid.body;
    }
    return TRUST_OK;
}

static trust_status read_headers(const bucket *protected, const bucket *unprotected,
                                 tri_cose_sign1 *out, trust_error *err)
{
    trust_status status = check_labels(protected, unprotected, err);
    if (status == TRUST_OK)
        status = check_labels(unprotected, protected, err);
    if (status == TRUST_OK)
        status = check_crit(protected, unprotected, err);
    if (status == TRUST_OK)
        status = read_algorithm(protected, &out->algorithm, err);
    if (status == TRUST_OK)
        status = read_kid(protected, unprotected, &out->kid, err);
    return status;
}

trust_status tri_cose_read_sign1(trust_bytes input, tri_cose_sign1 *out, trust_error *err)
{
    tri_cbor_item part[PARTS];
    bucket unprotected = {.cursor = tri_cbor_begin(input)};
    trust_status status = read_parts(&unprotected.cursor, part, err);
    if (status != TRUST_OK)
        return status;
    unprotected.map = part[UNPROTECTED];
    if (part[PROTECTED].body.size == 0)
        return tri_fail_at(err, TRUST_E_FORMAT, part[PROTECTED].offset, "no protected algorithm");
    bucket protected = {.base = (size_t)(part[PROTECTED].body.data - input.data)};
    status = open_protected(&protected, part[PROTECTED].body, err);
    if (status != TRUST_OK)
        return status;
    tri_cose_sign1 message = {.protected_bytes = part[PROTECTED].body,
                              .payload = part[PAYLOAD].body,
                              .signature = part[SIGNATURE].body};
    status = read_headers(&protected, &unprotected, &message, err);
    if (status == TRUST_OK)
        *out = message;
    return status;
}

trust_status tri_cose_sig_structure(trust_bytes protected_bytes, trust_bytes payload, uint8_t *out,
                                    size_t cap, size_t *need)
{
    tri_cbor_out w = {out, cap, 0};
    tri_cbor_put_head(&w, TRI_CBOR_ARRAY, 4);
    tri_cbor_put_text(&w, tri_bytes("Signature1"));
    tri_cbor_put_bytes(&w, protected_bytes);
    tri_cbor_put_bytes(&w, (trust_bytes){NULL, 0});
    tri_cbor_put_bytes(&w, payload);
    *need = w.need;
    return w.need <= cap ? TRUST_OK : TRUST_E_LIMIT;
}
