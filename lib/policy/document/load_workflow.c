/* Stages, steps and actions: what is to happen around a verdict. Trust: every byte may be hostile.
 */

#include <string.h>

#include "core/bytes.h"
#include "core/kind.h"
#include "policy/document/load.h"

static const trust_bytes nothing = {NULL, 0};

trust_status tri_load_own_name(const tri_loader *l, const tri_json *object, const char *name)
{
    const trust_policy *p = l->policy;
    uint32_t kind = trust_kind_id(name, strlen(name));
    bool taken = tri_kind_builtin(kind) != NULL;
    for (uint32_t i = 0; i < p->signal_count; i++)
        taken = taken || strcmp(p->signals[i].name, name) == 0;
    if (!taken)
        return TRUST_OK;
    return tri_refuse(l, tri_json_member(object, "id"),
                      "a signal is called that; choose another name than", tri_bytes(name));
}

/* ---- stages ---- */

trust_status tri_load_stage(const tri_loader *l, const tri_json *value, uint32_t *out)
{
    const trust_policy *p = l->policy;
    const char *words[TRUST_POLICY_MAX_STAGES + 1] = {NULL};
    trust_bytes id = nothing;
    if (!tri_json_string(value, &id))
        return tri_refuse(l, value, "must be the id of a stage in quotes", nothing);
    for (uint32_t i = 0; i < p->stage_count; i++) {
        words[i] = p->stages[i].id;
        if (tri_same_text(id, words[i])) {
            *out = i;
            return TRUST_OK;
        }
    }
    return tri_refuse_name(l, value, "\"stages\" has no", id, words);
}

trust_status tri_read_next(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    tri_stage *stage = base;
    uint32_t next;
    trust_status status = tri_load_stage(l, value, &next);
    if (status != TRUST_OK)
        return status;
    if (next <= (uint32_t)(stage - l->policy->stages))
        return tri_refuse(l, value,
                          "stages cannot go in a circle; the next one must stand later than",
                          tri_bytes(stage->id));
    tri_member_store(member, base, next);
    return TRUST_OK;
}

/* All ids come first: a stage may go on to any later one. */
static trust_status read_id(tri_loader *l, const tri_json *value, tri_stage *stage)
{
    const trust_policy *p = l->policy;
    const tri_member *member = tri_object_find(&tri_document_stage, tri_bytes("id"));
    const tri_json *id = tri_json_member(value, "id");
    trust_status status = tri_load_check(l, value, &tri_document_stage);
    if (status == TRUST_OK)
        status = tri_read_name(l, id, member, stage);
    if (status == TRUST_OK)
        status = tri_load_own_name(l, value, stage->id);
    for (uint32_t i = 0; i < p->stage_count && status == TRUST_OK; i++)
        if (strcmp(p->stages[i].id, stage->id) == 0)
            status = tri_refuse(l, id, "another stage has the id", tri_bytes(stage->id));
    return status;
}

static trust_status read_ids(tri_loader *l, const tri_json *list)
{
    trust_policy *p = l->policy;
    const tri_json *child = tri_json_first(list);
    for (; child != NULL; child = tri_json_next(child)) {
        trust_status status = read_id(l, child, &p->stages[p->stage_count]);
        if (status != TRUST_OK)
            return status;
        p->stage_count++;
    }
    return TRUST_OK;
}

trust_status tri_load_stages(tri_loader *l)
{
    trust_policy *p = l->policy;
    const tri_json *list = tri_json_member(l->doc->root, "stages");
    const tri_json *child = tri_json_first(list);
    if (child == NULL)
        return TRUST_OK;
    p->stages = tri_arena_take(&p->arena, tri_json_count(list) * sizeof *p->stages);
    if (p->stages == NULL)
        return tri_load_no_memory(l);
    trust_status status = read_ids(l, list);
    for (uint32_t i = 0; i < p->stage_count && status == TRUST_OK; i++) {
        tri_object_defaults(&tri_document_stage, &p->stages[i]);
        p->stages[i].next = i + 1 < p->stage_count ? i + 1 : TRI_NO_STAGE;
        status = tri_load_object(l, child, &tri_document_stage, &p->stages[i]);
        child = tri_json_next(child);
    }
    return status;
}

