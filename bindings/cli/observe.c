/* trustctl observe: telemetry in, as JSON Lines or CSV; no decision, only whether one is due. */

#include <stdlib.h>
#include <string.h>

#include "commands.h"

#define BATCH 48 /* items of one call; the library takes 64 */

/* What has been read and not yet handed over. All lines are checked before the first is taken in,
 * so that a bad one leaves nothing half done. */
typedef struct feed {
    trust_device *device;
    trust_evidence *evidence;
    size_t lines;
    size_t metrics;
    uint32_t due;
    bool checking;
} feed;

static trust_status flush(feed *f, trust_error *err)
{
    uint32_t due = 0;
    if (trust_evidence_count(f->evidence) == 0)
        return TRUST_OK;
    if (f->checking) {
        trust_evidence_clear(f->evidence);
        return TRUST_OK;
    }
    trust_status status = trust_observe(f->device, f->evidence, NULL, &due, err);
    f->due |= due;
    f->metrics += trust_evidence_count(f->evidence);
    trust_evidence_clear(f->evidence);
    return status;
}

static trust_status add_json(feed *f, const char *line, size_t len, trust_error *err)
{
    return trust_evidence_add(f->evidence, TRUST_FROM_HOST, TRUST_TYPE_METRIC, line, len, err);
}

/* A field of a CSV line; moves *at behind it. */
static char *field(char **at)
{
    char *start = *at;
    char *comma = strchr(start, ',');
    *at = comma != NULL ? comma + 1 : start + strlen(start);
    if (comma != NULL)
        *comma = '\0';
    return start;
}

static size_t field_count(const char *line)
{
    size_t count = 1;
    for (; *line != '\0'; line++)
        count += *line == ',';
    return count;
}

static trust_status refuse(trust_error *err, const char *why)
{
    memset(err, 0, sizeof *err);
    err->code = TRUST_E_FORMAT;
    snprintf(err->message, sizeof err->message, "%s", why);
    return err->code;
}

/* timestamp, then one column a metric. Numbers are read by the library's own JSON reader, so that a
 * locale cannot change them. */
static trust_status add_csv(feed *f, char *header, char *line, trust_error *err)
{
    trust_time when;
    if (field_count(line) != field_count(header))
        return refuse(err, "not as many fields as the header has");
    char *time = field(&line);
    (void)field(&header);
    if (trust_time_parse(time, strlen(time), &when) != TRUST_OK)
        return refuse(err, "the first field is not a time");
    while (*header != '\0') {
        char text[512];
        char *name = field(&header);
        const char *value = field(&line);
        if (*value == '\0')
            continue; /* nothing was measured */
        int n = snprintf(text, sizeof text, "{\"name\":\"%s\",\"value\":%s,\"time\":\"%s\"}", name,
                         value, time);
        if (n < 0 || (size_t)n >= sizeof text)
            return TRUST_E_LIMIT;
        trust_status status = add_json(f, text, (size_t)n, err);
        if (status != TRUST_OK)
            return status;
        if (trust_evidence_count(f->evidence) >= BATCH)
            status = flush(f, err);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}

static trust_status feed_lines(feed *f, char *text, trust_error *err)
{
    char *header = NULL;
    for (char *line = text; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');
        char *next = end != NULL ? end + 1 : NULL;
        size_t len = end != NULL ? (size_t)(end - line) : strlen(line);
        if (len > 0 && line[len - 1] == '\r')
            len--;
        line[len] = '\0';
        trust_status status = TRUST_OK;
        f->lines++;
        if (len > 0 && line[0] == '{') {
            status = add_json(f, line, len, err);
        } else if (len > 0 && header == NULL) {
            header = line;
        } else if (len > 0) {
            char *copy = strdup(header);
            status = copy != NULL ? add_csv(f, copy, line, err) : TRUST_E_NOMEM;
            free(copy);
        }
        if (status == TRUST_OK && trust_evidence_count(f->evidence) >= BATCH)
            status = flush(f, err);
        if (status != TRUST_OK)
            return status;
        line = next;
    }
    return flush(f, err);
}

/* Reading takes the text apart, so the check has a copy of its own. */
static trust_status check_lines(feed *f, const char *text, trust_error *err)
{
    feed check = {f->device, f->evidence, 0, 0, 0, true};
    char *copy = strdup(text);
    if (copy == NULL)
        return TRUST_E_NOMEM;
    trust_status status = feed_lines(&check, copy, err);
    free(copy);
    f->lines = status == TRUST_OK ? 0 : check.lines;
    return status;
}

static int observe(session *s, const char *id, char *text, feed *f)
{
    trust_error err = {0};
    trust_status status = trust_device_open(s->engine, id, &f->device, &err);
    if (status != TRUST_OK)
        return complain_status(id, status, &err);
    status = trust_evidence_new(f->device, &f->evidence, &err);
    if (status == TRUST_OK)
        status = check_lines(f, text, &err);
    if (status == TRUST_OK)
        status = feed_lines(f, text, &err);
    if (status == TRUST_OK)
        return 0;
    char where[64];
    snprintf(where, sizeof where, "line %zu", f->lines);
    err.line = err.column = 0;
    return complain_status(where, status, &err);
}

int run_observe(const command *self, int argc, char **argv)
{
    session s;
    feed f = {NULL, NULL, 0, 0, 0, false};
    size_t len;
    int status = check_arguments(self, argc, argv, 0, 1);
    if (status != 0)
        return status;
    const char *id = option_value(self, argc, argv, "--device");
    const char *path = positional(self, argc, argv, 0);
    if (id == NULL || option_value(self, argc, argv, "--store") == NULL)
        return complain("observe", "--device ID and --store file:PATH are needed", EXIT_USAGE);
    uint8_t *text = read_input(path != NULL ? path : "-", MAX_DATABASE, &len, &status);
    if (text == NULL)
        return status;
    if (memchr(text, 0, len) != NULL) {
        free(text);
        return complain(path != NULL ? path : "-", "not text: it holds a NUL", EXIT_MALFORMED);
    }
    status = session_begin(self, argc, argv, &s);
    if (status == 0)
        status = observe(&s, id, (char *)text, &f);
    if (status == 0 && option_value(self, argc, argv, "--json") != NULL) {
        fputs("{\"device\":", stdout);
        print_json_text(stdout, trust_device_id(f.device));
        printf(",\"metrics\":%zu,\"due\":%s}\n", f.metrics, f.due != 0 ? "true" : "false");
    } else if (status == 0)
        printf("%s: %zu measurements taken in, %s\n", trust_device_id(f.device), f.metrics,
               f.due != 0 ? "a reassessment is due" : "no reassessment is due");
    trust_evidence_free(f.evidence);
    trust_device_free(f.device);
    session_end(&s);
    free(text);
    return status;
}
