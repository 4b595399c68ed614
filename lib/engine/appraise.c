/* Step 2: items become findings. Trust: items are hostile; here they are only sorted by who may say
 * what. A signal that fails has simply not answered. */

#include "engine/assess.h"

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/reason.h"
#include "core/sized.h"
#include "result/result.h"

static const trust_signal_ops *reader_of(const trust_engine *engine, const char *type)
{
    for (size_t s = 0; s < engine->signal_count; s++)
        if (tri_signal_reads(&engine->signals[s], type))
            return &engine->signals[s];
    return NULL;
}

static bool may_state(const trust_signal_ops *signal, uint32_t origin)
{
    uint32_t origins = 0;
    for (size_t k = 0; k < signal->kind_count; k++)
        origins |= signal->kinds[k].origins;
    return (origins >> origin & 1) != 0;
}

/* The same as an earlier item that counts. What was set aside silences nobody: else a device could
 * send ahead what its host is about to observe. */
static bool is_repeated(const tri_item *items, const tri_outcome *outcomes, size_t index)
{
    const tri_item *item = &items[index];
    for (size_t i = 0; i < index; i++)
        if (!outcomes[i].ignored && items[i].collected == item->collected &&
            strcmp(items[i].type, item->type) == 0 && tri_same(items[i].data, item->data) &&
            tri_same(items[i].nonce, item->nonce))
            return true;
    return false;
}

static tri_outcome ignored(uint32_t state, uint32_t reason)
{
    return (tri_outcome){state, reason, true, true};
}

/* Who may say what: decided before any signal sees a byte. @p outcomes has those
 * of the items before. */
static tri_outcome screen(const trust_engine *engine, const tri_item *items,
                          const tri_outcome *outcomes, size_t index)
{
    const tri_item *item = &items[index];
    const trust_signal_ops *signal = reader_of(engine, item->type);
    if (signal == NULL)
        return ignored(TRUST_STATE_UNSUPPORTED, TRI_REASON_UNSUPPORTED);
    if (!may_state(signal, item->origin))
        return ignored(TRUST_STATE_UNBOUND, TRI_REASON_ORIGIN);
    if (item->misnamed)
        return ignored(TRUST_STATE_UNBOUND, TRI_REASON_MISBOUND);
    if (is_repeated(items, outcomes, index))
        return ignored(TRUST_STATE_NOT_REQUESTED, TRI_REASON_DUPLICATE);
    return (tri_outcome){TRUST_STATE_UNSUPPORTED, TRI_REASON_UNSUPPORTED, false, false};
}

/* What makes a signal fail may be the device's doing: it must not cost less than bad news. */
static trust_status refuse_kinds(const trust_signal_ops *signal, trust_appraisal *appraisal)
{
    for (size_t k = 0; k < signal->kind_count; k++) {
        const char *name = signal->kinds[k].name;
        /* Without room for the refusal the assessment ends: silence would be cheaper. */
        if (appraisal->finding_count == TRI_MAX_FINDINGS)
            return TRUST_E_LIMIT;
        appraisal->findings[appraisal->finding_count++] =
            (trust_finding){.kind = trust_kind_id(name, strlen(name)),
                            .state = TRUST_STATE_REFUSED,
                            .origin = TRUST_FROM_HOST,
                            .time = appraisal->now,
                            .reason = TRI_REASON_SIGNAL_FAILED,
                            .item = TRUST_NO_ITEM};
    }
    return TRUST_OK;
}

trust_status tri_appraise_signal(const trust_engine *engine, const trust_signal_ops *signal,
                                 trust_bytes memory, trust_appraisal *appraisal)
{
    uint32_t answered = appraisal->answered;
    uint32_t binding = appraisal->binding;
    trust_vector vector = appraisal->vector;
    appraisal->signal = signal;
    appraisal->memory = memory;
    appraisal->signal_first = appraisal->finding_count;
    trust_status status = signal->appraise(signal->user, appraisal);
    /* Want of memory is nobody's answer: judged as silence it could hide bad news for good. */
    if (status == TRUST_OK || status == TRUST_E_NOMEM)
        return status;
    tri_engine_log_signal(engine, TRUST_LOG_ERROR, signal, "failed; taken as refused");
    appraisal->finding_count = appraisal->signal_first;
    appraisal->answered = answered;
    appraisal->binding = binding;
    appraisal->vector = vector;
    size_t at = 0;
    while (tri_appraisal_next(appraisal, &at) != NULL) {
        appraisal->outcomes[at] =
            (tri_outcome){TRUST_STATE_REFUSED, TRI_REASON_SIGNAL_FAILED, true, false};
        at++;
    }
    return refuse_kinds(signal, appraisal);
}

