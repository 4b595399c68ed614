/* What the macros of the headers, and calls of several steps, are to Python: constants, and
 * functions that only gather arguments. build_ffi.py takes the declarations from here as well. */

#include <math.h>

static const trust_policy_input trust_py_input = TRUST_POLICY_INPUT_INIT;
static const trust_policy_batch trust_py_batch = TRUST_POLICY_BATCH_INIT;
static const trust_policy_outcomes trust_py_outcomes = TRUST_POLICY_OUTCOMES_INIT;
static const trust_column trust_py_column = TRUST_COLUMN_INIT;
static const trust_manifest trust_py_manifest = TRUST_MANIFEST_INIT;
static const trust_attest_claims trust_py_claims = TRUST_ATTEST_CLAIMS_INIT;

/* More signals, gates and findings than these may be more than a microsecond's work. */
enum { TRUST_PY_QUICK_RULES = 40, TRUST_PY_QUICK_FINDINGS = 32 };

/* Weigh what is laid out, at a time in seconds: the verdict above ten bits of risk. The largest
 * number for what is refused here or there, or takes longer than the GIL may be kept; the long way
 * does it, or says why not. */
static int32_t trust_py_evaluate(const trust_policy *policy, const trust_policy_input *laid,
                                 double now)
{
    uint64_t room[512];
    trust_policy_result *result = (trust_policy_result *)room;
    trust_policy_summary summary;
    trust_policy_input input = *laid;
    now *= 1000;
    if (!(now > -9e15 && now < 9e15) || laid->finding_count > TRUST_PY_QUICK_FINDINGS ||
        trust_policy_signal_count(policy) + trust_policy_gate_count(policy) > TRUST_PY_QUICK_RULES)
        return INT32_MAX;
    input.now = llrint(now); /* as round() in _time.py */
    if (trust_policy_evaluate(policy, &input, result, sizeof room) != TRUST_OK)
        return INT32_MAX;
    trust_policy_result_summary(result, &summary);
    return (int32_t)(summary.verdict << 10) | summary.risk;
}

/* The device's own key where a trust_signer holds it. */
static trust_status trust_py_sign_token(void *signer, const void *data, size_t len,
                                        uint8_t signature[64])
{
    return trust_signer_sign((const trust_signer *)signer, TRUST_USE_DEVICE, data, len, signature);
}
