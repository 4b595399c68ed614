/* Any object of the document, by the table of its members, and how a document is refused. Trust:
 * every byte may be hostile. */

#include <string.h>

#include "core/bytes.h"
#include "core/error.h"
#include "policy/document/load.h"

static const trust_bytes nothing = {NULL, 0};

/* ---- refusals ---- */

trust_status tri_refuse(const tri_loader *l, const tri_json *value, const char *message,
                        trust_bytes quoted)
{
    return tri_json_fail(l->doc, value, TRUST_E_FORMAT, message, quoted, l->err);
}

/* "unknown member 'wieght'; did you mean 'weight'?" */
trust_status tri_refuse_name(const tri_loader *l, const tri_json *value, const char *message,
                             trust_bytes name, const char *const *words)
{
    char room[128];
    const char *meant = tri_nearest(name, words);
    if (meant == NULL)
        return tri_refuse(l, value, message, name);
    tri_text text = tri_text_begin(room, sizeof room);
    tri_text_str(&text, message);
    tri_text_str(&text, " '");
    tri_text_shown(&text, name, 24);
    tri_text_str(&text, "'; did you mean '");
    tri_text_str(&text, meant);
    tri_text_str(&text, "'?");
    (void)tri_text_end(&text, NULL);
    return tri_refuse(l, value, room, nothing);
}

trust_status tri_refuse_limit(const tri_loader *l, const tri_json *value, const char *message)
{
    return tri_json_fail(l->doc, value, TRUST_E_LIMIT, message, nothing, l->err);
}

trust_status tri_load_no_memory(const tri_loader *l)
{
    return tri_fail(l->err, TRUST_E_NOMEM, "out of memory");
}

/* ---- what a member holds, by its type ---- */

static trust_status read_inside(tri_loader *l, const tri_json *value, const tri_member *member,
                                void *base)
{
    return tri_load_object(l, value, member->object, base);
}

/* Maps and lists depend on each other and are read by functions of their own, in their own order.
 */
static trust_status read_later(tri_loader *l, const tri_json *value, const tri_member *member,
                               void *base)
{
    (void)base;
    bool right = member->type == TRI_MAP ? tri_json_is_object(value) : tri_json_is_array(value);
    int64_t count = (int64_t)tri_json_count(value);
    if (!right)
        return tri_refuse(l, value,
                          member->type == TRI_MAP ? "must be an object, {...}"
                                                  : "must be an array, [...]",
                          nothing);
    if (count > member->max)
        return tri_refuse_limit(l, value, "has too many entries");
    return count < member->min ? tri_refuse(l, value, "must not be empty", nothing) : TRUST_OK;
}

/* The other types stand only in objects that have readers of their own. */
static tri_reader *const readers[TRI_TYPE_COUNT] = {
    [TRI_VERSION] = tri_read_version,
    [TRI_NOTE] = tri_read_note,
    [TRI_NAME] = tri_read_name,
    [TRI_TEXT] = tri_read_text,
    [TRI_BOOL] = tri_read_bool,
    [TRI_COUNT] = tri_read_number,
    [TRI_SMALL] = tri_read_number,
    [TRI_RISK] = tri_read_number,
    [TRI_POINTS] = tri_read_number,
    [TRI_PERMILLE] = tri_read_number,
    [TRI_DURATION] = tri_read_duration,
    [TRI_SPAN] = tri_read_duration,
    [TRI_TIME] = tri_read_time,
    [TRI_SCALE] = tri_read_scale,
    [TRI_CURVE] = tri_read_curve,
    [TRI_ABSENT] = tri_read_absent,
    [TRI_COST] = tri_read_cost,
    [TRI_GROUP] = tri_read_group,
    [TRI_SIGNALS] = tri_read_signals,
    [TRI_VERDICT] = tri_read_verdict,
    [TRI_CODE] = tri_read_code,
    [TRI_CODES] = tri_read_codes,
    [TRI_ROLES] = tri_read_roles,
    [TRI_ACTIONS] = tri_read_names,
    [TRI_KNOTS] = tri_read_knots,
    [TRI_IF] = tri_read_if,
    [TRI_VALUE] = tri_read_number,
    [TRI_ROW] = tri_read_number,
    [TRI_OLDER] = tri_read_duration,
    [TRI_SIGNAL] = tri_read_signal,
    [TRI_MISSING] = tri_read_signal,
    [TRI_WHEN] = tri_read_when,
    [TRI_NEXT] = tri_read_next,
    [TRI_FACTS] = tri_read_facts,
    [TRI_EVIDENCE] = tri_read_evidence,
    [TRI_STATE] = tri_read_state,
    [TRI_EXPECT] = tri_read_expect,
    [TRI_STAGE] = tri_read_stage,
    [TRI_PROFILE] = tri_read_profile,
    [TRI_RANGE] = tri_read_range,
    [TRI_ROWS] = tri_read_rows,
    [TRI_SETS] = tri_read_sets,
    [TRI_NAMES] = tri_read_names,
    [TRI_OBJECT] = read_inside,
    [TRI_MAP] = read_later,
    [TRI_LIST] = read_later,
};

/* ---- objects ---- */

bool tri_load_is_note(trust_bytes name)
{
    return name.size >= 2 && name.data[0] == 'x' && name.data[1] == '_';
}

static trust_status refuse_member(const tri_loader *l, const tri_json *member,
                                  const tri_object *object)
{
    const char *words[32] = {NULL};
    for (size_t i = 0; i < object->count && i < 31; i++)
        words[i] = object->members[i].name;
    return tri_refuse_name(l, member, "unknown member", tri_json_name(member), words);
}

trust_status tri_load_check(const tri_loader *l, const tri_json *value, const tri_object *object)
{
    if (!tri_json_is_object(value))
        return tri_refuse(l, value, "must be an object, {...}", nothing);
    const tri_json *child = tri_json_first(value);
    for (; child != NULL; child = tri_json_next(child)) {
        trust_bytes name = tri_json_name(child);
        if (!tri_load_is_note(name) && tri_object_find(object, name) == NULL)
            return refuse_member(l, child, object);
    }
    for (size_t i = 0; i < object->count; i++) {
        const char *name = object->members[i].name;
        if (object->members[i].required && tri_json_member(value, name) == NULL)
            return tri_refuse(l, value, "missing member", tri_bytes(name));
    }
    return TRUST_OK;
}

trust_status tri_load_object(tri_loader *l, const tri_json *value, const tri_object *object,
                             void *base)
{
    trust_status status = tri_load_check(l, value, object);
    for (size_t i = 0; i < object->count && status == TRUST_OK; i++) {
        const tri_member *member = &object->members[i];
        const tri_json *child = tri_json_member(value, member->name);
        if (child != NULL && readers[member->type] != NULL)
            status = readers[member->type](l, child, member, base);
    }
    return status;
}
