/* Didit decisions (API version 3, and 2 as a fallback) normalised. Trust: the document is hostile
 * until its origin is judged elsewhere.
 *
 * Every doubt is settled against approval: what is missing, of another type or spelt in an unknown
 * way counts like the worst that it could have said. */

#include "signal/human/didit.h"

#include <string.h>

#include "core/bytes.h"
#include "format/json.h"

#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */

/* ---- words ---- */

/* The service writes "In Review" and IN_REVIEW; the tables here say "in review". */
static bool word_is(trust_bytes text, const char *word)
{
    if (text.size != strlen(word))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        if ((c == '_' ? ' ' : c) != (uint8_t)word[i])
            return false;
    }
    return true;
}

/* Empty for what is no string. */
static trust_bytes text_of(const tri_json *value)
{
    trust_bytes text = {NULL, 0};
    (void)tri_json_string(value, &text);
    return text;
}

static tri_didit_status status_of(const tri_json *value)
{
    static const struct {
        const char *word;
        tri_didit_status status;
    } words[] = {
        {"approved", TRI_DIDIT_APPROVED},       {"declined", TRI_DIDIT_DECLINED},
        {"rejected", TRI_DIDIT_DECLINED},       {"failed", TRI_DIDIT_DECLINED},
        {"in review", TRI_DIDIT_REVIEW},        {"not started", TRI_DIDIT_PENDING},
        {"not finished", TRI_DIDIT_PENDING},    {"in progress", TRI_DIDIT_PENDING},
        {"awaiting user", TRI_DIDIT_PENDING},   {"resubmitted", TRI_DIDIT_PENDING},
        {"resub requested", TRI_DIDIT_PENDING}, {"expired", TRI_DIDIT_LAPSED},
        {"abandoned", TRI_DIDIT_LAPSED},        {"kyc expired", TRI_DIDIT_OUTDATED},
    };
    trust_bytes text = text_of(value);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (word_is(text, words[i].word))
            return words[i].status;
    return TRI_DIDIT_UNKNOWN;
}

/* RFC 3339, or Unix seconds as webhooks have them. */
static trust_time time_of(const tri_json *value)
{
    trust_bytes text = text_of(value);
    trust_time time;
    int64_t seconds;
    if (tri_json_integer(value, &seconds) && seconds >= 0 && seconds <= LAST_SECOND)
        return seconds * 1000;
    if (text.size > 0 && trust_time_parse((const char *)text.data, text.size, &time) == TRUST_OK)
        return time;
    return TRUST_TIME_UNKNOWN;
}

/* ---- warnings ---- */

/* Risks that the service always declines, whatever the settings of a workflow make of them. */
static const char *const grave[] = {
    "face in blocklist",    "id document in blocklist", "phone number in blocklist",
    "email in blocklist",   "ip address in blocklist",  "device fingerprint in blocklist",
    "liveness face attack",
};

/* Risks of the picture or the network rather than of the person. */
static const char *const slight[] = {
    "low face quality",         "low face luminance",    "high face luminance",
    "private network detected", "duplicated ip address",
};

static bool listed(trust_bytes risk, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (word_is(risk, words[i]))
            return true;
    return false;
}

static void read_warning(const tri_json *warning, uint32_t feature, tri_didit *out)
{
    trust_bytes risk = text_of(tri_json_member(warning, "risk"));
    trust_bytes weight = text_of(tri_json_member(warning, "log_type"));
    bool warns = word_is(weight, "warning");
    bool informs = word_is(weight, "information");
    if ((!warns && !informs) || risk.size == 0 || listed(risk, grave, sizeof grave / sizeof *grave))
        out->declined |= feature;
    else if (warns && listed(risk, slight, sizeof slight / sizeof *slight))
        out->flags |= TRI_DIDIT_REMARK;
    else if (warns)
        out->flags |= TRI_DIDIT_WARNING;
}

static void read_warnings(const tri_json *report, uint32_t feature, tri_didit *out)
{
    const tri_json *warnings = tri_json_member(report, "warnings");
    if (!tri_json_is_array(warnings))
        out->unfinished |= feature;
    for (const tri_json *at = tri_json_first(warnings); at != NULL; at = tri_json_next(at))
        read_warning(at, feature, out);
}

/* ---- features ---- */

static void read_nfc(const tri_json *report, tri_didit *out)
{
    const tri_json *authenticity = tri_json_member(report, "authenticity");
    bool signature = false;
    bool groups = false;
    if (tri_json_bool(tri_json_member(authenticity, "sod_integrity"), &signature) && signature &&
        tri_json_bool(tri_json_member(authenticity, "dg_integrity"), &groups) && groups)
        out->flags |= TRI_DIDIT_NFC_INTACT;
}

