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

static void add_vars(ValueMapBuilder *map, const ProjectFileDef *project, Str package)
{
    if (project != NULL) {
        value_map_put_all(map, project->vars);
        value_map_put_all(map, value_find(project->vars, package));
    }
}

Value session_vars(const Session *session, Arena *arena, Str package)
{
    ValueMapBuilder map = value_map_begin(arena);
    if (session->projects.len > 0) {
        add_vars(&map, session_project(session, package), package);
        add_vars(&map, &session->projects.data[0], package);
    }
    value_map_put_all(&map, session->cli_vars);
    return value_map_end(&map);
}
