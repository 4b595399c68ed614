#ifndef RANDOM_POLICY_H
#define RANDOM_POLICY_H

/* Random compiled policies with random evidence, the same from the same seed on every machine.
 * Built by hand rather than loaded, so that the model is tested without the document. */

#include "policy/policy.h"

#define CASE_FINDINGS 256
#define CASE_FLOORS   3

typedef struct random_case {
    struct trust_policy policy;
    tri_signal_rule signals[TRUST_POLICY_MAX_SIGNALS];
    tri_group groups[TRUST_POLICY_MAX_GROUPS];
    tri_gate gates[TRUST_POLICY_MAX_GATES];
    tri_condition conditions[TRUST_POLICY_MAX_GATES * TRUST_POLICY_MAX_CONDITIONS];
    tri_profile profiles[TRUST_POLICY_MAX_PROFILES];
    tri_stage stages[TRUST_POLICY_MAX_STAGES];
    trust_finding findings[CASE_FINDINGS];
    trust_floor floors[CASE_FLOORS];
    trust_policy_input input;
} random_case;

/* How long things last, for a search that has to be checked millisecond by millisecond. */
typedef struct random_scale {
    unsigned signals;  /* at most, as a rule; one case in 64 has up to the limit */
    unsigned life_log; /* half-lives and times to live reach 2^life_log ms */
    unsigned past_log; /* findings are up to 2^past_log ms old */
} random_scale;

#define EVERYDAY_SCALE ((random_scale){12, 36, 34})
#define SMALL_SCALE    ((random_scale){3, 6, 4})

uint64_t random_next(uint64_t *seed);
/* Of 0 to limit - 1. */
uint32_t random_below(uint64_t *seed, uint32_t limit);

/* Fill @p out; its pointers lead into itself, so it must not be moved. */
void random_case_make(uint64_t *seed, random_scale scale, random_case *out);

/* Point the policy and input at the arrays of the case, as after copying one. */
void random_case_bind(random_case *out);

#endif
