#include "value/column.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/number.h"

enum {
    MICROS = 1000000,
    DAY_SECONDS = 86400,
};

size_t column_kind_size(ColumnKind kind)
{
    static const size_t sizes[] = {
#define X(name, type) [COLUMN_##name] = sizeof(type),
        COLUMN_KINDS(X)
#undef X
    };
    return sizes[kind];
}

bool column_kind_is_number(ColumnKind kind)
{
    return kind == COLUMN_INT || kind == COLUMN_HUGE_INT || kind == COLUMN_FLOAT ||
           kind == COLUMN_DOUBLE || kind == COLUMN_DECIMAL;
}

/* Decimal digits of a magnitude of 128 bits, at the end of `out`, which holds 40; returns their
 * start. */
static char *huge_digits(UInt128 magnitude, char *out)
{
    char *at = out + 40;
    do {
        *--at = (char)('0' + (int)(magnitude % 10));
        magnitude /= 10;
    } while (magnitude != 0);
    return at;
}

static void add_huge(StrBuf *out, Int128 value)
{
    char digits[40];
    UInt128 magnitude = (UInt128)value;
    if (value < 0) {
        strbuf_add_char(out, '-');
        magnitude = -magnitude;
    }
    const char *start = huge_digits(magnitude, digits);
    strbuf_add(out, (Str){start, (size_t)(digits + sizeof(digits) - start)});
}

static void add_decimal(StrBuf *out, Int128 value, size_t scale)
{
    char digits[40];
    UInt128 magnitude = (UInt128)value;
    if (value < 0) {
        strbuf_add_char(out, '-');
        magnitude = -magnitude;
    }
    const char *start = huge_digits(magnitude, digits);
    Str text = {start, (size_t)(digits + sizeof(digits) - start)};
    if (scale == 0) {
        strbuf_add(out, text);
        return;
    }
    if (text.len <= scale) {
        strbuf_add_char(out, '0');
        strbuf_add_char(out, '.');
        strbuf_add_repeat(out, '0', scale - text.len);
        strbuf_add(out, text);
        return;
    }
    strbuf_add(out, str_slice(text, 0, text.len - scale));
    strbuf_add_char(out, '.');
    strbuf_add(out, str_from_offset(text, text.len - scale));
}

/* Days since 1970 to the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level
 * date algorithms"). Years before 1 are shown as DuckDB does: 0044-03-15 (BC). */
static void add_date(StrBuf *out, int64_t days)
{
    if (days == INT32_MAX || days == -INT32_MAX) {
        strbuf_add_c(out, days > 0 ? "infinity" : "-infinity");
        return;
    }
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    bool before_christ = year <= 0;
    strbuf_printf(out, "%04d-%02d-%02d%s", (int)(before_christ ? 1 - year : year), (int)month,
                  (int)day, before_christ ? " (BC)" : "");
}

/* A fraction of a second without its trailing zeros; nothing when it is zero. */
static void add_fraction(StrBuf *out, int64_t fraction, int digits)
{
    if (fraction == 0) {
        return;
    }
    while (fraction % 10 == 0) {
        fraction /= 10;
        digits--;
    }
    strbuf_printf(out, ".%0*lld", digits, (long long)fraction);
}

static void add_time(StrBuf *out, int64_t seconds, int64_t fraction, int digits)
{
    strbuf_printf(out, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                  (int)(seconds % 60));
    add_fraction(out, fraction, digits);
}

/* `per_second` units since 1970; `digits` is its number of zeros. */
static void add_timestamp(StrBuf *out, int64_t value, int64_t per_second, int digits)
{
    if (value == INT64_MAX || value == -INT64_MAX) {
        strbuf_add_c(out, value > 0 ? "infinity" : "-infinity");
        return;
    }
    int64_t fraction = value % per_second;
    int64_t seconds = value / per_second;
    if (fraction < 0) {
        fraction += per_second;
        seconds--;
    }
    int64_t second_of_day = seconds % DAY_SECONDS;
    int64_t days = seconds / DAY_SECONDS;
    if (second_of_day < 0) {
        second_of_day += DAY_SECONDS;
        days--;
    }
    add_date(out, days);
    strbuf_add_char(out, ' ');
    add_time(out, second_of_day, fraction, digits);
}

