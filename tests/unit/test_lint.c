/* The linter: each remark where it is due and only there. test_lint_claims.c tries out what it
 * claims. */

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kind.h"
#include "policy/document/document.h"
#include "result/decision.h"

/* Documents are written with ' for ". */
#define HEAD          "{'trust_policy':1,'id':'p','revision':1,"
#define VERDICTS      "'verdicts':{'allow':300,'step_up':475,'quarantine':650}}"
#define SIGNALS(text) "'signals':{" text "},"
#define ONE(text, top)                                                                             \
    HEAD SIGNALS(text)                                                                             \
    top VERDICTS
#define GATE(id, condition, floor) "{'id':'" id "','if':{" condition "},'floor':'" floor "'}"

/* Of these no remark is made: silence costs the worst, no observer denies, and no group alone is
 * enough for allow. */
#define NETWORK "'place':{'weight':110,'ttl_bad':'4d'},'reputation':{'weight':175,'ttl_bad':'28d'}"
#define SOUND                                                                                      \
    "'attestation':{'weight':300,'absent':'worst'}," NETWORK                                       \
    ",'behaviour':{'weight':200,'ttl_bad':'4d'}"
#define TOP(text)      ONE(SOUND, text ",")
#define GATES(text)    TOP("'gates':[" text "]")
#define PROFILES(text) TOP("'profiles':[" text "]")

/* A profile for locks, and the second part of one for others. */
#define LOCK(numbers)     "{'id':'lock','when':{'attr':'role','eq':'lock'}" numbers "}"
#define WHEN(id, numbers) "{'id':'" id "'" numbers ",'when':"

/* The same where all uncertainty is borne. */
#define CALM                                                                                       \
    "'attestation':{'weight':290,'absent':'worst'}," NETWORK                                       \
    ",'behaviour':{'weight':200,'ttl_bad':'4d'}"

/* A signal of the host beside sound ones, and a gate. */
#define TAMPER(more, condition, floor)                                                             \
    ONE(SOUND ",'a.b':{'weight':100,'scale':'percent'" more "}",                                   \
        "'gates':[" GATE("g", condition, floor) "],")

/* The same, last in every order. */
#define LAST CALM ",'z.z':{'weight':48,'scale':'percent'}"

/* One whose group takes nothing and adds at most so much. */
#define IGNORED        CALM ",'a.b':{'weight':48,'scale':'percent'}"
#define CAPPED(points) "'groups':{'a.b':{'floor':0,'ceiling':" #points "}},"

/* One whose good news takes so many points away, and what is asked for. */
#define FUTILE(points)                                                                             \
    CALM ",'a.b':{'weight':50,'scale':'percent','absent':0,'curve':[[0,-" #points "],[9,50]]}"
#define ALL_OF(name) ASKED(OBTAIN("attestation") "," OBTAIN(name))

/* A signal whose silence costs little. */
#define QUIET "'a.b':{'weight':460,'scale':'percent','absent':{'not_requested':100}}"

/* With an installer, whose silence costs the worst. */
#define STAFFED             SOUND ",'human':{'weight':50,'absent':'worst'}"
#define STAGES(stages, top) ONE(STAFFED, "'stages':[" stages "]," top)
#define ENTER(needs)        "{'id':'enter','needs':[" needs "]},{'id':'run'}"
#define ASKED(names)        "'step_up':[" names "],"
#define OBTAIN(name)        "{'obtain':'" name "'}"

/* One signal that could be anything, beside sound ones; and more at the top. */
#define AND(text, top)                                                                             \
    ONE("'identity':{'weight':500},'a.z':{'weight':40,'scale':'percent'}," text,                   \
        "'groups':{'device':{'floor':-149}}," top)
#define BESIDE(text) AND(text, "")

/* One signal that the best evidence leaves at 50 points. */
#define SHAKY "'identity':{'weight':500},'a.b':{'weight':100,'scale':'percent','reliability':10}"

static const char *json(const char *text)
{
    static char room[8192];
    size_t i = 0;
    for (; text[i] != '\0'; i++)
        room[i] = text[i] == '\'' ? '"' : text[i];
    room[i] = '\0';
    return room;
}

static trust_lint *lint(const char *text)
{
    trust_lint *report = NULL;
    ck_ok(trust_policy_lint(json(text), strlen(text), NULL, &report));
    return report;
}

/* Codes that are always errors, and those that may be notes. */
static const char *const errors[] = {"ALLOW_UNREACHABLE",  "DOES_NOT_LOAD",
                                     "PROFILE_HIDDEN",     "QUARANTINE_WITHOUT_EXIT",
                                     "STAGE_WITHOUT_EXIT", NULL};
static const char *const notes[] = {"OVERRIDE_BYPASSES", "RECORD_SIZE", "SIGNALS_TO_CONTROL",
                                    "WITHHOLDING_GAIN", NULL};

static bool is_one_of(const char *code, const char *const *list)
{
    while (*list != NULL && strcmp(*list, code) != 0)
        list++;
    return *list != NULL;
}

static void check_remark(const trust_lint_remark *r)
{
    bool counts = is_one_of(r->code, notes);
    ck_assert_uint_gt(strlen(r->sentence), 20);
    ck_assert_msg(strchr(r->sentence, '\n') == NULL && strstr(r->sentence, "  ") == NULL, "%s",
                  r->sentence);
    ck_assert(r->severity == TRUST_LINT_ERROR || !is_one_of(r->code, errors));
    ck_assert(r->severity != TRUST_LINT_ERROR || is_one_of(r->code, errors));
    ck_assert(r->severity != TRUST_LINT_NOTE || counts);
    ck_assert(r->number == 0 || counts);
}

/* "CODE where" of every remark that asks for something to be done, one a line; or of every note,
 * with its number. */
static const char *list(const trust_lint *report, bool noted)
{
    static char room[16384];
    size_t used = 0;
    room[0] = '\0';
    for (size_t i = 0; i < trust_lint_count(report); i++) {
        trust_lint_remark r;
        ck_ok(trust_lint_remark_at(report, i, &r));
        check_remark(&r);
        if ((r.severity == TRUST_LINT_NOTE) != noted || strcmp(r.code, "RECORD_SIZE") == 0)
            continue;
        used +=
            (size_t)(noted ? snprintf(room + used, sizeof room - used, "%s %s %d\n", r.code,
                                      r.where, r.number)
                           : snprintf(room + used, sizeof room - used, "%s %s\n", r.code, r.where));
        ck_assert_uint_lt(used, sizeof room);
    }
    return room;
}

static const char *codes(const trust_lint *report)
{
    return list(report, false);
}

typedef struct sample {
    const char *text;
    const char *codes;
    const char *sentence; /* a part of the first remark's that is no note */
} sample;

