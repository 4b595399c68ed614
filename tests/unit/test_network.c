/* The network signal: place and reputation of the addresses that a host observed. */

#include <stdlib.h>
#include <string.h>

#include <trust/evidence.h>
#include <trust/reason.h>

#include "core/reason.h"
#include "signal/signal.h"
#include "support.h"

static const char vpn[] = "45.140.8.0/22\n37.16.9.9 0\n2a0d:8000:1::/48 90\n";

static trust_table *table_of(bool lists)
{
    size_t len;
    uint8_t *data = read_file(project_path("examples/data/geo.mmdb"), &len);
    ck_assert_ptr_nonnull(data);
    const trust_table_source sources[] = {
        {"geo", TRUST_SOURCE_MMDB, 0, {data, len}},
        {"vpn", TRUST_SOURCE_CIDR, TRUST_LIST_VPN, {(const uint8_t *)vpn, sizeof vpn - 1}}};
    trust_table *table = NULL;
    ck_ok(trust_table_build(sources, lists ? 2 : 1, NULL, &table, NULL));
    free(data);
    return table;
}

typedef struct session {
    trust_address addresses[TRUST_MAX_ITEMS];
    tri_item items[TRUST_MAX_ITEMS];
    trust_attribute country;
    trust_appraisal appraisal;
} session;

static void begin(session *in, const trust_table *table, const char *country)
{
    memset(in, 0, sizeof *in);
    in->country = (trust_attribute){"country", country};
    in->appraisal.now = 5000;
    in->appraisal.attributes = &in->country;
    in->appraisal.attribute_count = country != NULL;
    in->appraisal.table = table;
    in->appraisal.items = in->items;
    in->appraisal.signal = &tri_signal_network;
}

static void add(session *in, const char *text)
{
    size_t i = in->appraisal.item_count++;
    ck_ok(trust_address_parse(text, strlen(text), &in->addresses[i]));
    in->items[i] = (tri_item){.type = TRUST_TYPE_ADDRESS,
                              .data = {in->addresses[i].bytes, sizeof in->addresses[i].bytes},
                              .collected = TRUST_TIME_UNKNOWN,
                              .origin = TRUST_FROM_HOST};
}

static void run(session *in)
{
    ck_ok(tri_signal_network.appraise(tri_signal_network.user, &in->appraisal));
}

/* What was said of a kind and an item; kind 0 for nothing. */
static trust_finding finding(const session *in, uint32_t kind, uint32_t item)
{
    for (size_t i = 0; i < in->appraisal.finding_count; i++)
        if (in->appraisal.findings[i].kind == kind && in->appraisal.findings[i].item == item)
            return in->appraisal.findings[i];
    return (trust_finding){0};
}

#define PACKED(a, b) ((a) << 8 | (b))

