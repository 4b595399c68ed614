/* The tests that a document carries: what they suppose reaches the evaluator, what they expect is
 * held against what comes, and what is said when it differs. */

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/document/document.h"
#include "policy/document/selftest.h"

/* Documents are written with ' for ". */
#define POLICY                                                                                     \
    "{'trust_policy':1,'id':'t','revision':1,"                                                     \
    "'signals':{'identity':{'weight':300,'curve':[[2,-120],[32,100],[96,300]],'absent':"           \
    "{'not_requested':150,'refused':280,'source_down':200},'half_life':'1h','half_life_bad':'1h'," \
    "'ttl':'4h'},"                                                                                 \
    "'human':{'weight':100,'curve':[[0,-80],[100,100]],'absent':40,'half_life':'never',"           \
    "'ttl':'never'},"                                                                              \
    "'reputation':{'weight':50,'quorum':2,'absent':10,'reliability':1000,'curve':[[0,-40],"        \
    "[100,50]],'half_life':'never','ttl':'never'}},"                                               \
    "'groups':{'human':{'floor':-60}},"                                                            \
    "'verdicts':{'allow':300,'step_up':475,'quarantine':650},'limits':{'uncertainty':1000},"       \
    "'hysteresis':{'margin':20,'dwell':'10m','backoff':2,'dwell_max':'1h'},"                       \
    "'gates':[{'id':'g','if':{'signal':'human','at_least':90},'floor':'deny','actions':['call']}]" \
    ",'profiles':[{'id':'lock','when':{'attr':'role','eq':'lock'},'base':500},"                    \
    "{'id':'old','when':{'attr':'built','le':2010},'base':480}],"                                  \
    "'stages':[{'id':'first','needs':['identity'],'timeout':'1h','on_timeout':'deny',"             \
    "'actions':['look']},{'id':'last'}],"                                                          \
    "'actions':{'deny':['shut'],'step_up':['ask']},"                                               \
    "'step_up':[{'obtain':'identity','cost':5},{'obtain':'human'}],"                               \
    "'overrides':{'may_lower_to':'step_up'},"                                                      \
    "'tests':["
#define GOOD                   "'identity':2,'human':0,'reputation':[0,0]"
#define BULB                   "'attributes':{'role':'bulb','built':'2020'},"
#define LAST                   "'stage':'last',"
#define TEST(scene, expect)    "{'name':'n'," scene "'expect':{" expect "}}"
#define WITH(evidence, expect) TEST(BULB LAST "'evidence':{" evidence "},", expect)
#define WAS(before, expect)    TEST(BULB LAST before "'evidence':{" GOOD "},", expect)

