#include "transform/parse/semantic_check.h"

#include <stdarg.h>

#include "base/limits.h"
#include "transform/console/deprecation.h"
#include "transform/parse/internal.h"
#include "transform/parse/shape.h"
#include "transform/python/text.h"

PRINTF_LIKE(3, 0)
static void tell(SemanticCheck *check, LogLevel level, const char *format, va_list args)
{
    StrBuf text = strbuf_init(check->arena, LIMIT_ERROR_BYTES);
    strbuf_vprintf(&text, format, args);
    ReportEvent event = {
        .name = "SemanticValidationFailure", .level = level, .text = strbuf_str(&text)};
    report_event(check->session, &event);
}

void semantic_fail(SemanticCheck *check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(check, LOG_ERROR, format, args);
    va_end(args);
    check->errors++;
}

void semantic_warn(SemanticCheck *check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(check, LOG_WARNING, format, args);
    va_end(args);
}

Str semantic_text(const Value *map, const char *key)
{
    return value_text_or(value_find(map, str_from(key)), (Str){0});
}

static const Value *parts_of(const Node *model, const char *list)
{
    return value_find(model->entry, str_from(list));
}

const Value *semantic_part(const Node *model, const char *list, Str name)
{
    const Value *parts = parts_of(model, list);
    for (VALUE_EACH(part, parts)) {
        if (str_eq(semantic_text(part, "name"), name)) {
            return part;
        }
    }
    return NULL;
}

/* ---- Names ---- */

static bool is_valid_name(Str name)
{
    bool valid = name.len >= 2 && name.data[0] >= 'a' && name.data[0] <= 'z' &&
                 name.data[name.len - 1] != '_' && !str_contains(name, STR("__"));
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        valid = valid && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
    }
    return valid;
}

void semantic_check_name(SemanticCheck *check, Str name)
{
    if (!is_valid_name(name)) {
        semantic_fail(check,
                      "Invalid name `" STR_FMT "` - names may only contain lower case letters, "
                      "numbers, and underscores. Additionally, names must start with a lower case "
                      "letter, cannot end with an underscore, cannot contain dunders (double "
                      "underscores, or __), and must be at least 2 characters long.",
                      STR_ARG(name));
    }
    if (shape_has_word(shape_granularities, name)) {
        StrBuf words = strbuf_init(check->arena, LIMIT_ERROR_BYTES);
        for (size_t i = 0; shape_granularities[i] != NULL; i++) {
            Str word = str_upper_ascii(check->arena, str_from(shape_granularities[i]));
            strbuf_printf(&words, "%s'" STR_FMT "'", i > 0 ? ", " : "", STR_ARG(word));
        }
        semantic_fail(check,
                      "Invalid name `" STR_FMT
                      "` - names cannot match reserved time granularity keywords ([" STR_FMT "])",
                      STR_ARG(name), STR_ARG(strbuf_str(&words)));
    }
}

typedef struct ElementKind {
    const char *list;
    const char *name;
    const char *upper;
} ElementKind;

static const ElementKind kinds[] = {
    {"measures", "measure", "MEASURE"},
    {"entities", "entity", "ENTITY"},
    {"dimensions", "dimension", "DIMENSION"},
};

static void check_names(SemanticCheck *check, const Node *model)
{
    semantic_check_name(check, model->name);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        const Value *parts = parts_of(model, kinds[i].list);
        for (VALUE_EACH(part, parts)) {
            Str name = semantic_text(part, "name");
            semantic_check_name(check, name);
            if (semantic_part(model, kinds[i].list, name) != part) {
                semantic_fail(check,
                              "In semantic model `" STR_FMT "`, can't use name `" STR_FMT
                              "` for a %s when it was already used for a %s",
                              STR_ARG(model->name), STR_ARG(name), kinds[i].name, kinds[i].name);
            }
        }
    }
}

/* ---- Measures ---- */

static Str agg_time_dimension(const Node *model, const Value *measure)
{
    Str own = semantic_text(measure, "agg_time_dimension");
    return own.len > 0
               ? own
               : semantic_text(value_find(model->entry, STR("defaults")), "agg_time_dimension");
}

static bool is_time_dimension(const Node *model, Str name)
{
    return str_is(semantic_text(semantic_part(model, "dimensions", name), "type"), "time");
}

