/* The JSON Schema of the policy document against the parser, both ways: what loads, the schema
 * accepts; what the schema accepts and the parser does not is a relation between members, never a
 * shape. A small validator of the keywords that the schema uses stands in for an editor's. */

#include "support.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trust/reason.h>

#include "core/bytes.h"
#include "policy/document/document.h"

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

/* As ck_assert, which takes note of every place that it passes: here they are millions. */
#define sure(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg("not so: %s", #condition);                                                \
    } while (0)

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
    sure(count < sizeof known / sizeof known[0]);
    strcpy(known[count].expression, expression);
    sure(regcomp(&known[count].regex, expression, REG_EXTENDED | REG_NOSUB) == 0);
    return &known[count++].regex;
}

static bool matches(const tri_json *pattern, trust_bytes text)
{
    trust_bytes source;
    char expression[256], subject[256];
    sure(tri_json_string(pattern, &source) || (source = tri_json_name(pattern)).size > 0);
    sure(source.size < sizeof expression);
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
    sure(tri_json_integer(rule, &n));
    return n;
}

static bool k_type(const tri_json *rule, const tri_json *whole, const tri_json *value)
{
    trust_bytes name;
    int64_t n;
    (void)whole;
    sure(tri_json_string(rule, &name));
    if (tri_same_text(name, "object"))
        return tri_json_is_object(value);
    if (tri_same_text(name, "array"))
        return tri_json_is_array(value);
    if (tri_same_text(name, "string"))
        return tri_json_is_string(value);
    if (tri_same_text(name, "boolean"))
        return tri_json_is_bool(value);
    sure(tri_same_text(name, "integer"));
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
    sure(tri_json_member(whole, "prefixItems") == NULL);
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
        sure(tri_json_string(r, &name));
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
    sure(tri_json_string(reference, &text));
    sure(text.size > strlen(path) && memcmp(text.data, path, strlen(path)) == 0);
    snprintf(name, sizeof name, "%.*s", (int)(text.size - strlen(path)),
             (const char *)text.data + strlen(path));
    const tri_json *found = tri_json_member(tri_json_member(schema.root, "$defs"), name);
    sure(found != NULL);
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
    sure(tri_json_is_object(rule));
    bool all = true;
    for (const tri_json *r = tri_json_first(rule); r != NULL; r = tri_json_next(r)) {
        size_t i = 0;
        while (!tri_same_text(tri_json_name(r), keywords[i].name))
            sure(++i < sizeof keywords / sizeof keywords[0]);
        all = all && keywords[i].holds(r, rule, value);
    }
    return all;
}

/* ---- the table ---- */

static void ck_default(const tri_member *member, const tri_json *found)
{
    char room[32];
    trust_bytes word = {NULL, 0};
    bool yes;
    if (member->fallback == TRI_NO_DEFAULT || member->type == TRI_TIME) {
        ck_assert_ptr_null(found);
        return;
    }
    ck_assert_ptr_nonnull(found);
    tri_text text = tri_text_begin(room, sizeof room);
    if (member->type == TRI_BOOL) {
        ck_assert(tri_json_bool(found, &yes) && yes == (member->fallback != 0));
        return;
    }
    if (!tri_json_string(found, &word)) {
        ck_assert_int_eq(number(found), member->fallback);
        ck_assert(member->type != TRI_SPAN && member->type != TRI_DURATION);
        return;
    }
    if (member->type == TRI_VERDICT)
        tri_text_str(&text, trust_verdict_name((trust_verdict)member->fallback));
    else if (member->type == TRI_CODE)
        tri_text_str(&text, trust_reason_code((uint32_t)member->fallback));
    else if (member->type == TRI_DURATION && member->fallback == 0)
        tri_text_str(&text, "never");
    else
        tri_duration_format(&text, member->fallback);
    ck_ok(tri_text_end(&text, NULL));
    ck_assert(tri_same_text(word, room));
}

static void ck_range(const tri_json *rule, int64_t min, int64_t max)
{
    ck_assert_int_eq(number(tri_json_member(rule, "minimum")), min);
    ck_assert_int_eq(number(tri_json_member(rule, "maximum")), max);
}

