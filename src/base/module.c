#include "base/module.h"

#include <dlfcn.h>

#include "base/fs.h"

/* The modules of an installed program and of a build tree lie at the same place: ../lib/dango. */
static Error *module_path(Arena *arena, const char *name, const char **out_path)
{
    Str own;
    TRY(fs_own_path(arena, &own));
    Str prefix = fs_directory_name(fs_directory_name(own));
    Str path = str_printf(arena, STR_FMT "/lib/dango/%s.so", STR_ARG(prefix), name);
    *out_path = str_to_c(arena, path);
    return NULL;
}

Error *module_open(const char *name, const char *symbol, const char *package,
                   const void **out_symbol)
{
    AUTO_FREE(arena) Arena *arena = arena_new("module");
    const char *path = NULL;
    TRY(module_path(arena, name, &path));
    if (!fs_is_file(path)) {
        return error_hint(error_new(ERR_UNSUPPORTED, "the module '%s' is missing", path),
                          "install the program again, with its lib/dango folder");
    }
    /* Not RTLD_GLOBAL: the client libraries of two modules must not see each other's symbols. */
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        return error_hint(error_new(ERR_UNSUPPORTED, "cannot load '%s': %s", path, dlerror()),
                          "install %s", package);
    }
    const void *found = dlsym(handle, symbol);
    if (found == NULL) {
        return error_new(ERR_UNSUPPORTED, "'%s' is not a module of this program: no '%s' inside",
                         path, symbol);
    }
    *out_symbol = found;
    return NULL;
}
