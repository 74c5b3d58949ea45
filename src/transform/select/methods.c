#include "transform/select/select.h"

#include "base/fs.h"
#include "base/suggest.h"
#include "transform/select/state.h"

/* What a method looks at. */
typedef struct MatchContext {
    const Manifest *manifest;
    const Criterion *criterion;
    const State *state; /* may be NULL */
    Arena *scratch;
} MatchContext;

/* One way to select. `prepare` refuses values that make no sense (NULL: all do). */
typedef struct SelectMethod {
    const char *name;
    Error *(*prepare)(const MatchContext *ctx);
    bool (*matches)(const MatchContext *ctx, const Node *node);
} SelectMethod;

/* ---- By name and place ---- */

/* The fqn ends with the version: "orders" means all of them, "orders.v2" and "orders_v2" one. */
static bool match_versioned_name(const MatchContext *ctx, const Node *node, Str value)
{
    Str version = node_version_text(ctx->scratch, &node->model->version);
    Str joined =
        str_printf(ctx->scratch, STR_FMT "_v" STR_FMT, STR_ARG(node->name), STR_ARG(version));
    return select_pattern_matches(value, node->name) ||
           str_eq(value, node_reference_name(ctx->scratch, node)) || str_eq(value, joined);
}

static bool match_fqn(const MatchContext *ctx, const Node *node)
{
    Str value = ctx->criterion->value;
    return (node_is_versioned(node) && match_versioned_name(ctx, node, value)) ||
           (node->type != RESOURCE_SOURCE && select_fqn_matches(ctx->scratch, &node->fqn, value));
}

static bool match_package(const MatchContext *ctx, const Node *node)
{
    Str value = ctx->criterion->value;
    Str wanted = str_is(value, "this") ? ctx->manifest->root_package : value;
    return select_pattern_matches(wanted, node->package);
}

/* The path itself or a directory above it. */
static bool path_or_parent_matches(Str pattern, Str path)
{
    for (Str at = path; at.len > 0; at = fs_directory_name(at)) {
        if (fs_pattern_matches(pattern, at)) {
            return true;
        }
        if (str_find_char(at, '/') == SIZE_MAX) {
            break;
        }
    }
    return false;
}

static bool match_path(const MatchContext *ctx, const Node *node)
{
    Str pattern = fs_normalize(ctx->scratch, ctx->criterion->value);
    while (pattern.len > 1 && pattern.data[pattern.len - 1] == '/') {
        pattern.len--;
    }
    Str separator = STR("://");
    size_t cut = str_find(node->patch_path, separator, 0);
    Str patch = {0};
    if (cut != SIZE_MAX) {
        patch = str_from_offset(node->patch_path, cut + separator.len);
    }
    return path_or_parent_matches(pattern, node->original_path) ||
           (patch.len > 0 && fs_pattern_matches(pattern, patch));
}

static bool match_file(const MatchContext *ctx, const Node *node)
{
    Str name = fs_base_name(node->original_path);
    size_t dot = str_find_last(name, STR("."));
    Str stem = dot == SIZE_MAX ? name : str_slice(name, 0, dot);
    return select_pattern_matches(ctx->criterion->value, name) ||
           select_pattern_matches(ctx->criterion->value, stem);
}

/* ---- By kind ---- */

static Error *prepare_resource_type(const MatchContext *ctx)
{
    const Criterion *criterion = ctx->criterion;
    ResourceType type;
    if (resource_type_parse(criterion->value, &type)) {
        return NULL;
    }
    return error_new(ERR_USAGE, "Invalid resource_type selector \"" STR_FMT "\"",
                     STR_ARG(criterion->value));
}

static bool match_resource_type(const MatchContext *ctx, const Node *node)
{
    return str_eq(resource_type_name(node->type), ctx->criterion->value);
}

/* A dotted value against the last `count` of `parts`: "table", "source.table",
 * "package.source.table". */
static bool dotted_matches(Arena *scratch, Str value, const Str *parts, size_t count)
{
    StrVec wanted = {0};
    Str piece;
    for (Str rest = value; str_next_piece(&rest, '.', &piece);) {
        VEC_PUSH(scratch, &wanted, piece);
    }
    if (wanted.len > count) {
        return false;
    }
    for (size_t i = 0; i < wanted.len; i++) {
        if (!select_pattern_matches(wanted.data[i], parts[i])) {
            return false;
        }
    }
    return true;
}

