#include "source/rest/connector.h"

#include "base/clock.h"
#include "base/embed.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/suggest.h"
#include "project/secret.h"
#include "source/rest/keys.h"
#include "source/rest/template.h"
#include "value/yaml_reader.h"

extern const EmbedFile dango_connectors_files[];
extern const size_t dango_connectors_count;

enum { SECOND_US = 1000000, DAY_S = 86400 };

static const char *const document_keys[] = {"title",       "options", "default_resources",
                                            "other_names", "client",  "resource_defaults",
                                            "resources"};
static const char *const option_keys[] = {"help", "default", "variable", "required", "as"};

/* ---- Finding ---- */

static Str file_name(Arena *arena, Str type)
{
    return str_printf(arena, STR_FMT ".yml", STR_ARG(type));
}

static bool is_plain_name(Str type)
{
    for (size_t i = 0; i < type.len; i++) {
        char c = type.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            return false;
        }
    }
    return type.len > 0;
}

static void add_name(Arena *arena, Str file, StrVec *out)
{
    Str name = str_ends_with(file, STR(".yml")) ? str_slice(file, 0, file.len - 4) : STR("");
    if (!is_plain_name(name)) {
        return;
    }
    for (VEC_EACH(const Str, it, out)) {
        if (str_is(*it, str_to_c(arena, name))) {
            return;
        }
    }
    VEC_PUSH(arena, out, str_dup(arena, name));
}

void connector_names(Arena *arena, const Project *project, StrVec *out)
{
    for (size_t i = 0; i < dango_connectors_count; i++) {
        add_name(arena, str_from(dango_connectors_files[i].path), out);
    }
    if (project == NULL) {
        return;
    }
    FsEntryVec files = {0};
    Str folder = fs_join(arena, project->root, STR("connectors"));
    Error *err = fs_walk(arena, str_to_c(arena, folder), 0, &files);
    if (err != NULL) {
        error_discard(err, "a project need not have connectors of its own");
        return;
    }
    for (VEC_EACH(const FsEntry, it, &files)) {
        add_name(arena, fs_base_name(it->path), out);
    }
}

static Error *find_text(Arena *arena, const Project *project, Str type, Str *out_text,
                        Str *out_path)
{
    Str name = file_name(arena, type);
    *out_path = fs_join(arena, STR("connectors"), name);
    if (project != NULL) {
        const char *path = str_to_c(arena, fs_join(arena, project->root, *out_path));
        if (fs_is_file(path)) {
            return fs_read_file(arena, path, LIMIT_CONFIG_BYTES, out_text);
        }
    }
    for (size_t i = 0; i < dango_connectors_count; i++) {
        const EmbedFile *file = &dango_connectors_files[i];
        if (str_is(name, file->path)) {
            *out_text = (Str){file->data, file->size};
        }
    }
    return NULL;
}

static Error *check(const Value *connector)
{
    TRY(value_expect(connector, VALUE_MAP, STR("a connector")));
    TRY(rest_check_keys(connector, document_keys, ARRAY_LEN(document_keys), "a connector"));
    for (VALUE_EACH_ENTRY(it, value_find(connector, STR("options")))) {
        Str name = value_text_or(&it->key, STR(""));
        TRY(value_expect(&it->value, VALUE_MAP, name));
        TRY(rest_check_keys(&it->value, option_keys, ARRAY_LEN(option_keys), "an option"));
    }
    return NULL;
}

Error *connector_find(Arena *arena, const Project *project, Str type, const Value **out)
{
    Str text = {0};
    Str path;
    *out = NULL;
    if (!is_plain_name(type)) {
        return NULL;
    }
    TRY(find_text(arena, project, type, &text, &path));
    if (text.data == NULL) {
        return NULL;
    }
    const ReadOptions options = {.path = path};
    TRY(yaml_read(arena, text, &options, out));
    return check(*out);
}

Error *connector_options(Arena *arena, const Value *connector, const OptionDef *common,
                         size_t count, const OptionDef **out)
{
    VEC(OptionDef) options = {0};
    const Value *own = value_find(connector, STR("options"));
    for (VALUE_EACH_ENTRY(it, own)) {
        const char *name = str_to_c(arena, value_text_or(&it->key, STR("")));
        Str help = value_text_or(value_find(&it->value, STR("help")), STR(""));
        const OptionDef option = {.name = name,
                                  .kind = OPTION_VALUE,
                                  .offset = options.len * sizeof(const Value *),
                                  .help = str_to_c(arena, help)};
        const char *variable = str_to_c(arena, str_printf(arena, "%s_env", name));
        const OptionDef by_variable = {.name = variable,
                                       .kind = OPTION_VALUE,
                                       .offset = (options.len + 1) * sizeof(const Value *),
                                       .help = "the variable with it"};
        VEC_PUSH(arena, &options, option);
        VEC_PUSH(arena, &options, by_variable);
    }
    if (options.len > count) {
        return error_new(ERR_LIMIT, "a connector has more than %zu options", count / 2);
    }
    for (const OptionDef *it = common; it->name != NULL; it++) {
        VEC_PUSH(arena, &options, *it);
    }
    VEC_PUSH(arena, &options, (OptionDef){0});
    *out = options.data;
    return NULL;
}

