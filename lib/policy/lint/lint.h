#ifndef TRI_POLICY_LINT_LINT_H
#define TRI_POLICY_LINT_LINT_H

/* A report of remarks about a document, as the linter and the tests of a document fill it. */

#include <stdbool.h>

#include <trust/policy.h>

/** A report without remarks, or NULL where there is no memory. @p allocator is complete. */
trust_lint *tri_lint_new(const trust_allocator *allocator);

/** Put a remark where it belongs by the line and column of @p about, after those of the same place;
 * false where there is no memory. @p code is static, the sentence is copied. */
bool tri_lint_add(trust_lint *lint, uint32_t severity, const char *code, const trust_error *about,
                  const char *sentence);

#endif
