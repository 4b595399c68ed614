/* A policy document as a tree of values. Trust: the library has read or written the text, so what
 * is not JSON here is only refused, not explained. */

#include <stdlib.h>
#include <string.h>

#include "policy_tree.h"

#define MAX_DEPTH 32

struct tree_document {
    const char *at, *begin, *end;
    tree *nodes;
    size_t count, cap;
    char *texts; /* of all values and names, behind one another */
};

static void skip_space(tree_document *d)
{
    while (d->at < d->end && strchr(" \t\r\n", *d->at) != NULL && *d->at != '\0')
        d->at++;
}

static bool take(tree_document *d, char c)
{
    skip_space(d);
    if (d->at == d->end || *d->at != c)
        return false;
    d->at++;
    return true;
}

static bool read_hex4(tree_document *d, uint32_t *out)
{
    char digits[5] = {0};
    char *end;
    if (d->end - d->at < 4)
        return false;
    memcpy(digits, d->at, 4);
    *out = (uint32_t)strtoul(digits, &end, 16);
    d->at += 4;
    return end == digits + 4;
}

static void put_character(tree_document *d, uint32_t c)
{
    if (c < 0x80) {
        *d->texts++ = (char)c;
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    *d->texts++ = (char)(lead[more] | (c >> (6 * more)));
    while (more-- > 0)
        *d->texts++ = (char)(0x80 | (c >> (6 * more) & 0x3F));
}

static bool read_escape(tree_document *d)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    char c = d->at < d->end ? *d->at++ : '\0';
    const char *simple = c != '\0' ? strchr(names, c) : NULL;
    uint32_t high, low;
    if (simple != NULL) {
        *d->texts++ = values[simple - names];
        return true;
    }
    if (c != 'u' || !read_hex4(d, &high) || high == 0)
        return false;
    if (high >= 0xD800 && high < 0xDC00) {
        if (d->end - d->at < 6 || memcmp(d->at, "\\u", 2) != 0)
            return false;
        d->at += 2;
        if (!read_hex4(d, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    }
    put_character(d, high);
    return true;
}

/* Behind the opening quote. Never longer than what it was written as. */
static const char *read_quoted(tree_document *d)
{
    const char *text = d->texts;
    while (d->at < d->end && *d->at != '"') {
        if (*d->at != '\\')
            *d->texts++ = *d->at++;
        else if (d->at++, !read_escape(d))
            return NULL;
    }
    if (!take(d, '"'))
        return NULL;
    *d->texts++ = '\0';
    return text;
}

static bool read_plain(tree_document *d, tree *node)
{
    const char *first = d->at;
    while (d->at < d->end && strchr(",]} \t\r\n", *d->at) == NULL)
        d->at++;
    size_t len = (size_t)(d->at - first);
    if (len == 0)
        return false;
    node->text = memcpy(d->texts, first, len);
    d->texts[len] = '\0';
    d->texts += len + 1;
    bool number = *first == '-' || (*first >= '0' && *first <= '9');
    node->type = number ? TREE_NUMBER : TREE_WORD;
    node->number = number ? strtoll(node->text, NULL, 10) : strcmp(node->text, "true") == 0;
    return true;
}

static tree *read_value(tree_document *d, int depth);

static bool read_entries(tree_document *d, tree *node, char close, int depth)
{
    tree **last = &node->first;
    if (take(d, close))
        return true;
    do {
        const char *name = NULL;
        if (close == '}' && (!take(d, '"') || (name = read_quoted(d)) == NULL || !take(d, ':')))
            return false;
        tree *entry = read_value(d, depth + 1);
        if (entry == NULL)
            return false;
        entry->name = name;
        *last = entry;
        last = &entry->next;
    } while (take(d, ','));
    return take(d, close);
}

static tree *read_value(tree_document *d, int depth)
{
    skip_space(d);
    if (d->count == d->cap || depth > MAX_DEPTH || d->at == d->end)
        return NULL;
    tree *node = &d->nodes[d->count++];
    bool good;
    node->start = (size_t)(d->at - d->begin);
    if (take(d, '{')) {
        node->type = TREE_OBJECT;
        good = read_entries(d, node, '}', depth);
    } else if (take(d, '[')) {
        node->type = TREE_LIST;
        good = read_entries(d, node, ']', depth);
    } else if (take(d, '"')) {
        node->type = TREE_TEXT;
        node->text = read_quoted(d);
        good = node->text != NULL;
    } else
        good = read_plain(d, node);
    node->end = (size_t)(d->at - d->begin);
    return good ? node : NULL;
}

tree_document *tree_read(const char *text, size_t len)
{
    size_t values = 1;
    for (size_t i = 0; i < len; i++)
        values += text[i] == ',' || text[i] == '[' || text[i] == '{';
    tree_document *d = calloc(1, sizeof *d + len + 1);
    if (d == NULL)
        return NULL;
    d->nodes = calloc(values, sizeof *d->nodes);
    d->cap = d->nodes != NULL ? values : 0;
    d->texts = (char *)(d + 1);
    d->at = d->begin = text;
    d->end = text + len;
    if (read_value(d, 0) != NULL)
        return d;
    tree_free(d);
    return NULL;
}

void tree_free(tree_document *document)
{
    if (document != NULL)
        free(document->nodes);
    free(document);
}

const tree *tree_root(const tree_document *document)
{
    return document->nodes;
}

const tree *tree_member(const tree *object, const char *name)
{
    const tree *t = object != NULL ? object->first : NULL;
    while (t != NULL && (t->name == NULL || strcmp(t->name, name) != 0))
        t = t->next;
    return t;
}

const tree *tree_entry(const tree *list, const char *key, const char *text)
{
    const tree *t = list != NULL ? list->first : NULL;
    while (t != NULL && strcmp(tree_text(t, key), text) != 0)
        t = t->next;
    return t;
}

size_t tree_count(const tree *value)
{
    size_t count = 0;
    for (const tree *t = value != NULL ? value->first : NULL; t != NULL; t = t->next)
        count++;
    return count;
}

const char *tree_text(const tree *object, const char *name)
{
    const tree *member = tree_member(object, name);
    return member != NULL && member->text != NULL ? member->text : "";
}

bool tree_same(const tree *a, const tree *b)
{
    if (a == NULL || b == NULL || a->type != b->type)
        return a == b;
    if (a->text != NULL || b->text != NULL)
        return a->text != NULL && b->text != NULL && strcmp(a->text, b->text) == 0;
    if (tree_count(a) != tree_count(b))
        return false;
    const tree *other = b->first;
    for (const tree *t = a->first; t != NULL; t = t->next, other = other->next) {
        const tree *match = a->type == TREE_OBJECT ? tree_member(b, t->name) : other;
        if (!tree_same(t, match))
            return false;
    }
    return true;
}
