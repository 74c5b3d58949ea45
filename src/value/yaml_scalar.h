/* value/yaml_scalar.h - what a plain word of YAML 1.1 means, as PyYAML's SafeLoader sees it: `yes`
 * is true, `010` is 8, `1:30` is 90, `1_000` is 1000, `2024-05-01` is a date, `~` is nothing.
 * Shared by the YAML reader and writer. Thread-safe. */
#ifndef VALUE_YAML_SCALAR_H
#define VALUE_YAML_SCALAR_H

#include "value/value.h"

/* The tags of tag:yaml.org,2002: that PyYAML knows. */
#define YAML_TAGS(X) \
    X(STR, "str") \
    X(NULL, "null") \
    X(BOOL, "bool") \
    X(INT, "int") \
    X(FLOAT, "float") \
    X(TIMESTAMP, "timestamp") \
    X(BINARY, "binary") \
    X(SEQ, "seq") \
    X(MAP, "map") \
    X(SET, "set") \
    X(OMAP, "omap") \
    X(PAIRS, "pairs") \
    X(MERGE, "merge") \
    X(VALUE, "value")

typedef enum YamlTag {
#define X(name, text) YAML_TAG_##name,
    YAML_TAGS(X)
#undef X
        YAML_TAG_UNKNOWN,
} YamlTag;

/* From the full form, "tag:yaml.org,2002:int". */
YamlTag yaml_tag_from(Str tag);
/* The tag that a plain scalar without one is given. */
YamlTag yaml_tag_of_plain(Str text);

/* The value of a scalar of that tag, one of STR to BINARY. False when the text is none, with the
 * reason in *out_problem, in PyYAML's or Python's words. `text` is borrowed by the value. */
bool yaml_scalar_value(Arena *arena, YamlTag tag, Str text, Value *out, Str *out_problem);

#endif
