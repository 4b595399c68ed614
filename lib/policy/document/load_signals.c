/* Signals and their groups: weights, curves, absences, caps. Trust: every byte may be hostile. */

#include <string.h>

#include "core/bytes.h"
#include "core/kind.h"
#include "policy/document/load.h"

static const trust_bytes nothing = {NULL, 0};

/* ---- what one signal has ---- */

trust_status tri_read_scale(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    tri_signal_rule *rule = base;
    trust_bytes text = nothing;
    uint32_t scale = tri_json_string(value, &text) ? tri_scale_find(text) : 0;
    (void)member;
    if (scale == 0)
        return tri_refuse(l, value, "must be \"ar4si\", \"permille\", \"percent\" or \"surprise\"",
                          text);
    if (rule->scale != 0 && rule->scale != scale)
        return tri_refuse(l, value, "leave it out, this built-in kind has a scale of its own, not",
                          text);
    rule->scale = scale;
    return TRUST_OK;
}

static trust_status read_knot(tri_loader *l, const tri_json *value, tri_signal_rule *rule)
{
    const tri_json *first = tri_json_first(value);
    const tri_knot *before = rule->knot_count > 0 ? &rule->knots[rule->knot_count - 1] : NULL;
    int64_t v;
    int64_t points;
    if (!tri_json_is_array(value) || tri_json_count(value) != 2)
        return tri_refuse(l, value, "must be a pair [value, points]", nothing);
    trust_status status = tri_load_whole(l, first, 0, tri_scale_max(rule->scale), &v);
    if (status == TRUST_OK)
        status = tri_load_whole(l, tri_json_next(first), -TRI_MAX_POINTS, TRI_MAX_POINTS, &points);
    if (status != TRUST_OK)
        return status;
    tri_knot knot = {(int32_t)v, (int32_t)points * TRI_MB_PER_POINT};
    if (before != NULL && knot.value <= before->value)
        return tri_refuse(l, first, "values must rise from pair to pair", nothing);
    if (before != NULL && knot.mb < before->mb)
        return tri_refuse(l, tri_json_next(first), "points must not fall from pair to pair",
                          nothing);
    rule->knots[rule->knot_count++] = knot;
    return TRUST_OK;
}

trust_status tri_read_curve(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    tri_signal_rule *rule = base;
    int64_t count = (int64_t)tri_json_count(value);
    if (!tri_json_is_array(value) || count < member->min || count > member->max)
        return tri_refuse(l, value, "must be an array of 2 to 16 pairs [value, points]", nothing);
    rule->knot_count = 0;
    const tri_json *knot = tri_json_first(value);
    for (; knot != NULL; knot = tri_json_next(knot)) {
        trust_status status = read_knot(l, knot, rule);
        if (status != TRUST_OK)
            return status;
    }
    if (rule->knots[0].mb > 0)
        return tri_refuse(l, tri_json_first(value), "the first pair must have 0 points or less",
                          nothing);
    if (rule->knots[rule->knot_count - 1].mb != rule->hi)
        return tri_refuse(l, value, "the last pair must have the points of weight", nothing);
    return TRUST_OK;
}

trust_status tri_read_cost(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    const tri_signal_rule *rule = base;
    int64_t weight = rule->hi / TRI_MB_PER_POINT;
    int64_t cost = weight;
    trust_bytes text;
    if (tri_json_string(value, &text)) {
        if (!tri_same_text(text, "worst"))
            return tri_refuse(l, value, "must be points, or \"worst\", not", text);
    } else {
        trust_status status = tri_load_whole(l, value, member->min, weight, &cost);
        if (status != TRUST_OK)
            return status;
    }
    tri_member_store(member, base, cost);
    return TRUST_OK;
}

trust_status tri_read_absent(tri_loader *l, const tri_json *value, const tri_member *member,
                             void *base)
{
    tri_signal_rule *rule = base;
    int32_t *absent = rule->absent;
    if (!tri_json_is_object(value)) {
        trust_status status = TRUST_OK;
        for (size_t i = 0; i < member->object->count && status == TRUST_OK; i++)
            status = tri_read_cost(l, value, &member->object->members[i], base);
        return status;
    }
    absent[TRI_ABSENT_REFUSED] = rule->hi;
    trust_status status = tri_load_object(l, value, member->object, base);
    if (status != TRUST_OK)
        return status;
    if (tri_json_member(value, "source_down") == NULL)
        absent[TRI_ABSENT_SOURCE_DOWN] = absent[TRI_ABSENT_NOT_REQUESTED];
    if (absent[TRI_ABSENT_SOURCE_DOWN] < absent[TRI_ABSENT_NOT_REQUESTED])
        return tri_refuse(l, value, "source_down must cost at least what not_requested costs",
                          nothing);
    if (absent[TRI_ABSENT_REFUSED] < absent[TRI_ABSENT_NOT_REQUESTED])
        return tri_refuse(l, value, "refused must cost at least what not_requested costs", nothing);
    return TRUST_OK;
}

