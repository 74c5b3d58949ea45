#include "source/database/hints.h"

#include "base/suggest.h"

/* ---- Columns ---- */

static void set_number(ValueMapBuilder *hints, const char *name, int64_t number)
{
    if (number > 0) {
        value_map_set(hints, str_from(name), value_int(number));
    }
}

static void set_type(ValueMapBuilder *hints, const DatabaseColumn *column, bool with_precision)
{
    enum { SMALL_BITS = 32 }; /* what dlt says of them */
    if (column->data_type.len == 0) {
        return;
    }
    value_map_set(hints, STR("data_type"), value_string(column->data_type));
    if (str_is(column->data_type, "decimal") && column->precision > 0) {
        set_number(hints, "precision", column->precision);
        value_map_set(hints, STR("scale"), value_int(column->scale));
    }
    if (str_is(column->data_type, "timestamp")) {
        value_map_set(hints, STR("timezone"), value_bool(column->has_timezone));
    }
    if (with_precision) {
        set_number(hints, "precision", column->is_small ? SMALL_BITS : column->length);
    }
}

static Value column_hints(Arena *arena, const DatabaseColumn *column, Str level)
{
    ValueMapBuilder hints = value_map_begin(arena);
    value_map_set(&hints, STR("name"), value_string(column->name));
    value_map_set(&hints, STR("nullable"), value_bool(column->nullable));
    if (!str_is(level, "minimal")) {
        set_type(&hints, column, str_is(level, "full_with_precision"));
    }
    return value_map_end(&hints);
}

/* With the least that is said of columns, those that hold documents become tables: nothing is said
 * of them. */
static Value columns_hints(Arena *arena, const DatabaseTable *table, Str level)
{
    ValueMapBuilder columns = value_map_begin_sized(arena, table->columns.len);
    for (VEC_EACH(const DatabaseColumn, it, &table->columns)) {
        if (!str_is(level, "minimal") || !str_is(it->data_type, "json")) {
            value_map_set(&columns, it->name, column_hints(arena, it, level));
        }
    }
    return value_map_end(&columns);
}

static Value key_hint(Arena *arena, const StrVec *names)
{
    ValueVec items = {0};
    for (VEC_EACH(const Str, it, names)) {
        VEC_PUSH(arena, &items, value_string(*it));
    }
    return value_list_of(&items);
}

/* ---- Cursor ---- */

/* `cursor_column` is another word for dlt's `cursor_path`. */
static const Value *cursor_of(const Value *incremental)
{
    const Value *path = value_find(incremental, STR("cursor_path"));
    return path != NULL ? path : value_find(incremental, STR("cursor_column"));
}

static Error *find_cursor(const DatabaseTable *table, const Value *cursor,
                          const DatabaseColumn **out)
{
    Str name = value_text_or(cursor, STR(""));
    Suggestion best = suggestion_init(name);
    for (VEC_EACH(const DatabaseColumn, it, &table->columns)) {
        if (str_eq(it->name, name)) {
            *out = it;
            return NULL;
        }
        suggestion_try(&best, it->name);
    }
    Error *err = value_error(ERR_CONFIG, cursor, "table '" STR_FMT "' has no column '" STR_FMT "'",
                             STR_ARG(table->name), STR_ARG(name));
    return best.name.len == 0 ? err
                              : error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
}

/* Bounds are often written as texts: they become what the column holds, to be compared with it. */
static Value bound_of(Arena *arena, const DatabaseColumn *column, const Value *bound)
{
    DateTime when = {0};
    Str text = value_text_or(bound, STR(""));
    bool is_day = date_parse_iso(text, &when);
    if (text.len == 0 || !(is_day || datetime_parse_iso(text, &when))) {
        return *bound;
    }
    switch (column->type.kind) {
    case COLUMN_DATE:
        return is_day ? value_placed_at(value_time(arena, VALUE_DATE, &when), bound) : *bound;
    case COLUMN_TIMESTAMP:
    case COLUMN_TIMESTAMP_TZ:
        when.has_offset = column->type.kind == COLUMN_TIMESTAMP_TZ;
        return value_placed_at(value_time(arena, VALUE_DATETIME, &when), bound);
    case COLUMN_NULL:
    case COLUMN_BOOL:
    case COLUMN_INT:
    case COLUMN_HUGE_INT:
    case COLUMN_FLOAT:
    case COLUMN_DOUBLE:
    case COLUMN_DECIMAL:
    case COLUMN_TEXT:
    case COLUMN_JSON:
    case COLUMN_BYTES:
    case COLUMN_TIME:
    case COLUMN_TIMESTAMP_NS:
    case COLUMN_INTERVAL:
    case COLUMN_LIST:
    case COLUMN_STRUCT:
    case COLUMN_MAP:
        break;
    }
    return *bound;
}

static Error *incremental_hint(Arena *arena, const DatabaseTable *table, const Value *incremental,
                               Value *out)
{
    const DatabaseColumn *column = NULL;
    const Value *cursor = cursor_of(incremental);
    TRY(find_cursor(table, cursor, &column));
    ValueMapBuilder hint = value_map_begin(arena);
    value_map_set(&hint, STR("cursor_path"), *cursor);
    for (VALUE_EACH_ENTRY(it, incremental)) {
        Str name = value_text_or(&it->key, STR(""));
        bool is_bound = str_is(name, "initial_value") || str_is(name, "end_value");
        if (!str_is(name, "cursor_column") && !str_is(name, "cursor_path")) {
            value_map_put(&hint, it->key,
                          is_bound ? bound_of(arena, column, &it->value) : it->value);
        }
    }
    *out = value_map_end(&hint);
    return NULL;
}

/* ---- All of it ---- */

static Str disposition_of(const TableHints *options, bool has_key)
{
    if (options->write_disposition.len > 0) {
        return options->write_disposition;
    }
    if (options->incremental == NULL) {
        return STR("replace");
    }
    return has_key ? STR("merge") : STR("append");
}

Error *table_hints_make(Arena *arena, const DatabaseTable *table, const TableHints *options,
                        const Value **out)
{
    const Value *own_key = value_find(options->own, STR("primary_key"));
    bool has_key = table->primary_key.len > 0 || !value_is_null(own_key);
    ValueMapBuilder hints = value_map_begin(arena);
    value_map_set(&hints, STR("columns"), columns_hints(arena, table, options->reflection_level));
    if (table->primary_key.len > 0) {
        value_map_set(&hints, STR("primary_key"), key_hint(arena, &table->primary_key));
    }
    value_map_set(&hints, STR("write_disposition"), value_string(disposition_of(options, has_key)));
    value_map_put_all(&hints, options->own);
    if (options->incremental != NULL) {
        Value incremental;
        TRY(incremental_hint(arena, table, options->incremental, &incremental));
        value_map_set(&hints, STR("incremental"), incremental);
    }
    Value *made = ARENA_NEW(arena, Value);
    *made = value_map_end(&hints);
    *out = made;
    return NULL;
}
