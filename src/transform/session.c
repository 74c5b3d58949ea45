#include "transform/session.h"

const ProjectFileDef *session_project(const Session *session, Str package)
{
    for (VEC_EACH(const ProjectFileDef, it, &session->projects)) {
        if (str_eq(it->name, package)) {
            return it;
        }
    }
    return NULL;
}

/* In the project's own scope for `package`, then in its global one. */
static const Value *project_var(const ProjectFileDef *project, Str package, Str name)
{
    if (project == NULL) {
        return NULL;
    }
    const Value *scoped = value_find(value_find(project->vars, package), name);
    return scoped != NULL ? scoped : value_find(project->vars, name);
}

const Value *session_var(const Session *session, Str package, Str name)
{
    const Value *found = value_find(session->cli_vars, name);
    if (found == NULL && session->projects.len > 0) {
        found = project_var(&session->projects.data[0], package, name);
    }
    if (found == NULL && session->projects.len > 0 &&
        !str_eq(package, session->projects.data[0].name)) {
        found = project_var(session_project(session, package), package, name);
    }
    return found;
}
