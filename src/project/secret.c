#include "project/secret.h"

#include <stdlib.h>

#include "base/limits.h"
#include "project/project_internal.h"
#include "value/env_reader.h"
#include "value/yaml_scalar.h"

/* The sections of secrets.toml and config.toml that concern a source, the most special one first.
 */
enum { MAX_SECTIONS = 5 };

static size_t sections_of(const SourceConfig *source, Str out[MAX_SECTIONS])
{
    size_t count = 0;
    out[count++] = source->name;
    static const Str keys[] = {STR_INIT("source_function"), STR_INIT("source_name"),
                               STR_INIT("source_module")};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        Str name = value_text_or(value_find(source->block, keys[i]), STR(""));
        Str package = STR("custom_sources.");
        if (name.len > 0) {
            out[count++] =
                str_starts_with(name, package) ? str_from_offset(name, package.len) : name;
        }
    }
    out[count++] = source->type;
    return count;
}

static const Value *find_in_sections(const Value *file, const SourceConfig *source, Str key)
{
    Str sections[MAX_SECTIONS];
    size_t count = sections_of(source, sections);
    const Value *sources = value_find(file, STR("sources"));
    const Value *found = NULL;
    for (size_t i = 0; i < count && found == NULL; i++) {
        found = value_find(value_find(sources, sections[i]), key);
    }
    return found;
}

bool project_find_variable(const Project *project, Arena *arena, Str name, Secret *out)
{
    const Value *in_file = value_find(project->env, name);
    if (in_file != NULL) {
        *out = (Secret){.hidden = value_text_or(in_file, STR("")),
                        .origin = value_place(arena, in_file)};
        return true;
    }
    const char *text = name.len > 0 ? getenv(str_to_c(arena, name)) : NULL;
    if (text != NULL) {
        *out = (Secret){.hidden = str_from(text), .origin = STR("the environment")};
    }
    return text != NULL;
}

const Value *project_find_secret_value(const Project *project, const SourceConfig *source, Str key)
{
    return find_in_sections(project->secrets, source, key);
}

bool project_find_secret(const Project *project, const SourceConfig *source, Arena *arena, Str key,
                         Secret *out)
{
    const Value *value = project_find_secret_value(project, source, key);
    if (!value_is(value, VALUE_STRING)) {
        return false;
    }
    *out = (Secret){.hidden = value->as.text, .origin = value_place(arena, value)};
    return true;
}

Value project_value_of_text(Arena *arena, Str text)
{
    YamlTag tag = yaml_tag_of_plain(text);
    Value value = value_string(text);
    Str problem;
    if (tag == YAML_TAG_BOOL || tag == YAML_TAG_INT || tag == YAML_TAG_FLOAT) {
        bool fine = yaml_scalar_value(arena, tag, text, &value, &problem);
        CHECK(fine); /* the tag is given to what it fits */
    }
    return value;
}

/* ---- Replacing what stands for a variable ---- */

typedef struct Resolver {
    const Project *project;
    const SourceConfig *source;
    Arena *arena;
    bool in_kwargs; /* where `env:NAME` stands for a variable */
} Resolver;

static Error *get_variable(const Resolver *resolver, Str name, const Value *asked_at, Str *out)
{
    Secret variable;
    if (project_find_variable(resolver->project, resolver->arena, name, &variable)) {
        *out = secret_reveal(&variable);
        return NULL;
    }
    Error *err =
        value_error(ERR_AUTH, asked_at, "the variable '" STR_FMT "' is not set", STR_ARG(name));
    return error_hint(
        err, "write " STR_FMT "=... into .env; it was looked for there and in the environment",
        STR_ARG(name));
}

