/* The policy document: what it compiles to, its canonical form and hash, and every refusal. */

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trust/reason.h>

#include "core/kind.h"
#include "crypto/crypto.h"
#include "policy/document/document.h"

#define HEAD     "{\"trust_policy\":1,\"id\":\"p\",\"revision\":1,"
#define VERDICTS "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650}"
#define PLACE    "\"signals\":{\"place\":{\"weight\":100}}"

/* A document with these signals; with one signal and these members of it; with these at the top. */
#define SIGNALS(text)   HEAD "\"signals\":{" text "}," VERDICTS "}"
#define ONE(kind, text) SIGNALS("\"" kind "\":{" text "}")
#define TOP(text)       HEAD PLACE "," VERDICTS "," text "}"
#define GATE(text)      TOP("\"gates\":[" text "]")

static trust_policy *load(const char *text)
{
    trust_policy *policy = NULL;
    trust_error err = {0};
    trust_status status = trust_policy_load_unsigned(text, strlen(text), NULL, &policy, &err);
    ck_assert_msg(status == TRUST_OK, "%s: %s: %s\n%.300s", trust_status_name(status), err.where,
                  err.message, text);
    return policy;
}

/* The document in full; free it. */
static char *expand(const trust_policy *policy)
{
    size_t need = 0;
    ck_status(trust_policy_expand(policy, NULL, 0, &need), TRUST_E_LIMIT);
    char *text = malloc(need + 1);
    ck_assert_ptr_nonnull(text);
    ck_status(trust_policy_expand(policy, text, need, NULL), TRUST_E_LIMIT);
    ck_assert_str_eq(text, "");
    ck_ok(trust_policy_expand(policy, text, need + 1, &need));
    ck_assert_uint_eq(strlen(text), need);
    return text;
}

static bool same_hash(const trust_policy *a, const trust_policy *b)
{
    uint8_t x[32], y[32];
    trust_policy_hash(a, x);
    trust_policy_hash(b, y);
    return memcmp(x, y, 32) == 0;
}

static bool same_meaning(const char *a, const char *b)
{
    trust_policy *x = load(a);
    trust_policy *y = load(b);
    bool same = same_hash(x, y);
    trust_policy_free(x);
    trust_policy_free(y);
    return same;
}

static char *example(void)
{
    size_t len;
    char *text = (char *)read_file(project_path("examples/policies/front-door-locks.json"), &len);
    ck_assert_ptr_nonnull(text);
    return text;
}

static void check_round_trip(const trust_policy *policy);

static const tri_signal_rule *rule_of(const trust_policy *policy, const char *name)
{
    uint32_t index = tri_policy_index(policy, trust_kind_id(name, strlen(name)));
    ck_assert_uint_lt(index, policy->signal_count);
    return &policy->signals[index];
}

/* ---- what it compiles to ---- */

/* The six-line document of the design, as the research's worked example has it (in millibits). */
START_TEST(six_lines_mean_the_worked_example)
{
    static const struct {
        const char *name;
        int32_t mb[3], absent[3];
        int64_t good, bad, ttl;
    } expected[] = {
        {"attestation", {-4000, 1500, 6000}, {3000, 6000, 3000}, 3600000, 0, 14400000},
        {"human", {-1500, 900, 3000}, {1500, 3000, 1500}, 7776000000, 0, 31536000000},
        {"place", {-700, 400, 2200}, {300, 300, 300}, 86400000, 86400000, 172800000},
        {"reputation", {-600, 800, 3500}, {300, 300, 300}, 43200000, 604800000, 172800000},
        {"behaviour", {-1200, 600, 4500}, {400, 400, 400}, 900000, 86400000, 7200000},
    };
    char *text = example();
    trust_policy *policy = load(text);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const tri_signal_rule *rule = rule_of(policy, expected[i].name);
        ck_assert_uint_eq(rule->knot_count, 3);
        for (size_t k = 0; k < 3; k++) {
            ck_assert_int_eq(rule->knots[k].mb, expected[i].mb[k]);
            ck_assert_int_eq(rule->absent[k], expected[i].absent[k]);
        }
        ck_assert_int_eq(rule->lo, expected[i].mb[0]);
        ck_assert_int_eq(rule->hi, expected[i].mb[2]);
        ck_assert_int_eq(rule->good.ms, expected[i].good);
        ck_assert_int_eq(rule->bad.ms, expected[i].bad);
        ck_assert_int_eq(rule->ttl, expected[i].ttl);
        ck_assert_int_eq(rule->ttl_bad, 0);
    }
    ck_assert_uint_eq(rule_of(policy, "place")->reliability, (800 * 65536 + 500) / 1000);
    ck_assert_uint_eq(rule_of(policy, "human")->reliability, 65536);
    ck_assert_int_eq(policy->stance.base, -1000);
    ck_assert_int_eq(policy->stance.limit[0], -4000);
    ck_assert_int_eq(policy->stance.limit[1], -500);
    ck_assert_int_eq(policy->stance.limit[2], 3000);
    ck_assert_int_eq(policy->margin, 500);
    ck_assert_int_eq(policy->dwell, 0);
    ck_assert_int_eq(policy->stance.max_adverse, 2500);
    ck_assert_uint_eq(policy->stance.max_uncertainty, (400 * 65536 + 500) / 1000);
    ck_assert(policy->not_before == TRUST_TIME_UNKNOWN && policy->expires == TRUST_TIME_NEVER);
    ck_assert_uint_eq(policy->group_count, 4);
    ck_assert_str_eq(policy->groups[3].name, "network");
    ck_assert_int_eq(policy->groups[3].ceiling, 4500);
    ck_assert_int_eq(policy->groups[3].floor, -1300);
    ck_assert_int_eq(policy->groups[1].ceiling, 12000);
    trust_policy_free(policy);
    free(text);
}
END_TEST

START_TEST(identity_of_the_worked_example)
{
    trust_policy *policy = load(ONE("identity", "\"weight\":350"));
    const tri_signal_rule *rule = rule_of(policy, "identity");
    ck_assert_int_eq(rule->knots[0].mb, -3000);
    ck_assert_int_eq(rule->knots[1].mb, 2000);
    ck_assert_int_eq(rule->knots[2].mb, 7000);
    ck_assert_int_eq(rule->absent[TRI_ABSENT_NOT_REQUESTED], 7000);
    ck_assert_int_eq(rule->ttl, INT64_C(604800000));
    trust_policy_free(policy);
}
END_TEST

/* Half a point and more is a point, on either side of zero. */
START_TEST(defaults_are_whole_points)
{
    static const struct {
        const char *text, *name;
        int32_t points[3], absent;
    } expected[] = {
        {ONE("attestation", "\"weight\":1"), "attestation", {-1, 0, 1}, 1},
        {ONE("attestation", "\"weight\":2"), "attestation", {-1, 1, 2}, 1},
        {ONE("attestation", "\"weight\":0"), "attestation", {0, 0, 0}, 0},
        {ONE("identity", "\"weight\":831"), "identity", {-356, 238, 831}, 831},
        {ONE("identity", "\"weight\":500"), "identity", {-215, 143, 500}, 500},
        {ONE("reputation", "\"weight\":631"), "reputation", {-108, 144, 631}, 54},
        {ONE("reputation", "\"weight\":500"), "reputation", {-86, 115, 500}, 43},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        trust_policy *policy = load(expected[i].text);
        const tri_signal_rule *rule = rule_of(policy, expected[i].name);
        for (size_t k = 0; k < 3; k++)
            ck_assert_int_eq(rule->knots[k].mb, expected[i].points[k] * 20);
        ck_assert_int_eq(rule->absent[TRI_ABSENT_NOT_REQUESTED], expected[i].absent * 20);
        trust_policy_free(policy);
    }
    trust_policy *policy =
        load(SIGNALS("\"place\":{\"weight\":500},\"reputation\":{\"weight\":500}"));
    ck_assert_int_eq(policy->groups[0].ceiling, 790 * 20);
    ck_assert_int_eq(policy->groups[0].floor, -(159 + 86) * 20);
    trust_policy_free(policy);
}
END_TEST

