/* warehouse/driver.h - what a database implements to serve as a warehouse. warehouse.h is written
 * in terms of these; nobody else includes this. A driver is a module that exports one const
 * WarehouseDriver. Its objects begin with the structs below, which the front fills in; contracts
 * are those of warehouse.h. */
#ifndef WAREHOUSE_DRIVER_H
#define WAREHOUSE_DRIVER_H

#include "warehouse/file_scan.h"
#include "warehouse/warehouse.h"

/* Checked when the module is opened: a module left over from another build is refused. */
#define WAREHOUSE_DRIVER_VERSION 5

typedef struct WarehouseDriver WarehouseDriver;

struct Warehouse {
    const WarehouseDriver *driver;
    const char *version; /* set by open: "DuckDB 1.5.5" */
};

struct Connection {
    Warehouse *warehouse;
    const Cancel *cancel;       /* NULL = none */
    WarehouseProgress progress; /* NULL = none */
    void *progress_context;
    Arena *failure_arena;
    WarehouseFailure *failure; /* of the last statement, in failure_arena; NULL = none */
};

struct Result {
    Connection *connection;
    Arena *arena; /* lives as long as the result */
    const Column *columns;
    size_t column_count;
};

struct Appender {
    Connection *connection;
};

struct WarehouseDriver {
    unsigned version;
    const char *dialect;

    MUST_CHECK Error *(*open)(const WarehouseOptions *options, Warehouse **out_warehouse);
    void (*close)(Warehouse *warehouse);
    MUST_CHECK Error *(*connect)(Warehouse *warehouse, Connection **out_connection);
    void (*disconnect)(Connection *connection);

    /* `out_result` NULL: rows are not wanted. `out_rows` as in connection_execute, never NULL. */
    MUST_CHECK Error *(*run)(Connection *connection, Str sql, const Param *params,
                             size_t param_count, int64_t *out_rows, Result **out_result);
    MUST_CHECK Error *(*rollback)(Connection *connection);
    MUST_CHECK Error *(*next)(Result *result, const Chunk **out_chunk);
    void (*free_result)(Result *result);

    MUST_CHECK Error *(*append_open)(Connection *connection, Str schema, Str table,
                                     const Str *columns, size_t column_count,
                                     Appender **out_appender);
    MUST_CHECK Error *(*append)(Appender *appender, const Chunk *chunk);
    MUST_CHECK Error *(*append_finish)(Appender *appender);
    void (*append_free)(Appender *appender);

    MUST_CHECK Error *(*list_schemas)(Connection *connection, Arena *arena, StrVec *out);
    MUST_CHECK Error *(*list_relations)(Connection *connection, Arena *arena, Str database,
                                        Str schema, Str name, RelationVec *out);
    MUST_CHECK Error *(*list_columns)(Connection *connection, Arena *arena, Str schema,
                                      Str relation, ColumnInfoVec *out);
    MUST_CHECK Error *(*describe)(Connection *connection, Arena *arena, Str sql,
                                  ColumnInfoVec *out);
    void (*add_scan)(const FileScan *scan, SqlBuilder *sql);
    const char *row_number;         /* an expression, see connection_row_number_sql */
    const char *texts[TEXTS_KINDS]; /* see connection_texts_sql */
};

#endif
