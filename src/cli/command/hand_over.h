/* cli/command/hand_over.h - commands of dbt's job in a project that has chosen a real dbt
 * (`transform: {engine: dbt}` in project.yml): the same words for that program. */
#ifndef CLI_COMMAND_HAND_OVER_H
#define CLI_COMMAND_HAND_OVER_H

#include "cli/app.h"

/* True when the command is for the other engine. */
bool is_handed_over(const App *app, const Invocation *invocation);
/* Does it: dbt prints to where we print, the exit status is dbt's. */
MUST_CHECK Error *hand_over(App *app, const Invocation *invocation);

#endif
