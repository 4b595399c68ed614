/* Every seam of the host made to fail: the clock and the store at each of their calls, the random
 * source, a signal of the host, the log. After each fault the device's record is the old one or the
 * new one, a nonce that counted is spent, and the next assessment works. */

#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "core/reason.h"
#include "device/record.h"
#include "engine/device.h"
#include "store/store.h"

/* ---- a store that fails on order, over "memory:" ---- */

/* How a commit fails: nothing was written; or all of it was, and only the answer was lost. */
enum { BEFORE_WRITING, AFTER_WRITING };

typedef struct faulty {
    trust_store *below;
    uint64_t calls;    /* of get and commit */
    uint64_t fail_at;  /* 1 for the first; 0 never */
    uint64_t fail_for; /* so many from there on */
    trust_status status;
    int when;
    uint64_t failed;
} faulty;

static bool fails(faulty *f)
{
    f->calls++;
    bool now = f->fail_at != 0 && f->calls >= f->fail_at && f->calls < f->fail_at + f->fail_for;
    f->failed += now;
    return now;
}

static trust_status faulty_get(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                               uint64_t *revision)
{
    faulty *f = user;
    return fails(f) ? f->status : tri_store_get(f->below, key, value, cap, size, revision);
}

static trust_status faulty_commit(void *user, const trust_store_operation *ops, size_t count,
                                  const trust_call *limits)
{
    faulty *f = user;
    bool failing = fails(f);
    if (failing && f->when == BEFORE_WRITING)
        return f->status;
    trust_status status = tri_store_commit(f->below, ops, count, limits);
    return failing ? f->status : status;
}

static trust_store *faulty_store(faulty *f)
{
    trust_store_ops ops = {sizeof ops, "faulty", 1, 0, faulty_get, faulty_commit, NULL, f};
    trust_store *store = NULL;
    memset(f, 0, sizeof *f);
    f->fail_for = 1;
    f->status = TRUST_E_IO;
    ck_ok(trust_store_new_memory(NULL, &f->below));
    ck_ok(trust_store_new(&ops, &store));
    return store;
}

/* The device's control record as it lies in the store. */
static size_t stored(const faulty *f, const trust_device *device, uint8_t out[TRI_CONTROL_MAX])
{
    uint8_t key[TRI_DEVICE_KEY];
    size_t size = 0;
    uint64_t revision;
    ck_ok(tri_store_get(f->below, tri_device_key(device, 'c', key), out, TRI_CONTROL_MAX, &size,
                        &revision));
    return size;
}

static bool nonce_is_spent(const uint8_t *record, size_t len)
{
    tri_control control;
    ck_ok(tri_control_decode((trust_bytes){record, len}, &control));
    for (size_t i = 0; i < control.challenge_count; i++)
        if (control.challenges[i].state == TRI_CHALLENGE_OPEN)
            return false;
    return true;
}

/* ---- the store ---- */

typedef struct world {
    scene s;
    faulty store;
    trust_store *handle;
} world;

static void begin(world *w)
{
    trust_metric metric = {"tx", 5.0, TRUST_TIME_UNKNOWN};
    trust_error err = {0};
    w->handle = faulty_store(&w->store);
    scene_begin_with(&w->s, NULL, w->handle, NULL, 0);
    scene_attest(&w->s, NULL);
    ck_ok(trust_evidence_add_metric(w->s.evidence, &metric, &err));
    ck_ok(trust_evidence_set_request_id(w->s.evidence, "r", 1));
}

static void end(world *w)
{
    scene_end(&w->s);
    trust_store_free(w->handle);
    trust_store_free(w->store.below);
}

/* What the record becomes when nothing fails. */
static size_t new_record(uint8_t out[TRI_CONTROL_MAX])
{
    world w;
    begin(&w);
    scene_assess(&w.s, NULL);
    size_t len = stored(&w.store, w.s.device, out);
    end(&w);
    return len;
}

