/* The responses that an outcome asks the host for. Reads what evaluate.c wrote for the same policy.
 */

#include <string.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "policy/result.h"

static bool called_for(const tri_action *action, const trust_policy_result *result)
{
    if (action->cause == TRI_FOR_GATE)
        return (result->gates >> action->index & 1) != 0;
    return action->index == (action->cause == TRI_FOR_STAGE ? result->stage : result->verdict);
}

static uint32_t reason_of(const trust_policy *policy, const tri_action *action)
{
    if (action->cause == TRI_FOR_GATE)
        return policy->gates[action->index].reason;
    return action->cause == TRI_FOR_STAGE ? TRI_REASON_STAGE : TRI_REASON_VERDICT;
}

static bool named(const trust_policy_action *actions, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(actions[i].name, name) == 0)
            return true;
    return false;
}

trust_status trust_policy_actions(const trust_policy *policy, const trust_policy_result *result,
                                  trust_policy_action *out, size_t cap, size_t *count)
{
    if (policy == NULL || result == NULL || (out == NULL && cap > 0) || count == NULL)
        return TRUST_E_ARGUMENT;
    *count = 0;
    for (uint32_t i = 0; i < policy->action_count; i++) {
        const tri_action *action = &policy->actions[i];
        if (!called_for(action, result) || named(out, *count, action->name))
            continue;
        if (*count == cap)
            return TRUST_E_LIMIT;
        out[(*count)++] = (trust_policy_action){action->name, tri_hash32(tri_bytes(action->name)),
                                                reason_of(policy, action)};
    }
    return TRUST_OK;
}
