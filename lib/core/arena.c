/* Memory given piece by piece. Trust: sizes were bounded by the caller. */

#include "core/arena.h"

#include <string.h>

#include "core/alloc.h"
#include "core/number.h"

#define CHUNK 4096u
#define ALIGN ((size_t)16)

struct tri_chunk {
    tri_chunk *next;
    size_t size; /* bytes behind this header */
    size_t used;
    size_t pad;
};

tri_arena tri_arena_begin(const trust_allocator *allocator)
{
    return (tri_arena){*allocator, NULL, NULL};
}

static void *take_from(tri_chunk *chunk, size_t size)
{
    if (chunk == NULL || chunk->size - chunk->used < size)
        return NULL;
    uint8_t *at = (uint8_t *)(chunk + 1) + chunk->used;
    chunk->used += size;
    return memset(at, 0, size);
}

/* The chunk after the current one, replaced when it is too small: so a reused arena has no more
 * chunks than its fullest round needed, whatever sizes come. */
static tri_chunk *next_chunk(tri_arena *arena, size_t size)
{
    tri_chunk *next = arena->current != NULL ? arena->current->next : arena->first;
    if (next != NULL && next->size >= size)
        return next;
    size_t room = size > CHUNK ? size : CHUNK;
    size_t total;
    if (!tri_add_size(room, sizeof(tri_chunk), &total))
        return NULL;
    tri_chunk *chunk = tri_new(&arena->allocator, total);
    if (chunk == NULL)
        return NULL;
    chunk->size = room;
    if (next != NULL) {
        chunk->next = next->next;
        tri_delete(&arena->allocator, next, next->size + sizeof *next);
    }
    if (arena->current != NULL)
        arena->current->next = chunk;
    else
        arena->first = chunk;
    return chunk;
}

void *tri_arena_take(tri_arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGN)
        return NULL;
    size = (size + ALIGN - 1) & ~(ALIGN - 1);
    void *ptr = take_from(arena->current, size);
    if (ptr != NULL)
        return ptr;
    tri_chunk *chunk = next_chunk(arena, size);
    if (chunk == NULL)
        return NULL;
    arena->current = chunk;
    return take_from(chunk, size);
}

char *tri_arena_copy(tri_arena *arena, trust_bytes bytes)
{
    char *copy = bytes.size == SIZE_MAX ? NULL : tri_arena_take(arena, bytes.size + 1);
    if (copy != NULL && bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return copy;
}

void tri_arena_reset(tri_arena *arena)
{
    for (tri_chunk *chunk = arena->first; chunk != NULL; chunk = chunk->next)
        chunk->used = 0;
    arena->current = NULL;
}

void tri_arena_end(tri_arena *arena)
{
    for (tri_chunk *chunk = arena->first; chunk != NULL;) {
        tri_chunk *next = chunk->next;
        tri_delete(&arena->allocator, chunk, chunk->size + sizeof *chunk);
        chunk = next;
    }
    arena->first = arena->current = NULL;
}
