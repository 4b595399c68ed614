/* Reference values: what a document may say, and what is looked up in it. */

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "reference/reference.h"

#define HEAD "{\"trust_reference\":1,\"id\":\"t\",\"revision\":3,\"values\":["
#define D0   "\"digest\":\"sha256:00000000000000000000000000000000000000000000000000000000000000"
#define A    D0 "0a\""
#define B    D0 "0b\""
#define OK   ",\"status\":\"ok\""
#define ADV  ",\"status\":\"advisory\""
#define DENY ",\"status\":\"deny\""

static trust_reference *load(const char *text)
{
    trust_reference *reference = NULL;
    trust_error err = {0};
    trust_status status = trust_reference_load_unsigned(text, strlen(text), NULL, &reference, &err);
    ck_assert_msg(status == TRUST_OK, "%s: %s", text, err.message);
    return reference;
}

/* Look up a SHA-256 that ends with @p last. */
static int find(const trust_reference *reference, const char *device_class, uint8_t last)
{
    uint8_t digest[32] = {0};
    digest[31] = last;
    return tri_reference_find(reference, tri_bytes(device_class), (trust_bytes){digest, 32});
}

START_TEST(empty_sets_vouch_for_nothing)
{
    trust_reference *reference = load(HEAD "]}");
    ck_assert_uint_eq(trust_reference_count(reference), 0);
    ck_assert_int_eq(find(reference, "lock", 0x0A), TRI_REFERENCE_UNKNOWN);
    ck_assert_int_eq(find(NULL, "lock", 0x0A), TRI_REFERENCE_UNKNOWN);
    ck_assert_uint_eq(trust_reference_count(NULL), 0);
    trust_reference_free(reference);
    trust_reference_free(NULL);
}
END_TEST

START_TEST(own_class_before_every_class_and_deny_before_all)
{
    static const struct {
        const char *every, *own;
        int expected, foreign, classless;
    } cases[] = {
        {"{" A OK "}", NULL, TRI_REFERENCE_OK, TRI_REFERENCE_OK, TRI_REFERENCE_OK},
        {NULL, "{\"class\":\"lock\"," A OK "}", TRI_REFERENCE_OK, TRI_REFERENCE_UNKNOWN,
         TRI_REFERENCE_UNKNOWN},
        {"{" A OK "}", "{\"class\":\"lock\"," A ADV "}", TRI_REFERENCE_ADVISORY, TRI_REFERENCE_OK,
         TRI_REFERENCE_OK},
        {"{" A ADV "}", "{\"class\":\"lock\"," A OK "}", TRI_REFERENCE_OK, TRI_REFERENCE_ADVISORY,
         TRI_REFERENCE_ADVISORY},
        {"{" A DENY "}", "{\"class\":\"lock\"," A OK "}", TRI_REFERENCE_DENY, TRI_REFERENCE_DENY,
         TRI_REFERENCE_DENY},
        {"{" A OK "}", "{\"class\":\"lock\"," A DENY "}", TRI_REFERENCE_DENY, TRI_REFERENCE_OK,
         TRI_REFERENCE_OK},
        {"{" B OK "}", "{\"class\":\"lock\"," B DENY "}", TRI_REFERENCE_UNKNOWN,
         TRI_REFERENCE_UNKNOWN, TRI_REFERENCE_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, HEAD "%s%s%s]}", cases[i].own != NULL ? cases[i].own : "",
                 cases[i].own != NULL && cases[i].every != NULL ? "," : "",
                 cases[i].every != NULL ? cases[i].every : "");
        trust_reference *reference = load(text);
        ck_assert_int_eq(find(reference, "lock", 0x0A), cases[i].expected);
        ck_assert_int_eq(find(reference, "camera", 0x0A), cases[i].foreign);
        ck_assert_int_eq(find(reference, "loc", 0x0A), cases[i].foreign);
        ck_assert_int_eq(find(reference, "", 0x0A), cases[i].classless);
        trust_reference_free(reference);
    }
}
END_TEST

