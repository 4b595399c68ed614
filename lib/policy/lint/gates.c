/* What the linter says about gates: those that decide nothing, those that never open again, and
 * those that an override passes. A gate is called idle only where that is so for all evidence: the
 * best that can fire it is put before the evaluator, and what cannot be tried is bounded. */

#include "core/kind.h"
#include "policy/lint/linter.h"

static bool fires_ever(const tri_linter *l, uint32_t gate)
{
    return tri_lint_bit(l->worst.gates, gate);
}

static bool has_actions(const trust_policy *p, uint32_t gate)
{
    for (uint32_t i = 0; i < p->action_count; i++)
        if (p->actions[i].cause == TRI_FOR_GATE && p->actions[i].index == gate)
            return true;
    return false;
}

/* ---- gates that others cover ---- */

/* Whether one condition holds wherever another does. */
static bool implies(const trust_policy *p, const tri_condition *a, const tri_condition *b)
{
    if (a->signal != b->signal)
        return false;
    int64_t ttl = p->signals[a->signal].ttl;
    if (b->asks == TRI_ASKS_ABSENT)
        return a->asks == TRI_ASKS_ABSENT ||
               (a->asks == TRI_ASKS_OLDER && ttl != 0 && a->age >= ttl);
    if (b->asks == TRI_ASKS_OLDER)
        return a->asks == TRI_ASKS_ABSENT || (a->asks == TRI_ASKS_OLDER && a->age >= b->age);
    return a->asks == b->asks && a->limit >= b->limit;
}

/* A bit for each condition of @p other that holds wherever @p condition does. */
static uint32_t implied(const trust_policy *p, const tri_condition *condition,
                        const tri_gate *other)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < other->count; i++)
        if (implies(p, condition, &p->conditions[other->first + i]))
            bits |= 1u << i;
    return bits;
}

/* Find a condition of the other gate for one of this gate's, so that no two share one. */
static bool pair_up(const uint32_t *edges, uint32_t from, uint32_t *tried, uint8_t *owner)
{
    for (uint32_t to = 0; to < TRUST_POLICY_MAX_CONDITIONS; to++) {
        if ((edges[from] & ~*tried & 1u << to) == 0)
            continue;
        *tried |= 1u << to;
        if (owner[to] == UINT8_MAX || pair_up(edges, owner[to], tried, owner)) {
            owner[to] = (uint8_t)from;
            return true;
        }
    }
    return false;
}

/* At least so many conditions of the other gate hold wherever this one fires: those that hold
 * whichever of its conditions do; or what any one of them brings with it; or one for each that has
 * one of its own, but for those that need not hold. */
static uint32_t held_with(const trust_policy *p, const tri_gate *gate, const tri_gate *other)
{
    uint32_t edges[TRUST_POLICY_MAX_CONDITIONS], spare = gate->count - gate->need;
    uint8_t owner[TRUST_POLICY_MAX_CONDITIONS];
    uint32_t least = TRUST_POLICY_MAX_CONDITIONS, always = 0, pairs = 0;
    for (uint32_t i = 0; i < TRUST_POLICY_MAX_CONDITIONS; i++)
        owner[i] = UINT8_MAX;
    for (uint32_t i = 0; i < gate->count; i++) {
        edges[i] = implied(p, &p->conditions[gate->first + i], other);
        least = tri_lint_bits(edges[i]) < least ? tri_lint_bits(edges[i]) : least;
    }
    for (uint32_t i = 0; i < gate->count; i++) {
        uint32_t tried = 0;
        pairs += pair_up(edges, i, &tried, owner);
    }
    for (uint32_t to = 0; to < other->count; to++) {
        uint32_t from = 0;
        for (uint32_t i = 0; i < gate->count; i++)
            from += edges[i] >> to & 1;
        always += from > spare;
    }
    pairs = pairs > spare ? pairs - spare : 0;
    least = pairs > least ? pairs : least;
    return always > least ? always : least;
}

/* Whether the other gate does all that this one does, to overrides as well. */
static bool does_as_much(const trust_policy *p, const tri_gate *gate, const tri_gate *other)
{
    bool passed = p->overrides.mildest != TRUST_NO_VERDICT && gate->final && !other->final;
    return other->floor >= gate->floor && !passed && held_with(p, gate, other) >= other->need;
}

/* The gate that makes this one superfluous, or UINT32_MAX. Of two alike the later one is to go. */
static uint32_t cover_of(const trust_policy *p, uint32_t index)
{
    const tri_gate *gate = &p->gates[index];
    for (uint32_t i = 0; i < p->gate_count; i++)
        if (i != index && does_as_much(p, gate, &p->gates[i]) &&
            (i < index || !does_as_much(p, &p->gates[i], gate)))
            return i;
    return UINT32_MAX;
}

/* ---- gates that the points are as strict as ---- */

