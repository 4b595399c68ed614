/* The append-only table of finding kinds and the words for states and origins. */

#include "core/kind.h"

#include <string.h>

#include "core/bytes.h"

#define DEVICE  (1u << TRUST_FROM_DEVICE)
#define HOST    (1u << TRUST_FROM_HOST)
#define SERVICE (1u << TRUST_FROM_SERVICE)

/* A token proves itself, so anybody may carry it. What the host alone can see, only the host
 * states. */
static const trust_kind_info table[TRI_KIND_BUILTIN_COUNT] = {
    {"attestation", TRUST_SCALE_AR4SI, DEVICE | HOST | SERVICE, 1, 0},
    {"identity", TRUST_SCALE_AR4SI, DEVICE | HOST | SERVICE, 1, 0},
    {"place", TRUST_SCALE_PERMILLE, HOST, 0, 0},
    {"reputation", TRUST_SCALE_PERCENT, HOST, 0, 0},
    {"behaviour", TRUST_SCALE_SURPRISE, HOST, 0, 0},
    {"human", TRUST_SCALE_AR4SI, HOST | SERVICE, 1, 0},
};

const trust_kind_info *tri_kind_builtin(uint32_t kind)
{
    return kind >= 1 && kind <= TRI_KIND_BUILTIN_COUNT ? &table[kind - 1] : NULL;
}

bool tri_kind_latest_counts(uint32_t kind)
{
    return kind == TRUST_KIND_ATTESTATION || kind == TRUST_KIND_IDENTITY ||
           kind == TRUST_KIND_HUMAN;
}

static const struct {
    const char *name;
    int32_t max;
} scales[] = {{NULL, -1}, {"ar4si", 127}, {"permille", 1000}, {"percent", 100}, {"surprise", 120}};

int32_t tri_scale_max(uint32_t scale)
{
    return scale < sizeof scales / sizeof scales[0] ? scales[scale].max : -1;
}

const char *tri_scale_name(uint32_t scale)
{
    return scale < sizeof scales / sizeof scales[0] ? scales[scale].name : NULL;
}

uint32_t tri_scale_find(trust_bytes name)
{
    for (uint32_t i = 1; i < sizeof scales / sizeof scales[0]; i++)
        if (tri_same_text(name, scales[i].name))
            return i;
    return 0;
}

uint32_t trust_kind_id(const char *name, size_t len)
{
    trust_bytes text = {(const uint8_t *)name, len};
    if (name == NULL || len > 63 || !tri_name(text))
        return TRUST_KIND_NONE;
    for (uint32_t kind = 1; kind <= TRI_KIND_BUILTIN_COUNT; kind++)
        if (tri_same_text(text, table[kind - 1].name))
            return kind;
    if (memchr(name, '.', len) == NULL)
        return TRUST_KIND_NONE;
    /* A collision is refused where kinds are registered. */
    return tri_hash32(text) | TRI_KIND_HOST;
}

const char *trust_kind_name(uint32_t kind)
{
    const trust_kind_info *info = tri_kind_builtin(kind);
    return info != NULL ? info->name : NULL;
}

const char *tri_next_action(uint32_t kind)
{
    switch (kind) {
    case TRUST_KIND_ATTESTATION:
    case TRUST_KIND_IDENTITY:
        return "challenge_device";
    case TRUST_KIND_HUMAN:
        return "verify_installer";
    default:
        return "obtain";
    }
}

const char *trust_state_name(uint32_t state)
{
    static const char *const names[] = {
        "not_requested", "valid",       "pending",        "refused", "invalid",
        "expired",       "source_down", "not_applicable", "unbound", "unsupported"};
    return state < sizeof names / sizeof names[0] ? names[state] : "?";
}

const char *trust_origin_name(uint32_t origin)
{
    static const char *const names[] = {"?", "device", "host", "service"};
    return origin < sizeof names / sizeof names[0] ? names[origin] : "?";
}
