#ifndef TRUST_STORE_H
#define TRUST_STORE_H

/* Where records live. A store keeps small values under keys, each with a revision, and commits up
 * to 64 changes all or none. The library brings "memory:"; a backend implements trust_store_ops
 * and nothing else.
 *
 * Shareable: the library calls a store from any number of threads. */

#include <trust/host.h>

TRUST_BEGIN_DECLS

#define TRUST_STORE_MAX_KEY        64u
#define TRUST_STORE_MAX_VALUE      65536u
#define TRUST_STORE_MAX_OPERATIONS 64u

/** The change is made whatever the revision is. */
#define TRUST_REVISION_ANY UINT64_MAX

#define TRUST_STORE_PUT    1u /**< write the value; its revision grows by one, from 1 */
#define TRUST_STORE_DELETE 2u /**< remove it */
#define TRUST_STORE_CHECK  3u /**< change nothing, only expect the revision */

/** One change of a commit. */
typedef struct trust_store_operation {
    uint32_t type;     /**< TRUST_STORE_ */
    uint32_t reserved; /**< 0 */
    uint64_t expected; /**< the revision it must have now; 0 it must not exist; or ANY */
    trust_bytes key;   /**< 1 to TRUST_STORE_MAX_KEY bytes */
    trust_bytes value; /**< of PUT, at most TRUST_STORE_MAX_VALUE bytes */
} trust_store_operation;

/** What a backend does. Every function may be called from several threads at once.
 *
 * get writes at most @p cap bytes, always the true size and revision; it answers
 * TRUST_E_NOT_FOUND, and TRUST_E_LIMIT when the value is larger than @p cap. commit answers
 * TRUST_E_CONFLICT when an expectation fails; then, and on any failure, nothing changed. Once it
 * answered TRUST_OK the changes survive what the backend promises. */
typedef struct trust_store_ops {
    size_t size;       /**< sizeof of this struct */
    const char *name;  /**< such as "sqlite"; static */
    uint32_t durable;  /**< 1 when commits survive the process and the machine's power */
    uint32_t reserved; /**< 0 */
    trust_status (*get)(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                        uint64_t *revision);
    trust_status (*commit)(void *user, const trust_store_operation *operations, size_t count,
                           const trust_call *call);
    void (*close)(void *user); /**< called once, when the last handle is gone; may be NULL */
    void *user;
} trust_store_ops;

typedef struct trust_store trust_store;

/** Take a backend into use.
 * @param[out] out  freed with trust_store_free()
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_UNSUPPORTED (members that this library does not know)
 * or TRUST_E_NOMEM; on failure close is not called */
TRUST_API TRUST_MUST_CHECK trust_status trust_store_new(const trust_store_ops *ops,
                                                        trust_store **out);

/** "memory:": nothing survives the process. Without a store an engine makes one of these. */
TRUST_API TRUST_MUST_CHECK trust_status trust_store_new_memory(const trust_allocator *allocator,
                                                               trust_store **out);

/** NULL does nothing. Engines that hold it keep it alive themselves. */
TRUST_API void trust_store_free(trust_store *store);

TRUST_END_DECLS

#endif
