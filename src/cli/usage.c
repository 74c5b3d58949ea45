#include "cli/usage.h"

#include "base/limits.h"
#include "base/suggest.h"
#include "cli/help.h"

static bool is_dbt(const Invocation *invocation)
{
    return invocation->program == PROGRAM_DBT;
}

/* "--selct" as "selct". */
static Str without_dashes(Str word)
{
    while (word.len > 0 && word.data[0] == '-') {
        word = str_from_offset(word, 1);
    }
    return word;
}

static void try_flags(Suggestion *best, const FlagDef *flags)
{
    for (const FlagDef *f = flags; f != NULL && f->name != NULL; f++) {
        suggestion_try(best, str_from(f->name));
    }
}

/* Where to read on; dbt says it above the error. */
static Error *see_help(const Invocation *invocation, const char *path, TAKES Error *err)
{
    if (is_dbt(invocation)) {
        return err;
    }
    return error_hint(err, "see '%s%s%s --help'", program_name(invocation->program),
                      path != NULL ? " " : "", path != NULL ? path : "");
}

Error *usage_unknown_flag(const Invocation *invocation, Str name)
{
    const CommandDef *command = invocation->command;
    Error *err = is_dbt(invocation)
                     ? error_new(ERR_USAGE, "No such option '" STR_FMT "'.", STR_ARG(name))
                     : error_new(ERR_USAGE, "unknown option '" STR_FMT "'", STR_ARG(name));
    Suggestion best = suggestion_init(without_dashes(name));
    try_flags(&best, command != NULL ? command->flags : NULL);
    try_flags(&best, command != NULL ? command->shared : NULL);
    try_flags(&best, global_flags);
    if (best.name.len > 0) {
        err = error_hint(err, "did you mean '--" STR_FMT "'?", STR_ARG(best.name));
    }
    return see_help(invocation, command != NULL ? command->path : NULL, err);
}

Error *usage_unknown_command(const Invocation *invocation, Str words)
{
    size_t blank = str_find_last(words, STR(" ")); /* dbt names the last word alone */
    Str last = blank == SIZE_MAX ? words : str_from_offset(words, blank + 1);
    Error *err = is_dbt(invocation)
                     ? error_new(ERR_USAGE, "No such command '" STR_FMT "'.", STR_ARG(last))
                     : error_new(ERR_USAGE, "unknown command '%s " STR_FMT "'",
                                 program_name(invocation->program), STR_ARG(words));
    Suggestion best = suggestion_init(words);
    for (const CommandDef *const *it = commands; *it != NULL; it++) {
        if (((*it)->programs & invocation->program) != 0 && !(*it)->hidden) {
            suggestion_try(&best, str_from((*it)->path));
        }
    }
    if (best.name.len > 0) {
        err = error_hint(err, "did you mean '%s " STR_FMT "'?", program_name(invocation->program),
                         STR_ARG(best.name));
    }
    return see_help(invocation, NULL, err);
}

Error *usage_wrong_choice(const Invocation *invocation, const FlagDef *flag, Str value)
{
    AUTO_FREE(arena) Arena *arena = arena_new("choices");
    StrBuf list = strbuf_init(arena, LIMIT_ERROR_BYTES);
    const char *quote = is_dbt(invocation) ? "'" : "";
    for (const char *const *choice = flag->choices; *choice != NULL; choice++) {
        strbuf_printf(&list, "%s%s%s%s", list.len > 0 ? ", " : "", quote, *choice, quote);
    }
    if (is_dbt(invocation)) {
        return error_new(ERR_USAGE, "Invalid value for '--%s': '" STR_FMT "' is not one of %s.",
                         flag->name, STR_ARG(value), strbuf_c(&list));
    }
    return error_hint(
        error_new(ERR_USAGE, "'" STR_FMT "' is not a value of --%s", STR_ARG(value), flag->name),
        "use one of: %s", strbuf_c(&list));
}

Error *usage_wrong_number(const Invocation *invocation, const FlagDef *flag, Str value)
{
    if (is_dbt(invocation)) {
        return error_hint(
            error_new(ERR_USAGE, "Invalid value for '--%s': '" STR_FMT "' is not a valid integer.",
                      flag->name, STR_ARG(value)),
            "give a whole number from %lld on", (long long)flag->min);
    }
    return error_new(ERR_USAGE, "--%s needs a whole number from %lld on, not '" STR_FMT "'",
                     flag->name, (long long)flag->min, STR_ARG(value));
}

Error *usage_no_value(const Invocation *invocation, const FlagDef *flag)
{
    if (is_dbt(invocation)) {
        return error_new(ERR_USAGE, "Option '--%s' requires an argument.", flag->name);
    }
    return error_new(ERR_USAGE, "--%s needs a value: %s", flag->name,
                     flag->value != NULL ? flag->value : "VALUE");
}

Error *usage_extra_argument(const Invocation *invocation, Str argument)
{
    const CommandDef *command = invocation->command;
    if (is_dbt(invocation)) {
        return error_new(ERR_USAGE, "Got unexpected extra argument (" STR_FMT ")",
                         STR_ARG(argument));
    }
    const char *args = command_args(invocation->program, command);
    return error_hint(error_new(ERR_USAGE, "'%s' does not take the argument '" STR_FMT "'",
                                command->path, STR_ARG(argument)),
                      "usage: %s %s %s", program_name(invocation->program), command->path,
                      args != NULL ? args : "");
}

Error *usage_missing_argument(const Invocation *invocation)
{
    const CommandDef *command = invocation->command;
    Error *err = is_dbt(invocation) ? error_new(ERR_USAGE, "Missing argument '%s'.", command->args)
                                    : error_new(ERR_USAGE, "'%s' needs an argument: %s",
                                                command->path, command->args);
    return see_help(invocation, command->path, err);
}

void usage_print(const Invocation *invocation, const Error *err, FILE *out, bool debug)
{
    if (!is_dbt(invocation) || debug) {
        error_print(err, out, debug);
        return;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("usage");
    const CommandDef *command = invocation->command;
    Str path = command != NULL ? str_printf(arena, " %s", command->path)
               : invocation->group.len > 0
                   ? str_printf(arena, " " STR_FMT, STR_ARG(invocation->group))
                   : STR("");
    const char *args = command == NULL                              ? " [COMMAND] [ARGS]..."
                       : command_args(PROGRAM_DBT, command) != NULL ? command->args
                                                                    : "";
    Str message = error_message(error_root(err)), hints = error_hints(err, arena);
    Str first, rest; /* what was wrong with a text of YAML stands above all */
    if (str_cut(message, '\n', &first, &rest)) {
        fprintf(out, STR_FMT "\n", STR_ARG(first));
        message = rest;
    }
    fprintf(out, "Usage: dbt" STR_FMT " [OPTIONS]%s%s\nTry 'dbt" STR_FMT " --help' for help.\n\n",
            STR_ARG(path), command != NULL && args[0] != '\0' ? " " : "", args, STR_ARG(path));
    fprintf(out, "Error: " STR_FMT "\n", STR_ARG(message));
    for (Str line; str_next_line(&hints, &line);) {
        fprintf(out, "  hint: " STR_FMT "\n", STR_ARG(line));
    }
}
