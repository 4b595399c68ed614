/* What loads but is unwise. The linter asks the evaluator itself what the best, the worst and no
 * evidence would come to, so that it cannot disagree with it. Trust: the document may be hostile;
 * one that does not load is reported by its error alone. */

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/kind.h"
#include "policy/document.h"
#include "policy/lint.h"
#include "policy/model.h"
#include "policy/result.h"

typedef struct remark {
    trust_lint_remark shown;
    struct remark *next;
} remark;

struct trust_lint {
    tri_arena arena; /* holds everything, itself included */
    remark *first;   /* in the document's order */
    size_t count;
};

/* What one evaluation of supposed evidence came to. */
typedef struct outlook {
    int64_t level;
    int64_t adverse;
    uint32_t uncertainty;
    trust_verdict verdict;
} outlook;

#define RESULT_SIZE                                                                                \
    (sizeof(trust_policy_result) +                                                                 \
     (TRUST_POLICY_MAX_SIGNALS + TRUST_POLICY_MAX_GROUPS) * sizeof(tri_result_row))

typedef struct linter {
    trust_lint *lint;
    const tri_json_doc *doc;
    const trust_policy *policy;
    bool no_memory;
    outlook good;                            /* the best evidence of every signal */
    outlook worst;                           /* and the worst */
    int32_t least[TRUST_POLICY_MAX_SIGNALS]; /* mb, what each signal comes to then */
    int32_t most[TRUST_POLICY_MAX_SIGNALS];
    uint32_t severity; /* of the remark being written, */
    const char *code;
    const tri_json *value;                                     /* its place, */
    tri_text text;                                             /* its sentence, */
    char room[256];                                            /* and that one's characters */
    _Alignas(trust_policy_result) uint8_t result[RESULT_SIZE]; /* of the last evaluation */
} linter;

/* ---- remarks ---- */

static const tri_json *at(const linter *l, const char *name)
{
    return tri_json_member(l->doc->root, name);
}

/* The member, or what it would be in where the document leaves it out. */
static const tri_json *member_or(const tri_json *object, const char *name)
{
    const tri_json *value = tri_json_member(object, name);
    return value != NULL ? value : object;
}

static const tri_json *signal_at(const linter *l, uint32_t index)
{
    return tri_json_member(at(l, "signals"), l->policy->signals[index].name);
}

/* Put a remark where it belongs by line and column, after those of the same place. */
static void place(trust_lint *lint, remark *r)
{
    remark **link = &lint->first;
    while (*link != NULL &&
           ((*link)->shown.line < r->shown.line ||
            ((*link)->shown.line == r->shown.line && (*link)->shown.column <= r->shown.column)))
        link = &(*link)->next;
    r->next = *link;
    *link = r;
    lint->count++;
}

bool tri_lint_add(trust_lint *lint, uint32_t severity, const char *code, const trust_error *about,
                  const char *sentence)
{
    tri_arena *arena = &lint->arena;
    remark *r = tri_arena_take(arena, sizeof *r);
    char *where = tri_arena_copy(arena, tri_bytes(about->where));
    char *copy = tri_arena_copy(arena, tri_bytes(sentence));
    if (r == NULL || where == NULL || copy == NULL)
        return false;
    r->shown = (trust_lint_remark){.severity = severity,
                                   .line = about->line,
                                   .column = about->column,
                                   .code = code,
                                   .where = where,
                                   .sentence = copy};
    place(lint, r);
    return true;
}

trust_lint *tri_lint_new(const trust_allocator *allocator)
{
    tri_arena arena = tri_arena_begin(allocator);
    trust_lint *lint = tri_arena_take(&arena, sizeof *lint);
    if (lint != NULL)
        lint->arena = arena;
    return lint;
}

static void add(linter *l, uint32_t severity, const char *code, const trust_error *about,
                const char *sentence)
{
    if (!tri_lint_add(l->lint, severity, code, about, sentence))
        l->no_memory = true;
}

/* Begin a remark: the caller writes its sentence to l->text. */
static void begin(linter *l, uint32_t severity, const char *code, const tri_json *value)
{
    l->severity = severity;
    l->code = code;
    l->value = value;
    l->text = tri_text_begin(l->room, sizeof l->room);
}

