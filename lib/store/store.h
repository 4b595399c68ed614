#ifndef TRI_STORE_STORE_H
#define TRI_STORE_STORE_H

/* The store from the inside: one handle over any backend, shared by engines. */

#include <stdbool.h>

#include <trust/store.h>

trust_store *tri_store_hold(trust_store *store);

/** Read a value. TRUST_OK, TRUST_E_NOT_FOUND, TRUST_E_LIMIT (larger than @p cap), or the backend's.
 */
trust_status tri_store_get(trust_store *store, trust_bytes key, void *value, size_t cap,
                           size_t *size, uint64_t *revision);

/** Commit all or none. A key may stand in one operation only. */
trust_status tri_store_commit(trust_store *store, const trust_store_operation *operations,
                              size_t count, const trust_call *call);

/** Commits survive the process. */
bool tri_store_durable(const trust_store *store);

#endif
