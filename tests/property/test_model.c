/* Properties of the model over random policies and evidence: P1 to P13 of the model's research and
 * its amendments. TRUST_CASES sets how many cases, TRUST_SEED where they begin. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/reason.h"
#include "policy/model.h"
#include "random_policy.h"
#include "support.h"

#define RESULT_WORDS 256

typedef union outcome {
    trust_policy_result result;
    uint64_t memory[RESULT_WORDS];
} outcome;

static uint64_t cases = 20000, first_seed = 1;
static uint64_t current; /* the seed of the case at hand, for messages */

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg("%s: TRUST_SEED=%" PRIu64 " TRUST_CASES=1", #condition, current);         \
    } while (0)

static void evaluate(const random_case *of, outcome *out)
{
    HOLDS(trust_policy_evaluate(&of->policy, &of->input, &out->result, sizeof *out) == TRUST_OK);
}

/* Case @p i, the same however many there are. */
static random_case *make_case(uint64_t i, random_scale scale, random_case *out)
{
    current = first_seed + i;
    uint64_t seed = current * 0x9E3779B97F4A7C15u;
    random_case_make(&seed, scale, out);
    return out;
}

/* A copy to change; the policy's own arrays are copied too. */
static random_case *changed(const random_case *from)
{
    static random_case to;
    to.policy = from->policy;
    memcpy(to.signals, from->signals, sizeof *to.signals * from->policy.signal_count);
    memcpy(to.groups, from->groups, sizeof *to.groups * from->policy.group_count);
    memcpy(to.gates, from->gates, sizeof *to.gates * from->policy.gate_count);
    memcpy(to.conditions, from->conditions, sizeof *to.conditions * from->policy.gate_count);
    memcpy(to.findings, from->findings, sizeof *to.findings * from->input.finding_count);
    memcpy(to.floors, from->floors, sizeof to.floors);
    to.input = from->input;
    random_case_bind(&to);
    return &to;
}

static void drop(random_case *of, size_t at)
{
    of->input.finding_count--;
    memmove(&of->findings[at], &of->findings[at + 1],
            (of->input.finding_count - at) * sizeof of->findings[0]);
}

/* Some finding whose kind the policy names, or NULL. */
static trust_finding *some_finding(uint64_t *seed, random_case *of)
{
    if (of->input.finding_count == 0)
        return NULL;
    trust_finding *finding = &of->findings[random_below(seed, (uint32_t)of->input.finding_count)];
    return tri_signal_of(&of->policy, finding->kind, 0) == UINT32_MAX ? NULL : finding;
}

static const tri_signal_rule *rule_of(const random_case *of, const trust_finding *finding)
{
    return &of->signals[tri_signal_of(&of->policy, finding->kind, 0)];
}

static bool dated(const random_case *of, const trust_finding *finding)
{
    return tri_age_of(finding->time, of->input.now).dated;
}

/* P1: base, rows, caps and clamp add up to the risk, in points and in millibits. */
static void adds_up(const random_case *of, const outcome *o)
{
    trust_row rows[TRUST_MAX_ROWS];
    size_t count;
    HOLDS(trust_policy_ledger(&of->policy, &o->result, rows, TRUST_MAX_ROWS, &count) == TRUST_OK);
    int64_t points = 0, millibits = 0, level = 0;
    bool clamped = false;
    for (size_t i = 0; i < count; i++) {
        int64_t mb = rows[i].millibits, apart = (int64_t)rows[i].points * 20 - mb;
        points += rows[i].points;
        millibits += mb;
        level += rows[i].type == TRUST_ROW_CLAMP ? 0 : mb;
        clamped |= rows[i].type == TRUST_ROW_CLAMP;
        HOLDS(apart > -20 && apart < 20);
    }
    trust_policy_summary summary;
    trust_policy_result_summary(&o->result, &summary);
    HOLDS(points == summary.risk);
    HOLDS(level == 10000 + o->result.level);
    HOLDS(clamped ? millibits == 20 * points
                  : millibits <= 20 * points && millibits > 20 * points - 20);
    HOLDS(clamped == (level <= -20 || level > 20000));
}

