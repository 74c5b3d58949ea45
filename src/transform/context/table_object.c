#include "transform/context/objects.h"

#include <stdlib.h>

#include "jinja/sort.h"
#include "transform/context/table_methods.h"

/* Results of queries as templates see them: a table has rows and columns; rows and columns can be
 * indexed, walked and asked for their values. All three are host objects whose `value` is a tuple:
 *   table:   (names, rows, types)   names: tuple of str; rows: list of row objects, none before
 * they are loaded; types: tuple of str or none row:     (names, cells) column:  (name, cells)
 *   columns: (names, columns)       what table.columns is: by index or by name */

static JTuple *parts_of(const JHost *self)
{
    return self->value.tuple;
}

static JValue part(const JHost *self, size_t index)
{
    return parts_of(self)->items[index];
}

static JHost *host_of(JValue value)
{
    return (JHost *)value.obj;
}

static JValue new_part(JHeap *heap, const JHostClass *host_class, JValue first, JValue second)
{
    JValue host = jhost_new(heap, host_class, NULL);
    host_of(host)->value = jtuple_pair(heap, first, second);
    return host;
}

/* Position of a name among names; -1 when it is not there. */
static int64_t find_name(const JTuple *names, JStr *name)
{
    for (size_t i = 0; i < names->len; i++) {
        if (jis_str(names->items[i]) && jstr_eq(names->items[i].str, name)) {
            return (int64_t)i;
        }
    }
    return -1;
}

/* items[key] for an integer, counted from the end when negative; MISSING beyond. */
static JValue item_at(const JTuple *items, JValue key)
{
    int64_t index = 0;
    if (!jto_int64(key, &index)) {
        return JMISSING;
    }
    index += index < 0 ? (int64_t)items->len : 0;
    return index >= 0 && index < (int64_t)items->len ? items->items[index] : JMISSING;
}

static Error *slice_or_item(const JTuple *items, const JTuple *names, JValue key, JValue *out)
{
    if (jis_str(key)) {
        int64_t found = names != NULL ? find_name(names, key.str) : -1;
        *out = found >= 0 ? items->items[found] : JMISSING;
    } else {
        *out = item_at(items, key);
    }
    return NULL;
}

/* The second part as what is walked and counted; all classes have it there. */
static Error *second_iterate(JinjaState *s, JHost *self, JValue *out)
{
    (void)s;
    *out = part(self, 1);
    return NULL;
}

static Error *second_length(JinjaState *s, JHost *self, size_t *out)
{
    return jlength(s, part(self, 1), out);
}

static bool always_true(JHost *self)
{
    (void)self;
    return true;
}

/* ---- Rows ---- */

static Error *row_values(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = part(host_of(call->args[0]), 1);
    return NULL;
}

static Error *row_keys(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = part(host_of(call->args[0]), 0);
    return NULL;
}

static Error *row_dict(JinjaState *s, const JCall *call, JValue *out)
{
    const JHost *row = host_of(call->args[0]);
    const JTuple *names = part(row, 0).tuple, *cells = part(row, 1).tuple;
    JDict *dict = jdict_new(jinja_heap(s));
    for (size_t i = 0; i < names->len; i++) {
        jdict_set_str(dict, names->items[i].str, cells->items[i]);
    }
    *out = jdict_value(dict);
    return NULL;
}

static Error *row_items(JinjaState *s, const JCall *call, JValue *out)
{
    const JHost *row = host_of(call->args[0]);
    const JTuple *names = part(row, 0).tuple, *cells = part(row, 1).tuple;
    JTuple *pairs = jtuple_new(jinja_heap(s), cells->len);
    for (size_t i = 0; i < cells->len; i++) {
        pairs->items[i] = jtuple_pair(jinja_heap(s), names->items[i], cells->items[i]);
    }
    *out = jtuple_value(pairs);
    return NULL;
}

static Error *row_get(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    const JHost *row = host_of(call->args[0]);
    JValue found = JMISSING;
    TRY(slice_or_item(part(row, 1).tuple, part(row, 0).tuple, call->args[1], &found));
    *out = jis_absent(found) ? jarg_or(call, 2, JNONE) : found;
    return NULL;
}

static const JBuiltin row_methods[] = {
    {"values", row_values, 1, 1, NULL, 0, NULL},
    {"keys", row_keys, 1, 1, NULL, 0, NULL},
    {"dict", row_dict, 1, 1, NULL, 0, NULL},
    {"items", row_items, 1, 1, NULL, 0, NULL},
    {"get", row_get, 2, 3, "self key default", 0, NULL},
    {0},
};

