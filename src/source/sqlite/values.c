/* Values of SQLite: any column may hold a value of any kind. What is not of the kind that the
 * column's type stands for changes the column of the chunk to documents, which hold all. */
#include "source/sqlite/sqlite_internal.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "value/base64.h"
#include "value/json_writer.h"

typedef struct Cell {
    Batch *batch;
    const DatabaseColumn *column;
    sqlite3_stmt *statement;
    size_t number;
    int stored; /* SQLITE_INTEGER and others */
} Cell;

static Str cell_text(const Cell *cell)
{
    return sqlite_text(cell->statement, (int)cell->number);
}

static Error *unfit(const Cell *cell, const char *what)
{
    AUTO_FREE(arena) Arena *arena = arena_new("cell");
    Value shown = value_string(cell_text(cell));
    Str text = value_describe(arena, &shown);
    return error_hint(error_new(ERR_INPUT,
                                "column '" STR_FMT "' is declared as " STR_FMT
                                ", but holds " STR_FMT ", which is no %s",
                                STR_ARG(cell->column->name), STR_ARG(cell->column->type.name),
                                STR_ARG(text), what),
                      "correct the value, or leave the column out with 'excluded_columns'");
}

/* ---- Values of any kind ---- */

static void add_document(const Cell *cell, StrBuf *out)
{
    int number = (int)cell->number;
    switch (cell->stored) {
    case SQLITE_INTEGER:
        strbuf_printf(out, "%lld", (long long)sqlite3_column_int64(cell->statement, number));
        return;
    case SQLITE_FLOAT:
        json_write_float(out, sqlite3_column_double(cell->statement, number), JSON_NUMBERS_ORJSON);
        return;
    case SQLITE_BLOB: {
        const void *bytes = sqlite3_column_blob(cell->statement, number);
        strbuf_add_char(out, '"');
        base64_add(out, (Str){bytes, (size_t)sqlite3_column_bytes(cell->statement, number)});
        strbuf_add_char(out, '"');
        return;
    }
    default:
        json_write_string(out, cell_text(cell), &json_style_ordered);
    }
}

static Error *set_document(const Cell *cell)
{
    StrBuf text = strbuf_init(cell->batch->texts, LIMIT_JSON_RECORD_BYTES);
    add_document(cell, &text);
    batch_set_text(cell->batch, cell->number, strbuf_str(&text));
    return NULL;
}

/* What a value is by itself. */
static const ColumnKind stored_kinds[] = {
    [SQLITE_INTEGER] = COLUMN_INT,
    [SQLITE_FLOAT] = COLUMN_DOUBLE,
    [SQLITE_TEXT] = COLUMN_TEXT,
    [SQLITE_BLOB] = COLUMN_BYTES,
};

static void set_stored(const Cell *cell)
{
    int number = (int)cell->number;
    switch (cell->stored) {
    case SQLITE_INTEGER:
        batch_set_int(cell->batch, cell->number, sqlite3_column_int64(cell->statement, number));
        return;
    case SQLITE_FLOAT:
        batch_set_double(cell->batch, cell->number, sqlite3_column_double(cell->statement, number));
        return;
    case SQLITE_BLOB: {
        const void *bytes = sqlite3_column_blob(cell->statement, number);
        Str blob = {bytes, (size_t)sqlite3_column_bytes(cell->statement, number)};
        batch_set_text(cell->batch, cell->number, batch_text(cell->batch, blob));
        return;
    }
    default:
        batch_set_text(cell->batch, cell->number, batch_text(cell->batch, cell_text(cell)));
    }
}

/* Columns without a type take the kind of their first value, and others of another one. */
static Error *set_as_stored(const Cell *cell, ColumnKind now)
{
    ColumnKind wanted = stored_kinds[cell->stored];
    if (now == COLUMN_NULL) {
        TRY(batch_retype(cell->batch, cell->number, (ColumnType){.kind = wanted}));
        now = wanted;
    }
    if (now == wanted) {
        set_stored(cell);
        return NULL;
    }
    TRY(batch_retype(cell->batch, cell->number, (ColumnType){.kind = COLUMN_JSON}));
    return set_document(cell);
}

/* ---- Values of a type ---- */

static Error *set_moment(const Cell *cell)
{
    DateTime when = {0};
    Str text = cell_text(cell);
    if (cell->stored != SQLITE_TEXT ||
        !(datetime_parse_iso(text, &when) || date_parse_iso(text, &when))) {
        return unfit(cell, "date with time");
    }
    batch_set_int(cell->batch, cell->number, datetime_to_us(&when));
    return NULL;
}

