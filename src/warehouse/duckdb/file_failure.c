/* What DuckDB says about a data file, in one line. Its texts list the reader's options and possible
 * fixes of SQL, which help nobody who only has a file. */
#include "base/limits.h"
#include "base/number.h"
#include "warehouse/duckdb/duckdb_internal.h"

/* What stands between two marks, or nothing. An empty `end` means the end of the line. */
static Str between(Str text, const char *start, const char *end)
{
    size_t from = str_find(text, str_from(start), 0);
    if (from == SIZE_MAX) {
        return (Str){0};
    }
    Str rest = str_from_offset(text, from + strlen(start));
    size_t to = str_find(rest, str_from(end), 0);
    return to == SIZE_MAX ? rest : str_slice(rest, 0, to);
}

static bool has(Str text, const char *part)
{
    return str_find(text, str_from(part), 0) != SIZE_MAX;
}

static Str columns_reason(Arena *arena, Str text)
{
    Str expected = between(text, "Expected Number of Columns: ", " Found: ");
    Str found = between(text, " Found: ", "\n");
    return str_printf(arena, "expected " STR_FMT " columns, found " STR_FMT, STR_ARG(expected),
                      STR_ARG(str_trim(found)));
}

static Str csv_reason(Arena *arena, Str text, WarehouseFailure *failure)
{
    if (has(text, "Expected Number of Columns: ")) {
        return columns_reason(arena, text);
    }
    if (has(text, "unterminated quote")) {
        return STR("expected a closing quote before the next delimiter");
    }
    if (has(text, "Invalid unicode")) {
        return STR("expected UTF-8 text; set 'encoding' if the file has another one");
    }
    if (has(text, "Maximum line size")) {
        failure->file_text = (Str){0};
        return str_printf(arena, "expected a line of at most %zu MiB", LIMIT_CSV_LINE_BYTES / MIB);
    }
    if (has(text, "Error when converting column")) {
        failure->file_column =
            str_dup(arena, between(text, "Error when converting column \"", "\". "));
        return str_dup(arena, between(text, "\". ", "\n"));
    }
    return str_dup(arena, between(text, failure->file_text.data != NULL ? "\n" : "Error: ", "\n"));
}

/* "CSV Error on Line: 3\nOriginal Line: 5,e\nreason...". The line itself may hold anything, also
 * line breaks within quotes. */
static void read_csv_failure(Arena *arena, Str text, WarehouseFailure *failure)
{
    static const char *const ends[] = {
        "\nExpected Number of Columns", "\nValue with unterminated", "\nInvalid unicode",
        "\nMaximum line size",          "\nError when converting",   "\nPossible "};
    Str number = between(text, "CSV Error on Line: ", "\n");
    int64_t line = 0;
    if (!number_parse_int64(str_trim(number), &line) || line < 1) {
        line = 0;
    }
    failure->file_line = (uint64_t)line;
    Str rest = between(text, "\nOriginal Line: ", "\n\n  file = ");
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        size_t at = str_find(rest, str_from(ends[i]), 0);
        if (at != SIZE_MAX) {
            failure->file_text = str_dup(arena, str_slice(rest, 0, at));
            failure->file_reason = csv_reason(arena, str_from_offset(rest, at), failure);
            return;
        }
    }
    failure->file_text = str_dup(arena, rest);
    failure->file_reason = STR("cannot be read as CSV");
}

/* "Malformed JSON in file "x", at byte 8 in line 3: unexpected character." */
static void read_json_failure(Arena *arena, Str text, WarehouseFailure *failure)
{
    Str place = between(text, ", at byte ", ": ");
    Str byte, rest;
    if (!str_cut(place, ' ', &byte, &rest)) {
        return;
    }
    int64_t line = 0;
    if (str_starts_with(rest, STR("in line ")) &&
        number_parse_int64(str_from_offset(rest, 8), &line) && line > 0) {
        failure->file_line = (uint64_t)line;
    }
    Str why = between(between(text, ", at byte ", "\n"), ": ", "\n");
    failure->file_reason = str_printf(
        arena, "expected JSON, but at byte " STR_FMT "%s" STR_FMT ": " STR_FMT, STR_ARG(byte),
        line > 0 ? "" : " ", line > 0 ? 0 : (int)rest.len, rest.data, STR_ARG(str_trim(why)));
}

/* Other sentences about files, shown as they stand once their head is gone. */
static const char *const plain_signs[] = {
    "Input is not a GZIP stream",
    "to be a Parquet file",
    "No magic bytes found",
    "parquet file",
    "Parquet file",
    "ZSTD",
    "zstd",
    "gzip",
    "GZIP",
    "maximum_object_size",
    "Malformed JSON",
    "Invalid Input Error: Expected ",
    "No files found that match",
    "Cannot open file",
};

void duck_read_file_failure(Arena *arena, Str text, WarehouseFailure *failure)
{
    if (has(text, "CSV Error on Line: ")) {
        read_csv_failure(arena, text, failure);
    } else if (has(text, "Malformed JSON in file ")) {
        read_json_failure(arena, text, failure);
    } else if (has(text, "Error when sniffing file ")) {
        failure->file_reason = STR("expected CSV, but its lines do not agree on the columns");
    } else {
        for (size_t i = 0; i < ARRAY_LEN(plain_signs); i++) {
            if (has(text, plain_signs[i])) {
                Str rest = between(text, "Error: ", "\n\nLINE ");
                failure->file_reason = str_dup(arena, between(rest, "", "\n"));
                return;
            }
        }
    }
}
