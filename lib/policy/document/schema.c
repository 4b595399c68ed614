/* The JSON Schema (2020-12) of the policy document, from the table that the parser walks. It asks
 * for no more than the parser does. What it cannot ask for is left to the parser:
 *
 * - thresholds rise, of a profile with what it leaves to the policy; "expires" follows
 * "not_before", "dwell_max" is no less than "dwell";
 * - curves and calibrations rise, a curve ends at the weight and begins at or below 0, points and
 *   values stay within the weight and the scale of their signal, absences follow each other;
 * - what is named is there: signals, groups, stages, profiles, rows, and a gate for each reason of
 *   "never"; a stage's "next" is later;
 * - ids differ and are no signal's; a step is there once; a "count" is no more than its conditions;
 * - texts have their limits in bytes and hold no control characters; all actions together, the
 *   parts of one profile's condition, findings and facts of one test, and the document in full have
 *   limits of size.
 *
 * No input from outside. */

#include <string.h>

#include <trust/reason.h>

#include "core/bytes.h"
#include "core/kind.h"
#include "policy/document/schema.h"

static void write_object(tri_sketch *s, const tri_object *object);

static void begin_line(tri_sketch *s)
{
    tri_text_char(s->text, '\n');
    for (unsigned i = 0; i < s->indent; i++)
        tri_text_str(s->text, "  ");
}

/* ---- members that hold objects ---- */

static void absent_shape(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"anyOf\": [{");
    tri_shape_cost(s, member);
    tri_text_str(s->text, "}, {");
    write_object(s, member->object);
    tri_text_str(s->text, "}]");
}

static void object_shape(tri_sketch *s, const tri_member *member)
{
    write_object(s, member->object);
}

/* At least one of its members. */
static void expect_shape(tri_sketch *s, const tri_member *member)
{
    write_object(s, member->object);
    tri_text_str(s->text, ", \"anyOf\": [");
    for (size_t i = 0; i < member->object->count; i++) {
        tri_text_str(s->text, i > 0 ? ", {\"required\": [" : "{\"required\": [");
        tri_sketch_word(s, true, member->object->members[i].name);
        tri_text_str(s->text, "]}");
    }
    tri_text_char(s->text, ']');
}

static void when_shape(tri_sketch *s, const tri_member *member)
{
    (void)member;
    tri_text_str(s->text, "\"$ref\": \"#/$defs/when\"");
}

static void definitions_shape(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"type\": \"array\", \"minItems\": ");
    tri_text_int(s->text, member->min);
    tri_text_str(s->text, ", \"maxItems\": ");
    tri_text_int(s->text, member->max);
    tri_text_str(s->text, ", \"items\": {\"$ref\": \"#/$defs/");
    tri_text_str(s->text, member->type == TRI_WHENS ? "when" : "condition");
    tri_text_str(s->text, "\"}");
}

/* A value, a word or an object, or an array of these. */
static void evidence_shape(tri_sketch *s, const tri_member *member)
{
    const tri_object *object = member->object;
    const tri_member *value = tri_object_find(object, tri_bytes("value"));
    tri_text_str(s->text, "\"type\": \"object\", \"additionalProperties\": {");
    tri_text_str(s->text, "\"anyOf\": [");
    for (int several = 0; several < 2; several++) {
        tri_text_str(s->text,
                     several ? ", {\"type\": \"array\", \"minItems\": 1, \"maxItems\": " : "");
        if (several) {
            tri_text_int(s->text, TRI_MAX_SOURCES);
            tri_text_str(s->text, ", \"items\": {\"anyOf\": [");
        }
        tri_text_char(s->text, '{');
        tri_shape_whole(s, value);
        tri_text_str(s->text, "}, {");
        tri_shape_state(s, member);
        tri_text_str(s->text, "}, {\"$ref\": \"#/$defs/supposed\"}");
    }
    tri_text_str(s->text, "]}}]}");
}

/* Kinds: a built-in one has its own scale, one of the host must name it. */
static void write_kinds(tri_sketch *s)
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
        tri_sketch_word(s, true, tri_scale_name(tri_kind_builtin(kind)->scale));
        tri_text_str(s->text, "}}},");
    }
    begin_line(s);
    tri_text_str(s->text, "\"[.]\": {\"required\": [\"scale\"]},");
    begin_line(s);
    tri_text_str(s->text, "\"^\": {");
}

static void map_shape(tri_sketch *s, const tri_member *member)
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
    tri_text_str(
        s->text,
        ", \"propertyNames\": {\"pattern\": \"^[a-z0-9_.-]{1,63}$\"}, \"additionalProperties\": {");
    write_object(s, member->object);
    tri_text_char(s->text, '}');
}

