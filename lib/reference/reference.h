#ifndef TRI_REFERENCE_REFERENCE_H
#define TRI_REFERENCE_REFERENCE_H

/* Reference values from the inside: looking a measurement up. */

#include <trust/reference.h>

/** What the relying party says of a measurement. */
enum { TRI_REFERENCE_UNKNOWN = 0, TRI_REFERENCE_OK, TRI_REFERENCE_ADVISORY, TRI_REFERENCE_DENY };

/** Look a digest up for a class ("" matches only values of every class). NULL references know
 * nothing. Never allocates. A value of the device's own class goes before one of every class; deny
 * goes before all. */
int tri_reference_find(const trust_reference *reference, trust_bytes device_class,
                       trust_bytes digest);

/** The "revision" of the document. */
uint64_t tri_reference_revision(const trust_reference *reference);

/** Shared by engines and snapshots. */
trust_reference *tri_reference_hold(trust_reference *reference);

#endif
