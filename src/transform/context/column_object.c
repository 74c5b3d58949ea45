#include "transform/context/objects.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/number.h"
#include "transform/context/convert.h"
#include "transform/graph/relation.h"

/* ---- The object: one block with its texts behind it ---- */

typedef struct ColumnData {
    Str name;
    Str type;
    int64_t char_size; /* -1 = not given */
    int64_t precision;
    int64_t scale;
} ColumnData;

static const ColumnData *data_of(JValue value);

static Error *column_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out);

static Error *column_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    *out = JMISSING;
    return jis_str(key) ? column_get_attr(s, self, key.str, out) : NULL;
}

static void column_free(JHost *self)
{
    free(self->data);
}

static bool column_equal(JHost *self, JValue other)
{
    const ColumnData *a = self->data, *b = data_of(other);
    return b != NULL && str_eq(a->name, b->name) && str_eq(a->type, b->type);
}

static uint64_t column_hash(JHost *self)
{
    const ColumnData *column = self->data;
    return hash_bytes(column->name.data, column->name.len);
}

static Error *column_print(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    const ColumnData *column = self->data;
    strbuf_add_c(out, "DuckDBColumn(column=");
    jrepr_text(column->name, out);
    strbuf_add_c(out, ", dtype=");
    jrepr_text(column->type, out);
    strbuf_add_c(out, ", char_size=None, numeric_precision=None, numeric_scale=None, fields=[])");
    return NULL;
}

static const JHostClass column_host_class = {
    .name = "DuckDBColumn",
    .module = "dbt.adapters.duckdb.column",
    .get_attr = column_get_attr,
    .get_item = column_get_item,
    .equal = column_equal,
    .hash = column_hash,
    .str = column_print,
    .repr = column_print,
    .free = column_free,
};

static const ColumnData *data_of(JValue value)
{
    const JHost *host = jhost_as(value, &column_host_class);
    return host != NULL ? host->data : NULL;
}

static JValue new_column(JHeap *heap, const ColumnData *column)
{
    ColumnData *copy = memory_alloc(sizeof(*copy) + column->name.len + column->type.len);
    *copy = *column;
    char *at = (char *)(copy + 1);
    memcpy(at, column->name.data, column->name.len);
    copy->name.data = at;
    at += column->name.len;
    memcpy(at, column->type.data, column->type.len);
    copy->type.data = at;
    return jhost_new(heap, &column_host_class, copy);
}

JValue column_object(JHeap *heap, const ColumnName *column)
{
    ColumnData data = {.name = column->name.data != NULL ? column->name : STR(""),
                       .type = column->type.data != NULL ? column->type : STR(""),
                       .char_size = -1,
                       .precision = -1,
                       .scale = -1};
    return new_column(heap, &data);
}

/* ---- Types ---- */

static bool type_is_one_of(Str type, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (str_eq_nocase(type, str_from(names[i]))) {
            return true;
        }
    }
    return false;
}

static const char *const string_types[] = {
    "text", "character varying", "character", "varchar", "string", NULL};
static const char *const integer_types[] = {
    "smallint", "integer",   "bigint",   "smallserial", "serial",  "bigserial", "int2",
    "int4",     "int8",      "serial2",  "serial4",     "serial8", "tinyint",   "hugeint",
    "utinyint", "usmallint", "uinteger", "ubigint",     "int",     NULL};
static const char *const float_types[] = {"real",   "float4", "float", "double precision",
                                          "float8", "double", NULL};

static bool is_string(const ColumnData *column)
{
    return type_is_one_of(column->type, string_types);
}

static bool is_integer(const ColumnData *column)
{
    return type_is_one_of(column->type, integer_types);
}

static bool is_float(const ColumnData *column)
{
    return type_is_one_of(column->type, float_types);
}

