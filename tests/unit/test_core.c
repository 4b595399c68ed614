/* The core: text, time, numbers, bytes, arena, kinds, reasons, words, errors, the stop button. */

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/arena.h"
#include "core/bytes.h"
#include "core/cancel.h"
#include "core/error.h"
#include "core/kind.h"
#include "core/number.h"
#include "core/reason.h"
#include "core/text.h"

static trust_bytes view(const char *data, size_t size)
{
    return (trust_bytes){(const uint8_t *)data, size};
}

/* ---- time ---- */

START_TEST(times_are_read)
{
    static const struct {
        const char *text;
        trust_time time; /* UNKNOWN: refused */
    } times[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-23T10:00:00Z", INT64_C(1795428000000)},
        {"2026-11-23t10:00:00z", INT64_C(1795428000000)},
        {"2026-11-23 10:00:00Z", INT64_C(1795428000000)},
        {"2026-11-23T10:00:00.5Z", INT64_C(1795428000500)},
        {"2026-11-23T10:00:00.123456789Z", INT64_C(1795428000123)},
        {"2026-11-23T12:30:00+02:30", INT64_C(1795428000000)},
        {"2026-11-23T07:30:00-02:30", INT64_C(1795428000000)},
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000)},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000)},
        {"2000-02-29T00:00:00Z", INT64_C(951782400000)},
        {"0000-01-01T00:00:00Z", INT64_C(-62167219200000)},
        {"9999-12-31T23:59:59.999Z", TRI_TIME_LAST},
        {"0", 0},
        {"1795428000", INT64_C(1795428000000)},
        {"999999999999", INT64_C(999999999999000)},
        {"1234567890123", TRUST_TIME_UNKNOWN},
        {"", TRUST_TIME_UNKNOWN},
        {"-1", TRUST_TIME_UNKNOWN},
        {"1900-02-29T00:00:00Z", TRUST_TIME_UNKNOWN},
        {"2025-02-29T00:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-13-01T00:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-00-01T00:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-31T00:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-00T00:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T24:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:60:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:61Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00.Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00.5", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00X", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00ZZ", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00+0230", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00+02.30", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00*02:30", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00+24:00", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00+02:60", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00+a2:00", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00+02:b0", TRUST_TIME_UNKNOWN},
        {"2026/11/23T10:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11/23T10:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23_10:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10-00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00-00Z", TRUST_TIME_UNKNOWN},
        {"x026-11-23T10:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-x1-23T10:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-x3T10:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23Tx0:00:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:x0:00Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:x0Z", TRUST_TIME_UNKNOWN},
        {"2026-11-23T10:00:00.00000000000000000000000Z", TRUST_TIME_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        trust_time time = 7;
        trust_status status = trust_time_parse(times[i].text, strlen(times[i].text), &time);
        bool refused = times[i].time == TRUST_TIME_UNKNOWN;
        ck_assert_msg(status == (refused ? TRUST_E_FORMAT : TRUST_OK), "%s: %s", times[i].text,
                      trust_status_name(status));
        ck_assert_msg(time == (refused ? 7 : times[i].time), "%s: %lld", times[i].text,
                      (long long)time);
    }
    trust_time time;
    ck_status(trust_time_parse(NULL, 1, &time), TRUST_E_ARGUMENT);
    ck_status(trust_time_parse("0", 1, NULL), TRUST_E_ARGUMENT);
}
END_TEST

START_TEST(times_are_written)
{
    static const struct {
        trust_time time;
        const char *text;
    } times[] = {{0, "1970-01-01T00:00:00Z"},
                 {-1, "1969-12-31T23:59:59.999Z"},
                 {-1000, "1969-12-31T23:59:59Z"},
                 {INT64_C(1795428000042), "2026-11-23T10:00:00.042Z"},
                 {INT64_C(1709164800000), "2024-02-29T00:00:00Z"},
                 {INT64_C(-62167219200000), "0000-01-01T00:00:00Z"},
                 {INT64_C(-62167219200001), "unknown"},
                 {TRI_TIME_LAST, "9999-12-31T23:59:59.999Z"},
                 {TRI_TIME_LAST + 1, "never"},
                 {INT64_MAX - 1, "never"},
                 {TRUST_TIME_NEVER, "never"},
                 {INT64_MIN + 1, "unknown"},
                 {TRUST_TIME_UNKNOWN, "unknown"}};
    char out[32];
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        ck_ok(trust_time_format(times[i].time, out, sizeof out));
        ck_assert_str_eq(out, times[i].text);
        size_t len = strlen(out);
        ck_status(trust_time_format(times[i].time, out, len), TRUST_E_LIMIT);
        ck_assert_str_eq(out, "");
    }
    ck_status(trust_time_format(0, NULL, 32), TRUST_E_ARGUMENT);
}
END_TEST

