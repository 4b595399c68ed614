/* The numbers, names and words of the document, and arrays of them. Trust: every byte may be
 * hostile. */

#include <string.h>

#include <trust/reason.h>

#include "core/bytes.h"
#include "policy/document/load.h"

static const trust_bytes nothing = {NULL, 0};

/* ---- numbers ---- */

trust_status tri_load_whole(const tri_loader *l, const tri_json *value, int64_t min, int64_t max,
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
    return tri_refuse(l, value, room, quoted);
}

trust_status tri_read_number(tri_loader *l, const tri_json *value, const tri_member *member,
                             void *base)
{
    int64_t number;
    trust_status status = tri_load_whole(l, value, member->min, member->max, &number);
    if (status == TRUST_OK)
        tri_member_store(member, base, number);
    return status;
}

/* load.c has looked at it already. */
trust_status tri_read_version(tri_loader *l, const tri_json *value, const tri_member *member,
                              void *base)
{
    int64_t number;
    (void)base;
    return tri_load_whole(l, value, member->min, member->max, &number);
}

trust_status tri_read_bool(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    bool yes;
    if (!tri_json_bool(value, &yes))
        return tri_refuse(l, value, "must be true or false without quotes", nothing);
    tri_member_store(member, base, yes);
    return TRUST_OK;
}

/* A duration with "never", or one that may be zero. */
trust_status tri_read_duration(tri_loader *l, const tri_json *value, const tri_member *member,
                               void *base)
{
    int64_t ms = 0;
    trust_bytes text = nothing;
    bool is_text = tri_json_string(value, &text);
    bool may_be_never = member->type == TRI_DURATION;
    bool never = may_be_never && is_text && tri_same_text(text, "never");
    if (!never && (!is_text || !tri_duration_parse(text, member->min == 0, &ms)))
        return tri_refuse(
            l, value,
            may_be_never       ? "must be a duration such as \"30m\", \"4h\", \"7d\", or \"never\""
            : member->min == 0 ? "must be a duration such as \"90s\", \"10m\" or \"0s\""
                               : "must be a duration such as \"90s\", \"10m\" or \"1d\"",
            text);
    if (ms > member->max)
        return tri_refuse(l, value, "a duration is at most 36500d, not", text);
    tri_member_store(member, base, ms);
    return TRUST_OK;
}

trust_status tri_read_time(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    trust_time time;
    trust_bytes text = nothing;
    /* trust_time_parse() reads bare seconds too, which are shorter. */
    if (!tri_json_string(value, &text) || text.size < 20 ||
        trust_time_parse((const char *)text.data, text.size, &time) != TRUST_OK)
        return tri_refuse(l, value, "must be a time such as \"2026-11-23T05:00:00Z\"", text);
    if (time < member->min || time > member->max)
        return tri_refuse(l, value, "must be a time from 1970 to 9999, not", text);
    tri_member_store(member, base, time);
    return TRUST_OK;
}

/* ---- texts ---- */

trust_status tri_read_note(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    (void)member;
    (void)base;
    return tri_json_is_string(value) ? TRUST_OK : tri_refuse(l, value, "must be a text", nothing);
}

trust_status tri_load_text(const tri_loader *l, const tri_json *value, int64_t min, int64_t max,
                           trust_bytes *out)
{
    char room[96];
    if (tri_json_string(value, out) && (int64_t)out->size >= min && (int64_t)out->size <= max &&
        tri_printable(*out))
        return TRUST_OK;
    tri_text text = tri_text_begin(room, sizeof room);
    tri_text_str(&text, "must be a text of ");
    tri_text_int(&text, min);
    tri_text_str(&text, " to ");
    tri_text_int(&text, max);
    tri_text_str(&text, " bytes without control characters");
    (void)tri_text_end(&text, NULL);
    return tri_refuse(l, value, room, nothing);
}

