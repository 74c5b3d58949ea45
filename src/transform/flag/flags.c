#include "transform/flag/flags.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/number.h"
#include "transform/flag/flag_file.h"
#include "value/yaml_reader.h"

typedef enum FlagType {
    TYPE_SWITCH,
    TYPE_ON,
    TYPE_TEXT,
    TYPE_INT,
    TYPE_CHOICE,
    TYPE_YAML,
    TYPE_WORDS,
    TYPE_TIME
} FlagType;

typedef struct FlagRow {
    const char *name;
    FlagType type;
    const char *preset;
    bool in_file;
    char letter;
    bool local; /* of some commands only */
    const char *const *choices;
} FlagRow;

const char *const flag_levels[] = {"debug", "info", "warn", "error", "none", NULL};
const char *const flag_formats[] = {"text", "debug", "json", "default", NULL};
const char *const flag_modes[] = {"eager", "cautious", "buildable", "empty", NULL};

static const FlagRow rows[] = {
#define X(id, letter, name, type, value, choices, preset, in_file, ...) \
    [DBT_##id] = {name, TYPE_##type, preset, in_file, letter, false, choices},
    GLOBAL_FLAGS(X)
#undef X
#define X(id, name, type, preset) [DBT_##id] = {name, TYPE_##type, preset, false, 0, true, NULL},
        LOCAL_FLAGS(X)
#undef X
};

static const struct {
    const char *name;
    bool on;
} behaviours[] = {
#define X(name, on) {name, on},
    BEHAVIOUR_FLAGS(X)
#undef X
};

/* Environment variables of earlier versions. They win over the new ones, but not over options. */
static const struct {
    const char *variable;
    FlagId id;
    bool inverted;
} old_variables[] = {
    {"DBT_DEFER_TO_STATE", DBT_DEFER, false},
    {"DBT_FAVOR_STATE_MODE", DBT_FAVOR_STATE, false},
    {"DBT_NO_PRINT", DBT_PRINT, true},
    {"DBT_ARTIFACT_STATE_PATH", DBT_STATE, false},
};

bool flag_id_find(Str name, FlagId *out)
{
    for (size_t i = 0; i < FLAG_ID_COUNT; i++) {
        if (str_is(name, rows[i].name)) {
            *out = (FlagId)i;
            return true;
        }
    }
    return false;
}

/* "log_level" and "LOG_LEVEL" of "log-level". */
static Str underscored(Arena *arena, FlagId id)
{
    const char *name = id == DBT_RESOURCE_TYPES           ? "resource-types"
                       : id == DBT_EXCLUDE_RESOURCE_TYPES ? "exclude-resource-types"
                                                          : rows[id].name;
    return str_replace(arena, str_from(name), STR("-"), STR("_"));
}

Str flag_name(FlagId id)
{
    return str_from(rows[id].name);
}

Str flag_key(Arena *arena, FlagId id)
{
    return underscored(arena, id);
}

/* ---- Values from text ---- */

static bool is_one_of(Str text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (str_eq_nocase(text, str_from(*words))) {
            return true;
        }
    }
    return false;
}

static bool parse_switch(Str text, bool *out)
{
    static const char *const yes[] = {"1", "t", "true", "y", "yes", "on", NULL};
    static const char *const no[] = {"0", "f", "false", "n", "no", "off", "", NULL};
    *out = is_one_of(str_trim(text), yes);
    return *out || is_one_of(str_trim(text), no);
}

static Error *invalid(FlagId id, const char *variable, Str what)
{
    const FlagRow *row = &rows[id];
    AUTO_FREE(arena) Arena *arena = arena_new("flag");
    Str letter = row->letter != 0 ? str_printf(arena, " / '-%c'", row->letter) : STR("");
    Error *err =
        error_as(error_new(ERR_USAGE, "%sInvalid value for '--%s'" STR_FMT ": " STR_FMT,
                           row->type == TYPE_YAML ? "The YAML provided in the --warn-error-options "
                                                    "argument is not valid.\n"
                                                  : "",
                           row->name, STR_ARG(letter), STR_ARG(what)),
                 FLAG_USAGE_CLASS);
    return variable != NULL
               ? error_hint(err, "the value comes from the environment variable %s", variable)
               : err;
}

