/* DuckDB's types and vectors as columns. Fixed-width values of the right layout are borrowed as
 * they are, the rest is copied into the layouts of value/column.h. */
#include <inttypes.h>

#include "base/limits.h"
#include "warehouse/duckdb/duckdb_internal.h"

enum { TYPE_NAME_BYTES_MAX = 64 * 1024 };

/* ---- Types ---- */

/* Types without parameters: what they become, and how DuckDB calls them. */
typedef struct SimpleType {
    duckdb_type id;
    ColumnKind kind;
    const char *name;
} SimpleType;

static const SimpleType simple_types[] = {
    {DUCKDB_TYPE_SQLNULL, COLUMN_NULL, "NULL"},
    {DUCKDB_TYPE_BOOLEAN, COLUMN_BOOL, "BOOLEAN"},
    {DUCKDB_TYPE_TINYINT, COLUMN_INT, "TINYINT"},
    {DUCKDB_TYPE_SMALLINT, COLUMN_INT, "SMALLINT"},
    {DUCKDB_TYPE_INTEGER, COLUMN_INT, "INTEGER"},
    {DUCKDB_TYPE_BIGINT, COLUMN_INT, "BIGINT"},
    {DUCKDB_TYPE_UTINYINT, COLUMN_INT, "UTINYINT"},
    {DUCKDB_TYPE_USMALLINT, COLUMN_INT, "USMALLINT"},
    {DUCKDB_TYPE_UINTEGER, COLUMN_INT, "UINTEGER"},
    {DUCKDB_TYPE_UBIGINT, COLUMN_HUGE_INT, "UBIGINT"},
    {DUCKDB_TYPE_HUGEINT, COLUMN_HUGE_INT, "HUGEINT"},
    {DUCKDB_TYPE_UHUGEINT, COLUMN_TEXT, "UHUGEINT"},
    {DUCKDB_TYPE_FLOAT, COLUMN_FLOAT, "FLOAT"},
    {DUCKDB_TYPE_DOUBLE, COLUMN_DOUBLE, "DOUBLE"},
    {DUCKDB_TYPE_VARCHAR, COLUMN_TEXT, "VARCHAR"},
    {DUCKDB_TYPE_BLOB, COLUMN_BYTES, "BLOB"},
    {DUCKDB_TYPE_BIT, COLUMN_TEXT, "BIT"},
    {DUCKDB_TYPE_UUID, COLUMN_TEXT, "UUID"},
    {DUCKDB_TYPE_DATE, COLUMN_DATE, "DATE"},
    {DUCKDB_TYPE_TIME, COLUMN_TIME, "TIME"},
    {DUCKDB_TYPE_TIME_NS, COLUMN_TEXT, "TIME_NS"},
    {DUCKDB_TYPE_TIME_TZ, COLUMN_TEXT, "TIME WITH TIME ZONE"},
    {DUCKDB_TYPE_TIMESTAMP, COLUMN_TIMESTAMP, "TIMESTAMP"},
    {DUCKDB_TYPE_TIMESTAMP_S, COLUMN_TIMESTAMP, "TIMESTAMP_S"},
    {DUCKDB_TYPE_TIMESTAMP_MS, COLUMN_TIMESTAMP, "TIMESTAMP_MS"},
    {DUCKDB_TYPE_TIMESTAMP_NS, COLUMN_TIMESTAMP_NS, "TIMESTAMP_NS"},
    {DUCKDB_TYPE_TIMESTAMP_TZ, COLUMN_TIMESTAMP_TZ, "TIMESTAMP WITH TIME ZONE"},
    {DUCKDB_TYPE_INTERVAL, COLUMN_INTERVAL, "INTERVAL"},
};

static Str take_text(Arena *arena, char *text)
{
    Str copy = str_dup(arena, str_from(text));
    duckdb_free(text);
    return copy;
}

static Error *read_children(Arena *arena, duckdb_logical_type *logical, size_t count, DuckType *out)
{
    DuckType *children = ARENA_ARRAY(arena, DuckType, count);
    for (size_t i = 0; i < count; i++) {
        TRY(duck_read_type(arena, logical[i], &children[i]));
    }
    out->children = children;
    out->child_count = count;
    return NULL;
}