static void check_agg_time(SemanticCheck *check, const Node *model, const Value *measure)
{
    Str name = semantic_text(measure, "name");
    Str dimension = agg_time_dimension(model, measure);
    if (dimension.len == 0) {
        semantic_fail(check,
                      "An error occurred while checking aggregation time dimension for a semantic "
                      "model - AssertionError: Aggregation time dimension for measure " STR_FMT
                      " is not set! This should either be set directly on the measure "
                      "specification in the model, or else defaulted to the primary time dimension "
                      "in the data source containing the measure.",
                      STR_ARG(name));
    } else if (!is_time_dimension(model, dimension)) {
        semantic_fail(check,
                      "In semantic model '" STR_FMT "', measure '" STR_FMT
                      "' has the aggregation time dimension set to '" STR_FMT
                      "', which is not a valid time dimension in the semantic model",
                      STR_ARG(model->name), STR_ARG(name), STR_ARG(dimension));
    }
}

static void check_percentile(SemanticCheck *check, const Value *measure)
{
    Str name = semantic_text(measure, "name");
    Str agg = semantic_text(measure, "agg");
    const Value *params = value_find(measure, STR("agg_params"));
    const Value *percentile = value_find(params, STR("percentile"));
    bool given = value_is(percentile, VALUE_FLOAT);
    Str shown = given ? python_str(percentile, check->arena) : (Str){0};
    if (str_is(agg, "percentile") && !given) {
        semantic_fail(check,
                      "Measure '" STR_FMT "' uses a PERCENTILE aggregation, which requires "
                      "agg_params.percentile to be provided.",
                      STR_ARG(name));
    } else if (str_is(agg, "percentile") &&
               (percentile->as.number <= 0 || percentile->as.number >= 1)) {
        semantic_fail(check,
                      "Percentile aggregation parameter for measure '" STR_FMT "' is '" STR_FMT
                      "', but must be between 0 and 1 (non-inclusive). For example, to indicate "
                      "the 65th percentile value, set 'percentile: 0.65'. For percentile values of "
                      "0, please use MIN, for percentile values of 1, please use MAX.",
                      STR_ARG(name), STR_ARG(shown));
    } else if (str_is(agg, "median") && given &&
               (percentile->as.number < 0.5 || percentile->as.number > 0.5)) {
        semantic_fail(check,
                      "Measure '" STR_FMT "' uses a MEDIAN aggregation, while percentile is set "
                      "to '" STR_FMT "', a conflicting value. Please remove the parameter or set "
                      "to '0.5'.",
                      STR_ARG(name), STR_ARG(shown));
    } else if (given && !str_is(agg, "percentile") && !str_is(agg, "median")) {
        semantic_fail(check,
                      "Measure '" STR_FMT "' with aggregation '" STR_FMT "' uses agg_params "
                      "(percentile) only relevant to Percentile measures.",
                      STR_ARG(name), STR_ARG(agg));
    }
}

static void check_non_additive(SemanticCheck *check, const Node *model, const Value *measure)
{
    Str name = semantic_text(measure, "name");
    const Value *rule = value_find(measure, STR("non_additive_dimension"));
    if (value_is_null(rule)) {
        return;
    }
    Str dimension = semantic_text(rule, "name");
    Str choice = semantic_text(rule, "window_choice");
    if (semantic_part(model, "dimensions", dimension) == NULL) {
        semantic_fail(check,
                      "Measure '" STR_FMT "' has a non_additive_dimension with name '" STR_FMT
                      "' that is not defined as a dimension in semantic model '" STR_FMT "'.",
                      STR_ARG(name), STR_ARG(dimension), STR_ARG(model->name));
    }
    if (!str_is(choice, "min") && !str_is(choice, "max")) {
        semantic_fail(check,
                      "Measure '" STR_FMT "' has a non_additive_dimension with an invalid "
                      "'window_choice' of '" STR_FMT "'. Only choices supported are 'min' or "
                      "'max'.",
                      STR_ARG(name), STR_ARG(choice));
    }
    StrBuf missing = strbuf_init(check->arena, LIMIT_ERROR_BYTES);
    const Value *groupings = value_find(rule, STR("window_groupings"));
    for (VALUE_EACH(entity, groupings)) {
        if (semantic_part(model, "entities", entity->as.text) == NULL) {
            strbuf_printf(&missing, "%s'" STR_FMT "'", missing.len > 0 ? ", " : "",
                          STR_ARG(entity->as.text));
        }
    }
    if (missing.len > 0) {
        semantic_fail(check,
                      "Measure '" STR_FMT "' has a non_additive_dimension with an invalid "
                      "'window_groupings'. These entities {" STR_FMT "} do not exist in the "
                      "semantic model.",
                      STR_ARG(name), STR_ARG(strbuf_str(&missing)));
    }
}

