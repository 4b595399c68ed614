/* The message behind the nonce slot of a native token: deterministic CBOR (RFC 8949 section 4.2.1).
 * Trust: members are of any content and of checked size. */

#include "format/eat.h"

#include "core/bytes.h"
#include "format/cbor.h"

bool tri_eat_is_text(int member)
{
    return member >= TRI_BOUND_PURPOSE && member <= TRI_BOUND_ATTEMPT;
}

bool tri_eat_is_bound(const tri_eat_binding *binding)
{
    for (int i = TRI_BOUND_PURPOSE; i < TRI_BOUND_COUNT; i++)
        if (binding->member[i].size > 0)
            return true;
    return false;
}

size_t tri_eat_message(const tri_eat_binding *binding, uint8_t out[TRI_EAT_MAX_MESSAGE])
{
    static const uint8_t order[] = {TRI_BOUND_NONCE,       TRI_BOUND_PURPOSE,    TRI_BOUND_VERIFIER,
                                    TRI_BOUND_DEVICE,      TRI_BOUND_ATTEMPT,    TRI_BOUND_CHANNEL,
                                    TRI_BOUND_SESSION_KEY, TRI_BOUND_SEALING_KEY};
    tri_cbor_out message = {out, TRI_EAT_MAX_MESSAGE, 0};
    tri_cbor_put_head(&message, TRI_CBOR_ARRAY, 1 + sizeof order);
    tri_cbor_put_text(&message, tri_bytes("libtrust-binding-1"));
    for (size_t i = 0; i < sizeof order; i++) {
        trust_bytes member = binding->member[order[i]];
        if (member.size == 0)
            tri_cbor_put_null(&message);
        else if (tri_eat_is_text(order[i]))
            tri_cbor_put_text(&message, member);
        else
            tri_cbor_put_bytes(&message, member);
    }
    return message.need;
}
