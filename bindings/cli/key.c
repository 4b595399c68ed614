/* trustctl keygen and attest: the device's side, from the shell. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

static void wipe(void *data, size_t len)
{
    for (volatile uint8_t *p = data; len > 0; len--)
        *p++ = 0;
}

/* Both PEM texts of a new key pair. */
typedef struct pair {
    char secret[256];
    char public[256];
} pair;

static void print_pair(const pair *made, const char *path, const char *public_path)
{
    uint8_t key[32] = {0};
    bool in_files = path != NULL;
    fputs(in_files ? "{\"secret_key_file\":" : "{\"secret_key\":", stdout);
    print_json_text(stdout, in_files ? path : made->secret);
    fputs(in_files ? ",\"public_key_file\":" : ",\"public_key\":", stdout);
    print_json_text(stdout, in_files ? public_path : made->public);
    fputs(",\"ed25519\":\"", stdout);
    if (trust_key_read_public(made->public, strlen(made->public), key, NULL) == TRUST_OK)
        print_hex(key, sizeof key);
    puts("\"}");
}

/* The public key first: a secret key never stands without it. */
static int write_pair(const pair *made, const char *path, bool json)
{
    char public_path[4096];
    if (snprintf(public_path, sizeof public_path, "%s.pub", path) >= (int)sizeof public_path)
        return complain(path, "the name is too long", EXIT_USAGE);
    if (access(path, F_OK) == 0)
        return complain(path, "is there already; a key is never overwritten", EXIT_IO);
    int status = write_output(public_path, made->public, strlen(made->public));
    if (status != 0)
        return status;
    status = write_secret(path, made->secret, strlen(made->secret));
    if (status != 0)
        unlink(public_path);
    else if (json)
        print_pair(made, path, public_path);
    return status;
}

int run_keygen(const arguments *args)
{
    pair made;
    bool json = option_given(args, "--json");
    const char *path = option_value(args, "-o");
    if (path == NULL)
        path = positional(args, 0);
    else if (positional(args, 0) != NULL)
        return complain("keygen", "one file, as an argument or as -o", EXIT_USAGE);
    int status = 0;
    trust_status result =
        trust_keygen(NULL, made.secret, sizeof made.secret, made.public, sizeof made.public);
    if (result != TRUST_OK)
        status = complain_status("keygen", result, NULL);
    else if (path != NULL && strcmp(path, "-") != 0)
        status = write_pair(&made, path, json);
    else if (json)
        print_pair(&made, NULL, NULL);
    else
        printf("%s%s", made.secret, made.public);
    wipe(&made, sizeof made);
    return status;
}

static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

