#include "cli/command/hand_over.h"

#include "base/fs.h"
#include "cli/command/transform_job.h"
#include "transform/command/real_dbt.h"

bool is_handed_over(const App *app, const Invocation *invocation)
{
    return invocation->program == PROGRAM_DANGO &&
           (invocation->command->needs & NEEDS_ENGINE) != 0 && app->project->engine == ENGINE_DBT;
}

static bool is_one_of(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

/* dbt reads paths from where it is, which is not where we are; those below the project stay. */
static Error *add_value(Arena *arena, const FlagValue *value, StrVec *words)
{
    static const char *const in_project[] = {"target-path", "log-path", NULL};
    bool is_path = value->flag->value != NULL && strcmp(value->flag->value, "PATH") == 0;
    Str text = value->text;
    if (is_path && !is_one_of(in_project, value->flag->name)) {
        TRY(fs_resolve(arena, str_to_c(arena, text), &text));
    }
    VEC_PUSH(arena, words, text);
    return NULL;
}

static Error *add_option(Arena *arena, const FlagValue *value, StrVec *words)
{
    /* the last two are told in another way */
    static const char *const own[] = {"wait",        "strict", "json",         "verbose", "version",
                                      "project-dir", "color",  "profiles-dir", NULL};
    const FlagDef *flag = value->flag;
    if (is_one_of(own, flag->name)) {
        return NULL;
    }
    bool is_off = flag->kind == FLAG_SWITCH && !value->on;
    VEC_PUSH(arena, words, str_printf(arena, "--%s%s", is_off ? "no-" : "", flag->name));
    return value->text.data != NULL ? add_value(arena, value, words) : NULL;
}

static Error *words_for(const App *app, const Invocation *invocation, StrVec *out)
{
    Arena *arena = app->arena;
    const CommandDef *command = invocation->command;
    for (Str word, rest = str_from(command->path); rest.len > 0;) {
        if (!str_cut(rest, ' ', &word, &rest)) {
            word = rest;
            rest = STR("");
        }
        VEC_PUSH(arena, out, word);
    }
    for (VEC_EACH(const Str, argument, &invocation->args)) {
        if (command->args_kind == ARGS_SELECTORS) {
            VEC_PUSH(arena, out, STR("--select"));
        }
        VEC_PUSH(arena, out, *argument);
    }
    for (VEC_EACH(const FlagValue, value, &invocation->values)) {
        TRY(add_option(arena, value, out));
    }
    static const char *const as_json[] = {"--quiet", "--output", "json"};
    for (size_t i = 0; app->json && strcmp(command->path, "ls") == 0 && i < 3; i++) {
        VEC_PUSH(arena, out, str_from(as_json[i]));
    }
    /* it would colour pipes, too */
    VEC_PUSH(arena, out, app->out.color ? STR("--use-colors") : STR("--no-use-colors"));
    return NULL;
}

Error *hand_over(App *app, const Invocation *invocation)
{
    static const char *const readers[] = {"ls", "parse", "deps", NULL};
    AUTO_DONE(write_lock) WriteLock lock = WRITE_LOCK_NONE;
    StrVec words = {0};
    TRY(words_for(app, invocation, &words));
    if (!is_one_of(readers, invocation->command->path)) {
        TRY(job_take_lock(app, invocation, &lock));
    }
    RealDbtRun run = {
        .project = app->project,
        .words = &words,
        .profiles_dir = job_text(invocation, "profiles-dir"),
        .cancel = app->cancel,
    };
    fflush(app->out.file);
    RealDbtOutcome outcome;
    TRY(real_dbt_run(app->arena, &run, &outcome));
    app->exit_status = outcome.exit_code;
    return outcome.exit_code == 0 ? NULL : error_new(ERR_FAILED, "dbt has told why");
}
