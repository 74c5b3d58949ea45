#include "jinja/attribute.h"

#include "base/number.h"
#include "base/unicode.h"
#include "jinja/casing.h"
#include "jinja/ops.h"

static bool is_digits(Str text)
{
    bool all = text.len > 0;
    for (size_t at = 0; all && at < text.len;) {
        all = codepoint_is_digit(utf8_next(text, &at));
    }
    return all;
}

static JValue read_part(JinjaState *s, Str part)
{
    int64_t index = 0;
    if (is_digits(part) && number_parse_int64(part, &index)) {
        return jint(index);
    }
    return jstr_value(jinja_heap(s), part);
}

void attribute_parse(JinjaState *s, JValue path, JTuple **out)
{
    *out = NULL;
    if (jis_absent(path) || path.type == J_NONE) {
        return;
    }
    if (path.type != J_STR) {
        *out = jtuple_from(jinja_heap(s), &path, 1);
        return;
    }
    size_t count = 1;
    for (size_t i = 0; i < path.str->len; i++) {
        count += path.str->text[i] == '.';
    }
    JTuple *parts = jtuple_new(jinja_heap(s), count);
    Str rest = jtext(path), part = {0};
    for (size_t i = 0; str_next_piece(&rest, '.', &part); i++) {
        parts->items[i] = read_part(s, part);
    }
    *out = parts;
}

Error *attribute_get(JinjaState *s, const Attribute *attribute, JValue item, JValue *out)
{
    size_t count = attribute->path != NULL ? attribute->path->len : 0;
    for (size_t i = 0; i < count; i++) {
        TRY(jget_item(s, item, attribute->path->items[i], &item));
        if (item.type == J_UNDEFINED && attribute->fallback.type > J_NONE) {
            item = attribute->fallback;
        }
    }
    if (attribute->lowered && item.type == J_STR) {
        return casing_convert(s, CASE_LOWER, item.str, out);
    }
    *out = item;
    return NULL;
}
