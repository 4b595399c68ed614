/* The MaxMind DB reader on files built byte by byte: what it reads, and what it refuses. */

#include <stdlib.h>
#include <string.h>

#include "format/mmdb.h"
#include "support.h"

typedef struct built {
    uint8_t bytes[70000];
    size_t len;
} built;

static void put(built *to, const void *data, size_t len)
{
    ck_assert_uint_le(len, sizeof to->bytes - to->len);
    memcpy(to->bytes + to->len, data, len);
    to->len += len;
}

/* What the metadata says, encoded, in the order of the keys; NULL is left out. */
enum { MAJOR, MINOR, NODES, RECORD_SIZE, IP_VERSION, EPOCH, TYPE, MEMBERS };
typedef struct metadata {
    const char *members[MEMBERS];
} metadata;

#define UINT(byte) "\xA1" byte /* uint16 of one byte */

static const char *const keys[MEMBERS] = {"\x5B"
                                          "binary_format_major_version",
                                          "\x5B"
                                          "binary_format_minor_version",
                                          "Jnode_count",
                                          "Krecord_size",
                                          "Jip_version",
                                          "Kbuild_epoch",
                                          "Mdatabase_type"};
static const metadata plain = {
    {UINT("\x02"), "\xA0", UINT("\x01"), UINT("\x18"), UINT("\x04"), "\x04\x02\1\2\3\4", "DTest"}};

static void put_metadata(built *to, const metadata *what)
{
    uint8_t map = 0xE0;
    for (size_t i = 0; i < MEMBERS; i++)
        map = (uint8_t)(map + (what->members[i] != NULL));
    put(to, "\xAB\xCD\xEFMaxMind.com", 14);
    put(to, &map, 1);
    for (size_t i = 0; i < MEMBERS; i++) {
        if (what->members[i] == NULL)
            continue;
        put(to, keys[i], strlen(keys[i]));
        put(to, what->members[i], strlen(what->members[i]));
    }
}

