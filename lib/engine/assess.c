/* The main calls: the four steps of an assessment, started over when another gateway was faster.
 * Trust: evidence is hostile and only ever handed to signals; time is the host's clock, once. */

#include "engine/assess.h"

#include <string.h>

#include "core/cancel.h"
#include "core/error.h"
#include "core/reason.h"
#include "device/challenges.h"
#include "policy/policy.h"

#define DAY            ((trust_time)24 * 3600 * 1000)
#define JUMP_CONFIRMED ((trust_time)60 * 1000)
#define ATTEMPTS       3

enum { MODE_ASSESS, MODE_PREVIEW, MODE_OBSERVE };

static void add_floor(tri_assessment *a, trust_verdict verdict, uint32_t reason)
{
    if (verdict != TRUST_NO_VERDICT && a->floor_count < TRI_MAX_FLOORS)
        a->floors[a->floor_count++] = (trust_floor){verdict, reason};
}

/* The one "now". It never goes back; and a clock that leaps over a day ahead is not believed before
 * a second reading, at least a minute later, agrees. Meanwhile no verdict gets better. */
static void set_time(tri_assessment *a)
{
    const tri_control *c = &a->control;
    a->now = a->clock;
    a->leap = false;
    if (a->clock == TRUST_TIME_UNKNOWN || c->high_water == TRUST_TIME_UNKNOWN)
        return;
    if (a->clock < c->high_water) {
        a->now = c->high_water;
        add_floor(a, c->verdict, TRI_REASON_CLOCK_BACK);
    } else if (a->clock - c->high_water > DAY) {
        bool confirmed = c->jump != TRUST_TIME_UNKNOWN && a->clock - c->jump >= JUMP_CONFIRMED &&
                         a->clock - c->jump <= DAY;
        a->leap = !confirmed;
        if (a->leap)
            add_floor(a, c->verdict, TRI_REASON_CLOCK_JUMP);
    }
}

/* Outside the time for which it was made a policy opens nothing. A time that is unknown is before
 * every other. */
static void set_policy(tri_assessment *a)
{
    const trust_policy *policy = a->snapshot->policy;
    if (policy != NULL && (a->now < tri_policy_from(policy) || a->now >= tri_policy_until(policy)))
        add_floor(a, TRUST_STEP_UP, TRI_REASON_POLICY_NOT_IN_FORCE);
}

static void set_lifecycle(tri_assessment *a)
{
    if (a->control.lifecycle == TRUST_LIFECYCLE_SUSPENDED)
        add_floor(a, TRUST_QUARANTINE, TRI_REASON_SUSPENDED);
    else if (a->control.lifecycle == TRUST_LIFECYCLE_REVOKED)
        add_floor(a, TRUST_DENY, TRI_REASON_REVOKED);
    else if (a->control.lifecycle == TRUST_LIFECYCLE_RETIRED)
        add_floor(a, TRUST_DENY, TRI_REASON_RETIRED);
    if (a->control.anchor_count == 0)
        add_floor(a, TRUST_STEP_UP, TRI_REASON_IDENTITY_UNREGISTERED);
}

/* Step 1: the records at their present revision. */
static trust_status open_records(tri_assessment *a)
{
    a->floor_count = 0;
    a->finding_count = 0;
    trust_status status = tri_device_decode(a->device, &a->control);
    if (status != TRUST_OK)
        return status;
    set_time(a);
    set_policy(a);
    set_lifecycle(a);
    a->refused = a->control.refused_kinds;
    tri_challenges_lapse(&a->control, a->now);
    return TRUST_OK;
}

static trust_status attempt(tri_assessment *a, int mode, trust_decision *decision)
{
    trust_status status = open_records(a);
    if (status != TRUST_OK)
        return status;
    /* What was decided before an operator stepped in answers nobody now. */
    if (decision != NULL && a->evidence->request_size > 0 &&
        a->control.lifecycle == TRUST_LIFECYCLE_ENROLLED) {
        status = tri_recall_outcome(a, decision);
        if (status != TRUST_E_NOT_FOUND)
            return status;
    }
    status = tri_appraise(a);
    if (status != TRUST_OK)
        return status;
    /* Without a policy observing still learns; there is only nothing to compare with. */
    if (a->snapshot->policy != NULL || mode != MODE_OBSERVE)
        status = tri_decide(a, decision);
    else
        status = TRUST_OK;
    if (status != TRUST_OK || mode == MODE_PREVIEW)
        return status;
    status = tri_call_check(a->call, &a->device->engine->clock);
    return status == TRUST_OK ? tri_commit(a, decision) : status;
}

static trust_status run(tri_assessment *a, int mode, trust_decision *decision)
{
    trust_status status = tri_call_check(a->call, &a->device->engine->clock);
    for (int again = 0; status == TRUST_OK; again++) {
        status = attempt(a, mode, decision);
        if (status != TRUST_E_CONFLICT || again == ATTEMPTS)
            break;
        status = tri_device_load(a->device);
    }
    return status;
}

