#ifndef TRI_POLICY_NEXT_H
#define TRI_POLICY_NEXT_H

/* The search for what to ask for next, for callers who know what cannot be obtained. */

#include "policy/policy.h"

/** The most steps that are given, and the most signals of one: a set is only looked at after each
 * of its parts, and 256 sets have none of nine signals after all its parts. */
#define TRI_MAX_STEPS        8u
#define TRI_MAX_STEP_SIGNALS 8u

/** As trust_policy_next(); no step has a signal whose bit is set in @p never. */
trust_status tri_next_steps(const trust_policy *policy, const trust_policy_input *input,
                            uint64_t never, trust_policy_step *steps, size_t cap, size_t *count);

/** The signals, a bit each, that have to be affirming before the stage of @p result, an outcome of
 * this very input, is left, and are not. None in the last stage, nor where there are no stages. */
uint64_t tri_lacking(const trust_policy *policy, const trust_policy_input *input,
                     const trust_policy_result *result);

#endif
