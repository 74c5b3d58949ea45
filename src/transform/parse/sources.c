#include "transform/parse/internal.h"

#include <stdlib.h>

#include "base/map.h"
#include "transform/parse/deprecated.h"
#include "transform/parse/external_source.h"

static Str text_of(const Value *map, const char *key, Str otherwise)
{
    return value_text_or(value_find(map, str_from(key)), otherwise);
}

/* The path of an entry's node: that of the property file. The fqn has its directories. */
static Node *new_entry_node(Parser *parser, ResourceType type, Str name, const ProjectFile *file)
{
    Node *node = parse_new_node(parser, type, name, file);
    node->path = file->path;
    node->patch_path = (Str){0};
    return node;
}

/* ---- Sources ---- */

/* A part's quoting: the table's, else the source's, else on. */
static bool quotes(const Value *source, const Value *table, const char *part)
{
    const Value *own = value_find(value_find(table, STR("quoting")), str_from(part));
    const Value *shared = value_find(value_find(source, STR("quoting")), str_from(part));
    const Value *given = own != NULL ? own : shared;
    return !value_is(given, VALUE_BOOL) || given->as.boolean;
}

static const Value *source_level(Parser *parser, const Value *entry)
{
    static const char *const beside[] = {
        "meta", "tags", "freshness", "loaded_at_field", "loaded_at_query", NULL};
    return config_of_entry(parser->arena, entry, beside);
}

static int compare_texts(const void *a, const void *b)
{
    return str_compare(value_text_or(a, (Str){0}), value_text_or(b, (Str){0}));
}

/* dbt sorts the tags of sources and exposures. */
static const Value *sorted_tags(Arena *arena, const Value *config)
{
    const Value *tags = value_find(config, STR("tags"));
    StrVec known = {0};
    ValueVec sorted = {0};
    parse_add_tags(arena, tags, &known);
    for (VEC_EACH(const Str, tag, &known)) {
        VEC_PUSH(arena, &sorted, value_string(*tag));
    }
    if (sorted.len == 0) {
        return config;
    }
    qsort(sorted.data, sorted.len, sizeof(Value), compare_texts);
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, config);
    value_map_set(&map, STR("tags"), value_list_of(&sorted));
    Value *result = ARENA_NEW(arena, Value);
    *result = value_map_end(&map);
    return result;
}

/* What the entries of the source and of the table say. */
static const Value *own_level(Parser *parser, const Value *source, const Value *table)
{
    const Value *merged =
        config_merge(parser->arena, source_level(parser, source), source_level(parser, table));
    return sorted_tags(parser->arena, merged);
}

/* The tree's tags never count, and its freshness only where the entries have none. */
static const Value *over_tree(Arena *arena, const Value *tree, const Value *own)
{
    const Value *freshness = value_find(own, STR("freshness"));
    const Value *tags = value_find(own, STR("tags"));
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, config_merge(arena, tree, own));
    value_map_set(&map, STR("tags"), tags != NULL ? *tags : value_list(NULL, 0));
    if (freshness != NULL) {
        value_map_set(&map, STR("freshness"), *freshness);
    }
    Value *merged = ARENA_NEW(arena, Value);
    *merged = value_map_end(&map);
    return merged;
}

/* What dbt notes as written: these keys always, whatever the entries say. */
static const Value *written_config(Arena *arena, const Value *own, const Value *config)
{
    static const char *const always[] = {"freshness", "loaded_at_field", "loaded_at_query"};
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("tags"), value_list(NULL, 0));
    ValueMapBuilder meta = value_map_begin(arena);
    value_map_set(&map, STR("meta"), value_map_end(&meta));
    if (own != NULL) {
        value_map_put_all(&map, own);
    }
    for (size_t i = 0; i < ARRAY_LEN(always); i++) {
        const Value *value = value_find(config, str_from(always[i]));
        value_map_set(&map, str_from(always[i]), value != NULL ? *value : value_null());
    }
    Value *written = ARENA_NEW(arena, Value);
    *written = value_map_end(&map);
    return written;
}

