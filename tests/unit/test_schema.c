/* The JSON Schema of the policy document against the parser, both ways: what loads, the schema
 * accepts; what the schema accepts and the parser does not is a relation between members, never a
 * shape. A small validator of the keywords that the schema uses stands in for an editor's. */

#include "support.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "policy/document.h"

static const tri_json_limits wide = {1 << 20, 32, 1 << 16};

static char *schema_text;
static tri_json_doc schema;

static void read_schema(void)
{
    size_t need = 0;
    trust_error err;
    ck_status(trust_policy_schema(NULL, 0, &need), TRUST_E_LIMIT);
    schema_text = malloc(need + 1);
    ck_assert_ptr_nonnull(schema_text);
    ck_status(trust_policy_schema(schema_text, need, NULL), TRUST_E_LIMIT);
    ck_ok(trust_policy_schema(schema_text, need + 1, &need));
    ck_assert_uint_eq(strlen(schema_text), need);
    trust_status status =
        tri_json_parse((trust_bytes){(const uint8_t *)schema_text, need}, &wide, &schema, &err);
    ck_assert_msg(status == TRUST_OK, "%u:%u %s", err.line, err.column, err.message);
}

static void drop_schema(void)
{
    tri_json_free(&schema);
    free(schema_text);
}

/* ---- a validator of 2020-12, of what is used ---- */

typedef bool keyword(const tri_json *rule, const tri_json *whole, const tri_json *value);

static bool valid(const tri_json *rule, const tri_json *value);

/* A pattern made ready, once for every expression: nearly all of this test's time was compiling. */
static const regex_t *compiled(const char *expression)
{
    static struct {
        char expression[256];
        regex_t regex;
    } known[64];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(known[i].expression, expression) == 0)
            return &known[i].regex;
    ck_assert_uint_lt(count, sizeof known / sizeof known[0]);
    strcpy(known[count].expression, expression);
    ck_assert_int_eq(regcomp(&known[count].regex, expression, REG_EXTENDED | REG_NOSUB), 0);
    return &known[count++].regex;
}

static bool matches(const tri_json *pattern, trust_bytes text)
{
    trust_bytes source;
    char expression[256], subject[256];
    ck_assert(tri_json_string(pattern, &source) || (source = tri_json_name(pattern)).size > 0);
    ck_assert_uint_lt(source.size, sizeof expression);
    if (text.size >= sizeof subject || memchr(text.data, 0, text.size) != NULL)
        return false; /* no pattern of ours takes so much */
    snprintf(expression, sizeof expression, "%.*s", (int)source.size, (const char *)source.data);
    snprintf(subject, sizeof subject, "%.*s", (int)text.size, (const char *)text.data);
    return regexec(compiled(expression), subject, 0, NULL, 0) == 0;
}

static bool same_value(const tri_json *a, const tri_json *b)
{
    trust_bytes x, y;
    int64_t m, n;
    if (tri_json_string(a, &x))
        return tri_json_string(b, &y) && tri_same(x, y);
    return tri_json_integer(a, &m) && tri_json_integer(b, &n) && m == n;
}

static int64_t characters(trust_bytes text)
{
    int64_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += (text.data[i] & 0xC0) != 0x80;
    return count;
}

static int64_t number(const tri_json *rule)
{
    int64_t n = 0;
    ck_assert(tri_json_integer(rule, &n));
    return n;
}

static bool k_type(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    trust_bytes name;
    int64_t n;
    (void)whole;
    ck_assert(tri_json_string(rule, &name));
    if (tri_same_text(name, "object"))
        return tri_json_is_object(value);
    if (tri_same_text(name, "array"))
        return tri_json_is_array(value);
    if (tri_same_text(name, "string"))
        return tri_json_is_string(value);
    if (tri_same_text(name, "boolean"))
        return tri_json_is_bool(value);
    ck_assert(tri_same_text(name, "integer"));
    return tri_json_integer(value, &n);
}

static bool k_const(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)whole;
    return same_value(rule, value);
}

static bool k_enum(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)whole;
    for (const tri_json *r = tri_json_first(rule); r != NULL; r = tri_json_next(r))
        if (same_value(r, value))
            return true;
    return false;
}

