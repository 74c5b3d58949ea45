/* dango generate: staging models for the raw tables (dango.md 4.3, 6). */
#include "base/fs.h"
#include "cli/app.h"
#include "cli/command/all.h"
#include "staging/staging.h"

static const char *const layers[] = {"staging", "intermediate", "marts", "all", NULL};

static const FlagDef flags[] = {
    {.name = "source", .kind = FLAG_LIST, .value = "SOURCE", .help = "only for these sources"},
    {.name = "force",
     .letter = 'f',
     .kind = FLAG_SWITCH,
     .help = "overwrite models that were edited by hand, after asking"},
    {.name = "dedup-strategy",
     .kind = FLAG_TEXT,
     .value = "STRATEGY",
     .help = "for all tables: latest_only, scd_type2, append_only, none, ..."},
    {.name = "all", .kind = FLAG_SWITCH, .help = "also for tables made of nested lists"},
    {.name = "yes", .letter = 'y', .kind = FLAG_SWITCH, .help = "do not ask"},
    {.name = "models",
     .kind = FLAG_OPTIONAL,
     .value = "LAYER",
     .choices = layers,
     .help = "accepted; staging is what is generated",
     .hidden = true},
    {0},
};

static Error *chosen_sources(App *app, const Invocation *invocation, StagingSourceVec *out)
{
    StrVec names = invocation_list(invocation, "source", app->arena);
    for (VEC_EACH(const Str, name, &names)) {
        const SourceConfig *ignored;
        TRY(project_get_source(app->project, *name, &ignored));
    }
    for (VEC_EACH(const SourceConfig, config, &app->project->sources)) {
        bool wanted = names.len == 0;
        for (VEC_EACH(const Str, name, &names)) {
            wanted = wanted || str_eq_nocase(*name, config->name);
        }
        if (wanted && config->error == NULL) {
            StagingSource source;
            TRY(staging_source_of(app->arena, config, &source));
            VEC_PUSH(app->arena, out, source);
        }
    }
    return NULL;
}

static void print_heading(App *app, const Invocation *invocation, const StagingSourceVec *sources)
{
    if (invocation_has(invocation, "source") && sources->len == 1) {
        const StagingSource *only = &sources->data[0];
        term_printf(&app->out,
                    "Generating staging models for " STR_FMT "...\nIntrospecting raw_" STR_FMT
                    ".* tables...\n\n",
                    STR_ARG(only->name), STR_ARG(only->namespace));
        return;
    }
    term_printf(&app->out, "Generating staging models...\nIntrospecting raw layer...\n\n");
}

static void print_found(App *app, const StagingPlan *plan)
{
    term_printf(&app->out, "Found sources:\n");
    for (VEC_EACH(const StagingGroup, group, &plan->groups)) {
        term_printf(&app->out, "  - " STR_FMT " (%zu table%s: ", STR_ARG(group->source->namespace),
                    group->models.len, group->models.len == 1 ? "" : "s");
        for (size_t i = 0; i < group->models.len; i++) {
            term_printf(&app->out, "%s" STR_FMT, i > 0 ? ", " : "",
                        STR_ARG(group->models.data[i].table));
        }
        term_printf(&app->out, ")\n");
    }
    term_printf(&app->out, "\nGenerating models...\n\n");
}

/* Lists what --force would overwrite and asks; true when it may go on. */
static bool confirm_force(App *app, const Invocation *invocation, const StagingPlan *plan)
{
    bool any = false;
    for (VEC_EACH(const StagingGroup, group, &plan->groups)) {
        for (VEC_EACH(const StagingModel, model, &group->models)) {
            if (model->before == STAGING_FILE_ABSENT) {
                continue;
            }
            if (!any) {
                term_print(&app->out, STYLE_WARN, STR("⚠ Force mode enabled"));
                term_printf(&app->out, "\nThis will OVERWRITE existing staging models:\n");
            }
            any = true;
            term_printf(&app->out, "  - " STR_FMT "\n", STR_ARG(model->path));
        }
    }
    if (!any) {
        return true;
    }
    term_printf(&app->out, "\nManual edits to these files will be lost!\n\n");
    if (invocation_switch(invocation, "yes")) {
        return true;
    }
    bool confirmed = app_confirm(app, "Proceed? (y/N)");
    term_printf(&app->out, confirmed ? "\n" : "Cancelled.\n");
    return confirmed;
}

typedef struct Written {
    size_t models;
    size_t kept;
} Written;

static Error *write_group(App *app, const StagingPlan *plan, const StagingGroup *group, bool force,
                          bool brief, Written *total)
{
    for (VEC_EACH(const StagingModel, model, &group->models)) {
        StagingWrite write;
        TRY(staging_write_model(model, force, &write));
        if (write == STAGING_KEPT) {
            term_printf(&app->out, "- Skipped " STR_FMT ".sql (edited by hand; use --force)\n",
                        STR_ARG(model->name));
            total->kept++;
            continue;
        }
        total->models++;
        term_print(&app->out, STYLE_GOOD, STR("✓"));
        term_printf(&app->out, " Generated " STR_FMT ".sql", STR_ARG(model->name));
        if (!brief) {
            term_printf(&app->out, " (%zu columns, %s)", model->columns, model->strategy->name);
        }
        term_printf(&app->out, "\n");
        if (model->fell_back) {
            term_printf(&app->out,
                        "  ⚠ scd_type2 needs a key: set primary_key for source '" STR_FMT
                        "'; all rows are shown\n",
                        STR_ARG(group->source->name));
        }
    }
    TRY(staging_write_properties(plan, group));
    const Str files[] = {group->sources_file, group->schema_file};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        term_printf(&app->out, brief ? "" : "\n");
        term_print(&app->out, STYLE_GOOD, STR("✓"));
        term_printf(&app->out, " Generated " STR_FMT "\n", STR_ARG(files[i]));
    }
    for (VEC_EACH(const Str, file, &group->vanished)) {
        term_printf(&app->out,
                    "⚠ " STR_FMT ": its raw table is gone; remove the file when nothing "
                    "needs it\n",
                    STR_ARG(*file));
    }
    term_printf(&app->out, "\n");
    return NULL;
}

