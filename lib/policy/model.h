#ifndef TRI_POLICY_MODEL_H
#define TRI_POLICY_MODEL_H

/* The arithmetic of the model, shared by the evaluator and by the search for valid_until:
 * freshness, curves, one finding's points, verdicts. Integers only; every rounding goes toward
 * risk. */

#include "policy/result.h"

/** 2^(-i/64) in Q16, rounded to nearest, for i of 0..64. */
extern const uint32_t tri_halving[65];

/** What half-lives and their ages are cut off at: 2^58 ms, nine million years. */
#define TRI_HALF_LIFE_MAX ((int64_t)1 << 58)

/** The age, in half-lives, at which nothing is left of 65536. */
#define TRI_LIVES 17

/** 2^(-age/h) in Q16; 65536 for a half-life of 0, which never decays.
 *
 * Exactly: t = floor(age * ceil(2^59 / h) / 2^43), the age in 65536ths of a half-life, at most one
 * above floor(age * 65536 / h) while h < 2^38, which is eight years; n = t div 65536 whole
 * half-lives; between the two neighbours of the table the value falls linearly, rounded down; then
 * it is halved n times, rounded down. Never rises with age. Products stay below 2^64: age < 17 h
 * and h <= 2^58. */
static inline uint32_t tri_freshness(uint64_t age, const tri_half_life *half_life)
{
    if (age == 0 || half_life->ms == 0)
        return TRI_Q16;
    if (age >= TRI_LIVES * (uint64_t)half_life->ms)
        return 0;
    uint32_t t = (uint32_t)((age * half_life->recip) >> 43);
    uint32_t whole = t >> 16, step = (t >> 10) & 63, rest = t & 1023;
    uint32_t high = tri_halving[step], low = tri_halving[step + 1];
    return (high - (((high - low) * rest + 1023) >> 10)) >> whole;
}

/** The curve at @p value: linear between knots, rounded up, flat outside them. Never falls. */
static inline int32_t tri_curve(const tri_signal_rule *rule, int32_t value)
{
    const tri_knot *knot = rule->knots, *last = knot + rule->knot_count - 1;
    if (value <= knot->value)
        return knot->mb;
    while (knot < last && value >= knot[1].value)
        knot++;
    if (knot == last || value == knot->value)
        return knot->mb;
    uint64_t run = (uint64_t)((int64_t)knot[1].value - knot->value);
    uint64_t rise = (uint64_t)((int64_t)knot[1].mb - knot->mb);
    uint64_t part = (uint64_t)((int64_t)value - knot->value);
    return (int32_t)(knot->mb + (int64_t)((rise * part + run - 1) / run));
}

/** What a finding that has a say is worth before time passes over it. */
typedef struct tri_worth {
    int32_t mb;         /* full worth */
    int32_t absent;     /* what it decays to */
    uint32_t certainty; /* Q16, of the source: reliability times quality */
    bool bad;           /* incriminates: ttl does not end it, its own half-life holds */
    bool lasting;       /* bad news to gates: a refusal that costs more does not make it better */
} tri_worth;

/** Only VALID and INVALID findings have a worth. INVALID is proven the device's own, so it counts
 * as the worst. What is as bad as the curve gets is bad news even where silence costs as much. */
static inline tri_worth tri_worth_of(const tri_signal_rule *rule, const trust_finding *finding,
                                     int32_t absent)
{
    bool invalid = finding->state == TRUST_STATE_INVALID;
    tri_worth worth;
    worth.mb = invalid ? rule->hi : tri_curve(rule, finding->value);
    worth.absent = absent;
    worth.certainty = (uint32_t)(((uint64_t)rule->reliability * finding->quality) >> 16);
    bool worst = invalid || worth.mb == rule->hi;
    worth.bad = worst || worth.mb > absent;
    worth.lasting = worst || worth.mb > rule->absent[TRI_ABSENT_NOT_REQUESTED];
    return worth;
}

/** What is left of a worth's certainty at an age. */
static inline uint32_t tri_certainty(const tri_worth *worth, uint64_t age,
                                     const tri_half_life *half_life)
{
    return (uint32_t)(((uint64_t)worth->certainty * tri_freshness(age, half_life)) >> 16);
}

/** The points, in millibits, once only @p certainty (Q16) of the worth is left. Rounded up, which
 * is toward risk on both sides of absent: a negative number shifted right is rounded down. */
static inline int32_t tri_points(const tri_worth *worth, uint32_t certainty)
{
    int64_t away = (int64_t)worth->mb - worth->absent;
    return (int32_t)(worth->absent + ((away * (int64_t)certainty + TRI_Q16 - 1) >> 16));
}

