#include "source/option.h"

#include "base/number.h"
#include "base/suggest.h"

/* Keys that every entry may have beside those of its type; flat keys stand in the block too. */
static const char *const entry_keys[] = {"notes", "namespace", NULL};

const OptionDef *option_find(const OptionDef *options, Str name)
{
    for (const OptionDef *option = options; option->name != NULL; option++) {
        if (str_is(name, option->name)) {
            return option;
        }
    }
    return NULL;
}

static void *field_of(void *state, const OptionDef *option)
{
    return (char *)state + option->offset;
}

static Str list_choices(Arena *arena, const char *const *choices)
{
    StrVec names = {0};
    for (const char *const *it = choices; *it != NULL; it++) {
        VEC_PUSH(arena, &names, str_from(*it));
    }
    return str_join(arena, names.data, names.len, STR(", "));
}

static Error *check_choice(Arena *arena, const OptionDef *option, const Value *value, Str text)
{
    if (option->choices == NULL) {
        return NULL;
    }
    Suggestion best = suggestion_init(text);
    for (const char *const *it = option->choices; *it != NULL; it++) {
        if (str_is(text, *it)) {
            return NULL;
        }
        suggestion_try(&best, str_from(*it));
    }
    Str allowed = list_choices(arena, option->choices);
    Error *err =
        value_error(ERR_CONFIG, value, "'%s' must be one of " STR_FMT ", not '" STR_FMT "'",
                    option->name, STR_ARG(allowed), STR_ARG(text));
    return best.name.len == 0 ? err
                              : error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
}

static Error *read_switch(const Value *value, Str name, OptionSwitch *out)
{
    bool on = false;
    TRY(value_get_bool(value, name, &on));
    *out = on ? OPTION_ON : OPTION_OFF;
    return NULL;
}

static Error *read_value(Arena *arena, const OptionDef *option, const Value *value, void *field)
{
    Str name = str_from(option->name);
    switch (option->kind) {
    case OPTION_STRING:
        TRY(value_get_string(value, name, field));
        return check_choice(arena, option, value, *(Str *)field);
    case OPTION_STRINGS:
        return value_get_strings(arena, value, name, VALUE_SINGLE_TOO, field);
    case OPTION_SWITCH:
        return read_switch(value, name, field);
    case OPTION_INT:
        return value_get_int(value, name, field);
    case OPTION_FLOAT:
        return value_get_float(value, name, field);
    case OPTION_VALUE:
        *(const Value **)field = value;
        return NULL;
    }
    return NULL;
}

/* The table's own text for an option that is not given. */
static void set_otherwise(const OptionDef *option, void *field)
{
    if (option->otherwise == NULL) {
        return;
    }
    Str text = str_from(option->otherwise);
    switch (option->kind) {
    case OPTION_STRING:
        *(Str *)field = text;
        return;
    case OPTION_SWITCH:
        *(OptionSwitch *)field = str_is(text, "true") ? OPTION_ON : OPTION_OFF;
        return;
    case OPTION_INT:
        CHECK(number_parse_int64(text, field));
        return;
    case OPTION_FLOAT:
        CHECK(number_parse_double(text, field));
        return;
    case OPTION_VALUE:
    case OPTION_STRINGS: /* these have no text for what is not given */
        CHECK(option->otherwise == NULL);
        return;
    }
}

static bool is_entry_key(Str name)
{
    for (const char *const *it = entry_keys; *it != NULL; it++) {
        if (str_is(name, *it)) {
            return true;
        }
    }
    return false;
}

static void warn_unknown(Arena *arena, const OptionDef *options, const SourceConfig *config,
                         const Value *key, ProjectProblemVec *problems)
{
    Str name = key->as.text;
    Suggestion best = suggestion_init(name);
    for (const OptionDef *option = options; option->name != NULL; option++) {
        suggestion_try(&best, str_from(option->name));
    }
    Str hint = best.name.len > 0
                   ? str_printf(arena, "did you mean '" STR_FMT "'?", STR_ARG(best.name))
                   : str_printf(arena, "see 'dango source add %s --help' for the keys there are",
                                str_to_c(arena, config->type));
    VEC_PUSH(arena, problems,
             (ProjectProblem){
                 .severity = PROBLEM_WARNING,
                 .place = value_place(arena, key),
                 .message = str_printf(arena,
                                       "unknown key '" STR_FMT "' in source '" STR_FMT
                                       "' of type " STR_FMT "; it is ignored",
                                       STR_ARG(name), STR_ARG(config->name), STR_ARG(config->type)),
                 .hint = hint,
             });
}

Error *options_read(Arena *arena, const OptionDef *options, const SourceConfig *config, void *state,
                    ProjectProblemVec *problems)
{
    for (const OptionDef *option = options; option->name != NULL; option++) {
        void *field = field_of(state, option);
        const Value *value = value_find(config->block, str_from(option->name));
        if (value_is_null(value)) {
            set_otherwise(option, field);
        } else {
            TRY(read_value(arena, option, value, field));
        }
    }
    for (VALUE_EACH_ENTRY(entry, config->block)) {
        if (value_is(&entry->key, VALUE_STRING) &&
            option_find(options, entry->key.as.text) == NULL && !is_entry_key(entry->key.as.text)) {
            warn_unknown(arena, options, config, &entry->key, problems);
        }
    }
    return NULL;
}
