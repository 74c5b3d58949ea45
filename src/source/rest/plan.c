#include "source/rest/plan.h"

#include "base/suggest.h"
#include "source/rest/keys.h"
#include "source/rest/plan_merge.h"
#include "source/rest/template.h"

static const char *const client_keys[] = {"base_url", "headers", "auth", "paginator"};
static const char *const endpoint_keys[] = {
    "path",        "method",  "params",          "json",
    "data",        "headers", "paginator",       "data_selector",
    "incremental", "auth",    "response_actions"};
/* Of a resource, beside the hints, which go to the engine as they are. */
static const char *const resource_keys[] = {"name",     "endpoint",     "include_from_parent",
                                            "selected", "parallelized", "processing_steps"};
static const char *const hint_keys[] = {"table_name",   "write_disposition", "primary_key",
                                        "merge_key",    "columns",           "schema_contract",
                                        "table_format", "file_format",       "nested_hints",
                                        "references",   "max_table_nesting", "description"};

typedef struct PlanReader {
    Arena *arena;
    const Value *client;
    const Value *options;
    RestPlan *plan;
    RestAuth *auth; /* of the client */
} PlanReader;

/* A resource being read. */
typedef struct Draft {
    PlanReader *reader;
    RestResource *resource;
    const Value *incremental; /* NULL: none */
    Str parent;               /* name; empty without one */
    ValueMapBuilder params;
    ValueMapBuilder bound;
} Draft;

static const Value *kept(Arena *arena, Value value)
{
    Value *copy = ARENA_NEW(arena, Value);
    *copy = value;
    return copy;
}

static bool is_among(Str key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(key, keys[i])) {
            return true;
        }
    }
    return false;
}

/* ---- Parents and parameters ---- */

static Error *see_placeholder(void *context, Str name)
{
    Draft *draft = context;
    Str parent;
    Str field;
    if (!template_parent_of(name, &parent, &field)) {
        return NULL;
    }
    const JsonPath *path = NULL;
    TRY(json_path_parse(draft->reader->arena, field, &path));
    if (draft->parent.len > 0 && !str_eq(draft->parent, parent)) {
        return error_hint(
            error_new(ERR_CONFIG,
                      "resource '" STR_FMT "' depends on '" STR_FMT "' and '" STR_FMT "'",
                      STR_ARG(draft->resource->name), STR_ARG(draft->parent), STR_ARG(parent)),
            "a resource has one parent: take the second value from it, too, with "
            "include_from_parent");
    }
    draft->parent = parent;
    return NULL;
}

static bool path_asks_for(Str path, Str name)
{
    AUTO_FREE(arena) Arena *arena = arena_new("placeholder");
    return str_contains(path, str_printf(arena, "{" STR_FMT "}", STR_ARG(name))) ||
           str_contains(path, str_printf(arena, "{" STR_FMT ":", STR_ARG(name)));
}

static Error *read_resolve(Draft *draft, Str name, const Value *config)
{
    static const char *const keys[] = {"resource", "field"};
    TRY(rest_check_keys(config, keys, ARRAY_LEN(keys), "a parameter that resolves"));
    Str resource;
    Str field;
    TRY(value_get_string(value_find(config, STR("resource")), STR("resource"), &resource));
    TRY(value_get_string(value_find(config, STR("field")), STR("field"), &field));
    if (!path_asks_for(draft->resource->endpoint.path, name)) {
        return error_hint(value_error(ERR_CONFIG, config,
                                      "the path '" STR_FMT "' does not use '{" STR_FMT "}'",
                                      STR_ARG(draft->resource->endpoint.path), STR_ARG(name)),
                          "write {" STR_FMT "} into the path, or use {resources." STR_FMT
                          "." STR_FMT "} where it belongs",
                          STR_ARG(name), STR_ARG(resource), STR_ARG(field));
    }
    Str text = str_printf(draft->reader->arena, "{resources." STR_FMT "." STR_FMT "}",
                          STR_ARG(resource), STR_ARG(field));
    (void)value_map_set(&draft->bound, name, value_placed_at(value_string(text), config));
    return NULL;
}

