/* dango source edit, and what it shares with add. */
#include "cli/command/source_edit.h"

#include <stdlib.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/process.h"
#include "base/suggest.h"
#include "cli/command/all.h"
#include "value/yaml_edit.h"
#include "value/yaml_reader.h"

static const char sources_file[] = ".dango/sources.yml";

static const char *const common_keys[] = {"enabled",       "description",       "tags",
                                          "lookback_days", "empty_sync_policy", "deduplication",
                                          "namespace"};

Error *setting_parse(Arena *arena, Str text, Str *out_key, Value *out_value)
{
    Str key, written;
    if (!str_cut(text, '=', &key, &written) || str_trim(key).len == 0) {
        return error_hint(error_new(ERR_USAGE, "'" STR_FMT "' is not key=value", STR_ARG(text)),
                          "write it like --set delimiter=';'");
    }
    *out_key = str_trim(key);
    /* What YAML would take apart (a colon, a star, a lone quote) is meant as it stands. */
    ReadOptions options = {.path = STR("--set")};
    const Value *value = NULL;
    Error *err = yaml_read(arena, written, &options, &value);
    if (err != NULL) {
        error_discard(err, "it is text then");
        value = NULL;
    }
    bool is_plain = value != NULL && !value_is(value, VALUE_MAP) && !value_is_null(value);
    *out_value = is_plain ? *value : value_string(written);
    return NULL;
}

Error *setting_check(const SourceDriver *driver, Str key, bool *out_common)
{
    Suggestion best = suggestion_init(key);
    *out_common = false;
    for (size_t i = 0; i < ARRAY_LEN(common_keys); i++) {
        if (str_is(key, common_keys[i])) {
            *out_common = true;
            return NULL;
        }
        suggestion_try(&best, str_from(common_keys[i]));
    }
    for (const OptionDef *option = driver->options; option->name != NULL; option++) {
        if (str_is(key, option->name)) {
            return NULL;
        }
        suggestion_try(&best, str_from(option->name));
    }
    Error *err = error_new(ERR_USAGE, "%s has no option '" STR_FMT "'", driver->type, STR_ARG(key));
    if (best.name.len > 0) {
        err = error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
    }
    return error_hint(err, "'dango source add --help' lists the options");
}

static Str sources_path(App *app)
{
    return fs_join(app->arena, app->project->root, str_from(sources_file));
}

Error *sources_text_read(App *app, Str *out_text)
{
    Str path = sources_path(app);
    if (!fs_is_file(path.data)) {
        *out_text = STR("version: '1.0'\nsources: []\n");
        return NULL;
    }
    return fs_read_file(app->arena, path.data, LIMIT_CONFIG_BYTES, out_text);
}

Error *sources_text_write(App *app, Str text)
{
    return fs_write_file(sources_path(app).data, text, 0644);
}

Str sources_index_of(App *app, Str name)
{
    size_t index = 0;
    for (VEC_EACH(const SourceConfig, config, &app->project->sources)) {
        if (str_eq_nocase(config->name, name)) {
            break;
        }
        index++;
    }
    return str_printf(app->arena, "%zu", index);
}

static Error *try_files(App *app, SourceContext *ctx, const Source *source)
{
    SourceFileVec files = {0};
    TRY(source->driver->list_files(ctx, source->state, &files));
    if (!app->json) {
        term_printf(&app->out, files.len > 0 ? "✓ Found %zu file%s\n" : "⚠ Found no files yet\n",
                    files.len, files.len == 1 ? "" : "s");
    }
    return NULL;
}

static Error *try_streams(App *app, SourceContext *ctx, const Source *source)
{
    SourceStreamVec streams = {0};
    TRY(source->driver->list_streams(ctx, source->state, &streams));
    for (VEC_EACH(const SourceStream, it, &streams)) {
        if (!app->json) {
            term_printf(&app->out, "✓ Found " STR_FMT "\n", STR_ARG(it->name));
        }
    }
    return NULL;
}

Error *source_try(App *app, Str name)
{
    TRY(app_load_project(app));
    const SourceConfig *config = NULL;
    TRY(project_get_source(app->project, name, &config));
    SourceContext ctx = {
        .arena = app->arena, .project = app->project, .config = config, .cancel = app->cancel};
    AUTO_DONE(source) Source source = {0};
    TRY(source_open(&ctx, &source));
    for (VEC_EACH(const ProjectProblem, problem, &ctx.problems)) {
        term_printf(&app->out, "⚠ " STR_FMT ": " STR_FMT "\n", STR_ARG(problem->place),
                    STR_ARG(problem->message));
    }
    return source.driver->list_streams != NULL ? try_streams(app, &ctx, &source)
                                               : try_files(app, &ctx, &source);
}

