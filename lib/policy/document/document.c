/* The policy document as a table: every member with its type, range, default and meaning. No input
 * from outside. */

#include "policy/document/document.h"

#include "core/reason.h"

#define MAX_TIME  INT64_C(253402300799999) /* the last millisecond of year 9999 */
#define MAX_WHOLE INT64_C(9007199254740991)
#define DAY       TRI_MINUTES(1440)

/* Every sum of rows fits an int32 twice over. */
_Static_assert(TRI_MAX_SUM *TRI_MB_PER_POINT < INT64_C(1) << 30, "sums of millibits");

#define IN_POLICY(member)  offsetof(trust_policy, member)
#define IN_SIGNAL(member)  offsetof(tri_signal_rule, member)
#define IN_GROUP(member)   offsetof(tri_group, member)
#define IN_GATE(member)    offsetof(tri_gate, member)
#define IN_ASKS(member)    offsetof(tri_condition, member)
#define IN_PROFILE(member) offsetof(tri_profile, member)
#define IN_STAGE(member)   offsetof(tri_stage, member)
#define NO                 TRI_NO_DEFAULT
#define NOT_KEPT           0
#define NO_RANGE           0, 0

#define MEMBERS(list) sizeof(list) / sizeof((list)[0]), (list)

/* {name, type, required, where it is kept, least, most, default, what is inside, meaning}, sorted
 * by name. */
static const tri_member verdict_members[] = {
    {"allow", TRI_RISK, true, IN_POLICY(bands[1]), 0, 1000, NO, NULL,
     "the highest risk that is still allowed"},
    {"quarantine", TRI_RISK, true, IN_POLICY(bands[3]), 0, 1000, NO, NULL,
     "the highest risk that is only quarantined; above it is deny; over step_up"},
    {"step_up", TRI_RISK, true, IN_POLICY(bands[2]), 0, 1000, NO, NULL,
     "the highest risk at which more evidence is asked for; over allow"},
};

static const tri_member limit_members[] = {
    {"adverse", TRI_POINTS, false, IN_POLICY(stance.max_adverse), 0, TRI_MAX_SUM, 125, NULL,
     "the most points against a device, before any for it, that allow bears"},
    {"uncertainty", TRI_PERMILLE, false, IN_POLICY(stance.max_uncertainty), 0, 1000, 400, NULL,
     "the most permille of the span, not pinned by fresh evidence, that allow bears"},
};

static const tri_member hysteresis_members[] = {
    {"backoff", TRI_SMALL, false, IN_POLICY(backoff), 1, 8, 1, NULL,
     "what the dwell is multiplied by for each time that the verdict fell back"},
    {"dwell", TRI_SPAN, false, IN_POLICY(dwell), 0, TRI_MAX_DURATION, 0, NULL,
     "how long a verdict is held before a milder one may follow, whatever evidence comes"},
    {"dwell_max", TRI_SPAN, false, IN_POLICY(dwell_max), 0, TRI_MAX_DURATION, DAY, NULL,
     "the longest dwell, and how long a milder verdict must last for earlier falls to be "
     "forgotten; at least dwell"},
    {"margin", TRI_POINTS, false, IN_POLICY(margin), 0, 1000, 25, NULL,
     "points below a threshold before a milder verdict may follow"},
};

static const tri_object verdicts = {"verdicts", true, MEMBERS(verdict_members)};
static const tri_object limits = {"limits", true, MEMBERS(limit_members)};
static const tri_object hysteresis = {"hysteresis", true, MEMBERS(hysteresis_members)};

/* ---- signals and groups ---- */

static const tri_member absent_members[] = {
    {"not_requested", TRI_COST, false, IN_SIGNAL(absent[TRI_ABSENT_NOT_REQUESTED]), 0,
     TRI_MAX_POINTS, NO, NULL, "when nobody asked for it; by default as the kind's table says"},
    {"refused", TRI_COST, false, IN_SIGNAL(absent[TRI_ABSENT_REFUSED]), 0, TRI_MAX_POINTS, NO, NULL,
     "when the device was asked and kept silent; by default worst"},
    {"source_down", TRI_COST, false, IN_SIGNAL(absent[TRI_ABSENT_SOURCE_DOWN]), 0, TRI_MAX_POINTS,
     NO, NULL, "when its source fails for everybody; by default as not_requested, never less"},
};

