/* One number over many random decisions: verdict, ledger and valid_until of each, as integers
 * written out byte by byte. Prints it, and with a file as argument compares it to the number there.
 * Needs nothing but the evaluator, so that any compiler and emulator can run it. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/result.h"
#include "random_policy.h"

static uint64_t hash = UINT64_C(0xcbf29ce484222325);

/* FNV-1a, the low byte first. */
static void add(uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        hash = (hash ^ (value & 0xFF)) * UINT64_C(0x100000001b3);
        value >>= 8;
    }
}

static void add_signed(int64_t value)
{
    add((uint64_t)value);
}

static void add_summary(const trust_policy_summary *summary)
{
    add(summary->verdict);
    add(summary->natural);
    add_signed(summary->risk);
    add_signed(summary->lowest);
    add_signed(summary->highest);
    add_signed(summary->uncertainty);
    add_signed(summary->adverse);
    add(summary->held);
    add(summary->profile);
    add(summary->unsure);
    add(summary->stage);
    add(summary->flaps);
    add(summary->overridden);
    add_signed(summary->probability);
    add_signed(summary->since);
    add_signed(summary->stage_since);
    for (int i = 0; i < 3; i++) {
        add(summary->reasons[i]);
        add(summary->subjects[i]);
    }
}

static void add_row(const trust_row *row)
{
    add(row->type);
    add(row->index);
    add(row->state);
    add(row->reason);
    add_signed(row->points);
    add_signed(row->millibits);
    add(row->certainty);
    add(row->finding);
}

/* False when a call fails. */
static int add_case(const random_case *of)
{
    static uint64_t memory[TRI_RESULT_MOST / sizeof(uint64_t)];
    trust_policy_result *out = (trust_policy_result *)memory;
    trust_row rows[TRUST_MAX_ROWS];
    size_t count = 0;
    trust_time until = 0;
    uint32_t exact = 0;
    trust_policy_summary summary;
    if (trust_policy_evaluate(&of->policy, &of->input, out, sizeof memory) != TRUST_OK ||
        trust_policy_ledger(&of->policy, out, rows, TRUST_MAX_ROWS, &count) != TRUST_OK ||
        trust_policy_valid_until(&of->policy, &of->input, &until, &exact) != TRUST_OK)
        return 0;
    trust_policy_result_summary(out, &summary);
    add_summary(&summary);
    add(out->gates);
    for (size_t i = 0; i < count; i++)
        add_row(&rows[i]);
    add_signed(until);
    add(exact);
    return 1;
}

int main(int argc, char **argv)
{
    static random_case of;
    const char *text = getenv("TRUST_CASES");
    uint64_t cases = text != NULL && *text != 0 ? strtoull(text, NULL, 10) : 500000;
    uint64_t seed = 1;
    for (uint64_t i = 0; i < cases; i++) {
        random_case_make(&seed, EVERYDAY_SCALE, &of);
        if (!add_case(&of)) {
            fprintf(stderr, "case %" PRIu64 " fails\n", i);
            return 1;
        }
    }
    printf("%016" PRIx64 " %" PRIu64 "\n", hash, cases);
    if (argc < 2)
        return 0;
    uint64_t expected = 0, expected_cases = 0;
    FILE *file = fopen(argv[1], "r");
    int read = file == NULL ? 0 : fscanf(file, "%" SCNx64 " %" SCNu64, &expected, &expected_cases);
    if (file != NULL)
        fclose(file);
    if (read != 2 || expected_cases != cases || expected != hash) {
        fprintf(stderr, "differs from %s\n", argv[1]);
        return 1;
    }
    return 0;
}
