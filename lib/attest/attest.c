/* The device's side: makes a native token (docs/native-token.md), an EAT (RFC 9711) in COSE_Sign1
 * (RFC 9052). Trust: the caller is the device's own firmware; everything it gives is checked once,
 * so that no token leaves that its verifier would call malformed. */

#include <trust/attest.h>

#include <stdbool.h>
#include <string.h>

#include "attest/sha256.h"
#include "core/bytes.h"
#include "format/cbor.h"
#include "format/cose.h"
#include "format/eat.h"

/* {1: -8}: the algorithm, and nothing else, is protected. */
static const uint8_t protected_header[] = {0xA1, 0x01, 0x27};
_Static_assert(TRI_COSE_EDDSA == -8, "protected_header says EdDSA");

#define SIGNATURE 64u
#define CHANNEL   32u /* RFC 9266 section 4 */

/* Claims that were checked, in the shape in which they are written. */
typedef struct draft {
    const trust_attest_claims *claims;
    tri_eat_binding binding;
    uint8_t slot[TRI_EAT_MAX_NONCE];
    size_t slot_size;
    uint8_t ueid[TRI_EAT_UEID_SIZE];
} draft;

/* Text of at most @p most bytes without control characters, or none at all. Reads no further than
 * it may. */
static bool take_text(const char *text, size_t most, trust_bytes *out)
{
    *out = (trust_bytes){NULL, 0};
    if (text == NULL)
        return true;
    const char *end = memchr(text, '\0', most + 1);
    if (end == NULL)
        return false;
    *out = (trust_bytes){(const uint8_t *)text, (size_t)(end - text)};
    return tri_printable(*out);
}

static bool readable(trust_bytes bytes)
{
    return bytes.size == 0 || bytes.data != NULL;
}

static bool digest_good(trust_bytes digest)
{
    return readable(digest) && tri_eat_digest_size(digest.size);
}

static bool component_good(const trust_attest_component *component)
{
    trust_bytes name;
    trust_bytes version;
    return take_text(component->name, TRI_EAT_MAX_TEXT, &name) && name.size > 0 &&
           take_text(component->version, TRI_EAT_MAX_VERSION, &version) &&
           digest_good(component->digest) &&
           (component->signer.size == 0 || digest_good(component->signer));
}

static bool components_good(const trust_attest_claims *claims)
{
    if (claims->component_count > TRI_EAT_MAX_COMPONENTS ||
        (claims->component_count > 0 && claims->components == NULL))
        return false;
    for (size_t i = 0; i < claims->component_count; i++)
        if (!component_good(&claims->components[i]))
            return false;
    return true;
}

static bool numbers_good(const trust_attest_claims *claims)
{
    return claims->issued_at >= -1 && claims->boot_count >= -1 &&
           claims->debug >= TRUST_DEBUG_UNSTATED && claims->debug <= TRUST_DEBUG_DISABLED_FULLY &&
           claims->secure_boot >= TRUST_BOOT_UNSTATED && claims->secure_boot <= TRUST_BOOT_SECURE;
}

static bool take_binding(const trust_attest_claims *claims, tri_eat_binding *out)
{
    const trust_attest_binding *binding = &claims->binding;
    trust_bytes *member = out->member;
    member[TRI_BOUND_NONCE] = claims->nonce;
    member[TRI_BOUND_SESSION_KEY] = binding->session_key;
    member[TRI_BOUND_SEALING_KEY] = binding->sealing_key;
    member[TRI_BOUND_CHANNEL] = binding->channel;
    return claims->nonce.data != NULL && claims->nonce.size >= TRI_EAT_MIN_NONCE &&
           claims->nonce.size <= TRI_EAT_MAX_NONCE &&
           take_text(binding->purpose, TRI_EAT_MAX_TEXT, &member[TRI_BOUND_PURPOSE]) &&
           take_text(binding->verifier, TRI_EAT_MAX_TEXT, &member[TRI_BOUND_VERIFIER]) &&
           take_text(binding->device, TRI_EAT_MAX_TEXT, &member[TRI_BOUND_DEVICE]) &&
           take_text(binding->attempt, TRI_EAT_MAX_TEXT, &member[TRI_BOUND_ATTEMPT]) &&
           readable(binding->channel) && readable(binding->session_key) &&
           readable(binding->sealing_key) &&
           (binding->channel.size == 0 || binding->channel.size == CHANNEL) &&
           binding->session_key.size <= TRI_EAT_MAX_SESSION_KEY &&
           (binding->sealing_key.size == 0 || binding->sealing_key.size == TRI_EAT_SEALING_KEY);
}