/* Hits that are counted and not listed cannot have been dismissed. */
static void read_aml(const tri_json *report, tri_didit *out)
{
    const tri_json *hits = tri_json_member(report, "hits");
    int64_t total;
    int64_t dismissed = 0;
    bool open = false;
    if (!tri_json_integer(tri_json_member(report, "total_hits"), &total) || total < 0) {
        out->unfinished |= TRI_DIDIT_AML;
        total = 0;
    }
    for (const tri_json *hit = tri_json_first(hits); hit != NULL; hit = tri_json_next(hit)) {
        trust_bytes review = text_of(tri_json_member(hit, "review_status"));
        if (word_is(review, "false positive"))
            dismissed++;
        else
            open = true;
    }
    if (open || total > dismissed)
        out->flags |= TRI_DIDIT_AML_HIT;
}

static const struct feature {
    uint32_t bit;
    bool warns;           /* its reports carry warnings */
    const char *many;     /* version 3: an array of reports */
    const char *one;      /* version 2: one report */
    const char *names[2]; /* in "features", and in the settings of workflows */
    void (*more)(const tri_json *report, tri_didit *out);
} features[] = {
    {TRI_DIDIT_ID, true, "id_verifications", "id_verification", {"id verification", "ocr"}, NULL},
    {TRI_DIDIT_LIVENESS, true, "liveness_checks", "liveness", {"liveness", "age estimation"}, NULL},
    {TRI_DIDIT_FACE, true, "face_matches", "face_match", {"face match", "facematch"}, NULL},
    {TRI_DIDIT_NFC, true, "nfc_verifications", "nfc", {"nfc", "nfc"}, read_nfc},
    {TRI_DIDIT_AML, true, "aml_screenings", "aml", {"aml", "aml"}, read_aml},
    {TRI_DIDIT_IP, true, "ip_analyses", "ip_analysis", {"ip analysis", "ip analysis"}, NULL},
    {TRI_DIDIT_POA, true, "poa_verifications", "poa", {"poa", "proof of address"}, NULL},
    {TRI_DIDIT_PHONE, true, "phone_verifications", "phone", {"phone", "phone verification"}, NULL},
    {TRI_DIDIT_EMAIL, true, "email_verifications", "email", {"email verification", "email"}, NULL},
    {TRI_DIDIT_DATABASE,
     true,
     "database_validations",
     "database_validation",
     {"database validation", "database validation"},
     NULL},
    {TRI_DIDIT_QUESTIONNAIRE,
     false,
     "questionnaire_responses",
     "questionnaire",
     {"questionnaire", "questionnaire"},
     NULL},
};

#define FEATURE_COUNT (sizeof features / sizeof *features)

static void read_report(const struct feature *feature, const tri_json *report, tri_didit *out)
{
    tri_didit_status status = status_of(tri_json_member(report, "status"));
    out->present |= feature->bit;
    if (status == TRI_DIDIT_DECLINED)
        out->declined |= feature->bit;
    else if (status == TRI_DIDIT_REVIEW)
        out->reviewed |= feature->bit;
    else if (status != TRI_DIDIT_APPROVED)
        out->unfinished |= feature->bit;
    if (feature->warns)
        read_warnings(report, feature->bit, out);
    if (feature->more != NULL)
        feature->more(report, out);
}

static void read_feature(const struct feature *feature, const tri_json *value, tri_didit *out)
{
    if (value == NULL || tri_json_is_null(value))
        return;
    if (!tri_json_is_array(value)) {
        read_report(feature, value, out);
        return;
    }
    for (const tri_json *at = tri_json_first(value); at != NULL; at = tri_json_next(at))
        read_report(feature, at, out);
}

static void read_name(trust_bytes name, tri_didit *out)
{
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        if (word_is(name, features[i].names[0]) || word_is(name, features[i].names[1])) {
            out->required |= features[i].bit;
            return;
        }
    }
    out->flags |= TRI_DIDIT_OBSCURE;
}

/* "OCR + NFC + FACE_MATCH", as older versions write it. */
static void read_names(trust_bytes text, tri_didit *out)
{
    while (text.size > 0) {
        const uint8_t *plus = memchr(text.data, '+', text.size);
        trust_bytes name = {text.data, plus == NULL ? text.size : (size_t)(plus - text.data)};
        size_t used = name.size + (plus != NULL);
        while (name.size > 0 && name.data[name.size - 1] == ' ')
            name.size--;
        for (; name.size > 0 && name.data[0] == ' '; name.size--)
            name.data++;
        read_name(name, out);
        text.data += used;
        text.size -= used;
    }
}

