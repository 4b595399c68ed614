/* What the linter says about signals: what silence gains, what one of them can do alone, how its
 * news ages, and those that do nothing. */

#include "core/bytes.h"
#include "core/kind.h"
#include "policy/lint/linter.h"

/* ---- silence ---- */

/* What a device gains by silence where bad news would cost most, always told, so that a build can
 * demand 0. It is accepted where silence never earns a milder verdict than a gate leaves it; the
 * floor that would do is the one after the mildest verdict of silence. */
static void lint_withholding(tri_linter *l, uint32_t index)
{
    const tri_signal_rule *rule = &l->policy->signals[index];
    const trust_kind_info *info = tri_kind_builtin(rule->kind);
    int32_t gain = rule->hi - rule->absent[TRI_ABSENT_NOT_REQUESTED];
    tri_guess guesses[TRUST_POLICY_MAX_SIGNALS];
    if (info == NULL || !info->withholdable)
        return;
    tri_guess_all(l, guesses, tri_guess_good());
    guesses[index] = tri_guess_of(TRI_SILENT);
    tri_outlook silent = tri_lint_ask(l, &l->gated, 0, 0, guesses);
    trust_verdict points = tri_lint_ungated(&l->policy->stance, &silent);
    bool accepted = gain == 0 || points == TRUST_DENY || silent.verdict > points;
    tri_lint_begin(l, accepted ? TRUST_LINT_NOTE : TRUST_LINT_WARNING, "WITHHOLDING_GAIN",
                   tri_lint_in(tri_lint_signal(l, index), "absent"));
    l->number = gain / TRI_MB_PER_POINT;
    tri_lint_say(l, "keeping ");
    tri_lint_say(l, rule->name);
    tri_lint_say(l, " back costs a device ");
    if (gain == 0) {
        tri_lint_say(l, "as much as the worst news");
    } else {
        tri_lint_say(l, "up to ");
        tri_lint_say_points(l, gain);
        tri_lint_say(l, " points less than showing bad news");
    }
    if (gain > 0 && accepted) {
        tri_lint_say(l, ", but earns nothing milder than ");
        tri_lint_say(l, trust_verdict_name(silent.verdict));
    } else if (gain > 0) {
        tri_lint_say(l, ": let \"absent\" be \"worst\", or add a gate on its absence with the "
                        "floor ");
        tri_lint_say(l, trust_verdict_name(points + 1));
    }
    tri_lint_end(l);
}

/* ---- one observer ---- */

static void lint_observer(tri_linter *l, uint32_t index)
{
    const tri_signal_rule *rule = &l->policy->signals[index];
    tri_guess guesses[TRUST_POLICY_MAX_SIGNALS];
    tri_outlook o = {.verdict = TRUST_NO_VERDICT};
    uint32_t stance = 0;
    if (!tri_lint_observed(rule))
        return;
    for (; stance < l->stance_count; stance++) {
        tri_guess_all(l, guesses, tri_guess_of(TRI_APART));
        bool anyway = tri_lint_ask(l, &l->gated, stance, 0, guesses).verdict == TRUST_DENY;
        guesses[index] = tri_guess_bad(rule);
        o = tri_lint_ask(l, &l->gated, stance, 0, guesses);
        if (o.verdict == TRUST_DENY && !anyway)
            break;
    }
    if (stance == l->stance_count)
        return;
    tri_lint_begin(l, TRUST_LINT_WARNING, "OBSERVER_CAN_DENY",
                   tri_lint_in(tri_lint_signal(l, index), "weight"));
    tri_lint_say(l, rule->name);
    if (tri_band(tri_lint_stance_of(l, stance), o.level, 0) == TRUST_DENY) {
        tri_lint_say(l, " alone takes the risk to ");
        tri_lint_say_number(l, tri_risk(o.level));
        tri_lint_say_stance(l, stance);
        tri_lint_say(l, ", which denies, though it is only what the host observes: lower its "
                        "weight");
    } else {
        tri_lint_say(l, " alone denies by a gate, though it is only what the host observes: let "
                        "the gate's floor be quarantine");
    }
    tri_lint_end(l);
}

