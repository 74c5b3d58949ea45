#include "base/limits.h"
#include "transform/parse/internal.h"
#include "transform/parse/template_blocks.h"

/* ---- Blocks ---- */

static Error *read_docs_file(Session *session, const ProjectFileDef *project,
                             const ProjectFile *file)
{
    Arena *arena = session->arena;
    Str text;
    TemplateBlockVec blocks = {0};
    TRY(fs_read_file(arena, file->absolute.data, LIMIT_TEMPLATE_BYTES, &text));
    TRY(template_blocks(arena, text, file->relative, BLOCKS_OF_DOCS, &blocks, NULL));
    for (VEC_EACH(TemplateBlock, it, &blocks)) {
        DocBlock *block = ARENA_NEW(arena, DocBlock);
        *block = (DocBlock){.name = it->name,
                            .package = project->name,
                            .path = file->path,
                            .original_path = file->relative,
                            .contents = str_trim(it->body)};
        block->unique_id = str_printf(arena, "doc." STR_FMT "." STR_FMT, STR_ARG(project->name),
                                      STR_ARG(it->name));
        strmap_set(&session->manifest->docs, block->unique_id, block);
    }
    return NULL;
}

/* `docs-paths`, or wherever something else of the project lies. */
static void docs_paths(Arena *arena, const ProjectFileDef *project, StrVec *out)
{
    const StrVec *const groups[] = {&project->model_paths,    &project->seed_paths,
                                    &project->snapshot_paths, &project->analysis_paths,
                                    &project->macro_paths,    &project->test_paths,
                                    &project->function_paths};
    const Value *given = value_find(project->file, STR("docs-paths"));
    for (VALUE_EACH(path, given)) {
        VEC_PUSH(arena, out, value_text_or(path, (Str){0}));
    }
    for (size_t i = 0; given == NULL && i < ARRAY_LEN(groups); i++) {
        for (VEC_EACH(const Str, it, groups[i])) {
            VEC_PUSH(arena, out, *it);
        }
    }
}

Error *parse_docs(Session *session)
{
    static const char *const extensions[] = {".md", NULL};
    Arena *arena = session->arena;
    for (VEC_EACH(const ProjectFileDef, project, &session->projects)) {
        const IgnoreList *ignored = NULL;
        ProjectFileVec files = {0};
        StrVec paths = {0};
        docs_paths(arena, project, &paths);
        TRY(ignore_list_read(arena, project->root, &ignored));
        TRY(discover_files(arena, project->root, &paths, extensions, ignored, &files));
        for (VEC_EACH(const ProjectFile, file, &files)) {
            TRY(read_docs_file(session, project, file));
        }
    }
    return NULL;
}

/* ---- doc() ---- */

static const DocBlock *find_in(const Manifest *manifest, Arena *scratch, Str package, Str name)
{
    Str id = str_printf(scratch, "doc." STR_FMT "." STR_FMT, STR_ARG(package), STR_ARG(name));
    return strmap_find(&manifest->docs, id);
}

/* In the root project, then in the package of who asks, then in any. */
static const DocBlock *find_block(const Context *ctx, Arena *scratch, Str package, Str name)
{
    const Manifest *manifest = ctx->session->manifest;
    if (package.len > 0) {
        return find_in(manifest, scratch, package, name);
    }
    const DocBlock *found = find_in(manifest, scratch, manifest->root_package, name);
    found = found == NULL ? find_in(manifest, scratch, ctx->package, name) : found;
    for (size_t i = 0; found == NULL && i < ctx->session->projects.len; i++) {
        found = find_in(manifest, scratch, ctx->session->projects.data[i].name, name);
    }
    return found;
}

static Error *call_doc(JinjaState *s, const JCall *call, JValue *out)
{
    const Context *ctx = context_of(s);
    bool packaged = call->argc == 2;
    Str package = {0}, name;
    if (call->argc < 1 || call->argc > 2) {
        return jraise("CompilationError",
                      "doc() takes the name of a block, or a package and the name");
    }
    if (packaged) {
        TRY(object_text_arg(call, 0, &package));
    }
    TRY(object_text_arg(call, packaged, &name));
    const DocBlock *block = find_block(ctx, jinja_scratch(s), package, name);
    if (block == NULL) {
        return jraise("CompilationError",
                      "Documentation for '" STR_FMT "' depends on doc '" STR_FMT "' %s" STR_FMT
                      "%s which was not found",
                      STR_ARG(ctx->capture->owner), STR_ARG(name), packaged ? " in package '" : "",
                      STR_ARG(package), packaged ? "'" : "");
    }
    VEC_PUSH(ctx->arena, &ctx->capture->docs, block->unique_id);
    *out = jstr_value(jinja_heap(s), block->contents);
    return NULL;
}

