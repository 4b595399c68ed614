/* Appraises a native token: an EAT (RFC 9711) in COSE_Sign1 (RFC 9052) under a registered Ed25519
 * key. Trust: every byte is hostile until the signature is verified, and comes from a device that
 * may lie afterwards. Cheap checks come first. */

#include <string.h>

#include <trust/attest.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "crypto/crypto.h"
#include "format/cbor.h"
#include "format/cose.h"
#include "format/eat.h"
#include "reference/reference.h"
#include "signal/attestation/attestation.h"

#define MAX_TOKEN 16384u
#define SIGNATURE 64u

/* The claims that are read; all others are ignored, as EAT asks. */
enum { IAT, NONCE, UEID, OEMBOOT, DBGSTAT, PROFILE, BOOTCOUNT, COMPONENTS, BINDING, CLAIMS };

static const int64_t claim_keys[CLAIMS] = {TRI_EAT_IAT,       TRI_EAT_NONCE,      TRI_EAT_UEID,
                                           TRI_EAT_OEMBOOT,   TRI_EAT_DBGSTAT,    TRI_EAT_PROFILE,
                                           TRI_EAT_BOOTCOUNT, TRI_EAT_COMPONENTS, TRI_EAT_BINDING};

/* A token taken apart. Believed only once its signature is. */
typedef struct token {
    tri_cose_sign1 cose;
    tri_cbor cursor; /* of the claims-set */
    bool has[CLAIMS];
    tri_cbor_item claim[CLAIMS];
    tri_eat_binding binding; /* without the nonce and the channel, which the verifier knows */
} token;

/* What the device says of itself, once it is known to say so; -1 where it says nothing. */
typedef struct statement {
    int64_t issued_at;
    int64_t boot_count;
    int64_t debug;
    int64_t secure_boot;
} statement;

/* One software component, by its members' keys; an optional one may be empty. */
typedef struct component {
    trust_bytes member[TRI_COMPONENT_SIGNER + 1];
} component;

static void collect_claims(token *t, const tri_cbor_item *map)
{
    tri_cbor inside = tri_cbor_inside(&t->cursor, map);
    tri_cbor_item key, value;
    int64_t number;
    while (tri_cbor_next(&inside, &key) && tri_cbor_next(&inside, &value)) {
        if (!tri_cbor_int(&key, &number))
            continue;
        for (size_t i = 0; i < CLAIMS; i++) {
            if (claim_keys[i] == number) {
                t->has[i] = true;
                t->claim[i] = value;
            }
        }
    }
}

/* Text that can be shown: CBOR allows control characters, the profile does not. */
static bool text_good(const tri_cbor_item *value, size_t most)
{
    return value->type == TRI_CBOR_TEXT && value->body.size > 0 && value->body.size <= most &&
           tri_printable(value->body);
}

static bool bound_member_good(int64_t member, const tri_cbor_item *value)
{
    if (member < TRI_BOUND_PURPOSE || member > TRI_BOUND_SEALING_KEY || value->body.size == 0)
        return false;
    if (tri_eat_is_text((int)member))
        return text_good(value, TRI_EAT_MAX_TEXT);
    if (value->type != TRI_CBOR_BYTES)
        return false;
    return member == TRI_BOUND_SESSION_KEY ? value->body.size <= TRI_EAT_MAX_SESSION_KEY
                                           : value->body.size == TRI_EAT_SEALING_KEY;
}

/* A member that is not known might forbid what is being done, so it is not passed over. */
static bool collect_binding(token *t)
{
    tri_cbor_item key, value;
    int64_t member;
    if (!t->has[BINDING])
        return true;
    if (t->claim[BINDING].type != TRI_CBOR_MAP)
        return false;
    tri_cbor inside = tri_cbor_inside(&t->cursor, &t->claim[BINDING]);
    while (tri_cbor_next(&inside, &key) && tri_cbor_next(&inside, &value)) {
        if (!tri_cbor_int(&key, &member) || !bound_member_good(member, &value))
            return false;
        t->binding.member[member] = value.body;
    }
    return true;
}

