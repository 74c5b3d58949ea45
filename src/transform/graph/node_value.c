#include "transform/graph/node_value.h"

#include "base/number.h"
#include "transform/graph/doc.h"
#include "transform/parse/constraint.h"

/* ---- Fields ---- */

static Value config_field(const Node *node, const char *key, Value absent)
{
    const Value *part = value_find(node->config, str_from(key));
    return part != NULL ? *part : absent;
}

static Value type_field(Arena *arena, const Node *node)
{
    (void)arena;
    return value_string(resource_type_name(node->type));
}

static Value group_field(Arena *arena, const Node *node)
{
    (void)arena;
    Str group = node_group(node);
    return group.len > 0 ? value_string(group) : value_null();
}

static Value access_field(Arena *arena, const Node *node)
{
    (void)arena;
    return config_field(node, "access", value_null());
}

/* A map of the configuration over what the document says already. */
static void add_configured(Doc *doc, const Node *node, const char *key)
{
    Value configured = config_field(node, key, value_null());
    if (value_is(&configured, VALUE_MAP)) {
        value_map_put_all(&doc->map, &configured);
    }
}

static Value docs_field(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    doc_set(&doc, "show", value_bool(true));
    doc_set(&doc, "node_color", value_null());
    add_configured(&doc, node, "docs");
    return doc_end(&doc);
}

static Value contract_field(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    doc_set(&doc, "enforced", value_bool(false));
    doc_set(&doc, "alias_types", value_bool(true));
    add_configured(&doc, node, "contract");
    doc_optional(&doc, "checksum", node->model != NULL ? node->model->contract_checksum : (Str){0});
    return doc_end(&doc);
}

static Value columns_field(Arena *arena, const Node *node)
{
    return columns_document(arena, node->columns);
}

static Value constraints_field(Arena *arena, const Node *node)
{
    const Value *list = node->model != NULL ? node->model->constraints : NULL;
    return constraints_document(arena, list, CONSTRAINT_OF_MODEL);
}

static Value primary_key_field(Arena *arena, const Node *node)
{
    static const StrVec none = {0};
    return doc_texts(arena, node->model != NULL ? &node->model->primary_key : &none);
}

static Value created_field(Arena *arena, const Node *node)
{
    (void)arena;
    return value_float((double)node->created_us / 1e6);
}

static Value language_field(Arena *arena, const Node *node)
{
    (void)arena;
    return value_string(node_language(node));
}

/* What looks like a number is one. */
static Value version_value(Str version)
{
    int64_t whole = 0;
    double number = 0;
    if (version.len == 0) {
        return value_null();
    }
    if (number_parse_int64(version, &whole)) {
        return value_int(whole);
    }
    return number_parse_double(version, &number) ? value_float(number) : value_string(version);
}

static Value model_version_field(Arena *arena, const Node *node)
{
    (void)arena;
    return node->model != NULL ? node->model->version : value_null();
}

static Value latest_version_field(Arena *arena, const Node *node)
{
    (void)arena;
    return node->model != NULL ? node->model->latest_version : value_null();
}

static Value deprecation_field(Arena *arena, const Node *node)
{
    (void)arena;
    return node->model != NULL && node->model->deprecation_date.len > 0
               ? value_string(node->model->deprecation_date)
               : value_null();
}

static Value refs_field(Arena *arena, const Node *node)
{
    ValueVec items = {0};
    for (VEC_EACH(const RefCall, ref, &node->refs)) {
        Doc doc = doc_begin(arena);
        doc_text(&doc, "name", ref->name);
        doc_optional(&doc, "package", ref->package);
        doc_set(&doc, "version", version_value(ref->version));
        VEC_PUSH(arena, &items, doc_end(&doc));
    }
    return value_list_of(&items);
}

static Value sources_field(Arena *arena, const Node *node)
{
    ValueVec items = {0};
    for (VEC_EACH(const SourceCall, call, &node->sources)) {
        StrVec pair = {0};
        VEC_PUSH(arena, &pair, call->source);
        VEC_PUSH(arena, &pair, call->table);
        VEC_PUSH(arena, &items, doc_texts(arena, &pair));
    }
    return value_list_of(&items);
}

