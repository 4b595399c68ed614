/* Options, files, errors: what every subcommand needs. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

const option common_options[] = {
    {"--at", "TIME", "take TIME (RFC 3339 or Unix seconds) for the present"},
    {"--json", NULL, "print JSON"},
    {"--help", NULL, "print this"},
    {NULL, NULL, NULL},
};

/* ---- options ---- */

static const option *find_option(const command *self, const char *name, size_t len)
{
    const option *tables[] = {self->options, common_options};
    for (size_t t = 0; t < 2; t++)
        for (const option *o = tables[t]; o != NULL && o->name != NULL; o++)
            if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
                return o;
    return NULL;
}

/* The argument at *at as an option with its value, or as a positional one (NULL). Steps over it. */
static const option *next_argument(const command *self, int argc, char **argv, int *at, bool *ended,
                                   const char **value)
{
    const char *argument = argv[(*at)++];
    *value = argument;
    if (*ended || argument[0] != '-' || argument[1] == '\0')
        return NULL;
    size_t len = strcspn(argument, "=");
    const option *o = find_option(self, argument, len);
    if (o == NULL || o->value == NULL)
        return o;
    if (argument[len] == '=')
        *value = argument + len + 1;
    else
        *value = *at < argc ? argv[(*at)++] : NULL;
    return o;
}

static bool ends_options(const char *argument, bool *ended)
{
    if (*ended || strcmp(argument, "--") != 0)
        return false;
    *ended = true;
    return true;
}

static int usage_error(const command *self, const char *what, const char *why)
{
    char hint[128];
    snprintf(hint, sizeof hint, "%s; try trustctl help %s", why, self->name);
    return complain(what, hint, EXIT_USAGE);
}

int check_arguments(const command *self, int argc, char **argv, int least, int most)
{
    int count = 0;
    bool ended = false;
    for (int at = 0; at < argc;) {
        const char *value;
        const char *argument = argv[at];
        if (ends_options(argument, &ended)) {
            at++;
            continue;
        }
        const option *o = next_argument(self, argc, argv, &at, &ended, &value);
        if (o != NULL && strcmp(o->name, "--help") == 0) {
            print_usage(self, stdout);
            exit(EXIT_AFFIRMATIVE);
        }
        if (o != NULL && o->value != NULL && value == NULL)
            return usage_error(self, argument, "a value is missing");
        if (o == NULL && !ended && argument[0] == '-' && argument[1] != '\0')
            return usage_error(self, argument, "no such option");
        if (o != NULL && o->value == NULL && strchr(argument, '=') != NULL)
            return usage_error(self, argument, "this option takes no value");
        count += o == NULL;
    }
    if (count < least)
        return usage_error(self, self->name, "an argument is missing");
    if (count > most)
        return usage_error(self, self->name, "too many arguments");
    return 0;
}

/* The n-th argument that matches: of an option, or a positional one (name NULL). */
static const char *find_nth(const command *self, int argc, char **argv, const char *name, size_t n)
{
    bool ended = false;
    for (int at = 0; at < argc;) {
        const char *value;
        if (ends_options(argv[at], &ended)) {
            at++;
            continue;
        }
        const option *o = next_argument(self, argc, argv, &at, &ended, &value);
        bool match = name == NULL ? o == NULL : o != NULL && strcmp(o->name, name) == 0;
        if (match && n-- == 0)
            return value;
    }
    return NULL;
}

const char *option_value(const command *self, int argc, char **argv, const char *name)
{
    return find_nth(self, argc, argv, name, 0);
}

const char *option_nth(const command *self, int argc, char **argv, const char *name, size_t n)
{
    return find_nth(self, argc, argv, name, n);
}

const char *positional(const command *self, int argc, char **argv, size_t n)
{
    return find_nth(self, argc, argv, NULL, n);
}

