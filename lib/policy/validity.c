/* How long a verdict lasts when nothing new is heard. Time is cut at the moments at which something
 * changes at once. Between them a row for the device only rises, while it fades, and a row against
 * it only falls. Where nothing falls the verdict changes once, and is closed in on from both sides.
 * Else the level is not monotone, but every row is bounded by its two ends: where the bounds allow
 * one verdict only, nothing changes; where they do not, the span is halved. */

#include "core/number.h"
#include "policy/model.h"

/* Looks taken before an earlier time is given instead. */
#define MAX_LOOKS 512

/* How near to a probable change a span is cut, in parts of 65536. */
#define NEAR 512

/* A finding that has a say, and what is so all over the span in hand. */
typedef struct statement {
    const tri_signal_rule *rule;
    const trust_finding *finding;
    tri_worth worth;
    bool dated;
    bool fresh; /* it vouches */
    bool gone;  /* it no longer counts */
} statement;

/* What gates ask of a signal, all over the span in hand. */
typedef struct asked {
    int32_t worst;
    bool fresh;
} asked;

typedef struct searching {
    const trust_policy *policy;
    const trust_policy_input *input;
    statement slots[TRI_MAX_FINDINGS]; /* those of one signal side by side */
    uint16_t end[TRUST_POLICY_MAX_SIGNALS];
    int32_t absent[TRUST_POLICY_MAX_SIGNALS];
    bool exempt[TRUST_POLICY_MAX_SIGNALS];
    int64_t width;         /* mb, between the bounds of all signals */
    trust_verdict verdict; /* what has to change */
    trust_verdict previous;
    trust_time since;
    trust_verdict floor; /* the strictest of floors and gates, all over the span in hand */
    bool rises;          /* nothing falls in it */
    uint32_t looks;
} searching;

/* A signal's row, and the best certainty of its good news. */
typedef struct row {
    int32_t mb;
    uint32_t vouched;
} row;

/* All that the verdict depends on. */
typedef struct outlook {
    row rows[TRUST_POLICY_MAX_SIGNALS];
    int64_t level, adverse, uncertainty;
    trust_verdict verdict;
} outlook;

static void prepare(searching *search, const tri_chains *links)
{
    uint16_t n = 0;
    search->width = 0;
    for (uint32_t s = 0; s < search->policy->signal_count; s++) {
        const tri_signal_rule *rule = &search->policy->signals[s];
        const trust_finding *findings = search->input->findings;
        tri_result_row none = tri_absence_of(rule, findings, links, links->head[s]);
        search->absent[s] = none.mb;
        search->exempt[s] = none.state == TRUST_STATE_NOT_APPLICABLE;
        if (!search->exempt[s])
            search->width += (int64_t)rule->hi - rule->lo;
        for (uint32_t i = links->head[s]; i != TRI_NO_FINDING; i = links->next[i])
            if (tri_has_say(&findings[i]))
                search->slots[n++] =
                    (statement){.rule = rule,
                                .finding = &findings[i],
                                .worth = tri_worth_of(rule, &findings[i], none.mb)};
        search->end[s] = n;
    }
}

static asked enter_slot(statement *slot, trust_time from)
{
    const trust_finding *finding = slot->finding;
    const tri_worth *worth = &slot->worth;
    tri_age age = tri_age_of(finding->time, from);
    bool valid = finding->state == TRUST_STATE_VALID;
    bool young = valid && !tri_over(age.ms, slot->rule->ttl);
    bool over = tri_over(age.ms, slot->rule->ttl_bad);
    slot->dated = age.dated;
    slot->fresh = young && age.dated;
    slot->gone = worth->bad ? over : !slot->fresh;
    int32_t value = valid ? finding->value : INT32_MAX;
    return (asked){young || (worth->lasting && !over) ? value : INT32_MIN, slot->fresh};
}

/* The strictest verdict that floors and gates ask for. */
static trust_verdict floors(const searching *search, const asked *signals)
{
    const trust_policy *policy = search->policy;
    trust_verdict verdict = TRUST_ALLOW;
    for (size_t i = 0; i < search->input->floor_count; i++)
        if (search->input->floors[i].verdict > verdict)
            verdict = search->input->floors[i].verdict;
    for (uint32_t i = 0; i < policy->gate_count; i++) {
        const tri_gate *gate = &policy->gates[i];
        const tri_condition *condition = &policy->conditions[gate->first];
        const asked *signal = &signals[condition->signal];
        bool fires = condition->asks == TRI_ASKS_ABSENT
                         ? !signal->fresh && !search->exempt[condition->signal]
                         : signal->worst >= condition->limit;
        if (fires && gate->floor > verdict)
            verdict = gate->floor;
    }
    return verdict;
}

