/* The baseline of one metric: the transform, what surprises, what is learnt, the bytes. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signal/behaviour/baseline.h"
#include "support.h"

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static tri_surprise feed(tri_baseline *baseline, double value)
{
    return tri_baseline_observe(baseline, bits_of(value), TRI_BASELINE_LEARN);
}

static double uniform(uint64_t *state)
{
    return (double)(next_random(state) >> 11) / 9007199254740992.0;
}

static double gauss(uint64_t *state)
{
    return sqrt(-2 * log(1 - uniform(state))) * cos(6.283185307179586 * uniform(state));
}

static double daily(int i)
{
    return sin(i * 6.283185307179586 / 288);
}

/* Quiet devices of several kinds, one value at a time. */
typedef double series(int i, uint64_t *state);

static double thermometer(int i, uint64_t *state)
{
    return 21 + 3 * daily(i) + 0.4 * gauss(state);
}

static double traffic(int i, uint64_t *state)
{
    return 1500 * (1 + 0.3 * daily(i)) + 60 * gauss(state);
}

static double busy(int i, uint64_t *state)
{
    return 1000 * (1.5 + daily(i)) * exp(0.1 * gauss(state));
}

static double flat(int i, uint64_t *state)
{
    (void)i, (void)state;
    return 40;
}

static double noise(int i, uint64_t *state)
{
    (void)i;
    return 100 + 5 * gauss(state);
}

static double small_unit(int i, uint64_t *state)
{
    return 0.001 * traffic(i, state);
}

static const struct {
    const char *name;
    series *value;
    double often; /* share of values over 10 that is allowed */
} quiet[] = {
    {"thermometer", thermometer, 0.01},
    {"traffic", traffic, 0.01},
    {"busy", busy, 0.01},
    {"flat", flat, 0},
    {"noise", noise, 0.01},
    {"small unit", small_unit, 0.01},
};
#define QUIET (sizeof quiet / sizeof quiet[0])

static tri_baseline past(series *value, int count, uint64_t *state)
{
    tri_baseline baseline = {0};
    for (int i = 0; i < count; i++)
        feed(&baseline, value(i, state));
    return baseline;
}

START_TEST(transform_is_a_logarithm)
{
    static const double values[] = {
        0,  4.9e-324, 1e-300, 1e-12, 1e-9, 0.001, 0.5,  1,    2,     3.75,
        10, 1000,     1e6,    1e15,  1e16, 1e19,  1e20, 1e64, 1e300, 1.7976931348623157e308};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        double want = log1p(values[i]) / log(2);
        double got = (double)tri_baseline_transform(bits_of(values[i])) / 4294967296.0;
        ck_assert_msg(fabs(got - want) < 5e-5, "%g: %.9f, not %.9f", values[i], got, want);
        ck_assert(tri_baseline_transform(bits_of(-values[i])) ==
                  -tri_baseline_transform(bits_of(values[i])));
    }
}
END_TEST

START_TEST(transform_is_monotone)
{
    uint64_t state = 7;
    uint64_t max = bits_of(1.7976931348623157e308);
    int64_t before = tri_baseline_transform(0);
    for (uint64_t bits = 0; bits < max - 0x2000000000000; bits += next_random(&state) >> 15) {
        int64_t x = tri_baseline_transform(bits);
        ck_assert(x >= before);
        ck_assert(tri_baseline_transform(bits + 1) >= x);
        before = x;
    }
    ck_assert(tri_baseline_transform(max) <= (int64_t)1 << 42);
    for (double v = 1; v < 1e18; v *= 2) { /* across every power of two */
        ck_assert(tri_baseline_transform(bits_of(v) - 1) <= tri_baseline_transform(bits_of(v)));
        ck_assert(tri_baseline_transform(bits_of(v - 1)) <
                  tri_baseline_transform(bits_of(v * 1.1)));
    }
}
END_TEST

START_TEST(thousandths_go_back)
{
    static const double values[] = {0, 0.001, 0.5, 1, 2, 21.5, 1000, 123456.789, 1e9, 1e12, 8e15};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        int64_t x = tri_baseline_transform(bits_of(values[i]));
        double got = (double)tri_baseline_thousandths(x) / 1000;
        ck_assert_msg(fabs(got - values[i]) <= 0.001 + values[i] * 1e-6, "%g: %g", values[i], got);
        ck_assert(tri_baseline_thousandths(-x) == -tri_baseline_thousandths(x));
    }
    ck_assert(tri_baseline_thousandths((int64_t)1 << 42) == INT64_MAX);
    ck_assert(tri_baseline_thousandths(-((int64_t)1 << 42)) == -INT64_MAX);
}
END_TEST