/* The sums once more, from the rows. */
static void sums_again(const random_case *of, const outcome *o)
{
    int64_t adverse = 0, level = of->policy.stance.base;
    for (uint32_t g = 0; g < of->policy.group_count; g++) {
        int64_t sum = 0;
        for (uint32_t s = 0; s < of->policy.signal_count; s++)
            if (of->signals[s].group == g) {
                sum += o->result.rows[s].mb;
                adverse += o->result.rows[s].mb > 0 ? o->result.rows[s].mb : 0;
            }
        const tri_group *group = &of->groups[g];
        int64_t held = sum < group->floor     ? group->floor
                       : sum > group->ceiling ? group->ceiling
                                              : sum;
        HOLDS(o->result.rows[of->policy.signal_count + g].mb == held - sum);
        level += held;
    }
    HOLDS(o->result.level == level);
    HOLDS(o->result.adverse == adverse);
}

/* P2, P10 and the unit: the interval holds the level; bands and limits are one. */
static void interval_and_bands(const random_case *of, const outcome *o)
{
    HOLDS(o->result.lowest <= o->result.level && o->result.level <= o->result.highest);
    trust_policy_summary summary;
    trust_policy_result_summary(&o->result, &summary);
    HOLDS(summary.lowest <= summary.risk && summary.risk <= summary.highest);
    HOLDS(summary.risk >= 0 && summary.risk <= 1000);
    HOLDS(summary.uncertainty >= 0 && summary.uncertainty <= 1000);
    for (int i = 0; i < 3; i++)
        HOLDS((summary.risk <= of->policy.bands[i + 1]) ==
              (o->result.level <= of->policy.stance.limit[i]));
    HOLDS(tri_risk(o->result.level) <= tri_risk(o->result.level + 1));
    uint32_t natural = TRUST_ALLOW;
    for (int i = 0; i < 3; i++)
        natural += summary.risk > of->policy.bands[i + 1];
    HOLDS(summary.natural == natural);
}

/* P3: a worse value never helps. */
static void raising_never_helps(uint64_t *seed, const random_case *of, const outcome *o)
{
    random_case *other = changed(of);
    trust_finding *finding = some_finding(seed, other);
    if (finding == NULL)
        return;
    finding->value += (int32_t)random_below(seed, 300);
    outcome p;
    evaluate(other, &p);
    HOLDS(p.result.level >= o->result.level);
    HOLDS(p.result.verdict >= o->result.verdict);
    HOLDS(p.result.uncertainty == o->result.uncertainty);
}

/* P4: where silence costs the most, saying nothing of a kind never lowers the level. */
static void silence_never_helps(uint64_t *seed, const random_case *of, const outcome *o)
{
    random_case *other = changed(of);
    trust_finding *finding = some_finding(seed, other);
    if (finding == NULL)
        return;
    uint32_t kind = finding->kind;
    const tri_signal_rule *rule = rule_of(of, finding);
    if (rule->absent[TRI_ABSENT_NOT_REQUESTED] != rule->hi)
        return;
    for (size_t i = other->input.finding_count; i-- > 0;)
        if (other->findings[i].kind == kind)
            drop(other, i);
    outcome p;
    evaluate(other, &p);
    HOLDS(p.result.level >= o->result.level);
    HOLDS(p.result.uncertainty >= o->result.uncertainty);
}

static bool exempted(const random_case *of, uint32_t kind)
{
    for (size_t i = 0; i < of->input.finding_count; i++)
        if (of->findings[i].kind == kind && of->findings[i].state == TRUST_STATE_NOT_APPLICABLE)
            return true;
    return false;
}

/* P5: knowing less never makes more certain. P6: without a finding that only exculpates and is the
 * only one of its kind, the level does not fall. */
