/* Step 3: findings become a decision. Pure: no clock, no store, integers only. Trust: findings were
 * appraised; what is missing gets its type here. */

#include "engine/assess.h"

#include <string.h>

#include "core/kind.h"
#include "core/number.h"
#include "core/reason.h"
#include "device/challenges.h"
#include "device/remember.h"
#include "policy/next.h"
#include "reference/reference.h"

static void add_absence(tri_assessment *a, uint32_t kind, uint32_t state, uint32_t reason)
{
    if (a->finding_count == TRI_DECISION_FINDINGS)
        return;
    a->findings[a->finding_count++] = (trust_finding){.kind = kind,
                                                      .state = state,
                                                      .origin = TRUST_FROM_HOST,
                                                      .time = a->now,
                                                      .reason = reason,
                                                      .item = TRUST_NO_ITEM};
}

/* There is later news from the same source, fresh or itself remembered: what is decided now has to
 * be decided again when the fresh has become the remembered. */
static bool outlived(const tri_assessment *a, size_t index)
{
    const trust_finding *old = &a->findings[index];
    for (size_t i = 0; i < a->finding_count; i++) {
        const trust_finding *other = &a->findings[i];
        if (other->kind == old->kind && other->source == old->source &&
            other->state == TRUST_STATE_VALID && other->time > old->time)
            return true;
    }
    return false;
}

/* Good news that has aged costs nearly what silence costs. Beside newer news from the same source
 * it has nothing left to say; bad news is not washed away, but it fades. What this policy takes for
 * good may be bad news to the next one, so the record keeps what is set aside here. */
static void set_outlived_aside(tri_assessment *a)
{
    bool aside[TRI_DECISION_FINDINGS];
    size_t kept = 0;
    for (size_t i = 0; i < a->finding_count; i++)
        aside[i] =
            outlived(a, i) && !tri_policy_against(a->snapshot->policy, &a->findings[i], a->now);
    a->outlived_count = 0;
    for (size_t i = 0; i < a->finding_count; i++) {
        if (aside[i])
            a->outlived[a->outlived_count++] = a->findings[i];
        else
            a->findings[kept++] = a->findings[i];
    }
    a->finding_count = kept;
}

/* Fresh findings, what is remembered, and why the rest is not there. */
static void collect(tri_assessment *a)
{
    const trust_appraisal *p = &a->appraisal;
    memcpy(a->findings, p->findings, p->finding_count * sizeof a->findings[0]);
    a->finding_count = tri_remember_recall(&a->control, a->findings, p->finding_count,
                                           TRI_DECISION_FINDINGS, a->now);
    set_outlived_aside(a);
    for (uint32_t kind = 1; kind <= TRI_KIND_BUILTIN_COUNT; kind++) {
        uint32_t reason;
        uint32_t state = tri_challenge_absence(&a->control, kind, a->now, &reason);
        if (reason != TRI_REASON_NOT_REQUESTED)
            add_absence(a, kind, state, reason);
    }
    for (uint32_t i = 0; i < a->snapshot->down_count; i++)
        add_absence(a, a->snapshot->down[i], TRUST_STATE_SOURCE_DOWN, TRI_REASON_SOURCE_DOWN);
}

/* The stage that the device is in; TRI_NO_STAGE for one of another policy, or one that this policy
 * no longer knows: then it begins anew. */
static uint32_t stage_of(const trust_policy *policy, const tri_control *control)
{
    for (uint32_t i = 0; control->stage_policy == policy->key && i < policy->stage_count; i++)
        if (strcmp(policy->stages[i].id, control->stage) == 0)
            return i;
    return TRI_NO_STAGE;
}

static trust_policy_input input_of(const tri_assessment *a)
{
    trust_policy_input input = TRUST_POLICY_INPUT_INIT;
    input.now = a->now;
    input.findings = a->findings;
    input.finding_count = a->finding_count;
    input.floors = a->floors;
    input.floor_count = a->floor_count;
    input.since = a->control.since;
    input.previous = a->control.verdict;
    input.flaps = a->control.flaps;
    input.selection = a->selection;
    input.stage = stage_of(a->snapshot->policy, &a->control);
    if (input.stage != TRI_NO_STAGE)
        input.stage_since = a->control.stage_since;
    return input;
}

static void put_rows(tri_assessment *a, const trust_row *rows, size_t count, trust_decision *d)
{
    const trust_policy *policy = a->snapshot->policy;
    d->info.row_count = (uint32_t)count;
    memcpy(d->rows, rows, count * sizeof rows[0]);
    for (size_t i = 0; i < count; i++)
        d->row_names[i] = tri_decision_text(d, trust_policy_row_name(policy, &rows[i]));
}