static Error *set_incremental(Draft *draft, const Value *config)
{
    if (draft->incremental != NULL) {
        return value_error(ERR_CONFIG, config, "resource '" STR_FMT "' has two cursors",
                           STR_ARG(draft->resource->name));
    }
    draft->incremental = config;
    return NULL;
}

static Error *read_param(Draft *draft, const ValueEntry *entry)
{
    Str name = template_text_of(draft->reader->arena, &entry->key);
    const Value *type = value_find(&entry->value, STR("type"));
    if (value_is(&entry->value, VALUE_MAP)) {
        if (str_is(value_text_or(type, STR("")), "resolve")) {
            return read_resolve(draft, name, &entry->value);
        }
        if (str_is(value_text_or(type, STR("")), "incremental")) {
            draft->resource->endpoint.start_param = name;
            return set_incremental(draft, &entry->value);
        }
        return error_hint(value_error(ERR_CONFIG, &entry->value,
                                      "the parameter '" STR_FMT "' is a map", STR_ARG(name)),
                          "only {type: resolve, ...} and {type: incremental, ...} are maps");
    }
    bool in_path = path_asks_for(draft->resource->endpoint.path, name);
    (void)value_map_set(in_path ? &draft->bound : &draft->params, name, entry->value);
    return NULL;
}

/* ---- The parts of an endpoint ---- */

static Error *read_cursor_form(const Value *config, CursorForm *out)
{
    static const struct {
        const char *name;
        CursorForm form;
    } forms[] = {{"date", CURSOR_DATE},
                 {"iso", CURSOR_ISO},
                 {"epoch", CURSOR_EPOCH},
                 {"epoch_ms", CURSOR_EPOCH_MS}};
    *out = CURSOR_AS_IS;
    if (value_is_null(config)) {
        return NULL;
    }
    Str name = value_text_or(config, STR(""));
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (str_is(name, forms[i].name)) {
            *out = forms[i].form;
            return NULL;
        }
    }
    return error_hint(
        value_error(ERR_CONFIG, config, "'convert' cannot be '" STR_FMT "'", STR_ARG(name)),
        "it is date, iso, epoch or epoch_ms; a function of one's own needs a Python "
        "source");
}

/* What belongs to the request; the rest is the engine's. */
static Error *read_incremental(Draft *draft, ValueMapBuilder *hints)
{
    RestEndpoint *endpoint = &draft->resource->endpoint;
    if (draft->incremental == NULL) {
        return NULL;
    }
    static const char *const keys[] = {"cursor_path",
                                       "initial_value",
                                       "end_value",
                                       "lag",
                                       "row_order",
                                       "start_param",
                                       "end_param",
                                       "convert",
                                       "on_cursor_value_missing",
                                       "primary_key",
                                       "range_start",
                                       "range_end",
                                       "last_value_func",
                                       "allow_external_schedulers",
                                       "cursor_column"};
    TRY(value_expect(draft->incremental, VALUE_MAP, STR("incremental")));
    TRY(rest_check_keys(draft->incremental, keys, ARRAY_LEN(keys), "'incremental'"));
    ValueMapBuilder map = value_map_begin(draft->reader->arena);
    for (VALUE_EACH_ENTRY(it, draft->incremental)) {
        Str key = value_text_or(&it->key, STR(""));
        if (str_is(key, "start_param")) {
            TRY(value_get_string(&it->value, key, &endpoint->start_param));
        } else if (str_is(key, "end_param")) {
            TRY(value_get_string(&it->value, key, &endpoint->end_param));
        } else if (str_is(key, "convert")) {
            TRY(read_cursor_form(&it->value, &endpoint->cursor_form));
        } else if (!str_is(key, "type")) {
            bool is_alias = str_is(key, "cursor_column");
            (void)value_map_set(&map, is_alias ? STR("cursor_path") : key, it->value);
        }
    }
    Value hint = value_placed_at(value_map_end(&map), draft->incremental);
    endpoint->initial_value = value_find(draft->incremental, STR("initial_value"));
    if (!value_is(value_find(&hint, STR("cursor_path")), VALUE_STRING)) {
        return value_error(ERR_CONFIG, draft->incremental, "'incremental' has no 'cursor_path'");
    }
    (void)value_map_set(hints, STR("incremental"), hint);
    return NULL;
}

