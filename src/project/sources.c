/* .dango/sources.yml: what is loaded. */
#include "base/limits.h"
#include "base/suggest.h"
#include "project/config_check.h"
#include "project/project_internal.h"

static const char sources_file[] = ".dango/sources.yml";

static const char *const empty_policies[] = {"block", "allow", NULL};

/* Keys of every entry. The block named after the type, generic_config and flat options belong to
 * the type and are checked where it is known (source/option.h). */
static const KeyDef entry_keys[] = {
    {.name = "name", .kind = KEY_TEXT, .required = true, .help = "give the source a name"},
    {.name = "type", .kind = KEY_TEXT, .required = true, .help = "say what it is, such as csv"},
    {.name = "enabled", .kind = KEY_BOOL},
    {.name = "description", .kind = KEY_TEXT},
    {.name = "tags", .kind = KEY_TEXTS},
    {.name = "lookback_days", .kind = KEY_INT, .min = 0, .max = 3650},
    {.name = "empty_sync_policy", .kind = KEY_TEXT, .choices = empty_policies},
    {.name = "deduplication", .kind = KEY_TEXT},
    {.name = "namespace", .kind = KEY_TEXT},
    {.name = "generic_config", .kind = KEY_MAP},
    {0},
};

static const KeyDef *entry_key(Str name)
{
    for (const KeyDef *key = entry_keys; key->name != NULL; key++) {
        if (str_is(name, key->name)) {
            return key;
        }
    }
    return NULL;
}

/* The type's options: its block first, then generic_config, then what stands beside `type`. */
static const Value *merge_block(Arena *arena, const Value *entry, Str type)
{
    ValueMapBuilder merged = value_map_begin(arena);
    const Value *layers[] = {value_find(entry, type), value_find(entry, STR("generic_config"))};
    for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
        for (VALUE_EACH_ENTRY(it, layers[i])) {
            if (value_map_peek(&merged, &it->key) == NULL) {
                value_map_put(&merged, it->key, it->value);
            }
        }
    }
    for (VALUE_EACH_ENTRY(it, entry)) {
        Str name = value_text_or(&it->key, STR(""));
        if (entry_key(name) == NULL && !str_eq(name, type) &&
            value_map_peek(&merged, &it->key) == NULL) {
            value_map_put(&merged, it->key, it->value);
        }
    }
    Value *block = ARENA_NEW(arena, Value);
    *block = value_placed_at(value_map_end(&merged), entry);
    return block;
}

static Str name_problem(Str name)
{
    if (name.len == 0 || name.len > 64) {
        return STR("a name has 1 to 64 characters");
    }
    if (name.data[0] >= '0' && name.data[0] <= '9') {
        return STR("a name begins with a letter");
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            return STR("use letters, digits and _");
        }
    }
    return STR("");
}

static void fail_entry(Arena *arena, SourceConfig *source, const ProjectProblem *problem)
{
    if (source->error == NULL) {
        source->error = ARENA_NEW(arena, ProjectProblem);
        *source->error = *problem;
    }
}

/* The keys that every entry may have, held against the table; the first error makes the entry
 * unusable. */
static void check_entry(Project *project, SourceConfig *source)
{
    ValueMapBuilder common = value_map_begin(project->arena);
    for (VALUE_EACH_ENTRY(it, source->entry)) {
        if (entry_key(value_text_or(&it->key, STR(""))) != NULL) {
            value_map_put(&common, it->key, it->value);
        }
    }
    bool is_map = value_is(source->entry, VALUE_MAP);
    Value checked =
        is_map ? value_placed_at(value_map_end(&common), source->entry) : *source->entry;
    size_t before = project->problems.len;
    config_check(project->arena, &checked, entry_keys, "the source", &project->problems);
    Str wrong = name_problem(source->name);
    const Value *name = value_find(source->entry, STR("name"));
    if (wrong.len > 0 && !value_is_null(name)) {
        problem_add(project->arena, &project->problems, PROBLEM_ERROR, name, wrong,
                    "'" STR_FMT "' cannot be the name of a source", STR_ARG(source->name));
    }
    for (size_t i = before; i < project->problems.len; i++) {
        if (project->problems.data[i].severity == PROBLEM_ERROR) {
            fail_entry(project->arena, source, &project->problems.data[i]);
        }
    }
}

