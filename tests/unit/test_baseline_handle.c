/* The baseline as a handle: it is the behaviour signal's to the bit, takes in all or nothing, tells
 * what is refused, and goes on from what it saved. */

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "signal/behaviour/baseline.h"
#include "support.h"

#define VALUES 3000

static double values[VALUES];
static trust_time times[VALUES];

/* A busy metric, with a burst near the end. */
static void make_values(uint64_t seed)
{
    for (int i = 0; i < VALUES; i++) {
        values[i] = (double)(next_random(&seed) % 1000) / 8 + (i > 2900 ? 4000 : 0);
        times[i] = 1000 * (trust_time)(i / 3);
    }
}

static trust_baseline *new_baseline(void)
{
    trust_baseline *baseline = NULL;
    ck_ok(trust_baseline_new(NULL, &baseline));
    return baseline;
}

static void learn(trust_baseline *baseline, size_t from, size_t count)
{
    ck_ok(trust_baseline_observe(baseline, &times[from], &values[from], count, TRUST_LEARN, NULL,
                                 NULL, NULL));
}

typedef struct saved {
    uint8_t bytes[TRUST_BASELINE_MAX_STATE];
    size_t size;
} saved;

static saved save(trust_baseline *baseline)
{
    saved state = {{0}, 0};
    ck_ok(trust_baseline_save(baseline, state.bytes, sizeof state.bytes, &state.size));
    return state;
}

