#include "transform/parse/internal.h"

#include "transform/parse/shape.h"

/* ---- What an entry says ---- */

static const ShapeField argument_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"data_type", SHAPE_TEXT, NULL, NULL},
    {"description", SHAPE_TEXT, "null", NULL},
    {"default_value", SHAPE_ANY, "null", NULL},
    {0},
};
static const Shape argument_shape = {argument_fields};

static const ShapeField returns_fields[] = {
    {"data_type", SHAPE_TEXT, NULL, NULL},
    {"description", SHAPE_TEXT, "null", NULL},
    {0},
};
static const Shape returns_shape = {returns_fields};

static const ShapeField function_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"returns", SHAPE_PART, NULL, &returns_shape},
    {"arguments", SHAPE_PARTS, "[]", &argument_shape},
    {0},
};
static const Shape function_shape = {function_fields};

/* What is read here; the rest is what all nodes have. */
static Value own_part(Arena *arena, const Value *entry)
{
    ValueMapBuilder part = value_map_begin(arena);
    for (const ShapeField *field = function_fields; field->key != NULL; field++) {
        const Value *value = value_find(entry, str_from(field->key));
        if (value != NULL) {
            value_map_set(&part, str_from(field->key), *value);
        }
    }
    return value_placed_at(value_map_end(&part), entry);
}

/* The entry as dbt shows it: with where it was found. */
static Value shown_entry(const Parser *parser, const ProjectFile *file, const Value *entry)
{
    ValueMapBuilder shown = value_map_begin(parser->arena);
    value_map_put_all(&shown, entry);
    value_map_set(&shown, STR("original_file_path"), value_string(file->relative));
    value_map_set(&shown, STR("yaml_key"), value_string(STR("functions")));
    value_map_set(&shown, STR("package_name"), value_string(parser->project->name));
    return value_map_end(&shown);
}

Error *parse_function(Parser *parser, const ProjectFile *file, const Value *entry)
{
    ShapeInput input = {.arena = parser->arena, .file = file->relative};
    Value part = own_part(parser->arena, entry);
    Value *read = ARENA_NEW(parser->arena, Value);
    Error *err = shape_read(&input, &function_shape, &part, read);
    if (err != NULL) {
        Value shown = shown_entry(parser, file, entry);
        return parse_wrong_entry(file, RESOURCE_FUNCTION, &shown, err);
    }
    Str name = value_text_or(value_find(entry, STR("name")), (Str){0});
    PendingNode *pending = parse_find_pending(parser, RESOURCE_FUNCTION, name);
    if (pending != NULL) {
        FunctionInfo *info = ARENA_NEW(parser->arena, FunctionInfo);
        info->returns = value_find(read, STR("returns"));
        info->arguments = value_find(read, STR("arguments"));
        pending->node->function = info;
    }
    return parse_attach_patch(parser, pending, file, entry, "functions", name);
}

/* ---- The order of arguments ---- */

static Error *check_order(const Node *node)
{
    bool has_default = false;
    for (VALUE_EACH(argument, node->function->arguments)) {
        bool own = !value_is_null(value_find(argument, STR("default_value")));
        if (has_default && !own) {
            Str name = value_text_or(value_find(argument, STR("name")), (Str){0});
            Error *err = error_new(
                ERR_CONFIG,
                "Non-defaulted argument '" STR_FMT "' of function '" STR_FMT
                "' comes after a defaulted argument. Non-defaulted arguments cannot come after "
                "defaulted arguments. ",
                STR_ARG(name), STR_ARG(node->name));
            return error_hint(error_as(err, "ParsingError"),
                              "move it to the front in " STR_FMT ", or give it a `default_value`",
                              STR_ARG(node->patch_path));
        }
        has_default = has_default || own;
    }
    return NULL;
}

Error *parse_check_arguments(const Manifest *manifest)
{
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        if ((*it)->function != NULL) {
            TRY(check_order(*it));
        }
    }
    return NULL;
}
