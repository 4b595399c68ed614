/* A victim cannot be killed from afar: what anybody could have sent changes nothing for the device
 * that it names. security.md 7, policy.md amendment 2. Two worlds run side by side, one under fire:
 * whatever comes in, both say the same, and both records are the same bytes. */

#include "attack.h"

#include <stdlib.h>

/* ---- a store that can be compared ---- */

#define MAX_ENTRIES 8

typedef struct entry {
    uint8_t key[TRUST_STORE_MAX_KEY];
    size_t key_size;
    uint8_t value[TRUST_STORE_MAX_VALUE];
    size_t size;
    uint64_t revision;
} entry;

typedef struct shelf {
    entry entries[MAX_ENTRIES];
    size_t count;
} shelf;

static entry *find(shelf *s, trust_bytes key)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->entries[i].key_size == key.size &&
            memcmp(s->entries[i].key, key.data, key.size) == 0)
            return &s->entries[i];
    return NULL;
}

static trust_status shelf_get(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                              uint64_t *revision)
{
    const entry *e = find(user, key);
    if (e == NULL)
        return TRUST_E_NOT_FOUND;
    *size = e->size;
    *revision = e->revision;
    if (e->size > cap)
        return TRUST_E_LIMIT;
    memcpy(value, e->value, e->size);
    return TRUST_OK;
}

static trust_status shelf_commit(void *user, const trust_store_operation *ops, size_t count,
                                 const trust_call *call)
{
    (void)call;
    for (size_t i = 0; i < count; i++) {
        const entry *e = find(user, ops[i].key);
        if (ops[i].expected != TRUST_REVISION_ANY &&
            ops[i].expected != (e != NULL ? e->revision : 0))
            return TRUST_E_CONFLICT;
    }
    for (size_t i = 0; i < count; i++) {
        shelf *s = user;
        entry *e = find(s, ops[i].key);
        ck_assert_uint_eq(ops[i].type, TRUST_STORE_PUT);
        if (e == NULL) {
            ck_assert_uint_lt(s->count, MAX_ENTRIES);
            e = &s->entries[s->count++];
            memcpy(e->key, ops[i].key.data, ops[i].key.size);
            e->key_size = ops[i].key.size;
        }
        memcpy(e->value, ops[i].value.data, ops[i].value.size);
        e->size = ops[i].value.size;
        e->revision++;
    }
    return TRUST_OK;
}

/* ---- two worlds ---- */

typedef struct worlds {
    scene hit, spared;
    shelf *shelves; /* of the one, then of the other */
    trust_signer *forger;
} worlds;

static void begin_one(scene *s, shelf *where)
{
    trust_store *store = NULL;
    trust_store_ops ops = {sizeof ops, "shelf", 1, 0, shelf_get, shelf_commit, NULL, where};
    ck_ok(trust_store_new(&ops, &store));
    scene_begin_with(s, NULL, store, NULL, 0);
    trust_store_free(store);
}

static void begin(worlds *w)
{
    uint8_t seed[32];
    memset(seed, 0x66, sizeof seed);
    ck_ok(trust_signer_new_seed(seed, TRUST_USE_DEVICE, &w->forger));
    w->shelves = calloc(2, sizeof *w->shelves);
    ck_assert_ptr_nonnull(w->shelves);
    begin_one(&w->hit, &w->shelves[0]);
    begin_one(&w->spared, &w->shelves[1]);
}

static void assert_same_records(const worlds *w)
{
    ck_assert_uint_eq(w->shelves[0].count, w->shelves[1].count);
    for (size_t i = 0; i < w->shelves[0].count; i++) {
        const entry *a = &w->shelves[0].entries[i];
        const entry *b = &w->shelves[1].entries[i];
        ck_assert_uint_eq(a->size, b->size);
        ck_assert_mem_eq(a->value, b->value, a->size);
    }
}

static void end(worlds *w)
{
    scene_end(&w->hit);
    scene_end(&w->spared);
    trust_signer_free(w->forger);
    free(w->shelves);
}

/* ---- a thousand forgeries ---- */

typedef struct packet {
    const char *type;
    uint8_t data[TRUST_MAX_ITEM_BYTES];
    size_t len;
} packet;

static void make_forged(worlds *w, trust_bytes nonce, packet *out)
{
    trust_signer *own = w->hit.signer;
    w->hit.signer = w->forger;
    out->len = scene_token(&w->hit, nonce, NULL, out->data);
    w->hit.signer = own;
}

