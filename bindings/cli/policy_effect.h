#ifndef TRUSTCTL_POLICY_EFFECT_H
#define TRUSTCTL_POLICY_EFFECT_H

/* Which way a change of a policy works. Each answer is about one change, all else being equal: the
 * same findings, facts, state and time. Where every change of a document works one way, so does the
 * document, because rows, sums, gates and verdicts only ever rise together. */

#include "policy_file.h"

typedef enum effect {
    NEITHER,  /* no verdict is different */
    STRICTER, /* no verdict is milder */
    MILDER,   /* no verdict is stricter */
    MIXED,    /* some may be milder and some stricter */
    UNCLEAR   /* not compared */
} effect;

extern const char *const effect_words[];

/* Of two answers about parts: what the whole is. */
effect effect_of_both(bool never_milder, bool never_stricter);
effect effect_of_order(int64_t from, int64_t to); /* a rise is stricter */
effect effect_opposite(effect e);

/* How a member's value works when it rises. */
typedef enum rule {
    RULE_NONE,   /* it moves no verdict */
    RULE_UP,     /* a higher number is stricter */
    RULE_DOWN,   /* a higher number is milder */
    RULE_LONG,   /* a longer span is stricter; "never" is the longest */
    RULE_SHORT,  /* a longer span is milder */
    RULE_LATER,  /* a later time is stricter; none is the earliest */
    RULE_SOONER, /* a later time is milder; none is the latest */
    RULE_FLOOR,  /* a stricter verdict is stricter */
    RULE_FLAG,   /* true is stricter */
    RULE_MORE,   /* a further name in a list is stricter */
    RULE_FEWER,  /* a further name in a list is milder */
    RULE_GRANT,  /* to have it at all is milder */
    RULE_ROLES,  /* a further name is milder, none at all the mildest */
    RULE_EITHER, /* stricter for some evidence and milder for other */
    RULE_CANNOT  /* not compared */
} rule;

effect effect_of_member(rule r, const tree *from, const tree *to);

effect effect_of_curve(const policy_file *a, size_t in_a, const policy_file *b, size_t in_b);
effect effect_of_gate(const policy_file *a, size_t in_a, const policy_file *b, size_t in_b);
/* How long gates and stages go by what a signal said, for values from @p limit on. */
effect effect_on_counting(const policy_file *a, size_t in_a, const policy_file *b, size_t in_b,
                          int32_t limit);
/* The least value that costs points. */
int32_t effect_first_cost(const policy_file *file, size_t signal);
effect effect_of_stance(const trust_policy_stance *from, const trust_policy_stance *to);
/* That a signal, a profile comes in anew. */
effect effect_of_new_signal(const policy_file *file, size_t index);
effect effect_of_new_profile(const policy_file *file, size_t index);
/* Whether what each signal counts for in the uncertainty is another. */
bool uncertainty_moved(const policy_file *a, const policy_file *b);

/* Index by name, or the count when there is none. */
size_t find_signal(const policy_file *file, const char *name);
size_t find_gate(const policy_file *file, const char *id);
size_t find_profile(const policy_file *file, const char *id);

#endif