static bool is_numeric(const ColumnData *column)
{
    Str type = column->type;
    Str decimal = STR("decimal"), numeric = STR("numeric");
    return (type.len >= decimal.len && str_eq_nocase(str_slice(type, 0, decimal.len), decimal)) ||
           (type.len >= numeric.len && str_eq_nocase(str_slice(type, 0, numeric.len), numeric));
}

static bool is_struct(const ColumnData *column)
{
    Str prefix = STR("struct(");
    return column->type.len > prefix.len &&
           str_eq_nocase(str_slice(column->type, 0, prefix.len), prefix) &&
           column->type.data[column->type.len - 1] == ')';
}

enum { DEFAULT_STRING_SIZE = 256 };

static Str data_type(const ColumnData *column, Arena *arena)
{
    if (is_string(column)) {
        long long size = column->char_size >= 0 ? column->char_size : DEFAULT_STRING_SIZE;
        return str_printf(arena, "character varying(%lld)", size);
    }
    bool bare =
        str_eq_nocase(column->type, STR("decimal")) || str_eq_nocase(column->type, STR("numeric"));
    if (bare && column->precision >= 0 && column->scale >= 0) {
        return str_printf(arena, STR_FMT "(%lld,%lld)", STR_ARG(column->type),
                          (long long)column->precision, (long long)column->scale);
    }
    return column->type;
}

/* ---- Methods; args[0] is the column ---- */

#define KIND_METHOD(kind) \
    static Error *method_##kind(JinjaState *s, const JCall *call, JValue *out) \
    { \
        (void)s; \
        *out = jbool(kind(data_of(call->args[0]))); \
        return NULL; \
    }
KIND_METHOD(is_string)
KIND_METHOD(is_integer)
KIND_METHOD(is_float)
KIND_METHOD(is_numeric)
KIND_METHOD(is_struct)
#undef KIND_METHOD

static Error *method_is_number(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    const ColumnData *column = data_of(call->args[0]);
    *out = jbool(is_float(column) || is_integer(column) || is_numeric(column));
    return NULL;
}

static Error *method_string_size(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    const ColumnData *column = data_of(call->args[0]);
    if (!is_string(column)) {
        return jraise("DbtRuntimeError", "Called string_size() on non-string field!");
    }
    *out = jint(column->char_size >= 0 ? column->char_size : DEFAULT_STRING_SIZE);
    return NULL;
}

static Error *method_can_expand_to(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = jbool(false); /* texts of DuckDB have no length */
    return NULL;
}

static const JBuiltin column_methods[] = {
    {"is_string", method_is_string, 1, 1, NULL, 0, NULL},
    {"is_number", method_is_number, 1, 1, NULL, 0, NULL},
    {"is_integer", method_is_integer, 1, 1, NULL, 0, NULL},
    {"is_numeric", method_is_numeric, 1, 1, NULL, 0, NULL},
    {"is_float", method_is_float, 1, 1, NULL, 0, NULL},
    {"is_struct", method_is_struct, 1, 1, NULL, 0, NULL},
    {"string_size", method_string_size, 1, 1, NULL, 0, NULL},
    {"can_expand_to", method_can_expand_to, 2, 2, "self other_column", 0, NULL},
    {0},
};

static JValue size_or_none(int64_t size)
{
    return size >= 0 ? jint(size) : JNONE;
}

static Error *column_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    const ColumnData *column = self->data;
    Str wanted = jstr_str(name);
    const JBuiltin *method = object_method(column_methods, wanted);
    *out = JMISSING;
    if (method != NULL) {
        *out = jfunction_new(heap, method, jobj(self));
    } else if (str_is(wanted, "name") || str_is(wanted, "column")) {
        *out = jstr_value(heap, column->name);
    } else if (str_is(wanted, "dtype")) {
        *out = jstr_value(heap, column->type);
    } else if (str_is(wanted, "quoted")) {
        *out = jstr_value(heap, relation_quoted(jinja_scratch(s), column->name));
    } else if (str_is(wanted, "data_type") || str_is(wanted, "expanded_data_type")) {
        *out = jstr_value(heap, data_type(column, jinja_scratch(s)));
    } else if (str_is(wanted, "char_size")) {
        *out = size_or_none(column->char_size);
    } else if (str_is(wanted, "numeric_precision")) {
        *out = size_or_none(column->precision);
    } else if (str_is(wanted, "numeric_scale")) {
        *out = size_or_none(column->scale);
    }
    return NULL;
}