START_TEST(every_digest_size)
{
    static const size_t sizes[] = {32, 48, 64};
    static const char *const names[] = {"sha256", "sha384", "sha512"};
    uint8_t digest[64];
    memset(digest, 0xAB, sizeof digest);
    for (size_t i = 0; i < 3; i++) {
        char text[512], hex[129] = "";
        for (size_t j = 0; j < sizes[i]; j++)
            strcat(hex, j % 2 == 0 ? "aB" : "Ab");
        snprintf(text, sizeof text, HEAD "{\"digest\":\"%s:%s\"" OK "}]}", names[i], hex);
        trust_reference *reference = load(text);
        for (size_t j = 0; j < 3; j++)
            ck_assert_int_eq(tri_reference_find(reference, (trust_bytes){NULL, 0},
                                                (trust_bytes){digest, sizes[j]}),
                             i == j ? TRI_REFERENCE_OK : TRI_REFERENCE_UNKNOWN);
        trust_reference_free(reference);
    }
}
END_TEST

/* A document of @p count values, in an order that is neither sorted nor reversed. */
static char *many(size_t count, size_t *len)
{
    char *text = malloc(count * 160 + 200);
    ck_assert_ptr_nonnull(text);
    int at = sprintf(text, HEAD);
    for (size_t i = 0; i < count; i++) {
        size_t n = i * 1237 % count; /* a prime that divides no count used here */
        at +=
            sprintf(text + at, "%s{\"class\":\"c%zu\",\"digest\":\"sha256:%064zx\",\"status\":%s}",
                    i > 0 ? "," : "", n % 7, n / 2, n % 2 == 0 ? "\"ok\"" : "\"advisory\"");
    }
    at += sprintf(text + at, "]}");
    *len = (size_t)at;
    return text;
}

START_TEST(as_many_as_may_be)
{
    trust_reference *reference = NULL;
    trust_error err;
    size_t len;
    char *text = many(4096, &len);
    ck_ok(trust_reference_load_unsigned(text, len, NULL, &reference, &err));
    ck_assert_uint_eq(trust_reference_count(reference), 4096);
    for (size_t n = 0; n < 4096; n++) {
        char name[8];
        uint8_t digest[32] = {0};
        snprintf(name, sizeof name, "c%zu", n % 7);
        digest[30] = (uint8_t)(n / 2 >> 8);
        digest[31] = (uint8_t)(n / 2);
        ck_assert_int_eq(tri_reference_find(reference, tri_bytes(name), (trust_bytes){digest, 32}),
                         n % 2 == 0 ? TRI_REFERENCE_OK : TRI_REFERENCE_ADVISORY);
    }
    trust_reference_free(reference);
    free(text);
    text = many(4097, &len);
    reference = NULL;
    ck_status(trust_reference_load_unsigned(text, len, NULL, &reference, &err), TRUST_E_LIMIT);
    ck_assert_ptr_null(reference);
    ck_assert_str_eq(err.where, "/values");
    free(text);
}
END_TEST

#define TEXT64 "0123456789012345678901234567890123456789012345678901234567890123"