static const tri_object absent = {"absent", true, MEMBERS(absent_members)};

static const tri_member signal_members[] = {
    {"absent", TRI_ABSENT, false, NOT_KEPT, 0, TRI_MAX_POINTS, NO, &absent,
     "points while there is no valid evidence, from 0 to weight, or \"worst\", which is weight; "
     "one for all, or by why it is absent"},
    {"curve", TRI_CURVE, false, NOT_KEPT, 2, TRI_MAX_KNOTS, NO, NULL,
     "[value, points] pairs, joined by straight lines; values rise, points never fall; the first "
     "has 0 points or less, the last has weight"},
    {"group", TRI_GROUP, false, IN_SIGNAL(group), NO_RANGE, NO, NULL,
     "signals that see the same thing share a group and its caps"},
    {"half_life", TRI_DURATION, false, IN_SIGNAL(good.ms), 1, TRI_MAX_DURATION, NO, NULL,
     "after which good news counts half"},
    {"half_life_bad", TRI_DURATION, false, IN_SIGNAL(bad.ms), 1, TRI_MAX_DURATION, NO, NULL,
     "after which bad news counts half"},
    {"quorum", TRI_SMALL, false, IN_SIGNAL(quorum), 1, TRI_MAX_SOURCES, 1, NULL,
     "so many sources must say it before it counts; one that is missing says what absence costs"},
    {"reliability", TRI_PERMILLE, false, IN_SIGNAL(reliability), 0, 1000, NO, NULL,
     "permille of a value that counts even when it is fresh"},
    {"scale", TRI_SCALE, false, NOT_KEPT, NO_RANGE, NO, NULL,
     "what a kind of the host measures; the built-in kinds have their own"},
    {"ttl", TRI_DURATION, false, IN_SIGNAL(ttl), 1, TRI_MAX_DURATION, NO, NULL,
     "after which good news no longer counts at all"},
    {"ttl_bad", TRI_DURATION, false, IN_SIGNAL(ttl_bad), 1, TRI_MAX_DURATION, NO, NULL,
     "after which bad news no longer counts at all; by default never"},
    {"weight", TRI_POINTS, true, IN_SIGNAL(hi), 0, TRI_MAX_POINTS, NO, NULL,
     "the most points that the signal can add; 50 double the odds against the device"},
};

static const tri_member group_members[] = {
    {"ceiling", TRI_POINTS, false, IN_GROUP(ceiling), 0, TRI_MAX_SUM, NO, NULL,
     "the most points that its signals add together; by default their sum, or 790 permille of it "
     "where place and reputation share the group, since they see the same address"},
    {"floor", TRI_POINTS, false, IN_GROUP(floor), -TRI_MAX_SUM, 0, NO, NULL,
     "the most points that its signals take away together, negative; by default their sum"},
};

const tri_object tri_document_signal = {"signal", false, MEMBERS(signal_members)};
const tri_object tri_document_group = {"group", true, MEMBERS(group_members)};

/* ---- gates ---- */

/* They stand alone in an "if", too. */
#define ABSENT                                                                                     \
    "absent", TRI_MISSING, false, IN_ASKS(signal), NO_RANGE, NO, NULL,                             \
        "fires while there is no valid evidence of this signal"
#define AT_LEAST                                                                                   \
    "at_least", TRI_VALUE, false, IN_ASKS(limit), 1, 1000, NO, NULL,                               \
        "the lowest value, on the scale of the signal's kind, that fires"
#define AT_LEAST_POINTS                                                                            \
    "at_least_points", TRI_ROW, false, IN_ASKS(limit), 1, TRI_MAX_POINTS, NO, NULL,                \
        "the fewest points in the signal's row that fire, at most its weight"
