/* tests/fuzz/replay.c - main for a fuzz target in builds without libFuzzer: runs the target once
 * on every file of the given folders, and on nothing at all. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

/* Returns false, and says why, when the file cannot be read whole. */
static bool replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return false;
    }
    /* Exactly as long as the file, so that the sanitizer sees a read past its end. */
    uint8_t *data = malloc(size > 0 ? size : 1);
    bool complete = data != NULL && fread(data, 1, size, file) == size;
    (void)fclose(file);
    if (complete) {
        (void)LLVMFuzzerTestOneInput(data, size);
    } else {
        (void)fprintf(stderr, "%s: cannot read it\n", path);
    }
    free(data);
    return complete;
}

/* Returns how many files failed; adds those that ran to `files`. A folder that is not there is
 * empty: a new target has no corpus yet. */
static int replay_folder(const char *folder, int *files)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return 0;
    }
    int failed = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[4096];
        int length = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        struct stat info;
        if (length < 0 || (size_t)length >= sizeof(path) || stat(path, &info) != 0) {
            failed++;
        } else if (S_ISREG(info.st_mode)) {
            failed += replay_file(path, (size_t)info.st_size) ? 0 : 1;
            (*files)++;
        }
    }
    (void)closedir(dir);
    return failed;
}

int main(int argc, char **argv)
{
    int files = 0;
    int failed = 0;
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        failed += replay_folder(argv[i], &files);
    }
    (void)printf("%d inputs replayed, %d failed\n", files, failed);
    return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
