#include "jinja/bytes.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/unicode.h"
#include "jinja/builtin.h"

/* What JHost.data points to. */
typedef struct Bytes {
    size_t len;
    char data[];
} Bytes;

static Str content(const JHost *host)
{
    const Bytes *bytes = host->data;
    return (Str){bytes->data, bytes->len};
}

static Error *bytes_repr(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    Str bytes = content(self);
    bool single = str_find_char(bytes, '\'') != SIZE_MAX;
    char quote = single && str_find_char(bytes, '"') == SIZE_MAX ? '"' : '\'';
    strbuf_add_char(out, 'b');
    strbuf_add_char(out, quote);
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.data[i];
        if (c == quote || c == '\\') {
            strbuf_printf(out, "\\%c", c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            strbuf_add_c(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        } else if (c < ' ' || c > '~') {
            strbuf_printf(out, "\\x%02x", (unsigned)(unsigned char)c);
        } else {
            strbuf_add_char(out, c);
        }
    }
    strbuf_add_char(out, quote);
    return NULL;
}

static Error *bytes_length(JinjaState *s, JHost *self, size_t *out)
{
    (void)s;
    *out = content(self).len;
    return NULL;
}

static bool bytes_truth(JHost *self)
{
    return content(self).len > 0;
}

static bool bytes_equal(JHost *self, JValue other)
{
    Str bytes = {0};
    return bytes_get(other, &bytes) && str_eq(content(self), bytes);
}

static uint64_t bytes_hash(JHost *self)
{
    return hash_bytes(content(self).data, content(self).len);
}

static Error *bytes_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    (void)s;
    int64_t index = 0;
    Str bytes = content(self);
    *out = JMISSING;
    if (jto_int64(key, &index)) {
        index = index < 0 ? index + (int64_t)bytes.len : index;
        if (index >= 0 && (size_t)index < bytes.len) {
            *out = jint((unsigned char)bytes.data[index]);
        }
    }
    return NULL;
}

static Error *bytes_iterate(JinjaState *s, JHost *self, JValue *out)
{
    Str bytes = content(self);
    JList *list = jlist_new(jinja_heap(s), bytes.len);
    for (size_t i = 0; i < bytes.len; i++) {
        jlist_append(list, jint((unsigned char)bytes.data[i]));
    }
    *out = jlist_value(list);
    return NULL;
}

static Error *bytes_decode(JinjaState *s, const JCall *call, JValue *out)
{
    Str bytes = {0};
    if (!bytes_get(call->args[0], &bytes)) {
        return error_new(ERR_BUG, "decode() was bound to something else than bytes");
    }
    size_t bad = utf8_find_invalid(bytes);
    if (bad != SIZE_MAX) {
        return jraise("UnicodeDecodeError",
                      "'utf-8' codec can't decode byte 0x%02x in position %zu",
                      (unsigned)(unsigned char)bytes.data[bad], bad);
    }
    *out = jstr_value(jinja_heap(s), bytes);
    return NULL;
}

static Error *bytes_hex(JinjaState *s, const JCall *call, JValue *out)
{
    Str bytes = {0};
    if (!bytes_get(call->args[0], &bytes)) {
        return error_new(ERR_BUG, "hex() was bound to something else than bytes");
    }
    JBuild build = jbuild_begin(s);
    for (size_t i = 0; i < bytes.len; i++) {
        strbuf_printf(&build.buf, "%02x", (unsigned)(unsigned char)bytes.data[i]);
    }
    return jbuild_take(s, &build, out);
}

static const JBuiltin methods[] = {
    {"decode", bytes_decode, 1, 3, "self encoding errors", 0, NULL},
    {"hex", bytes_hex, 1, 1, NULL, 0, NULL},
    {0},
};

static Error *bytes_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    *out = JMISSING;
    for (const JBuiltin *method = methods; method->name != NULL; method++) {
        if (str_is(jstr_str(name), method->name)) {
            *out = jfunction_new(jinja_heap(s), method, jobj(self));
        }
    }
    return NULL;
}

