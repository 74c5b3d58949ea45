/* PostgreSQL's arrays as they travel: the number of dimensions, whether there are NULLs, the type
 * of elements, a length and a lower bound for each dimension, then the elements with their lengths.
 */
#include <math.h>

#include "base/datetime.h"
#include "base/unicode.h"
#include "source/postgres/postgres_internal.h"
#include "value/base64.h"
#include "value/json_writer.h"

enum {
    HEAD_BYTES = 12,
    DIMENSION_BYTES = 8,
    LENGTH_BYTES = 4,
    DIMENSIONS_MAX = 6, /* PostgreSQL's own */
};

/* ---- Elements ---- */

typedef Error *AddElement(Str bytes, StrBuf *out);

static Error *add_bool(Str bytes, StrBuf *out)
{
    strbuf_add_c(out, bytes.data[0] != 0 ? "true" : "false");
    return NULL;
}

static Error *add_int2(Str bytes, StrBuf *out)
{
    strbuf_printf(out, "%d", (int16_t)read_u16(bytes.data));
    return NULL;
}

static Error *add_int4(Str bytes, StrBuf *out)
{
    strbuf_printf(out, "%d", (int32_t)read_u32(bytes.data));
    return NULL;
}

static Error *add_int8(Str bytes, StrBuf *out)
{
    strbuf_printf(out, "%lld", (long long)read_u64(bytes.data));
    return NULL;
}

static Error *add_double(Str bytes, StrBuf *out)
{
    double value = 0;
    uint64_t bits = read_u64(bytes.data);
    memcpy(&value, &bits, sizeof(value));
    json_write_float(out, value, JSON_NUMBERS_ORJSON);
    return NULL;
}

static Error *add_bytes(Str bytes, StrBuf *out)
{
    strbuf_add_char(out, '"');
    base64_add(out, bytes);
    strbuf_add_char(out, '"');
    return NULL;
}

static Error *add_text(Str bytes, StrBuf *out)
{
    if (utf8_find_invalid(bytes) < bytes.len) {
        return error_new(ERR_INPUT, "a text of the array is no UTF-8");
    }
    json_write_string(out, bytes, &json_style_ordered);
    return NULL;
}

static Error *add_document(Str bytes, StrBuf *out)
{
    if (utf8_find_invalid(bytes) < bytes.len) {
        return error_new(ERR_INPUT, "a document of the array is no UTF-8");
    }
    strbuf_add(out, bytes);
    return NULL;
}

/* jsonb: a version, then the text. */
static Error *add_binary_document(Str bytes, StrBuf *out)
{
    enum { VERSION = 1 };
    return bytes.len > 0 && bytes.data[0] == VERSION
               ? add_document(str_from_offset(bytes, 1), out)
               : error_new(ERR_SOURCE, "a document of the array is of an unknown form");
}

static Error *add_date(Str bytes, StrBuf *out)
{
    char text[DATETIME_TEXT_BYTES];
    DateTime when = {0};
    int32_t days = 0;
    TRY(postgres_date(bytes, &days));
    date_from_days(days, &when);
    json_write_string(out, (Str){text, date_format(&when, text)}, &json_style_ordered);
    return NULL;
}

static Error *add_time(Str bytes, StrBuf *out)
{
    char text[DATETIME_TEXT_BYTES];
    DateTime when = {0};
    (void)datetime_from_us(postgres_time(bytes), &when); /* of the first day of 1970 */
    when.has_offset = false;
    json_write_string(out, (Str){text, time_format(&when, text)}, &json_style_ordered);
    return NULL;
}

static Error *add_moment(Str bytes, StrBuf *out, bool has_zone)
{
    char text[DATETIME_TEXT_BYTES];
    DateTime when = {0};
    int64_t us = 0;
    TRY(postgres_moment(bytes, &us));
    if (!datetime_from_us(us, &when)) {
        return error_new(ERR_INPUT, "a time of the array is not within the years 1 to 9999");
    }
    when.has_offset = has_zone;
    json_write_string(out, (Str){text, datetime_format(&when, 'T', text)}, &json_style_ordered);
    return NULL;
}