static void make_packet(worlds *w, trust_bytes nonce, const packet *captured, uint64_t *random,
                        packet *out)
{
    static const char *const types[] = {TRUST_TYPE_EAT_CWT, TRUST_TYPE_ADDRESS, TRUST_TYPE_METRIC,
                                        TRUST_TYPE_DIDIT, "application/x-unknown"};
    uint8_t foreign[32];
    uint64_t kind = next_random(random) % 10;
    out->type = TRUST_TYPE_EAT_CWT;
    memset(foreign, (int)(next_random(random) & 255), sizeof foreign);
    switch (kind) {
    case 0: /* the right nonce under a stranger's key */
        make_forged(w, nonce, out);
        return;
    case 1: /* the device's own key over a nonce that nobody gave out: an old capture */
        out->len = scene_token(&w->hit, (trust_bytes){foreign, sizeof foreign}, NULL, out->data);
        return;
    case 2: /* an answer that was spent */
        memcpy(out, captured, sizeof *out);
        return;
    case 3: /* huge */
        out->len = sizeof out->data;
        memset(out->data, (int)(next_random(random) & 255), out->len);
        return;
    case 4: /* of a type that says something else */
        memcpy(out, captured, sizeof *out);
        out->type = types[1 + next_random(random) % 4];
        return;
    case 5: /* garbage of any type */
        out->len = next_random(random) % 300;
        for (size_t i = 0; i < out->len; i++)
            out->data[i] = (uint8_t)next_random(random);
        out->type = types[next_random(random) % 5];
        return;
    default: /* a good answer with one bit turned */
        out->len = scene_token(&w->hit, nonce, NULL, out->data);
        out->data[next_random(random) % out->len] ^= (uint8_t)(1u << (next_random(random) & 7));
        return;
    }
}

static void assert_same(const trust_decision *hit, const trust_decision *spared)
{
    trust_decision_info a, b;
    trust_row one, other;
    trust_decision_get_info(hit, &a);
    trust_decision_get_info(spared, &b);
    ck_assert_uint_eq(a.summary.verdict, b.summary.verdict);
    ck_assert_int_eq(a.summary.risk, b.summary.risk);
    ck_assert_int_eq(a.summary.lowest, b.summary.lowest);
    ck_assert_int_eq(a.summary.highest, b.summary.highest);
    ck_assert_int_eq(a.valid_until, b.valid_until);
    ck_assert_uint_eq(a.row_count, b.row_count);
    for (size_t i = 0; i < a.row_count; i++) {
        ck_ok(trust_decision_row(hit, i, &one));
        ck_ok(trust_decision_row(spared, i, &other));
        ck_assert_int_eq(one.points, other.points);
    }
}

static void fire(worlds *w, const packet *p, int i)
{
    trust_decision *hit = NULL;
    trust_decision *spared = NULL;
    trust_error err = {0};
    scene *s = &w->hit;
    trust_evidence_clear(s->evidence);
    add_item(s, TRUST_FROM_DEVICE, p->type, p->data, p->len);
    s->clock.now += 10;
    w->spared.clock.now += 10;
    if (i % 3 == 0) {
        ck_ok(trust_observe(s->device, s->evidence, NULL, NULL, &err));
        ck_ok(trust_observe(w->spared.device, w->spared.evidence, NULL, NULL, &err));
    } else if (i % 3 == 1) {
        ck_ok(trust_preview(s->device, s->evidence, NULL, &hit, &err));
        ck_ok(trust_preview(w->spared.device, w->spared.evidence, NULL, &spared, &err));
    } else {
        ck_ok(trust_assess(s->device, s->evidence, NULL, &hit, &err));
        ck_ok(trust_assess(w->spared.device, w->spared.evidence, NULL, &spared, &err));
    }
    if (hit != NULL) {
        assert_same(hit, spared);
        for (size_t k = 0; k < trust_evidence_count(s->evidence); k++)
            ck_assert_uint_ne(scene_item(hit, k).state, TRUST_STATE_INVALID);
    }
    trust_decision_free(hit);
    trust_decision_free(spared);
    assert_same_records(w);
}

