/* ingest/normalise/cell.h - one value on its way from a row into a column: a scalar of one of dlt's
 * types, or NULL. Plain data of a few words; its texts are borrowed from the row or lie in the
 * arena it was made with. */
#ifndef INGEST_NORMALISE_CELL_H
#define INGEST_NORMALISE_CELL_H

#include "base/datetime.h"
#include "base/str.h"
#include "ingest/data_type.h"

typedef struct Cell {
    bool is_null;
    bool is_malformed; /* text that was to be JSON and is none: no column takes it */
    bool is_big;       /* a bigint beyond 64 bits: its digits, with an optional minus, in as.text */
    DataKind kind;     /* means nothing when is_null */
    union {
        bool boolean;    /* BOOL */
        int64_t integer; /* BIGINT */
        double number;   /* DOUBLE */
        Str text;        /* TEXT; BINARY: the bytes; JSON: the document as dlt writes it;
                          * DECIMAL and WEI: as Python's str(Decimal), decimal_text.h */
        DateTime time;   /* TIMESTAMP, DATE, TIME */
    } as;
} Cell;

#define CELL_OF_NULL ((Cell){.is_null = true})

static inline Cell cell_bool(bool boolean)
{
    return (Cell){.kind = DATA_BOOL, .as.boolean = boolean};
}

static inline Cell cell_int(int64_t integer)
{
    return (Cell){.kind = DATA_BIGINT, .as.integer = integer};
}

static inline Cell cell_big_int(Str digits)
{
    return (Cell){.kind = DATA_BIGINT, .is_big = true, .as.text = digits};
}

static inline Cell cell_double(double number)
{
    return (Cell){.kind = DATA_DOUBLE, .as.number = number};
}

/* TEXT, BINARY, JSON, DECIMAL or WEI. */
static inline Cell cell_text(DataKind kind, Str text)
{
    return (Cell){.kind = kind, .as.text = text};
}

/* TIMESTAMP, DATE or TIME. */
static inline Cell cell_time(DataKind kind, DateTime time)
{
    return (Cell){.kind = kind, .as.time = time};
}

#endif
