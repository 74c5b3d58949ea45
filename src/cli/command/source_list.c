/* dango source list: what is configured, and how its last sync went. Opens no database. */
#include "base/number.h"
#include "cli/app.h"
#include "cli/command/all.h"
#include "sync/history.h"

static const FlagDef flags[] = {
    {.name = "enabled-only",
     .kind = FLAG_SWITCH,
     .alias = "enabled",
     .help = "only enabled sources"},
    {.name = "disabled", .kind = FLAG_SWITCH, .help = "only disabled sources"},
    {0},
};

/* One source with what is known of its last sync. */
typedef struct Listed {
    const SourceConfig *config;
    HistoryEntry last; /* all empty when it was never synced */
    bool was_synced;
    Str status;
} Listed;
typedef VEC(Listed) ListedVec;

static Str status_of(const Listed *listed)
{
    if (listed->config->error != NULL) {
        return STR("invalid");
    }
    if (!listed->was_synced) {
        return STR("not_synced");
    }
    bool good = str_is(listed->last.status, "success");
    return good ? STR("synced") : listed->last.status;
}

static Error *collect(App *app, const Invocation *invocation, ListedVec *out)
{
    bool only_enabled = invocation_switch(invocation, "enabled-only");
    bool only_disabled = invocation_switch(invocation, "disabled");
    for (VEC_EACH(const SourceConfig, config, &app->project->sources)) {
        if ((only_enabled && !config->enabled) || (only_disabled && config->enabled)) {
            continue;
        }
        Listed listed = {.config = config};
        HistoryEntryVec entries = {0};
        TRY(history_read(app->arena, app->project, config->name, &entries));
        if (entries.len > 0) {
            listed.last = entries.data[0];
            listed.was_synced = true;
        }
        listed.status = status_of(&listed);
        VEC_PUSH(app->arena, out, listed);
    }
    return NULL;
}

/* Options whose names say that they hold credentials are not shown. */
static bool is_secret_key(Str key)
{
    static const char *const parts[] = {"secret",        "password",   "token",
                                        "api_key",       "credential", "connection_string",
                                        "connection_url"};
    if (str_ends_with(key, STR("_env"))) {
        return false; /* the name of a variable is no secret */
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (str_contains(key, str_from(parts[i]))) {
            return true;
        }
    }
    return false;
}

static Value masked(Arena *arena, const Value *value)
{
    if (value_is(value, VALUE_LIST)) {
        ValueVec items = {0};
        for (VALUE_EACH(item, value)) {
            VEC_PUSH(arena, &items, masked(arena, item));
        }
        return value_list_of(&items);
    }
    if (!value_is(value, VALUE_MAP)) {
        return *value;
    }
    ValueMapBuilder map = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(it, value)) {
        bool secret = is_secret_key(value_text_or(&it->key, STR("")));
        value_map_put(&map, it->key, secret ? value_string(STR("***")) : masked(arena, &it->value));
    }
    return value_map_end(&map);
}

static Value listed_value(App *app, const Listed *listed)
{
    const SourceConfig *config = listed->config;
    ValueMapBuilder map = value_map_begin(app->arena);
    value_map_set(&map, STR("name"), value_string(config->name));
    value_map_set(&map, STR("type"), value_string(config->type));
    value_map_set(&map, STR("enabled"), value_bool(config->enabled));
    value_map_set(&map, STR("status"), value_string(listed->status));
    value_map_set(&map, STR("last_sync"),
                  listed->was_synced ? value_string(listed->last.timestamp) : value_null());
    bool counted = listed->was_synced && listed->last.total_row_count >= 0;
    value_map_set(&map, STR("rows"),
                  counted ? value_int(listed->last.total_row_count) : value_null());
    ValueVec tables = {0};
    for (VEC_EACH(const HistoryTable, table, &listed->last.tables)) {
        VEC_PUSH(app->arena, &tables, value_string(table->name));
    }
    value_map_set(&map, STR("tables"), value_list_of(&tables));
    value_map_set(&map, STR("error"),
                  config->error != NULL ? value_string(config->error->message) : value_null());
    value_map_set(&map, STR("config"), masked(app->arena, config->block));
    return value_map_end(&map);
}

