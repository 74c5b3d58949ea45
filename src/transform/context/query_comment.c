#include "transform/context/query_comment.h"

#include "transform/parse/yaml_render.h"
#include "transform/run/compile.h"
#include "value/json_writer.h"

static Str standard_text(Worker *worker, const Node *node)
{
    const Profile *profile = worker->session->profile;
    ValueMapBuilder map = value_map_begin(worker->scratch);
    value_map_set(&map, STR("app"), value_string(STR("dbt")));
    value_map_set(&map, STR("dbt_version"), value_string(STR(TRANSFORM_DBT_VERSION)));
    value_map_set(&map, STR("profile_name"), value_string(profile->name));
    value_map_set(&map, STR("target_name"), value_string(profile->target));
    if (node != NULL) {
        value_map_set(&map, STR("node_id"), value_string(node->unique_id));
    }
    Value value = value_map_end(&map);
    Str text = json_text(worker->scratch, &value, &json_style_python);
    /* names may hold what begins or ends a comment; JSON lets a slash be written in two ways */
    text = str_replace(worker->scratch, text, STR("/*"), STR("\\/*"));
    return str_replace(worker->scratch, text, STR("*/"), STR("*\\/"));
}

/* Known to the comment besides what any macro knows. */
static void add_names(Worker *worker, Context *ctx, const Node *node)
{
    JHeap *heap = jinja_heap(worker->state);
    Str name = node != NULL ? node->unique_id : STR("master");
    jdict_set_text(heap, ctx->vars, STR("node"),
                   node != NULL ? context_node_dict(heap, node) : JNONE);
    jdict_set_text(heap, ctx->vars, STR("connection_name"), jstr_value(heap, name));
}

static Error *render(Worker *worker, const Node *node, Str source, Str *out)
{
    Context ctx = compile_context(worker, NULL, NULL);
    const JinjaTemplate *tpl = NULL;
    Str macro = str_printf(worker->scratch,
                           "{%% macro query_comment_macro() %%}" STR_FMT "{%% endmacro %%}",
                           STR_ARG(source)); /* so that it may return() */
    TRY(jinja_compile_passing(worker->state, STR("query-comment"), macro, &tpl));
    add_names(worker, &ctx, node);
    context_enter(worker->state, &ctx);
    JinjaScope scope = context_scope(&ctx);
    JValue text = JNONE;
    Error *err = jinja_call_macro(worker->state, tpl, 0, &scope, &(JCall){0}, &text);
    if (err == NULL) {
        err = convert_to_text(worker->state, worker->scratch, text, out);
    }
    jinja_reset(worker->state);
    return err;
}

Error *query_comment_make(Worker *worker, const Node *node, QueryComment *out)
{
    const Value *given = value_find(worker->session->projects.data[0].file, STR("query-comment"));
    bool absent = given == NULL;
    *out = (QueryComment){0};
    if (value_is(given, VALUE_MAP)) {
        const Value *append = value_find(given, STR("append"));
        out->last = value_is(append, VALUE_BOOL) && append->as.boolean;
        given = value_find(given, STR("comment"));
        absent = given == NULL;
    }
    Str text = absent ? standard_text(worker, node) : value_text_or(given, (Str){0});
    if (!absent && yaml_has_jinja(text)) {
        TRY(render(worker, node, text, &text));
    }
    text = str_trim(text);
    if (str_contains(text, STR("*/"))) {
        return error_hint(
            error_as(error_new(ERR_CONFIG, "query comment contains illegal value \"*/\": " STR_FMT,
                               STR_ARG(text)),
                     "DbtRuntimeError"),
            "change query-comment in dbt_project.yml");
    }
    if (text.len > 0) {
        out->text = str_printf(worker->scratch, "/* " STR_FMT " */", STR_ARG(text));
    }
    return NULL;
}

Str query_comment_add(Arena *arena, const QueryComment *comment, Str sql)
{
    if (comment->text.len == 0) {
        return sql;
    }
    if (!comment->last) {
        return str_join(arena, (const Str[]){comment->text, sql}, 2, STR("\n"));
    }
    Str body = str_trim_end(sql);
    bool ended = str_ends_with(body, STR(";"));
    if (ended) {
        body.len--;
        body = str_trim_end(body);
    }
    return str_join(arena, (const Str[]){body, STR("\n"), comment->text, STR(";")}, ended ? 4 : 3,
                    (Str){0});
}
