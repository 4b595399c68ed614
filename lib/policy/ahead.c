/* What a policy will say at a moment ahead: the evaluator's rules once more, for a stretch of time.
 * Trust: as evaluate.c. */

#include "policy/ahead.h"
#include "core/number.h"

/* Note the findings of one signal that have a say, from statement @p n on. */
static uint16_t prepare_signal(tri_ahead *ahead, const tri_chains *links, uint32_t s, uint16_t n)
{
    const tri_signal_rule *rule = &ahead->policy->signals[s];
    const trust_finding *findings = ahead->input->findings;
    bool exempt = (ahead->stance->exempt >> s & 1) != 0;
    tri_result_row none = tri_absence_of(rule, findings, links, links->head[s], exempt);
    uint16_t first = n;
    ahead->absent[s] = none.mb;
    ahead->exempt[s] = none.state == TRUST_STATE_NOT_APPLICABLE;
    if (!ahead->exempt[s])
        ahead->width += (int64_t)rule->hi - rule->lo;
    for (uint32_t i = links->head[s]; i != TRI_NO_FINDING; i = links->next[i]) {
        const trust_finding *finding = &findings[i];
        if (!tri_has_say(finding))
            continue;
        uint16_t at = n++;
        for (; rule->quorum > 1 && at > first &&
               ahead->statements[at - 1].finding->source > finding->source;
             at--)
            ahead->statements[at] = ahead->statements[at - 1];
        ahead->statements[at] = (tri_statement){
            .rule = rule, .finding = finding, .worth = tri_worth_of(rule, finding, none.mb)};
    }
    return n;
}

/* Note the gates that ask about points. */
static void prepare_gates(tri_ahead *ahead)
{
    const trust_policy *policy = ahead->policy;
    ahead->moving_count = 0;
    for (uint32_t i = 0; i < policy->gate_count; i++) {
        const tri_condition *condition = &policy->conditions[policy->gates[i].first];
        bool moves = false;
        for (uint32_t c = 0; c < policy->gates[i].count; c++)
            moves |= condition[c].asks == TRI_ASKS_POINTS;
        if (moves)
            ahead->moving[ahead->moving_count++].gate = &policy->gates[i];
    }
}

/* Note what is so of one finding from @p from until the next event. */
static tri_asked enter_statement(tri_statement *statement, trust_time from)
{
    const trust_finding *finding = statement->finding;
    const tri_worth *worth = &statement->worth;
    tri_age age = tri_age_of(finding->time, from);
    bool valid = finding->state == TRUST_STATE_VALID;
    bool young = valid && !tri_over(age.ms, statement->rule->ttl);
    bool over = tri_over(age.ms, statement->rule->ttl_bad);
    statement->dated = age.dated;
    statement->fresh = young && age.dated;
    statement->gone = worth->bad ? over : !statement->fresh;
    bool counts = young || (worth->lasting && !over);
    int32_t value = counts ? valid ? finding->value : INT32_MAX : INT32_MIN;
    bool vouches = statement->fresh && worth->certainty > 0;
    return (tri_asked){value, value, vouches ? age.ms : TRI_NOTHING_VOUCHES};
}

/* Whether the next statement, if any, is of another source; those of one signal are sorted by it.
 */
static inline bool last_of_source(const tri_ahead *ahead, uint32_t i, uint32_t end)
{
    return i + 1 == end ||
           ahead->statements[i + 1].finding->source != ahead->statements[i].finding->source;
}

/* Note what gates and stages go by of one signal. */
static void enter_signal(tri_ahead *ahead, uint32_t s, trust_time from)
{
    tri_asked all = {INT32_MIN, INT32_MIN, TRI_NOTHING_VOUCHES};
    tri_quorum quorum;
    int32_t source = INT32_MIN;
    tri_quorum_begin(&quorum, ahead->policy->signals[s].quorum);
    for (uint32_t i = s == 0 ? 0 : ahead->end[s - 1]; i < ahead->end[s]; i++) {
        tri_statement *statement = &ahead->statements[i];
        tri_asked one = enter_statement(statement, from);
        all.most = one.most > all.most ? one.most : all.most;
        all.youngest = one.youngest < all.youngest ? one.youngest : all.youngest;
        ahead->rises &= !statement->worth.bad || statement->gone || statement->rule->bad.ms == 0;
        source = one.worst > source ? one.worst : source;
        if (quorum.size > 1 && last_of_source(ahead, i, ahead->end[s])) {
            tri_quorum_add(&quorum, source);
            source = INT32_MIN;
        }
    }
    all.worst = quorum.size > 1 ? tri_quorum_reached(&quorum, INT32_MIN) : all.most;
    ahead->asked[s] = all;
}

