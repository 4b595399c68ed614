/* Scenes: addresses and tables, keys, manifests, a device's tokens, baselines, times and names. */

#include <string.h>

#include "scenes.h"

/* Addresses */

static uint32_t category_of(world *w, const char *name)
{
    static const char *const words[] = {"other", "vpn", "tor", "proxy", "hosting", "block"};
    for (uint32_t i = 0; name != NULL && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], name) == 0)
            return i;
    if (name != NULL)
        bad_scene(w, "no such category:", name);
    return 0;
}

static void put_source(world *w, const trust_table_source_info *s)
{
    fprintf(w->out, "source %s type=%s format=%u category=%u entries=%llu built=%s", s->name,
            s->type, (unsigned)s->format, (unsigned)s->category, (unsigned long long)s->entries,
            show_time(w, s->built));
    put_hex(w, "", (trust_bytes){s->digest, sizeof s->digest});
}

static void run_table(world *w, const cJSON *step)
{
    trust_table_source sources[TRUST_TABLE_MAX_SOURCES + 1];
    trust_table_source_info info;
    trust_table *table = NULL;
    trust_error err = {0};
    size_t count = 0;
    const cJSON *s;
    cJSON_ArrayForEach(s, member(step, "sources"))
    {
        const char *category = text_of(s, "category");
        if (count == sizeof sources / sizeof sources[0])
            bad_scene(w, "too many sources", NULL);
        sources[count++] = (trust_table_source){
            text_of(s, "name"), category != NULL ? TRUST_SOURCE_CIDR : TRUST_SOURCE_MMDB,
            category_of(w, category), bytes_of(w, member(s, "data"))};
    }
    trust_status status = trust_table_build(sources, count, NULL, &table, &err);
    if (status == TRUST_OK)
        status = trust_engine_use_table(w->engine, table);
    if (status != TRUST_OK) {
        put_error(w, status, &err);
        return;
    }
    trust_table_free(w->table);
    w->table = table;
    for (size_t i = 0; trust_table_source_at(table, i, &info) == TRUST_OK; i++)
        put_source(w, &info);
    fprintf(w->out, "sources %zu\n", trust_table_source_count(table));
}

/* Degrees as whole microdegrees. */
static void put_degrees(world *w, const char *name, int32_t value)
{
    if (value == INT32_MIN)
        fprintf(w->out, " %s=none", name);
    else
        fprintf(w->out, " %s=%d", name, value);
}

static void put_address(world *w, const trust_address *address)
{
    trust_address_info i;
    trust_address inner;
    uint32_t embed = TRUST_EMBED_NONE;
    char text[46];
    memset(&inner, 0, sizeof inner);
    uint32_t class = trust_address_classify(address, &inner, &embed);
    if (trust_address_format(address, text, sizeof text) != TRUST_OK ||
        trust_table_find(w->table, address, &i) != TRUST_OK)
        bad_scene(w, "an address that cannot be looked up", NULL);
    fprintf(w->out, "address %s %s embed=%u", text, trust_address_class_name(class),
            (unsigned)embed);
    if (embed != TRUST_EMBED_NONE && trust_address_format(&inner, text, sizeof text) == TRUST_OK)
        fprintf(w->out, " inner=%s", text);
    fprintf(w->out, " found=%s embed=%u country=%s asn=%u",
            trust_address_class_name(i.address_class), (unsigned)i.embed, i.country,
            (unsigned)i.asn);
    put_degrees(w, "latitude", i.latitude);
    put_degrees(w, "longitude", i.longitude);
    fprintf(w->out, " radius_km=%u lists=%u categories=%u weight=%u network=\"%s\"\n",
            (unsigned)i.radius_km, (unsigned)i.lists, (unsigned)i.categories, (unsigned)i.weight,
            i.network);
}

static void run_find(world *w, const cJSON *step)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, member(step, "addresses"))
    {
        trust_address address;
        const char *text = cJSON_GetStringValue(one);
        trust_status status = trust_address_parse(text, strlen(text), &address);
        if (status != TRUST_OK)
            put_error(w, status, NULL);
        else
            put_address(w, &address);
    }
}

static void run_categories(world *w, const cJSON *step)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, member(step, "names"))
    {
        const char *name = cJSON_GetStringValue(one);
        fprintf(w->out, "category %u\n", (unsigned)trust_list_category(name, strlen(name)));
    }
}

/* Keys and what they sign */

#define MOST_KEYS 256u /* more than fit into the text that is read */

