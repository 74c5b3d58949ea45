/* ingest/naming.h - how names of the data become names of tables and columns, exactly as dlt does
 * it: two loaders of one table must agree. Results live in `arena`. A Naming is plain data and
 * never changes; threads may share it. Looking up a name costs a scan of it or two, so whoever sees
 * the same keys in every row keeps the results.
 *
 *     Naming naming = naming_default();                            // or naming_make() for a schema
 *     Str column = naming_key(&naming, arena, STR("CreatedAt"));   // created_at
 *     TRY(naming_table(&naming, arena, STR("My Table"), &table));  // my_table
 *     Str child = naming_join(&naming, arena, table, column);      // my_table__created_at */
#ifndef INGEST_NAMING_H
#define INGEST_NAMING_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

typedef struct NamingConvention {
    const char *name; /* as in normalizers.names: "snake_case" */
    Str separator;    /* between the parts of a path */
    bool is_case_sensitive;
    /* Tables lose underscores in front. */
    bool strips_tables;
    size_t max_length;
    /* The name for trimmed, non-empty text, before it is shortened. */
    Str (*convert)(Arena *arena, Str text);
} NamingConvention;

typedef struct Naming {
    const NamingConvention *convention;
    size_t max_length;   /* in code points; 0 = no limit */
    bool keeps_no_paths; /* schemas of engine 10 and before: a "__" within a key becomes "_" */
} Naming;

enum {
    NAMING_DUCKDB_MAX = 65536,
    NAMING_SCHEMA_NAME_MAX = 64,
};

/* snake_case under DuckDB's limit. */
Naming naming_default(void);
/* `name` as in a schema's normalizers.names. ERR_UNSUPPORTED for conventions written in Python.
 * `max_length` 0 is the convention's own limit, if it has one. */
MUST_CHECK Error *naming_make(Str name, size_t max_length, Naming *out);

/* One identifier, shortened. ERR_INPUT when nothing but white space is given. */
MUST_CHECK Error *naming_identifier(const Naming *naming, Arena *arena, Str text, Str *out);
/* A path: its parts become identifiers, empty parts are dropped. Empty when nothing is left. */
Str naming_path(const Naming *naming, Arena *arena, Str path);
/* The key of a row, "" being "_empty". Empty when the key is made of separators alone. */
Str naming_key(const Naming *naming, Arena *arena, Str key);
/* A table's name. ERR_INPUT when nothing is left of it. */
MUST_CHECK Error *naming_table(const Naming *naming, Arena *arena, Str text, Str *out);
/* Two names, both already converted, as one path: the table of a list, the column of a member. */
Str naming_join(const Naming *naming, Arena *arena, Str parent, Str child);

/* Cuts `name` to `max_length` code points (0 = not at all) with six characters in the middle that
 * depend on `origin`, the text the name was made from. */
Str naming_shorten(Arena *arena, Str name, Str origin, size_t max_length);

/* A schema is named by a Python identifier of at most 64 characters. */
bool naming_is_schema_name(Str name);
/* Makes one of any text; "source" of a text without letters. */
Str naming_schema_name(Arena *arena, Str text);

#endif