static void less_is_not_surer(uint64_t *seed, const random_case *of, const outcome *o)
{
    random_case *other = changed(of);
    trust_finding *finding = some_finding(seed, other);
    if (finding == NULL || exempted(of, finding->kind))
        return;
    size_t at = (size_t)(finding - other->findings), alone = 0;
    for (size_t i = 0; i < of->input.finding_count; i++)
        alone += of->findings[i].kind == finding->kind;
    bool good = finding->state == TRUST_STATE_VALID &&
                tri_curve(rule_of(of, finding), finding->value) <=
                    rule_of(of, finding)->absent[TRI_ABSENT_NOT_REQUESTED];
    drop(other, at);
    outcome p;
    evaluate(other, &p);
    HOLDS(p.result.uncertainty >= o->result.uncertainty);
    if (good && alone == 1)
        HOLDS(p.result.level >= o->result.level);
}

/* P6, P7: good news only loses by ageing, and bad news that never decays loses nothing. */
static void ageing(uint64_t *seed, const random_case *of, const outcome *o)
{
    random_case *other = changed(of);
    trust_finding *finding = some_finding(seed, other);
    if (finding == NULL || !dated(of, finding) || !tri_has_say(finding))
        return;
    uint32_t s = tri_signal_of(&of->policy, finding->kind, 0);
    tri_worth worth = tri_worth_of(rule_of(of, finding), finding, 0);
    int32_t absent = 0; /* with the dearest absence, as the evaluator takes it */
    for (size_t i = 0; i < of->input.finding_count; i++)
        if (of->findings[i].kind == finding->kind && !tri_has_say(&of->findings[i])) {
            int32_t mb = of->signals[s].absent[tri_absence(of->findings[i].state)];
            absent = mb > absent ? mb : absent;
        }
    int32_t silent = of->signals[s].absent[TRI_ABSENT_NOT_REQUESTED];
    absent = silent > absent ? silent : absent;
    bool bad =
        finding->state == TRUST_STATE_INVALID || worth.mb > absent || worth.mb == of->signals[s].hi;
    finding->time -= (int64_t)(random_next(seed) >> (24 + random_below(seed, 40)));
    outcome p;
    evaluate(other, &p);
    HOLDS(p.result.uncertainty >= o->result.uncertainty);
    bool lasting = bad && of->signals[s].bad.ms == 0 && of->signals[s].ttl_bad == 0;
    if (!bad || lasting)
        HOLDS(p.result.level >= o->result.level);
    if (bad)
        HOLDS(p.result.level <= o->result.level);
    if (lasting) {
        HOLDS(p.result.level == o->result.level);
        HOLDS(p.result.verdict >= o->result.verdict);
    }
}

/* P8: the order of signals and of findings means nothing. */
static void order_means_nothing(uint64_t *seed, const random_case *of, const outcome *o)
{
    random_case *other = changed(of);
    uint32_t n = of->policy.signal_count, turn = random_below(seed, n);
    uint32_t place[TRUST_POLICY_MAX_SIGNALS];
    for (uint32_t s = 0; s < n; s++) {
        place[s] = (s + turn) % n;
        other->signals[place[s]] = of->signals[s];
        if (of->signals[s].kind < sizeof other->policy.builtin_index)
            other->policy.builtin_index[of->signals[s].kind] = (uint8_t)place[s];
    }
    for (uint32_t g = 0; g < of->policy.gate_count; g++)
        other->conditions[g].signal = place[of->conditions[g].signal];
    size_t count = of->input.finding_count;
    for (size_t i = 0; i < count; i++)
        other->findings[count - 1 - i] = of->findings[i];
    outcome p;
    evaluate(other, &p);
    HOLDS(p.result.level == o->result.level && p.result.lowest == o->result.lowest &&
          p.result.highest == o->result.highest && p.result.adverse == o->result.adverse &&
          p.result.uncertainty == o->result.uncertainty && p.result.verdict == o->result.verdict &&
          p.result.held == o->result.held && p.result.since == o->result.since);
    for (uint32_t s = 0; s < n; s++)
        HOLDS(p.result.rows[place[s]].mb == o->result.rows[s].mb &&
              p.result.rows[place[s]].certainty == o->result.rows[s].certainty);
}

