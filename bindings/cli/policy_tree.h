#ifndef TRUSTCTL_POLICY_TREE_H
#define TRUSTCTL_POLICY_TREE_H

/* A policy document as a tree of values: for what the library's accessors do not name, and to
 * compare two documents member by member. Only for text that the library has read or written. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TREE_OBJECT = 1, TREE_LIST, TREE_TEXT, TREE_NUMBER, TREE_WORD };

typedef struct tree {
    int type;
    const char *name; /* of a member, else NULL */
    const char *text; /* without quotes and escapes; of a number or word as it is written */
    int64_t number;
    size_t start, end; /* its bytes in the document */
    struct tree *first, *next;
} tree;

typedef struct tree_document tree_document;

/* NULL when it is no such text, or memory is out. */
tree_document *tree_read(const char *text, size_t len);
void tree_free(tree_document *document);
const tree *tree_root(const tree_document *document);

/* NULL where there is none, and of NULL. */
const tree *tree_member(const tree *object, const char *name);
/* The entry of a list whose member @p key is this text. */
const tree *tree_entry(const tree *list, const char *key, const char *text);
size_t tree_count(const tree *value);
/* The text of a member, or "". */
const char *tree_text(const tree *object, const char *name);
bool tree_same(const tree *a, const tree *b);

#endif
