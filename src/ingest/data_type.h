/* ingest/data_type.h - dlt's data types, and the columns of the warehouse they stand for. Plain
 * data, thread-safe.
 *
 *     DataType type = data_type_of_column(STR("DECIMAL(18,3)"));   // decimal, 18, 3
 *     TRY(data_type_sql(arena, &type, &sql));                      // DECIMAL(18,3) */
#ifndef INGEST_DATA_TYPE_H
#define INGEST_DATA_TYPE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

/* Kind, dlt's name. */
#define DATA_KINDS(X) \
    X(TEXT, "text") \
    X(BIGINT, "bigint") \
    X(DOUBLE, "double") \
    X(BOOL, "bool") \
    X(TIMESTAMP, "timestamp") \
    X(DATE, "date") \
    X(TIME, "time") \
    X(BINARY, "binary") \
    X(DECIMAL, "decimal") \
    X(WEI, "wei") \
    X(JSON, "json")

typedef enum DataKind {
#define X(name, text) DATA_##name,
    DATA_KINDS(X)
#undef X
} DataKind;

enum { DATA_DEFAULT = -1 }; /* a precision or scale that is not given */

typedef struct DataType {
    DataKind kind;
    int precision; /* bits of a bigint, fraction digits of a timestamp, digits of a decimal */
    int scale;
    bool is_naive; /* a timestamp of no zone: "timezone": false */
} DataType;

static inline DataType data_type(DataKind kind)
{
    return (DataType){.kind = kind, .precision = DATA_DEFAULT, .scale = DATA_DEFAULT};
}

/* "timestamp" */
const char *data_kind_name(DataKind kind);
bool data_kind_find(Str name, DataKind *out);

/* The type of the column dlt would make for it. ERR_SCHEMA for a precision that no column has. */
MUST_CHECK Error *data_type_sql(Arena *arena, const DataType *type, Str *out_sql);
/* The type whose column can hold what a column of `sql_type` holds: a column made by
 * data_type_sql() of it has the same type, save that lists, structs and maps become json, floats
 * double, unsigned integers the next wider signed one, and whatever else text. */
DataType data_type_of_column(Str sql_type);

#endif
