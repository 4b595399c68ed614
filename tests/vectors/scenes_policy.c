/* Scenes: policies by themselves, their linter, and evaluations of findings. */

#include <stdbool.h>
#include <string.h>

#include "scenes.h"

/* The step's document as a policy; NULL after saying why not. */
static trust_policy *loaded(world *w, const cJSON *step)
{
    trust_policy *policy = NULL;
    trust_error err = {0};
    trust_bytes document = bytes_of(w, member(step, "document"));
    trust_status status =
        trust_policy_load_unsigned(document.data, document.size, NULL, &policy, &err);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    return policy;
}

static trust_status expanded(const void *what, char *out, size_t cap, size_t *need)
{
    return trust_policy_expand(what, out, cap, need);
}

static void run_expand(world *w, const cJSON *step)
{
    trust_policy *policy = loaded(w, step);
    if (policy != NULL)
        put_text(w, expanded, policy);
    trust_policy_free(policy);
}

static trust_status schema(const void *what, char *out, size_t cap, size_t *need)
{
    (void)what;
    return trust_policy_schema(out, cap, need);
}

static void run_schema(world *w, const cJSON *step)
{
    (void)step;
    put_text(w, schema, NULL);
}

/* Reports */

static void put_report(world *w, trust_status status, trust_lint *report)
{
    trust_lint_remark r;
    if (status != TRUST_OK)
        put_error(w, status, NULL);
    else
        fprintf(w->out, "remarks %zu\n", trust_lint_count(report));
    for (size_t i = 0; trust_lint_remark_at(report, i, &r) == TRUST_OK; i++)
        fprintf(w->out, "%u %u:%u %s %d at \"%s\": %s\n", (unsigned)r.severity, (unsigned)r.line,
                (unsigned)r.column, r.code, r.number, r.where, r.sentence);
    trust_lint_free(report);
}

static void run_lint(world *w, const cJSON *step)
{
    trust_lint *report = NULL;
    trust_bytes document = bytes_of(w, member(step, "document"));
    trust_status status = trust_policy_lint(document.data, document.size, NULL, &report);
    put_report(w, status, report);
}

static void run_test(world *w, const cJSON *step)
{
    trust_lint *report = NULL;
    trust_bytes document = bytes_of(w, member(step, "document"));
    trust_status status = trust_policy_test(document.data, document.size, NULL, &report);
    put_report(w, status, report);
}

/* Everything that a policy tells of itself */

static const char *signal_name(world *w, const trust_policy *policy, size_t index)
{
    trust_policy_signal s;
    if (trust_policy_signal_at(policy, index, &s) != TRUST_OK)
        bad_scene(w, "no such signal", NULL);
    return s.name;
}

static void put_signals(world *w, const trust_policy *policy, const char *before, uint64_t bits)
{
    fputs(before, w->out);
    for (size_t i = 0; i < trust_policy_signal_count(policy); i++)
        if (bits >> i & 1)
            fprintf(w->out, " %s", signal_name(w, policy, i));
}

static void put_signal(world *w, const trust_policy *policy, size_t index)
{
    trust_policy_signal s;
    trust_policy_knot knot;
    if (trust_policy_signal_at(policy, index, &s) != TRUST_OK)
        bad_scene(w, "no such signal", NULL);
    fprintf(w->out,
            "signal %s group=%s kind=%s most=%d least=%d absent=%d refused=%d source_down=%d "
            "half_life_good=%lld half_life_bad=%lld ttl=%lld ttl_bad=%lld scale=%u "
            "reliability=%u quorum=%u cost=%u action=%s curve",
            s.name, s.group, kind_text(s.kind), s.most, s.least, s.absent, s.refused, s.source_down,
            (long long)s.half_life_good, (long long)s.half_life_bad, (long long)s.ttl,
            (long long)s.ttl_bad, (unsigned)s.scale, (unsigned)s.reliability, (unsigned)s.quorum,
            (unsigned)s.cost, s.action);
    for (size_t i = 0; trust_policy_knot_at(policy, index, i, &knot) == TRUST_OK; i++)
        fprintf(w->out, " %d:%d", knot.value, knot.points);
    fputc('\n', w->out);
}

static void put_gate(world *w, const trust_policy *policy, size_t index)
{
    trust_policy_gate g;
    trust_policy_condition c;
    if (trust_policy_gate_at(policy, index, &g) != TRUST_OK)
        bad_scene(w, "no such gate", NULL);
    fprintf(w->out, "gate %s floor=%s %s need=%u final=%u", g.id, trust_verdict_name(g.floor),
            trust_reason_code(g.reason), (unsigned)g.need, (unsigned)g.final);
    for (size_t i = 0; trust_policy_condition_at(policy, index, i, &c) == TRUST_OK; i++)
        fprintf(w->out, " %s:%u:%d:%lld", c.signal, (unsigned)c.asks, c.limit, (long long)c.age);
    fputc('\n', w->out);
}

