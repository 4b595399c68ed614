/* What a liar adds never helps: a random base of evidence is judged with and without more items,
 * none of which is attributable, valid, fresh evidence from an origin that may state it. Each case
 * prints its seed when it fails; TRUST_CASES and TRUST_SEED choose. */

#include "scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE INT64_C(60000)

static uint64_t cases = 300;
static uint64_t first_seed = 1;
static uint64_t chance; /* state of the present case's randomness */

static uint32_t pick(uint32_t among)
{
    return (uint32_t)((next_random(&chance) >> 33) % among);
}

static const char *const addresses[] = {"5.8.1.2", "103.20.7.19", "45.140.8.1", "10.0.0.1",
                                        "2001:db8::1"};

/* What a liar has at hand. */
typedef struct liar {
    uint8_t spent[4096]; /* a token that was answered once */
    size_t spent_len;
    uint8_t late[4096]; /* one whose deadline passed */
    size_t late_len;
    uint8_t foreign[4096]; /* signed by the device, over a nonce that nobody asked */
    size_t foreign_len;
    uint8_t stranger[4096]; /* over the open nonce, signed by somebody else */
    size_t stranger_len;
    uint8_t *human;
    size_t human_len;
} liar;

static void name_another_device(trust_attest_claims *claims)
{
    claims->binding.device = "urn:dev:other";
}

static size_t answer(scene *s, scene_edit edit, uint8_t out[4096])
{
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    ck_ok(trust_challenge_new(s->device, NULL, &challenge, &err));
    size_t len = scene_token(s, trust_challenge_nonce(challenge), edit, out);
    trust_challenge_free(challenge);
    return len;
}

static size_t answer_as_stranger(scene *s, uint8_t out[4096])
{
    uint8_t seed[32] = {99};
    scene other = *s;
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_DEVICE, &other.signer));
    trust_signer_public_key(other.signer, other.key);
    size_t len = answer(&other, NULL, out);
    trust_signer_free(other.signer);
    return len;
}

/* Where good evidence leads on, and so should no lie. */
static const char staged[] =
    "{\"trust_policy\":1,\"id\":\"staged\",\"revision\":1,"
    "\"signals\":{\"attestation\":{\"weight\":300},\"identity\":{\"weight\":300},"
    "\"place\":{\"weight\":110},\"reputation\":{\"weight\":175},"
    "\"behaviour\":{\"weight\":225},\"human\":{\"weight\":150}},"
    "\"verdicts\":{\"allow\":300,\"step_up\":700,\"quarantine\":900},"
    "\"profiles\":[{\"id\":\"here\",\"when\":{\"attr\":\"country\",\"eq\":\"DE\"},\"base\":400}],"
    "\"stages\":[{\"id\":\"bench\",\"needs\":[\"identity\",\"attestation\"],\"timeout\":\"1h\"},"
    "{\"id\":\"site\",\"needs\":[\"place\",\"reputation\"]},{\"id\":\"shop\",\"needs\":[\"human\"]}"
    ","
    "{\"id\":\"field\"}]}";

/* A world with a past, and what its liar collected there. */
static void begin(scene *s, liar *l)
{
    static const uint8_t nonce[32] = {1, 2, 3};
    trust_error err = {0};
    scene_begin(s, pick(2) == 0 ? staged : NULL);
    l->human = read_file(project_path("examples/data/human-approved.json"), &l->human_len);
    ck_assert_ptr_nonnull(l->human);
    l->spent_len = answer(s, NULL, l->spent);
    ck_ok(trust_evidence_add(s->evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, l->spent,
                             l->spent_len, &err));
    if (pick(2) == 0)
        ck_ok(trust_evidence_add_address(s->evidence, addresses[pick(5)], &err));
    scene_assess(s, NULL);
    l->late_len = answer(s, NULL, l->late);
    s->clock.now += 3 * MINUTE;
    l->foreign_len = scene_token(s, (trust_bytes){nonce, 32}, NULL, l->foreign);
    l->stranger_len = answer_as_stranger(s, l->stranger);
    trust_evidence_clear(s->evidence);
}

static void add(scene *s, uint32_t origin, const char *type, const void *data, size_t len)
{
    trust_error err = {0};
    ck_ok(trust_evidence_add(s->evidence, origin, type, data, len, &err));
}

