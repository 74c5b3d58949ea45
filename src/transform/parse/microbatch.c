#include "transform/run/microbatch.h"
#include "base/datetime.h"
#include "transform/parse/internal.h"
#include "transform/python/text.h"

/* What a microbatch model must say, and what it reads: checked when all of the project is known. */

static const Value *setting(const Node *node, const char *name)
{
    return value_find(node->config, str_from(name));
}

static Error *refuse(const Node *node, Arena *arena, Str what)
{
    Error *err = error_new(ERR_CONFIG, "Microbatch model '" STR_FMT "' " STR_FMT,
                           STR_ARG(node->name), STR_ARG(what));
    return error_hint(error_as(err, "ParsingError"), "in the configuration of " STR_FMT,
                      STR_ARG(node_label(node, arena)));
}

/* "<class 'datetime.date'>" */
static Str class_of(Arena *arena, const Value *value)
{
    const char *module = value_is(value, VALUE_DATETIME) || value_is(value, VALUE_DATE) ||
                                 value_is(value, VALUE_TIME)
                             ? "datetime."
                             : "";
    return str_printf(arena, "<class '%s%s'>", module, python_type_name(value));
}

static Error *check_event_time(const Node *node, Arena *arena)
{
    const Value *column = setting(node, "event_time");
    if (value_is_null(column)) {
        return refuse(node, arena,
                      STR("must provide an 'event_time' (string) config that indicates the name of "
                          "the event time column."));
    }
    return value_is(column, VALUE_STRING)
               ? NULL
               : refuse(node, arena,
                        str_printf(
                            arena,
                            "must provide an 'event_time' config of type string, but got: " STR_FMT
                            ".",
                            STR_ARG(class_of(arena, column))));
}

/* The moment that `begin` means, which takes the place of its text. */
static Error *read_begin(const Node *node, Arena *arena, DateTime *out)
{
    const Value *begin = setting(node, "begin");
    if (value_is_null(begin)) {
        return refuse(node, arena,
                      STR("must provide a 'begin' (datetime) config that indicates the earliest "
                          "timestamp the microbatch model should be built from."));
    }
    if (value_is(begin, VALUE_DATETIME)) {
        *out = *begin->as.time;
        return NULL;
    }
    if (!value_is(begin, VALUE_STRING)) {
        return refuse(node, arena,
                      str_printf(arena,
                                 "must provide a 'begin' config of type datetime, but got: " STR_FMT
                                 ".",
                                 STR_ARG(class_of(arena, begin))));
    }
    *out = (DateTime){0};
    if (!date_parse_iso(begin->as.text, out) && !datetime_parse_iso(begin->as.text, out)) {
        return refuse(node, arena,
                      str_printf(arena,
                                 "must provide a 'begin' config of valid datetime (ISO format), "
                                 "but got: " STR_FMT ".",
                                 STR_ARG(begin->as.text)));
    }
    return NULL;
}

static Error *check_batch_size(const Node *node, Arena *arena)
{
    BatchSize size;
    const Value *given = setting(node, "batch_size");
    if (batch_size_parse(value_text_or(given, STR("")), &size)) {
        return NULL;
    }
    Str names[BATCH_SIZE_COUNT];
    for (size_t i = 0; i < BATCH_SIZE_COUNT; i++) {
        names[i] = str_printf(arena, "'%s'", batch_size_name((BatchSize)i));
    }
    Str known = str_join(arena, names, BATCH_SIZE_COUNT, STR(", "));
    return refuse(node, arena,
                  str_printf(arena,
                             "must provide a 'batch_size' config that is one of [" STR_FMT
                             "], but got: " STR_FMT ".",
                             STR_ARG(known), STR_ARG(python_str(given, arena))));
}

static Error *check_optional(const Node *node, Arena *arena)
{
    const Value *lookback = setting(node, "lookback"),
                *concurrent = setting(node, "concurrent_batches");
    if (!value_is_null(lookback) && !value_is(lookback, VALUE_INT) &&
        !value_is(lookback, VALUE_BOOL)) {
        return refuse(node, arena,
                      str_printf(arena,
                                 "must provide the optional 'lookback' config as type int, but "
                                 "got: " STR_FMT ").",
                                 STR_ARG(class_of(arena, lookback))));
    }
    if (!value_is_null(concurrent) && !value_is(concurrent, VALUE_BOOL)) {
        return refuse(node, arena,
                      str_printf(arena,
                                 "optional 'concurrent_batches' config must be of type `bool` if "
                                 "specified, but got: " STR_FMT ").",
                                 STR_ARG(class_of(arena, concurrent))));
    }
    return NULL;
}

static void set_begin(Arena *arena, Node *node, const DateTime *begin)
{
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, node->config);
    value_map_set(&map, STR("begin"), value_time(arena, VALUE_DATETIME, begin));
    Value *config = ARENA_NEW(arena, Value);
    *config = value_map_end(&map);
    node->config = config;
}

static Error *check_config(Session *session, Arena *scratch, Node *node)
{
    DateTime begin;
    TRY(check_event_time(node, scratch));
    TRY(read_begin(node, scratch, &begin));
    TRY(check_batch_size(node, scratch));
    TRY(check_optional(node, scratch));
    set_begin(session->arena, node, &begin);
    return NULL;
}

/* A model none of whose inputs can be narrowed to a batch reads all rows each time. */
static Error *check_inputs(const Session *session, Arena *scratch, const Node *node)
{
    bool narrowed = false;
    for (VEC_EACH(const Str, id, &node->depends_on)) {
        const Node *input = manifest_find(session->manifest, *id);
        const Value *column = input != NULL ? setting(input, "event_time") : NULL;
        bool given = !value_is_null(column) && value_text_or(column, STR("?")).len > 0;
        if (given && !value_is(column, VALUE_STRING)) {
            return refuse(
                node, scratch,
                str_printf(scratch,
                           "depends on an input node '" STR_FMT
                           "' with an 'event_time' config of invalid (non-string) type: " STR_FMT
                           ".",
                           STR_ARG(input->name), STR_ARG(class_of(scratch, column))));
        }
        narrowed = narrowed || given;
    }
    if (!narrowed) {
        report_text(session, LOG_WARNING, "MicrobatchModelNoEventTimeInputs",
                    str_printf(scratch,
                               "The microbatch model '" STR_FMT
                               "' has no 'ref' or 'source' input with an 'event_time' "
                               "configuration. \nThis means no filtering can be applied and can "
                               "result in unexpected duplicate records in the resulting "
                               "microbatch model.",
                               STR_ARG(node->name)));
    }
    return NULL;
}

Error *parse_check_microbatches(Session *session)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("microbatches");
    bool on = microbatch_is_on(session), some = false;
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        bool meant = microbatch_is_configured(*it);
        some = some || meant;
        if (meant && on) {
            TRY(check_config(session, scratch, *it));
        }
    }
    if (some && !on) {
        report_folded_warning(
            session, "MicrobatchMacroOutsideOfBatchesDeprecation",
            STR("The use of a custom microbatch macro outside of batched execution is deprecated. "
                "To use it with batched execution, set "
                "`flags.require_batched_execution_for_custom_microbatch_strategy` to `True` in "
                "`dbt_project.yml`. In the future this will be the default behavior."));
    }
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        if (on && microbatch_is_configured(*it)) {
            TRY(check_inputs(session, scratch, *it));
        }
    }
    return NULL;
}
