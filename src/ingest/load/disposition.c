#include "ingest/load/disposition.h"

#include "warehouse/row_source.h"

/* Statements of one chain, one after the other. In them d is the destination, s the staged rows. */
typedef struct Writing {
    Connection *connection;
    Arena *arena;
    const Chain *chain;
    SqlBuilder sql;
} Writing;

/* Temporary tables; gone at the end of the chain. */
#define GONE_ROOTS "_dango_gone_roots" /* _dlt_id of rows that leave the root table */
#define KEPT_ROOTS "_dango_kept_roots" /* _dlt_id of staged root rows that come in */

static Error *run(Writing *writing)
{
    Str text;
    TRY(sql_finish(&writing->sql, &text));
    Error *err = connection_execute(writing->connection, text, NULL, 0, NULL);
    sql_clear(&writing->sql);
    return err;
}

static SqlPart destination(const Writing *writing, const ChainTable *table)
{
    return SQL_NAME(writing->chain->dataset, table->table->name);
}

static SqlPart staged(const Writing *writing, const ChainTable *table)
{
    SqlBuilder sql = sql_begin(writing->arena);
    row_source_add_sql(table->staged, &sql);
    return SQL_RAW(sql_text(&sql));
}

/* The staged rows of the root that count: those the filter lets through. */
static SqlPart staged_roots(const Writing *writing)
{
    const ChainTable *root = chain_root(writing->chain);
    Str filter = chain_option(writing->chain, "x-merge-source-filter", (Str){0});
    if (filter.len == 0) {
        return staged(writing, root);
    }
    SqlBuilder sql = sql_begin(writing->arena);
    SQL_ADD(&sql, "(select * from {} where {})", staged(writing, root), SQL_RAW(filter));
    return SQL_RAW(sql_text(&sql));
}

static void add_list(SqlBuilder *sql, const char *alias, const StrVec *names)
{
    for (size_t i = 0; i < names->len; i++) {
        SQL_ADD(sql, "{}{}{}", SQL_RAW(i > 0 ? STR(", ") : STR("")), SQL_RAW(str_from(alias)),
                SQL_ID(names->data[i]));
    }
}

/* d."a" = s."a" and d."b" = s."b" */
static void add_match(SqlBuilder *sql, const StrVec *key)
{
    for (size_t i = 0; i < key->len; i++) {
        SQL_ADD(sql, "{}d.{} = s.{}", SQL_RAW(i > 0 ? STR(" and ") : STR("")), SQL_ID(key->data[i]),
                SQL_ID(key->data[i]));
    }
}

/* True for rows that say that their record was deleted. */
static void add_is_deleted(const Writing *writing, SqlBuilder *sql, const char *alias)
{
    const Chain *chain = writing->chain;
    if (chain->hard_delete.len == 0) {
        SQL_ADD(sql, "false");
    } else if (chain->hard_delete_is_bool) {
        SQL_ADD(sql, "{}{} is true", SQL_RAW(str_from(alias)), SQL_ID(chain->hard_delete));
    } else {
        SQL_ADD(sql, "{}{} is not null", SQL_RAW(str_from(alias)), SQL_ID(chain->hard_delete));
    }
}

/* insert into d (columns) select columns from staged s; conditions may follow. */
static void begin_insert(Writing *writing, const ChainTable *table, SqlPart source)
{
    SqlBuilder *sql = &writing->sql;
    SQL_ADD(sql, "insert into {} (", destination(writing, table));
    add_list(sql, "", &table->columns);
    SQL_ADD(sql, ") select ");
    add_list(sql, "s.", &table->columns);
    SQL_ADD(sql, " from {} s", source);
}

/* ---- append, replace ---- */

static Error *insert_all(Writing *writing)
{
    for (VEC_EACH(const ChainTable, table, &writing->chain->tables)) {
        if (table->has_rows) {
            begin_insert(writing, table, staged(writing, table));
            TRY(run(writing));
        }
    }
    return NULL;
}

static Error *replace(Writing *writing)
{
    for (VEC_EACH(const ChainTable, table, &writing->chain->tables)) {
        SQL_ADD(&writing->sql, "delete from {}", destination(writing, table));
        TRY(run(writing));
    }
    return insert_all(writing);
}