/* How many of a gate's conditions hold: those about points, or the others. */
static uint32_t held(const tri_ahead *ahead, const tri_gate *gate, const int32_t *rows)
{
    uint32_t count = 0;
    const tri_condition *condition = &ahead->policy->conditions[gate->first];
    for (const tri_condition *end = condition + gate->count; condition < end; condition++) {
        uint32_t s = condition->signal;
        if ((condition->asks == TRI_ASKS_POINTS) == (rows != NULL))
            count += tri_holds(condition, &ahead->asked[s], rows != NULL ? rows[s] : 0,
                               ahead->exempt[s]);
    }
    return count;
}

static void lift(trust_verdict *verdict, trust_verdict to)
{
    *verdict = to > *verdict ? to : *verdict;
}

static void fire(const tri_gate *gate, trust_verdict *floor, trust_verdict *lowest)
{
    lift(floor, gate->floor);
    if (gate->final && *lowest != TRUST_NO_VERDICT)
        lift(lowest, gate->floor);
}

/* The strictest verdict that floors and gates ask for, and what an override leaves. */
static void enter_gates(tri_ahead *ahead)
{
    const trust_policy *policy = ahead->policy;
    const trust_policy_input *input = ahead->input;
    ahead->floor = TRUST_ALLOW;
    ahead->lowest = TRUST_NO_VERDICT;
    for (size_t i = 0; i < input->floor_count; i++)
        lift(&ahead->floor, input->floors[i].verdict);
    if (input->override != TRUST_NO_VERDICT && policy->overrides.mildest != TRUST_NO_VERDICT) {
        ahead->lowest = ahead->floor;
        lift(&ahead->lowest, input->override);
        lift(&ahead->lowest, policy->overrides.mildest);
    }
    tri_moving_gate *moving = ahead->moving;
    for (uint32_t i = 0; i < policy->gate_count; i++) {
        const tri_gate *gate = &policy->gates[i];
        uint32_t count = held(ahead, gate, NULL);
        if (count >= gate->need)
            fire(gate, &ahead->floor, &ahead->lowest);
        if (moving < ahead->moving + ahead->moving_count && moving->gate == gate)
            (moving++)->held = count;
    }
}

/* Whether the stage can be left, and what it asks for until then. */
static void enter_stage(tri_ahead *ahead, trust_time from)
{
    const tri_stage *stage = ahead->stage;
    ahead->ready = stage != NULL;
    ahead->staged = TRUST_ALLOW;
    if (stage == NULL)
        return;
    for (uint32_t s = 0; s < ahead->policy->signal_count; s++)
        if ((stage->needs >> s & 1) != 0)
            ahead->ready &=
                tri_affirms(&ahead->policy->signals[s], &ahead->asked[s], ahead->exempt[s]);
    lift(&ahead->staged, TRUST_STEP_UP);
    if (tri_late(stage, ahead->entered, from))
        lift(&ahead->staged, stage->on_timeout);
}

static void sooner(trust_time after, trust_time time, int64_t delay, trust_time *next)
{
    trust_time sum;
    if (!__builtin_add_overflow(time, delay, &sum) && sum > after && sum < *next)
        *next = sum;
}

/* The youngest value that vouches now grows too old for a condition; it remains the youngest until
 * another event. */
static void tires(const tri_ahead *ahead, const tri_condition *condition, trust_time now,
                  trust_time *next)
{
    uint64_t youngest = ahead->asked[condition->signal].youngest;
    if (condition->asks == TRI_ASKS_OLDER && youngest <= (uint64_t)condition->age &&
        condition->age < INT64_MAX)
        sooner(now, now, condition->age + 1 - (int64_t)youngest, next);
}

