/* A policy document becomes a compiled policy. Trust: every byte of the document may be hostile;
 * who wrote it is for the caller to know. docs/policy.md describes it, document.c its members. */

#include <string.h>

#include <trust/reason.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/kind.h"
#include "crypto/crypto.h"
#include "policy/document.h"

static const tri_json_limits document_limits = {TRUST_POLICY_MAX_BYTES, 8, 4096};

typedef struct loader {
    const tri_json_doc *doc;
    trust_policy *policy;
    trust_error *err;
} loader;

static const trust_bytes nothing = {NULL, 0};

static trust_status refuse(const loader *l, const tri_json *value, const char *message,
                           trust_bytes quoted)
{
    return tri_json_fail(l->doc, value, TRUST_E_FORMAT, message, quoted, l->err);
}

/* Refuse a name that is a slip of the pen: "unknown member 'wieght'; did you mean 'weight'?" */
static trust_status refuse_slip(const loader *l, const tri_json *value, const char *what,
                                const char *meant)
{
    char room[96];
    trust_bytes name = tri_json_name(value);
    if (meant == NULL)
        return refuse(l, value, what, name);
    tri_text text = tri_text_begin(room, sizeof room);
    tri_text_str(&text, what);
    tri_text_str(&text, " '");
    tri_text_shown(&text, name, 24);
    tri_text_str(&text, "'; did you mean '");
    tri_text_str(&text, meant);
    tri_text_str(&text, "'?");
    (void)tri_text_end(&text, NULL);
    return refuse(l, value, room, nothing);
}

static trust_status refuse_limit(const loader *l, const tri_json *value, const char *message)
{
    return tri_json_fail(l->doc, value, TRUST_E_LIMIT, message, nothing, l->err);
}

static trust_status no_memory(const loader *l)
{
    return tri_fail(l->err, TRUST_E_NOMEM, "out of memory");
}

/* ---- what one member holds, by its type ---- */

/* Read the member's value into the struct that keeps its object. */
typedef trust_status reader(loader *l, const tri_json *value, const tri_member *member, void *base);

static trust_status read_object(loader *l, const tri_json *value, const tri_object *object,
                                void *base);

/* A whole number within the member's range; least and most are in the message's unit. */
static trust_status whole(const loader *l, const tri_json *value, int64_t min, int64_t max,
                          int64_t *out)
{
    char room[96];
    char digits[24];
    int64_t number = 0;
    trust_bytes quoted = nothing;
    bool is_whole = tri_json_integer(value, &number);
    if (is_whole && number >= min && number <= max) {
        *out = number;
        return TRUST_OK;
    }
    tri_text text = tri_text_begin(room, sizeof room);
    tri_text_str(&text, "must be a whole number from ");
    tri_text_int(&text, min);
    tri_text_str(&text, " to ");
    tri_text_int(&text, max);
    tri_text found = tri_text_begin(digits, sizeof digits);
    tri_text_int(&found, number);
    if (is_whole) {
        tri_text_str(&text, ", not");
        quoted = (trust_bytes){(const uint8_t *)digits, found.need};
    } else if (tri_json_string(value, &quoted)) {
        tri_text_str(&text, " without quotes, not");
    }
    (void)tri_text_end(&text, NULL);
    return refuse(l, value, room, quoted);
}

static trust_status read_number(loader *l, const tri_json *value, const tri_member *member,
                                void *base)
{
    int64_t number;
    trust_status status = whole(l, value, member->min, member->max, &number);
    if (status == TRUST_OK)
        tri_member_store(member, base, number);
    return status;
}

static trust_status read_note(loader *l, const tri_json *value, const tri_member *member,
                              void *base)
{
    (void)member;
    (void)base;
    return tri_json_is_string(value) ? TRUST_OK : refuse(l, value, "must be a text", nothing);
}

/* load_tree() has looked at it already. */
static trust_status read_version(loader *l, const tri_json *value, const tri_member *member,
                                 void *base)
{
    int64_t number;
    (void)base;
    return whole(l, value, member->min, member->max, &number);
}

static trust_status name_of(const loader *l, const tri_json *value, trust_bytes *out)
{
    if (!tri_json_string(value, out))
        return refuse(l, value, "must be a name in quotes", nothing);
    if (out->size == 0 || out->size > TRI_NAME_MAX || !tri_name(*out))
        return refuse(l, value, "a name is 1 to 63 of a-z 0-9 _ . -, not", *out);
    return TRUST_OK;
}