/* The mildest that evidence can be that meets a condition: a bound for everything but uncertainty,
 * and one for that. */
typedef struct asked {
    tri_guess mild;
    tri_guess sure;
    int32_t slack; /* mb that the row of @c mild is above what the condition asks for */
    int32_t adverse;
} asked;

static int32_t against(int32_t mb)
{
    return mb > 0 ? mb : 0;
}

static asked least_of(const tri_linter *l, const tri_condition *condition)
{
    const tri_signal_rule *rule = &l->policy->signals[condition->signal];
    uint32_t s = condition->signal;
    asked want = {tri_guess_stale(), tri_guess_stale(), 0, 0};
    if (condition->asks == TRI_ASKS_OLDER) {
        want.mild = want.sure = tri_guess_good();
        want.mild.age = want.sure.age = condition->age + 1;
    } else if (condition->asks == TRI_ASKS_AT_LEAST) {
        want.mild = want.sure = tri_guess_good();
        want.mild.value = want.sure.value = condition->limit;
        /* Where the value costs more than silence, one that nobody relies on costs less. */
        if (tri_curve(rule, condition->limit) > l->silent[s])
            want.mild.quality = 0;
    } else if (condition->asks == TRI_ASKS_POINTS) {
        bool silence = l->silent[s] >= condition->limit;
        int32_t row = silence ? l->silent[s] : l->most[s];
        want.sure = tri_guess_good();
        want.mild = tri_guess_of(silence ? TRI_SILENT : TRI_WORST);
        if (l->least[s] >= condition->limit) {
            want.mild = want.sure;
            return want;
        }
        want.slack = row - condition->limit;
        want.adverse = against(row) - against(condition->limit);
    }
    return want;
}

/* The bound of evidence with all of @p guesses but the given signals as good as can be. */
typedef struct meeting {
    tri_guess mild[TRUST_POLICY_MAX_SIGNALS];
    tri_guess sure[TRUST_POLICY_MAX_SIGNALS];
    int64_t slack;
    int64_t adverse;
} meeting;

static void meet(meeting *m, uint32_t signal, const asked *what)
{
    m->mild[signal] = what->mild;
    m->sure[signal] = what->sure;
    m->slack += what->slack;
    m->adverse += what->adverse;
}

static tri_outlook bound(tri_linter *l, const meeting *m)
{
    tri_outlook o = tri_lint_ask(l, &l->bare, 0, 0, m->mild);
    o.uncertainty = tri_lint_ask(l, &l->bare, 0, 0, m->sure).uncertainty;
    o.level -= m->slack;
    o.adverse -= m->adverse;
    return o;
}

/* The same bound for a stance. Where signals are exempt, leaving them out may be better still. */
static trust_verdict bound_in(const tri_linter *l, uint32_t stance, tri_outlook o)
{
    const tri_stance *s = tri_lint_stance_of(l, stance);
    o.level += s->base - l->policy->stance.base;
    for (uint32_t i = 0; i < l->policy->signal_count; i++) {
        if (!tri_lint_bit(s->exempt, i))
            continue;
        o.uncertainty = 0;
        o.level -= against(l->least[i]);
        o.adverse -= against(l->least[i]);
    }
    return tri_lint_ungated(s, &o);
}

/* Whether evidence may fire the gate that would earn a milder verdict without it. So many of its
 * conditions hold as it needs, so none but the mildest of them is milder than that one in this
 * place; and where all have to hold, they do together. */
static bool binds(tri_linter *l, const tri_gate *gate)
{
    const trust_policy *p = l->policy;
    tri_outlook each[TRUST_POLICY_MAX_CONDITIONS + 1];
    meeting all = {.slack = 0};
    uint64_t met = 0;
    tri_guess_all(l, all.mild, tri_guess_good());
    tri_guess_all(l, all.sure, tri_guess_good());
    meeting none = all;
    for (uint32_t i = 0; i < gate->count; i++) {
        const tri_condition *condition = &p->conditions[gate->first + i];
        asked want = least_of(l, condition);
        meeting one = none;
        meet(&one, condition->signal, &want);
        each[i] = bound(l, &one);
        if (!tri_lint_bit(met, condition->signal))
            meet(&all, condition->signal, &want);
        met |= (uint64_t)1 << condition->signal;
    }
    bool together = gate->need == gate->count;
    if (together)
        each[gate->count] = bound(l, &all);
    for (uint32_t s = 0; s < l->stance_count; s++) {
        uint32_t milder = 0; /* conditions that alone leave a milder verdict */
        for (uint32_t i = 0; i < gate->count; i++)
            milder += bound_in(l, s, each[i]) < gate->floor;
        if (milder >= gate->need && (!together || bound_in(l, s, each[gate->count]) < gate->floor))
            return true;
    }
    return false;
}

