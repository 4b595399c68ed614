#ifndef TRI_POLICY_RESULT_H
#define TRI_POLICY_RESULT_H

/* The outcome of one evaluation as it lies in the caller's memory. Integers without gaps, so equal
 * outcomes are equal bytes. */

#include "policy/policy.h"

/** In tri_result_row::finding: no finding counted. */
#define TRI_NO_FINDING 0xFFFFu

typedef struct tri_result_row {
    int32_t mb;
    uint32_t reason;
    uint32_t certainty; /* Q16 */
    uint16_t finding;   /* index, or TRI_NO_FINDING */
    uint16_t state;     /* TRUST_STATE_; of a row that is left out, NOT_APPLICABLE */
} tri_result_row;

struct trust_policy_result {
    trust_time since;
    int64_t level;        /* mb relative to even odds: base, signals and caps */
    int64_t lowest;       /* mb, what the level could still become */
    int64_t highest;      /* mb */
    int64_t adverse;      /* mb */
    uint32_t uncertainty; /* Q16 */
    int32_t base;         /* mb, of the stance */
    trust_verdict verdict;
    trust_verdict natural;
    uint32_t held;
    uint32_t profile;
    uint32_t unsure;
    uint32_t stage;
    uint32_t flaps;
    uint32_t overridden;
    int32_t probability; /* millionths, or -1 */
    uint32_t reserved;
    trust_time stage_since;
    uint64_t gates; /* a bit for each that fires */
    uint32_t reasons[3];
    uint32_t subjects[3];
    uint32_t signal_count;
    uint32_t group_count;
    tri_result_row rows[]; /* signals in the policy's order, then each group's cap */
};

/** Bytes that suffice for a result of any policy. */
#define TRI_RESULT_MOST                                                                            \
    (sizeof(trust_policy_result) +                                                                 \
     (TRUST_POLICY_MAX_SIGNALS + TRUST_POLICY_MAX_GROUPS) * sizeof(tri_result_row))

/** The risk of a level: 500 and a point for each 20 millibits begun, cut off at 0 and 1000. So
 * 'risk <= band' says the same as 'level <= limit'. */
int32_t tri_risk(int64_t level);

#endif
