/* source/postgres/postgres_internal.h - for the files of this folder. */
#ifndef SOURCE_POSTGRES_POSTGRES_INTERNAL_H
#define SOURCE_POSTGRES_POSTGRES_INTERNAL_H

#include "source/database/batch.h"

/* Sets the batch's column of the row that was begun to the bytes of a field, which is not NULL.
 * `row` counts from 1, for messages. */
MUST_CHECK Error *postgres_set_value(Batch *batch, const DatabaseTable *table, size_t column,
                                     Str bytes, uint64_t row);

/* A numeric as it travels, times 10^scale, rounded half away from zero to the scale. ERR_INPUT for
 * one that is no number, malformed or beyond 38 digits. */
MUST_CHECK Error *postgres_numeric(Str bytes, unsigned scale, Int128 *out);

/* A date as it travels (4 bytes): days since 1970. Infinity is the last day of the year 9999, minus
 * infinity the first of the year 1, as dlt has them. ERR_INPUT beyond the years 1 to 9999, which
 * neither dlt nor the form that rows take to be compared can hold. */
MUST_CHECK Error *postgres_date(Str bytes, int32_t *out);
/* A timestamp (8 bytes), with or without a zone: microseconds since 1970. */
MUST_CHECK Error *postgres_moment(Str bytes, int64_t *out);
/* A time of day (8 bytes) in microseconds; 24:00 is 00:00. */
int64_t postgres_time(Str bytes);

/* An array as it travels becomes a JSON list, of lists when it has several dimensions; dates and
 * times as texts in Python's form. ERR_SOURCE for a malformed one and for elements of a type that
 * is not selected as such (types.c). */
MUST_CHECK Error *postgres_array_json(Str bytes, StrBuf *out);

/* The members of a range's struct. */
enum {
    POSTGRES_RANGE_LOWER,
    POSTGRES_RANGE_UPPER,
    POSTGRES_RANGE_BOUNDS, /* "[)" */
    POSTGRES_RANGE_EMPTY,
    POSTGRES_RANGE_MEMBERS,
};

static inline uint16_t read_u16(const char *at)
{
    const uint8_t *bytes = (const uint8_t *)at;
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t read_u32(const char *at)
{
    return (uint32_t)read_u16(at) << 16 | read_u16(at + 2);
}

static inline uint64_t read_u64(const char *at)
{
    return (uint64_t)read_u32(at) << 32 | read_u32(at + 4);
}

#endif
