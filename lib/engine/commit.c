/* Step 4: one transaction writes what the decision made of the records: nonces spent, findings
 * remembered, lessons learnt, the request named. Trust: everything here was appraised; what signals
 * want to remember is bounded. */

#include "engine/assess.h"

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/kind.h"
#include "core/reason.h"
#include "crypto/crypto.h"
#include "device/challenges.h"
#include "device/remember.h"
#include "policy/policy.h"
#include "store/store.h"

#define DAY         ((trust_time)24 * 3600 * 1000)
#define OUTCOME_MAX 49152u
#define OUTCOME_KEY (TRI_DEVICE_KEY + TRI_REQUEST_SIZE)

/* A leap ahead is only noted, until a second reading confirms it (set_time() in assess.c). The
 * first reading stays noted while later ones agree: else frequent ones would never confirm it. */
static void keep_time(tri_assessment *a)
{
    tri_control *c = &a->control;
    if (a->clock == TRUST_TIME_UNKNOWN)
        return;
    if (!a->leap) {
        c->jump = TRUST_TIME_UNKNOWN;
        c->high_water = a->clock > c->high_water ? a->clock : c->high_water;
    } else if (c->jump == TRUST_TIME_UNKNOWN || a->clock < c->jump || a->clock - c->jump > DAY) {
        c->jump = a->clock;
    }
}

/* The stage that it is in now, by name, and no later than is known that it was entered. A policy
 * without stages leaves it as it was. */
static void keep_stage(tri_assessment *a)
{
    tri_control *c = &a->control;
    const trust_policy *policy = a->snapshot->policy;
    if (policy->stage_count == 0)
        return;
    const char *stage = policy->stages[a->summary.stage].id;
    memcpy(c->stage, stage, strlen(stage) + 1);
    c->stage_policy = policy->key;
    c->stage_since = a->summary.stage_since;
    if (a->leap && c->stage_since > c->high_water)
        c->stage_since = c->high_water;
}

static void keep_decision(tri_assessment *a, trust_decision *decision)
{
    tri_control *c = &a->control;
    c->verdict = a->summary.verdict;
    c->risk = a->summary.risk;
    c->since = a->summary.since;
    c->decided = a->now;
    c->valid_until = decision->info.valid_until;
    c->decisions++;
    keep_stage(a);
    uint32_t before = c->flaps;
    c->flaps = a->summary.flaps;
    if (!a->leap)
        return;
    /* Nor does a time that may be wrong make up for how the verdict flapped. */
    c->flaps = before > c->flaps ? before : c->flaps;
    /* A leap that nothing confirms yet binds nobody: the verdict began no later than is known, and
     * is due again at once. */
    c->since = c->since > c->high_water ? c->high_water : c->since;
    c->valid_until = c->high_water;
}

static void spend(tri_assessment *a)
{
    uint32_t given = 0;
    for (size_t i = 0; i < a->appraisal.finding_count; i++) {
        const trust_finding *f = &a->appraisal.findings[i];
        if (f->state == TRUST_STATE_VALID && f->kind <= TRI_KIND_BUILTIN_COUNT)
            given |= 1u << f->kind;
    }
    for (size_t i = 0; i < a->control.challenge_count; i++)
        if ((a->appraisal.answered >> i & 1) != 0)
            tri_challenge_spend(&a->control, i, given);
}

/* One signal's lesson, folded into the memory record at @p record; the result is in @p next. */
static bool learn_one(const tri_assessment *a, const trust_signal_ops *signal, uint32_t mode,
                      trust_appraisal *p, trust_bytes record, uint8_t *next, size_t *len)
{
    uint8_t lesson[TRUST_SIGNAL_MAX_MEMORY];
    size_t size = SIZE_MAX;
    uint32_t key = tri_memory_key(signal->name);
    if (signal->learn == NULL)
        return false;
    p->signal = signal;
    p->memory = tri_memory_find(record, key);
    trust_status status = signal->learn(signal->user, p, mode, lesson, sizeof lesson, &size);
    if (status == TRUST_OK && size == SIZE_MAX)
        return false;
    if (status != TRUST_OK || size > sizeof lesson ||
        tri_memory_replace(record, key, (trust_bytes){lesson, size}, next, TRI_MEMORY_MAX, len) !=
            TRUST_OK) {
        tri_engine_log_signal(a->device->engine, TRUST_LOG_WARNING, signal, "could not learn");
        return false;
    }
    return true;
}

