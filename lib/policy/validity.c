/* How long verdict and stage last when nothing new is heard. Time is cut at the moments at which
 * something changes at once. Between them a row for the device only rises, while it fades, and a
 * row against it only falls, and no verdict falls when a row rises. Where nothing falls the verdict
 * changes once, and is closed in on from both sides. Else the level is not monotone, but every row
 * is bounded by its two ends: where the bounds allow one verdict only, nothing changes; where they
 * do not, the span is halved. */

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

/* A gate that asks about points, which change between the events. */
typedef struct moving_gate {
    const tri_gate *gate;
    uint32_t held; /* of its other conditions, all over the span in hand */
} moving_gate;

typedef struct searching {
    const trust_policy *policy;
    const trust_policy_input *input;
    const tri_stance *stance;
    const tri_stage *stage;            /* NULL where none can be left */
    trust_time entered;                /* when the stage was */
    statement slots[TRI_MAX_FINDINGS]; /* those of one signal side by side, and of one source */
    uint16_t end[TRUST_POLICY_MAX_SIGNALS];
    int32_t absent[TRUST_POLICY_MAX_SIGNALS];
    bool exempt[TRUST_POLICY_MAX_SIGNALS];
    tri_asked asked[TRUST_POLICY_MAX_SIGNALS]; /* all over the span in hand */
    int64_t width;                             /* mb, between the bounds of all signals */
    trust_verdict verdict;                     /* what has to change */
    tri_earlier earlier;
    trust_verdict floor;  /* the strictest of floors and gates, all over the span in hand */
    trust_verdict lowest; /* what an override leaves, likewise; TRUST_NO_VERDICT without one */
    trust_verdict staged; /* what the stage asks for, likewise */
    bool ready;           /* its needs are met, likewise */
    bool rises;           /* nothing falls in it */
    uint32_t looks;
    uint32_t moving_count;
    moving_gate moving[TRUST_POLICY_MAX_GATES];
    tri_stance room;
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

/* Note the findings of one signal that have a say, from slot @p n on. */
static uint16_t prepare_signal(searching *search, const tri_chains *links, uint32_t s, uint16_t n)
{
    const tri_signal_rule *rule = &search->policy->signals[s];
    const trust_finding *findings = search->input->findings;
    bool exempt = (search->stance->exempt >> s & 1) != 0;
    tri_result_row none = tri_absence_of(rule, findings, links, links->head[s], exempt);
    uint16_t first = n;
    search->absent[s] = none.mb;
    search->exempt[s] = none.state == TRUST_STATE_NOT_APPLICABLE;
    if (!search->exempt[s])
        search->width += (int64_t)rule->hi - rule->lo;
    for (uint32_t i = links->head[s]; i != TRI_NO_FINDING; i = links->next[i]) {
        const trust_finding *finding = &findings[i];
        if (!tri_has_say(finding))
            continue;
        uint16_t at = n++;
        for (; rule->quorum > 1 && at > first &&
               search->slots[at - 1].finding->source > finding->source;
             at--)
            search->slots[at] = search->slots[at - 1];
        search->slots[at] = (statement){
            .rule = rule, .finding = finding, .worth = tri_worth_of(rule, finding, none.mb)};
    }
    return n;
}

static void prepare(searching *search, const tri_chains *links)
{
    const trust_policy *policy = search->policy;
    uint16_t n = 0;
    search->width = 0;
    for (uint32_t s = 0; s < policy->signal_count; s++)
        search->end[s] = n = prepare_signal(search, links, s, n);
    search->moving_count = 0;
    for (uint32_t i = 0; i < policy->gate_count; i++) {
        const tri_condition *condition = &policy->conditions[policy->gates[i].first];
        bool moves = false;
        for (uint32_t c = 0; c < policy->gates[i].count; c++)
            moves |= condition[c].asks == TRI_ASKS_POINTS;
        if (moves)
            search->moving[search->moving_count++].gate = &policy->gates[i];
    }
}

/* Note what is so of one finding from @p from until the next event. */
static tri_asked enter_slot(statement *slot, trust_time from)
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
    bool counts = young || (worth->lasting && !over);
    int32_t value = counts ? valid ? finding->value : INT32_MAX : INT32_MIN;
    return (tri_asked){value, value, slot->fresh ? age.ms : TRI_NOTHING_VOUCHES};
}

/* Whether the next slot, if any, is of another source; those of one signal are sorted by it. */
static inline bool last_of_source(const searching *search, uint32_t i, uint32_t end)
{
    return i + 1 == end || search->slots[i + 1].finding->source != search->slots[i].finding->source;
}

