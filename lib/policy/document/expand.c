/* A compiled policy becomes a document again, in full: the canonical text that the hash is over,
 * and the same laid out for people. Trust: the policy was checked when it was loaded. */

#include <string.h>

#include <trust/reason.h>

#include "core/bytes.h"
#include "core/kind.h"
#include "policy/document/expand.h"

/* ---- layout ---- */

static void open_container(tri_writer *w, char bracket)
{
    tri_text_char(w->text, bracket);
    w->indent++;
}

/* Before an entry or, with no entry to follow, before the bracket that closes. */
static void begin_line(tri_writer *w)
{
    if (!w->laid_out || w->flat)
        return;
    tri_text_char(w->text, '\n');
    for (unsigned i = 0; i < w->indent; i++)
        tri_text_str(w->text, "  ");
}

static void begin_entry(tri_writer *w, bool first)
{
    if (!first)
        tri_text_str(w->text, w->laid_out && w->flat ? ", " : ",");
    begin_line(w);
}

static void close_container(tri_writer *w, char bracket, bool empty)
{
    w->indent--;
    if (!empty)
        begin_line(w);
    tri_text_char(w->text, bracket);
}

void tri_write_key(tri_writer *w, const char *name)
{
    tri_text_json(w->text, tri_bytes(name));
    tri_text_str(w->text, w->laid_out ? ": " : ":");
}

/* ---- values, by type ---- */

void tri_write_quoted(tri_writer *w, const char *word)
{
    tri_text_json(w->text, tri_bytes(word));
}

static void write_number(tri_writer *w, const tri_member *member, const void *base)
{
    tri_text_int(w->text, tri_member_fetch(member, base));
}

static void write_version(tri_writer *w, const tri_member *member, const void *base)
{
    (void)base;
    tri_text_int(w->text, member->max);
}

static void write_name(tri_writer *w, const tri_member *member, const void *base)
{
    tri_write_quoted(w, (const char *)base + member->offset);
}

static void write_bool(tri_writer *w, const tri_member *member, const void *base)
{
    tri_text_str(w->text, tri_member_fetch(member, base) != 0 ? "true" : "false");
}

static void write_duration(tri_writer *w, const tri_member *member, const void *base)
{
    int64_t ms = tri_member_fetch(member, base);
    tri_text_char(w->text, '"');
    if (ms == 0 && member->type == TRI_DURATION)
        tri_text_str(w->text, "never");
    else
        tri_duration_format(w->text, ms);
    tri_text_char(w->text, '"');
}

static void write_time(tri_writer *w, const tri_member *member, const void *base)
{
    tri_text_char(w->text, '"');
    tri_text_time(w->text, tri_member_fetch(member, base));
    tri_text_char(w->text, '"');
}

static void write_scale(tri_writer *w, const tri_member *member, const void *base)
{
    const tri_signal_rule *rule = base;
    (void)member;
    tri_write_quoted(w, tri_scale_name(rule->scale));
}

/* A pair of a curve, or of a calibration. */
static void write_pair(tri_writer *w, bool first, int32_t a, int32_t b)
{
    tri_text_char(w->text, first ? '[' : ',');
    tri_text_str(w->text, !first && w->laid_out ? " [" : "[");
    tri_text_int(w->text, a);
    tri_text_str(w->text, w->laid_out ? ", " : ",");
    tri_text_int(w->text, b);
    tri_text_char(w->text, ']');
}

static void write_curve(tri_writer *w, const tri_member *member, const void *base)
{
    const tri_signal_rule *rule = base;
    (void)member;
    for (uint32_t i = 0; i < rule->knot_count; i++)
        write_pair(w, i == 0, rule->knots[i].value, rule->knots[i].mb / TRI_MB_PER_POINT);
    tri_text_char(w->text, ']');
}

static void write_knots(tri_writer *w, const tri_member *member, const void *base)
{
    const tri_calibration *c = &((const trust_policy *)base)->calibration;
    (void)member;
    for (uint32_t i = 0; i < c->count; i++)
        write_pair(w, i == 0, c->knots[i].risk, c->knots[i].ppm);
    tri_text_char(w->text, ']');
}

static void write_group_name(tri_writer *w, const tri_member *member, const void *base)
{
    tri_write_quoted(w, w->policy->groups[tri_member_fetch(member, base)].name);
}

static void write_signal_name(tri_writer *w, const tri_member *member, const void *base)
{
    tri_write_quoted(w, w->policy->signals[tri_member_fetch(member, base)].name);
}

static void write_stage_name(tri_writer *w, const tri_member *member, const void *base)
{
    tri_write_quoted(w, w->policy->stages[tri_member_fetch(member, base)].id);
}

static void write_verdict(tri_writer *w, const tri_member *member, const void *base)
{
    tri_write_quoted(w, trust_verdict_name((trust_verdict)tri_member_fetch(member, base)));
}

static void write_code(tri_writer *w, const tri_member *member, const void *base)
{
    tri_write_quoted(w, trust_reason_code((uint32_t)tri_member_fetch(member, base)));
}

/* ---- what is inside ---- */

static void write_inside(tri_writer *w, const tri_member *member, const void *base)
{
    tri_write_object(w, member->object, base);
}

static void write_map(tri_writer *w, const tri_member *member, const void *base)
{
    const trust_policy *p = base;
    bool signals = member->object == &tri_document_signal;
    uint32_t count = signals ? p->signal_count : p->group_count;
    open_container(w, '{');
    for (uint32_t i = 0; i < count; i++) {
        begin_entry(w, i == 0);
        tri_write_key(w, signals ? p->signals[i].name : p->groups[i].name);
        if (signals)
            tri_write_object(w, member->object, &p->signals[i]);
        else
            tri_write_object(w, member->object, &p->groups[i]);
    }
    close_container(w, '}', count == 0);
}

