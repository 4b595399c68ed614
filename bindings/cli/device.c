/* trustctl device: enrol, show, challenge. */

#include <string.h>

#include "commands.h"

static int read_attributes(const arguments *args, enrolment_options *out)
{
    const char *text;
    for (size_t n = 0; (text = option_nth(args, "--attribute", n)) != NULL; n++) {
        const char *equals = strchr(text, '=');
        if (n == TRUST_DEVICE_MAX_ATTRIBUTES || equals == NULL || equals == text ||
            equals - text >= (ptrdiff_t)sizeof out->names[n])
            return complain(text, "an attribute is NAME=VALUE, at most 16 of them", EXIT_USAGE);
        memcpy(out->names[n], text, (size_t)(equals - text));
        out->attributes[n] = (trust_attribute){out->names[n], equals + 1};
        out->enrolment.attribute_count = n + 1;
    }
    return 0;
}

int read_enrolment(const arguments *args, enrolment_options *out)
{
    memset(out, 0, sizeof *out);
    out->enrolment = (trust_enrolment)TRUST_ENROLMENT_INIT;
    out->enrolment.ed25519_keys = (const uint8_t(*)[32])out->keys;
    out->enrolment.attributes = out->attributes;
    int status = read_anchors(args, out->keys, &out->enrolment.ed25519_key_count);
    return status == 0 ? read_attributes(args, out) : status;
}

/* The id may be written as an argument or as --device. */
static const char *device_id(const arguments *args)
{
    const char *id = option_value(args, "--device");
    return id != NULL ? id : positional(args, 0);
}

/* What every device subcommand needs: one id, and a store that stays. */
static int begin(const arguments *args, bool changes, session *s)
{
    const char *store = option_value(args, "--store");
    const char *what = args->command->name;
    memset(s, 0, sizeof *s);
    if (device_id(args) == NULL)
        return complain(what, "which device? give its id", EXIT_USAGE);
    if (option_given(args, "--device") && positional(args, 0) != NULL)
        return complain(what, "one device, as an argument or as --device", EXIT_USAGE);
    if (store == NULL)
        return complain(what, "where? give --store file:PATH", EXIT_USAGE);
    return session_begin(args, changes, s);
}

static void print_time(const char *label, trust_time time, bool json)
{
    char text[40];
    if (trust_time_format(time, text, sizeof text) != TRUST_OK)
        return;
    if (!json)
        printf("%-16s %s\n", label, text);
    else if (time == TRUST_TIME_UNKNOWN || time == TRUST_TIME_NEVER)
        printf(",\"%s\":null", label);
    else
        printf(",\"%s\":\"%s\"", label, text);
}

static void print_attributes(const trust_device *device, bool json)
{
    trust_attribute attribute;
    fputs(json ? ",\"attributes\":{" : "", stdout);
    for (size_t i = 0; trust_device_attribute_at(device, i, &attribute) == TRUST_OK; i++) {
        if (!json) {
            printf("%-16s %s = %s\n", "attribute", attribute.name, attribute.value);
            continue;
        }
        fputs(i > 0 ? "," : "", stdout);
        print_json_text(stdout, attribute.name);
        putchar(':');
        print_json_text(stdout, attribute.value);
    }
    fputs(json ? "}" : "", stdout);
}

static void print_keys(const trust_device *device, bool json)
{
    uint8_t key[32];
    fputs(json ? ",\"keys\":[" : "", stdout);
    for (size_t i = 0; trust_device_key_at(device, i, key) == TRUST_OK; i++) {
        printf(json ? "%s\"" : "%-16s ", json ? (i > 0 ? "," : "") : "ed25519");
        print_hex(key, sizeof key);
        fputs(json ? "\"" : "\n", stdout);
    }
    fputs(json ? "]" : "", stdout);
}

static void print_state(const char *id, const trust_device_info *info, bool json)
{
    bool decided = info->verdict != TRUST_NO_VERDICT;
    if (!json) {
        printf("%-16s %s\n%-16s %s\n", "device", id, "lifecycle",
               trust_lifecycle_name(info->lifecycle));
        printf("%-16s %s", "verdict", trust_verdict_name(info->verdict));
        printf(decided ? ", risk %d\n" : "\n", info->risk);
        printf("%-16s %llu\n%-16s %u\n%-16s %llu bytes\n", "decisions",
               (unsigned long long)info->decisions, "open challenges", info->open_challenges,
               "learnt", (unsigned long long)info->memory_bytes);
        return;
    }
    fputs("{\"device\":", stdout);
    print_json_text(stdout, id);
    printf(",\"lifecycle\":\"%s\",\"verdict\":\"%s\",\"risk\":",
           trust_lifecycle_name(info->lifecycle), trust_verdict_name(info->verdict));
    printf(decided ? "%d" : "null", info->risk);
    printf(",\"decisions\":%llu,\"open_challenges\":%u,\"revision\":%llu,\"memory_bytes\":%llu",
           (unsigned long long)info->decisions, info->open_challenges,
           (unsigned long long)info->revision, (unsigned long long)info->memory_bytes);
}