static size_t count_dots(Str text)
{
    size_t dots = 0;
    for (size_t i = 0; i < text.len; i++) {
        dots += text.data[i] == '.';
    }
    return dots;
}

static Error *prepare_source(const MatchContext *ctx)
{
    const Criterion *criterion = ctx->criterion;
    if (count_dots(criterion->value) <= 2) {
        return NULL;
    }
    return error_new(ERR_USAGE,
                     "Invalid source selector value \"" STR_FMT "\". Sources must be of the form "
                     "`${source_name}`, `${source_name}.${target_name}`, or "
                     "`${package_name}.${source_name}.${target_name}",
                     STR_ARG(criterion->value));
}

static bool match_source(const MatchContext *ctx, const Node *node)
{
    if (node->type != RESOURCE_SOURCE) {
        return false;
    }
    const Str parts[] = {node->package, node->source->source_name, node->name};
    size_t skipped = count_dots(ctx->criterion->value) == 2 ? 0 : 1;
    return dotted_matches(ctx->scratch, ctx->criterion->value, parts + skipped,
                          ARRAY_LEN(parts) - skipped);
}

/* Methods named after what they look for: "name" or "package.name". */
static const struct {
    const char *method;
    ResourceType type;
    const char *spoken;
    const char *plural;
} named_types[] = {
    {"exposure", RESOURCE_EXPOSURE, "exposure", "Exposures"},
    {"metric", RESOURCE_METRIC, "metric", "Metrics"},
    {"semantic_model", RESOURCE_SEMANTIC_MODEL, "semantic model", "Semantic models"},
    {"saved_query", RESOURCE_SAVED_QUERY, "saved query", "Saved queries"},
};

static size_t named_type_of(const MatchContext *ctx)
{
    size_t i = 0;
    while (!str_is(ctx->criterion->method, named_types[i].method)) {
        i++;
    }
    return i;
}

static Error *prepare_named(const MatchContext *ctx)
{
    const Criterion *criterion = ctx->criterion;
    if (count_dots(criterion->value) <= 1) {
        return NULL;
    }
    size_t row = named_type_of(ctx);
    const char *method = named_types[row].method;
    return error_new(ERR_USAGE,
                     "Invalid %s selector value \"" STR_FMT "\". %s must be of the form "
                     "${%s_name} or ${%s_package.%s_name}",
                     named_types[row].spoken, STR_ARG(criterion->value), named_types[row].plural,
                     method, method, method);
}

static bool match_named(const MatchContext *ctx, const Node *node)
{
    if (node->type != named_types[named_type_of(ctx)].type) {
        return false;
    }
    const Str parts[] = {node->package, node->name};
    size_t skipped = count_dots(ctx->criterion->value) == 1 ? 0 : 1;
    return dotted_matches(ctx->scratch, ctx->criterion->value, parts + skipped,
                          ARRAY_LEN(parts) - skipped);
}

/* ---- By configuration ---- */

static bool match_tag(const MatchContext *ctx, const Node *node)
{
    for (VEC_EACH(Str, tag, &node->tags)) {
        if (select_pattern_matches(ctx->criterion->value, *tag)) {
            return true;
        }
    }
    return false;
}

