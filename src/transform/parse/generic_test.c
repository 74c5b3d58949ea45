#include "transform/parse/generic_test.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"
#include "transform/python/text.h"
#include "value/json_writer.h"

enum {
    NAME_MAX_CHARS = 64, /* names this long or longer are shortened */
    NAME_KEPT_CHARS = 30,
    ID_HASH_CHARS = 10,
};

/* Entries of this name configure the test even outside `config:`, as older projects have it. */
static const char *const config_keys[] = {
    "severity",  "tags",           "enabled",           "where", "limit",    "warn_if", "error_if",
    "fail_calc", "store_failures", "store_failures_as", "meta",  "database", "schema",  "alias",
};

static bool is_config_key(Str key)
{
    for (size_t i = 0; i < ARRAY_LEN(config_keys); i++) {
        if (str_is(key, config_keys[i])) {
            return true;
        }
    }
    return false;
}

/* ---- The parts of an entry ---- */

static Error *shape_error(const Value *at, const TestTarget *target, const char *what)
{
    AUTO_FREE(arena) Arena *arena = arena_new("place");
    Str place = value_place(arena, at);
    Error *err =
        error_new(ERR_CONFIG, "Invalid generic test configuration given in " STR_FMT ": \n%s",
                  STR_ARG(target->yaml_path), what);
    return error_hint(error_as(err, "ParsingError"), "at " STR_FMT, STR_ARG(place));
}

/* `name`, `{name: args}` or `{test_name: name, ...}`: the test's name and its arguments (NULL =
 * none). */
static Error *split_entry(const Value *entry, const TestTarget *target, Str *out_name,
                          const Value **out_args)
{
    *out_args = NULL;
    if (value_is(entry, VALUE_STRING)) {
        *out_name = entry->as.text;
        return NULL;
    }
    if (!value_is(entry, VALUE_MAP)) {
        return shape_error(entry, target, "test must be dict or str");
    }
    const Value *flat = value_find(entry, STR("test_name"));
    if (flat != NULL) {
        *out_args = entry;
        return value_get_string(flat, STR("test_name"), out_name);
    }
    if (value_len(entry) != 1) {
        return shape_error(entry, target, "test definition dictionary must have exactly one key");
    }
    const ValueEntry *only = value_entries(entry);
    TRY(value_get_string(&only->key, STR("test name"), out_name));
    if (!value_is_null(&only->value) && !value_is(&only->value, VALUE_MAP)) {
        return shape_error(&only->value, target, "test arguments must be a dictionary");
    }
    *out_args = &only->value;
    return NULL;
}

static void split_namespace(Str test, TestSpec *spec)
{
    spec->macro_name = test;
    (void)str_cut(test, '.', &spec->macro_package, &spec->macro_name);
}

/* ---- Arguments ---- */

typedef struct ArgsReader {
    Arena *arena;
    const TestTarget *target;
    ValueMapBuilder kwargs;
    ValueMapBuilder config;
    Str custom_name;
    Str description;
    TestHabits habits;
    bool nested; /* there are some below `arguments` */
} ArgsReader;

static Error *read_config_block(ArgsReader *reader, const Value *block)
{
    TRY(value_expect(block, VALUE_MAP, STR("config")));
    for (VALUE_EACH_ENTRY(entry, block)) {
        if (value_map_put(&reader->config, entry->key, entry->value)) {
            return shape_error(&entry->key, reader->target,
                               "Test cannot have the same key at the top-level and in config");
        }
    }
    return NULL;
}

/* One that stands where all of them stood before there was a place for them. */
static Error *add_argument_beside(ArgsReader *reader, Str key, const ValueEntry *entry)
{
    value_map_put(&reader->kwargs, entry->key, entry->value);
    if (!reader->target->flat && !str_is(key, "column_name")) {
        reader->habits.bare_arguments = true;
    }
    if (str_is(key, "arguments")) {
        reader->habits.own_arguments = &entry->value;
    }
    return NULL;
}

static Error *read_argument(ArgsReader *reader, const ValueEntry *entry)
{
    Str key = value_text_or(&entry->key, (Str){0});
    if (str_is(key, "config")) {
        return read_config_block(reader, &entry->value);
    }
    if (str_is(key, "name")) {
        return value_get_string(&entry->value, key, &reader->custom_name);
    }
    if (str_is(key, "description")) {
        return value_get_string(&entry->value, key, &reader->description);
    }
    if (str_is(key, "arguments") && !reader->target->flat) {
        TRY(value_expect(&entry->value, VALUE_MAP, key));
        reader->nested = value_len(&entry->value) > 0;
        value_map_put_all(&reader->kwargs, &entry->value);
        return NULL;
    }
    if (str_is(key, "test_name")) {
        return NULL;
    }
    if (!is_config_key(key)) {
        return add_argument_beside(reader, key, entry);
    }
    if (!reader->target->flat) {
        VEC_PUSH(reader->arena, &reader->habits.moved, key);
    }
    if (value_map_put(&reader->config, entry->key, entry->value)) {
        return shape_error(&entry->key, reader->target,
                           "Test cannot have the same key at the top-level and in config");
    }
    return NULL;
}