/* Each code planted alone where it can be, and beside it what just misses it. */
static const sample samples[] = {
    {ONE(SOUND, ""), "", NULL},
    {BESIDE("'place':{'weight':50}"), "", NULL},

    /* WITHHOLDING_GAIN */
    {BESIDE("'human':{'weight':50}"), "WITHHOLDING_GAIN /signals/human\n",
     "keeping human back costs a device up to 25 points less than showing bad news: let \"absent\" "
     "be \"worst\", or add a gate on its absence with the floor quarantine"},
    {BESIDE("'human':{'weight':50,'absent':{'not_requested':49}}"),
     "WITHHOLDING_GAIN /signals/human/absent\n", "up to 1 points less"},
    {BESIDE("'human':{'weight':50,'absent':'worst'}"), "", NULL},
    {BESIDE("'place':{'weight':50,'absent':2}"), "", NULL}, /* nobody can keep it back */
    {AND("'human':{'weight':50}", "'gates':[" GATE("g", "'absent':'human'", "deny") "],"), "",
     NULL},
    {AND("'human':{'weight':50}",
         "'gates':[" GATE("g", "'signal':'human','older':'1d'", "quarantine") "],"),
     "", NULL},
    {AND("'human':{'weight':50}",
         "'gates':[" GATE("g", "'signal':'human','at_least':32", "deny") "],"),
     "WITHHOLDING_GAIN /signals/human\n", NULL},
    {AND("'human':{'weight':50}",
         "'gates':[" GATE("g", "'all':[{'absent':'human'},{'absent':'a.z'}]", "deny") "],"),
     "WITHHOLDING_GAIN /signals/human\n", NULL},
    /* What silence costs is more than allow bears, so that only a stricter floor binds. */
    {ONE("'attestation':{'weight':300}," NETWORK, ""), "WITHHOLDING_GAIN /signals/attestation\n",
     "with the floor deny"},
    {ONE("'attestation':{'weight':300}," NETWORK,
         "'gates':[" GATE("g", "'absent':'attestation'", "quarantine") "],"),
     "WITHHOLDING_GAIN /signals/attestation\nGATE_NEVER_BINDS /gates/0\n", "the floor deny"},
    {ONE("'attestation':{'weight':300}," NETWORK,
         "'gates':[" GATE("g", "'absent':'attestation'", "deny") "],"),
     "", NULL},

    /* ALLOW_UNREACHABLE */
    {ONE("'place':{'weight':100},'a.b':{'weight':200,'scale':'percent'}", ""),
     "ALLOW_UNREACHABLE /verdicts/allow\n", "the risk is still 394,"},
    {TOP("'limits':{'adverse':0}"), "", NULL}, /* every best row is below 0 */
    {ONE(SHAKY, "'limits':{'adverse':49},"), "ALLOW_UNREACHABLE /limits/adverse\n", "limit of 49,"},
    {ONE(SHAKY, "'limits':{'adverse':50},"), "GROUP_BUYS_ALLOW /signals\n", NULL},
    {ONE(SHAKY, "'limits':{'uncertainty':100},"), "ALLOW_UNREACHABLE /limits/uncertainty\n",
     "more uncertainty"},
    {ONE(SHAKY ",'place':{'weight':50}",
         "'gates':[" GATE("g", "'signal':'a.b','at_least_points':40", "step_up") "],"),
     "ALLOW_UNREACHABLE /gates/0\n", "even the best evidence fires the gate g, so"},
    {PROFILES(LOCK(",'base':760")), "ALLOW_UNREACHABLE /profiles/0\n",
     "the risk in the profile lock is still 457,"},
    {PROFILES(LOCK(",'verdicts':{'allow':100}")), "ALLOW_UNREACHABLE /profiles/0/verdicts/allow\n",
     NULL},
    {PROFILES(LOCK(",'limits':{'uncertainty':9}")),
     "ALLOW_UNREACHABLE /profiles/0/limits/uncertainty\n",
     "more uncertainty than the limit allows in the profile lock"},
    /* Once for the default and those that are like it. */
    {TOP("'base':760,'profiles':[" LOCK("") "," WHEN("b", ",'base':450") "{'attr':'x','ge':1}}]"),
     "ALLOW_UNREACHABLE /verdicts/allow\n", NULL},
    /* What is exempt may be better left out than shown at its best. */
    {ONE(SHAKY ",'place':{'weight':9}",
         "'profiles':[" LOCK(
             ",'not_applicable':['a.b'],'limits':{'adverse':0}") "],"
                                                                 "'limits':{'adverse':50},"),
     "", NULL},
    {ONE(SHAKY ",'place':{'weight':150,'reliability':1000}",
         "'profiles':[" LOCK(",'not_applicable':['a.b'],'limits':{'uncertainty':0}") "],"),
     "", NULL},

    {ONE("'identity':{'weight':500},"
         "'z.z':{'weight':100,'scale':'percent','reliability':500,'absent':0},"
         "'place':{'weight':150,'reliability':1000}",
         "'groups':{'device':{'floor':-130}},"
         "'profiles':[" LOCK(",'not_applicable':['z.z'],'limits':{'uncertainty':0}") "],"),
     "", NULL},
    {ONE("'identity':{'weight':500},'z.z':{'weight':100,'scale':'percent','reliability':10},"
         "'place':{'weight':150,'reliability':1000}",
         "'profiles':[" LOCK(",'not_applicable':['z.z'],'limits':{'uncertainty':0}") "],"),
     "", NULL},
    {ONE("'identity':{'weight':500},'z.z':{'weight':100,'scale':'percent','reliability':10},"
         "'place':{'weight':150,'reliability':1000}",
         "'profiles':[" LOCK(",'not_applicable':['place'],'limits':{'uncertainty':0}") "],"),
     "ALLOW_UNREACHABLE /profiles/0/limits/uncertainty\n", NULL},

    /* VERDICT_UNREACHABLE */
    {ONE("'human':{'weight':150,'absent':'worst'}", "'base':300,"),
     "VERDICT_UNREACHABLE /verdicts\nVERDICT_UNREACHABLE /verdicts/quarantine\n",
     "no evidence leads to deny: the risk stays from 225 to 450;"},
    {ONE("'human':{'weight':100,'absent':'worst'}",
         "'limits':{'adverse':100,'uncertainty':1000},'base':200,"),
     "SILENCE_ALLOWS /base\nVERDICT_UNREACHABLE /verdicts\n"
     "VERDICT_UNREACHABLE /verdicts/step_up\nVERDICT_UNREACHABLE /verdicts/quarantine\n",
     NULL},
    {ONE("'human':{'weight':100,'absent':'worst'}",
         "'limits':{'adverse':99,'uncertainty':1000},'base':200,"),
     "VERDICT_UNREACHABLE /verdicts\nVERDICT_UNREACHABLE /verdicts/quarantine\n", NULL},
    {ONE("'human':{'weight':150,'absent':'worst'}",
         "'base':300,'gates':[" GATE("g", "'signal':'human','at_least':96",
                                     "deny") "," GATE("h", "'absent':'human'", "quarantine") "],"),
     "", NULL},
    {ONE("'human':{'weight':150,'absent':'worst'}",
         "'base':300,'stages':[{'id':'in','needs':['human'],'timeout':'1h'},"
         "{'id':'on','needs':['human'],'timeout':'1d','on_timeout':'deny'},{'id':'run'}],"),
     "", NULL},
    {ONE("'human':{'weight':150,'absent':'worst'}",
         "'base':300,'stages':[{'id':'in','needs':['human'],'timeout':'1h'},{'id':'run'}],"),
     "VERDICT_UNREACHABLE /verdicts\n", NULL},
    {ONE("'human':{'weight':150,'absent':'worst'}",
         "'base':300,'stages':[{'id':'in','needs':['human']},{'id':'run'}],"),
     "VERDICT_UNREACHABLE /verdicts\nVERDICT_UNREACHABLE /verdicts/quarantine\n", NULL},
    {ONE("'human':{'weight':400,'absent':'worst'}", "'base':700,"),
     "ALLOW_UNREACHABLE /verdicts/allow\nVERDICT_UNREACHABLE /verdicts/step_up\n", NULL},
    {ONE("'human':{'weight':250,'absent':'worst'}",
         "'base':425,'profiles':[" LOCK(",'base':400") "],"),
     "VERDICT_UNREACHABLE /profiles/0\n",
     "no evidence leads to deny in the profile lock: the risk stays from 275 to 650;"},
    {ONE("'human':{'weight':250,'absent':'worst'}",
         "'base':425,'profiles':[" LOCK(",'base':401") "],"),
     "", NULL},

    {ONE("'human':{'weight':250,'absent':'worst'}",
         "'base':400,'profiles':[" LOCK(",'base':390") "," WHEN("b", ",'base':380") "{'attr':'x',"
                                                                                    "'ge':1}}],"),
     "VERDICT_UNREACHABLE /verdicts\n", NULL}, /* said once for all */

    /* SILENCE_ALLOWS */
    {ONE(QUIET, "'base':200,'limits':{'adverse':100,'uncertainty':1000},"),
     "SILENCE_ALLOWS /base\n", "a device of which nothing is known is allowed: raise base"},
    {ONE(QUIET, "'base':201,'limits':{'adverse':100,'uncertainty':1000},"), "", NULL},
    {ONE(QUIET, "'base':200,'limits':{'adverse':100,'uncertainty':999},"), "", NULL},
    {PROFILES(LOCK(",'base':200,'not_applicable':"
                   "['attestation','place','reputation','behaviour']")),
     "SILENCE_ALLOWS /profiles/0/base\n", "is allowed in the profile lock:"},

    /* Where nothing at all is enough, a group is no better. */
    {PROFILES(
         LOCK(",'base':0,'limits':{'adverse':400,'uncertainty':1000},'verdicts':{'allow':348}")),
     "SILENCE_ALLOWS /profiles/0/base\n", NULL},
    {PROFILES(
         LOCK(",'base':0,'limits':{'adverse':400,'uncertainty':1000},'verdicts':{'allow':347}")),
     "GROUP_BUYS_ALLOW /signals\nGROUP_BUYS_ALLOW /signals\nGROUP_BUYS_ALLOW /signals\n",
     "in the profile lock:"},

    /* QUARANTINE_WITHOUT_EXIT */
    {TOP(ASKED(OBTAIN("behaviour")) "'base':450"), "QUARANTINE_WITHOUT_EXIT /step_up\n",
     "everything that may be asked for still leads to quarantine, so"},
    {TOP(ASKED(OBTAIN("attestation")) "'base':450"), "", NULL},
    {ONE(STAFFED,
         ASKED(OBTAIN("human")) "'gates':[" GATE("g", "'absent':'attestation'", "deny") "],"),
     "QUARANTINE_WITHOUT_EXIT /step_up\n", "still leads to deny, so"},
    {HEAD SIGNALS(SOUND) ASKED(OBTAIN("behaviour")) "'profiles':[" LOCK(
         ",'verdicts':{'step_up':600}") "],'verdicts':{'allow':300,'step_up':700,'quarantine':900}"
                                        "}",
     "QUARANTINE_WITHOUT_EXIT /profiles/0\n", "still leads to quarantine in the profile lock, so"},

    /* OBSERVER_CAN_DENY */
    {BESIDE("'behaviour':{'weight':201}"), "OBSERVER_CAN_DENY /signals/behaviour/weight\n",
     "takes the risk to 651"},
    {BESIDE("'behaviour':{'weight':200}"), "", NULL},
    {BESIDE("'human':{'weight':300,'absent':'worst'}"), "", NULL}, /* a service's word */
    {BESIDE("'a.b':{'weight':300,'scale':'ar4si'}"), "", NULL},    /* who knows whose */
    {GATES(GATE("g", "'signal':'place','at_least':900", "deny")),
     "OBSERVER_CAN_DENY /signals/place/weight\n", "alone denies by a gate"},
    {GATES(GATE("g", "'signal':'place','at_least':900", "quarantine")), "", NULL},
    {GATES(GATE("g",
                "'all':[{'signal':'place','at_least':900},{'signal':'behaviour','at_least':9}]",
                "deny")),
     "", NULL},
    {PROFILES(LOCK(",'base':451")), "OBSERVER_CAN_DENY /signals/behaviour/weight\n",
     "takes the risk to 651 in the profile lock,"},
    {PROFILES(LOCK(",'base':651,'verdicts':{'allow':400}")), "", NULL}, /* denies without it too */

    /* QUORUM_OF_ONE */
    {BESIDE("'place':{'weight':50,'quorum':2}"), "QUORUM_OF_ONE /signals/place/quorum\n",
     "the library has one source of place,"},
    {BESIDE("'place':{'weight':50,'quorum':1}"), "", NULL},
    {BESIDE("'a.b':{'weight':50,'scale':'permille','quorum':8}"), "", NULL},

    /* HALF_LIFE_OVER_TTL, TTL_BAD_SHORT */
    {BESIDE("'place':{'weight':50,'half_life':'3d'}"),
     "HALF_LIFE_OVER_TTL /signals/place/half_life\n", "good news of place"},
    {BESIDE("'place':{'weight':50,'half_life':'2d'}"), "", NULL},
    {BESIDE("'place':{'weight':50,'half_life':'never'}"),
     "HALF_LIFE_OVER_TTL /signals/place/half_life\n", NULL},
    {BESIDE("'place':{'weight':50,'half_life':'never','ttl':'never'}"), "", NULL},
    {BESIDE("'place':{'weight':50,'ttl':'1h'}"), "HALF_LIFE_OVER_TTL /signals/place\n", NULL},
    {BESIDE("'place':{'weight':50,'ttl_bad':'95h'}"), "TTL_BAD_SHORT /signals/place/ttl_bad\n",
     "bad news of place"},
    {BESIDE("'place':{'weight':50,'ttl_bad':'4d'}"), "", NULL},
    {BESIDE("'place':{'weight':50,'ttl_bad':'4d','half_life_bad':'never'}"),
     "TTL_BAD_SHORT /signals/place/ttl_bad\n", NULL},

    /* MARGIN_OVER_GAP, BACKOFF_IDLE */
    {TOP("'hysteresis':{'margin':176},'profiles':[" LOCK(",'base':440") "]"),
     "MARGIN_OVER_GAP /hysteresis/margin\n", NULL},
    {TOP("'hysteresis':{'margin':176},'profiles':[" LOCK(",'verdicts':{'allow':299}") "," WHEN(
         "b", ",'base':430") "{'attr':'role','eq':'b'}}]"),
     "MARGIN_OVER_GAP /hysteresis/margin\nMARGIN_OVER_GAP /profiles/0/verdicts\n", NULL},
    {TOP("'hysteresis':{'margin':175}"), "", NULL},
    {TOP("'hysteresis':{'margin':176}"), "MARGIN_OVER_GAP /hysteresis/margin\n",
     "margin of 176 points is wider than the narrowest verdict, which is 175"},
    {HEAD SIGNALS(SOUND) "'verdicts':{'allow':300,'step_up':320,'quarantine':650}}",
     "MARGIN_OVER_GAP \n", "which is 20"},
    {HEAD SIGNALS(SOUND) "'verdicts':{'allow':300,'step_up':640,'quarantine':655}}",
     "MARGIN_OVER_GAP \n", "which is 15"},
    {PROFILES(LOCK(",'verdicts':{'step_up':324}")), "MARGIN_OVER_GAP /profiles/0/verdicts\n",
     "narrowest verdict in the profile lock, which is 24"},
    {PROFILES(LOCK(",'verdicts':{'step_up':325}")), "", NULL},
    {TOP("'hysteresis':{'backoff':2}"), "BACKOFF_IDLE /hysteresis/backoff\n", "there is none"},
    {TOP("'hysteresis':{'backoff':1}"), "", NULL},
    {TOP("'hysteresis':{'backoff':2,'dwell':'1d'}"), "BACKOFF_IDLE /hysteresis/backoff\n",
     "which is dwell_max already"},
    {TOP("'hysteresis':{'backoff':2,'dwell':'23h'}"), "", NULL},

    /* GATE_NEVER_BINDS */
    {GATES(GATE("g", "'absent':'attestation'", "step_up")), "GATE_NEVER_BINDS /gates/0\n",
     "the gate g fires only where the points alone or a limit are as strict"},
    {GATES(GATE("g", "'absent':'attestation'", "quarantine")), "GATE_NEVER_BINDS /gates/0\n", NULL},
    {GATES(GATE("g", "'absent':'attestation'", "deny")), "", NULL},
    {GATES(GATE("g", "'absent':'place'", "step_up")), "", NULL},
    {GATES(GATE("g", "'signal':'attestation','at_least':96", "step_up")),
     "GATE_NEVER_BINDS /gates/0\n", NULL},
    {GATES(GATE("g", "'signal':'place','at_least':500", "step_up")), "", NULL},
    {GATES(GATE("g", "'signal':'attestation','older':'1903874ms'", "step_up")), "", NULL},
    {GATES(GATE("g", "'signal':'attestation','older':'1903875ms'", "step_up")),
     "GATE_NEVER_BINDS /gates/0\n", NULL},
    {GATES(GATE("g", "'signal':'reputation','at_least_points':126", "step_up")),
     "GATE_NEVER_BINDS /gates/0\n", NULL},
    {GATES(GATE("g", "'signal':'reputation','at_least_points':125", "step_up")), "", NULL},
    {ONE(SOUND ",'a.b':{'weight':100,'scale':'percent','reliability':10,'absent':0}",
         "'gates':[" GATE("g", "'signal':'a.b','at_least_points':2", "step_up") "],"),
     "GATE_NEVER_BINDS /gates/0\n", "the gate g cannot fire, whatever the evidence"},
    {GATES("{'id':'g','if':{'absent':'attestation'},'floor':'step_up','actions':['call']}"), "",
     NULL}, /* it is there for what it asks for */
    {GATES("{'id':'g','if':{'absent':'attestation'},'floor':'step_up','final':true}"),
     "GATE_NEVER_BINDS /gates/0\n", NULL},
    {TOP("'gates':[{'id':'g','if':{'absent':'attestation'},'floor':'step_up','final':true}],"
         "'overrides':{'may_lower_to':'allow'}"),
     "", NULL}, /* it holds against an override */
    /* In one profile silence costs little enough. */
    {TOP("'gates':[" GATE("g", "'absent':'attestation'", "step_up") "],'profiles':[" LOCK(
         ",'base':100,'limits':{'adverse':400,'uncertainty':500}") "]"),
     "", NULL},
    /* Several conditions: all of them together, any of them, so many of them. */
    {GATES(GATE("g", "'all':[{'absent':'place'},{'absent':'attestation'}]", "step_up")),
     "GATE_NEVER_BINDS /gates/0\n", NULL},
    {GATES(GATE("g", "'any':[{'absent':'place'},{'absent':'attestation'}]", "step_up")), "", NULL},
    {GATES(GATE("g",
                "'count':2,'of':[{'absent':'place'},{'absent':'attestation'},"
                "{'absent':'behaviour'}]",
                "step_up")),
     "", NULL},
    {GATES(GATE("g",
                "'count':3,'of':[{'absent':'place'},{'absent':'attestation'},"
                "{'absent':'behaviour'}]",
                "step_up")),
     "GATE_NEVER_BINDS /gates/0\n", NULL},
    {GATES(GATE("g",
                "'all':[{'signal':'reputation','at_least_points':60},"
                "{'signal':'behaviour','at_least_points':15}]",
                "step_up")),
     "", NULL},
    {GATES(GATE("g",
                "'all':[{'signal':'reputation','at_least_points':60},"
                "{'signal':'behaviour','at_least_points':16}]",
                "step_up")),
     "GATE_NEVER_BINDS /gates/0\n", NULL}, /* together more than the limit */

    {GATES(GATE("g",
                "'all':[{'signal':'reputation','at_least_points':60},"
                "{'signal':'reputation','at_least_points':1},"
                "{'signal':'behaviour','at_least_points':16}]",
                "step_up")),
     "GATE_NEVER_BINDS /gates/0\n", NULL},

    /* GATE_COVERED */
    {GATES(GATE("g", "'signal':'place','at_least':500",
                "quarantine") "," GATE("h", "'signal':'place','at_least':600", "step_up")),
     "GATE_COVERED /gates/1\n", "the gate h does nothing that the gate g does not do"},
    {GATES(GATE("g", "'signal':'place','at_least':500",
                "step_up") "," GATE("h", "'signal':'place','at_least':600", "quarantine")),
     "", NULL},
    {GATES(GATE("g", "'absent':'place'", "quarantine") "," GATE("h", "'absent':'place'",
                                                                "quarantine")),
     "GATE_COVERED /gates/1\n", "the gate h"},
    {GATES(GATE("g", "'signal':'place','older':'2h'",
                "quarantine") "," GATE("h", "'absent':'place'", "quarantine")),
     "GATE_COVERED /gates/1\n", NULL},
    {GATES(GATE("g", "'absent':'place'",
                "quarantine") "," GATE("h", "'signal':'place','older':'2d'", "quarantine")),
     "GATE_COVERED /gates/1\n", NULL}, /* what is older than its ttl is absent */
    {GATES(GATE("g", "'absent':'place'",
                "quarantine") "," GATE("h", "'signal':'place','older':'47h'", "quarantine")),
     "GATE_COVERED /gates/0\n", NULL},
    {GATES(GATE("g", "'signal':'place','at_least_points':50",
                "quarantine") "," GATE("h", "'signal':'place','at_least':600", "quarantine")),
     "", NULL},
    {GATES(GATE("g", "'any':[{'absent':'place'},{'absent':'behaviour'}]", "quarantine") "," GATE(
         "h", "'all':[{'absent':'place'},{'absent':'reputation'}]", "quarantine")),
     "GATE_COVERED /gates/1\n", NULL},
    {GATES(GATE("g", "'all':[{'absent':'place'},{'absent':'behaviour'}]", "quarantine") "," GATE(
         "h", "'any':[{'absent':'place'},{'absent':'behaviour'}]", "quarantine")),
     "GATE_COVERED /gates/0\n", NULL},
    {GATES(GATE("g",
                "'count':2,'of':[{'absent':'place'},{'absent':'behaviour'},"
                "{'absent':'reputation'}]",
                "quarantine") "," GATE("h", "'any':[{'absent':'place'},{'absent':'behaviour'}]",
                                       "quarantine")),
     "GATE_COVERED /gates/0\n", NULL}, /* of three all but one */
    {GATES(GATE("g",
                "'count':2,'of':[{'absent':'place'},{'absent':'behaviour'},"
                "{'absent':'reputation'}]",
                "quarantine") "," GATE("h", "'all':[{'absent':'place'},{'absent':'behaviour'}]",
                                       "quarantine")),
     "GATE_COVERED /gates/1\n", NULL},
    {GATES(GATE("g", "'any':[{'signal':'place','at_least':500},{'signal':'place','at_least':700}]",
                "quarantine") "," GATE("h", "'signal':'place','at_least':500", "quarantine")),
     "GATE_COVERED /gates/1\n", NULL},
    {TOP("'gates':[" GATE("g", "'absent':'place'",
                          "quarantine") ",{'id':'h','if':{'absent':'place'},"
                                        "'floor':'quarantine','final':true}],'overrides':{'may_"
                                        "lower_to':'step_up'}"),
     "GATE_COVERED /gates/0\n", NULL}, /* the one that an override does not pass does more */

    /* Whichever two of three hold, one of them is about the place. */
    {GATES(GATE("g", "'absent':'place'",
                "quarantine") "," GATE("h",
                                       "'count':2,'of':[{'absent':'place'},{'absent':'behaviour'},"
                                       "{'signal':'place','older':'3d'}]",
                                       "quarantine")),
     "GATE_COVERED /gates/1\n", NULL},
    {GATES(GATE("g", "'absent':'place'",
                "quarantine") "," GATE("h",
                                       "'count':1,'of':[{'absent':'place'},{'absent':'behaviour'},"
                                       "{'signal':'place','older':'3d'}]",
                                       "quarantine")),
     "GATE_COVERED /gates/0\n", NULL},

    {ONE(SOUND ",'human':{'weight':50,'absent':'worst','half_life':'never','ttl':'never'}",
         "'gates':[" GATE("g", "'absent':'human'", "quarantine") "," GATE(
             "h", "'signal':'human','older':'900d'", "quarantine") "],"),
     "GATE_COVERED /gates/0\n", NULL}, /* what has no ttl is never absent, however old */

    /* GATE_STAYS_SHUT */
    {TAMPER("", "'signal':'a.b','at_least':90", "quarantine"), "GATE_STAYS_SHUT /gates/0\n",
     "the gate g stays shut once it has fired: nothing newer takes the place of bad news of a.b,"},
    {TAMPER("", "'signal':'a.b','at_least':90", "step_up"), "", NULL},
    {TAMPER(",'ttl_bad':'90d'", "'signal':'a.b','at_least':90", "quarantine"), "", NULL},
    {TAMPER("", "'signal':'attestation','at_least':90", "deny"), "", NULL}, /* the latest counts */
    {TAMPER("", "'signal':'a.b','at_least_points':90", "quarantine"), "", NULL}, /* it fades */
    {TAMPER(",'half_life_bad':'never'", "'signal':'a.b','at_least_points':90", "deny"),
     "GATE_STAYS_SHUT /gates/0\n", NULL},
    {TAMPER("", "'all':[{'signal':'a.b','at_least':90},{'absent':'place'}]", "deny"), "",
     NULL}, /* the other opens it */
    {TAMPER("", "'any':[{'signal':'a.b','at_least':90},{'absent':'place'}]", "deny"),
     "GATE_STAYS_SHUT /gates/0\n", NULL},

    /* OVERRIDE_BYPASSES */
    {TOP("'gates':[" GATE("g", "'signal':'attestation','at_least':96",
                          "deny") "],'overrides':{'may_lower_to':'quarantine'}"),
     "OVERRIDE_BYPASSES /gates/0\n",
     "the gate g, whose floor is deny, is passed by an override, down to quarantine:"},
    {TOP("'gates':[" GATE("g", "'signal':'place','at_least':900",
                          "quarantine") "],'overrides':{'may_lower_to':'step_up'}"),
     "", NULL}, /* a note */
    {TOP("'gates':[{'id':'g','if':{'signal':'attestation','at_least':96},'floor':'deny',"
         "'final':true}],'overrides':{'may_lower_to':'allow'}"),
     "", NULL},
    {TOP("'gates':[{'id':'g','if':{'signal':'attestation','at_least':96},'floor':'deny',"
         "'reason':'ATTESTATION_FAILED'}],"
         "'overrides':{'may_lower_to':'allow','never':['ATTESTATION_FAILED']}"),
     "", NULL},
    {TOP("'gates':[{'id':'g','if':{'signal':'attestation','at_least':32},'floor':'deny',"
         "'final':true}," GATE("h", "'signal':'attestation','at_least':96",
                               "deny") "],'overrides':{'may_lower_to':'allow'}"),
     "GATE_COVERED /gates/1\n", NULL}, /* the other is final */

    /* SIGNAL_INERT, SIGNAL_NEVER_DECIDES */
    {BESIDE("'place':{'weight':0}"), "SIGNAL_INERT /signals/place\n", "place adds 0 points"},
    {BESIDE("'place':{'weight':50,'absent':3,'reliability':0}"), "SIGNAL_INERT /signals/place\n",
     "place adds 3 points"},
    {BESIDE("'a.b':{'scale':'percent','weight':50,'absent':{'not_requested':1},'reliability':0}"),
     "", NULL},
    {BESIDE("'place':{'weight':0,'curve':[[0,-9],[9,0]]}"), "", NULL},
    {AND("'place':{'weight':0}", "'gates':[" GATE("g", "'absent':'place'", "deny") "],"), "", NULL},
    {ONE(SOUND ",'a.b':{'weight':0,'scale':'percent'}",
         "'stages':[{'id':'in','needs':['a.b']},{'id':'run'}],"),
     "", NULL},
    {ONE(IGNORED, "'limits':{'adverse':789,'uncertainty':1000}," CAPPED(0)),
     "SIGNAL_NEVER_DECIDES /signals/a.b\n", "no verdict depends on a.b, whatever else is known"},
    {ONE(IGNORED, "'limits':{'adverse':788,'uncertainty':1000}," CAPPED(0)), "", NULL},
    {ONE(IGNORED, "'limits':{'adverse':789,'uncertainty':999}," CAPPED(0)), "", NULL},
    {ONE(IGNORED, "'limits':{'adverse':789,'uncertainty':1000}," CAPPED(1)), "", NULL},
    {ONE(IGNORED, "'limits':{'adverse':789,'uncertainty':1000}," CAPPED(0) "'gates':[" GATE(
                      "g", "'absent':'a.b'", "quarantine") "],"),
     "", NULL},
    {ONE(IGNORED, "'limits':{'adverse':789,'uncertainty':1000}," CAPPED(0) "'gates':[" GATE(
                      "g", "'all':[{'absent':'a.b'},{'absent':'attestation'}]", "quarantine") "],"),
     "SIGNAL_NEVER_DECIDES /signals/a.b\nGATE_NEVER_BINDS /gates/0\n", NULL},
    {ONE(IGNORED, "'limits':{'adverse':789,'uncertainty':1000}," CAPPED(
                      0) "'stages':[{'id':'in','needs':['a.b']},{'id':'run'}],"),
     "", NULL},
    {ONE(IGNORED, "'limits':{'adverse':789,'uncertainty':1000}," CAPPED(0) "'profiles':[" LOCK(
                      ",'limits':{'adverse':0}") "],"),
     "", NULL},

    {ONE(LAST, "'limits':{'adverse':789,'uncertainty':1000},"
               "'groups':{'z.z':{'floor':0,'ceiling':0}},"),
     "SIGNAL_NEVER_DECIDES /signals/z.z\n", NULL},

    {ONE(SOUND ",'z.z':{'weight':0,'scale':'percent'}",
         "'gates':[" GATE("g", "'all':[{'absent':'z.z'},{'absent':'attestation'}]",
                          "quarantine") "],"),
     "SIGNAL_NEVER_DECIDES /signals/z.z\nGATE_NEVER_BINDS /gates/0\n", NULL},

    /* GROUP_BUYS_ALLOW */
    {ONE("'identity':{'weight':700},'place':{'weight':50}", ""), "GROUP_BUYS_ALLOW /signals\n",
     "the group device alone, with silence from all others"},
    {ONE("'identity':{'weight':700},'place':{'weight':50}", "'groups':{'device':{'floor':-157}},"),
     "GROUP_BUYS_ALLOW /groups/device\n", "allows at a risk of 300"},
    {ONE("'identity':{'weight':700},'place':{'weight':50}", "'groups':{'device':{'floor':-156}},"),
     "", NULL},
    {ONE("'identity':{'weight':700}", ""), "", NULL}, /* there is no other evidence */

    /* PROFILE_HIDDEN */
    {PROFILES(LOCK(",'base':440") "," WHEN("b", ",'base':430") "{'attr':'role','eq':'lock'}}"),
     "PROFILE_HIDDEN /profiles/1\n", "the profile b is never chosen, since lock before it holds"},
    {PROFILES(LOCK(",'base':440") "," WHEN("b", ",'base':430") "{'attr':'role','eq':'gate'}}"), "",
     NULL},

    /* PROFILE_IDLE */
    {PROFILES(LOCK("")), "PROFILE_IDLE /profiles/0\n", "the profile lock changes nothing:"},
    {PROFILES(LOCK(",'base':450,'verdicts':{'step_up':475}")), "PROFILE_IDLE /profiles/0\n", NULL},
    {PROFILES(LOCK(",'base':449")), "", NULL},
    {PROFILES(LOCK(",'verdicts':{'quarantine':651}")), "", NULL},
    {PROFILES(LOCK(",'limits':{'uncertainty':401}")), "", NULL},
    {PROFILES(LOCK(",'not_applicable':['behaviour']")), "", NULL},
    /* It keeps locks from the next. */
    {PROFILES(LOCK("") "," WHEN("b", ",'base':430") "{'attr':'role','prefix':'l'}}"), "", NULL},
    {PROFILES(WHEN("b", ",'base':430") "{'attr':'role','prefix':'g'}}," LOCK("")),
     "PROFILE_IDLE /profiles/1\n", NULL},

    /* STAGE_WITHOUT_EXIT */
    {STAGES(ENTER("'human'"), ASKED(OBTAIN("attestation"))), "STAGE_WITHOUT_EXIT /stages/0/needs\n",
     "the stage enter is never left: it needs human, which may not be asked for; let step_up"},
    {STAGES(ENTER("'human'"), ASKED(OBTAIN("attestation") "," OBTAIN("human"))), "", NULL},
    {STAGES(ENTER("'human'"), ""), "", NULL},
    {ONE(SOUND ",'human':{'weight':50,'absent':'worst','curve':[[1,-9],[2,1],[9,50]]}",
         "'stages':[" ENTER("'human'") "],"),
     "STAGE_WITHOUT_EXIT /stages/0/needs\n", "of which even the best answer, 2, costs points"},
    {ONE(SOUND ",'human':{'weight':50,'absent':'worst','curve':[[1,-9],[2,0],[9,50]]}",
         "'stages':[" ENTER("'human'") "],"),
     "", NULL},

    {ONE("'attestation':{'weight':300,'absent':'worst','curve':[[2,-200],[3,1],[96,300]]}," NETWORK
         ",'behaviour':{'weight':200,'ttl_bad':'4d'},"
         "'human':{'weight':50,'absent':'worst','curve':[[1,-9],[2,1],[9,50]]}",
         "'stages':[" ENTER("'attestation','human'") "],"),
     "STAGE_WITHOUT_EXIT /stages/0/needs\n", "it needs human, of which"},
    {STAGES(ENTER("'attestation','human'"), ASKED(OBTAIN("attestation"))),
     "STAGE_WITHOUT_EXIT /stages/0/needs\n", "it needs human, which may not be asked for"},

    /* NEED_NOT_ASKED */
    {STAGES(ENTER("'place'"), ASKED(OBTAIN("attestation"))), "NEED_NOT_ASKED /stages/0/needs\n",
     "the stage enter needs place, which may not be asked for: a device waits there"},
    {STAGES(ENTER("'place'"), ASKED(OBTAIN("attestation") "," OBTAIN("place"))), "", NULL},

    /* STAGE_NEED_EXEMPT */
    {STAGES(ENTER("'human'"), "'profiles':[" LOCK(",'not_applicable':['human']") "],"),
     "STAGE_NEED_EXEMPT /stages/0/needs\n",
     "the stage enter needs human, which does not apply in the profile lock:"},
    {STAGES(ENTER("'human'"), "'profiles':[" LOCK(",'not_applicable':['place']") "],"), "", NULL},

    /* STAGE_NEVER_REACHED */
    {STAGES("{'id':'a','needs':['human'],'next':'c'},{'id':'b'},{'id':'c'}", ""),
     "STAGE_NEVER_REACHED /stages/1\n", "the stage b is skipped by the \"next\" of every stage"},
    {STAGES("{'id':'a','needs':['human'],'next':'b'},{'id':'b'},{'id':'c'}", ""), "", NULL},

    /* LAST_STAGE_OPEN */
    {STAGES("{'id':'a','needs':['human']},{'id':'b','needs':['attestation']}", ""),
     "LAST_STAGE_OPEN /stages/1/needs\n",
     "the stage b is the last, where onboarding is over, so its needs are not looked at"},
    {STAGES("{'id':'a','needs':['human']},{'id':'b','timeout':'1h'}", ""),
     "LAST_STAGE_OPEN /stages/1/timeout\n", "its timeout is not looked at"},
    {STAGES("{'id':'a','needs':['human']},{'id':'b','needs':['attestation']},{'id':'c'}", ""), "",
     NULL},

    /* STEP_UP_FUTILE */
    {ONE(FUTILE(0), ALL_OF("a.b") "'limits':{'uncertainty':1000},"),
     "STEP_UP_FUTILE /step_up/1/obtain\n", "good news of a.b is worth no more than silence,"},
    {ONE(FUTILE(0), ALL_OF("place") "'limits':{'uncertainty':1000},"), "", NULL},
    {ONE(FUTILE(1), ALL_OF("a.b") "'limits':{'uncertainty':1000},"), "", NULL},
    {ONE(FUTILE(0), ALL_OF("a.b") "'limits':{'uncertainty':999},"), "", NULL},
    {ONE(FUTILE(0), ALL_OF("a.b") "'limits':{'uncertainty':1000},"
                                  "'profiles':[" LOCK(",'limits':{'uncertainty':0}") "],"),
     "ALLOW_UNREACHABLE /profiles/0/limits/uncertainty\n", NULL},
    {ONE(FUTILE(0), ALL_OF("a.b") "'limits':{'uncertainty':1000},"
                                  "'gates':[" GATE("g", "'absent':'a.b'", "step_up") "],"),
     "", NULL},
    {ONE(FUTILE(0), ALL_OF("a.b") "'limits':{'uncertainty':1000},"
                                  "'stages':[{'id':'in','needs':['a.b']},{'id':'run'}],"),
     "", NULL},
    /* A newer approval takes the place of a refusal. */
    {ONE(SOUND ",'human':{'weight':0,'curve':[[0,0],[9,0]]}", ALL_OF("human")),
     "SIGNAL_INERT /signals/human\nSTEP_UP_FUTILE /step_up/1/obtain\n", NULL},
    {ONE(CALM ",'human':{'weight':20,'absent':{'not_requested':0},'curve':[[0,0],[9,20]]}",
         ALL_OF("human") "'limits':{'uncertainty':1000},"),
     "WITHHOLDING_GAIN /signals/human/absent\n", NULL},

    /* ACTION_NEVER_REACHED */
    {TOP("'base':760,'actions':{'allow':['open']}"),
     "ACTION_NEVER_REACHED /actions/allow\nALLOW_UNREACHABLE /verdicts/allow\n",
     "nothing leads to the action open, since nothing is ever allowed"},
    {TOP("'base':760,'actions':{'allow':['open']},'overrides':{'may_lower_to':'allow'}"),
     "ALLOW_UNREACHABLE /verdicts/allow\n", NULL},
    {TOP("'base':760,'actions':{'allow':['open']},'profiles':[" LOCK(",'base':450") "]"),
     "ALLOW_UNREACHABLE /verdicts/allow\n", NULL},
    {TOP("'actions':{'allow':['open'],'deny':['drop']}"), "", NULL},
    {STAGES("{'id':'a','needs':['human'],'next':'c'},{'id':'b','actions':['wait']},{'id':'c'}", ""),
     "STAGE_NEVER_REACHED /stages/1\nACTION_NEVER_REACHED /stages/1/actions\n", NULL},
};

