/* Properties of the model over random policies and evidence: P1 to P13, P16 and P19 of the model's
 * research and its amendments. TRUST_CASES sets how many cases, TRUST_SEED where they begin. */

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
    memcpy(to.conditions, from->conditions, sizeof *to.conditions * from->policy.condition_count);
    memcpy(to.profiles, from->profiles, sizeof *to.profiles * from->policy.profile_count);
    memcpy(to.stages, from->stages, sizeof *to.stages * from->policy.stage_count);
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

/* The stance of a profile, 0 for the default. */
static const tri_stance *profile_stance(const random_case *of, uint32_t profile)
{
    return profile == 0 ? &of->policy.stance : &of->profiles[profile - 1].stance;
}

/* The strictest of each number, of the selected profile and of all that may apply. */
static tri_stance stance(const random_case *of)
{
    tri_stance strictest = *profile_stance(of, of->input.selection.profile);
    for (uint32_t i = 0; i <= of->policy.profile_count; i++) {
        const tri_stance *other = profile_stance(of, i);
        if ((of->input.selection.also & ((uint64_t)1 << i)) == 0)
            continue;
        if (strictest.base < other->base)
            strictest.base = other->base;
        for (int k = 0; k < 3; k++)
            if (strictest.limit[k] > other->limit[k])
                strictest.limit[k] = other->limit[k];
        if (strictest.max_adverse > other->max_adverse)
            strictest.max_adverse = other->max_adverse;
        if (strictest.max_uncertainty > other->max_uncertainty)
            strictest.max_uncertainty = other->max_uncertainty;
        strictest.exempt &= other->exempt;
    }
    return strictest;
}

static bool said(const random_case *of, uint32_t kind)
{
    for (size_t i = 0; i < of->input.finding_count; i++)
        if (of->findings[i].kind == kind && tri_has_say(&of->findings[i]))
            return true;
    return false;
}

static bool exempted(const random_case *of, uint32_t kind)
{
    uint32_t s = tri_signal_of(&of->policy, kind, 0);
    tri_stance own = stance(of);
    if (s != UINT32_MAX && (own.exempt >> s & 1) != 0)
        return true;
    for (size_t i = 0; i < of->input.finding_count; i++)
        if (of->findings[i].kind == kind && of->findings[i].state == TRUST_STATE_NOT_APPLICABLE)
            return true;
    return false;
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
    int64_t adverse = 0, level = o->result.base;
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
    HOLDS(tri_risk(o->result.level) <= tri_risk(o->result.level + 1));
    uint32_t natural = TRUST_ALLOW, profile = summary.profile;
    const int32_t *bands = profile == 0 ? of->policy.bands : of->profiles[profile - 1].bands;
    for (int i = 0; i < 3; i++)
        natural += summary.risk > bands[i + 1];
    HOLDS(summary.unsure ? summary.natural >= natural : summary.natural == natural);
}

