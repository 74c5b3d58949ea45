#include "ingest/file_table.h"

#include "warehouse/file_scan.h"

#define PARTS STR("_dango_parts")

const BookkeepingColumn bookkeeping_columns[] = {
    {"_dlt_load_id", "VARCHAR", "load_id", true},
    {"_dlt_id", "VARCHAR", NULL, true},
    {"_dlt_extracted_at", "TIMESTAMP WITH TIME ZONE", "loaded_at", false},
    {"_dango_filename", "VARCHAR", "filename", false},
    {"_dango_file_mtime", "TIMESTAMP WITH TIME ZONE", "file_mtime", false},
    {"_dango_loaded_at", "TIMESTAMP WITH TIME ZONE", "loaded_at", false},
    {"_dango_deleted", "BOOLEAN", "deleted", false},
};
const size_t bookkeeping_column_count = ARRAY_LEN(bookkeeping_columns);

/* 14 characters of base64, as dlt's ids are. */
#define ROW_ID_SQL "left(to_base64(unhex(md5(concat(p.load_id, '_', r._dango_row)))), 14)"

bool is_bookkeeping_column(Str name)
{
    for (size_t i = 0; i < bookkeeping_column_count; i++) {
        if (str_is(name, bookkeeping_columns[i].name)) {
            return true;
        }
    }
    return str_is(name, "_dango_row");
}

static Error *execute(const FileTable *table, const SqlBuilder *sql, const Param *params,
                      size_t param_count, int64_t *out_rows)
{
    Str text;
    TRY(sql_finish(sql, &text));
    return connection_execute(table->connection, text, params, param_count, out_rows);
}

static SqlPart view_of(const FileTable *table)
{
    return SQL_NAME(table->schema, table->name);
}

static SqlPart rows_of(const FileTable *table)
{
    return SQL_NAME(table->schema, table->rows_name);
}

static SqlPart parts_of(const FileTable *table)
{
    return SQL_NAME(table->schema, PARTS);
}

Error *file_table_open(Connection *connection, Arena *arena, Str schema, Str name, FileTable *out)
{
    *out = (FileTable){.connection = connection, .arena = arena, .schema = schema, .name = name};
    out->rows_name = str_printf(arena, ROWS_TABLE_PREFIX STR_FMT, STR_ARG(name));
    RelationVec relations = {0};
    TRY(connection_list_relations(connection, arena, schema, &relations));
    for (VEC_EACH(const Relation, relation, &relations)) {
        if (relation->kind == RELATION_TABLE && str_eq_nocase(relation->name, name)) {
            out->exists = true;
            out->is_foreign = !relation->is_parted;
        }
    }
    return NULL;
}

/* ---- Its columns ---- */

static Error *create_parts(const FileTable *table)
{
    SqlBuilder sql = sql_begin(table->arena);
    SQL_ADD(&sql,
            "create table if not exists {} (part bigint not null, table_name varchar not null, "
            "load_id varchar, loaded_at timestamptz, filename varchar, file_mtime timestamptz, "
            "deleted boolean)",
            parts_of(table));
    return execute(table, &sql, NULL, 0, NULL);
}

static Error *create_rows(const FileTable *table)
{
    SqlBuilder sql = sql_begin(table->arena);
    SQL_ADD(&sql, "create table {} (", rows_of(table));
    for (VEC_EACH(const TableColumn, column, &table->columns)) {
        SQL_ADD(&sql, "{} {}, ", SQL_ID(column->name), SQL_RAW(column->type));
    }
    SQL_ADD(&sql, "_dango_row bigint not null)");
    return execute(table, &sql, NULL, 0, NULL);
}

static Error *create_view(const FileTable *table)
{
    SqlBuilder sql = sql_begin(table->arena);
    SQL_ADD(&sql, "create or replace view {} as select ", view_of(table));
    for (VEC_EACH(const TableColumn, column, &table->columns)) {
        SQL_ADD(&sql, "r.{}, ", SQL_ID(column->name));
    }
    for (size_t i = 0; i < bookkeeping_column_count; i++) {
        const BookkeepingColumn *column = &bookkeeping_columns[i];
        Str value = column->part_column == NULL
                        ? STR(ROW_ID_SQL)
                        : str_printf(table->arena, "p.%s", column->part_column);
        SQL_ADD(&sql, "{}{} as {}", SQL_RAW(i == 0 ? STR("") : STR(", ")), SQL_RAW(value),
                SQL_ID(str_from(column->name)));
    }
    SQL_ADD(&sql, " from {} as r join {} as p on p.part = r._dango_row >> 36", rows_of(table),
            parts_of(table));
    return execute(table, &sql, NULL, 0, NULL);
}