START_TEST(a_policy_tells_of_itself)
{
    char *text = example();
    trust_policy *policy = load(text);
    trust_policy_signal signal;
    trust_policy_bands bands;
    static const char *const sorted[] = {"attestation", "behaviour", "human",
                                         "identity",    "place",     "reputation"};
    ck_assert_str_eq(trust_policy_id(policy), "front-door-locks");
    ck_assert_uint_eq(trust_policy_revision(policy), 3);
    ck_assert_uint_eq(trust_policy_signal_count(policy), 6);
    for (size_t i = 0; i < 6; i++) {
        ck_ok(trust_policy_signal_at(policy, i, &signal));
        ck_assert_str_eq(signal.name, sorted[i]);
        ck_assert_uint_eq(tri_policy_index(policy, signal.kind), i);
    }
    ck_assert_str_eq(signal.group, "network");
    ck_assert_int_eq(signal.most, 175);
    ck_assert_int_eq(signal.least, -30);
    ck_assert_int_eq(signal.absent, 15);
    ck_assert_int_eq(signal.half_life_good, 43200000);
    ck_assert_int_eq(signal.half_life_bad, 604800000);
    ck_ok(trust_policy_signal_at(policy, 2, &signal));
    ck_assert_int_eq(signal.refused, 150);
    ck_assert_int_eq(signal.source_down, 75);
    ck_status(trust_policy_signal_at(policy, 6, &signal), TRUST_E_NOT_FOUND);
    ck_status(trust_policy_signal_at(NULL, 0, &signal), TRUST_E_ARGUMENT);
    ck_status(trust_policy_signal_at(policy, 0, NULL), TRUST_E_ARGUMENT);
    trust_policy_get_bands(policy, &bands);
    ck_assert(bands.base == 450 && bands.allow == 300 && bands.step_up == 475 &&
              bands.quarantine == 650);
    ck_assert_uint_eq(tri_policy_index(policy, 0), UINT32_MAX);
    ck_assert_uint_eq(tri_policy_index(policy, 7), UINT32_MAX);
    ck_assert_uint_eq(tri_policy_index(policy, 16), UINT32_MAX);
    ck_assert_uint_eq(tri_policy_index(policy, trust_kind_id("a.b", 3)), UINT32_MAX);
    trust_policy_free(policy);
    free(text);
}
END_TEST

