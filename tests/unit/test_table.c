/* The address table: lists and databases in, one answer out. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/list.h"
#include "reference/table.h"
#include "support.h"

static trust_address parsed(const char *text)
{
    trust_address out;
    ck_assert_msg(trust_address_parse(text, strlen(text), &out) == TRUST_OK, "%s", text);
    return out;
}

static trust_table_source list(const char *name, uint32_t category, const char *text)
{
    return (trust_table_source){
        name, TRUST_SOURCE_CIDR, category, {(const uint8_t *)text, strlen(text)}};
}

static trust_table *built(const trust_table_source *sources, size_t count)
{
    trust_table *table = NULL;
    trust_error err = {0};
    ck_assert_msg(trust_table_build(sources, count, NULL, &table, &err) == TRUST_OK, "%u:%u %s",
                  err.line, err.column, err.message);
    return table;
}

static trust_table *built_list(uint32_t category, const char *text)
{
    trust_table_source source = list("list", category, text);
    return built(&source, 1);
}

static trust_address_info found(const trust_table *table, const char *text)
{
    trust_address address = parsed(text);
    trust_address_info info;
    ck_ok(trust_table_find(table, &address, &info));
    return info;
}

static trust_table_source database(void)
{
    size_t len;
    uint8_t *data = read_file(project_path("examples/data/geo.mmdb"), &len);
    ck_assert_ptr_nonnull(data);
    return (trust_table_source){"geo", TRUST_SOURCE_MMDB, 0, {data, len}};
}

START_TEST(reads_lines)
{
    static const char text[] = "\xEF\xBB\xBF# a comment\r\n"
                               "\r\n"
                               "5.8.0.0/16\r\n"
                               "  5.9.1.1\t10 # with a weight\n"
                               "\t\n"
                               "2a0d:8000::/29 0;and without a space\n"
                               "::ffff:5.10.0.0/112 100\n"
                               "0.0.0.0/0\n"
                               "::/0 # no newline follows";
    static const struct {
        const char *address;
        uint32_t bits, weight, line;
    } expected[] = {
        {"5.8.0.0", 112, TRI_LIST_NO_WEIGHT, 3},
        {"5.9.1.1", 128, 10, 4},
        {"2a0d:8000::", 29, 0, 6},
        {"5.10.0.0", 112, 100, 7},
        {"0.0.0.0", 96, TRI_LIST_NO_WEIGHT, 8},
        {"::", 0, TRI_LIST_NO_WEIGHT, 9},
    };
    tri_list lines = tri_list_begin((trust_bytes){(const uint8_t *)text, sizeof text - 1});
    tri_list_entry entry;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        ck_ok(tri_list_next(&lines, &entry, NULL));
        trust_address address = parsed(expected[i].address);
        ck_assert_mem_eq(entry.address, address.bytes, 16);
        ck_assert_uint_eq(entry.bits, expected[i].bits);
        ck_assert_uint_eq(entry.weight, expected[i].weight);
        ck_assert_uint_eq(lines.line, expected[i].line);
    }
    ck_status(tri_list_next(&lines, &entry, NULL), TRUST_E_NOT_FOUND);
    ck_status(tri_list_next(&lines, &entry, NULL), TRUST_E_NOT_FOUND);
}
END_TEST

START_TEST(refuses_lines)
{
    static const struct {
        const char *line;
        uint32_t column;
    } cases[] = {
        {"AS64500", 1},           {"5.8.0", 1},
        {"5.8.0.0/", 9},          {"5.8.0.0/33", 9},
        {"5.8.0.0/016", 9},       {"5.8.0.0/1600", 9},
        {"5.8.0.0/-1", 9},        {"5.8.0.0/16/16", 11},
        {"5.8.0.0/16x", 11},      {"  5.8.0.1/16", 3},
        {"5.8.0.0/0", 1},         {"2a0d::/129", 8},
        {"2a0d::1/127", 1},       {"::ffff:5.8.0.0/80", 1},
        {"5.8.0.0 101", 9},       {"5.8.0.0 -1", 9},
        {"5.8.0.0 007", 9},       {"5.8.0.0 1.5", 10},
        {"5.8.0.0 10 20", 11},    {"5.8.0.0, 10", 1},
        {"5.8.0.0 - 5.8.0.9", 9}, {"5.8.0.0\v10", 1},
        {"fe80::1%eth0", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64] = "# first\n5.8.0.0/16\n";
        strcat(text, cases[i].line);
        trust_table_source source = list("bad", TRUST_LIST_VPN, text);
        trust_table *table = NULL;
        trust_error err = {0};
        ck_status(trust_table_build(&source, 1, NULL, &table, &err), TRUST_E_FORMAT);
        ck_assert_ptr_null(table);
        ck_assert_uint_eq(err.line, 3);
        ck_assert_msg(err.column == cases[i].column, "%s: %u", cases[i].line, err.column);
        ck_assert_uint_eq(err.offset, 19 + cases[i].column - 1);
        ck_assert_str_eq(err.where, "bad");
        ck_assert_uint_gt(strlen(err.message), 10);
        const char *word = cases[i].line + cases[i].column - 1;
        char quoted[64];
        snprintf(quoted, sizeof quoted, " '%.*s'", (int)strcspn(word, " \t"), word);
        ck_assert_msg(i == 21 || strstr(err.message, quoted) != NULL, "%s", err.message);
        ck_status(trust_table_build(&source, 1, NULL, &table, NULL), TRUST_E_FORMAT);
    }
}
END_TEST

START_TEST(bounds_lists)
{
    size_t size = TRI_LIST_MAX_BYTES + 1;
    uint8_t *text = malloc(size);
    ck_assert_ptr_nonnull(text);
    memset(text, ' ', size);
    trust_table_source source = {"large", TRUST_SOURCE_CIDR, 0, {text, size}};
    trust_table *table = NULL;
    trust_error err;
    ck_status(trust_table_build(&source, 1, NULL, &table, &err), TRUST_E_LIMIT);
    source.data.size--;
    ck_ok(trust_table_build(&source, 1, NULL, &table, &err));
    trust_table_free(table);
    memset(text, '\n', TRI_LIST_MAX_LINES);
    text[TRI_LIST_MAX_LINES] = '#';
    source.data.size = TRI_LIST_MAX_LINES + 1;
    ck_status(trust_table_build(&source, 1, NULL, &table, &err), TRUST_E_LIMIT);
    ck_assert_uint_eq(err.line, TRI_LIST_MAX_LINES + 1);
    source.data.size--;
    ck_ok(trust_table_build(&source, 1, NULL, &table, &err));
    trust_table_free(table);
    free(text);
}
END_TEST

START_TEST(knows_the_categories)
{
    static const struct {
        const char *name;
        uint32_t category;
        const char *word;
        uint32_t weight;
    } cases[] = {
        {"vpn", TRUST_LIST_VPN, "vpn", 60},
        {"x4b-VPN-ipv4.txt", TRUST_LIST_VPN, "vpn", 60},
        {"tor", TRUST_LIST_TOR, "tor", 90},
        {"tor_exits", TRUST_LIST_TOR, "tor", 90},
        {"monitor", TRUST_LIST_OTHER, "other", 50},
        {"history.txt", TRUST_LIST_OTHER, "other", 50},
        {"open.proxy.list", TRUST_LIST_PROXY, "proxy", 80},
        {"hosting", TRUST_LIST_HOSTING, "hosting", 50},
        {"datacenter-ipv4", TRUST_LIST_HOSTING, "hosting", 50},
        {"our block list", TRUST_LIST_BLOCK, "block", 100},
        {"blocklist", TRUST_LIST_BLOCK, "block", 100},
        {"blocks", TRUST_LIST_OTHER, "other", 50},
        {"", TRUST_LIST_OTHER, "other", 50},
        {"42", TRUST_LIST_OTHER, "other", 50},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t category = trust_list_category(cases[i].name, strlen(cases[i].name));
        ck_assert_msg(category == cases[i].category, "%s", cases[i].name);
        trust_table *table = built_list(category, "5.8.0.0/16");
        trust_address_info info = found(table, "5.8.1.1");
        ck_assert_uint_eq(info.weight, cases[i].weight);
        ck_assert_uint_eq(info.categories, 1u << category);
        trust_table_source_info source;
        ck_ok(trust_table_source_at(table, 0, &source));
        ck_assert_str_eq(source.type, cases[i].word);
        trust_table_free(table);
    }
    ck_assert_uint_eq(trust_list_category(NULL, 3), TRUST_LIST_OTHER);
    ck_assert_uint_eq(trust_list_category("vpn", 2), TRUST_LIST_OTHER);
}
END_TEST

START_TEST(finds_first_and_last_of_a_prefix)
{
    static const struct {
        const char *list;
        const char *before, *first, *last, *after;
    } cases[] = {
        {"5.8.0.0/16", "5.7.255.255", "5.8.0.0", "5.8.255.255", "5.9.0.0"},
        {"5.8.0.7", "5.8.0.6", "5.8.0.7", "5.8.0.7", "5.8.0.8"},
        {"128.0.0.0/1", "127.255.255.255", "128.0.0.0", "255.255.255.255", "::"},
        {"0.0.0.0/0", "::1", "0.0.0.0", "255.255.255.255", "2003::"},
        {"2003::/20", "2002:ffff::", "2003::", "2003:fff:ffff::ffff", "2003:1000::"},
        {"2003::8/125", "2003::7", "2003::8", "2003::f", "2003::10"},
        {"2003:0:0:1::/64", "2003::ffff:ffff:ffff:ffff",
         "2003:0:0:1::", "2003::1:ffff:ffff:ffff:ffff", "2003:0:0:2::"},
        {"8000::/1", "7fff::", "8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "1.1.1.1"},
        {"::/0", "0.0.0.0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "255.255.255.255"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_table *table = built_list(TRUST_LIST_BLOCK, cases[i].list);
        ck_assert_uint_eq(found(table, cases[i].before).weight, 0);
        ck_assert_uint_eq(found(table, cases[i].first).weight, 100);
        ck_assert_uint_eq(found(table, cases[i].last).weight, 100);
        ck_assert_uint_eq(found(table, cases[i].after).weight, 0);
        trust_table_free(table);
    }
}
END_TEST

START_TEST(merges_what_overlaps)
{
    trust_table_source sources[] = {
        list("hosting", TRUST_LIST_HOSTING, "5.8.0.0/16\n5.8.7.0/24 10\n5.8.7.0/24 20\n"),
        list("vpn", TRUST_LIST_VPN, "5.8.7.128/25\n5.9.0.0/16\n5.8.7.128/25 99\n"),
        list("none", TRUST_LIST_BLOCK, "# nothing yet\n"),
        list("tor", TRUST_LIST_TOR, "5.8.7.255 5\n5.9.0.0/16 0\n"),
    };
    trust_table *table = built(sources, 4);
    static const struct {
        const char *text;
        uint32_t lists, weight;
    } cases[] = {
        {"5.7.255.255", 0, 0}, {"5.8.0.0", 1, 50},   {"5.8.6.255", 1, 50}, {"5.8.7.0", 1, 50},
        {"5.8.7.127", 1, 50},  {"5.8.7.128", 3, 99}, {"5.8.7.254", 3, 99}, {"5.8.7.255", 11, 99},
        {"5.8.8.0", 1, 50},    {"5.9.0.0", 10, 60},  {"5.10.0.0", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_address_info info = found(table, cases[i].text);
        ck_assert_msg(info.lists == cases[i].lists && info.weight == cases[i].weight, "%s: %u, %u",
                      cases[i].text, info.lists, info.weight);
    }
    ck_assert_uint_eq(found(table, "5.8.7.255").categories,
                      1u << TRUST_LIST_HOSTING | 1u << TRUST_LIST_VPN | 1u << TRUST_LIST_TOR);
    trust_table_source_info source;
    ck_ok(trust_table_source_at(table, 0, &source));
    ck_assert_uint_eq(source.entries, 3);
    ck_ok(trust_table_source_at(table, 2, &source));
    ck_assert_uint_eq(source.entries, 0);
    trust_table_free(table);
}
END_TEST

/* Random nested prefixes of 8 lists in a small space, against every prefix asked one by one. */
START_TEST(agrees_with_the_obvious_way)
{
    enum { LISTS = 8, LINES = 40 };
    uint64_t seed = 1;
    for (int round = 0; round < 60; round++) {
        static char texts[LISTS][LINES * 64];
        static struct {
            uint32_t first, last, weight, list;
            bool ipv6;
        } prefixes[LISTS * LINES];
        trust_table_source sources[LISTS];
        size_t count = 0;
        for (uint32_t l = 0; l < LISTS; l++) {
            size_t used = 0;
            for (int i = 0; i < LINES; i++) {
                uint32_t bits = (uint32_t)(next_random(&seed) % 17);
                uint32_t first = (uint32_t)(next_random(&seed) >> 20) & 0xFFFF & ~(0xFFFFu >> bits);
                uint32_t weight = (uint32_t)(next_random(&seed) % 101);
                bool ipv6 = next_random(&seed) % 2 == 0;
                used += (size_t)snprintf(texts[l] + used, sizeof texts[l] - used,
                                         ipv6 ? "2003::%x/%u %u\n" : "9.9.%u.%u/%u %u\n",
                                         ipv6 ? first : first >> 8, ipv6 ? 112 + bits : first & 255,
                                         ipv6 ? weight : 16 + bits, weight);
                prefixes[count].first = first;
                prefixes[count].last = first | (0xFFFFu >> bits);
                prefixes[count].weight = weight;
                prefixes[count].ipv6 = ipv6;
                prefixes[count++].list = l;
            }
            sources[l] = list("random", TRUST_LIST_OTHER, texts[l]);
        }
        trust_table *table = built(sources, LISTS);
        for (int probe = 0; probe < 4000; probe++) {
            uint32_t at = (uint32_t)(next_random(&seed) >> 20) & 0xFFFF;
            bool ipv6 = next_random(&seed) % 2 == 0;
            trust_address address = parsed(ipv6 ? "2003::" : "9.9.0.0");
            address.bytes[14] = (uint8_t)(at >> 8);
            address.bytes[15] = (uint8_t)at;
            uint32_t lists = 0, weight = 0;
            for (size_t i = 0; i < count; i++) {
                if (prefixes[i].ipv6 != ipv6 || at < prefixes[i].first || at > prefixes[i].last)
                    continue;
                lists |= 1u << prefixes[i].list;
                weight = prefixes[i].weight > weight ? prefixes[i].weight : weight;
            }
            trust_address_info info;
            ck_ok(trust_table_find(table, &address, &info));
            ck_assert_msg(info.lists == lists && info.weight == weight, "%u.%u: %x %u, not %x %u",
                          at >> 8, at & 255, info.lists, info.weight, lists, weight);
        }
        trust_table_free(table);
    }
}
END_TEST

