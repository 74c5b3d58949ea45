/* warehouse/warehouse.h - the only door to the database that holds the user's data. Which database
 * it is, its types and its dialect are known to the driver behind this header and to
 * macros/<dialect>/ alone.
 *
 * A Warehouse is an open database; it may be shared by threads. A Connection belongs to one thread
 * at a time. Close connections before their warehouse, and results and appenders before their
 * connection; AUTO_FREE does so in the right order.
 *
 * The database's client library is loaded by the first warehouse_open(): commands that touch no
 * data do not pay for it.
 *
 * Errors carry the database's own text and, where it names one, the place in the statement, shown
 * with a caret. ERR_LOCKED: another process has the database open. ERR_CANCELLED: interrupted.
 * ERR_LIMIT: out of memory under the limit that was set. ERR_IO: disk full, unreadable. ERR_STORE:
 * all else. What else the database said about a failure is in connection_failure(). */
#ifndef WAREHOUSE_WAREHOUSE_H
#define WAREHOUSE_WAREHOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/thread.h"
#include "base/vec.h"
#include "value/column.h"

typedef struct Warehouse Warehouse;
typedef struct Connection Connection;
typedef struct Result Result;
typedef struct Appender Appender;

/* ---- Opening ---- */

typedef struct WarehouseSetting {
    Str name;
    Str value;
} WarehouseSetting;

/* What is left zero is the database's default. */
typedef struct WarehouseOptions {
    const char *path; /* NULL or ":memory:" for one that vanishes when closed */
    bool read_only;   /* then the file must exist */
    uint64_t memory_limit_bytes;
    size_t threads;
    const char *temp_directory; /* for what does not fit into memory */
    const WarehouseSetting *settings;
    size_t setting_count;
} WarehouseOptions;

/* ERR_NOT_FOUND: read-only and there is no such file. ERR_UNSUPPORTED: the driver's library cannot
 * be loaded (the message names the package), or the file was made by a newer version of the
 * database. */
MUST_CHECK Error *warehouse_open(const WarehouseOptions *options, Warehouse **out_warehouse);
void warehouse_close(Warehouse *warehouse);
/* Changes settings of an open database, for all its connections. ERR_CONFIG names the one that it
 * does not take. */
MUST_CHECK Error *warehouse_configure(Warehouse *warehouse, const WarehouseSetting *settings,
                                      size_t count);
/* "DuckDB 1.5.5", "duckdb". */
const char *warehouse_version(const Warehouse *warehouse);
const char *warehouse_dialect(const Warehouse *warehouse);

MUST_CHECK Error *connection_open(Warehouse *warehouse, Connection **out_connection);
void connection_close(Connection *connection);

/* ---- Statements ---- */

typedef enum ParamKind {
    PARAM_NULL,
    PARAM_BOOL,
    PARAM_INT,
    PARAM_DOUBLE,
    PARAM_TEXT,
    PARAM_TIMESTAMP_TZ, /* microseconds since 1970 UTC */
} ParamKind;

/* What stands for a ? of a statement. */
typedef struct Param {
    ParamKind kind;
    union {
        bool boolean;
        int64_t integer;
        double number;
        Str text;
    } as;
} Param;

#define PARAM_OF_NULL ((Param){.kind = PARAM_NULL})
#define PARAM_OF_BOOL(value) ((Param){.kind = PARAM_BOOL, .as.boolean = (value)})
#define PARAM_OF_INT(value) ((Param){.kind = PARAM_INT, .as.integer = (value)})
#define PARAM_OF_DOUBLE(value) ((Param){.kind = PARAM_DOUBLE, .as.number = (value)})
#define PARAM_OF_TEXT(value) ((Param){.kind = PARAM_TEXT, .as.text = (value)})
#define PARAM_OF_TIME(micros) ((Param){.kind = PARAM_TIMESTAMP_TZ, .as.integer = (micros)})

