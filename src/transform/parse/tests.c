#include "transform/parse/internal.h"

#include "transform/parse/deprecated.h"
#include "transform/parse/generic_test.h"
#include "transform/parse/test_kwargs.h"

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

/* A test that a property file asks for. */
struct PendingTest {
    const ProjectFile *file;
    const TestOwner *owner;
    TestTarget target;
    const Value *column; /* NULL for a test of the whole relation */
    const Value *entry;
    Node *node; /* what becomes of it */
    TestHabits habits;
};

/* ---- One test: on any thread ---- */

/* The node of a test, with the file dbt would write for it. The spec lies in the scratch. */
static Node *new_test_node(Parser *parser, const PendingTest *pending, const TestSpec *spec)
{
    Arena *arena = parser->arena;
    const ProjectFile *file = pending->file;
    Node *node = parse_new_node(parser, RESOURCE_TEST, str_dup(arena, spec->name), file);
    Str id = str_printf(parser->scratch, STR_FMT "." STR_FMT, STR_ARG(spec->name),
                        STR_ARG(spec->id_hash));
    node->unique_id = parse_unique_id(parser, "test", id);
    node->raw_code = spec->raw_code; /* until the shared template has its copy */
    node->description = str_dup(arena, spec->description);
    node->path = str_printf(arena, STR_FMT ".sql", STR_ARG(spec->short_name));
    node->build_path = fs_join(arena, file->relative, node->path);
    TestInfo *test = ARENA_NEW(arena, TestInfo);
    Value *kwargs = ARENA_NEW(arena, Value);
    *kwargs = value_copy(arena, spec->kwargs);
    *test = (TestInfo){.macro_name = str_dup(arena, spec->macro_name),
                       .macro_package = str_dup(arena, spec->macro_package),
                       .kwargs = kwargs,
                       .column_name = pending->target.column_name,
                       .attached_node = pending->owner->attached,
                       .group = pending->owner->group,
                       .file_key_name = pending->owner->key};
    node->test = test;
    return node;
}

/* The test's macro first, then what its arguments call. Of the two commonest tests dbt names no
 * more. */
static void name_macros(Parser *parser, Node *node, const Capture *arguments)
{
    if (str_is(node->test->macro_name, "unique") || str_is(node->test->macro_name, "not_null")) {
        return;
    }
    parse_keep_capture(parser->arena, &(Capture){.macros = arguments->macros}, node);
}

/* What the calls of config() in the test's macro say, below what the property file says. */
static const Value *with_macro_config(Parser *parser, const Value *in_macro, const Value *in_file)
{
    if (in_macro == NULL || in_file == NULL) {
        return in_macro != NULL ? in_macro : in_file;
    }
    ValueMapBuilder all = value_map_begin(parser->scratch);
    value_map_put_all(&all, in_macro);
    value_map_put_all(&all, in_file);
    Value *merged = ARENA_NEW(parser->scratch, Value);
    *merged = value_map_end(&all);
    return merged;
}

static Error *render_test(Parser *parser, Node *node, const Value **out_config)
{
    JHeap *heap = jinja_heap(parser->state);
    Capture capture = {.macros = strmap_init(parser->scratch)};
    Context ctx = {.session = parser->session,
                   .phase = PHASE_PARSE,
                   .vars_optional = true,
                   .package = node->package,
                   .node = node,
                   .arena = parser->scratch,
                   .quoting = parser->project->quoting,
                   .capture = &capture};
    JValue kwargs = JNONE;
    TRY(test_kwargs_render(parser->state, &ctx, node, &kwargs));
    ParseInput input = {.vars = jdict_new(heap), .refs = capture.refs, .sources = capture.sources};
    jdict_set_text(heap, input.vars, STR("_dbt_generic_test_kwargs"), kwargs);
    TRY(parse_render_node(parser, node, &input, out_config));
    name_macros(parser, node, &capture);
    return NULL;
}