/* Profiles: the strictest of each number counts, and what is unknown is never milder. */
static void profiles(const random_case *of, const outcome *o)
{
    tri_stance expected = stance(of), *own = &expected;
    const tri_stance *alone = profile_stance(of, of->input.selection.profile);
    trust_policy_summary summary;
    trust_policy_result_summary(&o->result, &summary);
    HOLDS(summary.profile == of->input.selection.profile);
    HOLDS(o->result.base == own->base);
    HOLDS(summary.unsure == (memcmp(alone, own, sizeof *own) != 0));
    trust_verdict natural = TRUST_ALLOW;
    for (int i = 0; i < 3; i++)
        natural += o->result.level > own->limit[i];
    HOLDS(summary.natural == natural);
    if (natural == TRUST_ALLOW && !summary.overridden &&
        (o->result.adverse > own->max_adverse || o->result.uncertainty > own->max_uncertainty))
        HOLDS(summary.verdict >= TRUST_STEP_UP);
    for (uint32_t s = 0; s < of->policy.signal_count; s++) {
        bool left_out = o->result.rows[s].state == TRUST_STATE_NOT_APPLICABLE;
        HOLDS(left_out == (exempted(of, of->signals[s].kind) && !said(of, of->signals[s].kind)));
        HOLDS(!left_out || o->result.rows[s].mb == 0);
    }
    random_case *other = changed(of);
    other->input.selection.also = 0;
    outcome p;
    evaluate(other, &p);
    HOLDS(o->result.verdict >= p.result.verdict && o->result.level >= p.result.level);
    HOLDS(p.result.unsure == 0);
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
    if (rule->absent[TRI_ABSENT_NOT_REQUESTED] != rule->hi || exempted(of, kind))
        return;
    for (size_t i = other->input.finding_count; i-- > 0;)
        if (other->findings[i].kind == kind)
            drop(other, i);
    outcome p;
    evaluate(other, &p);
    HOLDS(p.result.level >= o->result.level);
    HOLDS(p.result.uncertainty >= o->result.uncertainty);
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

static uint64_t moved(uint64_t bits, const uint32_t *place, uint32_t count)
{
    uint64_t out = 0;
    for (uint32_t s = 0; s < count; s++)
        out |= (bits >> s & 1) << place[s];
    return out;
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
    for (uint32_t c = 0; c < of->policy.condition_count; c++)
        other->conditions[c].signal = place[of->conditions[c].signal];
    for (uint32_t i = 0; i < of->policy.profile_count; i++)
        other->profiles[i].stance.exempt = moved(of->profiles[i].stance.exempt, place, n);
    for (uint32_t i = 0; i < of->policy.stage_count; i++)
        other->stages[i].needs = moved(of->stages[i].needs, place, n);
    size_t count = of->input.finding_count;
    for (size_t i = 0; i < count; i++)
        other->findings[count - 1 - i] = of->findings[i];
    outcome p;
    evaluate(other, &p);
    HOLDS(p.result.level == o->result.level && p.result.lowest == o->result.lowest &&
          p.result.highest == o->result.highest && p.result.adverse == o->result.adverse &&
          p.result.uncertainty == o->result.uncertainty && p.result.verdict == o->result.verdict &&
          p.result.held == o->result.held && p.result.since == o->result.since &&
          p.result.gates == o->result.gates && p.result.stage == o->result.stage &&
          p.result.flaps == o->result.flaps && p.result.overridden == o->result.overridden);
    for (uint32_t s = 0; s < n; s++)
        HOLDS(p.result.rows[place[s]].mb == o->result.rows[s].mb &&
              p.result.rows[place[s]].certainty == o->result.rows[s].certainty);
}

/* How long a verdict is kept, by repeated multiplication. */
static int64_t dwell(const random_case *of)
{
    int64_t dwell = of->policy.dwell, most = of->policy.dwell_max;
    for (uint32_t i = 0; i < of->input.flaps && i < 16 && of->policy.backoff > 1; i++) {
        if (dwell >= most)
            break;
        dwell *= of->policy.backoff;
        dwell = dwell > most ? most : dwell;
    }
    return dwell;
}

/* P9: hysteresis only holds back, for a reason, and once decided stays decided. */
static void hysteresis(const random_case *of, const outcome *o)
{
    random_case *other = changed(of);
    other->input.previous = TRUST_NO_VERDICT;
    outcome p;
    evaluate(other, &p);
    bool plain = of->policy.stage_count == 0 && !o->result.overridden;
    HOLDS(o->result.verdict >= p.result.verdict);
    HOLDS(p.result.overridden || p.result.verdict >= p.result.natural);
    HOLDS(p.result.held == 0);
    HOLDS(!plain || o->result.held == (o->result.verdict > p.result.verdict));
    if (o->result.verdict > p.result.verdict && !o->result.overridden)
        HOLDS(o->result.held || o->result.stage != p.result.stage);
    if (o->result.held)
        HOLDS(o->result.verdict <= of->input.previous && o->result.verdict > p.result.verdict);
    if (of->input.now != TRUST_TIME_UNKNOWN && of->input.previous > p.result.verdict &&
        of->input.now - dwell(of) < of->input.since && !o->result.overridden)
        HOLDS(plain ? o->result.verdict == of->input.previous
                    : o->result.verdict >= of->input.previous);
    HOLDS(of->input.since == TRUST_TIME_UNKNOWN || of->input.previous != o->result.verdict
              ? o->result.since == of->input.now
              : o->result.since == of->input.since);

    other->input.previous = o->result.verdict;
    other->input.since = o->result.since;
    other->input.flaps = o->result.flaps;
    other->input.stage = o->result.stage;
    other->input.stage_since = o->result.stage_since;
    evaluate(other, &p);
    HOLDS(p.result.verdict == o->result.verdict && p.result.since == o->result.since);
    HOLDS(p.result.flaps == o->result.flaps);
    if (!o->result.overridden)
        HOLDS(p.result.stage == o->result.stage && p.result.stage_since == o->result.stage_since);
}

/* Back-off never shortens a dwell, and counts what it must. */
static void backing_off(const random_case *of, const outcome *o)
{
    const trust_policy_input *input = &of->input;
    int64_t before = 0;
    for (uint32_t flaps = 0; flaps <= 18; flaps++) {
        int64_t now = tri_dwell(&of->policy, flaps);
        HOLDS(now >= before && now >= of->policy.dwell);
        HOLDS(now <= of->policy.dwell || now <= of->policy.dwell_max);
        before = now;
    }
    HOLDS(tri_dwell(&of->policy, input->flaps) == dwell(of));
    uint32_t flaps = input->flaps > 16 ? 16 : input->flaps;
    if (o->result.verdict > input->previous && input->previous != TRUST_NO_VERDICT) {
        bool lasted = input->now != TRUST_TIME_UNKNOWN && input->since != TRUST_TIME_UNKNOWN &&
                      input->since <= input->now &&
                      input->now - input->since >= of->policy.dwell_max;
        flaps = lasted ? 0 : flaps == 16 ? 16 : flaps + 1;
    }
    HOLDS(o->result.flaps == (of->policy.backoff > 1 ? flaps : 0));
    random_case *other = changed(of);
    other->policy.backoff = 1;
    outcome p;
    evaluate(other, &p);
    HOLDS(o->result.verdict >= p.result.verdict && p.result.flaps == 0);
    other->policy.backoff = of->policy.backoff;
    other->input.flaps++;
    evaluate(other, &p);
    HOLDS(p.result.verdict >= o->result.verdict);
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
    HOLDS(p.result.verdict >= TRUST_STEP_UP);
    HOLDS(p.result.overridden || p.result.verdict >= of->input.previous);
    HOLDS(p.result.level >= o->result.level && p.result.verdict >= o->result.verdict);
    uint64_t span = 0;
    for (uint32_t s = 0; s < of->policy.signal_count; s++)
        if (p.result.rows[s].state != TRUST_STATE_NOT_APPLICABLE)
            span += (uint64_t)(of->signals[s].hi - of->signals[s].lo);
    HOLDS(p.result.uncertainty == (span == 0 ? 0 : TRI_Q16));
}

/* What gates and stages go by of one signal, found again the slow way. */
typedef struct seen {
    int32_t worst[4], most; /* of each source, of all; INT32_MIN for none */
    uint32_t sources;
    int64_t youngest; /* of what vouches, or -1 */
    bool exempt;
} seen;

static seen look_at(const random_case *of, const outcome *o, uint32_t s)
{
    const tri_signal_rule *rule = &of->signals[s];
    seen all = {{INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN}, INT32_MIN, 0, -1, false};
    all.exempt = o->result.rows[s].state == TRUST_STATE_NOT_APPLICABLE;
    bool there[4] = {false, false, false, false};
    for (size_t i = 0; i < of->input.finding_count; i++) {
        const trust_finding *f = &of->findings[i];
        if (f->kind != rule->kind || !tri_has_say(f))
            continue;
        bool valid = f->state == TRUST_STATE_VALID;
        int64_t age = dated(of, f) ? of->input.now - f->time : 0;
        bool young = valid && (rule->ttl == 0 || age <= rule->ttl);
        int32_t mb = valid ? tri_curve(rule, f->value) : rule->hi;
        bool bad = mb == rule->hi || mb > rule->absent[TRI_ABSENT_NOT_REQUESTED];
        there[f->source] = true;
        bool sure = ((uint64_t)rule->reliability * f->quality) >> 16 > 0;
        if (sure && young && dated(of, f) && (all.youngest < 0 || age < all.youngest))
            all.youngest = age;
        int32_t value = valid ? f->value : INT32_MAX;
        if (!young && !(bad && (rule->ttl_bad == 0 || age <= rule->ttl_bad)))
            continue;
        all.worst[f->source] = value > all.worst[f->source] ? value : all.worst[f->source];
        all.most = value > all.most ? value : all.most;
    }
    for (int i = 0; i < 4; i++)
        all.sources += there[i];
    return all;
}

static bool holds(const random_case *of, const outcome *o, const tri_condition *condition)
{
    seen all = look_at(of, o, condition->signal);
    uint32_t quorum = of->signals[condition->signal].quorum, reached = 0;
    for (int i = 0; i < 4; i++)
        reached += all.worst[i] != INT32_MIN && all.worst[i] >= condition->limit;
    if (condition->asks == TRI_ASKS_AT_LEAST)
        return reached >= quorum;
    if (all.exempt)
        return false;
    if (condition->asks == TRI_ASKS_POINTS)
        return o->result.rows[condition->signal].mb >= condition->limit;
    return all.youngest < 0 || (condition->asks == TRI_ASKS_OLDER && all.youngest > condition->age);
}

/* Gates and floors: exactly those that should fire do, and hold the verdict unless people signed;
 * and P19, final ones and floors hold it even then. */
static void gates(const random_case *of, const outcome *o)
{
    trust_verdict least = of->input.now == TRUST_TIME_UNKNOWN ? TRUST_STEP_UP : TRUST_ALLOW;
    for (size_t i = 0; i < of->input.floor_count; i++)
        least = of->floors[i].verdict > least ? of->floors[i].verdict : least;
    for (uint32_t g = 0; g < of->policy.gate_count; g++) {
        const tri_gate *gate = &of->gates[g];
        uint32_t held = 0;
        for (uint32_t c = 0; c < gate->count; c++)
            held += holds(of, o, &of->conditions[gate->first + c]);
        bool fires = held >= gate->need;
        HOLDS(fires == ((o->result.gates >> g & 1) != 0));
        HOLDS(!fires || o->result.overridden || o->result.verdict >= gate->floor);
        if (fires && gate->final)
            least = gate->floor > least ? gate->floor : least;
    }
    HOLDS(o->result.verdict >= least);
    HOLDS(of->policy.gate_count == 64 || o->result.gates >> of->policy.gate_count == 0);

    random_case *other = changed(of);
    outcome p;
    other->input.override = TRUST_NO_VERDICT;
    evaluate(other, &p);
    HOLDS(p.result.overridden == 0 && p.result.verdict >= o->result.verdict);
    HOLDS(o->result.overridden == (p.result.verdict > o->result.verdict));
    trust_verdict due = p.result.verdict;
    other->input.override = other->policy.overrides.mildest = TRUST_ALLOW;
    evaluate(other, &p);
    HOLDS(p.result.verdict == least && p.result.overridden == (least < due));
    other->policy.overrides.mildest = TRUST_QUARANTINE;
    evaluate(other, &p);
    least = least > TRUST_QUARANTINE ? least : TRUST_QUARANTINE;
    HOLDS(p.result.verdict == (least < due ? least : due));
}

static bool affirms(const random_case *of, const outcome *o, uint32_t s)
{
    seen all = look_at(of, o, s);
    return all.exempt || (all.youngest >= 0 && all.most != INT32_MAX &&
                          tri_curve(&of->signals[s], all.most) <= 0);
}

static bool all_affirm(const random_case *of, const outcome *o, uint64_t needs)
{
    for (uint32_t s = 0; s < of->policy.signal_count; s++)
        if ((needs >> s & 1) != 0 && !affirms(of, o, s))
            return false;
    return true;
}

/* Amendment 5: a stage is left when all that it needs is affirming, and only then; while one is
 * unfinished nothing is allowed, and one that took too long asks for more. */
static void stages(const random_case *of, const outcome *o)
{
    const trust_policy_input *input = &of->input;
    uint32_t stage = input->stage < of->policy.stage_count ? input->stage : 0;
    bool told = input->stage_since != TRUST_TIME_UNKNOWN &&
                (input->now == TRUST_TIME_UNKNOWN || input->stage_since <= input->now);
    trust_time entered = input->stage == stage && told ? input->stage_since : input->now;
    if (of->policy.stage_count == 0) {
        HOLDS(o->result.stage == 0 && o->result.stage_since == input->stage_since);
        return;
    }
    for (; stage != o->result.stage; stage = of->stages[stage].next) {
        HOLDS(of->stages[stage].next != TRI_NO_STAGE);
        HOLDS(all_affirm(of, o, of->stages[stage].needs));
        entered = input->now;
    }
    HOLDS(o->result.stage_since == entered);
    const tri_stage *last = &of->stages[stage];
    if (last->next == TRI_NO_STAGE || o->result.overridden)
        return;
    HOLDS(o->result.verdict >= TRUST_STEP_UP);
    HOLDS(o->result.verdict > TRUST_STEP_UP || !all_affirm(of, o, last->needs));
    bool late = last->timeout != 0 && entered != TRUST_TIME_UNKNOWN &&
                (input->now == TRUST_TIME_UNKNOWN || input->now - entered > last->timeout);
    HOLDS(!late || o->result.verdict >= last->on_timeout);
}

/* The k-th largest by counting: the largest number that so many reach. */
static int32_t reached_by(const int32_t *numbers, uint32_t count, uint32_t quorum)
{
    int32_t best = INT32_MIN;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t reach = 0;
        for (uint32_t k = 0; k < count; k++)
            reach += numbers[k] >= numbers[i];
        if (reach >= quorum && numbers[i] > best)
            best = numbers[i];
    }
    return best;
}

