/* trustctl policy show: a document as tables that fit a terminal, or as one JSON object with the
 * same facts. Trust: the library has loaded the document. */

#include <stdlib.h>
#include <string.h>

#include "policy_file.h"

#define WIDTH 100
#define FIRST 22 /* columns of the name that a row begins with */

/* A row's name; a long one has a line of its own. */
static void put_name(FILE *out, const char *name)
{
    fprintf(out, "%-*s", FIRST, name);
    if (strlen(name) >= FIRST)
        fprintf(out, "\n%*s", FIRST, "");
}

/* A row of words behind a name. */
static void put_words(FILE *out, const char *name, text_stream *words)
{
    char *text = text_end(words, NULL);
    put_name(out, name);
    if (text != NULL)
        put_wrapped(out, text, FIRST, FIRST, WIDTH);
    free(text);
}

/* ---- tables ---- */

static void table_signals(FILE *out, const policy_file *f)
{
    fprintf(out, "\n%-*s%7s%7s%8s%11s%9s%8s  %s\n", FIRST, "signals", "weight", "share", "best",
            "not asked", "refused", "down", "group");
    for (size_t i = 0; i < f->signals; i++) {
        trust_policy_signal s = policy_signal(f, i);
        bool wide = strlen(s.group) > WIDTH - FIRST - 52;
        put_name(out, s.name);
        fprintf(out, "%7d%6d%%%8d%+11d%+9d%+8d", s.most, policy_share(f, s.most), s.least, s.absent,
                s.refused, s.source_down);
        fprintf(out, wide ? "\n%*s%s\n" : "%*s%s\n", wide ? FIRST + 2 : 2, "", s.group);
    }
}

static void table_ages(FILE *out, const policy_file *f)
{
    char span[4][24];
    fprintf(out, "\n%-*s%11s%6s%11s%6s%10s%9s%6s  %s\n", FIRST, "news", "good: half", "ends",
            "bad: half", "ends", "reliable", "sources", "cost", "asked by");
    for (size_t i = 0; i < f->signals; i++) {
        trust_policy_signal s = policy_signal(f, i);
        bool wide = strlen(s.action) > WIDTH - FIRST - 61;
        put_name(out, s.name);
        fprintf(out, "%11s%6s%11s%6s%10u%9u", short_span(s.half_life_good, span[0]),
                short_span(s.ttl, span[1]), short_span(s.half_life_bad, span[2]),
                short_span(s.ttl_bad, span[3]), s.reliability, s.quorum);
        if (s.cost == 0)
            fputs("     -  not asked for\n", out);
        else
            fprintf(out, wide ? "%6u\n%*s%s\n" : "%6u%*s%s\n", s.cost, wide ? FIRST + 2 : 2, "",
                    s.action);
    }
}

static void table_groups(FILE *out, const policy_file *f)
{
    fprintf(out, "\n%-*s%12s%12s  %s\n", FIRST, "groups", "take at most", "add at most", "signals");
    for (size_t i = 0; i < f->groups; i++) {
        trust_policy_group g = policy_group(f, i);
        text_stream words;
        if (!text_begin(&words))
            return;
        put_signals(words.out, f, policy_group_members(f, g.name), "and");
        char *text = text_end(&words, NULL);
        put_name(out, g.name);
        fprintf(out, "%12d%+12d  ", g.floor, g.ceiling);
        if (text != NULL)
            put_wrapped(out, text, FIRST + 26, FIRST + 26, WIDTH);
        free(text);
    }
}

static void table_profiles(FILE *out, const policy_file *f)
{
    int status = 0;
    fprintf(out, "\n%-*s%7s%10s%12s%15s%12s%14s\n", FIRST, "risks, by profile", "base", "allow to",
            "step_up to", "quarantine to", "adverse to", "uncertain to");
    for (size_t i = 0; i < f->profiles; i++) {
        trust_policy_profile p = policy_profile(f, i);
        trust_policy_bands b = p.stance.bands;
        put_name(out, p.id);
        fprintf(out, "%7d%10d%12d%15d%12d%14d\n", b.base, b.allow, b.step_up, b.quarantine,
                p.stance.adverse, p.stance.uncertainty);
    }
    for (size_t i = 1; i < f->profiles; i++) {
        trust_policy_profile p = policy_profile(f, i);
        char *when = policy_when(f, i, &status);
        text_stream words;
        if (when != NULL && text_begin(&words)) {
            fprintf(words.out, "when %s", when);
            if (p.stance.exempt != 0) {
                fputs("; not asked for ", words.out);
                put_signals(words.out, f, p.stance.exempt, "and");
            }
            put_words(out, p.id, &words);
        }
        free(when);
    }
}