/* Against an override a final gate may bind where the points are as strict. */
static bool stops_overrides(const trust_policy *p, const tri_gate *gate)
{
    return gate->final && p->overrides.mildest != TRUST_NO_VERDICT &&
           gate->floor > p->overrides.mildest;
}

/* ---- remarks ---- */

static void begin(tri_linter *l, uint32_t severity, const char *code, const tri_json *value,
                  uint32_t gate)
{
    tri_lint_begin(l, severity, code, value);
    tri_lint_say(l, "the gate ");
    tri_lint_say(l, l->policy->gates[gate].id);
}

static void lint_idle(tri_linter *l, uint32_t index, const tri_json *value)
{
    const trust_policy *p = l->policy;
    const tri_gate *gate = &p->gates[index];
    uint32_t cover = UINT32_MAX;
    bool never = !fires_ever(l, index);
    if (!never && has_actions(p, index))
        return;
    if (!never) {
        cover = cover_of(p, index);
        if (cover == UINT32_MAX && (stops_overrides(p, gate) || binds(l, gate)))
            return;
    }
    l->idle |= (uint64_t)1 << index;
    begin(l, TRUST_LINT_WARNING, cover != UINT32_MAX ? "GATE_COVERED" : "GATE_NEVER_BINDS", value,
          index);
    if (cover != UINT32_MAX) {
        tri_lint_say(l, " does nothing that the gate ");
        tri_lint_say(l, p->gates[cover].id);
        tri_lint_say(l, " does not do: leave it out, or make its floor stricter");
    } else if (never) {
        tri_lint_say(l, " cannot fire, whatever the evidence: lower its limit, or leave it out");
    } else {
        tri_lint_say(l, " fires only where the points alone or a limit are as strict: leave it "
                        "out, or make its floor stricter");
    }
    tri_lint_end(l);
}

/* Whether bad news can make a condition hold for good: nothing newer takes its place, and it is
 * never too old. */
static bool holds_for_good(const trust_policy *p, const tri_condition *condition)
{
    const tri_signal_rule *rule = &p->signals[condition->signal];
    if (tri_kind_latest_counts(rule->kind) || rule->ttl_bad != 0)
        return false;
    return condition->asks == TRI_ASKS_AT_LEAST ||
           (condition->asks == TRI_ASKS_POINTS && rule->bad.ms == 0);
}

static void lint_shut(tri_linter *l, uint32_t index, const tri_json *value)
{
    const trust_policy *p = l->policy;
    const tri_gate *gate = &p->gates[index];
    const tri_signal_rule *rule = NULL;
    uint32_t held = 0;
    for (uint32_t i = 0; i < gate->count; i++) {
        const tri_condition *condition = &p->conditions[gate->first + i];
        if (!holds_for_good(p, condition))
            continue;
        rule = &p->signals[condition->signal];
        held++;
    }
    if (gate->floor < TRUST_QUARANTINE || held < gate->need || !fires_ever(l, index))
        return;
    begin(l, TRUST_LINT_WARNING, "GATE_STAYS_SHUT", value, index);
    tri_lint_say(l, " stays shut once it has fired: nothing newer takes the place of bad news of ");
    tri_lint_say(l, rule->name);
    tri_lint_say(l, ", and it never ends; give that a ttl_bad");
    tri_lint_end(l);
}

/* Whether a final gate fires wherever this one does, and is as strict. */
static bool kept_shut(const trust_policy *p, const tri_gate *gate)
{
    for (uint32_t i = 0; i < p->gate_count; i++)
        if (p->gates[i].final && does_as_much(p, gate, &p->gates[i]))
            return true;
    return false;
}

static void lint_override(tri_linter *l, uint32_t index, const tri_json *value)
{
    const trust_policy *p = l->policy;
    const tri_gate *gate = &p->gates[index];
    trust_verdict mildest = p->overrides.mildest;
    if (mildest == TRUST_NO_VERDICT || gate->floor <= mildest || gate->final ||
        !fires_ever(l, index) || kept_shut(p, gate))
        return;
    begin(l, gate->floor == TRUST_DENY ? TRUST_LINT_WARNING : TRUST_LINT_NOTE, "OVERRIDE_BYPASSES",
          value, index);
    tri_lint_say(l, ", whose floor is ");
    tri_lint_say(l, trust_verdict_name(gate->floor));
    tri_lint_say(l, ", is passed by an override, down to ");
    tri_lint_say(l, trust_verdict_name(mildest));
    tri_lint_say(l, ": make it final, or put its reason into \"never\", where that must not be");
    tri_lint_end(l);
}

void tri_lint_gates(tri_linter *l)
{
    const tri_json *value = tri_json_first(tri_lint_at(l, "gates"));
    for (uint32_t i = 0; i < l->policy->gate_count && !l->no_memory; i++) {
        lint_idle(l, i, value);
        lint_shut(l, i, value);
        lint_override(l, i, value);
        value = tri_json_next(value);
    }
}
