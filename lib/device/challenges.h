#ifndef TRI_DEVICE_CHALLENGES_H
#define TRI_DEVICE_CHALLENGES_H

/* The challenges of a device as pure functions over its control record. */

#include "device/record.h"

/** Write a challenge down: takes @p fresh over, gives it a number. An expired or spent one makes
 * room.
 * @return TRUST_OK, or TRUST_E_LIMIT with TRUST_MAX_CHALLENGES open or a full record */
trust_status tri_challenge_write(tri_control *control, const tri_challenge *fresh, trust_time now);

/** Open, and not past its deadline. */
bool tri_challenge_is_open(const tri_challenge *challenge, trust_time now);

/** Note silence: kinds whose delivered challenge ran out are refused from now on. */
void tri_challenges_lapse(tri_control *control, trust_time now);

/** Challenge @p index was answered well: it is spent. @p given has bit k for every kind that the
 * answer really gave; a kind that was asked for and not given is refused. Older open ones are
 * settled with it. A newer one may have gone to a stranger who connected under the device's name,
 * so nothing is known of it. */
void tri_challenge_spend(tri_control *control, size_t index, uint32_t given);

/** Why there is no finding of a built-in kind: a TRUST_STATE_, and its reason. */
uint32_t tri_challenge_absence(const tri_control *control, uint32_t kind, trust_time now,
                               uint32_t *reason);

size_t tri_challenges_open(const tri_control *control, trust_time now);

#endif
