#include "value/json_page.h"

#include <stdlib.h>

#include "base/limits.h"

enum { BLOCK_BYTES = 4 << 20 };

void json_page_done(JsonPage *page)
{
    json_page_clear(page);
    free(page->memory);
    arena_free(page->arena);
    *page = (JsonPage){0};
}

void json_page_clear(JsonPage *page)
{
    for (size_t i = 0; i < page->full.len; i++) {
        free(page->full.data[i]);
    }
    page->full.len = 0;
    page->used = 0;
}

/* Room for `size` bytes in one piece. */
static char *reserve(JsonPage *page, size_t size)
{
    if (page->memory != NULL && size <= page->capacity - page->used) {
        return page->memory + page->used;
    }
    if (page->arena == NULL) {
        page->arena = arena_new("json page");
    }
    if (page->memory != NULL) {
        VEC_PUSH(page->arena, &page->full, page->memory);
    }
    page->capacity = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    page->memory = memory_alloc(page->capacity);
    page->used = 0;
    return page->memory;
}

/* yyjson counts bytes; people count characters of a line, here the only one. */
static Error *bad_json(Str text, const yyjson_read_err *problem)
{
    enum { SHOWN = 40 };
    size_t at = problem->pos < text.len ? problem->pos : text.len;
    size_t from = at > SHOWN / 2 ? at - SHOWN / 2 : 0;
    while (from > 0 && ((unsigned char)text.data[from] & 0xC0) == 0x80) {
        from--;
    }
    size_t to = at + SHOWN / 2 < text.len ? at + SHOWN / 2 : text.len;
    while (to < text.len && ((unsigned char)text.data[to] & 0xC0) == 0x80) {
        to++;
    }
    return error_new(ERR_INPUT, "not JSON at byte %zu, near '" STR_FMT "': %s", at + 1,
                     STR_ARG(str_slice(text, from, to)), problem->msg);
}

static Error *check_depth(yyjson_val *root)
{
    /* Containers open on the way to a value, by where they end. */
    const char *ends[LIMIT_DOCUMENT_DEPTH];
    size_t depth = 0;
    const char *end = (const char *)unsafe_yyjson_get_next(root);
    for (yyjson_val *it = root; (const char *)it < end; it++) {
        while (depth > 0 && (const char *)it >= ends[depth - 1]) {
            depth--;
        }
        if (!yyjson_is_ctn(it)) {
            continue;
        }
        if (depth == LIMIT_DOCUMENT_DEPTH) {
            return error_new(ERR_LIMIT, "nested deeper than %d levels", LIMIT_DOCUMENT_DEPTH);
        }
        ends[depth++] = (const char *)unsafe_yyjson_get_next(it);
    }
    return NULL;
}

/* Where the memory of a document ends; what parsing needed beyond is free again. */
static size_t end_of(const JsonPage *page, const yyjson_doc *document, size_t text_len)
{
    enum { ALIGNMENT = 16, PADDING = 16 };
    const char *values = (const char *)(document->root + document->val_read);
    const char *texts =
        document->str_pool != NULL ? document->str_pool + text_len + PADDING : values;
    size_t used = (size_t)((values > texts ? values : texts) - page->memory);
    return (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

Error *json_page_read(JsonPage *page, Str text, yyjson_val **out)
{
    if (text.len > LIMIT_JSON_RECORD_BYTES) {
        return error_new(ERR_LIMIT, "a document of %zu bytes; the limit is %llu", text.len,
                         (unsigned long long)LIMIT_JSON_RECORD_BYTES);
    }
    yyjson_read_flag flags = YYJSON_READ_BIGNUM_AS_RAW;
    size_t needed = yyjson_read_max_memory_usage(text.len, flags);
    yyjson_alc allocator;
    if (!yyjson_alc_pool_init(&allocator, reserve(page, needed), needed)) {
        return error_new(ERR_LIMIT, "a document of %zu bytes does not fit memory", text.len);
    }
    yyjson_read_err problem;
    union {
        const char *borrowed;
        char *text;
    } input = {.borrowed = text.data};
    yyjson_doc *document = yyjson_read_opts(input.text, text.len, flags, &allocator, &problem);
    if (document == NULL) {
        return bad_json(text, &problem);
    }
    *out = yyjson_doc_get_root(document);
    page->used = end_of(page, document, text.len);
    return check_depth(*out);
}
