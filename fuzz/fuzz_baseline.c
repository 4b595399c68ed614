/* A saved baseline is anybody's bytes: what is taken is saved again as the same bytes, and goes on
 * with any value. One byte of length, so many bytes of state, then values of 8 bytes. */

#include <stdlib.h>
#include <string.h>

#include <trust/baseline.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

static trust_baseline *restore(const uint8_t *data, size_t size)
{
    trust_baseline *baseline = NULL;
    uint8_t *copy = malloc(size + 1); /* of its own size, so that a sanitizer sees a byte too far */
    require(copy != NULL);
    memcpy(copy, data, size);
    trust_status status = trust_baseline_restore(copy, size, NULL, &baseline, NULL);
    require(status == TRUST_OK || status == TRUST_E_FORMAT || status == TRUST_E_UNSUPPORTED);
    require((status == TRUST_OK) == (baseline != NULL));
    free(copy);
    return baseline;
}

static size_t save(trust_baseline *baseline, uint8_t *out)
{
    size_t need = 0;
    require(trust_baseline_save(baseline, out, TRUST_BASELINE_MAX_STATE, &need) == TRUST_OK);
    return need;
}

/* One that was restored and one that was restored from it say the same. */
static void go_on(trust_baseline *a, const uint8_t *data, size_t size)
{
    uint8_t state[TRUST_BASELINE_MAX_STATE], other[TRUST_BASELINE_MAX_STATE];
    trust_baseline *b = restore(state, save(a, state));
    require(b != NULL);
    for (; size >= sizeof(double); data += sizeof(double), size -= sizeof(double)) {
        double value;
        int32_t said[2] = {-1, -1}, raw[2] = {-1, -1};
        uint32_t mode = data[0] % 3 == 0 ? TRUST_LEARN_ASIDE : TRUST_LEARN;
        memcpy(&value, data, sizeof value);
        trust_status status = trust_baseline_observe(a, NULL, &value, 1, mode, said, raw, NULL);
        require(trust_baseline_observe(b, NULL, &value, 1, mode, said + 1, raw + 1, NULL) ==
                status);
        require(status == TRUST_OK || status == TRUST_E_ARGUMENT);
        require(said[0] == said[1] && raw[0] == raw[1]);
        require(status != TRUST_OK || (said[0] >= 0 && said[0] <= 120 && raw[0] >= 0));
    }
    size_t len = save(a, state);
    require(save(b, other) == len && memcmp(state, other, len) == 0);
    trust_baseline_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t length = data[0] < size - 1 ? data[0] : size - 1;
    trust_baseline *baseline = restore(data + 1, length);
    if (baseline == NULL)
        return 0;
    uint8_t state[TRUST_BASELINE_MAX_STATE];
    require(save(baseline, state) == length && memcmp(state, data + 1, length) == 0);
    go_on(baseline, data + 1 + length, size - 1 - length);
    trust_baseline_free(baseline);
    return 0;
}
