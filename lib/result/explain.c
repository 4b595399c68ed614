/* A decision for a person: the verdict in one line, the ledger as a table that adds up, and what
 * could change it. For the subject only what to do. Trust: texts that quote the device are escaped.
 */

#include <trust/reason.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "result/decision.h"

#define BAR 24 /* characters for the longest bar of points */

static const char *sentence(trust_verdict verdict)
{
    static const char *const sentences[] = {"no decision", "may go on", "must show more",
                                            "kept apart", "turned away"};
    return verdict < sizeof sentences / sizeof sentences[0] ? sentences[verdict] : "no decision";
}

static void put_validity(tri_text *t, const trust_decision *d)
{
    tri_text_str(t, "decided ");
    tri_text_time(t, d->info.decided);
    if (d->info.valid_until == TRUST_TIME_NEVER) {
        tri_text_str(t, ", holds until something new is known");
    } else if (d->info.valid_until != TRUST_TIME_UNKNOWN) {
        tri_text_str(t,
                     d->info.valid_until_exact != 0 ? ", holds until " : ", holds at least until ");
        tri_text_time(t, d->info.valid_until);
    }
    if (d->info.preview != 0)
        tri_text_str(t, " (preview, nothing was changed)");
    if (d->info.repeated != 0)
        tri_text_str(t, " (the outcome of an earlier request)");
    tri_text_char(t, '\n');
}

/* Nothing is said where the policy has no profiles. */
static void put_profile(tri_text *t, const trust_decision *d)
{
    if (d->info.summary.profile == 0 && d->info.summary.unsure == 0)
        return;
    tri_text_str(t, "judged as ");
    tri_text_shown(t, tri_bytes(trust_decision_profile(d)), 63);
    if (d->info.summary.unsure != 0)
        tri_text_str(t, ", and as strictly as the profiles that may apply instead");
    tri_text_char(t, '\n');
}

static void put_stage(tri_text *t, const trust_decision *d)
{
    if (trust_decision_stage(d)[0] == '\0')
        return;
    tri_text_str(t, "stage   ");
    tri_text_shown(t, tri_bytes(trust_decision_stage(d)), 63);
    tri_text_str(t, " since ");
    tri_text_time(t, d->info.summary.stage_since);
    for (size_t i = 0; i < d->info.need_count; i++) {
        tri_text_str(t, i == 0 ? "; it still needs " : ", ");
        tri_text_shown(t, tri_bytes(trust_decision_need(d, i)), 63);
    }
    tri_text_char(t, '\n');
}

static void put_head(tri_text *t, const trust_decision *d)
{
    const trust_policy_summary *s = &d->info.summary;
    tri_text_shown(t, tri_bytes(d->device), 255);
    tri_text_str(t, ": ");
    tri_text_str(t, trust_verdict_name(s->verdict));
    tri_text_str(t, " (");
    tri_text_str(t, sentence(s->verdict));
    tri_text_str(t, "), risk ");
    tri_text_int(t, s->risk);
    tri_text_str(t, " of 1000");
    if (s->probability >= 0) {
        tri_text_str(t, " (probability ");
        tri_put_probability(t, s->probability);
        tri_text_char(t, ')');
    }
    tri_text_str(t, "; other evidence could make it ");
    tri_text_int(t, s->lowest);
    tri_text_str(t, " to ");
    tri_text_int(t, s->highest);
    tri_text_char(t, '\n');
    put_validity(t, d);
    put_profile(t, d);
    put_stage(t, d);
}

static void put_signed(tri_text *t, int64_t value, size_t end)
{
    char room[24];
    tri_text number = tri_text_begin(room, sizeof room);
    if (value > 0)
        tri_text_char(&number, '+');
    tri_text_int(&number, value);
    (void)tri_text_end(&number, NULL);
    tri_text_pad(t, end - number.need);
    tri_text_str(t, room);
}

static void put_bar(tri_text *t, int32_t points, int32_t longest)
{
    int64_t size = points < 0 ? -(int64_t)points : points;
    int64_t length = (size * BAR + longest - 1) / longest;
    for (int64_t i = 0; i < length; i++)
        tri_text_char(t, points < 0 ? '-' : '+');
}

