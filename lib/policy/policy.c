/* The compiled policy as an object: its life and what it tells of itself. Trust: arguments are the
 * caller's; the policy was checked when it was loaded. */

#include "policy/policy.h"

#include <string.h>

#include "core/kind.h"
#include "policy/document/document.h"
#include "policy/model.h"

const char *trust_verdict_name(trust_verdict verdict)
{
    static const char *const names[] = {"none", "allow", "step_up", "quarantine", "deny"};
    return verdict < sizeof names / sizeof names[0] ? names[verdict] : "none";
}

trust_policy *tri_policy_hold(const trust_policy *policy)
{
    /* The count is all that ever changes in it. */
    trust_policy *held = (trust_policy *)(uintptr_t)policy;
    (void)atomic_fetch_add_explicit(&held->references, 1, memory_order_relaxed);
    return held;
}

void trust_policy_free(trust_policy *policy)
{
    if (policy == NULL ||
        atomic_fetch_sub_explicit(&policy->references, 1, memory_order_acq_rel) != 1)
        return;
    tri_arena arena = policy->arena; /* which holds the policy itself */
    tri_arena_end(&arena);
}

uint32_t tri_policy_index(const trust_policy *policy, uint32_t kind)
{
    if (kind < sizeof policy->builtin_index)
        return policy->builtin_index[kind] == 0xFF ? UINT32_MAX : policy->builtin_index[kind];
    for (uint32_t i = 0; i < policy->signal_count; i++)
        if (policy->signals[i].kind == kind)
            return i;
    return UINT32_MAX;
}

/* A gate goes by bad news however much of it has faded, until its own time to live ends. */
static bool gated(const trust_policy *policy, uint32_t signal, const trust_finding *finding)
{
    bool invalid = finding->state == TRUST_STATE_INVALID;
    for (uint32_t i = 0; i < policy->gate_count; i++)
        for (uint32_t c = 0; c < policy->gates[i].count; c++) {
            const tri_condition *condition = &policy->conditions[policy->gates[i].first + c];
            if (condition->asks == TRI_ASKS_AT_LEAST && condition->signal == signal &&
                (invalid || finding->value >= condition->limit))
                return true;
        }
    return false;
}

bool tri_policy_against(const trust_policy *policy, const trust_finding *finding, trust_time now)
{
    uint32_t index = tri_policy_index(policy, finding->kind);
    if (index == UINT32_MAX)
        return false;
    const tri_signal_rule *rule = &policy->signals[index];
    tri_worth worth = tri_worth_of(rule, finding, rule->absent[TRI_ABSENT_NOT_REQUESTED]);
    tri_age age = tri_age_of(finding->time, now);
    if (!worth.lasting || tri_over(age.ms, rule->ttl_bad))
        return false;
    int64_t span = (int64_t)rule->hi - rule->lo;
    int64_t left = (span * tri_certainty(&worth, age.ms, &rule->bad)) >> 16;
    return left >= TRI_MB_PER_POINT || gated(policy, index, finding);
}

const char *trust_policy_id(const trust_policy *policy)
{
    return policy != NULL ? policy->id : "";
}

uint64_t trust_policy_revision(const trust_policy *policy)
{
    return policy != NULL ? policy->revision : 0;
}

void trust_policy_hash(const trust_policy *policy, uint8_t out[32])
{
    if (policy != NULL && out != NULL)
        memcpy(out, policy->hash, sizeof policy->hash);
}

size_t trust_policy_signal_count(const trust_policy *policy)
{
    return policy != NULL ? policy->signal_count : 0;
}

trust_status trust_policy_signal_at(const trust_policy *policy, size_t index,
                                    trust_policy_signal *out)
{
    if (policy == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= policy->signal_count)
        return TRUST_E_NOT_FOUND;
    const tri_signal_rule *rule = &policy->signals[index];
    *out = (trust_policy_signal){
        .name = rule->name,
        .group = policy->groups[rule->group].name,
        .kind = rule->kind,
        .most = rule->hi / TRI_MB_PER_POINT,
        .least = rule->lo / TRI_MB_PER_POINT,
        .absent = rule->absent[TRI_ABSENT_NOT_REQUESTED] / TRI_MB_PER_POINT,
        .refused = rule->absent[TRI_ABSENT_REFUSED] / TRI_MB_PER_POINT,
        .source_down = rule->absent[TRI_ABSENT_SOURCE_DOWN] / TRI_MB_PER_POINT,
        .half_life_good = rule->good.ms,
        .half_life_bad = rule->bad.ms,
        .ttl = rule->ttl,
        .ttl_bad = rule->ttl_bad,
        .scale = rule->scale,
        .reliability = (uint32_t)tri_permille_of_q16(rule->reliability),
        .quorum = rule->quorum,
        .cost = rule->cost,
        .action = rule->action,
        .knot_count = rule->knot_count,
    };
    return TRUST_OK;
}

