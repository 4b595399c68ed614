/* Opening, enrolling and changing a device. Trust: ids and attributes are the host's and validated;
 * records come from the store and are decoded strictly. */

#include "engine/device.h"

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/sized.h"
#include "crypto/crypto.h"
#include "device/challenges.h"
#include "store/store.h"

/* The flag is all that a call which only reads changes in a handle. */
static atomic_bool *busy(const trust_device *device)
{
    return &((trust_device *)(uintptr_t)device)->busy;
}

trust_status tri_device_enter(const trust_device *device)
{
    return atomic_exchange(busy(device), true) ? TRUST_E_BUSY : TRUST_OK;
}

void tri_device_leave(const trust_device *device)
{
    atomic_store(busy(device), false);
}

trust_bytes tri_device_key(const trust_device *device, char table, uint8_t out[TRI_DEVICE_KEY])
{
    out[0] = (uint8_t)table;
    memcpy(out + 1, device->digest, 32);
    return (trust_bytes){out, TRI_DEVICE_KEY};
}

static trust_status reserve(trust_device *device, tri_held_record *record, size_t size)
{
    if (size <= record->cap)
        return TRUST_OK;
    size_t cap = (size + 63) / 64 * 64;
    uint8_t *data = tri_resize(&device->engine->allocator, record->data, record->cap, cap);
    if (data == NULL)
        return TRUST_E_NOMEM;
    record->data = data;
    record->cap = cap;
    return TRUST_OK;
}

static trust_status hold_record(trust_device *device, tri_held_record *record, const uint8_t *data,
                                size_t size, uint64_t revision)
{
    trust_status status = reserve(device, record, size);
    if (status != TRUST_OK)
        return status;
    if (size > 0)
        memcpy(record->data, data, size);
    record->size = size;
    record->revision = revision;
    return TRUST_OK;
}

static trust_status load_record(trust_device *device, char table, size_t limit,
                                tri_held_record *record)
{
    uint8_t key[TRI_DEVICE_KEY];
    uint8_t value[TRI_MEMORY_MAX];
    size_t size = 0;
    uint64_t revision = 0;
    trust_status status = tri_store_get(device->engine->store, tri_device_key(device, table, key),
                                        value, limit, &size, &revision);
    if (status == TRUST_E_NOT_FOUND)
        return hold_record(device, record, NULL, 0, 0);
    /* Too large to be ours: like damage, it costs what was learnt, never the device. */
    if (status == TRUST_E_LIMIT && table == 'm')
        return hold_record(device, record, NULL, 0, revision);
    if (status == TRUST_E_LIMIT)
        return TRUST_E_INTEGRITY;
    return status == TRUST_OK ? hold_record(device, record, value, size, revision) : status;
}

trust_status tri_device_load(trust_device *device)
{
    trust_status status = load_record(device, 'c', TRI_CONTROL_MAX, &device->control);
    if (status == TRUST_OK)
        status = load_record(device, 'm', TRI_MEMORY_MAX, &device->memory);
    if (status == TRUST_OK && device->control.revision == 0)
        status = TRUST_E_NOT_FOUND;
    return status;
}

trust_status tri_device_decode(const trust_device *device, tri_control *out)
{
    trust_status status =
        tri_control_decode((trust_bytes){device->control.data, device->control.size}, out);
    if (status != TRUST_OK)
        return status;
    /* A record of another device under this key was moved there. */
    return tri_same_text(out->id, device->texts) ? TRUST_OK : TRUST_E_INTEGRITY;
}

trust_status tri_device_commit(trust_device *device, const tri_device_change *change,
                               const trust_call *call)
{
    uint8_t control_key[TRI_DEVICE_KEY];
    uint8_t memory_key[TRI_DEVICE_KEY];
    trust_store_operation ops[6];
    size_t count = 0;
    /* Room first, so that nothing can fail once the store has answered. */
    trust_status status = reserve(device, &device->control, change->control.size);
    if (status == TRUST_OK)
        status = reserve(device, &device->memory, change->memory.size);
    if (status != TRUST_OK)
        return status;
    ops[count++] =
        (trust_store_operation){TRUST_STORE_PUT, 0, device->control.revision,
                                tri_device_key(device, 'c', control_key), change->control};
    if (change->memory.size > 0)
        ops[count++] =
            (trust_store_operation){TRUST_STORE_PUT, 0, device->memory.revision,
                                    tri_device_key(device, 'm', memory_key), change->memory};
    for (size_t i = 0; i < change->other_count; i++)
        ops[count++] = change->others[i];
    status = tri_store_commit(device->engine->store, ops, count, call);
    if (status != TRUST_OK)
        return status;
    (void)hold_record(device, &device->control, change->control.data, change->control.size,
                      device->control.revision + 1);
    if (change->memory.size > 0)
        (void)hold_record(device, &device->memory, change->memory.data, change->memory.size,
                          device->memory.revision + 1);
    return TRUST_OK;
}

