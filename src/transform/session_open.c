#include "transform/session_open.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/number.h"
#include "transform/console/report_internal.h"
#include "transform/context/context.h"
#include "transform/package/package_file.h"
#include "transform/parse/yaml_render.h"
#include "transform/run/ephemeral.h"
#include "transform/run/profile_prepare.h"
#include "value/json_writer.h"
#include "value/yaml_reader.h"

/* ---- Pieces ---- */

/* A random id as RFC 4122 version 4 writes it. */
Str transform_new_id(Arena *arena)
{
    uint8_t bytes[16] = {0};
    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
        int64_t now = clock_now_us(); /* unique enough where the system gives no randomness */
        memcpy(bytes, &now, sizeof(now));
    }
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    StrBuf text = strbuf_init(arena, 64);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        strbuf_printf(&text, "%s%02x", dash ? "-" : "", (unsigned)bytes[i]);
    }
    return strbuf_str(&text);
}

static JinjaEnv *new_environment(void)
{
    static const JinjaTag tags[] = {
        {.name = "test", .end_name = "endtest", .macro_prefix = "test_", .has_params = true},
        {.name = "data_test",
         .end_name = "enddata_test",
         .macro_prefix = "test_",
         .has_params = true},
        {.name = "materialization",
         .end_name = "endmaterialization",
         .macro_prefix = "materialization_",
         .has_adapter = true},
        {.name = "docs", .end_name = "enddocs", .macro_prefix = "docs_"},
        {.name = "snapshot", .end_name = "endsnapshot", .macro_prefix = "snapshot_"},
        {0},
    };
    JinjaOptions options = {.tags = tags, .macro_prefix = "dbt_macro__"};
    return jinja_env_new(&options);
}

static Error *read_cli_vars(Session *session)
{
    ValueMapBuilder none = value_map_begin(session->arena);
    Value *empty = ARENA_NEW(session->arena, Value);
    *empty = value_map_end(&none);
    session->cli_vars = empty;
    if (session->options->vars == NULL) {
        return NULL;
    }
    const Value *vars = NULL;
    Str text = str_from(session->options->vars);
    ReadOptions options = {.path = STR("--vars")};
    Error *err = yaml_read(session->arena, text, &options, &vars);
    if (err != NULL) {
        error_discard(err, "the message below says what matters");
        vars = NULL;
    }
    if (!value_is(vars, VALUE_MAP)) {
        return error_as(error_new(ERR_USAGE,
                                  "The YAML provided in the --vars argument is not valid.\n"
                                  "Invalid value for '--vars': String '" STR_FMT
                                  "' is not valid YAML",
                                  STR_ARG(text)),
                        FLAG_USAGE_CLASS);
    }
    session->cli_vars = vars;
    return NULL;
}

static Context yaml_context(Session *session, Str package)
{
    return (Context){.session = session,
                     .phase = PHASE_YAML,
                     .package = package,
                     .arena = session->arena,
                     .quoting = PARTS_ALL};
}

/* ---- Project and profile ---- */

static Str option_text(const char *option, Str otherwise)
{
    return option != NULL ? str_from(option) : otherwise;
}

static Error *load_profile(Session *session, Str root, YamlRenderer *renderer)
{
    const TransformOptions *options = session->options;
    Str name = {0};
    Error *err = project_file_peek(session->arena, root, &name);
    if (err != NULL && options->profile != NULL) {
        error_discard(err, "the profile is named, and the project is read once more");
        err = NULL;
    }
    TRY(err);
    ProfileSearch search = {.directory = option_text(options->profiles_dir, (Str){0}),
                            .project_directory = root,
                            .fallback_directory =
                                option_text(options->fallback_profiles_dir, (Str){0}),
                            .made_up_path = option_text(options->made_up_path, (Str){0}),
                            .name = option_text(options->profile, name),
                            .target = option_text(options->target, (Str){0}),
                            .threads = (int64_t)options->threads};
    return profile_load(session->arena, &search, renderer, &session->profile);
}

static Error *load_project(Session *session, Str root, YamlRenderer *renderer)
{
    ProjectFileDef def;
    Str shown = fs_join(session->arena, root, STR("dbt_project.yml"));
    TRY_WRAP(project_file_load(session->arena, root, renderer, &def),
             "Error encountered in " STR_FMT, STR_ARG(shown));
    if (!session->options->no_version_check) {
        TRY(project_check_version(session->arena, &def));
    }
    VEC_PUSH(session->arena, &session->projects, def);
    return NULL;
}

