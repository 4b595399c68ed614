/* trustctl device: enrol, show, challenge. */

#include <stdlib.h>
#include <string.h>

#include "commands.h"

bool read_enrolment(const command *self, int argc, char **argv, enrolment_options *out,
                    int *exit_status)
{
    const char *text;
    size_t keys;
    memset(out, 0, sizeof *out);
    if (!read_anchors(self, argc, argv, out->keys, &keys, exit_status))
        return false;
    out->enrolment = (trust_enrolment){sizeof out->enrolment, (const uint8_t(*)[32])out->keys, keys,
                                       out->attributes, 0};
    for (size_t n = 0; (text = option_nth(self, argc, argv, "--attribute", n)) != NULL; n++) {
        const char *equals = strchr(text, '=');
        if (n == TRUST_DEVICE_MAX_ATTRIBUTES || equals == NULL || equals == text ||
            equals - text >= (ptrdiff_t)sizeof out->names[n]) {
            *exit_status =
                complain(text, "an attribute is NAME=VALUE, at most 16 of them", EXIT_USAGE);
            return false;
        }
        memcpy(out->names[n], text, (size_t)(equals - text));
        out->attributes[n] = (trust_attribute){out->names[n], equals + 1};
        out->enrolment.attribute_count = n + 1;
    }
    return true;
}

static const char *device_id(const command *self, int argc, char **argv)
{
    const char *id = option_value(self, argc, argv, "--device");
    return id != NULL ? id : positional(self, argc, argv, 0);
}

/* What every device subcommand needs: one id, a store that stays. */
static int begin(const command *self, int argc, char **argv, session *s)
{
    int status = check_arguments(self, argc, argv, 0, 1);
    if (status != 0)
        return status;
    if (device_id(self, argc, argv) == NULL)
        return complain(self->name, "which device? give its id", EXIT_USAGE);
    if (option_value(self, argc, argv, "--store") == NULL)
        return complain(self->name, "where? give --store file:PATH", EXIT_USAGE);
    status = session_begin(self, argc, argv, s);
    if (status != 0)
        session_end(s);
    return status;
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
    fputs(json ? "},\"keys\":[" : "", stdout);
    uint8_t key[32];
    for (size_t i = 0; trust_device_key_at(device, i, key) == TRUST_OK; i++) {
        printf(json ? "%s\"" : "%-16s ", json ? (i > 0 ? "," : "") : "ed25519");
        for (size_t k = 0; k < sizeof key; k++)
            printf("%02x", key[k]);
        fputs(json ? "\"" : "\n", stdout);
    }
    fputs(json ? "]" : "", stdout);
}

static int print_device(const trust_device *device, bool json)
{
    trust_device_info info;
    trust_status status = trust_device_get_info(device, &info);
    if (status != TRUST_OK)
        return complain_status(trust_device_id(device), status, NULL);
    if (json) {
        fputs("{\"device\":", stdout);
        print_json_text(stdout, trust_device_id(device));
        printf(",\"lifecycle\":\"%s\",\"verdict\":\"%s\",\"risk\":%d,\"decisions\":%llu,"
               "\"open_challenges\":%u,\"revision\":%llu,\"memory_bytes\":%llu",
               trust_lifecycle_name(info.lifecycle), trust_verdict_name(info.verdict), info.risk,
               (unsigned long long)info.decisions, info.open_challenges,
               (unsigned long long)info.revision, (unsigned long long)info.memory_bytes);
    } else {
        printf("%-16s %s\n%-16s %s\n", "device", trust_device_id(device), "lifecycle",
               trust_lifecycle_name(info.lifecycle));
        printf("%-16s %s", "verdict", trust_verdict_name(info.verdict));
        printf(info.verdict != TRUST_NO_VERDICT ? ", risk %d\n" : "\n", info.risk);
        printf("%-16s %llu\n%-16s %u\n%-16s %llu bytes\n", "decisions",
               (unsigned long long)info.decisions, "open challenges", info.open_challenges,
               "learnt", (unsigned long long)info.memory_bytes);
    }
    print_time("enrolled", info.enrolled, json);
    print_time("decided", info.decided, json);
    print_time("valid_until", info.valid_until, json);
    print_attributes(device, json);
    fputs(json ? "}\n" : "", stdout);
    return EXIT_AFFIRMATIVE;
}

