/* trustctl appraise: one item of evidence, for no device. Trust: the item is hostile. */

#include <stdlib.h>
#include <string.h>

#include "commands.h"

static trust_status result_with_claims(const void *object, char *out, size_t cap, size_t *need)
{
    return trust_result_to_json(object, 1, out, cap, need);
}

static trust_status result_alone(const void *object, char *out, size_t cap, size_t *need)
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

static int appraise(const arguments *args, session *s, const trust_appraise_request *request)
{
    trust_result *result = NULL;
    trust_result_info info;
    trust_error err = {0};
    trust_status status = trust_appraise(s->engine, request, &result, &err);
    if (status != TRUST_OK)
        return complain_status("appraise", status, &err);
    trust_result_get_info(result, &info);
    int printed = 0;
    if (option_given(args, "--claims"))
        printed = print_text("result", result_with_claims, result);
    else if (option_given(args, "--json"))
        printed = print_text("result", result_alone, result);
    else
        print_result(result, &info);
    trust_result_free(result);
    if (printed != 0)
        return printed;
    return info.state == TRUST_STATE_VALID && info.tier == 2 ? EXIT_AFFIRMATIVE : EXIT_NEGATIVE;
}

int run_appraise(const arguments *args)
{
    session s;
    uint8_t keys[TRUST_DEVICE_MAX_ANCHORS][32];
    uint8_t nonce[64];
    uint8_t channel[64];
    trust_appraise_request request = TRUST_APPRAISE_INIT;
    request.type = option_value(args, "--type");
    request.device_class = option_value(args, "--class");
    request.origin = option_given(args, "--unvouched") ? TRUST_FROM_DEVICE : TRUST_FROM_HOST;
    request.nonce.data = nonce;
    request.channel.data = channel;
    request.ed25519_keys = (const uint8_t(*)[32])keys;
    if (request.type == NULL)
        return complain("appraise", "of what type? give --type MEDIA", EXIT_USAGE);
    int status = read_nonce(args, 0, nonce, &request.nonce.size);
    if (status == 0)
        status = read_channel(args, channel, &request.channel.size);
    if (status == 0)
        status = read_anchors(args, keys, &request.ed25519_key_count);
    if (status != 0)
        return status;
    uint8_t *data =
        read_input(positional(args, 0), TRUST_MAX_ITEM_BYTES, &request.data.size, &status);
    if (data == NULL)
        return status;
    request.data.data = data;
    status = session_begin(args, false, &s);
    if (status == 0)
        status = appraise(args, &s, &request);
    session_end(&s);
    free(data);
    return status;
}
