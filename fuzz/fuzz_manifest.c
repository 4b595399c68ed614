/* Any bytes as a manifest, as the message in one, and as signed members: what is refused has words;
 * what is taken is the one way to write what it says, and says only what can be signed. The first
 * byte chooses. */

#include <string.h>

#include <trust/manifest.h>

#include "crypto/crypto.h"
#include "format/cbor.h"
#include "format/cose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char document[] = "any bytes";
#define DOCUMENT document, sizeof document - 1

static void demand(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static trust_signer *signer_for(const char *kind)
{
    uint8_t seed[32];
    trust_signer *signer = NULL;
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)i;
    uint32_t use = strcmp(kind, "policy") == 0 ? TRUST_USE_POLICY : TRUST_USE_DOCUMENT;
    demand(trust_signer_new_seed(seed, use, &signer) == TRUST_OK);
    return signer;
}

/* Sign what was taken once more: it has to be the same text. */
static void check_taken(const char *text, size_t len, const trust_manifest *said)
{
    char again[TRUST_MANIFEST_MAX_BYTES];
    size_t need;
    trust_signer *signer = signer_for(said->kind);
    demand(trust_manifest_sign(said, DOCUMENT, signer, again, sizeof again, &need) == TRUST_OK);
    demand(need == len && memcmp(again, text, len) == 0);
    trust_signer_free(signer);
}

static void verify(const char *text, size_t len, uint8_t key[1][32], const char *kind)
{
    /* Whatever it says, it holds at one of these. */
    static const trust_time times[] = {0, 1796083200000, 253402300799999, TRUST_TIME_UNKNOWN};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        trust_manifest said = TRUST_MANIFEST_INIT;
        trust_error err = {0};
        trust_status status = trust_manifest_verify(text, len, (const uint8_t(*)[32])key, 1, kind,
                                                    DOCUMENT, times[i], &said, &err);
        if (status == TRUST_OK) {
            check_taken(text, len, &said);
            continue;
        }
        demand(err.code == status && err.message[0] != '\0' && err.offset <= len);
        demand(said.kind[0] == '\0');
        demand(status == TRUST_E_FORMAT || status == TRUST_E_LIMIT ||
               status == TRUST_E_UNSUPPORTED || status == TRUST_E_SIGNATURE ||
               status == TRUST_E_INTEGRITY || status == TRUST_E_STATE);
    }
}

static size_t to_text(const uint8_t *data, size_t size, char *out)
{
    tri_base64url_encode(data, size, out);
    size_t len = strlen(out);
    out[len] = '\n';
    return len + 1;
}

/* The right headers, these members, and a good signature. */
static size_t sign_members(trust_bytes payload, const uint8_t key[32], char *out)
{
    static const char type[] = "application/vnd.trust.manifest";
    uint8_t headers[80], message[3072], signature[64], kid[32];
    size_t len;
    trust_signer *signer = signer_for("policy");
    tri_sha256(key, 32, kid);
    tri_cbor_out protected = {headers, sizeof headers, 0};
    tri_cbor_put_head(&protected, TRI_CBOR_MAP, 3);
    tri_cbor_put_int(&protected, 1);
    tri_cbor_put_int(&protected, TRI_COSE_EDDSA);
    tri_cbor_put_int(&protected, 3);
    tri_cbor_put_text(&protected, (trust_bytes){(const uint8_t *)type, sizeof type - 1});
    tri_cbor_put_int(&protected, 4);
    tri_cbor_put_bytes(&protected, (trust_bytes){kid, sizeof kid});
    trust_bytes protected_bytes = {headers, protected.need};
    demand(tri_cose_sig_structure(protected_bytes, payload, message, sizeof message, &len) ==
           TRUST_OK);
    demand(trust_signer_sign(signer, TRUST_USE_POLICY, message, len, signature) == TRUST_OK);
    trust_signer_free(signer);
    tri_cbor_out all = {message, sizeof message, 0};
    tri_cbor_put_head(&all, TRI_CBOR_TAG, 18);
    tri_cbor_put_head(&all, TRI_CBOR_ARRAY, 4);
    tri_cbor_put_bytes(&all, protected_bytes);
    tri_cbor_put_head(&all, TRI_CBOR_MAP, 0);
    tri_cbor_put_bytes(&all, payload);
    tri_cbor_put_bytes(&all, (trust_bytes){signature, sizeof signature});
    return to_text(message, all.need, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[8192];
    uint8_t key[1][32];
    if (size == 0)
        return 0;
    trust_signer *signer = signer_for("policy");
    trust_signer_public_key(signer, key[0]);
    trust_signer_free(signer);
    const uint8_t *rest = data + 1;
    size--;
    if (data[0] == 0)
        verify((const char *)rest, size, key, "policy");
    else if (data[0] == 1 && size <= 4096)
        verify(text, to_text(rest, size, text), key, "policy");
    else if (data[0] == 2 && size <= 2048)
        verify(text, sign_members((trust_bytes){rest, size}, key[0], text), key, "policy");
    else if (data[0] == 3 && size <= 2048)
        verify(text, sign_members((trust_bytes){rest, size}, key[0], text), key, "mud");
    return 0;
}
