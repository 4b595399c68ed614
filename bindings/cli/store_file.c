/* "file:PATH": a store in one file, for the command line. A subcommand is one transaction: the file
 * is read whole when it is opened, changed in memory, and replaced whole when it is saved, under a
 * lock that keeps other writers out from the first read on. A reader needs no lock: it sees the
 * file of before or of after. Trust: the file is the host's own, checked for damage.
 *
 * The file: 16 bytes of magic, then records of key length (2 bytes), value length (4), revision
 * (8), all big-endian, key, value. */

#define _XOPEN_SOURCE 700 /* realpath() */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_file.h"

#define MAGIC      "trust store 1\r\n\x1a"
#define MAGIC_SIZE 16
#define HEAD_SIZE  14
#define MAX_FILE   ((size_t)64 << 20)

typedef struct image {
    uint8_t *data;
    size_t size;
} image;

struct file_store {
    char path[PATH_MAX];
    image file;
    mode_t mode;
    int lock;     /* -1: nothing may change, what does is lost */
    bool changed; /* since the file was read */
};

static uint64_t get_be(const uint8_t *p, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

static void put_be(uint8_t *p, uint64_t value, size_t n)
{
    for (size_t i = n; i-- > 0; value >>= 8)
        p[i] = (uint8_t)value;
}

typedef struct entry {
    trust_bytes key;
    trust_bytes value;
    uint64_t revision;
    size_t size; /* in the file */
} entry;

/* The record at @p at; false at the end or when the file is damaged there. */
static bool entry_at(const image *file, size_t at, entry *out)
{
    if (file->size - at < HEAD_SIZE)
        return false;
    const uint8_t *p = file->data + at;
    size_t key = (size_t)get_be(p, 2);
    size_t value = (size_t)get_be(p + 2, 4);
    if (key == 0 || key > TRUST_STORE_MAX_KEY || value > TRUST_STORE_MAX_VALUE ||
        key + value > file->size - at - HEAD_SIZE)
        return false;
    *out = (entry){{p + HEAD_SIZE, key},
                   {p + HEAD_SIZE + key, value},
                   get_be(p + 6, 8),
                   HEAD_SIZE + key + value};
    return true;
}

static bool whole(const image *file)
{
    size_t at = MAGIC_SIZE;
    entry e;
    if (file->size < MAGIC_SIZE || memcmp(file->data, MAGIC, MAGIC_SIZE) != 0)
        return false;
    while (at < file->size && entry_at(file, at, &e))
        at += e.size;
    return at == file->size;
}

static bool find(const image *file, trust_bytes key, entry *out)
{
    size_t at = MAGIC_SIZE;
    while (at < file->size && entry_at(file, at, out)) {
        if (out->key.size == key.size && memcmp(out->key.data, key.data, key.size) == 0)
            return true;
        at += out->size;
    }
    return false;
}

/* All of an open file; the caller frees what was read. */
static trust_status read_all(int fd, size_t size, image *out)
{
    out->data = malloc(size + 1);
    if (out->data == NULL)
        return TRUST_E_NOMEM;
    for (out->size = 0; out->size < size;) {
        ssize_t n = read(fd, out->data + out->size, size - out->size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return TRUST_E_IO;
        out->size += (size_t)n;
    }
    return whole(out) ? TRUST_OK : TRUST_E_INTEGRITY;
}

/* A file that is not there is an empty store. */
static trust_status load(file_store *store)
{
    struct stat st;
    int fd = open(store->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return TRUST_E_IO;
    if (fd < 0) {
        store->mode = 0600;
        store->file = (image){malloc(MAGIC_SIZE), MAGIC_SIZE};
        if (store->file.data == NULL)
            return TRUST_E_NOMEM;
        memcpy(store->file.data, MAGIC, MAGIC_SIZE);
        return TRUST_OK;
    }
    trust_status status = TRUST_E_IO;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        store->mode = st.st_mode & 0777;
        status = (size_t)st.st_size <= MAX_FILE ? read_all(fd, (size_t)st.st_size, &store->file)
                                                : TRUST_E_LIMIT;
    }
    close(fd);
    return status;
}

static bool write_file(const char *path, const image *file, mode_t mode)
{
    /* The lock makes the name ours; what a killed writer left is thrown away. */
    if (unlink(path) != 0 && errno != ENOENT)
        return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    size_t written = 0;
    while (written < file->size) {
        ssize_t n = write(fd, file->data + written, file->size - written);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        written += (size_t)n;
    }
    bool good = written == file->size && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    return close(fd) == 0 && good;
}

/* The name of a file itself must be on disk too. */
static bool sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int len = slash != NULL ? (int)(slash - path + 1) : 0;
    snprintf(folder, sizeof folder, "%.*s.", len, path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

trust_status store_file_save(file_store *store)
{
    char temporary[PATH_MAX + 8];
    if (!store->changed)
        return TRUST_OK;
    if (store->lock < 0)
        return TRUST_E_STATE;
    snprintf(temporary, sizeof temporary, "%s.new", store->path);
    if (!write_file(temporary, &store->file, store->mode) || rename(temporary, store->path) != 0) {
        int why = errno;
        unlink(temporary);
        errno = why;
        return TRUST_E_IO;
    }
    store->changed = false;
    return sync_folder(store->path) ? TRUST_OK : TRUST_E_IO;
}

/* Waits until no other writer has the file. */
static trust_status lock(file_store *store)
{
    char path[PATH_MAX + 8];
    snprintf(path, sizeof path, "%s.lock", store->path);
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock < 0)
        return TRUST_E_IO;
    while (flock(store->lock, LOCK_EX) != 0)
        if (errno != EINTR)
            return TRUST_E_IO;
    return TRUST_OK;
}

static trust_status file_get(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                             uint64_t *revision)
{
    const file_store *store = user;
    entry e;
    if (!find(&store->file, key, &e))
        return TRUST_E_NOT_FOUND;
    *size = e.value.size;
    *revision = e.revision;
    if (e.value.size > cap)
        return TRUST_E_LIMIT;
    memcpy(value, e.value.data, e.value.size);
    return TRUST_OK;
}

/* One operation on the image: the old record goes, the new one comes last. Memory was reserved. */
static void apply(image *file, const trust_store_operation *op)
{
    entry e;
    uint64_t revision = 0;
    if (op->type == TRUST_STORE_CHECK)
        return;
    if (find(file, op->key, &e)) {
        size_t at = (size_t)(e.key.data - HEAD_SIZE - file->data);
        revision = e.revision;
        memmove(file->data + at, file->data + at + e.size, file->size - at - e.size);
        file->size -= e.size;
    }
    if (op->type == TRUST_STORE_DELETE)
        return;
    uint8_t *p = file->data + file->size;
    put_be(p, op->key.size, 2);
    put_be(p + 2, op->value.size, 4);
    put_be(p + 6, revision + 1, 8);
    memcpy(p + HEAD_SIZE, op->key.data, op->key.size);
    if (op->value.size > 0)
        memcpy(p + HEAD_SIZE + op->key.size, op->value.data, op->value.size);
    file->size += HEAD_SIZE + op->key.size + op->value.size;
}

static trust_status change(image *file, const trust_store_operation *ops, size_t count)
{
    size_t more = 0;
    entry e;
    for (size_t i = 0; i < count; i++) {
        uint64_t revision = find(file, ops[i].key, &e) ? e.revision : 0;
        if (ops[i].expected != TRUST_REVISION_ANY && ops[i].expected != revision)
            return TRUST_E_CONFLICT;
        more += HEAD_SIZE + ops[i].key.size + ops[i].value.size;
    }
    if (file->size + more > MAX_FILE)
        return TRUST_E_LIMIT;
    uint8_t *data = realloc(file->data, file->size + more);
    if (data == NULL)
        return TRUST_E_NOMEM;
    file->data = data;
    for (size_t i = 0; i < count; i++)
        apply(file, &ops[i]);
    return TRUST_OK;
}

static trust_status file_commit(void *user, const trust_store_operation *ops, size_t count,
                                const trust_call *call)
{
    (void)call;
    file_store *store = user;
    trust_status status = change(&store->file, ops, count);
    if (status == TRUST_OK)
        store->changed = true;
    return status;
}

static void file_close(void *user)
{
    file_store *store = user;
    if (store->lock >= 0)
        close(store->lock); /* and with it the lock */
    free(store->file.data);
    free(store);
}

static trust_status open_file(file_store *store, const char *path, bool changes, trust_store **out)
{
    /* The file that a link names is replaced, not the link. */
    if (realpath(path, store->path) == NULL)
        snprintf(store->path, sizeof store->path, "%s", path);
    errno = 0;
    trust_status status = changes ? lock(store) : TRUST_OK;
    if (status == TRUST_OK)
        status = load(store);
    trust_store_ops ops = {sizeof ops, "file", 1, 0, file_get, file_commit, file_close, store};
    return status == TRUST_OK ? trust_store_new(&ops, out) : status;
}

trust_status store_file_open(const char *path, bool changes, file_store **file, trust_store **out,
                             trust_error *err)
{
    if (path[0] == '\0' || strlen(path) >= PATH_MAX)
        return TRUST_E_ARGUMENT;
    file_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return TRUST_E_NOMEM;
    store->lock = -1;
    errno = 0;
    trust_status status = open_file(store, path, changes, out);
    if (status == TRUST_OK) {
        *file = store;
        return TRUST_OK;
    }
    int why = errno;
    file_close(store);
    *err = (trust_error){.code = status};
    snprintf(err->message, sizeof err->message, "%s",
             status == TRUST_E_INTEGRITY        ? "not a store, or damaged"
             : status == TRUST_E_IO && why != 0 ? strerror(why)
                                                : trust_status_text(status));
    return status;
}
