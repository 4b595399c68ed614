/* IP addresses: reading, writing, and telling what kind one is. Trust: the text is foreign, the
 * bytes may be anything. RFC 4291 section 2.2, RFC 5952, the registries of RFC 6890, RFC 6052. */

#include "reference/address.h"

#include <string.h>

#include "core/bytes.h"
#include "core/text.h"

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool tri_address_is_ipv4(const uint8_t bytes[16])
{
    return memcmp(bytes, mapped_prefix, sizeof mapped_prefix) == 0;
}

static void set_ipv4(trust_address *out, uint32_t value)
{
    memcpy(out->bytes, mapped_prefix, sizeof mapped_prefix);
    tri_put_be32(out->bytes + 12, value);
}

/* Four decimal numbers without leading zeros. */
static bool parse_ipv4(const char *text, size_t len, uint8_t out[4])
{
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        if (part > 0 && (at == len || text[at++] != '.'))
            return false;
        size_t first = at;
        unsigned value = 0;
        for (; at < len && text[at] >= '0' && text[at] <= '9' && at - first < 3; at++)
            value = value * 10 + (unsigned)(text[at] - '0');
        size_t digits = at - first;
        if (digits == 0 || value > 255 || (digits > 1 && text[first] == '0'))
            return false;
        out[part] = (uint8_t)value;
    }
    return at == len;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What has been read of an IPv6 address. */
typedef struct groups {
    uint8_t bytes[16];
    size_t used;
    size_t gap; /* where "::" stands, SIZE_MAX without one */
} groups;

/* One group of one to four hexadecimal digits; *at moves behind it. */
static bool parse_group(const char *text, size_t len, size_t *at, groups *out)
{
    unsigned value = 0;
    size_t first = *at;
    for (; *at < len && hex_value(text[*at]) >= 0; (*at)++) {
        if (*at - first == 4)
            return false;
        value = value << 4 | (unsigned)hex_value(text[*at]);
    }
    if (*at == first || out->used > 14)
        return false;
    tri_put_be16(out->bytes + out->used, (uint16_t)value);
    out->used += 2;
    return true;
}

static bool parse_groups(const char *text, size_t len, groups *out)
{
    size_t at = 0;
    if (len >= 2 && text[0] == ':') {
        if (text[1] != ':')
            return false;
        out->gap = 0;
        at = 2;
    }
    while (at < len) {
        if (out->used <= 12 && parse_ipv4(text + at, len - at, out->bytes + out->used)) {
            out->used += 4;
            return true;
        }
        if (!parse_group(text, len, &at, out))
            return false;
        if (at == len)
            return true;
        if (text[at++] != ':' || at == len)
            return false;
        if (text[at] == ':') {
            if (out->gap != SIZE_MAX)
                return false;
            out->gap = out->used;
            at++;
        }
    }
    return true;
}

static bool parse_ipv6(const char *text, size_t len, uint8_t out[16])
{
    groups read = {{0}, 0, SIZE_MAX};
    if (!parse_groups(text, len, &read))
        return false;
    if (read.gap == SIZE_MAX) {
        memcpy(out, read.bytes, 16);
        return read.used == 16;
    }
    if (read.used == 16) /* "::" stands for at least one group */
        return false;
    size_t tail = read.used - read.gap;
    memset(out, 0, 16);
    memcpy(out, read.bytes, read.gap);
    memcpy(out + 16 - tail, read.bytes + read.gap, tail);
    return true;
}

