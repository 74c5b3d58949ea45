#include "transform/parse/internal.h"

#include "base/limits.h"
#include "transform/parse/semantic_shapes.h"
#include "transform/python/text.h"

enum { METRIC_NAME_BYTES = 250 };

/* Metrics, semantic models and saved queries: descriptions of queries, which other programs answer.
 * Here they are read, checked and written down. */

/* ---- Entries ---- */

static const Value *keep(Arena *arena, Value value)
{
    Value *kept = ARENA_NEW(arena, Value);
    *kept = value;
    return kept;
}

/* The map with one entry set. */
static Value with_entry(Arena *arena, const Value *map, const char *key, Value value)
{
    ValueMapBuilder builder = value_map_begin(arena);
    value_map_put_all(&builder, map);
    value_map_set(&builder, str_from(key), value);
    return value_placed_at(value_map_end(&builder), map);
}

Error *parse_wrong_entry(const ProjectFile *file, ResourceType type, const Value *entry,
                         TAKES Error *err)
{
    if (!str_starts_with(error_message(err), STR("at path "))) {
        return err;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("entry");
    StrBuf shown = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    python_repr(entry, &shown);
    Str section = resource_type_member(type);
    Error *told = error_new(ERR_CONFIG,
                            "Invalid " STR_FMT " config given in " STR_FMT " @ " STR_FMT
                            ": " STR_FMT " - " STR_FMT,
                            STR_ARG(section), STR_ARG(file->relative), STR_ARG(section),
                            STR_ARG(strbuf_str(&shown)), STR_ARG(error_message(err)));
    Str hints = error_hints(err, arena);
    told = error_as(told, "ParsingError");
    told = hints.len > 0 ? error_hint(told, STR_FMT, STR_ARG(hints)) : told;
    error_discard(err, "its text is in the new one");
    return told;
}

/* A node whose entry has the shape; `meta` is what its parts start from. */
static Error *read_entry(Parser *parser, const ProjectFile *file, Node *node, const Shape *shape,
                         const Value *entry)
{
    ShapeInput input = {.arena = parser->arena, .meta = node->meta, .file = file->relative};
    Value read;
    Error *err = shape_read(&input, shape, entry, &read);
    if (err != NULL) {
        return parse_wrong_entry(file, node->type, entry, err);
    }
    node->entry = keep(parser->arena, read);
    return NULL;
}

static Error *new_entry(Parser *parser, const ProjectFile *file, ResourceType type,
                        const Value *entry, Node **out)
{
    Str name;
    TRY(value_get_string(value_find(entry, STR("name")), STR("name"), &name));
    *out = parse_new_node(parser, type, name, file);
    const Value *config = value_find(entry, STR("config"));
    return parse_configure_entry(parser, *out, value_is(config, VALUE_MAP) ? config : NULL);
}

/* ---- Metrics ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word_character(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || ((unsigned char)c & 0x80) != 0;
}

static Error *check_metric_name(Str name)
{
    AUTO_FREE(arena) Arena *arena = arena_new("metric name");
    StrVec problems = {0};
    bool word = true;
    for (size_t i = 0; i < name.len; i++) {
        word = word && is_word_character(name.data[i]);
    }
    if (str_find_char(name, ' ') != SIZE_MAX) {
        VEC_PUSH(arena, &problems, STR("cannot contain spaces"));
    }
    if (name.len > METRIC_NAME_BYTES) {
        VEC_PUSH(arena, &problems, STR("cannot contain more than 250 characters"));
    }
    if (name.len == 0 || !is_letter(name.data[0])) {
        VEC_PUSH(arena, &problems, STR("must begin with a letter"));
    }
    if (!word) {
        VEC_PUSH(arena, &problems, STR("must contain only letters, numbers and underscores"));
    }
    if (problems.len == 0) {
        return NULL;
    }
    Str all = str_join(arena, problems.data, problems.len, STR(", "));
    return error_new(ERR_CONFIG,
                     "at path []: The metric name '" STR_FMT "' is invalid.  It " STR_FMT,
                     STR_ARG(name), STR_ARG(all));
}

/* What cumulative metrics accumulate over, where it belongs: it may also stand beside. */
static Value cumulative_params(Arena *arena, const Value *params)
{
    static const char *const moved[] = {"window", "grain_to_date"};
    const Value *given = value_find(params, STR("cumulative_type_params"));
    ValueMapBuilder map = value_map_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(moved); i++) {
        value_map_set(&map, str_from(moved[i]), value_null());
    }
    value_map_set(&map, STR("period_agg"), value_string(STR("first")));
    value_map_set(&map, STR("metric"), value_null());
    if (value_is(given, VALUE_MAP)) {
        value_map_put_all(&map, given);
    }
    for (size_t i = 0; i < ARRAY_LEN(moved); i++) {
        const Value *beside = value_find(params, str_from(moved[i]));
        Value key = value_string(str_from(moved[i]));
        const ValueEntry *now = value_map_peek(&map, &key);
        if (!value_is_null(beside) && value_is_null(&now->value)) {
            value_map_put(&map, key, *beside);
        }
    }
    return value_map_end(&map);
}

