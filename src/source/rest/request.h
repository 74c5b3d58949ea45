/* source/rest/request.h - the request for one page: the endpoint's templates filled in, the pager's
 * part added, and who asks. */
#ifndef SOURCE_REST_REQUEST_H
#define SOURCE_REST_REQUEST_H

#include "source/rest/plan.h"
#include "source/rest/template.h"

/* What a request is made from. */
typedef struct RequestParts {
    const RestPlan *plan;
    const RestEndpoint *endpoint;
    const TemplateScope *scope;
    const Pager *pager;
    HttpClient *client;
} RequestParts;
/* The whole request in `arena`; a token may be fetched for it. */
MUST_CHECK Error *rest_request_make(Arena *arena, const RequestParts *parts, HttpRequest *out);
/* What `{incremental...}` stands for: start_value, last_value, end_value, initial_value. NULL when
 * the endpoint has no cursor. */
const Value *rest_incremental_scope(Arena *arena, const RestResource *resource, const Value *from,
                                    const Value *until);

#endif
