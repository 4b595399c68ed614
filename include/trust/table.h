#ifndef TRUST_TABLE_H
#define TRUST_TABLE_H

/* Addresses and what is known of them. A trust_table is immutable once built: shareable, any number
 * of threads. Everything that it is built from is untrusted: it is validated and copied. */

#include <trust/host.h>

TRUST_BEGIN_DECLS

/** An IP address. IPv4 is kept in its IPv4-mapped form (RFC 4291 section 2.5.5.2). */
typedef struct trust_address {
    uint8_t bytes[16];
} trust_address;

/** Read an address as inet_pton would: no leading zeros, no short forms. A zone id is refused.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_FORMAT */
TRUST_API TRUST_MUST_CHECK trust_status trust_address_parse(const char *text, size_t len,
                                                            trust_address *out);

/** Write an address (IPv6 as in RFC 5952). @p out needs 46 bytes, ends with NUL.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_LIMIT */
TRUST_API TRUST_MUST_CHECK trust_status trust_address_format(const trust_address *address,
                                                             char *out, size_t cap);

/** What kind of address it is, by the registries of RFC 6890. Frozen; new ones are appended. */
#define TRUST_ADDRESS_GLOBAL          0u
#define TRUST_ADDRESS_PRIVATE         1u /**< RFC 1918, unique local */
#define TRUST_ADDRESS_SHARED          2u /**< carrier-grade NAT, RFC 6598 */
#define TRUST_ADDRESS_LOOPBACK        3u
#define TRUST_ADDRESS_LINK_LOCAL      4u
#define TRUST_ADDRESS_MULTICAST       5u
#define TRUST_ADDRESS_DOCUMENTATION   6u
#define TRUST_ADDRESS_BENCHMARK       7u
#define TRUST_ADDRESS_RESERVED        8u /**< anything else that is never routed */
#define TRUST_ADDRESS_UNSPECIFIED     9u
#define TRUST_ADDRESS_ANYCAST_SERVICE 10u /**< AS112, AMT, 6to4 relay and the like */

/** The word for a TRUST_ADDRESS_ class, such as "private". Static, any thread. */
TRUST_API const char *trust_address_class_name(uint32_t address_class);

/** How an IPv4 address hides in an IPv6 one. */
#define TRUST_EMBED_NONE       0u
#define TRUST_EMBED_MAPPED     1u /**< never answered: so IPv4 itself is kept */
#define TRUST_EMBED_COMPATIBLE 2u
#define TRUST_EMBED_6TO4       3u
#define TRUST_EMBED_TEREDO     4u
#define TRUST_EMBED_NAT64      5u
#define TRUST_EMBED_ISATAP     6u

/** The classes of an address and of the IPv4 address inside it; the worse of both counts. From the
 * best: global, anycast service, shared, private, link-local, loopback, benchmark, documentation,
 * multicast, reserved, unspecified.
 * @param[out] inner  the IPv4 address inside, unset without one; may be NULL
 * @param[out] embed  TRUST_EMBED_; may be NULL
 * @return the class that counts */
TRUST_API uint32_t trust_address_classify(const trust_address *address, trust_address *inner,
                                          uint32_t *embed);

/** What a list says about the addresses on it, each with its own weight in the signal. */
#define TRUST_LIST_OTHER   0u
#define TRUST_LIST_VPN     1u
#define TRUST_LIST_TOR     2u
#define TRUST_LIST_PROXY   3u
#define TRUST_LIST_HOSTING 4u
#define TRUST_LIST_BLOCK   5u

/** The category that a list of this name stands for ("vpn", "tor", "proxy", "hosting" or
 * "datacenter", "block" or "blocklist", also as a word of a longer name, of any case); OTHER for
 * any other. */
TRUST_API uint32_t trust_list_category(const char *name, size_t len);

#define TRUST_SOURCE_MMDB 1u /**< a MaxMind DB file: country, ASN, place or anonymity fields */
#define TRUST_SOURCE_CIDR                                                                          \
    2u /**< text: an address or prefix a line, '#' or ';' begins a comment; a number               \
            from 0 to 100 after the prefix is its weight, in place of the category's */

/** One source to build from. The bytes are read during the call and not kept. */
typedef struct trust_table_source {
    const char *name;  /**< for messages and reasons; at most 63 bytes */
    uint32_t format;   /**< TRUST_SOURCE_ */
    uint32_t category; /**< TRUST_LIST_ of a list; 0 otherwise */
    trust_bytes data;
} trust_table_source;

typedef struct trust_table trust_table;

#define TRUST_TABLE_MAX_SOURCES 16u

/** Build a table from up to 16 sources. A source with one bad byte refuses the whole table.
 * @param[out] err  which source and line or offset, or NULL
 * @param[out] out  freed with trust_table_free()
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_FORMAT, TRUST_E_LIMIT or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_table_build(const trust_table_source *sources,
                                                          size_t count,
                                                          const trust_allocator *allocator,
                                                          trust_table **out, trust_error *err);

/** NULL does nothing. Engines that hold it keep it alive themselves. */
TRUST_API void trust_table_free(trust_table *table);

/** What the sources say of one address. Plain, frozen. */
typedef struct trust_address_info {
    uint32_t address_class; /**< TRUST_ADDRESS_ */
    uint32_t embed;         /**< TRUST_EMBED_ */
    char country[4];        /**< ISO 3166-1 alpha-2 and NUL; empty when not known */
    uint32_t asn;           /**< 0 when not known */
    int32_t latitude;       /**< microdegrees; INT32_MIN when not known */
    int32_t longitude;      /**< likewise */
    uint32_t radius_km;     /**< 0 when not known */
    uint32_t lists;         /**< bit i: on source i, in the order of building */
    uint32_t categories;    /**< bit c: on a list of category c */
    uint32_t weight;        /**< 0..100: the worst that any list says of it */
    char network[48];       /**< the AS's organisation, cut, escaped, NUL; often empty */
} trust_address_info;

/** Look an address up, and the IPv4 address inside it. Never allocates; a table of NULL knows only
 * the class.
 * @return TRUST_OK or TRUST_E_ARGUMENT */
TRUST_API TRUST_MUST_CHECK trust_status trust_table_find(const trust_table *table,
                                                         const trust_address *address,
                                                         trust_address_info *out);

/** How many sources, and one source's name and what was read from it. */
typedef struct trust_table_source_info {
    const char *name; /**< valid as long as the table */
    const char *type; /**< "database_type" of an MMDB, else the category's word */
    uint32_t format;
    uint32_t category;
    uint64_t entries;   /**< prefixes */
    trust_time built;   /**< as an MMDB says, else TRUST_TIME_UNKNOWN */
    uint8_t digest[32]; /**< SHA-256 of the source's bytes */
} trust_table_source_info;

/** How many sources a table was built from; 0 for NULL. */
TRUST_API size_t trust_table_source_count(const trust_table *table);
/** One of them, in the order of building.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOT_FOUND */
TRUST_API TRUST_MUST_CHECK trust_status trust_table_source_at(const trust_table *table,
                                                              size_t index,
                                                              trust_table_source_info *out);

TRUST_END_DECLS

#endif
