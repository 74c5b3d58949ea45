#include "transform/run/cell.h"

#include "base/number.h"
#include "jinja/ops.h"
#include "transform/python/modules.h"
#include "transform/run/text_result.h"

enum { SECOND_US = 1000000, NS_PER_US = 1000 };
#define DAY_US (INT64_C(86400) * SECOND_US)

static JValue plain_cell(JHeap *heap, const Column *column, size_t row)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("cell");
    return jstr_value(heap, text_result_cell(scratch, column, row));
}

static JValue decimal_cell(JHeap *heap, const Column *column, size_t row)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("decimal");
    Str text = column_text(column, row, scratch);
    JValue number = JNONE;
    bool is_number = column->type.kind == COLUMN_HUGE_INT ? jint_from_text(heap, text, 10, &number)
                                                          : python_decimal_new(heap, text, &number);
    return is_number ? number : jstr_value(heap, text);
}

/* Floats become decimals by the text that Python has for them. */
static JValue float_cell(JHeap *heap, double value)
{
    char text[NUMBER_TEXT_BYTES];
    JValue number = JNONE;
    (void)python_decimal_new(heap, (Str){text, number_format_double(value, text)}, &number);
    return number;
}

/* ---- Times ---- */

static const DateTime last_moment = {.year = DATE_MAX_YEAR,
                                     .month = 12,
                                     .day = 31,
                                     .hour = 23,
                                     .minute = 59,
                                     .second = 59,
                                     .microsecond = SECOND_US - 1};

static JValue date_cell(JHeap *heap, const Column *column, size_t row)
{
    int32_t days = ((const int32_t *)column->data)[row];
    DateTime at = {0};
    if (days == INT32_MAX) {
        at = (DateTime){.year = DATE_MAX_YEAR, .month = 12, .day = 31};
    } else if (!datetime_from_us(days * DAY_US, &at)) {
        return plain_cell(heap, column, row);
    }
    at.has_offset = false;
    return python_time_object(heap, PYTHON_DATE, &at, JNONE);
}

static JValue timestamp_cell(JHeap *heap, const Column *column, size_t row)
{
    int64_t value = column_int(column, row);
    bool is_ns = column->type.kind == COLUMN_TIMESTAMP_NS;
    int64_t us = is_ns ? value / NS_PER_US : value;
    DateTime at = last_moment;
    if (value != INT64_MAX && !datetime_from_us(us, &at)) {
        return plain_cell(heap, column, row);
    }
    bool is_aware = column->type.kind == COLUMN_TIMESTAMP_TZ;
    at.has_offset = is_aware;
    return python_time_object(heap, PYTHON_DATETIME, &at,
                              is_aware ? python_zone_fixed(heap, 0) : JNONE);
}

JValue cell_value(JHeap *heap, const Column *column, size_t row)
{
    if (column_is_null(column, row)) {
        return JNONE;
    }
    switch (column->type.kind) {
    case COLUMN_BOOL:
        return jbool(((const bool *)column->data)[row]);
    case COLUMN_INT:
        return jint(column_int(column, row));
    case COLUMN_FLOAT:
        return float_cell(heap, (double)((const float *)column->data)[row]);
    case COLUMN_DOUBLE:
        return float_cell(heap, ((const double *)column->data)[row]);
    case COLUMN_HUGE_INT:
    case COLUMN_DECIMAL:
        return decimal_cell(heap, column, row);
    case COLUMN_TEXT:
    case COLUMN_JSON:
        return jstr_value(heap, column_str(column, row));
    case COLUMN_DATE:
        return date_cell(heap, column, row);
    case COLUMN_TIMESTAMP:
    case COLUMN_TIMESTAMP_NS:
    case COLUMN_TIMESTAMP_TZ:
        return timestamp_cell(heap, column, row);
    case COLUMN_NULL:
    case COLUMN_BYTES:
    case COLUMN_TIME:
    case COLUMN_INTERVAL:
    case COLUMN_LIST:
    case COLUMN_STRUCT:
    case COLUMN_MAP:
        break;
    }
    return plain_cell(heap, column, row);
}
