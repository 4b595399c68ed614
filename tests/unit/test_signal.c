/* What a signal sees of an assessment, and what it may say. */

#include "support.h"

#include <string.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "signal/signal.h"

#define NOW INT64_C(1700000000000)

static const char *const types[] = {"application/vnd.acme.tamper", "application/json", NULL};
#define HOST_ONLY (1u << TRUST_FROM_HOST)
#define ANYBODY   (1u << TRUST_FROM_DEVICE | 1u << TRUST_FROM_HOST | 1u << TRUST_FROM_SERVICE)
static const trust_kind_info kinds[] = {{"acme.tamper", TRUST_SCALE_PERCENT, HOST_ONLY, 0, 0},
                                        {"acme.seal", TRUST_SCALE_AR4SI, ANYBODY, 0, 0}};
static const trust_signal_ops acme = {
    .size = sizeof acme, .name = "acme.box", .media_types = types, .kinds = kinds, .kind_count = 2};

static const tri_item items[] = {
    {.type = "application/vnd.acme.tamper", .collected = TRUST_TIME_UNKNOWN, .origin = 2},
    {.type = "application/vnd.other", .collected = TRUST_TIME_UNKNOWN, .origin = 2},
    {.type = "application/json", .collected = NOW - 1000, .origin = 1},
    {.type = "application/json", .collected = NOW - 1000, .origin = 2}, /* set aside */
    {.type = "application/json", .collected = NOW + 1000, .origin = 3},
};
enum { ITEMS = sizeof items / sizeof items[0] };

static const trust_attribute attributes[] = {{"class", "lock"}, {"country", "DE,AT"}};

static trust_appraisal appraisal;

static uint32_t tamper, seal;

static void begin(void)
{
    appraisal = (trust_appraisal){.now = NOW,
                                  .attributes = attributes,
                                  .attribute_count = 2,
                                  .items = items,
                                  .item_count = ITEMS,
                                  .signal = &acme,
                                  .memory = {(const uint8_t *)"seen", 4}};
    appraisal.outcomes[3] =
        (tri_outcome){TRUST_STATE_NOT_REQUESTED, TRI_REASON_DUPLICATE, true, true};
    tamper = trust_kind_id("acme.tamper", 11);
    seal = trust_kind_id("acme.seal", 9);
}

static trust_finding good_finding(void)
{
    return (trust_finding){.kind = tamper,
                           .state = TRUST_STATE_VALID,
                           .origin = TRUST_FROM_HOST,
                           .value = 100,
                           .quality = TRUST_QUALITY_FULL,
                           .time = NOW,
                           .reason = TRI_REASON_HOST_SIGNAL,
                           .item = 0};
}

START_TEST(shows_the_items_of_the_signal)
{
    static const uint32_t expected[] = {0, 2, 4};
    trust_item item;
    begin();
    ck_assert_uint_eq(trust_appraisal_item_count(&appraisal), 3);
    for (size_t i = 0; i < 3; i++) {
        ck_ok(trust_appraisal_item(&appraisal, i, &item));
        ck_assert_uint_eq(item.index, expected[i]);
        ck_assert_str_eq(item.type, items[expected[i]].type);
        ck_assert_uint_eq(item.origin, items[expected[i]].origin);
        ck_assert_int_eq(item.collected, items[expected[i]].collected);
        ck_assert_int_eq(item.received, NOW);
    }
    item.index = 99;
    ck_status(trust_appraisal_item(&appraisal, 3, &item), TRUST_E_NOT_FOUND);
    ck_status(trust_appraisal_item(&appraisal, SIZE_MAX, &item), TRUST_E_NOT_FOUND);
    ck_assert_uint_eq(item.index, 99);
    ck_status(trust_appraisal_item(NULL, 0, &item), TRUST_E_ARGUMENT);
    ck_status(trust_appraisal_item(&appraisal, 0, NULL), TRUST_E_ARGUMENT);
    ck_assert_uint_eq(trust_appraisal_item_count(NULL), 0);
}
END_TEST

START_TEST(walks_from_inside)
{
    size_t at = 0;
    begin();
    ck_assert_ptr_eq(tri_appraisal_next(&appraisal, &at), &items[0]);
    at++;
    ck_assert_ptr_eq(tri_appraisal_next(&appraisal, &at), &items[2]);
    ck_assert_uint_eq(at, 2);
    at++;
    ck_assert_ptr_eq(tri_appraisal_next(&appraisal, &at), &items[4]);
    at++;
    ck_assert_ptr_null(tri_appraisal_next(&appraisal, &at));
    ck_assert_uint_eq(at, ITEMS);
}
END_TEST

