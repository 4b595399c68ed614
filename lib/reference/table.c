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
#include "reference/list.h"

#define TEXT_SIZE 64u

/* What one or more lists say. No lists, weight 0: nothing. */
typedef struct verdict {
    uint16_t lists; /* bit i: source i */
    uint8_t weight;
} verdict;

/* A prefix on its way into the table. */
typedef struct prefix {
    uint64_t high;
    uint64_t low;
    uint8_t bits;
    verdict says;
} prefix;

/* From here up to the start of the next interval. */
typedef struct interval {
    uint64_t high;
    uint64_t low;
    verdict says;
} interval;

typedef struct intervals {
    interval *items;
    size_t count;
    size_t capacity;
} intervals;

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
    bool rates;            /* some source can say that an address is bad */
    intervals families[2]; /* IPv4, IPv6 */
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

/* MaxMind DB records ----------------------------------------------------------------------------
 */

/* One fact of a record into @p out. False for one of the wrong type or outside its range; @p which
 * is the field's own. */
typedef bool fact_reader(const tri_mmdb *db, const tri_mmdb_value *value, uint32_t which,
                         trust_address_info *out);

enum { OWN, REGISTERED }; /* which country */

static bool read_country(const tri_mmdb *db, const tri_mmdb_value *value, uint32_t which,
                         trust_address_info *out)
{
    /* Codes that name no country: Europe and Asia-Pacific at large, and unknown. */
    static const char *const none[] = {"EU", "AP", "XX", "ZZ"};
    trust_bytes code;
    if (!tri_mmdb_string(db, value, &code) || code.size != 2 || code.data[0] < 'A' ||
        code.data[0] > 'Z')
        return false;
    if (code.data[1] >= '0' && code.data[1] <= '9') /* A1 and the like: a kind of network */
        return true;
    if (code.data[1] < 'A' || code.data[1] > 'Z')
        return false;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (tri_same_text(code, none[i]))
            return true;
    if (which == REGISTERED && out->country[0] != '\0')
        return true;
    memcpy(out->country, code.data, 2);
    return true;
}

static bool read_asn(const tri_mmdb *db, const tri_mmdb_value *value, uint32_t which,
                     trust_address_info *out)
{
    (void)which;
    uint64_t number;
    if (!tri_mmdb_uint(db, value, &number) || number > UINT32_MAX)
        return false;
    out->asn = (uint32_t)number;
    return true;
}

static bool read_network(const tri_mmdb *db, const tri_mmdb_value *value, uint32_t which,
                         trust_address_info *out)
{
    (void)which;
    trust_bytes name;
    if (!tri_mmdb_string(db, value, &name))
        return false;
    tri_text text = tri_text_begin(out->network, sizeof out->network);
    tri_text_shown(&text, name, sizeof out->network - 1);
    (void)tri_text_end(&text, NULL);
    return true;
}

enum { LATITUDE, LONGITUDE };

static bool read_degrees(const tri_mmdb *db, const tri_mmdb_value *value, uint32_t which,
                         trust_address_info *out)
{
    uint64_t bits;
    if (!tri_mmdb_real(db, value, &bits) || !tri_real_finite(bits))
        return false;
    int64_t micro = tri_real_scaled(bits, 1000000);
    int64_t most = which == LATITUDE ? 90000000 : 180000000;
    if (micro < -most || micro > most)
        return false;
    *(which == LATITUDE ? &out->latitude : &out->longitude) = (int32_t)micro;
    return true;
}

static bool read_radius(const tri_mmdb *db, const tri_mmdb_value *value, uint32_t which,
                        trust_address_info *out)
{
    (void)which;
    uint64_t km;
    if (!tri_mmdb_uint(db, value, &km) || km > UINT32_MAX)
        return false;
    out->radius_km = (uint32_t)km;
    return true;
}

static bool read_flag(const tri_mmdb *db, const tri_mmdb_value *value, uint32_t which,
                      trust_address_info *out)
{
    bool set;
    if (!tri_mmdb_bool(db, value, &set))
        return false;
    if (set)
        out->categories |= 1u << which;
    return true;
}

