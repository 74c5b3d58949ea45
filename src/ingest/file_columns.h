/* ingest/file_columns.h - columns of files against columns of their table: names made alike, types
 * that hold the values of all files, and whether a file belongs to the table at all (dango.md 5.8).
 */
#ifndef INGEST_FILE_COLUMNS_H
#define INGEST_FILE_COLUMNS_H

#include "source/source.h"
#include "warehouse/warehouse.h"

typedef struct FileColumn {
    Str read_name; /* by which the warehouse's reader calls it */
    Str name;      /* in the table */
    Str type;      /* as found in the file */
} FileColumn;
typedef VEC(FileColumn) FileColumnVec;

typedef struct TableColumn {
    Str name;
    Str type;
    bool is_new;     /* to be added */
    bool is_retyped; /* has another type in the table now */
} TableColumn;
typedef VEC(TableColumn) TableColumnVec;

/* Names the columns of a file by dlt's convention; `headers` are its own names where they differ
 * from the reader's. ERR_INPUT when two become one. Columns that only the bookkeeping may have are
 * left out. */
MUST_CHECK Error *file_columns_name(Arena *arena, Str shown_path, const ColumnInfoVec *read,
                                    const StrVec *headers, FileColumnVec *out);

/* The data columns of a table; none when there is no table. */
MUST_CHECK Error *table_columns_read(Connection *connection, Arena *arena, Str schema, Str table,
                                     TableColumnVec *out);
const TableColumn *table_column_find(const TableColumnVec *columns, Str name);

/* What a file may do to its table. */
typedef struct ColumnRules {
    bool allow_new_columns;
    bool allow_any; /* --allow-schema-changes */
} ColumnRules;

/* Adds the file's columns to the table's and widens types. ERR_SCHEMA when the file shares fewer
 * than half of the columns, or a new one is not allowed; *columns is then as it was. */
MUST_CHECK Error *table_columns_merge(Arena *arena, Str shown_path, Str shown_table,
                                      const FileColumnVec *file, ColumnRules rules,
                                      TableColumnVec *columns);

/* The narrowest type that holds the values of both. */
Str column_type_merge(Str a, Str b);

#endif
