/* What to ask for next: each look weighs the present findings once more, with the best that could
 * come of a set of signals. Sets are taken by size, so all parts of one were looked at before it.
 * Trust: as evaluate.c; findings are copied, and checked there. */

#include "policy/next.h"

#include "core/kind.h"
#include "policy/weigh.h"

#define MAX_LOOKS    256
#define RESULT_WORDS ((TRI_RESULT_MOST + sizeof(uint64_t) - 1) / sizeof(uint64_t))

typedef union outcome {
    trust_policy_result result;
    uint64_t memory[RESULT_WORDS];
} outcome;

/* A finding and when it counts: with no signal of @c unless supposed, and with each of @c only. */
typedef struct place {
    uint32_t kind;
    uint64_t unless, only;
} place;

typedef struct searching {
    const trust_policy *policy;
    trust_policy_input input;
    trust_finding findings[TRI_MAX_FINDINGS];
    place places[TRI_MAX_FINDINGS];
    uint32_t signals[TRUST_POLICY_MAX_SIGNALS]; /* that can be asked for, the cheapest first */
    uint32_t count;
    uint32_t looks;
    trust_verdict verdict; /* the present one */
    trust_verdict bound;   /* nothing is milder */
    trust_policy_step found[MAX_LOOKS];
    uint32_t found_count;
} searching;

static uint64_t bit(uint32_t signal)
{
    return (uint64_t)1 << signal;
}

static trust_verdict evaluate(searching *search, uint64_t set, outcome *out)
{
    for (size_t i = 0; i < search->input.finding_count; i++) {
        const place *at = &search->places[i];
        bool counts = (set & at->unless) == 0 && (set & at->only) == at->only;
        search->findings[i].kind = counts ? at->kind : TRUST_KIND_NONE;
    }
    if (trust_policy_evaluate(search->policy, &search->input, &out->result, sizeof *out) !=
        TRUST_OK)
        return TRUST_DENY;
    return out->result.verdict;
}

static trust_verdict look(searching *search, uint64_t set)
{
    outcome out;
    search->looks++;
    return evaluate(search, set, &out);
}

/* What gives way to a good answer: silence, and what was answered before where the latest counts.
 */
static bool gives_way(const trust_finding *finding)
{
    return !tri_has_say(finding) || tri_kind_latest_counts(finding->kind);
}

