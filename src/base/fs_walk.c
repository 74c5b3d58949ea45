/* The part of base/fs.h that goes through directories. */
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/map.h"

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

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* The names in a directory, sorted, without "." and "..". It is closed again before anybody goes
 * deeper, so that a deep tree does not use up the descriptors. */
static Error *read_names(Arena *arena, const char *path, StrVec *out_names)
{
    AUTO_DONE(open_directory) OpenDirectory directory = {opendir(path)};
    if (directory.stream == NULL) {
        return error_from_errno("list", path, errno);
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory.stream);
        if (entry == NULL) {
            break;
        }
        Str name = str_from(entry->d_name);
        if (!str_is(name, ".") && !str_is(name, "..")) {
            VEC_PUSH(arena, out_names, str_dup(arena, name));
        }
    }
    if (errno != 0) {
        return error_from_errno("list", path, errno);
    }
    if (out_names->len > 0) {
        qsort(out_names->data, out_names->len, sizeof(*out_names->data), compare_names);
    }
    return NULL;
}

/* A directory to be listed. */
typedef struct WalkPlace {
    Str path;
    FsInfo info;
    size_t depth;
} WalkPlace;
typedef VEC(WalkPlace) WalkPlaceVec;

typedef struct Walk {
    Arena *arena;
    Arena *scratch;
    unsigned flags;
    FsEntryVec *out;
    size_t root_len;    /* bytes of the directory given, with its '/' */
    size_t seen;        /* entries, listed or not */
    StrMap entered;     /* device and inode of the directories listed */
    WalkPlaceVec links; /* to directories: entered after all that can be reached without a link */
} Walk;

/* True the first time a directory is met, by whatever name. */
static bool enter_once(Walk *walk, const FsInfo *info)
{
    uint64_t identity[2] = {info->device, info->inode};
    Str key = {(const char *)identity, sizeof(identity)};
    if (strmap_has(&walk->entered, key)) {
        return false;
    }
    strmap_set_copy(&walk->entered, key, NULL);
    return true;
}

static Error *walk_directory(Walk *walk, const WalkPlace *place);

static bool is_link(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
}

static Error *walk_below(Walk *walk, Str path, const FsInfo *info, size_t depth)
{
    WalkPlace below = {.path = path, .info = *info, .depth = depth};
    if (is_link(path.data)) {
        VEC_PUSH(walk->scratch, &walk->links, below);
        return NULL;
    }
    return walk_directory(walk, &below);
}

static Error *walk_entry(Walk *walk, Str path, size_t depth)
{
    FsInfo info = {.kind = FS_MISSING};
    if (path.len >= LIMIT_PATH_BYTES) {
        return error_new(ERR_LIMIT, "the path '%.60s...' is longer than %d bytes", path.data,
                         LIMIT_PATH_BYTES);
    }
    Error *err = fs_info(path.data, &info);
    if (err != NULL) {
        error_discard(err, "a link loop or a name that may not be looked at is passed over");
        return NULL;
    }
    if (walk->seen++ >= LIMIT_DIRECTORY_FILES) {
        return error_new(ERR_LIMIT, "more than %d files at '" STR_FMT "'", LIMIT_DIRECTORY_FILES,
                         STR_ARG(path));
    }
    bool is_directory = info.kind == FS_DIRECTORY;
    if (info.kind == FS_FILE || (is_directory && (walk->flags & FS_WALK_DIRECTORIES) != 0)) {
        VEC_PUSH(walk->arena, walk->out,
                 (FsEntry){.path = path,
                           .relative = str_from_offset(path, walk->root_len),
                           .info = info});
    }
    if (is_directory && (walk->flags & FS_WALK_RECURSIVE) != 0) {
        return walk_below(walk, path, &info, depth);
    }
    return NULL;
}

static Error *walk_directory(Walk *walk, const WalkPlace *place)
{
    if (!enter_once(walk, &place->info)) {
        return NULL;
    }
    if (place->depth > LIMIT_DIRECTORY_DEPTH) {
        return error_new(ERR_LIMIT, "directories nested deeper than %d at '" STR_FMT "'",
                         LIMIT_DIRECTORY_DEPTH, STR_ARG(place->path));
    }
    StrVec names = {0};
    Error *err = read_names(walk->scratch, place->path.data, &names);
    if (err != NULL && place->depth > 0 && error_kind(err) == ERR_NOT_FOUND) {
        error_discard(err, "somebody has removed the directory in the meantime");
        return NULL;
    }
    TRY(err);
    for (VEC_EACH(Str, name, &names)) {
        if (name->data[0] != '.' || (walk->flags & FS_WALK_HIDDEN) != 0) {
            TRY(walk_entry(walk, fs_join(walk->arena, place->path, *name), place->depth + 1));
        }
    }
    return NULL;
}

static int compare_entries(const void *a, const void *b)
{
    return str_compare(((const FsEntry *)a)->path, ((const FsEntry *)b)->path);
}

/* What links lead to comes last, in the order in which they were met: that does not depend on how
 * the file system orders names, and a directory is found by its own name where it has one here. */
static Error *walk_all(Walk *walk, Str root)
{
    WalkPlace first = {.path = root};
    TRY(fs_info(root.data, &first.info));
    TRY(walk_directory(walk, &first));
    for (size_t i = 0; i < walk->links.len; i++) {
        WalkPlace place = walk->links.data[i]; /* more may be added */
        TRY(walk_directory(walk, &place));
    }
    return NULL;
}

Error *fs_walk(Arena *arena, const char *directory, unsigned flags, FsEntryVec *out)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("directories");
    Str root = str_dup(arena, str_from(directory));
    size_t before = out->len;
    Walk walk = {.arena = arena,
                 .scratch = scratch,
                 .flags = flags,
                 .out = out,
                 .root_len = root.len + (str_ends_with(root, STR("/")) ? 0 : 1),
                 .seen = before,
                 .entered = strmap_init(scratch)};
    Error *err = walk_all(&walk, root);
    if (err != NULL) {
        out->len = before;
        return err;
    }
    if (out->len > before) {
        qsort(out->data + before, out->len - before, sizeof(*out->data), compare_entries);
    }
    return NULL;
}

static Error *remove_one(const char *path, bool is_directory)
{
    if ((is_directory ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT) {
        return NULL;
    }
    return error_from_errno("remove", path, errno);
}

static Error *remove_tree_at(Arena *arena, const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        return errno == ENOENT ? NULL : error_from_errno("remove", path, errno);
    }
    if (!S_ISDIR(info.st_mode)) {
        return remove_one(path, false);
    }
    StrVec names = {0};
    TRY(read_names(arena, path, &names));
    for (VEC_EACH(Str, name, &names)) {
        ArenaMark mark = arena_mark(arena);
        TRY(remove_tree_at(arena, fs_join(arena, str_from(path), *name).data));
        arena_rewind(arena, mark);
    }
    return remove_one(path, true);
}

Error *fs_remove_tree(const char *path)
{
    AUTO_FREE(arena) Arena *arena = arena_new("directory removal");
    Str whole = str_from(path);
    while (whole.len > 1 && whole.data[whole.len - 1] == '/') {
        whole.len--; /* "link/" would be what the link leads to */
    }
    return remove_tree_at(arena, str_to_c(arena, whole));
}
