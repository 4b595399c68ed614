/* trustctl assess and observe: evidence in, a decision out. */

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* Reads the files that a bundle names, relative to the bundle. */
typedef struct bundle_folder {
    const char *path; /* of the bundle */
} bundle_folder;

static trust_status read_beside(void *user, trust_bytes name, void *out, size_t cap, size_t *len)
{
    const bundle_folder *folder = user;
    char path[4096];
    const char *slash = strrchr(folder->path, '/');
    int prefix = slash != NULL && name.data[0] != '/' ? (int)(slash - folder->path + 1) : 0;
    int n = snprintf(path, sizeof path, "%.*s%.*s", prefix, folder->path, (int)name.size,
                     (const char *)name.data);
    if (n < 0 || (size_t)n >= sizeof path || memchr(name.data, 0, name.size) != NULL)
        return TRUST_E_IO;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return TRUST_E_IO;
    *len = fread(out, 1, cap, file);
    bool more = fgetc(file) != EOF;
    bool failed = ferror(file) != 0;
    fclose(file);
    return failed ? TRUST_E_IO : more ? TRUST_E_LIMIT : TRUST_OK;
}

static int add_bundles(const command *self, int argc, char **argv, const char *name,
                       uint32_t origin, trust_evidence *evidence)
{
    const char *path;
    for (size_t n = 0; (path = option_nth(self, argc, argv, name, n)) != NULL; n++) {
        int status = 0;
        size_t len;
        trust_error err = {0};
        bundle_folder folder = {path};
        trust_bundle_files files = {read_beside, &folder};
        uint8_t *text = read_input(path, MAX_DOCUMENT, &len, &status);
        if (text == NULL)
            return status;
        trust_status result = trust_evidence_add_bundle(
            evidence, origin, text, len, origin == TRUST_FROM_HOST ? &files : NULL, &err);
        free(text);
        if (result != TRUST_OK)
            return complain_status(path, result, &err);
    }
    return 0;
}

/* --device, or the device that the first bundle names. */
static int find_device(const command *self, int argc, char **argv, char id[256])
{
    static const char *const options[] = {"--evidence", "--from-device"};
    const char *given = option_value(self, argc, argv, "--device");
    if (given != NULL) {
        if (strlen(given) > 255)
            return complain("--device", "an id has at most 255 bytes", EXIT_USAGE);
        memcpy(id, given, strlen(given) + 1);
        return 0;
    }
    for (size_t i = 0; i < 2; i++) {
        const char *path = option_value(self, argc, argv, options[i]);
        int status = 0;
        size_t len;
        trust_error err = {0};
        if (path == NULL || strcmp(path, "-") == 0)
            continue;
        uint8_t *text = read_input(path, MAX_DOCUMENT, &len, &status);
        if (text == NULL)
            return status;
        trust_status result = trust_bundle_device(text, len, id, 256, &err);
        free(text);
        if (result == TRUST_OK)
            return 0;
        if (result != TRUST_E_NOT_FOUND)
            return complain_status(path, result, &err);
    }
    return complain("assess", "which device? give --device ID or a bundle that names it",
                    EXIT_USAGE);
}

/* In a store the device must be enrolled; without one it exists for this call, with the anchors and
 * attributes of the command line. */
static int open_device(const command *self, int argc, char **argv, session *s, const char *id,
                       trust_device **out)
{
    trust_error err = {0};
    int status = 0;
    if (s->store != NULL && strcmp(option_value(self, argc, argv, "--store"), "memory:") != 0) {
        if (option_value(self, argc, argv, "--anchor") != NULL)
            return complain("--anchor", "a device in a store has the anchors of its enrolment",
                            EXIT_USAGE);
        trust_status result = trust_device_open(s->engine, id, out, &err);
        return result == TRUST_OK ? 0 : complain_status(id, result, &err);
    }
    enrolment_options e;
    if (!read_enrolment(self, argc, argv, &e, &status))
        return status;
    trust_status result = trust_device_enroll(s->engine, id, &e.enrolment, out, &err);
    return result == TRUST_OK ? 0 : complain_status(id, result, &err);
}

static int adopt_nonces(const command *self, int argc, char **argv, trust_device *device)
{
    const char *text;
    const char *store = option_value(self, argc, argv, "--store");
    if (store != NULL && strcmp(store, "memory:") != 0 &&
        option_value(self, argc, argv, "--preview") != NULL &&
        option_value(self, argc, argv, "--nonce") != NULL)
        return complain("--nonce", "would be written to the store, and --preview changes nothing",
                        EXIT_USAGE);
    for (size_t n = 0; (text = option_nth(self, argc, argv, "--nonce", n)) != NULL; n++) {
        uint8_t nonce[64];
        size_t len;
        trust_error err = {0};
        trust_challenge *challenge = NULL;
        if (!parse_hex(text, nonce, sizeof nonce, &len) || len < 8)
            return complain("--nonce", "8 to 64 bytes in hexadecimal", EXIT_USAGE);
        /* What else was asked for with this nonce is not known here. */
        uint32_t identity = TRUST_KIND_IDENTITY;
        trust_challenge_request request = TRUST_CHALLENGE_REQUEST_INIT;
        request.kinds = &identity;
        request.kind_count = 1;
        trust_status result = trust_challenge_adopt(device, &request, nonce, len, &challenge, &err);
        trust_challenge_free(challenge);
        if (result != TRUST_OK)
            return complain_status("--nonce", result, &err);
    }
    return 0;
}

