/* From options to an engine: clock, store, policy, table, references, anchors. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

#define MAX_ROOTS 64

/* Who may sign, and the manifest that somebody signed. */
typedef struct vouchers {
    uint8_t keys[MAX_ROOTS][32];
    size_t key_count;
    uint8_t *manifest; /* NULL: there is none, and that was allowed */
    size_t manifest_len;
} vouchers;

static int read_roots(const char *path, vouchers *v)
{
    int status = 0;
    size_t len;
    trust_error err = {0};
    uint8_t *text = read_input(path, 65536, &len, &status);
    if (text == NULL)
        return status;
    trust_status result =
        trust_keys_read_public(text, len, v->keys, MAX_ROOTS, &v->key_count, &err);
    free(text);
    return result == TRUST_OK ? 0 : complain_status(path, result, &err);
}

/* The manifest beside a policy. A file that cannot be read is not one that is not there. */
static int read_manifest(const arguments *args, const char *policy, vouchers *v)
{
    char path[4096];
    int status = 0;
    if (strcmp(policy, "-") == 0 && !option_given(args, "--allow-unsigned"))
        return complain("--root", "a policy on standard input has no manifest beside it",
                        EXIT_USAGE);
    if (snprintf(path, sizeof path, "%s.manifest", policy) >= (int)sizeof path)
        return complain(policy, "the name is too long", EXIT_USAGE);
    if (option_given(args, "--allow-unsigned") && access(path, F_OK) != 0 && errno == ENOENT)
        return 0;
    v->manifest = read_input(path, TRUST_MANIFEST_MAX_BYTES, &v->manifest_len, &status);
    return status;
}

static trust_time present(const arguments *args)
{
    trust_clock clock;
    struct timespec ts;
    if (read_clock(args, &clock) == 0 && clock.now != NULL)
        return clock.now(clock.user);
    if (clock_gettime(CLOCK_REALTIME, &ts) != 0)
        return TRUST_TIME_UNKNOWN;
    return (trust_time)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A document that is refused is bad input, whatever it is refused for: expired, or an old one. */
static int complain_document(const char *path, trust_status status, const trust_error *err)
{
    int exit_status = complain_status(path, status, err);
    return status == TRUST_E_STATE ? EXIT_MALFORMED : exit_status;
}

static int load_policy(const arguments *args, const char *path, const vouchers *v,
                       trust_policy **out)
{
    int status = 0;
    size_t len;
    trust_error err = {0};
    uint8_t *text = read_input(path, TRUST_POLICY_MAX_BYTES, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = v->manifest != NULL
                              ? trust_policy_load(text, len, v->manifest, v->manifest_len,
                                                  (const uint8_t(*)[32])v->keys, v->key_count,
                                                  present(args), NULL, out, &err)
                              : trust_policy_load_unsigned(text, len, NULL, out, &err);
    free(text);
    return result == TRUST_OK ? 0 : complain_document(path, result, &err);
}

/* With --root a policy needs a manifest by one of its keys; without it nobody is asked. */
static int read_policy(const arguments *args, trust_policy **out)
{
    const char *path = option_value(args, "--policy");
    const char *root = option_value(args, "--root");
    vouchers v = {.manifest = NULL};
    int status = 0;
    if (path == NULL)
        return 0;
    if (root != NULL)
        status = read_roots(root, &v);
    if (status == 0 && root != NULL)
        status = read_manifest(args, path, &v);
    if (status == 0)
        status = load_policy(args, path, &v, out);
    free(v.manifest);
    return status;
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

static int use_policy(const arguments *args, session *s)
{
    trust_error err = {0};
    trust_status status = option_given(args, "--allow-unsigned")
                              ? trust_engine_use_policy_unsigned(s->engine, s->policy, &err)
                              : trust_engine_use_policy(s->engine, s->policy, &err);
    return status == TRUST_OK ? 0 : complain_document(option_value(args, "--policy"), status, &err);
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
    if (status == TRUST_OK && s->policy != NULL) {
        exit_status = use_policy(args, s);
        if (exit_status != 0)
            return exit_status;
    }
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
