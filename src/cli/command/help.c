/* dango help [COMMAND ...] */
#include "cli/help.h"

#include "cli/app.h"
#include "cli/command/all.h"

static const FlagDef flags[] = {
    {.name = "markdown", .kind = FLAG_SWITCH, .help = "the whole reference as Markdown"},
    {0},
};

static Error *run_help(App *app, const Invocation *invocation)
{
    if (invocation_switch(invocation, "markdown")) {
        help_print_markdown(&app->out);
        return NULL;
    }
    Str path = str_join(app->arena, invocation->args.data, invocation->args.len, STR(" "));
    const CommandDef *command = command_find(invocation->program, path);
    if (command != NULL) {
        help_print_command(&app->out, invocation->program, command);
        return NULL;
    }
    if (path.len > 0 && !command_is_group(invocation->program, path)) {
        return error_hint(error_new(ERR_USAGE, "no command '" STR_FMT "'", STR_ARG(path)),
                          "'%s help' lists them", program_name(invocation->program));
    }
    help_print_commands(&app->out, invocation->program, path);
    return NULL;
}

const CommandDef command_help = {
    .path = "help",
    .programs = PROGRAM_DANGO | PROGRAM_DBT | PROGRAM_DLT,
    .args_kind = ARGS_ANY,
    .args = "[COMMAND]",
    .summary = "explain a command",
    .examples = "dango help sync\ndango help source",
    .flags = flags,
    .run = run_help,
};