START_TEST(reads_a_database)
{
    trust_table_source source = database();
    trust_table *table = built(&source, 1);
    uint8_t *bytes;
    memcpy(&bytes, &source.data.data, sizeof bytes);
    memset(bytes, 0, source.data.size);
    free(bytes); /* the table has its own copy */
    trust_address_info info = found(table, "5.8.130.1");
    ck_assert_str_eq(info.country, "DE");
    ck_assert_uint_eq(info.asn, 64500);
    ck_assert_str_eq(info.network, "Beispiel Breitband");
    ck_assert_int_eq(info.latitude, 48137400);
    ck_assert_int_eq(info.longitude, 11575500);
    ck_assert_uint_eq(info.radius_km, 10);
    ck_assert_uint_eq(info.lists | info.categories | info.weight, 0);
    ck_assert(!tri_table_rates(table));
    info = found(table, "9.9.9.9");
    ck_assert_str_eq(info.country, "");
    ck_assert_int_eq(info.latitude, INT32_MIN);
    ck_assert_int_eq(info.longitude, INT32_MIN);
    trust_table_source_info about;
    ck_assert_uint_eq(trust_table_source_count(table), 1);
    ck_ok(trust_table_source_at(table, 0, &about));
    ck_assert_str_eq(about.name, "geo");
    ck_assert_str_eq(about.type, "Example-City-ASN");
    ck_assert_int_eq(about.built, (trust_time)1795392000 * 1000);
    ck_assert_uint_gt(about.entries, 8);
    trust_table_free(table);
}
END_TEST