static void add_unit(StrBuf *out, size_t start, int32_t count, const char *unit)
{
    if (count == 0) {
        return;
    }
    strbuf_printf(out, "%s%d %s%s", out->len > start ? " " : "", count, unit,
                  count == 1 || count == -1 ? "" : "s");
}

static void add_interval(StrBuf *out, const ColumnInterval *interval)
{
    size_t start = out->len;
    add_unit(out, start, interval->months / 12, "year");
    add_unit(out, start, interval->months % 12, "month");
    add_unit(out, start, interval->days, "day");
    if (interval->micros == 0 && out->len > start) {
        return;
    }
    if (out->len > start) {
        strbuf_add_char(out, ' ');
    }
    int64_t micros = interval->micros;
    if (micros < 0) {
        strbuf_add_char(out, '-');
        micros = micros == INT64_MIN ? INT64_MAX : -micros;
    }
    add_time(out, micros / MICROS, micros % MICROS, 6);
}

static void add_bytes(StrBuf *out, Str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        if (c < 32 || c > 126 || c == '\\' || c == '\'' || c == '"') {
            strbuf_printf(out, "\\x%02X", c);
        } else {
            strbuf_add_char(out, (char)c);
        }
    }
}

static void add_double(StrBuf *out, double number)
{
    char text[NUMBER_TEXT_BYTES];
    strbuf_add(out, (Str){text, number_format_double(number, text)});
}

/* A float has fewer digits than the double of the same value: the shortest text that reads back as
 * it. */
static void add_float(StrBuf *out, float number)
{
    char text[NUMBER_TEXT_BYTES];
    for (int digits = 6; digits <= 9; digits++) {
        int len = snprintf(text, sizeof(text), "%.*g", digits, (double)number);
        double parsed = 0;
        if (len > 0 && number_parse_double((Str){text, (size_t)len}, &parsed) &&
            (float)parsed == number) {
            add_double(out, parsed);
            return;
        }
    }
    add_double(out, (double)number); /* infinities and nan */
}

