#include "ingest/load/rejected_rows.h"

#include "base/limits.h"
#include "ingest/load/staged.h"

static const Str create_table =
    STR_INIT("create table if not exists main._dango_rejected_rows (source_name varchar not null, "
             "load_id varchar not null, rejected_at timestamptz not null, resource varchar not "
             "null, table_name varchar not null, place varchar, row_number "
             "bigint, column_name varchar, key varchar, value varchar, reason varchar not null, "
             "row_text varchar not null)");

static Error *add_rows(Connection *connection, Arena *arena, const LoadCommit *commit,
                       const StagedTable *staged)
{
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql,
            "insert into main._dango_rejected_rows by name select {} as source_name, {} as "
            "load_id, now() as rejected_at, * from ",
            SQL_TEXT(schema_name(commit->schema)), SQL_TEXT(commit->load_id));
    row_source_add_sql(staged_name(staged), &sql);
    SQL_ADD(&sql, " order by place, row_number");
    return connection_execute(connection, sql_text(&sql), NULL, 0, NULL);
}

static Error *forget_old(Connection *connection, Arena *arena, Str source)
{
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql,
            "delete from main._dango_rejected_rows where source_name = {} and load_id not in "
            "(select distinct load_id from main._dango_rejected_rows where source_name = {} order "
            "by load_id desc limit {})",
            SQL_TEXT(source), SQL_TEXT(source), SQL_INT(LIMIT_REJECTED_LOADS));
    return connection_execute(connection, sql_text(&sql), NULL, 0, NULL);
}

Error *rejected_rows_write(Connection *connection, Arena *arena, const LoadCommit *commit)
{
    if (commit->package->rejected == NULL) {
        return NULL;
    }
    Column columns[REJECTED_COLUMNS];
    rejected_columns(arena, &(RejectedRowVec){0}, columns);
    StagedRows rows = {.dataset = commit->dataset,
                       .load_id = commit->load_id,
                       .rows = commit->package->rejected,
                       .columns = columns,
                       .column_count = REJECTED_COLUMNS,
                       .load_id_column = SIZE_MAX};
    const StagedTable *staged = staged_table(arena, &rows);
    TRY(connection_execute(connection, create_table, NULL, 0, NULL));
    staged_offer(staged);
    Error *err = add_rows(connection, arena, commit, staged);
    staged_withdraw(staged);
    return err != NULL ? err : forget_old(connection, arena, schema_name(commit->schema));
}
