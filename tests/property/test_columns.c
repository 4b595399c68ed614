/* Many devices at once come to what each comes to alone, to the bit: random policies, columns of
 * any make (several sources of a kind, kinds that the policy does not name, bitmaps that begin
 * anywhere) and what is each device's own. TRUST_CASES sets how many, TRUST_SEED where they begin.
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy/result.h"
#include "random_policy.h"
#include "support.h"

#define DEVICES 23
#define COLUMNS 40
#define NOW     INT64_C(1763872496000)

/* The arrays of one column; which of them it points at is chance. */
typedef struct arrays {
    int32_t values[DEVICES];
    uint8_t present[DEVICES / 8 + 4];
    uint8_t states[DEVICES];
    trust_time times[DEVICES];
    uint32_t quality[DEVICES];
} arrays;

static struct {
    random_case of;
    trust_column columns[COLUMNS];
    arrays arrays[COLUMNS];
    trust_time now[DEVICES], since[DEVICES];
    trust_policy_selection selections[DEVICES];
    trust_verdict previous[DEVICES];
    trust_policy_batch batch;
} world;

static uint64_t current;

static bool one_in(uint64_t *seed, uint32_t n)
{
    return random_below(seed, n) == 0;
}

static void make_column(uint64_t *seed, size_t index)
{
    arrays *a = &world.arrays[index];
    trust_column *column = &world.columns[index];
    *column = (trust_column)TRUST_COLUMN_INIT;
    uint32_t signals = world.of.policy.signal_count;
    uint32_t signal = index < signals ? (uint32_t)index : random_below(seed, signals);
    column->kind = one_in(seed, 16) ? 0x80000001u : world.of.signals[signal].kind;
    column->source = random_below(seed, 4);
    column->present_offset = random_below(seed, 25);
    for (size_t i = 0; i < sizeof a->present; i++)
        a->present[i] = (uint8_t)(random_next(seed) | random_next(seed));
    for (size_t i = 0; i < DEVICES; i++) {
        a->values[i] = (int32_t)random_below(seed, 128);
        a->states[i] = one_in(seed, 4) ? (uint8_t)random_below(seed, 10) : TRUST_STATE_VALID;
        a->times[i] = one_in(seed, 32)
                          ? TRUST_TIME_UNKNOWN
                          : NOW - (trust_time)(random_next(seed) >> random_below(seed, 60) >> 1);
        a->quality[i] = random_below(seed, TRUST_QUALITY_FULL + 1);
    }
    column->values = a->values;
    column->present = one_in(seed, 2) ? a->present : NULL;
    column->states = one_in(seed, 2) ? a->states : NULL;
    column->times = one_in(seed, 2) ? a->times : NULL;
    column->quality = one_in(seed, 2) ? a->quality : NULL;
}

static void make_own(uint64_t *seed)
{
    const trust_policy_input *input = &world.of.input;
    for (size_t i = 0; i < DEVICES; i++) {
        world.now[i] = one_in(seed, 16) ? TRUST_TIME_UNKNOWN : NOW + random_below(seed, 10000000);
        world.since[i] = NOW - random_below(seed, 100000000);
        world.previous[i] = random_below(seed, 5);
        world.selections[i] = input->selection;
        if (one_in(seed, 2))
            world.selections[i].profile = random_below(seed, world.of.policy.profile_count + 1);
    }
    world.batch.now = one_in(seed, 2) ? world.now : NULL;
    world.batch.since = one_in(seed, 2) ? world.since : NULL;
    world.batch.previous = one_in(seed, 2) ? world.previous : NULL;
    world.batch.selections = one_in(seed, 2) ? world.selections : NULL;
}

