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
    uint32_t quorum; /* so many sources must say it before it counts; 1 for the worst */
    uint32_t cost;   /* of asking for it; 0: it cannot be asked for */
    char action[TRI_NAME_MAX + 1]; /* what the host does to obtain it */
} tri_signal_rule;

typedef struct tri_group {
    char name[TRI_NAME_MAX + 1];
    int32_t floor;              /* mb, <= 0 */
    int32_t ceiling;            /* mb, >= 0 */
    char row[TRI_NAME_MAX + 5]; /* "cap " and the name: how the ledger calls its limit */
} tri_group;

/** What one condition of a gate asks of one signal. None can be negated, so keeping evidence back
 * never closes one. */
enum {
    TRI_ASKS_AT_LEAST = 1, /* a value that counts reaches limit, on the kind's scale */
    TRI_ASKS_POINTS = 2,   /* the row reaches limit, in mb */
    TRI_ASKS_ABSENT = 3,   /* no fresh value */
    TRI_ASKS_OLDER = 4     /* no value vouches that is at most age old */
};

typedef struct tri_condition {
    uint32_t asks;   /* TRI_ASKS_ */
    uint32_t signal; /* index */
    int32_t limit;
    int64_t age; /* ms */
} tri_condition;

/** How a gate's conditions were written: alone, as "all", "any", or "count" with "of". */
enum { TRI_GATE_ONE, TRI_GATE_ALL, TRI_GATE_ANY, TRI_GATE_COUNT };

typedef struct tri_gate {
    char id[TRI_NAME_MAX + 1];
    uint32_t form;   /* TRI_GATE_, for who writes the document again */
    uint32_t first;  /* index of its first condition; they lie side by side */
    uint32_t count;  /* 1 to TRUST_POLICY_MAX_CONDITIONS */
    uint32_t need;   /* fires when so many of them hold */
    bool final;      /* no override passes it; also set by "never" of "overrides" */
    bool kept_final; /* as the gate itself says */
    trust_verdict floor;
    uint32_t reason; /* TRI_REASON_; GATE unless the document names another of the catalogue */
} tri_gate;

/** What a profile sets. */
typedef struct tri_stance {
    int32_t base;             /* mb relative to even odds */
    int32_t limit[3];         /* mb: highest of allow, step_up, quarantine */
    int32_t max_adverse;      /* mb of adverse mass that allow bears */
    uint32_t max_uncertainty; /* Q16 */
    uint64_t exempt;          /* a bit for each signal that is not asked for */
} tri_stance;

/** One node of a profile's "when", in prefix order: a node is followed by its children. */
enum {
    TRI_WHEN_ALL = 1,
    TRI_WHEN_ANY = 2,
    TRI_WHEN_NOT = 3,
    TRI_WHEN_IN = 4, /* equal to one of count words */
    TRI_WHEN_GE = 5,
    TRI_WHEN_LE = 6,
    TRI_WHEN_PREFIX = 7
};

typedef struct tri_when {
    uint32_t op;
    uint32_t count;        /* children, or words */
    const char *attribute; /* NULL for ALL, ANY, NOT */
    const char *const *words;
    int64_t number;
    bool single; /* IN was written as "eq" */
} tri_when;

typedef struct tri_profile {
    char id[TRI_NAME_MAX + 1];
    int32_t bands[4]; /* as of trust_policy */
    tri_stance stance;
    uint32_t when; /* index of its first node */
} tri_profile;

#define TRI_NO_STAGE UINT32_MAX

typedef struct tri_stage {
    char id[TRI_NAME_MAX + 1];
    uint64_t needs;           /* a bit for each signal */
    uint32_t next;            /* index, always a later one, or TRI_NO_STAGE for the last */
    trust_verdict on_timeout; /* floor after the timeout */
    int64_t timeout;          /* ms, 0 never */
} tri_stage;

