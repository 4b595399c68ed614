/* The report of what is wrong or unwise in a document, and the linter's way through its subjects.
 * It asks the evaluator itself what evidence would come to, so that it cannot disagree with it.
 * Trust: the document may be hostile; one that does not load is reported by its error alone. */

#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "policy/lint/linter.h"

typedef struct remark {
    trust_lint_remark shown;
    struct remark *next;
    const tri_json *value; /* while its place is not known */
    size_t order;          /* as it was made */
} remark;

struct trust_lint {
    tri_arena arena; /* holds everything, itself included */
    remark *first;   /* in the document's order */
    size_t count;
};

/* ---- the report ---- */

/* Put a remark where it belongs by line and column, after those of the same place. */
static void place(trust_lint *lint, remark *r)
{
    remark **link = &lint->first;
    while (*link != NULL &&
           ((*link)->shown.line < r->shown.line ||
            ((*link)->shown.line == r->shown.line && (*link)->shown.column <= r->shown.column)))
        link = &(*link)->next;
    r->next = *link;
    *link = r;
    lint->count++;
}

trust_lint *tri_lint_new(const trust_allocator *allocator)
{
    tri_arena arena = tri_arena_begin(allocator);
    trust_lint *lint = tri_arena_take(&arena, sizeof *lint);
    if (lint != NULL)
        lint->arena = arena;
    return lint;
}

/* A remark without a place, or NULL where there is no memory. */
static remark *make(trust_lint *lint, uint32_t severity, const char *code, const char *sentence)
{
    remark *r = tri_arena_take(&lint->arena, sizeof *r);
    char *copy = tri_arena_copy(&lint->arena, tri_bytes(sentence));
    if (r == NULL || copy == NULL)
        return NULL;
    r->shown = (trust_lint_remark){.severity = severity, .code = code, .sentence = copy};
    return r;
}

bool tri_lint_add(trust_lint *lint, uint32_t severity, const char *code, const trust_error *about,
                  const char *sentence)
{
    remark *r = make(lint, severity, code, sentence);
    char *where = tri_arena_copy(&lint->arena, tri_bytes(about->where));
    if (r == NULL || where == NULL)
        return false;
    r->shown.line = about->line;
    r->shown.column = about->column;
    r->shown.where = where;
    place(lint, r);
    return true;
}

size_t trust_lint_count(const trust_lint *lint)
{
    return lint != NULL ? lint->count : 0;
}

trust_status trust_lint_remark_at(const trust_lint *lint, size_t index, trust_lint_remark *out)
{
    if (lint == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= lint->count)
        return TRUST_E_NOT_FOUND;
    const remark *r = lint->first;
    while (index-- > 0)
        r = r->next;
    *out = r->shown;
    return TRUST_OK;
}

void trust_lint_free(trust_lint *lint)
{
    if (lint == NULL)
        return;
    tri_arena arena = lint->arena; /* which holds the report itself */
    tri_arena_end(&arena);
}

/* ---- places ---- */

const tri_json *tri_lint_at(const tri_linter *l, const char *name)
{
    return tri_json_member(l->doc->root, name);
}

const tri_json *tri_lint_in(const tri_json *object, const char *name)
{
    const tri_json *value = tri_json_member(object, name);
    return value != NULL ? value : object;
}

const tri_json *tri_lint_signal(const tri_linter *l, uint32_t index)
{
    return tri_json_member(tri_lint_at(l, "signals"), l->policy->signals[index].name);
}

const tri_json *tri_lint_entry(const tri_linter *l, const char *list, uint32_t index)
{
    const tri_json *entry = tri_json_first(tri_lint_at(l, list));
    while (index-- > 0)
        entry = tri_json_next(entry);
    return entry;
}

const tri_json *tri_lint_stance(const tri_linter *l, uint32_t stance)
{
    return stance == 0 ? l->doc->root : tri_lint_entry(l, "profiles", stance - 1);
}

/* ---- sentences ---- */

void tri_lint_begin(tri_linter *l, uint32_t severity, const char *code, const tri_json *value)
{
    l->severity = severity;
    l->code = code;
    l->value = value != NULL ? value : l->doc->root;
    l->number = 0;
    l->text = tri_text_begin(l->room, sizeof l->room);
}

void tri_lint_say(tri_linter *l, const char *text)
{
    tri_text_str(&l->text, text);
}

void tri_lint_say_number(tri_linter *l, int64_t number)
{
    tri_text_int(&l->text, number);
}

void tri_lint_say_points(tri_linter *l, int64_t mb)
{
    tri_text_int(&l->text, mb / TRI_MB_PER_POINT);
}

void tri_lint_say_stance(tri_linter *l, uint32_t stance)
{
    if (stance == 0)
        return;
    tri_lint_say(l, " in the profile ");
    tri_lint_say(l, l->policy->profiles[stance - 1].id);
}

