/* trustctl policy explain: a document in plain sentences, for the person who answers for the
 * product. Each sentence says what the numbers say; which numbers are good is for the reader.
 * Trust: the library has loaded the document. */

#include <stdlib.h>
#include <string.h>

#include "policy_file.h"

#define WIDTH  88
#define INDENT 2

/* What is told, in paragraphs: each is about one thing. */
typedef struct telling {
    FILE *out;
    const policy_file *file;
    bool json;
    int status;
    char about[96]; /* of the paragraph before */
    text_stream words;
} telling;

/* Begin a paragraph: what follows is written to the stream that this gives. */
static FILE *begin(telling *t)
{
    if (!text_begin(&t->words))
        t->status = EXIT_MEMORY;
    return t->words.out;
}

static void print_paragraph(telling *t, const char *about, const char *text)
{
    if (t->json) {
        fputs(t->about[0] != '\0' ? ",{\"about\":" : "{\"about\":", t->out);
        print_json_text(t->out, about);
        fputs(",\"text\":", t->out);
        print_json_text(t->out, text);
        fputc('}', t->out);
    } else {
        if (strcmp(t->about, about) != 0)
            fprintf(t->out, "%s%s\n", t->about[0] != '\0' ? "\n" : "", about);
        fprintf(t->out, "%*s", INDENT, "");
        put_wrapped(t->out, text, INDENT, INDENT, WIDTH);
    }
    snprintf(t->about, sizeof t->about, "%s", about);
}

static void end(telling *t, const char *topic, const char *name)
{
    char about[96];
    char *text = text_end(&t->words, NULL);
    snprintf(about, sizeof about, "%s%s%s", topic, name[0] != '\0' ? " " : "", name);
    if (text == NULL)
        t->status = EXIT_MEMORY;
    else
        print_paragraph(t, about, text);
    free(text);
}

static const char *plural(long long n)
{
    return n == 1 || n == -1 ? "" : "s";
}

/* "3", and small counts as words. */
static void put_count(FILE *out, size_t n)
{
    static const char *const words[] = {"no",  "one",   "two",   "three", "four", "five",
                                        "six", "seven", "eight", "nine",  "ten"};
    if (n < sizeof words / sizeof words[0])
        fputs(words[n], out);
    else
        fprintf(out, "%zu", n);
}

static void put_percent(FILE *out, uint32_t permille)
{
    if (permille % 10 == 0)
        fprintf(out, "%u%%", permille / 10);
    else
        fprintf(out, "%u.%u%%", permille / 10, permille % 10);
}

/* "; the host is asked for a and b" where there are any. */
static void put_asked(FILE *out, const tree *actions)
{
    if (actions == NULL)
        return;
    fputs(" The host is asked to carry out ", out);
    put_names(out, actions, "and");
    fputc('.', out);
}

/* A verdict that nothing may be milder than. */
static void put_floor(FILE *out, trust_verdict floor)
{
    fprintf(out, "the verdict is %s%s", trust_verdict_name(floor),
            floor < TRUST_DENY ? " or stricter" : "");
}

/* ---- the policy and its scale ---- */

static void tell_policy(telling *t)
{
    const policy_file *f = t->file;
    FILE *out = begin(t);
    if (out == NULL)
        return;
    fprintf(out, "%s, revision %llu", trust_policy_id(f->policy),
            (unsigned long long)trust_policy_revision(f->policy));
    if (f->title[0] != '\0') {
        fputs(" (", out);
        put_safe(out, f->title);
        fputc(')', out);
    }
    fputs(", decides how far a device can be trusted.", out);
    const char *from = tree_text(f->root, "not_before");
    const char *until = tree_text(f->root, "expires");
    if (from[0] != '\0' || until[0] != '\0')
        fprintf(out, " It holds%s%s%s%s; at other times no device is allowed.",
                from[0] != '\0' ? " from " : "", from, until[0] != '\0' ? " until " : "", until);
    end(t, "the policy", "");
}

static void tell_scale(telling *t)
{
    trust_policy_bands b = policy_profile(t->file, 0).stance.bands;
    FILE *out = begin(t);
    if (out == NULL)
        return;
    fprintf(out,
            "Risk runs from 0 to 1000 and 500 is even odds. Every 50 points double the odds that "
            "the device should not be trusted. A device begins at %d; evidence adds points or "
            "takes some away, and so does silence.",
            b.base);
    end(t, "the scale", "");
}

/* ---- what is weighed ---- */