/** How old a finding is. One from the future, or undated, or seen without a clock, has the age 0
 * and is not dated: it cannot vouch. */
typedef struct tri_age {
    uint64_t ms;
    bool dated;
} tri_age;

static inline tri_age tri_age_of(trust_time time, trust_time now)
{
    /* An unknown now is before every known time. */
    tri_age age = {0, time != TRUST_TIME_UNKNOWN && time <= now};
    if (age.dated)
        age.ms = (uint64_t)now - (uint64_t)time;
    return age;
}

/** Whether a time to live has passed; 0 never does. */
static inline bool tri_over(uint64_t age, int64_t ttl)
{
    return ttl != 0 && age > (uint64_t)ttl;
}

/** The verdict of a level, each limit lowered by @p margin. */
static inline trust_verdict tri_band(const tri_stance *stance, int64_t level, int32_t margin)
{
    trust_verdict verdict = TRUST_ALLOW;
    for (int i = 0; i < 3; i++)
        verdict += level > (int64_t)stance->limit[i] - margin;
    return verdict;
}

/** What holds for the devices of a selection: its profile's stance, or, where others may apply, one
 * made in @p room of the strictest number of each. */
const tri_stance *tri_stance_of(const trust_policy *policy, const trust_policy_selection *selection,
                                tri_stance *room);

/** The absence, as an index of absent[], that a state stands for. */
static inline uint32_t tri_absence(uint32_t state)
{
    return state == TRUST_STATE_REFUSED       ? TRI_ABSENT_REFUSED
           : state == TRUST_STATE_SOURCE_DOWN ? TRI_ABSENT_SOURCE_DOWN
                                              : TRI_ABSENT_NOT_REQUESTED;
}

/** The signal that a finding of @p kind belongs to, or UINT32_MAX. Findings mostly come in the
 * policy's order, so the search begins at @p hint, which may be any number. */
static inline uint32_t tri_signal_of(const trust_policy *policy, uint32_t kind, uint32_t hint)
{
    if (hint < policy->signal_count && policy->signals[hint].kind == kind)
        return hint;
    if (kind < sizeof policy->builtin_index)
        return policy->builtin_index[kind] == 0xFF ? UINT32_MAX : policy->builtin_index[kind];
    for (uint32_t i = 0; i < policy->signal_count; i++)
        if (policy->signals[i].kind == kind)
            return i;
    return UINT32_MAX;
}

#define TRI_MAX_FINDINGS 256

/** The findings of each signal as a chain of indexes, in the input's order; TRI_NO_FINDING ends. */
typedef struct tri_chains {
    uint16_t head[TRUST_POLICY_MAX_SIGNALS];
    uint16_t next[TRI_MAX_FINDINGS];
} tri_chains;

/** Whether what is counted on in a finding has a sound value. */
static inline bool tri_in_range(const trust_finding *finding)
{
    return finding->quality <= TRUST_QUALITY_FULL && finding->state <= TRUST_STATE_UNSUPPORTED;
}

/** Whether the policy has the profiles of a selection. */
bool tri_has_selection(const trust_policy *policy, const trust_policy_selection *selection);

/** Check the input and chain its findings; false when anything is out of its range. */
bool tri_chain(const trust_policy *policy, const trust_policy_input *input, tri_chains *links);

/** Whether a finding states something, rather than why nothing is stated. */
static inline bool tri_has_say(const trust_finding *finding)
{
    return finding->state == TRUST_STATE_VALID || finding->state == TRUST_STATE_INVALID;
}

/** The row of a kind without a value: of the typed absences the one that costs most, and never less
 * than silence. It is left out when the kind is said not to apply, by the stance (@p exempt) or a
 * finding, and the device has not shown otherwise; what is nobody's cannot undo that. */
tri_result_row tri_absence_of(const tri_signal_rule *rule, const trust_finding *findings,
                              const tri_chains *links, uint32_t head, bool exempt);

#define TRI_MAX_QUORUM 8

/** Numbers of several sources, of which the one counts that a quorum of them reaches. */
typedef struct tri_quorum {
    uint32_t size;
    uint32_t count; /* kept, at most size, the largest first */
    int32_t largest[TRI_MAX_QUORUM];
} tri_quorum;

static inline void tri_quorum_begin(tri_quorum *quorum, uint32_t size)
{
    quorum->size = size;
    quorum->count = 0; /* it is too often begun to clear it all */
}