static Error *read_list(Arena *arena, duckdb_logical_type logical, DuckType *out)
{
    bool is_array = out->id == DUCKDB_TYPE_ARRAY;
    AUTO_FREE(duck_type)
    duckdb_logical_type child =
        is_array ? duckdb_array_type_child_type(logical) : duckdb_list_type_child_type(logical);
    TRY(read_children(arena, &child, 1, out));
    out->array_size = is_array ? duckdb_array_type_array_size(logical) : 0;
    out->type.kind = COLUMN_LIST;
    Str size = is_array ? str_printf(arena, "%" PRIu64, out->array_size) : STR("");
    out->type.name = str_printf(arena, STR_FMT "[" STR_FMT "]", STR_ARG(out->children[0].type.name),
                                STR_ARG(size));
    return NULL;
}

static Error *read_map(Arena *arena, duckdb_logical_type logical, DuckType *out)
{
    AUTO_FREE(duck_type) duckdb_logical_type key = duckdb_map_type_key_type(logical);
    AUTO_FREE(duck_type) duckdb_logical_type value = duckdb_map_type_value_type(logical);
    TRY(read_children(arena, (duckdb_logical_type[]){key, value}, 2, out));
    out->type.kind = COLUMN_MAP;
    out->type.name =
        str_printf(arena, "MAP(" STR_FMT ", " STR_FMT ")", STR_ARG(out->children[0].type.name),
                   STR_ARG(out->children[1].type.name));
    return NULL;
}

/* The members of a STRUCT or UNION, one by one. */
static Error *read_members(Arena *arena, duckdb_logical_type logical, DuckType *out)
{
    bool is_union = out->id == DUCKDB_TYPE_UNION;
    size_t count = is_union ? duckdb_union_type_member_count(logical)
                            : duckdb_struct_type_child_count(logical);
    DuckType *members = ARENA_ARRAY(arena, DuckType, count);
    StrBuf name = strbuf_init(arena, TYPE_NAME_BYTES_MAX);
    strbuf_add_c(&name, is_union ? "UNION(" : "STRUCT(");
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE(duck_type)
        duckdb_logical_type member = is_union ? duckdb_union_type_member_type(logical, i)
                                              : duckdb_struct_type_child_type(logical, i);
        TRY(duck_read_type(arena, member, &members[i]));
        members[i].member_name =
            take_text(arena, is_union ? duckdb_union_type_member_name(logical, i)
                                      : duckdb_struct_type_child_name(logical, i));
        strbuf_printf(&name, "%s\"" STR_FMT "\" " STR_FMT, i > 0 ? ", " : "",
                      STR_ARG(members[i].member_name), STR_ARG(members[i].type.name));
    }
    strbuf_add_char(&name, ')');
    out->children = members;
    out->child_count = count;
    out->type.kind = is_union ? COLUMN_TEXT : COLUMN_STRUCT;
    out->type.name = strbuf_str(&name);
    return NULL;
}

static void read_enum(Arena *arena, duckdb_logical_type logical, DuckType *out)
{
    uint32_t count = duckdb_enum_dictionary_size(logical);
    Str *words = ARENA_ARRAY(arena, Str, count);
    StrBuf name = strbuf_init(arena, TYPE_NAME_BYTES_MAX);
    strbuf_add_c(&name, "ENUM(");
    for (uint32_t i = 0; i < count; i++) {
        words[i] = take_text(arena, duckdb_enum_dictionary_value(logical, i));
        Str quoted = str_replace(arena, words[i], STR("'"), STR("''"));
        strbuf_printf(&name, "%s'" STR_FMT "'", i > 0 ? ", " : "", STR_ARG(quoted));
    }
    strbuf_add_char(&name, ')');
    out->words = words;
    out->storage = duckdb_enum_internal_type(logical);
    out->type.kind = COLUMN_TEXT;
    out->type.name = strbuf_str(&name);
}

static void read_decimal(Arena *arena, duckdb_logical_type logical, DuckType *out)
{
    out->storage = duckdb_decimal_internal_type(logical);
    out->type.kind = COLUMN_DECIMAL;
    out->type.precision = duckdb_decimal_width(logical);
    out->type.scale = duckdb_decimal_scale(logical);
    out->type.name = str_printf(arena, "DECIMAL(%u,%u)", out->type.precision, out->type.scale);
}

