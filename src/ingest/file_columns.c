#include "ingest/file_columns.h"

#include "base/limits.h"
#include "ingest/file_table.h"
#include "ingest/naming.h"

static const FileColumn *file_column_find(const FileColumnVec *columns, Str name)
{
    for (size_t i = 0; i < columns->len; i++) {
        if (str_eq(columns->data[i].name, name)) {
            return &columns->data[i];
        }
    }
    return NULL;
}

static Str header_of(const FileColumnVec *columns, const StrVec *headers, size_t index)
{
    return index < headers->len ? headers->data[index] : columns->data[index].read_name;
}

/* Words of an ENUM are kept as text: the next file may have others. */
static Str stored_type(Str type)
{
    return str_starts_with(type, STR("ENUM")) || str_is(type, "NULL") ? STR("VARCHAR") : type;
}

Error *file_columns_name(Arena *arena, Str shown_path, const ColumnInfoVec *read,
                         const StrVec *headers, FileColumnVec *out)
{
    Naming naming = naming_default();
    for (size_t i = 0; i < read->len; i++) {
        const ColumnInfo *info = &read->data[i];
        Str header = i < headers->len ? headers->data[i] : info->name;
        Str name = naming_path(&naming, arena, header);
        name = name.len > 0 ? name : naming_path(&naming, arena, info->name);
        if (is_bookkeeping_column(name)) {
            continue;
        }
        const FileColumn *same = file_column_find(out, name);
        if (same != NULL) {
            Str other = header_of(out, headers, (size_t)(same - out->data));
            return error_hint(error_new(ERR_INPUT,
                                        STR_FMT ": the columns '" STR_FMT "' and '" STR_FMT
                                                "' would both be called '" STR_FMT "'",
                                        STR_ARG(shown_path), STR_ARG(other), STR_ARG(header),
                                        STR_ARG(name)),
                              "rename one of them in the file");
        }
        VEC_PUSH(arena, out, (FileColumn){info->name, name, stored_type(info->type)});
    }
    return NULL;
}

Error *table_columns_read(Connection *connection, Arena *arena, Str schema, Str table,
                          TableColumnVec *out)
{
    ColumnInfoVec infos = {0};
    TRY(connection_list_columns(connection, arena, schema, table, &infos));
    for (VEC_EACH(ColumnInfo, info, &infos)) {
        if (!is_bookkeeping_column(info->name)) {
            VEC_PUSH(arena, out, (TableColumn){.name = info->name, .type = info->type});
        }
    }
    return NULL;
}

const TableColumn *table_column_find(const TableColumnVec *columns, Str name)
{
    for (size_t i = 0; i < columns->len; i++) {
        if (str_eq_nocase(columns->data[i].name, name)) {
            return &columns->data[i];
        }
    }
    return NULL;
}

/* ---- Types ---- */

/* Whole numbers from narrow to wide. */
static int integer_rank(Str type)
{
    static const char *const names[] = {"TINYINT",  "UTINYINT", "SMALLINT", "USMALLINT", "INTEGER",
                                        "UINTEGER", "BIGINT",   "UBIGINT",  "HUGEINT"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_is(type, names[i])) {
            return (int)i + 1;
        }
    }
    return 0;
}

static bool is_number(Str type)
{
    return integer_rank(type) > 0 || str_is(type, "DOUBLE") || str_is(type, "FLOAT") ||
           str_starts_with(type, STR("DECIMAL"));
}

static bool is_nested(Str type)
{
    return str_ends_with(type, STR("]")) || str_starts_with(type, STR("STRUCT")) ||
           str_starts_with(type, STR("MAP")) || str_is(type, "JSON");
}

static bool is_time(Str type)
{
    return str_is(type, "DATE") || str_starts_with(type, STR("TIMESTAMP"));
}

static Str merge_integers(Str a, Str b)
{
    Str wide = integer_rank(a) > integer_rank(b) ? a : b;
    Str narrow = integer_rank(a) > integer_rank(b) ? b : a;
    bool mixed = str_starts_with(wide, STR("U")) && !str_starts_with(narrow, STR("U"));
    if (!mixed) {
        return wide;
    }
    return str_is(wide, "UBIGINT") ? STR("HUGEINT") : STR("BIGINT");
}