static Error *row_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    (void)s;
    return slice_or_item(part(self, 1).tuple, part(self, 0).tuple, key, out);
}

static Error *row_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(row_methods, jstr_str(name));
    if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, jobj(self));
        return NULL;
    }
    return row_get_item(s, self, (JValue){.type = J_STR, .str = name}, out);
}

/* Only the first cells of a wide row. */
static Error *row_print(JinjaState *s, JHost *self, StrBuf *out)
{
    enum { SHOWN_CELLS = 5 };
    const JTuple *cells = part(self, 1).tuple;
    if (cells->len <= SHOWN_CELLS) {
        strbuf_add_c(out, "<agate.Row: ");
        TRY(jrepr(s, part(self, 1), out));
        strbuf_add_char(out, '>');
        return NULL;
    }
    for (size_t i = 0; i < SHOWN_CELLS; i++) {
        strbuf_add_c(out, i == 0 ? "<agate.Row: (" : ", ");
        TRY(jrepr(s, cells->items[i], out));
    }
    strbuf_add_c(out, ", ...)>");
    return NULL;
}

static const JHostClass row_class = {
    .name = "Row",
    .module = "agate.rows",
    .get_attr = row_get_attr,
    .get_item = row_get_item,
    .iterate = second_iterate,
    .length = second_length,
    .truth = always_true,
    .str = row_print,
    .repr = row_print,
    .is_sequence = true,
};

/* ---- Columns ---- */

static bool is_distinct(const JList *seen, JValue cell, Error **err)
{
    for (size_t i = 0; *err == NULL && i < jlist_len(seen); i++) {
        bool same = false;
        *err = jequal(seen->items[i], cell, &same);
        if (same) {
            return false;
        }
    }
    return true;
}

static Error *column_values(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = part(host_of(call->args[0]), 1);
    return NULL;
}

static JValue tuple_of_list(JHeap *heap, const JList *list)
{
    return jtuple_value(jtuple_from(heap, list->items, jlist_len(list)));
}

static Error *column_values_distinct(JinjaState *s, const JCall *call, JValue *out)
{
    const JTuple *cells = part(host_of(call->args[0]), 1).tuple;
    JList *seen = jlist_new(jinja_heap(s), cells->len);
    Error *err = NULL;
    for (size_t i = 0; i < cells->len; i++) {
        if (is_distinct(seen, cells->items[i], &err)) {
            jlist_append(seen, cells->items[i]);
        }
        TRY(err);
    }
    *out = tuple_of_list(jinja_heap(s), seen);
    return NULL;
}

static Error *column_values_without_nulls(JinjaState *s, const JCall *call, JValue *out)
{
    const JTuple *cells = part(host_of(call->args[0]), 1).tuple;
    JList *kept = jlist_new(jinja_heap(s), cells->len);
    for (size_t i = 0; i < cells->len; i++) {
        if (cells->items[i].type != J_NONE) {
            jlist_append(kept, cells->items[i]);
        }
    }
    *out = tuple_of_list(jinja_heap(s), kept);
    return NULL;
}

/* A list, what has no value at its end. */
static Error *column_values_sorted(JinjaState *s, const JCall *call, JValue *out)
{
    JValue cells = part(host_of(call->args[0]), 1), values = JNONE;
    TRY(column_values_without_nulls(s, call, &values));
    JList *sorted = NULL;
    TRY(jcollect(s, values, &sorted));
    TRY(sort_list(s, sorted, false));
    for (size_t i = values.tuple->len; i < cells.tuple->len; i++) {
        jlist_append(sorted, JNONE);
    }
    *out = jlist_value(sorted);
    return NULL;
}

static const JBuiltin column_methods[] = {
    {"values", column_values, 1, 1, NULL, 0, NULL},
    {"values_distinct", column_values_distinct, 1, 1, NULL, 0, NULL},
    {"values_without_nulls", column_values_without_nulls, 1, 1, NULL, 0, NULL},
    {"values_sorted", column_values_sorted, 1, 1, NULL, JB_CONTEXT, NULL},
    {0},
};

static Error *column_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    (void)s;
    return slice_or_item(part(self, 1).tuple, NULL, key, out);
}

static Error *column_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(column_methods, jstr_str(name));
    *out = JMISSING;
    if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, jobj(self));
    } else if (str_is(jstr_str(name), "name")) {
        *out = part(self, 0);
    }
    return NULL;
}

static Error *column_print(JinjaState *s, JHost *self, StrBuf *out)
{
    strbuf_add_c(out, "<agate.Column: ");
    TRY(jrepr(s, part(self, 1), out));
    strbuf_add_char(out, '>');
    return NULL;
}

