/* Reference values: reads the document (docs/references.md), sorts it by digest and class, looks
 * measurements up. Trust: the document's authenticity is the caller's matter; its form is checked
 * here, and what is not understood is refused rather than passed over. */

#include "reference/reference.h"

#include <stdatomic.h>
#include <string.h>

#include "core/alloc.h"
#include "core/arena.h"
#include "core/bytes.h"
#include "core/error.h"
#include "format/json.h"

#define VERSION    1
#define MAX_VALUES 4096u
#define MAX_DIGEST 64u
#define MAX_CLASS  127u /* of a registered attribute */

static const tri_json_limits limits = {.bytes = 4u << 20, .depth = 4, .nodes = 40000};

typedef struct value {
    trust_bytes device_class; /* empty: every class */
    uint8_t digest[MAX_DIGEST];
    uint8_t digest_size;
    uint8_t status; /* TRI_REFERENCE_ */
    uint16_t index; /* in the document */
} value;

struct trust_reference {
    tri_arena arena; /* holds everything, itself included */
    atomic_uint_fast32_t users;
    uint64_t revision;
    size_t count;
    value *values; /* sorted by digest, then class */
};

/* A document on its way in. */
typedef struct loading {
    tri_json_doc doc;
    trust_reference *out;
    trust_error *err;
} loading;

static trust_status refuse(loading *in, const tri_json *place, const char *message)
{
    return tri_json_fail(&in->doc, place, TRUST_E_FORMAT, message, (trust_bytes){NULL, 0}, in->err);
}

static int compare(trust_bytes digest, trust_bytes device_class, const value *v)
{
    int order = tri_compare(digest, (trust_bytes){v->digest, v->digest_size});
    return order != 0 ? order : tri_compare(device_class, v->device_class);
}

static int compare_values(const value *a, const value *b)
{
    return compare((trust_bytes){a->digest, a->digest_size}, a->device_class, b);
}

static void swap(value *a, value *b)
{
    value kept = *a;
    *a = *b;
    *b = kept;
}

/* Let values[root] sink to its place in the heap of the first @p count. */
static void sink(value *values, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare_values(&values[child], &values[child + 1]) < 0)
            child++;
        if (compare_values(&values[root], &values[child]) >= 0)
            return;
        swap(&values[root], &values[child]);
    }
}

/* Heapsort: qsort() may take memory behind the allocator's back. */
static void sort(value *values, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sink(values, i - 1, count);
    for (size_t end = count; end > 1; end--) {
        swap(&values[0], &values[end - 1]);
        sink(values, 0, end - 1);
    }
}

/* Every member of @p object has one of @p names, which end with NULL. */
static trust_status check_names(loading *in, const tri_json *object, const char *const *names)
{
    for (const tri_json *member = tri_json_first(object); member != NULL;
         member = tri_json_next(member)) {
        const char *const *name = names;
        while (*name != NULL && !tri_same_text(tri_json_name(member), *name))
            name++;
        if (*name == NULL)
            return tri_json_fail(&in->doc, member, TRUST_E_FORMAT, "unknown member",
                                 tri_json_name(member), in->err);
    }
    return TRUST_OK;
}

/* An optional text of 1 to @p most bytes; empty when it is not there. */
static trust_status read_text(loading *in, const tri_json *object, const char *name, size_t most,
                              trust_bytes *out)
{
    const tri_json *member = tri_json_member(object, name);
    *out = (trust_bytes){NULL, 0};
    if (member == NULL)
        return TRUST_OK;
    if (!tri_json_string(member, out) || out->size == 0)
        return refuse(in, member, "must be a text that is not empty");
    if (out->size > most)
        return tri_json_fail(&in->doc, member, TRUST_E_LIMIT, "text is too long",
                             (trust_bytes){NULL, 0}, in->err);
    return TRUST_OK;
}