static void check_measures(SemanticCheck *check, const Node *model)
{
    const Value *measures = parts_of(model, "measures");
    for (VALUE_EACH(measure, measures)) {
        check_agg_time(check, model, measure);
        check_percentile(check, measure);
        check_non_additive(check, model, measure);
        if (str_is(semantic_text(measure, "agg"), "count") &&
            semantic_text(measure, "expr").len == 0) {
            semantic_fail(check,
                          "Measure '" STR_FMT "' uses a COUNT aggregation, which requires an expr "
                          "to be provided. Provide 'expr: 1' if a count of all rows is desired.",
                          STR_ARG(semantic_text(measure, "name")));
        }
    }
    Str given = semantic_text(value_find(model->entry, STR("defaults")), "agg_time_dimension");
    if (given.len > 0 && !is_time_dimension(model, given)) {
        semantic_fail(check,
                      "Default aggregation time dimension was specified as '" STR_FMT
                      "' which doesn't exist as a time dimension in semantic model named '" STR_FMT
                      "'.",
                      STR_ARG(given), STR_ARG(model->name));
    }
}

/* ---- Entities ---- */

/* The name of the entity that stands for a row; empty when there is none. */
static Str primary_entity(const Node *model)
{
    const Value *entities = parts_of(model, "entities");
    for (VALUE_EACH(entity, entities)) {
        if (str_is(semantic_text(entity, "type"), "primary")) {
            return semantic_text(entity, "name");
        }
    }
    return semantic_text(model->entry, "primary_entity");
}

static void check_primary(SemanticCheck *check, const Node *model)
{
    StrVec primary = {0};
    const Value *entities = parts_of(model, "entities");
    for (VALUE_EACH(entity, entities)) {
        if (str_is(semantic_text(entity, "type"), "primary")) {
            VEC_PUSH(check->arena, &primary, semantic_text(entity, "name"));
        }
    }
    Str named = semantic_text(model->entry, "primary_entity");
    if (primary.len > 1) {
        Str list = str_join(check->arena, primary.data, primary.len, STR(", "));
        semantic_fail(check,
                      "Semantic models can have only one primary entity. The semantic model "
                      "`" STR_FMT "` has %zu: " STR_FMT,
                      STR_ARG(model->name), primary.len, STR_ARG(list));
    }
    if (primary.len > 0 && named.len > 0) {
        semantic_fail(check,
                      "The semantic model `" STR_FMT "` has an entity named `" STR_FMT
                      "` with type primary but it also has the `primary_entity` field set to "
                      "`" STR_FMT "`. Both should not be present in the model.",
                      STR_ARG(model->name), STR_ARG(primary.data[0]), STR_ARG(named));
    }
    if (primary.len == 0 && named.len == 0 && value_len(parts_of(model, "dimensions")) > 0) {
        semantic_fail(check,
                      "The semantic model " STR_FMT " contains dimensions, but it does not define "
                      "a primary entity. Either add an entity with type PRIMARY or set a value for "
                      "the primary_entity key.",
                      STR_ARG(model->name));
    }
}

/* ---- All models together ---- */

