#include "transform/parse_internal.h"

#include "transform/generic_test.h"
#include "transform/test_kwargs.h"

static const Value *tests_of(const Value *entry, Error **err, const ProjectFile *file)
{
    const Value *tests = value_find(entry, STR("tests"));
    const Value *data_tests = value_find(entry, STR("data_tests"));
    if (tests != NULL && data_tests != NULL) {
        *err = value_error(ERR_CONFIG, tests,
                           "Invalid test config given in " STR_FMT
                           ": both 'tests' and 'data_tests' are defined; use 'data_tests'",
                           STR_ARG(file->relative));
    }
    return data_tests != NULL ? data_tests : tests;
}

/* The node of a test, with the file dbt would write for it. */
static Node *new_test_node(Parser *parser, const ProjectFile *file, const TestSpec *spec,
                           const TestOwner *owner, const TestTarget *target)
{
    Arena *arena = parser->arena;
    Node *node = parse_new_node(parser, RESOURCE_TEST, spec->name, file);
    Str id = str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(spec->name), STR_ARG(spec->id_hash));
    node->unique_id = parse_unique_id(parser, "test", id);
    node->raw_code = spec->raw_code;
    node->description = spec->description;
    node->path = str_printf(arena, STR_FMT ".sql", STR_ARG(spec->short_name));
    node->build_path = fs_join(arena, file->relative, node->path);
    TestInfo *test = ARENA_NEW(arena, TestInfo);
    *test = (TestInfo){.macro_name = spec->macro_name,
                       .macro_package = spec->macro_package,
                       .kwargs = spec->kwargs,
                       .column_name = target->column_name,
                       .attached_node = owner->attached,
                       .file_key_name = owner->key};
    node->test = test;
    return node;
}

/* The test's macro first, then what its arguments call. Of the two commonest tests dbt names no
 * more. */
static void name_macros(Parser *parser, Node *node, const Capture *capture)
{
    if (str_is(node->test->macro_name, "unique") || str_is(node->test->macro_name, "not_null")) {
        return;
    }
    for (STRMAP_EACH(it, &capture->macros)) {
        VEC_PUSH(parser->arena, &node->depends_on_macros, it->key);
    }
}

static Error *add_test(Parser *parser, const ProjectFile *file, const TestOwner *owner,
                       const TestTarget *target, const Value *column, const Value *entry)
{
    TestSpec spec;
    TRY(generic_test_read(parser->arena, entry, target, &spec));
    Node *node = new_test_node(parser, file, &spec, owner, target);
    JDict *vars = jdict_new(jinja_heap(parser->state));
    Context ctx = {.session = parser->session,
                   .phase = PHASE_PARSE,
                   .vars_optional = true,
                   .package = node->package,
                   .node = node,
                   .arena = parser->arena,
                   .quoting = parser->project->quoting};
    Capture capture = {.macros = strmap_init(parser->arena)};
    ctx.capture = &capture;
    JValue kwargs = JNONE;
    TRY(test_kwargs_render(parser->state, &ctx, node, &kwargs));
    jdict_set_text(jinja_heap(parser->state), vars, STR("_dbt_generic_test_kwargs"), kwargs);
    RefCallVec refs = capture.refs;
    SourceCallVec sources = capture.sources;
    const Value *in_file = NULL;
    TRY(parse_render_node(parser, node, vars, &in_file));
    for (VEC_EACH(RefCall, ref, &node->refs)) {
        VEC_PUSH(parser->arena, &refs, *ref);
    }
    for (VEC_EACH(SourceCall, source, &node->sources)) {
        VEC_PUSH(parser->arena, &sources, *source);
    }
    node->refs = refs;
    node->sources = sources;
    name_macros(parser, node, &capture);
    TRY(parse_configure(parser, node, spec.config, NULL));
    parse_add_tags(parser->arena, owner->tags, &node->tags);
    parse_add_tags(parser->arena, value_find(column, STR("tags")), &node->tags);
    parse_add_tags(parser->arena, value_find(value_find(column, STR("config")), STR("tags")),
                   &node->tags);
    return manifest_add_node(parser->session->manifest, node);
}

static Error *add_tests(Parser *parser, const ProjectFile *file, const Value *entry,
                        const TestOwner *owner, const TestTarget *target, const Value *column)
{
    Error *err = NULL;
    const Value *tests = tests_of(entry, &err, file);
    TRY(err);
    for (VALUE_EACH(test, tests)) {
        TRY(add_test(parser, file, owner, target, column, test));
    }
    return NULL;
}

static Str sql_column_name(Parser *parser, const Value *column, Str name)
{
    const Value *quote = value_find(column, STR("quote"));
    bool quoted = value_is(quote, VALUE_BOOL) && quote->as.boolean;
    return quoted ? str_printf(parser->arena, "\"" STR_FMT "\"", STR_ARG(name)) : name;
}

Error *parse_tests_of(Parser *parser, const ProjectFile *file, const Value *entry,
                      const TestOwner *owner)
{
    TestTarget target = {
        .yaml_path = file->relative,
        .name = owner->name,
        .is_source = owner->is_source,
        .model_text = str_printf(parser->arena, "{{ get_where_subquery(" STR_FMT ") }}",
                                 STR_ARG(owner->ref_text)),
    };
    TRY(add_tests(parser, file, entry, owner, &target, NULL));
    const Value *columns = value_find(entry, STR("columns"));
    for (VALUE_EACH(column, columns)) {
        Str name = value_text_or(value_find(column, STR("name")), (Str){0});
        TestTarget of_column = target;
        of_column.column_name = name;
        of_column.column = sql_column_name(parser, column, name);
        TRY(add_tests(parser, file, column, owner, &of_column, column));
    }
    return NULL;
}
