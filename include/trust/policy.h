#ifndef TRUST_POLICY_H
#define TRUST_POLICY_H

/* A policy weighs findings into a risk and a verdict.
 *
 * trust_policy is immutable once loaded: shareable, any number of threads. It loads without an
 * engine. Evaluating is a pure function of integers: the same policy, findings, state and time give
 * the same bits on every machine; it reads no clock, allocates nothing and cannot fail on valid
 * input. docs/policy.md teaches the document. */

#include <trust/finding.h>
#include <trust/host.h>

TRUST_BEGIN_DECLS

/** What a decision says, in order of severity. The zero value decides nothing and opens nothing. */
typedef uint32_t trust_verdict;
#define TRUST_NO_VERDICT 0u
#define TRUST_ALLOW      1u
#define TRUST_STEP_UP    2u
#define TRUST_QUARANTINE 3u
#define TRUST_DENY       4u

/** The word for a verdict, as it stands in JSON: "allow", "step_up", "quarantine", "deny", "none".
 */
TRUST_API const char *trust_verdict_name(trust_verdict verdict);

/** The evaluator's number: a policy document names it in "trust_policy". */
#define TRUST_POLICY_SEMANTICS 1u

#define TRUST_POLICY_MAX_BYTES      262144u
#define TRUST_POLICY_MAX_SIGNALS    64u
#define TRUST_POLICY_MAX_GROUPS     16u
#define TRUST_POLICY_MAX_GATES      64u
#define TRUST_POLICY_MAX_CONDITIONS 16u /**< of one gate */
#define TRUST_POLICY_MAX_PROFILES   31u
#define TRUST_POLICY_MAX_STAGES     32u
#define TRUST_POLICY_MAX_ACTIONS    64u
#define TRUST_POLICY_MAX_TESTS      256u

typedef struct trust_policy trust_policy;

/** Read a policy document whose authenticity the caller answers for. The text is not kept.
 *
 * Strict: unknown or duplicate members, fractions, and anything over the limits are refused, with
 * the JSON pointer, line and column of the place in @p err. So is a document of which one of its
 * own "tests" fails.
 * @param allocator  where its memory comes from; NULL for the C library's
 * @param[out] out   freed with trust_policy_free()
 * @param[out] err   where and why, or NULL
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_FORMAT, TRUST_E_LIMIT, TRUST_E_UNSUPPORTED (another
 *         number of semantics) or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_load_unsigned(const void *document, size_t len,
                                                                   const trust_allocator *allocator,
                                                                   trust_policy **out,
                                                                   trust_error *err);

/** Read a policy document that a manifest vouches for (trust/manifest.h, docs/manifest.md).
 *
 * The manifest must verify with one of the keys, be of the kind "policy", name this document's id
 * and revision, hold at @p now, and carry the SHA-256 of exactly these bytes. Which is the lowest
 * revision that is still taken is the store's to remember: trust_engine_use_policy() asks it.
 * @param keys  Ed25519 public keys that may sign policies
 * @param now   TRUST_TIME_UNKNOWN refuses a manifest that begins or ends at a time
 * @return as trust_policy_load_unsigned(), or TRUST_E_SIGNATURE (no key verifies it), TRUST_E_STATE
 *         (it does not hold now), TRUST_E_INTEGRITY (it is about another document) */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_load(const void *document, size_t len,
                                                          const void *manifest, size_t manifest_len,
                                                          const uint8_t (*keys)[32],
                                                          size_t key_count, trust_time now,
                                                          const trust_allocator *allocator,
                                                          trust_policy **out, trust_error *err);

/** 1 when a manifest vouched for it. */
TRUST_API int32_t trust_policy_is_signed(const trust_policy *policy);

/** Free it once nothing uses it; engines and decisions that hold it keep it alive themselves.
 * NULL does nothing. */
TRUST_API void trust_policy_free(trust_policy *policy);

/** Its "id", valid as long as the policy. */
TRUST_API const char *trust_policy_id(const trust_policy *policy);

/** Its "revision". */
TRUST_API uint64_t trust_policy_revision(const trust_policy *policy);

/** SHA-256 of the normalised document, 32 bytes: layout, order and defaults left out do not change
 * it. */
TRUST_API void trust_policy_hash(const trust_policy *policy, uint8_t out[32]);

/** Its signals, in the order of the ledger: sorted by name. */
TRUST_API size_t trust_policy_signal_count(const trust_policy *policy);

