#ifndef TRI_CORE_TEXT_H
#define TRI_CORE_TEXT_H

/* A bounded writer of text: counts what it would need, writes what fits, never allocates. */

#include <stdbool.h>

#include <trust/status.h>

typedef struct tri_text {
    char *out;
    size_t cap;
    size_t need;   /* bytes so far, whether they fitted or not */
    size_t column; /* characters since the last newline */
    char last;     /* the last byte, or 0 */
} tri_text;

tri_text tri_text_begin(char *out, size_t cap);
void tri_text_add(tri_text *text, const void *data, size_t len);
void tri_text_char(tri_text *text, char c);
void tri_text_str(tri_text *text, const char *s);
void tri_text_int(tri_text *text, int64_t value);
void tri_text_uint(tri_text *text, uint64_t value);
void tri_text_hex(tri_text *text, const void *data, size_t len);
void tri_text_time(tri_text *text, trust_time time);
/* Spaces until the line is @p width characters long. */
void tri_text_pad(tri_text *text, size_t width);
/* A JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
void tri_text_json(tri_text *text, trust_bytes value);
/* Foreign text for a person: control characters and broken UTF-8 become '?', at most @p most bytes.
 */
void tri_text_shown(tri_text *text, trust_bytes value, size_t most);

/* End with NUL: TRUST_OK, or TRUST_E_LIMIT when it did not fit; then @p out is "". @p need may be
 * NULL. */
trust_status tri_text_end(tri_text *text, size_t *need);

#endif
