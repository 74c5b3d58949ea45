#include "transform/parse_internal.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/embed.h"
#include "base/limits.h"
#include "transform/macro_file.h"
#include "transform/node_value.h"
#include "transform/resolve.h"

/* Files of the built-in macro library; see app_embed in cmake/app.cmake. */
extern const EmbedFile dango_macros_files[];
extern const size_t dango_macros_count;

/* ---- Macros ---- */

static void free_template(void *object)
{
    jinja_template_free(object);
}

/* Which macro of the manifest a macro of the template is: names inside templates carry dbt's
 * prefix. */
static void bind_macros(Manifest *manifest, Str package, const JinjaTemplate *tpl)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("macro names");
    for (size_t i = 0; i < jinja_macro_count(tpl); i++) {
        Str name = jinja_macro_info(tpl, i).name;
        Str prefix = STR("dbt_macro__");
        if (str_starts_with(name, prefix)) {
            name = str_from_offset(name, prefix.len);
        }
        Str id = str_printf(scratch, "macro." STR_FMT "." STR_FMT, STR_ARG(package), STR_ARG(name));
        Macro *macro = strmap_find(&manifest->macros_by_id, id);
        if (macro != NULL && macro->tpl == NULL) {
            macro->tpl = tpl;
            macro->tpl_index = i;
        }
    }
}

static Error *read_macro_text(Session *session, Str package, Str path, Str text)
{
    Manifest *manifest = session->manifest;
    size_t before = manifest->macros.len;
    TRY(macro_file_read(manifest, package, path, text));
    if (manifest->macros.len == before) {
        return NULL;
    }
    JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(session->env, path, text, &tpl));
    arena_on_free(session->arena, free_template, tpl);
    bind_macros(manifest, package, tpl);
    return NULL;
}

static Error *read_builtin_macros(Session *session)
{
    for (size_t i = 0; i < dango_macros_count; i++) {
        const EmbedFile *file = &dango_macros_files[i];
        Str path = str_from(file->path), folder = STR("duckdb/");
        bool of_adapter = str_starts_with(path, folder);
        Str package = of_adapter ? STR(PACKAGE_ADAPTER) : STR(PACKAGE_CORE);
        Str below = str_from_offset(path, of_adapter ? folder.len : 0);
        Str shown = str_printf(session->arena, "macros/" STR_FMT, STR_ARG(below));
        TRY(read_macro_text(session, package, shown, (Str){file->data, file->size}));
    }
    return NULL;
}

static Error *read_project_macros(Session *session, const ProjectFileDef *project,
                                  const IgnoreList *ignored)
{
    static const char *const extensions[] = {".sql", NULL};
    StrVec paths = {0};
    for (VEC_EACH(const Str, it, &project->macro_paths)) {
        VEC_PUSH(session->arena, &paths, *it);
    }
    for (VEC_EACH(const Str, it, &project->test_paths)) {
        VEC_PUSH(session->arena, &paths, fs_join(session->arena, *it, STR("generic")));
    }
    ProjectFileVec files = {0};
    TRY(discover_files(session->arena, project->root, &paths, extensions, ignored, &files));
    for (VEC_EACH(ProjectFile, file, &files)) {
        Str text;
        TRY(fs_read_file(session->arena, file->absolute.data, LIMIT_TEMPLATE_BYTES, &text));
        TRY(read_macro_text(session, project->name, file->relative, text));
    }
    return NULL;
}

/* ---- New nodes ---- */

Str parse_unique_id(Parser *parser, const char *before, Str after)
{
    return str_printf(parser->arena, "%s." STR_FMT "." STR_FMT, before,
                      STR_ARG(parser->project->name), STR_ARG(after));
}

static void set_fqn(Parser *parser, Node *node, const ProjectFile *file)
{
    VEC_PUSH(parser->arena, &node->fqn, node->package);
    Str directory = fs_directory_name(file->path);
    Str piece;
    bool nested = str_find_char(file->path, '/') != SIZE_MAX;
    for (Str rest = directory; nested && str_next_piece(&rest, '/', &piece);) {
        VEC_PUSH(parser->arena, &node->fqn, piece);
    }
    VEC_PUSH(parser->arena, &node->fqn, node->name);
}

Node *parse_new_node(Parser *parser, ResourceType type, Str name, const ProjectFile *file)
{
    Node *node = ARENA_NEW(parser->arena, Node);
    Str type_name = resource_type_name(type);
    const Profile *profile = parser->session->profile;
    *node = (Node){.type = type,
                   .name = name,
                   .package = parser->project->name,
                   .path = file->path,
                   .original_path = file->relative,
                   .build_path = file->relative,
                   .database = profile->database,
                   .schema = profile->schema,
                   .alias = name,
                   .created_us = parser->session->started_us};
    node->unique_id = parse_unique_id(parser, str_to_c(parser->arena, type_name), name);
    set_fqn(parser, node, file);
    return node;
}

