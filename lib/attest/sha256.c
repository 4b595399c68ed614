/* SHA-256 (FIPS 180-4 section 6.2), small rather than fast: a token hashes some hundred bytes.
 * Nothing that is hashed here is secret. */

#include "attest/sha256.h"

#include <string.h>

#include "core/bytes.h"

#define BLOCK 64u

static const uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, unsigned by)
{
    return (x >> by) | (x << (32 - by));
}

/* W_t of section 6.2.2, in a window of 16 words. */
static uint32_t schedule(uint32_t w[16], unsigned t)
{
    if (t >= 16) {
        uint32_t a = w[(t - 15) % 16];
        uint32_t b = w[(t - 2) % 16];
        w[t % 16] += (rotate(a, 7) ^ rotate(a, 18) ^ (a >> 3)) + w[(t - 7) % 16] +
                     (rotate(b, 17) ^ rotate(b, 19) ^ (b >> 10));
    }
    return w[t % 16];
}

static void compress(uint32_t hash[8], const uint8_t block[BLOCK])
{
    uint32_t w[16];
    uint32_t s[8]; /* a to h */
    for (unsigned i = 0; i < 16; i++)
        w[i] = tri_be32(block + (size_t)i * 4);
    memcpy(s, hash, sizeof s);
    for (unsigned t = 0; t < 64; t++) {
        uint32_t one = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                       ((s[4] & s[5]) ^ (~s[4] & s[6])) + rounds[t] + schedule(w, t);
        uint32_t two = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
                       ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += one;
        s[0] = one + two;
    }
    for (unsigned i = 0; i < 8; i++)
        hash[i] += s[i];
}

void tri_attest_sha256(trust_bytes data, uint8_t out[32])
{
    uint32_t hash[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint8_t last[2 * BLOCK] = {0};
    size_t left = data.size;
    for (; left >= BLOCK; left -= BLOCK)
        compress(hash, data.data + (data.size - left));
    if (left > 0)
        memcpy(last, data.data + (data.size - left), left);
    /* Section 5.1.1: a one, zeros, and the length in bits at the end of a block. */
    last[left] = 0x80;
    size_t end = left < BLOCK - 8 ? BLOCK : 2 * BLOCK;
    tri_put_be64(last + end - 8, (uint64_t)data.size * 8);
    for (size_t at = 0; at < end; at += BLOCK)
        compress(hash, last + at);
    for (unsigned i = 0; i < 8; i++)
        tri_put_be32(out + (size_t)i * 4, hash[i]);
}
