/* A Didit decision, from bytes to the finding: whatever the bytes, a value is one of those that the
 * judgement knows, and an approval says that it is live, approved and has what is required. */

#include <stdint.h>
#include <stdlib.h>

#include "signal/human/didit.h"
#include "signal/signal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEVICE "urn:dev:mac:0024befffe804ff1"

static void require(int condition)
{
    if (!condition)
        abort();
}

static void check_decision(const tri_didit *decision)
{
    uint32_t doubts = decision->declined | decision->reviewed | decision->unfinished;
    require((doubts & ~decision->present) == 0);
    require((decision->present | decision->required) < TRI_DIDIT_NFC_INTACT);
    require((decision->flags & (TRI_DIDIT_NFC_INTACT - 1)) == 0);
}

static void check_approval(const tri_didit *decision, const trust_finding *finding)
{
    uint32_t required = decision->required | TRI_DIDIT_ID | TRI_DIDIT_LIVENESS | TRI_DIDIT_FACE;
    require(decision->status == TRI_DIDIT_APPROVED);
    require(decision->owner != TRI_DIDIT_FOREIGN);
    require((decision->flags & TRI_DIDIT_LIVE) != 0);
    require((decision->flags & (TRI_DIDIT_OBSCURE | TRI_DIDIT_AML_HIT)) == 0);
    require((required & ~decision->present) == 0);
    require(decision->unfinished == 0 && (decision->declined & TRI_DIDIT_AML) == 0);
    if (finding->value < 32) {
        require((decision->declined | decision->reviewed) == 0);
        require((decision->flags & (TRI_DIDIT_MANUAL | TRI_DIDIT_WARNING)) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static trust_appraisal appraisal;
    tri_item item = {.type = "application/vnd.didit.decision+json",
                     .data = {data, size},
                     .collected = TRUST_TIME_UNKNOWN,
                     .origin = size % 2 == 0 ? TRUST_FROM_HOST : TRUST_FROM_SERVICE};
    tri_didit decision;
    trust_error err;
    appraisal = (trust_appraisal){.now = INT64_C(1795428000000),
                                  .device_id = DEVICE,
                                  .attempt = size % 3 == 0 ? "attempt-7" : "",
                                  .items = &item,
                                  .item_count = 1,
                                  .signal = &tri_signal_human};
    require(tri_signal_human.appraise(NULL, &appraisal) == TRUST_OK);
    require(appraisal.finding_count == 1);
    const trust_finding *finding = &appraisal.findings[0];
    trust_status status =
        tri_didit_read(item.data, appraisal.device_id, appraisal.attempt, &decision, &err);
    if (status != TRUST_OK) {
        require(err.code == status && finding->state != TRUST_STATE_VALID);
        return 0;
    }
    check_decision(&decision);
    if (finding->state != TRUST_STATE_VALID)
        require(finding->value == 0);
    else if (finding->value == 2 || finding->value == 20 || finding->value == 32)
        check_approval(&decision, finding);
    else
        require(finding->value == 33 || finding->value == 96);
    return 0;
}