/* Good news fades: what was seen some time ago is worth less than it says. */
static void put_age(tri_text *t, const trust_decision *d, const trust_row *row)
{
    if (row->finding >= d->info.finding_count || d->info.decided == TRUST_TIME_UNKNOWN)
        return;
    trust_time then = d->findings[row->finding].time;
    if (then == TRUST_TIME_UNKNOWN || then > d->info.decided)
        return;
    uint64_t hours = ((uint64_t)d->info.decided - (uint64_t)then) / 3600000;
    if (hours < 2)
        return;
    tri_text_str(t, " (");
    tri_text_int(t, (int64_t)(hours < 48 ? hours : hours / 24));
    tri_text_str(t, hours < 48 ? " hours old)" : " days old)");
}

static void put_row(tri_text *t, const trust_decision *d, size_t index, int32_t longest)
{
    const trust_row *row = &d->rows[index];
    tri_text_str(t, "  ");
    tri_text_shown(t, tri_bytes(trust_decision_row_name(d, index)), 40);
    if (row->type == TRUST_ROW_BASE) {
        char room[24];
        tri_text number = tri_text_begin(room, sizeof room);
        tri_text_int(&number, row->points);
        (void)tri_text_end(&number, NULL);
        tri_text_pad(t, 28 - number.need);
        tri_text_str(t, room);
        tri_text_pad(t, 30 + BAR);
    } else {
        tri_text_pad(t, 18);
        put_signed(t, row->points, 28);
        tri_text_str(t, "  ");
        put_bar(t, row->points, longest);
        tri_text_pad(t, 30 + BAR);
    }
    tri_text_str(t, "  ");
    tri_text_str(t, trust_reason_text(row->reason));
    put_age(t, d, row);
    tri_text_char(t, '\n');
}

static void put_ledger(tri_text *t, const trust_decision *d)
{
    int32_t longest = 1;
    for (size_t i = 0; i < d->info.row_count; i++) {
        int32_t points = d->rows[i].points;
        if (points < 0)
            points = points == INT32_MIN ? INT32_MAX : -points;
        if (d->rows[i].type != TRUST_ROW_BASE && points > longest)
            longest = points;
    }
    for (size_t i = 0; i < d->info.row_count; i++)
        put_row(t, d, i, longest);
    tri_text_str(t, "  risk");
    tri_text_pad(t, 18);
    char room[24];
    tri_text number = tri_text_begin(room, sizeof room);
    tri_text_int(&number, d->info.summary.risk);
    (void)tri_text_end(&number, NULL);
    tri_text_pad(t, 28 - number.need);
    tri_text_str(t, room);
    tri_text_char(t, '\n');
}

static void put_why(tri_text *t, const trust_decision *d)
{
    for (size_t i = 0; i < 3 && d->info.summary.reasons[i] != 0; i++) {
        uint32_t row = d->info.summary.subjects[i];
        tri_text_str(t, i == 0 ? "because " : "    and ");
        if (row < d->info.row_count && d->rows[row].type == TRUST_ROW_SIGNAL) {
            tri_text_shown(t, tri_bytes(trust_decision_row_name(d, row)), 40);
            tri_text_str(t, ": ");
        }
        tri_text_str(t, trust_reason_text(d->info.summary.reasons[i]));
        tri_text_char(t, '\n');
    }
}

static void put_next(tri_text *t, const trust_decision *d)
{
    for (size_t i = 0; i < d->info.step_count; i++) {
        const tri_step *step = &d->steps[i];
        tri_text_str(t, "next    good evidence of ");
        for (uint32_t k = 0; k < step->count; k++) {
            tri_text_str(t, k == 0 ? "" : k + 1 == step->count ? " and " : ", ");
            tri_text_shown(t, tri_bytes(tri_decision_shown(d, step->signals[k].obtain)), 40);
        }
        tri_text_str(t, " could reach ");
        tri_text_str(t, trust_verdict_name(step->can_reach));
        if (d->info.step_count > 1) {
            tri_text_str(t, " (cost ");
            tri_text_int(t, step->cost);
            tri_text_char(t, ')');
        }
        tri_text_char(t, '\n');
    }
}

static void put_actions(tri_text *t, const trust_decision *d)
{
    for (size_t i = 0; i < d->info.action_count; i++) {
        tri_text_str(t, "action  ");
        tri_text_shown(t, tri_bytes(tri_decision_shown(d, d->actions[i].name)), 63);
        tri_text_str(t, ": ");
        tri_text_str(t, trust_reason_text(d->actions[i].reason));
        tri_text_char(t, '\n');
    }
}

