/* trustctl policy draw: one picture of a document, for a slide. What is weighed, from least to most
 * points and with the cost of silence; the scale of risk with its bands, a strip a profile; gates;
 * stages. Colours only repeat what words and places say. Trust: the library has loaded the
 * document; its title is a person's text. */

#include <stdlib.h>
#include <string.h>

#include "policy_file.h"
#include "policy_svg.h"

enum { WIDTH = 1600, LEFT = 60, RIGHT = WIDTH - LEFT, PAD = 18 };

#define INK   "#1f2933"
#define QUIET "#52606d"
#define FAINT "#cbd2d9"
#define PANEL "#f5f7fa"
#define PAPER "#ffffff"
#define GOOD  "#2b6cb0"
#define BAD   "#dd7a2b"

/* Names of one maker differ at their ends. */
#define NAME_TAIL ((size_t)6)

static const svg_style title_style = {32, true, INK};
static const svg_style heading = {21, true, INK};
static const svg_style strong = {16, true, INK};
static const svg_style plain = {15, false, INK};
static const svg_style small = {13, false, QUIET};
static const svg_style figure = {14, false, INK};

/* What a verdict is filled with; dark ink stays readable on each. */
static const char *const tints[] = {PAPER, "#bfe3cd", "#fbe9a9", "#f9cb9c", "#eda79d"};
static const char *const verdict_words[] = {"", "allow", "step up", "quarantine", "deny"};

typedef struct drawing {
    FILE *out;
    const policy_file *file;
    int y; /* where the next part begins */
    int status;
} drawing;

/* A short text made of parts. */
typedef struct note {
    text_stream words;
    char *text;
} note;

static FILE *note_begin(drawing *d, note *n)
{
    n->text = NULL;
    if (!text_begin(&n->words))
        d->status = EXIT_MEMORY;
    return n->words.out;
}

static const char *note_end(drawing *d, note *n)
{
    n->text = text_end(&n->words, NULL);
    if (n->text == NULL)
        d->status = EXIT_MEMORY;
    return n->text != NULL ? n->text : "";
}

/* With a real minus sign. */
static const char *points_text(int32_t points, char out[24])
{
    snprintf(out, 24, "%s%d", points > 0 ? "+" : points < 0 ? "\xE2\x88\x92" : "", abs(points));
    return out;
}

static void part(drawing *d, const char *name, const char *hint)
{
    d->y += 34;
    svg_text(d->out, LEFT, d->y, SVG_LEFT, heading, name);
    svg_text(d->out, LEFT + svg_width(name, heading) + 16, d->y, SVG_LEFT, small, hint);
    d->y += 16;
}

/* ---- what is weighed ---- */

enum { AXIS = LEFT + 290, AXIS_END = 1065, FIGURES = 1125, COLUMN = 124, MARGIN = 66, TOP = 6 };

typedef struct axis {
    int64_t least, most;
    int row;
} axis;

static axis make_axis(const policy_file *f)
{
    axis a = {0, 1, f->signals <= 16 ? 36 : 28};
    for (size_t i = 0; i < f->signals; i++) {
        trust_policy_signal s = policy_signal(f, i);
        a.least = s.least < a.least ? s.least : a.least;
        a.most = s.most > a.most ? s.most : a.most;
    }
    return a;
}

static int axis_x(const axis *a, int64_t points)
{
    int64_t wide = AXIS_END - AXIS - 2 * MARGIN;
    return AXIS + MARGIN + (int)((points - a->least) * wide / (a->most - a->least));
}

/* What silence costs: a diamond on the bar, triangles above and below it. */
static void draw_marks(drawing *d, const axis *a, const trust_policy_signal *s, int middle,
                       int half)
{
    int x = axis_x(a, s->absent);
    fprintf(d->out,
            "<path d=\"M%d %dl7 7l-7 7l-7 -7z\" fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>\n",
            x, middle - 7, INK, PAPER);
    x = axis_x(a, s->refused);
    fprintf(d->out, "<path d=\"M%d %dl6 -9h-12z\" fill=\"%s\"/>\n", x, middle - half + 2, INK);
    x = axis_x(a, s->source_down);
    fprintf(d->out, "<path d=\"M%d %dl6 9h-12z\" fill=\"%s\" stroke=\"%s\"/>\n", x,
            middle + half - 2, PAPER, INK);
}

