/* trustctl policy diff: every difference of two documents, in full form, and which way each works.
 * Members are walked by name, so that what is not known here is told as "not compared" and not left
 * out. Trust: the library has loaded both. */

#include <string.h>

#include "policy_report.h"

/* ---- members by rule ---- */

typedef struct member_rule {
    const char *name; /* "limits.adverse"; NULL at the end */
    rule rule;
} member_rule;

static const member_rule document_rules[] = {
    {"id", RULE_NONE},
    {"revision", RULE_NONE},
    {"trust_policy", RULE_NONE},
    {"not_before", RULE_LATER},
    {"expires", RULE_SOONER},
    {"base", RULE_UP},
    {"verdicts.allow", RULE_DOWN},
    {"verdicts.step_up", RULE_DOWN},
    {"verdicts.quarantine", RULE_DOWN},
    {"limits.adverse", RULE_DOWN},
    {"limits.uncertainty", RULE_DOWN},
    {"hysteresis.margin", RULE_UP},
    {"hysteresis.dwell", RULE_LONG},
    {"hysteresis.dwell_max", RULE_LONG},
    {"hysteresis.backoff", RULE_UP},
    {"actions", RULE_NONE},
    {"calibration", RULE_NONE},
    {"overrides", RULE_GRANT},
    {"overrides.may_lower_to", RULE_FLOOR},
    {"overrides.approvals", RULE_UP},
    {"overrides.max_ttl", RULE_SHORT},
    {"overrides.roles", RULE_ROLES},
    {"overrides.never", RULE_NONE}, /* it shows in the gates that are final */
    {NULL, RULE_NONE},
};

static const member_rule signal_rules[] = {
    {"weight", RULE_UP},
    {"absent.not_requested", RULE_UP},
    {"absent.refused", RULE_UP},
    {"absent.source_down", RULE_UP},
    {"half_life", RULE_SHORT},
    {"half_life_bad", RULE_LONG},
    {"ttl", RULE_SHORT},
    {"ttl_bad", RULE_LONG},
    {"reliability", RULE_EITHER},
    {"quorum", RULE_DOWN},
    {NULL, RULE_NONE},
};

static const member_rule group_rules[] = {
    {"ceiling", RULE_UP},
    {"floor", RULE_UP},
    {NULL, RULE_NONE},
};

static const member_rule gate_rules[] = {
    {"actions", RULE_NONE}, {"id", RULE_NONE}, {"floor", RULE_FLOOR},
    {"reason", RULE_NONE},  {NULL, RULE_NONE},
};

static const member_rule profile_rules[] = {
    {"id", RULE_NONE},
    {"not_applicable", RULE_FEWER},
    {NULL, RULE_NONE},
};

static const member_rule stage_rules[] = {
    {"actions", RULE_NONE},     {"id", RULE_NONE},       {"needs", RULE_MORE},
    {"on_timeout", RULE_FLOOR}, {"timeout", RULE_SHORT}, {NULL, RULE_NONE},
};

static const member_rule no_rules[] = {{"", RULE_NONE}, {NULL, RULE_NONE}};

static rule rule_of(const member_rule *rules, const char *name)
{
    for (const member_rule *r = rules; r->name != NULL; r++) {
        size_t len = strlen(r->name);
        bool below = r->rule == RULE_NONE && strncmp(name, r->name, len) == 0 &&
                     (name[len] == '.' || len == 0);
        if (below || strcmp(name, r->name) == 0)
            return r->rule;
    }
    return RULE_CANNOT;
}

/* Members that are compared in another way. */
typedef bool (*exception)(const char *name);

static void compare_value(comparison *c, const char *about, const char *name,
                          const member_rule *rules, exception other, const tree *from,
                          const tree *to);