static void put_ignored(tri_text *t, const trust_decision *d)
{
    for (size_t i = 0; i < d->info.item_count; i++) {
        if (d->items[i].state == TRUST_STATE_VALID)
            continue;
        tri_text_str(t, "item    ");
        tri_text_shown(t, tri_bytes(tri_decision_shown(d, d->items[i].type)), 60);
        tri_text_str(t, " from the ");
        tri_text_str(t, trust_origin_name(d->items[i].origin));
        tri_text_str(t, ": ");
        tri_text_str(t, trust_state_name(d->items[i].state));
        tri_text_str(t, ", ");
        tri_text_str(t, trust_reason_text(d->items[i].reason));
        tri_text_char(t, '\n');
    }
}

static bool step_has(const tri_step *step, uint32_t kind)
{
    for (uint32_t i = 0; i < step->count; i++)
        if (step->signals[i].kind == kind)
            return true;
    return false;
}

/* Whether the stage, or the best step to take, asks for a kind. */
static bool is_needed(const trust_decision *d, uint32_t kind)
{
    for (size_t i = 0; i < d->info.need_count; i++)
        if (d->needs[i].kind == kind)
            return true;
    return d->info.step_count > 0 && step_has(&d->steps[0], kind);
}

/* Only what its reader can bring. That something else would help too says what stands in the way.
 */
static void put_needed(tri_text *t, const trust_decision *d)
{
    bool device = is_needed(d, TRUST_KIND_ATTESTATION) || is_needed(d, TRUST_KIND_IDENTITY);
    bool human = is_needed(d, TRUST_KIND_HUMAN);
    if (device)
        tri_text_str(t, "Still needed: the device's answer to a new request.\n");
    if (human)
        tri_text_str(t, "Still needed: the installer's verification.\n");
}

/* The stage is the reader's own work; actions for a verdict or a gate are the host's business. */
static void put_stage_for_subject(tri_text *t, const trust_decision *d)
{
    if (trust_decision_stage(d)[0] == '\0')
        return;
    tri_text_str(t, "Stage: ");
    tri_text_shown(t, tri_bytes(trust_decision_stage(d)), 63);
    tri_text_str(t, "\n");
    for (size_t i = 0; i < d->info.action_count; i++) {
        if (d->actions[i].reason != TRI_REASON_STAGE)
            continue;
        tri_text_str(t, "To do: ");
        tri_text_shown(t, tri_bytes(tri_decision_shown(d, d->actions[i].name)), 63);
        tri_text_char(t, '\n');
    }
}

static void put_reasons_for_subject(tri_text *t, const trust_decision *d)
{
    for (size_t i = 0; i < 3 && d->info.summary.reasons[i] != 0; i++) {
        const char *text = trust_reason_subject_text(d->info.summary.reasons[i]);
        /* What asks nothing of its reader is no answer to a refusal. */
        bool said = tri_same_text(tri_bytes(text), trust_reason_subject_text(TRI_REASON_NONE));
        for (size_t k = 0; k < i; k++)
            said |= tri_same_text(tri_bytes(text),
                                  trust_reason_subject_text(d->info.summary.reasons[k]));
        if (said)
            continue;
        tri_text_str(t, text);
        tri_text_char(t, '\n');
    }
}

static void put_for_subject(tri_text *t, const trust_decision *d)
{
    if (d->info.summary.verdict == TRUST_ALLOW) {
        tri_text_str(t, "The device was accepted.\n");
    } else {
        tri_text_str(t, "The device was not accepted.\n");
        put_reasons_for_subject(t, d);
        put_needed(t, d);
    }
    put_stage_for_subject(t, d);
}

trust_status trust_decision_explain(const trust_decision *decision, uint32_t audience, char *out,
                                    size_t cap, size_t *need)
{
    if (decision == NULL || (out == NULL && cap > 0) ||
        (audience != TRUST_FOR_OPERATOR && audience != TRUST_FOR_SUBJECT))
        return TRUST_E_ARGUMENT;
    tri_text t = tri_text_begin(out, cap);
    if (audience == TRUST_FOR_SUBJECT) {
        put_for_subject(&t, decision);
        return tri_text_end(&t, need);
    }
    put_head(&t, decision);
    put_ledger(&t, decision);
    put_why(&t, decision);
    put_next(&t, decision);
    put_actions(&t, decision);
    put_ignored(&t, decision);
    return tri_text_end(&t, need);
}
