#ifndef TRI_POLICY_WEIGH_H
#define TRI_POLICY_WEIGH_H

/* Between the evaluator's halves: weigh.c makes the ledger, evaluate.c makes the verdict, and for
 * many devices many.c has both made again and again. */

#include "policy/model.h"

/** What the findings of a signal come to beside its row. */
typedef struct tri_weighing {
    tri_asked asked;
    int32_t mb;       /* the full worth of the finding that counts */
    uint32_t vouched; /* Q16, the best certainty of any value, whatever the value */
} tri_weighing;

#define TRI_NOTHING_SAID                                                                           \
    {                                                                                              \
        {INT32_MIN, INT32_MIN, TRI_NOTHING_VOUCHES}, 0, 0                                          \
    }

typedef struct tri_weighed {
    tri_weighing signals[TRUST_POLICY_MAX_SIGNALS];
    uint64_t exempt; /* a bit for each whose row is left out */
} tri_weighed;

/** Write the ledger: rows, base, level and its interval, adverse, uncertainty. */
void tri_weigh(const trust_policy *policy, const trust_policy_input *input,
               const tri_stance *stance, const tri_chains *links, trust_policy_result *result,
               tri_weighed *out);

/** The same from the rows of the signals on, which are as they were weighed. */
void tri_sum_up(const trust_policy *policy, const tri_stance *stance, const tri_weighed *weighed,
                trust_policy_result *result);

/** Make the verdict of a ledger, with its stage, and all but the reasons. */
void tri_judge(const trust_policy *policy, const trust_policy_input *input,
               const tri_stance *stance, const tri_weighed *weighed, trust_policy_result *result);

/** Both halves: the whole result of an input that tri_chain() found sound. */
void tri_evaluate(const trust_policy *policy, const trust_policy_input *input,
                  const tri_chains *links, trust_policy_result *result);

#endif
