/* Strict JSON: what is refused and where, what values are read as, and how a value is found again.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "core/bytes.h"
#include "format/json.h"
#include "support.h"

static const tri_json_limits LIMITS = {65536, 8, 4096};

static trust_status parse(const char *text, tri_json_doc *doc, trust_error *err)
{
    return tri_json_parse(tri_bytes(text), &LIMITS, doc, err);
}

START_TEST(accepts)
{
    static const char *const good[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0e-0",
        "1E+2",
        "\"\"",
        " \t\r\n1 \t\r\n",
        "{}",
        "[]",
        "[ ]",
        "{ }",
        "[1,2,[],{}]",
        "{\"a\":1,\"b\":{\"a\":2}}",
        "{\"\":1}",
        "{\"a\":1,\"A\":2}",
        "[[[[[[[1]]]]]]]",
        "[[[[[[[[]]]]]]]]",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD834\\udd1e\"",
        "\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf\"",
        "123456789012345678901234567890123456789012345678901234567890123",
        "1e999",
        "[\"\\ud7ff\",\"\\ue000\",\"\\ud800\\udc00\",\"\\udbff\\udfff\"]",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        tri_json_doc doc;
        trust_error err;
        trust_status status = parse(good[i], &doc, &err);
        ck_assert_msg(status == TRUST_OK, "%s: %s", good[i], err.message);
        tri_json_free(&doc);
    }
}
END_TEST

START_TEST(refuses)
{
    static const struct {
        const char *text;
        trust_status status;
        uint32_t line, column;
        const char *message;
    } bad[] = {
        {"", TRUST_E_FORMAT, 1, 1, "the document is empty"},
        {" ", TRUST_E_FORMAT, 1, 2, "the document ends too early"},
        {"\xef\xbb\xbf{}", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {"nul", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {"True", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {"nullx", TRUST_E_FORMAT, 1, 5, "something follows the value"},
        {"{} {}", TRUST_E_FORMAT, 1, 4, "something follows the value"},
        {"[1]\n\n ]", TRUST_E_FORMAT, 3, 2, "something follows the value"},
        {"[1]\v", TRUST_E_FORMAT, 1, 4, "something follows the value"},
        {"\f1", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {"NaN", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {"Infinity", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {"'a'", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {"// x\n1", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {"01", TRUST_E_FORMAT, 1, 2, "a number begins with a zero"},
        {"-01", TRUST_E_FORMAT, 1, 3, "a number begins with a zero"},
        {"-", TRUST_E_FORMAT, 1, 2, "the document ends too early"},
        {"+1", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {".5", TRUST_E_FORMAT, 1, 1, "no JSON value"},
        {"[1.]", TRUST_E_FORMAT, 1, 4, "a digit is missing"},
        {"[1e]", TRUST_E_FORMAT, 1, 4, "a digit is missing"},
        {"[1e+-1]", TRUST_E_FORMAT, 1, 5, "a digit is missing"},
        {"-x", TRUST_E_FORMAT, 1, 2, "a digit is missing"},
        {"0x10", TRUST_E_FORMAT, 1, 2, "something follows the value"},
        {"1234567890123456789012345678901234567890123456789012345678901234", TRUST_E_LIMIT, 1, 1,
         "a number of more than 63 characters"},
        {"[", TRUST_E_FORMAT, 1, 2, "the document ends too early"},
        {"[1", TRUST_E_FORMAT, 1, 3, "the document ends too early"},
        {"[1,", TRUST_E_FORMAT, 1, 4, "the document ends too early"},
        {"[1,]", TRUST_E_FORMAT, 1, 4, "no JSON value"},
        {"[,1]", TRUST_E_FORMAT, 1, 2, "no JSON value"},
        {"[1 2]", TRUST_E_FORMAT, 1, 4, "a comma or a closing bracket is missing"},
        {"[1}", TRUST_E_FORMAT, 1, 3, "a comma or a closing bracket is missing"},
        {"[}", TRUST_E_FORMAT, 1, 2, "no JSON value"},
        {"{]", TRUST_E_FORMAT, 1, 2, "a member name is missing"},
        {"{1:2}", TRUST_E_FORMAT, 1, 2, "a member name is missing"},
        {"{a:2}", TRUST_E_FORMAT, 1, 2, "a member name is missing"},
        {"{\"a\"}", TRUST_E_FORMAT, 1, 5, "a colon is missing"},
        {"{\"a\":}", TRUST_E_FORMAT, 1, 6, "no JSON value"},
        {"{\"a\":1,}", TRUST_E_FORMAT, 1, 8, "a member name is missing"},
        {"{\"a\":1 \"b\":2}", TRUST_E_FORMAT, 1, 8, "a comma or a closing bracket is missing"},
        {"{\"a\":1]", TRUST_E_FORMAT, 1, 7, "a comma or a closing bracket is missing"},
        {"{\"a", TRUST_E_FORMAT, 1, 4, "the document ends too early"},
        {"{\"a\"", TRUST_E_FORMAT, 1, 5, "the document ends too early"},
        {"\"a", TRUST_E_FORMAT, 1, 3, "the document ends too early"},
        {"\"a\nb\"", TRUST_E_FORMAT, 1, 3, "a control character in a string"},
        {"\"\x1f\"", TRUST_E_FORMAT, 1, 2, "a control character in a string"},
        {"\"\\x\"", TRUST_E_FORMAT, 1, 3, "no such escape"},
        {"\"\\", TRUST_E_FORMAT, 1, 3, "the document ends too early"},
        {"\"\\u0061", TRUST_E_FORMAT, 1, 8, "the document ends too early"},
        {"\"\\u12", TRUST_E_FORMAT, 1, 4, "\\u needs four hexadecimal digits"},
        {"\"\\u12g4\"", TRUST_E_FORMAT, 1, 4, "\\u needs four hexadecimal digits"},
        {"\"\\u0000\"", TRUST_E_FORMAT, 1, 8, "a string contains NUL"},
        {"{\"a\\u0000\":1}", TRUST_E_FORMAT, 1, 10, "a string contains NUL"},
        {"\"\\ud800\"", TRUST_E_FORMAT, 1, 8, "half of a surrogate pair"},
        {"\"\\ud800\\n\"", TRUST_E_FORMAT, 1, 9, "half of a surrogate pair"},
        {"\"\\ud800\\ud800\"", TRUST_E_FORMAT, 1, 14, "half of a surrogate pair"},
        {"\"\\udc00\"", TRUST_E_FORMAT, 1, 8, "half of a surrogate pair"},
        {"\"\\udfff\"", TRUST_E_FORMAT, 1, 8, "half of a surrogate pair"},
        {"\"\\udc00\\udc00\"", TRUST_E_FORMAT, 1, 8, "half of a surrogate pair"},
        {"\"\\ud800\\udbff\"", TRUST_E_FORMAT, 1, 14, "half of a surrogate pair"},
        {"\"\\ud800\\ue000\"", TRUST_E_FORMAT, 1, 14, "half of a surrogate pair"},
        {"\"\\ud800\\uzzzz\"", TRUST_E_FORMAT, 1, 10, "\\u needs four hexadecimal digits"},
        {"\"\x80\"", TRUST_E_FORMAT, 1, 2, "no UTF-8"},
        {"\"\xc0\x80\"", TRUST_E_FORMAT, 1, 2, "no UTF-8"},
        {"\"\xc3\"", TRUST_E_FORMAT, 1, 2, "no UTF-8"},
        {"\"\xc3", TRUST_E_FORMAT, 1, 2, "no UTF-8"},
        {"\"\xed\xa0\x80\"", TRUST_E_FORMAT, 1, 2, "no UTF-8"},
        {"\"\xf4\x90\x80\x80\"", TRUST_E_FORMAT, 1, 2, "no UTF-8"},
        {"\"\xff\xff\xff\xff\"", TRUST_E_FORMAT, 1, 2, "no UTF-8"},
        {"[[[[[[[[1]]]]]]]]", TRUST_E_LIMIT, 1, 9, "nested too deeply"},
        {"[[[[[[[[[]]]]]]]]]", TRUST_E_LIMIT, 1, 9, "nested too deeply"},
        {"{\"a\":1,\n\"a\":2}", TRUST_E_FORMAT, 2, 5, "the same name twice: 'a'"},
        {"{\"a\":1,\"\\u0061\":2}", TRUST_E_FORMAT, 1, 17, "the same name twice: 'a'"},
        {"{\"/\":1,\"\\/\":2}", TRUST_E_FORMAT, 1, 13, "the same name twice: '/'"},
        {"{\"\":1,\"\":2}", TRUST_E_FORMAT, 1, 10, "the same name twice: ''"},
        {"[1,{\"b\":{\"c\":1,\"d\":2,\"e\":3,\"c\":4}}]", TRUST_E_FORMAT, 1, 32,
         "the same name twice: 'c'"},
        {"{\"\xf0\x9d\x84\x9e\":1,\"\\ud834\\udd1e\":2}", TRUST_E_FORMAT, 1, 26,
         "the same name twice: '\xf0\x9d\x84\x9e'"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tri_json_doc doc = {{NULL, 0}, NULL};
        trust_error err;
        ck_status(parse(bad[i].text, &doc, &err), bad[i].status);
        ck_assert_ptr_null(doc.root);
        ck_assert_str_eq(err.message, bad[i].message);
        ck_assert_msg(err.line == bad[i].line && err.column == bad[i].column, "%s: %u:%u",
                      bad[i].text, err.line, err.column);
        ck_assert_int_eq(err.code, bad[i].status);
        ck_status(parse(bad[i].text, &doc, NULL), bad[i].status);
    }
}
END_TEST

START_TEST(every_cut_is_refused)
{
    const char *text = "{\"a\":[1.5e+3,\"\\ud834\\udd1e\xc3\xa9\",true,null],\"b\":{\"c\":false}}";
    size_t len = strlen(text);
    for (size_t cut = 0; cut < len; cut++) {
        /* Exactly as long as the text, so that a sanitizer sees a byte too far. */
        uint8_t *copy = malloc(cut + 1);
        tri_json_doc doc;
        trust_error err;
        memcpy(copy, text, cut);
        uint8_t *tight = realloc(copy, cut > 0 ? cut : 1);
        ck_status(tri_json_parse((trust_bytes){tight, cut}, &LIMITS, &doc, &err), TRUST_E_FORMAT);
        ck_assert_uint_le(err.offset, cut);
        free(tight);
    }
}
END_TEST

