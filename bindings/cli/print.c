/* What goes to the terminal or into a pipe: errors, text, JSON strings, hexadecimal. Foreign text
 * is made harmless here. */

#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Bytes of the UTF-8 character (RFC 3629) at text, 0 when there is none. */
static size_t character(const unsigned char *text)
{
    static const struct {
        unsigned char low, high;   /* of the first byte */
        unsigned char from, until; /* of the second */
        size_t len;
    } forms[] = {
        {0x01, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};
    size_t f = 0;
    while (f < sizeof forms / sizeof forms[0] && (*text < forms[f].low || *text > forms[f].high))
        f++;
    if (f == sizeof forms / sizeof forms[0])
        return 0;
    if (forms[f].len > 1 && (text[1] < forms[f].from || text[1] > forms[f].until))
        return 0;
    for (size_t i = 2; i < forms[f].len; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    return forms[f].len;
}

/* The length of the character at @p text if a terminal obeys it: control characters, line
 * separators and marks that turn the line around; else 0. */
static size_t orders(const char *text)
{
    static const struct {
        const char *lead;
        unsigned char first, last; /* of the byte after it */
    } ranges[] = {{"", 0x01, 0x1F},         {"", 0x7F, 0x7F},         {"\xC2", 0x80, 0x9F},
                  {"\xD8", 0x9C, 0x9C},     {"\xE2\x80", 0x8E, 0x8F}, {"\xE2\x80", 0xA8, 0xAE},
                  {"\xE2\x81", 0xA6, 0xA9}, {"\xEF\xBB", 0xBF, 0xBF}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        size_t len = strlen(ranges[i].lead);
        if (strncmp(text, ranges[i].lead, len) != 0)
            continue;
        unsigned char next = (unsigned char)text[len];
        if (next >= ranges[i].first && next <= ranges[i].last)
            return len + 1;
    }
    return 0;
}

void put_safe(FILE *out, const char *text)
{
    while (*text != '\0') {
        size_t unsafe = orders(text);
        size_t len = character((const unsigned char *)text);
        if (unsafe > 0 || len == 0)
            fputc('?', out);
        else
            fwrite(text, 1, len, out);
        text += unsafe > 0 ? unsafe : len > 0 ? len : 1;
    }
}

int complain(const char *what, const char *why, int status)
{
    fputs("trustctl: ", stderr);
    put_safe(stderr, what);
    fputs(": ", stderr);
    put_safe(stderr, why);
    fputc('\n', stderr);
    return status;
}

static int exit_for(trust_status status)
{
    switch (status) {
    case TRUST_OK:
        return EXIT_AFFIRMATIVE;
    case TRUST_E_NOMEM:
        return EXIT_MEMORY;
    case TRUST_E_ARGUMENT:
    case TRUST_E_STATE:
        return EXIT_USAGE;
    case TRUST_E_FORMAT:
    case TRUST_E_LIMIT:
    case TRUST_E_UNSUPPORTED:
    case TRUST_E_SIGNATURE:
    case TRUST_E_INTEGRITY:
        return EXIT_MALFORMED;
    default:
        return EXIT_IO;
    }
}

int complain_status(const char *what, trust_status status, const trust_error *err)
{
    char why[512];
    bool told = err != NULL && err->code == status && err->message[0] != '\0';
    int len = snprintf(why, sizeof why, "%s", told ? err->message : trust_status_text(status));
    if (told && err->line > 0)
        snprintf(why + len, sizeof why - (size_t)len, " (%s%sline %u, column %u)", err->where,
                 err->where[0] != '\0' ? ", " : "", err->line, err->column);
    else if (told && err->where[0] != '\0')
        snprintf(why + len, sizeof why - (size_t)len, " (%s)", err->where);
    else if (told && err->offset > 0)
        snprintf(why + len, sizeof why - (size_t)len, " (byte %llu)",
                 (unsigned long long)err->offset);
    return complain(what, why, exit_for(status));
}

char *make_text(const char *what, text_call call, const void *object, int *exit_status)
{
    size_t need = 0;
    trust_status status = call(object, NULL, 0, &need);
    char *text = status == TRUST_E_LIMIT ? malloc(need + 2) : NULL;
    if (status == TRUST_E_LIMIT)
        status = text != NULL ? call(object, text, need + 1, &need) : TRUST_E_NOMEM;
    if (status != TRUST_OK || text == NULL) {
        free(text);
        *exit_status = complain_status(what, status, NULL);
        return NULL;
    }
    if (need == 0 || text[need - 1] != '\n')
        memcpy(text + need, "\n", 2);
    return text;
}

int print_text(const char *what, text_call call, const void *object)
{
    int status = 0;
    char *text = make_text(what, call, object, &status);
    if (text != NULL)
        fputs(text, stdout);
    free(text);
    return status;
}

/* The number of a character of the basic plane, which is @p len bytes long. */
static unsigned number_of(const unsigned char *text, size_t len)
{
    unsigned number = len == 1 ? text[0] : len == 2 ? text[0] & 0x1Fu : text[0] & 0x0Fu;
    for (size_t i = 1; i < len; i++)
        number = number << 6 | (text[i] & 0x3Fu);
    return number;
}

void print_json_text(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text != '\0') {
        const unsigned char *p = (const unsigned char *)text;
        size_t len = character(p);
        if (len == 0)
            fputs("\\ufffd", out);
        else if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else if (orders(text) > 0)
            fprintf(out, "\\u%04x", number_of(p, len));
        else
            fwrite(p, 1, len, out);
        text += len > 0 ? len : 1;
    }
    fputc('"', out);
}

void print_hex(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        printf("%02x", data[i]);
}

bool parse_hex(const char *text, uint8_t *out, size_t cap, size_t *len)
{
    static const char digits[] = "0123456789abcdef";
    size_t size = strlen(text);
    if (size % 2 != 0 || size / 2 > cap)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] - 'A' + 'a') : text[i];
        const char *digit = strchr(digits, c);
        if (digit == NULL)
            return false;
        uint8_t value = (uint8_t)(digit - digits);
        out[i / 2] = i % 2 == 0 ? (uint8_t)(value << 4) : (uint8_t)(out[i / 2] | value);
    }
    *len = size / 2;
    return true;
}

bool parse_number(const char *text, uint64_t most, uint64_t *out)
{
    uint64_t value = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || value > (most - (uint64_t)(*text - '0')) / 10)
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    *out = value;
    return true;
}