/* The row of a signal from the findings of one source alone. */
static bool source_row(const random_case *of, uint32_t s, uint32_t source, int32_t *mb)
{
    random_case *other = changed(of);
    uint32_t kind = of->signals[s].kind;
    for (size_t i = other->input.finding_count; i-- > 0;)
        if (other->findings[i].kind == kind && tri_has_say(&other->findings[i]) &&
            other->findings[i].source != source)
            drop(other, i);
    other->signals[s].quorum = 1;
    outcome p;
    evaluate(other, &p);
    *mb = p.result.rows[s].mb;
    return said(other, kind);
}

/* A quorum: as many sources as it asks for reach its row, each by its worst, missing ones by
 * silence. Without a source that is not worse than silence, and where silence costs the most
 * without any, the level does not fall while there are no more than it asks for. */
static void quorums(uint64_t *seed, const random_case *of, const outcome *o)
{
    uint32_t s = random_below(seed, of->policy.signal_count), count = 0, sources = 0;
    uint32_t kind = of->signals[s].kind, quorum = of->signals[s].quorum;
    if (!said(of, kind))
        return;
    int32_t numbers[8], row, silent;
    (void)source_row(of, s, 4, &silent);
    if (exempted(of, kind))
        silent = INT32_MIN; /* it is left out without a value, so nothing can be told */
    for (uint32_t source = 0; source < 4; source++)
        if (source_row(of, s, source, &row)) {
            numbers[count++] = row;
            sources++;
        }
    while (count < quorum)
        numbers[count++] = silent;
    if (sources >= quorum || silent != INT32_MIN)
        HOLDS(o->result.rows[s].mb == reached_by(numbers, count, quorum));

    random_case *other = changed(of);
    outcome p;
    uint32_t source = random_below(seed, 4);
    bool good = source_row(of, s, source, &row) && row <= silent;
    other = changed(of);
    for (size_t i = other->input.finding_count; i-- > 0;)
        if (other->findings[i].kind == kind && tri_has_say(&other->findings[i]) &&
            other->findings[i].source == source)
            drop(other, i);
    if (sources <= quorum && silent != INT32_MIN && (good || silent == of->signals[s].hi)) {
        evaluate(other, &p);
        HOLDS(p.result.level >= o->result.level);
    }
    other = changed(of);
    other->signals[s].quorum++;
    if (quorum < TRI_MAX_QUORUM) {
        evaluate(other, &p);
        HOLDS(p.result.level <= o->result.level && p.result.verdict <= o->result.verdict);
        HOLDS(p.result.uncertainty == o->result.uncertainty);
    }
}