/* Of two findings of one kind and source that differ the worse one counts; the item of the better
 * one says so. */
static void mark_contradictions(trust_appraisal *p)
{
    for (size_t i = 0; i < p->finding_count; i++) {
        for (size_t k = 0; k < p->finding_count; k++) {
            const trust_finding *good = &p->findings[i];
            const trust_finding *bad = &p->findings[k];
            if (good->kind == bad->kind && good->source == bad->source &&
                good->state == TRUST_STATE_VALID && bad->state == TRUST_STATE_VALID &&
                good->value < bad->value && good->item < p->item_count)
                p->outcomes[good->item].reason = TRI_REASON_CONTRADICTION;
        }
    }
}

static void set_up(tri_assessment *a)
{
    trust_appraisal *p = &a->appraisal;
    p->now = a->now;
    p->device_id = a->device->texts;
    p->verifier = a->device->engine->verifier;
    p->anchors = a->control.anchors;
    p->anchor_count = a->control.anchor_count;
    p->attributes = a->device->attributes;
    p->attribute_count = a->device->attribute_count;
    p->challenges = a->control.challenges;
    p->challenge_count = a->control.challenge_count;
    p->channel = (trust_bytes){a->evidence->channel, a->evidence->channel_size};
    p->attempt = a->evidence->attempt;
    p->table = a->snapshot->table;
    p->reference = a->snapshot->reference;
    p->items = a->evidence->items;
    p->item_count = a->evidence->count;
    p->finding_count = 0;
    p->answered = 0;
    p->binding = TRUST_BINDING_NONE;
    p->claims = NULL;
    memset(&p->vector, 0, sizeof p->vector);
}

/* What the device's memory record holds for a signal; a damaged record holds nothing. */
static trust_bytes memory_of(const trust_device *device, const trust_signal_ops *signal)
{
    trust_bytes record = {device->memory.data, device->memory.size};
    if (!tri_memory_valid(record))
        return (trust_bytes){NULL, 0};
    return tri_memory_find(record, tri_memory_key(signal->name));
}

trust_status tri_appraise(tri_assessment *a)
{
    const trust_engine *engine = a->device->engine;
    trust_status status = TRUST_OK;
    set_up(a);
    for (size_t i = 0; i < a->evidence->count; i++)
        a->appraisal.outcomes[i] = screen(engine, a->evidence->items, a->appraisal.outcomes, i);
    for (size_t s = 0; s < engine->signal_count && status == TRUST_OK; s++)
        status = tri_appraise_signal(engine, &engine->signals[s],
                                     memory_of(a->device, &engine->signals[s]), &a->appraisal);
    mark_contradictions(&a->appraisal);
    return status;
}

/* ---- one item by itself ---- */

static trust_status check(const trust_engine *engine, const trust_appraise_request *r,
                          trust_result **out, trust_error *err)
{
    if (engine == NULL || r == NULL || out == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "an engine, a request and its type are needed");
    trust_status status = tri_sized(r, sizeof *r);
    if (status != TRUST_OK)
        return tri_fail(err, status, "request.size is not this version's");
    if (r->ed25519_key_count > TRUST_DEVICE_MAX_ANCHORS ||
        (r->ed25519_key_count > 0 && r->ed25519_keys == NULL))
        return tri_fail(err, TRUST_E_ARGUMENT, "at most 4 keys");
    if (r->type == NULL || (r->data.data == NULL && r->data.size > 0) || r->reserved != 0)
        return tri_fail(err, TRUST_E_ARGUMENT, "a media type and bytes are needed");
    if (r->nonce.size > 64 || (r->nonce.size > 0 && (r->nonce.data == NULL || r->nonce.size < 8)))
        return tri_fail(err, TRUST_E_ARGUMENT, "a nonce is 8 to 64 bytes");
    if (r->channel.size > TRI_CHANNEL_MAX || (r->channel.size > 0 && r->channel.data == NULL))
        return tri_fail(err, TRUST_E_ARGUMENT, "a channel is at most 64 bytes");
    if (r->origin < TRUST_FROM_DEVICE || r->origin > TRUST_FROM_SERVICE)
        return tri_fail(err, TRUST_E_ARGUMENT, "an origin is TRUST_FROM_DEVICE, _HOST or _SERVICE");
    return TRUST_OK;
}

