#include "base/limits.h"
#include "transform/parse/internal.h"
#include "transform/python/text.h"

/* ---- Versions ---- */

/* What one entry of `versions:` is made of. */
typedef struct VersionInput {
    const ProjectFile *file;
    const Value *model; /* the entry that has the versions */
    const Value *entry;
    const Value *version;
    const Value *latest;
} VersionInput;

static const Value *version_of(const Value *entry)
{
    return value_find(entry, STR("v"));
}

static Error *no_such_latest(const Value *model, const Value *latest)
{
    AUTO_FREE(arena) Arena *arena = arena_new("versions");
    StrBuf known = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    const Value *versions = value_find(model, STR("versions"));
    for (VALUE_EACH(entry, versions)) {
        strbuf_add_c(&known, entry != value_items(versions) ? ", " : "");
        python_repr(version_of(entry), &known);
    }
    Str name = value_text_or(value_find(model, STR("name")), (Str){0});
    Error *err = value_error(
        ERR_CONFIG, latest,
        "latest_version: " STR_FMT " is not one of model '" STR_FMT "' versions: [" STR_FMT "] ",
        STR_ARG(python_str(latest, arena)), STR_ARG(name), STR_ARG(strbuf_str(&known)));
    return error_hint(error_as(err, "ParsingError"), "at " STR_FMT,
                      STR_ARG(value_place(arena, latest)));
}

/* The one that is called so, else the greatest. */
static Error *find_latest(const Value *model, const Value **out)
{
    const Value *wanted = value_find(model, STR("latest_version"));
    const Value *greatest = NULL;
    bool found = value_is_null(wanted);
    const Value *versions = value_find(model, STR("versions"));
    for (VALUE_EACH(entry, versions)) {
        const Value *version = version_of(entry);
        if (value_is_null(version)) {
            return error_as(
                value_error(ERR_CONFIG, entry, "a version of model '" STR_FMT "' has no 'v'",
                            STR_ARG(value_text_or(value_find(model, STR("name")), (Str){0}))),
                "ParsingError");
        }
        found = found || version_compare(version, wanted) == 0;
        greatest = greatest == NULL || version_compare(version, greatest) > 0 ? version : greatest;
    }
    *out = value_is_null(wanted) ? greatest : wanted;
    return found ? NULL : no_such_latest(model, wanted);
}

/* ---- The entry of one version ---- */

static bool list_has(const Value *list, Str name)
{
    for (VALUE_EACH(item, list)) {
        if (str_eq(value_text_or(item, (Str){0}), name)) {
            return true;
        }
    }
    return false;
}

static const Value *column_named(const Value *columns, Str name)
{
    for (VALUE_EACH(column, columns)) {
        if (str_eq(value_text_or(value_find(column, STR("name")), (Str){0}), name)) {
            return column;
        }
    }
    return NULL;
}

/* `- include: all` or `- {include: [a], exclude: [b]}` among the version's columns. */
static bool takes_column(const Value *columns, Str name)
{
    for (VALUE_EACH(item, columns)) {
        const Value *include = value_find(item, STR("include"));
        const Value *exclude = value_find(item, STR("exclude"));
        if (include != NULL || exclude != NULL) {
            bool all = include == NULL || value_is(include, VALUE_STRING);
            return (all || list_has(include, name)) && !list_has(exclude, name);
        }
    }
    return true;
}

/* The model's columns that the version takes, replaced by its own of the same name, then the rest
 * of its own. */
static Value version_columns(Arena *arena, const VersionInput *input)
{
    const Value *shared = value_find(input->model, STR("columns"));
    const Value *own = value_find(input->entry, STR("columns"));
    ValueVec columns = {0};
    for (VALUE_EACH(column, shared)) {
        Str name = value_text_or(value_find(column, STR("name")), (Str){0});
        const Value *over = column_named(own, name);
        if (takes_column(own, name)) {
            VEC_PUSH(arena, &columns, over != NULL ? *over : *column);
        }
    }
    for (VALUE_EACH(column, own)) {
        Str name = value_text_or(value_find(column, STR("name")), (Str){0});
        bool taken = column_named(shared, name) != NULL && takes_column(own, name);
        if (name.len > 0 && !taken) {
            VEC_PUSH(arena, &columns, *column);
        }
    }
    return value_list_of(&columns);
}