/* A database of one record for every IPv4 address, made in @p file. */
static trust_table_source one_record(uint8_t file[1024], const void *record, size_t len)
{
    static const char metadata[] = "\xAB\xCD\xEF"
                                   "MaxMind.com\xE7"
                                   "\x5B"
                                   "binary_format_major_version\xA1\x02"
                                   "\x5B"
                                   "binary_format_minor_version\xA0"
                                   "Jnode_count\xA1\x01"
                                   "Krecord_size\xA1\x18"
                                   "Jip_version\xA1\x04"
                                   "Kbuild_epoch\x08\x02\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
                                   "Mdatabase_type\x43T\ns";
    ck_assert_uint_le(22 + len + sizeof metadata, 1024);
    memset(file, 0, 1024);
    file[2] = file[5] = 17;
    memcpy(file + 22, record, len);
    memcpy(file + 22 + len, metadata, sizeof metadata);
    return (trust_table_source){
        "one", TRUST_SOURCE_MMDB, 0, {file, 22 + len + sizeof metadata - 1}};
}

static trust_status build_record(const void *record, size_t len, trust_table **out,
                                 trust_error *err)
{
    uint8_t file[1024];
    trust_table_source source = one_record(file, record, len);
    return trust_table_build(&source, 1, NULL, out, err);
}

