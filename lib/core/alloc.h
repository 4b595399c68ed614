#ifndef TRI_CORE_ALLOC_H
#define TRI_CORE_ALLOC_H

/* The host's allocator, with the C library's as the default. Sizes are always told back. */

#include <trust/host.h>

/** @p allocator, or the default where it is NULL or empty. */
trust_allocator tri_allocator(const trust_allocator *allocator);

/** Zeroed memory or NULL. */
void *tri_new(const trust_allocator *allocator, size_t size);

/** NULL and the old memory untouched when it cannot be had; the new part is not zeroed. */
void *tri_resize(const trust_allocator *allocator, void *ptr, size_t old_size, size_t new_size);

void tri_delete(const trust_allocator *allocator, void *ptr, size_t size);

#endif
