#include "transform/parse/internal.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/number.h"
#include "transform/context/failure.h"
#include "transform/graph/ref_list.h"
#include "transform/graph/resolve.h"
#include "transform/graph/resolve_metrics.h"
#include "transform/parse/deprecated.h"
#include "transform/parse/python_model.h"

/* ---- Parsers ---- */

void parser_init(Session *session, Arena *arena, Parser *out)
{
    *out = (Parser){.session = session,
                    .arena = arena,
                    .templates = strmap_init(arena),
                    .configs = strmap_init(arena),
                    .pending_by_name = strmap_init(arena)};
    out->scratch = arena_new("parse");
    out->state = jinja_state_new(session->env, session->shared);
}

void parser_done(Parser *parser)
{
    for (size_t i = 0; i < parser->helper_count; i++) {
        parser_done(&parser->helpers[i]);
    }
    jinja_state_free(parser->state);
    arena_free(parser->scratch);
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
    if (node->type == RESOURCE_ANALYSIS) {
        VEC_PUSH(parser->arena, &node->fqn, STR("analysis"));
    }
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
    if (type == RESOURCE_ANALYSIS) {
        node->path = fs_join(parser->arena, STR("analysis"), file->path);
    }
    return node;
}

/* ---- Rendering ---- */

/* "models/a.sql:3" of the code as the place in the file. */
static Str place_in_file(Arena *arena, const Node *node, Str place)
{
    size_t colon = str_find_last(place, STR(":"));
    int64_t line = 0;
    if (node == NULL || node->lines_before == 0 || colon == SIZE_MAX ||
        !str_eq(str_slice(place, 0, colon), node->original_path) ||
        !number_parse_int64(str_from_offset(place, colon + 1), &line)) {
        return place;
    }
    return str_printf(arena, STR_FMT ":%lld", STR_ARG(node->original_path),
                      (long long)line + node->lines_before);
}

Error *parse_node_error(const Context *ctx, TAKES Error *err)
{
    Str text = failure_text(ctx, ctx->arena, err);
    ErrorKind kind = error_kind(err);
    Str place = {0};
    if (err != error_root(err)) {
        place = place_in_file(ctx->arena, ctx->node, error_message(err));
    }
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

static void free_template(void *object)
{
    jinja_template_free(object);
}

Error *parse_compile(const JinjaEnv *env, Arena *arena, Str path, Str code,
                     const JinjaTemplate **out)
{
    JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(env, path, code, &tpl));
    arena_on_free(arena, free_template, tpl);
    *out = tpl;
    return NULL;
}

/* A template that generic tests of one file share, since most have the same code: a call with
 * arguments that come when it is rendered. */
typedef struct SharedTemplate {
    const JinjaTemplate *tpl;
    Str code;
} SharedTemplate;

static Error *share_template(Parser *parser, Node *node)
{
    Str key = str_printf(parser->scratch, STR_FMT "\n" STR_FMT, STR_ARG(node->original_path),
                         STR_ARG(node->raw_code));
    SharedTemplate *shared = strmap_find(&parser->templates, key);
    if (shared == NULL) {
        shared = ARENA_NEW(parser->arena, SharedTemplate);
        shared->code = str_dup(parser->arena, node->raw_code);
        TRY(parse_compile(parser->session->env, parser->arena, node->original_path, shared->code,
                          &shared->tpl));
        strmap_set_copy(&parser->templates, key, shared);
    }
    node->tpl = shared->tpl;
    node->raw_code = shared->code;
    return NULL;
}

/* What it calls, as a template: the code itself is not run. */
static Error *python_template(Parser *parser, Node *node)
{
    Str calls;
    TRY(python_model_calls(parser->arena, node->raw_code, fs_base_name(node->original_path),
                           &calls));
    return parse_compile(parser->session->env, parser->arena, node->original_path, calls,
                         &node->tpl);
}

static Error *node_template(Parser *parser, Node *node)
{
    if (node->type == RESOURCE_MODEL && node_is_python(node)) {
        return python_template(parser, node);
    }
    return node->test != NULL ? share_template(parser, node)
                              : parse_compile(parser->session->env, parser->arena,
                                              node->original_path, node->raw_code, &node->tpl);
}

static Error *render(Parser *parser, Context *ctx, Node *node)
{
    TRY(node_template(parser, node));
    context_enter(parser->state, ctx);
    JinjaScope scope = context_scope(ctx);
    Str text;
    return jinja_render(parser->state, node->tpl, &scope, parser->scratch, &text);
}

