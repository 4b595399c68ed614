#ifndef TRI_ENGINE_ENGINE_H
#define TRI_ENGINE_ENGINE_H

/* The engine from the inside: its fixed parts and the snapshot that changes as a whole. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <trust/engine.h>

#include "core/alloc.h"
#include "core/challenge.h"

#define TRI_BUILTIN_SIGNALS 4u
#define TRI_HOST_SIGNALS    8u
#define TRI_MAX_DOWN        16u

/** Everything that an assessment rests on beside the device and the evidence. Immutable. */
typedef struct tri_snapshot {
    atomic_uint_fast32_t references;
    trust_allocator allocator;
    trust_policy *policy;       /* or NULL */
    trust_table *table;         /* or NULL */
    trust_reference *reference; /* or NULL */
    uint32_t down_count;        /* kinds whose source is down */
    uint32_t down[TRI_MAX_DOWN];
} tri_snapshot;

struct trust_engine {
    atomic_uint_fast32_t references;
    trust_allocator allocator;
    trust_clock clock;
    trust_random random;
    trust_logger logger;
    trust_transport transport;
    const trust_signer *signer;
    trust_store *store;
    trust_signal_ops signals[TRI_BUILTIN_SIGNALS + TRI_HOST_SIGNALS];
    size_t signal_count;
    char verifier[TRI_TEXT_MAX + 1];
    void (*user_free)(void *user);
    void *user;
    /* Held while a policy is changed, so that a lower revision is not published after a higher. */
    pthread_mutex_t policy_lock;
    pthread_mutex_t lock; /* guards the pointer below, not what it points to */
    tri_snapshot *snapshot;
};

trust_engine *tri_engine_hold(trust_engine *engine);
void tri_engine_release(trust_engine *engine);

/** For what was made of the engine's memory: holds the engine until it is let go of. */
tri_keeper tri_engine_keep(trust_engine *engine);
/* Log what became of a signal: its name, then @p what. */
void tri_engine_log_signal(const trust_engine *engine, int32_t level,
                           const trust_signal_ops *signal, const char *what);

/** The present snapshot, held; tri_snapshot_release() lets go of it. Never allocates. */
tri_snapshot *tri_engine_snapshot(trust_engine *engine);
void tri_snapshot_release(tri_snapshot *snapshot);
tri_snapshot *tri_snapshot_new(const trust_allocator *allocator);

/** The kind's information, built in or of one of the engine's signals; NULL for none. */
const trust_kind_info *tri_engine_kind(const trust_engine *engine, uint32_t kind);

#endif
