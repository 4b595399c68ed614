/* trustctl observe: telemetry in, as JSON Lines or CSV; no decision, only whether one is due. All
 * of the input is taken in or none of it. Trust: the values are the host's own measurements, of a
 * hostile device. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

#define BATCH 48    /* measurements of one call; the library takes 64 items */
#define SHOW  10000 /* lines between two signs of progress */

typedef struct feed {
    trust_device *device;
    trust_evidence *evidence;
    const char *header; /* of a CSV, once it is read */
    bool json;          /* or this is JSON Lines; the first line decides */
    size_t lines;
    size_t metrics;
    uint32_t due; /* of any call */
} feed;

static trust_status flush(feed *f, trust_error *err)
{
    size_t count = trust_evidence_count(f->evidence);
    if (count == 0)
        return TRUST_OK;
    uint32_t due = 0;
    trust_status status = trust_observe(f->device, f->evidence, NULL, &due, err);
    trust_evidence_clear(f->evidence);
    f->due |= due;
    f->metrics += count;
    return status;
}

/* One measurement as JSON. Numbers are read by the library's own reader, so that a locale cannot
 * change them. */
static trust_status add(feed *f, const char *json, size_t len, trust_error *err)
{
    trust_status status = TRUST_OK;
    if (trust_evidence_count(f->evidence) >= BATCH)
        status = flush(f, err);
    if (status == TRUST_OK)
        status =
            trust_evidence_add(f->evidence, TRUST_FROM_HOST, TRUST_TYPE_METRIC, json, len, err);
    return status;
}

/* ---- JSON Lines: {"name":..., "value":..., "unit":..., "time":...} ---- */

/* Without a time two equal lines are two measurements, but two equal items of one call would be the
 * same one twice. */
static trust_status add_line(feed *f, const char *line, size_t len, trust_error *err)
{
    trust_status status = add(f, line, len, err);
    if (status == TRUST_OK && strstr(line, "\"time\"") == NULL)
        status = flush(f, err);
    return status;
}

/* ---- CSV: timestamp, then one column a metric ---- */

/* The field at *at, spaces and quotes around it taken off; moves *at behind it, NULL at the end. */
static char *field(char **at)
{
    char *start = *at;
    char *comma = strchr(start, ',');
    *at = comma != NULL ? comma + 1 : NULL;
    size_t len = comma != NULL ? (size_t)(comma - start) : strlen(start);
    while (len > 0 && strchr(" \t", start[len - 1]) != NULL)
        len--;
    for (; len > 0 && strchr(" \t", *start) != NULL; len--)
        start++;
    if (len > 1 && start[0] == '"' && start[len - 1] == '"') {
        start++;
        len -= 2;
    }
    start[len] = '\0';
    return start;
}

static trust_status refuse(trust_error *err, const char *why, const char *where)
{
    *err = (trust_error){.code = TRUST_E_FORMAT};
    snprintf(err->message, sizeof err->message, "%s", why);
    snprintf(err->where, sizeof err->where, "%s", where);
    return TRUST_E_FORMAT;
}

static trust_status add_cell(feed *f, const char *name, const char *value, const char *time,
                             trust_error *err)
{
    char json[512];
    if (strpbrk(name, "\"\\") != NULL || strpbrk(time, "\"\\") != NULL ||
        strpbrk(value, "\"\\,{}[]") != NULL)
        return refuse(err, "a cell holds a quote, a brace or a backslash", name);
    int n = snprintf(json, sizeof json, "{\"name\":\"%s\",\"value\":%s,\"time\":\"%s\"}", name,
                     value, time);
    if (n < 0 || (size_t)n >= sizeof json)
        return refuse(err, "a cell is too long", name);
    return add(f, json, (size_t)n, err);
}

static trust_status add_row(feed *f, char *names, char *cells, trust_error *err)
{
    trust_time when;
    const char *time = field(&cells);
    (void)field(&names);
    if (trust_time_parse(time, strlen(time), &when) != TRUST_OK)
        return refuse(err, "the first cell is not a time", "");
    while (names != NULL) {
        const char *name = field(&names);
        if (cells == NULL)
            return refuse(err, "fewer columns than the header", name);
        const char *value = field(&cells);
        if (*value == '\0')
            continue; /* nothing was measured */
        trust_status status = add_cell(f, name, value, time, err);
        if (status != TRUST_OK)
            return status;
    }
    return cells == NULL ? TRUST_OK : refuse(err, "more columns than the header", "");
}

