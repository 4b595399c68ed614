/* The policy document as a table: every member with its type, range, default and meaning, and the
 * defaults of the kinds. Trust: names looked up here may be hostile. */

#include "policy/document.h"

#include <string.h>

#include "core/bytes.h"
#include "core/kind.h"
#include "core/number.h"
#include "core/reason.h"

#define MAX_SUM  ((int64_t)TRI_MAX_POINTS * TRUST_POLICY_MAX_SIGNALS)
#define MAX_TIME INT64_C(253402300799999) /* the last millisecond of year 9999 */

/* Every sum of rows fits an int32 twice over. */
_Static_assert(MAX_SUM *TRI_MB_PER_POINT < INT64_C(1) << 30, "sums of millibits");

#define IN_POLICY(member) offsetof(trust_policy, member)
#define IN_SIGNAL(member) offsetof(tri_signal_rule, member)
#define IN_GROUP(member)  offsetof(tri_group, member)
#define IN_GATE(member)   offsetof(tri_gate, member)
#define IN_ASKS(member)   offsetof(tri_condition, member)
#define NO                TRI_NO_DEFAULT

#define MEMBERS(list) sizeof(list) / sizeof((list)[0]), (list)

/* {name, type, required, where it is kept, least, most, default, what is inside, meaning}, sorted
 * by name. */
static const tri_member verdict_members[] = {
    {"allow", TRI_RISK, true, IN_POLICY(bands[1]), 0, 1000, NO, NULL,
     "the highest risk that is still allowed"},
    {"quarantine", TRI_RISK, true, IN_POLICY(bands[3]), 0, 1000, NO, NULL,
     "the highest risk that is only quarantined; above it is deny; over step_up"},
    {"step_up", TRI_RISK, true, IN_POLICY(bands[2]), 0, 1000, NO, NULL,
     "the highest risk at which more evidence is asked for; over allow"},
};

static const tri_member limit_members[] = {
    {"adverse", TRI_POINTS, false, IN_POLICY(stance.max_adverse), 0, MAX_SUM, 125, NULL,
     "the most points against a device, before any for it, that allow bears"},
    {"uncertainty", TRI_PERMILLE, false, IN_POLICY(stance.max_uncertainty), 0, 1000, 400, NULL,
     "the most permille of the span, not pinned by fresh evidence, that allow bears"},
};

static const tri_member hysteresis_members[] = {
    {"dwell", TRI_SPAN, false, IN_POLICY(dwell), 0, TRI_MAX_DURATION, 0, NULL,
     "how long a verdict is held before a milder one may follow, whatever evidence comes"},
    {"margin", TRI_POINTS, false, IN_POLICY(margin), 0, 1000, 25, NULL,
     "points below a threshold before a milder verdict may follow"},
};

static const tri_member absent_members[] = {
    {"not_requested", TRI_COST, false, IN_SIGNAL(absent[TRI_ABSENT_NOT_REQUESTED]), 0,
     TRI_MAX_POINTS, NO, NULL, "when nobody asked for it; by default as the kind's table says"},
    {"refused", TRI_COST, false, IN_SIGNAL(absent[TRI_ABSENT_REFUSED]), 0, TRI_MAX_POINTS, NO, NULL,
     "when the device was asked and kept silent; by default worst"},
    {"source_down", TRI_COST, false, IN_SIGNAL(absent[TRI_ABSENT_SOURCE_DOWN]), 0, TRI_MAX_POINTS,
     NO, NULL, "when its source fails for everybody; by default as not_requested, never less"},
};

static const tri_member condition_members[] = {
    {"absent", TRI_MISSING, false, IN_ASKS(signal), 0, 0, NO, NULL,
     "fires while there is no valid evidence of this signal"},
    {"at_least", TRI_VALUE, false, IN_ASKS(limit), 1, 1000, NO, NULL,
     "the lowest value, on the scale of the signal's kind, that fires"},
    {"signal", TRI_SIGNAL, false, IN_ASKS(signal), 0, 0, NO, NULL,
     "fires while valid evidence of this signal reaches at_least"},
};