trust_status trust_address_parse(const char *text, size_t len, trust_address *out)
{
    if (text == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    uint8_t bytes[16];
    if (parse_ipv4(text, len, bytes)) {
        set_ipv4(out, tri_be32(bytes));
        return TRUST_OK;
    }
    if (!parse_ipv6(text, len, bytes))
        return TRUST_E_FORMAT;
    memcpy(out->bytes, bytes, sizeof bytes);
    return TRUST_OK;
}

/* The longest run of two or more zero groups, the first of equals (RFC 5952 section 4.2). */
static void longest_run(const uint8_t bytes[16], size_t *first, size_t *count)
{
    *first = 8;
    *count = 1;
    for (size_t i = 0; i < 8;) {
        size_t end = i;
        while (end < 8 && tri_be16(bytes + 2 * end) == 0)
            end++;
        if (end - i > *count) {
            *first = i;
            *count = end - i;
        }
        i = end + 1;
    }
}

static void format_group(tri_text *text, uint16_t value)
{
    bool begun = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
        unsigned digit = value >> shift & 15;
        begun = begun || digit != 0 || shift == 0;
        if (begun)
            tri_text_char(text, "0123456789abcdef"[digit]);
    }
}

static void format_ipv6(tri_text *text, const uint8_t bytes[16])
{
    size_t first, count;
    longest_run(bytes, &first, &count);
    for (size_t i = 0; i < 8;) {
        if (i == first) {
            tri_text_str(text, "::");
            i += count;
            continue;
        }
        if (i > 0 && i != first + count)
            tri_text_char(text, ':');
        format_group(text, tri_be16(bytes + 2 * i++));
    }
}

