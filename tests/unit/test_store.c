/* The store interface, "memory:", and the bytes of a device's records. */

#include "support.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "device/record.h"
#include "store/store.h"

static trust_bytes text(const char *s)
{
    return tri_bytes(s);
}

static trust_store_operation put(const char *key, const char *value, uint64_t expected)
{
    return (trust_store_operation){TRUST_STORE_PUT, 0, expected, text(key), text(value)};
}

static trust_status read(trust_store *store, const char *key, char out[64], uint64_t *revision)
{
    size_t size = 0;
    trust_status status = tri_store_get(store, text(key), out, 63, &size, revision);
    out[status == TRUST_OK ? size : 0] = '\0';
    return status;
}

START_TEST(revisions_grow_and_are_expected)
{
    trust_store *store = NULL;
    char value[64];
    uint64_t revision = 0;
    ck_ok(trust_store_new_memory(NULL, &store));
    ck_status(read(store, "a", value, &revision), TRUST_E_NOT_FOUND);
    trust_store_operation op = put("a", "one", 0);
    ck_ok(tri_store_commit(store, &op, 1, NULL));
    ck_status(tri_store_commit(store, &op, 1, NULL), TRUST_E_CONFLICT);
    op = put("a", "two", 1);
    ck_ok(tri_store_commit(store, &op, 1, NULL));
    ck_ok(read(store, "a", value, &revision));
    ck_assert_str_eq(value, "two");
    ck_assert_uint_eq(revision, 2);
    op = put("a", "a longer value", TRUST_REVISION_ANY);
    ck_ok(tri_store_commit(store, &op, 1, NULL));
    ck_ok(read(store, "a", value, &revision));
    ck_assert_uint_eq(revision, 3);
    op = (trust_store_operation){TRUST_STORE_DELETE, 0, 3, text("a"), {NULL, 0}};
    ck_ok(tri_store_commit(store, &op, 1, NULL));
    ck_status(read(store, "a", value, &revision), TRUST_E_NOT_FOUND);
    trust_store_free(store);
}
END_TEST

START_TEST(a_commit_is_all_or_none)
{
    trust_store *store = NULL;
    char value[64];
    uint64_t revision = 0;
    ck_ok(trust_store_new_memory(NULL, &store));
    trust_store_operation first[] = {put("a", "1", 0), put("b", "1", 0)};
    ck_ok(tri_store_commit(store, first, 2, NULL));
    trust_store_operation second[] = {put("a", "2", 1), put("c", "2", 0), put("b", "2", 7)};
    ck_status(tri_store_commit(store, second, 3, NULL), TRUST_E_CONFLICT);
    ck_ok(read(store, "a", value, &revision));
    ck_assert_str_eq(value, "1");
    ck_status(read(store, "c", value, &revision), TRUST_E_NOT_FOUND);
    trust_store_operation third[] = {{TRUST_STORE_CHECK, 0, 1, text("a"), {NULL, 0}},
                                     put("c", "3", 0)};
    ck_ok(tri_store_commit(store, third, 2, NULL));
    ck_ok(read(store, "a", value, &revision));
    ck_assert_uint_eq(revision, 1);
    trust_store_free(store);
}
END_TEST

