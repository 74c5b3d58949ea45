#include "transform/run/profile_prepare.h"

#include "base/limits.h"
#include "transform/graph/relation.h"
#include "transform/python/text.h"

static Str text_of(const Value *map, const char *key)
{
    return value_text_or(value_find(map, str_from(key)), (Str){0});
}

static bool is_true(const Value *value)
{
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

/* In single quotes, unless it has them already. */
static void add_quoted(Str text, StrBuf *out)
{
    if (text.len > 1 && text.data[0] == '\'' && text.data[text.len - 1] == '\'') {
        strbuf_add(out, text);
        return;
    }
    strbuf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        strbuf_add_c(out, text.data[i] == '\'' ? "'" : "");
        strbuf_add_char(out, text.data[i]);
    }
    strbuf_add_char(out, '\'');
}

static Error *run(Connection *connection, Str sql)
{
    return connection_execute(connection, sql, NULL, 0, NULL);
}

/* ---- Extensions ---- */

/* Loaded where it is installed already, or comes with the database; else fetched first. */
static Error *load_extension(Connection *connection, Arena *arena, const Value *entry)
{
    Str name = value_is(entry, VALUE_STRING) ? entry->as.text : text_of(entry, "name");
    Str repository = text_of(entry, "repo");
    if (name.len == 0) {
        return value_error(
            ERR_CONFIG, entry,
            "'extensions' takes names and maps with the key 'name', but here is " STR_FMT,
            STR_ARG(value_describe(arena, entry)));
    }
    Error *err = run(connection, str_printf(arena, "load " STR_FMT, STR_ARG(name)));
    if (err == NULL) {
        return NULL;
    }
    error_discard(err, "it is installed below");
    StrBuf install = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_printf(&install, "install " STR_FMT, STR_ARG(name));
    if (repository.len > 0) {
        bool address = str_contains(repository, STR(":")) || str_contains(repository, STR("/"));
        strbuf_add_c(&install, " from ");
        if (address) {
            add_quoted(repository, &install);
        } else {
            strbuf_add(&install, repository);
        }
    }
    TRY_WRAP(run(connection, strbuf_str(&install)), "installing extension '" STR_FMT "'",
             STR_ARG(name));
    return run(connection, str_printf(arena, "load " STR_FMT, STR_ARG(name)));
}

/* ---- Secrets ---- */

static void add_secret_value(Arena *arena, Str key, const Value *value, StrBuf *out)
{
    static const char *const bare[] = {"type", "provider", "extra_http_headers"};
    bool quoted = true;
    for (size_t i = 0; i < ARRAY_LEN(bare); i++) {
        quoted = quoted && !str_is(key, bare[i]);
    }
    if (value_is(value, VALUE_MAP)) {
        strbuf_add_c(out, "map {");
        for (VALUE_EACH_ENTRY(entry, value)) {
            strbuf_add_c(out, entry != value_entries(value) ? ", " : "");
            add_quoted(python_str(&entry->key, arena), out);
            strbuf_add_c(out, ": ");
            add_quoted(python_str(&entry->value, arena), out);
        }
        strbuf_add_char(out, '}');
    } else if (value_is(value, VALUE_LIST)) {
        strbuf_add_c(out, "array [");
        for (VALUE_EACH(item, value)) {
            strbuf_add_c(out, item != value_items(value) ? ", " : "");
            add_quoted(python_str(item, arena), out);
        }
        strbuf_add_char(out, ']');
    } else if (quoted) {
        add_quoted(python_str(value, arena), out);
    } else {
        strbuf_add(out, python_str(value, arena));
    }
}

static void add_scopes(Arena *arena, const Value *scope, StrBuf *out)
{
    Value single = value_list(scope, value_is(scope, VALUE_STRING) ? 1 : 0);
    for (VALUE_EACH(item, value_is(scope, VALUE_LIST) ? scope : &single)) {
        strbuf_add_c(out, ", scope ");
        add_quoted(python_str(item, arena), out);
    }
}

