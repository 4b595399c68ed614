#ifndef TRUST_KEY_H
#define TRUST_KEY_H

/* Keys: a public key to verify with, a signer to sign with. Each signer has one permitted use.
 *
 * Both handles are shareable. Ed25519 is the only algorithm of this version. */

#include <trust/host.h>

TRUST_BEGIN_DECLS

#define TRUST_ED25519_PUBLIC    32u
#define TRUST_ED25519_SEED      32u
#define TRUST_ED25519_SIGNATURE 64u

/** Read one Ed25519 public key: 32 raw bytes, a SubjectPublicKeyInfo (RFC 8410) in DER, or the same
 * in PEM. A key that no honest pair can have is refused.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_FORMAT, TRUST_E_LIMIT (PEM of more than 16 KiB) or
 *         TRUST_E_UNSUPPORTED (another algorithm, or another kind of PEM block) */
TRUST_API TRUST_MUST_CHECK trust_status trust_key_read_public(const void *data, size_t len,
                                                              uint8_t out[32], trust_error *err);

/** Read one or more of them: the blocks of a PEM text one after the other, else one key.
 * @param cap         keys that there is room for
 * @param[out] count  at least 1
 * @return as trust_key_read_public(); also TRUST_E_LIMIT for more than @p cap */
TRUST_API TRUST_MUST_CHECK trust_status trust_keys_read_public(const void *data, size_t len,
                                                               uint8_t (*out)[32], size_t cap,
                                                               size_t *count, trust_error *err);

/** What a signer may sign. A call that needs another use refuses the signer. */
#define TRUST_USE_DEVICE   1u /**< a device's own attestation key */
#define TRUST_USE_POLICY   2u /**< policy documents */
#define TRUST_USE_LOG      3u /**< checkpoints of the audit log */
#define TRUST_USE_GRANT    4u /**< provisioning grants */
#define TRUST_USE_OPERATOR 5u /**< acts of an operator */
#define TRUST_USE_DOCUMENT 6u /**< every other document: reference values, tables, lists */

/** A key that signs, held here in locked memory or elsewhere by the host (an HSM, a TPM). */
typedef struct trust_signer trust_signer;

/** Sign with an Ed25519 seed; the seed is copied into locked memory and wiped on free.
 * @param use  TRUST_USE_
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_NOMEM or TRUST_E_HOST (no randomness to start
 *         libsodium with) */
TRUST_API TRUST_MUST_CHECK trust_status trust_signer_new_seed(const uint8_t seed[32], uint32_t use,
                                                              trust_signer **out);

/** Read the seed from PKCS #8 (RFC 8410) in DER or PEM, or 32 raw bytes.
 * @return as trust_signer_new_seed() and trust_key_read_public() */
TRUST_API TRUST_MUST_CHECK trust_status trust_signer_read(const void *data, size_t len,
                                                          uint32_t use, trust_signer **out,
                                                          trust_error *err);

/** A key that the host holds. Ed25519 (RFC 8032) over the bytes as they are. */
typedef struct trust_signer_ops {
    size_t size; /**< sizeof of this struct */
    uint8_t public_key[32];
    trust_status (*sign)(void *user, const void *data, size_t len, uint8_t signature[64]);
    void (*user_free)(void *user); /**< called once, when the signer is freed; may be NULL */
    void *user;
} trust_signer_ops;

/** Sign with a key that the host holds. What it signs is verified before it is handed on.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_UNSUPPORTED (members that this library does not know)
 * or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_signer_new(const trust_signer_ops *ops, uint32_t use,
                                                         trust_signer **out);

/** Its public key; untouched for NULL. */
TRUST_API void trust_signer_public_key(const trust_signer *signer, uint8_t out[32]);
/** What it may sign: TRUST_USE_; 0 for NULL. */
TRUST_API uint32_t trust_signer_use(const trust_signer *signer);

/** Sign @p data, which must be of the use that the signer was made for.
 * @return TRUST_OK, TRUST_E_ARGUMENT (also: another use) or TRUST_E_HOST */
TRUST_API TRUST_MUST_CHECK trust_status trust_signer_sign(const trust_signer *signer, uint32_t use,
                                                          const void *data, size_t len,
                                                          uint8_t signature[64]);

/** Free it and wipe its secret. NULL does nothing. */
TRUST_API void trust_signer_free(trust_signer *signer);

/** Make a new key pair: PKCS #8 PEM for the secret, SubjectPublicKeyInfo PEM for the public half.
 *
 * Both end with NUL. The caller wipes the secret text.
 * @param random      NULL for the system's
 * @param secret_pem  256 bytes
 * @param public_pem  256 bytes
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_LIMIT (a smaller text) or TRUST_E_HOST */
TRUST_API TRUST_MUST_CHECK trust_status trust_keygen(const trust_random *random, char *secret_pem,
                                                     size_t secret_cap, char *public_pem,
                                                     size_t public_cap);

TRUST_END_DECLS

#endif
