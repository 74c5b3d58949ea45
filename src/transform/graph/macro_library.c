#include "transform/graph/macro_library.h"

/* Prefixes of implementations, the most specific first. */
static const char *const adapter_prefixes[] = {"duckdb", "default"};

static PackageMacros *package_of(MacroLibrary *library, Str name)
{
    PackageMacros *package = strmap_find(&library->packages, name);
    if (package == NULL) {
        package = ARENA_NEW(library->arena, PackageMacros);
        *package = (PackageMacros){.name = name, .macros = strmap_init(library->arena)};
        strmap_set(&library->packages, name, package);
    }
    return package;
}

const MacroLibrary *macro_library_new(Arena *arena, const Manifest *manifest,
                                      const DispatchOrderVec *dispatch)
{
    MacroLibrary *library = ARENA_NEW(arena, MacroLibrary);
    *library = (MacroLibrary){.arena = arena,
                              .root_package = manifest->root_package,
                              .packages = strmap_init(arena),
                              .internal = {.name = STR(PACKAGE_CORE), .macros = strmap_init(arena)},
                              .dispatch = *dispatch};
    for (VEC_EACH(Str, name, &manifest->packages)) {
        (void)package_of(library, *name);
    }
    for (VEC_EACH(MacroPtr, it, &manifest->macros)) {
        Macro *macro = *it;
        bool core = str_is(macro->package, PACKAGE_CORE);
        if (!core && !str_is(macro->package, PACKAGE_ADAPTER)) {
            strmap_set(&package_of(library, macro->package)->macros, macro->name, macro);
        } else if (!core || !strmap_has(&library->internal.macros, macro->name)) {
            strmap_set(&library->internal.macros, macro->name, macro);
        }
    }
    return library;
}

const Macro *macro_in(const PackageMacros *macros, Str name)
{
    return macros != NULL ? strmap_find(&macros->macros, name) : NULL;
}

const PackageMacros *macro_namespace(const MacroLibrary *library, Str name)
{
    if (str_is(name, PACKAGE_CORE) || str_is(name, PACKAGE_ADAPTER)) {
        return &library->internal;
    }
    return strmap_find(&library->packages, name);
}

const Macro *macro_find(const MacroLibrary *library, Str package, Str name)
{
    const Macro *found = macro_in(macro_namespace(library, package), name);
    if (found == NULL) {
        found = macro_in(macro_namespace(library, library->root_package), name);
    }
    return found != NULL ? found : macro_in(&library->internal, name);
}

const Macro *macro_find_generator(const MacroLibrary *library, Str package, Str name)
{
    const Macro *found = macro_in(macro_namespace(library, library->root_package), name);
    if (found == NULL) {
        found = macro_in(macro_namespace(library, package), name);
    }
    return found != NULL ? found : macro_in(&library->internal, name);
}

/* ---- Dispatch ---- */

/* The packages to look into, in order; an empty name stands for the bare lookup. */
static StrVec search_order(const MacroLibrary *library, Arena *scratch, Str wanted)
{
    StrVec order = {0};
    for (VEC_EACH(DispatchOrder, it, &library->dispatch)) {
        if (str_eq(it->macro_namespace, wanted)) {
            return it->search_order;
        }
    }
    if (wanted.len > 0 && macro_namespace(library, wanted) != NULL) {
        VEC_PUSH(scratch, &order, library->root_package);
        VEC_PUSH(scratch, &order, wanted);
    } else {
        VEC_PUSH(scratch, &order, (Str){0});
    }
    return order;
}

static Error *dispatch_error(const StrVec *order, Str name, Str wanted)
{
    AUTO_FREE(arena) Arena *arena = arena_new("dispatch");
    StrBuf tried = strbuf_init(arena, 10000);
    for (VEC_EACH(Str, package, order)) {
        for (size_t i = 0; i < ARRAY_LEN(adapter_prefixes); i++) {
            strbuf_printf(&tried, "%s'" STR_FMT "%s%s__" STR_FMT "'", tried.len > 0 ? ", " : "",
                          STR_ARG(*package), package->len > 0 ? "." : "", adapter_prefixes[i],
                          STR_ARG(name));
        }
    }
    return error_new(ERR_TEMPLATE,
                     "In dispatch: No macro named '" STR_FMT "' found within namespace: '" STR_FMT
                     "'\n    Searched for: " STR_FMT,
                     STR_ARG(name), STR_ARG(wanted.len > 0 ? wanted : STR("None")),
                     STR_ARG(strbuf_str(&tried)));
}

Error *macro_dispatch(const MacroLibrary *library, Str package, Str name, Str wanted,
                      const Macro **out)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("dispatch");
    if (str_find_char(name, '.') != SIZE_MAX) {
        return error_new(ERR_TEMPLATE,
                         "In adapter.dispatch, got a macro name of \"" STR_FMT "\", but \".\" is "
                         "not a valid macro name component. Did you mean `adapter.dispatch(name, "
                         "macro_namespace=...)`?",
                         STR_ARG(name));
    }
    StrVec order = search_order(library, scratch, wanted);
    for (VEC_EACH(Str, searched, &order)) {
        for (size_t i = 0; i < ARRAY_LEN(adapter_prefixes); i++) {
            Str full = str_printf(scratch, "%s__" STR_FMT, adapter_prefixes[i], STR_ARG(name));
            const Macro *found = searched->len == 0
                                     ? macro_find(library, package, full)
                                     : macro_in(macro_namespace(library, *searched), full);
            if (found != NULL) {
                *out = found;
                return NULL;
            }
        }
    }
    return dispatch_error(&order, name, wanted);
}

/* ---- Materialisations ---- */

static Str materialization_name(Arena *scratch, Str name, const char *adapter)
{
    return str_printf(scratch, "materialization_" STR_FMT "_%s", STR_ARG(name), adapter);
}

/* A package may bring materialisations of its own for all projects, but not replace built-in ones.
 */
static bool is_built_in(const MacroLibrary *library, Arena *scratch, Str name)
{
    bool found = false;
    for (size_t i = 0; i < ARRAY_LEN(adapter_prefixes); i++) {
        Str full = materialization_name(scratch, name, adapter_prefixes[i]);
        found = found || macro_in(&library->internal, full) != NULL;
    }
    return found;
}

static const Macro *find_imported(const MacroLibrary *library, Str full)
{
    for (STRMAP_EACH(it, &library->packages)) {
        const Macro *found = macro_in(it->value, full);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

Error *macro_find_materialization(const MacroLibrary *library, Str name, const Macro **out)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("materialization");
    bool built_in = is_built_in(library, scratch, name);
    for (size_t i = 0; i < ARRAY_LEN(adapter_prefixes); i++) {
        Str full = materialization_name(scratch, name, adapter_prefixes[i]);
        const Macro *found = macro_in(macro_namespace(library, library->root_package), full);
        if (found == NULL) {
            found = built_in ? macro_in(&library->internal, full) : find_imported(library, full);
        }
        if (found != NULL) {
            *out = found;
            return NULL;
        }
    }
    return error_new(ERR_TEMPLATE,
                     "No materialization '" STR_FMT "' was found for adapter duckdb! (searched "
                     "types 'default' and 'duckdb')",
                     STR_ARG(name));
}
