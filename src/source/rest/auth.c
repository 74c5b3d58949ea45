#include "source/rest/auth.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "http/url.h"
#include "source/rest/keys.h"
#include "source/rest/template.h"
#include "value/base64.h"
#include "value/json_reader.h"

typedef enum AuthKind { AUTH_BEARER, AUTH_API_KEY, AUTH_BASIC, AUTH_OAUTH2 } AuthKind;

enum {
    SECOND_US = 1000000,
    DEFAULT_EXPIRATION_S = 3600,
    UNAUTHORIZED = 401,
};

struct RestAuth {
    AuthKind kind;
    Str token;
    Str name; /* of the header or parameter */
    bool in_query;
    Str user;
    Str password;
    /* OAuth 2 */
    Str token_url;
    Str form; /* the body of a request for a token */
    int64_t default_expiration_s;
    Mutex mutex;
    Arena *arena;       /* guarded by mutex: of fetched tokens */
    Str fetched;        /* guarded by mutex; empty = none */
    int64_t expires_us; /* guarded by mutex, monotonic */
};

/* ---- Reading ---- */

static const struct {
    const char *name;
    AuthKind kind;
    const char *keys[8];
} kinds[] = {
    {"bearer", AUTH_BEARER, {"token"}},
    {"api_key", AUTH_API_KEY, {"api_key", "name", "location"}},
    {"http_basic", AUTH_BASIC, {"username", "password"}},
    {"oauth2_client_credentials",
     AUTH_OAUTH2,
     {"access_token_url", "client_id", "client_secret", "access_token_request_data",
      "default_token_expiration", "access_token"}},
};

typedef struct AuthReader {
    Arena *arena;
    const Value *config;
    const Value *options;
} AuthReader;

static Error *get_credential(const AuthReader *reader, const char *key, Str *out)
{
    const Value *value = value_find(reader->config, str_from(key));
    value = value_is_null(value) ? value_find(reader->options, str_from(key)) : value;
    if (!value_is_null(value)) {
        *out = template_text_of(reader->arena, value);
        return NULL;
    }
    Error *err = value_error(ERR_AUTH, reader->config, "the credential '%s' is missing", key);
    return error_hint(err,
                      "write %s = \"...\" under [sources.<name>] in .dlt/secrets.toml, or %s_env: "
                      "VARIABLE beside it and VARIABLE=... into .env",
                      key, key);
}

static Error *read_location(const AuthReader *reader, RestAuth *auth)
{
    const Value *location = value_find(reader->config, STR("location"));
    Str text = value_text_or(location, STR("header"));
    auth->in_query = str_is(text, "query") || str_is(text, "param");
    if (!auth->in_query && !str_is(text, "header")) {
        return value_error(ERR_CONFIG, location,
                           "'location' must be header or query, not '" STR_FMT "'", STR_ARG(text));
    }
    return NULL;
}

static void add_field(StrBuf *form, Str key, Str value)
{
    strbuf_add_c(form, form->len > 0 ? "&" : "");
    url_add_encoded(form, key);
    strbuf_add_char(form, '=');
    url_add_encoded(form, value);
}

static Error *read_oauth(const AuthReader *reader, RestAuth *auth)
{
    Str id;
    TRY(get_credential(reader, "access_token_url", &auth->token_url));
    TRY(get_credential(reader, "client_id", &id));
    TRY(get_credential(reader, "client_secret", &auth->password));
    StrBuf form = strbuf_init(reader->arena, LIMIT_URL_BYTES);
    add_field(&form, STR("client_id"), id);
    add_field(&form, STR("client_secret"), auth->password);
    add_field(&form, STR("grant_type"), STR("client_credentials"));
    for (VALUE_EACH_ENTRY(it, value_find(reader->config, STR("access_token_request_data")))) {
        add_field(&form, template_text_of(reader->arena, &it->key),
                  template_text_of(reader->arena, &it->value));
    }
    auth->form = strbuf_str(&form);
    auth->default_expiration_s = DEFAULT_EXPIRATION_S;
    const Value *expiration = value_find(reader->config, STR("default_token_expiration"));
    return value_is_null(expiration) ? NULL
                                     : value_get_int(expiration, STR("default_token_expiration"),
                                                     &auth->default_expiration_s);
}

static void release(void *object)
{
    RestAuth *auth = object;
    arena_free(auth->arena);
    mutex_done(&auth->mutex);
}

static Error *read_fields(const AuthReader *reader, RestAuth *auth)
{
    switch (auth->kind) {
    case AUTH_BEARER:
        return get_credential(reader, "token", &auth->token);
    case AUTH_API_KEY:
        auth->name = value_text_or(value_find(reader->config, STR("name")), STR("Authorization"));
        TRY(read_location(reader, auth));
        return get_credential(reader, "api_key", &auth->token);
    case AUTH_BASIC:
        TRY(get_credential(reader, "username", &auth->user));
        return get_credential(reader, "password", &auth->password);
    case AUTH_OAUTH2:
        return read_oauth(reader, auth);
    }
    return NULL;
}

