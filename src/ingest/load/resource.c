#include "ingest/load/resource.h"

#include "base/suggest.h"
#include "ingest/document.h"
#include "ingest/normalise/contract.h"
#include "ingest/schema_internal.h"

/* ---- The source ---- */

static void set_normalizer_option(Schema *schema, const char *name, Value value)
{
    const Str path[] = {STR("json"), STR("config"), str_from(name)};
    const Value *normalizers = members_find(&schema->members, "normalizers");
    Value changed = document_set(schema->arena, normalizers, path, ARRAY_LEN(path), value);
    members_set(schema->arena, &schema->members, STR("normalizers"),
                value_copy(schema->arena, &changed));
}

static bool is_true(const Value *value)
{
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

Error *source_declare(Schema *schema, const SourceHints *hints)
{
    if (value_is(hints->max_table_nesting, VALUE_INT)) {
        set_normalizer_option(schema, "max_nesting", *hints->max_table_nesting);
    }
    if (value_is(hints->root_key, VALUE_BOOL)) {
        set_normalizer_option(schema, "root_key_propagation", *hints->root_key);
    }
    const Value *settings = members_find(&schema->members, "settings");
    Value changed = document_without(schema->arena, settings, STR("schema_contract"));
    if (!value_is_null(hints->schema_contract)) {
        TRY(contract_check(hints->schema_contract));
        changed =
            document_with(schema->arena, settings, STR("schema_contract"), *hints->schema_contract);
    }
    members_set(schema->arena, &schema->members, STR("settings"),
                value_copy(schema->arena, &changed));
    return NULL;
}

/* ---- Write dispositions ---- */

static const char *const dispositions[] = {"append", "replace", "merge", "skip", NULL};
static const char *const strategies[] = {"delete-insert", "upsert", "scd2",
                                         "insert-only",   "cdc",    NULL};

static Error *check_word(const Value *word, const char *what, const char *const *allowed)
{
    Str text = value_text_or(word, STR(""));
    for (const char *const *it = allowed; *it != NULL; it++) {
        if (str_is(text, *it)) {
            return NULL;
        }
    }
    return value_error(ERR_CONFIG, word, "'" STR_FMT "' is no %s", STR_ARG(text), what);
}

/* An option of a merge and the member of the table that keeps it. */
static const struct {
    const char *option;
    const char *member;
} merge_options[] = {
    {"strategy", "x-merge-strategy"},
    {"deduplicated", "x-stage-data-deduplicated"},
    {"boundary_timestamp", "x-boundary-timestamp"},
    {"source_filter", "x-merge-source-filter"},
    {"destination_scope", "x-merge-destination-scope"},
    {"skip_unchanged_rows", "x-merge-skip-unchanged-rows"},
};

static SchemaColumn *declare_column(Schema *schema, SchemaTable *table, Str name)
{
    SchemaColumn *column = schema_find_column(table, name);
    if (column == NULL) {
        column = schema_add_column(schema, table, name);
        schema_set_hint(schema, column, STR("name"), value_string(name));
    }
    return column;
}

static void declare_validity(Schema *schema, SchemaTable *table, Str name, const char *hint)
{
    DataType type = data_type(DATA_TIMESTAMP);
    SchemaColumn *column = schema_column(schema, table, name, &type, true);
    schema_set_hint(schema, column, str_from(hint), value_bool(true));
}

static void declare_row_version(Schema *schema, SchemaTable *table, Str name)
{
    SchemaColumn *column = declare_column(schema, table, name);
    schema_set_hint(schema, column, STR("nullable"), value_bool(false));
    schema_set_hint(schema, column, STR("x-row-version"), value_bool(true));
    schema_set_hint(schema, column, STR("unique"), value_bool(false));
    schema_set_hint(schema, column, STR("row_key"), value_bool(false));
}

/* The columns that say from when to when a version of a row was valid stand first. */
static void declare_scd2(Schema *schema, const Naming *naming, SchemaTable *table,
                         const Value *options)
{
    const Value *names = value_find(options, STR("validity_column_names"));
    Str from = value_text_or(value_at(names, 0), STR("_dlt_valid_from"));
    Str to = value_text_or(value_at(names, 1), STR("_dlt_valid_to"));
    const Value *active = value_find(options, STR("active_record_timestamp"));
    const Value *version = value_find(options, STR("row_version_column_name"));
    from = naming_key(naming, schema->arena, from);
    to = naming_key(naming, schema->arena, to);
    declare_validity(schema, table, from, "x-valid-from");
    declare_validity(schema, table, to, "x-valid-to");
    schema_set_hint(schema, schema_find_column(table, to), STR("x-active-record-timestamp"),
                    active != NULL ? *active : value_null());
    Str name = value_text_or(version, str_from(system_column_id.name));
    declare_row_version(schema, table,
                        version != NULL ? naming_key(naming, schema->arena, name) : name);
}

static Error *declare_merge(Schema *schema, const Naming *naming, SchemaTable *table,
                            const Value *options)
{
    const Value *strategy = value_find(options, STR("strategy"));
    if (strategy != NULL) {
        TRY(check_word(strategy,
                       "strategy of a merge: use delete-insert, upsert, insert-only, scd2 "
                       "or cdc",
                       strategies));
    }
    for (size_t i = 0; i < ARRAY_LEN(merge_options); i++) {
        const Value *value = value_find(options, str_from(merge_options[i].option));
        if (!value_is_null(value)) {
            schema_set_table_member(schema, table, str_from(merge_options[i].member), *value);
        }
    }
    if (str_is(value_text_or(strategy, STR("")), "scd2")) {
        declare_scd2(schema, naming, table, options);
    } else if (value_find(options, STR("row_version_column_name")) != NULL) {
        Str name = value_text_or(value_find(options, STR("row_version_column_name")), STR(""));
        declare_row_version(schema, table, naming_key(naming, schema->arena, name));
    }
    return NULL;
}

/* "merge", or {disposition: merge, strategy: upsert, ...}. */
static Error *read_disposition(const Value *given, Str *out_name, const Value **out_options)
{
    *out_options = value_is(given, VALUE_MAP) ? given : NULL;
    const Value *word = *out_options != NULL ? value_find(given, STR("disposition")) : given;
    *out_name = value_text_or(word, STR("append"));
    return word == NULL
               ? NULL
               : check_word(word, "write disposition: use append, replace or merge", dispositions);
}

/* ---- Columns ---- */

/* dlt keeps a key as a hint of each of its columns: a new key takes it from the old ones. */
static void drop_hint(SchemaTable *table, const char *hint)
{
    for (STRMAP_EACH(it, &table->columns)) {
        SchemaColumn *column = it->value;
        (void)strmap_remove(&column->members, str_from(hint));
    }
}

/* A key has a value in each row, unless the hints of its column say otherwise. */
static void declare_key(Schema *schema, const Naming *naming, SchemaTable *table,
                        const Value *hints, Str given, const char *hint)
{
    SchemaColumn *column = declare_column(schema, table, naming_key(naming, schema->arena, given));
    schema_set_hint(schema, column, str_from(hint), value_bool(true));
    const Value *own = value_find(value_find(hints, STR("columns")), given);
    if (value_find(own, STR("nullable")) == NULL) {
        schema_set_hint(schema, column, STR("nullable"), value_bool(false));
    }
}

static void declare_keys(Schema *schema, const Naming *naming, SchemaTable *table,
                         const Value *hints, const char *hint)
{
    const Value *names = value_find(hints, str_from(hint));
    if (value_is_null(names)) {
        return;
    }
    drop_hint(table, hint);
    if (value_is(names, VALUE_STRING)) {
        declare_key(schema, naming, table, hints, names->as.text, hint);
    }
    for (VALUE_EACH(name, names)) {
        declare_key(schema, naming, table, hints, value_text_or(name, STR("")), hint);
    }
}

static Error *check_type(const Value *hints)
{
    const Value *type = value_find(hints, STR("data_type"));
    DataKind kind;
    if (type == NULL || data_kind_find(value_text_or(type, STR("")), &kind)) {
        return NULL;
    }
    Error *err = value_error(ERR_CONFIG, type, "'" STR_FMT "' is no data type",
                             STR_ARG(value_text_or(type, STR(""))));
    return error_hint(err,
                      "use text, bigint, double, bool, timestamp, date, time, binary, decimal, "
                      "wei or json");
}

static Error *declare_column_hints(Schema *schema, const Naming *naming, SchemaTable *table,
                                   Str name, const Value *hints)
{
    TRY(check_type(hints));
    SchemaColumn *column = declare_column(schema, table, naming_key(naming, schema->arena, name));
    for (VALUE_EACH_ENTRY(it, hints)) {
        Str hint = value_text_or(&it->key, STR(""));
        if (!str_is(hint, "name")) {
            schema_set_hint(schema, column, hint, it->value);
        }
    }
    return NULL;
}

/* A map by name, or a list of columns that name themselves. */
static Error *declare_columns(Schema *schema, const Naming *naming, SchemaTable *table,
                              const Value *columns)
{
    for (VALUE_EACH(it, columns)) {
        Str name = value_text_or(value_find(it, STR("name")), STR(""));
        TRY(declare_column_hints(schema, naming, table, name, it));
    }
    for (VALUE_EACH_ENTRY(it, columns)) {
        Str name = value_text_or(&it->key, STR(""));
        TRY(declare_column_hints(schema, naming, table, name, &it->value));
    }
    return NULL;
}

/* A cursor that is a column says so, unless it is a path into the row. */
static void declare_cursor(Schema *schema, const Naming *naming, SchemaTable *table,
                           const Value *incremental)
{
    Str path = value_text_or(value_find(incremental, STR("cursor_path")), STR(""));
    if (path.len == 0 || str_find_char(path, '.') != SIZE_MAX ||
        str_find_char(path, '[') != SIZE_MAX || str_find_char(path, '$') != SIZE_MAX) {
        return;
    }
    SchemaColumn *column = declare_column(schema, table, naming_key(naming, schema->arena, path));
    schema_set_hint(schema, column, STR("incremental"), value_bool(true));
}

/* ---- Tables ---- */

static Error *declare_contract(Schema *schema, SchemaTable *table, const Value *contract)
{
    if (value_is_null(contract)) {
        return NULL;
    }
    TRY(contract_check(contract));
    schema_set_table_member(schema, table, STR("schema_contract"), *contract);
    return NULL;
}

/* dlt forgets the other marks of the table; the rows of this load make them again. */
static void declare_nesting(Schema *schema, SchemaTable *table, const Value *limit)
{
    if (value_is(limit, VALUE_INT)) {
        schema_set_table_member(schema, table, STR("x-normalizer"),
                                document_with(schema->arena, NULL, STR("max_nesting"), *limit));
    }
}

static bool has_keys(const Value *hints)
{
    return !value_is_null(value_find(hints, STR("primary_key"))) ||
           !value_is_null(value_find(hints, STR("merge_key")));
}

/* Which merges need to know the root of a nested row. */
static void declare_root_key(Schema *schema, const SchemaTable *table, Str disposition,
                             const Value *options)
{
    const Str path[] = {STR("json"), STR("config"), STR("root_key_propagation")};
    const Value *normalizers = members_find(&schema->members, "normalizers");
    const Value *given = document_find(normalizers, path, ARRAY_LEN(path));
    bool is_off = value_is(given, VALUE_BOOL) && !given->as.boolean;
    Str strategy = value_text_or(value_find(options, STR("strategy")), STR(""));
    bool merges = str_is(disposition, "merge") && !str_is(strategy, "scd2");
    if (is_true(given) || (merges && !is_off)) {
        schema_propagate_root_id(schema, table->name);
    }
}

/* The table of the list at a path "items.discounts" of the rows, and the one it lies in. */
static Str nested_name(Schema *schema, const Naming *naming, Str root, Str path, Str *out_parent)
{
    Str name = root;
    Str piece;
    for (Str rest = path; str_next_piece(&rest, '.', &piece);) {
        *out_parent = name;
        name = naming_join(naming, schema->arena, name, naming_path(naming, schema->arena, piece));
    }
    return name;
}

/* Lists whose rows have a key of their own are tables of their own. */
static Error *declare_nested(Schema *schema, const Naming *naming, const SchemaTable *root,
                             const Resource *resource, const ValueEntry *entry)
{
    Str parent = root->name;
    Str name =
        nested_name(schema, naming, root->name, value_text_or(&entry->key, STR("")), &parent);
    const Value *hints = &entry->value;
    Str disposition = STR("append");
    const Value *options = NULL;
    SchemaTable *table = NULL;
    if (has_keys(hints)) {
        TRY(read_disposition(value_find(hints, STR("write_disposition")), &disposition, &options));
        table = schema_root_table(schema, name, resource->name, disposition);
        TRY(declare_merge(schema, naming, table, options));
        declare_root_key(schema, table, disposition, options);
    } else {
        table = schema_nested_table(schema, name, parent);
        table->is_declared = true;
    }
    TRY(declare_columns(schema, naming, table, value_find(hints, STR("columns"))));
    declare_keys(schema, naming, table, hints, "primary_key");
    declare_keys(schema, naming, table, hints, "merge_key");
    return declare_contract(schema, table, value_find(hints, STR("schema_contract")));
}

static bool is_kept_out(const SchemaTable *known, const ContractMode *modes)
{
    return known == NULL && modes[CONTRACT_TABLES] != CONTRACT_EVOLVE;
}

static Error *check_table_contract(Schema *schema, const Value *contract, Str name,
                                   bool *out_allowed)
{
    AUTO_FREE(arena) Arena *arena = arena_new("contract");
    ContractMode modes[CONTRACT_ENTITIES];
    SchemaTable probe = {.members = strmap_init(arena)};
    if (!value_is_null(contract)) {
        TRY(contract_check(contract));
        Value *kept = ARENA_NEW(arena, Value);
        *kept = *contract;
        strmap_set(&probe.members, STR("schema_contract"), kept);
    }
    contract_of_table(schema, &probe, modes);
    *out_allowed = !is_kept_out(schema_find_table(schema, name), modes);
    return !*out_allowed && modes[CONTRACT_TABLES] == CONTRACT_FREEZE
               ? contract_frozen_table(schema, name)
               : NULL;
}

Error *resource_table_name(Schema *schema, const Naming *naming, const Resource *resource, Str *out)
{
    const Value *given = value_find(resource->hints, STR("table_name"));
    return naming_table(naming, schema->arena, value_text_or(given, resource->name), out);
}

/* That of the run, or of the resource. */
static const Value *disposition_of(const Resource *resource)
{
    return resource->write_disposition != NULL
               ? resource->write_disposition
               : value_find(resource->hints, STR("write_disposition"));
}

Error *resource_replaces(const Resource *resource, bool *out)
{
    Str disposition;
    const Value *options;
    TRY(read_disposition(disposition_of(resource), &disposition, &options));
    *out = str_is(disposition, "replace");
    return NULL;
}

Error *resource_declare(Schema *schema, const Naming *naming, const Resource *resource,
                        SchemaTable **out_table)
{
    const Value *hints = resource->hints;
    Str name;
    Str disposition;
    const Value *options = NULL;
    bool allowed = true;
    *out_table = NULL;
    const Value *contract = resource->schema_contract != NULL
                                ? resource->schema_contract
                                : value_find(hints, STR("schema_contract"));
    TRY(resource_table_name(schema, naming, resource, &name));
    TRY(check_table_contract(schema, contract, name, &allowed));
    if (!allowed) {
        return NULL;
    }
    TRY(read_disposition(disposition_of(resource), &disposition, &options));
    SchemaTable *table = schema_root_table(schema, name, resource->name, disposition);
    table->columnar = resource->columnar;
    TRY(declare_merge(schema, naming, table, options));
    TRY(declare_columns(schema, naming, table, value_find(hints, STR("columns"))));
    declare_keys(schema, naming, table, hints, "primary_key");
    declare_keys(schema, naming, table, hints, "merge_key");
    declare_cursor(schema, naming, table, value_find(hints, STR("incremental")));
    declare_nesting(schema, table, value_find(hints, STR("max_table_nesting")));
    declare_root_key(schema, table, disposition, options);
    TRY(declare_contract(schema, table, contract));
    for (VALUE_EACH_ENTRY(it, value_find(hints, STR("nested_hints")))) {
        TRY(declare_nested(schema, naming, table, resource, it));
    }
    *out_table = table;
    return NULL;
}
