/* The host's allocator behind three calls. Trust: sizes come from this library only. */

#include "core/alloc.h"

#include <stdlib.h>
#include <string.h>

static void *default_resize(void *user, void *ptr, size_t old_size, size_t new_size)
{
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

trust_allocator tri_allocator(const trust_allocator *allocator)
{
    if (allocator != NULL && allocator->resize != NULL)
        return *allocator;
    return (trust_allocator){default_resize, NULL};
}

void *tri_new(const trust_allocator *allocator, size_t size)
{
    void *ptr = allocator->resize(allocator->user, NULL, 0, size);
    if (ptr != NULL)
        memset(ptr, 0, size);
    return ptr;
}

void *tri_resize(const trust_allocator *allocator, void *ptr, size_t old_size, size_t new_size)
{
    return allocator->resize(allocator->user, ptr, old_size, new_size);
}

void tri_delete(const trust_allocator *allocator, void *ptr, size_t size)
{
    if (ptr != NULL)
        (void)allocator->resize(allocator->user, ptr, size, 0);
}
