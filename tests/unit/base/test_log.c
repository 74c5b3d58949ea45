#include "base_fixture.h"

#include <wchar.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/thread.h"
#include "base/unicode.h"

/* What is logged meanwhile; log_end returns it and puts the settings back. A real file, as the
 * program's log is: a stream in memory grows by malloc and free under the C library's own lock,
 * which the thread sanitizer cannot see. */
static FILE *log_begin(LogSettings settings)
{
    settings.out = tmpfile();
    assert_non_null(settings.out);
    log_setup(&settings);
    assert_int_equal(setenv("DANGO_TEST_NOW_US", "1700000000123456", 1), 0);
    return settings.out;
}

static Str log_end(FILE *capture, Arena *arena)
{
    long size = ftell(capture);
    assert_true(size >= 0);
    char *data = arena_alloc_raw(arena, (size_t)size + 1);
    rewind(capture);
    assert_int_equal(fread(data, 1, (size_t)size, capture), (size_t)size);
    assert_int_equal(fclose(capture), 0);
    Str text = {data, (size_t)size};
    log_setup(&(LogSettings){.level = LOG_WARNING});
    return text;
}

static void levels_are_read_in_any_case(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        LogLevel level;
    } cases[] = {{"debug", LOG_DEBUG}, {"INFO", LOG_INFO}, {"Warning", LOG_WARNING},
                 {"error", LOG_ERROR}, {"off", LOG_OFF},   {"CRITICAL", LOG_ERROR}};
    LogLevel level = LOG_OFF;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_true(log_level_parse(str_from(cases[i].text), &level));
        assert_int_equal(level, cases[i].level);
    }
    level = LOG_DEBUG;
    static const char *const unknown[] = {"", "warn ", "verbose", "infos"};
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        assert_false(log_level_parse(str_from(unknown[i]), &level));
        assert_int_equal(level, LOG_DEBUG);
    }
}

static void only_what_reaches_the_level_is_written(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (int level = LOG_DEBUG; level <= LOG_OFF; level++) {
        FILE *capture = log_begin((LogSettings){.level = (LogLevel)level});
        log_debug("a %d", 1);
        log_info("b %d", 2);
        log_warning("c");
        log_error("d");
        Str text = log_end(capture, arena);
        size_t lines = 0;
        for (Str line; str_next_line(&text, &line);) {
            assert_true(str_starts_with(line, STR("2023-11-14T22:13:20.123456+00:00 ")));
            lines++;
        }
        assert_int_equal(lines, LOG_OFF - level);
    }
}

static void a_message_is_one_line_without_control_characters(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    FILE *capture = log_begin((LogSettings){.level = LOG_INFO});
    log_info("%s", "a\nb\r\x1b[31mc\td\x7f"
                   "e\xC3\xA9");
    assert_text(log_end(capture, arena),
                "2023-11-14T22:13:20.123456+00:00 info a b  [31mc d e\xC3\xA9\n");
    capture = log_begin((LogSettings){.level = LOG_INFO, .json = true});
    log_warning("%s", "say \"a\\b\"\n\x01 \xC3\xA9 \xFF");
    assert_text(log_end(capture, arena),
                "{\"time\":\"2023-11-14T22:13:20.123456+00:00\",\"level\":\"warning\",\"message\":"
                "\"say \\\"a\\\\b\\\"\\u000a\\u0001 \xC3\xA9 \xEF\xBF\xBD\"}\n");
}

static void a_long_message_is_cut_and_its_line_complete(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    StrBuf message = strbuf_init(arena, MIB);
    strbuf_add_repeat(&message, '\x01', 200000); /* six characters each in JSON */
    for (int json = 0; json < 2; json++) {
        FILE *capture = log_begin((LogSettings){.level = LOG_INFO, .json = json != 0});
        log_info("begin%s", strbuf_c(&message));
        log_info("next");
        Str text = log_end(capture, arena), first = STR(""), second = STR("");
        assert_true(str_next_line(&text, &first) && str_next_line(&text, &second));
        assert_int_equal(text.len, 0);
        assert_true(str_contains(first, STR("begin")));
        assert_true(str_ends_with(first, json ? STR(" ...\"}") : STR(" ...")));
        assert_true(str_contains(second, STR("next")));
    }
    static const wchar_t not_ascii[] = {0x20AC, 0};
    FILE *capture = log_begin((LogSettings){.level = LOG_INFO});
    log_info("price in %ls", not_ascii);
    assert_true(str_contains(log_end(capture, arena), STR("info price in %ls\n")));
}

static Str mask(Arena *arena, Str text, const void *context)
{
    return str_replace(arena, text, str_from(context), STR("********"));
}

static void secrets_are_masked_before_anything_is_written(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    FILE *capture =
        log_begin((LogSettings){.level = LOG_INFO, .redact = mask, .redact_context = "s3cret"});
    log_info("token=%s", "s3cret");
    Str text = log_end(capture, arena);
    assert_true(str_contains(text, STR("token=********")));
    assert_false(str_contains(text, STR("s3cret")));
}

static void log_to_stderr(void *context)
{
    (void)context;
    log_setup(&(LogSettings){.level = LOG_INFO});
    log_info("to stderr");
}

static void without_a_file_it_goes_to_stderr(void **state)
{
    (void)state;
    char text[1000];
    assert_int_equal(run_in_child(log_to_stderr, NULL, text, sizeof(text)), 0);
    assert_true(str_contains(str_from(text), STR("info to stderr\n")));
}

static void log_many(void *context, size_t item, size_t worker)
{
    (void)context;
    log_info("item=%zu worker=%zu end", item, worker);
}

static void lines_of_threads_do_not_mix(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    FILE *capture = log_begin((LogSettings){.level = LOG_INFO});
    enum { LINES = 2000 };
    thread_for_each(LINES, 4, log_many, NULL);
    Str text = log_end(capture, arena);
    size_t lines = 0;
    for (Str line; str_next_line(&text, &line); lines++) {
        assert_true(str_starts_with(line, STR("2023-")) && str_ends_with(line, STR(" end")));
        assert_int_equal(str_find_last(line, STR("item=")), str_find(line, STR("item="), 0));
    }
    assert_int_equal(lines, LINES);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_read_in_any_case),
        cmocka_unit_test(only_what_reaches_the_level_is_written),
        cmocka_unit_test(a_message_is_one_line_without_control_characters),
        cmocka_unit_test(a_long_message_is_cut_and_its_line_complete),
        cmocka_unit_test(secrets_are_masked_before_anything_is_written),
        cmocka_unit_test(without_a_file_it_goes_to_stderr),
        cmocka_unit_test(lines_of_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
