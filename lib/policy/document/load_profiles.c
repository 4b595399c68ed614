/* Profiles: other numbers for some devices, and the conditions that say for which. Trust: every
 * byte may be hostile; conditions go as deep as the document may. */

#include <string.h>

#include "core/bytes.h"
#include "policy/document/load.h"

static const trust_bytes nothing = {NULL, 0};

/* ---- conditions ---- */

static trust_status read_node(tri_loader *l, const tri_json *value, uint32_t first);

/* The member of @p value that one of the names begins, and how many of them do. */
static const tri_json *one_of(const tri_json *value, const char *const *names, size_t count,
                              size_t *which, unsigned *found)
{
    const tri_json *chosen = NULL;
    *found = 0;
    for (size_t i = 0; i < count; i++) {
        const tri_json *member = tri_json_member(value, names[i]);
        if (member == NULL)
            continue;
        chosen = member;
        *which = i;
        ++*found;
    }
    return chosen;
}

static trust_status read_children(tri_loader *l, const tri_json *list, uint32_t at, uint32_t first)
{
    trust_status status = tri_load_array(l, list, 1, TRI_MAX_WHENS, "conditions");
    const tri_json *child = tri_json_first(list);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child)) {
        l->policy->whens[at].count++;
        status = read_node(l, child, first);
    }
    return status;
}

static trust_status keep_word(tri_loader *l, const tri_json *value, const char **out)
{
    trust_bytes word = nothing;
    trust_status status = tri_load_text(l, value, 1, TRI_WORD_MAX, &word);
    if (status != TRUST_OK)
        return status;
    *out = tri_arena_copy(&l->policy->arena, word);
    return *out != NULL ? TRUST_OK : tri_load_no_memory(l);
}

/* An array of words, or the one. */
static trust_status read_words(tri_loader *l, const tri_json *value, tri_when *when)
{
    bool several = when->op == TRI_WHEN_IN && !when->single;
    size_t count = several ? tri_json_count(value) : 1;
    trust_status status = TRUST_OK;
    if (several)
        status = tri_load_array(l, value, 1, TRI_MAX_WORDS, "texts");
    if (status != TRUST_OK)
        return status;
    const char **words = tri_arena_take(&l->policy->arena, count * sizeof *words);
    if (words == NULL)
        return tri_load_no_memory(l);
    when->words = words;
    if (!several) {
        when->count = 1;
        return keep_word(l, value, words);
    }
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && status == TRUST_OK; child = tri_json_next(child)) {
        status = keep_word(l, child, &words[when->count++]);
        if (status == TRUST_OK)
            status = tri_load_once(l, value, child);
    }
    return status;
}

static trust_status read_fact(tri_loader *l, const tri_json *value, tri_when *when)
{
    static const char *const names[] = {"eq", "in", "ge", "le", "prefix"};
    static const uint32_t ops[] = {TRI_WHEN_IN, TRI_WHEN_IN, TRI_WHEN_GE, TRI_WHEN_LE,
                                   TRI_WHEN_PREFIX};
    size_t which = 0;
    unsigned found;
    trust_bytes name;
    const tri_json *operand = one_of(value, names, sizeof names / sizeof names[0], &which, &found);
    if (found != 1)
        return tri_refuse(l, value,
                          "\"attr\" needs one of \"eq\", \"in\", \"ge\", \"le\" and \"prefix\"",
                          nothing);
    trust_status status =
        tri_load_name(l, tri_json_member(value, "attr"), TRI_ATTRIBUTE_MAX, &name);
    if (status != TRUST_OK)
        return status;
    when->attribute = tri_arena_copy(&l->policy->arena, name);
    if (when->attribute == NULL)
        return tri_load_no_memory(l);
    when->op = ops[which];
    when->single = which == 0;
    if (when->op != TRI_WHEN_GE && when->op != TRI_WHEN_LE)
        return read_words(l, operand, when);
    const tri_member *bound = tri_object_find(&tri_document_when, tri_bytes(names[which]));
    return tri_load_whole(l, operand, bound->min, bound->max, &when->number);
}