/* The library's own signal of a built-in kind is one source. */
static void lint_quorum(tri_linter *l, uint32_t index)
{
    const tri_signal_rule *rule = &l->policy->signals[index];
    if (rule->quorum <= 1 || tri_kind_builtin(rule->kind) == NULL)
        return;
    tri_lint_begin(l, TRUST_LINT_WARNING, "QUORUM_OF_ONE",
                   tri_lint_in(tri_lint_signal(l, index), "quorum"));
    tri_lint_say(l, "the library has one source of ");
    tri_lint_say(l, rule->name);
    tri_lint_say(l, ", so while the host adds none the others are silent and its bad news never "
                    "counts: let quorum be 1");
    tri_lint_end(l);
}

/* ---- ages ---- */

static void lint_ages(tri_linter *l, uint32_t index)
{
    const tri_signal_rule *rule = &l->policy->signals[index];
    const tri_json *signal = tri_lint_signal(l, index);
    int64_t good = rule->good.ms;
    int64_t bad = rule->bad.ms;
    if (rule->ttl != 0 && (good == 0 || good > rule->ttl)) {
        tri_lint_begin(l, TRUST_LINT_WARNING, "HALF_LIFE_OVER_TTL",
                       tri_lint_in(signal, "half_life"));
        tri_lint_say(l, "good news of ");
        tri_lint_say(l, rule->name);
        tri_lint_say(l, " still counts more than half when its ttl ends it, so the risk jumps: "
                        "shorten half_life or lengthen ttl");
        tri_lint_end(l);
    }
    if (rule->ttl_bad != 0 && (bad == 0 || rule->ttl_bad < 4 * bad)) {
        tri_lint_begin(l, TRUST_LINT_WARNING, "TTL_BAD_SHORT", tri_lint_in(signal, "ttl_bad"));
        tri_lint_say(l, "bad news of ");
        tri_lint_say(l, rule->name);
        tri_lint_say(l, " is forgotten while it still weighs: let ttl_bad be at least four times "
                        "half_life_bad, or leave it out");
        tri_lint_end(l);
    }
}

/* ---- what does nothing ---- */

/* Whether a gate asks about the signal. @p but: a bit for each gate that does not count; @p asks: a
 * bit for each kind of condition that does. */
static bool gate_asks(const tri_linter *l, uint32_t signal, uint64_t but, uint32_t asks)
{
    const trust_policy *p = l->policy;
    for (uint32_t i = 0; i < p->gate_count; i++)
        for (uint32_t k = 0; k < p->gates[i].count && !tri_lint_bit(but, i); k++) {
            const tri_condition *condition = &p->conditions[p->gates[i].first + k];
            if (condition->signal == signal && (asks >> condition->asks & 1) != 0)
                return true;
        }
    return false;
}

#define ANY_CONDITION UINT32_MAX
#define FOR_FRESHNESS (1u << TRI_ASKS_ABSENT | 1u << TRI_ASKS_OLDER)

/* The points move, or a gate or stage goes by it. */
static bool inert(const tri_linter *l, uint32_t index)
{
    return l->least[index] == l->most[index] && !gate_asks(l, index, 0, ANY_CONDITION) &&
           !tri_lint_bit(l->needed, index);
}

/* What the verdict of some device depends on. */
typedef struct deciding {
    bool level;       /* it moves across a threshold */
    bool adverse;     /* it can be more than allow bears, */
    bool uncertainty; /* and so can this */
    bool exemption;   /* some signals are left out for some devices */
} deciding;

/* Where facts are missing the evaluator takes the strictest number of each profile that may apply,
 * so the base of one meets the limits of others. */
static deciding survey(const tri_linter *l)
{
    deciding d = {false, false, false, false};
    bool allows = false;
    for (uint32_t i = 0; i < l->stance_count; i++) {
        const tri_stance *s = tri_lint_stance_of(l, i);
        d.adverse |= l->worst.adverse > s->max_adverse;
        d.uncertainty |= s->max_uncertainty < TRI_Q16;
        d.exemption |= s->exempt != 0;
        for (uint32_t base = 0; base < l->stance_count; base++) {
            trust_verdict best = tri_band(s, l->best[base].level, 0);
            allows |= best == TRUST_ALLOW;
            d.level |= best < tri_band(s, tri_lint_worst(l, base).level, l->policy->margin);
        }
    }
    d.adverse &= allows;
    d.uncertainty &= allows;
    return d;
}

