/* The address table: what MaxMind DB files and address lists say of an address. Trust: sources are
 * hostile and validated whole before the first look-up; a table never changes after that.
 *
 * The prefixes of all lists become disjoint intervals, each with the lists that it is on, in one
 * sorted array a family; the MaxMind DB files are copied and read at look-up. */

#include "reference/table.h"

#include <stdatomic.h>
#include <string.h>

#include "core/alloc.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/number.h"
#include "core/text.h"
#include "crypto/crypto.h"
#include "format/mmdb.h"
#include "reference/address.h"
#include "reference/facts.h"
#include "reference/intervals.h"
#include "reference/list.h"

#define TEXT_SIZE 64u

typedef struct source {
    char name[TEXT_SIZE];
    char type[TEXT_SIZE];
    trust_table_source_info info;
    tri_mmdb mmdb; /* of its own copy of the file */
    uint8_t *copy; /* NULL for a list */
    size_t copy_size;
} source;

struct trust_table {
    atomic_size_t users;
    trust_allocator allocator;
    size_t count;
    bool rates;                /* some source can say that an address is bad */
    tri_intervals families[2]; /* IPv4, IPv6 */
    source sources[];
};

/* The words of the categories, and the default weight of being on such a list. */
static const struct {
    const char *word;
    uint8_t weight;
} categories[] = {
    [TRUST_LIST_OTHER] = {"other", 50},     [TRUST_LIST_VPN] = {"vpn", 60},
    [TRUST_LIST_TOR] = {"tor", 90},         [TRUST_LIST_PROXY] = {"proxy", 80},
    [TRUST_LIST_HOSTING] = {"hosting", 50}, [TRUST_LIST_BLOCK] = {"block", 100},
};
#define CATEGORY_COUNT (sizeof categories / sizeof categories[0])