/* ---- api.Column ---- */

static Error *size_arg(JValue value, int64_t *size)
{
    if (!jis_absent(value) && value.type != J_NONE && !jto_int64(value, size)) {
        return jraise("TypeError", "an integer is required, not '%s'", jtype_name(value));
    }
    return NULL;
}

static Error *make(JinjaState *s, const JValue *args, JValue *out)
{
    Arena *scratch = jinja_scratch(s);
    ColumnData column = {.char_size = -1, .precision = -1, .scale = -1};
    TRY(convert_to_text(s, scratch, args[0], &column.name));
    TRY(convert_to_text(s, scratch, args[1], &column.type));
    TRY(size_arg(args[2], &column.char_size));
    TRY(size_arg(args[3], &column.precision));
    TRY(size_arg(args[4], &column.scale));
    *out = new_column(jinja_heap(s), &column);
    return NULL;
}

static Error *class_new(JinjaState *s, const JCall *call, JValue *out)
{
    static const char *const names[] = {"column", "dtype", "char_size", "numeric_precision",
                                        "numeric_scale"};
    JValue args[ARRAY_LEN(names)];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        args[i] = i < call->argc ? call->args[i] : JMISSING;
        if (jis_absent(args[i]) && call->kwargs != NULL) {
            args[i] = jdict_get_text(call->kwargs, str_from(names[i]));
        }
    }
    if (jis_absent(args[0]) || jis_absent(args[1])) {
        return jraise("TypeError", "Column() needs a name and a type");
    }
    return make(s, args, out);
}

static Error *class_create(JinjaState *s, const JCall *call, JValue *out)
{
    const JValue args[] = {call->args[1], call->args[2], JMISSING, JMISSING, JMISSING};
    return make(s, args, out);
}

static Error *class_translate_type(JinjaState *s, const JCall *call, JValue *out)
{
    Str type;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &type));
    *out = jstr_value(jinja_heap(s), str_eq_nocase(type, STR("string")) ? STR("TEXT") : type);
    return NULL;
}

static Error *class_string_type(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t size = 0;
    TRY(size_arg(call->args[1], &size));
    *out = jstr_value(jinja_heap(s),
                      str_printf(jinja_scratch(s), "character varying(%lld)", (long long)size));
    return NULL;
}

static Error *class_numeric_type(JinjaState *s, const JCall *call, JValue *out)
{
    Str type, precision, scale;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &type));
    TRY(convert_to_text(s, jinja_scratch(s), call->args[2], &precision));
    TRY(convert_to_text(s, jinja_scratch(s), call->args[3], &scale));
    bool bare = call->args[2].type == J_NONE || call->args[3].type == J_NONE;
    *out = jstr_value(jinja_heap(s),
                      bare ? type
                           : str_printf(jinja_scratch(s), STR_FMT "(" STR_FMT "," STR_FMT ")",
                                        STR_ARG(type), STR_ARG(precision), STR_ARG(scale)));
    return NULL;
}

static const JBuiltin class_methods[] = {
    {"create", class_create, 3, 3, "self name label_or_dtype", 0, NULL},
    {"translate_type", class_translate_type, 2, 2, "self dtype", 0, NULL},
    {"string_type", class_string_type, 2, 2, "self size", 0, NULL},
    {"numeric_type", class_numeric_type, 4, 4, "self dtype precision scale", 0, NULL},
    {0},
};

const ObjectClass column_class_object = {
    .name = "Column", .methods = class_methods, .call = class_new};
