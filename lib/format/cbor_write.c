/* Writes CBOR in its deterministic form (RFC 8949 section 4.2.1). Trust: values come from this
 * library. Also linked into the device's side: no heap, no dependencies. */

#include "format/cbor.h"

#include <string.h>

#include "core/number.h"

static void put(tri_cbor_out *out, const void *data, size_t len)
{
    size_t at = out->need;
    if (!tri_add_size(at, len, &out->need))
        out->need = SIZE_MAX;
    else if (len > 0 && out->need <= out->cap)
        memcpy(out->out + at, data, len);
}

void tri_cbor_put_head(tri_cbor_out *out, int type, uint64_t argument)
{
    uint8_t head[9] = {(uint8_t)((unsigned)type << 5 | (argument & 0x1F))};
    if (argument < 24) {
        put(out, head, 1);
        return;
    }
    /* The shortest of 1, 2, 4 and 8 bytes, announced by 24 to 27. */
    unsigned power = 0;
    while (power < 3 && argument >> (8u << power) != 0)
        power++;
    size_t width = (size_t)1 << power;
    head[0] = (uint8_t)((unsigned)type << 5 | (24 + power));
    for (size_t i = 0; i < width; i++)
        head[1 + i] = (uint8_t)(argument >> (8 * (width - 1 - i)));
    put(out, head, 1 + width);
}

void tri_cbor_put_int(tri_cbor_out *out, int64_t value)
{
    if (value >= 0)
        tri_cbor_put_head(out, TRI_CBOR_UINT, (uint64_t)value);
    else
        tri_cbor_put_head(out, TRI_CBOR_NINT, (uint64_t)(-1 - value));
}

void tri_cbor_put_bytes(tri_cbor_out *out, trust_bytes bytes)
{
    tri_cbor_put_head(out, TRI_CBOR_BYTES, bytes.size);
    put(out, bytes.data, bytes.size);
}

void tri_cbor_put_text(tri_cbor_out *out, trust_bytes text)
{
    tri_cbor_put_head(out, TRI_CBOR_TEXT, text.size);
    put(out, text.data, text.size);
}

void tri_cbor_put_bool(tri_cbor_out *out, bool value)
{
    tri_cbor_put_head(out, TRI_CBOR_SIMPLE, value ? 21 : 20);
}

void tri_cbor_put_null(tri_cbor_out *out)
{
    tri_cbor_put_head(out, TRI_CBOR_SIMPLE, 22);
}
