#include "transform/run/text_result.h"

#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "transform/python/text.h"
#include "value/json_writer.h"

static TextCell same_text(Str text)
{
    return (TextCell){.text = text, .marked = text};
}

/* ---- Numbers ---- */

/* "1e-05" as a Decimal writes it: "0.00001"; "1e+20" is "1E+20". */
static Str decimal_of_double(Arena *arena, double number)
{
    char buffer[NUMBER_TEXT_BYTES];
    Str text = str_dup(arena, (Str){buffer, number_format_double(number, buffer)});
    size_t e = str_find_char(text, 'e');
    int64_t exponent = 0;
    if (e == SIZE_MAX ||
        !number_parse_int64(str_from_offset(text, text.data[e + 1] == '+' ? e + 2 : e + 1),
                            &exponent)) {
        return str_is(text, "nan")    ? STR("NaN")
               : str_is(text, "inf")  ? STR("Infinity")
               : str_is(text, "-inf") ? STR("-Infinity")
                                      : text;
    }
    Str digits = str_slice(text, 0, e);
    if (exponent > 0 || exponent < -6) {
        return str_printf(arena, STR_FMT "E%s%lld", STR_ARG(digits), exponent > 0 ? "+" : "",
                          (long long)exponent);
    }
    bool negative = digits.len > 0 && digits.data[0] == '-';
    Str plain = str_replace(arena, str_from_offset(digits, negative), STR("."), STR(""));
    StrBuf out = strbuf_init(arena, LIMIT_ERROR_BYTES);
    strbuf_add_c(&out, negative ? "-0." : "0.");
    strbuf_add_repeat(&out, '0', (size_t)(-exponent - 1));
    strbuf_add(&out, plain);
    return strbuf_str(&out);
}

static TextCell decimal_cell(Arena *arena, Str text)
{
    return (TextCell){.text = text,
                      .marked = str_printf(arena, "Decimal('" STR_FMT "')", STR_ARG(text))};
}

/* ---- Times ---- */

static int number_at(Str text, size_t at, size_t len)
{
    int64_t number = 0;
    return at + len <= text.len && number_parse_int64(str_slice(text, at, at + len), &number)
               ? (int)number
               : 0;
}

/* Microseconds behind the point; what is finer is cut. */
static int micros_of(Str fraction)
{
    int micros = 0;
    for (size_t i = 0; i < 6; i++) {
        char c = i < fraction.len ? fraction.data[i] : '0';
        micros = micros * 10 + (c - '0');
    }
    return micros;
}

/* "10:11:12" or "10:11:12.500000" */
static Str clock_text(Arena *arena, Str text)
{
    size_t dot = str_find_char(text, '.');
    int micros = dot != SIZE_MAX ? micros_of(str_from_offset(text, dot + 1)) : 0;
    Str seconds = str_slice(text, 0, dot < text.len ? dot : text.len);
    return micros > 0 ? str_printf(arena, STR_FMT ".%06d", STR_ARG(seconds), micros) : seconds;
}

static TextCell date_cell(Arena *arena, Str text)
{
    return (TextCell){.text = text,
                      .marked =
                          str_printf(arena, "datetime.date(%d, %d, %d)", number_at(text, 0, 4),
                                     number_at(text, 5, 2), number_at(text, 8, 2))};
}

/* "2024-01-02 03:04:05.5+00" */
static TextCell timestamp_cell(Arena *arena, Str given, bool zoned)
{
    size_t sign = zoned ? 19 : given.len;
    while (sign < given.len && given.data[sign] != '+' && given.data[sign] != '-') {
        sign++;
    }
    Str moment = str_slice(given, 0, sign), zone = str_from_offset(given, sign);
    Str text = clock_text(arena, moment);
    if (moment.len < 19 || moment.data[10] != ' ') {
        return same_text(given); /* "infinity" and its like */
    }
    size_t dot = str_find_char(moment, '.');
    int micros = dot != SIZE_MAX ? micros_of(str_from_offset(moment, dot + 1)) : 0;
    int seconds = number_at(moment, 17, 2);
    StrBuf marked = strbuf_init(arena, LIMIT_ERROR_BYTES);
    strbuf_printf(&marked, "datetime.datetime(%d, %d, %d, %d, %d", number_at(moment, 0, 4),
                  number_at(moment, 5, 2), number_at(moment, 8, 2), number_at(moment, 11, 2),
                  number_at(moment, 14, 2));
    if (seconds > 0 || micros > 0) {
        strbuf_printf(&marked, ", %d", seconds);
    }
    if (micros > 0) {
        strbuf_printf(&marked, ", %d", micros);
    }
    strbuf_add_c(&marked, zoned ? ", tzinfo=<StaticTzInfo 'Etc/UTC'>)" : ")");
    if (zoned) {
        text = str_printf(arena, STR_FMT STR_FMT "%s", STR_ARG(text), STR_ARG(zone),
                          zone.len == 3 ? ":00" : "");
    }
    bool utc = !zoned || str_is(zone, "+00"); /* of others the name is not known here */
    return (TextCell){.text = text, .marked = utc ? strbuf_str(&marked) : text};
}

