#include "transform/flag/warn_error.h"

#include "transform/flag/event_names.h"

static const char all_deprecations[] = "Deprecations";

static bool is_among(const StrVec *names, Str name)
{
    for (VEC_EACH(const Str, it, names)) {
        if (str_eq(*it, name)) {
            return true;
        }
    }
    return false;
}

/* ---- Reading ---- */

static Error *dbt_error(TAKES Error *err)
{
    return error_as(err, "dbt");
}

static bool means_all(const Value *value)
{
    Str text = value_text_or(value, (Str){0});
    return str_is(text, "all") || str_is(text, "*");
}

static Error *read_names(Arena *arena, const Value *list, const char *key, StrVec *out)
{
    if (value_is_null(list)) {
        return NULL;
    }
    if (!value_is(list, VALUE_LIST)) {
        return dbt_error(error_new(ERR_CONFIG, "%s must be %sa list of strings", key,
                                   key[0] == 'e' ? "one of ('all', '*') or " : ""));
    }
    for (VALUE_EACH(item, list)) {
        Str name = value_text_or(item, (Str){0});
        if (event_code(name).len == 0 && !str_is(name, all_deprecations)) {
            Str shown = name.len > 0 ? name : value_describe(arena, item);
            return dbt_error(
                error_new(ERR_CONFIG, STR_FMT " is not a valid dbt error name.", STR_ARG(shown)));
        }
        VEC_PUSH(arena, out, name);
    }
    return NULL;
}

/* The value under a key or under its old name. */
static Error *find_either(const Value *options, const char *key, const char *old_key,
                          const Value **out)
{
    const Value *now = value_find(options, str_from(key));
    const Value *before = value_find(options, str_from(old_key));
    bool both = value_len(now) + value_text_or(now, (Str){0}).len > 0 &&
                value_len(before) + value_text_or(before, (Str){0}).len > 0;
    if (both) {
        return error_new(ERR_CONFIG,
                         "Only `%s` or `%s` can be specified in `warn_error_options`, not both",
                         old_key, key);
    }
    *out = before != NULL ? before : now;
    return NULL;
}

Error *warn_error_read(Arena *arena, const Value *options, WarnErrorOptions *out,
                       unsigned *out_renamed)
{
    const Value *error = NULL, *warn = NULL;
    *out = (WarnErrorOptions){0};
    TRY(find_either(options, "error", "include", &error));
    TRY(find_either(options, "warn", "exclude", &warn));
    *out_renamed = (value_find(options, STR("include")) != NULL ? WEO_INCLUDE : 0u) |
                   (value_find(options, STR("exclude")) != NULL ? WEO_EXCLUDE : 0u);
    out->all = means_all(error);
    if (!out->all) {
        TRY(read_names(arena, error, "error", &out->error));
    }
    TRY(read_names(arena, value_find(options, STR("silence")), "silence", &out->silence));
    TRY(read_names(arena, warn, "warn", &out->warn));
    Str deprecations = str_from(all_deprecations);
    if (out->warn.len > 0 && !out->all && !is_among(&out->error, deprecations) &&
        !is_among(&out->silence, deprecations)) {
        return dbt_error(error_new(ERR_CONFIG,
                                   "`warn` can only be specified if `error` is one of ('all', '*') "
                                   "or Deprecations is in `error` or silence."));
    }
    return NULL;
}

/* ---- Asking ---- */

WarningFate warn_error_fate(const WarnErrorOptions *options, Str event)
{
    if (is_among(&options->silence, event)) {
        return WARNING_SILENT;
    }
    if (is_among(&options->warn, event)) {
        return WARNING_TOLD;
    }
    if (is_among(&options->error, event)) {
        return WARNING_IS_ERROR;
    }
    Str deprecations = str_from(all_deprecations);
    if (str_starts_with(event_code(event), STR("D"))) {
        if (is_among(&options->silence, deprecations)) {
            return WARNING_SILENT;
        }
        if (is_among(&options->warn, deprecations)) {
            return WARNING_TOLD;
        }
        if (is_among(&options->error, deprecations)) {
            return WARNING_IS_ERROR;
        }
    }
    return options->all ? WARNING_IS_ERROR : WARNING_TOLD;
}

static Value names_value(Arena *arena, const StrVec *names)
{
    ValueVec items = {0};
    for (VEC_EACH(const Str, it, names)) {
        VEC_PUSH(arena, &items, value_string(*it));
    }
    return value_list_of(&items);
}

Value warn_error_value(Arena *arena, const WarnErrorOptions *options)
{
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("error"),
                  options->all ? value_string(STR("all")) : names_value(arena, &options->error));
    value_map_set(&map, STR("warn"), names_value(arena, &options->warn));
    value_map_set(&map, STR("silence"), names_value(arena, &options->silence));
    return value_map_end(&map);
}
