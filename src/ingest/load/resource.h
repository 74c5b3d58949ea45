/* ingest/load/resource.h - what is known of a stream of rows before the first row came: how its
 * table is called and written, its keys and columns. Hints are dlt's, a map as users write it:
 *
 *     table_name, write_disposition, primary_key, merge_key, columns, schema_contract,
 *     max_table_nesting, nested_hints, incremental */
#ifndef INGEST_LOAD_RESOURCE_H
#define INGEST_LOAD_RESOURCE_H

#include "ingest/schema.h"

typedef struct Resource {
    Str name; /* in the source, not normalised */
    const Value *hints;
    /* For this run only; NULL: as the hints say. */
    const Value *write_disposition;
    const Value *schema_contract;
    bool columnar;  /* see SchemaTable */
    bool is_hidden; /* makes no table: only its cursor counts */
} Resource;

/* What a source says of all its resources; NULL: not given. */
typedef struct SourceHints {
    const Value *max_table_nesting;
    const Value *root_key;
    const Value *schema_contract;
} SourceHints;
MUST_CHECK Error *source_declare(Schema *schema, const SourceHints *hints);

/* The name of the resource's table, in the schema's arena. */
MUST_CHECK Error *resource_table_name(Schema *schema, const Naming *naming,
                                      const Resource *resource, Str *out);
/* Whether it asks for `replace`. */
MUST_CHECK Error *resource_replaces(const Resource *resource, bool *out);
/* Brings the resource's table in the schema to what its hints say; *out_table is NULL when a
 * contract keeps it out. ERR_CONFIG for hints that mean nothing, ERR_SCHEMA when a contract forbids
 * the table. */
MUST_CHECK Error *resource_declare(Schema *schema, const Naming *naming, const Resource *resource,
                                   SchemaTable **out_table);

#endif