trust_status tri_read_text(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    trust_bytes text = nothing;
    char *room = (char *)base + member->offset;
    trust_status status = tri_load_text(l, value, member->min, member->max, &text);
    if (status != TRUST_OK)
        return status;
    if (text.size > 0)
        memcpy(room, text.data, text.size);
    room[text.size] = '\0';
    return TRUST_OK;
}

trust_status tri_load_name(const tri_loader *l, const tri_json *value, size_t most,
                           trust_bytes *out)
{
    char room[64];
    if (!tri_json_string(value, out))
        return tri_refuse(l, value, "must be a name in quotes", nothing);
    if (out->size <= most && tri_name(*out))
        return TRUST_OK;
    tri_text text = tri_text_begin(room, sizeof room);
    tri_text_str(&text, "a name is 1 to ");
    tri_text_uint(&text, most);
    tri_text_str(&text, " of a-z 0-9 _ . -, not");
    (void)tri_text_end(&text, NULL);
    return tri_refuse(l, value, room, *out);
}

void tri_load_keep(char *room, trust_bytes name)
{
    memcpy(room, name.data, name.size);
    room[name.size] = '\0';
}

trust_status tri_read_name(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    trust_bytes name;
    trust_status status = tri_load_name(l, value, TRI_NAME_MAX, &name);
    if (status == TRUST_OK)
        tri_load_keep((char *)base + member->offset, name);
    return status;
}

/* ---- words ---- */

/* "must be "step_up", "quarantine" or "deny"" */
static trust_status refuse_verdict(const tri_loader *l, const tri_json *value,
                                   const tri_member *member, trust_bytes found)
{
    char room[96];
    tri_text text = tri_text_begin(room, sizeof room);
    tri_text_str(&text, "must be ");
    for (int64_t v = member->min; v <= member->max; v++) {
        tri_text_str(&text, v == member->min ? "\"" : v == member->max ? "\" or \"" : "\", \"");
        tri_text_str(&text, trust_verdict_name((trust_verdict)v));
    }
    tri_text_char(&text, '"');
    (void)tri_text_end(&text, NULL);
    return tri_refuse(l, value, room, found);
}

trust_status tri_read_verdict(tri_loader *l, const tri_json *value, const tri_member *member,
                              void *base)
{
    trust_bytes text = nothing;
    bool is_text = tri_json_string(value, &text);
    for (int64_t v = member->min; is_text && v <= member->max; v++)
        if (tri_same_text(text, trust_verdict_name((trust_verdict)v))) {
            tri_member_store(member, base, v);
            return TRUST_OK;
        }
    return refuse_verdict(l, value, member, text);
}

static trust_status reason_of(const tri_loader *l, const tri_json *value, uint32_t *out)
{
    trust_bytes text = nothing;
    if (!tri_json_string(value, &text))
        return tri_refuse(l, value, "must be the code of a reason in quotes", nothing);
    *out = trust_reason_find((const char *)text.data, text.size);
    return *out != 0 ? TRUST_OK
                     : tri_refuse(l, value, "no reason of the catalogue has the code", text);
}

trust_status tri_read_code(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    uint32_t reason;
    trust_status status = reason_of(l, value, &reason);
    if (status == TRUST_OK)
        tri_member_store(member, base, reason);
    return status;
}

/* ---- arrays ---- */

trust_status tri_load_array(const tri_loader *l, const tri_json *value, int64_t min, int64_t max,
                            const char *what)
{
    char room[96];
    int64_t count = (int64_t)tri_json_count(value);
    if (tri_json_is_array(value) && count >= min && count <= max)
        return TRUST_OK;
    tri_text text = tri_text_begin(room, sizeof room);
    tri_text_str(&text, "must be an array of ");
    tri_text_int(&text, min);
    tri_text_str(&text, " to ");
    tri_text_int(&text, max);
    tri_text_char(&text, ' ');
    tri_text_str(&text, what);
    (void)tri_text_end(&text, NULL);
    return tri_refuse(l, value, room, nothing);
}