static inline void tri_quorum_add(tri_quorum *quorum, int32_t number)
{
    uint32_t at = quorum->count;
    if (at == quorum->size && number <= quorum->largest[--at])
        return;
    for (; at > 0 && number > quorum->largest[at - 1]; at--)
        quorum->largest[at] = quorum->largest[at - 1];
    quorum->largest[at] = number;
    quorum->count += quorum->count < quorum->size;
}

/** The number in the quorum's place; each source that is missing stands for @p missing. */
static inline int32_t tri_quorum_reached(const tri_quorum *quorum, int32_t missing)
{
    if (quorum->count == quorum->size)
        return quorum->largest[quorum->size - 1];
    if (quorum->count == 0 || quorum->largest[quorum->count - 1] > missing)
        return missing;
    return quorum->largest[quorum->count - 1];
}

/** The age of a value that vouches where there is none. */
#define TRI_NOTHING_VOUCHES UINT64_MAX

/** What gates and stages go by, of one signal. Values are on the kind's scale, INT32_MIN for none
 * that counts and INT32_MAX for one proven invalid. */
typedef struct tri_asked {
    int32_t worst;     /* that a quorum of sources reaches */
    int32_t most;      /* of any one source */
    uint64_t youngest; /* ms, the age of the youngest value that vouches */
} tri_asked;

/** Whether a condition of a gate holds. What a signal that is left out lacks never counts. */
static inline bool tri_holds(const tri_condition *condition, const tri_asked *signal, int32_t row,
                             bool exempt)
{
    switch (condition->asks) {
    case TRI_ASKS_ABSENT:
        return !exempt && signal->youngest == TRI_NOTHING_VOUCHES;
    case TRI_ASKS_OLDER:
        return !exempt && (signal->youngest == TRI_NOTHING_VOUCHES ||
                           signal->youngest > (uint64_t)condition->age);
    case TRI_ASKS_POINTS:
        return !exempt && row >= condition->limit;
    default:
        return signal->worst >= condition->limit;
    }
}

/** Whether a signal is affirming: something vouches, and nothing that counts, of any source, speaks
 * against the device. */
static inline bool tri_affirms(const tri_signal_rule *rule, const tri_asked *signal, bool exempt)
{
    return exempt || (signal->youngest != TRI_NOTHING_VOUCHES && signal->most != INT32_MAX &&
                      tri_curve(rule, signal->most) <= 0);
}

/** Whether a stage has taken too long. One that began at a known time has when no clock can tell.
 */
static inline bool tri_late(const tri_stage *stage, trust_time entered, trust_time now)
{
    if (stage->timeout == 0 || entered == TRUST_TIME_UNKNOWN)
        return false;
    return now == TRUST_TIME_UNKNOWN ||
           (uint64_t)now - (uint64_t)entered > (uint64_t)stage->timeout;
}

#define TRI_MAX_FLAPS 16

/** How long a verdict is kept after so many flaps, in milliseconds. */
static inline int64_t tri_dwell(const trust_policy *policy, uint32_t flaps)
{
    int64_t dwell = policy->dwell, most = policy->dwell_max;
    if (policy->backoff <= 1 || dwell >= most)
        return dwell;
    for (uint32_t i = 0; i < flaps && i < TRI_MAX_FLAPS && dwell < most; i++)
        dwell = dwell > most / policy->backoff ? most : dwell * policy->backoff;
    return dwell;
}

/** The verdict before, as far as it binds the next. */
typedef struct tri_earlier {
    trust_verdict verdict;
    trust_time since;
    int64_t dwell; /* ms */
} tri_earlier;

/** The verdict that hysteresis keeps: all of the earlier one while it is younger than the dwell or
 * the time cannot be told, afterwards what the level has not yet left by the margin. */
static inline trust_verdict tri_hold(const tri_earlier *earlier, const tri_stance *stance,
                                     int32_t margin, int64_t level, trust_time now)
{
    if (earlier->verdict <= TRUST_ALLOW)
        return TRUST_ALLOW;
    trust_time since = earlier->since;
    bool dwelt =
        earlier->dwell == 0 || (since != TRUST_TIME_UNKNOWN && now >= since &&
                                (uint64_t)now - (uint64_t)since >= (uint64_t)earlier->dwell);
    if (now == TRUST_TIME_UNKNOWN || !dwelt)
        return earlier->verdict;
    trust_verdict kept = tri_band(stance, level, margin);
    return kept < earlier->verdict ? kept : earlier->verdict;
}

#endif
