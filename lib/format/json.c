/* Strict JSON (RFC 8259) over cJSON. Trust: every byte may be hostile.
 *
 * The scan knows the whole grammar and keeps its nesting in the bits of one word; what it accepts
 * cJSON accepts too, so that afterwards cJSON can only run out of memory. A value is found again by
 * its number in document order, which is the same in the text and in the tree. */

#include "format/json.h"

#include <cJSON.h>
#include <string.h>

#include "core/bytes.h"
#include "core/error.h"
#include "core/number.h"
#include "core/text.h"

#define MAX_DEPTH  32u /* whatever the limits say: bits of scan.objects, length of walk.path */
#define MAX_NUMBER 63u /* characters; cJSON cuts a longer number in two */
#define MAX_RUNS   64u /* in a sort of no more members than a size_t counts */
#define MAX_WHOLE  ((int64_t)1 << 53)

/* ---- the scan of the text ---- */

enum expected { VALUE, VALUE_OR_CLOSE, NAME, NAME_OR_CLOSE, COMMA_OR_CLOSE, END };

typedef struct scan {
    const uint8_t *at;
    const uint8_t *end;
    const tri_json_limits *limits;
    enum expected expected;
    uint32_t objects; /* bit 0: the innermost container is an object, and so on outwards */
    size_t open;      /* containers around this place */
    size_t nodes;     /* values begun */
    size_t wanted;    /* stop at the beginning of this value; 0 for never */
    trust_status code;
    const char *problem; /* NULL while all is well */
} scan;

static bool refuse(scan *s, trust_status code, const char *problem)
{
    s->code = code;
    s->problem = problem;
    return false;
}

static bool refuse_format(scan *s, const char *problem)
{
    return refuse(s, TRUST_E_FORMAT, s->at == s->end ? "the document ends too early" : problem);
}

static bool next_is(const scan *s, char c)
{
    return s->at < s->end && *s->at == (uint8_t)c;
}

static bool take(scan *s, char c)
{
    bool there = next_is(s, c);
    s->at += there;
    return there;
}

static void skip_space(scan *s)
{
    while (next_is(s, ' ') || next_is(s, '\t') || next_is(s, '\n') || next_is(s, '\r'))
        s->at++;
}

static bool digit_next(const scan *s)
{
    return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

static bool scan_digits(scan *s)
{
    if (!digit_next(s))
        return refuse_format(s, "a digit is missing");
    while (digit_next(s))
        s->at++;
    return true;
}

/* Section 6. */
static bool scan_number(scan *s)
{
    const uint8_t *start = s->at;
    (void)take(s, '-');
    if (take(s, '0')) {
        if (digit_next(s))
            return refuse_format(s, "a number begins with a zero");
    } else if (!scan_digits(s)) {
        return false;
    }
    if (take(s, '.') && !scan_digits(s))
        return false;
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+'))
            (void)take(s, '-');
        if (!scan_digits(s))
            return false;
    }
    if ((size_t)(s->at - start) <= MAX_NUMBER)
        return true;
    s->at = start;
    return refuse(s, TRUST_E_LIMIT, "a number of more than 63 characters");
}

/* The four hexadecimal digits after "\u". */
static bool scan_unit(scan *s, uint32_t *unit)
{
    uint8_t pair[2];
    size_t len;
    trust_bytes digits = {s->at, 4};
    if (s->end - s->at < 4 || !tri_unhex(digits, pair, sizeof pair, &len))
        return refuse(s, TRUST_E_FORMAT, "\\u needs four hexadecimal digits");
    s->at += 4;
    *unit = tri_be16(pair);
    return true;
}

