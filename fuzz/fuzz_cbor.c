/* Any bytes as CBOR: what passes the check is walked to its last leaf, stays within the input and
 * is complete; what does not has a place and words. */

#include <string.h>

#include "core/bytes.h"
#include "format/cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        __builtin_trap();
}

/* As deep as the check has let it be. */
static size_t walk(tri_cbor *cursor, trust_bytes input)
{
    size_t items = 0;
    tri_cbor_item item;
    while (tri_cbor_next(cursor, &item)) {
        int64_t number;
        bool truth;
        items++;
        demand(item.offset < input.size);
        if (item.body.size > 0)
            demand(item.body.data > input.data + item.offset &&
                   item.body.data + item.body.size <= input.data + input.size);
        demand(tri_cbor_int(&item, &number) + tri_cbor_bool(&item, &truth) + tri_cbor_null(&item) <
               2);
        if (item.type == TRI_CBOR_TEXT)
            demand(tri_utf8(item.body));
        if (item.type >= TRI_CBOR_ARRAY && item.type <= TRI_CBOR_TAG) {
            tri_cbor inside = tri_cbor_inside(cursor, &item);
            items += walk(&inside, input);
            demand(inside.status == TRUST_OK);
        }
        if (item.type == TRI_CBOR_MAP) {
            tri_cbor_item value;
            if (tri_cbor_find(cursor, &item, 1, &value) ||
                tri_cbor_find_text(cursor, &item, "a", &value))
                demand(value.offset > item.offset);
        }
    }
    demand(cursor->status == TRUST_OK && cursor->at == cursor->end);
    return items;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trust_bytes input = {data, size};
    tri_cbor cursor = tri_cbor_begin(input);
    if (cursor.status == TRUST_OK) {
        demand(walk(&cursor, input) <= TRI_CBOR_MAX_ITEMS);
        return 0;
    }
    trust_error err;
    demand(tri_cbor_fail(&cursor, &err) == cursor.status);
    demand(err.offset <= size && err.message[0] != '\0');
    demand(err.code == TRUST_E_FORMAT || err.code == TRUST_E_LIMIT);
    return 0;
}