START_TEST(nothing_happens_without_a_policy)
{
    trust_policy *policy = NULL;
    uint8_t hash[32] = {7};
    trust_policy_bands bands = {1, 2, 3, 4};
    size_t need = 9;
    trust_policy_free(NULL);
    trust_policy_hash(NULL, hash);
    trust_policy_get_bands(NULL, &bands);
    ck_assert(hash[0] == 7 && bands.allow == 2);
    ck_assert_str_eq(trust_policy_id(NULL), "");
    ck_assert_uint_eq(trust_policy_revision(NULL), 0);
    ck_assert_uint_eq(trust_policy_signal_count(NULL), 0);
    ck_status(trust_policy_expand(NULL, NULL, 0, &need), TRUST_E_ARGUMENT);
    ck_assert_uint_eq(need, 9);
    ck_status(trust_policy_load_unsigned(NULL, 3, NULL, &policy, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_load_unsigned("{}", 2, NULL, NULL, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_load_unsigned(NULL, 0, NULL, &policy, NULL), TRUST_E_FORMAT);
    ck_assert_ptr_null(policy);
    policy = load(TOP("\"base\":400"));
    trust_policy_hash(policy, NULL);
    trust_policy_get_bands(policy, NULL);
    ck_status(trust_policy_expand(policy, NULL, 5, &need), TRUST_E_ARGUMENT);
    trust_policy_free(policy);
}
END_TEST

START_TEST(verdicts_have_names)
{
    static const char *const names[] = {"none", "allow", "step_up", "quarantine", "deny", "none"};
    for (trust_verdict v = 0; v < 6; v++)
        ck_assert_str_eq(trust_verdict_name(v), names[v]);
}
END_TEST

START_TEST(the_last_holder_frees)
{
    counting state = {0};
    trust_allocator allocator = counting_allocator(&state);
    trust_policy *policy = NULL;
    const char *text = TOP("\"base\":400");
    ck_ok(trust_policy_load_unsigned(text, strlen(text), &allocator, &policy, NULL));
    trust_policy *held = tri_policy_hold(policy);
    ck_assert_ptr_eq(held, policy);
    trust_policy_free(policy);
    ck_assert_uint_gt(state.bytes_live, 0);
    ck_assert_str_eq(trust_policy_id(held), "p");
    trust_policy_free(held);
    ck_assert_uint_eq(state.bytes_live, 0);
}
END_TEST

START_TEST(kinds_of_the_host_have_defaults_by_scale)
{
    static const struct {
        const char *text;
        int32_t absent, refused, low;
        int64_t good, bad;
    } expected[] = {
        {ONE("a.b", "\"scale\":\"ar4si\",\"weight\":100"), 50, 100, -50, 86400000, 0},
        {ONE("a.b", "\"scale\":\"permille\",\"weight\":100"), 50, 100, -32, 86400000, 604800000},
        {ONE("a.b", "\"scale\":\"percent\",\"weight\":100"), 50, 100, -17, 43200000, 604800000},
        {ONE("a.b", "\"scale\":\"surprise\",\"weight\":100"), 50, 100, -27, 900000, 86400000},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        trust_policy *policy = load(expected[i].text);
        trust_policy_signal signal;
        ck_ok(trust_policy_signal_at(policy, 0, &signal));
        ck_assert_str_eq(signal.group, "a.b");
        ck_assert_uint_eq(signal.kind, trust_kind_id("a.b", 3));
        ck_assert_uint_eq(policy->signals[0].scale, i + 1);
        ck_assert_int_eq(signal.most, 100);
        ck_assert_int_eq(signal.least, expected[i].low);
        ck_assert_int_eq(signal.absent, expected[i].absent);
        ck_assert_int_eq(signal.source_down, expected[i].absent);
        ck_assert_int_eq(signal.refused, expected[i].refused);
        ck_assert_int_eq(signal.half_life_good, expected[i].good);
        ck_assert_int_eq(signal.half_life_bad, expected[i].bad);
        ck_assert_int_gt(signal.ttl, 0);
        ck_assert_uint_eq(tri_policy_index(policy, signal.kind), 0);
        trust_policy_free(policy);
    }
}
END_TEST

START_TEST(absences_may_be_given_in_part)
{
    static const struct {
        const char *text;
        int32_t points[3]; /* not_requested, refused, source_down */
    } expected[] = {
        {ONE("attestation", "\"weight\":200,\"absent\":60"), {60, 60, 60}},
        {ONE("attestation", "\"weight\":200,\"absent\":\"worst\""), {200, 200, 200}},
        {ONE("attestation", "\"weight\":200,\"absent\":{}"), {100, 200, 100}},
        {ONE("attestation", "\"weight\":200,\"absent\":{\"not_requested\":30}"), {30, 200, 30}},
        {ONE("attestation", "\"weight\":200,\"absent\":{\"refused\":150}"), {100, 150, 100}},
        {ONE("attestation", "\"weight\":200,\"absent\":{\"source_down\":\"worst\"}"),
         {100, 200, 200}},
        {ONE("place", "\"weight\":100,\"absent\":{\"not_requested\":30}"), {30, 100, 30}},
        {ONE("identity", "\"weight\":200,\"absent\":{\"not_requested\":0,\"refused\":0}"),
         {0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        trust_policy *policy = load(expected[i].text);
        for (size_t k = 0; k < 3; k++)
            ck_assert_int_eq(policy->signals[0].absent[k], expected[i].points[k] * 20);
        trust_policy_free(policy);
    }
}
END_TEST

START_TEST(groups_cap_what_they_hold)
{
    trust_policy *policy = load(
        HEAD
        "\"signals\":{\"place\":{\"weight\":100,\"group\":\"z\"},\"reputation\":{\"weight\":100,"
        "\"group\":\"a\"},\"human\":{\"weight\":100,\"group\":\"z\"},\"b.b\":{\"weight\":10,"
        "\"scale\":\"percent\",\"group\":\"m\"}},"
        "\"groups\":{\"z\":{\"floor\":-7},\"a\":{\"ceiling\":40,\"floor\":0}}," VERDICTS "}");
    ck_assert_uint_eq(policy->group_count, 3);
    ck_assert_str_eq(policy->groups[0].name, "a");
    ck_assert_str_eq(policy->groups[1].name, "m");
    ck_assert_str_eq(policy->groups[2].name, "z");
    ck_assert_uint_eq(rule_of(policy, "place")->group, 2);
    ck_assert_uint_eq(rule_of(policy, "human")->group, 2);
    ck_assert_uint_eq(rule_of(policy, "reputation")->group, 0);
    ck_assert_uint_eq(rule_of(policy, "b.b")->group, 1);
    ck_assert_int_eq(policy->groups[0].ceiling, 800);
    ck_assert_int_eq(policy->groups[0].floor, 0);
    ck_assert_int_eq(policy->groups[1].ceiling, 200);
    ck_assert_int_eq(policy->groups[1].floor, -40);
    ck_assert_int_eq(policy->groups[2].floor, -140);
    ck_assert_int_eq(policy->groups[2].ceiling, 4000); /* place alone sees no address twice */
    trust_policy_free(policy);
}
END_TEST

/* A risk ends at 1000, so nothing is above a threshold there, however high the level is. */
START_TEST(no_risk_is_above_a_thousand)
{
    static const struct {
        const char *quarantine;
        trust_verdict verdict;
    } cases[] = {{"999", TRUST_DENY}, {"1000", TRUST_QUARANTINE}};
    static uint64_t memory[64];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 HEAD "\"signals\":{\"identity\":{\"weight\":100000}},\"verdicts\":{\"allow\":300,"
                      "\"step_up\":475,\"quarantine\":%s},\"profiles\":[{\"id\":\"same\",\"when\":"
                      "{\"attr\":\"a\",\"eq\":\"b\"},\"base\":451}]}",
                 cases[i].quarantine);
        trust_policy *policy = load(text);
        for (uint32_t profile = 0; profile < 2; profile++) {
            trust_policy_input input = TRUST_POLICY_INPUT_INIT;
            trust_policy_summary summary;
            input.now = 1;
            input.selection.profile = profile;
            ck_assert_uint_le(trust_policy_result_size(policy), sizeof memory);
            trust_policy_result *result = (trust_policy_result *)memory;
            ck_ok(trust_policy_evaluate(policy, &input, result, sizeof memory));
            trust_policy_result_summary(result, &summary);
            ck_assert_int_eq(summary.risk, 1000);
            ck_assert_uint_eq(summary.natural, cases[i].verdict);
            ck_assert_uint_eq(summary.verdict, cases[i].verdict);
        }
        trust_policy_free(policy);
    }
}
END_TEST

START_TEST(gates_name_signals_and_reasons)
{
    trust_policy *policy =
        load(HEAD "\"signals\":{\"place\":{\"weight\":100},\"attestation\":{\"weight\":100}},"
                  "\"gates\":[{\"id\":\"g1\",\"if\":{\"signal\":\"place\",\"at_least\":900},"
                  "\"floor\":\"quarantine\"},{\"id\":\"g0\",\"if\":{\"absent\":\"attestation\"},"
                  "\"floor\":\"step_up\",\"reason\":\"REFUSED\"}]," VERDICTS "}");
    ck_assert_uint_eq(policy->gate_count, 2);
    ck_assert_str_eq(policy->gates[0].id, "g1");
    ck_assert_uint_eq(policy->conditions[0].asks, TRI_ASKS_AT_LEAST);
    ck_assert_uint_eq(policy->conditions[0].signal, 1);
    ck_assert_int_eq(policy->conditions[0].limit, 900);
    ck_assert_uint_eq(policy->gates[0].floor, TRUST_QUARANTINE);
    ck_assert_str_eq(trust_reason_code(policy->gates[0].reason), "GATE");
    trust_policy_gate gate;
    ck_assert_uint_eq(trust_policy_gate_count(policy), 2);
    ck_assert_uint_eq(trust_policy_gate_count(NULL), 0);
    ck_ok(trust_policy_gate_at(policy, 0, &gate));
    ck_assert_str_eq(gate.id, "g1");
    trust_policy_condition condition;
    ck_ok(trust_policy_condition_at(policy, 0, 0, &condition));
    ck_assert_str_eq(condition.signal, "place");
    ck_assert_uint_eq(gate.floor, TRUST_QUARANTINE);
    ck_assert_int_eq(condition.limit, 900);
    ck_status(trust_policy_gate_at(policy, 2, &gate), TRUST_E_NOT_FOUND);
    ck_status(trust_policy_gate_at(policy, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_gate_at(NULL, 0, &gate), TRUST_E_ARGUMENT);
    ck_assert_uint_eq(policy->conditions[1].asks, TRI_ASKS_ABSENT);
    ck_assert_uint_eq(policy->conditions[1].signal, 0);
    ck_assert_uint_eq(policy->gates[1].floor, TRUST_STEP_UP);
    ck_assert_str_eq(trust_reason_code(policy->gates[1].reason), "REFUSED");
    char *text = expand(policy);
    trust_policy *again = load(text);
    ck_assert(same_hash(policy, again));
    ck_assert_int_eq(memcmp(again->gates, policy->gates, 2 * sizeof *policy->gates), 0);
    trust_policy_free(again);
    trust_policy_free(policy);
    free(text);
}
END_TEST

START_TEST(times_bound_a_policy)
{
    trust_policy *policy = load(
        TOP("\"not_before\":\"2026-11-01T00:00:00Z\",\"expires\":\"2027-11-01T01:00:00.5+01:00\""));
    trust_time begin, end;
    ck_ok(trust_time_parse("2026-11-01T00:00:00Z", 20, &begin));
    ck_ok(trust_time_parse("2027-11-01T00:00:00.500Z", 24, &end));
    ck_assert_int_eq(policy->not_before, begin);
    ck_assert_int_eq(policy->expires, end);
    char *text = expand(policy);
    ck_assert_ptr_nonnull(strstr(text, "\"expires\": \"2027-11-01T00:00:00.500Z\""));
    trust_policy_free(policy);
    free(text);
    policy = load(
        TOP("\"not_before\":\"1970-01-01T00:00:00Z\",\"expires\":\"9999-12-31T23:59:59.999Z\""));
    ck_assert_int_eq(policy->not_before, 0);
    check_round_trip(policy);
    trust_policy_free(policy);
}
END_TEST

START_TEST(durations_have_one_spelling)
{
    static const struct {
        const char *text, *canonical;
        int64_t ms;
    } good[] = {{"1ms", "1ms", 1},
                {"999ms", "999ms", 999},
                {"1000ms", "1s", 1000},
                {"90s", "90s", 90000},
                {"60m", "1h", 3600000},
                {"36h", "36h", 129600000},
                {"48h", "2d", 172800000},
                {"36500d", "36500d", TRI_MAX_DURATION},
                {"3153600000000ms", "36500d", TRI_MAX_DURATION}};
    static const char *const bad[] = {"",
                                      "5",
                                      "m",
                                      "5 m",
                                      "-5m",
                                      "+5m",
                                      "05m",
                                      "0s",
                                      "5M",
                                      "5mm",
                                      "1.5h",
                                      "5m ",
                                      "5",
                                      "1w",
                                      "never ",
                                      "0",
                                      "5\0m",
                                      "1e3s",
                                      "12345678901234ms"};
    char room[32];
    int64_t ms;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        trust_bytes text = {(const uint8_t *)good[i].text, strlen(good[i].text)};
        ck_assert(tri_duration_parse(text, false, &ms));
        ck_assert_int_eq(ms, good[i].ms);
        tri_text out = tri_text_begin(room, sizeof room);
        tri_duration_format(&out, ms);
        ck_ok(tri_text_end(&out, NULL));
        ck_assert_str_eq(room, good[i].canonical);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(
            !tri_duration_parse((trust_bytes){(const uint8_t *)bad[i], strlen(bad[i])}, false, &ms),
            "%s", bad[i]);
    ck_assert(tri_duration_parse((trust_bytes){(const uint8_t *)"0s", 2}, true, &ms));
    ck_assert_int_eq(ms, 0);
    ck_assert(tri_duration_parse((trust_bytes){(const uint8_t *)"9999999999999d", 14}, true, &ms));
    ck_assert_int_eq(ms, INT64_MAX); /* over every limit, without overflow */
}
END_TEST

/* ---- the canonical form ---- */

START_TEST(the_same_meaning_has_the_same_hash)
{
    static const char *const plain = TOP("\"base\":450");
    static const char *const same[] = {
        TOP("\"x_note\":{\"any\":[1,2.5,null]}"),
        TOP("\"title\":\"A title\",\"$schema\":\"policy.schema.json\""),
        TOP("\"base\":450,\"hysteresis\":{\"margin\":25}"),
        TOP("\"limits\":{\"adverse\":125,\"x_why\":\"usual\"},\"gates\":[],\"groups\":{}"),
        TOP("\"hysteresis\":{\"dwell\":\"0ms\"},\"limits\":{}"),
        TOP("\"base\":450.0"),
        " {\n \"verdicts\" : {\"quarantine\":650,\"allow\":300, \"step_up\":475},\r\n\t" PLACE
        ",\"revision\":1,\"id\":\"p\",\"trust_policy\":1}\n",
        ONE("place", "\"weight\":100,\"scale\":\"permille\""),
        ONE("place", "\"weight\":100,\"absent\":14,\"ttl_bad\":\"never\",\"x_\":0"),
        ONE("place", "\"weight\":100,\"curve\":[[100,-32],[400,18],[1000,100]],\"ttl\":\"48h\""),
        ONE("place", "\"weight\":100,\"group\":\"network\",\"reliability\":800"),
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        ck_assert_msg(same_meaning(plain, same[i]), "%s", same[i]);
    ck_assert(same_meaning(ONE("human", "\"weight\":90,\"absent\":\"worst\""),
                           ONE("human", "\"weight\":90,\"absent\":{\"not_requested\":90}")));
    ck_assert(!same_meaning(plain, TOP("\"expires\":\"2030-01-01T00:00:00Z\"")));
    ck_assert(!same_meaning(plain, ONE("place", "\"weight\":100,\"group\":\"other\"")));
    ck_assert(!same_meaning(plain, ONE("place", "\"weight\":100,\"ttl\":\"never\"")));
    ck_assert(!same_meaning(plain, TOP("\"gates\":[{\"id\":\"g\",\"if\":{\"absent\":\"place\"},"
                                       "\"floor\":\"deny\"}]")));
}
END_TEST

/* The canonical text is frozen with semantics 1: its hash stands in every record. */
START_TEST(the_hash_is_frozen)
{
    static const char expected[] =
        "{\"actions\":{\"allow\":[],\"deny\":[],\"quarantine\":[],\"step_up\":[]},\"base\":450,"
        "\"gates\":[{\"actions\":[],\"final\":false,\"floor\":\"deny\",\"id\":\"g\",\"if\":"
        "{\"at_least\":900,"
        "\"signal\":\"place\"},\"reason\":\"GATE\"}],\"groups\":{\"network\":{\"ceiling\":100,"
        "\"floor\":-32}},\"hysteresis\":{\"backoff\":1,\"dwell\":\"0s\",\"dwell_max\":\"1d\","
        "\"margin\":25},\"id\":\"p\",\"limits\":{\"adverse\":125,\"uncertainty\":400},"
        "\"profiles\":[],\"revision\":1,\"signals\":{\"place\":"
        "{\"absent\":{\"not_requested\":14,\"refused\":14,\"source_down\":14},\"curve\":[[100,-32],"
        "[400,18],[1000,100]],\"group\":\"network\",\"half_life\":\"1d\",\"half_life_bad\":\"1d\","
        "\"quorum\":1,"
        "\"reliability\":800,\"scale\":\"permille\",\"ttl\":\"2d\",\"ttl_bad\":\"never\","
        "\"weight\":100}},\"stages\":[],\"step_up\":[{\"action\":\"obtain\",\"cost\":1,\"obtain\":"
        "\"place\"}],\"trust_policy\":1,\"verdicts\":{\"allow\":300,\"quarantine\":650,"
        "\"step_up\":475}}";
    trust_policy *policy = load(GATE("{\"id\":\"g\",\"if\":{\"signal\":\"place\",\"at_least\":900},"
                                     "\"floor\":\"deny\"}"));
    char room[sizeof expected];
    tri_text text = tri_text_begin(room, sizeof room);
    tri_policy_write(policy, false, &text);
    ck_ok(tri_text_end(&text, NULL));
    ck_assert_str_eq(room, expected);
    uint8_t hash[32], over[32];
    trust_policy_hash(policy, hash);
    tri_sha256(expected, strlen(expected), over);
    ck_assert_mem_eq(hash, over, sizeof hash);
    trust_policy_free(policy);
}
END_TEST

START_TEST(the_full_form_is_laid_out)
{
    static const char expected[] =
        "{\n  \"actions\": {\n    \"allow\": [],\n    \"deny\": [],\n    \"quarantine\": [],\n"
        "    \"step_up\": []\n  },\n  \"base\": 450,\n  \"gates\": [\n"
        "    {\"actions\": [], \"final\": false, \"floor\": \"deny\", \"id\": \"g\", \"if\": "
        "{\"absent\": \"place\"}, "
        "\"reason\": \"GATE\"},\n"
        "    {\"actions\": [], \"final\": false, \"floor\": \"step_up\", \"id\": \"h\", \"if\": "
        "{\"at_least\": 1, \"signal\": "
        "\"place\"}, \"reason\": \"GATE\"}\n  ],\n"
        "  \"groups\": {\n    \"network\": {\"ceiling\": 100, \"floor\": -32}\n  },\n"
        "  \"hysteresis\": {\"backoff\": 1, \"dwell\": \"0s\", \"dwell_max\": \"1d\", \"margin\": "
        "25},\n"
        "  \"id\": \"p\",\n  \"limits\": {\"adverse\": 125, \"uncertainty\": 400},\n"
        "  \"profiles\": [],\n  \"revision\": 1,\n"
        "  \"signals\": {\n    \"place\": {\n"
        "      \"absent\": {\"not_requested\": 14, \"refused\": 14, \"source_down\": 14},\n"
        "      \"curve\": [[100, -32], [400, 18], [1000, 100]],\n"
        "      \"group\": \"network\",\n      \"half_life\": \"1d\",\n"
        "      \"half_life_bad\": \"1d\",\n      \"quorum\": 1,\n      \"reliability\": 800,\n"
        "      \"scale\": \"permille\",\n      \"ttl\": \"2d\",\n      \"ttl_bad\": \"never\",\n"
        "      \"weight\": 100\n    }\n  },\n  \"stages\": [],\n  \"step_up\": [\n"
        "    {\"action\": \"obtain\", \"cost\": 1, \"obtain\": \"place\"}\n  ],\n  "
        "\"trust_policy\": 1,\n"
        "  \"verdicts\": {\"allow\": 300, \"quarantine\": 650, \"step_up\": 475}\n}\n";
    trust_policy *policy =
        load(GATE("{\"id\":\"g\",\"if\":{\"absent\":\"place\"},\"floor\":\"deny\"},{\"id\":\"h\","
                  "\"if\":{\"signal\":\"place\",\"at_least\":1},\"floor\":\"step_up\"}"));
    char *text = expand(policy);
    ck_assert_str_eq(text, expected);
    trust_policy_free(policy);
    free(text);
}
END_TEST

START_TEST(slips_of_the_pen_are_known)
{
    static const char *const words[] = {"weight", "curve", "ttl", "if", "half_life_bad", NULL};
    static const char *const cases[][2] = {
        {"wieght", "weight"},
        {"weigt", "weight"},
        {"weightt", "weight"},
        {"xeight", "weight"},
        {"ewight", "weight"},
        {"weitgh", "weight"},
        {"curv", "curve"},
        {"urve", "curve"},
        {"crvue", "curve"},
        {"ttll", "ttl"},
        {"tll", "ttl"},
        {"half_life_bda", "half_life_bad"},
        {"halflifebad", "half_life_bad"},
        {"eighht", "weight"},
        {"ewgith", NULL},
        {"wehxgt", NULL},
        {"exwight", NULL},
        {"half_lief_bdax", NULL},
        {"heigh_ts", NULL},
        {"tt_x", NULL},
        {"iff", NULL},
        {"", NULL},
        {"half_life_bad_xxx", NULL},
        {"cu", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_bytes name = {(const uint8_t *)cases[i][0], strlen(cases[i][0])};
        const char *nearest = tri_nearest(name, words);
        ck_assert_msg(nearest == cases[i][1] || (nearest != NULL && cases[i][1] != NULL &&
                                                 strcmp(nearest, cases[i][1]) == 0),
                      "%s: %s", cases[i][0], nearest != NULL ? nearest : "none");
    }
}
END_TEST

/* Loads again to the same hash and the same text. */
static void check_round_trip(const trust_policy *policy)
{
    char *text = expand(policy);
    trust_policy *again = load(text);
    char *twice = expand(again);
    ck_assert(same_hash(policy, again));
    ck_assert_str_eq(text, twice);
    trust_policy_free(again);
    free(twice);
    free(text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Every number of a full document, one more: refused, or another hash. */
START_TEST(every_number_counts)
{
    static const char *const documents[] = {
        SIGNALS(
            "\"place\":{\"weight\":100},\"reputation\":{\"weight\":200},\"human\":{\"weight\":50},"
            "\"a.b\":{\"weight\":9,\"scale\":\"percent\",\"ttl_bad\":\"1000d\"}"),
        GATE("{\"id\":\"g\",\"if\":{\"signal\":\"place\",\"at_least\":900},\"floor\":\"deny\"}"),
        TOP("\"not_before\":\"2026-11-01T00:00:00Z\",\"expires\":\"2027-11-01T00:00:00Z\""),
        TOP("\"gates\":[{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"count\":1,\"of\":[{\"signal\":"
            "\"place\",\"at_least_points\":7},{\"signal\":\"place\",\"older\":\"3h\"}]},"
            "\"actions\":"
            "[\"a1\"]}],\"profiles\":[{\"id\":\"x\",\"when\":{\"all\":[{\"attr\":\"a\",\"ge\":3},"
            "{\"attr\":\"b\",\"le\":-6},{\"attr\":\"c\",\"in\":[\"1\",\"3\"]},{\"attr\":\"d1\","
            "\"prefix\":\"4\"}]}}],\"stages\":[{\"id\":\"s1\",\"timeout\":\"5m\"},{\"id\":\"t\"}],"
            "\"step_up\":[{\"obtain\":\"place\",\"cost\":7}],\"overrides\":{\"may_lower_to\":"
            "\"allow\",\"roles\":[\"r1\"]},\"calibration\":{\"knots\":[[0,1],[5,6]],\"data\":"
            "\"d1\"},"
            "\"hysteresis\":{\"backoff\":2,\"dwell\":\"1m\"},\"actions\":{\"deny\":[\"b1\"]}"),
    };
    unsigned changed = 0;
    for (size_t d = 0; d < sizeof documents / sizeof documents[0]; d++) {
        trust_policy *policy = load(documents[d]);
        char *text = expand(policy);
        for (char *at = text; *at != '\0'; at++) {
            if (!is_digit(*at) || is_digit(at[1]) || *at == '9')
                continue;
            trust_policy *other = NULL;
            ++*at;
            if (trust_policy_load_unsigned(text, strlen(text), NULL, &other, NULL) == TRUST_OK) {
                ck_assert_msg(!same_hash(policy, other), "%s", at);
                check_round_trip(other);
                changed++;
            }
            trust_policy_free(other);
            --*at;
        }
        trust_policy_free(policy);
        free(text);
    }
    ck_assert_uint_gt(changed, 110);
}
END_TEST

static uint32_t below(uint64_t *seed, uint32_t limit)
{
    return (uint32_t)((next_random(seed) >> 16) % limit);
}

static void add_number(tri_text *text, const char *name, int64_t value)
{
    tri_text_str(text, name);
    tri_text_int(text, value);
}

static void random_duration(tri_text *text, uint64_t *seed, const char *name)
{
    static const char *const unit[] = {"ms", "s", "m", "h", "d"};
    add_number(text, name, 1 + below(seed, 36500));
    tri_text_str(text, unit[below(seed, 5)]);
    tri_text_char(text, '"');
}

static void random_curve(tri_text *text, uint64_t *seed, int32_t weight)
{
    uint32_t knots = 2 + below(seed, 15);
    int32_t points = -(int32_t)below(seed, 500);
    tri_text_str(text, ",\"curve\":[");
    for (uint32_t k = 0; k < knots; k++) {
        add_number(text, k == 0 ? "[" : ",[", k * 6 + below(seed, 6));
        if (k > 0 && points < weight)
            points += (int32_t)below(seed, (uint32_t)(weight - points) + 1);
        add_number(text, ",", k + 1 == knots ? weight : points);
        tri_text_char(text, ']');
    }
    tri_text_char(text, ']');
}

static void random_signal(tri_text *text, uint64_t *seed, unsigned i)
{
    static const char *const kinds[] = {"place", "identity", "human", "behaviour", "attestation"};
    static const char *const scales[] = {"ar4si", "permille", "percent", "surprise"};
    int32_t weight = (int32_t)below(seed, below(seed, 8) == 0 ? TRI_MAX_POINTS + 1 : 400);
    tri_text_str(text, i > 0 ? ",\"" : "\"");
    if (i < 5)
        tri_text_str(text, kinds[i]);
    else
        add_number(text, "host.", i);
    add_number(text, "\":{\"weight\":", weight);
    if (i >= 5) {
        tri_text_str(text, ",\"scale\":\"");
        tri_text_str(text, scales[below(seed, 4)]);
        tri_text_str(text, "\",\"group\":\"");
        add_number(text, "g", below(seed, 12));
        tri_text_char(text, '"');
    }
    if (below(seed, 3) == 0)
        random_curve(text, seed, weight);
    if (below(seed, 3) == 0)
        random_duration(text, seed, ",\"half_life\":\"");
    if (below(seed, 3) == 0)
        random_duration(text, seed, ",\"ttl_bad\":\"");
    if (below(seed, 3) == 0)
        add_number(text, ",\"reliability\":", below(seed, 1001));
    if (below(seed, 3) == 0)
        add_number(text, ",\"absent\":", below(seed, (uint32_t)weight + 1));
    tri_text_char(text, '}');
}

START_TEST(random_documents_round_trip)
{
    static char room[1 << 16];
    uint64_t seed = 20261123;
    for (unsigned n = 0; n < 2000; n++) {
        uint32_t allow = below(&seed, 300), step_up = allow + 1 + below(&seed, 300);
        unsigned count = 1 + below(&seed, n % 20 == 0 ? 64 : 8);
        tri_text text = tri_text_begin(room, sizeof room);
        tri_text_str(&text, HEAD "\"signals\":{");
        for (unsigned i = 0; i < count; i++)
            random_signal(&text, &seed, i);
        add_number(&text, "},\"limits\":{\"uncertainty\":", below(&seed, 1001));
        add_number(&text, "},\"verdicts\":{\"allow\":", allow);
        add_number(&text, ",\"step_up\":", step_up);
        add_number(&text, ",\"quarantine\":", step_up + 1 + below(&seed, 300));
        tri_text_str(&text, "}}");
        ck_ok(tri_text_end(&text, NULL));
        trust_policy *policy = load(room);
        check_round_trip(policy);
        trust_policy_free(policy);
    }
}
END_TEST

/* ---- docs/policy.md ---- */

static char *manual(void)
{
    size_t len;
    char *text = (char *)read_file(project_path("docs/policy.md"), &len);
    ck_assert_ptr_nonnull(text);
    return text;
}

START_TEST(every_example_of_the_manual_loads)
{
    static const char fence[] = "```json policy\n";
    char *text = manual();
    unsigned examples = 0;
    for (char *at = text; (at = strstr(at, fence)) != NULL; examples++) {
        at += strlen(fence);
        char *end = strstr(at, "```");
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        trust_policy *policy = load(at);
        check_round_trip(policy);
        trust_policy_free(policy);
        at = end + 1;
    }
    ck_assert_uint_ge(examples, 9);
    free(text);
}
END_TEST

/* Print the line when the manual lacks it, to be copied from here. */
static unsigned missing(const char *text, tri_text *line)
{
    tri_text_str(line, " |\n");
    ck_ok(tri_text_end(line, NULL));
    if (strstr(text, line->out) != NULL)
        return 0;
    printf("%s", line->out);
    return 1;
}

static void add_range(tri_text *line, const tri_member *member)
{
    static const char *const words[TRI_TYPE_COUNT] = {
        [TRI_VERSION] = "1",
        [TRI_NOTE] = "text",
        [TRI_NAME] = "name",
        [TRI_BOOL] = "`true` or `false`",
        [TRI_DURATION] = "duration or `\"never\"`",
        [TRI_SPAN] = "duration",
        [TRI_TIME] = "time",
        [TRI_SCALE] = "scale",
        [TRI_ABSENT] = "points, `\"worst\"` or object",
        [TRI_COST] = "points or `\"worst\"`",
        [TRI_GROUP] = "name",
        [TRI_CODE] = "code of a reason",
        [TRI_IF] = "object",
        [TRI_OLDER] = "duration",
        [TRI_SIGNAL] = "signal",
        [TRI_MISSING] = "signal",
        [TRI_WHEN] = "condition",
        [TRI_ATTRIBUTE] = "name",
        [TRI_NEXT] = "stage",
        [TRI_OBTAIN] = "signal",
        [TRI_STATE] = "state",
        [TRI_EXPECT] = "object",
        [TRI_STAGE] = "stage",
        [TRI_PROFILE] = "profile",
        [TRI_RANGE] = "risk or pair",
        [TRI_OBJECT] = "object",
    };
    static const char *const things[TRI_TYPE_COUNT] = {
        [TRI_TEXT] = " bytes",         [TRI_CURVE] = " pairs",
        [TRI_SIGNALS] = " signals",    [TRI_CODES] = " codes",
        [TRI_ROLES] = " names",        [TRI_ACTIONS] = " names",
        [TRI_KNOTS] = " pairs",        [TRI_WORD] = " bytes",
        [TRI_WORDS] = " texts",        [TRI_CONDITIONS] = " conditions",
        [TRI_WHENS] = " conditions",   [TRI_FACTS] = " by name",
        [TRI_EVIDENCE] = " by signal", [TRI_ROWS] = " by row",
        [TRI_SETS] = " sets",          [TRI_NAMES] = " names",
        [TRI_MAP] = " by name",        [TRI_LIST] = " in a list",
    };
    if (words[member->type] != NULL) {
        tri_text_str(line, words[member->type]);
        return;
    }
    for (int64_t v = member->min; member->type == TRI_VERDICT && v <= member->max; v++) {
        tri_text_str(line, v > member->min ? ", `\"" : "`\"");
        tri_text_str(line, trust_verdict_name((trust_verdict)v));
        tri_text_str(line, "\"`");
    }
    if (member->type == TRI_VERDICT)
        return;
    tri_text_int(line, member->min);
    tri_text_str(line, " to ");
    tri_text_int(line, member->max);
    if (things[member->type] != NULL)
        tri_text_str(line, things[member->type]);
}

static void add_fallback(tri_text *line, const tri_member *member)
{
    if (member->required)
        tri_text_str(line, "required");
    else if (member->fallback == TRI_NO_DEFAULT || member->type == TRI_TIME)
        return;
    else if (member->type == TRI_DURATION && member->fallback == 0)
        tri_text_str(line, "never");
    else if (member->type == TRI_SPAN)
        tri_duration_format(line, member->fallback);
    else if (member->type == TRI_BOOL)
        tri_text_str(line, member->fallback != 0 ? "true" : "false");
    else if (member->type == TRI_VERDICT)
        tri_text_str(line, trust_verdict_name((trust_verdict)member->fallback));
    else if (member->type == TRI_CODE)
        tri_text_str(line, trust_reason_code((uint32_t)member->fallback));
    else
        tri_text_int(line, member->fallback);
}

static unsigned missing_members(const char *text, const tri_object *object, const char *path)
{
    unsigned count = 0;
    for (size_t i = 0; i < object->count; i++) {
        const tri_member *member = &object->members[i];
        char room[512], inner[96];
        tri_text line = tri_text_begin(room, sizeof room);
        snprintf(inner, sizeof inner, "%s%s", path, member->name);
        tri_text_str(&line, "| `");
        tri_text_str(&line, inner);
        tri_text_str(&line, "` | ");
        add_range(&line, member);
        tri_text_str(&line, " | ");
        add_fallback(&line, member);
        tri_text_str(&line, " | ");
        tri_text_str(&line, member->meaning);
        count += missing(text, &line);
        if (member->object == NULL)
            continue;
        snprintf(inner, sizeof inner, "%s%s%s", path, member->name,
                 member->type == TRI_MAP || member->type == TRI_EVIDENCE ? ".*."
                 : member->type == TRI_LIST                              ? "[]."
                                                                         : ".");
        count += missing_members(text, member->object, inner);
    }
    return count;
}

static void add_duration(tri_text *line, int64_t ms)
{
    tri_text_str(line, " | ");
    if (ms == 0)
        tri_text_str(line, "never");
    else
        tri_duration_format(line, ms);
}

/* Defaults of a weight of 1000 are permille of any weight. */
static unsigned missing_kind(const char *text, const char *name, uint32_t kind, uint32_t scale)
{
    char room[512];
    tri_text line = tri_text_begin(room, sizeof room);
    tri_signal_rule rule = {.kind = kind, .scale = scale, .hi = 1000 * TRI_MB_PER_POINT};
    snprintf(rule.name, sizeof rule.name, "its name");
    tri_signal_defaults(&rule);
    tri_text_str(&line, "| ");
    tri_text_str(&line, name);
    tri_text_str(&line, " |");
    for (uint32_t i = 0; i < rule.knot_count; i++) {
        add_number(&line, i > 0 ? ", " : " ", rule.knots[i].value);
        add_number(&line, " → ", rule.knots[i].mb / TRI_MB_PER_POINT);
    }
    for (size_t i = 0; i < TRI_ABSENT_COUNT; i++)
        add_number(&line, i > 0 ? " / " : " | ", rule.absent[i] / TRI_MB_PER_POINT);
    add_number(&line, " | ", ((int64_t)rule.reliability * 1000 + 32768) / 65536);
    add_duration(&line, rule.good.ms);
    add_duration(&line, rule.bad.ms);
    add_duration(&line, rule.ttl);
    tri_text_str(&line, " | ");
    tri_text_str(&line, tri_group_default(&rule));
    return missing(text, &line);
}

START_TEST(the_manual_lists_what_the_table_says)
{
    char *text = manual();
    char room[64];
    unsigned count = missing_members(text, &tri_document, "");
    for (uint32_t kind = 1; kind <= TRI_KIND_BUILTIN_COUNT; kind++) {
        const trust_kind_info *info = tri_kind_builtin(kind);
        snprintf(room, sizeof room, "`%s` | %s", info->name, tri_scale_name(info->scale));
        count += missing_kind(text, room, kind, info->scale);
    }
    for (uint32_t scale = 1; tri_scale_name(scale) != NULL; scale++) {
        snprintf(room, sizeof room, "of the host | %s", tri_scale_name(scale));
        count += missing_kind(text, room, TRI_KIND_HOST, scale);
    }
    ck_assert_msg(count == 0, "docs/policy.md lacks the lines above");
    free(text);
}
END_TEST

/* ---- refusals ---- */

typedef struct refusal {
    const char *text;
    const char *where;
    const char *message; /* a part of it */
} refusal;

static const refusal refusals[] = {
    {"", "", "the document is empty"},
    {"[]", "", "must be an object"},
    {"7", "", "must be an object"},
    {"{}", "", "missing member 'id'"},
    {"{\"trust_policy\":1}", "", "missing member 'id'"},
    {HEAD PLACE "}", "", "missing member 'verdicts'"},
    {HEAD VERDICTS "}", "", "missing member 'signals'"},
    {"{\"id\":\"p\",\"revision\":1," PLACE "," VERDICTS "}", "", "missing member 'trust_policy'"},
    {"{\"trust_policy\":\"1\",\"id\":\"p\",\"revision\":1," PLACE "," VERDICTS "}", "/trust_policy",
     "without quotes, not '1'"},
    {"{\"trust_policy\":1.5,\"id\":\"p\",\"revision\":1," PLACE "," VERDICTS "}", "/trust_policy",
     "whole number"},
    {HEAD "\"id\":\"q\"," PLACE "," VERDICTS "}", "/id", "twice"},
    {TOP("\"surprise\":1"), "/surprise", "unknown member 'surprise'"},
    {TOP("\"bose\":1"), "/bose", "unknown member 'bose'; did you mean 'base'?"},
    {TOP("\"experis\":1"), "/experis", "did you mean 'expires'?"},
    {TOP("\"X_a\":1"), "/X_a", "unknown member 'X_a'"},
    {TOP("\"x\":1"), "/x", "unknown member 'x'"},
    {TOP("\"\":1"), "/", "unknown member ''"},
    {TOP("\"title\":1"), "/title", "must be a text"},
    {TOP("\"base\":1001"), "/base", "whole number from 0 to 1000, not '1001'"},
    {TOP("\"base\":-1"), "/base", "whole number from 0 to 1000, not '-1'"},
    {TOP("\"base\":1.5"), "/base", "whole number from 0 to 1000"},
    {TOP("\"base\":1e400"), "/base", ""},
    {TOP("\"base\":null"), "/base", "whole number"},
    {TOP("\"base\":\"450\""), "/base", "without quotes, not '450'"},
    {TOP("\"base\":true"), "/base", "whole number"},
    {TOP("\"gates\":{}"), "/gates", "must be an array"},
    {TOP("\"groups\":[]"), "/groups", "must be an object"},
    {TOP("\"groups\":{\"network\":1}"), "/groups/network", "must be an object"},
    {TOP("\"groups\":{\"net\":{}}"), "/groups/net", "no signal is in the group 'net'"},
    {TOP("\"groups\":{\"network\":{\"floor\":1}}"), "/groups/network/floor", "from -6400000 to 0"},
    {TOP("\"groups\":{\"network\":{\"ceiling\":-1}}"), "/groups/network/ceiling", "from 0 to"},
    {TOP("\"hysteresis\":7"), "/hysteresis", "must be an object"},
    {TOP("\"hysteresis\":{\"dwel\":\"1m\"}"), "/hysteresis/dwel", "did you mean 'dwell'?"},
    {TOP("\"hysteresis\":{\"dwell\":\"never\"}"), "/hysteresis/dwell", "\"0s\" 'never'"},
    {TOP("\"hysteresis\":{\"dwell\":10}"), "/hysteresis/dwell", "must be a duration"},
    {TOP("\"hysteresis\":{\"margin\":1001}"), "/hysteresis/margin", "not '1001'"},
    {TOP("\"limits\":{\"uncertainty\":1001}"), "/limits/uncertainty", "not '1001'"},
    {TOP("\"limits\":{\"adverse\":-1}"), "/limits/adverse", "not '-1'"},
    {TOP("\"expires\":1795000000"), "/expires", "must be a time"},
    {TOP("\"expires\":\"1795000000\""), "/expires", "must be a time"},
    {TOP("\"expires\":\"2026-02-30T00:00:00Z\""), "/expires", "must be a time"},
    {TOP("\"expires\":\"1969-12-31T23:59:59Z\""), "/expires", "from 1970"},
    {TOP("\"expires\":\"9999-12-31T23:59:60Z\""), "/expires", "to 9999"},
    {TOP("\"not_before\":\"0000-01-01T00:00:00+01:00\""), "/not_before", "from 1970"},
    {TOP("\"not_before\":\"2027-01-01T00:00:00Z\",\"expires\":\"2027-01-01T00:00:00Z\""),
     "/expires", "later than not_before"},
    {HEAD PLACE ",\"verdicts\":{\"allow\":300,\"step_up\":300,\"quarantine\":650}}",
     "/verdicts/step_up", "over allow"},
    {HEAD PLACE ",\"verdicts\":{\"allow\":300,\"step_up\":400,\"quarantine\":399}}",
     "/verdicts/quarantine", "over step_up"},
    {HEAD PLACE ",\"verdicts\":{\"allow\":300,\"step_up\":400}}", "/verdicts",
     "missing member 'quarantine'"},
    {HEAD PLACE ",\"verdicts\":{\"allow\":300,\"step_up\":400,\"quarantine\":1001}}",
     "/verdicts/quarantine", "not '1001'"},
    {HEAD "\"signals\":{}," VERDICTS "}", "/signals", "must not be empty"},
    {HEAD "\"signals\":[]," VERDICTS "}", "/signals", "must be an object"},
    {SIGNALS("\"place\":100"), "/signals/place", "must be an object"},
    {SIGNALS("\"plaec\":{\"weight\":1}"), "/signals/plaec", "'plaec'; did you mean 'place'?"},
    {SIGNALS("\"weather\":{\"weight\":1}"), "/signals/weather", "has a dot in its name: 'weather'"},
    {SIGNALS("\"A.b\":{\"weight\":1}"), "/signals/A.b", "'A.b'"},
    {SIGNALS("\"\":{\"weight\":1}"), "/signals/", "''"},
    {SIGNALS("\"a.b\":{\"weight\":1}"), "/signals/a.b", "needs its 'scale'"},
    {SIGNALS("\"place\":{\"weight\":1},\"place\":{\"weight\":1}"), "/signals/place", "twice"},
    {SIGNALS("\"acme.a\":{\"weight\":1,\"scale\":\"percent\"},\"acme.jkuqlq9\":{\"weight\":1,"
             "\"scale\":\"percent\"},"
             "\"acme.xgfqf5r\":{\"weight\":1,\"scale\":\"percent\"}"),
     "/signals/acme.xgfqf5r", "same number as 'acme.jkuqlq9'"},
    {ONE("a.b", "\"weight\":1,\"scale\":\"inches\""), "/signals/a.b/scale", "'inches'"},
    {ONE("a.b", "\"weight\":1,\"scale\":1"), "/signals/a.b/scale", "\"surprise\""},
    {ONE("place", "\"weight\":1,\"scale\":\"percent\""), "/signals/place/scale", "leave it out"},
    {ONE("place", "\"ttl\":\"1d\""), "/signals/place", "missing member 'weight'"},
    {ONE("place", "\"wieght\":1"), "/signals/place/wieght", "did you mean 'weight'?"},
    {ONE("place", "\"weight\":-1"), "/signals/place/weight", "not '-1'"},
    {ONE("place", "\"weight\":100001"), "/signals/place/weight", "not '100001'"},
    {ONE("place", "\"weight\":0.5"), "/signals/place/weight", "whole number"},
    {ONE("place", "\"weight\":{}"), "/signals/place/weight", "whole number"},
    {ONE("place", "\"weight\":1,\"reliability\":1001"), "/signals/place/reliability", "1000, not"},
    {ONE("place", "\"weight\":1,\"ttl\":\"-1d\""), "/signals/place/ttl", "\"never\" '-1d'"},
    {ONE("place", "\"weight\":1,\"ttl\":\"0s\""), "/signals/place/ttl", "'0s'"},
    {ONE("place", "\"weight\":1,\"ttl\":30"), "/signals/place/ttl", "must be a duration"},
    {ONE("place", "\"weight\":1,\"ttl\":\"36501d\""), "/signals/place/ttl", "at most 36500d"},
    {ONE("place", "\"weight\":1,\"group\":\"\""), "/signals/place/group", "a name is"},
    {ONE("place", "\"weight\":1,\"group\":7"), "/signals/place/group", "a name in quotes"},
    {ONE("place", "\"weight\":1,\"absent\":2"), "/signals/place/absent", "0 to 1, not '2'"},
    {ONE("place", "\"weight\":1,\"absent\":-1"), "/signals/place/absent", "not '-1'"},
    {ONE("place", "\"weight\":1,\"absent\":\"bad\""), "/signals/place/absent",
     "\"worst\", not 'bad'"},
    {ONE("place", "\"weight\":1,\"absent\":{\"refused\":2}"), "/signals/place/absent/refused",
     "not '2'"},
    {ONE("place", "\"weight\":1,\"absent\":{\"refusd\":1}"), "/signals/place/absent/refusd",
     "did you mean 'refused'?"},
    {ONE("place", "\"weight\":9,\"absent\":{\"not_requested\":5,\"refused\":4}"),
     "/signals/place/absent", "refused must cost at least"},
    {ONE("place", "\"weight\":9,\"absent\":{\"not_requested\":5,\"source_down\":4}"),
     "/signals/place/absent", "source_down must cost at least"},
    {ONE("place", "\"weight\":9,\"curve\":{}"), "/signals/place/curve", "an array of 2 to 16"},
    {ONE("place", "\"weight\":9,\"curve\":[]"), "/signals/place/curve", "an array of 2 to 16"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,9]]"), "/signals/place/curve", "an array of 2 to 16"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,0],2]"), "/signals/place/curve/1", "must be a pair"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,0],[2]]"), "/signals/place/curve/1",
     "must be a pair"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,0],[2,9,3]]"), "/signals/place/curve/1",
     "must be a pair"},
    {ONE("place", "\"weight\":9,\"curve\":[{\"a\":1,\"b\":0},[2,9]]"), "/signals/place/curve/0",
     "must be a pair"},
    {ONE("place", "\"weight\":9,\"curve\":[[-1,0],[2,9]]"), "/signals/place/curve/0/0", "not '-1'"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,0],[1001,9]]"), "/signals/place/curve/1/0",
     "0 to 1000, not '1001'"},
    {ONE("human", "\"weight\":9,\"curve\":[[1,0],[128,9]]"), "/signals/human/curve/1/0",
     "0 to 127, not '128'"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,-100001],[2,9]]"), "/signals/place/curve/0/1",
     "not '-100001'"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,0],[1,9]]"), "/signals/place/curve/1/0",
     "values must rise"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,0],[2,-1],[3,9]]"), "/signals/place/curve/1/1",
     "must not fall"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,1],[2,9]]"), "/signals/place/curve/0",
     "0 points or less"},
    {ONE("place", "\"weight\":9,\"curve\":[[1,0],[2,8]]"), "/signals/place/curve", "of weight"},
    {ONE("place", "\"weight\":0,\"curve\":[[1,-2],[2,-1]]"), "/signals/place/curve", "of weight"},
    {GATE("7"), "/gates/0", "must be an object"},
    {GATE("{}"), "/gates/0", "missing member 'floor'"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\"}"), "/gates/0", "missing member 'if'"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{}}"), "/gates/0/if",
     "needs one condition, or one of"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"at_least\":1}}"), "/gates/0/if",
     "needs either"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"signal\":\"place\"}}"), "/gates/0/if",
     "needs either"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"absent\":\"place\",\"at_least\":1}}"),
     "/gates/0/if", "needs either"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"absent\":\"place\",\"signal\":\"place\","
          "\"at_least\":1}}"),
     "/gates/0/if", "needs either"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"absent\":\"human\"}}"), "/gates/0/if/absent",
     "\"signals\" has no 'human'"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"absent\":1}}"), "/gates/0/if/absent",
     "name of a signal"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"not\":1}}"), "/gates/0/if/not",
     "unknown member 'not'"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"signal\":\"place\",\"at_least\":0}}"),
     "/gates/0/if/at_least", "from 1 to 1000, not '0'"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"signal\":\"place\",\"at_least\":1001}}"),
     "/gates/0/if/at_least", "not '1001'"},
    {HEAD "\"signals\":{\"human\":{\"weight\":9}},\"gates\":[{\"id\":\"g\",\"floor\":\"deny\","
          "\"if\":{\"signal\":\"human\",\"at_least\":128}}]," VERDICTS "}",
     "/gates/0/if/at_least", "from 1 to 127, not '128'"},
    {GATE("{\"id\":\"g\",\"floor\":\"allow\",\"if\":{\"absent\":\"place\"}}"), "/gates/0/floor",
     "\"deny\" 'allow'"},
    {GATE("{\"id\":\"g\",\"floor\":4,\"if\":{\"absent\":\"place\"}}"), "/gates/0/floor", "must be"},
    {GATE("{\"id\":\"G\",\"floor\":\"deny\",\"if\":{\"absent\":\"place\"}}"), "/gates/0/id", "'G'"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"absent\":\"place\"},\"reason\":\"NOPE\"}"),
     "/gates/0/reason", "the code 'NOPE'"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"absent\":\"place\"},\"reason\":\"NONE\"}"),
     "/gates/0/reason", "the code 'NONE'"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"absent\":\"place\"},\"reason\":136}"),
     "/gates/0/reason", "must be the code"},
    {GATE("{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"absent\":\"place\"}},"
          "{\"id\":\"g\",\"floor\":\"deny\",\"if\":{\"absent\":\"place\"}}"),
     "/gates/1/id", "another gate has the id 'g'"},
    {"{\"trust_policy\":1,\"id\":\"\",\"revision\":1," PLACE "," VERDICTS "}", "/id", "a name is"},
    {"{\"trust_policy\":1,\"id\":\"a b\",\"revision\":1," PLACE "," VERDICTS "}", "/id", "'a b'"},
    {"{\"trust_policy\":1,\"id\":\"p\",\"revision\":-1," PLACE "," VERDICTS "}", "/revision",
     "not '-1'"},
    {"{\"trust_policy\":1,\"id\":\"p\",\"revision\":9007199254740992," PLACE "," VERDICTS "}",
     "/revision", "whole number from 0 to 9007199254740991"},
};

