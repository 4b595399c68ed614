/* Help, the manual page and the completion: everything that is written from the tables, so that it
 * cannot differ from what is accepted. */

#include <string.h>

#include "cli.h"

void print_commands(FILE *out)
{
    fputs("usage: trustctl SUBCOMMAND [OPTION]... [ARGUMENT]...\n\n", out);
    for (const command *c = commands; c->name != NULL; c++)
        fprintf(out, "  %-18s %s\n", c->name, c->help);
    fputs("\n  trustctl help SUBCOMMAND tells more; trustctl --version says which.\n", out);
}

typedef void (*print_option)(const option *o, bool repeats, FILE *out);

/* Every option of a command's list. */
static void each_option(const char *list, print_option print, FILE *out)
{
    bool repeats;
    for (const option *o; (o = option_listed(&list, &repeats)) != NULL;)
        print(o, repeats, out);
}

static void print_line(const option *o, bool repeats, FILE *out)
{
    const char *value = o->value != NULL ? o->value : "";
    int width = fprintf(out, "  %s %s", o->name, value);
    fprintf(out, "%*s %s%s\n", width < 26 ? 26 - width : 0, "",
            o->help != NULL ? o->help : "not in this version", repeats ? "; may repeat" : "");
}

void print_usage(const command *c, FILE *out)
{
    fprintf(out, "usage: trustctl %s [OPTION]...%s%s\n\n%s\n\n", c->name,
            c->usage[0] != '\0' ? " " : "", c->usage, c->help);
    each_option(c->options, print_line, out);
    each_option(common_options, print_line, out);
}

/* ---- the manual page ---- */