START_TEST(every_day_of_four_centuries_comes_back)
{
    char out[32];
    for (trust_time day = -200 * 366; day < 400 * 366; day++) {
        trust_time time = 0;
        ck_ok(trust_time_format(day * 86400000 + 1, out, sizeof out));
        ck_ok(trust_time_parse(out, strlen(out), &time));
        ck_assert_int_eq(time, day * 86400000 + 1);
    }
}
END_TEST

/* ---- text ---- */

START_TEST(text_is_bounded)
{
    char out[8];
    size_t need = 0;
    for (size_t cap = 0; cap <= sizeof out; cap++) {
        memset(out, 'x', sizeof out);
        tri_text t = tri_text_begin(cap > 0 ? out : NULL, cap);
        tri_text_str(&t, "abc");
        tri_text_char(&t, 'd');
        tri_text_int(&t, -7);
        ck_status(tri_text_end(&t, &need), cap >= 7 ? TRUST_OK : TRUST_E_LIMIT);
        ck_assert_uint_eq(need, 6);
        if (cap > 0)
            ck_assert_str_eq(out, cap >= 7 ? "abcd-7" : "");
        for (size_t i = cap; i < sizeof out; i++)
            ck_assert_int_eq(out[i], 'x');
    }
    tri_text t = tri_text_begin(NULL, 5);
    tri_text_str(&t, "a");
    ck_status(tri_text_end(&t, NULL), TRUST_E_LIMIT);
}
END_TEST

static void check_text(void (*write)(tri_text *), const char *expected)
{
    char out[128];
    tri_text t = tri_text_begin(out, sizeof out);
    write(&t);
    ck_ok(tri_text_end(&t, NULL));
    ck_assert_str_eq(out, expected);
}

static void write_numbers(tri_text *t)
{
    tri_text_int(t, INT64_MIN);
    tri_text_char(t, ' ');
    tri_text_int(t, INT64_MAX);
    tri_text_char(t, ' ');
    tri_text_uint(t, UINT64_MAX);
    tri_text_char(t, ' ');
    tri_text_uint(t, 0);
    tri_text_char(t, ' ');
    tri_text_hex(t, "\x00\xAB\xff", 3);
}

static void write_json(tri_text *t)
{
    tri_text_json(t, view("a\"\\\n\x7f/\xC3\xA4\xF0\x9F\x94\x92\xFF\xC3\0", 15));
}

static void write_shown(tri_text *t)
{
    tri_text_shown(t, view("a\x1b[\xC3\xA4\xFF\xC2\x85z", 9), 90);
    tri_text_char(t, '|');
    tri_text_shown(t, view("\xC3\xA4\xC3\xA4\xC3\xA4", 6), 5);
    tri_text_char(t, '|');
    tri_text_shown(t, view(NULL, 0), 5);
}

static void write_columns(tri_text *t)
{
    tri_text_str(t, "x\n\xC3\xA4");
    tri_text_pad(t, 3);
    tri_text_char(t, '|');
    tri_text_pad(t, 2);
    tri_text_time(t, TRUST_TIME_NEVER);
}

START_TEST(text_is_escaped)
{
    check_text(write_numbers,
               "-9223372036854775808 9223372036854775807 18446744073709551615 0 00abff");
    check_text(write_json, "\"a\\\"\\\\\\u000a\\u007f/\xC3\xA4\xF0\x9F\x94\x92"
                           "\xEF\xBF\xBD\xEF\xBF\xBD\\u0000\"");
    check_text(write_shown, "a?[\xC3\xA4??z|\xC3\xA4\xC3\xA4|");
    check_text(write_columns, "x\n\xC3\xA4  |never");
}
END_TEST

/* ---- bytes ---- */

