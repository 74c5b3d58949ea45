/* dango source add: a new entry of sources.yml, from options or by asking. */
#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"
#include "cli/command/all.h"
#include "cli/command/source_edit.h"
#include "value/yaml_edit.h"
#include "value/yaml_reader.h"

static const FlagDef flags[] = {
    {.name = "name",
     .letter = 'n',
     .kind = FLAG_TEXT,
     .value = "TEXT",
     .help = "the source's name; the type's without it"},
    {.name = "set", .kind = FLAG_REPEATED, .value = "KEY=VALUE", .help = "an option of the source"},
    {.name = "config",
     .kind = FLAG_TEXT,
     .value = "FILE",
     .help = "a YAML file with the source's options"},
    {.name = "skip-test",
     .kind = FLAG_SWITCH,
     .help = "do not look whether there is something to load"},
    {.name = "yes",
     .letter = 'y',
     .kind = FLAG_SWITCH,
     .help = "replace a source of that name without asking"},
    {0},
};

/* The options that the wizard asks for, where the type has them. */
static const char *const asked_keys[] = {"file_path", "directory", "file_pattern", "primary_key"};

/* A source in the making. */
typedef struct NewSource {
    const SourceDriver *driver;
    Str name;
    ValueMapBuilder common; /* beside `type` */
    ValueMapBuilder block;  /* of the type */
    size_t options;         /* how many are in the block */
} NewSource;

static Error *choose_driver(App *app, const Invocation *invocation, const SourceDriver **out)
{
    Str type = invocation->args.len > 0 ? invocation->args.data[0] : STR("");
    if (type.len == 0 && isatty(STDIN_FILENO) == 1) {
        term_printf(&app->out, "Types:\n");
        StrVec types = {0};
        source_types(app->arena, app->project, &types);
        for (VEC_EACH(const Str, it, &types)) {
            const SourceDriver *driver = source_driver_find(app->arena, app->project, *it);
            term_printf(&app->out, "  %-14s %s\n", str_to_c(app->arena, *it),
                        driver != NULL ? driver->title : "");
        }
        CHECK(source_drivers[0] != NULL);
        type = app_ask(app, "Type", str_from(source_drivers[0]->type));
    }
    if (type.len == 0) {
        return error_hint(error_new(ERR_USAGE, "'source add' needs a type"),
                          "such as 'dango source add csv --name sales'");
    }
    SourceConfig config = {.type = type, .place = STR("the command line")};
    Error *err = source_driver_get(app->arena, app->project, &config, out);
    return err != NULL ? error_with_kind(err, ERR_USAGE) : NULL;
}

static Error *put_setting(NewSource *source, Str key, Value value)
{
    bool is_common = false;
    TRY(setting_check(source->driver, key, &is_common));
    (void)value_map_set(is_common ? &source->common : &source->block, key, value);
    source->options += !is_common;
    return NULL;
}

static Error *read_config_file(App *app, Str path, NewSource *source)
{
    Str text;
    TRY(fs_read_file(app->arena, str_to_c(app->arena, path), LIMIT_CONFIG_BYTES, &text));
    ReadOptions options = {.path = path};
    const Value *map = NULL;
    TRY(yaml_read(app->arena, text, &options, &map));
    TRY(value_expect(map, VALUE_MAP, path));
    for (VALUE_EACH_ENTRY(it, map)) {
        TRY(put_setting(source, value_text_or(&it->key, STR("")), it->value));
    }
    return NULL;
}

/* Without options and with somebody to ask, the few that matter are asked for. */
static Error *ask_options(App *app, NewSource *source)
{
    if (source->options > 0 || isatty(STDIN_FILENO) != 1) {
        return NULL;
    }
    bool has_file = false;
    for (size_t i = 0; i < ARRAY_LEN(asked_keys); i++) {
        const OptionDef *option = option_find(source->driver->options, str_from(asked_keys[i]));
        bool of_directory = i == 1 || i == 2;
        if (option == NULL || (has_file && of_directory)) {
            continue;
        }
        term_printf(&app->out, "%s (%s)\n", option->name, option->help);
        Str answer = app_ask(app, "  value, or nothing", STR(""));
        if (answer.len > 0) {
            has_file = has_file || i == 0;
            TRY(put_setting(source, str_from(option->name), value_string(answer)));
        }
    }
    return NULL;
}

