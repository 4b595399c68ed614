/* Policy documents: what loads is written in full, loads again to the same hash and the same text,
 * tells of itself within its ranges, selects a profile, and can be linted and evaluated; what does
 * not says where and why. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <trust/policy.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

static char *expand(const trust_policy *policy, size_t *len)
{
    require(trust_policy_expand(policy, NULL, 0, len) == TRUST_E_LIMIT);
    char *text = malloc(*len + 1);
    require(text != NULL && trust_policy_expand(policy, text, *len + 1, len) == TRUST_OK);
    return text;
}

static void check_round_trip(const trust_policy *policy)
{
    size_t len, again_len;
    uint8_t hash[32], again_hash[32];
    trust_policy *again = NULL;
    char *text = expand(policy, &len);
    require(len < TRUST_POLICY_MAX_BYTES);
    require(trust_policy_load_unsigned(text, len, NULL, &again, NULL) == TRUST_OK);
    char *again_text = expand(again, &again_len);
    trust_policy_hash(policy, hash);
    trust_policy_hash(again, again_hash);
    require(memcmp(hash, again_hash, sizeof hash) == 0);
    require(len == again_len && memcmp(text, again_text, len) == 0);
    trust_policy_free(again);
    free(again_text);
    free(text);
}

static void check_signals(const trust_policy *policy)
{
    trust_policy_bands bands;
    trust_policy_get_bands(policy, &bands);
    require(bands.allow < bands.step_up && bands.step_up < bands.quarantine);
    for (size_t i = 0; i < trust_policy_signal_count(policy); i++) {
        trust_policy_signal s;
        require(trust_policy_signal_at(policy, i, &s) == TRUST_OK);
        require(s.least <= 0 && s.absent >= 0 && s.absent <= s.refused && s.refused <= s.most);
        require(s.absent <= s.source_down && s.source_down <= s.most && s.ttl >= 0);
        require(s.quorum >= 1 && s.quorum <= 8 && s.cost <= 1000000 && s.action[0] != '\0');
        trust_policy_knot knot, before = {-1, s.least};
        for (size_t k = 0; trust_policy_knot_at(policy, i, k, &knot) == TRUST_OK; k++) {
            require(knot.value > before.value && knot.points >= before.points);
            before = knot;
        }
        require(before.points == s.most && s.knot_count >= 2);
    }
}

static void check_gates(const trust_policy *policy)
{
    for (size_t i = 0; i < trust_policy_gate_count(policy); i++) {
        trust_policy_gate gate;
        trust_policy_condition c;
        require(trust_policy_gate_at(policy, i, &gate) == TRUST_OK);
        require(gate.need >= 1 && gate.need <= gate.condition_count && gate.final <= 1);
        require(gate.condition_count <= TRUST_POLICY_MAX_CONDITIONS);
        for (size_t k = 0; k < gate.condition_count; k++) {
            require(trust_policy_condition_at(policy, i, k, &c) == TRUST_OK);
            require(c.asks >= TRUST_ASKS_AT_LEAST && c.asks <= TRUST_ASKS_OLDER);
            require((c.limit >= 1) == (c.asks <= TRUST_ASKS_POINTS));
            require((c.age >= 1) == (c.asks == TRUST_ASKS_OLDER));
        }
    }
}

static void check_workflow(const trust_policy *policy)
{
    trust_policy_stage stage;
    trust_policy_hysteresis h;
    trust_policy_overrides o;
    uint64_t beyond = ~UINT64_C(0);
    if (trust_policy_signal_count(policy) < 64)
        beyond <<= trust_policy_signal_count(policy);
    else
        beyond = 0;
    for (size_t i = 0; trust_policy_stage_at(policy, i, &stage) == TRUST_OK; i++) {
        require(stage.next > i && (stage.needs & beyond) == 0 && stage.timeout >= 0);
        require(stage.on_timeout >= TRUST_STEP_UP && stage.on_timeout <= TRUST_DENY);
        if (stage.next != UINT32_MAX)
            require(trust_policy_stage_at(policy, stage.next, &stage) == TRUST_OK);
    }
    trust_policy_get_hysteresis(policy, &h);
    require(h.backoff >= 1 && h.backoff <= 8 && h.dwell <= h.dwell_max);
    trust_policy_get_overrides(policy, &o);
    require(o.mildest <= TRUST_QUARANTINE && o.approvals >= 2 && o.max_ttl >= 1);
}

/* The bands of profiles rise; whatever is registered chooses one that there is, and those that
 * might be meant instead stand before it. */