/* Runs one or several statements separated by semicolons; parameters belong to the last one, which
 * also gives the number of rows it inserted, changed or deleted (0 for others). `out_rows` may be
 * NULL. */
MUST_CHECK Error *connection_execute(Connection *connection, Str sql, const Param *params,
                                     size_t param_count, int64_t *out_rows);
/* As connection_execute, and gives the last one's rows as they are made: a large result costs no
 * more memory than a small one. One result at a time may be open on a connection. */
MUST_CHECK Error *connection_query(Connection *connection, Str sql, const Param *params,
                                   size_t param_count, Result **out_result);

/* What is known of a column's texts: all are different (ids), or most are the same (what all rows
 * of a load share). */
typedef enum TextsKind { TEXTS_UNLIKE, TEXTS_ALIKE, TEXTS_KINDS } TextsKind;
/* What stands behind the definition of such a column when it is made: the database need not look
 * for a way to store it. May be empty. */
Str connection_texts_sql(const Connection *connection, TextsKind kind);

/* Asked for between pieces of work of a statement, at least every few milliseconds; the statement
 * then ends with ERR_CANCELLED. The token must outlive the connection; NULL removes it. */
void connection_set_cancel(Connection *connection, const Cancel *cancel);
/* Called from the connection's thread about ten times a second while a statement runs. `percent` is
 * below zero while the database cannot tell. */
typedef void (*WarehouseProgress)(void *context, double percent, uint64_t rows_done,
                                  uint64_t rows_total);
void connection_set_progress(Connection *connection, WarehouseProgress progress, void *context);

/* A failed statement ends the transaction it ran in: what follows is refused until rollback. */
MUST_CHECK Error *connection_begin(Connection *connection);
MUST_CHECK Error *connection_commit(Connection *connection);
/* Without a transaction it does nothing. */
MUST_CHECK Error *connection_rollback(Connection *connection);

/* ---- Results ---- */

/* Number, names and types of the columns; column(i) has no data. Valid as long as the result. */
size_t result_column_count(const Result *result);
const Column *result_column(const Result *result, size_t index);
/* The next rows, or NULL at the end; valid until the next call. */
MUST_CHECK Error *result_next(Result *result, const Chunk **out_chunk);
void result_free(Result *result);

/* For statements whose answer is one row of one column. ERR_BUG when it is another shape. NULL
 * gives 0 and the empty text. */
MUST_CHECK Error *connection_query_int(Connection *connection, Str sql, const Param *params,
                                       size_t param_count, int64_t *out_value);
MUST_CHECK Error *connection_query_text(Connection *connection, Arena *arena, Str sql,
                                        const Param *params, size_t param_count, Str *out_value);
/* All rows as text, row by row, `column_count` cells each; for small answers. NULL is a Str whose
 * data is NULL. ERR_LIMIT beyond a million cells. */
typedef struct TextRows {
    size_t column_count;
    size_t row_count;
    const Str *cells;
} TextRows;
MUST_CHECK Error *connection_query_rows(Connection *connection, Arena *arena, Str sql,
                                        const Param *params, size_t param_count,
                                        TextRows *out_rows);

static inline Str text_cell(const TextRows *rows, size_t row, size_t column)
{
    return rows->cells[row * rows->column_count + column];
}

/* ---- Appending ---- */

/* Appends to the named columns of a table (all when count is 0), within the connection's
 * transaction. */
MUST_CHECK Error *appender_open(Connection *connection, Str schema, Str table, const Str *columns,
                                size_t column_count, Appender **out_appender);
/* Appends all rows of a chunk whose columns stand in the order given to appender_open. Values are
 * converted where the table's type is another. */
MUST_CHECK Error *appender_add(Appender *appender, const Chunk *chunk);
/* Writes what is still buffered; without it nothing is promised. */
MUST_CHECK Error *appender_finish(Appender *appender);
void appender_free(Appender *appender);

/* ---- What there is ---- */