START_TEST(reads_facts)
{
#define COUNTRY(key, code) key "\xE1Hiso_code\x42" code
#define YES                "\x01\x07"
#define NO                 "\x00\x07"
    static const struct {
        const char *record;
        size_t len;
        const char *country;
        uint32_t categories, weight;
    } cases[] = {
#define RECORD(text) text, sizeof(text) - 1
        {RECORD("\x45title"), "", 0, 0},
        {RECORD("\xE1" COUNTRY("Gcountry", "DE")), "DE", 0, 0},
        {RECORD("\xE1" COUNTRY("\x52registered_country", "AT")), "AT", 0, 0},
        {RECORD("\xE2" COUNTRY("Gcountry", "DE") COUNTRY("\x52registered_country", "AT")), "DE", 0,
         0},
        {RECORD("\xE2" COUNTRY("\x52registered_country", "AT") COUNTRY("Gcountry", "DE")), "DE", 0,
         0},
        {RECORD("\xE2" COUNTRY("Gcountry", "EU") COUNTRY("\x52registered_country", "AT")), "AT", 0,
         0},
        {RECORD("\xE1" COUNTRY("Gcountry", "A1")), "", 0, 0},
        {RECORD("\xE1" COUNTRY("Gcountry", "XX")), "", 0, 0},
        {RECORD("\xE1"
                "Gcountry\x42"
                "DE"),
         "", 0, 0},
        {RECORD("\xE1"
                "Lis_anonymous" YES),
         "", 1u << TRUST_LIST_OTHER, 50},
        {RECORD("\xE1"
                "Lis_anonymous" NO),
         "", 0, 0},
        {RECORD("\xE2"
                "Lis_anonymous" YES "\x50is_anonymous_vpn" YES),
         "", 1u << TRUST_LIST_VPN, 60},
        {RECORD("\xE2"
                "Pis_tor_exit_node" YES "\x50is_anonymous_vpn" NO),
         "", 1u << TRUST_LIST_TOR, 90},
        {RECORD("\xE1"
                "Ftraits\xE2"
                "Ois_public_proxy" YES "Sis_hosting_provider" YES),
         "", 1u << TRUST_LIST_PROXY | 1u << TRUST_LIST_HOSTING, 80},
        {RECORD("\xE1"
                "Tis_residential_proxy" YES),
         "", 1u << TRUST_LIST_PROXY, 80},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_table *table = NULL;
        trust_error err = {0};
        ck_assert_msg(build_record(cases[i].record, cases[i].len, &table, &err) == TRUST_OK,
                      "%zu: %s", i, err.message);
        trust_address_info info = found(table, "9.9.9.9");
        ck_assert_msg(info.categories == cases[i].categories && info.weight == cases[i].weight &&
                          strcmp(info.country, cases[i].country) == 0,
                      "%zu: %x %u '%s'", i, info.categories, info.weight, info.country);
        ck_assert_uint_eq(info.lists, cases[i].categories != 0);
        ck_assert(tri_table_rates(table) == (cases[i].categories != 0));
        trust_table_source_info about;
        ck_ok(trust_table_source_at(table, 0, &about));
        ck_assert_str_eq(about.type, "T?s");
        ck_assert_int_eq(about.built, TRUST_TIME_UNKNOWN);
        trust_table_free(table);
    }
}
END_TEST

