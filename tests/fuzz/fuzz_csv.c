/* tests/fuzz/fuzz_csv.c - any bytes have a CSV dialect or are refused with the line that does not
 * fit. The first byte chooses what the user said about the file; the rest is the file, read as
 * Latin-1 when it is not UTF-8. */
#include "base/unicode.h"
#include "source/file/csv_dialect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    static const char delimiters[] = {'\0', ',', ';', '\t'};
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    Str text = {(const char *)data + 1, size - 1};
    text = utf8_find_invalid(text) == SIZE_MAX ? text : latin1_to_utf8(arena, text);
    CsvDialect dialect = {
        .delimiter = delimiters[data[0] & 3],
        .quote = '"',
        .header = (CsvHeader)(data[0] >> 2 & 3) % 3,
    };
    bool is_whole = (data[0] & 16) != 0;
    size_t line = 0;
    Error *err = csv_dialect_find(arena, text, is_whole, &dialect, &line);
    CHECK(err == NULL || (line > 0 && error_kind(err) == ERR_INPUT));
    CHECK(err != NULL || dialect.names.len == 0 || dialect.names.len == dialect.columns);
    error_free(err);
    return 0;
}