static void draw_figures(drawing *d, const trust_policy_signal *s, int base)
{
    char text[24];
    const int32_t costs[] = {s->absent, s->refused, s->source_down};
    snprintf(text, sizeof text, "%d%%", policy_share(d->file, s->most));
    svg_text(d->out, FIGURES, base, SVG_RIGHT, figure, text);
    for (int i = 0; i < 3; i++)
        svg_text(d->out, FIGURES + COLUMN * (i + 1), base, SVG_RIGHT, figure,
                 points_text(costs[i], text));
}

static void draw_signal(drawing *d, const axis *a, const trust_policy_signal *s)
{
    int half = a->row * 5 / 18;
    int middle = d->y + a->row / 2, base = middle + 5;
    int low = axis_x(a, s->least), zero = axis_x(a, 0), high = axis_x(a, s->most);
    char text[24];
    fprintf(d->out,
            "<g><title>%s: from %d to %d points; silence costs %d, a refusal %d, a source "
            "that is down %d</title>\n",
            s->name, s->least, s->most, s->absent, s->refused, s->source_down);
    svg_fit(d->out, LEFT + PAD, base, SVG_LEFT, AXIS - LEFT - 2 * PAD, plain, s->name, NAME_TAIL);
    svg_rect(d->out, low, middle - half, zero - low, 2 * half, 0, GOOD, NULL);
    svg_rect(d->out, zero, middle - half, high - zero, 2 * half, 0, BAD, NULL);
    svg_text(d->out, low - 10, base, SVG_RIGHT, figure, points_text(s->least, text));
    svg_text(d->out, high + 14, base, SVG_LEFT, figure, points_text(s->most, text));
    draw_marks(d, a, s, middle, half);
    draw_figures(d, s, base);
    fputs("</g>\n", d->out);
    d->y += a->row;
}

static void draw_columns(drawing *d)
{
    static const char *const names[] = {"share", "not asked", "refused", "source down"};
    int y = d->y + 14;
    svg_text(d->out, FIGURES + 2 * COLUMN, y - 22, SVG_MIDDLE, small, "what silence costs, when");
    for (int i = 0; i < 4; i++)
        svg_text(d->out, FIGURES + COLUMN * i, y, SVG_RIGHT, small, names[i]);
    y -= 4;
    int x = FIGURES + COLUMN - svg_width(names[1], small) - 12;
    fprintf(d->out, "<path d=\"M%d %dl6 6l-6 6l-6 -6z\" fill=\"%s\"/>\n", x, y - 6, INK);
    x = FIGURES + 2 * COLUMN - svg_width(names[2], small) - 12;
    fprintf(d->out, "<path d=\"M%d %dl6 -9h-12z\" fill=\"%s\"/>\n", x, y + 4, INK);
    x = FIGURES + 3 * COLUMN - svg_width(names[3], small) - 12;
    fprintf(d->out, "<path d=\"M%d %dl6 9h-12z\" fill=\"%s\" stroke=\"%s\"/>\n", x, y - 4, PAPER,
            INK);
    d->y += 26;
}

/* The sums over a group's signals. */
typedef struct members {
    uint64_t bits;
    int count;
    int64_t least, most;
} members;

static members members_of(const policy_file *f, const trust_policy_group *g)
{
    members m = {policy_group_members(f, g->name), 0, 0, 0};
    for (size_t i = 0; i < f->signals; i++)
        if ((m.bits >> i & 1) != 0) {
            m.count++;
            m.least += policy_signal(f, i).least;
            m.most += policy_signal(f, i).most;
        }
    return m;
}

static bool capped(const trust_policy_group *g, const members *m)
{
    return g->ceiling < m->most || g->floor > m->least;
}

/* A group's name, and what its signals come to together. A signal alone, held to nothing, is its
 * own headline. */
