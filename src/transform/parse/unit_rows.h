/* transform/parse/unit_rows.h - the rows of unit tests: maps of a property file, the text of a CSV
 * or of a query, a file below tests/fixtures/, or the file of a seed. */
#ifndef TRANSFORM_PARSE_UNIT_ROWS_H
#define TRANSFORM_PARSE_UNIT_ROWS_H

#include "transform/parse/internal.h"

/* "dict", "csv" or "sql" */
bool unit_format_is_known(Str format);

typedef struct UnitRowsInput {
    Parser *parser;
    const ProjectFile *file; /* the property file */
    Str test;
    const Value *entry; /* the fixture's */
} UnitRowsInput;

/* Fills in `rows` of a fixture whose other members are set. ERR_CONFIG for rows that are not of the
 * format, and for files that do not exist. */
MUST_CHECK Error *unit_rows_read(const UnitRowsInput *input, UnitFixture *fixture);

/* The value with dates as their texts. */
Value unit_plain_value(Arena *arena, const Value *value);

/* Of all that makes the test, in hex: as dbt has it, whose state is compared with ours. */
Str unit_checksum(Arena *arena, const UnitTestInfo *test);

#endif
