/* What the linter says about onboarding and what follows a verdict: stages, their needs, actions,
 * and the room that a decision takes. */

#include <string.h>

#include <trust/decision.h>

#include "policy/lint/linter.h"

static void begin_stage(tri_linter *l, uint32_t severity, const char *code, const tri_json *value,
                        uint32_t stage)
{
    tri_lint_begin(l, severity, code, value);
    tri_lint_say(l, "the stage ");
    tri_lint_say(l, l->policy->stages[stage].id);
}

/* ---- stages ---- */

static void lint_unreached(tri_linter *l, uint32_t stage, const tri_json *value)
{
    begin_stage(l, TRUST_LINT_WARNING, "STAGE_NEVER_REACHED", value, stage);
    tri_lint_say(l, " is skipped by the \"next\" of every stage before it: name it there, or leave "
                    "it out");
    tri_lint_end(l);
}

/* The first profile in which the best that can be had of a device keeps it in the stage, though
 * its verdict would let it go on; or UINT32_MAX. */
static uint32_t stuck_in(tri_linter *l, uint32_t stage)
{
    tri_guess guesses[TRUST_POLICY_MAX_SIGNALS];
    for (uint32_t s = 0; s < l->stance_count; s++) {
        tri_lint_obtain(l, s, guesses);
        if (tri_lint_ask(l, &l->gated, s, 0, guesses).verdict <= TRUST_STEP_UP &&
            tri_lint_ask(l, &l->staged, s, stage, guesses).stage == stage)
            return s;
    }
    return UINT32_MAX;
}

static void lint_stuck(tri_linter *l, uint32_t stage, const tri_json *value)
{
    const trust_policy *p = l->policy;
    uint64_t missing = p->stages[stage].needs & ~l->obtainable;
    uint32_t stance = stuck_in(l, stage), signal = 0;
    if (stance == UINT32_MAX)
        return;
    while (!tri_lint_bit(missing != 0 ? missing : p->stages[stage].needs, signal) ||
           (missing == 0 && tri_curve(&p->signals[signal], 2) <= 0))
        signal++;
    begin_stage(l, TRUST_LINT_ERROR, "STAGE_WITHOUT_EXIT", tri_lint_in(value, "needs"), stage);
    tri_lint_say(l, " is never left");
    tri_lint_say_stance(l, stance);
    tri_lint_say(l, ": it needs ");
    tri_lint_say(l, p->signals[signal].name);
    tri_lint_say(l, missing != 0
                        ? ", which may not be asked for; let step_up obtain it"
                        : ", of which even the best answer, 2, costs points; let its curve "
                          "be 0 or less there");
    tri_lint_end(l);
}

static void lint_unasked(tri_linter *l, uint32_t stage, const tri_json *value)
{
    const trust_policy *p = l->policy;
    for (uint32_t i = 0; i < p->signal_count; i++) {
        if (!tri_lint_bit(p->stages[stage].needs & l->obtainable, i) || p->signals[i].cost > 0)
            continue;
        begin_stage(l, TRUST_LINT_WARNING, "NEED_NOT_ASKED", value, stage);
        tri_lint_say(l, " needs ");
        tri_lint_say(l, p->signals[i].name);
        tri_lint_say(l, ", which may not be asked for: a device waits there until the host happens "
                        "to see it; let step_up obtain it");
        tri_lint_end(l);
    }
}

/* The first profile that leaves out what the stage needs is enough to tell of. */
static void lint_exempt(tri_linter *l, uint32_t stage, const tri_json *value)
{
    const trust_policy *p = l->policy;
    uint64_t needs = p->stages[stage].needs;
    uint32_t s = 1, signal = 0;
    while (s < l->stance_count && (tri_lint_stance_of(l, s)->exempt & needs) == 0)
        s++;
    if (s == l->stance_count)
        return;
    while (!tri_lint_bit(tri_lint_stance_of(l, s)->exempt & needs, signal))
        signal++;
    begin_stage(l, TRUST_LINT_WARNING, "STAGE_NEED_EXEMPT", value, stage);
    tri_lint_say(l, " needs ");
    tri_lint_say(l, p->signals[signal].name);
    tri_lint_say(l, ", which does not apply");
    tri_lint_say_stance(l, s);
    tri_lint_say(l, ": such a device passes without it; let the stage need something else too");
    tri_lint_end(l);
}

/* The last stage is never left. */
static void lint_last(tri_linter *l, uint32_t stage, const tri_json *value)
{
    const tri_stage *rule = &l->policy->stages[stage];
    const char *name = rule->needs != 0 ? "needs" : "timeout";
    if (rule->needs == 0 && rule->timeout == 0)
        return;
    begin_stage(l, TRUST_LINT_WARNING, "LAST_STAGE_OPEN", tri_lint_in(value, name), stage);
    tri_lint_say(l, " is the last, where onboarding is over, so its ");
    tri_lint_say(l, name);
    tri_lint_say(l, rule->needs != 0 ? " are" : " is");
    tri_lint_say(l, " not looked at and a device there may be allowed: add a stage after it");
    tri_lint_end(l);
}

static void lint_stage(tri_linter *l, uint32_t stage, const tri_json *value)
{
    const tri_stage *rule = &l->policy->stages[stage];
    if (!tri_lint_bit(l->reached, stage))
        lint_unreached(l, stage, value);
    else if (rule->next == TRI_NO_STAGE)
        lint_last(l, stage, value);
    if (!tri_lint_bit(l->reached, stage) || rule->next == TRI_NO_STAGE)
        return;
    lint_stuck(l, stage, value);
    lint_unasked(l, stage, tri_lint_in(value, "needs"));
    lint_exempt(l, stage, tri_lint_in(value, "needs"));
}