static void keep_name(char *room, trust_bytes name)
{
    memcpy(room, name.data, name.size);
    room[name.size] = '\0';
}

static trust_status read_name(loader *l, const tri_json *value, const tri_member *member,
                              void *base)
{
    trust_bytes name;
    trust_status status = name_of(l, value, &name);
    if (status == TRUST_OK)
        keep_name((char *)base + member->offset, name);
    return status;
}

/* A duration with "never", or one that may be zero. */
static trust_status read_duration(loader *l, const tri_json *value, const tri_member *member,
                                  void *base)
{
    int64_t ms = 0;
    trust_bytes text = nothing;
    bool is_text = tri_json_string(value, &text);
    bool span = member->type == TRI_SPAN;
    bool never = !span && is_text && tri_same_text(text, "never");
    if (!never && (!is_text || !tri_duration_parse(text, span, &ms)))
        return refuse(l, value,
                      span ? "must be a duration such as \"90s\", \"10m\" or \"0s\""
                           : "must be a duration such as \"30m\", \"4h\", \"7d\", or \"never\"",
                      text);
    if (ms > member->max)
        return refuse(l, value, "a duration is at most 36500d, not", text);
    tri_member_store(member, base, ms);
    return TRUST_OK;
}

static trust_status read_time(loader *l, const tri_json *value, const tri_member *member,
                              void *base)
{
    trust_time time;
    trust_bytes text = nothing;
    /* trust_time_parse() reads bare seconds too, which are shorter. */
    if (!tri_json_string(value, &text) || text.size < 20 ||
        trust_time_parse((const char *)text.data, text.size, &time) != TRUST_OK)
        return refuse(l, value, "must be a time such as \"2026-11-23T05:00:00Z\"", text);
    if (time < member->min || time > member->max)
        return refuse(l, value, "must be a time from 1970 to 9999, not", text);
    tri_member_store(member, base, time);
    return TRUST_OK;
}

static trust_status read_scale(loader *l, const tri_json *value, const tri_member *member,
                               void *base)
{
    tri_signal_rule *rule = base;
    trust_bytes text = nothing;
    uint32_t scale = tri_json_string(value, &text) ? tri_scale_find(text) : 0;
    (void)member;
    if (scale == 0)
        return refuse(l, value, "must be \"ar4si\", \"permille\", \"percent\" or \"surprise\"",
                      text);
    if (rule->scale != 0 && rule->scale != scale)
        return refuse(l, value, "leave it out, this built-in kind has a scale of its own, not",
                      text);
    rule->scale = scale;
    return TRUST_OK;
}

static trust_status read_knot(loader *l, const tri_json *value, tri_signal_rule *rule)
{
    const tri_json *first = tri_json_first(value);
    const tri_knot *before = rule->knot_count > 0 ? &rule->knots[rule->knot_count - 1] : NULL;
    int64_t v;
    int64_t points;
    if (!tri_json_is_array(value) || tri_json_count(value) != 2)
        return refuse(l, value, "must be a pair [value, points]", nothing);
    trust_status status = whole(l, first, 0, tri_scale_max(rule->scale), &v);
    if (status == TRUST_OK)
        status = whole(l, tri_json_next(first), -TRI_MAX_POINTS, TRI_MAX_POINTS, &points);
    if (status != TRUST_OK)
        return status;
    tri_knot knot = {(int32_t)v, (int32_t)points * TRI_MB_PER_POINT};
    if (before != NULL && knot.value <= before->value)
        return refuse(l, first, "values must rise from pair to pair", nothing);
    if (before != NULL && knot.mb < before->mb)
        return refuse(l, tri_json_next(first), "points must not fall from pair to pair", nothing);
    rule->knots[rule->knot_count++] = knot;
    return TRUST_OK;
}

static trust_status read_curve(loader *l, const tri_json *value, const tri_member *member,
                               void *base)
{
    tri_signal_rule *rule = base;
    int64_t count = (int64_t)tri_json_count(value);
    if (!tri_json_is_array(value) || count < member->min || count > member->max)
        return refuse(l, value, "must be an array of 2 to 16 pairs [value, points]", nothing);
    rule->knot_count = 0;
    const tri_json *knot = tri_json_first(value);
    for (; knot != NULL; knot = tri_json_next(knot)) {
        trust_status status = read_knot(l, knot, rule);
        if (status != TRUST_OK)
            return status;
    }
    if (rule->knots[0].mb > 0)
        return refuse(l, tri_json_first(value), "the first pair must have 0 points or less",
                      nothing);
    if (rule->knots[rule->knot_count - 1].mb != rule->hi)
        return refuse(l, value, "the last pair must have the points of weight", nothing);
    return TRUST_OK;
}

