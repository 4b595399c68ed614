/* Many devices weighed by one policy, from columns. What is the same for all (which findings there
 * are, the signal that each belongs to) is worked out once; of each device only the facts are
 * filled in. Trust: columns are the host's data and checked here, a device at a time; their lengths
 * are the caller's word. No clock, no allocation, no floating point. */

#include "core/error.h"
#include "core/number.h"
#include "core/reason.h"
#include "core/sized.h"
#include "policy/weigh.h"

/* Devices are weighed in blocks of as many as there is room for; of each block the columns are read
 * one after the other. */
typedef struct many {
    const trust_policy *policy;
    const trust_policy_batch *batch;
    trust_policy_input input;
    tri_chains links;
    const trust_column *columns[TRI_MAX_FINDINGS]; /* that the policy names */
    trust_finding findings[TRI_MAX_FINDINGS];      /* one a column, device after device */
} many;

static const char misplaced[] = "the numbers of an array do not lie at multiples of their size";

static trust_status refuse(trust_error *err, const char *message)
{
    return tri_fail(err, TRUST_E_ARGUMENT, message);
}

static bool outcomes_aligned(const trust_policy_outcomes *out)
{
    return tri_aligned(out->verdict, _Alignof(trust_verdict)) &&
           tri_aligned(out->risk, _Alignof(int32_t)) &&
           tri_aligned(out->lowest, _Alignof(int32_t)) &&
           tri_aligned(out->highest, _Alignof(int32_t)) &&
           tri_aligned(out->uncertainty, _Alignof(int32_t)) &&
           tri_aligned(out->adverse, _Alignof(int32_t)) &&
           tri_aligned(out->reason, _Alignof(uint32_t)) &&
           tri_aligned(out->summary, _Alignof(trust_policy_summary));
}

static trust_status check_sizes(const trust_policy *policy, const trust_policy_batch *batch,
                                const trust_policy_outcomes *out, trust_error *err)
{
    if (policy == NULL || batch == NULL || out == NULL)
        return refuse(err, "a policy, a batch and a place for outcomes are needed");
    trust_status status = tri_sized(batch, sizeof *batch);
    if (status == TRUST_OK)
        status = tri_sized(out, sizeof *out);
    if (status != TRUST_OK)
        return tri_fail(err, status, "the batch or the outcomes are not of this version");
    bool placed = batch->count == 0 || outcomes_aligned(out);
    return placed ? TRUST_OK : refuse(err, misplaced);
}

static trust_status check_batch(const trust_policy_batch *batch, trust_error *err)
{
    if (batch->common == NULL || batch->common->size != sizeof *batch->common)
        return refuse(err, "the input that is common to all is missing or of another size");
    if (batch->common->finding_count != 0)
        return refuse(err, "findings stand in columns, none in the common input");
    if (batch->column_count > TRI_MAX_FINDINGS)
        return refuse(err, "there are more than 256 columns");
    if (batch->columns == NULL && batch->column_count > 0)
        return refuse(err, "there are no columns");
    if (!tri_aligned(batch->now, _Alignof(trust_time)) ||
        !tri_aligned(batch->selections, _Alignof(trust_policy_selection)) ||
        !tri_aligned(batch->previous, _Alignof(trust_verdict)) ||
        !tri_aligned(batch->since, _Alignof(trust_time)))
        return refuse(err, misplaced);
    return TRUST_OK;
}

static trust_status check_column(const trust_column *column, size_t devices, trust_error *err)
{
    if (column->size != sizeof *column || column->reserved != 0)
        return refuse(err, "a column is not of this version");
    if (column->values == NULL && devices > 0)
        return refuse(err, "a column has no values");
    if (!tri_aligned(column->values, _Alignof(int32_t)) ||
        !tri_aligned(column->times, _Alignof(trust_time)) ||
        !tri_aligned(column->quality, _Alignof(uint32_t)))
        return refuse(err, misplaced);
    if (column->present_offset > UINT64_MAX - devices)
        return refuse(err, "a column's bitmap begins beyond every memory");
    return TRUST_OK;
}

/* Take up the columns that the policy names, and chain the findings that they will become. */
static trust_status take_columns(many *m, trust_error *err)
{
    const trust_policy_batch *batch = m->batch;
    size_t count = 0;
    for (size_t c = 0; c < batch->column_count; c++) {
        const trust_column *column = &batch->columns[c];
        trust_status status = check_column(column, batch->count, err);
        if (status != TRUST_OK)
            return status;
        if (tri_policy_index(m->policy, column->kind) == UINT32_MAX)
            continue;
        m->columns[count] = column;
        m->findings[count++] = (trust_finding){.kind = column->kind};
    }
    m->input.findings = m->findings;
    m->input.finding_count = count;
    if (!tri_chain(m->policy, &m->input, &m->links))
        return refuse(err, "the input that is common to all is not valid");
    return TRUST_OK;
}

