/* The behaviour signal: metrics that the host measured, each against the device's own past.
 *
 * Items are 8 bytes of an IEEE 754 double, most significant first, then the metric's name. The host
 * made them, about a hostile device: values are any, names may be many. Memory is ours, checked
 * again because it travelled. docs/behaviour.md describes both formats. */

#include <string.h>

#include <trust/evidence.h>

#include "core/bytes.h"
#include "core/number.h"
#include "core/reason.h"
#include "signal/behaviour/baseline.h"
#include "signal/signal.h"

#define MAX_METRICS 12u
#define MAX_NAME    63u

#define MEMORY_VERSION 1u
#define HEADER_BYTES   2u
/* Key of the name (8), second key (2), its length (1), newest time (8), baseline. */
#define KEY_BYTES    11u
#define METRIC_BYTES (KEY_BYTES + 8u + TRI_BASELINE_BYTES)

_Static_assert(HEADER_BYTES + MAX_METRICS * METRIC_BYTES <= TRUST_SIGNAL_MAX_MEMORY,
               "every metric fits into the memory of a signal");

/* Up to here a surprise is none: chance does this once in ten. */
#define USUAL 10
/* So many values make half of full quality. */
#define HALF_KNOWN 200u

/* Stands for a metric's name: two hashes and the length. */
typedef struct name_key {
    uint64_t hash;
    uint16_t check;
    uint8_t length;
} name_key;

typedef struct metric_past {
    name_key key;
    bool present;      /* in this assessment */
    trust_time newest; /* of what was learnt */
    tri_baseline baseline;
} metric_past;

/* What is remembered of the device: metrics in the order of their keys. */
typedef struct device_past {
    metric_past metrics[MAX_METRICS];
    size_t count;
} device_past;

/* One item, read. */
typedef struct reading {
    name_key key;
    uint64_t bits;
    trust_time time;
    bool ahead; /* of the clock: what comes before it must still count */
    uint32_t index;
} reading;

static bool name_ok(trust_bytes name)
{
    if (name.size < 1 || name.size > MAX_NAME)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && c != '_' && c != '.' && c != '-' && c != '/')
            return false;
    }
    return true;
}

static name_key key_of(trust_bytes name)
{
    return (name_key){.hash = tri_hash64(name, TRI_HASH64_START),
                      .check = (uint16_t)(tri_hash64(name, 88172645463325252u) >> 48),
                      .length = (uint8_t)name.size};
}

static int by_key(const name_key *a, const name_key *b)
{
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->check != b->check)
        return a->check < b->check ? -1 : 1;
    return (int)a->length - (int)b->length;
}

static bool read_sample(reading *out, const trust_appraisal *appraisal, const tri_item *item,
                        size_t index)
{
    if (item->data.size <= 8)
        return false;
    trust_bytes name = {item->data.data + 8, item->data.size - 8};
    uint64_t bits = tri_be64(item->data.data);
    if (!name_ok(name) || !tri_real_finite(bits))
        return false;
    *out = (reading){.key = key_of(name),
                     .bits = bits,
                     .time = tri_item_time(appraisal, item),
                     .index = (uint32_t)index};
    trust_time now = trust_appraisal_now(appraisal);
    out->ahead = now != TRUST_TIME_UNKNOWN && out->time > now;
    return true;
}

/* By time, then by metric. */
static bool before(const reading *a, const reading *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    return by_key(&a->key, &b->key) < 0;
}

/* The readable items of this signal in the order in which they are folded; equals stay as they were
 * given. */
static size_t read_samples(const trust_appraisal *appraisal, reading samples[TRUST_MAX_ITEMS])
{
    size_t count = 0;
    const tri_item *item;
    for (size_t at = 0; (item = tri_appraisal_next(appraisal, &at)) != NULL; at++) {
        reading sample;
        if (!read_sample(&sample, appraisal, item, at))
            continue;
        size_t place = count++;
        for (; place > 0 && before(&sample, &samples[place - 1]); place--)
            samples[place] = samples[place - 1];
        samples[place] = sample;
    }
    return count;
}

/* The sample's metric, a new one while there is room for those that may be learnt. Known ones are
 * never evicted. */
static metric_past *metric_of(device_past *memory, const reading *sample, tri_baseline_mode mode)
{
    size_t at = 0;
    int order = 1;
    while (at < memory->count && (order = by_key(&memory->metrics[at].key, &sample->key)) < 0)
        at++;
    metric_past *here = &memory->metrics[at];
    if (at < memory->count && order == 0)
        return here;
    if (memory->count == MAX_METRICS || mode != TRI_BASELINE_LEARN)
        return NULL;
    memmove(here + 1, here, (memory->count - at) * sizeof *here);
    memory->count++;
    *here = (metric_past){.key = sample->key, .newest = TRUST_TIME_UNKNOWN};
    return here;
}

