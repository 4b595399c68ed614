/* trustctl: the shell's binding to libtrust. Finds the subcommand and runs it. */

#include <string.h>

#include "cli.h"

/* "policy" of "policy lint". */
static bool is_group(const command *c, const char *word)
{
    size_t len = strlen(word);
    return strncmp(c->name, word, len) == 0 && c->name[len] == ' ';
}

/* How many words of the command line name this command, two for "policy lint"; 0 when it is
 * another. */
static int matches(const command *c, int argc, char **argv)
{
    size_t first = strcspn(c->name, " ");
    if (argc < 2 || strlen(argv[1]) != first || strncmp(c->name, argv[1], first) != 0)
        return 0;
    if (c->name[first] == '\0')
        return 1;
    return argc > 2 && strcmp(c->name + first + 1, argv[2]) == 0 ? 2 : 0;
}

static int run(const command *c, int argc, char **argv)
{
    arguments args = {c, argc, argv};
    trust_clock clock;
    if (option_given(&args, "--help")) {
        print_usage(c, stdout);
        return EXIT_AFFIRMATIVE;
    }
    int status = check_arguments(&args);
    if (status == 0)
        status = read_clock(&args, &clock);
    return status != 0 ? status : c->run(&args);
}

static int find_and_run(int argc, char **argv)
{
    for (const command *c = commands; c->name != NULL; c++) {
        int words = matches(c, argc, argv);
        if (words > 0)
            return run(c, argc - 1 - words, argv + 1 + words);
    }
    if (argc < 2) {
        print_commands(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0) {
        print_commands(stdout);
        return EXIT_AFFIRMATIVE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("trustctl %s\n", trust_version());
        return EXIT_AFFIRMATIVE;
    }
    for (const command *c = commands; c->name != NULL; c++)
        if (is_group(c, argv[1]))
            return complain(argv[1], "not a subcommand by itself; try trustctl help and its name",
                            EXIT_USAGE);
    return complain(argv[1], "no such subcommand; try trustctl help", EXIT_USAGE);
}

int main(int argc, char **argv)
{
    (void)setvbuf(stderr, NULL, _IOLBF, 0); /* an error is one line, not many pieces */
    int status = find_and_run(argc, argv);
    bool unwritten = fflush(stdout) != 0 || ferror(stdout) != 0;
    if (unwritten && status != EXIT_IO) /* which has said so */
        return complain("standard output", "could not be written", EXIT_IO);
    return status;
}