/* ---- steps ---- */

static trust_status read_step(tri_loader *l, const tri_json *value)
{
    uint32_t index;
    const tri_json *obtain = tri_json_member(value, "obtain");
    trust_status status = tri_load_check(l, value, &tri_document_step);
    if (status == TRUST_OK)
        status = tri_load_signal(l, obtain, &index);
    if (status != TRUST_OK)
        return status;
    tri_signal_rule *rule = &l->policy->signals[index];
    if (rule->cost != 0)
        return tri_refuse(l, obtain, "leave one out, there are two steps for",
                          tri_bytes(rule->name));
    tri_object_defaults(&tri_document_step, rule);
    return tri_load_object(l, value, &tri_document_step, rule);
}

/* Without "step_up" every signal can be asked for, else only what it names. */
trust_status tri_load_steps(tri_loader *l)
{
    trust_policy *p = l->policy;
    const tri_json *list = tri_json_member(l->doc->root, "step_up");
    const tri_json *child = tri_json_first(list);
    trust_status status = TRUST_OK;
    for (uint32_t i = 0; i < p->signal_count && list != NULL; i++)
        p->signals[i].cost = 0;
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child))
        status = read_step(l, child);
    return status;
}

/* ---- actions ---- */

/* Keep the names in an array, which was read already, of what calls for them. */
static trust_status keep_actions(tri_loader *l, const tri_json *list, uint32_t cause,
                                 uint32_t index)
{
    trust_policy *p = l->policy;
    trust_bytes name = nothing;
    const tri_json *child = tri_json_first(list);
    for (; child != NULL && tri_json_string(child, &name); child = tri_json_next(child)) {
        if (p->action_count == TRUST_POLICY_MAX_ACTIONS)
            return tri_refuse_limit(l, child, "the policy has more than 64 actions");
        tri_action *action = &p->actions[p->action_count++];
        tri_load_keep(action->name, name);
        action->cause = cause;
        action->index = index;
    }
    return TRUST_OK;
}

static trust_status keep_all(tri_loader *l, const char *list, uint32_t cause)
{
    trust_status status = TRUST_OK;
    uint32_t index = 0;
    const tri_json *child = tri_json_first(tri_json_member(l->doc->root, list));
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child))
        status = keep_actions(l, tri_json_member(child, "actions"), cause, index++);
    return status;
}

static size_t count_actions(const tri_json *list)
{
    size_t count = 0;
    const tri_json *child = tri_json_first(list);
    for (; child != NULL; child = tri_json_next(child))
        count += tri_json_count(tri_json_member(child, "actions"));
    return count;
}

trust_status tri_load_actions(tri_loader *l)
{
    trust_policy *p = l->policy;
    const tri_json *root = l->doc->root;
    const tri_json *verdicts = tri_json_member(root, "actions");
    size_t count = count_actions(tri_json_member(root, "gates")) +
                   count_actions(tri_json_member(root, "stages"));
    for (trust_verdict v = TRUST_ALLOW; v <= TRUST_DENY; v++)
        count += tri_json_count(tri_json_member(verdicts, trust_verdict_name(v)));
    if (count == 0)
        return TRUST_OK;
    if (count > TRUST_POLICY_MAX_ACTIONS)
        count = TRUST_POLICY_MAX_ACTIONS;
    p->actions = tri_arena_take(&p->arena, count * sizeof *p->actions);
    if (p->actions == NULL)
        return tri_load_no_memory(l);
    trust_status status = TRUST_OK;
    for (trust_verdict v = TRUST_ALLOW; v <= TRUST_DENY && status == TRUST_OK; v++)
        status =
            keep_actions(l, tri_json_member(verdicts, trust_verdict_name(v)), TRI_FOR_VERDICT, v);
    if (status == TRUST_OK)
        status = keep_all(l, "gates", TRI_FOR_GATE);
    if (status == TRUST_OK)
        status = keep_all(l, "stages", TRI_FOR_STAGE);
    return status;
}