/* P9: hysteresis only holds back, for a reason, and once decided stays decided. */
static void hysteresis(const random_case *of, const outcome *o)
{
    random_case *other = changed(of);
    other->input.previous = TRUST_NO_VERDICT;
    outcome p;
    evaluate(other, &p);
    HOLDS(o->result.verdict >= p.result.verdict && p.result.verdict >= p.result.natural);
    HOLDS(p.result.held == 0);
    HOLDS(o->result.held == (o->result.verdict > p.result.verdict));
    if (o->result.held)
        HOLDS(o->result.verdict <= of->input.previous);
    if (of->input.now != TRUST_TIME_UNKNOWN && of->input.previous > p.result.verdict &&
        of->input.now - of->policy.dwell < of->input.since)
        HOLDS(o->result.verdict == of->input.previous);
    other->input.previous = o->result.verdict;
    other->input.since = o->result.since;
    evaluate(other, &p);
    HOLDS(p.result.verdict == o->result.verdict && p.result.since == o->result.since);
    HOLDS(of->input.since == TRUST_TIME_UNKNOWN || of->input.previous != o->result.verdict
              ? o->result.since == of->input.now
              : o->result.since == of->input.since);
}

/* P11: from the future is as good as absent, or worse; bad news from there counts in full. */
static void future(uint64_t *seed, const random_case *of)
{
    random_case *other = changed(of);
    trust_finding *finding = some_finding(seed, other);
    if (finding == NULL || finding->state != TRUST_STATE_VALID ||
        of->input.now == TRUST_TIME_UNKNOWN)
        return;
    outcome p, q, r;
    finding->time = of->input.now + 1 + random_below(seed, 1000);
    evaluate(other, &p);
    finding->time = of->input.now;
    evaluate(other, &q);
    HOLDS(p.result.level >= q.result.level);
    HOLDS(p.result.uncertainty >= q.result.uncertainty);
    HOLDS(p.result.verdict >= q.result.verdict);
    finding->state = TRUST_STATE_UNBOUND;
    if (exempted(of, finding->kind))
        return;
    evaluate(other, &r);
    HOLDS(p.result.level >= r.result.level);
    HOLDS(p.result.uncertainty == r.result.uncertainty);
}

/* P12: the same bytes again, whatever lay in the memory before. */
static void replay(const random_case *of)
{
    outcome p, q;
    memset(&p, 0x00, sizeof p);
    memset(&q, 0xFF, sizeof q);
    evaluate(of, &p);
    evaluate(of, &q);
    HOLDS(memcmp(&p, &q, trust_policy_result_size(&of->policy)) == 0);
}

/* P13: a wider cap lets more through on its side. */
static void wider_caps(uint64_t *seed, const random_case *of, const outcome *o)
{
    random_case *other = changed(of);
    tri_group *group = &other->groups[random_below(seed, of->policy.group_count)];
    outcome p;
    int32_t more = (int32_t)random_below(seed, 2000);
    group->ceiling += more;
    evaluate(other, &p);
    HOLDS(p.result.level >= o->result.level && p.result.level - o->result.level <= more);
    HOLDS(p.result.adverse == o->result.adverse);
    group->ceiling -= more;
    group->floor -= more;
    evaluate(other, &p);
    HOLDS(p.result.level <= o->result.level && o->result.level - p.result.level <= more);
}

/* Amendment 2: what is nobody's changes no number and no verdict. 3, 4: pending costs what silence
 * costs, and an outage or a refusal no less. */
