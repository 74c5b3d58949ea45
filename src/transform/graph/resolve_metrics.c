#include "transform/graph/resolve_metrics.h"

#include "base/suggest.h"
#include "transform/graph/doc.h"
#include "transform/graph/resolve.h"

/* ---- Entries ---- */

static Value with_entry(Arena *arena, const Value *map, const char *key, Value value)
{
    Doc doc = doc_begin(arena);
    value_map_put_all(&doc.map, map);
    doc_set(&doc, key, value);
    return value_placed_at(doc_end(&doc), map);
}

static void replace_entry(Arena *arena, Node *node, const char *key, Value value)
{
    Value *entry = ARENA_NEW(arena, Value);
    *entry = with_entry(arena, node->entry, key, value);
    node->entry = entry;
}

static const Value *param_of(const Node *metric, const char *key)
{
    const Value *params = value_find(metric->entry, STR("type_params"));
    return value_find(params, str_from(key));
}

static Str name_of(const Value *part)
{
    return value_text_or(value_find(part, STR("name")), (Str){0});
}

/* ---- Semantic models ---- */

static void set_relation(Manifest *manifest, Node *model)
{
    const Node *of =
        model->depends_on.len > 0 ? manifest_find(manifest, model->depends_on.data[0]) : NULL;
    if (of == NULL) {
        return;
    }
    Doc relation = doc_begin(manifest->arena);
    doc_text(&relation, "alias", of->alias);
    doc_text(&relation, "schema_name", of->schema);
    doc_text(&relation, "database", of->database);
    doc_optional(&relation, "relation_name", of->relation_name);
    replace_entry(manifest->arena, model, "node_relation", doc_end(&relation));
}

/* ---- Metrics ---- */

typedef struct MetricResolver {
    Manifest *manifest;
    StrMap measures; /* name -> Node of the semantic model */
    StrMap disabled_measures;
    StrMap inputs; /* unique_id of a metric -> ValueVec of the measures behind it */
} MetricResolver;

static void add_measures(StrMap *measures, Node *model)
{
    const Value *list = value_find(model->entry, STR("measures"));
    for (VALUE_EACH(measure, list)) {
        if (!strmap_has(measures, name_of(measure))) {
            strmap_set(measures, name_of(measure), model);
        }
    }
}

static Error *metric_error(const Node *metric, Str problem)
{
    AUTO_FREE(arena) Arena *arena = arena_new("metric");
    Error *err = error_new(ERR_CONFIG, "Parsing Error in " STR_FMT "\n  " STR_FMT,
                           STR_ARG(node_label(metric, arena)), STR_ARG(problem));
    return error_as(err, "dbt");
}

static Error *with_nearest(TAKES Error *err, const StrMap *names, Str wanted)
{
    Suggestion nearest = suggestion_init(wanted);
    for (STRMAP_EACH(it, names)) {
        suggestion_try(&nearest, it->key);
    }
    return nearest.name.len > 0
               ? error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(nearest.name))
               : err;
}

static Error *use_measure(MetricResolver *resolver, Node *metric, const Value *measure,
                          ValueVec *inputs)
{
    Manifest *manifest = resolver->manifest;
    Str name = name_of(measure);
    const Node *model = strmap_find(&resolver->measures, name);
    const Node *disabled = strmap_find(&resolver->disabled_measures, name);
    if (model == NULL && disabled != NULL) {
        Str problem = str_printf(manifest->arena,
                                 "The measure `" STR_FMT "` is referenced on disabled semantic "
                                 "model `" STR_FMT "`.",
                                 STR_ARG(name), STR_ARG(disabled->name));
        return metric_error(metric, problem);
    }
    if (model == NULL) {
        Str problem = str_printf(manifest->arena,
                                 "A semantic model having a measure `" STR_FMT
                                 "` does not exist but was referenced.",
                                 STR_ARG(name));
        return with_nearest(metric_error(metric, problem), &resolver->measures, name);
    }
    resolve_add_dependency(manifest, metric, model);
    VEC_PUSH(manifest->arena, inputs, *measure);
    return NULL;
}

static Error *no_measure(const Node *metric, const char *what)
{
    Error *err = error_new(ERR_CONFIG, "metric '" STR_FMT "' (" STR_FMT ") has no %s",
                           STR_ARG(metric->name), STR_ARG(metric->original_path), what);
    return error_hint(error_as(err, "ParsingError"), "name it below type_params");
}

static Error *resolve_metric(MetricResolver *resolver, Node *metric, const ValueVec **out);

static void add_inputs(Arena *arena, const ValueVec *more, ValueVec *inputs)
{
    for (VEC_EACH(const Value, measure, more)) {
        bool known = false;
        for (size_t i = 0; !known && i < inputs->len; i++) {
            known = value_equal(&inputs->data[i], measure);
        }
        if (!known) {
            VEC_PUSH(arena, inputs, *measure);
        }
    }
}