/* The memory record after this assessment; empty when nothing changed. @p room has two halves. */
static trust_bytes learn(tri_assessment *a, uint32_t mode, uint8_t room[2][TRI_MEMORY_MAX])
{
    const trust_engine *engine = a->device->engine;
    trust_bytes before = {a->device->memory.data, a->device->memory.size};
    trust_bytes record = tri_memory_valid(before) ? before : (trust_bytes){NULL, 0};
    size_t half = 0;
    bool learnt = false;
    for (size_t s = 0; s < engine->signal_count; s++) {
        size_t len;
        if (!learn_one(a, &engine->signals[s], mode, &a->appraisal, record, room[half], &len))
            continue;
        record = (trust_bytes){room[half], len};
        half = 1 - half;
        learnt = true;
    }
    return learnt && !tri_same(record, before) ? record : (trust_bytes){NULL, 0};
}

static trust_bytes outcome_key(const tri_assessment *a, const uint8_t request[TRI_REQUEST_SIZE],
                               uint8_t out[OUTCOME_KEY])
{
    (void)tri_device_key(a->device, 'o', out);
    memcpy(out + TRI_DEVICE_KEY, request, TRI_REQUEST_SIZE);
    return (trust_bytes){out, OUTCOME_KEY};
}

static void hash_request(const tri_assessment *a, uint8_t out[TRI_REQUEST_SIZE])
{
    uint8_t digest[32];
    tri_sha256(a->evidence->request, a->evidence->request_size, digest);
    memcpy(out, digest, TRI_REQUEST_SIZE);
}

/* The place of a request among those that the record names; their number when it is none. */
static size_t named(const tri_control *c, const uint8_t request[TRI_REQUEST_SIZE])
{
    size_t i = 0;
    while (i < c->request_count && memcmp(c->requests[i], request, TRI_REQUEST_SIZE) != 0)
        i++;
    return i;
}

trust_status tri_recall_outcome(const tri_assessment *a, trust_decision *out)
{
    uint8_t request[TRI_REQUEST_SIZE];
    uint8_t key[OUTCOME_KEY];
    size_t size = 0;
    uint64_t revision = 0;
    hash_request(a, request);
    if (named(&a->control, request) == a->control.request_count)
        return TRUST_E_NOT_FOUND;
    const trust_allocator *allocator = &a->device->engine->allocator;
    uint8_t *record = tri_new(allocator, OUTCOME_MAX);
    if (record == NULL)
        return TRUST_E_NOMEM;
    trust_status status = tri_store_get(a->device->engine->store, outcome_key(a, request, key),
                                        record, OUTCOME_MAX, &size, &revision);
    if (status == TRUST_OK)
        status = tri_outcome_decode((trust_bytes){record, size}, out);
    tri_delete(allocator, record, OUTCOME_MAX);
    if (status == TRUST_E_NOT_FOUND)
        return TRUST_E_INTEGRITY; /* the record names it, so it was there */
    if (status != TRUST_OK)
        return status;
    /* An outcome of another device under this key was moved there. */
    if (strcmp(out->device, a->device->texts) != 0)
        return TRUST_E_INTEGRITY;
    /* It answers for as long as it holds, and for the policy that it was made with. */
    const trust_policy *policy = a->snapshot->policy;
    if (a->now == TRUST_TIME_UNKNOWN || a->now >= out->info.valid_until || policy == NULL ||
        memcmp(out->info.policy_hash, policy->hash, sizeof policy->hash) != 0 ||
        out->info.policy_signed != (uint32_t)trust_policy_is_signed(policy))
        return TRUST_E_NOT_FOUND;
    out->info.repeated = 1;
    return TRUST_OK;
}

