/* Gates and the conditions under which they fire. Trust: every byte may be hostile. */

#include <string.h>

#include <trust/reason.h>

#include "core/bytes.h"
#include "core/kind.h"
#include "policy/document/load.h"

static const trust_bytes nothing = {NULL, 0};

/* ---- one condition ---- */

static unsigned given(const tri_json *value, const char *name)
{
    return tri_json_member(value, name) != NULL ? 1 : 0;
}

/* A limit must be one that its own signal can reach. */
static trust_status check_limit(const tri_loader *l, const tri_json *value,
                                const tri_condition *condition)
{
    const tri_signal_rule *rule = &l->policy->signals[condition->signal];
    int64_t number;
    if (condition->asks == TRI_ASKS_AT_LEAST)
        return tri_load_whole(l, tri_json_member(value, "at_least"), 1, tri_scale_max(rule->scale),
                              &number);
    if (condition->asks == TRI_ASKS_POINTS && condition->limit > rule->hi)
        return tri_refuse(l, tri_json_member(value, "at_least_points"),
                          "must be at most the weight of", tri_bytes(rule->name));
    return TRUST_OK;
}

static trust_status read_condition(tri_loader *l, const tri_json *value, tri_condition *condition)
{
    trust_status status = tri_load_object(l, value, &tri_document_condition, condition);
    if (status != TRUST_OK)
        return status;
    unsigned absent = given(value, "absent");
    unsigned signal = given(value, "signal");
    unsigned at_least = given(value, "at_least");
    unsigned points = given(value, "at_least_points");
    unsigned older = given(value, "older");
    if (absent + signal != 1 || at_least + points + older != signal)
        return tri_refuse(l, value,
                          "needs either \"absent\", or \"signal\" with one of \"at_least\", "
                          "\"at_least_points\" and \"older\"",
                          nothing);
    condition->asks = absent     ? TRI_ASKS_ABSENT
                      : at_least ? TRI_ASKS_AT_LEAST
                      : points   ? TRI_ASKS_POINTS
                                 : TRI_ASKS_OLDER;
    return check_limit(l, value, condition);
}

/* ---- several ---- */

static trust_status read_conditions(tri_loader *l, const tri_json *list, tri_gate *gate)
{
    trust_policy *p = l->policy;
    trust_status status = tri_load_array(l, list, 1, TRUST_POLICY_MAX_CONDITIONS, "conditions");
    const tri_json *child = tri_json_first(list);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child)) {
        status = read_condition(l, child, &p->conditions[p->condition_count++]);
        gate->count++;
    }
    return status;
}

static trust_status read_need(tri_loader *l, const tri_json *value, tri_gate *gate)
{
    int64_t need = gate->form == TRI_GATE_ALL ? gate->count : 1;
    trust_status status = TRUST_OK;
    if (gate->form == TRI_GATE_COUNT)
        status = tri_load_whole(l, tri_json_member(value, "count"), 1, gate->count, &need);
    gate->need = (uint32_t)need;
    return status;
}

/* One condition, or an array of them under the word for how many have to fire. */
trust_status tri_read_if(tri_loader *l, const tri_json *value, const tri_member *member, void *base)
{
    static const struct {
        const char *name;
        uint32_t form;
    } forms[] = {{"all", TRI_GATE_ALL}, {"any", TRI_GATE_ANY}, {"of", TRI_GATE_COUNT}};
    tri_gate *gate = base;
    const tri_json *list = NULL;
    trust_status status = tri_load_check(l, value, member->object);
    if (status != TRUST_OK)
        return status;
    unsigned single = given(value, "absent") | given(value, "signal") | given(value, "at_least") |
                      given(value, "at_least_points") | given(value, "older");
    unsigned shapes = single + given(value, "all") + given(value, "any") + given(value, "of");
    if (shapes != 1 || given(value, "count") != given(value, "of"))
        return tri_refuse(l, value,
                          "needs one condition, or one of \"all\", \"any\", or \"of\" with "
                          "\"count\"",
                          nothing);
    gate->first = l->policy->condition_count;
    gate->form = TRI_GATE_ONE;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && list == NULL; i++) {
        list = tri_json_member(value, forms[i].name);
        gate->form = list != NULL ? forms[i].form : TRI_GATE_ONE;
    }
    if (gate->form == TRI_GATE_ONE) {
        gate->count = gate->need = 1;
        return read_condition(l, value, &l->policy->conditions[l->policy->condition_count++]);
    }
    status = read_conditions(l, list, gate);
    return status == TRUST_OK ? read_need(l, value, gate) : status;
}

