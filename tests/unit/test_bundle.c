/* Bundles: strict JSON, what each origin may say in one, and that all or none of it is taken. */

#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "core/reason.h"
#include "engine/evidence.h"

static trust_status add(scene *s, uint32_t origin, const char *text,
                        const trust_bundle_files *files, trust_error *err)
{
    return trust_evidence_add_bundle(s->evidence, origin, text, strlen(text), files, err);
}

#define ITEM(members) "{\"items\":[{\"type\":\"a/b\"," members "}]}"

START_TEST(a_bundle_is_read_strictly)
{
    static const struct {
        const char *text;
        trust_status status;
    } texts[] = {
        {"{\"items\":[]}", TRUST_OK},
        {"{\"device\":\"x\",\"items\":[]}", TRUST_OK},
        {ITEM("\"data\":\"AQID\""), TRUST_OK},
        {ITEM("\"value\":\"text\""), TRUST_OK},
        {ITEM("\"value\":{\"any\":[1,2]}"), TRUST_OK},
        {ITEM("\"value\":null"), TRUST_OK},
        {ITEM("\"data\":\"\",\"collected\":\"2026-11-23T05:00:00Z\",\"nonce\":"
              "\"0011223344556677\""),
         TRUST_OK},
        {"", TRUST_E_FORMAT},
        {"[]", TRUST_E_FORMAT},
        {"{}", TRUST_E_FORMAT},
        {"{\"items\":{}}", TRUST_E_FORMAT},
        {"{\"items\":[],\"more\":1}", TRUST_E_FORMAT},
        {"{\"device\":1,\"items\":[]}", TRUST_E_FORMAT},
        {"{\"items\":[1]}", TRUST_E_FORMAT},
        {"{\"items\":[{}]}", TRUST_E_FORMAT},
        {"{\"items\":[{\"type\":1,\"data\":\"\"}]}", TRUST_E_FORMAT},
        {"{\"items\":[{\"type\":\"\",\"data\":\"\"}]}", TRUST_E_FORMAT},
        {"{\"items\":[{\"type\":\"a/b\"}]}", TRUST_E_FORMAT},
        {ITEM("\"data\":\"AQID\",\"value\":1"), TRUST_E_FORMAT},
        {ITEM("\"data\":7"), TRUST_E_FORMAT},
        {ITEM("\"data\":\"AQ==\""), TRUST_E_FORMAT},
        {ITEM("\"data\":\"!\""), TRUST_E_FORMAT},
        {ITEM("\"file\":\"x\""), TRUST_E_FORMAT},
        {ITEM("\"file\":\"\""), TRUST_E_FORMAT},
        {ITEM("\"file\":3"), TRUST_E_FORMAT},
        {ITEM("\"data\":\"\",\"origin\":\"host\""), TRUST_E_FORMAT},
        {ITEM("\"data\":\"\",\"collected\":5"), TRUST_E_FORMAT},
        {ITEM("\"data\":\"\",\"collected\":\"soon\""), TRUST_E_FORMAT},
        {ITEM("\"data\":\"\",\"nonce\":5"), TRUST_E_FORMAT},
        {ITEM("\"data\":\"\",\"nonce\":\"00112233445566\""), TRUST_E_FORMAT},
        {ITEM("\"data\":\"\",\"nonce\":\"001122334455667\""), TRUST_E_FORMAT},
        {ITEM("\"data\":\"\",\"nonce\":\"zz11223344556677\""), TRUST_E_FORMAT},
    };
    scene s;
    trust_error err = {0};
    scene_begin(&s, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (uint32_t origin = TRUST_FROM_DEVICE; origin <= TRUST_FROM_SERVICE; origin++) {
            size_t before = trust_evidence_count(s.evidence);
            memset(&err, 0, sizeof err);
            trust_status status = add(&s, origin, texts[i].text, NULL, &err);
            ck_assert_msg(status == texts[i].status, "%s: %s", texts[i].text,
                          trust_status_name(status));
            ck_assert_int_eq(err.code, status);
            if (status != TRUST_OK)
                ck_assert_uint_eq(trust_evidence_count(s.evidence), before);
        }
    }
    scene_end(&s);
}
END_TEST