/* A part of the sentence of the first remark that is no note. */
static bool says(const trust_lint *report, const char *sentence)
{
    trust_lint_remark r = {.severity = TRUST_LINT_NOTE};
    for (size_t i = 0; r.severity == TRUST_LINT_NOTE; i++)
        ck_ok(trust_lint_remark_at(report, i, &r));
    return strstr(r.sentence, sentence) != NULL;
}

START_TEST(remarks_where_they_are_due)
{
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const sample *s = &samples[i];
        trust_lint *report = lint(s->text);
        const char *got = codes(report);
        ck_assert_msg(strcmp(got, s->codes) == 0, "%zu: %s\n%s", i, s->text, got);
        ck_assert_msg(s->sentence == NULL || says(report, s->sentence), "%zu: %s", i, s->text);
        trust_lint_free(report);
    }
}
END_TEST

/* Signals that are alike, where all is borne; and caps for the first two of them. */
#define ALIKE(name)                                                                                \
    "'a." name "':{'weight':100,'scale':'percent','absent':'worst','curve':[[0,-100],[100,100]]"
#define FOUR                                                                                       \
    ALIKE("1")                                                                                     \
    ",'group':'g'}," ALIKE("2") ",'group':'g'}," ALIKE("3") ",'group':'h'}," ALIKE(                \
        "4") ",'group':'h'}"
