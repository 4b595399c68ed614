/* The attestation signal on native tokens: who is believed, what of, and what a liar gains. */

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <trust/attest.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "crypto/crypto.h"
#include "format/cbor.h"
#include "format/cose.h"
#include "format/eat.h"
#include "reference/reference.h"
#include "signal/attestation/attestation.h"

#define NOW      INT64_C(1700000000000)
#define ISSUED   (NOW - 5000)
#define DEADLINE (NOW + 60000)

static uint8_t secrets[3][TRI_ED25519_SECRET];
static uint8_t public_keys[3][32];

static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    tri_ed25519_sign(user, data, len, signature);
    return TRUST_OK;
}

static trust_attest_key device_key(size_t which)
{
    trust_attest_key key = {.sign = sign, .user = secrets[which]};
    memcpy(key.public_key, public_keys[which], 32);
    return key;
}

static const uint8_t nonces[10][64] = {"0 nonce", "1 nonce", "2 nonce", "3 nonce", "4 nonce",
                                       "5 nonce", "6 nonce", "7 nonce", "8 nonce", "9 nonce"};
static const uint8_t good_digest[32] = "good";
static const uint8_t old_digest[32] = "old";
static const uint8_t bad_digest[32] = "bad";
static const uint8_t channel[32] = "channel";
static const uint8_t other_channel[32] = "other channel";

static const trust_attest_component good_app = {"app", "2.4.1", {good_digest, 32}, {NULL, 0}};

/* A token with nothing to complain about, bound to the channel. */
static trust_attest_claims good_claims(void)
{
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    claims.nonce = (trust_bytes){nonces[0], 32};
    claims.binding.channel = (trust_bytes){channel, 32};
    claims.components = &good_app;
    claims.component_count = 1;
    claims.secure_boot = TRUST_BOOT_SECURE;
    claims.debug = TRUST_DEBUG_DISABLED;
    return claims;
}

typedef struct bytes {
    uint8_t data[20000];
    size_t size;
} bytes;

static void make(bytes *out, const trust_attest_claims *claims, size_t which)
{
    trust_attest_key key = device_key(which);
    ck_ok(trust_attest_make(claims, &key, out->data, sizeof out->data, &out->size));
}

/* COSE_Sign1 around any payload, really signed. */
static void wrap(bytes *out, trust_bytes protected_bytes, trust_bytes payload, size_t which)
{
    static uint8_t message[20100];
    uint8_t signature[64];
    size_t len;
    ck_ok(tri_cose_sig_structure(protected_bytes, payload, message, sizeof message, &len));
    tri_ed25519_sign(secrets[which], message, len, signature);
    tri_cbor_out w = {out->data, sizeof out->data, 0};
    tri_cbor_put_head(&w, TRI_CBOR_TAG, 18);
    tri_cbor_put_head(&w, TRI_CBOR_ARRAY, 4);
    tri_cbor_put_bytes(&w, protected_bytes);
    tri_cbor_put_head(&w, TRI_CBOR_MAP, 0);
    tri_cbor_put_bytes(&w, payload);
    tri_cbor_put_bytes(&w, (trust_bytes){signature, 64});
    ck_assert_uint_le(w.need, sizeof out->data);
    out->size = w.need;
}

static const uint8_t eddsa[] = {0xA1, 0x01, 0x27};

typedef struct desk {
    trust_appraisal appraisal;
    tri_challenge challenges[TRI_MAX_RECORD_CHALLENGES];
    tri_item items[TRUST_MAX_ITEMS];
    tri_anchor anchors[4];
    trust_attribute attributes[1];
    trust_reference *reference;
    char claims_text[16384];
    tri_text claims;
} desk;

static const char reference_text[] =
    "{\"trust_reference\":1,\"id\":\"test\",\"revision\":1,\"values\":["
    "{\"class\":\"lock\",\"status\":\"ok\",\"digest\":"
    "\"sha256:676f6f6400000000000000000000000000000000000000000000000000000000\"},"
    "{\"class\":\"lock\",\"status\":\"advisory\",\"digest\":"
    "\"sha256:6f6c640000000000000000000000000000000000000000000000000000000000\"},"
    "{\"status\":\"deny\",\"digest\":"
    "\"sha256:6261640000000000000000000000000000000000000000000000000000000000\"}]}";

static void add_challenge(desk *d, size_t nonce)
{
    tri_challenge *c = &d->challenges[d->appraisal.challenge_count++];
    *c = (tri_challenge){.id = nonce,
                         .issued = ISSUED,
                         .deadline = DEADLINE,
                         .state = TRI_CHALLENGE_OPEN,
                         .nonce_size = 32};
    memcpy(c->nonce, nonces[nonce], 32);
}

/* A device with one key and one open challenge, over a connection. */
static desk *open_desk(void)
{
    desk *d = calloc(1, sizeof *d);
    ck_assert_ptr_nonnull(d);
    ck_ok(tri_crypto_ready());
    for (uint8_t i = 0; i < 3; i++) {
        uint8_t seed[32] = {i, 1, 2, 3};
        tri_ed25519_from_seed(seed, public_keys[i], secrets[i]);
    }
    ck_ok(trust_reference_load_unsigned(reference_text, strlen(reference_text), NULL, &d->reference,
                                        NULL));
    tri_anchor_of(public_keys[0], &d->anchors[0]);
    d->attributes[0] = (trust_attribute){"class", "lock"};
    d->appraisal = (trust_appraisal){.now = NOW,
                                     .device_id = "urn:dev:1",
                                     .verifier = "verifier.example",
                                     .anchors = d->anchors,
                                     .anchor_count = 1,
                                     .attributes = d->attributes,
                                     .attribute_count = 1,
                                     .challenges = d->challenges,
                                     .channel = {channel, 32},
                                     .attempt = "attempt-1",
                                     .reference = d->reference,
                                     .items = d->items,
                                     .signal = &tri_signal_attestation,
                                     .memory = {NULL, 0}};
    add_challenge(d, 0);
    return d;
}

static void close_desk(desk *d)
{
    trust_reference_free(d->reference);
    free(d);
}

static void add_bytes(desk *d, const void *data, size_t size)
{
    d->items[d->appraisal.item_count++] = (tri_item){.type = TRUST_TYPE_EAT_CWT,
                                                     .data = {data, size},
                                                     .collected = TRUST_TIME_UNKNOWN,
                                                     .origin = TRUST_FROM_DEVICE};
}

static void add_token(desk *d, const bytes *token)
{
    add_bytes(d, token->data, token->size);
}

/* Forget what was found, so that the same desk judges again. */
static void clear(desk *d)
{
    trust_appraisal *a = &d->appraisal;
    memset(a->findings, 0, sizeof a->findings);
    memset(a->outcomes, 0, sizeof a->outcomes);
    memset(&a->vector, 0, sizeof a->vector);
    a->finding_count = 0;
    a->answered = 0;
    a->binding = 0;
}

static void judge(desk *d)
{
    clear(d);
    ck_ok(tri_signal_attestation.appraise(NULL, &d->appraisal));
}

static const trust_finding *finding_of(const desk *d, uint32_t kind)
{
    for (size_t i = 0; i < d->appraisal.finding_count; i++)
        if (d->appraisal.findings[i].kind == kind)
            return &d->appraisal.findings[i];
    static const trust_finding missing;
    return &missing;
}