static void compare_objects(comparison *c, const char *about, const char *prefix,
                            const member_rule *rules, exception other, const tree *from,
                            const tree *to)
{
    char name[320];
    const tree *both[] = {from, to};
    for (int side = 0; side < 2; side++)
        for (const tree *t = both[side] != NULL ? both[side]->first : NULL; t != NULL;
             t = t->next) {
            const tree *in_a = tree_member(from, t->name), *in_b = tree_member(to, t->name);
            if (side == 1 && in_a != NULL)
                continue;
            int len = snprintf(name, sizeof name, "%s%s%s", prefix, prefix[0] != '\0' ? "." : "",
                               t->name);
            if (len > 0 && (size_t)len < sizeof name) /* always: names are bounded, levels few */
                compare_value(c, about, name, rules, other, in_a, in_b);
        }
}

static void compare_value(comparison *c, const char *about, const char *name,
                          const member_rule *rules, exception other, const tree *from,
                          const tree *to)
{
    if (tree_same(from, to) || (other != NULL && other(name)))
        return;
    if (from != NULL && to != NULL && from->type == TREE_OBJECT && to->type == TREE_OBJECT) {
        compare_objects(c, about, name, rules, other, from, to);
        return;
    }
    report(c, effect_of_member(rule_of(rules, name), from, to), about, name, from, to);
}

/* ---- signals and groups ---- */

static bool is_curve(const char *name)
{
    return strcmp(name, "curve") == 0;
}

/* Gates and stages go by what a signal said for as long as it counts. */
static void compare_counting(comparison *c, const char *about, size_t in_a, size_t in_b)
{
    const char *signal = policy_signal(c->a, in_a).name;
    int32_t limit = INT32_MAX;
    for (size_t g = 0; g < c->a->gates; g++)
        for (uint32_t i = 0; i < policy_gate(c->a, g).condition_count; i++) {
            trust_policy_condition condition = policy_condition(c->a, g, i);
            bool goes = condition.asks == TRUST_ASKS_AT_LEAST && condition.limit < limit;
            if (goes && strcmp(condition.signal, signal) == 0)
                limit = condition.limit;
        }
    for (size_t s = 0; s < c->a->stages; s++)
        if ((policy_stage(c->a, s).needs >> in_a & 1) != 0)
            limit = effect_first_cost(c->a, in_a) < limit ? effect_first_cost(c->a, in_a) : limit;
    effect e = effect_on_counting(c->a, in_a, c->b, in_b, limit);
    if (e != NEITHER)
        report(c, e, about, "how long gates and stages go by it", NULL, NULL);
}

static void compare_signal(comparison *c, const tree *from, const tree *to)
{
    char about[96];
    snprintf(about, sizeof about, "signal %s", from->name);
    size_t in_a = find_signal(c->a, from->name), in_b = find_signal(c->b, from->name);
    compare_objects(c, about, "", signal_rules, is_curve, from, to);
    const tree *curves[] = {tree_member(from, "curve"), tree_member(to, "curve")};
    if (!tree_same(curves[0], curves[1]))
        report(c, effect_of_curve(c->a, in_a, c->b, in_b), about, "curve", curves[0], curves[1]);
    compare_counting(c, about, in_a, in_b);
}

static void compare_signals(comparison *c, const tree *from, const tree *to)
{
    char about[96];
    for (const tree *t = from->first; t != NULL; t = t->next) {
        const tree *other = tree_member(to, t->name);
        snprintf(about, sizeof about, "signal %s", t->name);
        if (other != NULL)
            compare_signal(c, t, other);
        else
            report(c, effect_opposite(effect_of_new_signal(c->a, find_signal(c->a, t->name))),
                   about, "", t, NULL);
    }
    for (const tree *t = to->first; t != NULL; t = t->next) {
        snprintf(about, sizeof about, "signal %s", t->name);
        if (tree_member(from, t->name) == NULL)
            report(c, effect_of_new_signal(c->b, find_signal(c->b, t->name)), about, "", NULL, t);
    }
    if (uncertainty_moved(c->a, c->b))
        report(c, UNCLEAR, "uncertainty", "how much each signal counts for in it", NULL, NULL);
}