/* TRI_REASON_NONE, or why it cannot be read. */
static uint32_t open_token(trust_bytes data, token *t)
{
    tri_cbor_item map;
    if (data.size > MAX_TOKEN)
        return TRI_REASON_LIMIT;
    if (tri_cose_read_sign1(data, &t->cose, NULL) != TRUST_OK)
        return TRI_REASON_MALFORMED;
    t->cursor = tri_cbor_begin(t->cose.payload);
    if (!tri_cbor_next(&t->cursor, &map) || map.type != TRI_CBOR_MAP)
        return TRI_REASON_MALFORMED;
    collect_claims(t, &map);
    return collect_binding(t) ? TRI_REASON_NONE : TRI_REASON_MALFORMED;
}

/* The token's slot is the one for this nonce and channel. Neither is a secret: how long the
 * comparison takes tells nothing that the device was not sent. */
static bool slot_is(const token *t, trust_bytes nonce, trust_bytes channel)
{
    trust_bytes slot = t->claim[NONCE].body;
    uint8_t message[TRI_EAT_MAX_MESSAGE];
    uint8_t hash[32];
    tri_eat_binding binding = t->binding;
    binding.member[TRI_BOUND_NONCE] = nonce;
    binding.member[TRI_BOUND_CHANNEL] = channel;
    if (!tri_eat_is_bound(&binding))
        return tri_same(slot, nonce);
    if (slot.size != sizeof hash)
        return false;
    tri_sha256(message, tri_eat_message(&binding, message), hash);
    return memcmp(slot.data, hash, sizeof hash) == 0;
}

/* The first challenge that is open, or is not, and whose slot for @p channel the token carries;
 * else their number. */
static size_t match(const trust_appraisal *appraisal, const tri_item *item, const token *t,
                    bool open, trust_bytes channel)
{
    size_t i = 0;
    for (; i < appraisal->challenge_count; i++) {
        const tri_challenge *challenge = &appraisal->challenges[i];
        trust_bytes nonce = {challenge->nonce, challenge->nonce_size};
        if ((challenge->state == TRI_CHALLENGE_OPEN) == open &&
            (item->nonce.size == 0 || tri_same(item->nonce, nonce)) && slot_is(t, nonce, channel))
            break;
    }
    return i;
}

/* A nonce that was spent stays so, even when a host adopts it once more. */
static bool is_spent(const trust_appraisal *appraisal, const tri_challenge *challenge)
{
    for (size_t i = 0; i < appraisal->challenge_count; i++) {
        const tri_challenge *other = &appraisal->challenges[i];
        if (other->state == TRI_CHALLENGE_SPENT && other->nonce_size == challenge->nonce_size &&
            memcmp(other->nonce, challenge->nonce, other->nonce_size) == 0)
            return true;
    }
    return false;
}

/* Which challenge does it answer, and over which connection? Each guess costs a hash, so the likely
 * ones come first. */
static uint32_t find_challenge(const trust_appraisal *appraisal, const tri_item *item,
                               const token *t, tri_attested *out)
{
    static const struct {
        bool open, channel;
    } guesses[] = {{true, true}, {true, false}, {false, true}, {false, false}};
    size_t found = appraisal->challenge_count;
    bool channel = false;
    if (appraisal->challenge_count == 0 || !t->has[NONCE])
        return TRI_REASON_NONCE_MISSING;
    if (t->claim[NONCE].type != TRI_CBOR_BYTES)
        return TRI_REASON_NONCE_FOREIGN;
    for (size_t i = 0; i < 4 && found == appraisal->challenge_count; i++) {
        channel = guesses[i].channel;
        if (!channel || appraisal->channel.size > 0)
            found = match(appraisal, item, t, guesses[i].open,
                          channel ? appraisal->channel : (trust_bytes){NULL, 0});
    }
    if (found == appraisal->challenge_count)
        return TRI_REASON_NONCE_FOREIGN;
    if (is_spent(appraisal, &appraisal->challenges[found]))
        return TRI_REASON_REPLAYED;
    out->challenge = (uint32_t)found;
    if (channel)
        out->binding = TRUST_BINDING_CHANNEL;
    else if (t->binding.member[TRI_BOUND_SESSION_KEY].size > 0)
        out->binding = TRUST_BINDING_KEY;
    return TRI_REASON_NONE;
}

