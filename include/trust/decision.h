#ifndef TRUST_DECISION_H
#define TRUST_DECISION_H

/* A decision: the frozen outcome of one assessment, with everything that explains it. Shareable:
 * it never changes. Texts and views that it gives are valid as long as it is. */

#include <trust/policy.h>

TRUST_BEGIN_DECLS

typedef struct trust_decision trust_decision;

/** NULL does nothing. */
TRUST_API void trust_decision_free(trust_decision *decision);

/** The verdict; TRUST_DENY for NULL. */
TRUST_API trust_verdict trust_decision_verdict(const trust_decision *decision);

/** 0 to 1000, 500 is even odds; 1000 for NULL. */
TRUST_API int32_t trust_decision_risk(const trust_decision *decision);

#define TRUST_BINDING_NONE    0u /**< fresh, but anybody could have passed it on */
#define TRUST_BINDING_KEY     1u /**< bound to a session key that has yet to be proved */
#define TRUST_BINDING_CHANNEL 2u /**< bound to this connection */

#define TRUST_REPLAY_NONE    0u /**< nothing in this assessment needed protection */
#define TRUST_REPLAY_PROCESS 1u /**< a spent nonce is remembered while this process lives */
#define TRUST_REPLAY_DURABLE 2u /**< and for ever */

/** The heads of a decision. Plain, frozen. */
typedef struct trust_decision_info {
    trust_policy_summary summary;
    uint32_t binding;           /**< TRUST_BINDING_ of the identity */
    uint32_t replay_protection; /**< TRUST_REPLAY_ */
    uint32_t valid_until_exact; /**< 1 when valid_until is that moment to the millisecond */
    uint32_t preview;           /**< 1 when nothing was committed */
    uint32_t repeated;          /**< 1 when this is the outcome of an earlier request id */
    uint32_t finding_count;
    uint32_t item_count;
    uint32_t row_count;
    uint32_t step_count;    /**< for trust_decision_next() */
    uint32_t action_count;  /**< for trust_decision_action() */
    uint32_t need_count;    /**< for trust_decision_need() */
    uint32_t policy_signed; /**< 1 when a manifest vouched for the policy */
    trust_time decided;     /**< the one "now" that it rests on */
    trust_time valid_until; /**< first moment at which it could differ with no new evidence */
    uint64_t policy_revision;
    uint8_t policy_hash[32];
} trust_decision_info;

/** The heads; of a NULL @p decision those of a denial. */
TRUST_API void trust_decision_get_info(const trust_decision *decision, trust_decision_info *out);

/** A row of the ledger, and its name; base first.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_decision_row(const trust_decision *decision,
                                                           size_t index, trust_row *out);
/** The name of that row; "" for an index without one. */
TRUST_API const char *trust_decision_row_name(const trust_decision *decision, size_t index);

/** A finding that the policy saw, fresh or remembered. */
TRUST_API TRUST_MUST_CHECK trust_status trust_decision_finding(const trust_decision *decision,
                                                               size_t index, trust_finding *out);

/** The profile that the device was judged by: "default", or the policy's name for it; "" for NULL.
 */
TRUST_API const char *trust_decision_profile(const trust_decision *decision);

/** The stage of onboarding that it is in, by the policy's name; "" where the policy has none. */
TRUST_API const char *trust_decision_stage(const trust_decision *decision);

/** A signal that this stage needs and that is not affirming yet; "" for an index without one. */
TRUST_API const char *trust_decision_need(const trust_decision *decision, size_t index);

/** No step has more signals. */
#define TRUST_STEP_MAX_SIGNALS 8u

/** Evidence that would help, were all of it as good as can be: what to ask for next. */
typedef struct trust_decision_step {
    trust_verdict can_reach;
    uint32_t cost;                               /**< of all of it together, in the policy's unit */
    uint32_t signal_count;                       /**< 1 to TRUST_STEP_MAX_SIGNALS */
    uint32_t reserved;                           /**< 0 */
    const char *signals[TRUST_STEP_MAX_SIGNALS]; /**< their names */
    const char *actions[TRUST_STEP_MAX_SIGNALS]; /**< what the host does to obtain each */
} trust_decision_step;

/** What to ask for next, the mildest verdict first, then the cheapest; see trust_policy_next().
 * There is nothing for a device that is allowed, nor for one that nothing could help.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_decision_next(const trust_decision *decision,
                                                            size_t index, trust_decision_step *out);

/** A response that the policy asks the host for; see trust_policy_actions().
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_decision_action(const trust_decision *decision,
                                                              size_t index,
                                                              trust_policy_action *out);

/** What became of one item of evidence. */
typedef struct trust_item_outcome {
    const char *type;
    uint32_t origin; /**< TRUST_FROM_ */
    uint32_t state;  /**< TRUST_STATE_ */
    uint32_t reason;
    uint32_t reserved; /**< 0 */
} trust_item_outcome;

/** What became of the item at @p index, in the order of the evidence.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_decision_item(const trust_decision *decision,
                                                            size_t index, trust_item_outcome *out);

/** Write it as one JSON object (docs/decision.md). Text calls are as trust_policy_expand(). */
TRUST_API TRUST_MUST_CHECK trust_status trust_decision_to_json(const trust_decision *decision,
                                                               char *out, size_t cap, size_t *need);

#define TRUST_FOR_OPERATOR 1u /**< everything */
#define TRUST_FOR_SUBJECT  2u /**< what to do, and no clue for an attacker */

/** Write it for a person: the verdict, the ledger as a table, and what could change it. */
TRUST_API TRUST_MUST_CHECK trust_status trust_decision_explain(const trust_decision *decision,
                                                               uint32_t audience, char *out,
                                                               size_t cap, size_t *need);

TRUST_END_DECLS

#endif