/* A group comes and goes with its signals, which are told. */
static void compare_groups(comparison *c, const tree *from, const tree *to)
{
    char about[96];
    for (const tree *t = from->first; t != NULL; t = t->next) {
        const tree *other = tree_member(to, t->name);
        snprintf(about, sizeof about, "group %s", t->name);
        if (other != NULL)
            compare_objects(c, about, "", group_rules, NULL, t, other);
        else
            report(c, NEITHER, about, "", t, NULL);
    }
    for (const tree *t = to->first; t != NULL; t = t->next) {
        snprintf(about, sizeof about, "group %s", t->name);
        if (tree_member(from, t->name) == NULL)
            report(c, NEITHER, about, "", NULL, t);
    }
}

/* ---- gates ---- */

static bool is_own_of_gate(const char *name)
{
    return strcmp(name, "if") == 0 || strncmp(name, "if.", 3) == 0 || strcmp(name, "final") == 0;
}

static bool has_overrides(const policy_file *file)
{
    return tree_member(file->root, "overrides") != NULL;
}

/* When a gate fires. */
static char *gate_words(comparison *c, const policy_file *file, size_t gate)
{
    text_stream words;
    char *text = NULL;
    if (text_begin(&words)) {
        put_gate(words.out, file, gate);
        text = text_end(&words, NULL);
    }
    c->status = text != NULL ? c->status : EXIT_MEMORY;
    return text;
}

static void compare_gate(comparison *c, const tree *from, const tree *to)
{
    char about[96];
    const tree yes = {.type = TREE_WORD, .text = "true", .number = 1};
    const tree no = {.type = TREE_WORD, .text = "false"};
    size_t in_a = find_gate(c->a, tree_text(from, "id"));
    size_t in_b = find_gate(c->b, tree_text(to, "id"));
    snprintf(about, sizeof about, "gate %s", tree_text(from, "id"));
    compare_objects(c, about, "", gate_rules, is_own_of_gate, from, to);
    const tree *conditions[] = {tree_member(from, "if"), tree_member(to, "if")};
    if (!tree_same(conditions[0], conditions[1]))
        report_worded(c, effect_of_gate(c->a, in_a, c->b, in_b), about, "if", conditions,
                      gate_words(c, c->a, in_a), gate_words(c, c->b, in_b));
    /* As it counts, which "never" of the overrides has a part in. */
    bool was = policy_gate(c->a, in_a).final != 0, is = policy_gate(c->b, in_b).final != 0;
    effect e = has_overrides(c->a) && has_overrides(c->b) ? effect_of_order(was, is) : NEITHER;
    if (was != is)
        report(c, e, about, "final", was ? &yes : &no, is ? &yes : &no);
}

/* The gate of another list with the same id or, where its id is new there, the same under another
 * name. */
static const tree *same_gate(const tree *gate, const tree *here, const tree *there)
{
    const tree *same = tree_entry(there, "id", tree_text(gate, "id"));
    for (const tree *t = there != NULL ? there->first : NULL; t != NULL && same == NULL;
         t = t->next)
        if (tree_same(tree_member(t, "if"), tree_member(gate, "if")) &&
            tree_same(tree_member(t, "floor"), tree_member(gate, "floor")) &&
            tree_entry(here, "id", tree_text(t, "id")) == NULL)
            same = t;
    return same;
}

static void compare_gates(comparison *c, const tree *from, const tree *to)
{
    char about[96];
    for (const tree *t = from != NULL ? from->first : NULL; t != NULL; t = t->next) {
        const tree *other = same_gate(t, from, to);
        snprintf(about, sizeof about, "gate %s", tree_text(t, "id"));
        if (other != NULL)
            compare_gate(c, t, other);
        else
            report(c, MILDER, about, "", t, NULL);
    }
    for (const tree *t = to != NULL ? to->first : NULL; t != NULL; t = t->next) {
        snprintf(about, sizeof about, "gate %s", tree_text(t, "id"));
        if (same_gate(t, to, from) == NULL)
            report(c, STRICTER, about, "", NULL, t);
    }
}

/* ---- profiles ---- */