/* Appraise the one item of @p evidence. */
static trust_status appraise_one(trust_engine *engine, const trust_appraise_request *r,
                                 const trust_evidence *evidence, const tri_snapshot *snapshot,
                                 tri_text *claims, trust_appraisal *p)
{
    trust_status status = TRUST_OK;
    tri_challenge challenge = {.state = TRI_CHALLENGE_OPEN, .deadline = TRUST_TIME_NEVER};
    trust_attribute attribute = {"class", r->device_class};
    tri_anchor anchors[TRUST_DEVICE_MAX_ANCHORS];
    memset(p, 0, sizeof *p);
    p->now = trust_engine_now(engine);
    p->device_id = p->verifier = p->attempt = "";
    for (size_t i = 0; i < r->ed25519_key_count; i++)
        tri_anchor_of(r->ed25519_keys[i], &anchors[i]);
    p->anchors = anchors;
    p->anchor_count = r->ed25519_key_count;
    p->attributes = &attribute;
    p->attribute_count = r->device_class != NULL;
    p->challenges = &challenge;
    p->challenge_count = r->nonce.size > 0;
    p->channel = r->channel;
    p->table = snapshot->table;
    p->reference = snapshot->reference;
    p->items = evidence->items;
    p->item_count = 1;
    p->claims = claims;
    challenge.issued = p->now;
    challenge.nonce_size = (uint8_t)r->nonce.size;
    if (r->nonce.size > 0)
        memcpy(challenge.nonce, r->nonce.data, r->nonce.size);
    p->outcomes[0] = screen(engine, evidence->items, p->outcomes, 0);
    const trust_signal_ops *signal = reader_of(engine, evidence->items[0].type);
    if (signal != NULL)
        status = tri_appraise_signal(engine, signal, (trust_bytes){NULL, 0}, p);
    /* What the appraisal points at is gone after this call; nobody looks at it again. */
    p->anchors = NULL;
    p->challenges = NULL;
    p->attributes = NULL;
    p->claims = NULL;
    return status;
}

static void take_findings(trust_result *result, const trust_appraisal *p)
{
    size_t count = p->finding_count < TRI_RESULT_FINDINGS ? p->finding_count : TRI_RESULT_FINDINGS;
    result->info.binding = p->binding;
    result->info.vector = p->vector;
    result->info.finding_count = (uint32_t)count;
    memcpy(result->findings, p->findings, count * sizeof result->findings[0]);
}

static trust_status appraise(trust_engine *engine, const trust_appraise_request *r,
                             trust_evidence *evidence, trust_result *result, trust_error *err)
{
    trust_appraisal p;
    tri_item_extra extra = {{NULL, 0}, TRUST_TIME_UNKNOWN, false};
    trust_status status =
        tri_evidence_add(evidence, r->origin, tri_bytes(r->type), r->data, &extra, err);
    /* What a host states and is not even an address or a metric was appraised: it is malformed. */
    if (status == TRUST_E_FORMAT) {
        tri_result_conclude(result, r->type, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED);
        return TRUST_OK;
    }
    if (status != TRUST_OK)
        return status;
    tri_snapshot *snapshot = tri_engine_snapshot(engine);
    tri_text claims = tri_text_begin(result->claims, sizeof result->claims);
    status = appraise_one(engine, r, evidence, snapshot, &claims, &p);
    (void)tri_text_end(&claims, NULL);
    tri_snapshot_release(snapshot);
    if (status != TRUST_OK)
        return tri_fail(err, status, "no memory to read the item");
    take_findings(result, &p);
    tri_result_conclude(result, evidence->items[0].type, p.outcomes[0].state, p.outcomes[0].reason);
    return TRUST_OK;
}

trust_status trust_appraise(trust_engine *engine, const trust_appraise_request *request,
                            trust_result **out, trust_error *err)
{
    trust_status status = check(engine, request, out, err);
    if (status != TRUST_OK)
        return status;
    const trust_allocator *allocator = &engine->allocator;
    trust_result *result = tri_result_new(allocator, tri_engine_keep(engine));
    trust_evidence *evidence = tri_new(allocator, sizeof *evidence);
    if (result == NULL)
        tri_engine_release(engine);
    if (result == NULL || evidence == NULL) {
        status = tri_fail(err, TRUST_E_NOMEM, "no memory for the result");
    } else {
        evidence->arena = tri_arena_begin(allocator);
        status = appraise(engine, request, evidence, result, err);
        tri_arena_end(&evidence->arena);
    }
    tri_delete(allocator, evidence, sizeof *evidence);
    if (status == TRUST_OK)
        *out = result;
    else
        trust_result_free(result);
    return status;
}
