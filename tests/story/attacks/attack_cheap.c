/* Cheap checks first: what can be refused without a signature costs none, and what costs is
 * bounded. security.md 12. The bound itself is the counter: eight signatures are checked in one
 * assessment, so whatever stood before eight good tokens and had cost one would turn the last of
 * them away. */

#include "attack.h"

#include <stdio.h>
#include <stdlib.h>

#define CHECKS 8

static int64_t boots;

/* Every token differs, so that none is a duplicate. */
static void edit_boots(trust_attest_claims *claims)
{
    claims->boot_count = ++boots;
}

static void edit_here(trust_attest_claims *claims)
{
    static const uint8_t here[32] = {1};
    claims->boot_count = ++boots;
    claims->binding.channel = (trust_bytes){here, sizeof here};
}

static void add_token(scene *s, trust_bytes nonce, scene_edit edit)
{
    uint8_t token[4096];
    size_t len = scene_token(s, nonce, edit, token);
    add_item(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
}

/* ---- what has to be cheap ---- */

static void add_huge(scene *s, trust_bytes nonce)
{
    static uint8_t huge[TRUST_MAX_ITEM_BYTES];
    size_t len = scene_token(s, nonce, edit_boots, huge);
    memset(huge + len, 0, sizeof huge - len);
    add_item(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, huge, 16385 + (size_t)boots);
}

static void add_foreign(scene *s, trust_bytes nonce)
{
    static const uint8_t foreign[32] = {0xf0};
    (void)nonce;
    add_token(s, (trust_bytes){foreign, sizeof foreign}, edit_boots);
}

static void add_relayed(scene *s, trust_bytes nonce)
{
    add_token(s, nonce, edit_here);
}

static void add_cut(scene *s, trust_bytes nonce)
{
    uint8_t token[4096];
    size_t len = scene_token(s, nonce, edit_boots, token);
    add_item(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len - 1 - (size_t)(boots % 7));
}

/* The protected header says ES256 (-7) where it said EdDSA (-8). */
static void add_algorithm(scene *s, trust_bytes nonce)
{
    uint8_t token[4096];
    size_t len = scene_token(s, nonce, edit_boots, token);
    ck_assert_int_eq(token[5], 0x27);
    token[5] = 0x26;
    add_item(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
}

static void add_nested(scene *s, trust_bytes nonce)
{
    static uint8_t deep[16000];
    (void)nonce;
    memset(deep, ++boots % 2 ? 0x81 : 0xd2, sizeof deep);
    add_item(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, deep, 8000 + (size_t)boots);
}

static void add_garbage(scene *s, trust_bytes nonce)
{
    (void)nonce;
    boots++;
    add_item(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, &boots, sizeof boots);
}

static const struct {
    void (*add)(scene *s, trust_bytes nonce);
    const char *code;
} cheap[] = {
    {add_huge, "LIMIT"},       {add_foreign, "NONCE_FOREIGN"},       {add_relayed, "NONCE_FOREIGN"},
    {add_cut, "MALFORMED"},    {add_algorithm, "ALGORITHM_REFUSED"}, {add_nested, "MALFORMED"},
    {add_garbage, "MALFORMED"}};

#define KINDS (sizeof cheap / sizeof cheap[0])
#define FIRST (TRUST_MAX_ITEMS - CHECKS)

/* The lie: look at all of this first. Fifty-six forgeries, and not one costs a signature check: all
 * eight good tokens behind them are verified. */
START_TEST(forgeries_cost_no_signature)
{
    scene s;
    trust_decision *decision;
    boots = 0;
    scene_begin(&s, NULL);
    trust_challenge *challenge = ask(&s);
    trust_bytes nonce = trust_challenge_nonce(challenge);
    for (size_t i = 0; i < FIRST; i++)
        cheap[i % KINDS].add(&s, nonce);
    for (size_t i = 0; i < CHECKS; i++)
        add_token(&s, nonce, edit_boots);
    scene_assess(&s, &decision);
    for (size_t i = 0; i < FIRST; i++)
        assert_item(decision, i, TRUST_STATE_UNBOUND, cheap[i % KINDS].code);
    for (size_t i = FIRST; i < TRUST_MAX_ITEMS; i++)
        ck_assert_uint_eq(scene_item(decision, i).state, TRUST_STATE_VALID);
    trust_challenge_free(challenge);
    scene_end(&s);
}
END_TEST

/* A replayed answer and one of an unregistered device cost none either. */
START_TEST(replays_cost_no_signature)
{
    scene s;
    trust_decision *decision;
    boots = 0;
    scene_begin(&s, NULL);
    trust_challenge *spent = ask(&s);
    add_token(&s, trust_challenge_nonce(spent), edit_boots);
    scene_assess(&s, NULL);
    trust_challenge *open = ask(&s);
    trust_evidence_clear(s.evidence);
    for (size_t i = 0; i < FIRST; i++)
        add_token(&s, trust_challenge_nonce(spent), edit_boots);
    for (size_t i = 0; i < CHECKS; i++)
        add_token(&s, trust_challenge_nonce(open), edit_boots);
    scene_assess(&s, &decision);
    for (size_t i = 0; i < FIRST; i++)
        assert_item(decision, i, TRUST_STATE_UNBOUND, "REPLAYED");
    for (size_t i = FIRST; i < TRUST_MAX_ITEMS; i++)
        ck_assert_uint_eq(scene_item(decision, i).state, TRUST_STATE_VALID);
    trust_challenge_free(spent);
    trust_challenge_free(open);
    scene_end(&s);
}
END_TEST

/* The lie: one of these must be good. With the right nonce and a stranger's key each costs a check
 * of its own; the ninth and later are not looked at, a good one among them. */
START_TEST(the_ninth_signature_is_not_checked)
{
    uint8_t seed[32] = {0x66};
    scene s;
    trust_decision *decision;
    trust_signer *forger = NULL;
    boots = 0;
    scene_begin(&s, NULL);
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_DEVICE, &forger));
    trust_signer *own = s.signer;
    trust_challenge *challenge = ask(&s);
    s.signer = forger;
    for (int i = 0; i < 12; i++)
        add_token(&s, trust_challenge_nonce(challenge), edit_boots);
    s.signer = own;
    add_token(&s, trust_challenge_nonce(challenge), edit_boots);
    scene_assess(&s, &decision);
    for (size_t i = 0; i < 13; i++)
        assert_item(decision, i, TRUST_STATE_UNBOUND, i < CHECKS ? "SIGNATURE_BAD" : "LIMIT");
    /* The question is still open: by itself the good one is taken. */
    trust_evidence_clear(s.evidence);
    add_token(&s, trust_challenge_nonce(challenge), edit_boots);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    trust_challenge_free(challenge);
    trust_signer_free(forger);
    scene_end(&s);
}
END_TEST