static bool same(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* One fault; afterwards the token counts if and only if it was not counted before. */
static bool disturb(uint64_t n, trust_status status, int when)
{
    static uint8_t fresh[TRI_CONTROL_MAX], old[TRI_CONTROL_MAX], now[TRI_CONTROL_MAX];
    size_t fresh_len = new_record(fresh);
    world w;
    trust_decision *decision = NULL;
    trust_error err = {0};
    begin(&w);
    size_t old_len = stored(&w.store, w.s.device, old);
    w.store.calls = 0;
    w.store.fail_at = n;
    w.store.status = status;
    w.store.when = when;
    trust_status answer = trust_assess(w.s.device, w.s.evidence, NULL, &decision, &err);
    bool failed = w.store.failed > 0;
    w.store.fail_at = 0;
    size_t len = stored(&w.store, w.s.device, now);
    bool is_old = same(now, len, old, old_len);
    ck_assert(is_old || same(now, len, fresh, fresh_len));
    ck_assert_int_eq(decision != NULL, answer == TRUST_OK);
    /* Counted means spent, in the store, before anybody was told. */
    if (answer == TRUST_OK)
        ck_assert(!is_old && nonce_is_spent(now, len));
    if (answer != TRUST_OK)
        ck_assert(failed && answer == status);
    trust_decision_free(decision);
    /* The same request once more: with the outcome that is written, or with the first one. */
    scene_assess(&w.s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    /* Under another name the token is known to be spent. */
    ck_ok(trust_evidence_set_request_id(w.s.evidence, "r2", 2));
    scene_assess(&w.s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).reason, TRI_REASON_REPLAYED);
    end(&w);
    return failed;
}

START_TEST(the_store_fails_at_each_call)
{
    static const trust_status statuses[] = {TRUST_E_IO, TRUST_E_TIMEOUT, TRUST_E_INTEGRITY};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        uint64_t n = 1;
        while (disturb(n, statuses[i], BEFORE_WRITING))
            n++;
        ck_assert_uint_gt(n, 1);
    }
}
END_TEST

/* The backend wrote everything and then could not say so. */
START_TEST(an_answer_of_the_store_is_lost)
{
    uint64_t n = 1;
    while (disturb(n, TRUST_E_IO, AFTER_WRITING))
        n++;
    ck_assert_uint_gt(n, 1);
}
END_TEST

START_TEST(a_conflict_once_is_started_over)
{
    uint64_t n = 1;
    for (; disturb(n, TRUST_E_CONFLICT, BEFORE_WRITING); n++)
        ;
    ck_assert_uint_gt(n, 1);
}
END_TEST