static void check_finding(const desk *d, uint32_t kind, uint32_t state, uint32_t reason)
{
    const trust_finding *f = finding_of(d, kind);
    ck_assert_uint_eq(f->kind, kind);
    ck_assert_str_eq(trust_state_name(f->state), trust_state_name(state));
    ck_assert_str_eq(trust_reason_code(f->reason), trust_reason_code(reason));
}

/* Both kinds are in this state for this reason, and nothing was vouched for. */
static void check_refused(const desk *d, uint32_t state, uint32_t reason)
{
    ck_assert_uint_eq(d->appraisal.finding_count, 2);
    check_finding(d, TRUST_KIND_IDENTITY, state, reason);
    check_finding(d, TRUST_KIND_ATTESTATION, state, reason);
    ck_assert_uint_eq(d->appraisal.binding, TRUST_BINDING_NONE);
    ck_assert_uint_eq(d->appraisal.answered, state == TRUST_STATE_INVALID ? 1 : 0);
    for (size_t i = 0; i < TRI_AR4SI_COUNT; i++)
        ck_assert_int_eq(d->appraisal.vector.claims[i], TRI_AR4SI_UNVERIFIED);
    ck_assert(d->appraisal.outcomes[0].told);
    ck_assert_uint_eq(d->appraisal.outcomes[0].state, state);
    ck_assert_uint_eq(d->appraisal.outcomes[0].reason, reason);
}

static void check_unbound(const desk *d, uint32_t reason)
{
    check_refused(d, TRUST_STATE_UNBOUND, reason);
}

/* One token made from @p claims, judged. */
static void judge_claims(desk *d, bytes *token, const trust_attest_claims *claims)
{
    make(token, claims, 0);
    d->appraisal.item_count = 0;
    add_token(d, token);
    judge(d);
}

START_TEST(good_token)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    judge_claims(d, &token, &claims);
    ck_assert_uint_eq(d->appraisal.finding_count, 2);
    check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
    check_finding(d, TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, TRI_REASON_ATTESTATION_OK);
    for (size_t i = 0; i < 2; i++) {
        const trust_finding *f = &d->appraisal.findings[i];
        ck_assert_int_eq(f->value, 2);
        ck_assert_uint_eq(f->quality, TRUST_QUALITY_FULL);
        ck_assert_int_eq(f->time, ISSUED);
        ck_assert_uint_eq(f->origin, TRUST_FROM_DEVICE);
        ck_assert_uint_eq(f->item, 0);
    }
    static const int8_t vector[8] = {2, 2, 2, 0, 0, 0, 0, 0};
    ck_assert_mem_eq(d->appraisal.vector.claims, vector, sizeof vector);
    ck_assert_uint_eq(d->appraisal.answered, 1);
    ck_assert_uint_eq(d->appraisal.binding, TRUST_BINDING_CHANNEL);
    ck_assert_uint_eq(d->appraisal.outcomes[0].state, TRUST_STATE_VALID);
    close_desk(d);
}
END_TEST

START_TEST(no_token_says_nothing)
{
    desk *d = open_desk();
    static const int8_t none[8];
    judge(d);
    ck_assert_uint_eq(d->appraisal.finding_count, 0);
    ck_assert_mem_eq(d->appraisal.vector.claims, none, sizeof none);
    close_desk(d);
}
END_TEST

START_TEST(binding_is_what_the_slot_proves)
{
    static const uint8_t key[65] = {4};
    static const struct {
        bool channel_here, channel_there, session_key, sealing_key;
        uint32_t binding;
        uint32_t reason;
        uint32_t quality;
    } cases[] = {
        {1, 1, 0, 0, TRUST_BINDING_CHANNEL, TRI_REASON_IDENTITY_OK, TRUST_QUALITY_FULL},
        {1, 1, 1, 1, TRUST_BINDING_CHANNEL, TRI_REASON_IDENTITY_OK, TRUST_QUALITY_FULL},
        {1, 0, 1, 0, TRUST_BINDING_KEY, TRI_REASON_IDENTITY_OK, TRUST_QUALITY_FULL},
        {0, 0, 1, 0, TRUST_BINDING_KEY, TRI_REASON_IDENTITY_OK, TRUST_QUALITY_FULL},
        {1, 0, 0, 0, TRUST_BINDING_NONE, TRI_REASON_CHANNEL_UNBOUND, TRUST_QUALITY_FULL / 4 * 3},
        {0, 0, 0, 0, TRUST_BINDING_NONE, TRI_REASON_CHANNEL_UNBOUND, TRUST_QUALITY_FULL / 4 * 3},
        {0, 0, 0, 1, TRUST_BINDING_NONE, TRI_REASON_CHANNEL_UNBOUND, TRUST_QUALITY_FULL / 4 * 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        desk *d = open_desk();
        bytes token;
        trust_attest_claims claims = good_claims();
        d->appraisal.channel.size = cases[i].channel_here ? 32 : 0;
        claims.binding.channel.size = cases[i].channel_there ? 32 : 0;
        claims.binding.session_key = (trust_bytes){key, cases[i].session_key ? sizeof key : 0};
        claims.binding.sealing_key = (trust_bytes){key, cases[i].sealing_key ? 32 : 0};
        judge_claims(d, &token, &claims);
        check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, cases[i].reason);
        ck_assert_uint_eq(d->appraisal.binding, cases[i].binding);
        ck_assert_uint_eq(finding_of(d, TRUST_KIND_IDENTITY)->quality, cases[i].quality);
        ck_assert_uint_eq(finding_of(d, TRUST_KIND_ATTESTATION)->quality, TRUST_QUALITY_FULL);
        close_desk(d);
    }
}
END_TEST

START_TEST(attestation_is_the_worst_of_what_is_said)
{
    static const trust_attest_component good = {"app", NULL, {good_digest, 32}, {NULL, 0}};
    static const trust_attest_component old = {"app", NULL, {old_digest, 32}, {NULL, 0}};
    static const trust_attest_component bad = {"app", NULL, {bad_digest, 32}, {NULL, 0}};
    static const trust_attest_component strange = {"app", NULL, {nonces[9], 48}, {nonces[9], 64}};
    static const struct {
        const trust_attest_component *first, *second;
        int32_t debug, boot;
        int32_t value;
        uint32_t reason;
        int8_t configuration, executables;
    } cases[] = {
        {&good, NULL, -1, -1, 2, TRI_REASON_ATTESTATION_OK, 0, 2},
        {&good, &good, 4, 1, 2, TRI_REASON_ATTESTATION_OK, 2, 2},
        {&good, &old, 1, 1, 32, TRI_REASON_MEASUREMENT_ADVISORY, 2, 32},
        {&old, &strange, 1, 1, 33, TRI_REASON_MEASUREMENT_UNKNOWN, 2, 33},
        {&strange, &old, 1, 1, 33, TRI_REASON_MEASUREMENT_UNKNOWN, 2, 33},
        {NULL, NULL, 0, 1, 96, TRI_REASON_DEBUG_ENABLED, 96, 0},
        {&strange, NULL, 1, 0, 36, TRI_REASON_SECURE_BOOT_OFF, 36, 33},
        {&bad, &good, 1, 0, 96, TRI_REASON_MEASUREMENT_DENIED, 36, 96},
        {&good, NULL, 0, 1, 96, TRI_REASON_DEBUG_ENABLED, 96, 2},
        {&old, NULL, 0, 0, 96, TRI_REASON_DEBUG_ENABLED, 96, 32},
        {&bad, NULL, 0, 0, 96, TRI_REASON_MEASUREMENT_DENIED, 96, 96},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        desk *d = open_desk();
        bytes token;
        trust_attest_component components[2];
        trust_attest_claims claims = good_claims();
        claims.components = components;
        claims.component_count = 0;
        if (cases[i].first != NULL)
            components[claims.component_count++] = *cases[i].first;
        if (cases[i].second != NULL)
            components[claims.component_count++] = *cases[i].second;
        claims.debug = cases[i].debug;
        claims.secure_boot = cases[i].boot;
        judge_claims(d, &token, &claims);
        check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
        check_finding(d, TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, cases[i].reason);
        ck_assert_int_eq(finding_of(d, TRUST_KIND_ATTESTATION)->value, cases[i].value);
        const int8_t vector[8] = {2, cases[i].configuration, cases[i].executables};
        ck_assert_mem_eq(d->appraisal.vector.claims, vector, sizeof vector);
        close_desk(d);
    }
}
END_TEST

