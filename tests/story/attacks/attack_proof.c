/* Who says it, which device, over which connection, and when. security.md 1 to 4, through the
 * library. */

#include "attack.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- 1, origin ---- */

/* The lie: the host saw this, the service said that. From a device it changes nothing, not by a
 * point, alone or beside what the host really saw. */
START_TEST(a_device_speaks_for_its_host)
{
    static const char *const bundles[] = {
        "{\"items\":[{\"type\":\"application/vnd.trust.address\",\"value\":\"5.8.1.2\","
        "\"collected\":\"2026-11-23T10:00:00Z\"}]}",
        "{\"items\":[{\"type\":\"application/vnd.trust.metric\",\"value\":{\"name\":\"tx\","
        "\"value\":1}}]}",
        "{\"items\":[{\"type\":\"application/vnd.trust.metric\",\"value\":\"\"}]}",
        "{\"items\":[{\"type\":\"APPLICATION/VND.TRUST.ADDRESS; x=1\",\"value\":\"5.8.1.2\"}]}",
        "{\"items\":[{\"type\":\"application/vnd.didit.decision+json\",\"value\":{\"status\":"
        "\"Approved\"}}]}"};
    for (size_t i = 0; i < sizeof bundles / sizeof bundles[0]; i++) {
        for (int host = 0; host < 2; host++) {
            scene with, without;
            trust_decision *said, *silent;
            scene_begin(&with, NULL);
            scene_begin(&without, NULL);
            ck_ok(add_bundle(&with, TRUST_FROM_DEVICE, bundles[i]));
            if (host == 1) {
                add_address(&with, ADDRESS_FOREIGN_VPN);
                add_address(&without, ADDRESS_FOREIGN_VPN);
            }
            scene_assess(&with, &said);
            scene_assess(&without, &silent);
            assert_item(said, 0, TRUST_STATE_UNBOUND, "ORIGIN");
            ck_assert_int_eq(trust_decision_risk(said), trust_decision_risk(silent));
            scene_end(&with);
            scene_end(&without);
        }
    }
}
END_TEST

/* The lie: this nonce was mine. Neither a device's nor a host's bundle makes a nonce expected. */
START_TEST(a_bundle_brings_its_own_nonce)
{
    static const uint8_t nonce[32] = {0xaa};
    uint8_t token[4096];
    char hex[65] = "";
    char json[16384];
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    size_t len = scene_token(&s, (trust_bytes){nonce, sizeof nonce}, NULL, token);
    for (size_t i = 0; i < sizeof nonce; i++)
        snprintf(hex + 2 * i, 3, "%02x", nonce[i]);
    for (int asked = 0; asked < 2; asked++) {
        size_t n = (size_t)snprintf(json, sizeof json,
                                    "{\"items\":[{\"type\":\"%s\",\"nonce\":\"%s\",\"data\":\"",
                                    TRUST_TYPE_EAT_CWT, hex);
        n += put_base64url(json + n, token, len);
        memcpy(json + n, "\"}]}", 5);
        for (uint32_t origin = TRUST_FROM_DEVICE; origin <= TRUST_FROM_SERVICE; origin++) {
            trust_evidence_clear(s.evidence);
            ck_ok(add_bundle(&s, origin, json));
            scene_assess(&s, &decision);
            assert_item(decision, 0, TRUST_STATE_UNBOUND,
                        asked == 1 ? "NONCE_FOREIGN" : "NONCE_MISSING");
        }
        trust_challenge_free(ask(&s));
    }
    scene_end(&s);
}
END_TEST

/* ---- 2, one device, one attempt ---- */

static trust_signer *stranger(uint8_t fill, uint8_t key[32])
{
    uint8_t seed[32];
    trust_signer *signer = NULL;
    memset(seed, fill, sizeof seed);
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_DEVICE, &signer));
    trust_signer_public_key(signer, key);
    return signer;
}

/* Put another key into the scene's hands. */
static void take_key(scene *s, uint8_t fill)
{
    trust_signer_free(s->signer);
    s->signer = stranger(fill, s->key);
}

/* The lie: my key is as good as another's. */
START_TEST(another_device_answers)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    take_key(&s, 99);
    scene_attest(&s, NULL);
    ck_assert_uint_gt(scene_assess(&s, &decision), TRUST_ALLOW);
    assert_item(decision, 0, TRUST_STATE_UNBOUND, "SIGNATURE_BAD");
    scene_end(&s);
}
END_TEST

