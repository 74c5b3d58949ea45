#include "transform/parse/internal.h"

#include "base/embed.h"
#include "base/limits.h"
#include "transform/parse/deprecated.h"
#include "transform/parse/macro_calls.h"
#include "transform/parse/macro_file.h"

/* Files of the built-in macro library; see app_embed in cmake/app.cmake. */
extern const EmbedFile dango_macros_files[];
extern const size_t dango_macros_count;

/* Which macro of the manifest a macro of the template is: names inside templates carry dbt's
 * prefix. */
static void bind_macros(Manifest *manifest, Str package, const JinjaTemplate *tpl)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("macro names");
    for (size_t i = 0; i < jinja_macro_count(tpl); i++) {
        Str name = jinja_macro_info(tpl, i).name;
        Str prefix = STR("dbt_macro__");
        if (str_starts_with(name, prefix)) {
            name = str_from_offset(name, prefix.len);
        }
        Str id = str_printf(scratch, "macro." STR_FMT "." STR_FMT, STR_ARG(package), STR_ARG(name));
        Macro *macro = strmap_find(&manifest->macros_by_id, id);
        if (macro != NULL && macro->tpl == NULL) {
            macro->tpl = tpl;
            macro->tpl_index = i;
        }
    }
}

/* `out_strays` are the tags around the macros. */
static Error *read_macro_text(Session *session, Str package, Str path, Str text, StrVec *out_strays)
{
    Manifest *manifest = session->manifest;
    size_t before = manifest->macros.len;
    Str code;
    TRY(macro_file_read(manifest, package, path, text, out_strays, &code));
    if (manifest->macros.len == before) {
        return NULL;
    }
    const JinjaTemplate *tpl = NULL;
    TRY(parse_compile(session->env, session->arena, path, code, &tpl));
    bind_macros(manifest, package, tpl);
    return NULL;
}

static Error *read_builtin_macros(Session *session)
{
    for (size_t i = 0; i < dango_macros_count; i++) {
        const EmbedFile *file = &dango_macros_files[i];
        Str path = str_from(file->path), folder = STR("duckdb/");
        bool of_adapter = str_starts_with(path, folder);
        Str package = of_adapter ? STR(PACKAGE_ADAPTER) : STR(PACKAGE_CORE);
        Str below = str_from_offset(path, of_adapter ? folder.len : 0);
        Str shown = str_printf(session->arena, "macros/" STR_FMT, STR_ARG(below));
        StrVec strays = {0};
        TRY(read_macro_text(session, package, shown, (Str){file->data, file->size}, &strays));
    }
    return NULL;
}

/* Files of generic tests are told nothing about tags around the tests. */
typedef enum MacroFolder { FOLDER_MACROS, FOLDER_TESTS } MacroFolder;

static Error *read_macro_files(Session *session, const ProjectFileDef *project, const StrVec *paths,
                               const IgnoreList *ignored, MacroFolder folder)
{
    static const char *const extensions[] = {".sql", NULL};
    ProjectFileVec files = {0};
    TRY(discover_files(session->arena, project->root, paths, extensions, ignored, &files));
    for (VEC_EACH(ProjectFile, file, &files)) {
        Str text;
        StrVec strays = {0};
        TRY(fs_read_file(session->arena, file->absolute.data, LIMIT_TEMPLATE_BYTES, &text));
        Error *err = read_macro_text(session, project->name, file->relative, text, &strays);
        if (folder == FOLDER_MACROS) {
            report_stray_tags(session, file->relative, &strays);
        }
        TRY(err);
    }
    return NULL;
}

static Error *read_project_macros(Session *session, const ProjectFileDef *project,
                                  const IgnoreList *ignored)
{
    StrVec generic = {0};
    for (VEC_EACH(const Str, it, &project->test_paths)) {
        VEC_PUSH(session->arena, &generic, fs_join(session->arena, *it, STR("generic")));
    }
    TRY(read_macro_files(session, project, &project->macro_paths, ignored, FOLDER_MACROS));
    return read_macro_files(session, project, &generic, ignored, FOLDER_TESTS);
}

Error *parse_macros(Session *session)
{
    TRY(read_builtin_macros(session));
    for (VEC_EACH(ProjectFileDef, project, &session->projects)) {
        const IgnoreList *ignored = NULL;
        TRY(ignore_list_read(session->arena, project->root, &ignored));
        TRY(read_project_macros(session, project, ignored));
        VEC_PUSH(session->arena, &session->manifest->packages, project->name);
    }
    session->macros =
        macro_library_new(session->arena, session->manifest, &session->projects.data[0].dispatch);
    macro_calls_find(session->arena, session->manifest, session->macros);
    return NULL;
}
