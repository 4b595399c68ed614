/* MaxMind's own test databases: every value that they were made from, every corrupt file, mutants
 * of the good ones from a printed seed, and every address that matters against libmaxminddb where
 * that is installed. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>
#ifdef HAVE_MAXMINDDB
#include <maxminddb.h>
#include <netinet/in.h>
#endif

#include "core/bytes.h"
#include "format/mmdb.h"
#include "support.h"

#define MAX_FILES 64

typedef struct file {
    char path[512];
    uint8_t *data;
    size_t len;
} file;

static int by_path(const void *a, const void *b)
{
    return strcmp(((const file *)a)->path, ((const file *)b)->path);
}

/* The databases of a folder, in order of name. */
static size_t load_folder(const char *relative, file *out)
{
    char folder[400];
    snprintf(folder, sizeof folder, "%s", vectors_path(relative));
    DIR *entries = opendir(folder);
    ck_assert_msg(entries != NULL, "%s", folder);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        size_t len = strlen(entry->d_name);
        if (len < 5 || strcmp(entry->d_name + len - 5, ".mmdb") != 0)
            continue;
        ck_assert_uint_lt(count, MAX_FILES);
        snprintf(out[count].path, sizeof out[count].path, "%s/%s", folder, entry->d_name);
        out[count].data = read_file(out[count].path, &out[count].len);
        ck_assert_ptr_nonnull(out[count].data);
        count++;
    }
    closedir(entries);
    qsort(out, count, sizeof *out, by_path);
    return count;
}

static void unload(file *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(files[i].data);
}

static const char *base_name(const file *in)
{
    return strrchr(in->path, '/') + 1;
}

