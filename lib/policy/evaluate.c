/* The evaluator: findings and a compiled policy in, ledger and verdict out. The policy was checked
 * when it was loaded; findings come from appraisal or from a host and are checked here. No clock,
 * no allocation, no floating point: the same input gives the same bytes everywhere. */

#include "core/number.h"
#include "core/reason.h"
#include "policy/model.h"

#define MAX_FLOORS 16
#define NO_ROW     UINT32_MAX

const uint32_t tri_halving[65] = {
    65536, 64830, 64132, 63441, 62757, 62081, 61413, 60751, 60097, 59449, 58809, 58176, 57549,
    56929, 56316, 55709, 55109, 54515, 53928, 53347, 52773, 52204, 51642, 51085, 50535, 49991,
    49452, 48920, 48393, 47871, 47356, 46846, 46341, 45842, 45348, 44859, 44376, 43898, 43425,
    42958, 42495, 42037, 41584, 41136, 40693, 40255, 39821, 39392, 38968, 38548, 38133, 37722,
    37316, 36914, 36516, 36123, 35734, 35349, 34968, 34591, 34219, 33850, 33486, 33125, 32768};

tri_half_life tri_half_life_of(int64_t ms)
{
    tri_half_life half_life = {ms < TRI_HALF_LIFE_MAX ? ms : TRI_HALF_LIFE_MAX, 0};
    if (ms > 0)
        half_life.recip =
            (((uint64_t)1 << 59) + (uint64_t)half_life.ms - 1) / (uint64_t)half_life.ms;
    return half_life;
}

/* The sum over one group's rows, in mb. */
typedef struct group_sum {
    int64_t level, lowest, highest;
} group_sum;

/* What the sum over the rows leaves for the verdict. */
typedef struct sums {
    group_sum groups[TRUST_POLICY_MAX_GROUPS];
    int64_t adverse;
    uint64_t open; /* mb in Q16 that no fresh evidence pins */
    uint64_t span; /* mb */
} sums;

/* One finding weighed, or all of a signal's. */
typedef struct weighing {
    int32_t mb;       /* the full worth of the finding that counts */
    int32_t worst;    /* on the kind's scale, of the values that gates go by, or INT32_MIN */
    uint32_t vouched; /* Q16, the best certainty of any value, whatever the value */
    bool fresh;       /* a value is young enough to vouch */
} weighing;

/* What the gates ask about each signal. */
typedef struct facts {
    weighing signals[TRUST_POLICY_MAX_SIGNALS];
    uint64_t exempt; /* a bit for each that is left out */
} facts;

static bool known_verdict(trust_verdict verdict)
{
    return verdict <= TRUST_DENY;
}

static bool valid_input(const trust_policy_input *input)
{
    if (input->size != sizeof *input || !known_verdict(input->previous) ||
        !known_verdict(input->override) || input->finding_count > TRI_MAX_FINDINGS ||
        input->floor_count > MAX_FLOORS || (input->findings == NULL && input->finding_count > 0) ||
        (input->floors == NULL && input->floor_count > 0))
        return false;
    for (size_t i = 0; i < input->floor_count; i++)
        if (!known_verdict(input->floors[i].verdict))
            return false;
    return true;
}

bool tri_chain(const trust_policy *policy, const trust_policy_input *input, tri_chains *links)
{
    if (!valid_input(input))
        return false;
    for (uint32_t s = 0; s < policy->signal_count; s++)
        links->head[s] = TRI_NO_FINDING;
    /* From the back, so that each goes before what is there. */
    uint32_t hint = policy->signal_count - 1;
    for (size_t i = input->finding_count; i-- > 0;) {
        const trust_finding *finding = &input->findings[i];
        if (finding->quality > TRUST_QUALITY_FULL || finding->state > TRUST_STATE_UNSUPPORTED)
            return false;
        uint32_t found = tri_signal_of(policy, finding->kind, hint);
        if (found == UINT32_MAX)
            continue;
        hint = found - 1;
        links->next[i] = links->head[found];
        links->head[found] = (uint16_t)i;
    }
    return true;
}

