/* The bytes of a device's records. Trust: what a store gives back may be damaged or written by a
 * newer version; nothing is read beyond a length that was checked. */

#include "device/record.h"

#include <string.h>

#include "core/bytes.h"
#include "core/number.h"

#define FORMAT   1
#define CRITICAL 0x8000u

enum {
    SECTION_ID = CRITICAL | 1,
    SECTION_STATE = CRITICAL | 2,
    SECTION_ANCHORS = CRITICAL | 3,
    SECTION_ATTRIBUTES = CRITICAL | 4,
    SECTION_CHALLENGE = CRITICAL | 5, /* one each */
    SECTION_FINDINGS = CRITICAL | 6,
    SECTION_REQUESTS = CRITICAL | 7,
    SECTION_STAGE = CRITICAL | 8
};

#define STATE_SIZE      78u
#define STAGE_FIXED     16u
#define FINDING_SIZE    30u
#define CHALLENGE_FIXED 33u

/* A writer that counts on when it is full. */
typedef struct writer {
    uint8_t *out;
    size_t cap;
    size_t need;
} writer;

static void put(writer *w, const void *data, size_t len)
{
    if (w->need <= w->cap && len <= w->cap - w->need && len > 0)
        memcpy(w->out + w->need, data, len);
    w->need += len;
}

static void put8(writer *w, uint32_t value)
{
    uint8_t b = (uint8_t)value;
    put(w, &b, 1);
}

static void put16(writer *w, uint32_t value)
{
    uint8_t b[2];
    tri_put_be16(b, (uint16_t)value);
    put(w, b, sizeof b);
}

static void put32(writer *w, uint32_t value)
{
    uint8_t b[4];
    tri_put_be32(b, value);
    put(w, b, sizeof b);
}

static void put64(writer *w, uint64_t value)
{
    uint8_t b[8];
    tri_put_be64(b, value);
    put(w, b, sizeof b);
}

static void put_time(writer *w, trust_time time)
{
    put64(w, (uint64_t)time);
}

static void put_section(writer *w, uint32_t tag, size_t len)
{
    put16(w, tag);
    put16(w, (uint32_t)len);
}

static void put_state(writer *w, const tri_control *c)
{
    put_section(w, SECTION_STATE, STATE_SIZE);
    put8(w, c->lifecycle);
    put32(w, c->verdict);
    put32(w, (uint32_t)c->risk);
    put32(w, c->refused_kinds);
    put_time(w, c->enrolled);
    put_time(w, c->high_water);
    put_time(w, c->jump);
    put_time(w, c->decided);
    put_time(w, c->since);
    put_time(w, c->valid_until);
    put64(w, c->decisions);
    put64(w, c->next_challenge);
    put8(w, c->flaps);
}

/* By name: a policy that is changed may number its stages otherwise. And with the policy's id:
 * another policy may mean something else by the name. */
static void put_stage(writer *w, const tri_control *c)
{
    size_t len = strlen(c->stage);
    if (len == 0)
        return;
    put_section(w, SECTION_STAGE, STAGE_FIXED + len);
    put_time(w, c->stage_since);
    put64(w, c->stage_policy);
    put(w, c->stage, len);
}

static void put_challenge(writer *w, const tri_challenge *c)
{
    size_t purpose = strlen(c->purpose);
    size_t attempt = strlen(c->attempt);
    put_section(w, SECTION_CHALLENGE, CHALLENGE_FIXED + c->nonce_size + purpose + attempt);
    put64(w, c->id);
    put_time(w, c->issued);
    put_time(w, c->deadline);
    put32(w, c->kinds);
    put8(w, c->state);
    put8(w, c->delivered);
    put8(w, c->nonce_size);
    put(w, c->nonce, c->nonce_size);
    put8(w, (uint32_t)purpose);
    put(w, c->purpose, purpose);
    put8(w, (uint32_t)attempt);
    put(w, c->attempt, attempt);
}

static void put_finding(writer *w, const trust_finding *f)
{
    put32(w, f->kind);
    put32(w, f->source);
    put8(w, f->state);
    put8(w, f->origin);
    put32(w, (uint32_t)f->value);
    put32(w, f->quality);
    put_time(w, f->time);
    put32(w, f->reason);
}

