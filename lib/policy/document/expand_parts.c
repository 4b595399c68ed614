/* What the full document writes on one line: arrays of names, and conditions. Trust: the policy was
 * checked when it was loaded. */

#include <string.h>

#include <trust/reason.h>

#include "policy/document/expand.h"

static void comma(tri_writer *w)
{
    tri_text_str(w->text, w->laid_out ? ", " : ",");
}

/* ---- arrays on one line ---- */

static void write_item(tri_writer *w, bool *first, const char *word)
{
    if (!*first)
        comma(w);
    tri_write_quoted(w, word);
    *first = false;
}

void tri_write_signals(tri_writer *w, const tri_member *member, const void *base)
{
    uint64_t bits;
    bool first = true;
    memcpy(&bits, (const uint8_t *)base + member->offset, sizeof bits);
    tri_text_char(w->text, '[');
    for (uint32_t i = 0; i < w->policy->signal_count; i++)
        if (bits >> i & 1)
            write_item(w, &first, w->policy->signals[i].name);
    tri_text_char(w->text, ']');
}

void tri_write_roles(tri_writer *w, const tri_member *member, const void *base)
{
    const tri_overrides *o = &((const trust_policy *)base)->overrides;
    bool first = true;
    (void)member;
    tri_text_char(w->text, '[');
    for (uint32_t i = 0; i < o->role_count; i++)
        write_item(w, &first, o->roles[i]);
    tri_text_char(w->text, ']');
}

void tri_write_codes(tri_writer *w, const tri_member *member, const void *base)
{
    const tri_overrides *o = &((const trust_policy *)base)->overrides;
    bool first = true;
    (void)member;
    tri_text_char(w->text, '[');
    for (uint32_t i = 0; i < o->never_count; i++)
        write_item(w, &first, trust_reason_code(o->never[i]));
    tri_text_char(w->text, ']');
}

/* Which of its causes calls for the actions of a member: a verdict, a gate or a stage. */
static uint32_t cause_index(const trust_policy *p, const tri_member *member, const void *base)
{
    if (member->offset == TRI_FOR_GATE)
        return (uint32_t)((const tri_gate *)base - p->gates);
    if (member->offset == TRI_FOR_STAGE)
        return (uint32_t)((const tri_stage *)base - p->stages);
    trust_verdict verdict = TRUST_ALLOW;
    while (verdict < TRUST_DENY && strcmp(member->name, trust_verdict_name(verdict)) != 0)
        verdict++;
    return verdict;
}

void tri_write_actions(tri_writer *w, const tri_member *member, const void *base)
{
    const trust_policy *p = w->policy;
    uint32_t index = cause_index(p, member, base);
    bool first = true;
    tri_text_char(w->text, '[');
    for (uint32_t i = 0; i < p->action_count; i++)
        if (p->actions[i].cause == member->offset && p->actions[i].index == index)
            write_item(w, &first, p->actions[i].name);
    tri_text_char(w->text, ']');
}

/* ---- conditions ---- */

static void write_conditions(tri_writer *w, const tri_gate *gate)
{
    const tri_condition *first = &w->policy->conditions[gate->first];
    tri_text_char(w->text, '[');
    for (uint32_t i = 0; i < gate->count; i++) {
        if (i > 0)
            comma(w);
        tri_write_object(w, &tri_document_condition, first + i);
    }
    tri_text_char(w->text, ']');
}

void tri_write_if(tri_writer *w, const tri_member *member, const void *base)
{
    static const char *const words[] = {
        [TRI_GATE_ALL] = "all", [TRI_GATE_ANY] = "any", [TRI_GATE_COUNT] = "of"};
    const tri_gate *gate = base;
    (void)member;
    if (gate->form == TRI_GATE_ONE) {
        tri_write_object(w, &tri_document_condition, &w->policy->conditions[gate->first]);
        return;
    }
    tri_text_char(w->text, '{');
    if (gate->form == TRI_GATE_COUNT) {
        tri_write_key(w, "count");
        tri_text_uint(w->text, gate->need);
        comma(w);
    }
    tri_write_key(w, words[gate->form]);
    write_conditions(w, gate);
    tri_text_char(w->text, '}');
}

static void write_words(tri_writer *w, const tri_when *when)
{
    bool first = true;
    if (when->single || when->op == TRI_WHEN_PREFIX) {
        tri_write_quoted(w, when->words[0]);
        return;
    }
    tri_text_char(w->text, '[');
    for (uint32_t i = 0; i < when->count; i++)
        write_item(w, &first, when->words[i]);
    tri_text_char(w->text, ']');
}

/* A node and all that is inside it; returns the index of the node after them. */
static uint32_t write_node(tri_writer *w, uint32_t at)
{
    static const char *const words[] = {
        [TRI_WHEN_ALL] = "all",      [TRI_WHEN_ANY] = "any", [TRI_WHEN_NOT] = "not",
        [TRI_WHEN_IN] = "in",        [TRI_WHEN_GE] = "ge",   [TRI_WHEN_LE] = "le",
        [TRI_WHEN_PREFIX] = "prefix"};
    const tri_when *when = &w->policy->whens[at++];
    tri_text_char(w->text, '{');
    if (when->attribute != NULL) {
        tri_write_key(w, "attr");
        tri_write_quoted(w, when->attribute);
        comma(w);
    }
    tri_write_key(w, when->op == TRI_WHEN_IN && when->single ? "eq" : words[when->op]);
    if (when->op == TRI_WHEN_GE || when->op == TRI_WHEN_LE)
        tri_text_int(w->text, when->number);
    else if (when->attribute != NULL)
        write_words(w, when);
    else if (when->op == TRI_WHEN_NOT)
        at = write_node(w, at);
    for (uint32_t i = 0; (when->op == TRI_WHEN_ALL || when->op == TRI_WHEN_ANY) && i < when->count;
         i++) {
        tri_text_str(w->text, i == 0 ? "[" : w->laid_out ? ", " : ",");
        at = write_node(w, at);
    }
    if (when->op == TRI_WHEN_ALL || when->op == TRI_WHEN_ANY)
        tri_text_char(w->text, ']');
    tri_text_char(w->text, '}');
    return at;
}

void tri_write_when(tri_writer *w, const tri_member *member, const void *base)
{
    (void)member;
    (void)write_node(w, ((const tri_profile *)base)->when);
}
