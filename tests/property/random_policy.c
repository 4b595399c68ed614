/* Random compiled policies with random evidence. */

#include "random_policy.h"

#include <string.h>

#include "core/reason.h"

#define NOW   INT64_C(1763872496000)
#define SCALE 1000u /* values run from 0 to this */

/* splitmix64 */
uint64_t random_next(uint64_t *seed)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    return (uint32_t)(((random_next(seed) >> 32) * limit) >> 32);
}

static int32_t between(uint64_t *seed, int32_t low, int32_t high)
{
    return low + (int32_t)random_below(seed, (uint32_t)(high - low) + 1);
}

static bool once_in(uint64_t *seed, uint32_t n)
{
    return random_below(seed, n) == 0;
}

/* Evenly spread over orders of magnitude, 1 to 2^log - 1. */
static int64_t span_of_time(uint64_t *seed, unsigned log)
{
    unsigned bits = 1 + random_below(seed, log);
    return (int64_t)((UINT64_C(1) << (bits - 1)) | (random_next(seed) >> 1 >> (64 - bits)));
}

static int64_t maybe_never(uint64_t *seed, unsigned log)
{
    return once_in(seed, 3) ? 0 : span_of_time(seed, log);
}

static void make_curve(uint64_t *seed, tri_signal_rule *rule)
{
    rule->lo = once_in(seed, 8) ? 0 : -between(seed, 0, 4000);
    rule->hi = once_in(seed, 8) ? 0 : between(seed, 0, 6000);
    rule->knot_count = (uint32_t)between(seed, 2, 5);
    uint32_t last = rule->knot_count - 1;
    int32_t step = (int32_t)(SCALE / rule->knot_count), mb = rule->lo, value = 0;
    for (uint32_t k = 0; k < rule->knot_count; k++) {
        value += between(seed, 1, step);
        if (k > 0)
            mb = k == last ? rule->hi : between(seed, mb, rule->hi);
        rule->knots[k] = (tri_knot){value, mb};
    }
}

static void make_signal(uint64_t *seed, random_scale scale, uint32_t index, uint32_t groups,
                        tri_signal_rule *rule)
{
    rule->name[0] = (char)('a' + index / 26);
    rule->name[1] = (char)('a' + index % 26);
    rule->kind = index < 6 ? index + 1 : 0x80000000u + index * 7919u;
    rule->scale = TRUST_SCALE_PERMILLE;
    rule->group = random_below(seed, groups);
    make_curve(seed, rule);
    int32_t *absent = rule->absent;
    absent[TRI_ABSENT_NOT_REQUESTED] = once_in(seed, 4) ? rule->hi : between(seed, 0, rule->hi);
    int32_t least = absent[TRI_ABSENT_NOT_REQUESTED];
    absent[TRI_ABSENT_REFUSED] = once_in(seed, 2) ? rule->hi : between(seed, least, rule->hi);
    absent[TRI_ABSENT_SOURCE_DOWN] = between(seed, least, rule->hi);
    rule->reliability = once_in(seed, 2) ? TRI_Q16 : random_below(seed, TRI_Q16 + 1);
    rule->good = tri_half_life_of(maybe_never(seed, scale.life_log));
    rule->bad = tri_half_life_of(maybe_never(seed, scale.life_log));
    rule->ttl = maybe_never(seed, scale.life_log);
    rule->ttl_bad = once_in(seed, 2) ? 0 : maybe_never(seed, scale.life_log + 1);
    rule->quorum = once_in(seed, 2) ? 1 : 1 + random_below(seed, once_in(seed, 4) ? 8 : 3);
}

static void make_groups(uint64_t *seed, random_case *out)
{
    for (uint32_t g = 0; g < out->policy.group_count; g++) {
        out->groups[g].name[0] = (char)('A' + g);
        out->groups[g].floor = -between(seed, 0, once_in(seed, 2) ? 1000 : 6000);
        out->groups[g].ceiling = between(seed, 0, 10000);
    }
}