static bool k_minimum(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    int64_t n;
    (void)whole;
    return !tri_json_integer(value, &n) || n >= number(rule);
}

static bool k_maximum(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    int64_t n;
    (void)whole;
    return !tri_json_integer(value, &n) || n <= number(rule);
}

static bool k_pattern(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    trust_bytes text;
    (void)whole;
    return !tri_json_string(value, &text) || matches(rule, text);
}

static bool k_at_least(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)whole;
    return (int64_t)tri_json_count(value) >= number(rule);
}

static bool k_at_most(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)whole;
    return (int64_t)tri_json_count(value) <= number(rule);
}

static bool k_items(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    ck_assert_ptr_null(tri_json_member(whole, "prefixItems"));
    for (const tri_json *v = tri_json_first(value); v != NULL; v = tri_json_next(v))
        if (tri_json_is_array(value) && !valid(rule, v))
            return false;
    return true;
}

static bool k_prefix(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)whole;
    const tri_json *r = tri_json_first(rule);
    for (const tri_json *v = tri_json_first(value); v != NULL && r != NULL; v = tri_json_next(v)) {
        if (!valid(r, v))
            return false;
        r = tri_json_next(r);
    }
    return true;
}

static bool k_required(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)whole;
    for (const tri_json *r = tri_json_first(rule); r != NULL; r = tri_json_next(r)) {
        trust_bytes name;
        char room[64];
        ck_assert(tri_json_string(r, &name));
        snprintf(room, sizeof room, "%.*s", (int)name.size, (const char *)name.data);
        if (tri_json_is_object(value) && tri_json_member(value, room) == NULL)
            return false;
    }
    return true;
}

static bool k_dependent(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    for (const tri_json *v = tri_json_first(value); v != NULL; v = tri_json_next(v))
        for (const tri_json *r = tri_json_first(rule); r != NULL; r = tri_json_next(r))
            if (tri_same(tri_json_name(r), tri_json_name(v)) && !k_required(r, whole, value))
                return false;
    return true;
}

/* "properties" are told by the whole name, "patternProperties" by a search. */
static bool k_properties(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    bool patterns = rule == tri_json_member(whole, "patternProperties");
    for (const tri_json *v = tri_json_first(value); v != NULL; v = tri_json_next(v))
        for (const tri_json *r = tri_json_first(rule); r != NULL; r = tri_json_next(r)) {
            trust_bytes name = tri_json_name(v);
            bool meant = patterns ? matches(r, name) : tri_same(tri_json_name(r), name);
            if (tri_json_is_object(value) && meant && !valid(r, v))
                return false;
        }
    return true;
}

static bool k_additional(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    const tri_json *named = tri_json_member(whole, "properties");
    const tri_json *patterns = tri_json_member(whole, "patternProperties");
    if (!tri_json_is_object(value))
        return true;
    for (const tri_json *v = tri_json_first(value); v != NULL; v = tri_json_next(v)) {
        bool known = false;
        for (const tri_json *r = tri_json_first(named); r != NULL; r = tri_json_next(r))
            known = known || tri_same(tri_json_name(r), tri_json_name(v));
        for (const tri_json *r = tri_json_first(patterns); r != NULL; r = tri_json_next(r))
            known = known || matches(r, tri_json_name(v));
        if (!known && !valid(rule, v))
            return false;
    }
    return true;
}

static bool k_names(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    const tri_json *longest = tri_json_member(rule, "maxLength");
    (void)whole;
    for (const tri_json *v = tri_json_first(value); v != NULL; v = tri_json_next(v)) {
        trust_bytes name = tri_json_name(v);
        if (longest != NULL && (int64_t)name.size > number(longest))
            return false;
        if (!matches(tri_json_member(rule, "pattern"), name))
            return false;
    }
    return true;
}

static bool k_any(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    int found = 0;
    for (const tri_json *r = tri_json_first(rule); r != NULL; r = tri_json_next(r))
        found += valid(r, value);
    return rule == tri_json_member(whole, "oneOf") ? found == 1 : found > 0;
}

static bool k_shortest(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    trust_bytes text;
    (void)whole;
    return !tri_json_string(value, &text) || characters(text) >= number(rule);
}

static bool k_longest(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    trust_bytes text;
    (void)whole;
    return !tri_json_string(value, &text) || characters(text) <= number(rule);
}

