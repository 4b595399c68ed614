/* What the linter says about profiles: those that an earlier one always hides, and those that
 * change nothing. */

#include <string.h>

#include "core/bytes.h"
#include "policy/lint/linter.h"

/* ---- does one condition follow from another? ---- */

/* The node after this one and all that is inside it. */
static uint32_t after(const trust_policy *p, uint32_t node)
{
    uint32_t open = 1;
    for (; open > 0; node++) {
        open--;
        if (p->whens[node].op <= TRI_WHEN_NOT)
            open += p->whens[node].count;
    }
    return node;
}

static bool is_one_of(const char *word, const tri_when *in)
{
    for (uint32_t i = 0; i < in->count; i++)
        if (strcmp(word, in->words[i]) == 0)
            return true;
    return false;
}

static bool begins(const char *word, const char *prefix)
{
    return strncmp(word, prefix, strlen(prefix)) == 0;
}

/* Of two comparisons of the same fact. */
static bool fact_implies(const tri_when *a, const tri_when *b)
{
    if (strcmp(a->attribute, b->attribute) != 0)
        return false;
    if (a->op == TRI_WHEN_IN && (b->op == TRI_WHEN_IN || b->op == TRI_WHEN_PREFIX)) {
        uint32_t i = 0;
        while (i < a->count && (b->op == TRI_WHEN_IN ? is_one_of(a->words[i], b)
                                                     : begins(a->words[i], b->words[0])))
            i++;
        return i == a->count;
    }
    if (a->op != b->op)
        return false;
    if (a->op == TRI_WHEN_PREFIX)
        return begins(a->words[0], b->words[0]);
    return a->op == TRI_WHEN_GE ? a->number >= b->number : a->number <= b->number;
}

/* Steps left: two conditions of 64 parts each could be matched in ever so many ways. */
#define MAX_STEPS 4096

static bool implies(const trust_policy *p, uint32_t a, uint32_t b, uint32_t *steps);

/* Whether it follows for all of a node's children, or for one: from each when @p from, else to
 * each. */
static bool children(const trust_policy *p, uint32_t node, uint32_t other, bool from, bool all,
                     uint32_t *steps)
{
    uint32_t child = node + 1;
    for (uint32_t i = 0; i < p->whens[node].count; i++, child = after(p, child))
        if (implies(p, from ? child : other, from ? other : child, steps) != all)
            return !all;
    return all;
}

/* Whether @p b is true wherever @p a is. True only where it is proven. */
static bool implies(const trust_policy *p, uint32_t a, uint32_t b, uint32_t *steps)
{
    const tri_when *x = &p->whens[a], *y = &p->whens[b];
    if (*steps == 0)
        return false;
    --*steps;
    if (x->op == TRI_WHEN_ANY)
        return children(p, a, b, true, true, steps);
    if (y->op == TRI_WHEN_ALL)
        return children(p, b, a, false, true, steps);
    if (x->op == TRI_WHEN_ALL && children(p, a, b, true, false, steps))
        return true;
    if (y->op == TRI_WHEN_ANY)
        return children(p, b, a, false, false, steps);
    if (x->op == TRI_WHEN_NOT && y->op == TRI_WHEN_NOT)
        return implies(p, b + 1, a + 1, steps);
    return x->op >= TRI_WHEN_IN && y->op >= TRI_WHEN_IN && fact_implies(x, y);
}

/* ---- remarks ---- */

/* The profile that is chosen wherever this one could be, or UINT32_MAX. */
static uint32_t hider_of(const trust_policy *p, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++) {
        uint32_t steps = MAX_STEPS;
        if (implies(p, p->profiles[index].when, p->profiles[i].when, &steps))
            return i;
    }
    return UINT32_MAX;
}

/* Whether it changes nothing for any device: its numbers are the default's, and it keeps none from
 * a later profile with other ones. */
static bool idle(const tri_linter *l, uint32_t index)
{
    for (uint32_t i = index; i < l->policy->profile_count; i++)
        if (!tri_lint_as_default(l, i + 1))
            return false;
    return true;
}

void tri_lint_profiles(tri_linter *l)
{
    const trust_policy *p = l->policy;
    for (uint32_t i = 0; i < p->profile_count && !l->no_memory; i++) {
        uint32_t hider = hider_of(p, i);
        if (hider == UINT32_MAX && !idle(l, i))
            continue;
        tri_lint_begin(l, hider != UINT32_MAX ? TRUST_LINT_ERROR : TRUST_LINT_WARNING,
                       hider != UINT32_MAX ? "PROFILE_HIDDEN" : "PROFILE_IDLE",
                       tri_lint_stance(l, i + 1));
        tri_lint_say(l, "the profile ");
        tri_lint_say(l, p->profiles[i].id);
        if (hider != UINT32_MAX) {
            tri_lint_say(l, " is never chosen, since ");
            tri_lint_say(l, p->profiles[hider].id);
            tri_lint_say(l, " before it holds wherever it does: put the narrower one first");
        } else {
            tri_lint_say(l, " changes nothing: give it numbers of its own, or leave it out");
        }
        tri_lint_end(l);
    }
}