static void finish_metric(Parser *parser, Node *node)
{
    Arena *arena = parser->arena;
    Str type = value_text_or(value_find(node->entry, STR("type")), (Str){0});
    const Value *params = value_find(node->entry, STR("type_params"));
    if (str_is(type, "cumulative")) {
        Value whole =
            with_entry(arena, params, "cumulative_type_params", cumulative_params(arena, params));
        node->entry = keep(arena, with_entry(arena, node->entry, "type_params", whole));
    }
    parse_add_tags(arena, value_find(node->entry, STR("tags")), &node->tags);
}

Error *parse_metric(Parser *parser, const ProjectFile *file, const Value *entry)
{
    Node *node = NULL;
    TRY(new_entry(parser, file, RESOURCE_METRIC, entry, &node));
    Error *err = check_metric_name(node->name);
    if (err != NULL) {
        return parse_wrong_entry(file, RESOURCE_METRIC, entry, err);
    }
    TRY(read_entry(parser, file, node, &shape_metric, entry));
    finish_metric(parser, node);
    return manifest_add_node(parser->session->manifest, node);
}

/* ---- Semantic models ---- */

/* The entry of the metric that `create_metric: true` asks for. */
static Value metric_of_measure(Parser *parser, const Node *model, const Value *measure)
{
    Arena *arena = parser->arena;
    const Value *name = value_find(measure, STR("name"));
    const Value *label = value_find(measure, STR("label"));
    const Value *description = value_find(measure, STR("description"));
    const Value *expr = value_find(measure, STR("expr"));
    Str about = str_printf(arena, "Metric created from measure " STR_FMT,
                           STR_ARG(value_text_or(name, (Str){0})));
    ValueMapBuilder params = value_map_begin(arena);
    value_map_set(&params, STR("measure"), *name);
    value_map_set(&params, STR("expr"), value_is_null(expr) ? *name : *expr);
    ValueMapBuilder config = value_map_begin(arena);
    value_map_set(&config, STR("enabled"), value_bool(model->enabled));
    value_map_set(&config, STR("meta"), *model->meta);
    ValueMapBuilder entry = value_map_begin(arena);
    value_map_set(&entry, STR("name"), *name);
    value_map_set(&entry, STR("label"), value_is_null(label) ? *name : *label);
    value_map_set(&entry, STR("description"),
                  value_is_null(description) ? value_string(about) : *description);
    value_map_set(&entry, STR("type"), value_string(STR("simple")));
    value_map_set(&entry, STR("type_params"), value_map_end(&params));
    value_map_set(&entry, STR("config"), value_map_end(&config));
    return value_placed_at(value_map_end(&entry), measure);
}

static Error *add_created_metrics(Parser *parser, const ProjectFile *file, const Node *model,
                                  const Value *entry)
{
    const Value *measures = value_find(model->entry, STR("measures"));
    const Value *given = value_find(entry, STR("measures"));
    for (size_t i = 0; i < value_len(measures); i++) {
        const Value *asked = value_find(value_at(given, i), STR("create_metric"));
        if (value_is(asked, VALUE_BOOL) && asked->as.boolean) {
            Value metric = metric_of_measure(parser, model, value_at(measures, i));
            TRY(parse_metric(parser, file, &metric));
        }
    }
    return NULL;
}