#define OLDER                                                                                      \
    "older", TRI_OLDER, false, IN_ASKS(age), 1, TRI_MAX_DURATION, NO, NULL,                        \
        "the age over which evidence of the signal is too old; it fires without any, too"
#define SIGNAL                                                                                     \
    "signal", TRI_SIGNAL, false, IN_ASKS(signal), NO_RANGE, NO, NULL,                              \
        "the signal that at_least, at_least_points or older is about"

static const tri_member condition_members[] = {
    {ABSENT}, {AT_LEAST}, {AT_LEAST_POINTS}, {OLDER}, {SIGNAL}};

static const tri_member if_members[] = {
    {ABSENT},
    {"all", TRI_CONDITIONS, false, NOT_KEPT, 1, TRUST_POLICY_MAX_CONDITIONS, NO, NULL,
     "fires while all of these do"},
    {"any", TRI_CONDITIONS, false, NOT_KEPT, 1, TRUST_POLICY_MAX_CONDITIONS, NO, NULL,
     "fires while one of these does"},
    {AT_LEAST},
    {AT_LEAST_POINTS},
    {"count", TRI_SMALL, false, IN_GATE(need), 1, TRUST_POLICY_MAX_CONDITIONS, NO, NULL,
     "how many of \"of\" have to fire"},
    {"of", TRI_CONDITIONS, false, NOT_KEPT, 1, TRUST_POLICY_MAX_CONDITIONS, NO, NULL,
     "fires while so many of these do as \"count\" says"},
    {OLDER},
    {SIGNAL},
};

static const tri_object gate_if = {"if", true, MEMBERS(if_members)};

static const tri_member gate_members[] = {
    {"actions", TRI_ACTIONS, false, TRI_FOR_GATE, 0, TRUST_POLICY_MAX_ACTIONS, NO, NULL,
     "what the host is to do while the gate fires"},
    {"final", TRI_BOOL, false, IN_GATE(kept_final), NO_RANGE, 0, NULL, "no override passes it"},
    {"floor", TRI_VERDICT, true, IN_GATE(floor), TRUST_STEP_UP, TRUST_DENY, NO, NULL,
     "no verdict is milder than this while the gate fires"},
    {"id", TRI_NAME, true, IN_GATE(id), NO_RANGE, NO, NULL, "a name of its own"},
    {"if", TRI_IF, true, NOT_KEPT, NO_RANGE, NO, &gate_if,
     "one condition, or several in \"all\", \"any\" or \"of\"; nothing can be negated, so that "
     "keeping evidence back never opens a gate"},
    {"reason", TRI_CODE, false, IN_GATE(reason), NO_RANGE, TRI_REASON_GATE, NULL,
     "the code of the reason that it gives"},
};

const tri_object tri_document_condition = {"condition", true, MEMBERS(condition_members)};
const tri_object tri_document_gate = {"gate", true, MEMBERS(gate_members)};

/* ---- profiles ---- */

static const tri_member when_members[] = {
    {"all", TRI_WHENS, false, NOT_KEPT, 1, TRI_MAX_WHENS, NO, NULL, "true when all of these are"},
    {"any", TRI_WHENS, false, NOT_KEPT, 1, TRI_MAX_WHENS, NO, NULL, "true when one of these is"},
    {"attr", TRI_ATTRIBUTE, false, NOT_KEPT, 1, TRI_ATTRIBUTE_MAX, NO, NULL,
     "the name of a registered fact; without it the condition is neither true nor false"},
    {"eq", TRI_WORD, false, NOT_KEPT, 1, TRI_WORD_MAX, NO, NULL, "the fact is exactly this"},
    {"ge", TRI_BOUND, false, NOT_KEPT, -MAX_WHOLE, MAX_WHOLE, NO, NULL,
     "the fact is a whole number and at least this"},
    {"in", TRI_WORDS, false, NOT_KEPT, 1, TRI_MAX_WORDS, NO, NULL,
     "the fact is exactly one of these"},
    {"le", TRI_BOUND, false, NOT_KEPT, -MAX_WHOLE, MAX_WHOLE, NO, NULL,
     "the fact is a whole number and at most this"},
    {"not", TRI_WHEN, false, NOT_KEPT, NO_RANGE, NO, NULL, "true when this is false"},
    {"prefix", TRI_WORD, false, NOT_KEPT, 1, TRI_WORD_MAX, NO, NULL, "the fact begins with this"},
};

