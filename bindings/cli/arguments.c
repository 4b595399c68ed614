/* The words of the command line, read against the tables of commands.c. Trust: a person typed them,
 * or a script did. */

#include <string.h>

#include "cli.h"

static const option *find_option(const char *name, size_t len)
{
    for (const option *o = options; o->name != NULL; o++)
        if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

const option *option_listed(const char **list, bool *repeats)
{
    *list += strspn(*list, " ");
    size_t len = strcspn(*list, " *");
    const option *found = find_option(*list, len);
    *list += len;
    *repeats = **list == '*';
    *list += *repeats;
    return found;
}

/* The option that @p name, of @p len bytes, is for this command. */
static const option *option_of(const command *c, const char *name, size_t len, bool *repeats)
{
    const char *lists[] = {c->options, common_options};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const option *o; (o = option_listed(&lists[i], repeats)) != NULL;)
            if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
                return o;
    return NULL;
}

/* One step through the arguments. */
typedef struct step {
    const char *word;
    const option *option; /* NULL for a positional argument, and for an option that there is not */
    const char *value;    /* of the option; a switch and a positional argument are their own */
    int at;               /* of the next word */
    bool looks_like_option;
    bool repeats;
    bool ended; /* by "--" */
} step;

static bool advance(const arguments *args, step *s)
{
    if (s->at < args->argc && !s->ended && strcmp(args->argv[s->at], "--") == 0) {
        s->ended = true;
        s->at++;
    }
    if (s->at >= args->argc)
        return false;
    s->word = s->value = args->argv[s->at++];
    s->option = NULL;
    s->looks_like_option = !s->ended && s->word[0] == '-' && s->word[1] != '\0';
    if (!s->looks_like_option)
        return true;
    size_t len = strcspn(s->word, "=");
    s->option = option_of(args->command, s->word, len, &s->repeats);
    if (s->option == NULL || s->option->value == NULL)
        return true;
    if (s->word[len] == '=')
        s->value = s->word + len + 1;
    else
        s->value = s->at < args->argc ? args->argv[s->at++] : NULL;
    return true;
}

/* Why this step cannot be taken, or NULL. */
static const char *refusal(const arguments *args, const step *s)
{
    if (!s->looks_like_option)
        return NULL;
    if (s->option == NULL)
        return "no such option";
    if (s->option->help == NULL)
        return "not in this version";
    if (s->value == NULL)
        return "a value is missing";
    if (s->option->value == NULL && strchr(s->word, '=') != NULL)
        return "this option takes no value";
    if (s->option->value != NULL && !s->repeats && option_nth(args, s->option->name, 1) != NULL)
        return "given twice";
    return NULL;
}

static int usage_error(const arguments *args, const char *what, const char *why)
{
    char hint[128];
    snprintf(hint, sizeof hint, "%s; try trustctl help %s", why, args->command->name);
    return complain(what, hint, EXIT_USAGE);
}

int check_arguments(const arguments *args)
{
    int count = 0;
    for (step s = {.at = 0}; advance(args, &s);) {
        const char *why = refusal(args, &s);
        if (why != NULL)
            return usage_error(args, s.word, why);
        count += !s.looks_like_option;
    }
    if (count < args->command->least)
        return usage_error(args, args->command->name, "an argument is missing");
    if (count > args->command->most)
        return usage_error(args, args->command->name, "too many arguments");
    return 0;
}

/* The n-th match: of an option, or of the positional arguments when name is NULL. */
static const char *find_nth(const arguments *args, const char *name, size_t n)
{
    for (step s = {.at = 0}; advance(args, &s);) {
        bool match = name == NULL ? !s.looks_like_option
                                  : s.option != NULL && strcmp(s.option->name, name) == 0;
        if (match && n-- == 0)
            return s.value;
    }
    return NULL;
}

const char *option_nth(const arguments *args, const char *name, size_t n)
{
    return find_nth(args, name, n);
}

const char *option_value(const arguments *args, const char *name)
{
    return find_nth(args, name, 0);
}

bool option_given(const arguments *args, const char *name)
{
    return find_nth(args, name, 0) != NULL;
}

const char *positional(const arguments *args, size_t n)
{
    return find_nth(args, NULL, n);
}
