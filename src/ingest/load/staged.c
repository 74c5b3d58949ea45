#include "ingest/load/staged.h"

struct StagedTable {
    RowSource source;
    StagedRows of;
    const size_t *places; /* [frame * column_count + column]: in the frame, or SIZE_MAX */
    Str name;
};

static const Str *repeat_text(Arena *arena, Str text, size_t count)
{
    Str *texts = arena_alloc_raw(arena, count * sizeof(Str));
    for (size_t i = 0; i < count; i++) {
        texts[i] = text;
    }
    return texts;
}

/* Column `number` of the staged table in the next `rows` of a part. */
static Error *staged_column(const StagedTable *staged, const RowsWanted *wanted, size_t number,
                            size_t rows, Arena *arena, Column *out)
{
    size_t count = staged->source.column_count;
    if (number >= count) {
        *out = (Column){.type = {.kind = COLUMN_NULL}}; /* the row as such: count(*) */
        return NULL;
    }
    *out = staged->source.columns[number];
    size_t place = staged->places[wanted->part * count + number];
    if (number == staged->of.load_id_column) {
        out->data = repeat_text(arena, staged->of.load_id, rows);
    } else if (place == SIZE_MAX) {
        out->type.kind = COLUMN_NULL;
    } else {
        const Frame *frame = &staged->of.rows->frames.data[wanted->part];
        return frame_read(frame, place, wanted->first, rows, arena, out);
    }
    return NULL;
}

static Error *read_staged(void *context, const RowsWanted *wanted, Arena *arena, Column *out,
                          size_t *out_rows)
{
    const StagedTable *staged = context;
    uint64_t count = staged->of.rows->frames.data[wanted->part].row_count;
    size_t left = wanted->first < count ? count - wanted->first : 0;
    size_t rows = left < wanted->most ? left : wanted->most;
    *out_rows = rows;
    if (rows == 0) {
        frame_release(&staged->of.rows->frames.data[wanted->part]);
    }
    for (size_t i = 0; i < wanted->column_count && rows > 0; i++) {
        TRY(staged_column(staged, wanted, wanted->columns[i], rows, arena, &out[i]));
    }
    return NULL;
}

static const size_t *find_places(Arena *arena, const PackageTable *rows, const Column *columns,
                                 size_t column_count)
{
    size_t *places = ARENA_ARRAY(arena, size_t, rows->frames.len * column_count + 1);
    for (size_t frame = 0; frame < rows->frames.len; frame++) {
        for (size_t i = 0; i < column_count; i++) {
            places[frame * column_count + i] =
                frame_find_column(&rows->frames.data[frame], columns[i].name);
        }
    }
    return places;
}

StagedTable *staged_table(Arena *arena, const StagedRows *rows)
{
    StagedTable *staged = ARENA_NEW(arena, StagedTable);
    *staged = (StagedTable){.of = *rows};
    staged->name = str_printf(arena, STR_FMT "/" STR_FMT "/" STR_FMT, STR_ARG(rows->dataset),
                              STR_ARG(rows->load_id), STR_ARG(rows->table));
    RowSource *source = &staged->source;
    source->context = staged;
    source->read = read_staged;
    source->columns = rows->columns;
    source->column_count = rows->column_count;
    if (rows->rows != NULL) {
        source->part_count = rows->rows->frames.len;
        source->row_count = rows->rows->row_count;
        staged->places = find_places(arena, rows->rows, source->columns, source->column_count);
    }
    return staged;
}

Str staged_name(const StagedTable *staged)
{
    return staged->name;
}

bool staged_has_rows(const StagedTable *staged)
{
    return staged->of.rows != NULL;
}

void staged_offer(const StagedTable *staged)
{
    row_source_offer(staged->name, &staged->source);
}

void staged_withdraw(const StagedTable *staged)
{
    row_source_withdraw(staged->name);
}