START_TEST(references_are_those_of_the_registered_class)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    d->attributes[0].value = "camera";
    judge_claims(d, &token, &claims);
    check_finding(d, TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, TRI_REASON_MEASUREMENT_UNKNOWN);
    d->attributes[0].value = "lock";
    d->appraisal.reference = NULL;
    judge_claims(d, &token, &claims);
    check_finding(d, TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, TRI_REASON_MEASUREMENT_UNKNOWN);
    close_desk(d);
}
END_TEST

START_TEST(origin_makes_no_difference)
{
    for (uint32_t origin = TRUST_FROM_DEVICE; origin <= TRUST_FROM_SERVICE; origin++) {
        desk *d = open_desk();
        bytes token;
        trust_attest_claims claims = good_claims();
        make(&token, &claims, 0);
        add_token(d, &token);
        d->items[0].origin = origin;
        judge(d);
        check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
        ck_assert_uint_eq(finding_of(d, TRUST_KIND_IDENTITY)->origin, origin);
        close_desk(d);
    }
}
END_TEST

START_TEST(any_registered_key_will_do)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    for (size_t i = 0; i < 3; i++)
        tri_anchor_of(public_keys[i], &d->anchors[i]);
    d->appraisal.anchor_count = 3;
    for (size_t i = 0; i < 3; i++) {
        d->appraisal.item_count = 0;
        make(&token, &claims, i);
        add_token(d, &token);
        judge(d);
        check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
    }
    close_desk(d);
}
END_TEST

START_TEST(no_registered_key)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    d->appraisal.anchor_count = 0;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_IDENTITY_UNREGISTERED);
    close_desk(d);
}
END_TEST

START_TEST(another_devices_key)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    make(&token, &claims, 1);
    add_token(d, &token);
    judge(d);
    check_unbound(d, TRI_REASON_SIGNATURE_BAD);
    close_desk(d);
}
END_TEST

START_TEST(nonce_must_be_one_of_ours)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    claims.nonce.data = nonces[5];
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_NONCE_FOREIGN);
    /* A nonce that begins like ours, or is part of it. */
    claims = good_claims();
    claims.binding.channel.size = 0;
    claims.nonce.size = 31;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_NONCE_FOREIGN);
    claims.nonce.size = 33;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_NONCE_FOREIGN);
    /* Nothing was asked. */
    claims.nonce.size = 32;
    d->appraisal.challenge_count = 0;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_NONCE_MISSING);
    close_desk(d);
}
END_TEST

START_TEST(a_relayed_token_is_foreign)
{
    /* The attacker's connection to us is not the device's connection to the attacker. */
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    claims.binding.channel.data = other_channel;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_NONCE_FOREIGN);
    d->appraisal.channel.size = 0;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_NONCE_FOREIGN);
    close_desk(d);
}
END_TEST

START_TEST(a_slot_has_the_length_of_its_hash)
{
    static const uint8_t sizes[] = {31, 32, 33};
    for (size_t i = 0; i < 3; i++) {
        desk *d = open_desk();
        bytes token;
        uint8_t payload[512], message[TRI_EAT_MAX_MESSAGE], slot[33] = {0};
        tri_eat_binding binding = {{{nonces[0], 32}}};
        binding.member[TRI_BOUND_CHANNEL] = (trust_bytes){channel, 32};
        tri_sha256(message, tri_eat_message(&binding, message), slot);
        tri_cbor_out o = {payload, sizeof payload, 0};
        tri_cbor_put_head(&o, TRI_CBOR_MAP, 1);
        tri_cbor_put_int(&o, TRI_EAT_NONCE);
        tri_cbor_put_bytes(&o, (trust_bytes){slot, sizes[i]});
        wrap(&token, (trust_bytes){eddsa, sizeof eddsa}, (trust_bytes){payload, o.need}, 0);
        add_token(d, &token);
        judge(d);
        if (sizes[i] == 32)
            check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
        else
            check_unbound(d, TRI_REASON_NONCE_FOREIGN);
        close_desk(d);
    }
}
END_TEST

START_TEST(the_hosts_nonce_must_be_the_challenges)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    add_challenge(d, 1);
    make(&token, &claims, 0);
    add_token(d, &token);
    d->items[0].origin = TRUST_FROM_HOST;
    d->items[0].nonce = (trust_bytes){nonces[0], 32};
    judge(d);
    check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
    d->items[0].nonce.data = nonces[1];
    judge(d);
    check_unbound(d, TRI_REASON_NONCE_FOREIGN);
    d->items[0].nonce = (trust_bytes){nonces[0], 31};
    judge(d);
    check_unbound(d, TRI_REASON_NONCE_FOREIGN);
    close_desk(d);
}
END_TEST

START_TEST(a_spent_challenge_is_a_replay)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    d->challenges[0].state = TRI_CHALLENGE_SPENT;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_REPLAYED);
    claims.binding.channel.size = 0;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_REPLAYED);
    close_desk(d);
}
END_TEST

START_TEST(a_spent_nonce_stays_spent)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    add_challenge(d, 0);
    d->challenges[1].state = TRI_CHALLENGE_SPENT;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_REPLAYED);
    d->challenges[0].state = TRI_CHALLENGE_SPENT;
    d->challenges[1].state = TRI_CHALLENGE_OPEN;
    judge_claims(d, &token, &claims);
    check_unbound(d, TRI_REASON_REPLAYED);
    /* One that is only longer is another. */
    d->challenges[0].nonce_size = 33;
    judge_claims(d, &token, &claims);
    check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
    ck_assert_uint_eq(d->appraisal.answered, 2);
    close_desk(d);
}
END_TEST

START_TEST(a_late_answer_is_expired_once_it_is_verified)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    d->appraisal.now = DEADLINE;
    judge_claims(d, &token, &claims);
    check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
    d->appraisal.now = DEADLINE + 1;
    judge_claims(d, &token, &claims);
    check_refused(d, TRUST_STATE_EXPIRED, TRI_REASON_STALE);
    ck_assert_int_eq(finding_of(d, TRUST_KIND_IDENTITY)->time, ISSUED);
    /* Late and forged is only forged. */
    token.data[token.size - 1] ^= 1;
    judge(d);
    check_unbound(d, TRI_REASON_SIGNATURE_BAD);
    token.data[token.size - 1] ^= 1;
    /* What was given up as refused is late too, and so is anything when time is not known. */
    d->appraisal.now = NOW;
    d->challenges[0].state = TRI_CHALLENGE_REFUSED;
    judge(d);
    check_refused(d, TRUST_STATE_EXPIRED, TRI_REASON_STALE);
    d->challenges[0].state = TRI_CHALLENGE_OPEN;
    d->appraisal.now = TRUST_TIME_UNKNOWN;
    judge(d);
    check_refused(d, TRUST_STATE_EXPIRED, TRI_REASON_STALE);
    close_desk(d);
}
END_TEST

