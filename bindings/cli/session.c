/* From options to an engine: clock, store, policy, table, references, anchors. */

#include <stdlib.h>
#include <string.h>

#include "cli.h"

static trust_time fixed_now(void *user)
{
    return *(const trust_time *)user;
}

static trust_time fixed_time;

bool read_clock(const command *self, int argc, char **argv, trust_clock *out)
{
    const char *at = option_value(self, argc, argv, "--at");
    *out = (trust_clock){NULL, NULL};
    if (at == NULL)
        return true;
    if (trust_time_parse(at, strlen(at), &fixed_time) != TRUST_OK) {
        complain(at, "not a time such as 2026-11-23T05:00:00Z or Unix seconds", EXIT_USAGE);
        return false;
    }
    *out = (trust_clock){fixed_now, &fixed_time};
    return true;
}

static int open_store(const char *url, trust_store **out)
{
    trust_error err = {0};
    trust_status status;
    if (strcmp(url, "memory:") == 0)
        status = trust_store_new_memory(NULL, out);
    else if (strncmp(url, "file:", 5) == 0)
        status = store_file_open(url + 5, out, &err);
    else
        return complain(url, "this version has the stores memory: and file:PATH", EXIT_IO);
    return status == TRUST_OK ? 0 : complain_status(url, status, &err);
}

