/* What single members of the document hold, in the words of JSON Schema. No input from outside. */

#include "core/bytes.h"
#include "core/kind.h"
#include "policy/document/schema.h"

#define NAME_PATTERN      "^[a-z0-9_.-]{1,63}$"
#define ATTRIBUTE_PATTERN "^[a-z0-9_.-]{1,31}$"
#define UNIT_PATTERN      "(ms|s|m|h|d)"
#define TIME_PATTERN                                                                               \
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?"                       \
    "([Zz]|[+-][0-9]{2}:[0-9]{2})$"

void tri_sketch_word(tri_sketch *s, bool first, const char *word)
{
    tri_text_str(s->text, first ? "" : ", ");
    tri_text_json(s->text, tri_bytes(word));
}

/* A keyword with a number, after others. */
static void number(tri_sketch *s, const char *keyword, int64_t value)
{
    tri_text_str(s->text, ", \"");
    tri_text_str(s->text, keyword);
    tri_text_str(s->text, "\": ");
    tri_text_int(s->text, value);
}

void tri_sketch_whole(tri_sketch *s, int64_t min, int64_t max)
{
    tri_text_str(s->text, "\"type\": \"integer\"");
    number(s, "minimum", min);
    number(s, "maximum", max);
}

void tri_shape_whole(tri_sketch *s, const tri_member *member)
{
    tri_sketch_whole(s, member->min, member->max);
}

void tri_shape_version(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"const\": ");
    tri_text_int(s->text, member->max);
}

void tri_shape_bool(tri_sketch *s, const tri_member *member)
{
    (void)member;
    tri_text_str(s->text, "\"type\": \"boolean\"");
}

/* ---- texts ---- */

static const char *pattern_of(const tri_member *member)
{
    static const char *const patterns[TRI_TYPE_COUNT] = {
        [TRI_NAME] = NAME_PATTERN,
        [TRI_GROUP] = NAME_PATTERN,
        [TRI_SIGNALS] = NAME_PATTERN,
        [TRI_SIGNAL] = NAME_PATTERN,
        [TRI_MISSING] = NAME_PATTERN,
        [TRI_OBTAIN] = NAME_PATTERN,
        [TRI_NEXT] = NAME_PATTERN,
        [TRI_STAGE] = NAME_PATTERN,
        [TRI_PROFILE] = NAME_PATTERN,
        [TRI_ATTRIBUTE] = ATTRIBUTE_PATTERN,
        [TRI_DURATION] = "^([1-9][0-9]{0,12}" UNIT_PATTERN "|never)$",
        [TRI_OLDER] = "^[1-9][0-9]{0,12}" UNIT_PATTERN "$",
        [TRI_SPAN] = "^(0|[1-9][0-9]{0,12})" UNIT_PATTERN "$",
        [TRI_TIME] = TIME_PATTERN,
    };
    return patterns[member->type == TRI_SPAN && member->min > 0 ? TRI_OLDER : member->type];
}

void tri_shape_text(tri_sketch *s, const tri_member *member)
{
    const char *pattern = pattern_of(member);
    tri_text_str(s->text, "\"type\": \"string\"");
    if (pattern != NULL) {
        tri_text_str(s->text, ", \"pattern\": ");
        tri_text_json(s->text, tri_bytes(pattern));
    } else if (member->type != TRI_NOTE) {
        number(s, "minLength", member->min);
        number(s, "maxLength", member->max);
    }
}

/* ---- words ---- */

void tri_shape_scale(tri_sketch *s, const tri_member *member)
{
    (void)member;
    tri_text_str(s->text, "\"enum\": [");
    for (uint32_t scale = 1; tri_scale_name(scale) != NULL; scale++)
        tri_sketch_word(s, scale == 1, tri_scale_name(scale));
    tri_text_char(s->text, ']');
}

void tri_shape_verdict(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"enum\": [");
    for (int64_t v = member->min; v <= member->max; v++)
        tri_sketch_word(s, v == member->min, trust_verdict_name((trust_verdict)v));
    tri_text_char(s->text, ']');
}

