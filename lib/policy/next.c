/* What to ask for next. Every signal is weighed twice: as it is, and with the best evidence of it
 * that could come. A look takes the one or the other of each, sums up and judges. Sets are taken by
 * size, so all parts of one were looked at before it. Trust: as weigh.c. */

#include "policy/next.h"

#include <string.h>

#include "core/kind.h"
#include "policy/weigh.h"

#define MAX_LOOKS 256

_Static_assert(MAX_LOOKS <= 1u << 8, "trust/policy.h promises no more than 256");

/* All signals weighed; row_of() and ledger_of() see into it. */
typedef struct scales {
    tri_weighed weighed;
    uint64_t ledger[TRI_RESULT_MOST / sizeof(uint64_t)];
} scales;

typedef struct searching {
    const trust_policy *policy;
    const trust_policy_input *input;
    const tri_stance *stance;
    tri_stance room;
    scales now;
    scales best;  /* rows of signals that cannot be asked for mean nothing */
    scales view;  /* of the present look */
    uint64_t set; /* what is supposed in it */
    uint32_t signals[TRUST_POLICY_MAX_SIGNALS]; /* that can be asked for, the cheapest first */
    uint32_t count;
    uint32_t looks;
    trust_verdict verdict; /* the present one */
    trust_verdict bound;   /* nothing is milder */
    trust_policy_step found[MAX_LOOKS];
    uint32_t found_count;
} searching;

static trust_policy_result *ledger_of(scales *of)
{
    return (trust_policy_result *)of->ledger;
}

static const tri_result_row *row_of(const scales *of, uint32_t signal)
{
    return &((const trust_policy_result *)of->ledger)->rows[signal];
}

static uint64_t bit(uint32_t signal)
{
    return (uint64_t)1 << signal;
}

/* Weigh everything of @p input; false where it is none. */
static bool weigh(searching *search, const trust_policy_input *input, scales *out)
{
    tri_chains links;
    if (!tri_chain(search->policy, input, &links))
        return false;
    search->stance = tri_stance_of(search->policy, &input->selection, &search->room);
    tri_weigh(search->policy, input, search->stance, &links, ledger_of(out), &out->weighed);
    return true;
}

/* The verdict when there is the best evidence of each signal of @p set. */
static trust_verdict look(searching *search, uint64_t set)
{
    scales *view = &search->view;
    for (uint32_t s = 0; s < search->policy->signal_count; s++) {
        if (((set ^ search->set) & bit(s)) == 0)
            continue;
        const scales *from = (set & bit(s)) != 0 ? &search->best : &search->now;
        ledger_of(view)->rows[s] = *row_of(from, s);
        view->weighed.signals[s] = from->weighed.signals[s];
    }
    search->set = set;
    search->looks++;
    tri_sum_up(search->policy, search->stance, &view->weighed, ledger_of(view));
    tri_judge(search->policy, search->input, search->stance, &view->weighed, ledger_of(view));
    return ledger_of(view)->verdict;
}

/* As good as evidence of this signal gets. */
static trust_finding best_of(const tri_signal_rule *rule, trust_time now)
{
    return (trust_finding){.kind = rule->kind,
                           .source = UINT32_MAX,
                           .state = TRUST_STATE_VALID,
                           .origin = TRUST_FROM_HOST,
                           .value = rule->scale == TRUST_SCALE_AR4SI ? 2 : 0,
                           .quality = TRUST_QUALITY_FULL,
                           .time = now,
                           .item = TRUST_NO_ITEM};
}

/* What gives way to a good answer: silence, and what was answered before where the latest counts.
 */
static bool gives_way(const trust_finding *finding)
{
    return !tri_has_say(finding) || tri_kind_latest_counts(finding->kind);
}

static bool same_source(const trust_finding *findings, size_t count, const trust_finding *finding)
{
    for (size_t i = 0; i < count; i++)
        if (findings[i].kind == finding->kind && findings[i].source == finding->source)
            return true;
    return false;
}

/* What there is of the signals of @p set once the best has come, each from a source of its own.
 * Returns what of them there was room for. */
