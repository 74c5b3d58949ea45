#include "staging/staging.h"

#include "base/fs.h"
#include "base/limits.h"

static bool is_loader_column(Str name)
{
    return str_starts_with(name, STR("_dlt_")) || str_starts_with(name, STR("_dango_"));
}

static const ColumnInfo *find_column(const ColumnInfoVec *columns, Str name)
{
    for (VEC_EACH(const ColumnInfo, column, columns)) {
        if (str_eq_nocase(column->name, name)) {
            return column;
        }
    }
    return NULL;
}

/* Everything the user sent, then when and by which load it came. */
static StrVec selected_columns(Arena *arena, const ColumnInfoVec *columns)
{
    static const char *const last[] = {"_dlt_load_id", "_dlt_extracted_at"};
    StrVec selected = {0};
    for (VEC_EACH(const ColumnInfo, column, columns)) {
        if (!is_loader_column(column->name)) {
            VEC_PUSH(arena, &selected, column->name);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(last); i++) {
        if (find_column(columns, str_from(last[i])) != NULL) {
            VEC_PUSH(arena, &selected, str_from(last[i]));
        }
    }
    return selected;
}

/* The configured key where the table has all of it, else a column that is a key by its name alone.
 * Guessing <table>_id would lose rows of line items. */
static StrVec find_key(Arena *arena, const StagingSource *source, const ColumnInfoVec *columns)
{
    static const char *const usual[] = {"id", "uuid", "key"};
    StrVec key = {0};
    for (VEC_EACH(const Str, name, &source->key)) {
        const ColumnInfo *column = find_column(columns, *name);
        if (column != NULL) {
            VEC_PUSH(arena, &key, column->name);
        }
    }
    if (key.len > 0 && key.len == source->key.len) {
        return key;
    }
    key.len = 0;
    for (size_t i = 0; i < ARRAY_LEN(usual) && key.len == 0; i++) {
        const ColumnInfo *column = find_column(columns, str_from(usual[i]));
        if (column != NULL) {
            VEC_PUSH(arena, &key, column->name);
        }
    }
    return key;
}

static Str find_change_column(const StagingSource *source, const Strategy *strategy,
                              const ColumnInfoVec *columns)
{
    static const char *const usual[] = {"updated_at", "modified_at"};
    const ColumnInfo *configured = find_column(columns, source->change_column);
    if (configured != NULL) {
        return configured->name;
    }
    for (size_t i = 0; i < ARRAY_LEN(usual) && strategy->of_change; i++) {
        const ColumnInfo *column = find_column(columns, str_from(usual[i]));
        if (column != NULL) {
            return column->name;
        }
    }
    return STR("");
}

static Str model_name(Arena *arena, const StagingSource *source, Str table)
{
    if (str_eq(table, source->namespace)) {
        return str_printf(arena, "stg_" STR_FMT, STR_ARG(table));
    }
    return str_printf(arena, "stg_" STR_FMT "_" STR_FMT, STR_ARG(source->namespace),
                      STR_ARG(table));
}

/* A project of an older generation names its file stg_<source>__<table>: then that one is kept up.
 */
static Str choose_name(const StagingPlan *plan, const StagingSource *source, Str table)
{
    Str older =
        str_printf(plan->arena, "stg_" STR_FMT "__" STR_FMT, STR_ARG(source->name), STR_ARG(table));
    Str path = str_printf(plan->arena, STR_FMT "/" STR_FMT ".sql", STR_ARG(plan->directory),
                          STR_ARG(older));
    return fs_is_file(path.data) ? older : model_name(plan->arena, source, table);
}

static Error *look_at_file(Arena *arena, StagingModel *model)
{
    FsInfo info;
    TRY(fs_info(model->full_path.data, &info));
    if (info.kind == FS_MISSING) {
        model->before = STAGING_FILE_ABSENT;
        return NULL;
    }
    Str text;
    TRY(fs_read_file(arena, model->full_path.data, LIMIT_SQL_BYTES, &text));
    model->before = staging_sql_state(text);
    return NULL;
}

static const Strategy *choose_strategy(const StagingSource *source, const StagingOptions *options)
{
    if (options->strategy != NULL) {
        return options->strategy;
    }
    return source->strategy != NULL ? source->strategy : strategy_latest_only();
}

static StagingSql plan_sql(const StagingPlan *plan, const StagingSource *source,
                           StagingModel *model, const StagingOptions *options)
{
    const ColumnInfoVec *columns = &model->raw_columns;
    StagingSql sql = {
        .model = model->name,
        .materialized = options->materialized,
        .source = source->namespace,
        .table = model->table,
        .strategy = choose_strategy(source, options),
        .columns = selected_columns(plan->arena, columns),
        .key = find_key(plan->arena, source, columns),
        .change_ascending = source->change_ascending,
        .has_extracted_at = find_column(columns, STR("_dlt_extracted_at")) != NULL,
        .has_row_id = find_column(columns, STR("_dlt_id")) != NULL,
        .has_deleted = find_column(columns, STR("_dango_deleted")) != NULL,
    };
    if (sql.strategy->kind == STRATEGY_PERIODS && (sql.key.len == 0 || !sql.has_extracted_at)) {
        sql.strategy = strategy_none();
        model->fell_back = true;
    }
    sql.change_column = find_change_column(source, sql.strategy, columns);
    return sql;
}

static Error *plan_model(StagingPlan *plan, Connection *connection, StagingGroup *group, Str schema,
                         Str table, const StagingOptions *options)
{
    StagingModel model = {.table = table};
    TRY(connection_list_columns(connection, plan->arena, schema, table, &model.raw_columns));
    bool is_child = find_column(&model.raw_columns, STR("_dlt_parent_id")) != NULL;
    if (is_child && !options->with_children) {
        return NULL;
    }
    model.name = choose_name(plan, group->source, table);
    model.path = str_printf(plan->arena, STR_FMT "/" STR_FMT ".sql", STR_ARG(plan->shown_directory),
                            STR_ARG(model.name));
    model.full_path = str_printf(plan->arena, STR_FMT "/" STR_FMT ".sql", STR_ARG(plan->directory),
                                 STR_ARG(model.name));
    model.sql = plan_sql(plan, group->source, &model, options);
    model.strategy = model.sql.strategy;
    model.columns = model.sql.columns.len;
    TRY(look_at_file(plan->arena, &model));
    VEC_PUSH(plan->arena, &group->models, model);
    return NULL;
}

/* Tables that describe others rather than hold rows of their own, and the books of loaders. */
static bool is_description(Str table)
{
    static const char *const names[] = {"spreadsheet", "spreadsheet_info", "dimensions", "metrics"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_is(table, names[i])) {
            return true;
        }
    }
    return str_starts_with(table, STR("_dlt_")) || str_starts_with(table, STR("_dango_"));
}

