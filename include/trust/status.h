#ifndef TRUST_STATUS_H
#define TRUST_STATUS_H

/* What every call answers, and the three plain types that every header uses.
 *
 * A verdict is never an error: a device that is denied was assessed with TRUST_OK. */

#include <stddef.h>
#include <stdint.h>

#include <trust/export.h>

TRUST_BEGIN_DECLS

/** The outcome of a call: TRUST_OK, or one of the negative TRUST_E_ codes. Values are frozen. */
typedef int32_t trust_status;

#define TRUST_OK 0
/** The caller broke the call's contract: a NULL, a length, a value outside its range. */
#define TRUST_E_ARGUMENT (-1)
/** Memory could not be had. Nothing changed. */
#define TRUST_E_NOMEM (-2)
/** Bytes from outside are not what their format asks for. */
#define TRUST_E_FORMAT (-3)
/** Bytes or counts from outside are larger than this library reads. */
#define TRUST_E_LIMIT (-4)
/** Well formed, but of a kind, version or algorithm that this build does not have. */
#define TRUST_E_UNSUPPORTED (-5)
/** A signature, MAC or digest does not match. */
#define TRUST_E_SIGNATURE (-6)
/** There is no such thing. */
#define TRUST_E_NOT_FOUND (-7)
/** There is already such a thing. */
#define TRUST_E_EXISTS (-8)
/** Somebody else changed the record meanwhile; nothing was written. */
#define TRUST_E_CONFLICT (-9)
/** Another thread is using this handle; nothing was done. */
#define TRUST_E_BUSY (-10)
/** Reading, writing or connecting failed. */
#define TRUST_E_IO (-11)
/** The call's deadline passed. */
#define TRUST_E_TIMEOUT (-12)
/** The call was cancelled. */
#define TRUST_E_CANCELLED (-13)
/** A stored record fails its integrity check. */
#define TRUST_E_INTEGRITY (-14)
/** Not possible in the present state, such as an assessment without a policy. */
#define TRUST_E_STATE (-15)
/** A callback of the host broke its contract or failed. */
#define TRUST_E_HOST (-16)

/** The name of @p status, such as "TRUST_E_FORMAT"; "TRUST_E_?" for a number that is none.
 * Static text, any thread. */
TRUST_API const char *trust_status_name(trust_status status);

/** One short sentence for @p status, without a full stop. Static text, any thread. */
TRUST_API const char *trust_status_text(trust_status status);

/** Where and why a call failed. The caller owns it; its layout is frozen at 256 bytes.
 *
 * A call that takes one fills it only when it fails, so it never needs to be cleared. The texts
 * are UTF-8, end with NUL, and hold no control characters even when they quote foreign bytes. */
typedef struct trust_error {
    trust_status code;
    uint32_t line;     /**< 1-based line of a text document, 0 when that means nothing */
    uint32_t column;   /**< 1-based column in bytes, 0 likewise */
    uint32_t reserved; /**< 0 */
    uint64_t offset;   /**< byte offset in the input, 0 likewise */
    char message[136]; /**< one line, lower case, no full stop */
    char where[96];    /**< a JSON pointer, a file or a field; often empty */
} trust_error;

/** Bytes that somebody else owns. An empty view may have a NULL pointer. */
typedef struct trust_bytes {
    const uint8_t *data;
    size_t size;
} trust_bytes;

/** Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. */
typedef int64_t trust_time;

/** The clock cannot tell. */
#define TRUST_TIME_UNKNOWN INT64_MIN
/** Later than every time. */
#define TRUST_TIME_NEVER INT64_MAX

/** Read RFC 3339 text ("2026-11-23T05:00:00Z", fraction and offset allowed) or Unix seconds.
 *
 * @param[out] out  the time
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_FORMAT */
TRUST_API TRUST_MUST_CHECK trust_status trust_time_parse(const char *text, size_t len,
                                                         trust_time *out);

/** Write @p time as RFC 3339 in UTC, with milliseconds only when there are any.
 *
 * @p out needs 32 bytes; it ends with NUL. TRUST_TIME_UNKNOWN becomes "unknown", TRUST_TIME_NEVER
 * "never".
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_LIMIT when @p cap is too small */
TRUST_API TRUST_MUST_CHECK trust_status trust_time_format(trust_time time, char *out, size_t cap);

TRUST_END_DECLS

#endif
