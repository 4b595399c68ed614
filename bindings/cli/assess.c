/* trustctl assess: evidence in, an explained decision out. Trust: the bundles of --from-device are
 * hostile; those of --evidence are the caller's word. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

/* ---- bundles ---- */

/* One bundle as it was read. */
typedef struct bundle {
    const char *path;
    uint8_t *text;
    size_t size;
    uint32_t origin;
} bundle;

typedef struct bundles {
    bundle list[TRUST_MAX_ITEMS];
    size_t count;
} bundles;

static int read_bundles(const arguments *args, const char *name, uint32_t origin, bundles *all)
{
    const char *path;
    for (size_t n = 0; (path = option_nth(args, name, n)) != NULL; n++) {
        int status = 0;
        if (all->count == TRUST_MAX_ITEMS)
            return complain(path, "at most 64 bundles", EXIT_USAGE);
        bundle *b = &all->list[all->count];
        *b = (bundle){.path = path, .origin = origin};
        b->text = read_input(path, MAX_DOCUMENT, &b->size, &status);
        if (b->text == NULL)
            return status;
        all->count++;
    }
    return 0;
}

/* A file that a bundle names, beside the bundle. */
static trust_status read_beside(void *user, trust_bytes name, void *out, size_t cap, size_t *len)
{
    const char *bundle_path = user;
    char path[4096];
    const char *slash = strrchr(bundle_path, '/');
    int prefix = slash != NULL && name.data[0] != '/' ? (int)(slash - bundle_path + 1) : 0;
    int n = snprintf(path, sizeof path, "%.*s%.*s", prefix, bundle_path, (int)name.size,
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

static int add_bundles(const bundles *all, trust_evidence *evidence)
{
    for (size_t i = 0; i < all->count; i++) {
        const bundle *b = &all->list[i];
        trust_error err = {0};
        char path[4096];
        snprintf(path, sizeof path, "%s", b->path);
        trust_bundle_files files = {read_beside, path};
        trust_status status =
            trust_evidence_add_bundle(evidence, b->origin, b->text, b->size,
                                      b->origin == TRUST_FROM_HOST ? &files : NULL, &err);
        if (status != TRUST_OK)
            return complain_status(b->path, status, &err);
    }
    return 0;
}

/* ---- the device ---- */

/* --device, or the device that the first bundle names. */
static int find_device(const arguments *args, const bundles *all, char id[TRUST_DEVICE_MAX_ID + 1])
{
    const char *given = option_value(args, "--device");
    if (given != NULL) {
        if (strlen(given) > TRUST_DEVICE_MAX_ID)
            return complain("--device", "an id has at most 255 bytes", EXIT_USAGE);
        memcpy(id, given, strlen(given) + 1);
        return 0;
    }
    for (size_t i = 0; i < all->count; i++) {
        const bundle *b = &all->list[i];
        trust_error err = {0};
        trust_status status =
            trust_bundle_device(b->text, b->size, id, TRUST_DEVICE_MAX_ID + 1, &err);
        if (status == TRUST_OK)
            return 0;
        if (status != TRUST_E_NOT_FOUND)
            return complain_status(b->path, status, &err);
    }
    return complain("assess", "which device? give --device ID or a bundle that names it",
                    EXIT_USAGE);
}

/* In a file the device must be enrolled; else it exists for this call, with the anchors and
 * attributes of the command line. */
static int open_device(const arguments *args, session *s, const char *id, trust_device **out)
{
    trust_error err = {0};
    enrolment_options e;
    int status = s->file == NULL ? read_enrolment(args, &e) : 0;
    if (status != 0)
        return status;
    if (s->file != NULL && (option_given(args, "--anchor") || option_given(args, "--attribute")))
        return complain("assess",
                        "a device in a store has the anchors and attributes of its "
                        "enrolment",
                        EXIT_USAGE);
    trust_status result = s->file != NULL
                              ? trust_device_open(s->engine, id, out, &err)
                              : trust_device_enroll(s->engine, id, &e.enrolment, out, &err);
    return result == TRUST_OK ? 0 : complain_status(id, result, &err);
}

static int adopt_nonces(const arguments *args, trust_device *device)
{
    for (size_t n = 0; option_nth(args, "--nonce", n) != NULL; n++) {
        uint8_t nonce[64];
        size_t len;
        trust_error err = {0};
        trust_challenge *challenge = NULL;
        /* What else was asked for with this nonce is not known here. */
        uint32_t identity = TRUST_KIND_IDENTITY;
        trust_challenge_request request = TRUST_CHALLENGE_REQUEST_INIT;
        request.kinds = &identity;
        request.kind_count = 1;
        int status = read_nonce(args, n, nonce, &len);
        if (status != 0)
            return status;
        trust_status result = trust_challenge_adopt(device, &request, nonce, len, &challenge, &err);
        trust_challenge_free(challenge);
        if (result != TRUST_OK)
            return complain_status("--nonce", result, &err);
    }
    return 0;
}

/* The caller knows that it was the device who received the challenge, and not a stranger. */
static int note_delivery(const arguments *args, trust_device *device)
{
    const char *text = option_value(args, "--challenge");
    uint64_t id;
    trust_error err = {0};
    if (text == NULL)
        return 0;
    if (!parse_number(text, UINT64_MAX, &id))
        return complain("--challenge", "the number that `device challenge` printed", EXIT_USAGE);
    trust_status status = trust_challenge_delivered(device, id, &err);
    return status == TRUST_OK ? 0 : complain_status("--challenge", status, &err);
}

static int set_context(const arguments *args, trust_evidence *evidence)
{
    const char *attempt = option_value(args, "--attempt");
    const char *request = option_value(args, "--request");
    uint8_t channel[64];
    size_t len;
    int status = read_channel(args, channel, &len);
    if (status != 0)
        return status;
    if (len > 0 && trust_evidence_set_channel(evidence, channel, len) != TRUST_OK)
        return complain("--binding", "1 to 64 bytes in hexadecimal", EXIT_USAGE);
    if (attempt != NULL && trust_evidence_set_attempt(evidence, attempt) != TRUST_OK)
        return complain("--attempt", "at most 63 bytes of plain text", EXIT_USAGE);
    if (request != NULL &&
        trust_evidence_set_request_id(evidence, request, strlen(request)) != TRUST_OK)
        return complain("--request", "1 to 64 bytes", EXIT_USAGE);
    return 0;
}

/* ---- the decision ---- */

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

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

/* One line of the explanation with at most one part in colour: from the first place where " +" or
 * " -" stands before a digit, as the points of a ledger row do. */
static void print_colored(const char *line, size_t len)
{
    for (size_t i = 1; i + 1 < len && line[0] == ' '; i++) {
        if (line[i - 1] != ' ' || (line[i] != '+' && line[i] != '-') || line[i + 1] < '0' ||
            line[i + 1] > '9')
            continue;
        size_t end = i + strcspn(line + i, " \n");
        printf("%.*s%s%.*s" PLAIN "%.*s\n", (int)i, line, line[i] == '+' ? RED : GREEN,
               (int)(end - i), line + i, (int)(len - end), line + end);
        return;
    }
    printf("%.*s\n", (int)len, line);
}

/* The verdict in the colour of a traffic light, then the lines of the explanation. */
static void print_explanation(const char *text, const char *id, trust_verdict verdict)
{
    static const char *const colors[] = {PLAIN, GREEN, YELLOW, YELLOW, RED};
    const char *word = trust_verdict_name(verdict);
    size_t head = strlen(id) + 2; /* "ID: verdict" */
    if (strlen(text) > head && strncmp(text + head, word, strlen(word)) == 0) {
        printf("%.*s%s%s" PLAIN, (int)head, text, colors[verdict], word);
        text += head + strlen(word);
    }
    for (; *text != '\0'; text += strcspn(text, "\n") + 1)
        print_colored(text, strcspn(text, "\n"));
}

static bool colors_wanted(const arguments *args)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0) && !option_given(args, "--json") &&
           !option_given(args, "--for-subject");
}