/* Inside lists and structs a text is quoted where it would be read as something else. */
static bool needs_quotes(Str text)
{
    if (text.len == 0 || str_eq_nocase(text, STR("null")) || str_trim(text).len < text.len) {
        return true;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\"'(),:=[]{}", text.data[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void add_quoted(StrBuf *out, Str text)
{
    strbuf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\'' || text.data[i] == '\\') {
            strbuf_add_char(out, '\\');
        }
        strbuf_add_char(out, text.data[i]);
    }
    strbuf_add_char(out, '\'');
}

static void add_nested(const Column *column, size_t row, StrBuf *out)
{
    ColumnKind kind = column->type.kind;
    bool is_nested =
        kind == COLUMN_LIST || kind == COLUMN_STRUCT || kind == COLUMN_MAP || kind == COLUMN_JSON;
    size_t start = out->len;
    column_add_text(column, row, STR("NULL"), out);
    if (is_nested || column_is_null(column, row)) {
        return;
    }
    Str text = str_slice(strbuf_str(out), start, out->len);
    if (needs_quotes(text)) {
        text = str_dup(out->arena, text);
        out->len = start;
        add_quoted(out, text);
    }
}

static void add_list(const Column *column, size_t row, StrBuf *out)
{
    ColumnSlice slice = ((const ColumnSlice *)column->data)[row];
    strbuf_add_char(out, '[');
    for (uint64_t i = 0; i < slice.len; i++) {
        strbuf_add_c(out, i > 0 ? ", " : "");
        add_nested(&column->children[0], slice.offset + i, out);
    }
    strbuf_add_char(out, ']');
}

static void add_map(const Column *column, size_t row, StrBuf *out)
{
    ColumnSlice slice = ((const ColumnSlice *)column->data)[row];
    strbuf_add_char(out, '{');
    for (uint64_t i = 0; i < slice.len; i++) {
        strbuf_add_c(out, i > 0 ? ", " : "");
        add_nested(&column->children[0], slice.offset + i, out);
        strbuf_add_char(out, '=');
        add_nested(&column->children[1], slice.offset + i, out);
    }
    strbuf_add_char(out, '}');
}

static void add_struct(const Column *column, size_t row, StrBuf *out)
{
    bool named = column->child_count > 0 && column->children[0].name.len > 0;
    strbuf_add_char(out, named ? '{' : '(');
    for (size_t i = 0; i < column->child_count; i++) {
        const Column *child = &column->children[i];
        strbuf_add_c(out, i > 0 ? ", " : "");
        if (named) {
            add_quoted(out, child->name);
            strbuf_add(out, STR(": "));
        }
        add_nested(child, row, out);
    }
    strbuf_add_char(out, named ? '}' : ')');
}

void column_add_text(const Column *column, size_t row, Str null_text, StrBuf *out)
{
    if (column_is_null(column, row)) {
        strbuf_add(out, null_text);
        return;
    }
    switch (column->type.kind) {
    case COLUMN_NULL:
        return;
    case COLUMN_BOOL:
        strbuf_add_c(out, ((const bool *)column->data)[row] ? "true" : "false");
        return;
    case COLUMN_INT:
        strbuf_printf(out, "%lld", (long long)column_int(column, row));
        return;
    case COLUMN_HUGE_INT:
        add_huge(out, ((const Int128 *)column->data)[row]);
        return;
    case COLUMN_FLOAT:
        add_float(out, ((const float *)column->data)[row]);
        return;
    case COLUMN_DOUBLE:
        add_double(out, ((const double *)column->data)[row]);
        return;
    case COLUMN_DECIMAL:
        add_decimal(out, ((const Int128 *)column->data)[row], column->type.scale);
        return;
    case COLUMN_TEXT:
    case COLUMN_JSON:
        strbuf_add(out, column_str(column, row));
        return;
    case COLUMN_BYTES:
        add_bytes(out, column_str(column, row));
        return;
    case COLUMN_DATE:
        add_date(out, ((const int32_t *)column->data)[row]);
        return;
    case COLUMN_TIME:
        add_time(out, column_int(column, row) / MICROS, column_int(column, row) % MICROS, 6);
        return;
    case COLUMN_TIMESTAMP:
        add_timestamp(out, column_int(column, row), MICROS, 6);
        return;
    case COLUMN_TIMESTAMP_NS:
        add_timestamp(out, column_int(column, row), 1000LL * MICROS, 9);
        return;
    case COLUMN_TIMESTAMP_TZ:
        add_timestamp(out, column_int(column, row), MICROS, 6);
        strbuf_add(out, STR("+00"));
        return;
    case COLUMN_INTERVAL:
        add_interval(out, &((const ColumnInterval *)column->data)[row]);
        return;
    case COLUMN_LIST:
        add_list(column, row, out);
        return;
    case COLUMN_STRUCT:
        add_struct(column, row, out);
        return;
    case COLUMN_MAP:
        add_map(column, row, out);
        return;
    }
}

Str column_text(const Column *column, size_t row, Arena *arena)
{
    bool is_text = column->type.kind == COLUMN_TEXT || column->type.kind == COLUMN_JSON;
    if (is_text && !column_is_null(column, row)) {
        return str_dup(arena, column_str(column, row));
    }
    StrBuf out = strbuf_init(arena, LIMIT_SQL_BYTES);
    column_add_text(column, row, STR(""), &out);
    return (Str){strbuf_c(&out), out.len};
}
