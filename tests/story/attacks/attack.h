#ifndef TEST_ATTACK_H
#define TEST_ATTACK_H

/* What the attacks share: the scene, reasons by their public code, and bundles in one line. */

#include <string.h>

#include "scene.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* A VPN exit and abroad, a VPN exit at home, and one on no list, of the example data. */
#define ADDRESS_FOREIGN_VPN "103.20.7.19"
#define ADDRESS_VPN         "45.140.8.1"
#define ADDRESS_CLEAN       "5.8.1.2"

static inline uint32_t reason(const char *code)
{
    uint32_t number = trust_reason_find(code, strlen(code));
    ck_assert_msg(number != 0, "no reason %s", code);
    return number;
}

static inline void add_item(scene *s, uint32_t origin, const char *type, const void *data,
                            size_t len)
{
    trust_error err = {0};
    ck_ok(trust_evidence_add(s->evidence, origin, type, data, len, &err));
}

static inline void add_address(scene *s, const char *address)
{
    trust_error err = {0};
    ck_ok(trust_evidence_add_address(s->evidence, address, &err));
}

static inline trust_status add_bundle(scene *s, uint32_t origin, const char *json)
{
    trust_error err = {0};
    return trust_evidence_add_bundle(s->evidence, origin, json, strlen(json), NULL, &err);
}

static inline trust_challenge *ask(scene *s)
{
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    ck_ok(trust_challenge_new(s->device, NULL, &challenge, &err));
    return challenge;
}

/* Every proof in order: the verdict is allow. */
static inline void add_proof(scene *s)
{
    scene_attest(s, NULL);
    scene_address(s);
    scene_human(s);
}

/* The native key's callback for a trust_signer. */
static inline trust_status scene_sign(void *user, const void *data, size_t len,
                                      uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

/* As a bundle's "data" has it, without NUL; its length. */
static inline size_t put_base64url(char *out, const uint8_t *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t n = 0;
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)data[i] << 16;
        group |= left > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        group |= left > 2 ? data[i + 2] : 0;
        for (size_t k = 0; k <= left; k++)
            out[n++] = digits[group >> (18 - 6 * k) & 63];
    }
    return n;
}

static inline void assert_item(const trust_decision *decision, size_t index, uint32_t state,
                               const char *code)
{
    trust_item_outcome item = scene_item(decision, index);
    ck_assert_msg(item.state == state && item.reason == reason(code),
                  "item %zu: %s %s, expected %s %s", index, trust_state_name(item.state),
                  trust_reason_code(item.reason), trust_state_name(state), code);
}

#endif
