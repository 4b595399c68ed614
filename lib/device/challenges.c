/* Challenges in a device's record. Trust: the record is ours; times come from the host's clock. */

#include "device/challenges.h"

#include <string.h>

#include "core/reason.h"

bool tri_challenge_is_open(const tri_challenge *challenge, trust_time now)
{
    /* Without a clock nothing is known to have run out. */
    return challenge->state == TRI_CHALLENGE_OPEN &&
           (now == TRUST_TIME_UNKNOWN || now <= challenge->deadline);
}

size_t tri_challenges_open(const tri_control *control, trust_time now)
{
    size_t open = 0;
    for (size_t i = 0; i < control->challenge_count; i++)
        open += tri_challenge_is_open(&control->challenges[i], now);
    return open;
}

static void drop(tri_control *control, size_t index)
{
    size_t after = control->challenge_count - index - 1;
    memmove(&control->challenges[index], &control->challenges[index + 1],
            after * sizeof control->challenges[0]);
    control->challenge_count--;
}

/* Take the oldest one out that is not open; false when all are. */
static bool make_room(tri_control *control, trust_time now)
{
    for (size_t i = 0; i < control->challenge_count; i++) {
        if (!tri_challenge_is_open(&control->challenges[i], now)) {
            drop(control, i);
            return true;
        }
    }
    return false;
}

trust_status tri_challenge_write(tri_control *control, const tri_challenge *fresh, trust_time now)
{
    tri_challenges_lapse(control, now);
    if (tri_challenges_open(control, now) >= TRUST_MAX_CHALLENGES)
        return TRUST_E_LIMIT;
    if (control->challenge_count == TRI_MAX_CHALLENGES_KEPT)
        (void)make_room(control, now);
    control->challenges[control->challenge_count] = *fresh;
    control->challenges[control->challenge_count].id = ++control->next_challenge;
    control->challenge_count++;
    while (!tri_control_fits(control))
        if (!make_room(control, now))
            return TRUST_E_LIMIT;
    return TRUST_OK;
}

void tri_challenges_lapse(tri_control *control, trust_time now)
{
    if (now == TRUST_TIME_UNKNOWN)
        return;
    for (size_t i = 0; i < control->challenge_count; i++) {
        const tri_challenge *c = &control->challenges[i];
        if (c->state == TRI_CHALLENGE_OPEN && c->delivered != 0 && now > c->deadline)
            control->refused_kinds |= c->kinds;
    }
}

void tri_challenge_spend(tri_control *control, size_t index, uint32_t given)
{
    control->refused_kinds |= control->challenges[index].kinds;
    control->refused_kinds &= ~given;
    for (size_t i = 0; i < control->challenge_count; i++) {
        tri_challenge *c = &control->challenges[i];
        if (i == index)
            c->state = TRI_CHALLENGE_SPENT;
        else if (c->state == TRI_CHALLENGE_OPEN && c->id < control->challenges[index].id)
            c->state = TRI_CHALLENGE_SPENT; /* an older question is settled by a newer answer */
    }
    /* Of a spent one only the nonce is still needed, to know it again. */
    for (size_t i = 0; i < control->challenge_count; i++) {
        if (control->challenges[i].state == TRI_CHALLENGE_SPENT) {
            control->challenges[i].purpose[0] = '\0';
            control->challenges[i].attempt[0] = '\0';
        }
    }
}

uint32_t tri_challenge_absence(const tri_control *control, uint32_t kind, trust_time now,
                               uint32_t *reason)
{
    uint32_t bit = kind < 32 ? 1u << kind : 0;
    bool undelivered = false;
    if ((control->refused_kinds & bit) != 0) {
        *reason = TRI_REASON_REFUSED;
        return TRUST_STATE_REFUSED;
    }
    for (size_t i = 0; i < control->challenge_count; i++) {
        const tri_challenge *c = &control->challenges[i];
        if ((c->kinds & bit) == 0 || c->state != TRI_CHALLENGE_OPEN)
            continue;
        if (tri_challenge_is_open(c, now)) {
            *reason = TRI_REASON_PENDING;
            return TRUST_STATE_PENDING;
        }
        undelivered = true;
    }
    *reason = undelivered ? TRI_REASON_UNDELIVERED : TRI_REASON_NOT_REQUESTED;
    return TRUST_STATE_NOT_REQUESTED;
}