static void keep_ref(Arena *arena, Node *node, StrMap *known, const RefCall *ref)
{
    if (ref_list_add(arena, &node->refs, known, ref)) {
        VEC_LAST(&node->refs) = (RefCall){.package = str_dup(arena, ref->package),
                                          .name = str_dup(arena, ref->name),
                                          .version = str_dup(arena, ref->version)};
    }
}

static void keep_macro(Arena *arena, Node *node, Str id)
{
    for (VEC_EACH(const Str, it, &node->depends_on_macros)) {
        if (str_eq(*it, id)) {
            return;
        }
    }
    VEC_PUSH(arena, &node->depends_on_macros, id);
}

static NamedCall kept_call(Arena *arena, const NamedCall *call)
{
    return (NamedCall){.package = str_dup(arena, call->package),
                       .name = str_dup(arena, call->name)};
}

void parse_keep_capture(Arena *arena, const Capture *capture, Node *node)
{
    StrMap known = {0};
    for (VEC_EACH(const RefCall, ref, &capture->refs)) {
        keep_ref(arena, node, &known, ref);
    }
    for (VEC_EACH(const SourceCall, call, &capture->sources)) {
        VEC_PUSH(arena, &node->sources,
                 (SourceCall){.source = str_dup(arena, call->source),
                              .table = str_dup(arena, call->table)});
    }
    for (VEC_EACH(const NamedCall, call, &capture->metrics)) {
        VEC_PUSH(arena, &node->metrics, kept_call(arena, call));
    }
    for (VEC_EACH(const NamedCall, call, &capture->functions)) {
        VEC_PUSH(arena, &node->functions, kept_call(arena, call));
    }
    for (STRMAP_EACH(it, &capture->macros)) {
        keep_macro(arena, node, it->key);
    }
}

Error *parse_render_node(Parser *parser, Node *node, const ParseInput *input,
                         const Value **out_config)
{
    Capture capture = {
        .refs = input->refs, .sources = input->sources, .macros = strmap_init(parser->scratch)};
    Context ctx = {.session = parser->session,
                   .phase = PHASE_PARSE,
                   .vars_optional = true,
                   .package = node->package,
                   .node = node,
                   .arena = parser->scratch,
                   .quoting = parser->project->quoting,
                   .capture = &capture,
                   .vars = input->vars};
    Error *err = render(parser, &ctx, node);
    if (err != NULL) {
        return parse_node_error(&ctx, err);
    }
    jinja_reset(parser->state);
    parse_keep_capture(parser->arena, &capture, node);
    *out_config = capture.config;
    return NULL;
}

Error *parse_reference(Parser *parser, Node *node, Str text, Node *out_call)
{
    Node call = *node;
    call.refs = (RefCallVec){0};
    call.sources = (SourceCallVec){0};
    call.metrics = (NamedCallVec){0};
    call.functions = (NamedCallVec){0};
    call.depends_on_macros = (StrVec){0};
    call.test = NULL;
    call.raw_code = str_printf(parser->arena, "{{ " STR_FMT " }}", STR_ARG(text));
    const Value *config = NULL;
    TRY(parse_render_node(parser, &call, &(ParseInput){0}, &config));
    Capture capture = {.refs = call.refs,
                       .sources = call.sources,
                       .metrics = call.metrics,
                       .functions = call.functions,
                       .macros = strmap_init(parser->scratch)};
    parse_keep_capture(parser->arena, &capture, node);
    if (out_call != NULL) {
        *out_call = call;
    }
    return NULL;
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
    node->root_path = parser->project->root;
    node->checksum_of_path = info.size_bytes > LIMIT_SEED_HASH_BYTES;
    if (node->checksum_of_path) {
        node->checksum = file->relative;
        return NULL;
    }
    TRY(fs_read_file(parser->arena, file->absolute.data, LIMIT_SEED_HASH_BYTES, &text));
    node->checksum = digest_sha256(parser->arena, str_trim(text));
    return NULL;
}

static unsigned lines_in(Str text)
{
    unsigned lines = 0;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.data[i] == '\n';
    }
    return lines;
}

static Error *read_code(Parser *parser, Node *node, const ProjectFile *file)
{
    Str text;
    TRY(fs_read_file(parser->arena, file->absolute.data, LIMIT_TEMPLATE_BYTES, &text));
    node->raw_code = str_trim(text);
    node->lines_before = lines_in(str_slice(text, 0, (size_t)(node->raw_code.data - text.data)));
    node->checksum = digest_sha256(parser->arena, node->raw_code);
    return NULL;
}

static Error *render_code(Parser *parser, PendingNode *pending)
{
    Node *node = pending->node;
    const Value *in_file = NULL;
    TRY(parse_render_node(parser, node, &(ParseInput){0}, &in_file));
    if (in_file != NULL) {
        Value *kept = ARENA_NEW(parser->arena, Value);
        *kept = value_copy(parser->arena, in_file);
        pending->in_file = kept;
    }
    return NULL;
}

