/* What a policy costs beside its decisions: to load and lint a document of 6 KB with its tests, to
 * say until when a verdict holds, and to say what to ask for next. Peers of the same run: cJSON on
 * the same bytes, and single evaluations. README.md says what is measured and why it is fair. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <trust/trust.h>

#include "harness.h"

#define SIGNALS 12
#define VECTORS 64
#define ROUNDS  41
#define NOW     INT64_C(1795428000000) /* 2026-11-23T10:00:00Z */
#define LOOKS   256                    /* the most sets that trust_policy_next() looks at */

static char document[16384];
static size_t document_size;
static trust_policy *policy;
static trust_finding evidence[VECTORS][SIGNALS];
static trust_policy_input inputs[VECTORS];
static int32_t best_values[SIGNALS];
static trust_policy_input stuck[VECTORS]; /* those that are not allowed, seen for the first time */
static int stuck_count;
static uint64_t memory[512];
static uint32_t sets[LOOKS];   /* bits of signals: one alone, then two, then three */
static volatile uint64_t sink; /* only written, so that no call is optimised away */

static void need(int right, const char *what)
{
    if (right)
        return;
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void read_document(void)
{
    FILE *file = fopen(SOURCE_ROOT "/tests/bench/policy/yard.json", "rb");
    need(file != NULL, "tests/bench/policy/yard.json cannot be read");
    document_size = fread(document, 1, sizeof document - 1, file);
    fclose(file);
    trust_error err = {0};
    if (trust_policy_load_unsigned(document, document_size, NULL, &policy, &err) != TRUST_OK)
        fprintf(stderr, "%s: %s\n", err.where, err.message);
    need(policy != NULL && trust_policy_signal_count(policy) == SIGNALS, "yard.json");
}

/* ---- evidence ---- */

static uint64_t seed = 42;

static uint32_t dice(uint32_t sides)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % sides;
}

static trust_policy_result *evaluate(const trust_policy_input *input)
{
    trust_policy_result *result = (trust_policy_result *)memory;
    need(trust_policy_evaluate(policy, input, result, sizeof memory) == TRUST_OK, "evaluate");
    return result;
}

static trust_policy_summary summary_of(const trust_policy_input *input)
{
    trust_policy_summary summary;
    trust_policy_result_summary(evaluate(input), &summary);
    return summary;
}

/* A finding of up to an hour and a half ago: silence in one of ten, the middle of the curve in one,
 * its end in one, else its beginning. */
static trust_finding finding_of(size_t s)
{
    trust_policy_signal signal;
    trust_policy_knot knot = {0, 0};
    uint32_t fate = dice(10);
    need(trust_policy_signal_at(policy, s, &signal) == TRUST_OK, "signal");
    best_values[s] = signal.scale == TRUST_SCALE_AR4SI ? 2 : 0;
    size_t index = fate == 1 ? signal.knot_count / 2 : fate == 2 ? signal.knot_count - 1 : 0;
    need(trust_policy_knot_at(policy, s, index, &knot) == TRUST_OK, "knot");
    return (trust_finding){.kind = signal.kind,
                           .state = fate == 0 ? TRUST_STATE_NOT_REQUESTED : TRUST_STATE_VALID,
                           .origin = TRUST_FROM_HOST,
                           .value = knot.value,
                           .quality = TRUST_QUALITY_FULL,
                           .time = NOW - dice(5400000),
                           .item = TRUST_NO_ITEM};
}

static void make_vectors(void)
{
    for (int v = 0; v < VECTORS; v++) {
        for (size_t s = 0; s < SIGNALS; s++)
            evidence[v][s] = finding_of(s);
        inputs[v] = (trust_policy_input)TRUST_POLICY_INPUT_INIT;
        inputs[v].now = NOW;
        inputs[v].findings = evidence[v];
        inputs[v].finding_count = SIGNALS;
        inputs[v].stage = UINT32_MAX;
        trust_policy_summary first = summary_of(&inputs[v]);
        if (first.verdict != TRUST_ALLOW)
            stuck[stuck_count++] = inputs[v];
        inputs[v].stage = first.stage;
        inputs[v].stage_since = first.stage_since;
        inputs[v].previous = first.verdict;
        inputs[v].since = first.since;
    }
}