START_TEST(conflicts_without_end_are_told)
{
    static uint8_t old[TRI_CONTROL_MAX], now[TRI_CONTROL_MAX];
    world w;
    trust_decision *decision = NULL;
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    begin(&w);
    size_t old_len = stored(&w.store, w.s.device, old);
    w.store.status = TRUST_E_CONFLICT;
    w.store.calls = 0;
    w.store.fail_at = 1;
    w.store.fail_for = 1000;
    ck_status(trust_assess(w.s.device, w.s.evidence, NULL, &decision, &err), TRUST_E_CONFLICT);
    ck_assert_ptr_null(decision);
    ck_status(trust_challenge_new(w.s.device, NULL, &challenge, &err), TRUST_E_CONFLICT);
    ck_status(trust_device_set_lifecycle(w.s.device, TRUST_LIFECYCLE_REVOKED, &err),
              TRUST_E_CONFLICT);
    ck_status(trust_challenge_delivered(w.s.device, 1, &err), TRUST_E_CONFLICT);
    w.store.fail_at = 0;
    size_t len = stored(&w.store, w.s.device, now);
    ck_assert(same(now, len, old, old_len));
    scene_assess(&w.s, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    end(&w);
}
END_TEST

/* Another gateway writes between every reading and writing of this one. */
typedef struct racing {
    trust_store *below;
    trust_device *rival;
    uint32_t commits;
    uint32_t races; /* how many commits are overtaken */
    bool inside;
} racing;

static trust_status racing_get(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                               uint64_t *revision)
{
    return tri_store_get(((racing *)user)->below, key, value, cap, size, revision);
}

static trust_status racing_commit(void *user, const trust_store_operation *ops, size_t count,
                                  const trust_call *limits)
{
    racing *r = user;
    trust_error err = {0};
    if (r->rival != NULL && !r->inside) {
        r->inside = true;
        if (++r->commits <= r->races)
            ck_ok(trust_device_set_lifecycle(
                r->rival, r->commits % 2 ? TRUST_LIFECYCLE_SUSPENDED : TRUST_LIFECYCLE_ENROLLED,
                &err));
        r->inside = false;
    }
    return tri_store_commit(r->below, ops, count, limits);
}

START_TEST(a_race_is_lost_three_times_at_most)
{
    for (uint32_t races = 0; races <= 4; races++) {
        scene s;
        racing r = {.races = races};
        trust_store_ops ops = {sizeof ops, "racing", 0, 0, racing_get, racing_commit, NULL, &r};
        trust_store *store = NULL;
        trust_decision *decision = NULL;
        trust_error err = {0};
        ck_ok(trust_store_new_memory(NULL, &r.below));
        ck_ok(trust_store_new(&ops, &store));
        scene_begin_with(&s, NULL, store, NULL, 0);
        scene_attest(&s, NULL);
        ck_ok(trust_device_open(s.engine, SCENE_DEVICE, &r.rival, &err));
        trust_status status = trust_assess(s.device, s.evidence, NULL, &decision, &err);
        ck_status(status, races <= 3 ? TRUST_OK : TRUST_E_CONFLICT);
        ck_assert_uint_eq(r.commits, races <= 3 ? races + 1 : 4);
        if (status == TRUST_OK) {
            /* It rests on what the rival wrote last: after an odd number it is suspended. */
            ck_assert_int_eq(trust_decision_verdict(decision) >= TRUST_QUARANTINE, races % 2 == 1);
            ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
        }
        trust_decision_free(decision);
        trust_device_free(r.rival);
        scene_end(&s);
        trust_store_free(store);
        trust_store_free(r.below);
    }
}
END_TEST

/* Every other call that writes or reads: the old record or the new one, and it can be had again. */
START_TEST(other_calls_survive_the_store)
{
    enum { ENROLL, OPEN, RELOAD, CHALLENGE, DELIVERED, LIFECYCLE, OBSERVE, COUNT };
    for (int which = 0; which < COUNT; which++) {
        bool failed = true;
        for (uint64_t n = 1; failed; n++) {
            world w;
            trust_error err = {0};
            trust_device *device = NULL;
            trust_challenge *challenge = NULL;
            trust_device_info before, after;
            begin(&w);
            ck_ok(trust_device_get_info(w.s.device, &before));
            for (int again = 0; again < 2; again++) {
                w.store.calls = 0;
                w.store.fail_at = again ? 0 : n;
                trust_status status =
                    which == ENROLL
                        ? trust_device_enroll(w.s.engine, "urn:new", NULL, &device, &err)
                    : which == OPEN   ? trust_device_open(w.s.engine, SCENE_DEVICE, &device, &err)
                    : which == RELOAD ? trust_device_reload(w.s.device, &err)
                    : which == CHALLENGE ? trust_challenge_new(w.s.device, NULL, &challenge, &err)
                    : which == DELIVERED ? trust_challenge_delivered(w.s.device, 1, &err)
                    : which == LIFECYCLE
                        ? trust_device_set_lifecycle(w.s.device, TRUST_LIFECYCLE_SUSPENDED, &err)
                        : trust_observe(w.s.device, w.s.evidence, NULL, NULL, &err);
                if (again == 0)
                    failed = w.store.failed > 0;
                ck_status(status, failed && again == 0 ? TRUST_E_IO : TRUST_OK);
                if (status != TRUST_OK) {
                    ck_assert_ptr_null(device);
                    ck_assert_ptr_null(challenge);
                    ck_ok(trust_device_get_info(w.s.device, &after));
                    ck_assert_mem_eq(&before, &after, sizeof before);
                } else {
                    break;
                }
            }
            trust_device_free(device);
            trust_challenge_free(challenge);
            end(&w);
        }
    }
}
END_TEST

START_TEST(a_device_that_vanished_is_told)
{
    uint8_t key[TRI_DEVICE_KEY];
    world w;
    trust_error err = {0};
    trust_decision *decision = NULL;
    begin(&w);
    trust_store_operation gone = {
        TRUST_STORE_DELETE, 0, TRUST_REVISION_ANY, tri_device_key(w.s.device, 'c', key), {NULL, 0}};
    ck_ok(tri_store_commit(w.store.below, &gone, 1, NULL));
    ck_status(trust_assess(w.s.device, w.s.evidence, NULL, &decision, &err), TRUST_E_NOT_FOUND);
    ck_status(trust_device_reload(w.s.device, &err), TRUST_E_NOT_FOUND);
    /* What is left in the handle is no device, and no "new" one either. */
    ck_status(trust_assess(w.s.device, w.s.evidence, NULL, &decision, &err), TRUST_E_INTEGRITY);
    end(&w);
}
END_TEST

/* ---- the clock ---- */

typedef struct flaky_clock {
    uint64_t calls;
    uint64_t fail_at;
    trust_time otherwise; /* what it says then */
    uint64_t failed;
} flaky_clock;

static trust_time flaky_now(void *user)
{
    flaky_clock *c = user;
    if (++c->calls != c->fail_at)
        return SCENE_NOW;
    c->failed++;
    return c->otherwise;
}

/* The whole life of a connection with a clock that goes wrong once. */
static bool live_with(flaky_clock *clock)
{
    scene s;
    trust_engine *engine = NULL;
    trust_policy *policy = NULL;
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_challenge *challenge = NULL;
    trust_decision *decision = NULL;
    trust_decision_info info;
    trust_error err = {0};
    uint8_t token[4096];
    trust_engine_config config = TRUST_ENGINE_CONFIG_INIT;
    scene_begin(&s, NULL); /* for its key alone */
    config.clock = (trust_clock){flaky_now, clock};
    config.verifier = "gateway-1";
    trust_enrolment enrolment = {sizeof enrolment, (const uint8_t(*)[32])s.key, 1, NULL, 0};
    ck_ok(trust_engine_new(&config, &engine, &err));
    ck_ok(trust_policy_load_unsigned(scene_policy, strlen(scene_policy), NULL, &policy, &err));
    ck_ok(trust_engine_use_policy(engine, policy, &err));
    ck_ok(trust_device_enroll(engine, SCENE_DEVICE, &enrolment, &device, &err));
    ck_ok(trust_evidence_new(device, &evidence, &err));
    trust_status status = trust_challenge_new(device, NULL, &challenge, &err);
    ck_assert(status == TRUST_OK || status == TRUST_E_STATE);
    if (challenge != NULL) {
        size_t len = scene_token(&s, trust_challenge_nonce(challenge), NULL, token);
        ck_ok(
            trust_evidence_add(evidence, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, token, len, &err));
    }
    trust_call limits = {SCENE_NOW + 1000, NULL};
    status = trust_assess(device, evidence, &limits, &decision, &err);
    ck_assert(status == TRUST_OK || status == TRUST_E_TIMEOUT);
    if (decision != NULL) {
        trust_decision_get_info(decision, &info);
        ck_assert(info.decided != TRUST_TIME_UNKNOWN || info.summary.verdict != TRUST_ALLOW);
    }
    /* The fault is over: the world goes on. */
    trust_decision_free(decision);
    decision = NULL;
    ck_ok(trust_assess(device, evidence, NULL, &decision, &err));
    trust_decision_free(decision);
    trust_challenge_free(challenge);
    trust_evidence_free(evidence);
    trust_device_free(device);
    trust_policy_free(policy);
    trust_engine_free(engine);
    scene_end(&s);
    return clock->failed > 0;
}

START_TEST(the_clock_goes_wrong_at_each_call)
{
    static const trust_time answers[] = {TRUST_TIME_UNKNOWN,
                                         TRUST_TIME_NEVER,
                                         -1,
                                         0,
                                         INT64_MIN + 1,
                                         SCENE_NOW - INT64_C(86400000) * 900,
                                         SCENE_NOW + INT64_C(86400000) * 900};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        flaky_clock clock = {.fail_at = 0};
        do {
            clock = (flaky_clock){.fail_at = clock.fail_at + 1, .otherwise = answers[i]};
        } while (live_with(&clock));
        ck_assert_uint_gt(clock.fail_at, 4);
    }
}
END_TEST