static const tri_member profile_verdict_members[] = {
    {"allow", TRI_RISK, false, IN_PROFILE(bands[1]), 0, 1000, NO, NULL,
     "by default the policy's, like all that a profile leaves out"},
    {"quarantine", TRI_RISK, false, IN_PROFILE(bands[3]), 0, 1000, NO, NULL, "over step_up"},
    {"step_up", TRI_RISK, false, IN_PROFILE(bands[2]), 0, 1000, NO, NULL, "over allow"},
};

static const tri_member profile_limit_members[] = {
    {"adverse", TRI_POINTS, false, IN_PROFILE(stance.max_adverse), 0, TRI_MAX_SUM, NO, NULL,
     "points against such a device that allow bears"},
    {"uncertainty", TRI_PERMILLE, false, IN_PROFILE(stance.max_uncertainty), 0, 1000, NO, NULL,
     "permille not pinned by fresh evidence that allow bears"},
};

const tri_object tri_document_when = {"when", true, MEMBERS(when_members)};
static const tri_object profile_verdicts = {"verdicts", true, MEMBERS(profile_verdict_members)};
static const tri_object profile_limits = {"limits", true, MEMBERS(profile_limit_members)};

static const tri_member profile_members[] = {
    {"base", TRI_RISK, false, IN_PROFILE(bands[0]), 0, 1000, NO, NULL,
     "the risk of such a device before any evidence"},
    {"id", TRI_NAME, true, IN_PROFILE(id), NO_RANGE, NO, NULL,
     "a name of its own, no kind's and not \"default\""},
    {"limits", TRI_OBJECT, false, NOT_KEPT, NO_RANGE, NO, &profile_limits,
     "in place of the policy's"},
    {"not_applicable", TRI_SIGNALS, false, IN_PROFILE(stance.exempt), 0, TRUST_POLICY_MAX_SIGNALS,
     NO, NULL, "signals that such a device does not have; silence about them costs nothing"},
    {"verdicts", TRI_OBJECT, false, NOT_KEPT, NO_RANGE, NO, &profile_verdicts,
     "in place of the policy's"},
    {"when", TRI_WHEN, true, NOT_KEPT, NO_RANGE, NO, &tri_document_when,
     "which devices it is for, by what was registered; the first profile that holds counts"},
};

const tri_object tri_document_profile = {"profile", false, MEMBERS(profile_members)};

/* ---- the workflow ---- */

static const tri_member stage_members[] = {
    {"actions", TRI_ACTIONS, false, TRI_FOR_STAGE, 0, TRUST_POLICY_MAX_ACTIONS, NO, NULL,
     "what the host is to do while a device is in the stage"},
    {"id", TRI_NAME, true, IN_STAGE(id), NO_RANGE, NO, NULL, "a name of its own, no kind's"},
    {"needs", TRI_SIGNALS, false, IN_STAGE(needs), 0, TRUST_POLICY_MAX_SIGNALS, NO, NULL,
     "signals that must affirm the device before the next stage"},
    {"next", TRI_NEXT, false, IN_STAGE(next), NO_RANGE, NO, NULL,
     "the id of a later stage; by default the following one; the last has none"},
    {"on_timeout", TRI_VERDICT, false, IN_STAGE(on_timeout), TRUST_STEP_UP, TRUST_DENY,
     TRUST_QUARANTINE, NULL,
     "no verdict is milder than this from the timeout on, until evidence that meets the needs "
     "leads on"},
    {"timeout", TRI_DURATION, false, IN_STAGE(timeout), 1, TRI_MAX_DURATION, 0, NULL,
     "how long a device may stay in the stage"},
};

