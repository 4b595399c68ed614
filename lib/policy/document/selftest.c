/* The tests that a policy document carries: what each supposes is put before the evaluator, and
 * what comes is held against what it expects. Trust: the loader has checked every member of a test
 * as of the rest of the document, and the policy. */

#include "policy/document/selftest.h"

#include <string.h>

#include <trust/reason.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "policy/document/document.h"
#include "policy/lint/lint.h"
#include "policy/model.h"

#define DEFAULT_NOW    INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define LONG_AGO       (2 * TRI_MAX_DURATION) /* longer than any dwell */
#define MAX_ATTRIBUTES 16
#define MAX_STEPS      8

/* One test: what it supposes, and what came of it. */
typedef struct rehearsal {
    const trust_policy *policy;
    const tri_json *test;
    trust_policy_input input;
    trust_finding findings[TRI_MAX_FINDINGS];
    trust_attribute attributes[MAX_ATTRIBUTES];
    trust_policy_summary summary;
    bool missed;   /* something else came than was expected: */
    tri_text text; /* a sentence about the first such thing */
    char sentence[512];
    _Alignas(trust_policy_result) uint8_t result[TRI_RESULT_MOST];
} rehearsal;

static const trust_policy_result *result_of(const rehearsal *t)
{
    return (const trust_policy_result *)(const void *)t->result;
}

/* ---- values ---- */

static int64_t whole(const tri_json *value)
{
    int64_t number = 0;
    (void)tri_json_integer(value, &number);
    return number;
}

static trust_bytes text_of(const tri_json *value)
{
    trust_bytes text = {NULL, 0};
    (void)tri_json_string(value, &text);
    return text;
}

static int64_t span(const tri_json *value)
{
    int64_t ms = 0;
    (void)tri_duration_parse(text_of(value), true, &ms);
    return ms;
}

static trust_verdict verdict_of(const tri_json *value)
{
    trust_verdict verdict = TRUST_ALLOW;
    while (verdict < TRUST_DENY && !tri_same_text(text_of(value), trust_verdict_name(verdict)))
        verdict++;
    return verdict;
}

static uint32_t signal_named(const trust_policy *policy, trust_bytes name)
{
    uint32_t i = 0;
    while (i < policy->signal_count && !tri_same_text(name, policy->signals[i].name))
        i++;
    return i;
}

/* Of a stage that there is not: as many as there are. */
static uint32_t stage_named(const trust_policy *policy, trust_bytes id)
{
    uint32_t i = 0;
    while (i < policy->stage_count && !tri_same_text(id, policy->stages[i].id))
        i++;
    return i;
}

static const char *profile_id(const trust_policy *policy, uint32_t index)
{
    return index == 0 ? "default" : policy->profiles[index - 1].id;
}

/* ---- what a test supposes ---- */

/* A time so long before now, where the test says how long. */
static trust_time before(const rehearsal *t, const char *name, trust_time otherwise)
{
    const tri_json *value = tri_json_member(t->test, name);
    return value != NULL ? t->input.now - span(value) : otherwise;
}

/* The parser ends each name and text with a NUL. */
static trust_status select_profile(rehearsal *t)
{
    size_t count = 0;
    const tri_json *fact = tri_json_first(tri_json_member(t->test, "attributes"));
    for (; fact != NULL && count < MAX_ATTRIBUTES; fact = tri_json_next(fact))
        t->attributes[count++] = (trust_attribute){(const char *)tri_json_name(fact).data,
                                                   (const char *)text_of(fact).data};
    return trust_policy_select(t->policy, t->attributes, count, &t->input.selection);
}

static uint32_t state_named(trust_bytes word)
{
    uint32_t state = TRUST_STATE_NOT_REQUESTED;
    while (state < TRUST_STATE_UNSUPPORTED && !tri_same_text(word, trust_state_name(state)))
        state++;
    return state;
}

