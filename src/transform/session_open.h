/* transform/session_open.h - the beginning and the end of an invocation. */
#ifndef TRANSFORM_SESSION_OPEN_H
#define TRANSFORM_SESSION_OPEN_H

#include "transform/session.h"

void session_close(Session *session);
/* Reads options, project and profile, opens the log, and tells the version. `command` is "run",
 * "test", ...; as "deps" it reads no more than the root project as written. It parses nothing yet
 * (parse.h). The session must be closed also when a later step
 * fails. */
MUST_CHECK Error *session_open(const TransformOptions *options, Reporter *reporter,
                               const char *command, Session **out_session);
/* Opens the warehouse, unless the options brought one. */
MUST_CHECK Error *session_connect(Session *session);

static inline void session_auto_free(Session **session)
{
    session_close(*session);
}

#endif
