/* Ed25519 keys: reading, signing, making (RFC 8032, RFC 8410, RFC 5958). Trust: key files may be
 * hostile; a secret never leaves locked memory but for the moments in which it is read or made. */

#include <trust/key.h>

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/sized.h"
#include "core/text.h"
#include "crypto/crypto.h"
#include "crypto/pem.h"

#define KEY     32
#define MAX_DER 2560 /* a private RSA key of 4096 bits, to tell it from rubbish */
#define PEM_CAP 256  /* what callers of trust_keygen() bring */

/* An encoding of Ed25519 keys is a fixed prefix and the 32 bytes (RFC 8410 sections 4 and 7). */
typedef struct encoding {
    const char *label;
    const char *wrong; /* what to say of another label */
    bool versioned;    /* an INTEGER comes before the algorithm */
    uint8_t prefix[16];
    size_t prefix_len;
} encoding;

static const encoding public_encoding = {"PUBLIC KEY",
                                         "a public key is wanted, not",
                                         false,
                                         {0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0},
                                         12};
static const encoding secret_encoding = {
    "PRIVATE KEY",
    "a secret key is wanted, not",
    true,
    {0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20},
    16};

/* Take one DER element off @p in (X.690 section 8.1.3): false unless it has this tag and ends
 * within. */
static bool take(trust_bytes *in, uint8_t tag, trust_bytes *content)
{
    if (in->size < 2 || in->data[0] != tag)
        return false;
    size_t head = 2, size = in->data[1];
    if (size == 0x81 && in->size > 2) {
        head = 3;
        size = in->data[2];
    } else if (size == 0x82 && in->size > 3) {
        head = 4;
        size = tri_be16(in->data + 2);
    } else if (size >= 0x80) {
        return false;
    }
    if (in->size - head < size)
        return false;
    *content = (trust_bytes){in->data + head, size};
    *in = (trust_bytes){in->data + head + size, in->size - head - size};
    return true;
}

/* A key in this encoding, but of another algorithm. */
static bool other_algorithm(const encoding *form, trust_bytes der)
{
    static const uint8_t ed25519[] = {0x2B, 0x65, 0x70};
    trust_bytes key, version, algorithm, oid;
    return take(&der, 0x30, &key) && der.size == 0 &&
           (!form->versioned || take(&key, 2, &version)) && take(&key, 0x30, &algorithm) &&
           take(&algorithm, 6, &oid) && !tri_same(oid, (trust_bytes){ed25519, sizeof ed25519});
}

static trust_status read_der(const encoding *form, trust_bytes der, uint8_t out[KEY],
                             trust_error *err)
{
    if (der.size == form->prefix_len + KEY &&
        memcmp(der.data, form->prefix, form->prefix_len) == 0) {
        memcpy(out, der.data + form->prefix_len, KEY);
        return TRUST_OK;
    }
    if (other_algorithm(form, der))
        return tri_fail(err, TRUST_E_UNSUPPORTED, "a key of another algorithm than Ed25519");
    return tri_fail(err, TRUST_E_FORMAT, "not an Ed25519 key in DER, PEM or 32 bytes");
}

static trust_status read_pem(const encoding *form, trust_bytes text, uint8_t out[KEY],
                             trust_error *err)
{
    uint8_t der[MAX_DER];
    trust_bytes label;
    size_t len;
    trust_status status = tri_pem_read(text, &label, der, sizeof der, &len, err);
    if (status == TRUST_OK && !tri_same_text(label, form->label))
        status = tri_fail_quote(err, TRUST_E_UNSUPPORTED, 0, form->wrong, label);
    if (status == TRUST_OK)
        status = read_der(form, (trust_bytes){der, len}, out, err);
    tri_wipe(der, sizeof der);
    return status;
}

static trust_status read_key(const encoding *form, trust_bytes data, uint8_t out[KEY],
                             trust_error *err)
{
    if (data.size != KEY)
        return tri_pem_is(data) ? read_pem(form, data, out, err) : read_der(form, data, out, err);
    memcpy(out, data.data, KEY);
    return TRUST_OK;
}

