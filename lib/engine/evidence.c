/* Collecting evidence. Trust: the origin is the caller's word; everything else may be hostile and
 * is only copied, bounded, and brought into the shape that signals read. */

#include "engine/evidence.h"

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/number.h"
#include "engine/device.h"
#include "format/json.h"

#define MAX_TYPE        127
#define METRIC_NAME_MAX 63

trust_status trust_evidence_new(const trust_device *device, trust_evidence **out, trust_error *err)
{
    if (device == NULL || out == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "a device and a place for the evidence are needed");
    trust_evidence *evidence = tri_new(&device->engine->allocator, sizeof *evidence);
    if (evidence == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the evidence");
    evidence->engine = tri_engine_hold(device->engine);
    evidence->arena = tri_arena_begin(&device->engine->allocator);
    memcpy(evidence->device, device->texts, strlen(device->texts) + 1);
    *out = evidence;
    return TRUST_OK;
}

void trust_evidence_clear(trust_evidence *evidence)
{
    if (evidence == NULL)
        return;
    tri_arena_reset(&evidence->arena);
    evidence->count = 0;
    evidence->channel_size = 0;
    evidence->request_size = 0;
    evidence->attempt[0] = '\0';
}

void trust_evidence_free(trust_evidence *evidence)
{
    if (evidence == NULL)
        return;
    trust_engine *engine = evidence->engine;
    tri_arena_end(&evidence->arena);
    tri_delete(&engine->allocator, evidence, sizeof *evidence);
    tri_engine_release(engine);
}

/* A media type without parameters, in lower case (RFC 2045 section 5.1: letters of any case). */
static const char *copy_type(trust_evidence *evidence, trust_bytes type)
{
    size_t len = 0;
    while (len < type.size && type.data[len] != ';' && type.data[len] != ' ')
        len++;
    char *copy = tri_arena_copy(&evidence->arena, (trust_bytes){type.data, len});
    for (char *c = copy; copy != NULL && *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

static bool metric_name(trust_bytes name)
{
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '_' && c != '.' && c != '-' && c != '/')
            return false;
    }
    return name.size > 0 && name.size <= METRIC_NAME_MAX;
}

/* A metric as its signal reads it: the double's eight bytes, big-endian, then the name. */
static trust_status encode_metric(trust_bytes name, uint64_t bits, uint8_t out[8 + METRIC_NAME_MAX],
                                  size_t *len, trust_error *err)
{
    if (!metric_name(name))
        return tri_fail_quote(err, TRUST_E_ARGUMENT, 0,
                              "a metric's name is 1 to 63 of [a-zA-Z0-9_.-/]:", name);
    if (!tri_real_finite(bits))
        return tri_fail(err, TRUST_E_ARGUMENT, "a metric is a finite number");
    tri_put_be64(out, bits);
    memcpy(out + 8, name.data, name.size);
    *len = 8 + name.size;
    return TRUST_OK;
}

static bool metric_member(trust_bytes name)
{
    return tri_same_text(name, "name") || tri_same_text(name, "value") ||
           tri_same_text(name, "unit") || tri_same_text(name, "time");
}

/* {"name": "tx_bytes", "value": 1532.0, "unit": "By", "time": "2026-11-23T05:00:00Z"}; unit and
 * time may be left out. */
static trust_status read_metric(trust_bytes text, uint8_t *out, size_t *len, trust_time *time,
                                trust_error *err)
{
    static const tri_json_limits limits = {4096, 2, 8};
    tri_json_doc doc;
    trust_bytes name;
    trust_bytes when;
    uint64_t bits;
    trust_status status = tri_json_parse(text, &limits, &doc, err);
    if (status != TRUST_OK)
        return status;
    const tri_json *stamp = tri_json_member(doc.root, "time");
    const tri_json *wrong = tri_json_first(doc.root);
    while (wrong != NULL && metric_member(tri_json_name(wrong)))
        wrong = tri_json_next(wrong);
    if (wrong != NULL)
        status = tri_json_fail(&doc, wrong, TRUST_E_FORMAT,
                               "a metric has name, value, unit and time, not", tri_json_name(wrong),
                               err);
    else if (!tri_json_string(tri_json_member(doc.root, "name"), &name) ||
             !tri_json_real(tri_json_member(doc.root, "value"), &bits))
        status = tri_json_fail(&doc, doc.root, TRUST_E_FORMAT,
                               "a metric is {\"name\": text, \"value\": number}",
                               (trust_bytes){NULL, 0}, err);
    else if (stamp != NULL &&
             (!tri_json_string(stamp, &when) ||
              trust_time_parse((const char *)when.data, when.size, time) != TRUST_OK))
        status = tri_json_fail(&doc, stamp, TRUST_E_FORMAT,
                               "not a time:", tri_json_text(&doc, stamp), err);
    else if (encode_metric(name, bits, out, len, err) != TRUST_OK)
        status = tri_json_fail(&doc, doc.root, TRUST_E_FORMAT,
                               "a metric's name is 1 to 63 of [a-zA-Z0-9_.-/], not", name, err);
    tri_json_free(&doc);
    return status;
}

/* What the host states in text becomes what its signal reads. */
static trust_status host_value(const char *type, trust_bytes *data, uint8_t *buffer,
                               trust_time *time, trust_error *err)
{
    if (strcmp(type, TRUST_TYPE_ADDRESS) == 0) {
        trust_address address;
        if (trust_address_parse((const char *)data->data, data->size, &address) != TRUST_OK)
            return tri_fail_quote(err, TRUST_E_FORMAT, 0, "not an IP address:", *data);
        memcpy(buffer, address.bytes, sizeof address.bytes);
        *data = (trust_bytes){buffer, sizeof address.bytes};
    } else if (strcmp(type, TRUST_TYPE_METRIC) == 0) {
        size_t len;
        trust_status status = read_metric(*data, buffer, &len, time, err);
        if (status != TRUST_OK)
            return status;
        *data = (trust_bytes){buffer, len};
    }
    return TRUST_OK;
}

static trust_status append(trust_evidence *evidence, uint32_t origin, const char *type,
                           trust_bytes data, const tri_item_extra *extra, trust_error *err)
{
    tri_item *item = &evidence->items[evidence->count];
    const char *bytes = tri_arena_copy(&evidence->arena, data);
    const char *nonce = tri_arena_copy(&evidence->arena, extra->nonce);
    if (type == NULL || bytes == NULL || nonce == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the item");
    /* What only the host may say beside an item is dropped when the device says it. */
    bool vouched = origin != TRUST_FROM_DEVICE;
    *item = (tri_item){type,
                       {(const uint8_t *)bytes, data.size},
                       {(const uint8_t *)nonce, vouched ? extra->nonce.size : 0},
                       vouched ? extra->collected : TRUST_TIME_UNKNOWN,
                       origin,
                       extra->misnamed};
    evidence->count++;
    return TRUST_OK;
}

trust_status tri_evidence_add(trust_evidence *evidence, uint32_t origin, trust_bytes type,
                              trust_bytes data, const tri_item_extra *extra, trust_error *err)
{
    uint8_t buffer[8 + METRIC_NAME_MAX];
    if (type.size < 1 || type.size > MAX_TYPE || !tri_printable(type))
        return tri_fail(err, TRUST_E_ARGUMENT, "a media type is 1 to 127 bytes of plain text");
    if (evidence->count == TRUST_MAX_ITEMS)
        return tri_fail(err, TRUST_E_LIMIT, "one assessment takes at most 64 items");
    if (data.size > TRUST_MAX_ITEM_BYTES)
        return tri_fail(err, TRUST_E_LIMIT, "one item takes at most 65536 bytes");
    const char *name = copy_type(evidence, type);
    if (name == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the item");
    tri_item_extra completed = *extra;
    /* From a device these are ignored whatever they hold, so they are not even read. */
    if (origin == TRUST_FROM_HOST) {
        trust_status status = host_value(name, &data, buffer, &completed.collected, err);
        if (status != TRUST_OK)
            return status;
    }
    return append(evidence, origin, name, data, &completed, err);
}

static const tri_item_extra no_extra = {{NULL, 0}, TRUST_TIME_UNKNOWN, false};

trust_status trust_evidence_add(trust_evidence *evidence, uint32_t origin, const char *type,
                                const void *data, size_t len, trust_error *err)
{
    if (evidence == NULL || type == NULL || (data == NULL && len > 0))
        return tri_fail(err, TRUST_E_ARGUMENT, "evidence, a media type and bytes are needed");
    if (origin < TRUST_FROM_DEVICE || origin > TRUST_FROM_SERVICE)
        return tri_fail(err, TRUST_E_ARGUMENT, "an origin is TRUST_FROM_DEVICE, _HOST or _SERVICE");
    return tri_evidence_add(evidence, origin, tri_bytes(type), (trust_bytes){data, len}, &no_extra,
                            err);
}

trust_status trust_evidence_add_address(trust_evidence *evidence, const char *address,
                                        trust_error *err)
{
    if (evidence == NULL || address == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "evidence and an address are needed");
    return tri_evidence_add(evidence, TRUST_FROM_HOST, tri_bytes(TRUST_TYPE_ADDRESS),
                            tri_bytes(address), &no_extra, err);
}

trust_status trust_evidence_add_metric(trust_evidence *evidence, const trust_metric *metric,
                                       trust_error *err)
{
    uint8_t buffer[8 + METRIC_NAME_MAX];
    size_t len;
    if (evidence == NULL || metric == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "evidence and a metric are needed");
    if (evidence->count == TRUST_MAX_ITEMS)
        return tri_fail(err, TRUST_E_LIMIT, "one assessment takes at most 64 items");
    trust_status status =
        encode_metric(tri_bytes(metric->name), tri_real_bits(&metric->value), buffer, &len, err);
    if (status != TRUST_OK)
        return status;
    tri_item_extra extra = {{NULL, 0}, metric->time, false};
    return append(evidence, TRUST_FROM_HOST, TRUST_TYPE_METRIC, (trust_bytes){buffer, len}, &extra,
                  err);
}

trust_status trust_evidence_set_channel(trust_evidence *evidence, const void *data, size_t len)
{
    if (evidence == NULL || (data == NULL && len > 0))
        return TRUST_E_ARGUMENT;
    if (len > sizeof evidence->channel)
        return TRUST_E_LIMIT;
    if (len > 0)
        memcpy(evidence->channel, data, len);
    evidence->channel_size = len;
    return TRUST_OK;
}

trust_status trust_evidence_set_attempt(trust_evidence *evidence, const char *attempt)
{
    trust_bytes text = tri_bytes(attempt);
    if (evidence == NULL || !tri_printable(text))
        return TRUST_E_ARGUMENT;
    if (text.size > TRI_TEXT_MAX)
        return TRUST_E_LIMIT;
    memset(evidence->attempt, 0, sizeof evidence->attempt);
    if (text.size > 0)
        memcpy(evidence->attempt, text.data, text.size);
    return TRUST_OK;
}

trust_status trust_evidence_set_request_id(trust_evidence *evidence, const void *id, size_t len)
{
    if (evidence == NULL || id == NULL || len == 0)
        return TRUST_E_ARGUMENT;
    if (len > sizeof evidence->request)
        return TRUST_E_LIMIT;
    memcpy(evidence->request, id, len);
    evidence->request_size = len;
    return TRUST_OK;
}

size_t trust_evidence_count(const trust_evidence *evidence)
{
    return evidence != NULL ? evidence->count : 0;
}
