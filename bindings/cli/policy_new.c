/* trustctl policy new: a reference policy to begin with, under a name of one's own. The documents
 * are those of examples/policies, built in (presets.py). Trust: the name is a person's word, so the
 * document is loaded before it is written, which also runs its tests. */

#include <stdlib.h>
#include <string.h>

#include "policy_file.h"
#include "presets.h"

static const preset *find_preset(const char *name)
{
    for (const preset *p = presets; p->name != NULL; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

static int refuse_preset(const char *name)
{
    char why[256] = "which one? --preset";
    for (const preset *p = presets; p->name != NULL; p++) {
        size_t len = strlen(why);
        snprintf(why + len, sizeof why - len, "%s %s", p == presets ? "" : " or", p->name);
    }
    return complain(name != NULL ? name : "policy new", why, EXIT_USAGE);
}

/* The document with another id. */
static char *renamed(const preset *p, const char *id, size_t *len)
{
    tree_document *document = tree_read((const char *)p->text, p->size);
    const tree *old = document != NULL ? tree_member(tree_root(document), "id") : NULL;
    text_stream text;
    if (old == NULL || !text_begin(&text)) {
        tree_free(document);
        return NULL;
    }
    fwrite(p->text, 1, old->start, text.out);
    print_json_text(text.out, id);
    fwrite(p->text + old->end, 1, p->size - old->end, text.out);
    tree_free(document);
    return text_end(&text, len);
}

int run_policy_new(const arguments *args)
{
    trust_policy *policy = NULL;
    trust_error err = {0};
    const char *name = option_value(args, "--preset");
    const char *path = option_value(args, "-o");
    const preset *p = name != NULL ? find_preset(name) : NULL;
    if (p == NULL)
        return refuse_preset(name);
    const char *id = option_value(args, "--id");
    size_t len;
    char *text = renamed(p, id != NULL ? id : p->name, &len);
    if (text == NULL)
        return complain("policy new", "out of memory", EXIT_MEMORY);
    int status = 0;
    trust_status result = trust_policy_load_unsigned(text, len, NULL, &policy, &err);
    if (result != TRUST_OK) {
        status = complain_status("--id", result, &err);
        status = status == EXIT_MALFORMED ? EXIT_USAGE : status;
    }
    trust_policy_free(policy);
    if (status == 0)
        status = write_output(path != NULL ? path : "-", text, len);
    free(text);
    return status;
}
