/* The table of subcommands and their options. Help, and what is accepted, come from here alone. */

#include "commands.h"

#define POLICY                                                                                     \
    {                                                                                              \
        "--policy", "FILE", "the policy document"                                                  \
    }
#define DEVICE                                                                                     \
    {                                                                                              \
        "--device", "ID", "the device"                                                             \
    }
#define STORE                                                                                      \
    {                                                                                              \
        "--store", "URL", "memory: or file:PATH"                                                   \
    }
#define ANCHOR                                                                                     \
    {                                                                                              \
        "--anchor", "FILE", "a public key of the device (PEM, DER or 32 bytes); may repeat"        \
    }
#define ATTRIBUTE                                                                                  \
    {                                                                                              \
        "--attribute", "NAME=VALUE", "a registered fact, such as country=DE; may repeat"           \
    }
#define REFERENCE                                                                                  \
    {                                                                                              \
        "--reference", "FILE", "reference values"                                                  \
    }
#define GEOIP                                                                                      \
    {                                                                                              \
        "--geoip", "DB", "a MaxMind DB file; may repeat"                                           \
    }
#define LIST                                                                                       \
    {                                                                                              \
        "--list", "NAME=FILE", "an address list, such as vpn=exits.txt; may repeat"                \
    }
#define VERIFIER                                                                                   \
    {                                                                                              \
        "--verifier", "NAME", "the name that devices bind to"                                      \
    }
#define ATTEMPT                                                                                    \
    {                                                                                              \
        "--attempt", "TEXT", "the onboarding attempt"                                              \
    }
#define NONCE                                                                                      \
    {                                                                                              \
        "--nonce", "HEX", "the nonce that was given out; may repeat"                               \
    }
#define BINDING                                                                                    \
    {                                                                                              \
        "--binding", "HEX", "the TLS exporter value of this end"                                   \
    }
#define FUTURE                                                                                     \
    {"--root", "KEYS", "not in this version"}, {"--mud", "FILE", "not in this version"},           \
    {                                                                                              \
        "--log", "DIR", "not in this version"                                                      \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, NULL                                                                           \
    }

static const option assess_options[] = {
    POLICY,
    DEVICE,
    {"--evidence", "FILE", "a bundle that you vouch for; may repeat"},
    {"--from-device", "FILE", "a bundle that the device sent; may repeat"},
    {"--challenge", "ID", "the challenge that this answers (it was delivered)"},
    NONCE,
    BINDING,
    ATTEMPT,
    VERIFIER,
    GEOIP,
    LIST,
    ANCHOR,
    ATTRIBUTE,
    REFERENCE,
    STORE,
    {"--request", "TEXT", "name this assessment: repeating it gives the first outcome"},
    {"--allow-unsigned", NULL, "documents are unsigned (the only kind of this version)"},
    {"--preview", NULL, "change nothing"},
    {"--check", NULL, "exit 1 unless the verdict is allow"},
    {"--for-subject", NULL, "say what the person at the device should do"},
    FUTURE,
    END};

static const option observe_options[] = {DEVICE, STORE, POLICY, END};

static const option appraise_options[] = {
    {"--type", "MEDIA", "the media type of the item"},
    ANCHOR,
    REFERENCE,
    NONCE,
    BINDING,
    {"--class", "NAME", "whose reference values apply"},
    {"--claims", NULL, "with the verified claims, as JSON"},
    {"--vouched", NULL, "you vouch for the item (else it is the device's)"},
    GEOIP,
    LIST,
    END};

static const option ip_options[] = {GEOIP, LIST, END};
static const option no_options[] = {END};

static const option keygen_options[] = {
    {"-o", "FILE", "where the secret key goes; the public one beside it as FILE.pub"}, END};

static const option attest_options[] = {
    {"--key", "FILE", "the device's secret key (PEM)"},
    {"--nonce", "HEX", "the challenge's nonce"},
    {"--binding", "HEX", "the TLS exporter value of this end"},
    {"--bind-key", "FILE", "a public key to be used later in this session"},
    {"--component", "N=V=HEX", "a measured component: name, version, digest; may repeat"},
    {"--secure-boot", "on|off", "whether this boot was secure"},
    {"--debug", "on|off", "whether the debug port is open"},
    {"--purpose", "TEXT", "bind to the challenge's purpose"},
    VERIFIER,
    DEVICE,
    ATTEMPT,
    {"-o", "FILE", "where the token goes; else standard output"},
    END};

static const option device_options[] = {STORE, DEVICE, ANCHOR, ATTRIBUTE, END};
static const option show_options[] = {STORE, DEVICE, END};
static const option challenge_options[] = {
    STORE,
    DEVICE,
    {"--kind", "NAME", "what is asked for: attestation, identity or human; may repeat"},
    {"--ttl", "SECONDS", "how long there is to answer; 120"},
    {"--purpose", "TEXT", "what the answer is for"},
    ATTEMPT,
    END};

const command commands[] = {
    {"assess", "", "Assess a device: evidence in, an explained decision out.", assess_options,
     run_assess},
    {"observe", "[FILE]",
     "Take telemetry in (JSON Lines, or CSV with a header); say whether a "
     "reassessment is due.",
     observe_options, run_observe},
    {"appraise", "FILE", "Verify and appraise one item of evidence; exit 0 only when it affirms.",
     appraise_options, run_appraise},
    {"policy lint", "FILE", "Check a policy document; exit 1 on an error.", no_options,
     run_policy_lint},
    {"policy hash", "FILE", "Print the hash of the normalised document.", no_options,
     run_policy_hash},
    {"policy expand", "FILE", "Print the document in full, every default spelled out.", no_options,
     run_policy_expand},
    {"policy show", "FILE", "Print weights, costs of absence, gates and bands as a table.",
     no_options, run_policy_show},
    {"policy schema", "", "Print the JSON Schema (2020-12) of policy documents.", no_options,
     run_policy_schema},
    {"ip", "ADDRESS...", "Say what databases and lists know of an address.", ip_options, run_ip},
    {"device enroll", "ID", "Enrol a device with its keys and registered facts.", device_options,
     run_device_enroll},
    {"device show", "ID", "Show what the store knows of a device.", show_options, run_device_show},
    {"device challenge", "ID", "Issue a challenge and print its nonce.", challenge_options,
     run_device_challenge},
    {"attest", "", "Make native evidence: the device's side.", attest_options, run_attest},
    {"keygen", "[FILE]", "Make an Ed25519 key pair: FILE and FILE.pub.", keygen_options,
     run_keygen},
    {"bench", "", "Measure this machine quickly.", no_options, run_bench},
    {NULL, NULL, NULL, NULL, NULL},
};
