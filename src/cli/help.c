#include "cli/help.h"

#include "cli/command/transform_flags.h"

static const char dango_intro[] =
    "Dango loads files, APIs and databases into DuckDB, builds SQL models on top and\n"
    "watches the result. One program, one file, no services.\n";
static const char dango_start[] =
    "  dango init my-project && cd my-project   make a project\n"
    "  dango source add csv --name sales        name what to load\n"
    "  dango sync                               load it and build its models\n"
    "  dango query \"from staging.stg_sales\"     look at the result\n";

const char *program_name(Program program)
{
    return program == PROGRAM_DBT ? "dbt" : program == PROGRAM_DLT ? "dlt" : "dango";
}

static size_t print_usage_left(const Term *term, const char *lead, Str name, Str args)
{
    term_printf(term, "%s", lead);
    term_print(term, STYLE_BOLD, name);
    if (args.len > 0) {
        term_printf(term, " " STR_FMT, STR_ARG(args));
    }
    return strlen(lead) + name.len + (args.len > 0 ? args.len + 1 : 0);
}

/* Pads to `column`, or begins a new line when the left side is too long, and prints the text there.
 */
static void print_explained(const Term *term, size_t used, size_t column, Str text)
{
    if (used + 2 > column) {
        term_printf(term, "\n");
        used = 0;
    }
    term_printf(term, "%*s", (int)(column - used), "");
    term_wrap(term, text, column, column);
}

void help_print_commands(const Term *term, Program program, Str group)
{
    const char *name = program_name(program);
    if (program == PROGRAM_DANGO && group.len == 0) {
        term_printf(term, "%s\n", dango_intro);
    }
    term_printf(term, "Usage: %s%s" STR_FMT " COMMAND [OPTIONS]\n\nCommands:\n", name,
                group.len > 0 ? " " : "", STR_ARG(group));
    for (const CommandDef *const *it = commands; *it != NULL; it++) {
        Str path = str_from((*it)->path);
        bool inside = group.len == 0 || str_eq(path, group) ||
                      (str_starts_with(path, group) && path.data[group.len] == ' ');
        if (((*it)->programs & program) != 0 && !(*it)->hidden && inside) {
            size_t used = print_usage_left(term, "  ", path, STR(""));
            print_explained(term, used, 22, str_from((*it)->summary));
        }
    }
    if (program == PROGRAM_DANGO && group.len == 0) {
        term_printf(term, "\nA first project:\n%s", dango_start);
    }
    term_printf(term, "\n'%s%s" STR_FMT " COMMAND --help' explains a command.\n", name,
                group.len > 0 ? " " : "", STR_ARG(group));
}

static Str flag_left(Arena *arena, const FlagDef *flag)
{
    StrBuf text = strbuf_init(arena, 1024);
    if (flag->letter != 0) {
        strbuf_printf(&text, "-%c, ", flag->letter);
    }
    strbuf_printf(&text, flag->negatable ? "--[no-]%s" : "--%s", flag->name);
    const char *value = flag->value != NULL ? flag->value : "VALUE";
    if (flag->kind == FLAG_OPTIONAL) {
        strbuf_printf(&text, " [%s]", value);
    } else if (flag->kind != FLAG_SWITCH) {
        strbuf_printf(&text, " %s", value);
    }
    if (flag->kind == FLAG_WORDS) {
        strbuf_add_c(&text, "...");
    }
    return strbuf_str(&text);
}

static Str flag_text(Arena *arena, const FlagDef *flag)
{
    StrBuf text = strbuf_init(arena, 4096);
    strbuf_add_c(&text, flag->help);
    if (flag->choices != NULL) {
        strbuf_add_c(&text, ": ");
        for (const char *const *choice = flag->choices; *choice != NULL; choice++) {
            strbuf_printf(&text, "%s%s", choice == flag->choices ? "" : ", ", *choice);
        }
    }
    if (flag->kind == FLAG_LIST || flag->kind == FLAG_REPEATED) {
        strbuf_add_c(&text, " (may be repeated)");
    }
    if (flag->alias != NULL) {
        Str rest = str_from(flag->alias), alias = rest;
        (void)str_next_piece(&rest, ' ', &alias);
        strbuf_printf(&text, "; also --" STR_FMT, STR_ARG(alias));
    }
    return strbuf_str(&text);
}