static trust_status read_cost(loader *l, const tri_json *value, const tri_member *member,
                              void *base)
{
    const tri_signal_rule *rule = base;
    int64_t weight = rule->hi / TRI_MB_PER_POINT;
    int64_t cost = weight;
    trust_bytes text;
    if (tri_json_string(value, &text)) {
        if (!tri_same_text(text, "worst"))
            return refuse(l, value, "must be points, or \"worst\", not", text);
    } else {
        trust_status status = whole(l, value, member->min, weight, &cost);
        if (status != TRUST_OK)
            return status;
    }
    tri_member_store(member, base, cost);
    return TRUST_OK;
}

static trust_status read_absent(loader *l, const tri_json *value, const tri_member *member,
                                void *base)
{
    tri_signal_rule *rule = base;
    int32_t *absent = rule->absent;
    if (!tri_json_is_object(value)) {
        trust_status status = TRUST_OK;
        for (size_t i = 0; i < member->object->count && status == TRUST_OK; i++)
            status = read_cost(l, value, &member->object->members[i], base);
        return status;
    }
    absent[TRI_ABSENT_REFUSED] = rule->hi;
    trust_status status = read_object(l, value, member->object, base);
    if (status != TRUST_OK)
        return status;
    if (tri_json_member(value, "source_down") == NULL)
        absent[TRI_ABSENT_SOURCE_DOWN] = absent[TRI_ABSENT_NOT_REQUESTED];
    if (absent[TRI_ABSENT_SOURCE_DOWN] < absent[TRI_ABSENT_NOT_REQUESTED])
        return refuse(l, value, "source_down must cost at least what not_requested costs", nothing);
    if (absent[TRI_ABSENT_REFUSED] < absent[TRI_ABSENT_NOT_REQUESTED])
        return refuse(l, value, "refused must cost at least what not_requested costs", nothing);
    return TRUST_OK;
}

/* The index of a group, put in its place among the sorted ones when it is new. */
static trust_status intern_group(loader *l, const tri_json *value, trust_bytes name, uint32_t *out)
{
    trust_policy *p = l->policy;
    uint32_t at = 0;
    while (at < p->group_count && tri_compare(tri_bytes(p->groups[at].name), name) < 0)
        at++;
    *out = at;
    if (at < p->group_count && tri_same_text(name, p->groups[at].name))
        return TRUST_OK;
    if (p->group_count == TRUST_POLICY_MAX_GROUPS)
        return refuse_limit(l, value, "there are more than 16 groups; let signals share some");
    for (uint32_t i = 0; i < p->signal_count; i++)
        p->signals[i].group += p->signals[i].group >= at;
    memmove(&p->groups[at + 1], &p->groups[at], (p->group_count - at) * sizeof *p->groups);
    memset(&p->groups[at], 0, sizeof *p->groups);
    keep_name(p->groups[at].name, name);
    memcpy(p->groups[at].row, "cap ", 4);
    keep_name(p->groups[at].row + 4, name);
    p->group_count++;
    return TRUST_OK;
}

static trust_status read_group(loader *l, const tri_json *value, const tri_member *member,
                               void *base)
{
    trust_bytes name;
    uint32_t index;
    trust_status status = name_of(l, value, &name);
    if (status == TRUST_OK)
        status = intern_group(l, value, name, &index);
    if (status == TRUST_OK)
        tri_member_store(member, base, index);
    return status;
}

static trust_status read_signal_name(loader *l, const tri_json *value, const tri_member *member,
                                     void *base)
{
    const trust_policy *p = l->policy;
    trust_bytes name = nothing;
    if (!tri_json_string(value, &name))
        return refuse(l, value, "must be the name of a signal in quotes", nothing);
    for (uint32_t i = 0; i < p->signal_count; i++)
        if (tri_same_text(name, p->signals[i].name)) {
            tri_member_store(member, base, i);
            return TRUST_OK;
        }
    return refuse(l, value, "\"signals\" has no", name);
}

static trust_status read_floor(loader *l, const tri_json *value, const tri_member *member,
                               void *base)
{
    trust_bytes text = nothing;
    bool is_text = tri_json_string(value, &text);
    for (int64_t v = member->min; is_text && v <= member->max; v++)
        if (tri_same_text(text, trust_verdict_name((trust_verdict)v))) {
            tri_member_store(member, base, v);
            return TRUST_OK;
        }
    return refuse(l, value, "must be \"step_up\", \"quarantine\" or \"deny\"", text);
}

