#ifndef TRI_CORE_BYTES_H
#define TRI_CORE_BYTES_H

/* Views of bytes: comparing, reading integers at a place that was checked, UTF-8. */

#include <stdbool.h>

#include <trust/status.h>

/** The bytes of a text without its NUL; NULL gives an empty view. */
trust_bytes tri_bytes(const char *text);

/** Same length and content. Not constant-time: never for secrets. */
bool tri_same(trust_bytes a, trust_bytes b);
bool tri_same_text(trust_bytes a, const char *text);

/** Orders by content, the shorter first where one begins the other. */
int tri_compare(trust_bytes a, trust_bytes b);

/** Well-formed UTF-8 (RFC 3629): no surrogates, nothing overlong, nothing above U+10FFFF. */
bool tri_utf8(trust_bytes text);

/** The code point of a well-formed sequence of 1 to 4 bytes. */
uint32_t tri_character(const uint8_t *sequence, size_t len);

/** UTF-8 that is safe on one line of a terminal: no control characters (C0, DEL, C1), no line
 * separators, no marks that change the direction of the text. */
bool tri_printable(trust_bytes text);

/** Only [a-z0-9_.-]. */
bool tri_name(trust_bytes text);

/** Decode hexadecimal of either case into @p out; false for odd length, another character or more
 * than @p cap bytes. */
bool tri_unhex(trust_bytes text, uint8_t *out, size_t cap, size_t *len);

/** FNV-1a of 32 bits; the like of 64 bits, which takes eight bytes at a time. Not for security:
 * where a collision matters it is refused, or told apart by the bytes. */
uint32_t tri_hash32(trust_bytes bytes);
uint64_t tri_hash64(trust_bytes bytes, uint64_t start);
#define TRI_HASH64_START 14695981039346656037u

static inline uint16_t tri_be16(const uint8_t *p)
{
    return (uint16_t)((p[0] << 8) | p[1]);
}

static inline uint32_t tri_be32(const uint8_t *p)
{
    return ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
}

static inline uint64_t tri_be64(const uint8_t *p)
{
    return ((uint64_t)tri_be32(p) << 32) | tri_be32(p + 4);
}

static inline void tri_put_be16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void tri_put_be32(uint8_t *p, uint32_t v)
{
    tri_put_be16(p, (uint16_t)(v >> 16));
    tri_put_be16(p + 2, (uint16_t)v);
}

static inline void tri_put_be64(uint8_t *p, uint64_t v)
{
    tri_put_be32(p, (uint32_t)(v >> 32));
    tri_put_be32(p + 4, (uint32_t)v);
}

#endif
