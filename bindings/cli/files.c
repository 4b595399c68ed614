/* Files in and out: read whole within a limit, written whole or not at all. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static uint8_t *grow(uint8_t *data, size_t *cap)
{
    uint8_t *more = realloc(data, *cap * 2 + 1);
    if (more == NULL)
        free(data);
    *cap *= 2;
    return more;
}

uint8_t *read_input(const char *path, size_t limit, size_t *len, int *exit_status)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (file == NULL) {
        *exit_status = complain(path, strerror(errno), EXIT_IO);
        return NULL;
    }
    size_t cap = 4096;
    uint8_t *data = malloc(cap + 1);
    *len = 0;
    for (size_t n;
         data != NULL && *len <= limit && (n = fread(data + *len, 1, cap - *len, file)) > 0;) {
        *len += n;
        if (*len == cap)
            data = grow(data, &cap);
    }
    bool failed = ferror(file) != 0;
    if (!standard)
        fclose(file);
    if (data == NULL)
        *exit_status = complain(path, "out of memory", EXIT_MEMORY);
    else if (failed)
        *exit_status = complain(path, "could not be read", EXIT_IO);
    else if (*len > limit)
        *exit_status = complain(path, "larger than this command reads", EXIT_MALFORMED);
    if (data == NULL || failed || *len > limit) {
        free(data);
        return NULL;
    }
    data[*len] = '\0';
    return data;
}

static bool write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

static bool finish(int fd, const void *data, size_t len, unsigned mode)
{
    bool good = write_all(fd, data, len) && fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0;
    return close(fd) == 0 && good;
}

/* Takes @p name away again unless @p good; then says why. */
static int conclude(bool good, const char *name, const char *path)
{
    int why = errno;
    if (good)
        return EXIT_AFFIRMATIVE;
    unlink(name);
    return complain(path, strerror(why), EXIT_IO);
}

/* What may be replaced: nothing there, or a plain file that others may read. A file for its owner's
 * eyes alone may be the only copy of a key. */
static bool replaceable(const char *path)
{
    struct stat there;
    if (stat(path, &there) != 0)
        return true;
    return S_ISREG(there.st_mode) && (there.st_mode & 077) != 0;
}

bool same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

int write_output(const char *path, const void *data, size_t len)
{
    char temporary[4096];
    if (strcmp(path, "-") == 0) {
        if (fwrite(data, 1, len, stdout) != len)
            return complain("standard output", "could not be written", EXIT_IO);
        return EXIT_AFFIRMATIVE;
    }
    if (!replaceable(path))
        return complain(path, "will not be replaced: no plain file, or for its owner alone",
                        EXIT_IO);
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
        return complain(path, "the name is too long", EXIT_IO);
    int fd = mkstemp(temporary);
    if (fd < 0)
        return complain(path, strerror(errno), EXIT_IO);
    bool good = finish(fd, data, len, 0644) && rename(temporary, path) == 0;
    return conclude(good, temporary, path);
}

int write_secret(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return complain(path, strerror(errno), EXIT_IO);
    return conclude(finish(fd, data, len, 0600), path, path);
}