static trust_status read_digest(loading *in, const tri_json *object, value *out)
{
    static const struct {
        const char *prefix;
        size_t size;
    } algorithms[] = {{"sha256:", 32}, {"sha384:", 48}, {"sha512:", 64}};
    const tri_json *member = tri_json_member(object, "digest");
    trust_bytes text;
    if (member == NULL)
        return refuse(in, object, "a value needs a digest");
    if (!tri_json_string(member, &text))
        return refuse(in, member, "must be a text");
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
        trust_bytes prefix = tri_bytes(algorithms[i].prefix);
        size_t len;
        if (text.size < prefix.size || memcmp(text.data, prefix.data, prefix.size) != 0)
            continue;
        trust_bytes hex = {text.data + prefix.size, text.size - prefix.size};
        if (!tri_unhex(hex, out->digest, MAX_DIGEST, &len) || len != algorithms[i].size)
            return refuse(in, member, "not as many hexadecimal digits as the algorithm has");
        out->digest_size = (uint8_t)len;
        return TRUST_OK;
    }
    return refuse(in, member, "must begin with sha256:, sha384: or sha512:");
}

static trust_status read_status(loading *in, const tri_json *object, value *out)
{
    static const char *const words[] = {[TRI_REFERENCE_OK] = "ok",
                                        [TRI_REFERENCE_ADVISORY] = "advisory",
                                        [TRI_REFERENCE_DENY] = "deny"};
    const tri_json *member = tri_json_member(object, "status");
    trust_bytes text;
    if (member == NULL)
        return refuse(in, object, "a value needs a status");
    if (tri_json_string(member, &text)) {
        for (int i = TRI_REFERENCE_OK; i <= TRI_REFERENCE_DENY; i++) {
            if (tri_same_text(text, words[i])) {
                out->status = (uint8_t)i;
                return TRUST_OK;
            }
        }
    }
    return refuse(in, member, "must be ok, advisory or deny");
}

static trust_status read_value(loading *in, const tri_json *object, value *out)
{
    static const char *const names[] = {"class",  "name", "version", "digest",
                                        "status", "note", NULL};
    /* For people; what is longer than this was not meant for them. */
    static const struct {
        const char *name;
        size_t most;
    } remarks[] = {{"name", 63}, {"version", 63}, {"note", 255}};
    trust_bytes text;
    if (!tri_json_is_object(object))
        return refuse(in, object, "must be an object");
    trust_status status = check_names(in, object, names);
    for (size_t i = 0; status == TRUST_OK && i < sizeof remarks / sizeof remarks[0]; i++)
        status = read_text(in, object, remarks[i].name, remarks[i].most, &text);
    if (status == TRUST_OK)
        status = read_digest(in, object, out);
    if (status == TRUST_OK)
        status = read_status(in, object, out);
    if (status == TRUST_OK)
        status = read_text(in, object, "class", MAX_CLASS, &text);
    if (status != TRUST_OK || text.size == 0)
        return status;
    out->device_class =
        (trust_bytes){(const uint8_t *)tri_arena_copy(&in->out->arena, text), text.size};
    return out->device_class.data != NULL ? TRUST_OK
                                          : tri_fail(in->err, TRUST_E_NOMEM, "out of memory");
}

/* Two values for one digest and class would leave the answer to chance. */
static trust_status check_duplicates(loading *in, const tri_json *list)
{
    const value *values = in->out->values;
    for (size_t i = 1; i < in->out->count; i++) {
        if (compare_values(&values[i - 1], &values[i]) != 0)
            continue;
        size_t later =
            values[i].index > values[i - 1].index ? values[i].index : values[i - 1].index;
        const tri_json *place = tri_json_first(list);
        while (later-- > 0)
            place = tri_json_next(place);
        return refuse(in, place, "the same digest twice for one class");
    }
    return TRUST_OK;
}

static trust_status read_values(loading *in, const tri_json *list)
{
    size_t count = tri_json_count(list);
    if (count > MAX_VALUES)
        return tri_json_fail(&in->doc, list, TRUST_E_LIMIT, "more than 4096 values",
                             (trust_bytes){NULL, 0}, in->err);
    in->out->values = tri_arena_take(&in->out->arena, (count + 1) * sizeof(value));
    if (in->out->values == NULL)
        return tri_fail(in->err, TRUST_E_NOMEM, "out of memory");
    for (const tri_json *place = tri_json_first(list); place != NULL;
         place = tri_json_next(place)) {
        value *next = &in->out->values[in->out->count];
        trust_status status = read_value(in, place, next);
        if (status != TRUST_OK)
            return status;
        next->index = (uint16_t)in->out->count++;
    }
    sort(in->out->values, in->out->count);
    return check_duplicates(in, list);
}

