/* A bounded writer of text. Trust: values to be escaped may be hostile. */

#include "core/text.h"

#include <string.h>

#include "core/bytes.h"

tri_text tri_text_begin(char *out, size_t cap)
{
    return (tri_text){out, out == NULL ? 0 : cap, 0, 0, 0};
}

void tri_text_add(tri_text *text, const void *data, size_t len)
{
    if (text->need < text->cap && len > 0) {
        size_t room = text->cap - text->need;
        memcpy(text->out + text->need, data, len < room ? len : room);
    }
    text->need += len;
    const char *bytes = data;
    for (size_t i = 0; i < len; i++)
        text->column = bytes[i] == '\n' ? 0 : text->column + ((bytes[i] & 0xC0) != 0x80);
    if (len > 0)
        text->last = bytes[len - 1];
}

void tri_text_char(tri_text *text, char c)
{
    tri_text_add(text, &c, 1);
}

void tri_text_str(tri_text *text, const char *s)
{
    tri_text_add(text, s, strlen(s));
}

void tri_text_uint(tri_text *text, uint64_t value)
{
    char digits[20];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    tri_text_add(text, digits + n, sizeof digits - n);
}

void tri_text_int(tri_text *text, int64_t value)
{
    if (value < 0)
        tri_text_char(text, '-');
    tri_text_uint(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void tri_text_hex(tri_text *text, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++) {
        tri_text_char(text, "0123456789abcdef"[bytes[i] >> 4]);
        tri_text_char(text, "0123456789abcdef"[bytes[i] & 15]);
    }
}

void tri_text_time(tri_text *text, trust_time time)
{
    char shown[40];
    if (trust_time_format(time, shown, sizeof shown) == TRUST_OK)
        tri_text_str(text, shown);
}

void tri_text_pad(tri_text *text, size_t width)
{
    while (text->column < width)
        tri_text_char(text, ' ');
}

/* One valid character at @p i, or 0. */
static size_t character(trust_bytes value, size_t i)
{
    for (size_t len = 1; len <= 4 && i + len <= value.size; len++)
        if (tri_utf8((trust_bytes){value.data + i, len}))
            return len;
    return 0;
}

void tri_text_json(tri_text *text, trust_bytes value)
{
    tri_text_char(text, '"');
    for (size_t i = 0; i < value.size;) {
        uint8_t c = value.data[i];
        size_t len = character(value, i);
        if (len == 0) {
            tri_text_str(text, "\xEF\xBF\xBD");
            i++;
            continue;
        }
        if (c == '"' || c == '\\') {
            tri_text_char(text, '\\');
            tri_text_char(text, (char)c);
        } else if (!tri_printable((trust_bytes){value.data + i, len})) {
            uint8_t code[2]; /* all such characters are within the first 65536 */
            tri_put_be16(code, (uint16_t)tri_character(value.data + i, len));
            tri_text_str(text, "\\u");
            tri_text_hex(text, code, 2);
        } else {
            tri_text_add(text, value.data + i, len);
        }
        i += len;
    }
    tri_text_char(text, '"');
}

void tri_text_shown(tri_text *text, trust_bytes value, size_t most)
{
    size_t written = 0;
    for (size_t i = 0; i < value.size;) {
        size_t len = character(value, i);
        bool shown = len > 0 && tri_printable((trust_bytes){value.data + i, len});
        if (written + (shown ? len : 1) > most)
            return;
        if (shown)
            tri_text_add(text, value.data + i, len);
        else
            tri_text_char(text, '?');
        written += shown ? len : 1;
        i += len > 0 ? len : 1;
    }
}

trust_status tri_text_end(tri_text *text, size_t *need)
{
    if (need != NULL)
        *need = text->need;
    if (text->need < text->cap) {
        text->out[text->need] = '\0';
        return TRUST_OK;
    }
    if (text->cap > 0)
        text->out[0] = '\0';
    return TRUST_E_LIMIT;
}
