/* http/curl/transport.c - one exchange by libcurl: what it is told, and what its failures mean. */
#include "http/transport.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/number.h"

enum {
    POLL_MS = 100,      /* how soon a cancelled run is noticed */
    WHOLE_TIMEOUTS = 10 /* an answer that trickles in may take as many timeouts as this */
};

struct HttpConnection {
    CURL *easy;
    CURLM *multi;
    HttpOptions options;
    char problem[CURL_ERROR_SIZE];
};

/* What the callbacks fill. */
typedef struct Exchange {
    Arena *arena;
    StrBuf body;
    HttpHeaderVec headers;
    size_t header_bytes;
    const char *exceeded; /* a ceiling that the answer broke, or NULL */
} Exchange;

// NOLINTNEXTLINE(readability-non-const-parameter): libcurl's signature
static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    Exchange *exchange = context;
    size_t len = size * count;
    strbuf_add(&exchange->body, (Str){data, len});
    if (exchange->body.overflowed) {
        exchange->exceeded = "a body";
        return 0;
    }
    return len;
}

/* A line; each answer begins anew with its status line, for there may be more than one. */
// NOLINTNEXTLINE(readability-non-const-parameter): libcurl's signature
static size_t take_header(char *data, size_t size, size_t count, void *context)
{
    Exchange *exchange = context;
    Str line = {data, size * count};
    exchange->header_bytes += line.len;
    if (exchange->headers.len >= LIMIT_HTTP_HEADERS ||
        exchange->header_bytes > LIMIT_HTTP_HEADER_BYTES) {
        exchange->exceeded = "headers";
        return 0;
    }
    if (str_starts_with(line, STR("HTTP/"))) {
        exchange->headers.len = 0;
        return line.len;
    }
    Str name;
    Str value;
    if (str_cut(line, ':', &name, &value)) {
        VEC_PUSH(exchange->arena, &exchange->headers,
                 (HttpHeader){.name = str_dup(exchange->arena, str_trim(name)),
                              .value = str_dup(exchange->arena, str_trim(value))});
    }
    return line.len;
}

static void set_basics(const HttpConnection *connection)
{
    CURL *easy = connection->easy;
    long timeout_s = (long)connection->options.timeout_s;
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); /* all it can decode */
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, timeout_s);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, timeout_s);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT, timeout_s * WHOLE_TIMEOUTS);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
}

static struct curl_slist *headers_of(Arena *arena, const HttpConnection *connection,
                                     const HttpRequest *request)
{
    struct curl_slist *list = NULL;
    Str agent = str_printf(arena, "User-Agent: " STR_FMT, STR_ARG(connection->options.user_agent));
    bool has_agent = false;
    for (VEC_EACH(const HttpHeader, it, &request->headers)) {
        /* "Name;" is curl's way to send a header without a value */
        Str line = it->value.len == 0 ? str_printf(arena, STR_FMT ";", STR_ARG(it->name))
                                      : str_printf(arena, STR_FMT ": " STR_FMT, STR_ARG(it->name),
                                                   STR_ARG(it->value));
        list = curl_slist_append(list, str_to_c(arena, line));
        has_agent = has_agent || str_eq_nocase(it->name, STR("User-Agent"));
    }
    if (!has_agent) {
        list = curl_slist_append(list, str_to_c(arena, agent));
    }
    return curl_slist_append(list, "Expect:"); /* no round trip before a body */
}

static void set_request(const HttpConnection *connection, Arena *arena, const HttpRequest *request)
{
    CURL *easy = connection->easy;
    (void)curl_easy_setopt(easy, CURLOPT_URL, str_to_c(arena, request->url));
    if (request->has_body) {
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        (void)curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS,
                               request->body.len > 0 ? request->body.data : "");
    }
    (void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->is_retry ? 1L : 0L);
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, str_to_c(arena, request->method));
}

/* Until the transfer is over, or the run. */
static Error *perform(const HttpConnection *connection, CURLcode *out)
{
    CURLMcode code = CURLM_OK;
    for (int running = 1; running > 0 && code == CURLM_OK;) {
        TRY(cancel_check(connection->options.cancel));
        code = curl_multi_perform(connection->multi, &running);
        if (running > 0 && code == CURLM_OK) {
            code = curl_multi_poll(connection->multi, NULL, 0, POLL_MS, NULL);
        }
    }
    if (code != CURLM_OK) {
        return error_new(ERR_NETWORK, "%s", curl_multi_strerror(code));
    }
    int left = 0;
    const CURLMsg *message = curl_multi_info_read(connection->multi, &left);
    *out =
        message != NULL && message->msg == CURLMSG_DONE ? message->data.result : CURLE_GOT_NOTHING;
    return NULL;
}

