/* An attestation result: state, tier, trust vector, findings and verified claims of one item.
 * Trust: claims are the attester's own words, and stand here only once their signature was
 * verified. */

#include "result/result.h"

#include <string.h>

#include <trust/reason.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/kind.h"
#include "core/reason.h"
#include "result/decision.h"

/* draft-ietf-rats-ar4si section 2.3.2. */
#define NONE            0
#define AFFIRMING       2
#define WARNING         32
#define CONTRAINDICATED 96
#define CRYPTO_FAILED   99

trust_result *tri_result_new(const trust_allocator *allocator, tri_keeper keeper)
{
    trust_result *result = tri_new(allocator, sizeof *result);
    if (result != NULL) {
        result->allocator = *allocator;
        result->keeper = keeper;
    }
    return result;
}

void trust_result_free(trust_result *result)
{
    if (result == NULL)
        return;
    trust_allocator allocator = result->allocator;
    tri_keeper keeper = result->keeper;
    tri_delete(&allocator, result, sizeof *result);
    tri_let_go(keeper);
}

static void put_type(trust_result *result, const char *type)
{
    tri_text text = tri_text_begin(result->type, sizeof result->type);
    tri_text_shown(&text, tri_bytes(type), sizeof result->type - 1);
    (void)tri_text_end(&text, NULL);
}

/* A finding's tier: its own on the AR4SI scale, else by what its reason says. */
static int32_t tier_of(const trust_finding *finding)
{
    const trust_kind_info *kind = tri_kind_builtin(finding->kind);
    if (finding->state != TRUST_STATE_VALID)
        return NONE; /* it says nothing; what the item as a whole is worth, its state says */
    if (kind == NULL || kind->scale != TRUST_SCALE_AR4SI)
        return trust_reason_severity(finding->reason) > 1 ? WARNING : AFFIRMING;
    if (finding->value >= CONTRAINDICATED)
        return CONTRAINDICATED;
    return finding->value >= AFFIRMING && finding->value < WARNING ? AFFIRMING : WARNING;
}

/* The worst finding decides; an item that gave none, or that is only partly understood, affirms
 * nothing. */
static int32_t overall_tier(const trust_result *result)
{
    int32_t tier = NONE;
    if (result->info.state != TRUST_STATE_VALID)
        return CRYPTO_FAILED;
    for (size_t i = 0; i < result->info.finding_count; i++)
        if (tier_of(&result->findings[i]) > tier)
            tier = tier_of(&result->findings[i]);
    bool partly = result->info.reason == TRI_REASON_PROFILE_UNKNOWN;
    return tier == NONE || (partly && tier < WARNING) ? WARNING : tier;
}

void tri_result_conclude(trust_result *result, const char *type, uint32_t state, uint32_t reason)
{
    put_type(result, type);
    result->info.state = state;
    result->info.reason = reason;
    result->info.tier = overall_tier(result);
}

void trust_result_get_info(const trust_result *result, trust_result_info *out)
{
    if (out == NULL)
        return;
    *out = (trust_result_info){.state = TRUST_STATE_UNBOUND, .tier = CRYPTO_FAILED};
    if (result != NULL)
        *out = result->info;
}

trust_status trust_result_finding(const trust_result *result, size_t index, trust_finding *out)
{
    if (result == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= result->info.finding_count)
        return TRUST_E_NOT_FOUND;
    *out = result->findings[index];
    return TRUST_OK;
}

static void put_findings(tri_text *t, const trust_result *result)
{
    tri_text_str(t, ",\"findings\":[");
    for (size_t i = 0; i < result->info.finding_count; i++) {
        const trust_finding *f = &result->findings[i];
        const char *kind = trust_kind_name(f->kind);
        tri_text_str(t, i > 0 ? ",{\"kind\":" : "{\"kind\":");
        tri_text_json(t, tri_bytes(kind != NULL ? kind : "host"));
        tri_text_str(t, ",\"state\":");
        tri_text_json(t, tri_bytes(trust_state_name(f->state)));
        if (f->state == TRUST_STATE_VALID) {
            tri_text_str(t, ",\"value\":");
            tri_text_int(t, f->value);
        }
        tri_text_str(t, ",\"quality\":");
        tri_text_int(t, ((int64_t)f->quality * 1000 + 32768) / 65536);
        tri_text_str(t, ",\"reason\":");
        tri_text_json(t, tri_bytes(trust_reason_code(f->reason)));
        tri_text_char(t, '}');
    }
    tri_text_char(t, ']');
}

static void put_vector(tri_text *t, const trust_result *result)
{
    static const char *const names[8] = {"instance-identity", "configuration", "executables",
                                         "file-system",       "hardware",      "runtime-opaque",
                                         "storage-opaque",    "sourced-data"};
    tri_text_str(t, ",\"trust_vector\":{");
    for (size_t i = 0; i < 8; i++) {
        if (i > 0)
            tri_text_char(t, ',');
        tri_text_json(t, tri_bytes(names[i]));
        tri_text_char(t, ':');
        tri_text_int(t, result->info.vector.claims[i]);
    }
    tri_text_char(t, '}');
}

trust_status trust_result_to_json(const trust_result *result, uint32_t claims, char *out,
                                  size_t cap, size_t *need)
{
    if (result == NULL || (out == NULL && cap > 0))
        return TRUST_E_ARGUMENT;
    tri_text t = tri_text_begin(out, cap);
    tri_text_str(&t, "{\"type\":");
    tri_text_json(&t, tri_bytes(result->type));
    tri_text_str(&t, ",\"state\":");
    tri_text_json(&t, tri_bytes(trust_state_name(result->info.state)));
    tri_text_str(&t, ",\"tier\":");
    tri_text_int(&t, result->info.tier);
    tri_text_str(&t, ",\"reason\":");
    tri_text_json(&t, tri_bytes(trust_reason_code(result->info.reason)));
    tri_text_str(&t, ",\"binding\":");
    tri_text_json(&t, tri_bytes(tri_binding_name(result->info.binding)));
    if (claims != 0) {
        tri_text_str(&t, ",\"claims\":");
        tri_text_str(&t, result->claims[0] != '\0' ? result->claims : "{}");
    }
    put_findings(&t, result);
    put_vector(&t, result);
    tri_text_char(&t, '}');
    return tri_text_end(&t, need);
}
