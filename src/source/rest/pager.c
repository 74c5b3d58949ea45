#include "source/rest/pager.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/number.h"
#include "http/url.h"
#include "source/rest/template.h"
#include "value/json_path.h"
#include "value/json_value.h"

enum { MAX_REPEATS = 10 }; /* the same page so often is no data */

void pager_begin(Pager *pager, Arena *arena, const PagerSpec *spec)
{
    *pager = (Pager){.arena = arena, .spec = *spec, .at = spec->first, .total = -1};
}

/* ---- The next request ---- */

/* `root` with the value at `path`, keys made where there are none. */
static Value with_value_at(Arena *arena, const Value *root, Str path, const Value *value)
{
    Str key = path;
    Str rest = STR("");
    bool is_deeper = str_cut(path, '.', &key, &rest);
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, root);
    Value below = is_deeper ? with_value_at(arena, value_find(root, key), rest, value) : *value;
    (void)value_map_set(&map, key, below);
    return value_map_end(&map);
}

static void put(Arena *arena, RequestDraft *draft, Str param, Str body_path, Value value)
{
    if (param.len > 0) {
        ValueMapBuilder params = value_map_begin(arena);
        value_map_put_all(&params, &draft->params);
        (void)value_map_set(&params, param, value);
        draft->params = value_map_end(&params);
    }
    if (body_path.len > 0) {
        draft->json = with_value_at(arena, &draft->json, body_path, &value);
    }
}

Error *pager_prepare(const Pager *pager, Arena *arena, RequestDraft *draft)
{
    const PagerSpec *spec = &pager->spec;
    switch (spec->kind) {
    case PAGER_AUTO:
    case PAGER_SINGLE:
        return NULL;
    case PAGER_JSON_LINK:
    case PAGER_HEADER_LINK:
        if (pager->link.len > 0) {
            draft->url = pager->link;
            ValueMapBuilder none = value_map_begin(arena); /* the link has them */
            draft->params = value_map_end(&none);
        }
        return NULL;
    case PAGER_HEADER_CURSOR:
    case PAGER_CURSOR:
        if (!value_is_null(&pager->cursor)) {
            put(arena, draft, spec->param, spec->body_path, pager->cursor);
        }
        return NULL;
    case PAGER_OFFSET:
        put(arena, draft, spec->param, spec->body_path, value_int(pager->at));
        put(arena, draft, spec->limit_param, spec->limit_body_path, value_int(spec->limit));
        return NULL;
    case PAGER_PAGE_NUMBER:
        put(arena, draft, spec->param, spec->body_path, value_int(pager->at));
        return NULL;
    }
    return NULL;
}

/* ---- What an answer says ---- */

static Error *find_in(const Pager *pager, const PageAnswer *answer, Str text, yyjson_val **out)
{
    const JsonPath *path = NULL;
    TRY(json_path_parse(pager->arena, text, &path));
    *out = json_path_first(path, answer->root);
    return NULL;
}

static Error *lacks(const char *what, Str path, const char *hint)
{
    return error_hint(
        error_new(ERR_INPUT, "the answer has no %s at '" STR_FMT "'", what, STR_ARG(path)), "%s",
        hint);
}

/* Python's notion of a number in a text or as such. */
static bool int_of(yyjson_val *value, int64_t *out)
{
    if (yyjson_is_str(value)) {
        return number_parse_int64(str_trim((Str){yyjson_get_str(value), yyjson_get_len(value)}),
                                  out);
    }
    *out = yyjson_get_sint(value);
    return yyjson_is_int(value);
}

static bool bool_of(yyjson_val *value, bool *out)
{
    static const char *const yes[] = {"true", "yes", "y", "1", "t", "on"};
    static const char *const no[] = {"false", "no", "n", "0", "f", "off"};
    if (yyjson_is_bool(value)) {
        *out = yyjson_get_bool(value);
        return true;
    }
    Str word = {yyjson_get_str(value), yyjson_get_len(value)};
    if (yyjson_is_int(value)) {
        *out = yyjson_get_sint(value) != 0;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(yes) && yyjson_is_str(value); i++) {
        if (str_eq_nocase(word, str_from(yes[i])) || str_eq_nocase(word, str_from(no[i]))) {
            *out = str_eq_nocase(word, str_from(yes[i]));
            return true;
        }
    }
    return false;
}