static bool scan_unicode_escape(scan *s)
{
    uint32_t unit = 0;
    uint32_t low = 0;
    if (!scan_unit(s, &unit))
        return false;
    if (unit == 0)
        return refuse(s, TRUST_E_FORMAT, "a string contains NUL");
    if (unit < 0xD800 || unit > 0xDFFF)
        return true;
    if (unit > 0xDBFF || !take(s, '\\') || !take(s, 'u'))
        return refuse(s, TRUST_E_FORMAT, "half of a surrogate pair");
    if (!scan_unit(s, &low))
        return false;
    if (low < 0xDC00 || low > 0xDFFF)
        return refuse(s, TRUST_E_FORMAT, "half of a surrogate pair");
    return true;
}

static bool scan_escape(scan *s)
{
    static const char plain[] = {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'};
    if (take(s, 'u'))
        return scan_unicode_escape(s);
    if (s->at == s->end || memchr(plain, *s->at, sizeof plain) == NULL)
        return refuse_format(s, "no such escape");
    s->at++;
    return true;
}

static bool scan_utf8(scan *s)
{
    size_t len = *s->at >= 0xF0 ? 4 : *s->at >= 0xE0 ? 3 : 2;
    if ((size_t)(s->end - s->at) < len || !tri_utf8((trust_bytes){s->at, len}))
        return refuse(s, TRUST_E_FORMAT, "no UTF-8");
    s->at += len;
    return true;
}

/* Section 7, from the quotation mark on. */
static bool scan_string(scan *s)
{
    s->at++;
    while (!take(s, '"')) {
        bool good = true;
        if (s->at == s->end || *s->at < 0x20)
            return refuse_format(s, "a control character in a string");
        if (take(s, '\\'))
            good = scan_escape(s);
        else if (*s->at >= 0x80)
            good = scan_utf8(s);
        else
            s->at++;
        if (!good)
            return false;
    }
    return true;
}

static bool scan_literal(scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(s->end - s->at) >= len && memcmp(s->at, words[i], len) == 0) {
            s->at += len;
            return true;
        }
    }
    return refuse_format(s, "no JSON value");
}

static void after_value(scan *s)
{
    s->expected = s->open > 0 ? COMMA_OR_CLOSE : END;
}

static bool open_container(scan *s, bool object)
{
    s->at++;
    s->objects = s->objects << 1 | object;
    s->open++;
    s->expected = object ? NAME_OR_CLOSE : VALUE_OR_CLOSE;
    return true;
}

static bool close_container(scan *s)
{
    s->at++;
    s->objects >>= 1;
    s->open--;
    after_value(s);
    return true;
}

static bool step_value(scan *s)
{
    if (s->nodes >= s->limits->nodes)
        return refuse(s, TRUST_E_LIMIT, "too many values");
    if (s->open >= s->limits->depth || s->open >= MAX_DEPTH)
        return refuse(s, TRUST_E_LIMIT, "nested too deeply");
    if (++s->nodes == s->wanted)
        return false;
    if (next_is(s, '{') || next_is(s, '['))
        return open_container(s, next_is(s, '{'));
    after_value(s);
    if (next_is(s, '"'))
        return scan_string(s);
    return next_is(s, '-') || digit_next(s) ? scan_number(s) : scan_literal(s);
}

static bool step_value_or_close(scan *s)
{
    return next_is(s, ']') ? close_container(s) : step_value(s);
}

static bool step_name(scan *s)
{
    if (!next_is(s, '"'))
        return refuse_format(s, "a member name is missing");
    if (!scan_string(s))
        return false;
    skip_space(s);
    s->expected = VALUE;
    return take(s, ':') || refuse_format(s, "a colon is missing");
}

static bool step_name_or_close(scan *s)
{
    return next_is(s, '}') ? close_container(s) : step_name(s);
}

static bool step_comma_or_close(scan *s)
{
    bool object = (s->objects & 1) != 0;
    if (next_is(s, object ? '}' : ']'))
        return close_container(s);
    s->expected = object ? NAME : VALUE;
    return take(s, ',') || refuse_format(s, "a comma or a closing bracket is missing");
}