trust_status trust_address_format(const trust_address *address, char *out, size_t cap)
{
    if (address == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    const uint8_t *bytes = address->bytes;
    char shown[TRI_ADDRESS_TEXT];
    tri_text text = tri_text_begin(shown, sizeof shown);
    if (tri_address_is_ipv4(bytes)) {
        for (size_t i = 12; i < 16; i++) {
            if (i > 12)
                tri_text_char(&text, '.');
            tri_text_uint(&text, bytes[i]);
        }
    } else {
        format_ipv6(&text, bytes);
    }
    (void)tri_text_end(&text, NULL);
    if (text.need >= cap)
        return TRUST_E_LIMIT;
    memcpy(out, shown, text.need + 1);
    return TRUST_OK;
}

/* One row a class: its name, and how bad it is beside another, 0 for the best. The order says how
 * far an address is from being a real sender on the internet. */
static const struct {
    const char *name;
    uint32_t rank;
} classes[] = {
    [TRUST_ADDRESS_GLOBAL] = {"global", 0},
    [TRUST_ADDRESS_ANYCAST_SERVICE] = {"anycast-service", 1},
    [TRUST_ADDRESS_SHARED] = {"shared", 2},
    [TRUST_ADDRESS_PRIVATE] = {"private", 3},
    [TRUST_ADDRESS_LINK_LOCAL] = {"link-local", 4},
    [TRUST_ADDRESS_LOOPBACK] = {"loopback", 5},
    [TRUST_ADDRESS_BENCHMARK] = {"benchmark", 6},
    [TRUST_ADDRESS_DOCUMENTATION] = {"documentation", 7},
    [TRUST_ADDRESS_MULTICAST] = {"multicast", 8},
    [TRUST_ADDRESS_RESERVED] = {"reserved", 9},
    [TRUST_ADDRESS_UNSPECIFIED] = {"unspecified", 10},
};

const char *trust_address_class_name(uint32_t address_class)
{
    return address_class < sizeof classes / sizeof classes[0] ? classes[address_class].name : "?";
}

typedef struct range4 {
    uint32_t first;
    uint8_t bits;
    uint8_t class;
} range4;

/* The IANA IPv4 special-purpose registry; the first row that matches counts. */
static const range4 ranges4[] = {
    {0x00000000, 32, TRUST_ADDRESS_UNSPECIFIED},
    {0x00000000, 8, TRUST_ADDRESS_RESERVED},         /* this network, RFC 791 */
    {0x0A000000, 8, TRUST_ADDRESS_PRIVATE},          /* RFC 1918 */
    {0x64400000, 10, TRUST_ADDRESS_SHARED},          /* RFC 6598 */
    {0x7F000000, 8, TRUST_ADDRESS_LOOPBACK},         /* RFC 1122 */
    {0xA9FE0000, 16, TRUST_ADDRESS_LINK_LOCAL},      /* RFC 3927 */
    {0xAC100000, 12, TRUST_ADDRESS_PRIVATE},         /* RFC 1918 */
    {0xC0000009, 32, TRUST_ADDRESS_ANYCAST_SERVICE}, /* port control, RFC 7723 */
    {0xC000000A, 32, TRUST_ADDRESS_ANYCAST_SERVICE}, /* TURN, RFC 8155 */
    {0xC0000000, 24, TRUST_ADDRESS_RESERVED},        /* IETF, RFC 6890 */
    {0xC0000200, 24, TRUST_ADDRESS_DOCUMENTATION},   /* RFC 5737 */
    {0xC01FC400, 24, TRUST_ADDRESS_ANYCAST_SERVICE}, /* AS112, RFC 7535 */
    {0xC034C100, 24, TRUST_ADDRESS_ANYCAST_SERVICE}, /* AMT, RFC 7450 */
    {0xC0586300, 24, TRUST_ADDRESS_ANYCAST_SERVICE}, /* 6to4 relay, RFC 7526 */
    {0xC0A80000, 16, TRUST_ADDRESS_PRIVATE},         /* RFC 1918 */
    {0xC0AF3000, 24, TRUST_ADDRESS_ANYCAST_SERVICE}, /* AS112, RFC 7534 */
    {0xC6120000, 15, TRUST_ADDRESS_BENCHMARK},       /* RFC 2544 */
    {0xC6336400, 24, TRUST_ADDRESS_DOCUMENTATION},   /* RFC 5737 */
    {0xCB007100, 24, TRUST_ADDRESS_DOCUMENTATION},   /* RFC 5737 */
    {0xE0000000, 4, TRUST_ADDRESS_MULTICAST},        /* RFC 5771 */
    {0xF0000000, 4, TRUST_ADDRESS_RESERVED},         /* RFC 1112, and broadcast */
};

typedef struct range6 {
    uint64_t high;
    uint64_t low;
    uint8_t bits;
    uint8_t class;
    uint8_t embed;
} range6;

/* The IANA IPv6 special-purpose registry; the first row that matches counts. What lies outside
 * 2000::/3 and is not named here is not given out (RFC 4291 section 2.4). The prefixes that carry
 * an IPv4 address are global themselves: the address inside decides. */
static const range6 ranges6[] = {
    {0, 0, 128, TRUST_ADDRESS_UNSPECIFIED, 0},
    {0, 1, 128, TRUST_ADDRESS_LOOPBACK, 0},
    {0, 0, 96, TRUST_ADDRESS_RESERVED, TRUST_EMBED_COMPATIBLE}, /* RFC 4291 section 2.5.5.1 */
    {0x0064FF9B00000000, 0, 96, TRUST_ADDRESS_GLOBAL, TRUST_EMBED_NAT64}, /* RFC 6052 */
    {0x0064FF9B00010000, 0, 48, TRUST_ADDRESS_PRIVATE, 0},                /* RFC 8215 */
    {0x2001000000000000, 0, 32, TRUST_ADDRESS_GLOBAL, TRUST_EMBED_TEREDO},
    {0x2001000100000000, 1, 128, TRUST_ADDRESS_ANYCAST_SERVICE, 0}, /* port control, RFC 7723 */
    {0x2001000100000000, 2, 128, TRUST_ADDRESS_ANYCAST_SERVICE, 0}, /* TURN, RFC 8155 */
    {0x2001000100000000, 3, 128, TRUST_ADDRESS_ANYCAST_SERVICE, 0}, /* DNS-SD, RFC 9665 */
    {0x2001000200000000, 0, 48, TRUST_ADDRESS_BENCHMARK, 0},        /* RFC 5180 */
    {0x2001000300000000, 0, 32, TRUST_ADDRESS_ANYCAST_SERVICE, 0},  /* AMT, RFC 7450 */
    {0x2001000401120000, 0, 48, TRUST_ADDRESS_ANYCAST_SERVICE, 0},  /* AS112, RFC 7535 */
    {0x2001000000000000, 0, 23, TRUST_ADDRESS_RESERVED, 0},      /* ORCHID and others, RFC 2928 */
    {0x20010DB800000000, 0, 32, TRUST_ADDRESS_DOCUMENTATION, 0}, /* RFC 3849 */
    {0x2002000000000000, 0, 16, TRUST_ADDRESS_GLOBAL, TRUST_EMBED_6TO4},
    {0x2620004F80000000, 0, 48, TRUST_ADDRESS_ANYCAST_SERVICE, 0}, /* AS112, RFC 7534 */
    {0x3FFF000000000000, 0, 20, TRUST_ADDRESS_DOCUMENTATION, 0},   /* RFC 9637 */
    {0x2000000000000000, 0, 3, TRUST_ADDRESS_GLOBAL, 0},
    {0xFC00000000000000, 0, 7, TRUST_ADDRESS_PRIVATE, 0},     /* RFC 4193 */
    {0xFE80000000000000, 0, 10, TRUST_ADDRESS_LINK_LOCAL, 0}, /* RFC 4291 */
    {0xFEC0000000000000, 0, 10, TRUST_ADDRESS_PRIVATE, 0},    /* site-local, RFC 3879 */
    {0xFF00000000000000, 0, 8, TRUST_ADDRESS_MULTICAST, 0},   /* RFC 4291 */
};

static uint32_t classify4(uint32_t value)
{
    for (size_t i = 0; i < sizeof ranges4 / sizeof ranges4[0]; i++)
        if ((value ^ ranges4[i].first) >> (32 - ranges4[i].bits) == 0)
            return ranges4[i].class;
    return TRUST_ADDRESS_GLOBAL;
}

static uint32_t classify6(const uint8_t bytes[16], uint32_t *embed)
{
    uint64_t high = tri_be64(bytes);
    uint64_t low = tri_be64(bytes + 8);
    for (size_t i = 0; i < sizeof ranges6 / sizeof ranges6[0]; i++) {
        const range6 *range = &ranges6[i];
        uint64_t far = high ^ range->high;
        if (range->bits < 64
                ? far >> (64 - range->bits) != 0
                : far != 0 || (range->bits > 64 && (low ^ range->low) >> (128 - range->bits) != 0))
            continue;
        *embed = range->embed;
        return range->class;
    }
    return TRUST_ADDRESS_RESERVED;
}

/* An interface identifier that begins with 0000:5EFE or 0200:5EFE (RFC 5214 section 6.1). */
static bool is_isatap(const uint8_t bytes[16])
{
    return (tri_be32(bytes + 8) & ~0x02000000u) == 0x5EFE;
}

static uint32_t inner_value(const uint8_t bytes[16], uint32_t embed)
{
    if (embed == TRUST_EMBED_6TO4)
        return tri_be32(bytes + 2);
    /* Teredo hides the client's address from translators (RFC 4380 section 4). */
    return embed == TRUST_EMBED_TEREDO ? ~tri_be32(bytes + 12) : tri_be32(bytes + 12);
}

uint32_t trust_address_classify(const trust_address *address, trust_address *inner, uint32_t *embed)
{
    if (address == NULL)
        return TRUST_ADDRESS_UNSPECIFIED;
    const uint8_t *bytes = address->bytes;
    uint32_t kind = TRUST_EMBED_NONE;
    uint32_t class =
        tri_address_is_ipv4(bytes) ? classify4(tri_be32(bytes + 12)) : classify6(bytes, &kind);
    if (kind == TRUST_EMBED_NONE && !tri_address_is_ipv4(bytes) && is_isatap(bytes))
        kind = TRUST_EMBED_ISATAP;
    if (embed != NULL)
        *embed = kind;
    if (kind == TRUST_EMBED_NONE)
        return class;
    uint32_t value = inner_value(bytes, kind);
    if (inner != NULL)
        set_ipv4(inner, value);
    uint32_t inside = classify4(value);
    return classes[inside].rank > classes[class].rank ? inside : class;
}
