/* Publishing a snapshot: copy the present one, change one part, swap the pointer, let the old one
 * go when its last assessment ends. Trust: what is published was validated when it was loaded; that
 * a policy is not an old one is asked of the store. */

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/kind.h"
#include "engine/engine.h"
#include "engine/revisions.h"
#include "policy/policy.h"
#include "reference/reference.h"
#include "reference/table.h"

tri_snapshot *tri_snapshot_new(const trust_allocator *allocator)
{
    tri_snapshot *snapshot = tri_new(allocator, sizeof *snapshot);
    if (snapshot == NULL)
        return NULL;
    snapshot->allocator = *allocator;
    atomic_init(&snapshot->references, 1);
    return snapshot;
}

void tri_snapshot_release(tri_snapshot *snapshot)
{
    if (snapshot == NULL || atomic_fetch_sub(&snapshot->references, 1) != 1)
        return;
    trust_policy_free(snapshot->policy);
    trust_table_free(snapshot->table);
    trust_reference_free(snapshot->reference);
    trust_allocator allocator = snapshot->allocator;
    tri_delete(&allocator, snapshot, sizeof *snapshot);
}

tri_snapshot *tri_engine_snapshot(trust_engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    tri_snapshot *snapshot = engine->snapshot;
    atomic_fetch_add(&snapshot->references, 1);
    pthread_mutex_unlock(&engine->lock);
    return snapshot;
}

/* One part of a snapshot to change. */
typedef struct change {
    enum { CHANGE_POLICY, CHANGE_TABLE, CHANGE_REFERENCE, CHANGE_DOWN } part;
    void *value;   /* of the caller, who keeps it; NULL for none */
    uint32_t kind; /* of CHANGE_DOWN */
    bool down;
} change;

static void hold_parts(tri_snapshot *s)
{
    if (s->policy != NULL)
        (void)tri_policy_hold(s->policy);
    if (s->table != NULL)
        (void)tri_table_hold(s->table);
    if (s->reference != NULL)
        (void)tri_reference_hold(s->reference);
}

static trust_status set_down(tri_snapshot *s, uint32_t kind, bool down)
{
    uint32_t at = 0;
    while (at < s->down_count && s->down[at] != kind)
        at++;
    if (down && at == s->down_count) {
        if (at == TRI_MAX_DOWN)
            return TRUST_E_LIMIT;
        s->down[s->down_count++] = kind;
    } else if (!down && at < s->down_count) {
        s->down[at] = s->down[--s->down_count];
    }
    return TRUST_OK;
}

/* The next snapshot from the present one; the lock is held, so no other change is lost. */
static trust_status next_snapshot(tri_snapshot *next, const tri_snapshot *now, const change *c)
{
    next->policy = c->part == CHANGE_POLICY ? c->value : now->policy;
    next->table = c->part == CHANGE_TABLE ? c->value : now->table;
    next->reference = c->part == CHANGE_REFERENCE ? c->value : now->reference;
    next->down_count = now->down_count;
    memcpy(next->down, now->down, sizeof next->down);
    hold_parts(next);
    return c->part == CHANGE_DOWN ? set_down(next, c->kind, c->down) : TRUST_OK;
}

/* @p next is empty, and let go of when this fails. */
static trust_status publish_as(trust_engine *engine, const change *c, tri_snapshot *next)
{
    pthread_mutex_lock(&engine->lock);
    tri_snapshot *old = engine->snapshot;
    trust_status status = next_snapshot(next, old, c);
    if (status == TRUST_OK)
        engine->snapshot = next;
    pthread_mutex_unlock(&engine->lock);
    tri_snapshot_release(status == TRUST_OK ? old : next);
    return status;
}

static trust_status publish(trust_engine *engine, const change *c)
{
    tri_snapshot *next = tri_snapshot_new(&engine->allocator);
    return next != NULL ? publish_as(engine, c, next) : TRUST_E_NOMEM;
}

/* A policy may only name what this engine can state, on the scale that it expects. */
static trust_status bind(const trust_engine *engine, const trust_policy *policy, trust_error *err)
{
    for (uint32_t i = 0; i < policy->signal_count; i++) {
        const tri_signal_rule *rule = &policy->signals[i];
        const trust_kind_info *info = tri_engine_kind(engine, rule->kind);
        trust_bytes name = tri_bytes(rule->name);
        if (info == NULL || !tri_same_text(name, info->name))
            return tri_fail_quote(err, TRUST_E_UNSUPPORTED, 0,
                                  "the policy names a signal that this engine does not have", name);
        if (info->scale != rule->scale)
            return tri_fail_quote(err, TRUST_E_UNSUPPORTED, 0,
                                  "the policy expects another scale of the signal", name);
    }
    return TRUST_OK;
}

/* What the store remembers allows this policy; of a signed one it remembers it from now on. */
static trust_status check_revision(trust_engine *engine, const trust_policy *policy,
                                   bool unsigned_too, trust_error *err)
{
    if (!policy->is_signed)
        return unsigned_too ? TRUST_OK
                            : tri_revision_none(engine->store, "policy", policy->id, err);
    tri_document_revision document = {"policy", policy->id, policy->revision, {0}};
    memcpy(document.digest, policy->signed_digest, sizeof document.digest);
    return tri_revision_use(engine->store, &document, err);
}

static trust_status use_policy(trust_engine *engine, trust_policy *policy, bool unsigned_too,
                               trust_error *err)
{
    if (engine == NULL || policy == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "engine and policy are needed");
    trust_status status = bind(engine, policy, err);
    if (status != TRUST_OK)
        return status;
    /* Memory first, so that nothing can fail once the store has answered. */
    tri_snapshot *next = tri_snapshot_new(&engine->allocator);
    if (next == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the snapshot");
    pthread_mutex_lock(&engine->policy_lock);
    status = check_revision(engine, policy, unsigned_too, err);
    if (status == TRUST_OK)
        status = publish_as(engine, &(change){CHANGE_POLICY, policy, 0, false}, next);
    else
        tri_snapshot_release(next);
    pthread_mutex_unlock(&engine->policy_lock);
    return status;
}

trust_status trust_engine_use_policy(trust_engine *engine, trust_policy *policy, trust_error *err)
{
    return use_policy(engine, policy, false, err);
}

trust_status trust_engine_use_policy_unsigned(trust_engine *engine, trust_policy *policy,
                                              trust_error *err)
{
    return use_policy(engine, policy, true, err);
}

trust_status trust_engine_use_table(trust_engine *engine, trust_table *table)
{
    if (engine == NULL)
        return TRUST_E_ARGUMENT;
    return publish(engine, &(change){CHANGE_TABLE, table, 0, false});
}

trust_status trust_engine_use_reference(trust_engine *engine, trust_reference *reference)
{
    if (engine == NULL)
        return TRUST_E_ARGUMENT;
    return publish(engine, &(change){CHANGE_REFERENCE, reference, 0, false});
}

trust_status trust_engine_set_source_down(trust_engine *engine, uint32_t kind, int32_t down)
{
    if (engine == NULL || tri_engine_kind(engine, kind) == NULL)
        return TRUST_E_ARGUMENT;
    return publish(engine, &(change){CHANGE_DOWN, NULL, kind, down != 0});
}
