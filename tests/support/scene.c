/* A small world for tests of the whole library. */

#include "scene.h"

#include <stdlib.h>
#include <string.h>

const char scene_policy[] =
    "{\"trust_policy\":1,\"id\":\"scene\",\"revision\":3,"
    "\"signals\":{\"attestation\":{\"weight\":300},\"identity\":{\"weight\":300},"
    "\"place\":{\"weight\":110},\"reputation\":{\"weight\":175},"
    "\"behaviour\":{\"weight\":225},\"human\":{\"weight\":150}},"
    "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650}}";

static const char reference_document[] =
    "{\"trust_reference\":1,\"id\":\"scene\",\"revision\":7,\"values\":[{\"class\":\"lock-1\","
    "\"name\":\"app\",\"digest\":\"sha256:"
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\",\"status\":\"ok\"}]}";

static trust_decision *decisions[256];
static size_t decision_count;

static void use_documents(scene *s, const char *policy)
{
    trust_error err = {0};
    trust_reference *reference = NULL;
    trust_table *table = NULL;
    size_t geo_len;
    uint8_t *geo = read_file(project_path("examples/data/geo.mmdb"), &geo_len);
    size_t vpn_len;
    uint8_t *vpn = read_file(project_path("examples/data/vpn.txt"), &vpn_len);
    ck_assert_ptr_nonnull(geo);
    ck_assert_ptr_nonnull(vpn);
    if (policy == NULL)
        policy = scene_policy;
    ck_assert_msg(trust_policy_load_unsigned(policy, strlen(policy), NULL, &s->policy, &err) ==
                      TRUST_OK,
                  "%s at %s", err.message, err.where);
    ck_assert_msg(trust_engine_use_policy(s->engine, s->policy, &err) == TRUST_OK, "%s",
                  err.message);
    ck_ok(trust_reference_load_unsigned(reference_document, strlen(reference_document), NULL,
                                        &reference, &err));
    ck_ok(trust_engine_use_reference(s->engine, reference));
    trust_reference_free(reference);
    trust_table_source sources[] = {{"geo", TRUST_SOURCE_MMDB, 0, {geo, geo_len}},
                                    {"vpn", TRUST_SOURCE_CIDR, TRUST_LIST_VPN, {vpn, vpn_len}}};
    ck_ok(trust_table_build(sources, 2, NULL, &table, &err));
    ck_ok(trust_engine_use_table(s->engine, table));
    trust_table_free(table);
    free(geo);
    free(vpn);
}

void scene_begin_with(scene *s, const char *policy, trust_store *store,
                      const trust_signal_ops *const *signals, size_t signal_count)
{
    uint8_t seed[32];
    trust_error err = {0};
    memset(s, 0, sizeof *s);
    memset(seed, 7, sizeof seed);
    s->clock.now = SCENE_NOW;
    s->random.state = 42;
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.allocator = counting_allocator(&s->memory);
    config.clock = fixed_clock_seam(&s->clock);
    config.random = fixed_random_seam(&s->random);
    config.verifier = "gateway-1";
    config.store = store;
    config.signals = signals;
    config.signal_count = signal_count;
    ck_ok(trust_engine_new(&config, &s->engine, &err));
    use_documents(s, policy);
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_DEVICE, &s->signer));
    trust_signer_public_key(s->signer, s->key);
    const trust_attribute attributes[] = {{"class", "lock-1"}, {"country", "DE"}};
    trust_enrolment enrolment = {sizeof enrolment, (const uint8_t(*)[32])s->key, 1, attributes, 2};
    ck_ok(trust_device_enroll(s->engine, SCENE_DEVICE, &enrolment, &s->device, &err));
    ck_ok(trust_evidence_new(s->device, &s->evidence, &err));
}

void scene_begin(scene *s, const char *policy)
{
    scene_begin_with(s, policy, NULL, NULL, 0);
}

void scene_end(scene *s)
{
    while (decision_count > 0)
        trust_decision_free(decisions[--decision_count]);
    trust_evidence_free(s->evidence);
    trust_device_free(s->device);
    trust_engine_free(s->engine);
    trust_policy_free(s->policy);
    trust_signer_free(s->signer);
    ck_assert_uint_eq(s->memory.blocks_live, 0);
    ck_assert_uint_eq(s->memory.bytes_live, 0);
}

static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

size_t scene_token(scene *s, trust_bytes nonce, scene_edit edit, uint8_t out[4096])
{
    uint8_t digest[32];
    static const uint8_t session[32] = {9};
    memset(digest, SCENE_DIGEST, sizeof digest);
    trust_attest_component app = {"app", "2.4.1", {digest, sizeof digest}, {NULL, 0}};
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    claims.nonce = nonce;
    claims.binding.verifier = "gateway-1";
    claims.binding.device = SCENE_DEVICE;
    claims.binding.session_key = (trust_bytes){session, sizeof session};
    claims.components = &app;
    claims.component_count = 1;
    claims.debug = TRUST_DEBUG_DISABLED;
    claims.secure_boot = TRUST_BOOT_SECURE;
    if (edit != NULL)
        edit(&claims);
    trust_attest_key key = {{0}, sign, s->signer};
    memcpy(key.public_key, s->key, sizeof key.public_key);
    size_t len = 0;
    ck_ok(trust_attest_make(&claims, &key, out, 4096, &len));
    return len;
}

void scene_attest(scene *s, scene_edit edit)
{
    uint8_t token[4096];
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    ck_ok(trust_challenge_new(s->device, NULL, &challenge, &err));
    size_t len = scene_token(s, trust_challenge_nonce(challenge), edit, token);
    trust_challenge_free(challenge);
    ck_ok(trust_evidence_add(s->evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, &err));
}

void scene_address(scene *s)
{
    trust_error err = {0};
    ck_ok(trust_evidence_add_address(s->evidence, "5.8.1.2", &err));
}

void scene_human(scene *s)
{
    trust_error err = {0};
    size_t len;
    uint8_t *document = read_file(project_path("examples/data/human-approved.json"), &len);
    ck_assert_ptr_nonnull(document);
    ck_ok(trust_evidence_add(s->evidence, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, document, len, &err));
    free(document);
}

trust_verdict scene_assess(scene *s, trust_decision **out)
{
    trust_decision *decision = NULL;
    trust_error err = {0};
    ck_assert_msg(trust_assess(s->device, s->evidence, NULL, &decision, &err) == TRUST_OK, "%s",
                  err.message);
    ck_assert_uint_lt(decision_count, sizeof decisions / sizeof decisions[0]);
    decisions[decision_count++] = decision;
    if (out != NULL)
        *out = decision;
    return trust_decision_verdict(decision);
}

trust_item_outcome scene_item(const trust_decision *decision, size_t index)
{
    trust_item_outcome outcome;
    ck_ok(trust_decision_item(decision, index, &outcome));
    return outcome;
}

trust_row scene_row(const trust_decision *decision, const char *name)
{
    trust_row row;
    for (size_t i = 0; trust_decision_row(decision, i, &row) == TRUST_OK; i++)
        if (strcmp(trust_decision_row_name(decision, i), name) == 0)
            return row;
    ck_abort_msg("no row %s", name);
    return row;
}
