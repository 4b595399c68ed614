/* What ./examples/quickstart runs: a few door locks are enrolled, challenged and assessed, and each
 * decision is explained. Everything is real except the calendar: the clock stands where the example
 * data was made, so that the output is the same on any day. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trust/attest.h>
#include <trust/trust.h>

#include "store_file.h" /* which trustctl brings */

#define NOW       INT64_C(1795428000000) /* 2026-11-23T10:00:00Z */
#define MINUTE    INT64_C(60000)
#define DAY       (24 * 60 * MINUTE)
#define ROW_TIME  (5 * MINUTE) /* between two rows of telemetry */
#define BATCH     48           /* rows that a lock hands over at a time: four hours of them */
#define LAST_ROWS 24           /* rows that come with the connection which is shown */
#define MAX_ROWS  4032         /* two weeks */
#define MAX_LISTS 8
#define VERIFIER  "gateway-1"
#define ATTEMPT   "installation-0001" /* as the human decisions of the example data say */
#define ID_PREFIX "urn:dev:ops:32473-"

/* The measurements of three firmwares: a byte each, repeated. See data/reference.json. */
enum { FIRMWARE_GOOD = 0x11, FIRMWARE_UNKNOWN = 0x22, FIRMWARE_BAD = 0x33 };

/* One lock and what it does today. */
typedef struct lock {
    const char *id;
    const char *story;
    bool through_vpn;   /* else from home */
    const char *series; /* telemetry, or NULL */
    const char *human;  /* the installer's verification, or NULL */
    int firmware;
} lock;

static const lock locks[] = {
    {"hall-lock",
     "The hall lock answers with known software, behaves as on the three days before, and was\n"
     "  installed by somebody whose passport and face were checked.",
     false, "data/series-calm.csv", "data/human-approved.json", FIRMWARE_GOOD},
    {"garden-lock",
     "The garden lock answers as well, but it is new here, connects through a VPN in another\n"
     "  country, and its installer's check waits for a reviewer.",
     true, NULL, "data/human-review.json", FIRMWARE_GOOD},
    {"garage-lock",
     "The garage lock ran for three days like the hall's. For two hours it has sent ten times as\n"
     "  much, it now reports software that nobody knows, and nobody vouches for its installer.",
     false, "data/series-takeover.csv", NULL, FIRMWARE_UNKNOWN},
    {"cellar-lock",
     "The cellar lock proves that it is the cellar lock, with software that must not run any "
     "more,\n"
     "  and its installer held a picture into the camera.",
     false, NULL, "data/human-declined.json", FIRMWARE_BAD},
};

typedef struct series {
    double *values;
    size_t count;
} series;

typedef struct world {
    const char *examples; /* folder of data and policies */
    const char *out;      /* folder to write into */
    const char *geoip;
    const char *lists[MAX_LISTS]; /* NAME=FILE */
    size_t list_count;
    const char *own_series;
    const char *home; /* the address that the locks are registered at */
    char exit[64];    /* the first address of the first list */
    char country[4];
    trust_time now;
    trust_engine *engine;
    trust_table *table;
    trust_store *store;
    file_store *file;                         /* that the store is in */
    uint8_t recorded[TRUST_ATTEST_MAX_TOKEN]; /* the first lock's token, for the replay */
    size_t recorded_len;
} world;

