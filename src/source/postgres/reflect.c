/* What PostgreSQL's catalogue says of tables. */
#include "source/postgres/connection.h"

#include "source/postgres/types.h"
#include "value/json_writer.h"

/* Tables, partitioned ones and their partitions, foreign tables, views of both kinds. */
static const char list_sql[] =
    "select c.relname, c.relkind in ('v', 'm') from pg_catalog.pg_class c"
    " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
    " where n.nspname = $1 and c.relkind in ('r', 'p', 'f', 'v', 'm')"
    " and c.relpersistence <> 't' order by c.relname collate \"C\"";

static const char schemas_sql[] =
    "select nspname from pg_catalog.pg_namespace where nspname !~ '^pg_' and nspname <> "
    "'information_schema' order by nspname";

/* A domain stands for the type at its bottom. */
static const char reflect_sql[] =
    "with recursive domains(oid, base, modifier) as ("
    " select oid, typbasetype, typtypmod from pg_catalog.pg_type where typtype = 'd'"
    " union all select d.oid, t.typbasetype, t.typtypmod from domains d"
    " join pg_catalog.pg_type t on t.oid = d.base where t.typtype = 'd')"
    " select c.relname, a.attname, a.attnotnull,"
    " pg_catalog.format_type(a.atttypid, a.atttypmod), t.typname, t.typtype, d.oid is not null,"
    " coalesce(e.typname, ''), coalesce(e.typtype, ' '), a.atttypmod,"
    " coalesce((select max(char_length(l.enumlabel)) from pg_catalog.pg_enum l"
    "  where l.enumtypid = t.oid), 0),"
    " coalesce(pg_catalog.array_position(k.conkey, a.attnum), 0)"
    " from pg_catalog.pg_class c"
    " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
    " join pg_catalog.pg_attribute a"
    "  on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
    " left join (select d.oid, d.base from domains d join pg_catalog.pg_type b on b.oid = d.base"
    "  where b.typtype <> 'd') d on d.oid = a.atttypid"
    " join pg_catalog.pg_type t on t.oid = coalesce(d.base, a.atttypid)"
    " left join pg_catalog.pg_type e on e.oid = t.typelem and t.typcategory = 'A'"
    " left join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'p'"
    " where n.nspname = $1 and c.relkind in ('r', 'p', 'f', 'v', 'm')"
    " and c.relname in (select pg_catalog.json_array_elements_text($2::json))"
    " order by c.relname collate \"C\", a.attnum";

enum {
    FIELD_TABLE,
    FIELD_COLUMN,
    FIELD_NOT_NULL,
    FIELD_SHOWN,
    FIELD_TYPE,
    FIELD_KIND,
    FIELD_IS_DOMAIN,
    FIELD_ELEMENT,
    FIELD_ELEMENT_KIND,
    FIELD_MODIFIER,
    FIELD_LABEL_LENGTH,
    FIELD_KEY_POSITION,
};

/* ---- Tables ---- */

static Error *unknown_schema(DatabaseConnection *connection, Arena *arena, Str schema)
{
    AUTO_FREE(result) PGresult *found = NULL;
    TRY(postgres_query(connection, schemas_sql, NULL, 0, &found));
    StrBuf names = strbuf_init(arena, SIZE_MAX);
    for (int row = 0; row < PQntuples(found); row++) {
        Str name = postgres_text(found, row, 0);
        if (str_eq(name, schema)) {
            return NULL;
        }
        strbuf_printf(&names, "%s" STR_FMT, row > 0 ? ", " : "", STR_ARG(name));
    }
    Str known = strbuf_str(&names);
    return error_hint(
        error_new(ERR_CONFIG, "the database has no schema '" STR_FMT "'", STR_ARG(schema)),
        "it has " STR_FMT, STR_ARG(known));
}

Error *postgres_list_tables(DatabaseConnection *connection, Arena *arena, Str schema,
                            DatabaseTableVec *out)
{
    AUTO_FREE(result) PGresult *found = NULL;
    const char *parameters[] = {str_to_c(arena, schema)};
    TRY(postgres_query(connection, list_sql, parameters, 1, &found));
    if (PQntuples(found) == 0) {
        return unknown_schema(connection, arena, schema);
    }
    for (int row = 0; row < PQntuples(found); row++) {
        DatabaseTable table = {.schema = schema,
                               .name = str_dup(arena, postgres_text(found, row, 0)),
                               .is_view = str_is(postgres_text(found, row, 1), "t")};
        VEC_PUSH(arena, out, table);
    }
    return NULL;
}

/* ---- Columns ---- */

static char letter_at(const PGresult *result, int row, int field)
{
    Str text = postgres_text(result, row, field);
    return text.len > 0 ? text.data[0] : ' ';
}

static void add_column(Arena *arena, const PGresult *found, int row, DatabaseTable *table)
{
    PostgresType type = {
        .name = postgres_text(found, row, FIELD_TYPE),
        .shown = str_dup(arena, postgres_text(found, row, FIELD_SHOWN)),
        .kind = letter_at(found, row, FIELD_KIND),
        .is_domain = letter_at(found, row, FIELD_IS_DOMAIN) == 't',
        .element = postgres_text(found, row, FIELD_ELEMENT),
        .element_kind = letter_at(found, row, FIELD_ELEMENT_KIND),
        .modifier = postgres_int(found, row, FIELD_MODIFIER),
        .label_length = postgres_int(found, row, FIELD_LABEL_LENGTH),
    };
    DatabaseColumn column = {.name = str_dup(arena, postgres_text(found, row, FIELD_COLUMN)),
                             .nullable = letter_at(found, row, FIELD_NOT_NULL) != 't'};
    postgres_type_column(arena, &type, &column);
    VEC_PUSH(arena, &table->columns, column);
    size_t position = (size_t)postgres_int(found, row, FIELD_KEY_POSITION); /* in the key, from 1 */
    while (table->primary_key.len < position) {
        VEC_PUSH(arena, &table->primary_key, (Str){0});
    }
    if (position > 0) {
        table->primary_key.data[position - 1] = column.name;
    }
}

Error *postgres_reflect(DatabaseConnection *connection, Arena *arena, DatabaseTableVec *tables)
{
    AUTO_FREE(result) PGresult *found = NULL;
    StrBuf names = strbuf_init(arena, SIZE_MAX);
    if (tables->len == 0) {
        return NULL;
    }
    for (VEC_EACH(const DatabaseTable, it, tables)) {
        strbuf_add_char(&names, it == tables->data ? '[' : ',');
        json_write_string(&names, it->name, &json_style_ordered);
    }
    strbuf_add_char(&names, ']');
    const char *parameters[] = {str_to_c(arena, tables->data[0].schema),
                                str_to_c(arena, strbuf_str(&names))};
    TRY(postgres_query(connection, reflect_sql, parameters, ARRAY_LEN(parameters), &found));
    size_t table = 0; /* both are sorted by name; a table may have no columns */
    for (int row = 0; row < PQntuples(found); row++) {
        Str name = postgres_text(found, row, FIELD_TABLE);
        while (table < tables->len && !str_eq(tables->data[table].name, name)) {
            table++;
        }
        if (table == tables->len) {
            return error_new(ERR_SOURCE, "table '" STR_FMT "' came out of order", STR_ARG(name));
        }
        add_column(arena, found, row, &tables->data[table]);
    }
    return NULL;
}