static Error *not_a_choice(FlagId id, const char *variable, Str text)
{
    AUTO_FREE(arena) Arena *arena = arena_new("choices");
    StrBuf list = strbuf_init(arena, 4096);
    for (const char *const *choice = rows[id].choices; *choice != NULL; choice++) {
        strbuf_printf(&list, "%s'%s'", list.len > 0 ? ", " : "", *choice);
    }
    return invalid(
        id, variable,
        str_printf(arena, "'" STR_FMT "' is not one of %s.", STR_ARG(text), strbuf_c(&list)));
}

static Error *parse_yaml(Arena *arena, FlagId id, const char *variable, Str text, Value *out)
{
    const Value *document = NULL;
    ReadOptions options = {.path = str_from(rows[id].name)};
    Error *err = yaml_read(arena, text, &options, &document);
    if (err == NULL && value_is(document, VALUE_MAP)) {
        *out = *document;
        return NULL;
    }
    if (err != NULL) {
        error_discard(err, "the message below says what matters");
    }
    AUTO_FREE(arena) Arena *scratch = arena_new("flag");
    return invalid(id, variable,
                   str_printf(scratch, "String '" STR_FMT "' is not valid YAML", STR_ARG(text)));
}

static Value words_of(Arena *arena, Str text)
{
    ValueVec items = {0};
    Str rest = text, piece;
    while (str_next_piece(&rest, ' ', &piece)) {
        if (str_trim(piece).len > 0) {
            VEC_PUSH(arena, &items, value_string(str_trim(piece)));
        }
    }
    return value_list_of(&items);
}

static Error *parse_time(Arena *arena, FlagId id, const char *variable, Str text, Value *out)
{
    DateTime at = {0};
    bool whole = text.len == strlen("2024-01-01T00:00:00") && datetime_parse_iso(text, &at);
    if ((whole && !at.has_offset) || date_parse_iso(text, &at)) {
        *out = value_time(arena, VALUE_DATETIME, &at);
        return NULL;
    }
    AUTO_FREE(arena) Arena *scratch = arena_new("flag");
    return invalid(id, variable,
                   str_printf(scratch,
                              "'" STR_FMT "' does not match the formats '%%Y-%%m-%%d', "
                              "'%%Y-%%m-%%dT%%H:%%M:%%S', '%%Y-%%m-%%d %%H:%%M:%%S'.",
                              STR_ARG(text)));
}

/* `variable` is where the text comes from; NULL: the command line. */
static Error *parse_value(Arena *arena, FlagId id, const char *variable, Str text, Value *out)
{
    int64_t number = 0;
    bool on = false;
    AUTO_FREE(arena) Arena *scratch = arena_new("flag");
    switch (rows[id].type) {
    case TYPE_SWITCH:
    case TYPE_ON:
        if (!parse_switch(text, &on)) {
            return invalid(id, variable,
                           str_printf(scratch,
                                      "'" STR_FMT "' is not a valid boolean. Recognized values: , "
                                      "0, 1, f, false, n, no, off, on, t, true, y, yes",
                                      STR_ARG(text)));
        }
        *out = value_bool(on);
        return NULL;
    case TYPE_INT:
        if (!number_parse_int64(str_trim(text), &number)) {
            return invalid(
                id, variable,
                str_printf(scratch, "'" STR_FMT "' is not a valid integer.", STR_ARG(text)));
        }
        *out = value_int(number);
        return NULL;
    case TYPE_CHOICE:
        text = str_lower_ascii(arena, text);
        if (!is_one_of(text, rows[id].choices)) {
            return not_a_choice(id, variable, text);
        }
        break;
    case TYPE_YAML:
        return parse_yaml(arena, id, variable, text, out);
    case TYPE_WORDS:
        *out = words_of(arena, text);
        return NULL;
    case TYPE_TIME:
        return parse_time(arena, id, variable, text, out);
    case TYPE_TEXT:
        break;
    }
    *out = value_string(str_from(str_to_c(arena, text)));
    return NULL;
}

/* ---- Where values come from ---- */

static Error *take_given(Arena *arena, FlagId id, const FlagGiven *given, Flags *out)
{
    const FlagRow *row = &rows[id];
    out->origins[id] = FROM_CALLER;
    if (row->type == TYPE_SWITCH || row->type == TYPE_ON) {
        out->values[id] = value_bool(given->on);
        return NULL;
    }
    if (row->type == TYPE_WORDS) {
        ValueVec items = {0};
        for (VEC_EACH(const Str, word, &given->words)) {
            VEC_PUSH(arena, &items, value_string(*word));
        }
        out->values[id] = value_list_of(&items);
        return NULL;
    }
    Str text = given->words.data[given->words.len - 1];
    return parse_value(arena, id, NULL, text, &out->values[id]);
}

