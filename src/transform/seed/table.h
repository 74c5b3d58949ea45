/* transform/seed/table.h - a seed's file as the table that macros get from load_agate_table(). */
#ifndef TRANSFORM_SEED_TABLE_H
#define TRANSFORM_SEED_TABLE_H

#include "transform/context/context.h"

/* Where the seed's file lies. */
Str seed_file_path(const Session *session, Arena *arena, const Node *seed);
/* Reads the file. CompilationError naming line and value where a row has more cells than there are
 * columns, or the text is no UTF-8. */
MUST_CHECK Error *seed_table_load(JinjaState *s, const Context *ctx, JValue *out);

#endif
