/* A decision written down and read again: deterministic CBOR (RFC 8949 section 4.2), arrays of
 * whole numbers and texts. Trust: a record of our own store; still, whatever is read is bounded. */

#include "result/decision.h"

#include <string.h>

#include "core/bytes.h"
#include "format/cbor.h"

#define FORMAT 1
#define PARTS  13
#define HEADS  29

static void put_numbers(tri_cbor_out *out, const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tri_cbor_put_int(out, numbers[i]);
}

static void put_pooled(tri_cbor_out *out, const trust_decision *d, tri_text_id id)
{
    tri_cbor_put_text(out, tri_bytes(tri_decision_shown(d, id)));
}

static void put_heads(tri_cbor_out *out, const trust_decision *d)
{
    const trust_decision_info *n = &d->info;
    const trust_policy_summary *s = &n->summary;
    const int64_t numbers[] = {s->verdict,
                               s->natural,
                               s->risk,
                               s->lowest,
                               s->highest,
                               s->uncertainty,
                               s->adverse,
                               s->held,
                               s->since,
                               s->reasons[0],
                               s->reasons[1],
                               s->reasons[2],
                               s->subjects[0],
                               s->subjects[1],
                               s->subjects[2],
                               n->binding,
                               n->replay_protection,
                               n->valid_until_exact,
                               n->decided,
                               n->valid_until,
                               (int64_t)n->policy_revision,
                               s->profile,
                               s->unsure,
                               s->stage,
                               s->stage_since,
                               s->flaps,
                               s->overridden,
                               s->probability,
                               n->policy_signed};
    _Static_assert(sizeof numbers / sizeof numbers[0] == HEADS, "all that is read again");
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, HEADS);
    put_numbers(out, numbers, HEADS);
}

static void put_rows(tri_cbor_out *out, const trust_decision *d)
{
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, d->info.row_count);
    for (size_t i = 0; i < d->info.row_count; i++) {
        const trust_row *r = &d->rows[i];
        const int64_t numbers[] = {r->type,   r->index,     r->state,     r->reason,
                                   r->points, r->millibits, r->certainty, r->finding};
        tri_cbor_put_head(out, TRI_CBOR_ARRAY, 9);
        put_pooled(out, d, d->row_names[i]);
        put_numbers(out, numbers, 8);
    }
}

static void put_findings(tri_cbor_out *out, const trust_decision *d)
{
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, d->info.finding_count);
    for (size_t i = 0; i < d->info.finding_count; i++) {
        const trust_finding *f = &d->findings[i];
        const int64_t numbers[] = {f->kind, f->source, f->state, f->origin,   f->value, f->quality,
                                   f->time, f->reason, f->item,  f->expected, f->seen};
        tri_cbor_put_head(out, TRI_CBOR_ARRAY, 11);
        put_numbers(out, numbers, 11);
    }
}

static void put_items(tri_cbor_out *out, const trust_decision *d)
{
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, d->info.item_count);
    for (size_t i = 0; i < d->info.item_count; i++) {
        const int64_t numbers[] = {d->items[i].origin, d->items[i].state, d->items[i].reason};
        tri_cbor_put_head(out, TRI_CBOR_ARRAY, 4);
        put_pooled(out, d, d->items[i].type);
        put_numbers(out, numbers, 3);
    }
}

static void put_steps(tri_cbor_out *out, const trust_decision *d)
{
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, d->info.step_count);
    for (size_t i = 0; i < d->info.step_count; i++) {
        const tri_step *step = &d->steps[i];
        tri_cbor_put_head(out, TRI_CBOR_ARRAY, 2 + step->count);
        tri_cbor_put_int(out, step->can_reach);
        tri_cbor_put_int(out, step->cost);
        for (uint32_t k = 0; k < step->count; k++) {
            tri_cbor_put_head(out, TRI_CBOR_ARRAY, 3);
            put_pooled(out, d, step->signals[k].obtain);
            put_pooled(out, d, step->signals[k].action);
            tri_cbor_put_int(out, step->signals[k].kind);
        }
    }
}

