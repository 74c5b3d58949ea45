/* source/rest/auth.h - how a request shows who asks: `auth:` of a client or an endpoint.
 *
 *     bearer {token}    api_key {api_key, name, location}    http_basic {username, password}
 *     oauth2_client_credentials {access_token_url, client_id, client_secret, ...}
 *
 * A token that is fetched is shared by all threads and fetched again when it has expired. */
#ifndef SOURCE_REST_AUTH_H
#define SOURCE_REST_AUTH_H

#include "http/http.h"
#include "value/value.h"

typedef struct RestAuth RestAuth;

/* Reads `config`: the name of a type, or a map. What it does not say is looked for in `options`
 * (the source's block, where secrets.toml has its say), as `<key>`. Lives in `arena`. ERR_CONFIG
 * for what is wrong, ERR_AUTH for a credential that is missing. */
MUST_CHECK Error *rest_auth_read(Arena *arena, const Value *config, const Value *options,
                                 RestAuth **out);
/* Adds headers to the request, or `key=value` to its parameters; fetches a token if that is needed.
 */
MUST_CHECK Error *rest_auth_apply(RestAuth *auth, HttpClient *client, Arena *arena,
                                  HttpRequest *request, StrBuf *query);
/* Forgets the token that `request` was sent with, after it was refused; false when there is nothing
 * to fetch anew. */
bool rest_auth_renew(RestAuth *auth, const HttpRequest *request);
/* Whose budget requests are from: a hash, for two credentials of one host are two accounts. */
Str rest_auth_account(const RestAuth *auth, Arena *arena, Str url);

#endif