static int load_policy(const char *path, trust_policy **out)
{
    int status = 0;
    size_t len;
    trust_error err = {0};
    uint8_t *text = read_input(path, TRUST_POLICY_MAX_BYTES, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = trust_policy_load_unsigned(text, len, NULL, out, &err);
    free(text);
    return result == TRUST_OK ? 0 : complain_status(path, result, &err);
}

static int load_reference(const char *path, trust_engine *engine)
{
    int status = 0;
    size_t len;
    trust_error err = {0};
    trust_reference *reference = NULL;
    uint8_t *text = read_input(path, MAX_DOCUMENT, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = trust_reference_load_unsigned(text, len, NULL, &reference, &err);
    free(text);
    if (result == TRUST_OK)
        result = trust_engine_use_reference(engine, reference);
    trust_reference_free(reference);
    return result == TRUST_OK ? 0 : complain_status(path, result, &err);
}

/* The sources of a table as they were read. */
typedef struct sources {
    trust_table_source list[TRUST_TABLE_MAX_SOURCES];
    uint8_t *data[TRUST_TABLE_MAX_SOURCES];
    char names[TRUST_TABLE_MAX_SOURCES][64];
    size_t count;
} sources;

static int add_source(sources *all, const char *name, size_t name_len, uint32_t format,
                      const char *path)
{
    int status = 0;
    size_t len;
    if (all->count == TRUST_TABLE_MAX_SOURCES)
        return complain(path, "at most 16 databases and lists", EXIT_USAGE);
    uint8_t *data = read_input(path, MAX_DATABASE, &len, &status);
    if (data == NULL)
        return status;
    size_t i = all->count++;
    all->data[i] = data;
    snprintf(all->names[i], sizeof all->names[i], "%.*s", (int)name_len, name);
    uint32_t category = format == TRUST_SOURCE_CIDR ? trust_list_category(name, name_len) : 0;
    all->list[i] = (trust_table_source){all->names[i], format, category, {data, len}};
    return 0;
}

static int collect_sources(const command *self, int argc, char **argv, sources *all)
{
    const char *path;
    for (size_t n = 0; (path = option_nth(self, argc, argv, "--geoip", n)) != NULL; n++) {
        const char *slash = strrchr(path, '/');
        const char *name = slash != NULL ? slash + 1 : path;
        int status = add_source(all, name, strlen(name), TRUST_SOURCE_MMDB, path);
        if (status != 0)
            return status;
    }
    for (size_t n = 0; (path = option_nth(self, argc, argv, "--list", n)) != NULL; n++) {
        const char *equals = strchr(path, '=');
        if (equals == NULL || equals == path)
            return complain(path, "a list is given as NAME=FILE, such as vpn=exits.txt",
                            EXIT_USAGE);
        int status = add_source(all, path, (size_t)(equals - path), TRUST_SOURCE_CIDR, equals + 1);
        if (status != 0)
            return status;
    }
    return 0;
}

int read_table(const command *self, int argc, char **argv, trust_table **out)
{
    sources all = {.count = 0};
    trust_error err = {0};
    int status = collect_sources(self, argc, argv, &all);
    if (status == 0 && all.count > 0) {
        trust_status result = trust_table_build(all.list, all.count, NULL, out, &err);
        if (result != TRUST_OK)
            status = complain_status("address table", result, &err);
    }
    for (size_t i = 0; i < all.count; i++)
        free(all.data[i]);
    return status;
}

static int load_table(const command *self, int argc, char **argv, trust_engine *engine)
{
    trust_table *table = NULL;
    int status = read_table(self, argc, argv, &table);
    if (status != 0 || table == NULL)
        return status;
    trust_status result = trust_engine_use_table(engine, table);
    trust_table_free(table);
    return result == TRUST_OK ? 0 : complain_status("address table", result, NULL);
}

/* Options of the contract whose part of the library is not there yet: refused, never ignored. */
static int refuse_future(const command *self, int argc, char **argv)
{
    static const char *const names[] = {"--root", "--mud", "--log"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (option_value(self, argc, argv, names[i]) != NULL)
            return complain(names[i], "not in this version", EXIT_USAGE);
    return 0;
}

int session_begin(const command *self, int argc, char **argv, session *s)
{
    trust_error err = {0};
    memset(s, 0, sizeof *s);
    int status = refuse_future(self, argc, argv);
    if (status != 0)
        return status;
    if (!read_clock(self, argc, argv, &s->clock))
        return EXIT_USAGE;
    const char *url = option_value(self, argc, argv, "--store");
    if (url != NULL && (status = open_store(url, &s->store)) != 0)
        return status;
    const char *verifier = option_value(self, argc, argv, "--verifier");
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.clock = s->clock;
    config.store = s->store;
    config.verifier = verifier;
    trust_status result = trust_engine_new(&config, &s->engine, &err);
    if (result != TRUST_OK)
        return complain_status("engine", result, &err);
    const char *path = option_value(self, argc, argv, "--policy");
    if (path != NULL) {
        status = load_policy(path, &s->policy);
        if (status != 0)
            return status;
        result = trust_engine_use_policy(s->engine, s->policy, &err);
        if (result != TRUST_OK)
            return complain_status(path, result, &err);
    }
    path = option_value(self, argc, argv, "--reference");
    if (path != NULL && (status = load_reference(path, s->engine)) != 0)
        return status;
    if (option_nth(self, argc, argv, "--reference", 1) != NULL)
        return complain("--reference", "this version takes one document", EXIT_USAGE);
    return load_table(self, argc, argv, s->engine);
}

void session_end(session *s)
{
    trust_engine_free(s->engine);
    trust_policy_free(s->policy);
    trust_store_free(s->store);
}

bool read_anchors(const command *self, int argc, char **argv, uint8_t keys[4][32], size_t *count,
                  int *exit_status)
{
    const char *path;
    *count = 0;
    for (size_t n = 0; (path = option_nth(self, argc, argv, "--anchor", n)) != NULL; n++) {
        size_t len;
        trust_error err = {0};
        if (n == 4) {
            *exit_status = complain(path, "at most 4 anchors", EXIT_USAGE);
            return false;
        }
        uint8_t *data = read_input(path, 65536, &len, exit_status);
        if (data == NULL)
            return false;
        trust_status status = trust_key_read_public(data, len, keys[n], &err);
        free(data);
        if (status != TRUST_OK) {
            *exit_status = complain_status(path, status, &err);
            return false;
        }
        *count = n + 1;
    }
    return true;
}