/** One signal as it will be evaluated. Points: 50 double the odds against the device. */
typedef struct trust_policy_signal {
    const char *name;  /**< valid as long as the policy */
    const char *group; /**< likewise */
    uint32_t kind;
    int32_t most;           /**< the most points that it can add */
    int32_t least;          /**< the most that it can take away, zero or negative */
    int32_t absent;         /**< points when it was not requested */
    int32_t refused;        /**< points when it was refused */
    int32_t source_down;    /**< points when its source is down */
    int64_t half_life_good; /**< milliseconds; 0 never */
    int64_t half_life_bad;  /**< likewise */
    int64_t ttl;            /**< milliseconds after which it cannot vouch; 0 never */
    int64_t ttl_bad;        /**< milliseconds after which bad news no longer counts; 0 never */
    uint32_t scale;         /**< TRUST_SCALE_ */
    uint32_t reliability;   /**< permille of a value that counts even when it is fresh */
    uint32_t quorum;        /**< so many sources must say it before it counts */
    uint32_t cost;          /**< of asking for it; 0: it cannot be asked for */
    const char *action;     /**< what the host does to obtain it; likewise */
    uint32_t knot_count;
    uint32_t reserved; /**< 0 */
} trust_policy_signal;

/** One of its signals.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_signal_at(const trust_policy *policy,
                                                               size_t index,
                                                               trust_policy_signal *out);

/** A pair of a signal's curve. */
typedef struct trust_policy_knot {
    int32_t value; /**< on the kind's scale */
    int32_t points;
} trust_policy_knot;

/** A pair of one signal's curve.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_knot_at(const trust_policy *policy,
                                                             size_t signal, size_t index,
                                                             trust_policy_knot *out);

/** One group and its caps. */
typedef struct trust_policy_group {
    const char *name; /**< valid as long as the policy */
    int32_t floor;    /**< the most points that its signals take away together, 0 or negative */
    int32_t ceiling;  /**< the most that they add */
} trust_policy_group;

/** Its groups, sorted by name.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_group_at(const trust_policy *policy,
                                                              size_t index,
                                                              trust_policy_group *out);

/** The risks of "verdicts", each the highest that still earns the verdict, and the base. */
typedef struct trust_policy_bands {
    int32_t base;
    int32_t allow;
    int32_t step_up;
    int32_t quarantine;
} trust_policy_bands;

/** Its base and thresholds; nothing is written for NULL. */
TRUST_API void trust_policy_get_bands(const trust_policy *policy, trust_policy_bands *out);

/** What a policy, or a profile of it, holds a device to. */
typedef struct trust_policy_stance {
    trust_policy_bands bands;
    int32_t adverse;     /**< points against a device, before any for it, that allow bears */
    int32_t uncertainty; /**< permille not pinned by fresh evidence that allow bears */
    uint64_t exempt;     /**< bit i: signal i is not asked for */
} trust_policy_stance;

/** A profile: what holds for devices of which its condition is true. */
typedef struct trust_policy_profile {
    const char *id; /**< valid as long as the policy; "default" for index 0 */
    trust_policy_stance stance;
} trust_policy_profile;

/** The default at index 0, then its profiles in the document's order.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_profile_at(const trust_policy *policy,
                                                                size_t index,
                                                                trust_policy_profile *out);

/** Write a profile's condition for a person, such as "role is lock or valve, or risk_class is at
 * least 3"; empty for the default. Text calls are as trust_policy_expand().
 * @return as trust_policy_expand(), or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_profile_when(const trust_policy *policy,
                                                                  size_t index, char *out,
                                                                  size_t cap, size_t *need);

/** A registered fact: "class", "role", "country" ("DE" or "DE,AT"), or the host's own name. */
typedef struct trust_attribute {
    const char *name;  /**< [a-z0-9_.-], at most 31 bytes */
    const char *value; /**< UTF-8, at most 127 bytes; names and values of all: 512 */
} trust_attribute;

/** Which profiles may apply to a device. */
typedef struct trust_policy_selection {
    uint32_t profile; /**< the first whose condition is true; 0 for the default */
    uint32_t also;    /**< bit i: a fact is missing that could make profile i apply instead, 0 the
                           default; that bit is the host's, trust_policy_select() never sets it */
} trust_policy_selection;

