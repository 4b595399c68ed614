/* trustctl policy: check, hash, expand and show a policy document; print its schema. */

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

static void print_remark(const trust_lint_remark *r, const char *file, bool json)
{
    const char *severity = r->severity == TRUST_LINT_ERROR ? "error" : "warning";
    if (!json) {
        printf("%s:%u:%u: %s: %s [%s]\n", file, r->line, r->column, severity, r->sentence, r->code);
        return;
    }
    printf("{\"severity\":\"%s\",\"code\":", severity);
    print_json_text(stdout, r->code);
    fputs(",\"where\":", stdout);
    print_json_text(stdout, r->where);
    printf(",\"line\":%u,\"column\":%u,\"sentence\":", r->line, r->column);
    print_json_text(stdout, r->sentence);
    putchar('}');
}

int run_policy_lint(const arguments *args)
{
    int status;
    size_t len;
    trust_lint *lint = NULL;
    trust_lint_remark remark;
    size_t errors = 0;
    bool json = option_given(args, "--json");
    const char *file = positional(args, 0);
    uint8_t *text = read_document(args, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = trust_policy_lint(text, len, NULL, &lint);
    free(text);
    if (result != TRUST_OK)
        return complain_status(file, result, NULL);
    fputs(json ? "{\"remarks\":[" : "", stdout);
    for (size_t i = 0; trust_lint_remark_at(lint, i, &remark) == TRUST_OK; i++) {
        fputs(json && i > 0 ? "," : "", stdout);
        print_remark(&remark, file, json);
        errors += remark.severity == TRUST_LINT_ERROR;
    }
    size_t count = trust_lint_count(lint);
    if (json)
        printf("],\"errors\":%zu,\"warnings\":%zu}\n", errors, count - errors);
    else
        printf("%s: %zu error%s, %zu warning%s\n", file, errors, errors == 1 ? "" : "s",
               count - errors, count - errors == 1 ? "" : "s");
    trust_lint_free(lint);
    return errors == 0 ? EXIT_AFFIRMATIVE : EXIT_NEGATIVE;
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

/* A duration in the largest unit that fits. */
static const char *duration(int64_t ms, char out[24])
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
    if (ms == 0)
        return "never";
    size_t u = 0;
    while (ms % units[u].ms != 0)
        u++;
    snprintf(out, 24, "%lld%s", (long long)(ms / units[u].ms), units[u].unit);
    return out;
}

static void show_signals(const trust_policy *policy, bool json)
{
    trust_policy_signal s;
    int64_t sum = 0;
    for (size_t i = 0; trust_policy_signal_at(policy, i, &s) == TRUST_OK; i++)
        sum += s.most;
    if (!json)
        printf("%-18s %-12s %6s %6s %6s %7s %8s %6s %10s %6s\n", "signal", "group", "weight",
               "share", "best", "absent", "refused", "down", "half-life", "ttl");
    for (size_t i = 0; trust_policy_signal_at(policy, i, &s) == TRUST_OK; i++) {
        char good[24];
        char ttl[24];
        long long share = sum > 0 ? (s.most * 1000LL / sum + 5) / 10 : 0;
        if (!json) {
            printf("%-18s %-12s %6d %5lld%% %6d %+7d %+8d %+6d %10s %6s\n", s.name, s.group, s.most,
                   share, s.least, s.absent, s.refused, s.source_down,
                   duration(s.half_life_good, good), duration(s.ttl, ttl));
            continue;
        }
        fputs(i > 0 ? ",{\"signal\":" : "{\"signal\":", stdout);
        print_json_text(stdout, s.name);
        fputs(",\"group\":", stdout);
        print_json_text(stdout, s.group);
        printf(",\"weight\":%d,\"share\":%lld,\"best\":%d,\"absent\":%d,\"refused\":%d,"
               "\"source_down\":%d,\"half_life\":\"%s\",\"ttl\":\"%s\"}",
               s.most, share, s.least, s.absent, s.refused, s.source_down,
               duration(s.half_life_good, good), duration(s.ttl, ttl));
    }
}

static void show_gates(const trust_policy *policy, bool json)
{
    trust_policy_gate g;
    trust_policy_condition c;
    if (!json && trust_policy_gate_count(policy) > 0)
        puts("");
    for (size_t i = 0; trust_policy_gate_at(policy, i, &g) == TRUST_OK; i++) {
        if (trust_policy_condition_at(policy, i, 0, &c) != TRUST_OK)
            continue;
        if (!json) {
            printf("gate %-14s %s ", g.id, c.signal);
            printf(c.asks == TRUST_ASKS_AT_LEAST ? "at least %d" : "absent", c.limit);
            printf(": at best %s (%s)\n", trust_verdict_name(g.floor), trust_reason_code(g.reason));
            continue;
        }
        fputs(i > 0 ? ",{\"id\":" : "{\"id\":", stdout);
        print_json_text(stdout, g.id);
        fputs(",\"signal\":", stdout);
        print_json_text(stdout, c.signal);
        if (c.asks == TRUST_ASKS_AT_LEAST)
            printf(",\"at_least\":%d", c.limit);
        else
            fputs(",\"absent\":true", stdout);
        printf(",\"floor\":\"%s\",\"reason\":\"%s\"}", trust_verdict_name(g.floor),
               trust_reason_code(g.reason));
    }
}

int run_policy_show(const arguments *args)
{
    trust_policy *policy = NULL;
    trust_policy_bands b;
    int status = load(args, &policy);
    if (status != 0)
        return status;
    bool json = option_given(args, "--json");
    trust_policy_get_bands(policy, &b);
    if (json) {
        fputs("{\"id\":", stdout);
        print_json_text(stdout, trust_policy_id(policy));
        printf(",\"revision\":%llu,\"base\":%d,\"verdicts\":{\"allow\":%d,\"step_up\":%d,"
               "\"quarantine\":%d},\"signals\":[",
               (unsigned long long)trust_policy_revision(policy), b.base, b.allow, b.step_up,
               b.quarantine);
        show_signals(policy, true);
        fputs("],\"gates\":[", stdout);
        show_gates(policy, true);
        puts("]}");
    } else {
        printf("%s, revision %llu\n", trust_policy_id(policy),
               (unsigned long long)trust_policy_revision(policy));
        printf(
            "risk 0 .. %d allow, .. %d step_up, .. %d quarantine, .. 1000 deny; begins at %d\n\n",
            b.allow, b.step_up, b.quarantine, b.base);
        show_signals(policy, false);
        show_gates(policy, false);
    }
    trust_policy_free(policy);
    return EXIT_AFFIRMATIVE;
}