static const tri_member step_members[] = {
    {"action", TRI_NAME, false, IN_SIGNAL(action), NO_RANGE, NO, NULL,
     "what the host does to obtain it; by default the kind's own word"},
    {"cost", TRI_SMALL, false, IN_SIGNAL(cost), 1, 1000000, 1, NULL,
     "what asking for it costs, in any unit that is the same for all"},
    {"obtain", TRI_OBTAIN, true, IN_SIGNAL(name), NO_RANGE, NO, NULL, "a signal"},
};

static const tri_member action_members[] = {
    {"allow", TRI_ACTIONS, false, TRI_FOR_VERDICT, 0, TRUST_POLICY_MAX_ACTIONS, NO, NULL,
     "at allow"},
    {"deny", TRI_ACTIONS, false, TRI_FOR_VERDICT, 0, TRUST_POLICY_MAX_ACTIONS, NO, NULL, "at deny"},
    {"quarantine", TRI_ACTIONS, false, TRI_FOR_VERDICT, 0, TRUST_POLICY_MAX_ACTIONS, NO, NULL,
     "at quarantine"},
    {"step_up", TRI_ACTIONS, false, TRI_FOR_VERDICT, 0, TRUST_POLICY_MAX_ACTIONS, NO, NULL,
     "at step_up"},
};

static const tri_member override_members[] = {
    {"approvals", TRI_SMALL, false, IN_POLICY(overrides.approvals), 2, 5, 2, NULL,
     "so many people must sign"},
    {"max_ttl", TRI_SPAN, false, IN_POLICY(overrides.max_ttl), 1, TRI_MAX_DURATION, DAY, NULL,
     "how long an override lasts at most"},
    {"may_lower_to", TRI_VERDICT, true, IN_POLICY(overrides.mildest), TRUST_ALLOW, TRUST_QUARANTINE,
     NO, NULL, "no override makes a verdict milder than this"},
    {"never", TRI_CODES, false, NOT_KEPT, 0, 16, NO, NULL,
     "codes of reasons; no override passes a gate that gives one of them"},
    {"roles", TRI_ROLES, false, NOT_KEPT, 0, 8, NO, NULL, "who may sign; by default every role"},
};

static const tri_member calibration_members[] = {
    {"data", TRI_TEXT, false, IN_POLICY(calibration.data), 0, 79, NO, NULL,
     "what it was measured on, such as \"sha256:...\""},
    {"knots", TRI_KNOTS, true, NOT_KEPT, 2, 33, NO, NULL,
     "[risk, millionths] pairs, joined by straight lines; risks rise, millionths never fall"},
};

const tri_object tri_document_stage = {"stage", true, MEMBERS(stage_members)};
const tri_object tri_document_step = {"step", true, MEMBERS(step_members)};
const tri_object tri_document_overrides = {"overrides", true, MEMBERS(override_members)};
const tri_object tri_document_calibration = {"calibration", true, MEMBERS(calibration_members)};
static const tri_object actions = {"actions", false, MEMBERS(action_members)};

/* ---- tests, of which nothing is kept but their text ---- */

const uint32_t tri_test_states[TRI_TEST_STATES] = {
    TRUST_STATE_NOT_REQUESTED,  TRUST_STATE_PENDING, TRUST_STATE_REFUSED,
    TRUST_STATE_INVALID,        TRUST_STATE_EXPIRED, TRUST_STATE_SOURCE_DOWN,
    TRUST_STATE_NOT_APPLICABLE, TRUST_STATE_UNBOUND,
};

static const tri_member supposed_members[] = {
    {"age", TRI_SPAN, false, NOT_KEPT, 0, TRI_MAX_DURATION, 0, NULL, "how long ago it was found"},
    {"quality", TRI_PERMILLE, false, NOT_KEPT, 0, 1000, 1000, NULL, "permille of it that counts"},
    {"source", TRI_SMALL, false, NOT_KEPT, 0, 255, NO, NULL,
     "a number for who says it; by default its place in the array"},
    {"state", TRI_STATE, false, NOT_KEPT, NO_RANGE, NO, NULL, "why there is no value"},
    {"value", TRI_SMALL, false, NOT_KEPT, 0, 1000, NO, NULL, "on the scale of the signal's kind"},
};

