#ifndef TRUSTCTL_POLICY_REPORT_H
#define TRUSTCTL_POLICY_REPORT_H

/* What trustctl policy diff prints: a line a difference, and what they prove together. */

#include "policy_effect.h"

/* Two documents, and what is told of their differences. */
typedef struct comparison {
    const policy_file *a, *b;
    bool json;
    int status;
    size_t count;
    size_t effects[UNCLEAR + 1]; /* how many differences work so */
    text_stream text, unclear;   /* what is printed; the places that were not compared */
} comparison;

/* False after complaining; then report_end() is not needed. */
bool report_begin(comparison *c);
/* One difference; @p what is empty where it is the part as a whole. */
void report(comparison *c, effect e, const char *about, const char *what, const tree *from,
            const tree *to);
/* The same of a condition, which a person reads in words; these are freed. */
void report_worded(comparison *c, effect e, const char *about, const char *what,
                   const tree *const values[2], char *from, char *to);
/* The same of a number that is no member of the document, where it differs. */
void report_number(comparison *c, effect e, const char *about, const char *what, int64_t from,
                   int64_t to);
/* The last line, and all to standard output; gives the exit status. */
int report_end(comparison *c);

#endif
