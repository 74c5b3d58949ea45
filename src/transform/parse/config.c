#include "transform/parse/config.h"

#include "base/limits.h"
#include "transform/python/text.h"
#include "value/json_reader.h"

typedef enum MergeKind {
    MERGE_REPLACE,
    MERGE_APPEND, /* a list; a scalar counts as a list of one */
    MERGE_UPDATE, /* a map, key by key */
    MERGE_GRANTS, /* a map of lists; "+key" extends the list of `key` */
} MergeKind;

/* Types of values a field takes, and in which words a refusal puts it. */
typedef enum FieldType {
    FIELD_ANY,
    FIELD_BOOL,
    FIELD_TEXT,
    FIELD_OPTIONAL_TEXT,
    FIELD_OPTIONAL_BOOL,
    FIELD_OPTIONAL_INT,
    FIELD_MAP,
    FIELD_FUNCTION_TYPE, /* one of a few words, as the next one */
    FIELD_VOLATILITY,
} FieldType;

typedef enum FieldOwner {
    OF_MODEL = 1 << 0,
    OF_SEED = 1 << 1,
    OF_SNAPSHOT = 1 << 2,
    OF_TEST = 1 << 3,
    OF_SOURCE = 1 << 4,
    OF_EXPOSURE = 1 << 5,
    OF_SEMANTIC = 1 << 6, /* metrics and semantic models */
    OF_SAVED_QUERY = 1 << 7,
    OF_QUERIES = OF_SEMANTIC | OF_SAVED_QUERY,
    OF_CODE = 1 << 8, /* analyses, operations and inline queries */
    OF_UNIT_TEST = 1 << 9,
    OF_FUNCTION = 1 << 10,
    OF_NODES = OF_MODEL | OF_SEED | OF_SNAPSHOT | OF_CODE | OF_FUNCTION,
    OF_ALL = OF_NODES | OF_TEST | OF_SOURCE | OF_EXPOSURE | OF_QUERIES | OF_UNIT_TEST,
} FieldOwner;

typedef struct ConfigField {
    const char *name;
    unsigned owners;
    MergeKind merge;
    FieldType type;
    const char *preset; /* its default, read by preset_value() */
} ConfigField;

