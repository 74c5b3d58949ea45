#include "base/fs.h"
#include "base/limits.h"
#include "transform/session_open.h"

/* Where the project's own files are, which nothing may remove. */
static bool is_source(const ProjectFileDef *project, Arena *arena, Str path)
{
    const StrVec *const groups[] = {&project->model_paths,    &project->seed_paths,
                                    &project->snapshot_paths, &project->test_paths,
                                    &project->macro_paths,    &project->analysis_paths,
                                    &project->function_paths};
    bool is_root = str_eq(path, project->root);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        for (VEC_EACH(const Str, it, groups[i])) {
            is_root =
                is_root || str_eq(path, fs_normalize(arena, fs_join(arena, project->root, *it)));
        }
    }
    return is_root;
}

static bool is_inside(Str path, Str directory)
{
    return str_starts_with(path, directory) && path.len > directory.len &&
           path.data[directory.len] == '/';
}

static Error *refuse(const StrVec *paths, const char *what)
{
    AUTO_FREE(arena) Arena *arena = arena_new("clean");
    StrBuf list = strbuf_init(arena, LIMIT_ERROR_BYTES);
    for (VEC_EACH(const Str, it, paths)) {
        strbuf_printf(&list, "%s'" STR_FMT "'", list.len > 0 ? ", " : "", STR_ARG(*it));
    }
    return error_hint(error_new(ERR_CONFIG, "dbt will not clean the following %s: [" STR_FMT "]",
                                what, STR_ARG(strbuf_str(&list))),
                      "see 'clean-targets' in dbt_project.yml");
}

/* The directories that `clean-targets` names, each once. */
static void find_targets(const Session *session, Arena *arena, StrVec *out)
{
    const ProjectFileDef *project = &session->projects.data[0];
    const Value *given = value_find(project->file, STR("clean-targets"));
    Value fallback = value_string(project->target_path);
    Value usual = value_list(&fallback, 1);
    for (VALUE_EACH(target, given != NULL ? given : &usual)) {
        Str name = value_text_or(target, (Str){0});
        Str path = fs_normalize(arena, fs_join(arena, project->root, name));
        bool known = name.len == 0;
        for (VEC_EACH(const Str, it, out)) {
            known = known || str_eq(*it, path);
        }
        if (!known) {
            VEC_PUSH(arena, out, path);
        }
    }
}

static Error *check_targets(const Session *session, Arena *arena, const StrVec *targets)
{
    const ProjectFileDef *project = &session->projects.data[0];
    StrVec sources = {0}, outside = {0};
    for (VEC_EACH(const Str, it, targets)) {
        if (is_source(project, arena, *it)) {
            VEC_PUSH(arena, &sources, *it);
        } else if (!is_inside(*it, project->root)) {
            VEC_PUSH(arena, &outside, *it);
        }
    }
    if (sources.len > 0) {
        return refuse(&sources, "source paths");
    }
    bool anywhere = session->options->clean_outside;
    return outside.len > 0 && !anywhere ? refuse(&outside, "directories outside the project")
                                        : NULL;
}

Error *transform_clean(const TransformOptions *options, Reporter *reporter)
{
    AUTO_FREE(session) Session *session = NULL;
    AUTO_FREE(arena) Arena *arena = arena_new("clean");
    StrVec targets = {0};
    TRY(session_open(options, reporter, "clean", &session));
    report_text(session, LOG_INFO, "MainReportVersion",
                STR("Running with dbt=" TRANSFORM_DBT_VERSION));
    find_targets(session, arena, &targets);
    TRY(check_targets(session, arena, &targets));
    for (VEC_EACH(const Str, it, &targets)) {
        report_text(session, LOG_INFO, "CheckCleanPath",
                    str_printf(arena, "Checking " STR_FMT "/*", STR_ARG(*it)));
        const char *path = str_to_c(arena, *it);
        if (fs_is_directory(path)) {
            TRY(fs_remove_tree(path));
        }
        report_text(session, LOG_INFO, "ConfirmCleanPath",
                    str_printf(arena, "Cleaned " STR_FMT "/*", STR_ARG(*it)));
    }
    report_text(session, LOG_INFO, "FinishedCleanPaths", STR("Finished cleaning all paths."));
    return NULL;
}