/* A value, the word for why there is none, or an object that says more. */
static void suppose(rehearsal *t, const tri_json *value, uint32_t kind, uint32_t source)
{
    bool object = tri_json_is_object(value);
    const tri_json *number = object ? tri_json_member(value, "value") : value;
    const tri_json *quality = tri_json_member(value, "quality");
    const tri_json *from = tri_json_member(value, "source");
    trust_finding *finding = &t->findings[t->input.finding_count++];
    *finding = (trust_finding){.kind = kind,
                               .source = from != NULL ? (uint32_t)whole(from) : source,
                               .state = TRUST_STATE_VALID,
                               .origin = TRUST_FROM_HOST,
                               .value = (int32_t)whole(number),
                               .quality = TRUST_QUALITY_FULL,
                               .time = t->input.now - span(tri_json_member(value, "age")),
                               .item = TRUST_NO_ITEM};
    if (quality != NULL)
        finding->quality = tri_q16_of_permille(whole(quality));
    if (!tri_json_is_number(number))
        finding->state = state_named(text_of(object ? tri_json_member(value, "state") : value));
}

/* Each source in an array is one of its own, unless it says which. */
static void suppose_all(rehearsal *t)
{
    const tri_json *child = tri_json_first(tri_json_member(t->test, "evidence"));
    for (; child != NULL; child = tri_json_next(child)) {
        uint32_t index = signal_named(t->policy, tri_json_name(child)), source = 0;
        bool several = tri_json_is_array(child);
        const tri_json *one = several ? tri_json_first(child) : child;
        while (one != NULL && index < t->policy->signal_count &&
               t->input.finding_count < TRI_MAX_FINDINGS) {
            suppose(t, one, t->policy->signals[index].kind, source++);
            one = several ? tri_json_next(one) : NULL;
        }
    }
}

static trust_status stage_scene(rehearsal *t)
{
    trust_policy_input *input = &t->input;
    const tri_json *now = tri_json_member(t->test, "now");
    const tri_json *stage = tri_json_member(t->test, "stage");
    const tri_json *previous = tri_json_member(t->test, "previous");
    const tri_json *override = tri_json_member(t->test, "override");
    *input = (trust_policy_input)TRUST_POLICY_INPUT_INIT;
    input->now = DEFAULT_NOW;
    if (now != NULL && trust_time_parse((const char *)text_of(now).data, text_of(now).size,
                                        &input->now) != TRUST_OK)
        return TRUST_E_ARGUMENT;
    if (stage != NULL)
        input->stage = stage_named(t->policy, text_of(stage));
    input->stage_since = before(t, "stage_age", TRUST_TIME_UNKNOWN);
    if (previous != NULL) {
        input->previous = verdict_of(previous);
        input->since = before(t, "held_for", input->now - LONG_AGO);
    }
    input->flaps = (uint32_t)whole(tri_json_member(t->test, "flaps"));
    if (override != NULL)
        input->override = verdict_of(override);
    input->findings = t->findings;
    suppose_all(t);
    return select_profile(t);
}

/* ---- what it expects ---- */

/* Begin the sentence about what came instead, unless there is one already. */
static bool miss(rehearsal *t, const char *expected)
{
    if (t->missed)
        return false;
    t->missed = true;
    t->text = tri_text_begin(t->sentence, sizeof t->sentence);
    tri_text_str(&t->text, "test '");
    tri_text_shown(&t->text, text_of(tri_json_member(t->test, "name")), 100);
    tri_text_str(&t->text, "': expected ");
    tri_text_str(&t->text, expected);
    return true;
}

/* ", got quarantine (risk 612)": always the end of a sentence that begins otherwise. */
static void tell_verdict(rehearsal *t)
{
    tri_text_str(&t->text, trust_verdict_name(t->summary.verdict));
    tri_text_str(&t->text, " (risk ");
    tri_text_int(&t->text, t->summary.risk);
    tri_text_char(&t->text, ')');
}

static void tell_names(rehearsal *t, bool first, const char *name)
{
    tri_text_str(&t->text, first ? "" : ", ");
    tri_text_str(&t->text, name);
}

static trust_status compare_verdict(rehearsal *t, const tri_json *value, const char *how,
                                    bool milder, bool stricter)
{
    trust_verdict expected = verdict_of(value), came = t->summary.verdict;
    bool so = came == expected || (milder && came < expected) || (stricter && came > expected);
    if (so || !miss(t, how))
        return TRUST_OK;
    tri_text_str(&t->text, trust_verdict_name(expected));
    tri_text_str(&t->text, ", got ");
    tell_verdict(t);
    return TRUST_OK;
}

static trust_status expect_verdict(rehearsal *t, const tri_json *value)
{
    return compare_verdict(t, value, "", false, false);
}

