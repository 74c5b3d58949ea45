#include "http/url.h"

#include "base/limits.h"

static const char hex_digits[] = "0123456789ABCDEF";

bool url_is_absolute(Str url)
{
    static const Str schemes[] = {STR_INIT("http://"), STR_INIT("https://")};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (url.len > schemes[i].len &&
            str_eq_nocase(str_slice(url, 0, schemes[i].len), schemes[i])) {
            return true;
        }
    }
    return false;
}

/* Where the parts of an address end: "http" "://" "host" "/path" "?query" "#fragment". */
typedef struct UrlParts {
    size_t host;
    size_t path;
    size_t query;
    size_t fragment;
} UrlParts;

static size_t find_any(Str text, const char *chars, size_t from)
{
    while (from < text.len && strchr(chars, text.data[from]) == NULL) {
        from++;
    }
    return from;
}

static UrlParts parts_of(Str url)
{
    UrlParts parts = {0};
    size_t scheme = str_find(url, STR("://"), 0);
    parts.host = scheme == SIZE_MAX ? 0 : scheme + 3;
    parts.path = scheme == SIZE_MAX ? 0 : find_any(url, "/?#", parts.host);
    parts.query = find_any(url, "?#", parts.path);
    parts.fragment = find_any(url, "#", parts.query);
    return parts;
}

Str url_origin(Arena *arena, Str url)
{
    if (!url_is_absolute(url)) {
        return STR("");
    }
    UrlParts parts = parts_of(url);
    Str host = str_slice(url, parts.host, parts.path);
    size_t user = str_find_last(host, STR("@"));
    host = user == SIZE_MAX ? host : str_from_offset(host, user + 1);
    Str origin =
        str_printf(arena, STR_FMT STR_FMT, STR_ARG(str_slice(url, 0, parts.host)), STR_ARG(host));
    return str_lower_ascii(arena, origin);
}

Str url_without_query(Str url)
{
    return str_slice(url, 0, parts_of(url).query);
}

/* Adds `path` with its "." and ".." segments resolved. */
static void add_resolved(StrBuf *buf, Str path)
{
    size_t root = buf->len;
    Str rest = path;
    Str segment;
    bool is_first = true;
    while (str_next_piece(&rest, '/', &segment)) {
        bool is_last = rest.data == NULL;
        bool is_up = str_is(segment, "..");
        if (is_first && segment.len == 0) {
            is_first = false;
            continue;
        }
        is_first = false;
        if (is_up) {
            while (buf->len > root && buf->data[--buf->len] != '/') {
            }
        }
        if (is_up || str_is(segment, ".")) {
            strbuf_add_c(buf, is_last ? "/" : "");
            continue;
        }
        strbuf_add_char(buf, '/');
        strbuf_add(buf, segment);
    }
}

Str url_join(Arena *arena, Str base, Str reference)
{
    if (url_is_absolute(reference)) {
        return reference;
    }
    UrlParts parts = parts_of(base);
    StrBuf buf = strbuf_init(arena, LIMIT_URL_BYTES);
    if (str_starts_with(reference, STR("//"))) {
        strbuf_add(&buf, str_slice(base, 0, parts.host > 2 ? parts.host - 2 : 0));
        strbuf_add(&buf, reference);
        return strbuf_str(&buf);
    }
    strbuf_add(&buf, str_slice(base, 0, parts.path));
    size_t end = find_any(reference, "?#", 0);
    Str path = str_slice(reference, 0, end);
    if (path.len == 0) {
        bool keeps_query = reference.len == 0 || reference.data[0] == '#';
        strbuf_add(&buf, str_slice(base, parts.path, keeps_query ? parts.fragment : parts.query));
    } else if (path.data[0] == '/') {
        add_resolved(&buf, path);
    } else {
        size_t slash = str_find_last(str_slice(base, parts.path, parts.query), STR("/"));
        Str folder = slash == SIZE_MAX ? STR("") : str_slice(base, parts.path, parts.path + slash);
        add_resolved(&buf, str_printf(arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(path)));
    }
    strbuf_add(&buf, str_from_offset(reference, end));
    return strbuf_str(&buf);
}

Str url_append_path(Arena *arena, Str base, Str path)
{
    if (url_is_absolute(path) || base.len == 0) {
        return path;
    }
    while (base.len > 0 && base.data[base.len - 1] == '/') {
        base.len--;
    }
    while (path.len > 0 && path.data[0] == '/') {
        path = str_from_offset(path, 1);
    }
    return path.len == 0 ? base
                         : str_printf(arena, STR_FMT "/" STR_FMT, STR_ARG(base), STR_ARG(path));
}

static void add_escaped(StrBuf *buf, unsigned char c)
{
    strbuf_add_char(buf, '%');
    strbuf_add_char(buf, hex_digits[c >> 4]);
    strbuf_add_char(buf, hex_digits[c & 15]);
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c) != NULL);
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

Str url_quote(Arena *arena, Str url)
{
    StrBuf buf = strbuf_init(arena, LIMIT_URL_BYTES);
    for (size_t i = 0; i < url.len; i++) {
        char c = url.data[i];
        bool is_escape =
            c == '%' && i + 2 < url.len + 0 && is_hex(url.data[i + 1]) && is_hex(url.data[i + 2]);
        if (is_escape || is_unreserved(c) ||
            (c != '\0' && strchr("!#$&'()*+,/:;=?@[]", c) != NULL)) {
            strbuf_add_char(&buf, c);
        } else {
            add_escaped(&buf, (unsigned char)c);
        }
    }
    return strbuf_str(&buf);
}

void url_add_encoded(StrBuf *buf, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (is_unreserved(c)) {
            strbuf_add_char(buf, c);
        } else if (c == ' ') {
            strbuf_add_char(buf, '+');
        } else {
            add_escaped(buf, (unsigned char)c);
        }
    }
}

Str url_shown(Arena *arena, Str url, const StrVec *secrets)
{
    UrlParts parts = parts_of(url);
    Str host = str_slice(url, parts.host, parts.path);
    size_t user = str_find_last(host, STR("@"));
    Str shown = url;
    if (user != SIZE_MAX) {
        shown = str_printf(arena, STR_FMT "*****" STR_FMT, STR_ARG(str_slice(url, 0, parts.host)),
                           STR_ARG(str_from_offset(url, parts.host + user)));
    }
    for (VEC_EACH(const Str, secret, secrets)) {
        StrBuf encoded = strbuf_init(arena, LIMIT_URL_BYTES);
        url_add_encoded(&encoded, *secret);
        if (secret->len > 0) {
            shown = str_replace(arena, shown, strbuf_str(&encoded), STR("*****"));
            shown = str_replace(arena, shown, *secret, STR("*****"));
        }
    }
    return shown;
}