/* An open challenge is answered in time; with no clock nothing is known to be in time. */
static bool in_time(const trust_appraisal *appraisal, const tri_challenge *challenge)
{
    return challenge->state == TRI_CHALLENGE_OPEN && appraisal->now != TRUST_TIME_UNKNOWN &&
           appraisal->now <= challenge->deadline;
}

static bool ueid_good(const token *t)
{
    const tri_cbor_item *ueid = &t->claim[UEID];
    return t->has[UEID] && ueid->type == TRI_CBOR_BYTES && ueid->body.size == TRI_EAT_UEID_SIZE &&
           ueid->body.data[0] == TRI_EAT_UEID_RAND;
}

/* The index of the registered key whose UEID the token carries, or their number. Only a hint until
 * the signature is verified. */
static size_t claimed_key(const trust_appraisal *appraisal, const token *t)
{
    size_t i = ueid_good(t) ? 0 : appraisal->anchor_count;
    for (; i < appraisal->anchor_count; i++)
        if (memcmp(appraisal->anchors[i].id, t->claim[UEID].body.data + 1, 32) == 0)
            break;
    return i;
}

/* Verify with the registered keys, the claimed one first. TRI_REASON_NONE, or why not. */
static uint32_t verify(const trust_appraisal *appraisal, const token *t, size_t claimed,
                       uint32_t *checks, size_t *key)
{
    /* What is signed is shorter than the token with its signature. */
    uint8_t message[MAX_TOKEN];
    size_t len;
    if (t->cose.algorithm != TRI_COSE_EDDSA && t->cose.algorithm != TRI_COSE_ED25519)
        return TRI_REASON_ALGORITHM_REFUSED;
    if (t->cose.signature.size != SIGNATURE ||
        tri_cose_sig_structure(t->cose.protected_bytes, t->cose.payload, message, sizeof message,
                               &len) != TRUST_OK)
        return TRI_REASON_SIGNATURE_BAD;
    for (size_t i = 0; i < appraisal->anchor_count; i++) {
        *key = (claimed + i) % appraisal->anchor_count;
        if (*checks == 0)
            return TRI_REASON_LIMIT;
        (*checks)--;
        if (tri_ed25519_verify(appraisal->anchors[*key].key, message, len, t->cose.signature.data))
            return TRI_REASON_NONE;
    }
    return TRI_REASON_SIGNATURE_BAD;
}

/* Both state one, and they differ. */
static bool contradicts(trust_bytes said, const char *known)
{
    trust_bytes text = tri_bytes(known);
    return said.size > 0 && text.size > 0 && !tri_same(said, text);
}

static bool misbound(const trust_appraisal *appraisal, const token *t,
                     const tri_challenge *challenge)
{
    const trust_bytes *said = t->binding.member;
    return contradicts(said[TRI_BOUND_PURPOSE], challenge->purpose) ||
           contradicts(said[TRI_BOUND_VERIFIER], appraisal->verifier) ||
           contradicts(said[TRI_BOUND_DEVICE], appraisal->device_id) ||
           contradicts(said[TRI_BOUND_ATTEMPT], challenge->attempt) ||
           contradicts(said[TRI_BOUND_ATTEMPT], appraisal->attempt) ||
           contradicts(tri_bytes(challenge->attempt), appraisal->attempt);
}

/* A whole number from 0 to @p most, or none. */
static bool read_number(const token *t, size_t claim, int64_t most, int64_t *out)
{
    *out = -1;
    return !t->has[claim] || (tri_cbor_int(&t->claim[claim], out) && *out >= 0 && *out <= most);
}