static int draw_group_head(drawing *d, const trust_policy_group *g, const members *m)
{
    char low[24], high[24], text[160];
    int y = d->y + 24;
    if (m->count == 1 && !capped(g, m))
        return TOP;
    svg_fit(d->out, LEFT + PAD, y, SVG_LEFT, AXIS - LEFT - 2 * PAD, strong, g->name, NAME_TAIL);
    snprintf(text, sizeof text, "%sat most %s and %s points%s", m->count > 1 ? "together " : "",
             points_text(g->floor, low), points_text(g->ceiling, high),
             !capped(g, m)  ? ""
             : m->count > 1 ? ", less than their sum"
                            : ", less than its own");
    svg_text(d->out, AXIS, y, SVG_LEFT, small, text);
    return 34;
}

static void draw_group(drawing *d, const axis *a, size_t index)
{
    const policy_file *f = d->file;
    trust_policy_group g = policy_group(f, index);
    members m = members_of(f, &g);
    int head = m.count == 1 && !capped(&g, &m) ? TOP : 34;
    int height = head + m.count * a->row + TOP;
    int top = d->y;
    svg_rect(d->out, LEFT, top, RIGHT - LEFT, height, 10, PANEL, NULL);
    svg_line(d->out, axis_x(a, 0), top + head, axis_x(a, 0), top + height - TOP, FAINT, 2);
    d->y += draw_group_head(d, &g, &m);
    for (size_t i = 0; i < f->signals; i++) {
        trust_policy_signal s = policy_signal(f, i);
        if ((m.bits >> i & 1) != 0)
            draw_signal(d, a, &s);
    }
    d->y = top + height + 8;
}

/* The heaviest first; of equals in the order of their names. Groups without signals are left out.
 */
static size_t order_groups(const policy_file *f, size_t order[TRUST_POLICY_MAX_GROUPS])
{
    int64_t weights[TRUST_POLICY_MAX_GROUPS];
    size_t count = 0;
    for (size_t i = 0; i < f->groups && i < TRUST_POLICY_MAX_GROUPS; i++) {
        trust_policy_group g = policy_group(f, i);
        members m = members_of(f, &g);
        size_t place = count;
        for (; place > 0 && m.count > 0 && weights[place - 1] < m.most; place--) {
            weights[place] = weights[place - 1];
            order[place] = order[place - 1];
        }
        weights[place] = m.most;
        order[place] = i;
        count += m.count > 0;
    }
    return count;
}

static void draw_signals(drawing *d)
{
    axis a = make_axis(d->file);
    part(d, "What is weighed",
         "points from the best news to the worst; 50 points double the odds against the device");
    draw_columns(d);
    size_t order[TRUST_POLICY_MAX_GROUPS];
    size_t count = order_groups(d->file, order);
    for (size_t g = 0; g < count; g++)
        draw_group(d, &a, order[g]);
}

/* ---- the scale of risk ---- */

enum { SCALE = LEFT + 290, SCALE_WIDE = 1150, STRIP = 34 };

static int risk_x(int32_t risk)
{
    return SCALE + (int)((int64_t)risk * SCALE_WIDE / 1000);
}

static void draw_ticks(drawing *d)
{
    char text[24];
    for (int32_t risk = 0; risk <= 1000; risk += 100) {
        snprintf(text, sizeof text, "%d", risk);
        svg_text(d->out, risk_x(risk), d->y + 14, SVG_MIDDLE, small, text);
        svg_line(d->out, risk_x(risk), d->y + 19, risk_x(risk), d->y + 24, QUIET, 1);
    }
    d->y += 26;
}

/* The word of a band, its first letter where there is no room, or nothing. */
static void draw_band(drawing *d, trust_verdict v, int from, int until)
{
    char letter[2] = {verdict_words[v][0], '\0'};
    const char *word = verdict_words[v];
    if (until <= from)
        return;
    svg_rect(d->out, from, d->y, until - from, STRIP, 0, tints[v], PAPER);
    if (svg_width(word, strong) + 8 > until - from)
        word = letter;
    if (svg_width(word, strong) + 4 <= until - from)
        svg_text(d->out, (from + until) / 2, d->y + STRIP / 2 + 6, SVG_MIDDLE, strong, word);
}