/* The first moment after @p time, where the span in hand begins, at which something changes at
 * once, or TRUST_TIME_NEVER. */
static trust_time next_event(const tri_ahead *ahead, trust_time time)
{
    trust_time next = TRUST_TIME_NEVER;
    const trust_policy *policy = ahead->policy;
    if (ahead->earlier.since != TRUST_TIME_UNKNOWN)
        sooner(time, ahead->earlier.since, ahead->earlier.dwell, &next);
    if (ahead->stage != NULL && ahead->stage->timeout != 0 && ahead->stage->timeout < INT64_MAX)
        sooner(time, ahead->entered, ahead->stage->timeout + 1, &next);
    for (uint32_t i = 0; i < policy->gate_count; i++)
        for (uint32_t c = 0; c < policy->gates[i].count; c++)
            tires(ahead, &policy->conditions[policy->gates[i].first + c], time, &next);
    for (uint32_t i = 0; i < ahead->count; i++) {
        const tri_statement *statement = &ahead->statements[i];
        trust_time start = statement->finding->time;
        if (start == TRUST_TIME_UNKNOWN)
            continue;
        sooner(time, start, 0, &next);
        if (statement->rule->ttl != 0 && statement->rule->ttl < INT64_MAX)
            sooner(time, start, statement->rule->ttl + 1, &next);
        if (statement->worth.lasting && statement->rule->ttl_bad != 0 &&
            statement->rule->ttl_bad < INT64_MAX)
            sooner(time, start, statement->rule->ttl_bad + 1, &next);
    }
    return next;
}

/* Note the verdict and the stage that the input leads to now. */
static void prepare_verdict(tri_ahead *ahead, const tri_chains *links)
{
    const trust_policy *policy = ahead->policy;
    _Alignas(trust_policy_result) uint8_t memory[TRI_RESULT_MOST];
    trust_policy_result *result = (trust_policy_result *)(void *)memory;
    tri_weighed weighed;
    tri_weigh(policy, ahead->input, ahead->stance, links, result, &weighed);
    tri_judge(policy, ahead->input, ahead->stance, &weighed, result);
    ahead->stage = policy->stage_count > 0 ? &policy->stages[result->stage] : NULL;
    if (ahead->stage != NULL && ahead->stage->next == TRI_NO_STAGE)
        ahead->stage = NULL;
    ahead->entered = result->stage_since;
    ahead->verdict = result->verdict;
    ahead->earlier =
        (tri_earlier){result->verdict, result->since, tri_dwell(policy, result->flaps)};
}

bool tri_ahead_begin(tri_ahead *ahead, const trust_policy *policy, const trust_policy_input *input)
{
    tri_chains links;
    uint16_t n = 0;
    if (!tri_chain(policy, input, &links))
        return false;
    ahead->policy = policy;
    ahead->input = input;
    ahead->stance = tri_stance_of(policy, &input->selection, &ahead->room);
    prepare_verdict(ahead, &links);
    ahead->width = 0;
    for (uint32_t s = 0; s < policy->signal_count; s++)
        ahead->end[s] = n = prepare_signal(ahead, &links, s, n);
    ahead->count = n;
    prepare_gates(ahead);
    return true;
}

trust_time tri_ahead_enter(tri_ahead *ahead, trust_time from)
{
    ahead->rises = true;
    for (uint32_t s = 0; s < ahead->policy->signal_count; s++)
        enter_signal(ahead, s, from);
    enter_gates(ahead);
    enter_stage(ahead, from);
    return next_event(ahead, from);
}

/* ---- moments of the span in hand ---- */

static inline tri_left left_at(const tri_statement *statement, trust_time time)
{
    const tri_worth *worth = &statement->worth;
    uint64_t age = statement->dated ? (uint64_t)time - (uint64_t)statement->finding->time : 0;
    tri_left left = {0, 0};
    if (statement->fresh)
        left.good = tri_certainty(worth, age, &statement->rule->good);
    if (worth->bad && !statement->gone)
        left.bad = tri_certainty(worth, age, &statement->rule->bad);
    return left;
}