/* A piece of honest evidence, good or bad. */
static void add_honest(scene *s, const liar *l)
{
    trust_error err = {0};
    trust_metric metric = {"tx_bytes", pick(5000), TRUST_TIME_UNKNOWN};
    uint8_t token[4096];
    switch (pick(4)) {
    case 0:
        ck_ok(trust_evidence_add_address(s->evidence, addresses[pick(5)], &err));
        break;
    case 1:
        ck_ok(trust_evidence_add_metric(s->evidence, &metric, &err));
        break;
    case 2:
        add(s, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, l->human, l->human_len);
        break;
    default:
        if (trust_evidence_count(s->evidence) == 0)
            add(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, answer(s, NULL, token));
    }
}

static void add_damaged(scene *s, const liar *l)
{
    uint8_t token[4096];
    size_t len = l->foreign_len;
    memcpy(token, l->foreign, len);
    if (pick(2) == 0)
        len = pick((uint32_t)len);
    else
        token[pick((uint32_t)len)] ^= (uint8_t)(1 + pick(255));
    add(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
}

/* What the host sees, said by the device: as the host's bytes and as text. */
static void add_pretended(scene *s, const liar *l)
{
    trust_address address;
    const char *text = addresses[pick(5)];
    ck_ok(trust_address_parse(text, strlen(text), &address));
    switch (pick(5)) {
    case 0:
        add(s, TRUST_FROM_DEVICE, TRUST_TYPE_ADDRESS, address.bytes, sizeof address.bytes);
        break;
    case 1:
        add(s, TRUST_FROM_DEVICE, TRUST_TYPE_ADDRESS, text, strlen(text));
        break;
    case 2:
        add(s, TRUST_FROM_DEVICE, TRUST_TYPE_METRIC, "{\"name\":\"tx_bytes\",\"value\":1}", 29);
        break;
    case 3:
        add(s, TRUST_FROM_SERVICE, TRUST_TYPE_ADDRESS, address.bytes, sizeof address.bytes);
        break;
    default:
        add(s, TRUST_FROM_DEVICE, TRUST_TYPE_DIDIT, l->human, l->human_len);
    }
}

static void add_bundle(scene *s)
{
    static const struct {
        uint32_t origin;
        const char *text;
    } bundles[] = {
        {TRUST_FROM_DEVICE, "{\"items\":[{\"type\":\"application/vnd.trust.address\",\"value\":"
                            "\"5.8.1.2\",\"collected\":\"2026-11-23T10:00:00Z\"}]}"},
        {TRUST_FROM_HOST, "{\"device\":\"urn:dev:other\",\"items\":[{\"type\":"
                          "\"application/vnd.trust.address\",\"value\":\"5.8.1.2\"}]}"},
        {TRUST_FROM_HOST, "{\"items\":[{\"type\":\"application/vnd.trust.address\",\"value\":"
                          "\"5.8.1.2\",\"collected\":\"2031-01-01T00:00:00Z\"}]}"},
        {TRUST_FROM_HOST, "{\"items\":[{\"type\":\"application/vnd.didit.decision+json\","
                          "\"value\":{\"status\":\"Approved\"}}]}"},
    };
    trust_error err = {0};
    size_t i = pick(sizeof bundles / sizeof bundles[0]);
    ck_ok(trust_evidence_add_bundle(s->evidence, bundles[i].origin, bundles[i].text,
                                    strlen(bundles[i].text), NULL, &err));
}

static void add_lie(scene *s, const liar *l)
{
    static const char *const types[] = {TRUST_TYPE_EAT_CWT, TRUST_TYPE_DIDIT, TRUST_TYPE_ADDRESS,
                                        TRUST_TYPE_METRIC, "text/plain"};
    uint8_t noise[64];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)pick(256);
    switch (pick(8)) {
    case 0:
        add(s, TRUST_FROM_DEVICE + pick(3), TRUST_TYPE_EAT_CWT, l->spent, l->spent_len);
        break;
    case 1:
        add(s, TRUST_FROM_DEVICE + pick(3), TRUST_TYPE_EAT_CWT, l->late, l->late_len);
        break;
    case 2:
        add(s, TRUST_FROM_DEVICE + pick(3), TRUST_TYPE_EAT_CWT, l->foreign, l->foreign_len);
        break;
    case 3:
        add(s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, l->stranger, l->stranger_len);
        break;
    case 4:
        add_damaged(s, l);
        break;
    case 5:
        add(s, TRUST_FROM_DEVICE, types[pick(5)], noise, pick(sizeof noise));
        break;
    case 6:
        add_bundle(s);
        break;
    default:
        add_pretended(s, l);
    }
}