/* ---- gates ---- */

static bool is_never(const tri_overrides *overrides, uint32_t reason)
{
    for (uint32_t i = 0; i < overrides->never_count; i++)
        if (overrides->never[i] == reason)
            return true;
    return false;
}

/* A code that no gate gives would hold nothing back, though it reads as if it did. */
static trust_status check_never(tri_loader *l)
{
    const trust_policy *p = l->policy;
    const tri_json *overrides = tri_json_member(l->doc->root, "overrides");
    const tri_json *code = overrides != NULL ? tri_json_member(overrides, "never") : NULL;
    for (code = code != NULL ? tri_json_first(code) : NULL; code != NULL;
         code = tri_json_next(code)) {
        trust_bytes text = {NULL, 0};
        bool found = false;
        (void)tri_json_string(code, &text); /* it was read already */
        for (uint32_t g = 0; g < p->gate_count; g++)
            found |= tri_same_text(text, trust_reason_code(p->gates[g].reason));
        if (!found)
            return tri_refuse(l, code, "this holds nothing back, since no gate gives the reason",
                              text);
    }
    return TRUST_OK;
}

static trust_status read_gate(tri_loader *l, const tri_json *value, tri_gate *gate)
{
    const trust_policy *p = l->policy;
    tri_object_defaults(&tri_document_gate, gate);
    trust_status status = tri_load_object(l, value, &tri_document_gate, gate);
    for (uint32_t i = 0; i < p->gate_count && status == TRUST_OK; i++)
        if (strcmp(p->gates[i].id, gate->id) == 0)
            status = tri_refuse(l, tri_json_member(value, "id"), "another gate has the id",
                                tri_bytes(gate->id));
    gate->final = gate->kept_final || is_never(&p->overrides, gate->reason);
    return status;
}

/* At least as many as there are conditions: what holds none is refused when it is read. */
static size_t count_conditions(const tri_json *gates)
{
    size_t count = 0;
    for (const tri_json *gate = tri_json_first(gates); gate != NULL; gate = tri_json_next(gate)) {
        const tri_json *condition = tri_json_member(gate, "if");
        size_t most = 1;
        for (const tri_json *e = tri_json_first(condition); e != NULL; e = tri_json_next(e))
            most = tri_json_count(e) > most ? tri_json_count(e) : most;
        count += most < TRUST_POLICY_MAX_CONDITIONS ? most : TRUST_POLICY_MAX_CONDITIONS;
    }
    return count;
}

trust_status tri_load_gates(tri_loader *l)
{
    trust_policy *p = l->policy;
    const tri_json *list = tri_json_member(l->doc->root, "gates");
    const tri_json *child = tri_json_first(list);
    if (child == NULL)
        return check_never(l);
    p->gates = tri_arena_take(&p->arena, tri_json_count(list) * sizeof *p->gates);
    p->conditions = tri_arena_take(&p->arena, count_conditions(list) * sizeof *p->conditions);
    if (p->gates == NULL || p->conditions == NULL)
        return tri_load_no_memory(l);
    for (; child != NULL; child = tri_json_next(child)) {
        trust_status status = read_gate(l, child, &p->gates[p->gate_count]);
        if (status != TRUST_OK)
            return status;
        p->gate_count++;
    }
    return check_never(l);
}