static int print_device(const trust_device *device, bool json)
{
    trust_device_info info;
    trust_status status = trust_device_get_info(device, &info);
    if (status != TRUST_OK)
        return complain_status(trust_device_id(device), status, NULL);
    print_state(trust_device_id(device), &info, json);
    print_time("enrolled", info.enrolled, json);
    print_time("decided", info.decided, json);
    print_time("valid_until", info.valid_until, json);
    print_attributes(device, json);
    print_keys(device, json);
    fputs(json ? "}\n" : "", stdout);
    return EXIT_AFFIRMATIVE;
}

static int enroll(const arguments *args, session *s)
{
    enrolment_options e;
    trust_device *device = NULL;
    trust_error err = {0};
    int status = read_enrolment(args, &e);
    if (status != 0)
        return status;
    status = begin(args, true, s);
    if (status != 0)
        return status;
    const char *id = device_id(args);
    trust_status result = trust_device_enroll(s->engine, id, &e.enrolment, &device, &err);
    if (result != TRUST_OK)
        return complain_status(id, result, &err);
    status = session_save(s);
    if (status == 0)
        status = print_device(device, option_given(args, "--json"));
    trust_device_free(device);
    return status;
}

int run_device_enroll(const arguments *args)
{
    session s = {NULL};
    int status = enroll(args, &s);
    session_end(&s);
    return status;
}

static int open_device(const arguments *args, bool changes, session *s, trust_device **out)
{
    trust_error err = {0};
    int status = begin(args, changes, s);
    if (status != 0)
        return status;
    const char *id = device_id(args);
    trust_status result = trust_device_open(s->engine, id, out, &err);
    return result == TRUST_OK ? 0 : complain_status(id, result, &err);
}

int run_device_show(const arguments *args)
{
    session s;
    trust_device *device = NULL;
    int status = open_device(args, false, &s, &device);
    if (status == 0)
        status = print_device(device, option_given(args, "--json"));
    trust_device_free(device);
    session_end(&s);
    return status;
}

static void print_challenge(const trust_device *device, const trust_challenge *challenge, bool json)
{
    trust_bytes nonce = trust_challenge_nonce(challenge);
    unsigned long long number = trust_challenge_id(challenge);
    if (json) {
        fputs("{\"device\":", stdout);
        print_json_text(stdout, trust_device_id(device));
        printf(",\"challenge\":%llu,\"nonce\":\"", number);
    } else {
        printf("%-16s %llu\n%-16s ", "challenge", number, "nonce");
    }
    print_hex(nonce.data, nonce.size);
    fputs(json ? "\"" : "\n", stdout);
    print_time("issued", trust_challenge_issued(challenge), json);
    print_time("deadline", trust_challenge_deadline(challenge), json);
    fputs(json ? "}\n" : "", stdout);
}

static int read_request(const arguments *args, trust_challenge_request *out, uint32_t kinds[8])
{
    const char *text;
    const char *ttl = option_value(args, "--ttl");
    *out = (trust_challenge_request)TRUST_CHALLENGE_REQUEST_INIT;
    out->purpose = option_value(args, "--purpose");
    out->attempt = option_value(args, "--attempt");
    for (size_t n = 0; (text = option_nth(args, "--kind", n)) != NULL; n++) {
        if (n == 8 || (kinds[n] = trust_kind_id(text, strlen(text))) == TRUST_KIND_NONE)
            return complain(text, "no such kind", EXIT_USAGE);
        out->kinds = kinds;
        out->kind_count = n + 1;
    }
    uint64_t seconds = 0;
    if (ttl != NULL && (!parse_number(ttl, 30 * 86400, &seconds) || seconds == 0))
        return complain("--ttl", "1 second to 30 days, in seconds", EXIT_USAGE);
    out->ttl = (int64_t)seconds * 1000;
    return 0;
}

static int challenge(const arguments *args, session *s, trust_device *device)
{
    uint32_t kinds[8];
    trust_challenge_request request;
    trust_challenge *made = NULL;
    trust_error err = {0};
    int status = read_request(args, &request, kinds);
    if (status != 0)
        return status;
    trust_status result = trust_challenge_new(device, &request, &made, &err);
    if (result == TRUST_E_LIMIT) /* of open challenges; nothing that was given is malformed */
        return complain(trust_device_id(device), err.message, EXIT_IO);
    if (result != TRUST_OK)
        return complain_status(trust_device_id(device), result, &err);
    status = session_save(s);
    if (status == 0)
        print_challenge(device, made, option_given(args, "--json"));
    trust_challenge_free(made);
    return status;
}

int run_device_challenge(const arguments *args)
{
    session s;
    trust_device *device = NULL;
    int status = open_device(args, true, &s, &device);
    if (status == 0)
        status = challenge(args, &s, device);
    trust_device_free(device);
    session_end(&s);
    return status;
}
