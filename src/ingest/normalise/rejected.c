#include "ingest/normalise/rejected.h"

#include "base/limits.h"
#include "ingest/normalise/contract.h"
#include "ingest/normalise/json_cell.h"
#include "ingest/normalise/normaliser.h"
#include "ingest/typed_json.h"

/* ---- As columns ---- */

static void set_column(Column *out, const char *name, ColumnKind kind, const void *data)
{
    *out = (Column){.name = str_from(name), .type = {.kind = kind}, .data = data};
}

void rejected_columns(Arena *arena, const RejectedRowVec *rows, Column out[REJECTED_COLUMNS])
{
    size_t count = 0;
    int64_t *numbers = ARENA_ARRAY(arena, int64_t, rows->len + 1);
    for (size_t i = 0; i < rows->len; i++) {
        numbers[i] = rows->data[i].number;
    }
    set_column(&out[count++], "row_number", COLUMN_INT, numbers);
#define X(member) \
    { \
        Str *texts = ARENA_ARRAY(arena, Str, rows->len + 1); \
        for (size_t i = 0; i < rows->len; i++) { \
            texts[i] = rows->data[i].member; \
        } \
        set_column(&out[count++], #member, COLUMN_TEXT, texts); \
    }
    REJECTED_TEXTS(X)
#undef X
}

/* ---- Refusing ---- */

static Str text_of(Arena *arena, yyjson_val *value)
{
    if (yyjson_is_str(value)) {
        Str body;
        (void)typed_split(json_val_str(value), &body);
        return body;
    }
    StrBuf text = strbuf_init(arena, LIMIT_JSON_RECORD_BYTES);
    json_add_text(&text, value, JSON_FORM_COLUMN);
    return strbuf_str(&text);
}

/* Counts it; whether it may still be kept. */
static bool count_one(Normaliser *normaliser, bool is_row)
{
    RejectedCount *count = &normaliser->set.job->rejected;
    atomic_fetch_add(is_row ? &count->rows : &count->values, 1);
    return atomic_load(&count->kept) < LIMIT_REJECTED_ROWS;
}

/* Other threads may have taken the last place in between. */
static bool take_room(RejectedCount *count, size_t bytes)
{
    bool fits = atomic_fetch_add(&count->kept_bytes, bytes) + bytes <= LIMIT_REJECTED_BYTES;
    if (fits && atomic_fetch_add(&count->kept, 1) < LIMIT_REJECTED_ROWS) {
        return true;
    }
    atomic_fetch_sub(&count->kept_bytes, bytes);
    if (fits) {
        atomic_fetch_sub(&count->kept, 1);
    }
    return false;
}

static void keep(Normaliser *normaliser, RejectedRow row)
{
    const RowOrigin *origin = &normaliser->origin;
    size_t bytes = row.row_text.len + row.value.len + row.key.len + row.reason.len;
    row.number = (int64_t)origin->number;
    row.resource = origin->resource;
    row.place = origin->place;
    if (take_room(&normaliser->set.job->rejected, bytes)) {
        VEC_PUSH(normaliser->scratch, &normaliser->rejected, row);
    }
}

static const char *mode_name(bool is_row)
{
    return is_row ? "discard_row" : "discard_value";
}

/* What is wrong with the value that its column, or the want of one, refused. */
static Str reason_of(Arena *arena, const Refusal *refusal)
{
    const ColumnTarget *column = refusal->field->column;
    const char *mode = mode_name(refusal->fate == ROW_DISCARDED);
    if (column == NULL) {
        return str_printf(arena, "column '" STR_FMT "' is new, and columns are %s",
                          STR_ARG(refusal->field->column_name), mode);
    }
    return str_printf(arena, "a %s is not the %s of column '" STR_FMT "', and data_type is %s",
                      data_kind_name(refusal->kind), data_kind_name(column->type.kind),
                      STR_ARG(column->name), mode);
}

void normaliser_reject(Normaliser *normaliser, const TableTarget *table, const Refusal *refusal)
{
    if (!count_one(normaliser, refusal->fate == ROW_DISCARDED)) {
        return;
    }
    RejectedRow rejected = {
        .table_name = table->name,
        .column_name = refusal->field->column_name,
        .key = refusal->field->key,
        .value = text_of(normaliser->scratch, refusal->value),
        .reason = reason_of(normaliser->scratch, refusal),
        .row_text = text_of(normaliser->scratch, normaliser->reading),
    };
    if (table->parent == NULL && normaliser->origin.text.len > 0) {
        rejected.row_text = normaliser->origin.text;
    }
    keep(normaliser, rejected);
}

void normaliser_reject_item(Normaliser *normaliser, const WalkList *list, yyjson_val *item)
{
    const TableTarget *parent = list->shape->table;
    Arena *arena = normaliser->scratch;
    if (!count_one(normaliser, true)) {
        return;
    }
    Str table =
        naming_join(&normaliser->set.job->naming, arena, parent->name, list->field->column_name);
    const char *mode = mode_name(parent->contract[CONTRACT_TABLES] == CONTRACT_DISCARD_ROW);
    RejectedRow rejected = {
        .table_name = table,
        .column_name = list->field->column_name,
        .key = list->field->key,
        .value = text_of(arena, item),
        .reason = str_printf(arena, "table '" STR_FMT "' is new, and tables are %s", STR_ARG(table),
                             mode),
        .row_text = text_of(arena, item),
    };
    keep(normaliser, rejected);
}