/* What is wrong with a package, one step further in. */
static Error *package_error(const Session *session, Str root, TAKES Error *err)
{
    Str line, message = error_message(error_root(err));
    StrBuf text = strbuf_init(session->arena, LIMIT_ERROR_BYTES);
    for (Str rest = message; str_next_line(&rest, &line);) {
        strbuf_printf(&text, "\n  " STR_FMT, STR_ARG(line));
    }
    Error *told = error_new(ERR_CONFIG,
                            "Failed to read package: Runtime Error" STR_FMT
                            "\n\nError encountered in " STR_FMT,
                            STR_ARG(strbuf_str(&text)), STR_ARG(root));
    error_discard(err, "its text is in the new one");
    return told;
}

static Error *load_package(Session *session, Str root, YamlRenderer *renderer)
{
    Error *err = NULL;
    if (fs_is_file(fs_join(session->arena, root, STR("dbt_project.yml")).data)) {
        err = load_project(session, root, renderer);
    } else {
        err = error_new(ERR_CONFIG,
                        "No dbt_project.yml found at expected path " STR_FMT "/dbt_project.yml\n"
                        "Verify that each entry within packages.yml (and their transitive "
                        "dependencies) contains a file named dbt_project.yml\n",
                        STR_ARG(root));
    }
    return err != NULL ? package_error(session, root, err) : NULL;
}

static bool is_one_of(Str name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (str_is(name, *names)) {
            return true;
        }
    }
    return false;
}

/* Both are looked at, whatever is wrong with them: that is what debug is for. */
static void load_for_debug(Session *session, Str root, YamlRenderer *renderer)
{
    session->profile_fault = load_profile(session, root, renderer);
    session->project_fault = load_project(session, root, renderer);
    if (session->project_fault != NULL) {
        ProjectFileDef def = {.root = root, .target_path = STR("target"), .log_path = STR("logs")};
        VEC_PUSH(session->arena, &session->projects, def);
    }
}

static Error *load_projects(Session *session, Str root)
{
    static const char *const without_packages[] = {"clean", NULL};
    if (str_is(session->command, "deps")) { /* what it brings may be needed to read the rest */
        ProjectFileDef def;
        TRY(project_file_raw(session->arena, root, &def));
        VEC_PUSH(session->arena, &session->projects, def);
        return NULL;
    }
    AUTO_FREE(jinja_state) JinjaState *state = jinja_state_new(session->env, session->shared);
    Context ctx = yaml_context(session, (Str){0});
    YamlRenderer renderer = {.state = state, .context = &ctx};
    if (str_is(session->command, "debug")) {
        load_for_debug(session, root, &renderer);
        return NULL;
    }
    TRY(load_profile(session, root, &renderer));
    TRY(load_project(session, root, &renderer));
    TRY(selector_file_load(session->arena, root, &renderer, session->options->selection.indirect,
                           &session->selectors));
    if (is_one_of(session->command, without_packages)) {
        return NULL;
    }
    StrVec packages = {0};
    TRY(project_file_packages(session->arena, &session->projects.data[0], &packages));
    TRY(packages_check_installed(session->arena, &session->projects.data[0], &renderer,
                                 packages.len));
    for (VEC_EACH(Str, it, &packages)) {
        TRY(load_package(session, *it, &renderer));
    }
    return NULL;
}

/* ---- Opening ---- */

static Error *open_log(Session *session)
{
    const ProjectFileDef *root = &session->projects.data[0];
    const TransformOptions *options = session->options;
    session->target_path = option_text(options->target_path, root->target_path);
    Str logs = option_text(options->log_path, root->log_path);
    Str directory = fs_join(session->arena, root->root, logs);
    Str file = {0};
    Error *err = fs_make_directory(str_to_c(session->arena, directory));
    if (err != NULL) {
        error_discard(err, "models are built even where no log can be written");
    } else {
        file = fs_join(session->arena, directory, STR("dbt.log"));
    }
    session->sink = report_sink_new(session->reporter, file, session->invocation_id);
    return NULL;
}

