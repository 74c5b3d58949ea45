/* Which rows are new, by the numbers of the transactions that wrote them (ARCHITECTURE.md, "What is
 * new in PostgreSQL"). A mark is
 *
 *     {"horizon": 731, "tables": {"16390": 16390}, "last": "2024-05-01",
 *      "running": [["3/17", "2024-04-30"]]}
 *
 * All transactions before the horizon had ended; the tables (a table and its partitions) have a
 * number that changes when all of their rows are written anew; `last` is how far the cursor was
 * before that read; `running` are transactions then under way, each with a value of the cursor that
 * had been reached before it began, oldest first. */
#include "source/postgres/connection.h"

/* Those that run, without this one, and those that are prepared to end. A transaction has a lock
 * on its own name from its beginning on, which all users see; those of a standby's primary it does
 * not show. */
static const char running_sql[] =
    "select distinct virtualtransaction from pg_catalog.pg_locks"
    " where granted and (pid is null or"
    " pid <> pg_catalog.pg_backend_pid() and locktype = 'virtualxid' and mode = 'ExclusiveLock')";
static const char standby_sql[] = "select pg_catalog.pg_is_in_recovery()";

/* A table with all below it. Only tables of PostgreSQL's own kind say who wrote a row. */
static const char tables_sql[] =
    "with recursive tree(oid) as ("
    " select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid ="
    " c.relnamespace where n.nspname = $1 and c.relname = $2"
    " union select i.inhrelid from tree t join pg_catalog.pg_inherits i on i.inhparent = t.oid)"
    " select c.oid, coalesce(pg_catalog.pg_relation_filenode(c.oid), 0),"
    " c.relkind in ('r', 'p') and c.relam in (0, 2)"
    " from tree join pg_catalog.pg_class c on c.oid = tree.oid order by c.oid";
enum { FIELD_OID, FIELD_FILE, FIELD_IS_PLAIN };

/* The members of a mark. */
static const char key_horizon[] = "horizon";
static const char key_tables[] = "tables";
static const char key_last[] = "last";
static const char key_running[] = "running";

Error *postgres_list_running(DatabaseConnection *connection, Arena *arena)
{
    AUTO_FREE(result) PGresult *standby = NULL;
    AUTO_FREE(result) PGresult *found = NULL;
    TRY(postgres_query(connection, standby_sql, NULL, 0, &standby));
    TRY(postgres_query(connection, running_sql, NULL, 0, &found));
    connection->knows_running = str_is(postgres_text(standby, 0, 0), "f");
    connection->running = (StrVec){0};
    for (int row = 0; row < PQntuples(found); row++) {
        VEC_PUSH(arena, &connection->running, str_dup(arena, postgres_text(found, row, 0)));
    }
    return NULL;
}

/* ---- Tables ---- */

typedef struct TableTree {
    bool is_plain;     /* all of them say who wrote a row */
    bool is_rewritten; /* one of them, since the mark */
    bool is_known;     /* at least one of them, to the mark */
    Value tables;      /* as marks have them */
    StrBuf added;      /* numbers of those that the mark does not know, with commas */
} TableTree;

static Error *read_tree(DatabaseConnection *connection, Arena *arena, const DatabaseSince *since,
                        TableTree *out)
{
    AUTO_FREE(result) PGresult *found = NULL;
    const char *parameters[] = {str_to_c(arena, since->table->schema),
                                str_to_c(arena, since->table->name)};
    TRY(postgres_query(connection, tables_sql, parameters, ARRAY_LEN(parameters), &found));
    const Value *before = value_find(since->mark, str_from(key_tables));
    ValueMapBuilder tables = value_map_begin(arena);
    *out = (TableTree){.is_plain = PQntuples(found) > 0, .added = strbuf_init(arena, SIZE_MAX)};
    for (int row = 0; row < PQntuples(found); row++) {
        Str oid = str_dup(arena, postgres_text(found, row, FIELD_OID));
        Value file = value_int(postgres_int(found, row, FIELD_FILE));
        const Value *known = value_find(before, oid);
        out->is_plain = out->is_plain && str_is(postgres_text(found, row, FIELD_IS_PLAIN), "t");
        out->is_known = out->is_known || known != NULL;
        out->is_rewritten = out->is_rewritten || (known != NULL && !value_equal(known, &file));
        if (known == NULL) {
            strbuf_add_c(&out->added, out->added.len > 0 ? ", " : "");
            strbuf_add(&out->added, oid);
        }
        value_map_set(&tables, oid, file);
    }
    out->tables = value_map_end(&tables);
    return NULL;
}

/* ---- Transactions ---- */

static Str last_of(const Value *mark)
{
    return value_text_or(value_find(mark, str_from(key_last)), STR(""));
}

static const Value *member(const Value *pair, size_t number)
{
    return number < value_len(pair) ? value_items(pair) + number : NULL;
}

/* No row that is new since the mark was made has a cursor before this: it was reached before the
 * oldest transaction that could still write began. */