/* Name the request in the record, its outcome beside it; the oldest one goes. */
static trust_status name_request(tri_assessment *a, const trust_decision *decision, uint8_t *record,
                                 uint8_t keys[2][OUTCOME_KEY], trust_store_operation *ops,
                                 size_t *count)
{
    tri_control *c = &a->control;
    uint8_t request[TRI_REQUEST_SIZE];
    size_t len = 0;
    *count = 0;
    hash_request(a, request);
    size_t gone = named(c, request); /* a name used again becomes the latest */
    if (gone == TRI_MAX_REQUESTS) {
        gone = 0;
        ops[(*count)++] = (trust_store_operation){TRUST_STORE_DELETE,
                                                  0,
                                                  TRUST_REVISION_ANY,
                                                  outcome_key(a, c->requests[0], keys[0]),
                                                  {NULL, 0}};
    }
    if (gone < c->request_count) {
        c->request_count--;
        memmove(c->requests[gone], c->requests[gone + 1],
                (c->request_count - gone) * TRI_REQUEST_SIZE);
    }
    memcpy(c->requests[c->request_count], request, sizeof request);
    trust_status status = tri_outcome_encode(decision, record, OUTCOME_MAX, &len);
    ops[(*count)++] =
        (trust_store_operation){TRUST_STORE_PUT,
                                0,
                                TRUST_REVISION_ANY,
                                outcome_key(a, c->requests[c->request_count], keys[1]),
                                {record, len}};
    c->request_count++;
    return status;
}

static trust_status write_records(tri_assessment *a, trust_bytes memory,
                                  const trust_store_operation *others, size_t other_count)
{
    uint8_t record[TRI_CONTROL_MAX];
    size_t len = 0;
    trust_status status = tri_control_encode(&a->control, record, sizeof record, &len);
    if (status != TRUST_OK)
        return status;
    tri_device_change change = {{record, len}, memory, others, other_count};
    return tri_device_commit(a->device, &change, a->call);
}

static trust_status write_named(tri_assessment *a, trust_bytes memory,
                                const trust_decision *decision)
{
    trust_store_operation ops[2];
    uint8_t keys[2][OUTCOME_KEY];
    size_t count = 0;
    const trust_allocator *allocator = &a->device->engine->allocator;
    uint8_t *record = tri_new(allocator, OUTCOME_MAX);
    if (record == NULL)
        return TRUST_E_NOMEM;
    trust_status status = name_request(a, decision, record, keys, ops, &count);
    if (status == TRUST_OK)
        status = write_records(a, memory, ops, count);
    tri_delete(allocator, record, OUTCOME_MAX);
    return status;
}

/* Everything that was collected, and what was set aside. */
static void remember(tri_assessment *a)
{
    size_t count = a->finding_count;
    for (size_t i = 0; i < a->outlived_count && count < TRI_DECISION_FINDINGS; i++, count++) {
        a->findings[count] = a->outlived[i];
        a->weighed[count] = false;
    }
    tri_remember_store(&a->control, a->findings, count, a->weighed, a->now);
}

/* A suspect teaches nothing. Nor is anything learnt at a time that may be wrong: what is dated
 * ahead would shut out all that comes before it. */
static uint32_t learning_mode(const tri_assessment *a, bool decided)
{
    /* What was only observed is judged by the last verdict, or by the one it would get if worse. */
    trust_verdict verdict = a->summary.verdict;
    if (!decided && a->control.verdict > verdict)
        verdict = a->control.verdict;
    bool suspect = verdict == TRUST_QUARANTINE || verdict == TRUST_DENY ||
                   a->control.lifecycle != TRUST_LIFECYCLE_ENROLLED;
    return suspect || a->leap ? TRUST_LEARN_ASIDE : TRUST_LEARN;
}

trust_status tri_commit(tri_assessment *a, trust_decision *decision)
{
    uint8_t room[2][TRI_MEMORY_MAX];
    bool decided = decision != NULL;
    /* Without a policy nothing is weighed: an answer waits for an assessment that does. */
    bool weighed = a->snapshot->policy != NULL;
    trust_bytes memory = learn(a, learning_mode(a, decided), room);
    if (a->leap)
        a->control.refused_kinds = a->refused;
    if (weighed)
        spend(a);
    if (decided && a->appraisal.answered != 0)
        decision->info.replay_protection = tri_store_durable(a->device->engine->store)
                                               ? TRUST_REPLAY_DURABLE
                                               : TRUST_REPLAY_PROCESS;
    if (weighed)
        remember(a);
    keep_time(a);
    if (!decided)
        return write_records(a, memory, NULL, 0);
    keep_decision(a, decision);
    return a->evidence->request_size > 0 ? write_named(a, memory, decision)
                                         : write_records(a, memory, NULL, 0);
}
