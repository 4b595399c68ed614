#ifndef TRI_POLICY_POLICY_H
#define TRI_POLICY_POLICY_H

/* The compiled policy: what load.c writes and evaluate.c reads. Integers only.
 *
 * Millibits (mb) are thousandths of a bit of log2 odds that the device should not be trusted; 20 mb
 * are one point. Q16 is a fraction in 65536ths. */

#include <stdatomic.h>
#include <stdbool.h>

#include <trust/policy.h>

#include "core/arena.h"

#define TRI_MB_PER_POINT 20
#define TRI_Q16          65536

#define TRI_MAX_KNOTS 16
#define TRI_NAME_MAX  63

/** The absences that have points of their own; the others follow from these. */
enum { TRI_ABSENT_NOT_REQUESTED, TRI_ABSENT_REFUSED, TRI_ABSENT_SOURCE_DOWN, TRI_ABSENT_COUNT };

typedef struct tri_knot {
    int32_t value; /* on the kind's scale */
    int32_t mb;
} tri_knot;

/** A half-life prepared for evaluation: dividing by it is a multiplication. */
typedef struct tri_half_life {
    int64_t ms;     /* 0: never decays */
    uint64_t recip; /* for evaluate.c, which defines it */
} tri_half_life;

typedef struct tri_signal_rule {
    char name[TRI_NAME_MAX + 1];
    uint32_t kind;
    uint32_t scale;
    uint32_t group;
    uint32_t knot_count;
    tri_knot knots[TRI_MAX_KNOTS];    /* values rising, mb never falling */
    int32_t lo;                       /* mb at the low end of the scale, <= 0 */
    int32_t hi;                       /* mb at the high end, >= 0 */
    int32_t absent[TRI_ABSENT_COUNT]; /* mb, 0 <= absent <= hi */
    uint32_t reliability;             /* Q16 */
    tri_half_life good;
    tri_half_life bad;
    int64_t ttl;     /* ms, 0 never */
    int64_t ttl_bad; /* ms, 0 never */
} tri_signal_rule;

typedef struct tri_group {
    char name[TRI_NAME_MAX + 1];
    int32_t floor;              /* mb, <= 0 */
    int32_t ceiling;            /* mb, >= 0 */
    char row[TRI_NAME_MAX + 5]; /* "cap " and the name: how the ledger calls its limit */
} tri_group;

enum { TRI_GATE_AT_LEAST = 1, TRI_GATE_ABSENT = 2 };

typedef struct tri_gate {
    char id[TRI_NAME_MAX + 1];
    uint32_t type;    /* TRI_GATE_ */
    uint32_t signal;  /* index */
    int32_t at_least; /* on the kind's scale */
    trust_verdict floor;
    uint32_t reason; /* TRI_REASON_; GATE unless the document names another of the catalogue */
} tri_gate;

struct trust_policy {
    tri_arena arena; /* holds everything, itself included */
    atomic_uint_fast32_t references;
    uint8_t hash[32];
    char id[TRI_NAME_MAX + 1];
    uint64_t revision;
    trust_time not_before;    /* TRUST_TIME_UNKNOWN when not given */
    trust_time expires;       /* TRUST_TIME_NEVER when not given */
    int32_t base;             /* mb relative to even odds */
    int32_t limit[3];         /* mb: highest of allow, step_up, quarantine */
    int32_t bands[4];         /* the same in risk: base, allow, step_up, quarantine */
    int32_t margin;           /* mb of hysteresis */
    int64_t dwell;            /* ms */
    int32_t max_adverse;      /* mb of adverse mass that allow bears */
    uint32_t max_uncertainty; /* Q16 */
    uint32_t signal_count;
    uint32_t group_count;
    uint32_t gate_count;
    tri_signal_rule *signals;  /* sorted by name */
    tri_group *groups;         /* sorted by name */
    tri_gate *gates;           /* in the document's order */
    uint8_t builtin_index[16]; /* built-in kind -> signal index, 0xFF for none */
};

/** The signal's index for a kind, or UINT32_MAX. */
uint32_t tri_policy_index(const trust_policy *policy, uint32_t kind);

/** Does this finding still speak against the device: would it cost more than silence were it fresh,
 * and has time left a point of it, or a gate that goes by it? False for a kind that is not named.
 */
bool tri_policy_against(const trust_policy *policy, const trust_finding *finding, trust_time now);

/** Shared by engines and decisions. */
trust_policy *tri_policy_hold(const trust_policy *policy);

/** Prepare a half-life for evaluation. */
tri_half_life tri_half_life_of(int64_t ms);

#endif