static void put_items(const tri_assessment *a, trust_decision *d)
{
    d->info.item_count = (uint32_t)a->evidence->count;
    for (size_t i = 0; i < a->evidence->count; i++) {
        const tri_outcome *outcome = &a->appraisal.outcomes[i];
        d->items[i].type = tri_decision_text(d, a->evidence->items[i].type);
        d->items[i].origin = a->evidence->items[i].origin;
        d->items[i].state = outcome->state;
        d->items[i].reason = outcome->reason;
    }
}

static void put_inputs(const tri_assessment *a, trust_decision *d)
{
    trust_table_source_info source;
    const trust_table *table = a->snapshot->table;
    if (a->snapshot->reference != NULL)
        d->inputs[d->input_count++] = (tri_input){tri_decision_text(d, "reference"),
                                                  tri_reference_revision(a->snapshot->reference)};
    for (size_t i = 0; table != NULL && i < trust_table_source_count(table); i++) {
        if (d->input_count == TRI_DECISION_INPUTS ||
            trust_table_source_at(table, i, &source) != TRUST_OK)
            break;
        uint64_t revision = source.built > 0 ? (uint64_t)source.built / 1000 : 0;
        d->inputs[d->input_count++] = (tri_input){tri_decision_text(d, source.name), revision};
    }
}

/* What nobody can bring now: what the device would sign and no registered key verifies, and what
 * comes from a source that is down. */
static uint64_t out_of_reach(const tri_assessment *a)
{
    const trust_policy *policy = a->snapshot->policy;
    uint64_t never = 0;
    for (uint32_t i = 0; i < policy->signal_count; i++) {
        uint32_t kind = policy->signals[i].kind;
        bool signed_by_it = kind == TRUST_KIND_IDENTITY || kind == TRUST_KIND_ATTESTATION;
        bool out = signed_by_it && a->control.anchor_count == 0;
        for (uint32_t k = 0; k < a->snapshot->down_count; k++)
            out |= a->snapshot->down[k] == kind;
        never |= (uint64_t)out << i;
    }
    return never;
}

static void put_step(const trust_policy *policy, const trust_policy_step *from, trust_decision *d)
{
    tri_step *step = &d->steps[d->info.step_count++];
    *step = (tri_step){.can_reach = from->can_reach, .cost = from->cost};
    for (uint32_t i = 0; i < policy->signal_count; i++) {
        const tri_signal_rule *rule = &policy->signals[i];
        if ((from->signals >> i & 1) == 0)
            continue;
        step->signals[step->count].obtain = tri_decision_word(d, rule->name);
        step->signals[step->count].action = tri_decision_word(d, rule->action);
        step->signals[step->count++].kind = rule->kind;
    }
}

/* What could still be obtained, and would help: nothing that cannot is asked for. */
static trust_status put_steps(const tri_assessment *a, trust_decision *d)
{
    trust_policy_step steps[TRI_DECISION_STEPS];
    size_t count = 0;
    if (a->summary.verdict == TRUST_ALLOW)
        return TRUST_OK;
    trust_policy_input input = input_of(a);
    trust_status status = tri_next_steps(a->snapshot->policy, &input, out_of_reach(a), steps,
                                         TRI_DECISION_STEPS, &count);
    for (size_t i = 0; i < count; i++)
        put_step(a->snapshot->policy, &steps[i], d);
    return status;
}

static trust_status put_actions(const tri_assessment *a, const trust_policy_result *result,
                                trust_decision *d)
{
    trust_policy_action actions[TRUST_POLICY_MAX_ACTIONS];
    size_t count = 0;
    trust_status status = trust_policy_actions(a->snapshot->policy, result, actions,
                                               TRUST_POLICY_MAX_ACTIONS, &count);
    for (size_t i = 0; i < count; i++)
        d->actions[i] =
            (tri_response){tri_decision_word(d, actions[i].name), actions[i].id, actions[i].reason};
    d->info.action_count = (uint32_t)count;
    return status;
}

static void put_needs(const tri_assessment *a, const trust_policy_result *result, trust_decision *d)
{
    const trust_policy *policy = a->snapshot->policy;
    trust_policy_input input = input_of(a);
    uint64_t lacking = tri_lacking(policy, &input, result);
    for (uint32_t i = 0; lacking != 0; i++, lacking >>= 1) {
        if ((lacking & 1) == 0)
            continue;
        d->needs[d->info.need_count].name = tri_decision_word(d, policy->signals[i].name);
        d->needs[d->info.need_count++].kind = policy->signals[i].kind;
    }
}