static Error *read_has_more(Pager *pager, const PageAnswer *answer)
{
    yyjson_val *found = NULL;
    bool has_more = false;
    TRY(find_in(pager, answer, pager->spec.has_more_path, &found));
    if (!bool_of(found, &has_more)) {
        return lacks("true or false", pager->spec.has_more_path,
                     "correct or leave out 'has_more_path'");
    }
    pager->is_done = pager->is_done || !has_more;
    return NULL;
}

/* Offsets and page numbers: the next one, unless the end is known to be reached. */
static Error *count_on(Pager *pager, const PageAnswer *answer)
{
    const PagerSpec *spec = &pager->spec;
    bool by_offset = spec->kind == PAGER_OFFSET;
    if (spec->stop_after_empty_page && answer->rows == 0) {
        pager->is_done = true;
        return NULL;
    }
    int64_t step = by_offset ? spec->limit : 1;
    if (__builtin_add_overflow(pager->at, step, &pager->at)) {
        return error_new(ERR_LIMIT, "offsets beyond 64 bits");
    }
    if (spec->has_more_path.len > 0) {
        return read_has_more(pager, answer);
    }
    int64_t end = -1;
    if (spec->total_path.len > 0) {
        yyjson_val *found = NULL;
        int64_t total = 0;
        TRY(find_in(pager, answer, spec->total_path, &found));
        if (!int_of(found, &total)) {
            return lacks(
                "total", spec->total_path,
                "set 'total_path' to where it is, or to null to go on until an empty page");
        }
        if (total > INT64_MAX - spec->base) {
            return error_new(ERR_INPUT, "a total of %lld", (long long)total);
        }
        end = by_offset ? total : total + spec->base;
    }
    if (spec->maximum >= 0) {
        end = end < 0 || spec->maximum < end ? spec->maximum : end;
    }
    pager->is_done = end >= 0 && pager->at >= end;
    pager->total = end >= 0 && spec->total_path.len > 0 ? end : -1;
    return NULL;
}

static void follow(Pager *pager, const PageAnswer *answer, Str link)
{
    pager->link = str_dup(pager->arena, url_join(pager->arena, answer->request->url, link));
    pager->is_done = link.len == 0;
}

static Error *follow_json(Pager *pager, const PageAnswer *answer)
{
    yyjson_val *found = NULL;
    TRY(find_in(pager, answer, pager->spec.source, &found));
    if (found != NULL && !yyjson_is_null(found) && !yyjson_is_str(found)) {
        return lacks("link", pager->spec.source,
                     "'next_url_path' must lead to a text or null; correct it");
    }
    Str link = {yyjson_get_str(found), yyjson_get_len(found)};
    follow(pager, answer, link);
    return NULL;
}

static Error *take_cursor(Pager *pager, const PageAnswer *answer)
{
    yyjson_val *found = NULL;
    TRY(find_in(pager, answer, pager->spec.source, &found));
    bool is_empty = found == NULL || yyjson_is_null(found) || yyjson_is_false(found) ||
                    (yyjson_is_str(found) && yyjson_get_len(found) == 0) ||
                    (yyjson_is_num(found) && yyjson_get_num(found) == 0) ||
                    (yyjson_is_ctn(found) && unsafe_yyjson_get_len(found) == 0);
    pager->is_done = is_empty || (pager->spec.stop_after_empty_page && answer->rows == 0);
    if (!pager->is_done) {
        Value cursor = json_value(pager->arena, found);
        pager->cursor = value_copy(pager->arena, &cursor);
    }
    return pager->is_done || pager->spec.has_more_path.len == 0 ? NULL
                                                                : read_has_more(pager, answer);
}

/* ---- Circles ---- */

