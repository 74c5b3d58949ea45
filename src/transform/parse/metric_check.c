#include "base/limits.h"
#include "transform/parse/semantic_check.h"
#include "transform/parse/shape.h"
#include "transform/python/text.h"

/* ---- Windows of time ---- */

static const Value *params_of(const Node *metric)
{
    return value_find(metric->entry, STR("type_params"));
}

static void check_window(SemanticCheck *check, const Value *window)
{
    Str granularity = semantic_text(window, "granularity");
    const Value *count = value_find(window, STR("count"));
    if (value_is(window, VALUE_MAP) && !shape_has_word(shape_granularities, granularity)) {
        semantic_fail(check, "Invalid time granularity '" STR_FMT "' in window: '%lld " STR_FMT "'",
                      STR_ARG(granularity), (long long)count->as.integer, STR_ARG(granularity));
    }
}

static void check_grain(SemanticCheck *check, const Value *map, const char *key)
{
    Str grain = semantic_text(map, key);
    if (grain.len > 0 && !shape_has_word(shape_granularities, grain)) {
        semantic_fail(check,
                      "Invalid time granularity found in `%s`: '" STR_FMT
                      "'. Custom granularities are not supported for this field yet.",
                      key, STR_ARG(grain));
    }
}

/* ---- Kinds of metrics ---- */

static void check_cumulative(SemanticCheck *check, const Node *metric)
{
    const Value *params = value_find(params_of(metric), STR("cumulative_type_params"));
    const Value *window = value_find(params, STR("window"));
    const Value *beside = value_find(params_of(metric), STR("window"));
    if (!value_is_null(beside) && !value_equal(beside, window)) {
        semantic_fail(
            check,
            "Got differing values for `window` on cumulative metric '" STR_FMT
            "'. In `type_params.window`, got 'count=%lld granularity='" STR_FMT
            "''. In `type_params.cumulative_type_params.window`, got 'count=%lld "
            "granularity='" STR_FMT "''. Please remove the value from `type_params.window`.",
            STR_ARG(metric->name), (long long)value_find(beside, STR("count"))->as.integer,
            STR_ARG(semantic_text(beside, "granularity")),
            (long long)value_find(window, STR("count"))->as.integer,
            STR_ARG(semantic_text(window, "granularity")));
    }
    if (!value_is_null(window) && semantic_text(params, "grain_to_date").len > 0) {
        semantic_fail(check, "Both window and grain_to_date set for cumulative metric. Please set "
                             "one or the other.");
    }
    check_window(check, window);
    check_grain(check, params, "grain_to_date");
}

static void check_input(SemanticCheck *check, const Node *metric, const Value *input)
{
    Str name = semantic_text(input, "name");
    Str alias = semantic_text(input, "alias");
    Str used = alias.len > 0 ? alias : name;
    Str expr = semantic_text(params_of(metric), "expr");
    if (expr.len > 0 && !str_contains(expr, used)) {
        semantic_warn(check,
                      "Input metric '" STR_FMT "' is not used in `expr`: '" STR_FMT
                      "' for derived metric '" STR_FMT
                      "'. Please update the `expr` or remove the input metric.",
                      STR_ARG(used), STR_ARG(expr), STR_ARG(metric->name));
    }
    if (alias.len > 0) {
        semantic_check_name(check, alias);
    }
    check_window(check, value_find(input, STR("offset_window")));
    check_grain(check, input, "offset_to_grain");
    if (!value_is_null(value_find(input, STR("offset_window"))) &&
        semantic_text(input, "offset_to_grain").len > 0) {
        semantic_fail(check,
                      "Both offset_window and offset_to_grain set for derived metric '" STR_FMT
                      "' on input metric '" STR_FMT "'. Please set one or the other.",
                      STR_ARG(metric->name), STR_ARG(name));
    }
}

static void check_derived(SemanticCheck *check, const Node *metric)
{
    const Value *inputs = value_find(params_of(metric), STR("metrics"));
    if (value_len(inputs) == 0) {
        semantic_fail(check,
                      "No input metrics found for derived metric '" STR_FMT
                      "'. Please add metrics to type_params.metrics.",
                      STR_ARG(metric->name));
    }
    if (semantic_text(params_of(metric), "expr").len == 0) {
        semantic_fail(check,
                      "No `expr` set for derived metric " STR_FMT
                      ". Please add an `expr` that references all input metrics.",
                      STR_ARG(metric->name));
    }
    for (VALUE_EACH(input, inputs)) {
        check_input(check, metric, input);
    }
}

/* The semantic model that has the measure. */
static const Node *model_of_measure(const SemanticCheck *check, Str measure)
{
    for (VEC_EACH(const NodePtr, it, &check->manifest->nodes)) {
        if ((*it)->type == RESOURCE_SEMANTIC_MODEL &&
            semantic_part(*it, "measures", measure) != NULL) {
            return *it;
        }
    }
    return NULL;
}