static void bytes_free(JHost *self)
{
    free(self->data);
}

static const JHostClass class_bytes = {
    .name = "bytes",
    .get_attr = bytes_attr,
    .get_item = bytes_item,
    .iterate = bytes_iterate,
    .length = bytes_length,
    .truth = bytes_truth,
    .equal = bytes_equal,
    .hash = bytes_hash,
    .str = bytes_repr,
    .repr = bytes_repr,
    .is_sequence = true,
    .free = bytes_free,
};

bool bytes_get(JValue value, Str *out)
{
    const JHost *host = jhost_as(value, &class_bytes);
    if (host != NULL) {
        *out = content(host);
    }
    return host != NULL;
}

JValue bytes_new(JHeap *heap, Str data)
{
    Bytes *bytes = memory_alloc(sizeof(*bytes) + data.len);
    bytes->len = data.len;
    if (data.len > 0) {
        memcpy(bytes->data, data.data, data.len);
    }
    jheap_grew(heap, sizeof(*bytes) + data.len);
    return jhost_new(heap, &class_bytes, bytes);
}

/* "'ascii' codec can't encode character '\xe9' in position 0: ordinal not in range(128)" */
static Error *cannot_encode(Str text, size_t at, const char *codec, uint32_t limit)
{
    size_t position = utf8_count(str_slice(text, 0, at)), count = 0;
    size_t end = at;
    uint32_t first = utf8_next(text, &end), c = first;
    for (count = 1; end < text.len && c >= limit; count += c >= limit) {
        c = utf8_next(text, &end);
    }
    if (count > 1) {
        return jraise("UnicodeEncodeError",
                      "'%s' codec can't encode characters in position %zu-%zu: ordinal not in "
                      "range(%u)",
                      codec, position, position + count - 1, limit);
    }
    char escape[16];
    int width = first < 0x100 ? 2 : first < 0x10000 ? 4 : 8;
    snprintf(escape, sizeof(escape), "%c%0*x",
             width == 2   ? 'x'
             : width == 4 ? 'u'
                          : 'U',
             width, first);
    return jraise("UnicodeEncodeError",
                  "'%s' codec can't encode character '\\%s' in position %zu: ordinal not in "
                  "range(%u)",
                  codec, escape, position, limit);
}

Error *bytes_encode(JinjaState *s, JStr *str, Str encoding, Str errors, JValue *out)
{
    static const struct {
        const char *name;
        const char *codec;
        uint32_t limit; /* the first code point it cannot say; 0 = utf-8, which can say all */
    } codecs[] = {{"utf-8", "utf-8", 0},         {"utf8", "utf-8", 0},
                  {"ascii", "ascii", 128},       {"us-ascii", "ascii", 128},
                  {"latin-1", "latin-1", 256},   {"latin1", "latin-1", 256},
                  {"iso-8859-1", "latin-1", 256}};
    size_t codec = 0;
    while (codec < ARRAY_LEN(codecs) && !str_eq_nocase(encoding, str_from(codecs[codec].name))) {
        codec++;
    }
    if (codec == ARRAY_LEN(codecs)) {
        return jraise("LookupError", "unknown encoding: " STR_FMT, STR_ARG(encoding));
    }
    Str text = jstr_str(str);
    if (codecs[codec].limit == 0 || jstr_is_ascii(str)) {
        *out = bytes_new(jinja_heap(s), text);
        return NULL;
    }
    ArenaMark mark = arena_mark(jinja_scratch(s));
    StrBuf buf = strbuf_init(jinja_scratch(s), text.len + 1);
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = utf8_next(text, &at);
        if (c < codecs[codec].limit) {
            strbuf_add_char(&buf, (char)c);
        } else if (str_is(errors, "replace")) {
            strbuf_add_char(&buf, '?');
        } else if (!str_is(errors, "ignore")) {
            return cannot_encode(text, start, codecs[codec].codec, codecs[codec].limit);
        }
    }
    *out = bytes_new(jinja_heap(s), strbuf_str(&buf));
    arena_rewind(jinja_scratch(s), mark);
    return NULL;
}
