#ifndef TRI_POLICY_DOCUMENT_H
#define TRI_POLICY_DOCUMENT_H

/* The policy document, described once: document.c holds the table of its members, and load.c,
 * expand.c and schema.c walk that table, so that they cannot disagree. */

#include "core/text.h"
#include "format/json.h"
#include "policy/policy.h"

/** The most points that one signal may add or take. 64 signals of it stay below 2^30 mb. */
#define TRI_MAX_POINTS 100000

/** The longest duration: 36500 days. */
#define TRI_MAX_DURATION INT64_C(3153600000000)

/** What a member holds, in the document and in the compiled policy. */
typedef enum tri_type {
    TRI_VERSION,  /* the number of the semantics; not kept */
    TRI_NOTE,     /* a text for people; not kept */
    TRI_NAME,     /* char[64] */
    TRI_COUNT,    /* uint64_t */
    TRI_RISK,     /* absolute risk, int32_t */
    TRI_POINTS,   /* points, kept as int32_t mb */
    TRI_PERMILLE, /* kept as uint32_t Q16 */
    TRI_VALUE,    /* int32_t on the scale of the gate's kind */
    TRI_DURATION, /* "4h" or "never", kept as int64_t ms with 0 for never */
    TRI_SPAN,     /* a duration that may be zero and is never "never" */
    TRI_TIME,     /* RFC 3339, trust_time */
    TRI_SCALE,    /* a word; of tri_signal_rule */
    TRI_CURVE,    /* [[value, points], ...]; of tri_signal_rule */
    TRI_ABSENT,   /* a cost, or an object of costs; of tri_signal_rule */
    TRI_COST,     /* points or "worst"; of tri_signal_rule, one of absent[] */
    TRI_GROUP,    /* the name of a group, kept as its index */
    TRI_SIGNAL,   /* the name of a signal, kept as its index */
    TRI_MISSING,  /* likewise, of the condition that it is absent */
    TRI_FLOOR,    /* the word for a verdict */
    TRI_CODE,     /* the code of a reason */
    TRI_IF,       /* a gate's condition; of tri_gate */
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

extern const tri_object tri_document;        /* of trust_policy */
extern const tri_object tri_document_signal; /* of tri_signal_rule */
extern const tri_object tri_document_group;  /* of tri_group */
extern const tri_object tri_document_gate;   /* of tri_gate */

/** The member of that name, or NULL. */
const tri_member *tri_object_find(const tri_object *object, trust_bytes name);

/** The word in @p words (NULL ends them) that @p name is a slip of the pen from, or NULL. */
const char *tri_nearest(trust_bytes name, const char *const *words);
const char *tri_object_nearest(const tri_object *object, trust_bytes name);

/** Between a number in the document's unit and where the policy keeps it; exact both ways. */
void tri_member_store(const tri_member *member, void *base, int64_t value);
int64_t tri_member_fetch(const tri_member *member, const void *base);

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

/** The document in full: on one line for the hash, or laid out for people. */
void tri_policy_write(const trust_policy *policy, bool laid_out, tri_text *text);

#endif
