#include "unit/base/base_fixture.h"

#include "base/limits.h"
#include "transform/artifact/json_file.h"

static Str read_all(Arena *arena, const char *path)
{
    Str text = {0};
    assert_ok(fs_read_file(arena, path, 16 * MIB, &text));
    return text;
}

static void members_and_objects_are_separated_as_python_does(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file.json");
    AUTO_FREE(json_file) JsonFile *file = NULL;
    assert_ok(json_file_open(path, &file));
    Value one = value_int(1);
    json_file_member(file, STR("a\"b"), &one);
    json_file_begin(file, STR("empty"));
    json_file_end(file);
    json_file_begin(file, STR("full"));
    json_file_member(file, STR("x"), &one);
    json_file_member(file, STR("y"), &one);
    json_file_end(file);
    json_file_member(file, STR("last"), &one);
    assert_false(fs_is_file(path));
    assert_ok(json_file_finish(file));
    assert_true(
        str_is(read_all(arena, path),
               "{\"a\\\"b\": 1, \"empty\": {}, \"full\": {\"x\": 1, \"y\": 1}, \"last\": 1}"));
}

static void a_large_document_passes_through(void **state)
{
    (void)state;
    enum { MEMBERS = 20000, MEMBER_BYTES = sizeof("\"k00000\": \"0123456789\", ") - 1 };
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file.json");
    AUTO_FREE(json_file) JsonFile *file = NULL;
    assert_ok(json_file_open(path, &file));
    for (int i = 0; i < MEMBERS; i++) {
        Value text = value_string(str_printf(json_file_arena(file), "0123456789"));
        json_file_member(file, str_printf(arena, "k%05d", i), &text);
    }
    assert_ok(json_file_finish(file));
    Str text = read_all(arena, path);
    assert_int_equal(text.len, MEMBERS * MEMBER_BYTES); /* two braces, and a comma less */
    assert_true(str_ends_with(text, STR("\"k19999\": \"0123456789\"}")));
}

static void a_file_that_is_not_finished_leaves_the_old_one(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    AUTO_DONE(test_directory) TestDirectory directory = test_directory();
    const char *path = path_in(arena, &directory, "file.json");
    assert_ok(fs_put_file(path, STR("old"), 0644));
    JsonFile *file = NULL;
    assert_ok(json_file_open(path, &file));
    json_file_free(file);
    assert_true(str_is(read_all(arena, path), "old"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_and_objects_are_separated_as_python_does),
        cmocka_unit_test(a_large_document_passes_through),
        cmocka_unit_test(a_file_that_is_not_finished_leaves_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
