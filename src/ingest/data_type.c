#include "ingest/data_type.h"

#include "base/number.h"

enum {
    DECIMAL_PRECISION = 38,
    DECIMAL_SCALE = 9,
    TIMESTAMP_PRECISION = 6,
};

static const char *const kind_names[] = {
#define X(name, text) text,
    DATA_KINDS(X)
#undef X
};

const char *data_kind_name(DataKind kind)
{
    return kind_names[kind];
}

bool data_kind_find(Str name, DataKind *out)
{
    for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
        if (str_is(name, kind_names[i])) {
            *out = (DataKind)i;
            return true;
        }
    }
    return false;
}

/* Columns by the greatest precision they have. */
typedef struct PreciseColumn {
    int precision;
    const char *sql;
} PreciseColumn;

static const PreciseColumn integers[] = {
    {8, "TINYINT"}, {16, "SMALLINT"}, {32, "INTEGER"}, {64, "BIGINT"}, {128, "HUGEINT"}};
static const PreciseColumn naive_timestamps[] = {
    {0, "TIMESTAMP_S"}, {3, "TIMESTAMP_MS"}, {6, "TIMESTAMP"}, {9, "TIMESTAMP_NS"}};

static Error *find_precise(const PreciseColumn *columns, size_t count, const DataType *type,
                           Str *out_sql)
{
    for (size_t i = 0; i < count; i++) {
        if (type->precision <= columns[i].precision) {
            *out_sql = str_from(columns[i].sql);
            return NULL;
        }
    }
    return error_new(ERR_SCHEMA, "no column holds %s of precision %d", kind_names[type->kind],
                     type->precision);
}

static int or_default(int given, int fallback)
{
    return given == DATA_DEFAULT ? fallback : given;
}

static Error *sql_of_integer(const DataType *type, Str *out_sql)
{
    DataType complete = *type;
    complete.precision = or_default(type->precision, 64);
    return find_precise(integers, ARRAY_LEN(integers), &complete, out_sql);
}

static Error *sql_of_timestamp(const DataType *type, Str *out_sql)
{
    if (!type->is_naive) {
        *out_sql = STR("TIMESTAMP WITH TIME ZONE");
        return NULL;
    }
    DataType complete = *type;
    complete.precision = or_default(type->precision, TIMESTAMP_PRECISION);
    return find_precise(naive_timestamps, ARRAY_LEN(naive_timestamps), &complete, out_sql);
}

static Error *sql_of_decimal(Arena *arena, const DataType *type, Str *out_sql)
{
    int precision = or_default(type->precision, DECIMAL_PRECISION);
    int scale = or_default(type->scale, type->kind == DATA_WEI ? 0 : DECIMAL_SCALE);
    if (precision < 1 || precision > DECIMAL_PRECISION || scale < 0 || scale > precision) {
        return error_new(ERR_SCHEMA, "no column holds %s of precision %d and scale %d",
                         kind_names[type->kind], precision, scale);
    }
    *out_sql = str_printf(arena, "DECIMAL(%d,%d)", precision, scale);
    return NULL;
}

Error *data_type_sql(Arena *arena, const DataType *type, Str *out_sql)
{
    switch (type->kind) {
    case DATA_BIGINT:
        return sql_of_integer(type, out_sql);
    case DATA_TIMESTAMP:
        return sql_of_timestamp(type, out_sql);
    case DATA_DECIMAL:
    case DATA_WEI:
        return sql_of_decimal(arena, type, out_sql);
    case DATA_TEXT:
        *out_sql = STR("VARCHAR");
        break;
    case DATA_DOUBLE:
        *out_sql = STR("DOUBLE");
        break;
    case DATA_BOOL:
        *out_sql = STR("BOOLEAN");
        break;
    case DATA_DATE:
        *out_sql = STR("DATE");
        break;
    case DATA_TIME:
        *out_sql = STR("TIME");
        break;
    case DATA_BINARY:
        *out_sql = STR("BLOB");
        break;
    case DATA_JSON:
        *out_sql = STR("JSON");
        break;
    }
    return NULL;
}

