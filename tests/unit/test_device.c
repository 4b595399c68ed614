/* Devices: enrolling, opening, moving through the lifecycle, and records that a store gives back
 * damaged, moved, or written by a newer version. */

#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "device/challenges.h"
#include "device/record.h"
#include "device/remember.h"
#include "engine/device.h"
#include "store/store.h"

START_TEST(an_id_is_plain_text)
{
    char longest[257];
    scene s;
    trust_error err = {0};
    trust_device *device = NULL;
    memset(longest, 'i', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const bad[] = {"", "a\n", "\xFF", "a\x7F", longest, NULL};
    scene_begin(&s, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_status(trust_device_enroll(s.engine, bad[i], NULL, &device, &err), TRUST_E_ARGUMENT);
        ck_status(trust_device_open(s.engine, bad[i], &device, &err), TRUST_E_ARGUMENT);
    }
    ck_ok(trust_device_enroll(s.engine, longest + 1, NULL, &device, &err));
    ck_assert_str_eq(trust_device_id(device), longest + 1);
    trust_device_free(device);
    ck_status(trust_device_enroll(NULL, "x", NULL, &device, &err), TRUST_E_ARGUMENT);
    ck_status(trust_device_open(s.engine, "x", NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_device_open(s.engine, "x", &device, &err), TRUST_E_NOT_FOUND);
    ck_assert_str_eq(trust_device_id(NULL), "");
    trust_device_free(NULL);
    scene_end(&s);
}
END_TEST

START_TEST(a_device_is_enrolled_once)
{
    scene s;
    trust_error err = {0};
    trust_device *device = NULL;
    scene_begin(&s, NULL);
    ck_status(trust_device_enroll(s.engine, SCENE_DEVICE, NULL, &device, &err), TRUST_E_EXISTS);
    ck_assert_ptr_null(device);
    ck_ok(trust_device_enroll(s.engine, "urn:unwanted", NULL, NULL, &err));
    ck_ok(trust_device_open(s.engine, "urn:unwanted", &device, &err));
    trust_device_free(device);
    scene_end(&s);
}
END_TEST

START_TEST(what_is_registered_is_kept)
{
    scene s;
    trust_error err = {0};
    trust_device *device = NULL;
    trust_attribute attribute;
    trust_device_info info;
    uint8_t key[32];
    scene_begin(&s, NULL);
    ck_ok(trust_device_open(s.engine, SCENE_DEVICE, &device, &err));
    const char *id = trust_device_id(device);
    ck_ok(trust_device_attribute_at(device, 1, &attribute));
    /* Texts were lent for the life of the handle. */
    ck_ok(trust_device_reload(device, &err));
    ck_assert_str_eq(id, SCENE_DEVICE);
    ck_assert_str_eq(attribute.name, "country");
    ck_assert_str_eq(attribute.value, "DE");
    ck_status(trust_device_attribute_at(device, 2, &attribute), TRUST_E_NOT_FOUND);
    ck_ok(trust_device_key_at(device, 0, key));
    ck_assert_mem_eq(key, s.key, 32);
    ck_status(trust_device_key_at(device, 1, key), TRUST_E_NOT_FOUND);
    ck_ok(trust_device_get_info(device, &info));
    ck_assert_uint_eq(info.anchor_count, 1);
    ck_assert_uint_eq(info.attribute_count, 2);
    ck_assert_uint_eq(info.lifecycle, TRUST_LIFECYCLE_ENROLLED);
    ck_assert_uint_eq(info.verdict, TRUST_NO_VERDICT);
    ck_assert_int_eq(info.enrolled, SCENE_NOW);
    ck_assert_int_eq(info.decided, TRUST_TIME_UNKNOWN);
    ck_status(trust_device_attribute_at(NULL, 0, &attribute), TRUST_E_ARGUMENT);
    ck_status(trust_device_attribute_at(device, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_device_key_at(NULL, 0, key), TRUST_E_ARGUMENT);
    ck_status(trust_device_key_at(device, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_device_get_info(NULL, &info), TRUST_E_ARGUMENT);
    ck_status(trust_device_get_info(device, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_device_reload(NULL, &err), TRUST_E_ARGUMENT);
    trust_device_free(device);
    scene_end(&s);
}
END_TEST

START_TEST(an_enrolment_is_checked)
{
    static const uint8_t keys[5][32];
    static const char long_text[] =
        "0123456789012345678901234567890123456789012345678901234567890123"
        "0123456789012345678901234567890123456789012345678901234567890123";
    const trust_attribute twice[] = {{"a", "1"}, {"a", "2"}};
    const trust_attribute large[] = {
        {"a", long_text + 1}, {"b", long_text + 1}, {"c", long_text + 1}, {"d", long_text + 1}};
    trust_attribute one = {"name", "value"};
    scene s;
    trust_error err = {0};
    trust_device *device = NULL;
    scene_begin(&s, NULL);
    struct {
        trust_enrolment e;
        trust_status status;
    } cases[] = {{{sizeof(trust_enrolment) - 1, NULL, 0, NULL, 0}, TRUST_E_ARGUMENT},
                 {{sizeof(trust_enrolment), keys, 5, NULL, 0}, TRUST_E_LIMIT},
                 {{sizeof(trust_enrolment), NULL, 1, NULL, 0}, TRUST_E_ARGUMENT},
                 {{sizeof(trust_enrolment), NULL, 0, NULL, 1}, TRUST_E_ARGUMENT},
                 {{sizeof(trust_enrolment), NULL, 0, &one, 17}, TRUST_E_LIMIT},
                 {{sizeof(trust_enrolment), NULL, 0, twice, 2}, TRUST_E_ARGUMENT},
                 {{sizeof(trust_enrolment), NULL, 0, large, 4}, TRUST_E_LIMIT},
                 {{sizeof(trust_enrolment), keys, 4, large, 3}, TRUST_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_status(trust_device_enroll(s.engine, "urn:case", &cases[i].e, NULL, &err),
                  cases[i].status);
    struct {
        trust_enrolment e;
        uint64_t more;
    } newer = {{sizeof newer, NULL, 0, NULL, 0}, 1};
    ck_status(trust_device_enroll(s.engine, "urn:newer", &newer.e, NULL, &err),
              TRUST_E_UNSUPPORTED);
    const trust_attribute bad[] = {{NULL, "v"},      {"", "v"},        {"A", "v"},
                                   {"n", "\n"},      {"n", long_text}, {long_text, "v"},
                                   {"n", "\xC3\x28"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        one = bad[i];
        trust_enrolment e = {sizeof e, NULL, 0, &one, 1};
        ck_status(trust_device_enroll(s.engine, "urn:bad", &e, &device, &err), TRUST_E_ARGUMENT);
    }
    one = (trust_attribute){"empty", NULL};
    trust_enrolment e = {sizeof e, NULL, 0, &one, 1};
    ck_ok(trust_device_enroll(s.engine, "urn:empty", &e, &device, &err));
    ck_ok(trust_device_attribute_at(device, 0, &one));
    ck_assert_str_eq(one.value, "");
    trust_device_free(device);
    scene_end(&s);
}
END_TEST

START_TEST(a_lifecycle_ends_for_ever)
{
    static const uint32_t ends[] = {TRUST_LIFECYCLE_REVOKED, TRUST_LIFECYCLE_RETIRED};
    for (size_t i = 0; i < 2; i++) {
        scene s;
        trust_error err = {0};
        scene_begin(&s, NULL);
        ck_status(trust_device_set_lifecycle(s.device, 0, &err), TRUST_E_ARGUMENT);
        ck_status(trust_device_set_lifecycle(s.device, 5, &err), TRUST_E_ARGUMENT);
        ck_status(trust_device_set_lifecycle(NULL, 1, &err), TRUST_E_ARGUMENT);
        ck_ok(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_SUSPENDED, &err));
        ck_ok(trust_device_set_lifecycle(s.device, ends[i], &err));
        ck_ok(trust_device_set_lifecycle(s.device, ends[i], &err));
        for (uint32_t to = 1; to <= 4; to++)
            if (to != ends[i])
                ck_status(trust_device_set_lifecycle(s.device, to, &err), TRUST_E_STATE);
        ck_assert_uint_eq(scene_assess(&s, NULL), TRUST_DENY);
        scene_end(&s);
    }
    ck_assert_str_eq(trust_lifecycle_name(TRUST_LIFECYCLE_REVOKED), "revoked");
    ck_assert_str_eq(trust_lifecycle_name(0), "?");
    ck_assert_str_eq(trust_lifecycle_name(5), "?");
}
END_TEST

START_TEST(a_handle_in_use_is_busy)
{
    scene s;
    trust_error err = {0};
    trust_challenge *challenge = NULL;
    trust_decision *decision = NULL;
    trust_device_info info;
    uint32_t due;
    scene_begin(&s, NULL);
    ck_ok(tri_device_enter(s.device));
    ck_status(trust_device_reload(s.device, &err), TRUST_E_BUSY);
    ck_status(trust_device_get_info(s.device, &info), TRUST_E_BUSY);
    ck_status(trust_device_set_lifecycle(s.device, TRUST_LIFECYCLE_REVOKED, &err), TRUST_E_BUSY);
    ck_status(trust_challenge_new(s.device, NULL, &challenge, &err), TRUST_E_BUSY);
    ck_status(trust_challenge_delivered(s.device, 1, &err), TRUST_E_BUSY);
    ck_status(trust_assess(s.device, s.evidence, NULL, &decision, &err), TRUST_E_BUSY);
    ck_status(trust_observe(s.device, s.evidence, NULL, &due, &err), TRUST_E_BUSY);
    tri_device_leave(s.device);
    ck_ok(trust_device_reload(s.device, &err));
    scene_end(&s);
}
END_TEST

/* ---- records that come back otherwise than they went ---- */

typedef struct vault {
    scene s;
    trust_store *store;
    trust_device *other;
} vault;

static void open_vault(vault *v)
{
    trust_error err = {0};
    ck_ok(trust_store_new_memory(NULL, &v->store));
    scene_begin_with(&v->s, NULL, v->store, NULL, 0);
    ck_ok(trust_device_enroll(v->s.engine, "urn:other", NULL, &v->other, &err));
    scene_attest(&v->s, NULL);
}

static void close_vault(vault *v)
{
    trust_device_free(v->other);
    scene_end(&v->s);
    trust_store_free(v->store);
}

static size_t get_record(vault *v, const trust_device *device, char table, uint8_t out[4096])
{
    uint8_t key[TRI_DEVICE_KEY];
    size_t size = 0;
    uint64_t revision;
    ck_ok(tri_store_get(v->store, tri_device_key(device, table, key), out, 4096, &size, &revision));
    return size;
}

static void put_record(vault *v, const trust_device *device, char table, const uint8_t *data,
                       size_t size)
{
    uint8_t key[TRI_DEVICE_KEY];
    trust_store_operation op = {
        TRUST_STORE_PUT, 0, TRUST_REVISION_ANY, tri_device_key(device, table, key), {data, size}};
    ck_ok(tri_store_commit(v->store, &op, 1, NULL));
}

START_TEST(a_bad_record_is_never_a_new_device)
{
    static const uint8_t later[] = {0x80, 0x63, 0x00, 0x01, 'n'};
    enum { CUT, FLIPPED, MOVED, NEWER, CRITICAL, EMPTY, HUGE, COUNT };
    for (int how = 0; how < COUNT; how++) {
        uint8_t record[4096] = {0};
        vault v;
        trust_error err = {0};
        trust_device *device = NULL;
        trust_decision *decision = NULL;
        open_vault(&v);
        size_t len = get_record(&v, v.s.device, 'c', record);
        trust_status expected = TRUST_E_INTEGRITY;
        if (how == CUT)
            len -= 3;
        if (how == FLIPPED)
            record[4] ^= 0x40;
        if (how == MOVED)
            len = get_record(&v, v.other, 'c', record);
        if (how == NEWER)
            record[0] = 2;
        if (how == CRITICAL)
            memcpy(record + len, later, sizeof later);
        if (how == CRITICAL)
            len += sizeof later;
        if (how == EMPTY)
            len = 0;
        if (how == HUGE)
            len = TRI_CONTROL_MAX + 1;
        if (how == NEWER || how == CRITICAL)
            expected = TRUST_E_UNSUPPORTED;
        put_record(&v, v.s.device, 'c', record, len);
        ck_status(trust_device_open(v.s.engine, SCENE_DEVICE, &device, &err), expected);
        ck_assert_ptr_null(device);
        ck_status(trust_device_enroll(v.s.engine, SCENE_DEVICE, NULL, &device, &err),
                  TRUST_E_EXISTS);
        /* A handle that was opened before finds out when it commits. */
        ck_status(trust_assess(v.s.device, v.s.evidence, NULL, &decision, &err), expected);
        ck_status(trust_device_reload(v.s.device, &err), expected);
        ck_assert_ptr_null(decision);
        close_vault(&v);
    }
}
END_TEST

START_TEST(a_bad_memory_costs_what_was_learnt)
{
    static const uint8_t newer[] = {9, 9, 9, 9};
    vault v;
    trust_error err = {0};
    trust_decision *decision = NULL;
    trust_metric metric = {"tx", 7.0, TRUST_TIME_UNKNOWN};
    open_vault(&v);
    scene_address(&v.s);
    scene_human(&v.s);
    ck_ok(trust_evidence_add_metric(v.s.evidence, &metric, &err));
    scene_assess(&v.s, &decision);
    put_record(&v, v.s.device, 'm', newer, sizeof newer);
    ck_ok(trust_device_reload(v.s.device, &err));
    scene_assess(&v.s, &decision);
    ck_assert_uint_eq(scene_row(decision, "behaviour").reason, TRI_REASON_BEHAVIOUR_LEARNING);
    ck_assert_int_ge(scene_row(decision, "behaviour").points, 0);
    /* So does one that is over every limit. */
    uint8_t *large = calloc(1, TRI_MEMORY_MAX + 1);
    put_record(&v, v.s.device, 'm', large, TRI_MEMORY_MAX + 1);
    ck_ok(trust_device_reload(v.s.device, &err));
    scene_assess(&v.s, &decision);
    ck_assert_uint_eq(scene_row(decision, "behaviour").reason, TRI_REASON_BEHAVIOUR_LEARNING);
    free(large);
    close_vault(&v);
}
END_TEST

START_TEST(a_lost_outcome_is_not_judged_anew)
{
    vault v;
    uint8_t key[64];
    trust_error err = {0};
    trust_decision *decision = NULL;
    tri_control control;
    open_vault(&v);
    ck_ok(trust_evidence_set_request_id(v.s.evidence, "r", 1));
    scene_assess(&v.s, &decision);
    ck_ok(tri_device_decode(v.s.device, &control));
    ck_assert_uint_eq(control.request_count, 1);
    (void)tri_device_key(v.s.device, 'o', key);
    memcpy(key + TRI_DEVICE_KEY, control.requests[0], TRI_REQUEST_SIZE);
    trust_store_operation op = {TRUST_STORE_PUT,
                                0,
                                TRUST_REVISION_ANY,
                                {key, TRI_DEVICE_KEY + TRI_REQUEST_SIZE},
                                {(const uint8_t *)"\x80", 1}};
    ck_ok(tri_store_commit(v.store, &op, 1, NULL));
    decision = NULL;
    ck_status(trust_assess(v.s.device, v.s.evidence, NULL, &decision, &err), TRUST_E_INTEGRITY);
    op.type = TRUST_STORE_DELETE;
    op.value.size = 0;
    ck_ok(tri_store_commit(v.store, &op, 1, NULL));
    ck_status(trust_assess(v.s.device, v.s.evidence, NULL, &decision, &err), TRUST_E_INTEGRITY);
    ck_assert_ptr_null(decision);
    close_vault(&v);
}
END_TEST

/* ---- pure functions over the record ---- */

static trust_finding finding(uint32_t kind, uint32_t source, uint32_t state, int32_t value,
                             trust_time time)
{
    return (trust_finding){.kind = kind,
                           .source = source,
                           .state = state,
                           .origin = TRUST_FROM_HOST,
                           .value = value,
                           .quality = TRUST_QUALITY_FULL,
                           .time = time,
                           .item = TRUST_NO_ITEM};
}

/* Sixteen places: bad news is never pushed out by good. */
START_TEST(a_full_record_keeps_the_worst)
{
    static tri_control control;
    trust_finding findings[40];
    bool weighed[40] = {false};
    size_t count = 0;
    for (uint32_t i = 0; i < 20; i++)
        findings[count++] = finding(TRUST_KIND_REPUTATION, i, TRUST_STATE_VALID, 5, 100);
    for (uint32_t i = 20; i < 30; i++)
        findings[count++] =
            finding(TRUST_KIND_REPUTATION, i, TRUST_STATE_VALID, 60 + (int32_t)i, 100);
    findings[count++] = finding(TRUST_KIND_ATTESTATION, 0, TRUST_STATE_INVALID, 0, 100);
    findings[count++] = finding(TRUST_KIND_HUMAN, 0, TRUST_STATE_REFUSED, 0, 100);
    tri_remember_store(&control, findings, count, weighed, 200);
    ck_assert_uint_eq(control.remembered_count, TRI_MAX_REMEMBERED);
    size_t bad = 0;
    for (size_t i = 0; i < control.remembered_count; i++) {
        ck_assert_uint_ne(control.remembered[i].state, TRUST_STATE_REFUSED);
        bad +=
            control.remembered[i].value >= 60 || control.remembered[i].state == TRUST_STATE_INVALID;
    }
    ck_assert_uint_eq(bad, 11);
}
END_TEST

START_TEST(of_two_as_old_the_worse_is_remembered)
{
    static tri_control control;
    const trust_finding findings[] = {finding(TRUST_KIND_HUMAN, 0, TRUST_STATE_VALID, 2, 100),
                                      finding(TRUST_KIND_HUMAN, 0, TRUST_STATE_VALID, 96, 100),
                                      finding(TRUST_KIND_HUMAN, 0, TRUST_STATE_VALID, 96, 100),
                                      finding(TRUST_KIND_HUMAN, 0, TRUST_STATE_VALID, 2, 90)};
    const bool weighed[] = {false, true, false, false};
    tri_remember_store(&control, findings, 4, weighed, 200);
    ck_assert_uint_eq(control.remembered_count, 1);
    ck_assert_int_eq(control.remembered[0].value, 96);
}
END_TEST

START_TEST(challenges_give_way_when_they_are_over)
{
    static tri_control control;
    tri_challenge fresh = {.issued = 100, .deadline = 200, .kinds = 2, .state = TRI_CHALLENGE_OPEN};
    control.id = tri_bytes("urn:x");
    for (int i = 0; i < 4; i++)
        ck_ok(tri_challenge_write(&control, &fresh, 100));
    ck_status(tri_challenge_write(&control, &fresh, 100), TRUST_E_LIMIT);
    ck_assert_uint_eq(tri_challenges_open(&control, 200), 4);
    ck_assert_uint_eq(tri_challenges_open(&control, TRUST_TIME_UNKNOWN), 4);
    ck_assert_uint_eq(tri_challenges_open(&control, 201), 0);
    fresh.deadline = 900;
    for (int i = 0; i < 4; i++)
        ck_ok(tri_challenge_write(&control, &fresh, 300));
    ck_assert_uint_eq(control.challenge_count, 8);
    /* Spent ones are kept to know a replay, until their room is needed. */
    tri_challenge_spend(&control, 7, 2);
    ck_ok(tri_challenge_write(&control, &fresh, 300));
    ck_assert_uint_eq(control.challenge_count, 8);
    ck_assert_uint_eq(control.challenges[7].id, 9);
    uint32_t reason;
    ck_assert_uint_eq(tri_challenge_absence(&control, 40, 300, &reason), TRUST_STATE_NOT_REQUESTED);
    ck_assert_uint_eq(tri_challenge_absence(&control, 1, 300, &reason), TRUST_STATE_PENDING);
    ck_assert_uint_eq(tri_challenge_absence(&control, 1, 901, &reason), TRUST_STATE_NOT_REQUESTED);
    ck_assert_uint_eq(reason, TRI_REASON_UNDELIVERED);
}
END_TEST

START_TEST(a_full_record_takes_no_more_challenges)
{
    static tri_control control;
    static uint8_t attributes[1230];
    tri_challenge fresh = {.issued = 100, .deadline = 200, .kinds = 2, .state = TRI_CHALLENGE_OPEN};
    fresh.nonce_size = 64;
    control.id = tri_bytes("urn:x");
    control.attributes = (trust_bytes){attributes, sizeof attributes};
    ck_status(tri_challenge_write(&control, &fresh, 100), TRUST_E_LIMIT);
    control.challenge_count = 0;
    control.attributes.size = 1020;
    ck_ok(tri_challenge_write(&control, &fresh, 100));
    ck_ok(tri_challenge_write(&control, &fresh, 100));
    ck_status(tri_challenge_write(&control, &fresh, 100), TRUST_E_LIMIT);
    control.challenge_count = 2;
    /* Those that ran out make room for the next. */
    fresh.issued = 300;
    fresh.deadline = 900;
    ck_ok(tri_challenge_write(&control, &fresh, 300));
    ck_assert(tri_control_fits(&control));
}
END_TEST

START_TEST(a_section_stands_once)
{
    static tri_control control, out;
    uint8_t record[TRI_CONTROL_MAX + 64];
    size_t len;
    static const uint8_t again[] = {0x80, 0x07, 0x00, 0x00};
    control.id = tri_bytes("urn:x");
    control.lifecycle = TRUST_LIFECYCLE_ENROLLED;
    ck_ok(tri_control_encode(&control, record, sizeof record, &len));
    ck_ok(tri_control_decode((trust_bytes){record, len}, &out));
    memcpy(record + len, again, sizeof again);
    ck_status(tri_control_decode((trust_bytes){record, len + sizeof again}, &out),
              TRUST_E_INTEGRITY);
    control.high_water = TRUST_TIME_NEVER; /* no moment that a clock tells */
    ck_ok(tri_control_encode(&control, record, sizeof record, &len));
    ck_status(tri_control_decode((trust_bytes){record, len}, &out), TRUST_E_INTEGRITY);
    ck_status(tri_control_encode(&control, record, 20, &len), TRUST_E_LIMIT);
}
END_TEST

/* What onboarding has come to is kept by name, and with what is needed to tell when it is over. */
START_TEST(a_stage_is_kept)
{
    static tri_control control, out;
    uint8_t record[TRI_CONTROL_MAX];
    size_t len, without;
    control.id = tri_bytes("urn:x");
    control.lifecycle = TRUST_LIFECYCLE_ENROLLED;
    ck_ok(tri_control_encode(&control, record, sizeof record, &without));
    ck_ok(tri_control_decode((trust_bytes){record, without}, &out));
    ck_assert_str_eq(out.stage, "");
    ck_assert_int_eq(out.stage_since, TRUST_TIME_UNKNOWN);
    control.flaps = 16;
    memset(control.stage, 's', TRI_TEXT_MAX);
    control.stage_since = SCENE_NOW;
    control.stage_policy = 0x0123456789abcdef;
    ck_ok(tri_control_encode(&control, record, sizeof record, &len));
    ck_assert_uint_eq(len, without + 4 + 16 + 63);
    ck_ok(tri_control_decode((trust_bytes){record, len}, &out));
    ck_assert_str_eq(out.stage, control.stage);
    ck_assert_int_eq(out.stage_since, SCENE_NOW);
    ck_assert_uint_eq(out.stage_policy, 0x0123456789abcdef);
    ck_assert_uint_eq(out.flaps, 16);
    control.stage_since = TRUST_TIME_UNKNOWN;
    ck_ok(tri_control_encode(&control, record, sizeof record, &len));
    ck_ok(tri_control_decode((trust_bytes){record, len}, &out));
    ck_assert_int_eq(out.stage_since, TRUST_TIME_UNKNOWN);
}
END_TEST

START_TEST(a_stage_that_is_none_is_refused)
{
    static const struct {
        const char *name;
        trust_time since;
    } bad[] = {{"Bench", 5}, {"a b", 5}, {"a\n", 5}, {"s", -1}, {"s", TRUST_TIME_NEVER}};
    static tri_control control, out;
    uint8_t record[TRI_CONTROL_MAX];
    size_t len;
    control.id = tri_bytes("urn:x");
    control.lifecycle = TRUST_LIFECYCLE_ENROLLED;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        strcpy(control.stage, bad[i].name);
        control.stage_since = bad[i].since;
        ck_ok(tri_control_encode(&control, record, sizeof record, &len));
        ck_status(tri_control_decode((trust_bytes){record, len}, &out), TRUST_E_INTEGRITY);
    }
    static const uint8_t shapes[][16] = {{0x80, 8, 0, 8}, {0x80, 8, 0, 12}, {0x80, 8, 0, 0}};
    static const size_t sizes[] = {12, 16, 4};
    control.stage[0] = '\0';
    for (size_t i = 0; i < 3; i++) {
        ck_ok(tri_control_encode(&control, record, sizeof record, &len));
        memcpy(record + len, shapes[i], sizes[i]);
        ck_status(tri_control_decode((trust_bytes){record, len + sizes[i]}, &out),
                  TRUST_E_INTEGRITY);
    }
    /* One byte of name too many for the place that there is. */
    uint8_t large[4 + 16 + 64] = {0x80, 8, 0, 16 + 64};
    memset(large + 20, 's', 64);
    memcpy(record + len, large, sizeof large);
    ck_status(tri_control_decode((trust_bytes){record, len + sizeof large}, &out),
              TRUST_E_INTEGRITY);
}
END_TEST

/* Room for a stage's name is held free from the start: a decision that enters one is not lost. */
START_TEST(a_full_record_has_room_for_a_stage)
{
    static tri_control control;
    static uint8_t attributes[TRI_CONTROL_MAX];
    uint8_t record[TRI_CONTROL_MAX];
    size_t len;
    control.id = tri_bytes("urn:x");
    control.attributes = (trust_bytes){attributes, 0};
    while (tri_control_fits(&control))
        control.attributes.size++;
    control.attributes.size--;
    control.remembered_count = TRI_MAX_REMEMBERED;
    control.request_count = TRI_MAX_REQUESTS;
    memset(control.stage, 's', TRI_TEXT_MAX);
    ck_ok(tri_control_encode(&control, record, sizeof record, &len));
    ck_assert_uint_eq(len, TRI_CONTROL_MAX);
    ck_assert(tri_control_fits(&control));
    strcpy(control.stage, "s");
    ck_assert(tri_control_fits(&control));
    control.attributes.size++;
    ck_assert(!tri_control_fits(&control));
}
END_TEST

int main(void)
{
    return run_tests(
        "device",
        TESTS(an_id_is_plain_text, a_device_is_enrolled_once, what_is_registered_is_kept,
              an_enrolment_is_checked, a_lifecycle_ends_for_ever, a_handle_in_use_is_busy,
              a_bad_record_is_never_a_new_device, a_bad_memory_costs_what_was_learnt,
              a_lost_outcome_is_not_judged_anew, a_full_record_keeps_the_worst,
              of_two_as_old_the_worse_is_remembered, challenges_give_way_when_they_are_over,
              a_full_record_takes_no_more_challenges, a_section_stands_once, a_stage_is_kept,
              a_stage_that_is_none_is_refused, a_full_record_has_room_for_a_stage));
}