static bool scalar_matches(const Value *value, Str wanted, bool ignore_case)
{
    switch (value_kind(value)) {
    case VALUE_STRING:
        return ignore_case ? str_eq_nocase(value->as.text, wanted) : str_eq(value->as.text, wanted);
    case VALUE_BOOL:
        return str_eq_nocase(wanted, value->as.boolean ? STR("true") : STR("false"));
    case VALUE_INT: {
        AUTO_FREE(arena) Arena *scratch = arena_new("config value");
        return str_eq(str_printf(scratch, "%lld", (long long)value->as.integer), wanted);
    }
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
        return str_eq(value->as.text, wanted);
    case VALUE_NULL:
    case VALUE_FLOAT:
    case VALUE_BYTES:
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return false;
}

static bool match_config(const MatchContext *ctx, const Node *node)
{
    if (resource_type_is_semantic(node->type) ||
        node->type == RESOURCE_FUNCTION) { /* which dbt does not look at here */
        return false;
    }
    const Value *at = node->config;
    const StrVec *path = &ctx->criterion->arguments;
    for (VEC_EACH(Str, it, path)) {
        at = value_find(at, *it);
    }
    if (path->len == 0 || at == NULL) {
        return false;
    }
    bool ignore_case = str_is(path->data[0], "severity");
    if (!value_is(at, VALUE_LIST)) {
        const Value *key = value_find(at, ctx->criterion->value);
        return key != NULL || scalar_matches(at, ctx->criterion->value, ignore_case);
    }
    for (VALUE_EACH(item, at)) {
        if (scalar_matches(item, ctx->criterion->value, ignore_case)) {
            return true;
        }
    }
    return false;
}

static bool match_group(const MatchContext *ctx, const Node *node)
{
    const Value *group = value_find(node->config, STR("group"));
    bool asked = node->type == RESOURCE_METRIC ||
                 (!resource_type_is_semantic(node->type) && node->type != RESOURCE_FUNCTION);
    return asked && value_is(group, VALUE_STRING) &&
           select_pattern_matches(ctx->criterion->value, group->as.text);
}

static bool match_access(const MatchContext *ctx, const Node *node)
{
    const Value *access = value_find(node->config, STR("access"));
    return node->type == RESOURCE_MODEL && value_is(access, VALUE_STRING) &&
           str_eq(ctx->criterion->value, access->as.text);
}

/* ---- Versions ---- */

static Error *prepare_version(const MatchContext *ctx)
{
    const Criterion *criterion = ctx->criterion;
    static const char *const known[] = {"latest", "prerelease", "old", "none"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_is(criterion->value, known[i])) {
            return NULL;
        }
    }
    return error_new(ERR_USAGE,
                     "Invalid version type selector " STR_FMT
                     ": expected one of: \"latest\", \"prerelease\", \"old\", or \"none\"",
                     STR_ARG(criterion->value));
}

static bool match_version(const MatchContext *ctx, const Node *node)
{
    Str value = ctx->criterion->value;
    if (node->type != RESOURCE_MODEL || !node_is_versioned(node)) {
        return node->type == RESOURCE_MODEL && str_is(value, "none");
    }
    int order = version_compare(&node->model->version, &node->model->latest_version);
    return str_is(value, order == 0 ? "latest" : order > 0 ? "prerelease" : "old");
}

/* ---- Tests ---- */

static Error *prepare_test_type(const MatchContext *ctx)
{
    const Criterion *criterion = ctx->criterion;
    static const char *const known[] = {"generic", "schema", "singular", "unit", "data"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_is(criterion->value, known[i])) {
            return NULL;
        }
    }
    return error_new(ERR_USAGE,
                     "Invalid test type selector " STR_FMT ": expected \"generic\", \"singular\", "
                     "\"unit\", or \"data\"",
                     STR_ARG(criterion->value));
}

static bool match_test_type(const MatchContext *ctx, const Node *node)
{
    Str value = ctx->criterion->value;
    if (node->type != RESOURCE_TEST) {
        return node_is_unit_test(node) && str_is(value, "unit");
    }
    bool generic = str_is(value, "generic") || str_is(value, "schema");
    bool singular = str_is(value, "singular");
    return str_is(value, "data") || (node->test != NULL ? generic : singular);
}

static bool match_test_name(const MatchContext *ctx, const Node *node)
{
    bool generic = node->type == RESOURCE_TEST && node->test != NULL;
    return (generic || node_is_unit_test(node)) &&
           select_pattern_matches(ctx->criterion->value,
                                  generic ? node->test->macro_name : node->name);
}

/* ---- Those that compare with an earlier run ---- */

static Error *prepare_state(const MatchContext *ctx)
{
    TRY(state_check_word(ctx->criterion->value));
    return state_has_manifest(ctx->state)
               ? NULL
               : error_hint(error_new(ERR_USAGE,
                                      "Got a state selector method, but no comparison manifest"),
                            "name the directory of an earlier manifest.json with --state");
}

static bool match_state(const MatchContext *ctx, const Node *node)
{
    return state_matches(ctx->state, ctx->scratch, ctx->criterion->value, node);
}

static Error *prepare_result(const MatchContext *ctx)
{
    return state_has_results(ctx->state)
               ? NULL
               : error_hint(
                     error_as(error_new(ERR_USAGE, "No comparison run_results"), "InternalError"),
                     "name the directory of an earlier run_results.json with --state");
}