void tri_ahead_measure(const tri_ahead *ahead, trust_time time, const tri_moment *before,
                       const tri_moment *after, tri_moment *out)
{
    out->time = time;
    for (uint32_t i = 0; i < ahead->count; i++) {
        bool same = before != NULL && after != NULL &&
                    before->left[i].good == after->left[i].good &&
                    before->left[i].bad == after->left[i].bad;
        out->left[i] = same ? before->left[i] : left_at(&ahead->statements[i], time);
    }
}

/* A signal's row; the certainty of its good news is added to @p vouched. */
static inline int32_t row_of(const tri_ahead *ahead, uint32_t s, const tri_moment *good,
                             const tri_moment *bad, uint32_t *vouched)
{
    uint32_t i = s == 0 ? 0 : ahead->end[s - 1], end = ahead->end[s];
    tri_quorum quorum;
    int32_t most = INT32_MIN;
    tri_quorum_begin(&quorum, ahead->policy->signals[s].quorum);
    if (i == end)
        return ahead->absent[s];
    for (; i < end; i++) {
        const tri_worth *worth = &ahead->statements[i].worth;
        uint32_t vouches = good->left[i].good;
        int32_t mb = tri_points(worth, worth->bad ? bad->left[i].bad : vouches);
        *vouched = vouches > *vouched ? vouches : *vouched;
        most = mb > most ? mb : most;
        if (quorum.size > 1 && last_of_source(ahead, i, end)) {
            tri_quorum_add(&quorum, most);
            most = INT32_MIN;
        }
    }
    return quorum.size > 1 ? tri_quorum_reached(&quorum, ahead->absent[s]) : most;
}

/* The verdict of what is summed up, and of what is so all over the span. */
static trust_verdict verdict_of(const tri_ahead *ahead, const tri_outlook *view,
                                const int32_t *rows, trust_time now)
{
    const tri_stance *stance = ahead->stance;
    trust_verdict verdict = tri_band(stance, view->level, 0);
    trust_verdict floor = ahead->floor, lowest = ahead->lowest;
    if (verdict == TRUST_ALLOW && (view->adverse > stance->max_adverse ||
                                   view->uncertainty > (int64_t)stance->max_uncertainty))
        verdict = TRUST_STEP_UP;
    for (uint32_t i = 0; i < ahead->moving_count; i++) {
        const tri_moving_gate *moving = &ahead->moving[i];
        if (moving->held + held(ahead, moving->gate, rows) >= moving->gate->need)
            fire(moving->gate, &floor, &lowest);
    }
    lift(&verdict, floor);
    lift(&verdict, tri_hold(&ahead->earlier, stance, ahead->policy->margin, view->level, now));
    if (ahead->ready && verdict <= TRUST_STEP_UP)
        return TRUST_NO_VERDICT;
    lift(&verdict, ahead->staged);
    return lowest != TRUST_NO_VERDICT && lowest < verdict ? lowest : verdict;
}

trust_verdict tri_ahead_judge(const tri_ahead *ahead, const tri_moment *good, const tri_moment *bad,
                              tri_outlook *out)
{
    const trust_policy *policy = ahead->policy;
    int64_t group[TRUST_POLICY_MAX_GROUPS], open = 0;
    int32_t rows[TRUST_POLICY_MAX_SIGNALS];
    for (uint32_t g = 0; g < policy->group_count; g++)
        group[g] = 0;
    out->adverse = 0;
    for (uint32_t s = 0; s < policy->signal_count; s++) {
        const tri_signal_rule *rule = &policy->signals[s];
        uint32_t vouched = 0;
        int32_t mb = rows[s] = row_of(ahead, s, good, bad, &vouched);
        if (ahead->exempt[s])
            continue;
        group[rule->group] += mb;
        out->adverse += mb > 0 ? mb : 0;
        open += ((int64_t)rule->hi - rule->lo) * (TRI_Q16 - (int64_t)vouched);
    }
    out->level = ahead->stance->base;
    for (uint32_t g = 0; g < policy->group_count; g++)
        out->level += tri_clamp(group[g], policy->groups[g].floor, policy->groups[g].ceiling);
    int64_t width = ahead->width > 0 ? ahead->width : 1;
    out->uncertainty = (open + width - 1) / width;
    return out->verdict = verdict_of(ahead, out, rows, good->time);
}
