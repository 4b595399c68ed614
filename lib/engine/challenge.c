/* Issuing challenges: a nonce is durable in the store before anybody sees it. Trust: the request is
 * the host's; an adopted nonce is any bytes. */

#include <trust/challenge.h>

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/kind.h"
#include "core/number.h"
#include "core/sized.h"
#include "crypto/crypto.h"
#include "device/challenges.h"
#include "engine/device.h"

#define DEFAULT_TTL 120000
#define MAX_TTL     ((int64_t)30 * 24 * 3600 * 1000)

struct trust_challenge {
    trust_allocator allocator;
    trust_engine *engine; /* keeps the allocator's user alive */
    tri_challenge record;
};

static bool put_text(const char *text, char out[TRI_TEXT_MAX + 1])
{
    trust_bytes bytes = tri_bytes(text);
    if (bytes.size > TRI_TEXT_MAX || !tri_printable(bytes))
        return false;
    if (bytes.size > 0)
        memcpy(out, bytes.data, bytes.size);
    return true;
}

static bool put_kinds(const trust_challenge_request *request, uint32_t *out)
{
    *out = 0;
    if (request->kinds == NULL)
        *out = 1u << TRUST_KIND_ATTESTATION | 1u << TRUST_KIND_IDENTITY;
    for (size_t i = 0; request->kinds != NULL && i < request->kind_count; i++) {
        const trust_kind_info *info = tri_kind_builtin(request->kinds[i]);
        if (i >= 8 || info == NULL || info->withholdable == 0)
            return false;
        *out |= 1u << request->kinds[i];
    }
    return *out != 0;
}

static trust_status prepare(const trust_challenge_request *given, trust_time now,
                            tri_challenge *out, trust_error *err)
{
    trust_challenge_request request = TRUST_CHALLENGE_REQUEST_INIT;
    trust_status status = given != NULL ? tri_sized(given, sizeof request) : TRUST_OK;
    if (status != TRUST_OK)
        return tri_fail(err, status, "request.size is not this version's");
    if (given != NULL)
        request = *given;
    int64_t ttl = request.ttl == 0 ? DEFAULT_TTL : request.ttl;
    if (ttl < 0 || ttl > MAX_TTL)
        return tri_fail(err, TRUST_E_ARGUMENT, "a challenge lives for at most 30 days");
    if (!put_kinds(&request, &out->kinds))
        return tri_fail(err, TRUST_E_ARGUMENT,
                        "only kinds that a device can answer may be asked for");
    if (!put_text(request.purpose, out->purpose) || !put_text(request.attempt, out->attempt))
        return tri_fail(err, TRUST_E_ARGUMENT,
                        "purpose and attempt are at most 63 bytes of plain text");
    if (now == TRUST_TIME_UNKNOWN)
        return tri_fail(err, TRUST_E_STATE, "without a clock no deadline can be kept");
    out->issued = now;
    out->deadline = tri_clamp(now + ttl, now, TRI_TIME_LAST);
    out->state = TRI_CHALLENGE_OPEN;
    return TRUST_OK;
}

/* An assessment goes by the latest time that the record knows. Where the clock has gone back since,
 * the time to answer counts from there; else it would be over before it began. */
static void date(tri_challenge *challenge, trust_time latest)
{
    if (latest == TRUST_TIME_UNKNOWN || latest <= challenge->issued)
        return;
    int64_t ttl = challenge->deadline - challenge->issued;
    challenge->issued = latest;
    challenge->deadline = tri_clamp(latest + ttl, latest, TRI_TIME_LAST);
}

/* Write @p context, a tri_challenge, down; it receives its number. */
static trust_status write_challenge(tri_control *control, void *context)
{
    tri_challenge *challenge = context;
    if (control->lifecycle == TRUST_LIFECYCLE_REVOKED ||
        control->lifecycle == TRUST_LIFECYCLE_RETIRED)
        return TRUST_E_STATE;
    for (size_t i = 0; i < control->challenge_count; i++)
        if (control->challenges[i].nonce_size == challenge->nonce_size &&
            tri_equal(control->challenges[i].nonce, challenge->nonce, challenge->nonce_size))
            return TRUST_E_EXISTS;
    date(challenge, control->high_water);
    trust_status status = tri_challenge_write(control, challenge, challenge->issued);
    if (status == TRUST_OK)
        challenge->id = control->next_challenge;
    return status;
}

