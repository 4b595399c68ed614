/* The operator of a gateway and one lock, over thirty days: enrolled, challenged, allowed; every
 * hour it connects, attests and is measured; a VPN, a takeover, a repair; and allowed again. */

#include "scene.h"

#include <string.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

typedef struct operator_story {
    scene s;
    uint64_t chance;
    double level; /* what the lock sends in five minutes */
    const char *address;
    trust_decision *last;
} operator_story;

static void unknown_software(trust_attest_claims *claims)
{
    static const uint8_t other[32] = {0x22};
    static trust_attest_component app = {"app", "6.6.6", {other, sizeof other}, {NULL, 0}};
    claims->components = &app;
}

/* One hour of the lock's life: it attests, the gateway sees its address and measures it. */
static trust_verdict hour(operator_story *o, scene_edit edit)
{
    trust_error err = {0};
    scene *s = &o->s;
    s->clock.now += HOUR;
    trust_evidence_clear(s->evidence);
    scene_attest(s, edit);
    ck_ok(trust_evidence_add_address(s->evidence, o->address, &err));
    for (int i = 0; i < 12; i++) {
        trust_metric metric = {"tx_bytes", o->level + (double)(next_random(&o->chance) % 200),
                               s->clock.now - (11 - i) * 5 * MINUTE};
        ck_ok(trust_evidence_add_metric(s->evidence, &metric, &err));
    }
    trust_decision_free(o->last);
    o->last = NULL;
    ck_ok(trust_assess(s->device, s->evidence, NULL, &o->last, &err));
    return trust_decision_verdict(o->last);
}

static trust_verdict hours(operator_story *o, int count, scene_edit edit)
{
    trust_verdict verdict = TRUST_NO_VERDICT;
    for (int i = 0; i < count; i++)
        verdict = hour(o, edit);
    return verdict;
}

static void begin(operator_story *o)
{
    memset(o, 0, sizeof *o);
    scene_begin(&o->s, NULL);
    o->chance = 11;
    o->level = 1500;
    o->address = "5.8.1.2";
}

static void end(operator_story *o)
{
    trust_decision_free(o->last);
    scene_end(&o->s);
}

/* The installer's verification arrives on the first day. */
static void onboard(operator_story *o)
{
    trust_error err = {0};
    scene_human(&o->s);
    ck_ok(trust_assess(o->s.device, o->s.evidence, NULL, &o->last, &err));
    ck_assert_uint_ge(trust_decision_verdict(o->last),
                      TRUST_STEP_UP); /* it has proved nothing yet */
    ck_assert_uint_eq(hours(o, 24, NULL), TRUST_ALLOW);
}

START_TEST(thirty_quiet_days_are_thirty_days_of_allow)
{
    operator_story o;
    begin(&o);
    onboard(&o);
    for (int day = 1; day < 30; day++)
        for (int i = 0; i < 24; i++)
            ck_assert_uint_eq(hour(&o, NULL), TRUST_ALLOW);
    /* Chance alone surprises a little now and then, and that is remembered for its day. */
    ck_assert_int_lt(scene_row(o.last, "behaviour").points, 60);
    char text[4096];
    ck_ok(trust_decision_explain(o.last, TRUST_FOR_OPERATOR, text, sizeof text, NULL));
    ck_assert_ptr_nonnull(strstr(text, "the host vouches for the file (30 days old)"));
    trust_device_info info;
    ck_ok(trust_device_get_info(o.s.device, &info));
    ck_assert_uint_eq(info.decisions, 1 + 30 * 24);
    ck_assert_uint_le(info.memory_bytes, 2100);
    end(&o);
}
END_TEST