/** Choose by registered facts, in Kleene's three-valued logic: what is not registered is neither
 * true nor false. Of profiles that may apply the evaluator takes the strictest of each number, so
 * what is unknown never makes a verdict milder.
 * @param attributes  what was registered; never what the device says
 * @return TRUST_OK or TRUST_E_ARGUMENT (also: a name or value out of its range, a name twice) */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_select(const trust_policy *policy,
                                                            const trust_attribute *attributes,
                                                            size_t attribute_count,
                                                            trust_policy_selection *out);

/** One gate: no verdict is better than @c floor while so many of its conditions hold. */
typedef struct trust_policy_gate {
    const char *id; /**< valid as long as the policy */
    trust_verdict floor;
    uint32_t reason; /**< TRUST_REASON_ number */
    uint32_t condition_count;
    uint32_t need;     /**< so many of them fire it */
    uint32_t final;    /**< 1 when no override passes it */
    uint32_t reserved; /**< 0 */
} trust_policy_gate;

#define TRUST_ASKS_AT_LEAST 1u /**< a value that counts reaches limit */
#define TRUST_ASKS_POINTS   2u /**< the signal's row reaches limit points */
#define TRUST_ASKS_ABSENT   3u /**< there is no fresh value */
#define TRUST_ASKS_OLDER    4u /**< there is no value that is at most age old */

/** One condition of a gate. */
typedef struct trust_policy_condition {
    const char *signal; /**< valid as long as the policy */
    uint32_t asks;      /**< TRUST_ASKS_ */
    int32_t limit;      /**< on the kind's scale, or points */
    int64_t age;        /**< milliseconds */
} trust_policy_condition;

/** Its gates, in the document's order. */
TRUST_API size_t trust_policy_gate_count(const trust_policy *policy);
/** One of its gates.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_gate_at(const trust_policy *policy,
                                                             size_t index, trust_policy_gate *out);
/** One condition of a gate.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_condition_at(const trust_policy *policy,
                                                                  size_t gate, size_t index,
                                                                  trust_policy_condition *out);

/** One stage of the onboarding workflow. */
typedef struct trust_policy_stage {
    const char *id; /**< valid as long as the policy */
    uint64_t needs; /**< bit i: signal i must be affirming before the next stage */
    uint32_t next;  /**< index, or UINT32_MAX for the last stage */
    trust_verdict
        on_timeout;  /**< no verdict is better from the timeout on, until the stage is left */
    int64_t timeout; /**< milliseconds; 0 never */
} trust_policy_stage;

/** Its stages, in the document's order; the first is where a device begins.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_stage_at(const trust_policy *policy,
                                                              size_t index,
                                                              trust_policy_stage *out);

/** How verdicts are kept from flapping. Times in milliseconds. */
typedef struct trust_policy_hysteresis {
    int32_t margin;   /**< points below a threshold before a milder verdict may follow */
    uint32_t backoff; /**< what the dwell is multiplied by for each flap */
    int64_t dwell;
    int64_t dwell_max;
} trust_policy_hysteresis;

/** Nothing is written for NULL. */
TRUST_API void trust_policy_get_hysteresis(const trust_policy *policy,
                                           trust_policy_hysteresis *out);

/** What signed overrides may do. */
typedef struct trust_policy_overrides {
    trust_verdict
        mildest;        /**< no override makes a verdict milder; TRUST_NO_VERDICT: there are none */
    uint32_t approvals; /**< people who must sign */
    int64_t max_ttl;    /**< milliseconds that one may last */
} trust_policy_overrides;

/** Nothing is written for NULL. */
TRUST_API void trust_policy_get_overrides(const trust_policy *policy, trust_policy_overrides *out);

/** Write the document in full, every default spelled out, as JSON that loads to the same hash.
 *
 * Like every call that writes text: @p need receives the length without the final NUL; when @p cap
 * is too small for text and NUL nothing useful is written and TRUST_E_LIMIT returned. @p out may be
 * NULL when @p cap is 0.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_LIMIT or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_expand(const trust_policy *policy, char *out,
                                                            size_t cap, size_t *need);

/** Write the JSON Schema (2020-12) of the document, made from the parser's own table. */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_schema(char *out, size_t cap, size_t *need);

#define TRUST_LINT_ERROR   2u
#define TRUST_LINT_WARNING 1u
#define TRUST_LINT_NOTE    0u

