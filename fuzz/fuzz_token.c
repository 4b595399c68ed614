/* Native tokens through the attestation signal. An even first byte: the rest is a token, as anybody
 * may send it. An odd one: the rest is a payload that the device signs, as only a liar's device
 * would; so the fuzzer gets past the signature. */

#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "format/cbor.h"
#include "format/cose.h"
#include "format/json.h"
#include "signal/attestation/attestation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key and the nonce of examples/data/vendor_sdk.token. */
static const char seed[] = "not a secret: a key for examples";
static const uint8_t channel[32] = {1};
static uint8_t secret[TRI_ED25519_SECRET];
static tri_anchor anchor;
static tri_challenge challenges[2];

static void prepare(void)
{
    uint8_t bytes[32];
    if (challenges[0].state != 0)
        return;
    memcpy(bytes, seed, sizeof bytes);
    if (tri_crypto_ready() != TRUST_OK)
        abort();
    uint8_t key[32];
    tri_ed25519_from_seed(bytes, key, secret);
    tri_anchor_of(key, &anchor);
    challenges[0] = (tri_challenge){
        .state = TRI_CHALLENGE_OPEN, .deadline = 10, .nonce_size = 32, .purpose = "join"};
    challenges[1] = (tri_challenge){.state = TRI_CHALLENGE_SPENT, .deadline = 10, .nonce_size = 8};
    for (uint8_t i = 0; i < 32; i++)
        challenges[0].nonce[i] = i;
}

/* COSE_Sign1 around a payload, signed for real. */
static size_t wrap(trust_bytes payload, uint8_t *out, size_t cap)
{
    static uint8_t message[1 << 16];
    static const uint8_t header[] = {0xA1, 0x01, 0x27};
    uint8_t signature[64];
    size_t len;
    if (tri_cose_sig_structure((trust_bytes){header, 3}, payload, message, sizeof message, &len) !=
        TRUST_OK)
        return 0;
    tri_ed25519_sign(secret, message, len, signature);
    tri_cbor_out w = {out, cap, 0};
    tri_cbor_put_head(&w, TRI_CBOR_TAG, 18);
    tri_cbor_put_head(&w, TRI_CBOR_ARRAY, 4);
    tri_cbor_put_bytes(&w, (trust_bytes){header, 3});
    tri_cbor_put_head(&w, TRI_CBOR_MAP, 0);
    tri_cbor_put_bytes(&w, payload);
    tri_cbor_put_bytes(&w, (trust_bytes){signature, 64});
    return w.need <= cap ? w.need : 0;
}

/* What is said holds together, whatever was sent. */
static void check(const trust_appraisal *a, tri_text *claims)
{
    static const tri_json_limits limits = {.bytes = 1 << 20, .depth = 8, .nodes = 1000};
    const trust_finding *identity = &a->findings[0];
    const int8_t *vector = a->vector.claims;
    if (a->finding_count < 1 || a->finding_count > 2 || identity->kind != TRUST_KIND_IDENTITY)
        abort();
    bool valid = identity->state == TRUST_STATE_VALID;
    bool own = valid || identity->state == TRUST_STATE_INVALID;
    if ((a->answered != 0) != own || a->answered > 1 || (vector[0] == 2) != valid ||
        (!valid && (a->binding != TRUST_BINDING_NONE || claims->need != 0)))
        abort();
    if (claims->need == 0)
        return;
    tri_json_doc doc;
    size_t need;
    if (tri_text_end(claims, &need) != TRUST_OK ||
        tri_json_parse((trust_bytes){(uint8_t *)claims->out, need}, &limits, &doc, NULL) !=
            TRUST_OK)
        abort();
    tri_json_free(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t token[1 << 16];
    static char text[1 << 17];
    static trust_appraisal a;
    tri_text claims = tri_text_begin(text, sizeof text);
    if (size == 0)
        return 0;
    prepare();
    tri_item item = {.type = TRUST_TYPE_EAT_CWT,
                     .data = {data + 1, size - 1},
                     .collected = TRUST_TIME_UNKNOWN,
                     .origin = TRUST_FROM_DEVICE};
    if (data[0] % 2 == 1)
        item.data = (trust_bytes){token, wrap(item.data, token, sizeof token)};
    a = (trust_appraisal){.now = 5,
                          .device_id = "urn:dev:1",
                          .verifier = "verifier.example",
                          .anchors = &anchor,
                          .anchor_count = 1,
                          .challenges = challenges,
                          .challenge_count = 2,
                          .channel = {channel, 32},
                          .attempt = "",
                          .items = &item,
                          .item_count = 1,
                          .signal = &tri_signal_attestation,
                          .claims = &claims};
    if (tri_signal_attestation.appraise(NULL, &a) != TRUST_OK)
        abort();
    check(&a, &claims);
    return 0;
}