static bool among(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* Made by hand to be wrong. */
static const char *const broken[] = {
    "GeoIP2-City-Test-Broken-Double-Format.mmdb", "GeoIP2-City-Test-Invalid-Node-Count.mmdb",
    "MaxMind-DB-test-broken-pointers-24.mmdb", "MaxMind-DB-test-broken-search-tree-24.mmdb", NULL};

static trust_status build(const file *in, trust_table **out, trust_error *err)
{
    trust_table_source source = {"file", TRUST_SOURCE_MMDB, 0, {in->data, in->len}};
    return trust_table_build(&source, 1, NULL, out, err);
}

START_TEST(loads_every_good_database)
{
    static file files[MAX_FILES];
    size_t count = load_folder("geoip/test-data", files);
    size_t good = 0;
    for (size_t i = 0; i < count; i++) {
        trust_table *table = NULL;
        trust_error err = {0};
        trust_status status = build(&files[i], &table, &err);
        if (among(base_name(&files[i]), broken))
            ck_assert_msg(status == TRUST_E_FORMAT, "%s", files[i].path);
        else
            ck_assert_msg(status == TRUST_OK, "%s: %s", files[i].path, err.message);
        good += status == TRUST_OK;
        trust_table_free(table);
    }
    ck_assert_uint_eq(count, 40);
    ck_assert_uint_eq(good, 36);
    unload(files, count);
}
END_TEST

START_TEST(refuses_or_reads_corrupt_files)
{
    /* Corrupt for other readers: an odd but valid end, a time far away, nodes that nothing reaches.
     */
    static const char *const readable[] = {
        "libmaxminddb-corrupt-search-tree.mmdb", "libmaxminddb-empty-array-last-in-metadata.mmdb",
        "libmaxminddb-empty-map-last-in-metadata.mmdb", "libmaxminddb-uint64-max-epoch.mmdb", NULL};
    static const char *const folders[] = {"geoip/bad-data/libmaxminddb",
                                          "geoip/bad-data/maxminddb-golang",
                                          "geoip/bad-data/maxminddb-python"};
    static file files[MAX_FILES];
    size_t total = 0;
    for (size_t f = 0; f < 3; f++) {
        size_t count = load_folder(folders[f], files);
        for (size_t i = 0; i < count; i++) {
            trust_table *table = NULL;
            trust_error err = {0};
            trust_status status = build(&files[i], &table, &err);
            ck_assert_msg((status == TRUST_OK) == among(base_name(&files[i]), readable), "%s: %s",
                          files[i].path, trust_status_name(status));
            trust_table_free(table);
        }
        total += count;
        unload(files, count);
    }
    ck_assert_uint_eq(total, 21);
}
END_TEST

/* An integer of any type of the format as a double, which every value of the vectors fits. */
static bool number_of(const tri_mmdb *db, const tri_mmdb_value *value, double *out)
{
    uint64_t bits;
    if (value->type == TRI_MMDB_DOUBLE && tri_mmdb_real(db, value, &bits)) {
        memcpy(out, &bits, sizeof *out);
        return true;
    }
    if (value->type == TRI_MMDB_FLOAT) {
        uint32_t narrow = tri_be32(db->data.data + value->offset);
        float number;
        memcpy(&number, &narrow, sizeof number);
        *out = (double)number;
        return true;
    }
    if (!tri_mmdb_uint(db, value, &bits))
        return false;
    *out = (double)bits;
    return true;
}

static size_t leaves;

/* The decoded value is the one of the JSON document. */
static bool same_value(const tri_mmdb *db, const tri_mmdb_value *value, const cJSON *expected)
{
    trust_bytes key;
    tri_mmdb_value member;
    double number;
    bool set;
    if (cJSON_IsObject(expected) || cJSON_IsArray(expected)) {
        uint32_t type = cJSON_IsObject(expected) ? TRI_MMDB_MAP : TRI_MMDB_ARRAY;
        if (value->type != type || (int)value->size != cJSON_GetArraySize(expected))
            return false;
        tri_mmdb_iter iter = tri_mmdb_entries(value);
        int index = 0;
        while (tri_mmdb_next(db, &iter, &key, &member)) {
            char name[128] = "";
            if (key.size >= sizeof name)
                return false;
            memcpy(name, key.size > 0 ? key.data : (const uint8_t *)"", key.size);
            const cJSON *child = type == TRI_MMDB_MAP
                                     ? cJSON_GetObjectItemCaseSensitive(expected, name)
                                     : cJSON_GetArrayItem(expected, index++);
            if (child == NULL || !same_value(db, &member, child))
                return false;
        }
        return iter.left == 0;
    }
    leaves++;
    if (cJSON_IsBool(expected))
        return tri_mmdb_bool(db, value, &set) && set == (cJSON_IsTrue(expected) != 0);
    if (cJSON_IsString(expected))
        return tri_mmdb_string(db, value, &key) && tri_same_text(key, expected->valuestring);
    return cJSON_IsNumber(expected) && number_of(db, value, &number) &&
           number >= expected->valuedouble && number <= expected->valuedouble;
}

/* One network of a JSON document. */
typedef struct network {
    uint8_t first[16], last[16];
    const cJSON *value;
} network;

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
static const uint8_t zeros[12];

/* IPv4 stands below ::/96 in these documents; here it is mapped. */
static network read_network(const cJSON *entry)
{
    network out = {.value = entry};
    const char *slash = strchr(entry->string, '/');
    trust_address address;
    ck_assert_ptr_nonnull(slash);
    ck_ok(trust_address_parse(entry->string, (size_t)(slash - entry->string), &address));
    size_t bits = (size_t)atoi(slash + 1) + (strchr(entry->string, ':') == NULL ? 96 : 0);
    if (bits >= 96 && memcmp(address.bytes, zeros, sizeof zeros) == 0)
        memcpy(address.bytes, mapped, sizeof mapped);
    memcpy(out.first, address.bytes, 16);
    memcpy(out.last, address.bytes, 16);
    for (size_t bit = bits; bit < 128; bit++)
        out.last[bit / 8] = (uint8_t)(out.last[bit / 8] | 0x80 >> bit % 8);
    return out;
}

static const char *text_at(const cJSON *value, const char *map, const char *name)
{
    const cJSON *inner = map != NULL ? cJSON_GetObjectItemCaseSensitive(value, map) : value;
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(inner, name));
    return text != NULL ? text : "";
}

