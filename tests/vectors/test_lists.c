/* Real lists of VPN exits, data centres and bad senders: exact counts, and every answer against a
 * plain sorted array of their lines. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "reference/list.h"
#include "support.h"

typedef struct loaded {
    uint8_t *text;
    size_t len;
    trust_table *table;
    tri_list_entry *entries;
    size_t count;
} loaded;

static loaded load(const char *path, const char *name)
{
    loaded out = {0};
    out.text = read_file(vectors_path(path), &out.len);
    ck_assert_msg(out.text != NULL, "%s", path);
    trust_table_source source = {
        name, TRUST_SOURCE_CIDR, trust_list_category(name, strlen(name)), {out.text, out.len}};
    trust_error err = {0};
    ck_assert_msg(trust_table_build(&source, 1, NULL, &out.table, &err) == TRUST_OK, "%s:%u:%u: %s",
                  path, err.line, err.column, err.message);
    trust_table_source_info info;
    ck_ok(trust_table_source_at(out.table, 0, &info));
    out.entries = calloc(info.entries + 1, sizeof *out.entries);
    ck_assert_ptr_nonnull(out.entries);
    tri_list list = tri_list_begin((trust_bytes){out.text, out.len});
    while (tri_list_next(&list, &out.entries[out.count], NULL) == TRUST_OK)
        out.count++;
    ck_assert_uint_eq(out.count, info.entries);
    return out;
}

static void unload(loaded *in)
{
    trust_table_free(in->table);
    free(in->entries);
    free(in->text);
}

static trust_address first_of(const tri_list_entry *entry)
{
    trust_address out;
    memcpy(out.bytes, entry->address, sizeof out.bytes);
    return out;
}

static trust_address last_of(const tri_list_entry *entry)
{
    trust_address out = first_of(entry);
    for (size_t bit = entry->bits; bit < 128; bit++)
        out.bytes[bit / 8] = (uint8_t)(out.bytes[bit / 8] | 0x80 >> bit % 8);
    return out;
}

static trust_address_info find(const loaded *in, const trust_address *address)
{
    trust_address_info info;
    ck_ok(trust_table_find(in->table, address, &info));
    return info;
}

START_TEST(loads_exactly)
{
    static const struct {
        const char *path, *name;
        size_t count;
        uint32_t category, weight;
    } cases[] = {
        {"iplists/x4b/datacenter-ipv4.txt", "datacenter", 42566, TRUST_LIST_HOSTING, 50},
        {"iplists/x4b/datacenter-ipv6.txt", "datacenter", 8752, TRUST_LIST_HOSTING, 50},
        {"iplists/x4b/vpn-ipv4.txt", "vpn-ipv4", 10862, TRUST_LIST_VPN, 60},
        {"iplists/x4b/vpn-ipv6.txt", "vpn-ipv6", 498, TRUST_LIST_VPN, 60},
        {"iplists/ipsum/ipsum.txt", "blocklist", 120430, TRUST_LIST_BLOCK, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        loaded list = load(cases[i].path, cases[i].name);
        ck_assert_uint_eq(list.count, cases[i].count);
        for (size_t e = 0; e < list.count; e++) {
            const trust_address ends[] = {first_of(&list.entries[e]), last_of(&list.entries[e])};
            for (size_t end = 0; end < 2; end++) {
                trust_address_info info = find(&list, &ends[end]);
                ck_assert_uint_eq(info.lists, 1);
                ck_assert_uint_eq(info.categories, 1u << cases[i].category);
                if (cases[i].weight > 0)
                    ck_assert_uint_eq(info.weight, cases[i].weight);
                else
                    ck_assert_uint_eq(info.weight, list.entries[e].weight);
            }
        }
        unload(&list);
    }
}
END_TEST

/* Lists of autonomous systems are no address lists. */
START_TEST(refuses_other_lists)
{
    size_t len;
    uint8_t *text = read_file(vectors_path("iplists/x4b/in-vpn-ASN.txt"), &len);
    ck_assert_ptr_nonnull(text);
    trust_table_source source = {"asn", TRUST_SOURCE_CIDR, 0, {text, len}};
    trust_table *table = NULL;
    trust_error err;
    ck_status(trust_table_build(&source, 1, NULL, &table, &err), TRUST_E_FORMAT);
    ck_assert_uint_eq(err.line, 1);
    free(text);
}
END_TEST