static bool k_unique(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)rule;
    (void)whole;
    for (const tri_json *v = tri_json_first(value); v != NULL; v = tri_json_next(v))
        for (const tri_json *e = tri_json_first(value); e != v; e = tri_json_next(e))
            if (tri_json_is_array(value) && same_value(e, v))
                return false;
    return true;
}

/* Only definitions are referred to: "#/$defs/when". */
static const tri_json *definition(const tri_json *reference)
{
    static const char path[] = "#/$defs/";
    trust_bytes text;
    char name[32];
    ck_assert(tri_json_string(reference, &text));
    ck_assert_uint_gt(text.size, strlen(path));
    ck_assert_int_eq(memcmp(text.data, path, strlen(path)), 0);
    snprintf(name, sizeof name, "%.*s", (int)(text.size - strlen(path)),
             (const char *)text.data + strlen(path));
    const tri_json *found = tri_json_member(tri_json_member(schema.root, "$defs"), name);
    ck_assert_ptr_nonnull(found);
    return found;
}

static bool k_reference(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)whole;
    return valid(definition(rule), value);
}

/* As "dependentRequired", with a rule for the whole object. */
static bool k_dependent_rule(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)whole;
    for (const tri_json *v = tri_json_first(value); v != NULL; v = tri_json_next(v))
        for (const tri_json *r = tri_json_first(rule); r != NULL; r = tri_json_next(r))
            if (tri_json_is_object(value) && tri_same(tri_json_name(r), tri_json_name(v)) &&
                !valid(r, value))
                return false;
    return true;
}

static bool k_nothing(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    (void)rule;
    (void)whole;
    (void)value;
    return true;
}

static bool valid(const tri_json *rule, const tri_json *value)
{
    static const struct {
        const char *name;
        keyword *holds;
    } keywords[] = {
        {"type", k_type},
        {"const", k_const},
        {"enum", k_enum},
        {"minimum", k_minimum},
        {"maximum", k_maximum},
        {"pattern", k_pattern},
        {"minItems", k_at_least},
        {"maxItems", k_at_most},
        {"minProperties", k_at_least},
        {"maxProperties", k_at_most},
        {"items", k_items},
        {"prefixItems", k_prefix},
        {"required", k_required},
        {"dependentRequired", k_dependent},
        {"properties", k_properties},
        {"patternProperties", k_properties},
        {"additionalProperties", k_additional},
        {"propertyNames", k_names},
        {"anyOf", k_any},
        {"oneOf", k_any},
        {"minLength", k_shortest},
        {"maxLength", k_longest},
        {"uniqueItems", k_unique},
        {"dependentSchemas", k_dependent_rule},
        {"$ref", k_reference},
        {"$defs", k_nothing},
        {"description", k_nothing},
        {"default", k_nothing},
        {"title", k_nothing},
        {"$schema", k_nothing},
    };
    bool constant;
    if (tri_json_bool(rule, &constant))
        return constant;
    ck_assert(tri_json_is_object(rule));
    bool all = true;
    for (const tri_json *r = tri_json_first(rule); r != NULL; r = tri_json_next(r)) {
        size_t i = 0;
        while (!tri_same_text(tri_json_name(r), keywords[i].name))
            ck_assert_uint_lt(++i, sizeof keywords / sizeof keywords[0]);
        all = all && keywords[i].holds(r, rule, value);
    }
    return all;
}

/* ---- the table ---- */

static unsigned count_members(const tri_object *object, const tri_json *rule)
{
    unsigned members = 0;
    const tri_json *named = tri_json_member(rule, "properties");
    ck_assert_uint_eq(tri_json_count(named), object->count);
    for (size_t i = 0; i < object->count; i++) {
        const tri_member *member = &object->members[i];
        const tri_json *entry = tri_json_member(named, member->name);
        const tri_json *inner = entry;
        trust_bytes text;
        if (i > 0)
            ck_assert_str_lt(object->members[i - 1].name, member->name);
        ck_assert(tri_json_string(tri_json_member(entry, "description"), &text));
        ck_assert(tri_same_text(text, member->meaning));
        members++;
        if (member->type == TRI_LIST)
            inner = tri_json_member(entry, "items");
        if (member->type == TRI_MAP)
            inner = tri_json_member(entry, "additionalProperties");
        if (member->type == TRI_MAP && inner == NULL)
            inner = tri_json_member(tri_json_member(entry, "patternProperties"), "^");
        if (member->type == TRI_ABSENT)
            inner = tri_json_next(tri_json_first(tri_json_member(entry, "anyOf")));
        if (member->type == TRI_EVIDENCE || member->type == TRI_WHEN)
            inner = tri_json_member(tri_json_member(schema.root, "$defs"),
                                    member->type == TRI_WHEN ? "when" : "supposed");
        if (member->object != NULL)
            members += count_members(member->object, inner);
    }
    return members;
}