static const tri_object verdicts = {"verdicts", true, MEMBERS(verdict_members)};
static const tri_object limits = {"limits", true, MEMBERS(limit_members)};
static const tri_object hysteresis = {"hysteresis", true, MEMBERS(hysteresis_members)};
static const tri_object absent = {"absent", true, MEMBERS(absent_members)};
static const tri_object condition = {"condition", true, MEMBERS(condition_members)};

static const tri_member signal_members[] = {
    {"absent", TRI_ABSENT, false, 0, 0, TRI_MAX_POINTS, NO, &absent,
     "points while there is no valid evidence, from 0 to weight, or \"worst\", which is weight; "
     "one for all, or by why it is absent"},
    {"curve", TRI_CURVE, false, 0, 2, TRI_MAX_KNOTS, NO, NULL,
     "[value, points] pairs, joined by straight lines; values rise, points never fall; the first "
     "has 0 points or less, the last has weight"},
    {"group", TRI_GROUP, false, IN_SIGNAL(group), 0, 0, NO, NULL,
     "signals that see the same thing share a group and its caps"},
    {"half_life", TRI_DURATION, false, IN_SIGNAL(good.ms), 1, TRI_MAX_DURATION, NO, NULL,
     "after which good news counts half"},
    {"half_life_bad", TRI_DURATION, false, IN_SIGNAL(bad.ms), 1, TRI_MAX_DURATION, NO, NULL,
     "after which bad news counts half"},
    {"reliability", TRI_PERMILLE, false, IN_SIGNAL(reliability), 0, 1000, NO, NULL,
     "permille of a value that counts even when it is fresh"},
    {"scale", TRI_SCALE, false, 0, 0, 0, NO, NULL,
     "what a kind of the host measures; the built-in kinds have their own"},
    {"ttl", TRI_DURATION, false, IN_SIGNAL(ttl), 1, TRI_MAX_DURATION, NO, NULL,
     "after which good news no longer counts at all"},
    {"ttl_bad", TRI_DURATION, false, IN_SIGNAL(ttl_bad), 1, TRI_MAX_DURATION, NO, NULL,
     "after which bad news no longer counts at all; by default never"},
    {"weight", TRI_POINTS, true, IN_SIGNAL(hi), 0, TRI_MAX_POINTS, NO, NULL,
     "the most points that the signal can add; 50 double the odds against the device"},
};

static const tri_member group_members[] = {
    {"ceiling", TRI_POINTS, false, IN_GROUP(ceiling), 0, MAX_SUM, NO, NULL,
     "the most points that its signals add together; by default their sum, or 790 permille of it "
     "where place and reputation share the group, since they see the same address"},
    {"floor", TRI_POINTS, false, IN_GROUP(floor), -MAX_SUM, 0, NO, NULL,
     "the most points that its signals take away together, negative; by default their sum"},
};

static const tri_member gate_members[] = {
    {"floor", TRI_FLOOR, true, IN_GATE(floor), TRUST_STEP_UP, TRUST_DENY, NO, NULL,
     "no verdict is milder than this while the gate fires"},
    {"id", TRI_NAME, true, IN_GATE(id), 1, TRI_NAME_MAX, NO, NULL, "a name of its own"},
    {"if", TRI_IF, true, 0, 0, 0, NO, &condition,
     "{\"signal\", \"at_least\"} or {\"absent\"}; nothing can be negated, so that keeping evidence "
     "back never opens a gate"},
    {"reason", TRI_CODE, false, IN_GATE(reason), 1, 0, TRI_REASON_GATE, NULL,
     "the code of the reason that it gives"},
};

const tri_object tri_document_signal = {"signal", false, MEMBERS(signal_members)};
const tri_object tri_document_group = {"group", true, MEMBERS(group_members)};
const tri_object tri_document_gate = {"gate", true, MEMBERS(gate_members)};

