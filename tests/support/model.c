/* A small policy made by hand, with evidence to weigh. */

#include "model.h"

#include <string.h>

static const tri_signal_rule signals[3] = {
    [ATTESTATION] = {.name = "attestation",
                     .kind = TRUST_KIND_ATTESTATION,
                     .knot_count = 3,
                     .knots = {{2, -4000}, {32, 1500}, {96, 6000}},
                     .lo = -4000,
                     .hi = 6000,
                     .absent = {6000, 6000, 6000},
                     .reliability = TRI_Q16,
                     .ttl = 4 * HOUR},
    [BEHAVIOUR] = {.name = "behaviour",
                   .kind = TRUST_KIND_BEHAVIOUR,
                   .group = 1,
                   .knot_count = 3,
                   .knots = {{10, -1200}, {30, 600}, {60, 4500}},
                   .lo = -1200,
                   .hi = 4500,
                   .absent = {400, 4500, 800},
                   .reliability = TRI_Q16,
                   .ttl = DAY,
                   .ttl_bad = 30 * DAY},
    [PLACE] = {.name = "place",
               .kind = TRUST_KIND_PLACE,
               .group = 1,
               .knot_count = 3,
               .knots = {{50, -700}, {500, 400}, {1000, 2200}},
               .lo = -700,
               .hi = 2200,
               .absent = {300, 2200, 300},
               .reliability = TRI_Q16},
};

void one_gate(fixture *f, uint32_t index, uint32_t asks, uint32_t signal, int32_t limit,
              trust_verdict floor, uint32_t reason)
{
    f->conditions[index] = (tri_condition){asks, signal, limit, 0};
    f->gates[index] =
        (tri_gate){.first = index, .count = 1, .need = 1, .floor = floor, .reason = reason};
}

void begin(fixture *f)
{
    memset(f, 0, sizeof *f);
    memcpy(f->signals, signals, sizeof signals);
    f->signals[ATTESTATION].good = tri_half_life_of(HOUR);
    f->signals[BEHAVIOUR].good = tri_half_life_of(HOUR);
    f->signals[BEHAVIOUR].bad = tri_half_life_of(DAY);
    f->groups[0] = (tri_group){"device", -7000, 14000, "cap device"};
    f->groups[1] = (tri_group){"network", -4000, 6000, "cap network"};
    memset(f->policy.builtin_index, 0xFF, sizeof f->policy.builtin_index);
    f->policy.builtin_index[TRUST_KIND_ATTESTATION] = ATTESTATION;
    f->policy.builtin_index[TRUST_KIND_BEHAVIOUR] = BEHAVIOUR;
    f->policy.builtin_index[TRUST_KIND_PLACE] = PLACE;
    f->policy.signals = f->signals;
    f->policy.groups = f->groups;
    f->policy.gates = f->gates;
    f->policy.conditions = f->conditions;
    f->policy.profiles = f->profiles;
    f->policy.stages = f->stages;
    f->policy.signal_count = 3;
    f->policy.group_count = 2;
    f->policy.stance.base = -1000;
    f->policy.stance.limit[0] = -4000;
    f->policy.stance.limit[1] = -500;
    f->policy.stance.limit[2] = 3000;
    f->policy.margin = 500;
    f->policy.dwell = HOUR;
    f->policy.stance.max_adverse = INT32_MAX;
    f->policy.stance.max_uncertainty = TRI_Q16;
    f->input = (trust_policy_input)TRUST_POLICY_INPUT_INIT;
    f->input.now = NOW;
    f->input.findings = f->findings;
    f->input.floors = f->floors;
}

trust_finding *find(fixture *f, uint32_t kind, uint32_t state, int32_t value, int64_t age)
{
    trust_finding *finding = &f->findings[f->input.finding_count++];
    *finding = (trust_finding){.kind = kind,
                               .state = state,
                               .origin = TRUST_FROM_HOST,
                               .value = value,
                               .quality = TRUST_QUALITY_FULL,
                               .time = NOW - age,
                               .item = TRUST_NO_ITEM};
    return finding;
}

trust_finding *valid(fixture *f, uint32_t kind, int32_t value, int64_t age)
{
    return find(f, kind, TRUST_STATE_VALID, value, age);
}

const trust_policy_result *evaluate(fixture *f)
{
    trust_policy_result *result = (trust_policy_result *)f->memory;
    ck_ok(trust_policy_evaluate(&f->policy, &f->input, result, sizeof f->memory));
    trust_policy_result_summary(result, &f->summary);
    return result;
}

void healthy(fixture *f)
{
    begin(f);
    valid(f, TRUST_KIND_ATTESTATION, 2, 0);
    valid(f, TRUST_KIND_BEHAVIOUR, 0, 0);
    valid(f, TRUST_KIND_PLACE, 0, 0);
}