typedef enum RelationKind { RELATION_TABLE, RELATION_VIEW } RelationKind;

/* A view `orders` over a table `_dango_rows_orders` of the same schema is listed as one relation,
 * the table `orders` (see ingest/file_table.h). */
#define ROWS_TABLE_PREFIX "_dango_rows_"

typedef struct Relation {
    Str schema;
    Str name;
    RelationKind kind;
    bool is_parted;         /* a table in the sense of ROWS_TABLE_PREFIX */
    int64_t estimated_rows; /* of a table; -1 for a view */
} Relation;
typedef VEC(Relation) RelationVec;

typedef struct ColumnInfo {
    Str name;
    Str type; /* as the database writes it: "DECIMAL(18,3)" */
    bool nullable;
} ColumnInfo;
typedef VEC(ColumnInfo) ColumnInfoVec;

/* All sorted by name; without the database's own. */
MUST_CHECK Error *connection_list_schemas(Connection *connection, Arena *arena, StrVec *out);
/* An empty schema means all. */
MUST_CHECK Error *connection_list_relations(Connection *connection, Arena *arena, Str schema,
                                            RelationVec *out);
/* Those of a database that is attached; an empty one is the connection's own. */
MUST_CHECK Error *connection_list_relations_of(Connection *connection, Arena *arena, Str database,
                                               Str schema, RelationVec *out);
/* Exact by name, letter case aside as everywhere in SQL. */
MUST_CHECK Error *connection_has_relation(Connection *connection, Str schema, Str name,
                                          bool *out_found);
/* In the table's order; none when there is no such table or view. */
MUST_CHECK Error *connection_list_columns(Connection *connection, Arena *arena, Str schema,
                                          Str relation, ColumnInfoVec *out);
/* The columns that a query would give, without running it. */
MUST_CHECK Error *connection_describe(Connection *connection, Arena *arena, Str sql,
                                      ColumnInfoVec *out);

/* ---- What went wrong ---- */

typedef enum WarehouseFailureKind {
    FAILURE_OTHER,
    FAILURE_SYNTAX,
    FAILURE_BINDER,  /* a column or function that does not exist, types that do not fit */
    FAILURE_CATALOG, /* a table, view or schema that does not exist, or exists already */
    FAILURE_CONSTRAINT,
    FAILURE_CONVERSION, /* a value that cannot become the type asked for */
    FAILURE_CONFLICT,   /* another transaction changed the same: may be tried again */
    FAILURE_READ_ONLY,
    FAILURE_LOCKED,
    FAILURE_CORRUPT,
    FAILURE_NEWER, /* made by a newer version of the database */
    FAILURE_DISK_FULL,
    FAILURE_MEMORY,
    FAILURE_INTERRUPTED,
} WarehouseFailureKind;

typedef struct WarehouseFailure {
    WarehouseFailureKind kind;
    Str message;        /* the database's text, whole */
    size_t line;        /* in the statement, from 1; 0 = unknown */
    size_t column;      /* in that line, in code points from 1; 0 = unknown */
    StrVec candidates;  /* names that might have been meant */
    int64_t holder;     /* process that has the database locked; 0 = unknown */
    uint64_t file_line; /* of a data file that could not be read; 0 = unknown */
    Str file_text;      /* that line */
    Str file_reason;    /* what was expected: "expected 3 columns, found 2" */
    Str file_column;    /* whose value could not be converted; may be empty */
} WarehouseFailure;

/* The last failure of a statement on this connection, or NULL; valid until the next statement. */
const WarehouseFailure *connection_failure(const Connection *connection);

static inline void warehouse_auto_free(Warehouse **warehouse)
{
    warehouse_close(*warehouse);
}
static inline void connection_auto_free(Connection **connection)
{
    connection_close(*connection);
}
DEFINE_AUTO_FREE(result, Result)
DEFINE_AUTO_FREE(appender, Appender)

#endif