/* The index of a group, put in its place among the sorted ones when it is new. */
static trust_status intern_group(tri_loader *l, const tri_json *value, trust_bytes name,
                                 uint32_t *out)
{
    trust_policy *p = l->policy;
    uint32_t at = 0;
    while (at < p->group_count && tri_compare(tri_bytes(p->groups[at].name), name) < 0)
        at++;
    *out = at;
    if (at < p->group_count && tri_same_text(name, p->groups[at].name))
        return TRUST_OK;
    if (p->group_count == TRUST_POLICY_MAX_GROUPS)
        return tri_refuse_limit(l, value, "there are more than 16 groups; let signals share some");
    for (uint32_t i = 0; i < p->signal_count; i++)
        p->signals[i].group += p->signals[i].group >= at;
    memmove(&p->groups[at + 1], &p->groups[at], (p->group_count - at) * sizeof *p->groups);
    memset(&p->groups[at], 0, sizeof *p->groups);
    tri_load_keep(p->groups[at].name, name);
    memcpy(p->groups[at].row, "cap ", 4);
    tri_load_keep(p->groups[at].row + 4, name);
    p->group_count++;
    return TRUST_OK;
}

trust_status tri_read_group(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    trust_bytes name;
    uint32_t index;
    trust_status status = tri_load_name(l, value, TRI_NAME_MAX, &name);
    if (status == TRUST_OK)
        status = intern_group(l, value, name, &index);
    if (status == TRUST_OK)
        tri_member_store(member, base, index);
    return status;
}

/* ---- the names of signals ---- */

trust_status tri_load_named_signal(const tri_loader *l, const tri_json *value, trust_bytes name,
                                   uint32_t *out)
{
    const trust_policy *p = l->policy;
    const char *words[TRUST_POLICY_MAX_SIGNALS + 1] = {NULL};
    for (uint32_t i = 0; i < p->signal_count; i++) {
        words[i] = p->signals[i].name;
        if (tri_same_text(name, words[i])) {
            *out = i;
            return TRUST_OK;
        }
    }
    return tri_refuse_name(l, value, "\"signals\" has no", name, words);
}

trust_status tri_load_signal(const tri_loader *l, const tri_json *value, uint32_t *out)
{
    trust_bytes name = nothing;
    if (!tri_json_string(value, &name))
        return tri_refuse(l, value, "must be the name of a signal in quotes", nothing);
    return tri_load_named_signal(l, value, name, out);
}

trust_status tri_read_signal(tri_loader *l, const tri_json *value, const tri_member *member,
                             void *base)
{
    uint32_t index;
    trust_status status = tri_load_signal(l, value, &index);
    if (status == TRUST_OK)
        tri_member_store(member, base, index);
    return status;
}

trust_status tri_read_signals(tri_loader *l, const tri_json *value, const tri_member *member,
                              void *base)
{
    uint64_t bits = 0;
    trust_status status = tri_load_array(l, value, member->min, member->max, "names of signals");
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child)) {
        uint32_t index = 0;
        status = tri_load_signal(l, child, &index);
        if (status == TRUST_OK)
            status = tri_load_once(l, value, child);
        bits |= UINT64_C(1) << index;
    }
    memcpy((uint8_t *)base + member->offset, &bits, sizeof bits);
    return status;
}

/* ---- signals ---- */

static trust_status refuse_kind(const tri_loader *l, const tri_json *value, trust_bytes name)
{
    const char *words[TRI_KIND_BUILTIN_COUNT + 1] = {NULL};
    for (uint32_t kind = 1; kind <= TRI_KIND_BUILTIN_COUNT; kind++)
        words[kind - 1] = trust_kind_name(kind);
    if (tri_nearest(name, words) != NULL)
        return tri_refuse_name(l, value, "unknown kind", name, words);
    return tri_refuse(l, value,
                      "no built-in kind, and a kind of the host has a dot in its name:", name);
}