/* What would go on behind the end is not looked at. */
START_TEST(ends_where_told)
{
    static const struct {
        const char *text;
        size_t size;
        trust_status status;
    } cases[] = {
        {"12", 1, TRUST_OK},
        {"1.5", 1, TRUST_OK},
        {"1e5", 1, TRUST_OK},
        {"1 x", 2, TRUST_OK},
        {"[]x", 2, TRUST_OK},
        {"\"a\"b", 3, TRUST_OK},
        {"true", 3, TRUST_E_FORMAT},
        {"\"\xc3\xa9\"", 2, TRUST_E_FORMAT},
        {"\"\\u0061\"", 6, TRUST_E_FORMAT},
        {"\"a\"", 2, TRUST_E_FORMAT},
        {"[1]", 2, TRUST_E_FORMAT},
        {"1.5", 2, TRUST_E_FORMAT},
        {"-1", 1, TRUST_E_FORMAT},
        {"{\"a\":1}", 5, TRUST_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tri_json_doc doc = {{NULL, 0}, NULL};
        trust_bytes text = {(const uint8_t *)cases[i].text, cases[i].size};
        ck_status(tri_json_parse(text, &LIMITS, &doc, NULL), cases[i].status);
        tri_json_free(&doc);
    }
}
END_TEST

START_TEST(limits_hold)
{
    tri_json_doc doc;
    trust_error err;
    trust_bytes text = tri_bytes("[1,2,3]");
    tri_json_limits exact = {7, 2, 4};
    ck_ok(tri_json_parse(text, &exact, &doc, &err));
    tri_json_free(&doc);
    tri_json_limits bytes = {6, 2, 4};
    ck_status(tri_json_parse(text, &bytes, &doc, &err), TRUST_E_LIMIT);
    tri_json_limits depth = {7, 1, 4};
    ck_status(tri_json_parse(text, &depth, &doc, &err), TRUST_E_LIMIT);
    tri_json_limits nodes = {7, 2, 3};
    ck_status(tri_json_parse(text, &nodes, &doc, &err), TRUST_E_LIMIT);
    ck_assert_str_eq(err.message, "too many values");
    ck_assert_uint_eq(err.offset, 5);
}
END_TEST

/* However large the limit, nesting ends at 32. */
START_TEST(deepest)
{
    char text[80];
    tri_json_doc doc;
    trust_error err;
    tri_json_limits limits = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
    memset(text, '[', 32);
    memset(text + 32, ']', 32);
    ck_ok(tri_json_parse((trust_bytes){(uint8_t *)text, 64}, &limits, &doc, &err));
    const tri_json *inner = doc.root;
    while (tri_json_first(inner) != NULL)
        inner = tri_json_first(inner);
    ck_status(tri_json_fail(&doc, inner, TRUST_E_LIMIT, "here", tri_bytes(NULL), &err),
              TRUST_E_LIMIT);
    ck_assert_uint_eq(err.column, 32);
    tri_json_free(&doc);
    memset(text, '[', 33);
    memset(text + 33, ']', 33);
    ck_status(tri_json_parse((trust_bytes){(uint8_t *)text, 66}, &limits, &doc, &err),
              TRUST_E_LIMIT);
}
END_TEST

START_TEST(integers)
{
    static const struct {
        const char *text;
        bool whole;
        int64_t value;
    } numbers[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"-0.0", true, 0},
        {"1532", true, 1532},
        {"1532.0", true, 1532},
        {"1.532e3", true, 1532},
        {"153200e-2", true, 1532},
        {"-7", true, -7},
        {"2147483648", true, 2147483648},
        {"9007199254740991", true, 9007199254740991},
        {"-9007199254740991", true, -9007199254740991},
        {"9007199254740992", false, 0},
        {"9007199254740993", false, 0},
        {"-9007199254740992", false, 0},
        {"1532.5", false, 0},
        {"0.1", false, 0},
        {"1e-300", false, 0},
        {"1e300", false, 0},
        {"1e999", false, 0},
        {"-1e999", false, 0},
        {"118120836164494129544568202238038638592", false, 0},
        {"\"7\"", false, 0},
        {"true", false, 0},
        {"null", false, 0},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        tri_json_doc doc;
        int64_t value = 99;
        ck_ok(parse(numbers[i].text, &doc, NULL));
        bool whole = tri_json_integer(doc.root, &value);
        ck_assert_msg(whole == numbers[i].whole, "%s", numbers[i].text);
        ck_assert_int_eq(value, whole ? numbers[i].value : 99);
        tri_json_free(&doc);
    }
    ck_assert(!tri_json_integer(NULL, NULL));
}
END_TEST

