/* The part of base/fs.h that goes through directories. */
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

/* A directory being read; closed with its scope. */
typedef struct OpenDirectory {
    DIR *stream;
} OpenDirectory;

static void open_directory_done(OpenDirectory *directory)
{
    if (directory->stream != NULL) {
        closedir(directory->stream);
    }
}
DEFINE_AUTO_DONE(open_directory, OpenDirectory)

/* The directories above the one being listed, so that a link back to one of them is not followed.
 */
typedef struct WalkLevel {
    const struct WalkLevel *above;
    uint64_t device;
    uint64_t inode;
    size_t depth;
} WalkLevel;

typedef struct Walk {
    Arena *arena;
    unsigned flags;
    FsEntryVec *out;
    size_t root_len; /* bytes of the directory given, with its '/' */
} Walk;

static bool is_open_above(const WalkLevel *level, const FsInfo *info)
{
    for (; level != NULL; level = level->above) {
        if (level->device == info->device && level->inode == info->inode) {
            return true;
        }
    }
    return false;
}

static Error *walk_directory(const Walk *walk, Str directory, const WalkLevel *above);

static Error *walk_entry(const Walk *walk, Str path, const WalkLevel *level)
{
    FsInfo info;
    Error *err = fs_info(path.data, &info);
    if (err != NULL) {
        error_discard(err, "a link loop or a name that may not be looked at is passed over");
        return NULL;
    }
    bool is_directory = info.kind == FS_DIRECTORY;
    if (info.kind == FS_FILE || (is_directory && (walk->flags & FS_WALK_DIRECTORIES) != 0)) {
        if (walk->out->len >= LIMIT_DIRECTORY_FILES) {
            return error_new(ERR_LIMIT, "more than %d files at '" STR_FMT "'",
                             LIMIT_DIRECTORY_FILES, STR_ARG(path));
        }
        VEC_PUSH(walk->arena, walk->out,
                 (FsEntry){.path = path,
                           .relative = str_from_offset(path, walk->root_len),
                           .info = info});
    }
    if (is_directory && (walk->flags & FS_WALK_RECURSIVE) != 0 && !is_open_above(level, &info)) {
        return walk_directory(walk, path, level);
    }
    return NULL;
}

static Error *walk_directory(const Walk *walk, Str directory, const WalkLevel *above)
{
    FsInfo info;
    TRY(fs_info(directory.data, &info));
    WalkLevel level = {.above = above,
                       .device = info.device,
                       .inode = info.inode,
                       .depth = above != NULL ? above->depth + 1 : 0};
    if (level.depth > LIMIT_DIRECTORY_DEPTH) {
        return error_new(ERR_LIMIT, "directories nested deeper than %d at '" STR_FMT "'",
                         LIMIT_DIRECTORY_DEPTH, STR_ARG(directory));
    }
    AUTO_DONE(open_directory) OpenDirectory stream = {opendir(directory.data)};
    if (stream.stream == NULL) {
        return error_from_errno("list", directory.data, errno);
    }
    for (const struct dirent *entry; (entry = readdir(stream.stream)) != NULL;) {
        Str name = str_from(entry->d_name);
        bool hidden = name.data[0] == '.';
        if (str_is(name, ".") || str_is(name, "..") ||
            (hidden && (walk->flags & FS_WALK_HIDDEN) == 0)) {
            continue;
        }
        TRY(walk_entry(walk, fs_join(walk->arena, directory, name), &level));
    }
    return NULL;
}

static int compare_entries(const void *a, const void *b)
{
    return str_compare(((const FsEntry *)a)->path, ((const FsEntry *)b)->path);
}

Error *fs_walk(Arena *arena, const char *directory, unsigned flags, FsEntryVec *out)
{
    Str root = str_dup(arena, str_from(directory));
    size_t root_len = root.len + (str_ends_with(root, STR("/")) ? 0 : 1);
    Walk walk = {.arena = arena, .flags = flags, .out = out, .root_len = root_len};
    size_t before = out->len;
    TRY(walk_directory(&walk, root, NULL));
    if (out->len > before) {
        qsort(out->data + before, out->len - before, sizeof(*out->data), compare_entries);
    }
    return NULL;
}

/* Matches one name of a path against one part of a pattern. */
static bool name_matches(Str pattern, Str name)
{
    char pattern_text[LIMIT_NAME_BYTES + 1], name_text[LIMIT_NAME_BYTES + 1];
    if (pattern.len > LIMIT_NAME_BYTES || name.len > LIMIT_NAME_BYTES) {
        return false;
    }
    memcpy(pattern_text, pattern.data, pattern.len);
    pattern_text[pattern.len] = '\0';
    memcpy(name_text, name.data, name.len);
    name_text[name.len] = '\0';
    return fnmatch(pattern_text, name_text, FNM_NOESCAPE) == 0;
}

bool fs_pattern_matches(Str pattern, Str path)
{
    Str part, rest_pattern = {NULL, 0}, name, rest_path = {NULL, 0};
    bool more_pattern = str_cut(pattern, '/', &part, &rest_pattern);
    if (!more_pattern) {
        part = pattern;
    }
    bool more_path = str_cut(path, '/', &name, &rest_path);
    if (!more_path) {
        name = path;
    }
    if (str_is(part, "**")) {
        if (!more_pattern) {
            return true;
        }
        return fs_pattern_matches(rest_pattern, path) ||
               (more_path && fs_pattern_matches(pattern, rest_path));
    }
    if (!name_matches(part, name)) {
        return false;
    }
    if (!more_pattern || !more_path) {
        return more_pattern == more_path;
    }
    return fs_pattern_matches(rest_pattern, rest_path);
}

static Error *remove_one(const char *path, bool is_directory)
{
    if ((is_directory ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT) {
        return NULL;
    }
    return error_from_errno("remove", path, errno);
}

static Error *remove_tree_at(Arena *arena, const char *path, size_t depth)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        return errno == ENOENT ? NULL : error_from_errno("remove", path, errno);
    }
    if (!S_ISDIR(info.st_mode)) {
        return remove_one(path, false);
    }
    if (depth > LIMIT_PATH_BYTES / 2) {
        return error_new(ERR_LIMIT, "directories nested too deep at '%s'", path);
    }
    AUTO_DONE(open_directory) OpenDirectory stream = {opendir(path)};
    if (stream.stream == NULL) {
        return error_from_errno("list", path, errno);
    }
    for (const struct dirent *entry; (entry = readdir(stream.stream)) != NULL;) {
        Str name = str_from(entry->d_name);
        if (!str_is(name, ".") && !str_is(name, "..")) {
            ArenaMark mark = arena_mark(arena);
            TRY(remove_tree_at(arena, fs_join(arena, str_from(path), name).data, depth + 1));
            arena_rewind(arena, mark);
        }
    }
    return remove_one(path, true);
}

Error *fs_remove_tree(const char *path)
{
    AUTO_FREE(arena) Arena *arena = arena_new("directory removal");
    return remove_tree_at(arena, path, 0);
}