static Value entry_of(App *app, NewSource *source)
{
    ValueMapBuilder entry = value_map_begin(app->arena);
    value_map_set(&entry, STR("name"), value_string(source->name));
    value_map_set(&entry, STR("type"), value_string(str_from(source->driver->type)));
    Value common = value_map_end(&source->common);
    value_map_put_all(&entry, &common);
    value_map_set(&entry, str_from(source->driver->type), value_map_end(&source->block));
    return value_map_end(&entry);
}

/* The file's text with the entry at its end, or in the place of the one it replaces. */
static Error *edited_text(App *app, const Value *entry, Str name, bool replace, Str *out)
{
    Str text;
    TRY(sources_text_read(app, &text));
    Str path[] = {STR("sources"), sources_index_of(app, name)};
    YamlEdit edit = {
        .file = STR(".dango/sources.yml"), .text = text, .path = path, .depth = replace ? 2 : 1};
    return replace ? yaml_edit_set(app->arena, &edit, entry, out)
                   : yaml_edit_append(app->arena, &edit, entry, out);
}

static Error *save(App *app, const Invocation *invocation, NewSource *source)
{
    bool exists = project_find_source(app->project, source->name) != NULL;
    if (exists && !invocation_switch(invocation, "yes") &&
        !app_confirm(app, "A source of that name exists. Update configuration? (y/N)")) {
        term_printf(&app->out, "Cancelled.\n");
        return error_new(ERR_FAILED, "cancelled");
    }
    Value entry = entry_of(app, source);
    Str before, after;
    TRY(sources_text_read(app, &before));
    TRY(edited_text(app, &entry, source->name, exists, &after));
    TRY(sources_text_write(app, after));
    if (invocation_switch(invocation, "skip-test")) {
        return NULL;
    }
    Error *err = source_try(app, source->name);
    if (err != NULL) {
        /* An entry that cannot work is taken back, so that what worked before still does. */
        err = error_hint(err, "nothing was saved; --skip-test saves it all the same");
        return error_first(err, sources_text_write(app, before));
    }
    return NULL;
}

static Error *run_source_add(App *app, const Invocation *invocation)
{
    NewSource source = {.common = value_map_begin(app->arena),
                        .block = value_map_begin(app->arena)};
    TRY(choose_driver(app, invocation, &source.driver));
    Str usual = str_from(source.driver->type);
    source.name = invocation_text(invocation, "name");
    if (source.name.data == NULL) {
        bool can_ask = isatty(STDIN_FILENO) == 1;
        source.name = can_ask ? app_ask(app, "Name", usual) : usual;
    }
    source.name = str_lower_ascii(app->arena, source.name);
    Str file = invocation_text(invocation, "config");
    if (file.data != NULL) {
        TRY(read_config_file(app, file, &source));
    }
    StrVec settings = invocation_list(invocation, "set", app->arena);
    for (VEC_EACH(const Str, setting, &settings)) {
        Str key;
        Value value;
        TRY(setting_parse(app->arena, *setting, &key, &value));
        TRY(put_setting(&source, key, value));
    }
    TRY(ask_options(app, &source));
    TRY(save(app, invocation, &source));
    term_printf(&app->out,
                "✓ Added source '" STR_FMT "' (%s)\n\nNext step:\n  dango sync " STR_FMT "\n",
                STR_ARG(source.name), source.driver->type, STR_ARG(source.name));
    return NULL;
}

const CommandDef command_source_add = {
    .path = "source add",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_OPTIONAL_ONE,
    .args = "[TYPE]",
    .summary = "name something to load",
    .description =
        "Types are csv, local_files (CSV, TSV, JSON, JSON Lines and Parquet), rest_api (APIs over "
        "HTTP), stripe, github, postgres, sqlite, sql_database and filesystem (files as dlt reads "
        "them). Their options are in docs/sources.md; the most used are file_path for one file, or "
        "directory and file_pattern.",
    .examples = "dango source add                                       # asks\n"
                "dango source add csv --name sales --set file_path=data/uploads/sales.csv\n"
                "dango source add local_files --name events --set directory=data/events --set "
                "'file_pattern=*.jsonl.gz'",
    .flags = flags,
    .run = run_source_add,
};
