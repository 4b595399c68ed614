/* Who installed it: decisions of human verification judged on the scale of AR4SI
 * (draft-ietf-rats-ar4si section 2.3.2). Trust: the document is as good as its origin; a device's
 * own never counts. */

#include <string.h>

#include "core/reason.h"
#include "signal/human/didit.h"
#include "signal/signal.h"

#define AFFIRMED 2
#define REMARKED 20
#define WARNED   32
#define DOUBTFUL 33 /* no longer an approval */
#define DECLINED 96

/* Without these nobody knows that the person was there. */
#define ALWAYS_REQUIRED (TRI_DIDIT_ID | TRI_DIDIT_LIVENESS | TRI_DIDIT_FACE)

typedef struct judgement {
    uint32_t state;
    int32_t value;
    uint32_t reason;
} judgement;

static judgement valid(int32_t value, uint32_t reason)
{
    return (judgement){TRUST_STATE_VALID, value, reason};
}

static judgement absent(uint32_t state, uint32_t reason)
{
    return (judgement){state, 0, reason};
}

static bool matched(const tri_didit *decision)
{
    return (decision->declined & TRI_DIDIT_AML) != 0 || (decision->flags & TRI_DIDIT_AML_HIT) != 0;
}

static bool incomplete(const tri_didit *decision)
{
    uint32_t required = decision->required | ALWAYS_REQUIRED;
    return (required & ~decision->present) != 0 || decision->unfinished != 0 ||
           (decision->flags & TRI_DIDIT_OBSCURE) != 0;
}

/* The worst comes first. */
static judgement judge_approved(const tri_didit *decision, uint32_t origin)
{
    if (matched(decision))
        return valid(DECLINED, TRI_REASON_HUMAN_DECLINED);
    if (incomplete(decision))
        return valid(DOUBTFUL, TRI_REASON_HUMAN_INCOMPLETE);
    if ((decision->declined | decision->reviewed | (decision->flags & TRI_DIDIT_MANUAL)) != 0)
        return valid(WARNED, TRI_REASON_HUMAN_MANUAL);
    if ((decision->flags & TRI_DIDIT_WARNING) != 0)
        return valid(WARNED, TRI_REASON_HUMAN_WARNING);
    if ((decision->flags & TRI_DIDIT_REMARK) != 0)
        return valid(REMARKED, TRI_REASON_HUMAN_WARNING);
    if (origin == TRUST_FROM_HOST)
        return valid(AFFIRMED, TRI_REASON_HUMAN_VOUCHED);
    return valid(AFFIRMED, TRI_REASON_HUMAN_APPROVED);
}

static judgement judge_pending(const tri_didit *decision, trust_time now)
{
    if (decision->expires != TRUST_TIME_UNKNOWN && decision->expires <= now)
        return absent(TRUST_STATE_EXPIRED, TRI_REASON_HUMAN_EXPIRED);
    return absent(TRUST_STATE_PENDING, TRI_REASON_HUMAN_UNFINISHED);
}

static judgement judge(const tri_didit *decision, uint32_t origin, trust_time now)
{
    if ((decision->flags & TRI_DIDIT_LIVE) == 0)
        return absent(TRUST_STATE_UNBOUND, TRI_REASON_HUMAN_SANDBOX);
    if (decision->owner == TRI_DIDIT_FOREIGN)
        return absent(TRUST_STATE_UNBOUND, TRI_REASON_HUMAN_FOREIGN);
    switch (decision->status) {
    case TRI_DIDIT_APPROVED:
        return judge_approved(decision, origin);
    case TRI_DIDIT_REVIEW:
        if (!matched(decision))
            return valid(DOUBTFUL, TRI_REASON_HUMAN_REVIEW);
        return valid(DECLINED, TRI_REASON_HUMAN_DECLINED);
    case TRI_DIDIT_DECLINED:
        return valid(DECLINED, TRI_REASON_HUMAN_DECLINED);
    case TRI_DIDIT_PENDING:
        return judge_pending(decision, now);
    case TRI_DIDIT_OUTDATED:
        return absent(TRUST_STATE_EXPIRED, TRI_REASON_HUMAN_EXPIRED);
    case TRI_DIDIT_LAPSED:
        return absent(TRUST_STATE_NOT_REQUESTED, TRI_REASON_HUMAN_UNFINISHED);
    case TRI_DIDIT_UNKNOWN:
        break;
    }
    return absent(TRUST_STATE_UNSUPPORTED, TRI_REASON_UNSUPPORTED);
}

