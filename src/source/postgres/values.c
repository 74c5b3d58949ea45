/* One field of a binary row, by what its column was reflected as. What has no layout of its own
 * here is selected as text or JSON (types.c), so few forms arrive. */
#include <math.h>

#include "base/limits.h"
#include "base/unicode.h"
#include "source/postgres/postgres_internal.h"

typedef struct Field {
    Batch *batch;
    const DatabaseColumn *column;
    size_t number;
    Str bytes;
} Field;

static Error *malformed(const Field *field)
{
    return error_new(ERR_SOURCE, "a value of %zu bytes is no " STR_FMT, field->bytes.len,
                     STR_ARG(field->column->type.name));
}

static Error *set_int(const Field *field)
{
    const char *at = field->bytes.data;
    int64_t value = 0;
    switch (field->bytes.len) {
    case 2:
        value = (int16_t)read_u16(at);
        break;
    case 4:
        value = (int32_t)read_u32(at);
        break;
    case 8:
        value = (int64_t)read_u64(at);
        break;
    default:
        return malformed(field);
    }
    batch_set_int(field->batch, field->number, value);
    return NULL;
}

static Error *set_double(const Field *field)
{
    double value = 0;
    if (field->bytes.len == sizeof(float)) {
        uint32_t bits = read_u32(field->bytes.data);
        float single = 0;
        memcpy(&single, &bits, sizeof(single));
        value = (double)single;
    } else if (field->bytes.len == sizeof(double)) {
        uint64_t bits = read_u64(field->bytes.data);
        memcpy(&value, &bits, sizeof(value));
    } else {
        return malformed(field);
    }
    if (isfinite(value)) { /* NaN and infinities are NULL, as dlt has them */
        batch_set_double(field->batch, field->number, value);
    }
    return NULL;
}

static Error *set_date(const Field *field)
{
    int32_t days = 0;
    if (field->bytes.len != sizeof(int32_t)) {
        return malformed(field);
    }
    TRY(postgres_date(field->bytes, &days));
    batch_set_int32(field->batch, field->number, days);
    return NULL;
}

static Error *set_moment(const Field *field)
{
    int64_t us = 0;
    if (field->bytes.len != sizeof(int64_t)) {
        return malformed(field);
    }
    TRY(postgres_moment(field->bytes, &us));
    batch_set_int(field->batch, field->number, us);
    return NULL;
}

static Error *set_time(const Field *field)
{
    if (field->bytes.len != sizeof(int64_t)) {
        return malformed(field);
    }
    batch_set_int(field->batch, field->number, postgres_time(field->bytes));
    return NULL;
}

static Error *set_text(const Field *field)
{
    size_t invalid = utf8_find_invalid(field->bytes);
    if (invalid < field->bytes.len) {
        return error_hint(error_new(ERR_INPUT, "byte %zu of the text is no UTF-8", invalid + 1),
                          "the database has the encoding SQL_ASCII, which holds anything: correct "
                          "the value, or leave the column out with 'excluded_columns'");
    }
    batch_set_text(field->batch, field->number, batch_text(field->batch, field->bytes));
    return NULL;
}

static Error *set_decimal(const Field *field)
{
    Int128 value = 0;
    TRY(postgres_numeric(field->bytes, field->column->type.scale, &value));
    batch_set_wide(field->batch, field->number, value);
    return NULL;
}

static Error *set_document(const Field *field)
{
    if (!field->column->is_array) {
        return set_text(field);
    }
    StrBuf text = strbuf_init(field->batch->texts, LIMIT_JSON_RECORD_BYTES);
    TRY(postgres_array_json(field->bytes, &text));
    if (text.overflowed) {
        return error_new(ERR_LIMIT, "the array is larger than %zu MB as JSON",
                         (size_t)(LIMIT_JSON_RECORD_BYTES / MIB));
    }
    batch_set_text(field->batch, field->number, strbuf_str(&text));
    return NULL;
}

/* ---- Ranges: a struct of lower, upper, bounds and empty ---- */

enum {
    RANGE_EMPTY = 0x01,
    RANGE_LOWER_IN = 0x02,
    RANGE_UPPER_IN = 0x04,
    RANGE_NO_LOWER = 0x08,
    RANGE_NO_UPPER = 0x10,
    BOUND_LENGTH_BYTES = 4,
};