START_TEST(refuses_facts)
{
#define PLACE(latitude, longitude)                                                                 \
    "\xE1Hlocation\xE2Hlatitude\x68" latitude "Ilongitude\x68" longitude
#define ZERO "\0\0\0\0\0\0\0\0"
    static const struct {
        const char *record;
        size_t len;
        trust_status expected;
    } cases[] = {
        {RECORD("\xE1" COUNTRY("Gcountry", "de")), TRUST_E_FORMAT},
        {RECORD("\xE1" COUNTRY("Gcountry", "D\x7F")), TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Gcountry\xE1Hiso_code\x43"
                "DEU"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Gcountry\xE1Hiso_code\xA1\x01"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Xautonomous_system_number\x43"
                "123"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Xautonomous_system_number\x05\x02\1\1\1\1\1"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Xautonomous_system_number\x10\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "\x5D\x01"
                "autonomous_system_organization\xA1\x01"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Lis_anonymous\xA1\x01"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Ftraits\xE1"
                "Lis_anonymous\xA1\x01"),
         TRUST_E_FORMAT},
        {RECORD(PLACE(ZERO, ZERO)), TRUST_OK},
        {RECORD(PLACE("\x40\x56\x80\0\0\0\0\0", "\xC0\x66\x80\0\0\0\0\0")), TRUST_OK},
        {RECORD(PLACE("\x40\x56\x81\0\0\0\0\0", ZERO)), TRUST_E_FORMAT},
        {RECORD(PLACE(ZERO, "\xC0\x66\x81\0\0\0\0\0")), TRUST_E_FORMAT},
        {RECORD(PLACE("\x7F\xF8\0\0\0\0\0\0", ZERO)), TRUST_E_FORMAT},
        {RECORD(PLACE(ZERO, "\x7F\xF0\0\0\0\0\0\0")), TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Hlocation\xE1"
                "Hlatitude\x68" ZERO),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Hlocation\xE1"
                "Ilongitude\x68" ZERO),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Hlocation\xE2"
                "Hlatitude\xA1\x01"
                "Ilongitude\xA1\x01"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Hlocation\xE1"
                "Oaccuracy_radius\x41"
                "9"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Hlocation\xE1"
                "Oaccuracy_radius\x05\x02\1\1\1\1\1"),
         TRUST_E_FORMAT},
        {RECORD("\xE1"
                "Hlocation\xE1"
                "Oaccuracy_radius\xA1\x09"),
         TRUST_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_table *table = NULL;
        trust_error err = {0};
        trust_status status = build_record(cases[i].record, cases[i].len, &table, &err);
        ck_assert_msg(status == cases[i].expected, "%zu: %s", i, trust_status_name(status));
        if (status != TRUST_OK) {
            ck_assert_str_eq(err.where, "one");
            ck_assert_uint_eq(err.offset, 22);
        }
        trust_table_free(table);
    }
}
END_TEST

