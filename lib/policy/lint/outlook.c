/* What supposed evidence would come to: the linter's questions to the evaluator. Trust: the policy
 * is compiled; what is supposed is the linter's own. */

#include <string.h>

#include "core/kind.h"
#include "policy/lint/linter.h"

/* Later than any age that a policy can name. */
#define NOW (2 * TRI_MAX_DURATION)

/* ---- suppositions ---- */

bool tri_lint_observed(const tri_signal_rule *rule)
{
    const trust_kind_info *info = tri_kind_builtin(rule->kind);
    return info != NULL && info->origins == 1u << TRUST_FROM_HOST;
}

tri_guess tri_guess_of(tri_supposed what)
{
    return (tri_guess){.what = what, .quality = TRUST_QUALITY_FULL};
}

tri_guess tri_guess_good(void)
{
    return tri_guess_of(TRI_SAYS);
}

tri_guess tri_guess_stale(void)
{
    tri_guess guess = tri_guess_good();
    guess.age = TRI_UNDATED;
    return guess;
}

tri_guess tri_guess_bad(const tri_signal_rule *rule)
{
    tri_guess guess = tri_guess_good();
    guess.value = tri_scale_max(rule->scale);
    return guess;
}

void tri_guess_all(const tri_linter *l, tri_guess *guesses, tri_guess guess)
{
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        guesses[i] = guess;
}

/* The absences and the failure that cost most of all that can be said of a signal. */
static const uint32_t worst_states[] = {TRUST_STATE_REFUSED, TRUST_STATE_SOURCE_DOWN,
                                        TRUST_STATE_INVALID};

#define WORST_STATES (sizeof worst_states / sizeof worst_states[0])

/* Add what is supposed of a signal to the findings. */
static void suppose(trust_policy_input *input, trust_finding *findings, const tri_signal_rule *rule,
                    const tri_guess *guess)
{
    trust_finding finding = {
        .kind = rule->kind,
        .state = guess->what == TRI_APART ? TRUST_STATE_NOT_APPLICABLE : TRUST_STATE_VALID,
        .value = guess->value,
        .quality = guess->quality,
        .time = guess->age == TRI_UNDATED ? TRUST_TIME_UNKNOWN : NOW - guess->age,
        .item = TRUST_NO_ITEM};
    if (guess->what == TRI_SILENT)
        return;
    if (guess->what != TRI_WORST) {
        findings[input->finding_count++] = finding;
        return;
    }
    for (size_t i = 0; i < WORST_STATES; i++) {
        finding.state = worst_states[i];
        findings[input->finding_count++] = finding;
    }
}

tri_outlook tri_lint_ask(tri_linter *l, const trust_policy *policy, uint32_t stance, uint32_t stage,
                         const tri_guess *guesses)
{
    trust_finding findings[WORST_STATES * TRUST_POLICY_MAX_SIGNALS];
    trust_policy_input input = TRUST_POLICY_INPUT_INIT;
    trust_policy_result *result = (trust_policy_result *)(void *)l->result;
    input.now = NOW;
    input.findings = findings;
    input.selection.profile = stance;
    input.stage = stage;
    for (uint32_t i = 0; i < policy->signal_count; i++)
        suppose(&input, findings, &policy->signals[i], &guesses[i]);
    if (trust_policy_evaluate(policy, &input, result, sizeof l->result) != TRUST_OK)
        return (tri_outlook){0}; /* never: policy and findings are within their ranges */
    return (tri_outlook){result->level,   result->adverse, result->uncertainty,
                         result->verdict, result->stage,   result->gates};
}

const tri_result_row *tri_lint_row(const tri_linter *l, uint32_t index)
{
    const trust_policy_result *result = (const trust_policy_result *)(const void *)l->result;
    return &result->rows[index];
}

/* ---- verdicts ---- */

