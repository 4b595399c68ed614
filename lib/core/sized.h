#ifndef TRI_CORE_SIZED_H
#define TRI_CORE_SIZED_H

/* The one rule for public structs that begin with their size (docs/abi.md). */

#include <string.h>

#include <trust/status.h>

/** TRUST_E_ARGUMENT for a struct smaller than this library's @p known bytes; TRUST_E_UNSUPPORTED
 * for a larger one of a newer header that asks for something: what this library does not know has
 * to be zero. */
static inline trust_status tri_sized(const void *given, size_t known)
{
    const uint8_t *bytes = (const uint8_t *)given;
    size_t size;
    memcpy(&size, bytes, sizeof size);
    if (size < known)
        return TRUST_E_ARGUMENT;
    for (size_t i = known; i < size; i++)
        if (bytes[i] != 0)
            return TRUST_E_UNSUPPORTED;
    return TRUST_OK;
}

#endif
