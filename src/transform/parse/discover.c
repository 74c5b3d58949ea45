#include "transform/parse/discover.h"

#include "base/limits.h"
#include "base/map.h"

/* ---- .dbtignore ---- */

typedef struct IgnorePattern {
    Str pattern;
    bool negated;
    bool directory_only;
    bool anchored; /* has a slash: counts from the root */
} IgnorePattern;

struct IgnoreList {
    VEC(IgnorePattern) patterns;
};

static bool read_pattern(Str line, IgnorePattern *out)
{
    Str text = str_trim_end(line);
    if (text.len == 0 || text.data[0] == '#') {
        return false;
    }
    IgnorePattern pattern = {0};
    if (text.data[0] == '!') {
        pattern.negated = true;
        text = str_from_offset(text, 1);
    }
    if (text.len > 0 && text.data[text.len - 1] == '/') {
        pattern.directory_only = true;
        text.len--;
    }
    pattern.anchored = str_find_char(text, '/') != SIZE_MAX;
    if (text.len > 0 && text.data[0] == '/') {
        text = str_from_offset(text, 1);
    }
    pattern.pattern = text;
    *out = pattern;
    return text.len > 0;
}

const IgnoreList *ignore_list_parse(Arena *arena, Str text)
{
    IgnoreList *list = ARENA_NEW(arena, IgnoreList);
    Str line;
    for (Str rest = text; str_next_line(&rest, &line);) {
        IgnorePattern pattern;
        if (read_pattern(line, &pattern)) {
            VEC_PUSH(arena, &list->patterns, pattern);
        }
    }
    return list;
}

Error *ignore_list_read(Arena *arena, Str root, const IgnoreList **out)
{
    Str path = fs_join(arena, root, STR(".dbtignore"));
    Str text = {0};
    if (fs_is_file(path.data)) {
        TRY(fs_read_file(arena, path.data, LIMIT_CONFIG_BYTES, &text));
    }
    *out = ignore_list_parse(arena, text);
    return NULL;
}

/* Whether the pattern names `path` itself, a file or a directory. */
static bool names(const IgnorePattern *pattern, Str path, bool directory)
{
    if (pattern->directory_only && !directory) {
        return false;
    }
    return fs_pattern_matches(pattern->pattern, pattern->anchored ? path : fs_base_name(path));
}

/* The latest pattern that names the path or a directory above it decides. */
bool ignore_list_matches(const IgnoreList *list, Str path)
{
    for (size_t i = list->patterns.len; i-- > 0;) {
        const IgnorePattern *pattern = &list->patterns.data[i];
        if (names(pattern, path, false)) {
            return !pattern->negated;
        }
        for (size_t end = 0; end < path.len; end++) {
            if (path.data[end] == '/' && names(pattern, str_slice(path, 0, end), true)) {
                return !pattern->negated;
            }
        }
    }
    return false;
}

/* ---- Files ---- */

/* A file that is called ".sql" has a name without an extension. */
static bool has_extension(Str path, const char *const *extensions)
{
    Str name = fs_base_name(path);
    for (size_t i = 0; extensions[i] != NULL; i++) {
        Str extension = str_from(extensions[i]);
        if (str_ends_with(name, extension) && name.len > extension.len) {
            return true;
        }
    }
    return false;
}

typedef struct Discovery {
    Arena *arena;
    Str root;
    const char *const *extensions;
    const IgnoreList *ignored;
    StrMap seen; /* relative paths */
} Discovery;

static Error *discover_below(Discovery *discovery, Str resource_path, ProjectFileVec *out)
{
    Arena *arena = discovery->arena;
    Str directory = fs_join(arena, discovery->root, resource_path);
    if (!fs_is_directory(directory.data)) {
        return NULL;
    }
    FsEntryVec entries = {0};
    TRY(fs_walk(arena, directory.data, FS_WALK_RECURSIVE | FS_WALK_HIDDEN, &entries));
    for (VEC_EACH(FsEntry, entry, &entries)) {
        Str relative = fs_normalize(arena, fs_join(arena, resource_path, entry->relative));
        if (!has_extension(entry->relative, discovery->extensions) ||
            ignore_list_matches(discovery->ignored, relative) ||
            strmap_has(&discovery->seen, relative)) {
            continue;
        }
        strmap_set(&discovery->seen, relative, NULL);
        VEC_PUSH(
            arena, out,
            (ProjectFile){.relative = relative, .path = entry->relative, .absolute = entry->path});
    }
    return NULL;
}

Error *discover_files(Arena *arena, Str root, const StrVec *resource_paths,
                      const char *const *extensions, const IgnoreList *ignored, ProjectFileVec *out)
{
    Discovery discovery = {.arena = arena,
                           .root = root,
                           .extensions = extensions,
                           .ignored = ignored,
                           .seen = strmap_init(arena)};
    for (VEC_EACH(Str, path, resource_paths)) {
        TRY(discover_below(&discovery, *path, out));
    }
    return NULL;
}