/* The lie: there is always room for one more. */
START_TEST(more_than_a_limit_is_refused_whole)
{
    static uint8_t huge[TRUST_MAX_ITEM_BYTES + 1];
    static char bundle[32768];
    trust_error err = {0};
    scene s;
    scene_begin(&s, NULL);
    ck_status(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, huge,
                                 sizeof huge, &err),
              TRUST_E_LIMIT);
    size_t n = (size_t)snprintf(bundle, sizeof bundle, "{\"items\":[");
    for (int i = 0; i < 65; i++)
        n += (size_t)snprintf(bundle + n, sizeof bundle - n, "%s{\"type\":\"a/b\",\"value\":%d}",
                              i > 0 ? "," : "", i);
    snprintf(bundle + n, sizeof bundle - n, "]}");
    ck_status(add_bundle(&s, TRUST_FROM_DEVICE, bundle), TRUST_E_LIMIT);
    ck_assert_uint_eq(trust_evidence_count(s.evidence), 0);
    for (size_t i = 0; i < TRUST_MAX_ITEMS; i++)
        add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, &i, sizeof i);
    ck_status(trust_evidence_add_address(s.evidence, ADDRESS_CLEAN, &err), TRUST_E_LIMIT);
    scene_assess(&s, NULL);
    scene_end(&s);
}
END_TEST

/* The lie: what is in here reads differently. Text from outside comes out of an explanation and of
 * JSON without orders to whoever shows it. */
START_TEST(text_from_outside_gives_no_orders)
{
    static const char *const nasty[] = {
        "a/\xe2\x80\xaegnp",    "a/\x1b[2J",  "a/\302\23331m", "a/b\nc",
        "a/\xe2\x81\xa6hidden", "a/\x7f",     "a/\xff",        "a/\xed\xa0\x80",
        "a/\xef\xbb\xbf",       "a/\xd8\x9c", "a/\xe2\x80\xa8"};
    trust_error err = {0};
    scene s;
    scene_begin(&s, NULL);
    for (size_t i = 0; i < sizeof nasty / sizeof nasty[0]; i++) {
        trust_device *device = NULL;
        ck_status(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, nasty[i], "x", 1, &err),
                  TRUST_E_ARGUMENT);
        ck_status(trust_device_enroll(s.engine, nasty[i], NULL, &device, &err), TRUST_E_ARGUMENT);
        const trust_attribute attribute = {"role", nasty[i]};
        trust_enrolment enrolment = {sizeof enrolment, NULL, 0, &attribute, 1};
        ck_status(trust_device_enroll(s.engine, "x", &enrolment, &device, &err), TRUST_E_ARGUMENT);
        ck_status(trust_evidence_set_attempt(s.evidence, nasty[i]), TRUST_E_ARGUMENT);
    }
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests("attack_cheap",
                     TESTS(forgeries_cost_no_signature, replays_cost_no_signature,
                           the_ninth_signature_is_not_checked, more_than_a_limit_is_refused_whole,
                           text_from_outside_gives_no_orders));
}