START_TEST(time_is_the_older_of_claimed_and_received)
{
    begin();
    ck_assert_int_eq(tri_item_time(&appraisal, &items[0]), NOW);
    ck_assert_int_eq(tri_item_time(&appraisal, &items[2]), NOW - 1000);
    ck_assert_int_eq(tri_item_time(&appraisal, &items[4]), NOW);
    ck_assert_int_eq(trust_appraisal_now(&appraisal), NOW);
    ck_assert_int_eq(trust_appraisal_now(NULL), TRUST_TIME_UNKNOWN);
}
END_TEST

START_TEST(attributes_and_memory)
{
    begin();
    ck_assert(tri_same_text(trust_appraisal_attribute(&appraisal, "class"), "lock"));
    ck_assert(tri_same_text(trust_appraisal_attribute(&appraisal, "country"), "DE,AT"));
    ck_assert_uint_eq(trust_appraisal_attribute(&appraisal, "clas").size, 0);
    ck_assert_uint_eq(trust_appraisal_attribute(&appraisal, NULL).size, 0);
    ck_assert_uint_eq(trust_appraisal_attribute(NULL, "class").size, 0);
    ck_assert(tri_same_text(trust_appraisal_memory(&appraisal), "seen"));
    ck_assert_uint_eq(trust_appraisal_memory(NULL).size, 0);
}
END_TEST

START_TEST(media_types_are_a_list)
{
    trust_signal_ops silent = acme;
    silent.media_types = NULL;
    ck_assert(tri_signal_reads(&acme, "application/json"));
    ck_assert(!tri_signal_reads(&acme, "application/jso"));
    ck_assert(!tri_signal_reads(&acme, ""));
    ck_assert(!tri_signal_reads(&silent, "application/json"));
}
END_TEST

START_TEST(a_finding_tells_of_its_item)
{
    begin();
    trust_finding finding = good_finding();
    ck_ok(trust_appraisal_state(&appraisal, &finding));
    ck_assert_uint_eq(appraisal.finding_count, 1);
    ck_assert_mem_eq(&appraisal.findings[0], &finding, sizeof finding);
    ck_assert(appraisal.outcomes[0].told);
    ck_assert_uint_eq(appraisal.outcomes[0].state, TRUST_STATE_VALID);
    ck_assert_uint_eq(appraisal.outcomes[0].reason, TRI_REASON_HOST_SIGNAL);
    finding.item = TRUST_NO_ITEM;
    finding.origin = TRUST_FROM_HOST;
    ck_ok(trust_appraisal_state(&appraisal, &finding));
    ck_assert_uint_eq(appraisal.finding_count, 2);
}
END_TEST

typedef void (*spoiler)(trust_finding *f);
#define SPOIL(name, statement)                                                                     \
    static void name(trust_finding *f)                                                             \
    {                                                                                              \
        statement;                                                                                 \
    }
SPOIL(no_kind, f->kind = TRUST_KIND_NONE)
SPOIL(builtin_kind, f->kind = TRUST_KIND_IDENTITY)
SPOIL(other_kind, f->kind = tamper ^ 1u)
SPOIL(state_high, f->state = TRUST_STATE_UNSUPPORTED + 1)
SPOIL(origin_none, f->origin = 0)
SPOIL(origin_high, f->origin = 4)
SPOIL(origin_huge, f->origin = 34)
SPOIL(origin_not_allowed, f->origin = TRUST_FROM_DEVICE; f->item = TRUST_NO_ITEM)
SPOIL(value_low, f->value = -1)
SPOIL(value_high, f->value = 101)
SPOIL(quality_high, f->quality = TRUST_QUALITY_FULL + 1)
SPOIL(reserved_set, f->reserved = 1)
SPOIL(reason_unknown, f->reason = 9999)
SPOIL(item_beyond, f->item = ITEMS)
SPOIL(item_of_others, f->item = 1)
SPOIL(item_set_aside, f->item = 3)
SPOIL(origin_not_the_items, f->kind = seal; f->item = 2)

