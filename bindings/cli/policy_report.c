/* What trustctl policy diff prints. The last line claims what was compared and nothing else. Trust:
 * the library has loaded both documents; texts of theirs are made harmless. */

#include <stdlib.h>
#include <string.h>

#include "policy_report.h"

#define WIDTH 100

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
    fputs(c->count > 0 ? ",{\"about\":" : "{\"about\":", c->text.out);
    print_json_text(c->text.out, about);
    fputs(",\"what\":", c->text.out);
    print_json_text(c->text.out, what);
    fputs(",\"old\":", c->text.out);
    put_value(c->text.out, from);
    fputs(",\"new\":", c->text.out);
    put_value(c->text.out, to);
    fprintf(c->text.out, ",\"effect\":\"%s\"}", effect_words[e]);
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
    fprintf(c->text.out, "%-14s", effect_words[e]);
    if (text != NULL)
        put_wrapped(c->text.out, text, 14, 14, WIDTH);
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

void report(comparison *c, effect e, const char *about, const char *what, const tree *from,
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

void report_worded(comparison *c, effect e, const char *about, const char *what,
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

void report_number(comparison *c, effect e, const char *about, const char *what, int64_t from,
                   int64_t to)
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

/* ---- the beginning and the end ---- */

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
        fputs(text, c->text.out);
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

bool report_begin(comparison *c)
{
    if (!text_begin(&c->text))
        return false;
    if (!text_begin(&c->unclear)) {
        text_drop(&c->text);
        return false;
    }
    if (c->json) {
        fputs("{\"old\":", c->text.out);
        json_policy(c->text.out, c->a);
        fputs(",\"new\":", c->text.out);
        json_policy(c->text.out, c->b);
        fputs(",\"differences\":[", c->text.out);
    }
    return true;
}

int report_end(comparison *c)
{
    char *unclear = text_end(&c->unclear, NULL);
    if (unclear == NULL)
        c->status = EXIT_MEMORY;
    else if (c->json)
        fprintf(c->text.out, "],\"overall\":\"%s\",\"not_compared\":[%s]}\n", overall(c), unclear);
    else
        conclude_text(c, unclear);
    free(unclear);
    if (c->status != 0) {
        text_drop(&c->text);
        return c->status;
    }
    int status = print_stream(&c->text);
    return status != 0 ? status : c->count == 0 ? EXIT_AFFIRMATIVE : EXIT_NEGATIVE;
}