static const tri_member expect_members[] = {
    {"actions", TRI_NAMES, false, NOT_KEPT, 0, TRUST_POLICY_MAX_ACTIONS, NO, NULL,
     "the actions asked for, exactly"},
    {"next", TRI_SETS, false, NOT_KEPT, 0, 8, NO, NULL,
     "the first sets of signals to ask for, in their order"},
    {"points", TRI_ROWS, false, NOT_KEPT, 1, TRUST_POLICY_MAX_SIGNALS + TRUST_POLICY_MAX_GROUPS + 2,
     NO, NULL, "points of rows of the ledger, by name"},
    {"profile", TRI_PROFILE, false, NOT_KEPT, NO_RANGE, NO, NULL,
     "the id of the profile that counts, or \"default\""},
    {"reason", TRI_CODE, false, NOT_KEPT, NO_RANGE, NO, NULL,
     "the code of one of the first three reasons"},
    {"risk", TRI_RANGE, false, NOT_KEPT, 0, 1000, NO, NULL, "exactly, or [lowest, highest]"},
    {"stage", TRI_STAGE, false, NOT_KEPT, NO_RANGE, NO, NULL, "the id of the stage then"},
    {"valid_for", TRI_DURATION, false, NOT_KEPT, 1, TRI_MAX_DURATION, NO, NULL,
     "how long the verdict holds with no new evidence, exactly"},
    {"verdict", TRI_VERDICT, false, NOT_KEPT, TRUST_ALLOW, TRUST_DENY, NO, NULL, "exactly"},
    {"verdict_at_least", TRI_VERDICT, false, NOT_KEPT, TRUST_ALLOW, TRUST_DENY, NO, NULL,
     "this or a stricter one"},
    {"verdict_at_most", TRI_VERDICT, false, NOT_KEPT, TRUST_ALLOW, TRUST_DENY, NO, NULL,
     "this or a milder one"},
};

const tri_object tri_document_supposed = {"supposed", true, MEMBERS(supposed_members)};
const tri_object tri_document_expect = {"expect", true, MEMBERS(expect_members)};

static const tri_member test_members[] = {
    {"attributes", TRI_FACTS, false, NOT_KEPT, 0, 16, NO, NULL, "what is registered, by name"},
    {"evidence", TRI_EVIDENCE, false, NOT_KEPT, 0, TRUST_POLICY_MAX_SIGNALS, NO,
     &tri_document_supposed,
     "by signal: a fresh value, the word for why there is none, an object, or an array of these "
     "for several sources"},
    {"expect", TRI_EXPECT, true, NOT_KEPT, NO_RANGE, NO, &tri_document_expect,
     "what must come of it, at least one"},
    {"flaps", TRI_SMALL, false, NOT_KEPT, 0, 16, 0, NULL,
     "how often the verdict fell back before; a dwell grows with it"},
    {"held_for", TRI_SPAN, false, NOT_KEPT, 0, TRI_MAX_DURATION, NO, NULL,
     "how long the previous verdict has lasted; by default as long as can be"},
    {"name", TRI_TEXT, true, NOT_KEPT, 1, 100, NO, NULL, "what it shows"},
    {"now", TRI_TIME, false, NOT_KEPT, 0, MAX_TIME, NO, NULL,
     "the time, RFC 3339; by default 2026-01-01T00:00:00Z"},
    {"override", TRI_VERDICT, false, NOT_KEPT, TRUST_ALLOW, TRUST_QUARANTINE, NO, NULL,
     "a verdict that people signed for"},
    {"previous", TRI_VERDICT, false, NOT_KEPT, TRUST_ALLOW, TRUST_DENY, NO, NULL,
     "the verdict before; by default there was none"},
    {"stage", TRI_STAGE, false, NOT_KEPT, NO_RANGE, NO, NULL,
     "the id of the stage before; by default the first"},
    {"stage_age", TRI_SPAN, false, NOT_KEPT, 0, TRI_MAX_DURATION, 0, NULL,
     "how long it has been there"},
};

const tri_object tri_document_test = {"test", false, MEMBERS(test_members)};

/* ---- the document ---- */

