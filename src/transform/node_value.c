#include "transform/node_value.h"

/* A map under construction, with one function per kind of value: documents here are long rather
 * than deep. */
typedef struct Doc {
    Arena *arena;
    ValueMapBuilder map;
} Doc;

static Doc doc_begin(Arena *arena)
{
    return (Doc){.arena = arena, .map = value_map_begin(arena)};
}

static void doc_set(Doc *doc, const char *key, Value value)
{
    value_map_set(&doc->map, str_from(key), value);
}

static void doc_text(Doc *doc, const char *key, Str text)
{
    doc_set(doc, key, value_string(text.data != NULL ? text : STR("")));
}

/* Null when there is none. */
static void doc_optional(Doc *doc, const char *key, Str text)
{
    doc_set(doc, key, text.len > 0 ? value_string(text) : value_null());
}

static Value text_list(Arena *arena, const StrVec *texts)
{
    ValueVec items = {0};
    for (VEC_EACH(const Str, it, texts)) {
        VEC_PUSH(arena, &items, value_string(*it));
    }
    return value_list_of(&items);
}

static Value empty_map(Arena *arena)
{
    ValueMapBuilder builder = value_map_begin(arena);
    return value_map_end(&builder);
}

static Value or_map(Arena *arena, const Value *value)
{
    return value != NULL ? *value : empty_map(arena);
}

static Value end(Doc *doc)
{
    return value_map_end(&doc->map);
}

/* ---- Parts ---- */

static Value refs_value(Arena *arena, const Node *node)
{
    ValueVec items = {0};
    for (VEC_EACH(const RefCall, ref, &node->refs)) {
        Doc doc = doc_begin(arena);
        doc_text(&doc, "name", ref->name);
        doc_optional(&doc, "package", ref->package);
        doc_optional(&doc, "version", ref->version);
        VEC_PUSH(arena, &items, end(&doc));
    }
    return value_list_of(&items);
}

static Value sources_value(Arena *arena, const Node *node)
{
    ValueVec items = {0};
    for (VEC_EACH(const SourceCall, call, &node->sources)) {
        StrVec pair = {0};
        VEC_PUSH(arena, &pair, call->source);
        VEC_PUSH(arena, &pair, call->table);
        VEC_PUSH(arena, &items, text_list(arena, &pair));
    }
    return value_list_of(&items);
}

static Value depends_on_value(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    doc_set(&doc, "macros", text_list(arena, &node->depends_on_macros));
    doc_set(&doc, "nodes", text_list(arena, &node->depends_on));
    return end(&doc);
}

static Value checksum_value(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    Str kind = node->checksum_of_path   ? STR("path")
               : node->checksum.len > 0 ? STR("sha256")
                                        : STR("none");
    doc_text(&doc, "name", kind);
    doc_text(&doc, "checksum", node->checksum);
    return end(&doc);
}

static const Value *config_part(const Node *node, const char *key)
{
    return value_find(node->config, str_from(key));
}

static void add_identity(Doc *doc, const Node *node)
{
    doc_text(doc, "database", node->database);
    doc_text(doc, "schema", node->schema);
    doc_text(doc, "name", node->name);
    doc_text(doc, "resource_type", resource_type_name(node->type));
    doc_text(doc, "package_name", node->package);
    doc_text(doc, "path", node->path);
    doc_text(doc, "original_file_path", node->original_path);
    doc_text(doc, "unique_id", node->unique_id);
    doc_set(doc, "fqn", text_list(doc->arena, &node->fqn));
}

static void add_description(Doc *doc, const Node *node)
{
    Arena *arena = doc->arena;
    doc_text(doc, "description", node->description);
    doc_set(doc, "columns", or_map(arena, node->columns));
    doc_set(doc, "meta", or_map(arena, node->meta));
}

/* ---- Kinds ---- */