static void put_control(writer *w, const tri_control *c)
{
    put8(w, FORMAT);
    put_section(w, SECTION_ID, c->id.size);
    put(w, c->id.data, c->id.size);
    put_state(w, c);
    put_stage(w, c);
    put_section(w, SECTION_ANCHORS, c->anchor_count * sizeof c->anchors[0]);
    put(w, c->anchors, c->anchor_count * sizeof c->anchors[0]);
    put_section(w, SECTION_ATTRIBUTES, c->attributes.size);
    put(w, c->attributes.data, c->attributes.size);
    for (size_t i = 0; i < c->challenge_count; i++)
        put_challenge(w, &c->challenges[i]);
    put_section(w, SECTION_FINDINGS, c->remembered_count * FINDING_SIZE);
    for (size_t i = 0; i < c->remembered_count; i++)
        put_finding(w, &c->remembered[i]);
    put_section(w, SECTION_REQUESTS, c->request_count * TRI_REQUEST_SIZE);
    put(w, c->requests, c->request_count * TRI_REQUEST_SIZE);
    for (size_t i = 0; i < c->unknown_count; i++)
        put(w, c->unknown[i].data, c->unknown[i].size);
}

trust_status tri_control_encode(const tri_control *control, uint8_t *out, size_t cap, size_t *len)
{
    writer w = {out, cap < TRI_CONTROL_MAX ? cap : TRI_CONTROL_MAX, 0};
    put_control(&w, control);
    if (w.need > w.cap)
        return TRUST_E_LIMIT;
    *len = w.need;
    return TRUST_OK;
}

bool tri_control_fits(const tri_control *control)
{
    writer w = {NULL, 0, 0};
    put_control(&w, control);
    size_t findings = (TRI_MAX_REMEMBERED - control->remembered_count) * FINDING_SIZE;
    size_t requests = (TRI_MAX_REQUESTS - control->request_count) * TRI_REQUEST_SIZE;
    size_t len = strlen(control->stage);
    size_t stage = TRI_TEXT_MAX - len + (len == 0 ? 4 + STAGE_FIXED : 0);
    return w.need + findings + requests + stage <= TRI_CONTROL_MAX;
}

/* A reader that fails once and for all. */
typedef struct reader {
    const uint8_t *at;
    size_t left;
    bool bad;
} reader;

static const uint8_t *take(reader *r, size_t len)
{
    static const uint8_t nothing[8];
    if (r->bad || len > r->left) {
        r->bad = true;
        return nothing;
    }
    const uint8_t *at = r->at;
    r->at += len;
    r->left -= len;
    return at;
}

static void take_into(reader *r, void *out, size_t len)
{
    const uint8_t *at = take(r, len);
    if (!r->bad && len > 0)
        memcpy(out, at, len);
}

static uint32_t take8(reader *r)
{
    return take(r, 1)[0];
}

static uint32_t take16(reader *r)
{
    return tri_be16(take(r, 2));
}

static uint32_t take32(reader *r)
{
    return tri_be32(take(r, 4));
}

static uint64_t take64(reader *r)
{
    return tri_be64(take(r, 8));
}

/* A moment that arithmetic is done with, or UNKNOWN. */
static trust_time take_time(reader *r)
{
    trust_time time = (trust_time)take64(r);
    r->bad |= time != TRUST_TIME_UNKNOWN && (time < 0 || time > TRI_TIME_LAST);
    return time;
}

static void take_state(reader *r, tri_control *c)
{
    c->lifecycle = take8(r);
    c->verdict = take32(r);
    c->risk = (int32_t)take32(r);
    c->refused_kinds = take32(r);
    c->enrolled = take_time(r);
    c->high_water = take_time(r);
    c->jump = take_time(r);
    c->decided = take_time(r);
    c->since = take_time(r);
    c->valid_until = (trust_time)take64(r); /* may be NEVER, and is only compared */
    c->decisions = take64(r);
    c->next_challenge = take64(r);
    c->flaps = take8(r);
    r->bad |= c->lifecycle < TRUST_LIFECYCLE_ENROLLED || c->lifecycle > TRUST_LIFECYCLE_RETIRED ||
              c->verdict > TRUST_DENY || c->risk < 0 || c->risk > 1000;
}

static void take_text(reader *r, char out[TRI_TEXT_MAX + 1])
{
    size_t len = take8(r);
    r->bad |= len > TRI_TEXT_MAX;
    take_into(r, out, len);
    if (!r->bad)
        out[len] = '\0';
}