/* In the order in which artifacts list them. */
static const ConfigField fields[] = {
    {"tags", OF_UNIT_TEST, MERGE_APPEND, FIELD_ANY, "[]"},
    {"meta", OF_UNIT_TEST, MERGE_UPDATE, FIELD_MAP, "{}"},
    {"enabled", OF_ALL, MERGE_REPLACE, FIELD_BOOL, "true"},
    {"event_time", OF_SOURCE, MERGE_REPLACE, FIELD_ANY, "null"},
    {"freshness", OF_SOURCE, MERGE_UPDATE, FIELD_ANY, "freshness"},
    {"loaded_at_field", OF_SOURCE, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"loaded_at_query", OF_SOURCE, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"alias", OF_NODES | OF_TEST, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"schema", OF_NODES, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"schema", OF_TEST, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "dbt_test__audit"},
    {"database", OF_NODES | OF_TEST, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"group", OF_QUERIES, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"tags", OF_ALL & ~(OF_SOURCE | OF_QUERIES | OF_UNIT_TEST), MERGE_APPEND, FIELD_ANY, "[]"},
    {"meta", OF_ALL & ~OF_UNIT_TEST, MERGE_UPDATE, FIELD_MAP, "{}"},
    {"tags", OF_SOURCE, MERGE_APPEND, FIELD_ANY, "[]"},
    {"group", OF_NODES | OF_TEST, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"export_as", OF_SAVED_QUERY, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"schema", OF_SAVED_QUERY, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"cache", OF_SAVED_QUERY, MERGE_UPDATE, FIELD_MAP, "cache"},
    {"static_analysis", OF_NODES | OF_TEST | OF_SOURCE | OF_UNIT_TEST, MERGE_REPLACE, FIELD_ANY,
     "null"},
    {"materialized", OF_MODEL | OF_CODE, MERGE_REPLACE, FIELD_TEXT, "view"},
    {"materialized", OF_SEED, MERGE_REPLACE, FIELD_TEXT, "seed"},
    {"materialized", OF_SNAPSHOT, MERGE_REPLACE, FIELD_TEXT, "snapshot"},
    {"materialized", OF_TEST, MERGE_REPLACE, FIELD_TEXT, "test"},
    {"materialized", OF_FUNCTION, MERGE_REPLACE, FIELD_TEXT, "function"},
    {"incremental_strategy", OF_NODES, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"batch_size", OF_NODES, MERGE_REPLACE, FIELD_ANY, "null"},
    {"lookback", OF_NODES, MERGE_REPLACE, FIELD_ANY, "1"},
    {"begin", OF_NODES, MERGE_REPLACE, FIELD_ANY, "null"},
    {"persist_docs", OF_NODES, MERGE_UPDATE, FIELD_MAP, "{}"},
    {"post-hook", OF_NODES, MERGE_APPEND, FIELD_ANY, "[]"},
    {"pre-hook", OF_NODES, MERGE_APPEND, FIELD_ANY, "[]"},
    {"quoting", OF_NODES, MERGE_UPDATE, FIELD_MAP, "{}"},
    {"column_types", OF_NODES, MERGE_UPDATE, FIELD_MAP, "{}"},
    {"full_refresh", OF_NODES, MERGE_REPLACE, FIELD_OPTIONAL_BOOL, "null"},
    {"unique_key", OF_NODES, MERGE_REPLACE, FIELD_ANY, "null"},
    {"on_schema_change", OF_NODES, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "ignore"},
    {"on_configuration_change", OF_NODES, MERGE_REPLACE, FIELD_TEXT, "apply"},
    {"grants", OF_NODES, MERGE_GRANTS, FIELD_MAP, "{}"},
    {"packages", OF_NODES, MERGE_APPEND, FIELD_ANY, "[]"},
    {"docs", OF_NODES, MERGE_UPDATE, FIELD_MAP, "docs"},
    {"contract", OF_NODES, MERGE_UPDATE, FIELD_MAP, "contract"},
    {"event_time", OF_NODES, MERGE_REPLACE, FIELD_ANY, "null"},
    {"concurrent_batches", OF_NODES, MERGE_REPLACE, FIELD_ANY, "null"},
    {"strategy", OF_SNAPSHOT, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"target_schema", OF_SNAPSHOT, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"target_database", OF_SNAPSHOT, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"updated_at", OF_SNAPSHOT, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"check_cols", OF_SNAPSHOT, MERGE_REPLACE, FIELD_ANY, "null"},
    {"snapshot_meta_column_names", OF_SNAPSHOT, MERGE_UPDATE, FIELD_MAP, "meta columns"},
    {"dbt_valid_to_current", OF_SNAPSHOT, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"delimiter", OF_SEED, MERGE_REPLACE, FIELD_TEXT, ","},
    {"quote_columns", OF_SEED, MERGE_REPLACE, FIELD_OPTIONAL_BOOL, "null"},
    {"access", OF_MODEL, MERGE_REPLACE, FIELD_TEXT, "protected"},
    {"freshness", OF_MODEL, MERGE_REPLACE, FIELD_ANY, "null"},
    {"type", OF_FUNCTION, MERGE_REPLACE, FIELD_FUNCTION_TYPE, "scalar"},
    {"volatility", OF_FUNCTION, MERGE_REPLACE, FIELD_VOLATILITY, "null"},
    {"runtime_version", OF_FUNCTION, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"entry_point", OF_FUNCTION, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"severity", OF_TEST, MERGE_REPLACE, FIELD_TEXT, "ERROR"},
    {"store_failures", OF_TEST, MERGE_REPLACE, FIELD_OPTIONAL_BOOL, "null"},
    {"store_failures_as", OF_TEST, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"where", OF_TEST, MERGE_REPLACE, FIELD_OPTIONAL_TEXT, "null"},
    {"limit", OF_TEST, MERGE_REPLACE, FIELD_OPTIONAL_INT, "null"},
    {"fail_calc", OF_TEST, MERGE_REPLACE, FIELD_TEXT, "count(*)"},
    {"warn_if", OF_TEST, MERGE_REPLACE, FIELD_TEXT, "!= 0"},
    {"error_if", OF_TEST, MERGE_REPLACE, FIELD_TEXT, "!= 0"},
};

