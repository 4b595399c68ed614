#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

/* What every C test shares: a runner, files, third-party vectors, and seams that fail on order. */

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <trust/trust.h>

/* A suite of one case from a list of tests that ends with NULL; returns main's exit status. */
int run_tests(const char *name, const TTest *const *tests);

#define TESTS(...)                                                                                 \
    (const TTest *const[])                                                                         \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* ck_assert for a status, printing its name. */
#define ck_status(expression, expected)                                                            \
    do {                                                                                           \
        trust_status ck_status_ = (expression);                                                    \
        ck_assert_msg(ck_status_ == (expected), "%s: %s, expected %s", #expression,                \
                      trust_status_name(ck_status_), trust_status_name(expected));                 \
    } while (0)
#define ck_ok(expression) ck_status(expression, TRUST_OK)

/* A whole file in memory (free it), with a NUL after it; NULL when it cannot be read. */
uint8_t *read_file(const char *path, size_t *len);

/* The path of a file under TRUST_VECTORS (static buffer), or NULL when the vectors are not there:
 * then the caller says so and exits 77, which counts as skipped. */
const char *vectors_path(const char *relative);
bool have_vectors(void);
/* Say that the vectors are missing and return 77. */
int skip_vectors(void);

/* The path of a file of the project's own, from the source root (static buffer). */
const char *project_path(const char *relative);

/* An allocator that counts, and fails the n-th call that takes memory (0: never). */
typedef struct counting {
    uint64_t calls;      /* that took memory */
    uint64_t fail_at;    /* 1 for the first; 0 never */
    uint64_t failed;     /* how many were failed */
    uint64_t bytes_live; /* taken and not given back */
    uint64_t blocks_live;
} counting;
trust_allocator counting_allocator(counting *state);

/* A clock that stands still until it is told. */
typedef struct fixed_clock {
    trust_time now;
} fixed_clock;
trust_clock fixed_clock_seam(fixed_clock *clock);

/* A random source that repeats itself (xorshift from a seed); fails when fail is set. */
typedef struct fixed_random {
    uint64_t state;
    bool fail;
} fixed_random;
trust_random fixed_random_seam(fixed_random *random);
uint64_t next_random(uint64_t *state);

#endif