static const tri_member document_members[] = {
    {"$schema", TRI_NOTE, false, 0, 0, 0, NO, NULL, "for editors; no part of the hash"},
    {"base", TRI_RISK, false, IN_POLICY(bands[0]), 0, 1000, 450, NULL,
     "the risk before any evidence; 500 is even odds"},
    {"expires", TRI_TIME, false, IN_POLICY(expires), 0, MAX_TIME, TRUST_TIME_NEVER, NULL,
     "when it ceases to hold, RFC 3339; by default never"},
    {"gates", TRI_LIST, false, 0, 0, TRUST_POLICY_MAX_GATES, NO, &tri_document_gate,
     "floors under the verdict, whatever the points say"},
    {"groups", TRI_MAP, false, 0, 0, TRUST_POLICY_MAX_GROUPS, NO, &tri_document_group,
     "caps for groups of signals, by name"},
    {"hysteresis", TRI_OBJECT, false, 0, 0, 0, NO, &hysteresis,
     "what keeps a verdict from flapping; a stricter one always follows at once"},
    {"id", TRI_NAME, true, IN_POLICY(id), 1, TRI_NAME_MAX, NO, NULL, "the policy's name"},
    {"limits", TRI_OBJECT, false, 0, 0, 0, NO, &limits,
     "what keeps allow out of reach whatever speaks for a device; step_up follows"},
    {"not_before", TRI_TIME, false, IN_POLICY(not_before), 0, MAX_TIME, TRUST_TIME_UNKNOWN, NULL,
     "when it begins to hold, RFC 3339; by default always"},
    {"revision", TRI_COUNT, true, IN_POLICY(revision), 0, INT64_C(9007199254740991), NO, NULL,
     "rises with every change"},
    {"signals", TRI_MAP, true, 0, 1, TRUST_POLICY_MAX_SIGNALS, NO, &tri_document_signal,
     "what is weighed, by the name of its kind; a kind of the host has a dot in its name"},
    {"title", TRI_NOTE, false, 0, 0, 0, NO, NULL, "for people; no part of the hash"},
    {"trust_policy", TRI_VERSION, true, 0, 1, 1, NO, NULL,
     "the number of the semantics that the policy is written for"},
    {"verdicts", TRI_OBJECT, true, 0, 0, 0, NO, &verdicts,
     "the highest risk that still earns each verdict"},
};

const tri_object tri_document = {"document", false, MEMBERS(document_members)};

const tri_member *tri_object_find(const tri_object *object, trust_bytes name)
{
    for (size_t i = 0; i < object->count; i++)
        if (tri_same_text(name, object->members[i].name))
            return &object->members[i];
    return NULL;
}

/* Slips of the pen between two words: letters left out, added, mistaken or swapped with their
 * neighbour. Words longer than WORD are as far as can be. */
#define WORD 16
static unsigned slips(trust_bytes a, trust_bytes b)
{
    uint8_t d[WORD + 1][WORD + 1] = {{0}};
    if (a.size > WORD || b.size > WORD)
        return WORD;
    for (size_t i = 0; i <= a.size; i++)
        for (size_t j = 0; j <= b.size; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (uint8_t)(i + j);
                continue;
            }
            unsigned best = d[i - 1][j - 1] + (a.data[i - 1] != b.data[j - 1] ? 1u : 0u);
            best = d[i - 1][j] + 1u < best ? d[i - 1][j] + 1u : best;
            best = d[i][j - 1] + 1u < best ? d[i][j - 1] + 1u : best;
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1])
                best = d[i - 2][j - 2] + 1u < best ? d[i - 2][j - 2] + 1u : best;
            d[i][j] = (uint8_t)best;
        }
    return d[a.size][b.size];
}

const char *tri_nearest(trust_bytes name, const char *const *words)
{
    const char *nearest = NULL;
    unsigned least = 3;
    for (; *words != NULL; words++) {
        unsigned n = slips(name, tri_bytes(*words));
        /* Two slips in a word of three letters make another word. */
        if (n < least && n * 2 < strlen(*words)) {
            least = n;
            nearest = *words;
        }
    }
    return nearest;
}

const char *tri_object_nearest(const tri_object *object, trust_bytes name)
{
    const char *words[16] = {NULL};
    for (size_t i = 0; i < object->count && i < 15; i++)
        words[i] = object->members[i].name;
    return tri_nearest(name, words);
}

