#ifndef TEST_MODEL_H
#define TEST_MODEL_H

/* A small policy made by hand, with evidence to weigh: what the unit tests of the model share. */

#include "policy/model.h"
#include "support.h"

#define NOW    INT64_C(1763872496000)
#define HOUR   INT64_C(3600000)
#define DAY    (24 * HOUR)
#define NOBODY UINT32_MAX

/* Three signals as research has them: attestation (worst when absent), place and behaviour. */
typedef struct fixture {
    struct trust_policy policy;
    tri_signal_rule signals[3];
    tri_group groups[2];
    tri_gate gates[3];
    tri_condition conditions[8];
    tri_profile profiles[2];
    tri_stage stages[3];
    trust_finding findings[12];
    trust_floor floors[2];
    trust_policy_input input;
    uint64_t memory[64];
    trust_policy_summary summary;
} fixture;

enum { ATTESTATION, BEHAVIOUR, PLACE };

/* Base 450; allow to 300, step_up to 475, quarantine to 650. */
void begin(fixture *f);

/* All three as good as they get, just now: -1000 - 4000 - 1200 - 700. */
void healthy(fixture *f);

/* A gate of one condition. */
void one_gate(fixture *f, uint32_t index, uint32_t asks, uint32_t signal, int32_t limit,
              trust_verdict floor, uint32_t reason);

/* Add a finding of this age in milliseconds. */
trust_finding *find(fixture *f, uint32_t kind, uint32_t state, int32_t value, int64_t age);
trust_finding *valid(fixture *f, uint32_t kind, int32_t value, int64_t age);

/* Evaluate, which must succeed; the summary is written too. */
const trust_policy_result *evaluate(fixture *f);

#endif
