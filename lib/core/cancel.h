#ifndef TRI_CORE_CANCEL_H
#define TRI_CORE_CANCEL_H

/* Asking, between steps, whether a call may go on. */

#include <trust/host.h>

/** TRUST_OK, TRUST_E_CANCELLED or TRUST_E_TIMEOUT. A NULL call may always go on. */
trust_status tri_call_check(const trust_call *call, const trust_clock *clock);

#endif