const tri_stance *tri_lint_stance_of(const tri_linter *l, uint32_t stance)
{
    return stance == 0 ? &l->policy->stance : &l->policy->profiles[stance - 1].stance;
}

bool tri_lint_as_default(const tri_linter *l, uint32_t stance)
{
    const tri_stance *own = tri_lint_stance_of(l, stance);
    const tri_stance *usual = &l->policy->stance;
    return stance > 0 && own->base == usual->base &&
           memcmp(own->limit, usual->limit, sizeof own->limit) == 0 &&
           own->max_adverse == usual->max_adverse &&
           own->max_uncertainty == usual->max_uncertainty && own->exempt == usual->exempt;
}

trust_verdict tri_lint_ungated(const tri_stance *stance, const tri_outlook *o)
{
    trust_verdict verdict = tri_band(stance, o->level, 0);
    bool over = o->adverse > stance->max_adverse || o->uncertainty > stance->max_uncertainty;
    return verdict == TRUST_ALLOW && over ? TRUST_STEP_UP : verdict;
}

static bool by_gate(const tri_linter *l, trust_verdict verdict)
{
    for (uint32_t i = 0; i < l->policy->gate_count; i++)
        if (tri_lint_bit(l->worst.gates, i) && l->policy->gates[i].floor == verdict)
            return true;
    return false;
}

static bool by_stage(const tri_linter *l, trust_verdict verdict)
{
    for (uint32_t i = 0; i < l->policy->stage_count; i++) {
        const tri_stage *stage = &l->policy->stages[i];
        if (!tri_lint_bit(l->reached, i) || stage->next == TRI_NO_STAGE)
            continue;
        if (verdict == TRUST_STEP_UP || (stage->timeout != 0 && stage->on_timeout == verdict))
            return true;
    }
    return false;
}

tri_outlook tri_lint_worst(const tri_linter *l, uint32_t stance)
{
    tri_outlook worst = l->worst;
    worst.level += tri_lint_stance_of(l, stance)->base - l->policy->stance.base;
    return worst;
}

bool tri_lint_reachable(const tri_linter *l, uint32_t stance, trust_verdict verdict)
{
    const tri_stance *s = tri_lint_stance_of(l, stance);
    tri_outlook worst = tri_lint_worst(l, stance);
    bool by_level =
        tri_lint_ungated(s, &worst) >= verdict && tri_band(s, l->best[stance].level, 0) <= verdict;
    return by_level || by_gate(l, verdict) || by_stage(l, verdict);
}

/* ---- what everything else rests on ---- */

static bool copy_policy(tri_linter *l)
{
    const trust_policy *p = l->policy;
    size_t size = p->signal_count * sizeof *p->signals;
    tri_signal_rule *signals = tri_arena_take(&l->arena, size);
    if (signals == NULL)
        return false;
    memcpy(signals, p->signals, size);
    for (uint32_t i = 0; i < p->signal_count; i++)
        signals[i].quorum = 1;
    memcpy(&l->staged, p, sizeof l->staged);
    l->staged.signals = signals;
    memcpy(&l->gated, &l->staged, sizeof l->gated);
    l->gated.stage_count = 0;
    memcpy(&l->bare, &l->gated, sizeof l->bare);
    l->bare.gate_count = 0;
    return true;
}

/* Who is asked for what, and how far a device gets. */
static void survey(tri_linter *l)
{
    const trust_policy *p = l->policy;
    l->stance_count = 1 + p->profile_count;
    for (uint32_t i = 0; i < p->signal_count; i++) {
        const tri_signal_rule *rule = &p->signals[i];
        if (rule->cost > 0 || tri_lint_observed(rule))
            l->obtainable |= (uint64_t)1 << i;
    }
    for (uint32_t i = 0; i < p->stage_count; i = p->stages[i].next) {
        l->reached |= (uint64_t)1 << i;
        if (p->stages[i].next != TRI_NO_STAGE)
            l->needed |= p->stages[i].needs;
    }
}

