#include "ingest/normalise/json_cell.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/number.h"
#include "ingest/normalise/decimal_text.h"
#include "ingest/normalise/timestamp_text.h"
#include "ingest/system_tables.h"
#include "ingest/typed_json.h"
#include "value/base64.h"
#include "value/json_writer.h"

/* ---- Cells ---- */

static Cell marked_time(DataKind kind, Str body, Str whole)
{
    DateTime time = {0};
    bool valid = kind == DATA_DATE   ? date_parse_iso(body, &time)
                 : kind == DATA_TIME ? time_parse_iso(body, &time)
                                     : datetime_parse_iso(body, &time);
    return valid ? cell_time(kind, time) : cell_text(DATA_TEXT, whole);
}

static Cell marked_decimal(Arena *arena, DataKind kind, Str body, Str whole)
{
    Str decimal;
    return decimal_text_parse(arena, body, &decimal) ? cell_text(kind, decimal)
                                                     : cell_text(DATA_TEXT, whole);
}

static Cell marked_bytes(Arena *arena, Str body, Str whole)
{
    Str bytes;
    return base64_parse(arena, body, &bytes) ? cell_text(DATA_BINARY, bytes)
                                             : cell_text(DATA_TEXT, whole);
}

/* Without the NUL characters, which dlt drops. */
static Str without_nul(Arena *arena, Str text)
{
    char *kept = arena_alloc_raw(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '\0') {
            kept[len++] = text.data[i];
        }
    }
    return (Str){kept, len};
}

static Cell text_cell_of(Arena *arena, Str text)
{
    Str body;
    if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL) {
        text = without_nul(arena, text);
    }
    switch (typed_split(text, &body)) {
    case TYPED_DECIMAL:
        return marked_decimal(arena, DATA_DECIMAL, body, text);
    case TYPED_WEI:
        return marked_decimal(arena, DATA_WEI, body, text);
    case TYPED_DATETIME:
        return marked_time(DATA_TIMESTAMP, body, text);
    case TYPED_DATE:
        return marked_time(DATA_DATE, body, text);
    case TYPED_TIME:
        return marked_time(DATA_TIME, body, text);
    case TYPED_BYTES:
        return marked_bytes(arena, body, text);
    case TYPED_UUID:
    case TYPED_HEX:
        return cell_text(DATA_TEXT, body);
    case TYPED_NONE:
        break;
    }
    return cell_text(DATA_TEXT, text);
}

static Cell unsigned_cell(Arena *arena, uint64_t number)
{
    return number <= INT64_MAX
               ? cell_int((int64_t)number)
               : cell_big_int(str_printf(arena, "%llu", (unsigned long long)number));
}

static Str document_text(Arena *arena, yyjson_val *value)
{
    StrBuf buf = strbuf_init(arena, LIMIT_JSON_BYTES);
    json_add_text(&buf, value, JSON_FORM_COLUMN);
    return strbuf_str(&buf);
}

/* A number that yyjson hands over as it stands in the text: too large for it. */
static Error *raw_cell(yyjson_val *value, Cell *out)
{
    Str text = {yyjson_get_raw(value), yyjson_get_len(value)};
    double number = 0;
    bool is_integer = str_find_char(text, '.') == SIZE_MAX &&
                      str_find_char(text, 'e') == SIZE_MAX && str_find_char(text, 'E') == SIZE_MAX;
    if (is_integer || !number_parse_double(text, &number)) {
        Error *err = error_new(ERR_INPUT, "the integer " STR_FMT " exceeds 64 bits", STR_ARG(text));
        return error_hint(err, "let the source give it as text, in quotes");
    }
    *out = CELL_OF_NULL; /* an infinity, which JSON has no form for */
    return NULL;
}

Error *json_cell(Arena *arena, yyjson_val *value, Cell *out)
{
    switch (yyjson_get_type(value)) {
    case YYJSON_TYPE_STR:
        *out = text_cell_of(arena, json_val_str(value));
        return NULL;
    case YYJSON_TYPE_NUM:
        *out = yyjson_is_real(value)   ? cell_double(yyjson_get_real(value))
               : yyjson_is_uint(value) ? unsigned_cell(arena, yyjson_get_uint(value))
                                       : cell_int(yyjson_get_sint(value));
        return NULL;
    case YYJSON_TYPE_BOOL:
        *out = cell_bool(yyjson_get_bool(value));
        return NULL;
    case YYJSON_TYPE_RAW:
        return raw_cell(value, out);
    case YYJSON_TYPE_ARR:
    case YYJSON_TYPE_OBJ:
        *out = cell_text(DATA_JSON, document_text(arena, value));
        return NULL;
    default:
        *out = CELL_OF_NULL;
        return NULL;
    }
}