static void check_facts(const trust_table *table, const uint8_t bytes[16], const cJSON *value)
{
    trust_address address;
    trust_address_info info;
    memcpy(address.bytes, bytes, 16);
    ck_ok(trust_table_find(table, &address, &info));
    if (info.embed != TRUST_EMBED_NONE)
        return;
    const char *country = text_at(value, "country", "iso_code");
    if (country[0] == '\0')
        country = text_at(value, "registered_country", "iso_code");
    ck_assert_str_eq(info.country, country);
    const cJSON *traits = cJSON_GetObjectItemCaseSensitive(value, "traits");
    const cJSON *asn = cJSON_GetObjectItemCaseSensitive(value, "autonomous_system_number");
    if (asn == NULL)
        asn = cJSON_GetObjectItemCaseSensitive(traits, "autonomous_system_number");
    ck_assert_uint_eq(info.asn, asn != NULL ? (uint32_t)asn->valuedouble : 0);
    const cJSON *place = cJSON_GetObjectItemCaseSensitive(value, "location");
    const cJSON *latitude = cJSON_GetObjectItemCaseSensitive(place, "latitude");
    const cJSON *longitude = cJSON_GetObjectItemCaseSensitive(place, "longitude");
    const cJSON *radius = cJSON_GetObjectItemCaseSensitive(place, "accuracy_radius");
    if (latitude == NULL) {
        ck_assert_int_eq(info.latitude, INT32_MIN);
    } else {
        double error = latitude->valuedouble * 1e6 - info.latitude;
        ck_assert(error > -0.51 && error < 0.51);
        error = longitude->valuedouble * 1e6 - info.longitude;
        ck_assert(error > -0.51 && error < 0.51);
    }
    ck_assert_uint_eq(info.radius_km, radius != NULL ? (uint32_t)radius->valuedouble : 0);
    const cJSON *vpn = cJSON_GetObjectItemCaseSensitive(value, "is_anonymous_vpn");
    if (vpn == NULL)
        vpn = cJSON_GetObjectItemCaseSensitive(traits, "is_anonymous_vpn");
    ck_assert_int_eq((info.categories >> TRUST_LIST_VPN & 1) != 0, cJSON_IsTrue(vpn) != 0);
}

/* Networks are inserted in order, so the last that holds an address is the one that it has. */
static const cJSON *expected_value(const network *networks, size_t count, const uint8_t at[16])
{
    for (size_t i = count; i-- > 0;)
        if (memcmp(networks[i].first, at, 16) <= 0 && memcmp(at, networks[i].last, 16) <= 0)
            return networks[i].value;
    return NULL;
}

static void check_database(const file *in, const cJSON *document)
{
    static network networks[4096];
    size_t count = 0;
    const cJSON *outer;
    cJSON_ArrayForEach(outer, document)
    {
        const cJSON *entry;
        cJSON_ArrayForEach(entry, outer)
        {
            ck_assert_uint_lt(count, 4096);
            networks[count++] = read_network(entry);
        }
    }
    ck_assert_uint_gt(count, 0);
    tri_mmdb db;
    trust_table *table = NULL;
    ck_ok(tri_mmdb_open((trust_bytes){in->data, in->len}, &db, NULL));
    ck_ok(build(in, &table, NULL));
    for (size_t i = 0; i < 2 * count; i++) {
        const uint8_t *at = i % 2 == 0 ? networks[i / 2].first : networks[i / 2].last;
        const cJSON *expected = expected_value(networks, count, at);
        tri_mmdb_value record;
        ck_assert_msg(tri_mmdb_find(&db, at, &record), "%s: %s", base_name(in), expected->string);
        ck_assert_msg(same_value(&db, &record, expected), "%s: %s", base_name(in),
                      expected->string);
        check_facts(table, at, expected);
    }
    trust_table_free(table);
}

START_TEST(reads_every_source_value)
{
    static file files[MAX_FILES];
    size_t count = load_folder("geoip/test-data", files);
    size_t compared = 0;
    for (size_t i = 0; i < count; i++) {
        char path[600];
        size_t len;
        snprintf(path, sizeof path, "geoip/source-data/%s", base_name(&files[i]));
        strcpy(strrchr(path, '.'), ".json");
        uint8_t *text = read_file(vectors_path(path), &len);
        if (text == NULL)
            continue;
        cJSON *document = cJSON_Parse((const char *)text);
        ck_assert_msg(document != NULL, "%s", path);
        check_database(&files[i], document);
        compared++;
        cJSON_Delete(document);
        free(text);
    }
    printf("%zu databases, %zu values compared\n", compared, leaves);
    ck_assert_uint_eq(compared, 17);
    ck_assert_uint_gt(leaves, 20000);
    unload(files, count);
}
END_TEST