/* ---- chance ---- */

START_TEST(without_chance_no_challenge)
{
    scene s;
    trust_challenge *challenge = NULL;
    trust_device_info info;
    trust_error err = {0};
    char secret[256], shown[256];
    scene_begin(&s, NULL);
    s.random.fail = true;
    trust_random random = fixed_random_seam(&s.random);
    ck_status(trust_challenge_new(s.device, NULL, &challenge, &err), TRUST_E_HOST);
    ck_assert_ptr_null(challenge);
    ck_status(trust_keygen(&random, secret, sizeof secret, shown, sizeof shown), TRUST_E_HOST);
    ck_ok(trust_device_get_info(s.device, &info));
    ck_assert_uint_eq(info.open_challenges, 0);
    s.random.fail = false;
    ck_ok(trust_challenge_new(s.device, NULL, &challenge, &err));
    trust_challenge_free(challenge);
    scene_end(&s);
}
END_TEST

/* ---- a signal of the host ---- */

enum {
    HONEST,
    FAILS,
    FAILS_LATE,
    NONSENSE,
    TALKS_TOO_MUCH,
    LEARNS_TOO_MUCH,
    LEARN_FAILS,
    NO_MEMORY
};

typedef struct guest {
    int how;
    int freed;
    int logged;
} guest;

