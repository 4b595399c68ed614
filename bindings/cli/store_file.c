/* "file:PATH": a store in one file, rewritten whole at each commit under a lock, so that what was
 * committed survives the machine's power. For the command line and for a gateway with some hundred
 * devices; it also shows what a backend has to implement. Nothing in here is known to the library.
 *
 * The file: 16 bytes of magic, then records of key length (2 bytes), value length (4), revision
 * (8), all big-endian, key, value. */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define MAGIC      "trust store 1\r\n\x1a"
#define MAGIC_SIZE 16
#define HEAD_SIZE  14
#define MAX_FILE   ((size_t)64 << 20)

typedef struct file_store {
    char *path;
    char *lock_path;
    pthread_mutex_t mutex; /* flock() does not keep threads apart */
} file_store;

typedef struct image {
    uint8_t *data;
    size_t size;
} image;

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
    for (size_t at = MAGIC_SIZE; at < file->size; at += out->size) {
        if (!entry_at(file, at, out))
            return false;
        if (out->key.size == key.size && memcmp(out->key.data, key.data, key.size) == 0)
            return true;
    }
    return false;
}

/* The whole file in memory; a file that is not there is an empty store. */
static trust_status load(const file_store *store, image *out)
{
    struct stat st;
    *out = (image){NULL, 0};
    int fd = open(store->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return TRUST_E_IO;
    if (fd >= 0 && (fstat(fd, &st) != 0 || (size_t)st.st_size > MAX_FILE)) {
        close(fd);
        return TRUST_E_LIMIT;
    }
    size_t size = fd >= 0 ? (size_t)st.st_size : MAGIC_SIZE;
    out->data = malloc(size + 1);
    if (out->data == NULL) {
        if (fd >= 0)
            close(fd);
        return TRUST_E_NOMEM;
    }
    if (fd < 0)
        memcpy(out->data, MAGIC, MAGIC_SIZE);
    for (out->size = fd < 0 ? size : 0; out->size < size;) {
        ssize_t n = read(fd, out->data + out->size, size - out->size);
        if (n <= 0)
            break;
        out->size += (size_t)n;
    }
    if (fd >= 0)
        close(fd);
    return out->size == size && whole(out) ? TRUST_OK : TRUST_E_INTEGRITY;
}

static trust_status save(const file_store *store, const image *file)
{
    char temporary[4096];
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", store->path);
    char *slash = strrchr(folder, '/');
    snprintf(slash != NULL ? slash + 1 : folder, slash != NULL ? 1 : 2, "%s",
             slash != NULL ? "" : ".");
    snprintf(temporary, sizeof temporary, "%s.new", store->path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return TRUST_E_IO;
    size_t written = 0;
    while (written < file->size) {
        ssize_t n = write(fd, file->data + written, file->size - written);
        if (n <= 0)
            break;
        written += (size_t)n;
    }
    bool good = written == file->size && fsync(fd) == 0;
    good = close(fd) == 0 && good && rename(temporary, store->path) == 0;
    if (!good) {
        unlink(temporary);
        return TRUST_E_IO;
    }
    /* The new name itself must be on disk before the commit is acknowledged. */
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    good = directory >= 0 && fsync(directory) == 0;
    if (directory >= 0)
        close(directory);
    return good ? TRUST_OK : TRUST_E_IO;
}

static int lock(file_store *store)
{
    pthread_mutex_lock(&store->mutex);
    int fd = open(store->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    pthread_mutex_unlock(&store->mutex);
    return -1;
}

static void unlock(file_store *store, int fd)
{
    close(fd); /* and with it the lock */
    pthread_mutex_unlock(&store->mutex);
}

static trust_status file_get(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                             uint64_t *revision)
{
    image file;
    entry e;
    /* No lock: a commit replaces the file whole, so that it is read either before or after. */
    trust_status status = load(user, &file);
    if (status == TRUST_OK && !find(&file, key, &e))
        status = TRUST_E_NOT_FOUND;
    if (status == TRUST_OK) {
        *size = e.value.size;
        *revision = e.revision;
        status = e.value.size <= cap ? TRUST_OK : TRUST_E_LIMIT;
        if (status == TRUST_OK)
            memcpy(value, e.value.data, e.value.size);
    }
    free(file.data);
    return status;
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
    image file = {NULL, 0};
    int fd = lock(store);
    if (fd < 0)
        return TRUST_E_IO;
    trust_status status = load(store, &file);
    if (status == TRUST_OK)
        status = change(&file, ops, count);
    if (status == TRUST_OK)
        status = save(store, &file);
    unlock(store, fd);
    free(file.data);
    return status;
}

static void file_close(void *user)
{
    file_store *store = user;
    pthread_mutex_destroy(&store->mutex);
    free(store->lock_path);
    free(store->path);
    free(store);
}

static file_store *make(const char *path)
{
    file_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return NULL;
    size_t len = strlen(path) + 6;
    store->path = strdup(path);
    store->lock_path = malloc(len);
    if (store->path == NULL || store->lock_path == NULL ||
        pthread_mutex_init(&store->mutex, NULL) != 0) {
        free(store->path);
        free(store->lock_path);
        free(store);
        return NULL;
    }
    snprintf(store->lock_path, len, "%s.lock", path);
    return store;
}

trust_status store_file_open(const char *path, trust_store **out, trust_error *err)
{
    image file;
    if (path[0] == '\0' || strlen(path) > 4000)
        return TRUST_E_ARGUMENT;
    file_store *store = make(path);
    if (store == NULL)
        return TRUST_E_NOMEM;
    trust_status status = load(store, &file);
    free(file.data);
    trust_store_ops ops = {sizeof ops, "file", 1, 0, file_get, file_commit, file_close, store};
    if (status == TRUST_OK)
        status = trust_store_new(&ops, out);
    if (status == TRUST_OK)
        return TRUST_OK;
    file_close(store);
    memset(err, 0, sizeof *err);
    err->code = status;
    snprintf(err->message, sizeof err->message, "%s",
             status == TRUST_E_INTEGRITY ? "not a store, or damaged" : "could not be opened");
    return status;
}