Error *profile_secret_sql(Arena *arena, const Value *secret, size_t number, Str *out)
{
    static const char *const own[] = {"name", "persistent", "scope", "type"};
    StrBuf sql = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    Str name = text_of(secret, "name"), type = text_of(secret, "type");
    if (type.len == 0) {
        return error_hint(
            error_new(ERR_CONFIG, "secret number %zu of the profile has no 'type'", number),
            "say which kind it is, such as type: s3");
    }
    strbuf_printf(&sql, "create or replace %ssecret ",
                  is_true(value_find(secret, STR("persistent"))) ? "persistent " : "");
    if (name.len > 0) {
        relation_add_quoted(&sql, name);
    } else {
        strbuf_printf(&sql, "_dbt_secret_%zu", number);
    }
    strbuf_printf(&sql, " (type " STR_FMT, STR_ARG(type));
    for (VALUE_EACH_ENTRY(entry, secret)) {
        Str key = value_text_or(&entry->key, (Str){0});
        bool told = value_is_null(&entry->value);
        for (size_t i = 0; i < ARRAY_LEN(own); i++) {
            told = told || str_is(key, own[i]);
        }
        if (!told) {
            strbuf_printf(&sql, ", " STR_FMT " ", STR_ARG(key));
            add_secret_value(arena, key, &entry->value, &sql);
        }
    }
    add_scopes(arena, value_find(secret, STR("scope")), &sql);
    strbuf_add_char(&sql, ')');
    *out = strbuf_str(&sql);
    return NULL;
}

/* ---- Attached databases ---- */

static void add_option(Str key, const Value *value, Arena *arena, StrVec *options)
{
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    if (value_is_null(value) || (value_is(value, VALUE_BOOL) && !value->as.boolean)) {
        return;
    }
    strbuf_add(&text, str_upper_ascii(arena, key));
    if (!value_is(value, VALUE_BOOL)) {
        strbuf_add_char(&text, ' ');
        if (value_is(value, VALUE_STRING) && !str_is(key, "type") && !str_is(key, "secret")) {
            add_quoted(value->as.text, &text);
        } else {
            strbuf_add(&text, python_str(value, arena));
        }
    }
    VEC_PUSH(arena, options, strbuf_str(&text));
}

Error *profile_attach_sql(Arena *arena, const Value *database, Str *out)
{
    static const char *const own[] = {"type", "secret", "read_only"};
    Str path = text_of(database, "path"), alias = text_of(database, "alias");
    const Value *further = value_find(database, STR("options"));
    StrVec options = {0};
    if (path.len == 0) {
        return value_error(ERR_CONFIG, database,
                           "an entry of the profile's 'attach' has no 'path'");
    }
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        Str key = str_from(own[i]);
        if (value_find(database, key) != NULL && value_find(further, key) != NULL) {
            return value_error(ERR_CONFIG, value_find(further, key),
                               "'%s' of an attached database is given twice: beside 'options' and "
                               "in it",
                               own[i]);
        }
        add_option(key, value_find(database, key), arena, &options);
    }
    for (VALUE_EACH_ENTRY(entry, further)) {
        add_option(value_text_or(&entry->key, (Str){0}), &entry->value, arena, &options);
    }
    StrBuf sql = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_add_c(&sql, "attach if not exists ");
    add_quoted(path, &sql);
    if (alias.len > 0) {
        strbuf_add_c(&sql, " as ");
        relation_add_quoted(&sql, alias);
    }
    if (options.len > 0) {
        strbuf_printf(&sql, " (" STR_FMT ")",
                      STR_ARG(str_join(arena, options.data, options.len, STR(", "))));
    }
    *out = strbuf_str(&sql);
    return NULL;
}

/* ---- Settings ---- */

Error *profile_configure(const Profile *profile, Connection *connection)
{
    AUTO_FREE(arena) Arena *arena = arena_new("settings");
    for (VALUE_EACH_ENTRY(entry, profile->settings)) {
        StrBuf sql = strbuf_init(arena, LIMIT_CONFIG_BYTES);
        Str name = value_text_or(&entry->key, (Str){0});
        strbuf_printf(&sql, "set " STR_FMT " = ", STR_ARG(name));
        add_quoted(python_str(&entry->value, arena), &sql);
        TRY_WRAP(run(connection, strbuf_str(&sql)), "setting '" STR_FMT "' of the profile",
                 STR_ARG(name));
    }
    return NULL;
}

/* ---- All of it ---- */

Error *profile_prepare(const Profile *profile, Warehouse *warehouse)
{
    if (value_len(profile->extensions) + value_len(profile->secrets) + value_len(profile->attach) ==
        0) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("profile");
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(connection_open(warehouse, &connection));
    for (VALUE_EACH(entry, profile->extensions)) {
        TRY(load_extension(connection, arena, entry));
    }
    size_t number = 0;
    Str sql = {0};
    for (VALUE_EACH(secret, profile->secrets)) {
        TRY(profile_secret_sql(arena, secret, ++number, &sql));
        TRY_WRAP(run(connection, sql), "secret number %zu of the profile", number);
    }
    for (VALUE_EACH(database, profile->attach)) {
        TRY(profile_attach_sql(arena, database, &sql));
        TRY_WRAP(run(connection, sql), "attaching '" STR_FMT "'",
                 STR_ARG(text_of(database, "path")));
    }
    return NULL;
}
