#ifndef TRI_DEVICE_REMEMBER_H
#define TRI_DEVICE_REMEMBER_H

/* What a device's record remembers of earlier findings, as pure functions.
 *
 * Only what was proved of the device is remembered. Of each kind and source the newest finding
 * stays; and, where a newer good one does not excuse an older bad one, also the one that weighed
 * most, and the worst, whatever the policy of the day makes of it. */

#include "device/record.h"

/** Add to @p findings what is remembered and not superseded by fresh findings already there.
 * @return the new count, at most @p cap */
size_t tri_remember_recall(const tri_control *control, trust_finding *findings, size_t count,
                           size_t cap, trust_time now);

/** Remember @p findings for the next time. @p weighed[i] is true for a finding that its ledger row
 * rests on. */
void tri_remember_store(tri_control *control, const trust_finding *findings, size_t count,
                        const bool *weighed, trust_time now);

#endif