/* The configuration of a test may be written as templates, unlike its arguments. */
static Error *render_config(Parser *parser, TestSpec *spec)
{
    if (value_len(spec->config) == 0) {
        return NULL;
    }
    Context ctx = parse_yaml_context(parser);
    YamlRenderer renderer = {.state = parser->state, .context = &ctx};
    Value *rendered = ARENA_NEW(parser->scratch, Value);
    TRY(yaml_render(&renderer, spec->config, NULL, rendered));
    generic_test_configure(parser->scratch, spec, rendered);
    return NULL;
}

/* The spec lies in the scratch, the words it is made of do not. */
static void keep_habits(Arena *arena, const TestHabits *habits, TestHabits *out)
{
    *out = *habits;
    out->moved = (StrVec){0};
    for (VEC_EACH(const Str, key, &habits->moved)) {
        VEC_PUSH(arena, &out->moved, *key);
    }
}

static Error *make_test(Parser *parser, void *items, size_t index)
{
    PendingTest *pending = (PendingTest *)items + index;
    TestSpec spec;
    TRY(generic_test_read(parser->scratch, pending->entry, &pending->target, &spec));
    keep_habits(parser->arena, &spec.habits, &pending->habits);
    TRY(render_config(parser, &spec));
    Node *node = new_test_node(parser, pending, &spec);
    const Value *in_macro = NULL;
    TRY(render_test(parser, node, &in_macro));
    const Value *config = with_macro_config(parser, in_macro, spec.config);
    TRY(parse_configure(parser, node, config, NULL));
    const Value *column = pending->column;
    const Value *const inherited[] = {pending->owner->tags, value_find(column, STR("tags")),
                                      value_find(value_find(column, STR("config")), STR("tags"))};
    for (size_t i = 0; i < ARRAY_LEN(inherited); i++) {
        parse_add_tags(parser->arena, inherited[i], &node->tags);
    }
    pending->node = node;
    return NULL;
}

Error *parse_noted_tests(Parser *parser)
{
    TRY(parse_each(parser, parser->tests.len, make_test, parser->tests.data));
    for (VEC_EACH(const PendingTest, test, &parser->tests)) {
        report_deprecated_test(parser->session, &test->target, parser->project->name,
                               &test->habits);
        TRY(manifest_add_node(parser->session->manifest, test->node));
    }
    parser->tests.len = 0;
    return NULL;
}

/* ---- Which tests there are ---- */

static Error *note_tests(Parser *parser, const PendingTest *like, const Value *entry)
{
    Error *err = NULL;
    const Value *tests = tests_of(entry, &err, like->file);
    TRY(err);
    for (VALUE_EACH(test, tests)) {
        PendingTest pending = *like;
        pending.entry = test;
        VEC_PUSH(parser->arena, &parser->tests, pending);
    }
    return NULL;
}

static Str sql_column_name(Parser *parser, const Value *column, Str name)
{
    const Value *quote = value_find(column, STR("quote"));
    bool quoted = value_is(quote, VALUE_BOOL) && quote->as.boolean;
    return quoted ? relation_quoted(parser->arena, name) : name;
}

Error *parse_tests_of(Parser *parser, const ProjectFile *file, const Value *entry,
                      const TestOwner *owner)
{
    TestOwner *kept = ARENA_NEW(parser->arena, TestOwner);
    *kept = *owner;
    PendingTest like = {
        .file = file,
        .owner = kept,
        .target = {.yaml_path = file->relative,
                   .name = owner->name,
                   .is_source = owner->is_source,
                   .flat = !behaviour_on(parser->session->flags,
                                         "require_generic_test_arguments_property"),
                   .model_text = str_printf(parser->arena, "{{ get_where_subquery(" STR_FMT ") }}",
                                            STR_ARG(owner->ref_text))},
    };
    TRY(note_tests(parser, &like, entry));
    const Value *columns = value_find(entry, STR("columns"));
    for (VALUE_EACH(column, columns)) {
        Str name = value_text_or(value_find(column, STR("name")), (Str){0});
        PendingTest of_column = like;
        of_column.column = column;
        of_column.target.column_name = name;
        of_column.target.column = sql_column_name(parser, column, name);
        TRY(note_tests(parser, &of_column, column));
    }
    return NULL;
}
