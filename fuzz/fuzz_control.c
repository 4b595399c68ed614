/* A device's control record as a store gives it back: whatever the bytes, it is refused, or what is
 * read of it is within its ranges and is written as it was read. */

#include <stdlib.h>
#include <string.h>

#include "device/challenges.h"
#include "device/remember.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1795428000000)

static void require(int condition)
{
    if (!condition)
        abort();
}

static void check_ranges(const tri_control *c)
{
    require(c->id.size >= 1 && c->id.size <= TRUST_DEVICE_MAX_ID);
    require(c->lifecycle >= TRUST_LIFECYCLE_ENROLLED && c->lifecycle <= TRUST_LIFECYCLE_RETIRED);
    require(c->verdict <= TRUST_DENY && c->risk >= 0 && c->risk <= 1000);
    require(c->anchor_count <= TRUST_DEVICE_MAX_ANCHORS);
    require(c->challenge_count <= TRI_MAX_CHALLENGES_KEPT);
    require(c->remembered_count <= TRI_MAX_REMEMBERED && c->request_count <= TRI_MAX_REQUESTS);
    require(memchr(c->stage, 0, sizeof c->stage) != NULL);
    for (size_t i = 0; i < c->challenge_count; i++) {
        require(c->challenges[i].nonce_size <= sizeof c->challenges[i].nonce);
        require(memchr(c->challenges[i].purpose, 0, sizeof c->challenges[i].purpose) != NULL);
        require(memchr(c->challenges[i].attempt, 0, sizeof c->challenges[i].attempt) != NULL);
    }
}

/* Everything that an assessment does with a record. */
static void use(tri_control *c)
{
    trust_finding findings[32] = {{.kind = TRUST_KIND_HUMAN, .state = TRUST_STATE_VALID}};
    bool weighed[32] = {true, false, true};
    uint32_t reason;
    size_t count = tri_remember_recall(c, findings, 1, 32, NOW);
    require(count >= 1 && count <= 1 + TRI_MAX_REMEMBERED);
    tri_remember_store(c, findings, count, weighed, NOW);
    tri_challenges_lapse(c, NOW);
    for (uint32_t kind = 0; kind < 40; kind++)
        require(tri_challenge_absence(c, kind, NOW, &reason) <= TRUST_STATE_UNSUPPORTED);
    if (c->challenge_count > 0)
        tri_challenge_spend(c, c->challenge_count - 1, 2);
    tri_challenge fresh = {.issued = NOW, .deadline = NOW + 1, .state = TRI_CHALLENGE_OPEN};
    (void)tri_challenge_write(c, &fresh, NOW);
    check_ranges(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tri_control first, second;
    static uint8_t record[TRI_CONTROL_MAX], again[TRI_CONTROL_MAX];
    size_t len, again_len;
    if (tri_control_decode((trust_bytes){data, size}, &first) != TRUST_OK)
        return 0;
    check_ranges(&first);
    /* A section may be left out and is then written empty, so the record may become too long. */
    if (tri_control_encode(&first, record, sizeof record, &len) != TRUST_OK)
        return 0;
    require(tri_control_decode((trust_bytes){record, len}, &second) == TRUST_OK);
    require(tri_control_encode(&second, again, sizeof again, &again_len) == TRUST_OK);
    require(again_len == len && memcmp(record, again, len) == 0);
    use(&first);
    (void)tri_control_encode(&first, record, sizeof record, &len);
    return 0;
}
