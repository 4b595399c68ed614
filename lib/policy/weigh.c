/* The evaluator's first half: findings and a compiled policy in, the ledger out, and what gates and
 * stages ask about each signal. The policy was checked when it was loaded; findings come from
 * appraisal or from a host and are checked here. No clock, no allocation, no floating point. */

#include "policy/weigh.h"
#include "core/number.h"
#include "core/reason.h"

#define MAX_FLOORS 16

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

/* The row of one finding, of a source or of a whole signal, and what else there is to know. */
typedef struct scale {
    tri_result_row row;
    tri_weighing beside;
} scale;

static bool known_verdict(trust_verdict verdict)
{
    return verdict <= TRUST_DENY;
}

bool tri_has_selection(const trust_policy *policy, const trust_policy_selection *selection)
{
    return selection->profile <= policy->profile_count &&
           (uint64_t)selection->also >> policy->profile_count <= 1;
}

static bool valid_input(const trust_policy *policy, const trust_policy_input *input)
{
    if (input->size != sizeof *input || !known_verdict(input->previous) ||
        !known_verdict(input->override) || input->finding_count > TRI_MAX_FINDINGS ||
        input->floor_count > MAX_FLOORS || (input->findings == NULL && input->finding_count > 0) ||
        (input->floors == NULL && input->floor_count > 0) ||
        !tri_has_selection(policy, &input->selection))
        return false;
    for (size_t i = 0; i < input->floor_count; i++)
        if (!known_verdict(input->floors[i].verdict))
            return false;
    return true;
}

