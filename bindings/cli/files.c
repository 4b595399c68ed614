/* Files in and out: read whole within a limit, written whole or not at all. */

#include <errno.h>
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

/* The temporary file gets its name: by rename, or where nothing may be there by link. */
static bool publish(const char *temporary, const char *path, bool exclusive)
{
    if (!exclusive)
        return rename(temporary, path) == 0;
    return link(temporary, path) == 0 && unlink(temporary) == 0;
}

int write_output(const char *path, const void *data, size_t len, unsigned flags)
{
    char temporary[4096];
    bool secret = (flags & WRITE_SECRET) != 0;
    if (strcmp(path, "-") == 0) {
        if (fwrite(data, 1, len, stdout) != len)
            return complain("standard output", "could not be written", EXIT_IO);
        return EXIT_AFFIRMATIVE;
    }
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
        return complain(path, "the name is too long", EXIT_IO);
    int fd = mkstemp(temporary);
    if (fd < 0)
        return complain(path, strerror(errno), EXIT_IO);
    bool good = write_all(fd, data, len) && fchmod(fd, secret ? 0600 : 0644) == 0 && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    if (good && publish(temporary, path, secret))
        return EXIT_AFFIRMATIVE;
    int why = errno;
    unlink(temporary);
    return complain(path, strerror(why), EXIT_IO);
}