static bool leaves_open(const tri_linter *l, const deciding *d, uint32_t index)
{
    const tri_signal_rule *rule = &l->policy->signals[index];
    return d->uncertainty && rule->hi > rule->lo;
}

/* Whether no verdict depends on it: its group's points stay the same or cross no threshold, what is
 * limited stays within the limits, and no gate or stage asks about it. */
static bool never_decides(const tri_linter *l, const deciding *d, uint32_t index)
{
    uint32_t group = l->policy->signals[index].group;
    bool moves = l->group_least[group] < l->group_most[group] || d->exemption;
    return !(moves && d->level) && !(d->adverse && l->most[index] > 0) &&
           !leaves_open(l, d, index) && !gate_asks(l, index, l->idle, ANY_CONDITION) &&
           !tri_lint_bit(l->needed, index);
}

static void lint_idle(tri_linter *l, const deciding *d, uint32_t index)
{
    bool same = inert(l, index);
    if (!same && !never_decides(l, d, index))
        return;
    tri_lint_begin(l, TRUST_LINT_WARNING, same ? "SIGNAL_INERT" : "SIGNAL_NEVER_DECIDES",
                   tri_lint_signal(l, index));
    if (same) {
        tri_lint_say(l, "whatever the evidence, ");
        tri_lint_say(l, l->policy->signals[index].name);
        tri_lint_say(l, " adds ");
        tri_lint_say_points(l, l->most[index]);
        tri_lint_say(l, " points: give it weight and reliability, or leave it out");
    } else {
        tri_lint_say(l, "no verdict depends on ");
        tri_lint_say(l, l->policy->signals[index].name);
        tri_lint_say(l, ", whatever else is known: change the caps of its group or the thresholds, "
                        "or leave it out");
    }
    tri_lint_end(l);
}

/* ---- what is asked for ---- */

/* Whether good news of the signal is no better than silence, and, where it would take the place of
 * bad news, than that. */
static bool futile(const tri_linter *l, const deciding *d, uint32_t index)
{
    if (inert(l, index) || never_decides(l, d, index))
        return true;
    if (tri_lint_bit(l->needed, index) || gate_asks(l, index, l->idle, FOR_FRESHNESS) ||
        l->least[index] < l->silent[index] || (l->certainty[index] > 0 && leaves_open(l, d, index)))
        return false;
    return !tri_kind_latest_counts(l->policy->signals[index].kind) ||
           l->least[index] == l->most[index];
}

static void lint_steps(tri_linter *l, const deciding *d)
{
    const tri_json *step = tri_json_first(tri_lint_at(l, "step_up"));
    for (; step != NULL && !l->no_memory; step = tri_json_next(step)) {
        trust_bytes name;
        const tri_json *obtain = tri_json_member(step, "obtain");
        uint32_t i = 0;
        if (!tri_json_string(obtain, &name))
            continue;
        while (i < l->policy->signal_count && !tri_same_text(name, l->policy->signals[i].name))
            i++;
        if (i == l->policy->signal_count || !futile(l, d, i))
            continue;
        tri_lint_begin(l, TRUST_LINT_WARNING, "STEP_UP_FUTILE", obtain);
        tri_lint_say(l, "good news of ");
        tri_lint_say(l, l->policy->signals[i].name);
        tri_lint_say(l, " is worth no more than silence, so asking for it never helps: let its "
                        "curve begin below 0, or leave it out here");
        tri_lint_end(l);
    }
}

void tri_lint_signals(tri_linter *l)
{
    deciding d = survey(l);
    for (uint32_t i = 0; i < l->policy->signal_count && !l->no_memory; i++) {
        lint_withholding(l, i);
        lint_observer(l, i);
        lint_quorum(l, i);
        lint_ages(l, i);
        lint_idle(l, &d, i);
    }
    lint_steps(l, &d);
}
