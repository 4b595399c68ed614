#ifndef TRUST_REASON_H
#define TRUST_REASON_H

/* Why: the catalogue of reasons. Each has a number and a code for machines, a text for the operator
 * and a text for the subject, which says what to do and gives no attacker a clue. The numbers are
 * listed in docs/reasons.md, which is made from the same table. */

#include <trust/status.h>

TRUST_BEGIN_DECLS

/** The code of a reason, such as "NONCE_FOREIGN"; "UNKNOWN" for a number that is none. Static. */
TRUST_API const char *trust_reason_code(uint32_t reason);

/** The number of the reason called @p code; 0 for none. */
TRUST_API uint32_t trust_reason_find(const char *code, size_t len);

/** For the operator: one sentence, lower case, no full stop. Static. */
TRUST_API const char *trust_reason_text(uint32_t reason);

/** For the person in front of the device: what to do. Static. */
TRUST_API const char *trust_reason_subject_text(uint32_t reason);

/** 3 decides, 2 weighs, 1 informs, 0 for none. */
TRUST_API uint32_t trust_reason_severity(uint32_t reason);

TRUST_END_DECLS

#endif