static Error *alter_rows(const FileTable *table, bool *out_changed)
{
    SqlBuilder sql = sql_begin(table->arena);
    for (VEC_EACH(const TableColumn, column, &table->columns)) {
        if (column->is_new) {
            SQL_ADD(&sql, "alter table {} add column {} {};", rows_of(table), SQL_ID(column->name),
                    SQL_RAW(column->type));
        } else if (column->is_retyped) {
            SQL_ADD(&sql, "alter table {} alter column {} type {};", rows_of(table),
                    SQL_ID(column->name), SQL_RAW(column->type));
        }
    }
    *out_changed = sql_text(&sql).len > 0;
    return *out_changed ? execute(table, &sql, NULL, 0, NULL) : NULL;
}

/* ---- Another program's table ---- */

/* The part's columns as the table has them, or NULL where it lacks one: "a._dlt_load_id as
 * load_id". */
static Error *add_part_columns(const FileTable *table, SqlBuilder *sql)
{
    ColumnInfoVec present = {0};
    TRY(connection_list_columns(table->connection, table->arena, table->schema, table->name,
                                &present));
    for (size_t i = 0; i < bookkeeping_column_count; i++) {
        const BookkeepingColumn *column = &bookkeeping_columns[i];
        bool is_same_as_before = str_is(str_from(column->name), "_dango_loaded_at");
        if (column->part_column == NULL || is_same_as_before) {
            continue;
        }
        bool found = false;
        for (VEC_EACH(const ColumnInfo, info, &present)) {
            found = found || str_is(info->name, column->name);
        }
        SQL_ADD(sql, ", {}::{} as {}", SQL_RAW(found ? str_from(column->name) : STR("null")),
                SQL_RAW(str_from(column->type)), SQL_RAW(str_from(column->part_column)));
    }
    return NULL;
}

/* Its rows of one load and one file become a part each. */
static Error *take_apart(FileTable *table)
{
    SqlBuilder described = sql_begin(table->arena);
    SQL_ADD(&described, "select rowid as number");
    TRY(add_part_columns(table, &described));
    SQL_ADD(&described, " from {}", view_of(table));

    SqlBuilder sql = sql_begin(table->arena);
    SQL_ADD(&sql,
            "insert into {} by name select found.*, {} as table_name, row_number() over () + "
            "(select coalesce(max(part), 0) from {}) as part from "
            "(select distinct * exclude (number) from ({})) as found;",
            parts_of(table), SQL_TEXT(table->name), parts_of(table), SQL_RAW(sql_text(&described)));
    SQL_ADD(&sql, "insert into {} by name select ", rows_of(table));
    for (VEC_EACH(const TableColumn, column, &table->columns)) {
        if (!column->is_new) {
            SQL_ADD(&sql, "f.{}, ", SQL_ID(column->name));
        }
    }
    SQL_ADD(
        &sql,
        "(p.part << 36) + d.number as _dango_row from {} as f join ({}) as d on d.number = f.rowid "
        "join {} as p on p.table_name = {}",
        view_of(table), SQL_RAW(sql_text(&described)), parts_of(table), SQL_TEXT(table->name));
    static const char *const keys[] = {"load_id", "loaded_at", "filename", "file_mtime", "deleted"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        SQL_ADD(&sql, " and p.{} is not distinct from d.{}", SQL_RAW(str_from(keys[i])),
                SQL_RAW(str_from(keys[i])));
    }
    SQL_ADD(&sql, "; drop table {}", view_of(table));
    TRY(execute(table, &sql, NULL, 0, NULL));
    table->is_foreign = false;
    return NULL;
}

Error *file_table_prepare(FileTable *table, bool *out_changed)
{
    TRY(create_parts(table));
    if (table->exists && !table->is_foreign) {
        TRY(alter_rows(table, out_changed));
        return *out_changed ? create_view(table) : NULL;
    }
    TRY(create_rows(table));
    if (table->is_foreign) {
        TRY(take_apart(table));
    }
    *out_changed = true;
    table->exists = true;
    return create_view(table);
}

Error *file_table_drop(FileTable *table)
{
    SqlBuilder sql = sql_begin(table->arena);
    if (table->is_foreign) {
        SQL_ADD(&sql, "drop table {}", view_of(table));
    } else {
        SQL_ADD(&sql, "drop view {}; drop table {}; delete from {} where table_name = {}",
                view_of(table), rows_of(table), parts_of(table), SQL_TEXT(table->name));
    }
    TRY(execute(table, &sql, NULL, 0, NULL));
    table->exists = false;
    table->is_foreign = false;
    return NULL;
}

