/* A bundle of evidence in JSON (docs/bundle.md). Trust: the text may come from a device; only what
 * its origin may say is kept, and nothing of it names a file of the host then. */

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "crypto/crypto.h"
#include "engine/evidence.h"
#include "format/json.h"

static const tri_json_limits limits = {8u << 20, 16, 4096};

/* What one call is reading. */
typedef struct reading {
    trust_evidence *evidence;
    uint32_t origin;
    const trust_bundle_files *files;
    const tri_json_doc *doc;
    bool misnamed;
    uint8_t *buffer; /* TRUST_MAX_ITEM_BYTES */
    trust_error *err;
} reading;

static trust_status refuse(const reading *r, const tri_json *at, const char *why)
{
    return tri_json_fail(r->doc, at, TRUST_E_FORMAT, why, (trust_bytes){NULL, 0}, r->err);
}

static trust_status only_members(const reading *r, const tri_json *object, const char *const *names,
                                 size_t count)
{
    for (const tri_json *m = tri_json_first(object); m != NULL; m = tri_json_next(m)) {
        size_t i = 0;
        while (i < count && !tri_same_text(tri_json_name(m), names[i]))
            i++;
        if (i == count)
            return tri_json_fail(r->doc, m, TRUST_E_FORMAT, "unknown member", tri_json_name(m),
                                 r->err);
    }
    return TRUST_OK;
}

/* The bytes of "data": base64url without padding. */
static trust_status from_data(const reading *r, const tri_json *value, trust_bytes *out)
{
    trust_bytes text;
    size_t len;
    if (!tri_json_string(value, &text))
        return refuse(r, value, "data is a text in base64url");
    if (text.size > (TRUST_MAX_ITEM_BYTES + 2) / 3 * 4)
        return tri_json_fail(r->doc, value, TRUST_E_LIMIT, "one item takes at most 65536 bytes",
                             (trust_bytes){NULL, 0}, r->err);
    if (!tri_base64url_decode(text, r->buffer, TRUST_MAX_ITEM_BYTES, &len))
        return refuse(r, value, "data is not base64url without padding");
    *out = (trust_bytes){r->buffer, len};
    return TRUST_OK;
}

static trust_status from_file(const reading *r, const tri_json *value, trust_bytes *out)
{
    trust_bytes name;
    size_t len = 0;
    if (!tri_json_string(value, &name) || name.size == 0)
        return refuse(r, value, "file is the name of a file");
    if (r->files == NULL || r->origin == TRUST_FROM_DEVICE)
        return refuse(r, value, "this bundle may not name files");
    trust_status status =
        r->files->read(r->files->user, name, r->buffer, TRUST_MAX_ITEM_BYTES, &len);
    if (status != TRUST_OK || len > TRUST_MAX_ITEM_BYTES)
        return tri_json_fail(r->doc, value, status < 0 ? status : TRUST_E_IO,
                             "the file could not be read:", name, r->err);
    *out = (trust_bytes){r->buffer, len};
    return TRUST_OK;
}

/* A string's content, or the text of any other value as it stands in the document. */
static trust_status from_value(const reading *r, const tri_json *value, trust_bytes *out)
{
    if (tri_json_string(value, out))
        return TRUST_OK;
    *out = tri_json_text(r->doc, value);
    return TRUST_OK;
}

static trust_status read_bytes(const reading *r, const tri_json *item, trust_bytes *out)
{
    static const struct {
        const char *name;
        trust_status (*read)(const reading *r, const tri_json *value, trust_bytes *out);
    } ways[] = {{"data", from_data}, {"file", from_file}, {"value", from_value}};
    const tri_json *value = NULL;
    size_t way = 0;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const tri_json *found = tri_json_member(item, ways[i].name);
        if (found != NULL && value != NULL)
            return refuse(r, found, "an item has one of data, file and value");
        if (found != NULL) {
            value = found;
            way = i;
        }
    }
    if (value == NULL)
        return refuse(r, item, "an item has one of data, file and value");
    return ways[way].read(r, value, out);
}

static trust_status read_extra(const reading *r, const tri_json *item, uint8_t nonce[64],
                               tri_item_extra *out)
{
    const tri_json *collected = tri_json_member(item, "collected");
    const tri_json *expected = tri_json_member(item, "nonce");
    trust_bytes text;
    *out = (tri_item_extra){{NULL, 0}, TRUST_TIME_UNKNOWN, r->misnamed};
    if (collected != NULL &&
        (!tri_json_string(collected, &text) ||
         trust_time_parse((const char *)text.data, text.size, &out->collected) != TRUST_OK))
        return refuse(r, collected, "collected is a time such as 2026-11-23T05:00:00Z");
    size_t len = 0;
    if (expected != NULL &&
        (!tri_json_string(expected, &text) || !tri_unhex(text, nonce, 64, &len) || len < 8))
        return refuse(r, expected, "nonce is 8 to 64 bytes in hexadecimal");
    out->nonce = (trust_bytes){nonce, len};
    return TRUST_OK;
}

