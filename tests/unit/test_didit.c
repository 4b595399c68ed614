/* Human verification: what Didit's decisions are judged as, and that no damage to one that is no
 * approval makes it one. The documents are the examples' own, changed at one place or more. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "core/text.h"
#include "format/json.h"
#include "signal/human/didit.h"
#include "signal/signal.h"
#include "support.h"

#define ROOM         65536
#define DEVICE       "urn:dev:mac:0024befffe804ff1"
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const trust_time NOW = INT64_C(1795428000000);     /* 2026-11-23T10:00:00Z */
static const trust_time CREATED = INT64_C(1795424400000); /* an hour before */

/* ---- changing a document ---- */

/* Another value at a JSON pointer; NULL takes the member away; a new member is put in front. */
typedef struct edit {
    const char *pointer;
    const char *text;
} edit;

typedef struct writer {
    tri_text out;
    char path[512];
    const edit *edits;
    size_t edit_count;
} writer;

static const edit *edit_at(const writer *w, const char *path)
{
    for (size_t i = 0; i < w->edit_count; i++)
        if (strcmp(w->edits[i].pointer, path) == 0)
            return &w->edits[i];
    return NULL;
}

static void write_value(writer *w, const tri_json *value);

static void write_children(writer *w, const tri_json *value, bool object)
{
    size_t len = strlen(w->path);
    size_t index = 0;
    bool first = true;
    tri_text_char(&w->out, object ? '{' : '[');
    for (const tri_json *at = tri_json_first(value); at != NULL; at = tri_json_next(at), index++) {
        if (object)
            snprintf(w->path + len, sizeof w->path - len, "/%s", tri_json_name(at).data);
        else
            snprintf(w->path + len, sizeof w->path - len, "/%zu", index);
        const edit *change = edit_at(w, w->path);
        if (change == NULL || change->text != NULL) {
            if (!first)
                tri_text_char(&w->out, ',');
            first = false;
            if (object) {
                tri_text_json(&w->out, tri_json_name(at));
                tri_text_char(&w->out, ':');
            }
            write_value(w, at);
        }
        w->path[len] = '\0';
    }
    tri_text_char(&w->out, object ? '}' : ']');
}

static void write_value(writer *w, const tri_json *value)
{
    const edit *change = edit_at(w, w->path);
    trust_bytes text;
    uint64_t bits;
    bool truth;
    if (change != NULL)
        tri_text_str(&w->out, change->text);
    else if (tri_json_is_object(value) || tri_json_is_array(value))
        write_children(w, value, tri_json_is_object(value));
    else if (tri_json_string(value, &text))
        tri_text_json(&w->out, text);
    else if (tri_json_bool(value, &truth))
        tri_text_str(&w->out, truth ? "true" : "false");
    else if (tri_json_real(value, &bits)) {
        double real;
        char digits[40];
        memcpy(&real, &bits, sizeof real);
        snprintf(digits, sizeof digits, "%.17g", real);
        for (char *c = digits; *c != '\0'; c++)
            *c = *c == ',' ? '.' : *c; /* whatever the locale's decimal point */
        tri_text_str(&w->out, digits);
    } else
        tri_text_str(&w->out, "null");
}

/* @p text with the edits made; static buffer. */
static const char *changed(const char *text, const edit *edits, size_t count)
{
    static char room[ROOM];
    static const tri_json_limits limits = {ROOM, 32, 4096};
    tri_json_doc doc;
    writer w = {.out = tri_text_begin(room, sizeof room), .edits = edits, .edit_count = count};
    ck_ok(tri_json_parse(tri_bytes(text), &limits, &doc, NULL));
    write_value(&w, doc.root);
    tri_json_free(&doc);
    ck_ok(tri_text_end(&w.out, NULL));
    return room;
}

static const char *with(const char *text, const char *pointer, const char *value)
{
    edit one = {pointer, value};
    return changed(text, &one, 1);
}

/* Every JSON pointer of a document. */
typedef struct pointers {
    char at[1024][160];
    size_t count;
} pointers;

static void list_pointers(const tri_json *value, const char *path, pointers *out)
{
    size_t index = 0;
    for (const tri_json *at = tri_json_first(value); at != NULL; at = tri_json_next(at), index++) {
        ck_assert_uint_lt(out->count, COUNT(out->at));
        char *here = out->at[out->count++];
        if (tri_json_is_object(value))
            snprintf(here, sizeof out->at[0], "%s/%s", path, tri_json_name(at).data);
        else
            snprintf(here, sizeof out->at[0], "%s/%zu", path, index);
        list_pointers(at, here, out);
    }
}

static const pointers *pointers_of(const char *text)
{
    static pointers out;
    static const tri_json_limits limits = {ROOM, 32, 4096};
    tri_json_doc doc;
    out.count = 0;
    ck_ok(tri_json_parse(tri_bytes(text), &limits, &doc, NULL));
    list_pointers(doc.root, "", &out);
    tri_json_free(&doc);
    return &out;
}

/* ---- appraising ---- */

static char *approved, *declined, *review;

static char *example(const char *name)
{
    char path[128];
    size_t len;
    snprintf(path, sizeof path, "examples/data/human-%s.json", name);
    char *text = (char *)read_file(project_path(path), &len);
    ck_assert_ptr_nonnull(text);
    return text;
}

static void setup(void)
{
    if (approved != NULL)
        return;
    approved = example("approved");
    declined = example("declined");
    review = example("review");
}

static trust_appraisal appraisal;
static tri_item items[TRUST_MAX_ITEMS];

static void begin(void)
{
    memset(&appraisal, 0, sizeof appraisal);
    appraisal.now = NOW;
    appraisal.device_id = DEVICE;
    appraisal.verifier = "";
    appraisal.attempt = "";
    appraisal.items = items;
    appraisal.signal = &tri_signal_human;
}

static void add(const char *text, uint32_t origin)
{
    items[appraisal.item_count++] = (tri_item){.type = TRUST_TYPE_DIDIT,
                                               .data = tri_bytes(text),
                                               .collected = TRUST_TIME_UNKNOWN,
                                               .origin = origin};
}