/* Take a sample in. What is older than what was learnt, or dated ahead of the clock, is judged like
 * any, and teaches nothing. */
static tri_surprise fold(metric_past *metric, const reading *sample, tri_baseline_mode mode)
{
    if (sample->time < metric->newest || sample->ahead) {
        tri_baseline copy = metric->baseline;
        return tri_baseline_observe(&copy, sample->bits, TRI_BASELINE_ASIDE);
    }
    if (mode == TRI_BASELINE_LEARN)
        metric->newest = sample->time;
    return tri_baseline_observe(&metric->baseline, sample->bits, mode);
}

static trust_status read_memory(device_past *out, trust_bytes bytes)
{
    out->count = 0;
    if (bytes.size == 0)
        return TRUST_OK;
    if (bytes.data[0] > MEMORY_VERSION)
        return TRUST_E_UNSUPPORTED;
    if (bytes.size < HEADER_BYTES || bytes.data[0] != MEMORY_VERSION ||
        bytes.data[1] > MAX_METRICS || bytes.size != HEADER_BYTES + bytes.data[1] * METRIC_BYTES)
        return TRUST_E_FORMAT;
    const uint8_t *at = bytes.data + HEADER_BYTES;
    for (size_t i = 0; i < bytes.data[1]; i++, at += METRIC_BYTES) {
        metric_past *m = &out->metrics[i];
        *m = (metric_past){.key = {tri_be64(at), tri_be16(at + 8), at[10]},
                           .newest = (trust_time)tri_be64(at + KEY_BYTES)};
        if (m->key.length < 1 || m->key.length > MAX_NAME ||
            (i > 0 && by_key(&m[-1].key, &m->key) >= 0) ||
            !tri_baseline_read(&m->baseline, at + KEY_BYTES + 8))
            return TRUST_E_FORMAT;
    }
    out->count = bytes.data[1];
    return TRUST_OK;
}

static size_t write_memory(const device_past *memory, uint8_t *out)
{
    out[0] = MEMORY_VERSION;
    out[1] = (uint8_t)memory->count;
    uint8_t *at = out + HEADER_BYTES;
    for (size_t i = 0; i < memory->count; i++, at += METRIC_BYTES) {
        const metric_past *m = &memory->metrics[i];
        tri_put_be64(at, m->key.hash);
        tri_put_be16(at + 8, m->key.check);
        at[10] = m->key.length;
        tri_put_be64(at + KEY_BYTES, (uint64_t)m->newest);
        tri_baseline_write(&m->baseline, at + KEY_BYTES + 8);
    }
    return (size_t)(at - out);
}

/* How well a metric is known, of TRUST_QUALITY_FULL. */
static uint32_t quality_of(uint32_t count)
{
    return (uint32_t)((uint64_t)TRUST_QUALITY_FULL * count / (count + HALF_KNOWN));
}

static uint32_t reason_of(const tri_surprise *surprise, uint32_t known)
{
    if (surprise->tenths > USUAL)
        return surprise->level ? TRI_REASON_BEHAVIOUR_LEVEL : TRI_REASON_BEHAVIOUR_NEW;
    return known < TRI_BASELINE_WARMUP ? TRI_REASON_BEHAVIOUR_LEARNING : TRI_REASON_BEHAVIOUR_OK;
}

/* What the samples said. */
typedef struct outcome {
    const reading *worst; /* the first of equals; NULL when there is none */
    tri_surprise surprise;
    int64_t usual;     /* for its metric, in thousandths, before it came */
    uint32_t known;    /* values of its metric, before it came */
    trust_time latest; /* of all samples */
} outcome;

static void judge(outcome *said, trust_appraisal *appraisal, metric_past *metric,
                  const reading *sample)
{
    uint32_t known = metric->baseline.count;
    int64_t level = known > 0 ? metric->baseline.level : tri_baseline_transform(sample->bits);
    tri_surprise surprise = fold(metric, sample, TRI_BASELINE_LEARN);
    metric->present = true;
    trust_appraisal_item_state(appraisal, sample->index, TRUST_STATE_VALID,
                               reason_of(&surprise, known));
    said->latest = sample->time;
    if (said->worst != NULL && surprise.tenths <= said->surprise.tenths)
        return;
    said->worst = sample;
    said->surprise = surprise;
    said->usual = tri_baseline_thousandths(level);
    said->known = known;
}

