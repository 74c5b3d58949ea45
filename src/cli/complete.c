#include "cli/complete.h"

#include "cli/names.h"

/* The scripts only hand the words over; what fits is decided here. */
static const char bash_script[] =
    "_dango() {\n"
    "    local IFS=$'\\n' words=(\"${COMP_WORDS[@]:1:COMP_CWORD}\")\n"
    "    COMPREPLY=($(dango complete-words -- \"${words[@]}\" 2>/dev/null | cut -f1))\n"
    "}\n"
    "complete -o default -F _dango dango\n";
static const char zsh_script[] =
    "#compdef dango\n"
    "_dango() {\n"
    "    local -a lines candidates\n"
    "    lines=(\"${(@f)$(dango complete-words -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
    "    candidates=(\"${(@)lines/$'\\t'/:}\")\n"
    "    _describe 'dango' candidates || _files\n"
    "}\n"
    "compdef _dango dango\n";
static const char fish_script[] = "function __dango_words\n"
                                  "    set -l words (commandline -opc) (commandline -ct)\n"
                                  "    dango complete-words -- $words[2..-1] 2>/dev/null\n"
                                  "end\n"
                                  "complete -c dango -f -a '(__dango_words)'\n";

const char *complete_script(Str shell)
{
    static const struct {
        const char *shell;
        const char *script;
    } scripts[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
        if (str_is(shell, scripts[i].shell)) {
            return scripts[i].script;
        }
    }
    return NULL;
}

typedef struct Completion {
    const Term *term;
    Str start; /* what is typed of the last word */
} Completion;

static void offer(const Completion *completion, const char *lead, Str candidate, Str help)
{
    Str whole_start = completion->start;
    Str lead_text = str_from(lead);
    if (str_starts_with(whole_start, lead_text)) {
        whole_start = str_from_offset(whole_start, lead_text.len);
    } else if (whole_start.len > 0) {
        return;
    }
    if (str_starts_with(candidate, whole_start)) {
        term_printf(completion->term, "%s" STR_FMT "\t" STR_FMT "\n", lead, STR_ARG(candidate),
                    STR_ARG(help));
    }
}

static void offer_flags(const Completion *completion, const FlagDef *flags)
{
    for (const FlagDef *flag = flags; flag != NULL && flag->name != NULL; flag++) {
        if (!flag->hidden) {
            offer(completion, "--", str_from(flag->name), str_from(flag->help));
            if (flag->negatable) {
                offer(completion, "--no-", str_from(flag->name), str_from(flag->help));
            }
        }
    }
}

/* The next word of every command whose path begins with the words so far. */
static void offer_commands(const Completion *completion, Program program, Str group)
{
    Str last = {NULL, 0};
    for (const CommandDef *const *it = commands; *it != NULL; it++) {
        Str path = str_from((*it)->path);
        if (((*it)->programs & program) == 0 || (*it)->hidden) {
            continue;
        }
        if (group.len > 0) {
            if (!str_starts_with(path, group) || path.len <= group.len ||
                path.data[group.len] != ' ') {
                continue;
            }
            path = str_from_offset(path, group.len + 1);
        }
        Str word = path, rest;
        bool deeper = str_cut(path, ' ', &word, &rest);
        if (!str_eq(word, last)) { /* commands of a group stand together in the table */
            offer(completion, "", word,
                  deeper ? STR("a group of commands") : str_from((*it)->summary));
        }
        last = word;
    }
}

static void offer_choices(const Completion *completion, const FlagDef *flag)
{
    for (const char *const *choice = flag->choices; choice != NULL && *choice != NULL; choice++) {
        offer(completion, "", str_from(*choice), str_from(flag->name));
    }
}

/* The names that the project offers where help writes NAME or SOURCE. */
static void offer_names(const Completion *completion, Arena *arena, const char *what)
{
    StrVec names = {0};
    names_of(arena, what, &names);
    for (VEC_EACH(Str, name, &names)) {
        offer(completion, "", *name, str_from(what));
    }
}

/* The option that still waits for its value, or NULL. */
static const FlagDef *open_flag(const CommandDef *command, int count, const char *const words[])
{
    if (count < 2) {
        return NULL;
    }
    Str before = str_from(words[count - 2]);
    const FlagDef *flag = NULL;
    if (str_starts_with(before, STR("--")) && !str_contains(before, STR("="))) {
        flag = flag_find(command, str_from_offset(before, 2));
    } else if (before.len == 2 && before.data[0] == '-') {
        flag = flag_find_letter(command, before.data[1]);
    }
    return flag != NULL && flag->kind != FLAG_SWITCH ? flag : NULL;
}

void complete_print(const Term *term, Program program, int count, const char *const words[])
{
    AUTO_FREE(arena) Arena *arena = arena_new("completion");
    Completion completion = {.term = term,
                             .start = count > 0 ? str_from(words[count - 1]) : STR("")};
    /* The words before the last one say where we are; mistakes in them do not matter here. */
    const char **line = ARENA_ARRAY(arena, const char *, (size_t)count + 2);
    line[0] = "dango";
    for (int i = 0; i + 1 < count; i++) {
        line[i + 1] = words[i];
    }
    Invocation so_far;
    Error *err = invocation_parse(program, count > 0 ? count : 1, line, arena, &so_far);
    if (err != NULL) {
        error_discard(err, "an unfinished line is seldom correct");
    }
    const FlagDef *waiting = open_flag(so_far.command, count, words);
    if (waiting != NULL) {
        offer_choices(&completion, waiting);
        offer_names(&completion, arena, waiting->value != NULL ? waiting->value : "");
        return;
    }
    if (str_starts_with(completion.start, STR("-"))) {
        offer_flags(&completion, so_far.command != NULL ? so_far.command->flags : NULL);
        offer_flags(&completion, so_far.command != NULL ? so_far.command->shared : NULL);
        offer_flags(&completion, global_flags);
        return;
    }
    if (so_far.command == NULL || so_far.args.len == 0) {
        Str group = so_far.group.len > 0 ? so_far.group : STR("");
        if (so_far.command == NULL || command_is_group(program, str_from(so_far.command->path))) {
            offer_commands(&completion, so_far.program, group);
        }
    }
    if (so_far.command != NULL && so_far.command->args != NULL) {
        offer_names(&completion, arena, so_far.command->args);
    }
}
