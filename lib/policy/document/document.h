#ifndef TRI_POLICY_DOCUMENT_DOCUMENT_H
#define TRI_POLICY_DOCUMENT_DOCUMENT_H

/* The policy document, described once: document.c holds the table of its members, and the readers
 * (load*.c), expand.c and schema.c walk that table, so that they cannot disagree. */

#include "core/text.h"
#include "format/json.h"
#include "policy/policy.h"

/** The most points that one signal may add or take. 64 signals of it stay below 2^30 mb. */
#define TRI_MAX_POINTS 100000

/** And all of them together. */
#define TRI_MAX_SUM ((int64_t)TRI_MAX_POINTS * TRUST_POLICY_MAX_SIGNALS)

#define TRI_MINUTES(minutes) (INT64_C(60000) * (minutes))

/** The longest duration: 36500 days. */
#define TRI_MAX_DURATION INT64_C(3153600000000)

/** So many values one document may have, and so many of them in "tests" and in the conditions of
 * profiles: what is left is more than everything else can come to when it is written in full. */
#define TRI_MAX_VALUES      24576
#define TRI_MAX_FREE_VALUES 8192

#define TRI_MAX_WHENS     64  /* nodes in the condition of one profile */
#define TRI_MAX_WORDS     64  /* of one "in" */
#define TRI_ATTRIBUTE_MAX 31  /* bytes of an attribute's name */
#define TRI_WORD_MAX      127 /* and of its value */
#define TRI_MAX_FACTS     512 /* bytes of all names and values, each with its NUL */
#define TRI_MAX_SUPPOSED  256 /* findings of one test */
#define TRI_MAX_SOURCES   8   /* of one signal in a test, and of a quorum */

/** What a member holds, in the document and in the compiled policy. */
typedef enum tri_type {
    TRI_VERSION,    /* the number of the semantics; not kept */
    TRI_NOTE,       /* a text for people; not kept */
    TRI_NAME,       /* char[64] */
    TRI_TEXT,       /* at most max bytes, with a NUL after them */
    TRI_BOOL,       /* bool */
    TRI_COUNT,      /* uint64_t */
    TRI_SMALL,      /* uint32_t */
    TRI_RISK,       /* absolute risk, int32_t */
    TRI_POINTS,     /* points, kept as int32_t mb */
    TRI_PERMILLE,   /* kept as uint32_t Q16 */
    TRI_DURATION,   /* "4h" or "never", kept as int64_t ms with 0 for never */
    TRI_SPAN,       /* a duration that is never "never", and zero only where min is */
    TRI_TIME,       /* RFC 3339, trust_time */
    TRI_SCALE,      /* a word; of tri_signal_rule */
    TRI_CURVE,      /* [[value, points], ...]; of tri_signal_rule */
    TRI_ABSENT,     /* a cost, or an object of costs; of tri_signal_rule */
    TRI_COST,       /* points or "worst"; of tri_signal_rule, one of absent[] */
    TRI_GROUP,      /* the name of a group, kept as its index */
    TRI_SIGNALS,    /* names of signals, kept as the bits of a uint64_t */
    TRI_VERDICT,    /* the word for a verdict from min to max */
    TRI_CODE,       /* the code of a reason */
    TRI_CODES,      /* several; the "never" of tri_overrides */
    TRI_ROLES,      /* names; of tri_overrides */
    TRI_ACTIONS,    /* names of actions; offset says what calls for them, TRI_FOR_ */
    TRI_KNOTS,      /* [[risk, millionths], ...]; of tri_calibration */
    TRI_IF,         /* when a gate fires; of tri_gate */
    TRI_CONDITIONS, /* an array of conditions */
    TRI_VALUE,      /* of tri_condition: on the scale of the signal's kind, int32_t */
    TRI_ROW,        /* likewise: points of the signal's row, kept as int32_t mb */
    TRI_OLDER,      /* likewise: an age, int64_t ms */
    TRI_SIGNAL,     /* likewise: the name of a signal, kept as its index */
    TRI_MISSING,    /* likewise, of the condition that it is absent */
    TRI_WHEN,       /* the condition of a profile, or one inside it */
    TRI_WHENS,      /* an array of these */
    TRI_ATTRIBUTE,  /* the name of a registered fact */
    TRI_WORD,       /* a value of one */
    TRI_WORDS,      /* several */
    TRI_BOUND,      /* a whole number that one is compared with */
    TRI_NEXT,       /* the id of a later stage, kept as its index */
    TRI_OBTAIN,     /* the name of the signal whose rule keeps the object */
    TRI_FACTS,    /* an object of texts, by attribute; this and all below are of a test, not kept */
    TRI_EVIDENCE, /* an object of what is supposed, by signal */
    TRI_STATE,    /* the word for why there is no value */
    TRI_EXPECT,   /* an object that must not be empty */
    TRI_STAGE,    /* the id of a stage */
    TRI_PROFILE,  /* the id of a profile, or "default" */
    TRI_RANGE,    /* a risk, or the lowest and the highest */
    TRI_ROWS,     /* an object of points, by row of the ledger */
    TRI_SETS,     /* an array of arrays of signals */
    TRI_NAMES,    /* names of actions */
    TRI_OBJECT,   /* members that are kept in the same struct */
    TRI_MAP,      /* an object of objects, by name */
    TRI_LIST,     /* an array of objects */
    TRI_TYPE_COUNT
} tri_type;