/* Text of the tables for troff: hyphens that can be copied. */
static void put_troff(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void print_item(const option *o, bool repeats, FILE *out)
{
    fputs(".TP\n\\fB", out);
    put_troff(o->name, out);
    fputs("\\fR", out);
    if (o->value != NULL)
        fprintf(out, " \\fI%s\\fR", o->value);
    fputc('\n', out);
    put_troff(o->help != NULL ? o->help : "not in this version", out);
    fputs(repeats ? "; may repeat\n" : "\n", out);
}

static const char manual_head[] =
    ".SH NAME\ntrustctl \\- decide how far a device can be trusted, and say why\n"
    ".SH SYNOPSIS\n\\fBtrustctl\\fR \\fISUBCOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n"
    ".SH DESCRIPTION\nThe shell's binding to libtrust. Text for people by default. A file named\n"
    "\\- is standard input or output; output files are written whole or not at all.\n"
    ".SH SUBCOMMANDS\n";

static const char manual_tail[] =
    ".SH EXIT STATUS\n"
    ".TP\n0\ndone and affirmative\n"
    ".TP\n1\ndone and negative: not affirming, a linter error, a failed test of a policy, two "
    "policies that differ, with assess \\-\\-check any verdict but allow\n"
    ".TP\n2\nusage\n"
    ".TP\n3\nmalformed input\n"
    ".TP\n4\ncould not read, write, connect; no such device\n"
    ".TP\n5\nout of memory\n"
    ".SH ENVIRONMENT\n.TP\nNO_COLOR\nno colour even on a terminal\n";

static void print_manual(FILE *out)
{
    fprintf(out, ".TH TRUSTCTL 1 \"\" \"libtrust %s\"\n", trust_version());
    fputs(manual_head, out);
    for (const command *c = commands; c->name != NULL; c++) {
        fprintf(out, ".SS %s %s\n", c->name, c->usage);
        put_troff(c->help, out);
        fputc('\n', out);
        each_option(c->options, print_item, out);
    }
    fputs(".SH OPTIONS\nEvery subcommand takes these.\n", out);
    each_option(common_options, print_item, out);
    fputs(manual_tail, out);
}

static bool begins_with_word(const char *name, const char *word)
{
    size_t len = strlen(word);
    return strncmp(name, word, len) == 0 && (name[len] == ' ' || name[len] == '\0');
}

int run_help(const arguments *args)
{
    char name[64];
    bool found = false;
    const char *first = positional(args, 0);
    const char *second = positional(args, 1);
    if (option_given(args, "--man")) {
        print_manual(stdout);
        return EXIT_AFFIRMATIVE;
    }
    if (first == NULL) {
        print_commands(stdout);
        return EXIT_AFFIRMATIVE;
    }
    snprintf(name, sizeof name, "%s%s%s", first, second != NULL ? " " : "",
             second != NULL ? second : "");
    for (const command *c = commands; c->name != NULL; c++) {
        if (!begins_with_word(c->name, name))
            continue;
        fputs(found ? "\n" : "", stdout);
        print_usage(c, stdout);
        found = true;
    }
    return found ? EXIT_AFFIRMATIVE
                 : complain(name, "no such subcommand; try trustctl help", EXIT_USAGE);
}

/* ---- completion ---- */

static void print_name(const option *o, bool repeats, FILE *out)
{
    (void)repeats;
    fprintf(out, " %s", o->name);
}

static const char completion_head[] =
    "# bash completion of trustctl: written by trustctl completion bash\n"
    "# shellcheck disable=SC2207 # no name that is completed holds a space, but for files\n"
    "_trustctl()\n{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} words='' next=''\n"
    "    COMPREPLY=()\n"
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
    "        next=\"";

static const char completion_middle[] = "--help --version\"\n"
                                        "        COMPREPLY=($(compgen -W \"$next\" -- \"$cur\"))\n"
                                        "        return\n"
                                        "    fi\n"
                                        "    case \"${COMP_WORDS[*]:1:2} \" in\n";

static const char completion_tail[] =
    "    esac\n"
    "    case $cur in\n"
    "        -*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
    "        *) if [ -n \"$next\" ]; then\n"
    "            COMPREPLY=($(compgen -W \"$next\" -- \"$cur\"))\n"
    "        else\n"
    "            COMPREPLY=($(compgen -f -- \"$cur\"))\n"
    "        fi ;;\n"
    "    esac\n"
    "}\n"
    "complete -o filenames -F _trustctl trustctl\n";

/* "policy" of "policy lint" where it begins a group, else 0. */
static size_t group_begun(const command *c)
{
    size_t len = strcspn(c->name, " ");
    bool first = c == commands || strncmp(c[-1].name, c->name, len + 1) != 0;
    return c->name[len] == ' ' && first ? len : 0;
}

/* What may follow "trustctl": single words, and groups once. */
static void print_first_words(void)
{
    for (const command *c = commands; c->name != NULL; c++)
        if (strchr(c->name, ' ') == NULL || group_begun(c) > 0)
            printf("%.*s ", (int)strcspn(c->name, " "), c->name);
}

/* What may follow "trustctl policy". */
static void print_group(const command *group, size_t len)
{
    printf("        \"%.*s \"*) next=\"", (int)len, group->name);
    for (const command *c = group; c->name != NULL; c++)
        if (strncmp(c->name, group->name, len + 1) == 0)
            printf("%s ", c->name + len + 1);
    puts("\" ;;");
}

int run_completion(const arguments *args)
{
    if (strcmp(positional(args, 0), "bash") != 0)
        return complain(positional(args, 0), "only bash is known", EXIT_USAGE);
    fputs(completion_head, stdout);
    print_first_words();
    fputs(completion_middle, stdout);
    for (const command *c = commands; c->name != NULL; c++) {
        printf("        \"%s \"*) words=\"", c->name);
        each_option(c->options, print_name, stdout);
        each_option(common_options, print_name, stdout);
        puts("\" ;;");
    }
    for (const command *c = commands; c->name != NULL; c++)
        if (group_begun(c) > 0)
            print_group(c, group_begun(c));
    fputs(completion_tail, stdout);
    return EXIT_AFFIRMATIVE;
}