static void end(linter *l)
{
    trust_error about = {0};
    (void)tri_text_end(&l->text, NULL);
    (void)tri_json_fail(l->doc, l->value, TRUST_E_FORMAT, "", (trust_bytes){NULL, 0}, &about);
    add(l, l->severity, l->code, &about, l->room);
}

static void say(linter *l, const char *text)
{
    tri_text_str(&l->text, text);
}

static void say_points(linter *l, int64_t mb)
{
    tri_text_int(&l->text, mb / TRI_MB_PER_POINT);
}

/* ---- supposed evidence ---- */

/* What to suppose of one signal. */
typedef enum supposed { SILENT, EXEMPT, GOOD, BAD, WORST, AT_GATE, AT_GATE_WEAK } supposed;

#define NOW 1

/* Add what is supposed of a signal to the findings. */
static void suppose(trust_policy_input *input, trust_finding *findings, const tri_signal_rule *rule,
                    supposed what, int32_t gate)
{
    trust_finding finding = {.kind = rule->kind,
                             .state = TRUST_STATE_VALID,
                             .quality = TRUST_QUALITY_FULL,
                             .time = NOW,
                             .item = TRUST_NO_ITEM};
    if (what == SILENT)
        return;
    if (what == EXEMPT)
        finding.state = TRUST_STATE_NOT_APPLICABLE;
    if (what == BAD)
        finding.value = tri_scale_max(rule->scale);
    if (what == AT_GATE || what == AT_GATE_WEAK)
        finding.value = gate;
    if (what == AT_GATE_WEAK)
        finding.quality = 0;
    if (what == WORST) {
        finding.state = TRUST_STATE_REFUSED;
        findings[input->finding_count++] = finding;
        finding.state = TRUST_STATE_INVALID;
    }
    findings[input->finding_count++] = finding;
}

/* Evaluate with the same supposed of every signal, except those that @p chosen says. */
static outlook evaluate(linter *l, supposed others, const uint8_t *chosen, supposed what,
                        int32_t gate)
{
    trust_finding findings[2 * TRUST_POLICY_MAX_SIGNALS];
    trust_policy_input input = TRUST_POLICY_INPUT_INIT;
    trust_policy_result *result = (trust_policy_result *)(void *)l->result;
    input.now = NOW;
    input.findings = findings;
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        suppose(&input, findings, &l->policy->signals[i],
                chosen != NULL && chosen[i] ? what : others, gate);
    if (trust_policy_evaluate(l->policy, &input, result, sizeof l->result) != TRUST_OK)
        return (outlook){0}; /* never: policy and findings are within their ranges */
    return (outlook){result->level, result->adverse, result->uncertainty, result->verdict};
}

static void keep_rows(const linter *l, int32_t *mb)
{
    const trust_policy_result *result = (const trust_policy_result *)(const void *)l->result;
    for (uint32_t i = 0; i < l->policy->signal_count; i++)
        mb[i] = result->rows[i].mb;
}

/* The verdict without gates. */
static trust_verdict ungated(const trust_policy *p, const outlook *o)
{
    trust_verdict verdict = tri_band(&p->stance, o->level, 0);
    if (verdict == TRUST_ALLOW &&
        (o->adverse > p->stance.max_adverse || o->uncertainty > p->stance.max_uncertainty))
        return TRUST_STEP_UP;
    return verdict;
}

static bool has_gate(const trust_policy *p, uint32_t signal, uint32_t type)
{
    for (uint32_t i = 0; i < p->gate_count; i++)
        if (p->conditions[p->gates[i].first].signal == signal &&
            (type == 0 || p->conditions[p->gates[i].first].asks == type))
            return true;
    return false;
}

/* ---- remarks about verdicts ---- */