static void make_sets(void)
{
    size_t n = 0;
    for (uint32_t a = 0; a < SIGNALS; a++)
        sets[n++] = 1u << a;
    for (uint32_t a = 0; a < SIGNALS; a++)
        for (uint32_t b = a + 1; b < SIGNALS; b++)
            sets[n++] = 1u << a | 1u << b;
    for (uint32_t a = 0; n < LOOKS && a < SIGNALS; a++)
        for (uint32_t b = a + 1; n < LOOKS && b < SIGNALS; b++)
            for (uint32_t c = b + 1; n < LOOKS && c < SIGNALS; c++)
                sets[n++] = 1u << a | 1u << b | 1u << c;
}

/* ---- the rows ---- */

static void parse_by_cjson(int turn)
{
    (void)turn;
    cJSON *tree = cJSON_ParseWithLength(document, document_size);
    need(tree != NULL, "cJSON");
    cJSON_Delete(tree);
}

static void load(int turn)
{
    trust_policy *loaded = NULL;
    (void)turn;
    need(trust_policy_load_unsigned(document, document_size, NULL, &loaded, NULL) == TRUST_OK,
         "load");
    trust_policy_free(loaded);
}

static void lint(int turn)
{
    trust_lint *report = NULL;
    (void)turn;
    need(trust_policy_lint(document, document_size, NULL, &report) == TRUST_OK, "lint");
    sink += trust_lint_count(report);
    trust_lint_free(report);
}

static void decide(int turn)
{
    sink += (uintptr_t)evaluate(&inputs[turn % VECTORS]);
}

static void ask_how_long(int turn)
{
    trust_time until = 0;
    uint32_t exact = 0;
    need(trust_policy_valid_until(policy, &inputs[turn % VECTORS], &until, &exact) == TRUST_OK,
         "valid_until");
    sink += (uint64_t)until;
}

static void ask_what_next(int turn)
{
    trust_policy_step steps[8];
    size_t count = 0;
    need(trust_policy_next(policy, &stuck[turn % stuck_count], steps, 8, &count) == TRUST_OK,
         "next");
    sink += count;
}

/* The findings of @p given with the best of each signal of @p set: silence gives way to it, and
 * what was answered before where the latest counts; else it comes on top. */
static size_t suppose(const trust_policy_input *given, uint32_t set, trust_finding *findings)
{
    size_t count = SIGNALS;
    memcpy(findings, given->findings, SIGNALS * sizeof *findings);
    for (uint32_t s = 0; s < SIGNALS; s++) {
        if ((set >> s & 1) == 0)
            continue;
        trust_finding *old = &findings[s];
        bool gives_way = old->state != TRUST_STATE_VALID || old->kind == TRUST_KIND_ATTESTATION ||
                         old->kind == TRUST_KIND_IDENTITY || old->kind == TRUST_KIND_HUMAN;
        trust_finding *best = gives_way ? old : &findings[count++];
        *best = (trust_finding){.kind = old->kind,
                                .source = UINT32_MAX,
                                .state = TRUST_STATE_VALID,
                                .origin = TRUST_FROM_HOST,
                                .value = best_values[s],
                                .quality = TRUST_QUALITY_FULL,
                                .time = NOW,
                                .item = TRUST_NO_ITEM};
    }
    return count;
}

static trust_verdict suppose_and_decide(const trust_policy_input *given, uint32_t set)
{
    trust_finding findings[2 * SIGNALS];
    trust_policy_input input = *given;
    input.finding_count = suppose(given, set, findings);
    input.findings = findings;
    return summary_of(&input).verdict;
}

/* What a host would do that has evaluations only: suppose each set in turn and see what comes. */
static void try_every_set(int turn)
{
    const trust_policy_input *given = &stuck[turn % stuck_count];
    for (size_t i = 0; i < LOOKS; i++)
        sink += suppose_and_decide(given, sets[i]);
}

static const struct row {
    const char *name;
    void (*run)(int turn);
    int batch;        /* calls in one measurement */
    int beside;       /* the row that it is compared with */
    int must_be_none; /* allocations */
} rows[] = {
    {"cJSON parses it", parse_by_cjson, 32, 0, 0},
    {"load, tests run", load, 32, 0, 0},
    {"lint, loaded first", lint, 8, 0, 0},
    {"one evaluation", decide, 64 * VECTORS, 3, 1},
    {"valid_until", ask_how_long, 8 * VECTORS, 3, 1},
    {"every set tried", try_every_set, VECTORS, 5, 1},
    {"next", ask_what_next, VECTORS, 5, 1},
};
#define ROWS (sizeof rows / sizeof rows[0])