static trust_status read_code(loader *l, const tri_json *value, const tri_member *member,
                              void *base)
{
    trust_bytes text = nothing;
    if (!tri_json_string(value, &text))
        return refuse(l, value, "must be the code of a reason in quotes", nothing);
    uint32_t reason = trust_reason_find((const char *)text.data, text.size);
    if (reason == 0)
        return refuse(l, value, "no reason of the catalogue has the code", text);
    tri_member_store(member, base, reason);
    return TRUST_OK;
}

/* One of two shapes: {"absent"} or {"signal", "at_least"}. */
static trust_status read_if(loader *l, const tri_json *value, const tri_member *member, void *base)
{
    tri_gate *gate = base;
    tri_condition *condition = &l->policy->conditions[l->policy->condition_count];
    trust_status status = read_object(l, value, member->object, condition);
    if (status != TRUST_OK)
        return status;
    bool absent = tri_json_member(value, "absent") != NULL;
    const tri_json *at_least = tri_json_member(value, "at_least");
    bool signal = tri_json_member(value, "signal") != NULL;
    if (absent == signal || signal != (at_least != NULL))
        return refuse(l, value, "needs either \"absent\", or \"signal\" with \"at_least\"",
                      nothing);
    condition->asks = absent ? TRI_ASKS_ABSENT : TRI_ASKS_AT_LEAST;
    gate->first = l->policy->condition_count++;
    gate->count = gate->need = 1;
    if (absent)
        return TRUST_OK;
    int64_t number;
    return whole(l, at_least, 1, tri_scale_max(l->policy->signals[condition->signal].scale),
                 &number);
}

static trust_status read_inside(loader *l, const tri_json *value, const tri_member *member,
                                void *base)
{
    return read_object(l, value, member->object, base);
}

/* Maps and lists depend on each other and are read by functions of their own, in their own order.
 */
static trust_status read_later(loader *l, const tri_json *value, const tri_member *member,
                               void *base)
{
    (void)base;
    bool right = member->type == TRI_MAP ? tri_json_is_object(value) : tri_json_is_array(value);
    int64_t count = (int64_t)tri_json_count(value);
    if (!right)
        return refuse(l, value,
                      member->type == TRI_MAP ? "must be an object, {...}"
                                              : "must be an array, [...]",
                      nothing);
    if (count > member->max)
        return refuse_limit(l, value, "has too many entries");
    return count < member->min ? refuse(l, value, "must not be empty", nothing) : TRUST_OK;
}

static reader *const readers[TRI_TYPE_COUNT] = {
    [TRI_VERSION] = read_version, [TRI_NOTE] = read_note,          [TRI_NAME] = read_name,
    [TRI_COUNT] = read_number,    [TRI_RISK] = read_number,        [TRI_POINTS] = read_number,
    [TRI_PERMILLE] = read_number, [TRI_VALUE] = read_number,       [TRI_DURATION] = read_duration,
    [TRI_SPAN] = read_duration,   [TRI_TIME] = read_time,          [TRI_SCALE] = read_scale,
    [TRI_CURVE] = read_curve,     [TRI_ABSENT] = read_absent,      [TRI_COST] = read_cost,
    [TRI_GROUP] = read_group,     [TRI_SIGNAL] = read_signal_name, [TRI_MISSING] = read_signal_name,
    [TRI_FLOOR] = read_floor,     [TRI_CODE] = read_code,          [TRI_IF] = read_if,
    [TRI_OBJECT] = read_inside,   [TRI_MAP] = read_later,          [TRI_LIST] = read_later,
};

/* ---- objects ---- */

static bool is_extension(trust_bytes name)
{
    return name.size >= 2 && name.data[0] == 'x' && name.data[1] == '_';
}

/* What is there must be known and what is required must be there, before anything is read. */
static trust_status check_members(const loader *l, const tri_json *value, const tri_object *object)
{
    if (!tri_json_is_object(value))
        return refuse(l, value, "must be an object, {...}", nothing);
    const tri_json *child = tri_json_first(value);
    for (; child != NULL; child = tri_json_next(child)) {
        trust_bytes name = tri_json_name(child);
        if (!is_extension(name) && tri_object_find(object, name) == NULL)
            return refuse_slip(l, child, "unknown member", tri_object_nearest(object, name));
    }
    for (size_t i = 0; i < object->count; i++) {
        const char *name = object->members[i].name;
        if (object->members[i].required && tri_json_member(value, name) == NULL)
            return refuse(l, value, "missing member", tri_bytes(name));
    }
    return TRUST_OK;
}