static Error *read_simple(Arena *arena, duckdb_logical_type logical, DuckType *out)
{
    for (size_t i = 0; i < ARRAY_LEN(simple_types); i++) {
        if (simple_types[i].id == out->id) {
            out->type.kind = simple_types[i].kind;
            out->type.name = str_from(simple_types[i].name);
            char *alias = duckdb_logical_type_get_alias(logical);
            if (alias != NULL) {
                out->type.name = take_text(arena, alias);
                bool is_json = out->id == DUCKDB_TYPE_VARCHAR && str_is(out->type.name, "JSON");
                out->type.kind = is_json ? COLUMN_JSON : out->type.kind;
            }
            return NULL;
        }
    }
    return error_hint(
        error_new(ERR_UNSUPPORTED, "DuckDB's type number %d cannot be shown", (int)out->id),
        "cast the column to VARCHAR in the query");
}

Error *duck_read_type(Arena *arena, duckdb_logical_type logical, DuckType *out)
{
    *out = (DuckType){.id = duckdb_get_type_id(logical)};
    switch ((int)out->id) {
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_ARRAY:
        return read_list(arena, logical, out);
    case DUCKDB_TYPE_MAP:
        return read_map(arena, logical, out);
    case DUCKDB_TYPE_STRUCT:
    case DUCKDB_TYPE_UNION:
        return read_members(arena, logical, out);
    case DUCKDB_TYPE_ENUM:
        read_enum(arena, logical, out);
        return NULL;
    case DUCKDB_TYPE_DECIMAL:
        read_decimal(arena, logical, out);
        return NULL;
    default:
        return read_simple(arena, logical, out);
    }
}

/* ---- Vectors ---- */

/* Copies each value of a vector into a wider type. Values of NULL rows are copied too; they are any
 * bits of that width, which is harmless. */
#define WIDEN(From, To, factor) \
    do { \
        To *wide = arena_alloc_raw(arena, (rows > 0 ? rows : 1) * sizeof(To)); \
        const From *narrow = data; \
        for (size_t i = 0; i < rows; i++) { \
            wide[i] = (To)((To)narrow[i] * (factor)); \
        } \
        return wide; \
    } while (0)

static const void *widen_integers(Arena *arena, duckdb_type id, const void *data, size_t rows)
{
    switch ((int)id) {
    case DUCKDB_TYPE_TINYINT:
        WIDEN(int8_t, int64_t, 1);
    case DUCKDB_TYPE_SMALLINT:
        WIDEN(int16_t, int64_t, 1);
    case DUCKDB_TYPE_INTEGER:
        WIDEN(int32_t, int64_t, 1);
    case DUCKDB_TYPE_UTINYINT:
        WIDEN(uint8_t, int64_t, 1);
    case DUCKDB_TYPE_USMALLINT:
        WIDEN(uint16_t, int64_t, 1);
    case DUCKDB_TYPE_UINTEGER:
        WIDEN(uint32_t, int64_t, 1);
    default:
        return data;
    }
}

static const void *widen_to_128(Arena *arena, duckdb_type id, const void *data, size_t rows)
{
    switch ((int)id) {
    case DUCKDB_TYPE_SMALLINT:
        WIDEN(int16_t, Int128, 1);
    case DUCKDB_TYPE_INTEGER:
        WIDEN(int32_t, Int128, 1);
    case DUCKDB_TYPE_BIGINT:
        WIDEN(int64_t, Int128, 1);
    case DUCKDB_TYPE_UBIGINT:
        WIDEN(uint64_t, Int128, 1);
    default: { /* already 128 bits, in the same order, but perhaps not aligned to 16 bytes */
        void *copy = arena_alloc_raw(arena, rows * sizeof(Int128));
        memcpy(copy, data, rows * sizeof(Int128));
        return copy;
    }
    }
}

/* Multiplies where the result fits; the two infinities and values of NULL rows stay as they are. */
static const void *widen_timestamps(Arena *arena, const void *data, size_t rows, int64_t factor)
{
    const int64_t *values = data;
    int64_t *wide = arena_alloc_raw(arena, rows * sizeof(int64_t));
    for (size_t i = 0; i < rows; i++) {
        if (__builtin_mul_overflow(values[i], factor, &wide[i])) {
            wide[i] = values[i];
        }
    }
    return wide;
}

static Str text_of(const duckdb_string_t *text)
{
    return text->value.inlined.length <= sizeof(text->value.inlined.inlined)
               ? (Str){text->value.inlined.inlined, text->value.inlined.length}
               : (Str){text->value.pointer.ptr, text->value.pointer.length};
}

