/* tests/fuzz/fuzz_dbt_project.c - a whole small project, parsed, and listed or compiled with the
 * full context of templates and without a warehouse. See dbt_archive.h for the form; a profile and
 * a project file are added when missing. */
#include "base/fs.h"
#include "fuzz/dbt_archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

static void add_missing(Arena *arena, const Archive *archive, const char *name, Str text)
{
    Str path = fs_join(arena, archive->directory, str_from(name));
    if (archive_text(archive, name).len == 0) {
        error_discard(fs_put_file_deep(str_to_c(arena, path), text, 0644),
                      "then there is no project, which is an error like others");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    Archive archive;
    if (!archive_unpack(arena, str_dup(arena, (Str){(const char *)data, size}), &archive)) {
        return 0;
    }
    add_missing(arena, &archive, "dbt_project.yml", STR("name: p\nversion: '1.0'\nprofile: p\n"));
    add_missing(arena, &archive, "profiles.yml",
                STR("p: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:'}}}\n"));
    Cancel cancel = {0};
    TransformOptions options = archive_options(arena, &archive, &cancel);
    Reporter reporter = archive_reporter();
    static const StrVec no_keys = {0};
    /* each of them reads the project, which is most of the time */
    Error *err = size % 8 == 0 ? transform_list(&options, &reporter, LIST_JSON, &no_keys)
                               : transform_compile(&options, &reporter, NULL);
    error_discard(err, "refusing is fine");
    archive_remove(&archive);
    return 0;
}