static void put_actions(tri_cbor_out *out, const trust_decision *d)
{
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, d->info.action_count);
    for (size_t i = 0; i < d->info.action_count; i++) {
        const int64_t numbers[] = {d->actions[i].id, d->actions[i].reason};
        tri_cbor_put_head(out, TRI_CBOR_ARRAY, 3);
        put_pooled(out, d, d->actions[i].name);
        put_numbers(out, numbers, 2);
    }
}

static void put_needs(tri_cbor_out *out, const trust_decision *d)
{
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, d->info.need_count);
    for (size_t i = 0; i < d->info.need_count; i++) {
        tri_cbor_put_head(out, TRI_CBOR_ARRAY, 2);
        put_pooled(out, d, d->needs[i].name);
        tri_cbor_put_int(out, d->needs[i].kind);
    }
}

static void put_inputs(tri_cbor_out *out, const trust_decision *d)
{
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, d->input_count);
    for (size_t i = 0; i < d->input_count; i++) {
        tri_cbor_put_head(out, TRI_CBOR_ARRAY, 2);
        put_pooled(out, d, d->inputs[i].kind);
        tri_cbor_put_int(out, (int64_t)d->inputs[i].revision);
    }
}

trust_status tri_outcome_encode(const trust_decision *d, uint8_t *data, size_t cap, size_t *need)
{
    tri_cbor_out out = {data, cap, 0};
    tri_cbor_put_head(&out, TRI_CBOR_ARRAY, PARTS + 1);
    tri_cbor_put_int(&out, FORMAT);
    put_heads(&out, d);
    tri_cbor_put_text(&out, tri_bytes(d->device));
    put_pooled(&out, d, d->policy_id);
    put_pooled(&out, d, d->profile);
    put_pooled(&out, d, d->stage);
    tri_cbor_put_bytes(&out, (trust_bytes){d->info.policy_hash, sizeof d->info.policy_hash});
    put_rows(&out, d);
    put_findings(&out, d);
    put_steps(&out, d);
    put_actions(&out, d);
    put_needs(&out, d);
    put_items(&out, d);
    put_inputs(&out, d);
    *need = out.need;
    return out.need <= cap ? TRUST_OK : TRUST_E_LIMIT;
}

/* The next array, and a cursor inside it; an error sticks to both cursors. */
static tri_cbor open_array(tri_cbor *cursor, uint64_t most, uint64_t *count, bool *bad)
{
    tri_cbor_item item;
    if (!tri_cbor_next(cursor, &item) || item.type != TRI_CBOR_ARRAY || item.argument > most) {
        *bad = true;
        *count = 0;
        return *cursor;
    }
    *count = item.argument;
    return tri_cbor_inside(cursor, &item);
}

static void take_numbers(tri_cbor *cursor, int64_t *out, size_t count, bool *bad)
{
    tri_cbor_item item;
    for (size_t i = 0; i < count; i++) {
        out[i] = 0;
        if (*bad || !tri_cbor_next(cursor, &item) || !tri_cbor_int(&item, &out[i]))
            *bad = true;
    }
}

static trust_bytes take_string(tri_cbor *cursor, int type, size_t most, bool *bad)
{
    tri_cbor_item item;
    if (*bad || !tri_cbor_next(cursor, &item) || item.type != type || item.body.size > most) {
        *bad = true;
        return (trust_bytes){NULL, 0};
    }
    return item.body;
}

static tri_text_id take_pooled(tri_cbor *cursor, trust_decision *d, bool *bad)
{
    char text[256];
    trust_bytes bytes = take_string(cursor, TRI_CBOR_TEXT, sizeof text - 1, bad);
    if (bytes.size > 0)
        memcpy(text, bytes.data, bytes.size);
    text[bytes.size] = '\0';
    return tri_decision_word(d, text);
}