START_TEST(what_breaks_the_contract_is_refused)
{
    trust_store *store = NULL;
    trust_store_operation many[65];
    char names[65][4];
    ck_ok(trust_store_new_memory(NULL, &store));
    for (size_t i = 0; i < 65; i++) {
        names[i][0] = 'k';
        names[i][1] = (char)('0' + i / 10);
        names[i][2] = (char)('0' + i % 10);
        names[i][3] = '\0';
        many[i] = put(names[i], "v", 0);
    }
    ck_status(tri_store_commit(store, many, 65, NULL), TRUST_E_ARGUMENT);
    ck_status(tri_store_commit(store, many, 0, NULL), TRUST_E_ARGUMENT);
    ck_ok(tri_store_commit(store, many, 64, NULL));
    trust_store_operation twice[] = {put("x", "1", 0), put("x", "2", 0)};
    ck_status(tri_store_commit(store, twice, 2, NULL), TRUST_E_ARGUMENT);
    trust_store_operation bad = put("x", "1", 0);
    bad.type = 9;
    ck_status(tri_store_commit(store, &bad, 1, NULL), TRUST_E_ARGUMENT);
    bad = put("", "1", 0);
    ck_status(tri_store_commit(store, &bad, 1, NULL), TRUST_E_ARGUMENT);
    char small[1];
    size_t size;
    uint64_t revision;
    trust_store_operation op = put("big", "value", 0);
    ck_ok(tri_store_commit(store, &op, 1, NULL));
    ck_status(tri_store_get(store, text("big"), small, 1, &size, &revision), TRUST_E_LIMIT);
    ck_assert_uint_eq(size, 5);
    trust_store_free(store);
    ck_status(trust_store_new_memory(NULL, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_store_new(NULL, &store), TRUST_E_ARGUMENT);
    trust_store_ops ops = {0};
    ck_status(trust_store_new(&ops, &store), TRUST_E_ARGUMENT);
    trust_store_free(NULL);
}
END_TEST

START_TEST(a_thousand_records_are_found_again)
{
    trust_store *store = NULL;
    ck_ok(trust_store_new_memory(NULL, &store));
    for (uint32_t i = 0; i < 1000; i++) {
        uint8_t key[4];
        tri_put_be32(key, i);
        trust_store_operation op = {TRUST_STORE_PUT, 0, 0, {key, 4}, {key, 4}};
        ck_ok(tri_store_commit(store, &op, 1, NULL));
    }
    for (uint32_t i = 0; i < 1000; i++) {
        uint8_t key[4];
        uint8_t value[4];
        size_t size;
        uint64_t revision;
        tri_put_be32(key, i);
        ck_ok(tri_store_get(store, (trust_bytes){key, 4}, value, 4, &size, &revision));
        ck_assert_mem_eq(key, value, 4);
    }
    trust_store_free(store);
}
END_TEST

/* Each thread counts its own key up, and all of them one that they share. */
static void *count_up(void *user)
{
    trust_store *store = user;
    for (int i = 0; i < 200; i++) {
        for (trust_status status = TRUST_E_CONFLICT; status == TRUST_E_CONFLICT;) {
            uint8_t value[4] = {0};
            size_t size = 0;
            uint64_t revision = 0;
            (void)tri_store_get(store, text("shared"), value, 4, &size, &revision);
            tri_put_be32(value, tri_be32(value) + 1);
            trust_store_operation op = {TRUST_STORE_PUT, 0, revision, text("shared"), {value, 4}};
            status = tri_store_commit(store, &op, 1, NULL);
        }
    }
    return NULL;
}

START_TEST(no_update_is_lost_between_threads)
{
    trust_store *store = NULL;
    pthread_t threads[4];
    uint8_t value[4];
    size_t size;
    uint64_t revision;
    ck_ok(trust_store_new_memory(NULL, &store));
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count_up, store), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    ck_ok(tri_store_get(store, text("shared"), value, 4, &size, &revision));
    ck_assert_uint_eq(tri_be32(value), 800);
    ck_assert_uint_eq(revision, 800);
    trust_store_free(store);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    uint64_t failed = 1;
    for (uint64_t n = 1; failed > 0; n++) {
        counting memory = {.fail_at = n};
        trust_allocator allocator = counting_allocator(&memory);
        trust_store *store = NULL;
        if (trust_store_new_memory(&allocator, &store) == TRUST_OK) {
            trust_store_operation ops[] = {put("a", "1", 0), put("b", "2", 0)};
            trust_status status = tri_store_commit(store, ops, 2, NULL);
            ck_assert(status == TRUST_OK || status == TRUST_E_NOMEM);
            char value[64];
            uint64_t revision;
            ck_status(read(store, "a", value, &revision),
                      status == TRUST_OK ? TRUST_OK : TRUST_E_NOT_FOUND);
            trust_store_free(store);
        }
        failed = memory.failed;
        ck_assert_uint_eq(memory.blocks_live, 0);
    }
}
END_TEST

/* ---- a backend that breaks its contract ---- */

static trust_status lying_get(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                              uint64_t *revision)
{
    (void)key;
    (void)value;
    *size = *(const int *)user == 1 ? cap + 1 : 0;
    *revision = *(const int *)user == 2 ? 0 : 1;
    return *(const int *)user == 3 ? 5 : TRUST_OK;
}

static trust_status lying_commit(void *user, const trust_store_operation *ops, size_t count,
                                 const trust_call *call)
{
    (void)user;
    (void)ops;
    (void)count;
    (void)call;
    return 1;
}

START_TEST(a_lying_backend_is_caught)
{
    for (int lie = 1; lie <= 3; lie++) {
        trust_store_ops ops = {sizeof ops, "lying", 0, 0, lying_get, lying_commit, NULL, &lie};
        trust_store *store = NULL;
        char value[64];
        uint64_t revision;
        ck_ok(trust_store_new(&ops, &store));
        ck_status(read(store, "a", value, &revision), TRUST_E_HOST);
        trust_store_operation op = put("a", "1", 0);
        ck_status(tri_store_commit(store, &op, 1, NULL), TRUST_E_HOST);
        trust_store_free(store);
    }
}
END_TEST

