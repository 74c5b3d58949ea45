#include "transform/parse/semantic_shapes.h"

/* ---- Words ---- */

static const char *const aggregations_list[] = {
    "sum",     "min",        "max",    "count_distinct", "sum_boolean",
    "average", "percentile", "median", "count",          NULL};
static const char *const metric_types_list[] = {"simple",  "ratio",      "cumulative",
                                                "derived", "conversion", NULL};
static const char *const entity_types_list[] = {"foreign", "natural", "primary", "unique", NULL};
static const char *const dimension_types_list[] = {"categorical", "time", NULL};
static const char *const period_aggregations_list[] = {"first", "last", "average", NULL};
static const char *const calculations_list[] = {"conversions", "conversion_rate", NULL};

static const ShapeWords aggregations = {"AggregationType", aggregations_list};
static const ShapeWords metric_types = {"MetricType", metric_types_list};
static const ShapeWords entity_types = {"EntityType", entity_types_list};
static const ShapeWords dimension_types = {"DimensionType", dimension_types_list};
static const ShapeWords granularities = {"TimeGranularity", shape_granularities};
static const ShapeWords period_aggregations = {"PeriodAggregation", period_aggregations_list};
static const ShapeWords calculations = {"ConversionCalculationType", calculations_list};

/* ---- Metrics ---- */

static const ShapeField input_measure_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"filter", SHAPE_FILTER, "null", NULL},
    {"alias", SHAPE_TEXT, "null", NULL},
    {"join_to_timespine", SHAPE_BOOL, "false", NULL},
    {"fill_nulls_with", SHAPE_INT, "null", NULL},
    {0},
};
static const Shape input_measure = {input_measure_fields};

static const ShapeField input_metric_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"filter", SHAPE_FILTER, "null", NULL},
    {"alias", SHAPE_TEXT, "null", NULL},
    {"offset_window", SHAPE_WINDOW, "null", NULL},
    {"offset_to_grain", SHAPE_TEXT, "null", NULL},
    {0},
};
static const Shape input_metric = {input_metric_fields};

static const ShapeField constant_property_fields[] = {
    {"base_property", SHAPE_TEXT, NULL, NULL},
    {"conversion_property", SHAPE_TEXT, NULL, NULL},
    {0},
};
static const Shape constant_property = {constant_property_fields};

static const ShapeField conversion_fields[] = {
    {"base_measure", SHAPE_NAMED_PART, NULL, &input_measure},
    {"conversion_measure", SHAPE_NAMED_PART, NULL, &input_measure},
    {"entity", SHAPE_TEXT, NULL, NULL},
    {"calculation", SHAPE_WORD, "conversion_rate", &calculations},
    {"window", SHAPE_WINDOW, "null", NULL},
    {"constant_properties", SHAPE_PARTS, "null", &constant_property},
    {0},
};
static const Shape conversion = {conversion_fields};

static const ShapeField cumulative_fields[] = {
    {"window", SHAPE_WINDOW, "null", NULL},
    {"grain_to_date", SHAPE_TEXT, "null", NULL},
    {"period_agg", SHAPE_WORD, "first", &period_aggregations},
    {"metric", SHAPE_MADE, "null", NULL},
    {0},
};
static const Shape cumulative = {cumulative_fields};

static const ShapeField type_params_fields[] = {
    {"measure", SHAPE_NAMED_PART, "null", &input_measure},
    {"input_measures", SHAPE_MADE, "[]", NULL},
    {"numerator", SHAPE_NAMED_PART, "null", &input_metric},
    {"denominator", SHAPE_NAMED_PART, "null", &input_metric},
    {"expr", SHAPE_SCALAR, "null", NULL},
    {"window", SHAPE_WINDOW, "null", NULL},
    {"grain_to_date", SHAPE_WORD, "null", &granularities},
    {"metrics", SHAPE_NAMED_PARTS, "[]", &input_metric},
    {"conversion_type_params", SHAPE_PART, "null", &conversion},
    {"cumulative_type_params", SHAPE_PART, "null", &cumulative},
    {"metric_aggregation_params", SHAPE_MADE, "null", NULL},
    {0},
};
static const Shape type_params = {type_params_fields};

static const ShapeField metric_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"description", SHAPE_TEXT, "", NULL},
    {"label", SHAPE_TEXT, NULL, NULL},
    {"type", SHAPE_WORD, NULL, &metric_types},
    {"type_params", SHAPE_PART, NULL, &type_params},
    {"filter", SHAPE_FILTER, "null", NULL},
    {"time_granularity", SHAPE_TEXT, "null", NULL},
    {"meta", SHAPE_MAP, "{}", NULL},
    {"tags", SHAPE_TEXTS, "[]", NULL},
    {"config", SHAPE_MAP, "{}", NULL},
    {0},
};
const Shape shape_metric = {metric_fields};

/* ---- Semantic models ---- */

static const ShapeField defaults_fields[] = {
    {"agg_time_dimension", SHAPE_TEXT, "null", NULL},
    {0},
};
static const Shape defaults = {defaults_fields};