static uint64_t suppose(const searching *search, uint64_t set, trust_finding *findings,
                        size_t *count)
{
    const trust_policy_input *input = search->input;
    size_t n = 0;
    for (size_t i = 0; i < input->finding_count; i++) {
        uint32_t signal = tri_signal_of(search->policy, input->findings[i].kind, 0);
        if (signal != UINT32_MAX && (set & bit(signal)) != 0 && !gives_way(&input->findings[i]))
            findings[n++] = input->findings[i];
    }
    for (uint32_t s = 0; s < search->policy->signal_count; s++) {
        if ((set & bit(s)) == 0)
            continue;
        trust_finding best = best_of(&search->policy->signals[s], input->now);
        while (same_source(findings, n, &best))
            best.source--;
        if (n == TRI_MAX_FINDINGS)
            set &= ~bit(s);
        else
            findings[n++] = best;
    }
    *count = n;
    return set;
}

/* Whether anything about a signal would be different. */
static bool matters(const searching *search, uint32_t s)
{
    const tri_weighing *now = &search->now.weighed.signals[s];
    return row_of(&search->now, s)->mb != row_of(&search->best, s)->mb ||
           memcmp(now, &search->best.weighed.signals[s], sizeof *now) != 0;
}

static void add_signal(searching *search, uint32_t signal)
{
    const tri_signal_rule *rules = search->policy->signals;
    uint32_t rank = search->count++;
    for (; rank > 0 && rules[search->signals[rank - 1]].cost > rules[signal].cost; rank--)
        search->signals[rank] = search->signals[rank - 1];
    search->signals[rank] = signal;
}

/* Weigh the best of all that can be asked for. */
static void prepare(searching *search, uint64_t never)
{
    trust_finding findings[TRI_MAX_FINDINGS];
    trust_policy_input input = *search->input;
    uint64_t set = 0;
    for (uint32_t s = 0; s < search->policy->signal_count; s++)
        if (search->policy->signals[s].cost > 0 && (search->now.weighed.exempt & bit(s)) == 0)
            set |= bit(s);
    set = suppose(search, set & ~never, findings, &input.finding_count);
    input.findings = findings;
    search->count = 0;
    if (!weigh(search, &input, &search->best))
        return;
    for (uint32_t s = 0; s < search->policy->signal_count; s++)
        if ((set & bit(s)) != 0 && matters(search, s))
            add_signal(search, s);
}

/* Whether even the best evidence of a signal makes something worse: its row, or a gate. */
static bool harms(const searching *search, uint32_t s)
{
    const trust_policy *policy = search->policy;
    int32_t now = search->now.weighed.signals[s].asked.worst;
    int32_t best = search->best.weighed.signals[s].asked.worst;
    for (uint32_t i = 0; i < policy->condition_count; i++) {
        const tri_condition *condition = &policy->conditions[i];
        if (condition->asks == TRI_ASKS_AT_LEAST && condition->signal == s &&
            now < condition->limit && condition->limit <= best)
            return true;
    }
    return row_of(&search->best, s)->mb > row_of(&search->now, s)->mb;
}

/* The more is good the milder is the verdict, so what all signals together do not reach none does;
 * unless there is one whose best is worse than what is there. */
static trust_verdict bound_of(searching *search)
{
    uint64_t all = 0;
    for (uint32_t i = 0; i < search->count; i++) {
        if (harms(search, search->signals[i]))
            return TRUST_ALLOW;
        all |= bit(search->signals[i]);
    }
    return all == 0 ? search->verdict : look(search, all);
}

/* Whether a part of @p set reaches as much. */
static bool reached(const searching *search, uint64_t set, trust_verdict verdict)
{
    for (uint32_t i = 0; i < search->found_count; i++)
        if ((search->found[i].signals & ~set) == 0 && search->found[i].can_reach <= verdict)
            return true;
    return false;
}

static void try_set(searching *search, uint64_t set, uint32_t cost)
{
    if (reached(search, set, search->bound)) {
        search->looks++; /* what was considered counts, else there is no end */
        return;
    }
    trust_verdict verdict = look(search, set);
    if (verdict < search->verdict && !reached(search, set, verdict))
        search->found[search->found_count++] = (trust_policy_step){set, verdict, cost};
}