static Error *print_as_json(App *app, const StagingPlan *plan, bool force)
{
    ValueVec models = {0};
    for (VEC_EACH(const StagingGroup, group, &plan->groups)) {
        for (VEC_EACH(const StagingModel, model, &group->models)) {
            StagingWrite write;
            TRY(staging_write_model(model, force, &write));
            ValueMapBuilder map = value_map_begin(app->arena);
            value_map_set(&map, STR("source"), value_string(group->source->name));
            value_map_set(&map, STR("table"), value_string(model->table));
            value_map_set(&map, STR("model"), value_string(model->name));
            value_map_set(&map, STR("path"), value_string(model->path));
            value_map_set(&map, STR("strategy"), value_string(str_from(model->strategy->name)));
            value_map_set(&map, STR("columns"), value_int((int64_t)model->columns));
            value_map_set(&map, STR("written"), value_bool(write != STAGING_KEPT));
            VEC_PUSH(app->arena, &models, value_map_end(&map));
        }
        TRY(staging_write_properties(plan, group));
    }
    ValueVec without = {0};
    for (VEC_EACH(const Str, name, &plan->without)) {
        VEC_PUSH(app->arena, &without, value_string(*name));
    }
    ValueMapBuilder map = value_map_begin(app->arena);
    value_map_set(&map, STR("models"), value_list_of(&models));
    value_map_set(&map, STR("sources_without_tables"), value_list_of(&without));
    Value document = value_map_end(&map);
    return app_print_json(app, &document);
}

/* Sources that no model comes from are named, so that nobody looks for it in vain. */
static void print_without(App *app, const StagingPlan *plan)
{
    for (VEC_EACH(const Str, name, &plan->without)) {
        term_printf(&app->out,
                    "⚠ No raw table of " STR_FMT " yet: run 'dango sync " STR_FMT "' first\n",
                    STR_ARG(*name), STR_ARG(*name));
    }
    term_printf(&app->out, plan->without.len > 0 ? "\n" : "");
}

static Error *write_all(App *app, const Invocation *invocation, const StagingPlan *plan)
{
    bool force = invocation_switch(invocation, "force");
    bool brief = invocation_has(invocation, "source") && plan->groups.len == 1;
    if (app->json) {
        return print_as_json(app, plan, force && invocation_switch(invocation, "yes"));
    }
    if (force && !confirm_force(app, invocation, plan)) {
        return error_new(ERR_FAILED, "cancelled");
    }
    if (!brief) {
        print_found(app, plan);
    }
    Written total = {0};
    for (VEC_EACH(const StagingGroup, group, &plan->groups)) {
        TRY(write_group(app, plan, group, force, brief, &total));
    }
    print_without(app, plan);
    const char *plural = total.models == 1 ? "" : "s";
    if (brief) {
        term_printf(&app->out, "%zu model%s created.\n", total.models, plural);
        return NULL;
    }
    term_printf(&app->out, "%zu model%s created in " STR_FMT "/\n\nNext step:\n", total.models,
                plural, STR_ARG(plan->shown_directory));
    term_printf(&app->out, "  dango run  # Materialize staging models\n");
    return NULL;
}

static Error *run_generate(App *app, const Invocation *invocation)
{
    StagingOptions options = staging_options_of(app->arena, app->project);
    options.with_children = invocation_switch(invocation, "all");
    Str strategy = invocation_text(invocation, "dedup-strategy");
    if (strategy.data != NULL) {
        Error *err = strategy_parse(strategy, &options.strategy);
        if (err != NULL) {
            return error_with_kind(err, ERR_USAGE);
        }
    }
    StagingSourceVec sources = {0};
    TRY(chosen_sources(app, invocation, &sources));
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    TRY(app_open_warehouse(app, APP_READ, &warehouse));
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(connection_open(warehouse, &connection));
    if (!app->json) {
        print_heading(app, invocation, &sources);
    }
    StagingPlan plan;
    TRY(staging_plan(app->arena, connection, &sources, &options, &plan));
    if (plan.groups.len == 0) {
        return error_hint(error_new(ERR_NOT_FOUND, "no raw tables found"),
                          "run 'dango sync' first");
    }
    return write_all(app, invocation, &plan);
}

const CommandDef command_generate = {
    .path = "generate",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .summary = "write staging models for the raw tables",
    .description = "Every raw table gets a model in dbt/models/staging/ that selects its columns "
                   "and keeps one row "
                   "per key, and property files that declare the source and its tests. Models "
                   "nobody edited are "
                   "brought up to date; edited ones are kept.",
    .examples = "dango generate\n"
                "dango generate --source stripe_payments\n"
                "dango generate --source orders --dedup-strategy scd_type2\n"
                "dango generate --force --yes               # overwrite edited models",
    .flags = flags,
    .run = run_generate,
};