static Str floor_of(const Value *mark)
{
    const Value *running = value_find(mark, str_from(key_running));
    if (!value_is(running, VALUE_LIST)) {
        return (Str){0};
    }
    return value_len(running) > 0 ? value_text_or(member(member(running, 0), 1), STR(""))
                                  : last_of(mark);
}

static bool names(const StrVec *running, Str name)
{
    bool found = false;
    for (size_t i = 0; i < running->len && !found; i++) {
        found = str_eq(running->data[i], name);
    }
    return found;
}

static bool is_in_mark(const Value *running, Str name)
{
    bool found = false;
    for (VALUE_EACH(it, running)) {
        found = found || str_eq(value_text_or(member(it, 0), STR("")), name);
    }
    return found;
}

static Value pair_of(Arena *arena, Str name, Str reached)
{
    ValueVec pair = {0};
    VEC_PUSH(arena, &pair, value_string(name));
    VEC_PUSH(arena, &pair, value_string(reached));
    return value_list_of(&pair);
}

/* Transactions that the mark knows keep their value. One that it does not know began after the read
 * that made it, so after what was reached before that. A prepared one may have run under another
 * name then. */
static Value running_now(Arena *arena, const DatabaseConnection *connection, const Value *mark)
{
    const Value *before = value_find(mark, str_from(key_running));
    ValueVec now = {0};
    for (VEC_EACH(const Str, it, &connection->running)) {
        if (str_starts_with(*it, STR("-1/")) && !is_in_mark(before, *it)) {
            VEC_PUSH(arena, &now, pair_of(arena, *it, floor_of(mark)));
        }
    }
    for (VALUE_EACH(it, before)) {
        if (names(&connection->running, value_text_or(member(it, 0), STR("")))) {
            VEC_PUSH(arena, &now, *it);
        }
    }
    for (VEC_EACH(const Str, it, &connection->running)) {
        if (!str_starts_with(*it, STR("-1/")) && !is_in_mark(before, *it)) {
            VEC_PUSH(arena, &now, pair_of(arena, *it, last_of(mark)));
        }
    }
    return connection->knows_running ? value_list_of(&now) : value_null();
}

/* ---- Conditions: rows have the lower 32 bits of a transaction's number ---- */

#define ROW_DISTANCE "((xmin::text::bigint - %lld) & 4294967295)"
static const int64_t furthest = INT64_C(0x7FFFFFFF);

static int64_t lower_bits(int64_t number)
{
    return number & INT64_C(0xFFFFFFFF);
}

/* Rows written by transactions that had all ended; empty: that is all there are. */
static Str ended_sql(Arena *arena, const DatabaseConnection *connection)
{
    int64_t unended = connection->end - connection->horizon;
    if (unended <= 0) {
        return (Str){0};
    }
    return str_printf(arena, ROW_DISTANCE " >= %lld", (long long)lower_bits(connection->horizon),
                      (long long)unended);
}

/* And since the mark; all of those in tables that are new. */
static Str window_sql(Arena *arena, const DatabaseConnection *connection, int64_t since,
                      const TableTree *tree)
{
    Str window = str_printf(arena, ROW_DISTANCE " < %lld", (long long)lower_bits(since),
                            (long long)(connection->horizon - since));
    Str ended = ended_sql(arena, connection);
    Str added = strbuf_str(&tree->added);
    if (added.len == 0) {
        return window;
    }
    return str_printf(arena, "(" STR_FMT " or tableoid in (" STR_FMT ")%s" STR_FMT ")",
                      STR_ARG(window), STR_ARG(added), ended.len > 0 ? " and " : "",
                      STR_ARG(ended));
}

Error *postgres_window(DatabaseConnection *connection, Arena *arena, const DatabaseSince *since,
                       DatabaseWindow *out)
{
    TableTree tree;
    const Value *horizon = value_find(since->mark, str_from(key_horizon));
    int64_t from = value_is(horizon, VALUE_INT) ? horizon->as.integer : 0;
    TRY(read_tree(connection, arena, since, &tree));
    if (!tree.is_plain) {
        return NULL;
    }
    ValueMapBuilder mark = value_map_begin(arena);
    value_map_set(&mark, str_from(key_horizon), value_int(connection->horizon));
    value_map_set(&mark, str_from(key_tables), tree.tables);
    value_map_set(&mark, str_from(key_last), value_string(since->last));
    value_map_set(&mark, str_from(key_running), running_now(arena, connection, since->mark));
    out->mark = value_map_end(&mark);
    out->is_complete = tree.is_known && !tree.is_rewritten && from > 0 &&
                       from <= connection->horizon && connection->horizon - from <= furthest;
    out->condition = out->is_complete ? window_sql(arena, connection, from, &tree)
                                      : ended_sql(arena, connection);
    if (out->is_complete) {
        out->floor = floor_of(since->mark);
    }
    return NULL;
}
