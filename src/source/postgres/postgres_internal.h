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