#define BORNE "'limits':{'adverse':1000,'uncertainty':1000},"
#define PAIRS "'groups':{'g':{'ceiling':120,'floor':-100}},"

/* Notes, with their numbers; but for the size of a record, which every document gets. */
static const sample noted[] = {
    {ONE(SOUND, ""), "SIGNALS_TO_CONTROL  3\nWITHHOLDING_GAIN /signals/attestation/absent 0\n",
     "keeping attestation back costs a device as much as the worst news"},
    {BESIDE("'place':{'weight':9}"),
     "SIGNALS_TO_CONTROL  3\nWITHHOLDING_GAIN /signals/identity 0\n",
     "with all others as bad as can be, 3 of 3 signals must be good before a device is allowed"},

    /* What is gained is told where it is accepted, too. */
    {AND("'human':{'weight':50}", "'gates':[" GATE("g", "'absent':'human'", "deny") "],"),
     "SIGNALS_TO_CONTROL  3\nWITHHOLDING_GAIN /signals/identity 0\n"
     "WITHHOLDING_GAIN /signals/human 25\n",
     "25 points less than showing bad news, but earns nothing milder than deny"},
    {ONE("'human':{'weight':400,'absent':399},'place':{'weight':40}", ""),
     "SIGNALS_TO_CONTROL  1\nWITHHOLDING_GAIN /signals/human/absent 1\n",
     "up to 1 points less than showing bad news, but earns nothing milder than deny"},
    {ONE("'human':{'weight':400,'absent':{'not_requested':390,'refused':390}}", ""),
     "SIGNALS_TO_CONTROL  1\nWITHHOLDING_GAIN /signals/human/absent 10\n", NULL},

    /* How many signals, where their points, a limit, or a gate decide; and for whom. */
    {TOP("'limits':{'adverse':400}"),
     "SIGNALS_TO_CONTROL  3\nWITHHOLDING_GAIN /signals/attestation/absent 0\n", NULL},
    {TOP("'limits':{'adverse':0}"),
     "SIGNALS_TO_CONTROL  4\nWITHHOLDING_GAIN /signals/attestation/absent 0\n", NULL},
    {GATES(GATE("g", "'signal':'place','at_least':900", "step_up")),
     "SIGNALS_TO_CONTROL  4\nWITHHOLDING_GAIN /signals/attestation/absent 0\n", NULL},
    {PROFILES(LOCK(",'limits':{'adverse':0}")),
     "SIGNALS_TO_CONTROL  3\nWITHHOLDING_GAIN /signals/attestation/absent 0\n"
     "SIGNALS_TO_CONTROL /profiles/0 4\n",
     "4 of 4 signals must be good before a device is allowed in the profile lock"},
    {PROFILES(LOCK(",'base':760")),
     "SIGNALS_TO_CONTROL  3\nWITHHOLDING_GAIN /signals/attestation/absent 0\n", NULL},
    {ONE("'place':{'weight':180,'absent':'worst'},'behaviour':{'weight':50,'absent':'worst'},"
         "'human':{'weight':170,'absent':'worst'},'attestation':{'weight':240,'absent':'worst'}",
         "'base':300,'limits':{'adverse':220,'uncertainty':1000},"),
     "SIGNALS_TO_CONTROL  2\nWITHHOLDING_GAIN /signals/human/absent 0\n"
     "WITHHOLDING_GAIN /signals/attestation/absent 0\n",
     "at least 2 and at most 3 of 4 signals must be good"},

    /* Any two of four; then two of one group, or more of both. */
    {ONE(FOUR, BORNE "'base':300,"), "SIGNALS_TO_CONTROL  2\n", "2 of 4 signals must be good"},
    {ONE(FOUR, BORNE "'base':301,"), "SIGNALS_TO_CONTROL  3\n", "3 of 4 signals must be good"},
    {ONE(FOUR, BORNE PAIRS "'base':380,"), "SIGNALS_TO_CONTROL  2\n",
     "at least 2 and at most 3 of 4 signals must be good"},
    {ONE(FOUR, BORNE PAIRS "'base':381,"), "SIGNALS_TO_CONTROL  3\n",
     "3 of 4 signals must be good"},

    {ONE(FOUR ",'a.9':{'weight':200,'scale':'percent','absent':'worst','group':'z'}",
         BORNE "'base':300,'groups':{'z':{'floor':0,'ceiling':0}},"),
     "SIGNALS_TO_CONTROL  2\n", "be, 2 of 5 signals must be good"}, /* the heaviest is no help */

    /* What an override passes that does not deny. */
    {TOP("'gates':[" GATE("g", "'signal':'place','at_least':900",
                          "quarantine") "],'overrides':{'may_lower_to':'step_up'}"),
     "SIGNALS_TO_CONTROL  4\nWITHHOLDING_GAIN /signals/attestation/absent 0\n"
     "OVERRIDE_BYPASSES /gates/0 0\n",
     "the gate g, whose floor is quarantine, is passed by an override, down to step_up:"},
    {TOP("'gates':[" GATE("g", "'signal':'place','at_least':900",
                          "quarantine") "],'overrides':{'may_lower_to':'quarantine'}"),
     "SIGNALS_TO_CONTROL  4\nWITHHOLDING_GAIN /signals/attestation/absent 0\n", NULL},
};