static Error *add_timestamp(Str bytes, StrBuf *out)
{
    return add_moment(bytes, out, false);
}

static Error *add_timestamp_tz(Str bytes, StrBuf *out)
{
    return add_moment(bytes, out, true);
}

/* By PostgreSQL's fixed numbers of types. */
static const struct {
    uint32_t oid;
    uint32_t size; /* in bytes; 0: any */
    AddElement *add;
} elements[] = {
    {16, 1, add_bool},
    {17, 0, add_bytes},
    {20, 8, add_int8},
    {21, 2, add_int2},
    {23, 4, add_int4},
    {25, 0, add_text},
    {114, 0, add_document},
    {701, 8, add_double},
    {1082, 4, add_date},
    {1083, 8, add_time},
    {1114, 8, add_timestamp},
    {1184, 8, add_timestamp_tz},
    {3802, 0, add_binary_document},
};

/* ---- Dimensions ---- */

typedef struct ArrayWalk {
    Str rest;
    uint32_t lengths[DIMENSIONS_MAX];
    uint32_t dimensions;
    size_t element; /* its row in `elements` */
    StrBuf *out;
} ArrayWalk;

static Error *malformed(void)
{
    return error_new(ERR_SOURCE, "an array is malformed");
}

static Error *add_element(ArrayWalk *walk)
{
    if (walk->rest.len < LENGTH_BYTES) {
        return malformed();
    }
    uint32_t length = read_u32(walk->rest.data);
    walk->rest = str_from_offset(walk->rest, LENGTH_BYTES);
    if (length == UINT32_MAX) {
        strbuf_add_c(walk->out, "null");
        return NULL;
    }
    uint32_t size = elements[walk->element].size;
    if (length > walk->rest.len || (size != 0 && length != size)) {
        return malformed();
    }
    Str bytes = str_slice(walk->rest, 0, length);
    walk->rest = str_from_offset(walk->rest, length);
    return elements[walk->element].add(bytes, walk->out);
}

/* At most DIMENSIONS_MAX deep. Each element takes bytes, so a length that is a lie ends soon. */
static Error *add_list(ArrayWalk *walk, uint32_t dimension)
{
    strbuf_add_char(walk->out, '[');
    for (uint32_t i = 0; i < walk->lengths[dimension]; i++) {
        strbuf_add_c(walk->out, i > 0 ? "," : "");
        TRY(dimension + 1 < walk->dimensions ? add_list(walk, dimension + 1) : add_element(walk));
    }
    strbuf_add_char(walk->out, ']');
    return NULL;
}

static Error *find_element(uint32_t oid, size_t *out)
{
    for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
        if (elements[i].oid == oid) {
            *out = i;
            return NULL;
        }
    }
    return error_new(ERR_SOURCE, "an array has elements of the unexpected type %u", oid);
}

Error *postgres_array_json(Str bytes, StrBuf *out)
{
    ArrayWalk walk = {.rest = bytes, .out = out};
    if (bytes.len < HEAD_BYTES) {
        return malformed();
    }
    walk.dimensions = read_u32(bytes.data);
    TRY(find_element(read_u32(bytes.data + HEAD_BYTES - LENGTH_BYTES), &walk.element));
    if (walk.dimensions > DIMENSIONS_MAX ||
        bytes.len < HEAD_BYTES + (size_t)walk.dimensions * DIMENSION_BYTES) {
        return malformed();
    }
    for (uint32_t i = 0; i < walk.dimensions; i++) {
        walk.lengths[i] = read_u32(bytes.data + HEAD_BYTES + (size_t)i * DIMENSION_BYTES);
        if (walk.lengths[i] == 0) { /* an empty array has no dimensions */
            return malformed();
        }
    }
    walk.rest = str_from_offset(bytes, HEAD_BYTES + (size_t)walk.dimensions * DIMENSION_BYTES);
    TRY(add_list(&walk, 0));
    return walk.rest.len == 0 ? NULL : malformed();
}
