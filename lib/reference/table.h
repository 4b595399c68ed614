#ifndef TRI_REFERENCE_TABLE_H
#define TRI_REFERENCE_TABLE_H

/* The address table from the inside: it is shared by engines and snapshots. */

#include <trust/table.h>

trust_table *tri_table_hold(trust_table *table);

#endif
