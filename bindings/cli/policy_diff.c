/* trustctl policy diff: every difference of two documents, in full form, and which way each works.
 * Members are walked by name, so that what is not known here is told as "not compared" and not left
 * out. Trust: the library has loaded both. */

#include <stdlib.h>
#include <string.h>

#include "policy_effect.h"

#define WIDTH 100

typedef struct comparison {
    FILE *out;
    const policy_file *a, *b;
    bool json;
    int status;
    size_t count;
    size_t effects[UNCLEAR + 1]; /* how many differences work so */
    text_stream unclear;         /* the places that were not compared */
} comparison;

/* ---- what is printed ---- */

/* A value as JSON on one line. */
static void put_value(FILE *out, const tree *value)
{
    if (value == NULL)
        fputs("null", out);
    else if (value->type == TREE_TEXT)
        print_json_text(out, value->text);
    else if (value->type == TREE_NUMBER || value->type == TREE_WORD)
        fputs(value->text, out);
    else {
        fputc(value->type == TREE_LIST ? '[' : '{', out);
        for (const tree *t = value->first; t != NULL; t = t->next) {
            if (t->name != NULL) {
                print_json_text(out, t->name);
                fputs(": ", out);
            }
            put_value(out, t);
            fputs(t->next != NULL ? ", " : "", out);
        }
        fputc(value->type == TREE_LIST ? ']' : '}', out);
    }
}

/* The same for a person: a text without quotes. */
static void put_words(FILE *out, const tree *value)
{
    if (value != NULL && value->type == TREE_TEXT)
        put_safe(out, value->text);
    else if (value != NULL)
        put_value(out, value);
    else
        fputs("none", out);
}

static void print_json(comparison *c, effect e, const char *about, const char *what,
                       const tree *from, const tree *to)
{
    fputs(c->count > 0 ? ",{\"about\":" : "{\"about\":", c->out);
    print_json_text(c->out, about);
    fputs(",\"what\":", c->out);
    print_json_text(c->out, what);
    fputs(",\"old\":", c->out);
    put_value(c->out, from);
    fputs(",\"new\":", c->out);
    put_value(c->out, to);
    fprintf(c->out, ",\"effect\":\"%s\"}", effect_words[e]);
}

/* A part as a whole, or that it differs, or a member of it and how. */
static void print_line(comparison *c, effect e, const char *about, const char *what,
                       const tree *from, const tree *to)
{
    text_stream words;
    bool whole = what[0] == '\0';
    if (!text_begin(&words)) {
        c->status = EXIT_MEMORY;
        return;
    }
    put_safe(words.out, about);
    fputs(":", words.out);
    if (whole)
        fputs(from == NULL ? " added" : to == NULL ? " removed" : " changed", words.out);
    else
        fprintf(words.out, " %s", what);
    if (!whole && (from != NULL || to != NULL)) {
        fputc(' ', words.out);
        put_words(words.out, from);
        fputs(" -> ", words.out);
        put_words(words.out, to);
    }
    char *text = text_end(&words, NULL);
    fprintf(c->out, "%-14s", effect_words[e]);
    if (text != NULL)
        put_wrapped(c->out, text, 14, 14, WIDTH);
    c->status = text != NULL ? c->status : EXIT_MEMORY;
    free(text);
}

static void note_unclear(comparison *c, const char *about, const char *what)
{
    text_stream name;
    if (!text_begin(&name)) {
        c->status = EXIT_MEMORY;
        return;
    }
    fprintf(name.out, what[0] != '\0' ? "%s (%s)" : "%s", about, what);
    char *text = text_end(&name, NULL);
    FILE *out = c->unclear.out;
    fputs(c->effects[UNCLEAR] > 0 ? ", " : "", out);
    if (text != NULL && c->json)
        print_json_text(out, text);
    else if (text != NULL)
        put_safe(out, text);
    c->status = text != NULL ? c->status : EXIT_MEMORY;
    free(text);
}

/* One difference; @p what is empty where it is the part as a whole. */
static void report(comparison *c, effect e, const char *about, const char *what, const tree *from,
                   const tree *to)
{
    if (c->json)
        print_json(c, e, about, what, from, to);
    else
        print_line(c, e, about, what, from, to);
    if (e == UNCLEAR)
        note_unclear(c, about, what);
    c->effects[e]++;
    c->count++;
}

/* A condition, for a person in words; these are freed. */
static void report_worded(comparison *c, effect e, const char *about, const char *what,
                          const tree *const values[2], char *from, char *to)
{
    const tree words[] = {{.type = TREE_TEXT, .text = from != NULL ? from : ""},
                          {.type = TREE_TEXT, .text = to != NULL ? to : ""}};
    if (c->json)
        report(c, e, about, what, values[0], values[1]);
    else
        report(c, e, about, what, &words[0], &words[1]);
    free(from);
    free(to);
}

