/* Strict JSON against cJSON: what the scan accepts is a tree whose every value is found again in
 * the text; what it refuses and cJSON reads belongs to a known class of cJSON's leniency. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "core/bytes.h"
#include "format/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const tri_json_limits LIMITS = {65536, 32, 4096};

static void require(int condition)
{
    if (!condition)
        abort();
}

static void require_first_byte(const tri_json *value, uint8_t byte)
{
    bool truth;
    if (tri_json_is_object(value))
        require(byte == '{');
    else if (tri_json_is_array(value))
        require(byte == '[');
    else if (tri_json_is_string(value))
        require(byte == '"');
    else if (tri_json_is_number(value))
        require(byte == '-' || (byte >= '0' && byte <= '9'));
    else if (tri_json_bool(value, &truth))
        require(byte == (truth ? 't' : 'f'));
    else
        require(tri_json_is_null(value) && byte == 'n');
}

static void read_value(const tri_json_doc *doc, const tri_json *value, size_t *left)
{
    trust_bytes text;
    trust_error err;
    int64_t whole;
    uint64_t bits;
    if (tri_json_string(value, &text))
        require(tri_utf8(text));
    if (tri_json_integer(value, &whole))
        require(tri_json_real(value, &bits));
    if (*left > 0) { /* each one reads the text again */
        (*left)--;
        tri_json_fail(doc, value, TRUST_E_FORMAT, "x", tri_bytes(NULL), &err);
        require(err.line > 0 && err.offset < doc->text.size);
        require_first_byte(value, doc->text.data[err.offset]);
    }
    for (const tri_json *child = tri_json_first(value); child != NULL; child = tri_json_next(child))
        read_value(doc, child, left);
}

/* cJSON takes every byte up to a space for white space, copies control characters and broken UTF-8,
 * reads numbers with strtod, bad digits of an escape as zero, and keeps duplicate names. */
static int lenient(const trust_error *err, const uint8_t *data, size_t size)
{
    static const char *const classes[] = {
        "a control character in a string",   "a digit is missing",
        "a number begins with a zero",       "a string contains NUL",
        "\\u needs four hexadecimal digits", "no UTF-8",
        "something follows the value",
    };
    static const char twice[] = "the same name twice:";
    if (err->code == TRUST_E_LIMIT || strncmp(err->message, twice, sizeof twice - 1) == 0)
        return 1;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(err->message, classes[i]) == 0)
            return 1;
    if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        return 1;
    if (err->offset == size) /* "1." and "1e" */
        return size > 0 && strchr(".eE+-", data[size - 1]) != NULL;
    return data[err->offset] < 0x20;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tri_json_doc doc;
    trust_error err;
    const char *end = NULL;
    trust_status status = tri_json_parse((trust_bytes){data, size}, &LIMITS, &doc, &err);
    require(status == TRUST_OK || status == TRUST_E_FORMAT || status == TRUST_E_LIMIT);
    if (status == TRUST_OK) {
        size_t left = 64;
        read_value(&doc, doc.root, &left);
        tri_json_free(&doc);
        return 0;
    }
    require(err.code == status && err.offset <= size && err.message[0] != '\0');
    cJSON *tree = cJSON_ParseWithLengthOpts((const char *)data, size, &end, 0);
    if (tree != NULL)
        require(lenient(&err, data, size));
    cJSON_Delete(tree);
    return 0;
}
