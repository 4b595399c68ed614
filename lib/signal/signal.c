/* What a signal may see and say during an assessment: the accessors behind trust_appraisal. Trust:
 * items are hostile bytes; a host's signal is checked like any caller. */

#include "signal/signal.h"

#include <string.h>

#include <trust/reason.h>

#include "core/bytes.h"
#include "core/kind.h"

bool tri_signal_reads(const trust_signal_ops *signal, const char *type)
{
    for (const char *const *known = signal->media_types; known != NULL && *known != NULL; known++)
        if (strcmp(*known, type) == 0)
            return true;
    return false;
}

/* The signal's row for a kind, or NULL when it states no such kind. */
static const trust_kind_info *kind_of(const trust_signal_ops *signal, uint32_t kind)
{
    for (size_t i = 0; i < signal->kind_count; i++) {
        const char *name = signal->kinds[i].name;
        if (trust_kind_id(name, strlen(name)) == kind)
            return &signal->kinds[i];
    }
    return NULL;
}

/* Item @p index is for the signal whose turn it is. The engine has set aside what its origin may
 * not state. */
static bool shown(const trust_appraisal *appraisal, size_t index)
{
    return !appraisal->outcomes[index].ignored &&
           tri_signal_reads(appraisal->signal, appraisal->items[index].type);
}

const tri_item *tri_appraisal_next(const trust_appraisal *appraisal, size_t *at)
{
    for (; *at < appraisal->item_count; (*at)++)
        if (shown(appraisal, *at))
            return &appraisal->items[*at];
    return NULL;
}

trust_time tri_item_time(const trust_appraisal *appraisal, const tri_item *item)
{
    trust_time claimed = item->collected;
    if (claimed == TRUST_TIME_UNKNOWN)
        return appraisal->now;
    /* Clocks differ a little. What is dated further ahead stays so, and cannot exculpate. */
    if (claimed > appraisal->now && claimed <= appraisal->now + TRI_CLOCK_SKEW)
        return appraisal->now;
    return claimed;
}

trust_status tri_appraisal_find(trust_appraisal *appraisal, size_t index, uint32_t kind,
                                uint32_t state, int32_t value, uint32_t reason)
{
    const tri_item *item = &appraisal->items[index];
    trust_finding finding = {.kind = kind,
                             .state = state,
                             .origin = item->origin,
                             .value = value,
                             .quality = TRUST_QUALITY_FULL,
                             .time = tri_item_time(appraisal, item),
                             .reason = reason,
                             .item = (uint32_t)index};
    return trust_appraisal_state(appraisal, &finding);
}

trust_time trust_appraisal_now(const trust_appraisal *appraisal)
{
    return appraisal != NULL ? appraisal->now : TRUST_TIME_UNKNOWN;
}

size_t trust_appraisal_item_count(const trust_appraisal *appraisal)
{
    size_t count = 0;
    if (appraisal == NULL)
        return 0;
    for (size_t at = 0; tri_appraisal_next(appraisal, &at) != NULL; at++)
        count++;
    return count;
}

trust_status trust_appraisal_item(const trust_appraisal *appraisal, size_t index, trust_item *out)
{
    if (appraisal == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    const tri_item *item;
    size_t at = 0;
    for (; (item = tri_appraisal_next(appraisal, &at)) != NULL; at++, index--)
        if (index == 0)
            break;
    if (item == NULL)
        return TRUST_E_NOT_FOUND;
    *out = (trust_item){item->type,   item->data,      item->origin,
                        (uint32_t)at, item->collected, appraisal->now};
    return TRUST_OK;
}

trust_bytes trust_appraisal_attribute(const trust_appraisal *appraisal, const char *name)
{
    if (appraisal == NULL || name == NULL)
        return (trust_bytes){NULL, 0};
    for (size_t i = 0; i < appraisal->attribute_count; i++)
        if (strcmp(appraisal->attributes[i].name, name) == 0)
            return tri_bytes(appraisal->attributes[i].value);
    return (trust_bytes){NULL, 0};
}

trust_bytes trust_appraisal_memory(const trust_appraisal *appraisal)
{
    return appraisal != NULL ? appraisal->memory : (trust_bytes){NULL, 0};
}

/* Every field within its range, and the origin one that may state this kind. */
static bool plausible(const trust_finding *finding, const trust_kind_info *kind)
{
    if (finding->state > TRUST_STATE_UNSUPPORTED || finding->quality > TRUST_QUALITY_FULL ||
        finding->reserved != 0)
        return false;
    if (finding->origin < TRUST_FROM_DEVICE || finding->origin > TRUST_FROM_SERVICE ||
        (kind->origins & (1u << finding->origin)) == 0)
        return false;
    if (finding->state == TRUST_STATE_VALID &&
        (finding->value < 0 || finding->value > tri_scale_max(kind->scale)))
        return false;
    return finding->reason == 0 || trust_reason_severity(finding->reason) > 0;
}

/* A finding rests on no item, or on one that the signal was shown, and has that item's origin. */
static bool grounded(const trust_appraisal *appraisal, const trust_finding *finding)
{
    if (finding->item == TRUST_NO_ITEM)
        return true;
    return finding->item < appraisal->item_count && shown(appraisal, finding->item) &&
           appraisal->items[finding->item].origin == finding->origin;
}

trust_status trust_appraisal_state(trust_appraisal *appraisal, const trust_finding *finding)
{
    if (appraisal == NULL || finding == NULL)
        return TRUST_E_ARGUMENT;
    const trust_kind_info *kind = kind_of(appraisal->signal, finding->kind);
    if (kind == NULL || !plausible(finding, kind) || !grounded(appraisal, finding))
        return TRUST_E_ARGUMENT;
    if (appraisal->finding_count - appraisal->signal_first >= TRI_SIGNAL_MAX_FINDINGS ||
        appraisal->finding_count >= TRI_MAX_FINDINGS)
        return TRUST_E_LIMIT;
    appraisal->findings[appraisal->finding_count++] = *finding;
    if (finding->item != TRUST_NO_ITEM)
        trust_appraisal_item_state(appraisal, finding->item, finding->state, finding->reason);
    return TRUST_OK;
}

void trust_appraisal_item_state(trust_appraisal *appraisal, uint32_t index, uint32_t state,
                                uint32_t reason)
{
    if (appraisal == NULL || index >= appraisal->item_count || !shown(appraisal, index) ||
        state > TRUST_STATE_UNSUPPORTED)
        return;
    tri_outcome *outcome = &appraisal->outcomes[index];
    outcome->state = state;
    outcome->reason = reason;
    outcome->told = true;
}
