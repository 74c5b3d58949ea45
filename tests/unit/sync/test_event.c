#include "unit/warehouse/warehouse_fixture.h"

#include "sync/event.h"
#include "sync/plain_reporter.h"
#include "sync/request.h"

static void an_event_survives_its_way_between_processes(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    SyncEvent event = {
        .kind = SYNC_SOURCE_FAILED,
        .time_us = 1795368608610030,
        .source = STR("shop"),
        .text = STR("line 1\nline 2 \"quoted\""),
        .hint = STR("do this\nor that"),
        .error_class = STR("InputError"),
        .index = 2,
        .count = 3,
        .rows = INT64_MAX,
        .seconds = 1.25,
        .percent = -1,
        .flag = true,
    };
    Str line = sync_event_json(arena, &event);
    assert_int_equal(str_find(line, STR("\n"), 0), SIZE_MAX);
    SyncEvent read;
    assert_ok(sync_event_parse(arena, line, &read));
    assert_int_equal(read.kind, event.kind);
    assert_int_equal(read.time_us, event.time_us);
    assert_true(str_eq(read.source, event.source) && str_eq(read.text, event.text));
    assert_true(str_eq(read.hint, event.hint) && str_eq(read.error_class, event.error_class));
    assert_true(read.index == 2 && read.count == 3 && read.rows == INT64_MAX && read.flag);
    assert_true(read.seconds > 1.24 && read.seconds < 1.26 && read.percent < 0);
    assert_fails(sync_event_parse(arena, STR("{\"event\": \"nonsense\"}"), &read), ERR_BUG,
                 "unknown event 'nonsense'");
}

static void a_request_survives_its_way_between_processes(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str names[] = {STR("a"), STR("b")};
    SyncRequest request = {
        .mode = SYNC_FORECAST,
        .names = {names, 2, 2},
        .full_refresh = true,
        .no_hooks = true,
        .empty = SYNC_EMPTY_BLOCK,
        .limit = 7,
        .wait_us = 60000000,
        .label = STR("ui"),
        .id = STR("0123456789ab"),
    };
    SyncRequest read;
    assert_ok(sync_request_parse(arena, sync_request_json(arena, &request), &read));
    assert_int_equal(read.mode, SYNC_FORECAST);
    assert_int_equal(read.names.len, 2);
    assert_true(str_is(read.names.data[1], "b"));
    assert_true(read.full_refresh && read.no_hooks && read.empty == SYNC_EMPTY_BLOCK);
    assert_true(read.limit == 7 && read.wait_us == 60000000);
    assert_true(str_is(read.label, "ui") && str_is(read.id, "0123456789ab"));
    assert_fails(sync_request_parse(arena, STR("[]"), &read), ERR_CONFIG, "must be a map");
}

static void lines_read_as_the_contract_has_them(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const struct {
        SyncEvent event;
        const char *text;
    } cases[] = {
        {{.kind = SYNC_STARTED, .count = 1}, "Starting sync for 1 source..."},
        {{.kind = SYNC_SOURCE_DONE, .rows = 1865, .seconds = 29.2},
         "✓ Sync complete (1,865 rows in 29.2s)"},
        {{.kind = SYNC_SOURCE_DONE, .flag = true}, "✓ Sync complete (fresh data loaded)"},
        {{.kind = SYNC_FORECAST_TABLE, .text = STR_INIT("charges"), .rows = 1, .flag = true},
         "   - charges: 1 row (full refresh)"},
        {{.kind = SYNC_PROGRESS, .percent = 50}, ""},
        {{.kind = SYNC_HOOK_FAILED, .text = STR_INIT("dbt: no"), .hint = STR_INIT("do this")},
         "⚠ dbt: no\n           → do this"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        PlainReporter reporter = {0};
        Str text = plain_event_text(&reporter, arena, &cases[i].event);
        if (!str_ends_with(text, str_from(cases[i].text))) {
            fail_msg("case %zu: " STR_FMT, i, STR_ARG(text));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_survives_its_way_between_processes),
        cmocka_unit_test(a_request_survives_its_way_between_processes),
        cmocka_unit_test(lines_read_as_the_contract_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