static bool read_statement(const token *t, statement *out)
{
    bool boot;
    out->secure_boot = TRUST_BOOT_UNSTATED;
    if (t->has[OEMBOOT]) {
        if (!tri_cbor_bool(&t->claim[OEMBOOT], &boot))
            return false;
        out->secure_boot = boot ? TRUST_BOOT_SECURE : TRUST_BOOT_INSECURE;
    }
    return read_number(t, IAT, INT64_MAX, &out->issued_at) &&
           read_number(t, DBGSTAT, TRI_EAT_MAX_DEBUG, &out->debug) &&
           read_number(t, BOOTCOUNT, INT64_MAX, &out->boot_count);
}

static bool component_member_good(int64_t member, const tri_cbor_item *value)
{
    if (member == TRI_COMPONENT_NAME)
        return text_good(value, TRI_EAT_MAX_TEXT);
    if (member == TRI_COMPONENT_VERSION)
        return text_good(value, TRI_EAT_MAX_VERSION);
    return value->type == TRI_CBOR_BYTES && tri_eat_digest_size(value->body.size);
}

static bool read_component(const tri_cbor *cursor, const tri_cbor_item *map, component *out)
{
    tri_cbor inside = tri_cbor_inside(cursor, map);
    tri_cbor_item key, value;
    int64_t number;
    *out = (component){{{NULL, 0}}};
    if (map->type != TRI_CBOR_MAP)
        return false;
    while (tri_cbor_next(&inside, &key) && tri_cbor_next(&inside, &value)) {
        if (!tri_cbor_int(&key, &number) ||
            (number != TRI_COMPONENT_NAME && number != TRI_COMPONENT_DIGEST &&
             number != TRI_COMPONENT_VERSION && number != TRI_COMPONENT_SIGNER))
            continue;
        if (!component_member_good(number, &value))
            return false;
        out->member[number] = value.body;
    }
    return out->member[TRI_COMPONENT_NAME].size > 0 && out->member[TRI_COMPONENT_DIGEST].size > 0;
}

static void worsen(tri_attested *out, int8_t *claim, int8_t value, uint32_t reason)
{
    if (*claim < value)
        *claim = value;
    if (out->tier < value) {
        out->tier = value;
        out->tier_reason = reason;
    }
}

static void weigh_component(const trust_appraisal *appraisal, const component *c, tri_attested *out)
{
    static const struct {
        int8_t value;
        uint32_t reason;
    } outcomes[] = {
        [TRI_REFERENCE_UNKNOWN] = {TRI_AR4SI_UNRECOGNISED, TRI_REASON_MEASUREMENT_UNKNOWN},
        [TRI_REFERENCE_OK] = {TRI_AR4SI_AFFIRMING, TRI_REASON_ATTESTATION_OK},
        [TRI_REFERENCE_ADVISORY] = {TRI_AR4SI_ADVISORY, TRI_REASON_MEASUREMENT_ADVISORY},
        [TRI_REFERENCE_DENY] = {TRI_AR4SI_CONTRAINDICATED, TRI_REASON_MEASUREMENT_DENIED}};
    int found =
        tri_reference_find(appraisal->reference, trust_appraisal_attribute(appraisal, "class"),
                           c->member[TRI_COMPONENT_DIGEST]);
    worsen(out, &out->vector.claims[TRI_AR4SI_EXECUTABLES], outcomes[found].value,
           outcomes[found].reason);
}

/* False when the list is not what the profile asks for. */
static bool weigh_components(const trust_appraisal *appraisal, const token *t, tri_attested *out)
{
    const tri_cbor_item *list = &t->claim[COMPONENTS];
    out->unmeasured = !t->has[COMPONENTS];
    if (out->unmeasured)
        return true;
    if (list->type != TRI_CBOR_ARRAY || list->argument == 0 ||
        list->argument > TRI_EAT_MAX_COMPONENTS)
        return false;
    tri_cbor inside = tri_cbor_inside(&t->cursor, list);
    tri_cbor_item map;
    component c;
    while (tri_cbor_next(&inside, &map)) {
        if (!read_component(&inside, &map, &c))
            return false;
        weigh_component(appraisal, &c, out);
    }
    return true;
}