static void print_flags(const Term *term, const char *title, const FlagDef *flags)
{
    AUTO_FREE(arena) Arena *arena = arena_new("help");
    if (flags == NULL || flags->name == NULL) {
        return;
    }
    term_printf(term, "\n%s:\n", title);
    for (const FlagDef *flag = flags; flag->name != NULL; flag++) {
        if (!flag->hidden) {
            size_t used = print_usage_left(term, flag->letter != 0 ? "  " : "      ",
                                           flag_left(arena, flag), STR(""));
            print_explained(term, used, 32, flag_text(arena, flag));
        }
    }
}

static void print_examples(const Term *term, Program program, const char *examples)
{
    static const char ours[] = "dango ";
    term_printf(term, "\nExamples:\n");
    Str rest = str_from(examples), line;
    while (str_next_line(&rest, &line)) {
        bool named = str_starts_with(line, str_from(ours));
        term_printf(term, "  %s%s" STR_FMT "\n", named ? program_name(program) : "",
                    named ? " " : "", STR_ARG(str_from_offset(line, named ? strlen(ours) : 0)));
    }
}

void help_print_command(const Term *term, Program program, const CommandDef *command)
{
    term_printf(term, "%s %s - %s\n\nUsage: %s %s", program_name(program), command->path,
                command->summary, program_name(program), command->path);
    const char *args = command_args(program, command);
    term_printf(term, "%s%s [OPTIONS]\n", args != NULL ? " " : "", args != NULL ? args : "");
    Str rest = str_from(command->description != NULL ? command->description : ""), paragraph;
    while (str_next_line(&rest, &paragraph)) {
        term_printf(term, "\n");
        term_wrap(term, paragraph, 0, 0);
    }
    if (command->examples != NULL) {
        print_examples(term, program, command->examples);
    }
    print_flags(term, "Options", command->flags);
    print_flags(term, "Options of all commands around models", command->shared);
    print_flags(term, "Options of every command", global_flags);
}

static void print_markdown_flags(const Term *term, const FlagDef *flags)
{
    AUTO_FREE(arena) Arena *arena = arena_new("help");
    if (flags == NULL || flags->name == NULL) {
        return;
    }
    term_printf(term, "\n| option | meaning |\n|---|---|\n");
    for (const FlagDef *flag = flags; flag->name != NULL; flag++) {
        if (!flag->hidden) {
            Str text = str_replace(arena, flag_text(arena, flag), STR("|"), STR("\\|"));
            Str left = str_replace(arena, flag_left(arena, flag), STR("|"), STR("\\|"));
            term_printf(term, "| `" STR_FMT "` | " STR_FMT " |\n", STR_ARG(left), STR_ARG(text));
        }
    }
}

static void print_markdown_command(const Term *term, Program program, const CommandDef *command)
{
    term_printf(term, "\n## %s %s\n\n%s\n\n```\n%s %s%s%s\n```\n", program_name(program),
                command->path, command->summary, program_name(program), command->path,
                command->args != NULL ? " " : "", command->args != NULL ? command->args : "");
    if (command->description != NULL) {
        term_printf(term, "\n%s\n", command->description);
    }
    if (program == PROGRAM_DANGO && (command->programs & PROGRAM_DBT) != 0) {
        term_printf(term, "\nThe same as `dbt %s`.\n", command->path);
    }
    if (command->examples != NULL) {
        term_printf(term, "\n```\n%s\n```\n", command->examples);
    }
    print_markdown_flags(term, command->flags);
}

void help_print_markdown(const Term *term)
{
    term_printf(term, "# Command line\n\nMade by `dango help --markdown`; do not edit.\n\n"
                      "Options of every command:\n");
    print_markdown_flags(term, global_flags);
    term_printf(term, "\nOptions of all commands around models; they are also read from the "
                      "environment (`DBT_LOG_LEVEL`), many from `flags:` of dbt_project.yml:\n");
    print_markdown_flags(term, transform_shared_flags);
    static const Program programs[] = {PROGRAM_DANGO, PROGRAM_DBT, PROGRAM_DLT};
    for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
        for (const CommandDef *const *it = commands; *it != NULL; it++) {
            bool first = true;
            for (size_t earlier = 0; earlier < i; earlier++) {
                first = first && ((*it)->programs & programs[earlier]) == 0;
            }
            if (!(*it)->hidden && ((*it)->programs & programs[i]) != 0 && first) {
                print_markdown_command(term, programs[i], *it);
            }
        }
    }
}
