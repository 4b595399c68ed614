/* trustctl policy test: run the tests that a document carries, a line each. Trust: a person's file.
 */

#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* What is wrong with a document that has no tests to run. */
static int complain_remark(const char *file, const trust_lint_remark *r)
{
    char why[768];
    snprintf(why, sizeof why, "%s (%s%sline %u, column %u)", r->sentence, r->where,
             r->where[0] != '\0' ? ", " : "", r->line, r->column);
    return complain(file, why, EXIT_MALFORMED);
}

static void print_test(const trust_lint_remark *r, const char *file, bool json)
{
    bool passed = r->severity != TRUST_LINT_ERROR;
    if (!json) {
        printf("%s:%u:%u: %s: %s\n", file, r->line, r->column, passed ? "ok" : "failed",
               r->sentence);
        return;
    }
    printf("{\"passed\":%s,\"where\":", passed ? "true" : "false");
    print_json_text(stdout, r->where);
    printf(",\"line\":%u,\"column\":%u,\"sentence\":", r->line, r->column);
    print_json_text(stdout, r->sentence);
    putchar('}');
}

static int print_tests(const trust_lint *lint, const char *file, bool json)
{
    trust_lint_remark r;
    size_t failed = 0, count = trust_lint_count(lint);
    if (trust_lint_remark_at(lint, 0, &r) == TRUST_OK && strncmp(r.code, "TEST_", 5) != 0)
        return complain_remark(file, &r);
    fputs(json ? "{\"tests\":[" : "", stdout);
    for (size_t i = 0; trust_lint_remark_at(lint, i, &r) == TRUST_OK; i++) {
        fputs(json && i > 0 ? "," : "", stdout);
        print_test(&r, file, json);
        failed += r.severity == TRUST_LINT_ERROR;
    }
    if (json)
        printf("],\"passed\":%zu,\"failed\":%zu}\n", count - failed, failed);
    else
        printf("%s: %zu passed, %zu failed\n", file, count - failed, failed);
    return failed == 0 ? EXIT_AFFIRMATIVE : EXIT_NEGATIVE;
}

int run_policy_test(const arguments *args)
{
    int status;
    size_t len;
    trust_lint *lint = NULL;
    uint8_t *text = read_input(positional(args, 0), TRUST_POLICY_MAX_BYTES, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = trust_policy_test(text, len, NULL, &lint);
    free(text);
    if (result != TRUST_OK)
        return complain_status(positional(args, 0), result, NULL);
    status = print_tests(lint, positional(args, 0), option_given(args, "--json"));
    trust_lint_free(lint);
    return status;
}