static void write_key(const encoding *form, const uint8_t key[KEY], char *out)
{
    uint8_t der[sizeof form->prefix + KEY];
    memcpy(der, form->prefix, form->prefix_len);
    memcpy(der + form->prefix_len, key, KEY);
    tri_text text = tri_text_begin(out, PEM_CAP);
    tri_pem_write(&text, form->label, der, form->prefix_len + KEY);
    (void)tri_text_end(&text, NULL);
    tri_wipe(der, sizeof der);
}

/* A piece of a PEM text is PEM, even one of 32 bytes. */
static trust_status read_public(trust_bytes data, bool pem, uint8_t out[KEY], trust_error *err)
{
    uint8_t key[KEY];
    trust_status status = pem ? read_pem(&public_encoding, data, key, err)
                              : read_key(&public_encoding, data, key, err);
    if (status != TRUST_OK)
        return status;
    if (!tri_ed25519_key_ok(key))
        return tri_fail(err, TRUST_E_FORMAT, "not the public half of any Ed25519 key");
    memcpy(out, key, KEY);
    return TRUST_OK;
}

trust_status trust_key_read_public(const void *data, size_t len, uint8_t out[32], trust_error *err)
{
    if (data == NULL || out == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "no key or nowhere to put it");
    return read_public((trust_bytes){data, len}, false, out, err);
}

/* Every key of the text, put nowhere when @p out is NULL. */
static trust_status read_publics(trust_bytes text, uint8_t (*out)[32], size_t cap, size_t *count,
                                 trust_error *err)
{
    trust_bytes rest = text, piece;
    uint8_t key[KEY];
    bool pem = text.size != KEY && tri_pem_is(text);
    *count = 0;
    do {
        piece = rest;
        if (pem && !tri_pem_cut(&rest, &piece))
            break; /* text behind the last block */
        if (*count == cap)
            return tri_fail(err, TRUST_E_LIMIT, "more keys than there is room for");
        trust_status status = read_public(piece, pem, key, err);
        if (status != TRUST_OK && err != NULL)
            err->offset += (size_t)(piece.data - text.data);
        if (status != TRUST_OK)
            return status;
        if (out != NULL)
            memcpy(out[*count], key, KEY);
        ++*count;
    } while (pem && rest.size > 0);
    return TRUST_OK;
}

trust_status trust_keys_read_public(const void *data, size_t len, uint8_t (*out)[32], size_t cap,
                                    size_t *count, trust_error *err)
{
    size_t n = 0;
    if (data == NULL || out == NULL || count == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "no keys or nowhere to put them");
    /* Once to see that all are good, once to write them. */
    trust_status status = read_publics((trust_bytes){data, len}, NULL, cap, &n, err);
    if (status == TRUST_OK)
        status = read_publics((trust_bytes){data, len}, out, cap, &n, err);
    if (status == TRUST_OK)
        *count = n;
    return status;
}

struct trust_signer {
    uint32_t use;
    uint8_t public_key[KEY];
    uint8_t *secret; /* in locked memory, or NULL where the host signs */
    trust_signer_ops ops;
};

static bool use_ok(uint32_t use)
{
    return use >= TRUST_USE_DEVICE && use <= TRUST_USE_DOCUMENT;
}

static trust_signer *new_signer(uint32_t use)
{
    trust_allocator allocator = tri_allocator(NULL);
    trust_signer *signer = tri_new(&allocator, sizeof *signer);
    if (signer != NULL)
        signer->use = use;
    return signer;
}

trust_status trust_signer_new_seed(const uint8_t seed[32], uint32_t use, trust_signer **out)
{
    if (seed == NULL || out == NULL || !use_ok(use))
        return TRUST_E_ARGUMENT;
    if (tri_crypto_ready() != TRUST_OK)
        return TRUST_E_HOST;
    trust_signer *signer = new_signer(use);
    if (signer == NULL)
        return TRUST_E_NOMEM;
    signer->secret = tri_secret_new(TRI_ED25519_SECRET);
    if (signer->secret == NULL) {
        trust_signer_free(signer);
        return TRUST_E_NOMEM;
    }
    tri_ed25519_from_seed(seed, signer->public_key, signer->secret);
    *out = signer;
    return TRUST_OK;
}

