#ifndef TRUSTCTL_COMMANDS_H
#define TRUSTCTL_COMMANDS_H

/* The subcommands, one file a group. */

#include "cli.h"

int run_assess(const command *self, int argc, char **argv);
int run_observe(const command *self, int argc, char **argv);
int run_appraise(const command *self, int argc, char **argv);
int run_policy_lint(const command *self, int argc, char **argv);
int run_policy_hash(const command *self, int argc, char **argv);
int run_policy_expand(const command *self, int argc, char **argv);
int run_policy_show(const command *self, int argc, char **argv);
int run_policy_schema(const command *self, int argc, char **argv);
int run_ip(const command *self, int argc, char **argv);
int run_keygen(const command *self, int argc, char **argv);
int run_attest(const command *self, int argc, char **argv);
int run_device_enroll(const command *self, int argc, char **argv);
int run_device_show(const command *self, int argc, char **argv);
int run_device_challenge(const command *self, int argc, char **argv);
int run_bench(const command *self, int argc, char **argv);

/* --anchor and --attribute as an enrolment; it points into itself and into argv. */
typedef struct enrolment_options {
    uint8_t keys[4][32];
    trust_attribute attributes[TRUST_DEVICE_MAX_ATTRIBUTES];
    char names[TRUST_DEVICE_MAX_ATTRIBUTES][32];
    trust_enrolment enrolment;
} enrolment_options;

bool read_enrolment(const command *self, int argc, char **argv, enrolment_options *out,
                    int *exit_status);

#endif
