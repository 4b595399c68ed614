#ifndef TRI_POLICY_DOCUMENT_SELFTEST_H
#define TRI_POLICY_DOCUMENT_SELFTEST_H

/* The tests that a policy document carries. */

#include "format/json.h"
#include "policy/policy.h"

/** Run @p tests, the array "tests" of @p doc or NULL, whose members the loader has checked, on the
 * compiled policy. Allocates nothing.
 * @return TRUST_OK, or TRUST_E_FORMAT at the "expect" of the first that fails, with a sentence that
 *         says what came instead */
trust_status tri_policy_selftest(const trust_policy *policy, const tri_json_doc *doc,
                                 const tri_json *tests, trust_error *err);

#endif
