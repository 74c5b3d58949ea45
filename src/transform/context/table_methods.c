#include "transform/context/table_methods.h"

#include "jinja/ops.h"
#include "transform/context/objects.h"

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

const JBuiltin table_methods[] = {
    {"select", method_select, 2, 2, "self key", JB_CONTEXT, NULL},
    {"exclude", method_exclude, 2, 2, "self key", JB_CONTEXT, NULL},
    {"limit", method_limit, 1, 4, "self start_or_stop stop step", JB_CONTEXT, NULL},
    {0},
};
