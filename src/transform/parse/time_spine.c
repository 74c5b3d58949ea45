#include "transform/parse/internal.h"

#include "base/limits.h"
#include "transform/parse/semantic_shapes.h"
#include "transform/python/text.h"

/* ---- Columns ---- */

static Str column_list(Arena *arena, const Value *columns)
{
    ValueVec names = {0};
    for (VALUE_EACH_ENTRY(column, columns)) {
        VEC_PUSH(arena, &names, column->key);
    }
    Value list = value_list_of(&names);
    return python_str(&list, arena);
}

static Error *check_standard_column(const Node *node, const Value *spine, Arena *arena)
{
    Str name = value_text_or(value_find(spine, STR("standard_granularity_column")), (Str){0});
    const Value *column = value_find(node->columns, name);
    if (column == NULL) {
        return error_as(error_new(ERR_CONFIG,
                                  "Time spine standard granularity column must be defined on the "
                                  "model. Got invalid column name '" STR_FMT "' for model '" STR_FMT
                                  "'. Valid names: " STR_FMT ".",
                                  STR_ARG(name), STR_ARG(node->name),
                                  STR_ARG(column_list(arena, node->columns))),
                        "ParsingError");
    }
    if (value_is_null(value_find(column, STR("granularity")))) {
        return error_as(error_new(ERR_CONFIG,
                                  "Time spine standard granularity column must have a granularity "
                                  "defined. Please add one for column '" STR_FMT
                                  "' in model '" STR_FMT "'.",
                                  STR_ARG(name), STR_ARG(node->name)),
                        "ParsingError");
    }
    return NULL;
}

static Error *check_custom_columns(const Node *node, const Value *spine, Arena *arena)
{
    ValueVec missing = {0};
    const Value *customs = value_find(spine, STR("custom_granularities"));
    for (VALUE_EACH(custom, customs)) {
        const Value *column = value_find(custom, STR("column_name"));
        const Value *name = value_is_null(column) ? value_find(custom, STR("name")) : column;
        if (value_find(node->columns, value_text_or(name, (Str){0})) == NULL) {
            VEC_PUSH(arena, &missing, *name);
        }
    }
    if (missing.len == 0) {
        return NULL;
    }
    Value list = value_list_of(&missing);
    return error_as(error_new(ERR_CONFIG,
                              "Time spine custom granularity columns do not exist in the model. "
                              "Columns not found: " STR_FMT "; Available columns: " STR_FMT,
                              STR_ARG(python_str(&list, arena)),
                              STR_ARG(column_list(arena, node->columns))),
                    "ParsingError");
}

static Error *check_granularities(const Node *node)
{
    for (VALUE_EACH_ENTRY(column, node->columns)) {
        const Value *granularity = value_find(&column->value, STR("granularity"));
        if (value_is(granularity, VALUE_STRING) &&
            !shape_has_word(shape_granularities, granularity->as.text)) {
            AUTO_FREE(arena) Arena *arena = arena_new("granularity");
            Error *err =
                error_new(ERR_CONFIG, "Invalid enum value: `" STR_FMT "` in enum TimeGranularity",
                          STR_ARG(granularity->as.text));
            return error_hint(error_as(err, "dbt"), STR_FMT ": give one of nanosecond to year",
                              STR_ARG(value_place(arena, granularity)));
        }
    }
    return NULL;
}

/* ---- The entry ---- */

/* dbt shows the entry with what it has noted beside it. */
static Error *wrong_spine(const PendingNode *pending, Arena *arena, TAKES Error *err)
{
    ValueMapBuilder shown = value_map_begin(arena);
    value_map_put_all(&shown, pending->patch);
    value_map_set(&shown, STR("original_file_path"), value_string(pending->patch_file->relative));
    value_map_set(&shown, STR("yaml_key"), value_string(STR("models")));
    value_map_set(&shown, STR("package_name"), value_string(pending->node->package));
    Value entry = value_map_end(&shown);
    Error *told = error_new(
        ERR_CONFIG, "Invalid models config given in " STR_FMT " @ models: " STR_FMT " - " STR_FMT,
        STR_ARG(pending->patch_file->relative), STR_ARG(python_str(&entry, arena)),
        STR_ARG(error_message(err)));
    error_discard(err, "its text is in the new one");
    return error_as(told, "ParsingError");
}

Error *parse_time_spine(Parser *parser, const PendingNode *pending)
{
    static const ShapeField fields[] = {
        {"time_spine", SHAPE_PART, "null", &shape_time_spine},
        {0},
    };
    static const Shape whole = {fields};
    Node *node = pending->node;
    TRY(check_granularities(node));
    const Value *given = value_find(pending->patch, STR("time_spine"));
    if (value_is_null(given)) {
        return NULL;
    }
    ValueMapBuilder map = value_map_begin(parser->arena);
    value_map_set(&map, STR("time_spine"), *given);
    Value entry = value_map_end(&map), read;
    ShapeInput input = {.arena = parser->arena, .file = pending->patch_file->relative};
    Error *err = shape_read(&input, &whole, &entry, &read);
    if (err != NULL) {
        return wrong_spine(pending, parser->arena, err);
    }
    const Value *spine = value_find(&read, STR("time_spine"));
    TRY(check_standard_column(node, spine, parser->arena));
    TRY(check_custom_columns(node, spine, parser->arena));
    node->model->time_spine = spine;
    return NULL;
}