/* The document with these tests, in a static buffer. */
static char *json(const char *tests)
{
    static char room[65536];
    int size = snprintf(room, sizeof room, "%s%s]}", POLICY, tests);
    ck_assert_int_lt(size, (int)sizeof room);
    for (char *c = room; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    return room;
}

static trust_status load(const char *tests, trust_error *err)
{
    trust_policy *policy = NULL;
    const char *text = json(tests);
    trust_status status = trust_policy_load_unsigned(text, strlen(text), NULL, &policy, err);
    ck_assert_int_eq(policy != NULL, status == TRUST_OK);
    trust_policy_free(policy);
    return status;
}

typedef struct sample {
    const char *test;
    const char *sentence; /* NULL where it passes */
} sample;

static const sample samples[] = {
    /* 450 - 120 - 60 (the group's floor, the row has -80) - 40 = 230 */
    {WITH(GOOD, "'verdict':'allow','risk':230"), NULL},
    {WITH(GOOD, "'verdict':'step_up'"), "expected step_up, got allow (risk 230)"},
    {WITH(GOOD, "'verdict_at_least':'allow','verdict_at_most':'allow'"), NULL},
    {WITH(GOOD, "'verdict_at_least':'step_up'"), "expected at least step_up, got allow (risk 230)"},
    /* 450 + 150 + 40 + 10 = 650 */
    {WITH("", "'verdict_at_most':'quarantine','verdict_at_least':'step_up','risk':650"), NULL},
    {WITH("", "'verdict_at_most':'step_up'"),
     "expected at most step_up, got quarantine (risk 650)"},
    {WITH(GOOD, "'risk':231"), "expected risk 231, got allow (risk 230)"},
    {WITH(GOOD, "'risk':229"), "expected risk 229, got allow (risk 230)"},
    {WITH(GOOD, "'risk':[230,230]"), NULL},
    {WITH(GOOD, "'risk':[0,229]"), "expected risk 0 to 229, got allow (risk 230)"},
    {WITH(GOOD, "'risk':[231,1000]"), "expected risk 231 to 1000, got allow (risk 230)"},
    {WITH("'human':90", "'reason':'GATE'"), NULL},
    {WITH("'human':89", "'reason':'GATE'"),
     "expected reason GATE, got NOT_REQUESTED, HOST_SIGNAL, NOT_REQUESTED"},
    {WITH("", "'reason':'NOT_REQUESTED'"), NULL},

    /* profiles */
    {TEST("", "'profile':'default','reason':'CONTEXT_UNKNOWN','points':{'base':500}"), NULL},
    {TEST("'attributes':{'role':'lock'},", "'profile':'lock','points':{'base':500}"), NULL},
    {TEST("'attributes':{'role':'lock'},", "'profile':'default'"),
     "expected profile default, got lock"},
    {TEST("'attributes':{'role':'bulb','built':'2010'},", "'profile':'old','points':{'base':480}"),
     NULL},
    {TEST("'attributes':{'role':'bulb','built':'2011'},", "'profile':'old'"),
     "expected profile old, got default"},
    {TEST("'attributes':{},", "'profile':'lock'"), "expected profile lock, got default"},

    /* stages */
    {TEST(BULB, "'stage':'first','reason':'STAGE_UNFINISHED'"),
     "expected reason STAGE_UNFINISHED, got NOT_REQUESTED, NOT_REQUESTED, NOT_REQUESTED"},
    {TEST(BULB "'evidence':{'identity':2},", "'stage':'last','verdict':'step_up'"), NULL},
    {TEST(BULB "'evidence':{'identity':2},", "'stage':'first'"), "expected stage first, got last"},
    {TEST(BULB "'stage':'first','stage_age':'1h',", "'verdict':'quarantine'"), NULL},
    {TEST(BULB "'stage':'first','stage_age':'3600001ms',", "'reason':'STAGE_TIMEOUT'"), NULL},
    {TEST(BULB "'stage_age':'3600001ms',", "'verdict':'quarantine'"),
     "expected quarantine, got deny (risk 650)"},

    /* rows: one that is left out has no points */
    {WITH(GOOD,
          "'points':{'base':450,'human':-80,'cap human':20,'identity':-120,'reputation':-40}"),
     NULL},
    {WITH(GOOD, "'points':{'cap device':0,'clamp':0}"), NULL},
    {WITH(GOOD, "'points':{'human':-79}"), "expected points of human -79, got -80"},
    {WITH(GOOD, "'points':{'human':-80,'identity':120}"),
     "expected points of identity 120, got -120"},
    {WITH(GOOD, "'points':{'clamp':1}"), "expected points of clamp 1, got 0"},

    /* how long it holds: until the timeout; for good; until identity has faded by 70 points of 270
     */
    {TEST(BULB, "'valid_for':'3600001ms'"), NULL},
    {TEST(BULB "'stage_age':'10m',", "'valid_for':'3000001ms'"), NULL},
    {TEST(BULB "'stage_age':'10m',", "'valid_for':'50m'"), "expected valid_for 50m, got 3000001ms"},
    {WITH("'human':0", "'valid_for':'never'"), NULL},
    {WITH("'human':0", "'valid_for':'1h'"), "expected valid_for 1h, got never"},
    {WITH(GOOD, "'valid_for':'never'"), "expected valid_for never, got 1558686ms"},

    /* what to ask for */
    {WITH("", "'next':[['identity','human']]"), NULL},
    {WITH("", "'next':[['identity','human'],['identity']]"), NULL},
    {WITH("", "'next':[['identity','human'],['human']]"),
     "expected next [human, identity] [human], got [human, identity] [identity]"},
    {WITH("", "'next':[['human']]"), "expected next [human], got [human, identity] [identity]"},
    {WITH("", "'next':[]"), "expected nothing next, got [human, identity] [identity]"},
    {WITH(GOOD, "'next':[]"), NULL},
    {WITH(GOOD, "'next':[['human']]"), "expected next [human], got nothing"},

    /* what to do */
    {WITH("'human':95", "'actions':['shut','call']"), NULL},
    {WITH("'human':95", "'actions':['call','shut']"),
     "expected actions [call, shut], got [shut, call]"},
    {WITH("'human':95", "'actions':['shut']"), "expected actions [shut], got [shut, call]"},
    {WITH("'human':95", "'actions':['shut','call','look']"),
     "expected actions [shut, call, look], got [shut, call]"},
    {WITH(GOOD, "'actions':[]"), NULL},
    {WITH(GOOD, "'actions':['shut']"), "expected actions [shut], got []"},
    {TEST(BULB, "'actions':['look']"), NULL},

    /* one finding: -120 and 150 are 15 when half of it counts */
    {WITH("'identity':{'value':2,'age':'1h'}", "'points':{'identity':15}"), NULL},
    {WITH("'identity':{'value':2,'quality':500}", "'points':{'identity':15}"), NULL},
    {WITH("'identity':{'value':2,'age':'4h'}", "'reason':'HOST_SIGNAL'"), NULL},
    {WITH("'identity':{'value':2,'age':'14400001ms'}",
          "'points':{'identity':150},'reason':'STALE'"),
     NULL},
    {WITH("'identity':'invalid'", "'points':{'identity':300}"), NULL},
    {WITH("'identity':{'state':'invalid','age':'1h'}", "'points':{'identity':225}"), NULL},
    {WITH("'identity':'refused'", "'points':{'identity':280},'reason':'REFUSED'"), NULL},
    {WITH("'identity':{'state':'refused'}", "'points':{'identity':280},'reason':'REFUSED'"), NULL},
    {WITH("'identity':'source_down'", "'points':{'identity':200},'reason':'SOURCE_DOWN'"), NULL},
    {WITH("'identity':'pending'", "'points':{'identity':150},'reason':'PENDING'"), NULL},
    {WITH("'identity':'not_requested'", "'points':{'identity':150},'reason':'NOT_REQUESTED'"),
     NULL},
    {WITH("'identity':'expired'", "'points':{'identity':150},'reason':'STALE'"), NULL},
    {WITH("'identity':'unbound'", "'points':{'identity':150},'reason':'MISBOUND'"), NULL},
    {WITH("'identity':'not_applicable'", "'points':{'identity':0}"), NULL},
    {WITH("'identity':2.0", "'points':{'identity':-120}"), NULL},

    /* several: of two sources both must say it */
    {WITH("'identity':[2,32]", "'points':{'identity':100}"), NULL},
    {WITH("'reputation':100", "'points':{'reputation':10}"), NULL},
    {WITH("'reputation':[100,100]", "'points':{'reputation':50}"), NULL},
    {WITH("'reputation':[100,{'value':100,'source':0}]", "'points':{'reputation':10}"), NULL},
    {WITH("'reputation':[{'value':100,'source':1},100]", "'points':{'reputation':10}"), NULL},
    {WITH("'reputation':[{'value':100,'source':255},{'value':100}]", "'points':{'reputation':50}"),
     NULL},

    /* what was before */
    {WAS("'previous':'deny',", "'verdict':'allow'"), NULL},
    {WAS("'previous':'deny','held_for':'0s',", "'verdict':'deny','reason':'HELD'"), NULL},
    {WAS("'previous':'deny','held_for':'599999ms',", "'verdict':'allow'"),
     "expected allow, got deny (risk 230)"},
    {WAS("'previous':'deny','held_for':'10m',", "'verdict':'allow'"), NULL},
    {WAS("'previous':'step_up','held_for':'9m',", "'verdict':'step_up'"), NULL},
    {WAS("'previous':'deny','held_for':'1199999ms','flaps':1,", "'verdict':'allow'"),
     "expected allow, got deny (risk 230)"},
    {WAS("'previous':'deny','held_for':'20m','flaps':1,", "'verdict':'allow'"), NULL},
    {WAS("'previous':'deny','held_for':'1h','flaps':16,", "'verdict':'allow'"), NULL},
    {WAS("'now':'2020-02-03T04:05:06Z','previous':'deny',", "'risk':230,'valid_for':'1421467ms'"),
     "expected valid_for 1421467ms, got 1558686ms"},
    {WAS("'now':'1970-01-01T00:00:00Z','previous':'deny',", "'verdict':'allow'"), NULL},
    {TEST(BULB LAST "'override':'allow','evidence':{'human':90},",
          "'verdict':'step_up','reason':'OVERRIDDEN'"),
     NULL},
    {TEST(BULB LAST "'override':'quarantine','evidence':{'human':90},", "'verdict':'step_up'"),
     "expected step_up, got quarantine (risk 692)"},

    /* the first of several is told */
    {WITH(GOOD, "'risk':0,'verdict':'deny','actions':['x']"),
     "expected deny, got allow (risk 230)"},
};

static void check(const sample *s)
{
    trust_error err = {0};
    trust_status status = load(s->test, &err);
    if (s->sentence == NULL) {
        ck_assert_msg(status == TRUST_OK, "%s: %s", s->test, err.message);
        return;
    }
    ck_assert_msg(status == TRUST_E_FORMAT, "%s passes", s->test);
    ck_assert_msg(strncmp(err.message, "test 'n': ", 10) == 0, "%s", err.message);
    ck_assert_str_eq(err.message + 10, s->sentence);
    ck_assert_str_eq(err.where, "/tests/0/expect");
    ck_assert_int_eq(err.code, TRUST_E_FORMAT);
}

START_TEST(each_expectation_is_held_against_what_comes)
{
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        check(&samples[i]);
}
END_TEST

START_TEST(the_first_that_fails_refuses_the_document)
{
    trust_error err = {0};
    const char *tests = "{'name':'one','expect':{'risk':[0,1000]}},\n{'name':'stolen key',\n"
                        "'expect':{'verdict':'allow'}},{'name':'three','expect':{'risk':0}}";
    ck_status(load(tests, &err), TRUST_E_FORMAT);
    ck_assert_str_eq(err.message, "test 'stolen key': expected allow, got deny (risk 700)");
    ck_assert_str_eq(err.where, "/tests/1/expect");
    ck_assert_uint_eq(err.line, 3);
    ck_assert_uint_eq(err.column, 10);
    ck_status(load(tests, NULL), TRUST_E_FORMAT);
}
END_TEST

/* A list that is longer than any message. */
START_TEST(a_long_sentence_is_cut)
{
    char tests[8192];
    trust_error err = {0};
    trust_lint *report = NULL;
    trust_lint_remark r;
    static const char begins[] = "test '\303\251': expected actions [an.action.called.0, an.action";
    int n = snprintf(tests, sizeof tests, "{'name':'\303\251','expect':{'actions':[");
    for (int i = 0; i < 60; i++)
        n += snprintf(tests + n, sizeof tests - (size_t)n, "%s'an.action.called.%d'",
                      i > 0 ? "," : "", i);
    (void)snprintf(tests + n, sizeof tests - (size_t)n, "]}}");
    ck_status(load(tests, &err), TRUST_E_FORMAT);
    ck_assert_uint_eq(strlen(err.message), sizeof err.message - 1);
    ck_assert_int_eq(strncmp(err.message, begins, strlen(begins)), 0);
    const char *text = json(tests);
    ck_ok(trust_policy_test(text, strlen(text), NULL, &report));
    ck_ok(trust_lint_remark_at(report, 0, &r));
    ck_assert_uint_eq(strlen(r.sentence), 511);
    ck_assert_int_eq(strncmp(r.sentence, err.message, sizeof err.message - 1), 0);
    trust_lint_free(report);
}
END_TEST

START_TEST(each_test_gives_a_remark)
{
    trust_lint *report = NULL;
    const char *text =
        json(WITH(GOOD, "'verdict':'allow'") ",\n"
                                             "{'name':'b','expect':{'verdict':'allow'}},\n"
                                             "{'name':'c','expect':{'verdict':'deny'}}");
    ck_ok(trust_policy_test(text, strlen(text), NULL, &report));
    static const trust_lint_remark expected[] = {
        {.severity = TRUST_LINT_NOTE,
         .line = 1,
         .code = "TEST_PASSED",
         .where = "/tests/0",
         .sentence = "test 'n' passed"},
        {.severity = TRUST_LINT_ERROR,
         .line = 2,
         .column = 22,
         .code = "TEST_FAILED",
         .where = "/tests/1/expect",
         .sentence = "test 'b': expected allow, got deny (risk 700)"},
        {.severity = TRUST_LINT_NOTE,
         .line = 3,
         .column = 1,
         .code = "TEST_PASSED",
         .where = "/tests/2",
         .sentence = "test 'c' passed"}};
    ck_assert_uint_eq(trust_lint_count(report), 3);
    for (size_t i = 0; i < 3; i++) {
        trust_lint_remark r;
        ck_ok(trust_lint_remark_at(report, i, &r));
        ck_assert_uint_eq(r.severity, expected[i].severity);
        ck_assert_uint_eq(r.line, expected[i].line);
        if (i > 0)
            ck_assert_uint_eq(r.column, expected[i].column);
        ck_assert_str_eq(r.code, expected[i].code);
        ck_assert_str_eq(r.where, expected[i].where);
        ck_assert_str_eq(r.sentence, expected[i].sentence);
    }
    trust_lint_free(report);
}
END_TEST

START_TEST(a_document_without_tests_gives_no_remark)
{
    trust_lint *report = NULL;
    ck_ok(load("", NULL));
    ck_ok(trust_policy_test(json(""), strlen(json("")), NULL, &report));
    ck_assert_uint_eq(trust_lint_count(report), 0);
    trust_lint_free(report);
}
END_TEST

START_TEST(a_document_that_does_not_load_gives_that_error_alone)
{
    trust_lint *report = NULL;
    trust_lint_remark r;
    const char *text = json("{'name':'a','expect':{'risk':0}},{'name':'b','expect':{}}");
    ck_ok(trust_policy_test(text, strlen(text), NULL, &report));
    ck_assert_uint_eq(trust_lint_count(report), 1);
    ck_ok(trust_lint_remark_at(report, 0, &r));
    ck_assert_str_eq(r.code, "DOES_NOT_LOAD");
    ck_assert_str_eq(r.where, "/tests/1/expect");
    ck_assert_uint_eq(r.severity, TRUST_LINT_ERROR);
    trust_lint_free(report);
    report = NULL;
    ck_status(trust_policy_test(NULL, 1, NULL, &report), TRUST_E_ARGUMENT);
    ck_status(trust_policy_test("", 0, NULL, NULL), TRUST_E_ARGUMENT);
    ck_assert_ptr_null(report);
    ck_ok(trust_policy_test(NULL, 0, NULL, &report));
    ck_assert_uint_eq(trust_lint_count(report), 1);
    trust_lint_free(report);
}
END_TEST

START_TEST(the_linter_reports_a_test_that_fails)
{
    trust_lint *report = NULL;
    trust_lint_remark r;
    const char *text = json(WITH(GOOD, "'risk':1"));
    ck_ok(trust_policy_lint(text, strlen(text), NULL, &report));
    ck_assert_uint_eq(trust_lint_count(report), 1);
    ck_ok(trust_lint_remark_at(report, 0, &r));
    ck_assert_str_eq(r.code, "DOES_NOT_LOAD");
    ck_assert_str_eq(r.sentence, "test 'n': expected risk 1, got allow (risk 230)");
    trust_lint_free(report);
}
END_TEST

START_TEST(most_tests_run)
{
    char tests[32768];
    int n = 0;
    for (int i = 0; i < (int)TRUST_POLICY_MAX_TESTS; i++)
        n += snprintf(tests + n, sizeof tests - (size_t)n, "%s{'name':'%d','expect':{'risk':%d}}",
                      i > 0 ? "," : "", i, i == (int)TRUST_POLICY_MAX_TESTS - 1 ? 701 : 700);
    trust_error err = {0};
    ck_status(load(tests, &err), TRUST_E_FORMAT);
    ck_assert_str_eq(err.where, "/tests/255/expect");
    ck_assert_str_eq(err.message, "test '255': expected risk 701, got deny (risk 700)");
}
END_TEST

START_TEST(running_takes_no_memory)
{
    counting state = {0}, bare = {0};
    const trust_allocator allocator = counting_allocator(&state), other = counting_allocator(&bare);
    tri_json_doc doc = {.root = NULL};
    trust_policy *policy = NULL;
    const char *text = json(WITH("", "'next':[['identity','human']],'valid_for':'never'"));
    const trust_bytes bytes = {(const uint8_t *)text, strlen(text)};
    ck_ok(tri_policy_compile(bytes, &allocator, &doc, &policy, NULL));
    trust_policy_free(policy);
    tri_json_free(&doc);
    ck_ok(tri_policy_load(bytes, &other, &doc, &policy, NULL));
    ck_assert_uint_eq(bare.calls, state.calls);
    trust_policy_free(policy);
    tri_json_free(&doc);
    ck_assert_uint_eq(bare.blocks_live + state.blocks_live, 0);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    const char *text = json(WITH(GOOD, "'verdict':'allow'") "," TEST("", "'verdict':'allow'"));
    trust_status status = TRUST_E_NOMEM;
    uint64_t n = 0;
    for (; status != TRUST_OK; n++) {
        counting state = {.fail_at = n + 1};
        const trust_allocator allocator = counting_allocator(&state);
        trust_lint *report = NULL;
        status = trust_policy_test(text, strlen(text), &allocator, &report);
        ck_assert_int_eq(report != NULL, status == TRUST_OK);
        ck_assert(status == TRUST_OK || status == TRUST_E_NOMEM);
        trust_lint_free(report);
        ck_assert_uint_eq(state.blocks_live, 0);
    }
    ck_assert_uint_gt(n, 3);
}
END_TEST

/* That their tests hold every number is for the gate "policies" to see. */
START_TEST(the_reference_policies_pass_their_own)
{
    static const char *const files[] = {"consumer", "industrial", "safety-critical"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[64];
        size_t len;
        trust_lint *report = NULL;
        trust_lint_remark r;
        (void)snprintf(path, sizeof path, "examples/policies/%s.json", files[i]);
        uint8_t *text = read_file(project_path(path), &len);
        ck_assert_ptr_nonnull(text);
        ck_ok(trust_policy_test(text, len, NULL, &report));
        ck_assert_uint_gt(trust_lint_count(report), 40);
        for (size_t n = 0; trust_lint_remark_at(report, n, &r) == TRUST_OK; n++)
            ck_assert_msg(r.severity == TRUST_LINT_NOTE, "%s: %s", files[i], r.sentence);
        trust_lint_free(report);
        free(text);
    }
}
END_TEST

int main(void)
{
    return run_tests("selftest",
                     TESTS(each_expectation_is_held_against_what_comes,
                           the_first_that_fails_refuses_the_document, a_long_sentence_is_cut,
                           each_test_gives_a_remark, a_document_without_tests_gives_no_remark,
                           a_document_that_does_not_load_gives_that_error_alone,
                           the_linter_reports_a_test_that_fails, most_tests_run,
                           running_takes_no_memory, every_allocation_may_fail,
                           the_reference_policies_pass_their_own));
}
