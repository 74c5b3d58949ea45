#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
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

/* Reads once; 0 at the end. */
static Error *read_some(int fd, const char *path, char *data, size_t size, size_t *out_got)
{
    ssize_t got;
    do {
        got = read(fd, data, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return error_from_errno("read", path, errno);
    }
    *out_got = (size_t)got;
    return NULL;
}

static Error *too_large(const char *path, uint64_t size, size_t limit)
{
    return error_new(ERR_LIMIT, "'%s' has %llu bytes, more than the %zu that are read", path,
                     (unsigned long long)size, limit);
}

/* Opens what is a regular file, and nothing else: not a directory, and not a pipe to wait for. */
static Error *open_regular(const char *path, Fd *out, struct stat *out_info)
{
    TRY(open_file(path, O_RDONLY | O_NONBLOCK, 0, "open", out));
    if (fstat(out->number, out_info) != 0) {
        return error_from_errno("read", path, errno);
    }
    if (S_ISDIR(out_info->st_mode)) {
        return error_hint(error_new(ERR_IO, "cannot read '%s': it is a directory", path),
                          "name a file");
    }
    if (!S_ISREG(out_info->st_mode)) {
        return error_new(ERR_IO, "cannot read '%s': it is not a regular file", path);
    }
    return NULL;
}

Error *fs_read_file(Arena *arena, const char *path, size_t limit, Str *out_text)
{
    AUTO_DONE(fd) Fd fd = {-1};
    struct stat info;
    TRY(open_regular(path, &fd, &info));
    if ((uint64_t)info.st_size > limit) {
        return too_large(path, (uint64_t)info.st_size, limit);
    }
    /* The size is a guess: a file may grow meanwhile, and those below /proc claim to be empty. */
    size_t size = info.st_size > 0 ? (size_t)info.st_size + 1 : 4096, len = 0;
    char *data = arena_alloc_raw(arena, size + 1);
    for (size_t got = 1; got > 0; len += got) {
        if (len == size) {
            data = arena_grow(arena, data, size + 1, size * 2 + 1);
            size *= 2;
        }
        TRY(read_some(fd.number, path, data + len, size - len, &got));
        if (got > limit - len) {
            return too_large(path, len + got, limit);
        }
    }
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
static void sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

/* A new file that takes a path's place once it is complete. */
typedef struct Replacement {
    const char *directory;
    const char *target; /* the path, or what it leads to if it is a link */
    const char *beside; /* the new file until then */
    Fd fd;
} Replacement;

/* Threads and processes each write a file of their own, so that the last rename wins whole. The
 * name does not contain the target's, which may be as long as names can be. */
static Error *replacement_open(Replacement *new_file, Arena *arena, const char *path, unsigned mode)
{
    static atomic_uint number;
    Str target = str_dup(arena, str_from(path));
    char link;
    if (readlink(path, &link, 1) > 0) {
        TRY(fs_resolve(arena, path, &target));
    }
    Str directory = str_dup(arena, fs_directory_name(target));
    Str name = str_printf(arena, ".%ld-%u.tmp", (long)getpid(), atomic_fetch_add(&number, 1));
    *new_file = (Replacement){.directory = directory.data,
                              .target = target.data,
                              .beside = fs_join(arena, directory, name).data,
                              .fd = {-1}};
    (void)unlink(new_file->beside); /* of a process that had our number and did not end well */
    Error *err =
        open_file(new_file->beside, O_WRONLY | O_CREAT | O_EXCL, mode, "create", &new_file->fd);
    return err != NULL ? error_wrap(err, "cannot write '%s'", path) : NULL;
}

/* Whether what was written must be there after the machine lost power. */
typedef enum Durability { FOR_NOW, FOR_GOOD } Durability;

/* Puts the complete file in its place, unless writing it failed with `err`. */
static Error *replacement_close(Replacement *new_file, const char *path, unsigned mode,
                                Durability durability, TAKES Error *err)
{
    if (err == NULL && (fchmod(new_file->fd.number, mode) != 0 ||
                        (durability == FOR_GOOD && fsync(new_file->fd.number) != 0) ||
                        rename(new_file->beside, new_file->target) != 0)) {
        err = error_from_errno("write", path, errno);
    }
    fd_done(&new_file->fd);
    if (err != NULL) {
        (void)unlink(new_file->beside);
        return err;
    }
    if (durability == FOR_GOOD) {
        sync_directory(new_file->directory);
    }
    return NULL;
}

Error *fs_write_file(const char *path, Str text, unsigned mode)
{
    AUTO_FREE(arena) Arena *arena = arena_new("file writing");
    Replacement new_file;
    TRY(replacement_open(&new_file, arena, path, mode));
    Error *err = write_all(new_file.fd.number, path, text);
    return replacement_close(&new_file, path, mode, FOR_GOOD, err);
}

struct FsReplacement {
    Arena *arena; /* it lives there itself */
    const char *path;
    unsigned mode;
    bool is_open;
    Replacement file;
};

Error *fs_replace_begin(const char *path, unsigned mode, FsReplacement **out)
{
    Arena *arena = arena_new("file writing");
    FsReplacement *file = ARENA_NEW(arena, FsReplacement);
    *file =
        (FsReplacement){.arena = arena, .path = str_dup(arena, str_from(path)).data, .mode = mode};
    Error *err = replacement_open(&file->file, arena, file->path, mode);
    if (err != NULL) {
        arena_free(arena);
        return err;
    }
    file->is_open = true;
    *out = file;
    return NULL;
}

Error *fs_replace_add(FsReplacement *file, Str text)
{
    return write_all(file->file.fd.number, file->path, text);
}

Error *fs_replace_finish(FsReplacement *file)
{
    file->is_open = false;
    return replacement_close(&file->file, file->path, file->mode, FOR_NOW, NULL);
}

void fs_replace_free(FsReplacement *file)
{
    if (file == NULL) {
        return;
    }
    if (file->is_open) {
        fd_done(&file->file.fd);
        (void)unlink(file->file.beside);
    }
    arena_free(file->arena);
}

/* Whether the open file, from where it stands, consists of `text`. */
static Error *says_already(const Fd *fd, const char *path, Str text, bool *out)
{
    char block[16 * KIB];
    for (size_t done = 0, got = 1; done < text.len; done += got) {
        size_t left = text.len - done;
        TRY(read_some(fd->number, path, block, left < sizeof(block) ? left : sizeof(block), &got));
        if (got == 0 || memcmp(block, text.data + done, got) != 0) {
            *out = false;
            return NULL;
        }
    }
    *out = true;
    return NULL;
}

/* Writing over a file is dear for the file system, so it is looked at first. */
static Error *put_into(const Fd *fd, const char *path, Str text)
{
    struct stat info;
    if (fstat(fd->number, &info) != 0) {
        return error_from_errno("read", path, errno);
    }
    if (info.st_size == 0) {
        return write_all(fd->number, path, text);
    }
    bool same = false;
    if ((uint64_t)info.st_size == text.len) {
        TRY(says_already(fd, path, text, &same));
    }
    if (same) {
        return NULL;
    }
    if (lseek(fd->number, 0, SEEK_SET) != 0 || ftruncate(fd->number, 0) != 0) {
        return error_from_errno("write", path, errno);
    }
    return write_all(fd->number, path, text);
}

Error *fs_put_file(const char *path, Str text, unsigned mode)
{
    AUTO_DONE(fd) Fd fd = {-1};
    TRY(open_file(path, O_RDWR | O_CREAT, mode, "create", &fd));
    return put_into(&fd, path, text);
}

Error *fs_put_file_deep(const char *path, Str text, unsigned mode)
{
    Error *err = fs_put_file(path, text, mode);
    if (err == NULL || error_kind(err) != ERR_NOT_FOUND) {
        return err;
    }
    error_discard(err, "its directory is made now");
    AUTO_FREE(arena) Arena *arena = arena_new("directories");
    Str directory = fs_directory_name(str_from(path));
    TRY(fs_make_directory(str_to_c(arena, directory)));
    return fs_put_file(path, text, mode);
}

Error *fs_append_file(const char *path, Str text, unsigned mode)
{
    AUTO_DONE(fd) Fd fd = {-1};
    TRY(open_file(path, O_WRONLY | O_CREAT | O_APPEND, mode, "open", &fd));
    return write_all(fd.number, path, text);
}

static Error *copy_all(Arena *arena, const char *from, int source, const char *to, int target)
{
    char *block = arena_alloc_raw(arena, MIB);
    for (size_t len = 1; len > 0;) {
        TRY(read_some(source, from, block, MIB, &len));
        TRY(write_all(target, to, (Str){block, len}));
    }
    return NULL;
}

Error *fs_copy_file(const char *from, const char *to)
{
    enum { MODE = 0644 };
    AUTO_FREE(arena) Arena *arena = arena_new("file copying");
    AUTO_DONE(fd) Fd source = {-1};
    struct stat info;
    TRY(open_regular(from, &source, &info));
    Replacement new_file;
    TRY(replacement_open(&new_file, arena, to, MODE));
    Error *err = copy_all(arena, from, source.number, to, new_file.fd.number);
    return replacement_close(&new_file, to, MODE, FOR_GOOD, err);
}

Error *fs_rename(const char *from, const char *to)
{
    if (rename(from, to) == 0) {
        return NULL;
    }
    int reason = errno;
    return error_wrap(error_from_errno("rename", from, reason), "cannot move it to '%s'", to);
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
    if (fs_is_directory(path)) { /* most often: one look, not one for each parent */
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("directories");
    Str whole = str_from(path);
    size_t end = whole.len; /* of the deepest parent that is there */
    while (end > 0 && !fs_is_directory(str_to_c(arena, str_slice(whole, 0, end)))) {
        for (end--; end > 0 && path[end] != '/'; end--) {
        }
    }
    for (size_t at = end + 1; at < whole.len; at++) {
        if (path[at] == '/') {
            TRY(make_one(str_to_c(arena, str_slice(whole, 0, at))));
        }
    }
    return make_one(path);
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

static bool has_kind(const char *path, mode_t kind)
{
    struct stat info;
    return stat(path, &info) == 0 && (info.st_mode & S_IFMT) == kind;
}

bool fs_is_file(const char *path)
{
    return has_kind(path, S_IFREG);
}

bool fs_is_directory(const char *path)
{
    return has_kind(path, S_IFDIR);
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

/* ---- Mapped files ---- */

typedef struct Mapping {
    void *data;
    size_t len;
} Mapping;

static void unmap(void *object)
{
    const Mapping *mapping = object;
    (void)munmap(mapping->data, mapping->len);
}

Error *fs_map_file(Arena *arena, const char *path, Str *out)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        Error *err = error_from_errno("read", path, errno);
        if (fd >= 0) {
            (void)close(fd);
        }
        return err;
    }
    *out = (Str){"", 0};
    size_t len = (size_t)info.st_size;
    void *data = len > 0 ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    Error *err = data == MAP_FAILED ? error_from_errno("map", path, errno) : NULL;
    (void)close(fd);
    if (err == NULL && len > 0) {
        Mapping *mapping = ARENA_NEW(arena, Mapping);
        *mapping = (Mapping){data, len};
        arena_on_free(arena, unmap, mapping);
        *out = (Str){data, len};
    }
    return err;
}

void fs_release_mapped(Str bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t skipped = (page - (uintptr_t)bytes.data % page) % page;
    union {
        const char *borrowed;
        char *pages;
    } from = {.borrowed = bytes.data + skipped};
    if (skipped < bytes.len) {
        (void)madvise(from.pages, (bytes.len - skipped) / page * page, MADV_DONTNEED);
    }
}
