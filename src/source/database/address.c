#include "source/database/address.h"

#include "base/suggest.h"

const DatabaseDialect database_dialects[] = {
    {DATABASE_SQLITE, "SQLite", "sqlite", "sqlite3", "sqlite", "database_client_sqlite",
     "libsqlite3-0", NULL, NULL, true},
    {.title = NULL},
};

const DatabaseDialect *database_dialect(DatabaseKind kind)
{
    const DatabaseDialect *it = database_dialects;
    while (it->title != NULL && it->kind != kind) {
        it++;
    }
    return it->title != NULL ? it : NULL;
}

static const DatabaseDialect *find_scheme(Str scheme)
{
    for (const DatabaseDialect *it = database_dialects; it->title != NULL; it++) {
        if (str_is(scheme, it->scheme) || (it->scheme2 != NULL && str_is(scheme, it->scheme2))) {
            return it;
        }
    }
    return NULL;
}

static Error *unknown_scheme(Str scheme, const Value *place)
{
    Suggestion best = suggestion_init(scheme);
    for (const DatabaseDialect *it = database_dialects; it->title != NULL; it++) {
        suggestion_try(&best, str_from(it->scheme));
    }
    Error *err = value_error(ERR_CONFIG, place,
                             "no database of the kind '" STR_FMT "' can be read, only sqlite",
                             STR_ARG(scheme));
    return best.name.len == 0 ? err
                              : error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
}

static Error *check_kind(const DatabaseDialect *found, DatabaseKind kind, const Value *place)
{
    if (kind == DATABASE_ANY || found->kind == kind) {
        return NULL;
    }
    return error_hint(value_error(ERR_CONFIG, place,
                                  "the connection string is one of %s, but the source is of the "
                                  "type %s",
                                  found->title, database_dialect(kind)->title),
                      "use the type sql_database, which reads any database");
}

Error *database_address_parse(Arena *arena, Str url, DatabaseKind kind, const Value *place,
                              const DatabaseDialect **out_dialect, DatabaseAddress *out)
{
    size_t colon = str_find(url, STR("://"), 0);
    const DatabaseDialect *own = database_dialect(kind);
    if (colon == SIZE_MAX && own != NULL) {
        *out_dialect = own;
        *out = (DatabaseAddress){0};
        *(own->is_file ? &out->path : &out->url) = url;
        return NULL;
    }
    if (colon == SIZE_MAX) {
        return error_hint(value_error(ERR_CONFIG, place,
                                      "the connection string does not say what database it is of"),
                          "it reads like sqlite:///path");
    }
    /* "sqlite+pysqlite": the driver of SQLAlchemy means nothing here. */
    Str scheme = str_slice(url, 0, colon);
    Str driver;
    (void)str_cut(scheme, '+', &scheme, &driver);
    const DatabaseDialect *dialect = find_scheme(scheme);
    if (dialect == NULL) {
        return unknown_scheme(scheme, place);
    }
    TRY(check_kind(dialect, kind, place));
    *out_dialect = dialect;
    Str rest = str_from_offset(url, colon + 3);
    if (!dialect->is_file) {
        *out = (DatabaseAddress){
            .url = str_printf(arena, "%s://" STR_FMT, dialect->scheme, STR_ARG(rest))};
        return NULL;
    }
    Str parameters;
    (void)str_cut(rest, '?', &rest, &parameters);
    *out = (DatabaseAddress){.path =
                                 str_starts_with(rest, STR("/")) ? str_from_offset(rest, 1) : rest};
    return NULL;
}

static Error *read_text(const Value *parts, const char *key, const char *other, Str *out)
{
    const Value *value = value_find(parts, str_from(key));
    if (value == NULL && other != NULL) {
        value = value_find(parts, str_from(other));
    }
    return value_is_null(value) ? NULL : value_get_string(value, str_from(key), out);
}

Error *database_address_read(const Value *parts, DatabaseKind kind,
                             const DatabaseDialect **out_dialect, DatabaseAddress *out)
{
    Str driver = {0};
    DatabaseAddress address = {0};
    const Value *port = value_find(parts, STR("port"));
    TRY(value_expect(parts, VALUE_MAP, STR("credentials")));
    TRY(read_text(parts, "drivername", NULL, &driver));
    TRY(read_text(parts, "host", NULL, &address.host));
    TRY(read_text(parts, "user", "username", &address.user));
    TRY(read_text(parts, "password", NULL, &address.password));
    TRY(read_text(parts, "database", NULL, &address.database));
    if (!value_is_null(port)) {
        TRY(value_get_int(port, STR("port"), &address.port));
    }
    Str ignored;
    (void)str_cut(driver, '+', &driver, &ignored);
    const DatabaseDialect *dialect = driver.len > 0 ? find_scheme(driver) : database_dialect(kind);
    if (dialect == NULL) {
        return unknown_scheme(driver, parts);
    }
    TRY(check_kind(dialect, kind, parts));
    if (dialect->is_file) {
        address.path = address.database;
    }
    *out_dialect = dialect;
    *out = address;
    return NULL;
}
