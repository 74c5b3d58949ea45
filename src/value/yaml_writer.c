#include "value/yaml_writer.h"

#include <math.h>
#include <stdlib.h>
#include <yaml.h>

#include "base/limits.h"
#include "base/number.h"
#include "value/base64.h"
#include "value/json_writer.h"
#include "value/yaml_scalar.h"

const YamlStyle yaml_style_python = {.width = 80};
const YamlStyle yaml_style_config = {.allow_unicode = true};

enum { BASE64_LINE = 76, BASE64_LINE_BYTES = BASE64_LINE / 4 * 3 };

typedef struct Writer {
    Arena *scratch;
    yaml_emitter_t emitter;
    const YamlStyle *style;
} Writer;

static void emitter_auto_done(yaml_emitter_t **emitter)
{
    yaml_emitter_delete(*emitter);
}

static int append_output(void *buf, unsigned char *data, size_t len)
{
    strbuf_add(buf, (Str){(const char *)data, len});
    return 1;
}

/* libyaml fails only without memory or on events in a wrong order, neither of which happens. */
static void emit(Writer *writer, yaml_event_t *event, int made)
{
    CHECK(made);
    CHECK(yaml_emitter_emit(&writer->emitter, event));
}

static void emit_scalar(Writer *writer, const char *tag, Str text, yaml_scalar_style_t style)
{
    yaml_event_t event;
    CHECK(text.len <= INT32_MAX);
    /* libyaml copies both, but its interface is older than const. */
    yaml_char_t *copy = (yaml_char_t *)str_to_c(writer->scratch, text);
    yaml_char_t *tag_copy =
        tag != NULL ? (yaml_char_t *)str_to_c(writer->scratch, str_from(tag)) : NULL;
    bool implicit = tag == NULL;
    emit(writer, &event,
         yaml_scalar_event_initialize(&event, NULL, tag_copy, copy, (int)text.len, implicit,
                                      implicit, style));
}

/* A text that would be read as something else has to be quoted. */
static void emit_text(Writer *writer, Str text)
{
    bool plain = yaml_tag_of_plain(text) == YAML_TAG_STR;
    emit_scalar(writer, NULL, text,
                plain ? YAML_ANY_SCALAR_STYLE : YAML_SINGLE_QUOTED_SCALAR_STYLE);
}

/* As Python's repr, with the point that YAML 1.1 wants before an exponent. */
static Str float_text(Arena *arena, double number)
{
    if (isnan(number)) {
        return STR(".nan");
    }
    if (isinf(number)) {
        return number > 0 ? STR(".inf") : STR("-.inf");
    }
    char digits[NUMBER_TEXT_BYTES];
    Str text = str_dup(arena, (Str){digits, number_format_double(number, digits)});
    return str_contains(text, STR(".")) ? text : str_replace(arena, text, STR("e"), STR(".0e"));
}

static void emit_bytes(Writer *writer, Str bytes)
{
    StrBuf text = strbuf_init(writer->scratch, LIMIT_JSON_BYTES);
    for (size_t i = 0; i < bytes.len; i += BASE64_LINE_BYTES) {
        size_t end = i + BASE64_LINE_BYTES < bytes.len ? i + BASE64_LINE_BYTES : bytes.len;
        base64_add(&text, str_slice(bytes, i, end));
        strbuf_add_char(&text, '\n');
    }
    emit_scalar(writer, "tag:yaml.org,2002:binary", strbuf_str(&text), YAML_LITERAL_SCALAR_STYLE);
}

static void emit_plain(Writer *writer, Str text)
{
    emit_scalar(writer, NULL, text, YAML_PLAIN_SCALAR_STYLE);
}

static void emit_value(Writer *writer, const Value *value);

