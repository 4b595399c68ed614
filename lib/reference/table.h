#ifndef TRI_REFERENCE_TABLE_H
#define TRI_REFERENCE_TABLE_H

/* The address table from the inside: it is shared by engines and snapshots. */

#include <stdbool.h>

#include <trust/table.h>

/** One more user; NULL stays NULL. trust_table_free() takes it away. */
trust_table *tri_table_hold(trust_table *table);

/** A list or an anonymity database is in it, so that "on no list" means something. */
bool tri_table_rates(const trust_table *table);

#endif
