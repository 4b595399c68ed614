/* The behaviour signal: metrics in, one finding out, and what is remembered. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "signal/signal.h"
#include "support.h"

#define NOW       1000000000
#define MAX_BYTES 128

/* One device and what is asked about it. */
typedef struct scene {
    trust_appraisal appraisal;
    tri_item items[TRUST_MAX_ITEMS];
    uint8_t data[TRUST_MAX_ITEMS][MAX_BYTES];
    uint8_t memory[TRUST_SIGNAL_MAX_MEMORY];
    uint64_t random;
} scene;

static scene *new_scene(void)
{
    scene *s = calloc(1, sizeof *s);
    s->appraisal.now = NOW;
    s->appraisal.device_id = "";
    s->appraisal.signal = &tri_signal_behaviour;
    s->appraisal.items = s->items;
    s->random = 99;
    return s;
}

static void clear(scene *s)
{
    s->appraisal.item_count = 0;
    s->appraisal.finding_count = 0;
    memset(s->appraisal.outcomes, 0, sizeof s->appraisal.outcomes);
}

static size_t add_bytes(scene *s, const void *data, size_t len)
{
    size_t at = s->appraisal.item_count++;
    memcpy(s->data[at], data, len);
    s->items[at] = (tri_item){.type = TRUST_TYPE_METRIC,
                              .data = {s->data[at], len},
                              .collected = TRUST_TIME_UNKNOWN,
                              .origin = TRUST_FROM_HOST};
    return at;
}

static size_t add_at(scene *s, const char *name, double value, trust_time time)
{
    uint8_t data[MAX_BYTES];
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    tri_put_be64(data, bits);
    memcpy(data + 8, name, strlen(name));
    size_t at = add_bytes(s, data, 8 + strlen(name));
    s->items[at].collected = time;
    return at;
}

static size_t add(scene *s, const char *name, double value)
{
    return add_at(s, name, value, TRUST_TIME_UNKNOWN);
}

static const trust_finding *appraise(scene *s)
{
    s->appraisal.finding_count = 0;
    ck_ok(tri_signal_behaviour.appraise(NULL, &s->appraisal));
    ck_assert_uint_le(s->appraisal.finding_count, 1);
    return s->appraisal.finding_count == 1 ? s->appraisal.findings : NULL;
}

static void learn(scene *s, uint32_t mode)
{
    uint8_t out[TRUST_SIGNAL_MAX_MEMORY];
    size_t len = SIZE_MAX;
    ck_ok(tri_signal_behaviour.learn(NULL, &s->appraisal, mode, out, sizeof out, &len));
    if (len == SIZE_MAX)
        return;
    ck_assert_uint_le(len, sizeof out);
    memcpy(s->memory, out, len);
    s->appraisal.memory = (trust_bytes){s->memory, len};
}

static double usual(scene *s)
{
    return 1500 + (double)(next_random(&s->random) % 600);
}

/* A device with a past of @p count values of two metrics, a minute apart, up to now. */
static scene *device(int count)
{
    scene *s = new_scene();
    for (int i = 0; i < count; i++) {
        clear(s);
        s->appraisal.now = NOW - (trust_time)(count - i) * 60000;
        add(s, "tx_bytes", usual(s));
        add(s, "temp", 20 + usual(s) / 1000);
        learn(s, TRUST_LEARN);
    }
    s->appraisal.now = NOW;
    clear(s);
    return s;
}

START_TEST(without_metrics_it_says_nothing)
{
    scene *s = new_scene();
    ck_assert_ptr_null(appraise(s));
    learn(s, TRUST_LEARN);
    ck_assert_uint_eq(s->appraisal.memory.size, 0);
    free(s);
}
END_TEST