static trust_status read_item(const reading *r, const tri_json *item)
{
    static const char *const names[] = {"type", "data", "file", "value", "collected", "nonce"};
    trust_bytes type;
    trust_bytes data = {NULL, 0};
    tri_item_extra extra;
    uint8_t nonce[64];
    if (!tri_json_is_object(item))
        return refuse(r, item, "an item is an object");
    trust_status status = only_members(r, item, names, sizeof names / sizeof names[0]);
    if (status != TRUST_OK)
        return status;
    if (!tri_json_string(tri_json_member(item, "type"), &type))
        return refuse(r, item, "an item names its media type in \"type\"");
    status = read_bytes(r, item, &data);
    if (status == TRUST_OK)
        status = read_extra(r, item, nonce, &extra);
    if (status != TRUST_OK)
        return status;
    trust_error why;
    status = tri_evidence_add(r->evidence, r->origin, type, data, &extra, &why);
    if (status == TRUST_OK)
        return TRUST_OK;
    if (status == TRUST_E_ARGUMENT)
        status = TRUST_E_FORMAT; /* what would be the caller's mistake is the document's here */
    return tri_json_fail(r->doc, item, status, why.message, (trust_bytes){NULL, 0}, r->err);
}

static trust_status read_bundle(reading *r)
{
    static const char *const names[] = {"device", "items"};
    const tri_json *root = r->doc->root;
    const tri_json *items = tri_json_member(root, "items");
    const tri_json *device = tri_json_member(root, "device");
    trust_bytes id;
    if (!tri_json_is_object(root) || !tri_json_is_array(items))
        return refuse(r, root, "a bundle is {\"device\": id, \"items\": [...]}");
    trust_status status = only_members(r, root, names, sizeof names / sizeof names[0]);
    if (status != TRUST_OK)
        return status;
    if (device != NULL && !tri_json_string(device, &id))
        return refuse(r, device, "device is a text");
    r->misnamed = device != NULL && !tri_same_text(id, r->evidence->device);
    for (const tri_json *item = tri_json_first(items); item != NULL; item = tri_json_next(item)) {
        status = read_item(r, item);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}

trust_status trust_evidence_add_bundle(trust_evidence *evidence, uint32_t origin, const void *json,
                                       size_t len, const trust_bundle_files *files,
                                       trust_error *err)
{
    tri_json_doc doc;
    if (evidence == NULL || json == NULL || origin < TRUST_FROM_DEVICE ||
        origin > TRUST_FROM_SERVICE || (files != NULL && files->read == NULL))
        return tri_fail(err, TRUST_E_ARGUMENT, "evidence, an origin and a bundle are needed");
    trust_status status = tri_json_parse((trust_bytes){json, len}, &limits, &doc, err);
    if (status != TRUST_OK)
        return status;
    const trust_allocator *allocator = &evidence->engine->allocator;
    uint8_t *buffer = tri_new(allocator, TRUST_MAX_ITEM_BYTES);
    size_t before = evidence->count;
    reading r = {evidence, origin, files, &doc, false, buffer, err};
    status = buffer != NULL ? read_bundle(&r) : tri_fail(err, TRUST_E_NOMEM, "no memory");
    if (status != TRUST_OK)
        evidence->count = before;
    tri_delete(allocator, buffer, TRUST_MAX_ITEM_BYTES);
    tri_json_free(&doc);
    return status;
}

trust_status trust_bundle_device(const void *json, size_t len, char *out, size_t cap,
                                 trust_error *err)
{
    tri_json_doc doc;
    trust_bytes id;
    if (json == NULL || out == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "a bundle and a place for the id are needed");
    trust_status status = tri_json_parse((trust_bytes){json, len}, &limits, &doc, err);
    if (status != TRUST_OK)
        return status;
    if (!tri_json_string(tri_json_member(doc.root, "device"), &id)) {
        status = tri_fail(err, TRUST_E_NOT_FOUND, "the bundle names no device");
    } else if (id.size >= cap) {
        status = tri_fail(err, TRUST_E_LIMIT, "the device's id is too long");
    } else {
        memcpy(out, id.data, id.size);
        out[id.size] = '\0';
    }
    tri_json_free(&doc);
    return status;
}