static Error *expand_text(const Resolver *resolver, const Value *value, Str *out)
{
    Str text = value->as.text;
    StrBuf expanded = strbuf_init(resolver->arena, LIMIT_CONFIG_BYTES);
    size_t at = 0;
    for (size_t open; (open = str_find(text, STR("${"), at)) != SIZE_MAX;) {
        size_t close = str_find(text, STR("}"), open);
        Str name = close != SIZE_MAX ? str_slice(text, open + 2, close) : STR("");
        if (!env_is_name(name)) {
            strbuf_add(&expanded, str_slice(text, at, open + 2));
            at = open + 2;
            continue;
        }
        Str variable = STR("");
        TRY(get_variable(resolver, name, value, &variable));
        strbuf_add(&expanded, str_slice(text, at, open));
        strbuf_add(&expanded, variable);
        at = close + 1;
    }
    strbuf_add(&expanded, str_from_offset(text, at));
    *out = at > 0 ? strbuf_str(&expanded) : text;
    return NULL;
}

static Error *resolve(const Resolver *resolver, const Value *value, Value *out);

static Error *resolve_text(const Resolver *resolver, const Value *value, Value *out)
{
    Str text = STR("");
    Str prefix = STR("env:");
    if (resolver->in_kwargs && str_starts_with(value->as.text, prefix) &&
        env_is_name(str_from_offset(value->as.text, prefix.len))) {
        TRY(get_variable(resolver, str_from_offset(value->as.text, prefix.len), value, &text));
    } else {
        TRY(expand_text(resolver, value, &text));
    }
    *out = value_placed_at(value_string(text), value);
    return NULL;
}

static Error *resolve_list(const Resolver *resolver, const Value *list, Value *out)
{
    size_t len = value_len(list);
    Value *items = ARENA_ARRAY(resolver->arena, Value, len);
    for (size_t i = 0; i < len; i++) {
        TRY(resolve(resolver, value_at(list, i), &items[i]));
    }
    *out = value_placed_at(value_list(items, len), list);
    return NULL;
}

/* The key that `<key>_env` fills; empty when the entry is none such. */
static Str filled_key(const ValueEntry *entry)
{
    Str key = value_text_or(&entry->key, STR(""));
    Str suffix = STR("_env");
    bool fits = key.len > suffix.len && str_ends_with(key, suffix) &&
                env_is_name(value_text_or(&entry->value, STR("")));
    return fits ? str_slice(key, 0, key.len - suffix.len) : STR("");
}

/* `api_key_env: NAME`: unless the key itself is given, in the entry or in secrets.toml. */
static Error *resolve_env_entry(const Resolver *resolver, const Value *map, const ValueEntry *entry,
                                Str key, ValueMapBuilder *out)
{
    Secret secret;
    Str text = STR("");
    if (value_find(map, key) != NULL) {
        return NULL;
    }
    if (project_find_secret(resolver->project, resolver->source, resolver->arena, key, &secret)) {
        text = secret_reveal(&secret);
    } else {
        TRY(get_variable(resolver, entry->value.as.text, &entry->value, &text));
    }
    value_map_set(out, key, value_placed_at(value_string(text), &entry->value));
    return NULL;
}

static Error *resolve_map(const Resolver *resolver, const Value *map, Value *out)
{
    ValueMapBuilder builder = value_map_begin(resolver->arena);
    for (VALUE_EACH_ENTRY(it, map)) {
        Str key = filled_key(it);
        if (key.len > 0) {
            TRY(resolve_env_entry(resolver, map, it, key, &builder));
            continue;
        }
        Resolver below = *resolver;
        below.in_kwargs |= str_is(value_text_or(&it->key, STR("")), "function_kwargs");
        Value value;
        TRY(resolve(&below, &it->value, &value));
        value_map_put(&builder, it->key, value);
    }
    *out = value_placed_at(value_map_end(&builder), map);
    return NULL;
}

