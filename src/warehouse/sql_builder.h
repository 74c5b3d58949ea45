/* warehouse/sql_builder.h - the only way to make SQL text. A statement is a fixed text with {}
 * where something from outside belongs, each given as an SqlPart that says how it is to be quoted:
 *
 *     SqlBuilder sql = sql_begin(arena);
 *     SQL_ADD(&sql, "create view {} as select * from {}", SQL_ID(name), SQL_NAME(schema, table));
 *
 * The fixed text must be a string literal. A mismatch between {} and parts is a bug and stops the
 * program. Values that the database can take as parameters go there instead (warehouse.h). */
#ifndef WAREHOUSE_SQL_BUILDER_H
#define WAREHOUSE_SQL_BUILDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

typedef struct SqlBuilder {
    StrBuf text;
} SqlBuilder;

typedef enum SqlPartKind {
    SQL_PART_IDENTIFIER, /* "name" */
    SQL_PART_NAME,       /* "schema"."name" */
    SQL_PART_TEXT,       /* 'text' */
    SQL_PART_INT,
    SQL_PART_RAW,
} SqlPartKind;

typedef struct SqlPart {
    SqlPartKind kind;
    Str first;
    Str second;
    int64_t number;
} SqlPart;

#define SQL_ID(identifier) ((SqlPart){.kind = SQL_PART_IDENTIFIER, .first = (identifier)})
/* An empty schema is left out. */
#define SQL_NAME(schema, name) \
    ((SqlPart){.kind = SQL_PART_NAME, .first = (schema), .second = (name)})
#define SQL_TEXT(text) ((SqlPart){.kind = SQL_PART_TEXT, .first = (text)})
#define SQL_INT(value) ((SqlPart){.kind = SQL_PART_INT, .number = (value)})
/* SQL that was made by another builder, or that the user wrote as SQL. */
#define SQL_RAW(sql) ((SqlPart){.kind = SQL_PART_RAW, .first = (sql)})

SqlBuilder sql_begin(Arena *arena);
void sql_clear(SqlBuilder *sql);
#define SQL_ADD(builder, ...) SQL_ADD_ENDED(builder, __VA_ARGS__, SQL_RAW(((Str){0})))
/* The last part only ends the list, so that a statement without parts needs no form of its own. */
#define SQL_ADD_ENDED(builder, literal, ...) \
    sql_add_parts((builder), "" literal, (const SqlPart[]){__VA_ARGS__}, \
                  sizeof((const SqlPart[]){__VA_ARGS__}) / sizeof(SqlPart) - 1)
void sql_add_parts(SqlBuilder *sql, const char *fixed, const SqlPart *parts, size_t count);
/* "a", "b", "c" */
void sql_add_identifiers(SqlBuilder *sql, const Str *names, size_t count);
/* What was built so far; valid until the next addition. */
Str sql_text(const SqlBuilder *sql);
/* ERR_LIMIT when the statement outgrew LIMIT_SQL_BYTES. */
MUST_CHECK Error *sql_finish(const SqlBuilder *sql, Str *out_text);

/* `"name"` with inner quotes doubled, as text of its own; for messages and for what users paste. */
Str sql_quote_identifier(Arena *arena, Str name);

#endif
