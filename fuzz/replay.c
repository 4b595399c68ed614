/* Runs a fuzz target over the files of its corpus, one after the other, without a fuzzer. */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    if (fseek(file, 0, SEEK_END) != 0)
        return 1;
    long end = ftell(file);
    rewind(file);
    size_t size = end < 0 ? 0 : (size_t)end;
    /* Exactly as large as the input, so that a sanitizer sees one byte too far. */
    uint8_t *data = malloc(size > 0 ? size : 1);
    int bad = data == NULL || fread(data, 1, size, file) != size;
    if (!bad)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    fclose(file);
    return bad;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    int files = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        if (replay(path) != 0)
            return 1;
        files++;
    }
    closedir(folder);
    printf("%d files replayed\n", files);
    return files > 0 ? 0 : 1; /* an empty corpus tests nothing */
}
