/* One value of the document and where the policy keeps it: numbers, durations, names that are a
 * slip of the pen. Trust: names and texts may be hostile. */

#include <string.h>

#include "core/bytes.h"
#include "policy/document/document.h"

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

uint32_t tri_q16_of_permille(int64_t permille)
{
    return (uint32_t)((permille * TRI_Q16 + 500) / 1000);
}

int64_t tri_permille_of_q16(uint32_t q16)
{
    return ((int64_t)q16 * 1000 + TRI_Q16 / 2) / TRI_Q16;
}

/* How a number of the document is kept: in 1, 4 or 8 bytes, times a factor; 0 for what is none. */
static const struct {
    uint8_t size;
    uint8_t factor;
} kept[TRI_TYPE_COUNT] = {
    [TRI_BOOL] = {1, 1},     [TRI_COUNT] = {8, 1},
    [TRI_SMALL] = {4, 1},    [TRI_RISK] = {4, 1},
    [TRI_PERMILLE] = {4, 1}, [TRI_POINTS] = {4, TRI_MB_PER_POINT},
    [TRI_DURATION] = {8, 1}, [TRI_SPAN] = {8, 1},
    [TRI_TIME] = {8, 1},     [TRI_COST] = {4, TRI_MB_PER_POINT},
    [TRI_GROUP] = {4, 1},    [TRI_SIGNALS] = {8, 1},
    [TRI_VERDICT] = {4, 1},  [TRI_CODE] = {4, 1},
    [TRI_VALUE] = {4, 1},    [TRI_ROW] = {4, TRI_MB_PER_POINT},
    [TRI_OLDER] = {8, 1},    [TRI_SIGNAL] = {4, 1},
    [TRI_MISSING] = {4, 1},  [TRI_NEXT] = {4, 1},
};

void tri_member_store(const tri_member *member, void *base, int64_t value)
{
    void *at = (uint8_t *)base + member->offset;
    int64_t wide = value * kept[member->type].factor;
    if (member->type == TRI_PERMILLE)
        wide = tri_q16_of_permille(value);
    int32_t narrow = (int32_t)wide;
    bool one = wide != 0;
    if (kept[member->type].size == 8)
        memcpy(at, &wide, sizeof wide);
    else if (kept[member->type].size == 4)
        memcpy(at, &narrow, sizeof narrow);
    else
        memcpy(at, &one, sizeof one);
}

int64_t tri_member_fetch(const tri_member *member, const void *base)
{
    const void *at = (const uint8_t *)base + member->offset;
    int64_t wide;
    int32_t narrow;
    bool one;
    if (kept[member->type].size == 1) {
        memcpy(&one, at, sizeof one);
        return one;
    }
    if (kept[member->type].size == 8) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    if (member->type == TRI_PERMILLE)
        return tri_permille_of_q16((uint32_t)narrow);
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
} units[] = {{"d", TRI_MINUTES(1440)},
             {"h", TRI_MINUTES(60)},
             {"m", TRI_MINUTES(1)},
             {"s", 1000},
             {"ms", 1}};

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
