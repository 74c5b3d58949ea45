#include "http/http.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "base/module.h"
#include "http/budget.h"
#include "http/transport.h"
#include "http/url.h"

enum {
    SECOND_US = 1000000,
    LOOK_US = 200000,
    FORBIDDEN = 403,
    TOO_MANY_REQUESTS = 429,
    REDIRECTS = 300,
    SERVER_ERROR = 500,
    AFTER_SERVER_ERRORS = 600,
};

struct HttpClient {
    const HttpTransport *transport;
    HttpOptions options;
    Mutex mutex;
    Condition never;            /* waited for with a deadline only */
    Arena *arena;               /* guarded by mutex */
    StrMap budgets;             /* guarded by mutex: account -> Budget */
    VEC(HttpConnection *) idle; /* guarded by mutex */
};

Error *http_client_new(const HttpOptions *options, HttpClient **out)
{
    const void *symbol = NULL;
    TRY_WRAP(module_open("curl", "http_curl", "libcurl4", &symbol), "opening the HTTP client");
    const HttpTransport *transport = symbol;
    if (transport->version != HTTP_TRANSPORT_VERSION) {
        return error_hint(error_new(ERR_UNSUPPORTED, "the HTTP client is of version %u, not %d",
                                    transport->version, HTTP_TRANSPORT_VERSION),
                          "install the program again, with its lib/dango folder");
    }
    HttpClient *client = memory_alloc(sizeof(*client));
    *client = (HttpClient){
        .transport = transport, .options = *options, .arena = arena_new("HTTP client")};
    client->budgets = strmap_init(client->arena);
    mutex_init(&client->mutex);
    condition_init(&client->never);
    *out = client;
    return NULL;
}

void http_client_free(HttpClient *client)
{
    if (client == NULL) {
        return;
    }
    for (size_t i = 0; i < client->idle.len; i++) {
        client->transport->close(client->idle.data[i]);
    }
    for (STRMAP_EACH(it, &client->budgets)) {
        budget_done(it->value);
    }
    condition_done(&client->never);
    mutex_done(&client->mutex);
    arena_free(client->arena);
    free(client);
}

/* ---- What all threads share ---- */

static Budget *budget_of(HttpClient *client, Str account)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&client->mutex);
    Budget *budget = strmap_find(&client->budgets, account);
    if (budget == NULL) {
        budget = ARENA_NEW(client->arena, Budget);
        budget_init(budget);
        (void)strmap_set_copy(&client->budgets, account, budget);
    }
    return budget;
}

static Error *take_connection(HttpClient *client, HttpConnection **out)
{
    mutex_lock(&client->mutex);
    *out = client->idle.len > 0 ? VEC_POP(&client->idle) : NULL;
    mutex_unlock(&client->mutex);
    return *out != NULL ? NULL : client->transport->connect(&client->options, out);
}

static void give_connection(HttpClient *client, HttpConnection *connection)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&client->mutex);
    VEC_PUSH(client->arena, &client->idle, connection);
}

static Error *wait_for(HttpClient *client, int64_t wait_us)
{
    int64_t until_us = clock_monotonic_us() + wait_us;
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&client->mutex);
    for (int64_t now_us; (now_us = clock_monotonic_us()) < until_us;) {
        TRY(cancel_check(client->options.cancel));
        int64_t look_us = now_us + LOOK_US < until_us ? now_us + LOOK_US : until_us;
        (void)condition_wait_until(&client->never, &client->mutex, look_us);
    }
    return NULL;
}

/* ---- One exchange, redirects followed ---- */

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The same request to where the answer points; credentials stay at home. */
static void redirect(Arena *arena, HttpRequest *request, const HttpResponse *response, Str location)
{
    Str target = url_quote(arena, url_join(arena, request->url, location));
    bool same_origin = str_eq(url_origin(arena, target), url_origin(arena, request->url));
    bool becomes_get =
        response->status == 303 || (response->status < 303 && str_is(request->method, "POST"));
    HttpHeaderVec headers = {0};
    for (VEC_EACH(const HttpHeader, it, &request->headers)) {
        bool of_body = str_starts_with(it->name, STR("Content-"));
        if ((same_origin || !it->secret) && !(becomes_get && of_body)) {
            VEC_PUSH(arena, &headers, *it);
        }
    }
    request->url = target;
    request->headers = headers;
    if (becomes_get) {
        request->method = STR("GET");
        request->has_body = false;
    }
}

/* A request on its way. */
typedef struct Sending {
    HttpClient *client;
    Arena *arena;
    Budget *budget;
    const HttpRequest *request;
    int64_t attempt; /* from 1 */
} Sending;

