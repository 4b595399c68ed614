#ifndef TRUSTCTL_CLI_H
#define TRUSTCTL_CLI_H

/* What trustctl's subcommands share. The command line holds no judgement: it reads files, calls
 * libtrust's public functions, and prints what they say. */

#include <stdbool.h>
#include <stdio.h>

#include <trust/attest.h>
#include <trust/trust.h>

/* Exit statuses (docs/cli.md). */
enum {
    EXIT_AFFIRMATIVE = 0,
    EXIT_NEGATIVE = 1,
    EXIT_USAGE = 2,
    EXIT_MALFORMED = 3,
    EXIT_IO = 4,
    EXIT_MEMORY = 5
};

/* One option of a subcommand. A table of them ends with a NULL name. */
typedef struct option {
    const char *name;  /* "--policy" */
    const char *value; /* "FILE", or NULL for a switch */
    const char *help;
} option;

typedef struct command {
    const char *name;  /* "policy lint" */
    const char *usage; /* what follows the options, such as "FILE" */
    const char *help;  /* one sentence */
    const option *options;
    int (*run)(const struct command *self, int argc, char **argv);
} command;

extern const command commands[]; /* ends with a NULL name */

/* --at, --json and --help, which every subcommand takes. */
extern const option common_options[];

/* Check argv against the command's options and count positional arguments: 0, or EXIT_USAGE after
 * saying what is wrong. */
int check_arguments(const command *self, int argc, char **argv, int least, int most);

/* The value of an option, or NULL; of a switch, its name. The n-th one where it may repeat. */
const char *option_value(const command *self, int argc, char **argv, const char *name);
const char *option_nth(const command *self, int argc, char **argv, const char *name, size_t n);
/* The n-th positional argument or NULL. */
const char *positional(const command *self, int argc, char **argv, size_t n);

void print_usage(const command *self, FILE *out);

/* "trustctl: what: why (where)" on standard error; gives the exit status. */
int complain(const char *what, const char *why, int status);
int complain_status(const char *what, trust_status status, const trust_error *err);
int exit_for(trust_status status);

/* A whole file, "-" for standard input, at most @p limit bytes; NULL after complaining, and then
 * @p exit is set. Free it. A NUL follows the bytes. */
uint8_t *read_input(const char *path, size_t limit, size_t *len, int *exit_status);
/* Write a file whole or not at all; "-" for standard output. @p mode as for open(2). */
int write_output(const char *path, const void *data, size_t len, unsigned mode);

/* Print what one of the library's text calls writes, however long it is; then a newline. */
typedef trust_status (*text_call)(const void *object, char *out, size_t cap, size_t *need);
int print_text(const char *what, text_call call, const void *object);

void print_json_text(FILE *out, const char *text);
bool parse_hex(const char *text, uint8_t *out, size_t cap, size_t *len);

/* --at as a clock: the system's without it. False after complaining. */
bool read_clock(const command *self, int argc, char **argv, trust_clock *out);

/* Everything that --policy, --geoip, --list, --reference, --store and --at make. */
typedef struct session {
    trust_engine *engine;
    trust_policy *policy;
    trust_store *store;
    trust_clock clock;
} session;

/* 0, or an exit status after complaining; session_end() is safe in both cases. */
int session_begin(const command *self, int argc, char **argv, session *s);
void session_end(session *s);

/* The table of --geoip and --list; NULL when neither was given. */
int read_table(const command *self, int argc, char **argv, trust_table **out);

/* The keys that --anchor names: false after complaining. */
bool read_anchors(const command *self, int argc, char **argv, uint8_t keys[4][32], size_t *count,
                  int *exit_status);

/* "file:PATH": a store in one file, for the command line and small gateways. */
trust_status store_file_open(const char *path, trust_store **out, trust_error *err);

#define MAX_DOCUMENT ((size_t)8 << 20)
#define MAX_DATABASE ((size_t)512 << 20)

#endif