START_TEST(first_value_is_learning)
{
    scene *s = new_scene();
    add(s, "tx_bytes", 1532);
    const trust_finding *f = appraise(s);
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(f->kind, TRUST_KIND_BEHAVIOUR);
    ck_assert_uint_eq(f->state, TRUST_STATE_VALID);
    ck_assert_uint_eq(f->origin, TRUST_FROM_HOST);
    ck_assert_int_eq(f->value, 0);
    ck_assert_uint_eq(f->reason, TRI_REASON_BEHAVIOUR_LEARNING);
    ck_assert_uint_lt(f->quality, TRUST_QUALITY_FULL / 100);
    ck_assert(f->time == NOW && f->item == 0 && f->seen == 1532000);
    ck_assert_uint_eq(s->appraisal.outcomes[0].state, TRUST_STATE_VALID);
    free(s);
}
END_TEST

START_TEST(known_device_is_usual)
{
    scene *s = device(600);
    add(s, "tx_bytes", 1800);
    add(s, "temp", 21.8);
    const trust_finding *f = appraise(s);
    ck_assert_int_le(f->value, 10);
    ck_assert_uint_eq(f->reason, TRI_REASON_BEHAVIOUR_OK);
    ck_assert_uint_ge(f->quality, TRUST_QUALITY_FULL * 3 / 4 - 1);
    free(s);
}
END_TEST

/* Of equals the first decides. */
START_TEST(first_of_equals_decides)
{
    scene *s = device(600);
    for (int i = 0; i < 5; i++)
        add(s, "tx_bytes", 1800);
    ck_assert_int_eq(appraise(s)->value, 0);
    ck_assert_uint_eq(s->appraisal.findings[0].item, 0);
    free(s);
}
END_TEST

START_TEST(takeover_is_new)
{
    scene *s = device(600);
    for (int i = 0; i < 15; i++) {
        add(s, "temp", 21.8);
        add(s, "tx_bytes", 40000 + i * 10);
    }
    const trust_finding *f = appraise(s);
    ck_assert_msg(f->value >= 60, "%d", f->value);
    ck_assert_uint_eq(f->reason, TRI_REASON_BEHAVIOUR_NEW);
    ck_assert(f->seen >= 40000000 && f->expected > 1500000 && f->expected < 2100000);
    ck_assert_uint_eq(f->item % 2, 1);
    ck_assert_uint_ge(f->quality, TRUST_QUALITY_FULL * 3 / 4 - 1);
    /* A metric that nobody knows beside it makes that no less sure. */
    add(s, "new", 1);
    ck_assert_uint_ge(appraise(s)->quality, TRUST_QUALITY_FULL * 3 / 4 - 1);
    free(s);
}
END_TEST

/* One value an assessment, and each time the engine holds the lessons back: it adds up all the
 * same, and calm again it ebbs. */
START_TEST(suspicion_adds_up_over_assessments)
{
    scene *s = device(600);
    int32_t value = 0;
    for (int i = 0; i < 20; i++) {
        clear(s);
        s->appraisal.now += 60000;
        add(s, "tx_bytes", 40000 + i);
        value = appraise(s)->value;
        learn(s, TRUST_LEARN_ASIDE);
    }
    ck_assert_msg(value >= 60, "%d", value);
    for (int i = 0; i < 60; i++) {
        clear(s);
        s->appraisal.now += 60000;
        add(s, "tx_bytes", usual(s));
        value = appraise(s)->value;
        learn(s, TRUST_LEARN_ASIDE);
    }
    ck_assert_msg(value <= 10, "%d", value);
    free(s);
}
END_TEST

/* A level that stays off after its values were learnt. */
START_TEST(level_has_its_reason)
{
    scene *s = device(800);
    bool level = false;
    for (int i = 0; i < 300 && !level; i++) {
        clear(s);
        s->appraisal.now += 60000;
        add(s, "tx_bytes", 40 * usual(s));
        const trust_finding *f = appraise(s);
        level = f->reason == TRI_REASON_BEHAVIOUR_LEVEL;
        learn(s, TRUST_LEARN);
    }
    ck_assert(level);
    free(s);
}
END_TEST

/* The least known metric says how well a quiet device is known. */
START_TEST(quality_is_the_least_known)
{
    scene *s = device(600);
    add(s, "tx_bytes", 1800);
    add(s, "new", 1);
    const trust_finding *f = appraise(s);
    ck_assert_uint_lt(f->quality, TRUST_QUALITY_FULL / 100);
    ck_assert_uint_eq(f->reason, TRI_REASON_BEHAVIOUR_LEARNING);
    free(s);
}
END_TEST