typedef struct judged {
    trust_verdict verdict;
    int32_t risk;
    uint32_t stage;
} judged;

static judged preview(scene *s)
{
    trust_decision *decision = NULL;
    trust_error err = {0};
    ck_ok(trust_preview(s->device, s->evidence, NULL, &decision, &err));
    trust_decision_info info;
    trust_decision_get_info(decision, &info);
    judged out = {info.summary.verdict, info.summary.risk, info.summary.stage};
    trust_decision_free(decision);
    return out;
}

/* Neither milder, nor less risky, nor further on. */
static bool no_better(const judged *with, const judged *without)
{
    return with->verdict >= without->verdict && with->risk >= without->risk &&
           with->stage <= without->stage;
}

/* Put lies before and after the honest items: what comes first must not silence what follows. */
static void judge_case(uint64_t seed, uint64_t worse[2])
{
    scene s;
    liar l;
    chance = seed * 0x9E3779B97F4A7C15u + 1;
    begin(&s, &l);
    uint64_t honest_chance = chance;
    uint32_t honest = pick(6);
    uint32_t lies_before = 0;
    judged without, with;
    for (uint32_t i = 0; i < honest; i++)
        add_honest(&s, &l);
    without = preview(&s);
    uint64_t lie_chance = chance;
    for (uint32_t i = 1 + pick(6); i > 0; i--)
        add_lie(&s, &l);
    with = preview(&s);
    ck_assert_msg(no_better(&with, &without), "seed %" PRIu64 ": lies after: %u/%d became %u/%d",
                  seed, without.verdict, without.risk, with.verdict, with.risk);
    worse[0] += with.risk > without.risk;
    /* The same honest items, but those that need a challenge, after the lies. */
    trust_evidence_clear(s.evidence);
    chance = lie_chance;
    for (uint32_t i = 1 + pick(6); i > 0; i--, lies_before++)
        add_lie(&s, &l);
    chance = honest_chance;
    (void)pick(6);
    size_t first = trust_evidence_count(s.evidence);
    trust_error err = {0};
    const char *address = addresses[pick(5)];
    ck_ok(trust_evidence_add_address(s.evidence, address, &err));
    add(&s, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, l.human, l.human_len);
    with = preview(&s);
    trust_evidence_clear(s.evidence);
    ck_ok(trust_evidence_add_address(s.evidence, address, &err));
    add(&s, TRUST_FROM_HOST, TRUST_TYPE_DIDIT, l.human, l.human_len);
    without = preview(&s);
    ck_assert_msg(first > 0 && no_better(&with, &without),
                  "seed %" PRIu64 ": lies before: %u/%d became %u/%d", seed, without.verdict,
                  without.risk, with.verdict, with.risk);
    worse[1] += with.risk > without.risk;
    free(l.human);
    scene_end(&s);
}

START_TEST(a_lie_never_helps)
{
    uint64_t worse[2] = {0, 0};
    for (uint64_t i = 0; i < cases; i++)
        judge_case(first_seed + i, worse);
    printf("%" PRIu64 " cases from seed %" PRIu64 ": %" PRIu64 " and %" PRIu64
           " of them got riskier, none less\n",
           cases, first_seed, worse[0], worse[1]);
}
END_TEST

/* A token of the device for another device is no better than none. */
START_TEST(a_misbound_answer_never_helps)
{
    scene s;
    uint8_t token[4096];
    scene_begin(&s, NULL);
    size_t len = answer(&s, name_another_device, token);
    judged without = preview(&s);
    add(&s, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len);
    judged with = preview(&s);
    ck_assert_uint_ge(with.verdict, without.verdict);
    ck_assert_int_ge(with.risk, without.risk);
    /* While a good one does help: the test can tell the difference. */
    trust_evidence_clear(s.evidence);
    scene_attest(&s, NULL);
    ck_assert_int_lt(preview(&s).risk, without.risk);
    scene_end(&s);
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
    return run_tests("lies", TESTS(a_lie_never_helps, a_misbound_answer_never_helps));
}
