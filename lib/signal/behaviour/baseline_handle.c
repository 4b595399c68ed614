/* The baseline as a handle of its own, for series that no device is assessed by. Trust: values and
 * times are the caller's and checked before any is taken in; saved bytes may be anybody's and are
 * read strictly. Doubles are only ever their bits. */

#include <stdatomic.h>

#include <trust/baseline.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/number.h"
#include "signal/behaviour/baseline.h"

/* Version, newest time; then the baseline, unless it has seen nothing. */
#define STATE_VERSION 1
#define HEADER_BYTES  9
#define STATE_BYTES   (HEADER_BYTES + TRI_BASELINE_BYTES)

_Static_assert(STATE_BYTES <= TRUST_BASELINE_MAX_STATE, "the header tells callers less");

struct trust_baseline {
    trust_allocator allocator;
    tri_baseline past;
    trust_time newest; /* of all values so far */
    atomic_bool busy;
};

static trust_status enter(trust_baseline *baseline)
{
    return atomic_exchange(&baseline->busy, true) ? TRUST_E_BUSY : TRUST_OK;
}

static void leave(trust_baseline *baseline)
{
    atomic_store(&baseline->busy, false);
}

trust_status trust_baseline_new(const trust_allocator *allocator, trust_baseline **out)
{
    if (out == NULL)
        return TRUST_E_ARGUMENT;
    trust_allocator from = tri_allocator(allocator);
    trust_baseline *baseline = tri_new(&from, sizeof *baseline);
    if (baseline == NULL)
        return TRUST_E_NOMEM;
    baseline->allocator = from;
    baseline->newest = TRUST_TIME_UNKNOWN;
    atomic_init(&baseline->busy, false);
    *out = baseline;
    return TRUST_OK;
}

void trust_baseline_free(trust_baseline *baseline)
{
    if (baseline == NULL)
        return;
    trust_allocator allocator = baseline->allocator;
    tri_delete(&allocator, baseline, sizeof *baseline);
}

/* Nothing is taken in before all of it is sound. */
static trust_status check(const trust_time *times, const double *values, size_t count,
                          trust_time newest, trust_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!tri_real_finite(tri_real_bits(&values[i])))
            return tri_fail_at(err, TRUST_E_ARGUMENT, i, "a value is not finite");
        if (times != NULL && times[i] < newest)
            return tri_fail_at(err, TRUST_E_ARGUMENT, i, "time goes back");
        newest = times != NULL ? times[i] : newest;
    }
    return TRUST_OK;
}

static void take_in(trust_baseline *baseline, const double *values, size_t count,
                    tri_baseline_mode mode, int32_t *surprise, int32_t *raw)
{
    for (size_t i = 0; i < count; i++) {
        tri_surprise said = tri_baseline_observe(&baseline->past, tri_real_bits(&values[i]), mode);
        if (surprise != NULL)
            surprise[i] = said.tenths;
        if (raw != NULL)
            raw[i] = said.raw;
    }
}

trust_status trust_baseline_observe(trust_baseline *baseline, const trust_time *times,
                                    const double *values, size_t count, uint32_t mode,
                                    int32_t *surprise, int32_t *raw, trust_error *err)
{
    if (baseline == NULL || (values == NULL && count > 0))
        return tri_fail(err, TRUST_E_ARGUMENT, "a baseline and values are needed");
    if (!tri_aligned(times, _Alignof(trust_time)) || !tri_aligned(values, _Alignof(double)) ||
        (count > 0 && !tri_aligned(surprise, _Alignof(int32_t))) ||
        (count > 0 && !tri_aligned(raw, _Alignof(int32_t))))
        return tri_fail(err, TRUST_E_ARGUMENT,
                        "the numbers of an array do not lie at multiples of their size");
    if (mode != TRUST_LEARN && mode != TRUST_LEARN_ASIDE)
        return tri_fail(err, TRUST_E_ARGUMENT, "there is no such mode of learning");
    if (enter(baseline) != TRUST_OK)
        return tri_fail(err, TRUST_E_BUSY, "another thread is using this baseline");
    trust_status status = check(times, values, count, baseline->newest, err);
    if (status == TRUST_OK) {
        take_in(baseline, values, count,
                mode == TRUST_LEARN ? TRI_BASELINE_LEARN : TRI_BASELINE_ASIDE, surprise, raw);
        if (times != NULL && count > 0)
            baseline->newest = times[count - 1];
    }
    leave(baseline);
    return status;
}

trust_status trust_baseline_save(trust_baseline *baseline, void *out, size_t cap, size_t *need)
{
    if (baseline == NULL || (out == NULL && cap > 0))
        return TRUST_E_ARGUMENT;
    if (enter(baseline) != TRUST_OK)
        return TRUST_E_BUSY;
    size_t size = baseline->past.count > 0 ? STATE_BYTES : HEADER_BYTES;
    if (need != NULL)
        *need = size;
    if (size <= cap) {
        uint8_t *bytes = out;
        bytes[0] = STATE_VERSION;
        tri_put_be64(bytes + 1, (uint64_t)baseline->newest);
        if (size > HEADER_BYTES)
            tri_baseline_write(&baseline->past, bytes + HEADER_BYTES);
    }
    leave(baseline);
    return size <= cap ? TRUST_OK : TRUST_E_LIMIT;
}

static bool read_state(trust_baseline *baseline, const uint8_t *bytes, size_t len)
{
    if (len != HEADER_BYTES && len != STATE_BYTES)
        return false;
    baseline->newest = (trust_time)tri_be64(bytes + 1);
    return len == HEADER_BYTES || tri_baseline_read(&baseline->past, bytes + HEADER_BYTES);
}

trust_status trust_baseline_restore(const void *state, size_t len, const trust_allocator *allocator,
                                    trust_baseline **out, trust_error *err)
{
    const uint8_t *bytes = state;
    if (out == NULL || (bytes == NULL && len > 0))
        return tri_fail(err, TRUST_E_ARGUMENT,
                        "saved bytes and a place for the baseline are needed");
    if (len > 0 && bytes[0] > STATE_VERSION)
        return tri_fail(err, TRUST_E_UNSUPPORTED, "a newer version saved this baseline");
    trust_baseline *baseline = NULL;
    if (trust_baseline_new(allocator, &baseline) != TRUST_OK)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the baseline");
    if (len == 0 || bytes[0] != STATE_VERSION || !read_state(baseline, bytes, len)) {
        trust_baseline_free(baseline);
        return tri_fail(err, TRUST_E_FORMAT, "no baseline saves such bytes");
    }
    *out = baseline;
    return TRUST_OK;
}