/* The next node, which belongs to the condition that begins at @p first. */
static trust_status read_node(tri_loader *l, const tri_json *value, uint32_t first)
{
    static const char *const names[] = {"all", "any", "not", "attr"};
    static const uint32_t ops[] = {TRI_WHEN_ALL, TRI_WHEN_ANY, TRI_WHEN_NOT};
    trust_policy *p = l->policy;
    size_t which = 0;
    unsigned found;
    trust_status status = tri_load_check(l, value, &tri_document_when);
    if (status != TRUST_OK)
        return status;
    const tri_json *inside = one_of(value, names, sizeof names / sizeof names[0], &which, &found);
    bool lone = tri_json_member(value, "eq") != NULL || tri_json_member(value, "in") != NULL ||
                tri_json_member(value, "ge") != NULL || tri_json_member(value, "le") != NULL ||
                tri_json_member(value, "prefix") != NULL;
    if (found != 1 || (lone && which != 3))
        return tri_refuse(l, value,
                          "needs one of \"all\", \"any\", \"not\" and \"attr\" with what it is "
                          "compared with",
                          nothing);
    if (p->when_count - first == TRI_MAX_WHENS)
        return tri_refuse_limit(l, value, "the condition has more than 64 parts");
    uint32_t at = p->when_count++;
    if (which == 3)
        return read_fact(l, value, &p->whens[at]);
    p->whens[at].op = ops[which];
    if (p->whens[at].op != TRI_WHEN_NOT)
        return read_children(l, inside, at, first);
    p->whens[at].count = 1;
    return read_node(l, inside, first);
}

trust_status tri_read_when(tri_loader *l, const tri_json *value, const tri_member *member,
                           void *base)
{
    tri_profile *profile = base;
    (void)member;
    profile->when = l->policy->when_count;
    return read_node(l, value, profile->when);
}

/* ---- profiles ---- */

static trust_status check_profile(const tri_loader *l, const tri_json *value,
                                  const tri_profile *profile)
{
    const trust_policy *p = l->policy;
    const tri_json *id = tri_json_member(value, "id");
    const tri_json *bands = tri_json_member(value, "verdicts");
    if (strcmp(profile->id, "default") == 0)
        return tri_refuse(l, id, "is what no profile is called; choose another name than",
                          tri_bytes(profile->id));
    for (uint32_t i = 0; i < p->profile_count; i++)
        if (strcmp(p->profiles[i].id, profile->id) == 0)
            return tri_refuse(l, id, "another profile has the id", tri_bytes(profile->id));
    if (profile->bands[2] <= profile->bands[1])
        return tri_refuse(l, bands, "with the policy's, step_up must be over allow", nothing);
    if (profile->bands[3] <= profile->bands[2])
        return tri_refuse(l, bands, "with the policy's, quarantine must be over step_up", nothing);
    return TRUST_OK;
}

/* What it leaves out is the policy's. */
static trust_status read_profile(tri_loader *l, const tri_json *value, tri_profile *profile)
{
    memcpy(profile->bands, l->policy->bands, sizeof profile->bands);
    profile->stance = l->policy->stance;
    trust_status status = tri_load_object(l, value, &tri_document_profile, profile);
    if (status == TRUST_OK)
        status = tri_load_own_name(l, value, profile->id);
    if (status == TRUST_OK)
        status = check_profile(l, value, profile);
    tri_load_bands(&profile->stance, profile->bands);
    return status;
}

/* At least as many as there are conditions in it. */
static size_t count_objects(const tri_json *value)
{
    size_t count = tri_json_is_object(value) ? 1 : 0;
    for (const tri_json *child = tri_json_first(value); child != NULL; child = tri_json_next(child))
        count += count_objects(child);
    return count;
}

trust_status tri_load_profiles(tri_loader *l)
{
    trust_policy *p = l->policy;
    const tri_json *list = tri_json_member(l->doc->root, "profiles");
    const tri_json *child = tri_json_first(list);
    size_t whens = 0;
    if (child == NULL)
        return TRUST_OK;
    for (; child != NULL; child = tri_json_next(child)) {
        size_t count = count_objects(tri_json_member(child, "when"));
        whens += count < TRI_MAX_WHENS ? count : TRI_MAX_WHENS;
    }
    p->profiles = tri_arena_take(&p->arena, tri_json_count(list) * sizeof *p->profiles);
    p->whens = tri_arena_take(&p->arena, (whens + 1) * sizeof *p->whens);
    if (p->profiles == NULL || p->whens == NULL)
        return tri_load_no_memory(l);
    for (child = tri_json_first(list); child != NULL; child = tri_json_next(child)) {
        trust_status status = read_profile(l, child, &p->profiles[p->profile_count]);
        if (status != TRUST_OK)
            return status;
        p->profile_count++;
    }
    return TRUST_OK;
}