static const ShapeField entity_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},          {"type", SHAPE_WORD, NULL, &entity_types},
    {"description", SHAPE_TEXT, "null", NULL}, {"label", SHAPE_TEXT, "null", NULL},
    {"role", SHAPE_TEXT, "null", NULL},        {"expr", SHAPE_TEXT, "null", NULL},
    {"config", SHAPE_META, "{}", NULL},        {0},
};
static const Shape entity = {entity_fields};

static const ShapeField agg_params_fields[] = {
    {"percentile", SHAPE_NUMBER, "null", NULL},
    {"use_discrete_percentile", SHAPE_BOOL, "false", NULL},
    {"use_approximate_percentile", SHAPE_BOOL, "false", NULL},
    {0},
};
static const Shape agg_params = {agg_params_fields};

static const ShapeField non_additive_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"window_choice", SHAPE_WORD, NULL, &aggregations},
    {"window_groupings", SHAPE_TEXTS, "[]", NULL},
    {0},
};
static const Shape non_additive = {non_additive_fields};

static const ShapeField measure_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"agg", SHAPE_WORD, NULL, &aggregations},
    {"description", SHAPE_TEXT, "null", NULL},
    {"label", SHAPE_TEXT, "null", NULL},
    {"create_metric", SHAPE_SWITCH, "false", NULL},
    {"expr", SHAPE_SCALAR, "null", NULL},
    {"agg_params", SHAPE_PART, "null", &agg_params},
    {"non_additive_dimension", SHAPE_PART, "null", &non_additive},
    {"agg_time_dimension", SHAPE_TEXT, "null", NULL},
    {"config", SHAPE_META, "{}", NULL},
    {0},
};
static const Shape measure = {measure_fields};

static const ShapeField validity_fields[] = {
    {"is_start", SHAPE_BOOL, "false", NULL},
    {"is_end", SHAPE_BOOL, "false", NULL},
    {0},
};
static const Shape validity = {validity_fields};

static const ShapeField dimension_params_fields[] = {
    {"time_granularity", SHAPE_WORD, NULL, &granularities},
    {"validity_params", SHAPE_PART, "null", &validity},
    {0},
};
static const Shape dimension_params = {dimension_params_fields};

static const ShapeField dimension_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"type", SHAPE_WORD, NULL, &dimension_types},
    {"description", SHAPE_TEXT, "null", NULL},
    {"label", SHAPE_TEXT, "null", NULL},
    {"is_partition", SHAPE_BOOL, "false", NULL},
    {"type_params", SHAPE_PART, "null", &dimension_params},
    {"expr", SHAPE_TEXT, "null", NULL},
    {"metadata", SHAPE_MADE, "null", NULL},
    {"config", SHAPE_META, "{}", NULL},
    {0},
};
static const Shape dimension = {dimension_fields};

static const ShapeField semantic_model_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"model", SHAPE_TEXT, NULL, NULL},
    {"node_relation", SHAPE_MADE, "null", NULL},
    {"description", SHAPE_TEXT, "null", NULL},
    {"label", SHAPE_TEXT, "null", NULL},
    {"defaults", SHAPE_PART, "null", &defaults},
    {"entities", SHAPE_PARTS, "[]", &entity},
    {"measures", SHAPE_PARTS, "[]", &measure},
    {"dimensions", SHAPE_PARTS, "[]", &dimension},
    {"primary_entity", SHAPE_TEXT, "null", NULL},
    {"config", SHAPE_MAP, "{}", NULL},
    {0},
};
const Shape shape_semantic_model = {semantic_model_fields};

/* ---- Saved queries ---- */

static const ShapeField query_params_fields[] = {
    {"metrics", SHAPE_TEXTS, "[]", NULL},  {"group_by", SHAPE_TEXTS, "[]", NULL},
    {"where", SHAPE_FILTER, "null", NULL}, {"order_by", SHAPE_TEXTS, "[]", NULL},
    {"limit", SHAPE_INT, "null", NULL},    {0},
};
static const Shape query_params = {query_params_fields};

static const ShapeField export_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"config", SHAPE_MAP, "{}", NULL},
    {0},
};
static const Shape export_shape = {export_fields};

static const ShapeField saved_query_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"query_params", SHAPE_PART, NULL, &query_params},
    {"exports", SHAPE_PARTS, "[]", &export_shape},
    {"description", SHAPE_TEXT, "null", NULL},
    {"label", SHAPE_TEXT, "null", NULL},
    {"config", SHAPE_MAP, "{}", NULL},
    {"tags", SHAPE_ANY, "[]", NULL},
    {0},
};
const Shape shape_saved_query = {saved_query_fields};

/* ---- Time spines ---- */

static const ShapeField custom_granularity_fields[] = {
    {"name", SHAPE_TEXT, NULL, NULL},
    {"column_name", SHAPE_TEXT, "null", NULL},
    {0},
};
static const Shape custom_granularity = {custom_granularity_fields};

static const ShapeField time_spine_fields[] = {
    {"standard_granularity_column", SHAPE_TEXT, NULL, NULL},
    {"custom_granularities", SHAPE_PARTS, "[]", &custom_granularity},
    {0},
};
const Shape shape_time_spine = {time_spine_fields};
