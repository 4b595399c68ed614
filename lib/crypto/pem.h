#ifndef TRI_CRYPTO_PEM_H
#define TRI_CRYPTO_PEM_H

/* The textual encoding of keys (RFC 7468, its strict form). */

#include <stdbool.h>

#include <trust/status.h>

#include "core/text.h"

#define TRI_PEM_MAX_TEXT 16384 /* explanatory text included */

/** A line of @p text begins a block. */
bool tri_pem_is(trust_bytes text);

/** Cut the text up to the end of the next block off @p rest, or all of it where no block ends: then
 * tri_pem_read() says what is wrong with it. False when no line of it is a boundary. */
bool tri_pem_cut(trust_bytes *rest, trust_bytes *piece);

/** Decode the only block in @p text. Around it may be any other text, but no boundary.
 * @param[out] label  within @p text
 * @param out  may hold a part of a secret whatever is returned: the caller wipes it
 * @return TRUST_OK, TRUST_E_FORMAT or TRUST_E_LIMIT */
trust_status tri_pem_read(trust_bytes text, trust_bytes *label, uint8_t *out, size_t cap,
                          size_t *len, trust_error *err);

void tri_pem_write(tri_text *text, const char *label, const uint8_t *data, size_t len);

#endif
