#ifndef TRI_REFERENCE_INTERVALS_H
#define TRI_REFERENCE_INTERVALS_H

/* The prefixes of all lists of one address family as sorted intervals that do not overlap. */

#include <trust/host.h>

/** What one or more lists say of an address. No lists, weight 0: nothing. */
typedef struct tri_verdict {
    uint16_t lists; /* bit i: source i */
    uint8_t weight; /* the worst */
} tri_verdict;

/** A prefix on its way in; the bits behind it are 0. */
typedef struct tri_prefix {
    uint64_t high; /* the first 64 bits of the address */
    uint64_t low;
    uint8_t bits; /* 0..128 */
    tri_verdict says;
} tri_prefix;

/** From here up to the start of the next interval. */
typedef struct tri_interval {
    uint64_t high;
    uint64_t low;
    tri_verdict says;
} tri_interval;

/** Zero is empty. */
typedef struct tri_intervals {
    tri_interval *items;
    size_t count;
    size_t capacity; /* of the memory, in items */
} tri_intervals;

/** Sort @p prefixes in place and merge them. An address that several hold is on all their lists,
 * with the worst weight. TRUST_OK or TRUST_E_NOMEM. */
trust_status tri_intervals_build(tri_intervals *out, tri_prefix *prefixes, size_t count,
                                 const trust_allocator *allocator);

void tri_intervals_end(tri_intervals *intervals, const trust_allocator *allocator);

/** What is said of an address of this family. */
tri_verdict tri_intervals_find(const tri_intervals *in, const uint8_t address[16]);

#endif
