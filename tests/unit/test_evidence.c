/* Collecting evidence: what is taken, what is refused, and that the memory of a reused evidence is
 * bounded whatever a device sends. */

#include "scene.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "core/reason.h"
#include "engine/evidence.h"

static const char json_type[] = "application/json";

START_TEST(arguments_are_checked)
{
    scene s;
    trust_evidence *none = NULL;
    trust_error err = {0};
    trust_metric metric = {"tx", 1.0, TRUST_TIME_UNKNOWN};
    scene_begin(&s, NULL);
    ck_status(trust_evidence_new(NULL, &none, &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_new(s.device, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add(NULL, TRUST_FROM_HOST, json_type, "x", 1, &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add(s.evidence, TRUST_FROM_HOST, NULL, "x", 1, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add(s.evidence, TRUST_FROM_HOST, json_type, NULL, 1, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add(s.evidence, 0, json_type, "x", 1, &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add(s.evidence, 4, json_type, "x", 1, &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add_address(NULL, "1.2.3.4", &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add_address(s.evidence, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add_metric(NULL, &metric, &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add_metric(s.evidence, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_set_channel(NULL, "x", 1), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_set_channel(s.evidence, NULL, 1), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_set_attempt(NULL, "a"), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_set_attempt(s.evidence, "a\x01"), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_set_request_id(NULL, "a", 1), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_set_request_id(s.evidence, NULL, 1), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_set_request_id(s.evidence, "a", 0), TRUST_E_ARGUMENT);
    trust_evidence_clear(NULL);
    trust_evidence_free(NULL);
    ck_assert_uint_eq(trust_evidence_count(NULL), 0);
    ck_assert_uint_eq(trust_evidence_count(s.evidence), 0);
    scene_end(&s);
}
END_TEST

START_TEST(texts_beside_the_items_are_bounded)
{
    uint8_t long_bytes[65];
    char long_text[65];
    scene s;
    memset(long_bytes, 'a', sizeof long_bytes);
    memset(long_text, 'a', 64);
    long_text[64] = '\0';
    scene_begin(&s, NULL);
    ck_ok(trust_evidence_set_channel(s.evidence, long_bytes, 64));
    ck_status(trust_evidence_set_channel(s.evidence, long_bytes, 65), TRUST_E_LIMIT);
    ck_assert_uint_eq(s.evidence->channel_size, 64);
    ck_ok(trust_evidence_set_channel(s.evidence, NULL, 0));
    ck_assert_uint_eq(s.evidence->channel_size, 0);
    ck_status(trust_evidence_set_attempt(s.evidence, long_text), TRUST_E_LIMIT);
    ck_ok(trust_evidence_set_attempt(s.evidence, long_text + 1));
    ck_assert_str_eq(s.evidence->attempt, long_text + 1);
    ck_ok(trust_evidence_set_attempt(s.evidence, "short"));
    ck_assert_str_eq(s.evidence->attempt, "short");
    ck_ok(trust_evidence_set_attempt(s.evidence, NULL));
    ck_assert_str_eq(s.evidence->attempt, "");
    ck_ok(trust_evidence_set_request_id(s.evidence, long_bytes, 64));
    ck_status(trust_evidence_set_request_id(s.evidence, long_bytes, 65), TRUST_E_LIMIT);
    ck_assert_uint_eq(s.evidence->request_size, 64);
    trust_evidence_clear(s.evidence);
    ck_assert_uint_eq(s.evidence->request_size, 0);
    scene_end(&s);
}
END_TEST

START_TEST(a_media_type_loses_parameters_and_capitals)
{
    static const struct {
        const char *given;
        const char *kept;
    } types[] = {{"Application/EAT+CWT; eat_profile=\"x\"", "application/eat+cwt"},
                 {"text/plain ;q=1", "text/plain"},
                 {"a", "a"},
                 {";", ""}};
    char longest[129];
    scene s;
    trust_error err = {0};
    scene_begin(&s, NULL);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        ck_ok(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, types[i].given, "x", 1, &err));
        ck_assert_str_eq(s.evidence->items[i].type, types[i].kept);
    }
    memset(longest, 'x', 128);
    longest[128] = '\0';
    ck_status(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, longest, "x", 1, &err),
              TRUST_E_ARGUMENT);
    ck_ok(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, longest + 1, "x", 1, &err));
    ck_status(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, "", "x", 1, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, "a\nb", "x", 1, &err),
              TRUST_E_ARGUMENT);
    scene_end(&s);
}
END_TEST

START_TEST(sixty_four_items_of_sixty_four_kilobytes)
{
    scene s;
    trust_error err = {0};
    trust_decision *decision;
    trust_metric metric = {"tx", 1.0, TRUST_TIME_UNKNOWN};
    uint8_t *large = calloc(1, TRUST_MAX_ITEM_BYTES + 1);
    scene_begin(&s, NULL);
    ck_status(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, json_type, large,
                                 TRUST_MAX_ITEM_BYTES + 1, &err),
              TRUST_E_LIMIT);
    for (uint32_t i = 0; i < TRUST_MAX_ITEMS; i++) {
        large[0] = (uint8_t)i;
        ck_ok(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, large,
                                 TRUST_MAX_ITEM_BYTES, &err));
    }
    ck_status(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, json_type, "x", 1, &err),
              TRUST_E_LIMIT);
    ck_status(trust_evidence_add_metric(s.evidence, &metric, &err), TRUST_E_LIMIT);
    ck_status(trust_evidence_add_address(s.evidence, "1.2.3.4", &err), TRUST_E_LIMIT);
    ck_assert_uint_eq(trust_evidence_count(s.evidence), TRUST_MAX_ITEMS);
    ck_assert_uint_ne(scene_assess(&s, &decision), TRUST_ALLOW);
    ck_assert_uint_eq(scene_item(decision, 63).reason, TRI_REASON_LIMIT);
    free(large);
    scene_end(&s);
}
END_TEST

/* A device that sends a few bytes more each time must not make a reused evidence grow for ever. */
START_TEST(a_reused_evidence_does_not_grow_for_ever)
{
    scene s;
    trust_error err = {0};
    uint8_t *bytes = calloc(1, TRUST_MAX_ITEM_BYTES);
    scene_begin(&s, NULL);
    for (size_t size = 1; size <= TRUST_MAX_ITEM_BYTES; size += 64) {
        trust_evidence_clear(s.evidence);
        for (int i = 0; i < 3; i++)
            ck_ok(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, json_type, bytes, size, &err));
    }
    ck_assert_uint_lt(s.memory.bytes_live, 12 * TRUST_MAX_ITEM_BYTES);
    free(bytes);
    scene_end(&s);
}
END_TEST

START_TEST(metrics_are_checked_and_encoded)
{
    static const char *const bad_names[] = {"",
                                            "a b",
                                            "ä",
                                            "a\n",
                                            NULL,
                                            "0123456789012345678901234567890123456789"
                                            "012345678901234567890123"};
    scene s;
    trust_error err = {0};
    trust_metric metric = {"a-Z_9./x", -2.5, 77};
    scene_begin(&s, NULL);
    ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
    const tri_item *item = &s.evidence->items[0];
    ck_assert_uint_eq(item->data.size, 8 + 8);
    static const uint8_t bits[8] = {0xC0, 0x04};
    ck_assert_mem_eq(item->data.data, bits, 8);
    ck_assert_int_eq(item->collected, 77);
    for (size_t i = 0; i < sizeof bad_names / sizeof bad_names[0]; i++) {
        metric.name = bad_names[i];
        ck_status(trust_evidence_add_metric(s.evidence, &metric, &err), TRUST_E_ARGUMENT);
    }
    volatile double zero = 0;
    const double values[] = {1 / zero, -1 / zero, zero / zero};
    metric.name = "x";
    for (size_t i = 0; i < 3; i++) {
        metric.value = values[i];
        ck_status(trust_evidence_add_metric(s.evidence, &metric, &err), TRUST_E_ARGUMENT);
    }
    ck_assert_uint_eq(trust_evidence_count(s.evidence), 1);
    scene_end(&s);
}
END_TEST

START_TEST(a_metric_in_text_is_read_strictly)
{
    static const struct {
        const char *text;
        trust_status status;
    } texts[] = {
        {"{\"name\":\"tx\",\"value\":1.5}", TRUST_OK},
        {"{\"name\":\"tx\",\"value\":1,\"unit\":\"By\",\"time\":\"2026-11-23T05:00:00Z\"}",
         TRUST_OK},
        {"{\"name\":\"tx\",\"value\":1,\"colour\":2}", TRUST_E_FORMAT},
        {"{\"name\":\"tx\"}", TRUST_E_FORMAT},
        {"{\"value\":1}", TRUST_E_FORMAT},
        {"{\"name\":1,\"value\":1}", TRUST_E_FORMAT},
        {"{\"name\":\"tx\",\"value\":\"1\"}", TRUST_E_FORMAT},
        {"{\"name\":\"t x\",\"value\":1}", TRUST_E_FORMAT},
        {"{\"name\":\"tx\",\"value\":1,\"time\":7}", TRUST_E_FORMAT},
        {"{\"name\":\"tx\",\"value\":1,\"time\":\"noon\"}", TRUST_E_FORMAT},
        {"{\"name\":\"tx\",\"value\":1e999}", TRUST_E_FORMAT},
        {"[]", TRUST_E_FORMAT},
        {"{", TRUST_E_FORMAT},
        {"", TRUST_E_FORMAT},
    };
    scene s;
    trust_error err = {0};
    size_t good = 0;
    scene_begin(&s, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        trust_status status = trust_evidence_add(s.evidence, TRUST_FROM_HOST, TRUST_TYPE_METRIC,
                                                 texts[i].text, strlen(texts[i].text), &err);
        ck_assert_msg(status == texts[i].status, "%s: %s", texts[i].text,
                      trust_status_name(status));
        good += status == TRUST_OK;
        ck_assert_uint_eq(trust_evidence_count(s.evidence), good);
        /* From a device it is not even read. */
        ck_ok(trust_evidence_add(s.evidence, TRUST_FROM_DEVICE, TRUST_TYPE_METRIC, texts[i].text,
                                 strlen(texts[i].text), &err));
        s.evidence->count--;
    }
    ck_assert_int_eq(s.evidence->items[1].collected, INT64_C(1795410000000));
    ck_status(trust_evidence_add_address(s.evidence, "300.1.1.1", &err), TRUST_E_FORMAT);
    scene_end(&s);
}
END_TEST

/* A time of any 64 bits is weighed without a sum that overflows, and vouches for nothing. */
START_TEST(a_time_of_any_bits_does_no_harm)
{
    static const trust_time times[] = {INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX};
    static const trust_time clocks[] = {SCENE_NOW, TRUST_TIME_UNKNOWN, INT64_MIN + 1, -5,
                                        INT64_MAX};
    for (size_t c = 0; c < sizeof clocks / sizeof clocks[0]; c++) {
        scene s;
        trust_error err = {0};
        trust_decision *decision;
        scene_begin(&s, NULL);
        s.clock.now = clocks[c];
        for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
            trust_metric metric = {"tx", 1.0 + (double)i, times[i]};
            ck_ok(trust_evidence_add_metric(s.evidence, &metric, &err));
        }
        ck_assert_uint_ne(scene_assess(&s, &decision), TRUST_ALLOW);
        ck_assert_int_ge(scene_row(decision, "behaviour").points, 0);
        /* The record that was written is read again. */
        ck_ok(trust_device_reload(s.device, &err));
        scene_assess(&s, &decision);
        scene_end(&s);
    }
}
END_TEST

int main(void)
{
    return run_tests(
        "evidence",
        TESTS(arguments_are_checked, texts_beside_the_items_are_bounded,
              a_media_type_loses_parameters_and_capitals, sixty_four_items_of_sixty_four_kilobytes,
              a_reused_evidence_does_not_grow_for_ever, metrics_are_checked_and_encoded,
              a_metric_in_text_is_read_strictly, a_time_of_any_bits_does_no_harm));
}