/* ---- merge: what all strategies need ---- */

static bool has_children(const Writing *writing)
{
    return writing->chain->tables.len > 1;
}

static Error *drop_temporary(Writing *writing)
{
    SQL_ADD(&writing->sql,
            "drop table if exists temp." GONE_ROOTS "; drop table if exists temp." KEPT_ROOTS);
    return run(writing);
}

/* Nested rows of the roots in a temporary table go, deepest first. */
static Error *delete_children_of(Writing *writing, const char *roots)
{
    const Chain *chain = writing->chain;
    for (size_t i = chain->tables.len - 1; i > 0; i--) {
        const ChainTable *table = &chain->tables.data[i];
        SQL_ADD(&writing->sql, "delete from {} where {} in (select _dlt_id from temp.{})",
                destination(writing, table),
                SQL_RAW(table->has_root_id ? STR("_dlt_root_id") : STR("_dlt_parent_id")),
                SQL_RAW(str_from(roots)));
        TRY(run(writing));
    }
    return NULL;
}

static SqlPart root_of(const ChainTable *table)
{
    return SQL_RAW(table->has_root_id ? STR("_dlt_root_id") : STR("_dlt_parent_id"));
}

/* ---- merge by delete and insert ---- */

/* The rows of the root table that the staged ones replace. */
static void add_gone_roots(Writing *writing)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    SqlPart root = destination(writing, chain_root(chain));
    Str scope = chain_option(chain, "x-merge-destination-scope", (Str){0});
    if (scope.len > 0) {
        SQL_ADD(sql, "select _dlt_id from {} where {}", root, SQL_RAW(scope));
        return;
    }
    const StrVec *const keys[] = {&chain->primary_key, &chain->merge_key};
    bool first = true;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (keys[i]->len == 0) {
            continue;
        }
        SQL_ADD(sql, "{}select d._dlt_id from {} d semi join {} s on ",
                SQL_RAW(first ? STR("") : STR(" union ")), root, staged_roots(writing));
        add_match(sql, keys[i]);
        first = false;
    }
}

/* One statement is enough where no nested rows have to go with them, and one key tells which. */
static bool deletes_by_key(const Writing *writing)
{
    const Chain *chain = writing->chain;
    bool one_key = (chain->primary_key.len == 0) != (chain->merge_key.len == 0);
    bool has_scope = chain_option(chain, "x-merge-destination-scope", (Str){0}).len > 0;
    return !has_children(writing) && one_key && !has_scope;
}

static Error *delete_by_key(Writing *writing)
{
    const Chain *chain = writing->chain;
    SQL_ADD(&writing->sql, "delete from {} d where exists (select 1 from {} s where ",
            destination(writing, chain_root(chain)), staged_roots(writing));
    add_match(&writing->sql, chain->primary_key.len > 0 ? &chain->primary_key : &chain->merge_key);
    SQL_ADD(&writing->sql, ")");
    return run(writing);
}

static Error *delete_replaced(Writing *writing)
{
    if (deletes_by_key(writing)) {
        return delete_by_key(writing);
    }
    SQL_ADD(&writing->sql, "create temp table " GONE_ROOTS " as ");
    add_gone_roots(writing);
    TRY(run(writing));
    TRY(delete_children_of(writing, GONE_ROOTS));
    SQL_ADD(&writing->sql,
            "delete from {} where _dlt_id in (select _dlt_id from temp." GONE_ROOTS ")",
            destination(writing, chain_root(writing->chain)));
    return run(writing);
}

/* Whether no two staged rows have the same primary key. */
static Error *find_unique(Writing *writing, bool *out)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    int64_t repeated = 0;
    *out = chain->primary_key.len == 0 || chain_flag(chain, "x-stage-data-deduplicated");
    if (*out) {
        return NULL;
    }
    SQL_ADD(sql, "select count(*) from (select 1 from {} group by ", staged_roots(writing));
    add_list(sql, "", &chain->primary_key);
    SQL_ADD(sql, " having count(*) > 1 limit 1)");
    Error *err = connection_query_int(writing->connection, sql_text(sql), NULL, 0, &repeated);
    sql_clear(sql);
    *out = repeated == 0;
    return err;
}