/* ---- The way back ---- */

typedef struct ColumnMeaning {
    const char *sql;
    DataType type;
} ColumnMeaning;

#define PLAIN(data_kind) \
    { \
        .kind = (data_kind), .precision = DATA_DEFAULT, .scale = DATA_DEFAULT \
    }
#define PRECISE(data_kind, digits) \
    { \
        .kind = (data_kind), .precision = (digits), .scale = DATA_DEFAULT \
    }
#define NAIVE(digits) \
    { \
        .kind = DATA_TIMESTAMP, .precision = (digits), .scale = DATA_DEFAULT, .is_naive = true \
    }

static const ColumnMeaning meanings[] = {
    {"BIGINT", PLAIN(DATA_BIGINT)},
    {"INTEGER", PRECISE(DATA_BIGINT, 32)},
    {"SMALLINT", PRECISE(DATA_BIGINT, 16)},
    {"TINYINT", PRECISE(DATA_BIGINT, 8)},
    {"HUGEINT", PRECISE(DATA_BIGINT, 128)},
    {"UBIGINT", PRECISE(DATA_BIGINT, 128)},
    {"UHUGEINT", PRECISE(DATA_BIGINT, 128)},
    {"UINTEGER", PLAIN(DATA_BIGINT)},
    {"USMALLINT", PRECISE(DATA_BIGINT, 32)},
    {"UTINYINT", PRECISE(DATA_BIGINT, 16)},
    {"DOUBLE", PLAIN(DATA_DOUBLE)},
    {"FLOAT", PLAIN(DATA_DOUBLE)},
    {"BOOLEAN", PLAIN(DATA_BOOL)},
    {"DATE", PLAIN(DATA_DATE)},
    {"TIME", PLAIN(DATA_TIME)},
    {"BLOB", PLAIN(DATA_BINARY)},
    {"JSON", PLAIN(DATA_JSON)},
    {"TIMESTAMP WITH TIME ZONE", PLAIN(DATA_TIMESTAMP)},
    {"TIMESTAMPTZ", PLAIN(DATA_TIMESTAMP)},
    {"TIMESTAMP", NAIVE(DATA_DEFAULT)},
    {"TIMESTAMP_S", NAIVE(0)},
    {"TIMESTAMP_MS", NAIVE(3)},
    {"TIMESTAMP_NS", NAIVE(9)},
};

/* "DECIMAL(18,3)" */
static bool parse_decimal(Str sql_type, DataType *out)
{
    Str prefix = STR("DECIMAL(");
    Str precision;
    Str scale;
    int64_t digits = 0;
    int64_t fraction = 0;
    if (!str_starts_with(sql_type, prefix) || !str_ends_with(sql_type, STR(")")) ||
        !str_cut(str_slice(sql_type, prefix.len, sql_type.len - 1), ',', &precision, &scale) ||
        !number_parse_int64(str_trim(precision), &digits) || digits > DECIMAL_PRECISION ||
        !number_parse_int64(str_trim(scale), &fraction) || fraction > digits || fraction < 0) {
        return false;
    }
    bool is_wei = digits == DECIMAL_PRECISION && fraction == 0;
    *out = is_wei
               ? data_type(DATA_WEI)
               : (DataType){.kind = DATA_DECIMAL, .precision = (int)digits, .scale = (int)fraction};
    return true;
}

DataType data_type_of_column(Str sql_type)
{
    for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
        if (str_is(sql_type, meanings[i].sql)) {
            return meanings[i].type;
        }
    }
    DataType type = data_type(DATA_TEXT);
    if (parse_decimal(sql_type, &type)) {
        return type;
    }
    static const char *const nested[] = {"STRUCT(", "MAP(", "UNION("};
    for (size_t i = 0; i < ARRAY_LEN(nested); i++) {
        if (str_starts_with(sql_type, str_from(nested[i]))) {
            type.kind = DATA_JSON;
        }
    }
    if (str_ends_with(sql_type, STR("]"))) {
        type.kind = DATA_JSON;
    }
    return type;
}
