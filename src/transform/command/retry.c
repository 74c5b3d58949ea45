#include "base/fs.h"
#include "base/limits.h"
#include "transform/run/batch.h"
#include "transform/session_open.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

/* The commands whose failed part can be done again. */
typedef struct RetryCommand {
    const char *name;
    Error *(*run)(const TransformOptions *options, Reporter *reporter, TransformCounts *counts);
} RetryCommand;

static const RetryCommand commands[] = {
    {"build", transform_build},
    {"run", transform_run},
    {"test", transform_test},
    {"snapshot", transform_snapshot},
    {"seed", transform_seed},
    {"compile", transform_compile},
    {"generate", transform_docs},
    {"clone", transform_clone},
    {"run-operation", transform_run_operation},
};

/* Where the results of the run before are: the directory of --state, else the target directory. */
static Error *find_results(const TransformOptions *options, Reporter *reporter, Arena *arena,
                           Str *out_directory, Str *out_shown)
{
    AUTO_FREE(session) Session *session = NULL;
    TRY(session_open(options, reporter, "retry", &session));
    *out_shown = options->retry_state != NULL ? str_from(options->retry_state)
                                              : str_dup(arena, session->target_path);
    *out_directory = options->retry_state != NULL
                         ? str_from(options->retry_state)
                         : fs_join(arena, session->projects.data[0].root, session->target_path);
    return NULL;
}

static Error *read_results(Arena *arena, Str directory, Str shown, const Value **out)
{
    Str path = fs_join(arena, directory, STR("run_results.json")), text;
    if (!fs_is_file(str_to_c(arena, path))) {
        return error_hint(error_new(ERR_CONFIG,
                                    "Could not find previous run in '" STR_FMT "' target directory",
                                    STR_ARG(shown)),
                          "run a command first, or name the directory of its results with --state");
    }
    TRY(fs_read_file(arena, str_to_c(arena, path), LIMIT_JSON_BYTES, &text));
    ReadOptions options = {.path = path};
    return json_read(arena, text, &options, out);
}

static bool is_unfinished(Str status)
{
    static const char *const unfinished[] = {"error", "fail", "skipped", "runtime error",
                                             "partial success"};
    for (size_t i = 0; i < ARRAY_LEN(unfinished); i++) {
        if (str_is(status, unfinished[i])) {
            return true;
        }
    }
    return false;
}

/* The ids of what did not succeed. */
static void unfinished_of(Arena *arena, const Value *results, StrVec *out)
{
    for (VALUE_EACH(result, results)) {
        Str id = value_text_or(value_find(result, STR("unique_id")), (Str){0});
        if (is_unfinished(value_text_or(value_find(result, STR("status")), (Str){0}))) {
            VEC_PUSH(arena, out, id);
        }
    }
}

/* ---- Batches ---- */

static bool time_of(const Value *value, int64_t *out_us)
{
    DateTime at = {0};
    if (!datetime_parse_iso(value_text_or(value, STR("")), &at)) {
        return false;
    }
    *out_us = datetime_to_us(&at);
    return true;
}

static void batches_of(Arena *arena, const Value *list, BatchVec *out)
{
    for (VALUE_EACH(pair, list)) {
        Batch batch = {0};
        if (value_len(pair) == 2 && time_of(&pair->as.list.items[0], &batch.start_us) &&
            time_of(&pair->as.list.items[1], &batch.end_us)) {
            VEC_PUSH(arena, out, batch);
        }
    }
}

/* Of models whose batches failed in part, those that did. Where all failed the model is built as if
 * for the first time, which may be a full refresh. */
static const StrMap *failed_batches(Arena *arena, const Value *results)
{
    StrMap *all = ARENA_NEW(arena, StrMap);
    *all = strmap_init(arena);
    for (VALUE_EACH(result, results)) {
        const Value *batches = value_find(result, STR("batch_results"));
        BatchResults *kept = ARENA_NEW(arena, BatchResults);
        *kept = (BatchResults){0};
        batches_of(arena, value_find(batches, STR("successful")), &kept->successful);
        batches_of(arena, value_find(batches, STR("failed")), &kept->failed);
        if (kept->successful.len > 0 && kept->failed.len > 0) {
            strmap_set(all, value_text_or(value_find(result, STR("unique_id")), STR("")), kept);
        }
    }
    return all;
}

/* The part of time is the same, also where it ended with the beginning of the run before. */
static void times_before(const Value *document, TransformOptions *options)
{
    const Value *args = value_find(document, STR("args"));
    const Value *about = value_find(document, STR("metadata"));
    int64_t start_us = 0, end_us = 0;
    if (time_of(value_find(args, STR("event_time_start")), &start_us) &&
        time_of(value_find(args, STR("event_time_end")), &end_us)) {
        options->has_event_time = true;
        options->event_time_start_us = start_us;
        options->event_time_end_us = end_us;
    }
    (void)time_of(value_find(about, STR("invocation_started_at")), &options->retried_started_us);
}

/* ---- The invocation ---- */

static bool was_on(const Value *args, const char *name)
{
    const Value *value = value_find(args, str_from(name));
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

/* As before, save what the retry itself was told. */
static void as_before(Arena *arena, const Value *args, TransformOptions *options)
{
    const Value *vars = value_find(args, STR("vars"));
    const Value *macro_args = value_find(args, STR("args"));
    Str macro = value_text_or(value_find(args, STR("macro")), (Str){0});
    options->macro = macro.len > 0 ? str_to_c(arena, macro) : NULL;
    if (value_len(macro_args) > 0) {
        options->macro_args = str_to_c(arena, json_text(arena, macro_args, &json_style_compact));
    }
    options->full_refresh = options->full_refresh || was_on(args, "full_refresh");
    options->fail_fast = options->fail_fast || was_on(args, "fail_fast");
    options->store_failures = was_on(args, "store_failures");
    options->empty = was_on(args, "empty");
    if (options->vars == NULL && value_len(vars) > 0) {
        options->vars = str_to_c(arena, json_text(arena, vars, &json_style_compact));
    }
}

Error *transform_retry(const TransformOptions *options, Reporter *reporter,
                       TransformCounts *out_counts)
{
    AUTO_FREE(arena) Arena *arena = arena_new("retry");
    const Value *document = NULL;
    Str directory, shown;
    StrVec wanted = {0};
    Reporter silent = *reporter;
    silent.event = NULL;
    silent.print = NULL;
    TRY(find_results(options, &silent, arena, &directory, &shown));
    TRY(read_results(arena, directory, shown, &document));
    const Value *args = value_find(document, STR("args"));
    Str which = value_text_or(value_find(args, STR("which")), (Str){0});
    TransformOptions again = *options;
    as_before(arena, args, &again);
    unfinished_of(arena, value_find(document, STR("results")), &wanted);
    again.only = &wanted;
    if (wanted.len == 0 && again.macro != NULL) {
        return NULL; /* a macro that went well is not called twice */
    }
    again.retried_batches = failed_batches(arena, value_find(document, STR("results")));
    times_before(document, &again);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (str_is(which, commands[i].name)) {
            return commands[i].run(&again, reporter, out_counts);
        }
    }
    return error_hint(error_new(ERR_CONFIG,
                                "the run before was '" STR_FMT "', which cannot be retried",
                                STR_ARG(which)),
                      "give the command itself again");
}