/* The probability: on the line between its knots, rounded down, and never falling with the risk. */
static void probability(const random_case *of, const outcome *o)
{
    trust_policy_summary summary;
    trust_policy_result_summary(&o->result, &summary);
    const tri_calibration *c = &of->policy.calibration;
    if (c->count == 0) {
        HOLDS(summary.probability == -1);
        return;
    }
    int32_t expected = c->knots[0].ppm;
    for (uint32_t k = 0; k < c->count; k++) {
        if (summary.risk < c->knots[k].risk)
            break;
        expected = c->knots[k].ppm;
        if (k + 1 < c->count && summary.risk < c->knots[k + 1].risk)
            expected += (int32_t)((int64_t)(c->knots[k + 1].ppm - expected) *
                                  (summary.risk - c->knots[k].risk) /
                                  (c->knots[k + 1].risk - c->knots[k].risk));
    }
    HOLDS(summary.probability == expected);
}

/* Reasons: never none, decisive first, each subject a row that says so. */
static void reasons(const random_case *of, const outcome *o)
{
    trust_row rows[TRUST_MAX_ROWS];
    size_t count;
    HOLDS(trust_policy_ledger(&of->policy, &o->result, rows, TRUST_MAX_ROWS, &count) == TRUST_OK);
    random_case *other = changed(of);
    outcome p;
    other->input.override = TRUST_NO_VERDICT; /* reasons are those of the verdict before it */
    evaluate(other, &p);
    int32_t before = INT32_MAX, side = p.result.verdict == TRUST_ALLOW ? -1 : 1;
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
        HOLDS(o->result.reasons[o->result.unsure ? 1 : 0] == TRI_REASON_HELD ||
              of->input.now == TRUST_TIME_UNKNOWN);
    HOLDS((o->result.reasons[0] == TRI_REASON_OVERRIDDEN) == (o->result.overridden != 0));
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
    profiles(of, o);
    hysteresis(of, o);
    backing_off(of, o);
    stages(of, o);
    quorums(&seed, of, o);
    probability(of, o);
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
    uint64_t verdict[5], state[TRUST_STATE_UNSUPPORTED + 1], reason[256], cap[2], clamp[2], held,
        unsure, exempt, quorum[2], form[4], asks[5], final, advanced, finished, unfinished,
        overridden, stopped, flapped, forgotten, longer, probability;
} histogram;

