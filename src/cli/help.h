/* cli/help.h - everything that explains the command line, made from the command table. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"
#include "cli/term.h"

/* The list of commands of a program, or those of a group ("source"). */
void help_print_commands(const Term *term, Program program, Str group);
void help_print_command(const Term *term, Program program, const CommandDef *command);
/* The whole reference as Markdown: docs/cli.md. */
void help_print_markdown(const Term *term);
const char *program_name(Program program);

#endif