static void run(void)
{
    ck_ok(tri_signal_human.appraise(NULL, &appraisal));
}

static trust_finding appraise_from(const char *text, uint32_t origin)
{
    begin();
    add(text, origin);
    run();
    ck_assert_uint_eq(appraisal.finding_count, 1);
    ck_assert_uint_eq(appraisal.findings[0].item, 0);
    ck_assert_uint_eq(appraisal.findings[0].kind, TRUST_KIND_HUMAN);
    ck_assert_uint_eq(appraisal.outcomes[0].state, appraisal.findings[0].state);
    return appraisal.findings[0];
}

static trust_finding appraise(const char *text)
{
    return appraise_from(text, TRUST_FROM_SERVICE);
}

static void expect(const char *name, const trust_finding *finding, uint32_t state, int32_t value,
                   uint32_t reason)
{
    ck_assert_msg(finding->state == state && finding->value == value && finding->reason == reason,
                  "%s: %s %d %s, expected %s %d %s", name, trust_state_name(finding->state),
                  finding->value, trust_reason_code(finding->reason), trust_state_name(state),
                  value, trust_reason_code(reason));
}

/* Where a finding stands: an absence never helps, so it ranks behind every value. */
static int32_t rank(const trust_finding *finding)
{
    return finding->state == TRUST_STATE_VALID ? finding->value : 1000;
}

#define VALID TRUST_STATE_VALID

START_TEST(examples)
{
    setup();
    trust_finding finding = appraise(approved);
    expect("approved", &finding, VALID, 2, TRI_REASON_HUMAN_APPROVED);
    ck_assert_int_eq(finding.time, CREATED);
    ck_assert_uint_eq(finding.quality, TRUST_QUALITY_FULL / 4 * 3);
    ck_assert_int_eq(finding.expected, TRI_DIDIT_ID | TRI_DIDIT_NFC | TRI_DIDIT_LIVENESS |
                                           TRI_DIDIT_FACE | TRI_DIDIT_AML | TRI_DIDIT_IP);
    ck_assert_int_eq(finding.seen, finding.expected | TRI_DIDIT_NFC_INTACT | TRI_DIDIT_LIVE);
    finding = appraise_from(approved, TRUST_FROM_HOST);
    expect("vouched", &finding, VALID, 2, TRI_REASON_HUMAN_VOUCHED);
    finding = appraise(declined);
    expect("declined", &finding, VALID, 96, TRI_REASON_HUMAN_DECLINED);
    finding = appraise(review);
    expect("review", &finding, VALID, 33, TRI_REASON_HUMAN_REVIEW);
}
END_TEST

