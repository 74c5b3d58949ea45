/* value/json_page.h - JSON texts parsed for a batch of rows: documents share memory that
 * is used again for the next batch, so parsing allocates nothing once it is large enough. Texts of
 * the documents lie in that memory, too. Not thread-safe. */
#ifndef VALUE_JSON_PAGE_H
#define VALUE_JSON_PAGE_H

#include <yyjson.h>

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

typedef struct JsonPage {
    char *memory; /* the block being filled */
    size_t used;
    size_t capacity;
    VEC(char *) full; /* blocks of this batch that are full */
    Arena *arena;     /* of the list */
} JsonPage;

void json_page_done(JsonPage *page);
DEFINE_AUTO_DONE(json_page, JsonPage)
/* Forgets all documents. */
void json_page_clear(JsonPage *page);
/* Parses one document; it lives until json_page_clear(). ERR_INPUT says where and what is wrong,
 * ERR_LIMIT for one that is too large or too deep. */
MUST_CHECK Error *json_page_read(JsonPage *page, Str text, yyjson_val **out);

#endif