START_TEST(wrong_documents_are_refused)
{
    static const struct {
        const char *text;
        trust_status status;
        const char *where;
    } cases[] = {
        {"", TRUST_E_FORMAT, ""},
        {"{", TRUST_E_FORMAT, ""},
        {"[]", TRUST_E_FORMAT, ""},
        {"{}", TRUST_E_FORMAT, ""},
        {"{\"trust_reference\":\"1\"}", TRUST_E_FORMAT, "/trust_reference"},
        {"{\"trust_reference\":2}", TRUST_E_UNSUPPORTED, "/trust_reference"},
        {"{\"trust_reference\":1}", TRUST_E_FORMAT, ""},
        {"{\"trust_reference\":1,\"id\":\"\"}", TRUST_E_FORMAT, "/id"},
        {"{\"trust_reference\":1,\"id\":1}", TRUST_E_FORMAT, "/id"},
        {"{\"trust_reference\":1,\"id\":\"" TEXT64 "\"}", TRUST_E_LIMIT, "/id"},
        {"{\"trust_reference\":1,\"id\":\"x\"}", TRUST_E_FORMAT, ""},
        {"{\"trust_reference\":1,\"id\":\"x\",\"revision\":-1}", TRUST_E_FORMAT, "/revision"},
        {"{\"trust_reference\":1,\"id\":\"x\",\"revision\":1.5}", TRUST_E_FORMAT, "/revision"},
        {"{\"trust_reference\":1,\"id\":\"x\",\"revision\":1}", TRUST_E_FORMAT, ""},
        {"{\"trust_reference\":1,\"id\":\"x\",\"revision\":1,\"values\":{}}", TRUST_E_FORMAT,
         "/values"},
        {"{\"trust_reference\":1,\"id\":\"x\",\"revision\":1,\"values\":[],\"extra\":0}",
         TRUST_E_FORMAT, "/extra"},
        {HEAD "1]}", TRUST_E_FORMAT, "/values/0"},
        {HEAD "{}]}", TRUST_E_FORMAT, "/values/0"},
        {HEAD "{" A "}]}", TRUST_E_FORMAT, "/values/0"},
        {HEAD "{\"status\":\"ok\"}]}", TRUST_E_FORMAT, "/values/0"},
        {HEAD "{" A ",\"status\":\"OK\"}]}", TRUST_E_FORMAT, "/values/0/status"},
        {HEAD "{" A ",\"status\":\"unknown\"}]}", TRUST_E_FORMAT, "/values/0/status"},
        {HEAD "{" A ",\"status\":1}]}", TRUST_E_FORMAT, "/values/0/status"},
        {HEAD "{" A OK ",\"Class\":\"x\"}]}", TRUST_E_FORMAT, "/values/0/Class"},
        {HEAD "{" A OK ",\"class\":\"\"}]}", TRUST_E_FORMAT, "/values/0/class"},
        {HEAD "{" A OK ",\"class\":null}]}", TRUST_E_FORMAT, "/values/0/class"},
        {HEAD "{" A OK ",\"class\":\"" TEXT64 TEXT64 "\"}]}", TRUST_E_LIMIT, "/values/0/class"},
        {HEAD "{" A OK ",\"name\":\"" TEXT64 "\"}]}", TRUST_E_LIMIT, "/values/0/name"},
        {HEAD "{" A OK ",\"version\":2}]}", TRUST_E_FORMAT, "/values/0/version"},
        {HEAD "{" A OK ",\"note\":\"" TEXT64 TEXT64 TEXT64 TEXT64 "\"}]}", TRUST_E_LIMIT,
         "/values/0/note"},
        {HEAD "{\"digest\":7" OK "}]}", TRUST_E_FORMAT, "/values/0/digest"},
        {HEAD "{\"digest\":\"sha256\"" OK "}]}", TRUST_E_FORMAT, "/values/0/digest"},
        {HEAD "{\"digest\":\"sha256:\"" OK "}]}", TRUST_E_FORMAT, "/values/0/digest"},
        {HEAD "{" D0 "0\"" OK "}]}", TRUST_E_FORMAT, "/values/0/digest"},
        {HEAD "{" D0 "0g\"" OK "}]}", TRUST_E_FORMAT, "/values/0/digest"},
        {HEAD "{" D0 "0a0b\"" OK "}]}", TRUST_E_FORMAT, "/values/0/digest"},
        {HEAD "{\"digest\":\"md5:00112233445566778899aabbccddeeff\"" OK "}]}", TRUST_E_FORMAT,
         "/values/0/digest"},
        {HEAD "{\"digest\":\"sha512:" TEXT64 "\"" OK "}]}", TRUST_E_FORMAT, "/values/0/digest"},
        {HEAD "{" A OK "},{" B OK "},{" A DENY "}]}", TRUST_E_FORMAT, "/values/2"},
        {HEAD "{\"class\":\"x\"," A OK "},{\"class\":\"x\"," A OK "}]}", TRUST_E_FORMAT,
         "/values/1"},
        {HEAD "{\"class\":\"x\"," A OK "},{" A OK "}]} x", TRUST_E_FORMAT, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_reference *reference = NULL;
        trust_error err;
        trust_status status = trust_reference_load_unsigned(cases[i].text, strlen(cases[i].text),
                                                            NULL, &reference, &err);
        ck_assert_msg(status == cases[i].status, "%s: %s", cases[i].text,
                      trust_status_name(status));
        ck_assert_ptr_null(reference);
        ck_assert_int_eq(err.code, status);
        ck_assert_msg(strcmp(err.where, cases[i].where) == 0, "%s: at %s", cases[i].text,
                      err.where);
        ck_assert_uint_gt(strlen(err.message), 0);
    }
}
END_TEST

START_TEST(arguments_are_checked)
{
    trust_reference *reference = NULL;
    trust_error err;
    ck_status(trust_reference_load_unsigned(NULL, 0, NULL, &reference, &err), TRUST_E_ARGUMENT);
    ck_status(trust_reference_load_unsigned("{}", 2, NULL, NULL, NULL), TRUST_E_ARGUMENT);
    ck_assert_ptr_null(reference);
    ck_assert_ptr_null(tri_reference_hold(NULL));
}
END_TEST

START_TEST(lives_as_long_as_somebody_holds_it)
{
    counting state = {0};
    trust_allocator allocator = counting_allocator(&state);
    trust_reference *reference = NULL;
    const char *text = HEAD "{\"class\":\"lock\"," A OK "}]}";
    ck_ok(trust_reference_load_unsigned(text, strlen(text), &allocator, &reference, NULL));
    ck_assert_ptr_eq(tri_reference_hold(reference), reference);
    trust_reference_free(reference);
    ck_assert_int_eq(find(reference, "lock", 0x0A), TRI_REFERENCE_OK);
    trust_reference_free(reference);
    ck_assert_uint_eq(state.bytes_live, 0);
    ck_assert_uint_eq(state.blocks_live, 0);
}
END_TEST

START_TEST(every_failed_allocation_is_clean)
{
    size_t len;
    char *text = many(300, &len);
    for (uint64_t n = 1;; n++) {
        counting state = {.fail_at = n};
        trust_allocator allocator = counting_allocator(&state);
        trust_reference *reference = NULL;
        trust_error err;
        trust_status status =
            trust_reference_load_unsigned(text, len, &allocator, &reference, &err);
        if (state.failed == 0) {
            ck_ok(status);
            ck_assert_uint_gt(n, 2);
            trust_reference_free(reference);
            ck_assert_uint_eq(state.bytes_live, 0);
            break;
        }
        ck_status(status, TRUST_E_NOMEM);
        ck_assert_ptr_null(reference);
        ck_assert_uint_eq(state.bytes_live, 0);
    }
    free(text);
}
END_TEST

START_TEST(looking_up_takes_no_memory)
{
    counting state = {0};
    trust_allocator allocator = counting_allocator(&state);
    trust_reference *reference = NULL;
    size_t len;
    char *text = many(100, &len);
    ck_ok(trust_reference_load_unsigned(text, len, &allocator, &reference, NULL));
    uint64_t calls = state.calls;
    for (uint8_t i = 0; i < 100; i++)
        (void)find(reference, "c1", i);
    ck_assert_uint_eq(state.calls, calls);
    trust_reference_free(reference);
    free(text);
}
END_TEST

int main(void)
{
    return run_tests("reference",
                     TESTS(empty_sets_vouch_for_nothing,
                           own_class_before_every_class_and_deny_before_all, every_digest_size,
                           as_many_as_may_be, wrong_documents_are_refused, arguments_are_checked,
                           lives_as_long_as_somebody_holds_it, every_failed_allocation_is_clean,
                           looking_up_takes_no_memory));
}
