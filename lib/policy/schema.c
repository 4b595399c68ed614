/* The JSON Schema (2020-12) of the policy document, from the table that the parser walks. It asks
 * for no more than the parser does; what only several members together can get wrong, such as
 * thresholds that do not rise, is left to the parser. No input from outside. */

#include <trust/reason.h>

#include "core/bytes.h"
#include "core/kind.h"
#include "core/reason.h"
#include "policy/document.h"

#define NAME_PATTERN "^[a-z0-9_.-]{1,63}$"
#define UNIT_PATTERN "(ms|s|m|h|d)"
#define TIME_PATTERN                                                                               \
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?"                       \
    "([Zz]|[+-][0-9]{2}:[0-9]{2})$"

typedef struct sketch {
    tri_text *text;
    unsigned indent;
} sketch;

/* Write the keywords that a member's type asks for. */
typedef void shape(sketch *s, const tri_member *member);

static void write_object(sketch *s, const tri_object *object);

static void begin_line(sketch *s)
{
    tri_text_char(s->text, '\n');
    for (unsigned i = 0; i < s->indent; i++)
        tri_text_str(s->text, "  ");
}

static void write_range(sketch *s, const char *type, int64_t min, int64_t max)
{
    tri_text_str(s->text, type);
    tri_text_int(s->text, min);
    tri_text_str(s->text, ", \"maximum\": ");
    tri_text_int(s->text, max);
}

static void write_word(sketch *s, bool first, const char *word)
{
    tri_text_str(s->text, first ? "" : ", ");
    tri_text_json(s->text, tri_bytes(word));
}

static void whole_shape(sketch *s, const tri_member *member)
{
    write_range(s, "\"type\": \"integer\", \"minimum\": ", member->min, member->max);
}

static void version_shape(sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"const\": ");
    tri_text_int(s->text, member->max);
}

static void text_shape(sketch *s, const tri_member *member)
{
    static const char *const patterns[TRI_TYPE_COUNT] = {
        [TRI_NAME] = NAME_PATTERN,
        [TRI_GROUP] = NAME_PATTERN,
        [TRI_SIGNAL] = NAME_PATTERN,
        [TRI_MISSING] = NAME_PATTERN,
        [TRI_DURATION] = "^([1-9][0-9]{0,12}" UNIT_PATTERN "|never)$",
        [TRI_SPAN] = "^(0|[1-9][0-9]{0,12})" UNIT_PATTERN "$",
        [TRI_TIME] = TIME_PATTERN,
    };
    tri_text_str(s->text, "\"type\": \"string\"");
    if (patterns[member->type] == NULL)
        return;
    tri_text_str(s->text, ", \"pattern\": ");
    tri_text_json(s->text, tri_bytes(patterns[member->type]));
}

static void scale_shape(sketch *s, const tri_member *member)
{
    (void)member;
    tri_text_str(s->text, "\"enum\": [");
    for (uint32_t scale = 1; tri_scale_name(scale) != NULL; scale++)
        write_word(s, scale == 1, tri_scale_name(scale));
    tri_text_char(s->text, ']');
}

static void floor_shape(sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"enum\": [");
    for (int64_t v = member->min; v <= member->max; v++)
        write_word(s, v == member->min, trust_verdict_name((trust_verdict)v));
    tri_text_char(s->text, ']');
}

static void code_shape(sketch *s, const tri_member *member)
{
    static const uint32_t numbers[] = {
#define X(number, name, severity, text, subject) number,
#include "core/reason.def"
#undef X
    };
    (void)member;
    tri_text_str(s->text, "\"enum\": [");
    for (size_t i = 1; i < sizeof numbers / sizeof numbers[0]; i++) /* the first is "none" */
        write_word(s, i == 1, trust_reason_code(numbers[i]));
    tri_text_char(s->text, ']');
}

static void curve_shape(sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"type\": \"array\", \"minItems\": ");
    tri_text_int(s->text, member->min);
    tri_text_str(s->text, ", \"maxItems\": ");
    tri_text_int(s->text, member->max);
    tri_text_str(s->text, ", \"items\": {\"type\": \"array\", \"minItems\": 2, \"maxItems\": 2, "
                          "\"prefixItems\": [");
    write_range(s, "{\"type\": \"integer\", \"minimum\": ", 0, tri_scale_max(TRUST_SCALE_PERMILLE));
    write_range(s, "}, {\"type\": \"integer\", \"minimum\": ", -TRI_MAX_POINTS, TRI_MAX_POINTS);
    tri_text_str(s->text, "}]}");
}

static void cost_shape(sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"anyOf\": [{\"const\": \"worst\"}, {");
    whole_shape(s, member);
    tri_text_str(s->text, "}]");
}

static void absent_shape(sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"anyOf\": [{");
    cost_shape(s, member);
    tri_text_str(s->text, "}, {");
    write_object(s, member->object);
    tri_text_str(s->text, "}]");
}

static void object_shape(sketch *s, const tri_member *member)
{
    write_object(s, member->object);
}

static void if_shape(sketch *s, const tri_member *member)
{
    write_object(s, member->object);
    tri_text_str(s->text,
                 ", \"oneOf\": [{\"required\": [\"absent\"]}, {\"required\": [\"signal\"]}]"
                 ", \"dependentRequired\": {\"signal\": [\"at_least\"], "
                 "\"at_least\": [\"signal\"]}");
}

