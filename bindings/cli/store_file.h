#ifndef TRUSTCTL_STORE_FILE_H
#define TRUSTCTL_STORE_FILE_H

/* A store in one file, read whole, changed in memory and replaced whole. */

#include <stdbool.h>

#include <trust/store.h>

typedef struct file_store file_store;

/* Open the store at @p path; when it may change, other writers wait until it is freed. A file that
 * is not there is an empty store. */
trust_status store_file_open(const char *path, bool changes, file_store **file, trust_store **out,
                             trust_error *err);

/* Put on disk what was committed since. Only while the store that open gave is alive. On TRUST_E_IO
 * errno says why. */
trust_status store_file_save(file_store *file);

#endif