/* Where the labels of thresholds stand: below them, pushed apart where they are close. */
static void spread(int x[], const int at[], int count, int gap, int most)
{
    for (int i = 0; i < count; i++)
        x[i] = i > 0 && at[i] < x[i - 1] + gap ? x[i - 1] + gap : at[i];
    for (int i = count; i-- > 0;) {
        x[i] = x[i] > most ? most : x[i];
        most = x[i] - gap;
    }
}

static void draw_thresholds(drawing *d, const trust_policy_bands *b)
{
    const int32_t ends[] = {b->allow, b->step_up, b->quarantine};
    int at[3], x[3] = {0};
    char text[24];
    for (int i = 0; i < 3; i++)
        at[i] = risk_x(ends[i]);
    spread(x, at, 3, 44, SCALE + SCALE_WIDE);
    for (int i = 0; i < 3; i++) {
        int y = d->y + STRIP;
        snprintf(text, sizeof text, "%d", ends[i]);
        fprintf(d->out, "<path d=\"M%d %dv4L%d %dv3\" fill=\"none\" stroke=\"%s\"/>\n", at[i], y,
                x[i], y + 8, QUIET);
        svg_text(d->out, x[i], y + 24, SVG_MIDDLE, figure, text);
    }
}

static void draw_base(drawing *d, int32_t base)
{
    char text[48];
    int x = risk_x(base);
    int side = base < 900 ? SVG_LEFT : SVG_RIGHT;
    snprintf(text, sizeof text, "begins at %d", base);
    svg_text(d->out, x + (side == SVG_LEFT ? 11 : -11), d->y - 4, side, figure, text);
    fprintf(d->out, "<path d=\"M%d %dl-7 -12h14z\" fill=\"%s\"/>\n", x, d->y - 1, INK);
    svg_line(d->out, x, d->y - 1, x, d->y + 8, INK, 2);
}

static void put_profile(FILE *out, drawing *d, size_t index, const char *when)
{
    trust_policy_stance s = policy_profile(d->file, index).stance;
    if (when[0] != '\0')
        fprintf(out, "when %s; ", when);
    fprintf(out, "allow bears %d points against the device and %d permille not known", s.adverse,
            s.uncertainty);
    if (s.exempt != 0) {
        fputs("; not asked for ", out);
        put_signals(out, d->file, s.exempt, "and");
    }
}

static void draw_profile(drawing *d, size_t index)
{
    trust_policy_profile p = policy_profile(d->file, index);
    trust_policy_bands b = p.stance.bands;
    const int ends[] = {risk_x(0), risk_x(b.allow), risk_x(b.step_up), risk_x(b.quarantine),
                        risk_x(1000)};
    char *when = policy_when(d->file, index, &d->status);
    note n;
    FILE *out = when != NULL ? note_begin(d, &n) : NULL;
    if (out == NULL) {
        free(when);
        return;
    }
    put_profile(out, d, index, when);
    free(when);
    d->y += 20;
    svg_fit(d->out, LEFT + PAD, d->y + STRIP / 2 + 6, SVG_LEFT, SCALE - LEFT - 2 * PAD, strong,
            p.id, NAME_TAIL);
    for (trust_verdict v = TRUST_ALLOW; v <= TRUST_DENY; v++)
        draw_band(d, v, ends[v - 1], ends[v]);
    draw_base(d, b.base);
    draw_thresholds(d, &b);
    d->y += STRIP + 46;
    int lines = svg_lines(d->out, SCALE, d->y, SCALE_WIDE, small, note_end(d, &n));
    d->y += lines * small.size * 4 / 3 + 4;
    free(n.text);
}

static void draw_scale(drawing *d)
{
    part(d, "What the risk earns",
         d->file->profiles > 1
             ? "a higher risk is worse, 500 is even odds; a strip for each profile"
             : "a higher risk is worse, 500 is even odds");
    draw_ticks(d);
    for (size_t i = 0; i < d->file->profiles; i++)
        draw_profile(d, i);
}

