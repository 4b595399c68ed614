/* Any bytes as an address list; what was read must be found again. */

#include <stdlib.h>
#include <string.h>

#include "reference/list.h"

#include <trust/table.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every prefix is found at its first address with at least its own weight. */
static void find_again(const trust_table *table, trust_bytes text)
{
    tri_list list = tri_list_begin(text);
    tri_list_entry entry;
    while (tri_list_next(&list, &entry, NULL) == TRUST_OK) {
        trust_address address;
        trust_address_info info;
        memcpy(address.bytes, entry.address, sizeof address.bytes);
        uint32_t weight = entry.weight != TRI_LIST_NO_WEIGHT ? entry.weight : 60;
        if (trust_table_find(table, &address, &info) != TRUST_OK || (info.lists & 1) == 0 ||
            info.weight < weight || info.weight > 100)
            abort();
    }
}

/* What is written is read back as the same address. */
static void parse_whole(const uint8_t *data, size_t size)
{
    trust_address address, again;
    char shown[46];
    if (trust_address_parse((const char *)data, size, &address) != TRUST_OK)
        return;
    if (trust_address_format(&address, shown, sizeof shown) != TRUST_OK ||
        trust_address_parse(shown, strlen(shown), &again) != TRUST_OK ||
        memcmp(&address, &again, sizeof again) != 0)
        abort();
    (void)trust_address_classify(&address, &again, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The input is two lists, so that they overlap. */
    trust_bytes text = {data, size - size / 2};
    const trust_table_source sources[] = {
        {"first", TRUST_SOURCE_CIDR, TRUST_LIST_VPN, text},
        {"second", TRUST_SOURCE_CIDR, TRUST_LIST_BLOCK, {data + text.size, size / 2}}};
    trust_table *table = NULL;
    trust_error err;
    parse_whole(data, size);
    trust_status status = trust_table_build(sources, 2, NULL, &table, &err);
    if (status != TRUST_OK) {
        if (err.code != status || memchr(err.message, 0, sizeof err.message) == NULL)
            abort();
        status = trust_table_build(sources, 1, NULL, &table, NULL);
    }
    if (status == TRUST_OK)
        find_again(table, text);
    trust_table_free(table);
    return 0;
}