static Value strings_value(Arena *arena, const StrVec *texts)
{
    ValueVec items = {0};
    for (VEC_EACH(const Str, it, texts)) {
        VEC_PUSH(arena, &items, value_string(*it));
    }
    return value_list_of(&items);
}

/* --args as a map; what is none is told by the operation itself. */
static Value operation_args(Arena *arena, const char *text)
{
    const Value *args = NULL;
    ReadOptions options = {.path = STR("--args")};
    ValueMapBuilder none = value_map_begin(arena);
    Error *err = text != NULL ? yaml_read(arena, str_from(text), &options, &args) : NULL;
    if (err != NULL) {
        error_discard(err, "told by the operation");
        args = NULL;
    }
    return value_is(args, VALUE_MAP) ? *args : value_map_end(&none);
}

/* What the run was asked for, for templates and artifacts. */
static void keep_flag_values(Session *session)
{
    const TransformOptions *options = session->options;
    ValueMapBuilder map = value_map_begin(session->arena);
    flags_put_all(session->flags, &map);
    const struct {
        const char *key;
        bool on;
    } own[] = {{"full_refresh", options->full_refresh}, /* a retry has those of the run before */
               {"fail_fast", options->fail_fast},
               {"store_failures", options->store_failures},
               {"empty", options->empty}};
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        value_map_set(&map, str_from(own[i].key), value_bool(own[i].on));
    }
    value_map_set(&map, STR("which"), value_string(session->command));
    value_map_set(&map, STR("invocation_command"), value_string(options->invocation_command));
    value_map_set(&map, STR("vars"), *session->cli_vars);
    if (options->macro != NULL) {
        value_map_set(&map, STR("macro"), value_string(str_from(options->macro)));
        value_map_set(&map, STR("args"), operation_args(session->arena, options->macro_args));
    }
    value_map_set(&map, STR("select"), strings_value(session->arena, &options->selection.select));
    value_map_set(&map, STR("exclude"), strings_value(session->arena, &options->selection.exclude));
    Value *all = ARENA_NEW(session->arena, Value);
    *all = value_map_end(&map);
    session->flag_values = all;
}

static Error *fill_session(Session *session)
{
    Str root;
    TRY(read_cli_vars(session));
    keep_flag_values(session);
    TRY(project_file_find(session->arena, session->options->project_dir, &root));
    TRY(load_projects(session, root));
    return open_log(session);
}

static const Flags *flags_of(Arena *arena, const TransformOptions *options)
{
    if (options->flags != NULL) {
        return options->flags;
    }
    Flags *presets = ARENA_NEW(arena, Flags);
    flags_preset(presets);
    return presets;
}

Error *session_open(const TransformOptions *options, Reporter *reporter, const char *command,
                    Session **out_session)
{
    Arena *arena = arena_new("transform");
    Session *session = ARENA_NEW(arena, Session);
    *session = (Session){.arena = arena,
                         .options = options,
                         .flags = flags_of(arena, options),
                         .reporter = reporter,
                         .invocation_id = options->invocation_id.len > 0 ? options->invocation_id
                                                                         : transform_new_id(arena),
                         .started_us = clock_now_us(),
                         .command = str_from(command),
                         .env = new_environment(),
                         .shared = jshared_new(),
                         .relations = relation_cache_new(),
                         .ephemerals = ephemeral_cache_new(),
                         .warehouse = options->warehouse,
                         .stop.parent = options->cancel};
    mutex_init(&session->graph_mutex);
    Error *err = fill_session(session);
    if (err != NULL) {
        session_close(session);
        return err;
    }
    *out_session = session;
    return NULL;
}

void session_close(Session *session)
{
    if (session == NULL) {
        return;
    }
    mutex_done(&session->graph_mutex);
    error_free(session->profile_fault);
    error_free(session->project_fault);
    report_sink_free(session->sink);
    relation_cache_free(session->relations);
    ephemeral_cache_free(session->ephemerals);
    for (size_t i = 0; i < session->arenas.len; i++) {
        arena_free(session->arenas.data[i]);
    }
    Arena *arena = session->arena;
    JinjaEnv *env = session->env;
    JSharedHeap *shared = session->shared;
    Warehouse *own_warehouse = session->owns_warehouse ? session->warehouse : NULL;
    arena_free(arena); /* with the templates, which need the environment */
    jshared_free(shared);
    jinja_env_free(env);
    warehouse_close(own_warehouse); /* last, for it needs memory to write what is in its log */
}

