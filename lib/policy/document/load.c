/* A policy document becomes a compiled policy. Trust: every byte of the document may be hostile;
 * who wrote it is for the caller to know. docs/policy.md describes it, document.c its members. */

#include "policy/document/load.h"
#include "policy/document/selftest.h"

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "crypto/crypto.h"

static const tri_json_limits document_limits = {TRUST_POLICY_MAX_BYTES, 16, TRI_MAX_VALUES};

static const trust_bytes nothing = {NULL, 0};

/* ---- what only several members together can get wrong ---- */

static trust_status check_bands(const tri_loader *l)
{
    const trust_policy *p = l->policy;
    const tri_json *bands = tri_json_member(l->doc->root, "verdicts");
    if (p->bands[2] <= p->bands[1])
        return tri_refuse(l, tri_json_member(bands, "step_up"), "step_up must be over allow",
                          nothing);
    if (p->bands[3] <= p->bands[2])
        return tri_refuse(l, tri_json_member(bands, "quarantine"),
                          "quarantine must be over step_up", nothing);
    return TRUST_OK;
}

/* The longest dwell is a day, or the dwell where that is longer. */
static trust_status check_dwell(const tri_loader *l)
{
    trust_policy *p = l->policy;
    const tri_json *hysteresis = tri_json_member(l->doc->root, "hysteresis");
    const tri_json *given = tri_json_member(hysteresis, "dwell_max");
    if (p->dwell <= p->dwell_max)
        return TRUST_OK;
    if (given != NULL)
        return tri_refuse(l, given, "dwell_max must be at least dwell", nothing);
    p->dwell_max = p->dwell;
    return TRUST_OK;
}

static trust_status check_whole(const tri_loader *l)
{
    const trust_policy *p = l->policy;
    trust_status status = check_bands(l);
    if (status != TRUST_OK)
        return status;
    if (p->expires <= p->not_before)
        return tri_refuse(l, tri_json_member(l->doc->root, "expires"),
                          "expires must be later than not_before", nothing);
    return check_dwell(l);
}

static size_t count_values(const tri_json *value)
{
    size_t count = 1;
    for (const tri_json *child = tri_json_first(value); child != NULL; child = tri_json_next(child))
        count += count_values(child);
    return count;
}

/* What is written in full must load again: of what may be as long as one likes there is so much
 * that the rest fits beside it. Refused is the part with which it no longer does. */
static trust_status check_values(const tri_loader *l)
{
    const tri_json *root = l->doc->root;
    const tri_json *child = tri_json_first(tri_json_member(root, "profiles"));
    const tri_json *part = tri_json_member(root, "tests");
    size_t values = count_values(part);
    for (; values <= TRI_MAX_FREE_VALUES && child != NULL; child = tri_json_next(child)) {
        part = tri_json_member(child, "when");
        values += count_values(part);
    }
    if (values > TRI_MAX_FREE_VALUES)
        return tri_refuse_limit(l, part, "too many values in tests and in conditions of profiles");
    return TRUST_OK;
}

/* ---- the whole ---- */

/* The risk ends at 1000, wherever the level is: a threshold there is never passed. */
static int32_t limit_of(int32_t band)
{
    return band < 1000 ? (band - 500) * TRI_MB_PER_POINT : TRI_NO_LIMIT;
}

void tri_load_bands(tri_stance *stance, const int32_t bands[4])
{
    stance->base = (bands[0] - 500) * TRI_MB_PER_POINT;
    for (size_t i = 0; i < 3; i++)
        stance->limit[i] = limit_of(bands[i + 1]);
}

/* The hash is over the canonical text, which needs memory only for this moment; laid out it is
 * longer. */
static trust_status hash_policy(const tri_loader *l, const trust_allocator *allocator)
{
    tri_text full = tri_text_begin(NULL, 0);
    tri_policy_write(l->policy, true, &full);
    if (full.need > TRUST_POLICY_MAX_BYTES)
        return tri_refuse_limit(l, l->doc->root, "written in full it would be over 256 KiB");
    char *room = tri_new(allocator, full.need);
    if (room == NULL)
        return tri_load_no_memory(l);
    tri_text text = tri_text_begin(room, full.need);
    tri_policy_write(l->policy, false, &text);
    tri_sha256(room, text.need, l->policy->hash);
    uint8_t of_id[32];
    tri_sha256(l->policy->id, strlen(l->policy->id), of_id);
    l->policy->key = tri_be64(of_id);
    tri_delete(allocator, room, full.need);
    return TRUST_OK;
}

/* Another number of semantics is another document: nothing else in it can be judged. */
static trust_status check_version(const tri_loader *l)
{
    int64_t number;
    const tri_json *version = tri_json_member(l->doc->root, "trust_policy");
    if (tri_json_integer(version, &number) && number != TRUST_POLICY_SEMANTICS)
        return tri_json_fail(l->doc, version, TRUST_E_UNSUPPORTED,
                             "this library reads policies with \"trust_policy\": 1", nothing,
                             l->err);
    return TRUST_OK;
}

/* Each part needs those before it. */
static trust_status load_parts(tri_loader *l)
{
    static trust_status (*const parts[])(tri_loader *) = {
        tri_load_signals, tri_load_groups, tri_load_gates,   tri_load_profiles,
        tri_load_stages,  tri_load_steps,  tri_load_actions, tri_load_tests,
    };
    trust_status status = TRUST_OK;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && status == TRUST_OK; i++)
        status = parts[i](l);
    return status;
}

static trust_status load_tree(tri_loader *l, const trust_allocator *allocator)
{
    trust_policy *p = l->policy;
    tri_object_defaults(&tri_document, p);
    trust_status status = check_version(l);
    if (status == TRUST_OK)
        status = tri_load_object(l, l->doc->root, &tri_document, p);
    if (status == TRUST_OK)
        status = check_whole(l);
    if (status != TRUST_OK)
        return status;
    tri_load_bands(&p->stance, p->bands);
    status = load_parts(l);
    if (status == TRUST_OK)
        status = check_values(l);
    return status == TRUST_OK ? hash_policy(l, allocator) : status;
}

trust_status tri_policy_compile(trust_bytes text, const trust_allocator *allocator,
                                tri_json_doc *doc, trust_policy **out, trust_error *err)
{
    trust_allocator memory = tri_allocator(allocator);
    trust_status status = tri_json_parse(text, &document_limits, doc, err);
    if (status != TRUST_OK)
        return status;
    tri_arena arena = tri_arena_begin(&memory);
    trust_policy *policy = tri_arena_take(&arena, sizeof *policy);
    tri_loader l = {doc, policy, err};
    if (policy == NULL)
        return tri_load_no_memory(&l);
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

trust_status tri_policy_load(trust_bytes text, const trust_allocator *allocator, tri_json_doc *doc,
                             trust_policy **out, trust_error *err)
{
    trust_policy *policy = NULL;
    trust_status status = tri_policy_compile(text, allocator, doc, &policy, err);
    if (status == TRUST_OK)
        status = tri_policy_selftest(policy, doc, tri_json_member(doc->root, "tests"), err);
    if (status == TRUST_OK)
        *out = policy;
    else
        trust_policy_free(policy);
    return status;
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
