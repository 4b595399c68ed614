/* trustctl appraise and ip: one item of evidence, one address. */

#include <stdlib.h>
#include <string.h>

#include "commands.h"

static trust_status result_json(const void *object, char *out, size_t cap, size_t *need)
{
    return trust_result_to_json(object, 1, out, cap, need);
}

static trust_status result_json_short(const void *object, char *out, size_t cap, size_t *need)
{
    return trust_result_to_json(object, 0, out, cap, need);
}

static void print_result(const trust_result *result, const trust_result_info *info)
{
    static const char *const names[] = {"instance identity", "configuration", "executables",
                                        "file system",       "hardware",      "runtime opaque",
                                        "storage opaque",    "sourced data"};
    printf("%-18s %s\n%-18s %d\n%-18s %s\n", "state", trust_state_name(info->state), "tier",
           info->tier, "why", trust_reason_text(info->reason));
    for (size_t i = 0; i < 8; i++)
        if (info->vector.claims[i] != 0)
            printf("%-18s %d\n", names[i], info->vector.claims[i]);
    trust_finding finding;
    for (size_t i = 0; trust_result_finding(result, i, &finding) == TRUST_OK; i++)
        printf("%-18s %s: %s\n", "finding",
               trust_kind_name(finding.kind) != NULL ? trust_kind_name(finding.kind) : "host",
               trust_reason_text(finding.reason));
}

static int appraise(const command *self, int argc, char **argv, session *s,
                    trust_appraise_request *request)
{
    trust_result *result = NULL;
    trust_result_info info;
    trust_error err = {0};
    trust_status status = trust_appraise(s->engine, request, &result, &err);
    if (status != TRUST_OK)
        return complain_status("appraise", status, &err);
    trust_result_get_info(result, &info);
    int printed = 0;
    bool claims = option_value(self, argc, argv, "--claims") != NULL;
    if (option_value(self, argc, argv, "--json") != NULL || claims)
        printed = print_text("result", claims ? result_json : result_json_short, result);
    else
        print_result(result, &info);
    trust_result_free(result);
    if (printed != 0)
        return printed;
    return info.state == TRUST_STATE_VALID && info.tier == 2 ? EXIT_AFFIRMATIVE : EXIT_NEGATIVE;
}

int run_appraise(const command *self, int argc, char **argv)
{
    session s;
    uint8_t keys[4][32];
    uint8_t nonce[64];
    uint8_t channel[64];
    trust_appraise_request request = TRUST_APPRAISE_INIT;
    int status = check_arguments(self, argc, argv, 1, 1);
    if (status != 0)
        return status;
    const char *nonce_text = option_value(self, argc, argv, "--nonce");
    const char *binding = option_value(self, argc, argv, "--binding");
    request.type = option_value(self, argc, argv, "--type");
    request.device_class = option_value(self, argc, argv, "--class");
    request.origin =
        option_value(self, argc, argv, "--vouched") != NULL ? TRUST_FROM_HOST : TRUST_FROM_DEVICE;
    if (request.type == NULL)
        return complain("appraise", "of what type? give --type MEDIA", EXIT_USAGE);
    if (nonce_text != NULL && (!parse_hex(nonce_text, nonce, sizeof nonce, &request.nonce.size) ||
                               request.nonce.size < 8))
        return complain("--nonce", "8 to 64 bytes in hexadecimal", EXIT_USAGE);
    if (binding != NULL && !parse_hex(binding, channel, sizeof channel, &request.channel.size))
        return complain("--binding", "at most 64 bytes in hexadecimal", EXIT_USAGE);
    request.nonce.data = nonce;
    request.channel.data = channel;
    if (!read_anchors(self, argc, argv, keys, &request.ed25519_key_count, &status))
        return status;
    request.ed25519_keys = (const uint8_t(*)[32])keys;
    uint8_t *data = read_input(positional(self, argc, argv, 0), TRUST_MAX_ITEM_BYTES,
                               &request.data.size, &status);
    if (data == NULL)
        return status;
    request.data.data = data;
    status = session_begin(self, argc, argv, &s);
    if (status == 0)
        status = appraise(self, argc, argv, &s, &request);
    session_end(&s);
    free(data);
    return status;
}
