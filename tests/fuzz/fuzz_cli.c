/* Command lines: the input's lines are the words. Parsing, and completing what was parsed, must
 * neither crash nor leak, whatever is typed. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/complete.h"
#include "cli/help.h"

enum { MOST_WORDS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    const char *words[MOST_WORDS + 1] = {"dango"};
    int count = 1;
    Str rest = {(const char *)data, size}, line;
    while (count < MOST_WORDS && str_next_line(&rest, &line)) {
        words[count++] = str_to_c(arena, line);
    }
    Invocation invocation;
    Error *err = invocation_parse(PROGRAM_DANGO, count, words, arena, &invocation);
    if (err != NULL) {
        error_discard(err, "most inputs are wrong");
    }
    FILE *nowhere = fopen("/dev/null", "w");
    if (nowhere != NULL) {
        Term term = term_init(nowhere, COLOR_NEVER);
        complete_print(&term, PROGRAM_DANGO, count - 1, words + 1);
        if (invocation.command != NULL) {
            help_print_command(&term, invocation.program, invocation.command);
        }
        fclose(nowhere);
    }
    return 0;
}