START_TEST(all_or_none_is_taken)
{
    scene s;
    trust_error err = {0};
    scene_begin(&s, NULL);
    scene_address(&s);
    ck_status(add(&s, TRUST_FROM_HOST,
                  "{\"items\":[{\"type\":\"a/b\",\"value\":1},{\"type\":\"a/b\",\"value\":2},"
                  "{\"type\":\"application/vnd.trust.address\",\"value\":\"nowhere\"}]}",
                  NULL, &err),
              TRUST_E_FORMAT);
    ck_assert_str_eq(err.where, "/items/2");
    ck_assert_uint_eq(trust_evidence_count(s.evidence), 1);
    char *many = malloc(65 * 32 + 32);
    strcpy(many, "{\"items\":[");
    for (int i = 0; i < 64; i++)
        strcat(many, i == 0 ? "{\"type\":\"a\",\"value\":1}" : ",{\"type\":\"a\",\"value\":1}");
    strcat(many, "]}");
    ck_status(add(&s, TRUST_FROM_DEVICE, many, NULL, &err), TRUST_E_LIMIT);
    ck_assert_uint_eq(trust_evidence_count(s.evidence), 1);
    trust_evidence_clear(s.evidence);
    ck_ok(add(&s, TRUST_FROM_DEVICE, many, NULL, &err));
    free(many);
    scene_end(&s);
}
END_TEST

START_TEST(an_item_is_at_most_sixty_four_kilobytes)
{
    size_t len = (TRUST_MAX_ITEM_BYTES + 2) / 3 * 4 + 1;
    char *text = malloc(len + 64);
    scene s;
    trust_error err = {0};
    scene_begin(&s, NULL);
    strcpy(text, "{\"items\":[{\"type\":\"a/b\",\"data\":\"");
    size_t at = strlen(text);
    memset(text + at, 'A', len);
    strcpy(text + at + len, "\"}]}");
    ck_status(add(&s, TRUST_FROM_DEVICE, text, NULL, &err), TRUST_E_LIMIT);
    memset(text + at, 'A', len - 3);
    strcpy(text + at + len - 3, "\"}]}");
    ck_ok(add(&s, TRUST_FROM_DEVICE, text, NULL, &err));
    ck_assert_uint_eq(s.evidence->items[0].data.size, TRUST_MAX_ITEM_BYTES);
    free(text);
    scene_end(&s);
}
END_TEST

START_TEST(what_only_the_host_may_say_beside_an_item)
{
    static const char text[] =
        ITEM("\"data\":\"AQID\",\"collected\":\"2026-11-23T05:00:00Z\",\"nonce\":"
             "\"0011223344556677\"");
    scene s;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_ok(add(&s, TRUST_FROM_DEVICE, text, NULL, &err));
    ck_ok(add(&s, TRUST_FROM_HOST, text, NULL, &err));
    ck_assert_int_eq(s.evidence->items[0].collected, TRUST_TIME_UNKNOWN);
    ck_assert_uint_eq(s.evidence->items[0].nonce.size, 0);
    ck_assert_int_eq(s.evidence->items[1].collected, INT64_C(1795410000000));
    ck_assert_uint_eq(s.evidence->items[1].nonce.size, 8);
    scene_end(&s);
}
END_TEST

START_TEST(another_device_by_name_counts_for_nothing)
{
    scene s;
    trust_error err = {0};
    trust_decision *decision;
    scene_begin(&s, NULL);
    ck_ok(add(&s, TRUST_FROM_HOST,
              "{\"device\":\"urn:dev:other\",\"items\":[{\"type\":"
              "\"application/vnd.trust.address\",\"value\":\"5.8.1.2\"}]}",
              NULL, &err));
    scene_assess(&s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).reason, TRI_REASON_MISBOUND);
    ck_assert_uint_eq(scene_row(decision, "place").state, TRUST_STATE_NOT_REQUESTED);
    scene_end(&s);
}
END_TEST

/* ---- files ---- */

typedef struct shelf {
    trust_status status;
    size_t len;
} shelf;

static trust_status read_shelf(void *user, trust_bytes name, void *out, size_t cap, size_t *len)
{
    const shelf *s = user;
    ck_assert_uint_eq(name.size, 5);
    if (s->len <= cap)
        memset(out, 7, s->len);
    *len = s->len;
    return s->status;
}