/* Note what is so from @p from until the next event. */
static void enter(searching *search, trust_time from)
{
    asked signals[TRUST_POLICY_MAX_SIGNALS];
    search->rises = true;
    for (uint32_t s = 0, i = 0; s < search->policy->signal_count; s++) {
        signals[s] = (asked){INT32_MIN, false};
        for (; i < search->end[s]; i++) {
            statement *slot = &search->slots[i];
            asked one = enter_slot(slot, from);
            signals[s].worst = one.worst > signals[s].worst ? one.worst : signals[s].worst;
            signals[s].fresh |= one.fresh;
            search->rises &= !slot->worth.bad || slot->gone || slot->rule->bad.ms == 0;
        }
    }
    search->floor = floors(search, signals);
}

/* How much of a finding's certainty is left at a moment of the span in hand. */
static inline uint32_t left_at(const statement *slot, trust_time time,
                               const tri_half_life *half_life)
{
    uint64_t age = slot->dated ? (uint64_t)time - (uint64_t)slot->finding->time : 0;
    return tri_certainty(&slot->worth, age, half_life);
}

/* A signal's row with good news as old as at one moment and bad news as at another. */
static inline row row_at(const searching *search, uint32_t s, trust_time good, trust_time bad)
{
    row most = {INT32_MIN, 0};
    for (uint32_t i = s == 0 ? 0 : search->end[s - 1]; i < search->end[s]; i++) {
        const statement *slot = &search->slots[i];
        uint32_t certainty = slot->fresh ? left_at(slot, good, &slot->rule->good) : 0;
        most.vouched = certainty > most.vouched ? certainty : most.vouched;
        if (slot->worth.bad)
            certainty = slot->gone ? 0 : left_at(slot, bad, &slot->rule->bad);
        int32_t mb = tri_points(&slot->worth, certainty);
        most.mb = mb > most.mb ? mb : most.mb;
    }
    if (most.mb == INT32_MIN)
        most.mb = search->absent[s];
    return most;
}

/* The verdict; it never falls when any of the first three rises. */
static trust_verdict judge(const searching *search, int64_t level, int64_t adverse,
                           int64_t uncertainty, trust_time now)
{
    const trust_policy *policy = search->policy;
    trust_verdict verdict = tri_band(policy, level, 0);
    if (verdict == TRUST_ALLOW && (adverse > policy->stance.max_adverse ||
                                   uncertainty > (int64_t)policy->stance.max_uncertainty))
        verdict = TRUST_STEP_UP;
    trust_verdict hold = tri_hold(policy, level, search->previous, search->since, now);
    verdict = search->floor > verdict ? search->floor : verdict;
    return hold > verdict ? hold : verdict;
}

/* Sum the rows up, and judge. */
static void sum_up(const searching *search, trust_time now, outlook *view)
{
    const trust_policy *policy = search->policy;
    int64_t group[TRUST_POLICY_MAX_GROUPS], open = 0;
    for (uint32_t g = 0; g < policy->group_count; g++)
        group[g] = 0;
    view->adverse = 0;
    for (uint32_t s = 0; s < policy->signal_count; s++) {
        const tri_signal_rule *rule = &policy->signals[s];
        const row *one = &view->rows[s];
        if (search->exempt[s])
            continue;
        group[rule->group] += one->mb;
        view->adverse += one->mb > 0 ? one->mb : 0;
        open += ((int64_t)rule->hi - rule->lo) * (TRI_Q16 - (int64_t)one->vouched);
    }
    view->level = policy->stance.base;
    for (uint32_t g = 0; g < policy->group_count; g++)
        view->level += tri_clamp(group[g], policy->groups[g].floor, policy->groups[g].ceiling);
    int64_t width = search->width > 0 ? search->width : 1;
    view->uncertainty = (open + width - 1) / width;
    view->verdict = judge(search, view->level, view->adverse, view->uncertainty, now);
}

/* The verdict with good news as old as at one moment of the span in hand, bad news as at another.
 * Certainty only falls, so over a stretch the mildest verdict is that of (its start, its end), the
 * most severe that of (its end, its start). */
static trust_verdict look(searching *search, trust_time good, trust_time bad, outlook *view)
{
    search->looks++;
    for (uint32_t s = 0; s < search->policy->signal_count; s++)
        view->rows[s] = row_at(search, s, good, bad);
    sum_up(search, good, view);
    return view->verdict;
}

