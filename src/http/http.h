/* http/http.h - requests over HTTP as all sources make them: sent again where that may help, within
 * the budget that an account has, with ceilings on what an answer may be. A status is not an error
 * here: whoever asked knows what it means (http_status_error). What goes wrong below HTTP is one,
 * told with method and address, credentials masked.
 *
 * An HttpClient is shared by all threads of a source: its budget is one per account, its
 * connections are used again. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/thread.h"
#include "base/vec.h"

typedef struct HttpHeader {
    Str name;
    Str value;
    bool secret; /* a credential: not shown, and not sent to another host */
} HttpHeader;
typedef VEC(HttpHeader) HttpHeaderVec;

typedef struct HttpRequest {
    Str method; /* "GET" */
    Str url;    /* complete and escaped */
    HttpHeaderVec headers;
    Str body;
    bool has_body;
    /* Parts of the address that are credentials, masked in what is shown. */
    StrVec secrets;
    /* Looks at an answer of status 200 to 299: ERR_NETWORK for one that is broken and may be asked
     * for again. NULL: any is fine. */
    MUST_CHECK Error *(*check)(Str body);
    /* Set by the client: on a connection of its own, for the one before may be out of step. */
    bool is_retry;
} HttpRequest;

typedef struct HttpResponse {
    int status;
    Str url; /* after redirects */
    HttpHeaderVec headers;
    Str body; /* decoded */
} HttpResponse;

typedef struct HttpOptions {
    int64_t max_attempts;  /* of one request, at least 1 */
    double backoff_factor; /* attempt n is followed by factor * 2^(n-1) seconds */
    int64_t timeout_s;     /* without a byte */
    double delay_s;        /* at least so long between two requests of an account */
    size_t max_concurrent; /* requests at once, at least 1 */
    const Cancel *cancel;  /* may be NULL; ends every wait within a second */
    Str user_agent;
} HttpOptions;

typedef struct HttpClient HttpClient;

void http_client_free(HttpClient *client);
/* Texts of `options` must outlive the client. ERR_UNSUPPORTED without the client library. */
MUST_CHECK Error *http_client_new(const HttpOptions *options, HttpClient **out);
DEFINE_AUTO_FREE(http_client, HttpClient)

/* Sends until there is an answer, or as often as the options say: connections that fail and the
 * statuses 429 and 500 to 599 are tried again, after what Retry-After says. `account` is whose
 * budget the request is from, any text: it is not shown. The answer, whatever its status, lives in
 * `arena`. ERR_NETWORK, ERR_LIMIT beyond a ceiling, ERR_CONFIG for an address that is none,
 * ERR_CANCELLED. Thread-safe. */
MUST_CHECK Error *http_send(HttpClient *client, Arena *arena, Str account,
                            const HttpRequest *request, HttpResponse *out);

/* The first of that name, letter case aside; false without one. */
bool http_find_header(const HttpHeaderVec *headers, Str name, Str *out);
/* What a status of 400 and above means: ERR_AUTH for 401 and 403, ERR_RATE_LIMIT for 429, else
 * ERR_SOURCE, with method, address, the first bytes of the body and what to do. */
Error *http_status_error(const HttpRequest *request, const HttpResponse *response);
/* "GET https://host/path?key=*****", for messages. */
Str http_shown(Arena *arena, const HttpRequest *request);

#endif