/* The first variable that is set and not empty; NULL without. */
static const char *set_variable(Arena *arena, FlagId id, const char **out_text)
{
    static const char *const prefixes[] = {"DBT_ENGINE_", "DBT_"};
    Str name = str_upper_ascii(arena, underscored(arena, id));
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        const char *variable = str_printf(arena, "%s" STR_FMT, prefixes[i], STR_ARG(name)).data;
        const char *text = getenv(variable); // NOLINT(concurrency-mt-unsafe): nobody sets one
        if (text != NULL && text[0] != '\0') {
            *out_text = text;
            return variable;
        }
    }
    return NULL;
}

static Error *take_environment(Arena *arena, FlagId id, Flags *out)
{
    const char *text = NULL, *variable = set_variable(arena, id, &text);
    if (variable == NULL) {
        return NULL;
    }
    out->origins[id] = FROM_ENVIRONMENT;
    return parse_value(arena, id, variable, str_from(text), &out->values[id]);
}

static Error *take_old_variables(Arena *arena, Flags *out)
{
    for (size_t i = 0; i < ARRAY_LEN(old_variables); i++) {
        const char *variable = old_variables[i].variable;
        const char *text = getenv(variable); // NOLINT(concurrency-mt-unsafe): nobody sets one
        FlagId id = old_variables[i].id;
        if (text == NULL || text[0] == '\0' || out->origins[id] == FROM_CALLER) {
            continue;
        }
        TRY(parse_value(arena, id, variable, str_from(text), &out->values[id]));
        if (old_variables[i].inverted) {
            out->values[id].as.boolean = !out->values[id].as.boolean;
        }
        out->origins[id] = FROM_ENVIRONMENT;
        VEC_PUSH(arena, &out->old_variables, str_from(variable));
        VEC_PUSH(arena, &out->old_variables,
                 str_printf(arena, "DBT_ENGINE_" STR_FMT,
                            STR_ARG(str_upper_ascii(arena, underscored(arena, id)))));
    }
    return NULL;
}

/* Variables with dbt's own prefix that are none of its own. */
static void find_odd_variables(Arena *arena, Flags *out)
{
    static const char *const further[] = {"INVOCATION_ENV",
                                          "RECORDED_FILE_PATH",
                                          "TEST_STATE_MODIFIED",
                                          "PACKAGE_HUB_URL",
                                          "DOWNLOAD_DIR",
                                          "PP_FILE_DIFF_TEST",
                                          "PP_TEST",
                                          "SQLPARSE",
                                          "SAMPLE",
                                          "EXPORT_SAVED_QUERIES",
                                          "INCLUDE_SAVED_QUERY",
                                          "DEFER_TO_STATE",
                                          "FAVOR_STATE_MODE",
                                          "NO_PRINT",
                                          "ARTIFACT_STATE_PATH",
                                          NULL};
    for (char **it = environ; it != NULL && *it != NULL; it++) {
        Str name, value, rest;
        if (!str_cut(str_from(*it), '=', &name, &value) ||
            !str_starts_with(name, STR("DBT_ENGINE_"))) {
            continue;
        }
        rest = str_from_offset(name, strlen("DBT_ENGINE_"));
        bool known = is_one_of(rest, further);
        for (size_t i = 0; i < FLAG_ID_COUNT && !known; i++) {
            known = str_eq(rest, str_upper_ascii(arena, underscored(arena, (FlagId)i)));
        }
        if (!known) {
            VEC_PUSH(arena, &out->odd_variables, str_dup(arena, name));
        }
    }
}

/* Of the file's values only those count that fit; one that does not makes dbt forget them all. */
static bool fits(FlagId id, const Value *value)
{
    switch (rows[id].type) {
    case TYPE_SWITCH:
    case TYPE_ON:
        return value_is(value, VALUE_BOOL);
    case TYPE_INT:
        return value_is(value, VALUE_INT);
    case TYPE_YAML:
        return value_is(value, VALUE_MAP);
    case TYPE_TEXT:
    case TYPE_CHOICE:
    case TYPE_WORDS:
    case TYPE_TIME:
        break;
    }
    return value_is(value, VALUE_STRING);
}