static void check_duplicate(Project *project, SourceConfig *source)
{
    const SourceConfig *other = project_find_source(project, source->name);
    if (other == NULL || source->name.len == 0) {
        return;
    }
    const Value *name = value_find(source->entry, STR("name"));
    problem_add(project->arena, &project->problems, PROBLEM_ERROR, name,
                STR("give one of them another name"),
                "source '" STR_FMT "' is there twice; the first one is at " STR_FMT,
                STR_ARG(source->name), STR_ARG(other->place));
    fail_entry(project->arena, source, &project->problems.data[project->problems.len - 1]);
}

static void read_entry(Project *project, const Value *entry)
{
    Arena *arena = project->arena;
    SourceConfig source = {.entry = entry, .enabled = true, .lookback_days = -1};
    source.place = value_place(arena, entry);
    source.name = str_lower_ascii(arena, value_text_or(value_find(entry, STR("name")), STR("")));
    source.type = str_lower_ascii(arena, value_text_or(value_find(entry, STR("type")), STR("")));
    source.description = value_text_or(value_find(entry, STR("description")), STR(""));
    source.deduplication = value_text_or(value_find(entry, STR("deduplication")), STR(""));
    source.namespace = value_text_or(value_find(entry, STR("namespace")), STR(""));
    const Value *enabled = value_find(entry, STR("enabled"));
    source.enabled = !value_is(enabled, VALUE_BOOL) || enabled->as.boolean;
    const Value *lookback = value_find(entry, STR("lookback_days"));
    source.lookback_days = value_is(lookback, VALUE_INT) ? lookback->as.integer : -1;
    source.allow_empty =
        str_is(value_text_or(value_find(entry, STR("empty_sync_policy")), STR("")), "allow");
    const Value *tags = value_find(entry, STR("tags"));
    for (VALUE_EACH(tag, tags)) {
        VEC_PUSH(arena, &source.tags, value_text_or(tag, STR("")));
    }
    if (value_is(tags, VALUE_STRING)) {
        VEC_PUSH(arena, &source.tags, tags->as.text);
    }
    source.block = merge_block(arena, entry, source.type);
    check_entry(project, &source);
    check_duplicate(project, &source);
    VEC_PUSH(arena, &project->sources, source);
}

static const KeyDef file_keys[] = {
    {.name = "version", .kind = KEY_ANY},
    {.name = "sources", .kind = KEY_LIST},
    {0},
};

Error *project_read_sources(Project *project)
{
    const Value *file = NULL;
    TRY(project_read_yaml(project, sources_file, false, &file));
    config_check(project->arena, file, file_keys, sources_file, &project->problems);
    for (VALUE_EACH(entry, value_find(file, STR("sources")))) {
        read_entry(project, entry);
    }
    return project_assign_namespaces(project);
}

const SourceConfig *project_find_source(const Project *project, Str name)
{
    for (VEC_EACH(const SourceConfig, source, &project->sources)) {
        if (str_eq_nocase(source->name, name)) {
            return source;
        }
    }
    return NULL;
}

Error *project_get_source(const Project *project, Str name, const SourceConfig **out)
{
    const SourceConfig *source = project_find_source(project, name);
    if (source != NULL && source->error == NULL) {
        *out = source;
        return NULL;
    }
    if (source != NULL) {
        return error_hint(error_new(ERR_CONFIG, STR_FMT ": " STR_FMT, STR_ARG(source->error->place),
                                    STR_ARG(source->error->message)),
                          STR_FMT, STR_ARG(source->error->hint));
    }
    AUTO_FREE(arena) Arena *arena = arena_new("names of sources");
    Suggestion best = suggestion_init(name);
    StrBuf known = strbuf_init(arena, LIMIT_ERROR_BYTES);
    for (VEC_EACH(const SourceConfig, it, &project->sources)) {
        suggestion_try(&best, it->name);
        strbuf_printf(&known, "%s" STR_FMT, known.len > 0 ? ", " : "", STR_ARG(it->name));
    }
    Error *err = error_new(ERR_NOT_FOUND, "Source '" STR_FMT "' not found", STR_ARG(name));
    if (best.name.len > 0) {
        err = error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
    }
    return error_hint(err, "known sources: %s", known.len > 0 ? strbuf_c(&known) : "none yet");
}