/* Failures that will be there the next time, too. */
static bool is_lasting(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_CERTPROBLEM || code == CURLE_URL_MALFORMAT ||
           code == CURLE_BAD_CONTENT_ENCODING;
}

static Error *failure_of(const HttpConnection *connection, const Exchange *exchange, CURLcode code)
{
    if (exchange->exceeded != NULL) {
        return error_new(ERR_LIMIT,
                         "the answer has %s beyond the limit (%zu bytes of body, %d headers)",
                         exchange->exceeded, LIMIT_HTTP_BODY_BYTES, LIMIT_HTTP_HEADERS);
    }
    const char *text = curl_easy_strerror(code);
    const char *detail = connection->problem[0] != '\0' ? connection->problem : text;
    if (code == CURLE_URL_MALFORMAT) {
        return error_hint(error_new(ERR_CONFIG, "no address of HTTP: %s", detail),
                          "write it with http:// or https://");
    }
    if (code == CURLE_BAD_CONTENT_ENCODING) {
        return error_new(ERR_INPUT, "the body cannot be unpacked: %s", detail);
    }
    Error *err = error_new(ERR_NETWORK, "%s", detail);
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        return error_hint(err,
                          "the server's certificate is not trusted here: install its authority "
                          "in the system, or see that the address is right");
    }
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
        code == CURLE_COULDNT_RESOLVE_PROXY) {
        return error_hint(err, "see that the address is right, that the network is there and that "
                               "HTTPS_PROXY, HTTP_PROXY and NO_PROXY say what they should");
    }
    return err;
}

static Error *run(HttpConnection *connection, const Exchange *exchange, bool *out_again)
{
    CURLcode code = CURLE_OK;
    TRY(perform(connection, &code));
    if (code == CURLE_OK) {
        return NULL;
    }
    *out_again = exchange->exceeded == NULL && !is_lasting(code);
    return failure_of(connection, exchange, code);
}

static Error *curl_exchange(HttpConnection *connection, Arena *arena, const HttpRequest *request,
                            HttpResponse *out, bool *out_again)
{
    Exchange exchange = {.arena = arena, .body = strbuf_init(arena, LIMIT_HTTP_BODY_BYTES)};
    CURL *easy = connection->easy;
    *out_again = false;
    connection->problem[0] = '\0';
    curl_easy_reset(easy); /* keeps its connections */
    set_basics(connection);
    set_request(connection, arena, request);
    struct curl_slist *headers = headers_of(arena, connection, request);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, connection->problem);
    CURLMcode added = curl_multi_add_handle(connection->multi, easy);
    Error *err = added == CURLM_OK ? run(connection, &exchange, out_again)
                                   : error_new(ERR_NETWORK, "%s", curl_multi_strerror(added));
    (void)curl_multi_remove_handle(connection->multi, easy);
    long status = 0;
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
    if (err == NULL) {
        *out = (HttpResponse){.status = (int)status,
                              .url = request->url,
                              .headers = exchange.headers,
                              .body = strbuf_str(&exchange.body)};
    }
    return err;
}

static void curl_close(HttpConnection *connection)
{
    if (connection != NULL) {
        curl_easy_cleanup(connection->easy);
        curl_multi_cleanup(connection->multi);
        free(connection);
    }
}

static Error *curl_connect(const HttpOptions *options, HttpConnection **out)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return error_new(ERR_UNSUPPORTED, "libcurl cannot be used here");
    }
    HttpConnection *connection = memory_alloc(sizeof(*connection));
    *connection =
        (HttpConnection){.easy = curl_easy_init(), .multi = curl_multi_init(), .options = *options};
    if (connection->easy == NULL || connection->multi == NULL) {
        curl_close(connection);
        return error_new(ERR_UNSUPPORTED, "libcurl cannot begin");
    }
    *out = connection;
    return NULL;
}

extern const HttpTransport http_curl;
const HttpTransport http_curl = {
    .version = HTTP_TRANSPORT_VERSION,
    .connect = curl_connect,
    .exchange = curl_exchange,
    .close = curl_close,
};