static size_t devices_in_block(const many *m)
{
    return m->input.finding_count > 0 ? TRI_MAX_FINDINGS / m->input.finding_count
                                      : TRI_MAX_FINDINGS;
}

static trust_time now_of(const trust_policy_batch *batch, size_t device)
{
    return batch->now != NULL ? batch->now[device] : batch->common->now;
}

/* What one column says of the devices from @p first on. */
static void fill(const trust_policy_batch *batch, const trust_column *from, size_t first,
                 size_t count, trust_finding *finding, size_t step)
{
    const trust_column column = *from; /* which no finding can overlap */
    for (size_t device = first; device < first + count; device++, finding += step) {
        finding->kind = column.kind;
        finding->source = column.source;
        finding->origin = column.origin;
        finding->state = column.states != NULL ? column.states[device] : TRUST_STATE_VALID;
        finding->value = column.values[device];
        finding->quality = column.quality != NULL ? column.quality[device] : TRUST_QUALITY_FULL;
        finding->time = column.times != NULL ? column.times[device] : now_of(batch, device);
        finding->reason = TRI_REASON_NONE;
    }
}

_Static_assert(TRUST_STATE_NOT_REQUESTED == 0, "a bit that is 0 makes any state that");

/* Where nobody asked, the arrays may hold anything. */
static void leave_out(const trust_column *column, size_t first, size_t count,
                      trust_finding *finding, size_t step)
{
    const uint8_t *present = column->present;
    uint64_t bit = column->present_offset + first;
    for (uint64_t end = bit + count; bit < end; bit++, finding += step) {
        uint32_t asked = present[bit >> 3] >> (bit & 7) & 1u;
        finding->state *= asked;
        finding->quality *= asked;
    }
}

static void fill_block(many *m, size_t first, size_t count)
{
    size_t step = m->input.finding_count;
    for (size_t f = 0; f < step; f++) {
        fill(m->batch, m->columns[f], first, count, &m->findings[f], step);
        if (m->columns[f]->present != NULL)
            leave_out(m->columns[f], first, count, &m->findings[f], step);
    }
}

/* Point the input at one device of a block that begins with @p first; false when something of it is
 * out of its range. */
static bool turn_to(many *m, size_t first, size_t device)
{
    const trust_policy_batch *batch = m->batch;
    size_t count = m->input.finding_count;
    const trust_finding *findings = &m->findings[(device - first) * count];
    m->input.findings = findings;
    m->input.now = now_of(batch, device);
    if (batch->selections != NULL)
        m->input.selection = batch->selections[device];
    if (batch->previous != NULL)
        m->input.previous = batch->previous[device];
    if (batch->since != NULL)
        m->input.since = batch->since[device];
    bool sound =
        tri_has_selection(m->policy, &m->input.selection) && m->input.previous <= TRUST_DENY;
    for (size_t f = 0; f < count; f++)
        sound &= tri_in_range(&findings[f]);
    return sound;
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

static trust_status evaluate_block(many *m, size_t first, size_t count,
                                   const trust_policy_outcomes *out, trust_error *err)
{
    uint64_t memory[(TRI_RESULT_MOST + 7) / 8];
    trust_policy_result *result = (trust_policy_result *)memory;
    trust_policy_summary summary;
    fill_block(m, first, count);
    for (size_t device = first; device < first + count; device++) {
        if (!turn_to(m, first, device))
            return tri_fail_at(err, TRUST_E_ARGUMENT, device,
                               "a state, quality, profile or earlier verdict is out of its range");
        tri_evaluate(m->policy, &m->input, &m->links, result);
        trust_policy_result_summary(result, &summary);
        put(out, device, &summary);
    }
    return TRUST_OK;
}

static trust_status evaluate_all(many *m, const trust_policy_outcomes *out, trust_error *err)
{
    size_t total = m->batch->count, most = devices_in_block(m);
    for (size_t first = 0; first < total;) {
        size_t count = total - first < most ? total - first : most;
        trust_status status = evaluate_block(m, first, count, out, err);
        if (status != TRUST_OK)
            return status;
        first += count;
    }
    return TRUST_OK;
}

trust_status trust_policy_evaluate_many(const trust_policy *policy, const trust_policy_batch *batch,
                                        const trust_policy_outcomes *out, trust_error *err)
{
    many m;
    trust_status status = check_sizes(policy, batch, out, err);
    if (status != TRUST_OK)
        return status;
    m.policy = policy;
    m.batch = batch;
    status = check_batch(batch, err);
    if (status == TRUST_OK) {
        m.input = *batch->common;
        status = take_columns(&m, err);
    }
    if (status == TRUST_OK)
        status = evaluate_all(&m, out, err);
    /* Nobody is let in by half a batch. */
    if (status != TRUST_OK && out->verdict != NULL)
        memset(out->verdict, 0, batch->count * sizeof *out->verdict);
    if (status != TRUST_OK && out->summary != NULL)
        memset(out->summary, 0, batch->count * sizeof *out->summary);
    return status;
}
