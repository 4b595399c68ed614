/* Challenges: what may be asked, how long, and that a nonce stands in the record before it is
 * shown.
 */

#include "scene.h"

#include <string.h>

#include "core/number.h"
#include "core/reason.h"
#include "engine/device.h"

static trust_status ask(scene *s, const trust_challenge_request *request)
{
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    trust_status status = trust_challenge_new(s->device, request, &challenge, &err);
    ck_assert_int_eq(challenge != NULL, status == TRUST_OK);
    trust_challenge_free(challenge);
    return status;
}

START_TEST(a_request_is_checked)
{
    static const uint32_t good[] = {TRUST_KIND_ATTESTATION, TRUST_KIND_HUMAN};
    static const uint32_t seen[] = {TRUST_KIND_PLACE}; /* nothing that a device can answer */
    static const uint32_t none[] = {77};
    static const uint32_t many[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    static const char long_text[] =
        "0123456789012345678901234567890123456789012345678901234567890123";
    const size_t size = sizeof(trust_challenge_request);
    const struct {
        trust_challenge_request request;
        trust_status status;
    } cases[] = {
        {{size - 1, NULL, 0, 0, NULL, NULL}, TRUST_E_ARGUMENT},
        {{size, seen, 1, 0, NULL, NULL}, TRUST_E_ARGUMENT},
        {{size, none, 1, 0, NULL, NULL}, TRUST_E_ARGUMENT},
        {{size, good, 0, 0, NULL, NULL}, TRUST_E_ARGUMENT},
        {{size, many, 9, 0, NULL, NULL}, TRUST_E_ARGUMENT},
        {{size, NULL, 0, -1, NULL, NULL}, TRUST_E_ARGUMENT},
        {{size, NULL, 0, INT64_C(30) * 86400000 + 1, NULL, NULL}, TRUST_E_ARGUMENT},
        {{size, NULL, 0, INT64_MAX, NULL, NULL}, TRUST_E_ARGUMENT},
        {{size, NULL, 0, 0, long_text, NULL}, TRUST_E_ARGUMENT},
        {{size, NULL, 0, 0, NULL, long_text}, TRUST_E_ARGUMENT},
        {{size, NULL, 0, 0, "a\n", NULL}, TRUST_E_ARGUMENT},
        {{size, good, 2, INT64_C(30) * 86400000, long_text + 1, long_text + 1}, TRUST_OK},
        {{size, many, 8, 1, "", ""}, TRUST_OK},
    };
    scene s;
    scene_begin(&s, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_status(ask(&s, &cases[i].request), cases[i].status);
    struct {
        trust_challenge_request request;
        uint64_t more;
    } newer = {{sizeof newer, NULL, 0, 0, NULL, NULL}, 1};
    ck_status(ask(&s, &newer.request), TRUST_E_UNSUPPORTED);
    scene_end(&s);
}
END_TEST

START_TEST(arguments_are_checked)
{
    scene s;
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_status(trust_challenge_new(NULL, NULL, &challenge, &err), TRUST_E_ARGUMENT);
    ck_status(trust_challenge_new(s.device, NULL, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_challenge_adopt(s.device, NULL, NULL, 8, &challenge, &err), TRUST_E_ARGUMENT);
    ck_status(trust_challenge_adopt(s.device, NULL, "1234567", 7, &challenge, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_challenge_adopt(s.device, NULL, "1", 65, &challenge, &err), TRUST_E_ARGUMENT);
    ck_status(trust_challenge_delivered(NULL, 1, &err), TRUST_E_ARGUMENT);
    ck_status(trust_challenge_delivered(s.device, 1, &err), TRUST_E_NOT_FOUND);
    ck_assert_uint_eq(trust_challenge_nonce(NULL).size, 0);
    ck_assert_uint_eq(trust_challenge_id(NULL), 0);
    ck_assert_int_eq(trust_challenge_issued(NULL), TRUST_TIME_UNKNOWN);
    ck_assert_int_eq(trust_challenge_deadline(NULL), TRUST_TIME_UNKNOWN);
    trust_challenge_free(NULL);
    scene_end(&s);
}
END_TEST

START_TEST(it_is_written_down_before_it_is_shown)
{
    scene s;
    trust_challenge *challenge = NULL;
    trust_challenge_request request = TRUST_CHALLENGE_REQUEST_INIT;
    trust_device *other = NULL;
    tri_control control;
    trust_error err = {0};
    scene_begin(&s, NULL);
    request.ttl = 5000;
    request.purpose = "onboarding";
    request.attempt = "a1";
    ck_ok(trust_challenge_new(s.device, &request, &challenge, &err));
    ck_assert_uint_eq(trust_challenge_id(challenge), 1);
    ck_assert_int_eq(trust_challenge_issued(challenge), SCENE_NOW);
    ck_assert_int_eq(trust_challenge_deadline(challenge), SCENE_NOW + 5000);
    trust_bytes nonce = trust_challenge_nonce(challenge);
    ck_assert_uint_eq(nonce.size, TRUST_NONCE_SIZE);
    ck_ok(trust_device_open(s.engine, SCENE_DEVICE, &other, &err));
    ck_ok(tri_device_decode(other, &control));
    ck_assert_uint_eq(control.challenge_count, 1);
    ck_assert_mem_eq(control.challenges[0].nonce, nonce.data, nonce.size);
    ck_assert_str_eq(control.challenges[0].purpose, "onboarding");
    ck_assert_str_eq(control.challenges[0].attempt, "a1");
    trust_device_free(other);
    trust_challenge_free(challenge);
    scene_end(&s);
}
END_TEST

START_TEST(four_are_open_at_most)
{
    scene s;
    trust_device_info info;
    scene_begin(&s, NULL);
    for (int i = 0; i < 4; i++)
        ck_ok(ask(&s, NULL));
    ck_status(ask(&s, NULL), TRUST_E_LIMIT);
    ck_ok(trust_device_get_info(s.device, &info));
    ck_assert_uint_eq(info.open_challenges, 4);
    s.clock.now += 120001;
    ck_ok(trust_device_get_info(s.device, &info));
    ck_assert_uint_eq(info.open_challenges, 0);
    for (int i = 0; i < 4; i++)
        ck_ok(ask(&s, NULL));
    ck_status(ask(&s, NULL), TRUST_E_LIMIT);
    scene_end(&s);
}
END_TEST

START_TEST(an_adopted_nonce_is_used_once)
{
    scene s;
    trust_challenge *challenge = NULL;
    trust_decision *decision;
    trust_error err = {0};
    uint8_t token[4096];
    static const uint8_t nonce[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    scene_begin(&s, NULL);
    ck_ok(trust_challenge_adopt(s.device, NULL, nonce, 8, &challenge, &err));
    ck_assert_uint_eq(trust_challenge_nonce(challenge).size, 8);
    trust_challenge_free(challenge);
    challenge = NULL;
    ck_status(trust_challenge_adopt(s.device, NULL, nonce, 8, &challenge, &err), TRUST_E_EXISTS);
    size_t len = scene_token(&s, (trust_bytes){nonce, 8}, NULL, token);
    ck_ok(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, &err));
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    /* Nor after it was answered. */
    ck_status(trust_challenge_adopt(s.device, NULL, nonce, 8, &challenge, &err), TRUST_E_EXISTS);
    ck_assert_ptr_null(challenge);
    scene_end(&s);
}
END_TEST

START_TEST(who_has_left_is_not_asked)
{
    scene s;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_SUSPENDED, &err));
    ck_ok(ask(&s, NULL));
    ck_ok(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_RETIRED, &err));
    ck_status(ask(&s, NULL), TRUST_E_STATE);
    s.clock.now = TRUST_TIME_UNKNOWN;
    ck_status(ask(&s, NULL), TRUST_E_STATE);
    scene_end(&s);
}
END_TEST

START_TEST(a_deadline_stays_within_time)
{
    scene s;
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    scene_begin(&s, NULL);
    s.clock.now = TRI_TIME_LAST;
    ck_ok(trust_challenge_new(s.device, NULL, &challenge, &err));
    ck_assert_int_eq(trust_challenge_deadline(challenge), TRI_TIME_LAST);
    ck_ok(trust_device_reload(s.device, &err));
    trust_challenge_free(challenge);
    scene_end(&s);
}
END_TEST

/* The answer outlives nothing: challenge, device and engine may be freed in any order. */
START_TEST(a_challenge_keeps_its_engine)
{
    trust_engine *engine = NULL;
    trust_device *device = NULL;
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    ck_ok(trust_engine_new(NULL, &engine, &err));
    ck_ok(trust_device_enroll(engine, "x", NULL, &device, &err));
    ck_ok(trust_challenge_new(device, NULL, &challenge, &err));
    trust_engine_free(engine);
    trust_device_free(device);
    ck_assert_uint_eq(trust_challenge_nonce(challenge).size, TRUST_NONCE_SIZE);
    trust_challenge_free(challenge);
}
END_TEST

int main(void)
{
    return run_tests("challenge",
                     TESTS(a_request_is_checked, arguments_are_checked,
                           it_is_written_down_before_it_is_shown, four_are_open_at_most,
                           an_adopted_nonce_is_used_once, who_has_left_is_not_asked,
                           a_deadline_stays_within_time, a_challenge_keeps_its_engine));
}