static const JHostClass column_class = {
    .name = "Column",
    .module = "agate.columns",
    .get_attr = column_get_attr,
    .get_item = column_get_item,
    .iterate = second_iterate,
    .length = second_length,
    .truth = always_true,
    .str = column_print,
    .repr = column_print,
    .is_sequence = true,
};

/* ---- Sequences that know names: table.columns and table.rows ---- */

static Error *mapped_keys(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = part(host_of(call->args[0]), 0);
    return NULL;
}

static Error *mapped_values(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = part(host_of(call->args[0]), 1);
    return NULL;
}

/* Pairs of name and value; rows go by their numbers. */
static Error *mapped_items(JinjaState *s, const JCall *call, JValue *out)
{
    const JHost *self = host_of(call->args[0]);
    JValue names = part(self, 0);
    const JTuple *values = part(self, 1).tuple;
    JTuple *pairs = jtuple_new(jinja_heap(s), values->len);
    for (size_t i = 0; i < values->len; i++) {
        JValue name = names.type == J_TUPLE ? names.tuple->items[i] : jint((int64_t)i);
        pairs->items[i] = jtuple_pair(jinja_heap(s), name, values->items[i]);
    }
    *out = jtuple_value(pairs);
    return NULL;
}

static Error *mapped_dict(JinjaState *s, const JCall *call, JValue *out)
{
    const JHost *self = host_of(call->args[0]);
    if (part(self, 0).type != J_TUPLE) {
        return jraise("KeyError", "None");
    }
    return row_dict(s, call, out);
}

static const JBuiltin mapped_methods[] = {
    {"dict", mapped_dict, 1, 1, NULL, 0, NULL},
    {"items", mapped_items, 1, 1, NULL, 0, NULL},
    {"keys", mapped_keys, 1, 1, NULL, 0, NULL},
    {"names", mapped_keys, 1, 1, NULL, 0, NULL},
    {"values", mapped_values, 1, 1, NULL, 0, NULL},
    {"get", row_get, 2, 3, "self key default", 0, NULL},
    {0},
};

static Error *mapped_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    (void)s;
    JValue names = part(self, 0);
    return slice_or_item(part(self, 1).tuple, names.type == J_TUPLE ? names.tuple : NULL, key, out);
}

static Error *mapped_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(mapped_methods, jstr_str(name));
    *out = method != NULL ? jfunction_new(jinja_heap(s), method, jobj(self)) : JMISSING;
    return NULL;
}

static Error *mapped_print(JinjaState *s, JHost *self, StrBuf *out)
{
    return jrepr(s, part(self, 1), out);
}

static const JHostClass mapped_class = {
    .name = "MappedSequence",
    .module = "agate.mapped_sequence",
    .get_attr = mapped_get_attr,
    .get_item = mapped_get_item,
    .iterate = second_iterate,
    .length = second_length,
    .str = mapped_print,
    .repr = mapped_print,
    .is_sequence = true,
};

/* ---- Tables ---- */

static JValue column_of(JHeap *heap, const JTuple *names, JList *rows, size_t index)
{
    size_t count = jlist_len(rows);
    JTuple *cells = jtuple_new(heap, count);
    for (size_t i = 0; i < count; i++) {
        cells->items[i] = part(host_of(jlist_at(rows, i)), 1).tuple->items[index];
    }
    return new_part(heap, &column_class, names->items[index], jtuple_value(cells));
}

static JValue columns_of(JHeap *heap, const JHost *table, JList *rows)
{
    JValue names = part(table, 0);
    JTuple *columns = jtuple_new(heap, names.tuple->len);
    for (size_t i = 0; i < names.tuple->len; i++) {
        columns->items[i] = column_of(heap, names.tuple, rows, i);
    }
    return new_part(heap, &mapped_class, names, jtuple_value(columns));
}

static JList *row_objects(JHeap *heap, JTuple *names, JList *rows)
{
    JList *objects = jlist_new(heap, jlist_len(rows));
    for (size_t i = 0; i < jlist_len(rows); i++) {
        jlist_append(objects, new_part(heap, &row_class, jtuple_value(names), jlist_at(rows, i)));
    }
    return objects;
}

/* The rows of a table, loaded now unless they are. */
static Error *rows_of(JinjaState *s, JHost *table, JList **out)
{
    if (part(table, 1).type == J_NONE) {
        const TableSource *source = table->data;
        JTuple *names = part(table, 0).tuple;
        JList *rows = jlist_new(jinja_heap(s), source->row_count);
        TRY(source->load(s, source, names, rows));
        parts_of(table)->items[1] = jlist_value(row_objects(jinja_heap(s), names, rows));
    }
    *out = part(table, 1).list;
    return NULL;
}