/* The addresses of an IPv4 list as sorted, disjoint ranges. */
typedef struct range {
    uint64_t first, end;
} range;

static int by_first(const void *a, const void *b)
{
    const range *x = a;
    const range *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static size_t merge(const loaded *in, range *out, uint64_t *addresses)
{
    size_t count = 0;
    for (size_t i = 0; i < in->count; i++) {
        out[i].first = tri_be32(in->entries[i].address + 12);
        out[i].end = out[i].first + (UINT64_C(1) << (128 - in->entries[i].bits));
    }
    qsort(out, in->count, sizeof *out, by_first);
    for (size_t i = 0; i < in->count; i++) {
        if (count > 0 && out[i].first <= out[count - 1].end)
            out[count - 1].end = out[i].end > out[count - 1].end ? out[i].end : out[count - 1].end;
        else
            out[count++] = out[i];
    }
    *addresses = 0;
    for (size_t i = 0; i < count; i++)
        *addresses += out[i].end - out[i].first;
    return count;
}

static bool within(const range *ranges, size_t count, uint64_t at)
{
    size_t low = 0;
    for (size_t step = count; step > 0; step /= 2)
        while (low + step <= count && ranges[low + step - 1].first <= at)
            low += step;
    return low > 0 && at < ranges[low - 1].end;
}

START_TEST(holds_the_published_number_of_addresses)
{
    static const struct {
        const char *path;
        uint64_t addresses;
    } cases[] = {{"iplists/x4b/datacenter-ipv4.txt", 377185848},
                 {"iplists/x4b/vpn-ipv4.txt", 3144482}};
    uint64_t seed = 20261123;
    for (size_t i = 0; i < 2; i++) {
        loaded list = load(cases[i].path, "list");
        range *ranges = calloc(list.count, sizeof *ranges);
        ck_assert_ptr_nonnull(ranges);
        uint64_t addresses;
        size_t count = merge(&list, ranges, &addresses);
        ck_assert_uint_eq(addresses, cases[i].addresses);
        size_t hits = 0;
        for (size_t n = 0; n < 200000 + 4 * count; n++) {
            uint32_t at = (uint32_t)(next_random(&seed) >> 16);
            if (n < 4 * count) /* both sides of both ends */
                at = (uint32_t)((n % 4 < 2 ? ranges[n / 4].first : ranges[n / 4].end) - n % 2);
            trust_address address = first_of(&list.entries[0]);
            tri_put_be32(address.bytes + 12, at);
            bool listed = find(&list, &address).lists != 0;
            ck_assert_msg(listed == within(ranges, count, at), "%u", at);
            hits += listed;
        }
        printf("%zu ranges, %zu of the probes are listed\n", count, hits);
        free(ranges);
        unload(&list);
    }
}
END_TEST

/* However an address is written into IPv6, it is listed. */
START_TEST(sees_through_every_encoding)
{
    loaded list = load("iplists/x4b/vpn-ipv4.txt", "vpn");
    for (size_t i = 0; i < list.count; i++) {
        trust_address plain = first_of(&list.entries[i]);
        const uint8_t *v4 = plain.bytes + 12;
        trust_address forms[6] = {plain,
                                  {{0}},
                                  {{0x20, 0x02}},
                                  {{0x20, 0x01}},
                                  {{0x00, 0x64, 0xFF, 0x9B}},
                                  {{0x20, 0x03, 1, 2, 3, 4, 5, 6, 0, 0, 0x5E, 0xFE}}};
        memcpy(forms[1].bytes + 12, v4, 4);
        memcpy(forms[2].bytes + 2, v4, 4);
        for (size_t b = 0; b < 4; b++)
            forms[3].bytes[12 + b] = (uint8_t)~v4[b];
        memcpy(forms[4].bytes + 12, v4, 4);
        memcpy(forms[5].bytes + 12, v4, 4);
        for (size_t f = 0; f < 6; f++) {
            trust_address_info info = find(&list, &forms[f]);
            ck_assert_msg(info.lists == 1 && info.weight == 60 &&
                              info.categories == 1u << TRUST_LIST_VPN,
                          "%zu of line %zu", f, i);
        }
    }
    unload(&list);
}
END_TEST

int main(void)
{
    if (!have_vectors())
        return skip_vectors();
    return run_tests("lists",
                     TESTS(loads_exactly, refuses_other_lists,
                           holds_the_published_number_of_addresses, sees_through_every_encoding));
}