/** One remark of the linter. Texts are valid as long as the report. */
typedef struct trust_lint_remark {
    uint32_t severity;    /**< TRUST_LINT_ */
    uint32_t line;        /**< 1-based */
    uint32_t column;      /**< 1-based, in bytes */
    int32_t number;       /**< what the code counts, such as the points of a WITHHOLDING_GAIN, so
                               that a build can demand 0; 0 for a code that counts nothing */
    const char *code;     /**< such as "WITHHOLDING_GAIN" */
    const char *where;    /**< JSON pointer */
    const char *sentence; /**< what is wrong and what to do */
} trust_lint_remark;

typedef struct trust_lint trust_lint;

/** Check a document: everything that loading checks, and what loads but is unwise. A document that
 * does not load still gives a report, with the error as its only remark.
 * @param[out] out  freed with trust_lint_free()
 * @return TRUST_OK (even with remarks), TRUST_E_ARGUMENT or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_lint(const void *document, size_t len,
                                                          const trust_allocator *allocator,
                                                          trust_lint **out);

/** Run a document's own tests. Each gives a remark: TEST_PASSED, a note, or TEST_FAILED, an error
 * whose sentence says what came instead. A document that does not load for another reason gives
 * that error alone.
 * @param[out] out  freed with trust_lint_free()
 * @return TRUST_OK (even with remarks), TRUST_E_ARGUMENT or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_test(const void *document, size_t len,
                                                          const trust_allocator *allocator,
                                                          trust_lint **out);

/** How many remarks a report has. */
TRUST_API size_t trust_lint_count(const trust_lint *lint);
/** One remark.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_lint_remark_at(const trust_lint *lint, size_t index,
                                                             trust_lint_remark *out);
/** NULL does nothing. */
TRUST_API void trust_lint_free(trust_lint *lint);

/** A verdict that nothing may be better than, and why. */
typedef struct trust_floor {
    trust_verdict verdict;
    uint32_t reason;
} trust_floor;

/** What one evaluation rests on. Begin with TRUST_POLICY_INPUT_INIT. */
typedef struct trust_policy_input {
    size_t size;                      /**< sizeof of this struct */
    trust_time now;                   /**< TRUST_TIME_UNKNOWN puts allow out of reach */
    const trust_finding *findings;    /**< kinds that the policy does not name are left out */
    size_t finding_count;             /**< at most 256 */
    const trust_floor *floors;        /**< from outside the policy, such as a suspended device */
    size_t floor_count;               /**< at most 16 */
    trust_time since;                 /**< when the previous verdict began */
    trust_time stage_since;           /**< when the stage was entered; UNKNOWN: now */
    trust_policy_selection selection; /**< zero for the default profile */
    uint32_t stage;         /**< where the device is; what is none of the policy's is the first */
    trust_verdict previous; /**< TRUST_NO_VERDICT the first time */
    uint32_t flaps;         /**< of the previous result; 0 the first time */
    trust_verdict
        override; /**< that people signed for, already checked; TRUST_NO_VERDICT for none */
} trust_policy_input;

#define TRUST_POLICY_INPUT_INIT                                                                    \
    {                                                                                              \
        sizeof(trust_policy_input), TRUST_TIME_UNKNOWN, NULL, 0, NULL, 0, TRUST_TIME_UNKNOWN,      \
            TRUST_TIME_UNKNOWN, {0, 0}, 0, TRUST_NO_VERDICT, 0, TRUST_NO_VERDICT                   \
    }

/** The outcome of one evaluation, in memory of the caller. Opaque; made of integers only. */
typedef struct trust_policy_result trust_policy_result;

/** Bytes that a result of this policy takes; align them as for uint64_t. */
TRUST_API size_t trust_policy_result_size(const trust_policy *policy);

/** Weigh the findings. Never allocates; about 15 ns a signal. Whether the policy is in force at
 * that time ("not_before", "expires") is for who assesses to ask; the engine does.
 *
 * Several findings of one kind: the one that adds most points counts, or with a quorum the one in
 * its place. A finding whose state is not VALID gives the kind's absence its type.
 * @param result  trust_policy_result_size() bytes, written whole on success, else untouched
 * @return TRUST_OK or TRUST_E_ARGUMENT */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_evaluate(const trust_policy *policy,
                                                              const trust_policy_input *input,
                                                              trust_policy_result *result,
                                                              size_t result_size);