static const FlagDef flags[] = {
    {.name = "set",
     .kind = FLAG_REPEATED,
     .value = "KEY=VALUE",
     .help = "change a key without an editor"},
    {0},
};

static Error *apply_settings(App *app, const SourceConfig *config, const StrVec *settings)
{
    const SourceDriver *driver = NULL;
    TRY(source_driver_get(app->arena, app->project, config, &driver));
    Str text;
    TRY(sources_text_read(app, &text));
    for (VEC_EACH(const Str, setting, settings)) {
        Str key = {0};
        Value value;
        bool is_common = false;
        TRY(setting_parse(app->arena, *setting, &key, &value));
        TRY(setting_check(driver, key, &is_common));
        Str path[] = {STR("sources"), sources_index_of(app, config->name), config->type, key};
        if (is_common) {
            path[2] = key;
        }
        YamlEdit edit = {
            .file = str_from(sources_file), .text = text, .path = path, .depth = is_common ? 3 : 4};
        TRY(yaml_edit_set(app->arena, &edit, &value, &text));
    }
    return sources_text_write(app, text);
}

/* Opens the file in the user's editor, at the entry where the editor understands +LINE. */
static Error *open_editor(App *app, const SourceConfig *config)
{
    const char *editor = getenv("VISUAL");
    editor = editor != NULL && editor[0] != '\0' ? editor : getenv("EDITOR");
    if (editor == NULL || editor[0] == '\0') {
        return error_hint(error_new(ERR_USAGE, "no editor is set"),
                          "set EDITOR, or change keys with --set KEY=VALUE");
    }
    StrVec words = {0};
    Str rest = str_from(editor), word;
    while (str_next_piece(&rest, ' ', &word)) {
        if (word.len > 0) {
            VEC_PUSH(app->arena, &words, word);
        }
    }
    const char **argv = ARENA_ARRAY(app->arena, const char *, words.len + 3);
    size_t argc = 0;
    for (VEC_EACH(const Str, it, &words)) {
        argv[argc++] = str_to_c(app->arena, *it);
    }
    if (config != NULL && config->entry->line > 0) {
        argv[argc++] = str_printf(app->arena, "+%u", (unsigned)config->entry->line).data;
    }
    argv[argc] = sources_path(app).data;
    AUTO_DONE(process) Process process;
    TRY(process_start(&process, argv, NULL, 0));
    ProcessResult result;
    TRY(process_wait(&process, &result));
    if (result.exit_code != 0 || result.signal != 0) {
        return error_new(ERR_FAILED, "the editor failed");
    }
    return NULL;
}

/* What the file says now, problem by problem. */
static Error *recheck(App *app)
{
    TRY(app_load_project(app));
    bool wrong = false;
    for (VEC_EACH(const ProjectProblem, problem, &app->project->problems)) {
        bool is_error = problem->severity == PROBLEM_ERROR;
        term_printf(&app->out, "%s " STR_FMT ": " STR_FMT "\n", is_error ? "✗" : "⚠",
                    STR_ARG(problem->place), STR_ARG(problem->message));
        wrong = wrong || is_error;
    }
    return wrong ? error_new(ERR_FAILED, "the file has errors") : NULL;
}

static Error *run_source_edit(App *app, const Invocation *invocation)
{
    StrVec settings = invocation_list(invocation, "set", app->arena);
    const SourceConfig *config = NULL;
    if (invocation->args.len > 0) {
        config = project_find_source(app->project, invocation->args.data[0]);
        if (config == NULL) {
            return project_get_source(app->project, invocation->args.data[0], &config);
        }
    }
    if (settings.len == 0) {
        TRY(open_editor(app, config));
        return recheck(app);
    }
    if (config == NULL) {
        return error_new(ERR_USAGE, "--set needs the name of a source");
    }
    TRY(apply_settings(app, config, &settings));
    TRY(recheck(app));
    term_printf(&app->out, "✓ Updated source '" STR_FMT "'\n", STR_ARG(config->name));
    return NULL;
}

const CommandDef command_source_edit = {
    .path = "source edit",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_OPTIONAL_ONE,
    .args = "[SOURCE]",
    .summary = "change a source, in your editor or with --set",
    .examples = "dango source edit sales\n"
                "dango source edit sales --set enabled=false\n"
                "dango source edit sales --set delimiter=';' --set header=false",
    .flags = flags,
    .run = run_source_edit,
};