static Error *exchange(const Sending *sending, const HttpRequest *request, HttpResponse *out,
                       bool *out_again)
{
    HttpClient *client = sending->client;
    const HttpOptions *options = &client->options;
    *out_again = false;
    TRY(budget_take(sending->budget, options->max_concurrent,
                    (int64_t)(options->delay_s * SECOND_US), options->cancel));
    HttpConnection *connection = NULL;
    Error *err = take_connection(client, &connection);
    if (err == NULL) {
        err = client->transport->exchange(connection, sending->arena, request, out, out_again);
        give_connection(client, connection);
    }
    budget_give_back(sending->budget, err == NULL ? &out->headers : NULL);
    return err;
}

static Error *exchange_following(const Sending *sending, HttpResponse *out, bool *out_again)
{
    HttpRequest current = *sending->request;
    current.is_retry = sending->attempt > 1;
    for (int i = 0; i <= LIMIT_HTTP_REDIRECTS; i++) {
        TRY(exchange(sending, &current, out, out_again));
        Str location;
        if (!is_redirect(out->status) ||
            !http_find_header(&out->headers, STR("Location"), &location)) {
            return NULL;
        }
        redirect(sending->arena, &current, out, location);
        if (!url_is_absolute(current.url)) {
            return error_new(ERR_NETWORK, "it redirects to '" STR_FMT "', which is no address",
                             STR_ARG(location));
        }
    }
    return error_new(ERR_NETWORK, "more than %d redirects", LIMIT_HTTP_REDIRECTS);
}

/* ---- Trying again ---- */

/* A budget that is used up is also told as 403. */
static bool is_over_limit(const HttpResponse *response)
{
    Str text;
    if (response->status == TOO_MANY_REQUESTS) {
        return true;
    }
    return response->status == FORBIDDEN &&
           (http_find_header(&response->headers, STR("Retry-After"), &text) ||
            (http_find_header(&response->headers, STR("X-RateLimit-Remaining"), &text) &&
             str_is(text, "0")));
}

static bool may_help(const HttpResponse *response)
{
    return is_over_limit(response) ||
           (response->status >= SERVER_ERROR && response->status < AFTER_SERVER_ERRORS);
}

/* factor * 2^(n-1) seconds, give or take a quarter, so that many do not come back at once. */
static int64_t backoff_us(const HttpClient *client, int64_t attempt)
{
    double seconds = client->options.backoff_factor;
    for (int64_t i = 1; i < attempt && seconds < LIMIT_RETRY_WAIT_S; i++) {
        seconds *= 2;
    }
    int64_t seed[2] = {clock_monotonic_us(), attempt};
    double chance = (double)(hash_bytes(seed, sizeof(seed)) % 1000) / 1000;
    seconds *= 0.75 + chance / 2;
    seconds = seconds < LIMIT_RETRY_WAIT_S ? seconds : LIMIT_RETRY_WAIT_S;
    return (int64_t)(seconds * SECOND_US);
}

/* What an answer asks for; 0 when it does not. */
static int64_t asked_wait_us(const HttpResponse *response)
{
    Str text;
    int64_t wait_us = 0;
    if (http_find_header(&response->headers, STR("Retry-After"), &text) &&
        http_parse_wait(text, clock_now_us(), &wait_us)) {
        int64_t most_us = (int64_t)LIMIT_RETRY_WAIT_S * SECOND_US;
        return wait_us < most_us ? wait_us : most_us;
    }
    return 0;
}

/* One attempt. *out_wait_us: -1 when it is final, else how long to wait before the next. */
static Error *attempt_once(const Sending *sending, HttpResponse *out, int64_t *out_wait_us)
{
    const HttpClient *client = sending->client;
    bool again = false;
    bool is_last = sending->attempt >= client->options.max_attempts;
    *out_wait_us = -1;
    Error *err = exchange_following(sending, out, &again);
    if (err == NULL && out->status < REDIRECTS && sending->request->check != NULL) {
        err = sending->request->check(out->body);
        again = err != NULL && error_kind(err) == ERR_NETWORK;
    }
    if (err != NULL) {
        *out_wait_us = again && !is_last ? backoff_us(client, sending->attempt) : -1;
        return err;
    }
    if (!is_last && may_help(out)) {
        int64_t asked_us = asked_wait_us(out);
        *out_wait_us = asked_us > 0 ? asked_us : backoff_us(client, sending->attempt);
        if (is_over_limit(out)) {
            budget_block(sending->budget, *out_wait_us); /* others would be refused, too */
        }
    }
    return NULL;
}

static Error *send_until_answered(Sending *sending, HttpResponse *out)
{
    Arena *arena = sending->arena;
    ArenaMark mark = arena_mark(arena);
    for (sending->attempt = 1;; sending->attempt++) {
        int64_t wait_us = -1;
        Error *err = attempt_once(sending, out, &wait_us);
        if (wait_us < 0) {
            return err == NULL || sending->attempt == 1
                       ? err
                       : error_hint(err, "this was attempt %lld", (long long)sending->attempt);
        }
        Str shown = http_shown(arena, sending->request);
        Str why = err != NULL ? error_full_message(err, arena)
                              : str_printf(arena, "HTTP %d", out->status);
        log_info(STR_FMT ": " STR_FMT "; trying again attempt=%lld ms=%lld", STR_ARG(shown),
                 STR_ARG(why), (long long)sending->attempt, (long long)(wait_us / 1000));
        error_discard(err, "it is tried again");
        arena_rewind(arena, mark);
        TRY(wait_for(sending->client, wait_us));
    }
}

