/* Filling in trust_error. Trust: quoted text is foreign and shown escaped. */

#include "core/error.h"

#include <string.h>

#include "core/text.h"

trust_status tri_fail(trust_error *err, trust_status code, const char *message)
{
    return tri_fail_quote(err, code, 0, message, (trust_bytes){NULL, 0});
}

trust_status tri_fail_at(trust_error *err, trust_status code, uint64_t offset, const char *message)
{
    return tri_fail_quote(err, code, offset, message, (trust_bytes){NULL, 0});
}

trust_status tri_fail_quote(trust_error *err, trust_status code, uint64_t offset,
                            const char *message, trust_bytes quoted)
{
    if (err == NULL)
        return code;
    memset(err, 0, sizeof *err);
    err->code = code;
    err->offset = offset;
    tri_text text = tri_text_begin(err->message, sizeof err->message);
    tri_text_shown(&text, (trust_bytes){(const uint8_t *)message, strlen(message)},
                   sizeof err->message - 48);
    if (quoted.data != NULL) {
        tri_text_str(&text, " '");
        tri_text_shown(&text, quoted, 40);
        tri_text_char(&text, '\'');
    }
    (void)tri_text_end(&text, NULL);
    return code;
}

void tri_error_where(trust_error *err, trust_bytes where)
{
    if (err == NULL)
        return;
    tri_text text = tri_text_begin(err->where, sizeof err->where);
    tri_text_shown(&text, where, sizeof err->where - 1);
    (void)tri_text_end(&text, NULL);
}