/* A part of the sentence of any remark. */
static bool any_says(const trust_lint *report, const char *sentence)
{
    bool said = false;
    for (size_t i = 0; i < trust_lint_count(report); i++) {
        trust_lint_remark r;
        ck_ok(trust_lint_remark_at(report, i, &r));
        said |= strstr(r.sentence, sentence) != NULL;
    }
    return said;
}

/* Whether the first condition holds wherever the second does, as far as that is proven. */
static const struct {
    const char *earlier;
    const char *later;
    bool hides;
} conditions[] = {
#define X(rest) "{'attr':'x'," rest "}"
    {X("'eq':'a'"), X("'in':['a']"), true},
    {X("'in':['a','b']"), X("'eq':'b'"), true},
    {X("'in':['a','b']"), X("'in':['b','a']"), true},
    {X("'eq':'a'"), X("'in':['a','b']"), false},
    {X("'in':['b','c']"), X("'in':['a','b']"), false},
    {"{'attr':'y','eq':'a'}", X("'eq':'a'"), false},
    {X("'prefix':'a'"), X("'in':['a','ab']"), true},
    {X("'prefix':'a'"), X("'in':['ab','b']"), false},
    {X("'prefix':'a'"), X("'prefix':'ab'"), true},
    {X("'prefix':'ab'"), X("'prefix':'a'"), false},
    {X("'eq':'a'"), X("'prefix':'a'"), false},
    {X("'ge':3"), X("'ge':3"), true},
    {X("'ge':3"), X("'ge':2"), false},
    {X("'le':3"), X("'le':3"), true},
    {X("'le':3"), X("'le':4"), false},
    {X("'ge':3"), X("'le':5"), false},
    {X("'ge':3"), X("'eq':'5'"), false}, /* not proven */
    {"{'all':[" X("'prefix':'l'") "," X("'prefix':'lo'") "]}", X("'eq':'lock'"), true},
    {"{'all':[" X("'prefix':'l'") "," X("'prefix':'x'") "]}", X("'eq':'lock'"), false},
    {"{'all':[" X("'prefix':'x'") "," X("'prefix':'l'") "]}", X("'eq':'lock'"), false},
    {"{'any':[" X("'eq':'x'") "," X("'eq':'lock'") "]}", X("'eq':'lock'"), true},
    {"{'any':[" X("'eq':'lock'") "," X("'eq':'x'") "]}", X("'eq':'lock'"), true},
    {"{'any':[" X("'eq':'y'") "," X("'eq':'x'") "]}", X("'eq':'lock'"), false},
    {X("'in':['a','b']"), "{'any':[" X("'eq':'a'") "," X("'eq':'b'") "]}", true},
    {X("'eq':'a'"), "{'any':[" X("'eq':'a'") "," X("'eq':'b'") "]}", false},
    {X("'eq':'b'"), "{'any':[" X("'eq':'a'") "," X("'eq':'b'") "]}", false},
    {X("'eq':'a'"), "{'all':[" X("'ge':1") "," X("'eq':'a'") "]}", true},
    {X("'eq':'a'"), "{'all':[" X("'eq':'a'") "," X("'ge':1") "]}", true},
    {X("'eq':'a'"), "{'all':[" X("'ge':1") "," X("'le':1") "]}", false},
    {"{'not':" X("'ge':5") "}", "{'not':" X("'ge':3") "}", true},
    {"{'not':" X("'ge':3") "}", "{'not':" X("'ge':5") "}", false},
    {X("'ge':3"), "{'not':" X("'ge':3") "}", false},
    {"{'not':" X("'ge':3") "}", X("'ge':3"), false},
    {"{'any':[" X("'eq':'z'") "," X("'eq':'a'") "]}", "{'all':[" X("'ge':1") "," X("'eq':'a'") "]}",
     true},
    {"{'all':[" X("'eq':'a'") "," X("'ge':1") "]}", "{'all':[" X("'ge':2") "," X("'eq':'a'") "]}",
     true},
    {"{'any':[" X("'eq':'a'") "," X("'ge':1") "]}", "{'any':[" X("'ge':2") "," X("'eq':'a'") "]}",
     true},
    /* Children of children are no children. */
    {X("'eq':'b'"), "{'all':[{'any':[" X("'eq':'a'") "," X("'eq':'b'") "]}," X("'eq':'c'") "]}",
     false},
    {X("'eq':'c'"), "{'all':[{'any':[" X("'eq':'a'") "," X("'eq':'b'") "]}," X("'eq':'c'") "]}",
     true},
    {X("'eq':'c'"), "{'all':[{'not':" X("'eq':'c'") "}," X("'eq':'d'") "]}", false},
    {X("'eq':'d'"), "{'all':[{'not':" X("'eq':'c'") "}," X("'eq':'d'") "]}", true},
#undef X
};

