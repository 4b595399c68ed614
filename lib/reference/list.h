#ifndef TRI_REFERENCE_LIST_H
#define TRI_REFERENCE_LIST_H

/* Lists of addresses and prefixes as text, line by line. The text is hostile. */

#include <trust/status.h>

#define TRI_LIST_MAX_BYTES (64u * 1024u * 1024u)
#define TRI_LIST_MAX_LINES 2000000u
#define TRI_LIST_NO_WEIGHT UINT32_MAX

/** One line that says something. */
typedef struct tri_list_entry {
    uint8_t address[16]; /* IPv4 mapped */
    uint32_t bits;       /* of the prefix, 0..128; of an IPv4 prefix 96..128 */
    uint32_t weight;     /* 0..100, or TRI_LIST_NO_WEIGHT */
} tri_list_entry;

typedef struct tri_list {
    trust_bytes text;
    size_t at;
    uint32_t line; /* lines read */
} tri_list;

tri_list tri_list_begin(trust_bytes text);

/** The next entry: TRUST_OK, TRUST_E_NOT_FOUND at the end (@p err is left alone), TRUST_E_FORMAT or
 * TRUST_E_LIMIT with line, column and offset. */
trust_status tri_list_next(tri_list *list, tri_list_entry *out, trust_error *err);

#endif
