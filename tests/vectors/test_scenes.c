/* The project's own vectors: scenes, each a JSON file and what it must say, to the byte
 * (scenes/README.md). The bindings' tests run the same files. Public calls only.
 *
 *   test_scenes            compare; --write writes down what the scenes say now
 *
 * TRUST_SCENES is another folder of scenes. */

#include <dirent.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "scenes.h"
#include "support.h"

#define MAX_SCENES 512

static trust_time world_now(void *user)
{
    return ((const world *)user)->now;
}

/* The same bytes in every language: the high byte of a linear congruential generator. */
static trust_status world_random(void *user, void *out, size_t len)
{
    world *w = user;
    uint8_t *bytes = out;
    for (size_t i = 0; i < len; i++) {
        w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bytes[i] = (uint8_t)(w->random >> 56);
    }
    return TRUST_OK;
}

static void begin(world *w, const cJSON *scene)
{
    trust_error err = {0};
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    w->now = time_of(w, scene, "now", TRUST_TIME_UNKNOWN);
    w->random = (uint64_t)number_of(scene, "random", 1);
    config.clock = (trust_clock){world_now, w};
    config.random = (trust_random){world_random, w};
    config.verifier = text_of(scene, "verifier");
    if (trust_engine_new(&config, &w->engine, &err) != TRUST_OK)
        bad_scene(w, "no engine:", err.message);
}

static void end(world *w)
{
    for (size_t i = 0; i < SCENE_NAMES; i++) {
        trust_evidence_free(w->devices[i].evidence);
        trust_device_free(w->devices[i].device);
        trust_baseline_free(w->baselines[i].baseline);
    }
    trust_table_free(w->table);
    trust_engine_free(w->engine);
    while (w->block_count > 0)
        free(w->blocks[--w->block_count]);
    free(w->blocks);
}

static bool run_one_of(const scene_verb *verbs, const char *name, world *w, const cJSON *step)
{
    for (; verbs->name != NULL; verbs++) {
        if (strcmp(verbs->name, name) != 0)
            continue;
        verbs->run(w, step);
        return true;
    }
    return false;
}

static void run_step(world *w, const cJSON *step)
{
    const char *name = text_of(step, "do");
    w->step++;
    fprintf(w->out, "# %d %s\n", w->step, name != NULL ? name : "");
    if (name == NULL ||
        !(run_one_of(engine_verbs, name, w, step) || run_one_of(policy_verbs, name, w, step) ||
          run_one_of(parts_verbs, name, w, step)))
        bad_scene(w, "no such verb:", name);
}

/* What a scene says, freed by the caller. */
static char *said(const char *path, size_t *len)
{
    char *text = NULL;
    world w = {.scene = path};
    size_t size = 0;
    uint8_t *file = read_file(path, &size);
    cJSON *scene = file != NULL ? cJSON_ParseWithLength((const char *)file, size) : NULL;
    if (scene == NULL)
        bad_scene(&w, "no JSON", NULL);
    w.out = open_memstream(&text, len);
    if (w.out == NULL)
        bad_scene(&w, "no memory", NULL);
    begin(&w, scene);
    const cJSON *step;
    cJSON_ArrayForEach(step, member(scene, "steps")) run_step(&w, step);
    end(&w);
    fclose(w.out);
    cJSON_Delete(scene);
    free(file);
    return text;
}

static char names[MAX_SCENES][256];
static size_t name_count;

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static const char *folder(void)
{
    const char *other = getenv("TRUST_SCENES");
    return other != NULL && other[0] != '\0' ? other : project_path("tests/vectors/scenes");
}

static void list(const char *where)
{
    DIR *dir = opendir(where);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        size_t len = strlen(entry->d_name);
        if (len > 5 && len < 200 && strcmp(entry->d_name + len - 5, ".json") == 0 &&
            name_count < MAX_SCENES)
            memcpy(names[name_count++], entry->d_name, len - 4);
    }
    if (dir != NULL)
        closedir(dir);
    qsort(names, name_count, sizeof names[0], by_name);
}

static void in_folder(char out[4096], size_t index, const char *ending)
{
    static char where[2048];
    if (where[0] == '\0')
        snprintf(where, sizeof where, "%s", folder());
    snprintf(out, 4096, "%s/%s%s", where, names[index], ending);
}

static void write_down(size_t index)
{
    char path[4096];
    size_t len = 0;
    in_folder(path, index, "json");
    char *text = said(path, &len);
    in_folder(path, index, "expected");
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(text, 1, len, file) != len || fclose(file) != 0) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(2);
    }
    free(text);
}

/* The line at which two texts part. */
static const char *parting(const char *said, const char *expected, int *line)
{
    *line = 1;
    const char *begin = said;
    while (*said != '\0' && *said == *expected) {
        if (*said == '\n') {
            begin = said + 1;
            (*line)++;
        }
        said++;
        expected++;
    }
    return begin;
}

START_TEST(scenes)
{
    char path[4096];
    size_t len = 0;
    size_t expected_len = 0;
    int line;
    in_folder(path, (size_t)_i, "json");
    char *text = said(path, &len);
    in_folder(path, (size_t)_i, "expected");
    char *expected = (char *)read_file(path, &expected_len);
    ck_assert_msg(expected != NULL, "there is no %s", path);
    const char *from = parting(text, expected, &line);
    ck_assert_msg(len == expected_len && memcmp(text, expected, len) == 0,
                  "%s, line %d, but it said: %.300s", path, line, from);
    free(expected);
    free(text);
}
END_TEST

int main(int argc, char **argv)
{
    setlocale(LC_ALL, ""); /* as an application does: no scene may depend on it */
    list(folder());
    if (name_count == 0 || name_count == MAX_SCENES) {
        fprintf(stderr, "%zu scenes in %s\n", name_count, folder());
        return EXIT_FAILURE;
    }
    for (size_t i = 0; argc > 1 && strcmp(argv[1], "--write") == 0 && i < name_count; i++)
        write_down(i);
    Suite *suite = suite_create("scenes");
    TCase *cases = tcase_create("scenes");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, scenes, 0, (int)name_count);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