/* ---- Rendering ---- */

Error *parse_node_error(const Context *ctx, TAKES Error *err)
{
    Str text = context_failure_text(ctx, ctx->arena, err);
    ErrorKind kind = error_kind(err);
    Str place =
        error_message(err).len > 0 && err != error_root(err) ? error_message(err) : (Str){0};
    Error *told = error_as(error_new(kind, STR_FMT, STR_ARG(text)), "dbt");
    told = error_excerpt_of(told, err);
    if (place.len > 0) {
        told = error_hint(told, "at " STR_FMT, STR_ARG(place));
    }
    Str hints = error_hints(err, ctx->arena);
    if (hints.len > 0) {
        told = error_hint(told, STR_FMT, STR_ARG(hints));
    }
    error_discard(err, "its text is in the new one");
    return told;
}

static Error *compile_template(Parser *parser, const Node *node, JinjaTemplate **out)
{
    TRY(jinja_compile(parser->session->env, node->original_path, node->raw_code, out));
    arena_on_free(parser->arena, free_template, *out);
    return NULL;
}

/* Most generic tests of a file have the same code, a call with arguments that come when it is
 * rendered, and share the template. */
static Error *node_template(Parser *parser, Node *node)
{
    if (node->type != RESOURCE_TEST || node->test == NULL) {
        JinjaTemplate *own = NULL;
        TRY(compile_template(parser, node, &own));
        node->tpl = own;
        return NULL;
    }
    Str key = str_printf(parser->arena, STR_FMT "\n" STR_FMT, STR_ARG(node->original_path),
                         STR_ARG(node->raw_code));
    JinjaTemplate *shared = strmap_find(&parser->templates, key);
    if (shared == NULL) {
        TRY(compile_template(parser, node, &shared));
        strmap_set(&parser->templates, key, shared);
    }
    node->tpl = shared;
    return NULL;
}

static Error *render(Parser *parser, Context *ctx, Node *node)
{
    TRY(node_template(parser, node));
    context_enter(parser->state, ctx);
    JinjaScope scope = context_scope(ctx);
    Str text;
    AUTO_FREE(arena) Arena *scratch = arena_new("parse");
    return jinja_render(parser->state, node->tpl, &scope, scratch, &text);
}

Error *parse_render_node(Parser *parser, Node *node, JDict *vars, const Value **out_config)
{
    Capture capture = {.macros = strmap_init(parser->arena)};
    Context ctx = {.session = parser->session,
                   .phase = PHASE_PARSE,
                   .vars_optional = true,
                   .package = node->package,
                   .node = node,
                   .arena = parser->arena,
                   .quoting = parser->project->quoting,
                   .capture = &capture,
                   .vars = vars};
    Error *err = render(parser, &ctx, node);
    if (err != NULL) {
        return parse_node_error(&ctx, err);
    }
    jinja_reset(parser->state);
    node->refs = capture.refs;
    node->sources = capture.sources;
    for (STRMAP_EACH(it, &capture.macros)) {
        VEC_PUSH(parser->arena, &node->depends_on_macros, it->key);
    }
    *out_config = capture.config;
    return NULL;
}

/* ---- Configuration ---- */

void parse_add_tags(Arena *arena, const Value *tags, StrVec *out)
{
    Value single = value_list(tags, value_is(tags, VALUE_STRING) ? 1 : 0);
    const Value *list = value_is(tags, VALUE_STRING) ? &single : tags;
    for (VALUE_EACH(tag, list)) {
        bool known = !value_is(tag, VALUE_STRING);
        for (size_t i = 0; !known && i < out->len; i++) {
            known = str_eq(out->data[i], tag->as.text);
        }
        if (!known) {
            VEC_PUSH(arena, out, tag->as.text);
        }
    }
}

