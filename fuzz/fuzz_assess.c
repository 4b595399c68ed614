/* One whole assessment from bytes: a policy, two bundles, two records and the clock come from the
 * input. Whatever they are, the answer is a decision that adds up or a status, a preview says what
 * the assessment then says, and nothing that the device adds helps it.
 *
 * A byte each of policy, clock and mode; then two bytes of length and so many bytes of each of:
 * what the device sent, what the host saw, the control record (empty: the one that enrolment
 * wrote), the memory record. */

#include <stdlib.h>
#include <string.h>

#include <trust/trust.h>

#include "core/bytes.h"
#include "crypto/crypto.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW    INT64_C(1795428000000)
#define DEVICE "urn:x"

static trust_time now;

static void require(int condition)
{
    if (!condition)
        abort();
}

static trust_time read_clock(void *user)
{
    (void)user;
    return now;
}

static trust_status fill(void *user, void *out, size_t len)
{
    (void)user;
    memset(out, 7, len);
    return TRUST_OK;
}

#define SIGNALS                                                                                    \
    "\"signals\":{\"attestation\":{\"weight\":300},\"identity\":{\"weight\":300},"                 \
    "\"place\":{\"weight\":110},\"reputation\":{\"weight\":175},"                                  \
    "\"behaviour\":{\"weight\":225},\"human\":{\"weight\":150}},"

static const char *const policies[] = {
    ("{\"trust_policy\":1,\"id\":\"a\",\"revision\":1," SIGNALS
     "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650}}"),
    ("{\"trust_policy\":1,\"id\":\"b\",\"revision\":1,\"base\":100," SIGNALS
     "\"verdicts\":{\"allow\":400,\"step_up\":500,\"quarantine\":900},"
     "\"limits\":{\"uncertainty\":1000}}"),
    ("{\"trust_policy\":1,\"id\":\"c\",\"revision\":1,\"signals\":{\"human\":{\"weight\":500}},"
     "\"verdicts\":{\"allow\":1,\"step_up\":2,\"quarantine\":3}}"),
    ("{\"trust_policy\":1,\"id\":\"d\",\"revision\":1,\"base\":250," SIGNALS
     "\"verdicts\":{\"allow\":400,\"step_up\":800,\"quarantine\":900},"
     "\"limits\":{\"uncertainty\":1000},\"hysteresis\":{\"dwell\":\"1m\",\"backoff\":2},"
     "\"gates\":[{\"id\":\"far\",\"if\":{\"signal\":\"place\",\"at_least\":900},"
     "\"floor\":\"deny\",\"actions\":[\"isolate\"]}],"
     "\"profiles\":[{\"id\":\"far\",\"when\":{\"attr\":\"country\",\"eq\":\"AT\"},\"base\":300},"
     "{\"id\":\"locks\",\"when\":{\"attr\":\"class\",\"prefix\":\"lock\"},\"base\":350}],"
     "\"stages\":[{\"id\":\"bench\",\"needs\":[\"place\"],\"timeout\":\"30m\"},"
     "{\"id\":\"site\",\"needs\":[\"identity\"],\"timeout\":\"1d\",\"on_timeout\":\"deny\"},"
     "{\"id\":\"field\"}],\"actions\":{\"deny\":[\"tell\"]}}")};

#define POLICIES (sizeof policies / sizeof policies[0])

static const char list[] = "5.8.0.0/16\n45.140.8.0/24 90\n";

/* The engine of all runs with this policy; its store is filled anew each time. */
static trust_engine *engine_of(size_t which, trust_store **store)
{
    static trust_engine *engines[POLICIES];
    static trust_store *stores[POLICIES];
    which %= POLICIES;
    if (engines[which] == NULL) {
        trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
        trust_policy *policy = NULL;
        trust_table *table = NULL;
        trust_table_source source = {
            "vpn", TRUST_SOURCE_CIDR, TRUST_LIST_VPN, {(const uint8_t *)list, sizeof list - 1}};
        require(trust_store_new_memory(NULL, &stores[which]) == TRUST_OK);
        config.clock.now = read_clock;
        config.random.fill = fill;
        config.store = stores[which];
        require(trust_engine_new(&config, &engines[which], NULL) == TRUST_OK);
        require(trust_policy_load_unsigned(policies[which], strlen(policies[which]), NULL, &policy,
                                           NULL) == TRUST_OK);
        require(trust_engine_use_policy(engines[which], policy, NULL) == TRUST_OK);
        require(trust_table_build(&source, 1, NULL, &table, NULL) == TRUST_OK);
        require(trust_engine_use_table(engines[which], table) == TRUST_OK);
        trust_policy_free(policy);
        trust_table_free(table);
    }
    *store = stores[which];
    return engines[which];
}

static trust_bytes take(const uint8_t **data, size_t *size)
{
    if (*size < 2)
        return (trust_bytes){NULL, 0};
    size_t len = tri_be16(*data);
    *data += 2;
    *size -= 2;
    if (len > *size)
        len = *size;
    trust_bytes out = {*data, len};
    *data += len;
    *size -= len;
    return out;
}

/* What the last run left is gone, the device is enrolled, and its records are those of the input.
 */