static trust_status expect_at_least(rehearsal *t, const tri_json *value)
{
    return compare_verdict(t, value, "at least ", false, true);
}

static trust_status expect_at_most(rehearsal *t, const tri_json *value)
{
    return compare_verdict(t, value, "at most ", true, false);
}

static trust_status expect_risk(rehearsal *t, const tri_json *value)
{
    bool range = tri_json_is_array(value);
    int64_t low = whole(range ? tri_json_first(value) : value);
    int64_t high = range ? whole(tri_json_next(tri_json_first(value))) : low;
    if ((t->summary.risk >= low && t->summary.risk <= high) || !miss(t, "risk "))
        return TRUST_OK;
    tri_text_int(&t->text, low);
    if (range) {
        tri_text_str(&t->text, " to ");
        tri_text_int(&t->text, high);
    }
    tri_text_str(&t->text, ", got ");
    tell_verdict(t);
    return TRUST_OK;
}

static trust_status expect_reason(rehearsal *t, const tri_json *value)
{
    trust_bytes code = text_of(value);
    const uint32_t *came = t->summary.reasons;
    for (int i = 0; i < 3; i++)
        if (tri_same_text(code, trust_reason_code(came[i])))
            return TRUST_OK;
    if (!miss(t, "reason "))
        return TRUST_OK;
    tri_text_shown(&t->text, code, TRI_NAME_MAX);
    tri_text_str(&t->text, ", got ");
    for (int i = 0; i < 3 && came[i] != 0; i++)
        tell_names(t, i == 0, trust_reason_code(came[i]));
    return TRUST_OK;
}

static trust_status compare_id(rehearsal *t, const tri_json *value, const char *what,
                               const char *came)
{
    if (tri_same_text(text_of(value), came) || !miss(t, what))
        return TRUST_OK;
    tri_text_shown(&t->text, text_of(value), TRI_NAME_MAX);
    tri_text_str(&t->text, ", got ");
    tri_text_str(&t->text, came);
    return TRUST_OK;
}

static trust_status expect_profile(rehearsal *t, const tri_json *value)
{
    return compare_id(t, value, "profile ", profile_id(t->policy, t->summary.profile));
}

static trust_status expect_stage(rehearsal *t, const tri_json *value)
{
    bool any = t->summary.stage < t->policy->stage_count;
    return compare_id(t, value, "stage ", any ? t->policy->stages[t->summary.stage].id : "none");
}

/* A row that is left out has no points. */
static int32_t points_of(const rehearsal *t, const trust_row *rows, size_t count, trust_bytes name)
{
    for (size_t i = 0; i < count; i++)
        if (tri_same_text(name, trust_policy_row_name(t->policy, &rows[i])))
            return rows[i].points;
    return 0;
}

static trust_status expect_points(rehearsal *t, const tri_json *value)
{
    trust_row rows[TRUST_MAX_ROWS];
    size_t count = 0;
    trust_status status =
        trust_policy_ledger(t->policy, result_of(t), rows, TRUST_MAX_ROWS, &count);
    if (status != TRUST_OK)
        return status;
    const tri_json *child = tri_json_first(value);
    for (; child != NULL; child = tri_json_next(child)) {
        trust_bytes name = tri_json_name(child);
        int32_t came = points_of(t, rows, count, name);
        if (came == whole(child) || !miss(t, "points of "))
            continue;
        tri_text_shown(&t->text, name, TRI_NAME_MAX + 4);
        tri_text_char(&t->text, ' ');
        tri_text_int(&t->text, whole(child));
        tri_text_str(&t->text, ", got ");
        tri_text_int(&t->text, came);
    }
    return TRUST_OK;
}

static void tell_span(rehearsal *t, int64_t ms)
{
    if (ms == INT64_MAX)
        tri_text_str(&t->text, "never");
    else
        tri_duration_format(&t->text, ms);
}

/* A time that is not known to the millisecond meets nothing: another library might find it. */
static trust_status expect_valid_for(rehearsal *t, const tri_json *value)
{
    int64_t expected = tri_same_text(text_of(value), "never") ? INT64_MAX : span(value);
    trust_time until = TRUST_TIME_UNKNOWN;
    uint32_t exact = 0;
    trust_status status = trust_policy_valid_until(t->policy, &t->input, &until, &exact);
    if (status != TRUST_OK)
        return status;
    int64_t came = until == TRUST_TIME_NEVER ? INT64_MAX : until - t->input.now;
    if ((came == expected && exact != 0) || !miss(t, "valid_for "))
        return TRUST_OK;
    tell_span(t, expected);
    tri_text_str(&t->text, exact != 0 ? ", got " : ", got at least ");
    tell_span(t, came);
    return TRUST_OK;
}