/* Nothing changes a millisecond before valid_until, something does then when it is exact. */
static void check_how_long(void)
{
    unsigned exactly = 0, never = 0, seen[5] = {0};
    for (int v = 0; v < VECTORS; v++) {
        trust_policy_input later = inputs[v];
        trust_policy_summary now = summary_of(&later);
        trust_time until = 0;
        uint32_t exact = 0;
        seen[now.verdict]++;
        need(trust_policy_valid_until(policy, &later, &until, &exact) == TRUST_OK, "valid_until");
        never += until == TRUST_TIME_NEVER;
        if (until == TRUST_TIME_NEVER)
            continue;
        exactly += exact;
        later.now = until - 1;
        trust_policy_summary before = summary_of(&later);
        need(before.verdict == now.verdict && before.stage == now.stage, "changed too early");
        later.now = until;
        trust_policy_summary then = summary_of(&later);
        need(!exact || then.verdict != now.verdict || then.stage != now.stage, "did not change");
    }
    printf("%d vectors: allow %u, step_up %u, quarantine %u, deny %u; %u hold until an exact time, "
           "%u for ever\n",
           VECTORS, seen[1], seen[2], seen[3], seen[4], exactly, never);
}

/* What is said to help does as much as is said, and no part of it does; what is not said to help by
 * itself does not. */
static void check_what_next(void)
{
    size_t total = 0, together = 0;
    for (int v = 0; v < stuck_count; v++) {
        trust_policy_step steps[8];
        size_t count = 0;
        trust_verdict now = summary_of(&stuck[v]).verdict;
        need(trust_policy_next(policy, &stuck[v], steps, 8, &count) == TRUST_OK, "next");
        total += count;
        for (size_t i = 0; i < count; i++) {
            uint32_t set = (uint32_t)steps[i].signals;
            together += (set & (set - 1)) != 0;
            need(steps[i].can_reach < now, "a step that does not help");
            need(suppose_and_decide(&stuck[v], set) == steps[i].can_reach, "a step that lies");
            for (uint32_t s = 0; s < SIGNALS; s++)
                need((set >> s & 1) == 0 ||
                         suppose_and_decide(&stuck[v], set & ~(1u << s)) > steps[i].can_reach,
                     "a step with a signal too many");
            need(i == 0 || steps[i - 1].can_reach <= steps[i].can_reach, "the order of steps");
        }
        for (uint32_t s = 0; s < SIGNALS && count < 8; s++) {
            bool said = false;
            for (size_t i = 0; i < count; i++)
                said |= steps[i].signals == 1u << s;
            need(said || suppose_and_decide(&stuck[v], 1u << s) >= now, "a step that was left out");
        }
    }
    printf("%d of them not allowed: %zu steps, %zu of several signals\n", stuck_count, total,
           together);
}

int main(void)
{
    static double took[ROWS][ROUNDS];
    static unsigned long during[ROWS];
    read_document();
    make_vectors();
    make_sets();
    check_how_long();
    check_what_next();
    for (int round = 0; round < ROUNDS; round++)
        for (size_t r = 0; r < ROWS; r++) {
            unsigned long before = allocations;
            double start = nanoseconds();
            for (int i = 0; i < rows[r].batch; i++)
                rows[r].run(i);
            took[r][round] = (nanoseconds() - start) / rows[r].batch;
            during[r] += allocations - before;
        }
    unsigned long wrong = 0;
    printf("%zu bytes\n%-20s %12s %12s %10s %12s\n", document_size, "one call", "least us",
           "median us", "to peer", "allocations");
    for (size_t r = 0; r < ROWS; r++) {
        qsort(took[r], ROUNDS, sizeof took[r][0], by_size);
        printf("%-20s %12.2f %12.2f %10.2f %12.1f\n", rows[r].name, took[r][0] / 1e3,
               took[r][ROUNDS / 2] / 1e3, took[r][ROUNDS / 2] / took[rows[r].beside][ROUNDS / 2],
               (double)during[r] / (rows[r].batch * ROUNDS));
        wrong += rows[r].must_be_none ? during[r] : 0;
    }
    trust_policy_free(policy);
    return wrong == 0 ? 0 : 1;
}