/* ---- Its rows ---- */

Error *file_table_count(const FileTable *table, int64_t *out_rows)
{
    *out_rows = 0;
    if (!table->exists) {
        return NULL;
    }
    SqlBuilder sql = sql_begin(table->arena);
    SQL_ADD(&sql, "select count(*) from {}", table->is_foreign ? view_of(table) : rows_of(table));
    return connection_query_int(table->connection, sql_text(&sql), NULL, 0, out_rows);
}

static Error *insert_part(const FileTable *table, const FilePart *part, int64_t *out_number)
{
    SqlBuilder next = sql_begin(table->arena);
    SQL_ADD(&next, "select coalesce(max(part), 0) + 1 from {}", parts_of(table));
    TRY(connection_query_int(table->connection, sql_text(&next), NULL, 0, out_number));
    SqlBuilder sql = sql_begin(table->arena);
    SQL_ADD(&sql, "insert into {} values (?, ?, ?, ?, ?, ?, false)", parts_of(table));
    const Param params[] = {
        PARAM_OF_INT(*out_number),     PARAM_OF_TEXT(table->name),
        PARAM_OF_TEXT(part->load_id),  PARAM_OF_TIME(part->loaded_at_us),
        PARAM_OF_TEXT(part->filename), PARAM_OF_TIME(part->modified_us),
    };
    return execute(table, &sql, params, ARRAY_LEN(params), NULL);
}

Error *file_table_insert(const FileTable *table, const FilePart *part, int64_t *out_rows)
{
    int64_t number = 0;
    TRY(insert_part(table, part, &number));
    SqlBuilder sql = sql_begin(table->arena);
    SQL_ADD(&sql, "insert into {} (", rows_of(table));
    for (VEC_EACH(const Str, name, &part->names)) {
        SQL_ADD(&sql, "{}, ", SQL_ID(*name));
    }
    SQL_ADD(&sql, "_dango_row) select {}{} (?::bigint << 36) + {} from {}", SQL_RAW(part->values),
            SQL_RAW(part->names.len == 0 ? STR("") : STR(",")),
            SQL_RAW(connection_row_number_sql(table->connection)), SQL_RAW(part->from));
    return execute(table, &sql, &PARAM_OF_INT(number), 1, out_rows);
}

/* By ranges of row numbers, so that only the blocks that hold the file are looked at. */
static Error *delete_rows(const FileTable *table, Str filename)
{
    SqlBuilder find = sql_begin(table->arena);
    SQL_ADD(&find, "select part from {} where table_name = ? and filename = ?", parts_of(table));
    const Param params[] = {PARAM_OF_TEXT(table->name), PARAM_OF_TEXT(filename)};
    TextRows parts = {0};
    TRY(connection_query_rows(table->connection, table->arena, sql_text(&find), params,
                              ARRAY_LEN(params), &parts));
    for (size_t i = 0; i < parts.row_count; i++) {
        SqlBuilder sql = sql_begin(table->arena);
        Str part = text_cell(&parts, i, 0);
        SQL_ADD(&sql,
                "delete from {} where _dango_row >= {}::bigint << 36 and "
                "_dango_row < ({}::bigint + 1) << 36",
                rows_of(table), SQL_RAW(part), SQL_RAW(part));
        TRY(execute(table, &sql, NULL, 0, NULL));
    }
    return NULL;
}

Error *file_table_delete(const FileTable *table, Str filename)
{
    SqlBuilder sql = sql_begin(table->arena);
    if (filename.len > 0) {
        TRY(delete_rows(table, filename));
    } else {
        SQL_ADD(&sql, "delete from {}; ", rows_of(table));
    }
    SQL_ADD(&sql, "delete from {} where table_name = {} and ({} = '' or filename = {})",
            parts_of(table), SQL_TEXT(table->name), SQL_TEXT(filename), SQL_TEXT(filename));
    return execute(table, &sql, NULL, 0, NULL);
}

Error *file_table_mark_deleted(const FileTable *table, Str filename)
{
    SqlBuilder sql = sql_begin(table->arena);
    SQL_ADD(&sql, "update {} set deleted = true where table_name = ? and filename = ?",
            parts_of(table));
    const Param params[] = {PARAM_OF_TEXT(table->name), PARAM_OF_TEXT(filename)};
    return execute(table, &sql, params, ARRAY_LEN(params), NULL);
}