static Error *read_action(Draft *draft, const Value *config)
{
    static const char *const keys[] = {"status_code", "content", "action"};
    TRY(value_expect(config, VALUE_MAP, STR("response_actions")));
    TRY(rest_check_keys(config, keys, ARRAY_LEN(keys), "a response action"));
    const Value *action = value_find(config, STR("action"));
    if (!str_is(value_text_or(action, STR("")), "ignore")) {
        return error_hint(value_error(action == NULL ? ERR_CONFIG : ERR_UNSUPPORTED,
                                      action == NULL ? config : action,
                                      "a response action must be 'ignore'"),
                          "functions need a Python source");
    }
    ResponseAction result = {.status = -1};
    const Value *status = value_find(config, STR("status_code"));
    if (!value_is_null(status)) {
        TRY(value_get_int(status, STR("status_code"), &result.status));
    }
    result.content = value_text_or(value_find(config, STR("content")), STR(""));
    VEC_PUSH(draft->reader->arena, &draft->resource->endpoint.actions, result);
    return NULL;
}

static const Value *map_or_empty(Arena *arena, const Value *value)
{
    if (value != NULL && !value_is_null(value)) {
        return value;
    }
    ValueMapBuilder map = value_map_begin(arena);
    return kept(arena, value_map_end(&map));
}

static Error *read_bodies(Draft *draft, const Value *config)
{
    RestEndpoint *endpoint = &draft->resource->endpoint;
    endpoint->json = value_find(config, STR("json"));
    endpoint->data = value_find(config, STR("data"));
    endpoint->json = value_is_null(endpoint->json) ? NULL : endpoint->json;
    endpoint->data = value_is_null(endpoint->data) ? NULL : endpoint->data;
    if (endpoint->json != NULL && endpoint->data != NULL) {
        return value_error(ERR_CONFIG, endpoint->data, "'json' and 'data' exclude each other");
    }
    Str method = value_text_or(value_find(config, STR("method")), STR("GET"));
    endpoint->method = str_upper_ascii(draft->reader->arena, method);
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
    if (!is_among(endpoint->method, methods, ARRAY_LEN(methods))) {
        return value_error(ERR_CONFIG, value_find(config, STR("method")),
                           "'method' must be GET or POST, not '" STR_FMT "'", STR_ARG(method));
    }
    return NULL;
}

/* `{...}` in the last part of the path: what is asked for is one thing. */
static bool is_single_entity(const Draft *draft)
{
    Str path = draft->resource->endpoint.path;
    size_t slash = str_find_last(path, STR("/"));
    Str last = slash == SIZE_MAX ? path : str_from_offset(path, slash + 1);
    size_t open = str_find_char(last, '{');
    if (open == SIZE_MAX) {
        return false;
    }
    size_t close = str_find(last, STR("}"), open);
    Str name = close == SIZE_MAX ? STR("") : str_slice(last, open + 1, close);
    const Value key = value_string(name);
    const ValueEntry *bound = value_map_peek(&draft->bound, &key);
    return bound == NULL || (value_is(&bound->value, VALUE_STRING) &&
                             str_contains(bound->value.as.text, STR("{resources.")));
}

static Error *read_paging(Draft *draft, const Value *config)
{
    RestEndpoint *endpoint = &draft->resource->endpoint;
    Arena *arena = draft->reader->arena;
    bool is_single = is_single_entity(draft);
    const Value *selector = value_find(config, STR("data_selector"));
    const Value *pager = value_find(config, STR("paginator"));
    pager =
        pager == NULL && !is_single ? value_find(draft->reader->client, STR("paginator")) : pager;
    Value single = value_string(STR("single_page"));
    TRY(pager_spec_read(arena, pager == NULL && is_single ? &single : pager, &endpoint->pager));
    if (value_is_null(selector)) {
        return is_single ? json_path_parse(arena, STR("$"), &endpoint->selector) : NULL;
    }
    Str path;
    TRY(value_get_string(selector, STR("data_selector"), &path));
    TRY_WRAP(json_path_parse(arena, path, &endpoint->selector), "data_selector");
    return NULL;
}

