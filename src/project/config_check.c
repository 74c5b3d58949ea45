#include "project/config_check.h"

#include "base/limits.h"
#include "base/suggest.h"

void problem_add(Arena *arena, ProjectProblemVec *problems, ProblemSeverity severity,
                 const Value *at, Str hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    StrBuf message = strbuf_init(arena, LIMIT_ERROR_BYTES);
    strbuf_vprintf(&message, format, args);
    va_end(args);
    VEC_PUSH(arena, problems,
             (ProjectProblem){.severity = severity,
                              .place = at != NULL ? value_place(arena, at) : STR(""),
                              .message = strbuf_str(&message),
                              .hint = hint});
}

static const KeyDef *find_key(const KeyDef *keys, Str name)
{
    for (const KeyDef *key = keys; key->name != NULL; key++) {
        if (str_is(name, key->name)) {
            return key;
        }
    }
    return NULL;
}

static void unknown_key(Arena *arena, const ValueEntry *entry, const KeyDef *keys, const char *what,
                        ProjectProblemVec *problems)
{
    Str name = value_text_or(&entry->key, STR(""));
    Suggestion best = suggestion_init(name);
    StrBuf known = strbuf_init(arena, LIMIT_ERROR_BYTES);
    for (const KeyDef *key = keys; key->name != NULL; key++) {
        suggestion_try(&best, str_from(key->name));
        strbuf_printf(&known, "%s%s", known.len > 0 ? ", " : "", key->name);
    }
    Str hint = best.name.len > 0
                   ? str_printf(arena, "did you mean '" STR_FMT "'?", STR_ARG(best.name))
                   : str_printf(arena, "known keys are: " STR_FMT, STR_ARG(strbuf_str(&known)));
    problem_add(arena, problems, PROBLEM_WARNING, &entry->key, hint,
                "unknown key '" STR_FMT "' in %s", STR_ARG(name), what);
}

static bool has_kind(const Value *value, KeyKind kind)
{
    switch (kind) {
    case KEY_ANY:
        return true;
    case KEY_TEXT:
        /* 1.0, 2024-01-01 and yes are texts where a text is wanted: nobody quotes a version */
        return value_kind(value) != VALUE_LIST && value_kind(value) != VALUE_MAP;
    case KEY_BOOL:
        return value_is(value, VALUE_BOOL);
    case KEY_INT:
        return value_is(value, VALUE_INT);
    case KEY_NUMBER:
        return value_is(value, VALUE_INT) || value_is(value, VALUE_FLOAT);
    case KEY_TEXTS:
        return value_is(value, VALUE_LIST) || value_is(value, VALUE_STRING);
    case KEY_LIST:
        return value_is(value, VALUE_LIST);
    case KEY_MAP:
        return value_is(value, VALUE_MAP);
    }
    return false;
}

static const char *const kind_texts[] = {
    [KEY_ANY] = "a value",        [KEY_TEXT] = "text",
    [KEY_BOOL] = "true or false", [KEY_INT] = "a whole number",
    [KEY_NUMBER] = "a number",    [KEY_TEXTS] = "a text or a list of texts",
    [KEY_LIST] = "a list",        [KEY_MAP] = "a map of keys and values",
};

static bool is_choice(const KeyDef *key, Str text)
{
    for (const char *const *choice = key->choices; *choice != NULL; choice++) {
        if (str_is(text, *choice)) {
            return true;
        }
    }
    return false;
}

static Str choices_text(Arena *arena, const KeyDef *key)
{
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    for (const char *const *choice = key->choices; *choice != NULL; choice++) {
        strbuf_printf(&text, "%s%s", text.len > 0 ? ", " : "use one of: ", *choice);
    }
    return strbuf_str(&text);
}

static void check_value(Arena *arena, const Value *value, const KeyDef *key,
                        ProjectProblemVec *problems)
{
    if (!has_kind(value, key->kind)) {
        problem_add(arena, problems, PROBLEM_ERROR, value,
                    str_from(key->help != NULL ? key->help : ""), "'%s' must be %s, not " STR_FMT,
                    key->name, kind_texts[key->kind], STR_ARG(value_describe(arena, value)));
        return;
    }
    if (key->kind == KEY_INT && key->max != 0 &&
        (value->as.integer < key->min || value->as.integer > key->max)) {
        problem_add(arena, problems, PROBLEM_ERROR, value, STR(""),
                    "'%s' must lie between %lld and %lld, not %lld", key->name, (long long)key->min,
                    (long long)key->max, (long long)value->as.integer);
    }
    if (key->choices != NULL && !is_choice(key, value_text_or(value, STR("")))) {
        problem_add(arena, problems, PROBLEM_ERROR, value, choices_text(arena, key),
                    "'%s' cannot be " STR_FMT, key->name, STR_ARG(value_describe(arena, value)));
    }
    if (key->keys != NULL && key->kind == KEY_MAP) {
        config_check(arena, value, key->keys, key->name, problems);
    }
    if (key->keys != NULL && key->kind == KEY_LIST) {
        for (VALUE_EACH(item, value)) {
            config_check(arena, item, key->keys, key->name, problems);
        }
    }
}

void config_check(Arena *arena, const Value *map, const KeyDef *keys, const char *what,
                  ProjectProblemVec *problems)
{
    if (!value_is_null(map) && !value_is(map, VALUE_MAP)) {
        problem_add(arena, problems, PROBLEM_ERROR, map, STR(""), "%s must be %s, not " STR_FMT,
                    what, kind_texts[KEY_MAP], STR_ARG(value_describe(arena, map)));
        return;
    }
    for (VALUE_EACH_ENTRY(entry, map)) {
        const KeyDef *key = find_key(keys, value_text_or(&entry->key, STR("")));
        if (key == NULL) {
            unknown_key(arena, entry, keys, what, problems);
        } else if (!value_is_null(&entry->value)) {
            check_value(arena, &entry->value, key, problems);
        }
    }
    for (const KeyDef *key = keys; key->name != NULL; key++) {
        if (key->required && value_is_null(value_find(map, str_from(key->name)))) {
            problem_add(arena, problems, PROBLEM_ERROR, map,
                        str_from(key->help != NULL ? key->help : ""), "%s lacks the key '%s'", what,
                        key->name);
        }
    }
}
