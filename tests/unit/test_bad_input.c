/* The rows of docs/bad-input.md: with each bad input the risk is no lower and the verdict no better
 * than without it, and the reason is the one that stands there. */

#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "core/reason.h"
#include "engine/device.h"
#include "store/store.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

typedef struct judged {
    trust_verdict verdict;
    int32_t risk;
} judged;

static judged preview(scene *s, trust_decision **out)
{
    trust_decision *decision = NULL;
    trust_error err = {0};
    ck_ok(trust_preview(s->device, s->evidence, NULL, &decision, &err));
    judged j = {trust_decision_verdict(decision), trust_decision_risk(decision)};
    if (out != NULL)
        *out = decision;
    else
        trust_decision_free(decision);
    return j;
}

static bool names(const trust_decision *decision, uint32_t reason)
{
    trust_decision_info info;
    trust_item_outcome item;
    trust_row row;
    bool found = false;
    trust_decision_get_info(decision, &info);
    for (size_t i = 0; i < 3; i++)
        found |= info.summary.reasons[i] == reason;
    for (size_t i = 0; trust_decision_item(decision, i, &item) == TRUST_OK; i++)
        found |= item.reason == reason;
    for (size_t i = 0; trust_decision_row(decision, i, &row) == TRUST_OK; i++)
        found |= row.reason == reason;
    return found;
}

/* ---- one bad input each, on top of honest evidence ---- */

static uint8_t spent[4096];
static size_t spent_len;

static void clock_unknown(scene *s)
{
    s->clock.now = TRUST_TIME_UNKNOWN;
}

static void clock_beyond_all_years(scene *s)
{
    s->clock.now = TRUST_TIME_NEVER;
}

static void add(scene *s, uint32_t origin, const char *type, const char *data)
{
    trust_error err = {0};
    ck_ok(trust_evidence_add(s->evidence, origin, type, data, strlen(data), &err));
}

static void add_bundle(scene *s, uint32_t origin, const char *text)
{
    trust_error err = {0};
    ck_ok(trust_evidence_add_bundle(s->evidence, origin, text, strlen(text), NULL, &err));
}

#define ADDRESS_ITEM(address, more)                                                                \
    "\"items\":[{\"type\":\"application/vnd.trust.address\",\"value\":\"" address "\"" more "}]}"

static void from_the_future(scene *s)
{
    add_bundle(s, TRUST_FROM_HOST,
               "{" ADDRESS_ITEM("5.8.1.3", ",\"collected\":\"2026-11-23T10:02:00Z\""));
}

static void too_old(scene *s)
{
    add_bundle(s, TRUST_FROM_HOST,
               "{" ADDRESS_ITEM("5.8.1.3", ",\"collected\":\"2016-11-23T10:02:00Z\""));
}

static void for_another_device(scene *s)
{
    add_bundle(s, TRUST_FROM_HOST, "{\"device\":\"urn:other\"," ADDRESS_ITEM("5.8.1.3", ""));
}

static void nonce_used_twice(scene *s)
{
    trust_error err = {0};
    ck_ok(trust_evidence_add(s->evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, spent, spent_len,
                             &err));
}

static void foreign_nonce(scene *s)
{
    static const uint8_t nonce[32] = {4, 4};
    uint8_t token[4096];
    trust_error err = {0};
    size_t len = scene_token(s, (trust_bytes){nonce, 32}, NULL, token);
    ck_ok(trust_evidence_add(s->evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, &err));
}

static void for_another_verifier(trust_attest_claims *claims)
{
    claims->binding.verifier = "gateway-2";
}

static void misbound_token(scene *s)
{
    scene_attest(s, for_another_verifier);
}

static void same_item_twice(scene *s)
{
    scene_address(s);
}

static void contradictory(scene *s)
{
    trust_error err = {0};
    ck_ok(trust_evidence_add_address(s->evidence, "103.20.7.19", &err));
}

static void said_by_the_device(scene *s)
{
    add(s, TRUST_FROM_DEVICE, TRUST_TYPE_METRIC, "{\"name\":\"tx\",\"value\":1}");
}

static void malformed_token(scene *s)
{
    add(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, "no token");
}

static void malformed_human(scene *s)
{
    add(s, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, "{\"status\":");
}

static void unknown_type(scene *s)
{
    add(s, TRUST_FROM_HOST, "application/x-unheard-of", "x");
}

static void twenty_addresses(scene *s)
{
    trust_error err = {0};
    for (char i = '0'; i <= '9'; i++) {
        char address[] = "5.8.1.x";
        address[6] = i;
        ck_ok(trust_evidence_add_address(s->evidence, address, &err));
        address[2] = '9';
        ck_ok(trust_evidence_add_address(s->evidence, address, &err));
    }
}