typedef struct field {
    const char *name;
    uint32_t size;
    uint32_t which;
    fact_reader *read;
} field;

typedef struct field_map {
    const char *name;
    uint32_t size;
    uint32_t count;
    const field *fields;
} field_map;

#define NAMED(name)  name, sizeof(name) - 1
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* At the top of ASN, ISP and Anonymous-IP databases, under "traits" in Enterprise ones. */
static const field network_fields[] = {
    {NAMED("autonomous_system_number"), 0, read_asn},
    {NAMED("autonomous_system_organization"), 0, read_network},
    {NAMED("is_anonymous"), TRUST_LIST_OTHER, read_flag},
    {NAMED("is_anonymous_vpn"), TRUST_LIST_VPN, read_flag},
    {NAMED("is_hosting_provider"), TRUST_LIST_HOSTING, read_flag},
    {NAMED("is_public_proxy"), TRUST_LIST_PROXY, read_flag},
    {NAMED("is_residential_proxy"), TRUST_LIST_PROXY, read_flag},
    {NAMED("is_tor_exit_node"), TRUST_LIST_TOR, read_flag},
};
static const field country_fields[] = {{NAMED("iso_code"), OWN, read_country}};
static const field registered_fields[] = {{NAMED("iso_code"), REGISTERED, read_country}};
static const field location_fields[] = {
    {NAMED("accuracy_radius"), 0, read_radius},
    {NAMED("latitude"), LATITUDE, read_degrees},
    {NAMED("longitude"), LONGITUDE, read_degrees},
};
static const field_map top = {NAMED(""), COUNT(network_fields), network_fields};
static const field_map maps[] = {
    {NAMED("country"), COUNT(country_fields), country_fields},
    {NAMED("location"), COUNT(location_fields), location_fields},
    {NAMED("registered_country"), COUNT(registered_fields), registered_fields},
    {NAMED("traits"), COUNT(network_fields), network_fields},
};

static bool is_named(trust_bytes key, const char *name, uint32_t size)
{
    return key.size == size && memcmp(key.data, name, size) == 0;
}

static bool read_member(const tri_mmdb *db, const field_map *in, trust_bytes key,
                        const tri_mmdb_value *value, trust_address_info *out)
{
    for (size_t i = 0; i < in->count; i++)
        if (is_named(key, in->fields[i].name, in->fields[i].size))
            return in->fields[i].read(db, value, in->fields[i].which, out);
    return true;
}

static bool read_map(const tri_mmdb *db, const field_map *in, const tri_mmdb_value *map,
                     trust_address_info *out)
{
    tri_mmdb_iter iter = tri_mmdb_entries(map);
    trust_bytes key;
    tri_mmdb_value value;
    while (tri_mmdb_next(db, &iter, &key, &value))
        if (!read_member(db, in, key, &value, out))
            return false;
    return true;
}

/* What the databases of the types City, Country, Enterprise, ASN, ISP and Anonymous-IP say; a
 * record of another shape says nothing. */
static bool read_record(const tri_mmdb *db, const tri_mmdb_value *record, trust_address_info *out)
{
    tri_mmdb_iter iter = tri_mmdb_entries(record);
    trust_bytes key;
    tri_mmdb_value value;
    while (record->type == TRI_MMDB_MAP && tri_mmdb_next(db, &iter, &key, &value)) {
        if (!read_member(db, &top, key, &value, out))
            return false;
        for (size_t i = 0; value.type == TRI_MMDB_MAP && i < COUNT(maps); i++)
            if (is_named(key, maps[i].name, maps[i].size) && !read_map(db, &maps[i], &value, out))
                return false;
    }
    /* "Anonymous" adds nothing where the record says in which way. */
    if (out->categories != 1u << TRUST_LIST_OTHER)
        out->categories &= ~(1u << TRUST_LIST_OTHER);
    return (out->latitude == INT32_MIN) == (out->longitude == INT32_MIN);
}

static const trust_address_info nothing = {.latitude = INT32_MIN, .longitude = INT32_MIN};