static void make_condition(uint64_t *seed, random_scale scale, uint32_t signals,
                           tri_condition *condition)
{
    condition->asks = 1 + random_below(seed, 4);
    condition->signal = random_below(seed, signals);
    condition->limit = condition->asks == TRI_ASKS_POINTS
                           ? between(seed, -1000, 4000)
                           : between(seed, (int32_t)SCALE / 2, (int32_t)SCALE);
    condition->age = span_of_time(seed, scale.past_log + 2);
}

static void make_gates(uint64_t *seed, random_scale scale, random_case *out)
{
    trust_policy *policy = &out->policy;
    for (uint32_t i = 0; i < policy->gate_count; i++) {
        tri_gate *gate = &out->gates[i];
        gate->id[0] = 'g';
        gate->form = random_below(seed, 4);
        gate->first = policy->condition_count;
        gate->count = 1;
        if (gate->form != TRI_GATE_ONE)
            gate->count += random_below(seed, once_in(seed, 32) ? TRUST_POLICY_MAX_CONDITIONS : 3);
        gate->need = gate->form == TRI_GATE_ALL     ? gate->count
                     : gate->form == TRI_GATE_COUNT ? 1 + random_below(seed, gate->count)
                                                    : 1;
        for (uint32_t c = 0; c < gate->count; c++)
            make_condition(seed, scale, policy->signal_count,
                           &out->conditions[policy->condition_count++]);
        gate->floor = TRUST_STEP_UP + random_below(seed, once_in(seed, 2) ? 1 : 3);
        gate->final = once_in(seed, 3);
        gate->reason = once_in(seed, 2) ? TRI_REASON_GATE : TRI_REASON_ATTESTATION_FAILED;
    }
}

/* A bit for each of some signals. */
static uint64_t some_signals(uint64_t *seed, uint32_t count)
{
    uint64_t some = random_next(seed) & random_next(seed) & (UINT64_MAX >> (64 - count));
    return once_in(seed, 2) ? some & random_next(seed) : some;
}

static void make_stance(uint64_t *seed, int32_t *bands, tri_stance *stance)
{
    bands[0] = between(seed, 200, 600);
    bands[1] = between(seed, 300, 600);
    bands[2] = bands[1] + between(seed, 0, 200);
    bands[3] = bands[2] + between(seed, 0, 200);
    stance->base = (bands[0] - 500) * TRI_MB_PER_POINT;
    for (int i = 0; i < 3; i++)
        stance->limit[i] = (bands[i + 1] - 500) * TRI_MB_PER_POINT;
    stance->max_adverse = once_in(seed, 2) ? INT32_MAX : between(seed, 0, 8000);
    stance->max_uncertainty = once_in(seed, 2) ? TRI_Q16 : random_below(seed, TRI_Q16 + 1);
}

static void make_profiles(uint64_t *seed, random_case *out)
{
    for (uint32_t i = 0; i < out->policy.profile_count; i++) {
        tri_profile *profile = &out->profiles[i];
        profile->id[0] = 'p';
        make_stance(seed, profile->bands, &profile->stance);
        if (once_in(seed, 2)) { /* a profile may change a single thing */
            profile->stance = out->policy.stance;
            memcpy(profile->bands, out->policy.bands, sizeof profile->bands);
        }
        profile->stance.exempt =
            once_in(seed, 3) ? 0 : some_signals(seed, out->policy.signal_count);
    }
}

static void make_stages(uint64_t *seed, random_scale scale, random_case *out)
{
    uint32_t count = out->policy.stage_count;
    for (uint32_t i = 0; i < count; i++) {
        tri_stage *stage = &out->stages[i];
        stage->id[0] = 's';
        stage->needs = once_in(seed, 4) ? 0 : some_signals(seed, out->policy.signal_count);
        stage->next = i + 1 < count ? i + 1 + random_below(seed, count - i - 1) : TRI_NO_STAGE;
        stage->timeout = maybe_never(seed, scale.life_log);
        stage->on_timeout = TRUST_STEP_UP + random_below(seed, 3);
    }
}

