#include "transform/run/hooks.h"
#include "base/digest.h"
#include "base/limits.h"
#include "transform/parse/internal.h"

/* ---- Hooks of nodes: rendered when they run, but what they refer to is known from here on ---- */

static Error *render_text(Parser *parser, Context *ctx, Str text)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("hook");
    const JinjaTemplate *tpl = NULL;
    TRY(jinja_compile_passing(parser->state, ctx->node->original_path, text, &tpl));
    context_enter(parser->state, ctx);
    JinjaScope scope = context_scope(ctx);
    Str rendered;
    Error *err = jinja_render(parser->state, tpl, &scope, scratch, &rendered);
    jinja_reset(parser->state);
    return err;
}

static Error *render_hook(Parser *parser, Node *node, Str sql)
{
    Capture capture = {.macros = strmap_init(parser->scratch)};
    Context ctx = {.session = parser->session,
                   .phase = PHASE_PARSE,
                   .vars_optional = true,
                   .package = node->package,
                   .node = node,
                   .arena = parser->scratch,
                   .quoting = parser->project->quoting,
                   .capture = &capture};
    Error *err = render_text(parser, &ctx, sql);
    if (err != NULL) {
        return parse_node_error(&ctx, err);
    }
    parse_keep_capture(parser->arena, &capture, node);
    return NULL;
}

static Error *render_hooks(Parser *parser, Node *node, const Value *hooks)
{
    for (VALUE_EACH(hook, hooks)) {
        Str sql = value_text_or(value_find(hook, STR("sql")), (Str){0});
        if (yaml_has_jinja(sql)) {
            TRY(render_hook(parser, node, sql));
        }
    }
    return NULL;
}

static void list_hooks(const Value *hooks, const char *name, StrBuf *out)
{
    for (VALUE_EACH(hook, hooks)) {
        strbuf_printf(out, "\n- %s: \"" STR_FMT "\"", name,
                      STR_ARG(value_text_or(value_find(hook, STR("sql")), (Str){0})));
    }
}

/* Seeds come first: there is nothing they could wait for. */
static Error *check_seed(Parser *parser, const Node *node)
{
    if (node->refs.len == 0 && node->sources.len == 0) {
        return NULL;
    }
    StrBuf hooks = strbuf_init(parser->scratch, LIMIT_ERROR_BYTES);
    list_hooks(value_find(node->config, STR("pre-hook")), "pre_hook", &hooks);
    list_hooks(value_find(node->config, STR("post-hook")), "post_hook", &hooks);
    Error *err = error_new(
        ERR_TEMPLATE,
        "\nSeeds cannot depend on other nodes. dbt detected a seed with a pre- or post-hook\n"
        "that calls 'ref', 'source', or 'metric', either directly or indirectly via other macros.\n"
        "\nError raised for '" STR_FMT "', which has these hooks defined: " STR_FMT,
        STR_ARG(node->unique_id), STR_ARG(strbuf_str(&hooks)));
    return error_hint(error_as(err, "ParsingError"), "move that hook to a model");
}

Error *parse_model_hooks(Parser *parser, Node *node)
{
    if (!resource_type_is_refable(node->type)) {
        return NULL;
    }
    TRY(render_hooks(parser, node, value_find(node->config, STR("pre-hook"))));
    TRY(render_hooks(parser, node, value_find(node->config, STR("post-hook"))));
    return node->type == RESOURCE_SEED ? check_seed(parser, node) : NULL;
}

/* ---- Hooks of the run ---- */

static Error *add_operation(Parser *parser, Str kind, size_t index, Str sql, Str checksum)
{
    Arena *arena = parser->arena;
    Str package = parser->project->name;
    Str name =
        str_printf(arena, STR_FMT "-" STR_FMT "-%zu", STR_ARG(package), STR_ARG(kind), index);
    ProjectFile file = {.relative = STR("./dbt_project.yml"),
                        .path = str_printf(arena, "hooks/" STR_FMT ".sql", STR_ARG(name))};
    Node *node = parse_new_node(parser, RESOURCE_OPERATION, name, &file);
    node->build_path = fs_join(arena, file.relative, file.path);
    node->raw_code = sql;
    node->checksum = checksum;
    node->hook_index = index;
    VEC_PUSH(arena, &node->tags, kind);
    const Value *in_file = NULL;
    TRY(parse_render_node(parser, node, &(ParseInput){0}, &in_file));
    TRY(parse_configure(parser, node, NULL, in_file));
    return manifest_add_node(parser->session->manifest, node);
}

Error *parse_run_hooks(Parser *parser)
{
    for (size_t phase = 0; phase < HOOK_PHASE_COUNT; phase++) {
        Str kind = hook_phase_name((HookPhase)phase);
        const Value *given = value_find(parser->project->file, kind);
        StrVec hooks = {0};
        if (!value_is_null(given)) {
            TRY(value_get_strings(parser->arena, given, kind, VALUE_SINGLE_TOO, &hooks));
        }
        Str text = {0};
        if (hooks.len > 0) {
            Str path = fs_join(parser->arena, parser->project->root, STR("dbt_project.yml"));
            TRY(fs_read_file(parser->arena, path.data, LIMIT_CONFIG_BYTES, &text));
        }
        Str checksum = digest_sha256(parser->arena, str_trim(text));
        for (size_t i = 0; i < hooks.len; i++) {
            TRY(add_operation(parser, kind, i, hooks.data[i], checksum));
        }
    }
    return NULL;
}