/* Numbers are compared as they count, with what the profile takes from the policy. */
static bool is_own_of_profile(const char *name)
{
    static const char *const own[] = {"base", "verdicts", "limits", "when"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    return false;
}

static void compare_stances(comparison *c, const char *about, const trust_policy_stance *a,
                            const trust_policy_stance *b)
{
    const struct {
        const char *what;
        int32_t from, to;
        bool up; /* a higher number is stricter */
    } numbers[] = {{"base", a->bands.base, b->bands.base, true},
                   {"verdicts.allow", a->bands.allow, b->bands.allow, false},
                   {"verdicts.step_up", a->bands.step_up, b->bands.step_up, false},
                   {"verdicts.quarantine", a->bands.quarantine, b->bands.quarantine, false},
                   {"limits.adverse", a->adverse, b->adverse, false},
                   {"limits.uncertainty", a->uncertainty, b->uncertainty, false}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        effect e = effect_of_order(numbers[i].from, numbers[i].to);
        report_number(c, numbers[i].up ? e : effect_opposite(e), about, numbers[i].what,
                      numbers[i].from, numbers[i].to);
    }
}

static void compare_profile(comparison *c, const tree *from, const tree *to)
{
    char about[96];
    const char *id = tree_text(from, "id");
    trust_policy_stance a = policy_profile(c->a, find_profile(c->a, id)).stance;
    trust_policy_stance b = policy_profile(c->b, find_profile(c->b, id)).stance;
    snprintf(about, sizeof about, "profile %s", id);
    const tree *when[] = {tree_member(from, "when"), tree_member(to, "when")};
    if (!tree_same(when[0], when[1]))
        report_worded(c, UNCLEAR, about, "when", when,
                      policy_when(c->a, find_profile(c->a, id), &c->status),
                      policy_when(c->b, find_profile(c->b, id), &c->status));
    compare_stances(c, about, &a, &b);
    compare_objects(c, about, "", profile_rules, is_own_of_profile, from, to);
}

/* The profiles that both have, in the same order. */
static bool same_order(const tree *from, const tree *to)
{
    const tree *b = to != NULL ? to->first : NULL;
    for (const tree *a = from != NULL ? from->first : NULL; a != NULL; a = a->next) {
        if (tree_entry(to, "id", tree_text(a, "id")) == NULL)
            continue;
        while (b != NULL && tree_entry(from, "id", tree_text(b, "id")) == NULL)
            b = b->next;
        if (b == NULL || strcmp(tree_text(a, "id"), tree_text(b, "id")) != 0)
            return false;
        b = b->next;
    }
    return true;
}

static void compare_profiles(comparison *c, const tree *from, const tree *to)
{
    char about[96];
    for (const tree *t = from != NULL ? from->first : NULL; t != NULL; t = t->next) {
        const char *id = tree_text(t, "id");
        const tree *other = tree_entry(to, "id", id);
        snprintf(about, sizeof about, "profile %s", id);
        if (other != NULL)
            compare_profile(c, t, other);
        else
            report(c, effect_opposite(effect_of_new_profile(c->a, find_profile(c->a, id))), about,
                   "", t, NULL);
    }
    for (const tree *t = to != NULL ? to->first : NULL; t != NULL; t = t->next) {
        const char *id = tree_text(t, "id");
        snprintf(about, sizeof about, "profile %s", id);
        if (tree_entry(from, "id", id) == NULL)
            report(c, effect_of_new_profile(c->b, find_profile(c->b, id)), about, "", NULL, t);
    }
    if (!same_order(from, to))
        report(c, UNCLEAR, "profiles", "which comes first", NULL, NULL);
}

/* ---- stages ---- */

static bool is_own_of_stage(const char *name)
{
    return strcmp(name, "on_timeout") == 0;
}

static void compare_stage(comparison *c, const tree *from, const tree *to)
{
    char about[96];
    const tree *ends[] = {tree_member(from, "on_timeout"), tree_member(to, "on_timeout")};
    bool never = strcmp(tree_text(from, "timeout"), "never") == 0 ||
                 strcmp(tree_text(to, "timeout"), "never") == 0;
    snprintf(about, sizeof about, "stage %s", tree_text(from, "id"));
    compare_objects(c, about, "", stage_rules, is_own_of_stage, from, to);
    if (!tree_same(ends[0], ends[1]))
        report(c, never ? NEITHER : effect_of_member(RULE_FLOOR, ends[0], ends[1]), about,
               "on_timeout", ends[0], ends[1]);
}

/* A device is in a stage by its number, so other lists of stages cannot be compared; but stages
 * only ever hold a device back. */
static void compare_stages(comparison *c, const tree *from, const tree *to)
{
    const tree *a = from != NULL ? from->first : NULL, *b = to != NULL ? to->first : NULL;
    if (a == NULL || b == NULL) {
        if (a != b)
            report(c, a == NULL ? STRICTER : MILDER, "stages", "", a == NULL ? NULL : from,
                   a == NULL ? to : NULL);
        return;
    }
    bool same = tree_count(from) == tree_count(to);
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        same &= strcmp(tree_text(a, "id"), tree_text(b, "id")) == 0;
    if (!same) {
        report(c, UNCLEAR, "stages", "", from, to);
        return;
    }
    for (a = from->first, b = to->first; a != NULL; a = a->next, b = b->next)
        compare_stage(c, a, b);
}

/* ---- lists that move no verdict ---- */

static void compare_list(comparison *c, const char *what, const char *key, const tree *from,
                         const tree *to)
{
    char about[192];
    for (const tree *t = from != NULL ? from->first : NULL; t != NULL; t = t->next) {
        const tree *other = tree_entry(to, key, tree_text(t, key));
        snprintf(about, sizeof about, "%s %s", what, tree_text(t, key));
        if (other != NULL)
            compare_objects(c, about, "", no_rules, NULL, t, other);
        else
            report(c, NEITHER, about, "", t, NULL);
    }
    for (const tree *t = to != NULL ? to->first : NULL; t != NULL; t = t->next) {
        snprintf(about, sizeof about, "%s %s", what, tree_text(t, key));
        if (tree_entry(from, key, tree_text(t, key)) == NULL)
            report(c, NEITHER, about, "", NULL, t);
    }
}

/* ---- the whole ---- */

static bool is_part(const char *name)
{
    static const char *const parts[] = {"signals", "groups",  "gates", "profiles",
                                        "stages",  "step_up", "tests"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(name, parts[i]) == 0)
            return true;
    return false;
}

static void compare(comparison *c)
{
    const tree *a = c->a->root, *b = c->b->root;
    uint8_t hash[2][32];
    compare_objects(c, "policy", "", document_rules, is_part, a, b);
    compare_signals(c, tree_member(a, "signals"), tree_member(b, "signals"));
    compare_groups(c, tree_member(a, "groups"), tree_member(b, "groups"));
    compare_gates(c, tree_member(a, "gates"), tree_member(b, "gates"));
    compare_profiles(c, tree_member(a, "profiles"), tree_member(b, "profiles"));
    compare_stages(c, tree_member(a, "stages"), tree_member(b, "stages"));
    compare_list(c, "step_up", "obtain", tree_member(a, "step_up"), tree_member(b, "step_up"));
    compare_list(c, "test", "name", tree_member(a, "tests"), tree_member(b, "tests"));
    trust_policy_hash(c->a->policy, hash[0]);
    trust_policy_hash(c->b->policy, hash[1]);
    if (c->count == 0 && memcmp(hash[0], hash[1], sizeof hash[0]) != 0)
        report(c, UNCLEAR, "policy", "the order of its parts", NULL, NULL);
}

int run_policy_diff(const arguments *args)
{
    policy_file a, b = {0};
    comparison c = {.a = &a, .b = &b, .json = option_given(args, "--json")};
    if (strcmp(positional(args, 0), "-") == 0 && strcmp(positional(args, 1), "-") == 0)
        return complain("-", "only one document can come from standard input", EXIT_USAGE);
    int status = policy_open(positional(args, 0), &a);
    if (status == 0)
        status = policy_open(positional(args, 1), &b);
    if (status == 0 && report_begin(&c)) {
        compare(&c);
        status = report_end(&c);
    } else if (status == 0)
        status = EXIT_MEMORY;
    policy_close(&a);
    policy_close(&b);
    return status;
}
