/* Takes the known facts out of a MaxMind DB record. Trust: the record decodes, what it says may be
 * anything. The names are those of MaxMind's GeoIP2 databases. */

#include "reference/facts.h"

#include <string.h>

#include "core/bytes.h"
#include "core/number.h"
#include "core/text.h"

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

bool tri_facts_read(const tri_mmdb *db, const tri_mmdb_value *record, trust_address_info *out)
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
