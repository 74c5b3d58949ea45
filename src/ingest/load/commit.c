#include "ingest/load/commit.h"

#include "base/clock.h"
#include "ingest/load/chain.h"
#include "ingest/load/disposition.h"
#include "ingest/load/rejected_rows.h"
#include "ingest/load/staged.h"
#include "ingest/load_id.h"
#include "ingest/raw_views.h"
#include "ingest/table_ddl.h"

/* ---- Chains ---- */

typedef VEC(StagedTable *) StagedVec;

static Error *stage_columns(Arena *arena, const SchemaTable *table, StagedRows *out)
{
    Column *columns = ARENA_ARRAY(arena, Column, table->columns.len);
    size_t count = 0;
    out->load_id_column = SIZE_MAX;
    for (STRMAP_EACH(it, &table->columns)) {
        DataType type;
        if (!schema_column_type(it->value, &type)) {
            continue;
        }
        if (str_is(it->key, system_column_load_id.name)) {
            out->load_id_column = count;
        }
        columns[count].name = it->key;
        TRY(row_batch_layout(&type, &columns[count].type));
        count++;
    }
    out->columns = columns;
    out->column_count = count;
    return NULL;
}

static Error *stage_table(Arena *arena, const LoadCommit *commit, const SchemaTable *table,
                          StagedTable **out)
{
    StagedRows rows = {.dataset = commit->dataset,
                       .table = table->name,
                       .load_id = commit->load_id,
                       .rows = package_table(commit->package, table->name)};
    TRY(stage_columns(arena, table, &rows));
    *out = staged_table(arena, &rows);
    return NULL;
}