static void list_shape(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"type\": \"array\", \"maxItems\": ");
    tri_text_int(s->text, member->max);
    tri_text_str(s->text, ", \"items\": {");
    write_object(s, member->object);
    tri_text_char(s->text, '}');
}

static tri_shape *const shapes[TRI_TYPE_COUNT] = {
    [TRI_VERSION] = tri_shape_version,
    [TRI_NOTE] = tri_shape_text,
    [TRI_NAME] = tri_shape_text,
    [TRI_TEXT] = tri_shape_text,
    [TRI_BOOL] = tri_shape_bool,
    [TRI_COUNT] = tri_shape_whole,
    [TRI_SMALL] = tri_shape_whole,
    [TRI_RISK] = tri_shape_whole,
    [TRI_POINTS] = tri_shape_whole,
    [TRI_PERMILLE] = tri_shape_whole,
    [TRI_DURATION] = tri_shape_text,
    [TRI_SPAN] = tri_shape_text,
    [TRI_TIME] = tri_shape_text,
    [TRI_SCALE] = tri_shape_scale,
    [TRI_CURVE] = tri_shape_curve,
    [TRI_ABSENT] = absent_shape,
    [TRI_COST] = tri_shape_cost,
    [TRI_GROUP] = tri_shape_text,
    [TRI_SIGNALS] = tri_shape_names,
    [TRI_VERDICT] = tri_shape_verdict,
    [TRI_CODE] = tri_shape_code,
    [TRI_CODES] = tri_shape_codes,
    [TRI_ROLES] = tri_shape_names,
    [TRI_ACTIONS] = tri_shape_names,
    [TRI_KNOTS] = tri_shape_knots,
    [TRI_IF] = object_shape,
    [TRI_CONDITIONS] = definitions_shape,
    [TRI_VALUE] = tri_shape_whole,
    [TRI_ROW] = tri_shape_whole,
    [TRI_OLDER] = tri_shape_text,
    [TRI_SIGNAL] = tri_shape_text,
    [TRI_MISSING] = tri_shape_text,
    [TRI_WHEN] = when_shape,
    [TRI_WHENS] = definitions_shape,
    [TRI_ATTRIBUTE] = tri_shape_text,
    [TRI_WORD] = tri_shape_text,
    [TRI_WORDS] = tri_shape_words,
    [TRI_BOUND] = tri_shape_whole,
    [TRI_NEXT] = tri_shape_text,
    [TRI_OBTAIN] = tri_shape_text,
    [TRI_FACTS] = tri_shape_facts,
    [TRI_EVIDENCE] = evidence_shape,
    [TRI_STATE] = tri_shape_state,
    [TRI_EXPECT] = expect_shape,
    [TRI_STAGE] = tri_shape_text,
    [TRI_PROFILE] = tri_shape_text,
    [TRI_RANGE] = tri_shape_range,
    [TRI_ROWS] = tri_shape_rows,
    [TRI_SETS] = tri_shape_sets,
    [TRI_NAMES] = tri_shape_names,
    [TRI_OBJECT] = object_shape,
    [TRI_MAP] = map_shape,
    [TRI_LIST] = list_shape,
};

/* ---- objects ---- */

#define REQUIRED(name) "{\"required\": [\"" name "\"]}"
#define CONDITION                                                                                  \
    "\"dependentSchemas\": {\"signal\": {\"oneOf\": [" REQUIRED("at_least") ", " REQUIRED(         \
        "at_least_points") ", " REQUIRED("older") "]}}, "                                          \
                                                  "\"dependentRequired\": {\"at_least\": "         \
                                                  "[\"signal\"], \"at_least_points\": "            \
                                                  "[\"signal\"], "                                 \
                                                  "\"older\": [\"signal\"]"

