/* A compiled policy becomes a document again, in full: the canonical text that the hash is over,
 * and the same laid out for people. Trust: the policy was checked when it was loaded. */

#include <trust/reason.h>

#include "core/bytes.h"
#include "core/kind.h"
#include "policy/document.h"

typedef struct writer {
    const trust_policy *policy;
    tri_text *text;
    bool laid_out;
    bool flat;       /* inside an object that stays on its line */
    unsigned indent; /* of the line, in levels */
} writer;

/* Write the member's value, which @p base keeps. */
typedef void member_writer(writer *w, const tri_member *member, const void *base);

static void write_object(writer *w, const tri_object *object, const void *base);

/* ---- layout ---- */

static void open_container(writer *w, char bracket)
{
    tri_text_char(w->text, bracket);
    w->indent++;
}

/* Before an entry or, with no entry to follow, before the bracket that closes. */
static void begin_line(writer *w)
{
    if (!w->laid_out || w->flat)
        return;
    tri_text_char(w->text, '\n');
    for (unsigned i = 0; i < w->indent; i++)
        tri_text_str(w->text, "  ");
}

static void begin_entry(writer *w, bool first)
{
    if (!first)
        tri_text_str(w->text, w->laid_out && w->flat ? ", " : ",");
    begin_line(w);
}

static void close_container(writer *w, char bracket, bool empty)
{
    w->indent--;
    if (!empty)
        begin_line(w);
    tri_text_char(w->text, bracket);
}

static void write_key(writer *w, const char *name)
{
    tri_text_json(w->text, tri_bytes(name));
    tri_text_str(w->text, w->laid_out ? ": " : ":");
}

/* ---- values, by type ---- */

static void write_quoted(writer *w, const char *word)
{
    tri_text_json(w->text, tri_bytes(word));
}

static void write_number(writer *w, const tri_member *member, const void *base)
{
    tri_text_int(w->text, tri_member_fetch(member, base));
}

static void write_version(writer *w, const tri_member *member, const void *base)
{
    (void)base;
    tri_text_int(w->text, member->max);
}

static void write_name(writer *w, const tri_member *member, const void *base)
{
    write_quoted(w, (const char *)base + member->offset);
}

static void write_duration(writer *w, const tri_member *member, const void *base)
{
    int64_t ms = tri_member_fetch(member, base);
    tri_text_char(w->text, '"');
    if (ms == 0 && member->type == TRI_DURATION)
        tri_text_str(w->text, "never");
    else
        tri_duration_format(w->text, ms);
    tri_text_char(w->text, '"');
}

static void write_time(writer *w, const tri_member *member, const void *base)
{
    tri_text_char(w->text, '"');
    tri_text_time(w->text, tri_member_fetch(member, base));
    tri_text_char(w->text, '"');
}

static void write_scale(writer *w, const tri_member *member, const void *base)
{
    const tri_signal_rule *rule = base;
    (void)member;
    write_quoted(w, tri_scale_name(rule->scale));
}

static void write_curve(writer *w, const tri_member *member, const void *base)
{
    const tri_signal_rule *rule = base;
    (void)member;
    for (uint32_t i = 0; i < rule->knot_count; i++) {
        tri_text_char(w->text, i == 0 ? '[' : ',');
        tri_text_str(w->text, i > 0 && w->laid_out ? " [" : "[");
        tri_text_int(w->text, rule->knots[i].value);
        tri_text_str(w->text, w->laid_out ? ", " : ",");
        tri_text_int(w->text, rule->knots[i].mb / TRI_MB_PER_POINT);
        tri_text_char(w->text, ']');
    }
    tri_text_char(w->text, ']');
}

static void write_group_name(writer *w, const tri_member *member, const void *base)
{
    write_quoted(w, w->policy->groups[tri_member_fetch(member, base)].name);
}

static void write_signal_name(writer *w, const tri_member *member, const void *base)
{
    write_quoted(w, w->policy->signals[tri_member_fetch(member, base)].name);
}