static void count_rows(const random_case *of, const outcome *o, histogram *h)
{
    bool state[TRUST_STATE_UNSUPPORTED + 1] = {false}, cap[2] = {false, false};
    bool exempt = false, spared = false, met = false;
    for (uint32_t s = 0; s < of->policy.signal_count; s++) {
        const tri_result_row *row = &o->result.rows[s];
        state[row->state] = true;
        exempt |= row->state == TRUST_STATE_NOT_APPLICABLE && row->finding == TRI_NO_FINDING;
        if (of->signals[s].quorum > 1 && said(of, of->signals[s].kind)) {
            spared |= row->finding == TRI_NO_FINDING;
            met |= look_at(of, o, s).sources >= of->signals[s].quorum;
        }
    }
    for (uint32_t g = 0; g < of->policy.group_count; g++) {
        int32_t mb = o->result.rows[of->policy.signal_count + g].mb;
        cap[0] |= mb > 0;
        cap[1] |= mb < 0;
    }
    for (uint32_t s = 0; s <= TRUST_STATE_UNSUPPORTED; s++)
        h->state[s] += state[s];
    for (int side = 0; side < 2; side++)
        h->cap[side] += cap[side];
    h->exempt += exempt;
    h->quorum[0] += spared;
    h->quorum[1] += met;
}