__attribute__((format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("quickstart: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static void need(trust_status status, const char *what, const trust_error *err)
{
    if (status != TRUST_OK)
        die("%s: %s%s%s", what, err != NULL ? err->message : trust_status_text(status),
            err != NULL && err->where[0] != '\0' ? " at " : "", err != NULL ? err->where : "");
}

static const char *path_in(const char *folder, const char *name)
{
    static char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        die("%s/%s: too long a name", folder, name);
    return path;
}

static uint8_t *read_whole(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        die("%s: %s", path, strerror(errno));
    long size = ftell(file);
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0)
        die("%s: %s", path, strerror(errno));
    uint8_t *data = malloc((size_t)size + 1);
    if (data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size)
        die("%s: cannot be read", path);
    fclose(file);
    data[size] = '\0';
    *len = (size_t)size;
    return data;
}

static FILE *write_new(const world *w, const char *name)
{
    FILE *file = fopen(path_in(w->out, name), "wb");
    if (file == NULL)
        die("%s/%s: %s", w->out, name, strerror(errno));
    return file;
}

static void write_text(const world *w, const char *name, const char *text)
{
    FILE *file = write_new(w, name);
    fputs(text, file);
    if (fclose(file) != 0)
        die("%s/%s: %s", w->out, name, strerror(errno));
}

/* The engine. */

static trust_time world_now(void *user)
{
    return ((const world *)user)->now;
}

/* Somewhere to come from: the first address or prefix of a list. */
static void find_exit(world *w, const char *list)
{
    static const char stop[] = " \t\r\n/#;";
    while (*list != '\0' && strchr(stop, *list) != NULL)
        list += *list == '#' || *list == ';' ? strcspn(list, "\n") : 1;
    size_t len = strcspn(list, stop);
    if (len == 0 || len >= sizeof w->exit)
        die("no address on the first list");
    memcpy(w->exit, list, len);
}

static void use_table(world *w)
{
    trust_table_source sources[1 + MAX_LISTS] = {{"geo", TRUST_SOURCE_MMDB, 0, {NULL, 0}}};
    char names[MAX_LISTS][64];
    trust_error err = {0};
    size_t len;
    sources[0].data.data = read_whole(w->geoip, &len);
    sources[0].data.size = len;
    for (size_t i = 0; i < w->list_count; i++) {
        const char *equals = strchr(w->lists[i], '=');
        if (equals == NULL || equals == w->lists[i] || equals - w->lists[i] > 63)
            die("%s: a list is NAME=FILE", w->lists[i]);
        size_t name_len = (size_t)(equals - w->lists[i]);
        memcpy(names[i], w->lists[i], name_len);
        names[i][name_len] = '\0';
        uint8_t *data = read_whole(equals + 1, &len);
        if (i == 0)
            find_exit(w, (const char *)data);
        sources[i + 1] = (trust_table_source){
            names[i], TRUST_SOURCE_CIDR, trust_list_category(names[i], name_len), {data, len}};
    }
    need(trust_table_build(sources, 1 + w->list_count, NULL, &w->table, &err), "addresses", &err);
    need(trust_engine_use_table(w->engine, w->table), "addresses", NULL);
    for (size_t i = 0; i <= w->list_count; i++)
        free((void *)(uintptr_t)sources[i].data.data);
}

static void print_legend(const trust_policy *policy)
{
    trust_policy_bands bands;
    trust_policy_get_bands(policy, &bands);
    printf("Some door locks ask to be let in. Their keys, signatures, baselines and decisions are "
           "made now\n"
           "and are real; only the clock stands still at 2026-11-23T10:00:00Z, when the example "
           "data was\n"
           "made, so that the outcome is the same on any day.\n\n"
           "How to read a decision: the risk begins at %d. Each signal adds points (+, against the "
           "lock)\n"
           "or takes some away (-, for it); 50 points double or halve the odds. A risk up to %d is "
           "allow,\n"
           "up to %d step_up, up to %d quarantine, and above that deny.\n",
           bands.base, bands.allow, bands.step_up, bands.quarantine);
}

static void use_policy(world *w)
{
    trust_error err = {0};
    trust_policy *policy = NULL;
    size_t len;
    uint8_t *text = read_whole(path_in(w->examples, "policies/front-door-locks.json"), &len);
    need(trust_policy_load_unsigned(text, len, NULL, &policy, &err), "policy", &err);
    need(trust_engine_use_policy(w->engine, policy, &err), "policy", &err);
    print_legend(policy);
    trust_policy_free(policy);
    write_text(w, "policy.json", (const char *)text);
    free(text);
}

static void use_reference(world *w)
{
    trust_error err = {0};
    trust_reference *reference = NULL;
    size_t len;
    uint8_t *text = read_whole(path_in(w->examples, "data/reference.json"), &len);
    need(trust_reference_load_unsigned(text, len, NULL, &reference, &err), "reference values",
         &err);
    need(trust_engine_use_reference(w->engine, reference), "reference values", NULL);
    trust_reference_free(reference);
    free(text);
}

/* Home is in the country that the database says; a database that knows nothing of it leaves the
 * locks without a registered country. */
static void look_home_up(world *w)
{
    trust_address address;
    trust_address_info info;
    need(trust_address_parse(w->home, strlen(w->home), &address), w->home, NULL);
    need(trust_table_find(w->table, &address, &info), w->home, NULL);
    memcpy(w->country, info.country, sizeof w->country);
}

static void begin(world *w)
{
    trust_error err = {0};
    need(store_file_open(path_in(w->out, "devices"), true, &w->file, &w->store, &err), "store",
         &err);
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.clock = (trust_clock){world_now, w};
    config.store = w->store;
    config.verifier = VERIFIER;
    need(trust_engine_new(&config, &w->engine, &err), "engine", &err);
    use_policy(w);
    use_reference(w);
    use_table(w);
    look_home_up(w);
}

/* The device's side: a key made on the spot, a token signed for each challenge. */

static trust_signer *make_key(uint8_t public_key[32])
{
    char secret_pem[256];
    char public_pem[256];
    trust_signer *signer = NULL;
    trust_error err = {0};
    need(trust_keygen(NULL, secret_pem, sizeof secret_pem, public_pem, sizeof public_pem), "key",
         NULL);
    need(trust_signer_read(secret_pem, strlen(secret_pem), TRUST_USE_DEVICE, &signer, &err), "key",
         &err);
    memset(secret_pem, 0, sizeof secret_pem);
    trust_signer_public_key(signer, public_key);
    return signer;
}

static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

static size_t make_token(const lock *l, trust_signer *signer, trust_bytes nonce, uint8_t *token)
{
    static const uint8_t session_key[32] = {9}; /* of the connection that the lock opened */
    uint8_t digest[32];
    size_t len = 0;
    memset(digest, l->firmware, sizeof digest);
    trust_attest_component app = {"app", NULL, {digest, sizeof digest}, {NULL, 0}};
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    claims.nonce = nonce;
    claims.binding.verifier = VERIFIER;
    claims.binding.attempt = ATTEMPT;
    claims.binding.session_key = (trust_bytes){session_key, sizeof session_key};
    claims.components = &app;
    claims.component_count = 1;
    claims.debug = TRUST_DEBUG_DISABLED;
    claims.secure_boot = TRUST_BOOT_SECURE;
    trust_attest_key key = {{0}, sign, signer};
    trust_signer_public_key(signer, key.public_key);
    need(trust_attest_make(&claims, &key, token, TRUST_ATTEST_MAX_TOKEN, &len), "token", NULL);
    return len;
}

/* The gateway's side. */

static trust_device *enrol(world *w, const lock *l, uint8_t key[32])
{
    char id[256];
    trust_error err = {0};
    trust_device *device = NULL;
    const trust_attribute facts[] = {{"class", "lock"}, {"country", w->country}};
    trust_enrolment enrolment = TRUST_ENROLMENT_INIT;
    enrolment.ed25519_keys = (const uint8_t(*)[32])key;
    enrolment.ed25519_key_count = 1;
    enrolment.attributes = facts;
    enrolment.attribute_count = w->country[0] != '\0' ? 2 : 1;
    snprintf(id, sizeof id, ID_PREFIX "%s", l->id);
    need(trust_device_enroll(w->engine, id, &enrolment, &device, &err), id, &err);
    return device;
}

/* Ask the lock, and take its answer. */
static void add_token(world *w, const lock *l, trust_device *device, trust_signer *signer,
                      trust_evidence *evidence)
{
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    trust_error err = {0};
    trust_challenge *challenge = NULL;
    trust_challenge_request request = TRUST_CHALLENGE_REQUEST_INIT;
    request.attempt = ATTEMPT;
    need(trust_challenge_new(device, &request, &challenge, &err), "challenge", &err);
    size_t len = make_token(l, signer, trust_challenge_nonce(challenge), token);
    trust_challenge_free(challenge);
    need(trust_evidence_add(evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, &err),
         "token", &err);
    if (l == &locks[0]) {
        memcpy(w->recorded, token, len);
        w->recorded_len = len;
    }
}

static void add_rows(const series *s, size_t from, size_t to, trust_evidence *evidence)
{
    trust_error err = {0};
    for (size_t i = from; i < to; i++) {
        trust_metric metric = {"tx_bytes", s->values[i],
                               NOW - (trust_time)(s->count - 1 - i) * ROW_TIME};
        need(trust_evidence_add_metric(evidence, &metric, &err), "telemetry", &err);
    }
}

static void add_human(const world *w, const char *name, trust_evidence *evidence)
{
    trust_error err = {0};
    size_t len;
    uint8_t *document = read_whole(path_in(w->examples, name), &len);
    need(trust_evidence_add(evidence, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, document, len, &err), name,
         &err);
    free(document);
}

static trust_decision *assess_now(trust_device *device, trust_evidence *evidence)
{
    trust_error err = {0};
    trust_decision *decision = NULL;
    need(trust_evidence_set_attempt(evidence, ATTEMPT), "attempt", NULL);
    need(trust_assess(device, evidence, NULL, &decision, &err), "assess", &err);
    trust_evidence_clear(evidence);
    return decision;
}

/* Days in which the lock connected every four hours, attested and was measured. */
static void live(world *w, const lock *l, trust_device *device, trust_signer *signer,
                 const series *s, trust_evidence *evidence)
{
    trust_error err = {0};
    size_t past = s->count > LAST_ROWS ? s->count - LAST_ROWS : 0;
    for (size_t from = 0; from < past; from += BATCH) {
        size_t to = from + BATCH < past ? from + BATCH : past;
        w->now = NOW - (trust_time)(s->count - to) * ROW_TIME;
        add_token(w, l, device, signer, evidence);
        need(trust_evidence_add_address(evidence, w->home, &err), w->home, &err);
        add_rows(s, from, to, evidence);
        trust_decision_free(assess_now(device, evidence));
    }
    w->now = NOW;
    add_rows(s, past, s->count, evidence);
}

/* The second column of a CSV file; its last rows when there are many. When they were measured is
 * left aside: the newest counts as measured now. */
static series read_series(const char *path)
{
    size_t len;
    size_t room = MAX_ROWS;
    series s = {malloc(room * sizeof(double)), 0};
    char *text = (char *)read_whole(path, &len);
    if (s.values == NULL)
        die("%s: no memory", path);
    for (char *line = strtok(text, "\r\n"); line != NULL; line = strtok(NULL, "\r\n")) {
        char *comma = strchr(line, ',');
        char *end = comma;
        double value = comma != NULL ? strtod(comma + 1, &end) : 0;
        if (comma == NULL || end == comma + 1 || (*end != '\0' && *end != ','))
            continue; /* a header */
        if (s.count == room)
            memmove(s.values, s.values + 1, --s.count * sizeof s.values[0]);
        s.values[s.count++] = value;
    }
    free(text);
    if (s.count == 0)
        die("%s: no rows of timestamp,value", path);
    return s;
}

static void show(const trust_decision *decision, const char *story)
{
    size_t len = 0;
    if (trust_decision_explain(decision, TRUST_FOR_OPERATOR, NULL, 0, &len) != TRUST_E_LIMIT)
        die("nothing to explain");
    char *text = malloc(len + 1);
    if (text == NULL)
        die("no memory");
    need(trust_decision_explain(decision, TRUST_FOR_OPERATOR, text, len + 1, &len), "explain",
         NULL);
    printf("\n* %s\n\n%s", story, text);
    free(text);
}

static void put_base64url(FILE *file, const uint8_t *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)data[i] << 16;
        group |= left > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        group |= left > 2 ? data[i + 2] : 0;
        for (size_t k = 0; k <= left; k++)
            fputc(digits[group >> (18 - 6 * k) & 63], file);
    }
}

