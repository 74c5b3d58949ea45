#include "source/rest/form.h"

enum { DEFAULT_LIMIT = 100 };

static const Value *kept(Arena *arena, Value value)
{
    Value *copy = ARENA_NEW(arena, Value);
    *copy = value;
    return copy;
}

/* Sets `to` from what the block has under `from`, if it has it. */
static void carry(ValueMapBuilder *out, const char *to, const Value *block, const char *from)
{
    const Value *value = value_find(block, str_from(from));
    if (!value_is_null(value)) {
        (void)value_map_set(out, str_from(to), *value);
    }
}

static void put_text(ValueMapBuilder *out, const char *key, const char *text)
{
    (void)value_map_set(out, str_from(key), value_string(str_from(text)));
}

/* ---- Who asks ---- */

/* The words of `auth_type`, dlt's type, and what each field is called here. */
static const struct {
    const char *word;
    const char *type;
    struct {
        const char *to;
        const char *from;
    } fields[4];
} auth_types[] = {
    {"bearer", "bearer", {{"token", "auth_token"}}},
    {"api_key",
     "api_key",
     {{"api_key", "auth_token"}, {"name", "api_key_name"}, {"location", "api_key_location"}}},
    {"basic", "http_basic", {{"username", "basic_username"}, {"password", "basic_password"}}},
    {"oauth2_client_credentials",
     "oauth2_client_credentials",
     {{"access_token_url", "access_token_url"},
      {"client_id", "client_id"},
      {"client_secret", "client_secret"},
      {"access_token_request_data", "access_token_request_data"}}},
    {"custom_header", "api_key", {{"api_key", "auth_token"}, {"name", "auth_header_name"}}},
};

static Error *auth_of(Arena *arena, const Value *block, ValueMapBuilder *client)
{
    const Value *given = value_find(block, STR("auth_type"));
    bool has_token = value_find(block, STR("auth_token")) != NULL;
    Str word = value_text_or(given, has_token ? STR("bearer") : STR("none"));
    if (str_is(word, "none")) {
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(auth_types); i++) {
        if (!str_is(word, auth_types[i].word)) {
            continue;
        }
        ValueMapBuilder auth = value_map_begin(arena);
        put_text(&auth, "type", auth_types[i].type);
        for (size_t f = 0; f < ARRAY_LEN(auth_types[i].fields); f++) {
            if (auth_types[i].fields[f].to != NULL) {
                carry(&auth, auth_types[i].fields[f].to, block, auth_types[i].fields[f].from);
            }
        }
        Value map = value_map_end(&auth);
        (void)value_map_set(client, STR("auth"), value_placed_at(map, given ? given : block));
        return NULL;
    }
    return error_hint(
        value_error(ERR_CONFIG, given, "there is no 'auth_type' '" STR_FMT "'", STR_ARG(word)),
        "it is bearer, api_key, basic, oauth2_client_credentials, custom_header or "
        "none");
}

/* ---- Pages ---- */

static void put_default(ValueMapBuilder *map, const char *key, Value value)
{
    const Value name = value_string(str_from(key));
    if (value_map_peek(map, &name) == NULL) {
        (void)value_map_set(map, name.as.text, value);
    }
}

/* Totals are not asked for unless they are named, and pages count from 1. */
static Value pager_of(Arena *arena, const Value *config)
{
    ValueMapBuilder map = value_map_begin(arena);
    Str type = value_is(config, VALUE_STRING) ? config->as.text : STR("auto");
    if (value_is(config, VALUE_MAP)) {
        type = value_text_or(value_find(config, STR("type")), STR(""));
        value_map_put_all(&map, config);
    } else {
        (void)value_map_set(&map, STR("type"), value_string(type));
    }
    if (str_is(type, "auto") || str_is(type, "page_number")) {
        put_default(&map, "base_page", value_int(1));
    }
    if (str_is(type, "page_number") || str_is(type, "offset")) {
        put_default(&map, "total_path", value_null());
    }
    if (str_is(type, "offset")) {
        put_default(&map, "limit", value_int(DEFAULT_LIMIT));
    }
    if (str_is(type, "cursor")) {
        put_default(&map, "cursor_path", value_string(STR("next")));
    }
    Value result = value_map_end(&map);
    return config != NULL ? value_placed_at(result, config) : result;
}