START_TEST(refusals_say_where_and_what_to_do)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const refusal *r = &refusals[i];
        trust_policy *policy = NULL;
        trust_error err = {0};
        ck_status(trust_policy_load_unsigned(r->text, strlen(r->text), NULL, &policy, &err),
                  TRUST_E_FORMAT);
        ck_assert_ptr_null(policy);
        ck_assert_int_eq(err.code, TRUST_E_FORMAT);
        ck_assert_msg(strcmp(err.where, r->where) == 0, "%s: where '%s' (%s)", r->text, err.where,
                      err.message);
        ck_assert_msg(strstr(err.message, r->message) != NULL, "%s: '%s'", r->text, err.message);
        ck_assert_uint_ge(err.line, 1);
        ck_assert_uint_ge(err.column, 1);
        ck_status(trust_policy_load_unsigned(r->text, strlen(r->text), NULL, &policy, NULL),
                  TRUST_E_FORMAT);
    }
}
END_TEST

START_TEST(refusals_name_line_and_column)
{
    static const char text[] =
        "{ \"trust_policy\": 1,\n  \"id\": \"p\", \"revision\": 1,\n"
        "  \"signals\": {\n    \"place\": {\"weight\": true}},\n  " VERDICTS "}";
    trust_policy *policy = NULL;
    trust_error err = {0};
    ck_status(trust_policy_load_unsigned(text, strlen(text), NULL, &policy, &err), TRUST_E_FORMAT);
    ck_assert_str_eq(err.where, "/signals/place/weight");
    ck_assert_uint_eq(err.line, 4);
    ck_assert_uint_eq(err.column, 25);
    ck_assert_uint_eq(err.offset, (uint64_t)(strstr(text, "true") - text));
}
END_TEST