START_TEST(lists_every_member_of_the_table)
{
    read_schema();
    ck_assert_uint_ge(count_members(&tri_document, schema.root), 43);
    ck_status(trust_policy_schema(NULL, 4, NULL), TRUST_E_ARGUMENT);
    drop_schema();
}
END_TEST

/* ---- documents ---- */

static const char full[] =
    "{\"trust_policy\":1,\"$schema\":\"s\",\"title\":\"t\",\"x_y\":[],\"id\":\"p\",\"revision\":1,"
    "\"base\":450,\"not_before\":\"2026-11-01T00:00:00Z\",\"expires\":\"2027-11-01T00:00:00.25+01:"
    "00\","
    "\"signals\":{\"attestation\":{\"weight\":300,\"absent\":{\"not_requested\":10,\"refused\":"
    "\"worst\",\"source_down\":20},\"half_life\":\"1h\",\"half_life_bad\":\"never\",\"ttl\":\"4h\","
    "\"ttl_bad\":\"900d\",\"scale\":\"ar4si\",\"group\":\"device\"},\"place\":{\"weight\":110,"
    "\"absent\":7,\"reliability\":800,\"curve\":[[100,-35],[400,20],[1000,110]]},\"reputation\":"
    "{\"weight\":175,\"absent\":\"worst\"},\"acme.tamper\":{\"weight\":50,\"scale\":\"percent\"}},"
    "\"groups\":{\"network\":{\"floor\":-50,\"ceiling\":200}},\"verdicts\":{\"allow\":300,"
    "\"step_up\":475,\"quarantine\":650},\"limits\":{\"adverse\":125,\"uncertainty\":400},"
    "\"hysteresis\":{\"margin\":25,\"dwell\":\"0s\"},\"gates\":[{\"id\":\"g1\",\"if\":{\"signal\":"
    "\"attestation\",\"at_least\":96},\"floor\":\"deny\",\"reason\":\"ATTESTATION_FAILED\"},"
    "{\"id\":\"g2\",\"if\":{\"absent\":\"attestation\"},\"floor\":\"step_up\"}]}";

/* What several members only together get wrong, which no shape can tell. */
static bool is_relation(const trust_error *err)
{
    static const char *const relations[] = {
        "over allow",    "over step_up",     "later than",        "\"signals\" has no",
        "another gate",  "no signal is in",  "points of weight",  "values must rise",
        "must not fall", "0 points or less", "must cost at least"};
    /* Numbers whose range another member gives: the weight, the scale of a kind. */
    static const char *const ranges[] = {"/absent", "/curve/", "/at_least"};
    for (size_t i = 0; i < sizeof relations / sizeof relations[0]; i++)
        if (strstr(err->message, relations[i]) != NULL)
            return true;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (strstr(err->message, "a whole number from") != NULL && strstr(err->where, ranges[i]))
            return true;
    return false;
}

typedef struct tally {
    unsigned both, neither, parser_only;
} tally;

static void compare(const char *text, size_t len, tally *t)
{
    tri_json_doc doc;
    trust_policy *policy = NULL;
    trust_error err = {0};
    trust_bytes bytes = {(const uint8_t *)text, len};
    if (tri_json_parse(bytes, &wide, &doc, NULL) != TRUST_OK)
        return;
    bool loads = trust_policy_load_unsigned(text, len, NULL, &policy, &err) == TRUST_OK;
    bool accepted = valid(schema.root, doc.root);
    ck_assert_msg(!loads || accepted, "loads, but the schema refuses:\n%.*s", (int)len, text);
    if (accepted && !loads)
        ck_assert_msg(is_relation(&err), "%s: %s\n%.*s", err.where, err.message, (int)len, text);
    t->both += loads;
    t->neither += !accepted;
    t->parser_only += accepted && !loads;
    trust_policy_free(policy);
    tri_json_free(&doc);
}

