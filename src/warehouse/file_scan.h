/* warehouse/file_scan.h - files that the database reads itself, faster than any code of ours could
 * hand rows over. A FileScan says what is known of a file; the driver makes a table expression of
 * it, to stand in `select ... from`. Everything in it is borrowed. */
#ifndef WAREHOUSE_FILE_SCAN_H
#define WAREHOUSE_FILE_SCAN_H

#include "warehouse/sql_builder.h"
#include "warehouse/warehouse.h"

typedef enum ScanFormat { SCAN_CSV, SCAN_JSON, SCAN_JSON_LINES, SCAN_PARQUET } ScanFormat;
typedef enum ScanCompression { SCAN_PLAIN, SCAN_GZIP, SCAN_ZSTD } ScanCompression;

typedef struct FileScan {
    ScanFormat format;
    ScanCompression compression;
    Str path;
    /* CSV */
    Str encoding; /* "utf-8", "utf-16", "latin-1" */
    char delimiter;
    char quote; /* 0 = none */
    bool has_header;
    Str date_format; /* strftime's, for days and times; empty = found out */
    /* CSV: columns whose type is decided; JSON: all columns, or none to find them out. */
    const ColumnInfo *typed_columns;
    size_t typed_column_count;
    bool columns_are_known; /* CSV: typed_columns are all there are; nothing is found out */
    bool as_objects;        /* JSON: one column with each record's text, as it stands in the file */
    bool look_at_all;       /* find types from the whole file rather than from its beginning */
} FileScan;

/* Appends the table expression: "read_csv('data/x.csv', ...)". */
void file_scan_add_sql(const Connection *connection, const FileScan *scan, SqlBuilder *sql);
/* Names and types of the columns as they stand in the file. Errors are those of scan_error. */
MUST_CHECK Error *file_scan_describe(Connection *connection, Arena *arena, const FileScan *scan,
                                     ColumnInfoVec *out);
/* Makes of a failed statement that read `scan` an error about the file: ERR_INPUT
 * "data/x.csv:31: expected 3 columns, found 2: '5,e'". Other errors stay as they are. `shown_path`
 * is the path as users know it. */
Error *file_scan_error(const Connection *connection, Str shown_path, TAKES Error *err);

/* An expression that gives each row a number: no two rows that this process writes have the same,
 * and those of a file mostly follow each other, whichever threads read it. */
Str connection_row_number_sql(const Connection *connection);

#endif