static void take_stage(reader *r, tri_control *c)
{
    c->stage_since = take_time(r);
    c->stage_policy = take64(r);
    trust_bytes name = {r->at, r->left};
    r->bad |= name.size > TRI_TEXT_MAX || !tri_name(name);
    take_into(r, c->stage, r->bad ? 0 : name.size);
}

static void take_challenge(reader *r, tri_control *c)
{
    if (c->challenge_count == TRI_MAX_CHALLENGES_KEPT) {
        r->bad = true;
        return;
    }
    tri_challenge *challenge = &c->challenges[c->challenge_count++];
    challenge->id = take64(r);
    challenge->issued = take_time(r);
    challenge->deadline = take_time(r);
    challenge->kinds = take32(r);
    challenge->state = (uint8_t)take8(r);
    challenge->delivered = (uint8_t)take8(r);
    challenge->nonce_size = (uint8_t)take8(r);
    r->bad |= challenge->nonce_size < 8 || challenge->nonce_size > sizeof challenge->nonce ||
              (challenge->state != TRI_CHALLENGE_OPEN && challenge->state != TRI_CHALLENGE_SPENT);
    take_into(r, challenge->nonce, challenge->nonce_size);
    take_text(r, challenge->purpose);
    take_text(r, challenge->attempt);
}

static void take_findings(reader *r, tri_control *c)
{
    size_t count = r->left / FINDING_SIZE;
    r->bad |= count > TRI_MAX_REMEMBERED;
    for (size_t i = 0; i < count && !r->bad; i++) {
        trust_finding *f = &c->remembered[c->remembered_count++];
        f->kind = take32(r);
        f->source = take32(r);
        f->state = take8(r);
        f->origin = take8(r);
        f->value = (int32_t)take32(r);
        f->quality = take32(r);
        f->time = (trust_time)take64(r); /* as it was claimed */
        f->reason = take32(r);
        f->item = TRUST_NO_ITEM;
        r->bad |= f->quality > TRUST_QUALITY_FULL || f->value < 0 ||
                  (f->state != TRUST_STATE_VALID && f->state != TRUST_STATE_INVALID);
    }
}

static void take_requests(reader *r, tri_control *c)
{
    c->request_count = r->left / TRI_REQUEST_SIZE;
    r->bad |= c->request_count > TRI_MAX_REQUESTS;
    take_into(r, c->requests, c->request_count * TRI_REQUEST_SIZE);
}

static void take_anchors(reader *r, tri_control *c)
{
    c->anchor_count = r->left / sizeof c->anchors[0];
    r->bad |= c->anchor_count > TRUST_DEVICE_MAX_ANCHORS;
    take_into(r, c->anchors, c->anchor_count * sizeof c->anchors[0]);
}

/* Pairs of texts, each with its NUL. */
static void take_attributes(reader *r, tri_control *c)
{
    c->attributes = (trust_bytes){r->at, r->left};
    size_t ends = 0;
    for (size_t i = 0; i < r->left; i++)
        ends += r->at[i] == 0;
    r->bad |= ends % 2 != 0 || ends / 2 > TRUST_DEVICE_MAX_ATTRIBUTES ||
              (r->left > 0 && r->at[r->left - 1] != 0);
    (void)take(r, r->left);
}

static void take_id(reader *r, tri_control *c)
{
    c->id = (trust_bytes){r->at, r->left};
    r->bad |= r->left > TRUST_DEVICE_MAX_ID;
    (void)take(r, r->left);
}

static const struct {
    uint32_t tag;
    void (*take)(reader *r, tri_control *c);
} sections[] = {
    {SECTION_ID, take_id},
    {SECTION_STATE, take_state},
    {SECTION_ANCHORS, take_anchors},
    {SECTION_ATTRIBUTES, take_attributes},
    {SECTION_CHALLENGE, take_challenge},
    {SECTION_FINDINGS, take_findings},
    {SECTION_REQUESTS, take_requests},
    {SECTION_STAGE, take_stage},
};

#define SECTIONS          (sizeof sections / sizeof sections[0])
#define OPTIONAL_SECTIONS (1u << 4 | 1u << 7) /* a device may have no challenge, and no stage */

