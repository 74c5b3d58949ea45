/* How an API goes on from page to page, guessed from its first answer in the order in which dlt
 * does. */
#include "source/rest/pager.h"

#include "base/number.h"
#include "base/unicode.h"
#include "source/rest/select.h"

/* ---- Link headers ---- */

/* The value of `rel` among the parameters after an address: rel="next prev". */
static bool has_relation(Str parameters, Str key)
{
    Str rest = parameters;
    Str piece;
    while (str_next_piece(&rest, ';', &piece)) {
        Str name;
        Str value;
        if (!str_cut(str_trim(piece), '=', &name, &value) ||
            !str_eq_nocase(str_trim(name), STR("rel"))) {
            continue;
        }
        value = str_trim(value);
        while (value.len > 0 && (value.data[0] == '"' || value.data[0] == '\'')) {
            value = str_from_offset(value, 1);
        }
        while (value.len > 0 &&
               (value.data[value.len - 1] == '"' || value.data[value.len - 1] == '\'')) {
            value.len--;
        }
        Str word;
        while (str_next_piece(&value, ' ', &word)) {
            if (str_eq(word, key)) {
                return true;
            }
        }
    }
    return false;
}

/* Where the parameters of a link end: at a comma outside of quotes. */
static size_t end_of_link(Str text)
{
    bool in_quotes = false;
    for (size_t i = 0; i < text.len; i++) {
        in_quotes = in_quotes != (text.data[i] == '"');
        if (text.data[i] == ',' && !in_quotes) {
            return i;
        }
    }
    return text.len;
}

bool pager_find_link(Str header, Str key, Str *out)
{
    for (Str rest = header; rest.len > 0;) {
        size_t open = str_find_char(rest, '<');
        if (open == SIZE_MAX) {
            return false;
        }
        rest = str_from_offset(rest, open + 1);
        size_t close = str_find_char(rest, '>');
        if (close == SIZE_MAX) {
            return false;
        }
        Str address = str_slice(rest, 0, close);
        rest = str_from_offset(rest, close + 1);
        size_t end = end_of_link(rest);
        if (has_relation(str_slice(rest, 0, end), key)) {
            *out = address;
            return true;
        }
        rest = str_from_offset(rest, end);
    }
    return false;
}

/* ---- Bodies ---- */

typedef struct Found {
    yyjson_val *value;
    Str path;
} Found;

static bool starts_with_nocase(Str text, Str prefix)
{
    return text.len >= prefix.len && str_eq_nocase(str_slice(text, 0, prefix.len), prefix);
}

static bool is_scalar(yyjson_val *value)
{
    return value != NULL && !yyjson_is_ctn(value) && !yyjson_is_null(value);
}

static bool is_reference(yyjson_val *value)
{
    Str text = {yyjson_get_str(value), yyjson_get_len(value)};
    return yyjson_is_str(value) &&
           (starts_with_nocase(text, STR("http")) || str_starts_with(text, STR("/")));
}

/* `next`, or within `next` what is called href or url. */
static bool find_next(Arena *arena, yyjson_val *object, Str prefix, bool (*fits)(yyjson_val *value),
                      Found *out)
{
    yyjson_obj_iter members = yyjson_obj_iter_with(object);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&members)) != NULL;) {
        Str name = {yyjson_get_str(key), yyjson_get_len(key)};
        yyjson_val *value = yyjson_obj_iter_get_val(key);
        Str path = rest_join_path(arena, prefix, name);
        if (starts_with_nocase(name, STR("next"))) {
            yyjson_obj_iter inner = yyjson_obj_iter_with(value);
            for (yyjson_val *it; (it = yyjson_obj_iter_next(&inner)) != NULL;) {
                Str part = {yyjson_get_str(it), yyjson_get_len(it)};
                if (starts_with_nocase(part, STR("href")) || starts_with_nocase(part, STR("url"))) {
                    value = yyjson_obj_iter_get_val(it);
                    path = rest_join_path(arena, path, part);
                    break;
                }
            }
            if (fits(value)) {
                *out = (Found){value, path};
                return true;
            }
        }
        if (yyjson_is_obj(value) && find_next(arena, value, path, fits, out)) {
            return true;
        }
    }
    return false;
}

static bool find_total(Arena *arena, yyjson_val *object, Str prefix, Found *out)
{
    static const char *const names[] = {"total_pages", "pages", "totalpages"};
    yyjson_obj_iter members = yyjson_obj_iter_with(object);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&members)) != NULL;) {
        Str name = {yyjson_get_str(key), yyjson_get_len(key)};
        yyjson_val *value = yyjson_obj_iter_get_val(key);
        Str path = rest_join_path(arena, prefix, name);
        int64_t number = 0;
        Str text = {yyjson_get_str(value), yyjson_get_len(value)};
        bool is_number =
            yyjson_is_int(value) || (yyjson_is_str(value) && number_parse_int64(text, &number));
        for (size_t i = 0; i < ARRAY_LEN(names) && is_number; i++) {
            if (str_eq_nocase(name, str_from(names[i]))) {
                *out = (Found){value, path};
                return true;
            }
        }
        if (yyjson_is_obj(value) && find_total(arena, value, path, out)) {
            return true;
        }
    }
    return false;
}

void pager_detect(Arena *arena, const PageAnswer *answer, PagerSpec *spec)
{
    int64_t base = spec->base;
    *spec = (PagerSpec){.kind = PAGER_SINGLE, .maximum = -1, .base = base, .first = base};
    Str link;
    for (VEC_EACH(const HttpHeader, it, &answer->response->headers)) {
        if (str_eq_nocase(it->name, STR("Link")) &&
            pager_find_link(it->value, STR("next"), &link)) {
            spec->kind = PAGER_HEADER_LINK;
            spec->source = STR("next");
            return;
        }
    }
    Found found = {0};
    if (find_next(arena, answer->root, STR(""), is_reference, &found)) {
        spec->kind = PAGER_JSON_LINK;
        spec->source = found.path;
    } else if (find_total(arena, answer->root, STR(""), &found)) {
        spec->kind = PAGER_PAGE_NUMBER;
        spec->param = STR("page");
        spec->total_path = found.path;
        spec->stop_after_empty_page = true;
    } else if (find_next(arena, answer->root, STR(""), is_scalar, &found)) {
        spec->kind = PAGER_CURSOR;
        spec->source = found.path;
        spec->param = STR("cursor");
    }
}
