#ifndef TRI_CORE_ALLOC_H
#define TRI_CORE_ALLOC_H

/* The host's allocator, with the C library's as the default. Sizes are always told back. */

#include <trust/host.h>

/** What an object must keep alive because its memory comes from there. Empty: nothing. */
typedef struct tri_keeper {
    void (*let_go)(void *kept);
    void *kept;
} tri_keeper;

/** Let go of it, once the object's own memory is given back. */
static inline void tri_let_go(tri_keeper keeper)
{
    if (keeper.let_go != NULL)
        keeper.let_go(keeper.kept);
}

/** @p allocator, or the default where it is NULL or empty. */
trust_allocator tri_allocator(const trust_allocator *allocator);

/** Zeroed memory or NULL. */
void *tri_new(const trust_allocator *allocator, size_t size);

/** NULL and the old memory untouched when it cannot be had; the new part is not zeroed. */
void *tri_resize(const trust_allocator *allocator, void *ptr, size_t old_size, size_t new_size);

void tri_delete(const trust_allocator *allocator, void *ptr, size_t size);

#endif
