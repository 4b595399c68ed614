#ifndef TRUSTCTL_POLICY_FILE_H
#define TRUSTCTL_POLICY_FILE_H

/* What the policy subcommands share: a document that was read, and words for what it says. */

#include "commands.h"
#include "policy_tree.h"

typedef struct policy_file {
    const char *path;
    char *text; /* as it was written */
    size_t len;
    trust_policy *policy;
    tree_document *written; /* members as they were written: the title */
    tree_document *full;    /* every default spelled out */
    char *full_text;
    const tree *root;  /* of full */
    const char *title; /* or "" */
    size_t signals;
    size_t groups;
    size_t gates;
    size_t profiles; /* the default is the first */
    size_t stages;
    int64_t weights; /* their sum */
} policy_file;

/* 0, or an exit status after complaining; policy_close() is safe in both cases. */
int policy_open(const char *path, policy_file *out);
void policy_close(policy_file *file);

/* Only for indices below the counts above. */
trust_policy_signal policy_signal(const policy_file *file, size_t index);
trust_policy_group policy_group(const policy_file *file, size_t index);
trust_policy_gate policy_gate(const policy_file *file, size_t index);
trust_policy_condition policy_condition(const policy_file *file, size_t gate, size_t index);
trust_policy_profile policy_profile(const policy_file *file, size_t index);
trust_policy_stage policy_stage(const policy_file *file, size_t index);
/* A profile's condition in words. NULL after complaining; free it. */
char *policy_when(const policy_file *file, size_t index, int *exit_status);
/* What the document's "actions" member at one of its places names; NULL for none. */
const tree *policy_gate_actions(const policy_file *file, size_t gate);
const tree *policy_stage_actions(const policy_file *file, size_t stage);
const tree *policy_verdict_actions(const policy_file *file, trust_verdict verdict);

/* A bit for each signal of a group. */
uint64_t policy_group_members(const policy_file *file, const char *group);
/* A weight in percent of all weights, rounded. */
int policy_share(const policy_file *file, int32_t weight);

/* ---- policy_words.c ---- */

/* "30m" as a document writes it; "never" for 0. */
const char *short_span(int64_t ms, char out[24]);
/* "30 minutes". */
const char *long_span(int64_t ms, char out[32]);
/* "a, b and c" of names; @p last is "and" or "or". */
void put_names(FILE *out, const tree *names, const char *last);
/* The same of the signals whose bits are set. */
void put_signals(FILE *out, const policy_file *file, uint64_t bits, const char *last);
/* "attestation is 96 or worse (contraindicated)" */
void put_condition(FILE *out, const policy_file *file, const trust_policy_condition *condition);
/* All conditions of a gate, joined. */
void put_gate(FILE *out, const policy_file *file, size_t gate);
/* Text in lines of at most @p width columns, each behind so many spaces; the first is begun already
 * and stands at @p column. */
void put_wrapped(FILE *out, const char *text, int indent, int column, int width);

/* A stream into memory. */
typedef struct text_stream {
    FILE *out;
    char *text;
    size_t len;
} text_stream;

/* False after complaining. */
bool text_begin(text_stream *stream);
/* The text, to be freed; NULL after complaining. */
char *text_end(text_stream *stream, size_t *len);
void text_drop(text_stream *stream);
/* To standard output, whole; gives the exit status. */
int print_stream(text_stream *stream);

#endif