static uint64_t place_hash(const Pager *pager)
{
    Str text = value_is_null(&pager->cursor) ? pager->link
                                             : template_text_of(pager->arena, &pager->cursor);
    return hash_bytes(text.data, text.len);
}

static Error *check_circle(Pager *pager)
{
    uint64_t here = place_hash(pager);
    if (pager->pages > 1 && here == pager->been_at) {
        return error_hint(error_new(ERR_INPUT,
                                    "page %lld leads back to a page that was read before ('" STR_FMT
                                    "')",
                                    (long long)pager->pages,
                                    STR_ARG(value_is_null(&pager->cursor)
                                                ? pager->link
                                                : template_text_of(pager->arena, &pager->cursor))),
                          "see that the paginator reads and sends the cursor under the names that "
                          "the API has for them");
    }
    if ((pager->pages & (pager->pages - 1)) == 0) {
        pager->been_at = here;
    }
    return NULL;
}

static Error *check_repeats(Pager *pager, const PageAnswer *answer)
{
    Str body = answer->response->body;
    uint64_t hash = hash_bytes(body.data, body.len);
    pager->repeats = hash == pager->last_body && answer->rows > 0 ? pager->repeats + 1 : 0;
    pager->last_body = hash;
    if (pager->repeats < MAX_REPEATS) {
        return NULL;
    }
    return error_hint(
        error_new(ERR_INPUT, "the same page came %d times, whatever was asked for",
                  MAX_REPEATS + 1),
        "the API does not know '" STR_FMT "': correct the paginator's parameter, or "
        "use single_page",
        STR_ARG(pager->spec.param.len > 0 ? pager->spec.param : pager->spec.body_path));
}

static Error *move_on(Pager *pager, const PageAnswer *answer)
{
    Str link = STR("");
    switch (pager->spec.kind) {
    case PAGER_AUTO:
    case PAGER_SINGLE:
        pager->is_done = true;
        return NULL;
    case PAGER_JSON_LINK:
        return follow_json(pager, answer);
    case PAGER_HEADER_LINK:
        for (VEC_EACH(const HttpHeader, it, &answer->response->headers)) {
            if (str_eq_nocase(it->name, STR("Link")) &&
                pager_find_link(it->value, pager->spec.source, &link)) {
                break;
            }
        }
        follow(pager, answer, link);
        return NULL;
    case PAGER_HEADER_CURSOR:
        pager->is_done = !http_find_header(&answer->response->headers, pager->spec.source, &link);
        pager->cursor = value_string(str_dup(pager->arena, link));
        return NULL;
    case PAGER_CURSOR:
        return take_cursor(pager, answer);
    case PAGER_OFFSET:
    case PAGER_PAGE_NUMBER:
        return count_on(pager, answer);
    }
    return NULL;
}

Error *pager_advance(Pager *pager, const PageAnswer *answer)
{
    bool counts = pager->spec.kind == PAGER_OFFSET || pager->spec.kind == PAGER_PAGE_NUMBER;
    pager->pages++;
    TRY(move_on(pager, answer));
    if (pager->is_done) {
        return NULL;
    }
    if (pager->pages >= LIMIT_REST_PAGES) {
        return error_hint(
            error_new(ERR_LIMIT, "more than %d pages in one series", LIMIT_REST_PAGES),
            "see that the paginator knows where the series ends, or give it a "
            "'maximum_page' or 'maximum_offset'");
    }
    return counts ? check_repeats(pager, answer) : check_circle(pager);
}

/* ---- Pages side by side ---- */

int64_t pager_known_ahead(const Pager *pager)
{
    if (pager->is_done || pager->total < 0 || pager->total <= pager->at) {
        return 0;
    }
    int64_t left = pager->total - pager->at;
    int64_t step = pager->spec.kind == PAGER_OFFSET ? pager->spec.limit : 1;
    int64_t pages = (left - 1) / step + 1;
    return pages < LIMIT_REST_PAGES ? pages : 0;
}

void pager_jump(Pager *pager, int64_t ahead)
{
    int64_t step = pager->spec.kind == PAGER_OFFSET ? pager->spec.limit : 1;
    pager->at += ahead * step;
}
