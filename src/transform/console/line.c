/* Lines of events: as text, as text with level and thread, as JSON. */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "transform/console/report.h"
#include "transform/flag/event_names.h"
#include "transform/graph/node.h"
#include "value/json_writer.h"

/* ---- Settings ---- */

static LogLevel level_of(const char *name)
{
    static const struct {
        const char *name;
        LogLevel level;
    } levels[] = {
        {"debug", LOG_DEBUG}, {"warn", LOG_WARNING}, {"error", LOG_ERROR}, {"none", LOG_OFF}};
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (name != NULL && strcmp(name, levels[i].name) == 0) {
            return levels[i].level;
        }
    }
    return LOG_INFO;
}

static LineFormat format_of(const char *name, LineFormat otherwise)
{
    Str text = str_from(name);
    return str_is(text, "json")    ? LINE_JSON
           : str_is(text, "debug") ? LINE_DEBUG
           : str_is(text, "text")  ? LINE_TEXT
                                   : otherwise;
}

void reporter_use_flags(Reporter *reporter, const Flags *flags, bool terminal)
{
    bool debug = flag_on(flags, DBT_DEBUG), quiet = flag_on(flags, DBT_QUIET);
    bool colors = flag_is_given(flags, DBT_USE_COLORS) ? flag_on(flags, DBT_USE_COLORS) : terminal;
    reporter->colors = colors;
    reporter->console.colors = colors;
    reporter->console.format =
        format_of(flag_text(flags, DBT_LOG_FORMAT), debug ? LINE_DEBUG : LINE_TEXT);
    LogLevel level = level_of(flag_text(flags, DBT_LOG_LEVEL));
    level = debug ? LOG_DEBUG : level;
    reporter->console.level = quiet && level < LOG_ERROR ? LOG_ERROR : level;
    reporter->file.colors =
        flag_is_given(flags, DBT_USE_COLORS_FILE) ? flag_on(flags, DBT_USE_COLORS_FILE) : colors;
    reporter->file.format = format_of(flag_text(flags, DBT_LOG_FORMAT_FILE), LINE_DEBUG);
    reporter->file.level = level_of(flag_text(flags, DBT_LOG_LEVEL_FILE));
    reporter->log_file_max_bytes = flag_int(flags, DBT_LOG_FILE_MAX_BYTES);
    int64_t width = flag_int(flags, DBT_PRINTER_WIDTH);
    if (flag_is_given(flags, DBT_PRINTER_WIDTH)) {
        reporter->width = width > 0 && width < LIMIT_ERROR_BYTES ? (size_t)width : 1;
    }
}

/* ---- Text ---- */

static const char *level_name(LogLevel level)
{
    static const char *const names[] = {"debug", "info", "warn", "error", "info"};
    return names[level];
}

static Str thread_of(const ReportEvent *event)
{
    return event->thread.len > 0 ? event->thread : STR("MainThread");
}

static void add_text_line(StrBuf *out, const LineStyle *style, const ReportEvent *event,
                          int64_t time_us)
{
    ClockParts t = style->local ? clock_parts_local(time_us) : clock_parts_utc(time_us);
    strbuf_add_c(out, style->colors ? "\x1b[0m" : "");
    strbuf_printf(out, "%02d:%02d:%02d%s", t.hour, t.minute, t.second,
                  event->text.len > 0 ? "  " : "");
    strbuf_add(out, event->text);
}

static void add_debug_line(StrBuf *out, const LineStyle *style, const ReportEvent *event,
                           int64_t time_us)
{
    ClockParts t = clock_parts_utc(time_us);
    Str thread = thread_of(event);
    strbuf_add_c(out, style->colors ? "\x1b[0m" : "");
    strbuf_printf(out, "%02d:%02d:%02d.%06d [%-5s] [%-10.10s]: ", t.hour, t.minute, t.second,
                  t.microsecond, level_name(event->level), str_to_c(out->arena, thread));
    strbuf_add(out, event->text);
}

/* ---- JSON ---- */

static void set(ValueMapBuilder *map, const char *key, Value value)
{
    value_map_set(map, str_from(key), value);
}

static void set_text(ValueMapBuilder *map, const char *key, Str text)
{
    set(map, key, value_string(text.data != NULL ? text : STR("")));
}

