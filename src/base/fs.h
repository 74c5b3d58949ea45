/* base/fs.h - files and directories. Paths are UTF-8 by custom, but any bytes the system allows
 * pass through. Errors name the path, the action and the system's reason: ERR_NOT_FOUND, ERR_IO,
 * ERR_LIMIT. */
#ifndef BASE_FS_H
#define BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

/* Reads a regular file of at most `limit` bytes. A directory, a device or a larger file is an
 * error. The text is NUL-terminated beyond its length. */
MUST_CHECK Error *fs_read_file(Arena *arena, const char *path, size_t limit, Str *out_text);
/* The file's bytes without reading them; they are gone with the arena. It must not be made shorter
 * meanwhile. */
MUST_CHECK Error *fs_map_file(Arena *arena, const char *path, Str *out_bytes);
/* The pages that lie wholly in these mapped bytes are not needed soon: they stay readable, but take
 * no memory of the process until then. */
void fs_release_mapped(Str bytes);
/* Replaces the file whole or not at all: a temporary file beside it, fsync, rename. A link is
 * followed: the file it leads to is replaced. `mode` as in chmod. Of several writers the last one
 * wins. */
MUST_CHECK Error *fs_write_file(const char *path, Str text, unsigned mode);
/* A file that can be made again, in pieces. fs_replace_finish() puts the whole file in its place,
 * but does not wait for the disk; without it nothing changes. */
typedef struct FsReplacement FsReplacement;
MUST_CHECK Error *fs_replace_begin(const char *path, unsigned mode, FsReplacement **out);
MUST_CHECK Error *fs_replace_add(FsReplacement *file, Str text);
MUST_CHECK Error *fs_replace_finish(FsReplacement *file);
void fs_replace_free(FsReplacement *file);
DEFINE_AUTO_FREE(fs_replace, FsReplacement)
/* Writes a file that can be made again at any time: in place, without waiting for the disk, and not
 * at all when that is what it says already. */
MUST_CHECK Error *fs_put_file(const char *path, Str text, unsigned mode);
/* The same in a directory that is made when it is missing, with all parents. */
MUST_CHECK Error *fs_put_file_deep(const char *path, Str text, unsigned mode);
/* Adds to the end in one write, made if absent; for logs. */
MUST_CHECK Error *fs_append_file(const char *path, Str text, unsigned mode);
/* Replaces `to` as fs_write_file does, with mode 0644. */
MUST_CHECK Error *fs_copy_file(const char *from, const char *to);
MUST_CHECK Error *fs_rename(const char *from, const char *to);

/* With all parents; an existing directory is fine. */
MUST_CHECK Error *fs_make_directory(const char *path);
/* A missing file is fine. */
MUST_CHECK Error *fs_remove_file(const char *path);
/* The directory and everything in it; does not follow links, of which only the link itself goes; a
 * missing one is fine. */
MUST_CHECK Error *fs_remove_tree(const char *path);

typedef enum FsKind { FS_MISSING, FS_FILE, FS_DIRECTORY, FS_OTHER } FsKind;

typedef struct FsInfo {
    FsKind kind;
    uint64_t size_bytes;
    int64_t modified_us; /* since 1970 UTC */
    uint64_t device;     /* device and inode tell whether two paths are one file */
    uint64_t inode;
    unsigned mode;
} FsInfo;

/* Follows links. A missing path gives FS_MISSING; other failures (a link loop, no permission) an
 * error. */
MUST_CHECK Error *fs_info(const char *path, FsInfo *out_info);
bool fs_is_file(const char *path);
bool fs_is_directory(const char *path);

typedef struct FsEntry {
    Str path;     /* the directory given, then the names below it, joined by '/' */
    Str relative; /* without the directory given */
    FsInfo info;
} FsEntry;
typedef VEC(FsEntry) FsEntryVec;

typedef enum FsWalkFlags {
    FS_WALK_RECURSIVE = 1 << 0,
    FS_WALK_HIDDEN = 1 << 1,      /* names beginning with '.' too */
    FS_WALK_DIRECTORIES = 1 << 2, /* list directories as well as files */
} FsWalkFlags;

/* Lists a directory sorted by path (byte order). Links are followed, but each directory is entered
 * once, by its own name if it has one here. Links that lead nowhere and entries that may not be
 * looked at are passed over. Ceilings: LIMIT_DIRECTORY_DEPTH and _FILES. On failure `out` is as
 * before. */
MUST_CHECK Error *fs_walk(Arena *arena, const char *directory, unsigned flags, FsEntryVec *out);

/* Shell pattern against a relative path: `*` and `?` stay within one name, a part `**` stands for
 * any number of names, `[a-z]` and `[!x]` are sets of code points. No pattern takes long. */
bool fs_pattern_matches(Str pattern, Str path);

/* Joins with one '/'; an absolute `name` stands alone. NUL-terminated. */
Str fs_join(Arena *arena, Str directory, Str name);
Str fs_directory_name(Str path);
Str fs_base_name(Str path);
/* "csv" of "a/b.CSV"-like names as written; empty without one. */
Str fs_extension(Str path);
/* Absolute, without ".", ".." and links, as the system would find it; parts that do not exist yet
 * are kept as they are. */
MUST_CHECK Error *fs_resolve(Arena *arena, const char *path, Str *out_path);
/* Lexical: removes "." and "x/..". */
Str fs_normalize(Arena *arena, Str path);
/* True when `path` is `directory` or lies below it; both resolved or both normalized. */
bool fs_is_within(Str directory, Str path);
MUST_CHECK Error *fs_current_directory(Arena *arena, Str *out_path);
/* The running program's own path. */
MUST_CHECK Error *fs_own_path(Arena *arena, Str *out_path);
MUST_CHECK Error *fs_free_bytes(const char *path, uint64_t *out_bytes);

#endif