static bool has_model(const StagingGroup *group, Str name)
{
    for (VEC_EACH(const StagingModel, model, &group->models)) {
        if (str_eq(model->name, name)) {
            return true;
        }
    }
    return false;
}

/* Generated models of this source that no table stands behind any more. They are told, not deleted.
 */
static Error *find_vanished(const StagingPlan *plan, StagingGroup *group)
{
    if (!fs_is_directory(plan->directory.data)) {
        return NULL;
    }
    Str lead = str_printf(plan->arena, "source('" STR_FMT "', ", STR_ARG(group->source->namespace));
    FsEntryVec files = {0};
    TRY(fs_walk(plan->arena, plan->directory.data, 0, &files));
    for (VEC_EACH(const FsEntry, file, &files)) {
        if (!str_ends_with(file->relative, STR(".sql")) ||
            has_model(group, str_slice(file->relative, 0, file->relative.len - 4))) {
            continue;
        }
        Str text;
        TRY(fs_read_file(plan->arena, file->path.data, LIMIT_SQL_BYTES, &text));
        if (staging_sql_state(text) == STAGING_FILE_GENERATED && str_contains(text, lead)) {
            VEC_PUSH(plan->arena, &group->vanished, file->relative);
        }
    }
    return NULL;
}

static Error *plan_group(StagingPlan *plan, Connection *connection, const StagingSource *source,
                         const StagingOptions *options)
{
    StagingGroup group = {
        .source = source,
        .sources_file =
            str_printf(plan->arena, "_stg_" STR_FMT "__sources.yml", STR_ARG(source->namespace)),
        .schema_file =
            str_printf(plan->arena, "_stg_" STR_FMT "__schema.yml", STR_ARG(source->namespace)),
    };
    Str schema = str_printf(plan->arena, "raw_" STR_FMT, STR_ARG(source->namespace));
    RelationVec relations = {0};
    TRY(connection_list_relations(connection, plan->arena, schema, &relations));
    for (VEC_EACH(const Relation, relation, &relations)) {
        if (relation->kind == RELATION_TABLE && !is_description(relation->name)) {
            TRY_WRAP(plan_model(plan, connection, &group, schema, relation->name, options),
                     "looking at table '" STR_FMT "." STR_FMT "'", STR_ARG(schema),
                     STR_ARG(relation->name));
        }
    }
    TRY(find_vanished(plan, &group));
    if (group.models.len == 0) {
        VEC_PUSH(plan->arena, &plan->without, source->name);
        return NULL;
    }
    VEC_PUSH(plan->arena, &plan->groups, group);
    return NULL;
}

Error *staging_plan(Arena *arena, Connection *connection, const StagingSourceVec *sources,
                    const StagingOptions *options, StagingPlan *out_plan)
{
    Str shown = str_printf(arena, STR_FMT "/models/staging", STR_ARG(options->dbt_directory));
    StagingPlan plan = {.arena = arena,
                        .shown_directory = shown,
                        .directory = fs_join(arena, str_from(options->project_root), shown)};
    for (VEC_EACH(const StagingSource, source, sources)) {
        TRY_WRAP(plan_group(&plan, connection, source, options), "source '" STR_FMT "'",
                 STR_ARG(source->name));
    }
    *out_plan = plan;
    return NULL;
}

Error *staging_write_model(const StagingModel *model, bool force, StagingWrite *out)
{
    *out = STAGING_KEPT;
    if (model->before == STAGING_FILE_EDITED && !force) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("staging model");
    Str text = staging_sql_text(arena, &model->sql);
    Str before = STR("");
    if (model->before != STAGING_FILE_ABSENT) {
        TRY(fs_read_file(arena, model->full_path.data, LIMIT_SQL_BYTES, &before));
    }
    *out = STAGING_UNCHANGED;
    if (str_eq(text, before)) {
        return NULL;
    }
    *out = STAGING_WRITTEN;
    TRY(fs_make_directory(str_to_c(arena, fs_directory_name(model->full_path))));
    return fs_write_file(model->full_path.data, text, 0644);
}
