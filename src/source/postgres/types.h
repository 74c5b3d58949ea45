/* source/postgres/types.h - PostgreSQL's types as dlt's sql_database has them: what is said of a
 * column, and how it is selected so that its values arrive in a form that values.c reads. Nothing
 * here calls the client library. */
#ifndef SOURCE_POSTGRES_TYPES_H
#define SOURCE_POSTGRES_TYPES_H

#include "source/database/client.h"

/* What the catalogue says of a column's type. */
typedef struct PostgresType {
    Str name;             /* pg_type.typname; of a domain that of the type below it */
    Str shown;            /* as people write it: "numeric(10,2)" */
    char kind;            /* pg_type.typtype */
    bool is_domain;       /* dlt knows nothing of these */
    Str element;          /* of an array, the name of its elements' type */
    char element_kind;    /* typtype of that */
    int64_t modifier;     /* lengths and precisions, -1: none */
    int64_t label_length; /* of an enum's longest label */
} PostgresType;

/* Fills in all of the column but its name, which is there already, and whether it may be NULL. */
void postgres_type_column(Arena *arena, const PostgresType *type, DatabaseColumn *column);

#endif