static trust_status add_csv(feed *f, char *line, trust_error *err)
{
    char *names = strdup(f->header);
    if (names == NULL)
        return TRUST_E_NOMEM;
    trust_status status = add_row(f, names, line, err);
    free(names);
    return status;
}

/* ---- lines ---- */

static trust_status feed_line(feed *f, char *line, size_t len, trust_error *err)
{
    if (strlen(line) != len)
        return refuse(err, "a zero byte", "");
    if (len == 0)
        return TRUST_OK;
    if (f->header != NULL)
        return add_csv(f, line, err);
    f->json = f->json || line[0] == '{';
    if (f->json)
        return add_line(f, line, len, err);
    f->header = line;
    return strchr(line, ',') != NULL ? TRUST_OK
                                     : refuse(err, "neither JSON nor a header with a comma", "");
}

static trust_status feed_lines(feed *f, char *text, size_t size, trust_error *err)
{
    bool shown = isatty(STDERR_FILENO) != 0;
    trust_status status = TRUST_OK;
    for (char *end = text + size; status == TRUST_OK && text < end;) {
        char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t len = (size_t)((newline != NULL ? newline : end) - text);
        char *line = text;
        text += len + 1;
        if (len > 0 && line[len - 1] == '\r')
            len--;
        line[len] = '\0';
        if (++f->lines % SHOW == 0 && shown)
            fprintf(stderr, "\r%zu lines", f->lines);
        status = feed_line(f, line, len, err);
    }
    if (shown && f->lines >= SHOW)
        fputs("\r\033[K", stderr);
    return status == TRUST_OK ? flush(f, err) : status;
}

static int observe(session *s, const char *id, char *text, size_t size, feed *f)
{
    trust_error err = {0};
    trust_status status = trust_device_open(s->engine, id, &f->device, &err);
    if (status == TRUST_OK)
        status = trust_evidence_new(f->device, &f->evidence, &err);
    if (status != TRUST_OK)
        return complain_status(id, status, &err);
    status = feed_lines(f, text, size, &err);
    if (status == TRUST_OK)
        return session_save(s);
    char where[64];
    snprintf(where, sizeof where, "line %zu", f->lines);
    err.line = err.column = 0;
    return complain_status(where, status, &err);
}

/* A device in quarantine or denied teaches nothing; so does one that would be. */
static bool taught(const feed *f)
{
    trust_device_info info;
    return trust_device_get_info(f->device, &info) == TRUST_OK && info.memory_bytes > 0 &&
           info.verdict != TRUST_QUARANTINE && info.verdict != TRUST_DENY;
}

static void print_outcome(const feed *f, bool json)
{
    const char *id = trust_device_id(f->device);
    if (!json) {
        printf("%s: %zu measurements taken in, %s%s\n", id, f->metrics,
               f->due != 0 ? "a reassessment is due" : "no reassessment is due",
               f->metrics > 0 && !taught(f)
                   ? "; nothing was learnt, as the device is not trusted enough to teach"
                   : "");
        return;
    }
    fputs("{\"device\":", stdout);
    print_json_text(stdout, id);
    printf(",\"metrics\":%zu,\"due\":%s}\n", f->metrics, f->due != 0 ? "true" : "false");
}

int run_observe(const arguments *args)
{
    session s;
    feed f = {.due = 0};
    size_t size;
    int status = 0;
    const char *id = option_value(args, "--device");
    const char *path = positional(args, 0);
    if (id == NULL || option_value(args, "--store") == NULL)
        return complain("observe", "--device ID and --store file:PATH are needed", EXIT_USAGE);
    uint8_t *text = read_input(path != NULL ? path : "-", MAX_DATABASE, &size, &status);
    if (text == NULL)
        return status;
    status = session_begin(args, true, &s);
    if (status == 0)
        status = observe(&s, id, (char *)text, size, &f);
    if (status == 0)
        print_outcome(&f, option_given(args, "--json"));
    trust_evidence_free(f.evidence);
    trust_device_free(f.device);
    session_end(&s);
    free(text);
    return status;
}