static Value depends_on_field(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    doc_set(&doc, "macros", doc_texts(arena, &node->depends_on_macros));
    if (node->type != RESOURCE_SEED) {
        doc_set(&doc, "nodes", doc_texts(arena, &node->depends_on));
    }
    return doc_end(&doc);
}

static Value checksum_field(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    Str kind = node->checksum_of_path   ? STR("path")
               : node->checksum.len > 0 ? STR("sha256")
                                        : STR("none");
    doc_text(&doc, "name", kind);
    doc_text(&doc, "checksum", node->checksum);
    return doc_end(&doc);
}

static Value test_metadata_field(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    doc_text(&doc, "name", node->test->macro_name);
    doc_set(&doc, "kwargs", *node->test->kwargs);
    doc_optional(&doc, "namespace", node->test->macro_package);
    return doc_end(&doc);
}

static Value source_quoting_field(Arena *arena, const Node *node)
{
    static const char *const parts[] = {"database", "schema", "identifier", "column"};
    const Value *shared = value_find(node->source->raw_source, STR("quoting"));
    const Value *own = value_find(node->source->raw_table, STR("quoting"));
    Doc doc = doc_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        bool given = value_find(own, str_from(parts[i])) != NULL;
        doc_set(&doc, parts[i], doc_find(given ? own : shared, parts[i]));
    }
    return doc_end(&doc);
}

static Value config_value(const Node *node, const char *name)
{
    const Value *value = value_find(node->config, str_from(name));
    return value != NULL ? *value : value_null();
}

static Value loaded_at_field_field(Arena *arena, const Node *node)
{
    (void)arena;
    return config_value(node, "loaded_at_field");
}

static Value loaded_at_query_field(Arena *arena, const Node *node)
{
    (void)arena;
    return config_value(node, "loaded_at_query");
}

static Value freshness_field(Arena *arena, const Node *node)
{
    (void)arena;
    return config_value(node, "freshness");
}

static Value source_meta_field(Arena *arena, const Node *node)
{
    const Value *source = node->source->raw_source;
    const Value *levels[] = {value_find(source, STR("meta")),
                             value_find(value_find(source, STR("config")), STR("meta"))};
    Doc doc = doc_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (value_is(levels[i], VALUE_MAP)) {
            value_map_put_all(&doc.map, levels[i]);
        }
    }
    return doc_end(&doc);
}

static Value unrendered_database_field(Arena *arena, const Node *node)
{
    (void)arena;
    return doc_find(node->source->raw_source, "unrendered_database");
}

static Value unrendered_schema_field(Arena *arena, const Node *node)
{
    (void)arena;
    return doc_find(node->source->raw_source, "unrendered_schema");
}

static Value named_calls(Arena *arena, const NamedCallVec *calls)
{
    ValueVec items = {0};
    for (VEC_EACH(const NamedCall, call, calls)) {
        StrVec names = {0};
        if (call->package.len > 0) {
            VEC_PUSH(arena, &names, call->package);
        }
        VEC_PUSH(arena, &names, call->name);
        VEC_PUSH(arena, &items, doc_texts(arena, &names));
    }
    return value_list_of(&items);
}

static Value metrics_field(Arena *arena, const Node *node)
{
    return named_calls(arena, &node->metrics);
}

static Value functions_field(Arena *arena, const Node *node)
{
    return named_calls(arena, &node->functions);
}

static Value returns_field(Arena *arena, const Node *node)
{
    if (node->function != NULL) {
        return *node->function->returns;
    }
    Doc unknown = doc_begin(arena);
    doc_text(&unknown, "data_type", STR("INVALID_TYPE"));
    doc_set(&unknown, "description", value_null());
    return doc_end(&unknown);
}

static Value arguments_field(Arena *arena, const Node *node)
{
    (void)arena;
    return node->function != NULL ? *node->function->arguments : value_list(NULL, 0);
}

static Value hook_index_field(Arena *arena, const Node *node)
{
    (void)arena;
    return value_int((int64_t)node->hook_index);
}

static Value time_spine_field(Arena *arena, const Node *node)
{
    (void)arena;
    const Value *spine = node->model != NULL ? node->model->time_spine : NULL;
    return spine != NULL ? *spine : value_null();
}

