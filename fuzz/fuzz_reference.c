/* Reference documents: any bytes give a document or a sentence, and a document answers. */

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "reference/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t digests[][64] = {{0}, {0x0A}, {0xFF}};
    static const size_t sizes[] = {32, 48, 64};
    trust_reference *reference = NULL;
    trust_error err;
    trust_status status = trust_reference_load_unsigned(data, size, NULL, &reference, &err);
    if ((status == TRUST_OK) != (reference != NULL) || (status != TRUST_OK && err.code != status))
        abort();
    for (size_t i = 0; i < 9; i++) {
        trust_bytes digest = {digests[i / 3], sizes[i % 3]};
        int every = tri_reference_find(reference, (trust_bytes){NULL, 0}, digest);
        int own = tri_reference_find(reference, tri_bytes("lock"), digest);
        if (reference == NULL && own != TRI_REFERENCE_UNKNOWN)
            abort();
        if (every == TRI_REFERENCE_DENY && own != TRI_REFERENCE_DENY)
            abort();
    }
    trust_reference_free(reference);
    return 0;
}
