#include "ingest/normalise/target.h"

#include "base/limits.h"
#include "ingest/normalise/contract.h"

enum {
    MOST_TABLES = 10000,
    MOST_COLUMNS = 10000,
    MOST_FIELDS = 100000, /* different keys at one place */
    DEFAULT_NESTING = 1000,
};

Error *target_set_init(TargetSet *set, Arena *arena, NormaliseJob *job)
{
    *set = (TargetSet){
        .arena = arena,
        .job = job,
        .roots = strmap_init(arena),
        .lists = strmap_init(arena),
    };
    return inference_new(arena, job->schema, &set->inference);
}

void target_set_done(TargetSet *set)
{
    for (size_t i = 0; i < set->tables.len; i++) {
        row_batch_done(&set->tables.data[i]->rows);
    }
}

/* ---- Columns ---- */

/* The schema is held. Knows a column that has a type. */
static Error *know_column(TargetSet *set, TableTarget *table, const SchemaColumn *found,
                          ColumnTarget **out)
{
    ColumnTarget *column = ARENA_NEW(set->arena, ColumnTarget);
    *column = (ColumnTarget){.name = str_dup(set->arena, found->name),
                             .nullable = schema_column_nullable(found)};
    (void)schema_column_type(found, &column->type);
    TRY(row_batch_add_column(&table->rows, &column->type, &column->index));
    strmap_set(&table->columns, column->name, column);
    *out = column;
    return NULL;
}

/* The schema is held. The column if it is there with a type, else NULL. */
static Error *find_column(TargetSet *set, TableTarget *table, Str name, ColumnTarget **out)
{
    DataType type;
    *out = strmap_find(&table->columns, name);
    const SchemaColumn *found = *out == NULL ? schema_find_column(table->table, name) : NULL;
    return found != NULL && schema_column_type(found, &type) ? know_column(set, table, found, out)
                                                             : NULL;
}

static ValueFate fate_of(ContractMode mode)
{
    return mode == CONTRACT_DISCARD_ROW     ? ROW_DISCARDED
           : mode == CONTRACT_DISCARD_VALUE ? VALUE_DISCARDED
                                            : VALUE_KEPT;
}

static Error *check_room(const TableTarget *table, Str name)
{
    if (table->table->columns.len < MOST_COLUMNS) {
        return NULL;
    }
    Error *err = error_new(ERR_LIMIT,
                           "table `" STR_FMT
                           "` would get more than %d columns, the next one is `" STR_FMT "`",
                           STR_ARG(table->name), MOST_COLUMNS, STR_ARG(name));
    return error_hint(err,
                      "where keys are data (ids, dates), give the column the type json or lower "
                      "max_table_nesting");
}

static Error *add_column(TargetSet *set, TableTarget *table, Str name, const DataType *type,
                         SchemaColumn **out)
{
    Schema *schema = set->job->schema;
    TRY(check_room(table, name));
    *out = schema_column(schema, table->table, name, type, true);
    infer_default_hints(set->inference, schema, *out);
    return NULL;
}

static Error *make_column(TargetSet *set, TableTarget *table, FieldTarget *field, const Cell *cell,
                          ValueFate *out_fate)
{
    Str name = field->column_name;
    TRY(find_column(set, table, name, &field->column));
    if (field->column != NULL) {
        return NULL;
    }
    ContractMode mode = table->is_new ? CONTRACT_EVOLVE : table->contract[CONTRACT_COLUMNS];
    bool is_declared = schema_find_column(table->table, name) != NULL;
    if (!is_declared && mode == CONTRACT_FREEZE) {
        return contract_frozen_column(set->job->schema, table->name, name);
    }
    *out_fate = is_declared ? VALUE_KEPT : fate_of(mode);
    if (*out_fate != VALUE_KEPT) {
        return NULL;
    }
    DataType type = infer_column(set->inference, name, cell);
    SchemaColumn *made;
    TRY(add_column(set, table, name, &type, &made));
    return know_column(set, table, made, &field->column);
}

Error *target_new_column(TargetSet *set, TableTarget *table, FieldTarget *field, const Cell *cell,
                         ValueFate *out_fate)
{
    *out_fate = VALUE_KEPT;
    if (field->column_name.len == 0) {
        return error_new(ERR_INPUT,
                         "the key '" STR_FMT "' cannot be a column: nothing is left of it "
                         "as a name",
                         STR_ARG(field->key));
    }
    TRY(normalise_job_lock(set->job, set->batch));
    Error *err = make_column(set, table, field, cell, out_fate);
    normalise_job_unlock(set->job);
    return err;
}