static Value owner_field(Arena *arena, const Node *node)
{
    return doc_owner(arena, value_find(node->entry, STR("owner")));
}

static Value fixture_value(Arena *arena, const UnitFixture *fixture)
{
    Doc doc = doc_begin(arena);
    if (fixture->input.len > 0) {
        doc_text(&doc, "input", fixture->input);
    }
    doc_set(&doc, "rows", *fixture->rows);
    doc_text(&doc, "format", fixture->format);
    doc_optional(&doc, "fixture", fixture->fixture);
    return doc_end(&doc);
}

static Value tested_model_field(Arena *arena, const Node *node)
{
    (void)arena;
    return value_string(node->unit_test->model);
}

static Value given_field(Arena *arena, const Node *node)
{
    ValueVec items = {0};
    for (VEC_EACH(const UnitFixture, it, &node->unit_test->given)) {
        VEC_PUSH(arena, &items, fixture_value(arena, it));
    }
    return value_list_of(&items);
}

static Value expected_field(Arena *arena, const Node *node)
{
    return fixture_value(arena, &node->unit_test->expected);
}

static Value overrides_field(Arena *arena, const Node *node)
{
    (void)arena;
    const Value *overrides = node->unit_test->overrides;
    return overrides != NULL ? *overrides : value_null();
}

static Value versions_field(Arena *arena, const Node *node)
{
    (void)arena;
    const Value *versions = node->unit_test->versions;
    return versions != NULL ? *versions : value_null();
}

static Value tested_version_field(Arena *arena, const Node *node)
{
    const Node *tested = node->unit_test->tested;
    return tested != NULL ? model_version_field(arena, tested) : value_null();
}

/* Where a field's value comes from. */
typedef enum FieldKind {
    FIELD_TEXT,     /* a Str of the struct; absent = "" */
    FIELD_OPTIONAL, /* a Str of the struct; empty = null */
    FIELD_TEXTS,    /* a StrVec of the struct */
    FIELD_MAP,      /* a map of the struct; absent = {} */
    FIELD_ENTRY,    /* what the property file's entry says; absent = null */
    FIELD_NULL,
    FIELD_NO_ITEMS, /* [] */
    FIELD_MADE,     /* what `make` gives */
} FieldKind;

/* Which struct the offset is in, and thereby which nodes have the field. */
typedef enum FieldOwner {
    OF_NODE,
    OF_CODE,  /* the Node of anything but a seed */
    OF_MODEL, /* the Node of a model */
    OF_SEED,
    OF_OPERATION,
    OF_FUNCTION,
    OF_TEST,
    OF_SOURCE,
} FieldOwner;

typedef struct NodeField {
    const char *key;
    FieldKind kind;
    FieldOwner owner;
    size_t offset;
    Value (*make)(Arena *arena, const Node *node);
} NodeField;

#define OF(kind, member) FIELD_##kind, OF_NODE, offsetof(Node, member), NULL
#define OF_TEST(kind, member) FIELD_##kind, OF_TEST, offsetof(TestInfo, member), NULL
#define OF_SOURCE(kind, member) FIELD_##kind, OF_SOURCE, offsetof(SourceInfo, member), NULL
#define MADE(function) FIELD_MADE, OF_NODE, 0, function
#define MADE_FOR(owner, function) FIELD_MADE, OF_##owner, 0, function
#define ALWAYS(kind) FIELD_##kind, OF_NODE, 0, NULL
#define ALWAYS_FOR(owner, kind) FIELD_##kind, OF_##owner, 0, NULL

