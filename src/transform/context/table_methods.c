#include "transform/context/table_methods.h"

#include "base/limits.h"
#include "jinja/ops.h"
#include "jinja/sort.h"
#include "transform/context/context.h"
#include "transform/context/objects.h"
#include "transform/context/table_print.h"

/* Positions of columns. */
typedef VEC(size_t) ColumnPicks;

static JTuple *picked(JHeap *heap, const JTuple *from, const ColumnPicks *picks)
{
    JTuple *out = jtuple_new(heap, picks->len);
    for (size_t i = 0; i < picks->len; i++) {
        out->items[i] = from->items[picks->data[i]];
    }
    return out;
}

static JValue table_of_columns(JHeap *heap, const TableParts *table, const ColumnPicks *picks)
{
    JList *rows = jlist_new(heap, jlist_len(table->rows));
    for (size_t i = 0; i < jlist_len(table->rows); i++) {
        JTuple *cells = picked(heap, table_row_cells(table->rows->items[i]), picks);
        jlist_append(rows, jtuple_value(cells));
    }
    JTuple *types = table->types != NULL ? picked(heap, table->types, picks) : NULL;
    return table_object(heap, picked(heap, table->names, picks), rows, types);
}

/* One name, or several. */
static Error *names_arg(JinjaState *s, JValue key, JList **out)
{
    if (!jis_str(key)) {
        return jcollect(s, key, out);
    }
    *out = jlist_new(jinja_heap(s), 1);
    jlist_append(*out, key);
    return NULL;
}

static Error *find_item(const JValue *items, size_t count, JValue wanted, size_t *out)
{
    for (size_t i = 0; i < count; i++) {
        bool same = false;
        TRY(jequal(items[i], wanted, &same));
        if (same) {
            *out = i;
            return NULL;
        }
    }
    *out = SIZE_MAX;
    return NULL;
}

static Error *method_select(JinjaState *s, const JCall *call, JValue *out)
{
    TableParts table;
    TRY(table_parts(s, call->args[0], &table));
    JList *wanted = NULL;
    ColumnPicks picks = {0};
    TRY(names_arg(s, call->args[1], &wanted));
    for (size_t i = 0; i < jlist_len(wanted); i++) {
        size_t at = SIZE_MAX;
        TRY(find_item(table.names->items, table.names->len, jlist_at(wanted, i), &at));
        if (at == SIZE_MAX) {
            return jraise("ValueError", "tuple.index(x): x not in tuple");
        }
        VEC_PUSH(jinja_scratch(s), &picks, at);
    }
    *out = table_of_columns(jinja_heap(s), &table, &picks);
    return NULL;
}

static Error *method_exclude(JinjaState *s, const JCall *call, JValue *out)
{
    TableParts table;
    TRY(table_parts(s, call->args[0], &table));
    JList *unwanted = NULL;
    ColumnPicks picks = {0};
    TRY(names_arg(s, call->args[1], &unwanted));
    for (size_t i = 0; i < table.names->len; i++) {
        size_t at = SIZE_MAX;
        TRY(find_item(unwanted->items, jlist_len(unwanted), table.names->items[i], &at));
        if (at == SIZE_MAX) {
            VEC_PUSH(jinja_scratch(s), &picks, i);
        }
    }
    *out = table_of_columns(jinja_heap(s), &table, &picks);
    return NULL;
}

/* limit(stop), limit(start, stop, step): the rows of a slice. */
static Error *method_limit(JinjaState *s, const JCall *call, JValue *out)
{
    TableParts table;
    TRY(table_parts(s, call->args[0], &table));
    JHeap *heap = jinja_heap(s);
    JSlice slice;
    JValue first = jarg_or(call, 1, JNONE), second = jarg_or(call, 2, JNONE);
    bool is_range = second.type != J_NONE;
    TRY(jslice_bounds(is_range ? first : JNONE, is_range ? second : first, jarg_or(call, 3, JNONE),
                      (int64_t)jlist_len(table.rows), &slice));
    JList *rows = jlist_new(heap, 0);
    for (int64_t i = 0; i < slice.count; i++) {
        JValue row = table.rows->items[slice.start + i * slice.step];
        jlist_append(rows, jtuple_value(table_row_cells(row)));
    }
    *out = table_object(heap, table.names, rows, table.types);
    return NULL;
}

