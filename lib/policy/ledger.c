/* A result made readable: its heads, and the ledger whose rows add up to the risk. Reads what
 * evaluate.c wrote for the same policy. */

#include <string.h>

#include "core/number.h"
#include "core/reason.h"
#include "policy/result.h"

/* The risk before any evidence, in millibits: 500 points are even odds. */
#define EVEN_ODDS (500 * TRI_MB_PER_POINT)

static int32_t saturated(int64_t value)
{
    return (int32_t)tri_clamp(value, INT32_MIN, INT32_MAX);
}

/* Points of millibits, rounded up. */
static int32_t points_up(int64_t mb)
{
    return saturated(mb / TRI_MB_PER_POINT + (mb % TRI_MB_PER_POINT > 0));
}

void trust_policy_result_summary(const trust_policy_result *result, trust_policy_summary *out)
{
    if (result == NULL || out == NULL)
        return;
    out->verdict = result->verdict;
    out->natural = result->natural;
    out->risk = tri_risk(result->level);
    out->lowest = tri_risk(result->lowest);
    out->highest = tri_risk(result->highest);
    out->uncertainty = (int32_t)(((uint64_t)result->uncertainty * 1000 + TRI_Q16 - 1) >> 16);
    out->adverse = points_up(result->adverse);
    out->held = result->held;
    out->profile = result->profile;
    out->unsure = result->unsure;
    out->stage = result->stage;
    out->flaps = result->flaps;
    out->overridden = result->overridden;
    out->probability = result->probability;
    out->since = result->since;
    out->stage_since = result->stage_since;
    memcpy(out->reasons, result->reasons, sizeof out->reasons);
    memcpy(out->subjects, result->subjects, sizeof out->subjects);
}

/* Whole points below, or at, some millibits. */
static int32_t points_down(int64_t mb)
{
    return saturated(mb / TRI_MB_PER_POINT - (mb % TRI_MB_PER_POINT < 0));
}

/* Round rows to points by largest remainder, so that they add up to their sum rounded up: each row
 * is rounded down, then the rows with the largest remainders get one more, the earlier first. */
static void round_rows(trust_row *rows, size_t count)
{
    int32_t left = 0;
    for (size_t i = 0; i < count; i++) {
        rows[i].points = points_down(rows[i].millibits);
        left += rows[i].millibits - rows[i].points * TRI_MB_PER_POINT;
    }
    int32_t more = points_up(left);
    for (int32_t rest = TRI_MB_PER_POINT - 1; rest > 0; rest--)
        for (size_t i = 0; i < count && more > 0; i++)
            if (rows[i].millibits - points_down(rows[i].millibits) * TRI_MB_PER_POINT == rest) {
                rows[i].points++;
                more--;
            }
}

static trust_row plain_row(uint32_t type, uint32_t index, uint32_t reason, int64_t mb)
{
    trust_row row = {type, index,     TRUST_STATE_NOT_APPLICABLE, reason, 0, saturated(mb),
                     0,    UINT32_MAX};
    return row;
}

static trust_row signal_row(uint32_t index, const tri_result_row *row)
{
    trust_row out = plain_row(TRUST_ROW_SIGNAL, index, row->reason, row->mb);
    out.state = row->state;
    out.certainty = row->certainty;
    if (row->finding != TRI_NO_FINDING)
        out.finding = row->finding;
    return out;
}

/* Fill @p rows with all but the clamp; returns how many. */
static size_t rows_before_clamp(const trust_policy_result *result, trust_row *rows)
{
    size_t n = 0;
    rows[n++] = plain_row(TRUST_ROW_BASE, 0, TRI_REASON_BASE, (int64_t)EVEN_ODDS + result->base);
    for (uint32_t s = 0; s < result->signal_count; s++)
        if (result->rows[s].state != TRUST_STATE_NOT_APPLICABLE)
            rows[n++] = signal_row(s, &result->rows[s]);
    const tri_result_row *caps = result->rows + result->signal_count;
    for (uint32_t g = 0; g < result->group_count; g++)
        if (caps[g].mb != 0)
            rows[n++] = plain_row(TRUST_ROW_CAP, g, TRI_REASON_CAP, caps[g].mb);
    return n;
}

trust_status trust_policy_ledger(const trust_policy *policy, const trust_policy_result *result,
                                 trust_row *rows, size_t cap, size_t *count)
{
    if (policy == NULL || result == NULL || rows == NULL || count == NULL ||
        result->signal_count != policy->signal_count || result->group_count != policy->group_count)
        return TRUST_E_ARGUMENT;
    trust_row all[TRUST_MAX_ROWS];
    size_t n = rows_before_clamp(result, all);
    round_rows(all, n);
    int64_t level = EVEN_ODDS + result->level;
    int32_t over = tri_risk(result->level) - points_up(level);
    if (over != 0) {
        int64_t end = over < 0 ? 2 * EVEN_ODDS : 0;
        all[n] = plain_row(TRUST_ROW_CLAMP, 0, TRI_REASON_CLAMP, end - level);
        all[n++].points = over;
    }
    if (n > cap)
        return TRUST_E_LIMIT;
    memcpy(rows, all, n * sizeof *rows);
    *count = n;
    return TRUST_OK;
}

const char *trust_policy_row_name(const trust_policy *policy, const trust_row *row)
{
    if (policy == NULL || row == NULL)
        return "?";
    if (row->type == TRUST_ROW_SIGNAL && row->index < policy->signal_count)
        return policy->signals[row->index].name;
    if (row->type == TRUST_ROW_CAP && row->index < policy->group_count)
        return policy->groups[row->index].row;
    return row->type == TRUST_ROW_BASE ? "base" : row->type == TRUST_ROW_CLAMP ? "clamp" : "?";
}