static Value version_config(Arena *arena, const VersionInput *input)
{
    const Value *shared = value_find(input->model, STR("config"));
    const Value *own = value_find(input->entry, STR("config"));
    ValueMapBuilder map = value_map_begin(arena);
    const Value *merged = config_merge(arena, shared, own);
    if (merged != NULL) {
        value_map_put_all(&map, merged);
    }
    if (value_find(own, STR("tags")) != NULL) { /* the version's first */
        const Value *tags = value_find(config_merge(arena, own, shared), STR("tags"));
        value_map_set(&map, STR("tags"), *tags);
    }
    return value_map_end(&map);
}

/* The entry as if it were that of a model of its own. */
static Value *version_patch(Arena *arena, const VersionInput *input)
{
    static const char *const taken[] = {"description", "access", "constraints",     "docs",
                                        "data_tests",  "tests",  "deprecation_date"};
    ValueMapBuilder map = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(entry, input->model)) {
        Str key = value_text_or(&entry->key, (Str){0});
        if (!str_is(key, "versions") && !str_is(key, "latest_version") &&
            !str_is(key, "deprecation_date")) {
            value_map_put(&map, entry->key, entry->value);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
        const Value *own = value_find(input->entry, str_from(taken[i]));
        if (own != NULL) {
            value_map_set(&map, str_from(taken[i]), *own);
        }
    }
    value_map_set(&map, STR("columns"), version_columns(arena, input));
    value_map_set(&map, STR("config"), version_config(arena, input));
    Value *patch = ARENA_NEW(arena, Value);
    *patch = value_map_end(&map);
    return patch;
}

/* ---- Its node ---- */

static void name_node(Parser *parser, Node *node, Str name, const VersionInput *input)
{
    Arena *arena = parser->arena;
    Str version = python_str(input->version, arena);
    ModelInfo *info = parse_model_info(arena, node);
    info->version = *input->version;
    info->latest_version = *input->latest;
    node->name = name;
    node->unique_id = parse_unique_id(
        parser, "model", str_printf(arena, STR_FMT ".v" STR_FMT, STR_ARG(name), STR_ARG(version)));
    VEC_LAST(&node->fqn) = name;
    VEC_PUSH(arena, &node->fqn, str_printf(arena, "v" STR_FMT, STR_ARG(version)));
}

/* The file of a version: the one it says, or <name>_v<version>; the latest may also be in <name>.
 */
static PendingNode *find_file(Parser *parser, Str name, const VersionInput *input, Str *out_file)
{
    const Value *defined_in = value_find(input->entry, STR("defined_in"));
    *out_file = value_is(defined_in, VALUE_STRING)
                    ? defined_in->as.text
                    : str_printf(parser->arena, STR_FMT "_v" STR_FMT, STR_ARG(name),
                                 STR_ARG(python_str(input->version, parser->arena)));
    PendingNode *found = parse_find_pending(parser, RESOURCE_MODEL, *out_file);
    if (found == NULL && version_compare(input->version, input->latest) == 0) {
        found = parse_find_pending(parser, RESOURCE_MODEL, name);
    }
    return found;
}

Error *parse_versions(Parser *parser, const ProjectFile *file, const Value *entry)
{
    Str name = value_text_or(value_find(entry, STR("name")), (Str){0});
    VersionInput input = {.file = file, .model = entry};
    TRY(find_latest(entry, &input.latest));
    const Value *versions = value_find(entry, STR("versions"));
    for (VALUE_EACH(version, versions)) {
        input.entry = version;
        input.version = version_of(version);
        Str stem;
        PendingNode *pending = find_file(parser, name, &input, &stem);
        const Value *patch = version_patch(parser->arena, &input);
        TRY(parse_attach_patch(parser, pending, file, patch, "models", stem));
        if (pending != NULL) {
            name_node(parser, pending->node, name, &input);
        }
    }
    return NULL;
}
