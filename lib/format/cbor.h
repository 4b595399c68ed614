#ifndef TRI_FORMAT_CBOR_H
#define TRI_FORMAT_CBOR_H

/* CBOR (RFC 8949) without a heap: a cursor that reads what outside sent, and a writer of the
 * deterministic form (section 4.2.1).
 *
 * The reader is variation-tolerant as RFC 9783 asks (any key order, any integer width) and strict
 * otherwise: definite lengths only, no duplicate keys, valid UTF-8, bounded depth and items,
 * nothing after the value. Errors stick to the cursor: a decoder reads on and asks once at the end.
 */

#include <stdbool.h>

#include <trust/status.h>

#define TRI_CBOR_MAX_DEPTH 16
#define TRI_CBOR_MAX_ITEMS 4096

enum {
    TRI_CBOR_UINT = 0,
    TRI_CBOR_NINT = 1,
    TRI_CBOR_BYTES = 2,
    TRI_CBOR_TEXT = 3,
    TRI_CBOR_ARRAY = 4,
    TRI_CBOR_MAP = 5,
    TRI_CBOR_TAG = 6,
    TRI_CBOR_SIMPLE = 7, /* false, true, null or undefined: 20 to 23 */
    TRI_CBOR_FLOAT = 8   /* major type 7 too, of 2, 4 or 8 bytes */
};

/** One data item head, with what follows it. For arrays and maps @c body is what lies inside. */
typedef struct tri_cbor_item {
    int type; /* TRI_CBOR_ */
    /* Value, length, count, tag number, bits of a float; for NINT the value is -1 - argument. */
    uint64_t argument;
    trust_bytes body; /* a string's or float's bytes; encoded elements of an array, map or tag */
    size_t offset;    /* of its head, from the start of the whole input */
} tri_cbor_item;

typedef struct tri_cbor {
    const uint8_t *start; /* of the whole input, for offsets */
    const uint8_t *at;
    const uint8_t *end;
    trust_status status; /* TRUST_OK until the first error, which stays */
    const char *message;
    size_t offset; /* of the error */
} tri_cbor;

/** Check the whole of @p input once (well-formed, limits, duplicates, trailing bytes) and stand
 * before its one item. Every later read of a part of it is then known to be well-formed. */
tri_cbor tri_cbor_begin(trust_bytes input);

/** A cursor over the elements inside @p item, which came from @p parent: an array, map or tag; of
 * anything else it is an error. CBOR inside a byte string begins anew. */
tri_cbor tri_cbor_inside(const tri_cbor *parent, const tri_cbor_item *item);

/** Read the next item and step over it; false at the end or after an error. */
bool tri_cbor_next(tri_cbor *cursor, tri_cbor_item *out);

/** In a map, find the value of an integer or text key; false where there is none. */
bool tri_cbor_find(const tri_cbor *parent, const tri_cbor_item *map, int64_t key,
                   tri_cbor_item *out);
bool tri_cbor_find_text(const tri_cbor *parent, const tri_cbor_item *map, const char *key,
                        tri_cbor_item *out);

bool tri_cbor_int(const tri_cbor_item *item, int64_t *out);
bool tri_cbor_bool(const tri_cbor_item *item, bool *out);
bool tri_cbor_null(const tri_cbor_item *item);

/** Make @p err of the cursor's error and return its status. */
trust_status tri_cbor_fail(const tri_cbor *cursor, trust_error *err);

/** A writer into memory of the caller; counts on when it is full. Keys of a map must be given in
 * the deterministic order. */
typedef struct tri_cbor_out {
    uint8_t *out;
    size_t cap;
    size_t need;
} tri_cbor_out;

void tri_cbor_put_head(tri_cbor_out *out, int type, uint64_t argument);
void tri_cbor_put_int(tri_cbor_out *out, int64_t value);
void tri_cbor_put_bytes(tri_cbor_out *out, trust_bytes bytes);
void tri_cbor_put_text(tri_cbor_out *out, trust_bytes text);
void tri_cbor_put_bool(tri_cbor_out *out, bool value);
void tri_cbor_put_null(tri_cbor_out *out);

#endif
