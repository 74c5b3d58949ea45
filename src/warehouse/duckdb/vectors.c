/* Columns as DuckDB's vectors. */
#include "warehouse/duckdb/duckdb_internal.h"

/* Kinds whose values are copied as they are or as text. */
static duckdb_type type_of(ColumnKind kind)
{
    switch (kind) {
    case COLUMN_BOOL:
        return DUCKDB_TYPE_BOOLEAN;
    case COLUMN_INT:
        return DUCKDB_TYPE_BIGINT;
    case COLUMN_HUGE_INT:
        return DUCKDB_TYPE_HUGEINT;
    case COLUMN_FLOAT:
        return DUCKDB_TYPE_FLOAT;
    case COLUMN_DOUBLE:
        return DUCKDB_TYPE_DOUBLE;
    case COLUMN_NULL:
    case COLUMN_TEXT:
    case COLUMN_JSON:
        return DUCKDB_TYPE_VARCHAR;
    case COLUMN_BYTES:
        return DUCKDB_TYPE_BLOB;
    case COLUMN_DATE:
        return DUCKDB_TYPE_DATE;
    case COLUMN_TIME:
        return DUCKDB_TYPE_TIME;
    case COLUMN_TIMESTAMP:
        return DUCKDB_TYPE_TIMESTAMP;
    case COLUMN_TIMESTAMP_NS:
        return DUCKDB_TYPE_TIMESTAMP_NS;
    case COLUMN_TIMESTAMP_TZ:
        return DUCKDB_TYPE_TIMESTAMP_TZ;
    case COLUMN_INTERVAL:
        return DUCKDB_TYPE_INTERVAL;
    case COLUMN_DECIMAL: /* width and scale are added by the caller */
        return DUCKDB_TYPE_DECIMAL;
    case COLUMN_LIST:
    case COLUMN_STRUCT:
    case COLUMN_MAP:
        break;
    }
    return DUCKDB_TYPE_INVALID;
}

/* DECIMAL is given as the smallest width that keeps it a 128-bit value. */
enum { WIDE_DECIMAL = 38 };

duckdb_logical_type duck_vector_type(const ColumnType *type)
{
    duckdb_type id = type_of(type->kind);
    if (id == DUCKDB_TYPE_DECIMAL) {
        return duckdb_create_decimal_type(WIDE_DECIMAL, type->scale);
    }
    return id == DUCKDB_TYPE_INVALID ? NULL : duckdb_create_logical_type(id);
}

static void fill_nulls(duckdb_vector vector, const Column *column, size_t start, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        if (column_is_null(column, start + i)) {
            duckdb_vector_ensure_validity_writable(vector);
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), i);
        }
    }
}

static bool is_text(ColumnKind kind)
{
    return kind == COLUMN_TEXT || kind == COLUMN_JSON || kind == COLUMN_BYTES;
}

/* Short texts lie in the vector, long ones stay where they are. */
static void borrow_texts(duckdb_vector vector, const Column *column, size_t start, size_t rows)
{
    duckdb_string_t *texts = duckdb_vector_get_data(vector);
    for (size_t i = 0; i < rows; i++) {
        if (column_is_null(column, start + i)) {
            continue;
        }
        Str text = column_str(column, start + i);
        duckdb_string_t *out = &texts[i];
        if (text.len <= sizeof(out->value.inlined.inlined)) {
            *out = (duckdb_string_t){.value.inlined.length = (uint32_t)text.len};
            if (text.len > 0) {
                memcpy(out->value.inlined.inlined, text.data, text.len);
            }
            continue;
        }
        union {
            const char *borrowed;
            char *pointer;
        } data = {.borrowed = text.data};
        out->value.pointer.length = (uint32_t)text.len;
        memcpy(out->value.pointer.prefix, text.data, sizeof(out->value.pointer.prefix));
        out->value.pointer.ptr = data.pointer;
    }
}

static void copy_texts(duckdb_vector vector, const Column *column, size_t start, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        if (!column_is_null(column, start + i)) {
            Str text = column_str(column, start + i);
            duckdb_vector_assign_string_element_len(vector, i, text.data, text.len);
        }
    }
}

void duck_fill_vector(duckdb_vector vector, const Column *column, size_t start, size_t rows,
                      DuckTexts texts)
{
    ColumnKind kind = column->type.kind;
    if (is_text(kind) && texts == DUCK_TEXTS_BORROWED) {
        borrow_texts(vector, column, start, rows);
    } else if (is_text(kind)) {
        copy_texts(vector, column, start, rows);
    } else if (kind != COLUMN_NULL) {
        size_t size = column_kind_size(kind);
        memcpy(duckdb_vector_get_data(vector), (const char *)column->data + start * size,
               rows * size);
    }
    if (column->validity != NULL || kind == COLUMN_NULL) {
        fill_nulls(vector, column, start, rows);
    }
}
