#include "cli/command.h"

#include "cli/command/all.h"

static const char *const log_levels[] = {"debug", "info", "warn", "error", "none", NULL};
static const char *const log_formats[] = {"text", "json", "debug", "default", NULL};

const FlagDef global_flags[] = {
    {.name = "help", .letter = 'h', .kind = FLAG_SWITCH, .help = "show help and exit"},
    {.name = "version",
     .letter = 'v',
     .alias_letter = 'V',
     .kind = FLAG_SWITCH,
     .help = "print the version and exit"},
    {.name = "project-dir",
     .kind = FLAG_TEXT,
     .value = "PATH",
     .help = "work in this project instead of the one around the current directory"},
    {.name = "json", .kind = FLAG_SWITCH, .help = "print results as JSON"},
    {.name = "verbose", .kind = FLAG_SWITCH, .help = "say more of what happens"},
    {.name = "quiet", .letter = 'q', .kind = FLAG_SWITCH, .help = "print errors and results only"},
    {.name = "color",
     .kind = FLAG_SWITCH,
     .alias = "use-colors",
     .negatable = true,
     .help = "colour even without a terminal, or never with --no-color"},
    {.name = "debug",
     .letter = 'd',
     .kind = FLAG_SWITCH,
     .help = "log in detail; errors tell where in the program they arose"},
    {.name = "log-level",
     .kind = FLAG_TEXT,
     .value = "LEVEL",
     .choices = log_levels,
     .help = "how much to log on stderr"},
    {.name = "log-format",
     .kind = FLAG_TEXT,
     .value = "FORMAT",
     .choices = log_formats,
     .help = "how to log"},
    {0},
};

const CommandDef *const commands[] = {
#define X(name) &command_##name,
    CLI_COMMANDS(X)
#undef X
        NULL,
};

const CommandDef *command_find(Program program, Str path)
{
    for (const CommandDef *const *it = commands; *it != NULL; it++) {
        bool named =
            str_is(path, (*it)->path) || ((*it)->alias != NULL && str_is(path, (*it)->alias));
        if (named && ((*it)->programs & program) != 0) {
            return *it;
        }
    }
    return NULL;
}

const char *command_args(Program program, const CommandDef *command)
{
    bool by_option = program == PROGRAM_DBT && command->args_kind == ARGS_SELECTORS;
    return by_option ? NULL : command->args;
}

bool command_is_group(Program program, Str path)
{
    for (const CommandDef *const *it = commands; *it != NULL; it++) {
        Str name = str_from((*it)->path);
        if (((*it)->programs & program) != 0 && str_starts_with(name, path) &&
            name.len > path.len && name.data[path.len] == ' ') {
            return true;
        }
    }
    return false;
}

static bool flag_is_named(const FlagDef *flag, Str name)
{
    Str rest = str_from(flag->alias), alias;
    bool named = str_is(name, flag->name);
    while (!named && flag->alias != NULL && str_next_piece(&rest, ' ', &alias)) {
        named = str_eq(name, alias);
    }
    return named;
}

static const FlagDef *find_in(const FlagDef *flags, Str name)
{
    for (const FlagDef *flag = flags; flag != NULL && flag->name != NULL; flag++) {
        if (flag_is_named(flag, name)) {
            return flag;
        }
    }
    return NULL;
}

const FlagDef *flag_find(const CommandDef *command, Str name)
{
    const FlagDef *flag = command != NULL ? find_in(command->flags, name) : NULL;
    if (flag == NULL && command != NULL) {
        flag = find_in(command->shared, name);
    }
    return flag != NULL ? flag : find_in(global_flags, name);
}

const FlagDef *flag_find_early(Program program, Str name)
{
    const FlagDef *found = NULL;
    for (const CommandDef *const *it = commands; *it != NULL && found == NULL; it++) {
        bool ours = ((*it)->programs & program) != 0;
        found = ours ? find_in((*it)->flags, name) : NULL;
        found = ours && found == NULL ? find_in((*it)->shared, name) : found;
    }
    return found;
}

static const FlagDef *find_letter_in(const FlagDef *flags, char letter)
{
    for (const FlagDef *flag = flags; flag != NULL && flag->name != NULL; flag++) {
        if (flag->letter == letter || flag->alias_letter == letter) {
            return flag;
        }
    }
    return NULL;
}

const FlagDef *flag_find_early_letter(Program program, char letter)
{
    const FlagDef *found = NULL;
    for (const CommandDef *const *it = commands; *it != NULL && found == NULL; it++) {
        found = ((*it)->programs & program) != 0 ? find_letter_in((*it)->shared, letter) : NULL;
    }
    return found;
}

const FlagDef *flag_find_letter(const CommandDef *command, char letter)
{
    const FlagDef *flag = command != NULL ? find_letter_in(command->flags, letter) : NULL;
    if (flag == NULL && command != NULL) {
        flag = find_letter_in(command->shared, letter);
    }
    return flag != NULL ? flag : find_letter_in(global_flags, letter);
}