Error *parse_read_node(Parser *parser, void *items, size_t index)
{
    PendingNode *pending = (PendingNode *)items + index;
    if (pending->node->type == RESOURCE_SEED) {
        return read_seed_file(parser, pending->node, pending->file);
    }
    if (pending->node->type != RESOURCE_SNAPSHOT) { /* the code of these is known */
        TRY(read_code(parser, pending->node, pending->file));
    }
    return render_code(parser, pending);
}

static Error *find_node_files(Parser *parser, const FileKind *kind, const IgnoreList *ignored)
{
    ProjectFileVec files = {0};
    TRY(discover_files(parser->arena, parser->project->root, kind->paths, kind->extensions, ignored,
                       &files));
    for (VEC_EACH(ProjectFile, file, &files)) {
        if (!is_for_tests_only(kind->type, file)) {
            Node *node = parse_new_node(parser, kind->type, stem_of(file->path), file);
            VEC_PUSH(parser->arena, &parser->pending, (PendingNode){.node = node, .file = file});
        }
    }
    return NULL;
}

/* "model orders" */
static Str pending_key(Arena *arena, ResourceType type, Str name)
{
    return str_printf(arena, STR_FMT " " STR_FMT, STR_ARG(resource_type_name(type)), STR_ARG(name));
}

static void name_pending(Parser *parser)
{
    strmap_clear(&parser->pending_by_name);
    for (VEC_EACH(PendingNode, it, &parser->pending)) {
        Str key = pending_key(parser->arena, it->node->type, it->node->name);
        if (!strmap_has(&parser->pending_by_name, key)) {
            strmap_set(&parser->pending_by_name, key, it);
        }
    }
}

PendingNode *parse_find_pending(Parser *parser, ResourceType type, Str name)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("pending name");
    return strmap_find(&parser->pending_by_name, pending_key(scratch, type, name));
}

static Error *read_nodes(Parser *parser, const IgnoreList *ignored)
{
    static const char *const sql[] = {".sql", NULL};
    static const char *const csv[] = {".csv", NULL};
    static const char *const code[] = {".sql", ".py", NULL};
    const ProjectFileDef *project = parser->project;
    const FileKind kinds[] = {
        {RESOURCE_MODEL, &project->model_paths, code},
        {RESOURCE_ANALYSIS, &project->analysis_paths, sql},
        {RESOURCE_TEST, &project->test_paths, sql},
        {RESOURCE_SEED, &project->seed_paths, csv},
        {RESOURCE_FUNCTION, &project->function_paths, code},
    };
    parser->pending.len = 0;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        TRY(find_node_files(parser, &kinds[i], ignored));
        if (kinds[i].type == RESOURCE_MODEL) {
            TRY(parse_snapshot_files(parser, ignored));
        }
    }
    name_pending(parser);
    return parse_each(parser, parser->pending.len, parse_read_node, parser->pending.data);
}

/* ---- All projects ---- */

static Error *parse_project(Parser *parser)
{
    const IgnoreList *ignored = NULL;
    TRY(ignore_list_read(parser->arena, parser->project->root, &ignored));
    TRY(read_nodes(parser, ignored));
    TRY(parse_run_hooks(parser));
    return parse_properties(parser);
}

static void warn_missing(void *context, Str message)
{
    report_text(context, LOG_WARNING, "NodeNotFoundOrDisabled", message);
}

Error *parse_projects(Session *session)
{
    session->manifest = manifest_new(session->arena, session->projects.data[0].name);
    session->manifest->unique_names =
        behaviour_on(session->flags, "require_unique_project_resource_names");
    TRY(parse_macros(session));
    TRY(parse_docs(session));
    AUTO_DONE(parser) Parser parser;
    parser_init(session, session->arena, &parser);
    for (VEC_EACH(ProjectFileDef, project, &session->projects)) {
        parser.project = project;
        TRY(parse_project(&parser));
    }
    report_same_names(session);
    TRY(manifest_resolve(session->manifest, warn_missing, session));
    TRY(manifest_resolve_metrics(session->manifest));
    TRY(manifest_resolve_queries(session->manifest, warn_missing, session));
    TRY(parse_check_references(session));
    TRY(parse_check_names(session));
    TRY(parse_check_microbatches(session));
    TRY(parse_check_arguments(session->manifest));
    TRY(parse_resolve_foreign_keys(session));
    parse_primary_keys(session->manifest);
    TRY(manifest_finish(session->manifest));
    parse_warn_unused_configs(session);
    TRY(graph_new(session->arena, session->manifest, &session->graph));
    return parse_check_semantics(session);
}
