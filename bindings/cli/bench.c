/* trustctl bench: a quick measurement of this machine, as ratios to what an assessment cannot do
 * without. tests/bench/ has the careful ones. */

#include <string.h>
#include <time.h>

#include "commands.h"

static double now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static const char policy_text[] =
    "{\"trust_policy\":1,\"id\":\"bench\",\"revision\":1,\"signals\":{\"attestation\":{\"weight\":"
    "300},"
    "\"identity\":{\"weight\":300},\"place\":{\"weight\":110},\"reputation\":{\"weight\":175},"
    "\"behaviour\":{\"weight\":225},\"human\":{\"weight\":150}},"
    "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650}}";

/* The fastest of several rounds: what the machine can do when nobody disturbs it. */
typedef bool (*work)(void *context);

static double best_of(work run, void *context, int rounds, int count)
{
    double best = 1e30;
    for (int r = 0; r < rounds; r++) {
        double start = now_ns();
        for (int i = 0; i < count; i++)
            if (!run(context))
                return -1;
        double each = (now_ns() - start) / count;
        best = each < best ? each : best;
    }
    return best;
}

#define FINDINGS 6

typedef struct evaluation {
    trust_policy *policy;
    trust_policy_input input;
    trust_finding findings[FINDINGS];
    uint64_t memory[1024];
} evaluation;

static bool evaluate_once(void *context)
{
    evaluation *e = context;
    e->input.now++;
    return trust_policy_evaluate(e->policy, &e->input, (trust_policy_result *)e->memory,
                                 sizeof e->memory) == TRUST_OK;
}

typedef struct signing {
    trust_engine *engine;
    trust_appraise_request request;
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    uint8_t keys[1][32];
    uint8_t nonce[32];
} signing;

static bool appraise_once(void *context)
{
    signing *g = context;
    trust_result *result = NULL;
    trust_error err;
    trust_result_info info;
    if (trust_appraise(g->engine, &g->request, &result, &err) != TRUST_OK)
        return false;
    trust_result_get_info(result, &info);
    trust_result_free(result);
    return info.state == TRUST_STATE_VALID;
}

static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

static bool make_token(signing *g, trust_signer *signer)
{
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    trust_attest_key key = {{0}, sign, signer};
    size_t len = 0;
    trust_signer_public_key(signer, key.public_key);
    memcpy(g->keys[0], key.public_key, 32);
    claims.nonce = (trust_bytes){g->nonce, sizeof g->nonce};
    if (trust_attest_make(&claims, &key, g->token, sizeof g->token, &len) != TRUST_OK)
        return false;
    g->request = (trust_appraise_request)TRUST_APPRAISE_INIT;
    g->request.type = TRUST_TYPE_EAT_CWT;
    g->request.data = (trust_bytes){g->token, len};
    g->request.ed25519_keys = (const uint8_t(*)[32])g->keys;
    g->request.ed25519_key_count = 1;
    g->request.nonce = (trust_bytes){g->nonce, sizeof g->nonce};
    return true;
}

static bool set_up(evaluation *e, signing *g, trust_signer **signer)
{
    static const uint8_t seed[32] = {1};
    if (trust_policy_load_unsigned(policy_text, strlen(policy_text), NULL, &e->policy, NULL) !=
            TRUST_OK ||
        trust_engine_new(NULL, &g->engine, NULL) != TRUST_OK ||
        trust_signer_new_seed(seed, TRUST_USE_DEVICE, signer) != TRUST_OK ||
        !make_token(g, *signer))
        return false;
    e->input = (trust_policy_input)TRUST_POLICY_INPUT_INIT;
    e->input.now = 1000000;
    e->input.findings = e->findings;
    e->input.finding_count = FINDINGS;
    for (uint32_t i = 0; i < FINDINGS; i++)
        e->findings[i] = (trust_finding){.kind = i + 1,
                                         .state = TRUST_STATE_VALID,
                                         .value = 2,
                                         .quality = TRUST_QUALITY_FULL,
                                         .time = 999000};
    return true;
}

static int measure(evaluation *e, signing *g, bool json)
{
    double evaluating = best_of(evaluate_once, e, 5, 200000);
    double appraising = best_of(appraise_once, g, 5, 2000);
    if (evaluating < 0 || appraising < 0)
        return complain("bench", "a measured call failed", EXIT_NEGATIVE);
    printf(json ? "{\"evaluate_ns\":%.0f,\"appraise_ns\":%.0f,\"ratio\":%.1f}\n"
                : "weighing 6 findings      %8.0f ns\n"
                  "appraising one token     %8.0f ns, %.0f times as long (an Ed25519 signature)\n",
           evaluating, appraising, appraising / evaluating);
    return EXIT_AFFIRMATIVE;
}

int run_bench(const arguments *args)
{
    evaluation e = {NULL};
    signing g = {NULL};
    trust_signer *signer = NULL;
    int status = set_up(&e, &g, &signer) ? measure(&e, &g, option_given(args, "--json"))
                                         : complain("bench", "out of memory", EXIT_MEMORY);
    trust_signer_free(signer);
    trust_engine_free(g.engine);
    trust_policy_free(e.policy);
    return status;
}
