#ifndef TRI_RESULT_RESULT_H
#define TRI_RESULT_RESULT_H

/* The attestation result of one item by itself. */

#include <trust/assess.h>

#include "core/alloc.h"

#define TRI_RESULT_FINDINGS 16u
#define TRI_RESULT_CLAIMS   16384u

struct trust_result {
    trust_allocator allocator;
    tri_keeper keeper; /* of the allocator */
    trust_result_info info;
    char type[128];
    trust_finding findings[TRI_RESULT_FINDINGS];
    char claims[TRI_RESULT_CLAIMS]; /* a JSON object, or empty */
};

/** @p keeper is let go of when the result is freed; on failure it is not. */
trust_result *tri_result_new(const trust_allocator *allocator, tri_keeper keeper);

/** Take the media type and what became of the item; the tier follows from the findings, which the
 * caller has put in before. */
void tri_result_conclude(trust_result *result, const char *type, uint32_t state, uint32_t reason);

#endif
