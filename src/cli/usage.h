/* cli/usage.h - what is said about a wrong command line. As dbt: in the words and the shape of dbt,
 * which scripts may look for; otherwise in our own. All return ERR_USAGE. */
#ifndef CLI_USAGE_H
#define CLI_USAGE_H

#include <stdio.h>

#include "cli/command.h"

/* "--selct", with the nearest name as a hint. */
Error *usage_unknown_flag(const Invocation *invocation, Str name);
Error *usage_unknown_command(const Invocation *invocation, Str words);
Error *usage_wrong_choice(const Invocation *invocation, const FlagDef *flag, Str value);
Error *usage_wrong_number(const Invocation *invocation, const FlagDef *flag, Str value);
Error *usage_no_value(const Invocation *invocation, const FlagDef *flag);
Error *usage_extra_argument(const Invocation *invocation, Str argument);
Error *usage_missing_argument(const Invocation *invocation);

/* Prints an ERR_USAGE as the program does: dbt's are headed by how the command is used. */
void usage_print(const Invocation *invocation, const Error *err, FILE *out, bool debug);

#endif
