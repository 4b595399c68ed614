/* Reads address lists: one address or prefix a line, with an optional weight, '#' or ';' before a
 * comment. Trust: the text is hostile. */

#include "reference/list.h"

#include <stdbool.h>
#include <string.h>

#include <trust/table.h>

#include "core/error.h"
#include "reference/address.h"

tri_list tri_list_begin(trust_bytes text)
{
    bool mark = text.size >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0;
    return (tri_list){text, mark ? 3 : 0, 0};
}

/* One line without its end and without its comment. */
typedef struct line {
    const char *text;
    size_t len;
    size_t at;     /* where reading stands */
    size_t offset; /* of the line in the document */
} line;

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static line take_line(tri_list *list)
{
    const uint8_t *begin = list->text.data + list->at;
    size_t left = list->text.size - list->at;
    const uint8_t *end = memchr(begin, '\n', left);
    size_t len = end != NULL ? (size_t)(end - begin) : left;
    line out = {(const char *)begin, len, 0, list->at};
    list->at += end != NULL ? len + 1 : len;
    list->line++;
    if (out.len > 0 && out.text[out.len - 1] == '\r')
        out.len--;
    for (size_t i = 0; i < out.len; i++)
        if (out.text[i] == '#' || out.text[i] == ';')
            out.len = i;
    while (out.len > 0 && is_space(out.text[out.len - 1]))
        out.len--;
    while (out.at < out.len && is_space(out.text[out.at]))
        out.at++;
    return out;
}

/* A number of at most three digits without leading zeros; in->at stays where it is without one. */
static bool take_number(line *in, uint32_t most, uint32_t *out)
{
    size_t at = in->at;
    uint32_t value = 0;
    while (at < in->len && at - in->at < 4 && in->text[at] >= '0' && in->text[at] <= '9')
        value = value * 10 + (uint32_t)(in->text[at++] - '0');
    size_t digits = at - in->at;
    if (digits == 0 || (digits > 1 && in->text[in->at] == '0') || value > most)
        return false;
    in->at = at;
    *out = value;
    return true;
}

static bool host_bits(const tri_list_entry *entry)
{
    for (uint32_t bit = entry->bits; bit < 128; bit++)
        if ((entry->address[bit / 8] >> (7 - bit % 8) & 1) != 0)
            return true;
    return false;
}

/* What is wrong with a line, or NULL; in->at is the place. */
static const char *read_line(line *in, tri_list_entry *out)
{
    size_t first = in->at;
    while (in->at < in->len && in->text[in->at] != '/' && !is_space(in->text[in->at]))
        in->at++;
    trust_address address;
    bool dotted = memchr(in->text + first, ':', in->at - first) == NULL;
    if (trust_address_parse(in->text + first, in->at - first, &address) != TRUST_OK) {
        in->at = first;
        return "no IPv4 or IPv6 address; put '#' before a comment";
    }
    tri_list_entry entry = {.bits = 128, .weight = TRI_LIST_NO_WEIGHT};
    memcpy(entry.address, address.bytes, sizeof entry.address);
    if (in->at < in->len && in->text[in->at] == '/') {
        in->at++;
        if (!take_number(in, dotted ? 32 : 128, &entry.bits))
            return dotted ? "the prefix length is no number from 0 to 32"
                          : "the prefix length is no number from 0 to 128";
        entry.bits += dotted ? 96 : 0;
    }
    if (host_bits(&entry)) {
        in->at = first;
        return "bits are set behind the prefix; write the first address of the network";
    }
    size_t end = in->at;
    while (in->at < in->len && is_space(in->text[in->at]))
        in->at++;
    if (in->at < in->len && (in->at == end || !take_number(in, 100, &entry.weight)))
        return "a weight from 0 to 100 or a comment may follow the prefix";
    if (in->at < in->len)
        return "nothing but a comment may follow the weight";
    *out = entry;
    return NULL;
}

static trust_status fail_line(const tri_list *list, const line *in, trust_error *err,
                              trust_status code, const char *message)
{
    if (err == NULL)
        return code;
    size_t end = in->at;
    while (end < in->len && !is_space(in->text[end]))
        end++;
    trust_bytes word = {(const uint8_t *)in->text + in->at, end - in->at};
    tri_fail_quote(err, code, in->offset + in->at, message, word);
    err->line = list->line;
    err->column = (uint32_t)in->at + 1;
    return code;
}

trust_status tri_list_next(tri_list *list, tri_list_entry *out, trust_error *err)
{
    if (list->text.size > TRI_LIST_MAX_BYTES)
        return tri_fail(err, TRUST_E_LIMIT, "the list is larger than 64 MiB");
    while (list->at < list->text.size) {
        line in = take_line(list);
        if (list->line > TRI_LIST_MAX_LINES)
            return fail_line(list, &in, err, TRUST_E_LIMIT, "more than 2,000,000 lines");
        if (in.at == in.len)
            continue;
        const char *wrong = read_line(&in, out);
        return wrong == NULL ? TRUST_OK : fail_line(list, &in, err, TRUST_E_FORMAT, wrong);
    }
    return TRUST_E_NOT_FOUND;
}
