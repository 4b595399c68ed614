#ifndef TRUSTCTL_CLI_H
#define TRUSTCTL_CLI_H

/* What trustctl's subcommands share. The command line holds no judgement: it reads files, calls
 * libtrust's public functions, and prints what they say. */

#include <stdbool.h>
#include <stdio.h>

#include <trust/attest.h>
#include <trust/trust.h>

#include "store_file.h"

/* Exit statuses (docs/cli.md). */
enum {
    EXIT_AFFIRMATIVE = 0,
    EXIT_NEGATIVE = 1,
    EXIT_USAGE = 2,
    EXIT_MALFORMED = 3,
    EXIT_IO = 4,
    EXIT_MEMORY = 5
};

/* ---- commands.c: the tables ---- */

/* An option means the same wherever it is taken. The table ends with a NULL name. */
typedef struct option {
    const char *name;  /* "--policy" */
    const char *value; /* "FILE", or NULL for a switch */
    const char *help;  /* NULL: known to the contract, but not in this version */
} option;

typedef struct arguments arguments;

/* A subcommand. The table ends with a NULL name. */
typedef struct command {
    const char *name;    /* "policy lint" */
    const char *usage;   /* what follows the options, such as "FILE" */
    int least, most;     /* how many of those */
    const char *help;    /* one sentence */
    const char *options; /* the names that it takes, a star behind those that may repeat */
    int (*run)(const arguments *args);
} command;

extern const command commands[];
extern const option options[];

/* What every subcommand takes, written as in a command's own list. */
extern const char common_options[];

/* ---- arguments.c ---- */

/* The words behind the subcommand's name. */
struct arguments {
    const command *command;
    int argc;
    char **argv;
};

/* The option of a command's list that starts at *list, its star told apart; moves *list on. NULL at
 * the end. */
const option *option_listed(const char **list, bool *repeats);

/* 0, or EXIT_USAGE after saying what is wrong. */
int check_arguments(const arguments *args);

bool option_given(const arguments *args, const char *name);
/* The value of an option, or NULL; the n-th one where it may repeat. */
const char *option_value(const arguments *args, const char *name);
const char *option_nth(const arguments *args, const char *name, size_t n);
/* The n-th argument that is no option, or NULL. */
const char *positional(const arguments *args, size_t n);

/* ---- help.c: everything that is written from the tables ---- */

void print_commands(FILE *out);
void print_usage(const command *c, FILE *out);
int run_help(const arguments *args);
int run_completion(const arguments *args);

/* ---- print.c ---- */

/* "trustctl: what: why (where)" on standard error; gives the exit status. */
int complain(const char *what, const char *why, int status);
int complain_status(const char *what, trust_status status, const trust_error *err);

/* What one of the library's text calls writes, however long it is, ending with a newline. NULL
 * after complaining. Free it. */
typedef trust_status (*text_call)(const void *object, char *out, size_t cap, size_t *need);
char *make_text(const char *what, text_call call, const void *object, int *exit_status);
int print_text(const char *what, text_call call, const void *object);

/* Foreign text for a terminal: what it would obey, and what is no text, becomes '?'. */
void put_safe(FILE *out, const char *text);
/* Quoted; broken UTF-8 replaced, and what a terminal would obey escaped. */
void print_json_text(FILE *out, const char *text);
void print_hex(const uint8_t *data, size_t len);
bool parse_hex(const char *text, uint8_t *out, size_t cap, size_t *len);
/* Decimal digits and nothing else. */
bool parse_number(const char *text, uint64_t most, uint64_t *out);

/* ---- files.c ---- */

#define MAX_DOCUMENT ((size_t)8 << 20)
#define MAX_DATABASE ((size_t)512 << 20)

/* A whole file, "-" for standard input, at most @p limit bytes; NULL after complaining, and then
 * @p exit_status is set. Free it. A NUL follows the bytes. */
uint8_t *read_input(const char *path, size_t limit, size_t *len, int *exit_status);

/* Write a file whole or not at all; "-" for standard output. */
int write_output(const char *path, const void *data, size_t len);

/** Two names of one file that there is. */
bool same_file(const char *a, const char *b);
/* The same, readable by its owner alone, and never over a file that is there. */
int write_secret(const char *path, const void *data, size_t len);

/* ---- key.c ---- */

/* The secret key in a file, for one use (TRUST_USE_): a file does not say what it is for. */
int read_signer(const char *path, uint32_t use, trust_signer **out);

/* ---- session.c ---- */

/* Everything that --policy with --root and --allow-unsigned, --geoip, --list, --reference, --store
 * and --at make. */
typedef struct session {
    trust_engine *engine;
    trust_policy *policy;
    trust_reference *reference;
    trust_table *table;
    trust_store *store;
    file_store *file; /* the store when it is one in a file, else NULL */
} session;

/* With a file as the store, a subcommand that changes it is one transaction: it holds the file from
 * here to session_save() or session_end(). 0, or an exit status after complaining; session_end() is
 * safe in both cases. */
int session_begin(const arguments *args, bool changes, session *s);
/* What was changed is on disk after this, and before its outcome is printed. */
int session_save(session *s);
void session_end(session *s);

/* --at as a clock: the system's without it. EXIT_USAGE after complaining. */
int read_clock(const arguments *args, trust_clock *out);
/* The table of --geoip and --list; NULL when neither was given. */
int read_table(const arguments *args, trust_table **out);
/* The keys that --anchor names. */
int read_anchors(const arguments *args, uint8_t keys[TRUST_DEVICE_MAX_ANCHORS][32], size_t *count);
/* --nonce's n-th value; where there is none *len is 0. */
int read_nonce(const arguments *args, size_t n, uint8_t out[64], size_t *len);
/* --binding likewise. */
int read_channel(const arguments *args, uint8_t out[64], size_t *len);

#endif
