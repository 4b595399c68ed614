/* Words for what a policy says: spans, lists, conditions. Names of a policy are plain, so nothing
 * here needs care with foreign text but the title. */

#include <stdlib.h>
#include <string.h>

#include "policy_file.h"

typedef struct span_unit {
    int64_t ms;
    const char *letters;
    const char *word;
} span_unit;

/* The largest unit of which it is a whole number. */
static span_unit unit_of(int64_t ms)
{
    static const span_unit units[] = {{86400000, "d", "day"},
                                      {3600000, "h", "hour"},
                                      {60000, "m", "minute"},
                                      {1000, "s", "second"},
                                      {1, "ms", "millisecond"}};
    size_t u = 0;
    while (ms % units[u].ms != 0)
        u++;
    return units[u];
}

const char *short_span(int64_t ms, char out[24])
{
    span_unit unit = unit_of(ms);
    if (ms == 0)
        return "never";
    snprintf(out, 24, "%lld%s", (long long)(ms / unit.ms), unit.letters);
    return out;
}

const char *long_span(int64_t ms, char out[32])
{
    span_unit unit = unit_of(ms);
    long long count = (long long)(ms / unit.ms);
    snprintf(out, 32, "%lld %s%s", count, unit.word, count == 1 ? "" : "s");
    return out;
}

/* What stands before entry @p i of @p count. */
static const char *joint(size_t i, size_t count, const char *last)
{
    static const char *const with[] = {" and ", " or "};
    if (i == 0)
        return "";
    return i + 1 < count ? ", " : with[strcmp(last, "or") == 0];
}

void put_names(FILE *out, const tree *names, const char *last)
{
    size_t n = tree_count(names), i = 0;
    for (const tree *t = n > 0 ? names->first : NULL; t != NULL; t = t->next, i++)
        fprintf(out, "%s%s", joint(i, n, last), t->text != NULL ? t->text : "?");
}

void put_signals(FILE *out, const policy_file *file, uint64_t bits, const char *last)
{
    size_t n = 0, i = 0;
    for (uint64_t rest = bits; rest != 0; rest &= rest - 1)
        n++;
    for (size_t s = 0; s < file->signals; s++)
        if ((bits >> s & 1) != 0)
            fprintf(out, "%s%s", joint(i++, n, last), policy_signal(file, s).name);
}

static uint32_t scale_of(const policy_file *file, const char *name)
{
    for (size_t i = 0; i < file->signals; i++) {
        trust_policy_signal signal = policy_signal(file, i);
        if (strcmp(signal.name, name) == 0)
            return signal.scale;
    }
    return 0;
}

static void put_surprise(FILE *out, int32_t tenths)
{
    fprintf(out, "a surprise of %d or more", tenths);
    if (tenths % 10 != 0 || tenths <= 0)
        return;
    fputs(" (by chance once in 1", out);
    for (int32_t zeros = tenths / 10; zeros > 0; zeros--)
        fputs(zeros % 3 == 0 ? " 0" : "0", out);
    fputc(')', out);
}

static void put_value(FILE *out, uint32_t scale, int32_t value)
{
    if (scale == TRUST_SCALE_SURPRISE)
        put_surprise(out, value);
    else if (scale == TRUST_SCALE_PERMILLE || scale == TRUST_SCALE_PERCENT)
        fprintf(out, "%d %s or worse", value,
                scale == TRUST_SCALE_PERCENT ? "percent" : "permille");
    else if (value == 96)
        fputs("contraindicated (96 or worse)", out);
    else if (value == 32)
        fputs("a warning or worse (32)", out);
    else
        fprintf(out, "%d or worse", value);
}

void put_condition(FILE *out, const policy_file *file, const trust_policy_condition *condition)
{
    char span[32];
    if (condition->asks == TRUST_ASKS_ABSENT)
        fprintf(out, "there is no fresh evidence for %s", condition->signal);
    else if (condition->asks == TRUST_ASKS_OLDER)
        fprintf(out, "there is no evidence for %s from the last %s", condition->signal,
                long_span(condition->age, span));
    else if (condition->asks == TRUST_ASKS_POINTS)
        fprintf(out, "%s costs %d points or more", condition->signal, condition->limit);
    else {
        fprintf(out, "%s is ", condition->signal);
        put_value(out, scale_of(file, condition->signal), condition->limit);
    }
}

void put_gate(FILE *out, const policy_file *file, size_t gate)
{
    trust_policy_gate g = policy_gate(file, gate);
    const char *last = g.need == 1 ? "or" : "and";
    if (g.need > 1 && g.need < g.condition_count)
        fprintf(out, "at least %u of these %u hold: ", g.need, g.condition_count);
    for (uint32_t i = 0; i < g.condition_count; i++) {
        trust_policy_condition condition = policy_condition(file, gate, i);
        fputs(joint(i, g.condition_count, last), out);
        put_condition(out, file, &condition);
    }
}

/* Bytes up to the next space, but no more than so many columns; a character is one. */
static int next_word(const char *text, int most, int *columns)
{
    int len = 0;
    *columns = 0;
    while (text[len] != '\0' && text[len] != ' ') {
        bool begins = ((unsigned char)text[len] & 0xC0) != 0x80;
        if (begins && *columns == most)
            break;
        *columns += begins;
        len++;
    }
    return len;
}

void put_wrapped(FILE *out, const char *text, int indent, int column, int width)
{
    const char *before = "";
    while (*text != '\0') {
        int columns;
        int len = next_word(text, width - indent, &columns);
        if (column + (int)strlen(before) + columns > width) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else {
            fputs(before, out);
            column += (int)strlen(before);
        }
        fprintf(out, "%.*s", len, text);
        column += columns;
        text += len;
        before = *text == ' ' ? " " : "";
        text += *text == ' ';
    }
    fputc('\n', out);
}

bool text_begin(text_stream *stream)
{
    *stream = (text_stream){0};
    stream->out = open_memstream(&stream->text, &stream->len);
    if (stream->out == NULL)
        complain("trustctl", "out of memory", EXIT_MEMORY);
    return stream->out != NULL;
}

char *text_end(text_stream *stream, size_t *len)
{
    bool good = fflush(stream->out) == 0 && ferror(stream->out) == 0;
    good = fclose(stream->out) == 0 && good;
    if (len != NULL)
        *len = stream->len;
    if (good)
        return stream->text;
    free(stream->text);
    complain("trustctl", "out of memory", EXIT_MEMORY);
    return NULL;
}

int print_stream(text_stream *stream)
{
    size_t len;
    char *text = text_end(stream, &len);
    int status = text != NULL ? write_output("-", text, len) : EXIT_MEMORY;
    free(text);
    return status;
}

void text_drop(text_stream *stream)
{
    fclose(stream->out);
    free(stream->text);
}
