/* The evaluator's second half: the ledger in, verdict, stage and reasons out. Pure integers on what
 * weigh.c found; the same input gives the same bytes everywhere. Trust: the policy was checked when
 * it was loaded, the input by tri_chain(). */

#include <string.h>

#include "core/number.h"
#include "core/reason.h"
#include "policy/weigh.h"

#define NO_ROW UINT32_MAX

static trust_verdict stricter(trust_verdict a, trust_verdict b)
{
    return a > b ? a : b;
}

/* ---- the stance ---- */

static const tri_stance *own_stance(const trust_policy *policy, uint32_t profile)
{
    return profile == 0 ? &policy->stance : &policy->profiles[profile - 1].stance;
}

static void tighten(tri_stance *stance, const tri_stance *other)
{
    stance->base = other->base > stance->base ? other->base : stance->base;
    for (int i = 0; i < 3; i++)
        if (other->limit[i] < stance->limit[i])
            stance->limit[i] = other->limit[i];
    if (other->max_adverse < stance->max_adverse)
        stance->max_adverse = other->max_adverse;
    if (other->max_uncertainty < stance->max_uncertainty)
        stance->max_uncertainty = other->max_uncertainty;
    stance->exempt &= other->exempt;
}

const tri_stance *tri_stance_of(const trust_policy *policy, const trust_policy_selection *selection,
                                tri_stance *room)
{
    const tri_stance *own = own_stance(policy, selection->profile);
    if (selection->also == 0)
        return own;
    *room = *own;
    for (uint32_t i = 0; i <= policy->profile_count; i++)
        if ((selection->also >> i & 1) != 0)
            tighten(room, own_stance(policy, i));
    return room;
}

static bool same_stance(const tri_stance *a, const tri_stance *b)
{
    return a == b || (a->base == b->base && memcmp(a->limit, b->limit, sizeof a->limit) == 0 &&
                      a->max_adverse == b->max_adverse &&
                      a->max_uncertainty == b->max_uncertainty && a->exempt == b->exempt);
}

/* ---- gates ---- */

/* What is asked about: the policy, the input, and what weighing it came to. */
typedef struct asking {
    const trust_policy *policy;
    const trust_policy_input *input;
    const tri_stance *stance;
    const tri_weighed *weighed;
} asking;

static bool is_exempt(const asking *a, uint32_t signal)
{
    return (a->weighed->exempt >> signal & 1) != 0;
}

static bool holds(const asking *a, const tri_condition *condition,
                  const trust_policy_result *result)
{
    uint32_t s = condition->signal;
    return tri_holds(condition, &a->weighed->signals[s].asked, result->rows[s].mb, is_exempt(a, s));
}

static bool fires(const asking *a, const tri_gate *gate, const trust_policy_result *result)
{
    uint32_t held = 0;
    for (uint32_t i = 0; i < gate->count; i++)
        held += holds(a, &a->policy->conditions[gate->first + i], result);
    return held >= gate->need;
}

/* Every gate is asked, in the document's order. Returns the strictest floor of those that fire, and
 * adds the final ones to @p lowest. */
static trust_verdict ask_gates(const asking *a, trust_policy_result *result, trust_verdict *lowest)
{
    trust_verdict floor = TRUST_ALLOW;
    result->gates = 0;
    for (uint32_t i = 0; i < a->policy->gate_count; i++) {
        const tri_gate *gate = &a->policy->gates[i];
        if (!fires(a, gate, result))
            continue;
        result->gates |= (uint64_t)1 << i;
        floor = stricter(floor, gate->floor);
        if (gate->final)
            *lowest = stricter(*lowest, gate->floor);
    }
    return floor;
}

/* ---- stages ---- */

static bool affirmed(const asking *a, uint64_t needs)
{
    for (uint32_t s = 0; needs != 0; s++, needs >>= 1)
        if ((needs & 1) != 0 &&
            !tri_affirms(&a->policy->signals[s], &a->weighed->signals[s].asked, is_exempt(a, s)))
            return false;
    return true;
}