/* What a list holds: an array of structs. */
typedef struct entries {
    const void *first;
    uint32_t count;
    size_t size;
} entries;

static entries entries_of(const trust_policy *p, const tri_object *object)
{
    if (object == &tri_document_gate)
        return (entries){p->gates, p->gate_count, sizeof *p->gates};
    if (object == &tri_document_profile)
        return (entries){p->profiles, p->profile_count, sizeof *p->profiles};
    if (object == &tri_document_stage)
        return (entries){p->stages, p->stage_count, sizeof *p->stages};
    return (entries){p->signals, p->signal_count, sizeof *p->signals};
}

static void write_list(tri_writer *w, const tri_member *member, const void *base)
{
    entries e = entries_of(base, member->object);
    bool steps = member->object == &tri_document_step;
    bool first = true;
    if (member->object == &tri_document_test) { /* as it was written */
        tri_text_add(w->text, w->policy->tests.data, w->policy->tests.size);
        return;
    }
    open_container(w, '[');
    for (uint32_t i = 0; i < e.count; i++) {
        const uint8_t *entry = (const uint8_t *)e.first + i * e.size;
        if (steps && w->policy->signals[i].cost == 0)
            continue;
        begin_entry(w, first);
        tri_write_object(w, member->object, entry);
        first = false;
    }
    close_container(w, ']', first);
}

static tri_member_writer *const writers[TRI_TYPE_COUNT] = {
    [TRI_VERSION] = write_version,
    [TRI_NAME] = write_name,
    [TRI_TEXT] = write_name,
    [TRI_BOOL] = write_bool,
    [TRI_COUNT] = write_number,
    [TRI_SMALL] = write_number,
    [TRI_RISK] = write_number,
    [TRI_POINTS] = write_number,
    [TRI_PERMILLE] = write_number,
    [TRI_DURATION] = write_duration,
    [TRI_SPAN] = write_duration,
    [TRI_TIME] = write_time,
    [TRI_SCALE] = write_scale,
    [TRI_CURVE] = write_curve,
    [TRI_ABSENT] = write_inside,
    [TRI_COST] = write_number,
    [TRI_GROUP] = write_group_name,
    [TRI_SIGNALS] = tri_write_signals,
    [TRI_VERDICT] = write_verdict,
    [TRI_CODE] = write_code,
    [TRI_CODES] = tri_write_codes,
    [TRI_ROLES] = tri_write_roles,
    [TRI_ACTIONS] = tri_write_actions,
    [TRI_KNOTS] = write_knots,
    [TRI_IF] = tri_write_if,
    [TRI_VALUE] = write_number,
    [TRI_ROW] = write_number,
    [TRI_OLDER] = write_duration,
    [TRI_SIGNAL] = write_signal_name,
    [TRI_MISSING] = write_signal_name,
    [TRI_WHEN] = tri_write_when,
    [TRI_NEXT] = write_stage_name,
    [TRI_OBTAIN] = write_name,
    [TRI_OBJECT] = write_inside,
    [TRI_MAP] = write_map,
    [TRI_LIST] = write_list,
};

/* ---- objects ---- */

/* Of a condition, the members of its shape. */
static bool asked(tri_type type, uint32_t asks)
{
    static const uint32_t of_type[TRI_TYPE_COUNT] = {
        [TRI_MISSING] = TRI_ASKS_ABSENT,
        [TRI_VALUE] = TRI_ASKS_AT_LEAST,
        [TRI_ROW] = TRI_ASKS_POINTS,
        [TRI_OLDER] = TRI_ASKS_OLDER,
    };
    return type == TRI_SIGNAL ? asks != TRI_ASKS_ABSENT : of_type[type] == asks;
}

/* What "always", "never" and "none" have no spelling for but silence. */
static bool written(const tri_writer *w, const tri_object *object, const tri_member *member,
                    const void *base)
{
    const trust_policy *p = w->policy;
    if (object == &tri_document_condition)
        return asked(member->type, ((const tri_condition *)base)->asks);
    if (member->object == &tri_document_overrides)
        return p->overrides.mildest != TRUST_NO_VERDICT;
    if (member->object == &tri_document_calibration)
        return p->calibration.count > 0;
    if (member->object == &tri_document_test)
        return w->laid_out && p->tests.size > 0;
    if (member->type == TRI_TIME)
        return tri_member_fetch(member, base) != member->fallback;
    if (member->type == TRI_NEXT)
        return ((const tri_stage *)base)->next != TRI_NO_STAGE;
    return member->type != TRI_NOTE;
}

void tri_write_object(tri_writer *w, const tri_object *object, const void *base)
{
    bool flat = w->flat;
    bool first = true;
    w->flat = flat || object->flat;
    open_container(w, '{');
    for (size_t i = 0; i < object->count; i++) {
        const tri_member *member = &object->members[i];
        if (!written(w, object, member, base))
            continue;
        begin_entry(w, first);
        tri_write_key(w, member->name);
        writers[member->type](w, member, base);
        first = false;
    }
    close_container(w, '}', first);
    w->flat = flat;
}

void tri_policy_write(const trust_policy *policy, bool laid_out, tri_text *text)
{
    tri_writer w = {policy, text, laid_out, false, 0};
    tri_write_object(&w, &tri_document, policy);
    if (laid_out)
        tri_text_char(text, '\n');
}

trust_status trust_policy_expand(const trust_policy *policy, char *out, size_t cap, size_t *need)
{
    if (policy == NULL || (out == NULL && cap > 0))
        return TRUST_E_ARGUMENT;
    tri_text text = tri_text_begin(out, cap);
    tri_policy_write(policy, true, &text);
    return tri_text_end(&text, need);
}
