/* "memory:": a hash table behind a mutex. Trust: keys and values are this library's own records;
 * the table grows with the devices that the host enrols. */

#include <pthread.h>
#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "store/store.h"

typedef struct record {
    struct record *next;
    uint64_t hash;
    uint64_t revision;
    size_t key_size;
    size_t value_size;
    uint8_t bytes[]; /* key, then value */
} record;

typedef struct memory {
    trust_allocator allocator;
    pthread_mutex_t lock;
    record **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
} memory;

static uint64_t hash_of(trust_bytes key)
{
    uint64_t hash = tri_hash64(key, TRI_HASH64_START);
    return hash ^ (hash >> 32);
}

/* Where the record is linked, or where it would be. */
static record **find(memory *m, trust_bytes key)
{
    uint64_t hash = hash_of(key);
    record **at = &m->buckets[hash & (m->bucket_count - 1)];
    for (; *at != NULL; at = &(*at)->next)
        if ((*at)->hash == hash && tri_same(key, (trust_bytes){(*at)->bytes, (*at)->key_size}))
            break;
    return at;
}

static void release(memory *m, record *r)
{
    if (r != NULL)
        tri_delete(&m->allocator, r, sizeof *r + r->key_size + r->value_size);
}

static trust_status memory_get(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                               uint64_t *revision)
{
    memory *m = user;
    trust_status status = TRUST_E_NOT_FOUND;
    pthread_mutex_lock(&m->lock);
    const record *r = *find(m, key);
    if (r != NULL) {
        *size = r->value_size;
        *revision = r->revision;
        status = r->value_size <= cap ? TRUST_OK : TRUST_E_LIMIT;
        if (status == TRUST_OK && r->value_size > 0)
            memcpy(value, r->bytes + r->key_size, r->value_size);
    }
    pthread_mutex_unlock(&m->lock);
    return status;
}

/* Growing is only for speed: when memory is short the table stays as it is. */
static void grow(memory *m)
{
    size_t count = m->bucket_count * 2;
    record **buckets = tri_new(&m->allocator, count * sizeof *buckets);
    if (buckets == NULL)
        return;
    for (size_t i = 0; i < m->bucket_count; i++) {
        for (record *r = m->buckets[i]; r != NULL;) {
            record *next = r->next;
            r->next = buckets[r->hash & (count - 1)];
            buckets[r->hash & (count - 1)] = r;
            r = next;
        }
    }
    tri_delete(&m->allocator, m->buckets, m->bucket_count * sizeof(record *));
    m->buckets = buckets;
    m->bucket_count = count;
}

static record *make(memory *m, const trust_store_operation *op)
{
    record *r = tri_new(&m->allocator, sizeof *r + op->key.size + op->value.size);
    if (r == NULL)
        return NULL;
    r->hash = hash_of(op->key);
    r->key_size = op->key.size;
    r->value_size = op->value.size;
    memcpy(r->bytes, op->key.data, op->key.size);
    if (op->value.size > 0)
        memcpy(r->bytes + op->key.size, op->value.data, op->value.size);
    return r;
}

/* Put @p fresh (NULL to delete) in the place of what is there. */
static void replace(memory *m, record **at, record *fresh)
{
    record *old = *at;
    if (fresh != NULL) {
        fresh->revision = old != NULL ? old->revision + 1 : 1;
        fresh->next = old != NULL ? old->next : NULL;
        *at = fresh;
        m->count += old == NULL;
    } else if (old != NULL) {
        *at = old->next;
        m->count--;
    }
    release(m, old);
}

/* Nothing here can fail: every record that was needed was made before. A value of the same size is
 * written over in place, so that a steady state allocates nothing. */
static void apply(memory *m, const trust_store_operation *op, record *fresh)
{
    record **at = find(m, op->key);
    if (op->type == TRUST_STORE_DELETE || fresh != NULL) {
        replace(m, at, fresh);
    } else if (op->type == TRUST_STORE_PUT) {
        if (op->value.size > 0)
            memcpy((*at)->bytes + (*at)->key_size, op->value.data, op->value.size);
        (*at)->revision++;
    }
}

static bool in_place(const record *r, const trust_store_operation *op)
{
    return op->type != TRUST_STORE_PUT || (r != NULL && r->value_size == op->value.size);
}

static trust_status commit_locked(memory *m, const trust_store_operation *ops, size_t count)
{
    record *fresh[TRUST_STORE_MAX_OPERATIONS] = {NULL};
    for (size_t i = 0; i < count; i++) {
        const record *r = *find(m, ops[i].key);
        if (ops[i].expected != TRUST_REVISION_ANY &&
            ops[i].expected != (r != NULL ? r->revision : 0))
            return TRUST_E_CONFLICT;
    }
    for (size_t i = 0; i < count; i++) {
        if (in_place(*find(m, ops[i].key), &ops[i]))
            continue;
        fresh[i] = make(m, &ops[i]);
        if (fresh[i] == NULL) {
            while (i-- > 0)
                release(m, fresh[i]);
            return TRUST_E_NOMEM;
        }
    }
    for (size_t i = 0; i < count; i++)
        apply(m, &ops[i], fresh[i]);
    if (m->count > m->bucket_count)
        grow(m);
    return TRUST_OK;
}

static trust_status memory_commit(void *user, const trust_store_operation *ops, size_t count,
                                  const trust_call *call)
{
    (void)call; /* nothing here waits */
    memory *m = user;
    pthread_mutex_lock(&m->lock);
    trust_status status = commit_locked(m, ops, count);
    pthread_mutex_unlock(&m->lock);
    return status;
}

static void memory_close(void *user)
{
    memory *m = user;
    trust_allocator allocator = m->allocator;
    for (size_t i = 0; i < m->bucket_count; i++) {
        for (record *r = m->buckets[i]; r != NULL;) {
            record *next = r->next;
            release(m, r);
            r = next;
        }
    }
    tri_delete(&allocator, m->buckets, m->bucket_count * sizeof(record *));
    pthread_mutex_destroy(&m->lock);
    tri_delete(&allocator, m, sizeof *m);
}

trust_status trust_store_new_memory(const trust_allocator *given, trust_store **out)
{
    if (out == NULL)
        return TRUST_E_ARGUMENT;
    trust_allocator allocator = tri_allocator(given);
    memory *m = tri_new(&allocator, sizeof *m);
    if (m == NULL)
        return TRUST_E_NOMEM;
    m->allocator = allocator;
    m->bucket_count = 64;
    m->buckets = tri_new(&allocator, m->bucket_count * sizeof *m->buckets);
    if (m->buckets == NULL || pthread_mutex_init(&m->lock, NULL) != 0) {
        tri_delete(&allocator, m->buckets, m->bucket_count * sizeof(record *));
        tri_delete(&allocator, m, sizeof *m);
        return TRUST_E_NOMEM;
    }
    trust_store_ops ops = {sizeof ops, "memory", 0, 0, memory_get, memory_commit, memory_close, m};
    trust_status status = trust_store_new(&ops, out);
    if (status != TRUST_OK)
        memory_close(m);
    return status;
}