static void take_heads(tri_cbor *cursor, trust_decision *d, bool *bad)
{
    int64_t n[HEADS];
    uint64_t count;
    tri_cbor inside = open_array(cursor, HEADS, &count, bad);
    take_numbers(&inside, n, HEADS, bad);
    trust_policy_summary *s = &d->info.summary;
    s->verdict = (trust_verdict)n[0];
    s->natural = (trust_verdict)n[1];
    s->risk = (int32_t)n[2];
    s->lowest = (int32_t)n[3];
    s->highest = (int32_t)n[4];
    s->uncertainty = (int32_t)n[5];
    s->adverse = (int32_t)n[6];
    s->held = (uint32_t)n[7];
    s->since = n[8];
    for (size_t i = 0; i < 3; i++) {
        s->reasons[i] = (uint32_t)n[9 + i];
        s->subjects[i] = (uint32_t)n[12 + i];
    }
    d->info.binding = (uint32_t)n[15];
    d->info.replay_protection = (uint32_t)n[16];
    d->info.valid_until_exact = (uint32_t)n[17];
    d->info.decided = n[18];
    d->info.valid_until = n[19];
    d->info.policy_revision = (uint64_t)n[20];
    s->profile = (uint32_t)n[21];
    s->unsure = (uint32_t)n[22];
    s->stage = (uint32_t)n[23];
    s->stage_since = n[24];
    s->flaps = (uint32_t)n[25];
    s->overridden = (uint32_t)n[26];
    s->probability = (int32_t)n[27];
    d->info.policy_signed = (uint32_t)n[28];
    *bad |= s->verdict < TRUST_ALLOW || s->verdict > TRUST_DENY || s->risk < 0 || s->risk > 1000;
}

static void take_rows(tri_cbor *cursor, trust_decision *d, bool *bad)
{
    uint64_t count;
    uint64_t fields;
    tri_cbor rows = open_array(cursor, TRUST_MAX_ROWS, &count, bad);
    for (uint64_t i = 0; i < count && !*bad; i++) {
        int64_t n[8];
        tri_cbor row = open_array(&rows, 9, &fields, bad);
        d->row_names[i] = take_pooled(&row, d, bad);
        take_numbers(&row, n, 8, bad);
        d->rows[i] = (trust_row){(uint32_t)n[0], (uint32_t)n[1], (uint32_t)n[2], (uint32_t)n[3],
                                 (int32_t)n[4],  (int32_t)n[5],  (uint32_t)n[6], (uint32_t)n[7]};
        d->info.row_count++;
    }
}

static void take_findings(tri_cbor *cursor, trust_decision *d, bool *bad)
{
    uint64_t count;
    uint64_t fields;
    tri_cbor findings = open_array(cursor, TRI_DECISION_FINDINGS, &count, bad);
    for (uint64_t i = 0; i < count && !*bad; i++) {
        int64_t n[11];
        tri_cbor finding = open_array(&findings, 11, &fields, bad);
        take_numbers(&finding, n, 11, bad);
        d->findings[i] =
            (trust_finding){(uint32_t)n[0], (uint32_t)n[1], (uint32_t)n[2], (uint32_t)n[3],
                            (int32_t)n[4],  (uint32_t)n[5], n[6],           (uint32_t)n[7],
                            (uint32_t)n[8], n[9],           n[10],          0};
        d->info.finding_count++;
    }
}

static void take_items(tri_cbor *cursor, trust_decision *d, bool *bad)
{
    uint64_t count;
    uint64_t fields;
    tri_cbor items = open_array(cursor, TRI_DECISION_ITEMS, &count, bad);
    for (uint64_t i = 0; i < count && !*bad; i++) {
        int64_t n[3];
        tri_cbor item = open_array(&items, 4, &fields, bad);
        d->items[i].type = take_pooled(&item, d, bad);
        take_numbers(&item, n, 3, bad);
        d->items[i].origin = (uint32_t)n[0];
        d->items[i].state = (uint32_t)n[1];
        d->items[i].reason = (uint32_t)n[2];
        d->info.item_count++;
    }
}

