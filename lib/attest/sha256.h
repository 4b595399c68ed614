#ifndef TRI_ATTEST_SHA256_H
#define TRI_ATTEST_SHA256_H

/* SHA-256 (FIPS 180-4) for the device's side, which brings no library of its own to a device.
 * Everything else in the project hashes through crypto/crypto.h. */

#include <trust/status.h>

void tri_attest_sha256(trust_bytes data, uint8_t out[32]);

#endif
