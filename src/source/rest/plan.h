/* source/rest/plan.h - what a declaration of an API says (spec of dlt, 9.1), checked and read once:
 * the client, and each resource with what its requests are. Immutable afterwards but for tokens, so
 * threads share it. */
#ifndef SOURCE_REST_PLAN_H
#define SOURCE_REST_PLAN_H

#include "source/rest/auth.h"
#include "source/rest/pager.h"
#include "source/rest/row_edit.h"

/* An answer that is not what it seems: `ignore` ends the series in silence. */
typedef struct ResponseAction {
    int64_t status; /* -1 = any */
    Str content;    /* empty = any */
} ResponseAction;
typedef VEC(ResponseAction) ResponseActionVec;

/* How the value that a load begins with is sent. */
typedef enum CursorForm {
    CURSOR_AS_IS,
    CURSOR_DATE,
    CURSOR_ISO,
    CURSOR_EPOCH,
    CURSOR_EPOCH_MS
} CursorForm;

typedef struct RestEndpoint {
    Str method;
    Str path;
    const Value *path_place;
    const Value *params;  /* a map; of the query, placeholders inside */
    const Value *bound;   /* a map: what names in the path stand for */
    const Value *json;    /* NULL: no such body */
    const Value *data;    /* NULL: no such body; a text, or a map that is sent as a form */
    const Value *headers; /* a map */
    RestAuth *auth;       /* NULL: none */
    const PagerSpec *pager;
    const JsonPath *selector; /* NULL: to be found out */
    ResponseActionVec actions;
    Str start_param; /* query parameter; empty: none */
    Str end_param;
    CursorForm cursor_form;
    const Value *initial_value; /* of the cursor; NULL: none */
} RestEndpoint;

enum { NO_PARENT = -1 };

typedef struct RestResource {
    Str name;
    bool selected;  /* loaded, not only read for its children */
    int parent;     /* its number, or NO_PARENT */
    StrVec include; /* fields of the parent's row */
    RestEndpoint endpoint;
    const RowSteps *steps; /* NULL: none */
    const Value *hints;    /* a map, as source/stream.h has it */
} RestResource;
typedef VEC(RestResource) RestResourceVec;

typedef struct RestPlan {
    Str base_url;
    const Value *headers; /* a map, of every request */
    RestResourceVec resources;
} RestPlan;

/* `config` is in dlt's form; credentials it does not have come from `options`. Lives in `arena`.
 * ERR_CONFIG at the place of what is wrong. */
MUST_CHECK Error *rest_plan_read(Arena *arena, const Value *config, const Value *options,
                                 RestPlan *out);

#endif
