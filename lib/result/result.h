#ifndef TRI_RESULT_RESULT_H
#define TRI_RESULT_RESULT_H

/* The attestation result of one item by itself. */

#include <trust/assess.h>

#include "signal/signal.h"

#define TRI_RESULT_CLAIMS 16384u

struct trust_result {
    trust_allocator allocator;
    trust_result_info info;
    char type[128];
    trust_finding findings[TRI_SIGNAL_MAX_FINDINGS];
    char claims[TRI_RESULT_CLAIMS]; /* a JSON object, or empty */
};

trust_result *tri_result_new(const trust_allocator *allocator);

/** From an appraisal of one item. */
void tri_result_fill(trust_result *result, const trust_appraisal *appraisal);

/** The item was not even what its media type says. */
void tri_result_malformed(trust_result *result, const char *type);

#endif