static void weigh_statement(const statement *s, tri_attested *out)
{
    int8_t *configuration = &out->vector.claims[TRI_AR4SI_CONFIGURATION];
    if (s->debug == TRUST_DEBUG_ENABLED)
        worsen(out, configuration, TRI_AR4SI_CONTRAINDICATED, TRI_REASON_DEBUG_ENABLED);
    if (s->secure_boot == TRUST_BOOT_INSECURE)
        worsen(out, configuration, TRI_AR4SI_UNAVAILABLE, TRI_REASON_SECURE_BOOT_OFF);
    if (s->secure_boot == TRUST_BOOT_SECURE)
        worsen(out, configuration, TRI_AR4SI_AFFIRMING, TRI_REASON_ATTESTATION_OK);
}

static void add_name(tri_text *out, const char *name)
{
    tri_text_char(out, ',');
    tri_text_json(out, tri_bytes(name));
    tri_text_char(out, ':');
}

static void add_hex(tri_text *out, const char *prefix, trust_bytes bytes)
{
    tri_text_char(out, '"');
    tri_text_str(out, prefix);
    tri_text_hex(out, bytes.data, bytes.size);
    tri_text_char(out, '"');
}

/* A digest as reference documents spell it. */
static void add_digest(tri_text *out, const char *name, trust_bytes digest)
{
    add_name(out, name);
    add_hex(out, digest.size == 32 ? "sha256:" : digest.size == 48 ? "sha384:" : "sha512:", digest);
}

static void add_number(tri_text *out, const char *name, int64_t value)
{
    if (value < 0)
        return;
    add_name(out, name);
    tri_text_int(out, value);
}

static void add_components(tri_text *out, const token *t)
{
    tri_cbor inside = tri_cbor_inside(&t->cursor, &t->claim[COMPONENTS]);
    tri_cbor_item map;
    component c;
    add_name(out, "psa-software-components");
    for (char before = '['; tri_cbor_next(&inside, &map); before = ',') {
        (void)read_component(&inside, &map, &c);
        tri_text_char(out, before);
        tri_text_str(out, "{\"measurement-type\":");
        tri_text_json(out, c.member[TRI_COMPONENT_NAME]);
        add_digest(out, "measurement-value", c.member[TRI_COMPONENT_DIGEST]);
        if (c.member[TRI_COMPONENT_VERSION].size > 0) {
            add_name(out, "version");
            tri_text_json(out, c.member[TRI_COMPONENT_VERSION]);
        }
        if (c.member[TRI_COMPONENT_SIGNER].size > 0)
            add_digest(out, "signer-id", c.member[TRI_COMPONENT_SIGNER]);
        tri_text_char(out, '}');
    }
    tri_text_char(out, ']');
}

static void add_binding(tri_text *out, const tri_eat_binding *binding)
{
    static const char *const names[] = {NULL,      "purpose",     "verifier",   "device",
                                        "attempt", "session-key", "sealing-key"};
    char before = '{';
    add_name(out, "libtrust-binding");
    for (int i = TRI_BOUND_PURPOSE; i <= TRI_BOUND_SEALING_KEY; i++) {
        if (binding->member[i].size == 0)
            continue;
        tri_text_char(out, before);
        tri_text_json(out, tri_bytes(names[i]));
        tri_text_char(out, ':');
        if (tri_eat_is_text(i))
            tri_text_json(out, binding->member[i]);
        else
            add_hex(out, "", binding->member[i]);
        before = ',';
    }
    tri_text_str(out, before == '{' ? "{}" : "}");
}