static const NodeField node_fields[] = {
    {"returns", MADE_FOR(FUNCTION, returns_field)},
    {"database", OF(TEXT, database)},
    {"schema", OF(TEXT, schema)},
    {"name", OF(TEXT, name)},
    {"resource_type", MADE(type_field)},
    {"package_name", OF(TEXT, package)},
    {"path", OF(TEXT, path)},
    {"original_file_path", OF(TEXT, original_path)},
    {"unique_id", OF(TEXT, unique_id)},
    {"fqn", OF(TEXTS, fqn)},
    {"alias", OF(TEXT, alias)},
    {"checksum", MADE(checksum_field)},
    {"config", OF(MAP, config)},
    {"tags", OF(TEXTS, tags)},
    {"description", OF(TEXT, description)},
    {"columns", MADE(columns_field)},
    {"meta", OF(MAP, meta)},
    {"group", MADE(group_field)},
    {"docs", MADE(docs_field)},
    {"patch_path", OF(OPTIONAL, patch_path)},
    {"build_path", ALWAYS(NULL)},
    {"unrendered_config", OF(MAP, unrendered_config)},
    {"created_at", MADE(created_field)},
    {"relation_name", OF(OPTIONAL, relation_name)},
    {"raw_code", OF(TEXT, raw_code)},
    {"doc_blocks", OF(TEXTS, doc_blocks)},
    {"root_path", FIELD_OPTIONAL, OF_SEED, offsetof(Node, root_path), NULL},
    {"language", MADE_FOR(CODE, language_field)},
    {"refs", MADE_FOR(CODE, refs_field)},
    {"sources", MADE_FOR(CODE, sources_field)},
    {"metrics", MADE_FOR(CODE, metrics_field)},
    {"functions", MADE_FOR(CODE, functions_field)},
    {"depends_on", MADE(depends_on_field)},
    {"compiled_path", ALWAYS_FOR(CODE, NULL)},
    {"contract", MADE_FOR(CODE, contract_field)},
    {"index", MADE_FOR(OPERATION, hook_index_field)},
    {"column_name", OF_TEST(OPTIONAL, column_name)},
    {"file_key_name", OF_TEST(OPTIONAL, file_key_name)},
    {"attached_node", OF_TEST(OPTIONAL, attached_node)},
    {"test_metadata", MADE_FOR(TEST, test_metadata_field)},
    {"access", MADE_FOR(MODEL, access_field)},
    {"constraints", MADE_FOR(MODEL, constraints_field)},
    {"version", MADE_FOR(MODEL, model_version_field)},
    {"latest_version", MADE_FOR(MODEL, latest_version_field)},
    {"deprecation_date", MADE_FOR(MODEL, deprecation_field)},
    {"primary_key", MADE_FOR(MODEL, primary_key_field)},
    {"time_spine", MADE_FOR(MODEL, time_spine_field)},
    {"arguments", MADE_FOR(FUNCTION, arguments_field)},
    {0},
};

static const NodeField source_fields[] = {
    {"database", OF(TEXT, database)},
    {"schema", OF(TEXT, schema)},
    {"name", OF(TEXT, name)},
    {"resource_type", MADE(type_field)},
    {"package_name", OF(TEXT, package)},
    {"path", OF(TEXT, path)},
    {"original_file_path", OF(TEXT, original_path)},
    {"unique_id", OF(TEXT, unique_id)},
    {"fqn", OF(TEXTS, fqn)},
    {"source_name", OF_SOURCE(TEXT, source_name)},
    {"source_description", OF_SOURCE(TEXT, source_description)},
    {"loader", OF_SOURCE(TEXT, loader)},
    {"identifier", OF_SOURCE(TEXT, identifier)},
    {"quoting", MADE(source_quoting_field)},
    {"loaded_at_field", MADE(loaded_at_field_field)},
    {"loaded_at_query", MADE(loaded_at_query_field)},
    {"freshness", MADE(freshness_field)},
    {"external", ALWAYS(NULL)},
    {"description", OF(TEXT, description)},
    {"columns", MADE(columns_field)},
    {"meta", OF(MAP, meta)},
    {"source_meta", MADE(source_meta_field)},
    {"tags", OF(TEXTS, tags)},
    {"config", OF(MAP, config)},
    {"patch_path", OF(OPTIONAL, patch_path)},
    {"unrendered_config", OF(MAP, unrendered_config)},
    {"relation_name", OF(TEXT, relation_name)},
    {"created_at", MADE(created_field)},
    {"unrendered_database", MADE(unrendered_database_field)},
    {"unrendered_schema", MADE(unrendered_schema_field)},
    {"doc_blocks", OF(TEXTS, doc_blocks)},
    {0},
};

