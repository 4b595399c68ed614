#ifndef TRI_POLICY_LINT_LINTER_H
#define TRI_POLICY_LINT_LINTER_H

/* What the parts of the linter share: the policy that is looked at, what the evaluator says about
 * supposed evidence, and how a remark is written. */

#include "policy/document/document.h"
#include "policy/lint/lint.h"
#include "policy/model.h"

#define TRI_MAX_STANCES (TRUST_POLICY_MAX_PROFILES + 1)

/** What is supposed of one signal. */
typedef enum tri_supposed {
    TRI_SILENT, /* nothing is known of it */
    TRI_APART,  /* the host says that it does not apply */
    TRI_SAYS,   /* a value */
    TRI_WORST   /* a failure that is proven, beside every absence that costs */
} tri_supposed;

typedef struct tri_guess {
    tri_supposed what;
    int32_t value;
    uint32_t quality; /* Q16 */
    int64_t age;      /* ms, or TRI_UNDATED */
} tri_guess;

/** Without a date a value counts to gates, but vouches for nothing. */
#define TRI_UNDATED (-1)

/** What one evaluation of supposed evidence came to. */
typedef struct tri_outlook {
    int64_t level;
    int64_t adverse;
    uint32_t uncertainty;
    trust_verdict verdict;
    uint32_t stage;
    uint64_t gates; /* a bit for each that fires */
} tri_outlook;

typedef struct tri_linter {
    trust_lint *lint;
    const tri_json_doc *doc;
    const trust_policy *policy;
    tri_arena arena; /* of what only the linter needs */
    bool no_memory;
    /* The policy for evidence of which every source says the same, so that a quorum of one is
     * enough: as it is, without stages, and without gates too. */
    trust_policy staged;
    trust_policy gated;
    trust_policy bare;
    uint32_t stance_count; /* the default and the profiles */
    uint64_t obtainable; /* a bit for each signal that may be asked for, or the host itself sees */
    uint64_t needed;     /* likewise that a stage needs */
    uint64_t reached;    /* a bit for each stage that some device is in */
    uint64_t idle;       /* a bit for each gate that decides nothing */
    int32_t least[TRUST_POLICY_MAX_SIGNALS];      /* mb of each signal, the best evidence of it, */
    int32_t silent[TRUST_POLICY_MAX_SIGNALS];     /* none, */
    int32_t most[TRUST_POLICY_MAX_SIGNALS];       /* and the worst */
    uint32_t certainty[TRUST_POLICY_MAX_SIGNALS]; /* Q16, of the best */
    int64_t group_least[TRUST_POLICY_MAX_GROUPS]; /* mb of each group, caps included */
    int64_t group_most[TRUST_POLICY_MAX_GROUPS];
    tri_outlook best[TRI_MAX_STANCES]; /* a bound for every stance: nothing is better */
    tri_outlook worst;                 /* of the default: nothing is worse */
    uint32_t severity;                 /* of the remark being written, */
    const char *code;
    const tri_json *value; /* its place, */
    int32_t number;
    tri_text text; /* its sentence, */
    char room[512];
    _Alignas(trust_policy_result) uint8_t result[TRI_RESULT_MOST]; /* of the last evaluation */
} tri_linter;

static inline bool tri_lint_bit(uint64_t bits, uint32_t index)
{
    return (bits >> index & 1) != 0;
}

static inline uint32_t tri_lint_bits(uint64_t bits)
{
    uint32_t count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

/* ---- lint.c: remarks ---- */

/** A member of the document's root. */
const tri_json *tri_lint_at(const tri_linter *l, const char *name);

/** The member, or what it would be in where the document leaves it out. */
const tri_json *tri_lint_in(const tri_json *object, const char *name);

/** Where a signal, and the entry of a list, stand in the document. */
const tri_json *tri_lint_signal(const tri_linter *l, uint32_t index);
const tri_json *tri_lint_entry(const tri_linter *l, const char *list, uint32_t index);

/** Where a stance is written: the profile, or the whole for the default. */
const tri_json *tri_lint_stance(const tri_linter *l, uint32_t stance);

/** Begin a remark: its sentence is said piece by piece; then it ends. */
void tri_lint_begin(tri_linter *l, uint32_t severity, const char *code, const tri_json *value);
void tri_lint_say(tri_linter *l, const char *text);
void tri_lint_say_number(tri_linter *l, int64_t number);
void tri_lint_say_points(tri_linter *l, int64_t mb);
/** " in the profile X", or nothing for the default. */
void tri_lint_say_stance(tri_linter *l, uint32_t stance);
void tri_lint_end(tri_linter *l);

/* ---- outlook.c: supposed evidence ---- */

/** Prepare everything above; false where there is no memory. */
bool tri_lint_prepare(tri_linter *l);

const tri_stance *tri_lint_stance_of(const tri_linter *l, uint32_t stance);

/** Is it a profile whose numbers are those of the default? */
bool tri_lint_as_default(const tri_linter *l, uint32_t stance);

/** Is it what the host sees by itself, as a kind that nobody else may state? */
bool tri_lint_observed(const tri_signal_rule *rule);

/** As good and as bad as evidence can be, and one too old to vouch. */
tri_guess tri_guess_good(void);
tri_guess tri_guess_stale(void);
tri_guess tri_guess_bad(const tri_signal_rule *rule);
tri_guess tri_guess_of(tri_supposed what);

/** The same of every signal. */
void tri_guess_all(const tri_linter *l, tri_guess *guesses, tri_guess guess);

/** The best of every signal for a stance: nothing has a lower level. */
void tri_lint_best(const tri_linter *l, uint32_t stance, tri_guess *guesses);

/** What can be had of a device: the best answer to all that may be asked for. */
void tri_lint_obtain(const tri_linter *l, uint32_t stance, tri_guess *guesses);

/** Ask the evaluator, with one of the three policies above; a device is in @p stage. */
tri_outlook tri_lint_ask(tri_linter *l, const trust_policy *policy, uint32_t stance, uint32_t stage,
                         const tri_guess *guesses);

/** A signal's row in the last evaluation; the caps of the groups follow those of the signals. */
const tri_result_row *tri_lint_row(const tri_linter *l, uint32_t index);

/** The verdict of an outlook without gates and stages. */
trust_verdict tri_lint_ungated(const tri_stance *stance, const tri_outlook *outlook);

/** The worst of a stance. */
tri_outlook tri_lint_worst(const tri_linter *l, uint32_t stance);

/** Can anything lead to the verdict: the level, a gate, or a stage? */
bool tri_lint_reachable(const tri_linter *l, uint32_t stance, trust_verdict verdict);

/* ---- the subjects ---- */

void tri_lint_gates(tri_linter *l); /* first: it finds what is idle */
void tri_lint_signals(tri_linter *l);
void tri_lint_verdicts(tri_linter *l);
void tri_lint_control(tri_linter *l);
void tri_lint_profiles(tri_linter *l);
void tri_lint_workflow(tri_linter *l);

#endif
