/* What every C test shares. */

#include "support.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int run_tests(const char *name, const TTest *const *tests)
{
    setlocale(LC_ALL, ""); /* as an application does: no result may depend on it */
    Suite *suite = suite_create(name);
    TCase *cases = tcase_create(name);
    tcase_set_timeout(cases, 300);
    for (; *tests != NULL; tests++)
        tcase_add_test(cases, *tests);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

uint8_t *read_file(const char *path, size_t *len)
{
    FILE *file = path == NULL ? NULL : fopen(path, "rb");
    if (file == NULL)
        return NULL;
    size_t cap = 1 << 16;
    uint8_t *data = malloc(cap + 1);
    *len = 0;
    for (size_t n; data != NULL && (n = fread(data + *len, 1, cap - *len, file)) > 0;) {
        *len += n;
        if (*len == cap) {
            uint8_t *more = realloc(data, (cap *= 2) + 1);
            if (more == NULL)
                free(data);
            data = more;
        }
    }
    fclose(file);
    if (data != NULL)
        data[*len] = 0;
    return data;
}

static const char *join(const char *folder, const char *relative)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, relative);
    return path;
}

const char *vectors_path(const char *relative)
{
    const char *folder = getenv("TRUST_VECTORS");
    if (folder == NULL || folder[0] == '\0')
        return NULL;
    return join(folder, relative);
}

bool have_vectors(void)
{
    size_t len;
    uint8_t *readme = read_file(vectors_path("README.md"), &len);
    free(readme);
    return readme != NULL;
}

int skip_vectors(void)
{
    puts("skipped: no third-party vectors; set TRUST_VECTORS to their folder");
    return 77;
}

const char *project_path(const char *relative)
{
    return join(SOURCE_ROOT, relative);
}

static void *count_resize(void *user, void *ptr, size_t old_size, size_t new_size)
{
    counting *state = user;
    if (new_size == 0) {
        if (ptr != NULL) {
            state->bytes_live -= old_size;
            state->blocks_live--;
        }
        free(ptr);
        return NULL;
    }
    state->calls++;
    if (state->calls == state->fail_at) {
        state->failed++;
        return NULL;
    }
    void *more = realloc(ptr, new_size);
    if (more == NULL)
        return NULL;
    state->bytes_live += new_size - (ptr != NULL ? old_size : 0);
    state->blocks_live += ptr == NULL;
    return more;
}

trust_allocator counting_allocator(counting *state)
{
    return (trust_allocator){count_resize, state};
}

static trust_time fixed_now(void *user)
{
    return ((fixed_clock *)user)->now;
}

trust_clock fixed_clock_seam(fixed_clock *clock)
{
    return (trust_clock){fixed_now, clock};
}

uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state != 0 ? *state : 88172645463325252u;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

static trust_status fixed_fill(void *user, void *out, size_t len)
{
    fixed_random *random = user;
    if (random->fail)
        return TRUST_E_IO;
    uint8_t *bytes = out;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(next_random(&random->state) >> 32);
    return TRUST_OK;
}

trust_random fixed_random_seam(fixed_random *random)
{
    return (trust_random){fixed_fill, random};
}
