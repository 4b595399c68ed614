/* What the linter claims, tried out with random policies and random evidence: what it says never
 * happens must not, and its advice must be good. */

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kind.h"
#include "policy/document/document.h"
#include "policy/result.h"

#define NOW INT64_C(1000000000)

static const char *const kinds[] = {"place", "identity", "human", "behaviour", "attestation"};
static const char *const floors[] = {"step_up", "quarantine", "deny"};

#define KINDS (sizeof kinds / sizeof kinds[0])

/* ---- random policies ---- */

typedef struct draft {
    char text[12288]; /* with ' for " until it is done */
    tri_text out;
    uint64_t *seed;
    uint32_t signals;
    uint32_t weights[8];
} draft;

static uint32_t below(draft *d, uint32_t limit)
{
    return (uint32_t)((next_random(d->seed) >> 16) % limit);
}

static bool one_in(draft *d, uint32_t n)
{
    return below(d, n) == 0;
}

static void put(draft *d, const char *text)
{
    tri_text_str(&d->out, text);
}

static void put_number(draft *d, const char *before, int64_t value)
{
    put(d, before);
    tri_text_int(&d->out, value);
}

static void put_signal(draft *d, uint32_t i)
{
    uint32_t weight = one_in(d, 8) ? 0 : below(d, 400);
    d->weights[i] = weight;
    put(d, i > 0 ? ",'" : "'");
    put(d, kinds[i]);
    put_number(d, "':{'weight':", weight);
    if (one_in(d, 2))
        put_number(d, ",'reliability':", one_in(d, 3) ? 0 : below(d, 1001));
    if (one_in(d, 4))
        put_number(d, ",'quorum':", 1 + below(d, 3));
    if (one_in(d, 3))
        put_number(d, ",'absent':", below(d, weight + 1));
    else if (one_in(d, 2))
        put(d, ",'absent':'worst'");
    put(d, "}");
}

static void put_condition(draft *d, const char *before)
{
    uint32_t signal = below(d, d->signals), asks = below(d, 4);
    asks = asks == 2 && d->weights[signal] == 0 ? 1 : asks;
    put(d, before);
    put(d, asks == 0 ? "{'absent':'" : "{'signal':'");
    put(d, kinds[signal]);
    put(d, asks == 0 ? "'" : "',");
    if (asks == 1)
        put_number(d, "'at_least':", 1 + below(d, signal == 3 ? 120 : 100));
    if (asks == 2)
        put_number(d, "'at_least_points':", 1 + below(d, d->weights[signal]));
    if (asks == 3) {
        put_number(d, "'older':'", 1 + below(d, 100));
        put(d, one_in(d, 3) ? "h'" : "m'");
    }
    put(d, "}");
}

static void put_gate(draft *d, uint32_t i)
{
    static const char *const forms[] = {"{'all':[", "{'any':[", "{'count':2,'of':["};
    put_number(d, i > 0 ? ",{'id':'g" : "{'id':'g", i);
    put(d, "','floor':'");
    put(d, floors[below(d, 3)]);
    put(d, "','if':");
    if (one_in(d, 2)) {
        put_condition(d, "");
    } else {
        put_condition(d, forms[below(d, 3)]);
        for (uint32_t more = 1 + below(d, 3); more > 0; more--)
            put_condition(d, ",");
        put(d, "]}");
    }
    put(d, one_in(d, 4) ? ",'final':true}" : "}");
}

static void put_stance(draft *d)
{
    uint32_t allow = 100 + below(d, 400);
    put_number(d, ",'base':", 300 + below(d, 300));
    put_number(d, ",'limits':{'adverse':", below(d, one_in(d, 4) ? 1500 : 300));
    put_number(d, ",'uncertainty':", one_in(d, 4) ? 1000 : below(d, 1001));
    put_number(d, "},'verdicts':{'allow':", allow);
    put_number(d, ",'step_up':", allow + 1 + below(d, 200));
    put_number(d, ",'quarantine':", allow + 201 + below(d, 200));
    put(d, "}");
}