int run_device_enroll(const command *self, int argc, char **argv)
{
    session s;
    enrolment_options e;
    trust_device *device = NULL;
    trust_error err = {0};
    int status = begin(self, argc, argv, &s);
    if (status != 0)
        return status;
    if (read_enrolment(self, argc, argv, &e, &status)) {
        const char *id = device_id(self, argc, argv);
        trust_status result = trust_device_enroll(s.engine, id, &e.enrolment, &device, &err);
        status = result == TRUST_OK ? print_device(device, option_value(self, argc, argv, "--json"))
                                    : complain_status(id, result, &err);
    }
    trust_device_free(device);
    session_end(&s);
    return status;
}

int run_device_show(const command *self, int argc, char **argv)
{
    session s;
    trust_device *device = NULL;
    trust_error err = {0};
    int status = begin(self, argc, argv, &s);
    if (status != 0)
        return status;
    const char *id = device_id(self, argc, argv);
    trust_status result = trust_device_open(s.engine, id, &device, &err);
    status = result == TRUST_OK ? print_device(device, option_value(self, argc, argv, "--json"))
                                : complain_status(id, result, &err);
    trust_device_free(device);
    session_end(&s);
    return status;
}

static void print_challenge(const trust_device *device, const trust_challenge *challenge, bool json)
{
    trust_bytes nonce = trust_challenge_nonce(challenge);
    if (json) {
        fputs("{\"device\":", stdout);
        print_json_text(stdout, trust_device_id(device));
        printf(",\"challenge\":%llu,\"nonce\":\"",
               (unsigned long long)trust_challenge_id(challenge));
    } else {
        printf("%-16s %llu\n%-16s ", "challenge", (unsigned long long)trust_challenge_id(challenge),
               "nonce");
    }
    for (size_t i = 0; i < nonce.size; i++)
        printf("%02x", nonce.data[i]);
    fputs(json ? "\"" : "\n", stdout);
    print_time("issued", trust_challenge_issued(challenge), json);
    print_time("deadline", trust_challenge_deadline(challenge), json);
    fputs(json ? "}\n" : "", stdout);
}

static int read_request(const command *self, int argc, char **argv, trust_challenge_request *out,
                        uint32_t kinds[8])
{
    const char *text;
    const char *ttl = option_value(self, argc, argv, "--ttl");
    *out = (trust_challenge_request)TRUST_CHALLENGE_REQUEST_INIT;
    out->purpose = option_value(self, argc, argv, "--purpose");
    out->attempt = option_value(self, argc, argv, "--attempt");
    for (size_t n = 0; (text = option_nth(self, argc, argv, "--kind", n)) != NULL; n++) {
        if (n == 8 || (kinds[n] = trust_kind_id(text, strlen(text))) == TRUST_KIND_NONE)
            return complain(text, "no such kind", EXIT_USAGE);
        out->kinds = kinds;
        out->kind_count = n + 1;
    }
    if (ttl != NULL) {
        char *end;
        long long seconds = strtoll(ttl, &end, 10);
        if (*ttl == '\0' || *end != '\0' || seconds < 1 || seconds > 30LL * 86400)
            return complain("--ttl", "1 second to 30 days, in seconds", EXIT_USAGE);
        out->ttl = seconds * 1000;
    }
    return 0;
}

int run_device_challenge(const command *self, int argc, char **argv)
{
    session s;
    uint32_t kinds[8];
    trust_challenge_request request;
    trust_challenge *challenge = NULL;
    trust_device *device = NULL;
    trust_error err = {0};
    int status = begin(self, argc, argv, &s);
    if (status != 0)
        return status;
    status = read_request(self, argc, argv, &request, kinds);
    if (status == 0) {
        const char *id = device_id(self, argc, argv);
        trust_status result = trust_device_open(s.engine, id, &device, &err);
        if (result == TRUST_OK)
            result = trust_challenge_new(device, &request, &challenge, &err);
        if (result == TRUST_OK)
            print_challenge(device, challenge, option_value(self, argc, argv, "--json"));
        else
            status = complain_status(id, result, &err);
    }
    trust_challenge_free(challenge);
    trust_device_free(device);
    session_end(&s);
    return status;
}
