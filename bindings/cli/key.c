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

int run_keygen(const command *self, int argc, char **argv)
{
    char secret[256];
    char public[256];
    char public_path[4096];
    int status = check_arguments(self, argc, argv, 0, 1);
    if (status != 0)
        return status;
    const char *path = option_value(self, argc, argv, "-o");
    if (path == NULL)
        path = positional(self, argc, argv, 0);
    trust_status made = trust_keygen(NULL, secret, sizeof secret, public, sizeof public);
    if (made != TRUST_OK)
        return complain_status("keygen", made, NULL);
    if (path == NULL || strcmp(path, "-") == 0) {
        fputs(secret, stdout);
        fputs(public, stdout);
    } else if (snprintf(public_path, sizeof public_path, "%s.pub", path) >=
               (int)sizeof public_path) {
        status = complain(path, "the name is too long", EXIT_USAGE);
    } else {
        status = write_output(path, secret, strlen(secret), 0600);
        if (status == 0)
            status = write_output(public_path, public, strlen(public), 0644);
    }
    wipe(secret, sizeof secret);
    return status;
}

static trust_status sign(void *user, const void *data, size_t len, uint8_t signature[64])
{
    return trust_signer_sign(user, TRUST_USE_DEVICE, data, len, signature);
}

static int read_signer(const char *path, trust_signer **out)
{
    int status = 0;
    size_t len;
    trust_error err = {0};
    uint8_t *text = read_input(path, 65536, &len, &status);
    if (text == NULL)
        return status;
    trust_status result = trust_signer_read(text, len, TRUST_USE_DEVICE, out, &err);
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

static int read_measurements(const command *self, int argc, char **argv, statement *st)
{
    const char *text;
    for (size_t n = 0; (text = option_nth(self, argc, argv, "--component", n)) != NULL; n++) {
        if (n == 16 || !read_component(text, st, n))
            return complain(text, "a component is NAME=VERSION=HEX or NAME=HEX, at most 16",
                            EXIT_USAGE);
        st->claims.component_count = n + 1;
    }
    st->claims.components = st->components;
    const char *boot = option_value(self, argc, argv, "--secure-boot");
    const char *debug = option_value(self, argc, argv, "--debug");
    if (boot != NULL && strcmp(boot, "on") != 0 && strcmp(boot, "off") != 0)
        return complain("--secure-boot", "on or off", EXIT_USAGE);
    if (boot != NULL)
        st->claims.secure_boot = strcmp(boot, "on") == 0 ? TRUST_BOOT_SECURE : TRUST_BOOT_INSECURE;
    if (debug != NULL && strcmp(debug, "on") != 0 && strcmp(debug, "off") != 0)
        return complain("--debug", "on or off", EXIT_USAGE);
    if (debug != NULL)
        st->claims.debug = strcmp(debug, "on") == 0 ? TRUST_DEBUG_ENABLED : TRUST_DEBUG_DISABLED;
    return 0;
}

static int read_binding(const command *self, int argc, char **argv, statement *st)
{
    trust_attest_binding *b = &st->claims.binding;
    const char *channel = option_value(self, argc, argv, "--binding");
    const char *key = option_value(self, argc, argv, "--bind-key");
    b->purpose = option_value(self, argc, argv, "--purpose");
    b->verifier = option_value(self, argc, argv, "--verifier");
    b->device = option_value(self, argc, argv, "--device");
    b->attempt = option_value(self, argc, argv, "--attempt");
    if (channel != NULL) {
        if (!parse_hex(channel, st->channel, sizeof st->channel, &b->channel.size))
            return complain("--binding", "the TLS exporter value in hexadecimal", EXIT_USAGE);
        b->channel.data = st->channel;
    }
    if (key != NULL) {
        int status = 0;
        size_t len;
        trust_error err = {0};
        uint8_t *text = read_input(key, 65536, &len, &status);
        if (text == NULL)
            return status;
        trust_status result = trust_key_read_public(text, len, st->session_key, &err);
        free(text);
        if (result != TRUST_OK)
            return complain_status(key, result, &err);
        b->session_key = (trust_bytes){st->session_key, sizeof st->session_key};
    }
    return 0;
}

/* The token inside a bundle, as `assess --from-device` reads it. */
static void print_bundle(const char *device, const uint8_t *token, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    fputs("{", stdout);
    if (device != NULL) {
        fputs("\"device\":", stdout);
        print_json_text(stdout, device);
        putchar(',');
    }
    fputs("\"items\":[{\"type\":\"" TRUST_TYPE_EAT_CWT "\",\"data\":\"", stdout);
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)token[i] << 16;
        group |= left > 1 ? (uint32_t)token[i + 1] << 8 : 0;
        group |= left > 2 ? token[i + 2] : 0;
        for (size_t k = 0; k <= left; k++)
            putchar(digits[group >> (18 - 6 * k) & 63]);
    }
    puts("\"}]}");
}

static int make_token(const command *self, int argc, char **argv, statement *st,
                      trust_signer *signer)
{
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    size_t len = 0;
    trust_attest_key key = {{0}, sign, signer};
    trust_signer_public_key(signer, key.public_key);
    trust_status status = trust_attest_make(&st->claims, &key, token, sizeof token, &len);
    if (status != TRUST_OK)
        return complain("attest", "the claims make no token; see trustctl help attest",
                        exit_for(status));
    const char *path = option_value(self, argc, argv, "-o");
    if (option_value(self, argc, argv, "--json") != NULL) {
        print_bundle(option_value(self, argc, argv, "--device"), token, len);
        return EXIT_AFFIRMATIVE;
    }
    if (path == NULL && isatty(STDOUT_FILENO)) {
        for (size_t i = 0; i < len; i++)
            printf("%02x", token[i]);
        putchar('\n');
        return EXIT_AFFIRMATIVE;
    }
    return write_output(path != NULL ? path : "-", token, len, 0644);
}

int run_attest(const command *self, int argc, char **argv)
{
    statement st;
    trust_signer *signer = NULL;
    memset(&st, 0, sizeof st);
    st.claims = (trust_attest_claims)TRUST_ATTEST_CLAIMS_INIT;
    int status = check_arguments(self, argc, argv, 0, 0);
    if (status != 0)
        return status;
    const char *key = option_value(self, argc, argv, "--key");
    const char *nonce = option_value(self, argc, argv, "--nonce");
    if (key == NULL || nonce == NULL)
        return complain("attest", "a key and a nonce are needed: --key FILE --nonce HEX",
                        EXIT_USAGE);
    if (!parse_hex(nonce, st.nonce, sizeof st.nonce, &st.claims.nonce.size) ||
        st.claims.nonce.size < 8)
        return complain("--nonce", "8 to 64 bytes in hexadecimal", EXIT_USAGE);
    st.claims.nonce.data = st.nonce;
    status = read_measurements(self, argc, argv, &st);
    if (status == 0)
        status = read_binding(self, argc, argv, &st);
    if (status == 0)
        status = read_signer(key, &signer);
    if (status == 0)
        status = make_token(self, argc, argv, &st, signer);
    trust_signer_free(signer);
    return status;
}