/* Go on to the stage that the evidence allows, and note it. A stage that is none of the policy's is
 * the first; time that cannot be true begins anew. */
static const tri_stage *advance(const asking *a, trust_verdict verdict, trust_policy_result *result)
{
    const trust_policy *policy = a->policy;
    const trust_policy_input *input = a->input;
    bool known = input->stage < policy->stage_count;
    bool begun = known && (input->now == TRUST_TIME_UNKNOWN || input->stage_since <= input->now) &&
                 input->stage_since != TRUST_TIME_UNKNOWN;
    result->stage = known ? input->stage : 0;
    result->stage_since = begun ? input->stage_since : input->now;
    const tri_stage *stage = &policy->stages[result->stage];
    while (stage->next != TRI_NO_STAGE && verdict <= TRUST_STEP_UP && affirmed(a, stage->needs)) {
        result->stage = stage->next;
        result->stage_since = input->now;
        stage = &policy->stages[stage->next];
    }
    return stage;
}

/* ---- the verdict ---- */

/* Where the verdict comes from, for the reasons. */
typedef struct forces {
    trust_verdict due;  /* what it is without an override */
    trust_verdict late; /* what a stage that took too long asks for */
    bool adverse;
    bool uncertain;
    bool unfinished;
} forces;

/* The verdict of level and limits. */
static trust_verdict weighed_verdict(const asking *a, trust_policy_result *result, forces *force)
{
    const tri_stance *stance = a->stance;
    trust_verdict verdict = result->natural = tri_band(stance, result->level, 0);
    force->adverse = verdict == TRUST_ALLOW && result->adverse > stance->max_adverse;
    force->uncertain = verdict == TRUST_ALLOW && result->uncertainty > stance->max_uncertainty;
    return force->adverse || force->uncertain ? TRUST_STEP_UP : verdict;
}

/* What neither the level nor people can undo: floors from outside, and a clock that cannot tell. */
static trust_verdict outside(const trust_policy_input *input)
{
    trust_verdict verdict = input->now == TRUST_TIME_UNKNOWN ? TRUST_STEP_UP : TRUST_ALLOW;
    for (size_t i = 0; i < input->floor_count; i++)
        verdict = stricter(verdict, input->floors[i].verdict);
    return verdict;
}

/* What the stage asks for that is reached with @p verdict. */
static trust_verdict staged(const asking *a, trust_verdict verdict, trust_policy_result *result,
                            forces *force)
{
    force->unfinished = false;
    force->late = TRUST_NO_VERDICT;
    if (a->policy->stage_count == 0)
        return TRUST_ALLOW;
    const tri_stage *stage = advance(a, verdict, result);
    if (stage->next == TRI_NO_STAGE)
        return TRUST_ALLOW;
    force->unfinished = true;
    if (tri_late(stage, result->stage_since, a->input->now))
        force->late = stage->on_timeout;
    return stricter(TRUST_STEP_UP, force->late);
}

/* So often did a stricter verdict follow a milder one that had not lasted. Without a time it has
 * not. */
static uint32_t count_flaps(const trust_policy *policy, const trust_policy_input *input,
                            trust_verdict verdict)
{
    if (policy->backoff <= 1)
        return 0;
    uint32_t flaps = input->flaps < TRI_MAX_FLAPS ? input->flaps : TRI_MAX_FLAPS;
    if (input->previous == TRUST_NO_VERDICT || verdict <= input->previous)
        return flaps;
    tri_age lasted = tri_age_of(input->since, input->now);
    if (lasted.dated && lasted.ms >= (uint64_t)policy->dwell_max)
        return 0;
    return flaps < TRI_MAX_FLAPS ? flaps + 1 : flaps;
}