static void print_options(const option *options, FILE *out)
{
    for (const option *o = options; o != NULL && o->name != NULL; o++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", o->name, o->value != NULL ? " " : "",
                 o->value != NULL ? o->value : "");
        fprintf(out, "  %-24s %s\n", left, o->help);
    }
}

void print_usage(const command *self, FILE *out)
{
    fprintf(out, "usage: trustctl %s [OPTION]... %s\n\n%s\n\n", self->name, self->usage,
            self->help);
    print_options(self->options, out);
    print_options(common_options, out);
    fputc('\n', out);
}

/* ---- errors ---- */

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

/* Foreign text on a terminal: what it would obey becomes '?'. */
static void put_safe(const char *text)
{
    while (*text != '\0') {
        size_t len = orders(text);
        fputc(len > 0 ? '?' : *text, stderr);
        text += len > 0 ? len : 1;
    }
}

int complain(const char *what, const char *why, int status)
{
    fputs("trustctl: ", stderr);
    put_safe(what);
    fputs(": ", stderr);
    put_safe(why);
    fputc('\n', stderr);
    return status;
}

int exit_for(trust_status status)
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

/* ---- files ---- */

static uint8_t *grow(uint8_t *data, size_t *cap)
{
    uint8_t *more = realloc(data, *cap * 2 + 1);
    if (more == NULL)
        free(data);
    *cap *= 2;
    return more;
}

uint8_t *read_input(const char *path, size_t limit, size_t *len, int *exit_status)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (file == NULL) {
        *exit_status = complain(path, strerror(errno), EXIT_IO);
        return NULL;
    }
    size_t cap = 4096;
    uint8_t *data = malloc(cap + 1);
    *len = 0;
    for (size_t n;
         data != NULL && *len <= limit && (n = fread(data + *len, 1, cap - *len, file)) > 0;) {
        *len += n;
        if (*len == cap)
            data = grow(data, &cap);
    }
    bool failed = ferror(file) != 0;
    if (!standard)
        fclose(file);
    if (data == NULL)
        *exit_status = complain(path, "out of memory", EXIT_MEMORY);
    else if (failed)
        *exit_status = complain(path, "could not be read", EXIT_IO);
    else if (*len > limit)
        *exit_status = complain(path, "larger than this command reads", EXIT_MALFORMED);
    if (data == NULL || failed || *len > limit) {
        free(data);
        return NULL;
    }
    data[*len] = '\0';
    return data;
}

static bool write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

int write_output(const char *path, const void *data, size_t len, unsigned mode)
{
    char temporary[4096];
    if (strcmp(path, "-") == 0) {
        if (fwrite(data, 1, len, stdout) != len || fflush(stdout) != 0)
            return complain("standard output", "could not be written", EXIT_IO);
        return EXIT_AFFIRMATIVE;
    }
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
        return complain(path, "the name is too long", EXIT_IO);
    int fd = mkstemp(temporary);
    if (fd < 0)
        return complain(path, strerror(errno), EXIT_IO);
    bool good = write_all(fd, data, len) && fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    if (good && rename(temporary, path) == 0)
        return EXIT_AFFIRMATIVE;
    int why = errno;
    unlink(temporary);
    return complain(path, strerror(why), EXIT_IO);
}

int print_text(const char *what, text_call call, const void *object)
{
    size_t need = 0;
    trust_status status = call(object, NULL, 0, &need);
    char *text = status == TRUST_E_LIMIT ? malloc(need + 1) : NULL;
    if (status == TRUST_E_LIMIT)
        status = text != NULL ? call(object, text, need + 1, &need) : TRUST_E_NOMEM;
    if (status == TRUST_OK && text != NULL) {
        fwrite(text, 1, need, stdout);
        if (need == 0 || text[need - 1] != '\n')
            putchar('\n');
    }
    free(text);
    return status == TRUST_OK ? EXIT_AFFIRMATIVE : complain_status(what, status, NULL);
}

void print_json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
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
