#ifndef TRI_POLICY_AHEAD_H
#define TRI_POLICY_AHEAD_H

/* What a policy will say at a moment ahead when nothing new is heard. Time is cut at the events, at
 * which something changes at once. In the span between two of them all that changes is how much is
 * left of each finding's certainty, and that only falls. */

#include "policy/weigh.h"

/** A finding that has a say, and what is so all over the span in hand. */
typedef struct tri_statement {
    const tri_signal_rule *rule;
    const trust_finding *finding;
    tri_worth worth;
    bool dated;
    bool fresh; /* it vouches */
    bool gone;  /* it no longer counts */
} tri_statement;

/** A gate that asks about points, which change all the time. */
typedef struct tri_moving_gate {
    const tri_gate *gate;
    uint32_t held; /* of its other conditions, all over the span in hand */
} tri_moving_gate;

typedef struct tri_ahead {
    const trust_policy *policy;
    const trust_policy_input *input;
    const tri_stance *stance;
    const tri_stage *stage;                     /* NULL where none can be left */
    trust_time entered;                         /* when the stage was */
    trust_verdict verdict;                      /* the present one */
    tri_earlier earlier;                        /* the same, as what binds the next */
    uint32_t count;                             /* of statements */
    tri_statement statements[TRI_MAX_FINDINGS]; /* those of one signal side by side, then source */
    uint16_t end[TRUST_POLICY_MAX_SIGNALS]; /* of each signal, the first statement after its own */
    int32_t absent[TRUST_POLICY_MAX_SIGNALS]; /* mb, the row without a value */
    bool exempt[TRUST_POLICY_MAX_SIGNALS];
    int64_t width; /* mb, between the bounds of all signals */
    uint32_t moving_count;
    tri_moving_gate moving[TRUST_POLICY_MAX_GATES];
    /* All over the span in hand: */
    tri_asked asked[TRUST_POLICY_MAX_SIGNALS];
    trust_verdict floor;  /* the strictest of floors and gates */
    trust_verdict lowest; /* what an override leaves; TRUST_NO_VERDICT without one */
    trust_verdict staged; /* what the stage asks for */
    bool ready;           /* the stage's needs are met */
    bool rises;           /* no row falls */
    tri_stance room;
} tri_ahead;

/** How much is left of each statement's certainty at a moment of the span in hand, Q16: of what
 * vouches, and of bad news. */
typedef struct tri_left {
    uint32_t good;
    uint32_t bad;
} tri_left;

typedef struct tri_moment {
    trust_time time;
    tri_left left[TRI_MAX_FINDINGS];
} tri_moment;

/** All that a verdict depends on. */
typedef struct tri_outlook {
    int64_t level, adverse, uncertainty;
    trust_verdict verdict; /* TRUST_NO_VERDICT once the stage is left */
} tri_outlook;

/** Evaluate the input, which is kept like the policy; what comes after is told by the rest. False
 * when anything of it is out of its range. */
bool tri_ahead_begin(tri_ahead *ahead, const trust_policy *policy, const trust_policy_input *input);

/** Begin the span from @p from on, which is an event; returns the next one, TRUST_TIME_NEVER for
 * none. */
trust_time tri_ahead_enter(tri_ahead *ahead, trust_time from);

/** Measure a moment of the span in hand. Where it lies between two others, which may be NULL, what
 * is the same at both is not worked out again. */
void tri_ahead_measure(const tri_ahead *ahead, trust_time time, const tri_moment *before,
                       const tri_moment *after, tri_moment *out);

/** Judge with good news as at one moment of the span in hand, bad news as at another. No verdict
 * falls when a row rises; so over a stretch the mildest is that of (its start, its end), the
 * strictest that of (its end, its start), and at one moment it is that of (it, it). */
trust_verdict tri_ahead_judge(const tri_ahead *ahead, const tri_moment *good, const tri_moment *bad,
                              tri_outlook *out);

#endif