static const struct {
    const char *name;
    void (*input)(scene *s);
    uint32_t reason;
} rows[] = {
    {"clock unknown", clock_unknown, TRI_REASON_CLOCK_UNKNOWN},
    {"clock beyond all years", clock_beyond_all_years, TRI_REASON_CLOCK_UNKNOWN},
    {"from the future", from_the_future, 0}, /* beside a present one it says nothing */
    {"too old", too_old, 0},
    {"another device", for_another_device, TRI_REASON_MISBOUND},
    {"nonce twice", nonce_used_twice, TRI_REASON_REPLAYED},
    {"foreign nonce", foreign_nonce, TRI_REASON_NONCE_FOREIGN},
    {"misbound", misbound_token, TRI_REASON_MISBOUND},
    {"twice", same_item_twice, TRI_REASON_DUPLICATE},
    {"contradictory", contradictory, TRI_REASON_CONTRADICTION},
    {"said by the device", said_by_the_device, TRI_REASON_ORIGIN},
    {"malformed token", malformed_token, TRI_REASON_MALFORMED},
    {"malformed human", malformed_human, TRI_REASON_MALFORMED},
    {"unknown type", unknown_type, TRI_REASON_UNSUPPORTED},
    {"twenty addresses", twenty_addresses, TRI_REASON_LIMIT},
};

/* A device that was allowed, or one that is somebody's takeover, with a token that was spent. */
static void begin(scene *s, bool good)
{
    trust_error err = {0};
    trust_challenge *challenge = NULL;
    scene_begin(s, NULL);
    ck_ok(trust_challenge_new(s->device, NULL, &challenge, &err));
    spent_len = scene_token(s, trust_challenge_nonce(challenge), NULL, spent);
    trust_challenge_free(challenge);
    nonce_used_twice(s);
    scene_address(s);
    if (good)
        scene_human(s);
    else
        ck_ok(trust_evidence_add_address(s->evidence, "45.140.8.1", &err));
    scene_assess(s, NULL);
    trust_evidence_clear(s->evidence);
    scene_address(s);
    if (good)
        scene_human(s);
}

START_TEST(no_bad_input_helps)
{
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        bool good = i % 2 == 0;
        scene s;
        trust_decision *decision = NULL;
        begin(&s, good);
        judged without = preview(&s, NULL);
        rows[i / 2].input(&s);
        judged with = preview(&s, &decision);
        ck_assert_msg(with.risk >= without.risk && with.verdict >= without.verdict,
                      "%s: %u/%d became %u/%d", rows[i / 2].name, without.verdict, without.risk,
                      with.verdict, with.risk);
        if (rows[i / 2].reason != 0)
            ck_assert_msg(names(decision, rows[i / 2].reason), "%s: its reason is not named",
                          rows[i / 2].name);
        trust_decision_free(decision);
        scene_end(&s);
    }
}
END_TEST

/* A clock that jumps, forward or back, betters no verdict, though by that clock the bad news is old
 * and there is new evidence for the device. By a sound clock the same evidence helps. */
START_TEST(a_clock_that_jumps_helps_nobody)
{
    static const struct {
        int64_t by;
        uint32_t reason;
    } clocks[] = {{-HOUR, TRI_REASON_CLOCK_BACK},
                  {-900 * DAY, TRI_REASON_CLOCK_BACK},
                  {2 * DAY, TRI_REASON_CLOCK_JUMP},
                  {900 * DAY, TRI_REASON_CLOCK_JUMP},
                  {HOUR, 0}};
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        scene s;
        trust_decision *decision = NULL;
        trust_error err = {0};
        scene_begin(&s, NULL);
        ck_ok(trust_evidence_add_address(s.evidence, "103.20.7.19", &err));
        trust_verdict before = scene_assess(&s, NULL);
        trust_evidence_clear(s.evidence);
        s.clock.now += clocks[i].by;
        scene_attest(&s, NULL);
        scene_address(&s);
        scene_human(&s);
        judged after = preview(&s, &decision);
        if (clocks[i].reason != 0)
            ck_assert_msg(after.verdict >= before && names(decision, clocks[i].reason),
                          "%zu: %u became %u", i, before, after.verdict);
        else
            ck_assert_uint_lt(after.verdict, before);
        trust_decision_free(decision);
        scene_end(&s);
    }
}
END_TEST

/* A record of a newer version stops the call; nothing is decided, nothing is written. */
START_TEST(a_newer_record_decides_nothing)
{
    static uint8_t record[TRI_CONTROL_MAX], after[TRI_CONTROL_MAX];
    uint8_t key[TRI_DEVICE_KEY];
    scene s;
    trust_store *store = NULL;
    trust_device *device = NULL;
    trust_error err = {0};
    size_t len = 0;
    size_t after_len = 0;
    uint64_t revision;
    ck_ok(trust_store_new_memory(NULL, &store));
    scene_begin_with(&s, NULL, store, NULL, 0);
    trust_bytes name = tri_device_key(s.device, 'c', key);
    ck_ok(tri_store_get(store, name, record, sizeof record, &len, &revision));
    record[0]++;
    trust_store_operation op = {TRUST_STORE_PUT, 0, TRUST_REVISION_ANY, name, {record, len}};
    ck_ok(tri_store_commit(store, &op, 1, NULL));
    ck_status(trust_device_open(s.engine, SCENE_DEVICE, &device, &err), TRUST_E_UNSUPPORTED);
    ck_status(trust_device_enroll(s.engine, SCENE_DEVICE, NULL, &device, &err), TRUST_E_EXISTS);
    ck_assert_ptr_null(device);
    ck_ok(tri_store_get(store, name, after, sizeof after, &after_len, &revision));
    ck_assert_uint_eq(after_len, len);
    ck_assert_mem_eq(after, record, len);
    scene_end(&s);
    trust_store_free(store);
}
END_TEST

int main(void)
{
    return run_tests("bad input", TESTS(no_bad_input_helps, a_clock_that_jumps_helps_nobody,
                                        a_newer_record_decides_nothing));
}
