/* Remembered findings. Trust: findings were appraised; the record is ours. */

#include "device/remember.h"

#include <string.h>

#include "core/kind.h"
#include "core/reason.h"

bool tri_kind_latest_counts(uint32_t kind)
{
    return kind == TRUST_KIND_ATTESTATION || kind == TRUST_KIND_IDENTITY ||
           kind == TRUST_KIND_HUMAN;
}

static bool proved(const trust_finding *f)
{
    return f->state == TRUST_STATE_VALID || f->state == TRUST_STATE_INVALID;
}

static bool same_source(const trust_finding *a, const trust_finding *b)
{
    return a->kind == b->kind && a->source == b->source;
}

/* Worse first, by what needs no policy: invalid before valid, then the higher value. */
static bool worse(const trust_finding *a, const trust_finding *b)
{
    if (a->state != b->state)
        return a->state == TRUST_STATE_INVALID;
    return a->value > b->value;
}

/* A fresh finding at least as new makes the remembered one superfluous. One that a clock in error
 * dated ahead is newer than nothing. */
static bool superseded(const trust_finding *old, const trust_finding *fresh, size_t count,
                       trust_time now)
{
    for (size_t i = 0; i < count; i++) {
        bool newer = old->time > now || fresh[i].time >= old->time;
        if (!proved(&fresh[i]) || !same_source(&fresh[i], old) || !newer)
            continue;
        if (tri_kind_latest_counts(old->kind) || !worse(old, &fresh[i]))
            return true;
    }
    return false;
}

size_t tri_remember_recall(const tri_control *control, trust_finding *findings, size_t count,
                           size_t cap, trust_time now)
{
    size_t fresh = count;
    for (size_t i = 0; i < control->remembered_count && count < cap; i++) {
        const trust_finding *old = &control->remembered[i];
        if (superseded(old, findings, fresh, now))
            continue;
        findings[count] = *old;
        findings[count].item = TRUST_NO_ITEM;
        count++;
    }
    return count;
}

static bool newest(const trust_finding *findings, size_t count, size_t index)
{
    for (size_t i = 0; i < count; i++) {
        const trust_finding *other = &findings[i];
        if (i == index || !proved(other) || !same_source(other, &findings[index]))
            continue;
        if (other->time > findings[index].time)
            return false;
        /* Of two as old the worse is kept, and of two alike the first. */
        if (other->time == findings[index].time &&
            (worse(other, &findings[index]) || (i < index && !worse(&findings[index], other))))
            return false;
    }
    return true;
}

/* When there is no room the mildest gives way: bad news is never pushed out by good. */
static void keep(tri_control *control, const trust_finding *finding)
{
    size_t at = control->remembered_count;
    if (at == TRI_MAX_REMEMBERED) {
        at = 0;
        for (size_t i = 1; i < TRI_MAX_REMEMBERED; i++)
            if (worse(&control->remembered[at], &control->remembered[i]))
                at = i;
        if (!worse(finding, &control->remembered[at]))
            return;
    } else {
        control->remembered_count++;
    }
    control->remembered[at] = *finding;
    control->remembered[at].item = TRUST_NO_ITEM;
    control->remembered[at].expected = 0;
    control->remembered[at].seen = 0;
}

void tri_remember_store(tri_control *control, const trust_finding *findings, size_t count,
                        const bool *weighed)
{
    control->remembered_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!proved(&findings[i]))
            continue;
        bool excused = tri_kind_latest_counts(findings[i].kind);
        if (newest(findings, count, i) || (weighed[i] && !excused))
            keep(control, &findings[i]);
    }
}