static uint64_t cases_wanted(uint64_t least)
{
    const char *text = getenv("TRUST_CASES");
    uint64_t wanted = text != NULL ? strtoull(text, NULL, 10) : 0;
    return wanted > least ? wanted : least;
}

static void mutate(uint8_t *data, size_t *len, uint64_t *seed)
{
    uint64_t edits = 1 + next_random(seed) % 3;
    if (next_random(seed) % 16 == 0)
        *len -= next_random(seed) % (*len / 2);
    while (edits-- > 0) {
        /* A quarter of the edits near the end, where the metadata is. */
        size_t at = next_random(seed) % *len;
        if (next_random(seed) % 4 == 0 && *len > 300)
            at = *len - 1 - next_random(seed) % 300;
        uint64_t how = next_random(seed) % 4;
        uint8_t value = (uint8_t)(next_random(seed) >> 32);
        unsigned changed = how == 0   ? value
                           : how == 1 ? data[at] ^ 1u << value % 8
                           : how == 2 ? data[at] + 1u
                                      : 0xFFu;
        data[at] = (uint8_t)changed;
    }
}

START_TEST(survives_mutants)
{
    static file files[MAX_FILES];
    size_t count = load_folder("geoip/test-data", files);
    uint64_t seed = 20261123;
    uint64_t wanted = cases_wanted(20000);
    uint64_t accepted = 0;
    printf("%llu mutants from seed %llu\n", (unsigned long long)wanted, (unsigned long long)seed);
    for (uint64_t i = 0; i < wanted; i++) {
        const file *from = &files[next_random(&seed) % count];
        file mutant = {.len = from->len, .data = malloc(from->len)};
        ck_assert_ptr_nonnull(mutant.data);
        memcpy(mutant.data, from->data, from->len);
        mutate(mutant.data, &mutant.len, &seed);
        /* Exactly as large as it is, so that a sanitizer sees one byte too far. */
        uint8_t *exact = realloc(mutant.data, mutant.len);
        mutant.data = exact != NULL ? exact : mutant.data;
        trust_table *table = NULL;
        if (build(&mutant, &table, NULL) == TRUST_OK) {
            accepted++;
            for (int probe = 0; probe < 16; probe++) {
                trust_address address = {{0}};
                trust_address_info info;
                for (size_t b = 0; b < 16; b++)
                    address.bytes[b] = (uint8_t)(next_random(&seed) >> 32);
                if (probe % 2 == 0)
                    memcpy(address.bytes, mapped, sizeof mapped);
                ck_ok(trust_table_find(table, &address, &info));
                ck_assert_uint_le(info.weight, 100);
            }
            trust_table_free(table);
        }
        free(mutant.data);
    }
    printf("%llu of them refused\n", (unsigned long long)(wanted - accepted));
    ck_assert_uint_gt(accepted, wanted / 20);
    ck_assert_uint_lt(accepted, wanted - wanted / 20);
    unload(files, count);
}
END_TEST

#ifdef HAVE_MAXMINDDB

static uint64_t hash(uint64_t sum, const void *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ ((const uint8_t *)data)[i]) * 1099511628211u;
    return sum;
}