START_TEST(quiet_devices_stay_quiet)
{
    int over = 0;
    int alarms = 0;
    int all = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        tri_baseline baseline = {0};
        uint64_t state = seed * 7919;
        for (int i = 0; i < 3000; i++) {
            tri_surprise surprise = feed(&baseline, quiet[_i].value(i, &state));
            ck_assert(surprise.tenths >= 0 && surprise.tenths <= 120);
            all += i >= 200;
            over += i >= 200 && surprise.tenths > 10;
            alarms += i >= 200 && surprise.tenths >= 60;
        }
    }
    ck_assert_msg(alarms * 5000 <= all, "%s: %d of %d", quiet[_i].name, alarms, all);
    ck_assert_msg(over <= all * quiet[_i].often, "%s: %d of %d", quiet[_i].name, over, all);
}
END_TEST

/* The series of the examples. */
static int score_file(const char *path, int from, int to, int over)
{
    size_t len;
    char *text = (char *)read_file(project_path(path), &len);
    ck_assert_ptr_nonnull(text);
    tri_baseline baseline = {0};
    int row = 0;
    int found = 0;
    for (char *line = strchr(text, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line + 1, '\n'), row++) {
        int tenths = feed(&baseline, strtod(strchr(line, ',') + 1, NULL)).tenths;
        found += row >= from && row < to && tenths > over;
    }
    free(text);
    ck_assert_int_eq(row, 864);
    return found;
}

START_TEST(examples_show_it)
{
    ck_assert_int_le(score_file("examples/data/series-calm.csv", 200, 864, 10), 6);
    ck_assert_int_eq(score_file("examples/data/series-calm.csv", 0, 864, 29), 0);
    ck_assert_int_eq(score_file("examples/data/series-takeover.csv", 0, 840, 29), 0);
    ck_assert_int_ge(score_file("examples/data/series-takeover.csv", 840, 860, 59), 10);
}
END_TEST

START_TEST(takeover_is_seen)
{
    static const double factors[] = {4, 8, 50, 0.02, -3};
    for (size_t f = 0; f < sizeof factors / sizeof factors[0]; f++)
        for (uint64_t seed = 1; seed <= 20; seed++) {
            uint64_t state = seed * 104729;
            tri_baseline baseline = past(quiet[_i].value, 1000, &state);
            int worst = 0;
            for (int i = 1000; i < 1020; i++) {
                tri_surprise s = feed(&baseline, factors[f] * quiet[_i].value(i, &state));
                worst = s.tenths > worst ? s.tenths : worst;
            }
            ck_assert_msg(worst >= 60, "%s times %g: %d", quiet[_i].name, factors[f], worst);
        }
}
END_TEST

/* One value, however far, neither reaches 60 nor teaches: the same again surprises as much. */
START_TEST(spike_stays_below_and_teaches_nothing)
{
    static const double spikes[] = {1e5, 1e9, 1e300, -1e300, -50};
    for (size_t k = 0; k < sizeof spikes / sizeof spikes[0]; k++)
        for (uint64_t seed = 1; seed <= 20; seed++) {
            uint64_t state = seed * 1299709;
            tri_baseline baseline = past(quiet[_i].value, 1000, &state);
            int first = feed(&baseline, spikes[k]).tenths;
            int worst = first;
            for (int i = 1001; i < 1200; i++) {
                int s = feed(&baseline, quiet[_i].value(i, &state)).tenths;
                worst = s > worst ? s : worst;
            }
            ck_assert_msg(first >= 25 && worst < 60, "%s, %g: %d, %d", quiet[_i].name, spikes[k],
                          first, worst);
            int again = feed(&baseline, spikes[k]).tenths;
            ck_assert_msg(again >= 20, "%s, %g: %d after %d", quiet[_i].name, spikes[k], again,
                          first);
        }
}
END_TEST

/* However far it is, one value moves the means by a fraction of the spread. */
START_TEST(spike_hardly_moves_the_means)
{
    uint64_t state = 43;
    tri_baseline baseline = past(quiet[_i].value, 1000, &state);
    tri_baseline before = baseline;
    feed(&baseline, 1e300);
    ck_assert(llabs(baseline.fast - before.fast) <= before.spread / 5);
    ck_assert(llabs(baseline.slow - before.slow) <= before.spread / 10);
    ck_assert(llabs(baseline.level - before.level) <= before.spread / 100);
    ck_assert(baseline.spread <= before.spread + before.spread / 50);
}
END_TEST