static Error *resolve(const Resolver *resolver, const Value *value, Value *out)
{
    if (value_is(value, VALUE_STRING)) {
        return resolve_text(resolver, value, out);
    }
    if (value_is(value, VALUE_LIST)) {
        return resolve_list(resolver, value, out);
    }
    if (value_is(value, VALUE_MAP)) {
        return resolve_map(resolver, value, out);
    }
    *out = *value;
    return NULL;
}

/* ---- The options of a source ---- */

/* Adds what the sections of a file say about the source, except for keys that are there. */
static void add_sections(const Value *file, const SourceConfig *source, ValueMapBuilder *options)
{
    Str sections[MAX_SECTIONS];
    size_t count = sections_of(source, sections);
    const Value *sources = value_find(file, STR("sources"));
    for (size_t i = 0; i < count; i++) {
        for (VALUE_EACH_ENTRY(it, value_find(sources, sections[i]))) {
            if (value_map_peek(options, &it->key) == NULL) {
                value_map_put(options, it->key, it->value);
            }
        }
    }
}

/* SOURCES__<NAME>__<KEY>=text, in .env or the environment. */
static Str variable_of(const SourceConfig *source, Str key, Arena *arena)
{
    Str name =
        str_printf(arena, "SOURCES__" STR_FMT "__" STR_FMT, STR_ARG(source->name), STR_ARG(key));
    return str_upper_ascii(arena, name);
}

static void add_variable(const SourceConfig *source, Arena *arena, Str name, Str text,
                         ValueMapBuilder *options)
{
    Str prefix = variable_of(source, STR(""), arena);
    if (!str_starts_with(name, prefix) || name.len == prefix.len) {
        return;
    }
    Str key = str_lower_ascii(arena, str_from_offset(name, prefix.len));
    value_map_set(options, key, project_value_of_text(arena, str_dup(arena, text)));
}

static void add_variables(const Project *project, const SourceConfig *source, Arena *arena,
                          ValueMapBuilder *options)
{
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
        Str name;
        Str text;
        if (str_cut(str_from(*variable), '=', &name, &text)) {
            add_variable(source, arena, name, text, options);
        }
    }
    for (VALUE_EACH_ENTRY(it, project->env)) {
        add_variable(source, arena, it->key.as.text, it->value.as.text, options);
    }
}

Error *project_resolve_options(const Project *project, const SourceConfig *source, Arena *arena,
                               const Value **out_options)
{
    ValueMapBuilder merged = value_map_begin(arena);
    value_map_put_all(&merged, source->block);
    add_sections(project->secrets, source, &merged);
    add_sections(project->config, source, &merged);
    Value map = value_placed_at(value_map_end(&merged), source->entry);
    const Resolver resolver = {.project = project, .source = source, .arena = arena};
    Value resolved;
    TRY_WRAP(resolve(&resolver, &map, &resolved), "source '" STR_FMT "'", STR_ARG(source->name));
    ValueMapBuilder options = value_map_begin(arena);
    value_map_put_all(&options, &resolved);
    add_variables(project, source, arena, &options);
    Value *result = ARENA_NEW(arena, Value);
    *result = value_placed_at(value_map_end(&options), source->entry);
    *out_options = result;
    return NULL;
}

Str project_option_origin(const Project *project, const SourceConfig *source, Str key, Arena *arena)
{
    Secret secret;
    if (project_find_variable(project, arena, variable_of(source, key, arena), &secret)) {
        return secret.origin;
    }
    if (value_find(source->block, key) != NULL) {
        return STR("");
    }
    if (project_find_secret(project, source, arena, key, &secret)) {
        return secret.origin;
    }
    Str env_key = str_printf(arena, STR_FMT "_env", STR_ARG(key));
    Str variable = value_text_or(value_find(source->block, env_key), STR(""));
    if (project_find_variable(project, arena, variable, &secret)) {
        return str_printf(arena, "'" STR_FMT "' in " STR_FMT, STR_ARG(variable),
                          STR_ARG(secret.origin));
    }
    return value_place(arena, find_in_sections(project->config, source, key));
}
