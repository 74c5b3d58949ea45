/* dango validate: what is wrong with the project, without loading anything. */
#include "project/validate.h"

#include "cli/app.h"
#include "cli/command/all.h"
#include "source/source.h"

static const FlagDef flags[] = {
    {.name = "strict", .kind = FLAG_SWITCH, .help = "fail on warnings too"},
    {.name = "check",
     .kind = FLAG_LIST,
     .value = "GROUP",
     .help = "only these groups: config, sources, environment, dbt, database, permissions"},
    {0},
};

enum {
#define X(name, id, title) COUNT_##name,
    FINDING_GROUPS(X)
#undef X
        GROUP_COUNT
};

/* What a source's own options say; the layers below do not know the drivers. */
static void check_options(App *app, FindingVec *findings)
{
    for (VEC_EACH(const SourceConfig, config, &app->project->sources)) {
        if (config->error != NULL) {
            continue; /* told already */
        }
        SourceContext ctx = {.arena = app->arena, .project = app->project, .config = config};
        AUTO_DONE(source) Source source = {0};
        Error *err = source_open(&ctx, &source);
        for (VEC_EACH(const ProjectProblem, problem, &ctx.problems)) {
            VEC_PUSH(app->arena, findings,
                     (Finding){.group = FINDING_SOURCES,
                               .severity = FINDING_WARNING,
                               .place = problem->place,
                               .message = problem->message,
                               .hint = problem->hint});
        }
        if (err != NULL) {
            VEC_PUSH(app->arena, findings,
                     (Finding){.group = FINDING_SOURCES,
                               .severity = FINDING_ERROR,
                               .message = error_full_message(err, app->arena),
                               .hint = error_hints(err, app->arena)});
            error_free(err);
        }
    }
}

static Error *wanted_groups(App *app, const Invocation *invocation, bool wanted[GROUP_COUNT])
{
    StrVec names = invocation_list(invocation, "check", app->arena);
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        wanted[i] = names.len == 0;
    }
    for (VEC_EACH(const Str, name, &names)) {
        bool known = false;
        for (size_t i = 0; i < GROUP_COUNT; i++) {
            if (str_is(*name, finding_group_id((FindingGroup)i))) {
                wanted[i] = known = true;
            }
        }
        if (!known) {
            return error_hint(
                error_new(ERR_USAGE, "there is no group '" STR_FMT "'", STR_ARG(*name)),
                "groups: config, sources, environment, dbt, database, permissions");
        }
    }
    return NULL;
}

/* An OK finding stands for a whole group; it goes when something else is found there. */
static bool is_superseded(const FindingVec *findings, const Finding *ok)
{
    for (VEC_EACH(const Finding, finding, findings)) {
        if (finding->group == ok->group && finding->severity != FINDING_OK) {
            return true;
        }
    }
    return false;
}

static void print_finding(App *app, const Finding *finding)
{
    static const struct {
        Style style;
        const char *mark;
    } looks[] = {[FINDING_OK] = {STYLE_GOOD, "✓"},
                 [FINDING_WARNING] = {STYLE_WARN, "⚠"},
                 [FINDING_ERROR] = {STYLE_BAD, "✗"}};
    term_printf(&app->out, "  ");
    term_print(&app->out, looks[finding->severity].style, str_from(looks[finding->severity].mark));
    term_printf(&app->out, " " STR_FMT "%s" STR_FMT "\n", STR_ARG(finding->place),
                finding->place.len > 0 ? ": " : "", STR_ARG(finding->message));
    Str rest = finding->hint, line;
    while (str_next_line(&rest, &line)) {
        term_printf(&app->out, "    → " STR_FMT "\n", STR_ARG(line));
    }
}

static Error *print_as_json(App *app, const FindingVec *findings, size_t errors, size_t warnings)
{
    static const char *const severities[] = {"ok", "warning", "error"};
    ValueVec list = {0};
    for (VEC_EACH(const Finding, finding, findings)) {
        ValueMapBuilder map = value_map_begin(app->arena);
        value_map_set(&map, STR("group"), value_string(str_from(finding_group_id(finding->group))));
        value_map_set(&map, STR("severity"), value_string(str_from(severities[finding->severity])));
        value_map_set(&map, STR("place"), value_string(finding->place));
        value_map_set(&map, STR("message"), value_string(finding->message));
        value_map_set(&map, STR("hint"), value_string(finding->hint));
        VEC_PUSH(app->arena, &list, value_map_end(&map));
    }
    ValueMapBuilder map = value_map_begin(app->arena);
    value_map_set(&map, STR("errors"), value_int((int64_t)errors));
    value_map_set(&map, STR("warnings"), value_int((int64_t)warnings));
    value_map_set(&map, STR("findings"), value_list_of(&list));
    Value document = value_map_end(&map);
    return app_print_json(app, &document);
}

static void print_as_text(App *app, const FindingVec *findings, const bool wanted[GROUP_COUNT])
{
    size_t shown = 0, total = 0;
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        total += wanted[i];
    }
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        if (!wanted[i]) {
            continue;
        }
        term_printf(&app->out, "[%zu/%zu] %s\n", ++shown, total,
                    finding_group_title((FindingGroup)i));
        for (VEC_EACH(const Finding, finding, findings)) {
            if ((size_t)finding->group == i) {
                print_finding(app, finding);
            }
        }
    }
}

static Error *run_validate(App *app, const Invocation *invocation)
{
    bool wanted[GROUP_COUNT];
    TRY(wanted_groups(app, invocation, wanted));
    FindingVec all = {0}, findings = {0};
    project_validate(app->project, app->arena, &all);
    check_options(app, &all);
    size_t errors = 0, warnings = 0;
    for (VEC_EACH(const Finding, finding, &all)) {
        bool superseded = finding->severity == FINDING_OK && is_superseded(&all, finding);
        if (wanted[finding->group] && !superseded) {
            VEC_PUSH(app->arena, &findings, *finding);
            errors += finding->severity == FINDING_ERROR;
            warnings += finding->severity == FINDING_WARNING;
        }
    }
    if (app->json) {
        TRY(print_as_json(app, &findings, errors, warnings));
    } else {
        print_as_text(app, &findings, wanted);
        term_printf(&app->out, "\nValidation complete: %zu error%s, %zu warning%s\n", errors,
                    errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
    }
    bool failed = errors > 0 || (warnings > 0 && invocation_switch(invocation, "strict"));
    return failed ? error_new(ERR_FAILED, "the project has errors") : NULL;
}

const CommandDef command_validate = {
    .path = "validate",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .summary = "find mistakes in the project's files",
    .examples = "dango validate\ndango validate --strict --check config,sources",
    .flags = flags,
    .run = run_validate,
};