/* False when it stops, because of a problem or at the wanted value; s->at is where. */
static bool scan_value(scan *s)
{
    static bool (*const steps[])(scan *) = {
        [VALUE] = step_value,
        [VALUE_OR_CLOSE] = step_value_or_close,
        [NAME] = step_name,
        [NAME_OR_CLOSE] = step_name_or_close,
        [COMMA_OR_CLOSE] = step_comma_or_close,
    };
    while (s->expected != END) {
        skip_space(s);
        if (!steps[s->expected](s))
            return false;
    }
    return true;
}

static bool scan_document(scan *s)
{
    if (!scan_value(s))
        return false;
    skip_space(s);
    return s->at == s->end || refuse_format(s, "something follows the value");
}

static trust_status fail_at(trust_bytes text, const uint8_t *at, trust_status code,
                            const char *message, trust_bytes quoted, trust_error *err)
{
    if (err == NULL)
        return code;
    size_t offset = at == NULL ? 0 : (size_t)(at - text.data);
    size_t line_start = 0;
    tri_fail_quote(err, code, offset, message, quoted);
    err->line = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text.data[i] != '\n')
            continue;
        err->line++;
        line_start = i + 1;
    }
    err->column = (uint32_t)(offset - line_start + 1);
    return code;
}

/* ---- the tree ---- */

/* Every value in document order. */
typedef struct walk {
    cJSON *path[MAX_DEPTH]; /* from the root to this value */
    size_t depth;
    size_t number; /* of this value, 1 for the root */
} walk;

static walk walk_begin(tri_json *root)
{
    return (walk){.path = {(cJSON *)root}, .depth = 1, .number = 1};
}

static cJSON *walk_value(const walk *w)
{
    return w->path[w->depth - 1];
}

static bool walk_next(walk *w)
{
    w->number++;
    if (walk_value(w)->child != NULL) {
        w->path[w->depth] = walk_value(w)->child;
        w->depth++;
        return true;
    }
    while (walk_value(w)->next == NULL)
        if (--w->depth == 0)
            return false;
    w->path[w->depth - 1] = walk_value(w)->next;
    return true;
}

/* Merge two sorted lists of members; of equal names those of @p a come first. cJSON needs "prev"
 * only to change a tree, which nobody does, so that here it links the sorted members. */
static cJSON *merge(cJSON *a, cJSON *b)
{
    cJSON *head = NULL;
    cJSON **tail = &head;
    while (a != NULL && b != NULL) {
        cJSON **least = strcmp(a->string, b->string) <= 0 ? &a : &b;
        *tail = *least;
        tail = &(*tail)->prev;
        *least = *tail;
    }
    *tail = a != NULL ? a : b;
    return head;
}

/* A merge sort: hostile names cannot make it slower than n log n. */
static cJSON *sort_members(cJSON *object)
{
    cJSON *runs[MAX_RUNS] = {NULL}; /* runs[i] is empty or 2^i members */
    cJSON *sorted = NULL;
    for (cJSON *member = object->child; member != NULL; member = member->next) {
        cJSON *run = member;
        size_t i = 0;
        run->prev = NULL;
        for (; runs[i] != NULL; i++) {
            run = merge(runs[i], run);
            runs[i] = NULL;
        }
        runs[i] = run;
    }
    for (size_t i = 0; i < MAX_RUNS; i++)
        sorted = merge(runs[i], sorted);
    return sorted;
}

/* A member whose decoded name an earlier one of the same object has, or NULL. */
static cJSON *find_duplicate(tri_json *root)
{
    walk w = walk_begin(root);
    do {
        if (!cJSON_IsObject(walk_value(&w)))
            continue;
        cJSON *member = sort_members(walk_value(&w));
        for (; member != NULL && member->prev != NULL; member = member->prev)
            if (strcmp(member->string, member->prev->string) == 0)
                return member->prev;
    } while (walk_next(&w));
    return NULL;
}