static Error *check_headers(const HttpRequest *request)
{
    for (VEC_EACH(const HttpHeader, it, &request->headers)) {
        if (str_find_char(it->value, '\n') != SIZE_MAX ||
            str_find_char(it->value, '\r') != SIZE_MAX ||
            str_find_char(it->value, '\0') != SIZE_MAX) {
            return error_new(ERR_CONFIG, "the header '" STR_FMT "' has a line break in its value",
                             STR_ARG(it->name));
        }
    }
    return NULL;
}

Error *http_send(HttpClient *client, Arena *arena, Str account, const HttpRequest *request,
                 HttpResponse *out)
{
    Str shown = http_shown(arena, request);
    Error *err = url_is_absolute(request->url)
                     ? check_headers(request)
                     : error_hint(error_new(ERR_CONFIG, "no address of HTTP"),
                                  "write it with http:// or https://");
    if (err == NULL) {
        log_debug("request " STR_FMT, STR_ARG(shown));
        Sending sending = {client, arena, budget_of(client, account), request, 0};
        err = send_until_answered(&sending, out);
    }
    if (err == NULL) {
        log_debug("answer status=%d bytes=%zu " STR_FMT, out->status, out->body.len,
                  STR_ARG(shown));
        return NULL;
    }
    return error_kind(err) == ERR_CANCELLED ? err : error_wrap(err, STR_FMT, STR_ARG(shown));
}

/* ---- Telling ---- */

bool http_find_header(const HttpHeaderVec *headers, Str name, Str *out)
{
    for (VEC_EACH(const HttpHeader, it, headers)) {
        if (str_eq_nocase(it->name, name)) {
            *out = it->value;
            return true;
        }
    }
    return false;
}

Str http_shown(Arena *arena, const HttpRequest *request)
{
    Str url = url_shown(arena, request->url, &request->secrets);
    return str_printf(arena, STR_FMT " " STR_FMT, STR_ARG(request->method), STR_ARG(url));
}

/* The first bytes of a body on one line, secrets masked. */
static Str shown_body(Arena *arena, const HttpRequest *request, Str body)
{
    enum { SHOWN_BYTES = 200 };
    size_t end = body.len < SHOWN_BYTES ? body.len : SHOWN_BYTES;
    while (end > 0 && end < body.len && ((unsigned char)body.data[end] & 0xC0) == 0x80) {
        end--;
    }
    StrBuf buf = strbuf_init(arena, KIB);
    for (size_t i = 0; i < end; i++) {
        char c = body.data[i];
        strbuf_add_char(&buf, (unsigned char)c < ' ' || c == 127 ? ' ' : c);
    }
    strbuf_add_c(&buf, end < body.len ? "..." : "");
    Str shown = strbuf_str(&buf);
    for (VEC_EACH(const Str, secret, &request->secrets)) {
        shown = secret->len > 0 ? str_replace(arena, shown, *secret, STR("*****")) : shown;
    }
    return shown;
}

static Error *error_of_status(int status, Str told)
{
    switch (status) {
    case 401:
        return error_hint(error_new(ERR_AUTH, "Invalid API key: " STR_FMT, STR_ARG(told)),
                          "renew the credential in .dlt/secrets.toml or .env");
    case FORBIDDEN:
        return error_hint(error_new(ERR_AUTH, "Invalid credentials: " STR_FMT, STR_ARG(told)),
                          "the credential is known but may not do this: give it the permission, or "
                          "use another one in .dlt/secrets.toml or .env");
    case TOO_MANY_REQUESTS:
        return error_hint(error_new(ERR_RATE_LIMIT, "Too many requests: " STR_FMT, STR_ARG(told)),
                          "set 'rate_limit_delay' of the source, sync with --workers 1, or raise "
                          "request_max_attempts in .dlt/config.toml");
    case 404:
        return error_hint(error_new(ERR_SOURCE, STR_FMT, STR_ARG(told)),
                          "see that 'base_url' and the path are right");
    default:
        return error_new(ERR_SOURCE, STR_FMT, STR_ARG(told));
    }
}

Error *http_status_error(const HttpRequest *request, const HttpResponse *response)
{
    AUTO_FREE(arena) Arena *arena = arena_new("HTTP status");
    Str shown = http_shown(arena, request);
    Str body = shown_body(arena, request, response->body);
    Str told = str_printf(arena, "HTTP %d for " STR_FMT "%s" STR_FMT, response->status,
                          STR_ARG(shown), body.len > 0 ? ": " : "", STR_ARG(body));
    return error_of_status(response->status, told);
}