static const char *two_profiles(const char *earlier, const char *later)
{
    static char text[16384];
    snprintf(text, sizeof text,
             HEAD SIGNALS(SOUND) "'profiles':[{'id':'a','base':440,'when':%s},"
                                 "{'id':'b','base':430,'when':%s}]," VERDICTS,
             earlier, later);
    return text;
}

START_TEST(an_earlier_profile_hides_a_later_one)
{
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        trust_lint *report = lint(two_profiles(conditions[i].earlier, conditions[i].later));
        ck_assert_msg(
            strcmp(codes(report), conditions[i].hides ? "PROFILE_HIDDEN /profiles/1\n" : "") == 0,
            "%zu: %s", i, codes(report));
        trust_lint_free(report);
    }
}
END_TEST

/* Conditions in conditions, to the given depth: three in each, five facts in the innermost. */
static void put_nested(tri_text *text, const char *op, int depth, int *fact)
{
    int count = depth == 0 ? 5 : 3;
    tri_text_str(text, op);
    for (int i = 0; i < count; i++) {
        tri_text_str(text, i > 0 ? "," : "");
        if (depth > 0) {
            put_nested(text, op, depth - 1, fact);
            continue;
        }
        tri_text_str(text, "{'attr':'x','ge':");
        tri_text_int(text, (*fact)++);
        tri_text_str(text, "}");
    }
    tri_text_str(text, "]}");
}