static void count_gates(const random_case *of, const outcome *o, histogram *h)
{
    bool form[4] = {false}, asks[5] = {false}, final = false;
    for (uint32_t g = 0; g < of->policy.gate_count; g++) {
        const tri_gate *gate = &of->gates[g];
        if ((o->result.gates >> g & 1) == 0)
            continue;
        form[gate->form] = true;
        final |= gate->final;
        for (uint32_t c = 0; c < gate->count; c++)
            asks[of->conditions[gate->first + c].asks] |=
                holds(of, o, &of->conditions[gate->first + c]);
    }
    for (int i = 0; i < 4; i++)
        h->form[i] += form[i];
    for (int i = 1; i < 5; i++)
        h->asks[i] += asks[i];
    h->final += final;
    h->stopped += o->result.overridden && o->result.verdict > of->input.override &&
                  o->result.verdict > of->policy.overrides.mildest;
}

static void count_case(const random_case *of, const outcome *o, histogram *h)
{
    h->verdict[o->result.verdict]++;
    count_rows(of, o, h);
    count_gates(of, o, h);
    h->clamp[0] += o->result.level < -10000;
    h->clamp[1] += o->result.level > 10000;
    h->held += o->result.held;
    h->unsure += o->result.unsure;
    h->overridden += o->result.overridden;
    h->probability += o->result.probability >= 0;
    h->flapped += o->result.flaps > of->input.flaps;
    h->forgotten += o->result.flaps < of->input.flaps && of->policy.backoff > 1;
    h->longer += o->result.held && tri_dwell(&of->policy, of->input.flaps) > of->policy.dwell;
    if (of->policy.stage_count > 0) {
        bool last = of->stages[o->result.stage].next == TRI_NO_STAGE;
        h->advanced += of->input.stage < o->result.stage;
        h->finished += of->input.stage < o->result.stage && last;
        h->unfinished += !last;
    }
    for (int i = 0; i < 3; i++)
        h->reason[o->result.reasons[i]]++;
}

