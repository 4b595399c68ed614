/* A signal of one's own: a tamper switch in the lid, which the gateway reads at a GPIO pin. The
 * library's own signals implement the same interface. From outside the project:
 *
 *     cc custom_signal.c $(pkg-config --cflags --libs libtrust) -o custom_signal && ./custom_signal
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <trust/trust.h>

#define TAMPER_TYPE "application/vnd.acme.tamper"

/* The policy names the signal like any other; the gate decides whatever the points say. */
static const char policy_text[] =
    "{ \"trust_policy\": 1, \"id\": \"tamper\", \"revision\": 1,"
    "  \"signals\": { \"acme.tamper\": {\"weight\": 200, \"scale\": \"percent\","
    "                                 \"half_life_bad\": \"never\"} },"
    "  \"gates\": [ {\"id\": \"lid\", \"floor\": \"quarantine\","
    "               \"if\": {\"signal\": \"acme.tamper\", \"at_least\": 100}} ],"
    "  \"verdicts\": { \"allow\": 420, \"step_up\": 475, \"quarantine\": 650 } }";

/* The item's bytes: "closed", "open", or anything else for a broken wire. */
static void judge(const trust_item *item, trust_finding *out)
{
    bool closed = item->data.size == 6 && memcmp(item->data.data, "closed", 6) == 0;
    bool opened = item->data.size == 4 && memcmp(item->data.data, "open", 4) == 0;
    *out = (trust_finding){0};
    out->kind = trust_kind_id("acme.tamper", strlen("acme.tamper"));
    out->state = closed || opened ? TRUST_STATE_VALID : TRUST_STATE_UNBOUND;
    out->origin = item->origin;
    out->value = opened ? 100 : 0; /* percent: 0 is the best */
    out->quality = TRUST_QUALITY_FULL;
    out->time = item->received;
    out->item = item->index;
    if (!closed && !opened)
        out->reason = trust_reason_find("MALFORMED", strlen("MALFORMED"));
}

static trust_status appraise(void *user, trust_appraisal *appraisal)
{
    trust_item item;
    trust_finding finding;
    (void)user;
    for (size_t i = 0; trust_appraisal_item(appraisal, i, &item) == TRUST_OK; i++) {
        judge(&item, &finding);
        trust_status status = trust_appraisal_state(appraisal, &finding);
        if (status != TRUST_OK)
            return status; /* a signal that fails costs what a refusal costs */
    }
    return TRUST_OK;
}

static const char *const tamper_types[] = {TAMPER_TYPE, NULL};
static const trust_kind_info tamper_kinds[] = {
    {"acme.tamper", TRUST_SCALE_PERCENT, 1u << TRUST_FROM_HOST, 0, 0}};
static const trust_signal_ops tamper = {.size = sizeof tamper,
                                        .name = "acme.tamper",
                                        .media_types = tamper_types,
                                        .kinds = tamper_kinds,
                                        .kind_count = 1,
                                        .appraise = appraise};

/* Assess the device with the switch in one position; the verdict, or TRUST_NO_VERDICT. */
static trust_verdict look(trust_device *device, trust_evidence *evidence, uint32_t origin,
                          const char *position, trust_error *err)
{
    char text[2048];
    trust_decision *decision = NULL;
    trust_verdict verdict = TRUST_NO_VERDICT;
    trust_evidence_clear(evidence);
    if (trust_evidence_add(evidence, origin, TAMPER_TYPE, position, strlen(position), err) ==
            TRUST_OK &&
        trust_assess(device, evidence, NULL, &decision, err) == TRUST_OK &&
        trust_decision_explain(decision, TRUST_FOR_OPERATOR, text, sizeof text, NULL) == TRUST_OK) {
        verdict = trust_decision_verdict(decision);
        printf("the switch is said to be %s, by the %s\n%s\n", position, trust_origin_name(origin),
               text);
    }
    trust_decision_free(decision);
    return verdict;
}

int main(void)
{
    const trust_signal_ops *const signals[] = {&tamper};
    uint8_t key[1][32];
    char secret[256];
    char public_half[256];
    trust_error err = {.message = "an unexpected outcome"};
    trust_engine *engine = NULL;
    trust_policy *policy = NULL;
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    config.signals = signals;
    config.signal_count = 1;
    trust_enrolment enrolment = TRUST_ENROLMENT_INIT;
    enrolment.ed25519_keys = (const uint8_t(*)[32])key;
    enrolment.ed25519_key_count = 1;
    bool ok =
        trust_keygen(NULL, secret, sizeof secret, public_half, sizeof public_half) == TRUST_OK &&
        trust_key_read_public(public_half, strlen(public_half), key[0], &err) == TRUST_OK &&
        trust_engine_new(&config, &engine, &err) == TRUST_OK &&
        trust_policy_load_unsigned(policy_text, strlen(policy_text), NULL, &policy, &err) ==
            TRUST_OK &&
        trust_engine_use_policy(engine, policy, &err) == TRUST_OK &&
        trust_device_enroll(engine, "urn:dev:ops:32473-meter", &enrolment, &device, &err) ==
            TRUST_OK &&
        trust_evidence_new(device, &evidence, &err) == TRUST_OK &&
        look(device, evidence, TRUST_FROM_HOST, "closed", &err) == TRUST_ALLOW &&
        look(device, evidence, TRUST_FROM_HOST, "open", &err) == TRUST_QUARANTINE &&
        /* The device cannot talk its way out: only the host may state this kind. */
        look(device, evidence, TRUST_FROM_DEVICE, "closed", &err) == TRUST_QUARANTINE;
    if (!ok)
        fprintf(stderr, "custom_signal: %s\n", err.message);
    trust_evidence_free(evidence);
    trust_device_free(device);
    trust_policy_free(policy);
    trust_engine_free(engine);
    return ok ? 0 : 1;
}
