#ifndef TRI_CORE_ERROR_H
#define TRI_CORE_ERROR_H

/* Filling in trust_error. Every function returns the code that it was given, so that a failing
 * function ends with "return tri_fail(...)". A NULL error is fine. */

#include <trust/status.h>

trust_status tri_fail(trust_error *err, trust_status code, const char *message);
trust_status tri_fail_at(trust_error *err, trust_status code, uint64_t offset, const char *message);
/* As tri_fail_at, with a quoted piece of foreign text after the message. */
trust_status tri_fail_quote(trust_error *err, trust_status code, uint64_t offset,
                            const char *message, trust_bytes quoted);
/* Set "where" of an error that was filled in already. */
void tri_error_where(trust_error *err, trust_bytes where);

#endif