/* The tags that stand beside `config` are those that tests of the source inherit. */
static const Value *inherited_tags(Arena *arena, const Value *source, const Value *table)
{
    StrVec tags = {0};
    ValueVec items = {0};
    parse_add_tags(arena, value_find(source, STR("tags")), &tags);
    parse_add_tags(arena, value_find(table, STR("tags")), &tags);
    for (VEC_EACH(const Str, tag, &tags)) {
        VEC_PUSH(arena, &items, value_string(*tag));
    }
    Value *list = ARENA_NEW(arena, Value);
    *list = value_list_of(&items);
    return list;
}

static Error *configure_source(Parser *parser, Node *node, const Value *source, const Value *table)
{
    Arena *arena = parser->arena;
    const ProjectFileDef *root = &parser->session->projects.data[0];
    const Value *tree = project_file_tree(parser->project, STR("sources"));
    const Value *merged = config_of_tree(arena, tree, &node->fqn, config_merge);
    const Value *own = own_level(parser, source, table);
    merged = over_tree(arena, merged, own);
    if (parser->project != root) {
        const Value *over = config_of_tree(arena, project_file_tree(root, STR("sources")),
                                           &node->fqn, config_merge);
        merged = config_merge(arena, merged, over);
    }
    TRY(config_finish(arena, RESOURCE_SOURCE, merged, &node->config));
    node->unrendered_config = written_config(arena, own, node->config);
    node->enabled = value_find(node->config, STR("enabled"))->as.boolean;
    node->meta = value_find(node->config, STR("meta"));
    parse_add_tags(arena, value_find(node->config, STR("tags")), &node->tags);
    return NULL;
}

static Node *new_source(Parser *parser, const ProjectFile *file, const Value *source,
                        const Value *table)
{
    Arena *arena = parser->arena;
    Str source_name = text_of(source, "name", (Str){0});
    Node *node = new_entry_node(parser, RESOURCE_SOURCE, text_of(table, "name", (Str){0}), file);
    Str path = str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(source_name), STR_ARG(node->name));
    node->unique_id = parse_unique_id(parser, "source", path);
    node->path = file->relative; /* of sources dbt shows the whole path */
    VEC_LAST(&node->fqn) = source_name;
    VEC_PUSH(arena, &node->fqn, node->name);

    SourceInfo *info = ARENA_NEW(arena, SourceInfo);
    *info = (SourceInfo){.source_name = source_name,
                         .identifier = text_of(table, "identifier", node->name),
                         .source_description = text_of(source, "description", (Str){0}),
                         .loader = text_of(source, "loader", (Str){0}),
                         .raw_source = source,
                         .raw_table = table,
                         .quote_database = quotes(source, table, "database"),
                         .quote_schema = quotes(source, table, "schema"),
                         .quote_identifier = quotes(source, table, "identifier")};
    node->source = info;
    node->database = text_of(source, "database", parser->session->profile->database);
    node->schema = text_of(source, "schema", source_name);
    node->description = text_of(table, "description", (Str){0});
    node->columns = parse_columns_by_name(arena, table);
    parse_doc_blocks(arena, table, node);
    RelationName relation = context_node_relation(parser->session, node);
    node->relation_name = relation_text(&relation, arena);
    return node;
}

/* What is read in place of the configured source, if it is a file. */
static Error *name_file(Parser *parser, Node *node)
{
    SourceInfo *info = ARENA_NEW(parser->arena, SourceInfo);
    *info = *node->source;
    TRY(external_source_text(parser->arena, node, &info->external));
    if (info->external.len > 0) {
        node->source = info;
        node->relation_name = info->external;
    }
    return NULL;
}

static Error *parse_table(Parser *parser, const ProjectFile *file, const Value *source,
                          const Value *table)
{
    if (value_find(table, STR("name")) == NULL) {
        return value_error(ERR_CONFIG, table,
                           "Invalid sources config given in " STR_FMT
                           ": a table does not have a name attribute",
                           STR_ARG(file->relative));
    }
    Node *node = new_source(parser, file, source, table);
    TRY(configure_source(parser, node, source, table));
    TRY(name_file(parser, node));
    TRY(manifest_add_node(parser->session->manifest, node));
    if (!node->enabled) {
        return NULL;
    }
    Str source_name = node->source->source_name;
    TestOwner owner = {
        .name = str_printf(parser->arena, STR_FMT "_" STR_FMT, STR_ARG(source_name),
                           STR_ARG(node->name)),
        .ref_text = str_printf(parser->arena, "source('" STR_FMT "', '" STR_FMT "')",
                               STR_ARG(source_name), STR_ARG(node->name)),
        .key = str_printf(parser->arena, "sources." STR_FMT, STR_ARG(source_name)),
        .is_source = true,
        .tags = inherited_tags(parser->arena, source, table),
    };
    return parse_tests_of(parser, file, table, &owner);
}