static void make_world(uint64_t seed)
{
    current = seed;
    seed *= 0x9E3779B97F4A7C15u;
    random_case_make(&seed, EVERYDAY_SCALE, &world.of);
    world.of.input.findings = NULL;
    world.of.input.finding_count = 0;
    world.batch = (trust_policy_batch)TRUST_POLICY_BATCH_INIT;
    world.batch.count = one_in(&seed, 64) ? 0 : DEVICES;
    world.batch.columns = world.columns;
    world.batch.column_count = random_below(&seed, COLUMNS + 1);
    world.batch.common = &world.of.input;
    for (size_t c = 0; c < world.batch.column_count; c++)
        make_column(&seed, c);
    make_own(&seed);
}

/* What a column says of one device, as a caller of trust_policy_evaluate() would write it. */
static trust_finding finding_of(const trust_column *column, size_t device, trust_time now)
{
    trust_finding finding = {.kind = column->kind,
                             .source = column->source,
                             .origin = column->origin,
                             .item = TRUST_NO_ITEM};
    uint64_t bit = column->present_offset + device;
    if (column->present != NULL && (column->present[bit / 8] >> bit % 8 & 1) == 0)
        return finding;
    finding.state = column->states != NULL ? column->states[device] : TRUST_STATE_VALID;
    finding.value = column->values[device];
    finding.quality = column->quality != NULL ? column->quality[device] : TRUST_QUALITY_FULL;
    finding.time = column->times != NULL ? column->times[device] : now;
    return finding;
}

static trust_policy_summary alone(size_t device)
{
    static uint64_t memory[TRI_RESULT_MOST / sizeof(uint64_t)];
    trust_policy_result *result = (trust_policy_result *)memory;
    trust_finding findings[COLUMNS];
    trust_policy_input input = world.of.input;
    trust_policy_summary summary;
    if (world.batch.now != NULL)
        input.now = world.now[device];
    if (world.batch.since != NULL)
        input.since = world.since[device];
    if (world.batch.previous != NULL)
        input.previous = world.previous[device];
    if (world.batch.selections != NULL)
        input.selection = world.selections[device];
    for (size_t c = 0; c < world.batch.column_count; c++)
        findings[c] = finding_of(&world.columns[c], device, input.now);
    input.findings = findings;
    input.finding_count = world.batch.column_count;
    ck_ok(trust_policy_evaluate(&world.of.policy, &input, result, sizeof memory));
    trust_policy_result_summary(result, &summary);
    return summary;
}

static void check_world(void)
{
    static trust_verdict verdict[DEVICES];
    static int32_t risk[DEVICES], lowest[DEVICES], highest[DEVICES], uncertainty[DEVICES],
        adverse[DEVICES];
    static uint32_t reason[DEVICES];
    static trust_policy_summary summary[DEVICES];
    const trust_policy_outcomes out = {sizeof out,  verdict, risk,   lowest, highest,
                                       uncertainty, adverse, reason, summary};
    trust_error err = {0};
    ck_ok(trust_policy_evaluate_many(&world.of.policy, &world.batch, &out, &err));
    for (size_t i = 0; i < world.batch.count; i++) {
        trust_policy_summary want = alone(i);
        bool same = memcmp(&want, &summary[i], sizeof want) == 0 && want.verdict == verdict[i] &&
                    want.risk == risk[i] && want.lowest == lowest[i] &&
                    want.highest == highest[i] && want.uncertainty == uncertainty[i] &&
                    want.adverse == adverse[i] && want.reasons[0] == reason[i];
        ck_assert_msg(same, "device %zu: TRUST_SEED=%" PRIu64 " TRUST_CASES=1", i, current);
    }
}

START_TEST(many_are_each_as_alone)
{
    const char *cases = getenv("TRUST_CASES"), *first = getenv("TRUST_SEED");
    uint64_t count = cases != NULL && *cases != 0 ? strtoull(cases, NULL, 10) : 2000;
    uint64_t seed = first != NULL && *first != 0 ? strtoull(first, NULL, 10) : 1;
    for (uint64_t i = 0; i < count; i++) {
        make_world(seed + i);
        check_world();
    }
}
END_TEST

int main(void)
{
    return run_tests("columns", TESTS(many_are_each_as_alone));
}
