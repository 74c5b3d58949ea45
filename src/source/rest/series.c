#include "source/rest/series.h"

#include "source/rest/request.h"

enum {
    UNAUTHORIZED = 401,
    ERROR_STATUS = 400,
    MAX_RENEWALS = 3, /* of a token, for one page */
};

void series_begin(Series *series, Arena *arena, const SeriesStart *start)
{
    const RestEndpoint *endpoint = &start->resource->endpoint;
    const SeriesRange *range = start->range;
    *series = (Series){
        .plan = start->plan,
        .resource = start->resource,
        .client = start->client,
        .arena = arena,
        .selector = endpoint->selector,
        .scope = {.bound = endpoint->bound,
                  .parent = start->parent != NULL ? start->parent->name : STR(""),
                  .row = start->row,
                  .incremental =
                      rest_incremental_scope(arena, start->resource, range->from, range->until)},
    };
    pager_begin(&series->pager, arena, endpoint->pager);
}

/* ---- Answers ---- */

static bool action_fits(const ResponseAction *action, const HttpResponse *response)
{
    bool by_status = action->status < 0 || action->status == response->status;
    return by_status && (action->content.len == 0 || str_contains(response->body, action->content));
}

/* True when the answer is one that the declaration says to ignore. */
static bool is_ignored(const RestEndpoint *endpoint, const HttpResponse *response)
{
    for (VEC_EACH(const ResponseAction, it, &endpoint->actions)) {
        if (action_fits(it, response)) {
            return true;
        }
    }
    return false;
}

static Error *send_page(const Series *series, const Pager *pager, Arena *arena,
                        HttpRequest *request, HttpResponse *response)
{
    const RestEndpoint *endpoint = &series->resource->endpoint;
    Str account = rest_auth_account(endpoint->auth, arena, series->plan->base_url);
    const RequestParts parts = {series->plan, endpoint, &series->scope, pager, series->client};
    for (int renewals = 0;; renewals++) {
        TRY(rest_request_make(arena, &parts, request));
        TRY(http_send(series->client, arena, account, request, response));
        /* a token may end before its time */
        if (response->status != UNAUTHORIZED || renewals == MAX_RENEWALS ||
            !rest_auth_renew(endpoint->auth, request)) {
            return NULL;
        }
    }
}

static Error *no_json(Error *cause, Arena *arena, const HttpRequest *request,
                      const HttpResponse *response)
{
    Str shown = http_shown(arena, request);
    Str type = STR("no type");
    (void)http_find_header(&response->headers, STR("Content-Type"), &type);
    Error *err = error_wrap(cause, "the answer to " STR_FMT " (HTTP %d, " STR_FMT ") is no JSON",
                            STR_ARG(shown), response->status, STR_ARG(type));
    Str body = str_trim(response->body);
    return body.len > 0 && body.data[0] == '<'
               ? error_hint(err, "it is a page for people: see that 'base_url' and the path are "
                                 "those of the API, and that the credential is sent")
               : error_hint(err, "see what the API answers there; one that sends no JSON needs "
                                 "another kind of source");
}

static Error *parse(const HttpRequest *request, const HttpResponse *response, Arena *arena,
                    JsonRows *out, yyjson_val **out_root)
{
    Error *err = json_page_read(&out->page, response->body, out_root);
    return err == NULL ? NULL : no_json(err, arena, request, response);
}

/* ---- Rows ---- */

/* `_<parent>_<field>` of each row. */
static Error *include_parent(const Series *series, JsonRows *rows)
{
    Arena *arena = rows->page.arena;
    const StrVec *include = &series->resource->include;
    RowFieldVec fields = {0};
    for (VEC_EACH(const Str, name, include)) {
        yyjson_val *value = json_path_member(series->scope.row, *name);
        if (value == NULL) {
            return error_hint(error_new(ERR_INPUT,
                                        "a row of resource '" STR_FMT "' has no field '" STR_FMT
                                        "' to include",
                                        STR_ARG(series->scope.parent), STR_ARG(*name)),
                              "include_from_parent takes fields that every row of the parent has");
        }
        RowField field = {.key = str_printf(arena, "_" STR_FMT "_" STR_FMT,
                                            STR_ARG(series->scope.parent), STR_ARG(*name))};
        TRY(row_copy_value(arena, value, &field.value));
        VEC_PUSH(arena, &fields, field);
    }
    for (size_t i = 0; i < rows->rows.len && fields.len > 0; i++) {
        if (yyjson_is_obj(rows->rows.data[i])) {
            TRY(row_with_fields(arena, rows->rows.data[i], &fields, &rows->rows.data[i]));
        }
    }
    return NULL;
}

static Error *edit_rows(const Series *series, const JsonMatches *found, JsonRows *out)
{
    Arena *arena = out->page.arena;
    VEC_RESERVE(arena, &out->rows, found->len);
    out->rows.len = found->len;
    if (found->len > 0) {
        memcpy(out->rows.data, found->data, found->len * sizeof(yyjson_val *));
    }
    TRY(include_parent(series, out));
    if (series->resource->steps == NULL) {
        return NULL;
    }
    JsonMatches rows = {out->rows.data, out->rows.len, out->rows.capacity};
    TRY(row_steps_apply(series->resource->steps, arena, &rows));
    out->rows.len = rows.len;
    return NULL;
}

static Error *read_answer(Series *series, Pager *pager, Arena *arena, const HttpRequest *request,
                          const HttpResponse *response, JsonRows *out)
{
    yyjson_val *root = NULL;
    TRY(parse(request, response, arena, out, &root));
    if (series->selector == NULL) {
        TRY(rest_detect_rows(series->arena, root, &series->selector));
    }
    PageRows found = {0};
    rest_select(series->selector, root, arena, &found);
    PageAnswer answer = {.request = request,
                         .response = response,
                         .root = root,
                         .rows = found.rows.len,
                         .is_list = found.is_list};
    if (pager->spec.kind == PAGER_AUTO) {
        pager_detect(series->arena, &answer, &pager->spec);
        pager->at = pager->spec.first;
    }
    Error *err = pager_advance(pager, &answer);
    if (err != NULL) {
        Str shown = http_shown(arena, request);
        return error_wrap(err, "the answer to " STR_FMT, STR_ARG(shown));
    }
    return edit_rows(series, &found.rows, out);
}

Error *series_fetch(Series *series, Pager *pager, Arena *arena, JsonRows *out)
{
    HttpRequest request;
    HttpResponse response;
    *out = (JsonRows){0};
    TRY(send_page(series, pager, arena, &request, &response));
    if (is_ignored(&series->resource->endpoint, &response)) {
        pager->is_done = true;
        series->is_ignored = true;
        return NULL;
    }
    if (response.status >= ERROR_STATUS) {
        return http_status_error(&request, &response);
    }
    Error *err = read_answer(series, pager, arena, &request, &response, out);
    if (err != NULL) {
        json_rows_done(out);
    }
    return err;
}
