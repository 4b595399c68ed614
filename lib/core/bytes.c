/* Views of bytes. Trust: every input may be hostile. */

#include "core/bytes.h"

#include <string.h>

trust_bytes tri_bytes(const char *text)
{
    if (text == NULL)
        return (trust_bytes){NULL, 0};
    return (trust_bytes){(const uint8_t *)text, strlen(text)};
}

bool tri_same(trust_bytes a, trust_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool tri_same_text(trust_bytes a, const char *text)
{
    return tri_same(a, tri_bytes(text));
}

int tri_compare(trust_bytes a, trust_bytes b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0)
        return order;
    return (a.size > b.size) - (a.size < b.size);
}

/* The length of the well-formed sequence at @p p, or 0. RFC 3629 section 4. */
static size_t utf8_sequence(const uint8_t *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    size_t len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F))
        return 0;
    if ((p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return len;
}

bool tri_utf8(trust_bytes text)
{
    for (size_t i = 0; i < text.size;) {
        size_t len = utf8_sequence(text.data + i, text.size - i);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

/* What orders a terminal about, ends a line, or turns the text around it (Unicode UAX #9): shown as
 * it is, it could make a line say something else. */
static bool orders(uint32_t character)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0, 0x1F},        {0x7F, 0x9F},     {0x61C, 0x61C},  {0x200E, 0x200F},
                  {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

uint32_t tri_character(const uint8_t *sequence, size_t len)
{
    uint32_t character = len == 1 ? sequence[0] : sequence[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        character = character << 6 | (sequence[i] & 0x3Fu);
    return character;
}

bool tri_printable(trust_bytes text)
{
    for (size_t i = 0; i < text.size;) {
        const uint8_t *p = text.data + i;
        if (*p >= 0x20 && *p < 0x7F) { /* nearly always */
            i++;
            continue;
        }
        size_t len = utf8_sequence(p, text.size - i);
        if (len == 0 || orders(tri_character(p, len)))
            return false;
        i += len;
    }
    return true;
}

bool tri_name(trust_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && c != '_' && c != '.' && c != '-')
            return false;
    }
    return text.size > 0;
}

uint32_t tri_hash32(trust_bytes bytes)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < bytes.size; i++)
        hash = (hash ^ bytes.data[i]) * 16777619u;
    return hash;
}

uint64_t tri_hash64(trust_bytes bytes, uint64_t start)
{
    size_t i = 0;
    for (; bytes.size - i >= 8; i += 8) {
        start = (start ^ tri_be64(bytes.data + i)) * 1099511628211u;
        start ^= start >> 32;
    }
    for (; i < bytes.size; i++)
        start = (start ^ bytes.data[i]) * 1099511628211u;
    return start;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool tri_unhex(trust_bytes text, uint8_t *out, size_t cap, size_t *len)
{
    if (text.size % 2 != 0 || text.size / 2 > cap)
        return false;
    for (size_t i = 0; i < text.size / 2; i++) {
        int high = hex_digit(text.data[2 * i]);
        int low = hex_digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    *len = text.size / 2;
    return true;
}