static Error *use_metric(MetricResolver *resolver, Node *metric, const Value *part,
                         ValueVec *inputs)
{
    Manifest *manifest = resolver->manifest;
    NamedCall call = {.name = name_of(part)};
    Node *input = NULL;
    bool disabled = false;
    resolve_metric_call(manifest, metric->package, &call, &input, &disabled);
    if (input == NULL) {
        Str by =
            str_printf(manifest->arena, "does not exist but was referenced by metric `" STR_FMT "`",
                       STR_ARG(metric->name));
        Str problem =
            str_printf(manifest->arena, "The metric `" STR_FMT "` " STR_FMT ".", STR_ARG(call.name),
                       STR_ARG(disabled ? STR("is disabled and thus cannot be referenced") : by));
        return with_nearest(metric_error(metric, problem), &manifest->metric_names, call.name);
    }
    const ValueVec *measures = NULL;
    resolve_add_dependency(manifest, metric, input);
    TRY(resolve_metric(resolver, input, &measures));
    add_inputs(manifest->arena, measures, inputs);
    return NULL;
}

static Error *use_conversion(MetricResolver *resolver, Node *metric, ValueVec *inputs)
{
    static const char *const measures[] = {"base_measure", "conversion_measure"};
    const Value *params = param_of(metric, "conversion_type_params");
    if (value_is_null(params)) {
        Error *err = error_new(ERR_CONFIG,
                               STR_FMT " is a conversion metric and must have "
                                       "conversion_type_params defined.",
                               STR_ARG(metric->name));
        return error_as(err, "dbt");
    }
    for (size_t i = 0; i < ARRAY_LEN(measures); i++) {
        const Value *measure = value_find(params, str_from(measures[i]));
        TRY(use_measure(resolver, metric, measure, inputs));
    }
    return NULL;
}

static Error *use_ratio(MetricResolver *resolver, Node *metric, ValueVec *inputs)
{
    const Value *numerator = param_of(metric, "numerator");
    const Value *denominator = param_of(metric, "denominator");
    if (value_is_null(numerator) || value_is_null(denominator)) {
        return metric_error(
            metric,
            STR("Invalid ratio metric. Both a numerator and denominator must be specified"));
    }
    TRY(use_metric(resolver, metric, numerator, inputs));
    return use_metric(resolver, metric, denominator, inputs);
}

static Error *use_inputs(MetricResolver *resolver, Node *metric, ValueVec *inputs)
{
    Str type = value_text_or(value_find(metric->entry, STR("type")), (Str){0});
    if (str_is(type, "conversion")) {
        return use_conversion(resolver, metric, inputs);
    }
    if (str_is(type, "ratio")) {
        return use_ratio(resolver, metric, inputs);
    }
    if (str_is(type, "derived")) {
        const Value *metrics = param_of(metric, "metrics");
        for (VALUE_EACH(part, metrics)) {
            TRY(use_metric(resolver, metric, part, inputs));
        }
        return NULL;
    }
    const Value *measure = param_of(metric, "measure");
    return value_is_null(measure) ? no_measure(metric, "measure")
                                  : use_measure(resolver, metric, measure, inputs);
}

/* Metrics may read each other in any order. One that reads itself is found here as being under way;
 * the graph tells of the cycle. */
static Error *resolve_metric(MetricResolver *resolver, Node *metric, const ValueVec **out)
{
    Arena *arena = resolver->manifest->arena;
    ValueVec *inputs = strmap_find(&resolver->inputs, metric->unique_id);
    if (inputs != NULL) {
        *out = inputs;
        return NULL;
    }
    inputs = ARENA_NEW(arena, ValueVec);
    *inputs = (ValueVec){0};
    strmap_set(&resolver->inputs, metric->unique_id, inputs);
    TRY(use_inputs(resolver, metric, inputs));
    Value params = with_entry(arena, value_find(metric->entry, STR("type_params")),
                              "input_measures", value_list_of(inputs));
    replace_entry(arena, metric, "type_params", params);
    *out = inputs;
    return NULL;
}

Error *manifest_resolve_metrics(Manifest *manifest)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("metrics");
    MetricResolver resolver = {.manifest = manifest,
                               .measures = strmap_init(scratch),
                               .disabled_measures = strmap_init(scratch),
                               .inputs = strmap_init(scratch)};
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        if ((*it)->type == RESOURCE_SEMANTIC_MODEL) {
            set_relation(manifest, *it);
            add_measures(&resolver.measures, *it);
        }
    }
    for (VEC_EACH(const NodePtr, it, &manifest->disabled)) {
        if ((*it)->type == RESOURCE_SEMANTIC_MODEL) {
            add_measures(&resolver.disabled_measures, *it);
        }
    }
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        const ValueVec *inputs = NULL;
        if ((*it)->type == RESOURCE_METRIC) {
            TRY(resolve_metric(&resolver, *it, &inputs));
        }
    }
    return NULL;
}
