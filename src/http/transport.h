/* http/transport.h - what http/curl/ exports to the client (client.c): one exchange, one request
 * sent and its answer read, without redirects and without trying again. */
#ifndef HTTP_TRANSPORT_H
#define HTTP_TRANSPORT_H

#include "http/http.h"

enum { HTTP_TRANSPORT_VERSION = 2 };

/* Connections of one thread at a time. */
typedef struct HttpConnection HttpConnection;

typedef struct HttpTransport {
    unsigned version;
    MUST_CHECK Error *(*connect)(const HttpOptions *options, HttpConnection **out);
    /* The answer lives in `arena`. *out_again: the failure may be gone the next time. */
    MUST_CHECK Error *(*exchange)(HttpConnection *connection, Arena *arena,
                                  const HttpRequest *request, HttpResponse *out, bool *out_again);
    void (*close)(HttpConnection *connection);
} HttpTransport;

#endif