Error *rest_auth_read(Arena *arena, const Value *config, const Value *options, RestAuth **out)
{
    *out = NULL;
    if (value_is_null(config)) {
        return NULL;
    }
    const Value *type = value_is(config, VALUE_MAP) ? value_find(config, STR("type")) : config;
    Str name = type == NULL ? STR("bearer") : value_text_or(type, STR(""));
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (!str_is(name, kinds[i].name)) {
            continue;
        }
        TRY(rest_check_keys(config, kinds[i].keys, ARRAY_LEN(kinds[i].keys), "'auth'"));
        RestAuth *auth = ARENA_NEW(arena, RestAuth);
        auth->kind = kinds[i].kind;
        mutex_init(&auth->mutex);
        auth->arena = arena_new("access token");
        arena_on_free(arena, release, auth);
        const AuthReader reader = {arena, value_is(config, VALUE_MAP) ? config : NULL, options};
        TRY(read_fields(&reader, auth));
        *out = auth;
        return NULL;
    }
    return error_hint(value_error(ERR_CONFIG, type == NULL ? config : type,
                                  "there is no auth of type '" STR_FMT "'", STR_ARG(name)),
                      "types are bearer, api_key, http_basic and oauth2_client_credentials; others "
                      "need a Python source");
}

/* ---- Tokens ---- */

static Error *read_token(RestAuth *auth, Arena *arena, const HttpRequest *request,
                         const HttpResponse *response)
{
    if (response->status >= 400) {
        Error *err = http_status_error(request, response);
        return response->status < 500 ? error_with_kind(err, ERR_AUTH) : err;
    }
    const Value *answer = NULL;
    const ReadOptions options = {.path = STR("the answer")};
    TRY(json_read(arena, response->body, &options, &answer));
    Str token = value_text_or(value_find(answer, STR("access_token")), STR(""));
    if (token.len == 0) {
        return error_new(ERR_AUTH, "the answer has no 'access_token'");
    }
    const Value *expires = value_find(answer, STR("expires_in"));
    int64_t seconds = auth->default_expiration_s;
    if (!value_is_null(expires)) {
        double number = 0;
        TRY(value_get_float(expires, STR("expires_in"), &number));
        seconds = number >= 0 && number < 1e9 ? (int64_t)number : auth->default_expiration_s;
    }
    arena_reset(auth->arena);
    auth->fetched = str_dup(auth->arena, token);
    auth->expires_us = clock_monotonic_us() + seconds * SECOND_US;
    return NULL;
}

static Error *fetch_token(RestAuth *auth, HttpClient *client, Arena *arena)
{
    HttpRequest request = {
        .method = STR("POST"), .url = auth->token_url, .body = auth->form, .has_body = true};
    VEC_PUSH(arena, &request.secrets, auth->password);
    VEC_PUSH(arena, &request.headers,
             (HttpHeader){.name = STR("Content-Type"),
                          .value = STR("application/x-www-form-urlencoded")});
    HttpResponse response;
    TRY(http_send(client, arena, url_origin(arena, auth->token_url), &request, &response));
    return read_token(auth, arena, &request, &response);
}

/* The token in `arena`: another thread may fetch the next one at any time. */
static Error *current_token(RestAuth *auth, HttpClient *client, Arena *arena, Str *out)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&auth->mutex);
    if (auth->fetched.len == 0 || clock_monotonic_us() >= auth->expires_us) {
        TRY_WRAP(fetch_token(auth, client, arena), "fetching an access token");
    }
    *out = str_dup(arena, auth->fetched);
    return NULL;
}

bool rest_auth_renew(RestAuth *auth, const HttpRequest *request)
{
    if (auth == NULL || auth->kind != AUTH_OAUTH2) {
        return false;
    }
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&auth->mutex);
    Str sent = STR("");
    (void)http_find_header(&request->headers, STR("Authorization"), &sent);
    if (auth->fetched.len > 0 && str_ends_with(sent, auth->fetched)) {
        auth->fetched = STR("");
    }
    return true;
}

/* ---- Requests ---- */

static void add_header(Arena *arena, HttpRequest *request, Str name, Str value)
{
    VEC_PUSH(arena, &request->headers, (HttpHeader){name, value, true});
}

static Str basic_value(const RestAuth *auth, Arena *arena)
{
    Str plain =
        str_printf(arena, STR_FMT ":" STR_FMT, STR_ARG(auth->user), STR_ARG(auth->password));
    StrBuf buf = strbuf_init(arena, LIMIT_URL_BYTES);
    strbuf_add_c(&buf, "Basic ");
    base64_add(&buf, plain);
    return strbuf_str(&buf);
}

Error *rest_auth_apply(RestAuth *auth, HttpClient *client, Arena *arena, HttpRequest *request,
                       StrBuf *query)
{
    if (auth == NULL) {
        return NULL;
    }
    Str token = auth->kind == AUTH_BASIC ? auth->password : auth->token;
    if (auth->kind == AUTH_OAUTH2) {
        TRY(current_token(auth, client, arena, &token));
    }
    VEC_PUSH(arena, &request->secrets, token);
    Str authorization = STR("Authorization");
    switch (auth->kind) {
    case AUTH_BEARER:
    case AUTH_OAUTH2:
        add_header(arena, request, authorization,
                   str_printf(arena, "Bearer " STR_FMT, STR_ARG(token)));
        return NULL;
    case AUTH_BASIC:
        add_header(arena, request, authorization, basic_value(auth, arena));
        return NULL;
    case AUTH_API_KEY:
        if (auth->in_query) {
            add_field(query, auth->name, token);
        } else {
            add_header(arena, request, auth->name, token);
        }
        return NULL;
    }
    return NULL;
}

Str rest_auth_account(const RestAuth *auth, Arena *arena, Str url)
{
    Str origin = url_origin(arena, url);
    if (auth == NULL) {
        return origin;
    }
    const Str parts[] = {auth->token, auth->user, auth->password, auth->form};
    Str whole = str_join(arena, parts, ARRAY_LEN(parts), STR("\n"));
    return str_printf(arena, STR_FMT " %llx", STR_ARG(origin),
                      (unsigned long long)hash_bytes(whole.data, whole.len));
}