static void table_hysteresis(FILE *out, const policy_file *f)
{
    trust_policy_hysteresis h;
    char span[24];
    trust_policy_get_hysteresis(f->policy, &h);
    fputc('\n', out);
    put_name(out, "hysteresis");
    fprintf(out, "margin %d points, dwell %s", h.margin,
            h.dwell == 0 ? "0s" : short_span(h.dwell, span));
    if (h.backoff > 1)
        fprintf(out, ", %u times that for each flap, at most %s", h.backoff,
                short_span(h.dwell_max, span));
    fputc('\n', out);
}

static void table_gates(FILE *out, const policy_file *f)
{
    if (f->gates > 0)
        fprintf(out, "\n%-*s%-17s%s\n", FIRST, "gates", "at best", "reason");
    for (size_t i = 0; i < f->gates; i++) {
        trust_policy_gate g = policy_gate(f, i);
        const tree *actions = policy_gate_actions(f, i);
        text_stream words;
        put_name(out, g.id);
        fprintf(out, "%-17s%s%s\n", trust_verdict_name(g.floor), trust_reason_code(g.reason),
                g.final != 0 ? ", final" : "");
        if (!text_begin(&words))
            return;
        fputs("while ", words.out);
        put_gate(words.out, f, i);
        if (actions != NULL) {
            fputs("; then ", words.out);
            put_names(words.out, actions, "and");
        }
        put_words(out, "", &words);
    }
}

static void put_stage(FILE *out, const policy_file *f, const trust_policy_stage *s,
                      const tree *actions)
{
    char span[24];
    if (s->needs != 0) {
        fputs("needs ", out);
        put_signals(out, f, s->needs, "and");
    } else
        fputs("needs nothing", out);
    if (s->next != UINT32_MAX)
        fprintf(out, "; next %s", policy_stage(f, s->next).id);
    else
        fputs("; the last", out);
    if (s->timeout != 0)
        fprintf(out, "; after %s at best %s", short_span(s->timeout, span),
                trust_verdict_name(s->on_timeout));
    if (actions != NULL) {
        fputs("; then ", out);
        put_names(out, actions, "and");
    }
}

static void table_stages(FILE *out, const policy_file *f)
{
    if (f->stages > 0)
        fputs("\nstages\n", out);
    for (size_t i = 0; i < f->stages; i++) {
        trust_policy_stage s = policy_stage(f, i);
        text_stream words;
        if (!text_begin(&words))
            return;
        put_stage(words.out, f, &s, policy_stage_actions(f, i));
        put_words(out, s.id, &words);
    }
}

static void table_actions(FILE *out, const policy_file *f)
{
    const char *heading = "\nactions\n";
    for (trust_verdict v = TRUST_ALLOW; v <= TRUST_DENY; v++) {
        const tree *actions = policy_verdict_actions(f, v);
        text_stream words;
        if (actions == NULL || !text_begin(&words))
            continue;
        fputs(heading, out);
        heading = "";
        put_names(words.out, actions, "and");
        put_words(out, trust_verdict_name(v), &words);
    }
}

static void table_overrides(FILE *out, const policy_file *f)
{
    trust_policy_overrides o;
    text_stream words;
    char span[24];
    const tree *overrides = tree_member(f->root, "overrides");
    trust_policy_get_overrides(f->policy, &o);
    if (o.mildest == TRUST_NO_VERDICT || !text_begin(&words))
        return;
    fprintf(words.out, "to %s at best, %u approvals, at most %s", trust_verdict_name(o.mildest),
            o.approvals, short_span(o.max_ttl, span));
    if (tree_count(tree_member(overrides, "roles")) > 0) {
        fputs("; by ", words.out);
        put_names(words.out, tree_member(overrides, "roles"), "or");
    }
    if (tree_count(tree_member(overrides, "never")) > 0) {
        fputs("; never of ", words.out);
        put_names(words.out, tree_member(overrides, "never"), "or");
    }
    fputc('\n', out);
    put_words(out, "overrides", &words);
}

static void table_rest(FILE *out, const policy_file *f)
{
    const tree *calibration = tree_member(f->root, "calibration");
    size_t tests = tree_count(tree_member(tree_root(f->written), "tests"));
    if (calibration != NULL)
        fprintf(out, "\n%-*s%zu pairs of risk and probability %s\n", FIRST, "calibration",
                tree_count(tree_member(calibration, "knots")), tree_text(calibration, "data"));
    if (tests > 0)
        fprintf(out, "\n%-*s%zu\n", FIRST, "tests", tests);
}

static void show_text(FILE *out, const policy_file *f)
{
    text_stream words;
    if (f->title[0] != '\0' && text_begin(&words)) {
        put_safe(words.out, f->title);
        char *title = text_end(&words, NULL);
        if (title != NULL)
            put_wrapped(out, title, 0, 0, WIDTH);
        free(title);
    }
    fprintf(out, "%s, revision %llu\n", trust_policy_id(f->policy),
            (unsigned long long)trust_policy_revision(f->policy));
    table_signals(out, f);
    table_ages(out, f);
    table_groups(out, f);
    table_profiles(out, f);
    table_hysteresis(out, f);
    table_gates(out, f);
    table_stages(out, f);
    table_actions(out, f);
    table_overrides(out, f);
    table_rest(out, f);
}

