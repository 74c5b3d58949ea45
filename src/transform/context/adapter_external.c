/* Methods of `adapter` for models that are files: how a file is written and where it is read. The
 * options are a dict of the template, which they complete. */
#include "transform/context/adapter_methods.h"

#include "base/limits.h"
#include "transform/context/context.h"
#include "transform/context/convert.h"

static Error *options_of(const JCall *call, JDict **out)
{
    if (call->args[2].type != J_DICT) {
        return jraise("CompilationError", "the write options must be a dictionary, got %s",
                      jtype_name(call->args[2]));
    }
    *out = call->args[2].dict;
    return NULL;
}

static Error *text_option(JinjaState *s, JDict *options, const char *key, Str *out)
{
    JValue value = jdict_get_text(options, str_from(key));
    *out = (Str){0};
    return jis_absent(value) ? NULL : convert_to_text(s, jinja_scratch(s), value, out);
}

static void set_text(JinjaState *s, JDict *options, const char *key, Str text)
{
    JHeap *heap = jinja_heap(s);
    jdict_set_text(heap, options, str_from(key), jstr_value(heap, text));
}

/* The last part of a file's name from its last point on; what begins with a point has none. */
static Str extension_of(Str path)
{
    size_t slash = str_find_last(path, STR("/"));
    Str name = slash == SIZE_MAX ? path : str_from_offset(path, slash + 1);
    size_t point = str_find_last(name, STR("."));
    bool has_one = point != SIZE_MAX && point > 0;
    return str_from_offset(name, has_one ? point : name.len);
}

/* "gzip" for "x.csv.gz", whose format is that of "x.csv". */
static Str compression_of(Str extension)
{
    return str_eq_nocase(extension, STR(".gz"))    ? STR("gzip")
           : str_eq_nocase(extension, STR(".zst")) ? STR("zstd")
                                                   : (Str){0};
}

/* Without a format the file's name decides, then whether there is a delimiter. */
static void find_format(JinjaState *s, Str location, JDict *options)
{
    Str extension = extension_of(location);
    Str compression = compression_of(extension);
    if (compression.len > 0) {
        extension = extension_of(str_slice(location, 0, location.len - extension.len));
    }
    if (extension.len == 0) {
        bool delimited = !jis_absent(jdict_get_text(options, STR("delimiter")));
        set_text(s, options, "format", delimited ? STR("csv") : STR("parquet"));
        return;
    }
    set_text(s, options, "format",
             str_lower_ascii(jinja_scratch(s), str_from_offset(extension, 1)));
    if (compression.len > 0 && jis_absent(jdict_get_text(options, STR("compression")))) {
        set_text(s, options, "compression", compression);
    }
}

static Error *complete_options(JinjaState *s, Str location, JDict *options)
{
    Str format, columns;
    if (jis_absent(jdict_get_text(options, STR("format")))) {
        find_format(s, location, options);
    }
    TRY(text_option(s, options, "format", &format));
    if (str_is(format, "csv") && jis_absent(jdict_get_text(options, STR("header")))) {
        jdict_set_text(jinja_heap(s), options, STR("header"), jint(1));
    }
    TRY(text_option(s, options, "partition_by", &columns));
    if (str_contains(columns, STR(",")) && !str_starts_with(columns, STR("("))) {
        set_text(s, options, "partition_by",
                 str_printf(jinja_scratch(s), "(" STR_FMT ")", STR_ARG(columns)));
    }
    return NULL;
}

static bool is_quoted_option(Str key)
{
    static const char *const quoted[] = {"delimiter", "quote", "escape", "null"};
    for (size_t i = 0; i < ARRAY_LEN(quoted); i++) {
        if (str_eq_nocase(key, str_from(quoted[i]))) {
            return true;
        }
    }
    return false;
}

/* external_write_options(location, options): what stands in the parentheses of COPY. */
Error *adapter_external_write_options(JinjaState *s, const JCall *call, JValue *out)
{
    Arena *arena = jinja_scratch(s);
    JDict *options = NULL;
    Str location;
    TRY(convert_to_text(s, arena, call->args[1], &location));
    TRY(options_of(call, &options));
    TRY(complete_options(s, location, options));
    StrBuf text = strbuf_init(arena, LIMIT_SQL_BYTES);
    size_t position = 0;
    JValue key, value;
    while (jdict_next(options, &position, &key, &value)) {
        Str name, shown;
        TRY(convert_to_text(s, arena, key, &name));
        TRY(convert_to_text(s, arena, value, &shown));
        bool quoted = is_quoted_option(name) && !str_starts_with(shown, STR("'"));
        const char *quote = quoted ? "'" : "";
        strbuf_printf(&text, "%s" STR_FMT " %s" STR_FMT "%s", text.len > 0 ? ", " : "",
                      STR_ARG(name), quote, STR_ARG(shown), quote);
    }
    *out = jstr_value(jinja_heap(s), strbuf_str(&text));
    return NULL;
}

static size_t count_columns(Str columns)
{
    size_t count = 1;
    for (size_t i = 0; i < columns.len; i++) {
        count += columns.data[i] == ',';
    }
    return count;
}

/* external_read_location(location, options): of files in directories a pattern. */
Error *adapter_external_read_location(JinjaState *s, const JCall *call, JValue *out)
{
    Arena *arena = jinja_scratch(s);
    JDict *options = NULL;
    Str location, columns, format;
    TRY(convert_to_text(s, arena, call->args[1], &location));
    TRY(options_of(call, &options));
    TRY(text_option(s, options, "partition_by", &columns));
    TRY(text_option(s, options, "format", &format));
    bool per_thread = jtruth(jdict_get_text(options, STR("per_thread_output")));
    *out = jstr_value(jinja_heap(s), location);
    if (columns.len == 0 && !per_thread) {
        return NULL;
    }
    StrBuf text = strbuf_init(arena, LIMIT_PATH_BYTES);
    strbuf_printf(&text, STR_FMT "/*", STR_ARG(location));
    for (size_t i = 0; columns.len > 0 && i < count_columns(columns); i++) {
        strbuf_add(&text, STR("/*"));
    }
    strbuf_printf(&text, "." STR_FMT, STR_ARG(format.len > 0 ? format : STR("parquet")));
    *out = jstr_value(jinja_heap(s), strbuf_str(&text));
    return NULL;
}

/* location_exists(location): whether the database can read it. */
Error *adapter_location_exists(JinjaState *s, const JCall *call, JValue *out)
{
    Str location;
    NodeRun *run = adapter_run(s);
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &location));
    *out = jbool(false);
    if (run == NULL) {
        return NULL;
    }
    ColumnInfoVec columns = {0};
    Str sql = str_printf(jinja_scratch(s), "select 1 from '" STR_FMT "' where 1=0",
                         STR_ARG(str_replace(jinja_scratch(s), location, STR("'"), STR("''"))));
    Error *err = connection_describe(run->connection, jinja_scratch(s), sql, &columns);
    *out = jbool(err == NULL);
    if (err != NULL) {
        error_discard(err, "that it cannot be read is the answer");
    }
    return NULL;
}

/* store_relation(plugin, ...): plugins of dbt-duckdb are Python. */
Error *adapter_store_relation(JinjaState *s, const JCall *call, JValue *out)
{
    Str plugin;
    (void)out;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &plugin));
    return jraise("CompilationError",
                  "the plugin '" STR_FMT "' cannot store this model: plugins are Python programs, "
                  "which are not run here. Leave out `plugin` and `glue_register` of the model, or "
                  "build it with dbt-duckdb",
                  STR_ARG(plugin));
}