Error *parse_semantic_model(Parser *parser, const ProjectFile *file, const Value *entry)
{
    Node *node = NULL;
    TRY(new_entry(parser, file, RESOURCE_SEMANTIC_MODEL, entry, &node));
    TRY(read_entry(parser, file, node, &shape_semantic_model, entry));
    const Value *model = value_find(node->entry, STR("model"));
    TRY(parse_reference(parser, node, model->as.text, NULL));
    node->depends_on_macros.len = 0;
    if (node->refs.len == 0) {
        return error_hint(error_as(value_error(ERR_CONFIG, model,
                                               "semantic model '" STR_FMT "' in " STR_FMT
                                               " describes no model: its 'model' is '" STR_FMT "'",
                                               STR_ARG(node->name), STR_ARG(file->relative),
                                               STR_ARG(model->as.text)),
                                   "ParsingError"),
                          "write it as ref('name')");
    }
    TRY(add_created_metrics(parser, file, node, entry));
    return manifest_add_node(parser->session->manifest, node);
}

/* ---- Saved queries ---- */

static Value either(const Value *own, const Value *otherwise, Value last)
{
    if (own != NULL && !value_is_null(own)) {
        return *own;
    }
    return otherwise != NULL && !value_is_null(otherwise) ? *otherwise : last;
}

static Error *read_export(Parser *parser, const Node *query, const Value *export, Value *out)
{
    static const char *const destinations[] = {"table", "view", NULL};
    Arena *arena = parser->arena;
    const Value *given = value_find(export, STR("config"));
    const Value *name = value_find(export, STR("name"));
    const Profile *profile = parser->session->profile;
    Value as = either(value_find(given, STR("export_as")),
                      value_find(query->config, STR("export_as")), value_null());
    if (!shape_has_word(destinations, value_text_or(&as, (Str){0}))) {
        StrBuf shown = strbuf_init(arena, LIMIT_CONFIG_BYTES);
        python_repr(&as, &shown);
        Error *err = error_new(ERR_CONFIG,
                               "Field \"export_as\" of type ExportDestinationType in ExportConfig "
                               "has invalid value " STR_FMT,
                               STR_ARG(strbuf_str(&shown)));
        return error_hint(error_as(err, "dbt"),
                          "give export '" STR_FMT "' of saved query '" STR_FMT "' in " STR_FMT
                          " an export_as of table or view",
                          STR_ARG(name->as.text), STR_ARG(query->name),
                          STR_ARG(query->original_path));
    }
    ValueMapBuilder config = value_map_begin(arena);
    value_map_set(&config, STR("export_as"), value_string(str_lower_ascii(arena, as.as.text)));
    value_map_set(&config, STR("schema_name"),
                  either(value_find(given, STR("schema")), value_find(query->config, STR("schema")),
                         value_string(profile->schema)));
    value_map_set(&config, STR("alias"), either(value_find(given, STR("alias")), NULL, *name));
    value_map_set(&config, STR("database"), value_string(profile->database));
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("name"), *name);
    value_map_set(&map, STR("config"), value_map_end(&config));
    value_map_set(&map, STR("unrendered_config"), *given);
    *out = value_map_end(&map);
    return NULL;
}

Error *parse_saved_query(Parser *parser, const ProjectFile *file, const Value *entry)
{
    Arena *arena = parser->arena;
    Node *node = NULL;
    TRY(new_entry(parser, file, RESOURCE_SAVED_QUERY, entry, &node));
    TRY(read_entry(parser, file, node, &shape_saved_query, entry));
    ValueVec exports = {0};
    const Value *given = value_find(node->entry, STR("exports"));
    for (VALUE_EACH(export, given)) {
        Value made;
        TRY(read_export(parser, node, export, &made));
        VEC_PUSH(arena, &exports, made);
    }
    node->entry = keep(arena, with_entry(arena, node->entry, "exports", value_list_of(&exports)));
    parse_add_tags(arena, value_find(node->entry, STR("tags")), &node->tags);
    const Value *metrics = value_find_path(node->entry, STR("query_params.metrics"));
    for (VALUE_EACH(metric, metrics)) {
        VEC_PUSH(arena, &node->metrics, (NamedCall){.name = metric->as.text});
    }
    return manifest_add_node(parser->session->manifest, node);
}