/* Places are found for all remarks together: one alone takes a pass over the document. */
void tri_lint_end(tri_linter *l)
{
    trust_lint *lint = l->lint;
    (void)tri_text_end(&l->text, NULL);
    remark *r = make(lint, l->severity, l->code, l->room);
    if (r == NULL) {
        l->no_memory = true;
        return;
    }
    r->shown.number = l->number;
    r->value = l->value;
    r->order = lint->count++;
    r->next = lint->first;
    lint->first = r;
}

/* ---- their places ---- */

/* The remarks in the order of their values' addresses, and those that have their place. */
typedef struct settling {
    tri_linter *l;
    remark **sorted;
    size_t count;
    remark **tail;
} settling;

/* By value, then as they were made. */
static bool before(const remark *a, const remark *b)
{
    uintptr_t x = (uintptr_t)a->value, y = (uintptr_t)b->value;
    return x != y ? x < y : a->order < b->order;
}

/* Shell's sort: there are hundreds, whatever the document. */
static void sort(remark **list, size_t count)
{
    for (size_t gap = count / 2; gap > 0; gap /= 2)
        for (size_t i = gap; i < count; i++) {
            remark *r = list[i];
            size_t at = i;
            for (; at >= gap && before(r, list[at - gap]); at -= gap)
                list[at] = list[at - gap];
            list[at] = r;
        }
}

/* The first remark about a value, or as many as there are. */
static size_t first_about(const settling *s, const tri_json *value)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uintptr_t)s->sorted[middle]->value < (uintptr_t)value)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->count && s->sorted[low]->value == value ? low : s->count;
}

static bool wanted(void *context, const tri_json *value)
{
    const settling *s = context;
    return first_about(s, value) < s->count;
}

static void found(void *context, const tri_json *value, const trust_error *at)
{
    settling *s = context;
    const char *where = tri_arena_copy(&s->l->lint->arena, tri_bytes(at->where));
    size_t i = first_about(s, value);
    if (where == NULL)
        s->l->no_memory = true;
    for (; i < s->count && s->sorted[i]->value == value; i++) {
        remark *r = s->sorted[i];
        r->shown.line = at->line;
        r->shown.column = at->column;
        r->shown.where = where;
        *s->tail = r;
        s->tail = &r->next;
    }
}

/* Put all remarks in the document's order. */
static void settle(tri_linter *l)
{
    trust_lint *lint = l->lint;
    settling s = {l, tri_arena_take(&l->arena, lint->count * sizeof(remark *)), 0, &lint->first};
    if (s.sorted == NULL) {
        l->no_memory = true;
        return;
    }
    for (remark *r = lint->first; r != NULL; r = r->next)
        s.sorted[s.count++] = r;
    sort(s.sorted, s.count);
    tri_json_places(l->doc, wanted, found, &s);
    *s.tail = NULL;
}

/* ---- the linter ---- */

static void lint_policy(tri_linter *l)
{
    static void (*const subjects[])(tri_linter *) = {tri_lint_gates,    tri_lint_verdicts,
                                                     tri_lint_control,  tri_lint_signals,
                                                     tri_lint_profiles, tri_lint_workflow};
    l->no_memory = !tri_lint_prepare(l);
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0] && !l->no_memory; i++)
        subjects[i](l);
    if (!l->no_memory)
        settle(l);
}

trust_status trust_policy_lint(const void *document, size_t len, const trust_allocator *allocator,
                               trust_lint **out)
{
    if ((document == NULL && len > 0) || out == NULL)
        return TRUST_E_ARGUMENT;
    trust_allocator memory = tri_allocator(allocator);
    tri_json_doc doc = {.root = NULL};
    trust_policy *policy = NULL;
    trust_error err;
    trust_lint *lint = tri_lint_new(&memory);
    if (lint == NULL)
        return TRUST_E_NOMEM;
    trust_status status =
        tri_policy_load((trust_bytes){document, len}, &memory, &doc, &policy, &err);
    tri_linter l = {.lint = lint, .doc = &doc, .policy = policy, .arena = tri_arena_begin(&memory)};
    if (status == TRUST_OK)
        lint_policy(&l);
    else if (status != TRUST_E_NOMEM)
        l.no_memory = !tri_lint_add(lint, TRUST_LINT_ERROR, "DOES_NOT_LOAD", &err, err.message);
    tri_arena_end(&l.arena);
    trust_policy_free(policy);
    tri_json_free(&doc);
    if (l.no_memory || status == TRUST_E_NOMEM) {
        trust_lint_free(lint);
        return TRUST_E_NOMEM;
    }
    *out = lint;
    return TRUST_OK;
}
