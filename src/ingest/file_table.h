/* ingest/file_table.h - the table that the files of a source go to: the files' columns and the
 * bookkeeping's (dango.md 5.3 and 5.8).
 *
 * What is the same for all rows of a file is stored once. A "part" is one file as one load brought
 * it:
 *
 *     raw_shop._dango_parts        part, table_name, load_id, loaded_at, filename, file_mtime,
 * deleted raw_shop._dango_rows_orders  the files' columns, _dango_row = part << 36 | number of the
 * row raw_shop.orders              a view that joins both: what everyone else sees as the table
 *
 * Written into each row the same seven columns would more than double the time of a load and the
 * size of a table of flat files; here they cost one integer that compresses to nearly nothing. A
 * file that vanishes is marked in one row, whatever its size. A table of that name that another
 * program made is taken apart in this way by the first load. */
#ifndef INGEST_FILE_TABLE_H
#define INGEST_FILE_TABLE_H

#include "ingest/file_columns.h"

typedef struct FileTable {
    Connection *connection;
    Arena *arena; /* of all its texts */
    Str schema;
    Str name;
    Str rows_name;          /* "_dango_rows_orders" */
    bool exists;            /* as the view, or as another program's table */
    bool is_foreign;        /* the latter */
    TableColumnVec columns; /* the files', as they will be: set before file_table_prepare() */
} FileTable;

/* Looks what there is; `columns` stays empty. */
MUST_CHECK Error *file_table_open(Connection *connection, Arena *arena, Str schema, Str name,
                                  FileTable *out);
/* Creates the table, or gives an existing one its new columns and types. *out_changed: it did. */
MUST_CHECK Error *file_table_prepare(FileTable *table, bool *out_changed);
MUST_CHECK Error *file_table_drop(FileTable *table);
MUST_CHECK Error *file_table_count(const FileTable *table, int64_t *out_rows);

/* One file's rows. */
typedef struct FilePart {
    StrVec names; /* of the table's columns that the file has */
    Str values;   /* SQL, in the order of `names`: "a, b::BIGINT" */
    Str from;     /* SQL: what follows "from" */
    Str load_id;
    int64_t loaded_at_us;
    Str filename;
    int64_t modified_us;
} FilePart;
MUST_CHECK Error *file_table_insert(const FileTable *table, const FilePart *part,
                                    int64_t *out_rows);
/* An empty filename means all. */
MUST_CHECK Error *file_table_delete(const FileTable *table, Str filename);
/* Keeps the rows of a file that is gone and says so in `_dango_deleted`. */
MUST_CHECK Error *file_table_mark_deleted(const FileTable *table, Str filename);

/* The columns that every such table has after the files' own; no file may have columns called so.
 */
typedef struct BookkeepingColumn {
    const char *name;
    const char *type;
    const char *part_column; /* of _dango_parts; NULL: it is computed */
    bool is_dlt;             /* dlt adds it to its tables too */
} BookkeepingColumn;
extern const BookkeepingColumn bookkeeping_columns[];
extern const size_t bookkeeping_column_count;
bool is_bookkeeping_column(Str name);

#endif