trust_status tri_device_edit(trust_device *device, trust_status (*edit)(tri_control *, void *),
                             void *context)
{
    for (int attempt = 0;; attempt++) {
        tri_control control;
        uint8_t record[TRI_CONTROL_MAX];
        size_t len = 0;
        trust_status status = tri_device_decode(device, &control);
        if (status == TRUST_OK)
            status = edit(&control, context);
        if (status == TRUST_OK)
            status = tri_control_encode(&control, record, sizeof record, &len);
        if (status != TRUST_OK)
            return status;
        tri_device_change change = {{record, len}, {NULL, 0}, NULL, 0};
        status = tri_device_commit(device, &change, NULL);
        if (status != TRUST_E_CONFLICT || attempt == 3)
            return status;
        status = tri_device_load(device);
        if (status != TRUST_OK)
            return status;
    }
}

/* The attributes as the record has them, as pairs of texts in the handle. */
static trust_status take_texts(trust_device *device, trust_bytes id, trust_bytes attributes)
{
    const trust_allocator *allocator = &device->engine->allocator;
    size_t size = id.size + 1 + attributes.size;
    char *texts = tri_new(allocator, size);
    if (texts == NULL)
        return TRUST_E_NOMEM;
    memcpy(texts, id.data, id.size);
    if (attributes.size > 0)
        memcpy(texts + id.size + 1, attributes.data, attributes.size);
    tri_delete(allocator, device->texts, device->texts_size);
    device->texts = texts;
    device->texts_size = size;
    device->attribute_count = 0;
    for (const char *at = texts + id.size + 1; at < texts + size;) {
        trust_attribute *attribute = &device->attributes[device->attribute_count++];
        attribute->name = at;
        attribute->value = at + strlen(at) + 1;
        at = attribute->value + strlen(attribute->value) + 1;
    }
    return TRUST_OK;
}

static trust_status device_new(trust_engine *engine, trust_bytes id, trust_device **out)
{
    trust_device *device = tri_new(&engine->allocator, sizeof *device);
    if (device == NULL)
        return TRUST_E_NOMEM;
    device->engine = tri_engine_hold(engine);
    atomic_init(&device->busy, false);
    tri_sha256(id.data, id.size, device->digest);
    trust_status status = take_texts(device, id, (trust_bytes){NULL, 0});
    if (status != TRUST_OK) {
        trust_device_free(device);
        return status;
    }
    *out = device;
    return TRUST_OK;
}

void trust_device_free(trust_device *device)
{
    if (device == NULL)
        return;
    trust_engine *engine = device->engine;
    tri_delete(&engine->allocator, device->texts, device->texts_size);
    tri_delete(&engine->allocator, device->control.data, device->control.cap);
    tri_delete(&engine->allocator, device->memory.data, device->memory.cap);
    tri_delete(&engine->allocator, device, sizeof *device);
    tri_engine_release(engine);
}

static trust_status check_id(const trust_engine *engine, const char *id, trust_error *err)
{
    trust_bytes text = tri_bytes(id);
    if (engine == NULL || id == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "an engine and an id are needed");
    if (text.size < 1 || text.size > TRUST_DEVICE_MAX_ID || !tri_printable(text))
        return tri_fail(err, TRUST_E_ARGUMENT,
                        "a device's id is 1 to 255 bytes of UTF-8 without control characters");
    return TRUST_OK;
}

/* One attribute into the record's form: TRUST_E_ARGUMENT when it is not allowed, TRUST_E_LIMIT when
 * it does not fit. */
static trust_status put_attribute(const trust_attribute *attribute, uint8_t *out, size_t *len)
{
    trust_bytes name = tri_bytes(attribute->name);
    trust_bytes value = tri_bytes(attribute->value);
    if (!tri_name(name) || name.size > 31 || value.size > 127 || !tri_printable(value))
        return TRUST_E_ARGUMENT;
    if (name.size + value.size + 2 > TRI_ATTRIBUTES_MAX - *len)
        return TRUST_E_LIMIT;
    memcpy(out + *len, name.data, name.size);
    out[*len + name.size] = 0;
    *len += name.size + 1;
    if (value.size > 0)
        memcpy(out + *len, value.data, value.size);
    out[*len + value.size] = 0;
    *len += value.size + 1;
    return TRUST_OK;
}

