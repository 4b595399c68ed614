#ifndef TRUST_HOST_H
#define TRUST_HOST_H

/* What the host lends the library: memory, time, chance, a log, a network, a key; and a deadline
 * or a stop button for calls that may wait.
 *
 * Every seam is optional. One left zero means the obvious default: the C library's allocator, the
 * system's clock and random source, no log, no network, no key. A seam's functions are called from
 * whatever thread called the library, possibly several at once, and must not call back into it. */

#include <trust/status.h>

TRUST_BEGIN_DECLS

/** Memory. One function allocates (ptr NULL), resizes and releases (new_size 0, result ignored);
 * the old size is always told. NULL for "no". cJSON's own allocations, made while a JSON document
 * is read, use malloc whatever stands here. */
typedef struct trust_allocator {
    void *(*resize)(void *user, void *ptr, size_t old_size, size_t new_size);
    void *user;
} trust_allocator;

/** Wall-clock time in UTC, or TRUST_TIME_UNKNOWN: then no device can be allowed. A time before 1970
 * or after 9999 counts as unknown. */
typedef struct trust_clock {
    trust_time (*now)(void *user);
    void *user;
} trust_clock;

/** Fill @p len bytes with unpredictable ones; anything but TRUST_OK fails the calling function. */
typedef struct trust_random {
    trust_status (*fill)(void *user, void *out, size_t len);
    void *user;
} trust_random;

#define TRUST_LOG_ERROR   1
#define TRUST_LOG_WARNING 2
#define TRUST_LOG_INFO    3

/** One event for the host's log. @p line ends with NUL, without a newline, and holds no secret and
 * no personal data. Logged is what no return value tells: a signal that failed (ERROR) or could not
 * learn (WARNING). */
typedef struct trust_logger {
    void (*line)(void *user, int32_t level, const char *line);
    void *user;
} trust_logger;

/** One HTTPS request, as a verifier would make it. Texts end with NUL and live during the call. */
typedef struct trust_request {
    const char *method;
    const char *url;
    const char *const *headers; /**< "Name: value" each */
    size_t header_count;
    trust_bytes body;
    size_t response_limit; /**< the largest body wanted, in bytes */
    trust_time deadline;   /**< give up after this time */
} trust_request;

/** The answer to a trust_request. The transport writes @c status and calls @c body in order. */
typedef struct trust_response {
    int32_t status;    /**< HTTP status, 0 when none was received */
    uint32_t reserved; /**< 0 */
    trust_status (*body)(struct trust_response *self, const void *data, size_t len);
    void *sink; /**< the library's own */
} trust_response;

/** A network. No signal of this version makes a request itself; a verifier will. */
typedef struct trust_transport {
    trust_status (*fetch)(void *user, const trust_request *request, trust_response *response);
    void *user;
} trust_transport;

/** A stop button. Shareable: any thread may press it while others wait on it. */
typedef struct trust_cancel trust_cancel;

/** Make a stop button that has not been pressed.
 * @param[out] out  freed with trust_cancel_free(), after every call that was given it returned
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_cancel_new(trust_cancel **out);

/** Press it. Every call that was given this button returns TRUST_E_CANCELLED soon, and so does
 * every later one. Any thread, and safe in a signal handler. NULL does nothing. */
TRUST_API void trust_cancel_now(trust_cancel *cancel);

/** Free it. NULL does nothing. */
TRUST_API void trust_cancel_free(trust_cancel *cancel);

/** How long a call may take. NULL in its place means: as long as it takes. */
typedef struct trust_call {
    trust_time deadline;  /**< by the engine's clock; TRUST_TIME_NEVER or 0 for none */
    trust_cancel *cancel; /**< or NULL; borrowed during the call */
} trust_call;

TRUST_END_DECLS

#endif