START_TEST(reals)
{
    static const struct {
        const char *text;
        bool finite;
        double value;
    } numbers[] = {
        {"97.41", true, 97.41}, {"-0.5", true, -0.5}, {"1e308", true, 1e308},
        {"1e999", false, 0},    {"\"1\"", false, 0},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        tri_json_doc doc;
        uint64_t bits = 0;
        ck_ok(parse(numbers[i].text, &doc, NULL));
        ck_assert(tri_json_real(doc.root, &bits) == numbers[i].finite);
        ck_assert_mem_eq(&bits, &numbers[i].value, sizeof bits);
        tri_json_free(&doc);
    }
}
END_TEST

START_TEST(values_read)
{
    tri_json_doc doc;
    ck_ok(parse("{\"o\":{},\"a\":[1,2],\"s\":\"\\u00e9\",\"t\":true,\"f\":false,\"n\":null}", &doc,
                NULL));
    const tri_json *o = tri_json_member(doc.root, "o");
    const tri_json *a = tri_json_member(doc.root, "a");
    const tri_json *s = tri_json_member(doc.root, "s");
    bool truth = false;
    trust_bytes text = {NULL, 0};
    ck_assert(tri_json_is_object(o) && tri_json_first(o) == NULL && tri_json_count(o) == 0);
    ck_assert(tri_json_is_array(a) && tri_json_count(a) == 2 && !tri_json_is_object(a));
    ck_assert(tri_json_next(tri_json_next(tri_json_first(a))) == NULL);
    ck_assert(tri_json_is_number(tri_json_first(a)));
    ck_assert(tri_json_is_string(s) && tri_json_string(s, &text) &&
              tri_same_text(text, "\xc3\xa9"));
    ck_assert(!tri_json_string(a, &text) && !tri_json_bool(s, &truth));
    ck_assert(tri_json_bool(tri_json_member(doc.root, "t"), &truth) && truth);
    ck_assert(tri_json_bool(tri_json_member(doc.root, "f"), &truth) && !truth);
    ck_assert(tri_json_is_bool(tri_json_member(doc.root, "f")));
    ck_assert(tri_json_is_null(tri_json_member(doc.root, "n")));
    ck_assert_ptr_null(tri_json_member(doc.root, "O"));
    ck_assert_ptr_null(tri_json_member(a, "o"));
    ck_assert_ptr_null(tri_json_member(NULL, "o"));
    ck_assert(tri_same_text(tri_json_name(a), "a"));
    ck_assert_uint_eq(tri_json_name(doc.root).size, 0);
    ck_assert_uint_eq(tri_json_name(NULL).size, 0);
    ck_assert(tri_json_first(NULL) == NULL && tri_json_next(NULL) == NULL);
    ck_assert(!tri_json_is_null(NULL) && tri_json_count(NULL) == 0);
    tri_json_free(&doc);
    tri_json_free(&doc);
}
END_TEST