static void read_required(const tri_json *value, tri_didit *out)
{
    trust_bytes text;
    if (tri_json_string(value, &text))
        read_names(text, out);
    else if (!tri_json_is_array(value))
        out->flags |= TRI_DIDIT_OBSCURE;
    for (const tri_json *at = tri_json_first(value); at != NULL; at = tri_json_next(at))
        read_name(text_of(tri_json_is_object(at) ? tri_json_member(at, "feature") : at), out);
}

/* ---- the session ---- */

/* A review that led to the present state dates it; one that only remarks something does not. */
static void read_reviews(const tri_json *reviews, tri_didit *out)
{
    if (!tri_json_is_array(reviews))
        out->flags |= TRI_DIDIT_OBSCURE;
    for (const tri_json *at = tri_json_first(reviews); at != NULL; at = tri_json_next(at)) {
        tri_didit_status status = status_of(tri_json_member(at, "new_status"));
        trust_time time = time_of(tri_json_member(at, "created_at"));
        if (status == TRI_DIDIT_APPROVED || status == TRI_DIDIT_UNKNOWN)
            out->flags |= TRI_DIDIT_MANUAL;
        if (status == out->status && out->decided != TRUST_TIME_UNKNOWN && time > out->decided)
            out->decided = time;
    }
}

static tri_didit_owner owner_of(trust_bytes vendor, const char *device, const char *attempt)
{
    static const char scheme[] = "urn:dev:"; /* RFC 9039: the id of a device */
    if (vendor.size > 0 && (tri_same_text(vendor, device) || tri_same_text(vendor, attempt)))
        return TRI_DIDIT_OURS;
    if (attempt[0] != '\0')
        return TRI_DIDIT_FOREIGN;
    if (vendor.size >= sizeof scheme - 1 && memcmp(vendor.data, scheme, sizeof scheme - 1) == 0)
        return TRI_DIDIT_FOREIGN;
    return TRI_DIDIT_ANYBODY;
}

static trust_status check(const tri_json_doc *doc, trust_error *err)
{
    const trust_bytes nothing = {NULL, 0};
    const tri_json *root = doc->root;
    const tri_json *status = tri_json_member(root, "status");
    const tri_json *kind = tri_json_member(root, "session_kind");
    if (!tri_json_is_object(root))
        return tri_json_fail(doc, root, TRUST_E_FORMAT, "no decision", nothing, err);
    if (tri_json_member(root, "kyc") != NULL || tri_json_member(root, "face") != NULL)
        return tri_json_fail(doc, root, TRUST_E_UNSUPPORTED, "a decision of version 1", nothing,
                             err);
    if (kind != NULL && !tri_json_is_null(kind) && !word_is(text_of(kind), "user"))
        return tri_json_fail(doc, kind, TRUST_E_UNSUPPORTED, "no session of a person", nothing,
                             err);
    if (!tri_json_is_string(status))
        return tri_json_fail(doc, status == NULL ? root : status, TRUST_E_FORMAT,
                             "a decision without its status", nothing, err);
    return TRUST_OK;
}

static tri_didit read_decision(const tri_json *root, const char *device, const char *attempt)
{
    tri_didit out = {.status = status_of(tri_json_member(root, "status"))};
    out.owner = owner_of(text_of(tri_json_member(root, "vendor_data")), device, attempt);
    out.decided = time_of(tri_json_member(root, "created_at"));
    out.expires = time_of(tri_json_member(root, "expires_at"));
    if (tri_same_text(text_of(tri_json_member(root, "environment")), "live"))
        out.flags |= TRI_DIDIT_LIVE;
    read_required(tri_json_member(root, "features"), &out);
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        read_feature(&features[i], tri_json_member(root, features[i].many), &out);
        read_feature(&features[i], tri_json_member(root, features[i].one), &out);
    }
    read_reviews(tri_json_member(root, "reviews"), &out);
    return out;
}

trust_status tri_didit_read(trust_bytes text, const char *device, const char *attempt,
                            tri_didit *out, trust_error *err)
{
    static const tri_json_limits limits = {TRI_DIDIT_MAX_BYTES, TRI_DIDIT_MAX_DEPTH,
                                           TRI_DIDIT_MAX_NODES};
    tri_json_doc doc;
    trust_status status = tri_json_parse(text, &limits, &doc, err);
    if (status != TRUST_OK)
        return status;
    status = check(&doc, err);
    if (status == TRUST_OK)
        *out = read_decision(doc.root, device, attempt);
    tri_json_free(&doc);
    return status;
}
