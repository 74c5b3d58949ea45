/* value/env_reader.h - .env files: lines of KEY=value. Before the key `export ` may stand, after an
 * unquoted value a ` # comment`. Single quotes keep what they hold; in double quotes \n, \t, \",
 * \\ and \$ are understood; both may go over lines. Nothing is expanded here. */
#ifndef VALUE_ENV_READER_H
#define VALUE_ENV_READER_H

#include "value/reading.h"

/* A map of texts, in order; of a key given twice the later counts. Messages never show a value.
 * ERR_CONFIG "path:line:column: ...", ERR_LIMIT beyond LIMIT_ENV_FILE_BYTES. */
MUST_CHECK Error *env_read(Arena *arena, Str text, const ReadOptions *options, const Value **out);

/* A letter or `_`, then letters, digits and `_`. */
bool env_is_name(Str text);

#endif