/* One staged row per primary key. */
static void add_chosen_roots(Writing *writing, bool unique)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    SQL_ADD(sql, "select * from {}", staged_roots(writing));
    if (!unique) {
        SQL_ADD(sql, " qualify row_number() over (partition by ");
        add_list(sql, "", &chain->primary_key);
        if (chain->dedup_sort.len > 0) {
            SQL_ADD(sql, " order by {}{}", SQL_ID(chain->dedup_sort),
                    SQL_RAW(chain->dedup_descending ? STR(" desc") : STR("")));
        }
        SQL_ADD(sql, ") = 1");
    }
}

static Error *insert_chosen(Writing *writing)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    bool unique = false;
    bool filtered = chain_option(chain, "x-merge-source-filter", (Str){0}).len > 0;
    TRY(find_unique(writing, &unique));
    if (unique && !filtered && chain->hard_delete.len == 0) {
        return insert_all(writing);
    }
    SQL_ADD(sql, "create temp table " KEPT_ROOTS " as select s._dlt_id from (");
    add_chosen_roots(writing, unique);
    SQL_ADD(sql, ") s where not (");
    add_is_deleted(writing, sql, "s.");
    SQL_ADD(sql, ")");
    TRY(run(writing));
    for (size_t i = 0; i < chain->tables.len; i++) {
        const ChainTable *table = &chain->tables.data[i];
        if (!table->has_rows) {
            continue;
        }
        begin_insert(writing, table, staged(writing, table));
        SQL_ADD(sql, " where s.{} in (select _dlt_id from temp." KEPT_ROOTS ")",
                i == 0 ? SQL_RAW(STR("_dlt_id")) : root_of(table));
        TRY(run(writing));
    }
    return NULL;
}

static Error *merge_delete_insert(Writing *writing)
{
    const Chain *chain = writing->chain;
    bool has_scope = chain_option(chain, "x-merge-destination-scope", (Str){0}).len > 0;
    if (chain->primary_key.len + chain->merge_key.len > 0 || has_scope) {
        TRY(delete_replaced(writing));
    }
    return insert_chosen(writing);
}

/* ---- merge by updating ---- */

static bool is_key_column(const Chain *chain, const ChainTable *table, Str name)
{
    static const char *const keys[] = {"primary_key", "row_key", "parent_key", "root_key"};
    const SchemaColumn *column = schema_find_column(table->table, name);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const Value *hint = schema_hint(column, str_from(keys[i]));
        if (value_is(hint, VALUE_BOOL) && hint->as.boolean) {
            return true;
        }
    }
    return str_eq(name, chain->hard_delete) || str_is(name, system_column_load_id.name);
}

/* With x-merge-skip-unchanged-rows: only rows that are different are written. */
static void add_is_changed(Writing *writing, const ChainTable *table)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    if (!chain_flag(chain, "x-merge-skip-unchanged-rows")) {
        return;
    }
    Str version = table == chain_root(chain) ? chain_column_with(chain, "x-row-version") : (Str){0};
    if (version.len > 0) {
        SQL_ADD(sql, " and d.{} <> s.{}", SQL_ID(version), SQL_ID(version));
        return;
    }
    SQL_ADD(sql, " and (false");
    for (VEC_EACH(const Str, name, &table->columns)) {
        if (!is_key_column(chain, table, *name)) {
            SQL_ADD(sql, " or d.{} is distinct from s.{}", SQL_ID(*name), SQL_ID(*name));
        }
    }
    SQL_ADD(sql, ")");
}

static void add_update(Writing *writing, const ChainTable *table)
{
    SqlBuilder *sql = &writing->sql;
    SQL_ADD(sql, " when matched");
    add_is_changed(writing, table);
    SQL_ADD(sql, " then update set ");
    for (size_t i = 0; i < table->columns.len; i++) {
        Str name = table->columns.data[i];
        SQL_ADD(sql, "{}{} = s.{}", SQL_RAW(i > 0 ? STR(", ") : STR("")), SQL_ID(name),
                SQL_ID(name));
    }
}