static void add_test(Doc *doc, const Node *node)
{
    const TestInfo *test = node->test;
    if (test == NULL) {
        return;
    }
    Doc metadata = doc_begin(doc->arena);
    doc_text(&metadata, "name", test->macro_name);
    doc_set(&metadata, "kwargs", *test->kwargs);
    doc_optional(&metadata, "namespace", test->macro_package);
    doc_optional(doc, "column_name", test->column_name);
    doc_optional(doc, "file_key_name", test->file_key_name);
    doc_optional(doc, "attached_node", test->attached_node);
    doc_set(doc, "test_metadata", end(&metadata));
}

static void add_model(Doc *doc, const Node *node)
{
    const Value *access = config_part(node, "access");
    doc_set(doc, "access", access != NULL ? *access : value_null());
    doc_set(doc, "constraints", value_list(NULL, 0));
    static const char *const absent[] = {"version", "latest_version", "deprecation_date",
                                         "defer_relation", "time_spine"};
    for (size_t i = 0; i < ARRAY_LEN(absent); i++) {
        doc_set(doc, absent[i], value_null());
    }
    doc_set(doc, "primary_key", value_list(NULL, 0));
}

static Value compiled_node_value(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    add_identity(&doc, node);
    doc_text(&doc, "alias", node->alias);
    doc_set(&doc, "checksum", checksum_value(arena, node));
    doc_set(&doc, "config", or_map(arena, node->config));
    doc_set(&doc, "tags", text_list(arena, &node->tags));
    add_description(&doc, node);
    const Value *group = config_part(node, "group"), *docs = config_part(node, "docs");
    doc_set(&doc, "group", group != NULL ? *group : value_null());
    doc_set(&doc, "docs", or_map(arena, docs));
    doc_optional(&doc, "patch_path", node->patch_path);
    doc_set(&doc, "build_path", value_null());
    doc_set(&doc, "unrendered_config", or_map(arena, node->unrendered_config));
    doc_set(&doc, "created_at", value_float((double)node->created_us / 1e6));
    doc_optional(&doc, "relation_name", node->relation_name);
    doc_text(&doc, "raw_code", node->raw_code);
    doc_set(&doc, "doc_blocks", value_list(NULL, 0));
    doc_text(&doc, "language", STR("sql"));
    doc_set(&doc, "refs", refs_value(arena, node));
    doc_set(&doc, "sources", sources_value(arena, node));
    doc_set(&doc, "metrics", value_list(NULL, 0));
    doc_set(&doc, "functions", value_list(NULL, 0));
    doc_set(&doc, "depends_on", depends_on_value(arena, node));
    doc_set(&doc, "compiled_path", value_null());
    const Value *contract = config_part(node, "contract");
    doc_set(&doc, "contract", or_map(arena, contract));
    add_test(&doc, node);
    if (node->type == RESOURCE_MODEL) {
        add_model(&doc, node);
    }
    return end(&doc);
}

static Value quoting_value(Arena *arena, const SourceInfo *source)
{
    Doc doc = doc_begin(arena);
    doc_set(&doc, "database", value_bool(source->quote_database));
    doc_set(&doc, "schema", value_bool(source->quote_schema));
    doc_set(&doc, "identifier", value_bool(source->quote_identifier));
    doc_set(&doc, "column", value_null());
    return end(&doc);
}

