/* The handle over a backend: checks what goes in and what comes back. Trust: a backend is the
 * host's code; its answers are checked for shape, its values are judged where they are decoded. */

#include "store/store.h"

#include <stdatomic.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/sized.h"

struct trust_store {
    trust_store_ops ops;
    atomic_uint_fast32_t references;
};

trust_status trust_store_new(const trust_store_ops *ops, trust_store **out)
{
    if (ops == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    trust_status status = tri_sized(ops, sizeof *ops);
    if (status != TRUST_OK)
        return status;
    if (ops->name == NULL || ops->get == NULL || ops->commit == NULL || ops->durable > 1 ||
        ops->reserved != 0)
        return TRUST_E_ARGUMENT;
    trust_allocator allocator = tri_allocator(NULL);
    trust_store *store = tri_new(&allocator, sizeof *store);
    if (store == NULL)
        return TRUST_E_NOMEM;
    store->ops = *ops;
    atomic_init(&store->references, 1);
    *out = store;
    return TRUST_OK;
}

trust_store *tri_store_hold(trust_store *store)
{
    atomic_fetch_add(&store->references, 1);
    return store;
}

void trust_store_free(trust_store *store)
{
    if (store == NULL || atomic_fetch_sub(&store->references, 1) != 1)
        return;
    if (store->ops.close != NULL)
        store->ops.close(store->ops.user);
    trust_allocator allocator = tri_allocator(NULL);
    tri_delete(&allocator, store, sizeof *store);
}

bool tri_store_durable(const trust_store *store)
{
    return store->ops.durable != 0;
}

trust_status tri_store_get(trust_store *store, trust_bytes key, void *value, size_t cap,
                           size_t *size, uint64_t *revision)
{
    trust_status status = store->ops.get(store->ops.user, key, value, cap, size, revision);
    if (status > 0 || (status == TRUST_OK && (*size > cap || *revision == 0)))
        return TRUST_E_HOST;
    return status;
}

static bool allowed(const trust_store_operation *operation)
{
    return operation->type >= TRUST_STORE_PUT && operation->type <= TRUST_STORE_CHECK &&
           operation->key.data != NULL && operation->key.size >= 1 &&
           operation->key.size <= TRUST_STORE_MAX_KEY &&
           operation->value.size <= TRUST_STORE_MAX_VALUE;
}

trust_status tri_store_commit(trust_store *store, const trust_store_operation *operations,
                              size_t count, const trust_call *call)
{
    if (count == 0 || count > TRUST_STORE_MAX_OPERATIONS)
        return TRUST_E_ARGUMENT;
    for (size_t i = 0; i < count; i++) {
        if (!allowed(&operations[i]))
            return TRUST_E_ARGUMENT;
        for (size_t k = 0; k < i; k++)
            if (tri_same(operations[k].key, operations[i].key))
                return TRUST_E_ARGUMENT;
    }
    trust_status status = store->ops.commit(store->ops.user, operations, count, call);
    return status > 0 ? TRUST_E_HOST : status;
}
