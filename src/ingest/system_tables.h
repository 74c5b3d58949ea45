/* ingest/system_tables.h - the tables in which a dataset keeps its own books, as dlt 1.31 declares
 * them, and the columns that ingest adds to every data table. Constant. */
#ifndef INGEST_SYSTEM_TABLES_H
#define INGEST_SYSTEM_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "ingest/data_type.h"

typedef struct SystemColumn {
    const char *name;
    DataKind kind;
    bool nullable;
    int precision;           /* 0 = none */
    const char *description; /* or NULL */
    const char *hint;        /* "row_key", ...: a member that is true; or NULL */
    bool is_unique;
} SystemColumn;

typedef struct SystemTable {
    const char *name;
    const SystemColumn *columns;
    size_t column_count;
    const char *write_disposition;
    const char *description; /* or NULL */
} SystemTable;

extern const SystemTable system_table_version;
extern const SystemTable system_table_loads;
extern const SystemTable system_table_state;

extern const SystemColumn system_column_load_id;   /* _dlt_load_id: of root tables */
extern const SystemColumn system_column_id;        /* _dlt_id: of all tables */
extern const SystemColumn system_column_parent_id; /* _dlt_parent_id: of nested tables */
extern const SystemColumn system_column_list_idx;  /* _dlt_list_idx: of nested tables */
extern const SystemColumn system_column_root_id;   /* _dlt_root_id: of nested tables of a merge */

/* True for columns of ids of rows: no two texts are alike, or few. */
bool system_column_is_id(Str name);
/* True for tables and columns that begin with _dlt. */
bool system_name(Str name);

#endif
