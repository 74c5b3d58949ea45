#include "source/rest/rest_source.h"

#include "project/secret.h"
#include "source/rest/connector.h"
#include "source/rest/form.h"
#include "source/rest/keys.h"
#include "source/rest/reader.h"

enum {
    DEFAULT_TIMEOUT_S = 60,
    DEFAULT_ATTEMPTS = 5,
    DEFAULT_WORKERS = 4,
    MAX_VALUES = 64,
};

typedef struct RestSource {
    /* options */
    const Value *values[MAX_VALUES]; /* read by form.c and plan.c out of the block */
    double rate_limit_delay;
    int64_t timeout;
    int64_t max_attempts;
    /* from open on */
    RestPlan plan;
    size_t *resources; /* number of the resource of each stream */
    size_t stream_count;
    Cancel cancel;
    HttpOptions http;
    HttpClient *client; /* NULL until something is read */
} RestSource;

#define VALUE_OPTION(name, number, help) \
    { \
        name, OPTION_VALUE, offsetof(RestSource, values[number]), NULL, help, NULL \
    }

/* What every API has. */
#define HTTP_OPTIONS \
    {"rate_limit_delay", \
     OPTION_FLOAT, \
     offsetof(RestSource, rate_limit_delay), \
     "0", \
     "seconds between two requests", \
     NULL}, \
        {"timeout", OPTION_INT, offsetof(RestSource, timeout), "60", "seconds without a byte", \
         NULL}, \
    { \
        "max_attempts", OPTION_INT, offsetof(RestSource, max_attempts), "0", \
            "how often a request is sent; 0 = as request_max_attempts in config.toml says", NULL \
    }

static const OptionDef options[] = {
    VALUE_OPTION("base_url", 0, "address that paths of endpoints are added to"),
    VALUE_OPTION("endpoints", 1,
                 "what is loaded: paths, or maps with path, params, paginator, ..."),
    VALUE_OPTION("auth_type", 2,
                 "bearer, api_key, basic, oauth2_client_credentials, custom_header or none"),
    VALUE_OPTION("auth_token", 3, "token or key; better auth_token_env, the variable with it"),
    VALUE_OPTION("auth_token_env", 4, "variable with the token or key"),
    VALUE_OPTION("api_key_name", 5, "header or parameter of an api_key"),
    VALUE_OPTION("api_key_location", 6, "header or query"),
    VALUE_OPTION("auth_header_name", 7, "header of custom_header"),
    VALUE_OPTION("basic_username", 8, "user of basic"),
    VALUE_OPTION("basic_username_env", 9, "variable with the user of basic"),
    VALUE_OPTION("basic_password", 10, "password of basic"),
    VALUE_OPTION("basic_password_env", 11, "variable with the password of basic"),
    VALUE_OPTION("access_token_url", 12, "where oauth2_client_credentials gets its tokens"),
    VALUE_OPTION("client_id", 13, "client of oauth2_client_credentials"),
    VALUE_OPTION("client_id_env", 14, "variable with the client"),
    VALUE_OPTION("client_secret", 15, "secret of oauth2_client_credentials"),
    VALUE_OPTION("client_secret_env", 16, "variable with the secret"),
    VALUE_OPTION("access_token_request_data", 17, "further fields of a request for a token"),
    VALUE_OPTION("headers", 18, "headers of every request"),
    VALUE_OPTION("client", 19, "dlt's form: base_url, headers, auth, paginator"),
    VALUE_OPTION("resource_defaults", 20, "dlt's form: what all resources have"),
    VALUE_OPTION("resources", 21, "dlt's form: what is loaded"),
    HTTP_OPTIONS,
    {0},
};

/* Of a connector, beside those that its file names. */
static const OptionDef connector_common[] = {
    VALUE_OPTION("resources", MAX_VALUES - 2, "what is loaded, by name; the usual without it"),
    VALUE_OPTION("endpoints", MAX_VALUES - 1, "the same as resources"),
    HTTP_OPTIONS,
    {0},
};

/* ---- Opening ---- */

static Error *check_numbers(const SourceContext *ctx, const RestSource *rest)
{
    enum { MOST_SECONDS = 86400, MOST_ATTEMPTS = 100 };
    if (rest->timeout < 1 || rest->timeout > MOST_SECONDS || rest->max_attempts < 0 ||
        rest->max_attempts > MOST_ATTEMPTS || !(rest->rate_limit_delay >= 0) ||
        rest->rate_limit_delay > MOST_SECONDS) {
        return value_error(ERR_CONFIG, ctx->config->entry,
                           "'timeout' must be 1 to %d seconds, 'max_attempts' at most %d, "
                           "'rate_limit_delay' 0 to %d seconds",
                           MOST_SECONDS, MOST_ATTEMPTS, MOST_SECONDS);
    }
    return NULL;
}