/* ---- records ---- */

static tri_control full_control(void)
{
    tri_control c;
    static const char attributes[] = "class\0lock-1\0country\0DE";
    memset(&c, 0, sizeof c);
    c.id = tri_bytes("urn:dev:x");
    c.lifecycle = TRUST_LIFECYCLE_ENROLLED;
    c.verdict = TRUST_STEP_UP;
    c.risk = 412;
    c.refused_kinds = 2;
    c.enrolled = 1000;
    c.high_water = 2000;
    c.jump = TRUST_TIME_UNKNOWN;
    c.decided = 1500;
    c.since = 1400;
    c.valid_until = TRUST_TIME_NEVER;
    c.decisions = 7;
    c.next_challenge = 9;
    c.anchor_count = 2;
    memset(c.anchors, 0xAB, sizeof c.anchors);
    c.attributes = (trust_bytes){(const uint8_t *)attributes, sizeof attributes};
    c.challenge_count = 2;
    for (size_t i = 0; i < 2; i++) {
        c.challenges[i] = (tri_challenge){.id = i + 1,
                                          .issued = 100,
                                          .deadline = 200,
                                          .kinds = 6,
                                          .state = (uint8_t)(i + 1),
                                          .nonce_size = 32};
        memset(c.challenges[i].nonce, (int)i + 1, 32);
        strcpy(c.challenges[i].purpose, "onboarding");
    }
    c.remembered_count = 1;
    c.remembered[0] = (trust_finding){.kind = 1,
                                      .source = 3,
                                      .state = TRUST_STATE_VALID,
                                      .origin = 1,
                                      .value = 33,
                                      .quality = 65536,
                                      .time = 5,
                                      .reason = 3,
                                      .item = TRUST_NO_ITEM};
    c.request_count = 1;
    memset(c.requests[0], 0xCD, TRI_REQUEST_SIZE);
    return c;
}

START_TEST(a_control_record_comes_back_whole)
{
    tri_control before = full_control();
    tri_control after;
    uint8_t record[TRI_CONTROL_MAX];
    uint8_t again[TRI_CONTROL_MAX];
    size_t len;
    size_t again_len;
    ck_ok(tri_control_encode(&before, record, sizeof record, &len));
    ck_ok(tri_control_decode((trust_bytes){record, len}, &after));
    ck_assert_int_eq(after.risk, 412);
    ck_assert_uint_eq(after.anchor_count, 2);
    ck_assert_uint_eq(after.challenge_count, 2);
    ck_assert_str_eq(after.challenges[1].purpose, "onboarding");
    ck_assert_mem_eq(&after.remembered[0], &before.remembered[0], sizeof after.remembered[0]);
    ck_ok(tri_control_encode(&after, again, sizeof again, &again_len));
    ck_assert_uint_eq(again_len, len);
    ck_assert_mem_eq(again, record, len);
}
END_TEST

