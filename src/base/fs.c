#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/limits.h"

/* A file descriptor that is closed with its scope. */
typedef struct Fd {
    int number;
} Fd;

static void fd_done(Fd *fd)
{
    if (fd->number >= 0) {
        close(fd->number);
    }
}
DEFINE_AUTO_DONE(fd, Fd)

static Error *open_file(const char *path, int flags, unsigned mode, const char *verb, Fd *out)
{
    int number;
    do {
        number = open(path, flags | O_CLOEXEC, mode);
    } while (number < 0 && errno == EINTR);
    if (number < 0) {
        return error_from_errno(verb, path, errno);
    }
    out->number = number;
    return NULL;
}

static Error *read_all(int fd, const char *path, char *data, size_t size, size_t *out_len)
{
    size_t len = 0;
    while (len < size) {
        ssize_t got = read(fd, data + len, size - len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return error_from_errno("read", path, errno);
        }
        if (got == 0) {
            break;
        }
        len += (size_t)got;
    }
    *out_len = len;
    return NULL;
}

static Error *too_large(const char *path, uint64_t size, size_t limit)
{
    return error_new(ERR_LIMIT, "'%s' has %llu bytes, more than the %zu that are read", path,
                     (unsigned long long)size, limit);
}

Error *fs_read_file(Arena *arena, const char *path, size_t limit, Str *out_text)
{
    AUTO_DONE(fd) Fd fd = {-1};
    TRY(open_file(path, O_RDONLY | O_NONBLOCK, 0, "open", &fd));
    struct stat info;
    if (fstat(fd.number, &info) != 0) {
        return error_from_errno("read", path, errno);
    }
    if (S_ISDIR(info.st_mode)) {
        return error_hint(error_new(ERR_IO, "cannot read '%s': it is a directory", path),
                          "name a file");
    }
    if (!S_ISREG(info.st_mode)) {
        return error_new(ERR_IO, "cannot read '%s': it is not a regular file", path);
    }
    if ((uint64_t)info.st_size > limit) {
        return too_large(path, (uint64_t)info.st_size, limit);
    }
    /* Some regular files (below /proc) claim to be empty: one page is tried all the same. */
    size_t size = info.st_size > 0 ? (size_t)info.st_size + 1 : 4096;
    char *data = arena_alloc_raw(arena, size + 1);
    size_t len = 0;
    TRY(read_all(fd.number, path, data, size, &len));
    data[len] = '\0';
    *out_text = (Str){data, len};
    return NULL;
}

static Error *write_all(int fd, const char *path, Str text)
{
    for (size_t done = 0; done < text.len;) {
        ssize_t written = write(fd, text.data + done, text.len - done);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return error_from_errno("write", path, errno);
        }
        done += (size_t)written;
    }
    return NULL;
}

/* Makes the rename itself survive a crash. Not every file system lets a directory be synced. */
static void sync_directory(Arena *arena, const char *path)
{
    const char *directory = str_to_c(arena, fs_directory_name(str_from(path)));
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

static Error *write_new_file(const char *path, Str text, unsigned mode)
{
    AUTO_DONE(fd) Fd fd = {-1};
    TRY(open_file(path, O_WRONLY | O_CREAT | O_TRUNC, mode, "create", &fd));
    TRY(write_all(fd.number, path, text));
    if (fchmod(fd.number, mode) != 0 || fsync(fd.number) != 0) {
        return error_from_errno("write", path, errno);
    }
    return NULL;
}

Error *fs_write_file(const char *path, Str text, unsigned mode)
{
    AUTO_FREE(arena) Arena *arena = arena_new("file writing");
    Str beside = str_printf(arena, "%s.%ld.tmp", path, (long)getpid());
    Error *err = write_new_file(beside.data, text, mode);
    if (err == NULL) {
        err = fs_rename(beside.data, path);
    }
    if (err != NULL) {
        (void)unlink(beside.data);
        return err;
    }
    sync_directory(arena, path);
    return NULL;
}

Error *fs_append_file(const char *path, Str text, unsigned mode)
{
    AUTO_DONE(fd) Fd fd = {-1};
    TRY(open_file(path, O_WRONLY | O_CREAT | O_APPEND, mode, "open", &fd));
    return write_all(fd.number, path, text);
}

Error *fs_copy_file(const char *from, const char *to)
{
    AUTO_FREE(arena) Arena *arena = arena_new("file copying");
    AUTO_DONE(fd) Fd source = {-1}, target = {-1};
    TRY(open_file(from, O_RDONLY, 0, "open", &source));
    TRY(open_file(to, O_WRONLY | O_CREAT | O_TRUNC, 0644, "create", &target));
    char *block = arena_alloc_raw(arena, MIB);
    for (size_t len = MIB; len == MIB;) {
        TRY(read_all(source.number, from, block, MIB, &len));
        TRY(write_all(target.number, to, (Str){block, len}));
    }
    return NULL;
}

Error *fs_rename(const char *from, const char *to)
{
    return rename(from, to) == 0 ? NULL : error_from_errno("write", to, errno);
}

static Error *make_one(const char *path)
{
    if (mkdir(path, 0755) == 0 || (errno == EEXIST && fs_is_directory(path))) {
        return NULL;
    }
    return error_from_errno("make the directory", path, errno);
}

Error *fs_make_directory(const char *path)
{
    AUTO_FREE(arena) Arena *arena = arena_new("directories");
    char *partial = str_to_c(arena, str_from(path));
    for (char *at = partial + 1; partial[0] != '\0' && *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            TRY(make_one(partial));
            *at = '/';
        }
    }
    return make_one(partial);
}

Error *fs_remove_file(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT) {
        return NULL;
    }
    return error_from_errno("remove", path, errno);
}

Error *fs_info(const char *path, FsInfo *out_info)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            *out_info = (FsInfo){.kind = FS_MISSING};
            return NULL;
        }
        return error_from_errno("look at", path, errno);
    }
    *out_info = (FsInfo){
        .kind = S_ISREG(info.st_mode)   ? FS_FILE
                : S_ISDIR(info.st_mode) ? FS_DIRECTORY
                                        : FS_OTHER,
        .size_bytes = (uint64_t)info.st_size,
        .modified_us = (int64_t)info.st_mtim.tv_sec * 1000000 + info.st_mtim.tv_nsec / 1000,
        .device = (uint64_t)info.st_dev,
        .inode = (uint64_t)info.st_ino,
        .mode = (unsigned)info.st_mode & 07777,
    };
    return NULL;
}

static bool has_kind(const char *path, FsKind kind)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return false;
    }
    return kind == FS_FILE ? S_ISREG(info.st_mode) : S_ISDIR(info.st_mode);
}

bool fs_is_file(const char *path)
{
    return has_kind(path, FS_FILE);
}

bool fs_is_directory(const char *path)
{
    return has_kind(path, FS_DIRECTORY);
}

Error *fs_free_bytes(const char *path, uint64_t *out_bytes)
{
    struct statvfs info;
    if (statvfs(path, &info) != 0) {
        return error_from_errno("look at the disk of", path, errno);
    }
    *out_bytes = (uint64_t)info.f_bavail * info.f_frsize;
    return NULL;
}