/* eat_nonce: the nonce itself, or a hash over it and all that the token is bound to. */
static void fill_slot(draft *d)
{
    trust_bytes nonce = d->binding.member[TRI_BOUND_NONCE];
    d->slot_size = nonce.size;
    memcpy(d->slot, nonce.data, nonce.size);
    if (tri_eat_is_bound(&d->binding)) {
        uint8_t message[TRI_EAT_MAX_MESSAGE];
        size_t len = tri_eat_message(&d->binding, message);
        tri_attest_sha256((trust_bytes){message, len}, d->slot);
        d->slot_size = 32;
    }
}

static void put_optional_text(tri_cbor_out *out, int64_t key, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    tri_cbor_put_int(out, key);
    tri_cbor_put_text(out, tri_bytes(text));
}

static void put_bytes(tri_cbor_out *out, int64_t key, trust_bytes bytes)
{
    tri_cbor_put_int(out, key);
    tri_cbor_put_bytes(out, bytes);
}

static void put_component(tri_cbor_out *out, const trust_attest_component *component)
{
    bool has_version = component->version != NULL && component->version[0] != '\0';
    bool has_signer = component->signer.size > 0;
    tri_cbor_put_head(out, TRI_CBOR_MAP, 2u + has_version + has_signer);
    put_optional_text(out, TRI_COMPONENT_NAME, component->name);
    put_bytes(out, TRI_COMPONENT_DIGEST, component->digest);
    put_optional_text(out, TRI_COMPONENT_VERSION, component->version);
    if (has_signer)
        put_bytes(out, TRI_COMPONENT_SIGNER, component->signer);
}

static void put_components(tri_cbor_out *out, const trust_attest_claims *claims)
{
    tri_cbor_put_int(out, TRI_EAT_COMPONENTS);
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, claims->component_count);
    for (size_t i = 0; i < claims->component_count; i++)
        put_component(out, &claims->components[i]);
}

/* Members that are sent: all but the nonce, which is in the slot, and the channel. */
static unsigned sent_count(const tri_eat_binding *binding)
{
    unsigned count = 0;
    for (int i = TRI_BOUND_PURPOSE; i <= TRI_BOUND_SEALING_KEY; i++)
        count += binding->member[i].size > 0;
    return count;
}

static void put_binding(tri_cbor_out *out, const tri_eat_binding *binding)
{
    tri_cbor_put_int(out, TRI_EAT_BINDING);
    tri_cbor_put_head(out, TRI_CBOR_MAP, sent_count(binding));
    for (int i = TRI_BOUND_PURPOSE; i <= TRI_BOUND_SEALING_KEY; i++) {
        if (binding->member[i].size == 0)
            continue;
        tri_cbor_put_int(out, i);
        if (tri_eat_is_text(i))
            tri_cbor_put_text(out, binding->member[i]);
        else
            tri_cbor_put_bytes(out, binding->member[i]);
    }
}

static void put_optional_int(tri_cbor_out *out, int64_t key, int64_t value)
{
    if (value < 0)
        return;
    tri_cbor_put_int(out, key);
    tri_cbor_put_int(out, value);
}

