#include "base/clock.h"
#include "base/fs.h"
#include "transform/parse/project_file.h"
#include "transform/run/profile.h"
#include "transform/transform.h"

/* Where flags may stand besides; what is missing is told by those who need it. */
static void find_files(Arena *arena, const TransformOptions *options, Str *out_root,
                       Str *out_profiles)
{
    *out_root = *out_profiles = (Str){0};
    Error *err = project_file_find(arena, options->project_dir, out_root);
    if (err != NULL) {
        error_discard(err, "told when the project is opened");
        *out_root = (Str){0};
    }
    ProfileSearch search = {.directory = str_from(options->profiles_dir),
                            .project_directory = *out_root,
                            .fallback_directory = str_from(options->fallback_profiles_dir)};
    err = profile_find_file(arena, &search, out_profiles);
    if (err != NULL) {
        error_discard(err, "told when the profile is read");
        *out_profiles = (Str){0};
    }
}

/* What the rest of the engine reads as options. */
static void fill_options(Arena *arena, const Flags *flags, TransformOptions *options)
{
    options->flags = flags;
    options->profile = flag_text(flags, DBT_PROFILE);
    options->target = flag_text(flags, DBT_TARGET);
    options->target_path = flag_text(flags, DBT_TARGET_PATH);
    options->log_path = flag_text(flags, DBT_LOG_PATH);
    options->state = flag_text(flags, DBT_STATE);
    options->defer_state = flag_text(flags, DBT_DEFER_STATE);
    options->defer = flag_on(flags, DBT_DEFER);
    options->favor_state = flag_on(flags, DBT_FAVOR_STATE);
    options->full_refresh = flag_on(flags, DBT_FULL_REFRESH);
    options->fail_fast = flag_on(flags, DBT_FAIL_FAST);
    options->store_failures = flag_on(flags, DBT_STORE_FAILURES);
    options->empty = flag_on(flags, DBT_EMPTY);
    options->has_event_time =
        flag_time(flags, DBT_EVENT_TIME_START, &options->event_time_start_us) &&
        flag_time(flags, DBT_EVENT_TIME_END, &options->event_time_end_us);
    options->quiet = flag_on(flags, DBT_QUIET);
    options->no_introspect = !flag_on(flags, DBT_INTROSPECT);
    options->no_write_json = !flag_on(flags, DBT_WRITE_JSON);
    options->no_version_check = !flag_on(flags, DBT_VERSION_CHECK);
    options->clean_outside = !flag_on(flags, DBT_CLEAN_PROJECT_FILES_ONLY);
    options->resource_types = flag_words(flags, DBT_RESOURCE_TYPES, arena);
    options->exclude_resource_types = flag_words(flags, DBT_EXCLUDE_RESOURCE_TYPES, arena);
    options->threads = flag_on(flags, DBT_SINGLE_THREADED) ? 1 : options->threads;
    const char *mode = flag_text(flags, DBT_INDIRECT_SELECTION);
    (void)indirect_mode_parse(str_from(mode), &options->selection.indirect);
}

Error *transform_use_flags(Arena *arena, const FlagGiven *given, TransformOptions *options)
{
    Flags *flags = NULL;
    TRY(flags_begin(arena, given, &flags));
    const char *project_dir = flag_text(flags, DBT_PROJECT_DIR);
    const char *profiles_dir = flag_text(flags, DBT_PROFILES_DIR);
    options->project_dir = project_dir != NULL ? project_dir : options->project_dir;
    options->profiles_dir = profiles_dir != NULL ? profiles_dir : options->profiles_dir;
    fill_options(arena, flags, options); /* also for those who tell what is wrong with the files */
    Str root, profiles;
    find_files(arena, options, &root, &profiles);
    TRY(flags_finish(arena, flags, root, profiles));
    fill_options(arena, flags, options);
    const char *sample = flag_text(flags, DBT_SAMPLE);
    return sample != NULL ? sample_window_parse(str_from(sample), clock_now_us(), &options->sample)
                          : NULL;
}
