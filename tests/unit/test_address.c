/* Addresses: reading as inet_pton does, writing as RFC 5952 asks, and every special range. */

#include <arpa/inet.h>
#include <string.h>

#include "support.h"

static trust_address parsed(const char *text)
{
    trust_address out;
    ck_assert_msg(trust_address_parse(text, strlen(text), &out) == TRUST_OK, "%s", text);
    return out;
}

static void check_shown(const char *text, const char *expected)
{
    trust_address address = parsed(text);
    char shown[46];
    ck_ok(trust_address_format(&address, shown, sizeof shown));
    ck_assert_str_eq(shown, expected);
}

START_TEST(reads_and_writes)
{
    static const char *const cases[][2] = {
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"5.8.1.200", "5.8.1.200"},
        {"::ffff:5.8.1.200", "5.8.1.200"},
        {"::FFFF:0508:01c8", "5.8.1.200"},
        {"0:0:0:0:0:ffff:5.8.1.200", "5.8.1.200"},
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        {"0:0:0:1:0:0:0:0", "0:0:0:1::"},
        {"1:0:0:2:0:0:3:4", "1::2:0:0:3:4"},
        {"1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"2001:DB8:0000::00ab:1", "2001:db8::ab:1"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_shown(cases[i][0], cases[i][1]);
}
END_TEST

START_TEST(refuses_what_is_no_address)
{
    static const char *const cases[] = {"",
                                        ".",
                                        "1",
                                        "1.2",
                                        "1.2.3",
                                        "1.2.3.",
                                        "1.2.3.4.",
                                        "1.2.3.4.5",
                                        "1.2.3.256",
                                        "1.2.3.0256",
                                        "010.0.0.1",
                                        "1.2.3.04",
                                        "00.0.0.0",
                                        "0x1.2.3.4",
                                        "1.2.3.4 ",
                                        " 1.2.3.4",
                                        "+1.2.3.4",
                                        "1..3.4",
                                        "1.2.3.4/8",
                                        ":",
                                        ":::",
                                        "1:",
                                        ":1",
                                        "1:2",
                                        "1::2::3",
                                        "1:::2",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4::5:6:7:8",
                                        "::1:2:3:4:5:6:7:8",
                                        "1:2:3:4:5:6:7:8::",
                                        "12345::",
                                        "00001::",
                                        "g::",
                                        "::1.2.3",
                                        "::1.2.3.4.5",
                                        "::1.2.3.04",
                                        "1.2.3.4::",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "1.2.3.4:5::",
                                        "fe80::1%eth0",
                                        "[::1]",
                                        "::1/64"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_address out;
        memset(&out, 0xA5, sizeof out);
        trust_address before = out;
        ck_assert_msg(trust_address_parse(cases[i], strlen(cases[i]), &out) == TRUST_E_FORMAT, "%s",
                      cases[i]);
        ck_assert_mem_eq(&out, &before, sizeof out);
    }
    trust_address out;
    ck_status(trust_address_parse("1.2.3.4\0", 8, &out), TRUST_E_FORMAT);
    ck_status(trust_address_parse(NULL, 0, &out), TRUST_E_ARGUMENT);
    ck_status(trust_address_parse("::", 2, NULL), TRUST_E_ARGUMENT);
}
END_TEST

START_TEST(needs_room_to_write)
{
    trust_address address = parsed("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    char shown[46] = "before";
    ck_status(trust_address_format(&address, shown, 39), TRUST_E_LIMIT);
    ck_assert_str_eq(shown, "before");
    ck_ok(trust_address_format(&address, shown, 40));
    ck_status(trust_address_format(NULL, shown, sizeof shown), TRUST_E_ARGUMENT);
    ck_status(trust_address_format(&address, NULL, 46), TRUST_E_ARGUMENT);
}
END_TEST

/* What inet_pton says, in the form of this library. */
static bool peer_parse(const char *text, trust_address *out)
{
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    memcpy(out->bytes, prefix, sizeof prefix);
    return inet_pton(AF_INET, text, out->bytes + 12) == 1 ||
           inet_pton(AF_INET6, text, out->bytes) == 1;
}

/* Text that is nearly an address. */
static void random_text(uint64_t *seed, char *out)
{
    static const char letters[] = "0123456789abcdefF:::...";
    trust_address address;
    for (size_t i = 0; i < 16; i++)
        address.bytes[i] = (uint8_t)(next_random(seed) % 5 == 0 ? next_random(seed) >> 8 : 0);
    if (next_random(seed) % 3 == 0)
        memcpy(address.bytes, "\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12);
    if (inet_ntop(AF_INET6, address.bytes, out, 46) == NULL)
        ck_abort();
    size_t len = strlen(out);
    if (next_random(seed) % 4 == 0)
        memmove(out, out + 7 % (len + 1), len - 7 % (len + 1) + 1);
    len = strlen(out);
    for (uint64_t edits = next_random(seed) % 4; edits > 0; edits--) {
        size_t at = next_random(seed) % (len + 1);
        char letter = letters[next_random(seed) % (sizeof letters - 1)];
        uint64_t how = next_random(seed) % 3;
        if (how == 0 && at < len) {
            out[at] = letter;
        } else if (how == 1 && at < len) {
            memmove(out + at, out + at + 1, len-- - at);
        } else if (len < 60) {
            memmove(out + at + 1, out + at, ++len - at);
            out[at] = letter;
        }
    }
}

START_TEST(agrees_with_inet_pton)
{
    uint64_t seed = 20261123;
    size_t good = 0;
    for (int i = 0; i < 300000; i++) {
        char text[64];
        trust_address ours, peers;
        random_text(&seed, text);
        bool ok = trust_address_parse(text, strlen(text), &ours) == TRUST_OK;
        ck_assert_msg(ok == peer_parse(text, &peers), "%s", text);
        if (!ok)
            continue;
        good++;
        ck_assert_msg(memcmp(&ours, &peers, sizeof ours) == 0, "%s", text);
        char shown[46];
        ck_ok(trust_address_format(&ours, shown, sizeof shown));
        trust_address again = parsed(shown);
        ck_assert_mem_eq(&again, &ours, sizeof ours);
    }
    ck_assert_uint_gt(good, 60000);
    ck_assert_uint_lt(good, 240000);
}
END_TEST

/* The first and last address of every special range, and their neighbours. */
static const struct {
    const char *text;
    uint32_t class;
} ranges[] = {
    {"0.0.0.0", TRUST_ADDRESS_UNSPECIFIED},
    {"0.0.0.1", TRUST_ADDRESS_RESERVED},
    {"0.255.255.255", TRUST_ADDRESS_RESERVED},
    {"1.0.0.0", TRUST_ADDRESS_GLOBAL},
    {"9.255.255.255", TRUST_ADDRESS_GLOBAL},
    {"10.0.0.0", TRUST_ADDRESS_PRIVATE},
    {"10.255.255.255", TRUST_ADDRESS_PRIVATE},
    {"11.0.0.0", TRUST_ADDRESS_GLOBAL},
    {"100.63.255.255", TRUST_ADDRESS_GLOBAL},
    {"100.64.0.0", TRUST_ADDRESS_SHARED},
    {"100.127.255.255", TRUST_ADDRESS_SHARED},
    {"100.128.0.0", TRUST_ADDRESS_GLOBAL},
    {"126.255.255.255", TRUST_ADDRESS_GLOBAL},
    {"127.0.0.0", TRUST_ADDRESS_LOOPBACK},
    {"127.255.255.255", TRUST_ADDRESS_LOOPBACK},
    {"128.0.0.0", TRUST_ADDRESS_GLOBAL},
    {"169.253.255.255", TRUST_ADDRESS_GLOBAL},
    {"169.254.0.0", TRUST_ADDRESS_LINK_LOCAL},
    {"169.254.255.255", TRUST_ADDRESS_LINK_LOCAL},
    {"169.255.0.0", TRUST_ADDRESS_GLOBAL},
    {"172.15.255.255", TRUST_ADDRESS_GLOBAL},
    {"172.16.0.0", TRUST_ADDRESS_PRIVATE},
    {"172.31.255.255", TRUST_ADDRESS_PRIVATE},
    {"172.32.0.0", TRUST_ADDRESS_GLOBAL},
    {"191.255.255.255", TRUST_ADDRESS_GLOBAL},
    {"192.0.0.0", TRUST_ADDRESS_RESERVED},
    {"192.0.0.8", TRUST_ADDRESS_RESERVED},
    {"192.0.0.9", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.0.0.10", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.0.0.11", TRUST_ADDRESS_RESERVED},
    {"192.0.0.170", TRUST_ADDRESS_RESERVED},
    {"192.0.0.255", TRUST_ADDRESS_RESERVED},
    {"192.0.1.0", TRUST_ADDRESS_GLOBAL},
    {"192.0.2.0", TRUST_ADDRESS_DOCUMENTATION},
    {"192.0.2.255", TRUST_ADDRESS_DOCUMENTATION},
    {"192.0.3.0", TRUST_ADDRESS_GLOBAL},
    {"192.31.195.255", TRUST_ADDRESS_GLOBAL},
    {"192.31.196.0", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.31.196.255", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.31.197.0", TRUST_ADDRESS_GLOBAL},
    {"192.52.192.255", TRUST_ADDRESS_GLOBAL},
    {"192.52.193.0", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.52.193.255", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.52.194.0", TRUST_ADDRESS_GLOBAL},
    {"192.88.98.255", TRUST_ADDRESS_GLOBAL},
    {"192.88.99.0", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.88.99.255", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.88.100.0", TRUST_ADDRESS_GLOBAL},
    {"192.167.255.255", TRUST_ADDRESS_GLOBAL},
    {"192.168.0.0", TRUST_ADDRESS_PRIVATE},
    {"192.168.255.255", TRUST_ADDRESS_PRIVATE},
    {"192.169.0.0", TRUST_ADDRESS_GLOBAL},
    {"192.175.47.255", TRUST_ADDRESS_GLOBAL},
    {"192.175.48.0", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.175.48.255", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"192.175.49.0", TRUST_ADDRESS_GLOBAL},
    {"198.17.255.255", TRUST_ADDRESS_GLOBAL},
    {"198.18.0.0", TRUST_ADDRESS_BENCHMARK},
    {"198.19.255.255", TRUST_ADDRESS_BENCHMARK},
    {"198.20.0.0", TRUST_ADDRESS_GLOBAL},
    {"198.51.99.255", TRUST_ADDRESS_GLOBAL},
    {"198.51.100.0", TRUST_ADDRESS_DOCUMENTATION},
    {"198.51.100.255", TRUST_ADDRESS_DOCUMENTATION},
    {"198.51.101.0", TRUST_ADDRESS_GLOBAL},
    {"203.0.112.255", TRUST_ADDRESS_GLOBAL},
    {"203.0.113.0", TRUST_ADDRESS_DOCUMENTATION},
    {"203.0.113.255", TRUST_ADDRESS_DOCUMENTATION},
    {"203.0.114.0", TRUST_ADDRESS_GLOBAL},
    {"223.255.255.255", TRUST_ADDRESS_GLOBAL},
    {"224.0.0.0", TRUST_ADDRESS_MULTICAST},
    {"239.255.255.255", TRUST_ADDRESS_MULTICAST},
    {"240.0.0.0", TRUST_ADDRESS_RESERVED},
    {"255.255.255.255", TRUST_ADDRESS_RESERVED},
    {"::", TRUST_ADDRESS_UNSPECIFIED},
    {"::1", TRUST_ADDRESS_LOOPBACK},
    {"::1:0:0:0", TRUST_ADDRESS_RESERVED},
    {"::fffe:0:0", TRUST_ADDRESS_RESERVED},
    {"64:ff9a:ffff:ffff::", TRUST_ADDRESS_RESERVED},
    {"64:ff9b::1:0:0", TRUST_ADDRESS_RESERVED},
    {"64:ff9b:1::", TRUST_ADDRESS_PRIVATE},
    {"64:ff9b:1:ffff:ffff:ffff:ffff:ffff", TRUST_ADDRESS_PRIVATE},
    {"64:ff9b:2::", TRUST_ADDRESS_RESERVED},
    {"100::", TRUST_ADDRESS_RESERVED},
    {"100:0:0:1::", TRUST_ADDRESS_RESERVED},
    {"1fff:ffff::", TRUST_ADDRESS_RESERVED},
    {"2000::", TRUST_ADDRESS_GLOBAL},
    {"2001:1::", TRUST_ADDRESS_RESERVED},
    {"2001:1::1", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"2001:1::2", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"2001:1::3", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"2001:1::4", TRUST_ADDRESS_RESERVED},
    {"2001:1:ffff:ffff:ffff:ffff:ffff:ffff", TRUST_ADDRESS_RESERVED},
    {"2001:2::", TRUST_ADDRESS_BENCHMARK},
    {"2001:2:0:ffff:ffff:ffff:ffff:ffff", TRUST_ADDRESS_BENCHMARK},
    {"2001:2:1::", TRUST_ADDRESS_RESERVED},
    {"2001:3::", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"2001:3:ffff::", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"2001:4::", TRUST_ADDRESS_RESERVED},
    {"2001:4:112::", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"2001:4:113::", TRUST_ADDRESS_RESERVED},
    {"2001:10::", TRUST_ADDRESS_RESERVED},
    {"2001:20::", TRUST_ADDRESS_RESERVED},
    {"2001:30::", TRUST_ADDRESS_RESERVED},
    {"2001:1ff:ffff::", TRUST_ADDRESS_RESERVED},
    {"2001:200::", TRUST_ADDRESS_GLOBAL},
    {"2001:db7:ffff::", TRUST_ADDRESS_GLOBAL},
    {"2001:db8::", TRUST_ADDRESS_DOCUMENTATION},
    {"2001:db8:ffff::", TRUST_ADDRESS_DOCUMENTATION},
    {"2001:db9::", TRUST_ADDRESS_GLOBAL},
    {"2003::", TRUST_ADDRESS_GLOBAL},
    {"2620:4f:7fff::", TRUST_ADDRESS_GLOBAL},
    {"2620:4f:8000::", TRUST_ADDRESS_ANYCAST_SERVICE},
    {"2620:4f:8001::", TRUST_ADDRESS_GLOBAL},
    {"3ffe:ffff::", TRUST_ADDRESS_GLOBAL},
    {"3fff::", TRUST_ADDRESS_DOCUMENTATION},
    {"3fff:fff:ffff::", TRUST_ADDRESS_DOCUMENTATION},
    {"3fff:1000::", TRUST_ADDRESS_GLOBAL},
    {"4000::", TRUST_ADDRESS_RESERVED},
    {"5f00::", TRUST_ADDRESS_RESERVED},
    {"fbff::", TRUST_ADDRESS_RESERVED},
    {"fc00::", TRUST_ADDRESS_PRIVATE},
    {"fdff:ffff::", TRUST_ADDRESS_PRIVATE},
    {"fe00::", TRUST_ADDRESS_RESERVED},
    {"fe80::", TRUST_ADDRESS_LINK_LOCAL},
    {"febf:ffff::", TRUST_ADDRESS_LINK_LOCAL},
    {"fec0::", TRUST_ADDRESS_PRIVATE},
    {"feff:ffff::", TRUST_ADDRESS_PRIVATE},
    {"ff00::", TRUST_ADDRESS_MULTICAST},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", TRUST_ADDRESS_MULTICAST},
};

START_TEST(knows_every_special_range)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        trust_address address = parsed(ranges[i].text);
        uint32_t embed;
        uint32_t class = trust_address_classify(&address, NULL, &embed);
        ck_assert_msg(class == ranges[i].class, "%s is %s", ranges[i].text,
                      trust_address_class_name(class));
        ck_assert_msg(embed == TRUST_EMBED_NONE, "%s", ranges[i].text);
    }
    ck_assert_uint_eq(trust_address_classify(NULL, NULL, NULL), TRUST_ADDRESS_UNSPECIFIED);
}
END_TEST

START_TEST(finds_the_ipv4_address_inside)
{
    static const struct {
        const char *text;
        uint32_t embed;
        const char *inner;
        uint32_t class;
    } cases[] = {
        {"::5.8.1.200", TRUST_EMBED_COMPATIBLE, "5.8.1.200", TRUST_ADDRESS_RESERVED},
        {"::2", TRUST_EMBED_COMPATIBLE, "0.0.0.2", TRUST_ADDRESS_RESERVED},
        {"2002:508:1c8::", TRUST_EMBED_6TO4, "5.8.1.200", TRUST_ADDRESS_GLOBAL},
        {"2002:a00:1:ffff::1", TRUST_EMBED_6TO4, "10.0.0.1", TRUST_ADDRESS_PRIVATE},
        {"2002::", TRUST_EMBED_6TO4, "0.0.0.0", TRUST_ADDRESS_UNSPECIFIED},
        {"2001:0:1:2:3:4:faf7:fe37", TRUST_EMBED_TEREDO, "5.8.1.200", TRUST_ADDRESS_GLOBAL},
        {"2001::80ff:fffe", TRUST_EMBED_TEREDO, "127.0.0.1", TRUST_ADDRESS_LOOPBACK},
        {"64:ff9b::5.8.1.200", TRUST_EMBED_NAT64, "5.8.1.200", TRUST_ADDRESS_GLOBAL},
        {"64:ff9b::192.0.2.1", TRUST_EMBED_NAT64, "192.0.2.1", TRUST_ADDRESS_DOCUMENTATION},
        {"2003:1:2:3::5efe:5.8.1.200", TRUST_EMBED_ISATAP, "5.8.1.200", TRUST_ADDRESS_GLOBAL},
        {"2003:1:2:3:200:5efe:5.8.1.200", TRUST_EMBED_ISATAP, "5.8.1.200", TRUST_ADDRESS_GLOBAL},
        {"fe80::5efe:5.8.1.200", TRUST_EMBED_ISATAP, "5.8.1.200", TRUST_ADDRESS_LINK_LOCAL},
        {"fe80::5efe:127.0.0.1", TRUST_EMBED_ISATAP, "127.0.0.1", TRUST_ADDRESS_LOOPBACK},
        {"fe80::5efe:10.0.0.1", TRUST_EMBED_ISATAP, "10.0.0.1", TRUST_ADDRESS_LINK_LOCAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_address address = parsed(cases[i].text);
        trust_address expected = parsed(cases[i].inner);
        trust_address inner;
        uint32_t embed;
        uint32_t class = trust_address_classify(&address, &inner, &embed);
        ck_assert_msg(class == cases[i].class && embed == cases[i].embed, "%s is %s, %u",
                      cases[i].text, trust_address_class_name(class), embed);
        ck_assert_mem_eq(&inner, &expected, sizeof inner);
        ck_assert_uint_eq(trust_address_classify(&address, NULL, NULL), cases[i].class);
    }
    trust_address near = parsed("2003:1:2:3:100:5efe:5.8.1.200");
    uint32_t embed;
    ck_assert_uint_eq(trust_address_classify(&near, NULL, &embed), TRUST_ADDRESS_GLOBAL);
    ck_assert_uint_eq(embed, TRUST_EMBED_NONE);
}
END_TEST

START_TEST(names_every_class)
{
    static const char *const names[] = {"global",     "private",     "shared",         "loopback",
                                        "link-local", "multicast",   "documentation",  "benchmark",
                                        "reserved",   "unspecified", "anycast-service"};
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_str_eq(trust_address_class_name(i), names[i]);
    ck_assert_str_eq(trust_address_class_name(11), "?");
}
END_TEST

int main(void)
{
    return run_tests("address",
                     TESTS(reads_and_writes, refuses_what_is_no_address, needs_room_to_write,
                           agrees_with_inet_pton, knows_every_special_range,
                           finds_the_ipv4_address_inside, names_every_class));
}