/* Both rise; the numbers are cut off where they would leave their range. */
static void make_calibration(uint64_t *seed, tri_calibration *calibration)
{
    int32_t risk = between(seed, 0, 400), ppm = between(seed, 0, 400000);
    uint32_t count = 2 + random_below(seed, 4);
    for (uint32_t k = 0; k < count; k++) {
        calibration->knots[k].risk = risk;
        calibration->knots[k].ppm = ppm;
        risk += between(seed, 1, 120);
        ppm += once_in(seed, 4) ? 0 : between(seed, 0, 120000);
    }
    calibration->count = count;
}

static void make_policy(uint64_t *seed, random_scale scale, random_case *out)
{
    trust_policy *policy = &out->policy;
    uint32_t most = once_in(seed, 64) ? TRUST_POLICY_MAX_SIGNALS : scale.signals;
    policy->signal_count = 1 + random_below(seed, most);
    policy->group_count = 1 + random_below(seed, once_in(seed, 64) ? TRUST_POLICY_MAX_GROUPS : 4);
    policy->gate_count =
        once_in(seed, 64) ? random_below(seed, TRUST_POLICY_MAX_GATES + 1) : random_below(seed, 4);
    if (once_in(seed, 2))
        policy->profile_count =
            1 + random_below(seed, once_in(seed, 32) ? TRUST_POLICY_MAX_PROFILES : 4);
    if (once_in(seed, 2))
        policy->stage_count =
            1 + random_below(seed, once_in(seed, 32) ? TRUST_POLICY_MAX_STAGES : 4);
    memset(policy->builtin_index, 0xFF, sizeof policy->builtin_index);
    for (uint32_t s = 0; s < policy->signal_count; s++) {
        make_signal(seed, scale, s, policy->group_count, &out->signals[s]);
        if (out->signals[s].kind < sizeof policy->builtin_index)
            policy->builtin_index[out->signals[s].kind] = (uint8_t)s;
    }
    make_groups(seed, out);
    make_stance(seed, policy->bands, &policy->stance);
    make_gates(seed, scale, out);
    make_profiles(seed, out);
    make_stages(seed, scale, out);
    policy->margin = once_in(seed, 3) ? 0 : between(seed, 0, 2000);
    policy->dwell = maybe_never(seed, scale.life_log);
    policy->dwell_max = span_of_time(seed, scale.life_log + 2);
    if (policy->dwell_max < policy->dwell && !once_in(seed, 4))
        policy->dwell_max = policy->dwell * (1 + random_below(seed, 20));
    policy->backoff = once_in(seed, 3) ? 1 : 2 + random_below(seed, 7);
    if (!once_in(seed, 4))
        policy->overrides.mildest = TRUST_ALLOW + random_below(seed, once_in(seed, 2) ? 1 : 3);
    if (once_in(seed, 2))
        make_calibration(seed, &policy->calibration);
}

static uint32_t make_state(uint64_t *seed, uint32_t odds)
{
    return once_in(seed, odds) ? random_below(seed, TRUST_STATE_UNSUPPORTED + 1)
                               : TRUST_STATE_VALID;
}

static trust_time make_time(uint64_t *seed, random_scale scale, bool benign)
{
    if (once_in(seed, benign ? 128 : 16))
        return NOW + span_of_time(seed, scale.life_log);
    if (once_in(seed, benign ? 256 : 64))
        return TRUST_TIME_UNKNOWN;
    return once_in(seed, 8) ? NOW : NOW - span_of_time(seed, scale.past_log);
}