/* A list of all names, or a dict of old names to new ones. */
static Error *method_rename(JinjaState *s, const JCall *call, JValue *out)
{
    TableParts table;
    TRY(table_parts(s, call->args[0], &table));
    JHeap *heap = jinja_heap(s);
    JValue given = jarg_or(call, 1, JNONE);
    JTuple *names = jtuple_from(heap, table.names->items, table.names->len);
    JList *all = NULL;
    if (given.type == J_DICT) {
        for (size_t i = 0; i < names->len; i++) {
            JValue found = JMISSING;
            TRY(jdict_get(given.dict, names->items[i], &found));
            names->items[i] = jis_absent(found) ? names->items[i] : found;
        }
    } else if (given.type != J_NONE) {
        TRY(jcollect(s, given, &all));
        if (jlist_len(all) != names->len) {
            return jraise("ValueError", "column_names and column_types must be the same length.");
        }
        names = jtuple_from(heap, all->items, jlist_len(all));
    }
    JList *rows = jlist_new(heap, jlist_len(table.rows));
    for (size_t i = 0; i < jlist_len(table.rows); i++) {
        jlist_append(rows, jtuple_value(table_row_cells(table.rows->items[i])));
    }
    *out = table_object(heap, names, rows, table.types);
    return NULL;
}

/* Positions of the columns named; all of them for none. */
static Error *find_picks(JinjaState *s, const TableParts *table, JValue key, ColumnPicks *out)
{
    JList *names = NULL;
    if (key.type == J_NONE) {
        for (size_t i = 0; i < table->names->len; i++) {
            VEC_PUSH(jinja_scratch(s), out, i);
        }
        return NULL;
    }
    TRY(names_arg(s, key, &names));
    for (size_t i = 0; i < jlist_len(names); i++) {
        size_t at = SIZE_MAX;
        TRY(find_item(table->names->items, table->names->len, jlist_at(names, i), &at));
        if (at == SIZE_MAX) {
            Str name = jis_str(jlist_at(names, i)) ? jtext(jlist_at(names, i)) : STR("?");
            return jraise("KeyError", "'" STR_FMT "'", STR_ARG(name));
        }
        VEC_PUSH(jinja_scratch(s), out, at);
    }
    return NULL;
}

/* What a row is sorted by: what has no value comes behind all that has. */
static JValue sort_key(JHeap *heap, const JTuple *cells, const ColumnPicks *picks)
{
    JTuple *key = jtuple_new(heap, picks->len);
    for (size_t i = 0; i < picks->len; i++) {
        JValue cell = cells->items[picks->data[i]];
        bool is_none = cell.type == J_NONE;
        key->items[i] = jtuple_pair(heap, jbool(is_none), is_none ? jint(0) : cell);
    }
    return jtuple_value(key);
}

static Error *method_order_by(JinjaState *s, const JCall *call, JValue *out)
{
    TableParts table;
    ColumnPicks picks = {0};
    TRY(table_parts(s, call->args[0], &table));
    TRY(find_picks(s, &table, call->args[1], &picks));
    size_t count = jlist_len(table.rows);
    SortItem *items = ARENA_ARRAY(jinja_scratch(s), SortItem, count + 1);
    for (size_t i = 0; i < count; i++) {
        JTuple *cells = table_row_cells(table.rows->items[i]);
        items[i] = (SortItem){sort_key(jinja_heap(s), cells, &picks), jtuple_value(cells)};
    }
    TRY(sort_items(s, items, count, jarg_bool(call, 2, false) ? SORT_REVERSE : 0));
    JList *rows = jlist_new(jinja_heap(s), count);
    for (size_t i = 0; i < count; i++) {
        jlist_append(rows, items[i].value);
    }
    *out = table_object(jinja_heap(s), table.names, rows, table.types);
    return NULL;
}

