/* What the linter says about verdicts, in each profile: those that nothing leads to, what leads to
 * allow too easily, and what nothing leads out of. */

#include "policy/lint/linter.h"

/* The member of a profile, or of the document for the default, that sets a number; without it the
 * profile, or the object that it would be in. */
static const tri_json *member_of(const tri_linter *l, uint32_t stance, const char *object,
                                 const char *name)
{
    return tri_lint_in(tri_lint_in(tri_lint_stance(l, stance), object), name);
}

/* ---- allow ---- */

static void say_risk(tri_linter *l, uint32_t stance, const tri_outlook *best)
{
    tri_lint_begin(l, TRUST_LINT_ERROR, "ALLOW_UNREACHABLE",
                   member_of(l, stance, "verdicts", "allow"));
    tri_lint_say(l, "with the best evidence of every signal the risk");
    tri_lint_say_stance(l, stance);
    tri_lint_say(l, " is still ");
    tri_lint_say_number(l, tri_risk(best->level));
    tri_lint_say(l, ", so nothing is ever allowed: raise allow, or lower base");
    tri_lint_end(l);
}

static void say_adverse(tri_linter *l, uint32_t stance)
{
    tri_lint_begin(l, TRUST_LINT_ERROR, "ALLOW_UNREACHABLE",
                   member_of(l, stance, "limits", "adverse"));
    tri_lint_say(l,
                 "even the best evidence leaves points against a device, more than the limit of ");
    tri_lint_say_points(l, tri_lint_stance_of(l, stance)->max_adverse);
    tri_lint_say_stance(l, stance);
    tri_lint_say(l, ", so nothing is ever allowed: raise adverse or a reliability");
    tri_lint_end(l);
}

static void say_uncertainty(tri_linter *l, uint32_t stance)
{
    tri_lint_begin(l, TRUST_LINT_ERROR, "ALLOW_UNREACHABLE",
                   member_of(l, stance, "limits", "uncertainty"));
    tri_lint_say(l, "even the best evidence leaves more uncertainty than the limit allows");
    tri_lint_say_stance(l, stance);
    tri_lint_say(l, ", so nothing is ever allowed: raise uncertainty or a reliability");
    tri_lint_end(l);
}

/* A gate that the best evidence fires is never open: no condition can be negated. */
static void say_gates(tri_linter *l, uint32_t stance, uint64_t gates)
{
    uint32_t gate = 0;
    while (!tri_lint_bit(gates, gate))
        gate++;
    tri_lint_begin(l, TRUST_LINT_ERROR, "ALLOW_UNREACHABLE", tri_lint_entry(l, "gates", gate));
    tri_lint_say(l, "even the best evidence fires the gate ");
    tri_lint_say(l, l->policy->gates[gate].id);
    tri_lint_say_stance(l, stance);
    tri_lint_say(l, ", so nothing is ever allowed: raise its limit or a reliability");
    tri_lint_end(l);
}

static void lint_allow(tri_linter *l, uint32_t stance)
{
    const tri_stance *s = tri_lint_stance_of(l, stance);
    const tri_outlook *best = &l->best[stance];
    if (best->verdict == TRUST_ALLOW)
        return;
    if (best->level > s->limit[0])
        say_risk(l, stance, best);
    else if (best->adverse > s->max_adverse)
        say_adverse(l, stance);
    else if (best->uncertainty > s->max_uncertainty)
        say_uncertainty(l, stance);
    else if (best->gates != 0)
        say_gates(l, stance, best->gates);
}

/* ---- other verdicts ---- */

static void lint_unreachable(tri_linter *l, uint32_t stance)
{
    for (trust_verdict v = TRUST_STEP_UP; v <= TRUST_DENY; v++) {
        if (tri_lint_reachable(l, stance, v) || (stance > 0 && !tri_lint_reachable(l, 0, v)))
            continue;
        const char *name = trust_verdict_name(v);
        tri_lint_begin(l, TRUST_LINT_WARNING, "VERDICT_UNREACHABLE",
                       member_of(l, stance, "verdicts", name));
        tri_lint_say(l, "no evidence leads to ");
        tri_lint_say(l, name);
        tri_lint_say_stance(l, stance);
        tri_lint_say(l, ": the risk stays from ");
        tri_lint_say_number(l, tri_risk(l->best[stance].level));
        tri_lint_say(l, " to ");
        tri_lint_say_number(l, tri_risk(tri_lint_worst(l, stance).level));
        tri_lint_say(l, "; move the thresholds, or change weights");
        tri_lint_end(l);
    }
}

static void lint_margin(tri_linter *l, uint32_t stance)
{
    const tri_stance *s = tri_lint_stance_of(l, stance);
    const tri_stance *usual = &l->policy->stance;
    int32_t gap = s->limit[1] - s->limit[0];
    if (s->limit[2] - s->limit[1] < gap)
        gap = s->limit[2] - s->limit[1];
    bool same = stance > 0 && s->limit[0] == usual->limit[0] && s->limit[1] == usual->limit[1] &&
                s->limit[2] == usual->limit[2];
    if (l->policy->margin <= gap || same)
        return;
    tri_lint_begin(l, TRUST_LINT_WARNING, "MARGIN_OVER_GAP",
                   stance > 0 ? tri_lint_in(tri_lint_stance(l, stance), "verdicts")
                              : member_of(l, 0, "hysteresis", "margin"));
    tri_lint_say(l, "the margin of ");
    tri_lint_say_points(l, l->policy->margin);
    tri_lint_say(l, " points is wider than the narrowest verdict");
    tri_lint_say_stance(l, stance);
    tri_lint_say(l, ", which is ");
    tri_lint_say_points(l, gap);
    tri_lint_say(l, ": a device that improves skips that verdict; lower margin");
    tri_lint_end(l);
}