/* "2026-11-22T16:05:09.123456"; empty for no time. */
static Str iso_time(Arena *arena, int64_t time_us)
{
    if (time_us == 0) {
        return STR("");
    }
    ClockParts t = clock_parts_utc(time_us);
    return str_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%06d", t.year, t.month, t.day, t.hour,
                      t.minute, t.second, t.microsecond);
}

static Value node_info(Arena *arena, const ReportEvent *event)
{
    const Node *node = event->about;
    ValueMapBuilder map = value_map_begin(arena), relation = value_map_begin(arena);
    ValueMapBuilder empty = value_map_begin(arena);
    bool told = event->started_us != 0;
    set_text(&map, "materialized", node_materialized(node));
    set(&map, "meta", node->meta != NULL ? *node->meta : value_map_end(&empty));
    set_text(&map, "node_checksum", node->checksum);
    set_text(&map, "node_finished_at", iso_time(arena, event->finished_us));
    set_text(&map, "node_name", node->name);
    set_text(&map, "node_path", node->path);
    set_text(&relation, "alias", node->alias);
    set_text(&relation, "database", node->database);
    set_text(&relation, "relation_name", node->relation_name);
    set_text(&relation, "schema", node->schema);
    set(&map, "node_relation", value_map_end(&relation));
    set_text(&map, "node_started_at", iso_time(arena, event->started_us));
    set_text(&map, "node_status", told ? event->status : STR("None"));
    set_text(&map, "resource_type", resource_type_name(node->type));
    set_text(&map, "unique_id", node->unique_id);
    return value_map_end(&map);
}

static int compare_entries(const void *a, const void *b)
{
    const ReportField *left = a, *right = b;
    return strcmp(left->key, right->key);
}

/* Keys in order, as dbt writes them. */
static Value data_of(Arena *arena, const ReportEvent *event)
{
    size_t count = 0;
    ReportField *all = ARENA_ARRAY(arena, ReportField, event->field_count + 2);
    for (size_t i = 0; i < event->field_count; i++) {
        all[count++] = event->fields[i];
    }
    if (event->about != NULL) {
        all[count++] = (ReportField){"node_info", node_info(arena, event)};
    } else if (event->fields == NULL) {
        all[count++] = (ReportField){"msg", value_string(event->text)};
    }
    qsort(all, count, sizeof(*all), compare_entries);
    ValueMapBuilder map = value_map_begin(arena);
    for (size_t i = 0; i < count; i++) {
        set(&map, all[i].key, all[i].value);
    }
    return value_map_end(&map);
}

static void add_json_line(StrBuf *out, Str invocation_id, const ReportEvent *event, int64_t time_us)
{
    Arena *arena = out->arena;
    ValueMapBuilder line = value_map_begin(arena), info = value_map_begin(arena);
    ValueMapBuilder extra = value_map_begin(arena);
    Str name = str_from(event->name);
    set_text(&info, "category", STR(""));
    set_text(&info, "code", event_code(name));
    set(&info, "extra", value_map_end(&extra));
    set_text(&info, "invocation_id", invocation_id);
    set_text(&info, "level", str_from(level_name(event->level)));
    set_text(&info, "msg", event->text);
    set_text(&info, "name", name);
    set(&info, "pid", value_int(getpid()));
    set_text(&info, "thread", thread_of(event));
    set_text(&info, "ts", str_printf(arena, STR_FMT "Z", STR_ARG(iso_time(arena, time_us))));
    set(&line, "data", data_of(arena, event));
    set(&line, "info", value_map_end(&info));
    Value document = value_map_end(&line);
    json_write(out, &document, &json_style_python);
}

Str report_line(Arena *arena, const LineStyle *style, Str invocation_id, const ReportEvent *event,
                int64_t time_us)
{
    if (event->level < style->level) {
        return (Str){0};
    }
    StrBuf out = strbuf_init(arena, LIMIT_STRING_BYTES);
    switch (style->format) {
    case LINE_TEXT:
        add_text_line(&out, style, event, time_us);
        break;
    case LINE_DEBUG:
        add_debug_line(&out, style, event, time_us);
        break;
    case LINE_JSON:
        add_json_line(&out, invocation_id, event, time_us);
        break;
    }
    strbuf_add_char(&out, '\n'); /* behind one that the text ends with, too */
    return strbuf_str(&out);
}