/* A record as one number, by us and by the peer: types and contents, depth first. */
static uint64_t our_hash(const tri_mmdb *db, const tri_mmdb_value *value, uint64_t sum)
{
    trust_bytes key;
    tri_mmdb_value member;
    uint64_t number = value->size;
    sum = hash(sum, &value->type, sizeof value->type);
    if (value->type == TRI_MMDB_MAP || value->type == TRI_MMDB_ARRAY) {
        sum = hash(sum, &value->size, sizeof value->size);
        tri_mmdb_iter iter = tri_mmdb_entries(value);
        while (tri_mmdb_next(db, &iter, &key, &member)) {
            if (value->type == TRI_MMDB_MAP) {
                tri_mmdb_value name = {TRI_MMDB_STRING, (uint32_t)key.size,
                                       (uint32_t)(key.data - db->data.data)};
                sum = our_hash(db, &name, sum);
            }
            sum = our_hash(db, &member, sum);
        }
        ck_assert_uint_eq(iter.left, 0);
        return sum;
    }
    if (tri_mmdb_uint(db, value, &number) || tri_mmdb_real(db, value, &number) ||
        value->type == TRI_MMDB_BOOL)
        return hash(sum, &number, sizeof number);
    const uint8_t *content = db->data.data + value->offset;
    if (value->type == TRI_MMDB_FLOAT || value->type == TRI_MMDB_INT32) {
        uint32_t narrow = 0;
        for (uint32_t i = 0; i < value->size; i++)
            narrow = narrow << 8 | content[i];
        return hash(sum, &narrow, sizeof narrow);
    }
    if (value->type == TRI_MMDB_UINT128) {
        uint8_t wide[16] = {0};
        memcpy(wide + 16 - value->size, content, value->size);
        return hash(sum, wide, sizeof wide);
    }
    sum = hash(sum, &value->size, sizeof value->size);
    return hash(sum, content, value->size);
}

static uint64_t peer_entry(const MMDB_entry_data_s *data, uint64_t sum)
{
    uint64_t number = 0;
    uint32_t narrow = 0;
    uint8_t wide[16];
    sum = hash(sum, &data->type, sizeof data->type);
    switch (data->type) {
    case MMDB_DATA_TYPE_MAP:
    case MMDB_DATA_TYPE_ARRAY:
        return hash(sum, &data->data_size, sizeof data->data_size);
    case MMDB_DATA_TYPE_DOUBLE:
        memcpy(&number, &data->double_value, sizeof number);
        return hash(sum, &number, sizeof number);
    case MMDB_DATA_TYPE_UINT16:
        number = data->uint16;
        return hash(sum, &number, sizeof number);
    case MMDB_DATA_TYPE_UINT32:
        number = data->uint32;
        return hash(sum, &number, sizeof number);
    case MMDB_DATA_TYPE_UINT64:
        return hash(sum, &data->uint64, sizeof data->uint64);
    case MMDB_DATA_TYPE_BOOLEAN:
        number = data->boolean;
        return hash(sum, &number, sizeof number);
    case MMDB_DATA_TYPE_FLOAT:
        memcpy(&narrow, &data->float_value, sizeof narrow);
        return hash(sum, &narrow, sizeof narrow);
    case MMDB_DATA_TYPE_INT32:
        return hash(sum, &data->int32, sizeof data->int32);
    case MMDB_DATA_TYPE_UINT128:
        for (size_t i = 0; i < 16; i++)
            wide[i] = (uint8_t)(data->uint128 >> (8 * (15 - i)));
        return hash(sum, wide, sizeof wide);
    default:
        sum = hash(sum, &data->data_size, sizeof data->data_size);
        return hash(sum, data->bytes, data->data_size);
    }
}

static uint64_t peer_hash(MMDB_entry_s *entry, uint64_t sum)
{
    MMDB_entry_data_list_s *list = NULL;
    ck_assert_int_eq(MMDB_get_entry_data_list(entry, &list), MMDB_SUCCESS);
    for (const MMDB_entry_data_list_s *at = list; at != NULL; at = at->next)
        sum = peer_entry(&at->entry_data, sum);
    MMDB_free_entry_data_list(list);
    return sum;
}

typedef struct pair {
    tri_mmdb ours;
    MMDB_s peer;
    const char *name;
    uint64_t compared, found;
    uint32_t known; /* record whose content was compared last */
} pair;