/* The lie: I am one of the two, whichever. Both anchors of a device work; a token that claims the
 * one and is signed with the other is the device's own, and false. */
START_TEST(two_anchors_are_not_mixed)
{
    uint8_t keys[2][32];
    scene s;
    trust_decision *decision;
    trust_device *both = NULL;
    trust_evidence *evidence = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    memcpy(keys[0], s.key, 32);
    trust_signer *second = stranger(8, keys[1]);
    trust_enrolment enrolment = {sizeof enrolment, (const uint8_t(*)[32])keys, 2, NULL, 0};
    ck_ok(trust_device_enroll(s.engine, "urn:dev:both", &enrolment, &both, &err));
    ck_ok(trust_evidence_new(both, &evidence, &err));
    for (int mixed = 0; mixed < 3; mixed++) {
        uint8_t token[4096];
        size_t len = 0;
        trust_challenge *challenge = NULL;
        ck_ok(trust_challenge_new(both, NULL, &challenge, &err));
        trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
        claims.nonce = trust_challenge_nonce(challenge);
        trust_attest_key key = {{0}, scene_sign, mixed == 0 ? s.signer : second};
        memcpy(key.public_key, keys[mixed == 1], 32);
        ck_ok(trust_attest_make(&claims, &key, token, sizeof token, &len));
        trust_evidence_clear(evidence);
        ck_ok(
            trust_evidence_add(evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, &err));
        ck_ok(trust_assess(both, evidence, NULL, &decision, &err));
        if (mixed < 2)
            ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
        else
            assert_item(decision, 0, TRUST_STATE_INVALID, "IDENTITY_MISMATCH");
        trust_decision_free(decision);
        trust_challenge_free(challenge);
    }
    trust_signer_free(second);
    trust_evidence_free(evidence);
    trust_device_free(both);
    scene_end(&s);
}
END_TEST

/* The lie: nobody registered a key, so any will do. */
START_TEST(an_unregistered_device_proves_itself)
{
    uint8_t token[4096];
    scene s;
    trust_device *bare = NULL;
    trust_evidence *evidence = NULL;
    trust_challenge *challenge = NULL;
    trust_decision *decision = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_device_enroll(s.engine, "urn:dev:bare", NULL, &bare, &err));
    ck_ok(trust_evidence_new(bare, &evidence, &err));
    ck_ok(trust_challenge_new(bare, NULL, &challenge, &err));
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    trust_attest_key key = {{0}, scene_sign, s.signer};
    size_t len = 0;
    claims.nonce = trust_challenge_nonce(challenge);
    memcpy(key.public_key, s.key, 32);
    ck_ok(trust_attest_make(&claims, &key, token, sizeof token, &len));
    ck_ok(trust_evidence_add(evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, &err));
    ck_ok(trust_assess(bare, evidence, NULL, &decision, &err));
    assert_item(decision, 0, TRUST_STATE_UNBOUND, "IDENTITY_UNREGISTERED");
    ck_assert_uint_gt(trust_decision_verdict(decision), TRUST_ALLOW);
    trust_decision_free(decision);
    trust_challenge_free(challenge);
    trust_evidence_free(evidence);
    trust_device_free(bare);
    scene_end(&s);
}
END_TEST

/* ---- 3, channel, purpose, verifier ---- */

static const uint8_t here[32] = {1};
static const uint8_t there[32] = {2};
static const uint8_t other_key[32] = {3};

static void edit_here(trust_attest_claims *c)
{
    c->binding.channel = (trust_bytes){here, sizeof here};
}

static void edit_there(trust_attest_claims *c)
{
    c->binding.channel = (trust_bytes){there, sizeof there};
}

static void edit_verifier(trust_attest_claims *c)
{
    c->binding.verifier = "gateway-evil";
}

static void edit_device(trust_attest_claims *c)
{
    c->binding.device = "urn:dev:other";
}

static void edit_purpose(trust_attest_claims *c)
{
    c->binding.purpose = "firmware";
}

static void edit_attempt(trust_attest_claims *c)
{
    c->binding.attempt = "attempt-2";
}

static void edit_unbound(trust_attest_claims *c)
{
    c->binding.session_key = (trust_bytes){NULL, 0};
}

/* The lies of somebody in the middle: what was bound elsewhere answers nothing here, and leaves the
 * question open for the device itself. */
