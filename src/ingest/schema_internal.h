/* ingest/schema_internal.h - what the files behind schema.h share. */
#ifndef INGEST_SCHEMA_INTERNAL_H
#define INGEST_SCHEMA_INTERNAL_H

#include "ingest/schema.h"

/* Sets a member whose key is a literal or lives in the schema's arena; the value's parts are
 * borrowed.
 */
void members_set(Arena *arena, StrMap *members, Str key, Value value);
const Value *members_find(const StrMap *members, const char *key);

SchemaTable *schema_add_table(Schema *schema, Str name);
SchemaColumn *schema_add_column(Schema *schema, SchemaTable *table, Str name);

/* From engine `from` up to SCHEMA_ENGINE. */
void schema_migrate(Schema *schema, int64_t from);

#endif
