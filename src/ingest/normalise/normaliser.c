#include "ingest/normalise/normaliser.h"

#include <stdlib.h>

#include "base/limits.h"
#include "ingest/normalise/coerce.h"
#include "ingest/normalise/json_cell.h"

/* ---- Values ---- */

static Error *null_in_column(const Normaliser *normaliser, const TableTarget *table, Str column)
{
    Str schema = schema_name(normaliser->set.job->schema);
    return error_new(ERR_SCHEMA,
                     "In schema `" STR_FMT "`: Cannot coerce NULL in table `" STR_FMT
                     "` column `" STR_FMT "` which is not nullable",
                     STR_ARG(schema), STR_ARG(table->name), STR_ARG(column));
}

static Error *in_column(TAKES Error *err, const TableTarget *table, Str column)
{
    return err == NULL ? NULL
                       : error_wrap(err, "table `" STR_FMT "`, column `" STR_FMT "`",
                                    STR_ARG(table->name), STR_ARG(column));
}

/* dlt ends here, too: the variant has a type already that this value does not have. */
static Error *beyond_variant(Normaliser *normaliser, const TableTarget *table,
                             const ColumnTarget *variant, const Cell *cell)
{
    Cell text;
    bool shown = coerce(normaliser->scratch, cell, DATA_TEXT, &text);
    return error_new(ERR_SCHEMA,
                     "Cannot coerce type `%s` to `%s` for value `" STR_FMT "` in table `" STR_FMT
                     "` column `" STR_FMT "`.",
                     data_kind_name(cell->kind), data_kind_name(variant->type.kind),
                     STR_ARG(shown ? text.as.text : STR("?")), STR_ARG(table->name),
                     STR_ARG(variant->name));
}

static Error *put_variant(Normaliser *normaliser, TableTarget *table, ColumnTarget *column,
                          const Cell *cell, ValueFate *fate)
{
    ColumnTarget *variant = column->variants[cell->kind];
    if (variant == NULL) {
        TRY(target_new_variant(&normaliser->set, table, column, cell, &variant, fate));
        if (*fate != VALUE_KEPT) {
            return NULL;
        }
    }
    Cell entered;
    if (!coerce(normaliser->scratch, cell, variant->type.kind, &entered)) {
        return beyond_variant(normaliser, table, variant, cell);
    }
    return in_column(row_batch_set(&table->rows, variant->index, &entered), table, variant->name);
}

static Error *put_null(Normaliser *normaliser, TableTarget *table, const FieldTarget *field)
{
    if (field->column == NULL) {
        return NULL; /* a column seen with nothing but NULL is not made */
    }
    if (!field->column->nullable) {
        return null_in_column(normaliser, table, field->column->name);
    }
    return row_batch_set(&table->rows, field->column->index, &CELL_OF_NULL);
}

static Error *put_cell(Normaliser *normaliser, TableTarget *table, FieldTarget *field,
                       const Cell *cell, ValueFate *fate)
{
    if (field->column == NULL) {
        TRY(target_new_column(&normaliser->set, table, field, cell, fate));
        if (*fate != VALUE_KEPT) {
            return NULL;
        }
    }
    ColumnTarget *column = field->column;
    if (cell->kind == column->type.kind) {
        return in_column(row_batch_set(&table->rows, column->index, cell), table, column->name);
    }
    Cell entered;
    if (coerce(normaliser->scratch, cell, column->type.kind, &entered)) {
        return in_column(row_batch_set(&table->rows, column->index, &entered), table, column->name);
    }
    return put_variant(normaliser, table, column, cell, fate);
}

/* A row that names itself keeps its name. */
static Error *take_row_id(Normaliser *normaliser, TableTarget *table, const Cell *cell)
{
    if (cell->is_null || cell->kind != DATA_TEXT || cell->as.text.len == 0) {
        return NULL;
    }
    table->ids.data[table->rows.row_count - 1] = cell->as.text;
    return table->has_system ? NULL : target_row_id_column(&normaliser->set, table);
}

static Error *put_value(Normaliser *normaliser, TableTarget *table, FieldTarget *field,
                        yyjson_val *value, ValueFate *fate)
{
    Cell cell;
    TRY(in_column(json_cell(normaliser->scratch, value, &cell), table, field->column_name));
    if (field->is_row_id) {
        return take_row_id(normaliser, table, &cell);
    }
    if (cell.is_null) {
        return put_null(normaliser, table, field);
    }
    TRY(put_cell(normaliser, table, field, &cell, fate));
    if (*fate != VALUE_KEPT && !normaliser->is_refused) {
        normaliser->is_refused = *fate == ROW_DISCARDED;
        normaliser_reject(normaliser, table, &(Refusal){field, value, cell.kind, *fate});
    }
    return NULL;
}

/* ---- Objects ---- */

/* The key is where the last object had it, mostly. */
static Error *find_field(Normaliser *normaliser, ObjectShape *shape, Str key, FieldTarget **out)
{
    if (shape->guess < shape->fields.len && str_eq(shape->fields.data[shape->guess]->key, key)) {
        *out = shape->fields.data[shape->guess++];
        return NULL;
    }
    TRY(target_field(&normaliser->set, shape, key, out));
    shape->guess = (*out)->index + 1;
    return NULL;
}

