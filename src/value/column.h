/* value/column.h - values in columns, as databases give and take them. A Column
 * holds the values of one column for the rows of a chunk, in one of few layouts whatever the
 * database stores: all integers up to 64 bits are int64_t, all texts are Str. Everything here is
 * borrowed from the chunk, and valid until the next chunk is fetched. Nothing is thread-safe, but
 * different results may be read by different threads. */
#ifndef VALUE_COLUMN_H
#define VALUE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

/* Kind, layout of one value. */
#define COLUMN_KINDS(X) \
    X(NULL, char) /* nothing but NULLs; no data */ \
    X(BOOL, bool) \
    X(INT, int64_t) \
    X(HUGE_INT, Int128) /* integers beyond 64 bits */ \
    X(FLOAT, float) \
    X(DOUBLE, double) \
    X(DECIMAL, Int128) /* value * 10^type.scale */ \
    X(TEXT, Str)       /* also enums, uuids, bits */ \
    X(JSON, Str) \
    X(BYTES, Str) \
    X(DATE, int32_t)         /* days since 1970-01-01 */ \
    X(TIME, int64_t)         /* microseconds since midnight */ \
    X(TIMESTAMP, int64_t)    /* microseconds since 1970, wall time of no zone */ \
    X(TIMESTAMP_NS, int64_t) /* nanoseconds since 1970, wall time of no zone */ \
    X(TIMESTAMP_TZ, int64_t) /* microseconds since 1970 UTC */ \
    X(INTERVAL, ColumnInterval) \
    X(LIST, ColumnSlice) /* elements in children[0] */ \
    X(STRUCT, char)      /* members in children, no data */ \
    X(MAP, ColumnSlice)  /* keys in children[0], values in children[1] */

typedef enum ColumnKind {
#define X(name, type) COLUMN_##name,
    COLUMN_KINDS(X)
#undef X
} ColumnKind;

typedef struct ColumnInterval {
    int32_t months;
    int32_t days;
    int64_t micros;
} ColumnInterval;

/* Where a list's elements lie among those of all lists of the chunk. */
typedef struct ColumnSlice {
    uint64_t offset;
    uint64_t len;
} ColumnSlice;

typedef struct ColumnType {
    ColumnKind kind;
    uint8_t precision; /* of DECIMAL */
    uint8_t scale;
    Str name; /* as the database calls it: "DECIMAL(18,3)" */
} ColumnType;

typedef struct Column Column;
struct Column {
    Str name;
    ColumnType type;
    const uint64_t
        *validity; /* bit row % 64 of word row / 64 is set where there is a value; NULL: no NULLs */
    const void *data;
    const Column *children;
    size_t child_count;
};

typedef struct Chunk {
    size_t row_count;
    size_t column_count;
    const Column *columns;
} Chunk;

static inline bool column_is_null(const Column *column, size_t row)
{
    return column->type.kind == COLUMN_NULL ||
           (column->validity != NULL && (column->validity[row / 64] >> (row % 64) & 1) == 0);
}

/* The value of a row that is not NULL, of a column of that kind. */
static inline int64_t column_int(const Column *column, size_t row)
{
    return ((const int64_t *)column->data)[row];
}

static inline Str column_str(const Column *column, size_t row)
{
    return ((const Str *)column->data)[row];
}

/* Writes the value as the database itself prints it: "1.50", "2024-01-02 03:04:05+00", "[1, 2]".
 * Texts stand as they are; inside lists and structs they are quoted where that is needed to read
 * them. NULL becomes `null_text`. */
void column_add_text(const Column *column, size_t row, Str null_text, StrBuf *out);
/* The same as a text of its own. */
Str column_text(const Column *column, size_t row, Arena *arena);
/* True for kinds that a table shows aligned to the right. */
bool column_kind_is_number(ColumnKind kind);
/* Bytes of one value in `data`. */
size_t column_kind_size(ColumnKind kind);

#endif
