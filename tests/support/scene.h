#ifndef TEST_SCENE_H
#define TEST_SCENE_H

/* A small world for tests of the whole library: an engine with a clock that stands still, one
 * device with a key, a policy, reference values and an address table. */

#include <trust/attest.h>

#include "support.h"

#define SCENE_DEVICE "urn:dev:mac:0024befffe804ff1"
#define SCENE_NOW    INT64_C(1795428000000) /* 2026-11-23T10:00:00Z */
#define SCENE_DIGEST 0x5a                   /* every byte of the one known measurement */

typedef struct scene {
    counting memory;
    fixed_clock clock;
    fixed_random random;
    trust_engine *engine;
    trust_policy *policy;
    trust_device *device;
    trust_evidence *evidence;
    trust_signer *signer; /* the device's key */
    uint8_t key[32];
} scene;

/* Build everything; fails the test when something does not work. @p policy NULL for the default. */
void scene_begin(scene *s, const char *policy);
/* As scene_begin, on a store and with signals of the test's own. */
void scene_begin_with(scene *s, const char *policy, trust_store *store,
                      const trust_signal_ops *const *signals, size_t signal_count);
void scene_end(scene *s);

/* The policy that scenes use by default. */
extern const char scene_policy[];

/* A token of the device over @p nonce with everything in order, or changed by @p edit. */
typedef void (*scene_edit)(trust_attest_claims *claims);
size_t scene_token(scene *s, trust_bytes nonce, scene_edit edit, uint8_t out[4096]);

/* Issue a challenge and add the answer to the evidence. */
void scene_attest(scene *s, scene_edit edit);
/* The good address of the device's own country. */
void scene_address(scene *s);
/* An approved human decision, vouched by the host. */
void scene_human(scene *s);

/* Assess, check that it worked, and give the verdict. The decision is freed by scene_end(). */
trust_verdict scene_assess(scene *s, trust_decision **out);

/* What the decision says of item @p index. */
trust_item_outcome scene_item(const trust_decision *decision, size_t index);

/* The row of that name; fails the test when there is none. */
trust_row scene_row(const trust_decision *decision, const char *name);

#endif
