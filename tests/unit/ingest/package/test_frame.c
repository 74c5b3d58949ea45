#include "unit/base/base_fixture.h"

#include "ingest/package/frame.h"

enum { ROWS = 70 };

/* What the frame of these tests holds; a text beginning with a digit and an integer per row, every
 * third text NULL. */
typedef struct Sample {
    Str texts[ROWS];
    int64_t numbers[ROWS];
    uint64_t validity[2];
    Column columns[2];
} Sample;

static void fill(Sample *sample, Arena *arena)
{
    *sample = (Sample){.validity = {0}};
    for (size_t row = 0; row < ROWS; row++) {
        sample->texts[row] = str_printf(arena, "%zu%.*s", row, (int)row % 9, "abcdefghi");
        sample->numbers[row] = (int64_t)row * -7;
        if (row % 3 != 0) {
            sample->validity[row / 64] |= UINT64_C(1) << row % 64;
        }
    }
    sample->columns[0] = (Column){.name = STR("text"),
                                  .type = {.kind = COLUMN_TEXT},
                                  .data = sample->texts,
                                  .validity = sample->validity};
    sample->columns[1] =
        (Column){.name = STR("number"), .type = {.kind = COLUMN_INT}, .data = sample->numbers};
}

static void write_sample(Sample *sample, Arena *arena, FrameBuffer *out)
{
    fill(sample, arena);
    frame_add(out, STR("orders"), sample->columns, ARRAY_LEN(sample->columns), ROWS);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Sample sample;
    FrameBuffer buffer = {0};
    write_sample(&sample, arena, &buffer);
    Frame frame;
    assert_ok(frame_open(arena, (Str){buffer.data, buffer.len}, &frame));
    assert_text(frame.table, "orders");
    assert_int_equal(frame.len, buffer.len);
    assert_int_equal(frame.row_count, ROWS);
    assert_int_equal(frame_find_column(&frame, STR("number")), 1);
    assert_int_equal(frame_find_column(&frame, STR("none")), SIZE_MAX);
    Column texts, numbers;
    assert_ok(frame_read(&frame, 0, 64, ROWS - 64, arena, &texts));
    assert_ok(frame_read(&frame, 1, 64, ROWS - 64, arena, &numbers));
    for (size_t i = 0; i < ROWS - 64; i++) {
        size_t row = 64 + i;
        assert_int_equal(((const int64_t *)numbers.data)[i], sample.numbers[row]);
        assert_int_equal(column_is_null(&texts, i), row % 3 == 0);
        assert_true(row % 3 == 0 || str_eq(column_str(&texts, i), sample.texts[row]));
    }
    frame_buffer_done(&buffer);
}

static void a_shortened_frame_is_none(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Sample sample;
    FrameBuffer buffer = {0};
    write_sample(&sample, arena, &buffer);
    for (size_t len = 0; len < buffer.len; len++) {
        Frame frame;
        assert_fails(frame_open(arena, (Str){buffer.data, len}, &frame), ERR_INPUT,
                     "the rows of an unfinished load are damaged");
    }
    frame_buffer_done(&buffer);
}

/* Every byte in turn: a damaged frame is refused or read as something else, never beyond its end,
 * which the sanitizers watch. */
static void damage_is_found_or_harmless(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Sample sample;
    FrameBuffer buffer = {0};
    write_sample(&sample, arena, &buffer);
    size_t refused = 0;
    for (size_t at = 0; at < buffer.len; at++) {
        char kept = buffer.data[at];
        buffer.data[at] = (char)(kept ^ 0x7F);
        ArenaMark mark = arena_mark(arena);
        Frame frame;
        Error *err = frame_open(arena, (Str){buffer.data, buffer.len}, &frame);
        for (size_t i = 0; err == NULL && i < frame.column_count; i++) {
            Column column;
            err = frame_read(&frame, i, 0, frame.row_count, arena, &column);
            for (size_t row = 0;
                 err == NULL && column.type.kind == COLUMN_TEXT && row < frame.row_count; row++) {
                (void)str_find_char(column_str(&column, row), '\n');
            }
        }
        refused += err != NULL;
        error_discard(err, "what matters is that nothing beyond the frame was read");
        arena_rewind(arena, mark);
        buffer.data[at] = kept;
    }
    assert_true(refused > buffer.len / 8);
    frame_buffer_done(&buffer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_shortened_frame_is_none),
        cmocka_unit_test(damage_is_found_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