static void absences(uint64_t *seed, const random_case *of, const outcome *o)
{
    if (of->input.finding_count == CASE_FINDINGS)
        return;
    random_case *other = changed(of);
    trust_finding *finding = &other->findings[other->input.finding_count++];
    memset(finding, 0, sizeof *finding);
    finding->kind = of->signals[random_below(seed, of->policy.signal_count)].kind;
    finding->value = 1000;
    finding->time = of->input.now;
    finding->quality = TRUST_QUALITY_FULL;
    static const uint32_t moot[] = {TRUST_STATE_UNBOUND, TRUST_STATE_UNSUPPORTED,
                                    TRUST_STATE_PENDING, TRUST_STATE_EXPIRED,
                                    TRUST_STATE_NOT_REQUESTED};
    finding->state = moot[random_below(seed, 5)];
    outcome p;
    evaluate(other, &p);
    HOLDS(p.result.level == o->result.level && p.result.verdict == o->result.verdict &&
          p.result.uncertainty == o->result.uncertainty && p.result.adverse == o->result.adverse &&
          p.result.lowest == o->result.lowest && p.result.highest == o->result.highest);
    finding->state = random_below(seed, 2) ? TRUST_STATE_REFUSED : TRUST_STATE_SOURCE_DOWN;
    evaluate(other, &p);
    HOLDS(p.result.level >= o->result.level && p.result.verdict >= o->result.verdict &&
          p.result.uncertainty == o->result.uncertainty);
    if (exempted(of, finding->kind))
        return;
    finding->state = TRUST_STATE_INVALID;
    evaluate(other, &p);
    HOLDS(p.result.level >= o->result.level && p.result.verdict >= o->result.verdict &&
          p.result.uncertainty == o->result.uncertainty);
}

/* Amendment 8: without a clock, at least step_up, at least what was, at least as risky. */
static void clockless(const random_case *of, const outcome *o)
{
    random_case *other = changed(of);
    other->input.now = TRUST_TIME_UNKNOWN;
    outcome p;
    evaluate(other, &p);
    HOLDS(p.result.verdict >= TRUST_STEP_UP && p.result.verdict >= of->input.previous);
    HOLDS(p.result.level >= o->result.level && p.result.verdict >= o->result.verdict);
    uint64_t span = 0;
    for (uint32_t s = 0; s < of->policy.signal_count; s++)
        if (p.result.rows[s].state != TRUST_STATE_NOT_APPLICABLE)
            span += (uint64_t)(of->signals[s].hi - of->signals[s].lo);
    HOLDS(p.result.uncertainty == (span == 0 ? 0 : TRI_Q16));
}

/* Gates and floors: exactly those that should hold the verdict do, and only what can be attributed
 * to the device fires a gate on a value. */
static void gates(const random_case *of, const outcome *o)
{
    for (size_t i = 0; i < of->input.floor_count; i++)
        HOLDS(o->result.verdict >= of->floors[i].verdict);
    for (uint32_t g = 0; g < of->policy.gate_count; g++) {
        const tri_gate *gate = &of->gates[g];
        const tri_condition *condition = &of->conditions[gate->first];
        const tri_signal_rule *rule = &of->signals[condition->signal];
        bool fresh = false, reached = false;
        for (size_t i = 0; i < of->input.finding_count; i++) {
            const trust_finding *f = &of->findings[i];
            if (f->kind != rule->kind || !tri_has_say(f))
                continue;
            bool young = !dated(of, f) || rule->ttl == 0 || of->input.now - f->time <= rule->ttl;
            bool valid = f->state == TRUST_STATE_VALID;
            bool worst = !valid || tri_curve(rule, f->value) == rule->hi;
            fresh |= young && valid && dated(of, f);
            reached |= (!valid || f->value >= condition->limit) &&
                       ((young && valid) || (worst && rule->ttl_bad == 0));
        }
        bool exempt = o->result.rows[condition->signal].state == TRUST_STATE_NOT_APPLICABLE;
        if (condition->asks == TRI_ASKS_ABSENT ? !fresh && !exempt : reached)
            HOLDS(o->result.verdict >= gate->floor);
    }
}

