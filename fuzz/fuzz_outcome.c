/* The outcome of an earlier request as a store gives it back: whatever the bytes, it is refused
 * whole, or it is a decision that can be shown and written down again. */

#include <stdlib.h>
#include <string.h>

#include "result/decision.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

static void show(const trust_decision *d)
{
    static char text[1 << 17];
    size_t need;
    require(trust_decision_to_json(d, text, sizeof text, &need) == TRUST_OK);
    require(trust_decision_explain(d, TRUST_FOR_OPERATOR, text, sizeof text, &need) == TRUST_OK);
    require(trust_decision_explain(d, TRUST_FOR_SUBJECT, text, sizeof text, &need) == TRUST_OK);
    require(trust_decision_verdict(d) >= TRUST_ALLOW && trust_decision_verdict(d) <= TRUST_DENY);
    require(trust_decision_risk(d) >= 0 && trust_decision_risk(d) <= 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static trust_decision first, second;
    static uint8_t record[1 << 17];
    size_t len;
    if (tri_outcome_decode((trust_bytes){data, size}, &first) != TRUST_OK) {
        require(trust_decision_verdict(&first) == TRUST_DENY && first.info.row_count == 0);
        return 0;
    }
    show(&first);
    require(tri_outcome_encode(&first, record, sizeof record, &len) == TRUST_OK);
    require(tri_outcome_decode((trust_bytes){record, len}, &second) == TRUST_OK);
    require(memcmp(&first.info, &second.info, sizeof first.info) == 0);
    require(memcmp(first.rows, second.rows, sizeof first.rows[0] * first.info.row_count) == 0);
    return 0;
}