static void write_floor(writer *w, const tri_member *member, const void *base)
{
    write_quoted(w, trust_verdict_name((trust_verdict)tri_member_fetch(member, base)));
}

static void write_code(writer *w, const tri_member *member, const void *base)
{
    write_quoted(w, trust_reason_code((uint32_t)tri_member_fetch(member, base)));
}

static void write_inside(writer *w, const tri_member *member, const void *base)
{
    write_object(w, member->object, base);
}

static void write_map(writer *w, const tri_member *member, const void *base)
{
    const trust_policy *p = base;
    bool signals = member->object == &tri_document_signal;
    uint32_t count = signals ? p->signal_count : p->group_count;
    open_container(w, '{');
    for (uint32_t i = 0; i < count; i++) {
        begin_entry(w, i == 0);
        write_key(w, signals ? p->signals[i].name : p->groups[i].name);
        if (signals)
            write_object(w, member->object, &p->signals[i]);
        else
            write_object(w, member->object, &p->groups[i]);
    }
    close_container(w, '}', count == 0);
}

static void write_list(writer *w, const tri_member *member, const void *base)
{
    const trust_policy *p = base;
    open_container(w, '[');
    for (uint32_t i = 0; i < p->gate_count; i++) {
        begin_entry(w, i == 0);
        write_object(w, member->object, &p->gates[i]);
    }
    close_container(w, ']', p->gate_count == 0);
}

static void write_if(writer *w, const tri_member *member, const void *base)
{
    const tri_gate *gate = base;
    write_object(w, member->object, &w->policy->conditions[gate->first]);
}

static member_writer *const writers[TRI_TYPE_COUNT] = {
    [TRI_VERSION] = write_version,     [TRI_NAME] = write_name,
    [TRI_COUNT] = write_number,        [TRI_RISK] = write_number,
    [TRI_POINTS] = write_number,       [TRI_PERMILLE] = write_number,
    [TRI_VALUE] = write_number,        [TRI_DURATION] = write_duration,
    [TRI_SPAN] = write_duration,       [TRI_TIME] = write_time,
    [TRI_SCALE] = write_scale,         [TRI_CURVE] = write_curve,
    [TRI_ABSENT] = write_inside,       [TRI_COST] = write_number,
    [TRI_GROUP] = write_group_name,    [TRI_SIGNAL] = write_signal_name,
    [TRI_MISSING] = write_signal_name, [TRI_FLOOR] = write_floor,
    [TRI_CODE] = write_code,           [TRI_IF] = write_if,
    [TRI_OBJECT] = write_inside,       [TRI_MAP] = write_map,
    [TRI_LIST] = write_list,
};

/* ---- objects ---- */

static bool written(const tri_member *member, const void *base)
{
    if (member->type == TRI_NOTE)
        return false;
    /* "Always" and "never" have no spelling but silence. */
    if (member->type == TRI_TIME)
        return tri_member_fetch(member, base) != member->fallback;
    /* Of a condition, the members of its shape. */
    if (member->type == TRI_VALUE || member->type == TRI_SIGNAL)
        return ((const tri_condition *)base)->asks == TRI_ASKS_AT_LEAST;
    if (member->type == TRI_MISSING)
        return ((const tri_condition *)base)->asks == TRI_ASKS_ABSENT;
    return true;
}

static void write_object(writer *w, const tri_object *object, const void *base)
{
    bool flat = w->flat;
    bool first = true;
    w->flat = flat || object->flat;
    open_container(w, '{');
    for (size_t i = 0; i < object->count; i++) {
        const tri_member *member = &object->members[i];
        if (!written(member, base))
            continue;
        begin_entry(w, first);
        write_key(w, member->name);
        writers[member->type](w, member, base);
        first = false;
    }
    close_container(w, '}', first);
    w->flat = flat;
}

void tri_policy_write(const trust_policy *policy, bool laid_out, tri_text *text)
{
    writer w = {policy, text, laid_out, false, 0};
    write_object(&w, &tri_document, policy);
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