static Str bits_text(Arena *arena, Str bits)
{
    StrBuf out = strbuf_init(arena, LIMIT_STRING_BYTES);
    size_t padding = bits.len > 0 ? (unsigned char)bits.data[0] : 0;
    for (size_t i = 8 + padding; i < bits.len * 8; i++) {
        bool set = ((unsigned char)bits.data[i / 8] >> (7 - i % 8) & 1) != 0;
        strbuf_add_char(&out, set ? '1' : '0');
    }
    return strbuf_str(&out);
}

static Str uuid_text(Arena *arena, const duckdb_hugeint *value)
{
    uint64_t upper = (uint64_t)value->upper ^ (UINT64_C(1) << 63); /* stored so that it sorts */
    return str_printf(arena, "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64,
                      upper >> 32, upper >> 16 & 0xFFFF, upper & 0xFFFF, value->lower >> 48,
                      value->lower & UINT64_C(0xFFFFFFFFFFFF));
}

static Str clock_text(Arena *arena, int64_t seconds, int64_t fraction, int digits)
{
    Str text =
        str_printf(arena, "%02d:%02d:%02d.%0*lld", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                   (int)(seconds % 60), digits, (long long)fraction);
    while (str_ends_with(text, STR("0")) && fraction != 0) {
        text.len--;
    }
    return fraction != 0 ? text : str_slice(text, 0, 8);
}

static Str time_tz_text(Arena *arena, duckdb_time_tz value)
{
    duckdb_time_tz_struct parts = duckdb_from_time_tz(value);
    int64_t seconds = parts.time.hour * 3600 + parts.time.min * 60 + parts.time.sec;
    Str time = clock_text(arena, seconds, parts.time.micros, 6);
    int offset = parts.offset < 0 ? -parts.offset : parts.offset;
    return str_printf(arena, offset / 60 % 60 != 0 ? STR_FMT "%c%02d:%02d" : STR_FMT "%c%02d",
                      STR_ARG(time), parts.offset < 0 ? '-' : '+', offset / 3600, offset / 60 % 60);
}

static Str uhugeint_text(Arena *arena, const duckdb_uhugeint *value)
{
    char digits[40];
    UInt128 rest = (UInt128)value->upper << 64 | value->lower;
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0);
    return str_dup(arena, (Str){digits + at, sizeof(digits) - at});
}

static size_t enum_code(duckdb_type storage, const void *data, size_t row)
{
    switch ((int)storage) {
    case DUCKDB_TYPE_UTINYINT:
        return ((const uint8_t *)data)[row];
    case DUCKDB_TYPE_USMALLINT:
        return ((const uint16_t *)data)[row];
    default:
        return ((const uint32_t *)data)[row];
    }
}

static Str value_text(Arena *arena, const DuckType *type, const void *data, size_t row)
{
    switch ((int)type->id) {
    case DUCKDB_TYPE_ENUM:
        return type->words[enum_code(type->storage, data, row)];
    case DUCKDB_TYPE_UUID:
        return uuid_text(arena, &((const duckdb_hugeint *)data)[row]);
    case DUCKDB_TYPE_UHUGEINT:
        return uhugeint_text(arena, &((const duckdb_uhugeint *)data)[row]);
    case DUCKDB_TYPE_BIT:
        return bits_text(arena, text_of(&((const duckdb_string_t *)data)[row]));
    case DUCKDB_TYPE_TIME_TZ:
        return time_tz_text(arena, ((const duckdb_time_tz *)data)[row]);
    case DUCKDB_TYPE_TIME_NS: {
        int64_t nanos = ((const int64_t *)data)[row];
        return clock_text(arena, nanos / 1000000000, nanos % 1000000000, 9);
    }
    default:
        return text_of(&((const duckdb_string_t *)data)[row]);
    }
}

static const void *read_texts(Arena *arena, const DuckType *type, const Column *column,
                              const void *data, size_t rows)
{
    Str *texts = ARENA_ARRAY(arena, Str, rows);
    for (size_t i = 0; i < rows; i++) {
        if (!column_is_null(column, i)) {
            texts[i] = value_text(arena, type, data, i);
        }
    }
    return texts;
}

/* A UNION is stored as a struct of a tag and the members; it is shown as the text of the member in
 * use. */