START_TEST(utf8_is_strict)
{
    static const struct {
        const char *text;
        bool valid, printable;
    } texts[] = {{"", true, true},
                 {"plain ~", true, true},
                 {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x94\x92", true, true},
                 {"\xC2\x80", true, false},
                 {"\xC2\xA0", true, true},
                 {"\x7F", true, false},
                 {"\t", true, false},
                 {"\xEF\xBF\xBF", true, true},
                 {"\xF4\x8F\xBF\xBF", true, true},
                 {"\x80", false, false},
                 {"\xC0\xAF", false, false},
                 {"\xC1\xBF", false, false},
                 {"\xE0\x9F\xBF", false, false},
                 {"\xED\xA0\x80", false, false},
                 {"\xED\x9F\xBF", true, true},
                 {"\xF0\x8F\xBF\xBF", false, false},
                 {"\xF4\x90\x80\x80", false, false},
                 {"\xF5\x80\x80\x80", false, false},
                 {"\xC3", false, false},
                 {"\xE2\x82", false, false},
                 {"\xF0\x9F\x94", false, false},
                 {"\xE2\x28\xA1", false, false}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        trust_bytes text = tri_bytes(texts[i].text);
        ck_assert_msg(tri_utf8(text) == texts[i].valid, "%zu", i);
        ck_assert_msg(tri_printable(text) == texts[i].printable, "%zu", i);
    }
}
END_TEST

START_TEST(bytes_are_compared_and_read)
{
    uint8_t out[4];
    uint8_t room[8];
    size_t len = 9;
    ck_assert_uint_eq(tri_bytes(NULL).size, 0);
    ck_assert(tri_same(view(NULL, 0), view("", 0)));
    ck_assert(!tri_same_text(view("ab", 2), "abc"));
    ck_assert_int_lt(tri_compare(view("ab", 2), view("abc", 3)), 0);
    ck_assert_int_gt(tri_compare(view("abc", 3), view("ab", 2)), 0);
    ck_assert_int_gt(tri_compare(view("b", 1), view("abc", 3)), 0);
    ck_assert_int_eq(tri_compare(view(NULL, 0), view("", 0)), 0);
    ck_assert(tri_name(tri_bytes("a-z_0.9")));
    ck_assert(!tri_name(tri_bytes("A")) && !tri_name(tri_bytes("")) && !tri_name(tri_bytes("a b")));
    ck_assert(tri_unhex(tri_bytes("00aBfF"), out, 4, &len));
    ck_assert_uint_eq(len, 3);
    ck_assert_mem_eq(out, "\x00\xAB\xFF", 3);
    ck_assert(tri_unhex(tri_bytes(""), out, 4, &len) && len == 0);
    ck_assert(!tri_unhex(tri_bytes("0"), out, 4, &len));
    ck_assert(!tri_unhex(tri_bytes("0g"), out, 4, &len));
    ck_assert(!tri_unhex(tri_bytes("@0"), out, 4, &len));
    ck_assert(!tri_unhex(tri_bytes("0011223344"), out, 4, &len));
    tri_put_be64(room, 0x0102030405060708u);
    ck_assert_mem_eq(room, "\1\2\3\4\5\6\7\10", 8);
    ck_assert_uint_eq(tri_be64(room), 0x0102030405060708u);
    ck_assert_uint_eq(tri_be32(room), 0x01020304u);
    ck_assert_uint_eq(tri_be16(room + 6), 0x0708u);
}
END_TEST

/* ---- numbers ---- */

static uint64_t bits(double value)
{
    return tri_real_bits(&value);
}

START_TEST(doubles_are_taken_apart)
{
    static const struct {
        double value;
        bool whole;
        int64_t integer;
        int64_t thousandths;
    } numbers[] = {
        {0.0, true, 0, 0},
        {-0.0, true, 0, 0},
        {1.0, true, 1, 1000},
        {-2.5, false, 0, -2500},
        {0.0005, false, 0, 1},
        {0.00049, false, 0, 0},
        {-0.0005, false, 0, -1},
        {1e-300, false, 0, 0},
        {5e-324, false, 0, 0},
        {9007199254740992.0, true, INT64_C(9007199254740992), INT64_C(9007199254740992000)},
        {9007199254740994.0, false, 0, INT64_C(9007199254740994000)},
        {-9007199254740992.0, true, INT64_C(-9007199254740992), INT64_C(-9007199254740992000)},
        {1e17, false, 0, INT64_MAX},
        {1e300, false, 0, INT64_MAX},
        {-1e300, false, 0, -INT64_MAX},
        {4294967296.0, true, INT64_C(4294967296), INT64_C(4294967296000)},
        {1048576.5, false, 0, 1048576500},
        {2097151.0009765625, false, 0, 2097151001}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        int64_t integer = 0;
        uint64_t b = bits(numbers[i].value);
        ck_assert(tri_real_finite(b));
        ck_assert_msg(tri_real_integer(b, &integer) == numbers[i].whole, "%zu", i);
        ck_assert_msg(integer == numbers[i].integer, "%zu: %lld", i, (long long)integer);
        ck_assert_msg(tri_real_scaled(b, 1000) == numbers[i].thousandths, "%zu: %lld", i,
                      (long long)tri_real_scaled(b, 1000));
    }
    static const uint64_t infinity = UINT64_C(0x7FF0000000000000);
    int64_t integer;
    ck_assert(!tri_real_finite(infinity) && !tri_real_finite(infinity | 1));
    ck_assert_int_eq(tri_real_scaled(infinity | 1, 1000), 0);
    ck_assert_int_eq(tri_real_scaled(infinity, 1000), INT64_MAX);
    ck_assert(!tri_real_integer(infinity, &integer));
}
END_TEST

/* Against the machine's own arithmetic, where that is exact enough. */
START_TEST(scaling_agrees_with_the_machine)
{
    uint64_t state = 3;
    for (int i = 0; i < 20000; i++) {
        int exponent = (int)(next_random(&state) % 100) - 60;
        double value = (double)(int64_t)(next_random(&state) >> 12);
        for (; exponent > 0; exponent--)
            value *= 2;
        for (; exponent < 0; exponent++)
            value /= 2;
        uint32_t scale = 1u << next_random(&state) % 21;
        /* A power of two scales a double exactly. */
        double exact = value * scale;
        int64_t expected = exact >= 9223372036854775808.0 ? INT64_MAX
                           : exact < 4.5e15               ? (int64_t)(exact + 0.5)
                                                          : (int64_t)exact;
        int64_t got = tri_real_scaled(bits(value), scale);
        ck_assert_msg(got == expected, "%a * %u: %lld, not %lld", value, scale, (long long)got,
                      (long long)expected);
        ck_assert_int_eq(tri_real_scaled(bits(-value), scale), -got);
    }
}
END_TEST

START_TEST(sums_are_checked)
{
    size_t out = 0;
    ck_assert(tri_add_size(SIZE_MAX - 1, 1, &out) && out == SIZE_MAX);
    ck_assert(!tri_add_size(SIZE_MAX, 1, &out));
    ck_assert(tri_mul_size(3, 4, &out) && out == 12);
    ck_assert(!tri_mul_size(SIZE_MAX / 2, 3, &out));
    ck_assert_int_eq(tri_clamp(5, 0, 3), 3);
    ck_assert_int_eq(tri_clamp(-5, 0, 3), 0);
    ck_assert_int_eq(tri_clamp(2, 0, 3), 2);
}
END_TEST

/* ---- memory ---- */

START_TEST(an_arena_is_reused_and_bounded)
{
    counting memory = {0};
    trust_allocator allocator = counting_allocator(&memory);
    tri_arena arena = tri_arena_begin(&allocator);
    ck_assert_ptr_null(tri_arena_take(&arena, SIZE_MAX));
    ck_assert_ptr_null(tri_arena_take(&arena, SIZE_MAX - 20));
    ck_assert_ptr_null(tri_arena_copy(&arena, (trust_bytes){NULL, SIZE_MAX}));
    memory.calls = 0;
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 300; size++) {
            uint8_t *piece = tri_arena_take(&arena, size);
            ck_assert_ptr_nonnull(piece);
            ck_assert_uint_eq((uintptr_t)piece % 16, 0);
            for (size_t i = 0; i < size; i++)
                ck_assert_uint_eq(piece[i], 0);
            memset(piece, 0xEE, size);
        }
        ck_assert_str_eq(tri_arena_copy(&arena, view("abc", 3)), "abc");
        ck_assert_str_eq(tri_arena_copy(&arena, view(NULL, 0)), "");
        tri_arena_reset(&arena);
        if (round == 0)
            memory.calls = 0;
    }
    ck_assert_uint_eq(memory.calls, 0);
    /* Ever larger pieces replace the chunk that no longer fits. */
    for (size_t size = 5000; size < 60000; size += 16) {
        ck_assert_ptr_nonnull(tri_arena_take(&arena, size));
        tri_arena_reset(&arena);
    }
    ck_assert_uint_lt(memory.bytes_live, 160000);
    tri_arena_end(&arena);
    ck_assert_uint_eq(memory.blocks_live, 0);
    ck_assert_uint_eq(memory.bytes_live, 0);
}
END_TEST

