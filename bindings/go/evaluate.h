#ifndef TRUST_GO_EVALUATE_H
#define TRUST_GO_EVALUATE_H

/* What C does of one evaluation, so that Go crosses once. Go may hand C no struct that points to
 * memory of Go, so here every such pointer is an argument of its own. */

#include <stdlib.h>
#include <string.h>
#include <trust/policy.h>

/* An input beside what it points to: Go passes each of its pointers as an argument of its own. */
typedef struct plain_input {
    trust_time now;
    trust_time since;
    trust_time stage_since;
    trust_policy_selection selection;
    uint32_t stage;
    trust_verdict previous;
    uint32_t flaps;
    trust_verdict override;
} plain_input;

/* What slices of Go are copied to: a goroutine that changes one meanwhile, against all rules, still
 * changes nothing that was checked. */
typedef struct own_input {
    trust_finding findings[256];
    trust_floor floors[16];
} own_input;

static inline trust_policy_input whole_input(own_input *own, plain_input plain,
                                             const trust_finding *findings, size_t finding_count,
                                             const trust_floor *floors, size_t floor_count)
{
    trust_policy_input input = TRUST_POLICY_INPUT_INIT;
    /* More than there is room for are refused unread. */
    if (finding_count > 0 && finding_count <= sizeof own->findings / sizeof *findings)
        findings = memcpy(own->findings, findings, finding_count * sizeof *findings);
    if (floor_count > 0 && floor_count <= sizeof own->floors / sizeof *floors)
        floors = memcpy(own->floors, floors, floor_count * sizeof *floors);
    input.now = plain.now;
    input.findings = findings;
    input.finding_count = finding_count;
    input.floors = floors;
    input.floor_count = floor_count;
    input.since = plain.since;
    input.stage_since = plain.stage_since;
    input.selection = plain.selection;
    input.stage = plain.stage;
    input.previous = plain.previous;
    input.flaps = plain.flaps;
    input.override = plain.override;
    return input;
}

/* More than any policy of today needs; a larger result is allocated. */
typedef struct result_room {
    uint64_t words[1024];
} result_room;

static inline trust_policy_result *result_in(result_room *room, size_t size)
{
    return size <= sizeof *room ? (trust_policy_result *)room : malloc(size);
}

static inline void result_done(const result_room *room, trust_policy_result *result)
{
    if ((const void *)result != room)
        free(result);
}

typedef struct evaluated {
    trust_policy_summary summary;
    trust_status status;
} evaluated;

static inline evaluated evaluate(uintptr_t address, plain_input plain,
                                 const trust_finding *findings, size_t finding_count,
                                 const trust_floor *floors, size_t floor_count)
{
    evaluated out;
    result_room room;
    own_input own;
    const trust_policy *policy = (const trust_policy *)address;
    const trust_policy_input input =
        whole_input(&own, plain, findings, finding_count, floors, floor_count);
    const size_t size = trust_policy_result_size(policy);
    trust_policy_result *result = result_in(&room, size);
    out.status =
        result == NULL ? TRUST_E_NOMEM : trust_policy_evaluate(policy, &input, result, size);
    if (out.status == TRUST_OK)
        trust_policy_result_summary(result, &out.summary);
    result_done(&room, result);
    return out;
}

/* What explains an outcome. Each is asked of the same findings once more, and refused when they
 * give another outcome by now. */
typedef struct explained {
    trust_row rows[TRUST_MAX_ROWS];
    trust_policy_action actions[TRUST_POLICY_MAX_ACTIONS];
    trust_policy_step steps[8];
    size_t row_count;
    size_t action_count;
    size_t step_count;
    trust_time valid_until;
    uint32_t exact;
    uint32_t wanted;
} explained;

enum { WANT_RESULT = 1, WANT_NEXT = 2, WANT_VALID = 4 };

static inline trust_status explain_result(const trust_policy *policy,
                                          const trust_policy_result *result, explained *out)
{
    trust_status status =
        trust_policy_ledger(policy, result, out->rows, TRUST_MAX_ROWS, &out->row_count);
    if (status == TRUST_OK)
        status = trust_policy_actions(policy, result, out->actions, TRUST_POLICY_MAX_ACTIONS,
                                      &out->action_count);
    return status;
}

static inline trust_status explain(const trust_policy *policy, plain_input plain,
                                   const trust_finding *findings, size_t finding_count,
                                   const trust_floor *floors, size_t floor_count,
                                   const trust_policy_summary *known, explained *out)
{
    result_room room;
    own_input own;
    trust_policy_summary summary;
    const trust_policy_input input =
        whole_input(&own, plain, findings, finding_count, floors, floor_count);
    const size_t size = trust_policy_result_size(policy);
    trust_policy_result *result = result_in(&room, size);
    trust_status status =
        result == NULL ? TRUST_E_NOMEM : trust_policy_evaluate(policy, &input, result, size);
    if (status == TRUST_OK) {
        trust_policy_result_summary(result, &summary);
        if (memcmp(&summary, known, sizeof summary) != 0)
            status = TRUST_E_STATE;
    }
    if (status == TRUST_OK && (out->wanted & WANT_RESULT))
        status = explain_result(policy, result, out);
    if (status == TRUST_OK && (out->wanted & WANT_NEXT))
        status = trust_policy_next(policy, &input, out->steps, 8, &out->step_count);
    if (status == TRUST_OK && (out->wanted & WANT_VALID))
        status = trust_policy_valid_until(policy, &input, &out->valid_until, &out->exact);
    result_done(&room, result);
    return status;
}

/* The arrays of a batch and of its outcomes stay where Go has them. */
static inline trust_status
evaluate_many(const trust_policy *policy, size_t count, const trust_column *columns,
              size_t column_count, plain_input plain, const trust_floor *floors, size_t floor_count,
              const trust_time *now, const trust_policy_selection *selections,
              const trust_verdict *previous, const trust_time *since, trust_verdict *verdict,
              int32_t *risk, int32_t *lowest, int32_t *highest, int32_t *uncertainty,
              int32_t *adverse, uint32_t *reason, trust_policy_summary *summary, trust_error *err)
{
    own_input own;
    const trust_policy_input common = whole_input(&own, plain, NULL, 0, floors, floor_count);
    trust_policy_batch batch = TRUST_POLICY_BATCH_INIT;
    trust_policy_outcomes out = TRUST_POLICY_OUTCOMES_INIT;
    batch.count = count;
    batch.columns = columns;
    batch.column_count = column_count;
    batch.common = &common;
    batch.now = now;
    batch.selections = selections;
    batch.previous = previous;
    batch.since = since;
    out.verdict = verdict;
    out.risk = risk;
    out.lowest = lowest;
    out.highest = highest;
    out.uncertainty = uncertainty;
    out.adverse = adverse;
    out.reason = reason;
    out.summary = summary;
    return trust_policy_evaluate_many(policy, &batch, &out, err);
}

#endif