/* Copy what the policy names, and no more. */
static void take_findings(searching *search, const trust_policy_input *input)
{
    size_t count = 0;
    uint32_t hint = 0;
    for (size_t i = 0; i < input->finding_count; i++) {
        const trust_finding *finding = &input->findings[i];
        uint32_t signal = tri_signal_of(search->policy, finding->kind, hint);
        if (signal == UINT32_MAX)
            continue;
        hint = signal + 1;
        search->findings[count] = *finding;
        search->places[count] = (place){finding->kind, gives_way(finding) ? bit(signal) : 0, 0};
        count++;
    }
    search->input = *input;
    search->input.findings = search->findings;
    search->input.finding_count = count;
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

static bool same_source(const searching *search, const trust_finding *finding)
{
    for (size_t i = 0; i < search->input.finding_count; i++)
        if (search->places[i].kind == finding->kind &&
            search->findings[i].source == finding->source)
            return true;
    return false;
}

/* Whether all that is known of a signal is as good as can be. */
static bool perfect(const searching *search, const trust_finding *best, uint32_t quorum)
{
    size_t count = 0, good = 0;
    for (size_t i = 0; i < search->input.finding_count; i++) {
        const trust_finding *finding = &search->findings[i];
        if (search->places[i].kind != best->kind)
            continue;
        count++;
        good += finding->state == TRUST_STATE_VALID && finding->value == best->value &&
                finding->quality == best->quality && finding->time == best->time;
    }
    return count == 1 && good == 1 && quorum <= 1;
}

/* Make room for the best evidence of a signal, unless it is there already. */
static void add_signal(searching *search, uint32_t signal)
{
    const tri_signal_rule *rule = &search->policy->signals[signal];
    trust_finding best = best_of(rule, search->input.now);
    size_t at = search->input.finding_count;
    if (at == TRI_MAX_FINDINGS || perfect(search, &best, rule->quorum))
        return;
    while (same_source(search, &best))
        best.source--;
    search->findings[at] = best;
    search->places[at] = (place){rule->kind, 0, bit(signal)};
    search->input.finding_count = at + 1;
    uint32_t rank = search->count++;
    for (; rank > 0 && search->policy->signals[search->signals[rank - 1]].cost > rule->cost; rank--)
        search->signals[rank] = search->signals[rank - 1];
    search->signals[rank] = signal;
}

/* The more is good the milder is the verdict, so what all signals together do not reach none does;
 * unless of one even the best is worse than what is there. */
static trust_verdict bound_of(searching *search, const trust_policy_result *now)
{
    uint64_t all = 0;
    for (uint32_t i = 0; i < search->count; i++) {
        const tri_signal_rule *rule = &search->policy->signals[search->signals[i]];
        trust_finding best = best_of(rule, search->input.now);
        tri_worth worth = tri_worth_of(rule, &best, rule->absent[TRI_ABSENT_NOT_REQUESTED]);
        if (tri_points(&worth, worth.certainty) > now->rows[search->signals[i]].mb)
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

/* The mildest first, then the cheapest, then as they were found. */
static size_t sort_out(const searching *search, trust_policy_step *steps, size_t cap)
{
    size_t most = cap < TRI_MAX_STEPS ? cap : TRI_MAX_STEPS, count = 0;
    for (uint32_t i = 0; i < search->found_count; i++) {
        const trust_policy_step *step = &search->found[i];
        size_t at = count;
        while (at > 0 &&
               (step->can_reach < steps[at - 1].can_reach ||
                (step->can_reach == steps[at - 1].can_reach && step->cost < steps[at - 1].cost)))
            at--;
        if (at == most)
            continue;
        count += count < most;
        for (size_t k = count - 1; k > at; k--)
            steps[k] = steps[k - 1];
        steps[at] = *step;
    }
    return count;
}

trust_status tri_next_steps(const trust_policy *policy, const trust_policy_input *input,
                            uint64_t never, trust_policy_step *steps, size_t cap, size_t *count)
{
    outcome now;
    searching search;
    trust_status status = trust_policy_evaluate(policy, input, &now.result, sizeof now);
    if (status != TRUST_OK)
        return status;
    *count = 0;
    search.policy = policy;
    search.verdict = now.result.verdict;
    search.count = search.looks = search.found_count = 0;
    if (search.verdict == TRUST_ALLOW)
        return TRUST_OK;
    take_findings(&search, input);
    for (uint32_t s = 0; s < policy->signal_count; s++)
        if (policy->signals[s].cost > 0 && (never >> s & 1) == 0 &&
            now.result.rows[s].state != TRUST_STATE_NOT_APPLICABLE)
            add_signal(&search, s);
    search.bound = bound_of(&search, &now.result);
    if (search.bound < search.verdict)
        try_all(&search);
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
    tri_stance room;
    tri_chains links;
    tri_weighed weighed;
    outcome scratch;
    if (policy->stage_count == 0 || policy->stages[result->stage].next == TRI_NO_STAGE ||
        !tri_chain(policy, input, &links))
        return 0;
    const tri_stance *stance = tri_stance_of(policy, &input->selection, &room);
    tri_weigh(policy, input, stance, &links, &scratch.result, &weighed);
    uint64_t needs = policy->stages[result->stage].needs;
    for (uint32_t s = 0; s < policy->signal_count; s++)
        if (tri_affirms(&policy->signals[s], &weighed.signals[s].asked,
                        (weighed.exempt >> s & 1) != 0))
            needs &= ~bit(s);
    return needs;
}