/* @p seen has a bit for each section so far; only challenges stand more than once. */
static trust_status take_section(uint32_t tag, trust_bytes whole, uint32_t *seen, tri_control *out)
{
    for (size_t i = 0; i < SECTIONS; i++) {
        if (sections[i].tag != tag)
            continue;
        if (tag != SECTION_CHALLENGE && (*seen >> i & 1) != 0)
            return TRUST_E_INTEGRITY;
        *seen |= 1u << i;
        reader body = {whole.data + 4, whole.size - 4, false};
        sections[i].take(&body, out);
        return body.bad || body.left != 0 ? TRUST_E_INTEGRITY : TRUST_OK;
    }
    if ((tag & CRITICAL) != 0 || out->unknown_count == TRI_MAX_UNKNOWN)
        return TRUST_E_UNSUPPORTED;
    out->unknown[out->unknown_count++] = whole;
    return TRUST_OK;
}

trust_status tri_control_decode(trust_bytes record, tri_control *out)
{
    reader r = {record.data, record.size, false};
    memset(out, 0, sizeof *out);
    out->stage_since = TRUST_TIME_UNKNOWN;
    uint32_t format = take8(&r);
    uint32_t seen = 0;
    if (r.bad || record.size > TRI_CONTROL_MAX)
        return TRUST_E_INTEGRITY;
    if (format != FORMAT)
        return TRUST_E_UNSUPPORTED;
    while (r.left > 0) {
        const uint8_t *start = r.at;
        uint32_t tag = take16(&r);
        size_t len = take16(&r);
        (void)take(&r, len);
        if (r.bad)
            return TRUST_E_INTEGRITY;
        trust_status status = take_section(tag, (trust_bytes){start, len + 4}, &seen, out);
        if (status != TRUST_OK)
            return status;
    }
    /* A record that was cut short must not pass for one with nothing bad in it. */
    bool whole = (seen | OPTIONAL_SECTIONS) == (1u << SECTIONS) - 1;
    return whole && out->id.size > 0 ? TRUST_OK : TRUST_E_INTEGRITY;
}

/* The section at @p at of a memory record, as key and body; @p at moves behind it. */
static bool memory_next(trust_bytes record, size_t *at, uint32_t *key, trust_bytes *body)
{
    if (record.size - *at < 6)
        return false;
    *key = tri_be32(record.data + *at);
    size_t len = tri_be16(record.data + *at + 4);
    if (len > record.size - *at - 6)
        return false;
    *body = (trust_bytes){record.data + *at + 6, len};
    *at += 6 + len;
    return true;
}

bool tri_memory_valid(trust_bytes record)
{
    if (record.size == 0)
        return true;
    if (record.size > TRI_MEMORY_MAX || record.data[0] != FORMAT)
        return false;
    size_t at = 1;
    uint32_t key;
    trust_bytes body;
    while (at < record.size)
        if (!memory_next(record, &at, &key, &body))
            return false;
    return true;
}

trust_bytes tri_memory_find(trust_bytes record, uint32_t signal)
{
    size_t at = 1;
    uint32_t key;
    trust_bytes body;
    while (at < record.size && memory_next(record, &at, &key, &body))
        if (key == signal)
            return body;
    return (trust_bytes){NULL, 0};
}

static void put_memory(writer *w, uint32_t key, trust_bytes body)
{
    put32(w, key);
    put16(w, (uint32_t)body.size);
    put(w, body.data, body.size);
}

trust_status tri_memory_replace(trust_bytes record, uint32_t signal, trust_bytes body, uint8_t *out,
                                size_t cap, size_t *len)
{
    writer w = {out, cap < TRI_MEMORY_MAX ? cap : TRI_MEMORY_MAX, 0};
    size_t at = 1;
    uint32_t key;
    trust_bytes old;
    bool written = false;
    if (body.size > UINT16_MAX)
        return TRUST_E_LIMIT;
    put8(&w, FORMAT);
    while (at < record.size && memory_next(record, &at, &key, &old)) {
        put_memory(&w, key, key == signal ? body : old);
        written |= key == signal;
    }
    if (!written)
        put_memory(&w, signal, body);
    if (w.need > w.cap)
        return TRUST_E_LIMIT;
    *len = w.need;
    return TRUST_OK;
}

uint32_t tri_memory_key(const char *signal_name)
{
    return tri_hash32(tri_bytes(signal_name));
}