static const NodeField exposure_fields[] = {
    {"name", OF(TEXT, name)},
    {"resource_type", MADE(type_field)},
    {"package_name", OF(TEXT, package)},
    {"path", OF(TEXT, path)},
    {"original_file_path", OF(TEXT, original_path)},
    {"unique_id", OF(TEXT, unique_id)},
    {"fqn", OF(TEXTS, fqn)},
    {"type", ALWAYS(ENTRY)},
    {"owner", MADE(owner_field)},
    {"description", OF(TEXT, description)},
    {"label", ALWAYS(ENTRY)},
    {"maturity", ALWAYS(ENTRY)},
    {"meta", OF(MAP, meta)},
    {"tags", OF(TEXTS, tags)},
    {"config", OF(MAP, config)},
    {"unrendered_config", OF(MAP, unrendered_config)},
    {"url", ALWAYS(ENTRY)},
    {"depends_on", MADE(depends_on_field)},
    {"refs", MADE(refs_field)},
    {"sources", MADE(sources_field)},
    {"metrics", MADE(metrics_field)},
    {"created_at", MADE(created_field)},
    {0},
};

static const NodeField metric_fields[] = {
    {"name", OF(TEXT, name)},
    {"resource_type", MADE(type_field)},
    {"package_name", OF(TEXT, package)},
    {"path", OF(TEXT, path)},
    {"original_file_path", OF(TEXT, original_path)},
    {"unique_id", OF(TEXT, unique_id)},
    {"fqn", OF(TEXTS, fqn)},
    {"description", ALWAYS(ENTRY)},
    {"label", ALWAYS(ENTRY)},
    {"type", ALWAYS(ENTRY)},
    {"type_params", ALWAYS(ENTRY)},
    {"filter", ALWAYS(ENTRY)},
    {"metadata", ALWAYS(NULL)},
    {"time_granularity", ALWAYS(ENTRY)},
    {"meta", OF(MAP, meta)},
    {"tags", OF(TEXTS, tags)},
    {"config", OF(MAP, config)},
    {"unrendered_config", OF(MAP, unrendered_config)},
    {"sources", MADE(sources_field)},
    {"depends_on", MADE(depends_on_field)},
    {"refs", MADE(refs_field)},
    {"metrics", ALWAYS(NO_ITEMS)},
    {"created_at", MADE(created_field)},
    {"group", MADE(group_field)},
    {0},
};

static const NodeField semantic_model_fields[] = {
    {"name", OF(TEXT, name)},
    {"resource_type", MADE(type_field)},
    {"package_name", OF(TEXT, package)},
    {"path", OF(TEXT, path)},
    {"original_file_path", OF(TEXT, original_path)},
    {"unique_id", OF(TEXT, unique_id)},
    {"fqn", OF(TEXTS, fqn)},
    {"model", ALWAYS(ENTRY)},
    {"node_relation", ALWAYS(ENTRY)},
    {"description", ALWAYS(ENTRY)},
    {"label", ALWAYS(ENTRY)},
    {"defaults", ALWAYS(ENTRY)},
    {"entities", ALWAYS(ENTRY)},
    {"measures", ALWAYS(ENTRY)},
    {"dimensions", ALWAYS(ENTRY)},
    {"metadata", ALWAYS(NULL)},
    {"depends_on", MADE(depends_on_field)},
    {"refs", MADE(refs_field)},
    {"created_at", MADE(created_field)},
    {"config", OF(MAP, config)},
    {"unrendered_config", OF(MAP, unrendered_config)},
    {"primary_entity", ALWAYS(ENTRY)},
    {"group", MADE(group_field)},
    {0},
};

static const NodeField saved_query_fields[] = {
    {"name", OF(TEXT, name)},
    {"resource_type", MADE(type_field)},
    {"package_name", OF(TEXT, package)},
    {"path", OF(TEXT, path)},
    {"original_file_path", OF(TEXT, original_path)},
    {"unique_id", OF(TEXT, unique_id)},
    {"fqn", OF(TEXTS, fqn)},
    {"query_params", ALWAYS(ENTRY)},
    {"exports", ALWAYS(ENTRY)},
    {"description", ALWAYS(ENTRY)},
    {"label", ALWAYS(ENTRY)},
    {"metadata", ALWAYS(NULL)},
    {"config", OF(MAP, config)},
    {"unrendered_config", OF(MAP, unrendered_config)},
    {"group", MADE(group_field)},
    {"depends_on", MADE(depends_on_field)},
    {"created_at", MADE(created_field)},
    {"refs", MADE(refs_field)},
    {"tags", OF(TEXTS, tags)},
    {0},
};