/* A value is learnt when it came in two epochs, however often it comes in one. */
START_TEST(two_epochs_teach)
{
    tri_baseline baseline = {0};
    for (int i = 0; i < 1024; i++)
        feed(&baseline, i % 2 == 0 ? 40 : 80);
    const uint64_t known = baseline.views[0].learnt;
    for (int i = 0; i < 32; i++)
        feed(&baseline, 56);
    ck_assert_uint_eq(baseline.views[0].learnt, known);
    for (int i = 0; i < 31; i++)
        feed(&baseline, i == 7 ? 56 : 40);
    ck_assert_uint_eq(baseline.views[0].learnt, known);
    feed(&baseline, 80);
    uint64_t more = baseline.views[0].learnt & ~known;
    ck_assert(more != 0 && (more & (more - 1)) == 0);
}
END_TEST

/* Teaching is bounded: whatever comes, the grid doubles three times in two epochs. */
START_TEST(grid_widens_in_steps)
{
    uint64_t state = 53;
    tri_baseline baseline = past(noise, 1024, &state);
    uint8_t exponent = baseline.views[0].exponent;
    for (int i = 0; i < 64; i++) {
        feed(&baseline, 1e300);
        ck_assert_uint_eq(baseline.views[0].exponent, exponent);
    }
    for (int i = 0; i < 64; i++) {
        feed(&baseline, 1e300);
        ck_assert_uint_eq(baseline.views[0].exponent, exponent + 3);
    }
}
END_TEST

/* What does not come for two generations is forgotten. */
START_TEST(forgets_what_is_gone)
{
    uint64_t state = 59;
    tri_baseline baseline = {0};
    for (int i = 0; i < 1000; i++)
        feed(&baseline, i % 10 == 0 ? 900 : noise(i, &state));
    ck_assert_int_le(feed(&baseline, 900).tenths, 10);
    for (int i = 0; i < 3 * 2048; i++)
        feed(&baseline, noise(i, &state));
    ck_assert_int_ge(feed(&baseline, 900).tenths, 25);
}
END_TEST

/* One digest of many kinds of values, the same on every machine. */
START_TEST(scores_are_frozen)
{
    static const int64_t sizes[] = {1, 100, 5000, 1 << 20, (int64_t)1 << 50};
    uint64_t state = 61;
    uint64_t digest = 14695981039346656037u;
    for (size_t kind = 0; kind < 25; kind++) {
        tri_baseline baseline = {0};
        int64_t size = sizes[kind % 5];
        for (int i = 0; i < 5000; i++) {
            int64_t value = size + (int64_t)(next_random(&state) % 1000) * (size / 1000 + 1);
            if (kind / 5 == 1 && i % 100 > 90)
                value *= 20;
            if (kind / 5 == 2)
                value -= size + 500 * (size / 1000 + 1);
            if (kind / 5 == 3)
                value += i % 288 * (size / 100 + 1);
            if (kind / 5 == 4 && i > 2500)
                value *= -3;
            tri_baseline_mode mode = i % 11 == 7 ? TRI_BASELINE_ASIDE : TRI_BASELINE_LEARN;
            tri_surprise s = tri_baseline_observe(&baseline, bits_of((double)value / 8), mode);
            digest = (digest ^ (uint32_t)s.raw) * 1099511628211u;
            digest = (digest ^ (uint32_t)s.tenths) * 1099511628211u;
        }
    }
    ck_assert_msg(digest == UINT64_C(0x2b397e997c345294), "the digest is 0x%016llx",
                  (unsigned long long)digest);
}
END_TEST

/* What stays is learnt in the end: no device is suspect for ever. */
START_TEST(what_stays_becomes_usual)
{
    uint64_t state = 5;
    tri_baseline baseline = past(noise, 1000, &state);
    for (int i = 0; i < 3000; i++)
        feed(&baseline, 4 * noise(i, &state));
    int over = 0;
    for (int i = 0; i < 500; i++)
        over += feed(&baseline, 4 * noise(i, &state)).tenths > 10;
    ck_assert_msg(over <= 10, "%d", over);
}
END_TEST

/* A device that starts with a burst, or fires one later to buy silence, is not blind after it. */
START_TEST(burst_does_not_blind)
{
    static const int at[] = {0, 30, 700};
    uint64_t state = 11;
    tri_baseline baseline = {0};
    for (int i = 0; i < 1000; i++)
        feed(&baseline, i == at[_i] ? 9.8e6 : traffic(i, &state));
    int worst = 0;
    for (int i = 1000; i < 1020; i++) {
        int s = feed(&baseline, 8 * traffic(i, &state)).tenths;
        worst = s > worst ? s : worst;
    }
    ck_assert_msg(worst >= 60, "%d", worst);
}
END_TEST