static trust_status read_head(loading *in)
{
    static const char *const names[] = {"trust_reference", "id", "revision", "values", NULL};
    const tri_json *root = in->doc.root;
    int64_t number;
    trust_bytes id;
    if (!tri_json_is_object(root))
        return refuse(in, root, "must be an object");
    const tri_json *version = tri_json_member(root, "trust_reference");
    if (!tri_json_integer(version, &number))
        return refuse(in, version != NULL ? version : root, "not a reference document");
    if (number != VERSION)
        return tri_json_fail(&in->doc, version, TRUST_E_UNSUPPORTED,
                             "a version that this library does not read", (trust_bytes){NULL, 0},
                             in->err);
    trust_status status = check_names(in, root, names);
    if (status == TRUST_OK)
        status = read_text(in, root, "id", 63, &id);
    if (status != TRUST_OK)
        return status;
    if (id.size == 0)
        return refuse(in, root, "a reference document needs an id");
    const tri_json *revision = tri_json_member(root, "revision");
    if (!tri_json_integer(revision, &number) || number < 0)
        return refuse(in, revision != NULL ? revision : root,
                      "needs a revision, a whole number from 0");
    in->out->revision = (uint64_t)number;
    return TRUST_OK;
}

static trust_status read_document(loading *in)
{
    trust_status status = read_head(in);
    if (status != TRUST_OK)
        return status;
    const tri_json *list = tri_json_member(in->doc.root, "values");
    if (!tri_json_is_array(list))
        return refuse(in, list != NULL ? list : in->doc.root, "needs a list of values");
    return read_values(in, list);
}

static trust_reference *new_reference(const trust_allocator *allocator)
{
    trust_allocator chosen = tri_allocator(allocator);
    tri_arena arena = tri_arena_begin(&chosen);
    trust_reference *made = tri_arena_take(&arena, sizeof *made);
    if (made == NULL)
        return NULL;
    made->arena = arena;
    atomic_init(&made->users, 1);
    return made;
}

trust_status trust_reference_load_unsigned(const void *document, size_t len,
                                           const trust_allocator *allocator, trust_reference **out,
                                           trust_error *err)
{
    if (document == NULL || out == NULL)
        return tri_fail(err, TRUST_E_ARGUMENT, "a document and a place for the result are needed");
    loading in = {.err = err};
    trust_status status = tri_json_parse((trust_bytes){document, len}, &limits, &in.doc, err);
    if (status != TRUST_OK)
        return status;
    in.out = new_reference(allocator);
    status = in.out != NULL ? read_document(&in) : tri_fail(err, TRUST_E_NOMEM, "out of memory");
    tri_json_free(&in.doc);
    if (status == TRUST_OK)
        *out = in.out;
    else
        trust_reference_free(in.out);
    return status;
}

size_t trust_reference_count(const trust_reference *reference)
{
    return reference != NULL ? reference->count : 0;
}

uint64_t tri_reference_revision(const trust_reference *reference)
{
    return reference->revision;
}

trust_reference *tri_reference_hold(trust_reference *reference)
{
    if (reference != NULL)
        atomic_fetch_add_explicit(&reference->users, 1, memory_order_relaxed);
    return reference;
}

void trust_reference_free(trust_reference *reference)
{
    if (reference == NULL ||
        atomic_fetch_sub_explicit(&reference->users, 1, memory_order_acq_rel) != 1)
        return;
    tri_arena arena = reference->arena; /* it lies in what it ends */
    tri_arena_end(&arena);
}

/* What the document says for exactly this class. */
static int look_up(const trust_reference *reference, trust_bytes device_class, trust_bytes digest)
{
    size_t low = 0, high = reference->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const value *v = &reference->values[middle];
        int order = compare(digest, device_class, v);
        if (order == 0)
            return v->status;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return TRI_REFERENCE_UNKNOWN;
}

int tri_reference_find(const trust_reference *reference, trust_bytes device_class,
                       trust_bytes digest)
{
    if (reference == NULL)
        return TRI_REFERENCE_UNKNOWN;
    int every = look_up(reference, (trust_bytes){NULL, 0}, digest);
    if (every == TRI_REFERENCE_DENY || device_class.size == 0)
        return every;
    int own = look_up(reference, device_class, digest);
    return own != TRI_REFERENCE_UNKNOWN ? own : every;
}