/* ---- JSON ---- */

/* "name":"text", with a comma before it unless it is the first. */
static void json_text(FILE *out, const char *comma, const char *name, const char *text)
{
    fprintf(out, "%s\"%s\":", comma, name);
    print_json_text(out, text);
}

static void json_span(FILE *out, const char *name, int64_t ms)
{
    char span[24];
    fprintf(out, ",\"%s\":\"%s\"", name, short_span(ms, span));
}

static void json_names(FILE *out, const char *comma, const char *name, const tree *names)
{
    fprintf(out, "%s\"%s\":[", comma, name);
    for (const tree *t = names != NULL ? names->first : NULL; t != NULL; t = t->next) {
        print_json_text(out, t->text != NULL ? t->text : "");
        fputs(t->next != NULL ? "," : "", out);
    }
    fputc(']', out);
}

static void json_signals_of(FILE *out, const char *name, const policy_file *f, uint64_t bits)
{
    const char *comma = "";
    fprintf(out, ",\"%s\":[", name);
    for (size_t i = 0; i < f->signals; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        fputs(comma, out);
        print_json_text(out, policy_signal(f, i).name);
        comma = ",";
    }
    fputc(']', out);
}

static void json_signal(FILE *out, const policy_file *f, size_t i)
{
    trust_policy_signal s = policy_signal(f, i);
    trust_policy_knot knot;
    json_text(out, i > 0 ? ",{" : "{", "signal", s.name);
    json_text(out, ",", "group", s.group);
    fprintf(out, ",\"weight\":%d,\"share\":%d,\"best\":%d,\"absent\":%d,\"refused\":%d", s.most,
            policy_share(f, s.most), s.least, s.absent, s.refused);
    fprintf(out, ",\"source_down\":%d", s.source_down);
    json_span(out, "half_life", s.half_life_good);
    json_span(out, "half_life_bad", s.half_life_bad);
    json_span(out, "ttl", s.ttl);
    json_span(out, "ttl_bad", s.ttl_bad);
    fprintf(out, ",\"reliability\":%u,\"quorum\":%u,\"cost\":%u", s.reliability, s.quorum, s.cost);
    json_text(out, ",", "action", s.action);
    fputs(",\"curve\":[", out);
    for (size_t k = 0; trust_policy_knot_at(f->policy, i, k, &knot) == TRUST_OK; k++)
        fprintf(out, "%s[%d,%d]", k > 0 ? "," : "", knot.value, knot.points);
    fputs("]}", out);
}

static void json_groups(FILE *out, const policy_file *f)
{
    fputs("],\"groups\":[", out);
    for (size_t i = 0; i < f->groups; i++) {
        trust_policy_group g = policy_group(f, i);
        json_text(out, i > 0 ? ",{" : "{", "group", g.name);
        fprintf(out, ",\"floor\":%d,\"ceiling\":%d", g.floor, g.ceiling);
        json_signals_of(out, "signals", f, policy_group_members(f, g.name));
        fputc('}', out);
    }
}

static void json_stance(FILE *out, const trust_policy_stance *s)
{
    fprintf(out, "\"base\":%d,\"verdicts\":{\"allow\":%d,\"step_up\":%d,\"quarantine\":%d}",
            s->bands.base, s->bands.allow, s->bands.step_up, s->bands.quarantine);
    fprintf(out, ",\"limits\":{\"adverse\":%d,\"uncertainty\":%d}", s->adverse, s->uncertainty);
}

static void json_profiles(FILE *out, const policy_file *f)
{
    int status = 0;
    fputs("],\"profiles\":[", out);
    for (size_t i = 0; i < f->profiles; i++) {
        trust_policy_profile p = policy_profile(f, i);
        char *when = policy_when(f, i, &status);
        json_text(out, i > 0 ? ",{" : "{", "id", p.id);
        json_text(out, ",", "when", when != NULL ? when : "");
        fputc(',', out);
        json_stance(out, &p.stance);
        json_signals_of(out, "not_applicable", f, p.stance.exempt);
        fputc('}', out);
        free(when);
    }
}

static void json_condition(FILE *out, const trust_policy_condition *c)
{
    json_text(out, "{", "signal", c->signal);
    if (c->asks == TRUST_ASKS_AT_LEAST)
        fprintf(out, ",\"at_least\":%d}", c->limit);
    else if (c->asks == TRUST_ASKS_POINTS)
        fprintf(out, ",\"at_least_points\":%d}", c->limit);
    else if (c->asks == TRUST_ASKS_ABSENT)
        fputs(",\"absent\":true}", out);
    else {
        json_span(out, "older", c->age);
        fputc('}', out);
    }
}