/* The verdict at a moment between two: a row that is the same at both is so between them. */
static void look_between(searching *search, const outlook *low, const outlook *high, trust_time at,
                         outlook *view)
{
    search->looks++;
    for (uint32_t s = 0; s < search->policy->signal_count; s++) {
        const row *first = &low->rows[s], *last = &high->rows[s];
        bool same = first->mb == last->mb && first->vouched == last->vouched;
        view->rows[s] = same ? *first : row_at(search, s, at, at);
    }
    sum_up(search, at, view);
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

/* Make @p part (of 65536) less where a straight line from @p low to @p high passes @p limit sooner;
 * not where they are so near to each other that there are steps and no line. */
static void passes(int64_t low, int64_t high, int64_t limit, int64_t *part)
{
    if (low > limit || limit >= high || high - low < 4)
        return;
    int64_t here = (limit - low) * TRI_Q16 / (high - low);
    *part = here < *part ? here : *part;
}

/* Where between two moments the verdict probably changes, in parts of 65536. */
static int64_t probable(const searching *search, const outlook *low, const outlook *high)
{
    const trust_policy *policy = search->policy;
    int64_t part = TRI_Q16;
    for (int i = 0; i < 3; i++) {
        passes(low->level, high->level, policy->stance.limit[i], &part);
        passes(low->level, high->level, (int64_t)policy->stance.limit[i] - policy->margin, &part);
    }
    passes(low->adverse, high->adverse, policy->stance.max_adverse, &part);
    passes(low->uncertainty, high->uncertainty, policy->stance.max_uncertainty, &part);
    return part;
}

/* A cut of a span wider than one: so many parts of 65536 from its start, inside it. */
static trust_time cut_at(trust_time from, trust_time to, int64_t part)
{
    uint64_t width = (uint64_t)to - (uint64_t)from, share = (uint64_t)tri_clamp(part, 0, TRI_Q16);
    uint64_t ahead = (width >> 16) * share + (((width & 0xFFFF) * share) >> 16);
    return from + (trust_time)(ahead < 1 ? 1 : ahead < width ? ahead : width - 1);
}

/* The first moment from @p from to @p to with another verdict, TRUST_TIME_NEVER for none, where
 * nothing falls: each look tells on which side it is. Cut is a little to either side of where it
 * probably is, and every third time in the middle, for what is no straight line. */
static trust_time close_in(searching *search, trust_time from, trust_time to)
{
    outlook views[3], *low = &views[0], *high = &views[1], *next = &views[2];
    if (look(search, from, from, low) != search->verdict)
        return from;
    if (look(search, to, to, high) == search->verdict)
        return TRUST_TIME_NEVER;
    bool before = true;
    for (uint32_t turn = 1; (uint64_t)to - (uint64_t)from > 1; turn++) {
        int64_t part = probable(search, low, high);
        part = part == TRI_Q16 || turn % 3 == 0 ? TRI_Q16 / 2 : part + (before ? -NEAR : NEAR);
        trust_time cut = cut_at(from, to, part);
        look_between(search, low, high, cut, next);
        before = next->verdict != search->verdict;
        outlook **end = before ? &high : &low, *spare = *end;
        *end = next;
        next = spare;
        if (before)
            to = cut;
        else
            from = cut;
    }
    return to;
}

/* The same where some rows fall. Stretches are taken from the left, so all before an undecided one
 * is known to keep the verdict. */
static trust_time halve(searching *search, trust_time from, trust_time to, uint32_t *exact)
{
    trust_time ends[65];
    int depth = 0;
    ends[0] = to;
    while (depth >= 0) {
        trust_time end = ends[depth];
        if (search->looks >= MAX_LOOKS) {
            *exact = 0;
            return from;
        }
        outlook view;
        if (look(search, from, end, &view) == search->verdict &&
            look(search, end, from, &view) == search->verdict)
            from = ends[depth--] + 1;
        else if (from == end)
            return from;
        else
            ends[++depth] = from + (trust_time)(((uint64_t)end - (uint64_t)from) / 2);
    }
    return TRUST_TIME_NEVER;
}

/* The first moment with another verdict after now; @p exact is cleared where it may be later. */
static trust_time first_change(searching *search, trust_time now, uint32_t *exact)
{
    trust_time found = TRUST_TIME_NEVER, from = now + 1;
    while (found == TRUST_TIME_NEVER && from < TRUST_TIME_NEVER) {
        trust_time next = next_event(search, from);
        enter(search, from);
        if (search->rises && search->looks < MAX_LOOKS)
            found = close_in(search, from, next - 1);
        else
            found = halve(search, from, next - 1, exact);
        from = next;
    }
    return found;
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
    search.looks = 0;
    prepare(&search, &links);
    enter(&search, input->now);
    outlook view;
    search.verdict = look(&search, input->now, input->now, &view);
    if (search.verdict != input->previous || input->since == TRUST_TIME_UNKNOWN)
        search.since = input->now;
    search.previous = search.verdict;

    uint32_t sure = 1;
    *out = first_change(&search, input->now, &sure);
    *exact = sure;
    return TRUST_OK;
}