/* ---- gates ---- */

enum { GATES = 3, GAP = 20, CARD = (RIGHT - LEFT - (GATES - 1) * GAP) / GATES };

static void draw_lock(FILE *out, int x, int y)
{
    fprintf(
        out,
        "<path d=\"M%d %dv-6a7 7 0 0 1 14 0v6\" fill=\"none\" stroke=\"%s\" stroke-width=\"3\"/>\n",
        x + 4, y + 11, INK);
    svg_rect(out, x, y + 11, 22, 16, 3, INK, NULL);
    fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"3\" fill=\"%s\"/>\n", x + 11, y + 18, PAPER);
}

static void put_gate_note(FILE *out, drawing *d, size_t index)
{
    const tree *actions = policy_gate_actions(d->file, index);
    fputs("while ", out);
    put_gate(out, d->file, index);
    if (policy_gate(d->file, index).final != 0)
        fputs("; no override passes it", out);
    if (actions != NULL) {
        fputs("; action: ", out);
        put_names(out, actions, "and");
    }
}

/* One card, or with no stream to draw on, how high it has to be. */
static int draw_gate(drawing *d, FILE *out, size_t index, int x, int y, int height)
{
    trust_policy_gate g = policy_gate(d->file, index);
    char floor[48];
    note n;
    snprintf(floor, sizeof floor, g.floor == TRUST_DENY ? "%s" : "at best %s",
             verdict_words[g.floor]);
    int chip = svg_width(floor, figure) + 20;
    FILE *words = note_begin(d, &n);
    if (words == NULL)
        return 0;
    put_gate_note(words, d, index);
    const char *text = note_end(d, &n);
    if (out != NULL) {
        svg_rect(out, x, y, CARD, height, 10, PANEL, FAINT);
        draw_lock(out, x + PAD, y + 10);
        svg_fit(out, x + PAD + 34, y + 33, SVG_LEFT, CARD - 3 * PAD - 34 - chip, strong, g.id,
                NAME_TAIL);
        svg_rect(out, x + CARD - PAD - chip, y + 14, chip, 26, 13, tints[g.floor], NULL);
        svg_text(out, x + CARD - PAD - chip / 2, y + 32, SVG_MIDDLE, figure, floor);
    }
    int lines = svg_lines(out, x + PAD, y + 64, CARD - 2 * PAD, plain, text);
    free(n.text);
    return 64 + lines * plain.size * 4 / 3;
}

static void draw_gates(drawing *d)
{
    size_t count = d->file->gates;
    if (count == 0)
        return;
    part(d, "Gates", "what decides whatever the points say");
    for (size_t first = 0; first < count; first += GATES) {
        int height = 0;
        size_t in_row = count - first < GATES ? count - first : GATES;
        for (size_t i = 0; i < in_row; i++) {
            int one = draw_gate(d, NULL, first + i, 0, 0, 0);
            height = one > height ? one : height;
        }
        for (size_t i = 0; i < in_row; i++)
            draw_gate(d, d->out, first + i, LEFT + (int)i * (CARD + GAP), d->y, height);
        d->y += height + 16;
    }
}

/* ---- stages ---- */

enum { STAGES = 5, ARROW = 40, BOX = (RIGHT - LEFT - (STAGES - 1) * ARROW) / STAGES };

/* What leads on from a stage. */
static void put_stage_way(FILE *out, drawing *d, size_t index, const trust_policy_stage *s)
{
    char span[32];
    fputs("needs ", out);
    if (s->needs != 0)
        put_signals(out, d->file, s->needs, "and");
    else
        fputs("nothing", out);
    if (s->next != index + 1)
        fprintf(out, "; then %s", policy_stage(d->file, s->next).id);
    if (s->timeout != 0)
        fprintf(out, "; after %s: %s", long_span(s->timeout, span), verdict_words[s->on_timeout]);
}