static void json_gates(FILE *out, const policy_file *f)
{
    fputs("],\"gates\":[", out);
    for (size_t i = 0; i < f->gates; i++) {
        trust_policy_gate g = policy_gate(f, i);
        json_text(out, i > 0 ? ",{" : "{", "id", g.id);
        fprintf(out,
                ",\"floor\":\"%s\",\"reason\":\"%s\",\"final\":%s,\"need\":%u,\"conditions\":[",
                trust_verdict_name(g.floor), trust_reason_code(g.reason),
                g.final != 0 ? "true" : "false", g.need);
        for (uint32_t c = 0; c < g.condition_count; c++) {
            trust_policy_condition condition = policy_condition(f, i, c);
            fputs(c > 0 ? "," : "", out);
            json_condition(out, &condition);
        }
        fputs("],\"while\":\"", out);
        put_gate(out, f, i);
        fputc('"', out);
        json_names(out, ",", "actions", policy_gate_actions(f, i));
        fputc('}', out);
    }
}

static void json_stages(FILE *out, const policy_file *f)
{
    fputs("],\"stages\":[", out);
    for (size_t i = 0; i < f->stages; i++) {
        trust_policy_stage s = policy_stage(f, i);
        json_text(out, i > 0 ? ",{" : "{", "id", s.id);
        json_signals_of(out, "needs", f, s.needs);
        if (s.next != UINT32_MAX)
            json_text(out, ",", "next", policy_stage(f, s.next).id);
        json_span(out, "timeout", s.timeout);
        json_text(out, ",", "on_timeout", trust_verdict_name(s.on_timeout));
        json_names(out, ",", "actions", policy_stage_actions(f, i));
        fputc('}', out);
    }
    fputc(']', out);
}

static void json_rest(FILE *out, const policy_file *f)
{
    trust_policy_hysteresis h;
    trust_policy_overrides o;
    char span[24];
    const tree *overrides = tree_member(f->root, "overrides");
    const tree *calibration = tree_member(f->root, "calibration");
    trust_policy_get_hysteresis(f->policy, &h);
    trust_policy_get_overrides(f->policy, &o);
    fprintf(out, ",\"hysteresis\":{\"margin\":%d,\"dwell\":\"%s\",\"backoff\":%u", h.margin,
            h.dwell == 0 ? "0s" : short_span(h.dwell, span), h.backoff);
    json_span(out, "dwell_max", h.dwell_max);
    fputs("},\"actions\":{", out);
    for (trust_verdict v = TRUST_ALLOW; v <= TRUST_DENY; v++) {
        const char *comma = v > TRUST_ALLOW ? "," : "";
        json_names(out, comma, trust_verdict_name(v), policy_verdict_actions(f, v));
    }
    fputs("},\"overrides\":", out);
    if (o.mildest != TRUST_NO_VERDICT) {
        fprintf(out, "{\"may_lower_to\":\"%s\",\"approvals\":%u", trust_verdict_name(o.mildest),
                o.approvals);
        json_span(out, "max_ttl", o.max_ttl);
        json_names(out, ",", "roles", tree_member(overrides, "roles"));
        json_names(out, ",", "never", tree_member(overrides, "never"));
        fputc('}', out);
    } else
        fputs("null", out);
    fprintf(out, ",\"calibrated\":%s,\"tests\":%zu", calibration != NULL ? "true" : "false",
            tree_count(tree_member(tree_root(f->written), "tests")));
}

static void show_json(FILE *out, const policy_file *f)
{
    trust_policy_stance stance = policy_profile(f, 0).stance;
    json_text(out, "{", "id", trust_policy_id(f->policy));
    fprintf(out, ",\"revision\":%llu", (unsigned long long)trust_policy_revision(f->policy));
    json_text(out, ",", "title", f->title);
    fputc(',', out);
    json_stance(out, &stance);
    fputs(",\"signals\":[", out);
    for (size_t i = 0; i < f->signals; i++)
        json_signal(out, f, i);
    json_groups(out, f);
    json_profiles(out, f);
    json_gates(out, f);
    json_stages(out, f);
    json_rest(out, f);
    fputs("}\n", out);
}

int run_policy_show(const arguments *args)
{
    policy_file file;
    text_stream text;
    int status = policy_open(positional(args, 0), &file);
    if (status == 0 && !text_begin(&text))
        status = EXIT_MEMORY;
    if (status == 0) {
        if (option_given(args, "--json"))
            show_json(text.out, &file);
        else
            show_text(text.out, &file);
        status = print_stream(&text);
    }
    policy_close(&file);
    return status;
}