/* Values known of the least known metric that is present. */
static uint32_t least_known(const device_past *memory)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < memory->count; i++)
        if (memory->metrics[i].present && memory->metrics[i].baseline.count < least)
            least = memory->metrics[i].baseline.count;
    return least;
}

/* What surprises is as sure as its metric is known. While nothing does, the device is known no
 * better than its least known metric. */
static trust_finding finding_of(const outcome *said, const device_past *memory,
                                const trust_appraisal *appraisal)
{
    bool unusual = said->surprise.tenths > USUAL;
    uint32_t known = unusual ? said->known : least_known(memory);
    const reading *worst = said->worst;
    return (trust_finding){.kind = TRUST_KIND_BEHAVIOUR,
                           .state = TRUST_STATE_VALID,
                           .origin = appraisal->items[worst->index].origin,
                           .value = said->surprise.tenths,
                           .quality = quality_of(known),
                           .time = said->latest,
                           .reason = reason_of(&said->surprise, known),
                           .item = worst->index,
                           .expected = said->usual,
                           .seen = tri_real_scaled(worst->bits, 1000)};
}

/* Say of every item that it was ignored; those that are judged say better afterwards. */
static void ignore_all(trust_appraisal *appraisal)
{
    for (size_t at = 0; tri_appraisal_next(appraisal, &at) != NULL; at++)
        trust_appraisal_item_state(appraisal, (uint32_t)at, TRUST_STATE_UNSUPPORTED,
                                   TRI_REASON_METRIC_IGNORED);
}

/* The past cannot be read, so nothing can be said. The bytes stay for who can read them. */
static trust_status without_memory(trust_appraisal *appraisal, const reading *sample,
                                   trust_status why)
{
    uint32_t reason = why == TRUST_E_UNSUPPORTED ? TRI_REASON_UNSUPPORTED : TRI_REASON_MALFORMED;
    return tri_appraisal_find(appraisal, sample->index, TRUST_KIND_BEHAVIOUR,
                              TRUST_STATE_NOT_REQUESTED, 0, reason);
}

static trust_status appraise(void *user, trust_appraisal *appraisal)
{
    (void)user;
    reading samples[TRUST_MAX_ITEMS];
    size_t count = read_samples(appraisal, samples);
    ignore_all(appraisal);
    if (count == 0)
        return TRUST_OK;
    device_past memory;
    trust_status status = read_memory(&memory, appraisal->memory);
    if (status != TRUST_OK)
        return without_memory(appraisal, &samples[0], status);

    outcome said = {0};
    for (size_t i = 0; i < count; i++) {
        metric_past *metric = metric_of(&memory, &samples[i], TRI_BASELINE_LEARN);
        if (metric != NULL)
            judge(&said, appraisal, metric, &samples[i]);
    }
    if (said.worst == NULL)
        return TRUST_OK;
    trust_finding finding = finding_of(&said, &memory, appraisal);
    return trust_appraisal_state(appraisal, &finding);
}

static trust_status learn(void *user, const trust_appraisal *appraisal, uint32_t mode, uint8_t *out,
                          size_t cap, size_t *len)
{
    (void)user;
    tri_baseline_mode how = mode == TRUST_LEARN ? TRI_BASELINE_LEARN : TRI_BASELINE_ASIDE;
    reading samples[TRUST_MAX_ITEMS];
    size_t count = read_samples(appraisal, samples);
    device_past memory;
    if (count == 0 || read_memory(&memory, appraisal->memory) != TRUST_OK)
        return TRUST_OK;
    for (size_t i = 0; i < count; i++) {
        metric_past *metric = metric_of(&memory, &samples[i], how);
        if (metric != NULL)
            (void)fold(metric, &samples[i], how);
    }
    if (memory.count == 0)
        return TRUST_OK;
    if (HEADER_BYTES + memory.count * METRIC_BYTES > cap)
        return TRUST_E_LIMIT;
    *len = write_memory(&memory, out);
    return TRUST_OK;
}

static const char *const media_types[] = {TRUST_TYPE_METRIC, NULL};

static const trust_kind_info kinds[] = {
    {"behaviour", TRUST_SCALE_SURPRISE, 1u << TRUST_FROM_HOST, 0, 0},
};

const trust_signal_ops tri_signal_behaviour = {
    .size = sizeof(trust_signal_ops),
    .name = "behaviour",
    .media_types = media_types,
    .kinds = kinds,
    .kind_count = sizeof kinds / sizeof kinds[0],
    .appraise = appraise,
    .learn = learn,
};