/** What calls for an action. */
enum { TRI_FOR_VERDICT = 1, TRI_FOR_GATE = 2, TRI_FOR_STAGE = 3 };

typedef struct tri_action {
    char name[TRI_NAME_MAX + 1];
    uint32_t cause; /* TRI_FOR_ */
    uint32_t index; /* the verdict, or the gate's or stage's index */
} tri_action;

/** What signed overrides may do; who may sign them is the engine's to check. */
typedef struct tri_overrides {
    trust_verdict mildest; /* TRUST_NO_VERDICT: none is allowed */
    uint32_t approvals;
    int64_t max_ttl; /* ms */
    uint32_t role_count;
    char roles[8][TRI_NAME_MAX + 1];
    uint32_t never_count;
    uint32_t never[16]; /* reasons whose gates are final */
} tri_overrides;

/** Risk to probability, in millionths; displayed only. */
typedef struct tri_calibration {
    uint32_t count; /* 0: none */
    struct {
        int32_t risk;
        int32_t ppm;
    } knots[33];
    char data[80]; /* what it was measured on, such as "sha256:..."; may be empty */
} tri_calibration;

struct trust_policy {
    tri_arena arena; /* holds everything, itself included */
    atomic_uint_fast32_t references;
    uint8_t hash[32];
    char id[TRI_NAME_MAX + 1];
    uint64_t key; /* the first bytes of the id's SHA-256: what records name it by */
    uint64_t revision;
    trust_time not_before; /* TRUST_TIME_UNKNOWN when not given */
    trust_time expires;    /* TRUST_TIME_NEVER when not given */
    int32_t bands[4];      /* in risk: base, and the highest of allow, step_up, quarantine */
    tri_stance stance;     /* where no profile applies */
    int32_t margin;        /* mb of hysteresis */
    int64_t dwell;         /* ms */
    int64_t dwell_max;     /* ms */
    uint32_t backoff;      /* what a dwell is multiplied by for each flap; 1 for no back-off */
    bool is_signed;        /* a manifest vouched for it, and said the three below */
    trust_time signed_from;
    trust_time signed_until;
    uint8_t signed_digest[32]; /* of the document's bytes: unlike the hash no version moves it */
    uint32_t signal_count;
    uint32_t group_count;
    uint32_t gate_count;
    uint32_t condition_count;
    uint32_t profile_count;
    uint32_t when_count;
    uint32_t stage_count;
    uint32_t action_count;
    tri_signal_rule *signals;  /* sorted by name */
    tri_group *groups;         /* sorted by name */
    tri_gate *gates;           /* in the document's order, like all below */
    tri_condition *conditions; /* of all gates */
    tri_profile *profiles;
    tri_when *whens; /* of all profiles */
    tri_stage *stages;
    tri_action *actions; /* of verdicts, then gates, then stages */
    tri_overrides overrides;
    tri_calibration calibration;
    trust_bytes tests;         /* the text of "tests" as it was written; empty for none */
    uint8_t builtin_index[16]; /* built-in kind -> signal index, 0xFF for none */
};

/** The signal's index for a kind, or UINT32_MAX. */
uint32_t tri_policy_index(const trust_policy *policy, uint32_t kind);

/** The first moment at which it is in force, or TRUST_TIME_UNKNOWN, and the first one after that,
 * or TRUST_TIME_NEVER: while the document and its manifest, if it has one, both hold. */
trust_time tri_policy_from(const trust_policy *policy);
trust_time tri_policy_until(const trust_policy *policy);

/** Does this finding still speak against the device: would it cost more than silence were it fresh,
 * and has time left a point of it, or a gate that goes by it? False for a kind that is not named.
 */
bool tri_policy_against(const trust_policy *policy, const trust_finding *finding, trust_time now);

/** Shared by engines and decisions. */
trust_policy *tri_policy_hold(const trust_policy *policy);

/** Prepare a half-life for evaluation. */
tri_half_life tri_half_life_of(int64_t ms);

#endif
