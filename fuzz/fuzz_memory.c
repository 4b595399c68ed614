/* The behaviour signal on hostile memory and hostile metrics: whatever the bytes, it says one
 * finding at most, and what it writes it can read again.
 *
 * Two bytes of length, so many bytes of memory, then items of 8 bytes of value, 1 of age in
 * seconds, 1 of the name's length (modulo 16) and the name. */

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "signal/signal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW 1000000

static void require(int condition)
{
    if (!condition)
        abort();
}

/* Take items from the input, each in a block of its own size. */
static size_t take_items(tri_item *items, const uint8_t *data, size_t size)
{
    size_t count = 0;
    while (count < TRUST_MAX_ITEMS && size >= 10) {
        size_t name = data[9] % 16;
        if (name > size - 10)
            name = size - 10;
        uint8_t *copy = malloc(8 + name);
        require(copy != NULL);
        memcpy(copy, data, 8);
        memcpy(copy + 8, data + 10, name);
        items[count++] = (tri_item){.type = TRUST_TYPE_METRIC,
                                    .data = {copy, 8 + name},
                                    .collected = NOW - data[8] * 1000,
                                    .origin = TRUST_FROM_HOST};
        data += 10 + name;
        size -= 10 + name;
    }
    return count;
}

static void check(trust_appraisal *appraisal)
{
    appraisal->finding_count = 0;
    require(tri_signal_behaviour.appraise(NULL, appraisal) == TRUST_OK);
    require(appraisal->finding_count <= 1);
}

/* What was learnt is read again, and appraised. */
static void check_learning(trust_appraisal *appraisal, uint32_t mode)
{
    uint8_t *out = malloc(TRUST_SIGNAL_MAX_MEMORY);
    size_t len = SIZE_MAX;
    require(out != NULL);
    require(tri_signal_behaviour.learn(NULL, appraisal, mode, out, TRUST_SIGNAL_MAX_MEMORY, &len) ==
            TRUST_OK);
    if (len != SIZE_MAX) {
        trust_bytes before = appraisal->memory;
        require(len <= TRUST_SIGNAL_MAX_MEMORY);
        appraisal->memory = (trust_bytes){out, len};
        check(appraisal);
        require(appraisal->finding_count == 0 || appraisal->findings[0].state == TRUST_STATE_VALID);
        appraisal->memory = before;
    }
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t length = tri_be16(data);
    data += 2;
    size -= 2;
    if (length > size)
        length = size;
    tri_item items[TRUST_MAX_ITEMS];
    trust_appraisal *appraisal = calloc(1, sizeof *appraisal);
    uint8_t *memory = malloc(length + 1);
    require(appraisal != NULL && memory != NULL);
    memcpy(memory, data, length);
    *appraisal = (trust_appraisal){.now = NOW,
                                   .device_id = "",
                                   .signal = &tri_signal_behaviour,
                                   .items = items,
                                   .item_count = take_items(items, data + length, size - length),
                                   .memory = {memory, length}};
    check(appraisal);
    check_learning(appraisal, TRUST_LEARN);
    check_learning(appraisal, TRUST_LEARN_ASIDE);
    for (size_t i = 0; i < appraisal->item_count; i++)
        free((void *)(uintptr_t)items[i].data.data);
    free(memory);
    free(appraisal);
    return 0;
}
