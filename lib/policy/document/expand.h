#ifndef TRI_POLICY_DOCUMENT_EXPAND_H
#define TRI_POLICY_DOCUMENT_EXPAND_H

/* What the two files share that write a policy as a document: expand.c all that the table says,
 * expand_parts.c arrays and conditions. */

#include "policy/document/document.h"

typedef struct tri_writer {
    const trust_policy *policy;
    tri_text *text;
    bool laid_out;
    bool flat;       /* inside an object that stays on its line */
    unsigned indent; /* of the line, in levels */
} tri_writer;

/** Write the member's value, which @p base keeps. */
typedef void tri_member_writer(tri_writer *w, const tri_member *member, const void *base);

void tri_write_object(tri_writer *w, const tri_object *object, const void *base);
void tri_write_key(tri_writer *w, const char *name);
void tri_write_quoted(tri_writer *w, const char *word);

tri_member_writer tri_write_signals, tri_write_roles, tri_write_codes, tri_write_actions,
    tri_write_if, tri_write_when;

#endif