static Error *read_endpoint(Draft *draft, const Value *config)
{
    Arena *arena = draft->reader->arena;
    RestEndpoint *endpoint = &draft->resource->endpoint;
    TRY(rest_check_keys(config, endpoint_keys, ARRAY_LEN(endpoint_keys), "an endpoint"));
    endpoint->path_place = value_find(config, STR("path"));
    TRY(value_get_string(endpoint->path_place, STR("path"), &endpoint->path));
    TRY(read_bodies(draft, config));
    draft->params = value_map_begin(arena);
    draft->bound = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(it, value_find(config, STR("params")))) {
        TRY(read_param(draft, it));
    }
    if (!value_is_null(value_find(config, STR("incremental")))) {
        TRY(set_incremental(draft, value_find(config, STR("incremental"))));
    }
    for (VALUE_EACH(it, value_find(config, STR("response_actions")))) {
        TRY(read_action(draft, it));
    }
    TRY(read_paging(draft, config));
    endpoint->headers = map_or_empty(arena, value_find(config, STR("headers")));
    endpoint->params = kept(arena, value_map_end(&draft->params));
    endpoint->bound = kept(arena, value_map_end(&draft->bound));
    const Value *auth = value_find(config, STR("auth"));
    endpoint->auth = draft->reader->auth;
    return value_is_null(auth)
               ? NULL
               : rest_auth_read(arena, auth, draft->reader->options, &endpoint->auth);
}

static Error *find_parent(Draft *draft)
{
    const RestEndpoint *endpoint = &draft->resource->endpoint;
    TRY(template_each(endpoint->path, endpoint->path_place, see_placeholder, draft));
    const Value *trees[] = {endpoint->bound, endpoint->params, endpoint->json, endpoint->data,
                            endpoint->headers};
    for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
        TRY(template_each_in(trees[i], see_placeholder, draft));
    }
    return NULL;
}

/* ---- Resources ---- */

static Error *read_hints(Draft *draft, const Value *config)
{
    ValueMapBuilder hints = value_map_begin(draft->reader->arena);
    for (VALUE_EACH_ENTRY(it, config)) {
        Str key = value_text_or(&it->key, STR(""));
        if (is_among(key, hint_keys, ARRAY_LEN(hint_keys))) {
            (void)value_map_set(&hints, key, it->value);
        }
    }
    TRY(read_incremental(draft, &hints));
    draft->resource->hints = kept(draft->reader->arena, value_map_end(&hints));
    return NULL;
}

static Error *read_flags(Draft *draft, const Value *config)
{
    RestResource *resource = draft->resource;
    const Value *selected = value_find(config, STR("selected"));
    resource->selected = true;
    if (!value_is_null(selected)) {
        TRY(value_get_bool(selected, STR("selected"), &resource->selected));
    }
    const Value *include = value_find(config, STR("include_from_parent"));
    if (!value_is_null(include)) {
        TRY(value_get_strings(draft->reader->arena, include, STR("include_from_parent"),
                              VALUE_SINGLE_TOO, &resource->include));
    }
    if (resource->include.len > 0 && draft->parent.len == 0) {
        return error_hint(value_error(ERR_CONFIG, include,
                                      "resource '" STR_FMT "' has no parent to include from",
                                      STR_ARG(resource->name)),
                          "a parent is what {resources.NAME.FIELD} in the endpoint names");
    }
    return row_steps_read(draft->reader->arena, value_find(config, STR("processing_steps")),
                          &resource->steps);
}

static Error *check_resource_keys(const Value *config)
{
    const char *keys[ARRAY_LEN(resource_keys) + ARRAY_LEN(hint_keys)];
    for (size_t i = 0; i < ARRAY_LEN(resource_keys); i++) {
        keys[i] = resource_keys[i];
    }
    for (size_t i = 0; i < ARRAY_LEN(hint_keys); i++) {
        keys[ARRAY_LEN(resource_keys) + i] = hint_keys[i];
    }
    return rest_check_keys(config, keys, ARRAY_LEN(keys), "a resource");
}