START_TEST(places_found)
{
    const char *text =
        "{\"a\": [10, {\"b/c~d\": \"x\",\n  \"e\": [ ]}],\n \"\\u0066\": {\"\": true}}";
    static const struct {
        const char *pointer;
        uint32_t line, column;
    } places[] = {
        {"", 1, 1},       {"/a", 1, 7},  {"/a/0", 1, 8}, {"/a/1", 1, 12}, {"/a/1/b~1c~0d", 1, 22},
        {"/a/1/e", 2, 8}, {"/f", 3, 12}, {"/f/", 3, 17},
    };
    tri_json_doc doc;
    ck_ok(parse(text, &doc, NULL));
    const tri_json *a = tri_json_member(doc.root, "a");
    const tri_json *second = tri_json_next(tri_json_first(a));
    const tri_json *f = tri_json_member(doc.root, "f");
    const tri_json *const values[] = {
        doc.root,
        a,
        tri_json_first(a),
        second,
        tri_json_first(second),
        tri_json_member(second, "e"),
        f,
        tri_json_first(f),
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        trust_error err;
        ck_status(
            tri_json_fail(&doc, values[i], TRUST_E_UNSUPPORTED, "not this", tri_bytes("q"), &err),
            TRUST_E_UNSUPPORTED);
        ck_assert_str_eq(err.where, places[i].pointer);
        ck_assert_str_eq(err.message, "not this 'q'");
        ck_assert_uint_eq(err.line, places[i].line);
        ck_assert_uint_eq(err.column, places[i].column);
        ck_assert_int_eq(err.code, TRUST_E_UNSUPPORTED);
    }
    trust_error err;
    ck_status(tri_json_fail(&doc, a, TRUST_E_FORMAT, "x", tri_bytes(NULL), NULL), TRUST_E_FORMAT);
    ck_status(tri_json_fail(&doc, NULL, TRUST_E_FORMAT, "x", tri_bytes(NULL), &err),
              TRUST_E_FORMAT);
    ck_assert_uint_eq(err.line, 0);
    tri_json_free(&doc);
}
END_TEST

