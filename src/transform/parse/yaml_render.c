#include "transform/parse/yaml_render.h"

#include "base/fs.h"
#include "base/limits.h"
#include "value/yaml_reader.h"

bool yaml_has_jinja(Str text)
{
    return str_contains(text, STR("{{")) || str_contains(text, STR("{%")) ||
           str_contains(text, STR("{#"));
}

/* In the words of dbt; what it calls a parsing error it tells as it is. */
static Error *could_not_render(Arena *arena, const Value *text, TAKES Error *err)
{
    Str place = value_place(arena, text);
    const Error *root = error_root(err);
    if (strcmp(error_class(root), "ParsingError") == 0) {
        return error_wrap(err, STR_FMT ": cannot render '" STR_FMT "'", STR_ARG(place),
                          STR_ARG(text->as.text));
    }
    Error *told = error_new(ERR_TEMPLATE, "Could not render " STR_FMT ": " STR_FMT,
                            STR_ARG(text->as.text), STR_ARG(error_message(root)));
    told = error_excerpt_of(told, err);
    Str hints = error_hints(err, arena);
    error_discard(err, "its text is in the new one");
    told = error_hint(told, "at " STR_FMT, STR_ARG(place));
    return hints.len > 0 ? error_hint(told, STR_FMT, STR_ARG(hints)) : told;
}

static Error *evaluate(YamlRenderer *renderer, Str text, Value *out)
{
    Context *ctx = renderer->context;
    context_enter(renderer->state, ctx);
    JinjaScope scope = context_scope(ctx);
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(ctx->session->env, STR("<yaml>"), text, &tpl));
    JValue value = JNONE;
    TRY(jinja_render_native(renderer->state, tpl, &scope, JINJA_NATIVE_MARKED, &value));
    return convert_from_jinja(renderer->state, ctx->arena, value, out);
}

Error *yaml_render_text(YamlRenderer *renderer, const Value *text, Value *out)
{
    if (!yaml_has_jinja(text->as.text)) {
        *out = *text;
        return NULL;
    }
    Value converted;
    Error *err = evaluate(renderer, text->as.text, &converted);
    if (err != NULL) {
        return could_not_render(renderer->context->arena, text, err);
    }
    *out = value_placed_at(converted, text);
    return NULL;
}

typedef struct RenderWalk {
    YamlRenderer *renderer;
    YamlKeep keep;
    StrVec path;
} RenderWalk;

static Error *render_node(RenderWalk *walk, const Value *value, Value *out);

static Error *render_list(RenderWalk *walk, const Value *value, Value *out)
{
    Arena *arena = walk->renderer->context->arena;
    ValueVec items = {0};
    for (VALUE_EACH(item, value)) {
        Value rendered;
        TRY(render_node(walk, item, &rendered));
        VEC_PUSH(arena, &items, rendered);
    }
    *out = value_placed_at(value_list_of(&items), value);
    return NULL;
}

static Error *render_map(RenderWalk *walk, const Value *value, Value *out)
{
    Arena *arena = walk->renderer->context->arena;
    ValueMapBuilder builder = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(entry, value)) {
        Value rendered = entry->value;
        VEC_PUSH(arena, &walk->path, value_text_or(&entry->key, (Str){0}));
        if (walk->keep == NULL || !walk->keep(&walk->path)) {
            TRY(render_node(walk, &entry->value, &rendered));
        }
        walk->path.len--;
        value_map_put(&builder, entry->key, rendered);
    }
    *out = value_placed_at(value_map_end(&builder), value);
    return NULL;
}

/* Documents are at most LIMIT_DOCUMENT_DEPTH deep, so this recursion is, too. */
static Error *render_node(RenderWalk *walk, const Value *value, Value *out)
{
    if (value_is(value, VALUE_STRING)) {
        return yaml_render_text(walk->renderer, value, out);
    }
    if (value_is(value, VALUE_LIST)) {
        return render_list(walk, value, out);
    }
    if (value_is(value, VALUE_MAP)) {
        return render_map(walk, value, out);
    }
    *out = value != NULL ? *value : value_null();
    return NULL;
}

static bool tree_has_jinja(const Value *value)
{
    if (value_is(value, VALUE_STRING)) {
        return yaml_has_jinja(value->as.text);
    }
    bool found = false;
    for (size_t i = 0; i < value_len(value) && !found; i++) {
        found = tree_has_jinja(value_at(value, i));
    }
    return found;
}

Error *yaml_render(YamlRenderer *renderer, const Value *value, YamlKeep keep, Value *out)
{
    if (!tree_has_jinja(value)) {
        *out = value != NULL ? *value : value_null();
        return NULL;
    }
    RenderWalk walk = {.renderer = renderer, .keep = keep};
    return render_node(&walk, value, out);
}

Error *yaml_load(Arena *arena, Str path, Str shown_path, const Value **out)
{
    return yaml_load_noting(arena, path, shown_path, NULL, out);
}

Error *yaml_load_noting(Arena *arena, Str path, Str shown_path, DuplicateKeyVec *out_twice,
                        const Value **out)
{
    Str text;
    TRY(fs_read_file(arena, str_to_c(arena, path), LIMIT_CONFIG_BYTES, &text));
    ReadOptions options = {.path = shown_path, .duplicates = out_twice};
    return yaml_read(arena, str_trim_end(text), &options, out); /* so that "a: |" ends without a
                                                                   line break, as with dbt */
}
