#include "transform/graph/node.h"

#include "base/number.h"
#include "transform/python/text.h"

typedef struct ResourceTypeRow {
    Str name;
    Str plural;
    Str tree;
    Str member;
} ResourceTypeRow;

static const ResourceTypeRow resource_types[RESOURCE_TYPE_COUNT] = {
#define X(name, text, plural, tree, member) \
    [RESOURCE_##name] = {STR_INIT(text), STR_INIT(plural), STR_INIT(tree), STR_INIT(member)},
    RESOURCE_TYPES(X)
#undef X
};

Str resource_type_name(ResourceType type)
{
    return resource_types[type].name;
}

Str resource_type_plural(ResourceType type)
{
    return resource_types[type].plural;
}

Str resource_type_tree(ResourceType type)
{
    return resource_types[type].tree;
}

Str resource_type_member(ResourceType type)
{
    return resource_types[type].member;
}

bool resource_type_is_semantic(ResourceType type)
{
    return type == RESOURCE_METRIC || type == RESOURCE_SEMANTIC_MODEL ||
           type == RESOURCE_SAVED_QUERY;
}

bool resource_type_parse(Str name, ResourceType *out_type)
{
    for (size_t i = 0; i < RESOURCE_TYPE_COUNT; i++) {
        if (str_eq(resource_types[i].name, name)) {
            *out_type = (ResourceType)i;
            return true;
        }
    }
    return false;
}

bool resource_type_is_refable(ResourceType type)
{
    return type == RESOURCE_MODEL || type == RESOURCE_SEED || type == RESOURCE_SNAPSHOT;
}

bool node_is_versioned(const Node *node)
{
    return node->model != NULL && !value_is_null(&node->model->version);
}

bool node_is_latest(const Node *node)
{
    return node_is_versioned(node) &&
           version_compare(&node->model->version, &node->model->latest_version) == 0;
}

Str node_version_text(Arena *arena, const Value *version)
{
    return python_str(version, arena);
}

Str node_reference_name(Arena *arena, const Node *node)
{
    if (!node_is_versioned(node)) {
        return node->name;
    }
    return str_printf(arena, STR_FMT ".v" STR_FMT, STR_ARG(node->name),
                      STR_ARG(node_version_text(arena, &node->model->version)));
}

Str node_group(const Node *node)
{
    Str own = value_text_or(value_find(node->config, STR("group")), (Str){0});
    return own.len == 0 && node->test != NULL ? node->test->group : own;
}

int version_compare(const Value *a, const Value *b)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("versions");
    Str left = python_str(a, scratch), right = python_str(b, scratch);
    double left_number = 0, right_number = 0;
    if (number_parse_double(left, &left_number) && number_parse_double(right, &right_number)) {
        return (left_number > right_number) - (left_number < right_number);
    }
    return str_compare(left, right);
}

Str node_materialized(const Node *node)
{
    return value_text_or(value_find(node->config, STR("materialized")), (Str){0});
}

bool node_is_ephemeral(const Node *node)
{
    return node->type == RESOURCE_MODEL && str_is(node_materialized(node), "ephemeral");
}

bool node_is_python(const Node *node)
{
    bool may_be = node->type == RESOURCE_MODEL || node->type == RESOURCE_FUNCTION;
    return may_be && str_ends_with(node->original_path, STR(".py"));
}

Str node_language(const Node *node)
{
    return node_is_python(node) ? STR("python") : STR("sql");
}

static bool stores_failures(const Node *node)
{
    const Value *as = value_find(node->config, STR("store_failures_as"));
    if (value_is(as, VALUE_STRING)) {
        return !str_is(as->as.text, "ephemeral");
    }
    const Value *flag = value_find(node->config, STR("store_failures"));
    return value_is(flag, VALUE_BOOL) && flag->as.boolean;
}

bool node_is_relational(const Node *node)
{
    if (node->type == RESOURCE_TEST) {
        return stores_failures(node);
    }
    return resource_type_is_refable(node->type) && !node_is_ephemeral(node);
}

bool node_is_test(const Node *node)
{
    return node->type == RESOURCE_TEST;
}

bool node_is_unit_test(const Node *node)
{
    return node->type == RESOURCE_UNIT_TEST;
}

Str node_unit_test_name(const Node *node, Arena *arena)
{
    const Node *tested = node->unit_test->tested;
    return node_is_versioned(tested)
               ? str_printf(arena, STR_FMT "_v" STR_FMT, STR_ARG(node->name),
                            STR_ARG(node_version_text(arena, &tested->model->version)))
               : node->name;
}

bool node_has_tag(const Node *node, Str tag)
{
    for (VEC_EACH(const Str, it, &node->tags)) {
        if (str_eq(*it, tag)) {
            return true;
        }
    }
    return false;
}

Str node_type_word(const Node *node)
{
    Str word, rest = node->unique_id;
    if (node->type == RESOURCE_OPERATION && str_next_piece(&rest, '.', &word)) {
        return word; /* a macro that is called by itself is one, too */
    }
    return resource_type_name(node->type);
}

Str node_label(const Node *node, Arena *arena)
{
    Str type = node_type_word(node);
    Str name = node->unit_test != NULL ? node_unit_test_name(node, arena) : node->name;
    return str_printf(arena, STR_FMT " " STR_FMT " (" STR_FMT ")", STR_ARG(type), STR_ARG(name),
                      STR_ARG(node->original_path));
}

Str node_display_relation(const Node *node, Str default_database, Arena *arena)
{
    if (node->database.len == 0 || str_eq(node->database, default_database)) {
        return str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(node->schema), STR_ARG(node->alias));
    }
    return str_printf(arena, STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(node->database),
                      STR_ARG(node->schema), STR_ARG(node->alias));
}