static trust_status when_text(const void *what, char *out, size_t cap, size_t *need)
{
    const struct {
        const trust_policy *policy;
        size_t index;
    } *profile = what;
    return trust_policy_profile_when(profile->policy, profile->index, out, cap, need);
}

static void put_profile(world *w, const trust_policy *policy, size_t index,
                        const trust_policy_profile *p)
{
    const struct {
        const trust_policy *policy;
        size_t index;
    } what = {policy, index};
    fprintf(w->out,
            "profile %s base=%d allow=%d step_up=%d quarantine=%d adverse=%d uncertainty=%d", p->id,
            p->stance.bands.base, p->stance.bands.allow, p->stance.bands.step_up,
            p->stance.bands.quarantine, p->stance.adverse, p->stance.uncertainty);
    put_signals(w, policy, " exempt", p->stance.exempt);
    fputs(" when ", w->out);
    put_text(w, when_text, &what);
}

static void put_stage(world *w, const trust_policy *policy, const trust_policy_stage *s)
{
    trust_policy_stage next = {0};
    bool last = trust_policy_stage_at(policy, s->next, &next) != TRUST_OK;
    fprintf(w->out, "stage %s next=%s on_timeout=%s timeout=%lld", s->id, last ? "none" : next.id,
            trust_verdict_name(s->on_timeout), (long long)s->timeout);
    put_signals(w, policy, " needs", s->needs);
    fputc('\n', w->out);
}

static void put_numbers(world *w, const trust_policy *policy)
{
    trust_policy_bands b;
    trust_policy_hysteresis h;
    trust_policy_overrides o;
    uint8_t hash[32];
    trust_policy_get_bands(policy, &b);
    trust_policy_get_hysteresis(policy, &h);
    trust_policy_get_overrides(policy, &o);
    trust_policy_hash(policy, hash);
    fprintf(w->out, "policy %s %llu signed=%d", trust_policy_id(policy),
            (unsigned long long)trust_policy_revision(policy), trust_policy_is_signed(policy));
    put_hex(w, "", (trust_bytes){hash, sizeof hash});
    fprintf(w->out,
            "bands base=%d allow=%d step_up=%d quarantine=%d\n"
            "hysteresis margin=%d backoff=%u dwell=%lld dwell_max=%lld\n"
            "overrides mildest=%s approvals=%u max_ttl=%lld\n",
            b.base, b.allow, b.step_up, b.quarantine, h.margin, (unsigned)h.backoff,
            (long long)h.dwell, (long long)h.dwell_max, trust_verdict_name(o.mildest),
            (unsigned)o.approvals, (long long)o.max_ttl);
}

static void run_describe(world *w, const cJSON *step)
{
    trust_policy_group group;
    trust_policy_profile profile;
    trust_policy_stage stage;
    trust_policy *policy = loaded(w, step);
    if (policy == NULL)
        return;
    put_numbers(w, policy);
    for (size_t i = 0; i < trust_policy_signal_count(policy); i++)
        put_signal(w, policy, i);
    for (size_t i = 0; trust_policy_group_at(policy, i, &group) == TRUST_OK; i++)
        fprintf(w->out, "group %s floor=%d ceiling=%d\n", group.name, group.floor, group.ceiling);
    for (size_t i = 0; i < trust_policy_gate_count(policy); i++)
        put_gate(w, policy, i);
    for (size_t i = 0; trust_policy_profile_at(policy, i, &profile) == TRUST_OK; i++)
        put_profile(w, policy, i, &profile);
    for (size_t i = 0; trust_policy_stage_at(policy, i, &stage) == TRUST_OK; i++)
        put_stage(w, policy, &stage);
    trust_policy_free(policy);
}

static void run_select(world *w, const cJSON *step)
{
    trust_policy_selection selection;
    size_t count;
    trust_policy *policy = loaded(w, step);
    const trust_attribute *attributes = attributes_of(w, member(step, "attributes"), &count);
    trust_status status = trust_policy_select(policy, attributes, count, &selection);
    if (status != TRUST_OK)
        put_error(w, status, NULL);
    else
        fprintf(w->out, "profile %u also=%u\n", (unsigned)selection.profile,
                (unsigned)selection.also);
    trust_policy_free(policy);
}

/* Evaluating */