/* Months are 30 days, as DuckDB gives intervals to Python. */
static Str interval_text(Arena *arena, ColumnInterval interval)
{
    const int64_t day_us = (int64_t)24 * 3600 * 1000000;
    int64_t days = (int64_t)interval.months * 30 + interval.days;
    int64_t micros = interval.micros;
    days += micros / day_us;
    micros %= day_us;
    if (micros < 0) {
        micros += day_us;
        days--;
    }
    long long seconds = (long long)(micros / 1000000);
    StrBuf out = strbuf_init(arena, LIMIT_ERROR_BYTES);
    if (days != 0) {
        strbuf_printf(&out, "%lld day%s, ", (long long)days, days == 1 || days == -1 ? "" : "s");
    }
    strbuf_printf(&out, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (micros % 1000000 != 0) {
        strbuf_printf(&out, ".%06lld", (long long)(micros % 1000000));
    }
    return strbuf_str(&out);
}

/* ---- Bytes and nested values ---- */

static Str bytes_text(Arena *arena, Str bytes)
{
    bool single = str_find_char(bytes, '\'') != SIZE_MAX;
    char quote = single && str_find_char(bytes, '"') == SIZE_MAX ? '"' : '\'';
    StrBuf out = strbuf_init(arena, LIMIT_SQL_BYTES);
    strbuf_printf(&out, "b%c", quote);
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = (uint8_t)bytes.data[i];
        if (c == '\\' || c == (uint8_t)quote) {
            strbuf_printf(&out, "\\%c", c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            strbuf_add_c(&out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        } else if (c < 0x20 || c >= 0x7f) {
            strbuf_printf(&out, "\\x%02x", c);
        } else {
            strbuf_add_char(&out, (char)c);
        }
    }
    strbuf_add_char(&out, quote);
    return strbuf_str(&out);
}

static Value nested_value(Arena *arena, const Column *column, size_t row);

static Value list_value(Arena *arena, const Column *column, ColumnSlice slice)
{
    ValueVec items = {0};
    for (uint64_t i = 0; i < slice.len; i++) {
        VEC_PUSH(arena, &items, nested_value(arena, &column->children[0], slice.offset + i));
    }
    return value_list_of(&items);
}

static Value map_value(Arena *arena, const Column *column, ColumnSlice slice)
{
    ValueMapBuilder map = value_map_begin(arena);
    for (uint64_t i = 0; i < slice.len; i++) {
        value_map_set(&map, column_text(&column->children[0], slice.offset + i, arena),
                      nested_value(arena, &column->children[1], slice.offset + i));
    }
    return value_map_end(&map);
}

static Value struct_value(Arena *arena, const Column *column, size_t row)
{
    ValueMapBuilder map = value_map_begin(arena);
    for (size_t i = 0; i < column->child_count; i++) {
        value_map_set(&map, str_dup(arena, column->children[i].name),
                      nested_value(arena, &column->children[i], row));
    }
    return value_map_end(&map);
}

/* A decimal in JSON is a number like others. */
static Value decimal_value(Str text)
{
    double number = 0;
    return number_parse_double(text, &number) ? value_float(number) : value_string(text);
}

/* As isoformat() writes it: a `T` between date and time. */
static Value moment_value(Arena *arena, Str given, bool zoned)
{
    Str text = timestamp_cell(arena, given, zoned).text;
    return value_string(
        text.len > 10 && text.data[10] == ' '
            ? str_printf(arena, "%.10sT" STR_FMT, text.data, STR_ARG(str_from_offset(text, 11)))
            : text);
}

/* A type is not nested deeper than its name is long, so this recursion ends. */
static Value nested_value(Arena *arena, const Column *column, size_t row)
{
    if (column_is_null(column, row)) {
        return value_null();
    }
    switch (column->type.kind) {
    case COLUMN_BOOL:
        return value_bool(((const bool *)column->data)[row]);
    case COLUMN_INT:
        return value_int(column_int(column, row));
    case COLUMN_FLOAT:
        return value_float((double)((const float *)column->data)[row]);
    case COLUMN_DOUBLE:
        return value_float(((const double *)column->data)[row]);
    case COLUMN_HUGE_INT:
        return value_text(VALUE_BIG_INT, column_text(column, row, arena));
    case COLUMN_LIST:
        return list_value(arena, column, ((const ColumnSlice *)column->data)[row]);
    case COLUMN_MAP:
        return map_value(arena, column, ((const ColumnSlice *)column->data)[row]);
    case COLUMN_STRUCT:
        return struct_value(arena, column, row);
    case COLUMN_DECIMAL:
        return decimal_value(column_text(column, row, arena));
    case COLUMN_TIMESTAMP:
    case COLUMN_TIMESTAMP_NS:
        return moment_value(arena, column_text(column, row, arena), false);
    case COLUMN_TIMESTAMP_TZ:
        return moment_value(arena, column_text(column, row, arena), true);
    case COLUMN_NULL:
    case COLUMN_TEXT:
    case COLUMN_JSON:
    case COLUMN_BYTES:
    case COLUMN_DATE:
    case COLUMN_TIME:
    case COLUMN_INTERVAL:
        break;
    }
    return value_string(column_text(column, row, arena));
}

/* ---- Cells ---- */

static TextCell double_cell(Arena *arena, double number)
{
    return decimal_cell(arena, decimal_of_double(arena, number));
}

static TextCell cell_of(Arena *arena, const Column *column, size_t row)
{
    switch (column->type.kind) {
    case COLUMN_BOOL: {
        bool truth = ((const bool *)column->data)[row];
        return (TextCell){.text = truth ? STR("True") : STR("False"),
                          .marked = truth ? STR("true") : STR("false")};
    }
    case COLUMN_FLOAT:
        return double_cell(arena, (double)((const float *)column->data)[row]);
    case COLUMN_DOUBLE:
        return double_cell(arena, ((const double *)column->data)[row]);
    case COLUMN_DECIMAL:
        return decimal_cell(arena, column_text(column, row, arena));
    case COLUMN_BYTES:
        return same_text(bytes_text(arena, column_str(column, row)));
    case COLUMN_DATE:
        return date_cell(arena, column_text(column, row, arena));
    case COLUMN_TIME:
        return same_text(clock_text(arena, column_text(column, row, arena)));
    case COLUMN_TIMESTAMP:
    case COLUMN_TIMESTAMP_NS:
        return timestamp_cell(arena, column_text(column, row, arena), false);
    case COLUMN_TIMESTAMP_TZ:
        return timestamp_cell(arena, column_text(column, row, arena), true);
    case COLUMN_INTERVAL:
        return same_text(interval_text(arena, ((const ColumnInterval *)column->data)[row]));
    case COLUMN_LIST:
    case COLUMN_STRUCT:
    case COLUMN_MAP: {
        Value nested = nested_value(arena, column, row);
        return same_text(json_text(arena, &nested, &json_style_python));
    }
    case COLUMN_NULL:
    case COLUMN_INT:
    case COLUMN_HUGE_INT:
    case COLUMN_TEXT:
    case COLUMN_JSON:
        break;
    }
    return same_text(column_text(column, row, arena));
}

Str text_result_cell(Arena *arena, const Column *column, size_t row)
{
    return cell_of(arena, column, row).text;
}

/* ---- Tables ---- */

static Str lower_name(Arena *arena, Str name)
{
    StrBuf out = strbuf_init(arena, LIMIT_SQL_BYTES);
    for (size_t at = 0; at < name.len;) {
        utf8_add(&out, unicode_lower(utf8_next(name, &at)));
    }
    return strbuf_str(&out);
}

TextTable text_result_begin(Arena *arena, const Result *result)
{
    size_t width = result_column_count(result);
    TextCell *names = ARENA_ARRAY(arena, TextCell, width + 1);
    bool *numbers = ARENA_ARRAY(arena, bool, width + 1);
    for (size_t i = 0; i < width; i++) {
        const Column *column = result_column(result, i);
        names[i] = same_text(lower_name(arena, column->name));
        numbers[i] = column_kind_is_number(column->type.kind);
    }
    return (TextTable){.names = names, .numbers = numbers, .width = width};
}

void text_result_add(Arena *arena, const Chunk *chunk, TextTable *table)
{
    for (size_t row = 0; row < chunk->row_count; row++) {
        TextCell *cells = ARENA_ARRAY(arena, TextCell, table->width + 1);
        for (size_t i = 0; i < table->width; i++) {
            if (!column_is_null(&chunk->columns[i], row)) {
                cells[i] = cell_of(arena, &chunk->columns[i], row);
            }
        }
        VEC_PUSH(arena, &table->rows, cells);
    }
}