static trust_status check_enrolment(const trust_enrolment *e, trust_error *err)
{
    trust_status status = tri_sized(e, sizeof *e);
    if (status != TRUST_OK)
        return tri_fail(err, status, "enrolment.size is not this version's");
    if (e->ed25519_key_count > TRUST_DEVICE_MAX_ANCHORS ||
        e->attribute_count > TRUST_DEVICE_MAX_ATTRIBUTES)
        return tri_fail(err, TRUST_E_LIMIT, "at most 4 keys and 16 attributes");
    if ((e->ed25519_key_count > 0 && e->ed25519_keys == NULL) ||
        (e->attribute_count > 0 && e->attributes == NULL))
        return tri_fail(err, TRUST_E_ARGUMENT, "a count without its list");
    for (size_t i = 0; i < e->attribute_count; i++)
        for (size_t k = 0; k < i; k++)
            if (tri_same(tri_bytes(e->attributes[i].name), tri_bytes(e->attributes[k].name)))
                return tri_fail_at(err, TRUST_E_ARGUMENT, i, "an attribute stands twice");
    return TRUST_OK;
}

/* The first control record of a device. @p attributes is memory for it. */
static trust_status first_record(trust_device *device, const trust_enrolment *enrolment,
                                 uint8_t attributes[TRI_ATTRIBUTES_MAX], tri_control *control,
                                 trust_error *err)
{
    trust_time now = trust_engine_now(device->engine);
    memset(control, 0, sizeof *control);
    control->id = tri_bytes(device->texts);
    control->lifecycle = TRUST_LIFECYCLE_ENROLLED;
    control->enrolled = control->high_water = now;
    control->jump = control->decided = control->since = control->valid_until = TRUST_TIME_UNKNOWN;
    control->stage_since = TRUST_TIME_UNKNOWN;
    if (enrolment == NULL)
        return TRUST_OK;
    trust_status status = check_enrolment(enrolment, err);
    if (status != TRUST_OK)
        return status;
    control->anchor_count = enrolment->ed25519_key_count;
    for (size_t i = 0; i < control->anchor_count; i++)
        tri_anchor_of(enrolment->ed25519_keys[i], &control->anchors[i]);
    size_t len = 0;
    for (size_t i = 0; i < enrolment->attribute_count && status == TRUST_OK; i++)
        status = put_attribute(&enrolment->attributes[i], attributes, &len);
    if (status == TRUST_E_LIMIT)
        return tri_fail(err, status, "the attributes take over 512 bytes together");
    if (status != TRUST_OK)
        return tri_fail(err, status, "an attribute is a name of [a-z0-9_.-] and plain text");
    control->attributes = (trust_bytes){attributes, len};
    return TRUST_OK;
}

static trust_status enroll(trust_device *device, const trust_enrolment *enrolment, trust_error *err)
{
    tri_control control;
    uint8_t attributes[TRI_ATTRIBUTES_MAX];
    uint8_t record[TRI_CONTROL_MAX];
    size_t len = 0;
    trust_status status = first_record(device, enrolment, attributes, &control, err);
    if (status != TRUST_OK)
        return status;
    status = tri_control_encode(&control, record, sizeof record, &len);
    if (status == TRUST_OK)
        status = take_texts(device, control.id, control.attributes);
    if (status != TRUST_OK)
        return tri_fail(err, status, "the record could not be made");
    tri_device_change change = {{record, len}, {NULL, 0}, NULL, 0};
    status = tri_device_commit(device, &change, NULL);
    if (status == TRUST_E_CONFLICT)
        return tri_fail_quote(err, TRUST_E_EXISTS, 0,
                              "already enrolled:", tri_bytes(device->texts));
    return status == TRUST_OK ? TRUST_OK
                              : tri_fail(err, status, "the store did not take the record");
}

trust_status trust_device_enroll(trust_engine *engine, const char *id,
                                 const trust_enrolment *enrolment, trust_device **out,
                                 trust_error *err)
{
    trust_device *device = NULL;
    trust_status status = check_id(engine, id, err);
    if (status != TRUST_OK)
        return status;
    status = device_new(engine, tri_bytes(id), &device);
    if (status != TRUST_OK)
        return tri_fail(err, status, "no memory for the device");
    status = enroll(device, enrolment, err);
    if (status != TRUST_OK || out == NULL)
        trust_device_free(device);
    else
        *out = device;
    return status;
}

/* Load and decode into @p control. */
static trust_status refresh(trust_device *device, tri_control *control, trust_error *err)
{
    trust_status status = tri_device_load(device);
    if (status == TRUST_E_NOT_FOUND)
        return tri_fail_quote(err, status, 0, "not enrolled:", tri_bytes(device->texts));
    if (status == TRUST_OK)
        status = tri_device_decode(device, control);
    return status == TRUST_OK ? TRUST_OK : tri_fail(err, status, "the record could not be read");
}