bool tri_chain(const trust_policy *policy, const trust_policy_input *input, tri_chains *links)
{
    if (!valid_input(policy, input))
        return false;
    for (uint32_t s = 0; s < policy->signal_count; s++)
        links->head[s] = TRI_NO_FINDING;
    /* From the back, so that each goes before what is there. */
    uint32_t hint = policy->signal_count - 1;
    for (size_t i = input->finding_count; i-- > 0;) {
        const trust_finding *finding = &input->findings[i];
        if (!tri_in_range(finding))
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
                              const tri_chains *links, uint32_t head, bool exempt)
{
    int32_t least = rule->absent[TRI_ABSENT_NOT_REQUESTED];
    tri_result_row row = {least, TRI_REASON_NOT_REQUESTED, 0, TRI_NO_FINDING,
                          TRUST_STATE_NOT_REQUESTED};
    uint32_t told = 0, exemption = TRI_NO_FINDING;
    bool said = false, moot = exempt;
    for (uint32_t i = head; i != TRI_NO_FINDING; i = links->next[i]) {
        uint32_t state = findings[i].state;
        said |= tri_has_say(&findings[i]);
        if (state == TRUST_STATE_NOT_APPLICABLE) {
            exemption = i;
            moot = true;
        }
        int32_t mb = rule->absent[tri_absence(state)];
        if (mb < least)
            mb = least;
        if (telling(state) == 0 || mb < row.mb || (mb == row.mb && telling(state) <= told))
            continue;
        told = telling(state);
        row = (tri_result_row){mb, reason_of(&findings[i]), 0, (uint16_t)i, (uint16_t)state};
    }
    if (moot && !said)
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

/* Weigh one finding that has a say: write its row, and what else it comes to. */
static inline void weigh(const tri_signal_rule *rule, const trust_finding *finding, uint32_t index,
                         int32_t absent, trust_time now, tri_result_row *row, tri_weighing *beside)
{
    tri_worth worth = tri_worth_of(rule, finding, absent);
    tri_age age = tri_age_of(finding->time, now);
    bool valid = finding->state == TRUST_STATE_VALID;
    bool young = valid && !tri_over(age.ms, rule->ttl), fresh = young && age.dated;
    bool over = tri_over(age.ms, rule->ttl_bad), gone = worth.bad ? over : !fresh;
    uint64_t youngest = TRI_NOTHING_VOUCHES;
    uint32_t vouched = 0;
    if (fresh) {
        /* What has no quality is no news. */
        youngest = worth.certainty > 0 ? age.ms : TRI_NOTHING_VOUCHES;
        vouched = tri_certainty(&worth, age.ms, &rule->good);
    }
    uint32_t certainty = worth.bad ? tri_certainty(&worth, age.ms, &rule->bad) : vouched;
    certainty = gone ? 0 : certainty;
    /* Gates go by every value that is not too old, and by bad news until its own time to live ends.
     * That a value cannot vouch for lack of a sound time does not soften it. */
    bool counts = young || (worth.lasting && !over);
    int32_t value = counts ? valid ? finding->value : INT32_MAX : INT32_MIN;
    row->mb = tri_points(&worth, certainty);
    row->reason = gone ? reason_gone(finding, now) : reason_of(finding);
    row->certainty = certainty;
    row->finding = (uint16_t)index;
    row->state = (uint16_t)(gone ? TRUST_STATE_EXPIRED : finding->state);
    beside->asked.worst = beside->asked.most = value;
    beside->asked.youngest = youngest;
    beside->mb = worth.mb;
    beside->vouched = vouched;
}

/* Of two findings of one kind the worse counts; where both cost the same, the more certain. */
static bool worse(const scale *a, const scale *b)
{
    if (a->row.mb != b->row.mb)
        return a->row.mb > b->row.mb;
    return a->row.certainty != b->row.certainty ? a->row.certainty > b->row.certainty
                                                : a->beside.mb > b->beside.mb;
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* What is so of all findings together, whichever of them counts. */
static void pool(tri_weighing *all, const tri_weighing *other)
{
    tri_asked *asked = &all->asked;
    asked->most = larger(asked->most, other->asked.most);
    if (other->asked.youngest < asked->youngest)
        asked->youngest = other->asked.youngest;
    all->vouched = other->vouched > all->vouched ? other->vouched : all->vouched;
}

/* Take a further finding of the same source in, or of any where one is enough. */
static void join(scale *worst, const scale *other)
{
    if (worse(other, worst)) {
        worst->row = other->row;
        worst->beside.mb = other->beside.mb;
    }
    worst->beside.asked.worst = larger(worst->beside.asked.worst, other->beside.asked.worst);
    pool(&worst->beside, &other->beside);
}

/* A signal of several findings while it is weighed. */
typedef struct gathering {
    const tri_signal_rule *rule;
    const trust_finding *findings;
    const tri_chains *links;
    trust_time now;
    tri_result_row none; /* the row without any value */
    bool for_it;
    bool against;
} gathering;

/* The worst of the findings from the one at @p first on: of all, or of those of its source. */
static scale worst_of(gathering *g, uint32_t first, bool one_source)
{
    scale worst = {g->none, TRI_NOTHING_SAID};
    for (uint32_t i = first; i != TRI_NO_FINDING; i = g->links->next[i]) {
        const trust_finding *finding = &g->findings[i];
        if (!tri_has_say(finding) || (one_source && finding->source != g->findings[first].source))
            continue;
        scale one;
        weigh(g->rule, finding, i, g->none.mb, g->now, &one.row, &one.beside);
        g->for_it |= one.row.mb < g->none.mb;
        g->against |= one.row.mb > g->none.mb;
        if (i == first)
            worst = one;
        else
            join(&worst, &one);
    }
    return worst;
}

/* Whether an earlier finding that has a say comes from the same source as the one at @p i. */
static bool repeated(const gathering *g, uint32_t head, uint32_t i)
{
    for (uint32_t j = head; j != i; j = g->links->next[j])
        if (tri_has_say(&g->findings[j]) && g->findings[j].source == g->findings[i].source)
            return true;
    return false;
}

/* The row, and the value that gates go by, that a quorum of sources reaches: of each source its
 * worst counts, then of the sources the one in the quorum's place from the worst. A source that is
 * missing is as good as silence, and reaches no gate. */
static scale agreed(gathering *g, uint32_t head)
{
    scale rows[TRI_MAX_QUORUM + 1]; /* the worst first, and room for one more */
    scale out = {g->none, TRI_NOTHING_SAID};
    uint32_t quorum = g->rule->quorum, count = 0;
    tri_quorum values;
    tri_quorum_begin(&values, quorum);
    for (uint32_t i = head; i != TRI_NO_FINDING; i = g->links->next[i]) {
        if (!tri_has_say(&g->findings[i]) || repeated(g, head, i))
            continue;
        scale source = worst_of(g, i, true);
        pool(&out.beside, &source.beside);
        tri_quorum_add(&values, source.beside.asked.worst);
        uint32_t at = count;
        for (; at > 0 && worse(&source, &rows[at - 1]); at--)
            rows[at] = rows[at - 1];
        rows[at] = source;
        count += count < quorum;
    }
    out.beside.asked.worst = tri_quorum_reached(&values, INT32_MIN);
    if (count == quorum || rows[count - 1].row.mb < g->none.mb) {
        out.row = rows[count - 1].row;
        out.beside.mb = rows[count - 1].beside.mb;
    }
    return out;
}

/* Weigh all findings of one signal. */
static void weigh_all(gathering *g, uint32_t head, bool exempt, tri_result_row *row,
                      tri_weighing *beside)
{
    const tri_result_row none = tri_absence_of(g->rule, g->findings, g->links, head, exempt);
    while (head != TRI_NO_FINDING && !tri_has_say(&g->findings[head]))
        head = g->links->next[head];
    if (head == TRI_NO_FINDING) {
        *row = none;
        *beside = (tri_weighing)TRI_NOTHING_SAID;
        return;
    }
    g->none = none;
    scale signal = g->rule->quorum > 1 ? agreed(g, head) : worst_of(g, head, false);
    bool refusal = none.state == TRUST_STATE_REFUSED || none.state == TRUST_STATE_SOURCE_DOWN;
    *row = signal.row;
    *beside = signal.beside;
    if (row->state == TRUST_STATE_EXPIRED && refusal)
        *row = none;
    else if (g->for_it && g->against)
        row->reason = TRI_REASON_SOURCES_DISAGREE;
}

/* Add one signal's row to the total. */
static inline void add(const tri_signal_rule *rule, const tri_weighing *signal,
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

/* The rows of the signals, and the sums over them. A signal that has one finding, with a value, and
 * needs no other source goes a short way. */
static void weigh_signals(const trust_policy *policy, const trust_policy_input *input,
                          uint64_t exempt, const tri_chains *links, trust_policy_result *result,
                          sums *total, tri_weighed *out)
{
    const trust_finding *findings = input->findings;
    trust_time now = input->now;
    uint64_t left_out = 0;
    for (uint32_t s = 0; s < policy->signal_count; s++) {
        const tri_signal_rule *rule = &policy->signals[s];
        tri_result_row *row = &result->rows[s];
        tri_weighing signal;
        uint32_t head = links->head[s];
        if (head != TRI_NO_FINDING && links->next[head] == TRI_NO_FINDING &&
            findings[head].state == TRUST_STATE_VALID && rule->quorum <= 1) {
            weigh(rule, &findings[head], head, rule->absent[TRI_ABSENT_NOT_REQUESTED], now, row,
                  &signal);
        } else {
            gathering g = {rule, findings, links, now, {0, 0, 0, 0, 0}, false, false};
            weigh_all(&g, head, (exempt >> s & 1) != 0, row, &signal);
        }
        out->signals[s] = signal;
        if (row->state == TRUST_STATE_NOT_APPLICABLE)
            left_out |= (uint64_t)1 << s;
        else
            add(rule, &signal, row, total);
    }
    out->exempt = left_out;
}

/* Clamp each group, note its cap, and sum up. */
static void conclude(const trust_policy *policy, const tri_stance *stance, const sums *total,
                     trust_policy_result *result)
{
    result->level = result->lowest = result->highest = result->base = stance->base;
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
    result->adverse = total->adverse;
    result->uncertainty =
        total->span == 0 ? 0 : (uint32_t)((total->open + total->span - 1) / total->span);
}

void tri_weigh(const trust_policy *policy, const trust_policy_input *input,
               const tri_stance *stance, const tri_chains *links, trust_policy_result *result,
               tri_weighed *out)
{
    sums total;
    clear(policy, &total);
    weigh_signals(policy, input, stance->exempt, links, result, &total, out);
    conclude(policy, stance, &total, result);
}

void tri_sum_up(const trust_policy *policy, const tri_stance *stance, const tri_weighed *weighed,
                trust_policy_result *result)
{
    sums total;
    clear(policy, &total);
    for (uint32_t s = 0; s < policy->signal_count; s++)
        if ((weighed->exempt >> s & 1) == 0)
            add(&policy->signals[s], &weighed->signals[s], &result->rows[s], &total);
    conclude(policy, stance, &total, result);
}
