/* dango completion SHELL, and the hidden command that its scripts call. */
#include <stdlib.h>

#include "cli/app.h"
#include "cli/command/all.h"
#include "cli/complete.h"

static Error *run_completion(App *app, const Invocation *invocation)
{
    Str shell = invocation->args.data[0];
    const char *script = complete_script(shell);
    if (script == NULL) {
        return error_hint(error_new(ERR_USAGE, "no completion for '" STR_FMT "'", STR_ARG(shell)),
                          "use one of: bash, zsh, fish");
    }
    term_printf(&app->out, "%s", script);
    return NULL;
}

const CommandDef command_completion = {
    .path = "completion",
    .programs = PROGRAM_DANGO,
    .args_kind = ARGS_ONE,
    .args = "SHELL",
    .summary = "print a script that completes commands in bash, zsh or fish",
    .examples = "source <(dango completion bash)                 in ~/.bashrc\n"
                "dango completion zsh > ~/.zfunc/_dango          for zsh\n"
                "dango completion fish > ~/.config/fish/completions/dango.fish",
    .run = run_completion,
};

static Error *run_complete_words(App *app, const Invocation *invocation)
{
    const char **words = ARENA_ARRAY(app->arena, const char *, invocation->args.len + 1);
    for (size_t i = 0; i < invocation->args.len; i++) {
        words[i] = str_to_c(app->arena, invocation->args.data[i]);
    }
    complete_print(&app->out, PROGRAM_DANGO, (int)invocation->args.len, words);
    return NULL;
}

const CommandDef command_complete_words = {
    .path = "complete-words",
    .programs = PROGRAM_DANGO,
    .args_kind = ARGS_ANY,
    .args = "[WORD ...]",
    .summary = "print what may follow the words; for the completion scripts",
    .hidden = true,
    .run = run_complete_words,
};