static void add_insert(Writing *writing, const ChainTable *table, bool without_deleted)
{
    SqlBuilder *sql = &writing->sql;
    SQL_ADD(sql, " when not matched");
    if (without_deleted) {
        SQL_ADD(sql, " and not (");
        add_is_deleted(writing, sql, "s.");
        SQL_ADD(sql, ")");
    }
    SQL_ADD(sql, " then insert (");
    add_list(sql, "", &table->columns);
    SQL_ADD(sql, ") values (");
    add_list(sql, "s.", &table->columns);
    SQL_ADD(sql, ")");
}

/* Nested rows that are staged no more, of the roots that are. */
static Error *delete_stale_children(Writing *writing, const ChainTable *table)
{
    SQL_ADD(
        &writing->sql,
        "delete from {} where {} in (select _dlt_id from {}) and _dlt_id not in (select _dlt_id "
        "from {})",
        destination(writing, table), root_of(table), staged_roots(writing), staged(writing, table));
    return run(writing);
}

static Error *merge_children(Writing *writing)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    for (size_t i = 1; i < chain->tables.len; i++) {
        const ChainTable *table = &chain->tables.data[i];
        SQL_ADD(
            sql,
            "merge into {} d using (select * from {} where {} in (select _dlt_id from {})) s on "
            "d._dlt_id = s._dlt_id",
            destination(writing, table), staged(writing, table), root_of(table),
            staged_roots(writing));
        add_update(writing, table);
        add_insert(writing, table, false);
        TRY(run(writing));
        TRY(delete_stale_children(writing, table));
    }
    return NULL;
}

/* The rows whose deletion is staged: as they are kept, before the root table forgets them, and as
 * they come in. */
static Error *find_deleted(Writing *writing)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    SQL_ADD(sql, "create temp table " GONE_ROOTS " as with s as (select * from {} s where ",
            staged_roots(writing));
    add_is_deleted(writing, sql, "s.");
    SQL_ADD(sql, ") select _dlt_id from s union select d._dlt_id from {} d semi join s on ",
            destination(writing, chain_root(chain)));
    add_match(sql, &chain->primary_key);
    return run(writing);
}

static Error *needs_primary_key(const Writing *writing, const char *strategy)
{
    if (writing->chain->primary_key.len > 0) {
        return NULL;
    }
    Str name = chain_root(writing->chain)->table->name;
    Error *err = error_new(ERR_CONFIG, "table `" STR_FMT "` is merged by %s and has no primary key",
                           STR_ARG(name), strategy);
    return error_hint(err, "give the resource a primary_key");
}

static Error *merge_roots(Writing *writing, bool inserts_deleted)
{
    const Chain *chain = writing->chain;
    const ChainTable *root = chain_root(chain);
    SqlBuilder *sql = &writing->sql;
    SQL_ADD(sql, "merge into {} d using {} s on ", destination(writing, root),
            staged_roots(writing));
    add_match(sql, &chain->primary_key);
    if (chain->hard_delete.len > 0) {
        SQL_ADD(sql, " when matched and ");
        add_is_deleted(writing, sql, "s.");
        SQL_ADD(sql, " then delete");
    }
    add_update(writing, root);
    add_insert(writing, root, !inserts_deleted);
    return run(writing);
}

static Error *merge_upsert(Writing *writing)
{
    bool may_delete = has_children(writing) && writing->chain->hard_delete.len > 0;
    TRY(needs_primary_key(writing, "upsert"));
    TRY(may_delete ? find_deleted(writing) : NULL);
    TRY(merge_roots(writing, true));
    TRY(merge_children(writing));
    return may_delete ? delete_children_of(writing, GONE_ROOTS) : NULL;
}

/* ---- cdc: an upsert that also deletes what is not staged ---- */