static int compare_entries(const void *a, const void *b)
{
    const ValueEntry *left = a, *right = b;
    return str_compare(value_text_or(&left->key, (Str){0}), value_text_or(&right->key, (Str){0}));
}

static const Value *sorted_map(Arena *arena, const Value *map)
{
    size_t count = value_len(map);
    ValueEntry *entries = ARENA_ARRAY(arena, ValueEntry, count);
    if (count > 0) {
        memcpy(entries, value_entries(map), count * sizeof(*entries));
        qsort(entries, count, sizeof(*entries), compare_entries);
    }
    ValueMapBuilder builder = value_map_begin(arena);
    for (size_t i = 0; i < count; i++) {
        value_map_put(&builder, entries[i].key, entries[i].value);
    }
    Value *result = ARENA_NEW(arena, Value);
    *result = value_map_end(&builder);
    return result;
}

/* ---- Names ---- */

static bool is_name_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Every run of other characters becomes one '_'. */
static void add_cleaned(Str text, StrBuf *out)
{
    for (size_t i = 0; i < text.len;) {
        if (is_name_char(text.data[i])) {
            strbuf_add_char(out, text.data[i++]);
            continue;
        }
        strbuf_add_char(out, '_');
        while (i < text.len && !is_name_char(text.data[i])) {
            i++;
        }
    }
}

static void add_argument(Arena *arena, const Value *value, size_t *count, StrBuf *out)
{
    if ((*count)++ > 0) {
        strbuf_add_c(out, "__");
    }
    add_cleaned(python_str(value, arena), out);
}

/* The arguments by key: a list or map counts as its items. */
static Str arguments_text(Arena *arena, const Value *kwargs)
{
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    size_t count = 0;
    const Value *sorted = sorted_map(arena, kwargs);
    for (VALUE_EACH_ENTRY(entry, sorted)) {
        if (str_is(value_text_or(&entry->key, (Str){0}), "model")) {
            continue;
        }
        if (value_is(&entry->value, VALUE_LIST) || value_is(&entry->value, VALUE_MAP)) {
            for (size_t i = 0; i < value_len(&entry->value); i++) {
                add_argument(arena, value_at(&entry->value, i), &count, &text);
            }
        } else {
            add_argument(arena, &entry->value, &count, &text);
        }
    }
    return strbuf_str(&text);
}

static void synthesize_names(Arena *arena, const TestTarget *target, TestSpec *spec, Str *out_full)
{
    Str base = spec->macro_name;
    if (target->is_source) {
        base = str_printf(arena, "source_" STR_FMT, STR_ARG(base));
    }
    if (spec->macro_package.len > 0) {
        base = str_printf(arena, STR_FMT "_" STR_FMT, STR_ARG(spec->macro_package), STR_ARG(base));
    }
    Str stem = str_printf(arena, STR_FMT "_" STR_FMT, STR_ARG(base), STR_ARG(target->name));
    Str full = str_printf(arena, STR_FMT "_" STR_FMT, STR_ARG(stem),
                          STR_ARG(arguments_text(arena, spec->kwargs)));
    *out_full = full;
    spec->short_name = full;
    if (full.len >= NAME_MAX_CHARS) {
        Str kept = str_slice(stem, 0, stem.len < NAME_KEPT_CHARS ? stem.len : NAME_KEPT_CHARS);
        spec->short_name =
            str_printf(arena, STR_FMT "_" STR_FMT, STR_ARG(kept), STR_ARG(digest_md5(arena, full)));
    }
}

/* ---- The id ---- */

/* Every scalar as its text, all the way down, as the hash has it. */
static Value stringified(Arena *arena, const Value *value)
{
    if (value_is(value, VALUE_LIST)) {
        ValueVec items = {0};
        for (VALUE_EACH(item, value)) {
            VEC_PUSH(arena, &items, stringified(arena, item));
        }
        return value_list_of(&items);
    }
    if (value_is(value, VALUE_MAP)) {
        ValueMapBuilder builder = value_map_begin(arena);
        const Value *sorted = sorted_map(arena, value);
        for (VALUE_EACH_ENTRY(entry, sorted)) {
            value_map_put(&builder, entry->key, stringified(arena, &entry->value));
        }
        return value_map_end(&builder);
    }
    return value_string(python_str(value, arena));
}