static void check_pairings(SemanticCheck *check, const Node *model, StrMap *pairings)
{
    Str entity = primary_entity(model);
    const Value *dimensions = parts_of(model, "dimensions");
    for (VALUE_EACH(dimension, dimensions)) {
        Str name = semantic_text(dimension, "name");
        Str key = str_printf(check->arena, STR_FMT "__" STR_FMT, STR_ARG(entity), STR_ARG(name));
        Node *before = strmap_find(pairings, key);
        if (entity.len > 0 && before != NULL && before != model) {
            semantic_fail(check,
                          "Duplicate dimension + primary entity pairing detected, dimension + "
                          "primary entity pairings must be unique. Semantic model `" STR_FMT
                          "` has a primary entity of `" STR_FMT "` and dimension `" STR_FMT
                          "`, but this pairing is already in use on semantic model `" STR_FMT "`.",
                          STR_ARG(model->name), STR_ARG(entity), STR_ARG(name),
                          STR_ARG(before->name));
        } else {
            Node *kept = manifest_find(check->manifest, model->unique_id);
            strmap_set(pairings, key, kept);
        }
    }
}

/* Which kinds of elements a name is used for, and where first. */
typedef struct ElementUse {
    const Node *model[ARRAY_LEN(kinds)];
} ElementUse;

static void note_elements(SemanticCheck *check, const Node *model, StrMap *uses)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        const Value *parts = parts_of(model, kinds[i].list);
        for (VALUE_EACH(part, parts)) {
            Str name = semantic_text(part, "name");
            ElementUse *use = strmap_find(uses, name);
            if (use == NULL) {
                use = ARENA_NEW(check->arena, ElementUse);
                strmap_set(uses, name, use);
            }
            if (i == 0 && use->model[i] != NULL) {
                bool same = use->model[i] == model;
                semantic_fail(check,
                              "Found measure with name " STR_FMT " in multiple semantic models "
                              "with names (['" STR_FMT "%s" STR_FMT "'])",
                              STR_ARG(name), STR_ARG(use->model[i]->name), same ? "" : "', '",
                              STR_ARG(same ? STR("") : model->name));
            }
            use->model[i] = use->model[i] != NULL ? use->model[i] : model;
        }
    }
}

static void check_uses(SemanticCheck *check, const StrMap *uses)
{
    static const size_t by_name[] = {2, 1, 0}; /* dimension, entity, measure */
    for (STRMAP_EACH(it, uses)) {
        const ElementUse *use = it->value;
        StrBuf types = strbuf_init(check->arena, LIMIT_ERROR_BYTES);
        size_t count = 0;
        for (size_t i = 0; i < ARRAY_LEN(by_name); i++) {
            const ElementKind *kind = &kinds[by_name[i]];
            if (use->model[by_name[i]] != NULL) {
                strbuf_printf(&types, "%s<SemanticModelElementType.%s: '%s'>",
                              count++ > 0 ? ", " : "", kind->upper, kind->name);
            }
        }
        for (size_t i = 0; count > 1 && i < ARRAY_LEN(by_name); i++) {
            const Node *model = use->model[by_name[i]];
            if (model != NULL) {
                semantic_fail(check,
                              "In semantic models {'" STR_FMT "'}, element `" STR_FMT
                              "` is of type SemanticModelElementType.%s, but it is used as types "
                              "[" STR_FMT "] across the model.",
                              STR_ARG(model->name), STR_ARG(it->key), kinds[by_name[i]].upper,
                              STR_ARG(strbuf_str(&types)));
            }
        }
    }
}

/* ---- Metrics with the same label ---- */

static void check_label(SemanticCheck *check, const Node *metric, StrMap *labels)
{
    Str label = semantic_text(metric->entry, "label");
    const Str *before = strmap_find(labels, label);
    if (before != NULL) {
        semantic_fail(check,
                      "Can't use label `" STR_FMT "` for  metric `" STR_FMT
                      "` as it's already used for metric `" STR_FMT "`",
                      STR_ARG(label), STR_ARG(metric->name), STR_ARG(*before));
        return;
    }
    Str *name = ARENA_NEW(check->arena, Str);
    *name = metric->name;
    strmap_set(labels, label, name);
}

static void check_each(SemanticCheck *check)
{
    StrMap pairings = strmap_init(check->arena);
    StrMap uses = strmap_init(check->arena);
    StrMap labels = strmap_init(check->arena);
    for (VEC_EACH(const NodePtr, it, &check->manifest->nodes)) {
        if ((*it)->type == RESOURCE_SEMANTIC_MODEL) {
            check_measures(check, *it);
            check_primary(check, *it);
            check_names(check, *it);
            check_pairings(check, *it, &pairings);
            note_elements(check, *it, &uses);
        }
    }
    check_uses(check, &uses);
    for (VEC_EACH(const NodePtr, it, &check->manifest->nodes)) {
        if ((*it)->type == RESOURCE_METRIC) {
            semantic_check_metric(check, *it);
            check_label(check, *it, &labels);
        } else if ((*it)->type == RESOURCE_SAVED_QUERY) {
            semantic_check_query(check, *it);
        }
    }
}