static bool same(const saved *a, const saved *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static trust_baseline *restore(const saved *state)
{
    trust_baseline *baseline = NULL;
    ck_ok(trust_baseline_restore(state->bytes, state->size, NULL, &baseline, NULL));
    return baseline;
}

START_TEST(it_is_the_signals_own)
{
    static int32_t surprise[VALUES], raw[VALUES];
    make_values(7);
    trust_baseline *baseline = new_baseline();
    tri_baseline inside = {0};
    uint64_t seed = 3;
    int32_t worst = 0;
    for (size_t i = 0; i < VALUES;) {
        size_t count = next_random(&seed) % 200;
        count = count < VALUES - i ? count : VALUES - i;
        bool aside = next_random(&seed) % 5 == 0;
        ck_ok(trust_baseline_observe(baseline, count % 2 == 0 ? &times[i] : NULL, &values[i], count,
                                     aside ? TRUST_LEARN_ASIDE : TRUST_LEARN, &surprise[i], &raw[i],
                                     NULL));
        for (size_t end = i + count; i < end; i++) {
            uint64_t bits;
            memcpy(&bits, &values[i], sizeof bits);
            tri_surprise want = tri_baseline_observe(
                &inside, bits, aside ? TRI_BASELINE_ASIDE : TRI_BASELINE_LEARN);
            ck_assert_int_eq(surprise[i], want.tenths);
            ck_assert_int_eq(raw[i], want.raw);
            worst = want.tenths > worst ? want.tenths : worst;
        }
    }
    ck_assert_int_ge(worst, 60); /* the burst was seen */
    uint8_t want[TRI_BASELINE_BYTES];
    tri_baseline_write(&inside, want);
    saved state = save(baseline);
    ck_assert_uint_eq(state.size, 159);
    ck_assert_mem_eq(state.bytes + 9, want, sizeof want);
    trust_baseline_free(baseline);
}
END_TEST

START_TEST(what_is_refused_leaves_no_trace)
{
    static const double bad[] = {(double)NAN, -(double)NAN, HUGE_VAL, -HUGE_VAL};
    make_values(1);
    trust_baseline *baseline = new_baseline();
    learn(baseline, 0, 100);
    saved before = save(baseline);
    double three[3] = {1, 2, 3};
    int32_t surprise[3] = {-7, -7, -7};
    trust_error err = {0};
    for (size_t i = 0; i < 4 * 3; i++) {
        three[0] = three[1] = three[2] = 5;
        three[i % 3] = bad[i / 3];
        ck_status(
            trust_baseline_observe(baseline, NULL, three, 3, TRUST_LEARN, surprise, NULL, &err),
            TRUST_E_ARGUMENT);
        ck_assert_uint_eq(err.offset, i % 3);
        ck_assert_str_eq(err.message, "a value is not finite");
    }
    /* The last time was 33000. */
    static const struct {
        trust_time times[3];
        uint64_t offset;
    } back[] = {{{32999, 40000, 50000}, 0},
                {{33000, 40000, 39999}, 2},
                {{40000, TRUST_TIME_UNKNOWN, 50000}, 1},
                {{TRUST_TIME_UNKNOWN, 40000, 50000}, 0}};
    three[0] = three[1] = three[2] = 5;
    for (size_t i = 0; i < sizeof back / sizeof back[0]; i++) {
        ck_status(trust_baseline_observe(baseline, back[i].times, three, 3, TRUST_LEARN_ASIDE,
                                         surprise, NULL, &err),
                  TRUST_E_ARGUMENT);
        ck_assert_uint_eq(err.offset, back[i].offset);
        ck_assert_str_eq(err.message, "time goes back");
    }
    static const uint32_t modes[] = {0, 3, UINT32_MAX};
    for (size_t i = 0; i < 3; i++)
        ck_status(trust_baseline_observe(baseline, NULL, three, 3, modes[i], surprise, NULL, &err),
                  TRUST_E_ARGUMENT);
    ck_status(trust_baseline_observe(baseline, NULL, (const double *)(uintptr_t)12, 1, TRUST_LEARN,
                                     NULL, NULL, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_baseline_observe(baseline, (const trust_time *)(uintptr_t)12, three, 1,
                                     TRUST_LEARN, NULL, NULL, &err),
              TRUST_E_ARGUMENT);
    ck_assert_str_eq(err.message, "the numbers of an array do not lie at multiples of their size");
    int32_t *odd = (int32_t *)(uintptr_t)14; /* never written */
    ck_status(trust_baseline_observe(baseline, NULL, three, 1, TRUST_LEARN, odd, NULL, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_baseline_observe(baseline, NULL, three, 1, TRUST_LEARN, NULL, odd, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_baseline_observe(NULL, NULL, three, 3, TRUST_LEARN, NULL, NULL, &err),
              TRUST_E_ARGUMENT);
    ck_status(trust_baseline_observe(baseline, NULL, NULL, 1, TRUST_LEARN, NULL, NULL, NULL),
              TRUST_E_ARGUMENT);
    ck_ok(trust_baseline_observe(baseline, NULL, NULL, 0, TRUST_LEARN, NULL, NULL, NULL));
    saved after = save(baseline);
    ck_assert(same(&before, &after));
    ck_assert_int_eq(surprise[0], -7);
    trust_baseline_free(baseline);
}
END_TEST

/* What is taken in without a time leaves the time where it was; aside moves it like anything. */
START_TEST(time_is_that_of_the_newest)
{
    static const double one = 1;
    static const trust_time early = 5, late = 6;
    trust_baseline *baseline = new_baseline();
    ck_ok(trust_baseline_observe(baseline, &late, &one, 1, TRUST_LEARN_ASIDE, NULL, NULL, NULL));
    ck_ok(trust_baseline_observe(baseline, NULL, &one, 1, TRUST_LEARN, NULL, NULL, NULL));
    ck_status(trust_baseline_observe(baseline, &early, &one, 1, TRUST_LEARN, NULL, NULL, NULL),
              TRUST_E_ARGUMENT);
    ck_ok(trust_baseline_observe(baseline, &late, &one, 1, TRUST_LEARN, NULL, NULL, NULL));
    saved state = save(baseline);
    static const uint8_t header[9] = {1, 0, 0, 0, 0, 0, 0, 0, 6};
    ck_assert_mem_eq(state.bytes, header, sizeof header);
    trust_baseline *again = restore(&state);
    ck_status(trust_baseline_observe(again, &early, &one, 1, TRUST_LEARN, NULL, NULL, NULL),
              TRUST_E_ARGUMENT);
    trust_baseline_free(again);
    trust_baseline_free(baseline);
}
END_TEST

START_TEST(it_goes_on_from_what_it_saved)
{
    static int32_t a[VALUES], b[VALUES];
    make_values(11);
    trust_baseline *whole = new_baseline(), *parts = new_baseline();
    ck_ok(trust_baseline_observe(whole, times, values, VALUES, TRUST_LEARN, a, NULL, NULL));
    for (size_t i = 0; i < VALUES; i += 60) {
        ck_ok(trust_baseline_observe(parts, &times[i], &values[i], 60, TRUST_LEARN, &b[i], NULL,
                                     NULL));
        saved state = save(parts);
        trust_baseline_free(parts);
        parts = restore(&state);
        saved again = save(parts);
        ck_assert(same(&state, &again));
    }
    ck_assert_mem_eq(a, b, sizeof a);
    trust_baseline_free(parts);
    trust_baseline_free(whole);
}
END_TEST

START_TEST(saving_tells_what_it_needs)
{
    static const uint8_t nothing[9] = {1, 0x80, 0, 0, 0, 0, 0, 0, 0};
    uint8_t out[TRUST_BASELINE_MAX_STATE];
    size_t need = 0;
    make_values(2);
    trust_baseline *baseline = new_baseline();
    saved state = save(baseline);
    ck_assert_uint_eq(state.size, sizeof nothing);
    ck_assert_mem_eq(state.bytes, nothing, sizeof nothing);
    learn(baseline, 0, 10);
    ck_status(trust_baseline_save(baseline, NULL, 0, &need), TRUST_E_LIMIT);
    ck_assert_uint_eq(need, 159);
    memset(out, 0xA5, sizeof out);
    ck_status(trust_baseline_save(baseline, out, 158, NULL), TRUST_E_LIMIT);
    ck_assert_uint_eq(out[0], 0xA5);
    ck_ok(trust_baseline_save(baseline, out, 159, NULL));
    ck_assert_uint_eq(out[159], 0xA5);
    ck_status(trust_baseline_save(NULL, out, sizeof out, &need), TRUST_E_ARGUMENT);
    ck_status(trust_baseline_save(baseline, NULL, 1, &need), TRUST_E_ARGUMENT);
    trust_baseline_free(baseline);
}
END_TEST

START_TEST(foreign_bytes_are_refused)
{
    trust_baseline *baseline = new_baseline(), *out = NULL;
    trust_error err = {0};
    make_values(5);
    learn(baseline, 0, 300);
    const saved good = save(baseline);
    for (size_t size = 0; size <= sizeof good.bytes; size++)
        if (size != 9 && size != 159)
            ck_status(trust_baseline_restore(good.bytes, size, NULL, &out, &err), TRUST_E_FORMAT);
    saved bad = good;
    bad.bytes[0] = 0;
    ck_status(trust_baseline_restore(bad.bytes, bad.size, NULL, &out, &err), TRUST_E_FORMAT);
    bad.bytes[0] = 2;
    ck_status(trust_baseline_restore(bad.bytes, bad.size, NULL, &out, &err), TRUST_E_UNSUPPORTED);
    bad = good;
    bad.bytes[9 + 31] = 8; /* an unknown flag of a view */
    ck_status(trust_baseline_restore(bad.bytes, bad.size, NULL, &out, &err), TRUST_E_FORMAT);
    ck_assert_str_eq(err.message, "no baseline saves such bytes");
    ck_status(trust_baseline_restore(NULL, 1, NULL, &out, &err), TRUST_E_ARGUMENT);
    ck_status(trust_baseline_restore(NULL, 0, NULL, &out, &err), TRUST_E_FORMAT);
    ck_status(trust_baseline_restore(good.bytes, good.size, NULL, NULL, &err), TRUST_E_ARGUMENT);
    ck_status(trust_baseline_new(NULL, NULL), TRUST_E_ARGUMENT);
    ck_assert_ptr_null(out);
    trust_baseline_free(NULL);
    trust_baseline_free(baseline);
}
END_TEST

/* One allocation, from where it was asked for; a baseline that cannot be had leaves nothing. */
START_TEST(memory_is_the_hosts)
{
    counting memory = {0};
    trust_allocator allocator = counting_allocator(&memory);
    trust_baseline *baseline = NULL;
    make_values(5);
    ck_ok(trust_baseline_new(&allocator, &baseline));
    learn(baseline, 0, VALUES);
    saved state = save(baseline);
    ck_assert_uint_eq(memory.calls, 1);
    trust_baseline_free(baseline);
    ck_assert_uint_eq(memory.bytes_live, 0);
    baseline = NULL;
    memory.fail_at = 2;
    ck_status(trust_baseline_new(&allocator, &baseline), TRUST_E_NOMEM);
    memory.fail_at = 3;
    ck_status(trust_baseline_restore(state.bytes, state.size, &allocator, &baseline, NULL),
              TRUST_E_NOMEM);
    ck_assert_ptr_null(baseline);
    state.bytes[9 + 31] = 8;
    ck_status(trust_baseline_restore(state.bytes, state.size, &allocator, &baseline, NULL),
              TRUST_E_FORMAT);
    ck_assert_uint_eq(memory.blocks_live, 0);
}
END_TEST

static atomic_bool done;

static void *observe_long(void *user)
{
    static double flat[1 << 20];
    trust_status status;
    do /* the other one may be in there */
        status = trust_baseline_observe(user, NULL, flat, 1 << 20, TRUST_LEARN, NULL, NULL, NULL);
    while (status == TRUST_E_BUSY);
    ck_ok(status);
    atomic_store(&done, true);
    return NULL;
}

/* Whoever comes second is told so, and nothing waits. */
START_TEST(a_second_thread_is_told)
{
    static const double one = 1;
    bool told[2] = {false, false};
    for (int again = 0; again < 50 && !(told[0] && told[1]); again++) {
        trust_baseline *baseline = new_baseline();
        pthread_t thread;
        trust_error err = {0};
        size_t need;
        atomic_store(&done, false);
        ck_assert_int_eq(pthread_create(&thread, NULL, observe_long, baseline), 0);
        while (!atomic_load(&done)) {
            told[0] |= trust_baseline_save(baseline, NULL, 0, &need) == TRUST_E_BUSY;
            told[1] |= told[0] && trust_baseline_observe(baseline, NULL, &one, 1, TRUST_LEARN_ASIDE,
                                                         NULL, NULL, &err) == TRUST_E_BUSY;
            if (told[0] && told[1])
                break;
        }
        pthread_join(thread, NULL);
        trust_baseline_free(baseline);
    }
    ck_assert(told[0] && told[1]);
}
END_TEST

int main(void)
{
    return run_tests("baseline_handle",
                     TESTS(it_is_the_signals_own, what_is_refused_leaves_no_trace,
                           time_is_that_of_the_newest, it_goes_on_from_what_it_saved,
                           saving_tells_what_it_needs, foreign_bytes_are_refused,
                           memory_is_the_hosts, a_second_thread_is_told));
}
