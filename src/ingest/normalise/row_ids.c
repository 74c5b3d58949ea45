/* The values of _dlt_id for a batch of rows. Ids of nested rows come from those of their parents,
 * so they are made at the end, table by table from the root. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/number.h"
#include "ingest/content_hash.h"
#include "ingest/normalise/json_cell.h"
#include "ingest/normalise/normaliser.h"
#include "ingest/row_id.h"

enum { ROW_ID_BYTES = 10 };

/* The member of the row at a column's path; keys are compared by the names they become. */
static yyjson_val *find_member(const ObjectShape *shape, yyjson_val *object, Str column)
{
    for (size_t i = 0; i < shape->fields.len; i++) {
        const FieldTarget *field = shape->fields.data[i];
        yyjson_val *value = yyjson_obj_getn(object, field->key.data, field->key.len);
        if (value != NULL && str_eq(field->column_name, column)) {
            return value;
        }
        if (field->object != NULL && yyjson_is_obj(value)) {
            yyjson_val *below = find_member(field->object, value, column);
            if (below != NULL) {
                return below;
            }
        }
    }
    return NULL;
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static Error *key_missing(const TableTarget *table, Str column)
{
    return error_new(ERR_INPUT,
                     "table `" STR_FMT "`: a row has no `" STR_FMT
                     "`, which is part of the primary key",
                     STR_ARG(table->name), STR_ARG(column));
}

static Error *id_of_key(Normaliser *normaliser, TableTarget *table, yyjson_val *row, Str *out)
{
    StrBuf text = strbuf_init(normaliser->scratch, LIMIT_JSON_BYTES);
    StrVec *names = &table->key_columns;
    qsort(names->data, names->len, sizeof(Str), compare_names);
    strbuf_add_char(&text, '{');
    for (size_t i = 0; i < names->len; i++) {
        yyjson_val *value = find_member(table->shape, row, names->data[i]);
        if (value == NULL) {
            return key_missing(table, names->data[i]);
        }
        strbuf_printf(&text, "%s\"" STR_FMT "\":", i > 0 ? "," : "", STR_ARG(names->data[i]));
        json_add_text(&text, value, JSON_FORM_HASH);
    }
    strbuf_add_char(&text, '}');
    *out = shake_base64(normaliser->scratch, strbuf_str(&text), ROW_ID_BYTES);
    return NULL;
}

Error *normaliser_row_id(Normaliser *normaliser, TableTarget *table, yyjson_val *row, Str *out)
{
    if (table->id_kind == ROW_ID_KEY) {
        return id_of_key(normaliser, table, row, out);
    }
    if (table->id_kind == ROW_ID_CONTENT) {
        StrBuf text = strbuf_init(normaliser->scratch, LIMIT_JSON_BYTES);
        json_add_row(&text, row);
        *out = shake_base64(normaliser->scratch, strbuf_str(&text), ROW_ID_BYTES);
    }
    return NULL;
}

static Error *make_random_ids(Normaliser *normaliser, TableTarget *table)
{
    char *ids = arena_alloc_raw(normaliser->scratch, table->ids.len * ROW_ID_CHARS);
    TRY(row_ids_random(table->ids.len, ids));
    for (size_t i = 0; i < table->ids.len; i++) {
        if (table->ids.data[i].len == 0) {
            table->ids.data[i] = (Str){ids + i * ROW_ID_CHARS, ROW_ID_CHARS};
        }
    }
    return NULL;
}

enum { POSITION_CHARS = 10 }; /* of a 32-bit number */

static size_t write_position(uint32_t position, char *out)
{
    char digits[NUMBER_TEXT_BYTES];
    size_t len = number_format_int64(position, digits);
    memcpy(out, digits, len);
    return len;
}

/* "<parent's id>_<table>_<position>" at *at, which moves on. */
static Str write_origin(const TableTarget *table, size_t row, char **at)
{
    Str parent = table->parent->ids.data[table->parent_rows.data[row]];
    char *begin = *at;
    char *out = begin;
    memcpy(out, parent.data, parent.len);
    out += parent.len;
    *out++ = '_';
    memcpy(out, table->name.data, table->name.len);
    out += table->name.len;
    *out++ = '_';
    out += write_position(table->positions.data[row], out);
    *at = out;
    return (Str){begin, (size_t)(out - begin)};
}

static size_t longest_id(const TableTarget *table)
{
    size_t longest = 0;
    for (size_t i = 0; i < table->ids.len; i++) {
        longest = table->ids.data[i].len > longest ? table->ids.data[i].len : longest;
    }
    return longest;
}

static void make_nested_ids(Normaliser *normaliser, TableTarget *table)
{
    size_t count = table->ids.len;
    size_t room = longest_id(table->parent) + table->name.len + POSITION_CHARS + 2;
    Str *origins = arena_alloc_raw(normaliser->scratch, count * sizeof(Str));
    char *at = arena_alloc_raw(normaliser->scratch, count * room);
    for (size_t i = 0; i < count; i++) {
        origins[i] = write_origin(table, i, &at);
    }
    char *ids = arena_alloc_raw(normaliser->scratch, count * ROW_ID_CHARS);
    row_ids_nested(origins, count, ids);
    for (size_t i = 0; i < count; i++) {
        if (table->ids.data[i].len == 0) {
            table->ids.data[i] = (Str){ids + i * ROW_ID_CHARS, ROW_ID_CHARS};
        }
    }
}

Error *normaliser_make_ids(Normaliser *normaliser)
{
    for (size_t i = 0; i < normaliser->set.tables.len; i++) {
        TableTarget *table = normaliser->set.tables.data[i];
        if (table->id_kind == ROW_ID_NESTED) {
            make_nested_ids(normaliser, table);
        } else if (table->id_kind != ROW_ID_NONE) {
            TRY(make_random_ids(normaliser, table));
        }
    }
    return NULL;
}
