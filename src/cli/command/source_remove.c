/* dango source remove: the entry goes, with what was generated for it; data only on request. */
#include "base/fs.h"
#include "base/limits.h"
#include "cli/command/all.h"
#include "cli/command/source_edit.h"
#include "staging/model_sql.h"
#include "sync/history.h"
#include "value/yaml_edit.h"
#include "warehouse/lock.h"
#include "warehouse/sql_builder.h"

static const FlagDef flags[] = {
    {.name = "delete-data",
     .kind = FLAG_SWITCH,
     .help = "drop its raw tables and forget its state too"},
    {.name = "force", .letter = 'f', .kind = FLAG_SWITCH, .alias = "yes", .help = "do not ask"},
    {0},
};

/* With data at stake the name has to be typed; otherwise a yes will do. */
static bool confirmed(App *app, const Invocation *invocation, const SourceConfig *config)
{
    if (invocation_switch(invocation, "force")) {
        return true;
    }
    if (!invocation_switch(invocation, "delete-data")) {
        Str question =
            str_printf(app->arena, "Remove source '" STR_FMT "'? (y/N)", STR_ARG(config->name));
        return app_confirm(app, question.data);
    }
    Str question = str_printf(app->arena,
                              "This DROPS raw_" STR_FMT
                              " with all its tables. Type the source's name to go on",
                              STR_ARG(config->namespace));
    return str_eq(app_ask(app, question.data, STR("")), config->name);
}

static Error *remove_entry(App *app, const SourceConfig *config)
{
    Str text, after;
    TRY(sources_text_read(app, &text));
    Str path[] = {STR("sources"), sources_index_of(app, config->name)};
    YamlEdit edit = {.file = STR(".dango/sources.yml"), .text = text, .path = path, .depth = 2};
    TRY(yaml_edit_remove(app->arena, &edit, &after));
    return sources_text_write(app, after);
}

/* Generated models that read the source go when nobody edited them; the others are named. */
static Error *remove_models(App *app, const SourceConfig *config)
{
    Str directory = fs_join(app->arena, app->project->dbt_directory, STR("models/staging"));
    if (!fs_is_directory(directory.data)) {
        return NULL;
    }
    Str mention = str_printf(app->arena, "source('" STR_FMT "', ", STR_ARG(config->namespace));
    Str property_lead = str_printf(app->arena, "_stg_" STR_FMT "__", STR_ARG(config->namespace));
    FsEntryVec files = {0};
    TRY(fs_walk(app->arena, directory.data, 0, &files));
    bool any_kept = false;
    for (VEC_EACH(const FsEntry, file, &files)) {
        Str text;
        TRY(fs_read_file(app->arena, file->path.data, LIMIT_SQL_BYTES, &text));
        if (!str_contains(text, mention)) {
            continue;
        }
        if (staging_sql_state(text) == STAGING_FILE_GENERATED) {
            TRY(fs_remove_file(file->path.data));
            term_printf(&app->out, "✓ Removed " STR_FMT "\n", STR_ARG(file->relative));
        } else {
            term_printf(&app->out, "- Kept " STR_FMT " (edited by hand)\n",
                        STR_ARG(file->relative));
            any_kept = true;
        }
    }
    for (VEC_EACH(const FsEntry, file, &files)) {
        if (!any_kept && str_starts_with(file->relative, property_lead)) {
            TRY(fs_remove_file(file->path.data));
            term_printf(&app->out, "✓ Removed " STR_FMT "\n", STR_ARG(file->relative));
        }
    }
    return NULL;
}

/* What is remembered of all sources in one table. */
static Error *add_forgetting(Connection *connection, Str source, SqlBuilder *sql)
{
    static const char *const tables[] = {"_dango_file_metadata", "_dango_rejected_rows"};
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        bool exists = false;
        TRY(connection_has_relation(connection, STR("main"), str_from(tables[i]), &exists));
        if (exists) {
            SQL_ADD(sql, "delete from {} where source_name = {}; ",
                    SQL_NAME(STR("main"), str_from(tables[i])), SQL_TEXT(source));
        }
    }
    return NULL;
}

static Error *drop_data(App *app, const SourceConfig *config)
{
    LockRequest request = {.state_directory =
                               fs_join(app->arena, app->project->root, STR(".dango/state")),
                           .operation = STR("source remove"),
                           .source = config->name,
                           .cancel = app->cancel};
    AUTO_DONE(write_lock) WriteLock lock = WRITE_LOCK_NONE;
    TRY(write_lock_take(&request, &lock));
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    TRY(app_open_warehouse(app, APP_WRITE, &warehouse));
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(connection_open(warehouse, &connection));
    Str lead = STR("raw_");
    Str schemas[] = {
        str_printf(app->arena, STR_FMT STR_FMT, STR_ARG(lead), STR_ARG(config->namespace)),
        str_printf(app->arena, STR_FMT STR_FMT, STR_ARG(lead), STR_ARG(config->name))};
    SqlBuilder sql = sql_begin(app->arena);
    SQL_ADD(&sql, "begin; drop schema if exists {} cascade; drop schema if exists {} cascade; ",
            SQL_ID(schemas[0]), SQL_ID(schemas[1]));
    SQL_ADD(&sql, "drop view if exists {}; ", SQL_NAME(STR("raw"), config->name));
    TRY(add_forgetting(connection, config->name, &sql));
    SQL_ADD(&sql, "commit");
    TRY(connection_execute(connection, sql_text(&sql), NULL, 0, NULL));
    static const char *const folders[] = {".dlt/pipelines", ".dango/state/packages"};
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        Str folder = str_printf(app->arena, STR_FMT "/%s/" STR_FMT, STR_ARG(app->project->root),
                                folders[i], STR_ARG(config->name));
        TRY(fs_remove_tree(folder.data));
    }
    TRY(history_remove(app->project, config->name));
    term_printf(&app->out, "✓ Dropped " STR_FMT "\n", STR_ARG(schemas[0]));
    return NULL;
}

static Error *run_source_remove(App *app, const Invocation *invocation)
{
    const SourceConfig *config = project_find_source(app->project, invocation->args.data[0]);
    if (config == NULL) {
        return project_get_source(app->project, invocation->args.data[0], &config);
    }
    if (!confirmed(app, invocation, config)) {
        term_printf(&app->out, "Cancelled.\n");
        return error_new(ERR_FAILED, "cancelled");
    }
    bool delete_data = invocation_switch(invocation, "delete-data");
    if (delete_data && fs_is_file(str_to_c(app->arena, app->project->warehouse_path))) {
        TRY(drop_data(app, config));
    }
    TRY(remove_models(app, config));
    TRY(remove_entry(app, config));
    term_printf(&app->out, "✓ Removed source '" STR_FMT "'\n", STR_ARG(config->name));
    if (!delete_data) {
        term_printf(&app->out,
                    "Its tables stay in raw_" STR_FMT "; 'drop schema raw_" STR_FMT
                    " cascade' removes them.\n",
                    STR_ARG(config->namespace), STR_ARG(config->namespace));
    }
    return NULL;
}

const CommandDef command_source_remove = {
    .path = "source remove",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_ONE,
    .args = "SOURCE",
    .summary = "stop loading a source; keep or drop its data",
    .examples = "dango source remove sales\n"
                "dango source remove sales --delete-data",
    .flags = flags,
    .run = run_source_remove,
};
