#include "source/postgres/copy.h"

#include "base/limits.h"
#include "source/postgres/postgres_internal.h"

enum {
    SIGNATURE_BYTES = 11,
    HEAD_BYTES = SIGNATURE_BYTES + 8, /* and flags, and the length of what extends it */
    COUNT_BYTES = 2,
    LENGTH_BYTES = 4,
};
static const char signature[SIGNATURE_BYTES + 1] = "PGCOPY\n\377\r\n";

static Error *broken(const CopyReader *reader, const char *what)
{
    return error_hint(error_new(ERR_SOURCE, "the rows of PostgreSQL are broken after row %llu: %s",
                                (unsigned long long)reader->rows, what),
                      "is there a proxy between that changes what passes through it?");
}

static Error *take_head(CopyReader *reader, Str *rest)
{
    if (rest->len < HEAD_BYTES || memcmp(rest->data, signature, SIGNATURE_BYTES) != 0) {
        return broken(reader, "they do not begin as binary rows do");
    }
    if (read_u32(rest->data + SIGNATURE_BYTES) >> 16 != 0) {
        return broken(reader, "they are of a form that is not known");
    }
    size_t extension = read_u32(rest->data + SIGNATURE_BYTES + LENGTH_BYTES);
    if (extension > rest->len - HEAD_BYTES) {
        return broken(reader, "their head is longer than what came");
    }
    *rest = str_from_offset(*rest, HEAD_BYTES + extension);
    reader->has_head = true;
    return NULL;
}

/* *out is empty with a NULL address for NULL. */
static Error *next_field(const CopyReader *reader, Str *rest, Str *out)
{
    if (rest->len < LENGTH_BYTES) {
        return broken(reader, "a row is cut off");
    }
    uint32_t length = read_u32(rest->data);
    *rest = str_from_offset(*rest, LENGTH_BYTES);
    if (length == UINT32_MAX) {
        *out = (Str){0};
        return NULL;
    }
    if (length > rest->len) {
        return broken(reader, "a value is longer than its row");
    }
    *out = str_slice(*rest, 0, length);
    *rest = str_from_offset(*rest, length);
    return NULL;
}

static Error *take_row(CopyReader *reader, Str *rest)
{
    TRY(batch_begin_row(reader->batch));
    for (size_t i = 0; i < reader->table->columns.len; i++) {
        Str field = {0};
        TRY(next_field(reader, rest, &field));
        if (field.data != NULL) {
            TRY(postgres_set_value(reader->batch, reader->table, i, field, reader->rows + 1));
        }
    }
    reader->rows++;
    return NULL;
}

Error *copy_take(CopyReader *reader, Str message)
{
    Str rest = message;
    if (message.len > LIMIT_DATABASE_ROW_BYTES) {
        return error_new(ERR_LIMIT, "row %llu is larger than %zu MB",
                         (unsigned long long)reader->rows + 1, LIMIT_DATABASE_ROW_BYTES / MIB);
    }
    if (!reader->has_head) {
        TRY(take_head(reader, &rest));
    }
    while (rest.len > 0 && !reader->batch->enough) {
        if (reader->has_ended || rest.len < COUNT_BYTES) {
            return broken(reader, "there is more than there should be");
        }
        uint16_t count = read_u16(rest.data);
        rest = str_from_offset(rest, COUNT_BYTES);
        if (count == UINT16_MAX) {
            reader->has_ended = true;
        } else if (count != reader->table->columns.len) {
            return broken(reader, "a row has another number of columns");
        } else {
            TRY(take_row(reader, &rest));
        }
    }
    return NULL;
}

Error *copy_finish(const CopyReader *reader)
{
    return reader->has_ended
               ? NULL
               : error_new(ERR_NETWORK, "the rows of PostgreSQL broke off after row %llu",
                           (unsigned long long)reader->rows);
}