static void put_stage_note(FILE *out, drawing *d, size_t index)
{
    trust_policy_stage s = policy_stage(d->file, index);
    const tree *actions = policy_stage_actions(d->file, index);
    if (s.next == UINT32_MAX)
        fputs("the device is in", out);
    else
        put_stage_way(out, d, index, &s);
    if (actions != NULL) {
        fputs("; action: ", out);
        put_names(out, actions, "and");
    }
}

static int draw_stage(drawing *d, FILE *out, size_t index, int x, int y, int height)
{
    trust_policy_stage s = policy_stage(d->file, index);
    bool last = s.next == UINT32_MAX;
    char number[24];
    note n;
    FILE *words = note_begin(d, &n);
    if (words == NULL)
        return 0;
    put_stage_note(words, d, index);
    const char *text = note_end(d, &n);
    if (out != NULL) {
        snprintf(number, sizeof number, "%zu", index + 1);
        svg_rect(out, x, y, BOX, height, 10, last ? tints[TRUST_ALLOW] : PANEL, FAINT);
        fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"14\" fill=\"%s\"/>\n", x + PAD + 14, y + 27,
                INK);
        svg_text(out, x + PAD + 14, y + 32, SVG_MIDDLE, (svg_style){14, true, PAPER}, number);
        svg_fit(out, x + PAD + 38, y + 33, SVG_LEFT, BOX - 2 * PAD - 38, strong, s.id, NAME_TAIL);
    }
    int lines = svg_lines(out, x + PAD, y + 64, BOX - 2 * PAD, plain, text);
    free(n.text);
    return 64 + lines * plain.size * 4 / 3;
}

static void draw_arrow(FILE *out, int x, int y)
{
    svg_line(out, x + 5, y, x + ARROW - 12, y, INK, 3);
    fprintf(out, "<path d=\"M%d %dl-11 -7v14z\" fill=\"%s\"/>\n", x + ARROW - 4, y, INK);
}

static void draw_stages(drawing *d)
{
    size_t count = d->file->stages;
    if (count == 0)
        return;
    part(d, "Getting in", "until the last stage no verdict is better than step up");
    for (size_t first = 0; first < count; first += STAGES) {
        int height = 0;
        size_t in_row = count - first < STAGES ? count - first : STAGES;
        for (size_t i = 0; i < in_row; i++) {
            int one = draw_stage(d, NULL, first + i, 0, 0, 0);
            height = one > height ? one : height;
        }
        for (size_t i = 0; i < in_row; i++) {
            int x = LEFT + (int)i * (BOX + ARROW);
            draw_stage(d, d->out, first + i, x, d->y, height);
            if (policy_stage(d->file, first + i).next == first + i + 1 && i + 1 < STAGES)
                draw_arrow(d->out, x + BOX, d->y + 27);
        }
        d->y += height + 16;
    }
}

/* ---- what follows ---- */

/* A line of words behind a verdict in its colour. */
static void draw_verdict_line(drawing *d, trust_verdict v, const char *label, const char *text)
{
    int wide = 190;
    svg_rect(d->out, LEFT, d->y, wide, 28, 14, tints[v], NULL);
    svg_fit(d->out, LEFT + wide / 2, d->y + 19, SVG_MIDDLE, wide - 16, figure, label, 0);
    int lines =
        svg_lines(d->out, LEFT + wide + 20, d->y + 19, RIGHT - LEFT - wide - 20, plain, text);
    d->y += 38 + (lines > 1 ? lines - 1 : 0) * plain.size * 4 / 3;
}

static void draw_actions(drawing *d)
{
    bool any = false;
    for (trust_verdict v = TRUST_ALLOW; v <= TRUST_DENY; v++) {
        const tree *actions = policy_verdict_actions(d->file, v);
        note n;
        FILE *out = actions != NULL ? note_begin(d, &n) : NULL;
        if (out == NULL)
            continue;
        put_names(out, actions, "and");
        if (!any)
            part(d, "What follows", "what the host is asked to carry out at each verdict");
        any = true;
        draw_verdict_line(d, v, verdict_words[v], note_end(d, &n));
        free(n.text);
    }
}