#define TAMPER_TYPE "application/x-tamper"

static trust_finding tamper(int32_t value, uint32_t item, trust_time now)
{
    return (trust_finding){.kind = trust_kind_id("acme.tamper", 11),
                           .state = TRUST_STATE_VALID,
                           .origin = TRUST_FROM_HOST,
                           .value = value,
                           .quality = TRUST_QUALITY_FULL,
                           .time = now,
                           .item = item};
}

static trust_status guest_appraise(void *user, trust_appraisal *appraisal)
{
    const guest *g = user;
    trust_time now = trust_appraisal_now(appraisal);
    trust_finding bad = tamper(90, TRUST_NO_ITEM, now);
    trust_finding odd[7];
    if (g->how == FAILS)
        return TRUST_E_HOST;
    if (g->how == NO_MEMORY)
        return TRUST_E_NOMEM;
    for (size_t i = 0; i < 7; i++)
        odd[i] = bad;
    odd[0].kind = TRUST_KIND_IDENTITY; /* not this signal's */
    odd[1].value = 101;
    odd[2].origin = TRUST_FROM_DEVICE;
    odd[3].quality = TRUST_QUALITY_FULL + 1;
    odd[4].state = 99;
    odd[5].item = 63;
    odd[6].reason = 65535;
    for (size_t i = 0; i < 7 && g->how == NONSENSE; i++)
        ck_status(trust_appraisal_state(appraisal, &odd[i]), TRUST_E_ARGUMENT);
    ck_ok(trust_appraisal_state(appraisal, &bad));
    for (uint32_t i = 1; i <= 16 && g->how == TALKS_TOO_MUCH; i++) {
        bad.source = i;
        bad.value = 0;
        trust_status status = trust_appraisal_state(appraisal, &bad);
        ck_status(status, i < 16 ? TRUST_OK : TRUST_E_LIMIT);
    }
    return g->how == FAILS_LATE ? 7 : TRUST_OK;
}

