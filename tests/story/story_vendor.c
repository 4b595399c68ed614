/* The author of a vendor's SDK: the firmware makes a token with libtrust-attest alone, its bytes
 * travel as hexadecimal text over whatever there is, and the operator's side accepts them. */

#include "scene.h"

#include <string.h>

#include "core/reason.h"

/* The firmware, which knows nothing of the gateway but a nonce in hexadecimal. */

static uint8_t digit(char c)
{
    const char *at = strchr("0123456789abcdef", c);
    ck_assert_ptr_nonnull(at);
    return (uint8_t)(at - "0123456789abcdef");
}

static size_t from_hex(const char *text, uint8_t *out)
{
    size_t len = strlen(text) / 2;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    return len;
}

static void to_hex(const uint8_t *data, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = "0123456789abcdef"[data[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[data[i] & 15];
    }
    out[2 * len] = '\0';
}

/* A device that has no clock, no name and no session: the least that a token can say. */
static void least(trust_attest_claims *claims)
{
    claims->binding.verifier = NULL;
    claims->binding.device = NULL;
}

static void firmware_answers(scene *s, const char *nonce_text, char *answer)
{
    uint8_t nonce[64];
    uint8_t token[4096];
    trust_bytes challenge = {nonce, from_hex(nonce_text, nonce)};
    size_t len = scene_token(s, challenge, least, token);
    to_hex(token, len, answer);
}

/* The operator's side. */

static trust_challenge *ask(scene *s, char *nonce_text)
{
    trust_error err = {0};
    trust_challenge *challenge = NULL;
    ck_ok(trust_challenge_new(s->device, NULL, &challenge, &err));
    trust_bytes nonce = trust_challenge_nonce(challenge);
    to_hex(nonce.data, nonce.size, nonce_text);
    return challenge;
}

static trust_decision *judge(scene *s, const char *answer)
{
    uint8_t token[4096];
    trust_error err = {0};
    trust_decision *decision = NULL;
    size_t len = from_hex(answer, token);
    trust_evidence_clear(s->evidence);
    ck_ok(trust_evidence_add(s->evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, &err));
    ck_ok(trust_preview(s->device, s->evidence, NULL, &decision, &err));
    return decision;
}

START_TEST(a_token_that_travelled_as_text_is_accepted)
{
    scene s;
    char nonce[160];
    char answer[8193];
    trust_decision *decision;
    scene_begin(&s, NULL);
    trust_challenge_free(ask(&s, nonce));
    ck_assert_uint_eq(strlen(nonce), 2 * TRUST_NONCE_SIZE);
    firmware_answers(&s, nonce, answer);
    decision = judge(&s, answer);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    ck_assert_uint_eq(scene_row(decision, "attestation").reason, TRI_REASON_ATTESTATION_OK);
    ck_assert_uint_eq(scene_row(decision, "identity").reason, TRI_REASON_IDENTITY_OK);
    trust_decision_free(decision);
    scene_end(&s);
}
END_TEST

START_TEST(a_token_that_was_hurt_on_the_way_proves_nothing)
{
    scene s;
    char nonce[160];
    char answer[8193];
    scene_begin(&s, NULL);
    trust_challenge_free(ask(&s, nonce));
    firmware_answers(&s, nonce, answer);
    for (size_t i = 0; answer[i] != '\0'; i++) {
        char was = answer[i];
        answer[i] = was == '0' ? '1' : '0';
        trust_decision *decision = judge(&s, answer);
        ck_assert_uint_ne(scene_item(decision, 0).state, TRUST_STATE_VALID);
        ck_assert_uint_ne(scene_row(decision, "identity").state, TRUST_STATE_VALID);
        ck_assert_uint_ge(trust_decision_verdict(decision), TRUST_QUARANTINE);
        trust_decision_free(decision);
        answer[i] = was;
    }
    scene_end(&s);
}
END_TEST

START_TEST(the_answer_to_another_question_is_no_answer)
{
    scene s;
    char first[160];
    char other[160];
    char answer[8193];
    scene_begin(&s, NULL);
    trust_challenge_free(ask(&s, first));
    memset(other, '7', sizeof other);
    other[2 * TRUST_NONCE_SIZE] = '\0';
    firmware_answers(&s, other, answer);
    trust_decision *decision = judge(&s, answer);
    ck_assert_uint_eq(scene_item(decision, 0).reason, TRI_REASON_NONCE_FOREIGN);
    trust_decision_free(decision);
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests("story vendor", TESTS(a_token_that_travelled_as_text_is_accepted,
                                           a_token_that_was_hurt_on_the_way_proves_nothing,
                                           the_answer_to_another_question_is_no_answer));
}