/* A bundle for trustctl: the answer to a challenge that is still open, and a measurement. */
static void write_bundle(world *w, const lock *l, trust_device *device, trust_signer *signer,
                         const series *s)
{
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    char name[64];
    trust_error err = {0};
    trust_challenge *challenge = NULL;
    trust_challenge_request request = TRUST_CHALLENGE_REQUEST_INIT;
    request.ttl = DAY;
    request.attempt = ATTEMPT;
    w->now = NOW + 19 * MINUTE;
    need(trust_challenge_new(device, &request, &challenge, &err), "challenge", &err);
    size_t len = make_token(l, signer, trust_challenge_nonce(challenge), token);
    trust_challenge_free(challenge);
    snprintf(name, sizeof name, "%s.json", l->id);
    FILE *file = write_new(w, name);
    fprintf(file, "{ \"device\": \"%s\", \"items\": [\n", trust_device_id(device));
    if (s->count > 0)
        fprintf(file,
                "  { \"type\": \"" TRUST_TYPE_METRIC "\", \"value\": "
                "{ \"name\": \"tx_bytes\", \"value\": %g } },\n",
                s->values[s->count - 1]);
    fputs("  { \"type\": \"" TRUST_TYPE_EAT_CWT "\", \"data\":\n    \"", file);
    put_base64url(file, token, len);
    fputs("\" } ] }\n", file);
    if (fclose(file) != 0)
        die("%s: %s", name, strerror(errno));
}