START_TEST(takes_the_first_that_knows)
{
    static const char record[] = "\xE2" COUNTRY("Gcountry", "AT") "Lis_anonymous" YES;
    static const char other[] = "\xE1" COUNTRY("Gcountry", "FR");
    uint8_t first[1024], second[1024];
    trust_table_source sources[] = {one_record(first, record, sizeof record - 1), database(),
                                    one_record(second, other, sizeof other - 1)};
    trust_table *table = built(sources, 3);
    trust_address_info info = found(table, "5.8.1.1");
    ck_assert_str_eq(info.country, "AT");
    ck_assert_uint_eq(info.asn, 64500);
    ck_assert_str_eq(info.network, "Beispiel Breitband");
    ck_assert_int_eq(info.latitude, 52520000);
    ck_assert_uint_eq(info.lists, 1);
    ck_assert_str_eq(found(table, "2a0d:8000::1").country, "DE");
    trust_table_free(table);
    uint8_t *bytes;
    memcpy(&bytes, &sources[1].data.data, sizeof bytes);
    free(bytes);
}
END_TEST

/* As deep as prefixes can nest, each of them many times. */
START_TEST(nests_all_the_way_down)
{
    static char text[129 * 8 * 16];
    size_t used = 0;
    for (unsigned bits = 0; bits <= 128; bits++)
        for (int i = 0; i < 8; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "::/%u %u\n", 128 - bits,
                                     (128 - bits) % 101);
    trust_table *table = built_list(TRUST_LIST_OTHER, text);
    ck_assert_uint_eq(found(table, "::").weight, 100);
    ck_assert_uint_eq(found(table, "8000::").weight, 0);
    ck_assert_uint_eq(found(table, "8000::").lists, 1);
    ck_assert_uint_eq(found(table, "4000::").weight, 1);
    ck_assert_uint_eq(found(table, "0.0.0.0").lists, 0);
    trust_table_free(table);
}
END_TEST

