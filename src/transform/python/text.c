#include "transform/python/text.h"

#include "base/limits.h"
#include "base/number.h"

static void repr_text(Str text, StrBuf *out)
{
    char quote =
        str_find_char(text, '\'') != SIZE_MAX && str_find_char(text, '"') == SIZE_MAX ? '"' : '\'';
    strbuf_add_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == quote) {
            strbuf_printf(out, "\\%c", c);
        } else if (c == '\n') {
            strbuf_add_c(out, "\\n");
        } else if (c == '\r') {
            strbuf_add_c(out, "\\r");
        } else if (c == '\t') {
            strbuf_add_c(out, "\\t");
        } else if (c == '\\') {
            strbuf_add_c(out, "\\\\");
        } else if ((uint8_t)c < 0x20 || c == 0x7f) {
            strbuf_printf(out, "\\x%02x", (unsigned)(uint8_t)c);
        } else {
            strbuf_add_char(out, c);
        }
    }
    strbuf_add_char(out, quote);
}

static void repr_time(const Value *value, StrBuf *out)
{
    const DateTime *t = value->as.time;
    if (value_is(value, VALUE_DATE)) {
        strbuf_printf(out, "datetime.date(%d, %d, %d)", t->year, t->month, t->day);
        return;
    }
    char text[DATETIME_TEXT_BYTES];
    size_t len = value_is(value, VALUE_TIME) ? time_format(t, text) : datetime_format(t, ' ', text);
    repr_text((Str){text, len}, out);
}

static void repr_list(const Value *value, StrBuf *out)
{
    strbuf_add_char(out, '[');
    for (VALUE_EACH(item, value)) {
        if (item != value_items(value)) {
            strbuf_add_c(out, ", ");
        }
        python_repr(item, out);
    }
    strbuf_add_char(out, ']');
}

static void repr_map(const Value *value, StrBuf *out)
{
    strbuf_add_char(out, '{');
    for (VALUE_EACH_ENTRY(entry, value)) {
        if (entry != value_entries(value)) {
            strbuf_add_c(out, ", ");
        }
        python_repr(&entry->key, out);
        strbuf_add_c(out, ": ");
        python_repr(&entry->value, out);
    }
    strbuf_add_char(out, '}');
}

void python_repr(const Value *value, StrBuf *out)
{
    char number[NUMBER_TEXT_BYTES];
    switch (value_kind(value)) {
    case VALUE_NULL:
        strbuf_add_c(out, "None");
        break;
    case VALUE_BOOL:
        strbuf_add_c(out, value->as.boolean ? "True" : "False");
        break;
    case VALUE_INT:
        strbuf_add(out, (Str){number, number_format_int64(value->as.integer, number)});
        break;
    case VALUE_FLOAT:
        strbuf_add(out, (Str){number, number_format_double(value->as.number, number)});
        break;
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
        strbuf_add(out, value->as.text);
        break;
    case VALUE_STRING:
    case VALUE_BYTES:
        repr_text(value->as.text, out);
        break;
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME:
        repr_time(value, out);
        break;
    case VALUE_LIST:
        repr_list(value, out);
        break;
    case VALUE_MAP:
        repr_map(value, out);
        break;
    }
}

static Str time_text(const Value *value, Arena *arena)
{
    char text[DATETIME_TEXT_BYTES];
    const DateTime *t = value->as.time;
    size_t len = value_is(value, VALUE_DATE)   ? date_format(t, text)
                 : value_is(value, VALUE_TIME) ? time_format(t, text)
                                               : datetime_format(t, ' ', text);
    return str_dup(arena, (Str){text, len});
}

Str python_str(const Value *value, Arena *arena)
{
    ValueKind kind = value_kind(value);
    if (kind == VALUE_STRING) {
        return value->as.text;
    }
    if (kind == VALUE_DATETIME || kind == VALUE_DATE || kind == VALUE_TIME) {
        return time_text(value, arena);
    }
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    python_repr(value, &text);
    return strbuf_str(&text);
}

const char *python_type_name(const Value *value)
{
    static const char *const names[] = {
        [VALUE_NULL] = "NoneType", [VALUE_BOOL] = "bool",       [VALUE_INT] = "int",
        [VALUE_BIG_INT] = "int",   [VALUE_DECIMAL] = "Decimal", [VALUE_FLOAT] = "float",
        [VALUE_STRING] = "str",    [VALUE_BYTES] = "bytes",     [VALUE_DATETIME] = "datetime",
        [VALUE_DATE] = "date",     [VALUE_TIME] = "time",       [VALUE_LIST] = "list",
        [VALUE_MAP] = "dict",
    };
    return names[value_kind(value)];
}