static Error *make_variant(TargetSet *set, TableTarget *table, const ColumnTarget *column,
                           const Cell *cell, ColumnTarget **out_variant, ValueFate *out_fate)
{
    Schema *schema = set->job->schema;
    Str name =
        str_printf(set->arena, STR_FMT "__v_%s", STR_ARG(column->name), data_kind_name(cell->kind));
    TRY(find_column(set, table, name, out_variant));
    if (*out_variant != NULL) {
        return NULL;
    }
    ContractMode mode = table->contract[CONTRACT_DATA_TYPE];
    if (mode == CONTRACT_FREEZE) {
        return contract_frozen_variant(schema, table->name, name);
    }
    *out_fate = fate_of(mode);
    if (*out_fate != VALUE_KEPT) {
        return NULL;
    }
    DataType type = infer_variant(set->inference, cell);
    SchemaColumn *made;
    TRY(add_column(set, table, name, &type, &made));
    schema_set_hint(schema, made, STR("variant"), value_bool(true));
    Str description =
        str_printf(set->arena, "Variant of column " STR_FMT " generated by dlt", STR_ARG(name));
    schema_set_hint(schema, made, STR("description"), value_string(description));
    return know_column(set, table, made, out_variant);
}

Error *target_new_variant(TargetSet *set, TableTarget *table, ColumnTarget *column,
                          const Cell *cell, ColumnTarget **out_variant, ValueFate *out_fate)
{
    *out_fate = VALUE_KEPT;
    TRY(normalise_job_lock(set->job, set->batch));
    Error *err = make_variant(set, table, column, cell, out_variant, out_fate);
    normalise_job_unlock(set->job);
    if (err == NULL && *out_fate == VALUE_KEPT) {
        column->variants[cell->kind] = *out_variant;
    }
    return err;
}

/* ---- Objects ---- */

static ObjectShape *new_shape(TargetSet *set, TableTarget *table, Str path, int level)
{
    ObjectShape *shape = ARENA_NEW(set->arena, ObjectShape);
    *shape = (ObjectShape){
        .table = table, .path = path, .level = level, .by_key = strmap_init(set->arena)};
    return shape;
}

static bool is_json_column(const TargetSet *set, const TableTarget *table, Str name)
{
    const ColumnTarget *column = strmap_find(&table->columns, name);
    return column != NULL ? column->type.kind == DATA_JSON
                          : infer_prefers_json(set->inference, name);
}

static NamePlace *place_of(TargetSet *set, TableTarget *table, Str name)
{
    NamePlace *place = strmap_find(&table->places, name);
    if (place == NULL) {
        place = ARENA_NEW(set->arena, NamePlace);
        strmap_set(&table->places, name, place);
    }
    return place;
}

static FieldTarget *new_field(TargetSet *set, ObjectShape *shape, Str key)
{
    Arena *arena = set->arena;
    const Naming *naming = &set->job->naming;
    FieldTarget *field = ARENA_NEW(arena, FieldTarget);
    Str name = naming_key(naming, arena, key);
    field->key = str_dup(arena, key);
    field->column_name =
        name.len > 0 && shape->path.len > 0 ? naming_join(naming, arena, shape->path, name) : name;
    field->place = place_of(set, shape->table, field->column_name);
    field->is_row_id = shape->path.len == 0 && str_is(name, system_column_id.name);
    field->stays_json = shape->level <= 0 || is_json_column(set, shape->table, field->column_name);
    field->column = strmap_find(&shape->table->columns, field->column_name);
    field->index = shape->fields.len;
    VEC_PUSH(arena, &shape->fields, field);
    return field;
}

Error *target_field(TargetSet *set, ObjectShape *shape, Str key, FieldTarget **out)
{
    FieldTarget *field = strmap_find(&shape->by_key, key);
    if (field == NULL) {
        if (shape->fields.len >= MOST_FIELDS) {
            return error_new(ERR_LIMIT,
                             "objects of table `" STR_FMT "` have more than %d different "
                             "keys",
                             STR_ARG(shape->table->name), MOST_FIELDS);
        }
        field = new_field(set, shape, key);
        strmap_set(&shape->by_key, field->key, field);
    }
    *out = field;
    return NULL;
}

ObjectShape *target_object(TargetSet *set, const ObjectShape *shape, FieldTarget *field)
{
    if (field->object == NULL) {
        field->object = new_shape(set, shape->table, field->column_name, shape->level - 1);
    }
    return field->object;
}

/* ---- Tables ---- */