/* Never more than the number of values justifies, at one value; and nothing in warm-up. */
START_TEST(few_values_justify_little)
{
    for (int count = 0; count < 2000; count += 37) {
        uint64_t state = 3;
        tri_baseline baseline = past(noise, count, &state);
        int s = feed(&baseline, 1e12).tenths;
        ck_assert_msg(s <= 10 * log10(count + 1), "%d after %d", s, count);
        ck_assert(count >= 64 || s == 0);
    }
}
END_TEST

START_TEST(aside_teaches_nothing)
{
    uint64_t state = 17;
    tri_baseline baseline = past(traffic, 1000, &state);
    tri_baseline before = baseline;
    int worst = 0;
    for (int i = 0; i < 500; i++)
        worst = tri_baseline_observe(&baseline, bits_of(50000 + i), TRI_BASELINE_ASIDE).tenths;
    ck_assert_int_eq(worst, 120);
    ck_assert(memcmp(baseline.ranks, before.ranks, sizeof before.ranks) == 0);
    ck_assert(baseline.slow == before.slow && baseline.fast == before.fast &&
              baseline.level == before.level && baseline.spread == before.spread &&
              baseline.count == before.count);
    for (size_t i = 0; i < TRI_BASELINE_VIEWS; i++)
        ck_assert(baseline.views[i].learnt == before.views[i].learnt &&
                  baseline.views[i].before == before.views[i].before &&
                  baseline.views[i].novel == before.views[i].novel);
    /* Calm again, suspicion ebbs. */
    for (int i = 1000; i < 1100; i++)
        worst =
            tri_baseline_observe(&baseline, bits_of(traffic(i, &state)), TRI_BASELINE_ASIDE).tenths;
    ck_assert_int_le(worst, 10);
    /* What was never seen is not begun. */
    tri_baseline none = {0};
    ck_assert_int_eq(tri_baseline_observe(&none, bits_of(7), TRI_BASELINE_ASIDE).tenths, 0);
    ck_assert_uint_eq(none.count, 0);
}
END_TEST

/* A value is scored by what came before it: later ones change nothing, and saving between any two
 * values changes nothing. */
START_TEST(saved_and_restored_it_goes_on)
{
    uint64_t state = 23;
    tri_baseline a = {0};
    tri_baseline b = {0};
    for (int i = 0; i < 6000; i++) {
        double value = i % 500 == 499 ? pow(10, 40 * uniform(&state)) : busy(i, &state);
        tri_baseline_mode mode = i % 7 == 3 ? TRI_BASELINE_ASIDE : TRI_BASELINE_LEARN;
        tri_surprise x = tri_baseline_observe(&a, bits_of(value), mode);
        tri_surprise y = tri_baseline_observe(&b, bits_of(value), mode);
        ck_assert(x.tenths == y.tenths && x.raw == y.raw && x.level == y.level);
        uint8_t bytes[TRI_BASELINE_BYTES];
        uint8_t again[TRI_BASELINE_BYTES];
        tri_baseline_write(&b, bytes);
        memset(&b, 0xA5, sizeof b);
        ck_assert(tri_baseline_read(&b, bytes));
        tri_baseline_write(&b, again);
        ck_assert(memcmp(bytes, again, sizeof bytes) == 0);
    }
}
END_TEST

/* The same device in another unit is judged alike. */
START_TEST(units_do_not_matter)
{
    static const double scales[] = {0.01, 1000, 1e6, -1};
    for (size_t k = 0; k < sizeof scales / sizeof scales[0]; k++) {
        uint64_t state = 29;
        tri_baseline a = {0};
        tri_baseline b = {0};
        int alike = 0;
        for (int i = 0; i < 3000; i++) {
            double value = traffic(i, &state) * (i >= 2900 ? 6 : 1);
            int x = feed(&a, value).tenths;
            int y = feed(&b, value * scales[k]).tenths;
            alike += x / 20 == y / 20;
        }
        ck_assert_msg(alike >= 2900, "%g: %d", scales[k], alike);
    }
}
END_TEST