static void put_profile(draft *d, uint32_t i)
{
    put_number(d, i > 0 ? ",{'id':'p" : "{'id':'p", i);
    put(d, "','when':{'attr':'role','eq':'r'}");
    if (one_in(d, 3)) {
        put(d, ",'not_applicable':['");
        put(d, kinds[below(d, d->signals)]);
        put(d, "']");
    }
    if (!one_in(d, 4))
        put_stance(d);
    put(d, "}");
}

/* Quotes are made of apostrophes last. */
static const char *done(draft *d)
{
    ck_ok(tri_text_end(&d->out, NULL));
    for (char *c = d->text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    return d->text;
}

static const char *random_document(draft *d, uint64_t *seed)
{
    d->out = tri_text_begin(d->text, sizeof d->text);
    d->seed = seed;
    d->signals = 1 + below(d, KINDS);
    put(d, "{'trust_policy':1,'id':'p','revision':1,'signals':{");
    for (uint32_t i = 0; i < d->signals; i++)
        put_signal(d, i);
    put(d, "},'gates':[");
    for (uint32_t i = 0, gates = below(d, 5); i < gates; i++)
        put_gate(d, i);
    put(d, "],'profiles':[");
    for (uint32_t i = 0, profiles = below(d, 3); i < profiles; i++)
        put_profile(d, i);
    put(d, "]");
    if (one_in(d, 3))
        put_number(d, ",'groups':{'network':{'floor':0,'ceiling':", one_in(d, 2) ? 0 : 40);
    put(d, d->text[d->out.need - 1] == ']' ? "" : "}}");
    if (one_in(d, 4))
        put(d, ",'overrides':{'may_lower_to':'allow'}");
    put_stance(d);
    put(d, "}");
    return done(d);
}

/* ---- random evidence ---- */

static uint32_t random_state(draft *d)
{
    static const uint32_t states[] = {TRUST_STATE_INVALID, TRUST_STATE_REFUSED,
                                      TRUST_STATE_SOURCE_DOWN, TRUST_STATE_PENDING};
    return one_in(d, 4) ? states[below(d, 4)] : TRUST_STATE_VALID;
}

static trust_time random_time(draft *d)
{
    if (one_in(d, 12))
        return TRUST_TIME_UNKNOWN;
    return one_in(d, 3) ? NOW - (int64_t)below(d, (uint32_t)NOW)
                        : NOW - (int64_t)below(d, 2) * 60000;
}

/* Evidence of one signal, from none to three sources, often at an end of its scale. */
static uint32_t random_signal(draft *d, const tri_signal_rule *rule, trust_finding *out)
{
    uint32_t n = one_in(d, 5) ? 0 : one_in(d, 3) ? 3 : 1;
    int32_t max = tri_scale_max(rule->scale);
    for (uint32_t i = 0; i < n; i++)
        out[i] = (trust_finding){.kind = rule->kind,
                                 .source = below(d, 3),
                                 .state = random_state(d),
                                 .value = one_in(d, 2)   ? 0
                                          : one_in(d, 3) ? max
                                                         : (int32_t)below(d, (uint32_t)max + 1),
                                 .quality = one_in(d, 3) ? below(d, 65537) : TRUST_QUALITY_FULL,
                                 .time = random_time(d),
                                 .item = TRUST_NO_ITEM};
    return n;
}

/* One question to the evaluator. */
typedef struct question {
    trust_finding findings[5 * KINDS];
    trust_policy_input input;
} question;

static void random_question(draft *d, const trust_policy *policy, question *q)
{
    q->input = (trust_policy_input)TRUST_POLICY_INPUT_INIT;
    q->input.now = NOW;
    q->input.findings = q->findings;
    for (uint32_t i = 0; i < policy->signal_count; i++)
        q->input.finding_count +=
            random_signal(d, &policy->signals[i], &q->findings[q->input.finding_count]);
    q->input.selection.profile = below(d, policy->profile_count + 1);
}

static trust_verdict verdict_of(const trust_policy *policy, const question *q)
{
    static _Alignas(trust_policy_result) uint8_t room[TRI_RESULT_MOST];
    trust_policy_result *result = (trust_policy_result *)(void *)room;
    ck_ok(trust_policy_evaluate(policy, &q->input, result, sizeof room));
    return result->verdict;
}

/* ---- what a report says ---- */

typedef struct claims {
    bool unreachable[3][TRUST_DENY + 1]; /* by profile */
    bool silence[3];
    int32_t control[3]; /* signals, or -1 where nothing is said, */
    int32_t most[3];    /* and at most so many */
    bool idle_gate[8];
    bool idle_signal[8];
} claims;

static bool has_code(const trust_lint_remark *r, const char *code)
{
    return strcmp(r->code, code) == 0;
}

static size_t profile_of(const trust_lint_remark *r)
{
    const char *id = strstr(r->sentence, " in the profile p");
    return id == NULL ? 0 : (size_t)(id[17] - '0') + 1;
}

static size_t signal_of(const trust_policy *policy, const trust_lint_remark *r)
{
    size_t i = 0;
    while (strcmp(policy->signals[i].name, strrchr(r->where, '/') + 1) != 0)
        i++;
    return i;
}

static void take_claim(const trust_policy *policy, const trust_lint_remark *r, claims *c)
{
    size_t profile = profile_of(r);
    ck_assert(!has_code(r, "DOES_NOT_LOAD"));
    c->unreachable[profile][TRUST_ALLOW] |= has_code(r, "ALLOW_UNREACHABLE");
    for (trust_verdict v = TRUST_STEP_UP; v <= TRUST_DENY; v++) {
        char leads[40];
        snprintf(leads, sizeof leads, "no evidence leads to %s", trust_verdict_name(v));
        c->unreachable[profile][v] |= strncmp(r->sentence, leads, strlen(leads)) == 0;
    }
    c->silence[profile] |= has_code(r, "SILENCE_ALLOWS");
    if (has_code(r, "SIGNALS_TO_CONTROL")) {
        const char *most = strstr(r->sentence, "at most ");
        c->control[profile] = r->number;
        c->most[profile] = most != NULL ? most[8] - '0' : r->number;
    }
    if (has_code(r, "GATE_NEVER_BINDS") || has_code(r, "GATE_COVERED"))
        c->idle_gate[r->where[strlen(r->where) - 1] - '0'] = true;
    if (has_code(r, "SIGNAL_NEVER_DECIDES"))
        c->idle_signal[signal_of(policy, r)] = true;
}

static claims claims_of(const trust_policy *policy, const char *text)
{
    claims c = {.control = {-1, -1, -1}};
    trust_lint *report = NULL;
    ck_ok(trust_policy_lint(text, strlen(text), NULL, &report));
    for (size_t i = 0; i < trust_lint_count(report); i++) {
        trust_lint_remark r;
        ck_ok(trust_lint_remark_at(report, i, &r));
        take_claim(policy, &r, &c);
    }
    trust_lint_free(report);
    return c;
}

static trust_policy *load(const char *text)
{
    trust_policy *policy = NULL;
    trust_error err;
    trust_status status = trust_policy_load_unsigned(text, strlen(text), NULL, &policy, &err);
    ck_assert_msg(status == TRUST_OK, "%s %s: %s", err.where, err.message, text);
    return policy;
}

static void drop_gate(trust_policy *policy, uint32_t index)
{
    policy->gate_count--;
    memmove(&policy->gates[index], &policy->gates[index + 1],
            (policy->gate_count - index) * sizeof *policy->gates);
}

/* The policy without what is said to do nothing. */
static trust_policy *pruned(const char *text, const claims *c)
{
    trust_policy *policy = load(text);
    for (uint32_t g = policy->gate_count; g-- > 0;)
        if (c->idle_gate[g])
            drop_gate(policy, g);
    return policy;
}

#define POLICIES 1200
#define LOOKS    150

START_TEST(what_never_happens_does_not)
{
    static draft d;
    uint64_t seed = 7;
    unsigned unreachable = 0, idle = 0, reached[TRUST_DENY + 1] = {0};
    for (unsigned n = 0; n < POLICIES; n++) {
        const char *text = random_document(&d, &seed);
        trust_policy *policy = load(text);
        claims c = claims_of(policy, text);
        trust_policy *without = pruned(text, &c);
        idle += policy->gate_count - without->gate_count;
        for (uint32_t p = 0; p <= policy->profile_count; p++)
            for (trust_verdict v = TRUST_ALLOW; v <= TRUST_DENY; v++)
                unreachable += c.unreachable[p][v];
        for (unsigned i = 0; i < LOOKS; i++) {
            question q;
            random_question(&d, policy, &q);
            trust_verdict verdict = verdict_of(policy, &q);
            uint32_t p = q.input.selection.profile;
            reached[verdict]++;
            ck_assert_msg(!c.unreachable[p][verdict], "%u, %u: %s", p, verdict, text);
            /* Facts that are missing, and people who signed for allow. */
            q.input.selection.also = below(&d, 1u << policy->profile_count) << 1;
            q.input.override = one_in(&d, 2) ? TRUST_ALLOW : TRUST_NO_VERDICT;
            ck_assert_msg(verdict_of(without, &q) == verdict_of(policy, &q), "%s", text);
        }
        trust_policy_free(policy);
        trust_policy_free(without);
    }
    ck_assert_uint_gt(unreachable, POLICIES / 4);
    ck_assert_uint_gt(idle, POLICIES / 4);
    for (trust_verdict v = TRUST_ALLOW; v <= TRUST_DENY; v++)
        ck_assert_uint_gt(reached[v], POLICIES);
}
END_TEST

/* Other evidence of one signal in place of what is there. */
static void exchange(draft *d, const trust_policy *policy, uint32_t signal, question *q)
{
    size_t count = 0;
    for (size_t i = 0; i < q->input.finding_count; i++)
        if (q->findings[i].kind != policy->signals[signal].kind)
            q->findings[count++] = q->findings[i];
    count += random_signal(d, &policy->signals[signal], &q->findings[count]);
    q->input.finding_count = count;
}

START_TEST(no_verdict_depends_on_what_never_decides)
{
    static draft d;
    uint64_t seed = 11;
    unsigned found = 0;
    for (unsigned n = 0; n < POLICIES * 2; n++) {
        const char *text = random_document(&d, &seed);
        trust_policy *policy = load(text);
        claims c = claims_of(policy, text);
        for (uint32_t s = 0; s < policy->signal_count; s++) {
            if (!c.idle_signal[s])
                continue;
            found++;
            for (unsigned i = 0; i < LOOKS; i++) {
                question q;
                random_question(&d, policy, &q);
                q.input.selection.also = below(&d, 1u << policy->profile_count) << 1;
                q.input.previous = below(&d, TRUST_DENY + 1);
                trust_verdict verdict = verdict_of(policy, &q);
                exchange(&d, policy, s, &q);
                ck_assert_msg(verdict_of(policy, &q) == verdict, "%s", text);
            }
        }
        trust_policy_free(policy);
    }
    ck_assert_uint_gt(found, 50);
}
END_TEST

/* ---- what an attacker needs ---- */

/* All signals as bad as can be but those of a set, which are as good as can be; of some of these
 * nothing is known. */
static void suppose(const trust_policy *policy, uint32_t good, uint32_t silent, question *q)
{
    static const uint32_t worst[] = {TRUST_STATE_INVALID, TRUST_STATE_INVALID, TRUST_STATE_INVALID,
                                     TRUST_STATE_REFUSED, TRUST_STATE_SOURCE_DOWN};
    size_t n = 0;
    for (uint32_t i = 0; i < policy->signal_count; i++) {
        bool chosen = (good >> i & 1) != 0;
        if (((good & silent) >> i & 1) != 0)
            continue;
        for (uint32_t source = 0; source < (chosen ? 3 : 5); source++)
            q->findings[n++] = (trust_finding){.kind = policy->signals[i].kind,
                                               .source = source,
                                               .state = chosen ? TRUST_STATE_VALID : worst[source],
                                               .quality = TRUST_QUALITY_FULL,
                                               .time = NOW,
                                               .item = TRUST_NO_ITEM};
    }
    q->input.finding_count = n;
}

/* Whether a set is enough; a signal that does not apply may be left out instead. */
static bool enough(const trust_policy *policy, uint32_t set, uint32_t exempt, question *q)
{
    for (uint32_t silent = exempt;; silent = (silent - 1) & exempt) {
        suppose(policy, set, silent, q);
        if (verdict_of(policy, q) == TRUST_ALLOW)
            return true;
        if (silent == 0)
            return false;
    }
}

/* The size of the smallest set that is enough; of all sets, or more than there are signals. */
static int32_t smallest(draft *d, const trust_policy *policy, uint32_t profile)
{
    uint32_t exempt = profile > 0 ? (uint32_t)policy->profiles[profile - 1].stance.exempt : 0;
    int32_t least = (int32_t)policy->signal_count + 1;
    question q;
    random_question(d, policy, &q);
    q.input.selection = (trust_policy_selection){profile, 0};
    for (uint32_t set = 0; set < 1u << policy->signal_count; set++) {
        int32_t size = 0;
        for (uint32_t i = 0; i < policy->signal_count; i++)
            size += (int32_t)(set >> i & 1);
        if (size < least && enough(policy, set, exempt, &q))
            least = size;
    }
    return least;
}

START_TEST(so_many_signals_must_be_good)
{
    static draft d;
    uint64_t seed = 13;
    unsigned tight = 0, said = 0;
    for (unsigned n = 0; n < POLICIES * 2; n++) {
        const char *text = random_document(&d, &seed);
        trust_policy *policy = load(text);
        claims c = claims_of(policy, text);
        for (uint32_t p = 0; p <= policy->profile_count; p++) {
            if (c.control[p] < 0)
                continue;
            int32_t least = smallest(&d, policy, p);
            ck_assert_msg(c.control[p] <= least, "%d, %d: %s", c.control[p], least, text);
            ck_assert_msg(least <= c.most[p], "%d, %d: %s", c.most[p], least, text);
            said++;
            tight += c.control[p] == least;
        }
        trust_policy_free(policy);
    }
    ck_assert_uint_gt(said, POLICIES / 2);
    /* The bound, too, is mostly the truth. */
    ck_assert_uint_gt(tight, said * 9 / 10);
}
END_TEST

START_TEST(silence_allows_where_it_is_said)
{
    static draft d;
    uint64_t seed = 17;
    unsigned found = 0;
    for (unsigned n = 0; n < POLICIES; n++) {
        const char *text = random_document(&d, &seed);
        trust_policy *policy = load(text);
        claims c = claims_of(policy, text);
        for (uint32_t p = 0; p <= policy->profile_count; p++) {
            question q;
            random_question(&d, policy, &q);
            q.input.finding_count = 0;
            q.input.selection.profile = p;
            bool allowed = verdict_of(policy, &q) == TRUST_ALLOW;
            ck_assert(!c.silence[p] || allowed);
            ck_assert(c.silence[p] || !allowed || (p > 0 && c.silence[0]));
            found += c.silence[p];
        }
        trust_policy_free(policy);
    }
    ck_assert_uint_gt(found, 5);
}
END_TEST

/* ---- advice ---- */

/* The floor that the sentence of a WITHHOLDING_GAIN advises, or NULL where it advises nothing. */
static const char *advice(const trust_lint_remark *r)
{
    const char *floor = strstr(r->sentence, "with the floor ");
    ck_assert_int_eq(floor != NULL, r->severity == TRUST_LINT_WARNING);
    return floor != NULL ? floor + strlen("with the floor ") : NULL;
}

static const trust_lint_remark *gain_of(const trust_lint *report, const char *name)
{
    static trust_lint_remark r;
    char sentence[100];
    snprintf(sentence, sizeof sentence, "keeping %s back", name);
    for (size_t i = 0; i < trust_lint_count(report); i++) {
        ck_ok(trust_lint_remark_at(report, i, &r));
        if (strncmp(r.sentence, sentence, strlen(sentence)) == 0)
            return &r;
    }
    return NULL;
}

/* Follow the advice, last in the list: the warning becomes a note, and the gate is not idle. */
static void follow(const char *text, const char *name, const char *floor)
{
    static char with[16384];
    const char *gates = strstr(text, "],\"profiles\"");
    snprintf(with, sizeof with,
             "%.*s%s{\"id\":\"advised\",\"if\":{\"absent\":\"%s\"},\"floor\":\"%s\"}%s",
             (int)(gates - text), text, gates[-1] == '[' ? "" : ",", name, floor, gates);
    trust_lint *report = NULL;
    trust_policy *policy = load(with);
    ck_ok(trust_policy_lint(with, strlen(with), NULL, &report));
    ck_assert_uint_eq(gain_of(report, name)->severity, TRUST_LINT_NOTE);
    for (size_t i = 0; i < trust_lint_count(report); i++) {
        trust_lint_remark r;
        ck_ok(trust_lint_remark_at(report, i, &r));
        bool idle = has_code(&r, "GATE_NEVER_BINDS") || has_code(&r, "GATE_COVERED");
        ck_assert_msg(!idle || strstr(r.sentence, "the gate advised") != r.sentence, "%s\n%s",
                      r.sentence, with);
    }
    trust_policy_free(policy);
    trust_lint_free(report);
}

START_TEST(advice_on_silence_is_good)
{
    static draft d;
    uint64_t seed = 19;
    unsigned followed = 0, accepted = 0;
    for (unsigned n = 0; n < POLICIES; n++) {
        const char *text = random_document(&d, &seed);
        trust_policy *policy = load(text);
        trust_lint *report = NULL;
        ck_ok(trust_policy_lint(text, strlen(text), NULL, &report));
        for (uint32_t i = 0; i < policy->signal_count; i++) {
            const tri_signal_rule *rule = &policy->signals[i];
            const trust_lint_remark *r = gain_of(report, rule->name);
            bool can_keep = tri_kind_builtin(rule->kind)->withholdable == 1;
            ck_assert_int_eq(r != NULL, can_keep);
            if (r == NULL)
                continue;
            ck_assert_int_eq(r->number, (rule->hi - rule->absent[0]) / TRI_MB_PER_POINT);
            const char *floor = advice(r);
            accepted += floor == NULL && r->number > 0;
            if (floor == NULL)
                continue;
            ck_assert_int_gt(r->number, 0);
            follow(text, rule->name, floor);
            followed++;
        }
        trust_lint_free(report);
        trust_policy_free(policy);
    }
    ck_assert_uint_gt(followed, POLICIES / 4);
    ck_assert_uint_gt(accepted, 100);
}
END_TEST

/* ---- profiles ---- */

static void put_when(draft *d, uint32_t depth)
{
    static const char *const words[] = {"'a'", "'ab'", "'b'", "'5'"};
    static const char *const compare[] = {"'eq':", "'prefix':", "'ge':", "'le':", "'in':["};
    uint32_t op = depth == 0 ? 3 : below(d, 4), how = below(d, 5);
    if (op == 2) {
        put(d, "{'not':");
        put_when(d, depth - 1);
        put(d, "}");
    } else if (op < 2) {
        put(d, op == 0 ? "{'all':[" : "{'any':[");
        put_when(d, depth - 1);
        put(d, ",");
        put_when(d, depth - 1);
        put(d, "]}");
    } else {
        put(d, one_in(d, 2) ? "{'attr':'x'," : "{'attr':'y',");
        put(d, compare[how]);
        uint32_t first = below(d, 4);
        if (how == 2 || how == 3)
            put_number(d, "", 4 + below(d, 3));
        else
            put(d, words[first]);
        if (how == 4) {
            put(d, one_in(d, 2) ? "," : "]");
            if (d->text[d->out.need - 1] == ',') {
                put(d, words[(first + 1) % 4]);
                put(d, "]");
            }
        }
        put(d, "}");
    }
}

static const char *random_profiles(draft *d, uint64_t *seed)
{
    d->out = tri_text_begin(d->text, sizeof d->text);
    d->seed = seed;
    put(d,
        "{'trust_policy':1,'id':'p','revision':1,'signals':{'place':{'weight':100}},'profiles':[");
    for (uint32_t i = 0; i < 2; i++) {
        put_number(d, i > 0 ? ",{'id':'p" : "{'id':'p", i);
        put_number(d, "','base':", 440 + i);
        put(d, ",'when':");
        put_when(d, 2);
        put(d, "}");
    }
    put(d, "],'verdicts':{'allow':300,'step_up':475,'quarantine':650}}");
    return done(d);
}

/* Whether some facts choose the second profile. Values beside the words stand for all others. */
static bool ever_chosen(const trust_policy *policy)
{
    static const char *const values[] = {NULL, "a", "ab", "b", "5", "c", "abc", "3", "4", "6", "7"};
    const size_t count = sizeof values / sizeof values[0];
    for (size_t i = 0; i < count * count; i++) {
        trust_attribute facts[2];
        trust_policy_selection chosen;
        size_t n = 0;
        if (values[i / count] != NULL)
            facts[n++] = (trust_attribute){"x", values[i / count]};
        if (values[i % count] != NULL)
            facts[n++] = (trust_attribute){"y", values[i % count]};
        ck_ok(trust_policy_select(policy, facts, n, &chosen));
        if (chosen.profile == 2)
            return true;
    }
    return false;
}

START_TEST(a_hidden_profile_is_never_chosen)
{
    static draft d;
    uint64_t seed = 23;
    unsigned hidden = 0, never = 0;
    for (unsigned n = 0; n < 8000; n++) {
        const char *text = random_profiles(&d, &seed);
        trust_policy *policy = load(text);
        trust_lint *report = NULL;
        bool said = false;
        ck_ok(trust_policy_lint(text, strlen(text), NULL, &report));
        for (size_t i = 0; i < trust_lint_count(report); i++) {
            trust_lint_remark r;
            ck_ok(trust_lint_remark_at(report, i, &r));
            said |= has_code(&r, "PROFILE_HIDDEN");
        }
        bool chosen = ever_chosen(policy);
        ck_assert_msg(!said || !chosen, "%s", text);
        hidden += said;
        never += !chosen;
        trust_lint_free(report);
        trust_policy_free(policy);
    }
    ck_assert_uint_gt(hidden, never / 8);
}
END_TEST

int main(void)
{
    return run_tests("lint claims",
                     TESTS(what_never_happens_does_not, no_verdict_depends_on_what_never_decides,
                           so_many_signals_must_be_good, silence_allows_where_it_is_said,
                           advice_on_silence_is_good, a_hidden_profile_is_never_chosen));
}