/* A finding of a host may bring no reason: then the state gives it. */
static uint32_t reason_of(const trust_finding *finding)
{
    static const uint16_t by_state[] = {
        [TRUST_STATE_NOT_REQUESTED] = TRI_REASON_NOT_REQUESTED,
        [TRUST_STATE_VALID] = TRI_REASON_HOST_SIGNAL,
        [TRUST_STATE_PENDING] = TRI_REASON_PENDING,
        [TRUST_STATE_REFUSED] = TRI_REASON_REFUSED,
        [TRUST_STATE_INVALID] = TRI_REASON_MALFORMED,
        [TRUST_STATE_EXPIRED] = TRI_REASON_STALE,
        [TRUST_STATE_SOURCE_DOWN] = TRI_REASON_SOURCE_DOWN,
        [TRUST_STATE_NOT_APPLICABLE] = TRI_REASON_NONE,
        [TRUST_STATE_UNBOUND] = TRI_REASON_MISBOUND,
        [TRUST_STATE_UNSUPPORTED] = TRI_REASON_UNSUPPORTED,
    };
    return finding->reason != TRI_REASON_NONE ? finding->reason : by_state[finding->state];
}

/* Among absences that cost the same, the one that says most is named; 0 for what is none. */
static uint32_t telling(uint32_t state)
{
    static const uint8_t rank[] = {
        [TRUST_STATE_REFUSED] = 7,      [TRUST_STATE_SOURCE_DOWN] = 6, [TRUST_STATE_EXPIRED] = 5,
        [TRUST_STATE_UNBOUND] = 4,      [TRUST_STATE_UNSUPPORTED] = 3, [TRUST_STATE_PENDING] = 2,
        [TRUST_STATE_NOT_REQUESTED] = 1};
    return rank[state];
}

tri_result_row tri_absence_of(const tri_signal_rule *rule, const trust_finding *findings,
                              const tri_chains *links, uint32_t head)
{
    int32_t least = rule->absent[TRI_ABSENT_NOT_REQUESTED];
    tri_result_row row = {least, TRI_REASON_NOT_REQUESTED, 0, TRI_NO_FINDING,
                          TRUST_STATE_NOT_REQUESTED};
    uint32_t told = 0, exemption = TRI_NO_FINDING;
    bool said = false;
    for (uint32_t i = head; i != TRI_NO_FINDING; i = links->next[i]) {
        uint32_t state = findings[i].state;
        said |= tri_has_say(&findings[i]);
        if (state == TRUST_STATE_NOT_APPLICABLE)
            exemption = i;
        int32_t mb = rule->absent[tri_absence(state)];
        if (mb < least)
            mb = least;
        if (telling(state) == 0 || mb < row.mb || (mb == row.mb && telling(state) <= told))
            continue;
        told = telling(state);
        row = (tri_result_row){mb, reason_of(&findings[i]), 0, (uint16_t)i, (uint16_t)state};
    }
    if (exemption != TRI_NO_FINDING && !said)
        row = (tri_result_row){0, TRI_REASON_NONE, 0, (uint16_t)exemption,
                               TRUST_STATE_NOT_APPLICABLE};
    return row;
}

/* Why a finding that is not bad news cannot vouch, or bad news no longer counts. */
static uint32_t reason_gone(const trust_finding *finding, trust_time now)
{
    if (now == TRUST_TIME_UNKNOWN)
        return TRI_REASON_CLOCK_UNKNOWN;
    return finding->time > now ? TRI_REASON_CLOCK_FUTURE : TRI_REASON_STALE;
}