/* Which values are asked for, by a bit for each in document order, and how many came. */
typedef struct asking {
    const tri_json_doc *doc;
    uint32_t bits;
    uint32_t seen;
    uint32_t found;
} asking;

static bool asked_for(void *context, const tri_json *value)
{
    asking *a = context;
    ck_assert_ptr_nonnull(value);
    return (a->bits >> a->seen++ & 1) != 0;
}

/* The same place as one that is looked for alone. */
static void came(void *context, const tri_json *value, const trust_error *place)
{
    asking *a = context;
    trust_error alone;
    tri_json_fail(a->doc, value, TRUST_E_FORMAT, "x", tri_bytes(NULL), &alone);
    ck_assert_str_eq(place->where, alone.where);
    ck_assert_uint_eq(place->line, alone.line);
    ck_assert_uint_eq(place->column, alone.column);
    ck_assert_uint_eq(place->offset, alone.offset);
    ck_assert_uint_eq((a->bits >> (a->seen - 1)) & 1, 1);
    a->found++;
}

/* Any choice of eight values, in one pass. */
START_TEST(many_places_found)
{
    tri_json_doc doc;
    ck_ok(
        parse("\n {\"a\": [10, {\"b/c~d\": \"x\",\n  \"e\": [ ]}],\n \"\\u0066\": {\"\": true}}\n",
              &doc, NULL));
    for (uint32_t bits = 0; bits < 256; bits++) {
        asking a = {&doc, bits, 0, 0};
        uint32_t count = 0;
        for (uint32_t i = 0; i < 8; i++)
            count += bits >> i & 1;
        tri_json_places(&doc, asked_for, came, &a);
        ck_assert_uint_eq(a.seen, 8);
        ck_assert_uint_eq(a.found, count);
    }
    tri_json_free(&doc);
}
END_TEST