/* The verdict, natural first, what people signed for last. */
static void decide(const asking *a, trust_policy_result *result, forces *force)
{
    const trust_policy *policy = a->policy;
    const trust_policy_input *input = a->input;
    trust_verdict lowest = outside(input);
    trust_verdict verdict = stricter(weighed_verdict(a, result, force), lowest);
    verdict = stricter(verdict, ask_gates(a, result, &lowest));
    const tri_earlier earlier = {input->previous, input->since, tri_dwell(policy, input->flaps)};
    trust_verdict hold = tri_hold(&earlier, a->stance, policy->margin, result->level, input->now);
    verdict = stricter(verdict, staged(a, stricter(verdict, hold), result, force));
    result->held = hold > verdict;
    verdict = force->due = stricter(verdict, hold);
    lowest = stricter(lowest, stricter(input->override, policy->overrides.mildest));
    result->overridden = input->override != TRUST_NO_VERDICT &&
                         policy->overrides.mildest != TRUST_NO_VERDICT && lowest < verdict;
    if (result->overridden) {
        verdict = lowest;
        result->held = 0;
    }
    result->verdict = verdict;
    bool began = verdict != input->previous || input->since == TRUST_TIME_UNKNOWN;
    result->since = began ? input->now : input->since;
    result->flaps = count_flaps(policy, input, verdict);
}

void tri_judge(const trust_policy *policy, const trust_policy_input *input,
               const tri_stance *stance, const tri_weighed *weighed, trust_policy_result *result)
{
    asking a = {policy, input, stance, weighed};
    forces force;
    result->stage = 0;
    result->stage_since = input->stage_since;
    decide(&a, result, &force);
}

/* ---- reasons ---- */

/* Reasons in the order in which they are found; the fourth and later are dropped. */
static void give(trust_policy_result *result, uint32_t reason, uint32_t subject)
{
    for (int i = 0; i < 3; i++) {
        if (result->reasons[i] == reason && result->subjects[i] == subject)
            return;
        if (result->reasons[i] == TRI_REASON_NONE) {
            result->reasons[i] = reason;
            result->subjects[i] = subject;
            return;
        }
    }
}

/* The place of a signal's row in the ledger, which leaves exempt rows out. */
static uint32_t row_of(const asking *a, uint32_t signal)
{
    if (is_exempt(a, signal))
        return NO_ROW;
    uint32_t row = 1 + signal;
    for (uint64_t before = a->weighed->exempt & (((uint64_t)1 << signal) - 1); before != 0;
         before &= before - 1)
        row--;
    return row;
}

/* A gate is about the signal of the first of its conditions that holds. */
static uint32_t row_of_gate(const asking *a, const tri_gate *gate,
                            const trust_policy_result *result)
{
    const tri_condition *condition = &a->policy->conditions[gate->first];
    for (uint32_t i = 1; i < gate->count && !holds(a, condition, result); i++)
        condition++;
    return row_of(a, condition->signal);
}

/* What set the verdict from outside the ledger: people, floors, the clock, gates, then the rest. */
static void give_forces(const asking *a, const forces *force, trust_policy_result *result)
{
    const trust_policy *policy = a->policy;
    const trust_policy_input *input = a->input;
    trust_verdict due = force->due;
    if (result->overridden)
        give(result, TRI_REASON_OVERRIDDEN, NO_ROW);
    for (size_t i = 0; i < input->floor_count; i++)
        if (input->floors[i].verdict == due)
            give(result, input->floors[i].reason, NO_ROW);
    if (input->now == TRUST_TIME_UNKNOWN && due == TRUST_STEP_UP)
        give(result, TRI_REASON_CLOCK_UNKNOWN, NO_ROW);
    for (uint32_t i = 0; i < policy->gate_count; i++)
        if ((result->gates >> i & 1) != 0 && policy->gates[i].floor == due)
            give(result, policy->gates[i].reason, row_of_gate(a, &policy->gates[i], result));
    if (result->unsure && due > TRUST_ALLOW)
        give(result, TRI_REASON_CONTEXT_UNKNOWN, NO_ROW);
    if (force->late == due)
        give(result, TRI_REASON_STAGE_TIMEOUT, NO_ROW);
    if (force->unfinished && due == TRUST_STEP_UP)
        give(result, TRI_REASON_STAGE_UNFINISHED, NO_ROW);
    if (result->held)
        give(result, TRI_REASON_HELD, NO_ROW);
    if (force->adverse && due == TRUST_STEP_UP)
        give(result, TRI_REASON_ADVERSE, NO_ROW);
    if (force->uncertain && due == TRUST_STEP_UP)
        give(result, TRI_REASON_UNCERTAIN, NO_ROW);
}

