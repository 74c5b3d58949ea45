/* What SQLite says of tables. A type is any text there: what SQLAlchemy makes of it decides. */
#include "source/sqlite/sqlite_internal.h"

#include "base/limits.h"
#include "base/number.h"

enum { DEFAULT_SCALE = 10 }; /* of a NUMERIC that says none */

typedef struct TypeRule {
    const char *name;
    const char *data_type;
    ColumnKind kind;
} TypeRule;

/* Types by their whole name. Floats have no hint: values tell. */
static const TypeRule known_types[] = {
    {"BIGINT", "bigint", COLUMN_INT},
    {"BLOB", "binary", COLUMN_BYTES},
    {"BOOL", "bool", COLUMN_BOOL},
    {"BOOLEAN", "bool", COLUMN_BOOL},
    {"CHAR", "text", COLUMN_TEXT},
    {"DATE", "date", COLUMN_DATE},
    {"DATE_CHAR", "date", COLUMN_DATE},
    {"DATETIME", "timestamp", COLUMN_TIMESTAMP},
    {"DATETIME_CHAR", "timestamp", COLUMN_TIMESTAMP},
    {"DOUBLE", "", COLUMN_DOUBLE},
    {"DOUBLE_PRECISION", "", COLUMN_DOUBLE},
    {"DECIMAL", "decimal", COLUMN_DECIMAL},
    {"FLOAT", "", COLUMN_DOUBLE},
    {"INT", "bigint", COLUMN_INT},
    {"INTEGER", "bigint", COLUMN_INT},
    {"JSON", "json", COLUMN_JSON},
    {"NUMERIC", "decimal", COLUMN_DECIMAL},
    {"REAL", "", COLUMN_DOUBLE},
    {"SMALLINT", "bigint", COLUMN_INT},
    {"TEXT", "text", COLUMN_TEXT},
    {"TIME", "time", COLUMN_TIME},
    {"TIME_CHAR", "time", COLUMN_TIME},
    {"TIMESTAMP", "timestamp", COLUMN_TIMESTAMP},
    {"VARCHAR", "text", COLUMN_TEXT},
    {"NVARCHAR", "text", COLUMN_TEXT},
};

/* Else by a part of it, in this order. */
static const TypeRule type_parts[] = {
    {"INT", "bigint", COLUMN_INT}, {"CHAR", "text", COLUMN_TEXT}, {"CLOB", "text", COLUMN_TEXT},
    {"TEXT", "text", COLUMN_TEXT}, {"BLOB", "", COLUMN_NULL},     {"REAL", "", COLUMN_DOUBLE},
    {"FLOA", "", COLUMN_DOUBLE},   {"DOUB", "", COLUMN_DOUBLE},
};
static const TypeRule untyped = {"", "", COLUMN_NULL};
static const TypeRule otherwise = {"", "decimal", COLUMN_DECIMAL};