static void set_records(trust_engine *engine, trust_store *store, trust_bytes control,
                        trust_bytes memory)
{
    uint8_t keys[2][33] = {{'c'}, {'m'}};
    const uint8_t anchor[1][32] = {{1}};
    const trust_attribute country = {"country", "DE"};
    const trust_enrolment enrolment = {sizeof enrolment, anchor, 1, &country, 1};
    trust_store_operation ops[2];
    for (size_t i = 0; i < 2; i++) {
        tri_sha256(DEVICE, strlen(DEVICE), keys[i] + 1);
        ops[i] = (trust_store_operation){
            TRUST_STORE_DELETE, 0, TRUST_REVISION_ANY, {keys[i], 33}, {NULL, 0}};
    }
    require(tri_store_commit(store, ops, 2, NULL) == TRUST_OK);
    require(trust_device_enroll(engine, DEVICE, &enrolment, NULL, NULL) == TRUST_OK);
    ops[0].type = ops[1].type = TRUST_STORE_PUT;
    ops[0].value = control;
    ops[1].value = memory;
    if (control.size > 0)
        require(tri_store_commit(store, &ops[0], 1, NULL) == TRUST_OK);
    if (memory.size > 0)
        require(tri_store_commit(store, &ops[1], 1, NULL) == TRUST_OK);
}

static void check(const trust_decision *decision)
{
    static char text[1 << 17];
    trust_decision_info info;
    trust_row row;
    size_t need;
    int32_t sum = 0;
    trust_decision_get_info(decision, &info);
    for (size_t i = 0; trust_decision_row(decision, i, &row) == TRUST_OK; i++)
        sum += row.points;
    require(sum == info.summary.risk);
    require(info.summary.lowest <= info.summary.risk && info.summary.risk <= info.summary.highest);
    require(now == NOW || info.summary.verdict != TRUST_ALLOW || now != TRUST_TIME_UNKNOWN);
    require(trust_decision_to_json(decision, text, sizeof text, &need) == TRUST_OK);
    require(trust_decision_explain(decision, TRUST_FOR_OPERATOR, text, sizeof text, &need) ==
            TRUST_OK);
}

static trust_decision *preview(trust_device *device, const trust_evidence *evidence)
{
    trust_decision *decision = NULL;
    require(trust_preview(device, evidence, NULL, &decision, NULL) == TRUST_OK);
    check(decision);
    return decision;
}

static void add_bundle(trust_evidence *evidence, uint32_t origin, trust_bytes text)
{
    size_t before = trust_evidence_count(evidence);
    if (trust_evidence_add_bundle(evidence, origin, text.data, text.size, NULL, NULL) != TRUST_OK)
        require(trust_evidence_count(evidence) == before);
}

static uint32_t stage_of(const trust_decision *decision)
{
    trust_decision_info info;
    trust_decision_get_info(decision, &info);
    return info.summary.stage;
}

static void assess(trust_device *device, trust_bytes sent, trust_bytes seen, bool observe)
{
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    uint32_t due = 0;
    trust_device_info before, after;
    require(trust_device_get_info(device, &before) == TRUST_OK);
    require(trust_evidence_new(device, &evidence, NULL) == TRUST_OK);
    add_bundle(evidence, TRUST_FROM_HOST, seen);
    trust_decision *without = preview(device, evidence);
    add_bundle(evidence, TRUST_FROM_DEVICE, sent);
    trust_decision *with = preview(device, evidence);
    /* No key of the device is known to this program, so nothing that it sends is its own. */
    require(trust_decision_verdict(with) >= trust_decision_verdict(without));
    require(trust_decision_risk(with) >= trust_decision_risk(without));
    require(stage_of(with) <= stage_of(without));
    if (observe) {
        require(trust_observe(device, evidence, NULL, &due, NULL) == TRUST_OK);
    } else if (trust_assess(device, evidence, NULL, &decision, NULL) == TRUST_OK) {
        require(trust_decision_risk(decision) == trust_decision_risk(with));
        check(decision);
        /* What was written is read again, and no time was gained in a stage. */
        require(trust_device_reload(device, NULL) == TRUST_OK);
        require(trust_device_get_info(device, &after) == TRUST_OK);
        require(before.stage_since == TRUST_TIME_UNKNOWN ||
                strcmp(before.stage, after.stage) != 0 || after.stage_since <= before.stage_since);
    }
    trust_decision_free(without);
    trust_decision_free(with);
    trust_decision_free(decision);
    trust_evidence_free(evidence);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const trust_time clocks[] = {
        NOW, TRUST_TIME_UNKNOWN, NOW - 3600000, NOW + 3600000, NOW + INT64_C(40000000000), -1,
        0,   INT64_MAX};
    trust_device *device = NULL;
    trust_store *store;
    if (size < 3)
        return 0;
    trust_engine *engine = engine_of(data[0], &store);
    size_t clock = data[1] % 8;
    bool observe = (data[2] & 1) != 0;
    data += 3;
    size -= 3;
    trust_bytes sent = take(&data, &size);
    trust_bytes seen = take(&data, &size);
    trust_bytes control = take(&data, &size);
    trust_bytes memory = take(&data, &size);
    now = NOW;
    set_records(engine, store, control, memory);
    now = clocks[clock];
    if (trust_device_open(engine, DEVICE, &device, NULL) == TRUST_OK)
        assess(device, sent, seen, observe);
    trust_device_free(device);
    return 0;
}