static trust_status issue(trust_device *device, trust_challenge *challenge, trust_error *err)
{
    trust_status status = tri_device_enter(device);
    if (status != TRUST_OK)
        return tri_fail(err, status, "another thread is using this device");
    status = tri_device_edit(device, write_challenge, &challenge->record);
    tri_device_leave(device);
    switch (status) {
    case TRUST_OK:
        return TRUST_OK;
    case TRUST_E_LIMIT:
        return tri_fail(err, status, "4 challenges are open; wait for an answer or a deadline");
    case TRUST_E_STATE:
        return tri_fail(err, status, "the device is revoked or retired");
    case TRUST_E_EXISTS:
        return tri_fail(err, status, "this nonce was used before");
    default:
        return tri_fail(err, status, "the challenge could not be written down");
    }
}

/* @p nonce NULL: draw one. */
static trust_status challenge_new(trust_device *device, const trust_challenge_request *request,
                                  const void *nonce, size_t len, trust_challenge **out,
                                  trust_error *err)
{
    if (device == NULL || out == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "a device and a place for the challenge are needed");
    trust_engine *engine = device->engine;
    trust_challenge *challenge = tri_new(&engine->allocator, sizeof *challenge);
    if (challenge == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the challenge");
    challenge->allocator = engine->allocator;
    challenge->engine = tri_engine_hold(engine);
    challenge->record.nonce_size = (uint8_t)len;
    trust_status status = prepare(request, trust_engine_now(engine), &challenge->record, err);
    if (status == TRUST_OK && nonce != NULL)
        memcpy(challenge->record.nonce, nonce, len);
    else if (status == TRUST_OK &&
             engine->random.fill(engine->random.user, challenge->record.nonce, len) != TRUST_OK)
        status = tri_fail(err, TRUST_E_HOST, "the random source failed");
    if (status == TRUST_OK)
        status = issue(device, challenge, err);
    if (status != TRUST_OK) {
        trust_challenge_free(challenge);
        return status;
    }
    *out = challenge;
    return TRUST_OK;
}

trust_status trust_challenge_new(trust_device *device, const trust_challenge_request *request,
                                 trust_challenge **out, trust_error *err)
{
    return challenge_new(device, request, NULL, TRUST_NONCE_SIZE, out, err);
}

trust_status trust_challenge_adopt(trust_device *device, const trust_challenge_request *request,
                                   const void *nonce, size_t len, trust_challenge **out,
                                   trust_error *err)
{
    if (nonce == NULL || len < 8 || len > 64)
        return tri_fail(err, TRUST_E_ARGUMENT, "a nonce is 8 to 64 bytes");
    return challenge_new(device, request, nonce, len, out, err);
}

trust_bytes trust_challenge_nonce(const trust_challenge *challenge)
{
    if (challenge == NULL)
        return (trust_bytes){NULL, 0};
    return (trust_bytes){challenge->record.nonce, challenge->record.nonce_size};
}

uint64_t trust_challenge_id(const trust_challenge *challenge)
{
    return challenge != NULL ? challenge->record.id : 0;
}

trust_time trust_challenge_issued(const trust_challenge *challenge)
{
    return challenge != NULL ? challenge->record.issued : TRUST_TIME_UNKNOWN;
}

trust_time trust_challenge_deadline(const trust_challenge *challenge)
{
    return challenge != NULL ? challenge->record.deadline : TRUST_TIME_UNKNOWN;
}

void trust_challenge_free(trust_challenge *challenge)
{
    if (challenge == NULL)
        return;
    trust_engine *engine = challenge->engine;
    trust_allocator allocator = challenge->allocator;
    tri_delete(&allocator, challenge, sizeof *challenge);
    tri_engine_release(engine);
}

static trust_status deliver(tri_control *control, void *context)
{
    for (size_t i = 0; i < control->challenge_count; i++) {
        if (control->challenges[i].id == *(const uint64_t *)context) {
            control->challenges[i].delivered = 1;
            return TRUST_OK;
        }
    }
    return TRUST_E_NOT_FOUND;
}

trust_status trust_challenge_delivered(trust_device *device, uint64_t id, trust_error *err)
{
    if (device == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "a device is needed");
    if (tri_device_enter(device) != TRUST_OK)
        return tri_fail(err, TRUST_E_BUSY, "another thread is using this device");
    trust_status status = tri_device_edit(device, deliver, &id);
    tri_device_leave(device);
    if (status == TRUST_E_NOT_FOUND)
        return tri_fail(err, status, "the device has no such challenge");
    return status == TRUST_OK ? TRUST_OK : tri_fail(err, status, "the delivery was not noted");
}