static void reached(const char *name, uint64_t n, bool asserted)
{
    printf("  %-24s %6.2f %%\n", name, 100.0 * (double)n / (double)cases);
    if (asserted && cases >= 10000)
        ck_assert_msg(n * 100 >= cases, "%s in fewer than one case of a hundred", name);
}

static void print_histogram(const histogram *h)
{
    printf("model: TRUST_SEED=%" PRIu64 " TRUST_CASES=%" PRIu64 "\n", first_seed, cases);
    static const char *const forms[] = {"gate of one", "gate of all", "gate of any",
                                        "gate of a count"};
    static const char *const asks[] = {"", "at least", "at least points", "absent", "older"};
    static const char *const verdicts[] = {"none", "allow", "step_up", "quarantine", "deny"};
    for (uint32_t v = TRUST_ALLOW; v <= TRUST_DENY; v++)
        reached(verdicts[v], h->verdict[v], true);
    for (uint32_t s = 0; s <= TRUST_STATE_UNSUPPORTED; s++)
        reached(trust_state_name(s), h->state[s], true);
    const struct {
        const char *name;
        uint64_t count;
    } rest[] = {{"capped at the floor", h->cap[0]},
                {"capped at the ceiling", h->cap[1]},
                {"clamped at 1000", h->clamp[1]},
                {"held", h->held},
                {"held longer", h->longer},
                {"flapped", h->flapped},
                {"flaps forgotten", h->forgotten},
                {"adverse", h->reason[TRI_REASON_ADVERSE]},
                {"uncertain", h->reason[TRI_REASON_UNCERTAIN]},
                {"sources disagree", h->reason[TRI_REASON_SOURCES_DISAGREE]},
                {"stricter when unsure", h->unsure},
                {"facts unknown", h->reason[TRI_REASON_CONTEXT_UNKNOWN]},
                {"left out by a profile", h->exempt},
                {"quorum met", h->quorum[1]},
                {"quorum not met", h->quorum[0]},
                {"final gate", h->final},
                {"stage left", h->advanced},
                {"onboarding finished", h->finished},
                {"onboarding unfinished", h->unfinished},
                {"told so", h->reason[TRI_REASON_STAGE_UNFINISHED]},
                {"stage took too long", h->reason[TRI_REASON_STAGE_TIMEOUT]},
                {"overridden", h->overridden},
                {"overridden only in part", h->stopped},
                {"probability", h->probability}};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        reached(rest[i].name, rest[i].count, true);
    for (int i = 0; i < 4; i++)
        reached(forms[i], h->form[i], true);
    for (int i = 1; i < 5; i++)
        reached(asks[i], h->asks[i], true);
    reached("clamped at 0", h->clamp[0], false);
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

/* What the next evaluation without new evidence rests on. */
static void go_on(random_case *of, const outcome *o)
{
    of->input.previous = o->result.verdict;
    of->input.since = o->result.since;
    of->input.flaps = o->result.flaps;
    of->input.stage = o->result.stage;
    of->input.stage_since = o->result.stage_since;
}

/* P16: valid_until against every millisecond: verdict and stage are the same before, and one of
 * them differs then. */
START_TEST(test_valid_until_is_the_moment)
{
    static random_case of;
    uint64_t never = 0, exactly = 0, early = 0;
    for (uint64_t i = 0; i < cases / 2; i++) {
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
        trust_verdict verdict = o.result.verdict;
        uint32_t stage = o.result.stage;
        go_on(&of, &o);
        trust_time start = of.input.now, end = start + 17 * 64 + 500;
        HOLDS(until > start && exact <= 1);
        for (of.input.now = start + 1; of.input.now < end; of.input.now++) {
            evaluate(&of, &o);
            if (o.result.verdict != verdict || o.result.stage != stage)
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
        trust_verdict verdict = o.result.verdict;
        uint32_t stage = o.result.stage;
        go_on(&of, &o);
        for (int k = 0; k < 8 && span > 1; k++) {
            trust_time within = (trust_time)(random_next(&seed) % (uint64_t)span);
            of.input.now = start + (k == 0 ? span - 1 : within);
            evaluate(&of, &o);
            HOLDS(o.result.verdict == verdict && o.result.stage == stage);
        }
        if (!exact || until == TRUST_TIME_NEVER)
            continue;
        of.input.now = until;
        evaluate(&of, &o);
        HOLDS(o.result.verdict != verdict || o.result.stage != stage);
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