/* Enter the device, take one snapshot and one time, run, leave. */
static trust_status assess(tri_assessment *a, int mode, trust_decision *decision, trust_error *err)
{
    trust_device *device = a->device;
    if (tri_device_enter(device) != TRUST_OK)
        return tri_fail(err, TRUST_E_BUSY, "another thread is using this device");
    a->snapshot = tri_engine_snapshot(device->engine);
    a->clock = trust_engine_now(device->engine);
    trust_status status = TRUST_E_STATE;
    if (a->snapshot->policy != NULL || mode == MODE_OBSERVE)
        status = run(a, mode, decision);
    tri_snapshot_release(a->snapshot);
    tri_device_leave(device);
    if (status == TRUST_E_STATE)
        return tri_fail(err, status, "the engine has no policy");
    return status == TRUST_OK ? TRUST_OK : tri_fail(err, status, trust_status_text(status));
}

static trust_status check(const trust_device *device, const trust_evidence *evidence,
                          trust_error *err)
{
    if (device == NULL || evidence == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "a device and evidence are needed");
    if (device->engine != evidence->engine || strcmp(device->texts, evidence->device) != 0)
        return tri_fail(err, TRUST_E_ARGUMENT, "the evidence was collected for another device");
    return TRUST_OK;
}

/* Only what every step relies on: the rest is large, and each step fills in its own. */
static void begin(tri_assessment *a, trust_device *device, const trust_evidence *evidence,
                  const trust_call *call)
{
    a->device = device;
    a->evidence = evidence;
    a->call = call;
    a->snapshot = NULL;
    a->finding_count = 0;
    a->floor_count = 0;
    memset(&a->summary, 0, sizeof a->summary);
    a->moves = false;
}

static trust_status assess_new(trust_device *device, const trust_evidence *evidence,
                               const trust_call *call, int mode, trust_decision **out,
                               trust_error *err)
{
    trust_status status = check(device, evidence, err);
    if (status == TRUST_OK && out == NULL)
        status = tri_fail(err, TRUST_E_ARGUMENT, "there is no place for the decision");
    if (status != TRUST_OK)
        return status;
    trust_decision *decision =
        tri_decision_new(&device->engine->allocator, tri_engine_keep(device->engine));
    if (decision == NULL) {
        tri_engine_release(device->engine);
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the decision");
    }
    tri_assessment a;
    begin(&a, device, evidence, call);
    status = assess(&a, mode, decision, err);
    decision->info.preview = mode == MODE_PREVIEW;
    if (status == TRUST_OK)
        *out = decision;
    else
        trust_decision_free(decision);
    return status;
}

trust_status trust_assess(trust_device *device, const trust_evidence *evidence,
                          const trust_call *call, trust_decision **out, trust_error *err)
{
    return assess_new(device, evidence, call, MODE_ASSESS, out, err);
}

trust_status trust_preview(trust_device *device, const trust_evidence *evidence,
                           const trust_call *call, trust_decision **out, trust_error *err)
{
    return assess_new(device, evidence, call, MODE_PREVIEW, out, err);
}

trust_status trust_assess_into(trust_device *device, const trust_evidence *evidence,
                               const trust_call *call, trust_decision *decision, trust_error *err)
{
    trust_status status = check(device, evidence, err);
    if (status == TRUST_OK && decision == NULL)
        status = tri_fail(err, TRUST_E_ARGUMENT, "a decision to write into is needed");
    if (status != TRUST_OK)
        return status;
    tri_assessment a;
    begin(&a, device, evidence, call);
    status = assess(&a, MODE_ASSESS, decision, err);
    /* Half a decision must not be taken for one. */
    if (status != TRUST_OK)
        tri_decision_clear(decision);
    return status;
}

trust_status trust_assess_many(trust_assess_job *jobs, size_t count, const trust_call *call)
{
    if (jobs == NULL && count > 0)
        return TRUST_E_ARGUMENT;
    for (size_t i = 0; i < count; i++) {
        trust_assess_job *job = &jobs[i];
        job->decision = NULL;
        memset(&job->error, 0, sizeof job->error);
        /* What came of it is told by the job's own error. */
        (void)!trust_assess(job->device, job->evidence, call, &job->decision, &job->error);
    }
    return TRUST_OK;
}

trust_status trust_observe(trust_device *device, const trust_evidence *evidence,
                           const trust_call *call, uint32_t *due, trust_error *err)
{
    trust_status status = check(device, evidence, err);
    if (status != TRUST_OK)
        return status;
    tri_assessment a;
    begin(&a, device, evidence, call);
    status = assess(&a, MODE_OBSERVE, NULL, err);
    if (status == TRUST_OK && due != NULL)
        *due = a.now == TRUST_TIME_UNKNOWN || a.control.verdict == TRUST_NO_VERDICT ||
               a.now >= a.control.valid_until || a.summary.verdict != a.control.verdict || a.moves;
    return status;
}