START_TEST(a_damaged_record_is_refused_or_reads_in_bounds)
{
    tri_control c = full_control();
    tri_control out;
    uint8_t record[TRI_CONTROL_MAX];
    size_t len;
    ck_ok(tri_control_encode(&c, record, sizeof record, &len));
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *exact = malloc(cut > 0 ? cut : 1);
        memcpy(exact, record, cut);
        trust_status status = tri_control_decode((trust_bytes){exact, cut}, &out);
        ck_status(status, TRUST_E_INTEGRITY);
        free(exact);
    }
    for (size_t bit = 0; bit < len * 8; bit++) {
        record[bit / 8] ^= (uint8_t)(1 << bit % 8);
        (void)tri_control_decode((trust_bytes){record, len}, &out);
        record[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}
END_TEST

/* Sections that stand twice would add up to more than there is room for. */
START_TEST(a_section_stands_once)
{
    static const uint32_t tags[] = {1, 2, 3, 4, 6, 7};
    tri_control c = full_control();
    tri_control out;
    uint8_t record[TRI_CONTROL_MAX];
    size_t len;
    c.remembered_count = TRI_MAX_REMEMBERED;
    for (size_t i = 1; i < TRI_MAX_REMEMBERED; i++)
        c.remembered[i] = c.remembered[0];
    ck_ok(tri_control_encode(&c, record, sizeof record, &len));
    for (size_t t = 0; t < sizeof tags / sizeof tags[0]; t++) {
        uint8_t twice[TRI_CONTROL_MAX];
        size_t at = 1;
        while (tri_be16(record + at) != (0x8000u | tags[t]))
            at += 4u + tri_be16(record + at + 2);
        size_t section = 4u + tri_be16(record + at + 2);
        ck_assert_uint_le(len + section, sizeof twice);
        memcpy(twice, record, len);
        memcpy(twice + len, record + at, section);
        ck_status(tri_control_decode((trust_bytes){twice, len + section}, &out), TRUST_E_INTEGRITY);
    }
}
END_TEST

START_TEST(times_that_overflow_are_refused)
{
    static const trust_time wild[] = {INT64_MIN + 1, -1, INT64_MAX, INT64_MAX - 1};
    tri_control out;
    uint8_t record[TRI_CONTROL_MAX];
    size_t len;
    for (size_t i = 0; i < sizeof wild / sizeof wild[0]; i++) {
        for (size_t which = 0; which < 3; which++) {
            tri_control c = full_control();
            *(which == 0 ? &c.high_water : which == 1 ? &c.jump : &c.since) = wild[i];
            ck_ok(tri_control_encode(&c, record, sizeof record, &len));
            ck_status(tri_control_decode((trust_bytes){record, len}, &out), TRUST_E_INTEGRITY);
        }
    }
}
END_TEST

START_TEST(unknown_sections_are_carried_or_refused)
{
    tri_control c = full_control();
    tri_control out;
    uint8_t record[TRI_CONTROL_MAX];
    uint8_t again[TRI_CONTROL_MAX];
    size_t len;
    size_t again_len;
    static const uint8_t later[] = {0x01, 0x23, 0x00, 0x03, 'n', 'e', 'w'};
    ck_ok(tri_control_encode(&c, record, sizeof record, &len));
    /* In the middle, where a newer version might write it: right after the format byte. */
    memmove(record + 1 + sizeof later, record + 1, len - 1);
    memcpy(record + 1, later, sizeof later);
    len += sizeof later;
    ck_ok(tri_control_decode((trust_bytes){record, len}, &out));
    ck_assert_uint_eq(out.unknown_count, 1);
    ck_ok(tri_control_encode(&out, again, sizeof again, &again_len));
    ck_assert_uint_eq(again_len, len);
    ck_assert_mem_eq(again + len - sizeof later, later, sizeof later);
    record[1] |= 0x80; /* now it is critical */
    ck_status(tri_control_decode((trust_bytes){record, len}, &out), TRUST_E_UNSUPPORTED);
    record[0] = 2;
    ck_status(tri_control_decode((trust_bytes){record, len}, &out), TRUST_E_UNSUPPORTED);
}
END_TEST

START_TEST(memory_sections_are_replaced_one_by_one)
{
    uint8_t first[TRI_MEMORY_MAX];
    uint8_t second[TRI_MEMORY_MAX];
    size_t len;
    trust_bytes record = {NULL, 0};
    ck_assert(tri_memory_valid(record));
    ck_ok(tri_memory_replace(record, 11, text("eleven"), first, sizeof first, &len));
    record = (trust_bytes){first, len};
    ck_ok(tri_memory_replace(record, 12, text("twelve"), second, sizeof second, &len));
    record = (trust_bytes){second, len};
    ck_ok(tri_memory_replace(record, 11, text("XI"), first, sizeof first, &len));
    record = (trust_bytes){first, len};
    ck_assert(tri_memory_valid(record));
    ck_assert(tri_same_text(tri_memory_find(record, 11), "XI"));
    ck_assert(tri_same_text(tri_memory_find(record, 12), "twelve"));
    ck_assert_uint_eq(tri_memory_find(record, 13).size, 0);
    for (size_t cut = 1; cut < len; cut++)
        ck_assert(!tri_memory_valid((trust_bytes){first, len - cut}) || len - cut == 9 ||
                  len - cut == 1);
    static uint8_t huge[TRI_MEMORY_MAX];
    ck_status(tri_memory_replace(record, 14, (trust_bytes){huge, sizeof huge}, second,
                                 sizeof second, &len),
              TRUST_E_LIMIT);
}
END_TEST

int main(void)
{
    return run_tests("store",
                     TESTS(revisions_grow_and_are_expected, a_commit_is_all_or_none,
                           what_breaks_the_contract_is_refused, a_thousand_records_are_found_again,
                           no_update_is_lost_between_threads, every_allocation_may_fail,
                           a_lying_backend_is_caught, a_control_record_comes_back_whole,
                           a_damaged_record_is_refused_or_reads_in_bounds, a_section_stands_once,
                           times_that_overflow_are_refused, unknown_sections_are_carried_or_refused,
                           memory_sections_are_replaced_one_by_one));
}
