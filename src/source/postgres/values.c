/* One field of a binary row, by what its column was reflected as. What has no layout of its own
 * here is selected as text or JSON (reflect.c), so few forms arrive. */
#include "base/unicode.h"
#include "source/postgres/postgres_internal.h"

enum {
    DAYS_TO_2000 = 10957, /* PostgreSQL counts from 2000, columns from 1970 */
};
static const int64_t us_to_2000 = INT64_C(946684800000000);

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
    batch_set_double(field->batch, field->number, value);
    return NULL;
}

/* Infinities are the ends of the range there and here. */
static Error *set_date(const Field *field)
{
    if (field->bytes.len != sizeof(int32_t)) {
        return malformed(field);
    }
    int32_t days = (int32_t)read_u32(field->bytes.data);
    if (days == INT32_MIN) {
        days = -INT32_MAX;
    } else if (days != INT32_MAX && __builtin_add_overflow(days, DAYS_TO_2000, &days)) {
        return error_new(ERR_INPUT, "the date is too far away");
    }
    batch_set_int32(field->batch, field->number, days);
    return NULL;
}

static Error *set_moment(const Field *field)
{
    if (field->bytes.len != sizeof(int64_t)) {
        return malformed(field);
    }
    int64_t us = (int64_t)read_u64(field->bytes.data);
    if (us == INT64_MIN) {
        us = -INT64_MAX;
    } else if (us != INT64_MAX && __builtin_add_overflow(us, us_to_2000, &us)) {
        return error_new(ERR_INPUT, "the time is too far away");
    }
    batch_set_int(field->batch, field->number, us);
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

static Error *set_value(const Field *field)
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
        return field->bytes.len == sizeof(int64_t) ? set_int(field) : malformed(field);
    case COLUMN_DOUBLE:
        return set_double(field);
    case COLUMN_DECIMAL:
        return set_decimal(field);
    case COLUMN_TEXT:
    case COLUMN_JSON:
        return set_text(field);
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
    TRY_WRAP(set_value(&field), "column '" STR_FMT "', row %llu", STR_ARG(field.column->name),
             (unsigned long long)row);
    return NULL;
}