START_TEST(judges_place)
{
    static const struct {
        const char *registered, *address;
        uint32_t state;
        int32_t value;
        uint32_t reason;
        int64_t expected, seen;
    } cases[] = {
        {"DE", "5.8.1.1", TRUST_STATE_VALID, 0, TRI_REASON_PLACE_OK, PACKED('D', 'E'),
         PACKED('D', 'E')},
        {"AT,DE", "5.8.1.1", TRUST_STATE_VALID, 0, TRI_REASON_PLACE_OK, PACKED('A', 'T'),
         PACKED('D', 'E')},
        {" at , de ", "5.8.1.1", TRUST_STATE_VALID, 0, TRI_REASON_PLACE_OK, PACKED('A', 'T'),
         PACKED('D', 'E')},
        {"Germany, DE", "5.8.1.1", TRUST_STATE_VALID, 0, TRI_REASON_PLACE_OK, PACKED('D', 'E'),
         PACKED('D', 'E')},
        {"AT", "5.8.1.1", TRUST_STATE_VALID, 800, TRI_REASON_PLACE_UNEXPECTED, PACKED('A', 'T'),
         PACKED('D', 'E')},
        {"AT,FR", "2a0d:8000::1", TRUST_STATE_VALID, 800, TRI_REASON_PLACE_UNEXPECTED,
         PACKED('A', 'T'), PACKED('D', 'E')},
        {"DE", "2002:508:101::", TRUST_STATE_VALID, 0, TRI_REASON_PLACE_OK, PACKED('D', 'E'),
         PACKED('D', 'E')},
        {"DE", "9.9.9.9", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_PLACE_UNKNOWN, PACKED('D', 'E'),
         0},
        {NULL, "5.8.1.1", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_PLACE_UNREGISTERED, 0,
         PACKED('D', 'E')},
        {"", "5.8.1.1", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_PLACE_UNREGISTERED, 0,
         PACKED('D', 'E')},
        {"Germany", "5.8.1.1", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_PLACE_UNREGISTERED, 0,
         PACKED('D', 'E')},
        {"D1,,[]", "9.9.9.9", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_PLACE_UNREGISTERED, 0, 0},
        {"DE", "10.0.0.1", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_ADDRESS_NOT_GLOBAL,
         PACKED('D', 'E'), 0},
        {"DE", "2002:a00:1::", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_ADDRESS_NOT_GLOBAL,
         PACKED('D', 'E'), 0},
        {"DE", "::5.8.1.1", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_ADDRESS_NOT_GLOBAL,
         PACKED('D', 'E'), PACKED('D', 'E')},
    };
    trust_table *table = table_of(false);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static session state;
        begin(&state, table, cases[i].registered);
        add(&state, cases[i].address);
        run(&state);
        ck_assert_uint_eq(state.appraisal.finding_count, 1);
        trust_finding place = finding(&state, TRUST_KIND_PLACE, 0);
        ck_assert_uint_eq(place.kind, TRUST_KIND_PLACE);
        ck_assert_msg(place.state == cases[i].state && place.reason == cases[i].reason,
                      "%zu: %s, %s", i, trust_state_name(place.state),
                      trust_reason_code(place.reason));
        ck_assert_int_eq(place.value, cases[i].value);
        ck_assert_int_eq(place.expected, cases[i].expected);
        ck_assert_int_eq(place.seen, cases[i].seen);
        ck_assert_uint_eq(place.quality, TRUST_QUALITY_FULL);
        ck_assert_uint_eq(place.origin, TRUST_FROM_HOST);
        ck_assert_int_eq(place.time, 5000);
        ck_assert_uint_eq(state.appraisal.outcomes[0].reason, cases[i].reason);
    }
    trust_table_free(table);
}
END_TEST

START_TEST(judges_reputation)
{
    static const struct {
        const char *address;
        uint32_t state, weight, reason, quality;
    } cases[] = {
        {"5.8.1.1", TRUST_STATE_VALID, 0, TRI_REASON_ADDRESS_CLEAN, TRUST_QUALITY_FULL},
        {"9.9.9.9", TRUST_STATE_VALID, 0, TRI_REASON_ADDRESS_CLEAN, TRUST_QUALITY_FULL},
        {"45.140.9.1", TRUST_STATE_VALID, 60, TRI_REASON_ADDRESS_LISTED, TRUST_QUALITY_FULL / 4},
        {"64:ff9b::45.140.9.1", TRUST_STATE_VALID, 60, TRI_REASON_ADDRESS_LISTED,
         TRUST_QUALITY_FULL / 4},
        {"2a0d:8000:1::7", TRUST_STATE_VALID, 90, TRI_REASON_ADDRESS_LISTED,
         TRUST_QUALITY_FULL / 4},
        {"37.16.9.9", TRUST_STATE_VALID, 0, TRI_REASON_ADDRESS_LISTED, TRUST_QUALITY_FULL / 4},
        {"192.168.1.1", TRUST_STATE_NOT_REQUESTED, 0, TRI_REASON_ADDRESS_NOT_GLOBAL,
         TRUST_QUALITY_FULL},
    };
    trust_table *table = table_of(true);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static session state;
        begin(&state, table, "NL");
        add(&state, cases[i].address);
        run(&state);
        trust_finding place = finding(&state, TRUST_KIND_PLACE, 0);
        trust_finding rating = finding(&state, TRUST_KIND_REPUTATION, 0);
        ck_assert_uint_eq(state.appraisal.finding_count, 2);
        ck_assert(place.kind != 0 && rating.kind != 0);
        ck_assert_msg(rating.state == cases[i].state && rating.reason == cases[i].reason,
                      "%s: %s, %s", cases[i].address, trust_state_name(rating.state),
                      trust_reason_code(rating.reason));
        ck_assert_int_eq(rating.value, (int32_t)cases[i].weight);
        ck_assert_int_eq(rating.seen, cases[i].weight);
        ck_assert_uint_eq(rating.quality, TRUST_QUALITY_FULL);
        ck_assert_uint_eq(place.quality, cases[i].quality);
    }
    trust_table_free(table);
}
END_TEST

