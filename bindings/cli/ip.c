/* trustctl ip: what the network signal knows of an address. */

#include <stdlib.h>
#include <string.h>

#include "commands.h"

static const char *const categories[] = {"other", "vpn", "tor", "proxy", "hosting", "block"};
static const char *const embeds[] = {"none",   "mapped", "compatible", "6to4",
                                     "teredo", "nat64",  "isatap"};

static void print_lists(const trust_table *table, const trust_address_info *info, bool json)
{
    trust_table_source_info source;
    size_t shown = 0;
    for (size_t i = 0; trust_table_source_at(table, i, &source) == TRUST_OK; i++) {
        if ((info->lists >> i & 1) == 0)
            continue;
        fputs(shown++ > 0 ? "," : "", stdout);
        if (json)
            print_json_text(stdout, source.name);
        else
            fputs(source.name, stdout);
    }
}

static void print_categories(const trust_address_info *info, bool json)
{
    size_t shown = 0;
    for (size_t c = 0; c < sizeof categories / sizeof categories[0]; c++)
        if ((info->categories >> c & 1) != 0)
            printf(json ? "%s\"%s\"" : "%s%s", shown++ > 0 ? "," : "", categories[c]);
}

/* Microdegrees as a decimal number. */
static void print_degrees(int32_t value)
{
    long long magnitude = value < 0 ? -(long long)value : value;
    printf("%s%lld.%06lld", value < 0 ? "-" : "", magnitude / 1000000, magnitude % 1000000);
}

static void print_json(const char *shown, const trust_table *table, const trust_address_info *info)
{
    fputs("{\"address\":", stdout);
    print_json_text(stdout, shown);
    printf(",\"class\":\"%s\",\"embedded\":\"%s\",\"country\":",
           trust_address_class_name(info->address_class),
           info->embed < sizeof embeds / sizeof embeds[0] ? embeds[info->embed] : "none");
    if (info->country[0] != '\0')
        print_json_text(stdout, info->country);
    else
        fputs("null", stdout);
    printf(info->asn != 0 ? ",\"asn\":%u" : ",\"asn\":null", info->asn);
    fputs(",\"network\":", stdout);
    if (info->network[0] != '\0')
        print_json_text(stdout, info->network);
    else
        fputs("null", stdout);
    if (info->latitude != INT32_MIN) {
        fputs(",\"latitude\":", stdout);
        print_degrees(info->latitude);
        fputs(",\"longitude\":", stdout);
        print_degrees(info->longitude);
        printf(",\"radius_km\":%u", info->radius_km);
    }
    fputs(",\"lists\":[", stdout);
    print_lists(table, info, true);
    fputs("],\"categories\":[", stdout);
    print_categories(info, true);
    printf("],\"weight\":%u}\n", info->weight);
}

static void print_human(const char *shown, const trust_table *table, const trust_address_info *info)
{
    printf("%-28s %-14s %-3s", shown, trust_address_class_name(info->address_class),
           info->country[0] != '\0' ? info->country : "-");
    if (info->asn != 0)
        printf(" AS%u %s", info->asn, info->network);
    if (info->embed != TRUST_EMBED_NONE && info->embed < sizeof embeds / sizeof embeds[0])
        printf(" (%s)", embeds[info->embed]);
    if (info->categories != 0) {
        printf(" weight %u: ", info->weight);
        print_categories(info, false);
        fputs(" on ", stdout);
        print_lists(table, info, false);
    }
    putchar('\n');
}

static int look_up(const char *text, const trust_table *table, bool json)
{
    trust_address address;
    trust_address_info info;
    char shown[48];
    if (trust_address_parse(text, strlen(text), &address) != TRUST_OK ||
        trust_address_format(&address, shown, sizeof shown) != TRUST_OK ||
        trust_table_find(table, &address, &info) != TRUST_OK)
        return complain(text, "not an IP address", EXIT_MALFORMED);
    if (json)
        print_json(shown, table, &info);
    else
        print_human(shown, table, &info);
    return EXIT_AFFIRMATIVE;
}

/* Nothing is printed when one of the addresses is none. */
static int check_addresses(const arguments *args)
{
    trust_address address;
    const char *text;
    for (size_t n = 0; (text = positional(args, n)) != NULL; n++)
        if (trust_address_parse(text, strlen(text), &address) != TRUST_OK)
            return complain(text, "not an IP address", EXIT_MALFORMED);
    return 0;
}

int run_ip(const arguments *args)
{
    trust_table *table = NULL;
    bool json = option_given(args, "--json");
    int status = check_addresses(args);
    if (status == 0)
        status = read_table(args, &table);
    const char *text;
    for (size_t n = 0; status == 0 && (text = positional(args, n)) != NULL; n++)
        status = look_up(text, table, json);
    trust_table_free(table);
    return status;
}
