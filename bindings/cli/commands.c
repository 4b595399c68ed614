/* The tables of options and subcommands. What is accepted, help, the manual page and the completion
 * come from here alone. */

#include "commands.h"

const option options[] = {
    {"--policy", "FILE", "the policy document"},
    {"--device", "ID", "the device"},
    {"--evidence", "FILE", "a bundle that you vouch for"},
    {"--from-device", "FILE", "a bundle that the device sent"},
    {"--challenge", "ID", "the device itself received this challenge: silence is a refusal"},
    {"--nonce", "HEX", "the nonce that was given out, 8 to 64 bytes"},
    {"--binding", "HEX", "the TLS exporter value of this end of the connection"},
    {"--bind-key", "FILE", "a public key to be used later in this session"},
    {"--attempt", "TEXT", "the onboarding attempt"},
    {"--purpose", "TEXT", "what the challenge is for"},
    {"--verifier", "NAME", "the name that devices bind to"},
    {"--geoip", "DB", "a MaxMind DB file"},
    {"--list", "NAME=FILE", "an address list, such as vpn=exits.txt"},
    {"--anchor", "FILE", "a public key of the device (PEM, DER or 32 bytes)"},
    {"--attribute", "NAME=VALUE", "a registered fact, such as country=DE"},
    {"--reference", "FILE", "reference values"},
    {"--store", "URL", "memory: or file:PATH"},
    {"--request", "TEXT", "name this assessment: repeating it gives the first outcome"},
    {"--allow-unsigned", NULL, "documents are unsigned (the only kind of this version)"},
    {"--preview", NULL, "change nothing"},
    {"--check", NULL, "exit 1 unless the verdict is allow"},
    {"--for-subject", NULL, "say what the person at the device should do"},
    {"--type", "MEDIA", "the media type of the item"},
    {"--class", "NAME", "the device class whose reference values apply"},
    {"--claims", NULL, "JSON with the verified claims"},
    {"--unvouched", NULL, "the device sent the item: only what a device may state counts"},
    {"--key", "FILE", "the device's secret key (PEM)"},
    {"--component", "N=V=HEX", "a measured component: name, version, digest"},
    {"--secure-boot", "on|off", "whether this boot was secure"},
    {"--debug", "on|off", "whether the debug port is open"},
    {"--kind", "NAME", "what is asked for: attestation, identity or human"},
    {"--ttl", "SECONDS", "how long there is to answer; 120"},
    {"-o", "FILE", "where the output goes"},
    {"--man", NULL, "the manual page of trustctl, for man(1)"},
    {"--at", "TIME", "take TIME (RFC 3339 or Unix seconds) for the present"},
    {"--json", NULL, "print JSON"},
    {"--help", NULL, "print this"},
    {"--root", "KEYS", NULL},
    {"--mud", "FILE", NULL},
    {"--log", "DIR", NULL},
    {NULL, NULL, NULL},
};

const char common_options[] = "--at --json --help";

#define ANY 100000

const command commands[] = {
    {"assess", "", 0, 0, "Assess a device: evidence in, an explained decision out.",
     "--policy --device --evidence* --from-device* --challenge --nonce* --binding --attempt "
     "--verifier --geoip* --list* --anchor* --attribute* --reference --store --request "
     "--allow-unsigned --preview --check --for-subject --root --mud --log",
     run_assess},
    {"observe", "[FILE]", 0, 1,
     "Take telemetry in (JSON Lines, or CSV with a header), all of it or none; say whether a "
     "reassessment is due.",
     "--device --store --policy", run_observe},
    {"appraise", "FILE", 1, 1,
     "Verify and appraise one item of evidence; exit 0 only when it affirms.",
     "--type --anchor* --reference --nonce --binding --class --claims --unvouched --verifier "
     "--geoip* --list*",
     run_appraise},
    {"policy lint", "FILE", 1, 1, "Check a policy document; exit 1 on an error.", "",
     run_policy_lint},
    {"policy hash", "FILE", 1, 1, "Print the hash of the normalised document.", "",
     run_policy_hash},
    {"policy expand", "FILE", 1, 1, "Print the document in full, every default spelled out.", "",
     run_policy_expand},
    {"policy show", "FILE", 1, 1, "Print weights, costs of absence, gates and bands as a table.",
     "", run_policy_show},
    {"policy schema", "", 0, 0, "Print the JSON Schema (2020-12) of policy documents.", "",
     run_policy_schema},
    {"ip", "ADDRESS...", 1, ANY, "Say what databases and lists know of addresses.",
     "--geoip* --list*", run_ip},
    {"device enroll", "ID", 0, 1, "Enrol a device with its keys and registered facts.",
     "--store --device --anchor* --attribute*", run_device_enroll},
    {"device show", "ID", 0, 1, "Show what the store knows of a device.", "--store --device",
     run_device_show},
    {"device challenge", "ID", 0, 1, "Issue a challenge and print its nonce.",
     "--store --device --kind* --ttl --purpose --attempt", run_device_challenge},
    {"attest", "", 0, 0, "Make native evidence: the device's side.",
     "--key --nonce --binding --bind-key --component* --secure-boot --debug --purpose --verifier "
     "--device --attempt -o",
     run_attest},
    {"keygen", "[FILE]", 0, 1, "Make an Ed25519 key pair: FILE and FILE.pub.", "-o", run_keygen},
    {"bench", "", 0, 0, "Measure this machine quickly.", "", run_bench},
    {"help", "[SUBCOMMAND]", 0, 2, "Tell more of a subcommand; --man writes the manual page.",
     "--man", run_help},
    {"completion", "bash", 1, 1, "Print the completion script of a shell.", "", run_completion},
    {NULL, NULL, 0, 0, NULL, NULL, NULL},
};