static void run_read_keys(world *w, const cJSON *step)
{
    uint8_t(*keys)[32] = room(w, MOST_KEYS * sizeof *keys);
    size_t count = 0;
    trust_error err = {0};
    trust_bytes data = bytes_of(w, member(step, "data"));
    trust_status status =
        trust_keys_read_public(data.data, data.size, keys, MOST_KEYS, &count, &err);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    for (size_t i = 0; status == TRUST_OK && i < count; i++)
        put_hex(w, "key", (trust_bytes){keys[i], 32});
}

static trust_status from_vector(void *user, const void *data, size_t len, uint8_t signature[64])
{
    (void)data;
    (void)len;
    memcpy(signature, user, 64);
    return TRUST_OK;
}

/* The step's signer: of a seed, read from bytes, or one whose key is elsewhere. */
static trust_status the_signer(world *w, const cJSON *step, uint32_t use, trust_signer **signer,
                               trust_error *err)
{
    const cJSON *key = member(step, "key");
    if (cJSON_IsNumber(key)) {
        *signer = signer_of(w, key, use);
        return TRUST_OK;
    }
    trust_bytes data = bytes_of(w, key);
    if (member(step, "answer") == NULL)
        return trust_signer_read(data.data, data.size, use, signer, err);
    trust_bytes answer = bytes_of(w, member(step, "answer"));
    if (data.size != 32 || answer.size != 64)
        bad_scene(w, "a key of 32 bytes answers with 64", NULL);
    uint8_t *kept = room(w, 64);
    memcpy(kept, answer.data, 64);
    trust_signer_ops ops = {sizeof ops, {0}, from_vector, NULL, kept};
    memcpy(ops.public_key, data.data, 32);
    return trust_signer_new(&ops, use, signer);
}

static void run_sign(world *w, const cJSON *step)
{
    uint8_t key[32];
    uint8_t signature[64];
    trust_signer *signer = NULL;
    trust_error err = {0};
    uint32_t use = (uint32_t)number_of(step, "use", TRUST_USE_DEVICE);
    trust_status status = the_signer(w, step, use, &signer, &err);
    if (status != TRUST_OK) {
        put_error(w, status, &err);
        return;
    }
    trust_signer_public_key(signer, key);
    fprintf(w->out, "use %u", (unsigned)trust_signer_use(signer));
    put_hex(w, " key", (trust_bytes){key, 32});
    trust_bytes data = bytes_of(w, member(step, "data"));
    use = (uint32_t)number_of(step, "as_use", use);
    status = trust_signer_sign(signer, use, data.data, data.size, signature);
    if (status != TRUST_OK) {
        put_error(w, status, NULL);
    } else {
        put_hex(w, "signature", (trust_bytes){signature, 64});
        save(w, step, (trust_bytes){signature, 64});
    }
    trust_signer_free(signer);
}

static trust_status repeat_random(void *user, void *out, size_t len)
{
    memset(out, *(const uint8_t *)user, len);
    return TRUST_OK;
}

static void run_keygen(world *w, const cJSON *step)
{
    uint8_t byte = (uint8_t)number_of(step, "random", 0);
    const trust_random random = {repeat_random, &byte};
    char secret[256];
    char open[256];
    trust_status status = trust_keygen(&random, secret, sizeof secret, open, sizeof open);
    if (status != TRUST_OK)
        put_error(w, status, NULL);
    else
        fprintf(w->out, "%s%s", secret, open);
}

static void run_manifest(world *w, const cJSON *step)
{
    trust_manifest manifest = TRUST_MANIFEST_INIT;
    char text[TRUST_MANIFEST_MAX_BYTES];
    size_t len = 0;
    uint32_t use = (uint32_t)number_of(step, "use", TRUST_USE_POLICY);
    trust_signer *signer = signer_of(w, member(step, "key"), use);
    trust_bytes document = bytes_of(w, member(step, "document"));
    snprintf(manifest.kind, sizeof manifest.kind, "%s", text_of(step, "kind"));
    snprintf(manifest.id, sizeof manifest.id, "%s", text_of(step, "id"));
    manifest.revision = (uint64_t)number_of(step, "revision", 0);
    manifest.not_before = time_of(w, step, "not_before", TRUST_TIME_UNKNOWN);
    manifest.expires = time_of(w, step, "expires", TRUST_TIME_NEVER);
    trust_status status = trust_manifest_sign(&manifest, document.data, document.size, signer, text,
                                              sizeof text, &len);
    if (status != TRUST_OK) {
        put_error(w, status, NULL);
    } else {
        fputs(text, w->out);
        save(w, step, (trust_bytes){(const uint8_t *)text, len});
    }
    trust_signer_free(signer);
}