/* Weigh one finding that has a say, and write its row. */
static inline weighing weigh(const tri_signal_rule *rule, const trust_finding *finding,
                             uint32_t index, int32_t absent, trust_time now, tri_result_row *row)
{
    tri_worth worth = tri_worth_of(rule, finding, absent);
    tri_age age = tri_age_of(finding->time, now);
    bool valid = finding->state == TRUST_STATE_VALID;
    bool young = valid && !tri_over(age.ms, rule->ttl), fresh = young && age.dated;
    bool over = tri_over(age.ms, rule->ttl_bad), gone = worth.bad ? over : !fresh;
    uint32_t vouched = fresh ? tri_certainty(&worth, age.ms, &rule->good) : 0;
    uint32_t certainty = worth.bad ? tri_certainty(&worth, age.ms, &rule->bad) : vouched;
    certainty = gone ? 0 : certainty;
    /* Gates go by every value that is not too old, and by bad news until its own time to live ends.
     * That a value cannot vouch for lack of a sound time does not soften it. */
    bool counts = young || (worth.lasting && !over);
    int32_t value = valid ? finding->value : INT32_MAX;
    row->mb = tri_points(&worth, certainty);
    row->reason = gone ? reason_gone(finding, now) : reason_of(finding);
    row->certainty = certainty;
    row->finding = (uint16_t)index;
    row->state = (uint16_t)(gone ? TRUST_STATE_EXPIRED : finding->state);
    return (weighing){worth.mb, counts ? value : INT32_MIN, vouched, fresh};
}

/* Of two findings of one kind the worse counts; where both cost the same, the more certain. */
static bool worse(const tri_result_row *a, int32_t a_mb, const tri_result_row *b, int32_t b_mb)
{
    if (a->mb != b->mb)
        return a->mb > b->mb;
    return a->certainty != b->certainty ? a->certainty > b->certainty : a_mb > b_mb;
}

/* Take a further finding of the same kind in. */
static void join(weighing *signal, tri_result_row *row, const weighing *other,
                 const tri_result_row *other_row)
{
    if (worse(other_row, other->mb, row, signal->mb)) {
        *row = *other_row;
        signal->mb = other->mb;
    }
    signal->worst = other->worst > signal->worst ? other->worst : signal->worst;
    signal->vouched = other->vouched > signal->vouched ? other->vouched : signal->vouched;
    signal->fresh |= other->fresh;
}

/* Weigh all findings of one signal. */
static weighing weigh_all(const tri_signal_rule *rule, const trust_finding *findings,
                          trust_time now, const tri_chains *links, uint32_t head,
                          tri_result_row *row)
{
    const tri_result_row none = tri_absence_of(rule, findings, links, head);
    weighing signal = {0, INT32_MIN, 0, false};
    *row = none;
    bool refusal = none.state == TRUST_STATE_REFUSED || none.state == TRUST_STATE_SOURCE_DOWN;
    bool any = false, for_it = false, against = false;
    for (uint32_t i = head; i != TRI_NO_FINDING; i = links->next[i]) {
        if (!tri_has_say(&findings[i]))
            continue;
        tri_result_row one_row;
        weighing one = weigh(rule, &findings[i], i, none.mb, now, &one_row);
        for_it |= one_row.mb < none.mb;
        against |= one_row.mb > none.mb;
        if (any)
            join(&signal, row, &one, &one_row);
        else {
            signal = one;
            *row = one_row;
        }
        any = true;
    }
    if (row->state == TRUST_STATE_EXPIRED && refusal)
        *row = none;
    else if (for_it && against)
        row->reason = TRI_REASON_SOURCES_DISAGREE;
    return signal;
}

/* The same by the short way when the signal has one finding, and that has a value. */
static inline weighing weigh_signal(const tri_signal_rule *rule, const trust_finding *findings,
                                    trust_time now, const tri_chains *links, uint32_t signal,
                                    tri_result_row *row)
{
    uint32_t head = links->head[signal];
    if (head != TRI_NO_FINDING && links->next[head] == TRI_NO_FINDING &&
        findings[head].state == TRUST_STATE_VALID)
        return weigh(rule, &findings[head], head, rule->absent[TRI_ABSENT_NOT_REQUESTED], now, row);
    return weigh_all(rule, findings, now, links, head, row);
}

