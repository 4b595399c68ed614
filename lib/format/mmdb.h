#ifndef TRI_FORMAT_MMDB_H
#define TRI_FORMAT_MMDB_H

/* MaxMind DB files (format version 2.0): a strict reader without a heap. Opening validates header
 * and metadata, checking validates the rest; a look-up walks bounded steps even in a file that was
 * never checked. The bytes are hostile and stay the caller's. */

#include <stdbool.h>

#include <trust/status.h>

typedef struct tri_mmdb {
    trust_bytes file;
    trust_bytes data; /* data section */
    uint32_t node_count;
    uint32_t record_size; /* 24, 28 or 32 bits */
    uint32_t ip_version;  /* 4 or 6 */
    uint32_t ipv4_start;  /* tree record of ::/96, or of everything in a file of IPv4 */
    trust_bytes type;     /* "database_type", UTF-8 */
    uint64_t build_epoch; /* Unix seconds */
} tri_mmdb;

/** One value in the data section, still encoded. */
typedef struct tri_mmdb_value {
    uint32_t type;   /* TRI_MMDB_ */
    uint32_t size;   /* bytes of a scalar, entries of a map or array, 0 or 1 of a bool */
    uint32_t offset; /* of its content in the data section */
} tri_mmdb_value;

enum {
    TRI_MMDB_STRING = 2,
    TRI_MMDB_DOUBLE = 3,
    TRI_MMDB_BYTES = 4,
    TRI_MMDB_UINT16 = 5,
    TRI_MMDB_UINT32 = 6,
    TRI_MMDB_MAP = 7,
    TRI_MMDB_INT32 = 8,
    TRI_MMDB_UINT64 = 9,
    TRI_MMDB_UINT128 = 10,
    TRI_MMDB_ARRAY = 11,
    TRI_MMDB_BOOL = 14,
    TRI_MMDB_FLOAT = 15
};

/** Containers nest at most so deep, pointers counted. */
#define TRI_MMDB_MAX_DEPTH 16u
/** Values that one record may hold, not counting those that another record shares with it. */
#define TRI_MMDB_MAX_VALUES 20000u

/** TRUST_OK, TRUST_E_FORMAT, TRUST_E_LIMIT or TRUST_E_UNSUPPORTED, with the offset of the place. */
trust_status tri_mmdb_open(trust_bytes file, tri_mmdb *out, trust_error *err);

/** One look at every record. @c scratch is tri_mmdb_scratch() zero bytes. */
typedef struct tri_mmdb_walk {
    uint8_t *scratch;
    /* Called once for every record, however many prefixes share it, after it was found to decode;
     * anything but TRUST_OK ends the walk. May be NULL. */
    trust_status (*record)(void *user, const tri_mmdb *db, const tri_mmdb_value *record,
                           trust_error *err);
    void *user;
    uint64_t prefixes; /* out: how many prefixes have a record, IPv4 aliases not counted */
    uint64_t budget;   /* bytes that may still be looked at; set by the walk */
} tri_mmdb_walk;

size_t tri_mmdb_scratch(const tri_mmdb *db);

/** Walk the whole tree once, bounded, and every record that it reaches: a file with a loop, a
 * record outside the data section or a value that does not decode is refused. */
trust_status tri_mmdb_check(const tri_mmdb *db, tri_mmdb_walk *walk, trust_error *err);

/** The record of an address (16 bytes, IPv4 mapped); false when there is none. */
bool tri_mmdb_find(const tri_mmdb *db, const uint8_t address[16], tri_mmdb_value *out);

/** A member of a map by a path of keys that ends with NULL; false when it is not there. */
bool tri_mmdb_get(const tri_mmdb *db, const tri_mmdb_value *record, const char *const *path,
                  tri_mmdb_value *out);

/** Walking a map or an array entry by entry; the key of an array's entry is empty. */
typedef struct tri_mmdb_iter {
    uint32_t at;   /* offset of the next entry */
    uint32_t left; /* entries */
    bool keyed;
} tri_mmdb_iter;
tri_mmdb_iter tri_mmdb_entries(const tri_mmdb_value *container);
/** False at the end, and where the bytes do not decode. */
bool tri_mmdb_next(const tri_mmdb *db, tri_mmdb_iter *iter, trust_bytes *key,
                   tri_mmdb_value *value);

bool tri_mmdb_string(const tri_mmdb *db, const tri_mmdb_value *value, trust_bytes *out);
/** Of an unsigned integer of up to 64 bits. */
bool tri_mmdb_uint(const tri_mmdb *db, const tri_mmdb_value *value, uint64_t *out);
bool tri_mmdb_bool(const tri_mmdb *db, const tri_mmdb_value *value, bool *out);
/** The bits of a double. */
bool tri_mmdb_real(const tri_mmdb *db, const tri_mmdb_value *value, uint64_t *bits);

#endif