/* generate_schema_name(custom, node) and its like: the text they give, trimmed; empty for none. */
static Error *call_generator(Parser *parser, const char *name, const Node *node, const char *key,
                             Str *out)
{
    Session *session = parser->session;
    const Macro *macro = macro_find_generator(session->macros, node->package, str_from(name));
    if (macro == NULL || macro->tpl == NULL) {
        return error_new(ERR_BUG, "there is no macro '%s'", name);
    }
    Capture capture = {.macros = strmap_init(parser->arena)};
    Context ctx = {.session = session,
                   .phase = PHASE_PARSE,
                   .package = node->package,
                   .node = node,
                   .arena = parser->arena,
                   .quoting = parser->project->quoting,
                   .capture = &capture};
    context_enter(parser->state, &ctx);
    JinjaScope scope = context_scope(&ctx);
    JHeap *heap = jinja_heap(parser->state);
    const Value *custom = value_find(node->config, str_from(key));
    const JValue args[] = {convert_to_jinja(heap, custom), context_node_dict(heap, node)};
    JCall call = {.args = args, .argc = ARRAY_LEN(args)};
    JValue result = JNONE;
    Error *err =
        jinja_call_macro(parser->state, macro->tpl, macro->tpl_index, &scope, &call, &result);
    if (err != NULL) {
        return parse_node_error(&ctx, err);
    }
    *out = (Str){0};
    if (result.type != J_NONE) {
        TRY(convert_to_text(parser->state, parser->arena, result, out));
        *out = str_trim(*out);
    }
    jinja_reset(parser->state);
    return NULL;
}

JValue context_node_dict(JHeap *heap, const Node *node)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("node dict");
    Value value = node_value(scratch, node);
    return convert_to_jinja(heap, &value);
}

/* Where the node is in the database. Tests have a place only when they store what they find. */
static Error *name_relation(Parser *parser, Node *node)
{
    Str name = {0};
    TRY(call_generator(parser, "generate_database_name", node, "database", &name));
    node->database = name.len > 0 ? name : parser->session->profile->database;
    TRY(call_generator(parser, "generate_schema_name", node, "schema", &name));
    node->schema = name.len > 0 ? name : parser->session->profile->schema;
    TRY(call_generator(parser, "generate_alias_name", node, "alias", &name));
    node->alias = name.len > 0 ? name : node->name;
    if (node_is_relational(node)) {
        RelationName relation = context_node_relation(parser->session, node);
        node->relation_name = relation_text(&relation, parser->arena);
    }
    return NULL;
}

static Error *wrong_config(const Node *node, TAKES Error *err)
{
    AUTO_FREE(arena) Arena *arena = arena_new("config");
    Str label = node_label(node, arena);
    Error *told = error_new(ERR_CONFIG, STR_FMT, STR_ARG(error_message(err)));
    error_discard(err, "its text is in the new one");
    return error_hint(error_as(told, "ParsingError"), "in the configuration of " STR_FMT,
                      STR_ARG(label));
}

/* What --store-failures means for tests that do not say themselves. */
static const Value *store_failures_level(Arena *arena)
{
    ValueMapBuilder builder = value_map_begin(arena);
    value_map_set(&builder, STR("store_failures"), value_bool(true));
    Value *level = ARENA_NEW(arena, Value);
    *level = value_map_end(&builder);
    return level;
}

Error *parse_configure(Parser *parser, Node *node, const Value *patch, const Value *in_file)
{
    Arena *arena = parser->arena;
    Str tree = resource_type_tree(node->type);
    const ProjectFileDef *root = &parser->session->projects.data[0];
    const Value *merged =
        config_of_tree(arena, project_file_tree(parser->project, tree), &node->fqn);
    if (node->type == RESOURCE_TEST && parser->session->options->store_failures) {
        merged = config_merge(arena, store_failures_level(arena), merged);
    }
    const Value *by_age[] = {merged, in_file, patch}; /* the order in which tags are met */
    for (size_t i = 0; i < ARRAY_LEN(by_age); i++) {
        parse_add_tags(arena, value_find(by_age[i], STR("tags")), &node->tags);
    }
    const Value *levels[] = {patch, in_file,
                             parser->project != root
                                 ? config_of_tree(arena, project_file_tree(root, tree), &node->fqn)
                                 : NULL};
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        const Value *level = NULL;
        TRY(config_normalize(arena, levels[i], &level));
        merged = config_merge(arena, merged, level);
    }
    node->unrendered_config = merged;
    Error *err = config_finish(arena, node->type, merged, &node->config);
    if (err != NULL) {
        return wrong_config(node, err);
    }
    const Value *enabled = value_find(node->config, STR("enabled"));
    node->enabled = enabled->as.boolean;
    parse_add_tags(arena, value_find(node->config, STR("tags")), &node->tags);
    node->meta = value_find(node->config, STR("meta"));
    TRY(name_relation(parser, node));
    return node->enabled ? parse_model_hooks(parser, node) : NULL;
}

/* ---- Files of nodes ---- */

typedef struct FileKind {
    ResourceType type;
    const StrVec *paths;
    const char *const *extensions;
} FileKind;

static Str stem_of(Str path)
{
    Str name = fs_base_name(path);
    size_t dot = str_find_last(name, STR("."));
    return dot != SIZE_MAX ? str_slice(name, 0, dot) : name;
}