/* Add one signal's row to the total. */
static inline void add(const tri_signal_rule *rule, const weighing *signal,
                       const tri_result_row *row, sums *total)
{
    int64_t sure = row->certainty;
    group_sum *group = &total->groups[rule->group];
    group->level += row->mb;
    group->lowest += rule->lo + ((((int64_t)signal->mb - rule->lo) * sure) >> 16);
    group->highest += rule->hi - ((((int64_t)rule->hi - signal->mb) * sure) >> 16);
    total->adverse += row->mb > 0 ? row->mb : 0;
    uint64_t span = (uint64_t)((int64_t)rule->hi - rule->lo);
    total->open += span * (TRI_Q16 - signal->vouched);
    total->span += span;
}

/* Only the groups that there are: an evaluation is too short to clear them all. */
static void clear(const trust_policy *policy, sums *total)
{
    total->adverse = 0;
    total->open = total->span = 0;
    for (uint32_t g = 0; g < policy->group_count; g++)
        total->groups[g] = (group_sum){0, 0, 0};
}

/* The rows of the signals, the sums over them, and what gates ask. */
static void weigh_signals(const trust_policy *policy, const trust_policy_input *input,
                          const tri_chains *links, trust_policy_result *result, sums *total,
                          facts *asked)
{
    for (uint32_t s = 0; s < policy->signal_count; s++) {
        const tri_signal_rule *rule = &policy->signals[s];
        tri_result_row *row = &result->rows[s];
        weighing signal = weigh_signal(rule, input->findings, input->now, links, s, row);
        asked->signals[s] = signal;
        if (row->state == TRUST_STATE_NOT_APPLICABLE)
            asked->exempt |= (uint64_t)1 << s;
        else
            add(rule, &signal, row, total);
    }
}

/* Clamp each group, note its cap, and sum up. */
static void cap_groups(const trust_policy *policy, const sums *total, trust_policy_result *result)
{
    result->level = result->lowest = result->highest = policy->stance.base;
    for (uint32_t g = 0; g < policy->group_count; g++) {
        const tri_group *group = &policy->groups[g];
        const group_sum *sum = &total->groups[g];
        int64_t level = tri_clamp(sum->level, group->floor, group->ceiling);
        result->level += level;
        result->lowest += tri_clamp(sum->lowest, group->floor, group->ceiling);
        result->highest += tri_clamp(sum->highest, group->floor, group->ceiling);
        result->rows[policy->signal_count + g] =
            (tri_result_row){(int32_t)(level - sum->level), TRI_REASON_CAP, 0, TRI_NO_FINDING,
                             TRUST_STATE_NOT_APPLICABLE};
    }
}

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
static uint32_t row_of(const facts *asked, uint32_t signal)
{
    if ((asked->exempt >> signal & 1) != 0)
        return NO_ROW;
    uint32_t row = 1 + signal;
    for (uint64_t before = asked->exempt & (((uint64_t)1 << signal) - 1); before != 0;
         before &= before - 1)
        row--;
    return row;
}

static bool holds(const tri_condition *condition, const facts *asked)
{
    const weighing *signal = &asked->signals[condition->signal];
    if (condition->asks == TRI_ASKS_ABSENT)
        return !signal->fresh && (asked->exempt >> condition->signal & 1) == 0;
    return signal->worst >= condition->limit;
}

static bool fires(const trust_policy *policy, const tri_gate *gate, const facts *asked)
{
    uint32_t held = 0;
    for (uint32_t i = 0; i < gate->count; i++)
        held += holds(&policy->conditions[gate->first + i], asked);
    return held >= gate->need;
}

/* The verdicts that do not come from the level: floors, the clock, gates, hysteresis. */
typedef struct forces {
    uint64_t gates; /* a bit for each gate that fires */
    bool adverse;
    bool uncertain;
} forces;

static trust_verdict stricter(trust_verdict a, trust_verdict b)
{
    return a > b ? a : b;
}