/* Prove the device in both worlds alike; @p captured is what a stranger saw pass. */
static void prove(worlds *w, packet *captured)
{
    scene *both[] = {&w->hit, &w->spared};
    for (int i = 0; i < 2; i++) {
        trust_challenge *challenge = ask(both[i]);
        captured->len =
            scene_token(both[i], trust_challenge_nonce(challenge), NULL, captured->data);
        captured->type = TRUST_TYPE_EAT_CWT;
        trust_challenge_free(challenge);
        trust_evidence_clear(both[i]->evidence);
        add_item(both[i], TRUST_FROM_DEVICE, captured->type, captured->data, captured->len);
        scene_address(both[i]);
        scene_human(both[i]);
        ck_assert_uint_eq(scene_assess(both[i], NULL), TRUST_ALLOW);
        trust_evidence_clear(both[i]->evidence);
    }
}

START_TEST(a_thousand_forgeries_change_nothing)
{
    static packet captured, forged;
    worlds w;
    uint64_t random = 20261123;
    begin(&w);
    prove(&w, &captured);
    trust_challenge *open = ask(&w.hit);
    trust_challenge *twin = ask(&w.spared);
    ck_assert_mem_eq(trust_challenge_nonce(open).data, trust_challenge_nonce(twin).data, 32);
    for (int i = 0; i < 1000; i++) {
        make_packet(&w, trust_challenge_nonce(open), &captured, &random, &forged);
        fire(&w, &forged, i);
    }
    /* The next honest answer is accepted. */
    trust_decision *decision;
    forged.len = scene_token(&w.hit, trust_challenge_nonce(open), NULL, forged.data);
    trust_evidence_clear(w.hit.evidence);
    add_item(&w.hit, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, forged.data, forged.len);
    scene_assess(&w.hit, &decision);
    ck_assert_uint_eq(scene_item(decision, 0).state, TRUST_STATE_VALID);
    trust_challenge_free(open);
    trust_challenge_free(twin);
    end(&w);
}
END_TEST

/* The same against a device of which nothing is known yet: it is not made worse than unknown, and
 * not better. */
START_TEST(forgeries_about_a_stranger_change_nothing)
{
    static packet captured, forged;
    static const uint8_t nobody[32] = {1};
    worlds w;
    uint64_t random = 7;
    begin(&w);
    captured.type = TRUST_TYPE_EAT_CWT;
    captured.len = scene_token(&w.hit, (trust_bytes){nobody, sizeof nobody}, NULL, captured.data);
    for (int i = 0; i < 200; i++) {
        make_packet(&w, (trust_bytes){nobody, sizeof nobody}, &captured, &random, &forged);
        fire(&w, &forged, i);
    }
    end(&w);
}
END_TEST

/* The lie: the device refused. Silence on a question that a stranger received, or of which nobody
 * knows whether it arrived, costs no more than no question at all. */
START_TEST(silence_of_a_stranger_is_no_refusal)
{
    static packet captured;
    worlds w;
    trust_decision *hit, *spared;
    begin(&w);
    prove(&w, &captured);
    for (int i = 0; i < 20; i++) {
        trust_challenge_free(ask(&w.hit));
        w.hit.clock.now += HOUR;
        w.spared.clock.now += HOUR;
        scene_assess(&w.hit, &hit);
        scene_assess(&w.spared, &spared);
        assert_same(hit, spared);
    }
    end(&w);
}
END_TEST

/* The lie: here is its answer, late. Somebody who holds an answer back and delivers it after the
 * deadline makes the device no worse than if it had been lost. */
START_TEST(an_answer_that_is_held_back_harms_nobody)
{
    static packet captured, late;
    worlds w;
    trust_decision *hit, *spared;
    begin(&w);
    prove(&w, &captured);
    trust_challenge *challenge = ask(&w.hit);
    trust_challenge_free(ask(&w.spared));
    late.len = scene_token(&w.hit, trust_challenge_nonce(challenge), NULL, late.data);
    trust_challenge_free(challenge);
    for (int i = 0; i < 30; i++) {
        w.hit.clock.now += HOUR;
        w.spared.clock.now += HOUR;
        trust_evidence_clear(w.hit.evidence);
        add_item(&w.hit, TRUST_FROM_DEVICE, TRUST_TYPE_EAT_CWT, late.data, late.len);
        scene_assess(&w.hit, &hit);
        scene_assess(&w.spared, &spared);
        assert_item(hit, 0, TRUST_STATE_EXPIRED, "STALE");
        assert_same(hit, spared);
    }
    end(&w);
}
END_TEST

int main(void)
{
    return run_tests("attack_victim", TESTS(a_thousand_forgeries_change_nothing,
                                            forgeries_about_a_stranger_change_nothing,
                                            silence_of_a_stranger_is_no_refusal,
                                            an_answer_that_is_held_back_harms_nobody));
}
