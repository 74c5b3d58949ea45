#include "transform/graph/resolve.h"
#include "transform/parse/internal.h"

/* ---- Reading ---- */

/* `to` is a call of ref() or source() and nothing else. */
static bool is_call(Str text)
{
    Str trimmed = str_trim(text);
    return (str_starts_with(trimmed, STR("ref(")) || str_starts_with(trimmed, STR("source("))) &&
           str_ends_with(trimmed, STR(")"));
}

static Error *wrong_target(const Node *node, Str to)
{
    Error *err = error_new(ERR_CONFIG,
                           "Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on "
                           "model " STR_FMT ": " STR_FMT ".",
                           STR_ARG(node->name), STR_ARG(to));
    return error_hint(error_as(err, "ParsingError"),
                      "write it as ref('model') or source('source', 'table')");
}

static Error *read_target(Parser *parser, Node *node, Str to)
{
    if (!is_call(to)) {
        return wrong_target(node, to);
    }
    ForeignKey key = {.to = to};
    Node call = {0};
    TRY(parse_reference(parser, node, to, &call));
    if (call.refs.len + call.sources.len != 1) {
        return wrong_target(node, to);
    }
    if (call.refs.len > 0) {
        key.ref = call.refs.data[0];
    } else {
        key.source = call.sources.data[0];
    }
    VEC_PUSH(parser->arena, &node->model->foreign_keys, key);
    return NULL;
}

static Error *read_targets(Parser *parser, Node *node, const Value *constraints)
{
    for (VALUE_EACH(constraint, constraints)) {
        Str to = value_text_or(value_find(constraint, STR("to")), (Str){0});
        if (to.len > 0) {
            TRY(read_target(parser, node, to));
        }
    }
    return NULL;
}

Error *parse_foreign_keys(Parser *parser, Node *node)
{
    for (VALUE_EACH_ENTRY(column, node->columns)) {
        TRY(read_targets(parser, node, value_find(&column->value, STR("constraints"))));
    }
    return read_targets(parser, node, node->model->constraints);
}

/* ---- Resolving ---- */

/* The relation of a target; the reference itself was resolved with the node's others. */
static Error *target_relation(const Manifest *manifest, const Node *node, Str to, Str *out)
{
    *out = to;
    for (VEC_EACH(const ForeignKey, key, &node->model->foreign_keys)) {
        Node *target = NULL;
        bool disabled = false;
        if (!str_eq(key->to, to)) {
            continue;
        }
        if (key->ref.name.len > 0) {
            TRY(resolve_ref(manifest, node->package, &key->ref, &target, &disabled));
        } else {
            resolve_source(manifest, node->package, &key->source, &target, &disabled);
        }
        *out = target != NULL ? target->relation_name : to;
    }
    return NULL;
}

static Error *resolved_constraints(const Manifest *manifest, const Node *node, const Value *list,
                                   Value *out)
{
    ValueVec items = {0};
    for (VALUE_EACH(constraint, list)) {
        Value item = *constraint;
        Str to = value_text_or(value_find(constraint, STR("to")), (Str){0});
        if (to.len > 0) {
            Str relation;
            TRY(target_relation(manifest, node, to, &relation));
            ValueMapBuilder map = value_map_begin(manifest->arena);
            value_map_put_all(&map, constraint);
            value_map_set(&map, STR("to"), value_string(relation));
            item = value_map_end(&map);
        }
        VEC_PUSH(manifest->arena, &items, item);
    }
    *out = value_list_of(&items);
    return NULL;
}

static Error *resolve_columns(const Manifest *manifest, Node *node)
{
    ValueMapBuilder columns = value_map_begin(manifest->arena);
    for (VALUE_EACH_ENTRY(column, node->columns)) {
        Value list;
        const Value *given = value_find(&column->value, STR("constraints"));
        TRY(resolved_constraints(manifest, node, given, &list));
        ValueMapBuilder map = value_map_begin(manifest->arena);
        value_map_put_all(&map, &column->value);
        value_map_set(&map, STR("constraints"), list);
        value_map_put(&columns, column->key, value_map_end(&map));
    }
    Value *kept = ARENA_NEW(manifest->arena, Value);
    *kept = value_map_end(&columns);
    node->columns = kept;
    return NULL;
}

Error *parse_resolve_foreign_keys(Session *session)
{
    const Manifest *manifest = session->manifest;
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        Node *node = *it;
        if (node->model == NULL || node->model->foreign_keys.len == 0) {
            continue;
        }
        Value *constraints = ARENA_NEW(manifest->arena, Value);
        TRY(resolve_columns(manifest, node));
        TRY(resolved_constraints(manifest, node, node->model->constraints, constraints));
        node->model->constraints = constraints;
    }
    return NULL;
}