static Error *set_plain(const Field *field);

/* Takes a bound off the front of *rest. */
static Error *take_bound(const Field *range, size_t member, Str *rest)
{
    if (rest->len < BOUND_LENGTH_BYTES) {
        return malformed(range);
    }
    uint32_t length = read_u32(rest->data);
    if (length > rest->len - BOUND_LENGTH_BYTES) {
        return malformed(range);
    }
    Field bound = {range->batch, &range->column->members[member],
                   batch_member(range->batch, range->number, member),
                   str_slice(*rest, BOUND_LENGTH_BYTES, BOUND_LENGTH_BYTES + length)};
    *rest = str_from_offset(*rest, BOUND_LENGTH_BYTES + length);
    return set_plain(&bound);
}

static Error *set_range(const Field *field)
{
    static const char *const bounds[] = {"()", "[)", "(]", "[]"};
    Batch *batch = field->batch;
    size_t number = field->number;
    if (field->bytes.len == 0 || field->column->member_count != POSTGRES_RANGE_MEMBERS) {
        return malformed(field);
    }
    unsigned flags = (unsigned char)field->bytes.data[0];
    bool is_empty = (flags & RANGE_EMPTY) != 0;
    unsigned form = is_empty ? 1
                             : ((flags & RANGE_LOWER_IN) != 0 ? 1U : 0U) +
                                   ((flags & RANGE_UPPER_IN) != 0 ? 2U : 0U);
    Str rest = str_from_offset(field->bytes, 1);
    batch_set_struct(batch, number);
    if (!is_empty && (flags & RANGE_NO_LOWER) == 0) {
        TRY(take_bound(field, POSTGRES_RANGE_LOWER, &rest));
    }
    if (!is_empty && (flags & RANGE_NO_UPPER) == 0) {
        TRY(take_bound(field, POSTGRES_RANGE_UPPER, &rest));
    }
    batch_set_text(batch, batch_member(batch, number, POSTGRES_RANGE_BOUNDS),
                   str_from(bounds[form]));
    batch_set_bool(batch, batch_member(batch, number, POSTGRES_RANGE_EMPTY), is_empty);
    return rest.len == 0 ? NULL : malformed(field);
}

/* ---- All of them ---- */

static Error *set_plain(const Field *field)
{
    switch (field->column->type.kind) {
    case COLUMN_BOOL:
        if (field->bytes.len != 1) {
            return malformed(field);
        }
        batch_set_bool(field->batch, field->number, field->bytes.data[0] != 0);
        return NULL;
    case COLUMN_INT:
        return set_int(field);
    case COLUMN_TIME:
        return set_time(field);
    case COLUMN_DOUBLE:
        return set_double(field);
    case COLUMN_DECIMAL:
        return set_decimal(field);
    case COLUMN_TEXT:
        return set_text(field);
    case COLUMN_JSON:
        return set_document(field);
    case COLUMN_BYTES:
        batch_set_text(field->batch, field->number, batch_text(field->batch, field->bytes));
        return NULL;
    case COLUMN_DATE:
        return set_date(field);
    case COLUMN_TIMESTAMP:
    case COLUMN_TIMESTAMP_TZ:
        return set_moment(field);
    case COLUMN_NULL:
    case COLUMN_HUGE_INT:
    case COLUMN_FLOAT:
    case COLUMN_TIMESTAMP_NS:
    case COLUMN_INTERVAL:
    case COLUMN_LIST:
    case COLUMN_STRUCT:
    case COLUMN_MAP:
        break;
    }
    return malformed(field);
}

Error *postgres_set_value(Batch *batch, const DatabaseTable *table, size_t column, Str bytes,
                          uint64_t row)
{
    Field field = {batch, &table->columns.data[column], column, bytes};
    bool is_range = field.column->type.kind == COLUMN_STRUCT;
    TRY_WRAP(is_range ? set_range(&field) : set_plain(&field), "column '" STR_FMT "', row %llu",
             STR_ARG(field.column->name), (unsigned long long)row);
    return NULL;
}
