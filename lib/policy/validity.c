/* How long a verdict lasts when nothing new is heard. Rows for the device rise while they fade and
 * rows against it fall, so the level is not monotone: time is cut at the moments at which something
 * changes at once, and between them every row is bounded by its two ends. Where the bounds allow
 * one verdict only, none changes; where they do not, the span is halved. */

#include "core/number.h"
#include "policy/model.h"

/* Spans looked at before an earlier time is given instead. */
#define MAX_STEPS 256

/* A finding that has a say. */
typedef struct statement {
    const tri_signal_rule *rule;
    const trust_finding *finding;
    tri_worth worth;
} statement;

typedef struct searching {
    const trust_policy *policy;
    const trust_policy_input *input;
    statement slots[TRI_MAX_FINDINGS]; /* those of one signal side by side */
    uint16_t end[TRUST_POLICY_MAX_SIGNALS];
    int32_t absent[TRUST_POLICY_MAX_SIGNALS];
    bool exempt[TRUST_POLICY_MAX_SIGNALS];
    trust_verdict verdict; /* what has to change */
    trust_verdict previous;
    trust_time since;
    uint32_t steps;
} searching;

/* What may be between the two ends of a span. */
typedef struct bounds {
    int64_t low, high;
} bounds;

/* One signal over a span; gates ask for worst and fresh, which do not change inside. */
typedef struct reachable {
    int32_t low, high;
    uint32_t vouched_low, vouched_high;
    int32_t worst;
    bool fresh;
} reachable;

static void prepare(searching *search, const tri_chains *links)
{
    uint16_t n = 0;
    for (uint32_t s = 0; s < search->policy->signal_count; s++) {
        const tri_signal_rule *rule = &search->policy->signals[s];
        const trust_finding *findings = search->input->findings;
        tri_result_row none = tri_absence_of(rule, findings, links, links->head[s]);
        search->absent[s] = none.mb;
        search->exempt[s] = none.state == TRUST_STATE_NOT_APPLICABLE;
        for (uint32_t i = links->head[s]; i != TRI_NO_FINDING; i = links->next[i])
            if (tri_has_say(&findings[i]))
                search->slots[n++] =
                    (statement){rule, &findings[i], tri_worth_of(rule, &findings[i], none.mb)};
        search->end[s] = n;
    }
}

/* Widen @p reach by one finding between @p from and @p to. */
static void reach_slot(const statement *slot, trust_time from, trust_time to, reachable *reach)
{
    const trust_finding *finding = slot->finding;
    tri_age first = tri_age_of(finding->time, from), last = tri_age_of(finding->time, to);
    const tri_worth *worth = &slot->worth;
    bool valid = finding->state == TRUST_STATE_VALID;
    bool young = valid && !tri_over(first.ms, slot->rule->ttl), fresh = young && first.dated;
    bool gone = worth->bad ? tri_over(first.ms, slot->rule->ttl_bad) : !fresh;
    uint32_t high = fresh ? tri_certainty(worth, first.ms, &slot->rule->good) : 0;
    uint32_t low = fresh ? tri_certainty(worth, last.ms, &slot->rule->good) : 0;
    reach->vouched_high = high > reach->vouched_high ? high : reach->vouched_high;
    reach->vouched_low = low > reach->vouched_low ? low : reach->vouched_low;
    if (worth->bad) {
        high = gone ? 0 : tri_certainty(worth, last.ms, &slot->rule->bad);
        low = gone ? 0 : tri_certainty(worth, first.ms, &slot->rule->bad);
    }
    /* Certainty only falls: the least for the device is at the start of good news, the end of bad.
     */
    int32_t least = tri_points(worth, high), most = tri_points(worth, low);
    reach->low = least > reach->low ? least : reach->low;
    reach->high = most > reach->high ? most : reach->high;
    int32_t value = valid ? finding->value : INT32_MAX;
    bool lasts = worth->lasting && !tri_over(first.ms, slot->rule->ttl_bad);
    if ((young || lasts) && value > reach->worst)
        reach->worst = value;
    reach->fresh |= fresh;
}

static reachable reach_signal(const searching *search, uint32_t s, trust_time from, trust_time to)
{
    reachable reach = {INT32_MIN, INT32_MIN, 0, 0, INT32_MIN, false};
    for (uint32_t i = s == 0 ? 0 : search->end[s - 1]; i < search->end[s]; i++)
        reach_slot(&search->slots[i], from, to, &reach);
    if (reach.low == INT32_MIN)
        reach.low = reach.high = search->absent[s];
    return reach;
}

/* The strictest verdict that floors and gates ask for, given what each signal may be. */
static trust_verdict floors(const searching *search, const reachable *all)
{
    const trust_policy *policy = search->policy;
    trust_verdict verdict = TRUST_ALLOW;
    for (size_t i = 0; i < search->input->floor_count; i++)
        if (search->input->floors[i].verdict > verdict)
            verdict = search->input->floors[i].verdict;
    for (uint32_t i = 0; i < policy->gate_count; i++) {
        const tri_gate *gate = &policy->gates[i];
        const reachable *signal = &all[gate->signal];
        bool fires = gate->type == TRI_GATE_ABSENT ? !signal->fresh && !search->exempt[gate->signal]
                                                   : signal->worst >= gate->at_least;
        if (fires && gate->floor > verdict)
            verdict = gate->floor;
    }
    return verdict;
}

