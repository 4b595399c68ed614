#ifndef TRI_ENGINE_ASSESS_H
#define TRI_ENGINE_ASSESS_H

/* One assessment as it goes through its four steps: open, appraise, decide, commit. All of it lives
 * on the stack of the call, about 60 KiB. */

#include <trust/assess.h>

#include "device/record.h"
#include "engine/device.h"
#include "engine/evidence.h"
#include "result/decision.h"
#include "signal/signal.h"

#define TRI_RESULT_WORDS 1024u /* for trust_policy_result, whatever the policy */
#define TRI_MAX_FLOORS   8u

typedef struct tri_assessment {
    trust_device *device;
    const trust_evidence *evidence;
    const trust_call *call;
    tri_snapshot *snapshot;
    trust_time clock; /* as read once; may be unknown */
    trust_time now;   /* what everything rests on: never before the record's high-water mark */
    bool leap;        /* the clock is over a day ahead of the record, and nothing confirms it yet */
    tri_control control;
    uint32_t refused; /* kinds refused before silence was counted at this time */
    trust_appraisal appraisal;

    /* What the policy sees: fresh findings, remembered ones, typed absences. */
    trust_finding findings[TRI_DECISION_FINDINGS];
    size_t finding_count;
    bool weighed[TRI_DECISION_FINDINGS];           /* a row of the ledger rests on it */
    trust_finding outlived[TRI_DECISION_FINDINGS]; /* with nothing to say beside later news */
    size_t outlived_count;
    trust_floor floors[TRI_MAX_FLOORS];
    size_t floor_count;
    trust_policy_selection selection; /* by what was registered */
    trust_policy_summary summary;
    bool moves; /* to another stage than the record's */
} tri_assessment;

/** Step 2: every signal looks at its items. Pure but for the log.
 * @return TRUST_OK or TRUST_E_NOMEM */
trust_status tri_appraise(tri_assessment *a);

/** One signal's turn.
 * @return TRUST_OK even when the signal failed, but for TRUST_E_NOMEM */
trust_status tri_appraise_signal(const trust_engine *engine, const trust_signal_ops *signal,
                                 trust_bytes memory, trust_appraisal *appraisal);

/** Step 3: weigh. Fills in the summary, and @p decision unless it is NULL. */
trust_status tri_decide(tri_assessment *a, trust_decision *decision);

/** Step 4: what the records become, in one transaction. Also spends nonces and learns.
 * @param decision  written down when the evidence names a request; NULL when nothing was decided */
trust_status tri_commit(tri_assessment *a, trust_decision *decision);

/** The outcome of an earlier assessment of the same request id.
 * @return TRUST_OK, TRUST_E_NOT_FOUND, TRUST_E_INTEGRITY, or the store's */
trust_status tri_recall_outcome(const tri_assessment *a, trust_decision *out);

#endif