/* Building --------------------------------------------------------------------------------------
 */

static trust_status judge_record(void *user, const tri_mmdb *db, const tri_mmdb_value *record,
                                 trust_error *err)
{
    trust_table *table = user;
    trust_address_info info = nothing;
    if (!read_record(db, record, &info))
        return tri_fail(err, TRUST_E_FORMAT,
                        "a country, network, place or anonymity field is of another type or range");
    if (info.categories != 0)
        table->rates = true;
    return TRUST_OK;
}

static trust_status add_mmdb(trust_table *table, source *to, trust_bytes file, trust_error *err)
{
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

static int compare_prefix(const prefix *a, const prefix *b)
{
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    if (a->low != b->low)
        return a->low < b->low ? -1 : 1;
    return (a->bits > b->bits) - (a->bits < b->bits);
}

static void sift_down(prefix *items, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && compare_prefix(&items[child], &items[child + 1]) < 0)
            child++;
        if (compare_prefix(&items[at], &items[child]) >= 0)
            return;
        prefix held = items[at];
        items[at] = items[child];
        items[child] = held;
    }
}

/* By address, the wider first: heapsort, because qsort may take memory of its own. */
static void sort_prefixes(prefix *items, size_t count)
{
    size_t sorted = 1;
    while (sorted < count && compare_prefix(&items[sorted - 1], &items[sorted]) <= 0)
        sorted++;
    if (sorted >= count)
        return;
    for (size_t i = count / 2; i-- > 0;)
        sift_down(items, i, count);
    for (size_t end = count - 1; end > 0; end--) {
        prefix held = items[0];
        items[0] = items[end];
        items[end] = held;
        sift_down(items, 0, end);
    }
}

/* The last address of a prefix. */
static void last_address(const prefix *in, uint64_t *high, uint64_t *low)
{
    *high = in->bits >= 64 ? in->high : in->high | UINT64_MAX >> in->bits;
    *low = in->bits <= 64    ? UINT64_MAX
           : in->bits >= 128 ? in->low
                             : in->low | UINT64_MAX >> (in->bits - 64);
}

static verdict unite(verdict a, verdict b)
{
    return (verdict){(uint16_t)(a.lists | b.lists), a.weight > b.weight ? a.weight : b.weight};
}

/* Begin an interval; one that begins where the last did replaces it. */
static void begin_interval(intervals *to, uint64_t high, uint64_t low, verdict says)
{
    if (to->count > 0 && to->items[to->count - 1].high == high &&
        to->items[to->count - 1].low == low)
        to->count--;
    if (to->count > 0 && to->items[to->count - 1].says.lists == says.lists &&
        to->items[to->count - 1].says.weight == says.weight)
        return;
    to->items[to->count++] = (interval){high, low, says};
}

/* The prefixes around the place that the sweep has reached. A prefix holds another or is apart from
 * it, so they are a stack, each with what it and all around it say; at most 129 differ. */
typedef struct nest {
    prefix open[130];
    size_t depth;
} nest;

/* Close every prefix that ends before @p next, or all for NULL. */
static void close_prefixes(nest *in, const prefix *next, intervals *to)
{
    while (in->depth > 0) {
        uint64_t high, low;
        last_address(&in->open[in->depth - 1], &high, &low);
        if (next != NULL && (high > next->high || (high == next->high && low >= next->low)))
            return;
        in->depth--;
        verdict outer = in->depth > 0 ? in->open[in->depth - 1].says : (verdict){0, 0};
        low++;
        high += low == 0;
        if (high != 0 || low != 0) /* nothing follows the last address of all */
            begin_interval(to, high, low, outer);
    }
}

static void sweep(const prefix *items, size_t count, intervals *to)
{
    nest around;
    around.depth = 0;
    for (size_t i = 0; i < count; i++) {
        prefix next = items[i];
        for (; i + 1 < count && compare_prefix(&next, &items[i + 1]) == 0; i++)
            next.says = unite(next.says, items[i + 1].says);
        close_prefixes(&around, &next, to);
        if (around.depth > 0)
            next.says = unite(next.says, around.open[around.depth - 1].says);
        begin_interval(to, next.high, next.low, next.says);
        around.open[around.depth++] = next;
    }
    close_prefixes(&around, NULL, to);
}

