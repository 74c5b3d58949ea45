/* transform/run/defer.h - --defer: a model that is not built here is read from where another
 * project, whose artifacts lie in the --state directory, built it. */
#ifndef TRANSFORM_RUN_DEFER_H
#define TRANSFORM_RUN_DEFER_H

#include "jinja/jinja.h"
#include "transform/session.h"

/* What `path` names from the root project's directory. */
Str defer_state_directory(const Session *session, const char *path);
/* Loads the state when it is asked for. ERR_USAGE when none was named, or it has no manifest. */
MUST_CHECK Error *defer_load(Session *session);
/* Puts the relation of the other place into *relation, which is that of `node` here, when it is to
 * be read instead. `connection` may be NULL: then nothing is known to be here. Any worker. */
MUST_CHECK Error *defer_resolve(Session *session, Connection *connection, const Node *node,
                                RelationName *relation);
/* What the other place has of the node, as the variable `defer_relation`; none when it has nothing.
 */
void defer_show(const Session *session, const Node *node, JHeap *heap, JDict *vars);

#endif