static const TypeRule *find_type(Str name)
{
    for (size_t i = 0; i < ARRAY_LEN(known_types); i++) {
        if (str_is(name, known_types[i].name)) {
            return &known_types[i];
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(type_parts); i++) {
        if (str_contains(name, str_from(type_parts[i].name))) {
            return &type_parts[i];
        }
    }
    return name.len == 0 ? &untyped : &otherwise;
}

/* The numbers of "(10, 2)"; how many there are. */
static size_t read_arguments(Str text, int64_t *out, size_t most)
{
    size_t count = 0;
    Str piece;
    while (count < most && str_next_piece(&text, ',', &piece)) {
        if (!number_parse_int64(str_trim(piece), &out[count]) || out[count] < 0) {
            return 0;
        }
        count++;
    }
    return text.data == NULL ? count : 0;
}

static void set_decimal(DatabaseColumn *column, const int64_t *arguments, size_t count)
{
    enum { PRECISION_MAX = 38 };
    column->precision = count > 0 ? arguments[0] : 0;
    column->scale = count > 1 ? arguments[1] : DEFAULT_SCALE;
    int64_t scale = column->scale <= PRECISION_MAX ? column->scale : PRECISION_MAX;
    column->type.precision = PRECISION_MAX;
    column->type.scale = (uint8_t)scale;
}

static void set_type(Arena *arena, DatabaseColumn *column, Str declared)
{
    int64_t arguments[2] = {0};
    size_t count = 0;
    Str upper = str_upper_ascii(arena, declared);
    Str name = upper;
    Str rest;
    Str inner;
    if (str_cut(upper, '(', &name, &rest)) {
        (void)str_cut(rest, ')', &inner, &rest);
        count = read_arguments(rest.data != NULL ? inner : rest, arguments, ARRAY_LEN(arguments));
    }
    name = str_trim(name);
    const TypeRule *rule = find_type(name);
    column->data_type = str_from(rule->data_type);
    column->type = (ColumnType){.kind = rule->kind, .name = str_dup(arena, declared)};
    column->is_small = str_is(name, "SMALLINT");
    if (rule->kind == COLUMN_DECIMAL) {
        set_decimal(column, arguments, count);
    } else if (rule->kind == COLUMN_TEXT || rule->kind == COLUMN_BYTES) {
        column->length = count > 0 ? arguments[0] : 0;
    }
}

Error *sqlite_list_tables(DatabaseConnection *connection, Arena *arena, Str schema,
                          DatabaseTableVec *out)
{
    AUTO_FREE(statement) sqlite3_stmt *statement = NULL;
    TRY(sqlite_prepare(connection,
                       STR("select name, type = 'view' from sqlite_master where type in ('table', "
                           "'view') and name not like 'sqlite~_%' escape '~' order by name"),
                       &statement));
    bool has_row = false;
    TRY(sqlite_row(connection, statement, &has_row));
    while (has_row) {
        DatabaseTable table = {.schema = schema,
                               .name = str_dup(arena, sqlite_text(statement, 0)),
                               .is_view = sqlite3_column_int(statement, 1) != 0};
        VEC_PUSH(arena, out, table);
        TRY(sqlite_row(connection, statement, &has_row));
    }
    return NULL;
}

/* The columns of "pragma table_xinfo". */
enum { INFO_NAME, INFO_TYPE, INFO_NOT_NULL, INFO_KEY };

static void add_column(Arena *arena, DatabaseTable *table, sqlite3_stmt *statement, StrVec *keys)
{
    DatabaseColumn column = {.name = str_dup(arena, sqlite_text(statement, INFO_NAME)),
                             .nullable = sqlite3_column_int(statement, INFO_NOT_NULL) == 0};
    set_type(arena, &column, sqlite_text(statement, INFO_TYPE));
    VEC_PUSH(arena, &table->columns, column);
    size_t position = (size_t)sqlite3_column_int(statement, INFO_KEY); /* in the key, from 1 */
    while (keys->len < position) {
        VEC_PUSH(arena, keys, (Str){0});
    }
    if (position > 0) {
        keys->data[position - 1] = column.name;
    }
}

static Error *reflect_table(DatabaseConnection *connection, Arena *arena, DatabaseTable *table)
{
    AUTO_FREE(statement) sqlite3_stmt *statement = NULL;
    TRY(sqlite_prepare(connection,
                       STR("select name, type, \"notnull\", pk from pragma_table_xinfo(?1) where "
                           "hidden <> 1 order by cid"),
                       &statement));
    if (sqlite3_bind_text(statement, 1, table->name.data, (int)table->name.len, SQLITE_STATIC) !=
        SQLITE_OK) {
        return sqlite_failure(connection);
    }
    bool has_row = false;
    TRY(sqlite_row(connection, statement, &has_row));
    while (has_row) {
        add_column(arena, table, statement, &table->primary_key);
        TRY(sqlite_row(connection, statement, &has_row));
    }
    return NULL;
}

Error *sqlite_reflect(DatabaseConnection *connection, Arena *arena, DatabaseTableVec *tables)
{
    for (VEC_EACH(DatabaseTable, it, tables)) {
        TRY_WRAP(reflect_table(connection, arena, it), "table '" STR_FMT "'", STR_ARG(it->name));
    }
    return NULL;
}