static void put_record(built *to, uint32_t value)
{
    uint8_t bytes[3] = {(uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    put(to, bytes, 3);
}

/* An IPv4 database of one node, both of whose records lead to the first value. */
static void build(built *to, const void *data, size_t len)
{
    to->len = 0;
    put_record(to, 17);
    put_record(to, 17);
    put(to, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    put(to, data, len);
    put_metadata(to, &plain);
}

/* A database of any tree of 24-bit records; node_count records follow in pairs. */
static void build_tree(built *to, const uint32_t *records, size_t nodes, const char *ip_version,
                       const void *data, size_t len)
{
    char count[3] = {'\xA1', (char)nodes, 0};
    metadata what = plain;
    what.members[NODES] = count;
    what.members[IP_VERSION] = ip_version;
    to->len = 0;
    for (size_t i = 0; i < 2 * nodes; i++)
        put_record(to, records[i]);
    put(to, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    put(to, data, len);
    put_metadata(to, &what);
}

typedef struct seen {
    size_t count;
    trust_status answer;
} seen;

static trust_status see(void *user, const tri_mmdb *db, const tri_mmdb_value *record,
                        trust_error *err)
{
    (void)db;
    (void)record;
    (void)err;
    seen *state = user;
    state->count++;
    return state->answer;
}

/* Open and check a copy of exactly the file's size, so that a sanitizer sees one byte too far. */
static trust_status judge(const built *file, uint64_t *prefixes, size_t *records, trust_error *err)
{
    uint8_t *copy = malloc(file->len > 0 ? file->len : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, file->bytes, file->len);
    tri_mmdb db;
    trust_status status = tri_mmdb_open((trust_bytes){copy, file->len}, &db, err);
    if (status == TRUST_OK) {
        seen state = {0, TRUST_OK};
        tri_mmdb_walk walk = {calloc(1, tri_mmdb_scratch(&db)), see, &state, 0, 0};
        status = tri_mmdb_check(&db, &walk, err);
        free(walk.scratch);
        if (prefixes != NULL)
            *prefixes = walk.prefixes;
        if (records != NULL)
            *records = state.count;
    }
    free(copy);
    return status;
}

static trust_status judge_data(const void *data, size_t len)
{
    static built file;
    build(&file, data, len);
    return judge(&file, NULL, NULL, NULL);
}

static tri_mmdb opened(const built *file)
{
    tri_mmdb db;
    trust_error err;
    ck_assert_msg(tri_mmdb_open((trust_bytes){file->bytes, file->len}, &db, &err) == TRUST_OK, "%s",
                  err.message);
    return db;
}

static const uint8_t ipv4[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4};

#define LITERAL(text) text, sizeof(text) - 1

/* One map with every type, keys of one letter. */
static const char every_type[] = "\xEB"
                                 "Ad\x68\x3F\xF0\0\0\0\0\0\0"
                                 "Bbx\x81z"
                                 "Au\xA2\x01\x02"
                                 "Av\xC4\xFF\xFF\xFF\xFF"
                                 "Ai\x04\x01\xFF\xFF\xFF\xFE"
                                 "Aw\x08\x02\x01\x02\x03\x04\x05\x06\x07\x08"
                                 "Ao\x10\x03\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
                                 "Aa\x02\x04\x01\x07\x00\x07"
                                 "Af\x04\x08\x3F\x80\0\0"
                                 "As\x43yes"
                                 "Am\xE1"
                                 "Ak\x20\x01";

static bool get(const tri_mmdb *db, const tri_mmdb_value *record, const char *key,
                tri_mmdb_value *out)
{
    const char *const path[] = {key, NULL};
    return tri_mmdb_get(db, record, path, out);
}

START_TEST(reads_every_type)
{
    static built file;
    build(&file, every_type, sizeof every_type - 1);
    ck_ok(judge(&file, NULL, NULL, NULL));
    tri_mmdb db = opened(&file);
    ck_assert_uint_eq(db.build_epoch, 0x01020304);
    ck_assert_uint_eq(db.type.size, 4);
    tri_mmdb_value record, value;
    ck_assert(tri_mmdb_find(&db, ipv4, &record));
    ck_assert_uint_eq(record.type, TRI_MMDB_MAP);
    uint64_t number = 0;
    bool set = false;
    trust_bytes text;
    ck_assert(get(&db, &record, "d", &value) && tri_mmdb_real(&db, &value, &number));
    ck_assert_uint_eq(number, 0x3FF0000000000000u);
    ck_assert(!tri_mmdb_uint(&db, &value, &number) && !tri_mmdb_string(&db, &value, &text));
    ck_assert(!tri_mmdb_bool(&db, &value, &set));
    ck_assert(get(&db, &record, "u", &value) && tri_mmdb_uint(&db, &value, &number));
    ck_assert_uint_eq(number, 0x0102);
    ck_assert(!tri_mmdb_real(&db, &value, &number));
    ck_assert(get(&db, &record, "v", &value) && tri_mmdb_uint(&db, &value, &number));
    ck_assert_uint_eq(number, UINT32_MAX);
    ck_assert(get(&db, &record, "w", &value) && tri_mmdb_uint(&db, &value, &number));
    ck_assert_uint_eq(number, 0x0102030405060708u);
    ck_assert(get(&db, &record, "s", &value) && tri_mmdb_string(&db, &value, &text));
    ck_assert(text.size == 3 && memcmp(text.data, "yes", 3) == 0);
    ck_assert(get(&db, &record, "o", &value) && value.type == TRI_MMDB_UINT128);
    ck_assert(!tri_mmdb_uint(&db, &value, &number));
    ck_assert(get(&db, &record, "i", &value) && value.type == TRI_MMDB_INT32);
    ck_assert(!tri_mmdb_uint(&db, &value, &number));
    ck_assert(!get(&db, &record, "none", &value) && !get(&db, &record, "", &value));
}
END_TEST

START_TEST(walks_entries_and_paths)
{
    static built file;
    build(&file, every_type, sizeof every_type - 1);
    tri_mmdb db = opened(&file);
    tri_mmdb_value record, value, inner;
    trust_bytes key;
    bool set = false;
    ck_assert(tri_mmdb_find(&db, ipv4, &record));
    tri_mmdb_iter iter = tri_mmdb_entries(&record);
    size_t count = 0;
    while (tri_mmdb_next(&db, &iter, &key, &value))
        count++;
    ck_assert_uint_eq(count, 11);
    ck_assert(get(&db, &record, "a", &value));
    iter = tri_mmdb_entries(&value);
    ck_assert(tri_mmdb_next(&db, &iter, &key, &inner) && key.size == 0);
    ck_assert(tri_mmdb_bool(&db, &inner, &set) && set);
    ck_assert(tri_mmdb_next(&db, &iter, &key, &inner));
    ck_assert(tri_mmdb_bool(&db, &inner, &set) && !set);
    ck_assert(!tri_mmdb_next(&db, &iter, &key, &inner));
    /* "k" of "m" points to the first entry's key. */
    const char *const path[] = {"m", "k", NULL};
    ck_assert(tri_mmdb_get(&db, &record, path, &inner));
    ck_assert(tri_mmdb_string(&db, &inner, &key) && key.size == 1 && key.data[0] == 'd');
    const char *const beyond[] = {"m", "k", "d", NULL};
    ck_assert(!tri_mmdb_get(&db, &record, beyond, &inner));
    ck_assert(get(&db, &record, "s", &value));
    iter = tri_mmdb_entries(&value);
    ck_assert(!tri_mmdb_next(&db, &iter, &key, &inner));
}
END_TEST

START_TEST(judges_values)
{
    static const struct {
        const char *what;
        const char *data;
        size_t len;
        trust_status expected;
    } cases[] = {
        {"nothing", LITERAL(""), TRUST_E_FORMAT},
        {"empty map", LITERAL("\xE0"), TRUST_OK},
        {"empty string", LITERAL("\x40"), TRUST_OK},
        {"root is a pointer", LITERAL("\x20\x02\xE0"), TRUST_OK},
        {"pointer to itself", LITERAL("\x20\x00"), TRUST_E_FORMAT},
        {"pointer to a pointer", LITERAL("\xE1\x41k\x20\x05\x20\x01"), TRUST_E_FORMAT},
        {"pointer behind the end", LITERAL("\xE1\x41k\x20\x05"), TRUST_E_FORMAT},
        {"pointer cut short", LITERAL("\x28\x00"), TRUST_E_FORMAT},
        {"pointer of four bytes", LITERAL("\xE2\x41k\x38\0\0\0\x01\x41m\xE0"), TRUST_OK},
        {"pointer of two bytes", LITERAL("\xE1\x41k\x28\x00\x00"), TRUST_E_FORMAT},
        {"a map that holds itself", LITERAL("\xE1\x41k\x20\x00"), TRUST_E_LIMIT},
        {"an array that holds itself", LITERAL("\x01\x04\x20\x00"), TRUST_E_LIMIT},
        {"key is a pointer to a string", LITERAL("\xE2\x41k\xE0\x20\x01\xE0"), TRUST_OK},
        {"key is a number", LITERAL("\xE1\xA1\x01\xE0"), TRUST_E_FORMAT},
        {"key is a map", LITERAL("\xE1\xE0\xE0"), TRUST_E_FORMAT},
        {"key points to a number", LITERAL("\xE2\x41k\xA1\x01\x20\x03\xE0"), TRUST_E_FORMAT},
        {"key is no UTF-8", LITERAL("\xE1\x41\xFF\xE0"), TRUST_E_FORMAT},
        {"string is no UTF-8", LITERAL("\x42\xC3\x28"), TRUST_E_FORMAT},
        {"bytes may be anything", LITERAL("\x82\xC3\x28"), TRUST_OK},
        {"string too long by one", LITERAL("\x42z"), TRUST_E_FORMAT},
        {"bytes too long by one", LITERAL("\x82z"), TRUST_E_FORMAT},
        {"size byte missing", LITERAL("\x5D"), TRUST_E_FORMAT},
        {"size bytes missing", LITERAL("\x5F\x00\x00"), TRUST_E_FORMAT},
        {"double of seven bytes", LITERAL("\x67\0\0\0\0\0\0\0\0"), TRUST_E_FORMAT},
        {"double of nine bytes", LITERAL("\x69\0\0\0\0\0\0\0\0\0"), TRUST_E_FORMAT},
        {"double cut short", LITERAL("\x68\0\0\0\0\0\0\0"), TRUST_E_FORMAT},
        {"float of three bytes", LITERAL("\x03\x08\0\0\0\0"), TRUST_E_FORMAT},
        {"float of five bytes", LITERAL("\x05\x08\0\0\0\0\0"), TRUST_E_FORMAT},
        {"uint16 of three bytes", LITERAL("\xA3\0\0\0"), TRUST_E_FORMAT},
        {"uint32 of five bytes", LITERAL("\xC5\0\0\0\0\0"), TRUST_E_FORMAT},
        {"int32 of five bytes", LITERAL("\x05\x01\0\0\0\0\0"), TRUST_E_FORMAT},
        {"uint64 of nine bytes", LITERAL("\x09\x02\0\0\0\0\0\0\0\0\0"), TRUST_E_FORMAT},
        {"uint128 of 17 bytes", LITERAL("\x11\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
         TRUST_E_FORMAT},
        {"bool of two", LITERAL("\x02\x07\0\0"), TRUST_E_FORMAT},
        {"extended type missing", LITERAL("\x00"), TRUST_E_FORMAT},
        {"extended type that is not", LITERAL("\x00\x00"), TRUST_E_FORMAT},
        {"cache container", LITERAL("\x00\x05"), TRUST_E_FORMAT},
        {"end marker", LITERAL("\x00\x06"), TRUST_E_FORMAT},
        {"type 16", LITERAL("\x00\x09"), TRUST_E_FORMAT},
        {"type 262", LITERAL("\x00\xFF"), TRUST_E_FORMAT},
        {"array without its entry", LITERAL("\x01\x04"), TRUST_E_FORMAT},
        {"map without its value", LITERAL("\xE1\x41k"), TRUST_E_FORMAT},
        {"array of 16 million", LITERAL("\x1F\x04\xFF\xFF\xFF\xE0\xE0"), TRUST_E_FORMAT},
        {"map of 16 million", LITERAL("\xFF\xFF\xFF\xFF\xE0\xE0"), TRUST_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_status status = judge_data(cases[i].data, cases[i].len);
        ck_assert_msg(status == cases[i].expected, "%s: %s", cases[i].what,
                      trust_status_name(status));
    }
}
END_TEST

START_TEST(bounds_depth_and_work)
{
    static char data[65000];
    for (size_t i = 0; i < 20; i++)
        memcpy(data + 2 * i, "\x01\x04", 2);
    data[2 * 16] = '\xA0';
    ck_ok(judge_data(data, 2 * 16 + 1));
    memcpy(data + 2 * 16, "\x01\x04\xA0", 3);
    ck_status(judge_data(data, 2 * 17 + 1), TRUST_E_LIMIT);

    /* An array of 19,999 booleans and itself are 20,000 values. */
    memcpy(data, "\x1E\x04", 2);
    for (size_t i = 0; i < 20000; i++)
        memcpy(data + 4 + 2 * i, "\x00\x07", 2);
    data[2] = (char)((19999 - 285) >> 8);
    data[3] = (char)((19999 - 285) & 0xFF);
    ck_ok(judge_data(data, 4 + 2 * 19999));
    data[3] = (char)((20000 - 285) & 0xFF);
    ck_status(judge_data(data, 4 + 2 * 20000), TRUST_E_LIMIT);
}
END_TEST

/* Seven arrays, each of which holds the next one seven times: 7^7 values when each is looked at
 * anew, 56 when what is shared is looked at once. */
START_TEST(looks_at_what_is_shared_once)
{
    char data[8 * 16];
    memset(data, 0, sizeof data);
    for (size_t level = 0; level < 7; level++) {
        char *at = data + level * 16;
        memcpy(at, "\x07\x04", 2);
        for (size_t i = 0; i < 7; i++) {
            at[2 + 2 * i] = '\x20';
            at[3 + 2 * i] = (char)((level + 1) * 16);
        }
    }
    data[7 * 16] = '\xE0';
    ck_ok(judge_data(data, sizeof data));
}
END_TEST

/* 100 records whose values lie over each other. */
START_TEST(bounds_the_work_of_all_records)
{
    static built file;
    uint32_t records[200];
    char data[3000];
    memset(data, '\x5D', sizeof data); /* every byte begins a string of 122 */
    for (uint32_t i = 0; i < 100; i++) {
        records[2 * i] = 100 + 16 + 123 * (i % 20) + i;
        records[2 * i + 1] = i < 99 ? i + 1 : 100;
    }
    build_tree(&file, records, 100, UINT("\x06"), data, sizeof data);
    trust_error err;
    ck_status(judge(&file, NULL, NULL, &err), TRUST_E_LIMIT);
    for (uint32_t i = 0; i < 100; i++)
        records[2 * i] = 100 + 16 + 123 * (i % 20);
    build_tree(&file, records, 100, UINT("\x06"), data, sizeof data);
    uint64_t prefixes = 0;
    size_t seen_records = 0;
    ck_ok(judge(&file, &prefixes, &seen_records, &err));
    ck_assert_uint_eq(prefixes, 100);
    ck_assert_uint_eq(seen_records, 20);
}
END_TEST

START_TEST(judges_metadata)
{
    static const struct {
        size_t member;
        const char *value;
        trust_status expected;
    } cases[] = {
        {MAJOR, NULL, TRUST_E_FORMAT},
        {MINOR, NULL, TRUST_E_FORMAT},
        {NODES, NULL, TRUST_E_FORMAT},
        {RECORD_SIZE, NULL, TRUST_E_FORMAT},
        {IP_VERSION, NULL, TRUST_E_FORMAT},
        {EPOCH, NULL, TRUST_E_FORMAT},
        {TYPE, NULL, TRUST_E_FORMAT},
        {MAJOR, UINT("\x01"), TRUST_E_UNSUPPORTED},
        {MAJOR, UINT("\x03"), TRUST_E_UNSUPPORTED},
        {MAJOR, "A2", TRUST_E_FORMAT},
        {MINOR, UINT("\x09"), TRUST_OK},
        {MINOR, "\xC3\x01\x01\x01", TRUST_E_FORMAT},
        {NODES, "\xA0", TRUST_E_FORMAT},
        {NODES, UINT("\x02"), TRUST_E_FORMAT},
        {NODES, "\xC4\xFF\xFF\xFF\xFF", TRUST_E_FORMAT},
        {NODES, "\x05\x02\x01\x01\x01\x01\x01", TRUST_E_FORMAT},
        {NODES, "\x01\x03\x01", TRUST_E_FORMAT},
        {NODES, "\x01\x01\x01", TRUST_E_FORMAT},
        {NODES, "\x01\x02\x01", TRUST_OK},
        {RECORD_SIZE, UINT("\x14"), TRUST_E_UNSUPPORTED},
        {RECORD_SIZE, UINT("\x40"), TRUST_E_UNSUPPORTED},
        {IP_VERSION, UINT("\x05"), TRUST_E_FORMAT},
        {EPOCH, "A1", TRUST_E_FORMAT},
        {TYPE, UINT("\x01"), TRUST_E_FORMAT},
        {TYPE, "A\xFF", TRUST_E_FORMAT},
    };
    static built file;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        metadata what = plain;
        what.members[cases[i].member] = cases[i].value;
        file.len = 0;
        put_record(&file, 17);
        put_record(&file, 17);
        put(&file, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
        put(&file, "\xE0", 1);
        put_metadata(&file, &what);
        trust_error err;
        trust_status status = judge(&file, NULL, NULL, &err);
        ck_assert_msg(status == cases[i].expected, "%zu: %s", i, trust_status_name(status));
    }
}
END_TEST

START_TEST(finds_the_last_marker)
{
    static built file;
    static uint8_t filler[60000];
    build(&file, "\x8E\xAB\xCD\xEFMaxMind.com", 15);
    ck_ok(judge(&file, NULL, NULL, NULL));
    /* What follows the metadata belongs to it, up to 128 KiB with the marker. */
    put(&file, filler, sizeof filler);
    ck_ok(judge(&file, NULL, NULL, NULL));

    size_t size = 128 * 1024 + 200;
    uint8_t *large = calloc(1, size);
    ck_assert_ptr_nonnull(large);
    build(&file, "\xE0", 1);
    memcpy(large, file.bytes, file.len);
    size_t marker = 6 + 16 + 1;
    tri_mmdb db;
    ck_ok(tri_mmdb_open((trust_bytes){large, marker + 128 * 1024}, &db, NULL));
    ck_status(tri_mmdb_open((trust_bytes){large, marker + 128 * 1024 + 1}, &db, NULL),
              TRUST_E_FORMAT);
    free(large);
}
END_TEST

START_TEST(refuses_every_cut)
{
    static built file;
    build(&file, every_type, sizeof every_type - 1);
    ck_ok(judge(&file, NULL, NULL, NULL));
    for (size_t whole = file.len; file.len > 0;) {
        file.len--;
        trust_error err = {0};
        ck_assert_msg(judge(&file, NULL, NULL, &err) != TRUST_OK, "%zu of %zu", file.len, whole);
        ck_assert_int_ne(err.code, TRUST_OK);
        ck_assert_uint_gt(strlen(err.message), 0);
    }
}
END_TEST

START_TEST(judges_trees)
{
    static built file;
    static const struct {
        const char *what;
        const char *ip_version;
        uint32_t records[6];
        size_t nodes;
        trust_status expected;
        uint64_t prefixes;
    } cases[] = {
        {"both", UINT("\x04"), {17, 17}, 1, TRUST_OK, 2},
        {"one empty", UINT("\x04"), {1, 17}, 1, TRUST_OK, 1},
        {"none", UINT("\x04"), {1, 1}, 1, TRUST_OK, 0},
        {"separator, first byte", UINT("\x04"), {2, 1}, 1, TRUST_E_FORMAT, 0},
        {"separator, last byte", UINT("\x04"), {1, 16}, 1, TRUST_E_FORMAT, 0},
        {"last byte of the data", UINT("\x04"), {18, 1}, 1, TRUST_OK, 1},
        {"behind the data", UINT("\x04"), {1, 19}, 1, TRUST_E_FORMAT, 0},
        {"far behind the data", UINT("\x04"), {0xFFFFFF, 1}, 1, TRUST_E_FORMAT, 0},
        {"its own parent", UINT("\x04"), {0, 17}, 1, TRUST_E_FORMAT, 0},
        {"its own parent on the right", UINT("\x04"), {17, 0}, 1, TRUST_E_FORMAT, 0},
        {"a loop at ::/96", UINT("\x06"), {0, 17}, 1, TRUST_E_FORMAT, 0},
        {"a loop beside ::/96", UINT("\x06"), {17, 0}, 1, TRUST_E_FORMAT, 0},
        {"two that lead to each other", UINT("\x06"), {1, 1, 0, 0}, 2, TRUST_E_FORMAT, 0},
        {"a loop above ::/96", UINT("\x06"), {1, 3, 2, 3, 1, 3}, 3, TRUST_E_FORMAT, 0},
        {"no IPv4 part", UINT("\x06"), {17, 1}, 1, TRUST_OK, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        build_tree(&file, cases[i].records, cases[i].nodes, cases[i].ip_version, "\xE0\xE0", 2);
        uint64_t prefixes = 0;
        trust_error err = {0};
        trust_status status = judge(&file, &prefixes, NULL, &err);
        ck_assert_msg(status == cases[i].expected, "%s: %s", cases[i].what,
                      trust_status_name(status));
        if (status == TRUST_OK)
            ck_assert_msg(prefixes == cases[i].prefixes, "%s: %u", cases[i].what,
                          (unsigned)prefixes);
        /* An unchecked file is looked up safely all the same. */
        tri_mmdb db = opened(&file);
        tri_mmdb_value value;
        (void)tri_mmdb_find(&db, ipv4, &value);
    }
}
END_TEST

/* 60 nodes, both records of each leading to the next: 2^60 ways. */
START_TEST(bounds_the_visits_of_a_tree)
{
    static built file;
    uint32_t records[120];
    for (uint32_t i = 0; i < 60; i++)
        records[2 * i] = records[2 * i + 1] = i < 59 ? i + 1 : 60;
    build_tree(&file, records, 60, UINT("\x06"), "\xE0", 1);
    ck_status(judge(&file, NULL, NULL, NULL), TRUST_E_FORMAT);
}
END_TEST

/* ::/96 leads to node 96, which an alias reaches as well. */
START_TEST(walks_aliases_once)
{
    static built file;
    static const uint8_t ipv6[16] = {0x80, 1};
    static const uint8_t aliased[16] = {0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    uint32_t records[2 * 97];
    for (uint32_t i = 0; i < 97; i++) {
        records[2 * i] = i + 1;
        records[2 * i + 1] = 97;
    }
    records[1] = 97 + 16;   /* 8000::/1 */
    records[3] = 96;        /* 4000::/2 leads to the IPv4 part */
    records[192] = 97 + 16; /* 0.0.0.0/1 */
    records[193] = 97;      /* 128.0.0.0/1 is empty */
    build_tree(&file, records, 97, UINT("\x06"), "\xE0", 1);
    uint64_t prefixes = 0;
    size_t count = 0;
    ck_ok(judge(&file, &prefixes, &count, NULL));
    ck_assert_uint_eq(prefixes, 2);
    ck_assert_uint_eq(count, 1);
    tri_mmdb db = opened(&file);
    tri_mmdb_value value;
    ck_assert_uint_eq(db.ipv4_start, 96);
    ck_assert(tri_mmdb_find(&db, ipv4, &value));
    ck_assert(tri_mmdb_find(&db, ipv6, &value));
    ck_assert(tri_mmdb_find(&db, aliased, &value));
    uint8_t high[16];
    memcpy(high, ipv4, sizeof high);
    high[12] = 200;
    ck_assert(!tri_mmdb_find(&db, high, &value));
}
END_TEST

START_TEST(knows_no_ipv6_in_a_file_of_ipv4)
{
    static built file;
    static const uint8_t ipv6[16] = {0};
    build(&file, "\xE0", 1);
    tri_mmdb db = opened(&file);
    tri_mmdb_value value;
    ck_assert(tri_mmdb_find(&db, ipv4, &value));
    ck_assert(!tri_mmdb_find(&db, ipv6, &value));
}
END_TEST

START_TEST(reads_every_record_size)
{
    static const struct {
        const char *size;
        const char *node;
        size_t len;
        trust_status expected;
        bool left, right;
    } cases[] = {
        {UINT("\x18"), "\x00\x00\x11\x00\x00\x12", 6, TRUST_OK, true, true},
        {UINT("\x1C"), "\x00\x00\x11\x00\x00\x00\x12", 7, TRUST_OK, true, true},
        {UINT("\x1C"), "\x00\x00\x11\x10\x00\x00\x12", 7, TRUST_E_FORMAT, false, true},
        {UINT("\x1C"), "\x00\x00\x11\x01\x00\x00\x12", 7, TRUST_E_FORMAT, true, false},
        {UINT("\x20"), "\x00\x00\x00\x11\x00\x00\x00\x12", 8, TRUST_OK, true, true},
        {UINT("\x20"), "\x01\x00\x00\x11\x00\x00\x00\x12", 8, TRUST_E_FORMAT, false, true},
        {UINT("\x20"), "\x00\x00\x00\x11\x80\x00\x00\x12", 8, TRUST_E_FORMAT, true, false},
    };
    static built file;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        metadata what = plain;
        what.members[RECORD_SIZE] = cases[i].size;
        file.len = 0;
        put(&file, cases[i].node, cases[i].len);
        put(&file, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
        put(&file, "\xE0\xA0", 2);
        put_metadata(&file, &what);
        ck_status(judge(&file, NULL, NULL, NULL), cases[i].expected);
        tri_mmdb db = opened(&file);
        tri_mmdb_value value;
        uint8_t address[16];
        memcpy(address, ipv4, sizeof address);
        ck_assert(tri_mmdb_find(&db, address, &value) == cases[i].left);
        ck_assert(!cases[i].left || value.type == TRI_MMDB_MAP);
        address[12] = 128;
        ck_assert(tri_mmdb_find(&db, address, &value) == cases[i].right);
        ck_assert(!cases[i].right || value.type == TRI_MMDB_UINT16);
    }
}
END_TEST

START_TEST(asks_for_a_zero_separator)
{
    static built file;
    for (size_t i = 0; i < 16; i++) {
        build(&file, "\xE0", 1);
        file.bytes[6 + i] = 1;
        trust_error err = {0};
        ck_status(judge(&file, NULL, NULL, &err), TRUST_E_FORMAT);
        ck_assert_uint_eq(err.offset, 6);
    }
}
END_TEST

START_TEST(ends_when_the_visitor_does)
{
    static built file;
    static const uint32_t records[] = {1, 18};
    build_tree(&file, records, 1, UINT("\x04"), "\xA0\xE0", 2);
    tri_mmdb db = opened(&file);
    uint8_t scratch[8] = {0};
    ck_assert_uint_le(tri_mmdb_scratch(&db), sizeof scratch);
    seen state = {0, TRUST_E_HOST};
    trust_error err = {0};
    tri_mmdb_walk walk = {scratch, see, &state, 0, 0};
    ck_status(tri_mmdb_check(&db, &walk, &err), TRUST_E_HOST);
    ck_assert_uint_eq(state.count, 1);
    ck_assert_uint_eq(err.offset, 6 + 16 + 1);
    walk.record = NULL;
    memset(scratch, 0, sizeof scratch);
    ck_ok(tri_mmdb_check(&db, &walk, NULL));
}
END_TEST

/* Look up and read everything that a file offers, checked or not. */
static void use(const tri_mmdb *db, uint64_t *seed)
{
    static const char *const paths[][3] = {
        {"country", "iso_code"}, {"location", "latitude"}, {"autonomous_system_number"}};
    for (int i = 0; i < 8; i++) {
        uint8_t address[16] = {0};
        for (size_t at = i % 2 == 0 ? 12 : 0; at < 16; at++)
            address[at] = (uint8_t)(next_random(seed) >> 24);
        if (i % 2 == 0)
            memset(address + 10, 0xFF, 2);
        tri_mmdb_value record, value;
        trust_bytes key;
        uint64_t number;
        if (!tri_mmdb_find(db, address, &record))
            continue;
        for (size_t p = 0; p < 3; p++)
            if (tri_mmdb_get(db, &record, paths[p], &value) && !tri_mmdb_uint(db, &value, &number))
                (void)tri_mmdb_real(db, &value, &number);
        tri_mmdb_iter iter = tri_mmdb_entries(&record);
        for (int n = 0; n < 50 && tri_mmdb_next(db, &iter, &key, &value); n++)
            (void)tri_mmdb_string(db, &value, &key);
    }
}

START_TEST(survives_every_changed_byte)
{
    size_t len;
    uint8_t *file = read_file(project_path("examples/data/geo.mmdb"), &len);
    ck_assert_ptr_nonnull(file);
    uint8_t *exact = malloc(len);
    ck_assert_ptr_nonnull(exact);
    uint64_t seed = 7;
    size_t refused = 0;
    for (size_t i = 0; i < len; i++) {
        static const uint8_t masks[] = {0x01, 0x80, 0xE0, 0x1F, 0xFF};
        for (size_t m = 0; m < sizeof masks; m++) {
            tri_mmdb db;
            memcpy(exact, file, len);
            exact[i] ^= masks[m];
            if (tri_mmdb_open((trust_bytes){exact, len}, &db, NULL) != TRUST_OK) {
                refused++;
                continue;
            }
            use(&db, &seed);
            tri_mmdb_walk walk = {calloc(1, tri_mmdb_scratch(&db)), NULL, NULL, 0, 0};
            refused += tri_mmdb_check(&db, &walk, NULL) != TRUST_OK;
            free(walk.scratch);
        }
    }
    ck_assert_uint_gt(refused, len);
    free(exact);
    free(file);
}
END_TEST

int main(void)
{
    return run_tests(
        "mmdb",
        TESTS(reads_every_type, walks_entries_and_paths, judges_values, bounds_depth_and_work,
              looks_at_what_is_shared_once, bounds_the_work_of_all_records, judges_metadata,
              finds_the_last_marker, refuses_every_cut, judges_trees, bounds_the_visits_of_a_tree,
              walks_aliases_once, knows_no_ipv6_in_a_file_of_ipv4, reads_every_record_size,
              asks_for_a_zero_separator, ends_when_the_visitor_does, survives_every_changed_byte));
}
