/* The tests that a document carries: their shape, and that what they name is there. selftest.c runs
 * them. Trust: every byte may be hostile. */

#include <string.h>

#include <trust/finding.h>

#include "core/bytes.h"
#include "core/kind.h"
#include "policy/document/load.h"

static const trust_bytes nothing = {NULL, 0};

/* Nothing of a test is kept: every member is put here, over the one before. */
#define ROOM 128

/* ---- what is registered ---- */

trust_status tri_read_facts(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    trust_bytes text = nothing;
    size_t size = 0;
    (void)base;
    if (!tri_json_is_object(value) || (int64_t)tri_json_count(value) > member->max)
        return tri_refuse(l, value, "must be an object of at most 16 texts, {...}", nothing);
    const tri_json *child = tri_json_first(value);
    for (; child != NULL; child = tri_json_next(child)) {
        trust_bytes name = tri_json_name(child);
        if (name.size > TRI_ATTRIBUTE_MAX || !tri_name(name))
            return tri_refuse(l, child, "a name is 1 to 31 of a-z 0-9 _ . -, not", name);
        trust_status status = tri_load_text(l, child, 0, TRI_WORD_MAX, &text);
        if (status != TRUST_OK)
            return status;
        size += name.size + text.size + 2;
    }
    return size <= TRI_MAX_FACTS
               ? TRUST_OK
               : tri_refuse_limit(l, value, "names and values take over 512 bytes");
}

/* ---- what is supposed ---- */

trust_status tri_read_state(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    const char *words[TRI_TEST_STATES + 1] = {NULL};
    trust_bytes text = nothing;
    bool is_text = tri_json_string(value, &text);
    (void)member;
    (void)base;
    for (size_t i = 0; i < TRI_TEST_STATES; i++) {
        words[i] = trust_state_name(tri_test_states[i]);
        if (is_text && tri_same_text(text, words[i]))
            return TRUST_OK;
    }
    if (!is_text)
        return tri_refuse(l, value, "must be the word for why there is no value", nothing);
    return tri_refuse_name(l, value, "no reason for a missing value is called", text, words);
}

/* A value, the word for why there is none, or an object with either. */
static trust_status read_supposed(tri_loader *l, const tri_json *value, const tri_member *member,
                                  const tri_signal_rule *rule)
{
    uint8_t room[ROOM];
    int64_t number;
    const tri_json *level = value;
    if (tri_json_is_string(value))
        return tri_read_state(l, value, member, room);
    if (tri_json_is_object(value)) {
        trust_status status = tri_load_object(l, value, member->object, room);
        if (status != TRUST_OK)
            return status;
        level = tri_json_member(value, "value");
        if ((level != NULL) == (tri_json_member(value, "state") != NULL))
            return tri_refuse(l, value, "needs either \"value\" or \"state\"", nothing);
        if (level == NULL)
            return TRUST_OK;
    }
    return tri_load_whole(l, level, 0, tri_scale_max(rule->scale), &number);
}

static trust_status read_sources(tri_loader *l, const tri_json *value, const tri_member *member,
                                 const tri_signal_rule *rule)
{
    if (!tri_json_is_array(value))
        return read_supposed(l, value, member, rule);
    trust_status status = tri_load_array(l, value, 1, TRI_MAX_SOURCES, "values, words or objects");
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child))
        status = read_supposed(l, child, member, rule);
    return status;
}

trust_status tri_read_evidence(tri_loader *l, const tri_json *value, const tri_member *member,
                               void *base)
{
    trust_status status = TRUST_OK;
    size_t findings = 0;
    (void)base;
    if (!tri_json_is_object(value))
        return tri_refuse(l, value, "must be an object, {...}", nothing);
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child)) {
        uint32_t index = 0;
        status = tri_load_named_signal(l, child, tri_json_name(child), &index);
        if (status == TRUST_OK)
            status = read_sources(l, child, member, &l->policy->signals[index]);
        findings += tri_json_is_array(child) ? tri_json_count(child) : 1;
    }
    if (status == TRUST_OK && findings > TRI_MAX_SUPPOSED)
        return tri_refuse_limit(l, value, "a test supposes more than 256 findings");
    return status;
}

/* ---- what is expected ---- */

trust_status tri_read_expect(tri_loader *l, const tri_json *value, const tri_member *member,
                             void *base)
{
    trust_status status = tri_load_object(l, value, member->object, base);
    if (status != TRUST_OK)
        return status;
    for (size_t i = 0; i < member->object->count; i++)
        if (tri_json_member(value, member->object->members[i].name) != NULL)
            return TRUST_OK;
    return tri_refuse(l, value, "expects nothing; say a verdict, a risk, ...", nothing);
}