static unsigned owner_of(ResourceType type)
{
    switch (type) {
    case RESOURCE_SEED:
        return OF_SEED;
    case RESOURCE_SNAPSHOT:
        return OF_SNAPSHOT;
    case RESOURCE_TEST:
        return OF_TEST;
    case RESOURCE_SOURCE:
        return OF_SOURCE;
    case RESOURCE_EXPOSURE:
        return OF_EXPOSURE;
    case RESOURCE_METRIC:
    case RESOURCE_SEMANTIC_MODEL:
        return OF_SEMANTIC;
    case RESOURCE_SAVED_QUERY:
        return OF_SAVED_QUERY;
    case RESOURCE_UNIT_TEST:
        return OF_UNIT_TEST;
    case RESOURCE_MODEL:
        return OF_MODEL;
    case RESOURCE_FUNCTION:
        return OF_FUNCTION;
    case RESOURCE_ANALYSIS:
    case RESOURCE_OPERATION:
    case RESOURCE_INLINE:
    case RESOURCE_TYPE_COUNT:
        break;
    }
    return OF_CODE;
}

static const ConfigField *find_field(unsigned owners, Str name)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if ((fields[i].owners & owners) != 0 && str_is(name, fields[i].name)) {
            return &fields[i];
        }
    }
    return NULL;
}

bool config_is_declared(ResourceType type, Str name)
{
    return find_field(owner_of(type), name) != NULL;
}

/* ---- Merging ---- */

static void push_listified(Arena *arena, ValueVec *items, const Value *value)
{
    if (value_is(value, VALUE_LIST)) {
        for (VALUE_EACH(item, value)) {
            VEC_PUSH(arena, items, *item);
        }
    } else if (value != NULL && !value_is_null(value)) {
        VEC_PUSH(arena, items, *value);
    }
}

static Value append_lists(Arena *arena, const Value *base, const Value *over)
{
    ValueVec items = {0};
    push_listified(arena, &items, base);
    push_listified(arena, &items, over);
    return value_list_of(&items);
}

static Value update_map(Arena *arena, const Value *base, const Value *over)
{
    if (!value_is(base, VALUE_MAP) || !value_is(over, VALUE_MAP)) {
        return over != NULL ? *over : value_null();
    }
    ValueMapBuilder builder = value_map_begin(arena);
    value_map_put_all(&builder, base);
    value_map_put_all(&builder, over);
    return value_map_end(&builder);
}

static Value merge_grants(Arena *arena, const Value *base, const Value *over)
{
    if (!value_is(over, VALUE_MAP)) {
        return *over;
    }
    ValueMapBuilder builder = value_map_begin(arena);
    if (value_is(base, VALUE_MAP)) {
        value_map_put_all(&builder, base);
    }
    for (VALUE_EACH_ENTRY(entry, over)) {
        Str key = value_text_or(&entry->key, (Str){0});
        bool extends = key.len > 0 && key.data[0] == '+';
        Value name = value_string(extends ? str_from_offset(key, 1) : key);
        const ValueEntry *before = extends ? value_map_peek(&builder, &name) : NULL;
        const Value *inherited = before != NULL ? &before->value : NULL;
        value_map_put(&builder, name, append_lists(arena, inherited, &entry->value));
    }
    return value_map_end(&builder);
}

static Value merge_field(Arena *arena, MergeKind kind, const Value *base, const Value *over)
{
    switch (kind) {
    case MERGE_REPLACE:
        break;
    case MERGE_APPEND: /* a level alone stays as it is written */
        return base != NULL ? append_lists(arena, base, over) : *over;
    case MERGE_UPDATE:
        return update_map(arena, base, over);
    case MERGE_GRANTS:
        return merge_grants(arena, base, over);
    }
    return *over;
}

const Value *config_merge(Arena *arena, const Value *base, const Value *over)
{
    if (value_len(over) == 0) {
        return base != NULL ? base : over;
    }
    ValueMapBuilder builder = value_map_begin(arena);
    if (base != NULL) {
        value_map_put_all(&builder, base);
    }
    for (VALUE_EACH_ENTRY(entry, over)) {
        const ConfigField *field = find_field(OF_ALL, value_text_or(&entry->key, (Str){0}));
        MergeKind kind = field != NULL ? field->merge : MERGE_REPLACE;
        const ValueEntry *before = value_map_peek(&builder, &entry->key);
        Value merged =
            merge_field(arena, kind, before != NULL ? &before->value : NULL, &entry->value);
        value_map_put(&builder, entry->key, merged);
    }
    Value *result = ARENA_NEW(arena, Value);
    *result = value_map_end(&builder);
    return result;
}

const Value *config_of_entry(Arena *arena, const Value *entry, const char *const *beside)
{
    ValueMapBuilder builder = value_map_begin(arena);
    for (; *beside != NULL; beside++) {
        Str key = str_from(*beside);
        const Value *value = value_find(entry, key);
        if (value != NULL) {
            value_map_set(&builder, key, *value);
        }
    }
    Value *level = ARENA_NEW(arena, Value); /* the result may be this very map */
    *level = value_map_end(&builder);
    return config_merge(arena, level, value_find(entry, STR("config")));
}