static void take_steps(tri_cbor *cursor, trust_decision *d, bool *bad)
{
    uint64_t count;
    uint64_t fields;
    int64_t n[2];
    tri_cbor steps = open_array(cursor, TRI_DECISION_STEPS, &count, bad);
    for (uint64_t i = 0; i < count && !*bad; i++) {
        tri_step *step = &d->steps[d->info.step_count++];
        tri_cbor one = open_array(&steps, 2 + TRUST_STEP_MAX_SIGNALS, &fields, bad);
        take_numbers(&one, n, 2, bad);
        *bad |= fields < 3;
        *step = (tri_step){.can_reach = (trust_verdict)n[0], .cost = (uint32_t)n[1]};
        for (uint64_t k = 2; k < fields && !*bad; k++) {
            uint64_t parts;
            tri_cbor signal = open_array(&one, 3, &parts, bad);
            step->signals[step->count].obtain = take_pooled(&signal, d, bad);
            step->signals[step->count].action = take_pooled(&signal, d, bad);
            take_numbers(&signal, n, 1, bad);
            step->signals[step->count++].kind = (uint32_t)n[0];
        }
    }
}

static void take_actions(tri_cbor *cursor, trust_decision *d, bool *bad)
{
    uint64_t count;
    uint64_t fields;
    int64_t n[2];
    tri_cbor actions = open_array(cursor, TRUST_POLICY_MAX_ACTIONS, &count, bad);
    for (uint64_t i = 0; i < count && !*bad; i++) {
        tri_cbor one = open_array(&actions, 3, &fields, bad);
        tri_text_id name = take_pooled(&one, d, bad);
        take_numbers(&one, n, 2, bad);
        d->actions[d->info.action_count++] = (tri_response){name, (uint32_t)n[0], (uint32_t)n[1]};
    }
}

static void take_needs(tri_cbor *cursor, trust_decision *d, bool *bad)
{
    uint64_t count;
    uint64_t fields;
    int64_t kind;
    tri_cbor needs = open_array(cursor, TRUST_POLICY_MAX_SIGNALS, &count, bad);
    for (uint64_t i = 0; i < count && !*bad; i++) {
        tri_cbor one = open_array(&needs, 2, &fields, bad);
        d->needs[i].name = take_pooled(&one, d, bad);
        take_numbers(&one, &kind, 1, bad);
        d->needs[i].kind = (uint32_t)kind;
        d->info.need_count++;
    }
}

static void take_inputs(tri_cbor *cursor, trust_decision *d, bool *bad)
{
    uint64_t count;
    uint64_t fields;
    int64_t n[1];
    tri_cbor inputs = open_array(cursor, TRI_DECISION_INPUTS, &count, bad);
    for (uint64_t i = 0; i < count && !*bad; i++) {
        tri_cbor one = open_array(&inputs, 2, &fields, bad);
        tri_text_id kind = take_pooled(&one, d, bad);
        take_numbers(&one, n, 1, bad);
        d->inputs[d->input_count++] = (tri_input){kind, (uint64_t)n[0]};
    }
}

trust_status tri_outcome_decode(trust_bytes record, trust_decision *d)
{
    tri_cbor cursor = tri_cbor_begin(record);
    bool bad = false;
    uint64_t parts;
    int64_t format;
    tri_decision_clear(d);
    tri_cbor inside = open_array(&cursor, PARTS + 1, &parts, &bad);
    take_numbers(&inside, &format, 1, &bad);
    take_heads(&inside, d, &bad);
    trust_bytes device = take_string(&inside, TRI_CBOR_TEXT, sizeof d->device - 1, &bad);
    if (!bad) {
        memcpy(d->device, device.data, device.size);
        d->device[device.size] = '\0';
    }
    d->policy_id = take_pooled(&inside, d, &bad);
    d->profile = take_pooled(&inside, d, &bad);
    d->stage = take_pooled(&inside, d, &bad);
    trust_bytes hash = take_string(&inside, TRI_CBOR_BYTES, sizeof d->info.policy_hash, &bad);
    if (!bad && hash.size == sizeof d->info.policy_hash)
        memcpy(d->info.policy_hash, hash.data, hash.size);
    take_rows(&inside, d, &bad);
    take_findings(&inside, d, &bad);
    take_steps(&inside, d, &bad);
    take_actions(&inside, d, &bad);
    take_needs(&inside, d, &bad);
    take_items(&inside, d, &bad);
    take_inputs(&inside, d, &bad);
    if (!bad && format == FORMAT && inside.status == TRUST_OK)
        return TRUST_OK;
    tri_decision_clear(d);
    return TRUST_E_INTEGRITY;
}