/* The verdict, natural first. Every gate is asked, in the document's order. */
static forces decide(const trust_policy *policy, const trust_policy_input *input,
                     const facts *asked, trust_policy_result *result)
{
    trust_verdict verdict = result->natural = tri_band(policy, result->level, 0);
    forces force = {0, verdict == TRUST_ALLOW && result->adverse > policy->stance.max_adverse,
                    verdict == TRUST_ALLOW && result->uncertainty > policy->stance.max_uncertainty};
    if (force.adverse || force.uncertain)
        verdict = TRUST_STEP_UP;
    if (input->now == TRUST_TIME_UNKNOWN)
        verdict = stricter(verdict, TRUST_STEP_UP);
    for (size_t i = 0; i < input->floor_count; i++)
        verdict = stricter(verdict, input->floors[i].verdict);
    for (uint32_t i = 0; i < policy->gate_count; i++)
        if (fires(policy, &policy->gates[i], asked)) {
            force.gates |= (uint64_t)1 << i;
            verdict = stricter(verdict, policy->gates[i].floor);
        }
    trust_verdict hold = tri_hold(policy, result->level, input->previous, input->since, input->now);
    result->held = hold > verdict;
    result->verdict = stricter(verdict, hold);
    bool began = result->verdict != input->previous || input->since == TRUST_TIME_UNKNOWN;
    result->since = began ? input->now : input->since;
    return force;
}

/* What set the verdict from outside the ledger: floors, the clock, gates, then the rest. */
static void give_forces(const trust_policy *policy, const trust_policy_input *input,
                        const facts *asked, const forces *force, trust_policy_result *result)
{
    for (size_t i = 0; i < input->floor_count; i++)
        if (input->floors[i].verdict == result->verdict)
            give(result, input->floors[i].reason, NO_ROW);
    if (input->now == TRUST_TIME_UNKNOWN && result->verdict == TRUST_STEP_UP)
        give(result, TRI_REASON_CLOCK_UNKNOWN, NO_ROW);
    for (uint32_t i = 0; i < policy->gate_count; i++)
        if ((force->gates >> i & 1) != 0 && policy->gates[i].floor == result->verdict)
            give(result, policy->gates[i].reason,
                 row_of(asked, policy->conditions[policy->gates[i].first].signal));
    if (result->held)
        give(result, TRI_REASON_HELD, NO_ROW);
    if (force->adverse && result->verdict == TRUST_STEP_UP)
        give(result, TRI_REASON_ADVERSE, NO_ROW);
    if (force->uncertain && result->verdict == TRUST_STEP_UP)
        give(result, TRI_REASON_UNCERTAIN, NO_ROW);
}

/* The three rows that speak loudest: for the device when it is allowed, else against it. */
static void give_rows(const facts *asked, trust_policy_result *result)
{
    int32_t side = result->verdict == TRUST_ALLOW ? -1 : 1;
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
        give(result, result->rows[signals[i]].reason, row_of(asked, signals[i]));
    if (result->reasons[0] == TRI_REASON_NONE)
        give(result, TRI_REASON_BASE, 0);
}

size_t trust_policy_result_size(const trust_policy *policy)
{
    if (policy == NULL)
        return 0;
    return sizeof(trust_policy_result) +
           sizeof(tri_result_row) * (policy->signal_count + policy->group_count);
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
    sums total;
    facts asked;
    asked.exempt = 0;
    clear(policy, &total);
    weigh_signals(policy, input, &links, result, &total, &asked);
    cap_groups(policy, &total, result);
    result->adverse = total.adverse;
    result->uncertainty =
        total.span == 0 ? 0 : (uint32_t)((total.open + total.span - 1) / total.span);
    result->profile = result->unsure = result->stage = result->flaps = 0;
    result->overridden = result->reserved = 0;
    result->stage_since = input->stage_since;
    result->gates = 0;
    result->signal_count = policy->signal_count;
    result->group_count = policy->group_count;
    for (int i = 0; i < 3; i++) {
        result->reasons[i] = TRI_REASON_NONE;
        result->subjects[i] = NO_ROW;
    }
    forces force = decide(policy, input, &asked, result);
    give_forces(policy, input, &asked, &force, result);
    give_rows(&asked, result);
    return TRUST_OK;
}

int32_t tri_risk(int64_t level)
{
    int64_t points = level / TRI_MB_PER_POINT;
    points += level % TRI_MB_PER_POINT > 0;
    return (int32_t)tri_clamp(500 + points, 0, 1000);
}