START_TEST(texts)
{
    tri_json_doc doc;
    ck_ok(parse(" { \"a\" : [1 , {\"]\":\"\\\"}\"} ] , \"b\":\"x,\\u0061\" ,\"c\": -1.50e1 } ",
                &doc, NULL));
    const tri_json *a = tri_json_first(doc.root);
    const tri_json *object = tri_json_next(tri_json_first(a));
    const tri_json *b = tri_json_next(a);
    ck_assert(tri_same_text(tri_json_text(&doc, a), "[1 , {\"]\":\"\\\"}\"} ]"));
    ck_assert(tri_same_text(tri_json_text(&doc, tri_json_first(a)), "1"));
    ck_assert(tri_same_text(tri_json_text(&doc, object), "{\"]\":\"\\\"}\"}"));
    ck_assert(tri_same_text(tri_json_text(&doc, tri_json_first(object)), "\"\\\"}\""));
    ck_assert(tri_same_text(tri_json_text(&doc, b), "\"x,\\u0061\""));
    ck_assert(tri_same_text(tri_json_text(&doc, tri_json_next(b)), "-1.50e1"));
    ck_assert_uint_eq(tri_json_text(&doc, doc.root).size, doc.text.size - 2);
    ck_assert_uint_eq(tri_json_text(&doc, NULL).size, 0);
    tri_json_free(&doc);
}
END_TEST

