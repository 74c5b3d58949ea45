#include "transform/context.h"

/* `exceptions`: what macros raise. All of them work while parsing, too. */

static Error *raise_as(JinjaState *s, const JCall *call, const char *class_name)
{
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &text));
    return jraise(class_name, STR_FMT, STR_ARG(text));
}

static Error *raise_compiler(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    return raise_as(s, call, "CompilationError");
}

static Error *raise_runtime(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    return raise_as(s, call, "DbtRuntimeError");
}

static Error *exceptions_warn(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &text));
    report_text(context_of(s)->session, LOG_WARNING, "JinjaLogWarning", text);
    *out = jstr_value(jinja_heap(s), STR(""));
    return NULL;
}

static Error *missing_config(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    const Context *ctx = context_of(s);
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[2], &name));
    return jraise("CompilationError",
                  "Model '" STR_FMT "' does not define a required config parameter '" STR_FMT "'.",
                  STR_ARG(ctx->node != NULL ? ctx->node->name : STR("")), STR_ARG(name));
}

static Error *missing_relation(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &name));
    return jraise("CompilationError", "Relation " STR_FMT " not found!", STR_ARG(name));
}

static Error *relation_wrong_type(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    Str name, expected;
    const RelationName *relation = NULL;
    TRY(relation_arg(call, 1, &relation));
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &name));
    TRY(convert_to_text(s, jinja_scratch(s), call->args[2], &expected));
    return jraise("CompilationError",
                  "Trying to create " STR_FMT " " STR_FMT ", but it currently exists as a " STR_FMT
                  ". Either drop " STR_FMT " manually, or run dbt with `--full-refresh` and dbt "
                  "will drop it for you.",
                  STR_ARG(expected), STR_ARG(name), STR_ARG(relation_type_text(relation->type)),
                  STR_ARG(name));
}

static Error *column_type_missing(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    Str names;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &names));
    return jraise(
        "CompilationError",
        "Contracted models require data_type to be defined for each column. Please ensure "
        "that the column name and data_type are defined within the YAML configuration for "
        "the " STR_FMT " column(s).",
        STR_ARG(names));
}

static Error *warn_snapshot_types(JinjaState *s, const JCall *call, JValue *out)
{
    Str wanted, given;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &wanted));
    TRY(convert_to_text(s, jinja_scratch(s), call->args[2], &given));
    Str text = str_printf(jinja_scratch(s),
                          "Data type of snapshot table timestamp columns (" STR_FMT
                          ") doesn't match derived column 'updated_at' (" STR_FMT
                          "). Please update snapshot config 'updated_at'.",
                          STR_ARG(wanted), STR_ARG(given));
    ReportEvent event = {.name = "SnapshotTimestampWarning", .level = LOG_WARNING, .text = text};
    report_event(context_of(s)->session, &event);
    *out = jstr_value(jinja_heap(s), STR(""));
    return NULL;
}

static const JBuiltin exceptions_methods[] = {
    {"warn", exceptions_warn, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"raise_compiler_error", raise_compiler, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"raise_database_error", raise_runtime, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"raise_not_implemented", raise_compiler, 2, 2, "self msg", JB_CONTEXT, NULL},
    {"raise_dependency_error", raise_runtime, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"raise_fail_fast_error", raise_runtime, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"missing_config", missing_config, 3, 3, "self model name", JB_CONTEXT, NULL},
    {"missing_relation", missing_relation, 2, 3, "self relation model", JB_CONTEXT, NULL},
    {"relation_wrong_type", relation_wrong_type, 3, 4, "self relation expected_type model",
     JB_CONTEXT, NULL},
    {"warn_snapshot_timestamp_data_types", warn_snapshot_types, 3, 3,
     "self snapshot_time_data_type updated_at_data_type", JB_CONTEXT, NULL},
    {"column_type_missing", column_type_missing, 2, 2, "self column_names", JB_CONTEXT, NULL},
    {0},
};

const ObjectClass exceptions_class = {.name = "exceptions", .methods = exceptions_methods};
