#ifndef TRUST_ENGINE_H
#define TRUST_ENGINE_H

/* An engine holds what does not change from device to device: the host's seams, the store, the
 * signals, and one immutable snapshot of policy, reference values and address table.
 *
 * Shareable: any number of threads. Its configuration is fixed when it is made. Publishing a
 * policy, a table or references replaces the snapshot in one step; an assessment that runs
 * meanwhile goes on with the snapshot it began with. Handles keep what they need alive, so the
 * order of freeing is free. Two engines share nothing. */

#include <trust/host.h>
#include <trust/key.h>
#include <trust/policy.h>
#include <trust/reference.h>
#include <trust/signal.h>
#include <trust/store.h>
#include <trust/table.h>

TRUST_BEGIN_DECLS

/** What an engine is made of. Begin with TRUST_ENGINE_CONFIG_INIT; zero is the default. */
typedef struct trust_engine_config {
    size_t size; /**< sizeof of this struct */
    trust_allocator allocator;
    trust_clock clock;
    trust_random random;
    trust_logger logger;
    trust_transport transport;
    trust_signer *signer; /**< borrowed; must outlive the engine. No call of this version signs */
    trust_store *store;   /**< kept alive; NULL for "memory:" */
    const trust_signal_ops *const *signals; /**< the host's own; what they point to is borrowed */
    size_t signal_count;                    /**< at most 8 */
    const char *verifier;          /**< the name devices bind to; copied, at most 63 bytes */
    void (*user_free)(void *user); /**< called once, when the engine is really gone */
    void *user;
} trust_engine_config;

#define TRUST_ENGINE_CONFIG_INIT                                                                   \
    {                                                                                              \
        sizeof(trust_engine_config), {NULL, NULL}, {NULL, NULL}, {NULL, NULL}, {NULL, NULL},       \
            {NULL, NULL}, NULL, NULL, NULL, 0, NULL, NULL, NULL                                    \
    }

typedef struct trust_engine trust_engine;

/** Make an engine.
 * @param config  NULL for all defaults; not kept
 * @param[out] out  freed with trust_engine_free()
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_UNSUPPORTED (members this library does not know),
 *         TRUST_E_NOMEM; on failure no user_free is called */
TRUST_API TRUST_MUST_CHECK trust_status trust_engine_new(const trust_engine_config *config,
                                                         trust_engine **out, trust_error *err);

/** Let go of it. It is really gone when the last device, evidence, challenge, decision and result
 * made from it are.
 * NULL does nothing. */
TRUST_API void trust_engine_free(trust_engine *engine);

/** Weigh with this policy from now on. Every signal that it names must exist in this engine on the
 * scale that it expects. The engine keeps the policy alive.
 *
 * The store remembers the highest revision that was used of every signed policy's id, for every
 * engine that takes one into use afterwards (docs/manifest.md). A lower one is refused, another
 * document of the same revision, and, once any policy there was signed, every unsigned one.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_UNSUPPORTED (a signal is missing), TRUST_E_NOMEM,
 *         TRUST_E_STATE (it would be a step back), TRUST_E_INTEGRITY (what the store remembers is
 *         damaged), TRUST_E_CONFLICT, or the store's; then the engine goes on as before */
TRUST_API TRUST_MUST_CHECK trust_status trust_engine_use_policy(trust_engine *engine,
                                                                trust_policy *policy,
                                                                trust_error *err);

/** The same, for a host that chooses to take an unsigned policy even where the store remembers
 * signed ones: decisions say "signed": false, and the store's memory stays as it is. A
 * signed policy is taken or refused as by trust_engine_use_policy(). */
TRUST_API TRUST_MUST_CHECK trust_status trust_engine_use_policy_unsigned(trust_engine *engine,
                                                                         trust_policy *policy,
                                                                         trust_error *err);

/** Look addresses up here from now on; NULL for nowhere. The engine keeps the table alive. */
TRUST_API TRUST_MUST_CHECK trust_status trust_engine_use_table(trust_engine *engine,
                                                               trust_table *table);

/** Compare measurements with these from now on; NULL for none. The engine keeps them alive. */
TRUST_API TRUST_MUST_CHECK trust_status trust_engine_use_reference(trust_engine *engine,
                                                                   trust_reference *reference);

/** Say that a source fails for everybody, or works again: the host's own probe, never one device's
 * bad luck. Kinds of a source that is down are TRUST_STATE_SOURCE_DOWN unless there is evidence.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_LIMIT (16 are down) or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_engine_set_source_down(trust_engine *engine,
                                                                     uint32_t kind, int32_t down);

/** The time by the engine's clock, or TRUST_TIME_UNKNOWN. */
TRUST_API trust_time trust_engine_now(const trust_engine *engine);

TRUST_END_DECLS

#endif