static Error *print_as_json(App *app, const ListedVec *list)
{
    ValueVec sources = {0};
    for (VEC_EACH(const Listed, listed, list)) {
        VEC_PUSH(app->arena, &sources, listed_value(app, listed));
    }
    ValueMapBuilder map = value_map_begin(app->arena);
    value_map_set(&map, STR("sources"), value_list_of(&sources));
    Value document = value_map_end(&map);
    return app_print_json(app, &document);
}

static void print_detail(App *app, const char *label, Str text)
{
    if (text.len > 0) {
        term_printf(&app->out, "      %s " STR_FMT "\n", label, STR_ARG(text));
    }
}

static Str joined_tables(App *app, const Listed *listed)
{
    StrBuf text = strbuf_init(app->arena, SIZE_MAX / 4);
    for (VEC_EACH(const HistoryTable, table, &listed->last.tables)) {
        strbuf_printf(&text, "%s" STR_FMT, text.len > 0 ? ", " : "", STR_ARG(table->name));
    }
    return strbuf_str(&text);
}

static void print_one(App *app, const Listed *listed)
{
    const SourceConfig *config = listed->config;
    bool failing = config->error != NULL || str_is(listed->status, "failed");
    Str mark = failing ? STR("✗") : config->enabled ? STR("●") : STR("○");
    Style style = failing ? STYLE_BAD : config->enabled ? STYLE_GOOD : STYLE_DIM;
    term_printf(&app->out, "  ");
    term_print(&app->out, style, mark);
    term_printf(&app->out, " " STR_FMT " (" STR_FMT ") - %s\n", STR_ARG(config->name),
                STR_ARG(config->type), config->enabled ? "Enabled" : "Disabled");
    print_detail(app, "Last synced:", listed->was_synced ? listed->last.timestamp : STR("never"));
    if (listed->was_synced && listed->last.total_row_count >= 0) {
        print_detail(app, "Rows:", number_with_commas(app->arena, listed->last.total_row_count));
    }
    print_detail(app, "Tables:", joined_tables(app, listed));
    print_detail(app, "File:", value_text_or(value_find(config->block, STR("file_path")), STR("")));
    print_detail(app,
                 "Directory:", value_text_or(value_find(config->block, STR("directory")), STR("")));
    print_detail(app, "Status:", listed->status);
    if (config->error != NULL) {
        print_detail(app, "Error:",
                     str_printf(app->arena, STR_FMT ": " STR_FMT, STR_ARG(config->error->place),
                                STR_ARG(config->error->message)));
    } else {
        print_detail(app, "Error:", listed->last.error_message);
    }
}

static Error *run_source_list(App *app, const Invocation *invocation)
{
    ListedVec list = {0};
    TRY(collect(app, invocation, &list));
    if (app->json) {
        return print_as_json(app, &list);
    }
    if (app->project->sources.len == 0) {
        term_printf(&app->out, "No sources yet. 'dango source add' names one.\n");
        return NULL;
    }
    term_printf(&app->out, "Configured Sources:\n\n");
    size_t enabled = 0;
    for (VEC_EACH(const Listed, listed, &list)) {
        print_one(app, listed);
        enabled += listed->config->enabled;
    }
    term_printf(&app->out, "\nTotal: %zu source%s (%zu enabled, %zu disabled)\n", list.len,
                list.len == 1 ? "" : "s", enabled, list.len - enabled);
    return NULL;
}

const CommandDef command_source_list = {
    .path = "source list",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .summary = "show the configured sources and their last sync",
    .examples = "dango source list\ndango source list --json",
    .flags = flags,
    .run = run_source_list,
};