/* The verdict; it never falls when any of the first four rises. */
static trust_verdict judge(const searching *search, trust_verdict floor, int64_t level,
                           int64_t adverse, int64_t uncertainty, trust_time now)
{
    const trust_policy *policy = search->policy;
    trust_verdict verdict = tri_band(policy, level, 0);
    if (verdict == TRUST_ALLOW &&
        (adverse > policy->max_adverse || uncertainty > (int64_t)policy->max_uncertainty))
        verdict = TRUST_STEP_UP;
    trust_verdict hold = tri_hold(policy, level, search->previous, search->since, now);
    verdict = floor > verdict ? floor : verdict;
    return hold > verdict ? hold : verdict;
}

/* The least and the most severe verdict of a span inside which nothing changes at once. */
static bounds verdicts(searching *search, trust_time from, trust_time to)
{
    const trust_policy *policy = search->policy;
    reachable all[TRUST_POLICY_MAX_SIGNALS];
    bounds group[TRUST_POLICY_MAX_GROUPS] = {{0, 0}}, adverse = {0, 0}, open = {0, 0};
    int64_t span = 0;
    search->steps++;
    for (uint32_t s = 0; s < policy->signal_count; s++) {
        reachable *reach = &all[s];
        *reach = reach_signal(search, s, from, to);
        if (search->exempt[s])
            continue;
        const tri_signal_rule *rule = &policy->signals[s];
        int64_t width = (int64_t)rule->hi - rule->lo;
        group[rule->group].low += reach->low;
        group[rule->group].high += reach->high;
        adverse.low += reach->low > 0 ? reach->low : 0;
        adverse.high += reach->high > 0 ? reach->high : 0;
        open.low += width * (TRI_Q16 - (int64_t)reach->vouched_high);
        open.high += width * (TRI_Q16 - (int64_t)reach->vouched_low);
        span += width;
    }
    bounds level = {policy->base, policy->base};
    for (uint32_t g = 0; g < policy->group_count; g++) {
        level.low += tri_clamp(group[g].low, policy->groups[g].floor, policy->groups[g].ceiling);
        level.high += tri_clamp(group[g].high, policy->groups[g].floor, policy->groups[g].ceiling);
    }
    span = span > 0 ? span : 1;
    trust_verdict floor = floors(search, all);
    return (bounds){
        judge(search, floor, level.low, adverse.low, (open.low + span - 1) / span, from),
        judge(search, floor, level.high, adverse.high, (open.high + span - 1) / span, from)};
}

static void sooner(trust_time after, trust_time time, int64_t delay, trust_time *next)
{
    trust_time sum;
    if (!__builtin_add_overflow(time, delay, &sum) && sum > after && sum < *next)
        *next = sum;
}

/* The first moment after @p time at which something changes at once, or TRUST_TIME_NEVER. */
static trust_time next_event(const searching *search, trust_time time)
{
    trust_time next = TRUST_TIME_NEVER;
    const trust_policy *policy = search->policy;
    if (search->since != TRUST_TIME_UNKNOWN)
        sooner(time, search->since, policy->dwell, &next);
    uint32_t count = policy->signal_count == 0 ? 0 : search->end[policy->signal_count - 1];
    for (uint32_t i = 0; i < count; i++) {
        const statement *slot = &search->slots[i];
        trust_time start = slot->finding->time;
        if (start == TRUST_TIME_UNKNOWN)
            continue;
        sooner(time, start, 0, &next);
        if (slot->rule->ttl != 0 && slot->rule->ttl < INT64_MAX)
            sooner(time, start, slot->rule->ttl + 1, &next);
        if (slot->worth.lasting && slot->rule->ttl_bad != 0 && slot->rule->ttl_bad < INT64_MAX)
            sooner(time, start, slot->rule->ttl_bad + 1, &next);
    }
    return next;
}

/* The first moment from @p from to @p to with another verdict, TRUST_TIME_NEVER for none. Spans are
 * taken from the left, so all before an undecided one is known to keep the verdict. */
static trust_time first_change(searching *search, trust_time from, trust_time to, uint32_t *exact)
{
    trust_time ends[65];
    int depth = 0;
    ends[0] = to;
    while (depth >= 0) {
        if (search->steps >= MAX_STEPS) {
            *exact = 0;
            return from;
        }
        bounds range = verdicts(search, from, ends[depth]);
        if (range.low == search->verdict && range.high == search->verdict)
            from = ends[depth--] + 1;
        else if (from == ends[depth])
            return from;
        else {
            trust_time middle = from + (trust_time)(((uint64_t)ends[depth] - (uint64_t)from) / 2);
            ends[++depth] = middle;
        }
    }
    return TRUST_TIME_NEVER;
}

trust_status trust_policy_valid_until(const trust_policy *policy, const trust_policy_input *input,
                                      trust_time *out, uint32_t *exact)
{
    if (policy == NULL || input == NULL || out == NULL || exact == NULL)
        return TRUST_E_ARGUMENT;
    tri_chains links;
    if (!tri_chain(policy, input, &links))
        return TRUST_E_ARGUMENT;
    if (input->now == TRUST_TIME_UNKNOWN || input->now == TRUST_TIME_NEVER) {
        *out = input->now;
        *exact = 0;
        return TRUST_OK;
    }
    searching search;
    search.policy = policy;
    search.input = input;
    search.previous = input->previous;
    search.since = input->since;
    search.steps = 0;
    prepare(&search, &links);
    search.verdict = (trust_verdict)verdicts(&search, input->now, input->now).low;
    if (search.verdict != input->previous || input->since == TRUST_TIME_UNKNOWN)
        search.since = input->now;
    search.previous = search.verdict;

    trust_time found = TRUST_TIME_NEVER, from = input->now + 1;
    uint32_t sure = 1;
    while (found == TRUST_TIME_NEVER && from < TRUST_TIME_NEVER) {
        trust_time next = next_event(&search, from);
        found = first_change(&search, from, next - 1, &sure);
        from = next;
    }
    *out = found;
    *exact = sure;
    return TRUST_OK;
}
