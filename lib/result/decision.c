/* A decision and its getters. Trust: made by this library from findings and a compiled policy; the
 * texts in it were validated when they came in. */

#include "result/decision.h"

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"

trust_decision *tri_decision_new(const trust_allocator *allocator, tri_keeper keeper)
{
    trust_decision *decision = tri_new(allocator, sizeof *decision);
    if (decision != NULL) {
        decision->allocator = *allocator;
        decision->keeper = keeper;
        tri_decision_clear(decision);
    }
    return decision;
}

void tri_decision_clear(trust_decision *decision)
{
    memset(&decision->info, 0, sizeof decision->info);
    decision->info.summary.verdict = TRUST_DENY;
    decision->info.summary.risk = 1000;
    decision->device[0] = '\0';
    decision->policy_id = decision->profile = decision->stage = 0;
    decision->input_count = 0;
    decision->pool[0] = '\0';
    decision->pool_used = 1;
}

tri_text_id tri_decision_text(trust_decision *decision, const char *text)
{
    size_t len = strlen(text);
    size_t room = TRI_DECISION_POOL - decision->pool_used;
    if (len == 0 || room < 2)
        return 0;
    if (len > room - 1)
        len = room - 1;
    tri_text_id id = decision->pool_used;
    memcpy(decision->pool + id, text, len);
    decision->pool[id + len] = '\0';
    decision->pool_used += (uint32_t)len + 1;
    return id;
}

tri_text_id tri_decision_word(trust_decision *decision, const char *text)
{
    for (uint32_t id = 0; id < decision->pool_used; id += (uint32_t)strlen(decision->pool + id) + 1)
        if (strcmp(decision->pool + id, text) == 0)
            return id;
    return tri_decision_text(decision, text);
}

const char *tri_decision_shown(const trust_decision *decision, tri_text_id id)
{
    return decision->pool + id;
}

void trust_decision_free(trust_decision *decision)
{
    if (decision == NULL)
        return;
    trust_allocator allocator = decision->allocator;
    tri_keeper keeper = decision->keeper;
    tri_delete(&allocator, decision, sizeof *decision);
    tri_let_go(keeper);
}

trust_verdict trust_decision_verdict(const trust_decision *decision)
{
    return decision != NULL ? decision->info.summary.verdict : TRUST_DENY;
}

int32_t trust_decision_risk(const trust_decision *decision)
{
    return decision != NULL ? decision->info.summary.risk : 1000;
}

void trust_decision_get_info(const trust_decision *decision, trust_decision_info *out)
{
    if (out == NULL)
        return;
    /* Nothing must not look like a good decision. */
    memset(out, 0, sizeof *out);
    out->summary.verdict = TRUST_DENY;
    out->summary.risk = 1000;
    if (decision != NULL)
        *out = decision->info;
}

trust_status trust_decision_row(const trust_decision *decision, size_t index, trust_row *out)
{
    if (decision == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= decision->info.row_count)
        return TRUST_E_NOT_FOUND;
    *out = decision->rows[index];
    return TRUST_OK;
}

const char *trust_decision_row_name(const trust_decision *decision, size_t index)
{
    if (decision == NULL || index >= decision->info.row_count)
        return "";
    return tri_decision_shown(decision, decision->row_names[index]);
}

trust_status trust_decision_finding(const trust_decision *decision, size_t index,
                                    trust_finding *out)
{
    if (decision == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= decision->info.finding_count)
        return TRUST_E_NOT_FOUND;
    *out = decision->findings[index];
    return TRUST_OK;
}

trust_status trust_decision_item(const trust_decision *decision, size_t index,
                                 trust_item_outcome *out)
{
    if (decision == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= decision->info.item_count)
        return TRUST_E_NOT_FOUND;
    *out = (trust_item_outcome){tri_decision_shown(decision, decision->items[index].type),
                                decision->items[index].origin, decision->items[index].state,
                                decision->items[index].reason, 0};
    return TRUST_OK;
}

const char *trust_decision_profile(const trust_decision *decision)
{
    return decision != NULL ? tri_decision_shown(decision, decision->profile) : "";
}

const char *trust_decision_stage(const trust_decision *decision)
{
    return decision != NULL ? tri_decision_shown(decision, decision->stage) : "";
}

const char *trust_decision_need(const trust_decision *decision, size_t index)
{
    if (decision == NULL || index >= decision->info.need_count)
        return "";
    return tri_decision_shown(decision, decision->needs[index].name);
}

trust_status trust_decision_next(const trust_decision *decision, size_t index,
                                 trust_decision_step *out)
{
    if (decision == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= decision->info.step_count)
        return TRUST_E_NOT_FOUND;
    const tri_step *step = &decision->steps[index];
    *out = (trust_decision_step){
        .can_reach = step->can_reach, .cost = step->cost, .signal_count = step->count};
    for (uint32_t i = 0; i < step->count; i++) {
        out->signals[i] = tri_decision_shown(decision, step->signals[i].obtain);
        out->actions[i] = tri_decision_shown(decision, step->signals[i].action);
    }
    return TRUST_OK;
}

trust_status trust_decision_action(const trust_decision *decision, size_t index,
                                   trust_policy_action *out)
{
    if (decision == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= decision->info.action_count)
        return TRUST_E_NOT_FOUND;
    const tri_response *action = &decision->actions[index];
    *out = (trust_policy_action){tri_decision_shown(decision, action->name), action->id,
                                 action->reason};
    return TRUST_OK;
}

const char *tri_binding_name(uint32_t binding)
{
    static const char *const names[] = {"none", "key", "channel"};
    return binding < sizeof names / sizeof names[0] ? names[binding] : "none";
}

void tri_put_probability(tri_text *text, int32_t millionths)
{
    char digits[8];
    tri_text number = tri_text_begin(digits, sizeof digits);
    tri_text_int(&number, 1000000 + millionths % 1000000);
    (void)tri_text_end(&number, NULL);
    tri_text_int(text, millionths / 1000000);
    tri_text_char(text, '.');
    tri_text_str(text, digits + 1);
}

const char *tri_replay_name(uint32_t replay_protection)
{
    static const char *const names[] = {"none", "process", "durable"};
    return replay_protection < sizeof names / sizeof names[0] ? names[replay_protection] : "none";
}