START_TEST(a_finding_out_of_range_is_refused)
{
    static const spoiler spoilers[] = {
        no_kind,        builtin_kind,        other_kind,     state_high,  origin_none,
        origin_high,    origin_huge,         value_low,      value_high,  origin_not_allowed,
        quality_high,   reserved_set,        reason_unknown, item_beyond, item_of_others,
        item_set_aside, origin_not_the_items};
    begin();
    for (size_t i = 0; i < sizeof spoilers / sizeof spoilers[0]; i++) {
        trust_finding finding = good_finding();
        spoilers[i](&finding);
        trust_status status = trust_appraisal_state(&appraisal, &finding);
        ck_assert_msg(status == TRUST_E_ARGUMENT, "spoiler %zu: %s", i, trust_status_name(status));
    }
    trust_finding finding = good_finding();
    ck_status(trust_appraisal_state(NULL, &finding), TRUST_E_ARGUMENT);
    ck_status(trust_appraisal_state(&appraisal, NULL), TRUST_E_ARGUMENT);
    ck_assert_uint_eq(appraisal.finding_count, 0);
    ck_assert(!appraisal.outcomes[0].told);
    /* A value means nothing when there is none, and a reason need not be given. */
    finding.state = TRUST_STATE_INVALID;
    finding.value = -5;
    finding.reason = 0;
    ck_ok(trust_appraisal_state(&appraisal, &finding));
}
END_TEST

START_TEST(findings_are_limited)
{
    trust_finding finding = good_finding();
    begin();
    finding.kind = tamper;
    for (size_t i = 0; i < TRI_SIGNAL_MAX_FINDINGS; i++)
        ck_ok(trust_appraisal_state(&appraisal, &finding));
    ck_status(trust_appraisal_state(&appraisal, &finding), TRUST_E_LIMIT);
    /* The next signal has its own. */
    appraisal.signal_first = appraisal.finding_count;
    ck_ok(trust_appraisal_state(&appraisal, &finding));
    appraisal.signal_first = appraisal.finding_count = TRI_MAX_FINDINGS;
    ck_status(trust_appraisal_state(&appraisal, &finding), TRUST_E_LIMIT);
}
END_TEST

START_TEST(outcomes_are_only_of_ones_own_items)
{
    begin();
    trust_appraisal_item_state(&appraisal, 2, TRUST_STATE_INVALID, TRI_REASON_MALFORMED);
    ck_assert(appraisal.outcomes[2].told);
    ck_assert_uint_eq(appraisal.outcomes[2].state, TRUST_STATE_INVALID);
    ck_assert_uint_eq(appraisal.outcomes[2].reason, TRI_REASON_MALFORMED);
    trust_appraisal_item_state(&appraisal, 1, TRUST_STATE_VALID, 0);
    trust_appraisal_item_state(&appraisal, 3, TRUST_STATE_VALID, 0);
    trust_appraisal_item_state(&appraisal, 4, TRUST_STATE_UNSUPPORTED + 1, 0);
    trust_appraisal_item_state(&appraisal, ITEMS, TRUST_STATE_VALID, 0);
    trust_appraisal_item_state(&appraisal, TRUST_NO_ITEM, TRUST_STATE_VALID, 0);
    trust_appraisal_item_state(NULL, 0, TRUST_STATE_VALID, 0);
    ck_assert(!appraisal.outcomes[1].told);
    ck_assert_uint_eq(appraisal.outcomes[3].reason, TRI_REASON_DUPLICATE);
    ck_assert(!appraisal.outcomes[4].told);
}
END_TEST

START_TEST(findings_from_inside)
{
    begin();
    ck_ok(tri_appraisal_find(&appraisal, 2, seal, TRUST_STATE_VALID, 32, TRI_REASON_HOST_SIGNAL));
    const trust_finding *f = &appraisal.findings[0];
    ck_assert_uint_eq(f->kind, seal);
    ck_assert_int_eq(f->value, 32);
    ck_assert_uint_eq(f->origin, TRUST_FROM_DEVICE);
    ck_assert_uint_eq(f->quality, TRUST_QUALITY_FULL);
    ck_assert_int_eq(f->time, NOW - 1000);
    ck_assert_uint_eq(f->item, 2);
    ck_assert(appraisal.outcomes[2].told);
    ck_status(tri_appraisal_find(&appraisal, 2, tamper, TRUST_STATE_VALID, 1, 0), TRUST_E_ARGUMENT);
}
END_TEST

int main(void)
{
    return run_tests("signal",
                     TESTS(shows_the_items_of_the_signal, walks_from_inside,
                           time_is_the_older_of_claimed_and_received, attributes_and_memory,
                           media_types_are_a_list, a_finding_tells_of_its_item,
                           a_finding_out_of_range_is_refused, findings_are_limited,
                           outcomes_are_only_of_ones_own_items, findings_from_inside));
}
