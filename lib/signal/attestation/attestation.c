/* The attestation signal: judges every token and states what the device's own ones say. Trust:
 * tokens are hostile until their format proved them; a token proves itself, whoever carried it. */

#include "signal/attestation/attestation.h"

#include <string.h>

#include "core/reason.h"

static trust_time older(trust_time a, trust_time b)
{
    return a < b ? a : b;
}

static trust_status state_finding(trust_appraisal *appraisal, size_t index, uint32_t kind,
                                  const tri_attested *token)
{
    const tri_item *item = &appraisal->items[index];
    bool answers = token->state != TRUST_STATE_UNBOUND;
    bool identity = kind == TRUST_KIND_IDENTITY;
    bool valid = token->state == TRUST_STATE_VALID;
    trust_finding finding = {.kind = kind,
                             .state = token->state,
                             .origin = item->origin,
                             .quality = TRUST_QUALITY_FULL,
                             .time = tri_item_time(appraisal, item),
                             .reason = token->reason,
                             .item = (uint32_t)index};
    if (answers)
        finding.time =
            older(appraisal->challenges[token->challenge].issued, trust_appraisal_now(appraisal));
    if (valid)
        finding.value = identity ? TRI_AR4SI_AFFIRMING : token->tier;
    if (valid && !identity)
        finding.reason = token->tier_reason;
    /* Anybody could have passed on what is bound to no connection and no key. */
    if (valid && identity && token->binding == TRUST_BINDING_NONE)
        finding.quality = TRUST_QUALITY_FULL / 4 * 3;
    return trust_appraisal_state(appraisal, &finding);
}

/* A device that was asked what it runs and signs an answer without it has refused: otherwise hiding
 * a bad measurement would cost less than showing it. */
static trust_status state_unmeasured(trust_appraisal *appraisal, size_t index,
                                     const tri_attested *token)
{
    bool asked = (appraisal->challenges[token->challenge].kinds >> TRUST_KIND_ATTESTATION & 1) != 0;
    uint32_t state = asked ? TRUST_STATE_REFUSED : TRUST_STATE_NOT_REQUESTED;
    bool foreign = token->tier_reason == TRI_REASON_PROFILE_UNKNOWN;
    uint32_t reason = foreign ? token->tier_reason : TRI_REASON_MEASUREMENTS_MISSING;
    trust_status status =
        tri_appraisal_find(appraisal, index, TRUST_KIND_ATTESTATION, state, 0, reason);
    /* The token itself is good. */
    trust_appraisal_item_state(appraisal, (uint32_t)index, token->state, reason);
    return status;
}

/* State what one token says, of both kinds. */
static trust_status state_token(trust_appraisal *appraisal, size_t index, const tri_attested *token)
{
    trust_status status = state_finding(appraisal, index, TRUST_KIND_IDENTITY, token);
    bool valid = token->state == TRUST_STATE_VALID;
    if (status != TRUST_OK)
        return status;
    if (valid && token->unmeasured && token->tier < TRI_AR4SI_CONTRAINDICATED)
        return state_unmeasured(appraisal, index, token);
    return state_finding(appraisal, index, TRUST_KIND_ATTESTATION, token);
}

/* Of several tokens of the device the weaker binding and the worse claims count. */
static void merge(trust_appraisal *appraisal, const tri_attested *token, bool first)
{
    int8_t *claims = appraisal->vector.claims;
    for (size_t i = 0; i < TRI_AR4SI_COUNT; i++)
        if (first || claims[i] < token->vector.claims[i])
            claims[i] = token->vector.claims[i];
    if (first || appraisal->binding > token->binding)
        appraisal->binding = token->binding;
    appraisal->answered |= 1u << token->challenge;
}

/* What one assessment has met so far. */
typedef struct progress {
    uint32_t checks;    /* signature checks that are left */
    size_t own;         /* tokens that the device signed in time */
    size_t valid;       /* of these, the good ones */
    bool other;         /* there was a token that vouches for nothing */
    size_t other_index; /* of the one that explains most */
    tri_attested other_token;
} progress;

static trust_status take_token(trust_appraisal *appraisal, size_t index, progress *p)
{
    const tri_item *item = &appraisal->items[index];
    tri_attested token =
        tri_native_appraise(appraisal, item, &p->checks, p->valid == 0 ? appraisal->claims : NULL);
    if (token.state == TRUST_STATE_VALID || token.state == TRUST_STATE_INVALID) {
        merge(appraisal, &token, p->own == 0);
        p->own++;
        p->valid += token.state == TRUST_STATE_VALID;
        return state_token(appraisal, index, &token);
    }
    trust_appraisal_item_state(appraisal, (uint32_t)index, token.state, token.reason);
    /* One that came too late says more than one that is nobody's. */
    if (!p->other ||
        (token.state == TRUST_STATE_EXPIRED && p->other_token.state != TRUST_STATE_EXPIRED)) {
        p->other = true;
        p->other_index = index;
        p->other_token = token;
    }
    return TRUST_OK;
}

static trust_status appraise(void *user, trust_appraisal *appraisal)
{
    (void)user;
    progress p = {.checks = TRI_MAX_SIGNATURES};
    for (size_t at = 0; tri_appraisal_next(appraisal, &at) != NULL; at++) {
        trust_status status = take_token(appraisal, at, &p);
        if (status != TRUST_OK)
            return status;
    }
    /* What is nobody's changes nothing beside a token of the device's own. */
    if (p.own > 0 || !p.other)
        return TRUST_OK;
    memset(appraisal->vector.claims, TRI_AR4SI_UNVERIFIED, sizeof appraisal->vector.claims);
    return state_token(appraisal, p.other_index, &p.other_token);
}

static const char *const media_types[] = {TRUST_TYPE_EAT_CWT, NULL};

#define ANYBODY (1u << TRUST_FROM_DEVICE | 1u << TRUST_FROM_HOST | 1u << TRUST_FROM_SERVICE)

static const trust_kind_info kinds[] = {{"attestation", TRUST_SCALE_AR4SI, ANYBODY, 1, 0},
                                        {"identity", TRUST_SCALE_AR4SI, ANYBODY, 1, 0}};

const trust_signal_ops tri_signal_attestation = {.size = sizeof(trust_signal_ops),
                                                 .name = "attestation",
                                                 .media_types = media_types,
                                                 .kinds = kinds,
                                                 .kind_count = sizeof kinds / sizeof kinds[0],
                                                 .appraise = appraise};