static bool is_merged_by(const SchemaTable *root, const char *const *strategies)
{
    const Value *disposition = schema_table_member(root, STR("write_disposition"));
    const Value *strategy = schema_table_member(root, STR("x-merge-strategy"));
    if (!str_is(value_text_or(disposition, STR("")), "merge")) {
        return false;
    }
    for (; *strategies != NULL; strategies++) {
        if (str_is(value_text_or(strategy, STR("delete-insert")), *strategies)) {
            return true;
        }
    }
    return false;
}

static bool has_hint(const SchemaColumn *column, const char *hint)
{
    const Value *value = schema_hint(column, str_from(hint));
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

/* The version of a row is _dlt_id, unless the data brings it in a column of its own. */
static bool versions_by_id(const SchemaTable *table)
{
    for (STRMAP_EACH(it, &table->columns)) {
        if (has_hint(it->value, "x-row-version")) {
            return str_is(it->key, system_column_id.name);
        }
    }
    return true;
}

static RowIdKind id_kind_of(const SchemaTable *table)
{
    static const char *const by_key[] = {"upsert", "insert-only", "cdc", NULL};
    static const char *const by_content[] = {"scd2", NULL};
    if (table->columnar) {
        return ROW_ID_NONE;
    }
    if (is_merged_by(table, by_key)) {
        return ROW_ID_KEY;
    }
    return is_merged_by(table, by_content) && versions_by_id(table) ? ROW_ID_CONTENT
                                                                    : ROW_ID_RANDOM;
}

/* Ids of this root table's rows go down to all tables of lists below it. */
static bool propagates_root_id(const Schema *schema, Str root)
{
    const Value *normalizers = strmap_find(&schema->members, STR("normalizers"));
    const Value *config = value_find(value_find(normalizers, STR("json")), STR("config"));
    const Value *propagation = value_find(config, STR("propagation"));
    const Value *own = value_find(value_find(propagation, STR("tables")), root);
    const Str id = str_from(system_column_id.name);
    return value_find(own, id) != NULL ||
           value_find(value_find(propagation, STR("root")), id) != NULL;
}

static int64_t int_or(const Value *value, int64_t otherwise)
{
    return value_is(value, VALUE_INT) ? value->as.integer : otherwise;
}

/* Of a root table: its own limit, that of the schema, or none to speak of. */
static int nesting_of(const Schema *schema, const SchemaTable *table)
{
    if (table->columnar) { // cppcheck-suppress ctunullpointer; callers have checked it
        return 0;
    }
    const Value *own =
        value_find(schema_table_member(table, STR("x-normalizer")), STR("max_nesting"));
    const Value *normalizers = strmap_find(&schema->members, STR("normalizers"));
    const Value *config = value_find(value_find(normalizers, STR("json")), STR("config"));
    int64_t all = int_or(value_find(config, STR("max_nesting")), DEFAULT_NESTING);
    int64_t limit = int_or(own, all);
    return limit < 0 ? 0 : limit > DEFAULT_NESTING ? DEFAULT_NESTING : (int)limit;
}

static bool has_typed_column(const SchemaTable *table)
{
    DataType type;
    for (STRMAP_EACH(it, &table->columns)) {
        if (schema_column_type(it->value, &type)) {
            return true;
        }
    }
    return false;
}

/* The contract for columns does not hold for all rows that make a declared table; of one that came
 * up in the data, it holds from the second row on. */
static bool is_new_table(const SchemaTable *table, bool is_nested)
{
    return is_nested && !table->is_declared ? !has_typed_column(table)
                                            : !schema_has_seen_data(table);
}

/* The schema is held, and has the table. */
static Error *know_table(TargetSet *set, SchemaTable *table, TableTarget *parent, int level,
                         TableTarget **out)
{
    const Schema *schema = set->job->schema;
    bool is_nested = parent != NULL && schema_table_member(table, STR("parent")) != NULL;
    TableTarget *target = ARENA_NEW(set->arena, TableTarget);
    *target = (TableTarget){
        .name = str_dup(set->arena, table->name),
        .table = table,
        .parent = is_nested ? parent : NULL,
        .above = parent,
        .columns = strmap_init(set->arena),
        .places = strmap_init(set->arena),
        .id_kind = is_nested ? ROW_ID_NESTED : id_kind_of(table),
        .is_new = is_new_table(table, is_nested),
        .has_system = table->columnar,
    };
    if (parent != NULL) {
        bool is_root = parent->parent == NULL && propagates_root_id(schema, parent->name);
        target->root_id_of = is_root ? parent : parent->root_id_of;
    }
    target->shape = new_shape(set, target, (Str){0}, level);
    target->list_shape = new_shape(set, target, (Str){0}, level - 1);
    contract_of_table(schema, table, target->contract);
    for (STRMAP_EACH(it, &table->columns)) {
        DataType type;
        ColumnTarget *column;
        if (!system_name(it->key) && schema_column_type(it->value, &type)) {
            TRY(know_column(set, target, it->value, &column));
        }
        if (target->id_kind == ROW_ID_KEY && has_hint(it->value, "primary_key")) {
            VEC_PUSH(set->arena, &target->key_columns, str_dup(set->arena, it->key));
        }
    }
    VEC_PUSH(set->arena, &set->tables, target);
    strmap_set(parent == NULL ? &set->roots : &set->lists, target->name, target);
    *out = target;
    return NULL;
}

Error *target_root_table(TargetSet *set, Str name, TableTarget **out)
{
    *out = strmap_find(&set->roots, name);
    if (*out != NULL) {
        return NULL;
    }
    TRY(normalise_job_lock(set->job, set->batch));
    SchemaTable *table = schema_find_table(set->job->schema, name);
    CHECK(table != NULL);
    int nesting = nesting_of(set->job->schema, table);
    Error *err = know_table(set, table, NULL, nesting, out);
    normalise_job_unlock(set->job);
    return err;
}

static Error *make_list_table(TargetSet *set, const ObjectShape *shape, Str name, TableTarget **out)
{
    Schema *schema = set->job->schema;
    TableTarget *parent = shape->table;
    SchemaTable *table = schema_find_table(schema, name);
    bool is_known = table != NULL && has_typed_column(table);
    ContractMode mode = is_known ? CONTRACT_EVOLVE : parent->contract[CONTRACT_TABLES];
    if (mode == CONTRACT_FREEZE) {
        return contract_frozen_table(schema, name);
    }
    *out = NULL;
    if (mode != CONTRACT_EVOLVE) {
        return NULL;
    }
    if (schema->tables.len > MOST_TABLES) {
        return error_new(ERR_LIMIT,
                         "the data would make more than %d tables, the next one is `" STR_FMT "`",
                         MOST_TABLES, STR_ARG(name));
    }
    if (table == NULL) {
        table = schema_nested_table(schema, name, parent->name);
    }
    return know_table(set, table, parent, shape->level - 1, out);
}

Error *target_list(TargetSet *set, const ObjectShape *shape, FieldTarget *field, TableTarget **out)
{
    *out = field->list;
    if (*out != NULL || field->discards_lists) {
        return NULL;
    }
    Str name = naming_join(&set->job->naming, set->arena, shape->table->name, field->column_name);
    *out = strmap_find(&set->lists, name);
    Error *err = NULL;
    if (*out == NULL) {
        TRY(normalise_job_lock(set->job, set->batch));
        err = make_list_table(set, shape, name, out);
        normalise_job_unlock(set->job);
    }
    field->list = err == NULL ? *out : NULL;
    field->discards_lists = err == NULL && *out == NULL;
    return err;
}

/* ---- System columns ---- */

static void add_system_columns(TargetSet *set, const TableTarget *table)
{
    Schema *schema = set->job->schema;
    if (table->root_id_of != NULL) {
        (void)schema_system_column(schema, table->table, &system_column_root_id);
    }
    if (table->root_id_of != NULL && table->parent == NULL) {
        schema_propagate_root_id(schema, table->name); /* as dlt has it: a root with a root's key */
    }
    if (table->parent == NULL) {
        (void)schema_system_column(schema, table->table, &system_column_load_id);
    } else {
        (void)schema_system_column(schema, table->table, &system_column_parent_id);
        (void)schema_system_column(schema, table->table, &system_column_list_idx);
    }
    (void)schema_system_column(schema, table->table, &system_column_id);
}

static bool stays_new(const TableTarget *table)
{
    return table->is_new && (table->parent == NULL || table->table->is_declared);
}

Error *target_row_id_column(TargetSet *set, TableTarget *table)
{
    TRY(normalise_job_lock(set->job, set->batch));
    (void)schema_system_column(set->job->schema, table->table, &system_column_id);
    normalise_job_unlock(set->job);
    return NULL;
}

Error *target_system_columns(TargetSet *set, TableTarget *table)
{
    TRY(normalise_job_lock(set->job, set->batch));
    add_system_columns(set, table);
    table->has_system = true;
    table->is_new = stays_new(table);
    normalise_job_unlock(set->job);
    return NULL;
}
