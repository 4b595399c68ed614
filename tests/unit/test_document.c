/* The whole policy document: profiles, stages, gates of several conditions, steps, actions,
 * overrides, calibrations and tests, compiled, written in full and refused. */

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trust/reason.h>

#include "policy/document/document.h"

/* Documents are written with ' for ". */
#define WITH(signals, top)                                                                         \
    "{'trust_policy':1,'id':'p','revision':1,'signals':{" signals "},'verdicts':{'allow':300,"     \
    "'step_up':475,'quarantine':650}" top "}"
#define SIGNALS                                                                                    \
    "'attestation':{'weight':300},'human':{'weight':150},'place':{'weight':110},"                  \
    "'acme.tamper':{'weight':50,'scale':'percent'}"
#define TOP(text)       WITH(SIGNALS, "," text)
#define GATE(condition) TOP("'gates':[{'id':'g','floor':'deny','if':" condition "}]")
#define PROFILE(text)   TOP("'profiles':[{'id':'x'," text "}]")
#define WHEN(condition) PROFILE("'when':" condition)
#define STAGES(text)    TOP("'stages':[" text "]")
#define STEPS(text)     TOP("'step_up':[" text "]")
#define TEST(text)      TOP("'tests':[{'name':'t'," text "}]")
#define EXPECT(text)    TEST("'expect':{" text "}")

/* Signals in the order of the ledger. */
enum { TAMPER, ATTESTATION, HUMAN, PLACE };

static const char *json(const char *text)
{
    static char room[1 << 16];
    size_t i = 0;
    for (; text[i] != '\0'; i++)
        room[i] = text[i] == '\'' ? '"' : text[i];
    room[i] = '\0';
    return room;
}

static trust_policy *load_json(const char *text)
{
    trust_policy *policy = NULL;
    trust_error err = {0};
    trust_status status = trust_policy_load_unsigned(text, strlen(text), NULL, &policy, &err);
    ck_assert_msg(status == TRUST_OK, "%s: %s: %s\n%.500s", trust_status_name(status), err.where,
                  err.message, text);
    return policy;
}

static trust_policy *load(const char *text)
{
    return load_json(json(text));
}

/* The document in full; free it. */
static char *expand(const trust_policy *policy)
{
    size_t need = 0;
    ck_status(trust_policy_expand(policy, NULL, 0, &need), TRUST_E_LIMIT);
    char *text = malloc(need + 1);
    ck_assert_ptr_nonnull(text);
    ck_ok(trust_policy_expand(policy, text, need + 1, NULL));
    return text;
}

static bool same_hash(const trust_policy *a, const trust_policy *b)
{
    return memcmp(a->hash, b->hash, sizeof a->hash) == 0;
}

static bool same_meaning(const char *a, const char *b)
{
    trust_policy *x = load(a);
    trust_policy *y = load(b);
    bool same = same_hash(x, y);
    trust_policy_free(x);
    trust_policy_free(y);
    return same;
}

/* Loads again to the same hash and the same text; frees the policy. */
static void round_trip(trust_policy *policy)
{
    char *text = expand(policy);
    trust_policy *again = load_json(text);
    char *twice = expand(again);
    ck_assert(same_hash(policy, again));
    ck_assert_str_eq(text, twice);
    trust_policy_free(again);
    trust_policy_free(policy);
    free(twice);
    free(text);
}

/* Whether the full form, without its spaces, has a piece of text. */
static void ck_full(const trust_policy *policy, const char *piece)
{
    static char room[1 << 16];
    tri_text text = tri_text_begin(room, sizeof room);
    tri_policy_write(policy, false, &text);
    ck_ok(tri_text_end(&text, NULL));
    ck_assert_msg(strstr(room, json(piece)) != NULL, "%s\nis not in\n%s", piece, room);
}

/* ---- gates ---- */

static void ck_condition(const trust_policy *policy, size_t gate, size_t index, const char *signal,
                         uint32_t asks, int32_t limit, int64_t age)
{
    trust_policy_condition c;
    ck_ok(trust_policy_condition_at(policy, gate, index, &c));
    ck_assert_str_eq(c.signal, signal);
    ck_assert_uint_eq(c.asks, asks);
    ck_assert_int_eq(c.limit, limit);
    ck_assert_int_eq(c.age, age);
}

