#ifndef TRI_RESULT_DECISION_H
#define TRI_RESULT_DECISION_H

/* A decision as plain data: it points at nothing but itself, so that it can be written down, read
 * again, and outlive the engine. */

#include <stdbool.h>

#include <trust/decision.h>

#include "core/alloc.h"
#include "core/text.h"

#define TRI_DECISION_FINDINGS 112u
#define TRI_DECISION_ITEMS    64u
#define TRI_DECISION_STEPS    8u
#define TRI_DECISION_INPUTS   20u
#define TRI_DECISION_POOL     20480u

/** A text in the pool; 0 is the empty one. */
typedef uint32_t tri_text_id;

/** Evidence that can still be obtained, and the verdict that it could reach together. */
typedef struct tri_step {
    trust_verdict can_reach;
    uint32_t cost;
    uint32_t count;
    struct {
        tri_text_id obtain;
        tri_text_id action;
        uint32_t kind;
    } signals[TRUST_STEP_MAX_SIGNALS];
} tri_step;

/** A response that the policy asks for. */
typedef struct tri_response {
    tri_text_id name;
    uint32_t id;
    uint32_t reason;
} tri_response;

/** A document or table that the decision rests on. */
typedef struct tri_input {
    tri_text_id kind;
    uint64_t revision;
} tri_input;

struct trust_decision {
    trust_allocator allocator;
    tri_keeper keeper; /* of the allocator */
    trust_decision_info info;
    char device[256];
    tri_text_id policy_id;
    tri_text_id profile;
    tri_text_id stage; /* empty where the policy has none */
    uint32_t input_count;
    trust_row rows[TRUST_MAX_ROWS];
    tri_text_id row_names[TRUST_MAX_ROWS];
    trust_finding findings[TRI_DECISION_FINDINGS];
    struct {
        tri_text_id type;
        uint32_t origin;
        uint32_t state;
        uint32_t reason;
    } items[TRI_DECISION_ITEMS];
    tri_step steps[TRI_DECISION_STEPS];
    tri_response actions[TRUST_POLICY_MAX_ACTIONS];
    struct {
        tri_text_id name;
        uint32_t kind;
    } needs[TRUST_POLICY_MAX_SIGNALS];
    tri_input inputs[TRI_DECISION_INPUTS];
    uint32_t pool_used;
    char pool[TRI_DECISION_POOL]; /* texts with their NUL; the first is empty */
};

/** A decision without content. @p keeper is let go of when it is freed; on failure it is not. */
trust_decision *tri_decision_new(const trust_allocator *allocator, tri_keeper keeper);

/** Begin to fill one anew: empty but for its memory. */
void tri_decision_clear(trust_decision *decision);

/** Keep a text, cut where the pool ends. */
tri_text_id tri_decision_text(trust_decision *decision, const char *text);
/** The same, once however often: for words that come again. */
tri_text_id tri_decision_word(trust_decision *decision, const char *text);
const char *tri_decision_shown(const trust_decision *decision, tri_text_id id);

const char *tri_binding_name(uint32_t binding);
const char *tri_replay_name(uint32_t replay_protection);

/** Millionths as a decimal number with six digits. */
void tri_put_probability(tri_text *text, int32_t millionths);

/** Write a decision down and read it again (deterministic CBOR). @p need as for text.
 * @return TRUST_OK or TRUST_E_LIMIT; TRUST_OK or TRUST_E_INTEGRITY */
trust_status tri_outcome_encode(const trust_decision *decision, uint8_t *out, size_t cap,
                                size_t *need);
trust_status tri_outcome_decode(trust_bytes record, trust_decision *out);

#endif
