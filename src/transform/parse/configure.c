#include "base/limits.h"
#include "transform/parse/internal.h"
#include "transform/python/text.h"

/* ---- Tags ---- */

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
            VEC_PUSH(arena, out, str_dup(arena, tag->as.text));
        }
    }
}

/* ---- The relation's name ---- */

/* generate_schema_name(custom, node) and its like: the text they give, trimmed, or `otherwise` when
 * that is empty. */
static Error *call_generator(Parser *parser, const char *name, Node *node, const char *key,
                             Str otherwise, Str *out)
{
    Session *session = parser->session;
    const Macro *macro = macro_find_generator(session->macros, node->package, str_from(name));
    if (macro == NULL || macro->tpl == NULL) {
        return error_new(ERR_BUG, "there is no macro '%s'", name);
    }
    Capture capture = {.macros = strmap_init(parser->scratch)};
    Context ctx = {.session = session,
                   .phase = PHASE_PARSE,
                   .package = node->package,
                   .node = node,
                   .arena = parser->scratch,
                   .quoting = parser->project->quoting,
                   .capture = &capture};
    context_enter(parser->state, &ctx);
    JinjaScope scope = context_scope(&ctx);
    JHeap *heap = jinja_heap(parser->state);
    const Value *custom = value_find(node->config, str_from(key));
    const JValue args[] = {convert_to_jinja(heap, custom), node_object(heap, node)};
    JCall call = {.args = args, .argc = ARRAY_LEN(args)};
    JValue result = JNONE;
    Error *err =
        jinja_call_macro(parser->state, macro->tpl, macro->tpl_index, &scope, &call, &result);
    if (err != NULL) {
        return parse_node_error(&ctx, err);
    }
    Str text = {0};
    if (result.type != J_NONE) {
        TRY(convert_to_text(parser->state, parser->scratch, result, &text));
        text = str_trim(text);
    }
    jinja_reset(parser->state);
    bool usual = text.len == 0 || str_eq(text, otherwise); /* then the text is there already */
    *out = usual ? otherwise : str_dup(parser->arena, text);
    return NULL;
}

/* Where the node is in the database. Tests have a place only when they store what they find. */
static Error *name_relation(Parser *parser, Node *node)
{
    const Profile *profile = parser->session->profile;
    TRY(call_generator(parser, "generate_database_name", node, "database", profile->database,
                       &node->database));
    TRY(call_generator(parser, "generate_schema_name", node, "schema", profile->schema,
                       &node->schema));
    TRY(call_generator(parser, "generate_alias_name", node, "alias", node->name, &node->alias));
    if (node->type == RESOURCE_SNAPSHOT) {
        TRY(parse_configure_snapshot(parser, node));
    }
    if (node_is_relational(node)) {
        RelationName relation = context_node_relation(parser->session, node);
        node->relation_name = relation_text(&relation, parser->arena);
    }
    return NULL;
}

/* ---- Levels ---- */

/* All that the config of a node is made of. */
typedef struct ConfigInput {
    ResourceType type;
    const StrVec *fqn;
    const Value *tree; /* of the node's project; may be NULL, as all of these */
    const Value *in_file;
    const Value *patch;
    const Value *root_tree; /* of the root project, over a package's node */
} ConfigInput;

/* What was made of it. Nodes whose inputs are alike share one, and most are: a large project has
 * few configurations. */
typedef struct Configured {
    const Value *of_tree;
    const Value *unrendered;
    const Value *config;
} Configured;

