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

static void put_next(tri_text *t, const trust_decision *d)
{
    member(t, "next");
    tri_text_char(t, '[');
    for (size_t i = 0; i < d->next_count; i++) {
        begin_element(t, i);
        text_member(t, "obtain", tri_decision_shown(d, d->next[i].obtain));
        text_member(t, "action", tri_next_action(d->next[i].kind));
        text_member(t, "can_reach", trust_verdict_name(d->next[i].can_reach));
        tri_text_char(t, '}');
    }
    tri_text_char(t, ']');
    member(t, "actions");
    tri_text_str(t, "[]");
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
    bool_member(t, "signed", false);
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

static void put_heads(tri_text *t, const trust_decision *d)
{
    const trust_policy_summary *s = &d->info.summary;
    text_member(t, "device", d->device);
    text_member(t, "verdict", trust_verdict_name(s->verdict));
    int_member(t, "risk", s->risk);
    member(t, "range");
    tri_text_char(t, '[');
    tri_text_int(t, s->lowest);
    tri_text_char(t, ',');
    tri_text_int(t, s->highest);
    tri_text_char(t, ']');
    int_member(t, "uncertainty", s->uncertainty);
    int_member(t, "adverse", s->adverse);
    text_member(t, "profile", "default");
    member(t, "stage");
    tri_text_str(t, "null");
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
    text_member(&t, "binding", tri_binding_name(decision->info.binding));
    text_member(&t, "replay_protection", tri_replay_name(decision->info.replay_protection));
    put_policy(&t, decision);
    put_inputs(&t, decision);
    put_items(&t, decision);
    tri_text_char(&t, '}');
    return tri_text_end(&t, need);
}