void tri_shape_state(tri_sketch *s, const tri_member *member)
{
    (void)member;
    tri_text_str(s->text, "\"enum\": [");
    for (size_t i = 0; i < TRI_TEST_STATES; i++)
        tri_sketch_word(s, i == 0, trust_state_name(tri_test_states[i]));
    tri_text_char(s->text, ']');
}

void tri_shape_code(tri_sketch *s, const tri_member *member)
{
    (void)member;
    tri_text_str(s->text, "\"$ref\": \"#/$defs/reason\"");
}

/* ---- one or the other ---- */

void tri_shape_cost(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"anyOf\": [{\"const\": \"worst\"}, {");
    tri_shape_whole(s, member);
    tri_text_str(s->text, "}]");
}

/* ---- arrays ---- */

static void array(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"type\": \"array\"");
    number(s, "minItems", member->min);
    number(s, "maxItems", member->max);
}

/* Arrays of two whole numbers. */
static void pairs(tri_sketch *s, const tri_member *member, const int64_t range[4])
{
    array(s, member);
    tri_text_str(s->text, ", \"items\": {\"type\": \"array\", \"minItems\": 2, \"maxItems\": 2, "
                          "\"prefixItems\": [{");
    tri_sketch_whole(s, range[0], range[1]);
    tri_text_str(s->text, "}, {");
    tri_sketch_whole(s, range[2], range[3]);
    tri_text_str(s->text, "}]}");
}

void tri_shape_curve(tri_sketch *s, const tri_member *member)
{
    pairs(
        s, member,
        (const int64_t[]){0, tri_scale_max(TRUST_SCALE_PERMILLE), -TRI_MAX_POINTS, TRI_MAX_POINTS});
}

void tri_shape_knots(tri_sketch *s, const tri_member *member)
{
    pairs(s, member, (const int64_t[]){0, 1000, 0, 1000000});
}

void tri_shape_names(tri_sketch *s, const tri_member *member)
{
    array(s, member);
    tri_text_str(s->text, ", \"uniqueItems\": true, \"items\": {\"type\": \"string\", "
                          "\"pattern\": \"" NAME_PATTERN "\"}");
}

void tri_shape_codes(tri_sketch *s, const tri_member *member)
{
    array(s, member);
    tri_text_str(s->text, ", \"uniqueItems\": true, \"items\": {");
    tri_shape_code(s, member);
    tri_text_char(s->text, '}');
}

void tri_shape_words(tri_sketch *s, const tri_member *member)
{
    const tri_member *word = tri_object_find(&tri_document_when, tri_bytes("eq"));
    array(s, member);
    tri_text_str(s->text, ", \"uniqueItems\": true, \"items\": {");
    tri_shape_text(s, word);
    tri_text_char(s->text, '}');
}

/* ---- of tests ---- */

void tri_shape_facts(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"type\": \"object\"");
    number(s, "maxProperties", member->max);
    tri_text_str(s->text, ", \"propertyNames\": {\"pattern\": \"" ATTRIBUTE_PATTERN
                          "\"}, \"additionalProperties\": {\"type\": \"string\"");
    number(s, "maxLength", TRI_WORD_MAX);
    tri_text_char(s->text, '}');
}

void tri_shape_range(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"anyOf\": [{");
    tri_shape_whole(s, member);
    tri_text_str(s->text, "}, {\"type\": \"array\", \"minItems\": 2, \"maxItems\": 2, "
                          "\"items\": {");
    tri_shape_whole(s, member);
    tri_text_str(s->text, "}}]");
}

void tri_shape_rows(tri_sketch *s, const tri_member *member)
{
    tri_text_str(s->text, "\"type\": \"object\"");
    number(s, "minProperties", member->min);
    number(s, "maxProperties", member->max);
    tri_text_str(s->text, ", \"additionalProperties\": {");
    tri_sketch_whole(s, -TRI_MAX_SUM, TRI_MAX_SUM);
    tri_text_char(s->text, '}');
}

void tri_shape_sets(tri_sketch *s, const tri_member *member)
{
    const tri_member set = {.min = 1, .max = TRUST_POLICY_MAX_SIGNALS};
    array(s, member);
    tri_text_str(s->text, ", \"items\": {");
    tri_shape_names(s, &set);
    tri_text_char(s->text, '}');
}
