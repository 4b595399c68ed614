#ifndef TRI_CORE_KIND_H
#define TRI_CORE_KIND_H

/* The append-only table of built-in finding kinds. */

#include <stdbool.h>

#include <trust/finding.h>
#include <trust/signal.h>

/** The table's row, or NULL for a kind that is not built in. */
const trust_kind_info *tri_kind_builtin(uint32_t kind);

/** What the host would do to obtain evidence of a kind: a stable word. */
const char *tri_next_action(uint32_t kind);

/** The largest value of a scale, or -1 for a number that is no scale; the smallest is 0. */
int32_t tri_scale_max(uint32_t scale);

/** The word for a scale, as policy documents spell it, or NULL; and back, 0 for none. */
const char *tri_scale_name(uint32_t scale);
uint32_t tri_scale_find(trust_bytes name);

/** A newer finding of this kind, from the same source, replaces every older one: a device that was
 * repaired is repaired. Where it does not, bad news stays until it has decayed. */
bool tri_kind_latest_counts(uint32_t kind);

/** Number of built-in kinds; they are 1 to this. */
#define TRI_KIND_BUILTIN_COUNT 6u

/** Kinds of a host have this bit set. */
#define TRI_KIND_HOST 0x80000000u

#endif