static bool is_hinted(const SchemaColumn *column, const char *hint)
{
    const Value *value = schema_hint(column, str_from(hint));
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

static void note_hints(Arena *arena, Chain *chain, Str name, const SchemaColumn *column)
{
    DataType type;
    if (is_hinted(column, "primary_key")) {
        VEC_PUSH(arena, &chain->primary_key, name);
    }
    if (is_hinted(column, "merge_key")) {
        VEC_PUSH(arena, &chain->merge_key, name);
    }
    if (is_hinted(column, "hard_delete")) {
        chain->hard_delete = name;
        chain->hard_delete_is_bool = schema_column_type(column, &type) && type.kind == DATA_BOOL;
    }
    const Value *sort = schema_hint(column, STR("dedup_sort"));
    if (value_is(sort, VALUE_STRING)) {
        chain->dedup_sort = name;
        chain->dedup_descending = str_is(sort->as.text, "desc");
    }
}

static Error *add_to_chain(Arena *arena, const LoadCommit *commit, const SchemaTable *table,
                           Chain *chain, StagedVec *staged)
{
    StagedTable *rows;
    TRY(stage_table(arena, commit, table, &rows));
    VEC_PUSH(arena, staged, rows);
    ChainTable added = {
        .table = table, .staged = staged_name(rows), .has_rows = staged_has_rows(rows)};
    bool is_root = chain->tables.len == 0;
    for (STRMAP_EACH(it, &table->columns)) {
        DataType type;
        if (!schema_column_type(it->value, &type)) {
            continue;
        }
        VEC_PUSH(arena, &added.columns, it->key);
        added.has_root_id = added.has_root_id || str_is(it->key, system_column_root_id.name);
        if (is_root) {
            note_hints(arena, chain, it->key, it->value);
        }
    }
    VEC_PUSH(arena, &chain->tables, added);
    return NULL;
}

/* Tables are declared after their parents, so one pass finds all below. */
static Error *find_chain(Arena *arena, const LoadCommit *commit, const SchemaTable *root,
                         Chain *chain, StagedVec *staged)
{
    TRY(add_to_chain(arena, commit, root, chain, staged));
    for (STRMAP_EACH(it, &commit->schema->tables)) {
        const SchemaTable *table = it->value;
        Str parent = value_text_or(schema_table_member(table, STR("parent")), (Str){0});
        bool below = false;
        for (VEC_EACH(const ChainTable, above, &chain->tables)) {
            below = below || (parent.len > 0 && str_eq(above->table->name, parent));
        }
        if (below && schema_has_seen_data(table)) {
            TRY(add_to_chain(arena, commit, table, chain, staged));
        }
    }
    return NULL;
}

/* The moment of the load, as text that the warehouse reads. */
static Str boundary_text(Arena *arena, Str load_id)
{
    char *text = arena_alloc_raw(arena, DATETIME_TEXT_BYTES);
    DateTime time = {0};
    (void)datetime_from_us(load_id_time_us(load_id), &time);
    time.has_offset = true;
    return (Str){text, datetime_format(&time, ' ', text)};
}

static Error *write_chain(Arena *arena, const LoadCommit *commit, const SchemaTable *root)
{
    Chain chain = {.dataset = commit->dataset,
                   .boundary_us_text = boundary_text(arena, commit->load_id)};
    StagedVec staged = {0};
    TRY(find_chain(arena, commit, root, &chain, &staged));
    for (size_t i = 0; i < staged.len; i++) {
        staged_offer(staged.data[i]);
    }
    Error *err = disposition_run(commit->connection, arena, &chain);
    for (size_t i = 0; i < staged.len; i++) {
        staged_withdraw(staged.data[i]);
    }
    return err;
}

/* ---- The load ---- */

static bool is_emptied(const LoadCommit *commit, Str name)
{
    for (VEC_EACH(const Str, it, &commit->emptied)) {
        if (str_eq(*it, name)) {
            return true;
        }
    }
    return false;
}

/* Whether rows of the table or of one below it came. */
static bool has_rows(const LoadCommit *commit, Str name)
{
    return package_table(commit->package, name) != NULL || is_emptied(commit, name);
}

static Error *write_rows(Arena *arena, const LoadCommit *commit)
{
    for (STRMAP_EACH(it, &commit->schema->tables)) {
        const SchemaTable *table = it->value;
        bool is_root = schema_table_member(table, STR("parent")) == NULL;
        if (is_root && !system_name(table->name) && has_rows(commit, table->name)) {
            TRY(write_chain(arena, commit, table));
        }
    }
    return NULL;
}

static void count_rows(LoadCommit *commit)
{
    for (STRMAP_EACH(it, &commit->package->tables)) {
        const PackageTable *table = it->value;
        VEC_PUSH(commit->arena, &commit->tables,
                 (LoadedTable){.name = table->name, .rows = (int64_t)table->row_count});
        schema_mark_seen(commit->schema, schema_find_table(commit->schema, table->name));
    }
}

static Error *for_tables(Arena *arena, const LoadCommit *commit, const StrVec *names,
                         const char *statement)
{
    SqlBuilder sql = sql_begin(arena);
    Str text;
    for (VEC_EACH(const Str, name, names)) {
        SQL_ADD(&sql, "{} {};", SQL_RAW(str_from(statement)), SQL_NAME(commit->dataset, *name));
    }
    TRY(sql_finish(&sql, &text));
    return text.len > 0 ? connection_execute(commit->connection, text, NULL, 0, NULL) : NULL;
}

/* What a refresh drops. */
static Error *forget(Arena *arena, const LoadCommit *commit)
{
    TRY(for_tables(arena, commit, &commit->dropped, "drop table if exists"));
    return commit->forgets_versions
               ? bookkeeping_forget_schema(commit->connection, arena, commit->dataset,
                                           schema_name(commit->schema))
               : NULL;
}

static Error *write_all(Arena *arena, LoadCommit *commit)
{
    Connection *connection = commit->connection;
    TRY(bookkeeping_prepare(connection, arena, commit->dataset));
    TRY(forget(arena, commit));
    count_rows(commit);
    TRY(table_ddl_apply_all(connection, arena, commit->dataset, commit->schema));
    /* only now: DuckDB does not commit a column added to a table that was emptied before */
    TRY(for_tables(arena, commit, &commit->truncated, "delete from"));
    if (commit->hook.before_rows != NULL) {
        TRY(commit->hook.before_rows(commit->hook.context, connection, commit->schema));
    }
    TRY(write_rows(arena, commit));
    TRY(rejected_rows_write(connection, arena, commit));
    if (commit->hook.after_rows != NULL) {
        TRY(commit->hook.after_rows(commit->hook.context, connection));
    }
    LoadPackage books = {.load_id = commit->load_id,
                         .dataset = commit->dataset,
                         .schema = commit->schema,
                         .state = commit->state,
                         .tables = commit->tables,
                         .resends_state = commit->dropped.len > 0};
    TRY(bookkeeping_write(connection, arena, &books));
    return commit->viewed_source.len == 0 || !books.wrote_schema
               ? NULL
               : raw_views_make(connection, commit->viewed_source, commit->dataset);
}

Error *load_commit(LoadCommit *commit)
{
    AUTO_FREE(arena) Arena *arena = arena_new("commit");
    TRY(connection_begin(commit->connection));
    Error *err = write_all(arena, commit);
    if (err == NULL) {
        err = connection_commit(commit->connection);
    }
    return err == NULL ? NULL : error_first(err, connection_rollback(commit->connection));
}
