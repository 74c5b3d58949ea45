#include "sync/request.h"

#include "source/source.h"
#include "value/json_reader.h"
#include "value/json_writer.h"

static Value text_list(Arena *arena, const StrVec *texts)
{
    ValueVec items = {0};
    for (VEC_EACH(Str, text, texts)) {
        VEC_PUSH(arena, &items, value_string(*text));
    }
    return value_list_of(&items);
}

Str sync_request_json(Arena *arena, const SyncRequest *request)
{
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("mode"), value_int(request->mode));
    value_map_set(&map, STR("names"), text_list(arena, &request->names));
    value_map_set(&map, STR("exclude"), text_list(arena, &request->exclude));
    value_map_set(&map, STR("select"), text_list(arena, &request->select));
    value_map_set(&map, STR("full_refresh"), value_bool(request->full_refresh));
    value_map_set(&map, STR("allow_schema_changes"), value_bool(request->allow_schema_changes));
    value_map_set(&map, STR("empty"), value_int(request->empty));
    value_map_set(&map, STR("no_hooks"), value_bool(request->no_hooks));
    value_map_set(&map, STR("limit"), value_int(request->limit));
    value_map_set(&map, STR("start_date"), value_string(request->start_date));
    value_map_set(&map, STR("wait_us"), value_int(request->wait_us));
    value_map_set(&map, STR("label"), value_string(request->label));
    value_map_set(&map, STR("id"), value_string(request->id));
    Value value = value_map_end(&map);
    return json_text(arena, &value, &json_style_compact);
}

static bool flag_in(const Value *map, Str key)
{
    const Value *value = value_find(map, key);
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

static int64_t int_in(const Value *map, Str key)
{
    const Value *value = value_find(map, key);
    return value_is(value, VALUE_INT) ? value->as.integer : 0;
}

static Str text_in(const Value *map, Str key)
{
    return value_text_or(value_find(map, key), STR(""));
}

static StrVec texts_in(Arena *arena, const Value *map, Str key)
{
    StrVec texts = {0};
    for (VALUE_EACH(it, value_find(map, key))) {
        VEC_PUSH(arena, &texts, value_text_or(it, STR("")));
    }
    return texts;
}

Error *sync_request_parse(Arena *arena, Str text, SyncRequest *out)
{
    const Value *map = NULL;
    TRY(json_read(arena, text, &(ReadOptions){.path = STR("the request")}, &map));
    TRY(value_expect(map, VALUE_MAP, STR("the request")));
    *out = (SyncRequest){
        .mode = (SyncMode)int_in(map, STR("mode")),
        .names = texts_in(arena, map, STR("names")),
        .exclude = texts_in(arena, map, STR("exclude")),
        .select = texts_in(arena, map, STR("select")),
        .full_refresh = flag_in(map, STR("full_refresh")),
        .allow_schema_changes = flag_in(map, STR("allow_schema_changes")),
        .empty = (SyncEmpty)int_in(map, STR("empty")),
        .no_hooks = flag_in(map, STR("no_hooks")),
        .limit = int_in(map, STR("limit")),
        .start_date = text_in(map, STR("start_date")),
        .wait_us = int_in(map, STR("wait_us")),
        .label = text_in(map, STR("label")),
        .id = text_in(map, STR("id")),
    };
    return NULL;
}

/* ---- Which sources ---- */

static bool names_have(const StrVec *names, Str name)
{
    for (size_t i = 0; i < names->len; i++) {
        if (str_eq_nocase(names->data[i], name)) {
            return true;
        }
    }
    return false;
}

/* A broken entry is a source all the same: it fails by itself, and the others are synced. */
static Error *check_names(const Project *project, const StrVec *names)
{
    for (size_t i = 0; i < names->len; i++) {
        const SourceConfig *config = NULL;
        if (project_find_source(project, names->data[i]) == NULL) {
            TRY(project_get_source(project, names->data[i], &config)); /* knows what to say */
        }
    }
    return NULL;
}

static Error *check_enabled(const Project *project, const StrVec *names)
{
    for (size_t i = 0; i < names->len; i++) {
        const SourceConfig *config = project_find_source(project, names->data[i]);
        if (config != NULL && !config->enabled) {
            return error_hint(
                error_new(ERR_CONFIG, "source '" STR_FMT "' is disabled", STR_ARG(config->name)),
                "set 'enabled: true' for it in " STR_FMT, STR_ARG(config->place));
        }
    }
    return NULL;
}

/* Only a source itself knows its streams: the load checks their names. */
static bool has_streams(Arena *arena, const Project *project, const SourceConfig *config)
{
    const SourceDriver *driver = source_driver_find(arena, project, config->type);
    return driver != NULL && driver->read_streams != NULL;
}

/* The resources of a source: file sources have one, called as the source. */
static bool has_resource(Arena *arena, const Project *project, const SourceConfig *config,
                         const StrVec *select)
{
    return select->len == 0 || names_have(select, config->name) ||
           has_streams(arena, project, config);
}

static Error *check_resources(Arena *arena, const Project *project, const SyncSourceVec *chosen,
                              const StrVec *select)
{
    StrVec known = {0};
    for (size_t i = 0; i < chosen->len; i++) {
        if (has_streams(arena, project, chosen->data[i])) {
            return NULL;
        }
        VEC_PUSH(arena, &known, chosen->data[i]->name);
    }
    for (size_t i = 0; i < select->len; i++) {
        if (!names_have(&known, select->data[i])) {
            Str list = str_join(arena, known.data, known.len, STR(", "));
            return error_hint(error_new(ERR_NOT_FOUND, "Resource '" STR_FMT "' not found",
                                        STR_ARG(select->data[i])),
                              "there are: " STR_FMT, STR_ARG(list));
        }
    }
    return NULL;
}

Error *sync_request_sources(const Project *project, Arena *arena, const SyncRequest *request,
                            SyncSourceVec *out)
{
    TRY(check_names(project, &request->names));
    TRY(check_names(project, &request->exclude));
    TRY(check_enabled(project, &request->names));
    SyncSourceVec chosen = {0};
    for (size_t i = 0; i < project->sources.len; i++) {
        const SourceConfig *config = &project->sources.data[i];
        bool wanted =
            request->names.len > 0 ? names_have(&request->names, config->name) : config->enabled;
        if (wanted && !names_have(&request->exclude, config->name)) {
            VEC_PUSH(arena, &chosen, config);
        }
    }
    TRY(check_resources(arena, project, &chosen, &request->select));
    for (size_t i = 0; i < chosen.len; i++) {
        if (has_resource(arena, project, chosen.data[i], &request->select)) {
            VEC_PUSH(arena, out, chosen.data[i]);
        }
    }
    if (out->len == 0) {
        return error_hint(error_new(ERR_USAGE, "there is no source to sync"),
                          "add one with 'dango source add', or enable one in .dango/sources.yml");
    }
    return NULL;
}