Arena *session_new_arena(Session *session, const char *name)
{
    Arena *arena = arena_new(name);
    VEC_PUSH(session->arena, &session->arenas, arena);
    return arena;
}

/* ---- The warehouse ---- */

static Str warehouse_path_of(const Session *session)
{
    if (session->options->warehouse_path != NULL) {
        return str_from(session->options->warehouse_path);
    }
    Str path = session->profile->path;
    if (path.len == 0 || path.data[0] == ':' || !session->options->relative_to_project) {
        return path;
    }
    return fs_join(session->arena, session->projects.data[0].root, path);
}

typedef struct SettingList {
    WarehouseSetting *items;
    size_t count;
} SettingList;

static SettingList settings_of(Arena *arena, const Value *map)
{
    SettingList list = {.items = ARENA_ARRAY(arena, WarehouseSetting, value_len(map))};
    for (VALUE_EACH_ENTRY(entry, map)) {
        list.items[list.count++] =
            (WarehouseSetting){.name = value_text_or(&entry->key, (Str){0}),
                               .value = value_is(&entry->value, VALUE_STRING)
                                            ? entry->value.as.text
                                            : json_text(arena, &entry->value, &json_style_compact)};
    }
    return list;
}

/* The warehouse that is open is the project's; a profile that leads to another one would build the
 * models beside their data. */
static Error *check_same_file(const Session *session, Str profile_path)
{
    Str wanted, open;
    TRY(fs_resolve(session->arena, profile_path.data, &wanted));
    TRY(fs_resolve(session->arena, session->options->made_up_path, &open));
    if (str_eq(wanted, open)) {
        return NULL;
    }
    return error_hint(
        error_new(ERR_CONFIG,
                  STR_FMT ": the path of target '" STR_FMT "' leads to '" STR_FMT
                          "', but the data was loaded into '" STR_FMT "'",
                  STR_ARG(session->profile->file), STR_ARG(session->profile->target),
                  STR_ARG(wanted), STR_ARG(open)),
        "give both the same path: there, and as platform.duckdb_path in .dango/project.yml");
}

Error *session_connect(Session *session)
{
    SettingList settings = settings_of(session->arena, session->profile->config_options);
    WarehouseOptions options = {.path = str_to_c(session->arena, warehouse_path_of(session)),
                                .settings = settings.items,
                                .setting_count = settings.count};
    if (session->warehouse != NULL) {
        TRY(check_same_file(session, str_from(options.path)));
        TRY(warehouse_configure(session->warehouse, settings.items, settings.count));
        return profile_prepare(session->profile, session->warehouse);
    }
    TRY(warehouse_open(&options, &session->warehouse));
    session->owns_warehouse = true;
    return profile_prepare(session->profile, session->warehouse);
}

/* ---- The graph as templates see it ---- */

static void publish_graph(Session *session)
{
    AUTO_FREE(jheap) JHeap *heap = jheap_new(JHEAP_RENDER, session->shared);
    static const char *const parts[] = {"nodes",  "sources",         "exposures",     "metrics",
                                        "groups", "semantic_models", "saved_queries", "functions"};
    JDict *graph = jdict_new(heap);
    JDict *nodes[ARRAY_LEN(parts)];
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        nodes[i] = jdict_new(heap);
        jdict_set_text(heap, graph, str_from(parts[i]), jdict_value(nodes[i]));
    }
    for (VEC_EACH(NodePtr, it, &session->manifest->nodes)) {
        const Node *node = *it;
        if (node_is_unit_test(node)) {
            continue; /* dbt does not show them either */
        }
        size_t part = 0;
        while (!str_is(resource_type_member(node->type), parts[part])) {
            part++;
        }
        jdict_set_text(heap, nodes[part], node->unique_id, context_node_dict(heap, node));
    }
    session->graph_value = jdict_value(graph);
    jshare(heap, session->shared, session->graph_value);
}

JValue session_graph(Session *session)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&session->graph_mutex);
    if (session->graph_value.type != J_DICT) {
        publish_graph(session);
    }
    return session->graph_value;
}