/* One in a benign case has mostly a good value of its own for each signal. */
static void make_finding(uint64_t *seed, random_scale scale, bool benign, const random_case *of,
                         size_t index, trust_finding *finding)
{
    uint32_t count = of->policy.signal_count;
    bool own = benign && index < count;
    const tri_signal_rule *rule = &of->signals[own ? (uint32_t)index : random_below(seed, count)];
    finding->kind = once_in(seed, 32) ? 0x80000001u : rule->kind;
    finding->state = make_state(seed, benign ? 24 : 3);
    finding->origin = TRUST_FROM_HOST;
    finding->source = random_below(seed, 4);
    if (benign && !once_in(seed, 12))
        finding->value = (int32_t)random_below(seed, 60);
    else if (once_in(seed, 8))
        finding->value = rule->knots[random_below(seed, rule->knot_count)].value;
    else
        finding->value = (int32_t)random_below(seed, SCALE + 1);
    finding->quality = benign || once_in(seed, 2) ? TRUST_QUALITY_FULL
                                                  : random_below(seed, TRUST_QUALITY_FULL + 1);
    finding->time = make_time(seed, scale, benign);
    finding->reason = once_in(seed, 2) ? TRI_REASON_NONE : 1 + random_below(seed, 80);
    finding->item = TRUST_NO_ITEM;
}

static void make_input(uint64_t *seed, random_scale scale, random_case *out)
{
    trust_policy_input *input = &out->input;
    *input = (trust_policy_input)TRUST_POLICY_INPUT_INIT;
    input->now = once_in(seed, 32) ? TRUST_TIME_UNKNOWN : NOW;
    uint32_t signals = out->policy.signal_count;
    bool benign = !once_in(seed, 3);
    input->finding_count = benign ? signals + random_below(seed, once_in(seed, 2) ? 2 : signals + 2)
                                  : random_below(seed, 3 * signals + 2);
    for (size_t i = 0; i < input->finding_count; i++)
        make_finding(seed, scale, benign, out, i, &out->findings[i]);
    input->floor_count = once_in(seed, 16) ? random_below(seed, CASE_FLOORS + 1) : 0;
    for (size_t i = 0; i < input->floor_count; i++)
        out->floors[i] = (trust_floor){random_below(seed, 5), TRI_REASON_SUSPENDED};
    input->previous = once_in(seed, 3) ? TRUST_NO_VERDICT : random_below(seed, 5);
    input->since =
        once_in(seed, 16) ? TRUST_TIME_UNKNOWN : NOW - span_of_time(seed, scale.life_log + 1);
    input->flaps = once_in(seed, 4) ? 0 : random_below(seed, 20);
    input->selection.profile = random_below(seed, out->policy.profile_count + 1);
    if (once_in(seed, 2))
        input->selection.also = (uint32_t)(random_next(seed) & random_next(seed) &
                                           ((UINT64_C(2) << out->policy.profile_count) - 1));
    input->stage = random_below(seed, out->policy.stage_count + (once_in(seed, 8) ? 2 : 1));
    input->stage_since = once_in(seed, 16)   ? TRUST_TIME_UNKNOWN
                         : once_in(seed, 16) ? NOW + span_of_time(seed, scale.life_log)
                                             : NOW - span_of_time(seed, scale.life_log);
    if (once_in(seed, 3))
        input->override = TRUST_ALLOW + random_below(seed, once_in(seed, 4) ? 4 : 1);
}

void random_case_bind(random_case *out)
{
    out->policy.signals = out->signals;
    out->policy.groups = out->groups;
    out->policy.gates = out->gates;
    out->policy.conditions = out->conditions;
    out->policy.profiles = out->profiles;
    out->policy.stages = out->stages;
    out->input.findings = out->findings;
    out->input.floors = out->floors;
}

void random_case_make(uint64_t *seed, random_scale scale, random_case *out)
{
    memset(out, 0, sizeof *out);
    random_case_bind(out);
    make_policy(seed, scale, out);
    make_input(seed, scale, out);
    random_case_bind(out);
}
