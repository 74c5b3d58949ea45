#include "base/map.h"
#include "transform/parse/constraint.h"
#include "transform/parse/internal.h"

/* What property files say of models alone. */

ModelInfo *parse_model_info(Arena *arena, Node *node)
{
    if (node->model == NULL) {
        node->model = ARENA_NEW(arena, ModelInfo);
    }
    return node->model;
}

static bool is_true(const Value *value)
{
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

static bool has_contract(const Node *node)
{
    return is_true(value_find(value_find(node->config, STR("contract")), STR("enforced")));
}

/* ---- Constraints ---- */

static Error *parsing_error(const Node *node, TAKES Error *err)
{
    return error_hint(error_as(err, "ParsingError"), "in " STR_FMT, STR_ARG(node->patch_path));
}

/* A constraint of a property file, at its column (NULL for one of the model). */
typedef Error *(*ConstraintVisitor)(void *context, const Value *column, const Value *constraint);

static Error *each_constraint(const Node *node, ConstraintVisitor visit, void *context)
{
    for (VALUE_EACH_ENTRY(column, node->columns)) {
        const Value *list = value_find(&column->value, STR("constraints"));
        for (VALUE_EACH(constraint, list)) {
            TRY(visit(context, &column->value, constraint));
        }
    }
    for (VALUE_EACH(constraint, node->model->constraints)) {
        TRY(visit(context, NULL, constraint));
    }
    return NULL;
}

static Error *check_type(void *context, const Value *column, const Value *constraint)
{
    const Node *node = context;
    Str type = constraint_type(constraint);
    if (constraint_type_is_known(type)) {
        return NULL;
    }
    if (column != NULL) {
        Str name = value_text_or(value_find(column, STR("name")), (Str){0});
        return parsing_error(
            node,
            error_new(ERR_CONFIG, "Invalid constraint type on column " STR_FMT, STR_ARG(name)));
    }
    return parsing_error(
        node, error_new(ERR_CONFIG,
                        "Invalid constraint type on model " STR_FMT
                        ": Type must be one of ['check', 'not_null', 'unique', 'primary_key', "
                        "'foreign_key', 'custom']",
                        STR_ARG(node->name)));
}

/* ---- Primary keys ---- */

typedef struct KeyCount {
    Arena *arena;
    StrVec columns;        /* with a primary key of their own */
    const Value *of_model; /* the model's primary key; NULL when it has none */
} KeyCount;

static Error *count_keys(void *context, const Value *column, const Value *constraint)
{
    KeyCount *count = context;
    if (!str_is(constraint_type(constraint), "primary_key")) {
        return NULL;
    }
    if (column == NULL) {
        count->of_model = constraint;
    } else {
        VEC_PUSH(count->arena, &count->columns,
                 value_text_or(value_find(column, STR("name")), (Str){0}));
    }
    return NULL;
}

static Error *key_error(const Node *node, Str problem)
{
    return parsing_error(node, error_new(ERR_CONFIG,
                                         "Primary key constraint error: (" STR_FMT ")\n" STR_FMT,
                                         STR_ARG(node->original_path), STR_ARG(problem)));
}

static Error *check_keys(Arena *scratch, const Node *node)
{
    KeyCount count = {.arena = scratch};
    TRY(each_constraint(node, count_keys, &count));
    if (count.columns.len > 1) {
        Str names = str_join(scratch, count.columns.data, count.columns.len, STR("', '"));
        return key_error(node, str_printf(scratch,
                                          "Found %zu columns (['" STR_FMT
                                          "']) with primary key constraints defined. Primary keys "
                                          "for multiple columns must be defined as a model level "
                                          "constraint.",
                                          count.columns.len, STR_ARG(names)));
    }
    return count.columns.len > 0 && count.of_model != NULL
               ? key_error(node, STR("Primary key constraints defined at the model level and the "
                                     "columns level. Primary keys can be defined at the model "
                                     "level or the column level, not both."))
               : NULL;
}

/* ---- Contracts ---- */

typedef struct Support {
    bool warns;
} Support;

static Error *find_unsupported(void *context, const Value *column, const Value *constraint)
{
    (void)column;
    Support *support = context;
    const Value *wanted = value_find(constraint, STR("warn_unsupported"));
    support->warns = support->warns || wanted == NULL || is_true(wanted);
    return NULL;
}

static Error *warn_unsupported(Parser *parser, const Node *node)
{
    Str materialized = node_materialized(node);
    if (str_is(materialized, "table") || str_is(materialized, "incremental")) {
        return NULL;
    }
    Support support = {0};
    TRY(each_constraint(node, find_unsupported, &support));
    if (support.warns) {
        Str text = str_printf(parser->scratch,
                              "Constraint types are not supported for " STR_FMT
                              " materializations and will be ignored.  Set 'warn_unsupported: "
                              "false' on this constraint to ignore this warning.",
                              STR_ARG(materialized));
        report_folded_warning(parser->session, "UnsupportedConstraintMaterialization", text);
    }
    return NULL;
}

static Error *check_schema_change(const Node *node)
{
    Str wanted = value_text_or(value_find(node->config, STR("on_schema_change")), (Str){0});
    if (!str_is(node_materialized(node), "incremental") || str_is(wanted, "append_new_columns") ||
        str_is(wanted, "fail")) {
        return NULL;
    }
    Error *err = error_new(ERR_CONFIG,
                           "Invalid value for on_schema_change: " STR_FMT
                           ". Models materialized as incremental with contracts enabled must set "
                           "on_schema_change to 'append_new_columns' or 'fail'",
                           STR_ARG(wanted));
    return error_hint(error_as(err, "dbt"), "in the configuration of model " STR_FMT,
                      STR_ARG(node->name));
}

static Error *check_contract(Parser *parser, Node *node)
{
    TRY(check_schema_change(node));
    if (node->model == NULL) {
        return NULL; /* the run will miss the columns */
    }
    if (value_len(node->columns) == 0) {
        return parsing_error(
            node, error_new(ERR_CONFIG,
                            "Contract enforcement failed for: (" STR_FMT
                            ")\nConstraints must be defined in a `yml` schema configuration file "
                            "like `schema.yml`.",
                            STR_ARG(node->original_path)));
    }
    TRY(check_keys(parser->scratch, node));
    TRY(warn_unsupported(parser, node));
    node->model->contract_checksum = contract_checksum(
        parser->arena, node->columns, node->model->constraints, node_materialized(node));
    return NULL;
}

Error *parse_model_properties(Parser *parser, const PendingNode *pending)
{
    Node *node = pending->node;
    if (node->type != RESOURCE_MODEL) {
        return NULL;
    }
    if (pending->patch != NULL) {
        ModelInfo *info = parse_model_info(parser->arena, node);
        info->constraints = value_find(pending->patch, STR("constraints"));
        info->deprecation_date = parse_deprecation_date(
            parser->arena, value_find(pending->patch, STR("deprecation_date")));
        TRY(each_constraint(node, check_type, node));
        TRY(parse_foreign_keys(parser, node));
        TRY(parse_time_spine(parser, pending));
    }
    TRY(parse_check_access(node));
    Error *err = has_contract(node) ? check_contract(parser, node) : NULL;
    arena_reset(parser->scratch);
    return err;
}

/* ---- What identifies a row ---- */

static bool key_of_constraints(Arena *arena, const Node *node, StrVec *out)
{
    KeyCount count = {.arena = arena};
    Error *err = each_constraint(node, count_keys, &count);
    error_discard(err, "counting does not fail");
    *out = count.columns;
    const Value *columns = value_find(count.of_model, STR("columns"));
    for (VALUE_EACH(column, columns)) {
        VEC_PUSH(arena, out, value_text_or(column, (Str){0}));
    }
    return out->len > 0;
}

/* What the tests of a model say of its columns. */
typedef struct KeyTests {
    StrVec unique, not_null, disabled_unique;
} KeyTests;

static bool has_text(const StrVec *texts, Str text)
{
    for (VEC_EACH(const Str, it, texts)) {
        if (str_eq(*it, text)) {
            return true;
        }
    }
    return false;
}

static void note_test(Manifest *manifest, StrMap *tests, const Node *test)
{
    Node *model = manifest_find(manifest, test->test->attached_node);
    bool unique = str_is(test->test->macro_name, "unique");
    if (model == NULL || model->type != RESOURCE_MODEL || test->test->column_name.len == 0 ||
        (!unique && !str_is(test->test->macro_name, "not_null"))) {
        return;
    }
    KeyTests *found = strmap_find(tests, model->unique_id);
    if (found == NULL) {
        found = ARENA_NEW(manifest->arena, KeyTests);
        strmap_set(tests, model->unique_id, found);
    }
    StrVec *list = !unique         ? &found->not_null
                   : test->enabled ? &found->unique
                                   : &found->disabled_unique;
    if (unique || test->enabled) {
        VEC_PUSH(manifest->arena, list, test->test->column_name);
    }
}

static void note_tests(Manifest *manifest, const NodeVec *nodes, StrMap *tests)
{
    for (VEC_EACH(const NodePtr, it, nodes)) {
        if ((*it)->test != NULL) {
            note_test(manifest, tests, *it);
        }
    }
}

static StrVec key_of_tests(Arena *arena, const KeyTests *tests)
{
    StrVec both = {0};
    for (VEC_EACH(const Str, column, &tests->unique)) {
        if (has_text(&tests->not_null, *column)) {
            VEC_PUSH(arena, &both, *column);
        }
    }
    return both.len > 0 ? both : tests->unique.len > 0 ? tests->unique : tests->disabled_unique;
}

void parse_primary_keys(Manifest *manifest)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("primary keys");
    StrMap tests = strmap_init(scratch);
    note_tests(manifest, &manifest->nodes, &tests);
    note_tests(manifest, &manifest->disabled, &tests);
    for (VEC_EACH(NodePtr, it, &manifest->nodes)) {
        Node *node = *it;
        if (node->model == NULL ||
            key_of_constraints(manifest->arena, node, &node->model->primary_key)) {
            continue;
        }
        const KeyTests *of_tests = strmap_find(&tests, node->unique_id);
        if (of_tests != NULL) {
            node->model->primary_key = key_of_tests(manifest->arena, of_tests);
        }
    }
}