static void draw_overrides(drawing *d)
{
    trust_policy_overrides o;
    char span[32], text[128];
    trust_policy_get_overrides(d->file->policy, &o);
    if (o.mildest == TRUST_NO_VERDICT)
        return;
    part(d, "Overrides", "what people who sign together may do");
    snprintf(text, sizeof text, "%u people may lower a verdict as far as this, for at most %s",
             o.approvals, long_span(o.max_ttl, span));
    draw_verdict_line(d, o.mildest, verdict_words[o.mildest], text);
}

/* ---- the whole ---- */

static void draw_head(drawing *d)
{
    const policy_file *f = d->file;
    char text[128];
    bool titled = f->title[0] != '\0';
    d->y = 70;
    svg_fit(d->out, LEFT, d->y, SVG_LEFT, RIGHT - LEFT, title_style,
            titled ? f->title : trust_policy_id(f->policy), 0);
    snprintf(text, sizeof text, "%s%srevision %llu", titled ? trust_policy_id(f->policy) : "",
             titled ? ", " : "", (unsigned long long)trust_policy_revision(f->policy));
    d->y += 28;
    svg_text(d->out, LEFT, d->y, SVG_LEFT, plain, text);
    d->y += 10;
}

static void draw_foot(drawing *d)
{
    uint8_t hash[32];
    char text[96] = "policy hash ";
    trust_policy_hash(d->file->policy, hash);
    size_t len = strlen(text);
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(text + len + 2 * i, 3, "%02x", hash[i]);
    d->y += 30;
    svg_text(d->out, LEFT, d->y, SVG_LEFT, small, text);
    d->y += 30;
}

static void draw_opening(FILE *out, const policy_file *f, int height)
{
    trust_policy_bands b = policy_profile(f, 0).stance.bands;
    const char *name = f->title[0] != '\0' ? f->title : trust_policy_id(f->policy);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d "
            "%d\" font-family=\"sans-serif\" role=\"img\" aria-labelledby=\"title desc\">\n",
            WIDTH, height, WIDTH, height);
    fputs("<title id=\"title\">The policy ", out);
    svg_escape(out, name);
    fprintf(
        out,
        "</title>\n<desc id=\"desc\">%zu signals, %zu gates, %zu profiles and %zu stages. The "
        "risk begins at %d; up to %d it allows, up to %d it asks for more evidence, up to %d it "
        "quarantines, above it denies.</desc>\n",
        f->signals, f->gates, f->profiles - 1, f->stages, b.base, b.allow, b.step_up, b.quarantine);
    svg_rect(out, 0, 0, WIDTH, height, 0, PAPER, NULL);
}

/* The parts, which tell how high the picture is; then the picture. */
static int draw(const policy_file *file, text_stream *body, const char *path)
{
    drawing d = {.out = body->out, .file = file};
    text_stream whole;
    draw_head(&d);
    draw_signals(&d);
    draw_scale(&d);
    draw_gates(&d);
    draw_stages(&d);
    draw_actions(&d);
    draw_overrides(&d);
    draw_foot(&d);
    size_t len;
    char *parts = text_end(body, NULL);
    int status = parts != NULL && text_begin(&whole) ? d.status : EXIT_MEMORY;
    if (status == 0) {
        draw_opening(whole.out, file, d.y);
        fprintf(whole.out, "%s</svg>\n", parts);
        char *text = text_end(&whole, &len);
        status = text != NULL ? write_output(path, text, len) : EXIT_MEMORY;
        free(text);
    }
    free(parts);
    return status;
}

int run_policy_draw(const arguments *args)
{
    policy_file file;
    text_stream body;
    const char *path = option_value(args, "-o");
    if (path == NULL)
        return complain("policy draw", "where to? -o FILE, or -o - for standard output",
                        EXIT_USAGE);
    int status = policy_open(positional(args, 0), &file);
    if (status == 0)
        status = text_begin(&body) ? draw(&file, &body, path) : EXIT_MEMORY;
    policy_close(&file);
    return status;
}