static void compare(pair *in, const uint8_t bytes[16])
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    bool ipv4 = memcmp(bytes, mapped, sizeof mapped) == 0;
    if (!ipv4 && in->ours.ip_version == 4)
        return;
    memcpy(&four.sin_addr, bytes + 12, 4);
    memcpy(&six.sin6_addr, bytes, 16);
    int error = 0;
    MMDB_lookup_result_s peer = MMDB_lookup_sockaddr(
        &in->peer, ipv4 ? (const struct sockaddr *)&four : (const struct sockaddr *)&six, &error);
    ck_assert_int_eq(error, MMDB_SUCCESS);
    tri_mmdb_value record;
    bool found = tri_mmdb_find(&in->ours, bytes, &record);
    ck_assert_msg(found == peer.found_entry, "%s", in->name);
    in->compared++;
    in->found += found;
    if (!found || peer.entry.offset == in->known)
        return;
    in->known = peer.entry.offset;
    ck_assert_msg(our_hash(&in->ours, &record, 1) == peer_hash(&peer.entry, 1), "%s", in->name);
}

/* Both ends of every network in the tree, aliases included. */
static void compare_boundaries(pair *in, uint32_t node, uint8_t prefix[16], size_t depth)
{
    MMDB_search_node_s read;
    size_t width = in->ours.ip_version == 6 ? 128 : 32;
    ck_assert_int_eq(MMDB_read_node(&in->peer, node, &read), MMDB_SUCCESS);
    size_t bit = depth + 128 - width;
    for (int side = 0; side < 2; side++) {
        uint64_t record = side == 0 ? read.left_record : read.right_record;
        uint8_t type = side == 0 ? read.left_record_type : read.right_record_type;
        uint8_t next[16];
        memcpy(next, prefix, 16);
        next[bit / 8] = (uint8_t)(next[bit / 8] | (side == 0 ? 0 : 0x80 >> bit % 8));
        if (type == MMDB_RECORD_TYPE_SEARCH_NODE) {
            ck_assert_uint_lt(depth + 1, width);
            compare_boundaries(in, (uint32_t)record, next, depth + 1);
            continue;
        }
        for (size_t i = bit + 1; i < 128; i++)
            prefix[i / 8] = (uint8_t)(prefix[i / 8] & ~(0x80 >> i % 8));
        compare(in, next);
        for (size_t i = bit + 1; i < 128; i++)
            next[i / 8] = (uint8_t)(next[i / 8] | 0x80 >> i % 8);
        compare(in, next);
    }
}

START_TEST(agrees_with_libmaxminddb)
{
    static file files[MAX_FILES];
    size_t count = load_folder("geoip/test-data", files);
    uint64_t seed = 7;
    uint64_t compared = 0, found = 0;
    for (size_t i = 0; i < count; i++) {
        if (among(base_name(&files[i]), broken))
            continue;
        pair both = {.name = base_name(&files[i]), .known = UINT32_MAX};
        ck_ok(tri_mmdb_open((trust_bytes){files[i].data, files[i].len}, &both.ours, NULL));
        ck_assert_int_eq(MMDB_open(files[i].path, MMDB_MODE_MMAP, &both.peer), MMDB_SUCCESS);
        uint8_t prefix[16] = {0};
        if (both.ours.ip_version == 4)
            memcpy(prefix, mapped, sizeof mapped);
        compare_boundaries(&both, 0, prefix, 0);
        for (int n = 0; n < 200000 / 36 + 1; n++) {
            uint8_t address[16];
            for (size_t b = 0; b < 16; b++)
                address[b] = (uint8_t)(next_random(&seed) >> 32);
            if (n % 2 == 0)
                memcpy(address, mapped, sizeof mapped);
            else if (n % 4 == 1)
                memcpy(address, "\x20\x01", 2);
            compare(&both, address);
        }
        compared += both.compared;
        found += both.found;
        MMDB_close(&both.peer);
    }
    printf("%llu addresses compared with libmaxminddb %s, %llu found\n",
           (unsigned long long)compared, MMDB_lib_version(), (unsigned long long)found);
    ck_assert_uint_ge(compared, 200000);
    ck_assert_uint_gt(found, 10000);
    unload(files, count);
}
END_TEST
#define PEER_TEST agrees_with_libmaxminddb
#else
#define PEER_TEST NULL
#endif

int main(void)
{
    if (!have_vectors())
        return skip_vectors();
    return run_tests("maxmind", TESTS(loads_every_good_database, refuses_or_reads_corrupt_files,
                                      reads_every_source_value, survives_mutants, PEER_TEST));
}