trust_status trust_policy_knot_at(const trust_policy *policy, size_t signal, size_t index,
                                  trust_policy_knot *out)
{
    if (policy == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (signal >= policy->signal_count || index >= policy->signals[signal].knot_count)
        return TRUST_E_NOT_FOUND;
    const tri_knot *knot = &policy->signals[signal].knots[index];
    *out = (trust_policy_knot){knot->value, knot->mb / TRI_MB_PER_POINT};
    return TRUST_OK;
}

trust_status trust_policy_group_at(const trust_policy *policy, size_t index,
                                   trust_policy_group *out)
{
    if (policy == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= policy->group_count)
        return TRUST_E_NOT_FOUND;
    const tri_group *group = &policy->groups[index];
    *out = (trust_policy_group){group->name, group->floor / TRI_MB_PER_POINT,
                                group->ceiling / TRI_MB_PER_POINT};
    return TRUST_OK;
}

static trust_policy_bands bands_of(const int32_t bands[4])
{
    return (trust_policy_bands){bands[0], bands[1], bands[2], bands[3]};
}

void trust_policy_get_bands(const trust_policy *policy, trust_policy_bands *out)
{
    if (policy != NULL && out != NULL)
        *out = bands_of(policy->bands);
}

trust_status trust_policy_profile_at(const trust_policy *policy, size_t index,
                                     trust_policy_profile *out)
{
    if (policy == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index > policy->profile_count)
        return TRUST_E_NOT_FOUND;
    const tri_profile *profile = index > 0 ? &policy->profiles[index - 1] : NULL;
    const tri_stance *stance = profile != NULL ? &profile->stance : &policy->stance;
    *out = (trust_policy_profile){
        .id = profile != NULL ? profile->id : "default",
        .stance = {.bands = bands_of(profile != NULL ? profile->bands : policy->bands),
                   .adverse = stance->max_adverse / TRI_MB_PER_POINT,
                   .uncertainty = (int32_t)tri_permille_of_q16(stance->max_uncertainty),
                   .exempt = stance->exempt},
    };
    return TRUST_OK;
}

size_t trust_policy_gate_count(const trust_policy *policy)
{
    return policy != NULL ? policy->gate_count : 0;
}

trust_status trust_policy_gate_at(const trust_policy *policy, size_t index, trust_policy_gate *out)
{
    if (policy == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= policy->gate_count)
        return TRUST_E_NOT_FOUND;
    const tri_gate *gate = &policy->gates[index];
    *out = (trust_policy_gate){.id = gate->id,
                               .floor = gate->floor,
                               .reason = gate->reason,
                               .condition_count = gate->count,
                               .need = gate->need,
                               .final = gate->final};
    return TRUST_OK;
}

trust_status trust_policy_condition_at(const trust_policy *policy, size_t gate, size_t index,
                                       trust_policy_condition *out)
{
    if (policy == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (gate >= policy->gate_count || index >= policy->gates[gate].count)
        return TRUST_E_NOT_FOUND;
    const tri_condition *c = &policy->conditions[policy->gates[gate].first + index];
    int32_t limit = c->asks == TRI_ASKS_POINTS ? c->limit / TRI_MB_PER_POINT : c->limit;
    *out = (trust_policy_condition){policy->signals[c->signal].name, c->asks, limit, c->age};
    return TRUST_OK;
}

trust_status trust_policy_stage_at(const trust_policy *policy, size_t index,
                                   trust_policy_stage *out)
{
    if (policy == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= policy->stage_count)
        return TRUST_E_NOT_FOUND;
    const tri_stage *stage = &policy->stages[index];
    *out = (trust_policy_stage){stage->id, stage->needs, stage->next, stage->on_timeout,
                                stage->timeout};
    return TRUST_OK;
}

void trust_policy_get_hysteresis(const trust_policy *policy, trust_policy_hysteresis *out)
{
    if (policy != NULL && out != NULL)
        *out = (trust_policy_hysteresis){policy->margin / TRI_MB_PER_POINT, policy->backoff,
                                         policy->dwell, policy->dwell_max};
}

void trust_policy_get_overrides(const trust_policy *policy, trust_policy_overrides *out)
{
    if (policy != NULL && out != NULL)
        *out = (trust_policy_overrides){policy->overrides.mildest, policy->overrides.approvals,
                                        policy->overrides.max_ttl};
}

int32_t trust_policy_is_signed(const trust_policy *policy)
{
    return policy != NULL && policy->is_signed ? 1 : 0;
}
