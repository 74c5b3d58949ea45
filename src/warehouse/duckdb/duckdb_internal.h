/* warehouse/duckdb/duckdb_internal.h - what the files of the DuckDB driver share. */
#ifndef WAREHOUSE_DUCKDB_INTERNAL_H
#define WAREHOUSE_DUCKDB_INTERNAL_H

#include <duckdb.h>

#include "warehouse/driver.h"

typedef struct DuckWarehouse {
    Warehouse base;
    duckdb_database handle;
} DuckWarehouse;

typedef struct DuckConnection {
    Connection base;
    duckdb_connection handle;
    bool reports_progress; /* the setting was made */
} DuckConnection;

/* A column's type with what is needed to read its vectors. */
typedef struct DuckType DuckType;
struct DuckType {
    duckdb_type id;
    duckdb_type storage; /* of DECIMAL and ENUM */
    ColumnType type;
    Str member_name;     /* of a STRUCT or UNION member */
    const Str *words;    /* of ENUM */
    uint64_t array_size; /* of ARRAY */
    const DuckType *children;
    size_t child_count;
};

static inline DuckConnection *duck_connection(Connection *connection)
{
    return (DuckConnection *)connection;
}

/* DuckDB's handles are released by the scope that made them; all destroy functions accept NULL. */
#define DUCK_AUTO(type, Type, destroy) \
    static inline void type##_auto_free(Type *handle) \
    { \
        destroy(handle); \
    }
DUCK_AUTO(duck_config, duckdb_config, duckdb_destroy_config)
DUCK_AUTO(duck_extracted, duckdb_extracted_statements, duckdb_destroy_extracted)
DUCK_AUTO(duck_prepared, duckdb_prepared_statement, duckdb_destroy_prepare)
DUCK_AUTO(duck_pending, duckdb_pending_result, duckdb_destroy_pending)
DUCK_AUTO(duck_result, duckdb_result, duckdb_destroy_result)
DUCK_AUTO(duck_chunk, duckdb_data_chunk, duckdb_destroy_data_chunk)
DUCK_AUTO(duck_type, duckdb_logical_type, duckdb_destroy_logical_type)

/* Texts that DuckDB calls const and yet wants freed. */
static inline void duck_free_text(const char *text)
{
    union {
        const char *borrowed;
        void *owned;
    } pointer = {.borrowed = text};
    duckdb_free(pointer.owned);
}

/* code_pages.c: the pages of DuckDB's code and constants that were looked at so far are no longer
 * counted as this process's; those that are needed again come back from the page cache. Opening a
 * database registers thousands of functions from all over the library, some 20 MB of pages of which
 * few are looked at again, and closing it needs others than queries do. */
void duck_let_code_go(void);

/* failure.c: an error from DuckDB's text, also remembered as the connection's last failure. `sql`
 * is the statement it speaks of. */
Error *duck_failure(Connection *connection, const char *text, Str sql);
/* Of a failed open: there is no connection yet. */
Error *duck_open_failure(const char *path, const char *text);

/* file_failure.c: what a text says about a data file. */
void duck_read_file_failure(Arena *arena, Str text, WarehouseFailure *failure);

/* files.c */
void duck_add_scan(const FileScan *scan, SqlBuilder *sql);

/* row_number.c: makes the function dango_row_number() known to the connection's database. */
void duck_register_row_number(duckdb_connection connection);

/* rows.c: makes dango_rows() known. */
void duck_register_rows(duckdb_connection connection);

/* vectors.c: the type of vectors for such a column; NULL for nested ones. Destroy it. */
duckdb_logical_type duck_vector_type(const ColumnType *type);
/* Whether texts are copied into the vector or must outlive it. */
typedef enum DuckTexts { DUCK_TEXTS_COPIED, DUCK_TEXTS_BORROWED } DuckTexts;
/* Rows start .. start + rows of the column as rows 0 .. of the vector, which is empty. */
void duck_fill_vector(duckdb_vector vector, const Column *column, size_t start, size_t rows,
                      DuckTexts texts);

/* statement.c */
MUST_CHECK Error *duck_run(Connection *base, Str sql, const Param *params, size_t param_count,
                           int64_t *out_rows, Result **out_result);
MUST_CHECK Error *duck_rollback(Connection *base);
MUST_CHECK Error *duck_next(Result *base, const Chunk **out_chunk);
void duck_free_result(Result *base);
MUST_CHECK Error *duck_describe(Connection *base, Arena *arena, Str sql, ColumnInfoVec *out);

/* columns.c: reads a logical type whole; ERR_UNSUPPORTED for types of which no column can be made.
 */
MUST_CHECK Error *duck_read_type(Arena *arena, duckdb_logical_type logical, DuckType *out);
/* The column of a vector's first `rows` values; lives in `arena` and borrows from the vector. */
Column duck_read_vector(Arena *arena, const DuckType *type, duckdb_vector vector, size_t rows);

/* append.c */
MUST_CHECK Error *duck_append_open(Connection *connection, Str schema, Str table,
                                   const Str *columns, size_t column_count,
                                   Appender **out_appender);
MUST_CHECK Error *duck_append(Appender *base, const Chunk *chunk);
MUST_CHECK Error *duck_append_finish(Appender *base);
void duck_append_free(Appender *base);

/* catalog.c */
MUST_CHECK Error *duck_list_schemas(Connection *connection, Arena *arena, StrVec *out);
MUST_CHECK Error *duck_list_relations(Connection *connection, Arena *arena, Str database,
                                      Str schema, Str name, RelationVec *out);
MUST_CHECK Error *duck_list_columns(Connection *connection, Arena *arena, Str schema, Str relation,
                                    ColumnInfoVec *out);

#endif