/* A set of signals, as " [attestation, human]". */
static void tell_set(rehearsal *t, uint64_t set)
{
    bool first = true;
    tri_text_str(&t->text, " [");
    for (uint32_t i = 0; i < t->policy->signal_count; i++)
        if ((set >> i & 1) != 0) {
            tell_names(t, first, t->policy->signals[i].name);
            first = false;
        }
    tri_text_char(&t->text, ']');
}

static uint64_t set_of(const trust_policy *policy, const tri_json *value)
{
    uint64_t set = 0;
    const tri_json *child = tri_json_first(value);
    for (; child != NULL; child = tri_json_next(child))
        set |= (uint64_t)1 << (signal_named(policy, text_of(child)) & 63);
    return set;
}

/* The first sets, in order; an empty array expects that there are none. */
static trust_status expect_next(rehearsal *t, const tri_json *value)
{
    trust_policy_step steps[MAX_STEPS];
    size_t count = 0, i = 0, wanted = tri_json_count(value);
    trust_status status = trust_policy_next(t->policy, &t->input, steps, MAX_STEPS, &count);
    if (status != TRUST_OK)
        return status;
    bool same = wanted == 0 ? count == 0 : count >= wanted;
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && same; child = tri_json_next(child))
        same = steps[i++].signals == set_of(t->policy, child);
    if (same || !miss(t, wanted == 0 ? "nothing next" : "next"))
        return TRUST_OK;
    for (child = tri_json_first(value); child != NULL; child = tri_json_next(child))
        tell_set(t, set_of(t->policy, child));
    tri_text_str(&t->text, count == 0 ? ", got nothing" : ", got");
    for (i = 0; i < count; i++)
        tell_set(t, steps[i].signals);
    return TRUST_OK;
}

static trust_status expect_actions(rehearsal *t, const tri_json *value)
{
    trust_policy_action actions[TRUST_POLICY_MAX_ACTIONS];
    size_t count = 0, i = 0;
    trust_status status =
        trust_policy_actions(t->policy, result_of(t), actions, TRUST_POLICY_MAX_ACTIONS, &count);
    if (status != TRUST_OK)
        return status;
    bool same = count == tri_json_count(value);
    const tri_json *child = tri_json_first(value);
    for (; child != NULL && same; child = tri_json_next(child))
        same = tri_same_text(text_of(child), actions[i++].name);
    if (same || !miss(t, "actions ["))
        return TRUST_OK;
    for (child = tri_json_first(value); child != NULL; child = tri_json_next(child)) {
        tri_text_str(&t->text, child == tri_json_first(value) ? "" : ", ");
        tri_text_shown(&t->text, text_of(child), TRI_NAME_MAX);
    }
    tri_text_str(&t->text, "], got [");
    for (i = 0; i < count; i++)
        tell_names(t, i == 0, actions[i].name);
    tri_text_char(&t->text, ']');
    return TRUST_OK;
}

static const struct {
    const char *name;
    trust_status (*compare)(rehearsal *t, const tri_json *value);
} expectations[] = {
    {"verdict", expect_verdict},
    {"verdict_at_least", expect_at_least},
    {"verdict_at_most", expect_at_most},
    {"risk", expect_risk},
    {"reason", expect_reason},
    {"profile", expect_profile},
    {"stage", expect_stage},
    {"points", expect_points},
    {"valid_for", expect_valid_for},
    {"next", expect_next},
    {"actions", expect_actions},
};

/* ---- the run ---- */

/* Run one test: t->missed says whether it failed, and the sentence why. */
static trust_status rehearse(rehearsal *t, const tri_json *test)
{
    t->test = test;
    t->missed = false;
    trust_status status = stage_scene(t);
    if (status == TRUST_OK)
        status = trust_policy_evaluate(t->policy, &t->input,
                                       (trust_policy_result *)(void *)t->result, sizeof t->result);
    if (status != TRUST_OK)
        return status;
    trust_policy_result_summary(result_of(t), &t->summary);
    const tri_json *expect = tri_json_member(test, "expect");
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        const tri_json *value = tri_json_member(expect, expectations[i].name);
        if (value != NULL && status == TRUST_OK)
            status = expectations[i].compare(t, value);
    }
    return status;
}