static void lint_allow(linter *l)
{
    const trust_policy *p = l->policy;
    const tri_json *limits = member_or(l->doc->root, "limits");
    if (l->good.verdict == TRUST_ALLOW)
        return;
    if (l->good.level > p->stance.limit[0]) {
        begin(l, TRUST_LINT_ERROR, "ALLOW_UNREACHABLE",
              tri_json_member(at(l, "verdicts"), "allow"));
        say(l, "with the best evidence of every signal the risk is still ");
        tri_text_int(&l->text, tri_risk(l->good.level));
        say(l, ", so nothing is ever allowed: raise allow, or lower base");
    } else if (l->good.adverse > p->stance.max_adverse) {
        begin(l, TRUST_LINT_ERROR, "ALLOW_UNREACHABLE", member_or(limits, "adverse"));
        say(l, "even the best evidence leaves points against a device, more than the limit of ");
        say_points(l, p->stance.max_adverse);
        say(l, ", so nothing is ever allowed: raise adverse or a reliability");
    } else {
        begin(l, TRUST_LINT_ERROR, "ALLOW_UNREACHABLE", member_or(limits, "uncertainty"));
        say(l, "even the best evidence leaves more uncertainty than the limit allows, so nothing "
               "is ever allowed: raise uncertainty or a reliability");
    }
    end(l);
}

/* Whether any evidence leads to the verdict, by the level or by a gate. */
static bool reachable(const linter *l, trust_verdict verdict)
{
    const trust_policy *p = l->policy;
    for (uint32_t i = 0; i < p->gate_count; i++)
        if (p->gates[i].floor == verdict)
            return true;
    return ungated(p, &l->worst) >= verdict && tri_band(&p->stance, l->good.level, 0) <= verdict;
}

static void lint_verdicts(linter *l)
{
    const tri_json *verdicts = at(l, "verdicts");
    for (trust_verdict v = TRUST_STEP_UP; v <= TRUST_DENY; v++) {
        if (reachable(l, v))
            continue;
        const char *name = trust_verdict_name(v);
        begin(l, TRUST_LINT_WARNING, "VERDICT_UNREACHABLE", member_or(verdicts, name));
        say(l, "no evidence leads to ");
        say(l, name);
        say(l, ": the risk stays from ");
        tri_text_int(&l->text, tri_risk(l->good.level));
        say(l, " to ");
        tri_text_int(&l->text, tri_risk(l->worst.level));
        say(l, "; move the thresholds, or change weights");
        end(l);
    }
}

static void lint_margin(linter *l)
{
    const trust_policy *p = l->policy;
    int32_t gap = p->stance.limit[1] - p->stance.limit[0];
    if (p->stance.limit[2] - p->stance.limit[1] < gap)
        gap = p->stance.limit[2] - p->stance.limit[1];
    if (p->margin <= gap)
        return;
    begin(l, TRUST_LINT_WARNING, "MARGIN_OVER_GAP",
          member_or(member_or(l->doc->root, "hysteresis"), "margin"));
    say(l, "the margin of ");
    say_points(l, p->margin);
    say(l, " points is wider than the narrowest verdict, which is ");
    say_points(l, gap);
    say(l, ": a device that improves skips that verdict; lower margin");
    end(l);
}

/* ---- remarks about signals ---- */

static void lint_withholding(linter *l, uint32_t index)
{
    const tri_signal_rule *rule = &l->policy->signals[index];
    const trust_kind_info *info = tri_kind_builtin(rule->kind);
    int32_t gain = rule->hi - rule->absent[TRI_ABSENT_NOT_REQUESTED];
    if (info == NULL || !info->withholdable || gain == 0 ||
        has_gate(l->policy, index, TRI_ASKS_ABSENT))
        return;
    begin(l, TRUST_LINT_WARNING, "WITHHOLDING_GAIN", member_or(signal_at(l, index), "absent"));
    say(l, "keeping ");
    say(l, rule->name);
    say(l, " back costs a device up to ");
    say_points(l, gain);
    say(l, " points less than showing bad news: let \"absent\" be \"worst\", or add a gate on its "
           "absence");
    end(l);
}

