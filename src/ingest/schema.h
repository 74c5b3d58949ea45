/* ingest/schema.h - dlt's schema document: what the tables of one source look like, stored as JSON
 * in _dlt_version and read back by whichever program loads next. A Schema lives in its arena with
 * all it holds. Members keep the order of the document and those we do not know are kept, so
 * reading and writing give the same bytes. Structs may be read freely; they change through the
 * functions below. Not thread-safe while it changes.
 *
 * A load uses it so:
 *
 *     TRY(bookkeeping_read_schema(connection, arena, dataset, name, &schema));  // or NULL:
 *     if (schema == NULL) { schema = schema_new(arena, name); }
 *     SchemaTable *table = schema_root_table(schema, STR("orders"), STR("Orders"), STR("append"));
 *     schema_column(schema, table, STR("id"), &type, true);     // each column in order
 *     schema_system_column(schema, table, &system_column_load_id);
 *     schema_system_column(schema, table, &system_column_id);
 *     TRY(table_ddl_apply(connection, arena, dataset, table));  // create or widen the table
 *     ... insert the rows ...
 *     TRY(bookkeeping_write(connection, arena, &package));      // marks, version, all rows
 *
 * dlt counts a first load as two versions (once for the tables a source declares, once for the
 * columns its rows bring): call schema_bump() after declaring tables to come to the same number. */
#ifndef INGEST_SCHEMA_H
#define INGEST_SCHEMA_H

#include "base/map.h"
#include "ingest/data_type.h"
#include "ingest/naming.h"
#include "ingest/system_tables.h"
#include "value/value.h"

enum {
    SCHEMA_ENGINE = 11,
    SCHEMA_OLDEST_ENGINE = 7,
    SCHEMA_PREVIOUS_HASHES = 10,
};

typedef struct SchemaColumn {
    Str name;
    StrMap members; /* "data_type" and other hints to const Value * */
} SchemaColumn;

typedef struct SchemaTable {
    Str name;
    StrMap members; /* to const Value *; "columns" only holds the place */
    StrMap columns; /* to SchemaColumn *, in order */
    /* In this load alone: its rows come as columns (an Arrow table, in dlt's words) and get no ids;
     * lists and structs stay whole, as JSON. Not part of the document. */
    bool columnar;
    bool is_declared; /* in this load alone: a table of lists that hints speak of */
} SchemaTable;

typedef struct Schema {
    Arena *arena;
    StrMap members; /* to const Value *; "tables" only holds the place */
    StrMap tables;  /* to SchemaTable *, in order */
} Schema;

/* ---- The document ---- */

/* Version 1 without a hash, with the tables _dlt_version and _dlt_loads. `name` must pass
 * naming_is_schema_name(). */
Schema *schema_new(Arena *arena, Str name);
/* Reads a stored document, also one that is packed (packed_text.h), and brings older engines to
 * SCHEMA_ENGINE. ERR_INPUT when it is no schema, ERR_UNSUPPORTED for engines outside 7 to 11. */
MUST_CHECK Error *schema_read(Arena *arena, Str text, Schema **out);
/* The JSON as dlt stores it, in `arena`. */
Str schema_write(const Schema *schema, Arena *arena);
/* An independent copy in `arena`. */
Schema *schema_copy(const Schema *schema, Arena *arena);

Str schema_name(const Schema *schema);
int64_t schema_version(const Schema *schema);
/* As of the last schema_bump(); empty before the first. */
Str schema_version_hash(const Schema *schema);
/* The hash of what the document says now. */
Str schema_hash(const Schema *schema, Arena *arena);
/* Puts the hash of what the document says now into it. If that differs from the hash that was
 * there, the version is counted up and the old hash goes to previous_hashes. True when something
 * changed. */
bool schema_bump(Schema *schema);

/* The convention of names this schema was made with; ERR_UNSUPPORTED when it is not one of ours. */
MUST_CHECK Error *schema_naming(const Schema *schema, size_t max_length, Naming *out);

/* Sets the convention of a schema that has no tables of data yet. */
void schema_use_naming(Schema *schema, Str name);

/* ---- Tables ---- */

SchemaTable *schema_find_table(const Schema *schema, Str name);
/* The table, made when there is none. `resource` is its name in the source, not normalised;
 * `write_disposition` "append", "replace" or "merge" is brought up to date. Text is copied. */
SchemaTable *schema_root_table(Schema *schema, Str name, Str resource, Str write_disposition);
/* The same for a table of lists; `parent` is the nearest table above. */
SchemaTable *schema_nested_table(Schema *schema, Str name, Str parent);
/* _dlt_version, _dlt_loads or _dlt_pipeline_state. */
SchemaTable *schema_system_table(Schema *schema, const SystemTable *definition);
/* For a table whose data is dropped. True when it was there. */
bool schema_remove_table(Schema *schema, Str name);
/* Sets or replaces a member such as "description" or "x-merge-strategy"; copies it. */
void schema_set_table_member(Schema *schema, SchemaTable *table, Str key, Value value);
const Value *schema_table_member(const SchemaTable *table, Str key);
/* Tables that ever got rows are marked; dlt creates, empties and drops only those. */
void schema_mark_seen(Schema *schema, SchemaTable *table);
bool schema_has_seen_data(const SchemaTable *table);
/* Nested rows of this root table carry _dlt_root_id (merge); dlt looks this up when it loads next.
 */
void schema_propagate_root_id(Schema *schema, Str root_table);

/* ---- Columns ---- */

SchemaColumn *schema_find_column(const SchemaTable *table, Str name);
/* The column, made at the end when there is none. A column that is there without a type gets it and
 * moves to the end, as in dlt; one that has a type keeps it. */
SchemaColumn *schema_column(Schema *schema, SchemaTable *table, Str name, const DataType *type,
                            bool nullable);
SchemaColumn *schema_system_column(Schema *schema, SchemaTable *table,
                                   const SystemColumn *definition);
/* Sets or replaces a hint such as "primary_key"; copies it. */
void schema_set_hint(Schema *schema, SchemaColumn *column, Str hint, Value value);
const Value *schema_hint(const SchemaColumn *column, Str hint);
/* False for a column that has no type yet: known to the schema, not to the database. */
bool schema_column_type(const SchemaColumn *column, DataType *out);
/* True unless "nullable" is false. */
bool schema_column_nullable(const SchemaColumn *column);

#endif