const Value *config_overlay(Arena *arena, const Value *base, const Value *over)
{
    if (value_len(over) == 0) {
        return base != NULL ? base : over;
    }
    ValueMapBuilder builder = value_map_begin(arena);
    if (base != NULL) {
        value_map_put_all(&builder, base);
    }
    value_map_put_all(&builder, over);
    Value *result = ARENA_NEW(arena, Value);
    *result = value_map_end(&builder);
    return result;
}

/* The key as the table of fields has it. */
static Value canonical_key(const Value *key, Str name)
{
    static const char *const pairs[][2] = {{"pre_hook", "pre-hook"}, {"post_hook", "post-hook"}};
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        if (str_is(name, pairs[i][0])) {
            name = str_from(pairs[i][1]);
        }
    }
    return value_placed_at(value_string(name), key);
}

Error *config_normalize(Arena *arena, const Value *level, const Value **out_level)
{
    ValueMapBuilder builder = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(entry, level)) {
        Value key = entry->key;
        if (value_is(&key, VALUE_STRING)) {
            key = canonical_key(&key, key.as.text);
        }
        if (value_map_put(&builder, key, entry->value)) {
            Str name = value_text_or(&key, (Str){0});
            size_t hyphen = str_find_char(name, '-');
            Str before = str_slice(name, 0, hyphen < name.len ? hyphen : name.len);
            return value_error(ERR_TEMPLATE, &entry->key,
                               "Invalid config, has conflicting keys \"" STR_FMT "_hook\" and "
                               "\"" STR_FMT "\"",
                               STR_ARG(before), STR_ARG(name));
        }
    }
    Value *result = ARENA_NEW(arena, Value);
    *result = value_map_end(&builder);
    *out_level = result;
    return NULL;
}

/* ---- Trees ---- */

/* The configs that stand at one level of a tree. */
static const Value *level_configs(Arena *arena, const Value *level)
{
    ValueMapBuilder builder = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(entry, level)) {
        Str key = value_text_or(&entry->key, (Str){0});
        if (key.len > 0 && key.data[0] == '+') {
            Str name = str_trim(str_from_offset(key, 1));
            value_map_put(&builder, canonical_key(&entry->key, name), entry->value);
        } else if (!value_is(&entry->value, VALUE_MAP)) {
            value_map_put(&builder, canonical_key(&entry->key, key), entry->value);
        }
    }
    Value *result = ARENA_NEW(arena, Value);
    *result = value_map_end(&builder);
    return result;
}

const Value *config_of_tree(Arena *arena, const Value *tree, const StrVec *fqn,
                            ConfigCombine combine)
{
    const Value *merged = NULL;
    const Value *level = tree;
    for (size_t i = 0; value_is(level, VALUE_MAP); i++) {
        merged = combine(arena, merged, level_configs(arena, level));
        level = i < fqn->len ? value_find(level, fqn->data[i]) : NULL;
    }
    return merged;
}

const Value *config_innermost(const Value *tree, const StrVec *fqn)
{
    const Value *innermost = NULL;
    const Value *level = tree;
    for (size_t i = 0; value_is(level, VALUE_MAP); i++) {
        innermost = level;
        level = i < fqn->len ? value_find(level, fqn->data[i]) : NULL;
    }
    return innermost;
}

/* ---- Finishing ---- */

static Value two_entries(Arena *arena, const char *first, Value a, const char *second, Value b)
{
    ValueMapBuilder builder = value_map_begin(arena);
    value_map_set(&builder, str_from(first), a);
    value_map_set(&builder, str_from(second), b);
    return value_map_end(&builder);
}

/* No threshold at all, as a source without freshness shows it. */
static Value preset_freshness(Arena *arena)
{
    Value never = two_entries(arena, "count", value_null(), "period", value_null());
    ValueMapBuilder builder = value_map_begin(arena);
    value_map_set(&builder, STR("warn_after"), never);
    value_map_set(&builder, STR("error_after"), never);
    value_map_set(&builder, STR("filter"), value_null());
    return value_map_end(&builder);
}