static void emit_list(Writer *writer, const Value *list)
{
    yaml_event_t event;
    emit(writer, &event,
         yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
    for (VALUE_EACH(it, list)) {
        emit_value(writer, it);
    }
    emit(writer, &event, yaml_sequence_end_event_initialize(&event));
}

static int compare_keys(const void *a, const void *b)
{
    const ValueEntry *const *left = a;
    const ValueEntry *const *right = b;
    return str_compare(value_text_or(&(*left)->key, STR("")),
                       value_text_or(&(*right)->key, STR("")));
}

static void emit_map(Writer *writer, const Value *map)
{
    size_t len = value_len(map);
    const ValueEntry **entries = ARENA_ARRAY(writer->scratch, const ValueEntry *, len);
    for (size_t i = 0; i < len; i++) {
        entries[i] = &value_entries(map)[i];
    }
    if (writer->style->sort_keys && len > 1) {
        qsort(entries, len, sizeof(*entries), compare_keys);
    }
    yaml_event_t event;
    emit(writer, &event,
         yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
    for (size_t i = 0; i < len; i++) {
        emit_value(writer, &entries[i]->key);
        emit_value(writer, &entries[i]->value);
    }
    emit(writer, &event, yaml_mapping_end_event_initialize(&event));
}

static void emit_value(Writer *writer, const Value *value)
{
    char text[DATETIME_TEXT_BYTES];
    switch (value_kind(value)) {
    case VALUE_NULL:
        emit_plain(writer, STR("null"));
        break;
    case VALUE_BOOL:
        emit_plain(writer, value->as.boolean ? STR("true") : STR("false"));
        break;
    case VALUE_INT:
        emit_plain(writer, (Str){text, number_format_int64(value->as.integer, text)});
        break;
    case VALUE_FLOAT:
        emit_plain(writer, float_text(writer->scratch, value->as.number));
        break;
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
        emit_plain(writer, value->as.text);
        break;
    case VALUE_STRING:
        emit_text(writer, value->as.text);
        break;
    case VALUE_BYTES:
        emit_bytes(writer, value->as.text);
        break;
    case VALUE_DATETIME:
        emit_plain(writer, (Str){text, datetime_format(value->as.time, ' ', text)});
        break;
    case VALUE_DATE:
        emit_plain(writer, (Str){text, date_format(value->as.time, text)});
        break;
    case VALUE_TIME:
        emit_text(writer, (Str){text, time_format(value->as.time, text)});
        break;
    case VALUE_LIST:
        emit_list(writer, value);
        break;
    case VALUE_MAP:
        emit_map(writer, value);
        break;
    }
}

/* PyYAML ends a document that is one plain word with a mark; libyaml does not. */
static bool is_open_ended(const Value *root, Str text)
{
    bool scalar = !value_is(root, VALUE_LIST) && !value_is(root, VALUE_MAP);
    return scalar && text.len > 0 && text.data[0] != '\'' && text.data[0] != '"' &&
           text.data[0] != '!';
}

Str yaml_text(Arena *arena, const Value *value, const YamlStyle *style)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("YAML writer");
    StrBuf out = strbuf_init(arena, LIMIT_JSON_BYTES);
    Writer writer = {.scratch = scratch, .style = style};
    CHECK(yaml_emitter_initialize(&writer.emitter));
    __attribute__((cleanup(emitter_auto_done), unused)) yaml_emitter_t *guard = &writer.emitter;
    yaml_emitter_set_output(&writer.emitter, append_output, &out);
    yaml_emitter_set_encoding(&writer.emitter, YAML_UTF8_ENCODING);
    yaml_emitter_set_unicode(&writer.emitter, style->allow_unicode);
    yaml_emitter_set_width(&writer.emitter, style->width > 0 ? style->width : -1);
    yaml_event_t event;
    emit(&writer, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    emit(&writer, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
    emit_value(&writer, value);
    emit(&writer, &event, yaml_document_end_event_initialize(&event, 1));
    emit(&writer, &event, yaml_stream_end_event_initialize(&event));
    if (is_open_ended(value, strbuf_str(&out))) {
        strbuf_add_c(&out, "...\n");
    }
    return strbuf_str(&out);
}

Str yaml_scalar_text(Arena *arena, const Value *scalar)
{
    Str text = yaml_text(arena, scalar, &yaml_style_config);
    if (str_ends_with(text, STR("\n...\n"))) {
        text.len -= sizeof("...\n") - 1;
    }
    text = str_trim_end(text);
    /* JSON strings are YAML too, and never go over a line. */
    return str_contains(text, STR("\n")) ? json_text(arena, scalar, &json_style_compact) : text;
}
