#include "transform/run/defer.h"

#include "base/fs.h"
#include "transform/context/objects.h"

Str defer_state_directory(const Session *session, const char *path)
{
    return fs_join(session->arena, session->projects.data[0].root, str_from(path));
}

Error *defer_load(Session *session)
{
    const TransformOptions *options = session->options;
    if (!options->defer) {
        return NULL;
    }
    const char *path = options->defer_state != NULL ? options->defer_state : options->state;
    if (path == NULL) {
        return error_new(ERR_USAGE, "--state or --defer-state are required for deferral, but "
                                    "neither was provided");
    }
    TRY(state_load(session->arena, defer_state_directory(session, path), (Str){0},
                   session->manifest, &session->deferred));
    if (!state_has_manifest(session->deferred)) {
        return error_new(ERR_USAGE, "Could not find manifest in --state path: \"%s\"", path);
    }
    return NULL;
}

static bool is_selected(const Session *session, const Node *node)
{
    return session->selected_nodes != NULL && node_set_has(session->selected_nodes, node->index);
}

static Error *is_here(Session *session, Connection *connection, const RelationName *relation,
                      bool *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("deferred relation");
    RelationName found;
    *out = false;
    if (connection == NULL) {
        return NULL;
    }
    TRY(relation_cache_fill(session->relations, connection, relation->database, relation->schema));
    *out = relation_cache_find(session->relations, relation, arena, &found);
    return NULL;
}

Error *defer_resolve(Session *session, Connection *connection, const Node *node,
                     RelationName *relation)
{
    RelationName there = *relation;
    if (session->deferred == NULL || !state_relation(session->deferred, node, &there)) {
        return NULL;
    }
    bool here = false;
    TRY(is_here(session, connection, relation, &here));
    if (!here || (session->options->favor_state && !is_selected(session, node))) {
        unsigned quoted = relation->quoted;
        *relation = there;
        relation->quoted = quoted;
    }
    return NULL;
}

void defer_show(const Session *session, const Node *node, JHeap *heap, JDict *vars)
{
    RelationName there;
    bool known = session->deferred != NULL && state_relation(session->deferred, node, &there);
    jdict_set_text(heap, vars, STR("defer_relation"),
                   known ? relation_object(heap, &there) : JNONE);
}
