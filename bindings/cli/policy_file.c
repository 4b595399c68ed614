/* A policy document that a subcommand was given: read, loaded by the library, and opened as a tree
 * in its full form. Trust: a person's file. */

#include <stdlib.h>
#include <string.h>

#include "policy_file.h"

static void count(policy_file *f)
{
    trust_policy_signal signal;
    trust_policy_group group;
    trust_policy_profile profile;
    trust_policy_stage stage;
    f->signals = trust_policy_signal_count(f->policy);
    f->gates = trust_policy_gate_count(f->policy);
    for (size_t i = 0; trust_policy_signal_at(f->policy, i, &signal) == TRUST_OK; i++)
        f->weights += signal.most;
    while (trust_policy_group_at(f->policy, f->groups, &group) == TRUST_OK)
        f->groups++;
    while (trust_policy_profile_at(f->policy, f->profiles, &profile) == TRUST_OK)
        f->profiles++;
    while (trust_policy_stage_at(f->policy, f->stages, &stage) == TRUST_OK)
        f->stages++;
}

static trust_status expand_text(const void *object, char *out, size_t cap, size_t *need)
{
    return trust_policy_expand(object, out, cap, need);
}

int policy_open(const char *path, policy_file *out)
{
    int status = 0;
    trust_error err = {0};
    *out = (policy_file){.path = path, .title = ""};
    out->text = (char *)read_input(path, TRUST_POLICY_MAX_BYTES, &out->len, &status);
    if (out->text == NULL)
        return status;
    trust_status result = trust_policy_load_unsigned(out->text, out->len, NULL, &out->policy, &err);
    if (result != TRUST_OK)
        return complain_status(path, result, &err);
    out->full_text = make_text(path, expand_text, out->policy, &status);
    if (out->full_text == NULL)
        return status;
    out->written = tree_read(out->text, out->len);
    out->full = tree_read(out->full_text, strlen(out->full_text));
    if (out->written == NULL || out->full == NULL)
        return complain(path, "out of memory", EXIT_MEMORY);
    out->root = tree_root(out->full);
    out->title = tree_text(tree_root(out->written), "title");
    count(out);
    return 0;
}

void policy_close(policy_file *file)
{
    trust_policy_free(file->policy);
    tree_free(file->written);
    tree_free(file->full);
    free(file->full_text);
    free(file->text);
}

/* The counts were taken with the same calls, so these cannot fail. */

trust_policy_signal policy_signal(const policy_file *file, size_t index)
{
    trust_policy_signal out = {0};
    (void)!trust_policy_signal_at(file->policy, index, &out);
    return out;
}

trust_policy_group policy_group(const policy_file *file, size_t index)
{
    trust_policy_group out = {0};
    (void)!trust_policy_group_at(file->policy, index, &out);
    return out;
}

trust_policy_gate policy_gate(const policy_file *file, size_t index)
{
    trust_policy_gate out = {0};
    (void)!trust_policy_gate_at(file->policy, index, &out);
    return out;
}

trust_policy_condition policy_condition(const policy_file *file, size_t gate, size_t index)
{
    trust_policy_condition out = {0};
    (void)!trust_policy_condition_at(file->policy, gate, index, &out);
    return out;
}

trust_policy_profile policy_profile(const policy_file *file, size_t index)
{
    trust_policy_profile out = {0};
    (void)!trust_policy_profile_at(file->policy, index, &out);
    return out;
}

trust_policy_stage policy_stage(const policy_file *file, size_t index)
{
    trust_policy_stage out = {0};
    (void)!trust_policy_stage_at(file->policy, index, &out);
    return out;
}

typedef struct profile_of {
    const trust_policy *policy;
    size_t index;
} profile_of;

static trust_status when_text(const void *object, char *out, size_t cap, size_t *need)
{
    const profile_of *profile = object;
    return trust_policy_profile_when(profile->policy, profile->index, out, cap, need);
}

char *policy_when(const policy_file *file, size_t index, int *exit_status)
{
    profile_of profile = {file->policy, index};
    char *text = make_text(file->path, when_text, &profile, exit_status);
    if (text != NULL)
        text[strcspn(text, "\n")] = '\0';
    return text;
}

/* A list's member "actions" of the entry with this id. */
static const tree *actions_of(const policy_file *file, const char *list, const char *id)
{
    const tree *entry = tree_entry(tree_member(file->root, list), "id", id);
    const tree *actions = tree_member(entry, "actions");
    return tree_count(actions) > 0 ? actions : NULL;
}

const tree *policy_gate_actions(const policy_file *file, size_t gate)
{
    return actions_of(file, "gates", policy_gate(file, gate).id);
}

const tree *policy_stage_actions(const policy_file *file, size_t stage)
{
    return actions_of(file, "stages", policy_stage(file, stage).id);
}

const tree *policy_verdict_actions(const policy_file *file, trust_verdict verdict)
{
    const tree *actions = tree_member(file->root, "actions");
    const tree *list = tree_member(actions, trust_verdict_name(verdict));
    return tree_count(list) > 0 ? list : NULL;
}

uint64_t policy_group_members(const policy_file *file, const char *group)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < file->signals; i++)
        bits |= (uint64_t)(strcmp(policy_signal(file, i).group, group) == 0) << i;
    return bits;
}

int policy_share(const policy_file *file, int32_t weight)
{
    return file->weights > 0 ? (int)((weight * INT64_C(1000) / file->weights + 5) / 10) : 0;
}
