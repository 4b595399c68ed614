#ifndef TRI_REFERENCE_FACTS_H
#define TRI_REFERENCE_FACTS_H

/* What a record of a MaxMind DB file says of an address. */

#include <stdbool.h>

#include <trust/table.h>

#include "format/mmdb.h"

/** Add what the databases of the types City, Country, Enterprise, ASN, ISP and Anonymous-IP say; a
 * record of another shape says nothing. @p out begins with both coordinates at INT32_MIN. False for
 * a fact of the wrong type or outside its range. */
bool tri_facts_read(const tri_mmdb *db, const tri_mmdb_value *record, trust_address_info *out);

#endif
