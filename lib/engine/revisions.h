#ifndef TRI_ENGINE_REVISIONS_H
#define TRI_ENGINE_REVISIONS_H

/* What a store remembers of every signed document: the highest revision that was ever used, and
 * which document that was. Documents of every kind do it alike. */

#include <trust/store.h>

typedef struct tri_document_revision {
    const char *kind; /* as in its manifest */
    const char *id;   /* likewise */
    uint64_t revision;
    uint8_t digest[32]; /* of its bytes */
} tri_document_revision;

/** Have the store remember this document, unless it knows it. On TRUST_OK no later call takes a
 * lower revision, nor another document of this revision.
 * @return TRUST_OK, TRUST_E_STATE (it is such a one itself), TRUST_E_INTEGRITY or
 *         TRUST_E_UNSUPPORTED (the record is damaged, or of a newer version), TRUST_E_CONFLICT, or
 *         the store's */
trust_status tri_revision_use(trust_store *store, const tri_document_revision *document,
                              trust_error *err);

/** Is no signed document of this kind and id remembered?
 * @return TRUST_OK, TRUST_E_STATE (there is one), or as tri_revision_use() */
trust_status tri_revision_none(trust_store *store, const char *kind, const char *id,
                               trust_error *err);

#endif
