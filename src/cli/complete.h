/* cli/complete.h - completion of a half-typed command line, from the command table and the
 * project's files. No client library is opened for it. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/command.h"
#include "cli/term.h"

/* Prints the candidates for the last of `words`, one per line: "candidate<TAB>what it is". `words`
 * begin after the program's name; the last one may be empty. */
void complete_print(const Term *term, Program program, int count, const char *const words[]);
/* The script a shell reads once: "bash", "zsh" or "fish"; NULL for any other. */
const char *complete_script(Str shell);

#endif
