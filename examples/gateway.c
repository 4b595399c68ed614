/* The life of one connection, as a gateway sees it: challenge, answer, assessment, and what
 * follows. From outside the project:
 *
 *     cc gateway.c -ltrust-attest $(pkg-config --cflags --libs libtrust) -o gateway && ./gateway
 *
 * The device is played here too: first it answers on its own connection, then somebody in the
 * middle passes its answer on from another one. */

#include <stdbool.h>
#include <stdio.h>

#include <trust/attest.h>
#include <trust/trust.h>

/* Only the key counts here; front-door-locks.json is a policy for all that libtrust can weigh. */
static const char policy_text[] =
    "{ \"trust_policy\": 1, \"id\": \"gateway\", \"revision\": 1,"
    "  \"signals\": { \"identity\": {\"weight\": 300} },"
    "  \"verdicts\": { \"allow\": 350, \"step_up\": 475, \"quarantine\": 650 } }";

/* TLS gives both ends of one connection the same exporter value (RFC 9266). */
typedef struct connection {
    uint8_t channel[32];        /* this end's */
    uint8_t device_channel[32]; /* the device's own: another one when somebody sits in between */
} connection;

static trust_status device_signs(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

/* In a real device the key lies in a secure element. See vendor_sdk.c. */
static trust_status device_answers(const connection *c, trust_bytes nonce, trust_signer *key,
                                   uint8_t *token, size_t *len)
{
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    claims.nonce = nonce;
    claims.binding.channel = (trust_bytes){c->device_channel, sizeof c->device_channel};
    trust_attest_key signer = {.sign = device_signs, .user = key};
    trust_signer_public_key(key, signer.public_key);
    return trust_attest_make(&claims, &signer, token, TRUST_ATTEST_MAX_TOKEN, len);
}

/* Ask the device and collect what is known of it. */
static bool gather(trust_device *device, const connection *c, trust_signer *key,
                   trust_evidence *evidence, trust_error *err)
{
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    size_t len = 0;
    trust_challenge *challenge = NULL;
    if (trust_challenge_new(device, NULL, &challenge, err) != TRUST_OK)
        return false;
    /* Whoever connected was asked, and may be anybody: trust_challenge_delivered(), which makes
     * silence a refusal, is for a connection that has proved to be the device's. */
    bool ok = device_answers(c, trust_challenge_nonce(challenge), key, token, &len) == TRUST_OK &&
              trust_evidence_set_channel(evidence, c->channel, sizeof c->channel) == TRUST_OK &&
              trust_evidence_add(evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len,
                                 err) == TRUST_OK;
    trust_challenge_free(challenge);
    return ok;
}

/* The verdict is about the device; the binding says whether it is at the end of this connection. */
static bool serve(trust_device *device, const connection *c, trust_signer *key, bool *open,
                  trust_error *err)
{
    char text[4096];
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    trust_decision_info info;
    bool ok =
        trust_evidence_new(device, &evidence, err) == TRUST_OK &&
        gather(device, c, key, evidence, err) &&
        trust_assess(device, evidence, NULL, &decision, err) == TRUST_OK &&
        trust_decision_explain(decision, TRUST_FOR_OPERATOR, text, sizeof text, NULL) == TRUST_OK;
    if (ok) {
        trust_decision_get_info(decision, &info);
        *open = info.summary.verdict == TRUST_ALLOW && info.binding == TRUST_BINDING_CHANNEL;
        printf("%sthe connection is %s\n\n", text, *open ? "let through" : "closed");
    }
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    return ok;
}

int main(void)
{
    static const uint8_t seed[32] = "an example's key is no secret";
    const connection own = {"their common channel", "their common channel"};
    const connection relayed = {"to the one in the middle", "from the one in the middle"};
    bool first = false, second = true;
    uint8_t key[1][32];
    trust_error err = {.message = "no memory"}; /* unless a call says something else */
    trust_engine *engine = NULL;
    trust_policy *policy = NULL;
    trust_device *device = NULL;
    trust_signer *signer = NULL;
    trust_enrolment enrolment = TRUST_ENROLMENT_INIT;
    enrolment.ed25519_keys = (const uint8_t(*)[32])key;
    enrolment.ed25519_key_count = 1;
    bool ok = trust_signer_new_seed(seed, TRUST_USE_DEVICE, &signer) == TRUST_OK &&
              trust_engine_new(NULL, &engine, &err) == TRUST_OK &&
              trust_policy_load_unsigned(policy_text, sizeof policy_text - 1, NULL, &policy,
                                         &err) == TRUST_OK &&
              trust_engine_use_policy(engine, policy, &err) == TRUST_OK;
    trust_signer_public_key(signer, key[0]); /* registered when the device was made */
    ok = ok && trust_device_enroll(engine, "urn:dev:ops:32473-pump", &enrolment, &device, &err) ==
                   TRUST_OK;
    ok = ok && serve(device, &own, signer, &first, &err) &&
         serve(device, &relayed, signer, &second, &err);
    if (!ok)
        fprintf(stderr, "gateway: %s\n", err.message);
    trust_signer_free(signer);
    trust_device_free(device);
    trust_policy_free(policy);
    trust_engine_free(engine);
    return ok && first && !second ? 0 : 1;
}
