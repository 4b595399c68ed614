#ifndef TRI_SIGNAL_BEHAVIOUR_BASELINE_H
#define TRI_SIGNAL_BEHAVIOUR_BASELINE_H

/* What is usual for one metric of one device, in constant memory, and how unusual the next value
 * is. Integers only, so every machine gives the same score.
 *
 * Three views of the value's logarithm (itself, its deviation from a slow mean, a fast mean) each
 * keep a bitmap of what was seen, on a grid that widens by doubling. A view is surprised by a bin
 * that it does not know. How far the fast mean is from the long mean is the fourth part. How often
 * the metric surprised itself so far turns the sum into a probability, and small probabilities in a
 * row add up. docs/behaviour.md gives the formulas. */

#include <stdbool.h>

#include <trust/status.h>

#define TRI_BASELINE_VIEWS 3u
#define TRI_BASELINE_RANKS 8u
/** Values before this many are learnt as they come and surprise nobody. */
#define TRI_BASELINE_WARMUP 64u
/** Serialised size. */
#define TRI_BASELINE_BYTES 150u

/** One view: 64 bins of width 2^exponent that start at origin * 32 bins.
 *
 * A bin is unknown, pending (seen too seldom to be believed) or learnt. */
typedef struct tri_view {
    uint64_t learnt;
    uint64_t seen;    /* a learnt bin: in this generation; another: pending, seen in this epoch */
    uint64_t before;  /* pending, seen in an earlier epoch */
    int32_t origin;   /* of the grid, in half windows */
    uint16_t novel;   /* how often a bin was seen for the first time */
    uint8_t exponent; /* of the bin's width, in units of the transform */
    uint8_t outside;  /* what OUTSIDE_ says of values that lie off the grid */
} tri_view;

/** All that is kept of one metric. All zero is a metric that was never seen. */
typedef struct tri_baseline {
    tri_view views[TRI_BASELINE_VIEWS];
    int64_t slow;                       /* moving mean over about 200 values of the transform */
    int64_t fast;                       /* over about 20 */
    int64_t level;                      /* over about 4096: what is usual */
    int64_t spread;                     /* mean distance from it */
    uint32_t count;                     /* values learnt; halved now and then */
    uint16_t evidence;                  /* the test martingale, in 1/4096 of a decade */
    uint16_t ranks[TRI_BASELINE_RANKS]; /* how often each size of surprise came */
} tri_baseline;

/** How a value is taken in. */
typedef enum tri_baseline_mode {
    TRI_BASELINE_LEARN,
    /** Suspicion adds up and what is new is noted as pending; nothing that was learnt moves. */
    TRI_BASELINE_ASIDE,
} tri_baseline_mode;

/** What one value says. */
typedef struct tri_surprise {
    int32_t tenths; /* of decades, 0 to 120: what the finding carries */
    int32_t raw;    /* in 1/65536 of a decade, before the metric's own past calibrates it: ranks the
                       values of one metric */
    bool level;     /* the level surprises more than the value itself */
} tri_surprise;

/** The double with these bits as sign(v) * log2(1 + |v|) in 1/2^32, monotone; they are finite. */
int64_t tri_baseline_transform(uint64_t bits);

/** Of a transformed value back: thousandths, saturated to what an int64 holds. */
int64_t tri_baseline_thousandths(int64_t x);

/** Score a value against what came before, then take it in. @p bits are a finite double's. */
tri_surprise tri_baseline_observe(tri_baseline *baseline, uint64_t bits, tri_baseline_mode mode);

/** The state as bytes, the same on every machine; and back, false for bytes that no baseline
 * writes. */
void tri_baseline_write(const tri_baseline *baseline, uint8_t out[TRI_BASELINE_BYTES]);
bool tri_baseline_read(tri_baseline *out, const uint8_t in[TRI_BASELINE_BYTES]);

#endif