/* The next choice of @p size of @p count members, in order; false after the last. */
static bool advance(uint32_t *members, uint32_t size, uint32_t count)
{
    uint32_t at = size;
    while (at > 0 && members[at - 1] == count - size + at - 1)
        at--;
    if (at == 0)
        return false;
    members[at - 1]++;
    for (; at < size; at++)
        members[at] = members[at - 1] + 1;
    return true;
}

static void try_size(searching *search, uint32_t size)
{
    uint32_t members[TRUST_POLICY_MAX_SIGNALS];
    for (uint32_t i = 0; i < size; i++)
        members[i] = i;
    do {
        uint64_t set = 0;
        uint32_t cost = 0;
        for (uint32_t i = 0; i < size; i++) {
            set |= bit(search->signals[members[i]]);
            cost += search->policy->signals[search->signals[members[i]]].cost;
        }
        try_set(search, set, cost);
    } while (search->looks < MAX_LOOKS && advance(members, size, search->count));
}

/* A signal that does all by itself is in no larger set. */
static void drop_sufficient(searching *search)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < search->count; i++)
        if (!reached(search, bit(search->signals[i]), search->bound))
            search->signals[kept++] = search->signals[i];
    search->count = kept;
}

static void try_all(searching *search)
{
    for (uint32_t size = 1; size <= search->count && search->looks < MAX_LOOKS; size++) {
        try_size(search, size);
        if (size == 1)
            drop_sufficient(search);
    }
}

static bool better(const trust_policy_step *a, const trust_policy_step *b)
{
    return a->can_reach != b->can_reach ? a->can_reach < b->can_reach : a->cost < b->cost;
}

/* The mildest first, then the cheapest, then as they were found. */
static size_t sort_out(const searching *search, trust_policy_step *steps, size_t cap)
{
    size_t most = cap < TRI_MAX_STEPS ? cap : TRI_MAX_STEPS, count = 0;
    for (uint32_t i = 0; i < search->found_count; i++) {
        size_t at = count;
        while (at > 0 && better(&search->found[i], &steps[at - 1]))
            at--;
        if (at == most)
            continue;
        count += count < most;
        for (size_t k = count - 1; k > at; k--)
            steps[k] = steps[k - 1];
        steps[at] = search->found[i];
    }
    return count;
}

trust_status tri_next_steps(const trust_policy *policy, const trust_policy_input *input,
                            uint64_t never, trust_policy_step *steps, size_t cap, size_t *count)
{
    searching search;
    search.policy = policy;
    search.input = input;
    if (!weigh(&search, input, &search.now))
        return TRUST_E_ARGUMENT;
    search.view.weighed.exempt = search.now.weighed.exempt;
    search.set = UINT64_MAX; /* so that the first look takes every signal as it is */
    search.verdict = look(&search, 0);
    search.looks = search.found_count = 0;
    if (search.verdict > TRUST_ALLOW) {
        prepare(&search, never);
        search.bound = bound_of(&search);
        if (search.bound < search.verdict)
            try_all(&search);
    }
    *count = sort_out(&search, steps, cap);
    return TRUST_OK;
}

trust_status trust_policy_next(const trust_policy *policy, const trust_policy_input *input,
                               trust_policy_step *steps, size_t cap, size_t *count)
{
    if (policy == NULL || input == NULL || (steps == NULL && cap > 0) || count == NULL)
        return TRUST_E_ARGUMENT;
    return tri_next_steps(policy, input, 0, steps, cap, count);
}

uint64_t tri_lacking(const trust_policy *policy, const trust_policy_input *input,
                     const trust_policy_result *result)
{
    searching search;
    search.policy = policy;
    if (policy->stage_count == 0 || policy->stages[result->stage].next == TRI_NO_STAGE ||
        !weigh(&search, input, &search.now))
        return 0;
    uint64_t needs = policy->stages[result->stage].needs;
    const tri_weighed *weighed = &search.now.weighed;
    for (uint32_t s = 0; s < policy->signal_count; s++)
        if (tri_affirms(&policy->signals[s], &weighed->signals[s].asked,
                        (weighed->exempt & bit(s)) != 0))
            needs &= ~bit(s);
    return needs;
}