/* ---- Options ---- */

/* "2024-01-01" or "30daysAgo" as seconds since 1970. */
static Error *to_epoch(const Value *value, Str name, Value *out)
{
    DateTime when = {0};
    Str ending = STR("daysAgo");
    Str text = value_text_or(value, STR(""));
    int64_t days = 0;
    if (value_is(value, VALUE_INT)) {
        *out = *value;
        return NULL;
    }
    if (value_is(value, VALUE_DATE) || value_is(value, VALUE_DATETIME)) {
        *out = value_int(datetime_to_us(value->as.time) / SECOND_US);
        return NULL;
    }
    if (date_parse_iso(text, &when) || datetime_parse_iso(text, &when)) {
        *out = value_int(datetime_to_us(&when) / SECOND_US);
        return NULL;
    }
    if (str_ends_with(text, ending) &&
        number_parse_int64(str_slice(text, 0, text.len - ending.len), &days) && days >= 0 &&
        days < DAY_S) {
        *out = value_int((clock_now_us() / SECOND_US / DAY_S - days) * DAY_S);
        return NULL;
    }
    return error_hint(value_error(ERR_CONFIG, value, "'" STR_FMT "' is no date", STR_ARG(name)),
                      "write it as 2024-01-31 or 30daysAgo");
}

static Error *missing(const SourceContext *ctx, Str name, const Value *option)
{
    Str variable = value_text_or(value_find(option, STR("variable")), STR(""));
    ErrorKind kind = variable.len > 0 ? ERR_AUTH : ERR_CONFIG;
    Error *err = value_error(kind, ctx->config->entry, "source '" STR_FMT "' has no '" STR_FMT "'",
                             STR_ARG(ctx->config->name), STR_ARG(name));
    return variable.len > 0
               ? error_hint(err,
                            "write " STR_FMT "=... into .env, or " STR_FMT
                            " under [sources." STR_FMT "] in .dlt/secrets.toml",
                            STR_ARG(variable), STR_ARG(name), STR_ARG(ctx->config->name))
               : error_hint(err, "write it into the source's block");
}

static Error *value_of_option(const SourceContext *ctx, Str name, const Value *option, Value *out)
{
    const Value *value = value_find(ctx->config->block, name);
    Str variable = value_text_or(value_find(option, STR("variable")), STR(""));
    Secret secret;
    *out = value_null();
    if (!value_is_null(value)) {
        *out = *value;
    } else if (variable.len > 0 && ctx->project != NULL &&
               project_find_variable(ctx->project, ctx->arena, variable, &secret)) {
        *out = value_string(secret_reveal(&secret));
    } else if (value_find(option, STR("default")) != NULL) {
        *out = *value_find(option, STR("default"));
    }
    const Value *required = value_find(option, STR("required"));
    if (value_is_null(out)) {
        return value_is(required, VALUE_BOOL) && required->as.boolean ? missing(ctx, name, option)
                                                                      : NULL;
    }
    return str_is(value_text_or(value_find(option, STR("as")), STR("")), "epoch")
               ? to_epoch(out, name, out)
               : NULL;
}

static Error *option_values(const SourceContext *ctx, const Value *connector, Value *out)
{
    ValueMapBuilder values = value_map_begin(ctx->arena);
    for (VALUE_EACH_ENTRY(it, value_find(connector, STR("options")))) {
        Str name = value_text_or(&it->key, STR(""));
        Value value;
        TRY(value_of_option(ctx, name, &it->value, &value));
        (void)value_map_set(&values, name, value);
    }
    *out = value_map_end(&values);
    return NULL;
}

/* ---- The declaration ---- */

/* A text with `{option.NAME}` replaced; a text that is nothing else becomes the value itself. Other
 * placeholders stay. */
static Value filled_text(Arena *arena, const Value *text, const Value *values)
{
    Str prefix = STR("{option.");
    StrBuf buf = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    Str rest = text->as.text;
    for (size_t open; (open = str_find(rest, prefix, 0)) != SIZE_MAX;) {
        size_t close = str_find(rest, STR("}"), open);
        if (close == SIZE_MAX) {
            break;
        }
        const Value *value = value_find(values, str_slice(rest, open + prefix.len, close));
        if (open == 0 && close + 1 == text->as.text.len && value != NULL) {
            return *value;
        }
        strbuf_add(&buf, str_slice(rest, 0, open));
        strbuf_add(&buf, value_is_null(value) ? STR("") : template_text_of(arena, value));
        rest = str_from_offset(rest, close + 1);
    }
    strbuf_add(&buf, rest);
    return value_placed_at(value_string(strbuf_str(&buf)), text);
}