trust_status tri_json_parse(trust_bytes text, const tri_json_limits *limits, tri_json_doc *out,
                            trust_error *err)
{
    const trust_bytes nothing = {NULL, 0};
    scan s = {.at = text.data, .limits = limits};
    if (text.size > limits->bytes)
        return fail_at(text, text.data, TRUST_E_LIMIT, "too many bytes", nothing, err);
    if (text.size == 0)
        return fail_at(text, text.data, TRUST_E_FORMAT, "the document is empty", nothing, err);
    s.end = text.data + text.size;
    if (!scan_document(&s))
        return fail_at(text, s.at, s.code, s.problem, nothing, err);

    /* It also notes its last error in a variable of the process, which nobody reads. */
    cJSON *root = cJSON_ParseWithLengthOpts((const char *)text.data, text.size, NULL, 0);
    if (root == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the document");
    tri_json_doc doc = {text, (tri_json *)root};
    const cJSON *twice = find_duplicate(doc.root);
    if (twice != NULL) {
        tri_json_fail(&doc, (const tri_json *)twice, TRUST_E_FORMAT,
                      "the same name twice:", tri_bytes(twice->string), err);
        tri_json_free(&doc);
        return TRUST_E_FORMAT;
    }
    *out = doc;
    return TRUST_OK;
}

void tri_json_free(tri_json_doc *doc)
{
    cJSON_Delete((cJSON *)doc->root);
    doc->root = NULL;
}

/* ---- values ---- */

static const cJSON *node(const tri_json *value)
{
    return (const cJSON *)value;
}

bool tri_json_is_object(const tri_json *value)
{
    return cJSON_IsObject(node(value)) != 0;
}

bool tri_json_is_array(const tri_json *value)
{
    return cJSON_IsArray(node(value)) != 0;
}

bool tri_json_is_null(const tri_json *value)
{
    return cJSON_IsNull(node(value)) != 0;
}

bool tri_json_is_number(const tri_json *value)
{
    return cJSON_IsNumber(node(value)) != 0;
}

bool tri_json_is_string(const tri_json *value)
{
    return cJSON_IsString(node(value)) != 0;
}

bool tri_json_is_bool(const tri_json *value)
{
    return cJSON_IsBool(node(value)) != 0;
}

const tri_json *tri_json_member(const tri_json *object, const char *name)
{
    if (!tri_json_is_object(object))
        return NULL;
    return (const tri_json *)cJSON_GetObjectItemCaseSensitive(node(object), name);
}

const tri_json *tri_json_first(const tri_json *container)
{
    return container == NULL ? NULL : (const tri_json *)node(container)->child;
}

const tri_json *tri_json_next(const tri_json *child)
{
    return child == NULL ? NULL : (const tri_json *)node(child)->next;
}

trust_bytes tri_json_name(const tri_json *child)
{
    return tri_bytes(child == NULL ? NULL : node(child)->string);
}

size_t tri_json_count(const tri_json *container)
{
    return (size_t)cJSON_GetArraySize(node(container));
}

bool tri_json_string(const tri_json *value, trust_bytes *out)
{
    if (!tri_json_is_string(value))
        return false;
    *out = tri_bytes(node(value)->valuestring);
    return true;
}

bool tri_json_bool(const tri_json *value, bool *out)
{
    if (!tri_json_is_bool(value))
        return false;
    *out = cJSON_IsTrue(node(value)) != 0;
    return true;
}

bool tri_json_integer(const tri_json *value, int64_t *out)
{
    int64_t whole;
    if (!tri_json_is_number(value) ||
        !tri_real_integer(tri_real_bits(&node(value)->valuedouble), &whole))
        return false;
    /* 2^53 is also what 2^53 + 1 was rounded to. */
    if (whole <= -MAX_WHOLE || whole >= MAX_WHOLE)
        return false;
    *out = whole;
    return true;
}

bool tri_json_real(const tri_json *value, uint64_t *bits)
{
    if (!tri_json_is_number(value))
        return false;
    uint64_t real = tri_real_bits(&node(value)->valuedouble);
    if (!tri_real_finite(real)) /* 1e999 */
        return false;
    *bits = real;
    return true;
}

/* ---- the place of a value ---- */

/* For a text that was read before. */
static const tri_json_limits unlimited = {SIZE_MAX, SIZE_MAX, SIZE_MAX};

/* RFC 6901 section 3. */
static void add_name(tri_text *pointer, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == '~')
            tri_text_str(pointer, "~0");
        else if (*name == '/')
            tri_text_str(pointer, "~1");
        else
            tri_text_char(pointer, *name);
    }
}