static const struct {
    const char *word;
    uint32_t category;
} words[] = {
    {"vpn", TRUST_LIST_VPN},
    {"tor", TRUST_LIST_TOR},
    {"proxy", TRUST_LIST_PROXY},
    {"hosting", TRUST_LIST_HOSTING},
    {"datacenter", TRUST_LIST_HOSTING},
    {"block", TRUST_LIST_BLOCK},
    {"blocklist", TRUST_LIST_BLOCK},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool same_word(const char *text, size_t len, const char *word)
{
    for (size_t i = 0; i < len; i++)
        if ((text[i] | 0x20) != word[i]) /* also ends at the word's NUL */
            return false;
    return word[len] == '\0';
}

uint32_t trust_list_category(const char *name, size_t len)
{
    for (size_t at = 0; name != NULL && at < len; at++) {
        size_t first = at;
        while (at < len && is_letter(name[at]))
            at++;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (same_word(name + first, at - first, words[i].word))
                return words[i].category;
    }
    return TRUST_LIST_OTHER;
}

static const trust_address_info nothing = {.latitude = INT32_MIN, .longitude = INT32_MIN};

static trust_status judge_record(void *user, const tri_mmdb *db, const tri_mmdb_value *record,
                                 trust_error *err)
{
    trust_table *table = user;
    trust_address_info info = nothing;
    if (!tri_facts_read(db, record, &info))
        return tri_fail(err, TRUST_E_FORMAT,
                        "a country, network, place or anonymity field is of another type or range");
    if (info.categories != 0)
        table->rates = true;
    return TRUST_OK;
}

static trust_status add_mmdb(trust_table *table, source *to, trust_bytes file, trust_error *err)
{
    if (file.size == 0)
        return tri_fail(err, TRUST_E_FORMAT, "the file is empty");
    to->copy = tri_resize(&table->allocator, NULL, 0, file.size);
    if (to->copy == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for a copy of the file");
    to->copy_size = file.size;
    memcpy(to->copy, file.data, file.size);
    trust_status status = tri_mmdb_open((trust_bytes){to->copy, file.size}, &to->mmdb, err);
    if (status != TRUST_OK)
        return status;
    size_t size = tri_mmdb_scratch(&to->mmdb);
    tri_mmdb_walk walk = {tri_new(&table->allocator, size), judge_record, table, 0, 0};
    if (walk.scratch == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory to check the file");
    status = tri_mmdb_check(&to->mmdb, &walk, err);
    tri_delete(&table->allocator, walk.scratch, size);
    to->info.entries = walk.prefixes;
    uint64_t epoch = to->mmdb.build_epoch;
    to->info.built = epoch <= INT64_MAX / 1000 ? (trust_time)epoch * 1000 : TRUST_TIME_UNKNOWN;
    tri_text type = tri_text_begin(to->type, sizeof to->type);
    tri_text_shown(&type, to->mmdb.type, sizeof to->type - 1);
    (void)tri_text_end(&type, NULL);
    return status;
}

/* Validate a list and count its prefixes. */
static trust_status count_list(source *to, trust_bytes text, trust_error *err)
{
    tri_list list = tri_list_begin(text);
    tri_list_entry entry;
    trust_status status;
    while ((status = tri_list_next(&list, &entry, err)) == TRUST_OK)
        to->info.entries++;
    return status == TRUST_E_NOT_FOUND ? TRUST_OK : status;
}

/* Read the prefixes of one list and one family: IPv4 ones grow from the front, IPv6 from behind. */
static void collect(const trust_table_source *from, size_t index, tri_prefix *items, size_t *front,
                    size_t *back)
{
    tri_list list = tri_list_begin(from->data);
    tri_list_entry entry;
    while (*front < *back && tri_list_next(&list, &entry, NULL) == TRUST_OK) {
        uint32_t weight =
            entry.weight != TRI_LIST_NO_WEIGHT ? entry.weight : categories[from->category].weight;
        bool ipv4 = entry.bits >= 96 && tri_address_is_ipv4(entry.address);
        items[ipv4 ? (*front)++ : --*back] =
            (tri_prefix){tri_be64(entry.address),
                         tri_be64(entry.address + 8),
                         (uint8_t)entry.bits,
                         {(uint16_t)(1u << index), (uint8_t)weight}};
    }
}

static trust_status compile_lists(trust_table *table, const trust_table_source *sources,
                                  trust_error *err)
{
    size_t total = 0, size;
    if (sources == NULL) /* there are none */
        return TRUST_OK;
    for (size_t i = 0; i < table->count; i++)
        if (table->sources[i].info.format == TRUST_SOURCE_CIDR)
            total += (size_t)table->sources[i].info.entries;
    if (total == 0)
        return TRUST_OK;
    tri_prefix *items = NULL;
    if (tri_mul_size(total, sizeof(tri_prefix), &size))
        items = tri_resize(&table->allocator, NULL, 0, size);
    if (items == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the lists");
    size_t front = 0, back = total;
    for (size_t i = 0; i < table->count; i++)
        if (table->sources[i].info.format == TRUST_SOURCE_CIDR)
            collect(&sources[i], i, items, &front, &back);
    trust_status status = tri_intervals_build(&table->families[0], items, front, &table->allocator);
    if (status == TRUST_OK)
        status =
            tri_intervals_build(&table->families[1], items + back, total - back, &table->allocator);
    tri_delete(&table->allocator, items, size);
    return status == TRUST_OK ? status : tri_fail(err, status, "no memory for the lists");
}

static trust_status add_source(trust_table *table, size_t index, const trust_table_source *from,
                               trust_error *err)
{
    source *to = &table->sources[index];
    memcpy(to->name, from->name, strlen(from->name));
    to->info = (trust_table_source_info){.name = to->name,
                                         .type = to->type,
                                         .format = from->format,
                                         .category = from->category,
                                         .built = TRUST_TIME_UNKNOWN};
    tri_sha256(from->data.data, from->data.size, to->info.digest);
    if (from->format == TRUST_SOURCE_MMDB)
        return add_mmdb(table, to, from->data, err);
    table->rates = true;
    memcpy(to->type, categories[from->category].word, strlen(categories[from->category].word));
    return count_list(to, from->data, err);
}

static trust_status judge_source(const trust_table_source *from, trust_error *err)
{
    const char *wrong = NULL;
    if (from->name == NULL || strlen(from->name) >= TEXT_SIZE || from->name[0] == '\0' ||
        !tri_printable(tri_bytes(from->name)))
        wrong = "a source needs a name of 1 to 63 bytes without control characters";
    else if (from->data.data == NULL && from->data.size > 0)
        wrong = "a source has a size but no bytes";
    else if (from->format != TRUST_SOURCE_MMDB && from->format != TRUST_SOURCE_CIDR)
        wrong = "the format of a source is none of TRUST_SOURCE_";
    else if (from->category >= CATEGORY_COUNT ||
             (from->format == TRUST_SOURCE_MMDB && from->category != 0))
        wrong = "the category of a source is none of TRUST_LIST_, or not 0 for a database";
    return wrong == NULL ? TRUST_OK : tri_fail(err, TRUST_E_ARGUMENT, wrong);
}

static size_t table_size(size_t count)
{
    return sizeof(trust_table) + count * sizeof(source);
}

trust_status trust_table_build(const trust_table_source *sources, size_t count,
                               const trust_allocator *allocator, trust_table **out,
                               trust_error *err)
{
    if (out == NULL || (sources == NULL && count > 0) || count > TRUST_TABLE_MAX_SOURCES)
        return tri_fail(err, TRUST_E_ARGUMENT, "no place for the table, or over 16 sources");
    for (size_t i = 0; i < count; i++)
        if (judge_source(&sources[i], err) != TRUST_OK)
            return TRUST_E_ARGUMENT;
    trust_allocator memory = tri_allocator(allocator);
    trust_table *table = tri_new(&memory, table_size(count));
    if (table == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the table");
    table->allocator = memory;
    table->count = count;
    atomic_init(&table->users, 1);
    trust_status status = TRUST_OK;
    for (size_t i = 0; i < count && status == TRUST_OK; i++) {
        status = add_source(table, i, &sources[i], err);
        if (status != TRUST_OK)
            tri_error_where(err, tri_bytes(sources[i].name));
    }
    if (status == TRUST_OK)
        status = compile_lists(table, sources, err);
    if (status != TRUST_OK) {
        trust_table_free(table);
        return status;
    }
    *out = table;
    return TRUST_OK;
}

trust_table *tri_table_hold(trust_table *table)
{
    if (table != NULL)
        atomic_fetch_add_explicit(&table->users, 1, memory_order_relaxed);
    return table;
}

void trust_table_free(trust_table *table)
{
    if (table == NULL || atomic_fetch_sub_explicit(&table->users, 1, memory_order_acq_rel) != 1)
        return;
    trust_allocator memory = table->allocator;
    for (size_t i = 0; i < table->count; i++)
        tri_delete(&memory, table->sources[i].copy, table->sources[i].copy_size);
    for (size_t i = 0; i < 2; i++)
        tri_intervals_end(&table->families[i], &memory);
    tri_delete(&memory, table, table_size(table->count));
}

static void add_lists(const trust_table *table, const uint8_t bytes[16], trust_address_info *info)
{
    bool ipv4 = tri_address_is_ipv4(bytes);
    tri_verdict says = tri_intervals_find(&table->families[ipv4 ? 0 : 1], bytes);
    info->lists |= says.lists;
    for (size_t i = 0; i < table->count; i++)
        if ((says.lists >> i & 1) != 0)
            info->categories |= 1u << table->sources[i].info.category;
    if (says.weight > info->weight)
        info->weight = says.weight;
}

/* A fact counts from the first source that knows it. */
static void add_place(const trust_address_info *found, trust_address_info *info)
{
    if (info->country[0] == '\0')
        memcpy(info->country, found->country, sizeof info->country);
    if (info->asn == 0)
        info->asn = found->asn;
    if (info->network[0] == '\0')
        memcpy(info->network, found->network, sizeof info->network);
    if (info->latitude != INT32_MIN)
        return;
    info->latitude = found->latitude;
    info->longitude = found->longitude;
    info->radius_km = found->radius_km;
}

static void add_databases(const trust_table *table, const uint8_t bytes[16], bool place,
                          trust_address_info *info)
{
    for (size_t i = 0; i < table->count; i++) {
        const source *from = &table->sources[i];
        tri_mmdb_value record;
        trust_address_info found = nothing;
        if (from->copy == NULL || !tri_mmdb_find(&from->mmdb, bytes, &record))
            continue;
        (void)tri_facts_read(&from->mmdb, &record, &found);
        if (place)
            add_place(&found, info);
        if (found.categories != 0)
            info->lists |= 1u << i;
        info->categories |= found.categories;
        for (size_t c = 0; c < CATEGORY_COUNT; c++)
            if ((found.categories >> c & 1) != 0 && categories[c].weight > info->weight)
                info->weight = categories[c].weight;
    }
}

/* Where an address is that hides an IPv4 address: where the one inside is, because packets go
 * there; but ISATAP's stands in bits that the sender is free to choose. */
trust_status trust_table_find(const trust_table *table, const trust_address *address,
                              trust_address_info *out)
{
    if (address == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    trust_address inner;
    trust_address_info info = nothing;
    info.address_class = trust_address_classify(address, &inner, &info.embed);
    if (table != NULL) {
        bool inside = info.embed != TRUST_EMBED_NONE;
        bool at_inner = inside && info.embed != TRUST_EMBED_ISATAP;
        add_lists(table, address->bytes, &info);
        add_databases(table, address->bytes, !at_inner, &info);
        if (inside) {
            add_lists(table, inner.bytes, &info);
            add_databases(table, inner.bytes, at_inner, &info);
        }
    }
    *out = info;
    return TRUST_OK;
}

bool tri_table_rates(const trust_table *table)
{
    return table != NULL && table->rates;
}

size_t trust_table_source_count(const trust_table *table)
{
    return table != NULL ? table->count : 0;
}

trust_status trust_table_source_at(const trust_table *table, size_t index,
                                   trust_table_source_info *out)
{
    if (table == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    if (index >= table->count)
        return TRUST_E_NOT_FOUND;
    *out = table->sources[index].info;
    return TRUST_OK;
}