/* What a signal has that its document does not mention. Points are permille of the weight. */
typedef struct kind_defaults {
    const char *group; /* NULL: a group of its own */
    int16_t curve[3][2];
    int16_t absent[TRI_ABSENT_COUNT];
    uint16_t reliability; /* permille */
    int64_t half_life;    /* ms, 0 never, like the others */
    int64_t half_life_bad;
    int64_t ttl;
} kind_defaults;

#define M(minutes) (INT64_C(60000) * (minutes))
#define H(hours)   M(60 * (hours))
#define D(days)    H(24 * (days))

/* By built-in kind. Proven failures of cryptography and of people never fade; what only looks odd
 * does. */
static const kind_defaults of_kind[TRI_KIND_BUILTIN_COUNT] = {
    {"device", {{2, -667}, {32, 250}, {96, 1000}}, {500, 1000, 500}, 1000, H(1), 0, H(4)},
    {"device", {{2, -429}, {32, 286}, {96, 1000}}, {1000, 1000, 1000}, 1000, H(24), 0, D(7)},
    {"network", {{100, -318}, {400, 182}, {1000, 1000}}, {136, 136, 136}, 800, D(1), D(1), D(2)},
    {"network", {{10, -171}, {50, 229}, {100, 1000}}, {86, 86, 86}, 900, H(12), D(7), D(2)},
    {"behaviour", {{10, -267}, {30, 133}, {60, 1000}}, {89, 89, 89}, 1000, M(15), D(1), H(2)},
    {"human", {{2, -500}, {32, 300}, {96, 1000}}, {500, 1000, 500}, 1000, D(90), 0, D(365)},
};

/* By scale, for a kind of the host: ar4si, permille, percent, surprise. Whether a device can keep
 * such evidence back is not known, so refusing costs the worst. */
static const kind_defaults of_scale[] = {
    {NULL, {{2, -500}, {32, 300}, {96, 1000}}, {500, 1000, 500}, 1000, D(1), 0, D(7)},
    {NULL, {{100, -318}, {400, 182}, {1000, 1000}}, {500, 1000, 500}, 1000, D(1), D(7), D(2)},
    {NULL, {{10, -171}, {50, 229}, {100, 1000}}, {500, 1000, 500}, 1000, H(12), D(7), D(2)},
    {NULL, {{10, -267}, {30, 133}, {60, 1000}}, {500, 1000, 500}, 1000, M(15), D(1), H(2)},
};

static uint32_t q16_of_permille(int64_t permille)
{
    return (uint32_t)((permille * TRI_Q16 + 500) / 1000);
}

static const kind_defaults *defaults_of(const tri_signal_rule *rule)
{
    return tri_kind_builtin(rule->kind) != NULL ? &of_kind[rule->kind - 1]
                                                : &of_scale[rule->scale - 1];
}

/* Permille of so many points, rounded half away from zero to whole points; all in mb. */
static int32_t share(int64_t permille, int64_t mb)
{
    int64_t product = permille * (mb / TRI_MB_PER_POINT);
    int64_t points = (product + (product < 0 ? -500 : 500)) / 1000;
    return (int32_t)(points * TRI_MB_PER_POINT);
}

void tri_signal_defaults(tri_signal_rule *rule)
{
    const kind_defaults *d = defaults_of(rule);
    rule->knot_count = 3;
    for (size_t i = 0; i < 3; i++)
        rule->knots[i] = (tri_knot){d->curve[i][0], share(d->curve[i][1], rule->hi)};
    for (size_t i = 0; i < TRI_ABSENT_COUNT; i++)
        rule->absent[i] = share(d->absent[i], rule->hi);
    rule->reliability = q16_of_permille(d->reliability);
    rule->good.ms = d->half_life;
    rule->bad.ms = d->half_life_bad;
    rule->ttl = d->ttl;
    rule->ttl_bad = 0;
}

const char *tri_group_default(const tri_signal_rule *rule)
{
    const char *group = defaults_of(rule)->group;
    return group != NULL ? group : rule->name;
}