static trust_status guest_learn(void *user, const trust_appraisal *appraisal, uint32_t mode,
                                uint8_t *out, size_t cap, size_t *len)
{
    const guest *g = user;
    (void)appraisal;
    (void)mode;
    ck_assert_uint_eq(cap, TRUST_SIGNAL_MAX_MEMORY);
    memset(out, 1, cap);
    *len = g->how == LEARNS_TOO_MUCH ? cap + 1 : 8;
    return g->how == LEARN_FAILS ? TRUST_E_IO : TRUST_OK;
}

static void guest_free(void *user)
{
    ((guest *)user)->freed++;
}

static const char tamper_policy[] =
    "{\"trust_policy\":1,\"id\":\"t\",\"revision\":1,\"signals\":{\"acme.tamper\":"
    "{\"scale\":\"percent\",\"weight\":300}},"
    "\"verdicts\":{\"allow\":300,\"step_up\":475,\"quarantine\":650}}";

static void host_with(guest *g, trust_status *status, int32_t *points, uint64_t *remembered)
{
    static const char *const types[] = {TAMPER_TYPE, NULL};
    static const trust_kind_info kinds[] = {
        {"acme.tamper", TRUST_SCALE_PERCENT, 1u << TRUST_FROM_HOST, 0, 0}};
    trust_signal_ops ops = {sizeof ops,     "acme.tamper", types,      kinds, 1,
                            guest_appraise, guest_learn,   guest_free, g};
    const trust_signal_ops *const list[] = {&ops};
    scene s;
    trust_decision *decision = NULL;
    trust_device_info info;
    trust_error err = {0};
    scene_begin_with(&s, tamper_policy, NULL, list, 1);
    ck_ok(trust_evidence_add(s.evidence, TRUST_FROM_HOST, TAMPER_TYPE, "x", 1, &err));
    *status = trust_assess(s.device, s.evidence, NULL, &decision, &err);
    *points = decision != NULL ? scene_row(decision, "acme.tamper").points : 0;
    if (decision != NULL && (g->how == FAILS || g->how == FAILS_LATE))
        ck_assert_uint_eq(scene_item(decision, 0).reason, TRI_REASON_SIGNAL_FAILED);
    ck_ok(trust_device_get_info(s.device, &info));
    *remembered = info.memory_bytes;
    trust_decision_free(decision);
    ck_assert_int_eq(g->freed, 0);
    scene_end(&s);
    ck_assert_int_eq(g->freed, 1);
}

START_TEST(a_signal_of_the_host_misbehaves)
{
    static const struct {
        int how;
        trust_status status;
        bool counts; /* as bad news, not only as nothing known */
        bool learns;
    } guests[] = {{HONEST, TRUST_OK, true, true},         {FAILS, TRUST_OK, true, true},
                  {FAILS_LATE, TRUST_OK, true, true},     {NONSENSE, TRUST_OK, true, true},
                  {TALKS_TOO_MUCH, TRUST_OK, true, true}, {LEARNS_TOO_MUCH, TRUST_OK, true, false},
                  {LEARN_FAILS, TRUST_OK, true, false},   {NO_MEMORY, TRUST_E_NOMEM, false, false}};
    for (size_t i = 0; i < sizeof guests / sizeof guests[0]; i++) {
        guest g = {.how = guests[i].how};
        trust_status status;
        int32_t points;
        uint64_t remembered;
        host_with(&g, &status, &points, &remembered);
        ck_status(status, guests[i].status);
        ck_assert_msg((points > 200) == guests[i].counts, "%zu: %d", i, (int)points);
        ck_assert_int_ge(points, 0);
        ck_assert_msg((remembered > 0) == guests[i].learns, "%zu: %d", i, (int)remembered);
    }
}
END_TEST

int main(void)
{
    return run_tests("seams",
                     TESTS(the_store_fails_at_each_call, an_answer_of_the_store_is_lost,
                           a_conflict_once_is_started_over, conflicts_without_end_are_told,
                           a_race_is_lost_three_times_at_most, other_calls_survive_the_store,
                           a_device_that_vanished_is_told, the_clock_goes_wrong_at_each_call,
                           without_chance_no_challenge, a_signal_of_the_host_misbehaves));
}