START_TEST(tells_every_encoding_alike)
{
    static const char *const forms[] = {
        "45.140.8.9",      "::ffff:45.140.8.9",   "::45.140.8.9",         "2002:2d8c:809::1",
        "2001::d273:f7f6", "64:ff9b::45.140.8.9", "2003::5efe:45.140.8.9"};
    trust_table_source sources[] = {list("vpn", TRUST_LIST_VPN, "45.140.8.0/22 61"),
                                    list("sixes", TRUST_LIST_OTHER, "2002::/16 3"), database()};
    trust_table *table = built(sources, 3);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        trust_address_info info = found(table, forms[i]);
        ck_assert_msg((info.lists & ~2u) == 1 && info.weight == 61, "%s", forms[i]);
        ck_assert_uint_ne(info.categories & 1u << TRUST_LIST_VPN, 0);
        ck_assert_uint_eq(info.lists >> 1, i == 3);
        /* ISATAP's outer address says where packets go, and no database knows this one. */
        ck_assert_str_eq(info.country, i == 6 ? "" : "NL");
    }
    ck_assert_str_eq(found(table, "2a0d:8000::5efe:45.140.8.9").country, "DE");
    uint8_t *bytes;
    memcpy(&bytes, &sources[2].data.data, sizeof bytes);
    free(bytes);
    trust_table_free(table);
}
END_TEST

START_TEST(knows_the_class_without_a_table)
{
    trust_address_info info = found(NULL, "2002:a00:1::");
    ck_assert_uint_eq(info.address_class, TRUST_ADDRESS_PRIVATE);
    ck_assert_uint_eq(info.embed, TRUST_EMBED_6TO4);
    ck_assert_int_eq(info.latitude, INT32_MIN);
    trust_table *table = built(NULL, 0);
    info = found(table, "10.0.0.1");
    ck_assert_uint_eq(info.address_class, TRUST_ADDRESS_PRIVATE);
    ck_assert(!tri_table_rates(table) && !tri_table_rates(NULL));
    trust_table_free(table);
}
END_TEST

