#include "ingest/bookkeeping.h"

#include "base/clock.h"
#include "ingest/row_id.h"
#include "ingest/table_ddl.h"
#include "warehouse/sql_builder.h"

static SqlPart name_of(Str dataset, const SystemTable *table)
{
    return SQL_NAME(dataset, str_from(table->name));
}

static Error *execute(Connection *connection, const SqlBuilder *sql, const Param *params,
                      size_t param_count)
{
    Str text = {0};
    TRY(sql_finish(sql, &text));
    return connection_execute(connection, text, params, param_count, NULL);
}

/* ---- Tables ---- */

Error *bookkeeping_prepare(Connection *connection, Arena *arena, Str dataset)
{
    static const SystemTable *const tables[] = {&system_table_version, &system_table_loads,
                                                &system_table_state};
    TRY(dataset_create(connection, arena, dataset));
    Schema *schema = schema_new(arena, STR("system"));
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        TRY(table_ddl_apply(connection, arena, dataset, schema_system_table(schema, tables[i]),
                            NULL));
    }
    return NULL;
}

/* ---- Reading ---- */

static Error *has_tables(Connection *connection, Str dataset, const SystemTable *first,
                         const SystemTable *second, bool *out_found)
{
    TRY(connection_has_relation(connection, dataset, str_from(first->name), out_found));
    if (*out_found && second != NULL) {
        TRY(connection_has_relation(connection, dataset, str_from(second->name), out_found));
    }
    return NULL;
}

Error *bookkeeping_read_schema(Connection *connection, Arena *arena, Str dataset, Str schema_name,
                               Schema **out_schema)
{
    bool found = false;
    TRY(has_tables(connection, dataset, &system_table_version, NULL, &found));
    TextRows rows = {0};
    if (found) {
        SqlBuilder sql = sql_begin(arena);
        SQL_ADD(&sql,
                "select schema, version_hash from {} where schema_name = ? "
                "order by inserted_at desc, version desc limit 1",
                name_of(dataset, &system_table_version));
        TRY(connection_query_rows(connection, arena, sql_text(&sql), &PARAM_OF_TEXT(schema_name), 1,
                                  &rows));
    }
    if (rows.row_count == 0) {
        *out_schema = NULL;
        return NULL;
    }
    TRY_WRAP(schema_read(arena, text_cell(&rows, 0, 0), out_schema),
             "the newest schema '" STR_FMT "' in '" STR_FMT "._dlt_version'", STR_ARG(schema_name),
             STR_ARG(dataset));
    return NULL;
}

Error *bookkeeping_read_state(Connection *connection, Arena *arena, Str dataset, Str pipeline_name,
                              State **out_state)
{
    bool found = false;
    TRY(has_tables(connection, dataset, &system_table_state, &system_table_loads, &found));
    TextRows rows = {0};
    if (found) {
        SqlBuilder sql = sql_begin(arena);
        SQL_ADD(&sql,
                "select s.state from {} as s join {} as l on l.load_id = s._dlt_load_id "
                "where s.pipeline_name = ? and l.status = 0 order by l.load_id desc limit 1",
                name_of(dataset, &system_table_state), name_of(dataset, &system_table_loads));
        TRY(connection_query_rows(connection, arena, sql_text(&sql), &PARAM_OF_TEXT(pipeline_name),
                                  1, &rows));
    }
    if (rows.row_count == 0) {
        *out_state = NULL;
        return NULL;
    }
    State *state = NULL;
    TRY_WRAP(state_read(arena, text_cell(&rows, 0, 0), &state),
             "the newest state of '" STR_FMT "' in '" STR_FMT "._dlt_pipeline_state'",
             STR_ARG(pipeline_name), STR_ARG(dataset));
    state->stored_hash = state_version_hash(state);
    *out_state = state;
    return NULL;
}

Error *bookkeeping_read_last_load(Connection *connection, Arena *arena, Str dataset,
                                  Str *out_load_id)
{
    bool found = false;
    TRY(has_tables(connection, dataset, &system_table_loads, NULL, &found));
    if (!found) {
        *out_load_id = STR("");
        return NULL;
    }
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "select max(load_id) from {}", name_of(dataset, &system_table_loads));
    return connection_query_text(connection, arena, sql_text(&sql), NULL, 0, out_load_id);
}

/* ---- Writing ---- */

static void mark_loaded_tables(LoadPackage *package)
{
    for (VEC_EACH(LoadedTable, it, &package->tables)) {
        SchemaTable *table = schema_find_table(package->schema, it->name);
        if (table != NULL && it->rows > 0) {
            schema_mark_seen(package->schema, table);
        }
    }
}

/* The latest time of a version of this schema; 0 without one. */
static Error *read_version_time(Connection *connection, Arena *arena, const LoadPackage *package,
                                int64_t *out_us)
{
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "select max(inserted_at) from {} where schema_name = ?",
            name_of(package->dataset, &system_table_version));
    AUTO_FREE(result) Result *result = NULL;
    TRY(connection_query(connection, sql_text(&sql), &PARAM_OF_TEXT(schema_name(package->schema)),
                         1, &result));
    const Chunk *chunk = NULL;
    TRY(result_next(result, &chunk));
    if (chunk == NULL || chunk->columns[0].type.kind != COLUMN_TIMESTAMP_TZ) {
        return error_new(ERR_SCHEMA, "'" STR_FMT "._dlt_version' is not as dlt makes it",
                         STR_ARG(package->dataset));
    }
    bool is_first = column_is_null(&chunk->columns[0], 0);
    *out_us = is_first ? 0 : column_int(&chunk->columns[0], 0);
    return NULL;
}

