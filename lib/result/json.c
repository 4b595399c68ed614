/* A decision as one JSON object (docs/decision.md). Trust: texts may quote the device and are
 * escaped. */

#include <trust/reason.h>

#include "core/bytes.h"
#include "result/decision.h"

/* "name": begins a member, with a comma before all but the first. */
static void member(tri_text *t, const char *name)
{
    if (t->last != '{')
        tri_text_char(t, ',');
    tri_text_json(t, tri_bytes(name));
    tri_text_char(t, ':');
}

static void text_member(tri_text *t, const char *name, const char *value)
{
    member(t, name);
    tri_text_json(t, tri_bytes(value));
}

static void int_member(tri_text *t, const char *name, int64_t value)
{
    member(t, name);
    tri_text_int(t, value);
}

static void bool_member(tri_text *t, const char *name, bool value)
{
    member(t, name);
    tri_text_str(t, value ? "true" : "false");
}

static void time_member(tri_text *t, const char *name, trust_time time)
{
    member(t, name);
    if (time == TRUST_TIME_UNKNOWN || time == TRUST_TIME_NEVER) {
        tri_text_str(t, "null");
        return;
    }
    tri_text_char(t, '"');
    tri_text_time(t, time);
    tri_text_char(t, '"');
}

static void begin_element(tri_text *t, size_t index)
{
    tri_text_str(t, index > 0 ? ",{" : "{");
}

static void put_reasons(tri_text *t, const trust_decision *d)
{
    member(t, "reasons");
    tri_text_char(t, '[');
    for (size_t i = 0; i < 3 && d->info.summary.reasons[i] != 0; i++) {
        uint32_t row = d->info.summary.subjects[i];
        begin_element(t, i);
        text_member(t, "code", trust_reason_code(d->info.summary.reasons[i]));
        text_member(t, "text", trust_reason_text(d->info.summary.reasons[i]));
        if (row < d->info.row_count)
            text_member(t, "row", trust_decision_row_name(d, row));
        tri_text_char(t, '}');
    }
    tri_text_char(t, ']');
}

static void put_ledger(tri_text *t, const trust_decision *d)
{
    member(t, "ledger");
    tri_text_char(t, '[');
    for (size_t i = 0; i < d->info.row_count; i++) {
        const trust_row *row = &d->rows[i];
        begin_element(t, i);
        text_member(t, "row", trust_decision_row_name(d, i));
        member(t, "state");
        if (row->type == TRUST_ROW_SIGNAL)
            tri_text_json(t, tri_bytes(trust_state_name(row->state)));
        else
            tri_text_str(t, "null");
        int_member(t, "points", row->points);
        int_member(t, "millibits", row->millibits);
        text_member(t, "why", trust_reason_code(row->reason));
        tri_text_char(t, '}');
    }
    tri_text_char(t, ']');
}

static void begin_list(tri_text *t, const char *name)
{
    member(t, name);
    tri_text_char(t, '[');
}

static void list_text(tri_text *t, const char *value)
{
    if (t->last != '[')
        tri_text_char(t, ',');
    tri_text_json(t, tri_bytes(value));
}

/* What else has to be obtained with the signal at @p index; nothing where it suffices. */
static void put_with(tri_text *t, const trust_decision *d, const tri_step *step, uint32_t index)
{
    if (step->count < 2)
        return;
    begin_list(t, "with");
    for (uint32_t i = 0; i < step->count; i++)
        if (i != index)
            list_text(t, tri_decision_shown(d, step->signals[i].obtain));
    tri_text_char(t, ']');
}

/* A set of several signals is one element a signal, each naming the others. */
static void put_next(tri_text *t, const trust_decision *d)
{
    size_t elements = 0;
    begin_list(t, "next");
    for (size_t i = 0; i < d->info.step_count; i++) {
        const tri_step *step = &d->steps[i];
        for (uint32_t k = 0; k < step->count; k++) {
            begin_element(t, elements++);
            text_member(t, "obtain", tri_decision_shown(d, step->signals[k].obtain));
            text_member(t, "action", tri_decision_shown(d, step->signals[k].action));
            text_member(t, "can_reach", trust_verdict_name(step->can_reach));
            int_member(t, "cost", step->cost);
            put_with(t, d, step, k);
            tri_text_char(t, '}');
        }
    }
    tri_text_char(t, ']');
}

static void put_actions(tri_text *t, const trust_decision *d)
{
    begin_list(t, "actions");
    for (size_t i = 0; i < d->info.action_count; i++) {
        begin_element(t, i);
        text_member(t, "action", tri_decision_shown(d, d->actions[i].name));
        int_member(t, "id", d->actions[i].id);
        text_member(t, "reason", trust_reason_code(d->actions[i].reason));
        tri_text_char(t, '}');
    }
    tri_text_char(t, ']');
}

