/* transform/parse/constraint.h - columns and constraints as property files describe them: completed
 * with what they leave out, as the manifest has them, and written as the SQL of a create statement.
 * The results live in the arena and share what they can with the entries. */
#ifndef TRANSFORM_PARSE_CONSTRAINT_H
#define TRANSFORM_PARSE_CONSTRAINT_H

#include "base/str.h"
#include "value/value.h"

typedef enum ConstraintLevel { CONSTRAINT_OF_COLUMN, CONSTRAINT_OF_MODEL } ConstraintLevel;

/* An entry of `columns:` with all keys, the user's own last. */
Value column_document(Arena *arena, const Value *entry);
/* All of a map of columns by name (may be NULL). */
Value columns_document(Arena *arena, const Value *columns);
/* A list of constraints with all keys (may be NULL). */
Value constraints_document(Arena *arena, const Value *list, ConstraintLevel level);

/* True for "check", "not_null" and so on. */
bool constraint_type_is_known(Str type);
/* The type of an entry; empty when it has none. */
Str constraint_type(const Value *constraint);

/* "id integer not null check (id > 0)"; `translates` types that other databases call otherwise. */
Str constraint_column_sql(Arena *arena, const Value *column, bool translates);
/* "constraint positive check (id > 0)"; empty for one that says nothing. */
Str constraint_model_sql(Arena *arena, const Value *constraint);

/* What tells whether a contract changed: the hash of its text. `columns` by name and `constraints`
 * as the property file has them. */
Str contract_checksum(Arena *arena, const Value *columns, const Value *constraints,
                      Str materialized);

#endif