static Error *write_version(Connection *connection, Arena *arena, LoadPackage *package)
{
    const Schema *schema = package->schema;
    SqlPart table = name_of(package->dataset, &system_table_version);
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "select count(*) from {} where version_hash = ?", table);
    int64_t known = 0;
    TRY(connection_query_int(connection, sql_text(&sql),
                             &PARAM_OF_TEXT(schema_version_hash(schema)), 1, &known));
    if (known > 0) {
        return NULL;
    }
    int64_t latest_us = 0;
    TRY(read_version_time(connection, arena, package, &latest_us));
    int64_t now_us = clock_now_us();
    /* Readers take the version with the latest time, also when a clock went back. */
    int64_t inserted_us = now_us > latest_us ? now_us : latest_us + 1;
    const Param params[] = {
        PARAM_OF_INT(schema_version(schema)),
        PARAM_OF_INT(SCHEMA_ENGINE),
        PARAM_OF_TIME(inserted_us),
        PARAM_OF_TEXT(schema_name(schema)),
        PARAM_OF_TEXT(schema_version_hash(schema)),
        PARAM_OF_TEXT(schema_write(schema, arena)),
    };
    sql_clear(&sql);
    SQL_ADD(&sql,
            "insert into {} (version, engine_version, inserted_at, schema_name, version_hash, "
            "schema) values (?, ?, ?, ?, ?, ?)",
            table);
    TRY(execute(connection, &sql, params, ARRAY_LEN(params)));
    package->wrote_schema = true;
    return NULL;
}

static Error *write_state(Connection *connection, Arena *arena, LoadPackage *package)
{
    State *state = package->state;
    const Value *pipeline = value_find(&state->document, STR("pipeline_name"));
    char row_id[ROW_ID_CHARS];
    TRY(row_id_random(row_id));
    const Param params[] = {
        PARAM_OF_INT(state_version(state)),
        PARAM_OF_INT(STATE_ENGINE),
        PARAM_OF_TEXT(value_text_or(pipeline, STR(""))),
        PARAM_OF_TEXT(state_pack(state, arena)),
        PARAM_OF_TIME(clock_now_us()),
        PARAM_OF_TEXT(state_version_hash(state)),
        PARAM_OF_TEXT(package->load_id),
        PARAM_OF_TEXT(((Str){row_id, ROW_ID_CHARS})),
    };
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql,
            "insert into {} (version, engine_version, pipeline_name, state, created_at, "
            "version_hash, _dlt_load_id, _dlt_id) values (?, ?, ?, ?, ?, ?, ?, ?)",
            name_of(package->dataset, &system_table_state));
    TRY(execute(connection, &sql, params, ARRAY_LEN(params)));
    state->stored_hash = state_version_hash(state);
    package->wrote_state = true;
    return NULL;
}

static Error *write_load(Connection *connection, Arena *arena, const LoadPackage *package)
{
    enum { STATUS_LOADED = 0 };
    const Param params[] = {
        PARAM_OF_TEXT(package->load_id),
        PARAM_OF_TEXT(schema_name(package->schema)),
        PARAM_OF_INT(STATUS_LOADED),
        PARAM_OF_TIME(clock_now_us()),
        PARAM_OF_TEXT(schema_version_hash(package->schema)),
    };
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql,
            "insert into {} (load_id, schema_name, status, inserted_at, schema_version_hash) "
            "values (?, ?, ?, ?, ?)",
            name_of(package->dataset, &system_table_loads));
    return execute(connection, &sql, params, ARRAY_LEN(params));
}

/* Whether this load carries a state row. The state's own table is part of the schema then. */
static bool state_is_due(LoadPackage *package)
{
    if (package->state == NULL) {
        return false;
    }
    (void)state_bump(package->state);
    bool is_stored = str_eq(state_version_hash(package->state), package->state->stored_hash);
    if (is_stored && !package->resends_state) {
        return false;
    }
    SchemaTable *table = schema_system_table(package->schema, &system_table_state);
    schema_mark_seen(package->schema, table);
    return true;
}

Error *bookkeeping_write(Connection *connection, Arena *arena, LoadPackage *package)
{
    mark_loaded_tables(package);
    bool with_state = state_is_due(package);
    (void)schema_bump(package->schema);
    /* A hash that is known lets dlt trust the tables: they must be there before it. */
    TRY(table_ddl_apply_all(connection, arena, package->dataset, package->schema));
    TRY(write_version(connection, arena, package));
    if (with_state) {
        TRY(write_state(connection, arena, package));
    }
    return write_load(connection, arena, package);
}

Error *bookkeeping_forget_schema(Connection *connection, Arena *arena, Str dataset, Str schema_name)
{
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "delete from {} where schema_name = ?", name_of(dataset, &system_table_version));
    return execute(connection, &sql, &PARAM_OF_TEXT(schema_name), 1);
}
