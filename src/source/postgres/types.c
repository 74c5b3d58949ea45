#include "source/postgres/types.h"

#include "source/postgres/postgres_internal.h"

enum {
    PRECISION_MAX = 38,
    SCALE_DEFAULT = 9, /* of a numeric that says none, as dlt has it */
    HEAD_MODIFIER = 4, /* what modifiers of lengths and precisions begin with */
};

/* How a column of a type is selected: "$" stands for the column, NULL for nothing around it. */
typedef struct TypeRule {
    const char *name;
    const char *data_type; /* empty: SQLAlchemy or dlt does not know it, values tell */
    ColumnKind kind;
    const char *selected;
} TypeRule;

/* Floats of 32 bits are the decimal number that they show as, not the nearest float of 64. The
 * output functions of inet and of arrays say less and more than a cast to text does. */
static const TypeRule rules[] = {
    {"bool", "bool", COLUMN_BOOL, NULL},
    {"bpchar", "text", COLUMN_TEXT, NULL},
    {"bytea", "binary", COLUMN_BYTES, NULL},
    {"char", "text", COLUMN_TEXT, "$::text"},
    {"citext", "text", COLUMN_TEXT, "$::text"},
    {"date", "date", COLUMN_DATE, NULL},
    {"float4", "", COLUMN_DOUBLE, "$::text::float8"},
    {"float8", "", COLUMN_DOUBLE, NULL},
    {"hstore", "", COLUMN_JSON, "to_json($)::text"},
    {"inet", "", COLUMN_TEXT, "nullif(format('%s', $), '')"},
    {"int2", "bigint", COLUMN_INT, NULL},
    {"int4", "bigint", COLUMN_INT, NULL},
    {"int8", "bigint", COLUMN_INT, NULL},
    {"json", "json", COLUMN_JSON, NULL},
    {"jsonb", "json", COLUMN_JSON, "$::text"},
    {"name", "text", COLUMN_TEXT, NULL},
    {"numeric", "decimal", COLUMN_DECIMAL, NULL},
    {"oid", "", COLUMN_INT, "$::int8"},
    {"text", "text", COLUMN_TEXT, NULL},
    {"time", "time", COLUMN_TIME, NULL},
    {"timestamp", "timestamp", COLUMN_TIMESTAMP, NULL},
    {"timestamptz", "timestamp", COLUMN_TIMESTAMP_TZ, NULL},
    {"timetz", "time", COLUMN_TIME, "$::time"},
    {"uuid", "text", COLUMN_TEXT, "$::text"},
    {"varchar", "text", COLUMN_TEXT, NULL},
};
static const TypeRule enum_rule = {"", "text", COLUMN_TEXT, NULL};
static const TypeRule otherwise = {"", "", COLUMN_TEXT, "$::text"};

/* Arrays by the type of their elements; all others as lists of texts. */
static const TypeRule array_rules[] = {
    {"bool", "json", COLUMN_JSON, NULL},
    {"bytea", "json", COLUMN_JSON, NULL},
    {"date", "json", COLUMN_JSON, NULL},
    {"float4", "json", COLUMN_JSON, "$::text::float8[]"},
    {"float8", "json", COLUMN_JSON, NULL},
    {"int2", "json", COLUMN_JSON, NULL},
    {"int4", "json", COLUMN_JSON, NULL},
    {"int8", "json", COLUMN_JSON, NULL},
    {"json", "json", COLUMN_JSON, NULL},
    {"jsonb", "json", COLUMN_JSON, NULL},
    {"oid", "json", COLUMN_JSON, "$::text::int8[]"},
    {"text", "json", COLUMN_JSON, NULL},
    {"time", "json", COLUMN_JSON, NULL},
    {"timestamp", "json", COLUMN_JSON, NULL},
    {"timestamptz", "json", COLUMN_JSON, NULL},
};
static const TypeRule other_array = {"", "json", COLUMN_JSON, "$::text::text[]"};

/* What SQLAlchemy does not know it reads as the text of the whole array. */
static const char *const unknown_elements[] = {
    "point",  "line", "lseg",   "box", "path", "polygon",
    "circle", "xml",  "pg_lsn", "xid", "xid8", "jsonpath",
};

/* Ranges, and the type of their bounds. */
static const struct {
    const char *name;
    const char *bound;
} ranges[] = {
    {"int4range", "int4"}, {"int8range", "int8"},    {"numrange", "numeric"},
    {"daterange", "date"}, {"tsrange", "timestamp"}, {"tstzrange", "timestamptz"},
};

static const TypeRule *find_rule(const TypeRule *list, size_t count, Str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(name, list[i].name)) {
            return &list[i];
        }
    }
    return NULL;
}

static bool is_unknown_element(const PostgresType *type)
{
    bool unknown = type->element_kind == 'c';
    for (size_t i = 0; i < ARRAY_LEN(unknown_elements) && !unknown; i++) {
        unknown = str_is(type->element, unknown_elements[i]);
    }
    return unknown;
}