trust_status tri_load_once(const tri_loader *l, const tri_json *array, const tri_json *value)
{
    trust_bytes text = nothing;
    trust_bytes earlier = nothing;
    (void)tri_json_string(value, &text);
    for (const tri_json *e = tri_json_first(array); e != value; e = tri_json_next(e))
        if (tri_json_string(e, &earlier) && tri_same(text, earlier))
            return tri_refuse(l, value, "leave one out, the array has it twice:", text);
    return TRUST_OK;
}

trust_status tri_load_names(const tri_loader *l, const tri_json *value, const tri_member *member)
{
    trust_bytes name;
    trust_status status = tri_load_array(l, value, member->min, member->max, "names");
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child)) {
        status = tri_load_name(l, child, TRI_NAME_MAX, &name);
        if (status == TRUST_OK)
            status = tri_load_once(l, value, child);
    }
    return status;
}

/* Actions are kept by tri_load_actions(), in the order of their causes. */
trust_status tri_read_names(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    (void)base;
    return tri_load_names(l, value, member);
}

/* A set: kept sorted. */
trust_status tri_read_roles(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    tri_overrides *o = &((trust_policy *)base)->overrides;
    trust_bytes name;
    trust_status status = tri_load_names(l, value, member);
    const tri_json *child = status == TRUST_OK ? tri_json_first(value) : NULL;
    for (; child != NULL && tri_json_string(child, &name); child = tri_json_next(child)) {
        uint32_t at = o->role_count++;
        for (; at > 0 && tri_compare(tri_bytes(o->roles[at - 1]), name) > 0; at--)
            memcpy(o->roles[at], o->roles[at - 1], sizeof o->roles[at]);
        tri_load_keep(o->roles[at], name);
    }
    return status;
}

/* Likewise. */
trust_status tri_read_codes(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    tri_overrides *o = &((trust_policy *)base)->overrides;
    trust_status status = tri_load_array(l, value, member->min, member->max, "codes of reasons");
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child)) {
        uint32_t reason = 0;
        status = reason_of(l, child, &reason);
        if (status == TRUST_OK)
            status = tri_load_once(l, value, child);
        if (status != TRUST_OK)
            return status;
        uint32_t at = o->never_count++;
        for (; at > 0 && o->never[at - 1] > reason; at--)
            o->never[at] = o->never[at - 1];
        o->never[at] = reason;
    }
    return status;
}

/* ---- what risks mean ---- */

static trust_status read_pair(const tri_loader *l, const tri_json *value, tri_calibration *c)
{
    const tri_json *first = tri_json_first(value);
    int64_t risk = 0;
    int64_t ppm = 0;
    if (!tri_json_is_array(value) || tri_json_count(value) != 2)
        return tri_refuse(l, value, "must be a pair [risk, millionths]", nothing);
    trust_status status = tri_load_whole(l, first, 0, 1000, &risk);
    if (status == TRUST_OK)
        status = tri_load_whole(l, tri_json_next(first), 0, 1000000, &ppm);
    if (status != TRUST_OK)
        return status;
    if (c->count > 0 && risk <= c->knots[c->count - 1].risk)
        return tri_refuse(l, first, "risks must rise from pair to pair", nothing);
    if (c->count > 0 && ppm < c->knots[c->count - 1].ppm)
        return tri_refuse(l, tri_json_next(first), "millionths must not fall from pair to pair",
                          nothing);
    c->knots[c->count].risk = (int32_t)risk;
    c->knots[c->count].ppm = (int32_t)ppm;
    c->count++;
    return TRUST_OK;
}

trust_status tri_read_knots(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    tri_calibration *c = &((trust_policy *)base)->calibration;
    trust_status status =
        tri_load_array(l, value, member->min, member->max, "pairs [risk, millionths]");
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child))
        status = read_pair(l, child, c);
    return status;
}