START_TEST(what_is_bound_elsewhere_answers_nothing)
{
    static const struct {
        scene_edit edit;
        const uint8_t *channel; /* of the host */
        const char *code;
        uint32_t binding;
    } cases[] = {{edit_there, here, "NONCE_FOREIGN", 0},
                 {edit_here, NULL, "NONCE_FOREIGN", 0}, /* the host took no channel */
                 {edit_verifier, NULL, "MISBOUND", 0},
                 {edit_device, NULL, "MISBOUND", 0},
                 {edit_purpose, NULL, "MISBOUND", 0},
                 {edit_attempt, NULL, "MISBOUND", 0},
                 {edit_here, here, NULL, TRUST_BINDING_CHANNEL},
                 {NULL, here, NULL, TRUST_BINDING_KEY},
                 {edit_unbound, here, NULL, TRUST_BINDING_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t token[4096];
        scene s;
        trust_decision *decision;
        trust_decision_info info;
        trust_challenge *challenge = NULL;
        trust_challenge_request request = TRUST_CHALLENGE_REQUEST_INIT;
        trust_error err = {0};
        scene_begin(&s, NULL);
        request.purpose = "onboarding";
        request.attempt = "attempt-1";
        ck_ok(trust_challenge_new(s.device, &request, &challenge, &err));
        size_t len = scene_token(&s, trust_challenge_nonce(challenge), cases[i].edit, token);
        add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
        ck_ok(trust_evidence_set_channel(s.evidence, cases[i].channel,
                                         cases[i].channel != NULL ? 32 : 0));
        scene_assess(&s, &decision);
        trust_decision_get_info(decision, &info);
        ck_assert_uint_eq(info.binding, cases[i].binding);
        if (cases[i].code != NULL) {
            assert_item(decision, 0, TRUST_STATE_UNBOUND, cases[i].code);
            trust_device_info device;
            ck_ok(trust_device_get_info(s.device, &device));
            ck_assert_uint_eq(device.open_challenges, 1);
        } else {
            ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
        }
        trust_challenge_free(challenge);
        scene_end(&s);
    }
}
END_TEST

/* The lie: the device will use this key. Whoever swaps a bound key, or takes it out, breaks the
 * slot before any signature is looked at. */
START_TEST(a_session_key_is_swapped)
{
    uint8_t token[4096];
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    trust_challenge *challenge = ask(&s);
    size_t len = scene_token(&s, trust_challenge_nonce(challenge), NULL, token);
    trust_challenge_free(challenge);
    static const uint8_t bound[32] = {9};
    size_t at = 0;
    while (at + 32 <= len && memcmp(token + at, bound, 32) != 0)
        at++;
    ck_assert_uint_le(at + 32, len);
    memcpy(token + at, other_key, sizeof other_key);
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    scene_assess(&s, &decision);
    assert_item(decision, 0, TRUST_STATE_UNBOUND, "NONCE_FOREIGN");
    scene_end(&s);
}
END_TEST

/* The lie: it was bound. What is bound to nothing earns less than what is bound to a key. */
START_TEST(what_anybody_could_pass_on_earns_less)
{
    int32_t points[2];
    for (int i = 0; i < 2; i++) {
        scene s;
        trust_decision *decision;
        scene_begin(&s, NULL);
        scene_attest(&s, i == 0 ? NULL : edit_unbound);
        scene_assess(&s, &decision);
        points[i] = scene_row(decision, "identity").points;
        scene_end(&s);
    }
    ck_assert_int_lt(points[0], points[1]);
}
END_TEST

/* ---- 4, freshness ---- */

/* The lie: here is my answer, again. In the same assessment, in the next, from a second handle,
 * with other bytes around the same nonce, after the nonce was adopted once more. */
START_TEST(an_answer_counts_once)
{
    uint8_t token[4096], nonce[64];
    scene s;
    trust_decision *decision;
    trust_challenge *again = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    trust_challenge *challenge = ask(&s);
    trust_bytes issued = trust_challenge_nonce(challenge);
    memcpy(nonce, issued.data, issued.size);
    size_t len = scene_token(&s, issued, NULL, token);
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    ck_status(trust_challenge_adopt(s.device, NULL, nonce, issued.size, &again, &err),
              TRUST_E_EXISTS);
    for (int i = 0; i < 3; i++) {
        scene_edit edits[] = {NULL, edit_unbound, edit_here};
        trust_evidence_clear(s.evidence);
        ck_ok(trust_evidence_set_channel(s.evidence, here, sizeof here));
        len = scene_token(&s, (trust_bytes){nonce, issued.size}, edits[i], token);
        add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
        s.clock.now += 1000;
        scene_assess(&s, &decision);
        assert_item(decision, 0, TRUST_STATE_UNBOUND, "REPLAYED");
    }
    trust_challenge_free(challenge);
    scene_end(&s);
}
END_TEST

/* The lie: ask me again, and again. The fifth open question is refused; nothing that was open is
 * lost by it, and every one of the four can still be answered. */
START_TEST(questions_do_not_flood)
{
    uint8_t token[4096];
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    trust_challenge *open[4];
    trust_challenge *more = NULL;
    trust_device_info info;
    scene_begin(&s, NULL);
    for (int i = 0; i < 4; i++)
        open[i] = ask(&s);
    for (int i = 0; i < 100; i++) {
        ck_status(trust_challenge_new(s.device, NULL, &more, &err), TRUST_E_LIMIT);
        ck_status(trust_challenge_adopt(s.device, NULL, "12345678", 8, &more, &err), TRUST_E_LIMIT);
    }
    for (int i = 0; i < 4; i++) {
        trust_evidence_clear(s.evidence);
        size_t len = scene_token(&s, trust_challenge_nonce(open[i]), NULL, token);
        add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
        scene_assess(&s, &decision);
        ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
        ck_ok(trust_device_get_info(s.device, &info));
        ck_assert_uint_eq(info.open_challenges, (uint32_t)(3 - i));
        trust_challenge_free(open[i]);
    }
    scene_end(&s);
}
END_TEST

/* The lie: I am too big to be assessed. A record that is as full as its owner can make it leaves
 * room for a question and for a decision. */
START_TEST(a_full_record_can_still_be_assessed)
{
    char id[256], value[128], texts[16][8];
    uint8_t keys[4][32];
    char long_text[64];
    scene s;
    trust_attribute attributes[16];
    trust_device *fat = NULL;
    trust_evidence *evidence = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    memset(id, 'i', 255);
    id[255] = '\0';
    memset(value, 'v', sizeof value);
    value[126] = '\0';
    memset(long_text, 't', sizeof long_text);
    long_text[63] = '\0';
    size_t count = 0;
    for (size_t room = 512; count < 16 && room >= 4 + 126 + 1; count++, room -= 4 + 127) {
        snprintf(texts[count], sizeof texts[count], "a%02zu", count);
        attributes[count] = (trust_attribute){texts[count], value};
    }
    for (int i = 0; i < 4; i++)
        memcpy(keys[i], s.key, 32);
    trust_enrolment enrolment = {sizeof enrolment, (const uint8_t(*)[32])keys, 4, attributes,
                                 count};
    ck_ok(trust_device_enroll(s.engine, id, &enrolment, &fat, &err));
    ck_ok(trust_evidence_new(fat, &evidence, &err));
    trust_challenge_request request = TRUST_CHALLENGE_REQUEST_INIT;
    request.purpose = request.attempt = long_text;
    for (uint32_t i = 0; i < 200; i++) {
        trust_challenge *challenge = NULL;
        trust_decision *decision = NULL;
        uint8_t nonce[64];
        memset(nonce, (int)i, sizeof nonce);
        trust_status status =
            trust_challenge_adopt(fat, &request, nonce, sizeof nonce, &challenge, &err);
        ck_assert(status == TRUST_OK || (i > 0 && status == TRUST_E_LIMIT));
        trust_challenge_free(challenge);
        trust_evidence_clear(evidence);
        ck_ok(trust_evidence_add_address(evidence, i % 2 ? ADDRESS_CLEAN : ADDRESS_VPN, &err));
        ck_ok(trust_evidence_set_request_id(evidence, &i, sizeof i));
        ck_ok(trust_assess(fat, evidence, NULL, &decision, &err));
        trust_decision_free(decision);
        s.clock.now += i % 5 == 4 ? HOUR : 1000;
    }
    trust_evidence_free(evidence);
    trust_device_free(fat);
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests("attack_proof",
                     TESTS(a_device_speaks_for_its_host, a_bundle_brings_its_own_nonce,
                           another_device_answers, two_anchors_are_not_mixed,
                           an_unregistered_device_proves_itself,
                           what_is_bound_elsewhere_answers_nothing, a_session_key_is_swapped,
                           what_anybody_could_pass_on_earns_less, an_answer_counts_once,
                           questions_do_not_flood, a_full_record_can_still_be_assessed));
}