/* ---- Endpoints ---- */

/* "/v1/users/{id}/orders" -> "v1_users_orders" */
static Str name_of(Arena *arena, Str path)
{
    StrBuf name = strbuf_init(arena, path.len + 1);
    Str rest = path;
    Str segment;
    while (str_next_piece(&rest, '/', &segment)) {
        size_t query = str_find_char(segment, '?');
        segment = query == SIZE_MAX ? segment : str_slice(segment, 0, query);
        if (segment.len > 0 && str_find_char(segment, '{') == SIZE_MAX) {
            strbuf_add_c(&name, name.len > 0 ? "_" : "");
            strbuf_add(&name, segment);
        }
    }
    return strbuf_str(&name);
}

static const char *const endpoint_parts[] = {
    "path", "params",        "method",           "json",       "data", "headers",
    "auth", "data_selector", "response_actions", "incremental"};

static bool is_endpoint_part(Str key)
{
    for (size_t i = 0; i < ARRAY_LEN(endpoint_parts); i++) {
        if (str_is(key, endpoint_parts[i])) {
            return true;
        }
    }
    return str_is(key, "paginator");
}

static Error *resource_of(Arena *arena, const Value *config, Value *out)
{
    if (value_find(config, STR("endpoint")) != NULL) {
        *out = *config; /* dlt's form already */
        return NULL;
    }
    const Value *path = value_is(config, VALUE_MAP) ? value_find(config, STR("path")) : config;
    path = path == NULL ? value_find(config, STR("name")) : path;
    if (!value_is(path, VALUE_STRING)) {
        return error_hint(value_error(ERR_CONFIG, config, "an endpoint has no 'path'"),
                          "such as path: /orders");
    }
    ValueMapBuilder resource = value_map_begin(arena);
    ValueMapBuilder endpoint = value_map_begin(arena);
    (void)value_map_set(&resource, STR("name"), value_string(name_of(arena, path->as.text)));
    put_text(&resource, "write_disposition", "merge");
    put_text(&resource, "primary_key", "id");
    (void)value_map_set(&endpoint, STR("path"), *path);
    for (VALUE_EACH_ENTRY(it, config)) {
        Str key = value_text_or(&it->key, STR(""));
        (void)value_map_put(is_endpoint_part(key) ? &endpoint : &resource, it->key, it->value);
    }
    Value pager = pager_of(arena, value_find(config, STR("paginator")));
    (void)value_map_set(&endpoint, STR("paginator"), pager);
    (void)value_map_set(&resource, STR("endpoint"),
                        value_placed_at(value_map_end(&endpoint), config));
    *out = value_placed_at(value_map_end(&resource), config);
    return NULL;
}

static Error *resources_of(Arena *arena, const Value *block, Value *out)
{
    const Value *list = value_find(block, STR("endpoints"));
    list = value_is_null(list) ? value_find(block, STR("resources")) : list;
    if (!value_is(list, VALUE_LIST) || value_len(list) == 0) {
        return error_hint(
            value_error(ERR_CONFIG, list != NULL ? list : block, "there are no 'endpoints'"),
            "list what is to be loaded, such as endpoints: [orders, customers]");
    }
    ValueVec resources = {0};
    for (VALUE_EACH(it, list)) {
        Value resource;
        TRY(resource_of(arena, it, &resource));
        VEC_PUSH(arena, &resources, resource);
    }
    *out = value_placed_at(value_list_of(&resources), list);
    return NULL;
}

Error *rest_form_whole(Arena *arena, const Value *block, const Value **out)
{
    *out = block;
    if (value_find(block, STR("client")) != NULL) {
        return NULL;
    }
    ValueMapBuilder client = value_map_begin(arena);
    carry(&client, "base_url", block, "base_url");
    carry(&client, "headers", block, "headers");
    TRY(auth_of(arena, block, &client));
    ValueMapBuilder whole = value_map_begin(arena);
    (void)value_map_set(&whole, STR("client"), value_placed_at(value_map_end(&client), block));
    carry(&whole, "resource_defaults", block, "resource_defaults");
    Value resources;
    TRY(resources_of(arena, block, &resources));
    (void)value_map_set(&whole, STR("resources"), resources);
    *out = kept(arena, value_placed_at(value_map_end(&whole), block));
    return NULL;
}
