/* The baseline on the Numenta Anomaly Benchmark (MIT): onsets that people marked stand out, and the
 * scores of all 58 series are the same on every machine. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signal/behaviour/baseline.h"
#include "support.h"

#define MAX_ROWS 32768

/* Digest of every score; it moves when the baseline's arithmetic does, and only then. */
#define DIGEST UINT64_C(0x4db3a337c245d307)

typedef struct scored {
    char time[24];
    tri_surprise surprise;
} scored;

/* Score a series; its number of rows, 0 when it cannot be read. */
static size_t score(const char *relative, scored *rows)
{
    size_t len;
    size_t count = 0;
    char *text = (char *)read_file(vectors_path(relative), &len);
    tri_baseline baseline = {0};
    for (char *line = text == NULL ? NULL : strchr(text, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line, '\n')) {
        line++;
        char *comma = strchr(line, ',');
        ck_assert(comma != NULL && comma - line < 24 && count < MAX_ROWS);
        double value = strtod(comma + 1, NULL);
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        snprintf(rows[count].time, sizeof rows[count].time, "%.*s", (int)(comma - line), line);
        rows[count++].surprise = tri_baseline_observe(&baseline, bits, TRI_BASELINE_LEARN);
    }
    free(text);
    return count;
}

static const struct {
    const char *file;
    const char *from; /* the marked window */
    const char *to;
} windows[] = {
    {"artificialWithAnomaly/art_daily_jumpsup.csv", "2014-04-10 16:15:00", "2014-04-12 01:45:00"},
    {"artificialWithAnomaly/art_daily_jumpsdown.csv", "2014-04-10 16:15:00", "2014-04-12 01:45:00"},
    {"artificialWithAnomaly/art_daily_flatmiddle.csv", "2014-04-10 07:15:00",
     "2014-04-11 16:45:00"},
    {"realKnownCause/machine_temperature_system_failure.csv", "2014-02-07 14:55:00",
     "2014-02-09 14:05:00"},
    {"realKnownCause/nyc_taxi.csv", "2015-01-24 20:30:00", "2015-01-29 03:30:00"},
    {"realAWSCloudwatch/ec2_cpu_utilization_825cc2.csv", "2014-04-15 07:24:00",
     "2014-04-16 11:54:00"},
};

/* The highest score of the window is above 99 % of those outside, after the first 15 %. */
START_TEST(marked_windows_stand_out)
{
    static scored rows[MAX_ROWS];
    char path[256];
    snprintf(path, sizeof path, "nab/data/%s", windows[_i].file);
    size_t count = score(path, rows);
    ck_assert_uint_gt(count, 1000);
    int32_t best = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].time, windows[_i].from) >= 0 &&
            strcmp(rows[i].time, windows[_i].to) <= 0 && rows[i].surprise.raw > best)
            best = rows[i].surprise.raw;
    size_t outside = 0;
    size_t above = 0;
    for (size_t i = count * 15 / 100; i < count; i++) {
        bool inside = strcmp(rows[i].time, windows[_i].from) >= 0 &&
                      strcmp(rows[i].time, windows[_i].to) <= 0;
        outside += !inside;
        above += !inside && rows[i].surprise.raw >= best;
    }
    ck_assert_msg(best > 0 && above * 100 <= outside, "%s: %zu of %zu are as high",
                  windows[_i].file, above, outside);
}
END_TEST

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Names in a folder under the vectors, sorted. */
static size_t list(const char *relative, char names[][128], size_t most)
{
    DIR *folder = opendir(vectors_path(relative));
    size_t count = 0;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "README.md") != 0 && count < most)
            snprintf(names[count++], 128, "%.127s", entry->d_name);
    if (folder != NULL)
        closedir(folder);
    qsort(names, count, sizeof names[0], by_name);
    return count;
}

static uint64_t mix(uint64_t digest, int32_t value)
{
    return (digest ^ (uint32_t)value) * 1099511628211u;
}

START_TEST(scores_are_the_same_everywhere)
{
    static scored rows[MAX_ROWS];
    static char folders[16][128];
    static char files[64][128];
    uint64_t digest = 14695981039346656037u;
    size_t series = 0;
    size_t folder_count = list("nab/data", folders, 16);
    for (size_t f = 0; f < folder_count; f++) {
        char path[512];
        snprintf(path, sizeof path, "nab/data/%.128s", folders[f]);
        size_t file_count = list(path, files, 64);
        for (size_t i = 0; i < file_count; i++, series++) {
            snprintf(path, sizeof path, "nab/data/%.128s/%.128s", folders[f], files[i]);
            size_t count = score(path, rows);
            ck_assert_uint_gt(count, 0);
            for (size_t r = 0; r < count; r++)
                digest = mix(mix(digest, rows[r].surprise.tenths), rows[r].surprise.raw);
        }
    }
    ck_assert_uint_eq(series, 58);
    ck_assert_msg(digest == DIGEST, "the digest is 0x%016llx", (unsigned long long)digest);
}
END_TEST

int main(void)
{
    if (!have_vectors())
        return skip_vectors();
    Suite *suite = suite_create("nab");
    TCase *cases = tcase_create("nab");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, marked_windows_stand_out, 0,
                        (int)(sizeof windows / sizeof windows[0]));
    tcase_add_test(cases, scores_are_the_same_everywhere);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