static bool is_behaviour(Str key)
{
    for (size_t i = 0; i < ARRAY_LEN(behaviours); i++) {
        if (str_is(key, behaviours[i].name)) {
            return true;
        }
    }
    return false;
}

/* Why the map cannot be taken; empty when it can. */
static Str find_trouble(Arena *arena, const Value *file)
{
    for (VALUE_EACH_ENTRY(entry, file)) {
        Str key = value_text_or(&entry->key, (Str){0});
        FlagId id;
        Str name = str_replace(arena, key, STR("_"), STR("-"));
        bool flag = flag_id_find(name, &id) && rows[id].in_file && !value_is_null(&entry->value);
        bool wrong = flag ? !fits(id, &entry->value)
                          : is_behaviour(key) && !value_is(&entry->value, VALUE_BOOL);
        if (wrong) {
            return str_printf(arena,
                              "The flags of dbt_project.yml are ignored, because '" STR_FMT
                              "' cannot be " STR_FMT ".",
                              STR_ARG(key), STR_ARG(value_describe(arena, &entry->value)));
        }
    }
    return (Str){0};
}

static Error *take_file(Arena *arena, Str root, Str profiles_file, Flags *out)
{
    const Value *file = NULL;
    TRY(flag_file_read(arena, root, profiles_file, &file, &out->old_home));
    out->trouble = find_trouble(arena, file);
    if (file == NULL || out->trouble.len > 0) {
        return NULL;
    }
    out->behaviours = file;
    for (size_t i = 0; i < FLAG_ID_COUNT; i++) {
        FlagId id = (FlagId)i;
        const Value *value = rows[i].in_file ? value_find(file, underscored(arena, id)) : NULL;
        if (value_is_null(value) || out->origins[i] != FROM_PRESET) {
            continue;
        }
        if (rows[i].type == TYPE_CHOICE && !is_one_of(value->as.text, rows[id].choices)) {
            return error_wrap(not_a_choice(id, NULL, value->as.text), "flags of dbt_project.yml");
        }
        out->values[i] = *value;
        out->origins[i] = FROM_FILE;
    }
    return NULL;
}

/* ---- All together ---- */

static Value preset_of(FlagId id)
{
    const FlagRow *row = &rows[id];
    int64_t number = 0;
    if (row->preset[0] == '\0') {
        return value_null();
    }
    if (row->type == TYPE_SWITCH || row->type == TYPE_ON) {
        return value_bool(row->preset[0] == 't');
    }
    if (row->type == TYPE_INT && number_parse_int64(str_from(row->preset), &number)) {
        return value_int(number);
    }
    return value_string(str_from(row->preset));
}

/* What was said of the console holds for the file, where nothing was said of that. */
static void follow(Flags *flags, FlagId leader, FlagId follower)
{
    if (flags->origins[leader] != FROM_PRESET && flags->origins[follower] == FROM_PRESET) {
        flags->values[follower] = flags->values[leader];
    }
}

static Error *check_contradictions(const Flags *flags)
{
    if (flag_is_given(flags, DBT_WARN_ERROR) && flag_is_given(flags, DBT_WARN_ERROR_OPTIONS)) {
        return error_as(
            error_new(ERR_CONFIG, "warn_error_options: not allowed with argument warn_error"),
            "dbt");
    }
    return NULL;
}

static Error *read_warn_error(Arena *arena, Flags *flags)
{
    TRY(warn_error_read(arena, &flags->values[DBT_WARN_ERROR_OPTIONS], &flags->warn_error,
                        &flags->weo_renamed));
    if (flag_on(flags, DBT_WARN_ERROR)) {
        flags->warn_error = (WarnErrorOptions){.all = true};
    }
    return NULL;
}

static Error *take_all(Arena *arena, const FlagGiven *given, Flags *out)
{
    for (size_t i = 0; i < FLAG_ID_COUNT; i++) {
        FlagId id = (FlagId)i;
        out->values[i] = preset_of(id);
        bool counts = given != NULL ? given[i].declared : !rows[i].local;
        if (given != NULL && given[i].given) {
            TRY(take_given(arena, id, &given[i], out));
        } else if (counts) {
            TRY(take_environment(arena, id, out));
        }
    }
    return take_old_variables(arena, out);
}

