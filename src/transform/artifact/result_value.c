#include "transform/artifact/result_value.h"

#include "base/clock.h"
#include "transform/context/convert.h"
#include "transform/context/objects.h"
#include "transform/graph/node_value.h"

static void set(ValueMapBuilder *map, const char *key, Value value)
{
    value_map_set(map, str_from(key), value);
}

Value result_time(Arena *arena, int64_t time_us)
{
    if (time_us == 0) {
        return value_null();
    }
    ClockParts t = clock_parts_utc(time_us);
    return value_string(str_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", t.year, t.month,
                                   t.day, t.hour, t.minute, t.second, t.microsecond));
}

static void push_timing(Arena *arena, ValueVec *timing, const char *name, int64_t started_us,
                        int64_t ended_us)
{
    if (started_us == 0) {
        return;
    }
    ValueMapBuilder map = value_map_begin(arena);
    set(&map, "name", value_string(str_from(name)));
    set(&map, "started_at", result_time(arena, started_us));
    set(&map, "completed_at", result_time(arena, ended_us));
    VEC_PUSH(arena, timing, value_map_end(&map));
}

static Value adapter_response(Arena *arena, const NodeResult *result)
{
    if (result->response != NULL) {
        return *result->response;
    }
    ValueMapBuilder map = value_map_begin(arena);
    bool answered =
        result->execute_ended_us > 0 && result->status != STATUS_ERROR && result->batches == NULL;
    if (answered && result->node->type != RESOURCE_OPERATION) {
        set(&map, "_message", value_string(STR("OK")));
    }
    return value_map_end(&map);
}

Str result_thread(Arena *arena, size_t worker)
{
    if (worker == WORKER_MAIN || worker == WORKER_OPERATION) {
        return worker == WORKER_MAIN ? STR("main") : STR("MainThread");
    }
    return str_printf(arena, "Thread-%zu (worker)", worker + 1);
}

static Value batch_list(Arena *arena, const BatchVec *batches)
{
    ValueVec list = {0};
    for (VEC_EACH(const Batch, it, batches)) {
        ValueVec ends = {0};
        VEC_PUSH(arena, &ends, value_string(clock_iso_utc(arena, it->start_us)));
        VEC_PUSH(arena, &ends, value_string(clock_iso_utc(arena, it->end_us)));
        VEC_PUSH(arena, &list, value_list_of(&ends));
    }
    return value_list_of(&list);
}

Value result_batches(Arena *arena, const NodeResult *result)
{
    if (result->batches == NULL) {
        return value_null();
    }
    ValueMapBuilder map = value_map_begin(arena);
    set(&map, "successful", batch_list(arena, &result->batches->successful));
    set(&map, "failed", batch_list(arena, &result->batches->failed));
    return value_map_end(&map);
}

void result_add_fields(Arena *arena, const NodeResult *result, ValueMapBuilder *map)
{
    ValueVec timing = {0};
    push_timing(arena, &timing, "compile", result->compile_started_us, result->compile_ended_us);
    push_timing(arena, &timing, "execute", result->execute_started_us, result->execute_ended_us);
    set(map, "status", value_string(node_status_text(result->status)));
    set(map, "timing", value_list_of(&timing));
    set(map, "thread_id", value_string(result_thread(arena, result->worker)));
    set(map, "execution_time", value_float((double)result->elapsed_us / 1e6));
    set(map, "adapter_response", adapter_response(arena, result));
    set(map, "message", result->message.len > 0 ? value_string(result->message) : value_null());
    set(map, "failures", result->failures >= 0 ? value_int(result->failures) : value_null());
}

/* ---- Records: dicts whose entries are attributes, as Python's data classes have them ---- */

static Error *record_to_dict(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = ((const JHost *)call->args[0].obj)->value;
    return NULL;
}

static const JBuiltin record_methods[] = {
    {"to_dict", record_to_dict, 1, 2, "self omit_none", JB_CONTEXT, NULL},
    {0},
};

static JValue record_new(JHeap *heap, JValue dict);

static JValue list_of_records(JHeap *heap, JValue dicts)
{
    JList *records = jlist_new(heap, jlist_len(dicts.list));
    for (size_t i = 0; i < jlist_len(dicts.list); i++) {
        jlist_append(records, record_new(heap, jlist_at(dicts.list, i)));
    }
    return jlist_value(records);
}

static Error *record_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    Str wanted = jstr_str(name);
    const JBuiltin *method = object_method(record_methods, wanted);
    if (method != NULL) {
        *out = jfunction_new(heap, method, jobj(self));
        return NULL;
    }
    JValue found = jdict_get_text(self->value.dict, wanted);
    if (str_is(wanted, "node") && found.type == J_DICT) {
        found = record_new(heap, found);
    } else if (str_is(wanted, "timing") && found.type == J_LIST) {
        found = list_of_records(heap, found);
    }
    *out = found;
    return NULL;
}

static Error *record_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    *out = JMISSING;
    return jis_str(key) ? record_get_attr(s, self, key.str, out) : NULL;
}

static const JHostClass record_class = {
    .name = "RunResult",
    .get_attr = record_get_attr,
    .get_item = record_get_item,
};

static JValue record_new(JHeap *heap, JValue dict)
{
    JValue record = jhost_new(heap, &record_class, NULL);
    ((JHost *)record.obj)->value = dict;
    return record;
}

JValue result_object(JHeap *heap, const NodeResult *result)
{
    AUTO_FREE(arena) Arena *arena = arena_new("result");
    ValueMapBuilder node = value_map_begin(arena);
    Value document = node_value(arena, result->node);
    value_map_put_all(&node, &document);
    if (result->compiled) {
        set(&node, "compiled", value_bool(true));
        set(&node, "compiled_path", value_string(result->compiled_path));
        set(&node, "compiled_code", value_string(result->compiled_code));
    }
    ValueMapBuilder map = value_map_begin(arena);
    result_add_fields(arena, result, &map);
    set(&map, "node", value_map_end(&node));
    set(&map, "agate_table", value_null());
    set(&map, "batch_results", result_batches(arena, result));
    Value fields = value_map_end(&map);
    return record_new(heap, convert_to_jinja(heap, &fields));
}
