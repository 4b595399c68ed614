/* A bundle of evidence from every origin: whatever the text, all of its items are taken or none,
 * and a device's items carry nothing that only the host may say. */

#include <stdlib.h>
#include <string.h>

#include "engine/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

static trust_status read_file(void *user, trust_bytes name, void *out, size_t cap, size_t *len)
{
    (void)user;
    require(cap == TRUST_MAX_ITEM_BYTES);
    *len = name.size < cap ? name.size : cap;
    memcpy(out, name.data, *len);
    return name.size > 8 ? TRUST_E_IO : TRUST_OK;
}

static trust_device *open_device(void)
{
    static trust_device *device;
    trust_engine *engine = NULL;
    if (device == NULL) {
        require(trust_engine_new(NULL, &engine, NULL) == TRUST_OK);
        require(trust_device_enroll(engine, "urn:x", NULL, &device, NULL) == TRUST_OK);
        trust_engine_free(engine);
    }
    return device;
}

static void check_error(const trust_error *err, trust_status status)
{
    require(err->code == status);
    require(memchr(err->message, 0, sizeof err->message) != NULL);
    require(memchr(err->where, 0, sizeof err->where) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static trust_evidence *evidence;
    const trust_bundle_files files = {read_file, NULL};
    char device[TRUST_DEVICE_MAX_ID + 1];
    trust_error err;
    if (evidence == NULL)
        require(trust_evidence_new(open_device(), &evidence, NULL) == TRUST_OK);
    for (uint32_t origin = TRUST_FROM_DEVICE; origin <= TRUST_FROM_SERVICE; origin++) {
        trust_evidence_clear(evidence);
        require(trust_evidence_add_address(evidence, "5.8.1.2", NULL) == TRUST_OK);
        trust_status status = trust_evidence_add_bundle(evidence, origin, data, size, &files, &err);
        if (status != TRUST_OK) {
            check_error(&err, status);
            require(trust_evidence_count(evidence) == 1);
        }
        for (size_t i = 1; i < evidence->count && origin == TRUST_FROM_DEVICE; i++)
            require(evidence->items[i].collected == TRUST_TIME_UNKNOWN &&
                    evidence->items[i].nonce.size == 0);
    }
    if (trust_bundle_device(data, size, device, sizeof device, &err) == TRUST_OK)
        require(memchr(device, 0, sizeof device) != NULL);
    return 0;
}