static const NodeField unit_test_fields[] = {
    {"model", MADE(tested_model_field)},
    {"given", MADE(given_field)},
    {"expect", MADE(expected_field)},
    {"name", OF(TEXT, name)},
    {"resource_type", MADE(type_field)},
    {"package_name", OF(TEXT, package)},
    {"path", OF(TEXT, path)},
    {"original_file_path", OF(TEXT, original_path)},
    {"unique_id", OF(TEXT, unique_id)},
    {"fqn", OF(TEXTS, fqn)},
    {"description", OF(TEXT, description)},
    {"overrides", MADE(overrides_field)},
    {"depends_on", MADE(depends_on_field)},
    {"config", OF(MAP, config)},
    {"checksum", OF(TEXT, checksum)},
    {"schema", OF(OPTIONAL, schema)},
    {"created_at", MADE(created_field)},
    {"versions", MADE(versions_field)},
    {"version", MADE(tested_version_field)},
    {0},
};

static const NodeField *fields_of(const Node *node)
{
    static const NodeField *const tables[RESOURCE_TYPE_COUNT] = {
        [RESOURCE_SOURCE] = source_fields,
        [RESOURCE_EXPOSURE] = exposure_fields,
        [RESOURCE_METRIC] = metric_fields,
        [RESOURCE_SEMANTIC_MODEL] = semantic_model_fields,
        [RESOURCE_SAVED_QUERY] = saved_query_fields,
    };
    if (node->unit_test != NULL) {
        return unit_test_fields;
    }
    return tables[node->type] != NULL ? tables[node->type] : node_fields;
}

/* The struct that has the field; NULL when the node has no such part. */
static const void *field_base(const NodeField *field, const Node *node)
{
    switch (field->owner) {
    case OF_NODE:
        break;
    case OF_CODE:
        return node->type != RESOURCE_SEED ? node : NULL;
    case OF_MODEL:
        return node->type == RESOURCE_MODEL ? node : NULL;
    case OF_SEED:
        return node->type == RESOURCE_SEED ? node : NULL;
    case OF_OPERATION:
        return node->type == RESOURCE_OPERATION ? node : NULL;
    case OF_FUNCTION:
        return node->type == RESOURCE_FUNCTION ? node : NULL;
    case OF_TEST:
        return node->test;
    case OF_SOURCE:
        return node->source;
    }
    return node;
}

static Value field_value(Arena *arena, const NodeField *field, const Node *node, const void *base)
{
    const void *at = (const char *)base + field->offset;
    switch (field->kind) {
    case FIELD_TEXT: {
        const Str *text = at;
        return value_string(text->data != NULL ? *text : STR(""));
    }
    case FIELD_OPTIONAL: {
        const Str *text = at;
        return text->len > 0 ? value_string(*text) : value_null();
    }
    case FIELD_TEXTS:
        return doc_texts(arena, at);
    case FIELD_MAP: {
        const Value *const *map = at;
        return doc_map_or_empty(arena, *map);
    }
    case FIELD_ENTRY: {
        return doc_find(node->entry, field->key);
    }
    case FIELD_NULL:
        break;
    case FIELD_NO_ITEMS:
        return value_list(NULL, 0);
    case FIELD_MADE:
        return field->make(arena, node);
    }
    return value_null();
}

Value node_value(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    for (const NodeField *field = fields_of(node); field->key != NULL; field++) {
        const void *base = field_base(field, node);
        if (base != NULL) {
            doc_set(&doc, field->key, field_value(arena, field, node, base));
        }
    }
    return doc_end(&doc);
}

bool node_value_field(Arena *arena, const Node *node, Str key, Value *out)
{
    for (const NodeField *field = fields_of(node); field->key != NULL; field++) {
        const void *base = str_is(key, field->key) ? field_base(field, node) : NULL;
        if (base != NULL) {
            *out = field_value(arena, field, node, base);
            return true;
        }
    }
    return false;
}
