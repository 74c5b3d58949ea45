/* dango init: a new project. */
#include "project/init.h"

#include <unistd.h>

#include "base/fs.h"
#include "cli/app.h"
#include "cli/command/all.h"

static const char *const templates[] = {"analytics", "etl", "minimal", NULL};

static const FlagDef flags[] = {
    {.name = "name",
     .kind = FLAG_TEXT,
     .value = "TEXT",
     .help = "the project's name; else from the directory"},
    {.name = "organization", .kind = FLAG_TEXT, .value = "TEXT", .help = "whose project it is"},
    {.name = "template",
     .kind = FLAG_TEXT,
     .value = "KIND",
     .choices = templates,
     .help = "how much to write"},
    {.name = "skip-wizard", .kind = FLAG_SWITCH, .help = "ask nothing"},
    {.name = "force",
     .letter = 'f',
     .kind = FLAG_SWITCH,
     .help = "write project.yml and dbt_project.yml of an existing project anew, after a backup"},
    {0},
};

/* The warehouse with its layers, so that every page and query finds them from the start. */
static Error *make_schemas(App *app)
{
    const Str sql =
        STR("create schema if not exists raw; create schema if not exists staging; "
            "create schema if not exists intermediate; create schema if not exists marts");
    Str directory = fs_directory_name(app->project->warehouse_path);
    TRY(fs_make_directory(str_to_c(app->arena, directory)));
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    TRY(app_open_warehouse(app, APP_WRITE, &warehouse));
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(connection_open(warehouse, &connection));
    return connection_execute(connection, sql, NULL, 0, NULL);
}

/* Last step of init: a warehouse that could not be finished does not stay behind. */
static Error *make_warehouse(void *context)
{
    App *app = context;
    TRY(app_load_project(app));
    const char *path = str_to_c(app->arena, app->project->warehouse_path);
    bool existed = fs_is_file(path);
    Error *err = make_schemas(app);
    if (err != NULL && !existed) {
        err = error_first(err, fs_remove_file(path));
    }
    return err == NULL ? NULL : error_wrap(err, "making the warehouse");
}

static Error *ask(App *app, InitOptions *options)
{
    if (options->name.len == 0) {
        Str directory;
        TRY(fs_resolve(app->arena, options->directory, &directory));
        options->name = app_ask(app, "Project name", init_name_of(app->arena, directory));
    }
    if (options->organization.len == 0) {
        options->organization = app_ask(app, "Organization (may be empty)", STR(""));
    }
    return NULL;
}

static InitTemplate template_of(const Invocation *invocation)
{
    Str wanted = invocation_text(invocation, "template");
    return str_is(wanted, "minimal") ? INIT_MINIMAL
           : str_is(wanted, "etl")   ? INIT_ETL
                                     : INIT_ANALYTICS;
}

static void print_created(App *app, const InitOptions *options, const StrVec *created)
{
    for (VEC_EACH(const Str, path, created)) {
        term_print(&app->out, STYLE_GOOD, STR("✓"));
        term_printf(&app->out, " Created " STR_FMT "\n", STR_ARG(*path));
    }
    term_printf(&app->out, "\nNext steps:\n");
    if (!str_is(str_from(options->directory), ".")) {
        term_printf(&app->out, "  cd %s\n", options->directory);
    }
    term_printf(&app->out, "  dango source add     # name what to load\n"
                           "  dango sync           # load it and build its models\n"
                           "  dango query \"...\"    # look at it\n");
}

static Error *print_as_json(App *app, const StrVec *created)
{
    ValueVec list = {0};
    for (VEC_EACH(const Str, path, created)) {
        VEC_PUSH(app->arena, &list, value_string(*path));
    }
    ValueMapBuilder map = value_map_begin(app->arena);
    value_map_set(&map, STR("root"), value_string(app->project->root));
    value_map_set(&map, STR("created"), value_list_of(&list));
    Value document = value_map_end(&map);
    return app_print_json(app, &document);
}

static Error *run_init(App *app, const Invocation *invocation)
{
    InitOptions options = {
        .directory =
            invocation->args.len > 0 ? str_to_c(app->arena, invocation->args.data[0]) : ".",
        .name = invocation_text(invocation, "name"),
        .organization = invocation_text(invocation, "organization"),
        .template = template_of(invocation),
        .force = invocation_switch(invocation, "force"),
    };
    bool quiet =
        invocation_switch(invocation, "skip-wizard") || app->json || isatty(STDIN_FILENO) != 1;
    if (!quiet) {
        TRY(ask(app, &options));
    }
    options.finish = make_warehouse;
    options.context = app;
    app->project_dir = options.directory;
    StrVec created = {0};
    TRY(init_project(app->arena, &options, &created));
    if (app->json) {
        return print_as_json(app, &created);
    }
    VEC_PUSH(app->arena, &created, project_shown_path(app->project, app->project->warehouse_path));
    print_created(app, &options, &created);
    return NULL;
}

const CommandDef command_init = {
    .path = "init",
    .programs = PROGRAM_DANGO,
    .args_kind = ARGS_OPTIONAL_ONE,
    .args = "[DIRECTORY]",
    .summary = "make a new project",
    .description = "Writes the project's files into the directory (the current one without a name) "
                   "and makes an "
                   "empty warehouse. Files that are there already are kept.",
    .examples = "dango init my-shop\n"
                "dango init --skip-wizard --organization 'Acme Corp'\n"
                "dango init . --force                        # write the settings anew",
    .flags = flags,
    .run = run_init,
};