/* The search for a proof ends, and without one nothing is claimed. */
START_TEST(nested_conditions_take_no_time)
{
    static char all[4096], any[4096];
    tri_text first = tri_text_begin(any, sizeof any), second = tri_text_begin(all, sizeof all);
    int fact = 1000;
    put_nested(&second, "{'all':[", 2, &fact);
    put_nested(&first, "{'any':[", 2, &fact); /* no fact is as high as these */
    ck_ok(tri_text_end(&first, NULL));
    ck_ok(tri_text_end(&second, NULL));
    trust_lint *report = lint(two_profiles(any, all));
    ck_assert_str_eq(codes(report), "");
    trust_lint_free(report);
}
END_TEST

START_TEST(notes_tell_numbers)
{
    for (size_t i = 0; i < sizeof noted / sizeof noted[0]; i++) {
        const sample *s = &noted[i];
        trust_lint *report = lint(s->text);
        const char *got = list(report, true);
        ck_assert_msg(strcmp(got, s->codes) == 0, "%zu: %s\n%s", i, s->text, got);
        ck_assert_msg(s->sentence == NULL || any_says(report, s->sentence), "%zu: %s", i, s->text);
        trust_lint_free(report);
    }
}
END_TEST

/* ---- the record of a decision ---- */

/* Numbers as wide as can be, and lists as long. */
static void fill_numbers(trust_decision *d)
{
    trust_decision_info *n = &d->info;
    memset(n, 0xEE, sizeof *n);
    memset(d->findings, 0xEE, sizeof d->findings);
    memset(d->rows, 0xEE, sizeof d->rows);
    memset(d->device, 'd', sizeof d->device - 1);
    n->summary.since = n->summary.stage_since = n->decided = n->valid_until = INT64_MIN;
    n->policy_revision = INT64_MAX;
    n->row_count = n->need_count = n->step_count = n->action_count = 0;
    n->finding_count = TRI_DECISION_FINDINGS;
    n->item_count = TRI_DECISION_ITEMS;
    d->input_count = TRI_DECISION_INPUTS;
    for (size_t i = 0; i < TRI_DECISION_FINDINGS; i++)
        d->findings[i].time = d->findings[i].expected = d->findings[i].seen = INT64_MIN;
    for (size_t i = 0; i < TRI_DECISION_INPUTS; i++)
        d->inputs[i].revision = INT64_MAX;
    for (size_t i = 0; i < TRI_DECISION_ITEMS; i++)
        d->items[i].origin = d->items[i].state = d->items[i].reason = UINT32_MAX;
}

static void fill_row(trust_decision *d, const char *name)
{
    d->row_names[d->info.row_count++] = tri_decision_word(d, name);
}

static void fill_step(trust_decision *d, const trust_policy *policy)
{
    tri_step *step = &d->steps[d->info.step_count++];
    *step = (tri_step){.can_reach = UINT32_MAX, .cost = UINT32_MAX};
    for (uint32_t i = 0; i < policy->signal_count; i++) {
        step->signals[i].obtain = tri_decision_word(d, policy->signals[i].name);
        step->signals[i].action = tri_decision_word(d, policy->signals[i].action);
        step->signals[i].kind = UINT32_MAX;
        step->count++;
    }
}

/* Names as the policy has them, texts of others as long as can be. */
static void fill_texts(trust_decision *d, const trust_policy *policy)
{
    char type[128] = {0}, source[64] = {0};
    memset(type, 't', 127);
    memset(source, 's', 63);
    for (size_t i = 0; i < TRI_DECISION_ITEMS; i++)
        d->items[i].type = tri_decision_word(d, type);
    for (size_t i = 0; i < TRI_DECISION_INPUTS; i++)
        d->inputs[i].kind = tri_decision_word(d, source);
    d->policy_id = tri_decision_word(d, policy->id);
    d->profile = tri_decision_word(d, policy->profiles[0].id);
    d->stage = tri_decision_word(d, policy->stages[0].id);
    fill_row(d, "base");
    for (uint32_t i = 0; i < policy->signal_count; i++) {
        fill_row(d, policy->signals[i].name);
        d->needs[i].kind = UINT32_MAX;
        d->needs[d->info.need_count++].name = tri_decision_word(d, policy->signals[i].name);
    }
    for (uint32_t i = 0; i < policy->group_count; i++)
        fill_row(d, policy->groups[i].row);
    fill_row(d, "clamp");
    for (uint32_t i = 0; i < TRI_DECISION_STEPS; i++)
        fill_step(d, policy);
    for (uint32_t i = 0; i < policy->action_count; i++)
        d->actions[d->info.action_count++] =
            (tri_response){tri_decision_word(d, policy->actions[i].name), UINT32_MAX, UINT32_MAX};
}

static size_t record_size(const char *text)
{
    size_t size = 0;
    trust_lint *report = lint(text);
    for (size_t i = 0; i < trust_lint_count(report); i++) {
        trust_lint_remark r;
        ck_ok(trust_lint_remark_at(report, i, &r));
        if (strcmp(r.code, "RECORD_SIZE") == 0)
            size = (size_t)r.number;
    }
    trust_lint_free(report);
    return size;
}

#define LONG "a.long-name-for-a-signal-of-the-host"

/* No decision is larger than the note says, and one is nearly as large: heads of short texts and
 * lists take a byte less than they may. */
START_TEST(no_record_is_larger)
{
    static const char text[] =
        ONE("'" LONG "':{'weight':700,'scale':'percent'}",
            "'profiles':[{'id':'a-profile-with-a-long-name','when':{'attr':'x','eq':'y'}},"
            "{'id':'short','when':{'attr':'x','eq':'z'}}],"
            "'stages':[{'id':'a-stage-that-has-a-long-name','actions':['send-somebody-to-look']},"
            "{'id':'next'}],");
    static uint8_t record[65536];
    trust_policy *policy = NULL;
    trust_allocator allocator = tri_allocator(NULL);
    trust_decision *d = tri_decision_new(&allocator, (tri_keeper){NULL, NULL});
    size_t need;
    ck_ok(trust_policy_load_unsigned(json(text), strlen(text), NULL, &policy, NULL));
    fill_numbers(d);
    fill_texts(d, policy);
    ck_ok(tri_outcome_encode(d, record, sizeof record, &need));
    size_t size = record_size(text);
    ck_assert_uint_ge(size, need);
    ck_assert_uint_le(size - need, 24);
    trust_decision_free(d);
    trust_policy_free(policy);
}
END_TEST

/* What a part of a document adds to it: names with a head of two bytes, small numbers of five. */
START_TEST(each_part_adds_to_the_record)
{
    enum { STEP = 8 * 37 }; /* of eight steps, one signal with the longest words */
    static const struct {
        const char *text;
        int64_t more;
    } parts[] = {
        {TOP("'base':450"), 0},
        {TOP("'actions':{'deny':['abcd','ef']}"), 17 + 15},
        {GATES("{'id':'g','if':{'absent':'place'},'floor':'deny','actions':['abcd']}"), 17},
        {PROFILES(LOCK(",'base':1")), 0}, /* "default" is longer */
        {PROFILES(WHEN("longer-one", ",'base':1") "{'attr':'x','eq':'y'}}," LOCK(",'base':2")), 3},
        {TOP("'stages':[{'id':'abc'},{'id':'abcdef'},{'id':'a'}]"), 6},
        {ONE(SOUND ",'a.b':{'weight':9,'scale':'percent'}", ""), 46 + 11 + 50 + STEP},
        {TOP(ASKED(OBTAIN("attestation")) "'base':450"), -3 * STEP},
        {TOP(ASKED("{'obtain':'attestation','action':'ask-for-it-loudly'}") "'base':450"),
         -3 * STEP + 8},
    };
    int64_t plain = (int64_t)record_size(TOP("'base':450"));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int64_t more = (int64_t)record_size(parts[i].text) - plain;
        ck_assert_msg(more == parts[i].more, "%zu: %d", i, (int)more);
    }
}
END_TEST