/* Signals by weight, the heaviest first; of equals in the order of their names. */
static void by_weight(const policy_file *f, size_t order[TRUST_POLICY_MAX_SIGNALS])
{
    for (size_t i = 0; i < f->signals; i++) {
        int32_t weight = policy_signal(f, i).most;
        size_t place = i;
        for (; place > 0 && policy_signal(f, order[place - 1]).most < weight; place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
}

/* "2.7 times", rounded, of two positive numbers. */
static void put_ratio(FILE *out, int32_t a, int32_t b)
{
    int64_t tenths = ((int64_t)a * 10 + b / 2) / b;
    fprintf(out, tenths % 10 == 0 ? "%lld times" : "%lld.%lld times", (long long)(tenths / 10),
            (long long)(tenths % 10));
}

static void tell_weights(telling *t)
{
    const policy_file *f = t->file;
    size_t order[TRUST_POLICY_MAX_SIGNALS];
    FILE *out = begin(t);
    if (out == NULL)
        return;
    by_weight(f, order);
    trust_policy_signal first = policy_signal(f, order[0]);
    trust_policy_signal last = policy_signal(f, order[f->signals - 1]);
    fputs("The policy weighs ", out);
    put_count(out, f->signals);
    fprintf(out, " signal%s. The most points that each can add, and its share: ",
            plural((long long)f->signals));
    for (size_t i = 0; i < f->signals;) {
        trust_policy_signal s = policy_signal(f, order[i]);
        fprintf(out, "%s%s %d (%d%%)", i > 0 ? ", " : "", s.name, s.most, policy_share(f, s.most));
        i++;
    }
    fputc('.', out);
    if (last.most > 0 && first.most > last.most) {
        fprintf(out, " So %s matters ", first.name);
        put_ratio(out, first.most, last.most);
        fprintf(out, " as much as %s.", last.name);
    }
    end(t, "what is weighed", "");
}

static const char *question(uint32_t kind)
{
    static const char *const questions[] = {
        [TRUST_KIND_ATTESTATION] = " asks whether the device runs what it should.",
        [TRUST_KIND_IDENTITY] = " asks whether it is this device.",
        [TRUST_KIND_PLACE] = " asks whether the device is where it belongs.",
        [TRUST_KIND_REPUTATION] = " asks who else uses the device's address.",
        [TRUST_KIND_BEHAVIOUR] = " asks whether the device acts as it did before.",
        [TRUST_KIND_HUMAN] = " asks who installed the device.",
    };
    if (kind < sizeof questions / sizeof questions[0] && questions[kind] != NULL)
        return questions[kind];
    return " is a signal of the host.";
}

/* How much the odds grow with so many points. */
static void put_odds(FILE *out, int32_t points)
{
    double times = 1;
    for (int32_t i = 0; i < points % 50; i++)
        times *= 1.0139594797900291; /* the fiftieth root of 2 */
    times *= (double)(1 << (points / 50));
    fprintf(out, ", which makes the odds against the device %s%.*f times what they were",
            points % 50 == 0 ? "" : "about ", points % 50 == 0 || times >= 10 ? 0 : 1, times);
}

static void tell_worth(telling *t, const trust_policy_signal *s)
{
    FILE *out = begin(t);
    if (out == NULL)
        return;
    fprintf(out, "%s%s At worst it adds %d point%s", s->name, question(s->kind), s->most,
            plural(s->most));
    if (s->most > 0 && s->most <= 1000)
        put_odds(out, s->most);
    if (s->least < 0)
        fprintf(out, "; at best it takes %d away.", -s->least);
    else
        fputs("; it never takes any away.", out);
    if (s->reliability < 1000) {
        fputs(" Even fresh it counts for ", out);
        put_percent(out, s->reliability);
        fputs(" only.", out);
    }
    if (s->quorum > 1) {
        fputs(" It counts only when ", out);
        put_count(out, s->quorum);
        fputs(" sources say it.", out);
    }
    end(t, "signal", s->name);
}

static void put_cost(FILE *out, int32_t points, int32_t worst, const char *unit, const char *when)
{
    fprintf(out, "%d%s%s%s", points, unit, points == worst && worst > 0 ? " (the worst)" : "",
            when);
}

static void tell_silence(telling *t, const trust_policy_signal *s)
{
    FILE *out = begin(t);
    if (out == NULL)
        return;
    fputs("Silence costs ", out);
    if (s->absent == s->refused && s->absent == s->source_down)
        put_cost(out, s->absent, s->most, " points", ", whatever the cause.");
    else {
        put_cost(out, s->absent, s->most, " points",
                 " when nobody asked or the answer is awaited, ");
        put_cost(out, s->refused, s->most, "", " when the device was asked and kept silent, and ");
        put_cost(out, s->source_down, s->most, "", " while its source fails for everybody.");
    }
    end(t, "signal", s->name);
}

static void tell_age(telling *t, const trust_policy_signal *s)
{
    char span[32];
    FILE *out = begin(t);
    if (out == NULL)
        return;
    fputs("Good news ", out);
    if (s->half_life_good != 0)
        fprintf(out, "counts half after %s", long_span(s->half_life_good, span));
    else
        fputs("does not fade", out);
    if (s->ttl != 0)
        fprintf(out, " and not at all after %s", long_span(s->ttl, span));
    fputs("; bad news ", out);
    if (s->half_life_bad != 0)
        fprintf(out, "counts half after %s", long_span(s->half_life_bad, span));
    else
        fputs("does not fade", out);
    if (s->ttl_bad != 0)
        fprintf(out, " and not at all after %s", long_span(s->ttl_bad, span));
    fputc('.', out);
    end(t, "signal", s->name);
}

static void tell_signals(telling *t)
{
    size_t order[TRUST_POLICY_MAX_SIGNALS];
    by_weight(t->file, order);
    for (size_t i = 0; i < t->file->signals; i++) {
        trust_policy_signal s = policy_signal(t->file, order[i]);
        tell_worth(t, &s);
        tell_silence(t, &s);
        tell_age(t, &s);
    }
}

/* Groups that hold their signals to less than these add up to. */
static void tell_groups(telling *t)
{
    const policy_file *f = t->file;
    for (size_t g = 0; g < f->groups; g++) {
        trust_policy_group group = policy_group(f, g);
        uint64_t bits = policy_group_members(f, group.name);
        int64_t most = 0, least = 0;
        for (size_t i = 0; i < f->signals; i++)
            if ((bits >> i & 1) != 0) {
                most += policy_signal(f, i).most;
                least += policy_signal(f, i).least;
            }
        FILE *out = group.ceiling < most || group.floor > least ? begin(t) : NULL;
        if (out == NULL)
            continue;
        bool several = (bits & (bits - 1)) != 0;
        put_signals(out, f, bits, "and");
        fprintf(out,
                several ? " see the same thing. Together they add at most %d points"
                        : " is held back: it adds at most %d points",
                group.ceiling);
        fprintf(out, " and take%s at most %d away.", several ? "" : "s", -group.floor);
        end(t, "group", group.name);
    }
}

/* ---- what decides ---- */

static void tell_verdicts(telling *t)
{
    static const char *const meaning[] = {
        [TRUST_ALLOW] = "the device is let in",
        [TRUST_STEP_UP] = "more evidence is asked for before anything else",
        [TRUST_QUARANTINE] = "the device is kept apart",
        [TRUST_DENY] = "the device stays out",
    };
    trust_policy_bands b = policy_profile(t->file, 0).stance.bands;
    const int32_t ends[] = {-1, b.allow, b.step_up, b.quarantine, 1000};
    for (trust_verdict v = TRUST_ALLOW; v <= TRUST_DENY; v++) {
        FILE *out = begin(t);
        if (out == NULL)
            return;
        if (ends[v] > ends[v - 1])
            fprintf(out, "A risk from %d to %d is %s: %s.", ends[v - 1] + 1, ends[v],
                    trust_verdict_name(v), meaning[v]);
        else
            fprintf(out, "No risk by itself is %s.", trust_verdict_name(v));
        put_asked(out, policy_verdict_actions(t->file, v));
        end(t, "verdict", trust_verdict_name(v));
    }
}

static void tell_limits(telling *t)
{
    trust_policy_stance s = policy_profile(t->file, 0).stance;
    FILE *out = begin(t);
    if (out == NULL)
        return;
    fprintf(out,
            "Good news cannot outvote everything: allow becomes step_up when more than %d points "
            "speak against the device, before any for it, or when more than ",
            s.adverse);
    put_percent(out, (uint32_t)s.uncertainty);
    fputs(" of what could be known is not known from fresh evidence.", out);
    end(t, "limits", "");
}

static void tell_gates(telling *t)
{
    if (t->file->gates == 0) {
        FILE *out = begin(t);
        if (out == NULL)
            return;
        fputs("No single fact decides by itself: the policy has no gates.", out);
        end(t, "gates", "");
    }
    for (size_t i = 0; i < t->file->gates; i++) {
        trust_policy_gate g = policy_gate(t->file, i);
        FILE *out = begin(t);
        if (out == NULL)
            return;
        fputs("Whatever the points say, ", out);
        put_floor(out, g.floor);
        fputs(" while ", out);
        put_gate(out, t->file, i);
        fputc('.', out);
        if (g.final != 0)
            fputs(" No override passes it.", out);
        put_asked(out, policy_gate_actions(t->file, i));
        end(t, "gate", g.id);
    }
}

static void tell_hysteresis(telling *t)
{
    trust_policy_hysteresis h;
    char span[32];
    FILE *out = begin(t);
    if (out == NULL)
        return;
    trust_policy_get_hysteresis(t->file->policy, &h);
    fprintf(out,
            "A stricter verdict follows at once. A milder one follows when the risk is %d point%s "
            "below the threshold",
            h.margin, plural(h.margin));
    if (h.dwell > 0)
        fprintf(out, " and the stricter one has lasted %s", long_span(h.dwell, span));
    fputc('.', out);
    if (h.dwell > 0 && h.backoff > 1) {
        fprintf(out, " A device that goes back and forth waits %u times as long each time,",
                h.backoff);
        fprintf(out, " up to %s;", long_span(h.dwell_max, span));
        fputs(" after as long in a milder verdict it begins anew.", out);
    }
    end(t, "changes of verdict", "");
}

/* ---- getting in ---- */

static void tell_stage(telling *t, size_t i)
{
    trust_policy_stage s = policy_stage(t->file, i);
    char span[32];
    FILE *out = begin(t);
    if (out == NULL)
        return;
    if (s.next == UINT32_MAX)
        fputs("Here the device is in.", out);
    else {
        if (s.needs != 0) {
            fputs("It needs fresh, good news of ", out);
            put_signals(out, t->file, s.needs, "and");
            fputs(", then ", out);
        } else
            fputs("It needs nothing; then ", out);
        fprintf(out, "%s follows.", policy_stage(t->file, s.next).id);
    }
    if (s.timeout != 0 && s.next != UINT32_MAX) {
        fprintf(out, " After %s here ", long_span(s.timeout, span));
        put_floor(out, s.on_timeout);
        fputc('.', out);
    }
    put_asked(out, policy_stage_actions(t->file, i));
    end(t, "stage", s.id);
}

static void tell_stages(telling *t)
{
    FILE *out = begin(t);
    if (out == NULL)
        return;
    if (t->file->stages == 0)
        fputs("There are no stages: a device is in as soon as its verdict is allow.", out);
    else {
        fputs("A device gets in by ", out);
        put_count(out, t->file->stages);
        fprintf(out,
                " stage%s. It goes on while its verdict is allow or step_up, and until the last "
                "one no verdict is better than step_up.",
                plural((long long)t->file->stages));
    }
    end(t, "getting in", "");
    for (size_t i = 0; i < t->file->stages; i++)
        tell_stage(t, i);
}

/* Signals that can be asked for, the cheapest first. */
static void tell_steps(telling *t)
{
    const policy_file *f = t->file;
    uint64_t told = 0;
    FILE *out = begin(t);
    if (out == NULL)
        return;
    fputs("When evidence is missing, the cheapest that leads to a milder verdict is asked for. "
          "What each costs: ",
          out);
    const char *comma = "";
    for (size_t n = 0; n < f->signals; n++) {
        size_t best = f->signals;
        for (size_t i = 0; i < f->signals; i++) {
            bool open = (told >> i & 1) == 0 && policy_signal(f, i).cost > 0;
            if (open &&
                (best == f->signals || policy_signal(f, i).cost < policy_signal(f, best).cost))
                best = i;
        }
        if (best == f->signals)
            break;
        trust_policy_signal s = policy_signal(f, best);
        told |= (uint64_t)1 << best;
        fprintf(out, "%s%s %u", comma, s.name, s.cost);
        if (strcmp(s.action, s.name) != 0)
            fprintf(out, " (by %s)", s.action);
        comma = ", ";
    }
    fputs(comma[0] != '\0' ? "." : "nothing can be asked for.", out);
    end(t, "what is asked for", "");
}

/* ---- people, profiles ---- */

static void tell_overrides(telling *t)
{
    trust_policy_overrides o;
    char span[32];
    const tree *member = tree_member(t->file->root, "overrides");
    FILE *out = begin(t);
    if (out == NULL)
        return;
    trust_policy_get_overrides(t->file->policy, &o);
    if (o.mildest == TRUST_NO_VERDICT)
        fputs("Nobody can override a verdict.", out);
    else {
        fputs("It takes ", out);
        put_count(out, o.approvals);
        fputs(" people", out);
        if (tree_count(tree_member(member, "roles")) > 0) {
            fputs(" in the role of ", out);
            put_names(out, tree_member(member, "roles"), "or");
        }
        fprintf(out, " who sign together to lower a verdict, at best to %s and for at most %s.",
                trust_verdict_name(o.mildest), long_span(o.max_ttl, span));
    }
    const char *joint = " They cannot pass ";
    for (size_t i = 0; i < t->file->gates && o.mildest != TRUST_NO_VERDICT; i++) {
        trust_policy_gate g = policy_gate(t->file, i);
        if (g.final == 0)
            continue;
        fprintf(out, "%s%s", joint, g.id);
        joint = " or ";
    }
    fputs(strcmp(joint, " or ") == 0 ? "." : "", out);
    end(t, "what people may override", "");
}

/* "; allow ends at 250 instead of 300" */
static void put_change(FILE *out, const char *what, int32_t is, int32_t was, const char **joint)
{
    if (is == was)
        return;
    fprintf(out, "%s%s %d instead of %d", *joint, what, is, was);
    *joint = "; ";
}

static void tell_profile(telling *t, size_t i)
{
    int status = 0;
    trust_policy_stance was = policy_profile(t->file, 0).stance;
    trust_policy_profile p = policy_profile(t->file, i);
    const trust_policy_stance *s = &p.stance;
    char *when = policy_when(t->file, i, &status);
    FILE *out = when != NULL ? begin(t) : NULL;
    if (out == NULL) {
        free(when);
        t->status = EXIT_MEMORY;
        return;
    }
    fprintf(out, "It is for devices of which %s.", when);
    free(when);
    const char *joint = " For them ";
    put_change(out, "the risk begins at", s->bands.base, was.bands.base, &joint);
    put_change(out, "allow ends at", s->bands.allow, was.bands.allow, &joint);
    put_change(out, "step_up ends at", s->bands.step_up, was.bands.step_up, &joint);
    put_change(out, "quarantine ends at", s->bands.quarantine, was.bands.quarantine, &joint);
    put_change(out, "the points against it that allow bears are", s->adverse, was.adverse, &joint);
    put_change(out, "the permille not known that allow bears are", s->uncertainty, was.uncertainty,
               &joint);
    if (s->exempt != 0) {
        fprintf(out, "%ssilence about ", joint);
        put_signals(out, t->file, s->exempt, "and");
        fputs(" costs nothing", out);
        joint = "; ";
    }
    fputs(strcmp(joint, "; ") == 0 ? "." : " For them nothing changes.", out);
    end(t, "profile", p.id);
}

static void tell_profiles(telling *t)
{
    if (t->file->profiles < 2)
        return;
    FILE *out = begin(t);
    if (out == NULL)
        return;
    fputs("Other numbers hold for some devices, by facts that were registered, never by what the "
          "device says. The first profile whose condition is true counts; where a fact is not "
          "registered, the strictest of what may apply.",
          out);
    end(t, "profiles", "");
    for (size_t i = 1; i < t->file->profiles; i++)
        tell_profile(t, i);
}

static void tell_calibration(telling *t)
{
    const tree *calibration = tree_member(t->file->root, "calibration");
    const char *data = tree_text(calibration, "data");
    FILE *out = tree_count(tree_member(calibration, "knots")) > 0 ? begin(t) : NULL;
    if (out == NULL)
        return;
    fputs("A probability is shown beside the risk", out);
    if (data[0] != '\0') {
        fputs(", measured on ", out);
        put_safe(out, data);
    }
    fputs(". It decides nothing.", out);
    end(t, "probability", "");
}

int run_policy_explain(const arguments *args)
{
    static void (*const parts[])(telling *) = {
        tell_policy,   tell_scale,     tell_weights,  tell_signals,    tell_groups,
        tell_verdicts, tell_limits,    tell_gates,    tell_hysteresis, tell_stages,
        tell_steps,    tell_overrides, tell_profiles, tell_calibration};
    policy_file file;
    text_stream text;
    int status = policy_open(positional(args, 0), &file);
    if (status == 0 && !text_begin(&text))
        status = EXIT_MEMORY;
    if (status == 0) {
        telling t = {.out = text.out, .file = &file, .json = option_given(args, "--json")};
        if (t.json)
            fputs("{\"sentences\":[", t.out);
        for (size_t i = 0; i < sizeof parts / sizeof parts[0] && t.status == 0; i++)
            parts[i](&t);
        if (t.json)
            fputs("]}\n", t.out);
        status = t.status;
        if (status == 0)
            status = print_stream(&text);
        else
            text_drop(&text);
    }
    policy_close(&file);
    return status;
}