static int set_context(const command *self, int argc, char **argv, trust_device *device,
                       trust_evidence *evidence)
{
    const char *binding = option_value(self, argc, argv, "--binding");
    const char *attempt = option_value(self, argc, argv, "--attempt");
    const char *request = option_value(self, argc, argv, "--request");
    const char *challenge = option_value(self, argc, argv, "--challenge");
    uint8_t channel[64];
    size_t len;
    trust_error err = {0};
    if (binding != NULL && (!parse_hex(binding, channel, sizeof channel, &len) ||
                            trust_evidence_set_channel(evidence, channel, len) != TRUST_OK))
        return complain("--binding", "at most 64 bytes in hexadecimal", EXIT_USAGE);
    if (attempt != NULL && trust_evidence_set_attempt(evidence, attempt) != TRUST_OK)
        return complain("--attempt", "at most 63 bytes of plain text", EXIT_USAGE);
    if (request != NULL &&
        trust_evidence_set_request_id(evidence, request, strlen(request)) != TRUST_OK)
        return complain("--request", "1 to 64 bytes", EXIT_USAGE);
    /* Whoever brings an answer to a challenge says that it was delivered. */
    bool preview = option_value(self, argc, argv, "--preview") != NULL;
    if (challenge != NULL) {
        char *end;
        unsigned long long id = strtoull(challenge, &end, 10);
        if (*challenge == '\0' || *end != '\0')
            return complain("--challenge", "the number that `device challenge` printed",
                            EXIT_USAGE);
        trust_status result = preview ? TRUST_OK : trust_challenge_delivered(device, id, &err);
        if (result != TRUST_OK)
            return complain_status("--challenge", result, &err);
    }
    return 0;
}

static trust_status decision_json(const void *object, char *out, size_t cap, size_t *need)
{
    return trust_decision_to_json(object, out, cap, need);
}

static trust_status decision_text(const void *object, char *out, size_t cap, size_t *need)
{
    return trust_decision_explain(object, TRUST_FOR_OPERATOR, out, cap, need);
}

static trust_status subject_text(const void *object, char *out, size_t cap, size_t *need)
{
    return trust_decision_explain(object, TRUST_FOR_SUBJECT, out, cap, need);
}

static int decide(const command *self, int argc, char **argv, trust_device *device,
                  const trust_evidence *evidence)
{
    trust_error err = {0};
    trust_decision *decision = NULL;
    bool preview = option_value(self, argc, argv, "--preview") != NULL;
    trust_status result = preview ? trust_preview(device, evidence, NULL, &decision, &err)
                                  : trust_assess(device, evidence, NULL, &decision, &err);
    if (result != TRUST_OK)
        return complain_status("assess", result, &err);
    text_call call = decision_text;
    if (option_value(self, argc, argv, "--json") != NULL)
        call = decision_json;
    else if (option_value(self, argc, argv, "--for-subject") != NULL)
        call = subject_text;
    int status = print_text("decision", call, decision);
    bool allowed = trust_decision_verdict(decision) == TRUST_ALLOW;
    trust_decision_free(decision);
    if (status != 0)
        return status;
    return option_value(self, argc, argv, "--check") != NULL && !allowed ? EXIT_NEGATIVE : 0;
}

static int assess(const command *self, int argc, char **argv, session *s)
{
    char id[256];
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_error err = {0};
    int status = find_device(self, argc, argv, id);
    if (status == 0)
        status = open_device(self, argc, argv, s, id, &device);
    if (status == 0)
        status = adopt_nonces(self, argc, argv, device);
    if (status == 0 && trust_evidence_new(device, &evidence, &err) != TRUST_OK)
        status = complain_status(id, TRUST_E_NOMEM, &err);
    if (status == 0)
        status = set_context(self, argc, argv, device, evidence);
    if (status == 0)
        status = add_bundles(self, argc, argv, "--evidence", TRUST_FROM_HOST, evidence);
    if (status == 0)
        status = add_bundles(self, argc, argv, "--from-device", TRUST_FROM_DEVICE, evidence);
    if (status == 0)
        status = decide(self, argc, argv, device, evidence);
    trust_evidence_free(evidence);
    trust_device_free(device);
    return status;
}

int run_assess(const command *self, int argc, char **argv)
{
    session s;
    int status = check_arguments(self, argc, argv, 0, 0);
    if (status != 0)
        return status;
    if (option_value(self, argc, argv, "--policy") == NULL)
        return complain("assess", "a policy is needed: --policy FILE", EXIT_USAGE);
    status = session_begin(self, argc, argv, &s);
    if (status == 0)
        status = assess(self, argc, argv, &s);
    session_end(&s);
    return status;
}