static void run_verify(world *w, const cJSON *step)
{
    trust_manifest m = TRUST_MANIFEST_INIT;
    trust_error err = {0};
    size_t count;
    const uint8_t(*keys)[32] = keys_of(w, member(step, "keys"), &count);
    trust_bytes text = bytes_of(w, member(step, "manifest"));
    trust_bytes document = bytes_of(w, member(step, "document"));
    trust_status status = trust_manifest_verify(text.data, text.size, keys, count,
                                                text_of(step, "kind"), document.data, document.size,
                                                time_of(w, step, "now", w->now), &m, &err);
    if (status != TRUST_OK) {
        put_error(w, status, &err);
        return;
    }
    fprintf(w->out, "manifest %s %s %llu from=%s until=%s", m.kind, m.id,
            (unsigned long long)m.revision, show_time(w, m.not_before), show_time(w, m.expires));
    put_hex(w, "", (trust_bytes){m.digest, 32});
}

/* The device's side */

static trust_status sign_as_device(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

static const trust_attest_component *components_of(world *w, const cJSON *list, size_t *count)
{
    trust_attest_component *components =
        room(w, (size_t)cJSON_GetArraySize(list) * sizeof *components);
    const cJSON *c;
    *count = 0;
    cJSON_ArrayForEach(c, list)
    {
        components[(*count)++] = (trust_attest_component){text_of(c, "name"), text_of(c, "version"),
                                                          bytes_of(w, member(c, "digest")),
                                                          bytes_of(w, member(c, "signer"))};
    }
    return components;
}

static void run_attest(world *w, const cJSON *step)
{
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    size_t len = 0;
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    trust_signer *signer = signer_of(w, member(step, "key"), TRUST_USE_DEVICE);
    trust_attest_key key = {{0}, sign_as_device, signer};
    trust_signer_public_key(signer, key.public_key);
    claims.nonce = bytes_of(w, member(step, "nonce"));
    claims.binding.purpose = text_of(step, "purpose");
    claims.binding.verifier = text_of(step, "verifier");
    claims.binding.device = text_of(step, "bound_device");
    claims.binding.attempt = text_of(step, "attempt");
    claims.binding.channel = bytes_of(w, member(step, "channel"));
    claims.binding.session_key = bytes_of(w, member(step, "session_key"));
    claims.binding.sealing_key = bytes_of(w, member(step, "sealing_key"));
    claims.components = components_of(w, member(step, "components"), &claims.component_count);
    claims.issued_at = number_of(step, "issued_at", -1);
    claims.boot_count = number_of(step, "boot_count", -1);
    claims.debug = (int32_t)number_of(step, "debug", TRUST_DEBUG_UNSTATED);
    claims.secure_boot = (int32_t)number_of(step, "secure_boot", TRUST_BOOT_UNSTATED);
    trust_status status = trust_attest_make(&claims, &key, token, sizeof token, &len);
    if (status != TRUST_OK) {
        put_error(w, status, NULL);
    } else {
        put_hex(w, "token", (trust_bytes){token, len});
        save(w, step, (trust_bytes){token, len});
    }
    trust_signer_free(signer);
}

/* Baselines */

static trust_baseline **the_baseline(world *w, const cJSON *step)
{
    const char *name = text_of(step, "baseline");
    size_t i = 0;
    name = name != NULL ? name : "b";
    while (i < SCENE_NAMES && w->baselines[i].name != NULL &&
           strcmp(w->baselines[i].name, name) != 0)
        i++;
    if (i == SCENE_NAMES)
        bad_scene(w, "too many baselines:", name);
    w->baselines[i].name = name;
    return &w->baselines[i].baseline;
}

static void put_state(world *w, trust_baseline *baseline)
{
    uint8_t state[TRUST_BASELINE_MAX_STATE];
    size_t len = 0;
    if (trust_baseline_save(baseline, state, sizeof state, &len) != TRUST_OK)
        bad_scene(w, "a baseline that cannot be saved", NULL);
    put_hex(w, "state", (trust_bytes){state, len});
}

/* The step's values into its baseline, which begins when it is first named. */
static void run_baseline(world *w, const cJSON *step)
{
    trust_error err = {0};
    trust_baseline **baseline = the_baseline(w, step);
    if (*baseline == NULL && trust_baseline_new(NULL, baseline) != TRUST_OK)
        bad_scene(w, "no baseline", NULL);
    size_t count = (size_t)cJSON_GetArraySize(member(step, "values"));
    size_t i = 0;
    double *values = room(w, count * sizeof *values);
    trust_time *times = room(w, count * sizeof *times);
    int32_t *surprise = room(w, count * sizeof *surprise);
    int32_t *raw = room(w, count * sizeof *raw);
    const cJSON *one;
    cJSON_ArrayForEach(one, member(step, "values")) values[i++] = one->valuedouble;
    i = 0;
    cJSON_ArrayForEach(one, member(step, "times")) times[i++] = (trust_time)one->valuedouble;
    uint32_t mode = cJSON_IsTrue(member(step, "aside")) ? TRUST_LEARN_ASIDE : TRUST_LEARN;
    trust_status status =
        trust_baseline_observe(*baseline, member(step, "times") != NULL ? times : NULL, values,
                               count, mode, surprise, raw, &err);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    for (i = 0; status == TRUST_OK && i < count; i++)
        fprintf(w->out, "%d %d\n", surprise[i], raw[i]);
    put_state(w, *baseline);
}

static void run_restore(world *w, const cJSON *step)
{
    trust_error err = {0};
    trust_baseline **baseline = the_baseline(w, step);
    trust_bytes state = bytes_of(w, member(step, "state"));
    trust_baseline_free(*baseline);
    *baseline = NULL;
    trust_status status = trust_baseline_restore(state.data, state.size, NULL, baseline, &err);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    else
        put_state(w, *baseline);
}

/* Words */

static void run_times(world *w, const cJSON *step)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, member(step, "texts"))
    {
        trust_time time;
        const char *text = cJSON_GetStringValue(one);
        trust_status status = trust_time_parse(text, strlen(text), &time);
        if (status != TRUST_OK)
            put_error(w, status, NULL);
        else
            fprintf(w->out, "time %s\n", show_time(w, time));
    }
}