static void put_heads(const tri_assessment *a, trust_decision *d)
{
    const trust_policy *policy = a->snapshot->policy;
    memcpy(d->device, a->device->texts, strlen(a->device->texts) + 1);
    d->info.summary = a->summary;
    d->info.binding = a->appraisal.binding;
    d->info.decided = a->now;
    d->info.policy_revision = policy->revision;
    memcpy(d->info.policy_hash, policy->hash, sizeof d->info.policy_hash);
    d->info.policy_signed = policy->is_signed;
    d->policy_id = tri_decision_text(d, policy->id);
    uint32_t profile = a->summary.profile;
    d->profile = tri_decision_text(d, profile > 0 ? policy->profiles[profile - 1].id : "default");
    if (policy->stage_count > 0)
        d->stage = tri_decision_text(d, policy->stages[a->summary.stage].id);
    d->info.finding_count = (uint32_t)a->finding_count;
    memcpy(d->findings, a->findings, a->finding_count * sizeof a->findings[0]);
}

/* Not the policy's rows, but the world around them changes at @p time. */
static void end_by(const tri_assessment *a, trust_time time, trust_decision *d)
{
    if (time == TRUST_TIME_UNKNOWN || time <= a->now || time >= d->info.valid_until)
        return;
    d->info.valid_until = time;
    d->info.valid_until_exact = 0;
}

/* A question that was delivered turns into a refusal when its deadline passes. */
static void end_at_deadlines(const tri_assessment *a, trust_decision *d)
{
    for (size_t i = 0; i < a->control.challenge_count; i++) {
        const tri_challenge *c = &a->control.challenges[i];
        bool spent = (a->appraisal.answered >> i & 1) != 0;
        if (!spent && c->delivered != 0 && tri_challenge_is_open(c, a->now))
            end_by(a, c->deadline + 1, d);
    }
}

/* Bad news that later news has outlived is set aside as soon as it has faded: it only ever fades.
 */
static void end_when_set_aside(const tri_assessment *a, trust_decision *d)
{
    const trust_policy *policy = a->snapshot->policy;
    for (size_t i = 0; a->now != TRUST_TIME_UNKNOWN && i < a->finding_count; i++) {
        trust_time counts = a->now, faded = d->info.valid_until;
        if (!outlived(a, i) || tri_policy_against(policy, &a->findings[i], faded))
            continue;
        while (faded - counts > 1) {
            trust_time middle = counts + (faded - counts) / 2;
            if (tri_policy_against(policy, &a->findings[i], middle))
                counts = middle;
            else
                faded = middle;
        }
        end_by(a, faded, d);
    }
}

static trust_status put_validity(const tri_assessment *a, trust_decision *d)
{
    trust_policy_input input = input_of(a);
    trust_status status = trust_policy_valid_until(
        a->snapshot->policy, &input, &d->info.valid_until, &d->info.valid_until_exact);
    if (status != TRUST_OK)
        return status;
    end_at_deadlines(a, d);
    end_when_set_aside(a, d);
    end_by(a, tri_policy_from(a->snapshot->policy), d);
    end_by(a, tri_policy_until(a->snapshot->policy), d);
    return TRUST_OK;
}

/* By what was registered, never by what the device says. */
static trust_status choose_profile(tri_assessment *a)
{
    const trust_policy *policy = a->snapshot->policy;
    a->selection = (trust_policy_selection){0, 0};
    if (policy->profile_count == 0)
        return TRUST_OK;
    return trust_policy_select(policy, a->device->attributes, a->device->attribute_count,
                               &a->selection);
}

trust_status tri_decide(tri_assessment *a, trust_decision *decision)
{
    uint64_t memory[TRI_RESULT_WORDS];
    trust_policy_result *result = (trust_policy_result *)memory;
    trust_row rows[TRUST_MAX_ROWS];
    size_t row_count = 0;
    const trust_policy *policy = a->snapshot->policy;
    collect(a);
    trust_status status = choose_profile(a);
    if (status != TRUST_OK)
        return status;
    trust_policy_input input = input_of(a);
    status = trust_policy_evaluate(policy, &input, result, sizeof memory);
    if (status == TRUST_OK)
        status = trust_policy_ledger(policy, result, rows, TRUST_MAX_ROWS, &row_count);
    if (status != TRUST_OK)
        return status;
    trust_policy_result_summary(result, &a->summary);
    a->moves = policy->stage_count > 0 && stage_of(policy, &a->control) != a->summary.stage;
    memset(a->weighed, 0, sizeof a->weighed);
    for (size_t i = 0; i < row_count; i++)
        if (rows[i].type == TRUST_ROW_SIGNAL && rows[i].finding < a->finding_count)
            a->weighed[rows[i].finding] = true;
    if (decision == NULL)
        return TRUST_OK;
    tri_decision_clear(decision);
    put_heads(a, decision);
    put_rows(a, rows, row_count, decision);
    /* What is to be done, and what it rests on, before what was sent: the room for texts ends, and
     * items are hostile. */
    status = put_steps(a, decision);
    if (status == TRUST_OK)
        status = put_actions(a, result, decision);
    put_needs(a, result, decision);
    put_inputs(a, decision);
    put_items(a, decision);
    return status == TRUST_OK ? put_validity(a, decision) : status;
}