/* What each signal and each group came to in the last evaluation. */
static void keep_rows(const tri_linter *l, int32_t *mb, int64_t *groups)
{
    const trust_policy *p = l->policy;
    for (uint32_t i = 0; i < p->signal_count; i++)
        mb[i] = tri_lint_row(l, i)->mb;
    for (uint32_t g = 0; groups != NULL && g < p->group_count; g++) {
        groups[g] = tri_lint_row(l, p->signal_count + g)->mb;
        for (uint32_t i = 0; i < p->signal_count; i++)
            groups[g] += p->signals[i].group == g ? mb[i] : 0;
    }
}

static void ask_extremes(tri_linter *l)
{
    tri_guess guesses[TRUST_POLICY_MAX_SIGNALS];
    tri_guess_all(l, guesses, tri_guess_good());
    (void)tri_lint_ask(l, &l->gated, 0, 0, guesses);
    keep_rows(l, l->least, l->group_least);
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        l->certainty[i] = tri_lint_row(l, i)->certainty;
    tri_guess_all(l, guesses, tri_guess_of(TRI_SILENT));
    (void)tri_lint_ask(l, &l->gated, 0, 0, guesses);
    keep_rows(l, l->silent, NULL);
    tri_guess_all(l, guesses, tri_guess_of(TRI_WORST));
    l->worst = tri_lint_ask(l, &l->gated, 0, 0, guesses);
    keep_rows(l, l->most, l->group_most);
}

void tri_lint_best(const tri_linter *l, uint32_t stance, tri_guess *guesses)
{
    uint64_t exempt = tri_lint_stance_of(l, stance)->exempt;
    tri_guess_all(l, guesses, tri_guess_good());
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        if (tri_lint_bit(exempt, i) && l->least[i] > 0)
            guesses[i] = tri_guess_of(TRI_SILENT);
}

void tri_lint_obtain(const tri_linter *l, uint32_t stance, tri_guess *guesses)
{
    tri_lint_best(l, stance, guesses);
    for (uint32_t i = 0; i < l->policy->signal_count; i++) {
        if (!tri_lint_bit(l->obtainable, i))
            guesses[i] = tri_guess_of(TRI_SILENT);
        else if (l->policy->signals[i].scale == TRUST_SCALE_AR4SI)
            guesses[i].value = 2; /* affirming: nothing better is ever answered */
    }
}

/* The best of a stance. Where a signal is exempt, leaving it out is better than the best of it when
 * that is little to be relied on: for the level where it adds points, for the uncertainty where it
 * leaves more open than is borne. */
static tri_outlook ask_best(tri_linter *l, uint32_t stance)
{
    tri_guess guesses[TRUST_POLICY_MAX_SIGNALS];
    const tri_stance *s = tri_lint_stance_of(l, stance);
    bool apart = false;
    tri_lint_best(l, stance, guesses);
    tri_outlook best = tri_lint_ask(l, &l->gated, stance, 0, guesses);
    for (uint32_t i = 0; i < l->policy->signal_count; i++) {
        uint32_t open = TRI_Q16 - l->certainty[i];
        if (!tri_lint_bit(s->exempt, i) || open <= s->max_uncertainty)
            continue;
        guesses[i] = tri_guess_of(TRI_SILENT);
        apart = true;
    }
    if (!apart)
        return best;
    tri_outlook surer = tri_lint_ask(l, &l->gated, stance, 0, guesses);
    best.uncertainty = surer.uncertainty;
    best.verdict = surer.verdict < best.verdict ? surer.verdict : best.verdict;
    return best;
}

bool tri_lint_prepare(tri_linter *l)
{
    if (!copy_policy(l))
        return false;
    survey(l);
    ask_extremes(l);
    for (uint32_t i = 0; i < l->stance_count; i++)
        l->best[i] = ask_best(l, i);
    return true;
}