static bool match_result(const MatchContext *ctx, const Node *node)
{
    return str_eq(state_result(ctx->state, node->unique_id), ctx->criterion->value);
}

static Error *prepare_source_status(const MatchContext *ctx)
{
    bool then = state_has_freshness_then(ctx->state);
    if (then && state_has_freshness_now(ctx->state)) {
        return NULL;
    }
    Error *err =
        error_as(error_new(ERR_USAGE, "No %s state comparison freshness results in sources.json",
                           then ? "current" : "previous"),
                 "InternalError");
    return error_hint(err, then ? "run 'dbt source freshness' first"
                                : "name the directory of an earlier sources.json with --state");
}

static bool match_source_status(const MatchContext *ctx, const Node *node)
{
    return node->type == RESOURCE_SOURCE && str_is(ctx->criterion->value, "fresher") &&
           state_is_fresher(ctx->state, node->unique_id);
}

/* ---- Unit tests ---- */

static Error *prepare_unit_test(const MatchContext *ctx)
{
    const Criterion *criterion = ctx->criterion;
    if (count_dots(criterion->value) <= 1) {
        return NULL;
    }
    return error_new(ERR_USAGE,
                     "Invalid unit test selector value \"" STR_FMT "\". Saved queries must be of "
                     "the form ${unit_test_name} or ${unit_test_package_name.unit_test_name}",
                     STR_ARG(criterion->value));
}

static bool match_unit_test(const MatchContext *ctx, const Node *node)
{
    const Str parts[] = {node->package, node->name};
    size_t skipped = count_dots(ctx->criterion->value) == 1 ? 0 : 1;
    return node_is_unit_test(node) && dotted_matches(ctx->scratch, ctx->criterion->value,
                                                     parts + skipped, ARRAY_LEN(parts) - skipped);
}

static const SelectMethod methods[] = {
    {"fqn", NULL, match_fqn},
    {"tag", NULL, match_tag},
    {"source", prepare_source, match_source},
    {"exposure", prepare_named, match_named},
    {"metric", prepare_named, match_named},
    {"semantic_model", prepare_named, match_named},
    {"saved_query", prepare_named, match_named},
    {"unit_test", prepare_unit_test, match_unit_test},
    {"path", NULL, match_path},
    {"file", NULL, match_file},
    {"package", NULL, match_package},
    {"config", NULL, match_config},
    {"test_type", prepare_test_type, match_test_type},
    {"test_name", NULL, match_test_name},
    {"resource_type", prepare_resource_type, match_resource_type},
    {"group", NULL, match_group},
    {"access", NULL, match_access},
    {"version", prepare_version, match_version},
    {"state", prepare_state, match_state},
    {"result", prepare_result, match_result},
    {"source_status", prepare_source_status, match_source_status},
};

static Error *unknown_method(Str name)
{
    Error *err = error_new(ERR_USAGE, "'" STR_FMT "' is not a valid method name", STR_ARG(name));
    Suggestion nearest = suggestion_init(name);
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        suggestion_try(&nearest, str_from(methods[i].name));
    }
    return nearest.name.len > 0
               ? error_hint(err, "did you mean '" STR_FMT ":'?", STR_ARG(nearest.name))
               : err;
}

static const SelectMethod *find_method(Str name)
{
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (str_is(name, methods[i].name)) {
            return &methods[i];
        }
    }
    return NULL;
}

Error *criterion_check_method(Str name)
{
    return find_method(name) != NULL ? NULL : unknown_method(name);
}

Error *criterion_match(const Graph *graph, Arena *scratch, const Criterion *criterion,
                       const State *state, NodeSet *out)
{
    TRY(criterion_check_method(criterion->method));
    const SelectMethod *method = find_method(criterion->method);
    MatchContext ctx = {
        .manifest = graph->manifest, .criterion = criterion, .state = state, .scratch = scratch};
    if (method->prepare != NULL) {
        TRY(method->prepare(&ctx));
    }
    for (size_t i = 0; i < graph->count; i++) {
        ArenaMark mark = arena_mark(scratch);
        if (method->matches(&ctx, graph->manifest->nodes.data[i])) {
            node_set_add(out, i);
        }
        arena_rewind(scratch, mark);
    }
    return NULL;
}