START_TEST(a_file_is_read_for_the_host_only)
{
    static const char text[] = ITEM("\"file\":\"a.bin\"");
    scene s;
    trust_error err = {0};
    shelf state = {TRUST_OK, 9};
    trust_bundle_files files = {read_shelf, &state};
    trust_bundle_files broken = {NULL, NULL};
    scene_begin(&s, NULL);
    ck_status(add(&s, TRUST_FROM_DEVICE, text, &files, &err), TRUST_E_FORMAT);
    ck_status(add(&s, TRUST_FROM_HOST, text, &broken, &err), TRUST_E_ARGUMENT);
    ck_ok(add(&s, TRUST_FROM_HOST, text, &files, &err));
    ck_assert_uint_eq(s.evidence->items[0].data.size, 9);
    state.status = TRUST_E_IO;
    ck_status(add(&s, TRUST_FROM_HOST, text, &files, &err), TRUST_E_IO);
    state.status = TRUST_E_NOT_FOUND;
    ck_status(add(&s, TRUST_FROM_HOST, text, &files, &err), TRUST_E_NOT_FOUND);
    state.status = 3;
    ck_status(add(&s, TRUST_FROM_HOST, text, &files, &err), TRUST_E_IO);
    state = (shelf){TRUST_OK, TRUST_MAX_ITEM_BYTES + 1};
    ck_status(add(&s, TRUST_FROM_HOST, text, &files, &err), TRUST_E_IO);
    ck_assert_uint_eq(trust_evidence_count(s.evidence), 1);
    scene_end(&s);
}
END_TEST

START_TEST(the_device_that_a_bundle_names)
{
    static const struct {
        const char *text;
        trust_status status;
        size_t cap;
    } texts[] = {{"{\"device\":\"urn:x\",\"items\":[]}", TRUST_OK, 6},
                 {"{\"device\":\"urn:x\",\"items\":[]}", TRUST_E_LIMIT, 5},
                 {"{\"device\":\"urn:x\",\"items\":[]}", TRUST_E_LIMIT, 0},
                 {"{\"items\":[]}", TRUST_E_NOT_FOUND, 9},
                 {"{\"device\":7}", TRUST_E_NOT_FOUND, 9},
                 {"[]", TRUST_E_NOT_FOUND, 9},
                 {"{", TRUST_E_FORMAT, 9}};
    trust_error err = {0};
    char out[16];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        strcpy(out, "untouched");
        trust_status status =
            trust_bundle_device(texts[i].text, strlen(texts[i].text), out, texts[i].cap, &err);
        ck_assert_msg(status == texts[i].status, "%zu: %s", i, trust_status_name(status));
        ck_assert_str_eq(out, status == TRUST_OK ? "urn:x" : "untouched");
    }
    ck_status(trust_bundle_device(NULL, 1, out, 9, &err), TRUST_E_ARGUMENT);
    ck_status(trust_bundle_device("{}", 2, NULL, 9, &err), TRUST_E_ARGUMENT);
    /* A text that would end early in C names no device. */
    static const char cut[] = "{\"device\":\"urn:x\\u0000y\"}";
    ck_assert_int_ne(trust_bundle_device(cut, sizeof cut - 1, out, sizeof out, &err), TRUST_OK);
}
END_TEST

START_TEST(arguments_are_checked)
{
    scene s;
    trust_error err = {0};
    scene_begin(&s, NULL);
    ck_status(trust_evidence_add_bundle(NULL, TRUST_FROM_HOST, "{}", 2, NULL, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add_bundle(s.evidence, TRUST_FROM_HOST, NULL, 2, NULL, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add_bundle(s.evidence, 0, "{}", 2, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_evidence_add_bundle(s.evidence, 4, "{}", 2, NULL, &err), TRUST_E_ARGUMENT);
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests("bundle", TESTS(a_bundle_is_read_strictly, all_or_none_is_taken,
                                     an_item_is_at_most_sixty_four_kilobytes,
                                     what_only_the_host_may_say_beside_an_item,
                                     another_device_by_name_counts_for_nothing,
                                     a_file_is_read_for_the_host_only,
                                     the_device_that_a_bundle_names, arguments_are_checked));
}
