/* tests/fuzz/fuzz_load.c - what a load reads: rows as JSON lines through the normaliser into frames
 * and back, frames of a package as a damaged disk may hold them, and values of a cursor. The first
 * byte says which. */
#include "ingest/load/cursor_value.h"
#include "ingest/normalise/normaliser.h"
#include "ingest/package/frame.h"
#include "ingest/typed_json.h"
#include "value/json_page.h"
#include "value/json_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

/* ---- Frames ---- */

static Error *touch(const Frame *frame, Arena *arena, uint64_t *out_sum)
{
    for (size_t i = 0; i < frame->column_count; i++) {
        Column column;
        TRY(frame_read(frame, i, 0, frame->row_count, arena, &column));
        size_t width = column_kind_size(column.type.kind);
        bool is_text = column.type.kind == COLUMN_TEXT || column.type.kind == COLUMN_JSON ||
                       column.type.kind == COLUMN_BYTES;
        for (size_t row = 0; row < frame->row_count; row++) {
            Str bytes = is_text ? ((const Str *)column.data)[row]
                                : (Str){(const char *)column.data + row * width, width};
            for (size_t at = 0; at < bytes.len; at++) {
                *out_sum += (uint8_t)bytes.data[at];
            }
        }
    }
    return NULL;
}

static void try_frames(Arena *arena, Str bytes)
{
    /* as they lie in a mapped file: aligned */
    uint64_t *words = ARENA_ARRAY(arena, uint64_t, bytes.len / sizeof(uint64_t) + 1);
    memcpy(words, bytes.data, bytes.len);
    Str rest = {(const char *)words, bytes.len};
    while (rest.len > 0) {
        Frame frame;
        uint64_t sum = 0;
        Error *err = frame_open(arena, rest, &frame);
        if (err == NULL) {
            err = touch(&frame, arena, &sum);
        }
        if (err != NULL) {
            error_discard(err, "refusing is fine");
            return;
        }
        rest = str_from_offset(rest, frame.len);
    }
}

/* ---- Rows ---- */

static Error *add_lines(Normaliser *normaliser, JsonPage *page, Str lines)
{
    for (Str line; str_next_line(&lines, &line);) {
        yyjson_val *row = NULL;
        TRY(json_page_read(page, line, &row));
        TRY(normaliser_add(normaliser, STR("t"), row));
    }
    return normaliser_finish(normaliser);
}

/* Every row of every table has its id and as many parents and positions as there are rows. */
static void check_tables(const Normaliser *normaliser)
{
    for (size_t i = 0; i < normaliser->set.tables.len; i++) {
        const TableTarget *table = normaliser->set.tables.data[i];
        CHECK(table->ids.len == table->rows.row_count);
        CHECK(table->parent_rows.len == table->rows.row_count);
        CHECK(table->positions.len == table->rows.row_count);
        for (size_t row = 0; row < table->ids.len; row++) {
            CHECK(table->ids.data[row].len > 0);
            CHECK(table->parent == NULL ||
                  table->parent_rows.data[row] < table->parent->rows.row_count);
        }
    }
}

static void set_contract(Arena *arena, Schema *schema, SchemaTable *table, uint8_t modes)
{
    static const char *const names[] = {"evolve", "freeze", "discard_row", "discard_value"};
    static const char *const entities[] = {"tables", "columns", "data_type"};
    ValueMapBuilder contract = value_map_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(entities); i++) {
        const char *name = names[(modes >> (2 * i)) & 3];
        value_map_set(&contract, str_from(entities[i]), value_string(str_from(name)));
    }
    schema_set_table_member(schema, table, STR("schema_contract"), value_map_end(&contract));
}

/* The first line makes the table; what comes after it is under the contract. */
static void try_rows(Arena *arena, Str text)
{
    uint8_t modes = text.len > 0 ? (uint8_t)text.data[0] : 0;
    Str lines = str_from_offset(text, text.len > 0);
    Schema *schema = schema_new(arena, STR("src"));
    SchemaTable *table = schema_root_table(schema, STR("t"), STR("t"), STR("append"));
    NormaliseJob job = {0};
    JsonPage page = {0};
    Normaliser *normaliser = NULL;
    Str first;
    Error *err = normalise_job_init(&job, schema);
    CHECK(err == NULL);
    for (uint64_t batch = 0; batch < 2 && err == NULL; batch++) {
        Str part = lines;
        if (batch == 0) {
            part = str_next_line(&lines, &first) ? first : (Str){0};
        }
        err = normaliser_new(&job, &normaliser);
        CHECK(err == NULL);
        err = normaliser_begin(normaliser, batch);
        err = err == NULL ? add_lines(normaliser, &page, part) : err;
        if (err == NULL) {
            check_tables(normaliser);
        }
        normaliser_free(normaliser);
        schema_mark_seen(schema, table);
        set_contract(arena, schema, table, modes);
    }
    error_free(err);
    json_page_done(&page);
    normalise_job_done(&job);
}

/* ---- Cursors ---- */

static int order_of(const Value *a, const Value *b, bool *comparable)
{
    int order = 0;
    Error *err = cursor_compare(a, b, &order);
    *comparable = *comparable && err == NULL;
    error_free(err);
    return order;
}

static void try_cursors(Arena *arena, Str text)
{
    const Value *list = NULL;
    Error *err = json_read(arena, text, NULL, &list);
    if (err != NULL || value_len(list) < 2) {
        error_free(err);
        return;
    }
    const Value *a = value_at(list, 0);
    const Value *b = value_at(list, 1);
    bool comparable = true;
    int forth = order_of(a, b, &comparable);
    int back = order_of(b, a, &comparable);
    CHECK(!comparable || (forth > 0) == (back < 0));
    Value lagged;
    error_free(cursor_lag(arena, a, 1.5, true, &lagged));
    error_free(cursor_lag(arena, b, 86400, false, &lagged));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(Arena *, Str) = {try_rows, try_frames, try_cursors};
    if (size == 0) {
        return 0;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    tries[data[0] % ARRAY_LEN(tries)](arena, (Str){(const char *)data + 1, size - 1});
    return 0;
}