START_TEST(a_clock_behind_the_challenge_gives_no_future_finding)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    d->appraisal.now = ISSUED - 1000;
    judge_claims(d, &token, &claims);
    ck_assert_int_eq(finding_of(d, TRUST_KIND_IDENTITY)->time, ISSUED - 1000);
    close_desk(d);
}
END_TEST

START_TEST(bound_members_must_agree_where_both_state_one)
{
    static const struct {
        const char *purpose, *verifier, *device, *attempt; /* the token's */
        const char *asked_purpose, *asked_attempt;         /* the challenge's */
        const char *verifier_name, *device_id, *attempt_id;
        bool good;
    } cases[] = {
        {"join", "v", "d", "a", "join", "a", "v", "d", "a", true},
        {"join", "v", "d", "a", "", "", "", "", "", true},
        {NULL, NULL, NULL, NULL, "join", "a", "v", "d", "a", true},
        {"leave", NULL, NULL, NULL, "join", "", "", "", "", false},
        {"joi", NULL, NULL, NULL, "join", "", "", "", "", false},
        {NULL, "w", NULL, NULL, "", "", "v", "", "", false},
        {NULL, NULL, "e", NULL, "", "", "", "d", "", false},
        {NULL, NULL, NULL, "b", "", "a", "", "", "", false},
        {NULL, NULL, NULL, "b", "", "", "", "", "a", false},
        {NULL, NULL, NULL, "b", "", "b", "", "", "a", false},
        {NULL, NULL, NULL, NULL, "", "b", "", "", "a", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        desk *d = open_desk();
        bytes token;
        trust_attest_claims claims = good_claims();
        claims.binding.purpose = cases[i].purpose;
        claims.binding.verifier = cases[i].verifier;
        claims.binding.device = cases[i].device;
        claims.binding.attempt = cases[i].attempt;
        strcpy(d->challenges[0].purpose, cases[i].asked_purpose);
        strcpy(d->challenges[0].attempt, cases[i].asked_attempt);
        d->appraisal.verifier = cases[i].verifier_name;
        d->appraisal.device_id = cases[i].device_id;
        d->appraisal.attempt = cases[i].attempt_id;
        judge_claims(d, &token, &claims);
        if (cases[i].good)
            check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
        else
            check_unbound(d, TRI_REASON_MISBOUND);
        close_desk(d);
    }
}
END_TEST

START_TEST(a_bundle_for_another_device_is_misbound)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    make(&token, &claims, 0);
    add_token(d, &token);
    d->items[0].misnamed = true;
    judge(d);
    check_unbound(d, TRI_REASON_MISBOUND);
    close_desk(d);
}
END_TEST

/* No bit of a token is spare: whichever flips, nobody is identified and nobody is blamed. */
START_TEST(every_flipped_bit_is_nobodys)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    claims.binding.purpose = "join";
    claims.binding.session_key = (trust_bytes){good_digest, 32};
    claims.issued_at = 1700000000;
    claims.boot_count = 7;
    judge_claims(d, &token, &claims);
    check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
    for (size_t bit = 0; bit < token.size * 8; bit++) {
        token.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        judge(d);
        ck_assert_uint_eq(d->appraisal.finding_count, 2);
        ck_assert_uint_eq(d->appraisal.findings[0].state, TRUST_STATE_UNBOUND);
        ck_assert_uint_eq(d->appraisal.findings[1].state, TRUST_STATE_UNBOUND);
        ck_assert_uint_eq(d->appraisal.answered, 0);
        token.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    close_desk(d);
}
END_TEST

START_TEST(every_shortened_or_lengthened_token_is_nobodys)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    make(&token, &claims, 0);
    for (size_t size = 0; size < token.size + 3; size++) {
        if (size == token.size)
            continue;
        uint8_t *exact = malloc(size + 1);
        ck_assert_ptr_nonnull(exact);
        memcpy(exact, token.data, size);
        d->appraisal.item_count = 0;
        add_bytes(d, exact, size);
        judge(d);
        check_unbound(d, TRI_REASON_MALFORMED);
        free(exact);
    }
    close_desk(d);
}
END_TEST

typedef void (*payload_writer)(tri_cbor_out *out);

static void put_text(tri_cbor_out *out, const char *text)
{
    tri_cbor_put_text(out, tri_bytes(text));
}

static void put_uint_bytes(tri_cbor_out *out, int64_t key, const uint8_t *data, size_t size)
{
    tri_cbor_put_int(out, key);
    tri_cbor_put_bytes(out, (trust_bytes){data, size});
}

static void put_ueid(tri_cbor_out *out, size_t which)
{
    uint8_t ueid[33] = {1};
    tri_sha256(public_keys[which], 32, ueid + 1);
    put_uint_bytes(out, TRI_EAT_UEID, ueid, sizeof ueid);
}

/* nonce, ueid and profile, as they should be, at the head of a map of @p more claims. */
static void put_start(tri_cbor_out *out, unsigned more)
{
    tri_cbor_put_head(out, TRI_CBOR_MAP, 3 + more);
    put_uint_bytes(out, TRI_EAT_NONCE, nonces[0], 32);
    put_ueid(out, 0);
    tri_cbor_put_int(out, TRI_EAT_PROFILE);
    put_text(out, TRUST_ATTEST_PROFILE);
}

#define PAYLOAD(name, statement)                                                                   \
    static void name(tri_cbor_out *o)                                                              \
    {                                                                                              \
        statement;                                                                                 \
    }
#define CLAIM(name, key, put) PAYLOAD(name, put_start(o, 1); tri_cbor_put_int(o, key); put)
#define ONE_COMPONENT(name, put)                                                                   \
    CLAIM(name, TRI_EAT_COMPONENTS, tri_cbor_put_head(o, TRI_CBOR_ARRAY, 1); put)

static void put_map(tri_cbor_out *out, unsigned pairs)
{
    tri_cbor_put_head(out, TRI_CBOR_MAP, pairs);
}

static void put_member_text(tri_cbor_out *out, int64_t key, const char *text)
{
    tri_cbor_put_int(out, key);
    put_text(out, text);
}

static const char long_text[] = "0123456789012345678901234567890123456789012345678901234567890123";

