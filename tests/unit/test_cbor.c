/* The CBOR reader against tables, limits, a second reader written for this test, truncations and
 * flipped bits; the writer against tables and the reader. */

#include "format/cbor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "support.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Check tells its runner of every assertion by a system call: too slow for inner loops. */
#define demand(holds)                                                                              \
    do {                                                                                           \
        if (!(holds))                                                                              \
            ck_abort_msg("%s", #holds);                                                            \
    } while (0)

typedef struct blob {
    uint8_t data[16384];
    size_t size;
} blob;

static blob unhex(const char *text)
{
    blob b;
    demand(tri_unhex(tri_bytes(text), b.data, sizeof b.data, &b.size));
    return b;
}

static trust_bytes view(const blob *b)
{
    return (trust_bytes){b->data, b->size};
}

/* A copy with nothing after it, so that a sanitizer sees one byte too far. */
static uint8_t *exact(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    demand(copy != NULL);
    if (size > 0)
        memcpy(copy, data, size);
    return copy;
}

START_TEST(reads_items)
{
    static const struct {
        const char *hex;
        int type;
        uint64_t argument;
        size_t body;
    } cases[] = {
        {"00", TRI_CBOR_UINT, 0, 0},
        {"17", TRI_CBOR_UINT, 23, 0},
        {"1818", TRI_CBOR_UINT, 24, 0},
        {"1801", TRI_CBOR_UINT, 1, 0},
        {"190100", TRI_CBOR_UINT, 256, 0},
        {"1a00010000", TRI_CBOR_UINT, 65536, 0},
        {"1b0000000100000000", TRI_CBOR_UINT, 4294967296, 0},
        {"1bffffffffffffffff", TRI_CBOR_UINT, UINT64_MAX, 0},
        {"20", TRI_CBOR_NINT, 0, 0},
        {"3863", TRI_CBOR_NINT, 99, 0},
        {"3bffffffffffffffff", TRI_CBOR_NINT, UINT64_MAX, 0},
        {"40", TRI_CBOR_BYTES, 0, 0},
        {"43010203", TRI_CBOR_BYTES, 3, 3},
        {"580101", TRI_CBOR_BYTES, 1, 1},
        {"5b0000000000000001ff", TRI_CBOR_BYTES, 1, 1},
        {"60", TRI_CBOR_TEXT, 0, 0},
        {"63e282ac", TRI_CBOR_TEXT, 3, 3},
        {"80", TRI_CBOR_ARRAY, 0, 0},
        {"8201820203", TRI_CBOR_ARRAY, 2, 4},
        {"980180", TRI_CBOR_ARRAY, 1, 1},
        {"a0", TRI_CBOR_MAP, 0, 0},
        {"a10102", TRI_CBOR_MAP, 1, 2},
        {"c0617a", TRI_CBOR_TAG, 0, 2},
        {"d28440a04040", TRI_CBOR_TAG, 18, 5},
        {"db000000000000003d00", TRI_CBOR_TAG, 61, 1},
        {"f4", TRI_CBOR_SIMPLE, 20, 0},
        {"f5", TRI_CBOR_SIMPLE, 21, 0},
        {"f6", TRI_CBOR_SIMPLE, 22, 0},
        {"f7", TRI_CBOR_SIMPLE, 23, 0},
        {"f93c00", TRI_CBOR_FLOAT, 0x3C00, 2},
        {"fa3f800000", TRI_CBOR_FLOAT, 0x3F800000, 4},
        {"fb3ff0000000000000", TRI_CBOR_FLOAT, 0x3FF0000000000000, 8},
        {"fbfff0000000000000", TRI_CBOR_FLOAT, 0xFFF0000000000000, 8},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        blob b = unhex(cases[i].hex);
        tri_cbor cursor = tri_cbor_begin(view(&b));
        tri_cbor_item item, more;
        ck_assert_msg(tri_cbor_next(&cursor, &item), "%s", cases[i].hex);
        ck_assert_int_eq(item.type, cases[i].type);
        ck_assert_uint_eq(item.argument, cases[i].argument);
        ck_assert_uint_eq(item.body.size, cases[i].body);
        if (item.body.size > 0)
            ck_assert_ptr_eq(item.body.data + item.body.size, b.data + b.size);
        ck_assert_uint_eq(item.offset, 0);
        ck_assert(!tri_cbor_next(&cursor, &more));
        ck_ok(cursor.status);
    }
}
END_TEST

START_TEST(refuses)
{
    static const struct {
        const char *hex;
        size_t offset;
        const char *message;
    } cases[] = {
        {"", 0, "an item runs past the end"},
        {"18", 0, "an item runs past the end"},
        {"19", 0, "an item runs past the end"},
        {"1900", 0, "an item runs past the end"},
        {"1a000000", 0, "an item runs past the end"},
        {"1b00000000000000", 0, "an item runs past the end"},
        {"41", 0, "an item runs past the end"},
        {"4201", 0, "an item runs past the end"},
        {"61", 0, "an item runs past the end"},
        {"5bffffffffffffffff00", 0, "an item runs past the end"},
        {"7b8000000000000000", 0, "an item runs past the end"},
        {"f9", 0, "an item runs past the end"},
        {"fb00000000000000", 0, "an item runs past the end"},
        {"c0", 1, "an item runs past the end"},
        {"8201", 0, "more elements than bytes are left"},
        {"828100", 3, "an item runs past the end"},
        {"81", 0, "more elements than bytes are left"},
        {"a101", 0, "more elements than bytes are left"},
        {"a2010203", 0, "more elements than bytes are left"},
        {"a201820203", 5, "an item runs past the end"},
        {"9a0fffffff", 0, "more elements than bytes are left"},
        {"9bffffffffffffffff", 0, "more elements than bytes are left"},
        {"bb8000000000000000", 0, "more elements than bytes are left"},
        {"bb80000000000000010000", 0, "more elements than bytes are left"},
        {"1c", 0, "reserved additional information"},
        {"5d", 0, "reserved additional information"},
        {"9e", 0, "reserved additional information"},
        {"fc", 0, "reserved additional information"},
        {"1f", 0, "indefinite length"},
        {"5f4101ff", 0, "indefinite length"},
        {"7f6161ff", 0, "indefinite length"},
        {"9f01ff", 0, "indefinite length"},
        {"bf0102ff", 0, "indefinite length"},
        {"df", 0, "indefinite length"},
        {"ff", 0, "indefinite length"},
        {"82019f00ff", 2, "indefinite length"},
        {"e0", 0, "unassigned simple value"},
        {"f3", 0, "unassigned simple value"},
        {"f800", 0, "unassigned simple value"},
        {"f814", 0, "unassigned simple value"},
        {"f820", 0, "unassigned simple value"},
        {"f8ff", 0, "unassigned simple value"},
        {"0000", 1, "bytes after the end"},
        {"810000", 2, "bytes after the end"},
        {"8000", 1, "bytes after the end"},
        {"61ff", 0, "text is not UTF-8"},
        {"62c328", 0, "text is not UTF-8"},
        {"63eda080", 0, "text is not UTF-8"},
        {"62c080", 0, "text is not UTF-8"},
        {"820061ff", 2, "text is not UTF-8"},
        {"a161ff00", 1, "text is not UTF-8"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        blob b = unhex(cases[i].hex);
        uint8_t *data = exact(b.data, b.size);
        tri_cbor cursor = tri_cbor_begin((trust_bytes){data, b.size});
        tri_cbor_item item;
        trust_error err;
        ck_assert_msg(cursor.status == TRUST_E_FORMAT, "%s", cases[i].hex);
        ck_assert_msg(strcmp(cursor.message, cases[i].message) == 0, "%s: %s", cases[i].hex,
                      cursor.message);
        ck_assert_msg(cursor.offset == cases[i].offset, "%s: %zu", cases[i].hex, cursor.offset);
        ck_assert(!tri_cbor_next(&cursor, &item));
        ck_status(tri_cbor_fail(&cursor, &err), TRUST_E_FORMAT);
        ck_assert_int_eq(err.code, TRUST_E_FORMAT);
        ck_assert_uint_eq(err.offset, cases[i].offset);
        ck_assert_str_eq(err.message, cases[i].message);
        ck_status(tri_cbor_fail(&cursor, NULL), TRUST_E_FORMAT);
        free(data);
    }
    ck_status(tri_cbor_begin((trust_bytes){NULL, 0}).status, TRUST_E_FORMAT);
}
END_TEST

START_TEST(duplicate_keys)
{
    static const struct {
        const char *hex;
        int64_t offset; /* of the second of them, or -1 where every key is another */
    } cases[] = {
        {"a201020103", 3},
        {"a20102180103", 3},
        {"a21801020103", 4},
        {"a2010219000103", 3},
        {"a20102613103", -1},
        {"a2010220f6", -1},
        {"a24131006131f6", -1},
        {"a261610061610a", 4},
        {"a26161007801610a", 4},
        {"a2414100580141f6", 4},
        {"a220003800f6", 3},
        {"a33863003903e700386301", 8},
        {"a301000200180100", 5},
        {"a3030001000300", 5},
        {"a2f400f400", 3},
        {"a2f400f500", -1},
        {"a2f93c0000f93c0000", 5},
        {"a2f93c0000fa00003c0000", -1}, /* equal bits, another float */
        {"a2f9001400f400", -1},         /* the bits of a float, the value of false */
        {"a28101008101f6", 4},
        {"a281010081180100", 4},
        {"a28101008102f6", -1},
        {"a2810100820101f6", -1},
        {"a2c10100c10100", 4},
        {"a2c10100d8010100", 4},
        {"a2c10100c20100", -1},
        {"a2a1010200a1010200", 5},
        {"a2a1010200a118010200", 5},
        {"a2a1010200a1010300", -1},
        {"a2a101020001a0", -1},
        {"a201a2010201030200", 5}, /* in the inner map */
        {"a201a201020203020a", -1},
        {"a301a10100020203a10100", -1}, /* inner maps have keys of their own */
        {"a201a1010002a10100", -1},
        {"a281a1010000f600", -1},
        {"82a10100a10100", -1},
        {"a30100a101000001a0", 7}, /* after a key that is a map */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        blob b = unhex(cases[i].hex);
        tri_cbor cursor = tri_cbor_begin(view(&b));
        if (cases[i].offset < 0) {
            ck_assert_msg(cursor.status == TRUST_OK, "%s: %s", cases[i].hex, cursor.message);
            continue;
        }
        ck_assert_msg(cursor.status == TRUST_E_FORMAT, "%s", cases[i].hex);
        ck_assert_str_eq(cursor.message, "duplicate map key");
        ck_assert_msg(cursor.offset == (size_t)cases[i].offset, "%s: %zu", cases[i].hex,
                      cursor.offset);
    }
}
END_TEST

/* The deepest that is allowed, and one more, of each container. */
START_TEST(depth_limit)
{
    static const struct {
        uint8_t head[2];
        size_t len;
    } heads[] = {{{0x81}, 1}, {{0xC1}, 1}, {{0xA1, 0x00}, 2}};
    for (size_t i = 0; i < COUNT(heads); i++) {
        for (size_t levels = 1; levels <= TRI_CBOR_MAX_DEPTH + 1; levels++) {
            blob b = {.size = 0};
            for (size_t level = 0; level < levels; level++, b.size += heads[i].len)
                memcpy(b.data + b.size, heads[i].head, heads[i].len);
            b.data[b.size++] = 0xF6;
            tri_cbor cursor = tri_cbor_begin(view(&b));
            if (levels <= TRI_CBOR_MAX_DEPTH) {
                ck_ok(cursor.status);
                continue;
            }
            ck_status(cursor.status, TRUST_E_LIMIT);
            ck_assert_str_eq(cursor.message, "nested too deeply");
            ck_assert_uint_eq(cursor.offset, TRI_CBOR_MAX_DEPTH * heads[i].len);
        }
    }
}
END_TEST

/* Keys nested in keys take the most room for open keys. */
START_TEST(depth_in_keys)
{
    blob b = {.size = 0};
    for (size_t level = 0; level < TRI_CBOR_MAX_DEPTH; level++)
        b.data[b.size++] = 0xA1;
    for (size_t level = 0; level < TRI_CBOR_MAX_DEPTH + 1; level++)
        b.data[b.size++] = 0x00;
    ck_ok(tri_cbor_begin(view(&b)).status);
}
END_TEST

START_TEST(item_limit)
{
    for (size_t extra = 0; extra < 2; extra++) {
        blob b = {.size = 3 + TRI_CBOR_MAX_ITEMS - 1 + extra};
        b.data[0] = 0x99;
        tri_put_be16(b.data + 1, (uint16_t)(TRI_CBOR_MAX_ITEMS - 1 + extra));
        tri_cbor cursor = tri_cbor_begin(view(&b));
        ck_status(cursor.status, extra == 0 ? TRUST_OK : TRUST_E_LIMIT);
        if (extra == 1) {
            ck_assert_str_eq(cursor.message, "too many items");
            ck_assert_uint_eq(cursor.offset, b.size - 1);
        }
    }
}
END_TEST

/* As many keys as fit, in three orders; then with the last one like another. */
START_TEST(many_keys)
{
    enum { PAIRS = (TRI_CBOR_MAX_ITEMS - 1) / 2 };
    for (int order = 0; order < 3; order++) {
        blob b = {.size = 3};
        b.data[0] = 0xB9;
        tri_put_be16(b.data + 1, PAIRS);
        for (size_t i = 0; i < PAIRS; i++, b.size += 4) {
            size_t key = order == 0 ? i : order == 1 ? PAIRS - 1 - i : i * 1009 % PAIRS;
            b.data[b.size] = 0x19;
            tri_put_be16(b.data + b.size + 1, (uint16_t)key);
            b.data[b.size + 3] = 0xF6;
        }
        ck_ok(tri_cbor_begin(view(&b)).status);
        for (size_t other = 0; other < PAIRS - 1; other += 97) {
            memcpy(b.data + b.size - 3, b.data + 3 + 4 * other + 1, 2);
            tri_cbor cursor = tri_cbor_begin(view(&b));
            ck_status(cursor.status, TRUST_E_FORMAT);
            ck_assert_str_eq(cursor.message, "duplicate map key");
            ck_assert_uint_eq(cursor.offset, b.size - 4);
        }
    }
}
END_TEST

/* Open maps inside each other, each with keys whose values are still to come. */
START_TEST(many_open_keys)
{
    blob b = {.size = 0};
    size_t pairs = 100;
    for (size_t level = 0; level < TRI_CBOR_MAX_DEPTH; level++) {
        b.data[b.size++] = 0xB8;
        b.data[b.size++] = (uint8_t)pairs;
        for (size_t i = 0; i < pairs; i++) {
            b.data[b.size++] = 0x18;
            b.data[b.size++] = (uint8_t)(200 - i);
            if (i < pairs - 1)
                b.data[b.size++] = 0xF5;
        }
    }
    b.data[b.size++] = 0xF6;
    ck_ok(tri_cbor_begin(view(&b)).status);
    b.data[b.size - 2] = 200;
    ck_status(tri_cbor_begin(view(&b)).status, TRUST_E_FORMAT);
}
END_TEST

START_TEST(walks_inside)
{
    blob b = unhex("83"         /* 0 */
                   "a2016161f5" /* 1: {1: "a", true: .. */
                   "820304"     /* 6: .. [3, 4]} */
                   "c24101"     /* 9 */
                   "40");       /* 12 */
    tri_cbor top = tri_cbor_begin(view(&b));
    tri_cbor_item array, map, key, value, tag, bytes, more;
    ck_assert(tri_cbor_next(&top, &array));
    tri_cbor inside = tri_cbor_inside(&top, &array);
    ck_assert(tri_cbor_next(&inside, &map) && tri_cbor_next(&inside, &tag));
    ck_assert_int_eq(map.type, TRI_CBOR_MAP);
    ck_assert_uint_eq(map.offset, 1);
    ck_assert_uint_eq(map.body.size, 7);
    ck_assert_int_eq(tag.type, TRI_CBOR_TAG);
    ck_assert_uint_eq(tag.offset, 9);
    ck_assert(tri_cbor_next(&inside, &bytes));
    ck_assert_uint_eq(bytes.offset, 12);
    ck_assert(!tri_cbor_next(&inside, &more));
    ck_ok(inside.status);

    tri_cbor pairs = tri_cbor_inside(&inside, &map);
    ck_assert(tri_cbor_next(&pairs, &key) && tri_cbor_next(&pairs, &value));
    ck_assert(tri_same_text(value.body, "a"));
    ck_assert(tri_cbor_next(&pairs, &key) && tri_cbor_next(&pairs, &value));
    ck_assert_uint_eq(key.offset, 5);
    ck_assert_uint_eq(value.offset, 6);
    ck_assert_uint_eq(value.argument, 2);
    ck_assert(!tri_cbor_next(&pairs, &more));
    tri_cbor tagged = tri_cbor_inside(&inside, &tag);
    ck_assert(tri_cbor_next(&tagged, &value) && value.type == TRI_CBOR_BYTES);
    ck_assert(!tri_cbor_next(&tagged, &more));

    /* The inside of a byte string is nothing that was checked. */
    tri_cbor wrong = tri_cbor_inside(&inside, &bytes);
    ck_status(wrong.status, TRUST_E_FORMAT);
    ck_assert_uint_eq(wrong.offset, 12);
    ck_assert(!tri_cbor_next(&wrong, &more));
    /* An error stays with all that comes from it. */
    wrong = tri_cbor_inside(&wrong, &array);
    ck_status(wrong.status, TRUST_E_FORMAT);
    ck_assert_uint_eq(wrong.offset, 12);
    ck_assert(!tri_cbor_next(&wrong, &more));
}
END_TEST

/* A caller that pairs an item with bytes that nobody checked gets an error and stays in bounds. */
START_TEST(unchecked_bytes)
{
    static const char *const bodies[] = {"18", "5f", "81", "9bffffffffffffffff00", "8218"};
    for (size_t i = 0; i < COUNT(bodies); i++) {
        blob b = unhex(bodies[i]);
        uint8_t *data = exact(b.data, b.size);
        tri_cbor cursor = {data, data, data + b.size, TRUST_OK, NULL, 0};
        tri_cbor_item item = {TRI_CBOR_MAP, 1, {data, b.size}, 0};
        ck_assert(!tri_cbor_find(&cursor, &item, 0, &item));
        while (tri_cbor_next(&cursor, &item))
            ck_assert(item.body.data <= data + b.size && item.body.size <= b.size);
        free(data);
    }
}
END_TEST

START_TEST(finds)
{
    blob b = unhex("a8"
                   "0a4101"                 /* 10: h'01' */
                   "19010000"               /* 256: 0 */
                   "2081f6"                 /* -1: [null] */
                   "616100"                 /* "a": 0 */
                   "4161f5"                 /* h'61': true */
                   "810af4"                 /* [10]: false */
                   "1bffffffffffffffff01"   /* 2^64 - 1: 1 */
                   "3bffffffffffffffff02"); /* -2^64: 2 */
    tri_cbor cursor = tri_cbor_begin(view(&b));
    tri_cbor_item map, value;
    ck_assert(tri_cbor_next(&cursor, &map));
    ck_assert(tri_cbor_find(&cursor, &map, 10, &value));
    ck_assert_uint_eq(value.offset, 2);
    ck_assert_int_eq(value.type, TRI_CBOR_BYTES);
    ck_assert(tri_cbor_find(&cursor, &map, 256, &value));
    ck_assert_uint_eq(value.offset, 7);
    ck_assert(tri_cbor_find(&cursor, &map, -1, &value));
    ck_assert_int_eq(value.type, TRI_CBOR_ARRAY);
    ck_assert_uint_eq(value.body.size, 1);
    ck_assert(tri_cbor_find_text(&cursor, &map, "a", &value));
    ck_assert_uint_eq(value.offset, 13);

    value.offset = 999;
    ck_assert(!tri_cbor_find(&cursor, &map, 0, &value));
    ck_assert(!tri_cbor_find(&cursor, &map, 97, &value));
    ck_assert(!tri_cbor_find(&cursor, &map, -2, &value));
    ck_assert(!tri_cbor_find(&cursor, &map, INT64_MAX, &value));
    ck_assert(!tri_cbor_find(&cursor, &map, INT64_MIN, &value));
    ck_assert(!tri_cbor_find_text(&cursor, &map, "", &value));
    ck_assert(!tri_cbor_find_text(&cursor, &map, "ab", &value));
    ck_assert_uint_eq(value.offset, 999);
    /* Not a map: nothing is found, and that is no error of the parent. */
    tri_cbor_item array = {TRI_CBOR_ARRAY, 2, map.body, 0};
    ck_assert(!tri_cbor_find(&cursor, &array, 10, &value));
    ck_ok(cursor.status);
}
END_TEST

START_TEST(values)
{
    static const struct {
        const char *hex;
        bool is_int;
        int64_t value;
    } ints[] = {
        {"00", true, 0},
        {"20", true, -1},
        {"3818", true, -25},
        {"1b7fffffffffffffff", true, INT64_MAX},
        {"3b7fffffffffffffff", true, INT64_MIN},
        {"1b8000000000000000", false, 0},
        {"3b8000000000000000", false, 0},
        {"4101", false, 0},
        {"6101", false, 0},
        {"8101", false, 0},
        {"c101", false, 0},
        {"f4", false, 0},
        {"f93c00", false, 0},
    };
    for (size_t i = 0; i < COUNT(ints); i++) {
        blob b = unhex(ints[i].hex);
        tri_cbor cursor = tri_cbor_begin(view(&b));
        tri_cbor_item item;
        int64_t value = 77;
        ck_assert(tri_cbor_next(&cursor, &item));
        ck_assert_msg(tri_cbor_int(&item, &value) == ints[i].is_int, "%s", ints[i].hex);
        ck_assert_int_eq(value, ints[i].is_int ? ints[i].value : 77);
    }
    static const struct {
        const char *hex;
        int boolean; /* -1 for none */
        bool null;
    } simple[] = {
        {"f4", 0, false},
        {"f5", 1, false},
        {"f6", -1, true},
        {"f7", -1, false},
        {"14", -1, false},
        {"f90014", -1, false},
        {"f90015", -1, false},
        {"f90016", -1, false},
        {"fa00000014", -1, false},
        {"5416161616161616161616161616161616161616"
         "16",
         -1, false},
    };
    for (size_t i = 0; i < COUNT(simple); i++) {
        blob b = unhex(simple[i].hex);
        tri_cbor cursor = tri_cbor_begin(view(&b));
        tri_cbor_item item;
        bool value = false;
        ck_assert(tri_cbor_next(&cursor, &item));
        ck_assert_msg(tri_cbor_bool(&item, &value) == (simple[i].boolean >= 0), "%s",
                      simple[i].hex);
        ck_assert_int_eq(value, simple[i].boolean == 1);
        ck_assert_msg(tri_cbor_null(&item) == simple[i].null, "%s", simple[i].hex);
    }
}
END_TEST

START_TEST(writes_heads)
{
    static const struct {
        int64_t value;
        const char *hex;
    } cases[] = {
        {0, "00"},
        {23, "17"},
        {24, "1818"},
        {255, "18ff"},
        {256, "190100"},
        {65535, "19ffff"},
        {65536, "1a00010000"},
        {4294967295, "1affffffff"},
        {4294967296, "1b0000000100000000"},
        {INT64_MAX, "1b7fffffffffffffff"},
        {-1, "20"},
        {-24, "37"},
        {-25, "3818"},
        {-256, "38ff"},
        {-257, "390100"},
        {INT64_MIN, "3b7fffffffffffffff"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t data[16];
        tri_cbor_out out = {data, sizeof data, 0};
        tri_cbor_put_int(&out, cases[i].value);
        blob want = unhex(cases[i].hex);
        ck_assert_uint_eq(out.need, want.size);
        ck_assert_mem_eq(data, want.data, want.size);
    }
}
END_TEST

START_TEST(writes_the_rest)
{
    uint8_t data[64];
    tri_cbor_out out = {data, sizeof data, 0};
    tri_cbor_put_head(&out, TRI_CBOR_TAG, 18);
    tri_cbor_put_head(&out, TRI_CBOR_ARRAY, 5);
    tri_cbor_put_bool(&out, false);
    tri_cbor_put_bool(&out, true);
    tri_cbor_put_null(&out);
    tri_cbor_put_bytes(&out, (trust_bytes){NULL, 0});
    tri_cbor_put_head(&out, TRI_CBOR_MAP, 1);
    tri_cbor_put_text(&out, tri_bytes("a"));
    tri_cbor_put_bytes(&out, (trust_bytes){(const uint8_t *)"\1\2", 2});
    blob want = unhex("d285f4f5f640a16161420102");
    ck_assert_uint_eq(out.need, want.size);
    ck_assert_mem_eq(data, want.data, want.size);
}
END_TEST

/* A full writer counts on, writes nothing past its end, and never wraps. */
START_TEST(writer_counts_on)
{
    uint8_t data[64];
    for (size_t cap = 0; cap < 24; cap++) {
        memset(data, 0xEE, sizeof data);
        tri_cbor_out out = {data, cap, 0};
        tri_cbor_put_head(&out, TRI_CBOR_ARRAY, 3);
        tri_cbor_put_text(&out, tri_bytes("0123456789"));
        tri_cbor_put_int(&out, 100000);
        tri_cbor_put_null(&out);
        ck_assert_uint_eq(out.need, 18);
        for (size_t i = cap; i < sizeof data; i++)
            ck_assert_uint_eq(data[i], 0xEE);
    }
    tri_cbor_out nowhere = {NULL, 0, 0};
    tri_cbor_put_text(&nowhere, tri_bytes("0123456789"));
    ck_assert_uint_eq(nowhere.need, 11);
    nowhere.need = SIZE_MAX - 1;
    tri_cbor_put_text(&nowhere, tri_bytes("0123456789"));
    ck_assert_uint_eq(nowhere.need, SIZE_MAX);
    tri_cbor_put_null(&nowhere);
    ck_assert_uint_eq(nowhere.need, SIZE_MAX);
}
END_TEST

/* One random value: written where @c out is there, else read back from @c in and compared. Both
 * passes draw the same numbers. */
typedef struct exchange {
    uint64_t seed;
    int budget;
    tri_cbor_out *out;
} exchange;

static void fill(exchange *x, uint8_t *data, size_t size, bool text)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(text ? 'a' + next_random(&x->seed) % 26 : next_random(&x->seed));
}

static void exchange_string(exchange *x, tri_cbor *in, bool text)
{
    uint8_t data[300];
    size_t size = next_random(&x->seed) % (next_random(&x->seed) % 8 == 0 ? sizeof data : 30);
    fill(x, data, size, text);
    if (x->out != NULL && text)
        tri_cbor_put_text(x->out, (trust_bytes){data, size});
    else if (x->out != NULL)
        tri_cbor_put_bytes(x->out, (trust_bytes){data, size});
    if (x->out != NULL)
        return;
    tri_cbor_item item;
    demand(tri_cbor_next(in, &item));
    demand(item.type == (text ? TRI_CBOR_TEXT : TRI_CBOR_BYTES));
    demand(tri_same(item.body, (trust_bytes){data, size}));
}

static void exchange_int(exchange *x, tri_cbor *in, int64_t value)
{
    if (x->out != NULL) {
        tri_cbor_put_int(x->out, value);
        return;
    }
    tri_cbor_item item;
    int64_t got;
    demand(tri_cbor_next(in, &item));
    demand(tri_cbor_int(&item, &got));
    demand(got == value);
}

static void exchange_simple(exchange *x, tri_cbor *in)
{
    uint64_t which = next_random(&x->seed) % 3;
    if (x->out != NULL && which < 2)
        tri_cbor_put_bool(x->out, which == 1);
    else if (x->out != NULL)
        tri_cbor_put_null(x->out);
    if (x->out != NULL)
        return;
    tri_cbor_item item;
    bool value;
    demand(tri_cbor_next(in, &item));
    demand(tri_cbor_null(&item) == (which == 2));
    demand(tri_cbor_bool(&item, &value) == (which < 2));
    if (which < 2)
        demand(value == (which == 1));
}

static void exchange_value(exchange *x, tri_cbor *in, int depth);

static void exchange_container(exchange *x, tri_cbor *in, int type, int depth)
{
    uint64_t count = type == TRI_CBOR_TAG ? next_random(&x->seed) >> next_random(&x->seed) % 64
                                          : next_random(&x->seed) % 6;
    tri_cbor inside = {0};
    if (x->out != NULL) {
        tri_cbor_put_head(x->out, type, count);
    } else {
        tri_cbor_item item;
        demand(tri_cbor_next(in, &item));
        demand(item.type == type);
        demand(item.argument == count);
        inside = tri_cbor_inside(in, &item);
    }
    int64_t key = 0;
    for (uint64_t i = 0; i < (type == TRI_CBOR_TAG ? 1 : count); i++) {
        if (type == TRI_CBOR_MAP)
            exchange_int(x, &inside, key += 1 + (int64_t)(next_random(&x->seed) % 300));
        exchange_value(x, &inside, depth + 1);
    }
    if (x->out == NULL) {
        demand(inside.status == TRUST_OK);
        demand(inside.at == inside.end);
    }
}

static void exchange_value(exchange *x, tri_cbor *in, int depth)
{
    uint64_t which = next_random(&x->seed) % 8;
    if (x->budget-- <= 0 || depth >= TRI_CBOR_MAX_DEPTH)
        which %= 4;
    if (which == 0)
        exchange_simple(x, in);
    else if (which == 1)
        exchange_int(x, in, (int64_t)next_random(&x->seed) >> next_random(&x->seed) % 64);
    else if (which < 4)
        exchange_string(x, in, which == 3);
    else
        exchange_container(x, in,
                           which < 6    ? TRI_CBOR_MAP
                           : which == 6 ? TRI_CBOR_ARRAY
                                        : TRI_CBOR_TAG,
                           depth);
}

static blob random_value(uint64_t seed)
{
    blob b;
    tri_cbor_out out = {b.data, sizeof b.data, 0};
    exchange writing = {seed, 40, &out};
    exchange_value(&writing, NULL, 0);
    demand(out.need <= sizeof b.data);
    b.size = out.need;
    return b;
}

START_TEST(round_trip)
{
    for (uint64_t seed = 1; seed <= 5000; seed++) {
        blob b = random_value(seed);
        tri_cbor cursor = tri_cbor_begin(view(&b));
        demand(cursor.status == TRUST_OK);
        exchange reading = {seed, 40, NULL};
        exchange_value(&reading, &cursor, 0);
        demand(cursor.at == cursor.end);
        demand(cursor.status == TRUST_OK);
    }
}
END_TEST

START_TEST(every_truncation_is_refused)
{
    for (uint64_t seed = 1; seed <= 100; seed++) {
        blob b = random_value(seed);
        for (size_t size = 0; size < b.size; size++) {
            uint8_t *data = exact(b.data, size);
            tri_cbor cursor = tri_cbor_begin((trust_bytes){data, size});
            demand(cursor.status == TRUST_E_FORMAT);
            demand(cursor.offset <= size);
            demand(cursor.message != NULL);
            free(data);
        }
    }
}
END_TEST

/* A second reader, as simple as can be: recursion, and every key in its shortest form compared with
 * every other. */
typedef struct second {
    const uint8_t *at;
    const uint8_t *end;
    size_t items;
} second;

static bool second_item(second *s, size_t depth, tri_cbor_out *normal);

static bool second_items(second *s, uint64_t count, size_t depth, bool map, tri_cbor_out *normal)
{
    struct {
        size_t from, to;
    } keys[1024];
    size_t key_count = 0;
    for (uint64_t i = 0; i < count; i++) {
        size_t from = normal->need;
        if (!second_item(s, depth + 1, normal))
            return false;
        if (!map || i % 2 == 1)
            continue;
        for (size_t k = 0; k < key_count; k++)
            if (tri_same((trust_bytes){normal->out + keys[k].from, keys[k].to - keys[k].from},
                         (trust_bytes){normal->out + from, normal->need - from}))
                return false;
        demand(key_count < COUNT(keys));
        keys[key_count].from = from;
        keys[key_count++].to = normal->need;
    }
    return true;
}

static bool second_item(second *s, size_t depth, tri_cbor_out *normal)
{
    if (s->items++ >= TRI_CBOR_MAX_ITEMS || s->at == s->end)
        return false;
    const uint8_t *head = s->at;
    int type = *s->at >> 5, info = *s->at++ & 31;
    uint64_t argument = (uint64_t)info;
    if (info > 27 || (type == 7 && (info < 20 || info == 24)))
        return false;
    if (info >= 24) {
        argument = 0;
        for (int width = 1 << (info - 24); width > 0; width--) {
            if (s->at == s->end)
                return false;
            argument = argument << 8 | *s->at++;
        }
    }
    size_t left = (size_t)(s->end - s->at);
    if (type == 2 || type == 3) {
        trust_bytes bytes = {s->at, (size_t)argument};
        if (argument > left || (type == 3 && !tri_utf8(bytes)))
            return false;
        s->at += argument;
        if (type == 3)
            tri_cbor_put_text(normal, bytes);
        else
            tri_cbor_put_bytes(normal, bytes);
        return true;
    }
    if (type == 7) {
        for (; head < s->at; head++)
            normal->out[normal->need++] = *head;
        return true;
    }
    tri_cbor_put_head(normal, type, argument);
    if (type < 2)
        return true;
    if (depth >= TRI_CBOR_MAX_DEPTH || (type != 6 && argument > left))
        return false;
    return second_items(s,
                        type == 6   ? 1
                        : type == 5 ? 2 * argument
                                    : argument,
                        depth, type == 5, normal);
}

static bool second_opinion(const uint8_t *data, size_t size)
{
    static uint8_t normal[65536];
    tri_cbor_out out = {normal, sizeof normal, 0};
    second s = {data, data + size, 0};
    return second_item(&s, 0, &out) && s.at == s.end;
}

/* Whatever came in: an answer that the second reader shares, and if it is no, a place and words. */
static bool agree(const uint8_t *data, size_t size)
{
    tri_cbor cursor = tri_cbor_begin((trust_bytes){data, size});
    bool good = cursor.status == TRUST_OK;
    demand(good == second_opinion(data, size));
    if (!good) {
        trust_error err;
        demand(cursor.status == TRUST_E_FORMAT || cursor.status == TRUST_E_LIMIT);
        demand(tri_cbor_fail(&cursor, &err) == cursor.status);
        demand(err.offset <= size);
        demand(err.message[0] != '\0');
    }
    return good;
}

START_TEST(flipped_bits)
{
    size_t refused = 0, all = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        blob b = random_value(seed);
        uint8_t *data = exact(b.data, b.size);
        for (size_t bit = 0; bit < 8 * b.size && bit < 4000; bit++, all++) {
            data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            refused += !agree(data, b.size);
            data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        free(data);
    }
    /* Both answers must be common, or this has tested nothing. */
    ck_assert_uint_gt(refused, all / 20);
    ck_assert_uint_lt(refused, all - all / 20);
}
END_TEST

/* Small maps of few and similar keys, so that many of them are the same key twice. */
START_TEST(similar_keys)
{
    static const char *const keys[] = {"00",   "1800",   "01",         "1801", "190001", "20",
                                       "3800", "40",     "5800",       "60",   "7800",   "4130",
                                       "6130", "780130", "80",         "9800", "8101",   "811801",
                                       "a0",   "a10101", "a1180101",   "c101", "d80101", "f4",
                                       "f5",   "f90014", "fa00000014", "f6"};
    uint64_t seed = 5;
    size_t refused = 0, all = 10000;
    for (size_t round = 0; round < all; round++) {
        size_t pairs = 1 + next_random(&seed) % 7;
        blob b;
        b.size = 1;
        b.data[0] = (uint8_t)(0xA0 + pairs);
        for (size_t i = 0; i < pairs; i++) {
            blob key = unhex(keys[next_random(&seed) % COUNT(keys)]);
            memcpy(b.data + b.size, key.data, key.size);
            b.size += key.size;
            b.data[b.size++] = 0xF6;
        }
        refused += !agree(b.data, b.size);
    }
    ck_assert_uint_gt(refused, all / 20);
    ck_assert_uint_lt(refused, all - all / 20);
}
END_TEST

START_TEST(noise)
{
    uint64_t seed = 9;
    size_t good = 0;
    for (int round = 0; round < 50000; round++) {
        uint8_t data[24];
        size_t size = 1 + next_random(&seed) % sizeof data;
        for (size_t i = 0; i < size; i++)
            data[i] = (uint8_t)(next_random(&seed) >> 20);
        good += agree(data, size);
    }
    ck_assert_uint_gt(good, 150);
}
END_TEST

int main(void)
{
    return run_tests("cbor", TESTS(reads_items, refuses, duplicate_keys, depth_limit, depth_in_keys,
                                   item_limit, many_keys, many_open_keys, walks_inside,
                                   unchecked_bytes, finds, values, writes_heads, writes_the_rest,
                                   writer_counts_on, round_trip, every_truncation_is_refused,
                                   flipped_bits, similar_keys, noise));
}
