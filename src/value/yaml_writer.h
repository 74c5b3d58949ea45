/* value/yaml_writer.h - a Value as YAML in block style, laid out and quoted as PyYAML's safe_dump()
 * does it: what reads back as something else than text is quoted, what needs no quotes has none. */
#ifndef VALUE_YAML_WRITER_H
#define VALUE_YAML_WRITER_H

#include "value/value.h"

typedef struct YamlStyle {
    bool sort_keys;
    bool allow_unicode; /* false: \x.. and \u.... for all beyond ASCII */
    int width;          /* where long texts are folded; 0 = nowhere */
} YamlStyle;

extern const YamlStyle yaml_style_python; /* safe_dump(sort_keys=False): dbt's toyaml() */
extern const YamlStyle yaml_style_config; /* for files that people edit: no folding, no escapes */

/* The text in `arena`, with a newline at its end. */
Str yaml_text(Arena *arena, const Value *value, const YamlStyle *style);

/* A scalar as it stands behind "key: ", on one line, quoted where that is needed. */
Str yaml_scalar_text(Arena *arena, const Value *scalar);

/* A value as block lines for a place in a file, each but the first indented by `indent` blanks;
 * lists are indented below their key. Without a newline at the end. A scalar, an empty list or map
 * is one line. */
Str yaml_block_text(Arena *arena, const Value *value, size_t indent, const char *newline);

#endif