static uint32_t reason_of(world *w, const cJSON *object, const char *otherwise)
{
    const char *code = text_of(object, "reason");
    code = code != NULL ? code : otherwise;
    uint32_t reason = trust_reason_find(code, strlen(code));
    if (reason == 0 && strcmp(code, "NONE") != 0)
        bad_scene(w, "no such reason:", code);
    return reason;
}

static uint32_t verdict_of(world *w, const cJSON *object, const char *name)
{
    const char *word = text_of(object, name);
    return word != NULL ? word_of(w, word, trust_verdict_name) : TRUST_NO_VERDICT;
}

static trust_finding finding_of(world *w, const cJSON *f, trust_time now)
{
    const char *state = text_of(f, "state");
    return (trust_finding){
        .kind = kind_of(w, text_of(f, "kind")),
        .source = (uint32_t)number_of(f, "source", 0),
        .state = word_of(w, state != NULL ? state : "valid", trust_state_name),
        .origin =
            word_of(w, text_of(f, "from") != NULL ? text_of(f, "from") : "host", trust_origin_name),
        .value = (int32_t)number_of(f, "value", 0),
        .quality = (uint32_t)number_of(f, "quality", TRUST_QUALITY_FULL),
        .time = time_of(w, f, "time", now),
        .reason = reason_of(w, f, "NONE"),
        .item = (uint32_t)number_of(f, "item", TRUST_NO_ITEM),
    };
}

/* The step's input, without findings. */
static trust_policy_input input_of(world *w, const cJSON *step, const trust_policy *policy)
{
    trust_policy_input in = TRUST_POLICY_INPUT_INIT;
    trust_floor *floors = room(w, 16 * sizeof *floors);
    const cJSON *floor;
    size_t count;
    in.now = time_of(w, step, "now", w->now);
    cJSON_ArrayForEach(floor, member(step, "floors"))
    {
        floors[in.floor_count++] =
            (trust_floor){verdict_of(w, floor, "verdict"), reason_of(w, floor, "NONE")};
    }
    in.floors = floors;
    in.since = time_of(w, step, "since", TRUST_TIME_UNKNOWN);
    in.stage_since = time_of(w, step, "stage_since", TRUST_TIME_UNKNOWN);
    in.stage = (uint32_t)number_of(step, "stage", 0);
    in.previous = verdict_of(w, step, "previous");
    in.flaps = (uint32_t)number_of(step, "flaps", 0);
    in.override = verdict_of(w, step, "override");
    const trust_attribute *attributes = attributes_of(w, member(step, "attributes"), &count);
    if (member(step, "attributes") != NULL &&
        trust_policy_select(policy, attributes, count, &in.selection) != TRUST_OK)
        bad_scene(w, "no such attributes", NULL);
    return in;
}

static void put_ledger(world *w, const trust_policy *policy, const trust_policy_result *result)
{
    trust_row rows[TRUST_MAX_ROWS];
    size_t count = 0;
    if (trust_policy_ledger(policy, result, rows, TRUST_MAX_ROWS, &count) != TRUST_OK)
        bad_scene(w, "no ledger", NULL);
    for (size_t i = 0; i < count; i++)
        put_row(w, trust_policy_row_name(policy, &rows[i]), &rows[i]);
}

static void put_ahead(world *w, const trust_policy *policy, const trust_policy_input *in)
{
    trust_policy_step steps[8];
    trust_time until;
    uint32_t exact;
    size_t count = 0;
    if (trust_policy_next(policy, in, steps, 8, &count) != TRUST_OK ||
        trust_policy_valid_until(policy, in, &until, &exact) != TRUST_OK)
        bad_scene(w, "no look ahead", NULL);
    for (size_t i = 0; i < count; i++) {
        fprintf(w->out, "next %s cost=%u", trust_verdict_name(steps[i].can_reach),
                (unsigned)steps[i].cost);
        put_signals(w, policy, "", steps[i].signals);
        fputc('\n', w->out);
    }
    fprintf(w->out, "valid_until %s exact=%u\n", show_time(w, until), (unsigned)exact);
}

static void run_evaluate(world *w, const cJSON *step)
{
    trust_policy_summary summary;
    trust_policy_action actions[TRUST_POLICY_MAX_ACTIONS];
    size_t count = 0;
    trust_policy *policy = loaded(w, step);
    if (policy == NULL)
        return;
    trust_policy_input in = input_of(w, step, policy);
    trust_finding *findings =
        room(w, (size_t)cJSON_GetArraySize(member(step, "findings")) * sizeof *findings);
    const cJSON *f;
    cJSON_ArrayForEach(f, member(step, "findings")) findings[in.finding_count++] =
        finding_of(w, f, in.now);
    in.findings = findings;
    size_t size = trust_policy_result_size(policy);
    trust_policy_result *result = room(w, size);
    trust_status status = trust_policy_evaluate(policy, &in, result, size);
    if (status != TRUST_OK) {
        put_error(w, status, NULL);
        trust_policy_free(policy);
        return;
    }
    trust_policy_result_summary(result, &summary);
    put_summary(w, &summary);
    put_ledger(w, policy, result);
    if (trust_policy_actions(policy, result, actions, TRUST_POLICY_MAX_ACTIONS, &count) != TRUST_OK)
        bad_scene(w, "no actions", NULL);
    put_actions(w, actions, count);
    put_ahead(w, policy, &in);
    trust_policy_free(policy);
}