START_TEST(session_words)
{
    static const struct {
        const char *word;
        uint32_t state;
        int32_t value;
        uint32_t reason;
    } words[] = {
        {"Approved", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"Declined", VALID, 96, TRI_REASON_HUMAN_DECLINED},
        {"In Review", VALID, 33, TRI_REASON_HUMAN_REVIEW},
        {"Not Started", TRUST_STATE_PENDING, 0, TRI_REASON_HUMAN_UNFINISHED},
        {"In Progress", TRUST_STATE_PENDING, 0, TRI_REASON_HUMAN_UNFINISHED},
        {"Awaiting User", TRUST_STATE_PENDING, 0, TRI_REASON_HUMAN_UNFINISHED},
        {"Resubmitted", TRUST_STATE_PENDING, 0, TRI_REASON_HUMAN_UNFINISHED},
        {"Expired", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_HUMAN_UNFINISHED},
        {"Abandoned", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_HUMAN_UNFINISHED},
        {"Kyc Expired", TRUST_STATE_EXPIRED, 0, TRI_REASON_HUMAN_EXPIRED},
        {"", TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
        {"Approved ", TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
        {"Pre-Approved", TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
        {"Not Approved", TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
        {"Approve", TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
        {"ok", TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
    };
    setup();
    for (size_t i = 0; i < COUNT(words); i++) {
        for (int variant = 0; variant < 4; variant++) {
            char word[40];
            snprintf(word, sizeof word, "\"%s\"", words[i].word);
            for (char *c = word; *c != '\0'; c++) {
                if ((variant & 1) != 0 && *c == ' ' && c[1] != '"')
                    *c = '_';
                if ((variant & 2) != 0 && *c >= 'a' && *c <= 'z')
                    *c = (char)(*c - 'a' + 'A');
            }
            trust_finding finding = appraise(with(approved, "/status", word));
            expect(word, &finding, words[i].state, words[i].value, words[i].reason);
        }
    }
}
END_TEST

static const char *const reports[] = {
    "/id_verifications/0", "/nfc_verifications/0", "/liveness_checks/0",
    "/face_matches/0",     "/aml_screenings/0",    "/ip_analyses/0",
};

START_TEST(feature_words)
{
    static const struct {
        const char *word;
        int32_t value;
        uint32_t reason;
    } words[] = {
        {"\"Approved\"", 2, TRI_REASON_HUMAN_APPROVED},
        {"\"APPROVED\"", 2, TRI_REASON_HUMAN_APPROVED},
        {"\"Declined\"", 32, TRI_REASON_HUMAN_MANUAL},
        {"\"Rejected\"", 32, TRI_REASON_HUMAN_MANUAL},
        {"\"Failed\"", 32, TRI_REASON_HUMAN_MANUAL},
        {"\"In Review\"", 32, TRI_REASON_HUMAN_MANUAL},
        {"\"IN_REVIEW\"", 32, TRI_REASON_HUMAN_MANUAL},
        {"\"Not Finished\"", 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"\"Not Started\"", 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"\"Resub Requested\"", 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"\"Expired\"", 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"\"Kyc Expired\"", 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"\"Waved Through\"", 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"null", 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"true", 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"[\"Approved\"]", 33, TRI_REASON_HUMAN_INCOMPLETE},
    };
    setup();
    for (size_t i = 0; i < COUNT(reports); i++) {
        for (size_t j = 0; j < COUNT(words); j++) {
            char pointer[64];
            bool aml = strcmp(reports[i], "/aml_screenings/0") == 0;
            bool match = aml && (j >= 2 && j <= 4);
            snprintf(pointer, sizeof pointer, "%s/status", reports[i]);
            trust_finding finding = appraise(with(approved, pointer, words[j].word));
            expect(pointer, &finding, VALID, match ? 96 : words[j].value,
                   match ? (uint32_t)TRI_REASON_HUMAN_DECLINED : words[j].reason);
        }
    }
}
END_TEST

#define WARN(risk, weight)                                                                         \
    "[{\"feature\":\"LOCATION\",\"risk\":\"" risk "\",\"log_type\":\"" weight "\"}]"
#define HIT(review) "{\"id\":\"1\",\"match\":true,\"review_status\":\"" review "\"}"

START_TEST(single_changes)
{
    static const struct {
        const char *pointer;
        const char *text;
        uint32_t state;
        int32_t value;
        uint32_t reason;
    } changes[] = {
        /* what was required */
        {"/features", NULL, VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/features", "null", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/features", "7", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/features", "[]", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/features", "\"OCR + LIVENESS+ FACE_MATCH\"", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/features", "\"OCR + LIVENESS + PALM\"", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/features", "\" + \"", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/features/0", "\"OCR\"", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/features/0", "\"id_verification\"", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/features/0", "{\"feature\":\"NFC\",\"node_id\":\"n\"}", VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/features/0", "{\"node_id\":\"n\"}", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/features/0", "\"PALM_READING\"", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/features/0", "\"POA\"", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/features/0", "7", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        /* reports */
        {"/id_verifications", "null", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/id_verifications", "[]", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/id_verifications", "\"Approved\"", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/id_verifications", "[null]", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/id_verifications", "{\"status\":\"Approved\",\"warnings\":[]}", VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/id_verifications",
         "[{\"status\":\"Approved\",\"warnings\":[]},{\"status\":\"Declined\",\"warnings\":[]}]",
         VALID, 32, TRI_REASON_HUMAN_MANUAL},
        {"/id_verifications",
         "[{\"status\":\"Declined\",\"warnings\":[]},{\"status\":\"Approved\",\"warnings\":[]}]",
         VALID, 32, TRI_REASON_HUMAN_MANUAL},
        {"/nfc_verifications", "null", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/poa_verifications", "[{\"status\":\"In Review\",\"warnings\":[]}]", VALID, 32,
         TRI_REASON_HUMAN_MANUAL},
        {"/questionnaire_responses", "[{\"status\":\"Approved\"}]", VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/questionnaire_responses", "[{\"status\":\"Not Finished\"}]", VALID, 33,
         TRI_REASON_HUMAN_INCOMPLETE},
        /* warnings */
        {"/face_matches/0/warnings", NULL, VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/face_matches/0/warnings", "null", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/aml_screenings/0/warnings", "{\"a\":{\"risk\":\"R\",\"log_type\":\"error\"}}", VALID, 96,
         TRI_REASON_HUMAN_DECLINED},
        {"/face_matches/0/warnings", WARN("LOW_FACE_MATCH_SIMILARITY", "warning"), VALID, 32,
         TRI_REASON_HUMAN_WARNING},
        {"/face_matches/0/warnings", WARN("A_NEW_RISK", "warning"), VALID, 32,
         TRI_REASON_HUMAN_WARNING},
        {"/face_matches/0/warnings", WARN("A_NEW_RISK", "information"), VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/face_matches/0/warnings", WARN("A_NEW_RISK", "error"), VALID, 32,
         TRI_REASON_HUMAN_MANUAL},
        {"/face_matches/0/warnings", WARN("A_NEW_RISK", "fatal"), VALID, 32,
         TRI_REASON_HUMAN_MANUAL},
        {"/face_matches/0/warnings", WARN("", "information"), VALID, 32, TRI_REASON_HUMAN_MANUAL},
        {"/face_matches/0/warnings", "[null]", VALID, 32, TRI_REASON_HUMAN_MANUAL},
        {"/liveness_checks/0/warnings", WARN("LOW_FACE_QUALITY", "warning"), VALID, 20,
         TRI_REASON_HUMAN_WARNING},
        {"/liveness_checks/0/warnings", WARN("LOW_FACE_QUALITY", "information"), VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/liveness_checks/0/warnings", WARN("LIVENESS_FACE_ATTACK", "information"), VALID, 32,
         TRI_REASON_HUMAN_MANUAL},
        {"/ip_analyses/0/warnings", WARN("PRIVATE_NETWORK_DETECTED", "warning"), VALID, 20,
         TRI_REASON_HUMAN_WARNING},
        {"/ip_analyses/0/warnings", WARN("IP_ADDRESS_IN_BLOCKLIST", "information"), VALID, 32,
         TRI_REASON_HUMAN_MANUAL},
        {"/ip_analyses/0/warnings", WARN("POSSIBLE_FACE_IN_BLOCKLIST", "information"), VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/aml_screenings/0/warnings", WARN("POSSIBLE_MATCH_FOUND", "error"), VALID, 96,
         TRI_REASON_HUMAN_DECLINED},
        /* AML */
        {"/aml_screenings/0/total_hits", "1", VALID, 96, TRI_REASON_HUMAN_DECLINED},
        {"/aml_screenings/0/total_hits", "0.0", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/aml_screenings/0/total_hits", "-1", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/aml_screenings/0/total_hits", "0.5", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/aml_screenings/0/total_hits", "\"0\"", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/aml_screenings/0/total_hits", NULL, VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/aml_screenings/0/hits", "[" HIT("Unreviewed") "]", VALID, 96, TRI_REASON_HUMAN_DECLINED},
        {"/aml_screenings/0/hits", "[{}]", VALID, 96, TRI_REASON_HUMAN_DECLINED},
        {"/aml_screenings/0/hits", "[" HIT("False Positive") "]", VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/aml_screenings/0/hits", "[" HIT("False Positive") "," HIT("Confirmed Match") "]", VALID,
         96, TRI_REASON_HUMAN_DECLINED},
        {"/aml_screenings/0/hits", "null", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        /* reviews */
        {"/reviews", NULL, VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/reviews", "null", VALID, 33, TRI_REASON_HUMAN_INCOMPLETE},
        {"/reviews", "[{\"new_status\":\"Approved\"}]", VALID, 32, TRI_REASON_HUMAN_MANUAL},
        {"/reviews", "[{\"new_status\":\"Declined\"},{\"new_status\":\"APPROVED\"}]", VALID, 32,
         TRI_REASON_HUMAN_MANUAL},
        {"/reviews", "[{\"new_status\":\"In Review\"}]", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/reviews", "[{}]", VALID, 32, TRI_REASON_HUMAN_MANUAL},
        {"/reviews", "[7]", VALID, 32, TRI_REASON_HUMAN_MANUAL},
        /* the session */
        {"/environment", NULL, TRUST_STATE_UNBOUND, 0, TRI_REASON_HUMAN_SANDBOX},
        {"/environment", "null", TRUST_STATE_UNBOUND, 0, TRI_REASON_HUMAN_SANDBOX},
        {"/environment", "\"sandbox\"", TRUST_STATE_UNBOUND, 0, TRI_REASON_HUMAN_SANDBOX},
        {"/environment", "\"Live\"", TRUST_STATE_UNBOUND, 0, TRI_REASON_HUMAN_SANDBOX},
        {"/environment", "true", TRUST_STATE_UNBOUND, 0, TRI_REASON_HUMAN_SANDBOX},
        {"/status", NULL, TRUST_STATE_UNBOUND, 0, TRI_REASON_MALFORMED},
        {"/status", "null", TRUST_STATE_UNBOUND, 0, TRI_REASON_MALFORMED},
        {"/status", "[\"Approved\"]", TRUST_STATE_UNBOUND, 0, TRI_REASON_MALFORMED},
        {"/session_kind", "\"business\"", TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
        {"/session_kind", "7", TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
        {"/session_kind", "null", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/session_kind", NULL, VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"", "[]", TRUST_STATE_UNBOUND, 0, TRI_REASON_MALFORMED},
        {"", "null", TRUST_STATE_UNBOUND, 0, TRI_REASON_MALFORMED},
        {"", "{\"status\":\"Approved\",\"kyc\":{},\"environment\":\"live\"}",
         TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
        {"", "{\"status\":\"Approved\",\"face\":{},\"environment\":\"live\"}",
         TRUST_STATE_UNSUPPORTED, 0, TRI_REASON_UNSUPPORTED},
        {"", "{\"status\":\"Approved\",\"environment\":\"live\"}", VALID, 33,
         TRI_REASON_HUMAN_INCOMPLETE},
        /* what differs between real payloads and proves nothing either way */
        {"/ip_analyses/0/time_zone_offset", "-8", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/ip_analyses/0/ip/distance_from_id_document", "11.4", VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/ip_analyses/0/ip/distance_from_id_document", "null", VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/ip_analyses/0/platform", "\"Windows 10\"", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/liveness_checks/0/method", "\"active\"", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/liveness_checks/0/score", "97", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/liveness_checks/0/score", "null", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/nfc_verifications/0/certificate_summary/serial_number",
         "118120836164494129544568202238038638592", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/id_verifications/0/mrz/mrz_string", "\"not an MRZ\"", VALID, 2,
         TRI_REASON_HUMAN_APPROVED},
        {"/metadata", "\"text\"", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/metadata", "{\"deep\":{\"er\":[1,[2,[3]]]}}", VALID, 2, TRI_REASON_HUMAN_APPROVED},
        {"/callback", "{\"new\":\"shape\"}", VALID, 2, TRI_REASON_HUMAN_APPROVED},
    };
    setup();
    for (size_t i = 0; i < COUNT(changes); i++) {
        char name[160];
        const char *text = changes[i].text;
        snprintf(name, sizeof name, "%s = %s", changes[i].pointer, text == NULL ? "none" : text);
        trust_finding finding = appraise(with(approved, changes[i].pointer, text));
        expect(name, &finding, changes[i].state, changes[i].value, changes[i].reason);
    }
}
END_TEST

START_TEST(nfc_integrity_is_seen)
{
    static const struct {
        const char *pointer;
        const char *text;
        bool intact;
    } changes[] = {
        {"/nfc_verifications/0/authenticity/sod_integrity", "false", false},
        {"/nfc_verifications/0/authenticity/dg_integrity", "false", false},
        {"/nfc_verifications/0/authenticity/dg_integrity", "\"true\"", false},
        {"/nfc_verifications/0/authenticity", NULL, false},
        {"/nfc_verifications/0/authenticity", "[true,true]", false},
        {"/callback", "null", true},
    };
    setup();
    for (size_t i = 0; i < COUNT(changes); i++) {
        trust_finding finding = appraise(with(approved, changes[i].pointer, changes[i].text));
        ck_assert(((finding.seen & TRI_DIDIT_NFC_INTACT) != 0) == changes[i].intact);
    }
}
END_TEST

/* One bad report does not hide another. */
START_TEST(every_report_counts)
{
    static const struct {
        edit edits[3];
        int32_t value;
        int64_t lost;
    } cases[] = {
        {{{"/id_verifications/0/status", "\"Declined\""},
          {"/aml_screenings/0/status", "\"Declined\""},
          {"/ip_analyses/0/status", "\"Declined\""}},
         96,
         TRI_DIDIT_ID | TRI_DIDIT_AML | TRI_DIDIT_IP},
        {{{"/id_verifications/0/status", "\"In Review\""},
          {"/nfc_verifications/0/status", "\"In Review\""},
          {"/ip_analyses/0/status", "\"In Review\""}},
         32,
         TRI_DIDIT_ID | TRI_DIDIT_NFC | TRI_DIDIT_IP},
        {{{"/id_verifications/0/warnings", NULL},
          {"/nfc_verifications/0/status", "\"Not Finished\""},
          {"/aml_screenings/0/total_hits", NULL}},
         33,
         TRI_DIDIT_ID | TRI_DIDIT_NFC | TRI_DIDIT_AML},
        {{{"/face_matches/0/warnings", WARN("A_NEW_RISK", "error")},
          {"/aml_screenings/0/warnings", WARN("A_NEW_RISK", "error")},
          {"/ip_analyses/0/warnings", WARN("A_NEW_RISK", "error")}},
         96,
         TRI_DIDIT_FACE | TRI_DIDIT_AML | TRI_DIDIT_IP},
        {{{"/id_verifications/0/status", "\"Waved Through\""},
          {"/ip_analyses/0/warnings", NULL},
          {"/face_matches/0/warnings", "7"}},
         33,
         TRI_DIDIT_ID | TRI_DIDIT_FACE | TRI_DIDIT_IP},
    };
    setup();
    for (size_t i = 0; i < COUNT(cases); i++) {
        trust_finding finding = appraise(changed(approved, cases[i].edits, 3));
        ck_assert_int_eq(finding.value, cases[i].value);
        ck_assert_int_eq(finding.expected & ~finding.seen, cases[i].lost);
    }
}
END_TEST

START_TEST(version_two)
{
    static const char two[] =
        "{\"session_id\":\"s\",\"status\":\"Approved\",\"environment\":\"live\",\"vendor_data\":"
        "\"" DEVICE "\",\"features\":[\"ID_VERIFICATION\",\"LIVENESS\",\"FACE_MATCH\"],"
        "\"id_verification\":{\"status\":\"Approved\",\"warnings\":[]},"
        "\"liveness\":{\"status\":\"Approved\",\"score\":88.0,\"warnings\":[]},"
        "\"face_match\":{\"status\":\"Approved\",\"warnings\":[]},"
        "\"aml\":null,\"reviews\":[],\"created_at\":\"2026-11-23T09:00:00Z\"}";
    trust_finding finding = appraise(two);
    expect("version 2", &finding, VALID, 2, TRI_REASON_HUMAN_APPROVED);
    ck_assert_uint_eq(finding.quality, TRUST_QUALITY_FULL);
    finding = appraise(with(two, "/liveness/status", "\"Declined\""));
    expect("version 2", &finding, VALID, 32, TRI_REASON_HUMAN_MANUAL);
    finding = appraise(with(two, "/liveness", "null"));
    expect("version 2", &finding, VALID, 33, TRI_REASON_HUMAN_INCOMPLETE);
}
END_TEST

START_TEST(owners)
{
    static const struct {
        const char *vendor;
        const char *device;
        const char *attempt;
        uint32_t quality; /* 0: foreign */
    } cases[] = {
        {"\"" DEVICE "\"", DEVICE, "", 4},
        {"\"" DEVICE "\"", DEVICE, "attempt-7", 4},
        {"\"attempt-7\"", DEVICE, "attempt-7", 4},
        {"\"attempt-8\"", DEVICE, "attempt-7", 0},
        {"\"Attempt-7\"", DEVICE, "attempt-7", 0},
        {"\"attempt-7\\u0020\"", DEVICE, "attempt-7", 0},
        {"\"\"", DEVICE, "attempt-7", 0},
        {"null", DEVICE, "attempt-7", 0},
        {"7", DEVICE, "attempt-7", 0},
        {"\"urn:dev:mac:0024befffe804ff2\"", DEVICE, "", 0},
        {"\"urn:dev:\"", DEVICE, "", 0},
        {"\"urn:dev:mac:0024befffe804ff2\"", "", "", 0},
        {"\"somebody\"", DEVICE, "", 3},
        {"\"urn:de\"", DEVICE, "", 3},
        {"\"\"", DEVICE, "", 3},
        {"\"\"", "", "", 3},
        {"null", DEVICE, "", 3},
        {"{\"a\":1}", DEVICE, "", 3},
    };
    setup();
    for (size_t i = 0; i < COUNT(cases); i++) {
        begin();
        appraisal.device_id = cases[i].device;
        appraisal.attempt = cases[i].attempt;
        add(with(approved, "/vendor_data", cases[i].vendor), TRUST_FROM_SERVICE);
        run();
        if (cases[i].quality == 0) {
            expect(cases[i].vendor, &appraisal.findings[0], TRUST_STATE_UNBOUND, 0,
                   TRI_REASON_HUMAN_FOREIGN);
            continue;
        }
        expect(cases[i].vendor, &appraisal.findings[0], VALID, 2, TRI_REASON_HUMAN_APPROVED);
        ck_assert_uint_eq(appraisal.findings[0].quality, TRUST_QUALITY_FULL / 4 * cases[i].quality);
    }
}
END_TEST

START_TEST(times)
{
    static const struct {
        const char *created;
        const char *reviews;
        trust_time time;
        bool dated;
    } cases[] = {
        {"\"2026-11-23T09:00:00Z\"", "[]", 0, true},
        {"\"2026-11-23T09:00:00.250000Z\"", "[]", 250, true},
        {"\"2026-11-23T10:00:00+01:00\"", "[]", 0, true},
        {"1795424400", "[]", 0, true},
        {"1795424400.0", "[]", 0, true},
        {"\"2026-11-24T09:00:00Z\"", "[]", 86400000, true},
        {"0", "[]", -INT64_C(1795424400000), true},
        {"253402300799", "[]", INT64_C(253402300799000) - INT64_C(1795424400000), true},
        {"\"2026-11-23T09:00:00Z\"",
         "[{\"new_status\":\"Approved\",\"created_at\":\"2026-11-23T09:30:00Z\"},"
         "{\"new_status\":\"Approved\",\"created_at\":\"2026-11-23T09:20:00Z\"}]",
         1800000, true},
        {"\"2026-11-23T09:00:00Z\"",
         "[{\"new_status\":\"Approved\",\"created_at\":\"2026-11-23T08:30:00Z\"}]", 0, true},
        {"\"2026-11-23T09:00:00Z\"", "[{\"new_status\":\"Approved\",\"created_at\":null}]", 0,
         true},
        {"\"2026-11-23T09:00:00Z\"",
         "[{\"new_status\":\"In Review\",\"created_at\":\"2026-11-23T09:30:00Z\"},"
         "{\"comment\":\"a remark\",\"created_at\":\"2026-11-23T09:40:00Z\"}]",
         0, true},
        {"null", "[]", 3600000, false},
        {"\"yesterday\"", "[]", 3600000, false},
        {"\"\"", "[]", 3600000, false},
        {"-1", "[]", 3600000, false},
        {"253402300800", "[]", 3600000, false},
        {"1.5", "[]", 3600000, false},
        {"{}", "[{\"new_status\":\"Approved\",\"created_at\":\"2026-11-23T09:30:00Z\"}]", 3600000,
         false},
    };
    setup();
    for (size_t i = 0; i < COUNT(cases); i++) {
        edit edits[] = {{"/created_at", cases[i].created}, {"/reviews", cases[i].reviews}};
        trust_finding finding = appraise(changed(approved, edits, 2));
        ck_assert_uint_eq(finding.state, VALID);
        ck_assert_msg(finding.time == CREATED + cases[i].time, "%s %s", cases[i].created,
                      cases[i].reviews);
        ck_assert_uint_eq(finding.quality, TRUST_QUALITY_FULL / 4 * 3 / (cases[i].dated ? 1 : 2));
    }
}
END_TEST

START_TEST(unfinished_sessions_expire)
{
    static const struct {
        const char *status;
        const char *expires;
        uint32_t state;
        uint32_t reason;
    } cases[] = {
        {"\"In Progress\"", "\"2026-11-23T10:00:01Z\"", TRUST_STATE_PENDING,
         TRI_REASON_HUMAN_UNFINISHED},
        {"\"In Progress\"", "\"2026-11-23T10:00:00Z\"", TRUST_STATE_EXPIRED,
         TRI_REASON_HUMAN_EXPIRED},
        {"\"Not Started\"", "\"2026-11-22T10:00:00Z\"", TRUST_STATE_EXPIRED,
         TRI_REASON_HUMAN_EXPIRED},
        {"\"Not Started\"", "null", TRUST_STATE_PENDING, TRI_REASON_HUMAN_UNFINISHED},
        {"\"Approved\"", "\"2026-11-22T10:00:00Z\"", VALID, TRI_REASON_HUMAN_APPROVED},
        {"\"Declined\"", "\"2026-11-22T10:00:00Z\"", VALID, TRI_REASON_HUMAN_DECLINED},
    };
    setup();
    for (size_t i = 0; i < COUNT(cases); i++) {
        edit edits[] = {{"/status", cases[i].status}, {"/expires_at", cases[i].expires}};
        trust_finding finding = appraise(changed(approved, edits, 2));
        ck_assert_uint_eq(finding.state, cases[i].state);
        ck_assert_uint_eq(finding.reason, cases[i].reason);
    }
}
END_TEST

START_TEST(no_document)
{
    static const char *const broken[] = {
        "",
        "x",
        "{",
        "{\"status\":\"Approved\"",
        "{\"status\":\"Approved\",\"status\":\"x\"}",
        "1",
        "\"Approved\"",
    };
    for (size_t i = 0; i < COUNT(broken); i++) {
        trust_finding finding = appraise(broken[i]);
        expect(broken[i], &finding, TRUST_STATE_UNBOUND, 0, TRI_REASON_MALFORMED);
    }
    static const char deep[] = "{\"status\":\"Approved\",\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}";
    trust_finding finding = appraise(deep);
    expect("deep", &finding, TRUST_STATE_UNBOUND, 0, TRI_REASON_LIMIT);
    size_t size = TRI_DIDIT_MAX_BYTES + 1;
    char *large = malloc(size + 1);
    memset(large, ' ', size);
    large[size] = '\0';
    finding = appraise(large);
    expect("large", &finding, TRUST_STATE_UNBOUND, 0, TRI_REASON_LIMIT);
    free(large);
}
END_TEST

START_TEST(errors_name_the_place)
{
    static const struct {
        const char *text;
        trust_status status;
        const char *where;
        const char *message;
    } cases[] = {
        {"[]", TRUST_E_FORMAT, "", "no decision"},
        {"{}", TRUST_E_FORMAT, "", "a decision without its status"},
        {"{\"status\":1}", TRUST_E_FORMAT, "/status", "a decision without its status"},
        {"{\"kyc\":1}", TRUST_E_UNSUPPORTED, "", "a decision of version 1"},
        {"{\"session_kind\":\"business\"}", TRUST_E_UNSUPPORTED, "/session_kind",
         "no session of a person"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        tri_didit out;
        trust_error err;
        ck_status(tri_didit_read(tri_bytes(cases[i].text), "", "", &out, &err), cases[i].status);
        ck_assert_str_eq(err.where, cases[i].where);
        ck_assert_uint_eq(err.line, 1);
        ck_assert_str_eq(err.message, cases[i].message);
    }
}
END_TEST

/* ---- properties ---- */

/* Long parts that no judgement reads; without them every place can be tried. */
static const edit bulk[] = {
    {"/expected_details", NULL},
    {"/id_verifications/0/mrz", NULL},
    {"/id_verifications/0/extra_fields", NULL},
    {"/nfc_verifications/0/chip_data", NULL},
    {"/nfc_verifications/0/certificate_summary", NULL},
    {"/aml_screenings/0/screened_data", NULL},
    {"/ip_analyses/0/ip", NULL},
    {"/ip_analyses/0/id_document", NULL},
    {"/ip_analyses/0/poa_document", NULL},
};

static char *copy_of(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    ck_assert_ptr_nonnull(copy);
    return strcpy(copy, text);
}

/* An example with edits and without bulk; free it. */
static char *slim(const char *text, const edit *edits, size_t count)
{
    char *small = copy_of(changed(text, bulk, COUNT(bulk)));
    char *out = copy_of(changed(small, edits, count));
    free(small);
    return out;
}

/* What is no approval, with the attempt that the device is in. */
static const struct {
    const char *name;
    char **base;
    edit edits[3];
    size_t edit_count;
} refused[] = {
    {"declined", &declined, {{NULL, NULL}}, 0},
    {"review", &review, {{NULL, NULL}}, 0},
    {"sandbox", &approved, {{"/environment", "\"sandbox\""}}, 1},
    {"foreign", &approved, {{"/vendor_data", "\"installation-0002\""}}, 1},
    {"business", &approved, {{"/session_kind", "\"business\""}, {"/features/0", "\"KYB\""}}, 2},
    {"unknown", &approved, {{"/status", "\"Waved Through\""}}, 1},
    {"pending", &approved, {{"/status", "\"In Progress\""}}, 1},
    {"outdated", &approved, {{"/status", "\"Kyc Expired\""}}, 1},
    {"no face", &approved, {{"/face_matches", "null"}}, 1},
    {"no liveness", &approved, {{"/liveness_checks", "[]"}}, 1},
    {"unfinished", &approved, {{"/nfc_verifications/0/status", "\"Not Finished\""}}, 1},
    {"hit",
     &approved,
     {{"/aml_screenings/0/hits", "[" HIT("Unreviewed") "]"}, {"/aml_screenings/0/total_hits", "1"}},
     2},
    {"aml", &approved, {{"/aml_screenings/0/status", "\"Declined\""}}, 1},
    {"aml warning",
     &approved,
     {{"/aml_screenings/0/warnings", WARN("POSSIBLE_MATCH_FOUND", "error")}},
     1},
};

/* No approval of any tier, not even a reviewer's. */
static void expect_no_approval(const char *name, const char *place, const char *text, size_t len)
{
    begin();
    appraisal.attempt = "installation-0001";
    add("", TRUST_FROM_SERVICE);
    items[0].data = (trust_bytes){(const uint8_t *)text, len};
    run();
    ck_assert_uint_eq(appraisal.finding_count, 1);
    ck_assert_msg(rank(&appraisal.findings[0]) > 32, "%s, %s: %d", name, place,
                  appraisal.findings[0].value);
}

/* An element that is taken out of a list was never there. */
static bool is_element(const char *pointer)
{
    char last = pointer[strlen(pointer) - 1];
    return last >= '0' && last <= '9';
}

START_TEST(no_loss_approves)
{
    setup();
    for (size_t i = 0; i < COUNT(refused); i++) {
        char *base = slim(*refused[i].base, refused[i].edits, refused[i].edit_count);
        const pointers *all = pointers_of(base);
        expect_no_approval(refused[i].name, "", base, strlen(base));
        for (size_t j = 0; j < all->count; j++) {
            if (is_element(all->at[j]) && strstr(all->at[j], "/warnings/") != NULL)
                continue;
            const char *text = with(base, all->at[j], NULL);
            if (i == 4 && strcmp(all->at[j], "/session_kind") != 0)
                ck_assert_uint_eq(appraise(text).state, TRUST_STATE_UNSUPPORTED);
            expect_no_approval(refused[i].name, all->at[j], text, strlen(text));
        }
        for (size_t len = 0; len < strlen(base); len += i == 0 ? 1 : 13)
            expect_no_approval(refused[i].name, "cut", base, len);
        free(base);
    }
}
END_TEST

/* Every state of a part, and every value of another type, leaves the whole no approval. */
START_TEST(no_part_approves)
{
    static const char *const values[] = {
        "\"Approved\"", "\"Declined\"", "\"In Review\"", "\"Not Finished\"",
        "\"Expired\"",  "null",         "true",          "{}",
        "[]",           "1e999",
    };
    setup();
    for (size_t i = 0; i < 7; i++) { /* those whose session is not approved, live and ours */
        char *base = slim(*refused[i].base, refused[i].edits, refused[i].edit_count);
        const pointers *all = pointers_of(base);
        for (size_t j = 0; j < all->count; j++) {
            if (strcmp(all->at[j], "/status") == 0 || strcmp(all->at[j], "/session_kind") == 0)
                continue;
            for (size_t k = 0; k < COUNT(values); k++) {
                const char *text = with(base, all->at[j], values[k]);
                expect_no_approval(refused[i].name, all->at[j], text, strlen(text));
            }
        }
        free(base);
    }
}
END_TEST

/* What is approved, in every tier of it. */
static const edit approvals[] = {
    {"/callback", "null"},
    {"/reviews", "[{\"new_status\":\"Approved\",\"created_at\":\"2026-11-23T09:30:00Z\"}]"},
    {"/reviews", "[{\"new_status\":\"In Review\",\"created_at\":\"2026-11-23T09:30:00Z\"}]"},
    {"/face_matches/0/status", "\"Declined\""},
    {"/face_matches/0/status", "\"In Review\""},
    {"/face_matches/0/warnings", WARN("LOW_FACE_MATCH_SIMILARITY", "warning")},
    {"/face_matches/0/warnings", WARN("NO_REFERENCE_IMAGE", "error")},
    {"/face_matches/0/warnings", WARN("FACE_IN_BLOCKLIST", "information")},
    {"/liveness_checks/0/warnings", WARN("LOW_FACE_QUALITY", "warning")},
    {"/liveness_checks/0/warnings", WARN("FACE_MATCH_MAX_ATTEMPTS_EXCEEDED", "information")},
};

START_TEST(no_loss_improves)
{
    setup();
    for (size_t i = 0; i < COUNT(approvals); i++) {
        char *base = slim(approved, &approvals[i], 1);
        const pointers *all = pointers_of(base);
        trust_finding whole = appraise(base);
        ck_assert_int_le(rank(&whole), 32);
        for (size_t j = 0; j < all->count; j++) {
            if (is_element(all->at[j]) || strstr(all->at[j], "/extra") != NULL)
                continue;
            trust_finding part = appraise(with(base, all->at[j], NULL));
            ck_assert_msg(rank(&part) >= rank(&whole) && part.quality <= whole.quality,
                          "%zu, %s: %d < %d", i, all->at[j], part.value, whole.value);
        }
        free(base);
    }
}
END_TEST

START_TEST(nothing_personal)
{
    static const char *const planted[] = {
        "Ada",  "ADA",          "Sample",   "SAMPLE",          "X0000001A",
        "1984", "203.0.113.42", "aB3xQ9zK", "fp-000000000000", "installation-0001",
    };
    setup();
    for (size_t i = 0; i < COUNT(planted); i++)
        ck_assert_msg(strstr(approved, planted[i]) != NULL, "%s", planted[i]);
    appraise(approved);
    for (size_t i = 0; i < COUNT(planted); i++) {
        size_t len = strlen(planted[i]);
        const char *at = (const char *)&appraisal;
        for (size_t j = 0; j + len <= sizeof appraisal; j++)
            ck_assert(memcmp(at + j, planted[i], len) != 0);
        ck_assert_ptr_null(strstr(trust_reason_text(appraisal.findings[0].reason), planted[i]));
        ck_assert_ptr_null(
            strstr(trust_reason_subject_text(appraisal.findings[0].reason), planted[i]));
    }
    /* The error of a broken decision quotes nothing of it. */
    tri_didit out;
    trust_error err;
    char *broken = copy_of(with(approved, "/status", "7"));
    ck_status(tri_didit_read(tri_bytes(broken), "", "", &out, &err), TRUST_E_FORMAT);
    ck_assert_ptr_null(strstr(err.message, "Ada"));
    free(broken);
}
END_TEST

/* ---- items ---- */

START_TEST(reads_decisions_alone)
{
    ck_assert(tri_signal_reads(&tri_signal_human, TRUST_TYPE_DIDIT));
    ck_assert(!tri_signal_reads(&tri_signal_human, TRUST_TYPE_METRIC));
    setup();
    begin();
    add(approved, TRUST_FROM_SERVICE);
    items[0].type = TRUST_TYPE_METRIC;
    run();
    ck_assert_uint_eq(appraisal.finding_count, 0);
    ck_assert(!appraisal.outcomes[0].told);
}
END_TEST

START_TEST(a_device_has_no_say)
{
    setup();
    begin();
    add(approved, TRUST_FROM_DEVICE);
    run();
    ck_assert_uint_eq(appraisal.finding_count, 0);
    ck_assert_uint_eq(appraisal.outcomes[0].state, TRUST_STATE_UNBOUND);
    ck_assert_uint_eq(appraisal.outcomes[0].reason, TRI_REASON_ORIGIN);
}
END_TEST

START_TEST(every_item_is_stated)
{
    setup();
    begin();
    add(approved, TRUST_FROM_HOST);
    add(approved, TRUST_FROM_DEVICE);
    add("{", TRUST_FROM_SERVICE);
    add(declined, TRUST_FROM_SERVICE);
    run();
    /* One session said both ways: both stand, the worse first. */
    ck_assert_uint_eq(appraisal.finding_count, 3);
    expect("declined", &appraisal.findings[0], VALID, 96, TRI_REASON_HUMAN_DECLINED);
    expect("approved", &appraisal.findings[1], VALID, 2, TRI_REASON_HUMAN_VOUCHED);
    expect("broken", &appraisal.findings[2], TRUST_STATE_UNBOUND, 0, TRI_REASON_MALFORMED);
    ck_assert_uint_eq(appraisal.findings[0].item, 3);
    ck_assert_uint_eq(appraisal.findings[1].item, 0);
}
END_TEST

START_TEST(too_many_items)
{
    setup();
    begin();
    for (size_t i = 0; i < TRUST_MAX_ITEMS - 1; i++)
        add(approved, TRUST_FROM_SERVICE);
    add(declined, TRUST_FROM_SERVICE);
    run();
    ck_assert_uint_eq(appraisal.finding_count, TRI_SIGNAL_MAX_FINDINGS);
    ck_assert_int_eq(appraisal.findings[0].value, 96);
    for (size_t i = 1; i < TRI_SIGNAL_MAX_FINDINGS; i++)
        ck_assert_uint_eq(appraisal.findings[i].item, i - 1);
    ck_assert_uint_eq(appraisal.outcomes[14].reason, TRI_REASON_HUMAN_APPROVED);
    for (size_t i = 15; i < TRUST_MAX_ITEMS - 1; i++)
        ck_assert_uint_eq(appraisal.outcomes[i].reason, TRI_REASON_LIMIT);
}
END_TEST

/* A refused statement is passed on: here the kind is none that the signal states. */
START_TEST(statement_refused)
{
    trust_signal_ops other = tri_signal_human;
    other.kind_count = 0;
    setup();
    begin();
    appraisal.signal = &other;
    add(approved, TRUST_FROM_SERVICE);
    ck_status(tri_signal_human.appraise(NULL, &appraisal), TRUST_E_ARGUMENT);
}
END_TEST

static long live, calls, fail_at;

static void *failing_malloc(size_t size)
{
    if (++calls == fail_at)
        return NULL;
    live++;
    return malloc(size);
}

static void counting_free(void *ptr)
{
    live -= ptr != NULL;
    free(ptr);
}

START_TEST(no_memory)
{
    cJSON_Hooks hooks = {failing_malloc, counting_free};
    trust_status status;
    setup();
    cJSON_InitHooks(&hooks);
    fail_at = 0;
    do {
        fail_at++;
        calls = 0;
        begin();
        add(approved, TRUST_FROM_SERVICE);
        status = tri_signal_human.appraise(NULL, &appraisal);
        ck_assert_int_eq(live, 0);
        if (status != TRUST_OK) {
            ck_status(status, TRUST_E_NOMEM);
            ck_assert_uint_eq(appraisal.finding_count, 0);
        }
    } while (calls >= fail_at);
    ck_ok(status);
    ck_assert_int_gt(fail_at, 100);
    cJSON_InitHooks(NULL);
}
END_TEST

int main(void)
{
    return run_tests("didit",
                     TESTS(examples, session_words, feature_words, single_changes,
                           nfc_integrity_is_seen, every_report_counts, version_two, owners, times,
                           unfinished_sessions_expire, no_document, errors_name_the_place,
                           no_loss_approves, no_part_approves, no_loss_improves, nothing_personal,
                           reads_decisions_alone, a_device_has_no_say, every_item_is_stated,
                           too_many_items, statement_refused, no_memory));
}
