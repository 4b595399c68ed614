/* Making and freeing an engine. Trust: the configuration is the host's; its shape is checked. */

#include "engine/engine.h"

#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/kind.h"
#include "core/number.h"
#include "core/sized.h"
#include "core/text.h"
#include "crypto/crypto.h"
#include "device/record.h"
#include "signal/signal.h"
#include "store/store.h"

static trust_time system_now(void *user)
{
    (void)user;
    struct timespec ts;
    if (clock_gettime(CLOCK_REALTIME, &ts) != 0)
        return TRUST_TIME_UNKNOWN;
    return (trust_time)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static const trust_signal_ops *const builtin[TRI_BUILTIN_SIGNALS] = {
    &tri_signal_attestation, &tri_signal_network, &tri_signal_behaviour, &tri_signal_human};

static uint32_t kind_number(const trust_kind_info *kind)
{
    return trust_kind_id(kind->name, strlen(kind->name));
}

const trust_kind_info *tri_engine_kind(const trust_engine *engine, uint32_t kind)
{
    for (size_t s = 0; s < engine->signal_count; s++) {
        const trust_signal_ops *ops = &engine->signals[s];
        for (size_t k = 0; k < ops->kind_count; k++)
            if (kind_number(&ops->kinds[k]) == kind)
                return &ops->kinds[k];
    }
    return NULL;
}

/* What is wrong with a host's kind, or NULL. */
static const char *bad_kind(const trust_engine *engine, const trust_kind_info *kind)
{
    uint32_t id = kind->name != NULL ? kind_number(kind) : 0;
    if ((id & TRI_KIND_HOST) == 0)
        return "a kind of the host needs a dot in its name";
    if (tri_scale_max(kind->scale) < 0)
        return "a kind needs one of TRUST_SCALE_";
    if (kind->origins == 0)
        return "a kind needs origins, 1 << TRUST_FROM_ each";
    return tri_engine_kind(engine, id) == NULL ? NULL : "another signal states this kind";
}

static const char *bad_kinds(const trust_engine *engine, const trust_signal_ops *ops)
{
    for (size_t k = 0; k < ops->kind_count; k++) {
        const char *wrong = bad_kind(engine, &ops->kinds[k]);
        if (wrong != NULL)
            return wrong;
        for (size_t j = 0; j < k; j++)
            if (kind_number(&ops->kinds[j]) == kind_number(&ops->kinds[k]))
                return "the signal has two kinds of one name";
    }
    return NULL;
}

/* What is wrong with a host's signal, or NULL: it is well named, with kinds of its own, and reads
 * media types that nobody else reads. */
static const char *bad_signal(const trust_engine *engine, const trust_signal_ops *ops)
{
    if (ops == NULL || tri_sized(ops, sizeof *ops) != TRUST_OK)
        return "a signal of the host has another size than this version's";
    trust_bytes name = tri_bytes(ops->name);
    if (!tri_name(name) || name.size > 31 || memchr(name.data, '.', name.size) == NULL)
        return "a signal's name is at most 31 of [a-z0-9_.-], a dot among them";
    if (ops->media_types == NULL || ops->appraise == NULL)
        return "a signal needs media_types and appraise";
    if (ops->kinds == NULL || ops->kind_count < 1 || ops->kind_count > 8)
        return "a signal needs 1 to 8 kinds";
    for (size_t s = 0; s < engine->signal_count; s++) {
        /* Equal names among them: they would share what they remember. */
        if (tri_memory_key(ops->name) == tri_memory_key(engine->signals[s].name))
            return "another signal has this name";
        for (const char *const *type = ops->media_types; *type != NULL; type++)
            if (tri_signal_reads(&engine->signals[s], *type))
                return "another signal reads this media type";
    }
    return bad_kinds(engine, ops);
}

static trust_status add_signals(trust_engine *engine, const trust_engine_config *config,
                                trust_error *err)
{
    for (size_t i = 0; i < TRI_BUILTIN_SIGNALS; i++)
        engine->signals[engine->signal_count++] = *builtin[i];
    if (config->signal_count > TRI_HOST_SIGNALS ||
        (config->signal_count > 0 && config->signals == NULL))
        return tri_fail(err, TRUST_E_ARGUMENT, "at most 8 signals of the host");
    for (size_t i = 0; i < config->signal_count; i++) {
        const trust_signal_ops *ops = config->signals[i];
        const char *wrong = bad_signal(engine, ops);
        if (wrong != NULL)
            return tri_fail_at(err, TRUST_E_ARGUMENT, i, wrong);
        engine->signals[engine->signal_count++] = *ops;
    }
    return TRUST_OK;
}

static trust_status fill(trust_engine *engine, const trust_engine_config *config, trust_error *err)
{
    trust_bytes verifier = tri_bytes(config->verifier);
    if (verifier.size > TRI_TEXT_MAX || !tri_printable(verifier))
        return tri_fail(err, TRUST_E_ARGUMENT, "verifier is at most 63 bytes of plain text");
    if (verifier.size > 0)
        memcpy(engine->verifier, verifier.data, verifier.size);
    engine->clock = config->clock.now != NULL ? config->clock : (trust_clock){system_now, NULL};
    engine->random =
        config->random.fill != NULL ? config->random : (trust_random){tri_system_random, NULL};
    engine->logger = config->logger;
    engine->transport = config->transport;
    engine->signer = config->signer;
    trust_status status = add_signals(engine, config, err);
    if (status != TRUST_OK)
        return status;
    engine->snapshot = tri_snapshot_new(&engine->allocator);
    if (engine->snapshot == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the engine");
    if (config->store != NULL)
        engine->store = tri_store_hold(config->store);
    else if (trust_store_new_memory(&engine->allocator, &engine->store) != TRUST_OK)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the store");
    return TRUST_OK;
}

/* Undo what fill() and trust_engine_new() did, in any state. */
static void destroy(trust_engine *engine)
{
    trust_allocator allocator = engine->allocator;
    tri_snapshot_release(engine->snapshot);
    trust_store_free(engine->store);
    pthread_mutex_destroy(&engine->policy_lock);
    pthread_mutex_destroy(&engine->lock);
    tri_delete(&allocator, engine, sizeof *engine);
}

static bool make_locks(trust_engine *engine)
{
    if (pthread_mutex_init(&engine->policy_lock, NULL) != 0)
        return false;
    if (pthread_mutex_init(&engine->lock, NULL) == 0)
        return true;
    pthread_mutex_destroy(&engine->policy_lock);
    return false;
}

static trust_status make(const trust_engine_config *config, trust_engine **out, trust_error *err)
{
    trust_allocator allocator = tri_allocator(&config->allocator);
    trust_engine *engine = tri_new(&allocator, sizeof *engine);
    if (engine == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the engine");
    engine->allocator = allocator;
    atomic_init(&engine->references, 1);
    if (!make_locks(engine)) {
        tri_delete(&allocator, engine, sizeof *engine);
        return tri_fail(err, TRUST_E_NOMEM, "no lock for the engine");
    }
    trust_status status = fill(engine, config, err);
    if (status != TRUST_OK) {
        destroy(engine);
        return status;
    }
    engine->user_free = config->user_free;
    engine->user = config->user;
    *out = engine;
    return TRUST_OK;
}

trust_status trust_engine_new(const trust_engine_config *given, trust_engine **out,
                              trust_error *err)
{
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    if (out == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "there is no place for the engine");
    if (given != NULL) {
        trust_status status = tri_sized(given, sizeof config);
        if (status != TRUST_OK)
            return tri_fail(err, status, "config.size is not this version's");
        config = *given;
    }
    if (tri_crypto_ready() != TRUST_OK)
        return tri_fail(err, TRUST_E_HOST, "the system gives no randomness");
    return make(&config, out, err);
}

trust_engine *tri_engine_hold(trust_engine *engine)
{
    atomic_fetch_add(&engine->references, 1);
    return engine;
}

void tri_engine_release(trust_engine *engine)
{
    if (engine == NULL || atomic_fetch_sub(&engine->references, 1) != 1)
        return;
    for (size_t i = TRI_BUILTIN_SIGNALS; i < engine->signal_count; i++)
        if (engine->signals[i].user_free != NULL)
            engine->signals[i].user_free(engine->signals[i].user);
    void (*user_free)(void *) = engine->user_free;
    void *user = engine->user;
    destroy(engine);
    /* Last, since the allocator may be the user's too. */
    if (user_free != NULL)
        user_free(user);
}

static void let_go(void *engine)
{
    tri_engine_release(engine);
}

tri_keeper tri_engine_keep(trust_engine *engine)
{
    return (tri_keeper){let_go, tri_engine_hold(engine)};
}

void trust_engine_free(trust_engine *engine)
{
    tri_engine_release(engine);
}

/* A clock outside the years 1970 to 9999 cannot tell. */
trust_time trust_engine_now(const trust_engine *engine)
{
    trust_time now = engine != NULL ? engine->clock.now(engine->clock.user) : TRUST_TIME_UNKNOWN;
    return now >= 0 && now <= TRI_TIME_LAST ? now : TRUST_TIME_UNKNOWN;
}

void tri_engine_log_signal(const trust_engine *engine, int32_t level,
                           const trust_signal_ops *signal, const char *what)
{
    char line[128];
    if (engine->logger.line == NULL)
        return;
    tri_text text = tri_text_begin(line, sizeof line);
    tri_text_str(&text, "the signal ");
    tri_text_str(&text, signal->name);
    tri_text_char(&text, ' ');
    tri_text_str(&text, what);
    if (tri_text_end(&text, NULL) == TRUST_OK)
        engine->logger.line(engine->logger.user, level, line);
}
