/* Data files as DuckDB's table functions. */
#include "base/limits.h"
#include "warehouse/duckdb/duckdb_internal.h"

/* What one thread reads of a CSV file at a time: more than a line may have. DuckDB would take
 * sixteen lines, 256 MiB, and reads that much already to find the types. */
enum { CSV_BUFFER_BYTES = 2 * LIMIT_CSV_LINE_BYTES };

static Str one_character(const char *c)
{
    return (Str){c, *c == '\0' ? 0 : 1};
}

static void add_compression(const FileScan *scan, SqlBuilder *sql)
{
    static const char *const names[] = {
        [SCAN_PLAIN] = "uncompressed", [SCAN_GZIP] = "gzip", [SCAN_ZSTD] = "zstd"};
    SQL_ADD(sql, ", compression = {}", SQL_TEXT(str_from(names[scan->compression])));
}

/* {'id': 'BIGINT', 'name': 'VARCHAR'} */
static void add_types(const FileScan *scan, SqlBuilder *sql, const char *parameter)
{
    if (scan->typed_column_count == 0) {
        return;
    }
    SQL_ADD(sql, ", {} = ", SQL_RAW(str_from(parameter)));
    for (size_t i = 0; i < scan->typed_column_count; i++) {
        SQL_ADD(sql, "{}{}: {}", SQL_RAW(i == 0 ? STR("{") : STR(", ")),
                SQL_TEXT(scan->typed_columns[i].name), SQL_TEXT(scan->typed_columns[i].type));
    }
    SQL_ADD(sql, "}");
}

static void add_csv(const FileScan *scan, SqlBuilder *sql)
{
    Str quote = one_character(&scan->quote);
    SQL_ADD(sql, "read_csv({}, delim = {}, quote = {}, escape = {}, comment = '', header = {}",
            SQL_TEXT(scan->path), SQL_TEXT(one_character(&scan->delimiter)), SQL_TEXT(quote),
            SQL_TEXT(quote), SQL_RAW(scan->has_header ? STR("true") : STR("false")));
    SQL_ADD(sql, ", encoding = {}, max_line_size = {}, buffer_size = {}, skip = 0",
            SQL_TEXT(scan->encoding), SQL_INT((int64_t)LIMIT_CSV_LINE_BYTES),
            SQL_INT((int64_t)CSV_BUFFER_BYTES));
    if (scan->date_format.len > 0) {
        SQL_ADD(sql, ", dateformat = {}, timestampformat = {}", SQL_TEXT(scan->date_format),
                SQL_TEXT(scan->date_format));
    }
    if (scan->look_at_all) {
        SQL_ADD(sql, ", sample_size = -1");
    }
    if (scan->columns_are_known) {
        SQL_ADD(sql, ", auto_detect = false");
    }
    add_types(scan, sql, scan->columns_are_known ? "columns" : "types");
    add_compression(scan, sql);
    SQL_ADD(sql, ")");
}

static void add_json(const FileScan *scan, SqlBuilder *sql)
{
    bool lines = scan->format == SCAN_JSON_LINES;
    Str function = scan->as_objects ? STR("read_json_objects") : STR("read_json");
    SQL_ADD(sql, "{}({}, format = {}, maximum_object_size = {}", SQL_RAW(function),
            SQL_TEXT(scan->path), SQL_TEXT(lines ? STR("newline_delimited") : STR("auto")),
            SQL_INT((int64_t)LIMIT_JSON_RECORD_BYTES));
    /* Keys that first appear behind the sample would be left out in silence. */
    if (!scan->as_objects) {
        SQL_ADD(sql, ", sample_size = -1");
    }
    add_types(scan, sql, "columns");
    add_compression(scan, sql);
    SQL_ADD(sql, ")");
}

void duck_add_scan(const FileScan *scan, SqlBuilder *sql)
{
    switch (scan->format) {
    case SCAN_CSV:
        add_csv(scan, sql);
        return;
    case SCAN_JSON:
    case SCAN_JSON_LINES:
        add_json(scan, sql);
        return;
    case SCAN_PARQUET:
        SQL_ADD(sql, "read_parquet({})", SQL_TEXT(scan->path));
        return;
    }
}
