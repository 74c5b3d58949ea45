/* dbt init: a new project of dbt, and a profile for it. */
#include <stdlib.h>

#include "base/fs.h"
#include "cli/command/all.h"
#include "cli/command/transform_flags.h"
#include "cli/command/transform_job.h"
#include "transform/command/starter.h"
#include "transform/parse/project_file.h"
#include "transform/run/profile.h"

static const FlagDef flags[] = {
    {.name = "skip-profile-setup", .letter = 's', .kind = FLAG_SWITCH, .help = "write no profile"},
    PROJECT_FLAGS,
    {0},
};

/* The profiles.yml that is read; where there is none, where it is to be. */
static Str profiles_path(const Job *job)
{
    Arena *arena = job->app->arena;
    ProfileSearch search = {.directory = str_from(job->options.profiles_dir),
                            .fallback_directory = str_from(job->options.fallback_profiles_dir)};
    Str path = {0};
    Error *err = profile_find_file(arena, &search, &path);
    if (err == NULL) {
        return path;
    }
    error_discard(err, "it is made");
    const char *home = getenv("HOME");
    Str directory = fs_join(arena, str_from(home != NULL ? home : "."), STR(".dbt"));
    if (job->options.profiles_dir != NULL) {
        directory = str_from(job->options.profiles_dir);
    }
    return fs_join(arena, directory, STR("profiles.yml"));
}

static Error *set_up_profile(Job *job, Str profile)
{
    Str path = profiles_path(job);
    bool there = false;
    TRY(starter_has_profile(path, profile, &there));
    if (there) {
        job_say(job, "ProfileKept",
                "The profile " STR_FMT " already exists in " STR_FMT ", and stays as it is.",
                STR_ARG(profile), STR_ARG(path));
        return NULL;
    }
    job_say(job, "SettingUpProfile", "Setting up your profile.");
    TRY(starter_add_profile(path, profile));
    job_say(job, "ProfileWrittenWithSample",
            "Profile " STR_FMT " written to " STR_FMT
            " using target's sample configuration. Once updated, you'll be able to start "
            "developing with dbt.",
            STR_ARG(profile), STR_ARG(path));
    return NULL;
}

/* A project is here already: only its profile may be missing. */
static Error *init_existing(Job *job, Str root, bool skip)
{
    Str profile = {0};
    if (job->options.profile != NULL) {
        return error_new(ERR_CONFIG, "Can not init existing project with specified profile, edit "
                                     "dbt_project.yml instead");
    }
    TRY(project_file_peek(job->app->arena, root, &profile));
    return skip || profile.len == 0 ? NULL : set_up_profile(job, profile);
}

/* The one given, or asked for until it can be used. */
static Error *choose_name(Job *job, Str *out)
{
    const Invocation *invocation = job->invocation;
    Str name = invocation->args.len > 0 ? invocation->args.data[0] : (Str){0};
    for (int tries = 0; !starter_name_is_valid(name); tries++) {
        if (name.len > 0) {
            term_printf(&job->app->out, STR_FMT " is not a valid project name.\n", STR_ARG(name));
        } else if (tries > 0) {
            return error_hint(error_new(ERR_CONFIG, "a project needs a name"),
                              "give it behind 'dbt init': letters, digits and underscores");
        }
        name = app_ask(job->app, "Enter a name for your project (letters, digits, underscore)",
                       (Str){0});
    }
    *out = name;
    return NULL;
}

static Error *check_profile(const Job *job, Str profile)
{
    bool there = false;
    TRY(starter_has_profile(profiles_path(job), profile, &there));
    return there ? NULL
                 : error_new(ERR_CONFIG, "Could not find profile named '" STR_FMT "'",
                             STR_ARG(profile));
}

static Error *init_new(Job *job, bool skip)
{
    Arena *arena = job->app->arena;
    Str name, profile = str_from(job->options.profile);
    bool named = profile.len > 0;
    if (named) {
        TRY(check_profile(job, profile));
    }
    TRY(choose_name(job, &name));
    if (fs_is_directory(str_to_c(arena, name))) {
        job_say(job, "ProjectNameAlreadyExists",
                "A project called " STR_FMT " already exists here.", STR_ARG(name));
        return NULL;
    }
    if (!named) {
        profile = name;
    }
    TRY(starter_write_project(name, name, profile));
    job_say(job, "ProjectCreated",
            "\nYour new dbt project \"" STR_FMT "\" was created!\n\n"
            "Next: cd " STR_FMT ", look at models/, and run: dbt build\n",
            STR_ARG(name), STR_ARG(name));
    return skip || named ? NULL : set_up_profile(job, profile);
}

static Error *init(Job *job, bool skip)
{
    Str root = {0};
    Error *err = project_file_find(job->app->arena, job->options.project_dir, &root);
    if (err == NULL) {
        return init_existing(job, root, skip);
    }
    error_discard(err, "no project is here yet");
    return init_new(job, skip);
}

static Error *run(App *app, const Invocation *invocation)
{
    Job job;
    TRY(job_prepare(app, invocation, &job));
    job_say(&job, "MainReportVersion", "Running with dbt=%s", TRANSFORM_DBT_VERSION);
    return job_end(&job, init(&job, job_switch(invocation, "skip-profile-setup")));
}

const CommandDef command_dbt_init = {
    .path = "init",
    .programs = PROGRAM_DBT,
    .args_kind = ARGS_OPTIONAL_ONE,
    .args = "[NAME]",
    .summary = "make a new project with two models, and a profile for it",
    .description = "The profile goes into the profiles.yml of --profiles-dir, else into the one "
                   "that is found, else into ~/.dbt. Inside a project only its profile is made.",
    .examples = "dbt init shop\n"
                "dbt init shop --skip-profile-setup\n"
                "dbt init shop --profile warehouse         # one that exists already",
    .flags = flags,
    .shared = transform_shared_flags,
    .run = run,
};
