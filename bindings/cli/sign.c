/* trustctl policy sign: a manifest beside a policy document. Trust: the document is the caller's
 * and has to load; what it says of itself is what is signed. */

#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* What is signed, and where it goes. */
typedef struct signing {
    const char *document; /* its path */
    char manifest[4096];  /* likewise */
    trust_manifest said;
    uint8_t hash[32]; /* of the policy */
    uint8_t key[32];
    uint8_t *text;
    size_t len;
} signing;

static int read_time(const arguments *args, const char *name, trust_time *out)
{
    const char *text = option_value(args, name);
    if (text == NULL || trust_time_parse(text, strlen(text), out) == TRUST_OK)
        return 0;
    return complain(name, "not a time such as 2026-11-23T05:00:00Z or Unix seconds", EXIT_USAGE);
}

static int read_times(const arguments *args, trust_manifest *said)
{
    int status = read_time(args, "--not-before", &said->not_before);
    if (status == 0)
        status = read_time(args, "--expires", &said->expires);
    if (status == 0 && (said->expires <= said->not_before || said->expires <= 0))
        return complain("policy sign", "it has to expire after it begins, and after 1970",
                        EXIT_USAGE);
    return status;
}

/* FILE.manifest, or what -o names, but never in the place of what is read. */
static int name_output(const arguments *args, signing *s)
{
    const char *given = option_value(args, "-o");
    int len = given != NULL ? snprintf(s->manifest, sizeof s->manifest, "%s", given)
                            : snprintf(s->manifest, sizeof s->manifest, "%s.manifest", s->document);
    if (given == NULL && strcmp(s->document, "-") == 0)
        return complain("policy sign", "where does the manifest of standard input go? give -o FILE",
                        EXIT_USAGE);
    if (len < 0 || len >= (int)sizeof s->manifest)
        return complain(s->document, "the name is too long", EXIT_USAGE);
    if (given != NULL && strcmp(given, "-") != 0 &&
        (same_file(given, s->document) || same_file(given, option_value(args, "--key"))))
        return complain(given, "the manifest would take its place", EXIT_USAGE);
    return 0;
}

/* What does not load is not signed: nobody could use it. */
static int read_policy(signing *s)
{
    int status = 0;
    trust_policy *policy = NULL;
    trust_error err = {0};
    s->text = read_input(s->document, TRUST_POLICY_MAX_BYTES, &s->len, &status);
    if (s->text == NULL)
        return status;
    trust_status result = trust_policy_load_unsigned(s->text, s->len, NULL, &policy, &err);
    if (result != TRUST_OK)
        return complain_status(s->document, result, &err);
    snprintf(s->said.kind, sizeof s->said.kind, "policy");
    snprintf(s->said.id, sizeof s->said.id, "%s", trust_policy_id(policy));
    s->said.revision = trust_policy_revision(policy);
    trust_policy_hash(policy, s->hash);
    trust_policy_free(policy);
    return 0;
}

/* Sign, and believe what was made only once it verifies: what is printed comes from there. */
static trust_status make_manifest(signing *s, const trust_signer *signer, char *out, size_t cap,
                                  size_t *len)
{
    trust_time within = 0;
    if (s->said.not_before != TRUST_TIME_UNKNOWN)
        within = s->said.not_before;
    else if (s->said.expires != TRUST_TIME_NEVER)
        within = s->said.expires - 1;
    trust_status status = trust_manifest_sign(&s->said, s->text, s->len, signer, out, cap, len);
    trust_signer_public_key(signer, s->key);
    if (status == TRUST_OK)
        status = trust_manifest_verify(out, *len, (const uint8_t(*)[32])s->key, 1, "policy",
                                       s->text, s->len, within, &s->said, NULL);
    return status;
}

static void print_time(const char *label, trust_time time)
{
    char text[32];
    bool none = time == TRUST_TIME_UNKNOWN || time == TRUST_TIME_NEVER ||
                trust_time_format(time, text, sizeof text) != TRUST_OK;
    printf(none ? ",\"%s\":null" : ",\"%s\":\"%s\"", label, text);
}

static void print_hex_member(const char *name, const uint8_t data[32])
{
    printf(",\"%s\":\"", name);
    print_hex(data, 32);
    putchar('"');
}

/* The manifest itself where it went nowhere else. */
static void print_json(const signing *s, const char *manifest)
{
    printf("{\"kind\":\"policy\",\"id\":");
    print_json_text(stdout, s->said.id);
    printf(",\"revision\":%llu", (unsigned long long)s->said.revision);
    print_time("not_before", s->said.not_before);
    print_time("expires", s->said.expires);
    print_hex_member("digest", s->said.digest);
    print_hex_member("hash", s->hash);
    print_hex_member("ed25519", s->key);
    fputs(manifest != NULL ? ",\"manifest\":" : ",\"manifest_file\":", stdout);
    print_json_text(stdout, manifest != NULL ? manifest : s->manifest);
    puts("}");
}

static void print_holds(const trust_manifest *said)
{
    char from[32], until[32];
    bool begins = said->not_before != TRUST_TIME_UNKNOWN, ends = said->expires != TRUST_TIME_NEVER;
    if (trust_time_format(said->not_before, from, sizeof from) != TRUST_OK ||
        trust_time_format(said->expires, until, sizeof until) != TRUST_OK)
        return;
    fputs("holds    ", stdout);
    if (begins)
        printf(" from %s", from);
    if (ends)
        printf(" until %s", until);
    puts(begins || ends ? "" : " always");
}

static void print_signed(const signing *s)
{
    printf("policy    %s, revision %llu\n", s->said.id, (unsigned long long)s->said.revision);
    print_holds(&s->said);
    fputs("sha256    ", stdout);
    print_hex(s->said.digest, sizeof s->said.digest);
    fputs("\nhash      ", stdout);
    print_hex(s->hash, sizeof s->hash);
    fputs("\nkey       ", stdout);
    print_hex(s->key, sizeof s->key);
    printf("\nmanifest  %s\n", s->manifest);
}

static int write_manifest(const arguments *args, const signing *s, const char *text, size_t len)
{
    bool json = option_given(args, "--json");
    bool standard = strcmp(s->manifest, "-") == 0;
    int status = standard && json ? 0 : write_output(s->manifest, text, len);
    if (status == 0 && json)
        print_json(s, standard ? text : NULL);
    else if (status == 0 && !standard)
        print_signed(s);
    return status;
}

static int sign(const arguments *args, signing *s)
{
    trust_signer *signer = NULL;
    char text[TRUST_MANIFEST_MAX_BYTES + 1];
    size_t len = 0;
    int status = read_policy(s);
    if (status == 0)
        status = read_signer(option_value(args, "--key"), TRUST_USE_POLICY, &signer);
    if (status != 0)
        return status;
    trust_status result = make_manifest(s, signer, text, sizeof text, &len);
    trust_signer_free(signer);
    return result == TRUST_OK ? write_manifest(args, s, text, len)
                              : complain_status("policy sign", result, NULL);
}

int run_policy_sign(const arguments *args)
{
    signing s = {.document = positional(args, 0), .said = TRUST_MANIFEST_INIT};
    if (!option_given(args, "--key"))
        return complain("policy sign", "a key is needed: --key FILE", EXIT_USAGE);
    int status = read_times(args, &s.said);
    if (status == 0)
        status = name_output(args, &s);
    if (status == 0)
        status = sign(args, &s);
    free(s.text);
    return status;
}
