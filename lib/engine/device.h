#ifndef TRI_ENGINE_DEVICE_H
#define TRI_ENGINE_DEVICE_H

/* An open device: one view of its two records, as bytes. They are decoded for the length of a call,
 * so that a thousand open devices cost little more than their records. */

#include <stdatomic.h>

#include <trust/device.h>

#include "device/record.h"
#include "engine/engine.h"

/** A record as the store gave it. The buffer only grows. */
typedef struct tri_held_record {
    uint8_t *data;
    size_t size;
    size_t cap;
    uint64_t revision; /* 0: not in the store */
} tri_held_record;

struct trust_device {
    trust_engine *engine;
    atomic_bool busy;
    uint8_t digest[32]; /* SHA-256 of the id: the store's keys come from it */
    char *texts;        /* id NUL, then the attributes as in the record; never moves */
    size_t texts_size;
    size_t attribute_count;
    trust_attribute attributes[TRUST_DEVICE_MAX_ATTRIBUTES]; /* into texts */
    tri_held_record control;
    tri_held_record memory;
};

/** Enter a handle for the length of a call, even of one that only reads: TRUST_OK or TRUST_E_BUSY.
 */
trust_status tri_device_enter(const trust_device *device);
void tri_device_leave(const trust_device *device);

/** The bytes of both records, and what else is to be committed with them. */
typedef struct tri_device_change {
    trust_bytes control;
    trust_bytes memory; /* empty: unchanged */
    const trust_store_operation *others;
    size_t other_count; /* at most 4 */
} tri_device_change;

/** Commit in one transaction; the handle shows the new records afterwards. On failure nothing
 * changed. */
trust_status tri_device_commit(trust_device *device, const tri_device_change *change,
                               const trust_call *call);

/** Read both records again. */
trust_status tri_device_load(trust_device *device);

trust_status tri_device_decode(const trust_device *device, tri_control *out);

/** Decode, let @p edit change the control record, commit; on a conflict load again and start over,
 * at most three times. */
trust_status tri_device_edit(trust_device *device, trust_status (*edit)(tri_control *, void *),
                             void *context);

/** A key of the device's records: a letter, then the digest. */
#define TRI_DEVICE_KEY 33u
trust_bytes tri_device_key(const trust_device *device, char table, uint8_t out[TRI_DEVICE_KEY]);

#endif