START_TEST(an_arena_survives_want_of_memory)
{
    counting memory = {.fail_at = 2};
    trust_allocator allocator = counting_allocator(&memory);
    tri_arena arena = tri_arena_begin(&allocator);
    char *kept = tri_arena_copy(&arena, view("kept", 4));
    ck_assert_ptr_null(tri_arena_take(&arena, 100000));
    ck_assert_str_eq(kept, "kept");
    ck_assert_ptr_nonnull(tri_arena_take(&arena, 100000));
    ck_assert_str_eq(kept, "kept");
    tri_arena_end(&arena);
    ck_assert_uint_eq(memory.blocks_live, 0);
}
END_TEST

START_TEST(the_default_allocator_is_the_c_library)
{
    trust_allocator none = {NULL, NULL};
    trust_allocator allocator = tri_allocator(&none);
    char *block = tri_new(&allocator, 8);
    ck_assert_ptr_nonnull(block);
    ck_assert_int_eq(block[7], 0);
    block = tri_resize(&allocator, block, 8, 800);
    ck_assert_ptr_nonnull(block);
    tri_delete(&allocator, block, 800);
    tri_delete(&allocator, NULL, 0);
    ck_assert(tri_allocator(NULL).resize == allocator.resize);
}
END_TEST

/* ---- words ---- */