START_TEST(says_nothing_without_sources)
{
    static session state;
    begin(&state, NULL, "DE");
    add(&state, "5.8.1.1");
    run(&state);
    ck_assert_uint_eq(state.appraisal.finding_count, 1);
    ck_assert_uint_eq(finding(&state, TRUST_KIND_PLACE, 0).reason, TRI_REASON_PLACE_UNKNOWN);
    begin(&state, NULL, "DE");
    run(&state);
    ck_assert_uint_eq(state.appraisal.finding_count, 0);
}
END_TEST

START_TEST(judges_each_address)
{
    static session state;
    trust_table *table = table_of(true);
    begin(&state, table, "DE");
    add(&state, "5.8.1.1");
    add(&state, "45.140.9.1");
    add(&state, "5.8.1.1");
    state.items[0].collected = 4000;
    state.items[1].type = TRUST_TYPE_METRIC;
    state.appraisal.outcomes[2].ignored = true;
    add(&state, "37.16.0.1");
    run(&state);
    ck_assert_uint_eq(state.appraisal.finding_count, 4);
    ck_assert_int_eq(finding(&state, TRUST_KIND_PLACE, 0).value, 0);
    ck_assert_int_eq(finding(&state, TRUST_KIND_PLACE, 0).time, 4000);
    ck_assert_int_eq(finding(&state, TRUST_KIND_PLACE, 3).value, 800);
    ck_assert_uint_eq(finding(&state, TRUST_KIND_PLACE, 1).kind, 0);
    trust_table_free(table);
}
END_TEST

START_TEST(refuses_what_is_no_address)
{
    static session state;
    begin(&state, NULL, "DE");
    add(&state, "5.8.1.1");
    add(&state, "5.8.1.1");
    state.items[0].data.size = 15;
    run(&state);
    ck_assert_uint_eq(state.appraisal.finding_count, 1);
    ck_assert_uint_eq(state.appraisal.outcomes[0].state, TRUST_STATE_INVALID);
    ck_assert_uint_eq(state.appraisal.outcomes[0].reason, TRI_REASON_MALFORMED);
    ck_assert_uint_eq(state.appraisal.outcomes[1].reason, TRI_REASON_PLACE_UNKNOWN);
}
END_TEST

/* Eight of each kind are stated; none that is left out is worse than one that is not. */
START_TEST(keeps_the_worst_of_too_many)
{
    static session state;
    trust_table *table = table_of(true);
    begin(&state, table, "DE");
    for (int i = 0; i < 20; i++)
        add(&state, i == 17 ? "45.140.8.1" : "5.8.1.1");
    run(&state);
    ck_assert_uint_eq(state.appraisal.finding_count, TRI_SIGNAL_MAX_FINDINGS);
    int32_t worst = 0;
    for (size_t i = 0; i < state.appraisal.finding_count; i++)
        if (state.appraisal.findings[i].item == 17)
            worst = state.appraisal.findings[i].value;
    ck_assert_int_gt(worst, 0);
    ck_assert_uint_eq(state.appraisal.outcomes[19].reason, TRI_REASON_LIMIT);
    trust_table_free(table);
}
END_TEST

START_TEST(fails_where_it_may_not_speak)
{
    static session state;
    begin(&state, NULL, "DE");
    add(&state, "5.8.1.1");
    state.items[0].origin = TRUST_FROM_DEVICE; /* the engine never shows it such an item */
    ck_status(tri_signal_network.appraise(NULL, &state.appraisal), TRUST_E_ARGUMENT);
    ck_assert_uint_eq(state.appraisal.finding_count, 0);
}
END_TEST

int main(void)
{
    return run_tests("network", TESTS(judges_place, judges_reputation, says_nothing_without_sources,
                                      judges_each_address, refuses_what_is_no_address,
                                      keeps_the_worst_of_too_many, fails_where_it_may_not_speak));
}