/* Many at once */

/* One column; null in "values" is a device that nobody asked. */
static trust_column column_of(world *w, const cJSON *c, size_t count)
{
    trust_column column = TRUST_COLUMN_INIT;
    int32_t *values = room(w, count * sizeof *values);
    uint8_t *present = room(w, count / 8 + 1);
    uint8_t *states = room(w, count);
    trust_time *times = room(w, count * sizeof *times);
    uint32_t *quality = room(w, count * sizeof *quality);
    for (size_t i = 0; i < count; i++) {
        const cJSON *value = cJSON_GetArrayItem(member(c, "values"), (int)i);
        values[i] = cJSON_IsNumber(value) ? (int32_t)value->valuedouble : 0;
        present[i / 8] = (uint8_t)(present[i / 8] | (unsigned)cJSON_IsNumber(value) << i % 8);
        if (member(c, "states") != NULL)
            states[i] = (uint8_t)word_of(
                w, cJSON_GetStringValue(cJSON_GetArrayItem(member(c, "states"), (int)i)),
                trust_state_name);
        if (member(c, "ages") != NULL)
            times[i] = w->now - (trust_time)cJSON_GetNumberValue(
                                    cJSON_GetArrayItem(member(c, "ages"), (int)i));
        if (member(c, "quality") != NULL)
            quality[i] =
                (uint32_t)cJSON_GetNumberValue(cJSON_GetArrayItem(member(c, "quality"), (int)i));
    }
    column.values = values;
    column.present = present;
    column.states = member(c, "states") != NULL ? states : NULL;
    column.times = member(c, "ages") != NULL ? times : NULL;
    column.quality = member(c, "quality") != NULL ? quality : NULL;
    column.kind = kind_of(w, text_of(c, "kind"));
    column.source = (uint32_t)number_of(c, "source", 0);
    return column;
}

static void run_evaluate_many(world *w, const cJSON *step)
{
    trust_error err = {0};
    trust_policy_batch batch = TRUST_POLICY_BATCH_INIT;
    trust_policy_outcomes out = TRUST_POLICY_OUTCOMES_INIT;
    trust_policy *policy = loaded(w, step);
    if (policy == NULL)
        return;
    trust_policy_input common = input_of(w, step, policy);
    size_t columns = (size_t)cJSON_GetArraySize(member(step, "columns"));
    trust_column *column = room(w, columns * sizeof *column);
    batch.count = (size_t)number_of(step, "count", 0);
    const cJSON *c;
    cJSON_ArrayForEach(c, member(step, "columns")) column[batch.column_count++] =
        column_of(w, c, batch.count);
    batch.columns = column;
    batch.common = &common;
    out.verdict = room(w, batch.count * sizeof *out.verdict);
    out.risk = room(w, batch.count * sizeof *out.risk);
    out.lowest = room(w, batch.count * sizeof *out.lowest);
    out.highest = room(w, batch.count * sizeof *out.highest);
    out.uncertainty = room(w, batch.count * sizeof *out.uncertainty);
    out.adverse = room(w, batch.count * sizeof *out.adverse);
    out.reason = room(w, batch.count * sizeof *out.reason);
    trust_status status = trust_policy_evaluate_many(policy, &batch, &out, &err);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    for (size_t i = 0; status == TRUST_OK && i < batch.count; i++)
        fprintf(w->out, "%s risk=%d range=%d..%d uncertainty=%d adverse=%d %s\n",
                trust_verdict_name(out.verdict[i]), out.risk[i], out.lowest[i], out.highest[i],
                out.uncertainty[i], out.adverse[i], trust_reason_code(out.reason[i]));
    trust_policy_free(policy);
}

const scene_verb policy_verbs[] = {{"expand", run_expand},
                                   {"schema", run_schema},
                                   {"lint", run_lint},
                                   {"test", run_test},
                                   {"describe", run_describe},
                                   {"select", run_select},
                                   {"evaluate", run_evaluate},
                                   {"evaluate_many", run_evaluate_many},
                                   {NULL, NULL}};