static void set_http(const SourceContext *ctx, RestSource *rest)
{
    const LoadSettings *load = ctx->project != NULL ? &ctx->project->load : NULL;
    int64_t attempts = load != NULL ? load->request_max_attempts : DEFAULT_ATTEMPTS;
    int64_t workers = load != NULL ? load->workers : DEFAULT_WORKERS;
    rest->cancel.parent = ctx->cancel;
    rest->http = (HttpOptions){
        .max_attempts = rest->max_attempts > 0 ? rest->max_attempts : attempts,
        .backoff_factor = load != NULL ? load->request_backoff_factor : 1,
        .timeout_s = rest->timeout,
        .delay_s = rest->rate_limit_delay,
        .max_concurrent = workers > 0 ? (size_t)workers : 1,
        .cancel = &rest->cancel,
        .user_agent = STR("dango/" DANGO_VERSION),
    };
}

/* `whole` is in dlt's form. */
static Error *open_plan(SourceContext *ctx, RestSource *rest, const Value *whole)
{
    TRY(check_numbers(ctx, rest));
    set_http(ctx, rest);
    TRY_WRAP(rest_plan_read(ctx->arena, whole, ctx->config->block, &rest->plan),
             "source '" STR_FMT "'", STR_ARG(ctx->config->name));
    rest->resources = ARENA_ARRAY(ctx->arena, size_t, rest->plan.resources.len);
    for (size_t i = 0; i < rest->plan.resources.len; i++) {
        if (rest->plan.resources.data[i].selected) {
            rest->resources[rest->stream_count++] = i;
        }
    }
    return NULL;
}

static Error *rest_open(SourceContext *ctx, void *state)
{
    const Value *whole = NULL;
    TRY(rest_form_whole(ctx->arena, ctx->config->block, &whole));
    return open_plan(ctx, state, whole);
}

static Error *connector_open(SourceContext *ctx, void *state)
{
    const Value *connector = NULL;
    const Value *whole = NULL;
    TRY(connector_find(ctx->arena, ctx->project, ctx->config->type, &connector));
    TRY(connector_expand(ctx, connector, &whole));
    return open_plan(ctx, state, whole);
}

static void rest_close(void *state)
{
    RestSource *rest = state;
    http_client_free(rest->client);
    rest->client = NULL;
}

/* ---- Reading ---- */

static Error *rest_list_streams(SourceContext *ctx, void *state, SourceStreamVec *out)
{
    const RestSource *rest = state;
    *out = (SourceStreamVec){0};
    for (size_t i = 0; i < rest->stream_count; i++) {
        const RestResource *resource = &rest->plan.resources.data[rest->resources[i]];
        VEC_PUSH(ctx->arena, out, (SourceStream){.name = resource->name, .hints = resource->hints});
    }
    return NULL;
}

/* Where a refused credential came from: a stale one in secrets.toml goes over a corrected .env. */
static Error *with_origin(SourceContext *ctx, Error *err)
{
    static const char *const keys[] = {"auth_token",    "token",    "api_key",
                                       "access_token",  "password", "client_secret",
                                       "basic_password"};
    const SourceConfig *written =
        ctx->project != NULL ? project_find_source(ctx->project, ctx->config->name) : NULL;
    if (err == NULL || error_kind(err) != ERR_AUTH || written == NULL) {
        return err;
    }
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        Str origin = project_option_origin(ctx->project, written, str_from(keys[i]), ctx->arena);
        if (origin.len > 0) {
            return error_hint(err, "the credential came from " STR_FMT, STR_ARG(origin));
        }
    }
    return err;
}

static Error *rest_read_streams(SourceContext *ctx, void *state, const StreamRequest *requests,
                                size_t request_count, RowSink *sink)
{
    RestSource *rest = state;
    size_t count = rest->plan.resources.len;
    SeriesRange *ranges = ARENA_ARRAY(ctx->arena, SeriesRange, count);
    size_t *streams = ARENA_ARRAY(ctx->arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        streams[i] = SIZE_MAX;
    }
    for (size_t i = 0; i < request_count; i++) {
        size_t resource = rest->resources[requests[i].stream];
        streams[resource] = requests[i].stream;
        ranges[resource] = (SeriesRange){requests[i].from, requests[i].until};
    }
    if (rest->client == NULL) {
        TRY(http_client_new(&rest->http, &rest->client));
    }
    cancel_withdraw(&rest->cancel);
    RestRead read = {.plan = &rest->plan,
                     .client = rest->client,
                     .cancel = &rest->cancel,
                     .workers = rest->http.max_concurrent,
                     .sink = sink,
                     .ranges = ranges,
                     .streams = streams};
    return with_origin(ctx, rest_read(&read));
}

const SourceDriver source_rest_api = {
    .type = "rest_api",
    .title = "REST API",
    .options = options,
    .state_size = sizeof(RestSource),
    .open = rest_open,
    .list_streams = rest_list_streams,
    .read_streams = rest_read_streams,
    .close = rest_close,
};

Error *rest_connector_driver(Arena *arena, const Project *project, Str type,
                             const SourceDriver **out)
{
    const Value *connector = NULL;
    *out = NULL;
    TRY(connector_find(arena, project, type, &connector));
    if (connector == NULL) {
        return NULL;
    }
    SourceDriver *driver = ARENA_NEW(arena, SourceDriver);
    *driver = source_rest_api;
    driver->type = str_to_c(arena, type);
    driver->title = str_to_c(arena, value_text_or(value_find(connector, STR("title")), type));
    driver->open = connector_open;
    TRY(connector_options(arena, connector, connector_common, MAX_VALUES - 2, &driver->options));
    *out = driver;
    return NULL;
}
