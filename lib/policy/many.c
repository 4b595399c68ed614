/* Many devices weighed by one policy, from columns. What is the same for all (which findings there
 * are, the signal that each belongs to) is worked out once; of each device only the facts are
 * filled in. Trust: columns are the host's data and checked here, a device at a time; their lengths
 * are the caller's word. No clock, no allocation, no floating point. */

#include "core/error.h"
#include "core/sized.h"
#include "policy/weigh.h"

/* Where the facts of one finding come from. */
typedef struct many {
    const trust_policy *policy;
    const trust_policy_batch *batch;
    trust_policy_input input;
    tri_chains links;
    const trust_column *columns[TRI_MAX_FINDINGS]; /* that the policy names */
    trust_finding findings[TRI_MAX_FINDINGS];      /* one a column */
} many;

static trust_status refuse(trust_error *err, const char *message)
{
    return tri_fail(err, TRUST_E_ARGUMENT, message);
}

static trust_status check_batch(const trust_policy *policy, const trust_policy_batch *batch,
                                const trust_policy_outcomes *out, trust_error *err)
{
    if (policy == NULL || batch == NULL || out == NULL)
        return refuse(err, "a policy, a batch and a place for outcomes are needed");
    if (tri_sized(batch, sizeof *batch) != TRUST_OK || tri_sized(out, sizeof *out) != TRUST_OK)
        return refuse(err, "the batch or the outcomes are of another size");
    if (batch->common == NULL || batch->common->size != sizeof *batch->common)
        return refuse(err, "the input that is common to all is missing or of another size");
    if (batch->common->finding_count != 0)
        return refuse(err, "findings stand in columns, none in the common input");
    if (batch->column_count > TRI_MAX_FINDINGS)
        return refuse(err, "more than 256 columns");
    if (batch->columns == NULL && batch->column_count > 0)
        return refuse(err, "there are no columns");
    return TRUST_OK;
}

/* Take up the columns that the policy names, each with a finding that is filled in later. */
static trust_status take_columns(many *m, trust_error *err)
{
    const trust_policy_batch *batch = m->batch;
    for (size_t c = 0; c < batch->column_count; c++) {
        const trust_column *column = &batch->columns[c];
        if (column->size != sizeof *column || column->reserved != 0)
            return refuse(err, "a column is of another size");
        if (column->values == NULL && batch->count > 0)
            return refuse(err, "a column has no values");
        if (tri_policy_index(m->policy, column->kind) == UINT32_MAX)
            continue;
        m->findings[m->input.finding_count] = (trust_finding){.kind = column->kind,
                                                              .source = column->source,
                                                              .origin = column->origin,
                                                              .item = TRUST_NO_ITEM};
        m->columns[m->input.finding_count++] = column;
    }
    m->input.findings = m->findings;
    if (!tri_chain(m->policy, &m->input, &m->links))
        return refuse(err, "the input that is common to all is not valid");
    return TRUST_OK;
}

static bool is_present(const trust_column *column, size_t device)
{
    uint64_t bit = column->present_offset + device;
    return column->present == NULL || (column->present[bit >> 3] >> (bit & 7) & 1) != 0;
}

/* Fill in what a column says of one device; false when that is out of its range. Where nobody asked
 * the arrays may hold anything, and what is left in the finding is not looked at. */
static bool fill(const trust_column *column, size_t device, trust_time now, trust_finding *finding)
{
    finding->state = TRUST_STATE_NOT_REQUESTED;
    if (!is_present(column, device))
        return true;
    finding->state = column->states != NULL ? column->states[device] : TRUST_STATE_VALID;
    finding->value = column->values[device];
    finding->quality = column->quality != NULL ? column->quality[device] : TRUST_QUALITY_FULL;
    finding->time = column->times != NULL ? column->times[device] : now;
    return tri_in_range(finding);
}

/* What is this device's own beside its findings; false when it is out of its range. */
static bool fill_input(many *m, size_t device)
{
    const trust_policy_batch *batch = m->batch;
    if (batch->now != NULL)
        m->input.now = batch->now[device];
    if (batch->selections != NULL)
        m->input.selection = batch->selections[device];
    if (batch->previous != NULL)
        m->input.previous = batch->previous[device];
    if (batch->since != NULL)
        m->input.since = batch->since[device];
    return tri_has_selection(m->policy, &m->input.selection) && m->input.previous <= TRUST_DENY;
}

static void put(const trust_policy_outcomes *out, size_t device, const trust_policy_summary *of)
{
    if (out->verdict != NULL)
        out->verdict[device] = of->verdict;
    if (out->risk != NULL)
        out->risk[device] = of->risk;
    if (out->lowest != NULL)
        out->lowest[device] = of->lowest;
    if (out->highest != NULL)
        out->highest[device] = of->highest;
    if (out->uncertainty != NULL)
        out->uncertainty[device] = of->uncertainty;
    if (out->adverse != NULL)
        out->adverse[device] = of->adverse;
    if (out->reason != NULL)
        out->reason[device] = of->reasons[0];
    if (out->summary != NULL)
        out->summary[device] = *of;
}

static trust_status evaluate_all(many *m, const trust_policy_outcomes *out, trust_error *err)
{
    uint64_t memory[(TRI_RESULT_MOST + 7) / 8];
    trust_policy_result *result = (trust_policy_result *)memory;
    trust_policy_summary summary;
    for (size_t device = 0; device < m->batch->count; device++) {
        if (!fill_input(m, device))
            return tri_fail_at(err, TRUST_E_ARGUMENT, device,
                               "a device's profile or earlier verdict is none");
        for (size_t f = 0; f < m->input.finding_count; f++)
            if (!fill(m->columns[f], device, m->input.now, &m->findings[f]))
                return tri_fail_at(err, TRUST_E_ARGUMENT, device,
                                   "a device's state or quality is out of its range");
        tri_evaluate(m->policy, &m->input, &m->links, result);
        trust_policy_result_summary(result, &summary);
        put(out, device, &summary);
    }
    return TRUST_OK;
}

trust_status trust_policy_evaluate_many(const trust_policy *policy, const trust_policy_batch *batch,
                                        const trust_policy_outcomes *out, trust_error *err)
{
    many m;
    trust_status status = check_batch(policy, batch, out, err);
    if (status != TRUST_OK)
        return status;
    m.policy = policy;
    m.batch = batch;
    m.input = *batch->common;
    status = take_columns(&m, err);
    if (status == TRUST_OK)
        status = evaluate_all(&m, out, err);
    /* Nobody is let in by half a batch. */
    if (status != TRUST_OK && out->verdict != NULL)
        memset(out->verdict, 0, batch->count * sizeof *out->verdict);
    return status;
}