START_TEST(gates_have_several_conditions)
{
    trust_policy *policy = load(
        TOP("'gates':["
            "{'id':'a','floor':'deny','if':{'signal':'place','older':'30m'}},"
            "{'id':'b','floor':'deny','final':true,'if':{'all':[{'absent':'human'},"
            "{'signal':'attestation','at_least':32}]}},"
            "{'id':'c','floor':'deny','if':{'any':[{'signal':'place','at_least_points':110},"
            "{'absent':'place'},{'absent':'human'}]}},"
            "{'id':'d','floor':'deny','if':{'count':2,'of':[{'signal':'place','at_least_points':1},"
            "{'signal':'acme.tamper','at_least':100},{'signal':'human','older':'1ms'}]}}]"));
    static const struct {
        uint32_t form, first, count, need, final;
    } expected[] = {{TRI_GATE_ONE, 0, 1, 1, 0},
                    {TRI_GATE_ALL, 1, 2, 2, 1},
                    {TRI_GATE_ANY, 3, 3, 1, 0},
                    {TRI_GATE_COUNT, 6, 3, 2, 0}};
    ck_assert_uint_eq(policy->gate_count, 4);
    ck_assert_uint_eq(policy->condition_count, 9);
    for (size_t i = 0; i < 4; i++) {
        trust_policy_gate gate;
        ck_ok(trust_policy_gate_at(policy, i, &gate));
        ck_assert_uint_eq(policy->gates[i].form, expected[i].form);
        ck_assert_uint_eq(policy->gates[i].first, expected[i].first);
        ck_assert_uint_eq(gate.condition_count, expected[i].count);
        ck_assert_uint_eq(gate.need, expected[i].need);
        ck_assert_uint_eq(gate.final, expected[i].final);
        ck_assert_uint_eq(gate.reserved, 0);
    }
    ck_condition(policy, 0, 0, "place", TRUST_ASKS_OLDER, 0, 1800000);
    ck_condition(policy, 1, 0, "human", TRUST_ASKS_ABSENT, 0, 0);
    ck_condition(policy, 1, 1, "attestation", TRUST_ASKS_AT_LEAST, 32, 0);
    ck_condition(policy, 2, 0, "place", TRUST_ASKS_POINTS, 110, 0);
    ck_condition(policy, 3, 1, "acme.tamper", TRUST_ASKS_AT_LEAST, 100, 0);
    ck_condition(policy, 3, 2, "human", TRUST_ASKS_OLDER, 0, 1);
    ck_assert_int_eq(policy->conditions[3].limit, 2200);
    trust_policy_condition c;
    ck_status(trust_policy_condition_at(policy, 3, 3, &c), TRUST_E_NOT_FOUND);
    ck_status(trust_policy_condition_at(policy, 4, 0, &c), TRUST_E_NOT_FOUND);
    ck_status(trust_policy_condition_at(policy, 0, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_condition_at(NULL, 0, 0, &c), TRUST_E_ARGUMENT);
    ck_full(policy, "'if':{'older':'30m','signal':'place'}");
    ck_full(policy, "'final':true,'floor':'deny','id':'b','if':{'all':[{'absent':'human'},"
                    "{'at_least':32,'signal':'attestation'}]}");
    ck_full(policy, "'if':{'any':[{'at_least_points':110,'signal':'place'},");
    ck_full(policy, "'if':{'count':2,'of':[{'at_least_points':1,'signal':'place'},");
    round_trip(policy);
}
END_TEST

/* A gate is final by itself, or because no override passes its reason. */
START_TEST(reasons_make_gates_final)
{
    trust_policy *policy = load(
        TOP("'overrides':{'may_lower_to':'allow','never':['REFUSED','ATTESTATION_FAILED']},"
            "'gates':[{'id':'a','floor':'deny','if':{'absent':'place'}},"
            "{'id':'b','floor':'deny','if':{'absent':'place'},'reason':'REFUSED'},"
            "{'id':'c','floor':'deny','if':{'absent':'place'},'final':true},"
            "{'id':'d','floor':'deny','if':{'absent':'place'},'reason':'ATTESTATION_FAILED'}]"));
    const bool final[] = {false, true, true, true}, kept[] = {false, false, true, false};
    for (size_t i = 0; i < 4; i++) {
        ck_assert(policy->gates[i].final == final[i]);
        ck_assert(policy->gates[i].kept_final == kept[i]);
    }
    ck_full(policy, "'final':false,'floor':'deny','id':'b'");
    round_trip(policy);
}
END_TEST

/* ---- profiles ---- */

START_TEST(profiles_take_what_they_leave_out_from_the_policy)
{
    trust_policy *policy =
        load(TOP("'base':440,'limits':{'adverse':100},'profiles':["
                 "{'id':'plain','when':{'attr':'a','eq':'1'}},"
                 "{'id':'strict','when':{'attr':'a','in':['2','3']},'base':500,"
                 "'verdicts':{'allow':200,'quarantine':600},'limits':{'uncertainty':300},"
                 "'not_applicable':['place','acme.tamper']},"
                 "{'id':'other','when':{'not':{'any':[{'attr':'b','prefix':'x'},{'all':["
                 "{'attr':'c','ge':-9007199254740991},{'attr':'d','le':5}]}]}},"
                 "'verdicts':{'step_up':301},'limits':{'adverse':0}}]"));
    trust_policy_profile profile;
    ck_assert_uint_eq(policy->profile_count, 3);
    ck_ok(trust_policy_profile_at(policy, 0, &profile));
    ck_assert_str_eq(profile.id, "default");
    ck_assert_mem_eq(
        &profile.stance,
        (&(trust_policy_stance){.bands = {440, 300, 475, 650}, .adverse = 100, .uncertainty = 400}),
        sizeof profile.stance);
    ck_ok(trust_policy_profile_at(policy, 1, &profile));
    ck_assert_str_eq(profile.id, "plain");
    ck_assert_mem_eq(
        &profile.stance,
        (&(trust_policy_stance){.bands = {440, 300, 475, 650}, .adverse = 100, .uncertainty = 400}),
        sizeof profile.stance);
    ck_ok(trust_policy_profile_at(policy, 2, &profile));
    ck_assert_str_eq(profile.id, "strict");
    ck_assert_mem_eq(&profile.stance,
                     (&(trust_policy_stance){.bands = {500, 200, 475, 600},
                                             .adverse = 100,
                                             .uncertainty = 300,
                                             .exempt = 1u << PLACE | 1u << TAMPER}),
                     sizeof profile.stance);
    ck_ok(trust_policy_profile_at(policy, 3, &profile));
    ck_assert_mem_eq(
        &profile.stance,
        (&(trust_policy_stance){.bands = {440, 300, 301, 650}, .adverse = 0, .uncertainty = 400}),
        sizeof profile.stance);
    ck_status(trust_policy_profile_at(policy, 4, &profile), TRUST_E_NOT_FOUND);
    ck_status(trust_policy_profile_at(policy, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_profile_at(NULL, 0, &profile), TRUST_E_ARGUMENT);
    const tri_stance *stance = &policy->profiles[1].stance;
    ck_assert_int_eq(stance->base, 0);
    ck_assert_int_eq(stance->limit[0], -6000);
    ck_assert_int_eq(stance->limit[1], -500);
    ck_assert_int_eq(stance->limit[2], 2000);
    ck_assert_int_eq(stance->max_adverse, 2000);
    ck_full(policy, "{'base':440,'id':'plain','limits':{'adverse':100,'uncertainty':400},"
                    "'not_applicable':[],'verdicts':{'allow':300,'quarantine':650,'step_up':475},"
                    "'when':{'attr':'a','eq':'1'}}");
    ck_full(policy, "'not_applicable':['acme.tamper','place']");
    ck_full(policy, "'when':{'attr':'a','in':['2','3']}");
    ck_full(policy, "'when':{'not':{'any':[{'attr':'b','prefix':'x'},{'all':[{'attr':'c','ge':"
                    "-9007199254740991},{'attr':'d','le':5}]}]}}");
    round_trip(policy);
}
END_TEST

START_TEST(conditions_of_profiles_lie_in_prefix_order)
{
    trust_policy *policy =
        load(TOP("'profiles':[{'id':'y','when':{'attr':'z','eq':'w'}},{'id':'x','when':{'all':["
                 "{'any':[{'attr':'a','in':['1','2']}]},{'not':{'attr':'b','le':7}},"
                 "{'attr':'c','prefix':'p'}]}}]"));
    static const struct {
        uint32_t op, count;
        const char *attribute;
        bool single;
    } expected[] = {{TRI_WHEN_IN, 1, "z", true},     {TRI_WHEN_ALL, 3, NULL, false},
                    {TRI_WHEN_ANY, 1, NULL, false},  {TRI_WHEN_IN, 2, "a", false},
                    {TRI_WHEN_NOT, 1, NULL, false},  {TRI_WHEN_LE, 0, "b", false},
                    {TRI_WHEN_PREFIX, 1, "c", false}};
    ck_assert_uint_eq(policy->when_count, 7);
    ck_assert_uint_eq(policy->profiles[0].when, 0);
    ck_assert_uint_eq(policy->profiles[1].when, 1);
    for (size_t i = 0; i < 7; i++) {
        const tri_when *when = &policy->whens[i];
        ck_assert_uint_eq(when->op, expected[i].op);
        ck_assert_uint_eq(when->count, expected[i].count);
        ck_assert(when->single == expected[i].single);
        if (expected[i].attribute != NULL)
            ck_assert_str_eq(when->attribute, expected[i].attribute);
        else
            ck_assert_ptr_null(when->attribute);
    }
    ck_assert_str_eq(policy->whens[3].words[1], "2");
    ck_assert_str_eq(policy->whens[6].words[0], "p");
    ck_assert_int_eq(policy->whens[5].number, 7);
    round_trip(policy);
}
END_TEST

/* ---- stages ---- */

START_TEST(stages_follow_each_other)
{
    trust_policy *policy = load(
        STAGES("{'id':'installer','needs':['human'],'timeout':'30m','on_timeout':'deny','next':"
               "'proof'},{'id':'spare'},{'id':'proof','needs':['place','attestation'],'timeout':"
               "'never'},{'id':'done','timeout':'1d','on_timeout':'step_up'}"));
    static const trust_policy_stage expected[] = {
        {NULL, 1u << HUMAN, 2, TRUST_DENY, 1800000},
        {NULL, 0, 2, TRUST_QUARANTINE, 0},
        {NULL, 1u << PLACE | 1u << ATTESTATION, 3, TRUST_QUARANTINE, 0},
        {NULL, 0, UINT32_MAX, TRUST_STEP_UP, 86400000}};
    static const char *const ids[] = {"installer", "spare", "proof", "done"};
    trust_policy_stage stage;
    for (size_t i = 0; i < 4; i++) {
        ck_ok(trust_policy_stage_at(policy, i, &stage));
        ck_assert_str_eq(stage.id, ids[i]);
        stage.id = NULL;
        ck_assert(stage.needs == expected[i].needs && stage.next == expected[i].next &&
                  stage.on_timeout == expected[i].on_timeout &&
                  stage.timeout == expected[i].timeout);
    }
    ck_status(trust_policy_stage_at(policy, 4, &stage), TRUST_E_NOT_FOUND);
    ck_status(trust_policy_stage_at(policy, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_stage_at(NULL, 0, &stage), TRUST_E_ARGUMENT);
    ck_full(policy, "'stages':[{'actions':[],'id':'installer','needs':['human'],'next':'proof',"
                    "'on_timeout':'deny','timeout':'30m'},{'actions':[],'id':'spare','needs':[],"
                    "'next':'proof','on_timeout':'quarantine','timeout':'never'},");
    ck_full(policy, "{'actions':[],'id':'done','needs':[],'on_timeout':'step_up','timeout':'1d'}]");
    round_trip(policy);
    ck_assert(
        same_meaning(STAGES("{'id':'a'},{'id':'b'}"),
                     STAGES("{'id':'a','next':'b','needs':[]},{'id':'b','timeout':'never'}")));
    ck_assert(!same_meaning(STAGES("{'id':'a'},{'id':'b'}"), STAGES("{'id':'b'},{'id':'a'}")));
}
END_TEST

/* ---- steps ---- */

static void ck_step(const trust_policy *policy, size_t signal, uint32_t cost, const char *action)
{
    trust_policy_signal s;
    ck_ok(trust_policy_signal_at(policy, signal, &s));
    ck_assert_uint_eq(s.cost, cost);
    ck_assert_str_eq(s.action, action);
}

START_TEST(steps_say_what_can_be_asked_for)
{
    trust_policy *policy = load(WITH(SIGNALS, ""));
    ck_step(policy, TAMPER, 1, "obtain");
    ck_step(policy, ATTESTATION, 1, "challenge_device");
    ck_step(policy, HUMAN, 20, "verify_installer");
    ck_step(policy, PLACE, 1, "obtain");
    ck_full(policy, "'step_up':[{'action':'obtain','cost':1,'obtain':'acme.tamper'},"
                    "{'action':'challenge_device','cost':1,'obtain':'attestation'},"
                    "{'action':'verify_installer','cost':20,'obtain':'human'},");
    round_trip(policy);
    policy = load(STEPS("{'obtain':'human'},{'obtain':'attestation','cost':7,'action':'ask-it'}"));
    ck_step(policy, TAMPER, 0, "obtain");
    ck_step(policy, ATTESTATION, 7, "ask-it");
    ck_step(policy, HUMAN, 1, "verify_installer");
    ck_step(policy, PLACE, 0, "obtain");
    ck_full(policy, "'step_up':[{'action':'ask-it','cost':7,'obtain':'attestation'},"
                    "{'action':'verify_installer','cost':1,'obtain':'human'}],");
    round_trip(policy);
    policy = load(STEPS(""));
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(policy->signals[i].cost, 0);
    ck_full(policy, "'step_up':[],");
    round_trip(policy);
    ck_assert(same_meaning(
        WITH(SIGNALS, ""),
        STEPS("{'obtain':'place'},{'obtain':'human','cost':20,'action':'verify_installer'},"
              "{'obtain':'attestation'},{'obtain':'acme.tamper','cost':1}")));
    ck_assert(!same_meaning(WITH(SIGNALS, ""), STEPS("")));
}
END_TEST

/* ---- actions ---- */

START_TEST(actions_are_kept_by_cause)
{
    trust_policy *policy =
        load(TOP("'stages':[{'id':'a','actions':['blink']},{'id':'b'}],"
                 "'actions':{'deny':['drop','tell'],'allow':['open'],'step_up':[]},"
                 "'gates':[{'id':'g','floor':'deny','if':{'absent':'place'}},"
                 "{'id':'h','floor':'deny','if':{'absent':'place'},'actions':['tell','page']}]"));
    static const struct {
        const char *name;
        uint32_t cause, index;
    } expected[] = {{"open", TRI_FOR_VERDICT, TRUST_ALLOW},
                    {"drop", TRI_FOR_VERDICT, TRUST_DENY},
                    {"tell", TRI_FOR_VERDICT, TRUST_DENY},
                    {"tell", TRI_FOR_GATE, 1},
                    {"page", TRI_FOR_GATE, 1},
                    {"blink", TRI_FOR_STAGE, 0}};
    ck_assert_uint_eq(policy->action_count, 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_str_eq(policy->actions[i].name, expected[i].name);
        ck_assert_uint_eq(policy->actions[i].cause, expected[i].cause);
        ck_assert_uint_eq(policy->actions[i].index, expected[i].index);
    }
    ck_full(policy, "{'actions':{'allow':['open'],'deny':['drop','tell'],'quarantine':[],"
                    "'step_up':[]},");
    ck_full(policy, "{'actions':[],'final':false,'floor':'deny','id':'g'");
    ck_full(policy, "{'actions':['tell','page'],'final':false,'floor':'deny','id':'h'");
    ck_full(policy, "'stages':[{'actions':['blink'],'id':'a'");
    round_trip(policy);
    ck_assert(
        !same_meaning(TOP("'actions':{'deny':['a','b']}"), TOP("'actions':{'deny':['b','a']}")));
}
END_TEST

/* ---- overrides, calibration, hysteresis, quorums ---- */

START_TEST(overrides_are_bounded)
{
    trust_policy_overrides o = {9, 9, 9};
    trust_policy *policy = load(WITH(SIGNALS, ""));
    trust_policy_get_overrides(policy, &o);
    ck_assert(o.mildest == TRUST_NO_VERDICT);
    round_trip(policy);
    policy = load(TOP("'overrides':{'may_lower_to':'step_up'}"));
    trust_policy_get_overrides(policy, &o);
    ck_assert(o.mildest == TRUST_STEP_UP && o.approvals == 2 && o.max_ttl == 86400000);
    ck_full(policy, "'overrides':{'approvals':2,'max_ttl':'1d','may_lower_to':'step_up','never':[],"
                    "'roles':[]}");
    round_trip(policy);
    policy = load(
        TOP("'overrides':{'may_lower_to':'quarantine','approvals':5,'max_ttl':'90s',"
            "'roles':['sec','ops','a'],'never':['REFUSED','ATTESTATION_FAILED','GATE']},'gates':["
            "{'id':'a','floor':'deny','if':{'absent':'place'},'reason':'REFUSED'},"
            "{'id':'b','floor':'deny','if':{'absent':'place'}},{'id':'c','floor':'deny','if':"
            "{'absent':'place'},'reason':'ATTESTATION_FAILED'}]"));
    trust_policy_get_overrides(policy, &o);
    ck_assert(o.mildest == TRUST_QUARANTINE && o.approvals == 5 && o.max_ttl == 90000);
    ck_assert_uint_eq(policy->overrides.role_count, 3);
    ck_assert_str_eq(policy->overrides.roles[0], "a");
    ck_assert_str_eq(policy->overrides.roles[1], "ops");
    ck_assert_str_eq(policy->overrides.roles[2], "sec");
    ck_assert_uint_eq(policy->overrides.never_count, 3);
    ck_assert_uint_eq(policy->overrides.never[0], trust_reason_find("ATTESTATION_FAILED", 18));
    ck_assert_uint_eq(policy->overrides.never[2], trust_reason_find("GATE", 4));
    ck_full(policy, "'never':['ATTESTATION_FAILED','REFUSED','GATE'],'roles':['a','ops','sec']");
    trust_policy_get_overrides(NULL, &o);
    trust_policy_get_overrides(policy, NULL);
    ck_assert_uint_eq(o.approvals, 5);
    round_trip(policy);
    ck_assert(same_meaning(TOP("'overrides':{'may_lower_to':'allow','roles':['a','b']}"),
                           TOP("'overrides':{'may_lower_to':'allow','roles':['b','a']}")));
}
END_TEST

START_TEST(calibrations_are_kept)
{
    trust_policy *policy = load(WITH(SIGNALS, ""));
    ck_assert_uint_eq(policy->calibration.count, 0);
    trust_policy_free(policy);
    policy = load(TOP("'calibration':{'knots':[[0,10],[500,10],[1000,1000000]]}"));
    ck_assert_uint_eq(policy->calibration.count, 3);
    ck_assert_int_eq(policy->calibration.knots[1].risk, 500);
    ck_assert_int_eq(policy->calibration.knots[1].ppm, 10);
    ck_assert_int_eq(policy->calibration.knots[2].ppm, 1000000);
    ck_assert_str_eq(policy->calibration.data, "");
    ck_full(policy, "'calibration':{'data':'','knots':[[0,10],[500,10],[1000,1000000]]}");
    round_trip(policy);
    policy = load(TOP("'calibration':{'knots':[[0,0],[1,1]],'data':'sha256:0123456789 .\\u00e9"
                      "0123456789012345678901234567890123456789012345678901234567'}"));
    ck_assert_uint_eq(strlen(policy->calibration.data), 79);
    round_trip(policy);
}
END_TEST

START_TEST(a_dwell_may_grow)
{
    trust_policy_hysteresis h = {0};
    trust_policy *policy = load(WITH(SIGNALS, ""));
    trust_policy_get_hysteresis(policy, &h);
    ck_assert(h.margin == 25 && h.backoff == 1 && h.dwell == 0 && h.dwell_max == 86400000);
    trust_policy_free(policy);
    policy = load(TOP("'hysteresis':{'dwell':'10m','backoff':8,'dwell_max':'10m','margin':3}"));
    trust_policy_get_hysteresis(policy, &h);
    ck_assert(h.margin == 3 && h.backoff == 8 && h.dwell == 600000 && h.dwell_max == 600000);
    trust_policy_get_hysteresis(NULL, &h);
    trust_policy_get_hysteresis(policy, NULL);
    ck_assert_int_eq(h.margin, 3);
    round_trip(policy);
    policy = load(TOP("'hysteresis':{'dwell':'2d'}"));
    trust_policy_get_hysteresis(policy, &h);
    ck_assert(h.dwell == 172800000 && h.dwell_max == 172800000);
    round_trip(policy);
}
END_TEST

START_TEST(signals_tell_all_of_themselves)
{
    trust_policy *policy = load(
        WITH("'a.b':{'weight':50,'scale':'percent','quorum':8,'reliability':333,'ttl_bad':'9d',"
             "'curve':[[1,-7],[9,20],[99,50]]},'place':{'weight':10}",
             ",'groups':{'network':{'floor':-2,'ceiling':9}}"));
    trust_policy_signal s;
    trust_policy_knot knot;
    trust_policy_group group;
    ck_ok(trust_policy_signal_at(policy, 0, &s));
    ck_assert(s.quorum == 8 && s.reliability == 333 && s.ttl_bad == 777600000 &&
              s.scale == TRUST_SCALE_PERCENT && s.knot_count == 3 && s.reserved == 0);
    ck_ok(trust_policy_knot_at(policy, 0, 1, &knot));
    ck_assert(knot.value == 9 && knot.points == 20);
    ck_ok(trust_policy_knot_at(policy, 0, 0, &knot));
    ck_assert(knot.value == 1 && knot.points == -7);
    ck_status(trust_policy_knot_at(policy, 0, 3, &knot), TRUST_E_NOT_FOUND);
    ck_status(trust_policy_knot_at(policy, 2, 0, &knot), TRUST_E_NOT_FOUND);
    ck_status(trust_policy_knot_at(policy, 0, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_knot_at(NULL, 0, 0, &knot), TRUST_E_ARGUMENT);
    ck_ok(trust_policy_group_at(policy, 1, &group));
    ck_assert_str_eq(group.name, "network");
    ck_assert(group.floor == -2 && group.ceiling == 9);
    ck_status(trust_policy_group_at(policy, 2, &group), TRUST_E_NOT_FOUND);
    ck_status(trust_policy_group_at(policy, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_policy_group_at(NULL, 0, &group), TRUST_E_ARGUMENT);
    ck_ok(trust_policy_signal_at(policy, 1, &s));
    ck_assert_uint_eq(s.quorum, 1);
    ck_assert_int_eq(trust_policy_is_signed(policy), 0);
    ck_assert_int_eq(trust_policy_is_signed(NULL), 0);
    round_trip(policy);
}
END_TEST

/* ---- tests ---- */

/* Everything that a test may say; what it expects holds. */
#define TESTS_TEXT                                                                                 \
    "[{'name':'all \\u00e9','x_why':[1],'now':'2026-05-01T00:00:00Z','attributes':{'role':'lock'," \
    "'a.b-c_9':''},'stage':'b','stage_age':'0s','previous':'deny','held_for':'3d','flaps':16,"     \
    "'override':'allow','evidence':{'attestation':2,'human':'refused','place':{'value':100,"       \
    "'age':'1h','quality':900,'source':255},'acme.tamper':[0,{'state':'pending'},'unbound']},"     \
    "'expect':{'verdict_at_least':'allow','verdict_at_most':'deny','risk':[0,1000],"               \
    "'profile':'x'}}]"
#define TESTED                                                                                     \
    TOP("'stages':[{'id':'a'},{'id':'b'}],'profiles':[{'id':'x','when':{'attr':'role','eq':"       \
        "'lock'}}],'tests':" TESTS_TEXT)

START_TEST(tests_are_kept_as_they_are_written)
{
    trust_policy *policy = load(TESTED);
    char *text = expand(policy);
    ck_assert_msg(strstr(text, json("\n  'tests': " TESTS_TEXT ",\n")) != NULL, "%s", text);
    free(text);
    round_trip(policy);
    policy = load(TOP("'tests':[]"));
    text = expand(policy);
    ck_assert_ptr_null(strstr(text, "tests"));
    free(text);
    trust_policy_free(policy);
    ck_assert(same_meaning(WITH(SIGNALS, ""), EXPECT("'verdict_at_least':'allow'")));
}
END_TEST

START_TEST(each_expectation_has_its_shape)
{
    static const char *const good[] = {
        EXPECT("'risk':[300,900]"),
        EXPECT("'points':{'base':-50}"),
        EXPECT("'points':{'base':-50,'cap network':0,'place':15}"),
        EXPECT("'profile':'default'"),
        EXPECT("'valid_for':'never'"),
        EXPECT("'actions':[]"),
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        tri_json_doc doc = {.root = NULL};
        trust_policy *policy = NULL;
        trust_error err = {0};
        const char *text = json(good[i]);
        trust_bytes bytes = {(const uint8_t *)text, strlen(text)};
        trust_status status = tri_policy_compile(bytes, NULL, &doc, &policy, &err);
        ck_assert_msg(status == TRUST_OK, "%s: %s: %s", good[i], err.where, err.message);
        trust_policy_free(policy);
        tri_json_free(&doc);
    }
}
END_TEST

/* ---- refusals ---- */

#define KNOTS(text)     TOP("'calibration':{'knots':" text "}")
#define OVERRIDES(text) TOP("'overrides':{" text "}")
#define Y               "{'attr':'a','eq':'1'}"
#define OK              "'expect':{'verdict_at_least':'allow'}"
#define EVIDENCE(text)  TEST(OK ",'evidence':{" text "}")

typedef struct refusal {
    const char *text;
    const char *where;
    const char *message; /* a part of it */
} refusal;

static const refusal refusals[] = {
    {WITH("'place':{'weight':1,'quorum':0}", ""), "/signals/place/quorum", "from 1 to 8, not '0'"},
    {WITH("'place':{'weight':1,'quorum':9}", ""), "/signals/place/quorum", "not '9'"},
    {TOP("'hysteresis':{'backoff':0}"), "/hysteresis/backoff", "from 1 to 8"},
    {TOP("'hysteresis':{'backoff':9}"), "/hysteresis/backoff", "not '9'"},
    {TOP("'hysteresis':{'dwell':'2d','dwell_max':'1d'}"), "/hysteresis/dwell_max",
     "at least dwell"},
    {TOP("'hysteresis':{'dwell_max':'never'}"), "/hysteresis/dwell_max", "\"0s\" 'never'"},
    /* gates */
    {GATE("7"), "/gates/0/if", "must be an object"},
    {GATE("{}"), "/gates/0/if", "needs one condition, or one of"},
    {GATE("{'x_':1}"), "/gates/0/if", "needs one condition, or one of"},
    {GATE("{'not':{}}"), "/gates/0/if/not", "unknown member 'not'"},
    {GATE("{'signal':'place'}"), "/gates/0/if", "needs either \"absent\""},
    {GATE("{'older':'1h'}"), "/gates/0/if", "needs either"},
    {GATE("{'signal':'place','older':'1h','at_least':1}"), "/gates/0/if", "needs either"},
    {GATE("{'signal':'place','at_least_points':1,'at_least':1}"), "/gates/0/if", "needs either"},
    {GATE("{'absent':'place','older':'1h'}"), "/gates/0/if", "needs either"},
    {GATE("{'signal':'place','older':'never'}"), "/gates/0/if/older", "\"1d\" 'never'"},
    {GATE("{'signal':'place','older':'0s'}"), "/gates/0/if/older", "must be a duration"},
    {GATE("{'signal':'place','older':'36501d'}"), "/gates/0/if/older", "at most 36500d"},
    {GATE("{'signal':'place','at_least_points':0}"), "/gates/0/if/at_least_points", "from 1"},
    {GATE("{'signal':'place','at_least_points':111}"), "/gates/0/if/at_least_points",
     "at most the weight of 'place'"},
    {GATE("{'signal':'acme.tamper','at_least':101}"), "/gates/0/if/at_least", "from 1 to 100"},
    {GATE("{'signal':'plaec','at_least':1}"), "/gates/0/if/signal", "did you mean 'place'?"},
    {GATE("{'all':[]}"), "/gates/0/if/all", "an array of 1 to 16 conditions"},
    {GATE("{'all':{}}"), "/gates/0/if/all", "an array of 1 to 16 conditions"},
    {GATE("{'all':[1]}"), "/gates/0/if/all/0", "must be an object"},
    {GATE("{'all':[{}]}"), "/gates/0/if/all/0", "needs either"},
    {GATE("{'all':[{'absent':'place'},{'any':[]}]}"), "/gates/0/if/all/1/any", "unknown member"},
    {GATE("{'all':[{'absent':'place'}],'any':[{'absent':'place'}]}"), "/gates/0/if",
     "needs one condition, or one of"},
    {GATE("{'all':[{'absent':'place'}],'absent':'place'}"), "/gates/0/if", "needs one condition"},
    {GATE("{'of':[{'absent':'place'}]}"), "/gates/0/if", "needs one condition"},
    {GATE("{'count':1}"), "/gates/0/if", "needs one condition"},
    {GATE("{'count':1,'all':[{'absent':'place'}]}"), "/gates/0/if", "needs one condition"},
    {GATE("{'count':0,'of':[{'absent':'place'}]}"), "/gates/0/if/count", "from 1 to 1, not '0'"},
    {GATE("{'count':2,'of':[{'absent':'place'}]}"), "/gates/0/if/count", "from 1 to 1, not '2'"},
    {GATE("{'count':'1','of':[{'absent':'place'}]}"), "/gates/0/if/count", "without quotes"},
    {TOP("'gates':[{'id':'g','floor':'deny','if':{'absent':'place'},'final':1}]"), "/gates/0/final",
     "true or false"},
    {TOP("'gates':[{'id':'g','floor':'deny','if':{'absent':'place'},'finl':true}]"),
     "/gates/0/finl", "did you mean 'final'?"},
    {TOP("'gates':[{'id':'g','floor':'deny','if':{'absent':'place'},'actions':'x'}]"),
     "/gates/0/actions", "an array of 0 to 64 names"},
    {TOP("'gates':[{'id':'g','floor':'deny','if':{'absent':'place'},'actions':[1]}]"),
     "/gates/0/actions/0", "a name in quotes"},
    {TOP("'gates':[{'id':'g','floor':'deny','if':{'absent':'place'},'actions':['a','b','a']}]"),
     "/gates/0/actions/2", "twice: 'a'"},
    /* profiles */
    {TOP("'profiles':{}"), "/profiles", "must be an array"},
    {TOP("'profiles':[1]"), "/profiles/0", "must be an object"},
    {TOP("'profiles':[{'id':'x'}]"), "/profiles/0", "missing member 'when'"},
    {TOP("'profiles':[{'when':" Y "}]"), "/profiles/0", "missing member 'id'"},
    {TOP("'profiles':[{'id':'default','when':" Y "}]"), "/profiles/0/id", "'default'"},
    {TOP("'profiles':[{'id':'human','when':" Y "}]"), "/profiles/0/id",
     "a signal is called that; choose another name than 'human'"},
    {TOP("'profiles':[{'id':'reputation','when':" Y "}]"), "/profiles/0/id", "a signal is called"},
    {TOP("'profiles':[{'id':'acme.tamper','when':" Y "}]"), "/profiles/0/id", "a signal is called"},
    {TOP("'profiles':[{'id':'a','when':" Y "},{'id':'a','when':" Y "}]"), "/profiles/1/id",
     "another profile has the id 'a'"},
    {TOP("'profiles':[{'id':'a','when':" Y ",'not_aplicable':[]}]"), "/profiles/0/not_aplicable",
     "did you mean 'not_applicable'?"},
    {PROFILE("'when':" Y ",'not_applicable':['plaze']"), "/profiles/0/not_applicable/0",
     "\"signals\" has no 'plaze'; did you mean 'place'?"},
    {PROFILE("'when':" Y ",'not_applicable':['place','place']"), "/profiles/0/not_applicable/1",
     "twice"},
    {PROFILE("'when':" Y ",'not_applicable':'place'"), "/profiles/0/not_applicable",
     "an array of 0 to 64 names of signals"},
    {PROFILE("'when':" Y ",'not_applicable':[1]"), "/profiles/0/not_applicable/0", "in quotes"},
    {PROFILE("'when':" Y ",'base':1001"), "/profiles/0/base", "not '1001'"},
    {PROFILE("'when':" Y ",'verdicts':{'allow':475}"), "/profiles/0/verdicts",
     "step_up must be over allow"},
    {PROFILE("'when':" Y ",'verdicts':{'step_up':650}"), "/profiles/0/verdicts",
     "quarantine must be over step_up"},
    {PROFILE("'when':" Y ",'limits':{'adverse':-1}"), "/profiles/0/limits/adverse", "not '-1'"},
    {WHEN("1"), "/profiles/0/when", "must be an object"},
    {WHEN("{}"), "/profiles/0/when", "needs one of \"all\", \"any\", \"not\" and \"attr\""},
    {WHEN("{'eq':'1'}"), "/profiles/0/when", "needs one of"},
    {WHEN("{'not':" Y ",'eq':'1'}"), "/profiles/0/when", "needs one of"},
    {WHEN("{'any':[" Y "],'all':[" Y "]}"), "/profiles/0/when", "needs one of"},
    {WHEN("{'any':[" Y "],'attr':'a','eq':'1'}"), "/profiles/0/when", "needs one of"},
    {WHEN("{'attr':'a'}"), "/profiles/0/when", "\"attr\" needs one of"},
    {WHEN("{'attr':'a','eq':'1','ge':1}"), "/profiles/0/when", "\"attr\" needs one of"},
    {WHEN("{'attr':'a','ne':'1'}"), "/profiles/0/when/ne", "unknown member 'ne'"},
    {WHEN("{'attr':'a','eq':1}"), "/profiles/0/when/eq", "a text of 1 to 127 bytes"},
    {WHEN("{'attr':'a','eq':''}"), "/profiles/0/when/eq", "a text of 1 to 127 bytes"},
    {WHEN("{'attr':'a','eq':'\\u0007'}"), "/profiles/0/when/eq", "control characters"},
    {WHEN("{'attr':'a','prefix':''}"), "/profiles/0/when/prefix", "a text of 1"},
    {WHEN("{'attr':'a','in':'1'}"), "/profiles/0/when/in", "an array of 1 to 64 texts"},
    {WHEN("{'attr':'a','in':[]}"), "/profiles/0/when/in", "an array of 1 to 64 texts"},
    {WHEN("{'attr':'a','in':['1',2]}"), "/profiles/0/when/in/1", "a text of"},
    {WHEN("{'attr':'a','in':['1','1']}"), "/profiles/0/when/in/1", "twice: '1'"},
    {WHEN("{'attr':'a','ge':'1'}"), "/profiles/0/when/ge", "without quotes"},
    {WHEN("{'attr':'a','le':1.5}"), "/profiles/0/when/le", "a whole number"},
    {WHEN("{'attr':'a','le':9007199254740992}"), "/profiles/0/when/le", "a whole number"},
    {WHEN("{'attr':'A','eq':'1'}"), "/profiles/0/when/attr", "a name is 1 to 31"},
    {WHEN("{'attr':'','eq':'1'}"), "/profiles/0/when/attr", "a name is 1 to 31"},
    {WHEN("{'attr':'abcdefghijklmnopqrstuvwxyz012345','eq':'1'}"), "/profiles/0/when/attr",
     "a name is 1 to 31"},
    {WHEN("{'all':[]}"), "/profiles/0/when/all", "an array of 1 to 64 conditions"},
    {WHEN("{'any':" Y "}"), "/profiles/0/when/any", "an array of 1 to 64 conditions"},
    {WHEN("{'any':[" Y ",{'not':[]}]}"), "/profiles/0/when/any/1/not", "must be an object"},
    {WHEN("{'any':[" Y ",{'not':{'attr':'a','eq':1}}]}"), "/profiles/0/when/any/1/not/eq",
     "a text of"},
    {WITH("'a.a':{'weight':1,'scale':'percent'},'b.b':{'weight':1,'scale':'percent'}",
          ",'profiles':[{'id':'b.b','when':" Y "}]"),
     "/profiles/0/id", "a signal is called that"},
    /* stages */
    {STAGES("1"), "/stages/0", "must be an object"},
    {STAGES("{}"), "/stages/0", "missing member 'id'"},
    {STAGES("{'id':'A'}"), "/stages/0/id", "a name is 1 to 63"},
    {STAGES("{'id':'a'},{'id':'a'}"), "/stages/1/id", "another stage has the id 'a'"},
    {STAGES("{'id':'identity'}"), "/stages/0/id", "a signal is called that"},
    {STAGES("{'id':'a','needs':['acme.tampr']},{'id':'b'}"), "/stages/0/needs/0",
     "did you mean 'acme.tamper'?"},
    {STAGES("{'id':'a','next':'a'},{'id':'b'}"), "/stages/0/next",
     "stages cannot go in a circle; the next one must stand later than 'a'"},
    {STAGES("{'id':'a'},{'id':'b','next':'a'}"), "/stages/1/next", "cannot go in a circle"},
    {STAGES("{'id':'a'},{'id':'b','next':'b'}"), "/stages/1/next", "cannot go in a circle"},
    {STAGES("{'id':'stage_a','next':'stage_bb'},{'id':'stage_b'}"), "/stages/0/next",
     "\"stages\" has no 'stage_bb'; did you mean 'stage_b'?"},
    {STAGES("{'id':'a','next':''},{'id':'b'}"), "/stages/0/next", "\"stages\" has no ''"},
    {STAGES("{'id':'a','next':1},{'id':'b'}"), "/stages/0/next", "id of a stage in quotes"},
    {STAGES("{'id':'a','timeout':'0s'}"), "/stages/0/timeout", "\"never\" '0s'"},
    {STAGES("{'id':'a','on_timeout':'allow'}"), "/stages/0/on_timeout",
     "must be \"step_up\", \"quarantine\" or \"deny\" 'allow'"},
    {STAGES("{'id':'a','end':true}"), "/stages/0/end", "unknown member 'end'"},
    /* steps */
    {STEPS("1"), "/step_up/0", "must be an object"},
    {STEPS("{}"), "/step_up/0", "missing member 'obtain'"},
    {STEPS("{'obtain':'identity'}"), "/step_up/0/obtain", "\"signals\" has no 'identity'"},
    {STEPS("{'obtain':'place'},{'obtain':'place'}"), "/step_up/1/obtain", "two steps for 'place'"},
    {STEPS("{'obtain':'place','cost':0}"), "/step_up/0/cost", "from 1 to 1000000, not '0'"},
    {STEPS("{'obtain':'place','cost':1000001}"), "/step_up/0/cost", "not '1000001'"},
    {STEPS("{'obtain':'place','action':'a b'}"), "/step_up/0/action", "not 'a b'"},
    {TOP("'actions':[]"), "/actions", "must be an object"},
    {TOP("'actions':{'revoke':[]}"), "/actions/revoke", "unknown member 'revoke'"},
    {TOP("'actions':{'deny':['A']}"), "/actions/deny/0", "a name is 1 to 63"},
    {TOP("'actions':{'deny':['a','a']}"), "/actions/deny/1", "leave one out"},
    /* overrides */
    {OVERRIDES(""), "/overrides", "missing member 'may_lower_to'"},
    {OVERRIDES("'may_lower_to':'deny'"), "/overrides/may_lower_to",
     "must be \"allow\", \"step_up\" or \"quarantine\" 'deny'"},
    {OVERRIDES("'may_lower_to':'allow','approvals':1"), "/overrides/approvals", "from 2 to 5"},
    {OVERRIDES("'may_lower_to':'allow','approvals':6"), "/overrides/approvals", "not '6'"},
    {OVERRIDES("'may_lower_to':'allow','max_ttl':'0s'"), "/overrides/max_ttl", "\"1d\" '0s'"},
    {OVERRIDES("'may_lower_to':'allow','max_ttl':'never'"), "/overrides/max_ttl", "'never'"},
    {OVERRIDES("'may_lower_to':'allow','roles':['a','b','c','d','e','f','g','h','i']"),
     "/overrides/roles", "an array of 0 to 8 names"},
    {OVERRIDES("'may_lower_to':'allow','roles':['a','a']"), "/overrides/roles/1", "twice"},
    {OVERRIDES("'may_lower_to':'allow','never':['NOPE']"), "/overrides/never/0", "'NOPE'"},
    {OVERRIDES("'may_lower_to':'allow','never':['STAGE_TIMEOUT']"), "/overrides/never/0",
     "no gate gives the reason 'STAGE_TIMEOUT'"},
    {OVERRIDES("'may_lower_to':'allow','never':[136]"), "/overrides/never/0", "must be the code"},
    {OVERRIDES("'may_lower_to':'allow','never':['GATE','GATE']"), "/overrides/never/1", "twice"},
    {OVERRIDES("'may_lower_to':'allow','never':{}"), "/overrides/never", "codes of reasons"},
    /* calibration */
    {TOP("'calibration':{}"), "/calibration", "missing member 'knots'"},
    {KNOTS("[[0,0]]"), "/calibration/knots", "an array of 2 to 33 pairs [risk, millionths]"},
    {KNOTS("[[0,0],1]"), "/calibration/knots/1", "must be a pair"},
    {KNOTS("[[0,0],[1]]"), "/calibration/knots/1", "must be a pair"},
    {KNOTS("[[0,0],{'a':1,'b':1}]"), "/calibration/knots/1", "must be a pair"},
    {KNOTS("[[0,0],[1001,1]]"), "/calibration/knots/1/0", "from 0 to 1000"},
    {KNOTS("[[0,0],[1,1000001]]"), "/calibration/knots/1/1", "from 0 to 1000000"},
    {KNOTS("[[-1,0],[1,1]]"), "/calibration/knots/0/0", "not '-1'"},
    {KNOTS("[[5,0],[5,1]]"), "/calibration/knots/1/0", "risks must rise"},
    {KNOTS("[[5,2],[6,1]]"), "/calibration/knots/1/1", "millionths must not fall"},
    {TOP("'calibration':{'knots':[[0,0],[1,1]],'data':'a\\nb'}"), "/calibration/data",
     "a text of 0 to 79 bytes"},
    {TOP("'calibration':{'knots':[[0,0],[1,1]],'data':'"
         "012345678901234567890123456789012345678901234"
         "56789012345678901234567890123456789'}"),
     "/calibration/data", "a text of 0 to 79 bytes"},
    {TOP("'calibration':{'knots':[[0,0],[1,1]],'data':1}"), "/calibration/data", "a text of"},
    /* tests */
    {TOP("'tests':{}"), "/tests", "must be an array"},
    {TOP("'tests':[1]"), "/tests/0", "must be an object"},
    {TOP("'tests':[{'name':'t'}]"), "/tests/0", "missing member 'expect'"},
    {TOP("'tests':[{" OK "}]"), "/tests/0", "missing member 'name'"},
    {TOP("'tests':[{'name':''," OK "}]"), "/tests/0/name", "a text of 1 to 100 bytes"},
    {EXPECT(""), "/tests/0/expect", "expects nothing"},
    {EXPECT("'x_':1"), "/tests/0/expect", "expects nothing"},
    {EXPECT("'verdct':'deny'"), "/tests/0/expect/verdct", "did you mean 'verdict'?"},
    {EXPECT("'verdict':'none'"), "/tests/0/expect/verdict",
     "must be \"allow\", \"step_up\", \"quarantine\" or \"deny\" 'none'"},
    {EXPECT("'risk':1001"), "/tests/0/expect/risk", "from 0 to 1000"},
    {EXPECT("'risk':'1'"), "/tests/0/expect/risk", "without quotes"},
    {EXPECT("'risk':[1]"), "/tests/0/expect/risk", "[lowest, highest]"},
    {EXPECT("'risk':[1,2,3]"), "/tests/0/expect/risk", "[lowest, highest]"},
    {EXPECT("'risk':[2,1]"), "/tests/0/expect/risk", "the lowest comes first"},
    {EXPECT("'risk':[-1,1]"), "/tests/0/expect/risk/0", "not '-1'"},
    {EXPECT("'risk':[1,1001]"), "/tests/0/expect/risk/1", "not '1001'"},
    {EXPECT("'reason':'NOPE'"), "/tests/0/expect/reason", "the code 'NOPE'"},
    {EXPECT("'profile':'x'"), "/tests/0/expect/profile", "\"profiles\" has no 'x'"},
    {EXPECT("'profile':'defualt'"), "/tests/0/expect/profile", "did you mean 'default'?"},
    {EXPECT("'profile':1"), "/tests/0/expect/profile", "id of a profile in quotes"},
    {EXPECT("'stage':'x'"), "/tests/0/expect/stage", "\"stages\" has no 'x'"},
    {EXPECT("'points':{}"), "/tests/0/expect/points", "an object of points by row"},
    {EXPECT("'points':[]"), "/tests/0/expect/points", "an object of points by row"},
    {EXPECT("'points':{'network':1}"), "/tests/0/expect/points/network", "not 'network'"},
    {EXPECT("'points':{'cap nowhere':1}"), "/tests/0/expect/points/cap nowhere", "rows are"},
    {EXPECT("'points':{'place':1.5}"), "/tests/0/expect/points/place", "a whole number"},
    {EXPECT("'points':{'clamp':6400001}"), "/tests/0/expect/points/clamp", "to 6400000"},
    {EXPECT("'valid_for':'0s'"), "/tests/0/expect/valid_for", "must be a duration"},
    {EXPECT("'next':{}"), "/tests/0/expect/next", "an array of 0 to 8 arrays of signals"},
    {EXPECT("'next':['place']"), "/tests/0/expect/next/0", "an array of 1 to 64 names of signals"},
    {EXPECT("'next':[[]]"), "/tests/0/expect/next/0", "an array of 1 to 64"},
    {EXPECT("'next':[['place'],['plac']]"), "/tests/0/expect/next/1/0", "did you mean 'place'?"},
    {EXPECT("'actions':['a','a']"), "/tests/0/expect/actions/1", "twice"},
    {TEST(OK ",'now':'now'"), "/tests/0/now", "must be a time"},
    {TEST(OK ",'stage':'x'"), "/tests/0/stage", "\"stages\" has no 'x'"},
    {TEST(OK ",'stage_age':'never'"), "/tests/0/stage_age", "must be a duration"},
    {TEST(OK ",'previous':'none'"), "/tests/0/previous", "must be \"allow\""},
    {TEST(OK ",'override':'deny'"), "/tests/0/override", "must be \"allow\""},
    {TEST(OK ",'flaps':17"), "/tests/0/flaps", "from 0 to 16"},
    {TEST(OK ",'attributes':[]"), "/tests/0/attributes", "an object of at most 16 texts"},
    {TEST(OK ",'attributes':{'A':'1'}"), "/tests/0/attributes/A", "a name is 1 to 31"},
    {TEST(OK ",'attributes':{'':'1'}"), "/tests/0/attributes/", "a name is 1 to 31"},
    {TEST(OK ",'attributes':{'a':1}"), "/tests/0/attributes/a", "a text of 0 to 127 bytes"},
    {TEST(OK ",'evidence':[]"), "/tests/0/evidence", "must be an object"},
    {EVIDENCE("'plce':1"), "/tests/0/evidence/plce", "did you mean 'place'?"},
    {EVIDENCE("'human':128"), "/tests/0/evidence/human", "from 0 to 127"},
    {EVIDENCE("'human':-1"), "/tests/0/evidence/human", "not '-1'"},
    {EVIDENCE("'human':null"), "/tests/0/evidence/human", "a whole number from 0 to 127"},
    {EVIDENCE("'human':'refusd'"), "/tests/0/evidence/human", "did you mean 'refused'?"},
    {EVIDENCE("'human':'valid'"), "/tests/0/evidence/human",
     "is called 'valid'; did you mean 'invalid'?"},
    {EVIDENCE("'human':'unsupported'"), "/tests/0/evidence/human", "'unsupported'"},
    {EVIDENCE("'human':{}"), "/tests/0/evidence/human", "either \"value\" or \"state\""},
    {EVIDENCE("'human':{'value':1,'state':'refused'}"), "/tests/0/evidence/human",
     "either \"value\" or \"state\""},
    {EVIDENCE("'human':{'state':1}"), "/tests/0/evidence/human/state", "must be the word for why"},
    {EVIDENCE("'human':{'value':128}"), "/tests/0/evidence/human/value", "from 0 to 127"},
    {EVIDENCE("'human':{'value':1,'quality':1001}"), "/tests/0/evidence/human/quality", "not"},
    {EVIDENCE("'human':{'value':1,'source':256}"), "/tests/0/evidence/human/source", "not '256'"},
    {EVIDENCE("'human':{'value':1,'aeg':'1s'}"), "/tests/0/evidence/human/aeg", "mean 'age'?"},
    {EVIDENCE("'human':[]"), "/tests/0/evidence/human", "an array of 1 to 8 values"},
    {EVIDENCE("'human':[1,2,3,4,5,6,7,8,9]"), "/tests/0/evidence/human", "an array of 1 to 8"},
    {EVIDENCE("'human':[1,[2]]"), "/tests/0/evidence/human/1", "a whole number"},
};

START_TEST(refusals_say_where_and_what_to_do)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const refusal *r = &refusals[i];
        trust_policy *policy = NULL;
        trust_error err = {0};
        const char *text = json(r->text);
        trust_status status = trust_policy_load_unsigned(text, strlen(text), NULL, &policy, &err);
        ck_assert_msg(status == TRUST_E_FORMAT, "%s: %s", r->text, trust_status_name(status));
        ck_assert_ptr_null(policy);
        ck_assert_msg(strcmp(err.where, r->where) == 0, "%s: where '%s' (%s)", r->text, err.where,
                      err.message);
        ck_assert_msg(strstr(err.message, r->message) != NULL, "%s: '%s'", r->text, err.message);
        ck_assert_uint_eq(err.line, 1);
        ck_assert_uint_gt(err.column, 1);
    }
}
END_TEST

/* ---- random documents ---- */

static char *room;
static size_t used;
#define ROOM (1u << 20)

static void begin_document(void)
{
    room = malloc(ROOM);
    ck_assert_ptr_nonnull(room);
    used = 0;
}

/* Put a text, with ' for ", and a number for each '#'. */
static void put(const char *text, unsigned number)
{
    for (; *text != '\0'; text++) {
        if (*text == '#')
            used += (size_t)snprintf(room + used, ROOM - used, "%u", number);
        else
            room[used++] = *text == '\'' ? '"' : *text;
    }
    ck_assert_uint_lt(used, ROOM - 64);
}

/* So many of an entry, with commas between. */
static void repeat(const char *entry, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            room[used++] = ',';
        put(entry, i);
    }
}

#define OPEN                                                                                       \
    "{'trust_policy':1,'id':'p','revision':1,'signals':{'place':{'weight':1}},'verdicts':"         \
    "{'allow':300,'step_up':475,'quarantine':650},"

/* Load what was put; free it all. */
static void ck_loads(trust_status expected, const char *where)
{
    trust_policy *policy = NULL;
    trust_error err = {0};
    trust_status status = trust_policy_load_unsigned(room, used, NULL, &policy, &err);
    room[used < 300 ? used : 300] = '\0';
    ck_assert_msg(status == expected, "%s, expected %s: %s: %s\n%s", trust_status_name(status),
                  trust_status_name(expected), err.where, err.message, room);
    ck_assert_str_eq(err.where, where);
    if (policy != NULL)
        round_trip(policy);
    free(room);
}

static uint32_t below(uint64_t *seed, uint32_t limit)
{
    return (uint32_t)((next_random(seed) >> 16) % limit);
}

static void random_when(uint64_t *seed, unsigned depth)
{
    static const char *const facts[] = {
        "{'attr':'a','eq':'#'}", "{'attr':'b','ge':#}",         "{'attr':'a','in':['#']}",
        "{'attr':'b','le':-#}",  "{'attr':'c','in':['x','#']}", "{'attr':'c','prefix':'# '}"};
    uint32_t kind = below(seed, depth < 3 ? 9 : 6);
    if (kind < 6) {
        put(facts[kind], 1 + below(seed, 999));
        return;
    }
    put(kind == 6 ? "{'not':" : kind == 7 ? "{'all':[" : "{'any':[", 0);
    for (uint32_t i = 0, count = kind == 6 ? 1 : 1 + below(seed, 3); i < count; i++) {
        put(i > 0 ? "," : "", 0);
        random_when(seed, depth + 1);
    }
    put(kind == 6 ? "}" : "]}", 0);
}

static void random_condition(uint64_t *seed)
{
    static const char *const forms[] = {"{'signal':'place','at_least':#}", "{'absent':'human'}",
                                        "{'signal':'place','at_least_points':#}",
                                        "{'signal':'human','older':'#m'}"};
    put(forms[below(seed, 4)], 1 + below(seed, 100));
}

static void random_gate(uint64_t *seed, unsigned i)
{
    static const char *const forms[] = {"", "{'all':[", "{'any':[", "{'count':#,'of':["};
    uint32_t form = below(seed, 4), count = form == 0 ? 1 : 1 + below(seed, 4);
    put(i > 0 ? ",{'id':'g#','floor':'deny','if':" : "{'id':'g#','floor':'deny','if':", i);
    put(forms[form], 1 + below(seed, count));
    for (uint32_t k = 0; k < count; k++) {
        put(k > 0 ? "," : "", 0);
        random_condition(seed);
    }
    put(form == 0 ? "" : "]}", 0);
    put(below(seed, 2) == 0 ? ",'final':true" : "", 0);
    put(below(seed, 2) == 0 ? ",'actions':['a#','b']}" : "}", i);
}

static void random_profile(uint64_t *seed, unsigned i)
{
    put(i > 0 ? ",{'id':'p#','when':" : "{'id':'p#','when':", i);
    random_when(seed, 0);
    put(below(seed, 2) == 0 ? ",'base':#" : "", below(seed, 1001));
    put(below(seed, 2) == 0 ? ",'verdicts':{'allow':#}" : "", below(seed, 475));
    put(below(seed, 2) == 0 ? ",'limits':{'uncertainty':#}" : "", below(seed, 1001));
    put(below(seed, 2) == 0 ? ",'not_applicable':['place']}" : "}", 0);
}

static void random_stage(uint64_t *seed, unsigned i, unsigned count)
{
    put(i > 0 ? ",{'id':'s#'" : "{'id':'s#'", i);
    if (i + 1 < count && below(seed, 2) == 0)
        put(",'next':'s#'", i + 1 + below(seed, count - i - 1));
    put(below(seed, 2) == 0 ? ",'needs':['human','place']" : "", 0);
    put(below(seed, 2) == 0 ? ",'timeout':'#h'" : "", 1 + below(seed, 99));
    put(below(seed, 2) == 0 ? ",'actions':['c#']}" : "}", i);
}

START_TEST(random_documents_round_trip)
{
    uint64_t seed = 20261124;
    for (unsigned n = 0; n < 500; n++) {
        uint32_t gates = below(&seed, 5), profiles = below(&seed, 4), stages = below(&seed, 5);
        begin_document();
        put("{'trust_policy':1,'id':'p','revision':1,'signals':{'place':{'weight':100,'quorum':#},"
            "'human':{'weight':50}},'verdicts':{'allow':300,'step_up':475,'quarantine':650},",
            1 + below(&seed, 8));
        put("'hysteresis':{'backoff':#},'gates':[", 1 + below(&seed, 8));
        for (uint32_t i = 0; i < gates; i++)
            random_gate(&seed, i);
        put("],'profiles':[", 0);
        for (uint32_t i = 0; i < profiles; i++)
            random_profile(&seed, i);
        put("],'stages':[", 0);
        for (uint32_t i = 0; i < stages; i++)
            random_stage(&seed, i, stages);
        put(below(&seed, 2) == 0 ? "],'step_up':[{'obtain':'place','cost':#}]}" : "]}",
            1 + below(&seed, 1000000));
        room[used] = '\0';
        round_trip(load_json(room));
        free(room);
    }
}
END_TEST

/* ---- limits ---- */

START_TEST(lists_are_limited)
{
    static const struct {
        const char *before, *entry, *after;
        unsigned most;
        trust_status over;
        const char *where;
    } cases[] = {
        {"'gates':[{'id':'g','floor':'deny','if':{'any':[", "{'absent':'place'}", "]}}]", 16,
         TRUST_E_FORMAT, "/gates/0/if/any"},
        {"'profiles':[", "{'id':'p#','when':{'attr':'a','eq':'#'}}", "]", 31, TRUST_E_LIMIT,
         "/profiles"},
        {"'stages':[", "{'id':'s#'}", "]", 32, TRUST_E_LIMIT, "/stages"},
        {"'actions':{'deny':[", "'a#'", "]}", 64, TRUST_E_FORMAT, "/actions/deny"},
        {"'gates':[{'id':'g','floor':'deny','if':{'absent':'place'},'actions':['b']}],"
         "'actions':{'deny':[",
         "'a#'", "]}", 63, TRUST_E_LIMIT, "/gates/0/actions/0"},
        {"'actions':{'allow':['b']},'stages':[{'id':'s','actions':[", "'a#'", "]}]", 63,
         TRUST_E_LIMIT, "/stages/0/actions/63"},
        {"'tests':[", "{'name':'t','expect':{'risk':[0,1000]}}", "]", 256, TRUST_E_LIMIT, "/tests"},
        {"'profiles':[{'id':'x','when':{'all':[", "{'attr':'a','eq':'#'}", "]}}]", 63,
         TRUST_E_LIMIT, "/profiles/0/when/all/63"},
        {"'profiles':[{'id':'x','when':{'attr':'a','in':[", "'#'", "]}}]", 64, TRUST_E_FORMAT,
         "/profiles/0/when/in"},
        {"'calibration':{'knots':[", "[#,#]", "]}", 33, TRUST_E_FORMAT, "/calibration/knots"},
        {"'overrides':{'may_lower_to':'allow','roles':[", "'r#'", "]}", 8, TRUST_E_FORMAT,
         "/overrides/roles"},
        {"'tests':[{'name':'t','expect':{'risk':[0,1000]},'attributes':{", "'a#':''", "}}]", 16,
         TRUST_E_FORMAT, "/tests/0/attributes"},
        {"'tests':[{'name':'t','expect':{'next':[", "['place']", "]}}]", 8, TRUST_E_FORMAT,
         "/tests/0/expect/next"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (unsigned over = 0; over < 2; over++) {
            if (over == 0 && strstr(cases[i].before, "next") != NULL)
                continue; /* that much does not come of it */
            begin_document();
            put(OPEN, 0);
            put(cases[i].before, 0);
            repeat(cases[i].entry, cases[i].most + over);
            put(cases[i].after, 0);
            put("}", 0);
            ck_loads(over ? cases[i].over : TRUST_OK, over ? cases[i].where : "");
        }
}
END_TEST

/* Two profiles have their 64 parts each. */
START_TEST(every_profile_has_parts_of_its_own)
{
    begin_document();
    put(OPEN "'profiles':[", 0);
    for (unsigned i = 0; i < 31; i++) {
        put(i > 0 ? ",{'id':'p#','when':{'any':[" : "{'id':'p#','when':{'any':[", i);
        repeat("{'attr':'a#','le':1}", 63);
        put("]}}", 0);
    }
    put("]}", 0);
    ck_loads(TRUST_OK, "");
    begin_document();
    put(OPEN "'profiles':[{'id':'a','when':{'attr':'a','eq':'1'}},{'id':'b','when':{'any':[", 0);
    repeat("{'attr':'a#','le':1}", 64);
    put("]}}]}", 0);
    ck_loads(TRUST_E_LIMIT, "/profiles/1/when/any/63");
}
END_TEST

static void put_findings(unsigned signals, unsigned sources)
{
    begin_document();
    put("{'trust_policy':1,'id':'p','revision':1,'verdicts':{'allow':300,'step_up':475,"
        "'quarantine':650},'signals':{",
        0);
    repeat("'s.#':{'weight':1,'scale':'percent','group':'g'}", 64);
    put("},'tests':[{'name':'t','expect':{'risk':[0,1000]},'evidence':{", 0);
    for (unsigned i = 0; i < signals; i++) {
        put(i > 0 ? ",'s.#':[" : "'s.#':[", i);
        repeat("{'value':#}", sources);
        put("]", 0);
    }
}

START_TEST(findings_and_facts_of_a_test_are_limited)
{
    put_findings(32, 8);
    put("}}]}", 0);
    ck_loads(TRUST_OK, "");
    put_findings(32, 8);
    put(",'s.63':1}}]}", 0);
    ck_loads(TRUST_E_LIMIT, "/tests/0/evidence");
    for (unsigned over = 0; over < 2; over++) {
        begin_document();
        put(OPEN "'tests':[{'name':'t','expect':{'risk':[0,1000]},'attributes':{", 0);
        for (unsigned i = 0; i < 4; i++) { /* (1 + x + 2) * 4 = 512 */
            put(i > 0 ? ",'#':'" : "'#':'", i);
            for (unsigned k = 0; k < 125 + (over & (i == 0)); k++)
                put("v", 0);
            put("'", 0);
        }
        put("}}]}", 0);
        ck_loads(over ? TRUST_E_LIMIT : TRUST_OK, over ? "/tests/0/attributes" : "");
    }
}
END_TEST

/* Values in tests are as many as they like up to a limit, and so is the text in full. */
START_TEST(the_full_form_stays_within_the_limits)
{
    for (unsigned over = 0; over < 2; over++) {
        begin_document();
        put(OPEN "'profiles':[{'id':'x','when':{'attr':'a','eq':'1'}}],'tests':[", 0);
        put("{'name':'t','expect':{'risk':0,'verdict':'allow'},'x_':[", 0);
        /* The array, test, name, expect, its two and x_; the profile's condition has three. */
        repeat("0", TRI_MAX_FREE_VALUES - 7 - 3 + over);
        put("]}]}", 0);
        tri_json_doc doc = {.root = NULL};
        trust_policy *policy = NULL;
        trust_error err = {0};
        trust_bytes text = {(const uint8_t *)room, used};
        ck_status(tri_policy_compile(text, NULL, &doc, &policy, &err),
                  over ? TRUST_E_LIMIT : TRUST_OK);
        ck_assert(over == 0 || strstr(err.message, "too many values") != NULL);
        /* The tests come first: it is the condition that no longer fits. */
        ck_assert_str_eq(err.where, over ? "/profiles/0/when" : "");
        trust_policy_free(policy);
        tri_json_free(&doc);
        free(room);
    }
    size_t full = 0;
    for (unsigned over = 0; over < 2; over++) {
        begin_document();
        put(OPEN "'tests':[{'name':'t','expect':{'risk':[0,1000]},'x_':'", 0);
        while (full > 0 && used < full)
            put(".", 0);
        put("'}]}", 0);
        if (over == 0) { /* how much more is written than this document has */
            trust_policy *policy = load_json((room[used] = '\0', room));
            char *text = expand(policy);
            full = TRUST_POLICY_MAX_BYTES - strlen(text) + used - strlen(json("'}]}"));
            trust_policy_free(policy);
            free(text);
            free(room);
            continue;
        }
        size_t most = used;
        ck_loads(TRUST_OK, "");
        begin_document();
        put(OPEN "'tests':[{'name':'t','expect':{'risk':[0,1000]},'x_':'", 0);
        while (used < full + 1)
            put(".", 0);
        put("'}]}", 0);
        ck_assert_uint_eq(used, most + 1);
        ck_assert_uint_lt(used, TRUST_POLICY_MAX_BYTES);
        ck_loads(TRUST_E_LIMIT, "");
    }
}
END_TEST

/* Every part is over 4 KiB, so that it asks for memory of its own. */
START_TEST(no_memory_is_said_and_nothing_leaks)
{
    begin_document();
    put("{'trust_policy':1,'id':'p','revision':1,'verdicts':{'allow':300,'step_up':475,"
        "'quarantine':650},'signals':{",
        0);
    repeat("'s.#':{'weight':1,'scale':'percent','group':'g'}", 64);
    put("},'gates':[", 0);
    repeat("{'id':'g#','floor':'deny','if':{'any':[{'absent':'s.1'},{'absent':'s.2'},"
           "{'absent':'s.3'}]},'actions':['a']}",
           64);
    put("],'profiles':[", 0);
    for (unsigned i = 0; i < 31; i++) {
        put(i > 0 ? ",{'id':'p#','when':{'attr':'a','in':["
                  : "{'id':'p#','when':{'attr':'a','in':[",
            i);
        repeat("'twenty words of texts are more than four thousand bytes #'", 20);
        put("]}}", 0);
    }
    put("],'stages':[", 0);
    repeat("{'id':'stage-#'}", 32);
    put("],'tests':[", 0);
    repeat("{'name':'t','expect':{'risk':[0,1000]}}", 200);
    put("]}", 0);
    room[used] = '\0';
    char *text = room;
    for (uint64_t n = 1;; n++) {
        counting state = {.fail_at = n};
        trust_allocator allocator = counting_allocator(&state);
        trust_policy *policy = NULL;
        trust_error err = {0};
        trust_status status =
            trust_policy_load_unsigned(text, strlen(text), &allocator, &policy, &err);
        if (state.failed == 0) {
            ck_ok(status);
            ck_assert_uint_ge(n, 20);
            trust_policy_free(policy);
            ck_assert_uint_eq(state.bytes_live, 0);
            break;
        }
        ck_status(status, TRUST_E_NOMEM);
        ck_assert_int_eq(err.code, TRUST_E_NOMEM);
        ck_assert_ptr_null(policy);
        ck_assert_uint_eq(state.bytes_live, 0);
        ck_assert_uint_eq(state.blocks_live, 0);
    }
    free(text);
}
END_TEST

int main(void)
{
    return run_tests(
        "document",
        TESTS(gates_have_several_conditions, reasons_make_gates_final,
              profiles_take_what_they_leave_out_from_the_policy,
              conditions_of_profiles_lie_in_prefix_order, stages_follow_each_other,
              steps_say_what_can_be_asked_for, actions_are_kept_by_cause, overrides_are_bounded,
              calibrations_are_kept, a_dwell_may_grow, signals_tell_all_of_themselves,
              tests_are_kept_as_they_are_written, each_expectation_has_its_shape,
              refusals_say_where_and_what_to_do, random_documents_round_trip, lists_are_limited,
              every_profile_has_parts_of_its_own, findings_and_facts_of_a_test_are_limited,
              the_full_form_stays_within_the_limits, no_memory_is_said_and_nothing_leaks));
}