/* The part of time has two ends. */
static Error *check_event_time(const Flags *flags)
{
    int64_t start_us = 0, end_us = 0;
    bool starts = flag_time(flags, DBT_EVENT_TIME_START, &start_us);
    bool ends = flag_time(flags, DBT_EVENT_TIME_END, &end_us);
    if (starts != ends) {
        const char *given = starts ? "--event-time-start" : "--event-time-end";
        const char *missing = starts ? "--event-time-end" : "--event-time-start";
        return error_as(error_new(ERR_CONFIG,
                                  "The flag `%s` was specified, but `%s` was not. When specifying "
                                  "`%s`, `%s` must also be present.",
                                  given, missing, given, missing),
                        "dbt");
    }
    if (starts && start_us >= end_us) {
        return error_as(error_new(ERR_CONFIG, "Value for `--event-time-start` must be less than "
                                              "`--event-time-end`"),
                        "dbt");
    }
    return NULL;
}

Error *flags_begin(Arena *arena, const FlagGiven *given, Flags **out)
{
    Flags *flags = ARENA_NEW(arena, Flags);
    TRY(take_all(arena, given, flags));
    TRY(check_event_time(flags));
    find_odd_variables(arena, flags);
    *out = flags;
    return NULL;
}

Error *flags_finish(Arena *arena, Flags *flags, Str root, Str profiles_file)
{
    TRY(take_file(arena, root, profiles_file, flags));
    follow(flags, DBT_USE_COLORS, DBT_USE_COLORS_FILE);
    follow(flags, DBT_LOG_LEVEL, DBT_LOG_LEVEL_FILE);
    follow(flags, DBT_LOG_FORMAT, DBT_LOG_FORMAT_FILE);
    TRY(check_contradictions(flags));
    return read_warn_error(arena, flags);
}

void flags_preset(Flags *out)
{
    *out = (Flags){0};
    for (size_t i = 0; i < FLAG_ID_COUNT; i++) {
        out->values[i] = preset_of((FlagId)i);
    }
}

/* ---- Asking ---- */

bool flag_on(const Flags *flags, FlagId id)
{
    const Value *value = &flags->values[id];
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

const char *flag_text(const Flags *flags, FlagId id)
{
    const Value *value = &flags->values[id];
    return value_is(value, VALUE_STRING) ? value->as.text.data : NULL;
}

int64_t flag_int(const Flags *flags, FlagId id)
{
    const Value *value = &flags->values[id];
    return value_is(value, VALUE_INT) ? value->as.integer : 0;
}

bool flag_time(const Flags *flags, FlagId id, int64_t *out_us)
{
    const Value *value = &flags->values[id];
    if (!value_is(value, VALUE_DATETIME)) {
        return false;
    }
    *out_us = datetime_to_us(value->as.time);
    return true;
}

StrVec flag_words(const Flags *flags, FlagId id, Arena *arena)
{
    StrVec words = {0};
    for (VALUE_EACH(word, &flags->values[id])) {
        VEC_PUSH(arena, &words, word->as.text);
    }
    return words;
}

size_t flag_width(const Flags *flags)
{
    enum { USUAL = 80 };
    int64_t width = flag_int(flags, DBT_PRINTER_WIDTH);
    return width > 0 ? (size_t)width : USUAL;
}

bool behaviour_on(const Flags *flags, const char *name)
{
    const Value *value = value_find(flags->behaviours, str_from(name));
    if (value_is(value, VALUE_BOOL)) {
        return value->as.boolean;
    }
    for (size_t i = 0; i < ARRAY_LEN(behaviours); i++) {
        if (strcmp(behaviours[i].name, name) == 0) {
            return behaviours[i].on;
        }
    }
    return false;
}

void flags_put_all(const Flags *flags, ValueMapBuilder *out)
{
    for (size_t i = 0; i < FLAG_ID_COUNT; i++) {
        if (i != DBT_SHOW_ALL_DEPRECATIONS || !value_is_null(&flags->values[i])) {
            value_map_set(out, underscored(out->arena, (FlagId)i), flags->values[i]);
        }
    }
    value_map_set(out, STR("warn_error_options"), warn_error_value(out->arena, &flags->warn_error));
    for (size_t i = 0; i < ARRAY_LEN(behaviours); i++) {
        value_map_set(out, str_from(behaviours[i].name),
                      value_bool(behaviour_on(flags, behaviours[i].name)));
    }
}