/* Below the test paths: generic/ holds macros, fixtures/ data. */
static bool is_for_tests_only(ResourceType type, const ProjectFile *file)
{
    return type == RESOURCE_TEST && (str_starts_with(file->path, STR("generic/")) ||
                                     str_starts_with(file->path, STR("fixtures/")));
}

/* A seed is read when it is loaded; until then only what tells whether it changed is needed, of a
 * large one its path. */
static Error *read_seed_file(Parser *parser, Node *node, const ProjectFile *file)
{
    FsInfo info;
    Str text;
    TRY(fs_info(file->absolute.data, &info));
    node->checksum_of_path = info.size_bytes > LIMIT_SEED_HASH_BYTES;
    if (node->checksum_of_path) {
        node->checksum = file->relative;
        return NULL;
    }
    TRY(fs_read_file(parser->arena, file->absolute.data, LIMIT_SEED_HASH_BYTES, &text));
    node->checksum = digest_sha256(parser->arena, str_trim(text));
    return NULL;
}

static Error *read_node_file(Parser *parser, ResourceType type, const ProjectFile *file)
{
    Node *node = parse_new_node(parser, type, stem_of(file->path), file);
    PendingNode pending = {.node = node};
    if (type == RESOURCE_SEED) {
        TRY(read_seed_file(parser, node, file));
    } else {
        Str text;
        TRY(fs_read_file(parser->arena, file->absolute.data, LIMIT_TEMPLATE_BYTES, &text));
        node->checksum = digest_sha256(parser->arena, str_trim(text));
        node->raw_code = str_trim(text);
        TRY(parse_render_node(parser, node, NULL, &pending.in_file));
    }
    VEC_PUSH(parser->arena, &parser->pending, pending);
    return NULL;
}

static Error *read_node_files(Parser *parser, const FileKind *kind, const IgnoreList *ignored)
{
    ProjectFileVec files = {0};
    TRY(discover_files(parser->arena, parser->project->root, kind->paths, kind->extensions, ignored,
                       &files));
    for (VEC_EACH(ProjectFile, file, &files)) {
        if (!is_for_tests_only(kind->type, file)) {
            TRY(read_node_file(parser, kind->type, file));
        }
    }
    return NULL;
}

static Error *read_nodes(Parser *parser, const IgnoreList *ignored)
{
    static const char *const sql[] = {".sql", NULL};
    static const char *const csv[] = {".csv", NULL};
    const ProjectFileDef *project = parser->project;
    const FileKind kinds[] = {
        {RESOURCE_MODEL, &project->model_paths, sql},
        {RESOURCE_ANALYSIS, &project->analysis_paths, sql},
        {RESOURCE_TEST, &project->test_paths, sql},
        {RESOURCE_SEED, &project->seed_paths, csv},
    };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        TRY(read_node_files(parser, &kinds[i], ignored));
    }
    return NULL;
}

/* ---- All projects ---- */

static Error *parse_project(Parser *parser)
{
    const IgnoreList *ignored = NULL;
    TRY(ignore_list_read(parser->arena, parser->project->root, &ignored));
    parser->pending.len = 0;
    TRY(read_nodes(parser, ignored));
    TRY(parse_run_hooks(parser));
    return parse_properties(parser);
}

static Error *read_all_macros(Session *session)
{
    TRY(read_builtin_macros(session));
    for (VEC_EACH(ProjectFileDef, project, &session->projects)) {
        const IgnoreList *ignored = NULL;
        TRY(ignore_list_read(session->arena, project->root, &ignored));
        TRY(read_project_macros(session, project, ignored));
        VEC_PUSH(session->arena, &session->manifest->packages, project->name);
    }
    session->macros =
        macro_library_new(session->arena, session->manifest, &session->projects.data[0].dispatch);
    return NULL;
}

static void warn_missing(void *context, Str message)
{
    report_text(context, LOG_WARNING, "NodeNotFoundOrDisabled", message);
}

Error *parse_projects(Session *session)
{
    session->manifest = manifest_new(session->arena, session->projects.data[0].name);
    TRY(read_all_macros(session));
    AUTO_FREE(jinja_state)
    JinjaState *state = jinja_state_new(session->env, session->shared);
    Parser parser = {.session = session,
                     .arena = session->arena,
                     .state = state,
                     .templates = strmap_init(session->arena)};
    for (VEC_EACH(ProjectFileDef, project, &session->projects)) {
        parser.project = project;
        TRY(parse_project(&parser));
    }
    TRY(manifest_resolve(session->manifest, warn_missing, session));
    TRY(manifest_finish(session->manifest));
    return graph_new(session->arena, session->manifest, &session->graph);
}
