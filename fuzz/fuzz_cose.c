/* Any bytes as COSE_Sign1: what is read lies within the input and makes a Sig_structure that is
 * well-formed CBOR; what is refused has a place and words. */

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "format/cbor.h"
#include "format/cose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void within(trust_bytes part, trust_bytes input)
{
    demand(part.size == 0 ||
           (part.data > input.data && part.data + part.size <= input.data + input.size));
}

static void check_structure(const tri_cose_sign1 *message)
{
    size_t need = 0, again = 0;
    demand(tri_cose_sig_structure(message->protected_bytes, message->payload, NULL, 0, &need) ==
           TRUST_E_LIMIT);
    uint8_t *out = malloc(need);
    if (out == NULL)
        return;
    demand(tri_cose_sig_structure(message->protected_bytes, message->payload, out, need, &again) ==
           TRUST_OK);
    demand(again == need);
    tri_cbor cursor = tri_cbor_begin((trust_bytes){out, need});
    tri_cbor_item array, part[4];
    demand(tri_cbor_next(&cursor, &array) && array.argument == 4);
    cursor = tri_cbor_inside(&cursor, &array);
    for (size_t i = 0; i < 4; i++)
        demand(tri_cbor_next(&cursor, &part[i]));
    demand(tri_same(part[1].body, message->protected_bytes));
    demand(part[2].body.size == 0 && tri_same(part[3].body, message->payload));
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trust_bytes input = {data, size};
    tri_cose_sign1 message;
    trust_error err;
    trust_status status = tri_cose_read_sign1(input, &message, &err);
    if (status != TRUST_OK) {
        demand(err.code == status && err.offset <= size && err.message[0] != '\0');
        demand(status == TRUST_E_FORMAT || status == TRUST_E_LIMIT ||
               status == TRUST_E_UNSUPPORTED);
        return 0;
    }
    within(message.protected_bytes, input);
    within(message.payload, input);
    within(message.signature, input);
    within(message.kid, input);
    check_structure(&message);
    return 0;
}