/* Keys whose option was not given are left out. */
static Value filled(Arena *arena, const Value *tree, const Value *values)
{
    if (value_is(tree, VALUE_STRING)) {
        return filled_text(arena, tree, values);
    }
    if (value_is(tree, VALUE_LIST)) {
        ValueVec items = {0};
        for (VALUE_EACH(it, tree)) {
            VEC_PUSH(arena, &items, filled(arena, it, values));
        }
        return value_placed_at(value_list_of(&items), tree);
    }
    if (!value_is(tree, VALUE_MAP)) {
        return *tree;
    }
    ValueMapBuilder map = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(it, tree)) {
        Value value = filled(arena, &it->value, values);
        if (!value_is_null(&value) || value_is_null(&it->value)) {
            (void)value_map_put(&map, it->key, value);
        }
    }
    return value_placed_at(value_map_end(&map), tree);
}

static Error *wanted_resources(const SourceContext *ctx, const Value *connector, StrVec *out)
{
    const Value *names = value_find(ctx->config->block, STR("resources"));
    names = value_is_null(names) ? value_find(ctx->config->block, STR("endpoints")) : names;
    names = value_is_null(names) ? value_find(connector, STR("default_resources")) : names;
    if (value_is_null(names)) {
        return NULL;
    }
    TRY(value_get_strings(ctx->arena, names, STR("resources"), VALUE_SINGLE_TOO, out));
    const Value *others = value_find(connector, STR("other_names"));
    for (size_t i = 0; i < out->len; i++) {
        out->data[i] = value_text_or(value_find(others, out->data[i]), out->data[i]);
    }
    return NULL;
}

static Str resource_name(const Value *resource)
{
    return value_is(resource, VALUE_STRING)
               ? resource->as.text
               : value_text_or(value_find(resource, STR("name")), STR(""));
}

static Error *check_wanted(const SourceContext *ctx, const Value *resources, const StrVec *wanted)
{
    for (VEC_EACH(const Str, name, wanted)) {
        Suggestion best = suggestion_init(*name);
        bool is_known = false;
        StrVec all = {0};
        for (VALUE_EACH(it, resources)) {
            Str own = resource_name(it);
            is_known = is_known || str_eq(own, *name);
            suggestion_try(&best, own);
            VEC_PUSH(ctx->arena, &all, own);
        }
        if (!is_known) {
            Str list = str_join(ctx->arena, all.data, all.len, STR(", "));
            Error *err = value_error(ERR_CONFIG, ctx->config->entry,
                                     STR_FMT " has no resource '" STR_FMT "'; it has " STR_FMT,
                                     STR_ARG(ctx->config->type), STR_ARG(*name), STR_ARG(list));
            return best.name.len == 0
                       ? err
                       : error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
        }
    }
    return NULL;
}

/* Resources that are not wanted stay for the sake of their children. */
static Value marked(Arena *arena, const Value *resources, const StrVec *wanted)
{
    ValueVec items = {0};
    for (VALUE_EACH(it, resources)) {
        bool is_wanted = wanted->len == 0;
        Str name = resource_name(it);
        for (size_t i = 0; i < wanted->len && !is_wanted; i++) {
            is_wanted = str_eq(wanted->data[i], name);
        }
        ValueMapBuilder map = value_map_begin(arena);
        (void)value_map_set(&map, STR("name"), value_string(name));
        value_map_put_all(&map, it);
        if (!is_wanted) {
            (void)value_map_set(&map, STR("selected"), value_bool(false));
        }
        VEC_PUSH(arena, &items, value_placed_at(value_map_end(&map), it));
    }
    return value_placed_at(value_list_of(&items), resources);
}

Error *connector_expand(const SourceContext *ctx, const Value *connector, const Value **out)
{
    Arena *arena = ctx->arena;
    Value values;
    StrVec wanted = {0};
    TRY(option_values(ctx, connector, &values));
    Value whole = filled(arena, connector, &values);
    const Value *resources = value_find(&whole, STR("resources"));
    TRY(wanted_resources(ctx, connector, &wanted));
    TRY(check_wanted(ctx, resources, &wanted));
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, &whole);
    if (resources != NULL) {
        (void)value_map_set(&map, STR("resources"), marked(arena, resources, &wanted));
    }
    Value *result = ARENA_NEW(arena, Value);
    *result = value_placed_at(value_map_end(&map), connector);
    *out = result;
    return NULL;
}