START_TEST(any_values_are_survived)
{
    uint64_t state = 31;
    for (int run = 0; run < 200; run++) {
        tri_baseline baseline = {0};
        for (int i = 0; i < 500; i++) {
            uint64_t bits = next_random(&state);
            if ((bits >> 52 & 0x7FF) == 0x7FF)
                bits ^= (uint64_t)1 << 62;
            if (run % 2 == 0 && i % 3 != 0)
                bits = bits_of((double)(bits % 100));
            tri_surprise s = tri_baseline_observe(&baseline, bits, TRI_BASELINE_LEARN);
            ck_assert(s.tenths >= 0 && s.tenths <= 120 && s.raw >= 0);
        }
        uint8_t bytes[TRI_BASELINE_BYTES];
        tri_baseline_write(&baseline, bytes);
        ck_assert(tri_baseline_read(&baseline, bytes));
    }
}
END_TEST

/* Bytes that no baseline writes are refused, and what they would have overwritten stays. */
START_TEST(foreign_bytes_are_refused)
{
    static const struct {
        size_t at;
        uint8_t byte;
    } faults[] = {
        {24, 0x7F},  /* a grid far off */
        {24, 0x80},  /* on the other side */
        {30, 7},     /* bins too narrow */
        {30, 40},    /* too wide */
        {31, 8},     /* an unknown flag */
        {96, 0x40},  /* means out of range */
        {104, 0xC0}, /* */
        {112, 0x40}, /* */
        {120, 0x80}, /* a negative spread */
        {128, 0x01}, /* a count that is halved before */
        {132, 0xFF}, /* more evidence than is kept */
        {16, 0xFF},  /* pending and learnt */
    };
    uint64_t state = 37;
    tri_baseline good = past(noise, 300, &state);
    good.views[0].learnt |= (uint64_t)1 << 63;
    uint8_t bytes[TRI_BASELINE_BYTES];
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        tri_baseline_write(&good, bytes);
        bytes[faults[i].at] = faults[i].byte;
        tri_baseline out = {.count = 99};
        ck_assert_msg(!tri_baseline_read(&out, bytes), "fault %zu", i);
        ck_assert_uint_eq(out.count, 99);
    }
    memset(bytes, 0, sizeof bytes);
    ck_assert(!tri_baseline_read(&good, bytes));
    tri_baseline_write(&good, bytes);
    bytes[134] = bytes[135] = 0xFF; /* a rank that is halved before */
    ck_assert(!tri_baseline_read(&good, bytes));
}
END_TEST

/* After millions of values the counters have been halved and it still works. */
START_TEST(it_does_not_wear_out)
{
    uint64_t state = 41;
    tri_baseline baseline = past(noise, 1000, &state);
    double table[4096];
    for (size_t i = 0; i < 4096; i++)
        table[i] = noise(0, &state);
    for (uint32_t i = 0; baseline.count < (1u << 24) - 1; i++)
        feed(&baseline, table[i % 4096]);
    uint16_t novel = baseline.views[0].novel;
    feed(&baseline, table[0]);
    ck_assert_uint_eq(baseline.views[0].novel, novel / 2);
    ck_assert_uint_eq(baseline.count, 1u << 23);
    int s = feed(&baseline, 1e9).tenths;
    ck_assert_msg(s >= 30 && s < 60, "%d", s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("baseline");
    TCase *cases = tcase_create("baseline");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, transform_is_a_logarithm);
    tcase_add_test(cases, transform_is_monotone);
    tcase_add_test(cases, thousandths_go_back);
    tcase_add_loop_test(cases, quiet_devices_stay_quiet, 0, QUIET);
    tcase_add_test(cases, examples_show_it);
    tcase_add_loop_test(cases, takeover_is_seen, 0, QUIET);
    tcase_add_loop_test(cases, spike_stays_below_and_teaches_nothing, 0, QUIET);
    tcase_add_loop_test(cases, spike_hardly_moves_the_means, 0, QUIET);
    tcase_add_test(cases, two_epochs_teach);
    tcase_add_test(cases, grid_widens_in_steps);
    tcase_add_test(cases, forgets_what_is_gone);
    tcase_add_test(cases, scores_are_frozen);
    tcase_add_test(cases, what_stays_becomes_usual);
    tcase_add_loop_test(cases, burst_does_not_blind, 0, 3);
    tcase_add_test(cases, few_values_justify_little);
    tcase_add_test(cases, aside_teaches_nothing);
    tcase_add_test(cases, saved_and_restored_it_goes_on);
    tcase_add_test(cases, units_do_not_matter);
    tcase_add_test(cases, any_values_are_survived);
    tcase_add_test(cases, foreign_bytes_are_refused);
    tcase_add_test(cases, it_does_not_wear_out);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