START_TEST(checks_arguments)
{
    trust_table *table = NULL;
    trust_error err;
    char text[65];
    memset(text, 'n', sizeof text);
    text[64] = '\0';
    trust_table_source good = list("good", 0, "");
    trust_table_source bad[10] = {good, good, good, good, good, good, good, good, good, good};
    bad[0].name = NULL;
    bad[1].name = "";
    bad[2].name = text;
    bad[3].name = "a\nb";
    bad[4].format = 0;
    bad[5].format = 3;
    bad[6].category = TRUST_LIST_BLOCK + 1;
    bad[7].data = (trust_bytes){NULL, 1};
    bad[8].format = TRUST_SOURCE_MMDB;
    bad[8].category = TRUST_LIST_VPN;
    bad[9].name = "\xFF";
    for (size_t i = 0; i < 10; i++)
        ck_status(trust_table_build(&bad[i], 1, NULL, &table, &err), TRUST_E_ARGUMENT);
    trust_table_source many[17];
    for (size_t i = 0; i < 17; i++)
        many[i] = good;
    ck_status(trust_table_build(many, 17, NULL, &table, &err), TRUST_E_ARGUMENT);
    ck_status(trust_table_build(NULL, 1, NULL, &table, &err), TRUST_E_ARGUMENT);
    ck_status(trust_table_build(&good, 1, NULL, NULL, NULL), TRUST_E_ARGUMENT);
    ck_assert_ptr_null(table);
    text[63] = '\0';
    many[15] = list(text, TRUST_LIST_BLOCK, "1.1.1.1");
    many[15].data.size = 7;
    many[0].data = (trust_bytes){NULL, 0};
    trust_table_source empty = {"empty", TRUST_SOURCE_MMDB, 0, {NULL, 0}};
    ck_status(trust_table_build(&empty, 1, NULL, &table, &err), TRUST_E_FORMAT);
    table = built(many, 16);
    ck_assert_uint_eq(found(table, "1.1.1.1").lists, 1u << 15);
    trust_address address = parsed("1.1.1.1");
    trust_address_info info;
    trust_table_source_info source;
    ck_status(trust_table_find(table, NULL, &info), TRUST_E_ARGUMENT);
    ck_status(trust_table_find(table, &address, NULL), TRUST_E_ARGUMENT);
    ck_status(trust_table_source_at(table, 16, &source), TRUST_E_NOT_FOUND);
    ck_status(trust_table_source_at(NULL, 0, &source), TRUST_E_ARGUMENT);
    ck_status(trust_table_source_at(table, 0, NULL), TRUST_E_ARGUMENT);
    ck_ok(trust_table_source_at(table, 15, &source));
    ck_assert_str_eq(source.name, text);
    ck_assert_uint_eq(trust_table_source_count(NULL), 0);
    trust_table_free(table);
    trust_table_free(NULL);
}
END_TEST

START_TEST(is_shared)
{
    counting state = {0};
    trust_allocator allocator = counting_allocator(&state);
    trust_table_source source = list("vpn", TRUST_LIST_VPN, "1.1.1.1");
    trust_table *table = NULL;
    ck_ok(trust_table_build(&source, 1, &allocator, &table, NULL));
    ck_assert_ptr_eq(tri_table_hold(table), table);
    ck_assert_ptr_null(tri_table_hold(NULL));
    trust_table_free(table);
    ck_assert_uint_eq(found(table, "1.1.1.1").weight, 60);
    uint64_t calls = state.calls;
    (void)found(table, "2002:101:101::");
    ck_assert_uint_eq(state.calls, calls);
    trust_table_free(table);
    ck_assert_uint_eq(state.bytes_live, 0);
    ck_assert_uint_eq(state.blocks_live, 0);
}
END_TEST

START_TEST(survives_every_failed_allocation)
{
    trust_table_source sources[] = {
        list("vpn", TRUST_LIST_VPN, "9.9.0.0/16\n8.8.0.0/16\n9.9.9.9\n2003::/20\n2003::1\n"),
        database()};
    counting state = {0};
    for (state.fail_at = 1;; state.fail_at++) {
        trust_allocator allocator = counting_allocator(&state);
        trust_table *table = NULL;
        trust_error err = {0};
        state.calls = state.failed = 0;
        trust_status status = trust_table_build(sources, 2, &allocator, &table, &err);
        if (status != TRUST_OK) {
            ck_status(status, TRUST_E_NOMEM);
            ck_assert_int_eq(err.code, TRUST_E_NOMEM);
            ck_assert_ptr_null(table);
        } else {
            ck_assert_uint_eq(found(table, "9.9.9.9").weight, 60);
            ck_assert_uint_eq(found(table, "2003::1").weight, 60);
        }
        trust_table_free(table);
        ck_assert_uint_eq(state.bytes_live, 0);
        ck_assert_uint_eq(state.blocks_live, 0);
        if (state.failed == 0)
            break;
    }
    ck_assert_uint_ge(state.fail_at, 8);
    uint8_t *bytes;
    memcpy(&bytes, &sources[1].data.data, sizeof bytes);
    free(bytes);
}
END_TEST

int main(void)
{
    return run_tests("table",
                     TESTS(reads_lines, refuses_lines, bounds_lists, knows_the_categories,
                           finds_first_and_last_of_a_prefix, merges_what_overlaps,
                           agrees_with_the_obvious_way, reads_a_database, reads_facts,
                           refuses_facts, takes_the_first_that_knows, nests_all_the_way_down,
                           tells_every_encoding_alike, knows_the_class_without_a_table,
                           checks_arguments, is_shared, survives_every_failed_allocation));
}
