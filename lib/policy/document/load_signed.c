/* A policy document and its manifest become a policy that knows it is signed. Trust: both are
 * hostile until a key of the caller's has verified the one and the digest in it the other. */

#include <trust/manifest.h>

#include <string.h>

#include "core/bytes.h"
#include "core/error.h"
#include "policy/policy.h"

/* What was signed is what the document says of itself: else a manifest could name a revision that
 * the store has to take while decisions show another. */
static trust_status compare(const trust_policy *policy, const trust_manifest *said,
                            trust_error *err)
{
    if (strcmp(policy->id, said->id) != 0)
        return tri_fail_quote(err, TRUST_E_INTEGRITY, 0,
                              "the manifest names another id:", tri_bytes(said->id));
    if (policy->revision != said->revision)
        return tri_fail(err, TRUST_E_INTEGRITY, "the manifest names another revision");
    return TRUST_OK;
}

static trust_status load(trust_bytes document, const trust_manifest *said,
                         const trust_allocator *allocator, trust_policy **out, trust_error *err)
{
    trust_policy *policy = NULL;
    trust_status status =
        trust_policy_load_unsigned(document.data, document.size, allocator, &policy, err);
    if (status != TRUST_OK)
        return status;
    status = compare(policy, said, err);
    if (status != TRUST_OK) {
        trust_policy_free(policy);
        return status;
    }
    policy->is_signed = true;
    policy->signed_from = said->not_before;
    policy->signed_until = said->expires;
    memcpy(policy->signed_digest, said->digest, sizeof policy->signed_digest);
    *out = policy;
    return TRUST_OK;
}

trust_status trust_policy_load(const void *document, size_t len, const void *manifest,
                               size_t manifest_len, const uint8_t (*keys)[32], size_t key_count,
                               trust_time now, const trust_allocator *allocator, trust_policy **out,
                               trust_error *err)
{
    trust_manifest said = TRUST_MANIFEST_INIT;
    if ((document == NULL && len > 0) || out == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "document and out must not be NULL");
    if (len > TRUST_POLICY_MAX_BYTES)
        return tri_fail(err, TRUST_E_LIMIT, "a policy has at most 256 KiB");
    trust_status status = trust_manifest_verify(manifest, manifest_len, keys, key_count, "policy",
                                                document, len, now, &said, err);
    if (status != TRUST_OK) {
        tri_error_where(err, tri_bytes("manifest"));
        return status;
    }
    return load((trust_bytes){document, len}, &said, allocator, out, err);
}

trust_time tri_policy_from(const trust_policy *policy)
{
    if (policy->is_signed && policy->signed_from > policy->not_before)
        return policy->signed_from;
    return policy->not_before;
}

trust_time tri_policy_until(const trust_policy *policy)
{
    if (policy->is_signed && policy->signed_until < policy->expires)
        return policy->signed_until;
    return policy->expires;
}
