/* trustctl policy: check, hash and expand a policy document; print its schema. Trust: a
 * person's file. */

#include <stdlib.h>
#include <string.h>

#include "commands.h"

static uint8_t *read_document(const arguments *args, size_t *len, int *status)
{
    return read_input(positional(args, 0), TRUST_POLICY_MAX_BYTES, len, status);
}

static int load(const arguments *args, trust_policy **out)
{
    int status;
    size_t len;
    trust_error err = {0};
    uint8_t *text = read_document(args, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = trust_policy_load_unsigned(text, len, NULL, out, &err);
    free(text);
    return result == TRUST_OK ? 0 : complain_status(positional(args, 0), result, &err);
}

static const char *severity_word(uint32_t severity)
{
    return severity == TRUST_LINT_ERROR     ? "error"
           : severity == TRUST_LINT_WARNING ? "warning"
                                            : "note";
}

static void print_remark(const trust_lint_remark *r, const char *file, bool json)
{
    const char *severity = severity_word(r->severity);
    if (!json) {
        printf("%s:%u:%u: %s: %s [%s]\n", file, r->line, r->column, severity, r->sentence, r->code);
        return;
    }
    printf("{\"severity\":\"%s\",\"code\":", severity);
    print_json_text(stdout, r->code);
    fputs(",\"where\":", stdout);
    print_json_text(stdout, r->where);
    printf(",\"line\":%u,\"column\":%u,\"number\":%d,\"sentence\":", r->line, r->column, r->number);
    print_json_text(stdout, r->sentence);
    putchar('}');
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* What the linter said, counted by severity, and whether a signal can be withheld with a gain of
 * more than so many points. */
typedef struct lint_counts {
    size_t of[TRUST_LINT_ERROR + 1];
    bool withholding;
} lint_counts;

static lint_counts print_remarks(const trust_lint *lint, const char *file, bool json,
                                 uint64_t max_withholding)
{
    lint_counts counts = {{0}, false};
    trust_lint_remark r;
    for (size_t i = 0; trust_lint_remark_at(lint, i, &r) == TRUST_OK; i++) {
        fputs(json && i > 0 ? "," : "", stdout);
        print_remark(&r, file, json);
        counts.of[r.severity <= TRUST_LINT_ERROR ? r.severity : TRUST_LINT_ERROR]++;
        counts.withholding |= strcmp(r.code, "WITHHOLDING_GAIN") == 0 && r.number > 0 &&
                              (uint64_t)r.number > max_withholding;
    }
    return counts;
}

int run_policy_lint(const arguments *args)
{
    int status;
    size_t len;
    trust_lint *lint = NULL;
    uint64_t most = UINT64_MAX;
    bool json = option_given(args, "--json");
    const char *file = positional(args, 0), *max = option_value(args, "--max-withholding");
    if (max != NULL && !parse_number(max, INT32_MAX, &most))
        return complain("--max-withholding", "a number of points, 0 or more", EXIT_USAGE);
    uint8_t *text = read_document(args, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = trust_policy_lint(text, len, NULL, &lint);
    free(text);
    if (result != TRUST_OK)
        return complain_status(file, result, NULL);
    fputs(json ? "{\"remarks\":[" : "", stdout);
    lint_counts counts = print_remarks(lint, file, json, most);
    const size_t *of = counts.of;
    if (json)
        printf("],\"errors\":%zu,\"warnings\":%zu,\"notes\":%zu}\n", of[TRUST_LINT_ERROR],
               of[TRUST_LINT_WARNING], of[TRUST_LINT_NOTE]);
    else
        printf("%s: %zu error%s, %zu warning%s, %zu note%s\n", file, of[TRUST_LINT_ERROR],
               plural(of[TRUST_LINT_ERROR]), of[TRUST_LINT_WARNING], plural(of[TRUST_LINT_WARNING]),
               of[TRUST_LINT_NOTE], plural(of[TRUST_LINT_NOTE]));
    trust_lint_free(lint);
    bool good = of[TRUST_LINT_ERROR] == 0 && !counts.withholding;
    return good ? EXIT_AFFIRMATIVE : EXIT_NEGATIVE;
}

int run_policy_hash(const arguments *args)
{
    trust_policy *policy = NULL;
    uint8_t hash[32];
    int status = load(args, &policy);
    if (status != 0)
        return status;
    trust_policy_hash(policy, hash);
    bool json = option_given(args, "--json");
    if (json) {
        fputs("{\"id\":", stdout);
        print_json_text(stdout, trust_policy_id(policy));
        printf(",\"revision\":%llu,\"hash\":\"", (unsigned long long)trust_policy_revision(policy));
    }
    print_hex(hash, sizeof hash);
    fputs(json ? "\"}\n" : "\n", stdout);
    trust_policy_free(policy);
    return EXIT_AFFIRMATIVE;
}

static trust_status expand_text(const void *object, char *out, size_t cap, size_t *need)
{
    return trust_policy_expand(object, out, cap, need);
}

int run_policy_expand(const arguments *args)
{
    trust_policy *policy = NULL;
    int status = load(args, &policy);
    if (status == 0)
        status = print_text("policy", expand_text, policy);
    trust_policy_free(policy);
    return status;
}

static trust_status schema_text(const void *object, char *out, size_t cap, size_t *need)
{
    (void)object;
    return trust_policy_schema(out, cap, need);
}

int run_policy_schema(const arguments *args)
{
    (void)args;
    return print_text("schema", schema_text, NULL);
}