START_TEST(a_vpn_asks_for_more_and_home_is_forgiven)
{
    operator_story o;
    begin(&o);
    onboard(&o);
    o.address = "45.140.8.7";
    ck_assert_uint_eq(hours(&o, 3, NULL), TRUST_ALLOW); /* all else speaks for it */
    ck_assert_int_gt(scene_row(o.last, "reputation").points, 40);
    o.address = "5.8.1.2";
    ck_assert_uint_eq(hour(&o, NULL), TRUST_ALLOW);
    ck_assert_int_gt(scene_row(o.last, "reputation").points, 40); /* not washed away at once */
    int32_t before = scene_row(o.last, "reputation").points;
    hours(&o, 24 * 14, NULL);
    ck_assert_int_lt(scene_row(o.last, "reputation").points, before / 2 + 15);
    end(&o);
}
END_TEST

START_TEST(a_takeover_is_kept_apart_and_a_repair_lets_it_back)
{
    operator_story o;
    begin(&o);
    onboard(&o);
    ck_assert_uint_eq(hours(&o, 24 * 6, NULL), TRUST_ALLOW);
    o.level = 90000; /* it floods somebody, with other software */
    hour(&o, unknown_software);
    ck_assert_uint_ge(hours(&o, 2, unknown_software), TRUST_STEP_UP);
    ck_assert_int_gt(scene_row(o.last, "behaviour").points, 60);
    ck_assert_int_gt(scene_row(o.last, "attestation").points, 60);
    o.level = 1500;                                 /* somebody restores it */
    ck_assert_uint_ne(hour(&o, NULL), TRUST_ALLOW); /* its behaviour is not forgotten at once */
    ck_assert_uint_eq(hours(&o, 24 * 7, NULL), TRUST_ALLOW);
    end(&o);
}
END_TEST

START_TEST(who_falls_silent_is_refused_and_then_forgotten)
{
    operator_story o;
    trust_error err = {0};
    trust_challenge *challenge = NULL;
    begin(&o);
    onboard(&o);
    scene *s = &o.s;
    trust_evidence_clear(s->evidence);
    ck_ok(trust_challenge_new(s->device, NULL, &challenge, &err));
    ck_ok(trust_challenge_delivered(s->device, trust_challenge_id(challenge), &err));
    trust_challenge_free(challenge);
    s->clock.now += DAY;
    trust_decision *decision = NULL;
    ck_ok(trust_assess(s->device, s->evidence, NULL, &decision, &err));
    ck_assert_uint_eq(trust_decision_verdict(decision), TRUST_DENY);
    ck_assert_uint_eq(scene_row(decision, "attestation").state, TRUST_STATE_REFUSED);
    trust_decision_free(decision);
    /* It answers again: the refusal was an answer that never came, and now one has come. */
    ck_assert_uint_eq(hours(&o, 2, NULL), TRUST_ALLOW);
    end(&o);
}
END_TEST

START_TEST(an_operator_suspends_and_resumes_and_revokes)
{
    operator_story o;
    trust_error err = {0};
    begin(&o);
    onboard(&o);
    ck_ok(trust_device_set_lifecycle(o.s.device, TRUST_LIFECYCLE_SUSPENDED, &err));
    ck_assert_uint_eq(hour(&o, NULL), TRUST_QUARANTINE);
    ck_ok(trust_device_set_lifecycle(o.s.device, TRUST_LIFECYCLE_ENROLLED, &err));
    ck_assert_uint_eq(hours(&o, 2, NULL), TRUST_ALLOW);
    ck_ok(trust_device_set_lifecycle(o.s.device, TRUST_LIFECYCLE_REVOKED, &err));
    trust_evidence_clear(o.s.evidence);
    trust_decision *decision = NULL;
    ck_ok(trust_assess(o.s.device, o.s.evidence, NULL, &decision, &err));
    ck_assert_uint_eq(trust_decision_verdict(decision), TRUST_DENY);
    trust_decision_free(decision);
    end(&o);
}
END_TEST

int main(void)
{
    return run_tests("story gateway", TESTS(thirty_quiet_days_are_thirty_days_of_allow,
                                            a_vpn_asks_for_more_and_home_is_forgiven,
                                            a_takeover_is_kept_apart_and_a_repair_lets_it_back,
                                            who_falls_silent_is_refused_and_then_forgotten,
                                            an_operator_suspends_and_resumes_and_revokes));
}
