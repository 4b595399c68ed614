#ifndef TRI_CORE_ARENA_H
#define TRI_CORE_ARENA_H

/* Memory that is given piece by piece and taken back all at once. A reset keeps what was grown, so
 * a reused arena allocates nothing. */

#include <trust/host.h>

typedef struct tri_chunk tri_chunk;

typedef struct tri_arena {
    trust_allocator allocator;
    tri_chunk *first;
    tri_chunk *current;
} tri_arena;

/** An arena on @p allocator, which tri_allocator() has completed. */
tri_arena tri_arena_begin(const trust_allocator *allocator);

/** @p size zeroed bytes aligned for every type, or NULL. */
void *tri_arena_take(tri_arena *arena, size_t size);

/** A copy of @p bytes with a NUL after it, or NULL. */
char *tri_arena_copy(tri_arena *arena, trust_bytes bytes);

void tri_arena_reset(tri_arena *arena);
void tri_arena_end(tri_arena *arena);

#endif