/* The sentence, cut to what fits. */
static const char *sentence_of(rehearsal *t)
{
    size_t last = sizeof t->sentence - 1;
    t->sentence[t->text.need < last ? t->text.need : last] = '\0';
    return t->sentence;
}

/* Refuse the document at what a test expects. */
static trust_status refuse(const tri_json_doc *doc, rehearsal *t, trust_error *err)
{
    const trust_bytes nothing = {NULL, 0};
    trust_status status =
        tri_json_fail(doc, tri_json_member(t->test, "expect"), TRUST_E_FORMAT, "", nothing, err);
    if (err == NULL)
        return status;
    /* Longer than a message that quotes may be. */
    tri_text message = tri_text_begin(err->message, sizeof err->message);
    tri_text_shown(&message, tri_bytes(sentence_of(t)), sizeof err->message - 1);
    (void)tri_text_end(&message, NULL);
    return status;
}

trust_status tri_policy_selftest(const trust_policy *policy, const tri_json_doc *doc,
                                 const tri_json *tests, trust_error *err)
{
    rehearsal t = {.policy = policy};
    const tri_json *test = tri_json_first(tests);
    for (; test != NULL; test = tri_json_next(test)) {
        trust_status status = rehearse(&t, test);
        if (status == TRUST_OK && t.missed)
            status = refuse(doc, &t, err);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}

static bool add_passed(trust_lint *lint, const tri_json_doc *doc, const rehearsal *t)
{
    char sentence[128];
    trust_error about;
    const trust_bytes nothing = {NULL, 0};
    tri_text text = tri_text_begin(sentence, sizeof sentence);
    tri_text_str(&text, "test '");
    tri_text_shown(&text, text_of(tri_json_member(t->test, "name")), 100);
    tri_text_str(&text, "' passed");
    (void)tri_text_end(&text, NULL);
    (void)tri_json_fail(doc, t->test, TRUST_E_FORMAT, "", nothing, &about);
    return tri_lint_add(lint, TRUST_LINT_NOTE, "TEST_PASSED", &about, sentence);
}

static trust_status report(const trust_policy *policy, const tri_json_doc *doc, trust_lint *lint)
{
    rehearsal t = {.policy = policy};
    const tri_json *test = tri_json_first(tri_json_member(doc->root, "tests"));
    for (; test != NULL; test = tri_json_next(test)) {
        trust_error about;
        trust_status status = rehearse(&t, test);
        if (status != TRUST_OK)
            return status;
        bool added;
        if (t.missed) {
            (void)refuse(doc, &t, &about);
            added = tri_lint_add(lint, TRUST_LINT_ERROR, "TEST_FAILED", &about, sentence_of(&t));
        } else {
            added = add_passed(lint, doc, &t);
        }
        if (!added)
            return TRUST_E_NOMEM;
    }
    return TRUST_OK;
}

trust_status trust_policy_test(const void *document, size_t len, const trust_allocator *allocator,
                               trust_lint **out)
{
    if ((document == NULL && len > 0) || out == NULL)
        return TRUST_E_ARGUMENT;
    trust_allocator memory = tri_allocator(allocator);
    tri_json_doc doc = {.root = NULL};
    trust_policy *policy = NULL;
    trust_error err;
    trust_lint *lint = tri_lint_new(&memory);
    if (lint == NULL)
        return TRUST_E_NOMEM;
    trust_status status =
        tri_policy_compile((trust_bytes){document, len}, &memory, &doc, &policy, &err);
    if (status == TRUST_OK)
        status = report(policy, &doc, lint);
    else if (status != TRUST_E_NOMEM)
        status = tri_lint_add(lint, TRUST_LINT_ERROR, "DOES_NOT_LOAD", &err, err.message)
                     ? TRUST_OK
                     : TRUST_E_NOMEM;
    trust_policy_free(policy);
    tri_json_free(&doc);
    if (status == TRUST_OK)
        *out = lint;
    else
        trust_lint_free(lint);
    return status;
}