static Value source_value(Arena *arena, const Node *node)
{
    const SourceInfo *source = node->source;
    Doc doc = doc_begin(arena);
    add_identity(&doc, node);
    doc_text(&doc, "source_name", source->source_name);
    doc_text(&doc, "source_description", source->source_description);
    doc_text(&doc, "loader", source->loader);
    doc_text(&doc, "identifier", source->identifier);
    doc_set(&doc, "quoting", quoting_value(arena, source));
    doc_set(&doc, "loaded_at_field", value_null());
    doc_set(&doc, "loaded_at_query", value_null());
    doc_set(&doc, "freshness", value_null());
    doc_set(&doc, "external", value_null());
    add_description(&doc, node);
    const Value *meta = value_find(source->raw_source, STR("meta"));
    doc_set(&doc, "source_meta", or_map(arena, meta));
    doc_set(&doc, "tags", text_list(arena, &node->tags));
    doc_set(&doc, "config", or_map(arena, node->config));
    doc_optional(&doc, "patch_path", node->patch_path);
    doc_set(&doc, "unrendered_config", or_map(arena, node->unrendered_config));
    doc_text(&doc, "relation_name", node->relation_name);
    doc_set(&doc, "created_at", value_float((double)node->created_us / 1e6));
    doc_set(&doc, "unrendered_database", value_null());
    doc_set(&doc, "unrendered_schema", value_null());
    doc_set(&doc, "doc_blocks", value_list(NULL, 0));
    return end(&doc);
}

static Value exposure_value(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    doc_text(&doc, "name", node->name);
    doc_text(&doc, "resource_type", resource_type_name(node->type));
    doc_text(&doc, "package_name", node->package);
    doc_text(&doc, "path", node->path);
    doc_text(&doc, "original_file_path", node->original_path);
    doc_text(&doc, "unique_id", node->unique_id);
    doc_set(&doc, "fqn", text_list(arena, &node->fqn));
    static const char *const keys[] = {"type", "owner", "label", "maturity", "url"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const Value *part = value_find(node->exposure, str_from(keys[i]));
        doc_set(&doc, keys[i], part != NULL ? *part : value_null());
    }
    doc_text(&doc, "description", node->description);
    doc_set(&doc, "meta", or_map(arena, node->meta));
    doc_set(&doc, "tags", text_list(arena, &node->tags));
    doc_set(&doc, "config", or_map(arena, node->config));
    doc_set(&doc, "unrendered_config", or_map(arena, node->unrendered_config));
    doc_set(&doc, "depends_on", depends_on_value(arena, node));
    doc_set(&doc, "refs", refs_value(arena, node));
    doc_set(&doc, "sources", sources_value(arena, node));
    doc_set(&doc, "metrics", value_list(NULL, 0));
    doc_set(&doc, "created_at", value_float((double)node->created_us / 1e6));
    return end(&doc);
}

Value node_value(Arena *arena, const Node *node)
{
    if (node->type == RESOURCE_SOURCE) {
        return source_value(arena, node);
    }
    return node->type == RESOURCE_EXPOSURE ? exposure_value(arena, node)
                                           : compiled_node_value(arena, node);
}

Value macro_value(Arena *arena, const Macro *macro)
{
    Doc doc = doc_begin(arena);
    doc_text(&doc, "name", macro->name);
    doc_text(&doc, "resource_type", STR("macro"));
    doc_text(&doc, "package_name", macro->package);
    doc_text(&doc, "path", macro->path);
    doc_text(&doc, "original_file_path", macro->path);
    doc_text(&doc, "unique_id", macro->unique_id);
    doc_text(&doc, "macro_sql", macro->sql);
    Doc depends = doc_begin(arena);
    doc_set(&depends, "macros", text_list(arena, &macro->depends_on));
    doc_set(&doc, "depends_on", end(&depends));
    doc_text(&doc, "description", macro->description);
    const Value *meta = value_find(macro->properties, STR("meta"));
    doc_set(&doc, "meta", or_map(arena, meta));
    Doc docs = doc_begin(arena);
    doc_set(&docs, "show", value_bool(true));
    doc_set(&docs, "node_color", value_null());
    doc_set(&doc, "docs", end(&docs));
    doc_set(&doc, "patch_path", value_null());
    const Value *arguments = value_find(macro->properties, STR("arguments"));
    doc_set(&doc, "arguments", arguments != NULL ? *arguments : value_list(NULL, 0));
    doc_set(&doc, "supported_languages", value_null());
    return end(&doc);
}