/* ---- the manual ---- */

static char *manual(void)
{
    size_t len;
    char *text = (char *)read_file(project_path("docs/policy.md"), &len);
    ck_assert_ptr_nonnull(text);
    return text;
}

static const char *section(const char *text)
{
    const char *start = strstr(text, "\n## What the linter says\n");
    ck_assert_ptr_nonnull(start);
    return start;
}

/* The manual's first example gets the three warnings that it tells of, the section's own none. */
START_TEST(the_manual_tells_the_truth)
{
    static const char fence[] = "```json policy\n";
    static const char *const expected[] = {"WITHHOLDING_GAIN /signals/attestation\n"
                                           "OBSERVER_CAN_DENY /signals/behaviour/weight\n"
                                           "WITHHOLDING_GAIN /signals/human\n",
                                           ""};
    char *text = manual();
    const char *places[] = {text, section(text)};
    for (size_t i = 0; i < 2; i++) {
        trust_lint *report = NULL;
        const char *start = strstr(places[i], fence) + strlen(fence);
        ck_ok(trust_policy_lint(start, (size_t)(strstr(start, "```") - start), NULL, &report));
        ck_assert_str_eq(codes(report), expected[i]);
        trust_lint_free(report);
    }
    free(text);
}
END_TEST

#define MAX_CODES 64

typedef struct names {
    char names[MAX_CODES][40];
    size_t count;
} names;

static bool has_name(const names *n, const char *name, size_t len)
{
    for (size_t i = 0; i < n->count; i++)
        if (strlen(n->names[i]) == len && strncmp(n->names[i], name, len) == 0)
            return true;
    return false;
}

static void add_name(names *n, const char *name)
{
    size_t len = strcspn(name, " ");
    if (has_name(n, name, len))
        return;
    ck_assert(n->count < MAX_CODES && len < sizeof n->names[0]);
    memcpy(n->names[n->count], name, len);
    n->names[n->count++][len] = '\0';
}

/* The codes of what is expected of samples: one a line, up to the space. */
static void add_expected(names *n, const char *lines)
{
    for (; *lines != '\0'; lines = strchr(lines, '\n') + 1)
        add_name(n, lines);
}

/* Every code has a row, and a document that is planted with it; and no other has a row. */
START_TEST(the_manual_knows_every_code)
{
    char *text = manual();
    const char *row = section(text), *end = strstr(row + 4, "\n## ");
    names rows = {.count = 0}, planted = {.count = 0};
    while ((row = strstr(row, "\n| ")) != NULL && row < end) {
        row += 3;
        if (*row >= 'A' && *row <= 'Z')
            add_name(&rows, row);
    }
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        add_expected(&planted, samples[i].codes);
    for (size_t i = 0; i < sizeof noted / sizeof noted[0]; i++)
        add_expected(&planted, noted[i].codes);
    add_expected(&planted, "DOES_NOT_LOAD \nRECORD_SIZE \n"); /* of which other tests tell */
    for (size_t i = 0; i < planted.count; i++)
        ck_assert_msg(has_name(&rows, planted.names[i], strlen(planted.names[i])), "no row for %s",
                      planted.names[i]);
    ck_assert_uint_eq(rows.count, planted.count);
    ck_assert_uint_eq(rows.count, 30);
    free(text);
}
END_TEST

START_TEST(remarks_name_line_and_column)
{
    static const char text[] =
        HEAD "\n'signals':{\n  'identity':{'weight':700},\n  'human':{'weight':50,'absent':9},\n"
             "  'place':{'ttl_bad':'1s','half_life':'9d','weight':50}},\n" VERDICTS;
    static const struct {
        const char *code;
        uint32_t line, column;
    } expected[] = {{"GROUP_BUYS_ALLOW", 2, 11},
                    {"WITHHOLDING_GAIN", 4, 33},
                    {"TTL_BAD_SHORT", 5, 22},
                    {"HALF_LIFE_OVER_TTL", 5, 39}};
    trust_lint *report = lint(text);
    for (size_t i = 0, k = 0; k < 4; i++) {
        trust_lint_remark r;
        ck_ok(trust_lint_remark_at(report, i, &r));
        if (r.severity == TRUST_LINT_NOTE)
            continue;
        ck_assert_str_eq(r.code, expected[k].code);
        ck_assert_uint_eq(r.line, expected[k].line);
        ck_assert_uint_eq(r.column, expected[k].column);
        k++;
    }
    trust_lint_free(report);
}
END_TEST

START_TEST(what_does_not_load_has_one_remark)
{
    static const struct {
        const char *text, *where, *sentence;
        uint32_t line, column;
    } cases[] = {
        {"{'trust_policy':2}", "/trust_policy", "reads policies", 1, 17},
        {HEAD "\n 'signals':{'plase':{'weight':1}}," VERDICTS, "/signals/plase",
         "did you mean 'place'?", 2, 21},
        {"{", "", "too early", 1, 2},
        {HEAD "'x_':[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}", "/x_/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0", "",
         1, 61},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_lint_remark r;
        trust_error err = {0};
        trust_policy *policy = NULL;
        trust_lint *report = lint(cases[i].text);
        ck_assert_uint_eq(trust_lint_count(report), 1);
        ck_ok(trust_lint_remark_at(report, 0, &r));
        ck_assert_int_ne(trust_policy_load_unsigned(json(cases[i].text), strlen(cases[i].text),
                                                    NULL, &policy, &err),
                         TRUST_OK);
        ck_assert_str_eq(r.code, "DOES_NOT_LOAD");
        ck_assert_uint_eq(r.severity, TRUST_LINT_ERROR);
        ck_assert_str_eq(r.where, err.where);
        ck_assert_str_eq(r.sentence, err.message);
        ck_assert_uint_eq(r.line, err.line);
        ck_assert_uint_eq(r.column, err.column);
        ck_assert_uint_eq(r.line, cases[i].line);
        ck_assert_uint_eq(r.column, cases[i].column);
        ck_assert_msg(strstr(r.sentence, cases[i].sentence) != NULL, "%s", r.sentence);
        trust_lint_free(report);
    }
}
END_TEST

START_TEST(arguments_are_checked)
{
    trust_lint *report = NULL;
    trust_lint_remark r;
    ck_status(trust_policy_lint(NULL, 1, NULL, &report), TRUST_E_ARGUMENT);
    ck_status(trust_policy_lint("{}", 2, NULL, NULL), TRUST_E_ARGUMENT);
    ck_ok(trust_policy_lint(NULL, 0, NULL, &report));
    ck_assert_uint_eq(trust_lint_count(report), 1);
    ck_status(trust_lint_remark_at(report, 1, &r), TRUST_E_NOT_FOUND);
    ck_status(trust_lint_remark_at(report, 0, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_lint_remark_at(NULL, 0, &r), TRUST_E_ARGUMENT);
    ck_assert_uint_eq(trust_lint_count(NULL), 0);
    trust_lint_free(report);
    trust_lint_free(NULL);
}
END_TEST

/* Every allocation failed in turn, for a document that gets many remarks and for one that does not
 * load. */
START_TEST(no_memory_is_said_and_nothing_leaks)
{
    static char room[1 << 14];
    tri_text text = tri_text_begin(room, sizeof room);
    tri_text_str(&text, HEAD "'signals':{");
    for (int i = 0; i < 60; i++) {
        tri_text_str(&text, i > 0 ? ",'a." : "'a.");
        tri_text_int(&text, i);
        tri_text_str(&text, "':{'weight':9,'scale':'percent','group':'g','ttl':'1h',"
                            "'ttl_bad':'1s'}");
    }
    tri_text_str(&text, "}," VERDICTS);
    ck_ok(tri_text_end(&text, NULL));
    const char *documents[] = {room, "{'trust_policy':2}"};
    for (size_t d = 0; d < 2; d++) {
        for (uint64_t n = 1;; n++) {
            counting state = {.fail_at = n};
            trust_allocator allocator = counting_allocator(&state);
            trust_lint *report = NULL;
            trust_status status =
                trust_policy_lint(json(documents[d]), strlen(documents[d]), &allocator, &report);
            if (state.failed == 0) {
                ck_ok(status);
                ck_assert_uint_eq(trust_lint_count(report), d == 0 ? 122 : 1);
                trust_lint_free(report);
                ck_assert_uint_eq(state.bytes_live, 0);
                ck_assert_uint_ge(n, d == 0 ? 8 : 3);
                break;
            }
            ck_status(status, TRUST_E_NOMEM);
            ck_assert_ptr_null(report);
            ck_assert_uint_eq(state.bytes_live, 0);
        }
    }
}
END_TEST

int main(void)
{
    return run_tests("lint", TESTS(remarks_where_they_are_due, an_earlier_profile_hides_a_later_one,
                                   nested_conditions_take_no_time, notes_tell_numbers,
                                   no_record_is_larger, each_part_adds_to_the_record,
                                   the_manual_tells_the_truth, the_manual_knows_every_code,
                                   remarks_name_line_and_column, what_does_not_load_has_one_remark,
                                   arguments_are_checked, no_memory_is_said_and_nothing_leaks));
}