static void onboard(world *w, const lock *l)
{
    uint8_t key[32];
    trust_error err = {0};
    trust_evidence *evidence = NULL;
    series s = {NULL, 0};
    trust_signer *signer = make_key(key);
    if (l->series != NULL)
        s = read_series(l->series == w->own_series ? l->series : path_in(w->examples, l->series));
    w->now = NOW - (trust_time)(s.count + BATCH) * ROW_TIME;
    trust_device *device = enrol(w, l, key);
    need(trust_evidence_new(device, &evidence, &err), "evidence", &err);
    lock before = *l; /* what it was before today */
    before.firmware = FIRMWARE_GOOD;
    live(w, &before, device, signer, &s, evidence);
    add_token(w, l, device, signer, evidence);
    const char *address = l->through_vpn ? w->exit : w->home;
    need(trust_evidence_add_address(evidence, address, &err), address, &err);
    if (l->human != NULL)
        add_human(w, l->human, evidence);
    trust_decision *decision = assess_now(device, evidence);
    show(decision, l->story);
    write_bundle(w, l, device, signer, &s);
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    trust_device_free(device);
    trust_signer_free(signer);
    free(s.values);
}

/* Somebody recorded the first lock's answer and sends it from elsewhere a day later. */
static void replay(world *w)
{
    char id[256];
    trust_error err = {0};
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    snprintf(id, sizeof id, ID_PREFIX "%s", locks[0].id);
    w->now = NOW + DAY;
    need(trust_device_open(w->engine, id, &device, &err), id, &err);
    need(trust_evidence_new(device, &evidence, &err), "evidence", &err);
    need(trust_evidence_add(evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, w->recorded,
                            w->recorded_len, &err),
         "token", &err);
    need(trust_evidence_add_address(evidence, w->exit, &err), w->exit, &err);
    need(trust_evidence_set_attempt(evidence, ATTEMPT), "attempt", NULL);
    trust_decision *decision = NULL;
    need(trust_preview(device, evidence, NULL, &decision, &err), "preview", &err);
    show(decision,
         "Somebody who recorded the hall lock's answer sends it again a day later, from a VPN.");
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    trust_device_free(device);
}