trust_status trust_signer_read(const void *data, size_t len, uint32_t use, trust_signer **out,
                               trust_error *err)
{
    uint8_t seed[KEY];
    if (data == NULL || out == NULL || !use_ok(use))
        return tri_fail(err, TRUST_E_ARGUMENT, "no key, no use for it or nowhere to put it");
    trust_status status = read_key(&secret_encoding, (trust_bytes){data, len}, seed, err);
    if (status == TRUST_OK) {
        status = trust_signer_new_seed(seed, use, out);
        if (status != TRUST_OK)
            (void)tri_fail(err, status, trust_status_text(status));
    }
    tri_wipe(seed, sizeof seed);
    return status;
}

trust_status trust_signer_new(const trust_signer_ops *ops, uint32_t use, trust_signer **out)
{
    if (ops == NULL || out == NULL || !use_ok(use))
        return TRUST_E_ARGUMENT;
    trust_status status = tri_sized(ops, sizeof *ops);
    if (status != TRUST_OK)
        return status;
    if (ops->sign == NULL || !tri_ed25519_key_ok(ops->public_key))
        return TRUST_E_ARGUMENT;
    trust_signer *signer = new_signer(use);
    if (signer == NULL)
        return TRUST_E_NOMEM;
    memcpy(signer->public_key, ops->public_key, KEY);
    signer->ops = *ops;
    *out = signer;
    return TRUST_OK;
}

void trust_signer_public_key(const trust_signer *signer, uint8_t out[32])
{
    if (signer != NULL && out != NULL)
        memcpy(out, signer->public_key, KEY);
}

uint32_t trust_signer_use(const trust_signer *signer)
{
    return signer != NULL ? signer->use : 0;
}

/* What the host signs is checked: a signature that nobody can verify must not travel. */
static trust_status host_sign(const trust_signer *signer, const void *data, size_t len,
                              uint8_t signature[64])
{
    uint8_t made[64] = {0};
    if (signer->ops.sign(signer->ops.user, data, len, made) != TRUST_OK ||
        !tri_ed25519_verify(signer->public_key, data, len, made))
        return TRUST_E_HOST;
    memcpy(signature, made, sizeof made);
    return TRUST_OK;
}

trust_status trust_signer_sign(const trust_signer *signer, uint32_t use, const void *data,
                               size_t len, uint8_t signature[64])
{
    if (signer == NULL || use != signer->use || (data == NULL && len > 0) || signature == NULL)
        return TRUST_E_ARGUMENT;
    if (signer->secret == NULL)
        return host_sign(signer, data, len, signature);
    tri_ed25519_sign(signer->secret, data, len, signature);
    return TRUST_OK;
}

void trust_signer_free(trust_signer *signer)
{
    if (signer == NULL)
        return;
    trust_allocator allocator = tri_allocator(NULL);
    tri_secret_free(signer->secret);
    if (signer->ops.user_free != NULL)
        signer->ops.user_free(signer->ops.user);
    tri_delete(&allocator, signer, sizeof *signer);
}

trust_status trust_keygen(const trust_random *random, char *secret_pem, size_t secret_cap,
                          char *public_pem, size_t public_cap)
{
    uint8_t seed[KEY], key[KEY], secret[TRI_ED25519_SECRET];
    if (secret_pem == NULL || public_pem == NULL)
        return TRUST_E_ARGUMENT;
    if (secret_cap < PEM_CAP || public_cap < PEM_CAP)
        return TRUST_E_LIMIT;
    trust_random source = {tri_system_random, NULL};
    if (random != NULL && random->fill != NULL)
        source = *random;
    trust_status status = tri_crypto_ready();
    if (status == TRUST_OK && source.fill(source.user, seed, sizeof seed) != TRUST_OK)
        status = TRUST_E_HOST;
    if (status == TRUST_OK) {
        tri_ed25519_from_seed(seed, key, secret);
        write_key(&secret_encoding, seed, secret_pem);
        write_key(&public_encoding, key, public_pem);
    }
    tri_wipe(seed, sizeof seed);
    tri_wipe(secret, sizeof secret);
    return status;
}