static Str id_hash(Arena *arena, const TestSpec *spec)
{
    ValueMapBuilder metadata = value_map_begin(arena);
    value_map_set(&metadata, STR("kwargs"), stringified(arena, spec->kwargs));
    value_map_set(&metadata, STR("name"), value_string(spec->macro_name));
    value_map_set(&metadata, STR("namespace"),
                  value_string(spec->macro_package.len > 0 ? spec->macro_package : STR("None")));
    Value map = value_map_end(&metadata);
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_add(&text, spec->name);
    python_repr(&map, &text);
    Str digest = digest_md5(arena, strbuf_str(&text));
    return str_from_offset(digest, digest.len - ID_HASH_CHARS);
}

/* ---- The code ---- */

static void add_config_value(const Value *value, Arena *arena, StrBuf *out)
{
    if (value_is(value, VALUE_STRING)) {
        strbuf_add(out, json_text(arena, value, &json_style_python));
    } else {
        python_repr(value, out);
    }
}

static void add_config_entry(Arena *arena, Str key, const Value *value, bool first, StrBuf *out)
{
    strbuf_printf(out, "%s" STR_FMT "=", first ? "" : ",", STR_ARG(key));
    add_config_value(value, arena, out);
}

/* The known keys in dbt's order, then the others. */
static void add_config(Arena *arena, const Value *config, StrBuf *out)
{
    size_t before = out->len;
    for (size_t i = 0; i < ARRAY_LEN(config_keys); i++) {
        const Value *value = value_find(config, str_from(config_keys[i]));
        if (value != NULL) {
            add_config_entry(arena, str_from(config_keys[i]), value, out->len == before, out);
        }
    }
    for (VALUE_EACH_ENTRY(entry, config)) {
        Str key = value_text_or(&entry->key, (Str){0});
        if (!is_config_key(key)) {
            add_config_entry(arena, key, &entry->value, out->len == before, out);
        }
    }
}

static Str raw_code(Arena *arena, const TestSpec *spec)
{
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_add_c(&text, "{{ ");
    if (spec->macro_package.len > 0) {
        strbuf_printf(&text, STR_FMT ".", STR_ARG(spec->macro_package));
    }
    strbuf_printf(&text, "test_" STR_FMT "(**_dbt_generic_test_kwargs) }}",
                  STR_ARG(spec->macro_name));
    if (value_len(spec->config) > 0) {
        strbuf_add_c(&text, "{{ config(");
        add_config(arena, spec->config, &text);
        strbuf_add_c(&text, ") }}");
    }
    return strbuf_str(&text);
}

void generic_test_configure(Arena *arena, TestSpec *spec, const Value *config)
{
    spec->config = config;
    spec->raw_code = raw_code(arena, spec);
}

Error *generic_test_read(Arena *arena, const Value *entry, const TestTarget *target,
                         TestSpec *out_spec)
{
    TestSpec spec = {0};
    Str test;
    const Value *args = NULL;
    TRY(split_entry(entry, target, &test, &args));
    split_namespace(test, &spec);

    ArgsReader reader = {.arena = arena,
                         .target = target,
                         .kwargs = value_map_begin(arena),
                         .config = value_map_begin(arena)};
    for (VALUE_EACH_ENTRY(argument, args)) {
        TRY(read_argument(&reader, argument));
    }
    if (target->column.len > 0) {
        value_map_set(&reader.kwargs, STR("column_name"), value_string(target->column));
    }
    value_map_set(&reader.kwargs, STR("model"), value_string(target->model_text));
    Value *kwargs = ARENA_NEW(arena, Value);
    *kwargs = value_map_end(&reader.kwargs);
    spec.kwargs = kwargs;
    spec.description = reader.description;
    spec.habits = reader.habits;
    spec.habits.test = test;
    spec.habits.bare_arguments = reader.habits.bare_arguments && !reader.nested;

    Str full;
    synthesize_names(arena, target, &spec, &full);
    spec.name = full;
    if (reader.custom_name.len > 0) {
        spec.name = spec.short_name = reader.custom_name;
    }
    Value alias = value_string(STR("alias"));
    if (!str_eq(spec.short_name, full) && reader.custom_name.len == 0 &&
        value_map_peek(&reader.config, &alias) == NULL) {
        value_map_put(&reader.config, alias, value_string(spec.short_name));
    }
    Value *config = ARENA_NEW(arena, Value);
    *config = value_map_end(&reader.config);
    spec.config = config;
    spec.id_hash = id_hash(arena, &spec);
    spec.raw_code = raw_code(arena, &spec);
    *out_spec = spec;
    return NULL;
}
