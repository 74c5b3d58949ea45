#include "source/rest/request.h"

#include "base/limits.h"
#include "base/number.h"
#include "http/url.h"
#include "value/json_writer.h"

enum { SECOND_US = 1000000, MILLISECOND_US = 1000 };

/* ---- Cursors ---- */

/* The moment that a cursor's value stands for; false when it is none. */
static bool moment_of(const Value *value, int64_t *out_us)
{
    DateTime when = {0};
    if (value_is(value, VALUE_DATETIME) || value_is(value, VALUE_DATE)) {
        *out_us = datetime_to_us(value->as.time);
        return true;
    }
    Str text = value_text_or(value, STR(""));
    if (datetime_parse_iso(text, &when) || date_parse_iso(text, &when)) {
        *out_us = datetime_to_us(&when);
        return true;
    }
    return false;
}

static Value formed(Arena *arena, const Value *value, CursorForm form)
{
    int64_t us = 0;
    DateTime when = {0};
    char text[DATETIME_TEXT_BYTES];
    if (!moment_of(value, &us)) {
        return *value; /* numbers are sent as they are */
    }
    switch (form) {
    case CURSOR_AS_IS:
        return *value;
    case CURSOR_EPOCH:
        return value_int(us / SECOND_US);
    case CURSOR_EPOCH_MS:
        return value_int(us / MILLISECOND_US);
    case CURSOR_DATE:
    case CURSOR_ISO:
        if (!datetime_from_us(us, &when)) {
            return *value;
        }
        size_t len =
            form == CURSOR_DATE ? date_format(&when, text) : datetime_format(&when, 'T', text);
        return value_string(str_dup(arena, (Str){text, len}));
    }
    return *value;
}

const Value *rest_incremental_scope(Arena *arena, const RestResource *resource, const Value *from,
                                    const Value *until)
{
    if (value_find(resource->hints, STR("incremental")) == NULL) {
        return NULL;
    }
    const RestEndpoint *endpoint = &resource->endpoint;
    const struct {
        const char *name;
        const Value *value;
    } parts[] = {{"start_value", from},
                 {"last_value", from},
                 {"end_value", until},
                 {"initial_value", endpoint->initial_value}};
    ValueMapBuilder map = value_map_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        Value value = value_is_null(parts[i].value)
                          ? value_null()
                          : formed(arena, parts[i].value, endpoint->cursor_form);
        (void)value_map_set(&map, str_from(parts[i].name), value);
    }
    Value *scope = ARENA_NEW(arena, Value);
    *scope = value_map_end(&map);
    return scope;
}

/* ---- Parts of a request ---- */

static void add_param(StrBuf *query, Arena *arena, Str name, const Value *value)
{
    if (value_is(value, VALUE_LIST)) {
        for (VALUE_EACH(it, value)) {
            add_param(query, arena, name, it);
        }
        return;
    }
    if (value_is_null(value)) {
        return;
    }
    strbuf_add_c(query, query->len > 0 ? "&" : "");
    url_add_encoded(query, name);
    strbuf_add_char(query, '=');
    url_add_encoded(query, template_text_of(arena, value));
}

static void add_params(StrBuf *query, Arena *arena, const Value *params)
{
    for (VALUE_EACH_ENTRY(it, params)) {
        add_param(query, arena, template_text_of(arena, &it->key), &it->value);
    }
}

/* The endpoint's headers over the client's. */
static Error *add_headers(Arena *arena, const RestPlan *plan, const RestEndpoint *endpoint,
                          const TemplateScope *scope, HttpRequest *request)
{
    ValueMapBuilder both = value_map_begin(arena);
    value_map_put_all(&both, plan->headers);
    Value own;
    TRY(template_fill_tree(arena, scope, endpoint->headers, TEMPLATE_TEXTS, &own));
    value_map_put_all(&both, &own);
    Value headers = value_map_end(&both);
    for (VALUE_EACH_ENTRY(it, &headers)) {
        if (!value_is_null(&it->value)) {
            /* such headers often are keys: they do not go to other hosts */
            VEC_PUSH(arena, &request->headers,
                     (HttpHeader){.name = template_text_of(arena, &it->key),
                                  .value = template_text_of(arena, &it->value),
                                  .secret = true});
        }
    }
    return NULL;
}