/* The columns that snapshots add, under their own names. */
static Value preset_meta_columns(Arena *arena)
{
    static const char *const names[] = {"dbt_valid_to", "dbt_valid_from", "dbt_scd_id",
                                        "dbt_updated_at", "dbt_is_deleted"};
    ValueMapBuilder builder = value_map_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        value_map_set(&builder, str_from(names[i]), value_null());
    }
    return value_map_end(&builder);
}

static Value preset_value(Arena *arena, const char *preset)
{
    Str text = str_from(preset);
    if (str_is(text, "null")) {
        return value_null();
    }
    if (str_is(text, "true")) {
        return value_bool(true);
    }
    if (str_is(text, "1")) {
        return value_int(1);
    }
    if (str_is(text, "[]")) {
        return value_list(NULL, 0);
    }
    if (str_is(text, "{}")) {
        ValueMapBuilder builder = value_map_begin(arena);
        return value_map_end(&builder);
    }
    if (str_is(text, "docs")) {
        return two_entries(arena, "show", value_bool(true), "node_color", value_null());
    }
    if (str_is(text, "freshness")) {
        return preset_freshness(arena);
    }
    if (str_is(text, "meta columns")) {
        return preset_meta_columns(arena);
    }
    if (str_is(text, "cache")) {
        ValueMapBuilder builder = value_map_begin(arena);
        value_map_set(&builder, STR("enabled"), value_bool(false));
        return value_map_end(&builder);
    }
    if (str_is(text, "contract")) {
        return two_entries(arena, "enforced", value_bool(false), "alias_types", value_bool(true));
    }
    return value_string(text);
}

typedef struct FieldTypeRow {
    const char *name; /* in JSON schema; NULL = anything goes */
    ValueKind kind;
    bool optional;
} FieldTypeRow;

static const FieldTypeRow field_types[] = {
    [FIELD_ANY] = {NULL, VALUE_NULL, true},
    [FIELD_BOOL] = {"boolean", VALUE_BOOL, false},
    [FIELD_TEXT] = {"string", VALUE_STRING, false},
    [FIELD_OPTIONAL_TEXT] = {"string", VALUE_STRING, true},
    [FIELD_OPTIONAL_BOOL] = {"boolean", VALUE_BOOL, true},
    [FIELD_OPTIONAL_INT] = {"integer", VALUE_INT, true},
    [FIELD_MAP] = {"object", VALUE_MAP, false},
    [FIELD_FUNCTION_TYPE] = {"FunctionType", VALUE_STRING, false},
    [FIELD_VOLATILITY] = {"Optional[FunctionVolatility]", VALUE_STRING, true},
};

static const char *const function_types[] = {"scalar", "aggregate", "table", NULL};
static const char *const volatilities[] = {"deterministic", "stable", "non-deterministic", NULL};

/* The words that a field takes; NULL when it takes any. */
static const char *const *words_of(const ConfigField *field)
{
    return field->type == FIELD_FUNCTION_TYPE ? function_types
           : field->type == FIELD_VOLATILITY  ? volatilities
                                              : NULL;
}

static Error *check_word(const ConfigField *field, const char *const *words, const Value *value)
{
    AUTO_FREE(arena) Arena *arena = arena_new("config check");
    StrBuf shown = strbuf_init(arena, 1000), known = strbuf_init(arena, 1000);
    for (size_t i = 0; words[i] != NULL; i++) {
        if (value_is(value, VALUE_STRING) && str_is(value->as.text, words[i])) {
            return NULL;
        }
        strbuf_printf(&known, "%s'%s'", i > 0 ? ", " : "", words[i]);
    }
    python_repr(value, &shown);
    Error *err = error_new(ERR_CONFIG,
                           "Field \"%s\" of type %s in FunctionConfig has invalid value " STR_FMT,
                           field->name, field_types[field->type].name, STR_ARG(strbuf_str(&shown)));
    return error_hint(error_as(err, "dbt"), "use one of " STR_FMT, STR_ARG(strbuf_str(&known)));
}

static Error *check_field(const ConfigField *field, const Value *value)
{
    const FieldTypeRow *type = &field_types[field->type];
    const char *const *words = words_of(field);
    if (words != NULL && !(type->optional && value_is_null(value))) {
        return check_word(field, words, value);
    }
    if (type->name == NULL || value_is(value, type->kind) ||
        (type->optional && value_is_null(value))) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("config check");
    StrBuf shown = strbuf_init(arena, 1000);
    python_repr(value, &shown);
    if (type->optional) {
        return error_new(ERR_CONFIG,
                         "at path ['%s']: " STR_FMT " is not valid under any of the given schemas",
                         field->name, STR_ARG(strbuf_str(&shown)));
    }
    return error_new(ERR_CONFIG, "at path ['%s']: " STR_FMT " is not of type '%s'", field->name,
                     STR_ARG(strbuf_str(&shown)), type->name);
}

