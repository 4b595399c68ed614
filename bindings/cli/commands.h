#ifndef TRUSTCTL_COMMANDS_H
#define TRUSTCTL_COMMANDS_H

/* The subcommands, one file a group. Their arguments were checked against the tables. */

#include "cli.h"

int run_assess(const arguments *args);
int run_observe(const arguments *args);
int run_appraise(const arguments *args);
int run_policy_lint(const arguments *args);
int run_policy_hash(const arguments *args);
int run_policy_expand(const arguments *args);
int run_policy_show(const arguments *args);
int run_policy_explain(const arguments *args);
int run_policy_draw(const arguments *args);
int run_policy_test(const arguments *args);
int run_policy_new(const arguments *args);
int run_policy_diff(const arguments *args);
int run_policy_schema(const arguments *args);
int run_policy_sign(const arguments *args);
int run_ip(const arguments *args);
int run_keygen(const arguments *args);
int run_attest(const arguments *args);
int run_device_enroll(const arguments *args);
int run_device_show(const arguments *args);
int run_device_challenge(const arguments *args);
int run_bench(const arguments *args);

/* --anchor and --attribute as an enrolment; it points into itself and into argv. */
typedef struct enrolment_options {
    uint8_t keys[TRUST_DEVICE_MAX_ANCHORS][32];
    trust_attribute attributes[TRUST_DEVICE_MAX_ATTRIBUTES];
    char names[TRUST_DEVICE_MAX_ATTRIBUTES][32];
    trust_enrolment enrolment;
} enrolment_options;

int read_enrolment(const arguments *args, enrolment_options *out);

#endif