static int print_decision(const arguments *args, const trust_decision *decision, const char *id)
{
    text_call call = option_given(args, "--json")          ? decision_json
                     : option_given(args, "--for-subject") ? subject_text
                                                           : decision_text;
    if (!colors_wanted(args))
        return print_text("decision", call, decision);
    int status = 0;
    char *text = make_text("decision", call, decision, &status);
    if (text != NULL)
        print_explanation(text, id, trust_decision_verdict(decision));
    free(text);
    return status;
}

static int decide(const arguments *args, session *s, trust_device *device,
                  const trust_evidence *evidence)
{
    trust_error err = {0};
    trust_decision *decision = NULL;
    bool preview = option_given(args, "--preview");
    trust_status result = preview ? trust_preview(device, evidence, NULL, &decision, &err)
                                  : trust_assess(device, evidence, NULL, &decision, &err);
    if (result != TRUST_OK)
        return complain_status("assess", result, &err);
    int status = preview ? 0 : session_save(s);
    if (status == 0)
        status = print_decision(args, decision, trust_device_id(device));
    bool allowed = trust_decision_verdict(decision) == TRUST_ALLOW;
    trust_decision_free(decision);
    if (status != 0)
        return status;
    return option_given(args, "--check") && !allowed ? EXIT_NEGATIVE : EXIT_AFFIRMATIVE;
}

static int assess(const arguments *args, session *s, const bundles *all, const char *id)
{
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_error err = {0};
    int status = open_device(args, s, id, &device);
    if (status == 0)
        status = adopt_nonces(args, device);
    if (status == 0)
        status = note_delivery(args, device);
    if (status == 0 && trust_evidence_new(device, &evidence, &err) != TRUST_OK)
        status = complain_status(id, TRUST_E_NOMEM, &err);
    if (status == 0)
        status = set_context(args, evidence);
    if (status == 0)
        status = add_bundles(all, evidence);
    if (status == 0)
        status = decide(args, s, device, evidence);
    trust_evidence_free(evidence);
    trust_device_free(device);
    return status;
}

int run_assess(const arguments *args)
{
    session s = {NULL};
    bundles all = {.count = 0};
    char id[TRUST_DEVICE_MAX_ID + 1];
    if (!option_given(args, "--policy"))
        return complain("assess", "a policy is needed: --policy FILE", EXIT_USAGE);
    int status = read_bundles(args, "--evidence", TRUST_FROM_HOST, &all);
    if (status == 0)
        status = read_bundles(args, "--from-device", TRUST_FROM_DEVICE, &all);
    if (status == 0)
        status = find_device(args, &all, id);
    if (status == 0)
        status = session_begin(args, !option_given(args, "--preview"), &s);
    if (status == 0)
        status = assess(args, &s, &all, id);
    session_end(&s);
    for (size_t i = 0; i < all.count; i++)
        free(all.list[i].text);
    return status;
}
