#ifndef TRUST_BASELINE_H
#define TRUST_BASELINE_H

/* The behaviour baseline alone: what is usual for one metric of one device, and how unusual each
 * new value is given only what came before it. The signal "behaviour" keeps one for every metric
 * of a device; this is for series that no device is assessed by.
 *
 * Single: one thread at a time; a second one gets TRUST_E_BUSY. Integers inside: the same values
 * give the same scores on every machine. docs/behaviour.md gives the formulas. */

#include <trust/signal.h>

TRUST_BEGIN_DECLS

typedef struct trust_baseline trust_baseline;

/** Make a baseline that has seen nothing.
 * @param allocator  where its memory comes from; NULL for the C library's
 * @param[out] out   freed with trust_baseline_free()
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_baseline_new(const trust_allocator *allocator,
                                                           trust_baseline **out);

/** Score values in order, each before it is taken in. All or none are taken in. Never allocates.
 *
 * @param times   when each was measured, never going back, also not behind an earlier call; NULL
 *                where that is not known
 * @param values  finite
 * @param mode    TRUST_LEARN, or TRUST_LEARN_ASIDE: score, and let nothing learnt move
 * @param[out] surprise  tenths of decades, 0 to 120 (TRUST_SCALE_SURPRISE): 30 comes by chance once
 *                       in a thousand values; or NULL
 * @param[out] raw       in 1/65536 of a decade, before the series' own past calibrates it: ranks
 *                       the values of one series; or NULL
 * @param[out] err  offset is the index of the value that is refused
 * @return TRUST_OK, TRUST_E_ARGUMENT (also: a value that is not finite, a time that goes back) or
 *         TRUST_E_BUSY */
TRUST_API TRUST_MUST_CHECK trust_status trust_baseline_observe(trust_baseline *baseline,
                                                               const trust_time *times,
                                                               const double *values, size_t count,
                                                               uint32_t mode, int32_t *surprise,
                                                               int32_t *raw, trust_error *err);

/** The most bytes that trust_baseline_save() writes. */
#define TRUST_BASELINE_MAX_STATE 192u

/** Write all that it knows, the same bytes on every machine.
 * @param cap        TRUST_BASELINE_MAX_STATE always suffices
 * @param[out] need  how many bytes that is, also when they do not fit; or NULL
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_LIMIT or TRUST_E_BUSY */
TRUST_API TRUST_MUST_CHECK trust_status trust_baseline_save(trust_baseline *baseline, void *out,
                                                            size_t cap, size_t *need);

/** Go on from saved bytes.
 * @param[out] out  freed with trust_baseline_free()
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_FORMAT, TRUST_E_UNSUPPORTED (written by a newer
 *         version) or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_baseline_restore(const void *state, size_t len,
                                                               const trust_allocator *allocator,
                                                               trust_baseline **out,
                                                               trust_error *err);

/** NULL does nothing. */
TRUST_API void trust_baseline_free(trust_baseline *baseline);

TRUST_END_DECLS

#endif