trust_status tri_read_stage(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    uint32_t index;
    (void)member;
    (void)base;
    return tri_load_stage(l, value, &index);
}

trust_status tri_read_profile(tri_loader *l, const tri_json *value, const tri_member *member,
                              void *base)
{
    const trust_policy *p = l->policy;
    const char *words[TRUST_POLICY_MAX_PROFILES + 2] = {"default"};
    trust_bytes id = nothing;
    (void)member;
    (void)base;
    if (!tri_json_string(value, &id))
        return tri_refuse(l, value, "must be the id of a profile in quotes", nothing);
    for (uint32_t i = 0; i < p->profile_count; i++)
        words[i + 1] = p->profiles[i].id;
    for (size_t i = 0; words[i] != NULL; i++)
        if (tri_same_text(id, words[i]))
            return TRUST_OK;
    return tri_refuse_name(l, value, "\"profiles\" has no", id, words);
}

trust_status tri_read_range(tri_loader *l, const tri_json *value, const tri_member *member,
                            void *base)
{
    int64_t low = 0;
    int64_t high = 0;
    const tri_json *first = tri_json_first(value);
    (void)base;
    if (!tri_json_is_array(value))
        return tri_load_whole(l, value, member->min, member->max, &low);
    if (tri_json_count(value) != 2)
        return tri_refuse(l, value, "must be a risk, or a pair [lowest, highest]", nothing);
    trust_status status = tri_load_whole(l, first, member->min, member->max, &low);
    if (status == TRUST_OK)
        status = tri_load_whole(l, tri_json_next(first), member->min, member->max, &high);
    if (status == TRUST_OK && low > high)
        return tri_refuse(l, value, "the lowest comes first in a pair [lowest, highest]", nothing);
    return status;
}

/* "base", "clamp", a signal, or "cap " and a group. */
static bool is_row(const trust_policy *p, trust_bytes name)
{
    if (tri_same_text(name, "base") || tri_same_text(name, "clamp"))
        return true;
    for (uint32_t i = 0; i < p->group_count; i++)
        if (tri_same_text(name, p->groups[i].row))
            return true;
    for (uint32_t i = 0; i < p->signal_count; i++)
        if (tri_same_text(name, p->signals[i].name))
            return true;
    return false;
}

trust_status tri_read_rows(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    int64_t points;
    trust_status status = TRUST_OK;
    (void)member;
    (void)base;
    if (!tri_json_is_object(value) || tri_json_first(value) == NULL)
        return tri_refuse(l, value, "must be an object of points by row, {...}", nothing);
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child)) {
        if (!is_row(l->policy, tri_json_name(child)))
            return tri_refuse(
                l, child, "rows are \"base\", \"clamp\", signals, and \"cap \" with a group, not",
                tri_json_name(child));
        status = tri_load_whole(l, child, -TRI_MAX_SUM, TRI_MAX_SUM, &points);
    }
    return status;
}

trust_status tri_read_sets(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    uint8_t room[ROOM];
    const tri_member set = {
        .type = TRI_SIGNALS, .min = 1, .max = TRUST_POLICY_MAX_SIGNALS, .fallback = TRI_NO_DEFAULT};
    trust_status status = tri_load_array(l, value, member->min, member->max, "arrays of signals");
    const tri_json *child = tri_json_first(value);
    (void)base;
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child))
        status = tri_read_signals(l, child, &set, room);
    return status;
}

/* ---- tests ---- */

trust_status tri_load_tests(tri_loader *l)
{
    uint8_t room[ROOM];
    trust_policy *p = l->policy;
    const tri_json *list = tri_json_member(l->doc->root, "tests");
    const tri_json *child = tri_json_first(list);
    if (child == NULL)
        return TRUST_OK;
    for (; child != NULL; child = tri_json_next(child)) {
        trust_status status = tri_load_object(l, child, &tri_document_test, room);
        if (status != TRUST_OK)
            return status;
    }
    trust_bytes text = tri_json_text(l->doc, list);
    const char *copy = tri_arena_copy(&p->arena, text);
    if (copy == NULL)
        return tri_load_no_memory(l);
    p->tests = (trust_bytes){(const uint8_t *)copy, text.size};
    return TRUST_OK;
}
