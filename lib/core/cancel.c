/* The stop button. One atomic flag, so that pressing it is safe in a signal handler. */

#include "core/cancel.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct trust_cancel {
    atomic_bool pressed;
};

trust_status trust_cancel_new(trust_cancel **out)
{
    if (out == NULL)
        return TRUST_E_ARGUMENT;
    trust_cancel *cancel = malloc(sizeof *cancel);
    if (cancel == NULL)
        return TRUST_E_NOMEM;
    atomic_init(&cancel->pressed, false);
    *out = cancel;
    return TRUST_OK;
}

void trust_cancel_now(trust_cancel *cancel)
{
    if (cancel != NULL)
        atomic_store(&cancel->pressed, true);
}

void trust_cancel_free(trust_cancel *cancel)
{
    free(cancel);
}

trust_status tri_call_check(const trust_call *call, const trust_clock *clock)
{
    if (call == NULL)
        return TRUST_OK;
    if (call->cancel != NULL && atomic_load(&call->cancel->pressed))
        return TRUST_E_CANCELLED;
    if (call->deadline == 0 || call->deadline == TRUST_TIME_NEVER)
        return TRUST_OK;
    trust_time now = clock->now(clock->user);
    /* A clock that cannot tell cannot prove that there is time left. */
    if (now == TRUST_TIME_UNKNOWN || now > call->deadline)
        return TRUST_E_TIMEOUT;
    return TRUST_OK;
}
