/* From options to an engine: clock, store, policy, table, references, anchors. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* ---- single options ---- */

static trust_time fixed_time;

static trust_time fixed_now(void *user)
{
    return *(const trust_time *)user;
}

int read_clock(const arguments *args, trust_clock *out)
{
    const char *at = option_value(args, "--at");
    *out = (trust_clock){NULL, NULL};
    if (at == NULL)
        return 0;
    if (trust_time_parse(at, strlen(at), &fixed_time) != TRUST_OK)
        return complain(at, "not a time such as 2026-11-23T05:00:00Z or Unix seconds", EXIT_USAGE);
    *out = (trust_clock){fixed_now, &fixed_time};
    return 0;
}

int read_nonce(const arguments *args, size_t n, uint8_t out[64], size_t *len)
{
    const char *text = option_nth(args, "--nonce", n);
    *len = 0;
    if (text != NULL && (!parse_hex(text, out, 64, len) || *len < 8))
        return complain("--nonce", "8 to 64 bytes in hexadecimal", EXIT_USAGE);
    return 0;
}

int read_channel(const arguments *args, uint8_t out[64], size_t *len)
{
    const char *text = option_value(args, "--binding");
    *len = 0;
    if (text != NULL && (!parse_hex(text, out, 64, len) || *len == 0))
        return complain("--binding", "1 to 64 bytes in hexadecimal", EXIT_USAGE);
    return 0;
}

int read_anchors(const arguments *args, uint8_t keys[TRUST_DEVICE_MAX_ANCHORS][32], size_t *count)
{
    const char *path;
    for (*count = 0; (path = option_nth(args, "--anchor", *count)) != NULL; ++*count) {
        int status = 0;
        size_t len;
        trust_error err = {0};
        if (*count == TRUST_DEVICE_MAX_ANCHORS)
            return complain(path, "at most 4 anchors", EXIT_USAGE);
        uint8_t *data = read_input(path, 65536, &len, &status);
        if (data == NULL)
            return status;
        trust_status result = trust_key_read_public(data, len, keys[*count], &err);
        free(data);
        if (result != TRUST_OK)
            return complain_status(path, result, &err);
    }
    return 0;
}

/* ---- the address table ---- */

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

static int collect_sources(const arguments *args, sources *all)
{
    const char *path;
    for (size_t n = 0; (path = option_nth(args, "--geoip", n)) != NULL; n++) {
        const char *slash = strrchr(path, '/');
        const char *name = slash != NULL ? slash + 1 : path;
        int status = add_source(all, name, strlen(name), TRUST_SOURCE_MMDB, path);
        if (status != 0)
            return status;
    }
    for (size_t n = 0; (path = option_nth(args, "--list", n)) != NULL; n++) {
        const char *equals = strchr(path, '=');
        if (equals == NULL || equals == path || equals - path > 63)
            return complain(path, "a list is given as NAME=FILE, such as vpn=exits.txt",
                            EXIT_USAGE);
        int status = add_source(all, path, (size_t)(equals - path), TRUST_SOURCE_CIDR, equals + 1);
        if (status != 0)
            return status;
    }
    return 0;
}

int read_table(const arguments *args, trust_table **out)
{
    sources all = {.count = 0};
    trust_error err = {0};
    int status = collect_sources(args, &all);
    if (status == 0 && all.count > 0) {
        trust_status result = trust_table_build(all.list, all.count, NULL, out, &err);
        if (result != TRUST_OK)
            status = complain_status("address table", result, &err);
    }
    for (size_t i = 0; i < all.count; i++)
        free(all.data[i]);
    return status;
}

/* ---- documents ---- */

static int read_policy(const arguments *args, trust_policy **out)
{
    const char *path = option_value(args, "--policy");
    int status = 0;
    size_t len;
    trust_error err = {0};
    uint8_t *text = path != NULL ? read_input(path, TRUST_POLICY_MAX_BYTES, &len, &status) : NULL;
    if (text == NULL)
        return status;
    trust_status result = trust_policy_load_unsigned(text, len, NULL, out, &err);
    free(text);
    return result == TRUST_OK ? 0 : complain_status(path, result, &err);
}

static int read_reference(const arguments *args, trust_reference **out)
{
    const char *path = option_value(args, "--reference");
    int status = 0;
    size_t len;
    trust_error err = {0};
    uint8_t *text = path != NULL ? read_input(path, MAX_DOCUMENT, &len, &status) : NULL;
    if (text == NULL)
        return status;
    trust_status result = trust_reference_load_unsigned(text, len, NULL, out, &err);
    free(text);
    return result == TRUST_OK ? 0 : complain_status(path, result, &err);
}

/* ---- the session ---- */

static int open_store(const arguments *args, bool changes, session *s)
{
    const char *url = option_value(args, "--store");
    trust_error err = {0};
    trust_status status;
    if (url == NULL)
        return 0;
    if (strcmp(url, "memory:") == 0)
        status = trust_store_new_memory(NULL, &s->store);
    else if (strncmp(url, "file:", 5) == 0)
        status = store_file_open(url + 5, changes, &s->file, &s->store, &err);
    else
        return complain(url, "this version has the stores memory: and file:PATH", EXIT_IO);
    return status == TRUST_OK ? 0 : complain_status(url, status, &err);
}

static int make_engine(const arguments *args, session *s)
{
    trust_error err = {0};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    int exit_status = read_clock(args, &config.clock);
    if (exit_status != 0)
        return exit_status;
    config.store = s->store;
    config.verifier = option_value(args, "--verifier");
    trust_status status = trust_engine_new(&config, &s->engine, &err);
    if (status == TRUST_OK && s->policy != NULL)
        status = trust_engine_use_policy(s->engine, s->policy, &err);
    if (status == TRUST_OK && s->reference != NULL)
        status = trust_engine_use_reference(s->engine, s->reference);
    if (status == TRUST_OK && s->table != NULL)
        status = trust_engine_use_table(s->engine, s->table);
    return status == TRUST_OK ? 0 : complain_status("engine", status, &err);
}

int session_begin(const arguments *args, bool changes, session *s)
{
    memset(s, 0, sizeof *s);
    int status = read_policy(args, &s->policy);
    if (status == 0)
        status = read_reference(args, &s->reference);
    if (status == 0)
        status = read_table(args, &s->table);
    /* Last: nobody else should wait for the store while files are read. */
    if (status == 0)
        status = open_store(args, changes, s);
    return status == 0 ? make_engine(args, s) : status;
}

int session_save(session *s)
{
    if (s->file == NULL || store_file_save(s->file) == TRUST_OK)
        return 0;
    return complain("store", strerror(errno), EXIT_IO);
}

void session_end(session *s)
{
    trust_engine_free(s->engine);
    trust_table_free(s->table);
    trust_reference_free(s->reference);
    trust_policy_free(s->policy);
    trust_store_free(s->store);
}
