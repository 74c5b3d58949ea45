/* transform/parse/yaml_render.h - Jinja inside YAML: strings of project, profile and property files
 * are templates whose value keeps its type ("{{ var('n') }}" may be a number). */
#ifndef TRANSFORM_PARSE_YAML_RENDER_H
#define TRANSFORM_PARSE_YAML_RENDER_H

#include "transform/context/context.h"
#include "value/reading.h"

struct YamlRenderer {
    JinjaState *state;
    Context *context;
};

/* True for keys whose values stay as they are; `path` are the keys from the document's root. */
typedef bool (*YamlKeep)(const StrVec *path);

/* The tree with every string rendered; what changes is copied, in the context's arena. `keep` may
 * be NULL. Errors name the place of the string. */
MUST_CHECK Error *yaml_render(YamlRenderer *renderer, const Value *value, YamlKeep keep,
                              Value *out);
/* One text. */
MUST_CHECK Error *yaml_render_text(YamlRenderer *renderer, const Value *text, Value *out);
/* True when the text may contain Jinja. */
bool yaml_has_jinja(Str text);

/* Reads and parses a YAML file. Parse errors take the form dbt gives them. */
MUST_CHECK Error *yaml_load(Arena *arena, Str path, Str shown_path, const Value **out);
/* The same, with the keys that a map has twice added to *out_twice. */
MUST_CHECK Error *yaml_load_noting(Arena *arena, Str path, Str shown_path,
                                   DuplicateKeyVec *out_twice, const Value **out);

#endif