/* A document that cannot be read proves nothing about anybody. */
static judgement judge_unread(trust_status status)
{
    if (status == TRUST_E_UNSUPPORTED)
        return absent(TRUST_STATE_UNSUPPORTED, TRI_REASON_UNSUPPORTED);
    if (status == TRUST_E_LIMIT)
        return absent(TRUST_STATE_UNBOUND, TRI_REASON_LIMIT);
    return absent(TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED);
}

static uint32_t quality_of(const tri_didit *decision)
{
    uint32_t quality = TRUST_QUALITY_FULL;
    if (decision->owner != TRI_DIDIT_OURS) /* only the host says that it is about this device */
        quality = quality / 4 * 3;
    if (decision->decided == TRUST_TIME_UNKNOWN)
        quality /= 2;
    return quality;
}

static uint32_t approved_in(const tri_didit *decision)
{
    return decision->present & ~(decision->declined | decision->reviewed | decision->unfinished);
}

static trust_status appraise_item(const trust_appraisal *appraisal, size_t index,
                                  trust_finding *out)
{
    const tri_item *item = &appraisal->items[index];
    tri_didit decision = {.owner = TRI_DIDIT_OURS, .decided = TRUST_TIME_UNKNOWN};
    trust_status status =
        tri_didit_read(item->data, appraisal->device_id, appraisal->attempt, &decision, NULL);
    if (status == TRUST_E_NOMEM)
        return status;
    judgement verdict =
        status == TRUST_OK ? judge(&decision, item->origin, appraisal->now) : judge_unread(status);
    bool dated = decision.decided != TRUST_TIME_UNKNOWN;
    *out = (trust_finding){.kind = TRUST_KIND_HUMAN,
                           .state = verdict.state,
                           .origin = item->origin,
                           .value = verdict.value,
                           .quality = quality_of(&decision),
                           .time = dated ? decision.decided : tri_item_time(appraisal, item),
                           .reason = verdict.reason,
                           .item = (uint32_t)index,
                           .expected = decision.required,
                           .seen = approved_in(&decision) | decision.flags};
    return TRUST_OK;
}

static size_t worst_of(const trust_finding *findings, size_t count)
{
    size_t worst = 0;
    for (size_t i = 1; i < count; i++)
        if (findings[i].value > findings[worst].value)
            worst = i;
    return worst;
}

/* The worst first: where there are too many, none that is left out is worse than one that is not.
 */
static trust_status state_all(trust_appraisal *appraisal, trust_finding *findings, size_t count)
{
    while (count > 0) {
        trust_finding *worst = &findings[worst_of(findings, count)];
        trust_status status = trust_appraisal_state(appraisal, worst);
        if (status == TRUST_E_LIMIT)
            trust_appraisal_item_state(appraisal, worst->item, TRUST_STATE_UNBOUND,
                                       TRI_REASON_LIMIT);
        else if (status != TRUST_OK)
            return status;
        memmove(worst, worst + 1, (size_t)(findings + count - (worst + 1)) * sizeof *worst);
        count--;
    }
    return TRUST_OK;
}

static trust_status appraise(void *user, trust_appraisal *appraisal)
{
    trust_finding findings[TRUST_MAX_ITEMS];
    size_t count = 0;
    (void)user;
    for (size_t at = 0; tri_appraisal_next(appraisal, &at) != NULL; at++) {
        /* Whoever carries it, a device has no say in who installed it. */
        if (appraisal->items[at].origin == TRUST_FROM_DEVICE) {
            trust_appraisal_item_state(appraisal, (uint32_t)at, TRUST_STATE_UNBOUND,
                                       TRI_REASON_ORIGIN);
            continue;
        }
        trust_status status = appraise_item(appraisal, at, &findings[count]);
        if (status != TRUST_OK)
            return status;
        count++;
    }
    return state_all(appraisal, findings, count);
}

static const char *const media_types[] = {TRUST_TYPE_DIDIT, NULL};

static const trust_kind_info kinds[] = {
    {"human", TRUST_SCALE_AR4SI, 1u << TRUST_FROM_HOST | 1u << TRUST_FROM_SERVICE, 1, 0},
};

const trust_signal_ops tri_signal_human = {
    .size = sizeof(trust_signal_ops),
    .name = "human",
    .media_types = media_types,
    .kinds = kinds,
    .kind_count = 1,
    .appraise = appraise,
};