START_TEST(other_semantics_are_unsupported)
{
    static const char *const texts[] = {"{\"trust_policy\":2}", "{\"trust_policy\":0,\"new\":[]}",
                                        "{\"future\":{},\"trust_policy\":7}"};
    for (size_t i = 0; i < 3; i++) {
        trust_policy *policy = NULL;
        trust_error err = {0};
        ck_status(trust_policy_load_unsigned(texts[i], strlen(texts[i]), NULL, &policy, &err),
                  TRUST_E_UNSUPPORTED);
        ck_assert_str_eq(err.where, "/trust_policy");
    }
}
END_TEST

/* ---- limits ---- */

/* A document of n signals, n / 4 groups (at least one) and n gates. */
static void numbered(tri_text *text, unsigned signals, unsigned groups, unsigned gates)
{
    tri_text_str(text, HEAD "\"signals\":{");
    for (unsigned i = 0; i < signals; i++) {
        add_number(text, i > 0 ? ",\"s." : "\"s.", i);
        add_number(text, "\":{\"weight\":100000,\"scale\":\"percent\",\"group\":\"g", i % groups);
        tri_text_str(text, "\"}");
    }
    tri_text_str(text, "},\"gates\":[");
    for (unsigned i = 0; i < gates; i++) {
        add_number(text, i > 0 ? ",{\"id\":\"g" : "{\"id\":\"g", i);
        add_number(text, "\",\"floor\":\"deny\",\"if\":{\"absent\":\"s.", i % signals);
        tri_text_str(text, "\"}}");
    }
    tri_text_str(text, "]," VERDICTS "}");
}