/* Kinds: a built-in one has its own scale, one of the host must name it. */
static void write_kinds(sketch *s)
{
    tri_text_str(s->text, ", \"propertyNames\": {\"maxLength\": 63, \"pattern\": "
                          "\"^([a-z0-9_-]*[.][a-z0-9_.-]*");
    for (uint32_t kind = 1; kind <= TRI_KIND_BUILTIN_COUNT; kind++) {
        tri_text_char(s->text, '|');
        tri_text_str(s->text, trust_kind_name(kind));
    }
    tri_text_str(s->text, ")$\"}, \"patternProperties\": {");
    s->indent++;
    for (uint32_t kind = 1; kind <= TRI_KIND_BUILTIN_COUNT; kind++) {
        begin_line(s);
        tri_text_str(s->text, "\"^");
        tri_text_str(s->text, trust_kind_name(kind));
        tri_text_str(s->text, "$\": {\"properties\": {\"scale\": {\"const\": ");
        write_word(s, true, tri_scale_name(tri_kind_builtin(kind)->scale));
        tri_text_str(s->text, "}}},");
    }
    begin_line(s);
    tri_text_str(s->text, "\"[.]\": {\"required\": [\"scale\"]},");
    begin_line(s);
    tri_text_str(s->text, "\"^\": {");
}

static void map_shape(sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"type\": \"object\", \"minProperties\": ");
    tri_text_int(s->text, member->min);
    tri_text_str(s->text, ", \"maxProperties\": ");
    tri_text_int(s->text, member->max);
    if (member->object == &tri_document_signal) {
        write_kinds(s);
        write_object(s, member->object);
        s->indent--;
        tri_text_str(s->text, "}}");
        return;
    }
    tri_text_str(s->text, ", \"propertyNames\": {\"pattern\": \"" NAME_PATTERN
                          "\"}, \"additionalProperties\": {");
    write_object(s, member->object);
    tri_text_char(s->text, '}');
}

static void list_shape(sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"type\": \"array\", \"maxItems\": ");
    tri_text_int(s->text, member->max);
    tri_text_str(s->text, ", \"items\": {");
    write_object(s, member->object);
    tri_text_char(s->text, '}');
}

static shape *const shapes[TRI_TYPE_COUNT] = {
    [TRI_VERSION] = version_shape, [TRI_NOTE] = text_shape,     [TRI_NAME] = text_shape,
    [TRI_COUNT] = whole_shape,     [TRI_RISK] = whole_shape,    [TRI_POINTS] = whole_shape,
    [TRI_PERMILLE] = whole_shape,  [TRI_VALUE] = whole_shape,   [TRI_DURATION] = text_shape,
    [TRI_SPAN] = text_shape,       [TRI_TIME] = text_shape,     [TRI_SCALE] = scale_shape,
    [TRI_CURVE] = curve_shape,     [TRI_ABSENT] = absent_shape, [TRI_COST] = cost_shape,
    [TRI_GROUP] = text_shape,      [TRI_SIGNAL] = text_shape,   [TRI_MISSING] = text_shape,
    [TRI_FLOOR] = floor_shape,     [TRI_CODE] = code_shape,     [TRI_IF] = if_shape,
    [TRI_OBJECT] = object_shape,   [TRI_MAP] = map_shape,       [TRI_LIST] = list_shape,
};

static void write_default(sketch *s, const tri_member *member)
{
    if (member->fallback == TRI_NO_DEFAULT || member->type == TRI_TIME)
        return;
    tri_text_str(s->text, ", \"default\": ");
    if (member->type == TRI_SPAN) {
        tri_text_char(s->text, '"');
        tri_duration_format(s->text, member->fallback);
        tri_text_char(s->text, '"');
    } else if (member->type == TRI_CODE) {
        write_word(s, true, trust_reason_code((uint32_t)member->fallback));
    } else {
        tri_text_int(s->text, member->fallback);
    }
}

static void write_member(sketch *s, const tri_member *member)
{
    begin_line(s);
    tri_text_json(s->text, tri_bytes(member->name));
    tri_text_str(s->text, ": {\"description\": ");
    tri_text_json(s->text, tri_bytes(member->meaning));
    tri_text_str(s->text, ", ");
    shapes[member->type](s, member);
    write_default(s, member);
    tri_text_char(s->text, '}');
}

static void write_object(sketch *s, const tri_object *object)
{
    bool first = true;
    tri_text_str(s->text, "\"type\": \"object\", \"additionalProperties\": false, "
                          "\"patternProperties\": {\"^x_\": true}, \"required\": [");
    for (size_t i = 0; i < object->count; i++) {
        if (!object->members[i].required)
            continue;
        write_word(s, first, object->members[i].name);
        first = false;
    }
    tri_text_str(s->text, "], \"properties\": {");
    s->indent++;
    for (size_t i = 0; i < object->count; i++) {
        tri_text_str(s->text, i > 0 ? "," : "");
        write_member(s, &object->members[i]);
    }
    s->indent--;
    tri_text_char(s->text, '}');
}

trust_status trust_policy_schema(char *out, size_t cap, size_t *need)
{
    if (out == NULL && cap > 0)
        return TRUST_E_ARGUMENT;
    tri_text text = tri_text_begin(out, cap);
    sketch s = {&text, 0};
    tri_text_str(&text, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", "
                        "\"title\": \"A libtrust policy\", ");
    write_object(&s, &tri_document);
    tri_text_str(&text, "}\n");
    return tri_text_end(&text, need);
}