/* The first row of each value of the columns named. */
static Error *method_distinct(JinjaState *s, const JCall *call, JValue *out)
{
    TableParts table;
    ColumnPicks picks = {0};
    TRY(table_parts(s, call->args[0], &table));
    TRY(find_picks(s, &table, jarg_or(call, 1, JNONE), &picks));
    JDict *seen = jdict_new(jinja_heap(s));
    JList *rows = jlist_new(jinja_heap(s), 0);
    for (size_t i = 0; i < jlist_len(table.rows); i++) {
        JTuple *cells = table_row_cells(table.rows->items[i]);
        JValue key = jtuple_value(picked(jinja_heap(s), cells, &picks));
        JValue known = JMISSING;
        TRY(jdict_get(seen, key, &known));
        if (jis_absent(known)) {
            TRY(jdict_set(seen, key, JNONE));
            jlist_append(rows, jtuple_value(cells));
        }
    }
    *out = table_object(jinja_heap(s), table.names, rows, table.types);
    return NULL;
}

static Error *print_text(JinjaState *s, const StrBuf *text, JValue *out)
{
    report_print(context_of(s)->session, strbuf_str(text));
    *out = JNONE;
    return NULL;
}

/* None is no limit. */
static Error *limit_arg(const JCall *call, size_t index, int64_t otherwise, int64_t *out)
{
    *out = INT32_MAX;
    bool is_none = jarg_given(call, index) && call->args[index].type == J_NONE;
    return is_none ? NULL : jarg_int(call, index, otherwise, out);
}

static Error *method_print_table(JinjaState *s, const JCall *call, JValue *out)
{
    enum { ROWS = 20, COLUMNS = 6, WIDTH = 20, PRECISION = 3 };
    TableParts table;
    TablePrint options;
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_TEMPLATE_BYTES);
    TRY(limit_arg(call, 1, ROWS, &options.max_rows));
    TRY(limit_arg(call, 2, COLUMNS, &options.max_columns));
    TRY(limit_arg(call, 4, WIDTH, &options.max_column_width));
    TRY(limit_arg(call, 6, PRECISION, &options.max_precision));
    TRY(table_parts(s, call->args[0], &table));
    TRY(table_print_bars(s, &table, &options, &text));
    return print_text(s, &text, out);
}

static Error *method_print_csv(JinjaState *s, const JCall *call, JValue *out)
{
    TableParts table;
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_TEMPLATE_BYTES);
    TRY(table_parts(s, call->args[0], &table));
    TRY(table_print_csv(s, &table, &text));
    return print_text(s, &text, out);
}

static Error *method_print_json(JinjaState *s, const JCall *call, JValue *out)
{
    TableParts table;
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_TEMPLATE_BYTES);
    TRY(table_parts(s, call->args[0], &table));
    TRY(table_print_json(s, &table, &text));
    return print_text(s, &text, out);
}

const JBuiltin table_methods[] = {
    {"select", method_select, 2, 2, "self key", JB_CONTEXT, NULL},
    {"exclude", method_exclude, 2, 2, "self key", JB_CONTEXT, NULL},
    {"rename", method_rename, 1, 2, "self column_names", JB_CONTEXT, NULL},
    {"order_by", method_order_by, 2, 3, "self key reverse", JB_CONTEXT, NULL},
    {"distinct", method_distinct, 1, 2, "self key", JB_CONTEXT, NULL},
    {"print_table", method_print_table, 1, 7,
     "self max_rows max_columns output max_column_width locale max_precision", JB_CONTEXT, NULL},
    {"print_csv", method_print_csv, 1, 1, "self", JB_CONTEXT, NULL},
    {"print_json", method_print_json, 1, 1, "self", JB_CONTEXT, NULL},
    {"limit", method_limit, 1, 4, "self start_or_stop stop step", JB_CONTEXT, NULL},
    {0},
};