/* Read the prefixes of one list and one family: IPv4 ones grow from the front, IPv6 from behind. */
static void collect(const trust_table_source *from, size_t index, prefix *items, size_t *front,
                    size_t *back)
{
    tri_list list = tri_list_begin(from->data);
    tri_list_entry entry;
    while (*front < *back && tri_list_next(&list, &entry, NULL) == TRUST_OK) {
        uint32_t weight =
            entry.weight != TRI_LIST_NO_WEIGHT ? entry.weight : categories[from->category].weight;
        bool ipv4 = entry.bits >= 96 && tri_address_is_ipv4(entry.address);
        items[ipv4 ? (*front)++ : --*back] = (prefix){tri_be64(entry.address),
                                                      tri_be64(entry.address + 8),
                                                      (uint8_t)entry.bits,
                                                      {(uint16_t)(1u << index), (uint8_t)weight}};
    }
}

/* Sort and merge the prefixes of one family, and keep exactly the memory that it takes. */
static trust_status compile(trust_table *table, intervals *to, prefix *items, size_t count)
{
    intervals made = {NULL, 0, 2 * count};
    size_t size;
    if (count == 0)
        return TRUST_OK;
    if (count > SIZE_MAX / 2 || !tri_mul_size(made.capacity, sizeof(interval), &size))
        return TRUST_E_NOMEM;
    made.items = tri_resize(&table->allocator, NULL, 0, size);
    if (made.items == NULL)
        return TRUST_E_NOMEM;
    sort_prefixes(items, count);
    sweep(items, count, &made);
    /* Shrinking may fail; the larger block serves as well. */
    interval *less = tri_resize(&table->allocator, made.items, size, made.count * sizeof(interval));
    if (less != NULL) {
        made.items = less;
        made.capacity = made.count;
    }
    *to = made;
    return TRUST_OK;
}

static trust_status compile_lists(trust_table *table, const trust_table_source *sources,
                                  trust_error *err)
{
    size_t total = 0, size;
    for (size_t i = 0; i < table->count; i++)
        if (table->sources[i].info.format == TRUST_SOURCE_CIDR)
            total += (size_t)table->sources[i].info.entries;
    if (total == 0)
        return TRUST_OK;
    prefix *items = NULL;
    if (tri_mul_size(total, sizeof(prefix), &size))
        items = tri_resize(&table->allocator, NULL, 0, size);
    if (items == NULL)
        return tri_fail(err, TRUST_E_NOMEM, "no memory for the lists");
    size_t front = 0, back = total;
    for (size_t i = 0; i < table->count; i++)
        if (table->sources[i].info.format == TRUST_SOURCE_CIDR)
            collect(&sources[i], i, items, &front, &back);
    trust_status status = compile(table, &table->families[0], items, front);
    if (status == TRUST_OK)
        status = compile(table, &table->families[1], items + back, total - back);
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
        tri_delete(&memory, table->families[i].items,
                   table->families[i].capacity * sizeof(interval));
    tri_delete(&memory, table, table_size(table->count));
}

/* Looking up ------------------------------------------------------------------------------------
 */

static verdict find_interval(const intervals *in, uint64_t high, uint64_t low)
{
    size_t first = 0, last = in->count; /* the answer is the one before the first that is above */
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        const interval *at = &in->items[middle];
        if (at->high < high || (at->high == high && at->low <= low))
            first = middle + 1;
        else
            last = middle;
    }
    return first > 0 ? in->items[first - 1].says : (verdict){0, 0};
}

static void add_lists(const trust_table *table, const uint8_t bytes[16], trust_address_info *info)
{
    bool ipv4 = tri_address_is_ipv4(bytes);
    verdict says =
        find_interval(&table->families[ipv4 ? 0 : 1], tri_be64(bytes), tri_be64(bytes + 8));
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
        (void)read_record(&from->mmdb, &record, &found);
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