/* Alike inputs have the same key. What a tree gives depends on the innermost level alone. */
static Str input_key(Arena *arena, const ConfigInput *input)
{
    StrBuf key = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_printf(&key, "%d %p %p ", (int)input->type,
                  (const void *)config_innermost(input->tree, input->fqn),
                  (const void *)config_innermost(input->root_tree, input->fqn));
    const Value *written[] = {input->in_file, input->patch};
    for (size_t i = 0; i < ARRAY_LEN(written); i++) {
        if (value_len(written[i]) > 0) {
            python_repr(written[i], &key);
        }
        strbuf_add_char(&key, '\n');
    }
    return strbuf_str(&key);
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

static const Value *keep(Arena *arena, const Value *value)
{
    if (value == NULL) {
        return NULL;
    }
    Value *kept = ARENA_NEW(arena, Value);
    *kept = value_copy(arena, value);
    return kept;
}

/* dbt notes nothing of trees whose name has a hyphen, and of functions. */
static const Value *tree_as_written(Arena *arena, const ConfigInput *input, const Value *tree)
{
    bool noted = input->type != RESOURCE_FUNCTION &&
                 str_find_char(resource_type_tree(input->type), '-') == SIZE_MAX;
    return noted ? config_of_tree(arena, tree, input->fqn, config_overlay) : NULL;
}

static Error *merge_levels(Parser *parser, const ConfigInput *input, Configured *out)
{
    Arena *arena = parser->scratch;
    const Value *of_tree = config_of_tree(arena, input->tree, input->fqn, config_merge);
    const Value *merged = of_tree;
    const Value *written = tree_as_written(arena, input, input->tree);
    if (input->type == RESOURCE_TEST && parser->session->options->store_failures) {
        merged = config_merge(arena, store_failures_level(arena), merged);
    }
    const Value *of_root = config_of_tree(arena, input->root_tree, input->fqn, config_merge);
    const Value *levels[] = {input->patch, input->in_file, of_root};
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        const Value *level = NULL;
        TRY(config_normalize(arena, levels[i], &level));
        merged = config_merge(arena, merged, level);
        written = config_overlay(
            arena, written,
            levels[i] == of_root ? tree_as_written(arena, input, input->root_tree) : level);
    }
    const Value *config = NULL;
    TRY(config_finish(arena, input->type, merged, &config));
    *out = (Configured){.of_tree = keep(parser->arena, of_tree),
                        .unrendered = keep(parser->arena, written),
                        .config = keep(parser->arena, config)};
    return NULL;
}

static Error *find_configured(Parser *parser, const ConfigInput *input, const Configured **out)
{
    Str key = input_key(parser->scratch, input);
    Configured *configured = strmap_find(&parser->configs, key);
    if (configured == NULL) {
        configured = ARENA_NEW(parser->arena, Configured);
        TRY(merge_levels(parser, input, configured));
        strmap_set_copy(&parser->configs, key, configured);
    }
    *out = configured;
    return NULL;
}

static Error *wrong_config(const Node *node, TAKES Error *err)
{
    AUTO_FREE(arena) Arena *arena = arena_new("config");
    Str label = node_label(node, arena);
    if (!str_starts_with(error_message(err), STR("at path "))) {
        return error_hint(err, "in the configuration of " STR_FMT, STR_ARG(label));
    }
    Error *told = error_new(ERR_CONFIG, STR_FMT, STR_ARG(error_message(err)));
    error_discard(err, "its text is in the new one");
    return error_hint(error_as(told, "ParsingError"), "in the configuration of " STR_FMT,
                      STR_ARG(label));
}

/* Merges the levels and gives the node what they come to. */
static Error *configure_levels(Parser *parser, Node *node, const Value *patch, const Value *in_file,
                               const Configured **out)
{
    const ProjectFileDef *root = &parser->session->projects.data[0];
    Str tree = resource_type_tree(node->type);
    ConfigInput input = {
        .type = node->type,
        .fqn = &node->fqn,
        .tree = project_file_tree(parser->project, tree),
        .in_file = in_file,
        .patch = patch,
        .root_tree = parser->project != root ? project_file_tree(root, tree) : NULL,
    };
    Error *err = find_configured(parser, &input, out);
    if (err != NULL) {
        return error_kind(err) == ERR_CONFIG ? wrong_config(node, err) : err;
    }
    node->unrendered_config = (*out)->unrendered;
    node->config = (*out)->config;
    node->enabled = value_find(node->config, STR("enabled"))->as.boolean;
    node->meta = value_find(node->config, STR("meta"));
    return NULL;
}

Error *parse_configure_entry(Parser *parser, Node *node, const Value *config)
{
    const Configured *configured = NULL;
    return configure_levels(parser, node, config, NULL, &configured);
}

Error *parse_configure(Parser *parser, Node *node, const Value *patch, const Value *in_file)
{
    static const Configured nothing = {0};
    const Configured *configured = &nothing;
    TRY(configure_levels(parser, node, patch, in_file, &configured));
    const Value *by_age[] = {configured->of_tree, in_file, patch, node->config};
    for (size_t i = 0; i < ARRAY_LEN(by_age); i++) { /* the order in which tags are met */
        parse_add_tags(parser->arena, value_find(by_age[i], STR("tags")), &node->tags);
    }
    TRY(name_relation(parser, node));
    return node->enabled ? parse_model_hooks(parser, node) : NULL;
}
