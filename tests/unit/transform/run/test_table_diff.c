/* Tables side by side. What is expected here was printed by daff 1.4 as dbt uses it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/run/table_diff.h"

enum { MOST_COLUMNS = 4 };

/* "1,a|2,~" is two rows of two cells, the last one null. The first column sorts as numbers. */
static TextTable read_table(Arena *arena, const char *names, const char *rows)
{
    bool *numbers = ARENA_ARRAY(arena, bool, MOST_COLUMNS);
    TextCell *titles = ARENA_ARRAY(arena, TextCell, MOST_COLUMNS);
    TextTable table = {.names = titles, .numbers = numbers};
    Str piece, cell;
    numbers[0] = true;
    for (Str rest = str_from(names); str_next_piece(&rest, ',', &piece); table.width++) {
        titles[table.width] = (TextCell){.text = piece, .marked = piece};
    }
    for (Str rest = str_from(rows); *rows != '\0' && str_next_piece(&rest, '|', &piece);) {
        TextCell *cells = ARENA_ARRAY(arena, TextCell, MOST_COLUMNS);
        size_t i = 0;
        for (Str line = piece; str_next_piece(&line, ',', &cell); i++) {
            cells[i] = (TextCell){.text = cell, .marked = cell};
            if (str_is(cell, "~")) {
                cells[i].text = (Str){0};
            }
        }
        VEC_PUSH(arena, &table.rows, cells);
    }
    return table;
}

static void differences_are_shown_as_dbt_shows_them(void **state)
{
    (void)state;
    static const struct {
        const char *names, *before, *after, *expected; /* NULL: none */
    } rows[] = {
        {"id", "1|2|10", "10|1|2", NULL},
        {"id,v", "1,~", "1,~", NULL},
        {"id", "", "", NULL},
        {"id,v", "1,a|2,b|3,~", "1,a|2,c|3,~",
         "@@,id,v\r\n  ,1 ,a\r\n\xe2\x86\x92 ,2 ,b\xe2\x86\x92"
         "c\r\n  ,3 ,NULL\r\n"},
        {"id", "1|2|2", "1|1|2", "@@ ,id\r\n   ,1\r\n+++,1\r\n---,2\r\n   ,2\r\n"},
        {"id", "5", "", "@@ ,id\r\n---,5\r\n"},
        {"id,v", "", "1,a|2,~", "@@ ,id,v\r\n+++,1 ,a\r\n+++,2 ,null\r\n"},
        {"id,v", "1,NULL|2,~", "1,~|2,_NULL",
         "@@,id,v\r\n\xe2\x86\x92 ,1 ,_NULL\xe2\x86\x92NULL\r\n"
         "\xe2\x86\x92 ,2 ,NULL\xe2\x86\x92__NULL\r\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        TextTable before = read_table(arena, rows[i].names, rows[i].before);
        TextTable after = read_table(arena, rows[i].names, rows[i].after);
        Str text = STR("");
        assert_int_equal(table_diff(arena, &before, &after, &text), rows[i].expected != NULL);
        assert_string_equal(str_to_c(arena, text),
                            rows[i].expected != NULL ? rows[i].expected : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_shown_as_dbt_shows_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
