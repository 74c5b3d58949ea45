/* Schema _dango_meta: what dashboards ask of the platform itself. Each table is made anew from a
 * list of JSON objects, which the database reads by the table's shape. */
#include "base/fs.h"
#include "base/limits.h"
#include "sync/history.h"
#include "sync/hooks.h"
#include "value/json_reader.h"
#include "value/json_writer.h"
#include "warehouse/sql_builder.h"

#define META_SCHEMA STR("_dango_meta")

typedef struct MetaTable {
    const char *name;
    const char *shape; /* of its rows, as from_json() takes it */
} MetaTable;

static const MetaTable sync_history = {
    "sync_history", "[{\"source_name\": \"VARCHAR\", \"sync_timestamp\": \"TIMESTAMPTZ\","
                    " \"status\": \"VARCHAR\", \"duration_seconds\": \"DOUBLE\","
                    " \"rows_processed\": \"BIGINT\", \"error_message\": \"VARCHAR\"}]"};
static const MetaTable source_overview = {
    "source_overview",
    "[{\"source_name\": \"VARCHAR\", \"source_type\": \"VARCHAR\", \"enabled\": \"BOOLEAN\"}]"};
static const MetaTable dbt_test_results = {
    "dbt_test_results", "[{\"unique_id\": \"VARCHAR\", \"status\": \"VARCHAR\","
                        " \"passed\": \"BOOLEAN\", \"message\": \"VARCHAR\","
                        " \"execution_time\": \"DOUBLE\", \"run_generated_at\": \"TIMESTAMPTZ\"}]"};

/* ---- Writing ---- */

typedef enum MetaWrite { META_REPLACE, META_UNLESS_EXISTS } MetaWrite;

static Error *write_table(const HookContext *context, const MetaTable *table, const ValueVec *rows,
                          MetaWrite how)
{
    Value list = value_list_of(rows);
    Param param = PARAM_OF_TEXT(json_text(context->arena, &list, &json_style_compact));
    SqlBuilder sql = sql_begin(context->arena);
    SQL_ADD(&sql, "create schema if not exists {}", SQL_ID(META_SCHEMA));
    TRY(connection_execute(context->connection, sql_text(&sql), NULL, 0, NULL));
    sql_clear(&sql);
    SQL_ADD(&sql, "create {} {} as select unnest(from_json(?, {}), recursive => true)",
            SQL_RAW(how == META_REPLACE ? STR("or replace table") : STR("table if not exists")),
            SQL_NAME(META_SCHEMA, str_from(table->name)), SQL_TEXT(str_from(table->shape)));
    return connection_execute(context->connection, sql_text(&sql), &param, 1, NULL);
}

static Value text_or_null(Str text)
{
    return text.len > 0 ? value_string(text) : value_null();
}

/* ---- Syncs and sources ---- */

static void push_entry(const HookContext *context, Str source, const HistoryEntry *entry,
                       ValueVec *rows)
{
    ValueMapBuilder map = value_map_begin(context->arena);
    value_map_set(&map, STR("source_name"), value_string(source));
    value_map_set(&map, STR("sync_timestamp"), value_string(entry->timestamp));
    value_map_set(&map, STR("status"), value_string(entry->status));
    value_map_set(&map, STR("duration_seconds"), value_float(entry->duration_seconds));
    value_map_set(&map, STR("rows_processed"), value_int(entry->rows_processed));
    value_map_set(&map, STR("error_message"), text_or_null(entry->error_message));
    VEC_PUSH(context->arena, rows, value_map_end(&map));
}

static Error *collect(const HookContext *context, ValueVec *history, ValueVec *sources)
{
    for (VEC_EACH(const SourceConfig, config, &context->project->sources)) {
        ValueMapBuilder map = value_map_begin(context->arena);
        value_map_set(&map, STR("source_name"), value_string(config->name));
        value_map_set(&map, STR("source_type"), text_or_null(config->type));
        value_map_set(&map, STR("enabled"), value_bool(config->enabled));
        VEC_PUSH(context->arena, sources, value_map_end(&map));
        HistoryEntryVec entries = {0};
        TRY(history_read(context->arena, context->project, config->name, &entries));
        for (VEC_EACH(const HistoryEntry, entry, &entries)) {
            push_entry(context, config->name, entry, history);
        }
    }
    return NULL;
}

static Error *write_all(const HookContext *context)
{
    ValueVec history = {0}, sources = {0};
    TRY(collect(context, &history, &sources));
    TRY(write_table(context, &sync_history, &history, META_REPLACE));
    TRY(write_table(context, &source_overview, &sources, META_REPLACE));
    return write_table(context, &dbt_test_results, &(ValueVec){0}, META_UNLESS_EXISTS);
}

static Error *in_transaction(const HookContext *context, Error *(*work)(const HookContext *))
{
    TRY(connection_begin(context->connection));
    Error *err = work(context);
    if (err != NULL) {
        error_discard(connection_rollback(context->connection), "the first failure says why");
        return err;
    }
    return connection_commit(context->connection);
}

Error *hook_write_meta(const HookContext *context)
{
    return in_transaction(context, write_all);
}

/* ---- Tests ---- */

static void push_test(const HookContext *context, const Value *result, Str generated_at,
                      ValueVec *rows)
{
    static const char *const copied[] = {"unique_id", "status", "message", "execution_time"};
    Str id = value_text_or(value_find(result, STR("unique_id")), STR(""));
    if (!str_starts_with(id, STR("test."))) {
        return;
    }
    ValueMapBuilder map = value_map_begin(context->arena);
    for (size_t i = 0; i < ARRAY_LEN(copied); i++) {
        const Value *value = value_find(result, str_from(copied[i]));
        value_map_set(&map, str_from(copied[i]), value != NULL ? *value : value_null());
    }
    Str status = value_text_or(value_find(result, STR("status")), STR(""));
    value_map_set(&map, STR("passed"), value_bool(str_is(status, "pass")));
    value_map_set(&map, STR("run_generated_at"), text_or_null(generated_at));
    VEC_PUSH(context->arena, rows, value_map_end(&map));
}

static Error *write_tests(const HookContext *context)
{
    Str path =
        fs_join(context->arena, context->project->dbt_directory, STR("target/run_results.json"));
    if (!fs_is_file(str_to_c(context->arena, path))) {
        return NULL;
    }
    Str text;
    TRY(fs_read_file(context->arena, path.data, LIMIT_JSON_BYTES, &text));
    ReadOptions options = {.path = project_shown_path(context->project, path)};
    const Value *root = NULL;
    TRY(json_read(context->arena, text, &options, &root));
    Str generated_at = value_text_or(value_find_path(root, STR("metadata.generated_at")), STR(""));
    ValueVec rows = {0};
    for (VALUE_EACH(result, value_find(root, STR("results")))) {
        push_test(context, result, generated_at, &rows);
    }
    return rows.len > 0 ? write_table(context, &dbt_test_results, &rows, META_REPLACE) : NULL;
}

Error *hook_keep_test_results(const HookContext *context)
{
    return in_transaction(context, write_tests);
}