/* Note what gates and stages go by of one signal. */
static void enter_signal(searching *search, uint32_t s, trust_time from)
{
    tri_asked all = {INT32_MIN, INT32_MIN, TRI_NOTHING_VOUCHES};
    tri_quorum quorum = {search->policy->signals[s].quorum, 0, {0}};
    int32_t source = INT32_MIN;
    for (uint32_t i = s == 0 ? 0 : search->end[s - 1]; i < search->end[s]; i++) {
        statement *slot = &search->slots[i];
        tri_asked one = enter_slot(slot, from);
        all.most = one.most > all.most ? one.most : all.most;
        all.youngest = one.youngest < all.youngest ? one.youngest : all.youngest;
        search->rises &= !slot->worth.bad || slot->gone || slot->rule->bad.ms == 0;
        source = one.worst > source ? one.worst : source;
        if (quorum.size > 1 && last_of_source(search, i, search->end[s])) {
            tri_quorum_add(&quorum, source);
            source = INT32_MIN;
        }
    }
    all.worst = quorum.size > 1 ? tri_quorum_reached(&quorum, INT32_MIN) : all.most;
    search->asked[s] = all;
}

/* How many of a gate's conditions hold: those about points, or the others. */
static uint32_t held(const searching *search, const tri_gate *gate, const row *rows)
{
    uint32_t held = 0;
    const tri_condition *condition = &search->policy->conditions[gate->first];
    for (const tri_condition *end = condition + gate->count; condition < end; condition++) {
        uint32_t s = condition->signal;
        if ((condition->asks == TRI_ASKS_POINTS) == (rows != NULL))
            held += tri_holds(condition, &search->asked[s], rows != NULL ? rows[s].mb : 0,
                              search->exempt[s]);
    }
    return held;
}

static void raise(trust_verdict *verdict, trust_verdict to)
{
    *verdict = to > *verdict ? to : *verdict;
}

static void fire(const tri_gate *gate, trust_verdict *floor, trust_verdict *lowest)
{
    raise(floor, gate->floor);
    if (gate->final && *lowest != TRUST_NO_VERDICT)
        raise(lowest, gate->floor);
}

/* The strictest verdict that floors and gates ask for, and what an override leaves. */
static void enter_gates(searching *search)
{
    const trust_policy *policy = search->policy;
    const trust_policy_input *input = search->input;
    search->floor = TRUST_ALLOW;
    search->lowest = TRUST_NO_VERDICT;
    for (size_t i = 0; i < input->floor_count; i++)
        raise(&search->floor, input->floors[i].verdict);
    if (input->override != TRUST_NO_VERDICT && policy->overrides.mildest != TRUST_NO_VERDICT) {
        search->lowest = search->floor;
        raise(&search->lowest, input->override);
        raise(&search->lowest, policy->overrides.mildest);
    }
    moving_gate *moving = search->moving;
    for (uint32_t i = 0; i < policy->gate_count; i++) {
        const tri_gate *gate = &policy->gates[i];
        uint32_t count = held(search, gate, NULL);
        if (count >= gate->need)
            fire(gate, &search->floor, &search->lowest);
        if (moving < search->moving + search->moving_count && moving->gate == gate)
            (moving++)->held = count;
    }
}

/* Whether the stage can be left, and what it asks for until then. */
static void enter_stage(searching *search, trust_time from)
{
    const tri_stage *stage = search->stage;
    search->ready = stage != NULL;
    search->staged = TRUST_ALLOW;
    if (stage == NULL)
        return;
    for (uint32_t s = 0; s < search->policy->signal_count; s++)
        if ((stage->needs >> s & 1) != 0)
            search->ready &=
                tri_affirms(&search->policy->signals[s], &search->asked[s], search->exempt[s]);
    raise(&search->staged, TRUST_STEP_UP);
    if (tri_late(stage, search->entered, from))
        raise(&search->staged, stage->on_timeout);
}

/* Note what is so from @p from until the next event. */
static void enter(searching *search, trust_time from)
{
    search->rises = true;
    for (uint32_t s = 0; s < search->policy->signal_count; s++)
        enter_signal(search, s, from);
    enter_gates(search);
    enter_stage(search, from);
}

/* How much of a finding's certainty is left at a moment of the span in hand. */
static inline uint32_t left_at(const statement *slot, trust_time time,
                               const tri_half_life *half_life)
{
    uint64_t age = slot->dated ? (uint64_t)time - (uint64_t)slot->finding->time : 0;
    return tri_certainty(&slot->worth, age, half_life);
}

/* What one finding adds, with good news as old as at one moment and bad news as at another. */
static inline row slot_at(const statement *slot, trust_time good, trust_time bad)
{
    uint32_t vouched = slot->fresh ? left_at(slot, good, &slot->rule->good) : 0;
    uint32_t certainty = vouched;
    if (slot->worth.bad)
        certainty = slot->gone ? 0 : left_at(slot, bad, &slot->rule->bad);
    return (row){tri_points(&slot->worth, certainty), vouched};
}

/* The same of a signal. */
static inline row row_at(const searching *search, uint32_t s, trust_time good, trust_time bad)
{
    row most = {INT32_MIN, 0};
    tri_quorum quorum = {search->policy->signals[s].quorum, 0, {0}};
    uint32_t first = s == 0 ? 0 : search->end[s - 1], end = search->end[s];
    for (uint32_t i = first; i < end; i++) {
        row one = slot_at(&search->slots[i], good, bad);
        most.vouched = one.vouched > most.vouched ? one.vouched : most.vouched;
        most.mb = one.mb > most.mb ? one.mb : most.mb;
        if (quorum.size > 1 && last_of_source(search, i, end)) {
            tri_quorum_add(&quorum, most.mb);
            most.mb = INT32_MIN;
        }
    }
    if (quorum.size > 1)
        most.mb = tri_quorum_reached(&quorum, search->absent[s]);
    else if (first == end)
        most.mb = search->absent[s];
    return most;
}

