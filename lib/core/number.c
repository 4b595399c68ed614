/* Doubles taken apart as integers (IEEE 754 binary64). Trust: any bits may come from outside. */

#include "core/number.h"

#define EXPONENT(bits) ((int)(((bits) >> 52) & 0x7FF))
#define FRACTION(bits) ((bits)&0xFFFFFFFFFFFFFu)

bool tri_real_finite(uint64_t bits)
{
    return EXPONENT(bits) != 0x7FF;
}

bool tri_real_integer(uint64_t bits, int64_t *out)
{
    if (bits << 1 == 0) {
        *out = 0;
        return true;
    }
    int shift = EXPONENT(bits) - 1075; /* value = mantissa * 2^shift */
    uint64_t mantissa = FRACTION(bits) | (uint64_t)1 << 52;
    if (shift < -52 || shift > 1)
        return false;
    if (shift < 0) {
        if ((mantissa & (((uint64_t)1 << -shift) - 1)) != 0)
            return false;
        mantissa >>= -shift;
    } else {
        mantissa <<= shift;
    }
    if (mantissa > (uint64_t)1 << 53)
        return false;
    *out = (bits >> 63) != 0 ? -(int64_t)mantissa : (int64_t)mantissa;
    return true;
}

int64_t tri_real_scaled(uint64_t bits, uint32_t scale)
{
    bool negative = (bits >> 63) != 0;
    int exponent = EXPONENT(bits);
    uint64_t magnitude;
    if (exponent == 0x7FF && FRACTION(bits) != 0)
        return 0;
    if (exponent == 0)
        return 0; /* zero and subnormals: nothing at any allowed scale */
    int shift = exponent - 1075;
    uint64_t mantissa = FRACTION(bits) | (uint64_t)1 << 52;
    /* mantissa * scale < 2^73: split, so that no 128-bit type is needed. */
    uint64_t low = (mantissa & 0xFFFFFFFFu) * scale;
    uint64_t high =
        (mantissa >> 32) * scale + (low >> 32); /* value = high * 2^32 + (low mod 2^32) */
    low &= 0xFFFFFFFFu;
    if (shift >= 0) {
        if (shift > 10 || high >> (31 - shift) != 0)
            magnitude = INT64_MAX;
        else
            magnitude = (high << 32 | low) << shift;
    } else {
        int drop = -shift;
        if (drop > 74) {
            magnitude = 0;
        } else if (drop > 32) {
            uint64_t half = (uint64_t)1 << (drop - 33);
            magnitude = (high + half) >> (drop - 32);
        } else {
            uint64_t sum = low + ((uint64_t)1 << (drop - 1));
            high += sum >> 32;
            low = sum & 0xFFFFFFFFu;
            if (drop == 32)
                magnitude = high;
            else if (high >> (31 + drop) != 0)
                magnitude = INT64_MAX;
            else
                magnitude = high << (32 - drop) | low >> drop;
        }
    }
    if (magnitude > INT64_MAX)
        magnitude = INT64_MAX;
    return negative ? -(int64_t)magnitude : (int64_t)magnitude;
}