/* The device's own fault. */
CLAIM(iat_text, TRI_EAT_IAT, put_text(o, "now"))
CLAIM(iat_negative, TRI_EAT_IAT, tri_cbor_put_int(o, -1))
CLAIM(iat_huge, TRI_EAT_IAT, tri_cbor_put_head(o, TRI_CBOR_UINT, UINT64_MAX))
CLAIM(boot_number, TRI_EAT_OEMBOOT, tri_cbor_put_int(o, 1))
CLAIM(boot_null, TRI_EAT_OEMBOOT, tri_cbor_put_null(o))
CLAIM(debug_five, TRI_EAT_DBGSTAT, tri_cbor_put_int(o, 5))
CLAIM(debug_bool, TRI_EAT_DBGSTAT, tri_cbor_put_bool(o, false))
CLAIM(count_bytes, TRI_EAT_BOOTCOUNT, tri_cbor_put_bytes(o, (trust_bytes){nonces[0], 4}))
CLAIM(components_map, TRI_EAT_COMPONENTS, put_map(o, 0))
CLAIM(components_empty, TRI_EAT_COMPONENTS, tri_cbor_put_head(o, TRI_CBOR_ARRAY, 0))
ONE_COMPONENT(component_text, put_text(o, "app"))
ONE_COMPONENT(component_empty, put_map(o, 0))
ONE_COMPONENT(component_no_digest, put_map(o, 1); put_member_text(o, 1, "app"))
ONE_COMPONENT(component_no_name, put_map(o, 1); put_uint_bytes(o, 2, good_digest, 32))
ONE_COMPONENT(component_digest_text, put_map(o, 2); put_member_text(o, 1, "app");
              put_member_text(o, 2, "0123456789abcdef0123456789abcdef"))
ONE_COMPONENT(component_digest_short, put_map(o, 2); put_member_text(o, 1, "app");
              put_uint_bytes(o, 2, good_digest, 31))
ONE_COMPONENT(component_name_long, put_map(o, 2); put_member_text(o, 1, long_text);
              put_uint_bytes(o, 2, good_digest, 32))
ONE_COMPONENT(component_version_int, put_map(o, 3); put_member_text(o, 1, "app");
              put_uint_bytes(o, 2, good_digest, 32); tri_cbor_put_int(o, 4); tri_cbor_put_int(o, 4))
ONE_COMPONENT(component_version_long, put_map(o, 3); put_member_text(o, 1, "app");
              put_uint_bytes(o, 2, good_digest, 32); put_member_text(o, 4, long_text))
ONE_COMPONENT(component_name_control, put_map(o, 2); put_member_text(o, 1, "a\x1b[2Jpp");
              put_uint_bytes(o, 2, good_digest, 32))
ONE_COMPONENT(component_version_empty, put_map(o, 3); put_member_text(o, 1, "app");
              put_uint_bytes(o, 2, good_digest, 32); put_member_text(o, 4, ""))
ONE_COMPONENT(component_signer_short, put_map(o, 3); put_member_text(o, 1, "app");
              put_uint_bytes(o, 2, good_digest, 32); put_uint_bytes(o, 5, good_digest, 20))
PAYLOAD(ueid_missing, put_map(o, 2); put_uint_bytes(o, TRI_EAT_NONCE, nonces[0], 32);
        put_member_text(o, TRI_EAT_PROFILE, TRUST_ATTEST_PROFILE))
PAYLOAD(ueid_type, put_map(o, 3); put_uint_bytes(o, TRI_EAT_NONCE, nonces[0], 32);
        put_uint_bytes(o, TRI_EAT_UEID, nonces[0], 33);
        put_member_text(o, TRI_EAT_PROFILE, TRUST_ATTEST_PROFILE))
PAYLOAD(ueid_text, put_map(o, 3); put_uint_bytes(o, TRI_EAT_NONCE, nonces[0], 32);
        put_member_text(o, TRI_EAT_UEID, "\1 thirty three bytes, but of text");
        put_member_text(o, TRI_EAT_PROFILE, TRUST_ATTEST_PROFILE))

static void components_many(tri_cbor_out *o)
{
    put_start(o, 1);
    tri_cbor_put_int(o, TRI_EAT_COMPONENTS);
    tri_cbor_put_head(o, TRI_CBOR_ARRAY, 17);
    for (int i = 0; i < 17; i++) {
        put_map(o, 2);
        put_member_text(o, 1, "app");
        put_uint_bytes(o, 2, good_digest, 32);
    }
}

/* Before the signature: nobody's. */
PAYLOAD(not_a_map, tri_cbor_put_int(o, 1))
PAYLOAD(nothing, (void)o)
PAYLOAD(broken, tri_cbor_put_head(o, TRI_CBOR_MAP, 9))
PAYLOAD(nonce_missing, put_map(o, 1); put_ueid(o, 0))
PAYLOAD(nonce_text, put_map(o, 1);
        put_member_text(o, TRI_EAT_NONCE, "0123456789abcdef0123456789abcdef"))
PAYLOAD(nonce_list, put_map(o, 1); tri_cbor_put_int(o, TRI_EAT_NONCE);
        tri_cbor_put_head(o, TRI_CBOR_ARRAY, 2);
        tri_cbor_put_bytes(o, (trust_bytes){nonces[0], 32});
        tri_cbor_put_bytes(o, (trust_bytes){nonces[1], 32}))
CLAIM(binding_list, TRI_EAT_BINDING, tri_cbor_put_head(o, TRI_CBOR_ARRAY, 0))
CLAIM(binding_strange, TRI_EAT_BINDING, put_map(o, 1); put_member_text(o, 8, "x"))
CLAIM(binding_channel, TRI_EAT_BINDING, put_map(o, 1); put_uint_bytes(o, 7, channel, 32))
CLAIM(binding_nonce, TRI_EAT_BINDING, put_map(o, 1); put_uint_bytes(o, 0, nonces[0], 32))
CLAIM(binding_negative, TRI_EAT_BINDING, put_map(o, 1); put_member_text(o, -1, "x"))
CLAIM(binding_text_key, TRI_EAT_BINDING, put_map(o, 1); put_text(o, "purpose"); put_text(o, "x"))
CLAIM(binding_empty_text, TRI_EAT_BINDING, put_map(o, 1); put_member_text(o, 1, ""))
CLAIM(binding_long_text, TRI_EAT_BINDING, put_map(o, 1); put_member_text(o, 1, long_text))
CLAIM(binding_control, TRI_EAT_BINDING, put_map(o, 1); put_member_text(o, 1, "join\n"))
CLAIM(binding_bytes, TRI_EAT_BINDING, put_map(o, 1); put_uint_bytes(o, 1, channel, 3))
CLAIM(binding_key_text, TRI_EAT_BINDING, put_map(o, 1); put_member_text(o, 5, "x"))
CLAIM(binding_key_long, TRI_EAT_BINDING, put_map(o, 1);
      put_uint_bytes(o, 5, (const uint8_t *)nonces, 134))
CLAIM(binding_sealing_short, TRI_EAT_BINDING, put_map(o, 1); put_uint_bytes(o, 6, channel, 31))
/* Bound members beside the raw nonce: the slot does not cover them. */
CLAIM(binding_uncovered, TRI_EAT_BINDING, put_map(o, 1); put_member_text(o, 1, "join"))

/* All is well. */
CLAIM(unknown_claim, 9999, put_text(o, "ignored"))
PAYLOAD(text_claim, put_start(o, 1); put_text(o, "acme"); tri_cbor_put_null(o))
CLAIM(empty_binding, TRI_EAT_BINDING, put_map(o, 0))
ONE_COMPONENT(unknown_member, put_map(o, 3); put_member_text(o, 1, "app");
              put_uint_bytes(o, 2, good_digest, 32); put_member_text(o, 6, "sha-256"))
PAYLOAD(unsorted, put_map(o, 3); put_member_text(o, TRI_EAT_PROFILE, TRUST_ATTEST_PROFILE);
        put_ueid(o, 0); put_uint_bytes(o, TRI_EAT_NONCE, nonces[0], 32))