/* The members of an object; of a key that is there twice the later value, in the earlier place. */
static Error *collect_members(Normaliser *normaliser, ObjectShape *shape, yyjson_val *object)
{
    size_t base = normaliser->members.len;
    uint64_t stamp = ++normaliser->stamp;
    shape->guess = 0;
    yyjson_obj_iter iter = yyjson_obj_iter_with(object);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter)) != NULL;) {
        FieldTarget *field;
        yyjson_val *value = yyjson_obj_iter_get_val(key);
        TRY(find_field(normaliser, shape, json_val_str(key), &field));
        if (field->stamp == stamp) {
            normaliser->members.data[base + field->slot].value = value;
            continue;
        }
        field->stamp = stamp;
        field->slot = normaliser->members.len - base;
        VEC_PUSH(normaliser->arena, &normaliser->members, (WalkMember){field, value});
    }
    return NULL;
}

static void keep_value(Normaliser *normaliser, const WalkMember *member)
{
    NamePlace *place = member->field->place;
    if (place->row == normaliser->row) {
        normaliser->values.data[place->value] = *member;
        return;
    }
    place->row = normaliser->row;
    place->value = normaliser->values.len;
    VEC_PUSH(normaliser->arena, &normaliser->values, *member);
}

static void keep_list(Normaliser *normaliser, ObjectShape *shape, const WalkMember *member)
{
    NamePlace *place = member->field->place;
    WalkList list = {shape, member->field, member->value};
    if (place->list_row == normaliser->row && place->list_shape == shape) {
        normaliser->lists.data[place->list] = list;
        return;
    }
    place->list_row = normaliser->row;
    place->list_shape = shape;
    place->list = normaliser->lists.len;
    VEC_PUSH(normaliser->arena, &normaliser->lists, list);
}

/* A value waits until the row is known, a list until its columns are made. */
static void keep_member(Normaliser *normaliser, ObjectShape *shape, const WalkMember *member)
{
    FieldTarget *field = member->field;
    if (!field->stays_json && yyjson_is_obj(member->value)) {
        ObjectShape *below = target_object(&normaliser->set, shape, field);
        VEC_PUSH(normaliser->arena, &normaliser->objects, (WalkObject){below, member->value});
    } else if (!field->stays_json && yyjson_is_arr(member->value)) {
        keep_list(normaliser, shape, member);
    } else {
        keep_value(normaliser, member);
    }
}

static Error *keep_object(Normaliser *normaliser, ObjectShape *shape, yyjson_val *object)
{
    size_t base = normaliser->members.len;
    TRY(collect_members(normaliser, shape, object));
    for (size_t i = base; i < normaliser->members.len; i++) {
        WalkMember member = normaliser->members.data[i];
        keep_member(normaliser, shape, &member);
    }
    normaliser->members.len = base;
    return NULL;
}

static void begin_values(Normaliser *normaliser)
{
    normaliser->row = ++normaliser->stamp;
    normaliser->values.len = 0;
}

/* All of them, for the columns that a refused row brings are made. */
static Error *put_values(Normaliser *normaliser, TableTarget *table, ValueFate *row_fate)
{
    for (size_t i = 0; i < normaliser->values.len; i++) {
        const WalkMember *member = &normaliser->values.data[i];
        ValueFate fate = VALUE_KEPT;
        TRY(put_value(normaliser, table, member->field, member->value, &fate));
        *row_fate = fate == ROW_DISCARDED ? fate : *row_fate;
    }
    return NULL;
}

/* The object found last is taken apart first: in this order dlt makes columns. */
static Error *put_columns(Normaliser *normaliser, TableTarget *table, yyjson_val *row,
                          ValueFate *row_fate)
{
    size_t base = normaliser->objects.len;
    begin_values(normaliser);
    VEC_PUSH(normaliser->arena, &normaliser->objects, (WalkObject){table->shape, row});
    while (normaliser->objects.len > base) {
        WalkObject object = VEC_POP(&normaliser->objects);
        TRY(keep_object(normaliser, object.shape, object.value));
    }
    return put_values(normaliser, table, row_fate);
}

/* ---- Rows ---- */

void normaliser_begin_row(Normaliser *normaliser, TableTarget *table, size_t parent_row,
                          size_t position)
{
    Arena *arena = normaliser->arena;
    (void)row_batch_begin_row(&table->rows);
    VEC_PUSH(arena, &table->ids, (Str){0});
    VEC_PUSH(arena, &table->parent_rows, (uint32_t)parent_row);
    VEC_PUSH(arena, &table->positions, (uint32_t)position);
}

static void drop_row(TableTarget *table)
{
    row_batch_drop_row(&table->rows);
    table->ids.len--;
    table->parent_rows.len--;
    table->positions.len--;
}

static Error *add_row(Normaliser *normaliser, TableTarget *table, yyjson_val *row,
                      size_t parent_row, size_t position);