static Error *read_resource(PlanReader *reader, const Value *config, StrVec *parents)
{
    RestResource resource = {.name = value_find(config, STR("name"))->as.text, .parent = NO_PARENT};
    Draft draft = {.reader = reader, .resource = &resource};
    TRY(check_resource_keys(config));
    TRY(read_endpoint(&draft, value_find(config, STR("endpoint"))));
    TRY(find_parent(&draft));
    TRY(read_flags(&draft, config));
    TRY(read_hints(&draft, config));
    for (VEC_EACH(const RestResource, it, &reader->plan->resources)) {
        if (str_eq(it->name, resource.name)) {
            return error_hint(value_error(ERR_CONFIG, config,
                                          "two resources are called '" STR_FMT "'",
                                          STR_ARG(resource.name)),
                              "rename one of them");
        }
    }
    VEC_PUSH(reader->arena, &reader->plan->resources, resource);
    VEC_PUSH(reader->arena, parents, draft.parent);
    return NULL;
}

static Error *link_parent(RestPlan *plan, size_t child, Str parent, const Value *place)
{
    Suggestion best = suggestion_init(parent);
    for (size_t i = 0; i < plan->resources.len; i++) {
        if (str_eq(plan->resources.data[i].name, parent)) {
            plan->resources.data[child].parent = (int)i;
            return NULL;
        }
        suggestion_try(&best, plan->resources.data[i].name);
    }
    Error *err = value_error(
        ERR_CONFIG, place, "resource '" STR_FMT "' depends on '" STR_FMT "', which is not declared",
        STR_ARG(plan->resources.data[child].name), STR_ARG(parent));
    return best.name.len == 0 ? err
                              : error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
}

static Error *check_circles(const RestPlan *plan)
{
    for (size_t i = 0; i < plan->resources.len; i++) {
        size_t steps = 0;
        for (int at = (int)i; at != NO_PARENT; at = plan->resources.data[at].parent) {
            if (steps++ > plan->resources.len) {
                return error_new(ERR_CONFIG, "resource '" STR_FMT "' is its own parent",
                                 STR_ARG(plan->resources.data[i].name));
            }
        }
    }
    return NULL;
}

static Error *read_resources(PlanReader *reader, const Value *config)
{
    const Value *resources = value_find(config, STR("resources"));
    const Value *defaults = value_find(config, STR("resource_defaults"));
    StrVec parents = {0};
    TRY(value_expect(resources, VALUE_LIST, STR("resources")));
    for (VALUE_EACH(it, resources)) {
        const Value *whole = NULL;
        TRY(rest_resource_whole(reader->arena, it, defaults, &whole));
        TRY_WRAP(read_resource(reader, whole, &parents), "resource '" STR_FMT "'",
                 STR_ARG(value_find(whole, STR("name"))->as.text));
    }
    for (size_t i = 0; i < parents.len; i++) {
        if (parents.data[i].len > 0) {
            TRY(link_parent(reader->plan, i, parents.data[i], value_at(resources, i)));
        }
    }
    return check_circles(reader->plan);
}

Error *rest_plan_read(Arena *arena, const Value *config, const Value *options, RestPlan *out)
{
    const Value *client = value_find(config, STR("client"));
    if (!value_is(client, VALUE_MAP)) {
        return error_hint(value_error(ERR_CONFIG, config, "there is no 'client'"),
                          "it says at least 'base_url'");
    }
    *out = (RestPlan){0};
    PlanReader reader = {.arena = arena, .client = client, .options = options, .plan = out};
    TRY(rest_check_keys(client, client_keys, ARRAY_LEN(client_keys), "'client'"));
    const Value *base = value_find(client, STR("base_url"));
    if (base == NULL) {
        return error_hint(value_error(ERR_CONFIG, client, "there is no 'base_url'"),
                          "such as base_url: https://api.example.com/v1");
    }
    TRY(value_get_string(base, STR("base_url"), &out->base_url));
    out->headers = map_or_empty(arena, value_find(client, STR("headers")));
    TRY_WRAP(rest_auth_read(arena, value_find(client, STR("auth")), options, &reader.auth),
             "'client'");
    return read_resources(&reader, config);
}