static void set_body(Arena *arena, HttpRequest *request, Str body, const char *type)
{
    Str name = STR("Content-Type");
    Str given;
    request->body = body;
    request->has_body = true;
    if (!http_find_header(&request->headers, name, &given)) {
        VEC_PUSH(arena, &request->headers, (HttpHeader){.name = name, .value = str_from(type)});
    }
}

static Error *add_data(Arena *arena, const RestEndpoint *endpoint, const TemplateScope *scope,
                       HttpRequest *request)
{
    Value data;
    TRY(template_fill_tree(arena, scope, endpoint->data, TEMPLATE_TEXTS, &data));
    if (value_is(&data, VALUE_STRING)) {
        set_body(arena, request, data.as.text, "text/plain");
        return NULL;
    }
    StrBuf form = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    add_params(&form, arena, &data);
    set_body(arena, request, strbuf_str(&form), "application/x-www-form-urlencoded");
    return NULL;
}

static Error *draft_of(Arena *arena, const RestPlan *plan, const RestEndpoint *endpoint,
                       const TemplateScope *scope, RequestDraft *out)
{
    Str path;
    TRY(template_fill(arena, scope, endpoint->path, endpoint->path_place, &path));
    out->url = url_append_path(arena, plan->base_url, path);
    Value params;
    TRY(template_fill_tree(arena, scope, endpoint->params, TEMPLATE_KEEPS_TYPES, &params));
    ValueMapBuilder all = value_map_begin(arena);
    value_map_put_all(&all, &params);
    const struct {
        Str param;
        const char *name;
    } ends[] = {{endpoint->start_param, "start_value"}, {endpoint->end_param, "end_value"}};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        const Value *value = value_find(scope->incremental, str_from(ends[i].name));
        if (ends[i].param.len > 0 && value != NULL) {
            (void)value_map_set(&all, ends[i].param, *value);
        }
    }
    out->params = value_map_end(&all);
    out->json = value_null();
    return endpoint->json == NULL
               ? NULL
               : template_fill_tree(arena, scope, endpoint->json, TEMPLATE_KEEPS_TYPES, &out->json);
}

/* A body that is cut off is asked for again; what is no JSON at all is not. */
static Error *check_whole(Str body)
{
    Str text = str_trim(body);
    if (text.len == 0 || (text.data[0] != '{' && text.data[0] != '[')) {
        return NULL;
    }
    char last = text.data[0] == '{' ? '}' : ']';
    return text.data[text.len - 1] == last
               ? NULL
               : error_new(ERR_NETWORK, "the JSON ends early, after %zu bytes", body.len);
}

/* A link may lead to another host: credentials are for the API's own. */
static bool is_at_home(Arena *arena, const RequestParts *parts, Str url)
{
    Str home = url_origin(arena, parts->plan->base_url);
    return parts->pager->link.len == 0 || str_eq(url_origin(arena, url), home) ||
           url_is_absolute(parts->endpoint->path);
}

Error *rest_request_make(Arena *arena, const RequestParts *parts, HttpRequest *out)
{
    const RestEndpoint *endpoint = parts->endpoint;
    RequestDraft draft;
    TRY(draft_of(arena, parts->plan, endpoint, parts->scope, &draft));
    TRY(pager_prepare(parts->pager, arena, &draft));
    *out = (HttpRequest){.method = endpoint->method, .check = check_whole};
    Str url = url_quote(arena, draft.url);
    StrBuf query = strbuf_init(arena, LIMIT_URL_BYTES);
    add_params(&query, arena, &draft.params);
    TRY(add_headers(arena, parts->plan, endpoint, parts->scope, out));
    if (is_at_home(arena, parts, url)) {
        TRY(rest_auth_apply(endpoint->auth, parts->client, arena, out, &query));
    } else {
        out->headers.len = 0;
    }
    if (endpoint->data != NULL) {
        TRY(add_data(arena, endpoint, parts->scope, out));
    } else if (!value_is_null(&draft.json)) {
        set_body(arena, out, json_text(arena, &draft.json, &json_style_compact),
                 "application/json");
    }
    if (query.len > 0) {
        const char *joint = str_find_char(url, '?') == SIZE_MAX ? "?" : "&";
        url = str_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(url), joint,
                         STR_ARG(strbuf_str(&query)));
    }
    out->url = url;
    return NULL;
}
