#include "source/database/address.h"

#include "base/number.h"
#include "base/suggest.h"
#include "value/json_writer.h"

const DatabaseDialect database_dialects[] = {
    {DATABASE_POSTGRES, "PostgreSQL", "postgresql", "postgres",
     "postgresql://user:password@host:5432/database", "postgres", "database_client_postgres",
     "libpq5", "public", "POSTGRES_CREDENTIALS", false},
    {DATABASE_SQLITE, "SQLite", "sqlite", "sqlite3", "sqlite:///path", "sqlite",
     "database_client_sqlite", "libsqlite3-0", NULL, NULL, true},
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

/* ---- Failures: without the user's line, which may hold the password ---- */

static Error *refused(const Value *place, const char *what)
{
    AUTO_FREE(arena) Arena *arena = arena_new("place");
    Str where = value_place(arena, place);
    return error_new(ERR_CONFIG, STR_FMT "%sthe connection string %s", STR_ARG(where),
                     where.len > 0 ? ": " : "", what);
}

static Error *malformed(const Value *place, const DatabaseDialect *dialect, const char *what)
{
    return error_hint(error_hint(refused(place, what), "it reads like %s", dialect->example),
                      "in a user's name and a password @ is written %%40, : %%3A, / %%2F and %% "
                      "%%25; 'credentials' takes them as they are");
}

static Error *unknown_scheme(Str scheme, const Value *place)
{
    AUTO_FREE(arena) Arena *arena = arena_new("schemes");
    Suggestion best = suggestion_init(scheme);
    StrBuf known = strbuf_init(arena, SIZE_MAX);
    for (const DatabaseDialect *it = database_dialects; it->title != NULL; it++) {
        suggestion_try(&best, str_from(it->scheme));
        strbuf_printf(&known, "%s%s", it == database_dialects ? "" : ", ", it->scheme);
    }
    Str what = str_printf(arena,
                          "is of the unknown kind '" STR_FMT "': databases that can be read are "
                          "those of " STR_FMT,
                          STR_ARG(scheme), STR_ARG(strbuf_str(&known)));
    Error *err = refused(place, str_to_c(arena, what));
    return best.name.len == 0 ? err
                              : error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
}

static Error *check_kind(const DatabaseDialect *found, DatabaseKind kind, const Value *place)
{
    AUTO_FREE(arena) Arena *arena = arena_new("kind");
    if (kind == DATABASE_ANY || found->kind == kind) {
        return NULL;
    }
    Str what = str_printf(arena, "is one of %s, but the source is of the type %s", found->title,
                          database_dialect(kind)->title);
    return error_hint(refused(place, str_to_c(arena, what)),
                      "use the type sql_database, which reads any database");
}

/* ---- Connection strings ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* A % that no two hexadecimal digits follow stands for itself, as SQLAlchemy has it. */
static Str percent_decode(Arena *arena, Str text, bool plus_is_blank)
{
    StrBuf out = strbuf_init(arena, SIZE_MAX);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        int high = c == '%' && i + 2 < text.len ? hex_digit(text.data[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text.data[i + 2]) : -1;
        if (low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        strbuf_add_char(&out, c);
    }
    return strbuf_str(&out);
}

static void read_parameters(Arena *arena, Str text, DatabaseParameterVec *out)
{
    Str piece;
    for (Str rest = text; text.len > 0 && str_next_piece(&rest, '&', &piece);) {
        Str name = piece;
        Str value = {0};
        (void)str_cut(piece, '=', &name, &value);
        if (name.len > 0) {
            DatabaseParameter parameter = {percent_decode(arena, name, true),
                                           percent_decode(arena, value, true)};
            VEC_PUSH(arena, out, parameter);
        }
    }
}

/* Takes "user:password@" off the front. As SQLAlchemy has it, a password ends at the first @ and
 * may hold / and ?. */
static void take_user(Arena *arena, Str *rest, DatabaseAddress *out)
{
    Str user;
    Str after;
    Str password = {0};
    if (!str_cut(*rest, '@', &user, &after)) {
        return;
    }
    (void)str_cut(user, ':', &user, &password);
    if (str_find_char(user, '/') != SIZE_MAX || str_find_char(user, '?') != SIZE_MAX) {
        return; /* the @ is further behind */
    }
    out->user = percent_decode(arena, user, false);
    out->password = percent_decode(arena, password, false);
    *rest = after;
}

/* "host", "host:5432", "[::1]:5432". */
static bool read_host(Str text, DatabaseAddress *out)
{
    Str port = {0};
    bool is_ipv6 = str_starts_with(text, STR("["));
    if (is_ipv6 && !str_cut(str_from_offset(text, 1), ']', &out->host, &port)) {
        return false;
    }
    if (is_ipv6 && port.len > 0 && port.data[0] != ':') {
        return false;
    }
    if (is_ipv6) {
        port = port.len > 0 ? str_from_offset(port, 1) : port;
    } else {
        out->host = text;
        (void)str_cut(text, ':', &out->host, &port);
    }
    enum { PORT_MOST = 65535 };
    return port.len == 0 ||
           (number_parse_int64(port, &out->port) && out->port > 0 && out->port <= PORT_MOST);
}

/* What follows "postgresql://". */
static Error *parse_server(Arena *arena, Str rest, const Value *place,
                           const DatabaseDialect *dialect, DatabaseAddress *out)
{
    Str parameters = {0};
    Str database = {0};
    take_user(arena, &rest, out);
    (void)str_cut(rest, '?', &rest, &parameters);
    (void)str_cut(rest, '/', &rest, &database);
    if (str_find_char(rest, '@') != SIZE_MAX) {
        return malformed(place, dialect, "has more than one @ before the host");
    }
    if (!read_host(rest, out)) {
        return malformed(place, dialect, "has no port number behind the host");
    }
    out->database = percent_decode(arena, database, false);
    read_parameters(arena, parameters, &out->parameters);
    return NULL;
}

Error *database_address_parse(Arena *arena, Str url, DatabaseKind kind, const Value *place,
                              const DatabaseDialect **out_dialect, DatabaseAddress *out)
{
    size_t colon = str_find(url, STR("://"), 0);
    const DatabaseDialect *own = database_dialect(kind);
    *out = (DatabaseAddress){0};
    if (colon == SIZE_MAX && own != NULL && own->is_file) {
        *out_dialect = own;
        out->path = url;
        return NULL;
    }
    if (colon == SIZE_MAX) {
        return malformed(place, own != NULL ? own : database_dialects,
                         "does not say what database it is of");
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
        return parse_server(arena, rest, place, dialect, out);
    }
    Str parameters;
    (void)str_cut(rest, '?', &rest, &parameters);
    out->path = str_starts_with(rest, STR("/")) ? str_from_offset(rest, 1) : rest;
    return NULL;
}

/* ---- Parts ---- */

static Error *read_text(const Value *parts, const char *key, const char *other, Str *out)
{
    const Value *value = value_find(parts, str_from(key));
    if (value == NULL && other != NULL) {
        value = value_find(parts, str_from(other));
    }
    return value_is_null(value) ? NULL : value_get_string(value, str_from(key), out);
}

/* A password of digits is a number to YAML. No failure shows it. */
static Error *read_password(Arena *arena, const Value *parts, Str *out)
{
    const Value *password = value_find(parts, STR("password"));
    if (value_is_null(password) || value_is(password, VALUE_STRING)) {
        *out = value_text_or(password, STR(""));
        return NULL;
    }
    if (!value_is(password, VALUE_INT)) {
        AUTO_FREE(arena) Arena *scratch = arena_new("place");
        Str where = value_place(scratch, password);
        return error_hint(error_new(ERR_CONFIG, STR_FMT "%s'password' is no text", STR_ARG(where),
                                    where.len > 0 ? ": " : ""),
                          "put it in quotes");
    }
    *out = json_text(arena, password, &json_style_ordered);
    return NULL;
}

static Error *read_query(Arena *arena, const Value *parts, DatabaseParameterVec *out)
{
    const Value *query = value_find(parts, STR("query"));
    if (value_is_null(query)) {
        return NULL;
    }
    TRY(value_expect(query, VALUE_MAP, STR("query")));
    for (VALUE_EACH_ENTRY(it, query)) {
        DatabaseParameter parameter = {.name = value_text_or(&it->key, STR(""))};
        parameter.value = value_is(&it->value, VALUE_STRING)
                              ? it->value.as.text
                              : json_text(arena, &it->value, &json_style_ordered);
        VEC_PUSH(arena, out, parameter);
    }
    return NULL;
}

Error *database_address_read(Arena *arena, const Value *parts, DatabaseKind kind,
                             const DatabaseDialect **out_dialect, DatabaseAddress *out)
{
    Str driver = {0};
    DatabaseAddress address = {0};
    const Value *port = value_find(parts, STR("port"));
    TRY(value_expect(parts, VALUE_MAP, STR("credentials")));
    TRY(read_text(parts, "drivername", NULL, &driver));
    TRY(read_text(parts, "host", NULL, &address.host));
    TRY(read_text(parts, "user", "username", &address.user));
    TRY(read_password(arena, parts, &address.password));
    TRY(read_text(parts, "database", NULL, &address.database));
    TRY(read_query(arena, parts, &address.parameters));
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