START_TEST(kinds_have_names_and_numbers)
{
    char longest[65];
    for (uint32_t kind = 1; kind <= TRI_KIND_BUILTIN_COUNT; kind++) {
        const char *name = trust_kind_name(kind);
        ck_assert_uint_eq(trust_kind_id(name, strlen(name)), kind);
        ck_assert_str_eq(tri_kind_builtin(kind)->name, name);
        ck_assert_int_gt(tri_scale_max(tri_kind_builtin(kind)->scale), 0);
    }
    ck_assert_ptr_null(trust_kind_name(0));
    ck_assert_ptr_null(trust_kind_name(TRI_KIND_BUILTIN_COUNT + 1));
    ck_assert_uint_eq(trust_kind_id(NULL, 3), 0);
    ck_assert_uint_eq(trust_kind_id("", 0), 0);
    ck_assert_uint_eq(trust_kind_id("unknown", 7), 0);
    ck_assert_uint_eq(trust_kind_id("Acme.x", 6), 0);
    memset(longest, 'a', sizeof longest);
    longest[3] = '.';
    ck_assert_uint_ne(trust_kind_id(longest, 63), 0);
    ck_assert_uint_eq(trust_kind_id(longest, 64), 0);
    /* Frozen: it stands in records. */
    ck_assert_uint_eq(trust_kind_id("acme.tamper", 11),
                      0x80000000u | trust_kind_id("acme.tamper", 11));
    ck_assert_uint_ne(trust_kind_id("acme.tamper", 11), trust_kind_id("acme.tampes", 11));
    for (uint32_t scale = 1; scale <= TRUST_SCALE_SURPRISE; scale++)
        ck_assert_uint_eq(tri_scale_find(tri_bytes(tri_scale_name(scale))), scale);
    ck_assert_int_eq(tri_scale_max(0), -1);
    ck_assert_int_eq(tri_scale_max(99), -1);
    ck_assert_ptr_null(tri_scale_name(99));
    ck_assert_uint_eq(tri_scale_find(tri_bytes("metres")), 0);
    ck_assert_str_eq(trust_state_name(TRUST_STATE_UNSUPPORTED), "unsupported");
    ck_assert_str_eq(trust_state_name(TRUST_STATE_NOT_REQUESTED), "not_requested");
    ck_assert_str_eq(trust_state_name(10), "?");
    ck_assert_str_eq(trust_origin_name(TRUST_FROM_SERVICE), "service");
    ck_assert_str_eq(trust_origin_name(0), "?");
    ck_assert_str_eq(trust_origin_name(4), "?");
}
END_TEST