START_TEST(limits_hold)
{
    static char room[1 << 15];
    static const struct {
        unsigned signals, groups, gates;
        trust_status status;
        const char *where;
    } cases[] = {
        {64, 16, 64, TRUST_OK, ""},
        {65, 16, 64, TRUST_E_LIMIT, "/signals"},
        {64, 17, 64, TRUST_E_LIMIT, "/signals/s.16/group"},
        {64, 16, 65, TRUST_E_LIMIT, "/gates"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_policy *policy = NULL;
        trust_error err = {0};
        tri_text text = tri_text_begin(room, sizeof room);
        numbered(&text, cases[i].signals, cases[i].groups, cases[i].gates);
        ck_ok(tri_text_end(&text, NULL));
        ck_status(trust_policy_load_unsigned(room, strlen(room), NULL, &policy, &err),
                  cases[i].status);
        if (policy != NULL) {
            check_round_trip(policy);
            int64_t sum = 0;
            for (uint32_t g = 0; g < policy->group_count; g++)
                sum += policy->groups[g].ceiling;
            ck_assert_int_eq(sum, INT64_C(64) * 100000 * 20);
            ck_assert_int_lt(sum, INT64_C(1) << 30);
        }
        if (cases[i].groups != 17) /* which of the sorted ones is one too many means nothing */
            ck_assert_str_eq(err.where, cases[i].where);
        trust_policy_free(policy);
    }
}
END_TEST

START_TEST(sizes_are_limited)
{
    trust_policy *policy = NULL;
    size_t size = TRUST_POLICY_MAX_BYTES;
    char *room = malloc(size + 1);
    ck_assert_ptr_nonnull(room);
    const char *text = TOP("\"base\":400");
    memset(room, ' ', size + 1);
    memcpy(room, text, strlen(text));
    ck_ok(trust_policy_load_unsigned(room, size, NULL, &policy, NULL));
    trust_policy_free(policy);
    policy = NULL;
    ck_status(trust_policy_load_unsigned(room, size + 1, NULL, &policy, NULL), TRUST_E_LIMIT);
    const char *deep = TOP("\"x_\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]");
    ck_ok(trust_policy_load_unsigned(deep, strlen(deep), NULL, &policy, NULL));
    trust_policy_free(policy);
    policy = NULL;
    deep = TOP("\"x_\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]");
    ck_status(trust_policy_load_unsigned(deep, strlen(deep), NULL, &policy, NULL), TRUST_E_LIMIT);
    tri_text many = tri_text_begin(room, size);
    tri_text_str(&many, HEAD PLACE "," VERDICTS ",\"x_\":[0");
    for (unsigned i = 0; i < TRI_MAX_VALUES; i++)
        tri_text_str(&many, ",0");
    tri_text_str(&many, "]}");
    ck_status(trust_policy_load_unsigned(room, many.need, NULL, &policy, NULL), TRUST_E_LIMIT);
    free(room);
}
END_TEST

START_TEST(names_are_limited)
{
    static const char name63[] = "abcdefghijklmnopqrstuvwxyz0123456789_-abcdefghijklmnopqrstuv.xy";
    char room[512];
    ck_assert_uint_eq(strlen(name63), 63);
    for (int extra = 0; extra < 2; extra++) {
        trust_policy *policy = NULL;
        snprintf(
            room, sizeof room,
            "{\"trust_policy\":1,\"id\":\"%s\",\"revision\":1,\"signals\":{\"%s%s\":{\"weight\":1,"
            "\"scale\":\"percent\"}}," VERDICTS "}",
            name63, name63, extra ? "z" : "");
        ck_status(trust_policy_load_unsigned(room, strlen(room), NULL, &policy, NULL),
                  extra ? TRUST_E_FORMAT : TRUST_OK);
        if (policy != NULL)
            check_round_trip(policy);
        trust_policy_free(policy);
    }
}
END_TEST

START_TEST(no_memory_is_said_and_nothing_leaks)
{
    static char room[1 << 15];
    tri_text text = tri_text_begin(room, sizeof room);
    numbered(&text, 64, 16, 64);
    ck_ok(tri_text_end(&text, NULL));
    for (uint64_t n = 1;; n++) {
        counting state = {.fail_at = n};
        trust_allocator allocator = counting_allocator(&state);
        trust_policy *policy = NULL;
        trust_error err = {0};
        trust_status status =
            trust_policy_load_unsigned(room, strlen(room), &allocator, &policy, &err);
        if (state.failed == 0) {
            ck_ok(status);
            ck_assert_uint_ge(n, 5);
            trust_policy_free(policy);
            ck_assert_uint_eq(state.bytes_live, 0);
            break;
        }
        ck_status(status, TRUST_E_NOMEM);
        ck_assert_int_eq(err.code, TRUST_E_NOMEM);
        ck_assert_ptr_null(policy);
        ck_assert_uint_eq(state.bytes_live, 0);
        ck_assert_uint_eq(state.blocks_live, 0);
    }
}
END_TEST

int main(void)
{
    return run_tests(
        "policy",
        TESTS(six_lines_mean_the_worked_example, identity_of_the_worked_example,
              defaults_are_whole_points, a_policy_tells_of_itself, nothing_happens_without_a_policy,
              verdicts_have_names, the_last_holder_frees, kinds_of_the_host_have_defaults_by_scale,
              absences_may_be_given_in_part, groups_cap_what_they_hold, no_risk_is_above_a_thousand,
              gates_name_signals_and_reasons, times_bound_a_policy, durations_have_one_spelling,
              the_same_meaning_has_the_same_hash, the_hash_is_frozen, the_full_form_is_laid_out,
              slips_of_the_pen_are_known, every_number_counts, random_documents_round_trip,
              every_example_of_the_manual_loads, the_manual_lists_what_the_table_says,
              refusals_say_where_and_what_to_do, refusals_name_line_and_column,
              other_semantics_are_unsupported, limits_hold, sizes_are_limited, names_are_limited,
              no_memory_is_said_and_nothing_leaks));
}
