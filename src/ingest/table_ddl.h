/* ingest/table_ddl.h - tables of the warehouse brought to what the schema says. As in dlt, tables
 * are created and get new columns; nothing is dropped, and no type is ever changed. Columns are
 * compared by name, letter case aside. Runs in the connection's transaction. */
#ifndef INGEST_TABLE_DDL_H
#define INGEST_TABLE_DDL_H

#include "ingest/schema.h"
#include "warehouse/warehouse.h"

/* What was done to a table; may be NULL where nobody asks. */
typedef struct TableChange {
    bool is_new;
    StrVec new_columns; /* in an existing table */
} TableChange;

/* Makes the schema `dataset` when it is missing. */
MUST_CHECK Error *dataset_create(Connection *connection, Arena *arena, Str dataset);
/* Creates the table with its complete columns, or adds those it lacks. A column that is added to a
 * table with rows can hold NULL, whatever the schema says: DuckDB adds no constraints later. Tables
 * without a complete column are passed over. */
MUST_CHECK Error *table_ddl_apply(Connection *connection, Arena *arena, Str dataset,
                                  const SchemaTable *table, TableChange *out_change);
/* The same for all tables that dlt expects to be there once it finds the schema's hash: those that
 * have seen data, and the system's own. */
MUST_CHECK Error *table_ddl_apply_all(Connection *connection, Arena *arena, Str dataset,
                                      const Schema *schema);

#endif