/* Reasons: never none, decisive first, each subject a row that says so. */
static void reasons(const random_case *of, const outcome *o)
{
    trust_row rows[TRUST_MAX_ROWS];
    size_t count;
    HOLDS(trust_policy_ledger(&of->policy, &o->result, rows, TRUST_MAX_ROWS, &count) == TRUST_OK);
    int32_t before = INT32_MAX, side = o->result.verdict == TRUST_ALLOW ? -1 : 1;
    bool plain = false;
    for (int i = 0; i < 3; i++) {
        uint32_t reason = o->result.reasons[i], subject = o->result.subjects[i];
        HOLDS(i > 0 || reason != TRI_REASON_NONE);
        if (reason == TRI_REASON_NONE) {
            HOLDS(subject == UINT32_MAX);
            break;
        }
        HOLDS(subject == UINT32_MAX || subject < count);
        if (subject == UINT32_MAX)
            HOLDS(!plain);
        else if (rows[subject].type == TRUST_ROW_SIGNAL && rows[subject].reason == reason &&
                 reason != TRI_REASON_ATTESTATION_FAILED && reason != TRI_REASON_GATE) {
            plain = true;
            HOLDS(side * rows[subject].millibits > 0 && side * rows[subject].millibits <= before);
            before = side * rows[subject].millibits;
        }
    }
    if (o->result.held)
        HOLDS(o->result.reasons[0] == TRI_REASON_HELD || of->input.now == TRUST_TIME_UNKNOWN);
}

static void all_properties(uint64_t i, const random_case *of, const outcome *o)
{
    uint64_t seed = i;
    adds_up(of, o);
    sums_again(of, o);
    interval_and_bands(of, o);
    raising_never_helps(&seed, of, o);
    silence_never_helps(&seed, of, o);
    less_is_not_surer(&seed, of, o);
    ageing(&seed, of, o);
    order_means_nothing(&seed, of, o);
    hysteresis(of, o);
    future(&seed, of);
    replay(of);
    wider_caps(&seed, of, o);
    absences(&seed, of, o);
    clockless(of, o);
    gates(of, o);
    reasons(of, o);
}

/* What the cases reached. */
typedef struct histogram {
    uint64_t verdict[5], state[TRUST_STATE_UNSUPPORTED + 1], cap[2], clamp[2], held, adverse,
        uncertain;
} histogram;

static void count_case(const random_case *of, const outcome *o, histogram *h)
{
    bool state[TRUST_STATE_UNSUPPORTED + 1] = {false}, cap[2] = {false, false};
    for (uint32_t s = 0; s < of->policy.signal_count; s++)
        state[o->result.rows[s].state] = true;
    for (uint32_t g = 0; g < of->policy.group_count; g++) {
        int32_t mb = o->result.rows[of->policy.signal_count + g].mb;
        cap[0] |= mb > 0;
        cap[1] |= mb < 0;
    }
    h->verdict[o->result.verdict]++;
    for (uint32_t s = 0; s <= TRUST_STATE_UNSUPPORTED; s++)
        h->state[s] += state[s];
    for (int side = 0; side < 2; side++)
        h->cap[side] += cap[side];
    h->clamp[0] += o->result.level < -10000;
    h->clamp[1] += o->result.level > 10000;
    h->held += o->result.held;
    for (int i = 0; i < 3; i++) {
        h->adverse += o->result.reasons[i] == TRI_REASON_ADVERSE;
        h->uncertain += o->result.reasons[i] == TRI_REASON_UNCERTAIN;
    }
}

static void reached(const char *name, uint64_t n, bool asserted)
{
    printf("  %-22s %6.2f %%\n", name, 100.0 * (double)n / (double)cases);
    if (asserted && cases >= 10000)
        ck_assert_msg(n * 100 >= cases, "%s in fewer than one case of a hundred", name);
}

static void print_histogram(const histogram *h)
{
    printf("model: TRUST_SEED=%" PRIu64 " TRUST_CASES=%" PRIu64 "\n", first_seed, cases);
    static const char *const verdicts[] = {"none", "allow", "step_up", "quarantine", "deny"};
    for (uint32_t v = TRUST_ALLOW; v <= TRUST_DENY; v++)
        reached(verdicts[v], h->verdict[v], true);
    for (uint32_t s = 0; s <= TRUST_STATE_UNSUPPORTED; s++)
        reached(trust_state_name(s), h->state[s], true);
    reached("capped at the floor", h->cap[0], true);
    reached("capped at the ceiling", h->cap[1], true);
    reached("clamped at 0", h->clamp[0], false);
    reached("clamped at 1000", h->clamp[1], true);
    reached("held", h->held, true);
    reached("adverse", h->adverse, true);
    reached("uncertain", h->uncertain, true);
    ck_assert_uint_eq(h->verdict[TRUST_NO_VERDICT], 0);
}

