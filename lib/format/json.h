#ifndef TRI_FORMAT_JSON_H
#define TRI_FORMAT_JSON_H

/* Strict JSON (RFC 8259) over cJSON: json.c is the one file that includes its header.
 *
 * A scan of our own comes first and refuses what cJSON lets through: duplicate member names, bytes
 * after the value, invalid UTF-8, lone surrogates, NUL in strings, depth, number of values, size.
 * Then cJSON builds the tree. Places (JSON pointer, line, column) are found again from the text, so
 * that only an error pays for them. */

#include <stdbool.h>

#include <trust/status.h>

typedef struct tri_json_limits {
    size_t bytes;
    size_t depth; /* of nesting; a scalar has depth 1 */
    size_t nodes; /* values in all */
} tri_json_limits;

/** One value in the tree. */
typedef struct tri_json tri_json;

/** A parsed document. The text must live as long as it. */
typedef struct tri_json_doc {
    trust_bytes text;
    tri_json *root;
} tri_json_doc;

/** TRUST_OK, TRUST_E_FORMAT, TRUST_E_LIMIT or TRUST_E_NOMEM; err has offset, line, column. */
trust_status tri_json_parse(trust_bytes text, const tri_json_limits *limits, tri_json_doc *out,
                            trust_error *err);
void tri_json_free(tri_json_doc *doc);

bool tri_json_is_object(const tri_json *value);
bool tri_json_is_array(const tri_json *value);
bool tri_json_is_null(const tri_json *value);
bool tri_json_is_number(const tri_json *value);
bool tri_json_is_string(const tri_json *value);
bool tri_json_is_bool(const tri_json *value);

/** The member of that name, or NULL (also when @p object is no object or NULL). */
const tri_json *tri_json_member(const tri_json *object, const char *name);

/** First child of an object or array, the value after a child, and a member's own name. */
const tri_json *tri_json_first(const tri_json *container);
const tri_json *tri_json_next(const tri_json *child);
trust_bytes tri_json_name(const tri_json *child);
size_t tri_json_count(const tri_json *container);

/** The content of a string, with a NUL after it; false for anything else. The view lives as long as
 * the document. */
bool tri_json_string(const tri_json *value, trust_bytes *out);
bool tri_json_bool(const tri_json *value, bool *out);
/** A whole number below 2^53 in magnitude, whether written as 1532 or 1532.0: from there on a
 * double no longer tells neighbours apart. */
bool tri_json_integer(const tri_json *value, int64_t *out);
/** The bits of a number as a double; false for one that a double cannot hold, such as 1e999. */
bool tri_json_real(const tri_json *value, uint64_t *bits);

/** The text of a value as it stands in the document; empty for a value of another one. */
trust_bytes tri_json_text(const tri_json_doc *doc, const tri_json *value);

/** Refuse @p value: fills in message, JSON pointer, line, column and offset of its place, and with
 * @p quoted (may be empty) a piece of foreign text. Returns @p code. */
trust_status tri_json_fail(const tri_json_doc *doc, const tri_json *value, trust_status code,
                           const char *message, trust_bytes quoted, trust_error *err);

typedef bool tri_json_wanted(void *context, const tri_json *value);
typedef void tri_json_found(void *context, const tri_json *value, const trust_error *place);

/** The places of many values, in document order and in one pass over the text: each that is wanted
 * is found, with JSON pointer, line, column and offset. */
void tri_json_places(const tri_json_doc *doc, tri_json_wanted *wanted, tri_json_found *found,
                     void *context);

#endif