/* The three rows that speak loudest: for the device when it is allowed, else against it. */
static void give_rows(const asking *a, const forces *force, trust_policy_result *result)
{
    int32_t side = force->due == TRUST_ALLOW ? -1 : 1;
    int32_t loudest[3] = {0, 0, 0};
    uint32_t signals[3];
    for (uint32_t s = 0; s < result->signal_count; s++) {
        int32_t loud = side * result->rows[s].mb;
        if (loud <= loudest[2])
            continue;
        int place = 2;
        for (; place > 0 && loud > loudest[place - 1]; place--) {
            loudest[place] = loudest[place - 1];
            signals[place] = signals[place - 1];
        }
        loudest[place] = loud;
        signals[place] = s;
    }
    for (int i = 0; i < 3 && loudest[i] > 0; i++)
        give(result, result->rows[signals[i]].reason, row_of(a, signals[i]));
    if (result->reasons[0] == TRI_REASON_NONE)
        give(result, TRI_REASON_BASE, 0);
}

/* ---- the whole ---- */

/* Millionths of a risk: linear between knots, rounded down, flat outside them. */
static int32_t calibrated(const tri_calibration *calibration, int32_t risk)
{
    uint32_t above = 0;
    while (above < calibration->count && calibration->knots[above].risk <= risk)
        above++;
    if (above == 0 || above == calibration->count)
        return calibration->knots[above == 0 ? 0 : above - 1].ppm;
    int64_t run = calibration->knots[above].risk - calibration->knots[above - 1].risk;
    int64_t rise = calibration->knots[above].ppm - calibration->knots[above - 1].ppm;
    int64_t part = risk - calibration->knots[above - 1].risk;
    return calibration->knots[above - 1].ppm + (int32_t)(rise * part / run);
}

size_t trust_policy_result_size(const trust_policy *policy)
{
    if (policy == NULL)
        return 0;
    return sizeof(trust_policy_result) +
           sizeof(tri_result_row) * (policy->signal_count + policy->group_count);
}

void tri_evaluate(const trust_policy *policy, const trust_policy_input *input,
                  const tri_chains *links, trust_policy_result *result)
{
    tri_stance room;
    tri_weighed weighed;
    asking a = {policy, input, tri_stance_of(policy, &input->selection, &room), &weighed};
    tri_weigh(policy, input, a.stance, links, result, &weighed);
    result->profile = input->selection.profile;
    result->unsure = !same_stance(a.stance, own_stance(policy, result->profile));
    result->stage = 0;
    result->stage_since = input->stage_since;
    result->probability = -1;
    if (policy->calibration.count > 0)
        result->probability = calibrated(&policy->calibration, tri_risk(result->level));
    result->reserved = 0;
    result->signal_count = policy->signal_count;
    result->group_count = policy->group_count;
    for (int i = 0; i < 3; i++) {
        result->reasons[i] = TRI_REASON_NONE;
        result->subjects[i] = NO_ROW;
    }
    forces force;
    decide(&a, result, &force);
    give_forces(&a, &force, result);
    give_rows(&a, &force, result);
}

trust_status trust_policy_evaluate(const trust_policy *policy, const trust_policy_input *input,
                                   trust_policy_result *result, size_t result_size)
{
    if (policy == NULL || input == NULL || result == NULL ||
        result_size < trust_policy_result_size(policy))
        return TRUST_E_ARGUMENT;
    tri_chains links;
    if (!tri_chain(policy, input, &links))
        return TRUST_E_ARGUMENT;
    tri_evaluate(policy, input, &links, result);
    return TRUST_OK;
}

int32_t tri_risk(int64_t level)
{
    int64_t points = level / TRI_MB_PER_POINT;
    points += level % TRI_MB_PER_POINT > 0;
    return (int32_t)tri_clamp(500 + points, 0, 1000);
}