/* ---- Text ---- */

typedef struct Member {
    yyjson_val *key;
    yyjson_val *value;
} Member;

static int compare_members(const void *a, const void *b)
{
    return str_compare(json_val_str(((const Member *)a)->key),
                       json_val_str(((const Member *)b)->key));
}

static const JsonStyle *style_of(JsonForm form)
{
    return form == JSON_FORM_HASH ? &json_style_canonical : &json_style_ordered;
}

static void add_members(StrBuf *buf, yyjson_val *object, JsonForm form, bool without_system)
{
    size_t count = yyjson_obj_size(object);
    Member *members = ARENA_ARRAY(buf->arena, Member, count);
    size_t len = 0;
    yyjson_obj_iter iter = yyjson_obj_iter_with(object);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter)) != NULL;) {
        if (!without_system || !system_name(json_val_str(key))) {
            members[len++] = (Member){key, yyjson_obj_iter_get_val(key)};
        }
    }
    if (form == JSON_FORM_HASH) {
        qsort(members, len, sizeof(Member), compare_members);
    }
    strbuf_add_char(buf, '{');
    for (size_t i = 0; i < len; i++) {
        if (i > 0) {
            strbuf_add_char(buf, ',');
        }
        json_write_string(buf, json_val_str(members[i].key), style_of(form));
        strbuf_add_char(buf, ':');
        json_add_text(buf, members[i].value, form);
    }
    strbuf_add_char(buf, '}');
}

static void add_items(StrBuf *buf, yyjson_val *list, JsonForm form)
{
    strbuf_add_char(buf, '[');
    bool first = true;
    yyjson_arr_iter iter = yyjson_arr_iter_with(list);
    for (yyjson_val *item; (item = yyjson_arr_iter_next(&iter)) != NULL; first = false) {
        if (!first) {
            strbuf_add_char(buf, ',');
        }
        json_add_text(buf, item, form);
    }
    strbuf_add_char(buf, ']');
}

static void add_number(StrBuf *buf, yyjson_val *value)
{
    char text[NUMBER_TEXT_BYTES];
    if (yyjson_is_real(value)) {
        json_write_float(buf, yyjson_get_real(value), JSON_NUMBERS_ORJSON);
    } else if (yyjson_is_uint(value)) {
        strbuf_printf(buf, "%llu", (unsigned long long)yyjson_get_uint(value));
    } else {
        strbuf_add(buf, (Str){text, number_format_int64(yyjson_get_sint(value), text)});
    }
}

static void add_string(StrBuf *buf, Str text, JsonForm form)
{
    Str body = text;
    if (form == JSON_FORM_COLUMN) {
        (void)typed_split(text, &body);
    }
    json_write_string(buf, body, style_of(form));
}

/* Documents are at most LIMIT_DOCUMENT_DEPTH deep, so this recursion is, too. */
void json_add_text(StrBuf *buf, yyjson_val *value, JsonForm form)
{
    switch (yyjson_get_type(value)) {
    case YYJSON_TYPE_STR:
        add_string(buf, json_val_str(value), form);
        return;
    case YYJSON_TYPE_NUM:
        add_number(buf, value);
        return;
    case YYJSON_TYPE_RAW:
        strbuf_add(buf, (Str){yyjson_get_raw(value), yyjson_get_len(value)});
        return;
    case YYJSON_TYPE_BOOL:
        strbuf_add_c(buf, yyjson_get_bool(value) ? "true" : "false");
        return;
    case YYJSON_TYPE_ARR:
        add_items(buf, value, form);
        return;
    case YYJSON_TYPE_OBJ:
        add_members(buf, value, form, false);
        return;
    default:
        strbuf_add(buf, STR("null"));
        return;
    }
}

void json_add_row(StrBuf *buf, yyjson_val *row)
{
    add_members(buf, row, JSON_FORM_HASH, true);
}