/* Objects that have several shapes, told apart by the members that are there. */
static const struct {
    const char *name;
    const char *keywords;
} shaped[] = {
    {"condition", ", \"oneOf\": [" REQUIRED("absent") ", " REQUIRED("signal") "], " CONDITION "}"},
    {"if",
     ", \"oneOf\": [" REQUIRED("absent") ", " REQUIRED("signal") ", " REQUIRED("all") ", " REQUIRED(
         "any") ", " REQUIRED("of") "], " CONDITION ", \"count\": [\"of\"], \"of\": [\"count\"]}"},
    {"when",
     ", \"oneOf\": [" REQUIRED("all") ", " REQUIRED("any") ", " REQUIRED("not") ", " REQUIRED(
         "att"
         "r") "], \"dependentSchemas\": {\"attr\": {\"oneOf\": "
              "[" REQUIRED("eq") ", " REQUIRED("in") ", " REQUIRED(
                  "g"
                  "e") ", " REQUIRED("le") ", " REQUIRED("prefix") "]}}, "
                                                                   "\"dependentRequired\": "
                                                                   "{\"eq\": [\"attr\"], \"in\": "
                                                                   "[\"attr\"], \"ge\": "
                                                                   "[\"attr\"], "
                                                                   "\"le\": [\"attr\"], "
                                                                   "\"prefix\": [\"attr\"]}"},
    {"supposed", ", \"oneOf\": [" REQUIRED("value") ", " REQUIRED("state") "]"},
};

static void write_default(tri_sketch *s, const tri_member *member)
{
    if (member->fallback == TRI_NO_DEFAULT || member->type == TRI_TIME)
        return;
    tri_text_str(s->text, ", \"default\": ");
    if (member->type == TRI_DURATION && member->fallback == 0) {
        tri_sketch_word(s, true, "never");
    } else if (member->type == TRI_SPAN) {
        tri_text_char(s->text, '"');
        tri_duration_format(s->text, member->fallback);
        tri_text_char(s->text, '"');
    } else if (member->type == TRI_CODE) {
        tri_sketch_word(s, true, trust_reason_code((uint32_t)member->fallback));
    } else if (member->type == TRI_VERDICT) {
        tri_sketch_word(s, true, trust_verdict_name((trust_verdict)member->fallback));
    } else if (member->type == TRI_BOOL) {
        tri_text_str(s->text, member->fallback != 0 ? "true" : "false");
    } else {
        tri_text_int(s->text, member->fallback);
    }
}

static void write_member(tri_sketch *s, const tri_member *member)
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

/* What only one of an object's shapes has. */
static void write_shapes(tri_sketch *s, const tri_object *object)
{
    for (size_t i = 0; i < sizeof shaped / sizeof shaped[0]; i++)
        if (strcmp(shaped[i].name, object->name) == 0)
            tri_text_str(s->text, shaped[i].keywords);
}

static void write_object(tri_sketch *s, const tri_object *object)
{
    bool first = true;
    tri_text_str(s->text, "\"type\": \"object\", \"additionalProperties\": false, "
                          "\"patternProperties\": {\"^x_\": true}, \"required\": [");
    for (size_t i = 0; i < object->count; i++) {
        if (!object->members[i].required)
            continue;
        tri_sketch_word(s, first, object->members[i].name);
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
    write_shapes(s, object);
}

/* ---- definitions: what stands in several places, or inside itself ---- */

static void begin_definition(tri_sketch *s, bool first, const char *name)
{
    tri_text_str(s->text, first ? "" : ",");
    begin_line(s);
    tri_text_json(s->text, tri_bytes(name));
    tri_text_str(s->text, ": {");
}

static void define(tri_sketch *s, const tri_object *object)
{
    begin_definition(s, false, object->name);
    write_object(s, object);
    tri_text_char(s->text, '}');
}

static void define_reason(tri_sketch *s)
{
    static const uint32_t numbers[] = {
#define X(number, name, severity, text, subject) number,
#include "core/reason.def"
#undef X
    };
    begin_definition(s, true, "reason");
    tri_text_str(s->text, "\"enum\": [");
    for (size_t i = 1; i < sizeof numbers / sizeof numbers[0]; i++) /* the first is "none" */
        tri_sketch_word(s, i == 1, trust_reason_code(numbers[i]));
    tri_text_str(s->text, "]}");
}

static void write_definitions(tri_sketch *s)
{
    tri_text_str(s->text, ", \"$defs\": {");
    s->indent++;
    define_reason(s);
    define(s, &tri_document_condition);
    define(s, &tri_document_when);
    define(s, &tri_document_supposed);
    s->indent--;
    tri_text_char(s->text, '}');
}

trust_status trust_policy_schema(char *out, size_t cap, size_t *need)
{
    if (out == NULL && cap > 0)
        return TRUST_E_ARGUMENT;
    tri_text text = tri_text_begin(out, cap);
    tri_sketch s = {&text, 0};
    tri_text_str(&text, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", "
                        "\"title\": \"A libtrust policy\", ");
    write_object(&s, &tri_document);
    write_definitions(&s);
    tri_text_str(&text, "}\n");
    return tri_text_end(&text, need);
}