static void add_pointer(tri_text *pointer, const walk *w)
{
    for (size_t i = 1; i < w->depth; i++) {
        tri_text_char(pointer, '/');
        if (w->path[i]->string != NULL) {
            add_name(pointer, w->path[i]->string);
            continue;
        }
        uint64_t index = 0;
        for (const cJSON *item = w->path[i - 1]->child; item != w->path[i]; item = item->next)
            index++;
        tri_text_uint(pointer, index);
    }
}

/* Walk to @p value; false when it is not in the document. */
static bool walk_to(walk *w, const tri_json *value)
{
    while (walk_value(w) != node(value))
        if (!walk_next(w))
            return false;
    return true;
}

/* Where the value that the walk stands on begins in the text. */
static const uint8_t *place_of(const tri_json_doc *doc, const walk *w)
{
    scan s = {.at = doc->text.data,
              .end = doc->text.data + doc->text.size,
              .limits = &unlimited,
              .wanted = w->number};
    (void)scan_document(&s);
    return s.at;
}

trust_bytes tri_json_text(const tri_json_doc *doc, const tri_json *value)
{
    walk w = walk_begin(doc->root);
    if (!walk_to(&w, value))
        return (trust_bytes){NULL, 0};
    const uint8_t *start = place_of(doc, &w);
    scan s = {.at = start, .end = doc->text.data + doc->text.size, .limits = &unlimited};
    (void)scan_value(&s);
    return (trust_bytes){start, (size_t)(s.at - start)};
}

/* Set the pointer to where the walk stands. */
static void point(trust_error *err, const walk *w)
{
    char room[sizeof err->where];
    tri_text pointer = tri_text_begin(room, sizeof room);
    add_pointer(&pointer, w);
    size_t len = pointer.need < sizeof room ? pointer.need : sizeof room;
    tri_error_where(err, (trust_bytes){(const uint8_t *)room, len});
}

trust_status tri_json_fail(const tri_json_doc *doc, const tri_json *value, trust_status code,
                           const char *message, trust_bytes quoted, trust_error *err)
{
    walk w = walk_begin(doc->root);
    if (!walk_to(&w, value))
        return tri_fail_quote(err, code, 0, message, quoted);
    fail_at(doc->text, place_of(doc, &w), code, message, quoted, err);
    point(err, &w);
    return code;
}

void tri_json_places(const tri_json_doc *doc, tri_json_wanted *wanted, tri_json_found *found,
                     void *context)
{
    const uint8_t *start = doc->text.data, *line = start, *seen = start;
    scan s = {.at = start, .end = start + doc->text.size, .limits = &unlimited};
    trust_error place = {.line = 1};
    walk w = walk_begin(doc->root);
    do {
        if (!wanted(context, (const tri_json *)walk_value(&w)))
            continue;
        s.wanted = w.number;
        (void)scan_document(&s);
        s.nodes--; /* it goes on from here */
        for (; seen < s.at; seen++) {
            if (*seen != '\n')
                continue;
            place.line++;
            line = seen + 1;
        }
        place.offset = (size_t)(s.at - start);
        place.column = (uint32_t)(s.at - line + 1);
        point(&place, &w);
        found(context, (const tri_json *)walk_value(&w), &place);
    } while (walk_next(&w));
}