/* Of pairs, each of the two. */
static void ck_pairs(const tri_member *member, const tri_json *entry)
{
    const tri_json *first =
        tri_json_first(tri_json_member(tri_json_member(entry, "items"), "prefixItems"));
    if (member->type == TRI_CURVE) {
        ck_range(first, 0, 1000);
        ck_range(tri_json_next(first), -TRI_MAX_POINTS, TRI_MAX_POINTS);
    }
    if (member->type == TRI_KNOTS) {
        ck_range(first, 0, 1000);
        ck_range(tri_json_next(first), 0, 1000000);
    }
}

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
        ck_default(member, tri_json_member(entry, "default"));
        ck_pairs(member, entry);
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
    ck_assert_uint_ge(count_members(&tri_document, schema.root), 128);
    ck_status(trust_policy_schema(NULL, 4, NULL), TRUST_E_ARGUMENT);
    drop_schema();
}
END_TEST

START_TEST(the_schema_is_laid_out)
{
    static const char *const lines[] = {
        "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"title\": \"A libtrust "
        "policy\", "
        "\"type\": \"object\", \"additionalProperties\": false, ",
        "\n  \"title\": {\"description\": \"for people; no part of the hash\", \"type\": "
        "\"string\"},\n",
        "\n    \"allow\": {\"description\": \"the highest risk that is still allowed\", \"type\": "
        "\"integer\", \"minimum\": 0, \"maximum\": 1000},\n",
        "\n    \"quarantine\": {",
        "\n  \"reason\": {\"enum\": [\"ATTESTATION_OK\", \"ATTESTATION_FAILED\", ",
        "\n    \"final\": {\"description\": \"no override passes it\", \"type\": \"boolean\", "
        "\"default\": "
        "false},\n",
    };
    read_schema();
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        ck_assert_msg(strstr(schema_text, lines[i]) != NULL, "%s", lines[i]);
    drop_schema();
}
END_TEST

/* ---- documents ---- */

/* Documents that have every member and every shape, with ' for ". The first is of numbers, the
 * others of what stands around them. */
#define SMALL                                                                                      \
    "'trust_policy':1,'id':'p','revision':1,'verdicts':{'allow':300,'step_up':475,"                \
    "'quarantine':650},'signals':{'place':{'weight':100},'acme.tamper':{'weight':50,'scale':"      \
    "'percent'}},"
