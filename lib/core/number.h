#ifndef TRI_CORE_NUMBER_H
#define TRI_CORE_NUMBER_H

/* Checked arithmetic, and IEEE 754 doubles taken apart as integers: the library computes nothing in
 * floating point, so a double is only ever its 64 bits. */

#include <stdbool.h>
#include <string.h>

#include <trust/status.h>

static inline bool tri_add_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static inline bool tri_mul_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static inline int64_t tri_clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/** Whether an array lies where C may read items of this alignment; NULL does. */
static inline bool tri_aligned(const void *array, size_t alignment)
{
    return (uintptr_t)array % alignment == 0;
}

/** The last millisecond of the year 9999, as a trust_time. */
#define TRI_TIME_LAST INT64_C(253402300799999)

/** The bits of the double at @p value. */
static inline uint64_t tri_real_bits(const double *value)
{
    uint64_t bits;
    memcpy(&bits, value, sizeof bits);
    return bits;
}

/** Neither an infinity nor NaN. */
bool tri_real_finite(uint64_t bits);

/** The value when it is a whole number of at most 2^53 in magnitude. */
bool tri_real_integer(uint64_t bits, int64_t *out);

/** The value times @p scale (at most 2^20) rounded half away from zero, saturated to int64; 0 for
 * NaN. */
int64_t tri_real_scaled(uint64_t bits, uint32_t scale);

#endif
