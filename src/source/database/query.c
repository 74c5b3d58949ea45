#include "source/database/query.h"

#include "base/limits.h"

enum { TIME_TEXT_BYTES = 64 };

typedef struct Query {
    Arena *arena;
    StrBuf text;
    char quote;
    bool has_condition;
} Query;

/* A quote within the text is doubled. */
static void add_quoted(Query *query, Str text, char quote)
{
    strbuf_add_char(&query->text, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == quote) {
            strbuf_add_char(&query->text, quote);
        }
        strbuf_add_char(&query->text, text.data[i]);
    }
    strbuf_add_char(&query->text, quote);
}

static void add_columns(Query *query, const DatabaseTable *table)
{
    for (VEC_EACH(const DatabaseColumn, it, &table->columns)) {
        strbuf_add_c(&query->text, it == table->columns.data ? "" : ", ");
        if (it->expression.len > 0) {
            strbuf_add(&query->text, it->expression);
        } else {
            add_quoted(query, it->name, query->quote);
        }
    }
}

static void add_table(Query *query, const DatabaseTable *table)
{
    if (table->schema.len > 0) {
        add_quoted(query, table->schema, query->quote);
        strbuf_add_char(&query->text, '.');
    }
    add_quoted(query, table->name, query->quote);
}

static Str time_text(Arena *arena, const Value *value)
{
    char text[TIME_TEXT_BYTES];
    size_t len = value_is(value, VALUE_DATE)   ? date_format(value->as.time, text)
                 : value_is(value, VALUE_TIME) ? time_format(value->as.time, text)
                                               : datetime_format(value->as.time, ' ', text);
    return str_dup(arena, (Str){text, len});
}

Error *cursor_text(Arena *arena, const Value *value, Str *out)
{
    switch (value_kind(value)) {
    case VALUE_INT:
        *out = str_printf(arena, "%lld", (long long)value->as.integer);
        return NULL;
    case VALUE_FLOAT:
        *out = str_printf(arena, "%.17g", value->as.number);
        return NULL;
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_STRING:
        *out = value->as.text;
        return NULL;
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME:
        *out = time_text(arena, value);
        return NULL;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_BYTES:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    Str shown = value_describe(arena, value);
    return value_error(ERR_CONFIG, value, "a cursor cannot be compared with " STR_FMT,
                       STR_ARG(shown));
}

static bool is_number(const Value *value)
{
    return value_is(value, VALUE_INT) || value_is(value, VALUE_FLOAT) ||
           value_is(value, VALUE_BIG_INT) || value_is(value, VALUE_DECIMAL);
}

static Error *add_literal(Query *query, const Value *value)
{
    Str text;
    TRY(cursor_text(query->arena, value, &text));
    if (is_number(value)) {
        strbuf_add(&query->text, text);
    } else {
        add_quoted(query, text, '\'');
    }
    return NULL;
}

static bool says(const Value *incremental, const char *key, const char *word)
{
    return str_is(value_text_or(value_find(incremental, str_from(key)), STR("")), word);
}

static Error *add_bound(Query *query, Str cursor, const char *operator, const Value * bound)
{
    add_quoted(query, cursor, query->quote);
    strbuf_printf(&query->text, " %s ", operator);
    return add_literal(query, bound);
}

static Error *add_range(Query *query, Str cursor, const Value *incremental,
                        const StreamRequest *request)
{
    bool falls = says(incremental, "last_value_func", "min");
    const char *after =
        says(incremental, "range_start", "open") ? (falls ? "<" : ">") : (falls ? "<=" : ">=");
    const char *before =
        says(incremental, "range_end", "closed") ? (falls ? ">=" : "<=") : (falls ? ">" : "<");
    TRY(add_bound(query, cursor, after, request->from));
    if (request->until != NULL) {
        strbuf_add_c(&query->text, " and ");
        TRY(add_bound(query, cursor, before, request->until));
    }
    return NULL;
}

static void begin_condition(Query *query)
{
    strbuf_add_c(&query->text, query->has_condition ? " and " : " where ");
    query->has_condition = true;
}

static void add_missing(Query *query, Str cursor, const Value *incremental)
{
    if (says(incremental, "on_cursor_value_missing", "include")) {
        strbuf_add_c(&query->text, " or ");
        add_quoted(query, cursor, query->quote);
        strbuf_add_c(&query->text, " is null");
    }
}

/* Rows without a cursor come along when they are wanted, and when they are an error: the engine
 * tells of them. */
static Error *add_cursor(Query *query, Str cursor, const Value *incremental,
                         const StreamRequest *request)
{
    bool ranged = !value_is_null(request->from);
    if (ranged) {
        begin_condition(query);
        strbuf_add_c(&query->text, "((");
        TRY(add_range(query, cursor, incremental, request));
        strbuf_add_char(&query->text, ')');
        add_missing(query, cursor, incremental);
        strbuf_add_char(&query->text, ')');
    }
    if (!ranged && says(incremental, "on_cursor_value_missing", "exclude")) {
        begin_condition(query);
        add_quoted(query, cursor, query->quote);
        strbuf_add_c(&query->text, " is not null");
    }
    return NULL;
}

/* In a complete window the cursor says nothing but how far back new rows may be, so that the
 * database can use an index. */
static void add_floor(Query *query, Str cursor, const Value *incremental, Str floor)
{
    if (floor.len > 0) {
        begin_condition(query);
        strbuf_add_char(&query->text, '(');
        add_quoted(query, cursor, query->quote);
        strbuf_add_c(&query->text, " >= ");
        add_quoted(query, floor, '\'');
        add_missing(query, cursor, incremental);
        strbuf_add_char(&query->text, ')');
    }
}

static Error *add_where(Query *query, Str cursor, const TableQuery *asked)
{
    const DatabaseWindow *window = asked->window;
    if (window != NULL && window->is_complete) {
        add_floor(query, cursor, asked->incremental, window->floor);
    } else {
        TRY(add_cursor(query, cursor, asked->incremental, asked->request));
    }
    if (window != NULL && window->condition.len > 0) {
        begin_condition(query);
        strbuf_add(&query->text, window->condition);
    }
    return NULL;
}

static void add_order(Query *query, Str cursor, const Value *incremental)
{
    Str order = value_text_or(value_find(incremental, STR("row_order")), STR(""));
    if (order.len > 0) {
        strbuf_add_c(&query->text, " order by ");
        add_quoted(query, cursor, query->quote);
        strbuf_add_c(&query->text, str_is(order, "desc") ? " desc" : "");
    }
}

Error *table_query(Arena *arena, const TableQuery *asked, Str *out)
{
    Query query = {
        .arena = arena, .text = strbuf_init(arena, LIMIT_SQL_BYTES), .quote = asked->quote};
    strbuf_add_c(&query.text, "select ");
    add_columns(&query, asked->table);
    strbuf_add_c(&query.text, " from ");
    add_table(&query, asked->table);
    if (asked->incremental != NULL) {
        Str cursor = value_text_or(value_find(asked->incremental, STR("cursor_path")), STR(""));
        TRY(add_where(&query, cursor, asked));
        add_order(&query, cursor, asked->incremental);
    }
    if (query.text.overflowed) {
        return error_new(ERR_LIMIT, "the statement for table '" STR_FMT "' is too long",
                         STR_ARG(asked->table->name));
    }
    *out = strbuf_str(&query.text);
    return NULL;
}
