#include "warehouse/file_scan.h"

#include "base/unicode.h"
#include "warehouse/driver.h"

enum { SHOWN_CHARACTERS = 80 };

void file_scan_add_sql(const Connection *connection, const FileScan *scan, SqlBuilder *sql)
{
    connection->warehouse->driver->add_scan(scan, sql);
}

Str connection_row_number_sql(const Connection *connection)
{
    return str_from(connection->warehouse->driver->row_number);
}

Error *file_scan_describe(Connection *connection, Arena *arena, const FileScan *scan,
                          ColumnInfoVec *out)
{
    SqlBuilder sql = sql_begin(arena);
    SQL_ADD(&sql, "select * from ");
    file_scan_add_sql(connection, scan, &sql);
    Str text;
    TRY(sql_finish(&sql, &text));
    return connection_describe(connection, arena, text, out);
}

/* At most 80 characters of a line, on one line. */
static Str shown_line(Arena *arena, Str line)
{
    size_t end = utf8_find_invalid(line) == SIZE_MAX ? utf8_offset(line, SHOWN_CHARACTERS)
                 : line.len < SHOWN_CHARACTERS       ? line.len
                                                     : SHOWN_CHARACTERS;
    char *text = str_to_c(arena, str_slice(line, 0, end));
    for (size_t i = 0; i < end; i++) {
        text[i] = (unsigned char)text[i] < 0x20 ? ' ' : text[i];
    }
    return str_printf(arena, "%s%s", text, end < line.len ? "..." : "");
}

Error *file_scan_error(const Connection *connection, Str shown_path, Error *err)
{
    const WarehouseFailure *failure = connection_failure(connection);
    if (err == NULL || failure == NULL || failure->file_reason.len == 0) {
        return err;
    }
    error_discard(err, "the same told again, with the file's name and line");
    AUTO_FREE(arena) Arena *arena = arena_new("file error");
    Str place = failure->file_line > 0 ? str_printf(arena, STR_FMT ":%llu", STR_ARG(shown_path),
                                                    (unsigned long long)failure->file_line)
                                       : shown_path;
    if (failure->file_text.len == 0) {
        return error_new(ERR_INPUT, STR_FMT ": " STR_FMT, STR_ARG(place),
                         STR_ARG(failure->file_reason));
    }
    Str line = shown_line(arena, failure->file_text);
    return error_new(ERR_INPUT, STR_FMT ": " STR_FMT ": '" STR_FMT "'", STR_ARG(place),
                     STR_ARG(failure->file_reason), STR_ARG(line));
}
