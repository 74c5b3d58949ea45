#include "transform/run/unit_test.h"

#include "base/fs.h"
#include "transform/context/failure.h"
#include "transform/graph/resolve.h"
#include "transform/run/defer.h"
#include "transform/run/macro_call.h"
#include "transform/run/table_diff.h"
#include "transform/run/text_result.h"

/* ---- Inputs ---- */

/* What an input's text calls, found by rendering it as the tested model would. */
static Error *read_call(Worker *worker, const Context *ctx, Str text, Capture *out)
{
    Context call = *ctx;
    call.phase = PHASE_PARSE;
    call.capture = out;
    call.unit = NULL;
    Str source = str_printf(worker->scratch, "{{ " STR_FMT " }}", STR_ARG(text));
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(worker->session->env, ctx->node->original_path, source, &tpl));
    context_enter(worker->state, &call);
    JinjaScope scope = context_scope(&call);
    Str rendered;
    return jinja_render(worker->state, tpl, &scope, worker->scratch, &rendered);
}

static Error *no_input(Str text)
{
    return jraise("ParsingError",
                  "Unit test given inputs must be either a 'ref', 'source' or 'this' call. Got: "
                  "'" STR_FMT "'.",
                  STR_ARG(text));
}

/* The node that the text of an input means. */
static Error *find_input(Worker *worker, const Context *ctx, Str text, const Node **out)
{
    const Manifest *manifest = worker->session->manifest;
    if (str_is(str_trim(text), "this")) {
        *out = ctx->unit->test->unit_test->tested;
        return NULL;
    }
    Capture capture = {.macros = strmap_init(worker->scratch)};
    Error *err = read_call(worker, ctx, text, &capture);
    if (err != NULL || capture.refs.len + capture.sources.len != 1) {
        if (err != NULL) {
            error_discard(err, "the text is no call, which is told");
        }
        return no_input(text);
    }
    Node *found = NULL;
    bool disabled = false;
    if (capture.refs.len > 0) {
        TRY(resolve_ref(manifest, ctx->package, &capture.refs.data[0], &found, &disabled));
    } else {
        resolve_source(manifest, ctx->package, &capture.sources.data[0], &found, &disabled);
    }
    *out = found;
    return found != NULL ? NULL
                         : jraise("ParsingError",
                                  "Unit test '" STR_FMT "' had an input (" STR_FMT
                                  ") which was not found in the manifest.",
                                  STR_ARG(ctx->node->name), STR_ARG(text));
}

/* The name that queries read the rows by, and the node that stands for them. */
static UnitInput make_input(Worker *worker, const Context *ctx, const Node *replaced,
                            const UnitFixture *fixture)
{
    UnitInput input = {.replaced = replaced, .node = *replaced, .fixture = fixture};
    Str name = replaced->alias;
    if (replaced->type == RESOURCE_SOURCE) {
        name = str_printf(worker->scratch, STR_FMT "__" STR_FMT,
                          STR_ARG(replaced->source->source_name), STR_ARG(replaced->name));
        input.node.alias = replaced->source->identifier;
        input.node.source = NULL;
    }
    input.cte = cte_name(worker->scratch, name);
    input.node.type = RESOURCE_MODEL;
    input.node.original_path = ctx->node->original_path;
    Str file = str_printf(worker->scratch, STR_FMT ".sql", STR_ARG(replaced->name));
    input.node.build_path = fs_join(worker->scratch, ctx->node->original_path, file);
    return input;
}

/* ---- The node that stands for the model ---- */

static Value test_config(Arena *arena, const Node *test)
{
    const UnitFixture *expected = &test->unit_test->expected;
    bool query = str_is(expected->format, "sql");
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, test->unit_test->tested->config);
    static const char *const own[] = {"tags", "meta", "pre-hook", "post-hook", "grants"};
    for (size_t i = 0; i < ARRAY_LEN(own); i++) { /* which are no business of a test */
        const Value *value = value_find(test->unit_test->tested->config, str_from(own[i]));
        ValueMapBuilder empty = value_map_begin(arena);
        value_map_set(&map, str_from(own[i]),
                      value_is(value, VALUE_LIST) ? value_list(NULL, 0) : value_map_end(&empty));
    }
    value_map_set(&map, STR("schema"), value_null());
    value_map_set(&map, STR("alias"), value_null());
    value_map_set(&map, STR("materialized"), value_string(STR("unit")));
    value_map_set(&map, STR("expected_rows"), query ? value_list(NULL, 0) : *expected->rows);
    if (query) {
        value_map_set(&map, STR("expected_sql"), *expected->rows);
    }
    return value_map_end(&map);
}

static const Node *stand_in(Arena *arena, const Node *test)
{
    const Node *tested = test->unit_test->tested;
    Node *node = ARENA_NEW(arena, Node);
    Value *config = ARENA_NEW(arena, Value);
    *config = test_config(arena, test);
    *node = *test;
    node->unit_test = NULL;
    node->name = node_unit_test_name(test, arena);
    node->alias = node->name;
    node->database = tested->database;
    node->config = config;
    node->raw_code = tested->raw_code;
    node->tpl = tested->tpl;
    Str folder = fs_directory_name(test->original_path);
    node->path = fs_join(arena, folder, fs_base_name(test->build_path));
    node->fqn = (StrVec){0};
    VEC_PUSH(arena, &node->fqn, STR("unit_test"));
    VEC_PUSH(arena, &node->fqn, test->package);
    VEC_PUSH(arena, &node->fqn, test->unit_test->model);
    VEC_PUSH(arena, &node->fqn, node->name);
    return node;
}

