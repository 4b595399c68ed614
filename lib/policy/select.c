/* Which profile a device falls under, by what is registered of it, and a profile's condition in
 * words. Kleene's logic of three values: what is not registered is neither true nor false. Trust:
 * attributes were registered by the host; the policy was checked when it was loaded. */

#include <string.h>

#include "core/bytes.h"
#include "policy/document/document.h"

/* ---- truth ---- */

typedef enum truth { NO, UNKNOWN, YES } truth;

typedef struct facts {
    const trust_policy *policy;
    const trust_attribute *attributes;
    size_t count;
    uint32_t at; /* the node that is next */
} facts;

static const char *fact(const facts *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->attributes[i].name, name) == 0)
            return f->attributes[i].value;
    return NULL;
}

/* A whole number of at most 18 digits, which an int64 holds. */
static bool whole(const char *text, int64_t *out)
{
    bool negative = *text == '-';
    const char *digit = text + negative;
    int64_t value = 0;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        if (digit - text - negative == 18)
            return false;
        value = value * 10 + (*digit - '0');
    }
    *out = negative ? -value : value;
    return *digit == '\0' && digit > text + negative;
}

static truth of_fact(const tri_when *when, const char *value)
{
    int64_t number;
    if (value == NULL)
        return UNKNOWN;
    if (when->op == TRI_WHEN_GE || when->op == TRI_WHEN_LE) {
        if (!whole(value, &number))
            return UNKNOWN;
        return (when->op == TRI_WHEN_GE ? number >= when->number : number <= when->number) ? YES
                                                                                           : NO;
    }
    if (when->op == TRI_WHEN_PREFIX)
        return strncmp(value, when->words[0], strlen(when->words[0])) == 0 ? YES : NO;
    for (uint32_t i = 0; i < when->count; i++)
        if (strcmp(value, when->words[i]) == 0)
            return YES;
    return NO;
}

/* The truth of the next node, and past all that is inside it. */
static truth of_node(facts *f)
{
    const tri_when *when = &f->policy->whens[f->at++];
    if (when->attribute != NULL)
        return of_fact(when, fact(f, when->attribute));
    if (when->op == TRI_WHEN_NOT)
        return (truth)(YES - of_node(f));
    truth result = when->op == TRI_WHEN_ALL ? YES : NO;
    for (uint32_t i = 0; i < when->count; i++) {
        truth child = of_node(f);
        if (when->op == TRI_WHEN_ALL ? child < result : child > result)
            result = child;
    }
    return result;
}

/* ---- selection ---- */

static bool good(const trust_attribute *attributes, size_t count)
{
    size_t size = 0;
    if (count > 0 && attributes == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        trust_bytes name = tri_bytes(attributes[i].name);
        trust_bytes value = tri_bytes(attributes[i].value);
        if (attributes[i].name == NULL || attributes[i].value == NULL || !tri_name(name) ||
            name.size > TRI_ATTRIBUTE_MAX || value.size > TRI_WORD_MAX || !tri_utf8(value))
            return false;
        size += name.size + value.size + 2;
        if (size > TRI_MAX_FACTS)
            return false;
        for (size_t k = 0; k < i; k++)
            if (strcmp(attributes[i].name, attributes[k].name) == 0)
                return false;
    }
    return true;
}

trust_status trust_policy_select(const trust_policy *policy, const trust_attribute *attributes,
                                 size_t attribute_count, trust_policy_selection *out)
{
    if (policy == NULL || out == NULL || !good(attributes, attribute_count))
        return TRUST_E_ARGUMENT;
    *out = (trust_policy_selection){0, 0};
    for (uint32_t i = 0; i < policy->profile_count && out->profile == 0; i++) {
        facts f = {policy, attributes, attribute_count, policy->profiles[i].when};
        truth holds = of_node(&f);
        if (holds == YES)
            out->profile = i + 1;
        if (holds == UNKNOWN)
            out->also |= UINT32_C(1) << (i + 1);
    }
    return TRUST_OK;
}

/* ---- in words ---- */

/* A value as it is where that cannot be mistaken, else in quotes. */
static void say_word(tri_text *text, const char *word)
{
    bool plain = *word != '\0';
    for (const char *c = word; *c != '\0'; c++)
        plain = plain && ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                          (*c >= '0' && *c <= '9') || strchr("_.-", *c) != NULL);
    if (plain)
        tri_text_str(text, word);
    else
        tri_text_json(text, tri_bytes(word));
}

/* "role is lock, door or valve" */
static void say_fact(tri_text *text, const tri_when *when)
{
    tri_text_str(text, when->attribute);
    if (when->op == TRI_WHEN_GE || when->op == TRI_WHEN_LE) {
        tri_text_str(text, when->op == TRI_WHEN_GE ? " is at least " : " is at most ");
        tri_text_int(text, when->number);
        return;
    }
    tri_text_str(text, when->op == TRI_WHEN_PREFIX ? " begins with " : " is ");
    for (uint32_t i = 0; i < when->count; i++) {
        if (i > 0)
            tri_text_str(text, i + 1 == when->count ? " or " : ", ");
        say_word(text, when->words[i]);
    }
}

static bool joins(const tri_when *when)
{
    return (when->op == TRI_WHEN_ALL || when->op == TRI_WHEN_ANY) && when->count > 1;
}

/* A node, in brackets where it joins several inside another; returns the index of the next. */
static uint32_t say_node(const trust_policy *policy, uint32_t at, bool inside, tri_text *text)
{
    const tri_when *when = &policy->whens[at++];
    bool brackets = inside && joins(when);
    if (when->attribute != NULL) {
        say_fact(text, when);
        return at;
    }
    if (when->op == TRI_WHEN_NOT) {
        tri_text_str(text, "not (");
        at = say_node(policy, at, false, text);
        tri_text_char(text, ')');
        return at;
    }
    if (brackets)
        tri_text_char(text, '(');
    for (uint32_t i = 0; i < when->count; i++) {
        if (i > 0)
            tri_text_str(text, when->op == TRI_WHEN_ALL ? ", and " : ", or ");
        at = say_node(policy, at, inside || joins(when), text);
    }
    if (brackets)
        tri_text_char(text, ')');
    return at;
}

trust_status trust_policy_profile_when(const trust_policy *policy, size_t index, char *out,
                                       size_t cap, size_t *need)
{
    if (policy == NULL || (out == NULL && cap > 0))
        return TRUST_E_ARGUMENT;
    if (index > policy->profile_count)
        return TRUST_E_NOT_FOUND;
    tri_text text = tri_text_begin(out, cap);
    if (index > 0)
        (void)say_node(policy, policy->profiles[index - 1].when, false, &text);
    return tri_text_end(&text, need);
}