static void check_profiles(const trust_policy *policy)
{
    static const trust_attribute facts[] = {
        {"role", "lock"}, {"class", "3"}, {"country", "DE,AT"}, {"n", "-7"}};
    trust_policy_profile p;
    size_t count = 0, need;
    for (; trust_policy_profile_at(policy, count, &p) == TRUST_OK; count++) {
        const trust_policy_bands *b = &p.stance.bands;
        require(b->allow < b->step_up && b->step_up < b->quarantine && p.id[0] != '\0');
        require(trust_policy_profile_when(policy, count, NULL, 0, &need) == TRUST_E_LIMIT);
        require((need == 0) == (count == 0));
    }
    require(count >= 1 && count <= TRUST_POLICY_MAX_PROFILES + 1);
    for (size_t n = 0; n <= sizeof facts / sizeof facts[0]; n++) {
        trust_policy_selection s;
        require(trust_policy_select(policy, facts, n, &s) == TRUST_OK);
        require(s.profile < count && (s.also & 1) == 0);
        uint32_t most = s.profile > 0 ? s.profile : (uint32_t)count;
        require(most > 31 || s.also >> most == 0);
    }
}

static void check_evaluation(const trust_policy *policy)
{
    trust_policy_input input = TRUST_POLICY_INPUT_INIT;
    trust_policy_summary summary;
    size_t size = trust_policy_result_size(policy);
    trust_policy_result *result = malloc(size);
    input.now = 0;
    require(result != NULL && trust_policy_evaluate(policy, &input, result, size) == TRUST_OK);
    trust_policy_result_summary(result, &summary);
    require(summary.verdict >= TRUST_ALLOW && summary.verdict <= TRUST_DENY);
    free(result);
}

static void check_lint(const uint8_t *data, size_t size, int loads)
{
    trust_lint *lint = NULL;
    require(trust_policy_lint(data, size, NULL, &lint) == TRUST_OK);
    require(loads || trust_lint_count(lint) == 1);
    for (size_t i = 0; i < trust_lint_count(lint); i++) {
        trust_lint_remark r;
        require(trust_lint_remark_at(lint, i, &r) == TRUST_OK);
        require((strcmp(r.code, "DOES_NOT_LOAD") != 0) == loads);
        require(r.line >= 1 && r.column >= 1 && r.sentence[0] != '\0');
    }
    trust_lint_free(lint);
}

/* The tests of a document pass, each of them, exactly when they do not keep it from loading: the
 * first that fails is what loading complains of. */
static void check_tests(const uint8_t *data, size_t size, const trust_error *err)
{
    trust_lint *report = NULL;
    trust_lint_remark r, failed = {0};
    require(trust_policy_test(data, size, NULL, &report) == TRUST_OK);
    require(trust_lint_count(report) <= TRUST_POLICY_MAX_TESTS);
    for (size_t i = 0; trust_lint_remark_at(report, i, &r) == TRUST_OK; i++) {
        require(r.line >= 1 && r.column >= 1 && r.sentence[0] != '\0');
        require((r.severity == TRUST_LINT_NOTE) == (strcmp(r.code, "TEST_PASSED") == 0));
        if (failed.code == NULL && r.severity == TRUST_LINT_ERROR)
            failed = r;
    }
    require((failed.code != NULL) == (err != NULL));
    if (err != NULL)
        require(strcmp(failed.where, err->where) == 0 && failed.line == err->line);
    trust_lint_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trust_policy *policy = NULL;
    trust_error err;
    trust_status status = trust_policy_load_unsigned(data, size, NULL, &policy, &err);
    check_lint(data, size, status == TRUST_OK);
    check_tests(data, size, status == TRUST_OK ? NULL : &err);
    if (status != TRUST_OK) {
        require(policy == NULL && err.code == status && err.message[0] != '\0');
        require(err.offset <= size && err.line >= 1 && err.column >= 1);
        return 0;
    }
    check_round_trip(policy);
    check_signals(policy);
    check_gates(policy);
    check_workflow(policy);
    check_profiles(policy);
    check_evaluation(policy);
    trust_policy_free(policy);
    return 0;
}