static void lint_observer(linter *l, uint32_t index)
{
    const tri_signal_rule *rule = &l->policy->signals[index];
    const trust_kind_info *info = tri_kind_builtin(rule->kind);
    uint8_t chosen[TRUST_POLICY_MAX_SIGNALS] = {0};
    chosen[index] = 1;
    if (info == NULL || info->origins != 1u << TRUST_FROM_HOST)
        return;
    outlook o = evaluate(l, EXEMPT, chosen, BAD, 0);
    if (o.verdict != TRUST_DENY)
        return;
    begin(l, TRUST_LINT_WARNING, "OBSERVER_CAN_DENY", member_or(signal_at(l, index), "weight"));
    say(l, rule->name);
    if (tri_band(&l->policy->stance, o.level, 0) == TRUST_DENY) {
        say(l, " alone takes the risk to ");
        tri_text_int(&l->text, tri_risk(o.level));
        say(l, ", which denies, though it is only what the host observes: lower its weight");
    } else {
        say(l, " alone denies by a gate, though it is only what the host observes: let the gate's "
               "floor be quarantine");
    }
    end(l);
}

static void lint_ages(linter *l, uint32_t index)
{
    const tri_signal_rule *rule = &l->policy->signals[index];
    const tri_json *signal = signal_at(l, index);
    int64_t good = rule->good.ms;
    int64_t bad = rule->bad.ms;
    if (rule->ttl != 0 && (good == 0 || good > rule->ttl)) {
        begin(l, TRUST_LINT_WARNING, "HALF_LIFE_OVER_TTL", member_or(signal, "half_life"));
        say(l, "good news of ");
        say(l, rule->name);
        say(l, " still counts more than half when its ttl ends it, so the risk jumps: shorten "
               "half_life or lengthen ttl");
        end(l);
    }
    if (rule->ttl_bad != 0 && (bad == 0 || rule->ttl_bad < 4 * bad)) {
        begin(l, TRUST_LINT_WARNING, "TTL_BAD_SHORT", member_or(signal, "ttl_bad"));
        say(l, "bad news of ");
        say(l, rule->name);
        say(l, " is forgotten while it still weighs: let ttl_bad be at least four times "
               "half_life_bad, or leave it out");
        end(l);
    }
}

static void lint_inert(linter *l, uint32_t index)
{
    if (l->least[index] != l->most[index] || has_gate(l->policy, index, 0))
        return;
    begin(l, TRUST_LINT_WARNING, "SIGNAL_INERT", signal_at(l, index));
    say(l, "whatever the evidence, ");
    say(l, l->policy->signals[index].name);
    say(l, " adds ");
    say_points(l, l->most[index]);
    say(l, " points: give it weight and reliability, or leave it out");
    end(l);
}

static void lint_signals(linter *l)
{
    for (uint32_t i = 0; i < l->policy->signal_count && !l->no_memory; i++) {
        lint_withholding(l, i);
        lint_observer(l, i);
        lint_ages(l, i);
        lint_inert(l, i);
    }
}

/* ---- remarks about groups and gates ---- */

static void lint_groups(linter *l)
{
    const trust_policy *p = l->policy;
    for (uint32_t g = 0; g < p->group_count && p->group_count > 1; g++) {
        uint8_t chosen[TRUST_POLICY_MAX_SIGNALS];
        for (uint32_t i = 0; i < p->signal_count; i++)
            chosen[i] = p->signals[i].group == g;
        outlook o = evaluate(l, SILENT, chosen, GOOD, 0);
        if (o.verdict != TRUST_ALLOW)
            continue;
        const tri_json *group = tri_json_member(at(l, "groups"), p->groups[g].name);
        begin(l, TRUST_LINT_WARNING, "GROUP_BUYS_ALLOW", group != NULL ? group : at(l, "signals"));
        say(l, "good news of the group ");
        say(l, p->groups[g].name);
        say(l, " alone, with silence from all others, allows at a risk of ");
        tri_text_int(&l->text, tri_risk(o.level));
        say(l, ": give the group a floor nearer to 0");
        end(l);
    }
}

/* Whether another gate does all that this one does. */
static bool covered(const trust_policy *p, uint32_t index)
{
    const tri_gate *gate = &p->gates[index];
    const tri_condition *own = &p->conditions[gate->first];
    for (uint32_t i = 0; i < p->gate_count; i++) {
        const tri_gate *other = &p->gates[i];
        const tri_condition *its = &p->conditions[other->first];
        bool fires_too = its->asks == own->asks && its->signal == own->signal &&
                         (own->asks == TRI_ASKS_ABSENT || its->limit <= own->limit);
        bool same = other->floor == gate->floor && its->limit == own->limit;
        /* Of two alike the later one is to go. */
        if (i != index && fires_too && other->floor >= gate->floor && (!same || i < index))
            return true;
    }
    return false;
}

