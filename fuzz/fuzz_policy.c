/* Policy documents: what loads is written in full, loads again to the same hash and the same text,
 * and can be linted and evaluated; what does not says where and why. */

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trust_policy *policy = NULL;
    trust_error err;
    trust_status status = trust_policy_load_unsigned(data, size, NULL, &policy, &err);
    check_lint(data, size, status == TRUST_OK);
    if (status != TRUST_OK) {
        require(policy == NULL && err.code == status && err.message[0] != '\0');
        require(err.offset <= size && err.line >= 1 && err.column >= 1);
        return 0;
    }
    check_round_trip(policy);
    check_signals(policy);
    check_evaluation(policy);
    trust_policy_free(policy);
    return 0;
}