static const JBuiltin doc_methods[] = {{0}};
static const ObjectClass doc_class = {.name = "doc", .methods = doc_methods, .call = call_doc};

/* ---- Descriptions ---- */

/* The text with its calls of doc() answered; `capture` notes the blocks. */
static Error *render_text(Parser *parser, Capture *capture, Str text, Str *out)
{
    const JinjaTemplate *tpl = NULL;
    JHeap *heap = jinja_heap(parser->state);
    Context ctx = parse_yaml_context(parser);
    ctx.capture = capture;
    ctx.vars = jdict_new(heap);
    TRY(jinja_compile_passing(parser->state, STR("description"), text, &tpl));
    context_enter(parser->state, &ctx);
    jdict_set_text(heap, ctx.vars, STR("doc"), object_new(heap, &doc_class));
    JinjaScope scope = context_scope(&ctx);
    return jinja_render(parser->state, tpl, &scope, parser->arena, out);
}

static bool is_template(const Value *description)
{
    Str text = value_text_or(description, (Str){0});
    return str_contains(text, STR("{{")) || str_contains(text, STR("{%"));
}

/* Lists in entries whose items have descriptions of their own. */
static const char *const described[] = {"columns",  "tables",   "arguments", "versions",
                                        "entities", "measures", "dimensions"};

/* Whether the entry or something it lists has a description to be rendered. */
static bool has_template(const Value *entry)
{
    bool found = is_template(value_find(entry, STR("description")));
    for (size_t i = 0; !found && i < ARRAY_LEN(described); i++) {
        for (VALUE_EACH(item, value_find(entry, str_from(described[i])))) {
            found = found || has_template(item);
        }
    }
    return found;
}

static Error *render_entry(Parser *parser, Str owner, const Value *entry, Value *out);

/* A key of the entry: the description, a list of things that have some, or anything else. */
static Error *render_key(Parser *parser, Capture *capture, const ValueEntry *entry, Value *out)
{
    Str key = value_text_or(&entry->key, (Str){0});
    *out = entry->value;
    if (str_is(key, "description") && is_template(&entry->value)) {
        Str text;
        Error *err = render_text(parser, capture, entry->value.as.text, &text);
        jinja_reset(parser->state);
        TRY(err);
        *out = value_string(text);
        return NULL;
    }
    bool listed = false;
    for (size_t i = 0; i < ARRAY_LEN(described); i++) {
        listed = listed || str_is(key, described[i]);
    }
    if (!listed || !value_is(&entry->value, VALUE_LIST)) {
        return NULL;
    }
    ValueVec items = {0};
    for (VALUE_EACH(item, &entry->value)) {
        Value rendered = *item;
        if (value_is(item, VALUE_MAP)) {
            TRY(render_entry(parser, capture->owner, item, &rendered));
        }
        VEC_PUSH(parser->arena, &items, rendered);
    }
    *out = value_list_of(&items);
    return NULL;
}

static Error *render_entry(Parser *parser, Str owner, const Value *entry, Value *out)
{
    Capture capture = {.owner = owner, .macros = strmap_init(parser->scratch)};
    ValueMapBuilder map = value_map_begin(parser->arena);
    for (VALUE_EACH_ENTRY(it, entry)) {
        Value value;
        TRY(render_key(parser, &capture, it, &value));
        value_map_put(&map, it->key, value);
    }
    ValueVec blocks = {0};
    for (VEC_EACH(const Str, id, &capture.docs)) {
        VEC_PUSH(parser->arena, &blocks, value_string(*id));
    }
    if (blocks.len > 0) {
        value_map_set(&map, STR("doc_blocks"), value_list_of(&blocks));
    }
    *out = value_map_end(&map);
    return NULL;
}

Error *parse_descriptions(Parser *parser, const char *section, Value *entry)
{
    if (!has_template(entry)) {
        return NULL;
    }
    Str plural = str_from(section);
    Str type = str_is(plural, "analyses")        ? STR("analysis")
               : str_is(plural, "saved_queries") ? STR("saved_query")
                                                 : str_slice(plural, 0, plural.len - 1);
    Str name = value_text_or(value_find(entry, STR("name")), (Str){0});
    Str owner = str_printf(parser->arena, STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(type),
                           STR_ARG(parser->project->name), STR_ARG(name));
    const Value *place = entry;
    Value rendered;
    TRY(render_entry(parser, owner, entry, &rendered));
    *entry = value_placed_at(rendered, place);
    return NULL;
}

void parse_doc_blocks(Arena *arena, const Value *entry, Node *node)
{
    for (VALUE_EACH(id, value_find(entry, STR("doc_blocks")))) {
        VEC_PUSH(arena, &node->doc_blocks, value_text_or(id, (Str){0}));
    }
}