static Error *add_list(Normaliser *normaliser, const WalkList *list, size_t parent_row)
{
    TableTarget *table = NULL;
    if (yyjson_arr_size(list->value) == 0) {
        return NULL;
    }
    TRY(target_list(&normaliser->set, list->shape, list->field, &table));
    size_t position = 0;
    yyjson_arr_iter iter = yyjson_arr_iter_with(list->value);
    for (yyjson_val *item; (item = yyjson_arr_iter_next(&iter)) != NULL;) {
        if (table == NULL) {
            normaliser_reject_item(normaliser, list, item);
        } else {
            TRY(add_row(normaliser, table, item, parent_row, position++));
        }
    }
    return NULL;
}

/* A scalar or a list in a list is the row {"value": item} or {"list": item}. */
static Error *put_item(Normaliser *normaliser, TableTarget *table, yyjson_val *item,
                       ValueFate *row_fate)
{
    FieldTarget *field;
    bool is_list = yyjson_is_arr(item);
    ObjectShape *shape = is_list ? table->list_shape : table->shape;
    TRY(target_field(&normaliser->set, shape, is_list ? STR("list") : STR("value"), &field));
    WalkMember member = {field, item};
    begin_values(normaliser);
    keep_member(normaliser, shape, &member);
    return put_values(normaliser, table, row_fate);
}

static Error *put_extras(Normaliser *normaliser, TableTarget *table)
{
    for (VEC_EACH(const RowExtra, it, normaliser->extras)) {
        FieldTarget *field;
        ValueFate fate = VALUE_KEPT;
        TRY(target_field(&normaliser->set, table->shape, it->key, &field));
        TRY(put_cell(normaliser, table, field, &it->value, &fate));
    }
    return NULL;
}

static Error *finish_row(Normaliser *normaliser, TableTarget *table, yyjson_val *row)
{
    if (normaliser->extras != NULL && table->parent == NULL) {
        TRY(put_extras(normaliser, table));
    }
    if (!table->has_system) {
        TRY(target_system_columns(&normaliser->set, table));
    }
    Str *id = &table->ids.data[table->rows.row_count - 1];
    return id->len == 0 ? normaliser_row_id(normaliser, table, row, id) : NULL;
}

/* Lists are at most LIMIT_DOCUMENT_DEPTH deep, so this recursion is, too. */
static Error *add_row(Normaliser *normaliser, TableTarget *table, yyjson_val *row,
                      size_t parent_row, size_t position)
{
    size_t base = normaliser->lists.len;
    ValueFate fate = VALUE_KEPT;
    normaliser_begin_row(normaliser, table, parent_row, position);
    normaliser->reading = row;
    normaliser->is_refused = false;
    TRY(yyjson_is_obj(row) ? put_columns(normaliser, table, row, &fate)
                           : put_item(normaliser, table, row, &fate));
    if (fate == ROW_DISCARDED) {
        drop_row(table);
        normaliser->lists.len = base;
        return NULL;
    }
    TRY(finish_row(normaliser, table, row));
    size_t number = table->rows.row_count - 1;
    for (size_t i = base; i < normaliser->lists.len; i++) {
        WalkList list = normaliser->lists.data[i];
        TRY(add_list(normaliser, &list, number));
    }
    normaliser->lists.len = base;
    return NULL;
}

/* ---- The outside ---- */

void normaliser_free(Normaliser *normaliser)
{
    if (normaliser == NULL) {
        return;
    }
    target_set_done(&normaliser->set);
    arena_free(normaliser->arena);
    arena_free(normaliser->scratch);
    free(normaliser);
}

Error *normaliser_new(NormaliseJob *job, Normaliser **out)
{
    Normaliser *normaliser = memory_alloc(sizeof(*normaliser));
    *normaliser =
        (Normaliser){.arena = arena_new("normaliser"), .scratch = arena_new("normalised rows")};
    Error *err = target_set_init(&normaliser->set, normaliser->arena, job);
    if (err != NULL) {
        normaliser_free(normaliser);
        return err;
    }
    *out = normaliser;
    return NULL;
}

Error *normaliser_begin(Normaliser *normaliser, uint64_t batch)
{
    normaliser->set.batch = batch;
    return normalise_job_begin_batch(normaliser->set.job, batch);
}

Error *normaliser_add(Normaliser *normaliser, Str table, yyjson_val *row)
{
    TableTarget *target;
    TRY(target_root_table(&normaliser->set, table, &target));
    normaliser->rows++;
    return add_row(normaliser, target, row, 0, 0);
}

Error *normaliser_finish(Normaliser *normaliser)
{
    normalise_job_end_batch(normaliser->set.job, normaliser->set.batch);
    return normaliser_make_ids(normaliser);
}

void normaliser_clear(Normaliser *normaliser)
{
    for (size_t i = 0; i < normaliser->set.tables.len; i++) {
        TableTarget *table = normaliser->set.tables.data[i];
        row_batch_clear(&table->rows);
        table->ids.len = 0;
        table->parent_rows.len = 0;
        table->positions.len = 0;
    }
    normaliser->rejected = (RejectedRowVec){0};
    arena_reset(normaliser->scratch);
}