static Error *table_iterate(JinjaState *s, JHost *self, JValue *out)
{
    JList *rows = NULL;
    TRY(rows_of(s, self, &rows));
    *out = jlist_value(rows);
    return NULL;
}

static Error *table_length(JinjaState *s, JHost *self, size_t *out)
{
    const TableSource *source = self->data;
    if (source == NULL) {
        return second_length(s, self, out);
    }
    *out = source->row_count;
    return NULL;
}

static Error *table_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    Str wanted = jstr_str(name);
    JList *rows = NULL;
    *out = JMISSING;
    if (str_is(wanted, "column_names")) {
        *out = part(self, 0);
    } else if (str_is(wanted, "row_names")) {
        *out = JNONE;
    } else if (str_is(wanted, "rows")) {
        TRY(rows_of(s, self, &rows));
        *out = new_part(heap, &mapped_class, JNONE, tuple_of_list(heap, rows));
    } else if (str_is(wanted, "columns")) {
        TRY(rows_of(s, self, &rows));
        *out = columns_of(heap, self, rows);
    } else {
        const JBuiltin *method = object_method(table_methods, wanted);
        *out = method != NULL ? jfunction_new(heap, method, jobj(self)) : JMISSING;
    }
    return NULL;
}

static Error *table_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    if (jis_str(key)) {
        return table_get_attr(s, self, key.str, out);
    }
    JList *rows = NULL;
    TRY(rows_of(s, self, &rows));
    return slice_or_item(tuple_of_list(jinja_heap(s), rows).tuple, NULL, key, out);
}

static Error *table_print(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    (void)self;
    strbuf_add_c(out, "<agate.Table>");
    return NULL;
}

static void table_free(JHost *self)
{
    free(self->data);
}

static const JHostClass table_class = {
    .name = "Table",
    .module = "agate.table",
    .get_attr = table_get_attr,
    .get_item = table_get_item,
    .iterate = table_iterate,
    .length = table_length,
    .truth = always_true,
    .str = table_print,
    .repr = table_print,
    .free = table_free,
};

static JValue new_table(JHeap *heap, JTuple *names, JValue rows, JTuple *types, void *data)
{
    JTuple *parts = jtuple_new(heap, 3);
    parts->items[0] = jtuple_value(names);
    parts->items[1] = rows;
    parts->items[2] = types != NULL ? jtuple_value(types) : JNONE;
    JValue host = jhost_new(heap, &table_class, data);
    host_of(host)->value = jtuple_value(parts);
    return host;
}

JValue table_object(JHeap *heap, JTuple *names, JList *rows, JTuple *types)
{
    return new_table(heap, names, jlist_value(row_objects(heap, names, rows)), types, NULL);
}

JValue table_object_later(JHeap *heap, JTuple *names, JTuple *types, const TableSource *source)
{
    TableSource *copy = memory_alloc(sizeof(*copy));
    *copy = *source;
    return new_table(heap, names, JNONE, types, copy);
}

bool table_is_later(JValue value)
{
    const JHost *table = jhost_as(value, &table_class);
    return table != NULL && part(table, 1).type == J_NONE;
}

bool table_is(JValue value)
{
    return jhost_as(value, &table_class) != NULL;
}

Error *table_parts(JinjaState *s, JValue table, TableParts *out)
{
    JHost *host = host_of(table);
    JValue types = part(host, 2);
    JList *rows = NULL;
    TRY(rows_of(s, host, &rows));
    *out = (TableParts){.names = part(host, 0).tuple,
                        .rows = rows,
                        .types = types.type == J_TUPLE ? types.tuple : NULL};
    return NULL;
}

JTuple *table_row_cells(JValue row)
{
    return part(host_of(row), 1).tuple;
}

Error *table_column_type(JinjaState *s, JValue table, int64_t index, JValue *out)
{
    const JHost *host = jhost_as(table, &table_class);
    if (host == NULL) {
        return jraise("TypeError", "expected a table, not '%s'", jtype_name(table));
    }
    if (index < 0 || (uint64_t)index >= part(host, 0).tuple->len) {
        return jraise("IndexError", "tuple index out of range");
    }
    JValue types = part(host, 2);
    *out =
        types.type == J_TUPLE ? types.tuple->items[index] : jstr_value(jinja_heap(s), STR("text"));
    return NULL;
}