/** The heads of a result. Risks run from 0 to 1000, higher is riskier, 500 is even odds. */
typedef struct trust_policy_summary {
    trust_verdict verdict;
    trust_verdict natural; /**< by the risk alone, before floors and hysteresis */
    int32_t risk;
    int32_t lowest;      /**< what the risk could still become with better evidence */
    int32_t highest;     /**< and with worse */
    int32_t uncertainty; /**< permille of the policy's span that no fresh evidence pins */
    int32_t adverse;     /**< points that speak against the device, before any for it */
    uint32_t held;       /**< 1 when hysteresis holds an earlier, stricter verdict */
    uint32_t profile;    /**< index for trust_policy_profile_at() */
    uint32_t unsure;     /**< 1 when a missing fact made the numbers stricter than that profile's */
    uint32_t stage;      /**< index of the stage that it is in now, 0 when there are none */
    uint32_t flaps;      /**< to be given back with the next input */
    uint32_t overridden; /**< 1 when it is milder than it would be, by an override */
    int32_t probability; /**< millionths, where the policy carries a calibration; else -1 */
    trust_time since;    /**< when this verdict began */
    trust_time stage_since; /**< when the stage was entered */
    uint32_t reasons[3];    /**< the first three, most decisive first; 0 where fewer */
    uint32_t subjects[3];   /**< the row that each belongs to, or UINT32_MAX */
} trust_policy_summary;

/** The heads of a result; nothing is written for NULL. */
TRUST_API void trust_policy_result_summary(const trust_policy_result *result,
                                           trust_policy_summary *out);

/** One source's findings about many devices, one a device, as a column of Apache Arrow would hold
 * them. Arrays have trust_policy_batch::count entries; where nobody asked they may hold anything.
 * Begin with TRUST_COLUMN_INIT. */
typedef struct trust_column {
    size_t size;             /**< sizeof of this struct */
    const int32_t *values;   /**< on the kind's scale; read where the state is VALID */
    const uint8_t *present;  /**< bitmap, least significant bit first: a 0 is a device that nobody
                                asked; NULL: all are present */
    const uint8_t *states;   /**< TRUST_STATE_ of those present; NULL: VALID */
    const trust_time *times; /**< when it was true; NULL: now */
    const uint32_t *quality; /**< 0..TRUST_QUALITY_FULL; NULL: full */
    uint64_t present_offset; /**< of the first device in the bitmap, in bits */
    uint32_t kind;     /**< trust_kind_id(); what the policy does not name is left out, unread */
    uint32_t source;   /**< trust_finding::source */
    uint32_t origin;   /**< TRUST_FROM_ */
    uint32_t reserved; /**< 0 */
} trust_column;

#define TRUST_COLUMN_INIT                                                                          \
    {                                                                                              \
        sizeof(trust_column), NULL, NULL, NULL, NULL, NULL, 0, 0, 0, TRUST_FROM_HOST, 0            \
    }

/** Many devices at once. Begin with TRUST_POLICY_BATCH_INIT. */
typedef struct trust_policy_batch {
    size_t size;  /**< sizeof of this struct */
    size_t count; /**< devices */
    const trust_column *columns;
    size_t column_count;              /**< at most 256 */
    const trust_policy_input *common; /**< what holds for every device; its findings are none */
    const trust_time *now;            /**< one a device, in place of the common one; or NULL */
    const trust_policy_selection *selections; /**< likewise */
    const trust_verdict *previous;            /**< likewise */
    const trust_time *since;                  /**< likewise */
} trust_policy_batch;

#define TRUST_POLICY_BATCH_INIT                                                                    \
    {                                                                                              \
        sizeof(trust_policy_batch), 0, NULL, 0, NULL, NULL, NULL, NULL, NULL                       \
    }

/** Where outcomes go: arrays of trust_policy_batch::count entries each, NULL for what is not
 * wanted. Begin with TRUST_POLICY_OUTCOMES_INIT. */
typedef struct trust_policy_outcomes {
    size_t size; /**< sizeof of this struct */
    trust_verdict *verdict;
    int32_t *risk;
    int32_t *lowest;
    int32_t *highest;
    int32_t *uncertainty;
    int32_t *adverse;
    uint32_t *reason; /**< the most decisive one, 0 for none */
    trust_policy_summary *summary;
} trust_policy_outcomes;

#define TRUST_POLICY_OUTCOMES_INIT                                                                 \
    {                                                                                              \
        sizeof(trust_policy_outcomes), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL              \
    }