static trust_status read_object(loader *l, const tri_json *value, const tri_object *object,
                                void *base)
{
    trust_status status = check_members(l, value, object);
    for (size_t i = 0; i < object->count && status == TRUST_OK; i++) {
        const tri_member *member = &object->members[i];
        const tri_json *child = tri_json_member(value, member->name);
        if (child != NULL)
            status = readers[member->type](l, child, member, base);
    }
    return status;
}

/* ---- signals ---- */

static trust_status refuse_kind(const loader *l, const tri_json *value, trust_bytes name)
{
    const char *words[TRI_KIND_BUILTIN_COUNT + 1] = {NULL};
    for (uint32_t kind = 1; kind <= TRI_KIND_BUILTIN_COUNT; kind++)
        words[kind - 1] = trust_kind_name(kind);
    const char *meant = tri_nearest(name, words);
    if (meant != NULL)
        return refuse_slip(l, value, "unknown kind", meant);
    return refuse(l, value,
                  "no built-in kind, and a kind of the host has a dot in its name:", name);
}

/* Name, kind, scale and weight: what the defaults depend on. */
static trust_status begin_signal(loader *l, const tri_json *value, tri_signal_rule *rule)
{
    trust_bytes name = tri_json_name(value);
    const tri_object *object = &tri_document_signal;
    const tri_json *scale = tri_json_member(value, "scale");
    const tri_json *weight = tri_json_member(value, "weight");
    rule->kind = trust_kind_id((const char *)name.data, name.size);
    if (rule->kind == TRUST_KIND_NONE)
        return refuse_kind(l, value, name);
    keep_name(rule->name, name);
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        if (l->policy->signals[i].kind == rule->kind)
            return refuse(l, value, "rename it: by chance it has the same number as",
                          tri_bytes(l->policy->signals[i].name));
    const trust_kind_info *info = tri_kind_builtin(rule->kind);
    if (info != NULL)
        rule->scale = info->scale;
    trust_status status = TRUST_OK;
    if (scale != NULL)
        status = read_scale(l, scale, NULL, rule);
    else if (info == NULL)
        status = refuse(l, value, "a kind of the host needs its 'scale'; missing in", name);
    if (status == TRUST_OK)
        status = read_number(l, weight, tri_object_find(object, tri_bytes("weight")), rule);
    return status;
}

static trust_status read_signal(loader *l, const tri_json *value, tri_signal_rule *rule)
{
    trust_status status = check_members(l, value, &tri_document_signal);
    if (status == TRUST_OK)
        status = begin_signal(l, value, rule);
    if (status != TRUST_OK)
        return status;
    tri_signal_defaults(rule);
    status = read_object(l, value, &tri_document_signal, rule);
    if (status == TRUST_OK && tri_json_member(value, "group") == NULL)
        status = intern_group(l, value, tri_bytes(tri_group_default(rule)), &rule->group);
    if (status != TRUST_OK)
        return status;
    rule->lo = rule->knots[0].mb;
    rule->good = tri_half_life_of(rule->good.ms);
    rule->bad = tri_half_life_of(rule->bad.ms);
    return TRUST_OK;
}

static trust_status read_signals(loader *l)
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
        return no_memory(l);
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

/* ---- groups and gates ---- */

static trust_status read_groups(loader *l)
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
            return refuse(l, child, "no signal is in the group", name);
        trust_status status = read_object(l, child, &tri_document_group, &p->groups[i]);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}

static trust_status read_gate(loader *l, const tri_json *value, tri_gate *gate)
{
    const trust_policy *p = l->policy;
    tri_object_defaults(&tri_document_gate, gate);
    trust_status status = read_object(l, value, &tri_document_gate, gate);
    for (uint32_t i = 0; i < p->gate_count && status == TRUST_OK; i++)
        if (strcmp(p->gates[i].id, gate->id) == 0)
            status = refuse(l, tri_json_member(value, "id"), "another gate has the id",
                            tri_bytes(gate->id));
    return status;
}

