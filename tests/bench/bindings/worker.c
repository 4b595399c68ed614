/* The C side of bench.py, which says what is asked and how it is answered: evaluations of twelve
 * signals, one a call and many a call, and what an open device takes. Public headers only, through
 * libtrust.so like the bindings. */

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <trust/trust.h>

#define SIGNALS 12
#define VECTORS 64
#define DEVICES 4096 /* in a batch: the vectors over and over */
#define SINGLES 64   /* times all vectors, in one measurement */
#define BATCHES 4
#define OPENED  1000 /* devices */
#define HANDLES 20   /* of each */

static trust_policy *policy;
static trust_time now;
static trust_finding findings[DEVICES][SIGNALS];
static int32_t values[SIGNALS][DEVICES];
static uint8_t present[SIGNALS][DEVICES / 8];
static trust_column columns[SIGNALS];
static trust_verdict verdicts[DEVICES];
static int32_t risks[DEVICES];
static uint64_t memory[512];

static void need(int right, const char *what)
{
    if (right)
        return;
    fprintf(stderr, "worker.c: %s\n", what);
    exit(1);
}

/* ---- what is weighed ---- */

static void read_policy(const char *path)
{
    static char document[16384];
    FILE *file = fopen(path, "rb");
    need(file != NULL, path);
    size_t size = fread(document, 1, sizeof document, file);
    fclose(file);
    need(trust_policy_load_unsigned(document, size, NULL, &policy, NULL) == TRUST_OK, path);
}

static void set_finding(size_t device, size_t signal, uint32_t kind, int there, int32_t value)
{
    findings[device][signal] =
        (trust_finding){.kind = kind,
                        .state = there ? TRUST_STATE_VALID : TRUST_STATE_NOT_REQUESTED,
                        .origin = TRUST_FROM_HOST,
                        .value = value,
                        .quality = TRUST_QUALITY_FULL,
                        .time = now,
                        .item = TRUST_NO_ITEM};
    values[signal][device] = value;
    present[signal][device / 8] |= (uint8_t)(there << device % 8);
}

/* The time; the names of the kinds; of each vector twelve times whether it is there, and a value.
 */
static void read_vectors(const char *path)
{
    uint32_t kinds[SIGNALS];
    char name[64];
    long long time = 0;
    FILE *file = fopen(path, "r");
    need(file != NULL && fscanf(file, "%lld", &time) == 1, path);
    now = time;
    for (size_t s = 0; s < SIGNALS; s++) {
        need(fscanf(file, "%63s", name) == 1, path);
        kinds[s] = trust_kind_id(name, strlen(name));
        columns[s] = (trust_column)TRUST_COLUMN_INIT;
        columns[s].kind = kinds[s];
        columns[s].values = values[s];
        columns[s].present = present[s];
    }
    for (size_t v = 0; v < VECTORS; v++)
        for (size_t s = 0; s < SIGNALS; s++) {
            int there = 0, value = 0;
            need(fscanf(file, "%d %d", &there, &value) == 2, path);
            for (size_t device = v; device < DEVICES; device += VECTORS)
                set_finding(device, s, kinds[s], there, value);
        }
    fclose(file);
}

/* ---- the rows ---- */

static void evaluate(size_t device)
{
    trust_policy_result *result = (trust_policy_result *)memory;
    trust_policy_input input = TRUST_POLICY_INPUT_INIT;
    trust_policy_summary summary;
    input.now = now;
    input.findings = findings[device];
    input.finding_count = SIGNALS;
    need(trust_policy_evaluate(policy, &input, result, sizeof memory) == TRUST_OK, "evaluate");
    trust_policy_result_summary(result, &summary);
    verdicts[device] = summary.verdict;
    risks[device] = summary.risk;
}

static void single(void)
{
    for (size_t device = 0; device < VECTORS; device++)
        evaluate(device);
}

static void loop(void)
{
    for (size_t device = 0; device < DEVICES; device++)
        evaluate(device);
}

static void many_of(size_t devices)
{
    trust_policy_input common = TRUST_POLICY_INPUT_INIT;
    trust_policy_batch batch = TRUST_POLICY_BATCH_INIT;
    trust_policy_outcomes out = TRUST_POLICY_OUTCOMES_INIT;
    common.now = now;
    batch.count = devices;
    batch.columns = columns;
    batch.column_count = SIGNALS;
    batch.common = &common;
    out.verdict = verdicts;
    out.risk = risks;
    need(trust_policy_evaluate_many(policy, &batch, &out, NULL) == TRUST_OK, "evaluate_many");
}

static void many(void)
{
    many_of(DEVICES);
}

static void few(void)
{
    many_of(VECTORS);
}

static const struct row {
    const char *name;
    void (*run)(void);
    size_t times, count;
} rows[] = {
    {"single", single, SINGLES, VECTORS},
    {"loop", loop, BATCHES, DEVICES},
    {"many", many, BATCHES, DEVICES},
    {"few", few, SINGLES, VECTORS},
};

static const struct row *row_called(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    need(0, name);
    return NULL;
}

static void answers(const struct row *row)
{
    memset(verdicts, 0, sizeof verdicts);
    row->run();
    for (size_t i = 0; i < row->count; i++)
        need(verdicts[i] == verdicts[i % VECTORS] && risks[i] == risks[i % VECTORS], row->name);
    for (size_t i = 0; i < VECTORS; i++)
        printf("%u:%d ", verdicts[i], risks[i]);
    printf("\n");
}

static double nanoseconds(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

static void measure(const struct row *row)
{
    double start = nanoseconds();
    for (size_t i = 0; i < row->times; i++)
        row->run();
    printf("%.3f\n", (nanoseconds() - start) / (double)(row->times * row->count));
}

/* ---- memory ---- */

static size_t allocated(void)
{
    return mallinfo2().uordblks;
}

/* Bytes of the allocator for one more handle of a device. */
static void measure_memory(void)
{
    static trust_device *open[OPENED * HANDLES];
    trust_engine *engine = NULL;
    char id[32];
    need(trust_engine_new(NULL, &engine, NULL) == TRUST_OK, "engine");
    for (int d = 0; d < OPENED; d++) {
        trust_device *device = NULL;
        snprintf(id, sizeof id, "urn:dev:ops:32473-%05d", d);
        need(trust_device_enroll(engine, id, NULL, &device, NULL) == TRUST_OK, "enroll");
        trust_device_free(device);
    }
    size_t before = allocated();
    for (int i = 0; i < OPENED * HANDLES; i++) {
        snprintf(id, sizeof id, "urn:dev:ops:32473-%05d", i % OPENED);
        need(trust_device_open(engine, id, &open[i], NULL) == TRUST_OK, "open");
    }
    printf("malloc %.1f\n", (double)(allocated() - before) / (OPENED * HANDLES));
    for (int i = 0; i < OPENED * HANDLES; i++)
        trust_device_free(open[i]);
    trust_engine_free(engine);
}

int main(int argc, char **argv)
{
    char command[16], name[16];
    need(argc == 3, "usage: worker POLICY VECTORS");
    read_policy(argv[1]);
    read_vectors(argv[2]);
    while (scanf("%15s %15s", command, name) == 2) {
        if (strcmp(command, "rows") == 0)
            puts("single loop many few");
        else if (strcmp(command, "answers") == 0)
            answers(row_called(name));
        else if (strcmp(command, "time") == 0)
            measure(row_called(name));
        else
            measure_memory();
        fflush(stdout);
    }
    trust_policy_free(policy);
    return 0;
}
