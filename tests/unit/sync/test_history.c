#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/fs.h"
#include "sync/history.h"

/* A project in a directory of its own, removed with the arena. */
static void remove_root(void *root)
{
    Error *err = fs_remove_tree(root);
    if (err != NULL) {
        error_discard(err, "left behind in the system's temporary directory");
    }
}

static Project temporary_project(Arena *arena)
{
    char *root = str_to_c(arena, STR("/tmp/dango-history-XXXXXX"));
    assert_non_null(mkdtemp(root));
    arena_on_free(arena, remove_root, root);
    return (Project){.arena = arena, .root = str_from(root)};
}

static void a_source_never_synced_has_no_entries(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Project project = temporary_project(arena);
    HistoryEntryVec entries = {0};
    assert_null(history_read(arena, &project, STR("shop"), &entries));
    assert_int_equal(entries.len, 0);
}

static void what_is_added_comes_back_newest_first(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Project project = temporary_project(arena);
    HistoryEntry first = {.timestamp = STR("2026-01-01T00:00:00+00:00"),
                          .status = STR("success"),
                          .duration_seconds = 1.5,
                          .rows_processed = 7,
                          .total_row_count = 7};
    VEC_PUSH(arena, &first.tables, (HistoryTable){.name = STR("raw_shop.shop"), .rows = 7});
    HistoryEntry second = {.timestamp = STR("2026-01-02T00:00:00+00:00"),
                           .status = STR("failed"),
                           .total_row_count = -1,
                           .full_refresh = true,
                           .error_message = STR("it's \"gone\"")};
    assert_null(history_add(&project, STR("shop"), &first));
    assert_null(history_add(&project, STR("shop"), &second));
    HistoryEntryVec entries = {0};
    assert_null(history_read(arena, &project, STR("shop"), &entries));
    assert_int_equal(entries.len, 2);
    assert_true(str_is(entries.data[0].error_message, "it's \"gone\""));
    assert_true(entries.data[0].full_refresh);
    assert_int_equal(entries.data[0].total_row_count, -1);
    assert_int_equal(entries.data[1].tables.len, 1);
    assert_int_equal(entries.data[1].tables.data[0].rows, 7);
    assert_true(entries.data[1].duration_seconds > 1.4 && entries.data[1].duration_seconds < 1.6);
}

static void only_the_last_hundred_are_kept(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Project project = temporary_project(arena);
    for (int64_t i = 0; i < 103; i++) {
        HistoryEntry entry = {.status = STR("success"), .rows_processed = i};
        assert_null(history_add(&project, STR("shop"), &entry));
    }
    HistoryEntryVec entries = {0};
    assert_null(history_read(arena, &project, STR("shop"), &entries));
    assert_int_equal(entries.len, 100);
    assert_int_equal(entries.data[0].rows_processed, 102);
    assert_int_equal(entries.data[99].rows_processed, 3);
}

static void a_broken_file_is_named_and_replaced_by_the_next_entry(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Project project = temporary_project(arena);
    Str directory = fs_join(arena, project.root, STR(".dango/history"));
    assert_null(fs_make_directory(directory.data));
    assert_null(fs_write_file(fs_join(arena, directory, STR("shop.json")).data, STR("[{"), 0644));
    HistoryEntryVec entries = {0};
    AUTO_FREE(error) Error *err = history_read(arena, &project, STR("shop"), &entries);
    assert_non_null(err);
    assert_true(str_contains(error_full_message(err, arena), STR(".dango/history/shop.json:1:")));
    HistoryEntry entry = {.status = STR("success")};
    assert_null(history_add(&project, STR("shop"), &entry));
    assert_null(history_read(arena, &project, STR("shop"), &entries));
    assert_int_equal(entries.len, 1);
}

static void what_failed_after_the_load_is_added_to_the_newest_entry(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Project project = temporary_project(arena);
    assert_null(history_add_transform_error(&project, STR("shop"), STR("nobody is asked")));
    assert_null(history_add(&project, STR("shop"), &(HistoryEntry){.status = STR("old")}));
    assert_null(history_add(&project, STR("shop"), &(HistoryEntry){.status = STR("new")}));
    assert_null(history_add_transform_error(&project, STR("shop"), STR("staging: a")));
    assert_null(history_add_transform_error(&project, STR("shop"), STR("dbt: b")));
    HistoryEntryVec entries = {0};
    assert_null(history_read(arena, &project, STR("shop"), &entries));
    assert_int_equal(entries.len, 2);
    assert_true(str_is(entries.data[0].transform_error, "staging: a\ndbt: b"));
    assert_true(str_is(entries.data[0].status, "new"));
    assert_int_equal(entries.data[1].transform_error.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_never_synced_has_no_entries),
        cmocka_unit_test(what_is_added_comes_back_newest_first),
        cmocka_unit_test(only_the_last_hundred_are_kept),
        cmocka_unit_test(a_broken_file_is_named_and_replaced_by_the_next_entry),
        cmocka_unit_test(what_failed_after_the_load_is_added_to_the_newest_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