static const tri_member document_members[] = {
    {"$schema", TRI_NOTE, false, NOT_KEPT, NO_RANGE, NO, NULL, "for editors; no part of the hash"},
    {"actions", TRI_OBJECT, false, NOT_KEPT, NO_RANGE, NO, &actions,
     "names of what the host is to do at each verdict, in this order; the library does none of it"},
    {"base", TRI_RISK, false, IN_POLICY(bands[0]), 0, 1000, 450, NULL,
     "the risk before any evidence; 500 is even odds"},
    {"calibration", TRI_OBJECT, false, NOT_KEPT, NO_RANGE, NO, &tri_document_calibration,
     "what risks have meant in recorded cases; for a probability beside the risk, nothing else"},
    {"expires", TRI_TIME, false, IN_POLICY(expires), 0, MAX_TIME, TRUST_TIME_NEVER, NULL,
     "when it ceases to hold, RFC 3339; by default never"},
    {"gates", TRI_LIST, false, NOT_KEPT, 0, TRUST_POLICY_MAX_GATES, NO, &tri_document_gate,
     "floors under the verdict, whatever the points say"},
    {"groups", TRI_MAP, false, NOT_KEPT, 0, TRUST_POLICY_MAX_GROUPS, NO, &tri_document_group,
     "caps for groups of signals, by name"},
    {"hysteresis", TRI_OBJECT, false, NOT_KEPT, NO_RANGE, NO, &hysteresis,
     "what keeps a verdict from flapping; a stricter one always follows at once"},
    {"id", TRI_NAME, true, IN_POLICY(id), NO_RANGE, NO, NULL, "the policy's name"},
    {"limits", TRI_OBJECT, false, NOT_KEPT, NO_RANGE, NO, &limits,
     "what keeps allow out of reach whatever speaks for a device; step_up follows"},
    {"not_before", TRI_TIME, false, IN_POLICY(not_before), 0, MAX_TIME, TRUST_TIME_UNKNOWN, NULL,
     "when it begins to hold, RFC 3339; by default always"},
    {"overrides", TRI_OBJECT, false, NOT_KEPT, NO_RANGE, NO, &tri_document_overrides,
     "what people may sign for against the verdict; by default nothing"},
    {"profiles", TRI_LIST, false, NOT_KEPT, 0, TRUST_POLICY_MAX_PROFILES, NO, &tri_document_profile,
     "other numbers for some devices, by what is registered of them"},
    {"revision", TRI_COUNT, true, IN_POLICY(revision), 0, MAX_WHOLE, NO, NULL,
     "rises with every change"},
    {"signals", TRI_MAP, true, NOT_KEPT, 1, TRUST_POLICY_MAX_SIGNALS, NO, &tri_document_signal,
     "what is weighed, by the name of its kind; a kind of the host has a dot in its name"},
    {"stages", TRI_LIST, false, NOT_KEPT, 0, TRUST_POLICY_MAX_STAGES, NO, &tri_document_stage,
     "the steps of onboarding; a device begins in the first, and is not allowed before the last"},
    {"step_up", TRI_LIST, false, NOT_KEPT, 0, TRUST_POLICY_MAX_SIGNALS, NO, &tri_document_step,
     "what can be asked for when a verdict is not allow; by default every signal, at a cost of 1 "
     "and human at 20"},
    {"tests", TRI_LIST, false, NOT_KEPT, 0, TRUST_POLICY_MAX_TESTS, NO, &tri_document_test,
     "what must hold of this policy; one that fails keeps it from loading; no part of the hash"},
    {"title", TRI_NOTE, false, NOT_KEPT, NO_RANGE, NO, NULL, "for people; no part of the hash"},
    {"trust_policy", TRI_VERSION, true, NOT_KEPT, 1, 1, NO, NULL,
     "the number of the semantics that the policy is written for"},
    {"verdicts", TRI_OBJECT, true, NOT_KEPT, NO_RANGE, NO, &verdicts,
     "the highest risk that still earns each verdict"},
};

const tri_object tri_document = {"document", false, MEMBERS(document_members)};