/* The mildest verdict of any evidence that fires the gate, had it not fired: the best of all other
 * signals, and of this one the milder of a certain and of a hardly certain value. */
static trust_verdict mildest(linter *l, const tri_condition *gate)
{
    uint8_t chosen[TRUST_POLICY_MAX_SIGNALS] = {0};
    chosen[gate->signal] = 1;
    if (gate->asks == TRI_ASKS_ABSENT) {
        outlook silent = evaluate(l, GOOD, chosen, SILENT, 0);
        return ungated(l->policy, &silent);
    }
    outlook sure = evaluate(l, GOOD, chosen, AT_GATE, gate->limit);
    outlook weak = evaluate(l, GOOD, chosen, AT_GATE_WEAK, gate->limit);
    sure.level = weak.level < sure.level ? weak.level : sure.level;
    sure.adverse = weak.adverse < sure.adverse ? weak.adverse : sure.adverse;
    return ungated(l->policy, &sure);
}

static void lint_gates(linter *l)
{
    const trust_policy *p = l->policy;
    const tri_json *value = tri_json_first(at(l, "gates"));
    for (uint32_t i = 0; i < p->gate_count; i++, value = tri_json_next(value)) {
        bool twice = covered(p, i);
        if (!twice && mildest(l, &p->conditions[p->gates[i].first]) < p->gates[i].floor)
            continue;
        begin(l, TRUST_LINT_WARNING, "GATE_NEVER_BINDS", value);
        say(l, "the gate ");
        say(l, p->gates[i].id);
        say(l, twice ? " does nothing that another gate does not do"
                     : " fires only where the points alone or a limit are as strict");
        say(l, ": leave it out, or make its floor stricter");
        end(l);
    }
}

/* ---- the report ---- */

static void lint_policy(linter *l)
{
    static void (*const checks[])(linter *) = {lint_allow,   lint_verdicts, lint_margin,
                                               lint_signals, lint_groups,   lint_gates};
    l->good = evaluate(l, GOOD, NULL, GOOD, 0);
    keep_rows(l, l->least);
    l->worst = evaluate(l, WORST, NULL, WORST, 0);
    keep_rows(l, l->most);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0] && !l->no_memory; i++)
        checks[i](l);
}

trust_status trust_policy_lint(const void *document, size_t len, const trust_allocator *allocator,
                               trust_lint **out)
{
    if ((document == NULL && len > 0) || out == NULL)
        return TRUST_E_ARGUMENT;
    trust_allocator memory = tri_allocator(allocator);
    tri_json_doc doc = {.root = NULL};
    trust_policy *policy = NULL;
    trust_error err;
    trust_lint *lint = tri_lint_new(&memory);
    if (lint == NULL)
        return TRUST_E_NOMEM;
    trust_status status =
        tri_policy_load((trust_bytes){document, len}, &memory, &doc, &policy, &err);
    linter l = {.lint = lint, .doc = &doc, .policy = policy};
    if (status == TRUST_OK)
        lint_policy(&l);
    else if (status != TRUST_E_NOMEM)
        add(&l, TRUST_LINT_ERROR, "DOES_NOT_LOAD", &err, err.message);
    trust_policy_free(policy);
    tri_json_free(&doc);
    if (l.no_memory || status == TRUST_E_NOMEM) {
        trust_lint_free(lint);
        return TRUST_E_NOMEM;
    }
    *out = lint;
    return TRUST_OK;
}

size_t trust_lint_count(const trust_lint *lint)
{
    return lint != NULL ? lint->count : 0;
}

trust_status trust_lint_remark_at(const trust_lint *lint, size_t index, trust_lint_remark *out)
{
    if (lint == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= lint->count)
        return TRUST_E_NOT_FOUND;
    const remark *r = lint->first;
    while (index-- > 0)
        r = r->next;
    *out = r->shown;
    return TRUST_OK;
}

void trust_lint_free(trust_lint *lint)
{
    if (lint == NULL)
        return;
    tri_arena arena = lint->arena; /* which holds the report itself */
    tri_arena_end(&arena);
}
