/* Any bytes as a key file, public and secret: what is read can be used, and what is refused has
 * words; a public key is read back from its own bytes. */

#include <stdbool.h>
#include <string.h>

#include <trust/key.h>

#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void check_refusal(trust_status status, const trust_error *err, size_t size)
{
    demand(err->code == status && err->offset <= size && err->message[0] != '\0');
    demand(status == TRUST_E_FORMAT || status == TRUST_E_LIMIT || status == TRUST_E_UNSUPPORTED);
}

static void read_public(const uint8_t *data, size_t size)
{
    uint8_t key[32], again[32];
    trust_error err;
    trust_status status = trust_key_read_public(data, size, key, &err);
    if (status != TRUST_OK) {
        check_refusal(status, &err, size);
        return;
    }
    demand(trust_key_read_public(key, sizeof key, again, &err) == TRUST_OK);
    demand(memcmp(key, again, sizeof key) == 0);
}

/* Where one key is read, the list is that key; a list may be longer. */
static void read_list(const uint8_t *data, size_t size)
{
    uint8_t keys[4][32], key[32];
    size_t count = 0;
    trust_error err;
    trust_status status = trust_keys_read_public(data, size, keys, 4, &count, &err);
    bool one = trust_key_read_public(data, size, key, NULL) == TRUST_OK;
    if (status != TRUST_OK)
        check_refusal(status, &err, size);
    demand(status == TRUST_OK ? count >= 1 && count <= 4 : count == 0 && !one);
    if (one)
        demand(count == 1 && memcmp(keys[0], key, sizeof key) == 0);
}

static void read_secret(const uint8_t *data, size_t size)
{
    uint8_t key[32], signature[64];
    trust_error err;
    trust_signer *signer = NULL;
    trust_status status = trust_signer_read(data, size, TRUST_USE_DEVICE, &signer, &err);
    if (status != TRUST_OK) {
        check_refusal(status, &err, size);
        return;
    }
    trust_signer_public_key(signer, key);
    demand(trust_signer_sign(signer, TRUST_USE_DEVICE, data, size, signature) == TRUST_OK);
    demand(tri_ed25519_verify(key, data, size, signature));
    trust_signer_free(signer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (data == NULL)
        return 0; /* that is the caller's mistake, not a file */
    read_public(data, size);
    read_list(data, size);
    read_secret(data, size);
    return 0;
}