int read_signer(const char *path, uint32_t use, trust_signer **out)
{
    int status = 0;
    size_t len;
    trust_error err = {0};
    uint8_t *text = read_input(path, 65536, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = trust_signer_read(text, len, use, out, &err);
    wipe(text, len);
    free(text);
    return result == TRUST_OK ? 0 : complain_status(path, result, &err);
}

/* Everything that a token says, read from the options. The struct points into itself. */
typedef struct statement {
    trust_attest_claims claims;
    trust_attest_component components[16];
    char names[16][64];
    char versions[16][32];
    uint8_t digests[16][64];
    uint8_t nonce[64];
    uint8_t channel[64];
    uint8_t session_key[32];
} statement;

/* NAME=VERSION=HEX, or NAME=HEX. */
static bool read_component(const char *text, statement *st, size_t n)
{
    const char *first = strchr(text, '=');
    const char *last = strrchr(text, '=');
    trust_attest_component *c = &st->components[n];
    if (first == NULL || first == text || first - text >= 64 || last - first > 32)
        return false;
    snprintf(st->names[n], sizeof st->names[n], "%.*s", (int)(first - text), text);
    c->name = st->names[n];
    if (last > first) {
        snprintf(st->versions[n], sizeof st->versions[n], "%.*s", (int)(last - first - 1),
                 first + 1);
        c->version = st->versions[n];
    }
    c->digest.data = st->digests[n];
    return parse_hex(last + 1, st->digests[n], sizeof st->digests[n], &c->digest.size);
}

/* 0 when it is not given, 1 for off, 2 for on, -1 after complaining. */
static int read_switch(const arguments *args, const char *name)
{
    const char *value = option_value(args, name);
    if (value == NULL)
        return 0;
    if (strcmp(value, "on") == 0 || strcmp(value, "off") == 0)
        return strcmp(value, "on") == 0 ? 2 : 1;
    complain(name, "on or off", EXIT_USAGE);
    return -1;
}

static int read_measurements(const arguments *args, statement *st)
{
    const char *text;
    for (size_t n = 0; (text = option_nth(args, "--component", n)) != NULL; n++) {
        if (n == 16 || !read_component(text, st, n))
            return complain(text, "a component is NAME=VERSION=HEX or NAME=HEX, at most 16",
                            EXIT_USAGE);
        st->claims.component_count = n + 1;
    }
    st->claims.components = st->components;
    int boot = read_switch(args, "--secure-boot");
    int debug = read_switch(args, "--debug");
    if (boot < 0 || debug < 0)
        return EXIT_USAGE;
    static const int32_t boots[] = {TRUST_BOOT_UNSTATED, TRUST_BOOT_INSECURE, TRUST_BOOT_SECURE};
    static const int32_t debugs[] = {TRUST_DEBUG_UNSTATED, TRUST_DEBUG_DISABLED,
                                     TRUST_DEBUG_ENABLED};
    st->claims.secure_boot = boots[boot];
    st->claims.debug = debugs[debug];
    return 0;
}

static int read_session_key(const char *path, statement *st)
{
    int status = 0;
    size_t len;
    trust_error err = {0};
    uint8_t *text = read_input(path, 65536, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = trust_key_read_public(text, len, st->session_key, &err);
    free(text);
    if (result != TRUST_OK)
        return complain_status(path, result, &err);
    st->claims.binding.session_key = (trust_bytes){st->session_key, sizeof st->session_key};
    return 0;
}

static int read_binding(const arguments *args, statement *st)
{
    trust_attest_binding *b = &st->claims.binding;
    const char *key = option_value(args, "--bind-key");
    b->purpose = option_value(args, "--purpose");
    b->verifier = option_value(args, "--verifier");
    b->device = option_value(args, "--device");
    b->attempt = option_value(args, "--attempt");
    b->channel.data = st->channel;
    int status = read_channel(args, st->channel, &b->channel.size);
    return status == 0 && key != NULL ? read_session_key(key, st) : status;
}

/* The token inside a bundle, as `assess --from-device` reads it. */
static void print_bundle(FILE *out, const char *device, const uint8_t *token, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    fputc('{', out);
    if (device != NULL) {
        fputs("\"device\":", out);
        print_json_text(out, device);
        fputc(',', out);
    }
    fputs("\"items\":[{\"type\":\"" TRUST_TYPE_EAT_CWT "\",\"data\":\"", out);
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)token[i] << 16;
        group |= left > 1 ? (uint32_t)token[i + 1] << 8 : 0;
        group |= left > 2 ? token[i + 2] : 0;
        for (size_t k = 0; k <= left; k++)
            fputc(digits[group >> (18 - 6 * k) & 63], out);
    }
    fputs("\"}]}\n", out);
}

static int write_bundle(const char *path, const char *device, const uint8_t *token, size_t len)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return complain("attest", "out of memory", EXIT_MEMORY);
    print_bundle(out, device, token, len);
    int status = fclose(out) == 0 ? write_output(path, text, size)
                                  : complain("attest", "out of memory", EXIT_MEMORY);
    free(text);
    return status;
}

/* The bytes themselves, but in hexadecimal to a terminal. */
static int write_token(const char *path, const uint8_t *token, size_t len)
{
    if (path != NULL || !isatty(STDOUT_FILENO))
        return write_output(path != NULL ? path : "-", token, len);
    print_hex(token, len);
    putchar('\n');
    return EXIT_AFFIRMATIVE;
}

static int make_token(const arguments *args, const statement *st, trust_signer *signer)
{
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    size_t len = 0;
    trust_attest_key key = {{0}, sign, signer};
    trust_signer_public_key(signer, key.public_key);
    trust_status status = trust_attest_make(&st->claims, &key, token, sizeof token, &len);
    if (status == TRUST_E_ARGUMENT)
        return complain(
            "attest", "a digest has 32, 48 or 64 bytes, a name and a text at most 63, a version 31",
            EXIT_USAGE);
    if (status != TRUST_OK)
        return complain_status("attest", status, NULL);
    const char *path = option_value(args, "-o");
    if (option_given(args, "--json"))
        return write_bundle(path != NULL ? path : "-", option_value(args, "--device"), token, len);
    return write_token(path, token, len);
}

int run_attest(const arguments *args)
{
    statement st = {.claims = TRUST_ATTEST_CLAIMS_INIT};
    trust_signer *signer = NULL;
    const char *key = option_value(args, "--key");
    if (key == NULL || !option_given(args, "--nonce"))
        return complain("attest", "a key and a nonce are needed: --key FILE --nonce HEX",
                        EXIT_USAGE);
    st.claims.nonce.data = st.nonce;
    int status = read_nonce(args, 0, st.nonce, &st.claims.nonce.size);
    if (status == 0)
        status = read_measurements(args, &st);
    if (status == 0)
        status = read_binding(args, &st);
    if (status == 0)
        status = read_signer(key, TRUST_USE_DEVICE, &signer);
    if (status == 0)
        status = make_token(args, &st, signer);
    trust_signer_free(signer);
    return status;
}