/** A member that has no default of its own: it depends on others, as its meaning says. */
#define TRI_NO_DEFAULT (INT64_MIN + 1)

typedef struct tri_object tri_object;

typedef struct tri_member {
    const char *name;
    tri_type type;
    bool required;
    size_t offset;            /* in the struct that keeps the object */
    int64_t min;              /* in the document's unit; of a map or list, how many; */
    int64_t max;              /* a duration's are milliseconds */
    int64_t fallback;         /* in the document's unit, or TRI_NO_DEFAULT */
    const tri_object *object; /* what is inside, or NULL */
    const char *meaning;      /* for people: one sentence */
} tri_member;

struct tri_object {
    const char *name; /* of its definition in the schema */
    bool flat;        /* expand writes it on one line */
    size_t count;
    const tri_member *members; /* sorted by name */
};

extern const tri_object tri_document;             /* of trust_policy */
extern const tri_object tri_document_signal;      /* of tri_signal_rule */
extern const tri_object tri_document_group;       /* of tri_group */
extern const tri_object tri_document_gate;        /* of tri_gate */
extern const tri_object tri_document_condition;   /* of tri_condition */
extern const tri_object tri_document_profile;     /* of tri_profile */
extern const tri_object tri_document_when;        /* of tri_when */
extern const tri_object tri_document_stage;       /* of tri_stage */
extern const tri_object tri_document_step;        /* of tri_signal_rule */
extern const tri_object tri_document_overrides;   /* of trust_policy */
extern const tri_object tri_document_calibration; /* likewise */
extern const tri_object tri_document_test;        /* not kept, like the next two */
extern const tri_object tri_document_expect;
extern const tri_object tri_document_supposed;

/** The states that a test may give in place of a value. */
#define TRI_TEST_STATES 8
extern const uint32_t tri_test_states[TRI_TEST_STATES];

/** The member of that name, or NULL. */
const tri_member *tri_object_find(const tri_object *object, trust_bytes name);

/** The word in @p words (NULL ends them) that @p name is a slip of the pen from, or NULL. */
const char *tri_nearest(trust_bytes name, const char *const *words);

/** Between a number in the document's unit and where the policy keeps it; exact both ways. */
void tri_member_store(const tri_member *member, void *base, int64_t value);
int64_t tri_member_fetch(const tri_member *member, const void *base);

/** Between permille and fractions; exact there and back again. */
uint32_t tri_q16_of_permille(int64_t permille);
int64_t tri_permille_of_q16(uint32_t q16);

/** Store the default of every member that has one. */
void tri_object_defaults(const tri_object *object, void *base);

/** Everything that a kind's default gives. name, kind, scale and hi (the weight) are set. */
void tri_signal_defaults(tri_signal_rule *rule);

/** The group that a kind belongs to by default. */
const char *tri_group_default(const tri_signal_rule *rule);

/** The caps of a group whose signals are known: the sums of its members, but less than that where
 * two of them see the same address. */
void tri_group_defaults(const trust_policy *policy, uint32_t index, tri_group *group);

/** Durations as the document writes them, the exact unit that is largest. */
bool tri_duration_parse(trust_bytes text, bool zero, int64_t *ms);
void tri_duration_format(tri_text *text, int64_t ms);

/** Load and keep the tree, for the linter's places. @p doc is freed by the caller, also when this
 * fails; its text is the caller's. */
trust_status tri_policy_load(trust_bytes text, const trust_allocator *allocator, tri_json_doc *doc,
                             trust_policy **out, trust_error *err);

/** The same without running the document's own tests. */
trust_status tri_policy_compile(trust_bytes text, const trust_allocator *allocator,
                                tri_json_doc *doc, trust_policy **out, trust_error *err);

/** The document in full: on one line for the hash, or laid out for people. */
void tri_policy_write(const trust_policy *policy, bool laid_out, tri_text *text);

#endif