static void write_claims(tri_text *out, const token *t, const statement *s)
{
    static const char *const debug[] = {"enabled", "disabled", "disabled-since-boot",
                                        "disabled-permanently", "disabled-fully-and-permanently"};
    tri_text_str(out, "{\"eat_profile\":\"" TRUST_ATTEST_PROFILE "\"");
    add_name(out, "eat_nonce");
    add_hex(out, "", t->claim[NONCE].body);
    add_name(out, "ueid");
    add_hex(out, "", t->claim[UEID].body);
    add_number(out, "iat", s->issued_at);
    add_number(out, "bootcount", s->boot_count);
    if (s->secure_boot >= 0) {
        add_name(out, "oemboot");
        tri_text_str(out, s->secure_boot == TRUST_BOOT_SECURE ? "true" : "false");
    }
    if (s->debug >= 0) {
        add_name(out, "dbgstat");
        tri_text_json(out, tri_bytes(debug[s->debug]));
    }
    if (t->has[COMPONENTS])
        add_components(out, t);
    if (t->has[BINDING])
        add_binding(out, &t->binding);
    tri_text_char(out, '}');
}

static tri_attested unverified(uint32_t state, uint32_t reason)
{
    tri_attested out = {.state = state, .reason = reason};
    memset(out.vector.claims, TRI_AR4SI_UNVERIFIED, sizeof out.vector.claims);
    return out;
}

static tri_attested answered(uint32_t state, uint32_t reason, const tri_attested *found)
{
    tri_attested out = unverified(state, reason);
    out.challenge = found->challenge;
    return out;
}

static void identify(tri_attested *out)
{
    out->state = TRUST_STATE_VALID;
    out->reason =
        out->binding == TRUST_BINDING_NONE ? TRI_REASON_CHANNEL_UNBOUND : TRI_REASON_IDENTITY_OK;
    out->vector.claims[TRI_AR4SI_INSTANCE_IDENTITY] = TRI_AR4SI_AFFIRMING;
}

static bool is_native(const token *t)
{
    return t->has[PROFILE] && t->claim[PROFILE].type == TRI_CBOR_TEXT &&
           tri_same_text(t->claim[PROFILE].body, TRUST_ATTEST_PROFILE);
}

/* The claims of a token that the device signed in time: what is wrong now is its own fault. */
static tri_attested weigh(const trust_appraisal *appraisal, const token *t, bool own_ueid,
                          tri_attested *found, tri_text *claims)
{
    statement s;
    identify(found);
    if (!is_native(t)) {
        found->tier_reason = TRI_REASON_PROFILE_UNKNOWN;
        found->unmeasured = true;
        return *found;
    }
    if (!ueid_good(t) || !read_statement(t, &s) || !weigh_components(appraisal, t, found))
        return answered(TRUST_STATE_INVALID, TRI_REASON_MALFORMED, found);
    if (!own_ueid)
        return answered(TRUST_STATE_INVALID, TRI_REASON_IDENTITY_MISMATCH, found);
    weigh_statement(&s, found);
    if (claims != NULL)
        write_claims(claims, t, &s);
    return *found;
}

tri_attested tri_native_appraise(const trust_appraisal *appraisal, const tri_item *item,
                                 uint32_t *checks, tri_text *claims)
{
    token t = {.cose = {.algorithm = 0}};
    tri_attested found = {.binding = TRUST_BINDING_NONE};
    size_t key;
    if (item->misnamed)
        return unverified(TRUST_STATE_UNBOUND, TRI_REASON_MISBOUND);
    uint32_t reason = open_token(item->data, &t);
    if (reason == TRI_REASON_NONE && appraisal->anchor_count == 0)
        reason = TRI_REASON_IDENTITY_UNREGISTERED;
    if (reason == TRI_REASON_NONE)
        reason = find_challenge(appraisal, item, &t, &found);
    if (reason != TRI_REASON_NONE)
        return unverified(TRUST_STATE_UNBOUND, reason);
    size_t claimed = claimed_key(appraisal, &t);
    reason = verify(appraisal, &t, claimed, checks, &key);
    const tri_challenge *challenge = &appraisal->challenges[found.challenge];
    if (reason == TRI_REASON_NONE && misbound(appraisal, &t, challenge))
        reason = TRI_REASON_MISBOUND;
    if (reason != TRI_REASON_NONE)
        return unverified(TRUST_STATE_UNBOUND, reason);
    if (!in_time(appraisal, challenge))
        return answered(TRUST_STATE_EXPIRED, TRI_REASON_STALE, &found);
    return weigh(appraisal, &t, key == claimed, &found, claims);
}