static const void *read_union(Arena *arena, const DuckType *type, const Column *column,
                              duckdb_vector vector, size_t rows)
{
    const uint8_t *tags = duckdb_vector_get_data(duckdb_struct_vector_get_child(vector, 0));
    Column *members = ARENA_ARRAY(arena, Column, type->child_count);
    for (size_t i = 0; i < type->child_count; i++) {
        members[i] = duck_read_vector(arena, &type->children[i],
                                      duckdb_struct_vector_get_child(vector, i + 1), rows);
    }
    Str *texts = ARENA_ARRAY(arena, Str, rows);
    for (size_t i = 0; i < rows; i++) {
        if (!column_is_null(column, i) && tags[i] < type->child_count) {
            texts[i] = column_text(&members[tags[i]], i, arena);
        }
    }
    return texts;
}

static void read_list_vector(Arena *arena, const DuckType *type, duckdb_vector vector, size_t rows,
                             Column *column)
{
    Column *children = ARENA_ARRAY(arena, Column, type->child_count);
    column->children = children;
    column->child_count = type->child_count;
    if (type->id == DUCKDB_TYPE_ARRAY) {
        ColumnSlice *slices = ARENA_ARRAY(arena, ColumnSlice, rows);
        for (size_t i = 0; i < rows; i++) {
            slices[i] = (ColumnSlice){i * type->array_size, type->array_size};
        }
        column->data = slices;
        children[0] =
            duck_read_vector(arena, &type->children[0], duckdb_array_vector_get_child(vector),
                             rows * type->array_size);
        return;
    }
    column->data = duckdb_vector_get_data(vector); /* duckdb_list_entry has ColumnSlice's layout */
    duckdb_vector child = duckdb_list_vector_get_child(vector);
    size_t size = duckdb_list_vector_get_size(vector);
    if (type->id == DUCKDB_TYPE_LIST) {
        children[0] = duck_read_vector(arena, &type->children[0], child, size);
        return;
    }
    for (size_t i = 0; i < 2; i++) { /* a MAP is a list of (key, value) */
        children[i] = duck_read_vector(arena, &type->children[i],
                                       duckdb_struct_vector_get_child(child, i), size);
    }
}

static void read_struct_vector(Arena *arena, const DuckType *type, duckdb_vector vector,
                               size_t rows, Column *column)
{
    Column *children = ARENA_ARRAY(arena, Column, type->child_count);
    for (size_t i = 0; i < type->child_count; i++) {
        children[i] = duck_read_vector(arena, &type->children[i],
                                       duckdb_struct_vector_get_child(vector, i), rows);
        children[i].name = type->children[i].member_name;
    }
    column->children = children;
    column->child_count = type->child_count;
}

_Static_assert(sizeof(duckdb_list_entry) == sizeof(ColumnSlice), "list entries are borrowed");
_Static_assert(sizeof(duckdb_interval) == sizeof(ColumnInterval), "intervals are borrowed");

Column duck_read_vector(Arena *arena, const DuckType *type, duckdb_vector vector, size_t rows)
{
    Column column = {.type = type->type, .validity = duckdb_vector_get_validity(vector)};
    const void *data = duckdb_vector_get_data(vector);
    switch (type->type.kind) {
    case COLUMN_INT:
        column.data = widen_integers(arena, type->id, data, rows);
        break;
    case COLUMN_HUGE_INT:
        column.data = widen_to_128(arena, type->id, data, rows);
        break;
    case COLUMN_DECIMAL:
        column.data = widen_to_128(arena, type->storage, data, rows);
        break;
    case COLUMN_TEXT:
    case COLUMN_JSON:
    case COLUMN_BYTES:
        column.data = type->id == DUCKDB_TYPE_UNION ? read_union(arena, type, &column, vector, rows)
                                                    : read_texts(arena, type, &column, data, rows);
        break;
    case COLUMN_TIMESTAMP:
        column.data =
            type->id == DUCKDB_TYPE_TIMESTAMP_S    ? widen_timestamps(arena, data, rows, 1000000)
            : type->id == DUCKDB_TYPE_TIMESTAMP_MS ? widen_timestamps(arena, data, rows, 1000)
                                                   : data;
        break;
    case COLUMN_LIST:
    case COLUMN_MAP:
        read_list_vector(arena, type, vector, rows, &column);
        break;
    case COLUMN_STRUCT:
        read_struct_vector(arena, type, vector, rows, &column);
        break;
    case COLUMN_NULL:
    case COLUMN_BOOL:
    case COLUMN_FLOAT:
    case COLUMN_DOUBLE:
    case COLUMN_DATE:
    case COLUMN_TIME:
    case COLUMN_TIMESTAMP_NS:
    case COLUMN_TIMESTAMP_TZ:
    case COLUMN_INTERVAL:
        column.data = data;
        break;
    }
    return column;
}