void tri_group_defaults(const trust_policy *policy, uint32_t index, tri_group *group)
{
    int64_t low = 0;
    int64_t high = 0;
    unsigned same_address = 0;
    for (uint32_t i = 0; i < policy->signal_count; i++) {
        const tri_signal_rule *rule = &policy->signals[i];
        if (rule->group != index)
            continue;
        low += rule->lo;
        high += rule->hi;
        same_address += rule->kind == TRUST_KIND_PLACE || rule->kind == TRUST_KIND_REPUTATION;
    }
    group->floor = (int32_t)low;
    group->ceiling = share(same_address == 2 ? 790 : 1000, high);
}

/* How a number of the document is kept: in 4 or 8 bytes, times a factor; 0 for what is no number.
 */
static const struct {
    uint8_t size;
    uint8_t factor;
} kept[TRI_TYPE_COUNT] = {
    [TRI_COUNT] = {8, 1},    [TRI_RISK] = {4, 1},   [TRI_POINTS] = {4, TRI_MB_PER_POINT},
    [TRI_PERMILLE] = {4, 1}, [TRI_VALUE] = {4, 1},  [TRI_DURATION] = {8, 1},
    [TRI_SPAN] = {8, 1},     [TRI_TIME] = {8, 1},   [TRI_COST] = {4, TRI_MB_PER_POINT},
    [TRI_GROUP] = {4, 1},    [TRI_SIGNAL] = {4, 1}, [TRI_MISSING] = {4, 1},
    [TRI_FLOOR] = {4, 1},    [TRI_CODE] = {4, 1},
};

void tri_member_store(const tri_member *member, void *base, int64_t value)
{
    void *at = (uint8_t *)base + member->offset;
    int64_t wide = value * kept[member->type].factor;
    if (member->type == TRI_PERMILLE)
        wide = q16_of_permille(value);
    int32_t narrow = (int32_t)wide;
    if (kept[member->type].size == 8)
        memcpy(at, &wide, sizeof wide);
    else
        memcpy(at, &narrow, sizeof narrow);
}

int64_t tri_member_fetch(const tri_member *member, const void *base)
{
    const void *at = (const uint8_t *)base + member->offset;
    int64_t wide;
    int32_t narrow;
    if (kept[member->type].size == 8) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    if (member->type == TRI_PERMILLE)
        return ((int64_t)narrow * 1000 + TRI_Q16 / 2) / TRI_Q16;
    return narrow / kept[member->type].factor;
}

void tri_object_defaults(const tri_object *object, void *base)
{
    for (size_t i = 0; i < object->count; i++) {
        const tri_member *member = &object->members[i];
        if (member->type == TRI_OBJECT)
            tri_object_defaults(member->object, base);
        else if (member->fallback != TRI_NO_DEFAULT)
            tri_member_store(member, base, member->fallback);
    }
}

static const struct {
    const char *name;
    int64_t ms;
} units[] = {{"d", D(1)}, {"h", H(1)}, {"m", M(1)}, {"s", 1000}, {"ms", 1}};

bool tri_duration_parse(trust_bytes text, bool zero, int64_t *ms)
{
    int64_t value = 0;
    size_t i = 0;
    for (; i < text.size && i < 13 && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        value = value * 10 + (text.data[i] - '0');
    /* One spelling for each number, and zero only where it means something. */
    if (i == 0 || (text.data[0] == '0' && (i > 1 || !zero)))
        return false;
    trust_bytes unit = {text.data + i, text.size - i};
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
        if (tri_same_text(unit, units[u].name)) {
            *ms = value > TRI_MAX_DURATION / units[u].ms ? INT64_MAX : value * units[u].ms;
            return true;
        }
    return false;
}

void tri_duration_format(tri_text *text, int64_t ms)
{
    size_t u = 0;
    if (ms == 0)
        u = 3;
    while (ms % units[u].ms != 0)
        u++;
    tri_text_int(text, ms / units[u].ms);
    tri_text_str(text, units[u].name);
}