static void usage(void)
{
    fputs("usage: quickstart EXAMPLES OUT [--geoip FILE] [--list NAME=FILE]... [--series FILE]\n"
          "                  [--home ADDRESS]\n",
          stderr);
    exit(2);
}

static void read_arguments(world *w, int argc, char **argv)
{
    if (argc < 3 || argc % 2 == 0)
        usage();
    w->examples = argv[1];
    w->out = argv[2];
    for (int i = 3; i < argc; i += 2) {
        if (strcmp(argv[i], "--geoip") == 0)
            w->geoip = argv[i + 1];
        else if (strcmp(argv[i], "--series") == 0)
            w->own_series = argv[i + 1];
        else if (strcmp(argv[i], "--home") == 0)
            w->home = argv[i + 1];
        else if (strcmp(argv[i], "--list") == 0 && w->list_count < MAX_LISTS)
            w->lists[w->list_count++] = argv[i + 1];
        else
            usage();
    }
}

int main(int argc, char **argv)
{
    static world w;
    w.home = "5.8.1.2";
    w.now = NOW;
    read_arguments(&w, argc, argv);
    if (w.geoip == NULL || w.list_count == 0)
        usage();
    begin(&w);
    for (size_t i = 0; i < sizeof locks / sizeof locks[0]; i++)
        onboard(&w, &locks[i]);
    if (w.own_series != NULL) {
        const lock own = {"your-lock",
                          "A lock with your series as its telemetry, everything else in order.",
                          false,
                          w.own_series,
                          "data/human-approved.json",
                          FIRMWARE_GOOD};
        onboard(&w, &own);
    }
    replay(&w);
    need(store_file_save(w.file), "store", NULL);
    trust_engine_free(w.engine);
    trust_table_free(w.table);
    trust_store_free(w.store);
    return 0;
}