START_TEST(what_cannot_be_read_is_ignored)
{
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {"", 0},
        {"\x40\x00\x00\x00\x00\x00\x00\x00", 8},          /* no name */
        {"\x40\x00\x00\x00\x00\x00\x00", 7},              /* no value */
        {"\x7f\xf0\x00\x00\x00\x00\x00\x00m", 9},         /* infinity */
        {"\xff\xf8\x00\x00\x00\x00\x00\x00m", 9},         /* NaN */
        {"\x40\x00\x00\x00\x00\x00\x00\x00m m", 11},      /* a space in the name */
        {"\x40\x00\x00\x00\x00\x00\x00\x00m\x00", 10},    /* NUL */
        {"\x40\x00\x00\x00\x00\x00\x00\x00\xc3\xa4", 10}, /* not ASCII */
        {"\x40\x00\x00\x00\x00\x00\x00\x00"
         "0123456789012345678901234567890123456789012345678901234567890123",
         72}, /* 64 characters */
    };
    scene *s = new_scene();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        add_bytes(s, bad[i].bytes, bad[i].len);
    ck_assert_ptr_null(appraise(s));
    for (size_t i = 0; i < s->appraisal.item_count; i++) {
        ck_assert_uint_eq(s->appraisal.outcomes[i].state, TRUST_STATE_UNSUPPORTED);
        ck_assert_uint_eq(s->appraisal.outcomes[i].reason, TRI_REASON_METRIC_IGNORED);
    }
    learn(s, TRUST_LEARN);
    ck_assert_uint_eq(s->appraisal.memory.size, 0);
    /* One good one among them counts. */
    size_t good = add_bytes(s, bad[8].bytes, 71);
    ck_assert_ptr_nonnull(appraise(s));
    ck_assert_uint_eq(s->appraisal.findings[0].item, good);
    free(s);
}
END_TEST

START_TEST(names_are_bounded)
{
    scene *s = device(300);
    uint8_t first[TRUST_SIGNAL_MAX_MEMORY];
    for (int round = 0; round < 1000; round++) {
        char name[64];
        clear(s);
        s->appraisal.now += 1000;
        for (int i = 0; i < 60; i++) {
            snprintf(name, sizeof name, "m%d-%d", round, i);
            add(s, name, i);
        }
        const trust_finding *f = appraise(s);
        ck_assert(round == 0 ? f != NULL : f == NULL);
        learn(s, TRUST_LEARN);
        if (round == 0)
            memcpy(first, s->memory, s->appraisal.memory.size);
    }
    ck_assert(memcmp(first, s->memory, s->appraisal.memory.size) == 0);
    ck_assert_uint_eq(s->memory[1], 12);
    /* Those that were known still are. */
    clear(s);
    add(s, "tx_bytes", 1800);
    ck_assert_uint_ge(appraise(s)->quality, TRUST_QUALITY_FULL / 2);
    free(s);
}
END_TEST

START_TEST(order_of_items_does_not_matter)
{
    scene *a = device(300);
    scene *b = device(300);
    for (int i = 0; i < 10; i++) {
        trust_time time = NOW - 1000 + i;
        add_at(a, "tx_bytes", 1000 * i, time);
        add_at(a, "temp", 20 + i, time);
    }
    for (int i = 9; i >= 0; i--) {
        trust_time time = NOW - 1000 + i;
        add_at(b, "temp", 20 + i, time);
        add_at(b, "tx_bytes", 1000 * i, time);
    }
    trust_finding x = *appraise(a);
    trust_finding y = *appraise(b);
    ck_assert_uint_eq(19 - x.item, y.item);
    x.item = y.item;
    ck_assert(memcmp(&x, &y, sizeof x) == 0);
    learn(a, TRUST_LEARN);
    learn(b, TRUST_LEARN);
    ck_assert(a->appraisal.memory.size == b->appraisal.memory.size);
    ck_assert(memcmp(a->memory, b->memory, a->appraisal.memory.size) == 0);
    free(a);
    free(b);
}
END_TEST