/* The claims-set, its keys in the deterministic order (RFC 8949 section 4.2.1). */
static void put_payload(tri_cbor_out *out, const draft *d)
{
    const trust_attest_claims *claims = d->claims;
    bool bound = sent_count(&d->binding) > 0;
    unsigned count = 3u + (claims->issued_at >= 0) + (claims->secure_boot >= 0) +
                     (claims->debug >= 0) + (claims->boot_count >= 0) +
                     (claims->component_count > 0) + bound;
    tri_cbor_put_head(out, TRI_CBOR_MAP, count);
    put_optional_int(out, TRI_EAT_IAT, claims->issued_at);
    put_bytes(out, TRI_EAT_NONCE, (trust_bytes){d->slot, d->slot_size});
    put_bytes(out, TRI_EAT_UEID, (trust_bytes){d->ueid, sizeof d->ueid});
    if (claims->secure_boot >= 0) {
        tri_cbor_put_int(out, TRI_EAT_OEMBOOT);
        tri_cbor_put_bool(out, claims->secure_boot == TRUST_BOOT_SECURE);
    }
    put_optional_int(out, TRI_EAT_DBGSTAT, claims->debug);
    put_optional_text(out, TRI_EAT_PROFILE, TRUST_ATTEST_PROFILE);
    put_optional_int(out, TRI_EAT_BOOTCOUNT, claims->boot_count);
    if (claims->component_count > 0)
        put_components(out, claims);
    if (bound)
        put_binding(out, &d->binding);
}

/* The bytes that are signed (RFC 9052 section 4.4). Gives back where in them the payload is. */
static trust_bytes put_signed(tri_cbor_out *out, const draft *d)
{
    tri_cbor_out counter = {NULL, 0, 0};
    put_payload(&counter, d);
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, 4);
    tri_cbor_put_text(out, tri_bytes("Signature1"));
    tri_cbor_put_bytes(out, (trust_bytes){protected_header, sizeof protected_header});
    tri_cbor_put_bytes(out, (trust_bytes){NULL, 0}); /* external_aad */
    tri_cbor_put_head(out, TRI_CBOR_BYTES, counter.need);
    size_t at = out->need;
    put_payload(out, d);
    return (trust_bytes){out->out + at, counter.need};
}

/* COSE_Sign1_Tagged (RFC 9052 section 4.2). */
static void put_token(tri_cbor_out *out, trust_bytes payload, const uint8_t signature[SIGNATURE])
{
    tri_cbor_put_head(out, TRI_CBOR_TAG, 18);
    tri_cbor_put_head(out, TRI_CBOR_ARRAY, 4);
    tri_cbor_put_bytes(out, (trust_bytes){protected_header, sizeof protected_header});
    tri_cbor_put_head(out, TRI_CBOR_MAP, 0);
    tri_cbor_put_bytes(out, payload);
    tri_cbor_put_bytes(out, (trust_bytes){signature, SIGNATURE});
}

static bool draft_token(const trust_attest_claims *claims, const uint8_t public_key[32], draft *out)
{
    if (claims->size != sizeof *claims || !numbers_good(claims) || !components_good(claims) ||
        !take_binding(claims, &out->binding))
        return false;
    out->claims = claims;
    fill_slot(out);
    out->ueid[0] = TRI_EAT_UEID_RAND;
    tri_attest_sha256((trust_bytes){public_key, 32}, out->ueid + 1);
    return true;
}

trust_status trust_attest_make(const trust_attest_claims *claims, const trust_attest_key *key,
                               uint8_t *out, size_t cap, size_t *len)
{
    draft d;
    uint8_t work[TRUST_ATTEST_MAX_TOKEN];
    uint8_t signature[SIGNATURE] = {0};
    if (claims == NULL || key == NULL || key->sign == NULL || out == NULL || len == NULL ||
        !draft_token(claims, key->public_key, &d))
        return TRUST_E_ARGUMENT;
    /* The signed bytes are shorter than the token, so they always fit. */
    tri_cbor_out message = {work, sizeof work, 0};
    trust_bytes payload = put_signed(&message, &d);
    tri_cbor_out counter = {NULL, 0, 0};
    put_token(&counter, payload, signature);
    if (counter.need > cap)
        return TRUST_E_LIMIT;
    trust_status status = key->sign(key->user, work, message.need, signature);
    if (status != TRUST_OK)
        return status;
    tri_cbor_out token = {out, cap, 0};
    put_token(&token, payload, signature);
    *len = token.need;
    return TRUST_OK;
}
