/* Publishing a snapshot: copy the present one, change one part, swap the pointer, let the old one
 * go when its last assessment ends. Trust: what is published was validated when it was loaded. */

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/kind.h"
#include "engine/engine.h"
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

static trust_status publish(trust_engine *engine, const change *c)
{
    tri_snapshot *next = tri_snapshot_new(&engine->allocator);
    if (next == NULL)
        return TRUST_E_NOMEM;
    pthread_mutex_lock(&engine->lock);
    tri_snapshot *old = engine->snapshot;
    trust_status status = next_snapshot(next, old, c);
    if (status == TRUST_OK)
        engine->snapshot = next;
    pthread_mutex_unlock(&engine->lock);
    tri_snapshot_release(status == TRUST_OK ? old : next);
    return status;
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

trust_status trust_engine_use_policy(trust_engine *engine, trust_policy *policy, trust_error *err)
{
    if (engine == NULL || policy == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "engine and policy are needed");
    trust_status status = bind(engine, policy, err);
    if (status != TRUST_OK)
        return status;
    status = publish(engine, &(change){CHANGE_POLICY, policy, 0, false});
    return status == TRUST_OK ? TRUST_OK : tri_fail(err, status, "no memory for the snapshot");
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
