/* trustctl: the shell's binding to libtrust. Finds the subcommand and runs it. */

#include <string.h>

#include "cli.h"

static size_t words(const char *name)
{
    return strchr(name, ' ') != NULL ? 2 : 1;
}

/* "policy lint" is two words of the command line. */
static bool is_command(const command *c, int argc, char **argv)
{
    size_t first = strcspn(c->name, " ");
    if (argc < 2 || strlen(argv[1]) != first || strncmp(c->name, argv[1], first) != 0)
        return false;
    return words(c->name) == 1 || (argc > 2 && strcmp(c->name + first + 1, argv[2]) == 0);
}

static void print_commands(FILE *out)
{
    fputs("usage: trustctl SUBCOMMAND [OPTION]... [ARGUMENT]...\n\n", out);
    for (const command *c = commands; c->name != NULL; c++)
        fprintf(out, "  %-18s %s\n", c->name, c->help);
    fputs("\n  trustctl help SUBCOMMAND tells more; trustctl --version says which.\n", out);
}

static int help(int argc, char **argv)
{
    bool found = false;
    for (const command *c = commands; argc > 2 && c->name != NULL; c++) {
        if (is_command(c, argc - 1, argv + 1) ||
            (argc == 3 && words(c->name) == 2 &&
             strncmp(c->name, argv[2], strcspn(c->name, " ")) == 0 &&
             strlen(argv[2]) == strcspn(c->name, " "))) {
            print_usage(c, stdout);
            found = true;
        }
    }
    if (argc > 2 && !found)
        return complain(argv[2], "no such subcommand; try trustctl help", EXIT_USAGE);
    if (argc <= 2)
        print_commands(stdout);
    return EXIT_AFFIRMATIVE;
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0))
        return help(argc, argv);
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("trustctl %s\n", trust_version());
        return EXIT_AFFIRMATIVE;
    }
    for (const command *c = commands; c->name != NULL; c++) {
        if (!is_command(c, argc, argv))
            continue;
        int skip = 1 + (int)words(c->name);
        int status = c->run(c, argc - skip, argv + skip);
        if (fflush(stdout) != 0 || ferror(stdout) != 0)
            return complain("standard output", "could not be written", EXIT_IO);
        return status;
    }
    if (argc < 2) {
        print_commands(stderr);
        return EXIT_USAGE;
    }
    return complain(argv[1], "no such subcommand; try trustctl help", EXIT_USAGE);
}