static const TypeRule *rule_of(const PostgresType *type)
{
    const TypeRule *found = NULL;
    if (type->element.len > 0 && is_unknown_element(type)) {
        return &otherwise;
    }
    if (type->element.len > 0) {
        found = find_rule(array_rules, ARRAY_LEN(array_rules), type->element);
        return found != NULL ? found : &other_array;
    }
    if (type->kind == 'e') {
        return &enum_rule;
    }
    found = find_rule(rules, ARRAY_LEN(rules), type->name);
    return found != NULL ? found : &otherwise;
}

/* ---- Columns ---- */

static Str quoted(Arena *arena, Str name)
{
    StrBuf out = strbuf_init(arena, SIZE_MAX);
    strbuf_add_char(&out, '"');
    for (size_t i = 0; i < name.len; i++) {
        strbuf_add_c(&out, name.data[i] == '"' ? "\"" : "");
        strbuf_add_char(&out, name.data[i]);
    }
    strbuf_add_char(&out, '"');
    return strbuf_str(&out);
}

static Str expression_of(Arena *arena, const char *selected, Str name)
{
    Str before;
    Str after;
    if (selected == NULL || !str_cut(str_from(selected), '$', &before, &after)) {
        return (Str){0};
    }
    Str column = quoted(arena, name);
    return str_printf(arena, STR_FMT STR_FMT STR_FMT, STR_ARG(before), STR_ARG(column),
                      STR_ARG(after));
}

/* DuckDB holds 38 digits, none of them left of the last that counts: what PostgreSQL has beyond
 * that is told when a value does not fit. */
static void set_decimal(const PostgresType *type, DatabaseColumn *column)
{
    enum { PRECISION_SHIFT = 16, SCALE_MASK = 0x7ff, SCALE_SIGN = 0x400 };
    int64_t precision = PRECISION_MAX;
    int64_t scale = SCALE_DEFAULT;
    if (type->modifier >= HEAD_MODIFIER && !type->is_domain) {
        int64_t modifier = type->modifier - HEAD_MODIFIER;
        precision = modifier >> PRECISION_SHIFT;
        scale = ((modifier & SCALE_MASK) ^ SCALE_SIGN) - SCALE_SIGN;
        if (scale < 0) {
            precision -= scale;
            scale = 0;
        }
        precision = precision > scale ? precision : scale;
        precision = precision > PRECISION_MAX ? PRECISION_MAX : precision;
        scale = scale > precision ? precision : scale;
        column->precision = precision;
        column->scale = scale;
    }
    column->type.precision = (uint8_t)precision;
    column->type.scale = (uint8_t)scale;
}

static void set_length(const PostgresType *type, DatabaseColumn *column)
{
    if (type->kind == 'e') {
        column->length = type->label_length;
    } else if (type->modifier > HEAD_MODIFIER &&
               (str_is(type->name, "varchar") || str_is(type->name, "bpchar"))) {
        column->length = type->modifier - HEAD_MODIFIER;
    }
}

static void set_by_rule(Arena *arena, const PostgresType *type, const TypeRule *rule,
                        DatabaseColumn *column)
{
    column->data_type = str_from(type->is_domain ? "" : rule->data_type);
    column->type = (ColumnType){.kind = rule->kind, .name = type->shown};
    column->expression = expression_of(arena, rule->selected, column->name);
    column->is_small = str_is(type->name, "int2");
    column->is_array = type->element.len > 0 && rule->kind == COLUMN_JSON;
    column->has_timezone = rule->kind == COLUMN_TIMESTAMP_TZ;
    if (rule->kind == COLUMN_DECIMAL) {
        set_decimal(type, column);
    } else if (rule->kind == COLUMN_TEXT && !type->is_domain) {
        set_length(type, column);
    }
}

/* dlt has a range as an object. */
static void set_range(Arena *arena, const PostgresType *type, const char *bound,
                      DatabaseColumn *column)
{
    static const char *const names[POSTGRES_RANGE_MEMBERS] = {"lower", "upper", "bounds", "empty"};
    const char *const types[POSTGRES_RANGE_MEMBERS] = {bound, bound, "text", "bool"};
    DatabaseColumn *members = ARENA_ARRAY(arena, DatabaseColumn, POSTGRES_RANGE_MEMBERS);
    for (size_t i = 0; i < POSTGRES_RANGE_MEMBERS; i++) {
        PostgresType inner = {
            .name = str_from(types[i]), .shown = type->shown, .kind = 'b', .modifier = -1};
        members[i] = (DatabaseColumn){.name = str_from(names[i])};
        set_by_rule(arena, &inner, rule_of(&inner), &members[i]);
    }
    column->type = (ColumnType){.kind = COLUMN_STRUCT, .name = type->shown};
    column->members = members;
    column->member_count = POSTGRES_RANGE_MEMBERS;
}

void postgres_type_column(Arena *arena, const PostgresType *type, DatabaseColumn *column)
{
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
        if (type->kind == 'r' && str_is(type->name, ranges[i].name)) {
            set_range(arena, type, ranges[i].bound, column);
            return;
        }
    }
    set_by_rule(arena, type, rule_of(type), column);
}