/* Name, kind, scale and weight: what the defaults depend on. */
static trust_status begin_signal(tri_loader *l, const tri_json *value, tri_signal_rule *rule)
{
    trust_bytes name = tri_json_name(value);
    const tri_object *object = &tri_document_signal;
    const tri_json *scale = tri_json_member(value, "scale");
    const tri_json *weight = tri_json_member(value, "weight");
    rule->kind = trust_kind_id((const char *)name.data, name.size);
    if (rule->kind == TRUST_KIND_NONE)
        return refuse_kind(l, value, name);
    tri_load_keep(rule->name, name);
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        if (l->policy->signals[i].kind == rule->kind)
            return tri_refuse(l, value, "rename it: by chance it has the same number as",
                              tri_bytes(l->policy->signals[i].name));
    const trust_kind_info *info = tri_kind_builtin(rule->kind);
    if (info != NULL)
        rule->scale = info->scale;
    trust_status status = TRUST_OK;
    if (scale != NULL)
        status = tri_read_scale(l, scale, NULL, rule);
    else if (info == NULL)
        status = tri_refuse(l, value, "a kind of the host needs its 'scale'; missing in", name);
    if (status == TRUST_OK)
        status = tri_read_number(l, weight, tri_object_find(object, tri_bytes("weight")), rule);
    return status;
}

static trust_status read_signal(tri_loader *l, const tri_json *value, tri_signal_rule *rule)
{
    trust_status status = tri_load_check(l, value, &tri_document_signal);
    if (status == TRUST_OK)
        status = begin_signal(l, value, rule);
    if (status != TRUST_OK)
        return status;
    tri_object_defaults(&tri_document_signal, rule);
    tri_signal_defaults(rule);
    status = tri_load_object(l, value, &tri_document_signal, rule);
    if (status == TRUST_OK && tri_json_member(value, "group") == NULL)
        status = intern_group(l, value, tri_bytes(tri_group_default(rule)), &rule->group);
    if (status != TRUST_OK)
        return status;
    rule->lo = rule->knots[0].mb;
    rule->good = tri_half_life_of(rule->good.ms);
    rule->bad = tri_half_life_of(rule->bad.ms);
    return TRUST_OK;
}

trust_status tri_load_signals(tri_loader *l)
{
    trust_policy *p = l->policy;
    const tri_json *sorted[TRUST_POLICY_MAX_SIGNALS];
    const tri_json *child = tri_json_first(tri_json_member(l->doc->root, "signals"));
    size_t count = 0;
    for (; child != NULL; child = tri_json_next(child)) {
        size_t at = count++;
        for (; at > 0 && tri_compare(tri_json_name(sorted[at - 1]), tri_json_name(child)) > 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = child;
    }
    p->signals = tri_arena_take(&p->arena, count * sizeof *p->signals);
    p->groups = tri_arena_take(&p->arena, TRUST_POLICY_MAX_GROUPS * sizeof *p->groups);
    if (p->signals == NULL || p->groups == NULL)
        return tri_load_no_memory(l);
    memset(p->builtin_index, 0xFF, sizeof p->builtin_index);
    for (uint32_t i = 0; i < count; i++) {
        trust_status status = read_signal(l, sorted[i], &p->signals[i]);
        if (status != TRUST_OK)
            return status;
        if (tri_kind_builtin(p->signals[i].kind) != NULL)
            p->builtin_index[p->signals[i].kind] = (uint8_t)i;
        p->signal_count++;
    }
    return TRUST_OK;
}

/* ---- groups ---- */

trust_status tri_load_groups(tri_loader *l)
{
    trust_policy *p = l->policy;
    const tri_json *child = tri_json_first(tri_json_member(l->doc->root, "groups"));
    for (uint32_t i = 0; i < p->group_count; i++)
        tri_group_defaults(p, i, &p->groups[i]);
    for (; child != NULL; child = tri_json_next(child)) {
        trust_bytes name = tri_json_name(child);
        uint32_t i = 0;
        while (i < p->group_count && !tri_same_text(name, p->groups[i].name))
            i++;
        if (i == p->group_count)
            return tri_refuse(l, child, "no signal is in the group", name);
        trust_status status = tri_load_object(l, child, &tri_document_group, &p->groups[i]);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}