/* The verdict, or TRUST_NO_VERDICT once the stage is left; it never falls when a row, or any of the
 * three numbers, rises. */
static trust_verdict judge(const searching *search, const outlook *view, trust_time now)
{
    const tri_stance *stance = search->stance;
    trust_verdict verdict = tri_band(stance, view->level, 0);
    trust_verdict floor = search->floor, lowest = search->lowest;
    if (verdict == TRUST_ALLOW && (view->adverse > stance->max_adverse ||
                                   view->uncertainty > (int64_t)stance->max_uncertainty))
        verdict = TRUST_STEP_UP;
    for (uint32_t i = 0; i < search->moving_count; i++) {
        const moving_gate *moving = &search->moving[i];
        if (moving->held + held(search, moving->gate, view->rows) >= moving->gate->need)
            fire(moving->gate, &floor, &lowest);
    }
    raise(&verdict, floor);
    raise(&verdict, tri_hold(&search->earlier, stance, search->policy->margin, view->level, now));
    if (search->ready && verdict <= TRUST_STEP_UP)
        return TRUST_NO_VERDICT;
    raise(&verdict, search->staged);
    return lowest != TRUST_NO_VERDICT && lowest < verdict ? lowest : verdict;
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
    view->level = search->stance->base;
    for (uint32_t g = 0; g < policy->group_count; g++)
        view->level += tri_clamp(group[g], policy->groups[g].floor, policy->groups[g].ceiling);
    int64_t width = search->width > 0 ? search->width : 1;
    view->uncertainty = (open + width - 1) / width;
    view->verdict = judge(search, view, now);
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

/* The youngest value that vouches now grows too old for a condition; it remains the youngest until
 * another event. */
static void tires(const searching *search, const tri_condition *condition, trust_time now,
                  trust_time *next)
{
    uint64_t youngest = search->asked[condition->signal].youngest;
    if (condition->asks == TRI_ASKS_OLDER && youngest <= (uint64_t)condition->age &&
        condition->age < INT64_MAX)
        sooner(now, now, condition->age + 1 - (int64_t)youngest, next);
}

/* The first moment after @p time, where the span in hand begins, at which something changes at
 * once, or TRUST_TIME_NEVER. */
static trust_time next_event(const searching *search, trust_time time)
{
    trust_time next = TRUST_TIME_NEVER;
    const trust_policy *policy = search->policy;
    if (search->earlier.since != TRUST_TIME_UNKNOWN)
        sooner(time, search->earlier.since, search->earlier.dwell, &next);
    if (search->stage != NULL && search->stage->timeout != 0 && search->stage->timeout < INT64_MAX)
        sooner(time, search->entered, search->stage->timeout + 1, &next);
    for (uint32_t i = 0; i < policy->gate_count; i++)
        for (uint32_t c = 0; c < policy->gates[i].count; c++)
            tires(search, &policy->conditions[policy->gates[i].first + c], time, &next);
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
    const tri_stance *stance = search->stance;
    int64_t part = TRI_Q16;
    for (int i = 0; i < 3; i++) {
        passes(low->level, high->level, stance->limit[i], &part);
        passes(low->level, high->level, (int64_t)stance->limit[i] - search->policy->margin, &part);
    }
    passes(low->adverse, high->adverse, stance->max_adverse, &part);
    passes(low->uncertainty, high->uncertainty, stance->max_uncertainty, &part);
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
        enter(search, from);
        trust_time next = next_event(search, from);
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
    _Alignas(trust_policy_result) uint8_t memory[TRI_RESULT_MOST];
    trust_policy_result *result = (trust_policy_result *)(void *)memory;
    trust_status status = trust_policy_evaluate(policy, input, result, sizeof memory);
    if (status != TRUST_OK)
        return status;
    if (input->now == TRUST_TIME_UNKNOWN || input->now == TRUST_TIME_NEVER) {
        *out = input->now;
        *exact = 0;
        return TRUST_OK;
    }
    searching search;
    search.policy = policy;
    search.input = input;
    search.stance = tri_stance_of(policy, &input->selection, &search.room);
    search.verdict = result->verdict;
    search.earlier =
        (tri_earlier){result->verdict, result->since, tri_dwell(policy, result->flaps)};
    search.stage = policy->stage_count > 0 ? &policy->stages[result->stage] : NULL;
    if (search.stage != NULL && search.stage->next == TRI_NO_STAGE)
        search.stage = NULL;
    search.entered = result->stage_since;
    search.looks = 0;
    tri_chains links;
    (void)tri_chain(policy, input, &links);
    prepare(&search, &links);

    uint32_t sure = 1;
    *out = first_change(&search, input->now, &sure);
    *exact = sure;
    return TRUST_OK;
}