/* ---- actions ---- */

/* A verdict that is stricter than allow can always come from outside, such as a suspended device;
 * allow can come from an override. */
static bool called_for(const tri_linter *l, const tri_action *action)
{
    if (action->cause == TRI_FOR_GATE)
        return tri_lint_bit(l->worst.gates, action->index);
    if (action->cause == TRI_FOR_STAGE)
        return tri_lint_bit(l->reached, action->index);
    bool allowed = action->index != TRUST_ALLOW || l->policy->overrides.mildest == TRUST_ALLOW;
    for (uint32_t s = 0; s < l->stance_count && !allowed; s++)
        allowed = l->best[s].verdict == TRUST_ALLOW;
    return allowed;
}

static void lint_action(tri_linter *l, const tri_action *action)
{
    const tri_json *owner =
        action->cause == TRI_FOR_GATE    ? tri_lint_entry(l, "gates", action->index)
        : action->cause == TRI_FOR_STAGE ? tri_lint_entry(l, "stages", action->index)
                                         : tri_lint_at(l, "actions");
    const char *name = action->cause == TRI_FOR_VERDICT ? "allow" : "actions";
    if (called_for(l, action))
        return;
    tri_lint_begin(l, TRUST_LINT_WARNING, "ACTION_NEVER_REACHED", tri_lint_in(owner, name));
    tri_lint_say(l, "nothing leads to the action ");
    tri_lint_say(l, action->name);
    tri_lint_say(l, action->cause == TRI_FOR_GATE    ? ", whose gate cannot fire"
                    : action->cause == TRI_FOR_STAGE ? ", whose stage is never reached"
                                                     : ", since nothing is ever allowed");
    tri_lint_say(l, ": leave it out, or mend that");
    tri_lint_end(l);
}

/* ---- the record of a decision ---- */

/* Bytes of deterministic CBOR at the most, as lib/result/outcome.c writes it; a test holds the two
 * together. No array has more than 255 entries, no text more than 255 bytes. */
#define HEAD   2
#define SMALL  5 /* a number of 32 bits */
#define NUMBER 9

#define HEADS    (HEAD + 24 * SMALL + 5 * NUMBER)
#define FIXED    (HEAD + SMALL + HEADS + HEAD + 255 + HEAD + 32 + 7 * HEAD)
#define FINDINGS (112 * (1 + 8 * SMALL + 3 * NUMBER))
#define ITEMS    (64 * (1 + HEAD + 127 + 3 * SMALL))
#define INPUTS   (20 * (1 + HEAD + 63 + NUMBER))
#define STEPS    8
#define STEP     (1 + 2 * SMALL)

#define ROW(name) (1 + text(name) + 8 * SMALL)

static size_t text(const char *name)
{
    return HEAD + strlen(name);
}

static size_t longest(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Every signal has a row, may be needed, and may be in each of the steps that has room for it. */
static size_t of_signals(const trust_policy *p)
{
    size_t size = 0, step = 0, asked = 0;
    for (uint32_t i = 0; i < p->signal_count; i++) {
        const tri_signal_rule *rule = &p->signals[i];
        size += ROW(rule->name) + 1 + text(rule->name) + SMALL;
        if (rule->cost == 0)
            continue;
        step = longest(step, 1 + text(rule->name) + text(rule->action) + SMALL);
        asked += asked < TRUST_STEP_MAX_SIGNALS;
    }
    return size + STEPS * (STEP + asked * step);
}

static size_t record_size(const trust_policy *p)
{
    size_t size = FIXED + FINDINGS + ITEMS + INPUTS + text(p->id) + of_signals(p);
    size_t profile = text("default"), stage = text("");
    for (uint32_t i = 0; i < p->profile_count; i++)
        profile = longest(profile, text(p->profiles[i].id));
    for (uint32_t i = 0; i < p->stage_count; i++)
        stage = longest(stage, text(p->stages[i].id));
    for (uint32_t i = 0; i < p->group_count; i++)
        size += ROW(p->groups[i].row);
    for (uint32_t i = 0; i < p->action_count; i++)
        size += 1 + text(p->actions[i].name) + 2 * SMALL;
    return size + profile + stage + ROW("base") + ROW("clamp");
}

static void lint_record(tri_linter *l)
{
    size_t size = record_size(l->policy);
    tri_lint_begin(l, TRUST_LINT_NOTE, "RECORD_SIZE", l->doc->root);
    l->number = (int32_t)size;
    tri_lint_say(l, "the record of a decision takes at most ");
    tri_lint_say_number(l, (int64_t)size);
    tri_lint_say(l, " bytes, with as many findings and items of evidence as there can be");
    tri_lint_end(l);
}

void tri_lint_workflow(tri_linter *l)
{
    const tri_json *value = tri_json_first(tri_lint_at(l, "stages"));
    for (uint32_t i = 0; i < l->policy->stage_count && !l->no_memory; i++) {
        lint_stage(l, i, value);
        value = tri_json_next(value);
    }
    for (uint32_t i = 0; i < l->policy->action_count && !l->no_memory; i++)
        lint_action(l, &l->policy->actions[i]);
    lint_record(l);
}