static void lint_backoff(tri_linter *l)
{
    const trust_policy *p = l->policy;
    if (p->backoff <= 1 || (p->dwell > 0 && p->dwell < p->dwell_max))
        return;
    tri_lint_begin(l, TRUST_LINT_WARNING, "BACKOFF_IDLE", member_of(l, 0, "hysteresis", "backoff"));
    tri_lint_say(l, p->dwell == 0
                        ? "backoff lengthens a dwell, and there is none: give hysteresis a dwell"
                        : "backoff lengthens the dwell, which is dwell_max already: lengthen "
                          "dwell_max, or shorten dwell");
    tri_lint_end(l);
}

/* ---- allow for too little ---- */

static bool silence_allows(tri_linter *l, uint32_t stance)
{
    tri_guess guesses[TRUST_POLICY_MAX_SIGNALS];
    tri_guess_all(l, guesses, tri_guess_of(TRI_SILENT));
    return tri_lint_ask(l, &l->gated, stance, 0, guesses).verdict == TRUST_ALLOW;
}

/* Returns whether it does. */
static bool lint_silence(tri_linter *l, uint32_t stance)
{
    if (!silence_allows(l, stance))
        return false;
    tri_lint_begin(l, TRUST_LINT_WARNING, "SILENCE_ALLOWS",
                   tri_lint_in(tri_lint_stance(l, stance), "base"));
    tri_lint_say(l, "a device of which nothing is known is allowed");
    tri_lint_say_stance(l, stance);
    tri_lint_say(l, ": raise base or what absence costs, or lower the limit of uncertainty");
    tri_lint_end(l);
    return true;
}

/* Whether a group is all that a stance asks for. */
static bool alone(const tri_linter *l, uint32_t stance, uint32_t group)
{
    uint64_t exempt = tri_lint_stance_of(l, stance)->exempt;
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        if (l->policy->signals[i].group != group && !tri_lint_bit(exempt, i))
            return false;
    return true;
}

/* Whether good news of one group is enough, with silence from all others. */
static bool buys_allow(tri_linter *l, uint32_t stance, uint32_t group, int32_t *risk)
{
    tri_guess guesses[TRUST_POLICY_MAX_SIGNALS];
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        guesses[i] =
            l->policy->signals[i].group == group ? tri_guess_good() : tri_guess_of(TRI_SILENT);
    tri_outlook o = tri_lint_ask(l, &l->gated, stance, 0, guesses);
    *risk = tri_risk(o.level);
    return o.verdict == TRUST_ALLOW && !alone(l, stance, group);
}

/* @p silence: a bit for each stance in which nothing at all is enough. */
static void lint_group(tri_linter *l, uint32_t group, uint64_t silence)
{
    const char *name = l->policy->groups[group].name;
    uint32_t stance = 0;
    int32_t risk = 0;
    while (stance < l->stance_count &&
           (tri_lint_bit(silence, stance) || !buys_allow(l, stance, group, &risk)))
        stance++;
    if (stance == l->stance_count)
        return;
    const tri_json *value = tri_json_member(tri_lint_at(l, "groups"), name);
    tri_lint_begin(l, TRUST_LINT_WARNING, "GROUP_BUYS_ALLOW",
                   value != NULL ? value : tri_lint_at(l, "signals"));
    tri_lint_say(l, "good news of the group ");
    tri_lint_say(l, name);
    tri_lint_say(l, " alone, with silence from all others, allows at a risk of ");
    tri_lint_say_number(l, risk);
    tri_lint_say_stance(l, stance);
    tri_lint_say(l, ": give the group a floor nearer to 0");
    tri_lint_end(l);
}

/* ---- quarantine ---- */

/* All that can be had of a device in quarantine or denied by points: what may be asked for, at its
 * best, and what the host sees by itself. */
static void lint_exit(tri_linter *l, uint32_t stance)
{
    tri_guess guesses[TRUST_POLICY_MAX_SIGNALS];
    tri_lint_obtain(l, stance, guesses);
    tri_outlook o = tri_lint_ask(l, &l->gated, stance, 0, guesses);
    if (o.verdict < TRUST_QUARANTINE || l->best[stance].verdict >= TRUST_QUARANTINE)
        return;
    tri_lint_begin(l, TRUST_LINT_ERROR, "QUARANTINE_WITHOUT_EXIT",
                   stance > 0 ? tri_lint_stance(l, stance) : tri_lint_in(l->doc->root, "step_up"));
    tri_lint_say(l, "the best answer to everything that may be asked for still leads to ");
    tri_lint_say(l, trust_verdict_name(o.verdict));
    tri_lint_say_stance(l, stance);
    tri_lint_say(l, ", so nothing leads out of it: let step_up obtain more");
    tri_lint_end(l);
}

void tri_lint_verdicts(tri_linter *l)
{
    uint64_t silence = 0;
    for (uint32_t s = 0; s < l->stance_count && !l->no_memory; s++) {
        if (tri_lint_as_default(l, s))
            continue;
        lint_allow(l, s);
        lint_unreachable(l, s);
        lint_margin(l, s);
        if (lint_silence(l, s))
            silence |= (uint64_t)1 << s;
        lint_exit(l, s);
    }
    for (uint32_t g = 0; g < l->policy->group_count && l->policy->group_count > 1; g++)
        lint_group(l, g, silence);
    lint_backoff(l);
}
