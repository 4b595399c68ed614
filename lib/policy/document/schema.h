#ifndef TRI_POLICY_DOCUMENT_SCHEMA_H
#define TRI_POLICY_DOCUMENT_SCHEMA_H

/* What the two files of the schema share: schema.c has objects and definitions, schema_values.c
 * what single members hold. */

#include "policy/document/document.h"

typedef struct tri_sketch {
    tri_text *text;
    unsigned indent;
} tri_sketch;

/** Write the keywords that a member's type asks for. */
typedef void tri_shape(tri_sketch *s, const tri_member *member);

/** A quoted word of a list. */
void tri_sketch_word(tri_sketch *s, bool first, const char *word);
/** "type": "integer" with its bounds. */
void tri_sketch_whole(tri_sketch *s, int64_t min, int64_t max);

tri_shape tri_shape_whole, tri_shape_version, tri_shape_bool, tri_shape_text, tri_shape_scale,
    tri_shape_verdict, tri_shape_code, tri_shape_curve, tri_shape_knots, tri_shape_cost,
    tri_shape_names, tri_shape_codes, tri_shape_words, tri_shape_facts, tri_shape_state,
    tri_shape_range, tri_shape_rows, tri_shape_sets;

#endif
