/* Reads and writes the textual encoding of keys (RFC 7468). Trust: text may be hostile and may hold
 * a secret, which is decoded in constant time and never quoted. */

#include "crypto/pem.h"

#include <string.h>

#include "core/bytes.h"
#include "core/error.h"
#include "crypto/crypto.h"

#define LINE       64 /* characters on every line but the last */
#define LINE_BYTES 48

static const char boundary[] = "-----";
static const char begin[] = "-----BEGIN ";
static const char end[] = "-----END ";

/* Cut the next line off @p rest, without its end: LF, or CR LF. */
static bool next_line(trust_bytes *rest, trust_bytes *line)
{
    if (rest->size == 0)
        return false;
    const uint8_t *newline = memchr(rest->data, '\n', rest->size);
    size_t size = newline != NULL ? (size_t)(newline - rest->data) : rest->size;
    size_t step = newline != NULL ? size + 1 : size;
    *line = (trust_bytes){rest->data, size};
    if (size > 0 && line->data[size - 1] == '\r')
        line->size--;
    *rest = (trust_bytes){rest->data + step, rest->size - step};
    return true;
}

static bool starts(trust_bytes line, const char *prefix)
{
    size_t size = strlen(prefix);
    return line.size >= size && memcmp(line.data, prefix, size) == 0;
}

/* What stands between @p prefix and the closing dashes; false where the line is not such a one. */
static bool read_label(trust_bytes line, const char *prefix, trust_bytes *label)
{
    size_t before = strlen(prefix), after = strlen(boundary);
    if (!starts(line, prefix) || line.size <= before + after ||
        memcmp(line.data + line.size - after, boundary, after) != 0)
        return false;
    *label = (trust_bytes){line.data + before, line.size - before - after};
    return true;
}

/* Step over the text before or after a block: true at a line that starts with a boundary. */
static bool skip_text(trust_bytes *rest, trust_bytes *line)
{
    while (next_line(rest, line))
        if (starts(*line, boundary))
            return true;
    return false;
}

bool tri_pem_is(trust_bytes text)
{
    trust_bytes line;
    return skip_text(&text, &line) && starts(line, begin);
}

bool tri_pem_cut(trust_bytes *rest, trust_bytes *piece)
{
    trust_bytes left = *rest, line = {NULL, 0};
    bool found = false, ended = false;
    while (!ended && skip_text(&left, &line)) {
        found = true;
        ended = starts(line, end);
    }
    *piece = (trust_bytes){rest->data, rest->size - left.size};
    *rest = left;
    return found;
}

/* Decode lines up to the boundary, which is left in @p line. Whole groups of four characters stand
 * on every line, so that each is decoded by itself. */
static const char *read_body(trust_bytes *rest, trust_bytes *line, uint8_t *out, size_t cap,
                             size_t *len)
{
    bool last = false;
    *len = 0;
    while (next_line(rest, line)) {
        size_t piece;
        if (starts(*line, boundary))
            return *len > 0 ? NULL : "empty PEM block";
        if (last || line->size == 0 || line->size > LINE)
            return "a PEM line of the wrong length";
        if (!tri_base64_decode(*line, out + *len, cap - *len, &piece))
            return "a PEM line is not base64, or the block is too long";
        *len += piece;
        last = line->size < LINE || piece % 3 != 0;
    }
    return "PEM block without an end";
}

trust_status tri_pem_read(trust_bytes text, trust_bytes *label, uint8_t *out, size_t cap,
                          size_t *len, trust_error *err)
{
    trust_bytes rest = text, line, ending;
    if (text.size > TRI_PEM_MAX_TEXT)
        return tri_fail(err, TRUST_E_LIMIT, "PEM text is too long");
    if (!skip_text(&rest, &line) || !read_label(line, begin, label))
        return tri_fail(err, TRUST_E_FORMAT, "no PEM block");
    const char *message = read_body(&rest, &line, out, cap, len);
    if (message == NULL && (!read_label(line, end, &ending) || !tri_same(ending, *label)))
        message = "PEM block without its end";
    size_t at = (size_t)(line.data - text.data);
    if (message == NULL && skip_text(&rest, &line)) {
        message = "more than one PEM block";
        at = (size_t)(line.data - text.data);
    }
    return message == NULL ? TRUST_OK : tri_fail_at(err, TRUST_E_FORMAT, at, message);
}

void tri_pem_write(tri_text *text, const char *label, const uint8_t *data, size_t len)
{
    char line[LINE + 1];
    tri_text_str(text, begin);
    tri_text_str(text, label);
    tri_text_str(text, "-----\n");
    while (len > 0) {
        size_t piece = len < LINE_BYTES ? len : LINE_BYTES;
        tri_base64_encode(data, piece, line);
        tri_text_str(text, line);
        tri_text_char(text, '\n');
        data += piece;
        len -= piece;
    }
    tri_text_str(text, end);
    tri_text_str(text, label);
    tri_text_str(text, "-----\n");
    tri_wipe(line, sizeof line);
}