START_TEST(statuses_and_reasons_have_words)
{
    for (trust_status status = TRUST_E_HOST; status <= TRUST_OK; status++) {
        ck_assert_int_eq(strncmp(trust_status_name(status), "TRUST_", 6), 0);
        ck_assert_str_ne(trust_status_name(status), "TRUST_E_?");
        ck_assert_str_ne(trust_status_text(status), "no such status");
    }
    ck_assert_str_eq(trust_status_name(1), "TRUST_E_?");
    ck_assert_str_eq(trust_status_text(-17), "no such status");
    size_t known = 0;
    for (uint32_t reason = 0; reason < 1000; reason++) {
        const char *code = trust_reason_code(reason);
        if (trust_reason_severity(reason) == 0)
            continue;
        known++;
        ck_assert_uint_eq(trust_reason_find(code, strlen(code)), reason);
        ck_assert_uint_le(trust_reason_severity(reason), 3);
        ck_assert_str_ne(trust_reason_text(reason), "unknown reason");
        ck_assert(strlen(trust_reason_subject_text(reason)) > 5);
    }
    ck_assert_uint_gt(known, 60);
    ck_assert_str_eq(trust_reason_code(65535), "UNKNOWN");
    ck_assert_str_eq(trust_reason_text(65535), "unknown reason");
    ck_assert_str_eq(trust_reason_subject_text(65535), "Try again.");
    ck_assert_uint_eq(trust_reason_find("NO_SUCH", 7), 0);
    ck_assert_uint_eq(trust_reason_find(NULL, 7), 0);
    ck_assert_int_eq(strncmp(trust_version(), TRUST_VERSION_STRING, 16), 0);
}
END_TEST

START_TEST(errors_quote_safely)
{
    trust_error err;
    char longest[300];
    memset(longest, 'm', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_status(tri_fail(NULL, TRUST_E_IO, "x"), TRUST_E_IO);
    tri_error_where(NULL, tri_bytes("x"));
    ck_status(tri_fail(&err, TRUST_E_IO, "it failed"), TRUST_E_IO);
    ck_assert_str_eq(err.message, "it failed");
    ck_assert_int_eq(err.code, TRUST_E_IO);
    ck_status(tri_fail_at(&err, TRUST_E_FORMAT, 17, "at"), TRUST_E_FORMAT);
    ck_assert_uint_eq(err.offset, 17);
    ck_status(tri_fail_quote(&err, TRUST_E_FORMAT, 0, "odd", view("a\x1b\xFF'b", 5)),
              TRUST_E_FORMAT);
    ck_assert_str_eq(err.message, "odd 'a?\?'b'");
    ck_status(tri_fail_quote(&err, TRUST_E_FORMAT, 0, longest, tri_bytes(longest)), TRUST_E_FORMAT);
    ck_assert_uint_gt(strlen(err.message), 100);
    ck_assert_uint_lt(strlen(err.message), sizeof err.message);
    tri_error_where(&err, tri_bytes(longest));
    ck_assert_uint_eq(strlen(err.where), sizeof err.where - 1);
}
END_TEST

START_TEST(a_stop_button_stops)
{
    fixed_clock clock = {100};
    trust_clock seam = fixed_clock_seam(&clock);
    trust_cancel *cancel = NULL;
    ck_status(trust_cancel_new(NULL), TRUST_E_ARGUMENT);
    ck_ok(trust_cancel_new(&cancel));
    trust_call call = {0, cancel};
    ck_ok(tri_call_check(NULL, &seam));
    ck_ok(tri_call_check(&call, &seam));
    call.deadline = TRUST_TIME_NEVER;
    ck_ok(tri_call_check(&call, &seam));
    call.deadline = 100;
    ck_ok(tri_call_check(&call, &seam));
    clock.now = 101;
    ck_status(tri_call_check(&call, &seam), TRUST_E_TIMEOUT);
    clock.now = TRUST_TIME_UNKNOWN;
    ck_status(tri_call_check(&call, &seam), TRUST_E_TIMEOUT);
    trust_cancel_now(cancel);
    trust_cancel_now(NULL);
    ck_status(tri_call_check(&call, &seam), TRUST_E_CANCELLED);
    trust_cancel_free(cancel);
    trust_cancel_free(NULL);
}
END_TEST

int main(void)
{
    return run_tests(
        "core", TESTS(times_are_read, times_are_written, every_day_of_four_centuries_comes_back,
                      text_is_bounded, text_is_escaped, utf8_is_strict, bytes_are_compared_and_read,
                      doubles_are_taken_apart, scaling_agrees_with_the_machine, sums_are_checked,
                      an_arena_is_reused_and_bounded, an_arena_survives_want_of_memory,
                      the_default_allocator_is_the_c_library, kinds_have_names_and_numbers,
                      statuses_and_reasons_have_words, errors_quote_safely, a_stop_button_stops));
}
