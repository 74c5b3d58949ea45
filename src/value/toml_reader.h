/* value/toml_reader.h - TOML 1.0 to a Value. The document is a map; local dates, times and moments
 * become DATE, TIME and DATETIME. It is our own reader, because the C++ libraries at hand assert,
 * or worse, on files that are no TOML, and know neither ceilings nor the order of keys. */
#ifndef VALUE_TOML_READER_H
#define VALUE_TOML_READER_H

#include "value/reading.h"

/* The tree lives in `arena` and keeps `text` by reference. ERR_CONFIG "path:line:column: ...",
 * ERR_LIMIT beyond a ceiling. TOML itself forbids keys given twice. */
MUST_CHECK Error *toml_read(Arena *arena, Str text, const ReadOptions *options, const Value **out);

#endif