/* What make_hook_config() and its like give is the text of a JSON object. */
const Value *config_hook_parts(Arena *arena, const Value *hook)
{
    ReadOptions options = {.path = STR("hook")};
    const Value *parts = NULL;
    if (!value_is(hook, VALUE_STRING) || !str_starts_with(str_trim(hook->as.text), STR("{")) ||
        str_starts_with(str_trim(hook->as.text), STR("{{"))) {
        return hook;
    }
    Error *err = json_read(arena, hook->as.text, &options, &parts);
    if (err != NULL) {
        error_discard(err, "what is no JSON is SQL");
        return hook;
    }
    return parts;
}

/* "sql", {sql, transaction} or JSON of that as {sql, transaction, index}. */
static Error *hook_entry(Arena *arena, const char *key, const Value *given, Value *out)
{
    const Value *hook = config_hook_parts(arena, given);
    bool map = value_is(hook, VALUE_MAP);
    const Value *sql = map ? value_find(hook, STR("sql")) : hook;
    const Value *transaction = map ? value_find(hook, STR("transaction")) : NULL;
    const Value *index = map ? value_find(hook, STR("index")) : NULL;
    if (!value_is(sql, VALUE_STRING)) {
        return value_error(ERR_CONFIG, given,
                           "'%s' takes texts of SQL and maps with the key 'sql', but here is %s",
                           key, value_describe(arena, hook).data);
    }
    ValueMapBuilder builder = value_map_begin(arena);
    value_map_set(&builder, STR("sql"), *sql);
    value_map_set(&builder, STR("transaction"),
                  value_is(transaction, VALUE_BOOL) ? *transaction : value_bool(true));
    value_map_set(&builder, STR("index"), index != NULL ? *index : value_null());
    *out = value_map_end(&builder);
    return NULL;
}

static Error *complete_field(Arena *arena, const ConfigField *field, const Value *given, Value *out)
{
    Value preset = preset_value(arena, field->preset);
    *out = given != NULL ? merge_field(arena, field->merge, &preset, given) : preset;
    if (!str_ends_with(str_from(field->name), STR("-hook"))) {
        return NULL;
    }
    ValueVec hooks = {0};
    for (VALUE_EACH(given_hook, out)) {
        Value hook;
        TRY(hook_entry(arena, field->name, given_hook, &hook));
        VEC_PUSH(arena, &hooks, hook);
    }
    *out = value_list_of(&hooks);
    return NULL;
}

/* Whether a test stores what it finds, and as what: each follows from the other. */
static void complete_storing(unsigned owner, ValueMapBuilder *config)
{
    Value stores_key = value_string(STR("store_failures"));
    Value as_key = value_string(STR("store_failures_as"));
    const ValueEntry *stores = value_map_peek(config, &stores_key);
    const ValueEntry *as = value_map_peek(config, &as_key);
    if (owner != OF_TEST || stores == NULL || as == NULL) {
        return;
    }
    if (value_is(&as->value, VALUE_STRING)) {
        bool kept = !str_is(as->value.as.text, "ephemeral");
        value_map_put(config, stores_key, value_bool(kept));
    } else if (value_is(&stores->value, VALUE_BOOL)) {
        Str kind = stores->value.as.boolean ? STR("table") : STR("ephemeral");
        value_map_put(config, as_key, value_string(kind));
    }
}

Error *config_finish(Arena *arena, ResourceType type, const Value *merged, const Value **out_config)
{
    unsigned owner = owner_of(type);
    ValueMapBuilder builder = value_map_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if ((fields[i].owners & owner) == 0) {
            continue;
        }
        const Value *given = value_find(merged, str_from(fields[i].name));
        Value value;
        TRY(complete_field(arena, &fields[i], given, &value));
        TRY(check_field(&fields[i], &value));
        value_map_set(&builder, str_from(fields[i].name), value);
    }
    complete_storing(owner, &builder);
    for (VALUE_EACH_ENTRY(entry, merged)) {
        if (find_field(owner, value_text_or(&entry->key, (Str){0})) == NULL) {
            value_map_put(&builder, entry->key, entry->value);
        }
    }
    Value *result = ARENA_NEW(arena, Value);
    *result = value_map_end(&builder);
    *out_config = result;
    return NULL;
}