/* What is older than the newest lesson is judged, and changes nothing. */
START_TEST(past_is_not_rewritten)
{
    scene *s = device(300);
    uint8_t before[TRUST_SIGNAL_MAX_MEMORY];
    memcpy(before, s->memory, sizeof before);
    for (int i = 0; i < 20; i++)
        add_at(s, "tx_bytes", 40000, NOW - 3600000 + i);
    const trust_finding *f = appraise(s);
    ck_assert_int_gt(f->value, 10);
    ck_assert_int_lt(f->value, 60);
    learn(s, TRUST_LEARN);
    ck_assert(memcmp(before, s->memory, sizeof before) == 0);
    free(s);
}
END_TEST

START_TEST(suspect_device_begins_no_metric)
{
    scene *s = new_scene();
    add(s, "tx_bytes", 1);
    learn(s, TRUST_LEARN_ASIDE);
    ck_assert_uint_eq(s->appraisal.memory.size, 0);
    free(s);
}
END_TEST

/* Memory that cannot be read is kept for who can, and nothing is said on its strength. */
START_TEST(foreign_memory_is_left_alone)
{
    static const struct {
        size_t at;
        uint8_t byte;
        uint32_t reason;
    } faults[] = {
        {0, 2, TRI_REASON_UNSUPPORTED},  {0, 0, TRI_REASON_MALFORMED},
        {1, 1, TRI_REASON_MALFORMED},    {1, 13, TRI_REASON_MALFORMED},
        {12, 0, TRI_REASON_MALFORMED},   {12, 64, TRI_REASON_MALFORMED},
        {2, 0xFF, TRI_REASON_MALFORMED}, {2 + 19 + 30, 99, TRI_REASON_MALFORMED},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        scene *s = device(100);
        s->memory[faults[i].at] = faults[i].byte;
        add(s, "tx_bytes", 1800);
        const trust_finding *f = appraise(s);
        ck_assert_ptr_nonnull(f);
        ck_assert_uint_eq(f->state, TRUST_STATE_NOT_REQUESTED);
        ck_assert_msg(f->reason == faults[i].reason, "fault %zu", i);
        uint8_t before[TRUST_SIGNAL_MAX_MEMORY];
        memcpy(before, s->memory, sizeof before);
        learn(s, TRUST_LEARN);
        ck_assert(memcmp(before, s->memory, sizeof before) == 0);
        free(s);
    }
    scene *s = device(100);
    size_t metric = (s->appraisal.memory.size - 2) / 2;
    memcpy(s->memory + 2 + metric, s->memory + 2, metric); /* the same metric twice */
    add(s, "tx_bytes", 1800);
    ck_assert_uint_eq(appraise(s)->reason, TRI_REASON_MALFORMED);
    s->appraisal.memory.size = 1;
    ck_assert_uint_eq(appraise(s)->reason, TRI_REASON_MALFORMED);
    free(s);
}
END_TEST

START_TEST(memory_needs_its_room)
{
    scene *s = device(10);
    uint8_t out[64];
    size_t len = 77;
    add(s, "tx_bytes", 1800);
    ck_status(tri_signal_behaviour.learn(NULL, &s->appraisal, TRUST_LEARN, out, sizeof out, &len),
              TRUST_E_LIMIT);
    ck_assert_uint_eq(len, 77);
    free(s);
}
END_TEST

int main(void)
{
    return run_tests("behaviour",
                     TESTS(without_metrics_it_says_nothing, first_value_is_learning,
                           known_device_is_usual, first_of_equals_decides, takeover_is_new,
                           suspicion_adds_up_over_assessments, level_has_its_reason,
                           quality_is_the_least_known, what_cannot_be_read_is_ignored,
                           names_are_bounded, order_of_items_does_not_matter, past_is_not_rewritten,
                           suspect_device_begins_no_metric, foreign_memory_is_left_alone,
                           memory_needs_its_room));
}
