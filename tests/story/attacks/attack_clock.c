/* The hostile clock: any value, any leap, standing still and going back. policy.md amendment 8. */

#include "attack.h"

/* The lie: it is the end of time, or its beginning, or before that. Whatever the clock says nothing
 * overflows, nobody is allowed on it, and the device is still there afterwards. */
START_TEST(any_time_is_survived)
{
    static const trust_time times[] = {INT64_MAX,
                                       INT64_MAX - 1,
                                       INT64_MIN,
                                       INT64_MIN + 1,
                                       INT64_MIN + 60000,
                                       0,
                                       -1,
                                       1,
                                       INT64_C(253402300799999),
                                       INT64_C(253402300800000),
                                       INT64_C(-62167219200001)};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        for (size_t k = 0; k < sizeof times / sizeof times[0]; k++) {
            scene s;
            trust_challenge *challenge = NULL;
            trust_error err = {0};
            trust_metric metric = {"tx_bytes", 1.0, times[k]};
            char json[32768];
            size_t need;
            trust_decision *decision;
            scene_begin(&s, NULL);
            s.clock.now = times[i];
            trust_status status = trust_challenge_new(s.device, NULL, &challenge, &err);
            ck_assert(status == TRUST_OK || status == TRUST_E_STATE);
            trust_challenge_free(challenge);
            status = trust_evidence_add_metric(s.evidence, &metric, &err);
            ck_assert(status == TRUST_OK || status == TRUST_E_ARGUMENT);
            scene_address(&s);
            ck_assert_uint_gt(scene_assess(&s, &decision), TRUST_ALLOW);
            ck_ok(trust_decision_to_json(decision, json, sizeof json, &need));
            ck_ok(trust_decision_explain(decision, TRUST_FOR_OPERATOR, json, sizeof json, &need));
            s.clock.now = times[k];
            ck_assert_uint_gt(scene_assess(&s, &decision), TRUST_ALLOW);
            s.clock.now = SCENE_NOW;
            scene_assess(&s, &decision);
            scene_end(&s);
        }
    }
}
END_TEST

/* The lie: it is earlier than it was. What has expired stays expired. */
START_TEST(going_back_revives_no_approval)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    add_proof(&s);
    ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_ALLOW);
    trust_evidence_clear(s.evidence);
    for (int day = 1; day <= 8; day++) {
        s.clock.now = SCENE_NOW + day * (DAY - MINUTE);
        scene_assess(&s, &decision);
    }
    int32_t late = trust_decision_risk(decision);
    trust_verdict verdict = trust_decision_verdict(decision);
    ck_assert_uint_gt(verdict, TRUST_ALLOW);
    for (int i = 0; i < 3; i++) {
        static const trust_time earlier[] = {SCENE_NOW + 1, SCENE_NOW - 1000 * DAY, 0};
        s.clock.now = earlier[i];
        ck_assert_uint_ge(scene_assess(&s, &decision), verdict);
        ck_assert_int_ge(trust_decision_risk(decision), late);
    }
    scene_end(&s);
}
END_TEST

/* The lie: you never answered. A clock that was ahead for two readings makes every new question as
 * old as its record; the device still has the time that it was given. */
START_TEST(a_clock_that_was_ahead_turns_no_answer_into_a_refusal)
{
    scene s;
    trust_decision *decision;
    trust_error err = {0};
    scene_begin(&s, NULL);
    add_proof(&s);
    scene_assess(&s, NULL);
    trust_evidence_clear(s.evidence);
    for (int i = 0; i < 2; i++) {
        s.clock.now = SCENE_NOW + 20000 * DAY + i * 2 * MINUTE;
        scene_assess(&s, NULL);
    }
    s.clock.now = SCENE_NOW + HOUR;
    trust_challenge *challenge = ask(&s);
    ck_ok(trust_challenge_delivered(s.device, trust_challenge_id(challenge), &err));
    scene_assess(&s, &decision);
    ck_assert_uint_ne(scene_row(decision, "attestation").state, TRUST_STATE_REFUSED);
    uint8_t token[4096];
    size_t len = scene_token(&s, trust_challenge_nonce(challenge), NULL, token);
    add_item(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    trust_challenge_free(challenge);
    scene_end(&s);
}
END_TEST

/* The lie: it is 2100, says one reading; what is measured meanwhile stops no learning for ever. */
START_TEST(a_leap_stops_no_learning)
{
    scene s;
    trust_error err = {0};
    trust_decision *decision;
    scene_begin(&s, NULL);
    add_proof(&s);
    ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_ALLOW);
    for (int i = 0; i < 60; i++) {
        s.clock.now = i == 30 ? SCENE_NOW + 20000 * DAY : SCENE_NOW + (i + 1) * 1000;
        trust_evidence_clear(s.evidence);
        trust_metric metric = {"tx_bytes", 1500.0 + i % 7, TRUST_TIME_UNKNOWN};
        ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
        ck_ok(trust_observe(s.device, s.evidence, NULL, NULL, &err));
    }
    s.clock.now = SCENE_NOW + 61 * 1000;
    trust_evidence_clear(s.evidence);
    trust_metric metric = {"tx_bytes", 1502.0, TRUST_TIME_UNKNOWN};
    ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
    scene_assess(&s, &decision);
    /* 59 or 60 values are known, not the 30 of before the leap. */
    trust_finding finding;
    uint32_t quality = 0;
    for (size_t i = 0; trust_decision_finding(decision, i, &finding) == TRUST_OK; i++)
        if (finding.kind == TRUST_KIND_BEHAVIOUR && finding.item != TRUST_NO_ITEM)
            quality = finding.quality;
    ck_assert_uint_gt(quality, TRUST_QUALITY_FULL * 50 / 250);
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests("attack_clock", TESTS(any_time_is_survived, going_back_revives_no_approval,
                                           a_clock_that_was_ahead_turns_no_answer_into_a_refusal,
                                           a_leap_stops_no_learning));
}
