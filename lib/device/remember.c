/* Remembered findings. Trust: findings were appraised; the record is ours. */

#include "device/remember.h"

#include <string.h>

#include "core/kind.h"
#include "core/reason.h"

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

/* True by @p now; nothing is without a clock. What is dated ahead excuses nothing. */
static bool dated(const trust_finding *f, trust_time now)
{
    return f->time != TRUST_TIME_UNKNOWN && f->time <= now;
}

/* @p old is dated ahead by a clock in error. The answer to a challenge is newer, whatever its date;
 * a person's decision says itself when it was made, and an earlier one stays an earlier one. */
static bool misdated(const trust_finding *old, trust_time now)
{
    return now != TRUST_TIME_UNKNOWN && old->time > now && old->kind != TRUST_KIND_HUMAN;
}

/* A fresh finding at least as new makes the remembered one superfluous. */
static bool superseded(const trust_finding *old, const trust_finding *fresh, size_t count,
                       trust_time now)
{
    for (size_t i = 0; i < count; i++) {
        bool newer = misdated(old, now) || fresh[i].time >= old->time;
        if (!proved(&fresh[i]) || !same_source(&fresh[i], old) || !newer)
            continue;
        bool excuses = tri_kind_latest_counts(old->kind) && dated(&fresh[i], now);
        if (excuses || !worse(old, &fresh[i]))
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

static bool newest(const trust_finding *findings, size_t count, size_t index, trust_time now)
{
    for (size_t i = 0; i < count; i++) {
        const trust_finding *other = &findings[i];
        if (i == index || !proved(other) || !same_source(other, &findings[index]))
            continue;
        if (other->time > findings[index].time &&
            (dated(other, now) || !worse(&findings[index], other)))
            return false;
        /* Of two as old the worse is kept, and of two alike the first. */
        if (other->time == findings[index].time &&
            (worse(other, &findings[index]) || (i < index && !worse(&findings[index], other))))
            return false;
    }
    return true;
}

/* No finding of its source is worse; of two alike the first. What gates go by, and what stands in
 * for the ledger's word where the policy has no row for the kind. */
static bool worst(const trust_finding *findings, size_t count, size_t index)
{
    for (size_t i = 0; i < count; i++) {
        const trust_finding *other = &findings[i];
        if (i != index && proved(other) && same_source(other, &findings[index]) &&
            (worse(other, &findings[index]) || (i < index && !worse(&findings[index], other))))
            return false;
    }
    return true;
}

/* How much of the room a kind takes, with what is coming. */
static size_t share(const tri_control *control, uint32_t kind, uint32_t coming)
{
    size_t count = kind == coming;
    for (size_t i = 0; i < control->remembered_count; i++)
        count += control->remembered[i].kind == kind;
    return count;
}

/* When there is no room the kind that takes most of it gives up its mildest: bad news is never
 * pushed out by good, nor by another kind whose scale has larger numbers. The count when it is what
 * is coming. */
static size_t giving_way(const tri_control *control, const trust_finding *coming)
{
    size_t at = control->remembered_count;
    const trust_finding *mildest = coming;
    for (size_t i = 0; i < control->remembered_count; i++) {
        const trust_finding *other = &control->remembered[i];
        size_t most = share(control, mildest->kind, coming->kind);
        size_t its = share(control, other->kind, coming->kind);
        if (its < most || (its == most && !worse(mildest, other)))
            continue;
        at = i;
        mildest = other;
    }
    return at;
}

static void keep(tri_control *control, const trust_finding *finding)
{
    size_t at = control->remembered_count;
    if (at == TRI_MAX_REMEMBERED)
        at = giving_way(control, finding);
    else
        control->remembered_count++;
    if (at == TRI_MAX_REMEMBERED)
        return;
    control->remembered[at] = *finding;
    control->remembered[at].item = TRUST_NO_ITEM;
    control->remembered[at].expected = 0;
    control->remembered[at].seen = 0;
}

void tri_remember_store(tri_control *control, const trust_finding *findings, size_t count,
                        const bool *weighed, trust_time now)
{
    control->remembered_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!proved(&findings[i]))
            continue;
        bool excused = tri_kind_latest_counts(findings[i].kind);
        if (newest(findings, count, i, now) ||
            (!excused && (weighed[i] || worst(findings, count, i))))
            keep(control, &findings[i]);
    }
}