static void run_bundle_device(world *w, const cJSON *step)
{
    char id[TRUST_DEVICE_MAX_ID + 1];
    trust_error err = {0};
    trust_bytes json = bytes_of(w, member(step, "data"));
    trust_status status = trust_bundle_device(json.data, json.size, id, sizeof id, &err);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    else
        fprintf(w->out, "bundle of %s\n", id);
}

static void run_reasons(world *w, const cJSON *step)
{
    (void)step;
    for (uint32_t i = 0; i < 256; i++)
        if (trust_reason_severity(i) != 0)
            fprintf(w->out, "%u %s %u %s | %s\n", (unsigned)i, trust_reason_code(i),
                    (unsigned)trust_reason_severity(i), trust_reason_text(i),
                    trust_reason_subject_text(i));
}

static void put_words(world *w, const char *before, const char *(*name)(uint32_t), uint32_t from,
                      uint32_t to)
{
    fputs(before, w->out);
    for (uint32_t i = from; i <= to; i++)
        fprintf(w->out, " %u:%s", (unsigned)i, name(i));
    fputc('\n', w->out);
}

static void run_words(world *w, const cJSON *step)
{
    (void)step;
    for (trust_status s = TRUST_E_ARGUMENT; s >= TRUST_E_HOST; s--)
        fprintf(w->out, "%d %s %s\n", s, trust_status_name(s), trust_status_text(s));
    put_words(w, "verdict", trust_verdict_name, TRUST_NO_VERDICT, TRUST_DENY);
    put_words(w, "state", trust_state_name, 0, TRUST_STATE_UNSUPPORTED);
    put_words(w, "origin", trust_origin_name, TRUST_FROM_DEVICE, TRUST_FROM_SERVICE);
    put_words(w, "lifecycle", trust_lifecycle_name, TRUST_LIFECYCLE_ENROLLED,
              TRUST_LIFECYCLE_RETIRED);
    put_words(w, "class", trust_address_class_name, 0, TRUST_ADDRESS_ANYCAST_SERVICE);
    put_words(w, "kind", trust_kind_name, TRUST_KIND_ATTESTATION, TRUST_KIND_HUMAN);
    fprintf(w->out, "kind %u\n", (unsigned)kind_of(w, "acme.tamper"));
}

const scene_verb parts_verbs[] = {{"table", run_table},
                                  {"find", run_find},
                                  {"categories", run_categories},
                                  {"read_keys", run_read_keys},
                                  {"sign", run_sign},
                                  {"keygen", run_keygen},
                                  {"manifest", run_manifest},
                                  {"verify", run_verify},
                                  {"attest", run_attest},
                                  {"baseline", run_baseline},
                                  {"restore", run_restore},
                                  {"times", run_times},
                                  {"bundle_device", run_bundle_device},
                                  {"reasons", run_reasons},
                                  {"words", run_words},
                                  {NULL, NULL}};