/* A token of JSON: a string, a number or word, or one mark. */
static size_t token(const char *at)
{
    size_t n = 1;
    if (*at == '"') {
        while (at[n] != '"')
            n++;
        return n + 1;
    }
    while (strchr("{}[]:,\"", *at) == NULL && strchr("{}[]:,\"", at[n]) == NULL)
        n++;
    return n;
}

/* Every token in turn replaced by every value of a list. */
START_TEST(mutations_agree)
{
    static const char *const values[] = {"0",
                                         "1",
                                         "2",
                                         "-1",
                                         "1.5",
                                         "96",
                                         "1000",
                                         "1001",
                                         "100001",
                                         "null",
                                         "true",
                                         "\"\"",
                                         "\"a\"",
                                         "\"a.b\"",
                                         "\"worst\"",
                                         "\"never\"",
                                         "\"0s\"",
                                         "\"7d\"",
                                         "\"07d\"",
                                         "\"deny\"",
                                         "\"allow\"",
                                         "\"percent\"",
                                         "\"weight\"",
                                         "\"signal\"",
                                         "\"absent\"",
                                         "\"scale\"",
                                         "\"x_\"",
                                         "\"at_least\"",
                                         "\"REFUSED\"",
                                         "\"NONE\"",
                                         "{}",
                                         "[]",
                                         "[[1,0],[2,1]]",
                                         "{\"weight\":1}",
                                         "\"2026-11-01T00:00:00Z\"",
                                         "\"2026-11-01\"",
                                         "1e3",
                                         "-0",
                                         "\"network\"",
                                         "\"place\"",
                                         "\"A\"",
                                         "9007199254740992",
                                         "-6400001",
                                         "\"Place\""};
    static char room[sizeof full + 64];
    tally t = {0};
    read_schema();
    compare(full, strlen(full), &t);
    ck_assert_uint_eq(t.both, 1);
    for (const char *at = full; *at != '\0'; at += token(at)) {
        if (strchr("{}[]:,", *at) != NULL)
            continue;
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            int len = snprintf(room, sizeof room, "%.*s%s%s", (int)(at - full), full, values[i],
                               at + token(at));
            compare(room, (size_t)len, &t);
        }
    }
    printf("%u load, %u are refused by both, %u by the parser alone\n", t.both, t.neither,
           t.parser_only);
    ck_assert_uint_gt(t.both, 300);
    ck_assert_uint_gt(t.neither, 2000);
    ck_assert_uint_gt(t.parser_only, 100);
    drop_schema();
}
END_TEST

/* The end of an entry: the comma or bracket after it, at its own depth. */
static const char *entry_end(const char *at)
{
    int depth = 0;
    for (;; at += token(at)) {
        if (depth == 0 && strchr(",}]", *at) != NULL)
            return at;
        depth += strchr("{[", *at) != NULL;
        depth -= strchr("}]", *at) != NULL;
    }
}

/* Every entry of every object and array left out, and written twice. */
START_TEST(entries_left_out_agree)
{
    static char room[2 * sizeof full];
    tally t = {0};
    read_schema();
    for (const char *at = full + 1; *at != '\0'; at += token(at)) {
        if (strchr("{[,", at[-1]) == NULL)
            continue;
        const char *end = entry_end(at);
        const char *rest = *end == ',' ? end + 1 : end;
        const char *begin = *end != ',' && at[-1] == ',' ? at - 1 : at;
        int len = snprintf(room, sizeof room, "%.*s%s", (int)(begin - full), full, rest);
        compare(room, (size_t)len, &t);
        len = snprintf(room, sizeof room, "%.*s,%s", (int)(end - full), full, at);
        compare(room, (size_t)len, &t);
    }
    ck_assert_uint_gt(t.both, 30);
    ck_assert_uint_gt(t.neither, 10);
    drop_schema();
}
END_TEST

int main(void)
{
    return run_tests(
        "schema", TESTS(lists_every_member_of_the_table, mutations_agree, entries_left_out_agree));
}