Error *parse_source(Parser *parser, const ProjectFile *file, const Value *entry)
{
    const Value *tables = value_find(entry, STR("tables"));
    for (VALUE_EACH(table, tables)) {
        TRY(parse_table(parser, file, entry, table));
    }
    return NULL;
}

/* ---- Exposures ---- */

/* "ref('orders')" or "source('raw', 'orders')", rendered for what it refers to. */
static Error *parse_dependency(Parser *parser, Node *node, const Value *text)
{
    Str given;
    TRY(value_get_string(text, STR("depends_on"), &given));
    return parse_reference(parser, node, given, NULL);
}

static Error *wrong_exposure(const ProjectFile *file, const Value *entry, const char *problem)
{
    AUTO_FREE(arena) Arena *arena = arena_new("exposure");
    Error *err = error_new(
        ERR_CONFIG, "Invalid exposures config given in " STR_FMT " @ exposures: '" STR_FMT "' - %s",
        STR_ARG(file->relative), STR_ARG(text_of(entry, "name", (Str){0})), problem);
    return error_hint(error_as(err, "ParsingError"), "at " STR_FMT,
                      STR_ARG(value_place(arena, entry)));
}

static bool is_one_of(Str text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (str_is(text, *words)) {
            return true;
        }
    }
    return false;
}

static Error *check_exposure(const ProjectFile *file, const Value *entry)
{
    static const char *const types[] = {"dashboard", "notebook",    "analysis",
                                        "ml",        "application", NULL};
    static const char *const maturities[] = {"low", "medium", "high", NULL};
    const Value *owner = value_find(entry, STR("owner"));
    const Value *maturity = value_find(entry, STR("maturity"));
    if (!is_one_of(text_of(entry, "type", (Str){0}), types)) {
        return wrong_exposure(file, entry,
                              "at path ['type']: it is not one of ['dashboard', 'notebook', "
                              "'analysis', 'ml', 'application']");
    }
    if (!value_is(owner, VALUE_MAP)) {
        return wrong_exposure(file, entry, "at path []: 'owner' is a required property");
    }
    if (value_is_null(value_find(owner, STR("name"))) &&
        value_is_null(value_find(owner, STR("email")))) {
        return wrong_exposure(
            file, entry, "at path []: Exposure owner must have at least one of 'name' or 'email'.");
    }
    if (!value_is_null(maturity) && !is_one_of(value_text_or(maturity, (Str){0}), maturities)) {
        return wrong_exposure(file, entry,
                              "at path ['maturity']: it is not one of ['low', 'medium', 'high']");
    }
    return NULL;
}

Error *parse_exposure(Parser *parser, const ProjectFile *file, const Value *entry)
{
    TRY(check_exposure(file, entry));
    report_exposure_name(parser->session, text_of(entry, "name", (Str){0}));
    Node *node = new_entry_node(parser, RESOURCE_EXPOSURE, text_of(entry, "name", (Str){0}), file);
    node->entry = entry;
    node->description = text_of(entry, "description", (Str){0});
    const Value *level = sorted_tags(parser->arena, source_level(parser, entry));
    TRY(config_finish(parser->arena, RESOURCE_EXPOSURE, level, &node->config));
    node->unrendered_config = value_find(entry, STR("config"));
    node->enabled = value_find(node->config, STR("enabled"))->as.boolean;
    node->meta = value_find(node->config, STR("meta"));
    parse_add_tags(parser->arena, value_find(node->config, STR("tags")), &node->tags);
    const Value *dependencies = value_find(entry, STR("depends_on"));
    for (VALUE_EACH(text, dependencies)) {
        TRY(parse_dependency(parser, node, text));
    }
    return manifest_add_node(parser->session->manifest, node);
}