/** Weigh the findings about many devices: each as trust_policy_evaluate() weighs them, to the bit.
 * Never allocates; 20 KiB of stack. For backtests and for what a bound language calls.
 * @param[out] out  on failure every verdict is TRUST_NO_VERDICT and the rest holds nothing useful
 * @param[out] err  where a device is refused its index is the offset
 * @return TRUST_OK, TRUST_E_ARGUMENT (also: a state, quality, profile or verdict out of its range)
 *         or TRUST_E_UNSUPPORTED (a struct of a newer version that asks for something) */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_evaluate_many(const trust_policy *policy,
                                                                   const trust_policy_batch *batch,
                                                                   const trust_policy_outcomes *out,
                                                                   trust_error *err);

#define TRUST_ROW_BASE   1u
#define TRUST_ROW_SIGNAL 2u
#define TRUST_ROW_CAP    3u
#define TRUST_ROW_CLAMP  4u

/** One row of the ledger. The points of all rows add up to the risk exactly; millibits are exact
 * each (a point is 20), and rows are rounded to points by largest remainder. */
typedef struct trust_row {
    uint32_t type;   /**< TRUST_ROW_ */
    uint32_t index;  /**< of the signal or group, in the policy's order */
    uint32_t state;  /**< TRUST_STATE_ of a signal row */
    uint32_t reason; /**< TRUST_REASON_ number */
    int32_t points;
    int32_t millibits;
    uint32_t certainty; /**< 0..65536, how much of the value counted after age and quality */
    uint32_t finding;   /**< index of the finding that counted, or UINT32_MAX */
} trust_row;

/** The most rows that a ledger can have: base, signals, caps, clamp. */
#define TRUST_MAX_ROWS 82u

/** Write the ledger's rows, base first. @p cap of TRUST_MAX_ROWS always suffices.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_LIMIT */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_ledger(const trust_policy *policy,
                                                            const trust_policy_result *result,
                                                            trust_row *rows, size_t cap,
                                                            size_t *count);

/** The name of a row: "base", a signal, "cap" and its group, "clamp". Valid as long as the policy.
 */
TRUST_API const char *trust_policy_row_name(const trust_policy *policy, const trust_row *row);

/** The first moment at which verdict or stage could differ with no new evidence, or an earlier one
 * when finding it would take too long; TRUST_TIME_NEVER when they cannot. Where now is unknown or
 * never there is nothing to look ahead from: it is that same now, not exact.
 * @param[out] exact  1 when it is that moment to the millisecond, 0 when it is an earlier one
 * @return TRUST_OK or TRUST_E_ARGUMENT */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_valid_until(const trust_policy *policy,
                                                                 const trust_policy_input *input,
                                                                 trust_time *out, uint32_t *exact);

/** Evidence that would help, together. */
typedef struct trust_policy_step {
    uint64_t signals;        /**< bit i: as good evidence of signal i as there is, all at once */
    trust_verdict can_reach; /**< milder than the present verdict */
    uint32_t cost;           /**< the sum of what each costs */
} trust_policy_step;

/** What to ask for next: sets of signals without which a milder verdict is out of reach and with
 * which, were they all as good as can be, it is reached. The mildest verdict first, then the
 * cheapest; none contains another that reaches as much. Nothing that cannot help is in any.
 *
 * Allocates nothing. Looks at most at 256 sets, single signals first.
 * @param cap  8 always suffices; what is beyond is left out
 * @return TRUST_OK or TRUST_E_ARGUMENT */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_next(const trust_policy *policy,
                                                          const trust_policy_input *input,
                                                          trust_policy_step *steps, size_t cap,
                                                          size_t *count);

/** A response that the policy asks the host for. The library carries none out. */
typedef struct trust_policy_action {
    const char *name; /**< valid as long as the policy */
    uint32_t id;      /**< FNV-1a of the name, 32 bits: the same everywhere, for a switch */
    uint32_t reason;  /**< TRUST_REASON_ number of what caused it */
} trust_policy_action;

/** The actions of an outcome: of its verdict, of the gates that fire, of the stage. Each name once.
 * @param cap  TRUST_POLICY_MAX_ACTIONS always suffices
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_LIMIT */
TRUST_API TRUST_MUST_CHECK trust_status trust_policy_actions(const trust_policy *policy,
                                                             const trust_policy_result *result,
                                                             trust_policy_action *out, size_t cap,
                                                             size_t *count);

TRUST_END_DECLS

#endif