static bool counts_rows(const Value *measure)
{
    Str agg = semantic_text(measure, "agg");
    bool ones = str_is(agg, "sum") && str_is(semantic_text(measure, "expr"), "1");
    return str_is(agg, "count") || str_is(agg, "count_distinct") || ones;
}

static void check_property(SemanticCheck *check, const Node *model, Str property)
{
    if (semantic_part(model, "dimensions", property) == NULL &&
        semantic_part(model, "entities", property) == NULL) {
        semantic_fail(check,
                      "The provided constant property: " STR_FMT
                      ", cannot be found in semantic model " STR_FMT,
                      STR_ARG(property), STR_ARG(model->name));
    }
}

/* One side of a conversion: "base" or "conversion". */
static void check_side(SemanticCheck *check, const Value *params, const char *side)
{
    Str key = str_printf(check->arena, "%s_measure", side);
    Str property = str_printf(check->arena, "%s_property", side);
    Str name = semantic_text(value_find(params, key), "name");
    const Node *model = model_of_measure(check, name);
    if (model == NULL) {
        return;
    }
    const Value *measure = semantic_part(model, "measures", name);
    if (!counts_rows(measure)) {
        Str agg = str_upper_ascii(check->arena, semantic_text(measure, "agg"));
        semantic_fail(check,
                      "For conversion metrics, the measure must be COUNT/SUM(1)/COUNT_DISTINCT. "
                      "Measure: " STR_FMT " is agg type: AggregationType." STR_FMT,
                      STR_ARG(name), STR_ARG(agg));
    }
    Str entity = semantic_text(params, "entity");
    if (semantic_part(model, "entities", entity) == NULL) {
        semantic_fail(check, "Entity: " STR_FMT " not found in %s semantic model: " STR_FMT ".",
                      STR_ARG(entity), side, STR_ARG(model->name));
    }
    const Value *properties = value_find(params, STR("constant_properties"));
    for (VALUE_EACH(pair, properties)) {
        check_property(check, model, value_text_or(value_find(pair, property), (Str){0}));
    }
}

static void check_conversion(SemanticCheck *check, const Node *metric)
{
    const Value *params = value_find(params_of(metric), STR("conversion_type_params"));
    check_side(check, params, "base");
    check_side(check, params, "conversion");
    check_window(check, value_find(params, STR("window")));
}

void semantic_check_metric(SemanticCheck *check, const Node *metric)
{
    static const struct {
        const char *type;
        void (*check)(SemanticCheck *check, const Node *metric);
    } checks[] = {
        {"cumulative", check_cumulative},
        {"derived", check_derived},
        {"conversion", check_conversion},
    };
    Str type = semantic_text(metric->entry, "type");
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        if (str_is(type, checks[i].type)) {
            checks[i].check(check, metric);
        }
    }
    semantic_check_name(check, metric->name);
}

/* ---- Saved queries ---- */

/* Whether the text has the word in quotes of either kind. */
static bool has_quoted(SemanticCheck *check, Str text, Str word)
{
    return str_contains(text, str_printf(check->arena, "'" STR_FMT "'", STR_ARG(word))) ||
           str_contains(text, str_printf(check->arena, "\"" STR_FMT "\"", STR_ARG(word)));
}

/* Metric('revenue'), or one of the things to group by, with or without .descending(true). */
static bool is_listed(SemanticCheck *check, const Value *params, Str item)
{
    bool listed = false;
    const Value *groups = value_find(params, STR("group_by"));
    for (VALUE_EACH(group, groups)) {
        listed = listed || str_contains(item, group->as.text);
    }
    const Value *metrics = value_find(params, STR("metrics"));
    for (VALUE_EACH(metric, metrics)) {
        listed = listed || has_quoted(check, item, metric->as.text);
    }
    return listed;
}

void semantic_check_query(SemanticCheck *check, const Node *query)
{
    const Value *params = value_find(query->entry, STR("query_params"));
    const Value *limit = value_find(params, STR("limit"));
    semantic_check_name(check, query->name);
    if (value_is(limit, VALUE_INT) && limit->as.integer < 0) {
        semantic_fail(check, "Invalid limit value: %lld (should be >= 0)",
                      (long long)limit->as.integer);
    }
    const Value *order = value_find(params, STR("order_by"));
    for (VALUE_EACH(item, order)) {
        if (!is_listed(check, params, item->as.text)) {
            semantic_fail(check,
                          STR_FMT " does not match any of the listed metrics or group-by items. ",
                          STR_ARG(item->as.text));
        }
    }
}
