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
    if (str_eq(directory, path)) {
        return true;
    }
    if (str_is(directory, "/") || str_is(directory, ".")) {
        bool is_absolute = str_starts_with(path, STR("/"));
        bool goes_up = str_is(path, "..") || str_starts_with(path, STR("../"));
        return str_is(directory, "/") ? is_absolute : !is_absolute && !goes_up;
    }
    return directory.len > 0 && str_starts_with(path, directory) && path.data[directory.len] == '/';
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

/* A path being resolved: `existing` is looked up, and what of it does not exist moves, name by
 * name, to `missing`, the last one first. */
typedef struct Resolving {
    Arena *arena;
    Str existing;
    StrVec missing;
    int links; /* followed that lead to nothing */
} Resolving;

/* Where the link `path` leads to, seen from its directory; false when it is none. */
static bool read_link(Arena *arena, Str path, Str *out_target)
{
    char target[LIMIT_PATH_BYTES];
    ssize_t len = readlink(path.data, target, sizeof(target));
    if (len <= 0 || (size_t)len >= sizeof(target)) {
        return false;
    }
    *out_target = fs_join(arena, fs_directory_name(path), (Str){target, (size_t)len});
    return true;
}

/* Looks at the existing part; when it is none, takes its last name off. */
static Error *resolve_step(Resolving *state, bool *out_done)
{
    enum { LINKS = 40 }; /* as the kernel */
    char *resolved = realpath(state->existing.data, NULL);
    *out_done = resolved != NULL;
    if (resolved != NULL) {
        state->existing = str_dup(state->arena, str_from(resolved));
        free(resolved);
        return NULL;
    }
    if (errno != ENOENT && errno != ENOTDIR) {
        return error_from_errno("resolve", state->existing.data, errno);
    }
    if (read_link(state->arena, state->existing, &state->existing)) {
        return ++state->links > LINKS ? error_from_errno("resolve", state->existing.data, ELOOP)
                                      : NULL;
    }
    VEC_PUSH(state->arena, &state->missing, fs_base_name(state->existing));
    state->existing = str_dup(state->arena, fs_directory_name(state->existing));
    return NULL;
}

static Error *resolve_existing(Resolving *state)
{
    for (bool done = false; !done;) {
        TRY(resolve_step(state, &done));
    }
    return NULL;
}

/* The whole path again. Where a missing name is left by "..", that may be one that exists. */
static Str add_missing(Resolving *state, bool *out_goes_up)
{
    Str whole = state->existing;
    *out_goes_up = false;
    while (state->missing.len > 0) {
        Str name = VEC_POP(&state->missing);
        *out_goes_up = *out_goes_up || str_is(name, "..");
        whole = fs_join(state->arena, whole, name);
    }
    return fs_normalize(state->arena, whole);
}

Error *fs_resolve(Arena *arena, const char *path, Str *out_path)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("path");
    Resolving state = {.arena = scratch, .existing = STR("/")};
    if (path[0] != '/') {
        TRY(fs_current_directory(scratch, &state.existing));
    }
    state.existing = fs_join(scratch, state.existing, str_from(path));
    if (state.existing.len >= LIMIT_PATH_BYTES) {
        return error_new(ERR_LIMIT, "the path '%.60s...' is longer than %d bytes", path,
                         LIMIT_PATH_BYTES);
    }
    for (bool goes_up = true; goes_up;) {
        TRY(resolve_existing(&state));
        state.existing = add_missing(&state, &goes_up);
    }
    *out_path = str_dup(arena, state.existing);
    return NULL;
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