START_TEST(test_model)
{
    static random_case of;
    static histogram h;
    for (uint64_t i = 0; i < cases; i++) {
        outcome o;
        make_case(i, EVERYDAY_SCALE, &of);
        evaluate(&of, &o);
        all_properties(current, &of, &o);
        count_case(&of, &o, &h);
    }
    print_histogram(&h);
}
END_TEST

/* valid_until against every millisecond: the verdict is the same before, and differs then. */
START_TEST(test_valid_until_is_the_moment)
{
    static random_case of;
    uint64_t never = 0, exactly = 0, early = 0;
    for (uint64_t i = 0; i < cases / 40; i++) {
        outcome o;
        make_case(i, SMALL_SCALE, &of);
        evaluate(&of, &o);
        trust_time until = 0;
        uint32_t exact = 2;
        HOLDS(trust_policy_valid_until(&of.policy, &of.input, &until, &exact) == TRUST_OK);
        if (of.input.now == TRUST_TIME_UNKNOWN) {
            HOLDS(until == TRUST_TIME_UNKNOWN && exact == 0);
            continue;
        }
        trust_verdict verdict = of.input.previous = o.result.verdict;
        of.input.since = o.result.since;
        trust_time start = of.input.now, end = start + 17 * 64 + 500;
        HOLDS(until > start && exact <= 1);
        for (of.input.now = start + 1; of.input.now < end; of.input.now++) {
            evaluate(&of, &o);
            if (o.result.verdict != verdict)
                break;
        }
        if (exact)
            HOLDS(until == (of.input.now < end ? of.input.now : TRUST_TIME_NEVER));
        else
            HOLDS(until <= of.input.now);
        never += until == TRUST_TIME_NEVER;
        exactly += exact == 1 && until != TRUST_TIME_NEVER;
        early += exact == 0;
    }
    printf("valid_until: %" PRIu64 " never, %" PRIu64 " exact, %" PRIu64 " early\n", never, exactly,
           early);
    ck_assert(cases < 10000 || (exactly * 5 > never && early * 50 < exactly));
}
END_TEST

/* With long half-lives only the neighbourhood can be tried: nothing changes before, something then.
 */
START_TEST(test_valid_until_over_years)
{
    static random_case of;
    for (uint64_t i = 0; i < cases / 4; i++) {
        outcome o;
        make_case(i, EVERYDAY_SCALE, &of);
        evaluate(&of, &o);
        trust_time until = 0;
        uint32_t exact = 2;
        HOLDS(trust_policy_valid_until(&of.policy, &of.input, &until, &exact) == TRUST_OK);
        if (of.input.now == TRUST_TIME_UNKNOWN)
            continue;
        uint64_t seed = current;
        trust_time start = of.input.now;
        trust_time span = until == TRUST_TIME_NEVER ? INT64_C(1) << 45 : until - start;
        trust_verdict verdict = of.input.previous = o.result.verdict;
        of.input.since = o.result.since;
        for (int k = 0; k < 8 && span > 1; k++) {
            trust_time within = (trust_time)(random_next(&seed) % (uint64_t)span);
            of.input.now = start + (k == 0 ? span - 1 : within);
            evaluate(&of, &o);
            HOLDS(o.result.verdict == verdict);
        }
        if (!exact || until == TRUST_TIME_NEVER)
            continue;
        of.input.now = until;
        evaluate(&of, &o);
        HOLDS(o.result.verdict != verdict);
    }
}
END_TEST

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && *text != 0 ? strtoull(text, NULL, 10) : otherwise;
}

int main(void)
{
    cases = number("TRUST_CASES", cases);
    first_seed = number("TRUST_SEED", first_seed);
    return run_tests(
        "model", TESTS(test_model, test_valid_until_is_the_moment, test_valid_until_over_years));
}