/* Which rows of the root table may be deleted for not being staged. */
static void add_cdc_scope(Writing *writing)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    Str scope = chain_option(chain, "x-merge-destination-scope", (Str){0});
    if (scope.len > 0) {
        SQL_ADD(sql, " and ({})", SQL_RAW(scope));
    } else if (chain->merge_key.len > 0) {
        SQL_ADD(sql, " and exists (select 1 from {} s where ", staged_roots(writing));
        add_match(sql, &chain->merge_key);
        SQL_ADD(sql, ")");
    }
}

static Error *merge_cdc(Writing *writing)
{
    const Chain *chain = writing->chain;
    const ChainTable *root = chain_root(chain);
    SqlBuilder *sql = &writing->sql;
    TRY(needs_primary_key(writing, "cdc"));
    SQL_ADD(sql,
            "create temp table " GONE_ROOTS
            " as select d._dlt_id from {} d where (not exists (select 1 from {} s where ",
            destination(writing, root), staged_roots(writing));
    add_match(sql, &chain->primary_key);
    SQL_ADD(sql, ")");
    add_cdc_scope(writing);
    SQL_ADD(sql, ") or exists (select 1 from {} s where ", staged_roots(writing));
    add_match(sql, &chain->primary_key);
    SQL_ADD(sql, " and ");
    add_is_deleted(writing, sql, "s.");
    SQL_ADD(sql, ")");
    TRY(run(writing));
    TRY(delete_children_of(writing, GONE_ROOTS));
    SQL_ADD(sql, "delete from {} where _dlt_id in (select _dlt_id from temp." GONE_ROOTS ")",
            destination(writing, root));
    TRY(run(writing));
    TRY(merge_roots(writing, false));
    return merge_children(writing);
}

/* ---- insert-only ---- */

static Error *merge_insert_only(Writing *writing)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    TRY(needs_primary_key(writing, "insert-only"));
    const ChainTable *root = chain_root(chain);
    begin_insert(writing, root, staged(writing, root));
    SQL_ADD(sql, " anti join {} d on ", destination(writing, root));
    add_match(sql, &chain->primary_key);
    SQL_ADD(sql, " where not (");
    add_is_deleted(writing, sql, "s.");
    SQL_ADD(sql, ")");
    TRY(run(writing));
    for (size_t i = 1; i < chain->tables.len; i++) {
        const ChainTable *table = &chain->tables.data[i];
        begin_insert(writing, table, staged(writing, table));
        SQL_ADD(sql,
                " where s._dlt_id not in (select _dlt_id from {}) and s.{} in (select _dlt_id from "
                "{} s where not (",
                destination(writing, table), root_of(table), staged_roots(writing));
        add_is_deleted(writing, sql, "s.");
        SQL_ADD(sql, "))");
        TRY(run(writing));
    }
    return NULL;
}

/* ---- scd2 ---- */

/* True for the version of a row that is valid now. */
static void add_is_active(Writing *writing, Str until, const Value *active)
{
    SqlBuilder *sql = &writing->sql;
    if (value_is_null(active)) {
        SQL_ADD(sql, "d.{} is null", SQL_ID(until));
    } else {
        SQL_ADD(sql, "(d.{} = cast({} as timestamptz))", SQL_ID(until),
                SQL_TEXT(value_text_or(active, STR(""))));
    }
}

static Error *retire_versions(Writing *writing, Str until, const Value *active, Str version)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    SQL_ADD(sql, "update {} d set {} = cast({} as timestamptz) where ",
            destination(writing, chain_root(chain)), SQL_ID(until),
            SQL_TEXT(chain_option(chain, "x-boundary-timestamp", chain->boundary_us_text)));
    add_is_active(writing, until, active);
    SQL_ADD(sql, " and d.{} not in (select {} from {})", SQL_ID(version), SQL_ID(version),
            staged_roots(writing));
    Str scope = chain_option(chain, "x-merge-destination-scope", (Str){0});
    if (scope.len > 0) {
        SQL_ADD(sql, " and ({})", SQL_RAW(scope));
    } else if (chain->merge_key.len > 0) {
        SQL_ADD(sql, " and exists (select 1 from {} s where ", staged_roots(writing));
        add_match(sql, &chain->merge_key);
        SQL_ADD(sql, ")");
    }
    return run(writing);
}