START_TEST(signed_payloads)
{
    static const struct {
        payload_writer write;
        uint32_t state;
        uint32_t reason;
    } cases[] = {
        {iat_text, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {iat_negative, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {iat_huge, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {boot_number, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {boot_null, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {debug_five, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {debug_bool, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {count_bytes, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {components_map, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {components_empty, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {components_many, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_text, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_empty, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_no_digest, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_no_name, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_digest_text, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_digest_short, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_name_long, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_version_int, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_version_long, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_name_control, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_version_empty, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {component_signer_short, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {ueid_missing, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {ueid_type, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {ueid_text, TRUST_STATE_INVALID, TRI_REASON_MALFORMED},
        {not_a_map, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {nothing, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {broken, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {nonce_missing, TRUST_STATE_UNBOUND, TRI_REASON_NONCE_MISSING},
        {nonce_text, TRUST_STATE_UNBOUND, TRI_REASON_NONCE_FOREIGN},
        {nonce_list, TRUST_STATE_UNBOUND, TRI_REASON_NONCE_FOREIGN},
        {binding_list, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_strange, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_channel, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_nonce, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_negative, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_text_key, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_empty_text, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_long_text, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_control, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_bytes, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_key_text, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_key_long, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_sealing_short, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED},
        {binding_uncovered, TRUST_STATE_UNBOUND, TRI_REASON_NONCE_FOREIGN},
        {unknown_claim, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND},
        {text_claim, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND},
        {empty_binding, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND},
        {unknown_member, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND},
        {unsorted, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        desk *d = open_desk();
        bytes token;
        uint8_t payload[4096];
        tri_cbor_out out = {payload, sizeof payload, 0};
        cases[i].write(&out);
        wrap(&token, (trust_bytes){eddsa, sizeof eddsa}, (trust_bytes){payload, out.need}, 0);
        add_token(d, &token);
        judge(d);
        const trust_finding *f = finding_of(d, TRUST_KIND_IDENTITY);
        ck_assert_msg(f->state == cases[i].state && f->reason == cases[i].reason, "case %zu: %s %s",
                      i, trust_state_name(f->state), trust_reason_code(f->reason));
        if (cases[i].state != TRUST_STATE_VALID)
            check_refused(d, cases[i].state, cases[i].reason);
        close_desk(d);
    }
}
END_TEST

START_TEST(another_devices_ueid_is_a_lie)
{
    /* Both keys are registered, so the signature is the device's own; the name is not. */
    desk *d = open_desk();
    bytes token;
    uint8_t payload[512];
    tri_cbor_out o = {payload, sizeof payload, 0};
    tri_anchor_of(public_keys[1], &d->anchors[1]);
    d->appraisal.anchor_count = 2;
    put_map(&o, 3);
    put_uint_bytes(&o, TRI_EAT_NONCE, nonces[0], 32);
    put_ueid(&o, 1);
    put_member_text(&o, TRI_EAT_PROFILE, TRUST_ATTEST_PROFILE);
    wrap(&token, (trust_bytes){eddsa, sizeof eddsa}, (trust_bytes){payload, o.need}, 0);
    add_token(d, &token);
    judge(d);
    check_refused(d, TRUST_STATE_INVALID, TRI_REASON_IDENTITY_MISMATCH);
    close_desk(d);
}
END_TEST

START_TEST(another_profile_identifies_and_no_more)
{
    static const char *const profiles[] = {"tag:psacertified.org,2023:psa#tfm", "", NULL};
    for (size_t i = 0; i < 3; i++) {
        desk *d = open_desk();
        bytes token;
        uint8_t payload[512];
        static const int8_t vector[8] = {2};
        tri_cbor_out o = {payload, sizeof payload, 0};
        put_map(&o, profiles[i] != NULL ? 3 : 2);
        put_uint_bytes(&o, TRI_EAT_NONCE, nonces[0], 32);
        tri_cbor_put_int(&o, TRI_EAT_DBGSTAT);
        put_text(&o, "means something else there");
        if (profiles[i] != NULL)
            put_member_text(&o, TRI_EAT_PROFILE, profiles[i]);
        wrap(&token, (trust_bytes){eddsa, sizeof eddsa}, (trust_bytes){payload, o.need}, 0);
        add_token(d, &token);
        d->claims = tri_text_begin(d->claims_text, sizeof d->claims_text);
        d->appraisal.claims = &d->claims;
        judge(d);
        ck_assert_uint_eq(d->appraisal.finding_count, 2);
        check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND);
        ck_assert_uint_ne(finding_of(d, TRUST_KIND_ATTESTATION)->state, TRUST_STATE_VALID);
        ck_assert_uint_eq(d->appraisal.outcomes[0].state, TRUST_STATE_VALID);
        ck_assert_uint_eq(d->appraisal.outcomes[0].reason, TRI_REASON_PROFILE_UNKNOWN);
        ck_assert_mem_eq(d->appraisal.vector.claims, vector, sizeof vector);
        ck_assert_uint_eq(d->appraisal.answered, 1);
        ck_assert_uint_eq(d->claims.need, 0);
        close_desk(d);
    }
}
END_TEST

START_TEST(algorithm_is_protected_and_one_of_two)
{
    static const struct {
        uint8_t header[3];
        uint32_t state;
        uint32_t reason;
    } cases[] = {
        {{0xA1, 0x01, 0x27}, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND},     /* EdDSA */
        {{0xA1, 0x01, 0x32}, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND},     /* Ed25519 */
        {{0xA1, 0x01, 0x26}, TRUST_STATE_UNBOUND, TRI_REASON_ALGORITHM_REFUSED}, /* ES256 */
        {{0xA1, 0x01, 0x05}, TRUST_STATE_UNBOUND, TRI_REASON_ALGORITHM_REFUSED}, /* HMAC */
        {{0xA1, 0x01, 0x00}, TRUST_STATE_UNBOUND, TRI_REASON_ALGORITHM_REFUSED},
        {{0xA1, 0x03, 0x27}, TRUST_STATE_UNBOUND, TRI_REASON_MALFORMED}, /* none */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        desk *d = open_desk();
        bytes token;
        uint8_t payload[512];
        tri_cbor_out o = {payload, sizeof payload, 0};
        put_start(&o, 0);
        wrap(&token, (trust_bytes){cases[i].header, 3}, (trust_bytes){payload, o.need}, 0);
        add_token(d, &token);
        judge(d);
        check_finding(d, TRUST_KIND_IDENTITY, cases[i].state, cases[i].reason);
        close_desk(d);
    }
}
END_TEST

START_TEST(signature_has_one_length)
{
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    make(&token, &claims, 0);
    /* 58 40 and 64 bytes become 58 3F and 63. */
    token.data[token.size - 65] = 0x3F;
    token.size--;
    add_token(d, &token);
    judge(d);
    check_unbound(d, TRI_REASON_SIGNATURE_BAD);
    close_desk(d);
}
END_TEST

START_TEST(a_token_has_a_largest_size)
{
    desk *d = open_desk();
    bytes token;
    static uint8_t payload[17000];
    static const uint8_t filler[16400];
    for (size_t extra = 0; extra < 2; extra++) {
        tri_cbor_out o = {payload, sizeof payload, 0};
        put_start(&o, 1);
        tri_cbor_put_int(&o, 9999);
        /* Heads of fixed size around it: the token is exactly 16 KiB, then one more. */
        tri_cbor_put_bytes(&o, (trust_bytes){filler, 16384 - 190 + extra});
        wrap(&token, (trust_bytes){eddsa, sizeof eddsa}, (trust_bytes){payload, o.need}, 0);
        size_t over = token.size - 16384 - extra;
        o.need = 0;
        put_start(&o, 1);
        tri_cbor_put_int(&o, 9999);
        tri_cbor_put_bytes(&o, (trust_bytes){filler, 16384 - 190 + extra - over});
        wrap(&token, (trust_bytes){eddsa, sizeof eddsa}, (trust_bytes){payload, o.need}, 0);
        ck_assert_uint_eq(token.size, 16384 + extra);
        d->appraisal.item_count = 0;
        add_token(d, &token);
        judge(d);
        if (extra == 0)
            check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND);
        else
            check_unbound(d, TRI_REASON_LIMIT);
    }
    close_desk(d);
}
END_TEST

START_TEST(what_is_nobodys_changes_nothing)
{
    desk *d = open_desk();
    bytes good, forged, foreign;
    trust_attest_claims claims = good_claims();
    make(&good, &claims, 0);
    forged = good;
    forged.data[forged.size - 1] ^= 1;
    claims.nonce.data = nonces[4];
    make(&foreign, &claims, 0);
    const bytes *order[][3] = {
        {&forged, &foreign, &good}, {&good, &forged, &foreign}, {&foreign, &good, &forged}};
    for (size_t i = 0; i < 3; i++) {
        d->appraisal.item_count = 0;
        for (size_t j = 0; j < 3; j++)
            add_token(d, order[i][j]);
        judge(d);
        ck_assert_uint_eq(d->appraisal.finding_count, 2);
        check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
        check_finding(d, TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, TRI_REASON_ATTESTATION_OK);
        ck_assert_int_eq(d->appraisal.vector.claims[0], 2);
        for (size_t j = 0; j < 3; j++)
            ck_assert_uint_eq(d->appraisal.outcomes[j].reason,
                              order[i][j] == &good     ? TRI_REASON_ATTESTATION_OK
                              : order[i][j] == &forged ? TRI_REASON_SIGNATURE_BAD
                                                       : TRI_REASON_NONCE_FOREIGN);
    }
    close_desk(d);
}
END_TEST

START_TEST(of_bad_tokens_the_late_one_speaks)
{
    desk *d = open_desk();
    bytes forged, late;
    trust_attest_claims claims = good_claims();
    make(&late, &claims, 0);
    forged = late;
    forged.data[forged.size - 1] ^= 1;
    d->appraisal.now = DEADLINE + 1;
    add_token(d, &forged);
    add_token(d, &late);
    add_token(d, &forged);
    add_token(d, &late);
    judge(d);
    ck_assert_uint_eq(d->appraisal.finding_count, 2);
    check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_EXPIRED, TRI_REASON_STALE);
    ck_assert_uint_eq(d->appraisal.findings[0].item, 1);
    close_desk(d);
}
END_TEST

START_TEST(two_answers_count_at_their_worse)
{
    desk *d = open_desk();
    bytes first, second;
    trust_attest_component bad = {"app", NULL, {bad_digest, 32}, {NULL, 0}};
    trust_attest_claims claims = good_claims();
    add_challenge(d, 1);
    make(&first, &claims, 0);
    claims.nonce.data = nonces[1];
    claims.components = &bad;
    claims.binding.channel.size = 0;
    make(&second, &claims, 0);
    add_token(d, &first);
    add_token(d, &second);
    static const int8_t vector[8] = {2, 2, 96};
    d->appraisal.claims = &d->claims;
    for (size_t good = 0; good < 2; good++) {
        d->claims = tri_text_begin(d->claims_text, sizeof d->claims_text);
        judge(d);
        ck_assert_uint_eq(d->appraisal.finding_count, 4);
        ck_assert_uint_eq(d->appraisal.answered, 3);
        ck_assert_uint_eq(d->appraisal.binding, TRUST_BINDING_NONE);
        ck_assert_mem_eq(d->appraisal.vector.claims, vector, sizeof vector);
        ck_assert_int_eq(d->appraisal.findings[1 + 2 * good].value, 2);
        ck_assert_int_eq(d->appraisal.findings[3 - 2 * good].value, 96);
        /* The claims are those of one token, not two objects in a row. */
        ck_ok(tri_text_end(&d->claims, NULL));
        ck_assert_ptr_nonnull(strstr(d->claims_text, good == 0 ? "676f6f64" : "626164"));
        ck_assert_ptr_null(strstr(d->claims_text, "}{"));
        tri_item other = d->items[0];
        d->items[0] = d->items[1];
        d->items[1] = other;
    }
    close_desk(d);
}
END_TEST

START_TEST(signature_checks_are_rationed)
{
    desk *d = open_desk();
    bytes good, forged;
    trust_attest_claims claims = good_claims();
    make(&good, &claims, 0);
    forged = good;
    forged.data[forged.size - 1] ^= 1;
    for (size_t i = 0; i < 8; i++)
        add_token(d, &forged);
    add_token(d, &good);
    judge(d);
    check_unbound(d, TRI_REASON_SIGNATURE_BAD);
    ck_assert_uint_eq(d->appraisal.outcomes[8].state, TRUST_STATE_UNBOUND);
    ck_assert_uint_eq(d->appraisal.outcomes[8].reason, TRI_REASON_LIMIT);
    /* What is refused before its signature costs none. */
    for (size_t i = 0; i < 8; i++)
        d->items[i].data.size = i;
    judge(d);
    check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_IDENTITY_OK);
    close_desk(d);
}
END_TEST

START_TEST(as_many_good_tokens_as_there_are_checks)
{
    desk *d = open_desk();
    static bytes tokens[9];
    trust_attest_claims claims = good_claims();
    d->appraisal.challenge_count = 0;
    for (size_t i = 0; i < 8; i++)
        add_challenge(d, i);
    for (size_t i = 0; i < 9; i++) {
        claims.nonce.data = nonces[i % 8];
        make(&tokens[i], &claims, 0);
        add_token(d, &tokens[i]);
    }
    judge(d);
    ck_assert_uint_eq(d->appraisal.finding_count, TRI_SIGNAL_MAX_FINDINGS);
    ck_assert_uint_eq(d->appraisal.answered, 0xFF);
    ck_assert_uint_eq(d->appraisal.outcomes[8].reason, TRI_REASON_LIMIT);
    /* With no room for what it has to say the signal fails as a whole. */
    clear(d);
    d->appraisal.finding_count = TRI_MAX_FINDINGS - 3;
    d->appraisal.signal_first = TRI_MAX_FINDINGS - 3;
    ck_status(tri_signal_attestation.appraise(NULL, &d->appraisal), TRUST_E_LIMIT);
    clear(d);
    d->appraisal.finding_count = TRI_MAX_FINDINGS;
    d->appraisal.signal_first = TRI_MAX_FINDINGS;
    ck_status(tri_signal_attestation.appraise(NULL, &d->appraisal), TRUST_E_LIMIT);
    close_desk(d);
}
END_TEST

START_TEST(claims_as_json)
{
    static const char expected[] =
        "{\"eat_profile\":\"tag:github.com,2026:libtrust#native-1\",\"eat_nonce\":\"";
    static const char tail[] =
        ",\"iat\":1700000000,\"bootcount\":7,\"oemboot\":true,\"dbgstat\":\"disabled-since-boot\","
        "\"psa-software-components\":[{\"measurement-type\":\"app \\\"x\\\"\","
        "\"measurement-value\":\"sha256:"
        "676f6f6400000000000000000000000000000000000000000000000000000000\",\"version\":\"2\"},"
        "{\"measurement-type\":\"boot\",\"measurement-value\":\"sha384:"
        "670000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00"
        "0000\",\"signer-id\":\"sha512:";
    static const char end[] = "\"}],\"libtrust-binding\":{\"purpose\":\"join\",\"session-key\":"
                              "\"676f6f64\"}}";
    static const uint8_t forty_eight[64] = {0x67};
    trust_attest_component components[2] = {{"app \"x\"", "2", {good_digest, 32}, {NULL, 0}},
                                            {"boot", NULL, {forty_eight, 48}, {forty_eight, 64}}};
    desk *d = open_desk();
    bytes token;
    trust_attest_claims claims = good_claims();
    claims.components = components;
    claims.component_count = 2;
    claims.issued_at = 1700000000;
    claims.boot_count = 7;
    claims.debug = TRUST_DEBUG_DISABLED_SINCE_BOOT;
    claims.binding.purpose = "join";
    claims.binding.session_key = (trust_bytes){good_digest, 4};
    d->claims = tri_text_begin(d->claims_text, sizeof d->claims_text);
    d->appraisal.claims = &d->claims;
    judge_claims(d, &token, &claims);
    ck_ok(tri_text_end(&d->claims, NULL));
    ck_assert_msg(strncmp(d->claims_text, expected, strlen(expected)) == 0, "%s", d->claims_text);
    ck_assert_msg(strstr(d->claims_text, tail) != NULL, "%s", d->claims_text);
    ck_assert_str_eq(d->claims_text + strlen(d->claims_text) - strlen(end), end);
    close_desk(d);
}
END_TEST

START_TEST(claims_of_a_small_token_and_of_none)
{
    desk *d = open_desk();
    bytes token;
    uint8_t payload[512];
    tri_cbor_out o = {payload, sizeof payload, 0};
    empty_binding(&o);
    wrap(&token, (trust_bytes){eddsa, sizeof eddsa}, (trust_bytes){payload, o.need}, 0);
    add_token(d, &token);
    d->claims = tri_text_begin(d->claims_text, sizeof d->claims_text);
    d->appraisal.claims = &d->claims;
    judge(d);
    ck_ok(tri_text_end(&d->claims, NULL));
    ck_assert_ptr_nonnull(strstr(d->claims_text, "\"libtrust-binding\":{}}"));
    ck_assert_ptr_null(strstr(d->claims_text, "iat"));
    ck_assert_ptr_null(strstr(d->claims_text, "oemboot"));
    ck_assert_ptr_null(strstr(d->claims_text, "components"));
    /* Nothing of a token that is not believed is shown. */
    token.data[token.size - 1] ^= 1;
    d->claims = tri_text_begin(d->claims_text, sizeof d->claims_text);
    judge(d);
    ck_assert_uint_eq(d->claims.need, 0);
    close_desk(d);
}
END_TEST

/* What examples/vendor_sdk prints for a seed and a nonce that everybody knows. */
START_TEST(the_examples_token)
{
    desk *d = open_desk();
    size_t len;
    char *text = (char *)read_file(project_path("examples/data/vendor_sdk.token"), &len);
    ck_assert_ptr_nonnull(text);
    uint8_t token[1024];
    uint8_t key[32];
    size_t size, key_size;
    ck_assert(len > 66 && text[64] == '\n' && text[len - 1] == '\n');
    ck_assert(tri_unhex((trust_bytes){(uint8_t *)text, 64}, key, 32, &key_size));
    tri_anchor_of(key, &d->anchors[0]);
    ck_assert(tri_base64url_decode((trust_bytes){(uint8_t *)text + 65, len - 66}, token,
                                   sizeof token, &size));
    for (uint8_t i = 0; i < 32; i++)
        d->challenges[0].nonce[i] = i;
    add_bytes(d, token, size);
    judge(d);
    check_finding(d, TRUST_KIND_IDENTITY, TRUST_STATE_VALID, TRI_REASON_CHANNEL_UNBOUND);
    check_finding(d, TRUST_KIND_ATTESTATION, TRUST_STATE_VALID, TRI_REASON_MEASUREMENT_UNKNOWN);
    free(text);
    close_desk(d);
}
END_TEST

/* Hiding what it runs costs a device as much as anything that it could show. */
START_TEST(a_token_without_measurements_refuses_what_was_asked)
{
    for (uint32_t asked = 0; asked < 2; asked++) {
        desk *d = open_desk();
        bytes token;
        trust_attest_claims claims = good_claims();
        claims.component_count = 0;
        claims.secure_boot = TRUST_BOOT_INSECURE;
        d->challenges[0].kinds = asked << TRUST_KIND_ATTESTATION | 1u << TRUST_KIND_IDENTITY;
        judge_claims(d, &token, &claims);
        ck_assert_uint_eq(finding_of(d, TRUST_KIND_IDENTITY)->state, TRUST_STATE_VALID);
        const trust_finding *f = finding_of(d, TRUST_KIND_ATTESTATION);
        ck_assert_uint_eq(f->state, asked ? TRUST_STATE_REFUSED : TRUST_STATE_NOT_REQUESTED);
        ck_assert_uint_eq(f->reason, TRI_REASON_MEASUREMENTS_MISSING);
        ck_assert_uint_eq(d->appraisal.outcomes[0].state, TRUST_STATE_VALID);
        ck_assert_int_eq(d->appraisal.vector.claims[2], 0);
        close_desk(d);
    }
}
END_TEST

int main(void)
{
    return run_tests(
        "native", TESTS(the_examples_token, good_token, no_token_says_nothing,
                        binding_is_what_the_slot_proves, attestation_is_the_worst_of_what_is_said,
                        a_token_without_measurements_refuses_what_was_asked,
                        references_are_those_of_the_registered_class, origin_makes_no_difference,
                        any_registered_key_will_do, no_registered_key, another_devices_key,
                        nonce_must_be_one_of_ours, a_relayed_token_is_foreign,
                        a_slot_has_the_length_of_its_hash, the_hosts_nonce_must_be_the_challenges,
                        a_spent_challenge_is_a_replay, a_spent_nonce_stays_spent,
                        a_late_answer_is_expired_once_it_is_verified,
                        a_clock_behind_the_challenge_gives_no_future_finding,
                        bound_members_must_agree_where_both_state_one,
                        a_bundle_for_another_device_is_misbound, every_flipped_bit_is_nobodys,
                        every_shortened_or_lengthened_token_is_nobodys, signed_payloads,
                        another_devices_ueid_is_a_lie, another_profile_identifies_and_no_more,
                        algorithm_is_protected_and_one_of_two, signature_has_one_length,
                        a_token_has_a_largest_size, what_is_nobodys_changes_nothing,
                        of_bad_tokens_the_late_one_speaks, two_answers_count_at_their_worse,
                        signature_checks_are_rationed, as_many_good_tokens_as_there_are_checks,
                        claims_as_json, claims_of_a_small_token_and_of_none));
}
