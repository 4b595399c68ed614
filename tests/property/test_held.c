/* A decision holds until it says: with no new evidence the verdict and the stage are the same at
 * every moment before valid_until, through the whole engine with what it remembers and sets aside.
 * TRUST_CASES and TRUST_SEED as in test_model.c. */

#include "scene.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE INT64_C(60000)
#define LOOKS  6

static uint64_t cases = 400, first_seed = 1;
static uint64_t chance;

static uint32_t pick(uint32_t among)
{
    return (uint32_t)((next_random(&chance) >> 33) % among);
}

/* One item a finding, which is its bytes. */
static trust_status appraise(void *user, trust_appraisal *appraisal)
{
    trust_item item;
    trust_finding finding;
    (void)user;
    for (size_t i = 0; trust_appraisal_item(appraisal, i, &item) == TRUST_OK; i++) {
        memcpy(&finding, item.data.data, sizeof finding);
        finding.item = item.index;
        trust_status status = trust_appraisal_state(appraisal, &finding);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}

static const char *const types[] = {"application/vnd.acme.finding", NULL};
static const trust_kind_info kinds[] = {
    {"acme.level", TRUST_SCALE_PERCENT, 1u << TRUST_FROM_HOST, 0, 0},
    {"acme.reach", TRUST_SCALE_PERMILLE, 1u << TRUST_FROM_HOST, 0, 0},
    {"acme.seal", TRUST_SCALE_AR4SI, 1u << TRUST_FROM_HOST, 0, 0}};
static const trust_signal_ops signal_ops = {.size = sizeof signal_ops,
                                            .name = "acme.all",
                                            .media_types = types,
                                            .kinds = kinds,
                                            .kind_count = 3,
                                            .appraise = appraise};
static const trust_signal_ops *const signals[] = {&signal_ops};

static const char policy[] =
    "{\"trust_policy\":1,\"id\":\"held\",\"revision\":1,\"base\":430,\"signals\":{"
    "\"acme.level\":{\"weight\":200,\"scale\":\"percent\",\"ttl\":\"40m\",\"ttl_bad\":\"90m\","
    "\"half_life\":\"9m\",\"half_life_bad\":\"14m\"},"
    "\"acme.reach\":{\"weight\":140,\"scale\":\"permille\",\"ttl\":\"1h\",\"ttl_bad\":\"2h\","
    "\"half_life\":\"20m\",\"half_life_bad\":\"7m\"},"
    "\"acme.seal\":{\"weight\":180,\"scale\":\"ar4si\",\"ttl\":\"50m\",\"ttl_bad\":\"3h\","
    "\"half_life\":\"30m\",\"half_life_bad\":\"25m\"}},"
    "\"gates\":[{\"id\":\"high\",\"floor\":\"quarantine\",\"if\":{\"signal\":\"acme.level\",\"at_"
    "least\":80}}],"
    "\"hysteresis\":{\"margin\":10,\"dwell\":\"2m\"},"
    "\"limits\":{\"adverse\":1000,\"uncertainty\":1000},"
    "\"verdicts\":{\"allow\":400,\"step_up\":460,\"quarantine\":560}}";

static void add_one(scene *s)
{
    static const int32_t most[] = {100, 1000, 96};
    uint32_t which = pick(3);
    trust_error err = {0};
    trust_finding finding = {.kind = trust_kind_id(kinds[which].name, strlen(kinds[which].name)),
                             .source = pick(2),
                             .state = TRUST_STATE_VALID,
                             .origin = TRUST_FROM_HOST,
                             .quality = TRUST_QUALITY_FULL,
                             .time = s->clock.now - (pick(3) == 0 ? pick(20) * MINUTE : 0)};
    finding.value = which == 2 ? (int32_t[]){2, 32, 96}[pick(3)]
                               : (int32_t)pick(pick(2) == 0 ? 12 : (uint32_t)most[which] + 1);
    ck_ok(
        trust_evidence_add(s->evidence, TRUST_FROM_HOST, types[0], &finding, sizeof finding, &err));
}

static trust_policy_summary look(scene *s, trust_decision_info *info)
{
    trust_decision *decision = NULL;
    trust_error err = {0};
    trust_evidence_clear(s->evidence);
    ck_ok(trust_preview(s->device, s->evidence, NULL, &decision, &err));
    trust_decision_get_info(decision, info);
    trust_decision_free(decision);
    return info->summary;
}

static void check_held(scene *s, uint64_t seed, const trust_decision_info *info)
{
    trust_decision_info later;
    trust_time decided = s->clock.now;
    trust_time until = info->valid_until;
    trust_time span = (until < decided + 300 * MINUTE ? until : decided + 300 * MINUTE) - decided;
    if (span <= 1)
        return;
    for (int i = 0; i < LOOKS; i++) {
        s->clock.now = decided + (i == 0   ? 1
                                  : i == 1 ? span - 1
                                           : (trust_time)pick((uint32_t)span));
        trust_policy_summary summary = look(s, &later);
        ck_assert_msg(
            summary.verdict == info->summary.verdict && summary.stage == info->summary.stage,
            "verdict %u became %u after %" PRId64 " of %" PRId64 " ms: TRUST_SEED=%" PRIu64
            " TRUST_CASES=1",
            info->summary.verdict, summary.verdict, s->clock.now - decided, until - decided, seed);
    }
    s->clock.now = decided;
}

START_TEST(nothing_changes_before_its_time)
{
    uint64_t verdicts[5] = {0};
    for (uint64_t seed = first_seed; seed < first_seed + cases; seed++) {
        scene s;
        trust_decision *decision;
        trust_decision_info info;
        chance = seed * 2654435761u + 1;
        scene_begin_with(&s, policy, NULL, signals, 1);
        for (uint32_t step = 0; step < 8; step++) {
            trust_evidence_clear(s.evidence);
            for (uint32_t i = pick(4); i > 0; i--)
                add_one(&s);
            verdicts[scene_assess(&s, &decision)]++;
            trust_decision_get_info(decision, &info);
            check_held(&s, seed, &info);
            s.clock.now += pick(30) * MINUTE + pick(60000);
        }
        scene_end(&s);
    }
    /* It has gone blind when everything gets one verdict. */
    for (uint32_t verdict = TRUST_ALLOW; verdict <= TRUST_DENY; verdict++)
        ck_assert_uint_ge(verdicts[verdict], cases / 20);
}
END_TEST

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

int main(void)
{
    cases = number("TRUST_CASES", cases);
    if (cases > 20000) /* each case is a world of its own */
        cases = 20000;
    first_seed = number("TRUST_SEED", first_seed);
    return run_tests("held", TESTS(nothing_changes_before_its_time));
}