/* A number that is no member of the document. */
static void report_number(comparison *c, effect e, const char *about, const char *what,
                          int64_t from, int64_t to)
{
    char words[2][24];
    tree values[2] = {{.type = TREE_NUMBER, .text = words[0]},
                      {.type = TREE_NUMBER, .text = words[1]}};
    if (from == to)
        return;
    snprintf(words[0], sizeof words[0], "%lld", (long long)from);
    snprintf(words[1], sizeof words[1], "%lld", (long long)to);
    report(c, e, about, what, &values[0], &values[1]);
}

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
    char name[160];
    const tree *both[] = {from, to};
    for (int side = 0; side < 2; side++)
        for (const tree *t = both[side] != NULL ? both[side]->first : NULL; t != NULL;
             t = t->next) {
            const tree *in_a = tree_member(from, t->name), *in_b = tree_member(to, t->name);
            if (side == 1 && in_a != NULL)
                continue;
            snprintf(name, sizeof name, "%s%s%s", prefix, prefix[0] != '\0' ? "." : "", t->name);
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

static const char *overall(const comparison *c)
{
    bool stricter = c->effects[STRICTER] + c->effects[MIXED] > 0;
    bool milder = c->effects[MILDER] + c->effects[MIXED] > 0;
    if (!stricter && !milder)
        return "equal";
    return stricter && milder ? "mixed" : stricter ? "never milder" : "never stricter";
}

/* The last line claims what was compared and nothing else. */
static void conclude_text(comparison *c, const char *unclear)
{
    const char *word = overall(c);
    text_stream words;
    if (!text_begin(&words)) {
        c->status = EXIT_MEMORY;
        return;
    }
    fputs(word, words.out);
    if (c->effects[UNCLEAR] > 0)
        fprintf(words.out, " on what was compared; not compared: %s", unclear);
    else if (c->count == 0)
        fputs(": the documents say the same", words.out);
    else if (strcmp(word, "equal") == 0)
        fputs(": no verdict is another", words.out);
    else if (strcmp(word, "mixed") == 0)
        fputs(": depending on the evidence, verdicts become stricter or milder", words.out);
    else
        fprintf(words.out, ": whatever the evidence, no verdict of the second is %s",
                strcmp(word, "never milder") == 0 ? "milder" : "stricter");
    fputc('\n', words.out);
    char *text = text_end(&words, NULL);
    if (text != NULL)
        fputs(text, c->out);
    c->status = text != NULL ? c->status : EXIT_MEMORY;
    free(text);
}

static void json_policy(FILE *out, const policy_file *file)
{
    uint8_t hash[32];
    trust_policy_hash(file->policy, hash);
    fputs("{\"id\":", out);
    print_json_text(out, trust_policy_id(file->policy));
    fprintf(out, ",\"revision\":%llu,\"hash\":\"",
            (unsigned long long)trust_policy_revision(file->policy));
    for (size_t i = 0; i < sizeof hash; i++)
        fprintf(out, "%02x", hash[i]);
    fputs("\"}", out);
}

static int compare_files(comparison *c, text_stream *text)
{
    c->out = text->out;
    if (c->json) {
        fputs("{\"old\":", c->out);
        json_policy(c->out, c->a);
        fputs(",\"new\":", c->out);
        json_policy(c->out, c->b);
        fputs(",\"differences\":[", c->out);
    }
    compare(c);
    char *unclear = text_end(&c->unclear, NULL);
    if (unclear == NULL)
        c->status = EXIT_MEMORY;
    else if (c->json)
        fprintf(c->out, "],\"overall\":\"%s\",\"not_compared\":[%s]}\n", overall(c), unclear);
    else
        conclude_text(c, unclear);
    free(unclear);
    int status = c->status;
    if (status == 0)
        status = print_stream(text);
    else
        text_drop(text);
    return status != 0 ? status : c->count == 0 ? EXIT_AFFIRMATIVE : EXIT_NEGATIVE;
}

int run_policy_diff(const arguments *args)
{
    policy_file a, b = {0};
    text_stream text;
    comparison c = {.a = &a, .b = &b, .json = option_given(args, "--json")};
    if (strcmp(positional(args, 0), "-") == 0 && strcmp(positional(args, 1), "-") == 0)
        return complain("-", "only one document can come from standard input", EXIT_USAGE);
    int status = policy_open(positional(args, 0), &a);
    if (status == 0)
        status = policy_open(positional(args, 1), &b);
    if (status == 0 && !text_begin(&text))
        status = EXIT_MEMORY;
    else if (status == 0 && !text_begin(&c.unclear)) {
        text_drop(&text);
        status = EXIT_MEMORY;
    } else if (status == 0)
        status = compare_files(&c, &text);
    policy_close(&a);
    policy_close(&b);
    return status;
}