Str column_type_merge(Str a, Str b)
{
    if (str_eq(a, b)) {
        return a;
    }
    if (integer_rank(a) > 0 && integer_rank(b) > 0) {
        return merge_integers(a, b);
    }
    if (is_number(a) && is_number(b)) {
        return STR("DOUBLE");
    }
    if (is_time(a) && is_time(b)) {
        bool zoned =
            str_find(a, STR("ZONE"), 0) != SIZE_MAX || str_find(b, STR("ZONE"), 0) != SIZE_MAX;
        return zoned ? STR("TIMESTAMP WITH TIME ZONE") : STR("TIMESTAMP");
    }
    return is_nested(a) && is_nested(b) ? STR("JSON") : STR("VARCHAR");
}

/* ---- Merging ---- */

static void add_names(StrBuf *out, const char *head, size_t *count, Str name)
{
    enum { NAMES_MAX = 8 };
    if (++*count <= NAMES_MAX) {
        strbuf_printf(out, "%s" STR_FMT, *count == 1 ? head : ", ", STR_ARG(name));
    } else if (*count == NAMES_MAX + 1) {
        strbuf_add_c(out, ", ...");
    }
}

/* "; missing: a, b; extra: c" */
static Str report(Arena *arena, const FileColumnVec *file, const TableColumnVec *columns)
{
    StrBuf out = strbuf_init(arena, LIMIT_ERROR_BYTES);
    size_t missing = 0, extra = 0;
    for (size_t i = 0; i < columns->len; i++) {
        if (file_column_find(file, columns->data[i].name) == NULL) {
            add_names(&out, "; missing: ", &missing, columns->data[i].name);
        }
    }
    for (size_t i = 0; i < file->len; i++) {
        if (table_column_find(columns, file->data[i].name) == NULL) {
            add_names(&out, "; extra: ", &extra, file->data[i].name);
        }
    }
    return strbuf_str(&out);
}

static Error *mismatch(Arena *arena, Str shown_path, const char *what, const FileColumnVec *file,
                       const TableColumnVec *columns)
{
    Str names = report(arena, file, columns);
    return error_hint(
        error_new(ERR_SCHEMA, STR_FMT ": %s" STR_FMT, STR_ARG(shown_path), what, STR_ARG(names)),
        "if the file is right, load it with --allow-schema-changes");
}

static Error *check_file(Arena *arena, Str shown_path, Str shown_table, const FileColumnVec *file,
                         ColumnRules rules, const TableColumnVec *columns)
{
    size_t shared = 0;
    for (size_t i = 0; i < file->len; i++) {
        shared += table_column_find(columns, file->data[i].name) != NULL;
    }
    if (columns->len == 0 || rules.allow_any) {
        return NULL;
    }
    if (shared * 2 < columns->len) {
        Str what = str_printf(arena, "has %zu of the %zu columns of " STR_FMT, shared, columns->len,
                              STR_ARG(shown_table));
        return mismatch(arena, shown_path, str_to_c(arena, what), file, columns);
    }
    if (shared < file->len && !rules.allow_new_columns) {
        return mismatch(arena, shown_path, "has columns that [schema] allow_new_columns forbids",
                        file, columns);
    }
    return NULL;
}

Error *table_columns_merge(Arena *arena, Str shown_path, Str shown_table, const FileColumnVec *file,
                           ColumnRules rules, TableColumnVec *columns)
{
    TRY(check_file(arena, shown_path, shown_table, file, rules, columns));
    for (size_t i = 0; i < file->len; i++) {
        const FileColumn *from = &file->data[i];
        const TableColumn *found = table_column_find(columns, from->name);
        if (found == NULL) {
            VEC_PUSH(arena, columns,
                     (TableColumn){.name = from->name, .type = from->type, .is_new = true});
            continue;
        }
        TableColumn *to = &columns->data[found - columns->data];
        Str type = column_type_merge(to->type, from->type);
        to->is_retyped = to->is_retyped || (!to->is_new && !str_eq(type, to->type));
        to->type = type;
    }
    return NULL;
}
