/* Any bytes as a MaxMind DB file: looked up unchecked, checked, and built into a table. */

#include <stdlib.h>
#include <string.h>

#include "format/mmdb.h"

#include <trust/table.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Addresses that share their beginning with the input, so that any tree can be gone down. */
static trust_address nth_address(const uint8_t *data, size_t size, size_t n)
{
    trust_address out = {{0}};
    for (size_t i = 0; i < 16 && size > 0; i++)
        out.bytes[i] = data[(n * 16 + i) % size];
    if (n % 2 == 0)
        memcpy(out.bytes, "\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12);
    return out;
}

static void use(const tri_mmdb *db, const uint8_t address[16])
{
    static const char *const path[] = {"country", "iso_code", NULL};
    tri_mmdb_value record, value;
    trust_bytes text;
    uint64_t number;
    bool set;
    if (!tri_mmdb_find(db, address, &record))
        return;
    if (tri_mmdb_get(db, &record, path, &value) && tri_mmdb_string(db, &value, &text) &&
        text.size > 0 && text.data[text.size - 1] == 0)
        return;
    tri_mmdb_iter iter = tri_mmdb_entries(&record);
    for (int n = 0; n < 100 && tri_mmdb_next(db, &iter, &text, &value); n++)
        if (!tri_mmdb_uint(db, &value, &number) && !tri_mmdb_real(db, &value, &number))
            (void)tri_mmdb_bool(db, &value, &set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tri_mmdb db;
    trust_error err;
    if (tri_mmdb_open((trust_bytes){data, size}, &db, &err) != TRUST_OK)
        return 0;
    for (size_t n = 0; n < 8; n++)
        use(&db, nth_address(data, size, n).bytes);
    trust_table_source source = {"fuzz", TRUST_SOURCE_MMDB, 0, {data, size}};
    trust_table *table = NULL;
    if (trust_table_build(&source, 1, NULL, &table, &err) != TRUST_OK)
        return 0;
    for (size_t n = 0; n < 8; n++) {
        trust_address address = nth_address(data, size, n);
        trust_address_info info;
        tri_mmdb_value record;
        if (trust_table_find(table, &address, &info) != TRUST_OK || info.weight > 100)
            abort();
        /* What was checked decodes to its end. */
        tri_mmdb_iter iter;
        trust_bytes key;
        tri_mmdb_value value;
        if (!tri_mmdb_find(&db, address.bytes, &record))
            continue;
        for (iter = tri_mmdb_entries(&record); tri_mmdb_next(&db, &iter, &key, &value);)
            ;
        if (iter.left != 0)
            abort();
    }
    trust_table_free(table);
    return 0;
}
