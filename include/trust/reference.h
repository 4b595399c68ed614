#ifndef TRUST_REFERENCE_H
#define TRUST_REFERENCE_H

/* Reference values (RFC 9334): which measurements a class of device may report. Immutable once
 * loaded: shareable. An empty set vouches for nothing. docs/references.md shows the document. */

#include <trust/host.h>

TRUST_BEGIN_DECLS

typedef struct trust_reference trust_reference;

/** Read a reference document whose authenticity the caller answers for.
 * @param[out] out  freed with trust_reference_free()
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_FORMAT, TRUST_E_LIMIT, TRUST_E_UNSUPPORTED or
 *         TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status
trust_reference_load_unsigned(const void *document, size_t len, const trust_allocator *allocator,
                              trust_reference **out, trust_error *err);

/** How many values it holds. */
TRUST_API size_t trust_reference_count(const trust_reference *reference);

/** NULL does nothing. Engines that hold it keep it alive themselves. */
TRUST_API void trust_reference_free(trust_reference *reference);

TRUST_END_DECLS

#endif
