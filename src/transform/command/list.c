#include "transform/command/list.h"

#include "transform/graph/node_value.h"
#include "value/json_writer.h"

Error *list_output_parse(Str text, ListOutput *out)
{
    static const char *const names[] = {
#define X(name, text) (text),
        LIST_OUTPUTS(X)
#undef X
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_is(text, names[i])) {
            *out = (ListOutput)i;
            return NULL;
        }
    }
    return error_new(ERR_USAGE,
                     "Invalid value for '--output': '" STR_FMT
                     "' is not one of 'json', 'name', 'path', 'selector'",
                     STR_ARG(text));
}

static Str dotted_fqn(Arena *arena, const Node *node)
{
    return str_join(arena, node->fqn.data, node->fqn.len, STR("."));
}

static Str selector_text(Arena *arena, const Node *node)
{
    if (node->type == RESOURCE_SOURCE) {
        return str_printf(arena, "source:" STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(node->package),
                          STR_ARG(node->source->source_name), STR_ARG(node->name));
    }
    if (node->type == RESOURCE_EXPOSURE || resource_type_is_semantic(node->type)) {
        return str_printf(arena, STR_FMT ":" STR_FMT "." STR_FMT,
                          STR_ARG(resource_type_name(node->type)), STR_ARG(node->package),
                          STR_ARG(node->name));
    }
    if (node_is_unit_test(node)) {
        return str_printf(arena, "unit_test:" STR_FMT "." STR_FMT, STR_ARG(node->package),
                          STR_ARG(node_unit_test_name(node, arena)));
    }
    return dotted_fqn(arena, node);
}

static Str name_text(Arena *arena, const Node *node)
{
    if (node->type == RESOURCE_SOURCE) {
        return str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(node->source->source_name),
                          STR_ARG(node->name));
    }
    return node_reference_name(arena, node);
}

static Str json_line(Arena *arena, const Node *node, const StrVec *keys)
{
    static const char *const usual[] = {
        "name",        "resource_type", "package_name", "original_file_path", "unique_id", "alias",
        "source_name", "config",        "tags",         "depends_on"};
    Value value = node_value(arena, node);
    ValueMapBuilder map = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(entry, &value)) { /* in the node's own order */
        for (size_t i = 0; keys->len == 0 && i < ARRAY_LEN(usual); i++) {
            if (str_is(value_text_or(&entry->key, (Str){0}), usual[i])) {
                value_map_put(&map, entry->key, entry->value);
            }
        }
    }
    for (VEC_EACH(const Str, key, keys)) {
        const Value *found = value_find_path(&value, *key);
        if (found != NULL) {
            value_map_set(&map, *key, *found);
        }
    }
    Value shown = value_map_end(&map);
    return json_text(arena, &shown, &json_style_python);
}

Str list_line(Arena *arena, const Node *node, ListOutput output, const StrVec *keys)
{
    switch (output) {
    case LIST_SELECTOR:
        break;
    case LIST_NAME:
        return name_text(arena, node);
    case LIST_PATH:
        return node->original_path;
    case LIST_JSON:
        return json_line(arena, node, keys);
    }
    return selector_text(arena, node);
}