static const char *const documents[] = {
    "{'trust_policy':1,'$schema':'s','title':'t','x_y':[],'id':'p','revision':1,"
    "'base':450,'not_before':'2026-11-01T00:00:00Z','expires':'2027-11-01T00:00:00.25+01:00',"
    "'signals':{'attestation':{'weight':300,'absent':{'not_requested':10,'refused':"
    "'worst','source_down':20},'half_life':'1h','half_life_bad':'never','ttl':'4h',"
    "'ttl_bad':'900d','scale':'ar4si','group':'device','quorum':2},'place':{'weight':110,"
    "'absent':7,'reliability':800,'curve':[[100,-35],[400,20],[1000,110]]},'reputation':"
    "{'weight':175,'absent':'worst'},'acme.tamper':{'weight':50,'scale':'percent'}},"
    "'groups':{'network':{'floor':-50,'ceiling':200}},'verdicts':{'allow':300,"
    "'step_up':475,'quarantine':650},'limits':{'adverse':125,'uncertainty':400},"
    "'hysteresis':{'margin':25,'dwell':'0s','backoff':2,'dwell_max':'1h'},"
    "'calibration':{'knots':[[0,1],[500,2],[900,2]],'data':'d'},"
    "'overrides':{'may_lower_to':'allow','approvals':3,'max_ttl':'90s','roles':['a','b'],"
    "'never':['REFUSED','GATE']},'gates':[{'id':'r','if':{'absent':'place'},'floor':'deny',"
    "'reason':'REFUSED'},{'id':'g','if':{'absent':'place'},'floor':'deny'}],'step_up':[{'obtain':'"
    "place','cost':7,'action':'ask'},"
    "{'obtain':'attestation'}]}",
    "{" SMALL "'gates':[{'id':'g1','if':{'signal':'place','at_least':96},'floor':'deny','reason':"
    "'ATTESTATION_FAILED','final':true,'actions':['a','b']},{'id':'g2','if':{'absent':'place'},"
    "'floor':'step_up'},{'id':'g3','if':{'all':[{'absent':'place'},{'signal':'place','older':"
    "'1h'}]},'floor':'deny'},{'id':'g4','if':{'any':[{'signal':'acme.tamper','at_least_points':"
    "9}]},'floor':'deny'},{'id':'g5','if':{'count':1,'of':[{'absent':'place'},{'signal':'place',"
    "'at_least':2}]},'floor':'deny'},{'id':'g6','floor':'deny','if':{'signal':'place','older':"
    "'1h'}},{'id':'g7','floor':'deny','if':{'signal':'place','at_least_points':3}}]}",
    "{" SMALL "'profiles':[{'id':'a','when':{'attr':'role','eq':'lock'},'base':460,'verdicts':"
    "{'allow':299,'step_up':474,'quarantine':649},'limits':{'adverse':1,'uncertainty':2},"
    "'not_applicable':['place','acme.tamper']},{'id':'b','when':{'all':[{'attr':'n','ge':3},{'any':"
    "[{'attr':'n','le':4},{'not':{'attr':'c','prefix':'X'}}]},{'attr':'in','in':['1','2']}]}}],"
    "'stages':[{'id':'s1','needs':['place'],'next':'s3','timeout':'30m','on_timeout':'deny',"
    "'actions':['a']},{'id':'s2'},{'id':'s3','timeout':'never'}],"
    "'actions':{'allow':['a'],'step_up':['a','b'],'quarantine':[],'deny':['c']}}",
    "{" SMALL "'profiles':[{'id':'b','when':{'attr':'role','eq':'lock'}}],'stages':[{'id':'s'}],"
    "'tests':[{'name':'n','now':'2026-05-01T00:00:00Z','attributes':{'role':'lock','b':''},"
    "'stage':'s','stage_age':'0s','previous':'deny','held_for':'3d','flaps':1,'override':'allow',"
    "'evidence':{'place':{'value':100,'age':'1h','quality':900,'source':255},'acme.tamper':[0,"
    "{'state':'pending'},'unbound']},'expect':{'verdict_at_least':'allow','verdict_at_most':'deny',"
    "'risk':[0,1000],'profile':'b','stage':'s'}},{'name':'m','evidence':{'place':'refused',"
    "'acme.tamper':5},'expect':{'verdict':'step_up'}}]}",
    /* What these expect does not come of it. */
    "{" SMALL "'tests':[{'name':'n','expect':{'points':{'base':-50,'cap network':0},'next':"
    "[['place'],['place','acme.tamper']],'actions':['a','b'],'valid_for':'1h','reason':'GATE',"
    "'risk':7,'profile':'default'}}]}",
};

#define MOST 4096

/* A document as JSON. */
static const char *document(size_t index)
{
    static char room[MOST];
    size_t i = 0;
    for (; documents[index][i] != '\0'; i++)
        room[i] = documents[index][i] == '\'' ? '"' : documents[index][i];
    ck_assert_uint_lt(i, MOST);
    room[i] = '\0';
    return room;
}