static void put_policy(tri_text *t, const trust_decision *d)
{
    member(t, "policy");
    tri_text_char(t, '{');
    text_member(t, "id", tri_decision_shown(d, d->policy_id));
    int_member(t, "revision", (int64_t)d->info.policy_revision);
    member(t, "hash");
    tri_text_char(t, '"');
    tri_text_hex(t, d->info.policy_hash, sizeof d->info.policy_hash);
    tri_text_char(t, '"');
    int_member(t, "semantics", TRUST_POLICY_SEMANTICS);
    bool_member(t, "signed", d->info.policy_signed != 0);
    tri_text_char(t, '}');
}

static void put_inputs(tri_text *t, const trust_decision *d)
{
    member(t, "inputs");
    tri_text_char(t, '[');
    for (size_t i = 0; i < d->input_count; i++) {
        begin_element(t, i);
        text_member(t, "kind", tri_decision_shown(d, d->inputs[i].kind));
        int_member(t, "revision", (int64_t)d->inputs[i].revision);
        bool_member(t, "signed", false);
        tri_text_char(t, '}');
    }
    tri_text_char(t, ']');
}

static void put_items(tri_text *t, const trust_decision *d)
{
    member(t, "items");
    tri_text_char(t, '[');
    for (size_t i = 0; i < d->info.item_count; i++) {
        begin_element(t, i);
        text_member(t, "type", tri_decision_shown(d, d->items[i].type));
        text_member(t, "origin", trust_origin_name(d->items[i].origin));
        text_member(t, "state", trust_state_name(d->items[i].state));
        text_member(t, "why", trust_reason_code(d->items[i].reason));
        tri_text_char(t, '}');
    }
    tri_text_char(t, ']');
}

/* Only where the policy was calibrated. */
static void put_probability(tri_text *t, int32_t millionths)
{
    if (millionths < 0)
        return;
    member(t, "probability");
    tri_put_probability(t, millionths);
}

static void put_stage(tri_text *t, const trust_decision *d)
{
    member(t, "stage");
    if (trust_decision_stage(d)[0] != '\0') {
        tri_text_json(t, tri_bytes(trust_decision_stage(d)));
        time_member(t, "stage_since", d->info.summary.stage_since);
    } else {
        tri_text_str(t, "null");
    }
    begin_list(t, "needs");
    for (size_t i = 0; i < d->info.need_count; i++)
        list_text(t, trust_decision_need(d, i));
    tri_text_char(t, ']');
}

static void put_heads(tri_text *t, const trust_decision *d)
{
    const trust_policy_summary *s = &d->info.summary;
    text_member(t, "device", d->device);
    text_member(t, "verdict", trust_verdict_name(s->verdict));
    text_member(t, "natural", trust_verdict_name(s->natural));
    bool_member(t, "overridden", s->overridden != 0);
    int_member(t, "risk", s->risk);
    member(t, "range");
    tri_text_char(t, '[');
    tri_text_int(t, s->lowest);
    tri_text_char(t, ',');
    tri_text_int(t, s->highest);
    tri_text_char(t, ']');
    int_member(t, "uncertainty", s->uncertainty);
    int_member(t, "adverse", s->adverse);
    put_probability(t, s->probability);
    text_member(t, "profile", trust_decision_profile(d));
    bool_member(t, "unsure", s->unsure != 0);
    put_stage(t, d);
    time_member(t, "decided", d->info.decided);
    time_member(t, "valid_until", d->info.valid_until);
    bool_member(t, "valid_until_exact", d->info.valid_until_exact != 0);
    bool_member(t, "held", s->held != 0);
    bool_member(t, "preview", d->info.preview != 0);
    bool_member(t, "repeated", d->info.repeated != 0);
}

trust_status trust_decision_to_json(const trust_decision *decision, char *out, size_t cap,
                                    size_t *need)
{
    if (decision == NULL || (out == NULL && cap > 0))
        return TRUST_E_ARGUMENT;
    tri_text t = tri_text_begin(out, cap);
    tri_text_char(&t, '{');
    put_heads(&t, decision);
    put_reasons(&t, decision);
    put_ledger(&t, decision);
    put_next(&t, decision);
    put_actions(&t, decision);
    text_member(&t, "binding", tri_binding_name(decision->info.binding));
    text_member(&t, "replay_protection", tri_replay_name(decision->info.replay_protection));
    put_policy(&t, decision);
    put_inputs(&t, decision);
    put_items(&t, decision);
    tri_text_char(&t, '}');
    return tri_text_end(&t, need);
}