static Error *set_date(const Cell *cell)
{
    DateTime when = {0};
    if (cell->stored != SQLITE_TEXT || !date_parse_iso(cell_text(cell), &when)) {
        return unfit(cell, "date");
    }
    batch_set_int32(cell->batch, cell->number,
                    (int32_t)date_to_days(when.year, when.month, when.day));
    return NULL;
}

static Error *set_time(const Cell *cell)
{
    enum { MINUTES = 60, SECONDS = 60, MICROS = 1000000 };
    DateTime when = {0};
    if (cell->stored != SQLITE_TEXT || !time_parse_iso(cell_text(cell), &when)) {
        return unfit(cell, "time of day");
    }
    int64_t seconds = ((int64_t)when.hour * MINUTES + when.minute) * SECONDS + when.second;
    batch_set_int(cell->batch, cell->number, seconds * MICROS + when.microsecond);
    return NULL;
}

/* SQLite stores decimals as floats: they are rounded to the digits of the type. */
static Error *set_decimal(const Cell *cell)
{
    enum { TEXT_BYTES = 512, TEN = 10, DIGITS_MAX = 38 };
    char text[TEXT_BYTES];
    if (cell->stored != SQLITE_INTEGER && cell->stored != SQLITE_FLOAT) {
        return unfit(cell, "number");
    }
    double number = sqlite3_column_double(cell->statement, (int)cell->number);
    int scale = cell->column->type.scale;
    int len = cell->stored == SQLITE_INTEGER
                  ? snprintf(text, sizeof(text), "%lld.%0*d",
                             (long long)sqlite3_column_int64(cell->statement, (int)cell->number),
                             scale, 0)
                  : snprintf(text, sizeof(text), "%.*f", scale, number);
    Int128 value = 0;
    int digits = 0;
    for (int i = 0; i < len; i++) {
        if (text[i] >= '0' && text[i] <= '9' &&
            (i < len - 1 || scale > 0 || text[len - 2] != '.')) {
            digits += value != 0 || text[i] != '0';
            value = digits <= DIGITS_MAX ? value * TEN + (text[i] - '0') : value;
        }
    }
    if (digits > DIGITS_MAX || !(number - number == 0)) {
        return unfit(cell, "number of at most 38 digits");
    }
    batch_set_wide(cell->batch, cell->number, text[0] == '-' ? -value : value);
    return NULL;
}

static Error *set_typed(const Cell *cell)
{
    ColumnKind kind = cell->batch->columns[cell->number].type.kind;
    switch (cell->column->type.kind) {
    case COLUMN_BOOL:
        batch_set_bool(cell->batch, cell->number,
                       sqlite3_column_int64(cell->statement, (int)cell->number) != 0);
        return NULL;
    case COLUMN_DECIMAL:
        return set_decimal(cell);
    case COLUMN_DATE:
        return set_date(cell);
    case COLUMN_TIME:
        return set_time(cell);
    case COLUMN_TIMESTAMP:
        return set_moment(cell);
    case COLUMN_JSON: /* numbers are documents, too */
        batch_set_text(cell->batch, cell->number, batch_text(cell->batch, cell_text(cell)));
        return NULL;
    case COLUMN_NULL:
    case COLUMN_INT:
    case COLUMN_DOUBLE:
    case COLUMN_TEXT:
    case COLUMN_BYTES:
    case COLUMN_HUGE_INT:
    case COLUMN_FLOAT:
    case COLUMN_TIMESTAMP_NS:
    case COLUMN_TIMESTAMP_TZ:
    case COLUMN_INTERVAL:
    case COLUMN_LIST:
    case COLUMN_STRUCT:
    case COLUMN_MAP:
        break;
    }
    return kind == COLUMN_JSON ? set_document(cell) : set_as_stored(cell, kind);
}

Error *sqlite_take_row(Batch *batch, const DatabaseTable *table, sqlite3_stmt *statement)
{
    for (size_t i = 0; i < batch->column_count; i++) {
        Cell cell = {batch, &table->columns.data[i], statement, i,
                     sqlite3_column_type(statement, (int)i)};
        if (cell.stored != SQLITE_NULL) {
            TRY(set_typed(&cell));
        }
    }
    return NULL;
}