/* What several members only together get wrong, which no shape can tell. */
static bool is_relation(const trust_error *err)
{
    static const char *const relations[] = {"over allow",
                                            "over step_up",
                                            "later than",
                                            "\"signals\" has no",
                                            "another gate",
                                            "no signal is in",
                                            "points of weight",
                                            "values must rise",
                                            "must not fall",
                                            "0 points or less",
                                            "must cost at least",
                                            "at least dwell",
                                            "at most the weight of",
                                            "another profile",
                                            "what no profile is called",
                                            "a signal is called that",
                                            "another stage",
                                            "\"stages\" has no",
                                            "\"profiles\" has no",
                                            "cannot go in a circle",
                                            "two steps for",
                                            "risks must rise",
                                            "the lowest comes first",
                                            "rows are",
                                            "this holds nothing back",
                                            "': expected "};
    /* Numbers whose range another member gives: the weight, the scale of a kind. */
    static const char *const ranges[] = {"/absent", "/curve/", "/at_least", "/count", "/evidence/"};
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
    if (loads && !accepted)
        ck_abort_msg("loads, but the schema refuses:\n%.*s", (int)len, text);
    if (accepted && !loads && !is_relation(&err))
        ck_abort_msg("%s: %s\n%.*s", err.where, err.message, (int)len, text);
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
                                         "101",
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
                                         "\"older\"",
                                         "\"all\"",
                                         "\"of\"",
                                         "\"attr\"",
                                         "\"eq\"",
                                         "\"ge\"",
                                         "\"not\"",
                                         "\"when\"",
                                         "\"next\"",
                                         "\"value\"",
                                         "\"state\"",
                                         "\"verdict\"",
                                         "\"refused\"",
                                         "\"default\"",
                                         "\"human\"",
                                         "\"REFUSED\"",
                                         "\"NONE\"",
                                         "{}",
                                         "[]",
                                         "[1]",
                                         "[\"place\"]",
                                         "[\"a\",\"a\"]",
                                         "[[1,0],[2,1]]",
                                         "{\"weight\":1}",
                                         "{\"attr\":\"a\",\"eq\":\"b\"}",
                                         "[{\"absent\":\"place\"}]",
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
    static char room[MOST + 64];
    tally t = {0};
    read_schema();
    for (size_t d = 0; d < sizeof documents / sizeof documents[0]; d++) {
        const char *full = document(d);
        for (const char *at = full; *at != '\0'; at += token(at)) {
            if (strchr("{}[]:,", *at) != NULL)
                continue;
            for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
                int len = snprintf(room, sizeof room, "%.*s%s%s", (int)(at - full), full, values[i],
                                   at + token(at));
                compare(room, (size_t)len, &t);
            }
        }
    }
    printf("%u load, %u are refused by both, %u by the parser alone\n", t.both, t.neither,
           t.parser_only);
    ck_assert_uint_gt(t.both, 600);
    ck_assert_uint_gt(t.neither, 10000);
    ck_assert_uint_gt(t.parser_only, 500);
    drop_schema();
}
END_TEST

START_TEST(documents_agree)
{
    tally t = {0};
    read_schema();
    for (size_t d = 0; d < sizeof documents / sizeof documents[0]; d++)
        compare(document(d), strlen(document(d)), &t);
    ck_assert_uint_eq(t.both + t.parser_only, sizeof documents / sizeof documents[0]);
    ck_assert_uint_ge(t.both, 4);
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
    static char room[2 * MOST];
    tally t = {0};
    read_schema();
    for (size_t d = 0; d < sizeof documents / sizeof documents[0]; d++) {
        const char *full = document(d);
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
    }
    ck_assert_uint_gt(t.both, 100);
    ck_assert_uint_gt(t.neither, 40);
    drop_schema();
}
END_TEST

/* A member of one entry moved into another: shapes that no document has. */
START_TEST(entries_put_elsewhere_agree)
{
    static char room[2 * MOST];
    tally t = {0};
    read_schema();
    for (size_t d = 1; d < sizeof documents / sizeof documents[0]; d++) {
        const char *full = document(d);
        for (const char *from = full + 1; *from != '\0'; from += token(from)) {
            if (strchr("{,", from[-1]) == NULL || *from != '"')
                continue;
            int size = (int)(entry_end(from) - from);
            for (const char *to = full + 1; *to != '\0' && size < 200; to += token(to)) {
                if (to[-1] != '{' || *to == '}')
                    continue;
                int len = snprintf(room, sizeof room, "%.*s%.*s,%s", (int)(to - full), full, size,
                                   from, to);
                compare(room, (size_t)len, &t);
            }
        }
    }
    ck_assert_uint_gt(t.both, 60);
    ck_assert_uint_gt(t.neither, 1000);
    drop_schema();
}
END_TEST

int main(void)
{
    return run_tests("schema",
                     TESTS(lists_every_member_of_the_table, the_schema_is_laid_out, documents_agree,
                           mutations_agree, entries_left_out_agree, entries_put_elsewhere_agree));
}