START_TEST(long_pointer_is_cut)
{
    char text[400] = "{\"";
    tri_json_doc doc;
    trust_error err;
    memset(text + 2, 'n', 300);
    strcpy(text + 302, "\":1}");
    ck_ok(parse(text, &doc, NULL));
    tri_json_fail(&doc, tri_json_first(doc.root), TRUST_E_FORMAT, "x", tri_bytes(NULL), &err);
    ck_assert_uint_lt(strlen(err.where), sizeof err.where);
    ck_assert_uint_gt(strlen(err.where), 80);
    tri_json_free(&doc);
}
END_TEST

/* Every pair of places in objects of every size to 40: found, and the later one is named. */
START_TEST(duplicates_anywhere)
{
    for (int size = 2; size <= 40; size++) {
        for (int second = 1; second < size; second++) {
            char text[1024] = "{";
            size_t len = 1;
            size_t place = 0;
            tri_json_doc doc;
            trust_error err;
            int first = (size * 7) % second;
            for (int i = 0; i < size; i++) {
                int name = i == second ? first : i;
                len += (size_t)snprintf(text + len, sizeof text - len,
                                        "%s\"%02d\":", i == 0 ? "" : ",", (name * 37) % 41);
                if (i == second)
                    place = len;
                len += (size_t)snprintf(text + len, sizeof text - len, "%d", i);
            }
            strcpy(text + len, "}");
            ck_status(parse(text, &doc, &err), TRUST_E_FORMAT);
            ck_assert_uint_eq(err.offset, place);
        }
    }
}
END_TEST

START_TEST(many_members)
{
    static char text[65536];
    size_t len = 1;
    tri_json_doc doc;
    trust_error err;
    text[0] = '{';
    for (int i = 0; i < 4095; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s\"%d\":0", i == 0 ? "" : ",",
                                (i * 1237) % 4095);
    text[len] = '}';
    ck_ok(tri_json_parse((trust_bytes){(uint8_t *)text, len + 1}, &LIMITS, &doc, &err));
    ck_assert_uint_eq(tri_json_count(doc.root), 4095);
    /* Sorting leaves the order of the document alone. */
    ck_assert(tri_same_text(tri_json_name(tri_json_next(tri_json_first(doc.root))), "1237"));
    tri_json_free(&doc);
}
END_TEST

static long live, calls, fail_at;

static void *failing_malloc(size_t size)
{
    if (++calls == fail_at)
        return NULL;
    live++;
    return malloc(size);
}

static void counting_free(void *ptr)
{
    live -= ptr != NULL;
    free(ptr);
}

START_TEST(no_memory)
{
    cJSON_Hooks hooks = {failing_malloc, counting_free};
    trust_status status;
    cJSON_InitHooks(&hooks);
    fail_at = 0;
    do {
        tri_json_doc doc = {{NULL, 0}, NULL};
        trust_error err;
        fail_at++;
        calls = 0;
        status = parse("{\"a\":[1,\"x\",{\"b\":null}],\"c\":true}", &doc, &err);
        if (status == TRUST_OK) {
            tri_json_free(&doc);
        } else {
            ck_status(status, TRUST_E_NOMEM);
            ck_assert_int_eq(err.code, TRUST_E_NOMEM);
            ck_assert_ptr_null(doc.root);
        }
        ck_assert_int_eq(live, 0);
    } while (calls >= fail_at);
    ck_ok(status);
    ck_assert_int_gt(fail_at, 10);
    cJSON_InitHooks(NULL);
}
END_TEST

int main(void)
{
    return run_tests("json", TESTS(accepts, refuses, every_cut_is_refused, ends_where_told,
                                   limits_hold, deepest, integers, reals, values_read, places_found,
                                   many_places_found, texts, long_pointer_is_cut,
                                   duplicates_anywhere, many_members, no_memory));
}
