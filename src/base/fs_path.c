/* The part of base/fs.h that computes with paths. */
#include "base/fs.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"

Str fs_join(Arena *arena, Str directory, Str name)
{
    if (directory.len == 0 || (name.len > 0 && name.data[0] == '/')) {
        return str_dup(arena, name);
    }
    const char *between = directory.data[directory.len - 1] == '/' ? "" : "/";
    return str_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(directory), between, STR_ARG(name));
}

Str fs_directory_name(Str path)
{
    size_t slash = str_find_last(path, STR("/"));
    if (slash == SIZE_MAX) {
        return STR(".");
    }
    return slash == 0 ? STR("/") : str_slice(path, 0, slash);
}

Str fs_base_name(Str path)
{
    size_t slash = str_find_last(path, STR("/"));
    return slash == SIZE_MAX ? path : str_from_offset(path, slash + 1);
}

Str fs_extension(Str path)
{
    Str name = fs_base_name(path);
    size_t dot = str_find_last(name, STR("."));
    return dot == SIZE_MAX || dot == 0 ? STR("") : str_from_offset(name, dot + 1);
}

Str fs_normalize(Arena *arena, Str path)
{
    bool absolute = path.len > 0 && path.data[0] == '/';
    StrVec parts = {0};
    Str rest = path, part;
    while (str_next_piece(&rest, '/', &part)) {
        if (part.len == 0 || str_is(part, ".")) {
            continue;
        }
        bool can_drop = parts.len > 0 && !str_is(VEC_LAST(&parts), "..");
        if (str_is(part, "..") && (can_drop || absolute)) {
            parts.len -= can_drop ? 1 : 0;
            continue;
        }
        VEC_PUSH(arena, &parts, part);
    }
    Str joined = str_join(arena, parts.data, parts.len, STR("/"));
    if (absolute) {
        return str_printf(arena, "/" STR_FMT, STR_ARG(joined));
    }
    return joined.len > 0 ? str_dup(arena, joined) : STR(".");
}

bool fs_is_within(Str directory, Str path)
{
    if (str_eq(directory, path) || str_is(directory, "/")) {
        return true;
    }
    return str_starts_with(path, directory) && path.data[directory.len] == '/';
}

Error *fs_current_directory(Arena *arena, Str *out_path)
{
    char path[LIMIT_PATH_BYTES];
    if (getcwd(path, sizeof(path)) == NULL) {
        return error_from_errno("find", "the current directory", errno);
    }
    *out_path = str_dup(arena, str_from(path));
    return NULL;
}

/* Resolves the longest part of `path` that exists; what follows cannot contain links. */
static Error *resolve_existing(Arena *arena, Str path, Str *out_path)
{
    char resolved[PATH_MAX];
    if (realpath(str_to_c(arena, path), resolved) != NULL) {
        *out_path = str_dup(arena, str_from(resolved));
        return NULL;
    }
    if (errno != ENOENT && errno != ENOTDIR) {
        return error_from_errno("resolve", str_to_c(arena, path), errno);
    }
    Str above = fs_directory_name(path);
    if (str_eq(above, path)) {
        *out_path = path;
        return NULL;
    }
    Str resolved_above = {0};
    TRY(resolve_existing(arena, above, &resolved_above));
    *out_path = fs_join(arena, resolved_above, fs_base_name(path));
    return NULL;
}

Error *fs_resolve(Arena *arena, const char *path, Str *out_path)
{
    Str start = STR("/");
    if (path[0] != '/') {
        TRY(fs_current_directory(arena, &start));
    }
    Str absolute = fs_join(arena, start, str_from(path));
    if (absolute.len >= LIMIT_PATH_BYTES) {
        return error_new(ERR_LIMIT, "the path '%.60s...' is longer than %d bytes", path,
                         LIMIT_PATH_BYTES);
    }
    return resolve_existing(arena, fs_normalize(arena, absolute), out_path);
}

Error *fs_own_path(Arena *arena, Str *out_path)
{
    char path[LIMIT_PATH_BYTES];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path));
    if (len <= 0 || (size_t)len >= sizeof(path)) {
        return error_from_errno("find", "the running program", len < 0 ? errno : ENAMETOOLONG);
    }
    *out_path = str_dup(arena, (Str){path, (size_t)len});
    return NULL;
}