/* ---- Calendars ---- */

enum { GRANULARITY_DAY = 6 }; /* in shape_granularities */

static bool is_fine_enough(const Node *node)
{
    const Value *spine = node->model != NULL ? node->model->time_spine : NULL;
    const Value *column =
        value_find(node->columns, semantic_text(spine, "standard_granularity_column"));
    Str granularity = semantic_text(column, "granularity");
    for (size_t i = 0; spine != NULL && i <= GRANULARITY_DAY; i++) {
        if (str_eq_nocase(granularity, str_from(shape_granularities[i]))) {
            return true;
        }
    }
    return false;
}

static Error *check_time_spine(const Session *session)
{
    const Manifest *manifest = session->manifest;
    const Node *legacy = manifest_legacy_time_spine(manifest);
    bool found = legacy != NULL;
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        found = found || is_fine_enough(*it);
    }
    if (found) {
        return NULL;
    }
    return error_as(error_new(ERR_CONFIG,
                              "The semantic layer requires a time spine model with granularity DAY "
                              "or smaller in the project, but none was found. Guidance on creating "
                              "this model can be found on our docs site "
                              "(https://docs.getdbt.com/docs/build/metricflow-time-spine)."),
                    "ParsingError");
}

static void warn_of_legacy(const Session *session)
{
    const Node *legacy = manifest_legacy_time_spine(session->manifest);
    bool configured = legacy != NULL && legacy->model != NULL && legacy->model->time_spine != NULL;
    bool by_day = legacy == NULL || configured;
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        by_day = by_day || is_fine_enough(*it);
    }
    if (!by_day) {
        report_deprecated(
            session, "MFTimespineWithoutYamlConfigurationDeprecation",
            STR("Time spines without YAML configuration are in the process of deprecation. Please "
                "add YAML configuration for your 'metricflow_time_spine' model. See documentation "
                "on MetricFlow time spines: "
                "https://docs.getdbt.com/docs/build/metricflow-time-spine and behavior change "
                "documentation: "
                "https://docs.getdbt.com/reference/global-configs/behavior-changes."));
    }
}

static bool has_old_window(const Node *node)
{
    const Value *params = value_find(node->entry, STR("type_params"));
    return node->type == RESOURCE_METRIC &&
           (!value_is_null(value_find(params, STR("window"))) ||
            !value_is_null(value_find(params, STR("grain_to_date"))));
}

static void warn_of_windows(const Session *session)
{
    bool old = false;
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        old = old || has_old_window(*it);
    }
    if (old) {
        report_deprecated(
            session, "MFCumulativeTypeParamsDeprecation",
            STR("Cumulative fields `type_params.window` and `type_params.grain_to_date` have been "
                "moved and will soon be deprecated. Please nest those values under "
                "`type_params.cumulative_type_params.window` and "
                "`type_params.cumulative_type_params.grain_to_date`. See documentation on behavior "
                "changes: https://docs.getdbt.com/reference/global-configs/behavior-changes."));
    }
}

/* ---- The whole ---- */

static size_t count_of(const Manifest *manifest, ResourceType type)
{
    size_t count = 0;
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        count += (*it)->type == type;
    }
    return count;
}

Error *parse_check_semantics(Session *session)
{
    const Manifest *manifest = session->manifest;
    if (count_of(manifest, RESOURCE_SEMANTIC_MODEL) == 0) {
        return NULL;
    }
    TRY(check_time_spine(session));
    if (count_of(manifest, RESOURCE_METRIC) == 0) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("semantic check");
    SemanticCheck check = {.session = session, .manifest = manifest, .arena = arena};
    warn_of_windows(session);
    warn_of_legacy(session);
    check_each(&check);
    if (check.errors == 0) {
        return NULL;
    }
    return error_as(error_new(ERR_CONFIG, "Semantic Manifest validation failed."), "ParsingError");
}