static trust_status read_gates(loader *l)
{
    trust_policy *p = l->policy;
    const tri_json *list = tri_json_member(l->doc->root, "gates");
    const tri_json *child = tri_json_first(list);
    if (child == NULL)
        return TRUST_OK;
    p->gates = tri_arena_take(&p->arena, tri_json_count(list) * sizeof *p->gates);
    p->conditions = tri_arena_take(&p->arena, tri_json_count(list) * sizeof *p->conditions);
    if (p->gates == NULL || p->conditions == NULL)
        return no_memory(l);
    for (; child != NULL; child = tri_json_next(child)) {
        trust_status status = read_gate(l, child, &p->gates[p->gate_count]);
        if (status != TRUST_OK)
            return status;
        p->gate_count++;
    }
    return TRUST_OK;
}

/* ---- the whole ---- */

/* What only two members together can get wrong. */
static trust_status check_whole(const loader *l)
{
    const trust_policy *p = l->policy;
    const tri_json *bands = tri_json_member(l->doc->root, "verdicts");
    if (p->bands[2] <= p->bands[1])
        return refuse(l, tri_json_member(bands, "step_up"), "step_up must be over allow", nothing);
    if (p->bands[3] <= p->bands[2])
        return refuse(l, tri_json_member(bands, "quarantine"), "quarantine must be over step_up",
                      nothing);
    if (p->expires <= p->not_before)
        return refuse(l, tri_json_member(l->doc->root, "expires"),
                      "expires must be later than not_before", nothing);
    return TRUST_OK;
}

static void compile_bands(trust_policy *p)
{
    p->stance.base = (p->bands[0] - 500) * TRI_MB_PER_POINT;
    for (size_t i = 0; i < 3; i++)
        p->stance.limit[i] = (p->bands[i + 1] - 500) * TRI_MB_PER_POINT;
}

/* The hash is over the canonical text, which needs memory only for this moment. */
static trust_status hash_policy(const loader *l, const trust_allocator *allocator)
{
    tri_text text = tri_text_begin(NULL, 0);
    tri_policy_write(l->policy, false, &text);
    size_t size = text.need + 1;
    char *room = tri_new(allocator, size);
    if (room == NULL)
        return no_memory(l);
    text = tri_text_begin(room, size);
    tri_policy_write(l->policy, false, &text);
    tri_sha256(room, text.need, l->policy->hash);
    tri_delete(allocator, room, size);
    return TRUST_OK;
}

/* Another number of semantics is another document: nothing else in it can be judged. */
static trust_status check_version(const loader *l)
{
    int64_t number;
    const tri_json *version = tri_json_member(l->doc->root, "trust_policy");
    if (tri_json_integer(version, &number) && number != TRUST_POLICY_SEMANTICS)
        return tri_json_fail(l->doc, version, TRUST_E_UNSUPPORTED,
                             "this library reads policies with \"trust_policy\": 1", nothing,
                             l->err);
    return TRUST_OK;
}

static trust_status load_tree(loader *l, const trust_allocator *allocator)
{
    trust_policy *p = l->policy;
    tri_object_defaults(&tri_document, p);
    trust_status status = check_version(l);
    if (status == TRUST_OK)
        status = read_object(l, l->doc->root, &tri_document, p);
    if (status == TRUST_OK)
        status = check_whole(l);
    if (status == TRUST_OK)
        status = read_signals(l);
    if (status == TRUST_OK)
        status = read_groups(l);
    if (status == TRUST_OK)
        status = read_gates(l);
    if (status != TRUST_OK)
        return status;
    compile_bands(p);
    return hash_policy(l, allocator);
}

trust_status tri_policy_load(trust_bytes text, const trust_allocator *allocator, tri_json_doc *doc,
                             trust_policy **out, trust_error *err)
{
    trust_allocator memory = tri_allocator(allocator);
    trust_status status = tri_json_parse(text, &document_limits, doc, err);
    if (status != TRUST_OK)
        return status;
    tri_arena arena = tri_arena_begin(&memory);
    trust_policy *policy = tri_arena_take(&arena, sizeof *policy);
    loader l = {doc, policy, err};
    if (policy == NULL)
        return no_memory(&l);
    policy->arena = arena;
    atomic_init(&policy->references, 1);
    status = load_tree(&l, &memory);
    if (status != TRUST_OK) {
        trust_policy_free(policy);
        return status;
    }
    *out = policy;
    return TRUST_OK;
}

trust_status trust_policy_load_unsigned(const void *document, size_t len,
                                        const trust_allocator *allocator, trust_policy **out,
                                        trust_error *err)
{
    if ((document == NULL && len > 0) || out == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "document and out must not be NULL");
    tri_json_doc doc = {.root = NULL};
    trust_status status = tri_policy_load((trust_bytes){document, len}, allocator, &doc, out, err);
    tri_json_free(&doc);
    return status;
}