trust_status trust_device_open(trust_engine *engine, const char *id, trust_device **out,
                               trust_error *err)
{
    trust_device *device = NULL;
    tri_control control;
    trust_status status = check_id(engine, id, err);
    if (status == TRUST_OK && out == NULL)
        status = tri_fail(err, TRUST_E_ARGUMENT, "there is no place for the device");
    if (status != TRUST_OK)
        return status;
    status = device_new(engine, tri_bytes(id), &device);
    if (status != TRUST_OK)
        return tri_fail(err, status, "no memory for the device");
    status = refresh(device, &control, err);
    if (status == TRUST_OK && take_texts(device, control.id, control.attributes) != TRUST_OK)
        status = tri_fail(err, TRUST_E_NOMEM, "no memory for the device");
    if (status != TRUST_OK) {
        trust_device_free(device);
        return status;
    }
    *out = device;
    return TRUST_OK;
}

/* What was registered stays as it is for the life of the handle: its texts were lent out. */
trust_status trust_device_reload(trust_device *device, trust_error *err)
{
    tri_control control;
    if (device == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "a device is needed");
    if (tri_device_enter(device) != TRUST_OK)
        return tri_fail(err, TRUST_E_BUSY, "another thread is using this device");
    trust_status status = refresh(device, &control, err);
    tri_device_leave(device);
    return status;
}

const char *trust_device_id(const trust_device *device)
{
    return device != NULL ? device->texts : "";
}

const char *trust_lifecycle_name(uint32_t lifecycle)
{
    static const char *const names[] = {"?", "enrolled", "suspended", "revoked", "retired"};
    return lifecycle < sizeof names / sizeof names[0] ? names[lifecycle] : "?";
}

static trust_status set_lifecycle(tri_control *control, void *context)
{
    uint32_t to = *(const uint32_t *)context;
    bool final = control->lifecycle == TRUST_LIFECYCLE_REVOKED ||
                 control->lifecycle == TRUST_LIFECYCLE_RETIRED;
    if (final && to != control->lifecycle)
        return TRUST_E_STATE;
    control->lifecycle = to;
    return TRUST_OK;
}

trust_status trust_device_set_lifecycle(trust_device *device, uint32_t lifecycle, trust_error *err)
{
    if (device == NULL || lifecycle < TRUST_LIFECYCLE_ENROLLED ||
        lifecycle > TRUST_LIFECYCLE_RETIRED)
        return tri_fail(err, TRUST_E_ARGUMENT,
                        "a device and one of the lifecycle values are needed");
    if (tri_device_enter(device) != TRUST_OK)
        return tri_fail(err, TRUST_E_BUSY, "another thread is using this device");
    trust_status status = tri_device_edit(device, set_lifecycle, &lifecycle);
    tri_device_leave(device);
    if (status == TRUST_E_STATE)
        return tri_fail(err, status, "revoked and retired are for ever");
    return status == TRUST_OK ? TRUST_OK : tri_fail(err, status, "the record was not changed");
}

static void describe(const trust_device *device, const tri_control *control, trust_device_info *out)
{
    memset(out, 0, sizeof *out);
    out->lifecycle = control->lifecycle;
    out->verdict = control->verdict;
    out->risk = control->risk;
    out->anchor_count = (uint32_t)control->anchor_count;
    out->attribute_count = (uint32_t)device->attribute_count;
    out->open_challenges = (uint32_t)tri_challenges_open(control, trust_engine_now(device->engine));
    out->enrolled = control->enrolled;
    out->decided = control->decided;
    out->valid_until = control->valid_until;
    out->decisions = control->decisions;
    out->revision = device->control.revision;
    out->memory_bytes = device->memory.size;
    out->flaps = control->flaps;
    out->stage_since = control->stage_since;
    memcpy(out->stage, control->stage, sizeof control->stage);
}

trust_status trust_device_get_info(const trust_device *device, trust_device_info *out)
{
    tri_control control;
    if (device == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (tri_device_enter(device) != TRUST_OK)
        return TRUST_E_BUSY;
    trust_status status = tri_device_decode(device, &control);
    if (status == TRUST_OK)
        describe(device, &control, out);
    tri_device_leave(device);
    return status;
}

trust_status trust_device_attribute_at(const trust_device *device, size_t index,
                                       trust_attribute *out)
{
    if (device == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= device->attribute_count)
        return TRUST_E_NOT_FOUND;
    *out = device->attributes[index];
    return TRUST_OK;
}

trust_status trust_device_key_at(const trust_device *device, size_t index, uint8_t out[32])
{
    tri_control control;
    if (device == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (tri_device_enter(device) != TRUST_OK)
        return TRUST_E_BUSY;
    trust_status status = tri_device_decode(device, &control);
    tri_device_leave(device);
    if (status != TRUST_OK)
        return status;
    if (index >= control.anchor_count)
        return TRUST_E_NOT_FOUND;
    memcpy(out, control.anchors[index].key, 32);
    return TRUST_OK;
}