static Error *insert_versions(Writing *writing, Str from, Str until, const Value *active,
                              Str version)
{
    const Chain *chain = writing->chain;
    const ChainTable *root = chain_root(chain);
    SqlBuilder *sql = &writing->sql;
    StrVec rest = {0};
    for (VEC_EACH(const Str, name, &root->columns)) {
        if (!str_eq(*name, from) && !str_eq(*name, until)) {
            VEC_PUSH(writing->arena, &rest, *name);
        }
    }
    SQL_ADD(sql, "insert into {} ({}, {}, ", destination(writing, root), SQL_ID(from),
            SQL_ID(until));
    add_list(sql, "", &rest);
    SQL_ADD(sql, ") select cast({} as timestamptz), ",
            SQL_TEXT(chain_option(chain, "x-boundary-timestamp", chain->boundary_us_text)));
    if (value_is_null(active)) {
        SQL_ADD(sql, "null, ");
    } else {
        SQL_ADD(sql, "cast({} as timestamptz), ", SQL_TEXT(value_text_or(active, STR(""))));
    }
    add_list(sql, "s.", &rest);
    SQL_ADD(sql, " from {} s where s.{} not in (select d.{} from {} d where ",
            staged_roots(writing), SQL_ID(version), SQL_ID(version), destination(writing, root));
    add_is_active(writing, until, active);
    SQL_ADD(sql, ")");
    return run(writing);
}

static Error *merge_scd2(Writing *writing)
{
    const Chain *chain = writing->chain;
    SqlBuilder *sql = &writing->sql;
    Str from = chain_column_with(chain, "x-valid-from");
    Str until = chain_column_with(chain, "x-valid-to");
    Str version = chain_column_with(chain, "x-row-version");
    const SchemaColumn *column = schema_find_column(chain_root(chain)->table, until);
    const Value *active = schema_hint(column, STR("x-active-record-timestamp"));
    TRY(retire_versions(writing, until, active, version));
    TRY(insert_versions(writing, from, until, active, version));
    for (size_t i = 1; i < chain->tables.len; i++) {
        const ChainTable *table = &chain->tables.data[i];
        begin_insert(writing, table, staged(writing, table));
        SQL_ADD(sql, " where s._dlt_id not in (select _dlt_id from {})",
                destination(writing, table));
        TRY(run(writing));
    }
    return NULL;
}

/* ---- Which ---- */

static const struct {
    const char *name;
    Error *(*merge)(Writing *writing);
} strategies[] = {
    {"delete-insert", merge_delete_insert}, {"upsert", merge_upsert}, {"cdc", merge_cdc},
    {"insert-only", merge_insert_only},     {"scd2", merge_scd2},
};

static Error *merge(Writing *writing)
{
    Str strategy = chain_option(writing->chain, "x-merge-strategy", STR("delete-insert"));
    for (size_t i = 0; i < ARRAY_LEN(strategies); i++) {
        if (str_is(strategy, strategies[i].name)) {
            TRY(drop_temporary(writing));
            TRY(strategies[i].merge(writing));
            return drop_temporary(writing);
        }
    }
    return error_new(ERR_UNSUPPORTED, "there is no merge strategy '" STR_FMT "'",
                     STR_ARG(strategy));
}

Error *disposition_run(Connection *connection, Arena *arena, const Chain *chain)
{
    Writing writing = {
        .connection = connection, .arena = arena, .chain = chain, .sql = sql_begin(arena)};
    const SchemaTable *root = chain_root(chain)->table;
    Str disposition = value_text_or(schema_table_member(root, STR("write_disposition")), STR(""));
    if (str_is(disposition, "skip")) {
        return error_new(ERR_CONFIG,
                         "Loader does not support `write_disposition=skip` in table `" STR_FMT "`",
                         STR_ARG(root->name));
    }
    Error *err = str_is(disposition, "merge")     ? merge(&writing)
                 : str_is(disposition, "replace") ? replace(&writing)
                                                  : insert_all(&writing);
    return err == NULL ? NULL : error_wrap(err, "table `" STR_FMT "`", STR_ARG(root->name));
}
