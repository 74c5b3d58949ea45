/* value/yaml_reader.h - YAML 1.1 to a Value, accepted and understood exactly as by PyYAML's
 * SafeLoader on libyaml, which is what dbt reads its files with: anchors, merge keys, sexagesimal
 * numbers and all. Beyond it: a place for every value, keys given twice are reported, and ceilings
 * hold, aliases counted each time. A set (!!set) becomes a map of nulls, !!omap and !!pairs lists
 * of two. A structure that contains itself is refused. */
#ifndef VALUE_YAML_READER_H
#define VALUE_YAML_READER_H

#include "value/reading.h"

/* Reads a file of at most one document; null when there is none. The tree lives in `arena` and
 * keeps `text` by reference. ERR_CONFIG "path:line:column: ..." with the line and a caret,
 * ERR_LIMIT beyond a ceiling. */
MUST_CHECK Error *yaml_read(Arena *arena, Str text, const ReadOptions *options, const Value **out);
/* All documents. */
MUST_CHECK Error *yaml_read_all(Arena *arena, Str text, const ReadOptions *options, ValueVec *out);

#endif