Error *unit_test_begin(Worker *worker, Context *ctx)
{
    const Node *test = ctx->node;
    UnitScope *scope = ARENA_NEW(worker->scratch, UnitScope);
    scope->test = test;
    ctx->node = stand_in(worker->scratch, test);
    ctx->package = test->unit_test->tested->package;
    ctx->unit = scope;
    for (VEC_EACH(const UnitFixture, fixture, &test->unit_test->given)) {
        const Node *replaced = NULL;
        TRY(find_input(worker, ctx, fixture->input, &replaced));
        if (replaced != NULL) {
            VEC_PUSH(worker->scratch, &scope->inputs, make_input(worker, ctx, replaced, fixture));
        }
    }
    return NULL;
}

/* ---- Compiling ---- */

static Error *render_query(Worker *worker, Context *ctx, Str code, Str *out)
{
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(worker->session->env, ctx->node->original_path, code, &tpl));
    context_enter(worker->state, ctx);
    JinjaScope scope = context_scope(ctx);
    return jinja_render(worker->state, tpl, &scope, worker->scratch, out);
}

static Error *render_rows(Worker *worker, Context *ctx, const Value *rows, Str *out)
{
    const JValue args[] = {convert_to_jinja(jinja_heap(worker->state), rows), JNONE};
    return macro_call_text(worker, ctx, "get_fixture_sql", args, ARRAY_LEN(args), out);
}

static Error *compile_input(Worker *worker, Context *root, const UnitInput *input, Str *out)
{
    Context *ctx = ARENA_NEW(worker->scratch, Context);
    *ctx = compile_context(worker, &input->node, root->run);
    defer_show(worker->session, &input->node, jinja_heap(worker->state), ctx->vars);
    bool query = str_is(input->fixture->format, "sql");
    Error *err = query ? render_query(worker, ctx, input->fixture->rows->as.text, out)
                       : render_rows(worker, ctx, input->fixture->rows, out);
    if (err != NULL) {
        failure_blame(root, ctx, &input->node);
        return err;
    }
    Str path = compile_path(worker->session, worker->scratch, "compiled", &input->node);
    return compile_write(worker->session, worker->scratch, path, *out);
}

static Error *compile_inputs(Worker *worker, Context *ctx, CteVec *ctes)
{
    for (VEC_EACH(Cte, cte, ctes)) {
        const Node *replaced = manifest_find(worker->session->manifest, cte->id);
        const UnitInput *input = unit_scope_input(ctx->unit, replaced);
        TRY(compile_input(worker, ctx, input, &cte->sql));
    }
    return NULL;
}

Error *unit_test_compile(Worker *worker, Context *ctx, Arena *arena, Str *out_sql)
{
    CteVec ctes = {0};
    const UnitInput *own = unit_scope_this(ctx->unit);
    if (own != NULL) { /* stands in front, whether the model reads it or not */
        VEC_PUSH(worker->scratch, &ctes, (Cte){.id = own->replaced->unique_id, .name = own->cte});
    }
    Str sql;
    ctx->ctes = &ctes; // cppcheck-suppress autoVariables; taken away below
    context_enter(worker->state, ctx);
    JinjaScope scope = context_scope(ctx);
    Error *err = jinja_render(worker->state, ctx->node->tpl, &scope, worker->scratch, &sql);
    ctx->ctes = NULL;
    TRY(err);
    TRY(compile_inputs(worker, ctx, &ctes));
    TRY(cte_inject(worker->scratch, sql, &ctes, &sql));
    *out_sql = str_dup(arena, sql);
    return NULL;
}

/* ---- Judging ---- */

/* The rows of one side, without the column that says which. */
static TextTable side_of(Arena *arena, const TextTable *all, size_t column, const char *side)
{
    TextTable table = *all;
    table.width = column; /* it comes last */
    table.rows = (TextRowVec){0};
    for (VEC_EACH(const TextRow, row, &all->rows)) {
        if (str_is((*row)[column].text, side)) {
            VEC_PUSH(arena, &table.rows, *row);
        }
    }
    return table;
}

Error *unit_test_judge(Worker *worker, const Context *ctx, NodeResult *out)
{
    const TextTable *all = &ctx->run->texts->table;
    size_t last = all->width - 1;
    if (all->width < 2 || !str_is(all->names[last].text, "actual_or_expected")) {
        return jraise("DbtRuntimeError",
                      "the last column of a unit test's query must be 'actual_or_expected', which "
                      "it is not");
    }
    TextTable expected = side_of(worker->scratch, all, last, "expected");
    TextTable actual = side_of(worker->scratch, all, last, "actual");
    Str shown;
    out->status = STATUS_PASS;
    out->failures = 0;
    if (table_diff(worker->scratch, &expected, &actual, &shown)) {
        out->status = STATUS_FAIL;
        out->failures = 1;
        out->message = str_printf(
            worker->arena, "\n\nactual differs from expected:\n\n" STR_FMT "\n", STR_ARG(shown));
    }
    return NULL;
}

/* The failure with its own text as the end of it. What the database says has no node. */
Error *unit_test_failure(const Context *ctx, TAKES Error *err)
{
    Context inner = *ctx;
    if (error_kind(err) == ERR_CANCELLED) {
        return err;
    }
    bool database = error_kind(error_root(err)) == ERR_STORE;
    inner.node = database ? NULL : ctx->node;
    inner.blamed = NULL;
    Str text = failure_text(&inner, ctx->arena, err);
    Error *told = jraise(
        "DbtRuntimeError",
        "An error occurred during execution of unit test '" STR_FMT
        "'. There may be an error in the unit test definition: check the data types.\n " STR_FMT,
        STR_ARG(ctx->node->name), STR_ARG(text));
    error_discard(err, "its text is in the new one");
    return told;
}
